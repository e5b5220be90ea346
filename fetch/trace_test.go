package fetch_test

import (
	"fmt"
	"net/http/cookiejar"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/preflightcache"
	"github.com/browsercors/browsercors/safelist"
)

// or is a text, or another one where it is empty.
func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// tracing is a Trace that writes down what it is told.
func tracing(events *[]string) *fetch.Trace {
	add := func(format string, args ...any) { *events = append(*events, fmt.Sprintf(format, args...)) }
	return &fetch.Trace{
		Classified: func(r fetch.RequestInfo, c safelist.Classification) {
			var unsafe []string
			for _, h := range c.Headers {
				unsafe = append(unsafe, h.Name+"="+string(h.Verdict))
			}
			add("classified %s %s: preflight %v, method safelisted %v, %s", r.Method, r.URL, c.Preflight, c.MethodSafelisted, strings.Join(unsafe, " "))
		},
		Cookies: func(r fetch.RequestInfo, verdicts []credentials.CookieVerdict) {
			var each []string
			for _, v := range verdicts {
				each = append(each, v.Cookie.Name+": "+or(string(v.Withheld), "sent"))
			}
			add("cookies of %s %s: %s", r.Method, r.URL, strings.Join(each, ", "))
		},
		SetCookie: func(r fetch.RequestInfo, value string, refusal credentials.CookieRefusal) {
			add("%s %s sets %q: %s", r.Method, r.URL, value, or(string(refusal), "accepted"))
		},
		PreflightCache: func(r fetch.RequestInfo, m preflightcache.Match) { add("cache %s: %v", r.URL, m.OK) },
		Sending: func(r fetch.RequestInfo) {
			add("sending %s %s hop %d preflight %v origin %s, %d headers", r.Method, r.URL, r.Hop, r.Preflight, r.Origin, min(1, len(r.Headers)))
		},
		Received: func(r fetch.RequestInfo, resp fetch.ResponseInfo) {
			add("received %s %s: %d", r.Method, r.URL, resp.Status)
		},
		Checked: func(c string, r fetch.RequestInfo, resp fetch.ResponseInfo, e *fetch.Error) {
			verdict := "passed"
			if e != nil {
				verdict = e.Reason.String()
			}
			add("%s of %s %s, status %d: %s", c, r.Method, r.URL, resp.Status, verdict)
		},
		Redirected: func(r fetch.RequestInfo, status int, crossOrigin bool) {
			add("redirected by %d to %s %s, cross-origin %v, origin %s", status, r.Method, r.URL, crossOrigin, r.Origin)
		},
		Filtered: func(r fetch.RequestInfo, as string, hidden []string) {
			add("filtered %s as %s, hiding %s", r.URL, as, strings.Join(hidden, " "))
		},
	}
}

// The whole way of a preflighted and redirected request, in order.
func TestTrace(t *testing.T) {
	const a, b = api + "/a", cdn + "/b"
	servers := routes{
		"OPTIONS " + a: answer(204, acao+app, acam+"PUT", acah+"x-a"),
		a:              answer(307, acao+app, "Location: "+b),
		"OPTIONS " + b: answer(200, acao+"*", acam+"PUT", acah+"x-a"),
		b:              answer(200, acao+"null", "X-Secret: 1", "x-secret: 2", "Content-Type: text/plain"),
	}
	agent, _ := newAgent(t, servers.serve, fetch.Options{})
	page := newPage(t, agent, fetch.EnvironmentOptions{})
	var events []string
	r := &fetch.Request{URL: a, Method: "PUT", Headers: headerLines("X-A: 1", "Accept: */*"), Trace: tracing(&events)}
	fetched(t, page, r)
	want := []string{
		"classified PUT https://api.test/a: preflight true, method safelisted false, X-A=unsafe-name Accept=safelisted",
		"cache https://api.test/a: false",
		"sending OPTIONS https://api.test/a hop 0 preflight true origin https://app.example, 1 headers",
		"received OPTIONS https://api.test/a: 204",
		"preflight check of PUT https://api.test/a, status 204: passed",
		"sending PUT https://api.test/a hop 0 preflight false origin https://app.example, 1 headers",
		"received PUT https://api.test/a: 307",
		"CORS check of PUT https://api.test/a, status 307: passed",
		"redirected by 307 to PUT https://cdn.test/b, cross-origin true, origin null",
		"classified PUT https://cdn.test/b: preflight true, method safelisted false, X-A=unsafe-name Accept=safelisted",
		"cache https://cdn.test/b: false",
		"sending OPTIONS https://cdn.test/b hop 1 preflight true origin null, 1 headers",
		"received OPTIONS https://cdn.test/b: 200",
		"preflight check of PUT https://cdn.test/b, status 200: passed",
		"sending PUT https://cdn.test/b hop 1 preflight false origin null, 1 headers",
		"received PUT https://cdn.test/b: 200",
		"CORS check of PUT https://cdn.test/b, status 200: passed",
		"filtered https://cdn.test/b as cors, hiding access-control-allow-origin x-secret",
	}
	if diff := cmp.Diff(want, events); diff != "" {
		t.Error(diff)
	}

	// The second time the preflights are remembered.
	events = nil
	fetched(t, page, r)
	if got := strings.Join(events, "\n"); strings.Contains(got, "OPTIONS") || strings.Count(got, ": true") < 2 {
		t.Error(got)
	}
}

