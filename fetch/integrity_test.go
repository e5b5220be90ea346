package fetch_test

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/growth"
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
		{"opaque redirect", sha256, fetch.Request{URL: "/redirect", Redirect: "manual"}, fetch.IntegrityMismatch},
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

// The digests of "ok".
const (
	sha256OK = "sha256-Jok2eyBcFs4y7UIAlCuLix4mLfxw2byfvHfElpmk8d8="
	sha384OK = "sha384-xGY5+2SLy7sVzWpRRtIYtTmlK8feFq07VSi1ixAtRoi5HuFeR2Lz+5roxSCgi6m1"
	sha512OK = "sha512-n7u7Wg8yn5eC4jVvpB2Jz5s2lDJ8GpNNavKp3y1/k2zoNxf7UTGWpM5VSEcXCM1xNMKumbPDV7yrsur8e5t1cA=="
)

// TestIntegrityLetter reads metadata as "parse metadata" does, step by step.
// What the engines do is recorded: testdata/scenarios/integrity.json.
//
// https://www.w3.org/TR/SRI/#parse-metadata
func TestIntegrityLetter(t *testing.T) {
	const wrong = "sha256-0SG+MQMAe0Ht+W+CYpJfjH1hiUr+mgQYQ7Yx9pRFvFc="
	tests := []struct {
		name, metadata string
		passes         bool
	}{
		{"2.3: no hyphen, the value is empty", "sha256", false},
		{"2.3: likewise of the strongest", sha256OK + " sha512", false},
		{"2.4: behind a second hyphen nothing counts", sha256OK + "-x", true},
		{"2.4: nor behind one at the end", sha256OK + "-", true},
		{"2.4: two hyphens enclose an empty value", strings.Replace(sha256OK, "-", "--", 1), false},
		{"2.1: behind a question mark nothing counts", sha256OK + "?-?\u00e9", true},
		{"2.1: nor a value", "sha256-?" + sha256OK[7:], false},
		{"2.1: nor a hyphen", "sha256?" + sha256OK[6:], false},
		{"2.1: nor a hash", "?" + wrong, true},
		{"2.6: a name that is not known", "sha256x-x -x sha-256-x sha512/256-x ed25519-x \u00e9-x", true},
		{"2.6: in another case", "SHA256-x", true},
		{"2: all ASCII whitespace separates", wrong + "\t\n\f\r " + sha512OK, true},
		{"2: a no-break space does not", wrong + "\u00a0" + sha512OK, false},
		{"2: nor does it hide what is not known", "md5-x\u00a0" + wrong, true},
		{"2: nor does an em space", sha256OK + "\u2003", false},
		{"2: nor a vertical tab", sha256OK + "\v", false},
		{"base64url is text that differs", strings.ReplaceAll(sha512OK, "/", "_"), false},
		{"and ends at a hyphen", strings.ReplaceAll(sha384OK, "+", "-"), false},
		{"without padding", strings.TrimRight(sha256OK, "="), false},
		{"with more", sha256OK + "=", false},
		{"with spare bits", strings.Replace(sha256OK, "8d8=", "8d9=", 1), false},
		{"a comma is part of the value", sha256OK + "," + sha512OK, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, _ := standardPage(t, always(answer(200).with("ok")))
			want := "200"
			if !tt.passes {
				want = "integrity-mismatch"
			}
			if got := outcome(t, page, &fetch.Request{URL: "/a", Integrity: tt.metadata}); got != want {
				t.Errorf("%q: %s, want %s", tt.metadata, got, want)
			}
		})
	}
}

// TestIntegrityTime: a body is summed up once, however many hashes there are,
// and metadata without end are refused.
func TestIntegrityTime(t *testing.T) {
	for _, profile := range engine.Profiles() {
		growth.Check(t, 100, func(n int) func() {
			agent, _ := newAgent(t, always(answer(200).with(strings.Repeat("x", n<<10))), fetch.Options{Profile: profile})
			page := newPage(t, agent, fetch.EnvironmentOptions{})
			request := &fetch.Request{URL: "/a", Integrity: strings.Repeat("sha512-AAAA sha256-AAAA x-y ", n)}
			return func() { play(context.Background(), page, request) }
		})
	}
	page, _ := standardPage(t, always(answer(200).with("ok")))
	if got := outcome(t, page, &fetch.Request{URL: "/a", Integrity: sha256OK + strings.Repeat(" ", 1<<20)}); got != "integrity-mismatch" {
		t.Errorf("metadata of a megabyte: %s", got)
	}
}

// An endless body cancels a fetch when enough of it was read.
type endless struct {
	reads  int
	cancel context.CancelFunc
}

func (e *endless) Read(p []byte) (int, error) {
	if e.reads++; e.reads == 10 {
		e.cancel()
	}
	return len(p), nil
}

// TestIntegrityCanceled: whoever cancels a fetch whose body is compared need not
// wait for its end, be it of a server or of a blob.
func TestIntegrityCanceled(t *testing.T) {
	for _, url := range []string{"/a", "blob:" + app + "/1"} {
		ctx, cancel := context.WithCancel(t.Context())
		body := &endless{cancel: cancel}
		agent, _ := newAgent(t, nil, fetch.Options{
			Transport: transportFunc(func(*fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
				return &fetch.NetworkResponse{Status: 200, Body: io.NopCloser(body)}, nil
			}),
			Blobs: endlessBlob{body},
		})
		_, err := newPage(t, agent, fetch.EnvironmentOptions{}).Fetch(ctx, &fetch.Request{URL: url, Integrity: sha256OK})
		if refusal := asRefusal(t, err); refusal.Reason != fetch.Aborted || !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", url, err)
		}
		if body.reads != 10 {
			t.Errorf("%s: read %d times, want 10", url, body.reads)
		}
	}
}

// endlessBlob is a store of one blob of the largest size.
type endlessBlob struct{ body *endless }

func (b endlessBlob) Blob(*origin.URL, origin.Origin, origin.PartitionKey) (fetch.Blob, bool) {
	return fetch.Blob{Size: 1 << 62, Data: b}, true
}

func (b endlessBlob) ReadAt(p []byte, _ int64) (int, error) { return b.body.Read(p) }
