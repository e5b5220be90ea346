package fetch_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/origin"
)

// recordedCookies gives a cookie to everyone and writes down who asked.
type recordedCookies struct {
	asked  []credentials.CookieRequest
	stored []string
}

func (c *recordedCookies) Cookie(r *credentials.CookieRequest) string {
	c.asked = append(c.asked, *r)
	return "id=1"
}

func (c *recordedCookies) SetCookies(_ *credentials.CookieRequest, values []string) {
	c.stored = append(c.stored, values...)
}

// Whether cookies are sent and kept, by credentials mode and tainting.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch 8.3, 8.21
// https://fetch.spec.whatwg.org/#concept-http-network-fetch 17
func TestCookiesByMode(t *testing.T) {
	tests := []struct {
		mode         credentials.Mode
		own, another bool
	}{{"", true, false}, {credentials.Omit, false, false}, {credentials.SameOrigin, true, false}, {credentials.Include, true, true}}
	for _, tt := range tests {
		for _, to := range []struct {
			url  string
			want bool
		}{{app, tt.own}, {api, tt.another}} {
			for _, mode := range []fetch.Mode{fetch.CORS, fetch.NoCORS} {
				t.Run(fmt.Sprintf("%s/%s/%s", tt.mode, to.url, mode), func(t *testing.T) {
					cookies := new(recordedCookies)
					agent, n := newAgent(t, routes{to.url + "/a": answer(200, acao+app, acac+"true", "Set-Cookie: a=1", "set-cookie: b=2, c")}.serve,
						fetch.Options{Cookies: cookies})
					fetched(t, newPage(t, agent, fetch.EnvironmentOptions{}), &fetch.Request{URL: to.url + "/a", Mode: mode, Credentials: tt.mode})
					if got := n.last(t); (got.header("Cookie") == "id=1") != to.want || got.Credentials != to.want {
						t.Errorf("%v, credentials %v", got.Headers, got.Credentials)
					}
					want := ""
					if to.want {
						want = "a=1|b=2, c"
					}
					if got := strings.Join(cookies.stored, "|"); got != want {
						t.Errorf("stored %q, want %q", got, want)
					}
				})
			}
		}
	}
}

// A preflight has no cookies, and sets none.
//
// https://fetch.spec.whatwg.org/#cors-protocol-and-credentials
func TestNoCookiesOnPreflight(t *testing.T) {
	cookies := new(recordedCookies)
	agent, n := newAgent(t, routes{"OPTIONS " + api + "/a": answer(204, acao+app, acac+"true", acam+"PUT", "Set-Cookie: a=1"),
		api + "/a": answer(200, acao+app, acac+"true")}.serve, fetch.Options{Cookies: cookies})
	fetched(t, newPage(t, agent, fetch.EnvironmentOptions{}), &fetch.Request{URL: api + "/a", Method: "PUT", Credentials: credentials.Include})
	if n.sent[0].Headers.Contains("Cookie") || n.sent[0].Credentials || !n.sent[1].Headers.Contains("Cookie") || len(cookies.stored) > 0 {
		t.Errorf("%v, then %v, stored %q", n.sent[0].Headers, n.sent[1].Headers, cookies.stored)
	}
	if n.sent[0].Partition != (origin.PartitionKey{}) || n.sent[1].Partition == (origin.PartitionKey{}) {
		t.Errorf("partitions %v, %v", n.sent[0].Partition, n.sent[1].Partition)
	}
}

