package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/origin"
)

// https://fetch.spec.whatwg.org/#data-url-processor
// https://infra.spec.whatwg.org/#forgiving-base64-decode
func TestDataURLs(t *testing.T) {
	const ascii = "text/plain;charset=US-ASCII"
	tests := []struct{ name, url, contentType, body string }{
		{"nothing", "data:,", ascii, ""},
		{"text", "data:,a%20b%2", ascii, "a b%2"},
		{"type", "data:Text/HTML;a=b,x", "text/html;a=b", "x"},
		{"charset alone", "data:;charset=utf-8,x", "text/plain;charset=utf-8", "x"},
		{"type that does not parse", "data:text,x", ascii, "x"},
		{"spaces around the type", "data: a/b ,x", "a/b", "x"},
		{"fragment", "data:,x#y", ascii, "x"},
		{"query", "data:,x?y", ascii, "x?y"},
		{"comma", "data:,a,b", ascii, "a,b"},
		{"bytes", "data:,%ff%FE", ascii, "\xff\xfe"},
		{"base64", "data:;base64,aGk=", ascii, "hi"},
		{"base64 with type", "data:a/b;base64,aGk=", "a/b", "hi"},
		{"base64 in capitals, after spaces", "data:a/b;  BASE64,aGk", "a/b", "hi"},
		{"base64 with spaces", "data:;base64,a%20G%0Ak =", ascii, "hi"},
		{"base64 percent-encoded", "data:;base64,aGk%3D", ascii, "hi"},
		{"base64 without semicolon", "data:base64,aGk=", ascii, "aGk="},
		{"base64 as a parameter", "data:;base64;x=y,aGk=", "text/plain;x=y", "aGk="},
		{"base64 with bits left over", "data:;base64,aGl=", ascii, "hi"},
		{"empty base64", "data:;base64,", ascii, ""},
		{"base64 with wrong padding", "data:;base64,aG=", "", ""},
		{"base64 with too much padding", "data:;base64,aGk==", "", ""},
		{"base64 with one character too many", "data:;base64,aGkaa", "", ""},
		{"base64 of another alphabet", "data:;base64,_-__", "", ""},
		{"no comma", "data:text/plain", "", ""},
		{"no comma before the fragment", "data:#,", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, n := standardPage(t, routes{}.serve)
			r := &fetch.Request{URL: tt.url, Method: "POST"}
			if tt.contentType == "" {
				if e := refused(t, page, r); e.Reason != fetch.InvalidDataURL || e.Header != "url" {
					t.Error(e)
				}
				return
			}
			resp := fetched(t, page, r)
			if got := text(t, resp.Body); got != tt.body {
				t.Errorf("body %q, want %q", got, tt.body)
			}
			if got := listed(resp.Headers); got != "Content-Type: "+tt.contentType {
				t.Errorf("headers %q, want %q", got, tt.contentType)
			}
			without, _, _ := strings.Cut(tt.url, "#")
			if resp.Type != fetch.TypeBasic || resp.Status != 200 || resp.StatusText != "OK" || resp.URL != mustURL(t, without).String() || len(n.lines()) > 0 {
				t.Errorf("%+v", resp)
			}
		})
	}
}

// https://fetch.spec.whatwg.org/#concept-scheme-fetch about
func TestAboutBlank(t *testing.T) {
	page, _ := standardPage(t, routes{}.serve)
	resp := fetched(t, page, &fetch.Request{URL: "about:blank#x", Mode: fetch.NoCORS})
	internal := resp.Internal()
	if resp.Type != fetch.TypeOpaque || internal.Status != 200 || internal.StatusText != "OK" || text(t, internal.Body) != "" {
		t.Errorf("%+v", internal)
	}
	if got, _ := internal.Headers.Get("Content-Type"); got != "text/html;charset=utf-8" {
		t.Errorf("Content-Type %q", got)
	}
}

