package fetch_test

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
)

// A digestGuard lets requests in that prove that they know the password of one
// user, by RFC 7616. It shares no code with the package.
type digestGuard struct {
	algorithm string // "" for a challenge that names none
	qop       string // what is offered
	userhash  bool
	nextnonce bool // each answer names the next nonce
	uses      int  // how often a nonce is good; 0 for ever
	silent    bool // nothing is said of stale nonces
	params    string
	name      string // "" is "u"

	mu     sync.Mutex
	made   int
	counts map[string]int64 // of the nonces that are good
	seen   []string         // "401", "stale", "in" or what was wrong
}

const digestPassword = "sésame, ouvre-toi"

func (g *digestGuard) user() string {
	if g.name == "" {
		return "u"
	}
	return g.name
}

func (g *digestGuard) hash(s string) string {
	switch strings.TrimSuffix(strings.ToLower(g.algorithm), "-sess") {
	case "sha-256":
		return fmt.Sprintf("%x", sha256.Sum256([]byte(s)))
	case "sha-512-256":
		return fmt.Sprintf("%x", sha512.Sum512_256([]byte(s)))
	}
	return fmt.Sprintf("%x", md5.Sum([]byte(s)))
}

func (g *digestGuard) nonce() string {
	g.made++
	nonce := fmt.Sprintf("nonce %d \\\"", g.made)
	if g.counts == nil {
		g.counts = map[string]int64{}
	}
	g.counts[`nonce `+strconv.Itoa(g.made)+` "`] = 0
	return nonce
}

var digestParam = regexp.MustCompile(`([a-z]+\*?)=(?:"((?:[^"\\]|\\.)*)"|([^," ]+))(?:, |$)`)

// check looks at an Authorization value; what is "in", "stale" or says what is
// wrong.
func (g *digestGuard) check(value, method, target, body string) (what string) {
	rest, ok := strings.CutPrefix(value, "Digest ")
	if !ok {
		return "401"
	}
	params, read := map[string]string{}, 0
	for _, m := range digestParam.FindAllStringSubmatch(rest, -1) {
		read += len(m[0])
		if _, twice := params[m[1]]; twice {
			return m[1] + " twice"
		}
		params[m[1]] = regexp.MustCompile(`\\(.)`).ReplaceAllString(m[2], "$1") + m[3]
	}
	if read != len(rest) {
		return "malformed: " + rest
	}
	name, realm := g.user(), `the "realm"`
	sentName := name
	switch encoded, extended := strings.CutPrefix(params["username*"], "UTF-8''"); {
	case g.userhash:
		sentName = g.hash(name + ":" + realm)
		if params["userhash"] != "true" || params["username"] != sentName {
			return "no userhash"
		}
	case extended:
		if decoded, err := url.PathUnescape(encoded); err != nil || decoded != name {
			return "username* " + encoded
		}
	case params["username"] != name:
		return "username " + params["username"]
	}
	switch {
	case params["realm"] != realm:
		return "realm " + params["realm"]
	case params["uri"] != target:
		return "uri " + params["uri"] + " for " + target
	case params["algorithm"] != g.algorithm:
		return "algorithm " + params["algorithm"]
	case params["opaque"] != "o/p=":
		return "opaque " + params["opaque"]
	}
	a1 := name + ":" + realm + ":" + digestPassword
	if strings.HasSuffix(strings.ToLower(g.algorithm), "-sess") {
		a1 = g.hash(a1) + ":" + params["nonce"] + ":" + params["cnonce"]
	}
	a2 := method + ":" + target
	qop := params["qop"]
	if g.qop != "" && !slices.Contains(strings.Split(g.qop, ","), qop) || g.qop == "" && qop != "" {
		return "qop " + qop
	}
	if qop == "auth-int" {
		a2 += ":" + g.hash(body)
	}
	proof := g.hash(a1) + ":" + params["nonce"] + ":"
	if qop != "" {
		proof += params["nc"] + ":" + params["cnonce"] + ":" + qop + ":"
	}
	if proof = g.hash(proof + g.hash(a2)); params["response"] != proof {
		return "401" // another password
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	count, good := g.counts[params["nonce"]]
	if !good {
		return "stale"
	}
	if qop != "" {
		n, err := strconv.ParseInt(params["nc"], 16, 64)
		if err != nil || len(params["nc"]) != 8 || n <= count {
			return fmt.Sprintf("nc %s after %d", params["nc"], count)
		}
		count = n
	} else {
		count++
	}
	g.counts[params["nonce"]] = count
	if g.uses > 0 && count >= int64(g.uses) {
		delete(g.counts, params["nonce"])
	}
	return "in"
}

// admits answers for a server, or a proxy, unless the request is let in.
func (g *digestGuard) admits(w http.ResponseWriter, status int, authenticate, authorization, info string, r *http.Request, target string) bool {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return false
	}
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	what := g.check(r.Header.Get(authorization), r.Method, target, string(body))
	g.mu.Lock()
	defer g.mu.Unlock()
	g.seen = append(g.seen, what)
	if what == "in" {
		if g.nextnonce {
			w.Header().Set(info, `qop=auth, nextnonce="`+g.nonce()+`"`)
		}
		return true
	}
	challenge := `Digest realm="the \"realm\"", nonce="` + g.nonce() + `", opaque="o/p="` + g.params
	if g.algorithm != "" {
		challenge += ", algorithm=" + g.algorithm
	}
	if g.qop != "" {
		challenge += `, qop="` + g.qop + `"`
	}
	if g.userhash {
		challenge += ", userhash=true, charset=UTF-8"
	}
	if what == "stale" && !g.silent {
		challenge += ", stale=true"
	}
	w.Header().Add(authenticate, `Negotiate, `+challenge)
	w.Header().Add(authenticate, `Basic realm="no"`)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "out")
	return false
}