// What a cookie store is told: the same-site mode, the partition, the time.
//
// https://fetch.spec.whatwg.org/#determine-the-same-site-mode
func TestCookieRequest(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	home, third := mustOrigin(t, app), mustOrigin(t, cdn)
	tests := []struct {
		name      string
		ancestors []origin.Origin
		request   fetch.Request
		answers   routes
		sameSite  credentials.SameSite
		top       origin.Origin
	}{
		{"own page", nil, fetch.Request{URL: "/a"}, nil, "strict-or-less", home},
		{"another site", nil, fetch.Request{URL: api + "/a"}, nil, "unset-or-less", home},
		{"frame in its own site", []origin.Origin{mustOrigin(t, sameSite)}, fetch.Request{URL: "/a"}, nil, "strict-or-less", home},
		{"frame in another site", []origin.Origin{third}, fetch.Request{URL: "/a"}, nil, "unset-or-less", third},
		{"framed twice", []origin.Origin{third, home}, fetch.Request{URL: "/a"}, nil, "unset-or-less", home},
		{"tainted across sites", nil, fetch.Request{URL: api + "/a"},
			routes{api + "/a": answer(302, acao+app, acac+"true", "Location: "+app+"/b"), app + "/b": answer(200, acao+"null", acac+"true")},
			"unset-or-less", home},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cookies := new(recordedCookies)
			if tt.answers == nil {
				tt.answers = routes{api + "/a": answer(200, acao+app, acac+"true")}
			}
			agent, n := newAgent(t, tt.answers.serve, fetch.Options{Cookies: cookies, Now: func() time.Time { return now }})
			page := newPage(t, agent, fetch.EnvironmentOptions{Ancestors: tt.ancestors})
			tt.request.Credentials = credentials.Include
			fetched(t, page, &tt.request)
			got := cookies.asked[len(cookies.asked)-1]
			if got.SameSite != tt.sameSite || got.Method != "GET" || !got.Now.Equal(now) || got.URL != n.last(t).URL {
				t.Errorf("%+v, want %v", got, tt.sameSite)
			}
			if want := (origin.PartitionKey{Site: tt.top.Site(nil)}); got.Partition != want || n.last(t).Partition != want {
				t.Errorf("partition %v, want %v", got.Partition, want)
			}
		})
	}
}

// Cookies can be switched off, and are on in an agent that nobody configured.
func TestCookiesOfAgent(t *testing.T) {
	for _, disabled := range []bool{false, true} {
		agent, n := newAgent(t, routes{app + "/a": answer(200, "Set-Cookie: id=1")}.serve, fetch.Options{DisableCookies: disabled})
		page := newPage(t, agent, fetch.EnvironmentOptions{})
		for range 2 {
			fetched(t, page, &fetch.Request{URL: "/a"})
		}
		if got := n.last(t).header("Cookie"); (got == "id=1") == disabled {
			t.Errorf("disabled %v: Cookie %q", disabled, got)
		}
		if jar, ok := agent.Cookies().(*credentials.CookieJar); ok == disabled || ok && jar.Len() != 1 || disabled && agent.Cookies() != nil {
			t.Errorf("disabled %v: %v", disabled, agent.Cookies())
		}
	}
}

// keyring is an authentication store that asks a prompt.
func keyring(prompt func(context.Context, credentials.PromptRequest) (string, string, bool)) *credentials.Keyring {
	return credentials.NewKeyring(&credentials.KeyringOptions{Prompt: prompt})
}

