package compat

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-github/v82/github"
	"github.com/gregjones/httpcache"
	"github.com/jarcoal/httpmock"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/browsercors/browsercors/fetch"
)

func oauth2Uses() []use {
	return []use{
		{
			does: "`oauth2.NewClient` with a token, over `context.WithValue(…, oauth2.HTTPClient, …)`", over: overPage,
			run: func(t *testing.T, w *world) error {
				ctx := context.WithValue(t.Context(), oauth2.HTTPClient, w.page.Client(nil))
				resp, err := oauth2.NewClient(ctx, oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "t0"})).Get(w.api.URL + "/echo")
				if err != nil {
					return err
				}
				if e := echoed(t, resp); e.Header.Get("Authorization") != "Bearer t0" || e.Header.Get("Origin") != w.site.URL {
					t.Errorf("the server got %+v", e)
				}
				return nil
			},
		},
		{
			does: "`clientcredentials`, which fetches the token itself", over: overPage,
			run: func(t *testing.T, w *world) error {
				ctx := context.WithValue(t.Context(), oauth2.HTTPClient, w.page.Client(nil))
				c := clientcredentials.Config{ClientID: "id", ClientSecret: "secret", TokenURL: w.api.URL + "/token", AuthStyle: oauth2.AuthStyleInParams}
				resp, err := c.Client(ctx).Get(w.api.URL + "/echo")
				if err != nil {
					return err
				}
				if e := echoed(t, resp); e.Header.Get("Authorization") != "Bearer t0" {
					t.Errorf("the server got %+v", e)
				}
				return nil
			},
		},
	}
}

func githubUses() []use {
	return []use{
		{
			does: "`Users.Get`", over: overPage,
			run: func(t *testing.T, w *world) error {
				client := github.NewClient(w.page.Client(nil)).WithAuthToken("t0")
				client.BaseURL, _ = url.Parse(w.api.URL + "/")
				user, _, err := client.Users.Get(t.Context(), "")
				if err == nil && user.GetLogin() != "octocat" {
					t.Errorf("got %v", user)
				}
				return err
			},
		},
	}
}

func otelUses() []use {
	return []use{
		{
			does: "`otelhttp.NewTransport` around the page", over: overTransport,
			run: func(t *testing.T, w *world) error {
				client := &http.Client{Transport: otelhttp.NewTransport(w.page.Transport(nil, nil))}
				resp, err := client.Get(w.api.URL + "/echo")
				if err != nil {
					return err
				}
				if e := echoed(t, resp); e.Header.Get("Origin") != w.site.URL {
					t.Errorf("the server got %+v", e)
				}
				return nil
			},
		},
		{
			does: "`otelhttp.NewTransport` below the page", over: overPage,
			note: "Each request on the wire is a span, preflights too. Connections are not kept apart by partition, since the round tripper is not an `*http.Transport`.",
			run: func(t *testing.T, w *world) error {
				base := &http.Client{Transport: otelhttp.NewTransport(&http.Transport{DisableKeepAlives: true})}
				resp, err := w.page.Client(base).Get(w.api.URL + "/echo")
				return ok(t, resp, err)
			},
		},
	}
}

func mockUses() []use {
	return []use{
		{
			does: "a responder shared by all requests", over: overPage,
			note: "The mock's response is not changed.",
			run: func(t *testing.T, w *world) error {
				mock := httpmock.NewMockTransport()
				resp := httpmock.NewStringResponse(200, "mocked")
				resp.Header = http.Header{"Access-Control-Allow-Origin": {w.site.URL}, "X-Secret": {"1"}}
				mock.RegisterResponder("GET", "https://api.test/things", httpmock.ResponderFromResponse(resp))
				client := w.page.Client(&http.Client{Transport: mock})
				for range 2 {
					got, err := client.Get("https://api.test/things")
					if err != nil {
						return err
					}
					body, _ := io.ReadAll(got.Body)
					got.Body.Close()
					if string(body) != "mocked" || got.Header.Get("X-Secret") != "" {
						t.Errorf("got %q %v", body, got.Header)
					}
				}
				if resp.Header.Get("X-Secret") != "1" {
					t.Errorf("the mock's own header became %v", resp.Header)
				}
				return nil
			},
		},
		{
			does: "a request that no responder is registered for", over: overPage, refused: fetch.NetworkFailure,
			run: func(t *testing.T, w *world) error {
				client := w.page.Client(&http.Client{Transport: httpmock.NewMockTransport()})
				resp, err := client.Get("https://api.test/none")
				return ok(t, resp, err)
			},
		},
	}
}