// ServeHTTP says "in" to who is let in.
func (g *digestGuard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if g.admits(w, http.StatusUnauthorized, "WWW-Authenticate", "Authorization", "Authentication-Info", r, r.RequestURI) {
		_, _ = io.WriteString(w, "in")
	}
}

func (g *digestGuard) log() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return strings.Join(g.seen, " ")
}

// A digestUser answers prompts with the passwords given, the last again and
// again.
type digestUser struct {
	name      string
	passwords []string

	mu    sync.Mutex
	asked []credentials.PromptRequest
}

func (u *digestUser) prompt(_ context.Context, p credentials.PromptRequest) (string, string, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.asked = append(u.asked, p)
	return u.name, u.passwords[min(len(u.asked), len(u.passwords))-1], true
}

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
		if got := bodyFor(t, page, &fetch.Request{URL: at, API: fetch.APIXHR}); got != "in" {
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
				URL: tt.url, API: fetch.APIXHR, Username: tt.username, Password: tt.password})
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
	if u, ok := errors.AsType[*credentials.UnansweredError](why); !ok || u.Reason != credentials.BodyNotReadable || resp.Status != 401 || len(n.lines()) != 1 {
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

// A wireProxy is an HTTP proxy that asks for a password: it forwards plain
// requests and tunnels the others.
type wireProxy struct {
	*httptest.Server
	*digestGuard // nil for Basic

	logged sync.Mutex
	lines  []string // request lines with their Proxy-Authorization's scheme
}

func newWireProxy(t testing.TB, guard *digestGuard) *wireProxy {
	p := &wireProxy{digestGuard: guard}
	forward := &http.Transport{}
	t.Cleanup(forward.CloseIdleConnections)
	p.Server = wireServer(t, func(w http.ResponseWriter, r *http.Request) {
		scheme, _, _ := strings.Cut(r.Header.Get("Proxy-Authorization"), " ")
		p.logged.Lock()
		p.lines = append(p.lines, strings.TrimSpace(r.Method+" "+scheme))
		p.logged.Unlock()
		if !p.lets(w, r) {
			return
		}
		if r.Method == http.MethodConnect {
			tunnel(w, r.RequestURI)
			return
		}
		out := r.Clone(r.Context())
		out.RequestURI = ""
		out.Header.Del("Proxy-Authorization")
		resp, err := forward.RoundTrip(out)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		for name, values := range resp.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body)
	})
	return p
}