func basicValue(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

// guarded is a server that lets the user u in with password p.
func guarded(s sent) reply {
	if s.header("Authorization") == basicValue("u", "p") {
		return answer(200, acao+app, acac+"true").with("in")
	}
	return answer(401, acao+app, acac+"true", `WWW-Authenticate: Basic realm="here"`).with("out")
}

// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch 15
func TestAuthentication(t *testing.T) {
	body := fetch.TextBody("x")
	tests := []struct {
		name, holds string
		request     fetch.Request
		page        fetch.EnvironmentOptions
		passwords   []string // what the user answers, one prompt after another
		status      int      // of the internal response
		prompts     int
		sent        string // Authorization of each request
		reason      fetch.Reason
	}{
		{name: "own origin", holds: "15.3", request: fetch.Request{URL: "/a"}, passwords: []string{"p"}, status: 200, prompts: 1, sent: "|u:p"},
		{name: "with a body", holds: "15.2.2", request: fetch.Request{URL: "/a", Method: "POST", Body: body}, passwords: []string{"p"}, status: 200, prompts: 1, sent: "|u:p"},
		{name: "second try", holds: "15.3", request: fetch.Request{URL: "/a"}, passwords: []string{"x", "p"}, status: 200, prompts: 2, sent: "|u:x|u:p"},
		{name: "no answer", holds: "15.3", request: fetch.Request{URL: "/a"}, status: 401, prompts: 1, sent: ""},
		{name: "same wrong answer", holds: "15.3", request: fetch.Request{URL: "/a"}, passwords: []string{"x", "x"}, status: 401, prompts: 2, sent: "|u:x"},
		{name: "omit", holds: "15: includeCredentials", request: fetch.Request{URL: "/a", Credentials: credentials.Omit}, passwords: []string{"p"}, status: 401, sent: ""},
		{name: "cors", holds: `15: response tainting is not "cors"`, request: fetch.Request{URL: api + "/a", Credentials: credentials.Include},
			passwords: []string{"p"}, status: 401, sent: ""},
		{name: "opaque", holds: `15: response tainting is not "cors"`,
			request: fetch.Request{URL: api + "/a", Mode: fetch.NoCORS, Credentials: credentials.Include}, passwords: []string{"p"}, status: 200, prompts: 1, sent: "|u:p"},
		{name: "worker", holds: "15: traversable for user prompts", request: fetch.Request{URL: "/a"}, page: fetch.EnvironmentOptions{Worker: true},
			passwords: []string{"p"}, status: 401, sent: ""},
		{name: "stream", holds: "15.2.1", request: fetch.Request{URL: "/a", Method: "POST", Body: fetch.StreamBody(strings.NewReader("x")), Duplex: "half"},
			passwords: []string{"p"}, sent: "", reason: fetch.BodyNotReplayable},
		{name: "body that can be read once", holds: "15.2.2",
			request:   fetch.Request{URL: "/a", Method: "POST", Body: fetch.OnceBody(strings.NewReader("x"), 1, "")},
			passwords: []string{"p"}, prompts: 1, sent: "", reason: fetch.BodyNotReplayable},
		{name: "Authorization of script's own", holds: "8.21.2", request: fetch.Request{URL: "/a", Headers: headerLines("Authorization: " + basicValue("s", "s"))},
			passwords: []string{"p", "p"}, status: 401, prompts: 2, sent: "s:s|s:s"},
		{name: "URL of XMLHttpRequest", holds: "8.21.2.3, 15.3", request: fetch.Request{URL: "https://u:p@app.example/a", API: "xhr"}, status: 200, sent: "|u:p"},
		{name: "wrong URL of XMLHttpRequest", holds: "15.3", request: fetch.Request{URL: "https://u:x@app.example/a", API: "xhr"},
			passwords: []string{"p"}, status: 200, prompts: 1, sent: "|u:x|u:p"},
		{name: "URL of XMLHttpRequest across origins", holds: `15: response tainting is not "cors"`,
			request: fetch.Request{URL: "https://u:p@api.test/a", API: "xhr", Credentials: credentials.Include}, status: 401, sent: ""},
		{name: "URL of an element", holds: "8.21.2.3", request: *fetch.Element("img").Request("https://u:p@api.test/a", ""), status: 200, sent: "|u:p"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			prompts := 0
			store := keyring(func(_ context.Context, p credentials.PromptRequest) (string, string, bool) {
				prompts++
				if p.Realm != "here" || prompts > len(tt.passwords) {
					return "", "", false
				}
				return "u", tt.passwords[prompts-1], true
			})
			agent, n := newAgent(t, guarded, fetch.Options{Authentication: store})
			page := newPage(t, agent, tt.page)
			if tt.reason != 0 {
				e := refused(t, page, &tt.request)
				if e.Reason != tt.reason || e.Header != "WWW-Authenticate" || e.Response.Status != 401 {
					t.Errorf("%+v", refusalOf(e))
				}
			} else if got := fetched(t, page, &tt.request).Internal().Status; got != tt.status {
				t.Errorf("status %d, want %d: %s", got, tt.status, tt.holds)
			}
			var values []string
			for _, s := range n.sent {
				value, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(s.header("Authorization"), "Basic "))
				values = append(values, string(value))
				if s.body != n.sent[0].body {
					t.Errorf("body %q after %q", s.body, n.sent[0].body)
				}
			}
			if got := strings.Join(values, "|"); got != tt.sent || prompts != tt.prompts {
				t.Errorf("sent %q after %d prompts, want %q after %d: %s", got, prompts, tt.sent, tt.prompts, tt.holds)
			}
		})
	}
}

