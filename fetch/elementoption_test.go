package fetch_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fetchtest"
)

// What no element asks for is refused before anything is sent: whoever calls
// itself an element gets around neither preflights nor guards.
//
// https://html.spec.whatwg.org/#create-a-potential-cors-request
func TestElementOptions(t *testing.T) {
	image := func(change func(*fetch.Request)) fetch.Request {
		r := fetch.Element("img").Request(api+"/a", "use-credentials")
		change(r)
		return *r
	}
	dest := func(d fetch.Destination, m fetch.Mode, c credentials.Mode) fetch.Request {
		return fetch.Request{API: "element", URL: api + "/a", Destination: d, Mode: m, Credentials: c}
	}
	tests := []struct {
		name          string
		request       fetch.Request
		header, value string
	}{
		{"DELETE", image(func(r *fetch.Request) { r.Method = "DELETE" }), "method", "DELETE"},
		{"post", image(func(r *fetch.Request) { r.Method = "post" }), "method", "POST"},
		{"HEAD", image(func(r *fetch.Request) { r.Method = "HEAD" }), "method", "HEAD"},
		{"beacon", fetch.Request{API: "element", URL: api + "/a", Method: "POST", Credentials: credentials.Include, Keepalive: true,
			Body: fetch.BytesBody([]byte("{}"), "application/json")}, "method", "POST"},
		{"body", image(func(r *fetch.Request) { r.Body = fetch.TextBody("x") }), "body", ""},
		{"empty stream as body", image(func(r *fetch.Request) { r.Body = fetch.StreamBody(strings.NewReader("")) }), "body", ""},
		{"header", image(func(r *fetch.Request) { r.Headers = headerLines("X-Token: secret") }), "headers", "X-Token"},
		{"safelisted header", image(func(r *fetch.Request) { r.Headers = headerLines("Accept: x/y") }), "headers", "Accept"},
		{"range of an image", image(func(r *fetch.Request) { r.AddRange(0, nil) }), "headers", "Range"},
		{"same-origin", image(func(r *fetch.Request) { r.Mode = fetch.SameOrigin }), "mode", "same-origin"},
		{"without credentials", image(func(r *fetch.Request) { r.Credentials = credentials.Omit }), "credentials", "omit"},
		{"no-cors, same-origin credentials", dest("image", fetch.NoCORS, credentials.SameOrigin), "credentials", "same-origin"},
		{"track, same-origin credentials", dest("track", fetch.SameOrigin, credentials.SameOrigin), "credentials", "same-origin"},
		{"cache mode", image(func(r *fetch.Request) { r.Cache = "reload" }), "cache", "reload"},
		{"redirect mode", image(func(r *fetch.Request) { r.Redirect = "manual" }), "redirect", "manual"},
		{"keepalive", image(func(r *fetch.Request) { r.Keepalive = true }), "keepalive", "true"},
		{"listener", image(func(r *fetch.Request) { r.UploadListener = true }), "uploadListener", "true"},

		{"document", dest("document", fetch.CORS, credentials.Include), "destination", "document"},
		{"frame", dest("iframe", fetch.NoCORS, credentials.Include), "destination", "iframe"},
		{"report", dest("report", fetch.CORS, ""), "destination", "report"},
		{"no destination", dest("fishing", fetch.CORS, ""), "destination", "fishing"},
		{"no element", *fetch.Element("marquee").Request(api+"/a", "anonymous"), "destination", "marquee"},
		{"worker without CORS", dest("worker", fetch.NoCORS, credentials.Include), "mode", "no-cors"},
		{"manifest without CORS", dest("manifest", fetch.NoCORS, credentials.Include), "mode", "no-cors"},
		{"JSON module without CORS", dest("json", fetch.NoCORS, credentials.Include), "mode", "no-cors"},
		{"style sheet of the same origin", dest("style", fetch.SameOrigin, ""), "mode", "same-origin"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, n := standardPage(t, routes{}.serve)
			e := refused(t, page, &tt.request)
			if e.Reason != fetchtest.Reason("element-option") || e.Stage != "construct" || e.Header != tt.header || e.Value != tt.value {
				t.Errorf("%v, want %s %q", e, tt.header, tt.value)
			}
			if strings.Contains(e.Error(), "secret") {
				t.Errorf("a header's value is in the message: %v", e)
			}
			if len(n.sent) > 0 {
				t.Errorf("sent: %q", n.lines())
			}
		})
	}
}

