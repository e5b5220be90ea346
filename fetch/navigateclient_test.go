package fetch_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fetchtest"
)

// navigationClient is a client that navigates, over real sockets.
func navigationClient(t *testing.T, base *http.Client, o *fetch.Options) (*http.Client, *fetch.Agent) {
	t.Helper()
	agent, err := fetch.NewAgent(o)
	if err != nil {
		t.Fatal(err)
	}
	wireAgents.add(t.Name(), agent)
	if base == nil {
		base = &http.Client{Transport: wireTransport(t)}
	}
	return agent.Client(base), agent
}

// What is sent for an address that was typed, for a link and for a form, by each
// engine.
func TestAgentClientHeaders(t *testing.T) {
	var got http.Header
	server := wireTLS(t, func(w http.ResponseWriter, r *http.Request) { got = r.Header }, nil)
	const document = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	all := func(change func(http.Header)) http.Header {
		h := http.Header{
			"Accept":                    {document},
			"Accept-Encoding":           {"gzip, deflate"},
			"Sec-Fetch-Dest":            {"document"},
			"Sec-Fetch-Mode":            {"navigate"},
			"Sec-Fetch-Site":            {"none"},
			"Sec-Fetch-User":            {"?1"},
			"Upgrade-Insecure-Requests": {"1"},
			"User-Agent":                {defaultUserAgent},
		}
		change(h)
		return h
	}
	link := func(h http.Header) {
		h["Sec-Fetch-Site"], h["Referer"] = []string{"cross-site"}, []string{"https://app.example/"}
	}
	tests := []struct {
		name    string
		profile *fetch.Profile
		request func(*http.Request)
		want    http.Header
	}{
		{"typed", fetch.Standard(), func(*http.Request) {}, all(func(http.Header) {})},
		{"typed, Chromium", engine.Chromium(), func(*http.Request) {}, all(func(h http.Header) {
			h["Accept"] = []string{"text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"}
		})},
		{"typed, Firefox", engine.Firefox(), func(*http.Request) {}, all(func(h http.Header) { h["Priority"] = []string{"u=0, i"} })},
		{"typed, WebKit", engine.WebKit(), func(*http.Request) {}, all(func(h http.Header) {
			delete(h, "Sec-Fetch-User")
			delete(h, "Upgrade-Insecure-Requests")
		})},
		{"link", fetch.Standard(), func(r *http.Request) { r.Header.Set("Referer", "https://app.example/dir?q#f") }, all(link)},
		{"headers of the caller's", fetch.Standard(), func(r *http.Request) {
			r.Header = http.Header{"Accept": {"*/*"}, "Authorization": {"Bearer x"}, "User-Agent": {"crawler"}, "X-A": {"1"},
				"Cookie": {"a=b"}, "Origin": {"null"}, "Sec-Fetch-Mode": {"cors"}, "Accept-Encoding": {"br"}}
		}, all(func(h http.Header) {
			h["Accept"], h["Authorization"], h["User-Agent"], h["X-A"] = []string{"*/*"}, []string{"Bearer x"}, []string{"crawler"}, []string{"1"}
			h["Accept-Encoding"] = []string{"br"}
		})},
		{"form", fetch.Standard(), func(r *http.Request) {
			r.Method, r.Body, r.ContentLength = "POST", io.NopCloser(strings.NewReader("a=b")), 3
			r.Header = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Referer": {"https://app.example/form"}}
		}, all(func(h http.Header) {
			link(h)
			h["Content-Type"], h["Content-Length"], h["Origin"] = []string{"application/x-www-form-urlencoded"}, []string{"3"}, []string{"https://app.example"}
		})},
		{"form, Chromium", engine.Chromium(), func(r *http.Request) {
			r.Method, r.Header = "POST", http.Header{"Accept": {"*/*"}}
		}, all(func(h http.Header) {
			h["Accept"], h["Cache-Control"], h["Content-Length"] = []string{"*/*"}, []string{"max-age=0"}, []string{"0"}
			h["Origin"] = []string{server.URL} // of the document that will be
		})},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if id := tt.profile.Identity; id.UserAgent != "" { // what each browser says of itself
				tt.want["User-Agent"], tt.want["Accept-Language"] = []string{id.UserAgent}, []string{id.AcceptLanguage}
				tt.want["Accept-Encoding"] = []string{map[bool]string{true: "gzip, deflate, br", false: "gzip, deflate, br, zstd"}[tt.profile.Name == "webkit"]}
				for _, h := range id.Hints {
					if h.Always {
						tt.want.Set(h.Name, h.Value)
					}
				}
			}
			client, _ := navigationClient(t, &http.Client{Transport: wireTransport(t, server)}, &fetch.Options{Profile: tt.profile})
			r := wireRequest(t, "GET", server.URL+"/a", nil)
			tt.request(r)
			resp, err := client.Do(r)
			wireText(t, resp, err)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("sent (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAgentClientReadable shows an embedder the document whatever its origin,
// with what no script sees.
func TestAgentClientReadable(t *testing.T) {
	server := wireServer(t, func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "id", Value: "1"})
		w.Header().Set("X-A", "1")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "missing")
	})
	client, agent := navigationClient(t, nil, nil)
	resp, err := client.Get(server.URL + "/a")
	if got := wireText(t, resp, err); got != "missing" || resp.StatusCode != 404 || resp.Header.Get("X-A") != "1" ||
		len(resp.Cookies()) != 1 || resp.Request.URL.Path != "/a" {
		t.Errorf("%q, %+v", got, resp)
	}
	u := wireURL(t, server.URL)
	if got := client.Jar.Cookies(u); len(got) != 1 || got[0].Value != "1" {
		t.Errorf("the client's jar has %v", got)
	}
	if n := agent.Cookies().(*credentials.CookieJar).Len(); n != 1 {
		t.Errorf("the agent's has %d", n)
	}
}