// An entry once accepted is used without being asked, within its server, and
// never for a URL with credentials of its own.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch 8.21.2.2, 18
func TestAuthenticationEntry(t *testing.T) {
	prompts := 0
	store := keyring(func(context.Context, credentials.PromptRequest) (string, string, bool) {
		prompts++
		return "u", "p", true
	})
	agent, n := newAgent(t, func(s sent) reply {
		if s.URL.Path() == "/go" {
			return answer(302, "Location: "+api+"/a")
		}
		return guarded(s)
	}, fetch.Options{Authentication: store})
	page := newPage(t, agent, fetch.EnvironmentOptions{})
	fetched(t, page, &fetch.Request{URL: "/a"})
	fetched(t, page, &fetch.Request{URL: "/b"})
	if len(n.lines()) != 3 || prompts != 1 {
		t.Errorf("%q after %d prompts", n.lines(), prompts)
	}
	fetched(t, page, &fetch.Request{URL: "/go"}) // to another origin, with CORS and without credentials
	if got := n.last(t); got.Headers.Contains("Authorization") || got.URL.Origin().String() != api {
		t.Errorf("%v: %v", got, got.Headers)
	}
	fetched(t, page, &fetch.Request{URL: "https://x:y@app.example/c", API: "xhr"})
	if got := n.sent[5]; got.URL.Path() != "/c" || got.Headers.Contains("Authorization") {
		t.Errorf("entry used for a URL with credentials: %v: %v", got, got.Headers)
	}
}

// Nobody is asked on behalf of a preflight.
func TestAuthenticationOfPreflight(t *testing.T) {
	store := keyring(func(context.Context, credentials.PromptRequest) (string, string, bool) {
		t.Error("the user was asked")
		return "u", "p", true
	})
	agent, n := newAgent(t, guarded, fetch.Options{Authentication: store})
	e := refused(t, newPage(t, agent, fetch.EnvironmentOptions{}), &fetch.Request{URL: api + "/a", Method: "PUT", Credentials: credentials.Include})
	if e.Reason != fetch.PreflightInvalidStatus || e.Response.Status != 401 || len(n.lines()) != 1 {
		t.Errorf("%v, sent %q", e, n.lines())
	}
}

// A user who takes too long is not waited for.
func TestAuthenticationAborted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	store := keyring(func(prompt context.Context, _ credentials.PromptRequest) (string, string, bool) {
		cancel()
		<-prompt.Done()
		return "u", "p", true
	})
	agent, n := newAgent(t, guarded, fetch.Options{Authentication: store})
	_, err := newPage(t, agent, fetch.EnvironmentOptions{}).Fetch(ctx, &fetch.Request{URL: "/a"})
	if !errors.Is(err, fetch.Aborted) || len(n.lines()) != 1 {
		t.Errorf("%v, sent %q", err, n.lines())
	}
}

// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch 17
func TestMisdirectedRequest(t *testing.T) {
	tests := []struct {
		name    string
		body    *fetch.Body
		answers []int
		status  int
		fresh   []bool // NewConnection of each request
	}{
		{"once", nil, []int{421, 200}, 200, []bool{false, true}},
		{"twice", nil, []int{421, 421, 200}, 421, []bool{false, true}},
		{"with a source", fetch.TextBody("x"), []int{421, 200}, 200, []bool{false, true}},
		{"without", fetch.StreamBody(strings.NewReader("x")), []int{421, 200}, 421, []bool{false}},
		{"read once", fetch.OnceBody(strings.NewReader("x"), 1, ""), []int{421, 200}, 421, []bool{false}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			i := -1
			page, n := standardPage(t, func(sent) reply { i++; return answer(tt.answers[i]) })
			resp := fetched(t, page, &fetch.Request{URL: "/a", Method: "POST", Body: tt.body, Duplex: "half"})
			var fresh []bool
			for _, s := range n.sent {
				fresh = append(fresh, s.NewConnection)
				if s.body != n.sent[0].body {
					t.Errorf("body %q", s.body)
				}
			}
			if resp.Status != tt.status || !slices.Equal(fresh, tt.fresh) {
				t.Errorf("%d after %v", resp.Status, fresh)
			}
		})
	}
}

// Nothing is sent again for a caller who has left.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch 17.1
func TestMisdirectedRequestAborted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	page, n := standardPage(t, func(sent) reply { cancel(); return answer(421) })
	_, err := page.Fetch(ctx, &fetch.Request{URL: "/a"})
	if e := asRefusal(t, err); e.Reason != fetch.Aborted || e.Exception() != "AbortError" || len(n.lines()) != 1 {
		t.Errorf("%v, sent %q", err, n.lines())
	}
}

// The page's keepalive bodies in flight, together.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch 8.10
func TestKeepaliveQuota(t *testing.T) {
	const quota = 64 << 10
	post := func(n int) *fetch.Request {
		return &fetch.Request{URL: "/a", Method: "POST", Keepalive: true, Body: fetch.BytesBody(make([]byte, n), "")}
	}
	done := func(t *testing.T, page *fetch.Environment, r *fetch.Request) {
		t.Helper()
		fetched(t, page, r).Body.Close()
	}
	over := func(t *testing.T, page *fetch.Environment, n int) {
		t.Helper()
		if e := refused(t, page, post(n)); e.Reason != fetch.KeepaliveQuota {
			t.Error(e)
		}
	}
	t.Run("one after another", func(t *testing.T) {
		page, _ := standardPage(t, routes{}.serve)
		done(t, page, post(quota))
		done(t, page, post(quota))
		over(t, page, quota+1)
		r := post(quota + 1)
		r.Keepalive = false
		done(t, page, r)
	})
	t.Run("after what main fetch refuses", func(t *testing.T) {
		for _, early := range []bool{false, true} {
			profile := fetch.Standard()
			profile.Request.KeepaliveEarly = early
			page, n := profiledPage(t, profile, routes{}.serve, fetch.EnvironmentOptions{URL: app + "/"})
			r := post(quota + 1)
			r.URL, r.Mode = api+"/a", fetch.SameOrigin
			if e := refused(t, page, r); e.Reason != fetch.DisallowedByMode || len(n.lines()) > 0 {
				t.Errorf("early: %t: %v", early, e)
			}
		}
	})
	t.Run("until the response's end", func(t *testing.T) {
		page, _ := standardPage(t, routes{app + "/none": answer(204)}.serve)
		resp := fetched(t, page, post(quota))
		over(t, page, 1)
		_ = text(t, resp.Body)
		resp = fetched(t, page, post(quota))
		over(t, page, 1)
		resp.Body.Close()
		resp.Body.Close() // counts once
		r := post(quota)
		r.URL = "/none"
		fetched(t, page, r)
		fetched(t, page, post(quota))
		over(t, page, 1)
	})
	t.Run("at the same time", func(t *testing.T) {
		var page, other *fetch.Environment
		first := true
		page, _ = standardPage(t, func(sent) reply {
			if first {
				first = false
				done(t, page, post(20<<10))
				over(t, page, 20<<10+1)
				done(t, other, post(quota)) // each page has a quota of its own
			}
			return answer(200)
		})
		other = newPage(t, page.Agent(), fetch.EnvironmentOptions{})
		done(t, page, post(44<<10))
		done(t, page, post(quota))
	})
	t.Run("of failures", func(t *testing.T) {
		page, _ := standardPage(t, func(sent) reply { return reply{err: errDown} })
		for range 2 {
			if e := refused(t, page, post(quota)); e.Reason != fetch.NetworkFailure {
				t.Error(e)
			}
		}
	})
	t.Run("sent again", func(t *testing.T) {
		// The request that is answered with 421, 401 or 307 is not in flight
		// beside its own repetition.
		statuses := []int{421, 401, 307, 200}
		store := keyring(func(context.Context, credentials.PromptRequest) (string, string, bool) { return "u", "p", true })
		i := -1
		agent, n := newAgent(t, func(sent) reply {
			i++
			return answer(statuses[i], "Location: /b", "WWW-Authenticate: Basic")
		}, fetch.Options{Authentication: store})
		resp := fetched(t, newPage(t, agent, fetch.EnvironmentOptions{}), post(quota))
		if resp.Status != 200 || len(n.lines()) != 4 {
			t.Errorf("%d after %q", resp.Status, n.lines())
		}
	})
}

