package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/growth"
	"github.com/browsercors/browsercors/preflightcache"
	"github.com/browsercors/browsercors/safelist"
)

// An oddBody is a response's body that does what its functions do, and notes what
// it was called for.
type oddBody struct {
	read  func([]byte) (int, error) // nil: at its end
	close func() error              // nil: well

	reading, together atomic.Bool
	closed            atomic.Int32
}

func (b *oddBody) Read(p []byte) (int, error) {
	b.reading.Store(true)
	defer b.reading.Store(false)
	if b.read == nil {
		return 0, io.EOF
	}
	return b.read(p)
}

func (b *oddBody) Close() error {
	if b.reading.Load() {
		b.together.Store(true)
	}
	b.closed.Add(1)
	if b.close == nil {
		return nil
	}
	return b.close()
}

// over is a page's client over a round tripper, and the page over it as the
// agent's.
func over(t testing.TB, rt http.RoundTripper) (*http.Client, *fetch.Environment) {
	page := wireEnvironment(t, app+"/", &fetch.Options{Transport: &fetch.HTTPTransport{RoundTripper: rt}})
	return wireEnvironment(t, app+"/", nil).Client(&http.Client{Transport: rt}), page
}

// TestRoundTripOdd has round trippers and transports break their contract. The
// fetch ends with an error that says so, and what was open is closed.
func TestRoundTripOdd(t *testing.T) {
	broken := errors.New("no network today")
	for _, tt := range []struct {
		name string
		resp *http.Response // its body is put there, if it may have one
		err  error
		do   func() // before returning
		want string
		is   error
	}{
		{name: "nothing", want: "returned neither a response nor an error"},
		{name: "an error and a response", resp: &http.Response{StatusCode: 200}, err: broken, want: broken.Error(), is: broken},
		{name: "no status", resp: new(http.Response), want: "without a status"},
		{name: "a negative status", resp: &http.Response{StatusCode: -200}, want: "status -200"},
		{name: "a status too large", resp: &http.Response{StatusCode: 1000}, want: "status 1000"},
		{name: "a panic", do: func() { panic("boom") }, want: "fetch: the transport panicked: boom"},
		{name: "a panic with a password", do: func() { panic("http://u:hunter2@proxy.test/") }, want: "panicked: http://u:xxxxx@proxy.test/"},
		{name: "a panic with an error", do: func() { panic(broken) }, want: "fetch: the transport panicked: no network today", is: broken},
		{name: "a runtime error", do: func() { _ = make([]int, 0)[len(broken.Error()):] }, want: "out of range"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var sent []*wireBody
			var got []*oddBody
			client, page := over(t, wireRoundTripper(func(r *http.Request) (*http.Response, error) {
				if tt.do != nil {
					tt.do()
				}
				r.Body.Close()
				if tt.resp == nil {
					return nil, tt.err
				}
				resp := *tt.resp
				got = append(got, new(oddBody))
				resp.Body = got[len(got)-1]
				return &resp, tt.err
			}))
			post := func() *fetch.Body {
				sent = append(sent, wireBodyOf(strings.NewReader("body")))
				return fetch.OnceBody(sent[len(sent)-1], 4, "")
			}
			_, err := page.Fetch(t.Context(), &fetch.Request{URL: "/", Method: "POST", Body: post()})
			r := wireRequest(t, "POST", app+"/", io.NopCloser(strings.NewReader("body")))
			r.ContentLength = 4
			resp, clientErr := client.Do(r)
			wireRefused(t, resp, clientErr, fetch.NetworkFailure)
			for _, err := range []error{err, clientErr} {
				refusal := asRefusal(t, err)
				if refusal.Reason != fetch.NetworkFailure || !strings.Contains(err.Error(), tt.want) || tt.is != nil && !errors.Is(err, tt.is) {
					t.Errorf("error %v, want %q", err, tt.want)
				}
				if p, ok := errors.AsType[*fetch.PanicError](err); ok != (tt.do != nil) || ok && !strings.Contains(p.Error(), tt.want) || ok && !strings.Contains(string(p.Stack), "roundtrip_test.go") {
					t.Errorf("panic %v", p)
				}
			}
			for _, body := range sent {
				wireWait(t, body.closed, "the request's body to be closed")
			}
			for _, body := range got {
				if body.closed.Load() != 1 {
					t.Errorf("the response's body was closed %d times", body.closed.Load())
				}
			}
		})
	}
}