func cacheUses() []use {
	return []use{
		{
			does: "`httpcache.Transport` below the page", over: overPage,
			note: "One cache for all pages: it is not partitioned, and answers of one origin's page serve another's.",
			run: func(t *testing.T, w *world) error {
				kept := httpcache.NewMemoryCacheTransport()
				client := w.page.Client(&http.Client{Transport: kept})
				for range 2 {
					resp, err := client.Get(w.api.URL + "/cached/")
					if err != nil {
						return err
					}
					if body, _ := io.ReadAll(resp.Body); string(body) != "kept" {
						t.Errorf("body %q", body)
					}
					resp.Body.Close()
				}
				if got := w.requests(); !slices.Equal(got, []string{"GET api/cached/"}) {
					t.Errorf("sent %q, want one request", got)
				}
				return nil
			},
		},
		{
			does: "the same, two hosts with a path that net/url would write otherwise", over: overPage,
			note: "The cache is keyed by URL; each request has its own host in it.",
			run: func(t *testing.T, w *world) error {
				client := w.page.Client(&http.Client{Transport: httpcache.NewTransport(httpcache.NewMemoryCache())})
				for _, s := range []string{w.api.URL, w.site.URL} {
					resp, err := client.Get(s + "/cached/a|b")
					if err != nil {
						return err
					}
					_, _ = io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
				}
				if got := w.requests(); !slices.Equal(got, []string{"GET api/cached/a|b", "GET site/cached/a|b"}) {
					t.Errorf("sent %q", got)
				}
				return nil
			},
		},
	}
}

// socket answers /socket: it says back what it is told.
func (w *world) socket(rw http.ResponseWriter, r *http.Request) {
	w.note(r, "")
	c, err := websocket.Accept(rw, r, &websocket.AcceptOptions{InsecureSkipVerify: true, Subprotocols: []string{"chat"}})
	if err != nil {
		return
	}
	defer c.CloseNow()
	kind, data, err := c.Read(r.Context())
	if err != nil {
		return
	}
	_ = c.Write(r.Context(), kind, data)
	_ = c.Close(websocket.StatusNormalClosure, "")
}

func websocketUses() []use {
	return []use{
		{
			does: "`DialOptions.HTTPClient`", over: overSocket,
			run: func(t *testing.T, w *world) error {
				return w.dial(t, strings.Replace(w.api.URL, "http:", "ws:", 1)+"/socket", nil)
			},
		},
		{
			does: "the same over TLS", over: overSocket,
			run: func(t *testing.T, w *world) error {
				return w.dial(t, strings.Replace(w.secure.URL, "https:", "wss:", 1)+"/socket", w.secure.Client())
			},
		},
	}
}

// dial opens a socket as the page would and says something.
func (w *world) dial(t *testing.T, url string, base *http.Client) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	c, _, err := websocket.Dial(ctx, url, &websocket.DialOptions{
		HTTPClient:   w.page.WebSocketClient(base),
		Subprotocols: []string{"chat"},
	})
	if err != nil {
		return err
	}
	defer c.CloseNow()
	if got := w.last(t).Header; got.Get("Origin") != w.site.URL || c.Subprotocol() != "chat" {
		t.Errorf("protocol %q, sent %v", c.Subprotocol(), got)
	}
	if err := c.Write(ctx, websocket.MessageText, []byte("hello")); err != nil {
		return err
	}
	if _, data, err := c.Read(ctx); err != nil || string(data) != "hello" {
		t.Errorf("%q, %v", data, err)
	}
	return c.Close(websocket.StatusNormalClosure, "")
}
