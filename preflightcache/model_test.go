package preflightcache_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/browsercors/browsercors/internal/fulllength"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/preflightcache"
)

// model is the CORS-preflight cache as the Standard has it: a list of entries,
// looked through from its start.
//
// https://fetch.spec.whatwg.org/#concept-cache
type model struct {
	entries []modelEntry
	now     func() time.Time
}

type modelEntry struct {
	key                preflightcache.Key
	credentials        bool
	method, headerName string
	stored             time.Time
	maxAge             time.Duration
}

func (m *model) expire() {
	m.entries = slices.DeleteFunc(m.entries, func(e modelEntry) bool { return m.now().Sub(e.stored) >= e.maxAge })
}

func (m *model) methodMatches(k preflightcache.Key, include bool, method string) (found []*modelEntry) {
	m.expire()
	for i := range m.entries {
		e := &m.entries[i]
		if e.key == k && (e.credentials || !include) && e.headerName == "" && (e.method == method || e.method == "*") {
			found = append(found, e)
		}
	}
	return found
}

func (m *model) headerMatches(k preflightcache.Key, include bool, name string) (found []*modelEntry) {
	m.expire()
	for i := range m.entries {
		e := &m.entries[i]
		if e.key == k && (e.credentials || !include) && e.method == "" &&
			(lower(e.headerName) == lower(name) || e.headerName == "*" && lower(name) != "authorization") {
			found = append(found, e)
		}
	}
	return found
}

func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// Steps 7.12 to 7.15, one after the other.
func (m *model) store(k preflightcache.Key, include bool, maxAge time.Duration, methods, headerNames []string) {
	refresh := func(found []*modelEntry) {
		for _, e := range found {
			e.stored, e.maxAge = m.now(), maxAge
		}
	}
	for _, method := range methods {
		refresh(m.methodMatches(k, include, method))
	}
	for _, method := range methods {
		if len(m.methodMatches(k, include, method)) == 0 {
			m.entries = append(m.entries, modelEntry{k, include, method, "", m.now(), maxAge})
		}
	}
	for _, name := range headerNames {
		refresh(m.headerMatches(k, include, name))
	}
	for _, name := range headerNames {
		if len(m.headerMatches(k, include, name)) == 0 {
			m.entries = append(m.entries, modelEntry{k, include, "", name, m.now(), maxAge})
		}
	}
}

func (m *model) clear(k preflightcache.Key) {
	m.entries = slices.DeleteFunc(m.entries, func(e modelEntry) bool { return e.key == k })
}

var (
	modelMethods = []string{"PUT", "DELETE", "put", "*", "!"}
	modelNames   = []string{"x-a", "X-A", "x-b", "*", "Authorization", "AUTHORIZATION", "!", "x"}
)

// script turns bytes into decisions; when they run out, every decision is 0.
type script struct{ rest []byte }

func (s *script) next(n int) int {
	if len(s.rest) == 0 {
		return 0
	}
	b := s.rest[0]
	s.rest = s.rest[1:]
	return int(b) % n
}

func (s *script) names(from []string) (names []string) {
	for range s.next(5) {
		names = append(names, from[s.next(len(from))])
	}
	return names
}

// play applies the operations of a script to both, calling check after each. m
// may be nil.
func play(s *script, clock *clock, c *preflightcache.Cache, m *model, check func()) {
	for len(s.rest) > 0 {
		k := keyOf(s.next(3))
		include := s.next(2) == 1
		switch s.next(8) {
		case 0:
			c.Clear(k)
			if m != nil {
				m.clear(k)
			}
		case 1, 2:
			clock.advance(s.next(4))
		case 3:
			c.Sufficient(k, include, modelMethods[s.next(len(modelMethods))], s.next(2) == 1, s.names(modelNames))
		default:
			maxAge := time.Duration(s.next(8)) * time.Second
			methods, names := s.names(modelMethods), s.names(modelNames)
			c.Store(k, include, maxAge, methods, names)
			if m != nil {
				m.store(k, include, maxAge, methods, names)
			}
		}
		check()
	}
}

