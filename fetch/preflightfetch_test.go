package fetch_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/preflightcache"
)

// https://fetch.spec.whatwg.org/#cors-preflight-fetch-0 1 to 6
func TestPreflightAsSent(t *testing.T) {
	page, n := standardPage(t, routes{"OPTIONS " + api + "/a?q": answer(204, acao+app, acac+"true", acam+"PUT", acah+"x-a,X-B,content-type"),
		api + "/a?q": answer(200, acao+app, acac+"true")}.serve)
	fetched(t, page, &fetch.Request{URL: api + "/a?q#f", Method: "PUT", Credentials: credentials.Include, Body: fetch.BytesBody([]byte("{}"), "application/json"),
		Headers: headerLines("x-b: 1", "X-A: 2", "x-a: 3", "Accept: a/b", "Accept-Language: de"), Cache: "reload"})
	var lines []string
	for _, h := range n.sent[0].Headers {
		lines = append(lines, h.Name+": "+h.Value)
	}
	want := []string{"Accept: */*", "Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: content-type,x-a,x-b",
		"Referer: " + app + "/", "Origin: " + app, "Sec-Fetch-Dest: empty", "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: cross-site",
		"User-Agent: " + defaultUserAgent, "Accept-Encoding: gzip, deflate"}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	if got := n.sent[0]; !got.Preflight || got.Credentials || got.Body != nil || got.String() != "OPTIONS "+api+"/a?q" {
		t.Errorf("%+v", got)
	}
}

// What is enough of a permission.
//
// https://fetch.spec.whatwg.org/#cors-preflight-fetch-0 7
func TestPreflightAllows(t *testing.T) {
	many := make([]string, 40)
	for i := range many {
		many[i] = fmt.Sprintf("X-%d", i)
	}
	tests := []struct {
		name, holds string
		request     fetch.Request
		allow       []string
		included    bool
		reason      fetch.Reason
	}{
		{"method and headers", "7.5, 7.7", fetch.Request{Method: "PUT", Headers: headerLines("X-A: 1")}, []string{acam + "PUT", acah + "x-a"}, false, 0},
		{"several header lines", "7.1, 7.2", fetch.Request{Method: "PUT", Headers: headerLines("X-A: 1", "X-B: 1")},
			[]string{acam + "DELETE", acam + "PUT", acah + "x-b", acah + "x-a"}, false, 0},
		{"case of header names", "7.7", fetch.Request{Headers: headerLines("X-A: 1")}, []string{acah + "X-a"}, false, 0},
		{"a long list", "7.7", fetch.Request{Headers: headerLines("x-39: 1", "X-0: 1")}, []string{acah + strings.Join(many, ", ")}, false, 0},
		{"a long list without it", "7.7", fetch.Request{Headers: headerLines("x-40: 1")}, []string{acah + strings.Join(many, ", ")}, false, fetch.HeaderDisallowed},
		{"safelisted method needs no listing", "7.5", fetch.Request{Method: "POST", Headers: headerLines("X-A: 1")}, []string{acam + "PUT", acah + "*"}, false, 0},
		{"wildcards", "7.5, 7.7", fetch.Request{Method: "PATCH", Headers: headerLines("X-A: 1")}, []string{acam + "*", acah + "*"}, false, 0},
		{"wildcard method and credentials", "7.5", fetch.Request{Method: "PUT"}, []string{acam + "*"}, true, fetch.MethodDisallowed},
		{"wildcard header and credentials", "7.7", fetch.Request{Method: "PUT", Headers: headerLines("X-A: 1")}, []string{acam + "PUT", acah + "*"}, true, fetch.HeaderDisallowed},
		{"a method called *", "7.5", fetch.Request{Method: "*"}, []string{acam + "*"}, true, 0},
		{"a header called *", "7.7", fetch.Request{Headers: headerLines("*: 1")}, []string{acah + "*"}, true, 0},
		{"authorization by name", "7.6", fetch.Request{Headers: headerLines("Authorization: x")}, []string{acah + "*, authorization"}, false, 0},
		{"authorization and credentials", "7.6", fetch.Request{Headers: headerLines("Authorization: x")}, []string{acah + "*"}, true, fetch.HeaderDisallowed},
		{"empty members", "extract header list values", fetch.Request{Method: "PUT"}, []string{acam + ", PUT,,"}, false, 0},
		{"no list is failure only if malformed", "7.3", fetch.Request{Headers: headerLines("X-A: 1")}, []string{acam + "P UT", acah + "x-a"}, false, fetch.InvalidAllowMethods},
		{"upload listener", "7.4", fetch.Request{API: "xhr", Method: "POST", UploadListener: true}, nil, false, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			common := []string{acao + app, acac + "true"}
			page, _ := standardPage(t, routes{"OPTIONS " + api + "/a": answer(299, append(common, tt.allow...)...), api + "/a": answer(200, common...)}.serve)
			tt.request.URL = api + "/a"
			if tt.included {
				tt.request.Credentials = credentials.Include
			}
			if tt.reason == 0 {
				fetched(t, page, &tt.request)
			} else if e := refused(t, page, &tt.request); e.Reason != tt.reason || e.Stage != "preflight" {
				t.Errorf("%v: step %s", e, tt.holds)
			}
		})
	}
}

