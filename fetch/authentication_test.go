package fetch_test

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
)

var digestParam = regexp.MustCompile(`([a-z]+\*?)=(?:"((?:[^"\\]|\\.)*)"|([^," ]+))(?:, |$)`)

// wirePage is a page on a server's origin.
func wirePage(t testing.TB, s *httptest.Server, rt *http.Transport, store credentials.AuthenticationStore) *fetch.Environment {
	t.Helper()
	return wireEnvironment(t, s.URL+"/page", &fetch.Options{
		Transport: &fetch.HTTPTransport{RoundTripper: rt}, Authentication: store,
	})
}

// bodyFor is the body of a response that there must be.
func bodyFor(t testing.TB, page *fetch.Environment, r *fetch.Request) string {
	t.Helper()
	return text(t, fetched(t, page, r).Body)
}

// A real server that asks for Digest lets the page in, and goes on to.
//
// https://www.rfc-editor.org/rfc/rfc7616
func TestDigestServer(t *testing.T) {
	post := fetch.Request{URL: "/a?b=c", Method: "POST", Body: fetch.TextBody("the body")}
	get := fetch.Request{URL: "/a?b=c"}
	tests := []struct {
		name     string
		guard    *digestGuard
		requests []fetch.Request
		seen     string
		asked    int
	}{
		{"no algorithm", &digestGuard{qop: "auth"}, []fetch.Request{get, post, get}, "401 in in in", 1},
		{"MD5", &digestGuard{algorithm: "MD5", qop: "auth,auth-int"}, []fetch.Request{get, post}, "401 in in", 1},
		{"MD5-sess", &digestGuard{algorithm: "MD5-sess", qop: "auth"}, []fetch.Request{get, post, get}, "401 in in in", 1},
		{"SHA-256", &digestGuard{algorithm: "SHA-256", qop: "auth"}, []fetch.Request{post, get}, "401 in in", 1},
		{"SHA-256-sess", &digestGuard{algorithm: "SHA-256-sess", qop: "auth-int"}, []fetch.Request{post, get}, "401 in in", 1},
		{"SHA-512-256", &digestGuard{algorithm: "SHA-512-256", qop: "auth"}, []fetch.Request{get, post}, "401 in in", 1},
		{"SHA-512-256-sess", &digestGuard{algorithm: "SHA-512-256-sess", qop: "auth"}, []fetch.Request{get, post}, "401 in in", 1},
		{"RFC 2069", &digestGuard{}, []fetch.Request{get, post}, "401 in in", 1},
		{"session without qop", &digestGuard{algorithm: "MD5-sess"}, []fetch.Request{get, post}, "401 in in", 1},
		{"auth-int", &digestGuard{qop: "auth-int"}, []fetch.Request{post, get, post}, "401 in in in", 1},
		{"userhash", &digestGuard{algorithm: "SHA-256", qop: "auth", userhash: true, name: "Jäsøn"}, []fetch.Request{get, get}, "401 in in", 1},
		{"username*", &digestGuard{algorithm: "SHA-256", qop: "auth", name: "Jäsøn \"Doe\""}, []fetch.Request{get, get}, "401 in in", 1},
		{"quotes in the name", &digestGuard{qop: "auth", name: `a "b" \c`}, []fetch.Request{get, get}, "401 in in", 1},
		{"stale after each", &digestGuard{qop: "auth", uses: 1}, []fetch.Request{get, post, get}, "401 in stale in stale in", 1},
		{"stale after two", &digestGuard{algorithm: "SHA-256-sess", qop: "auth", uses: 2}, []fetch.Request{get, get, get, get}, "401 in in stale in in", 1},
		{"stale, which is not said", &digestGuard{qop: "auth", uses: 1, silent: true}, []fetch.Request{get, post}, "401 in stale in", 2},
		{"nextnonce", &digestGuard{qop: "auth", uses: 1, nextnonce: true}, []fetch.Request{get, post, get}, "401 in in in", 1},
		{"domain elsewhere", &digestGuard{qop: "auth", params: `, domain="/b"`}, []fetch.Request{get, get, {URL: "/b/c"}}, "401 in 401 in in", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := wireServer(t, tt.guard.ServeHTTP)
			user := &digestUser{name: tt.guard.user(), passwords: []string{digestPassword}}
			page := wirePage(t, server, wireTransport(t), keyring(user.prompt))
			for _, r := range tt.requests {
				if got := bodyFor(t, page, &r); got != "in" {
					t.Errorf("%s %s: %q", r.Method, r.URL, got)
				}
			}
			if got := tt.guard.log(); got != tt.seen || len(user.asked) != tt.asked {
				t.Errorf("the server saw %q, with %d prompts; want %q", got, len(user.asked), tt.seen)
			}
			if p := user.asked[0]; p.Realm != `the "realm"` || p.Scheme != "Digest" || p.Proxy || p.Refused || p.URL.String() != server.URL+tt.requests[0].URL {
				t.Errorf("asked for %+v", p)
			}
		})
	}
}

