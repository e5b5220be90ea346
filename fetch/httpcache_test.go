package fetch_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/httpcache"
)

// The cache modes, with an entry that is fresh, stale, or of which nothing is known.
//
// https://fetch.spec.whatwg.org/#concept-request-cache-mode
func TestHTTPCacheModes(t *testing.T) {
	const noCache, maxAge = " Cache-Control=no-cache Pragma=no-cache", " Cache-Control=max-age=0"
	tests := []struct {
		mode                      fetch.CacheMode
		fresh, stale, none, after string // what is sent, and after the stale one in mode default
	}{
		{"default", "", `GET / If-None-Match="1"`, "GET /", ""},
		{"no-store", "GET /" + noCache, "GET /" + noCache, "GET /" + noCache, `GET / If-None-Match="1"`},
		{"reload", "GET /" + noCache, "GET /" + noCache, "GET /" + noCache, ""},
		{"no-cache", `GET / If-None-Match="1"` + maxAge, `GET / If-None-Match="1"` + maxAge, "GET /" + maxAge, ""},
		{"force-cache", "", "", "GET /", `GET / If-None-Match="1"`},
		{"only-if-cached", "", "", "not-cached", `GET / If-None-Match="1"`},
	}
	for _, tt := range tests {
		t.Run(string(tt.mode), func(t *testing.T) {
			first := answer(200, `ETag: "1"`, "Cache-Control: max-age=60").with("first")
			for state, want := range map[string]string{"fresh": tt.fresh, "stale": tt.stale, "none": tt.none} {
				c := newCachedPage(t, nil, fetch.EnvironmentOptions{}, map[string][]reply{app + "/": {first, answer(200, `ETag: "2"`, "Cache-Control: max-age=60").with("second")}})
				in := &fetch.Request{URL: app + "/", Mode: fetch.SameOrigin, Cache: tt.mode}
				if state != "none" {
					c.fetch(t, &fetch.Request{URL: "/"})
				}
				if state == "stale" {
					c.now = c.now.Add(time.Hour)
				}
				before := len(c.network.sent)
				got := c.fetch(t, in)
				sent := strings.ReplaceAll(c.sentSince(before), "app.example", "")
				if got == "not-cached" {
					sent = got
				}
				if sent != want {
					t.Errorf("%s: sent %q, want %q (%s)", state, sent, want, got)
				}
				wantBody := "200 second"
				if want == "" || state == "none" {
					wantBody = "200 first"
				}
				if want != "not-cached" && got != wantBody {
					t.Errorf("%s: got %q, want %q", state, got, wantBody)
				}
				if state == "stale" {
					before = len(c.network.sent)
					c.fetch(t, &fetch.Request{URL: "/"})
					if sent := strings.ReplaceAll(c.sentSince(before), "app.example", ""); sent != tt.after {
						t.Errorf("afterwards: sent %q, want %q", sent, tt.after)
					}
				}
			}
		})
	}
}

// sentSince is what was sent after the first n requests.
func (c *cachedPage) sentSince(n int) string {
	all := strings.Split(c.sent(), ", ")
	return strings.Join(all[min(n, len(all)):], ", ")
}