// A body that is refused is closed.
func TestElementBodyIsClosed(t *testing.T) {
	page, _ := standardPage(t, routes{}.serve)
	r := fetch.Element("img").Request("/a", "")
	body := &closing{Reader: strings.NewReader("x")}
	r.Body = fetch.OnceBody(body, 1, "")
	refused(t, page, r)
	if !body.closed {
		t.Error("it is not closed")
	}
}

type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }

// Every destination has the modes of the elements that it is for, and no
// element of any destination is preflighted.
func TestElementModes(t *testing.T) {
	const none, cors, same = fetch.NoCORS, fetch.CORS, fetch.SameOrigin
	want := map[fetch.Destination][]fetch.Mode{
		"": {none, cors}, "audio": {none, cors}, "font": {none, cors},
		"image": {none, cors}, "script": {none, cors}, "style": {none, cors},
		"video": {none, cors}, "track": {none, cors, same},
		"json": {cors}, "text": {cors}, "manifest": {cors},
		"audioworklet": {cors}, "paintworklet": {cors},
		"worker": {same, cors}, "sharedworker": {same, cors}, "serviceworker": {same}, "xslt": {same},
		"document": nil, "embed": nil, "frame": nil, "iframe": nil,
		"object": nil, "report": nil, "webidentity": nil,
	}
	for d, modes := range want {
		for _, mode := range []fetch.Mode{none, cors, same, "navigate", ""} {
			has := false
			for _, m := range modes {
				has = has || m == mode
			}
			if got := d.ElementMode(mode); got != has {
				t.Errorf("%q in mode %q: %v", d, mode, got)
			}
			if !has || mode == "" {
				continue
			}
			page, n := standardPage(t, routes{api + "/a": answer(200, acao+app, acac+"true"), app + "/a": answer(200)}.serve)
			for _, url := range []string{"/a", api + "/a"} {
				_, err := page.Fetch(t.Context(), &fetch.Request{API: "element", URL: url, Destination: d, Mode: mode, Credentials: credentials.Include})
				if err != nil && !(mode == same && url != "/a" && errors.Is(err, fetch.DisallowedByMode)) {
					t.Errorf("%q in mode %q: %v", d, mode, err)
				}
			}
			if preflights(n) > 0 {
				t.Errorf("%q in mode %q is preflighted", d, mode)
			}
		}
	}
	// Modules of workers and worklets can do without credentials.
	page, n := standardPage(t, routes{}.serve)
	fetched(t, page, &fetch.Request{API: "element", URL: "/a", Destination: "worker", Mode: same, Credentials: credentials.Omit})
	if n.last(t).Credentials {
		t.Error("credentials are included")
	}
}