// How long a preflight is remembered.
//
// https://fetch.spec.whatwg.org/#cors-preflight-fetch-0 7.8 to 7.10
func TestPreflightMaxAge(t *testing.T) {
	tests := []struct {
		name   string
		values []string
		want   time.Duration
	}{
		{"none", nil, 5 * time.Second},
		{"seconds", []string{"600"}, 600 * time.Second},
		{"zeros", []string{"0060"}, time.Minute},
		{"zero", []string{"0"}, 0},
		{"limit", []string{"7200"}, 2 * time.Hour},
		{"beyond the limit", []string{"7201"}, 2 * time.Hour},
		{"beyond 64 bits", []string{"99999999999999999999"}, 2 * time.Hour},
		{"beyond a duration", []string{"9223372036854775807"}, 2 * time.Hour},
		{"negative", []string{"-1"}, 5 * time.Second},
		{"plus", []string{"+60"}, 5 * time.Second},
		{"fraction", []string{"60.5"}, 5 * time.Second},
		{"words", []string{"long"}, 5 * time.Second},
		{"empty", []string{""}, 5 * time.Second},
		{"two", []string{"60", "60"}, 5 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := maxAge(t, fetch.Standard(), tt.values...); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

// maxAge is how long a preflight with values of Access-Control-Max-Age serves
// a page of a profile.
func maxAge(t *testing.T, p *fetch.Profile, values ...string) time.Duration {
	t.Helper()
	lines := []string{acao + "*", acam + "PUT"}
	for _, value := range values {
		lines = append(lines, "Access-Control-Max-Age: "+value)
	}
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	agent, _ := newAgent(t, routes{"OPTIONS " + api + "/a": answer(204, lines...)}.serve, fetch.Options{Profile: p, Now: func() time.Time { return now }})
	fetched(t, newPage(t, agent, fetch.EnvironmentOptions{}), &fetch.Request{URL: api + "/a", Method: "PUT"})
	for e := range agent.PreflightCache().Entries() {
		return e.MaxAge
	}
	return 0
}

// preflights are the methods that a page was sent preflights for, in order of
// the fetches.
func preflights(n *network) int {
	count := 0
	for _, s := range n.sent {
		if s.Preflight {
			count++
		}
	}
	return count
}

// What a second request may leave out, and what makes the first one forgotten.
//
// https://fetch.spec.whatwg.org/#cors-preflight-cache
func TestPreflightCache(t *testing.T) {
	put := fetch.Request{URL: api + "/a", Method: "PUT", Headers: headerLines("X-A: 1")}
	with := func(change func(*fetch.Request)) fetch.Request {
		r := put
		change(&r)
		return r
	}
	tests := []struct {
		name  string
		first fetch.Request
		then  fetch.Request
		later time.Duration
		again bool // the second is preflighted
	}{
		{"the same", put, put, 0, false},
		{"before it is over", put, put, 60*time.Second - 1, false},
		{"when it is over", put, put, 60 * time.Second, true},
		{"fewer headers", put, fetch.Request{URL: api + "/a", Method: "PUT"}, 0, false},
		{"another listed method", put, fetch.Request{URL: api + "/a", Method: "DELETE"}, 0, false},
		{"another method", put, fetch.Request{URL: api + "/a", Method: "PATCH"}, 0, true},
		{"another listed header", put, fetch.Request{URL: api + "/a", Headers: headerLines("x-b: 1")}, 0, false},
		{"another header", put, fetch.Request{URL: api + "/a", Headers: headerLines("x-c: 1")}, 0, true},
		{"another URL", put, with(func(r *fetch.Request) { r.URL += "?q" }), 0, true},
		{"another fragment", put, with(func(r *fetch.Request) { r.URL += "#f" }), 0, true},
		{"with credentials after without", put, with(func(r *fetch.Request) { r.Credentials = credentials.Include }), 0, true},
		{"without credentials after with", with(func(r *fetch.Request) { r.Credentials = credentials.Include }), put, 0, false},
		{"cache mode of no consequence", put, with(func(r *fetch.Request) { r.Cache = "reload" }), 0, false},
	}
	allow := []string{acao + app, acac + "true", acam + "PUT, DELETE, PATCH", acah + "x-a, x-b, x-c", "Access-Control-Max-Age: 60"}
	narrow := []string{acao + app, acac + "true", acam + "PUT, DELETE", acah + "x-a, x-b", "Access-Control-Max-Age: 60"}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			first := true
			agent, n := newAgent(t, func(s sent) reply {
				if s.Preflight && first {
					first = false
					return answer(204, narrow...)
				}
				return answer(200, allow...)
			}, fetch.Options{Now: func() time.Time { return now }})
			page := newPage(t, agent, fetch.EnvironmentOptions{})
			fetched(t, page, &tt.first)
			now = now.Add(tt.later)
			fetched(t, page, &tt.then)
			want := 1
			if tt.again {
				want = 2
			}
			if got := preflights(n); got != want {
				t.Errorf("%q", n.lines())
			}
		})
	}
}