func (p *wireProxy) lets(w http.ResponseWriter, r *http.Request) bool {
	if p.digestGuard != nil {
		return p.admits(w, http.StatusProxyAuthRequired, "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Authentication-Info", r, r.RequestURI)
	}
	if r.Header.Get("Proxy-Authorization") == "Basic "+base64.StdEncoding.EncodeToString([]byte("u:"+digestPassword)) {
		return true
	}
	w.Header().Set("Proxy-Authenticate", `Basic realm="proxy"`)
	w.Header().Set("Set-Cookie", "proxy=1")
	w.WriteHeader(http.StatusProxyAuthRequired)
	_, _ = io.WriteString(w, "the proxy's own words")
	return false
}

// tunnel connects a client with a host until one of them closes.
func tunnel(w http.ResponseWriter, host string) {
	server, err := net.Dial("tcp", host)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer server.Close()
	w.WriteHeader(http.StatusOK)
	client, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer client.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = io.Copy(server, rw)
		server.Close()
	}()
	_, _ = io.Copy(client, server)
	client.Close()
	<-done
}

func (p *wireProxy) log() string {
	p.logged.Lock()
	defer p.logged.Unlock()
	return strings.Join(p.lines, ", ")
}

// through has a transport use a proxy.
func (p *wireProxy) through(rt *http.Transport) *http.Transport {
	at, _ := url.Parse(p.URL)
	rt.Proxy = func(*http.Request) (*url.URL, error) { return at, nil }
	return rt
}

