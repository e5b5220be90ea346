package fetch_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
)

// Web IDL's enumerations: every option with a value that does not exist, that
// is spelled otherwise, or that script may not choose.
//
// https://fetch.spec.whatwg.org/#requestinit
func TestRequestOptions(t *testing.T) {
	tests := []struct {
		name          string
		request       fetch.Request
		option, value string // "" where it is valid
		want          string // the values that are
	}{
		{name: "none"},
		{name: "api", request: fetch.Request{API: "ajax"}, option: "api", value: "ajax", want: "fetch, xhr, element, eventsource, beacon, ping, report"},
		{name: "mode", request: fetch.Request{Mode: "CORS"}, option: "mode", value: "CORS", want: "same-origin, no-cors, cors"},
		{name: "mode navigate", request: fetch.Request{Mode: "navigate"}, option: "mode", value: "navigate", want: "same-origin, no-cors, cors"},
		{name: "mode websocket", request: fetch.Request{Mode: "websocket"}, option: "mode", value: "websocket", want: "same-origin, no-cors, cors"},
		{name: "mode of XMLHttpRequest", request: fetch.Request{API: "xhr", Mode: fetch.NoCORS}, option: "mode", value: "no-cors", want: "cors"},
		{name: "mode cors of XMLHttpRequest", request: fetch.Request{API: "xhr", Mode: fetch.CORS}},
		{name: "mode same-origin", request: fetch.Request{Mode: fetch.SameOrigin}},
		{name: "credentials", request: fetch.Request{Credentials: "Include"}, option: "credentials", value: "Include", want: "omit, same-origin, include"},
		{name: "credentials omit", request: fetch.Request{Credentials: credentials.Omit}},
		{name: "credentials include", request: fetch.Request{Credentials: credentials.Include}},
		{name: "cache", request: fetch.Request{Cache: "no-caching"}, option: "cache", value: "no-caching", want: "default, no-store, reload, no-cache, force-cache, only-if-cached"},
		{name: "cache reload", request: fetch.Request{Cache: "reload"}},
		{name: "cache force-cache", request: fetch.Request{Cache: "force-cache"}},
		{name: "redirect", request: fetch.Request{Redirect: "FOLLOW"}, option: "redirect", value: "FOLLOW", want: "follow, error, manual"},
		{name: "redirect manual", request: fetch.Request{Redirect: "manual"}},
		{name: "referrer policy", request: fetch.Request{ReferrerPolicy: "never"}, option: "referrerPolicy", value: "never", want: "no-referrer, no-referrer-when-downgrade, same-origin, origin, strict-origin, origin-when-cross-origin, strict-origin-when-cross-origin, unsafe-url"},
		{name: "referrer policy origin", request: fetch.Request{ReferrerPolicy: "origin"}},
		{name: "duplex", request: fetch.Request{Duplex: "full"}, option: "duplex", value: "full", want: "half"},
		{name: "duplex half", request: fetch.Request{Duplex: "half"}},
		{name: "destination", request: fetch.Request{Destination: "image"}, option: "destination", value: "image"},
		{name: "username of fetch()", request: fetch.Request{Username: new("u")}, option: "username", value: "u"},
		{name: "password of an element", request: fetch.Request{API: "element", Password: new("p")}, option: "password", value: ""},
		{name: "destination of XMLHttpRequest", request: fetch.Request{API: "xhr", Destination: "image"},
			option: "destination", value: "image"},
		{name: "destination of an element", request: fetch.Request{API: "element", Destination: "image"}},
		{name: "two wrong", request: fetch.Request{Cache: "x", Mode: "y"}, option: "mode", value: "y", want: "same-origin, no-cors, cors"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, n := standardPage(t, routes{}.serve)
			tt.request.URL = "/a"
			if tt.option == "" {
				fetched(t, page, &tt.request)
				return
			}
			e := refused(t, page, &tt.request)
			if e.Reason != fetch.InvalidOption || e.Stage != "construct" || e.Header != tt.option || e.Value != tt.value || e.Detail != tt.want {
				t.Errorf("%+v", refusalOf(e))
			}
			if tt.want != "" && !strings.HasSuffix(e.Error(), fmt.Sprintf("%s %q: want %s", tt.option, tt.value, tt.want)) {
				t.Errorf("it says %v", e)
			}
			if len(n.lines()) != 0 {
				t.Errorf("sent %q", n.lines())
			}
		})
	}
}