// A media element's range goes with every hop, asks for no preflight, and is
// no header for script's guard to drop.
//
// https://fetch.spec.whatwg.org/#concept-request-add-range-header
func TestMediaRange(t *testing.T) {
	chain := routes{
		app + "/v":  answer(302, "Location: "+api+"/v"),
		api + "/v":  answer(307, acao+app, acac+"true", "Location: "+cdn+"/v"),
		cdn + "/v":  answer(206, acao+"*", "Content-Range: bytes 0-1/9").with("xy"),
		app + "/v2": answer(206, "Content-Range: bytes 0-1/2").with("xy"),
	}
	tests := []struct {
		name    string
		element fetch.Element
		by      fetch.CrossOrigin
		add     func(*fetch.Request)
		url     string
		profile *fetch.Profile
		want    string // on every hop
	}{
		{"whole", "video", "", nil, "/v2", fetch.Standard(), ""},
		{"until the end", "video", "", func(r *fetch.Request) { r.AddRange(5, nil) }, "/v", fetch.Standard(), "bytes=5-"},
		{"from, to", "audio", "", func(r *fetch.Request) { r.AddRange(5, new(uint64(6))) }, "/v", fetch.Standard(), "bytes=5-6"},
		{"first byte", "audio", "", func(r *fetch.Request) { r.AddRange(0, new(uint64(0))) }, "/v2", fetch.Standard(), "bytes=0-0"},
		{"the last one counts", "audio", "", func(r *fetch.Request) { r.AddRange(0, nil); r.AddRange(7, nil) }, "/v2", fetch.Standard(), "bytes=7-"},
		{"as a header", "video", "", func(r *fetch.Request) { r.Headers = headerLines("range: bytes=0-") }, "/v", fetch.Standard(), "bytes=0-"},
		{"CORS", "video", "anonymous", func(r *fetch.Request) { r.AddRange(1<<63, nil) }, "/v", fetch.Standard(), "bytes=9223372036854775808-"},
		{"whole, chromium", "video", "", nil, "/v", engine.Chromium(), "bytes=0-"},
		{"whole with CORS, chromium", "audio", "use-credentials", nil, "/v", engine.Chromium(), "bytes=0-"},
		{"part, chromium", "audio", "", func(r *fetch.Request) { r.AddRange(5, nil) }, "/v", engine.Chromium(), "bytes=5-"},
		{"whole, firefox", "video", "anonymous", nil, "/v", engine.Firefox(), "bytes=0-"},
		{"whole, webkit", "video", "", nil, "/v2", engine.WebKit(), ""},
		{"part, webkit", "video", "", func(r *fetch.Request) { r.AddRange(5, nil) }, "/v", engine.WebKit(), "bytes=5-"},
		{"image, chromium", "img", "", nil, "/v2", engine.Chromium(), ""},
		{"track, firefox", "track", "", nil, "/v2", engine.Firefox(), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			agent, n := newAgent(t, chain.serve, fetch.Options{Profile: tt.profile})
			page := newPage(t, agent, fetch.EnvironmentOptions{})
			r := tt.element.Request(tt.url, tt.by)
			if tt.add != nil {
				tt.add(r)
			}
			if _, err := page.Fetch(t.Context(), r); err != nil && tt.by != "use-credentials" { // the last hop allows *
				t.Fatal(err)
			}
			hops := 1
			if tt.url == "/v" {
				hops = 3
			}
			if len(n.sent) != hops {
				t.Fatalf("sent: %q", n.lines())
			}
			for _, s := range n.sent {
				if got := s.header("Range"); got != tt.want {
					t.Errorf("%v: Range %q, want %q", s, got, tt.want)
				}
				if identity := s.header("Accept-Encoding") == "identity"; identity != (tt.want != "" && !tt.profile.Headers.MediaPlayer) {
					t.Errorf("%v: Accept-Encoding %q", s, s.header("Accept-Encoding"))
				}
			}
		})
	}
	for name, headers := range map[string]fetch.HeaderList{
		"suffix": headerLines("Range: bytes=-5"), "backwards": headerLines("Range: bytes=5-4"), "blanks": headerLines("Range: bytes=0 -"),
		"two": headerLines("Range: bytes=0-", "Range: bytes=5-"), "word": headerLines("Range: lines=1-2"), "zeros": headerLines("Range: bytes=00-"),
	} {
		page, _ := standardPage(t, routes{}.serve)
		r := fetch.Element("video").Request("/a", "")
		r.Headers = headers
		if e := refused(t, page, r); e.Reason != fetchtest.Reason("element-option") || e.Header != "Range" {
			t.Errorf("%s: %v", name, e)
		}
	}
}
