package fetch_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/fetch"
)

// A document's page, as the response's headers make it.
//
// https://html.spec.whatwg.org/#creating-a-policy-container-from-a-fetch-response
func TestResponsePage(t *testing.T) {
	const (
		rp   = "Referrer-Policy: "
		coep = "Cross-Origin-Embedder-Policy: "
		csp  = "Content-Security-Policy: "
	)
	tests := []struct {
		name    string
		url     string
		headers []string

		opaque   bool
		referrer fetch.ReferrerPolicy
		embedder fetch.EmbedderPolicy
	}{
		{name: "nothing"},
		{name: "referrer policy", headers: []string{rp + "no-referrer"}, referrer: "no-referrer"},
		{name: "last known one", headers: []string{rp + "no-referrer, origin, future"}, referrer: "origin"},
		{name: "of several lines", headers: []string{rp + "no-referrer", rp + "unsafe-url"}, referrer: "unsafe-url"},
		{name: "unknown", headers: []string{rp + "never"}},
		{name: "embedder policy", headers: []string{coep + "require-corp"}, embedder: "require-corp"},
		{name: "credentialless", headers: []string{coep + " credentialless "}, embedder: "credentialless"},
		{name: "with parameters", headers: []string{coep + `require-corp; report-to="a;b"; x=1.5;y;z=?0;k=:AA==:`}, embedder: "require-corp"},
		{name: "broken parameters", headers: []string{coep + "require-corp; Report-To=a"}},
		{name: "list", headers: []string{coep + "require-corp, require-corp"}},
		{name: "two lines", headers: []string{coep + "require-corp", coep + "unsafe-none"}},
		{name: "string", headers: []string{coep + `"require-corp"`}},
		{name: "other case", headers: []string{coep + "Require-Corp"}},
		{name: "trailing words", headers: []string{coep + "require-corp x"}},
		{name: "report only", headers: []string{"Cross-Origin-Embedder-Policy-Report-Only: require-corp"}},
		{name: "insecure context", url: "http://api.test/a", headers: []string{coep + "require-corp"}},
		{name: "loopback", url: "http://localhost/a", headers: []string{coep + "require-corp"}, embedder: "require-corp"},
		{name: "sandbox", headers: []string{csp + "sandbox"}, opaque: true},
		{name: "sandbox among others", headers: []string{csp + "default-src 'self';; SandBox\tallow-scripts ; sandbox allow-same-origin"}, opaque: true},
		{name: "own origin allowed", headers: []string{csp + "sandbox allow-scripts Allow-Same-Origin"}},
		{name: "last policy decides", headers: []string{csp + "sandbox", csp + "img-src *, sandbox allow-same-origin, script-src *"}},
		{name: "the other way round", headers: []string{csp + "sandbox allow-same-origin, sandbox"}, opaque: true},
		{name: "sandbox, report only", headers: []string{"Content-Security-Policy-Report-Only: sandbox"}},
		{name: "not a directive", headers: []string{csp + "sandbox\u00a0"}},
		{name: "all", headers: []string{rp + "origin", coep + "credentialless", csp + "sandbox"}, opaque: true, referrer: "origin", embedder: "credentialless"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.url == "" {
				tt.url = api + "/a"
			}
			servers := routes{tt.url: answer(200, tt.headers...), cdn + "/img": answer(200)}
			agent, _ := newAgent(t, servers.serve, fetch.Options{})
			page := navigatedPage(t, agent, &fetch.Navigation{URL: tt.url})
			if page.Origin().IsOpaque() != tt.opaque || page.Agent() != agent {
				t.Errorf("origin %s", page.Origin())
			}
			policy := tt.referrer
			if policy == "" {
				policy = "strict-origin-when-cross-origin"
			}
			if got := page.ReferrerPolicy(); got != policy {
				t.Errorf("referrer policy %s, want %s", got, policy)
			}
			embedder := tt.embedder
			if embedder == "" {
				embedder = "unsafe-none"
			}
			if got := page.EmbedderPolicy(); got != embedder {
				t.Errorf("embedder policy %s, want %s", got, embedder)
			}
			// What it comes to: an image that no CORP allows.
			image, err := page.Fetch(t.Context(), &fetch.Request{URL: cdn + "/img", API: "element", Mode: fetch.NoCORS, Destination: "image"})
			if refused := errors.Is(err, fetch.CrossOriginResourcePolicy); refused != (embedder == "require-corp") {
				t.Errorf("embedder policy %s: image %v", embedder, err)
			}
			if err == nil {
				image.Body.Close()
			}
		})
	}
}

