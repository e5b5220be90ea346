package httpcache_test

import (
	"testing"
	"time"

	"github.com/browsercors/browsercors/httpcache"
	"github.com/browsercors/browsercors/internal/rules"
)

// No-Vary-Search, as Chromium was seen to read it and as the draft has it.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-no-vary-search.html
func TestNoVarySearch(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ header, first, second, want string }{
		{"params", "?x=1", "?x=2", "hit"},
		{"params", "?x=1", "", "hit"},
		{"params=?1", "?x=1", "?y", "hit"},
		{"params=?0", "?x=1", "?x=2", "ask"},
		{`params=("x")`, "?x=1&y=1", "?x=2&y=1", "hit"},
		{`params=("x")`, "?x=1&y=1", "?y=1", "hit"},
		{`params=("x")`, "?x=1&y=1", "?x=2&y=2", "ask"},
		{`params=("x" "y");a;b, z`, "?x=1&y=1", "?x=2&y=2", "hit"},
		{`params=( "x";q  "y" )`, "?x=1", "?y=2", "hit"},
		{`params=("a b%c3")`, "?a+b%C3=1", "?a%20b%c3=2", "hit"},
		{`params=("%")`, "?%=1", "?%25=2", "hit"},
		{"key-order", "?a=1&b=2", "?b=2&a=1", "hit"},
		{"key-order", "?a=1&a=2", "?a=2&a=1", "ask"},
		{"key-order=?0", "?a=1&b=2", "?b=2&a=1", "ask"},
		{`params, except=("y")`, "?x=1&y=1", "?z=2&y=1", "hit"},
		{`params, except=("y")`, "?x=1&y=1", "?x=1&y=2", "ask"},
		{`except=("y")`, "?x=1&y=1", "?x=2&y=1", "ask"},
		{`params=("x"), except=("y")`, "?x=1", "?x=2", "ask"},
		{"params=x", "?x=1", "?x=2", "ask"},
		{"params=(x)", "?x=1", "?x=2", "ask"},
		{`params=("x`, "?x=1", "?x=2", "ask"},
		{`params=("x"`, "?x=1", "?x=2", "ask"},
		{`params=("x""y")`, "?x=1", "?x=2", "ask"},
		{"params,", "?x=1", "?x=2", "ask"},
		{"params params", "?x=1", "?x=2", "ask"},
		{"Params", "?x=1", "?x=2", "ask"},
		{"key-order=1", "?x=1&y=2", "?y=2&x=1", "ask"},
		{"", "?x=1", "?x=2", "ask"},
	} {
		response := minute + "|" + tag + "|No-Vary-Search: " + test.header
		got := play(t, rules.HTTPCache{NoVarySearch: true}, visit{url: "/a" + test.first, response: response}, visit{url: "/a" + test.second})
		if got != test.want {
			t.Errorf("%s, %s and %s: %s, want %s", test.header, test.first, test.second, got, test.want)
		}
	}
	all := rules.HTTPCache{NoVarySearch: true}
	any := minute + "|" + tag + "|Vary: A|No-Vary-Search: params"
	for _, test := range []struct {
		name   string
		visits []visit
		want   string
	}{
		{"another path", twice(visit{url: "/a?1", response: any}, visit{url: "/b?1"}), "ask"},
		{"Vary", twice(visit{url: "/a?1", response: any}, visit{url: "/a?2", request: "A: 1"}), "ask"},
		{"a stale one is not validated for another URL", twice(visit{url: "/a?1", response: any}, visit{url: "/a?2", pause: time.Hour}), "ask"},
		{"the URL itself is", twice(visit{url: "/a?1", response: any}, visit{url: "/a?1", pause: time.Hour}), "etag"},
		{"gone", []visit{{url: "/a?1", response: any}, {method: "POST", url: "/a?1"}, {url: "/a?2"}}, "ask, ask"},
		{"the latest", []visit{{url: "/a?1", response: any, content: "1"}, {url: "/a?2", request: "A: 1", response: any, content: "2"}, {url: "/a?3", request: "A: 1"}}, "ask 2, hit 2"},
	} {
		if got := play(t, all, test.visits...); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// A cache with a store of its own ignores No-Vary-Search: each URL has a response of
// its own there, and keeps the header.
func TestNoVarySearchInDirectory(t *testing.T) {
	t.Parallel()
	c, _ := newCache(httpcache.Options{Store: openDirectory(t, t.TempDir()), Rules: rules.HTTPCache{NoVarySearch: true}})
	one, two := key, key
	one.URL, two.URL = key.URL+"?x=1", key.URL+"?x=2"
	store(t, c, one, get(), answer(200, "one", minute, "No-Vary-Search: params"))
	if s := c.Select(two, get()); s.Response != nil || s.Why != "not stored" {
		t.Errorf("%q, %q", s.State, s.Why)
	}
	store(t, c, two, get(), answer(200, "two", minute, "No-Vary-Search: params"))
	for _, test := range []struct {
		key  httpcache.Key
		want string
	}{{one, "one"}, {two, "two"}} {
		s := c.Select(test.key, get())
		if value, _ := s.Headers().Get("No-Vary-Search"); s.State != "fresh" || value != "params" || text(t, s.Response) != test.want {
			t.Errorf("%s: %q, %q", test.key.URL, s.State, value)
		}
	}
}
