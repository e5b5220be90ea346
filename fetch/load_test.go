package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fulllength"
	"github.com/browsercors/browsercors/origin"
)

// inspectText tells what the bodies of these tests are: lines "import URL", "json URL"
// and "throw …", or "broken".
func inspectText(_ fetch.Element, _ fetch.HeaderList, body []byte) fetch.Contents {
	var c fetch.Contents
	for line := range strings.SplitSeq(string(body), "\n") {
		word, rest, _ := strings.Cut(line, " ")
		switch word {
		case "import":
			c.Imports = append(c.Imports, fetch.Import{URL: rest})
		case "json", "css":
			c.Imports = append(c.Imports, fetch.Import{URL: rest, Type: word})
		case "throw":
			c.Throws = rest
		case "broken":
			c.Broken = true
		}
	}
	return c
}

// loadedAs is a Loaded in words.
func loadedAs(out *fetch.Loaded, err error) string {
	var refusal *fetch.Error
	if err != nil {
		if errors.As(err, &refusal) {
			return "exception " + refusal.Exception() + ", " + refusal.Reason.String()
		}
		return err.Error()
	}
	words := []string{out.Event}
	if out.Event == "" {
		words[0] = "none"
	}
	if out.Readable {
		words = append(words, "readable")
	}
	if out.Threw {
		words = append(words, "threw")
	}
	if errors.As(out.Err, &refusal) {
		words = append(words, refusal.Reason.String())
	}
	return strings.Join(words, ", ")
}