// A proxy's 407 is answered whatever the credentials mode, in preflights from
// entries only, and through tunnels too.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch 8.22, 16
func TestProxyAuthentication(t *testing.T) {
	hello := func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Proxy-Authorization"); got != "" {
			t.Errorf("the server got %q", got)
		}
		if wireAllow(w, r) {
			return
		}
		body, _ := io.ReadAll(r.Body)
		_, _ = io.WriteString(w, "in"+string(body))
	}
	plain, secure := wireServer(t, hello), wireTLS(t, hello, nil)
	get := fetch.Request{URL: "/a?b", Credentials: credentials.Omit}
	post := fetch.Request{URL: "/a", Method: "POST", Body: fetch.TextBody("!")}
	tests := []struct {
		name     string
		server   *httptest.Server
		guard    *digestGuard // nil for Basic
		page     string       // "" is the server's own
		requests []fetch.Request
		log      string
		asked    int
	}{
		{"Basic", plain, nil, "", []fetch.Request{get, post}, "GET, GET Basic, POST Basic", 1},
		{"Basic, tunnel", secure, nil, "", []fetch.Request{get, post}, "CONNECT, CONNECT Basic, CONNECT Basic", 1},
		{"Digest", plain, &digestGuard{algorithm: "SHA-256", qop: "auth"}, "", []fetch.Request{post, get}, "POST, POST Digest, GET Digest", 1},
		{"Digest, integrity", plain, &digestGuard{qop: "auth-int"}, "", []fetch.Request{post, get}, "POST, POST Digest, GET Digest", 1},
		{"Digest, stale", plain, &digestGuard{qop: "auth", uses: 1}, "", []fetch.Request{post, get}, "POST, POST Digest, GET Digest, GET Digest", 1},
		{"Digest, nextnonce", plain, &digestGuard{qop: "auth", uses: 1, nextnonce: true}, "", []fetch.Request{post, get}, "POST, POST Digest, GET Digest", 1},
		{"Digest, tunnel", secure, &digestGuard{qop: "auth,auth-int"}, "", []fetch.Request{post, get}, "CONNECT, CONNECT Digest, CONNECT Digest", 1},
		{"preflight by an entry", plain, nil, "http://other.test/", []fetch.Request{{URL: "/a"}, {URL: "/a", Method: "PUT"}},
			"GET, GET Basic, OPTIONS Basic, PUT Basic", 1},
		{"preflight first", plain, nil, "http://other.test/", []fetch.Request{{URL: "/a", Method: "PUT"}, {URL: "/a", Method: "PUT"}},
			"OPTIONS, OPTIONS Basic, PUT Basic, PUT Basic", 1},
		{"preflight first, tunnel", secure, nil, "https://other.test/", []fetch.Request{{URL: "/a", Method: "PUT"}},
			"CONNECT, CONNECT Basic, CONNECT Basic", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			proxy := newWireProxy(t, tt.guard)
			user := &digestUser{name: "u", passwords: []string{digestPassword}}
			var trusted []*httptest.Server
			if tt.server == secure {
				trusted = append(trusted, secure)
			}
			rt := wireTransport(t, trusted...)
			rt.DisableKeepAlives = true // a tunnel for each request
			page := wireEnvironment(t, orElse(tt.page, tt.server.URL+"/"), &fetch.Options{
				Transport:      &fetch.HTTPTransport{RoundTripper: proxy.through(rt)},
				Authentication: keyring(user.prompt),
			})
			for _, r := range tt.requests {
				r.URL = tt.server.URL + r.URL
				if got := bodyFor(t, page, &r); !strings.HasPrefix(got, "in") {
					t.Errorf("%s: %q", r.Method, got)
				}
			}
			if got := proxy.log(); got != tt.log || len(user.asked) != tt.asked {
				t.Errorf("the proxy saw %q with %d prompts, want %q", got, len(user.asked), tt.log)
			}
			if p := user.asked[0]; !p.Proxy || p.URL.String() != proxy.URL+"/" {
				t.Errorf("asked for %+v", p)
			}
		})
	}
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// A proxy that gets no answer. What it says to CONNECT is for no page's eyes, in
// any profile, and sets no cookie.
func TestProxyRefuses(t *testing.T) {
	hello := func(w http.ResponseWriter, r *http.Request) { wireAllow(w, r) }
	plain, secure := wireServer(t, hello), wireTLS(t, hello, nil)
	proxy := newWireProxy(t, nil)
	for _, tt := range []struct {
		name    string
		server  *httptest.Server
		profile *fetch.Profile
		store   credentials.AuthenticationStore
		page    fetch.EnvironmentOptions
		method  string
		why     credentials.Unanswered
		shown   bool
	}{
		{name: "nobody", server: plain, store: credentials.NewKeyring(nil), why: credentials.NobodyToAsk},
		{name: "worker", server: plain, store: keyring(new(digestUser).prompt), page: fetch.EnvironmentOptions{Worker: true}, why: credentials.NobodyToAsk},
		{name: "preflight", server: plain, store: credentials.NewKeyring(nil), page: fetch.EnvironmentOptions{URL: "http://other.test/"}, method: "PUT", why: credentials.NobodyToAsk},
		{name: "preflight of a worker", server: plain, store: keyring(new(digestUser).prompt), page: fetch.EnvironmentOptions{URL: "http://other.test/", Worker: true}, method: "PUT", why: credentials.NobodyToAsk},
		{name: "shown", server: plain, profile: fetch.Firefox(), store: credentials.NewKeyring(nil), why: credentials.NobodyToAsk, shown: true},
		{name: "no store", server: plain, why: credentials.NoStore},
		{name: "tunnel", server: secure, store: credentials.NewKeyring(nil), why: credentials.NobodyToAsk},
		{name: "tunnel of an engine that shows a 407", server: secure, profile: fetch.Firefox(), store: credentials.NewKeyring(nil), why: credentials.NobodyToAsk},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var trusted []*httptest.Server
			if tt.server == secure {
				trusted = append(trusted, secure)
			}
			agent, err := fetch.NewAgent(&fetch.Options{
				Profile: tt.profile, Authentication: tt.store,
				Transport: &fetch.HTTPTransport{RoundTripper: proxy.through(wireTransport(t, trusted...))},
			})
			if err != nil {
				t.Fatal(err)
			}
			wireAgents.add(t.Name(), agent)
			if tt.page.URL == "" {
				tt.page.URL = tt.server.URL + "/"
			}
			var why error
			r := &fetch.Request{URL: tt.server.URL + "/a", Method: tt.method, Trace: &fetch.Trace{
				Challenged: func(_ fetch.RequestInfo, _ fetch.ResponseInfo, err error) { why = err },
			}}
			page := newPage(t, agent, tt.page)
			if tt.shown {
				if resp := fetched(t, page, r); resp.Status != 407 {
					t.Errorf("status %d", resp.Status)
				}
			} else if e := refused(t, page, r); e.Reason != fetch.ProxyAuthenticationRequired || e.Header != "Proxy-Authenticate" || e.Response.Status != 407 {
				t.Error(e)
			}
			if u, ok := errors.AsType[*credentials.UnansweredError](why); !ok || u.Reason != tt.why {
				t.Errorf("%v, want %q", why, tt.why)
			}
		})
	}
}