// Wrong passwords are told from right ones, and nobody is asked twice for one.
func TestDigestServerRefuses(t *testing.T) {
	guard := &digestGuard{algorithm: "SHA-256", qop: "auth"}
	user := &digestUser{name: "u", passwords: []string{"wrong", digestPassword}}
	page := wirePage(t, wireServer(t, guard.ServeHTTP), wireTransport(t), keyring(user.prompt))
	if got := bodyFor(t, page, &fetch.Request{URL: "/a"}); got != "in" || len(user.asked) != 2 || !user.asked[1].Refused {
		t.Errorf("%q, asked for %+v", got, user.asked)
	}

	user = &digestUser{name: "u", passwords: []string{"wrong"}}
	page = wirePage(t, wireServer(t, guard.ServeHTTP), wireTransport(t), keyring(user.prompt))
	resp := fetched(t, page, &fetch.Request{URL: "/a"})
	if got := text(t, resp.Body); resp.Status != 401 || got != "out" || len(user.asked) != 2 {
		t.Errorf("%d %q after %d prompts", resp.Status, got, len(user.asked))
	}
}

// Several requests of a page at a time: no count is used twice.
func TestDigestServerConcurrently(t *testing.T) {
	guard := &digestGuard{algorithm: "MD5"} // a server of RFC 2069, which doesn't count
	counting := &digestGuard{algorithm: "SHA-256", qop: "auth-int"}
	for _, g := range []*digestGuard{guard, counting} {
		var mu sync.Mutex
		counts := map[string]bool{}
		server := wireServer(t, func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			if value := r.Header.Get("Authorization"); value != "" && g.qop != "" {
				if counts[value] {
					t.Errorf("twice: %s", value)
				}
				counts[value] = true
			}
			mu.Unlock()
			g.ServeHTTP(w, r)
		})
		user := &digestUser{name: "u", passwords: []string{digestPassword}}
		page := wirePage(t, server, wireTransport(t), keyring(user.prompt))
		if got := bodyFor(t, page, &fetch.Request{URL: "/a"}); got != "in" {
			t.Fatal(got)
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 10 {
					resp, err := page.Fetch(t.Context(), &fetch.Request{URL: "/a", Method: "POST", Body: fetch.TextBody("x")})
					if err != nil {
						t.Error(err)
						return
					}
					if body, err := io.ReadAll(resp.Body); string(body) != "in" {
						t.Errorf("%q, %v", body, err)
					}
					resp.Body.Close()
				}
			})
		}
		wg.Wait()
		if strings.Contains(g.log(), "malformed") {
			t.Error(g.log())
		}
	}
}

// A username and password in an XMLHttpRequest's URL answer Digest too, with a
// store and without, and are an entry from then on.
//
// https://xhr.spec.whatwg.org/#the-open()-method
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch 15.3
func TestDigestOfURL(t *testing.T) {
	for _, tt := range []struct {
		store credentials.AuthenticationStore
		seen  string
	}{
		{nil, "401 in in"},
		{credentials.NewKeyring(nil), "401 in in"},
	} {
		guard := &digestGuard{algorithm: "SHA-256", qop: "auth"}
		server := wireServer(t, guard.ServeHTTP)
		page := wirePage(t, server, wireTransport(t), tt.store)
		at := strings.Replace(server.URL, "//", "//u:"+url.PathEscape(digestPassword)+"@", 1) + "/a"
		if got := bodyFor(t, page, &fetch.Request{URL: at, API: "xhr"}); got != "in" {
			t.Error(got)
		}
		fetched(t, page, &fetch.Request{URL: "/a"})
		if got := guard.log(); got != tt.seen {
			t.Errorf("with %T the server saw %q, want %q", tt.store, got, tt.seen)
		}
	}
}