// TestRoundTripSparse takes a response without header or body.
func TestRoundTripSparse(t *testing.T) {
	client, page := over(t, wireRoundTripper(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200}, nil
	}))
	resp := fetched(t, page, &fetch.Request{URL: "/"})
	if resp.Status != 200 || resp.Headers.List() != nil || text(t, resp.Body) != "" {
		t.Errorf("status %d, headers %v", resp.Status, resp.Headers.List())
	}
	other, err := client.Get(app + "/")
	if got := wireText(t, other, err); got != "" || other.StatusCode != 200 {
		t.Errorf("status %d, body %q", other.StatusCode, got)
	}
}

// TestRoundTripOddTransport is TestRoundTripOdd for a Transport of the user's.
func TestRoundTripOddTransport(t *testing.T) {
	body := new(oddBody)
	for _, tt := range []struct {
		name string
		do   transportFunc
		want string
	}{
		{"nothing", func(*fetch.NetworkRequest) (*fetch.NetworkResponse, error) { return nil, nil }, "neither a response nor an error"},
		{"both", func(*fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
			return &fetch.NetworkResponse{Status: 200, Body: body}, io.ErrUnexpectedEOF
		}, io.ErrUnexpectedEOF.Error()},
		{"no status", func(*fetch.NetworkRequest) (*fetch.NetworkResponse, error) { return new(fetch.NetworkResponse), nil }, "status 0"},
		{"a panic", func(*fetch.NetworkRequest) (*fetch.NetworkResponse, error) { panic("boom") }, "boom"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			agent, err := fetch.NewAgent(&fetch.Options{Transport: tt.do})
			if err != nil {
				t.Fatal(err)
			}
			if e := refused(t, newPage(t, agent, fetch.EnvironmentOptions{}), &fetch.Request{URL: "/"}); e.Reason != fetch.NetworkFailure || !strings.Contains(e.Error(), tt.want) {
				t.Errorf("error %v, want %q", e, tt.want)
			}
		})
	}
	if body.closed.Load() != 1 {
		t.Errorf("the body that came with an error was closed %d times", body.closed.Load())
	}
}

// TestRoundTripExits has a round tripper end the goroutine that it is called on,
// as a test's FailNow does: the caller's ends.
func TestRoundTripExits(t *testing.T) {
	client, _ := over(t, wireRoundTripper(func(*http.Request) (*http.Response, error) {
		runtime.Goexit()
		return nil, nil
	}))
	returned := make(chan bool, 1)
	go func() {
		defer func() { returned <- false }()
		resp, err := client.Get(app + "/")
		if err == nil {
			resp.Body.Close()
		}
		returned <- true
	}()
	if wireWait(t, returned, "the goroutine to end") {
		t.Error("the fetch returned")
	}
}

// late is what a fetch took after its context had ended.
const late = 50 * time.Millisecond

// TestRoundTripDeaf has round trippers ignore their context. The fetch ends with
// it; what they bring later is closed, and no goroutine stays (see TestMain).
func TestRoundTripDeaf(t *testing.T) {
	for _, tt := range []struct {
		name string
		then func() (*http.Response, error) // what the round tripper does in the end
	}{
		{"a late response", nil},
		{"a late error", func() (*http.Response, error) { return nil, io.EOF }},
		{"a late panic", func() (*http.Response, error) { panic("boom") }},
		{"a late end", func() (*http.Response, error) { runtime.Goexit(); return nil, nil }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				body := new(oddBody)
				_, page := over(t, wireRoundTripper(func(*http.Request) (*http.Response, error) {
					time.Sleep(time.Hour)
					if tt.then != nil {
						return tt.then()
					}
					return &http.Response{StatusCode: 200, Body: body}, nil
				}))
				cause := errors.New("the user left")
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(time.Second, func() { cancel(cause) })
				start := time.Now()
				_, err := page.Fetch(ctx, &fetch.Request{URL: "/"})
				if took := time.Since(start); took > time.Second+late || !errors.Is(err, fetch.Aborted) || !errors.Is(err, cause) {
					t.Errorf("it ended after %v with %v", took, err)
				}
				time.Sleep(time.Hour)
				synctest.Wait()
				if tt.then == nil && body.closed.Load() != 1 {
					t.Errorf("the late body was closed %d times", body.closed.Load())
				}
			})
		})
	}
}