// https://fetch.spec.whatwg.org/#concept-method-normalize
func TestRequestMethod(t *testing.T) {
	tests := []struct{ name, method, want string }{
		{"default", "", "GET"},
		{"normalized", "delete", "DELETE"},
		{"normalized options", "Options", "OPTIONS"},
		{"not normalized", "patch", "patch"},
		{"of one's own", "QuErY", "QuErY"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, n := standardPage(t, routes{}.serve)
			fetched(t, page, &fetch.Request{URL: "/a", Method: tt.method})
			if got := n.last(t).Method; got != tt.want {
				t.Errorf("sent %q, want %q", got, tt.want)
			}
		})
	}
}

// https://fetch.spec.whatwg.org/#dom-request 5.1: with the page's base URL,
// and a fragment that is never sent to a server.
func TestRequestURL(t *testing.T) {
	tests := []struct{ name, url, base, sent, seen string }{
		{"absolute", "https://api.test/a", "", "https://api.test/a", "https://api.test/a"},
		{"relative", "a?b", "", app + "/dir/a?b", app + "/dir/a?b"},
		{"empty", "", "", app + "/dir/page?q", app + "/dir/page?q"},
		{"base element", "a", "https://api.test/x/", "https://api.test/x/a", "https://api.test/x/a"},
		{"relative base", "a", "sub/", app + "/dir/sub/a", app + "/dir/sub/a"},
		{"fragment", "/a#b", "", app + "/a#b", app + "/a"},
		{"canonical", " \tHTTPS:/\\Api.test:443/a b ", "", "https://api.test/a%20b", "https://api.test/a%20b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			agent, n := newAgent(t, routes{}.serve, fetch.Options{})
			page := newPage(t, agent, fetch.EnvironmentOptions{BaseURL: tt.base})
			resp := fetched(t, page, &fetch.Request{URL: tt.url})
			if got := n.last(t).URL.String(); got != tt.sent {
				t.Errorf("transport got %s, want %s", got, tt.sent)
			}
			if resp.URL != tt.seen {
				t.Errorf("script sees %s, want %s", resp.URL, tt.seen)
			}
		})
	}
}