// open()'s username and password go into the URL where they are not null, and
// the URL answers; one that redirects lead to does too.
//
// https://xhr.spec.whatwg.org/#the-open()-method 8
func TestUsernameOfXHR(t *testing.T) {
	tests := []struct {
		name               string
		url                string
		username, password *string
		sent               string // Authorization of each request
		last               string
	}{
		{"neither", "/a", nil, nil, "", app + "/a"},
		{"both", "/a", new("u"), new("p"), "|u:p", "https://u:p@app.example/a"},
		{"username", "/a", new("u"), nil, "|u:", "https://u@app.example/a"},
		{"over the URL's", "https://x:y@app.example/a", new("u"), new("p"), "|u:p", "https://u:p@app.example/a"},
		{"username over the URL's", "https://x:p@app.example/a", new("u"), nil, "|u:p", "https://u:p@app.example/a"},
		{"password over the URL's", "https://u:x@app.example/a", nil, new("p"), "|u:p", "https://u:p@app.example/a"},
		{"empty, over the URL's", "https://u:x@app.example/a", new(""), new(""), "", app + "/a"},
		{"percent-encoded", "/a", new("ü@"), new("%41/"), "|ü@:A/", "https://%C3%BC%40:%41%2F@app.example/a"},
		{"redirect to a URL with them", "/go", nil, nil, "||u:p", "https://u:p@app.example/a"},
		{"redirect after an answer", "/in", new("x"), new("y"), "|x:y||u:p", "https://u:p@app.example/a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			agent, n := newAgent(t, func(s sent) reply {
				switch {
				case s.URL.Path() == "/go":
					return answer(302, "Location: https://u:p@app.example/a")
				case s.header("Authorization") == "":
					return answer(401, `WWW-Authenticate: Basic realm="here"`)
				case s.URL.Path() == "/in":
					return answer(302, "Location: https://u:p@app.example/a")
				}
				return answer(200)
			}, fetch.Options{})
			resp := fetched(t, newPage(t, agent, fetch.EnvironmentOptions{}), &fetch.Request{
				URL: tt.url, API: "xhr", Username: tt.username, Password: tt.password})
			var values []string
			for _, s := range n.sent {
				value, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(s.header("Authorization"), "Basic "))
				values = append(values, string(value))
			}
			if got := strings.Join(values, "|"); got != tt.sent || resp.URL != tt.last {
				t.Errorf("sent %q, want %q; URL %s, want %s", got, tt.sent, resp.URL, tt.last)
			}
		})
	}
}

// A real server that asks for Basic, by the example of RFC 7617.
//
// https://www.rfc-editor.org/rfc/rfc7617#section-2
func TestBasicServer(t *testing.T) {
	var seen []string
	server := wireServer(t, func(w http.ResponseWriter, r *http.Request) {
		name, password, ok := r.BasicAuth()
		seen = append(seen, r.URL.Path+" "+name)
		if !ok || name != "Aladdin" || password != "open sesame" {
			w.Header().Set("WWW-Authenticate", `Basic realm="WallyWorld"`)
			w.WriteHeader(http.StatusUnauthorized)
		}
		_, _ = io.WriteString(w, strconv.FormatBool(ok))
	})
	user := &digestUser{name: "Aladdin", passwords: []string{"open sesame"}}
	page := wirePage(t, server, wireTransport(t), keyring(user.prompt))
	for _, path := range []string{"/docs/index.html", "/docs/test.doc", "/private/index.html"} {
		if got := bodyFor(t, page, &fetch.Request{URL: path}); got != "true" {
			t.Errorf("%s: %q", path, got)
		}
	}
	const want = "/docs/index.html |/docs/index.html Aladdin|/docs/test.doc Aladdin|/private/index.html |/private/index.html Aladdin"
	if got := strings.Join(seen, "|"); got != want || len(user.asked) != 1 {
		t.Errorf("%q after %d prompts", got, len(user.asked))
	}
}

