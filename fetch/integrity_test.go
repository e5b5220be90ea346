package fetch_test

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/origin"
)

// https://fetch.spec.whatwg.org/#concept-main-fetch 23
// https://www.w3.org/TR/SRI/#does-response-match-metadatalist
func TestIntegrity(t *testing.T) {
	const body = "alert(1)"
	sum256, sum384, sum512 := sha256.Sum256([]byte(body)), sha512.Sum384([]byte(body)), sha512.Sum512([]byte(body))
	sha256 := "sha256-" + base64.StdEncoding.EncodeToString(sum256[:])
	sha384 := "sha384-" + base64.StdEncoding.EncodeToString(sum384[:])
	sha512 := "sha512-" + base64.StdEncoding.EncodeToString(sum512[:])
	const wrong256, wrong512 = "sha256-AAAA", "sha512-AAAA"
	opaque := fetch.Request{URL: api + "/a", Mode: fetch.NoCORS}
	cors := fetch.Request{URL: api + "/a"}
	tests := []struct {
		name, integrity string
		request         fetch.Request
		reason          fetch.Reason
	}{
		{"SHA-256", sha256, cors, 0},
		{"SHA-384", sha384, cors, 0},
		{"SHA-512", sha512, cors, 0},
		{"own origin", sha256, fetch.Request{URL: "/a"}, 0},
		{"wrong", wrong256, cors, fetch.IntegrityMismatch},
		{"one of several", wrong256 + " " + sha256, cors, 0},
		{"other space", "\n" + sha256 + "\t", cors, 0},
		{"the strongest counts", sha256 + " " + wrong512, cors, fetch.IntegrityMismatch},
		{"the strongest counts in any order", sha512 + " " + wrong256 + " " + sha384, cors, 0},
		{"options are ignored", sha256 + "?ct=a/b", cors, 0},
		{"unknown algorithm", "sha1-AAAA md5-x nonsense", cors, 0},
		{"only space", " ", cors, 0},
		{"unknown beside known", "sha1-AAAA " + sha256, cors, 0},
		{"no base64", "sha256-%%%%", cors, fetch.IntegrityMismatch},
		{"nothing", "sha256-", cors, fetch.IntegrityMismatch},
		{"another algorithm's bytes", strings.Replace(sha256, "sha256", "sha384", 1), cors, fetch.IntegrityMismatch},
		{"opaque", sha256, opaque, fetch.IntegrityMismatch},
		{"opaque whatever is unknown", "x", opaque, fetch.IntegrityMismatch},
		{"opaque redirect", sha256, fetch.Request{URL: "/redirect", Redirect: fetch.ManualOnHop}, fetch.IntegrityMismatch},
		{"null body", "x", fetch.Request{URL: "/a", Method: "HEAD"}, fetch.IntegrityMismatch},
		{"data:", sha256, fetch.Request{URL: "data:," + body}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, _ := standardPage(t, routes{api + "/a": answer(200, acao+"*").with(body), app + "/a": answer(200).with(body),
				app + "/redirect": answer(302, "Location: /a").with(body)}.serve)
			tt.request.Integrity = tt.integrity
			if tt.reason == 0 {
				if got := text(t, fetched(t, page, &tt.request).Body); got != body {
					t.Errorf("body %q", got)
				}
				return
			}
			if e := refused(t, page, &tt.request); e.Reason != tt.reason || e.Header != "integrity" || e.Value != tt.integrity {
				t.Error(e)
			}
		})
	}
}

// The bytes compared are those after decoding; the limit is on them too.
func TestIntegrityOfCodedBody(t *testing.T) {
	const body = "alert(1)"
	sum := sha256.Sum256([]byte(body))
	integrity := "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
	for limit, reason := range map[int64]fetch.Reason{0: 0, int64(len(body)): 0, int64(len(body)) - 1: fetch.BodyTooLarge} {
		agent, _ := newAgent(t, routes{app + "/a": answer(200, "Content-Encoding: gzip").with(compressed(t, body, gzipWriter))}.serve,
			fetch.Options{MaxIntegrityBody: limit})
		page := newPage(t, agent, fetch.EnvironmentOptions{})
		r := &fetch.Request{URL: "/a", Integrity: integrity}
		if reason == 0 {
			if got := text(t, fetched(t, page, r).Body); got != body {
				t.Errorf("limit %d: body %q", limit, got)
			}
		} else if e := refused(t, page, r); e.Reason != reason {
			t.Errorf("limit %d: %v", limit, e)
		}
	}
}

// failingBlob is a blob that can't be read.
type failingBlob struct{}

func (failingBlob) Blob(*origin.URL, origin.Origin, origin.PartitionKey) (fetch.Blob, bool) {
	return fetch.Blob{Size: 1, Data: failingBlob{}}, true
}

func (failingBlob) ReadAt([]byte, int64) (int, error) { return 0, errDown }

// A body that came over no network breaks like any other.
func TestIntegrityOfBrokenBlob(t *testing.T) {
	agent, _ := newAgent(t, routes{}.serve, fetch.Options{Blobs: failingBlob{}})
	e := refused(t, newPage(t, agent, fetch.EnvironmentOptions{}), &fetch.Request{URL: "blob:" + app + "/1", Integrity: "sha256-AAAA"})
	if e.Reason != fetch.BrokenBody || !errors.Is(e, errDown) {
		t.Error(e)
	}
}

// What is not read to its end is closed all the same.
func TestIntegrityClosesBody(t *testing.T) {
	for name, integrity := range map[string]string{"match": "x-y", "mismatch": "sha256-AAAA"} {
		body := &closeCounter{Reader: strings.NewReader("body")}
		agent, _ := newAgent(t, nil, fetch.Options{Transport: transportFunc(func(*fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
			return &fetch.NetworkResponse{Status: 200, Body: body}, nil
		})})
		resp, err := newPage(t, agent, fetch.EnvironmentOptions{}).Fetch(t.Context(), &fetch.Request{URL: "/a", Integrity: integrity})
		if err == nil {
			resp.Body.Close()
		}
		if body.closed == 0 {
			t.Errorf("%s: not closed", name)
		}
	}
}