// TestRoundTripPrompt waits for a round tripper that minds its context, which is
// done when the fetch is.
func TestRoundTripPrompt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		returned := false
		_, page := over(t, wireRoundTripper(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			time.Sleep(time.Millisecond)
			returned = true
			return nil, context.Cause(r.Context())
		}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := page.Fetch(ctx, &fetch.Request{URL: "/"}); !errors.Is(err, context.DeadlineExceeded) || !returned {
			t.Errorf("it returned: %t; %v", returned, err)
		}
	})
}

// TestRoundTripHeld has an *http.Transport wait for what others have written: who
// chooses a proxy, and who makes the request's body.
func TestRoundTripHeld(t *testing.T) {
	server := wireServer(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
	for _, held := range []string{"proxy", "body"} {
		t.Run(held, func(t *testing.T) {
			free, waits := make(chan struct{}), make(chan struct{})
			wait := sync.OnceFunc(func() { close(waits); <-free })
			rt := wireTransport(t)
			r := &fetch.Request{URL: "/"}
			if held == "proxy" {
				rt.Proxy = func(*http.Request) (*url.URL, error) { wait(); return nil, io.EOF }
			} else {
				r.Method, r.Body = "POST", fetch.OnceBody(readerFunc(func([]byte) (int, error) { wait(); return 0, io.EOF }), 4, "")
			}
			page := wireEnvironment(t, server.URL, &fetch.Options{Transport: &fetch.HTTPTransport{RoundTripper: rt}})
			ctx, cancel := context.WithCancel(t.Context())
			go func() { <-waits; cancel() }()
			_, err := page.Fetch(ctx, r)
			close(free) // not before: it must not wait for this
			if !errors.Is(err, fetch.Aborted) {
				t.Errorf("error %v", err)
			}
		})
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// TestForeignBodies reads bodies that break the contract of an io.Reader.
func TestForeignBodies(t *testing.T) {
	for _, tt := range []struct {
		name string
		read func(p []byte) (int, error)
		want string
	}{
		{"nothing for ever", func([]byte) (int, error) { return 0, nil }, io.ErrNoProgress.Error()},
		{"more than there was room for", func(p []byte) (int, error) { return len(p) + 1, nil }, "returned 513"},
		{"less than nothing", func(p []byte) (int, error) { return -1, nil }, "returned -1"},
		{"a panic", func(p []byte) (int, error) { panic("boom") }, "fetch: the body panicked: boom"},
		{"an end of its goroutine", func(p []byte) (int, error) { runtime.Goexit(); return 0, nil }, "ended the goroutine"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body := &oddBody{read: tt.read, close: func() error { panic("bang") }}
			client, page := over(t, wireRoundTripper(func(*http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: 200, Body: body}, nil
			}))
			resp, err := page.Fetch(t.Context(), &fetch.Request{URL: "/"})
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second Read asks nobody
				if _, err := resp.Body.Read(make([]byte, 512)); !errors.Is(err, fetch.BrokenBody) || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("Read: %v, want %q", err, tt.want)
				}
			}
			if err := resp.Body.Close(); err == nil || !strings.Contains(err.Error(), "fetch: the body panicked: bang") {
				t.Errorf("Close: %v", err)
			}
			other, err := client.Get(app + "/")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.CopyN(io.Discard, other.Body, 512); !errors.Is(err, fetch.BrokenBody) {
				t.Errorf("a client's Read: %v", err)
			}
			other.Body.Close()
			if err := resp.Body.Close(); err != nil || body.closed.Load() != 2 {
				t.Errorf("closed %d times, the second time with %v", body.closed.Load(), err)
			}
		})
	}
}

