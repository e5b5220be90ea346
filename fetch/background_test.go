package fetch_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
)

// A slowBody brings a piece at a time, when it is let go on.
type slowBody struct {
	pieces chan string
	ctx    context.Context
}

func (b *slowBody) Read(p []byte) (int, error) {
	select {
	case piece, ok := <-b.pieces:
		if !ok {
			return 0, io.EOF
		}
		return copy(p, piece), nil
	case <-b.ctx.Done():
		return 0, context.Cause(b.ctx)
	}
}

func (b *slowBody) Close() error { return nil }

// A slowNetwork answers every request with headers and a body of "ok" that comes a
// second later.
type slowNetwork struct {
	headers fetch.HeaderList
	mu      sync.Mutex
	sent    int
}

func (n *slowNetwork) RoundTrip(ctx context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	n.mu.Lock()
	n.sent++
	n.mu.Unlock()
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	body := &slowBody{make(chan string), ctx}
	go func() {
		defer close(body.pieces)
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return
		}
		select {
		case body.pieces <- "ok":
		case <-ctx.Done():
		}
	}()
	return &fetch.NetworkResponse{Status: 200, Headers: n.headers, Body: body}, nil
}

func (n *slowNetwork) count() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.sent
}

// inBubble is a page over a slow network in a bubble of synctest, closed at its end.
func inBubble(t *testing.T, p *fetch.Profile, play func(*testing.T, *fetch.Environment, *slowNetwork), lines ...string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		n := &slowNetwork{headers: headerLines(lines...)}
		agent, err := fetch.NewAgent(&fetch.Options{Profile: p, Transport: n})
		if err != nil {
			t.Fatal(err)
		}
		play(t, newPage(t, agent, fetch.EnvironmentOptions{}), n)
		if err := agent.Close(); err != nil {
			t.Error(err)
		}
		synctest.Wait()
	})
}

// readAll is a fetch whose body is read to its end.
func readAll(t *testing.T, page *fetch.Environment, r *fetch.Request) string {
	t.Helper()
	resp, err := page.Fetch(t.Context(), r)
	if err != nil {
		t.Error(err)
		return ""
	}
	defer resp.Body.Close()
	return text(t, resp.Body)
}

const swr = "Cache-Control: max-age=5, stale-while-revalidate=60"

// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch 8.26.2.1
func TestRevalidatedInBackground(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, page *fetch.Environment, n *slowNetwork) {
		readAll(t, page, &fetch.Request{URL: "/a"})
		time.Sleep(10 * time.Second)
		began := time.Now()
		for range 3 { // which ask the server once together
			if got := readAll(t, page, &fetch.Request{URL: "/a"}); got != "ok" || time.Since(began) > 0 {
				t.Errorf("%q after %v", got, time.Since(began))
			}
		}
		if err := page.Agent().Wait(t.Context()); err != nil {
			t.Error(err)
		}
		if n.count() != 2 || time.Since(began) != 2*time.Second {
			t.Errorf("%d requests after %v", n.count(), time.Since(began))
		}
		readAll(t, page, &fetch.Request{URL: "/a"}) // fresh again
		if n.count() != 2 {
			t.Errorf("%d requests", n.count())
		}
	}, swr)
}

// The caller's context has nothing to do with it, the agent's end has.
func TestBackgroundEndsWithAgent(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, page *fetch.Environment, n *slowNetwork) {
		readAll(t, page, &fetch.Request{URL: "/a"})
		time.Sleep(10 * time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		resp, err := page.Fetch(ctx, &fetch.Request{URL: "/a"})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		cancel()
		if err := page.Agent().Wait(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Wait: %v", err)
		}
		time.Sleep(time.Second / 2)
		began := time.Now()
		page.Agent().Close()
		if took := time.Since(began); took > time.Second/2 {
			t.Errorf("Close took %v", took)
		}
		readAll(t, page, &fetch.Request{URL: "/a"}) // stale, and nothing begins any more
		if err := page.Agent().Wait(t.Context()); err != nil || n.count() != 2 {
			t.Errorf("%v, %d requests", err, n.count())
		}
	}, swr)
}