// Who shares an entry: the same origin in the same partition.
func TestPreflightCacheKeys(t *testing.T) {
	agent, n := newAgent(t, routes{}.serve, fetch.Options{})
	put := &fetch.Request{URL: api + "/a", Method: "PUT"}
	for _, tt := range []struct {
		name string
		page fetch.EnvironmentOptions
		want int
	}{
		{"first", fetch.EnvironmentOptions{}, 1},
		{"another page of the origin", fetch.EnvironmentOptions{URL: app + "/other"}, 1},
		{"another origin", fetch.EnvironmentOptions{URL: sameSite}, 2},
		{"framed elsewhere", fetch.EnvironmentOptions{Ancestors: []origin.Origin{mustOrigin(t, cdn)}}, 3},
		{"sandboxed", fetch.EnvironmentOptions{Sandboxed: true}, 4},
		{"sandboxed again", fetch.EnvironmentOptions{Sandboxed: true}, 5}, // its partition is its own
	} {
		fetched(t, newPage(t, agent, tt.page), put)
		if got := preflights(n); got != tt.want {
			t.Errorf("%s: %d preflights, want %d", tt.name, got, tt.want)
		}
	}
	agent.PreflightCache().ClearAll()
	fetched(t, newPage(t, agent, fetch.EnvironmentOptions{}), put)
	if got := preflights(n); got != 6 {
		t.Errorf("%d preflights after clearing", got)
	}
	// A cache may be shared between agents.
	other, m := newAgent(t, routes{}.serve, fetch.Options{PreflightCache: agent.PreflightCache()})
	fetched(t, newPage(t, other, fetch.EnvironmentOptions{}), put)
	if preflights(m) != 0 {
		t.Error("not shared")
	}
}

// A network error clears the entries of its request, wherever it came from.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch 12.3
func TestPreflightCacheIsCleared(t *testing.T) {
	for name, fail := range map[string]reply{"CORS check": answer(200), "network": {err: errDown}, "redirect": answer(302, acao+"*", "Location: x:")} {
		t.Run(name, func(t *testing.T) {
			servers := routes{}
			page, n := standardPage(t, servers.serve)
			put := &fetch.Request{URL: api + "/a", Method: "PUT"}
			fetched(t, page, put)
			servers["PUT "+api+"/a"] = fail
			_ = refused(t, page, put)
			delete(servers, "PUT "+api+"/a")
			fetched(t, page, put)
			if got := preflights(n); got != 2 {
				t.Errorf("%q", n.lines())
			}
		})
	}
}

// The entries made are what the server listed.
func TestPreflightEntries(t *testing.T) {
	agent, _ := newAgent(t, routes{"OPTIONS " + api + "/a": answer(204, acao+"*", acam+"PUT, *", acah+"X-A")}.serve, fetch.Options{})
	fetched(t, newPage(t, agent, fetch.EnvironmentOptions{}), &fetch.Request{URL: api + "/a#f", Method: "PUT"})
	var got []string
	for e := range agent.PreflightCache().Entries() {
		if e.Key != (preflightcache.Key{Partition: origin.PartitionKey{Site: mustOrigin(t, app).Site(nil)}, Origin: app, URL: api + "/a#f"}) {
			t.Errorf("%+v", e.Key)
		}
		got = append(got, e.Method+"/"+e.HeaderName)
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{"*/", "/X-A", "PUT/"}, got); diff != "" {
		t.Error(diff)
	}
}
