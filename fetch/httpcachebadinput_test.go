package fetch_test

import (
	"context"
	"io"
	"runtime"
	"testing"
	"time"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/httpcache"
)

// An endlessServer answers with a body that never ends.
type endlessServer struct{ closed int }

// RoundTrip implements [fetch.Transport].
func (s *endlessServer) RoundTrip(context.Context, *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	return &fetch.NetworkResponse{Status: 200, Headers: headerLines("Cache-Control: max-age=60"), Body: s}, nil
}

func (s *endlessServer) Read(p []byte) (int, error) { clear(p); return len(p), nil }
func (s *endlessServer) Close() error               { s.closed++; return nil }

// A body that never ends is handed over as it comes. It takes no more memory than an
// entry of the cache may have, and nothing of it is stored, also where the cache reads
// on for others.
func TestEndlessBody(t *testing.T) {
	const limit, read = 1 << 20, 64 << 20
	for name, reserve := range map[string]time.Duration{"alone": 0, "for others": time.Second} {
		t.Run(name, func(t *testing.T) {
			p := fetch.Standard()
			p.HTTPCache.ReserveFor = reserve
			server := new(endlessServer)
			cache := httpcache.New(&httpcache.Options{Limits: httpcache.Limits{EntryBytes: limit}, Rules: p.HTTPCache})
			agent, err := fetch.NewAgent(&fetch.Options{Profile: p, Transport: server, HTTPCache: cache})
			if err != nil {
				t.Fatal(err)
			}
			defer agent.Close()
			resp, err := newPage(t, agent, fetch.EnvironmentOptions{}).Fetch(t.Context(), &fetch.Request{URL: "/a"})
			if err != nil {
				t.Fatal(err)
			}
			before := heap()
			if n, err := io.CopyN(io.Discard, resp.Body, read); err != nil {
				t.Errorf("%d bytes: %v", n, err)
			}
			if used := heap() - before; used > 4*limit {
				t.Errorf("%d bytes of memory after %d of the body", used, read)
			}
			resp.Body.Close()
			if err := agent.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			if cache.Len() != 0 || server.closed != 1 {
				t.Errorf("%d stored, closed %d times", cache.Len(), server.closed)
			}
		})
	}
}

// heap is how much memory is in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// A 304 to a request that asked for no validation is what script gets. It is not
// stored, and freshens nothing.
func TestUnaskedNotModified(t *testing.T) {
	fresh := answer(200, "Cache-Control: no-cache").with("ok")
	for name, replies := range map[string][]reply{
		"nothing is stored":               {answer(304, "Cache-Control: max-age=60"), fresh},
		"what is stored has no validator": {fresh, answer(304, "Cache-Control: max-age=60"), fresh},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCachedPage(t, nil, fetch.EnvironmentOptions{}, map[string][]reply{app + "/a": replies})
			for i, r := range replies {
				want := "200 ok"
				if r.status == 304 {
					want = "304"
				}
				if got := c.fetch(t, &fetch.Request{URL: "/a"}); got != want {
					t.Errorf("request %d: %q, want %q", i, got, want)
				}
			}
			if n := len(c.network.sent); n != len(replies) {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// Headers of a response that contradict each other are read as RFC 9111 says, whatever
// their order: the answer reaches script in any case.
func TestContradictingHeaders(t *testing.T) {
	for _, tt := range []struct {
		headers []string
		stored  bool // and fresh
	}{
		{[]string{"Cache-Control: max-age=60", "Cache-Control: no-store"}, false},
		{[]string{"Cache-Control: no-store, max-age=60"}, false},
		{[]string{"Cache-Control: max-age=60, no-cache"}, false},
		{[]string{"Cache-Control: max-age=60", "Cache-Control: max-age=0"}, true}, // the first counts
		{[]string{"Cache-Control: max-age=0", "Cache-Control: max-age=60"}, false},
		{[]string{"Cache-Control: max-age=60", "Expires: Thu, 01 Jan 1970 00:00:00 GMT"}, true},
		{[]string{"Cache-Control: max-age=0", "Expires: Thu, 01 Jan 2050 00:00:00 GMT"}, false},
		{[]string{"Cache-Control: max-age=60", "Pragma: no-cache"}, true},
		{[]string{"Cache-Control: max-age=60", "Vary: X-A", "Vary: *"}, false},
		{[]string{"Cache-Control: max-age=60", "Vary: X-A", "Vary: X-B"}, true},
		{[]string{"Cache-Control: max-age=60, public, private"}, true},
		{[]string{"Cache-Control: max-age=60", "Age: 1180591620717411303424"}, false}, // 2^70
		{[]string{"Cache-Control: max-age=60", "Age: 0", "Age: 100"}, true},
		{[]string{"Cache-Control: max-age=60", "Date: Thu, 01 Jan 1970 00:00:00 GMT", "Date: x"}, false}, // the first counts
	} {
		c := newCachedPage(t, nil, fetch.EnvironmentOptions{}, map[string][]reply{app + "/a": {answer(200, tt.headers...).with("ok")}})
		for range 2 {
			if got := c.fetch(t, &fetch.Request{URL: "/a"}); got != "200 ok" {
				t.Errorf("%q: %s", tt.headers, got)
			}
		}
		if stored := len(c.network.sent) == 1; stored != tt.stored {
			t.Errorf("%q: fresh %t, want %t", tt.headers, stored, tt.stored)
		}
	}
}
