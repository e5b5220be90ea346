package fetch_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/hsts"
	"github.com/browsercors/browsercors/origin"
)

// strict answers every https: request as a server that is an HSTS host, open to all.
func strict(s sent) reply {
	if s.URL.Scheme() != "https" {
		return answer(200, acao+"*")
	}
	origin := s.header("Origin")
	if origin == "" {
		origin = "*"
	}
	return answer(200, acao+origin, acac+"true", acam+"PUT", "Strict-Transport-Security: max-age=600", "Cache-Control: no-store")
}

// What becomes of http: URLs of an HSTS host, by the Standard and in the browsers.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch 10
func TestHSTS(t *testing.T) {
	const page = "http://app.example/"
	tests := []struct {
		name    string
		profile *fetch.Profile
		noted   string // by a fetch of the page
		request fetch.Request
		want    string // the requests of the second fetch, with their Origins, and what script sees
	}{
		{"third party", nil, "https://api.test/", fetch.Request{URL: "http://api.test/a"},
			"GET https://api.test/a http://app.example|200 https://api.test/a"},
		{"port", nil, "https://api.test/", fetch.Request{URL: "http://api.test:8080/a"},
			"GET https://api.test:8080/a http://app.example|200 https://api.test:8080/a"},
		{"with a preflight", nil, "https://api.test/", fetch.Request{URL: "http://api.test/a", Method: "PUT"},
			"OPTIONS https://api.test/a http://app.example|PUT https://api.test/a http://app.example|200 https://api.test/a"},
		{"mode error", nil, "https://api.test/", fetch.Request{URL: "http://api.test/a", Redirect: "error"},
			"GET https://api.test/a http://app.example|200 https://api.test/a"},
		{"another host", nil, "https://api.test/", fetch.Request{URL: "http://cdn.test/a"}, "GET http://cdn.test/a http://app.example|200 http://cdn.test/a"},

		{"Chromium", engine.Chromium(), "https://api.test/", fetch.Request{URL: "http://api.test/a"},
			"GET https://api.test/a null|200 https://api.test/a redirected"},
		{"Chromium, with a preflight", engine.Chromium(), "https://api.test/", fetch.Request{URL: "http://api.test/a", Method: "PUT"},
			"preflight-disallowed-redirect preflight 307"},
		{"Chromium, mode error", engine.Chromium(), "https://api.test/", fetch.Request{URL: "http://api.test/a", Redirect: "error"},
			"redirect-mode-error actual 307"},
		{"Chromium, mode manual", engine.Chromium(), "https://api.test/", fetch.Request{URL: "http://api.test/a", Redirect: "manual"}, "0 http://api.test/a opaqueredirect"},
		{"Chromium, no-cors", engine.Chromium(), "https://api.test/", fetch.Request{URL: "http://api.test/a", Mode: fetch.NoCORS, Method: "POST", Body: fetch.TextBody("x")},
			"POST https://api.test/a null|0  opaque"},
		{"Chromium, with credentials", engine.Chromium(), "https://api.test/", fetch.Request{URL: "http://api.test/a", Credentials: credentials.Include},
			"GET https://api.test/a null|200 https://api.test/a redirected"},

		{"Firefox, third party", engine.Firefox(), "https://api.test/", fetch.Request{URL: "http://api.test/a"},
			"GET http://api.test/a http://app.example|200 http://api.test/a"},
		{"Firefox, same site", engine.Firefox(), "https://api.app.example/", fetch.Request{URL: "http://api.app.example/a"},
			"GET https://api.app.example/a http://app.example|200 https://api.app.example/a redirected"},
		{"Firefox, same site, with a preflight", engine.Firefox(), "https://api.app.example/", fetch.Request{URL: "http://api.app.example/a", Method: "PUT"},
			"OPTIONS https://api.app.example/a http://app.example|PUT https://api.app.example/a http://app.example|200 https://api.app.example/a redirected"},
		{"Firefox, same site, mode manual", engine.Firefox(), "https://api.app.example/", fetch.Request{URL: "http://api.app.example/a", Redirect: "manual"},
			"GET https://api.app.example/a http://app.example|200 https://api.app.example/a redirected"},

		{"WebKitGTK", engine.WebKit(), "https://api.test/", fetch.Request{URL: "http://api.test/a"},
			"GET http://api.test/a http://app.example|200 http://api.test/a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			agent, n := newAgent(t, strict, fetch.Options{Profile: tt.profile})
			page := newPage(t, agent, fetch.EnvironmentOptions{URL: page})
			fetched(t, page, &fetch.Request{URL: tt.noted})
			before := len(n.sent)
			resp, err := page.Fetch(t.Context(), &tt.request)
			var got []string
			for _, s := range n.sent[before:] {
				got = append(got, strings.TrimSpace(s.String()+" "+s.header("Origin")))
			}
			if err != nil {
				e := asRefusal(t, err)
				got = append(got, fmt.Sprint(e.Reason.String(), " ", e.Stage, " ", e.Response.Status))
			} else {
				defer resp.Body.Close()
				seen := fmt.Sprint(resp.Status, " ", resp.URL)
				if resp.Type != "cors" {
					seen += " " + string(resp.Type)
				}
				if resp.Redirected {
					seen += " redirected"
				}
				got = append(got, seen)
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, "|")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Nothing is learnt over http:, from what is malformed, or from any header but the first.
//
// https://www.rfc-editor.org/rfc/rfc6797#section-8.1
func TestHSTSNotes(t *testing.T) {
	tests := []struct {
		name, url string
		headers   []string
		want      int
	}{
		{"https:", "https://api.test/", []string{"Strict-Transport-Security: max-age=600"}, 1},
		{"http:", "http://api.test/", []string{"Strict-Transport-Security: max-age=600"}, 0},
		{"address", "https://192.0.2.1/", []string{"Strict-Transport-Security: max-age=600"}, 0},
		{"malformed", "https://api.test/", []string{"Strict-Transport-Security: max-age"}, 0},
		{"first of two", "https://api.test/", []string{"Strict-Transport-Security: max-age=600", "Strict-Transport-Security: max-age=0"}, 1},
		{"malformed first of two", "https://api.test/", []string{"Strict-Transport-Security: x=", "Strict-Transport-Security: max-age=600"}, 0},
		{"redirect", "https://api.test/", []string{"Strict-Transport-Security: max-age=600", "Location: https://cdn.test/"}, 1},
		{"cleared site data", "https://api.test/", []string{"Strict-Transport-Security: max-age=600", `Clear-Site-Data: "*"`}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			agent, _ := newAgent(t, func(s sent) reply {
				if s.URL.Host() == "cdn.test" {
					return answer(200)
				}
				r := answer(200, append(tt.headers, acao+"*")...)
				if len(tt.headers) > 1 && strings.HasPrefix(tt.headers[1], "Location") {
					r.status = 302
				}
				return r
			}, fetch.Options{})
			page := newPage(t, agent, fetch.EnvironmentOptions{URL: "http://app.example/"})
			var told []string
			resp, err := page.Fetch(t.Context(), &fetch.Request{URL: tt.url, Mode: fetch.NoCORS, Trace: &fetch.Trace{
				StrictTransport: func(r fetch.RequestInfo, value string, err error) {
					told = append(told, fmt.Sprint(value, " ", err == nil))
				},
			}})
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if all := agent.HSTS().Hosts(); len(all) != tt.want {
				t.Errorf("%v", all)
			}
			_, value, _ := strings.Cut(tt.headers[0], ": ")
			want := []string{fmt.Sprint(value, " ", tt.want == 1)}
			if strings.HasPrefix(tt.url, "http:") {
				want = nil
			}
			if diff := cmp.Diff(want, told); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Mixed content is looked at first: an HSTS host does not help a secure page.
func TestHSTSAfterMixedContent(t *testing.T) {
	for name, profile := range map[string]*fetch.Profile{"standard": nil, "chromium": engine.Chromium(), "firefox": engine.Firefox()} {
		t.Run(name, func(t *testing.T) {
			agent, n := newAgent(t, strict, fetch.Options{Profile: profile})
			page := newPage(t, agent, fetch.EnvironmentOptions{})
			fetched(t, page, &fetch.Request{URL: sameSite + "/"})
			if e := refused(t, page, &fetch.Request{URL: "http://www.app.example/a"}); e.Reason != fetch.MixedContent {
				t.Error(e)
			}
			if len(n.sent) != 1 {
				t.Errorf("%q", n.lines())
			}
		})
	}
}

// A list that is shared or loaded serves each agent, and a preload list those who have learnt nothing.
func TestHSTSOfOptions(t *testing.T) {
	agent, _ := newAgent(t, strict, fetch.Options{})
	fetched(t, newPage(t, agent, fetch.EnvironmentOptions{}), &fetch.Request{URL: api + "/"})
	var saved bytes.Buffer
	if err := agent.HSTS().Save(&saved); err != nil {
		t.Fatal(err)
	}
	list := hsts.New(&hsts.Options{Preloaded: preload{}})
	if n, err := list.Load(&saved); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	agent, n := newAgent(t, strict, fetch.Options{HSTS: list})
	page := newPage(t, agent, fetch.EnvironmentOptions{URL: "http://app.example/"})
	fetched(t, page, &fetch.Request{URL: "http://api.test/a"})
	fetched(t, page, &fetch.Request{URL: "http://www.preloaded.test/a"})
	if diff := cmp.Diff([]string{"GET https://api.test/a", "GET https://www.preloaded.test/a"}, n.lines()); diff != "" {
		t.Error(diff)
	}
}

// preload is a preload list with preloaded.test and what is below.
type preload struct{}

func (preload) Preloaded(host string) (bool, bool) { return true, host == "preloaded.test" }

// A navigation is upgraded, too, and the client's response says where it went; so is a WebSocket.
func TestHSTSOfNavigations(t *testing.T) {
	tests := []struct {
		profile       *fetch.Profile
		navigated, ws string
	}{
		{nil, "GET https://api.test/a Origin:  Upgraded: HSTS", "GET https://api.test/ws Origin: http://app.example"},
		{engine.Chromium(), "GET https://api.test/a Origin:  Upgraded: HSTS", "GET https://api.test/ws Origin: null"},
		{engine.Firefox(), "GET https://api.test/a Origin:  Upgraded: HSTS", "GET http://api.test/ws Origin: http://app.example"}, // another site
		{engine.WebKit(), "GET http://api.test/a Origin:  Upgraded: ", "GET http://api.test/ws Origin: http://app.example"},
	}
	for _, tt := range tests {
		name := "standard"
		if tt.profile != nil {
			name = tt.profile.Name
		}
		t.Run(name, func(t *testing.T) {
			agent, n := newAgent(t, strict, fetch.Options{Profile: tt.profile})
			client := agent.Client(nil)
			for _, url := range []string{"https://api.test/", "http://api.test/a"} {
				resp, err := client.Get(url)
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				if got := resp.Request.URL.String(); got != n.last(t).URL.String() {
					t.Errorf("the response is of %s", got)
				}
			}
			var upgraded string
			resp, err := agent.Navigate(t.Context(), &fetch.Navigation{URL: "http://api.test/a", Trace: &fetch.Trace{
				Upgraded: func(r fetch.RequestInfo, from, why string) {
					upgraded = why
					if r.URL != "https://api.test/a" || from != "http://api.test/a" || r.Upgraded != why {
						t.Errorf("%+v from %s", r, from)
					}
				}}})
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			got := fmt.Sprintf("%s Origin: %s Upgraded: %s", n.last(t), n.last(t).header("Origin"), upgraded)
			if got != tt.navigated {
				t.Errorf("%s, want %s", got, tt.navigated)
			}
			page := newPage(t, agent, fetch.EnvironmentOptions{URL: "http://app.example/"})
			if _, err := openWebSocket(t, page.WebSocketClient(nil), "ws://api.test/ws", nil); err == nil {
				t.Error("a server that answers 200 is not a WebSocket's")
			}
			if got := fmt.Sprintf("%s Origin: %s", n.last(t), n.last(t).header("Origin")); got != tt.ws {
				t.Errorf("%s, want %s", got, tt.ws)
			}
		})
	}
}

// Who may veto redirects is asked about that of an HSTS host in Chromium, and an Override sees https: URLs elsewhere.
func TestHSTSCallbacks(t *testing.T) {
	agent, n := newAgent(t, strict, fetch.Options{Profile: engine.Chromium()})
	page := newPage(t, agent, fetch.EnvironmentOptions{URL: "http://app.example/"})
	fetched(t, page, &fetch.Request{URL: api + "/"})
	e := refused(t, page, &fetch.Request{URL: "http://api.test/a", CheckRedirect: func(next fetch.RequestInfo, via []fetch.RequestInfo) error {
		if next.URL != api+"/a" || len(via) != 1 || via[0].URL != "http://api.test/a" {
			t.Errorf("%+v", next)
		}
		return errScope
	}})
	if e.Reason != fetch.RedirectVetoed || len(n.sent) != 1 {
		t.Errorf("%v, %q", e, n.lines())
	}
	var asked []string
	agent, _ = newAgent(t, strict, fetch.Options{Override: func(_ context.Context, r *fetch.OverrideRequest) (*fetch.Response, error) {
		asked = append(asked, r.CurrentURL.String())
		return nil, nil
	}})
	page = newPage(t, agent, fetch.EnvironmentOptions{URL: "http://app.example/"})
	fetched(t, page, &fetch.Request{URL: api + "/"})
	fetched(t, page, &fetch.Request{URL: "http://api.test/a"})
	if diff := cmp.Diff([]string{api + "/", api + "/a"}, asked); diff != "" {
		t.Error(diff)
	}
}

// Explanations say that it is the browser that redirects, and what helps.
func TestHSTSExplained(t *testing.T) {
	for name, r := range map[string]*fetch.Request{
		"mode error": {URL: "http://api.test/a", Redirect: "error"},
		"preflight":  {URL: "http://api.test/a", Method: "PUT"},
		"CORS check": {URL: "http://api.test/named"},
	} {
		t.Run(name, func(t *testing.T) {
			agent, _ := newAgent(t, func(s sent) reply {
				if s.URL.Path() == "/named" {
					return answer(200, acao+"http://app.example")
				}
				return strict(s)
			}, fetch.Options{Profile: engine.Chromium()})
			page := newPage(t, agent, fetch.EnvironmentOptions{URL: "http://app.example/"})
			fetched(t, page, &fetch.Request{URL: api + "/"})
			e := refused(t, page, r)
			x := e.Explain()
			if x.By != "page" || !strings.Contains(x.Fix, "has sent Strict-Transport-Security") || !strings.Contains(x.Fix, "Use the https: URL in the page.") {
				t.Errorf("%s: %s", x.By, x.Fix)
			}
		})
	}
}

// A hostile server makes no loop: Chromium's redirects count like others.
func TestHSTSLoop(t *testing.T) {
	for name, profile := range map[string]*fetch.Profile{"standard": nil, "chromium": engine.Chromium(), "firefox": engine.Firefox()} {
		t.Run(name, func(t *testing.T) {
			agent, n := newAgent(t, func(s sent) reply {
				return answer(http.StatusFound, "Location: http://app.example/", "Strict-Transport-Security: max-age=600")
			}, fetch.Options{Profile: profile})
			page := newPage(t, agent, fetch.EnvironmentOptions{URL: "http://app.example/"})
			e := refused(t, page, &fetch.Request{URL: "https://app.example/", Mode: fetch.NoCORS})
			if e.Reason != fetch.TooManyRedirects || len(n.sent) > 22 {
				t.Errorf("%v after %d", e, len(n.sent))
			}
		})
	}
}

// A list full of HSTS hosts makes no fetch allocate more that it does not concern.
func TestHSTSAllocations(t *testing.T) {
	list := hsts.New(nil)
	for i := range 1000 {
		u, err := origin.ParseURL(fmt.Sprintf("https://h%d.test/", i))
		if err != nil {
			t.Fatal(err)
		}
		if err := list.Note(u, origin.Origin{}, "max-age=600; includeSubDomains"); err != nil {
			t.Fatal(err)
		}
	}
	allocations := func(list *hsts.Store, url string) float64 {
		agent, err := fetch.NewAgent(&fetch.Options{HSTS: list, DisableHTTPCache: true, Transport: transportFunc(func(*fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
			return &fetch.NetworkResponse{Status: 200, Headers: headerLines(acao + "*")}, nil
		})})
		if err != nil {
			t.Fatal(err)
		}
		page := newPage(t, agent, fetch.EnvironmentOptions{URL: "http://app.example/"})
		return testing.AllocsPerRun(100, func() {
			resp, err := page.Fetch(context.Background(), &fetch.Request{URL: url})
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
		})
	}
	for _, url := range []string{"https://api.test/a", "http://api.test/a"} {
		if empty, full := allocations(hsts.New(nil), url), allocations(list, url); full > empty {
			t.Errorf("%s: %v allocations with an empty list, %v with a full one", url, empty, full)
		}
	}
}