// A 304 gives the stored response new headers. Script sees the result.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch 11.4
func TestFreshened(t *testing.T) {
	c := newCachedPage(t, nil, fetch.EnvironmentOptions{}, map[string][]reply{api + "/a": {
		answer(200, `ETag: "1"`, "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT", "Cache-Control: no-cache", acao+"*", "Access-Control-Expose-Headers: *", "X-A: old", "X-B: kept").with("body"),
		answer(304, acao+"*", "X-A: new", "X-C: added"),
		answer(304, acao+"https://elsewhere.example"),
		answer(304),
	}})
	c.fetch(t, &fetch.Request{URL: api + "/a"})
	resp := fetched(t, c.Environment, &fetch.Request{URL: api + "/a"})
	if got := text(t, resp.Body); resp.Status != 200 || got != "body" {
		t.Errorf("%d %q", resp.Status, got)
	}
	for name, want := range map[string]string{"X-A": "new", "X-B": "kept", "X-C": "added"} {
		if got, _ := resp.Headers.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if s := c.network.last(t); s.header("If-None-Match") != `"1"` || s.header("If-Modified-Since") != "Mon, 01 Jan 2024 00:00:00 GMT" {
		t.Error(s.Headers)
	}
	// The CORS check is made on the result.
	e := refused(t, c.Environment, &fetch.Request{URL: api + "/a"})
	if e.Reason != fetch.AllowOriginMismatch || e.Response.CacheState != "validated" || e.Response.Status != 200 {
		t.Errorf("%v, %+v", e, e.Response)
	}
	if !strings.Contains(e.Error(), "the response came out of the HTTP cache, validated by a 304") || e.Explain().Cause != "browser-cache" {
		t.Errorf("%v: %+v", e, e.Explain())
	}
}

// The checks are made on what comes out of the cache, too, and say where it came from.
//
// https://fetch.spec.whatwg.org/#concept-http-fetch 4.4, 4.5, 5
// https://fetch.spec.whatwg.org/#concept-main-fetch 20, 23
func TestStoredResponsesAreChecked(t *testing.T) {
	image := fetch.Element("img").Request(api+"/a", "")
	script := fetch.Element("script").Request(api+"/a", "")
	tests := []struct {
		name   string
		answer reply
		first  *fetch.Request
		then   fetch.Request
		page   fetch.EnvironmentOptions // of the second
		want   fetch.Reason
	}{
		{"CORS check", answer(200), image, fetch.Request{URL: api + "/a"}, fetch.EnvironmentOptions{}, fetch.MissingAllowOrigin},
		{"CORS check, of another page of the site", answer(200, acao+app), nil, fetch.Request{URL: api + "/a"}, fetch.EnvironmentOptions{URL: sameSite + "/"}, fetch.AllowOriginMismatch},
		{"CORS check, with credentials", answer(200, acao+"*"), nil, fetch.Request{URL: api + "/a", Credentials: credentials.Include}, fetch.EnvironmentOptions{}, fetch.WildcardOriginNotAllowed},
		{"resource policy", answer(200, acao+"*", "Cross-Origin-Resource-Policy: same-origin"), nil, *image, fetch.EnvironmentOptions{}, fetch.CrossOriginResourcePolicy},
		{"nosniff", answer(200, acao+"*", "Content-Type: text/html", "X-Content-Type-Options: nosniff"), nil, *script, fetch.EnvironmentOptions{}, fetch.BlockedByNosniff},
		{"integrity", answer(200, acao+"*").with("body"), nil, fetch.Request{URL: api + "/a", Integrity: "sha256-AAAA"}, fetch.EnvironmentOptions{}, fetch.IntegrityMismatch},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.answer.headers.Append("Cache-Control", "max-age=60")
			c := newCachedPage(t, nil, fetch.EnvironmentOptions{}, map[string][]reply{api + "/a": {tt.answer}})
			first := &fetch.Request{URL: api + "/a"}
			if tt.first != nil {
				first = tt.first
			}
			if got := c.fetch(t, first); !strings.HasPrefix(got, "200") && got != "0" {
				t.Fatal(got)
			}
			stored := c.now
			c.now = c.now.Add(time.Second)
			e := refused(t, newPage(t, c.Agent(), tt.page), &tt.then)
			if e.Reason != tt.want || e.Response.CacheState != "local" || !e.Response.Stored.Equal(stored) {
				t.Errorf("%v, %+v", e, e.Response)
			}
			if !strings.Contains(e.Error(), "came out of the HTTP cache, received 2026-01-02 03:04:06 UTC") {
				t.Error(e)
			}
			if x := e.Explain(); strings.HasPrefix(tt.name, "CORS check") != (x.Cause == "browser-cache") || !strings.Contains(x.Did, "out of its HTTP cache") {
				t.Errorf("%+v", x)
			}
			if len(c.network.sent) != 1 {
				t.Error(c.sent())
			}
		})
	}
}

