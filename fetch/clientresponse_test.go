package fetch_test

import (
	"crypto/tls"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
)

// TestClientSharedResponse leaves a round tripper's response as it is. A fake or
// a cache returns the same header map for every request, to several goroutines.
func TestClientSharedResponse(t *testing.T) {
	header := http.Header{
		"Access-Control-Allow-Origin": {"*"},
		"Content-Encoding":            {"gzip"}, // of no body, which decodes to none
		"Content-Length":              {"0"},
		"Set-Cookie":                  {"a=b"},
		"X-Hidden":                    {"1", "2"},
	}
	before := header.Clone()
	var mu sync.Mutex
	var given []*http.Response
	var bodies []io.ReadCloser
	rt := wireRoundTripper(func(r *http.Request) (*http.Response, error) {
		body := io.NopCloser(strings.NewReader(""))
		resp := &http.Response{StatusCode: 200, Header: header, Body: body, ProtoMajor: 1, ProtoMinor: 1, Request: r}
		mu.Lock()
		defer mu.Unlock()
		given, bodies = append(given, resp), append(bodies, body)
		return resp, nil
	})
	agent, err := fetch.NewAgent(nil)
	if err != nil {
		t.Fatal(err)
	}
	var asking sync.WaitGroup
	for _, from := range []string{"https://api.test/", "https://app.example/"} {
		page, err := agent.Page(from)
		if err != nil {
			t.Fatal(err)
		}
		client := page.Client(&http.Client{Transport: rt})
		for range 4 {
			asking.Go(func() {
				resp, err := client.Get("https://api.test/")
				if err != nil {
					t.Error(err)
					return
				}
				resp.Body.Close()
				resp.Header.Add("X-Hidden", "3") // the caller's own
				for _, values := range resp.Header {
					values[0] = "changed"
				}
			})
		}
	}
	asking.Wait()
	if diff := cmp.Diff(before, header); diff != "" {
		t.Errorf("the round tripper's header changed (-before +after):\n%s", diff)
	}
	for i, resp := range given {
		if resp.Body != bodies[i] || resp.Uncompressed || resp.ContentLength != 0 {
			t.Errorf("the round tripper's response changed: %+v", resp)
		}
	}
}

// TestClientHeadersByProfile shows the headers that [fetch.Environment.Fetch]
// shows, in each profile.
func TestClientHeadersByProfile(t *testing.T) {
	header := http.Header{
		"Content-Type":                  {"text/plain", "text/html"},
		"X-Empty":                       {"", "1"},
		"Www-Authenticate":              {"Basic realm=a", "Basic realm=b"},
		"X-Bytes":                       {"a\xffb"},
		"Set-Cookie":                    {"a=b"},
		"Access-Control-Allow-Origin":   {"https://app.example"},
		"Access-Control-Expose-Headers": {"*"},
	}
	for _, profile := range engine.Profiles() {
		for _, url := range []string{"https://app.example/", "https://api.test/"} {
			t.Run(profile.Name+"/"+url, func(t *testing.T) {
				rt := wireRoundTripper(func(r *http.Request) (*http.Response, error) {
					return &http.Response{StatusCode: 200, Header: header, Body: http.NoBody, ProtoMajor: 1, ProtoMinor: 1}, nil
				})
				page := wireEnvironment(t, "https://app.example/", &fetch.Options{Profile: profile, Transport: &fetch.HTTPTransport{RoundTripper: rt}})
				want := make(http.Header)
				for _, h := range fetched(t, page, &fetch.Request{URL: url}).Headers.List() {
					want.Add(h.Name, h.Value)
				}
				resp, err := page.Client(nil).Get(url)
				wireText(t, resp, err)
				if diff := cmp.Diff(want, resp.Header); diff != "" {
					t.Errorf("Client differs from Fetch (-Fetch +Client):\n%s", diff)
				}
				if len(want["Content-Type"]) == 0 || want.Get("Set-Cookie") != "" {
					t.Errorf("header %v", slices.Sorted(maps.Keys(want)))
				}
			})
		}
	}
}