// The headers of the cache modes, with and without headers of script's own.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch 8.16 to 8.18
func TestCacheModes(t *testing.T) {
	tests := []struct {
		name                 string
		mode                 fetch.CacheMode
		headers              []string
		cacheControl, pragma string
	}{
		{"default", "default", nil, "", ""},
		{"no-store", "no-store", nil, "no-cache", "no-cache"},
		{"reload", "reload", nil, "no-cache", "no-cache"},
		{"no-cache", "no-cache", nil, "max-age=0", ""},
		{"force-cache", "force-cache", nil, "", ""},
		{"script's Cache-Control", "no-store", []string{"cache-control: x"}, "x", "no-cache"},
		{"script's Pragma", "reload", []string{"pragma: x"}, "no-cache", "x"},
		{"script's Cache-Control and no-cache", "no-cache", []string{"Cache-Control: x"}, "x", ""},
		{"If-None-Match", "", []string{"If-None-Match: x"}, "no-cache", "no-cache"},
		{"If-Modified-Since", "", []string{"if-modified-since: x"}, "no-cache", "no-cache"},
		{"If-Unmodified-Since", "", []string{"If-Unmodified-Since: x"}, "no-cache", "no-cache"},
		{"If-Match", "", []string{"If-Match: x"}, "no-cache", "no-cache"},
		{"If-Range", "", []string{"If-Range: x"}, "no-cache", "no-cache"},
		{"If-None-Match and force-cache", "force-cache", []string{"If-None-Match: x"}, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, n := standardPage(t, routes{}.serve)
			fetched(t, page, &fetch.Request{URL: "/a", Cache: tt.mode, Headers: headerLines(tt.headers...)})
			if got := n.last(t); got.header("Cache-Control") != tt.cacheControl || got.header("Pragma") != tt.pragma {
				t.Errorf("Cache-Control %q, Pragma %q", got.header("Cache-Control"), got.header("Pragma"))
			}
			fetched(t, page, &fetch.Request{URL: api + "/a", Method: "PUT", Cache: tt.mode, Headers: headerLines(tt.headers...)})
			if got := n.sent[1]; !got.Preflight || got.Headers.Contains("Cache-Control") || got.Headers.Contains("Pragma") {
				t.Errorf("preflight %v", got.Headers)
			}
		})
	}
}