// What of script's headers is sent, by mode and API, in order and case.
func TestRequestHeaders(t *testing.T) {
	tests := []struct {
		name, section string
		request       fetch.Request
		want          string // the headers that script asked for, as sent
	}{{
		name: "kept", section: "https://fetch.spec.whatwg.org/#concept-headers-append",
		request: fetch.Request{Headers: headerLines("X-b: 1", "x-A: \t2 ", "X-B: 3", "Empty: ")},
		want:    "X-b: 1, 3|x-A: 2|Empty: ",
	}, {
		name: "forbidden", section: "https://fetch.spec.whatwg.org/#forbidden-request-header",
		request: fetch.Request{Headers: headerLines("Cookie: a=b", "proxy-x: 1", "Sec-Fetch-Site: none", "HOST: b",
			"X-HTTP-Method: TRACE", "X-HTTP-Method-Override: PUT", "A: 1")},
		want: "X-HTTP-Method-Override: PUT|A: 1",
	}, {
		name: "no-cors", section: "https://fetch.spec.whatwg.org/#dom-request 32.2",
		request: fetch.Request{Mode: fetch.NoCORS, Headers: headerLines("X-A: 1", "Range: bytes=0-1", "Content-Type: text/plain",
			"Content-Type: a", "Accept-Language: de")},
		want: "Content-Type: text/plain|Accept-Language: de",
	}, {
		name: "combined by setRequestHeader()", section: "https://xhr.spec.whatwg.org/#the-setrequestheader()-method",
		request: fetch.Request{API: "xhr", Headers: headerLines("X-A: 1", "x-a:  2", "Cookie: x")},
		want:    "X-A: 1, 2",
	}, {
		name: "type of the body", section: "https://fetch.spec.whatwg.org/#dom-request 37.4",
		request: fetch.Request{Method: "POST", Body: fetch.TextBody("x")},
		want:    "Content-Type: text/plain;charset=UTF-8",
	}, {
		name: "type of script's own", section: "https://fetch.spec.whatwg.org/#dom-request 37.4",
		request: fetch.Request{Method: "POST", Body: fetch.TextBody("x"), Headers: headerLines("content-type: a/b;charset=x")},
		want:    "content-type: a/b;charset=x",
	}, {
		name: "type of a blob in no-cors", section: "https://fetch.spec.whatwg.org/#dom-request 37.4",
		request: fetch.Request{Mode: fetch.NoCORS, Method: "POST", Body: fetch.BytesBody(nil, "application/json")},
	}, {
		name: "charset of a string by XMLHttpRequest", section: "https://xhr.spec.whatwg.org/#the-send()-method 4.5",
		request: fetch.Request{API: "xhr", Method: "POST", Body: fetch.TextBody("x"),
			Headers: headerLines("Content-Type: Text/Html;x=y;charset=Windows-1252")},
		want: "Content-Type: text/html;x=y;charset=UTF-8",
	}, {
		name: "charset that is UTF-8 already", section: "https://xhr.spec.whatwg.org/#the-send()-method 4.5",
		request: fetch.Request{API: "xhr", Method: "POST", Body: fetch.TextBody("x"),
			Headers: headerLines("Content-Type: Text/Html; charset=utf-8")},
		want: "Content-Type: Text/Html; charset=utf-8",
	}, {
		name: "no charset", section: "https://xhr.spec.whatwg.org/#the-send()-method 4.5",
		request: fetch.Request{API: "xhr", Method: "POST", Body: fetch.TextBody("x"), Headers: headerLines("Content-Type: Text/Html")},
		want:    "Content-Type: Text/Html",
	}, {
		name: "charset of bytes", section: "https://xhr.spec.whatwg.org/#the-send()-method 4.5",
		request: fetch.Request{API: "xhr", Method: "POST", Body: fetch.BytesBody(nil, ""),
			Headers: headerLines("Content-Type: text/html;charset=x")},
		want: "Content-Type: text/html;charset=x",
	}, {
		name: "a type that is none", section: "https://xhr.spec.whatwg.org/#the-send()-method 4.5",
		request: fetch.Request{API: "xhr", Method: "POST", Body: fetch.TextBody("x"), Headers: headerLines("Content-Type: text")},
		want:    "Content-Type: text",
	}}
	browsers := map[string]bool{"Accept": true, "Referer": true, "Origin": true, "User-Agent": true, "Accept-Encoding": true, "Content-Length": true,
		"Sec-Fetch-Dest": true, "Sec-Fetch-Mode": true, "Sec-Fetch-Site": true}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, n := standardPage(t, routes{}.serve)
			tt.request.URL = "/a"
			fetched(t, page, &tt.request)
			var lines []string
			for _, h := range n.last(t).Headers {
				if !browsers[h.Name] {
					lines = append(lines, h.Name+": "+h.Value)
				}
			}
			if diff := cmp.Diff(tt.want, strings.Join(lines, "|")); diff != "" {
				t.Errorf("%s\n%s", tt.section, diff)
			}
		})
	}
}