// The URL and the origin are those of the last redirect, or of who asked where
// the URL has none.
func TestResponsePageURL(t *testing.T) {
	servers := routes{api + "/a": answer(302, "Location: "+cdn+"/b#f", "Referrer-Policy: origin"), cdn + "/b": answer(200)}
	agent, _ := newAgent(t, servers.serve, fetch.Options{})
	from := newPage(t, agent, fetch.EnvironmentOptions{ReferrerPolicy: "unsafe-url", EmbedderPolicy: "credentialless"})
	tests := []struct {
		name, url string
		check     func(fetch.RequestInfo, []fetch.RequestInfo) error
		wantURL   string
		origin    string // "" is opaque
		referrer  fetch.ReferrerPolicy
		embedder  fetch.EmbedderPolicy
	}{
		{"redirected", api + "/a", nil, cdn + "/b#f", cdn, "strict-origin-when-cross-origin", "unsafe-none"},
		{"redirect not followed", api + "/a", func(fetch.RequestInfo, []fetch.RequestInfo) error { return http.ErrUseLastResponse },
			api + "/a", api, "origin", "unsafe-none"},
		{"about:blank", "about:blank", nil, "about:blank", app, "unsafe-url", "credentialless"},
		{"data:", "data:text/html,x", nil, "data:text/html,x", "", "unsafe-url", "credentialless"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page := navigatedPage(t, agent, &fetch.Navigation{URL: tt.url, Initiator: from, CheckRedirect: tt.check})
			got := page.Origin().String()
			if page.Origin().IsOpaque() {
				got = ""
			}
			if page.URL() != tt.wantURL || got != tt.origin || page.ReferrerPolicy() != tt.referrer || page.EmbedderPolicy() != tt.embedder {
				t.Errorf("%s of %s, %s, %s", page.URL(), page.Origin(), page.ReferrerPolicy(), page.EmbedderPolicy())
			}
		})
	}
	resp := fetched(t, from, &fetch.Request{URL: "/x"})
	if _, err := resp.Page(); err == nil {
		t.Error("fetch() has loaded a page")
	}
	if _, err := new(fetch.Response).Page(); err == nil {
		t.Error("nothing has loaded a page")
	}
}

// TestPageOf goes on as the script of the document that a client has loaded,
// with that client's cookies and connections.
func TestPageOf(t *testing.T) {
	server := wireServer(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/start":
			w.Header().Set("Set-Cookie", "id=1")
			http.Redirect(w, r, "/page", http.StatusFound)
		case "/page":
			w.Header().Set("Referrer-Policy", "no-referrer")
			_, _ = io.WriteString(w, "<html>")
		default:
			_, _ = io.WriteString(w, r.Header.Get("Cookie")+" "+r.Header.Get("Referer")+" "+r.Header.Get("Sec-Fetch-Site"))
		}
	})
	client, agent := navigationClient(t, nil, nil)
	resp, err := client.Get(server.URL + "/start")
	wireText(t, resp, err)
	page, err := agent.PageOf(resp)
	if err != nil {
		t.Fatal(err)
	}
	if page.URL() != server.URL+"/page" {
		t.Errorf("page %s", page.URL())
	}
	api, err := page.Client(nil).Get(server.URL + "/api")
	if got := wireText(t, api, err); got != "id=1  same-origin" {
		t.Errorf("%q", got)
	}

	for name, resp := range map[string]*http.Response{"nil": nil, "made by hand": {}, "of a page": api} {
		if _, err := agent.PageOf(resp); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	other, err := fetch.NewAgent(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.PageOf(resp); err == nil {
		t.Error("another agent's response: no error")
	}
}

// TestPageChanges: a page with another policy, base URL or URL is the same page.
func TestPageChanges(t *testing.T) {
	agent, n := newAgent(t, routes{}.serve, fetch.Options{})
	sandboxed := newPage(t, agent, fetch.EnvironmentOptions{Sandboxed: true})
	page := newPage(t, agent, fetch.EnvironmentOptions{})
	changes := map[string]func(*fetch.Environment) (*fetch.Environment, error){
		"referrer policy": func(e *fetch.Environment) (*fetch.Environment, error) { return e.WithMeta("referrer", "unsafe-url") },
		"base URL":        func(e *fetch.Environment) (*fetch.Environment, error) { return e.WithBaseURL("/base/") },
		"URL":             func(e *fetch.Environment) (*fetch.Environment, error) { return e.WithURL("other?q") },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			for _, e := range []*fetch.Environment{page, sandboxed} {
				changed, err := change(e)
				if err != nil {
					t.Fatal(err)
				}
				if changed == e || !changed.Origin().SameOrigin(e.Origin()) || changed.Agent() != e.Agent() {
					t.Errorf("origin %s became %s", e.Origin(), changed.Origin())
				}
			}
		})
	}
	t.Run("referrer policy", func(t *testing.T) {
		open, err := page.WithMeta("referrer", "unsafe-url")
		if err != nil {
			t.Fatal(err)
		}
		fetched(t, open, &fetch.Request{URL: api + "/a"})
		if got := n.last(t).header("Referer"); got != app+"/dir/page?q" {
			t.Errorf("Referer %q", got)
		}
		back, err := open.WithMeta("referrer", "")
		if err != nil || back.ReferrerPolicy() != "strict-origin-when-cross-origin" {
			t.Errorf("%s, %v", back.ReferrerPolicy(), err)
		}
		if _, err := page.WithMeta("referrer", "never"); err == nil {
			t.Error("no error")
		}
		fetched(t, page, &fetch.Request{URL: api + "/a"})
		if got := n.last(t).header("Referer"); got != app+"/" {
			t.Errorf("the page itself changed: Referer %q", got)
		}
	})
	t.Run("base URL and URL", func(t *testing.T) {
		path := func(e *fetch.Environment) string {
			fetched(t, e, &fetch.Request{URL: "x"})
			return n.last(t).String() + " " + n.last(t).header("Referer")
		}
		must := func(e *fetch.Environment, err error) *fetch.Environment {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
		moved := must(page.WithURL("/elsewhere/page#new"))
		based := must(page.WithBaseURL("sub/"))
		for _, tt := range []struct {
			name string
			page *fetch.Environment
			want string
		}{
			{"as it was", page, "GET " + app + "/dir/x " + app + "/dir/page?q"},
			{"base", based, "GET " + app + "/dir/sub/x " + app + "/dir/page?q"},
			{"base elsewhere", must(page.WithBaseURL(api + "/y")), "GET " + api + "/x " + app + "/"},
			{"moved", moved, "GET " + app + "/elsewhere/x " + app + "/elsewhere/page"},
			{"moved, relative to the base", must(based.WithURL("z")), "GET " + app + "/dir/sub/x " + app + "/dir/sub/z"},
			{"base removed", must(must(based.WithURL("z")).WithBaseURL("")), "GET " + app + "/dir/sub/x " + app + "/dir/sub/z"},
		} {
			if got := path(tt.page); got != tt.want {
				t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
			}
		}
		for _, href := range []string{"http://[", "data:,x", "JavaScript:x"} {
			if _, err := page.WithBaseURL(href); err == nil {
				t.Errorf("base %s: no error", href)
			}
		}
	})
	t.Run("one quota", func(t *testing.T) {
		changed, err := page.WithURL("#f")
		if err != nil {
			t.Fatal(err)
		}
		big := func() *fetch.Request {
			return &fetch.Request{URL: "/a", Method: "POST", Keepalive: true, Body: fetch.TextBody(strings.Repeat("x", 40<<10))}
		}
		first := fetched(t, page, big()) // its body is not read yet
		if e := refused(t, changed, big()); e.Reason != fetch.KeepaliveQuota || !e.Retryable() {
			t.Error(e)
		}
		first.Body.Close()
		fetched(t, changed, big())
	})
}