// The TAO check is made on stored responses too, for the page that asks.
//
// https://fetch.spec.whatwg.org/#concept-tao-check
func TestStoredTiming(t *testing.T) {
	for _, tt := range []struct {
		name        string
		page        fetch.EnvironmentOptions
		then        fetch.Request
		first, want bool
	}{
		{"the same page", fetch.EnvironmentOptions{}, fetch.Request{URL: api + "/a"}, true, true},
		{"another page of the site", fetch.EnvironmentOptions{URL: sameSite + "/"}, fetch.Request{URL: api + "/a"}, true, false},
		{"after a stored redirect without leave", fetch.EnvironmentOptions{}, fetch.Request{URL: api + "/r"}, false, false},
		{"revalidated, leave withdrawn", fetch.EnvironmentOptions{}, fetch.Request{URL: api + "/a", Cache: "no-cache"}, true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cacheable := []string{"Cache-Control: max-age=60", acao + "*", `ETag: "a"`}
			c := newCachedPage(t, nil, fetch.EnvironmentOptions{}, map[string][]reply{
				api + "/a": {answer(200, append(cacheable, "Timing-Allow-Origin: "+app)...), answer(304, "Timing-Allow-Origin: "+cdn)},
				api + "/r": {answer(301, append(cacheable, "Location: /a")...)},
			})
			first := fetched(t, c.Environment, &fetch.Request{URL: tt.then.URL})
			if text(t, first.Body); first.TimingAllowed() != tt.first {
				t.Fatalf("of the network: %t", !tt.first)
			}
			sent := c.sent()
			resp := fetched(t, newPage(t, c.Agent(), tt.page), &tt.then)
			if got := resp.TimingAllowed(); got != tt.want {
				t.Errorf("stored: %t", got)
			}
			if asked := c.sent() != sent; asked != (tt.then.Cache != "") {
				t.Errorf("asked: %s", c.sent())
			}
		})
	}
}

// What of the cache is in memory is written without a copy, and no longer than the
// fetch lasts.
func TestStoredBodiesAreWritten(t *testing.T) {
	long := strings.Repeat("0123456789", 100_000)
	for _, tt := range []struct {
		name, body string
		headers    []string
		written    bool
	}{
		{"short", "ok", nil, true},
		{"long", long, nil, true},
		{"a content coding", "ok", []string{"Content-Encoding: deflate"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fresh := answer(200, append(tt.headers, "Cache-Control: max-age=60", acao+"*")...).with(tt.body)
			c := newCachedPage(t, nil, fetch.EnvironmentOptions{}, map[string][]reply{api + "/a": {fresh}})
			c.fetch(t, &fetch.Request{URL: api + "/a", Mode: fetch.NoCORS})
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			resp, err := c.Fetch(ctx, &fetch.Request{URL: api + "/a"})
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, written := resp.Body.(io.WriterTo)
			if written != tt.written {
				t.Fatalf("%T", resp.Body)
			}
			if !written {
				return
			}
			w := &failingWriter{room: 1}
			if n, err := body.WriteTo(w); n != 1 || err != errNoRoom {
				t.Errorf("a writer that fails: %d bytes, %v", n, err)
			}
			var got strings.Builder
			if n, err := body.WriteTo(&got); err != nil || n != int64(got.Len()) || got.String() != tt.body[1:] {
				t.Errorf("%d bytes, %v", n, err)
			}
			again, err := c.Fetch(ctx, &fetch.Request{URL: api + "/a"})
			if err != nil {
				t.Fatal(err)
			}
			left := errors.New("left")
			cancel(left)
			if n, err := io.Copy(&got, again.Body); n != 0 || !errors.Is(err, left) || asRefusal(t, err).Reason != fetch.Aborted {
				t.Errorf("after the end: %d bytes, %v", n, err)
			}
			again.Body.Close()
		})
	}
}

var errNoRoom = errors.New("no room")

// A failingWriter takes no more than there is room for.
type failingWriter struct{ room int }

func (w *failingWriter) Write(p []byte) (int, error) {
	n := min(len(p), w.room)
	if w.room -= n; n < len(p) {
		return n, errNoRoom
	}
	return n, nil
}