// What a browser adds, for the smallest request of each kind, in order.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func TestRequestAsSent(t *testing.T) {
	tests := []struct {
		name    string
		request fetch.Request
		want    []string
	}{{
		name: "same origin", request: fetch.Request{URL: "/a"},
		want: []string{"Accept: */*", "Referer: " + app + "/dir/page?q", "Sec-Fetch-Dest: empty", "Sec-Fetch-Mode: cors",
			"Sec-Fetch-Site: same-origin", "User-Agent: " + defaultUserAgent, "Accept-Encoding: gzip, deflate"},
	}, {
		name: "another site", request: fetch.Request{URL: api + "/a", Method: "POST", Body: fetch.TextBody("hé")},
		want: []string{"Content-Type: text/plain;charset=UTF-8", "Accept: */*", "Content-Length: 3", "Referer: " + app + "/",
			"Origin: " + app, "Sec-Fetch-Dest: empty", "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: cross-site",
			"User-Agent: " + defaultUserAgent, "Accept-Encoding: gzip, deflate"},
	}, {
		name:    "range and headers of script's own",
		request: fetch.Request{URL: "/a", Headers: headerLines("range: bytes=0-1", "accept: a/b", "user-agent: me"), NoReferrer: true},
		want: []string{"range: bytes=0-1", "accept: a/b", "user-agent: me", "Sec-Fetch-Dest: empty", "Sec-Fetch-Mode: cors",
			"Sec-Fetch-Site: same-origin", "Accept-Encoding: identity"},
	}, {
		name: "no body of PUT", request: fetch.Request{URL: "/a", Method: "PUT", NoReferrer: true},
		want: []string{"Accept: */*", "Content-Length: 0", "Origin: " + app, "Sec-Fetch-Dest: empty", "Sec-Fetch-Mode: cors",
			"Sec-Fetch-Site: same-origin", "User-Agent: " + defaultUserAgent, "Accept-Encoding: gzip, deflate"},
	}, {
		name: "no body of PATCH", request: fetch.Request{URL: "/a", Method: "PATCH", NoReferrer: true},
		want: []string{"Accept: */*", "Origin: " + app, "Sec-Fetch-Dest: empty", "Sec-Fetch-Mode: cors",
			"Sec-Fetch-Site: same-origin", "User-Agent: " + defaultUserAgent, "Accept-Encoding: gzip, deflate"},
	}}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, n := standardPage(t, routes{}.serve)
			fetched(t, page, &tt.request)
			var lines []string
			for _, h := range n.last(t).Headers {
				lines = append(lines, h.Name+": "+h.Value)
			}
			if diff := cmp.Diff(tt.want, lines); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A Request with a body that has a source serves any number of fetches, and
// keeps what it was.
func TestRequestIsReused(t *testing.T) {
	page, n := standardPage(t, routes{}.serve)
	r := &fetch.Request{URL: api + "/a", Method: "PUT", Body: fetch.TextBody("x"), Headers: headerLines("X-A: 1")}
	for range 2 {
		fetched(t, page, r)
		if got := n.last(t); got.body != "x" || got.header("X-A") != "1" {
			t.Errorf("sent %q, %v", got.body, got.Headers)
		}
	}
	if len(r.Headers) != 1 || r.Mode != "" {
		t.Errorf("request changed: %+v", r)
	}
}

// A body that serves once is closed also where nothing is sent.
func TestRefusedBodyIsClosed(t *testing.T) {
	tests := []struct {
		name    string
		request fetch.Request
	}{
		{"by construction", fetch.Request{URL: "https://a b/"}},
		{"before sending", fetch.Request{URL: api + ":22/"}},
		{"by the preflight", fetch.Request{URL: api + "/refused", Headers: headerLines("X-A: 1")}},
		{"by XMLHttpRequest's GET", fetch.Request{URL: "/a", Method: "GET", API: "xhr"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, _ := standardPage(t, routes{"OPTIONS " + api + "/refused": answer(404)}.serve)
			body := &closeCounter{Reader: strings.NewReader("x")}
			if tt.request.Method == "" {
				tt.request.Method = "POST"
			}
			tt.request.Body = fetch.OnceBody(body, 1, "")
			if resp, err := page.Fetch(t.Context(), &tt.request); err == nil {
				resp.Body.Close()
			}
			if body.closed != 1 {
				t.Errorf("closed %d times", body.closed)
			}
		})
	}
}

// A closeCounter is a body that counts how often it was closed.
type closeCounter struct {
	*strings.Reader
	closed int
}

func (c *closeCounter) Close() error { c.closed++; return nil }