// https://fetch.spec.whatwg.org/#concept-scheme-fetch blob
func TestBlobURLs(t *testing.T) {
	const url = "blob:" + app + "/1"
	tests := []struct {
		name, holds, ranges string // ranges: the Range header
		want                string
		contentRange        string
		reason              fetch.Reason
	}{
		{name: "whole", holds: "13", want: "0123456789"},
		{name: "start and end", holds: "14.7", ranges: "bytes=2-4", want: "234", contentRange: "bytes 2-4/10"},
		{name: "one byte", holds: "14.7", ranges: "bytes=9-9", want: "9", contentRange: "bytes 9-9/10"},
		{name: "no end", holds: "14.7.2", ranges: "bytes=7-", want: "789", contentRange: "bytes 7-9/10"},
		{name: "end at the end", holds: "14.7.2", ranges: "bytes=7-10", want: "789", contentRange: "bytes 7-9/10"},
		{name: "end far beyond", holds: "14.7.2", ranges: "bytes=7-99999999999999999999999999", want: "789", contentRange: "bytes 7-9/10"},
		{name: "last ones", holds: "14.6", ranges: "bytes=-3", want: "789", contentRange: "bytes 7-9/10"},
		{name: "all of them as last ones", holds: "14.6", ranges: "bytes=-10", want: "0123456789", contentRange: "bytes 0-9/10"},
		{name: "spaces", holds: "14.3: allow whitespace", ranges: "bytes \t= 2 - 4", want: "234", contentRange: "bytes 2-4/10"},
		{name: "start at the end", holds: "14.7.1", ranges: "bytes=10-", reason: fetch.RangeNotSatisfiable},
		{name: "start far beyond", holds: "14.7.1", ranges: "bytes=99999999999999999999999999-", reason: fetch.RangeNotSatisfiable},
		{name: "more last ones than there are", holds: "14.6: a slice must not start before the first byte", ranges: "bytes=-11", reason: fetch.RangeNotSatisfiable},
		{name: "no last ones", holds: "14.6: nor after the last", ranges: "bytes=-0", reason: fetch.RangeNotSatisfiable},
		{name: "backwards", holds: "14.4", ranges: "bytes=4-2", reason: fetch.RangeNotSatisfiable},
		{name: "two", holds: "14.4", ranges: "bytes=0-1,3-4", reason: fetch.RangeNotSatisfiable},
		{name: "no unit", holds: "14.4", ranges: "0-1", reason: fetch.RangeNotSatisfiable},
		{name: "nothing", holds: "14.4", ranges: "bytes=-", reason: fetch.RangeNotSatisfiable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			agent, n := newAgent(t, routes{}.serve, fetch.Options{Blobs: oneBlob{url, "0123456789"}})
			page := newPage(t, agent, fetch.EnvironmentOptions{})
			r := &fetch.Request{URL: url + "#f"}
			if tt.ranges != "" {
				r.Headers = headerLines("Range: " + tt.ranges)
			}
			if tt.reason != 0 {
				if e := refused(t, page, r); e.Reason != tt.reason || e.Value != tt.ranges || e.Header != "Range" {
					t.Errorf("%v: step %s", e, tt.holds)
				}
				return
			}
			resp := fetched(t, page, r)
			status, message, headers := 200, "OK", fmt.Sprintf("Content-Length: %d|Content-Type: text/plain", len(tt.want))
			if tt.contentRange != "" {
				status, message, headers = 206, "Partial Content", headers+"|Content-Range: "+tt.contentRange
			}
			if resp.Type != fetch.TypeBasic || resp.Status != status || resp.StatusText != message || resp.URL != url || listed(resp.Headers) != headers {
				t.Errorf("%+v, %q: step %s", resp, listed(resp.Headers), tt.holds)
			}
			if got := text(t, resp.Body); got != tt.want || len(n.lines()) > 0 {
				t.Errorf("body %q: step %s", got, tt.holds)
			}
		})
	}
}

// Who may have a blob, and how.
func TestBlobAccess(t *testing.T) {
	const url = "blob:" + app + "/1"
	store := new(blobRecorder)
	for name, tt := range map[string]struct {
		options fetch.Options
		request fetch.Request
		reason  fetch.Reason
	}{
		"get":           {fetch.Options{Blobs: store}, fetch.Request{URL: url}, 0},
		"post":          {fetch.Options{Blobs: store}, fetch.Request{URL: url, Method: "POST"}, fetch.BlobNotFound},
		"head":          {fetch.Options{Blobs: store}, fetch.Request{URL: url, Method: "HEAD"}, fetch.BlobNotFound},
		"no store":      {fetch.Options{}, fetch.Request{URL: url}, fetch.BlobNotFound},
		"not there":     {fetch.Options{Blobs: store}, fetch.Request{URL: url + "0"}, fetch.BlobNotFound},
		"of another":    {fetch.Options{Blobs: store}, fetch.Request{URL: "blob:" + api + "/1"}, fetch.CORSDisabledScheme},
		"another, open": {fetch.Options{Blobs: oneBlob{"blob:" + api + "/1", ""}}, fetch.Request{URL: "blob:" + api + "/1", Mode: fetch.NoCORS}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			agent, _ := newAgent(t, routes{}.serve, tt.options)
			page := newPage(t, agent, fetch.EnvironmentOptions{})
			if tt.reason == 0 {
				fetched(t, page, &tt.request)
			} else if e := refused(t, page, &tt.request); e.Reason != tt.reason {
				t.Error(e)
			}
		})
	}
	if !store.asking.SameOrigin(mustOrigin(t, app)) || store.partition != origin.NetworkPartitionKey(mustOrigin(t, app), nil) {
		t.Errorf("the store was told of %v, %v", store.asking, store.partition)
	}
}