// A refusedCookie is one that the engine's rules refuse and net/http, which knows
// fewer, would put into the jar after all.
const refusedCookie = "__Host-a=1; Path=/; Domain=localhost"

// TestAgentClientJar: the client's jar shows the cookies that there are. Setting
// them there works, and what net/http sets there has no effect.
func TestAgentClientJar(t *testing.T) {
	var sent []string
	server := wireServer(t, func(w http.ResponseWriter, r *http.Request) {
		sent = append(sent, r.Header.Get("Cookie"))
		w.Header().Add("Set-Cookie", refusedCookie)
		w.Header().Add("Set-Cookie", "visit=1; HttpOnly")
		if r.URL.Path == "/a" {
			http.Redirect(w, r, "/b", http.StatusFound)
		}
	})
	home := wireURL(t, server.URL)
	names := func(jar http.CookieJar) (all []string) {
		for _, c := range jar.Cookies(home) {
			all = append(all, c.Name)
		}
		slices.Sort(all)
		return all
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		jar  http.CookieJar
		o    *fetch.Options
	}{
		{"the agent's", nil, nil},
		{"base's", jar, nil},
		{"base's, of an agent", credentials.NewCookieJar(nil).HTTP(), nil},
		{"none", jar, &fetch.Options{DisableCookies: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sent = nil
			client, _ := navigationClient(t, &http.Client{Transport: wireTransport(t), Jar: tt.jar}, tt.o)
			if tt.name == "none" {
				if client.Jar != nil {
					t.Fatal("a jar, though cookies are disabled")
				}
			} else {
				client.Jar.SetCookies(home, []*http.Cookie{{Name: "own", Value: "1"}})
			}
			resp, err := client.Get(server.URL + "/a")
			wireText(t, resp, err)
			if tt.name == "none" {
				if !slices.Equal(sent, []string{"", ""}) {
					t.Errorf("sent %q", sent)
				}
				return
			}
			if !slices.Equal(sent, []string{"own=1", "own=1; visit=1"}) {
				t.Errorf("sent %q", sent)
			}
			want := []string{"own", "visit"}
			if tt.jar == jar {
				want = names(jar) // whose rules are its own
			}
			if got := names(client.Jar); !slices.Equal(got, want) {
				t.Errorf("jar has %q, want %q", got, want)
			}
			// The same URL again, this time by the program.
			client.Jar.SetCookies(resp.Request.URL, []*http.Cookie{{Name: "own", MaxAge: -1}})
			want = slices.DeleteFunc(want, func(name string) bool { return name == "own" })
			if got := names(client.Jar); !slices.Equal(got, want) {
				t.Errorf("jar has %q, want %q", got, want)
			}
		})
	}
}

