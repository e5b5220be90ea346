package compat

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/fetch"
)

var fileTime = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

const (
	overPage      = "`Environment.Client`"
	overTransport = "`Environment.Transport`"
	overNavigator = "`Agent.Client`"
	overSocket    = "`Environment.WebSocketClient`"
)

// echoed is what /echo said.
func echoed(t *testing.T, resp *http.Response) echo {
	t.Helper()
	defer resp.Body.Close()
	var e echo
	if err := json.NewDecoder(resp.Body).Decode(&e); err != nil {
		t.Error(err)
	}
	return e
}

func netHTTP() []use {
	return []use{
		{
			does: "`Get` from another origin that allows it", over: overPage,
			run: func(t *testing.T, w *world) error {
				resp, err := w.page.Client(nil).Get(w.api.URL + "/echo")
				if err != nil {
					return err
				}
				if got := resp.Header.Get("X-Total"); got != "7" {
					t.Errorf("X-Total is %q, want 7", got)
				}
				if e := echoed(t, resp); e.Header.Get("Origin") != w.site.URL || e.Header.Get("Sec-Fetch-Mode") != "cors" {
					t.Errorf("sent %v", e.Header)
				}
				return nil
			},
		},
		{
			does: "`Get` from another origin that does not", over: overPage, refused: fetch.MissingAllowOrigin,
			run: func(t *testing.T, w *world) error {
				resp, err := w.page.Client(nil).Get(w.closed.URL + "/echo")
				return ok(t, resp, err)
			},
		},
		{
			does: "`Post` of JSON, which needs a preflight", over: overPage,
			run: func(t *testing.T, w *world) error {
				resp, err := w.page.Client(nil).Post(w.api.URL+"/echo", "application/json", strings.NewReader(`{"a":1}`))
				if err != nil {
					return err
				}
				if e := echoed(t, resp); e.Method != "POST" || e.Body != `{"a":1}` {
					t.Errorf("the server got %+v", e)
				}
				return nil
			},
		},
		{
			does: "`PostForm`", over: overPage,
			run: func(t *testing.T, w *world) error {
				resp, err := w.page.Client(nil).PostForm(w.api.URL+"/echo", url.Values{"a": {"b c"}})
				if err != nil {
					return err
				}
				if e := echoed(t, resp); e.Body != "a=b+c" {
					t.Errorf("the server got %q", e.Body)
				}
				return nil
			},
		},
		{
			does: "`Head`", over: overPage,
			run: func(t *testing.T, w *world) error {
				resp, err := w.page.Client(nil).Head(w.api.URL + "/file")
				if err == nil && resp.ContentLength != 10 {
					t.Errorf("ContentLength %d, want 10", resp.ContentLength)
				}
				return ok(t, resp, err)
			},
		},
		{
			does: "`Range`, answered with 206", over: overPage,
			run: func(t *testing.T, w *world) error {
				req, _ := http.NewRequest("GET", w.api.URL+"/file", nil)
				req.Header.Set("Range", "bytes=2-4")
				resp, err := w.page.Client(nil).Do(req)
				if err != nil {
					return err
				}
				defer resp.Body.Close()
				if body, _ := io.ReadAll(resp.Body); resp.StatusCode != 206 || string(body) != "234" {
					t.Errorf("%d %q", resp.StatusCode, body)
				}
				return nil
			},
		},
		{
			does: "`If-None-Match`, answered with 304", over: overPage,
			run: func(t *testing.T, w *world) error {
				req, _ := http.NewRequest("GET", w.api.URL+"/file", nil)
				req.Header.Set("If-None-Match", `"v1"`)
				resp, err := w.page.Client(nil).Do(req)
				if err != nil {
					return err
				}
				resp.Body.Close()
				if resp.StatusCode != http.StatusNotModified {
					t.Errorf("status %d, want 304", resp.StatusCode)
				}
				return nil
			},
		},
		{
			does: "an event stream, read line by line", over: overPage,
			run: func(t *testing.T, w *world) error {
				resp, err := w.page.Client(nil).Get(w.api.URL + "/events")
				if err != nil {
					return err
				}
				defer resp.Body.Close()
				n := 0
				for s := bufio.NewScanner(resp.Body); s.Scan(); {
					if strings.HasPrefix(s.Text(), "data: ") {
						n++
					}
				}
				if n != 2 {
					t.Errorf("%d events, want 2", n)
				}
				return nil
			},
		},
		{
			does: "an upload of 32 MiB from a `bytes.Reader`", over: overPage,
			run: func(t *testing.T, w *world) error {
				resp, err := w.page.Client(nil).Post(w.api.URL+"/count", "text/plain", bytes.NewReader(make([]byte, 32<<20)))
				return counted(t, resp, err, 32<<20)
			},
		},
		{
			does: "an upload from an `io.Pipe` over HTTP/1.1", over: overPage, refused: fetch.StreamNeedsHTTP2,
			note: "A browser refuses it too. `ClientOptions.BufferBody` buffers it.",
			run: func(t *testing.T, w *world) error {
				resp, err := w.page.Client(nil).Post(w.api.URL+"/count", "text/plain", piped(1000))
				return counted(t, resp, err, 1000)
			},
		},
		{
			does: "the same with `BufferBody`", over: "`Environment.ClientWith`",
			run: func(t *testing.T, w *world) error {
				client := w.page.ClientWith(nil, fetch.ClientOptions{BufferBody: 1 << 20})
				resp, err := client.Post(w.api.URL+"/count", "text/plain", piped(1000))
				return counted(t, resp, err, 1000)
			},
		},
		{
			does: "the same over HTTP/2", over: overPage,
			run: func(t *testing.T, w *world) error {
				client := w.page.Client(w.secure.Client())
				defer client.CloseIdleConnections()
				resp, err := client.Post(w.secure.URL+"/count", "text/plain", piped(1000))
				return counted(t, resp, err, 1000)
			},
		},
		{
			does: "`GET` with an empty reader as its body", over: overPage,
			run: func(t *testing.T, w *world) error {
				req, _ := http.NewRequest("GET", w.api.URL+"/echo", io.NopCloser(strings.NewReader("")))
				resp, err := w.page.Client(nil).Do(req)
				return ok(t, resp, err)
			},
		},
		{
			does: "a redirect", over: overPage,
			run: func(t *testing.T, w *world) error {
				resp, err := w.page.Client(nil).Get(w.api.URL + "/to?url=/file")
				if err == nil && resp.Request.URL.Path != "/file" {
					t.Errorf("Request.URL is %v, want the final one", resp.Request.URL)
				}
				return ok(t, resp, err)
			},
		},
		{
			does: "`CheckRedirect` that returns an error", over: overPage, refused: fetch.RedirectVetoed,
			note: "As over net/http: the hop is not sent, and `errors.Is` finds the error.",
			run: func(t *testing.T, w *world) error {
				no := errors.New("out of scope")
				client := w.page.Client(&http.Client{CheckRedirect: func(req *http.Request, via []*http.Request) error {
					if len(via) != 1 || req.URL.Path != "/file" {
						t.Errorf("asked of %v after %d", req.URL, len(via))
					}
					return no
				}})
				resp, err := client.Get(w.api.URL + "/to?url=/file")
				if got := w.requests(); !slices.Equal(got, []string{"GET api/to"}) {
					t.Errorf("sent %q", got)
				}
				if err != nil && !errors.Is(err, no) {
					t.Errorf("%v does not wrap %v", err, no)
				}
				return ok(t, resp, err)
			},
		},
		{
			does: "`http.ErrUseLastResponse`, a page's request", over: overPage,
			note: "The page gets the opaque-redirect response that `redirect: \"manual\"` would give it.",
			run: func(t *testing.T, w *world) error {
				client := w.page.Client(&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }})
				resp, err := client.Get(w.api.URL + "/to?url=/file")
				if err != nil {
					return err
				}
				defer resp.Body.Close()
				if resp.StatusCode != 0 || len(resp.Header) > 0 {
					t.Errorf("the page sees %d %v", resp.StatusCode, resp.Header)
				}
				return nil
			},
		},
		{
			does: "`http.ErrUseLastResponse`, a navigation", over: overNavigator,
			run: func(t *testing.T, w *world) error {
				client := w.agent.Client(&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }})
				resp, err := client.Get(w.api.URL + "/to?url=/file")
				if err != nil {
					return err
				}
				defer resp.Body.Close()
				if resp.StatusCode != http.StatusFound || resp.Header.Get("Location") != "/file" {
					t.Errorf("%d %q", resp.StatusCode, resp.Header.Get("Location"))
				}
				return nil
			},
		},
		{
			does: "cookies of the response and of the next request", over: overNavigator,
			run: func(t *testing.T, w *world) error {
				client := w.agent.Client(nil)
				resp, err := client.Get(w.site.URL + "/cookie")
				if err != nil {
					return err
				}
				resp.Body.Close()
				if c := resp.Cookies(); len(c) != 1 || c[0].Value != "s3" {
					t.Errorf("resp.Cookies() is %v", c)
				}
				if resp, err = client.Get(w.site.URL + "/echo"); err != nil {
					return err
				}
				if e := echoed(t, resp); e.Header.Get("Cookie") != "session=s3" || e.Header.Get("Sec-Fetch-Mode") != "navigate" {
					t.Errorf("sent %v", e.Header)
				}
				return nil
			},
		},
		{
			does: "cookies of the response", over: overPage,
			note: "They are stored and sent again; `resp.Cookies()` is empty, since a browser hides Set-Cookie from script.",
			run: func(t *testing.T, w *world) error {
				client := w.page.Client(nil)
				resp, err := client.Get(w.site.URL + "/cookie")
				if err != nil {
					return err
				}
				resp.Body.Close()
				if c := resp.Cookies(); len(c) != 0 {
					t.Errorf("resp.Cookies() is %v", c)
				}
				if resp, err = client.Get(w.site.URL + "/echo"); err != nil {
					return err
				}
				if e := echoed(t, resp); e.Header.Get("Cookie") != "session=s3" {
					t.Errorf("sent %v", e.Header)
				}
				return nil
			},
		},
		{
			does: "a `net/http/cookiejar` in base's `Jar`", over: overPage,
			run: func(t *testing.T, w *world) error {
				jar, _ := cookiejar.New(nil)
				client := w.page.Client(&http.Client{Jar: jar})
				resp, err := client.Get(w.site.URL + "/cookie")
				if err != nil {
					return err
				}
				resp.Body.Close()
				u, _ := url.Parse(w.site.URL)
				if c := jar.Cookies(u); len(c) != 1 {
					t.Errorf("the jar has %v", c)
				}
				return nil
			},
		},
		{
			does: "`Timeout`", over: overPage,
			note: "The error is net/http's own, as with any transport.",
			run: func(t *testing.T, w *world) error {
				hangs := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
				defer hangs.Close()
				resp, err := w.page.Client(&http.Client{Timeout: 50 * time.Millisecond}).Get(hangs.URL)
				if e, isURL := errors.AsType[*url.Error](err); !isURL || !e.Timeout() {
					t.Errorf("%v is not a timeout", err)
					return ok(t, resp, err)
				}
				return nil
			},
		},
		{
			does: "`httputil.ReverseProxy`'s `Transport`", over: overTransport,
			run: func(t *testing.T, w *world) error {
				target, _ := url.Parse(w.api.URL)
				var failed error
				proxy := httptest.NewServer(&httputil.ReverseProxy{
					Rewrite:      func(r *httputil.ProxyRequest) { r.SetURL(target) },
					Transport:    w.page.Transport(nil, nil),
					ErrorHandler: func(rw http.ResponseWriter, _ *http.Request, err error) { failed = err },
				})
				defer proxy.Close()
				resp, err := proxy.Client().Get(proxy.URL + "/echo")
				if failed != nil {
					return failed
				}
				return ok(t, resp, err)
			},
		},
	}
}

func counted(t *testing.T, resp *http.Response, err error, want int) error {
	t.Helper()
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); strings.TrimSpace(string(body)) != fmt.Sprint(want) {
		t.Errorf("the server counted %s bytes, want %d", body, want)
	}
	return nil
}

// piped is a reader of n bytes whose length is unknown.
func piped(n int) io.Reader {
	r, w := io.Pipe()
	go func() {
		_, err := w.Write(make([]byte, n))
		w.CloseWithError(err)
	}()
	return r
}