// An auth-int server and a body without a source: nothing of it is sent without
// its hash.
func TestDigestIntegrityOfStream(t *testing.T) {
	var why error
	agent, n := newAgent(t, func(s sent) reply {
		return answer(401, `WWW-Authenticate: Digest realm="A", nonce="n", qop="auth-int"`)
	}, fetch.Options{Authentication: keyring(func(context.Context, credentials.PromptRequest) (string, string, bool) { return "u", "p", true })})
	page := newPage(t, agent, fetch.EnvironmentOptions{})
	trace := &fetch.Trace{Challenged: func(_ fetch.RequestInfo, _ fetch.ResponseInfo, err error) { why = err }}
	resp := fetched(t, page, &fetch.Request{URL: "/a", Method: "POST", Body: fetch.OnceBody(strings.NewReader("x"), 1, ""), Trace: trace})
	if u, ok := errors.AsType[*credentials.UnansweredError](why); !ok || u.Reason != "body-not-readable" || resp.Status != 401 || len(n.lines()) != 1 {
		t.Errorf("%v, status %d after %q", why, resp.Status, n.lines())
	}
	e := refused(t, page, &fetch.Request{URL: "/a", Method: "POST", Body: fetch.StreamBody(strings.NewReader("x")), Duplex: "half", Trace: trace})
	if e.Reason != fetch.BodyNotReplayable {
		t.Error(e)
	}
}

// Why a 401 or 407 is not answered is told to the trace.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch 15, 16
func TestChallenged(t *testing.T) {
	yes := keyring(func(context.Context, credentials.PromptRequest) (string, string, bool) { return "u", "p", true })
	basic := `WWW-Authenticate: Basic realm="here"`
	tests := []struct {
		name    string
		store   credentials.AuthenticationStore
		page    fetch.EnvironmentOptions
		request fetch.Request
		status  int
		header  string
		want    string
	}{
		{"answered", yes, fetch.EnvironmentOptions{}, fetch.Request{URL: "/a"}, 401, basic, "answered, answer-refused"},
		{"no store", nil, fetch.EnvironmentOptions{}, fetch.Request{URL: "/a"}, 401, basic, "no-store"},
		{"nobody to ask", credentials.NewKeyring(nil), fetch.EnvironmentOptions{}, fetch.Request{URL: "/a"}, 401, basic, "nobody-to-ask"},
		{"worker", yes, fetch.EnvironmentOptions{Worker: true}, fetch.Request{URL: "/a"}, 401, basic, "no-traversable"},
		{"omit", yes, fetch.EnvironmentOptions{}, fetch.Request{URL: "/a", Credentials: credentials.Omit}, 401, basic, "not-included"},
		{"CORS", yes, fetch.EnvironmentOptions{}, fetch.Request{URL: api + "/a", Credentials: credentials.Include}, 401, basic, "tainted-cors"},
		{"preflight", yes, fetch.EnvironmentOptions{}, fetch.Request{URL: api + "/a", Method: "PUT", Credentials: credentials.Include}, 401, basic, "for-preflight"},
		{"unknown algorithm", yes, fetch.EnvironmentOptions{}, fetch.Request{URL: "/a"}, 401,
			`WWW-Authenticate: Digest realm="here", nonce="n", algorithm=SHA-1`, "unknown-algorithm"},
		{"no challenge", yes, fetch.EnvironmentOptions{}, fetch.Request{URL: "/a"}, 401, "X-A: b", "no-challenge"},
		{"407 of a server", yes, fetch.EnvironmentOptions{}, fetch.Request{URL: "/a"}, 407, `Proxy-Authenticate: Basic realm="here"`, "no-proxy"},
		{"407 without a store", nil, fetch.EnvironmentOptions{}, fetch.Request{URL: "/a"}, 407, `Proxy-Authenticate: Basic realm="here"`, "no-store"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			agent, n := newAgent(t, func(sent) reply { return answer(tt.status, acao+app, acac+"true", tt.header) }, fetch.Options{Authentication: tt.store})
			var got []string
			tt.request.Trace = &fetch.Trace{Challenged: func(_ fetch.RequestInfo, r fetch.ResponseInfo, err error) {
				if r.Status != tt.status {
					t.Errorf("status %d", r.Status)
				}
				u, ok := errors.AsType[*credentials.UnansweredError](err)
				switch {
				case err == nil:
					got = append(got, "answered")
				case ok:
					got = append(got, string(u.Reason))
				default:
					t.Error(err)
				}
			}}
			resp, err := newPage(t, agent, tt.page).Fetch(t.Context(), &tt.request)
			if err == nil {
				resp.Body.Close()
			}
			if strings.Join(got, ", ") != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
			for _, s := range n.sent {
				if s.Headers.Contains("Proxy-Authorization") {
					t.Errorf("a server got %v", s.Headers)
				}
			}
		})
	}
}