// Without Close, what never answers is given up.
func TestBackgroundEndsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := true
		agent, err := fetch.NewAgent(&fetch.Options{Transport: contextTransport(func(ctx context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
			if first {
				first = false
				return &fetch.NetworkResponse{Status: 200, Headers: headerLines(swr), Body: http.NoBody}, nil
			}
			<-ctx.Done()
			return nil, context.Cause(ctx)
		})})
		if err != nil {
			t.Fatal(err)
		}
		page := newPage(t, agent, fetch.EnvironmentOptions{})
		readAll(t, page, &fetch.Request{URL: "/a"})
		time.Sleep(10 * time.Second)
		readAll(t, page, &fetch.Request{URL: "/a"})
		began := time.Now()
		if err := agent.Wait(t.Context()); err != nil || time.Since(began) > time.Minute {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

// A contextTransport is a [fetch.Transport] that is a function.
type contextTransport func(context.Context, *fetch.NetworkRequest) (*fetch.NetworkResponse, error)

func (f contextTransport) RoundTrip(ctx context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	return f(ctx, r)
}

// A panic in the background ends nothing but the fetch.
func TestBackgroundPanics(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	calls := 0
	agent, n := newAgent(t, routes{app + "/a": answer(200, "Cache-Control: max-age=0, stale-while-revalidate=60")}.serve, fetch.Options{
		Override: func(context.Context, *fetch.OverrideRequest) (*fetch.Response, error) {
			if calls++; calls == 3 {
				panic("in the background")
			}
			return nil, nil
		},
	})
	page := newPage(t, agent, fetch.EnvironmentOptions{})
	for range 2 {
		readAll(t, page, &fetch.Request{URL: "/a"})
		agent.Wait(t.Context())
	}
	if calls != 3 || len(n.sent) != 1 {
		t.Errorf("%d calls, %d requests", calls, len(n.sent))
	}
	agent.Close()
}

// Script can't read an opaque response. It is stored all the same.
func TestOpaqueBodyIsStored(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, page *fetch.Environment, n *slowNetwork) {
		began := time.Now()
		for range 2 {
			resp, err := page.Fetch(t.Context(), &fetch.Request{URL: api + "/a", Mode: fetch.NoCORS})
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if err := page.Agent().Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if n.count() != 1 || time.Since(began) != 2*time.Second {
			t.Errorf("%d requests in %v", n.count(), time.Since(began))
		}
	}, "Cache-Control: max-age=60")
}

// A body that script closes early is not stored.
func TestBodyClosedEarly(t *testing.T) {
	inBubble(t, nil, func(t *testing.T, page *fetch.Environment, n *slowNetwork) {
		for range 2 {
			resp, err := page.Fetch(t.Context(), &fetch.Request{URL: "/a"})
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if err := page.Agent().Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if n.count() != 2 || page.Agent().HTTPCache().Len() != 0 {
			t.Errorf("%d requests, %d stored", n.count(), page.Agent().HTTPCache().Len())
		}
	}, "Cache-Control: max-age=60")
}

// Requests for one URL at a time wait for each other, if the profile has them.
func TestReserved(t *testing.T) {
	fresh := "Cache-Control: max-age=60"
	together := func(p *fetch.Profile, requests int, reads bool) func(*testing.T, *fetch.Environment, *slowNetwork) {
		return func(t *testing.T, page *fetch.Environment, n *slowNetwork) {
			var all sync.WaitGroup
			for range requests {
				all.Go(func() {
					resp, err := page.Fetch(t.Context(), &fetch.Request{URL: "/a"})
					if err != nil {
						t.Error(err)
						return
					}
					defer resp.Body.Close()
					if !reads {
						time.Sleep(time.Hour)
					}
					if got := text(t, resp.Body); got != "ok" {
						t.Errorf("%q", got)
					}
				})
			}
			all.Wait()
			want := requests
			if p.HTTPCache.ReserveFor > 0 && fresh == n.headers[0].Name+": "+n.headers[0].Value {
				want = 1
			}
			if n.count() != want {
				t.Errorf("%d requests, want %d", n.count(), want)
			}
		}
	}
	for _, p := range []*fetch.Profile{fetch.Standard(), engine.Chromium()} {
		t.Run(p.Name, func(t *testing.T) { inBubble(t, p, together(p, 5, true), fresh) })
		t.Run(p.Name+"/read much later", func(t *testing.T) { inBubble(t, p, together(p, 5, false), fresh) })
		t.Run(p.Name+"/not stored", func(t *testing.T) { inBubble(t, p, together(p, 3, true), "Cache-Control: no-store") })
	}
	// The second of two fetches whose bodies nobody reads does not wait for the first.
	t.Run("one goroutine", func(t *testing.T) {
		inBubble(t, engine.Chromium(), func(t *testing.T, page *fetch.Environment, n *slowNetwork) {
			began := time.Now()
			var bodies []io.ReadCloser
			for range 2 {
				resp, err := page.Fetch(t.Context(), &fetch.Request{URL: "/a"})
				if err != nil {
					t.Fatal(err)
				}
				bodies = append(bodies, resp.Body)
			}
			if took := time.Since(began); n.count() != 1 || took != 2*time.Second {
				t.Errorf("%d requests in %v", n.count(), took)
			}
			for _, b := range bodies {
				if got := text(t, b); got != "ok" {
					t.Errorf("%q", got)
				}
				b.Close()
			}
		}, fresh)
	})
	// Who waits can be cancelled.
	t.Run("cancelled", func(t *testing.T) {
		inBubble(t, engine.Chromium(), func(t *testing.T, page *fetch.Environment, n *slowNetwork) {
			go readAll(t, page, &fetch.Request{URL: "/a"})
			synctest.Wait()
			ctx, cancel := context.WithTimeout(t.Context(), time.Second/2)
			defer cancel()
			began := time.Now()
			_, err := page.Fetch(ctx, &fetch.Request{URL: "/a"})
			if took := time.Since(began); asRefusal(t, err).Reason != fetch.Aborted || took != time.Second/2 {
				t.Errorf("%v after %v", err, took)
			}
			time.Sleep(time.Minute)
			if n.count() != 1 || !strings.Contains(readAll(t, page, &fetch.Request{URL: "/a"}), "ok") {
				t.Errorf("%d requests", n.count())
			}
		}, fresh)
	})
}