// A refusal is told with its check, and to a request that needs none nothing
// is said of CORS.
func TestTraceOfOthers(t *testing.T) {
	servers := routes{
		"OPTIONS " + api + "/a": answer(404, acao+"*"),
		api + "/b":              answer(200),
		api + "/c":              answer(200, "Cross-Origin-Resource-Policy: same-site", "X-A: 1"),
		api + "/d":              answer(200, "X-A: 1"),
		app + "/e":              answer(200, "Set-Cookie: a=b"),
	}
	tests := []struct {
		name    string
		request fetch.Request
		last    string
		events  int
	}{
		{"preflight refused", fetch.Request{URL: api + "/a", Method: "PUT"}, "preflight check of PUT https://api.test/a, status 404: preflight-invalid-status", 5},
		{"CORS check refused", fetch.Request{URL: api + "/b"}, "CORS check of GET https://api.test/b, status 200: missing-allow-origin", 4},
		{"resource policy", fetch.Request{URL: api + "/c", Mode: fetch.NoCORS},
			"cross-origin resource policy check of GET https://api.test/c, status 200: cross-origin-resource-policy", 3},
		{"opaque", fetch.Request{URL: api + "/d", Mode: fetch.NoCORS}, "filtered https://api.test/d as opaque, hiding x-a", 4},
		{"own origin", fetch.Request{URL: "/e"}, "filtered https://app.example/e as basic, hiding set-cookie", 4},
		{"integrity", fetch.Request{URL: "/e", Integrity: "sha256-AAAA"}, "integrity check of GET https://app.example/e, status 200: integrity-mismatch", 4},
		{"data:", fetch.Request{URL: "data:,x"}, "filtered data:,x as basic, hiding ", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, _ := standardPage(t, servers.serve)
			var events []string
			tt.request.Trace = tracing(&events)
			if resp, err := page.Fetch(t.Context(), &tt.request); err == nil {
				resp.Body.Close()
			}
			if len(events) != tt.events || events[len(events)-1] != tt.last {
				t.Errorf("%d events:\n%s", len(events), strings.Join(events, "\n"))
			}
		})
	}
}

// Of each cookie it is told whether it was sent, and whether it was stored, and
// telling changes nothing.
func TestTraceCookies(t *testing.T) {
	const me, more = api + "/me", "Access-Control-Allow-Credentials: true"
	servers := routes{
		"OPTIONS " + me: answer(204, acao+app, acam+"PUT", more, "Set-Cookie: preflight=1; SameSite=None; Secure"),
		me:              answer(200, acao+app, more, "Set-Cookie: stored=1; SameSite=None; Secure", "Set-Cookie: lax=1", "Set-Cookie: a=1; Domain=test; SameSite=None; Secure"),
		app + "/own":    answer(200, "Set-Cookie: own=1; Path=/other"),
	}
	play := func(t *testing.T, o fetch.Options, requests ...fetch.Request) (events []string, cookies [][]string) {
		agent, network := newAgent(t, servers.serve, o)
		page := newPage(t, agent, fetch.EnvironmentOptions{})
		for i := range requests {
			var all []string
			requests[i].Trace = tracing(&all)
			fetched(t, page, &requests[i])
			for _, e := range all {
				if strings.Contains(e, "cookies of") || strings.Contains(e, " sets ") {
					events = append(events, e)
				}
			}
		}
		for _, s := range network.sent {
			cookies = append(cookies, []string{s.Method, s.header("Cookie")})
		}
		return events, cookies
	}
	requests := func() []fetch.Request {
		return []fetch.Request{
			{URL: me, Method: "PUT", Credentials: credentials.Include},
			{URL: me, Credentials: credentials.Include},
			{URL: me},
			{URL: "/own"},
			{URL: "/own"},
		}
	}
	want := []string{
		`OPTIONS https://api.test/me sets "preflight=1; SameSite=None; Secure": credentials-omitted`,
		`PUT https://api.test/me sets "stored=1; SameSite=None; Secure": accepted`,
		`PUT https://api.test/me sets "lax=1": cross-site`,
		`PUT https://api.test/me sets "a=1; Domain=test; SameSite=None; Secure": public-suffix`,
		`cookies of GET https://api.test/me: stored: sent`,
		`GET https://api.test/me sets "stored=1; SameSite=None; Secure": accepted`,
		`GET https://api.test/me sets "lax=1": cross-site`,
		`GET https://api.test/me sets "a=1; Domain=test; SameSite=None; Secure": public-suffix`,
		`cookies of GET https://api.test/me: stored: credentials-omitted`,
		`GET https://api.test/me sets "stored=1; SameSite=None; Secure": credentials-omitted`,
		`GET https://api.test/me sets "lax=1": credentials-omitted`,
		`GET https://api.test/me sets "a=1; Domain=test; SameSite=None; Secure": credentials-omitted`,
		`GET https://app.example/own sets "own=1; Path=/other": accepted`,
		`cookies of GET https://app.example/own: own: other-path`,
		`GET https://app.example/own sets "own=1; Path=/other": accepted`,
	}
	events, told := play(t, fetch.Options{}, requests()...)
	if diff := cmp.Diff(want, events); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([][]string{{"OPTIONS", ""}, {"PUT", ""}, {"GET", "stored=1"}, {"GET", ""}, {"GET", ""}, {"GET", ""}}, told); diff != "" {
		t.Error(diff)
	}
	// Stores that can't say why, and none.
	plain, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]fetch.Options{"jar of net/http": {Cookies: credentials.Jar(plain)}, "disabled": {DisableCookies: true}} {
		if events, _ := play(t, o, requests()...); events != nil {
			t.Errorf("%s: %q", name, events)
		}
	}
}

// A Trace may leave any function out.
func TestTraceOfNothing(t *testing.T) {
	page, _ := standardPage(t, routes{"GET " + api + "/a": answer(302, acao+"*", "Location: /b")}.serve)
	fetched(t, page, &fetch.Request{URL: api + "/a", Headers: headerLines("X-A: 1"), Trace: &fetch.Trace{}})
}