// TestForeignBodyWaits ends Reads and Closes that wait for something that never
// comes, by the context and by Close. The body is never closed while it is read.
func TestForeignBodyWaits(t *testing.T) {
	for _, tt := range []struct {
		name string
		end  func(cancel func(), body io.Closer)
		want string
	}{
		{"context", func(cancel func(), _ io.Closer) { cancel() }, context.Canceled.Error()},
		{"close", func(_ func(), body io.Closer) { body.Close() }, "the body was closed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				free := make(chan struct{})
				body := &oddBody{read: func(p []byte) (int, error) {
					<-free
					return copy(p, "too late"), nil
				}}
				var asked context.Context
				_, page := over(t, wireRoundTripper(func(r *http.Request) (*http.Response, error) {
					asked = r.Context()
					return &http.Response{StatusCode: 200, Body: body}, nil
				}))
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				resp, err := page.Fetch(ctx, &fetch.Request{URL: "/"})
				if err != nil {
					t.Fatal(err)
				}
				time.AfterFunc(time.Second, func() { tt.end(cancel, resp.Body) })
				start, p := time.Now(), make([]byte, 100)
				if n, err := resp.Body.Read(p); n != 0 || err == nil || !strings.Contains(err.Error(), tt.want) || time.Since(start) > time.Second+late {
					t.Errorf("after %v: %d, %v; want %q", time.Since(start), n, err, tt.want)
				}
				resp.Body.Close()
				synctest.Wait()
				if asked.Err() == nil {
					t.Error("the round tripper is not told that nobody waits")
				}
				if body.closed.Load() != 0 {
					t.Error("it was closed while it was read")
				}
				close(free)
				synctest.Wait()
				if body.closed.Load() != 1 || body.together.Load() || p[0] != 0 {
					t.Errorf("it was closed %d times; %q was read", body.closed.Load(), p)
				}
			})
		})
	}
	t.Run("Close of what comes with an error", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			body := &oddBody{close: func() error { time.Sleep(time.Hour); return nil }}
			_, page := over(t, wireRoundTripper(func(r *http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: 200, Body: body}, io.EOF
			}))
			start := time.Now()
			if e := refused(t, page, &fetch.Request{URL: "/"}); !errors.Is(e, io.EOF) || time.Since(start) > late {
				t.Errorf("after %v: %v", time.Since(start), e)
			}
			time.Sleep(time.Hour)
		})
	})
	t.Run("Close below a header that is too large", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			body := &oddBody{close: func() error { time.Sleep(time.Hour); return nil }}
			_, page := over(t, wireRoundTripper(func(r *http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: 200, Header: http.Header{"X": {strings.Repeat("x", 4<<20)}}, Body: body}, nil
			}))
			start := time.Now()
			if e := refused(t, page, &fetch.Request{URL: "/"}); e.Reason != fetch.HeadersTooLarge || time.Since(start) > late {
				t.Errorf("after %v: %v", time.Since(start), e)
			}
			time.Sleep(time.Hour)
		})
	})
	t.Run("Close of its own", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			body := &oddBody{close: func() error { time.Sleep(time.Hour); return nil }}
			_, page := over(t, wireRoundTripper(func(r *http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: 302, Header: http.Header{"Location": {"data:,x"}}, Body: body}, nil
			}))
			start := time.Now()
			if e := refused(t, page, &fetch.Request{URL: "/"}); e.Reason != fetch.RedirectScheme || time.Since(start) > late {
				t.Errorf("after %v: %v", time.Since(start), e)
			}
			time.Sleep(time.Hour)
		})
	})
}