// TestAgentClientRedirects leaves each hop to net/http's client, its own or
// another one, and goes on where the engine stopped.
func TestAgentClientRedirects(t *testing.T) {
	var got []string
	server := wireServer(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = append(got, fmt.Sprintf("%s %s %q site=%s referer=%s x=%s auth=%s", r.Method, r.URL.RequestURI(), body,
			r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Referer"), r.Header.Get("X-A"), r.Header.Get("Authorization")))
		switch r.URL.Path {
		case "/start":
			w.Header()["Location"] = []string{"/odd\\path?a b"} // not as net/url reads it
			w.WriteHeader(http.StatusTemporaryRedirect)
			_, _ = io.WriteString(w, "moved")
		case "/odd/path":
			http.Redirect(w, r, "/end#part", http.StatusSeeOther)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/mail":
			w.Header().Set("Location", "mailto:a@b")
			w.WriteHeader(http.StatusFound)
		case "/broken":
			w.Header().Set("Location", "http://[")
			w.WriteHeader(http.StatusFound)
		case "/percent":
			w.Header().Set("Location", "/100%")
			w.WriteHeader(http.StatusFound)
		default:
			_, _ = io.WriteString(w, "end")
		}
	})
	start := func(t *testing.T, path string) *http.Request {
		r := wireRequest(t, "POST", server.URL+path, strings.NewReader("body"))
		r.Header = http.Header{"Referer": {"http://other.test/page"}, "X-A": {"1"}, "Authorization": {"Bearer x"}}
		return r
	}
	follow := []string{
		`POST /start "body" site=cross-site referer=http://other.test/ x=1 auth=Bearer x`,
		`POST /odd/path?a%20b "body" site=cross-site referer=http://other.test/ x=1 auth=Bearer x`,
		`GET /end "" site=cross-site referer=http://other.test/ x=1 auth=Bearer x`,
	}
	check := func(t *testing.T, want []string) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the server got (-want +got):\n%s", diff)
		}
		got = nil
	}
	client, agent := navigationClient(t, nil, nil)
	outer := &http.Client{Transport: client.Transport}

	t.Run("own client", func(t *testing.T) {
		resp, err := client.Do(start(t, "/start"))
		if text := wireText(t, resp, err); text != "end" || resp.Request.URL.String() != server.URL+"/end#part" || resp.Request.Method != "GET" {
			t.Errorf("%q from %s %s", text, resp.Request.Method, resp.Request.URL)
		}
		check(t, follow)
	})
	t.Run("with a timeout", func(t *testing.T) { // which net/http sets anew for each hop
		timed, _ := navigationClient(t, &http.Client{Transport: wireTransport(t), Timeout: time.Minute}, nil)
		resp, err := timed.Do(start(t, "/start"))
		wireText(t, resp, err)
		check(t, follow)
	})
	t.Run("another client", func(t *testing.T) {
		var asked []string
		outer.CheckRedirect = func(next *http.Request, via []*http.Request) error {
			asked = append(asked, fmt.Sprint(next.Method, " ", next.URL.RequestURI(), " ", len(via)))
			return nil
		}
		resp, err := outer.Do(start(t, "/start"))
		wireText(t, resp, err)
		check(t, follow)
		if diff := cmp.Diff([]string{"POST /odd/path?a%20b 1", "GET /end 2"}, asked); diff != "" {
			t.Errorf("asked (-want +got):\n%s", diff)
		}
	})
	t.Run("veto", func(t *testing.T) {
		client.CheckRedirect = nil
		vetoing := agent.Client(&http.Client{Transport: wireTransport(t), CheckRedirect: func(*http.Request, []*http.Request) error { return errScope }})
		resp, err := vetoing.Do(start(t, "/start"))
		if e := asRefusal(t, err); e.Reason != fetch.RedirectVetoed || !errors.Is(err, errScope) || e.Response.Status != 307 || e.Header != "Location" {
			t.Errorf("%+v", e)
		}
		// As net/http does: the response too, its body closed.
		if resp == nil || resp.StatusCode != 307 {
			t.Fatalf("response %v", resp)
		}
		if _, err := resp.Body.Read(make([]byte, 1)); err == nil {
			t.Error("the body is open")
		}
		check(t, follow[:1])
	})
	t.Run("last response", func(t *testing.T) {
		outer.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		resp, err := outer.Do(start(t, "/start"))
		if text := wireText(t, resp, err); text != "moved" || resp.StatusCode != 307 || resp.Header.Get("Location") != server.URL+"/odd/path?a%20b" {
			t.Errorf("%q, %+v", text, resp)
		}
		check(t, follow[:1])
	})
	t.Run("changed headers", func(t *testing.T) {
		outer.CheckRedirect = func(next *http.Request, via []*http.Request) error {
			next.Header.Del("Authorization")
			next.Header.Set("X-A", "2")
			next.Header.Set("Cookie", "a=b")
			return nil
		}
		resp, err := outer.Do(start(t, "/start"))
		wireText(t, resp, err)
		check(t, []string{follow[0],
			`POST /odd/path?a%20b "body" site=cross-site referer=http://other.test/ x=2 auth=`,
			`GET /end "" site=cross-site referer=http://other.test/ x=2 auth=`})
	})
	t.Run("limit", func(t *testing.T) {
		follower, _ := navigationClient(t, nil, nil)
		resp, err := follower.Get(server.URL + "/loop")
		wireRefused(t, resp, err, fetch.TooManyRedirects)
		if len(got) != 21 {
			t.Errorf("%d requests", len(got))
		}
		got = nil
		outer.CheckRedirect = nil // net/http's own limit
		if _, err := outer.Get(server.URL + "/loop"); err == nil || len(got) != 10 {
			t.Errorf("%d requests, %v", len(got), err)
		}
		got = nil
	})
	for path, want := range map[string]fetch.Reason{"/mail": fetch.RedirectScheme, "/broken": fetch.InvalidLocation} {
		t.Run(path[1:], func(t *testing.T) {
			follower, _ := navigationClient(t, nil, nil)
			resp, err := follower.Get(server.URL + path)
			wireRefused(t, resp, err, want)
			got = nil
		})
	}
	t.Run("percent", func(t *testing.T) {
		follower, _ := navigationClient(t, nil, nil)
		resp, err := follower.Get(server.URL + "/percent")
		wireText(t, resp, err)
		// net/http's server refuses such a path by itself: it was sent to the letter.
		if len(got) != 1 || resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%q, %s", got, resp.Status)
		}
		got = nil
	})
}