func TestLoad(t *testing.T) {
	js, css := "Content-Type: text/javascript", "Content-Type: text/css"
	star := "Access-Control-Allow-Origin: *"
	home := func(to string) reply { return answer(302, "Location: "+to) }
	tests := []struct {
		name   string
		load   fetch.Load
		routes routes
		want   string
		sent   []string
	}{
		{"image", fetch.Load{Element: "img", URL: api + "/a"}, routes{api + "/a": answer(404)}, "load", []string{"GET " + api + "/a"}},
		{"image of the page", fetch.Load{Element: "img", URL: "/a"}, routes{app + "/a": answer(200)}, "load, readable", []string{"GET " + app + "/a"}},
		{"image by CORS", fetch.Load{Element: "img", URL: api + "/a", CrossOrigin: "anonymous"}, routes{api + "/a": answer(200, star)}, "load, readable", []string{"GET " + api + "/a"}},
		{"image by CORS, refused", fetch.Load{Element: "img", URL: api + "/a", CrossOrigin: "anonymous"}, routes{api + "/a": answer(200)}, "error, missing-allow-origin", []string{"GET " + api + "/a"}},
		{"image that can't be decoded", fetch.Load{Element: "img", URL: "/a"}, routes{app + "/a": answer(200).with("broken")}, "error, element-refused", []string{"GET " + app + "/a"}},
		{"image that went astray", fetch.Load{Element: "img", URL: "/a"}, routes{app + "/a": home(api + "/b"), api + "/b": home(app + "/c"), app + "/c": answer(200)}, "load",
			[]string{"GET " + app + "/a", "GET " + api + "/b", "GET " + app + "/c"}},
		{"image without a URL", fetch.Load{Element: "img"}, nil, "error, invalid-url", nil},
		{"style sheet without a URL", fetch.Load{Element: "stylesheet"}, nil, "none, invalid-url", nil},
		{"no such attribute", fetch.Load{Element: "img", URL: "/a", Integrity: "sha256-x"}, nil, "exception TypeError, element-option", nil},
		{"no such element", fetch.Load{Element: "marquee", URL: "/a"}, nil, "exception TypeError, element-option", nil},
		{"an API", fetch.Load{Element: "eventsource", URL: "/a"}, nil, "exception TypeError, element-option", nil},

		{"script that throws", fetch.Load{Element: "script", URL: api + "/a"}, routes{api + "/a": answer(200, js).with("throw Error")}, "load, threw", []string{"GET " + api + "/a"}},
		{"script that throws at home", fetch.Load{Element: "script", URL: "/a"}, routes{app + "/a": answer(200).with("throw other")}, "load, readable, threw", []string{"GET " + app + "/a"}},
		{"missing script", fetch.Load{Element: "script", URL: "/a"}, routes{app + "/a": answer(404, js)}, "error, element-refused", []string{"GET " + app + "/a"}},

		{"module", fetch.Load{Element: "script", Type: "module", URL: "/a"}, routes{
			app + "/a":  answer(200, js).with("import ./b\nimport " + api + "/c\njson ./d"),
			app + "/b":  answer(200, js).with("import ./a\nimport ./b"),
			api + "/c":  answer(200, js, star).with("import ./e\nthrow other"),
			app + "/d":  answer(200, "Content-Type: application/json"),
			api + "/e":  answer(200, js, star),
			app + "/aa": answer(200),
		}, "load, readable, threw", []string{"GET " + app + "/a", "GET " + app + "/b", "GET " + api + "/c", "GET " + app + "/d", "GET " + api + "/e"}},
		{"module whose import is refused", fetch.Load{Element: "module", URL: "/a"}, routes{
			app + "/a": answer(200, js).with("import " + api + "/b\nimport ./c"),
			api + "/b": answer(200, js),
			app + "/c": answer(200, js).with("import ./d"),
		}, "error, missing-allow-origin", []string{"GET " + app + "/a", "GET " + api + "/b", "GET " + app + "/c"}},
		{"module with a bare specifier", fetch.Load{Element: "module", URL: "/a"}, routes{app + "/a": answer(200, js).with("import react")}, "load, readable, threw", []string{"GET " + app + "/a"}},
		{"module that is text", fetch.Load{Element: "module", URL: "/a"}, routes{app + "/a": answer(200, "Content-Type: text/plain")}, "error, element-refused", []string{"GET " + app + "/a"}},

		{"style sheet", fetch.Load{Element: "stylesheet", URL: api + "/a"}, routes{
			api + "/a": answer(200, css).with("import b\nimport a"), api + "/b": answer(200, css).with("import " + cdn + "/c"), cdn + "/c": answer(404),
		}, "error, element-refused", []string{"GET " + api + "/a", "GET " + api + "/b", "GET " + cdn + "/c"}},

		{"track", fetch.Load{Element: "track", URL: api + "/a"}, nil, "error, disallowed-by-mode", nil},
		{"preload", fetch.Load{Element: "preload", As: "image", URL: "/a"}, routes{app + "/a": answer(500)}, "load", []string{"GET " + app + "/a"}},
		{"preload of no kind", fetch.Load{Element: "preload", As: "video", URL: "/a"}, nil, "none", nil},
		{"preload of another type", fetch.Load{Element: "preload", As: "image", Type: "text/css", URL: "/a"}, nil, "none", nil},
		{"modulepreload of an image", fetch.Load{Element: "modulepreload", As: "image", URL: "/a"}, nil, "error, element-refused", nil},
		{"CSS image", fetch.Load{Element: "css-image", URL: api + "/a"}, routes{api + "/a": answer(200)}, "none", []string{"GET " + api + "/a"}},
		{"CSS mask", fetch.Load{Element: "css-mask", URL: api + "/a"}, routes{api + "/a": answer(200)}, "none, missing-allow-origin", []string{"GET " + api + "/a"}},
		{"part of a video", fetch.Load{Element: "video", Range: "bytes=100-", URL: "/a"}, routes{app + "/a": answer(206, "Content-Range: bytes 0-1/2")}, "load, readable", []string{"GET " + app + "/a"}},
		{"the whole of a video instead of a part", fetch.Load{Element: "video", Range: "bytes=100-", URL: "/a"}, routes{app + "/a": answer(200)}, "load, readable", []string{"GET " + app + "/a"}},
		{"part of a video that does not say which", fetch.Load{Element: "video", Range: "bytes=100-", URL: "/a"}, routes{app + "/a": answer(206)}, "error, element-refused", []string{"GET " + app + "/a"}},
		{"part of a video that ends before it starts", fetch.Load{Element: "video", Range: "bytes=100-", URL: "/a"}, routes{app + "/a": answer(206, "Content-Range: bytes 5-1/9")}, "error, element-refused", []string{"GET " + app + "/a"}},
		{"part of a video that is longer than all", fetch.Load{Element: "video", Range: "bytes=100-", URL: "/a"}, routes{app + "/a": answer(206, "Content-Range: bytes 0-9/9")}, "error, element-refused", []string{"GET " + app + "/a"}},
		{"part of a video that there is not", fetch.Load{Element: "video", Range: "bytes=100-", URL: "/a"}, routes{app + "/a": answer(416, "Content-Range: bytes */9")}, "error, element-refused", []string{"GET " + app + "/a"}},
		{"part of an image", fetch.Load{Element: "img", Range: "bytes=100-", URL: "/a"}, nil, "exception TypeError, element-option", nil},

		{"worker", fetch.Load{Element: "worker", URL: "/a"}, routes{
			app + "/a": answer(200, js).with("import b\nimport " + api + "/c"), app + "/b": answer(200, js).with("import " + api + "/d"), api + "/c": answer(200, js), api + "/d": answer(200, js),
		}, "load, readable", []string{"GET " + app + "/a", "GET " + app + "/b", "GET " + api + "/d", "GET " + api + "/c"}},
		{"worker that throws", fetch.Load{Element: "worker", URL: "/a"}, routes{app + "/a": answer(200, js).with("throw Error")}, "error, readable, threw", []string{"GET " + app + "/a"}},
		{"worker of another origin", fetch.Load{Element: "worker", URL: api + "/a"}, nil, "error, disallowed-by-mode", nil},
		{"worker without a URL that parses", fetch.Load{Element: "worker", URL: "https://["}, nil, "exception SyntaxError, invalid-url", nil},
		{"module worker", fetch.Load{Element: "worker", Type: "module", URL: "/a"}, routes{
			app + "/a": answer(200, js).with("import " + api + "/b\nimport ./a"), api + "/b": answer(200, js, star),
		}, "load, readable", []string{"GET " + app + "/a", "GET " + api + "/b"}},
		{"data: worker", fetch.Load{Element: "worker", URL: "data:text/javascript,import%20" + api + "/b"}, routes{api + "/b": answer(200, js)}, "load, readable", []string{"GET " + api + "/b"}},
		{"shared worker", fetch.Load{Element: "sharedworker", URL: "/a"}, routes{app + "/a": answer(200, "Content-Type: text/plain")}, "error, element-refused", []string{"GET " + app + "/a"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, network := standardPage(t, tt.routes.serve)
			tt.load.Inspect = inspectText
			if got := loadedAs(page.Load(t.Context(), &tt.load)); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			if diff := cmp.Diff(tt.sent, network.lines()); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// What a page has loaded once it remembers.
func TestLoadAgain(t *testing.T) {
	js := "Content-Type: text/javascript"
	served := routes{
		app + "/a.png": answer(200), app + "/a.js": answer(200, js).with("import ./b.js\nthrow other"), app + "/b.js": answer(200, js), app + "/none.js": answer(404),
		app + "/p.css": answer(200, "Content-Type: text/css"), app + "/data": answer(200).with("data"),
	}
	tests := []struct {
		name  string
		loads []fetch.Load
		want  []string
		sent  []string
	}{
		{"image", []fetch.Load{{Element: "img", URL: "/a.png"}, {Element: "img", URL: "/a.png#x"}, {Element: "img", URL: "/a.png", CrossOrigin: "anonymous"}},
			[]string{"load, readable", "load, readable", "load, readable"}, []string{"GET " + app + "/a.png", "GET " + app + "/a.png"}},
		{"module", []fetch.Load{{Element: "module", URL: "/a.js"}, {Element: "module", URL: "/a.js"}, {Element: "module", URL: "/b.js"}},
			[]string{"load, readable, threw", "load, readable, threw", "load, readable"}, []string{"GET " + app + "/a.js", "GET " + app + "/b.js"}},
		{"missing module", []fetch.Load{{Element: "module", URL: "/none.js"}, {Element: "module", URL: "/none.js"}},
			[]string{"error, element-refused", "error, element-refused"}, []string{"GET " + app + "/none.js"}},
		{"modulepreload", []fetch.Load{{Element: "modulepreload", URL: "/a.js"}, {Element: "module", URL: "/a.js"}},
			[]string{"load", "load, readable, threw"}, []string{"GET " + app + "/a.js", "GET " + app + "/b.js"}},
		{"preload", []fetch.Load{{Element: "preload", As: "style", URL: "/p.css"}, {Element: "stylesheet", URL: "/p.css"}, {Element: "stylesheet", URL: "/p.css"}},
			[]string{"load", "load, readable", "load, readable"}, []string{"GET " + app + "/p.css", "GET " + app + "/p.css"}},
		{"preload for CORS", []fetch.Load{{Element: "preload", As: "style", URL: "/p.css"}, {Element: "stylesheet", CrossOrigin: "anonymous", URL: "/p.css"}},
			[]string{"load", "load, readable"}, []string{"GET " + app + "/p.css", "GET " + app + "/p.css"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, network := standardPage(t, served.serve)
			var got []string
			for _, load := range tt.loads {
				load.Inspect = inspectText
				got = append(got, loadedAs(page.Load(t.Context(), &load)))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("outcomes (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.sent, network.lines()); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// A preload's response is that of fetch(), too.
func TestPreloadIsFetched(t *testing.T) {
	page, network := standardPage(t, routes{api + "/a": answer(200, "Access-Control-Allow-Origin: *").with("data")}.serve)
	out, err := page.Load(t.Context(), &fetch.Load{Element: "preload", As: "fetch", URL: api + "/a", CrossOrigin: "anonymous"})
	if got := loadedAs(out, err); got != "load" {
		t.Fatal(got)
	}
	for range 2 {
		if body := readAll(t, page, &fetch.Request{URL: api + "/a"}); body != "data" {
			t.Errorf("%q", body)
		}
	}
	if got := network.lines(); len(got) != 2 {
		t.Errorf("requests: %q, want one of the preload and one of the second fetch()", got)
	}
}

func TestLoadFrames(t *testing.T) {
	tests := []struct {
		name    string
		url     string
		sandbox bool
		reply   reply
		want    string
		origin  string
	}{
		{"of the page's origin", "/f", false, answer(404, "Referrer-Policy: no-referrer"), "load, readable", app},
		{"of another origin", api + "/f", false, answer(200), "load", api},
		{"within itself", "/#x", false, answer(200), "none, frame-recursion", ""},
		{"without a URL", "", false, answer(200), "load, readable", app},
		{"nothing new", "/f", false, answer(204), "none", ""},
		{"download", "/f", false, answer(200, "Content-Disposition: attachment; filename=x"), "none", ""},
		{"not to be framed", "/f", false, answer(200, "X-Frame-Options: DENY"), "load, frame-blocked", ""},
		{"framed at home", "/f", false, answer(200, "X-Frame-Options: SameOrigin"), "load, readable", app},
		{"framed elsewhere", api + "/f", false, answer(200, "X-Frame-Options: sameorigin"), "load, frame-blocked", ""},
		{"contradiction", "/f", false, answer(200, "X-Frame-Options: sameorigin, foo"), "load, frame-blocked", ""},
		{"frame-ancestors instead", "/f", false, answer(200, "X-Frame-Options: deny", "Content-Security-Policy: frame-ancestors *"), "load, readable", app},
		{"sandboxed page", "/f", true, answer(200), "load", "null"},
		{"no server", "/f", false, reply{err: errDown}, "load, network-failure", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			agent, network := newAgent(t, func(sent) reply { return tt.reply }, fetch.Options{})
			page, err := agent.Environment(&fetch.EnvironmentOptions{URL: app + "/", Sandboxed: tt.sandbox})
			if err != nil {
				t.Fatal(err)
			}
			out, err := page.Load(t.Context(), &fetch.Load{Element: "iframe", URL: tt.url})
			if got := loadedAs(out, err); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			got := ""
			if out.Environment != nil {
				got = out.Environment.Origin().String()
			}
			if got != tt.origin {
				t.Errorf("the document's origin is %q, want %q", got, tt.origin)
			}
			for _, s := range network.sent {
				if s.header("Sec-Fetch-Dest") != "iframe" || s.header("Sec-Fetch-Mode") != "navigate" || s.header("Sec-Fetch-User") != "" {
					t.Errorf("headers: %v", s.Headers)
				}
			}
		})
	}
}

// A form whose target is a frame navigates the frame.
func TestNavigateFrame(t *testing.T) {
	page, network := standardPage(t, routes{api + "/form": answer(200)}.serve)
	resp, err := page.Agent().Navigate(t.Context(), &fetch.Navigation{URL: api + "/form", Method: "POST", Body: fetch.FormBody(fetch.FormField{Name: "a", Value: "1"}), Parent: page})
	if err != nil {
		t.Fatal(err)
	}
	document, err := resp.Page()
	if err != nil {
		t.Fatal(err)
	}
	s := network.sent[0]
	if s.Method != "POST" || s.body != "a=1" || s.header("Origin") != app || s.header("Sec-Fetch-Dest") != "iframe" || s.header("Sec-Fetch-Site") != "cross-site" {
		t.Errorf("%v %q %v", s, s.body, s.Headers)
	}
	if document.Origin().String() != api {
		t.Errorf("the document's origin is %s", document.Origin())
	}
}

// A server that makes up imports or frames without end keeps nobody busy.
func TestLoadBounds(t *testing.T) {
	js := "Content-Type: text/javascript"
	tests := []struct {
		name    string
		element fetch.Element
		body    func(n int) string
		typed   string
		most    int
	}{
		{"100,000 imports", "module", func(int) string {
			var b strings.Builder
			for i := range 100_000 {
				fmt.Fprintf(&b, "import ./%d\n", i)
			}
			return b.String()
		}, js, 1},
		{"chain of modules", "module", func(n int) string { return fmt.Sprintf("import ./%d", n) }, js, 10_000},
		{"chain of style sheets", "stylesheet", func(n int) string { return fmt.Sprintf("import %d", n) }, "Content-Type: text/css", 101},
		{"chain of importScripts", "worker", func(n int) string { return fmt.Sprintf("import %d", n) }, js, 102},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.most == 10_000 {
				fulllength.Only(t)
			}
			n := 0
			page, network := standardPage(t, func(sent) reply {
				n++
				return answer(200, tt.typed).with(tt.body(n))
			})
			out, err := page.Load(t.Context(), &fetch.Load{Element: tt.element, URL: "/a", Inspect: inspectText})
			if err != nil || !errors.Is(out.Err, fetch.TooManyLoads) {
				t.Errorf("%+v, %v", out, err)
			}
			if got := len(network.sent); got > tt.most {
				t.Errorf("%d requests, want at most %d", got, tt.most)
			}
		})
	}
}

func TestFrameChain(t *testing.T) {
	page, network := standardPage(t, func(sent) reply { return answer(200) })
	depth := 0
	for {
		out, err := page.Load(t.Context(), &fetch.Load{Element: "iframe", URL: fmt.Sprint("/", depth)})
		if err != nil {
			t.Fatal(err)
		}
		if errors.Is(out.Err, fetch.TooManyLoads) {
			break
		}
		if out.Environment == nil || depth > 200 {
			t.Fatalf("%+v at depth %d", out, depth)
		}
		page = out.Environment
		depth++
	}
	if depth != 100 || len(network.sent) != 100 {
		t.Errorf("%d frames, %d requests, want 100", depth, len(network.sent))
	}
}

// The context ends a module graph, and one that waits for another's end.
func TestLoadCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	page, _ := standardPage(t, func(sent) reply {
		cancel()
		return answer(200, "Content-Type: text/javascript").with("import ./b")
	})
	for range 2 {
		if got := loadedAs(page.Load(ctx, &fetch.Load{Element: "module", URL: "/a", Inspect: inspectText})); got != "exception AbortError, aborted" {
			t.Error(got)
		}
	}
}

// Departures of engines, which browsers were seen to do.
func TestLoadDepartures(t *testing.T) {
	js := "Content-Type: text/javascript"
	served := routes{
		api + "/font": answer(200), api + "/track": answer(404), api + "/throws": answer(200, js).with("throw Error"), app + "/text": answer(200, "Content-Type: text/plain"),
		app + "/away": answer(302, "Location: "+api+"/back"), api + "/back": answer(302, "Location: "+app+"/throws"), app + "/throws": answer(200, js).with("throw other"),
		app + "/track": answer(404),
	}
	tests := []struct {
		name                      string
		load                      fetch.Load
		chromium, firefox, webkit string
	}{
		{"font of another origin", fetch.Load{Element: "font", URL: api + "/font"}, "error, missing-allow-origin", "error, missing-allow-origin", "load"},
		{"track of another origin", fetch.Load{Element: "track", URL: api + "/track"}, "error, disallowed-by-mode", "error, disallowed-by-mode", "error, element-refused"},
		{"missing track", fetch.Load{Element: "track", URL: "/track"}, "load, readable", "load, readable", "error, element-refused"},
		{"Error object", fetch.Load{Element: "script", URL: api + "/throws"}, "load, threw", "load, readable, threw", "load, threw"},
		{"script home again", fetch.Load{Element: "script", URL: "/away"}, "load, threw", "load, readable, threw", "load, threw"},
		{"style sheet that is text", fetch.Load{Element: "stylesheet", URL: "/text"}, "load, readable", "error, element-refused", "error, element-refused"},
		{"worker that is text", fetch.Load{Element: "worker", URL: "/text"}, "load, readable", "error, element-refused", "error, element-refused"},
		{"worker of another origin", fetch.Load{Element: "worker", URL: api + "/a"}, "exception SecurityError, disallowed-by-mode", "error, disallowed-by-mode", "exception SecurityError, disallowed-by-mode"},
		{"modulepreload that is text", fetch.Load{Element: "modulepreload", URL: "/text"}, "error, element-refused", "error, element-refused", "load"},
		{"preload of a video", fetch.Load{Element: "preload", As: "video", URL: "/a"}, "none", "load", "none"},
		{"preload that is refused", fetch.Load{Element: "preload", As: "font", CrossOrigin: "anonymous", URL: api + "/font"}, "error, missing-allow-origin", "load, missing-allow-origin", "error, missing-allow-origin"},
	}
	for _, tt := range tests {
		for i, profile := range engine.Profiles()[1:] {
			t.Run(tt.name+"/"+profile.Name, func(t *testing.T) {
				agent, _ := newAgent(t, served.serve, fetch.Options{Profile: profile})
				page, err := agent.Page(app + "/")
				if err != nil {
					t.Fatal(err)
				}
				tt.load.Inspect = inspectText
				if got, want := loadedAs(page.Load(t.Context(), &tt.load)), []string{tt.chromium, tt.firefox, tt.webkit}[i]; got != want {
					t.Errorf("%s, want %s", got, want)
				}
			})
		}
	}
}

// The policy of a framed document says which pages may be above it, and X-Frame-Options counts only without it.
//
// https://w3c.github.io/webappsec-csp/#frame-ancestors-navigation-response
func TestFrameAncestors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		policy  string
		page    fetch.EnvironmentOptions
		refused string // by
	}{
		{"frame-ancestors 'none'", fetch.EnvironmentOptions{}, "frame-ancestors 'none'"},
		{"frame-ancestors", fetch.EnvironmentOptions{}, "frame-ancestors"},
		{"frame-ancestors 'self'", fetch.EnvironmentOptions{}, "frame-ancestors 'self'"},
		{"frame-ancestors 'self'", fetch.EnvironmentOptions{URL: api + "/"}, ""},
		{"frame-ancestors 'none'", fetch.EnvironmentOptions{URL: api + "/"}, "frame-ancestors 'none'"},
		{"frame-ancestors " + app, fetch.EnvironmentOptions{}, ""},
		{"frame-ancestors " + app + "/x/", fetch.EnvironmentOptions{}, "frame-ancestors " + app + "/x/"},
		{"frame-ancestors " + app + "/x/y", fetch.EnvironmentOptions{}, ""}, // where no path counts
		{"frame-ancestors *", fetch.EnvironmentOptions{}, ""},
		{"frame-ancestors *", fetch.EnvironmentOptions{Sandboxed: true}, "frame-ancestors *"},
		{"frame-ancestors " + app, fetch.EnvironmentOptions{Ancestors: []origin.Origin{mustOrigin(t, cdn)}}, "frame-ancestors " + app},
		{"frame-ancestors " + app + " " + cdn, fetch.EnvironmentOptions{Ancestors: []origin.Origin{mustOrigin(t, cdn)}}, ""},
		{"frame-ancestors *, frame-ancestors 'none'", fetch.EnvironmentOptions{}, "frame-ancestors 'none'"},
		{"default-src 'none'", fetch.EnvironmentOptions{}, "DENY"},
	} {
		profile := fetch.Standard()
		profile.CSP.AncestorsWithoutPath = strings.HasSuffix(tt.policy, "/x/y")
		page, _ := profiledPage(t, profile, func(sent) reply {
			return answer(200, "Content-Type: text/html", "Content-Security-Policy: "+tt.policy, "X-Frame-Options: DENY")
		}, tt.page)
		out, err := page.Load(t.Context(), &fetch.Load{Element: "iframe", URL: api + "/a"})
		if err != nil {
			t.Fatal(err)
		}
		by := ""
		var refusal *fetch.Error
		if errors.As(out.Err, &refusal) {
			by = refusal.Value
		}
		if by != tt.refused || out.Event != "load" || tt.refused != "" && out.Readable {
			t.Errorf("%s: %+v, want a refusal by %q", tt.policy, out, tt.refused)
		}
	}
}
