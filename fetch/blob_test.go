package fetch_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fetchtest"
	"github.com/browsercors/browsercors/origin"
)

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
		{name: "start at the end", holds: "14.7.1", ranges: "bytes=10-", reason: fetchtest.Reason("range-not-satisfiable")},
		{name: "start far beyond", holds: "14.7.1", ranges: "bytes=99999999999999999999999999-", reason: fetchtest.Reason("range-not-satisfiable")},
		{name: "more last ones than there are", holds: "14.6, 14.8: a start of -2 counts from the end", ranges: "bytes=-12", want: "89", contentRange: "bytes -2-9/10"},
		{name: "more by half", holds: "14.6, 14.8: a start of -5", ranges: "bytes=-15", want: "56789", contentRange: "bytes -5-9/10"},
		{name: "twice as many last ones", holds: "14.6, 14.8: a start of -10", ranges: "bytes=-20", want: "0123456789", contentRange: "bytes -10-9/10"},
		{name: "far more last ones", holds: "14.6, 14.8: no start before the first byte", ranges: "bytes=-9223372036854775807", want: "0123456789", contentRange: "bytes -9223372036854775797-9/10"},
		{name: "no last ones", holds: "14.6, 14.8: from behind the last byte to the last", ranges: "bytes=-0", want: "", contentRange: "bytes 10-9/10"},
		{name: "backwards", holds: "14.4", ranges: "bytes=4-2", reason: fetchtest.Reason("range-not-satisfiable")},
		{name: "two", holds: "14.4", ranges: "bytes=0-1,3-4", reason: fetchtest.Reason("range-not-satisfiable")},
		{name: "no unit", holds: "14.4", ranges: "0-1", reason: fetchtest.Reason("range-not-satisfiable")},
		{name: "nothing", holds: "14.4", ranges: "bytes=-", reason: fetchtest.Reason("range-not-satisfiable")},
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
			if resp.Type != "basic" || resp.Status != status || resp.StatusText != message || resp.URL != url || listed(resp.Headers) != headers {
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
		"post":          {fetch.Options{Blobs: store}, fetch.Request{URL: url, Method: "POST"}, fetchtest.Reason("blob-not-found")},
		"head":          {fetch.Options{Blobs: store}, fetch.Request{URL: url, Method: "HEAD"}, fetchtest.Reason("blob-not-found")},
		"no store":      {fetch.Options{}, fetch.Request{URL: url}, fetchtest.Reason("blob-not-found")},
		"not there":     {fetch.Options{Blobs: store}, fetch.Request{URL: url + "0"}, fetchtest.Reason("blob-not-found")},
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
	if !store.asking.SameOrigin(mustOrigin(t, app)) || store.partition != (origin.PartitionKey{Site: mustOrigin(t, app).Site(nil)}) {
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

// Odd ranges of a blob's bytes, as Chromium 156.0.8078.108, Firefox 153.8.0esr
// and WebKitGTK 2.50.6 were seen to read them.
func TestBlobRangesOfEngines(t *testing.T) {
	const all = "0123456789 bytes 0-9/10"
	tests := []struct {
		ranges                    string
		chromium, firefox, webkit string // the body and Content-Range; "" fails
	}{
		{"bytes=-3", "789 bytes 7-9/10", "789 bytes 7-9/10", "789 bytes 7-9/10"},
		{"bytes=-10", all, all, all},
		{"bytes=-12", all, "", all},
		{"bytes=-20", all, "", all},
		{"bytes=-9223372036854775808", all, "", all},
		{"bytes=-18446744073709551616", all, "", ""},
		{"bytes=-0", "", "", ""},
		{"bytes=0-9223372036854775808", all, all, all},
		{"bytes=0-18446744073709551615", all, all, all},
		{"bytes=0-18446744073709551616", all, "", ""},
		{"bytes=9223372036854775808-", "", "", ""},
		{"bytes= 3 -\t5 ", "", "", ""},
		{"bytes\t= 3 -\t5", "345 bytes 3-5/10", "345 bytes 3-5/10", "345 bytes 3-5/10"},
		{"Bytes=3-5", "", "", "345 bytes 3-5/10"},
		{"bytes=+3-5", "", "", "345 bytes 3-5/10"},
		{"bytes=3-+5", "", "", "345 bytes 3-5/10"},
		{"bytes=03-05", "345 bytes 3-5/10", "345 bytes 3-5/10", "345 bytes 3-5/10"},
		{"bytes=3--1", "", "", ""},
		{"bytes=3-5,7-8", "", "", ""},
	}
	const url = "blob:" + app + "/1"
	for _, tt := range tests {
		for _, p := range engine.All() {
			want := map[string]string{"chromium": tt.chromium, "firefox": tt.firefox, "webkit": tt.webkit}[p.Name]
			if tt.ranges == "bytes= 3 -\t5 " { // the API strips the blank at the end
				want = "345 bytes 3-5/10"
			}
			agent, _ := newAgent(t, routes{}.serve, fetch.Options{Profile: p, Blobs: oneBlob{url, "0123456789"}})
			got := ""
			resp, err := newPage(t, agent, fetch.EnvironmentOptions{}).Fetch(t.Context(), &fetch.Request{URL: url, Headers: headerLines("Range: " + tt.ranges)})
			if err == nil {
				contentRange, _ := resp.Headers.Get("Content-Range")
				got = text(t, resp.Body) + " " + contentRange
				resp.Body.Close()
			}
			if got != want {
				t.Errorf("%s, %s: %q, want %q", p.Name, tt.ranges, got, want)
			}
		}
	}
}

// revocable is a store whose URLs can be revoked, which knows their environments.
type revocable struct {
	entries map[string]revocableEntry
	asked   []string
}

type revocableEntry struct {
	body      string
	origin    origin.Origin
	partition origin.PartitionKey
}

func (s *revocable) Blob(u *origin.URL, asking origin.Origin, partition origin.PartitionKey) (fetch.Blob, bool) {
	s.asked = append(s.asked, u.String())
	entry, ok := s.entries[u.String()]
	if !ok || !asking.IsZero() && !(entry.origin.SameOrigin(asking) && entry.partition == partition) {
		return fetch.Blob{}, false
	}
	return fetch.Blob{Size: int64(len(entry.body)), Data: bytes.NewReader([]byte(entry.body))}, true
}

// A blob: URL's entry is taken along when the URL is parsed.
//
// https://url.spec.whatwg.org/#concept-url-parser
func TestBlobEntry(t *testing.T) {
	const url = "blob:" + app + "/1"
	own := mustOrigin(t, app)
	store := &revocable{}
	create := func() {
		store.entries = map[string]revocableEntry{url: {"body", own, origin.PartitionKey{Site: own.Site(nil)}}}
	}
	revoke := func() { clear(store.entries) }
	agent, _ := newAgent(t, routes{}.serve, fetch.Options{Blobs: store})
	page := newPage(t, agent, fetch.EnvironmentOptions{})
	for _, api := range []fetch.API{"fetch", "xhr"} {
		create()
		prepared, err := page.Prepare(&fetch.Request{URL: url + "#f", API: api})
		if err != nil {
			t.Fatal(err)
		}
		revoke()
		store.asked = nil
		for range 2 { // new Request() can be fetched as often as one likes
			resp := fetched(t, page, prepared)
			if got := text(t, resp.Body); got != "body" || resp.URL != url || resp.Type != "basic" {
				t.Errorf("%s: %q from %s, %s", api, got, resp.URL, resp.Type)
			}
		}
		if store.asked != nil {
			t.Errorf("%s: the store was asked again: %q", api, store.asked)
		}
		// Without it the URL is parsed when it is fetched; so is another than was prepared.
		if e := refused(t, page, &fetch.Request{URL: url, API: api}); e.Reason != fetchtest.Reason("blob-not-found") {
			t.Error(e)
		}
		other := *prepared
		other.URL = url + "2"
		if e := refused(t, page, &other); e.Reason != fetchtest.Reason("blob-not-found") {
			t.Error(e)
		}
	}
	// What came too late when it was prepared stays so.
	prepared, err := page.Prepare(&fetch.Request{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	if len(store.asked) == 0 || store.asked[len(store.asked)-1] != url {
		t.Errorf("asked %q", store.asked)
	}
	if e := refused(t, page, prepared); e.Reason != fetchtest.Reason("blob-not-found") {
		t.Error(e)
	}
}

// Prepare refuses what the constructor refuses, and sends nothing.
func TestPrepare(t *testing.T) {
	page, n := standardPage(t, routes{}.serve)
	for name, r := range map[string]fetch.Request{
		"url": {URL: "https://a b/"}, "method": {URL: "/a", Method: "TRACE"}, "header": {URL: "/a", Headers: headerLines("a b: c")},
		"body": {URL: "/a", Body: fetch.TextBody("x")}, "element": {URL: "/a", API: "element", Method: "PUT"},
	} {
		_, err := page.Prepare(&r)
		if e, ok := errors.AsType[*fetch.Error](err); !ok || e.Stage != "construct" {
			t.Errorf("%s: %v", name, err)
		}
	}
	in := &fetch.Request{URL: "/a", Method: "POST", Body: fetch.TextBody("x"), Headers: headerLines("X-A: 1")}
	prepared, err := page.Prepare(in)
	if err != nil || len(n.sent) > 0 {
		t.Fatalf("%v, sent %q", err, n.lines())
	}
	in.URL, in.Method = "/b", "PUT" // the copy's are its own
	fetched(t, page, prepared)
	if s := n.last(t); s.String() != "POST "+app+"/a" || s.body != "x" || s.header("X-A") != "1" || s.header("Content-Type") != "text/plain;charset=UTF-8" {
		t.Errorf("%v %q %v", s, s.body, s.Headers)
	}
}

// The origin of a blob: URL is that of the environment that made it, which the
// URL of a page with an opaque origin does not say.
//
// https://url.spec.whatwg.org/#concept-url-origin
func TestBlobOrigin(t *testing.T) {
	store := &revocable{entries: map[string]revocableEntry{}}
	agent, _ := newAgent(t, routes{}.serve, fetch.Options{Blobs: store})
	sandboxed := newPage(t, agent, fetch.EnvironmentOptions{Sandboxed: true})
	store.entries["blob:null/1"] = revocableEntry{"body", sandboxed.Origin(), origin.PartitionKey{Site: sandboxed.Origin().Site(nil)}}
	for _, mode := range []fetch.Mode{fetch.CORS, fetch.SameOrigin, fetch.NoCORS} {
		resp := fetched(t, sandboxed, &fetch.Request{URL: "blob:null/1", Mode: mode})
		if got := text(t, resp.Body); got != "body" || resp.Type != "basic" {
			t.Errorf("mode %s: %s %q", mode, resp.Type, got)
		}
	}
	// To any other page it is another's.
	for _, o := range []fetch.EnvironmentOptions{{}, {Sandboxed: true}} {
		if e := refused(t, newPage(t, agent, o), &fetch.Request{URL: "blob:null/1"}); e.Reason != fetch.CORSDisabledScheme {
			t.Error(e)
		}
	}
}

// The store need not look at partitions where a top-level page navigates, or
// fetches its own URL.
//
// https://fetch.spec.whatwg.org/#concept-scheme-fetch blob 6
func TestBlobOfAnyPartition(t *testing.T) {
	const url = "blob:" + app + "/1"
	own := mustOrigin(t, app)
	store := &revocable{entries: map[string]revocableEntry{url: {"body", own, origin.PartitionKey{Site: mustOrigin(t, api).Site(nil)}}}}
	agent, _ := newAgent(t, routes{}.serve, fetch.Options{Blobs: store})
	page := newPage(t, agent, fetch.EnvironmentOptions{})
	if e := refused(t, page, &fetch.Request{URL: url}); e.Reason != fetchtest.Reason("blob-not-found") {
		t.Errorf("another partition's: %v", e)
	}
	resp, err := agent.Navigate(t.Context(), &fetch.Navigation{URL: url, Initiator: page})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := text(t, resp.Body); got != "body" {
		t.Errorf("navigation: %q", got)
	}
	for name, tt := range map[string]struct {
		o  fetch.EnvironmentOptions
		ok bool
	}{
		"itself":           {fetch.EnvironmentOptions{URL: url}, true},
		"itself, framed":   {fetch.EnvironmentOptions{URL: url, Ancestors: []origin.Origin{own}}, false},
		"itself, a worker": {fetch.EnvironmentOptions{URL: url, Worker: true}, false},
		"another document": {fetch.EnvironmentOptions{URL: url + "2"}, false},
	} {
		_, err := newPage(t, agent, tt.o).Fetch(t.Context(), &fetch.Request{URL: url})
		if (err == nil) != tt.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}