// TestAgentClientRefusals: what browsers do not navigate with.
func TestAgentClientRefusals(t *testing.T) {
	client, _ := navigationClient(t, &http.Client{Transport: wireRoundTripper(func(*http.Request) (*http.Response, error) {
		return nil, errors.New("it was sent")
	})}, nil)
	tests := []struct {
		name    string
		method  string
		url     string
		header  http.Header
		options *fetch.ClientOptions
		want    fetch.Reason
	}{
		{name: "HEAD", method: "HEAD", want: fetchtest.Reason("method-not-navigable")},
		{name: "PUT", method: "PUT", want: fetchtest.Reason("method-not-navigable")},
		{name: "bad port", url: "http://127.0.0.1:25/", want: fetch.BadPort},
		{name: "no referrer", header: http.Header{"Referer": {"page"}}, want: fetchtest.Reason("invalid-referrer")},
		{name: "no header", header: http.Header{"X": {"a\nb"}}, want: fetch.InvalidHeaderValue},
		{name: "no accept-encoding", options: &fetch.ClientOptions{AcceptEncoding: "a\nb"}, want: fetch.InvalidHeaderValue},
		{name: "option of pages", options: &fetch.ClientOptions{Mode: fetch.NoCORS}, want: fetch.InvalidOption},
		{name: "check of pages", options: &fetch.ClientOptions{CheckRedirect: func(fetch.RequestInfo, []fetch.RequestInfo) error { return nil }}, want: fetch.InvalidOption},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.url == "" {
				tt.url = "http://api.test/"
			}
			body := wireBodyOf(strings.NewReader("x"))
			r := &http.Request{Method: tt.method, URL: wireURL(t, tt.url), Header: tt.header}
			if tt.method == "PUT" {
				r.Body, r.ContentLength = body, 1
			} else {
				body.Close()
			}
			if r.Header == nil {
				r.Header = http.Header{}
			}
			ctx := t.Context()
			if tt.options != nil {
				ctx = fetch.WithOptions(ctx, *tt.options)
			}
			resp, err := client.Do(r.WithContext(ctx))
			if e := wireRefused(t, resp, err, tt.want); e.Request.URL == "" {
				t.Errorf("%+v", e)
			}
			wireWait(t, body.closed, "the body to be closed")
		})
	}
}