// TestDiscard drops the bodies of redirects, whatever they do.
func TestDiscard(t *testing.T) {
	for _, tt := range []struct {
		name  string
		read  func([]byte) (int, error)
		wait  time.Duration // at most
		reads int           // at least
	}{
		{"short", nil, 0, 1},
		{"long", func(p []byte) (int, error) { return len(p), nil }, 0, 1},
		{"slow", func(p []byte) (int, error) { time.Sleep(40 * time.Millisecond); return 1, nil }, 50 * time.Millisecond, 2},
		{"stuck", func(p []byte) (int, error) { time.Sleep(time.Hour); return 0, io.EOF }, 50 * time.Millisecond, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				reads := 0
				body := new(oddBody)
				body.read = func(p []byte) (int, error) {
					if reads++; tt.read == nil {
						return 0, io.EOF
					}
					return tt.read(p)
				}
				_, page := over(t, wireRoundTripper(func(r *http.Request) (*http.Response, error) {
					if r.URL.Path == "/there" {
						return &http.Response{StatusCode: 200}, nil
					}
					return &http.Response{StatusCode: 302, Header: http.Header{"Location": {"/there"}}, Body: body}, nil
				}))
				start := time.Now()
				fetched(t, page, &fetch.Request{URL: "/"})
				if took := time.Since(start); took > tt.wait {
					t.Errorf("it took %v, want %v", took, tt.wait)
				}
				time.Sleep(time.Hour)
				synctest.Wait()
				if body.closed.Load() != 1 || body.together.Load() || reads < tt.reads {
					t.Errorf("closed %d times, while it was read: %t; read %d times", body.closed.Load(), body.together.Load(), reads)
				}
			})
		})
	}
}

// A boom is callbacks of which one panics, or ends its goroutine.
type boom struct {
	at   string // the callback's name
	exit bool
}

func (b *boom) call(at string) {
	switch {
	case b.at != at:
	case b.exit:
		runtime.Goexit()
	default:
		panic("boom at " + at)
	}
}

func (b *boom) trace() *fetch.Trace {
	of := func(at string, r fetch.RequestInfo) {
		if r.Preflight {
			at += " preflight"
		}
		b.call(at)
	}
	return &fetch.Trace{
		Classified:     func(fetch.RequestInfo, safelist.Classification) { b.call("Classified") },
		PreflightCache: func(fetch.RequestInfo, preflightcache.Match) { b.call("PreflightCache") },
		SetCookie:      func(r fetch.RequestInfo, _ string, _ credentials.CookieRefusal) { of("SetCookie", r) },
		Sending:        func(r fetch.RequestInfo) { of("Sending", r) },
		Received:       func(r fetch.RequestInfo, _ fetch.ResponseInfo) { of("Received", r) },
		Checked:        func(c string, r fetch.RequestInfo, _ fetch.ResponseInfo, _ *fetch.Error) { b.call(string(c)) },
		Challenged:     func(fetch.RequestInfo, fetch.ResponseInfo, error) { b.call("Challenged") },
		Redirected:     func(fetch.RequestInfo, int, bool) { b.call("Redirected") },
		Filtered:       func(fetch.RequestInfo, string, []string) { b.call("Filtered") },
	}
}

func (b *boom) Cookie(*credentials.CookieRequest) string        { b.call("Cookie"); return "" }
func (b *boom) SetCookies(*credentials.CookieRequest, []string) { b.call("SetCookies") }

func (b *boom) Authorization(*credentials.AuthRequest) (string, bool) {
	b.call("Authorization")
	return "", false
}

func (b *boom) Challenge(*credentials.AuthRequest, []string) error {
	b.call("Challenge")
	return errors.New("no answer")
}

func (b *boom) Accepted(*credentials.AuthRequest, []string) {}