// TestCanBeRewritten is what history.pushState may do.
//
// https://html.spec.whatwg.org/#can-have-its-url-rewritten
func TestCanBeRewritten(t *testing.T) {
	tests := []struct {
		from, to string
		want     bool
	}{
		{"https://a.test/x", "https://a.test/y?q#f", true},
		{"https://a.test/x", "https://a.test:443/", true},
		{"https://a.test/x", "http://a.test/x", false},
		{"https://a.test/x", "https://b.test/x", false},
		{"https://a.test/x", "https://a.test:8443/x", false},
		{"https://a.test/x", "https://u@a.test/x", false},
		{"https://a.test/x", "https://:p@a.test/x", false},
		{"https://a.test/x", "http://[", false},
		{"file:///x", "file:///x?q#f", true},
		{"file:///x", "file:///y", false},
		{"data:,x", "data:,x#f", true},
		{"data:,x", "data:,x?q", false},
		{"data:,x?", "data:,x", false},
		{"blob:https://a.test/1", "blob:https://a.test/1#f", true},
		{"blob:https://a.test/1", "blob:https://a.test/2", false},
		{"about:blank", "about:blank#f", true},
		{"about:blank", "about:srcdoc", false},
	}
	agent, _ := newAgent(t, routes{}.serve, fetch.Options{})
	for _, tt := range tests {
		page := newPage(t, agent, fetch.EnvironmentOptions{URL: tt.from})
		changed, err := page.WithURL(tt.to)
		if (err == nil) != tt.want {
			t.Errorf("%s to %s: %v", tt.from, tt.to, err)
		}
		if err == nil && changed.URL() != mustURL(t, tt.to).String() {
			t.Errorf("%s to %s: %s", tt.from, tt.to, changed.URL())
		}
	}
}

// navigatedPage is the page that a navigation has loaded.
func navigatedPage(t *testing.T, agent *fetch.Agent, n *fetch.Navigation) *fetch.Environment {
	t.Helper()
	resp, err := agent.Navigate(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	page, err := resp.Page()
	if err != nil {
		t.Fatal(err)
	}
	return page
}