// TestAgentClientUserinfo answers a challenge with a URL's username and password,
// and shows and sends them nowhere else: net/http would send them unasked, and name
// them in its errors.
func TestAgentClientUserinfo(t *testing.T) {
	var got []string
	server := wireServer(t, func(w http.ResponseWriter, r *http.Request) {
		user, password, ok := r.BasicAuth()
		got = append(got, fmt.Sprint(r.URL.Path, " ", user, " ", password, " ", ok))
		switch {
		case r.URL.Path == "/start":
			w.Header().Set("Location", strings.Replace("http://"+r.Host+"/end", "://", "://u:secret@", 1))
			w.WriteHeader(http.StatusFound)
		case !ok && r.URL.Path == "/end":
			w.Header().Set("WWW-Authenticate", "Basic realm=x")
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	want := []string{"/start   false", "/end   false", "/end u secret true"}
	client, _ := navigationClient(t, nil, nil)
	resp, err := client.Get(server.URL + "/start")
	wireText(t, resp, err)
	if !slices.Equal(got, want) || resp.StatusCode != 200 {
		t.Errorf("got %q", got)
	}

	got = nil
	resp, err = client.Get(strings.Replace(server.URL, "://", "://v:secret@", 1) + "/open")
	wireText(t, resp, err)
	if !slices.Equal(got, []string{"/open   false"}) {
		t.Errorf("got %q", got)
	}

	vetoing, _ := navigationClient(t, &http.Client{Transport: wireTransport(t), CheckRedirect: func(*http.Request, []*http.Request) error { return errScope }}, nil)
	_, err = vetoing.Get(server.URL + "/start")
	if !errors.Is(err, errScope) || strings.Contains(err.Error(), "secret") {
		t.Errorf("error %v", err)
	}
	r := wireRequest(t, "GET", server.URL, nil)
	r.Header.Set("Referer", "https://u:secret@/")
	resp, err = client.Do(r)
	wireRefused(t, resp, err, fetchtest.Reason("invalid-referrer"))
	if strings.Contains(err.Error(), "secret") {
		t.Errorf("error %v", err)
	}
}
