package fetch_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
)

// A proxyRing is some proxies that want a password each, of which a transport
// takes one after the other, or none where that is nil.
type proxyRing struct {
	t       testing.TB
	mu      sync.Mutex
	proxies []*url.URL
	asked   int                 // the Proxy function
	got     map[string][]string // by who: "one", "server", the accounts in Proxy-Authorization
	refuse  bool                // every password
}

func newProxyRing(t testing.TB, names ...string) *proxyRing {
	ring := &proxyRing{t: t, got: make(map[string][]string)}
	for _, name := range names {
		if name == "" {
			ring.proxies = append(ring.proxies, nil)
			continue
		}
		s := wireServer(t, func(w http.ResponseWriter, r *http.Request) { ring.serve(w, r, name) })
		u, err := url.Parse(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		ring.proxies = append(ring.proxies, u)
	}
	return ring
}

func (ring *proxyRing) serve(w http.ResponseWriter, r *http.Request, name string) {
	ring.note(name, r)
	if r.Header.Get("Proxy-Authorization") == "" || ring.refuse {
		w.Header().Set("Proxy-Authenticate", `Basic realm="`+name+`"`)
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	if r.Method != http.MethodConnect {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		_, _ = io.WriteString(w, "by "+name)
		return
	}
	there, err := net.Dial("tcp", r.Host)
	if err != nil {
		ring.t.Error(err)
		return
	}
	here, in, err := http.NewResponseController(w).Hijack()
	if err != nil {
		ring.t.Error(err)
		return
	}
	_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
	var both sync.WaitGroup
	both.Go(func() { _, _ = io.Copy(there, in); there.Close() })
	both.Go(func() { _, _ = io.Copy(here, bufio.NewReader(there)); here.Close() })
	both.Wait()
}

// note notes the account that somebody is sent.
func (ring *proxyRing) note(who string, r *http.Request) {
	ring.mu.Lock()
	defer ring.mu.Unlock()
	account, ok := strings.CutPrefix(r.Header.Get("Proxy-Authorization"), "Basic ")
	if plain, err := base64.StdEncoding.DecodeString(account); ok && err == nil {
		account = string(plain)
	}
	ring.got[who] = append(ring.got[who], account)
}

func (ring *proxyRing) next(*http.Request) (*url.URL, error) {
	ring.mu.Lock()
	defer ring.mu.Unlock()
	ring.asked++
	return ring.proxies[(ring.asked-1)%len(ring.proxies)], nil
}

// prompt has a password for each realm.
func (ring *proxyRing) prompt(_ context.Context, p credentials.PromptRequest) (string, string, bool) {
	return "user", "of-" + p.Realm, true
}

// TestProxyInTurn has a function hand out proxies in turn. It is asked once for
// each round trip. A proxy's password goes to that proxy alone, over plain HTTP
// and for tunnels, and to no server.
func TestProxyInTurn(t *testing.T) {
	for _, secure := range []bool{false, true} {
		for _, names := range [][]string{{"one"}, {"one", "two"}, {"one", "two", ""}, {"", "one", "two"}} {
			t.Run(fmt.Sprintf("secure=%t/%q", secure, names), func(t *testing.T) {
				ring := newProxyRing(t, names...)
				serve := func(w http.ResponseWriter, r *http.Request) {
					ring.note("server", r)
					_, _ = io.WriteString(w, "direct")
				}
				var server *httptest.Server
				rt := wireTransport(t)
				if secure {
					server = wireTLS(t, serve, nil)
					rt = wireTransport(t, server)
				} else {
					server = wireServer(t, serve)
				}
				rt.Proxy, rt.DisableKeepAlives = ring.next, true // or a tunnel would serve again
				page := wireEnvironment(t, server.URL, &fetch.Options{Transport: &fetch.HTTPTransport{RoundTripper: rt}, Authentication: keyring(ring.prompt)})
				const fetches = 6
				for i := range fetches {
					want := "direct"
					if by := names[i%len(names)]; by != "" && !secure {
						want = "by " + by
					}
					if got := bodyFor(t, page, &fetch.Request{URL: "/x"}); got != want {
						t.Errorf("response %d is %q, want %q", i, got, want)
					}
				}
				if ring.asked != fetches {
					t.Errorf("Proxy was asked %d times", ring.asked)
				}
				for who, got := range ring.got {
					own := "user:of-" + who
					if who == "server" {
						own = ""
					}
					if i := slices.IndexFunc(got, func(account string) bool { return account != "" && account != own }); i >= 0 {
						t.Errorf("%s got the account %s", who, got[i])
					}
					if n := len(slices.DeleteFunc(slices.Clone(got), func(account string) bool { return account != "" })); who != "server" && n != 1 {
						t.Errorf("%s was asked without a password %d times, want once", who, n)
					}
				}
			})
		}
	}
}

// TestAnswersEnd has a store that always has another answer, for a server and for
// proxies that refuse all. The fetch ends.
func TestAnswersEnd(t *testing.T) {
	const most = 20
	n := 0
	endless := func(context.Context, credentials.PromptRequest) (string, string, bool) {
		n++
		return "user", fmt.Sprint(n), true
	}
	var why error
	trace := &fetch.Trace{Challenged: func(_ fetch.RequestInfo, _ fetch.ResponseInfo, err error) { why = err }}
	ended := func(t *testing.T, prompts int) {
		t.Helper()
		u, ok := errors.AsType[*credentials.UnansweredError](why)
		if !ok || u.Reason != "too-many-answers" || n != prompts {
			t.Errorf("%d prompts, want %d; %v", n, prompts, why)
		}
		n = 0
	}
	t.Run("server", func(t *testing.T) {
		requests := 0
		server := wireServer(t, func(w http.ResponseWriter, r *http.Request) {
			requests++
			w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
			if r.URL.Path == "/first" && requests > most {
				http.Redirect(w, r, "/second", http.StatusFound)
				return
			}
			w.WriteHeader(http.StatusUnauthorized)
		})
		page := wireEnvironment(t, server.URL, &fetch.Options{Transport: &fetch.HTTPTransport{RoundTripper: wireTransport(t)}, Authentication: keyring(endless)})
		if resp := fetched(t, page, &fetch.Request{URL: "/", Trace: trace}); resp.Status != 401 || requests != most+1 {
			t.Errorf("status %d after %d requests", resp.Status, requests)
		}
		ended(t, most)
		requests = 0
		if resp := fetched(t, page, &fetch.Request{URL: "/first", Trace: trace}); resp.Status != 401 || requests != 2*most+2 {
			t.Errorf("redirected: status %d after %d requests", resp.Status, requests)
		}
		ended(t, 2*most) // each hop begins anew
	})
	for _, server := range []string{"http://server.test", "https://server.test"} {
		t.Run("proxies/"+server, func(t *testing.T) {
			ring := newProxyRing(t, "one", "two", "three")
			ring.refuse = true
			rt := wireTransport(t)
			rt.Proxy = ring.next
			page := wireEnvironment(t, server, &fetch.Options{Transport: &fetch.HTTPTransport{RoundTripper: rt}, Authentication: keyring(endless)})
			if e := refused(t, page, &fetch.Request{URL: "/", Trace: trace}); e.Reason != fetch.ProxyAuthenticationRequired {
				t.Error(e)
			}
			ended(t, most)
		})
	}
	t.Run("proxy that is another each time", func(t *testing.T) {
		// A Transport of the user's tells of its proxies itself.
		i := 0
		agent, err := fetch.NewAgent(&fetch.Options{Authentication: keyring(endless), Transport: transportFunc(func(r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
			i++
			r.ProxyAuthorization(mustURL(t, fmt.Sprintf("http://proxy%d.test/", i)), r.Method, r.URL.String())
			return &fetch.NetworkResponse{Status: 407, Headers: headerLines(`Proxy-Authenticate: Basic realm="x"`)}, nil
		})})
		if err != nil {
			t.Fatal(err)
		}
		if e := refused(t, newPage(t, agent, fetch.EnvironmentOptions{}), &fetch.Request{URL: "/", Trace: trace}); e.Reason != fetch.ProxyAuthenticationRequired {
			t.Error(e)
		}
		ended(t, most)
	})
}

// TestProxyKeptFromOthers gives no password of a proxy to a round tripper that
// serves a scheme in the place of the network.
func TestProxyKeptFromOthers(t *testing.T) {
	proxy, err := url.Parse("http://proxy.test:8080")
	if err != nil {
		t.Fatal(err)
	}
	rt := wireTransport(t)
	rt.Proxy = http.ProxyURL(proxy)
	var got http.Header
	rt.RegisterProtocol("http", wireRoundTripper(func(r *http.Request) (*http.Response, error) {
		got = r.Header
		return &http.Response{StatusCode: 200}, nil
	}))
	store := keyring(nil)
	if err := store.Add(mustURL(t, "http://proxy.test:8080/"), credentials.AuthenticationEntry{Username: "u", Password: "p"}); err != nil {
		t.Fatal(err)
	}
	page := wireEnvironment(t, "http://app.example/", &fetch.Options{Transport: &fetch.HTTPTransport{RoundTripper: rt}, Authentication: store})
	fetched(t, page, &fetch.Request{URL: "/"})
	if diff := cmp.Diff([]string(nil), got.Values("Proxy-Authorization")); diff != "" {
		t.Errorf("Proxy-Authorization (-want +got):\n%s", diff)
	}
}

// TestProxyErrors shows no password of a proxy, whatever is wrong with it.
func TestProxyErrors(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for _, tt := range []struct{ name, proxy string }{
		{"nobody there", "http://user:hunter2@" + closed.Addr().String()},
		{"nobody there, https", "https://user:hunter2@" + closed.Addr().String()},
		{"nobody there, SOCKS", "socks5://user:hunter2@" + closed.Addr().String()},
		{"unknown scheme", "gopher://user:hunter2@" + closed.Addr().String()},
		{"does not parse", "http://user:hunter2/@" + closed.Addr().String()},
		{"does not parse either", "http://user:hunter2@[::1"},
	} {
		for _, target := range []string{"http://app.example/", "https://app.example/"} {
			t.Run(tt.name+"/"+target, func(t *testing.T) {
				rt := wireTransport(t)
				rt.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse(tt.proxy) }
				page := wireEnvironment(t, target, &fetch.Options{Transport: &fetch.HTTPTransport{RoundTripper: rt}})
				e := refused(t, page, &fetch.Request{URL: target})
				explained := e.Explain()
				for err := error(e); err != nil; err = errors.Unwrap(err) {
					explained.Fix += err.Error()
				}
				if e.Reason != fetch.NetworkFailure || strings.Contains(fmt.Sprint(explained), "hunter2") {
					t.Errorf("%v\n%v", e, explained)
				}
			})
		}
	}
}