// A stored redirect goes through the redirect modes as one of the network.
//
// https://fetch.spec.whatwg.org/#concept-http-fetch 6
func TestStoredRedirects(t *testing.T) {
	for _, tt := range []struct {
		mode fetch.RedirectMode
		want string
	}{{"follow", "200 ok"}, {"manual", "0"}, {"error", "redirect-mode-error"}} {
		t.Run(string(tt.mode), func(t *testing.T) {
			c := newCachedPage(t, nil, fetch.EnvironmentOptions{}, map[string][]reply{
				app + "/a": {answer(301, "Location: /b", "Cache-Control: max-age=60").with(strings.Repeat("moved ", 10_000))},
				app + "/b": {answer(200, "Cache-Control: no-store").with("ok")},
			})
			c.fetch(t, &fetch.Request{URL: "/a"})
			if got := c.fetch(t, &fetch.Request{URL: "/a", Redirect: tt.mode}); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			if asked := strings.Count(c.sent(), "/a"); asked != 1 {
				t.Error(c.sent())
			}
		})
	}
}

// A response out of the cache sets no cookies, and its cookies do not keep it from
// being stored. A 304 sets those that it has.
//
// https://fetch.spec.whatwg.org/#concept-http-network-fetch 17
func TestStoredCookies(t *testing.T) {
	cookies := new(recordedCookies)
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	agent, n := newAgent(t, inTurn(map[string][]reply{app + "/a": {
		answer(200, "Cache-Control: max-age=60", `ETag: "1"`, "Set-Cookie: a=1"), answer(304, "Set-Cookie: b=1", "Cache-Control: max-age=60")}}),
		fetch.Options{Cookies: cookies, Now: func() time.Time { return now }})
	page := newPage(t, agent, fetch.EnvironmentOptions{})
	for _, want := range []string{"a=1", "a=1", "a=1 b=1", "a=1 b=1"} {
		if len(want) > 3 && len(n.sent) == 1 {
			now = now.Add(2 * time.Minute)
		}
		readAll(t, page, &fetch.Request{URL: "/a"})
		if got := strings.Join(cookies.stored, " "); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if len(n.sent) != 2 {
		t.Errorf("%d requests", len(n.sent))
	}
}

// A 401 that is stored does not keep an answer to the challenge from the server.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch 15
func TestStoredChallenge(t *testing.T) {
	refusal := answer(401, "Cache-Control: max-age=60", "Content-Length: 0", `WWW-Authenticate: Basic realm="x"`)
	asked := 0
	agent, n := newAgent(t, func(s sent) reply {
		if s.Headers.Contains("Authorization") {
			return answer(200, "Cache-Control: no-store").with("in")
		}
		return refusal
	}, fetch.Options{Authentication: credentials.NewKeyring(&credentials.KeyringOptions{Prompt: func(context.Context, credentials.PromptRequest) (string, string, bool) {
		asked++
		return "u", "p", asked > 1
	}})})
	page := newPage(t, agent, fetch.EnvironmentOptions{})
	if got := outcome(t, page, &fetch.Request{URL: "/a"}); got != "401" {
		t.Error(got)
	}
	_ = agent.Wait(t.Context())
	if got := outcome(t, page, &fetch.Request{URL: "/a"}); got != "200" || len(n.sent) != 2 {
		t.Errorf("%s, %d requests", got, len(n.sent))
	}
}

// What has nothing to do with the cache.
func TestUncached(t *testing.T) {
	fresh := answer(200, "Cache-Control: max-age=60", acao+"*", acam+"PUT").with("ok")
	c := newCachedPage(t, nil, fetch.EnvironmentOptions{}, map[string][]reply{api + "/a": {fresh}, app + "/a": {fresh}})
	for range 2 {
		c.fetch(t, &fetch.Request{URL: api + "/a", Method: "PUT"})
		c.Agent().PreflightCache().ClearAll()
	}
	if got := c.sent(); got != "OPTIONS api.test/a, PUT api.test/a, OPTIONS api.test/a, PUT api.test/a" || c.Agent().HTTPCache().Len() != 0 {
		t.Errorf("%s, %d stored", got, c.Agent().HTTPCache().Len())
	}
	// What Override answers is not stored.
	agent, _ := newAgent(t, routes{}.serve, fetch.Options{Override: func(context.Context, *fetch.OverrideRequest) (*fetch.Response, error) {
		return fetch.NewResponse(fetch.TextBody("x"), fetch.ResponseInit{Headers: headerLines("Cache-Control: max-age=60")})
	}})
	readAll(t, newPage(t, agent, fetch.EnvironmentOptions{}), &fetch.Request{URL: "/a"})
	if n := agent.HTTPCache().Len(); n != 0 {
		t.Errorf("%d stored", n)
	}
}

// Pages of one top-level site share the cache, those of others do not.
//
// https://fetch.spec.whatwg.org/#http-cache-partitions
func TestCachePartitions(t *testing.T) {
	c := newCachedPage(t, nil, fetch.EnvironmentOptions{}, map[string][]reply{api + "/a": {answer(200, "Cache-Control: max-age=60", acao+"*")}})
	for _, page := range []struct {
		url  string
		want int
	}{{app, 1}, {sameSite, 1}, {cdn, 2}, {app, 2}} {
		c.Environment = newPage(t, c.Agent(), fetch.EnvironmentOptions{URL: page.url + "/"})
		c.fetch(t, &fetch.Request{URL: api + "/a#fragment"})
		if len(c.network.sent) != page.want {
			t.Errorf("%s: %d requests, want %d", page.url, len(c.network.sent), page.want)
		}
	}
	keys := 0
	for k := range c.Agent().HTTPCache().Entries() {
		if keys++; k.URL != api+"/a" {
			t.Error(k)
		}
	}
	if keys != 2 {
		t.Errorf("%d keys", keys)
	}
}

// The switch of the developer tools.
func TestDisableHTTPCache(t *testing.T) {
	agent, n := newAgent(t, routes{app + "/a": answer(200, "Cache-Control: max-age=60")}.serve, fetch.Options{DisableHTTPCache: true})
	page := newPage(t, agent, fetch.EnvironmentOptions{})
	for range 2 {
		readAll(t, page, &fetch.Request{URL: "/a", Cache: "force-cache"})
	}
	for _, s := range n.sent {
		if s.header("Cache-Control") != "no-cache" || s.header("Pragma") != "no-cache" {
			t.Error(s.Headers)
		}
	}
	if len(n.sent) != 2 || agent.HTTPCache() != nil {
		t.Errorf("%d requests", len(n.sent))
	}
	if e := refused(t, page, &fetch.Request{URL: "/a", Mode: fetch.SameOrigin, Cache: "only-if-cached"}); e.Reason != fetch.NotCached {
		t.Error(e)
	}
	_, err := fetch.NewAgent(&fetch.Options{DisableHTTPCache: true, HTTPCache: httpcache.New(nil)})
	if err == nil || !strings.Contains(err.Error(), "contradict") {
		t.Error(err)
	}
}

// Agents can share a cache.
func TestSharedHTTPCache(t *testing.T) {
	cache := httpcache.New(nil)
	sent := 0
	for range 2 {
		agent, n := newAgent(t, routes{app + "/a": answer(200, "Cache-Control: max-age=60")}.serve, fetch.Options{HTTPCache: cache})
		readAll(t, newPage(t, agent, fetch.EnvironmentOptions{}), &fetch.Request{URL: "/a"})
		sent += len(n.sent)
	}
	if sent != 1 {
		t.Errorf("%d requests", sent)
	}
}

// A client's pages share what came over its round tripper and with its jar, and
// nothing else: it may be another user's.
func TestClientsHTTPCache(t *testing.T) {
	sent := 0
	rt := func() http.RoundTripper {
		return wireRoundTripper(func(r *http.Request) (*http.Response, error) {
			sent++
			return &http.Response{StatusCode: 200, ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{"Cache-Control": {"max-age=60"}, "Set-Cookie": {"a=1"}, "Content-Length": {"2"}},
				ContentLength: 2, Body: io.NopCloser(strings.NewReader("ok"))}, nil
		})
	}
	jar := func() http.CookieJar {
		j, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		return j
	}
	agent, err := fetch.NewAgent(nil)
	if err != nil {
		t.Fatal(err)
	}
	page := newPage(t, agent, fetch.EnvironmentOptions{})
	shared := &struct{ http.RoundTripper }{rt()}
	j := jar()
	var got []int
	for _, base := range []*http.Client{
		{Transport: shared}, {Transport: shared}, // one: 1, 1
		{Transport: shared, Jar: j}, {Transport: shared, Jar: j}, // another user: 2, 2
		{Transport: shared, Jar: jar()}, // and another: 3
		{Transport: rt()},               // functions can't be compared: 4
	} {
		resp, err := page.Client(base).Get(app + "/a")
		if err != nil {
			t.Fatal(err)
		}
		if body := text(t, resp.Body); body != "ok" || resp.Header.Get("Cache-Control") != "max-age=60" {
			t.Errorf("%q %v", body, resp.Header)
		}
		resp.Body.Close()
		got = append(got, sent)
	}
	if !slices.Equal(got, []int{1, 1, 2, 2, 3, 4}) {
		t.Error(got)
	}
	// Navigations use it, too, and show the cookies that the response had.
	sent = 0
	client := agent.Client(&http.Client{Transport: shared})
	for range 2 {
		resp, err := client.Get(app + "/b")
		if err != nil {
			t.Fatal(err)
		}
		if len(resp.Cookies()) != 1 || text(t, resp.Body) != "ok" {
			t.Error(resp.Header)
		}
		resp.Body.Close()
	}
	if sent != 1 {
		t.Errorf("%d requests", sent)
	}
}

// Content codings are stored as they came.
func TestStoredCodings(t *testing.T) {
	const hello = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\xcb\x48\xcd\xc9\xc9\x07\x00\x86\xa6\x10\x36\x05\x00\x00\x00"
	c := newCachedPage(t, nil, fetch.EnvironmentOptions{}, map[string][]reply{app + "/a": {
		answer(200, "Cache-Control: max-age=60", "Content-Encoding: gzip", "Content-Length: 25").with(hello)}})
	for range 2 {
		if got := c.fetch(t, &fetch.Request{URL: "/a"}); got != "200 hello" {
			t.Error(got)
		}
	}
	for _, r := range c.Agent().HTTPCache().Entries() {
		body, err := r.Open()
		if err != nil || text(t, body) != hello {
			t.Error(err)
		}
	}
	if len(c.network.sent) != 1 {
		t.Error(c.sent())
	}
}

// What the trace is told.
func TestTraceHTTPCache(t *testing.T) {
	c := newCachedPage(t, nil, fetch.EnvironmentOptions{}, map[string][]reply{
		app + "/a": {answer(200, "Cache-Control: max-age=60", `ETag: "1"`), answer(304)},
		app + "/b": {answer(200, "Cache-Control: no-store")},
	})
	tests := []struct {
		request fetch.Request
		wait    time.Duration
		want    string
	}{
		{fetch.Request{URL: "/a"}, 0, "miss: not stored, store"},
		{fetch.Request{URL: "/a"}, 0, "hit: fresh 1s"},
		{fetch.Request{URL: "/a"}, time.Minute, "revalidate: expired, revalidated"},
		{fetch.Request{URL: "/a", Cache: "reload"}, 0, "miss: cache mode reload, not stored: status"},
		{fetch.Request{URL: "/a", Headers: headerLines("If-None-Match: x")}, 0, "miss: conditional, not stored: conditional"},
		{fetch.Request{URL: "/b"}, 0, "miss: not stored, not stored: no-store"},
		{fetch.Request{URL: "/a", Method: "POST"}, 0, "miss: method, invalidate: method, not stored: method"},
	}
	for _, tt := range tests {
		var told []string
		tt.request.Trace = &fetch.Trace{HTTPCache: func(_ fetch.RequestInfo, u fetch.HTTPCacheUse) {
			line := u.Did
			if u.Why != "" {
				line += ": " + u.Why
			}
			if u.Did == "hit" {
				line += " " + u.Age.String()
			}
			told = append(told, line)
		}}
		c.now = c.now.Add(tt.wait)
		c.fetch(t, &tt.request)
		if got := strings.Join(told, ", "); got != tt.want {
			t.Errorf("%+v: %s, want %s", tt.request.URL, got, tt.want)
		}
	}
}