// Under the Standard's rules the cache holds what the model holds, and answers
// as it does.
func FuzzModel(f *testing.F) {
	f.Add([]byte("0a4f2PD1x"))
	f.Add([]byte{0, 0, 4, 5, 2, 3, 0, 2, 3, 4, 0, 0, 1, 3, 0, 1, 4, 5, 1, 0, 1, 0})
	f.Add([]byte{0, 1, 5, 7, 1, 3, 1, 3, 0, 0, 4, 1, 1, 0, 1, 4, 0, 0, 1, 3, 0, 0, 0})
	f.Fuzz(testModel)
}

func TestModel(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 0))
	for range fulllength.Rounds(100, 500) {
		ops := make([]byte, 120)
		for i := range ops {
			ops[i] = byte(random.Uint32())
		}
		testModel(t, ops)
	}
}

func testModel(t *testing.T, ops []byte) {
	ops = ops[:min(len(ops), 120)]
	clock := newClock()
	c := preflightcache.New(&preflightcache.Options{Now: clock.Now})
	m := &model{now: clock.Now}
	play(&script{ops}, clock, c, m, func() {
		for n := range 3 {
			k := keyOf(n)
			for _, include := range []bool{false, true} {
				all := true
				for _, method := range modelMethods {
					want := len(m.methodMatches(k, include, method)) > 0
					if got := c.MatchMethod(k, include, method); got != want {
						t.Fatalf("key %d, credentials %t, method %q: %t, the model says %t", n, include, method, got, want)
					}
				}
				for _, name := range modelNames {
					want := len(m.headerMatches(k, include, name)) > 0
					if got := c.MatchHeader(k, include, name); got != want {
						t.Fatalf("key %d, credentials %t, name %q: %t, the model says %t", n, include, name, got, want)
					}
					all = all && want
				}
				if got := c.Sufficient(k, include, "GET", false, modelNames).OK; got != all {
					t.Fatalf("key %d, credentials %t: sufficient %t, the model says %t", n, include, got, all)
				}
			}
		}
		m.expire()
		if c.Len() != len(m.entries) {
			t.Fatalf("%d entries, the model has %d", c.Len(), len(m.entries))
		}
		for e := range c.Entries() {
			want := modelEntry{e.Key, e.Credentials, e.Method, e.HeaderName, e.Stored, e.MaxAge}
			if !slices.Contains(m.entries, want) {
				t.Fatalf("%+v is not in the model", want)
			}
		}
	})
}

// Under any rules and limits, the limits hold and the counts are right.
func FuzzLimits(f *testing.F) {
	f.Add(uint16(0), uint8(3), uint16(900), []byte("0a4f2PD1x0a4f2PD1x"))
	f.Add(uint16(0x7ff), uint8(0), uint16(0), []byte("0a4f2PD1x0a4f2PD1x"))
	f.Fuzz(func(t *testing.T, knobs uint16, maxEntries uint8, maxBytes uint16, ops []byte) {
		bit := func(n int) bool { return knobs>>n&1 == 1 }
		clock := newClock()
		limits := preflightcache.Limits{Entries: 1 + int(maxEntries), Bytes: 1 + int64(maxBytes)}
		c := preflightcache.New(&preflightcache.Options{
			Now:    clock.Now,
			Limits: limits,
			Rules: rules.PreflightCache{
				WholeResult: bit(0), SplitCredentials: bit(1), NoWildcard: bit(2),
				WildcardUncredentialedEntry: bit(3), WildcardUncredentialedRequest: bit(4),
				WildcardCoversAuthorization: bit(5), SafelistedByPresence: bit(6),
				HeadNeedsEntry: bit(7), EvictInsufficient: bit(8),
				PresenceLasts: bit(9), ZeroChangesNothing: bit(10),
			},
		})
		play(&script{ops}, clock, c, nil, func() {
			n, bytes := c.Len(), c.Bytes()
			if n > limits.Entries || bytes > limits.Bytes {
				t.Fatalf("%d entries, %d bytes exceed %+v", n, bytes, limits)
			}
			if got := len(slices.Collect(c.Entries())); got != n || (n == 0) != (bytes == 0) {
				t.Fatalf("%d entries, %d counted, %d bytes", got, n, bytes)
			}
		})
		for n := range 3 {
			c.Clear(keyOf(n))
		}
		if c.Len() != 0 || c.Bytes() != 0 {
			t.Fatalf("%d entries, %d bytes are left", c.Len(), c.Bytes())
		}
	})
}