// TestClientResponseFields: of a response of another origin a page sees its
// headers as far as they are exposed, and nothing of the connection.
func TestClientResponseFields(t *testing.T) {
	own := func() *http.Response {
		return &http.Response{
			Status: "200 OK", StatusCode: 200, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			Header:        http.Header{"Access-Control-Allow-Origin": {"*"}, "Connection": {"close"}, "Content-Language": {"en"}},
			ContentLength: -1, TransferEncoding: []string{"chunked"}, Close: true, TLS: &tls.ConnectionState{ServerName: "secret"},
			Trailer: http.Header{"X-Late": {"1"}}, Body: io.NopCloser(strings.NewReader("ok")),
		}
	}
	rt := wireRoundTripper(func(*http.Request) (*http.Response, error) { return own(), nil })
	client := wireClient(t, "https://app.example/", rt)
	tests := []struct {
		name, url string
		want      func(*http.Response)
	}{
		{"own origin", "https://app.example/a", func(r *http.Response) { r.Trailer = nil }},
		{"another origin", "https://api.test/a", func(r *http.Response) {
			r.Header = http.Header{"Content-Language": {"en"}}
			r.Close, r.TransferEncoding, r.TLS, r.Trailer = false, nil, nil, nil
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp, err := client.Get(tt.url)
			if got := wireText(t, resp, err); got != "ok" {
				t.Errorf("body %q", got)
			}
			want := own()
			tt.want(want)
			if diff := cmp.Diff(want.Header, resp.Header); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
			if resp.Close != want.Close || !slices.Equal(resp.TransferEncoding, want.TransferEncoding) || (resp.TLS == nil) != (want.TLS == nil) ||
				resp.Trailer != nil || resp.Status != want.Status || resp.Proto != want.Proto || resp.ContentLength != want.ContentLength {
				t.Errorf("got  %+v\nwant %+v", resp, want)
			}
		})
	}
}

// TestClientDisabledCookies: where an agent has no cookies, the jar of a base
// client changes nothing.
func TestClientDisabledCookies(t *testing.T) {
	var cookies []string
	rt := wireRoundTripper(func(r *http.Request) (*http.Response, error) {
		cookies = append(cookies, r.Header["Cookie"]...)
		return &http.Response{StatusCode: 200, Header: http.Header{"Set-Cookie": {"a=b"}}, Body: http.NoBody}, nil
	})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	home := wireURL(t, "https://app.example/")
	jar.SetCookies(home, []*http.Cookie{{Name: "had", Value: "1"}})
	page := wireEnvironment(t, "https://app.example/", &fetch.Options{DisableCookies: true})
	client := page.Client(&http.Client{Transport: rt, Jar: jar})
	for range 2 {
		resp, err := client.Get("https://app.example/")
		wireText(t, resp, err)
	}
	if len(cookies) > 0 || len(jar.Cookies(home)) != 1 {
		t.Errorf("sent %q, kept %v", cookies, jar.Cookies(home))
	}
}

// TestTransport is a page for libraries that take a round tripper, also inside
// of an http.Client that would follow redirects and keep cookies by itself.
func TestTransport(t *testing.T) {
	server := wireServer(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, "/end", http.StatusFound)
			return
		case "/cookie":
			w.Header().Set("Set-Cookie", "set=1")
		}
		_, _ = io.WriteString(w, r.Method+" "+r.URL.Path+" "+r.Header.Get("Cookie")+" "+r.Header.Get("Sec-Fetch-Mode"))
	})
	page := wireEnvironment(t, server.URL+"/page", nil)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	jar.SetCookies(wireURL(t, server.URL), []*http.Cookie{{Name: "outer", Value: "1"}})
	outer := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error {
		t.Error("the outer client followed a redirect")
		return nil
	}}
	for name, rt := range map[string]http.RoundTripper{
		"defaults": page.Transport(wireTransport(t), nil),
		"options":  page.Transport(wireTransport(t), &fetch.ClientOptions{Mode: fetch.SameOrigin}),
	} {
		outer.Transport = rt
		mode := map[string]string{"defaults": "cors", "options": "same-origin"}[name]
		resp, err := outer.Get(server.URL + "/cookie")
		wireText(t, resp, err)
		resp, err = outer.Get(server.URL + "/away")
		if got := wireText(t, resp, err); got != "GET /end set=1 "+mode {
			t.Errorf("%s: %q", name, got)
		}
		if resp.Request.URL.Path != "/end" || len(jar.Cookies(wireURL(t, server.URL))) != 1 {
			t.Errorf("%s: from %s, outer jar %v", name, resp.Request.URL, jar.Cookies(wireURL(t, server.URL)))
		}
		resp, err = outer.Get("https://api.test:22/")
		wireRefused(t, resp, err, fetch.BadPort)
		outer.CloseIdleConnections()
	}
}