// TestPanics has each callback panic, or end its goroutine: that goes through to
// the caller, and leaves no connection, no body and no quota behind.
func TestPanics(t *testing.T) {
	server := wireServer(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", app)
		h.Set("Access-Control-Allow-Credentials", "true")
		h.Set("Access-Control-Allow-Methods", "PUT")
		h.Set("Set-Cookie", "a=b")
		switch {
		case r.Method == "OPTIONS":
		case r.URL.Path == "/redirect":
			h.Set("Location", "/")
			w.WriteHeader(307)
		case r.URL.Path == "/401":
			w.WriteHeader(401)
		}
		_, _ = w.Write(make([]byte, 1<<20))
	})
	put := fetch.Request{Method: "PUT", URL: server.URL + "/redirect"}
	post := fetch.Request{Method: "POST", URL: server.URL + "/401", Mode: fetch.NoCORS}
	for _, tt := range []struct {
		at  string
		r   fetch.Request
		jar bool // the one that panics
	}{
		{"Classified", put, false}, {"PreflightCache", put, false}, {"Sending preflight", put, false}, {"Received preflight", put, false},
		{"SetCookie preflight", put, false}, {"preflight check", put, false}, {"Sending", put, false}, {"Received", put, false}, {"SetCookie", put, false},
		{"CORS check", put, false}, {"Redirected", put, false}, {"Filtered", put, false}, {"Cookie", put, true}, {"SetCookies", put, true},
		{"Authorization", post, false}, {"Challenge", post, false}, {"Challenged", post, false},
	} {
		for _, exit := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/exit=%t", tt.at, exit), func(t *testing.T) {
				b := &boom{at: tt.at, exit: exit}
				connections := new(wireNet)
				rt := connections.transport()
				options := &fetch.Options{Transport: &fetch.HTTPTransport{RoundTripper: rt}, Authentication: b}
				if tt.jar {
					options.Cookies = b
				}
				page := wireEnvironment(t, app+"/", options)
				opened, closed := 0, make(chan bool, 10)
				const length = 60000 // of 65536 that there may be
				r := tt.r
				r.Credentials, r.Keepalive, r.Trace = credentials.Include, true, b.trace()
				r.Body = fetch.ReplayableBody(func() (io.ReadCloser, error) {
					opened++
					return &oddBody{
						read:  strings.NewReader(strings.Repeat("k", length)).Read,
						close: func() error { closed <- true; return nil },
					}, nil
				}, length, "")
				ended := make(chan any, 1)
				go func() {
					var what any = "it ended its goroutine"
					defer func() { ended <- what }()
					defer func() {
						if v := recover(); v != nil {
							what = v
						}
					}()
					resp, err := page.Fetch(t.Context(), &r)
					if what = fmt.Sprint("it returned: ", err); err == nil {
						resp.Body.Close()
					}
				}()
				want := "boom at " + tt.at
				if exit {
					want = "it ended its goroutine"
				}
				if got := wireWait(t, ended, "the fetch to end"); got != want {
					t.Fatalf("%v, want %q", got, want)
				}
				for range opened {
					wireWait(t, closed, "the request's body to be closed")
				}
				b.at = ""
				resp := fetched(t, page, &r) // the quota is there
				resp.Body.Close()
				connections.drain(t, rt)
			})
		}
	}
}

// TestRoundTripGrowth takes as many headers as a round tripper, or script, has.
func TestRoundTripGrowth(t *testing.T) {
	name := func(i int) string { return fmt.Sprintf("X-%x", uint32(i)*2654435761) } // in no order
	trip := func(asked, answered int) (transport *fetch.HTTPTransport, r *fetch.NetworkRequest) {
		list, header := make(fetch.HeaderList, 0, asked), make(http.Header, answered)
		for i := range asked {
			list = append(list, safelist.Header{Name: name(i), Value: "v"})
			if i%4 == 0 {
				list = append(list, safelist.Header{Name: "X-Repeated", Value: "v"})
			}
		}
		for i := range answered {
			header[name(i)] = []string{"v"}
		}
		transport = &fetch.HTTPTransport{RoundTripper: wireRoundTripper(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Header: header}, nil
		})}
		return transport, &fetch.NetworkRequest{Method: "GET", URL: mustURL(t, app+"/"), Headers: list}
	}
	t.Run("time", func(t *testing.T) {
		growth.Check(t, 2000, func(n int) func() {
			transport, r := trip(n, n)
			return func() {
				if resp, err := transport.RoundTrip(t.Context(), r); err != nil || len(resp.Headers) != n {
					t.Error(err)
				}
			}
		})
	})
	t.Run("context, response", func(t *testing.T) {
		const many = 4 << 20 / len("X-01234567: v\r\n")
		transport, r := trip(0, many)
		growth.Stops(t, func() func(context.Context) {
			return func(ctx context.Context) {
				if _, err := transport.RoundTrip(ctx, r); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("error %v", err)
				}
			}
		})
	})
	t.Run("context, request", func(t *testing.T) {
		const many = 10 << 20 / len("X-01234567: v\r\n")
		transport, r := trip(many, 0)
		growth.Stops(t, func() func(context.Context) {
			return func(ctx context.Context) {
				if _, err := transport.RoundTrip(ctx, r); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("error %v", err)
				}
			}
		})
	})
}