// blobRecorder writes down who asked.
type blobRecorder struct {
	asking    origin.Origin
	partition origin.PartitionKey
}

func (b *blobRecorder) Blob(u *origin.URL, asking origin.Origin, partition origin.PartitionKey) (fetch.Blob, bool) {
	b.asking, b.partition = asking, partition
	return oneBlob{"blob:" + app + "/1", "x"}.Blob(u, asking, partition)
}

// A page of a custom scheme has an origin of its own, and is trusted if the
// embedder says so; its scheme itself is not fetched.
func TestCustomSchemes(t *testing.T) {
	schemes, err := origin.NewSchemes("wails")
	if err != nil {
		t.Fatal(err)
	}
	agent, n := newAgent(t, routes{}.serve, fetch.Options{Schemes: schemes, Trust: &origin.Trust{Schemes: []string{"wails"}}})
	page := newPage(t, agent, fetch.EnvironmentOptions{URL: "wails://wails/index.html"})
	resp := fetched(t, page, &fetch.Request{URL: api + "/a"})
	if got := n.last(t); got.header("Origin") != "wails://wails" || got.header("Referer") != "wails://wails/" || resp.Type != fetch.TypeCORS {
		t.Errorf("%v, type %s", got.Headers, resp.Type)
	}
	if e := refused(t, page, &fetch.Request{URL: "http://api.test/a"}); e.Reason != fetch.MixedContent {
		t.Error(e)
	}
	if e := refused(t, page, &fetch.Request{URL: "app.js"}); e.Reason != fetch.UnsupportedScheme || e.Value != "wails" || e.Request.URL != "wails://wails/app.js" {
		t.Error(e)
	}
	if e := refused(t, page, &fetch.Request{URL: "wails://other/"}); e.Reason != fetch.CORSDisabledScheme {
		t.Error(e)
	}

	// Without being told of the scheme, the origin is opaque.
	agent, n = newAgent(t, routes{}.serve, fetch.Options{})
	page = newPage(t, agent, fetch.EnvironmentOptions{URL: "wails://wails/index.html"})
	fetched(t, page, &fetch.Request{URL: api + "/a"})
	if got := n.last(t); got.header("Origin") != "null" || got.Headers.Contains("Referer") {
		t.Errorf("%v", got.Headers)
	}
}

// TestCancelEndsBodies: whoever cancels a fetch gets no more of its body, also
// where that came over no network or was held back to be compared.
func TestCancelEndsBodies(t *testing.T) {
	servers := routes{
		app + "/a": answer(200).with("ok"),
		app + "/z": answer(200, "Content-Encoding: gzip").with(compressed(t, "ok", gzipWriter)),
	}
	agent, _ := newAgent(t, servers.serve, fetch.Options{Blobs: oneBlob{"blob:" + app + "/1", "ok"}})
	page := newPage(t, agent, fetch.EnvironmentOptions{})
	tests := []struct {
		name string
		fetch.Request
	}{
		{"network", fetch.Request{URL: "/a"}},
		{"content coding", fetch.Request{URL: "/z"}},
		{"data:", fetch.Request{URL: "data:,ok"}},
		{"blob:", fetch.Request{URL: "blob:" + app + "/1"}},
		{"blob:, a range", fetch.Request{URL: "blob:" + app + "/1", Headers: headerLines("Range: bytes=0-1")}},
		{"about:blank", fetch.Request{URL: "about:blank", Mode: fetch.NoCORS}},
		{"compared", fetch.Request{URL: "/a", Integrity: sha256OK}},
		{"compared, content coding", fetch.Request{URL: "/z", Integrity: sha256OK}},
		{"compared, data:", fetch.Request{URL: "data:,ok", Integrity: sha256OK}},
		{"compared with nothing", fetch.Request{URL: "/a", Integrity: "x-y"}},
		{"keepalive", fetch.Request{URL: "/a", Keepalive: true, Method: "POST", Body: fetch.TextBody("x")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			resp, err := page.Fetch(ctx, &tt.Request)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body := resp.Body
			if resp.Type == fetch.TypeOpaque {
				body = resp.Internal().Body
			}
			why := errors.New("the page has gone")
			cancel(why)
			got, err := io.ReadAll(body)
			if refusal := asRefusal(t, err); refusal.Reason != fetch.Aborted || !errors.Is(err, why) || len(got) > 0 {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}
