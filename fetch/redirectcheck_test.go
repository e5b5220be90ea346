package fetch_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
)

// errScope is a caller's veto.
var errScope = errors.New("out of scope")

// TestCheckRedirect asks before each hop, with the request as the redirect
// leaves it and those that went before.
func TestCheckRedirect(t *testing.T) {
	servers := routes{
		app + "/a": answer(302, "Location: "+api+"/b"),
		api + "/b": answer(307, "Access-Control-Allow-Origin: *", "Location: https://u@cdn.test/c#f"),
	}
	agent, n := newAgent(t, servers.serve, fetch.Options{})
	page := newPage(t, agent, fetch.EnvironmentOptions{})
	var asked []string
	describe := func(r fetch.RequestInfo) string {
		value, _ := r.Headers.Get("Authorization")
		_, sent := r.Headers.Get("Accept-Encoding")
		return fmt.Sprintf("%s %s hop %d origin %s auth %q sent %t", r.Method, r.URL, r.Hop, r.Origin, value, sent)
	}
	r := &fetch.Request{URL: "/a", Method: "POST", Body: fetch.TextBody("x"), Headers: headerLines("Authorization: a"),
		CheckRedirect: func(next fetch.RequestInfo, via []fetch.RequestInfo) error {
			line := describe(next)
			for _, before := range via {
				line += " <- " + describe(before)
			}
			asked = append(asked, line)
			return nil
		}}
	if e := refused(t, page, r); e.Reason != fetch.RedirectContainsCredentials {
		t.Errorf("%v", e)
	}
	want := []string{`GET https://api.test/b hop 1 origin https://app.example auth "" sent false` +
		` <- POST https://app.example/a hop 0 origin https://app.example auth "a" sent true`}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("asked (-want +got): a redirect that is refused anyway is not asked about\n%s", diff)
	}
	if got := strings.Join(n.lines(), "|"); got != "POST https://app.example/a|GET https://api.test/b" {
		t.Error(got)
	}
}

// TestCheckRedirectVeto ends a fetch before a hop is sent, its preflight
// included, and says so.
func TestCheckRedirectVeto(t *testing.T) {
	servers := routes{app + "/a": answer(302, "Location: "+app+"/b"), app + "/b": answer(307, "Location: "+api+"/c", "X-A: 1").with("moved")}
	tests := []struct {
		name string
		err  error
		mode fetch.Mode
	}{
		{"error", errScope, ""},
		{"error in mode no-cors", errScope, fetch.NoCORS},
		{"last response", http.ErrUseLastResponse, ""},
		{"last response, wrapped", fmt.Errorf("enough: %w", http.ErrUseLastResponse), fetch.NoCORS},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			agent, n := newAgent(t, servers.serve, fetch.Options{})
			page := newPage(t, agent, fetch.EnvironmentOptions{})
			r := &fetch.Request{URL: "/a", Mode: tt.mode, CheckRedirect: func(next fetch.RequestInfo, via []fetch.RequestInfo) error {
				if len(via) == 2 {
					return tt.err
				}
				return nil
			}}
			if tt.mode == "" {
				r.Headers = headerLines("X-Token: 1") // needs a preflight at api
			}
			resp, err := page.Fetch(t.Context(), r)
			if got := strings.Join(n.lines(), "|"); got != "GET https://app.example/a|GET https://app.example/b" {
				t.Errorf("sent %s", got)
			}
			if errors.Is(tt.err, http.ErrUseLastResponse) {
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Body.Close()
				if resp.Type != "opaqueredirect" || resp.Status != 0 || len(resp.Headers.List()) > 0 || text(t, resp.Body) != "" ||
					resp.URL != app+"/b" || resp.Internal().Status != 307 {
					t.Errorf("%+v", resp)
				}
				return
			}
			e := asRefusal(t, err)
			if e.Reason != fetch.RedirectVetoed || !errors.Is(err, errScope) || !errors.Is(err, fetch.RedirectVetoed) || e.Value != api+"/c" ||
				e.Response == nil || e.Response.Status != 307 || e.Request.URL != app+"/b" || e.Request.Hop != 1 || e.Retryable() {
				t.Errorf("%+v", e)
			}
		})
	}
}

// TestCheckRedirectPanic leaves no response behind when a check panics.
func TestCheckRedirectPanic(t *testing.T) {
	body := wireBodyOf(strings.NewReader("moved"))
	transport := transportFunc(func(*fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
		return &fetch.NetworkResponse{Status: 302, Headers: headerLines("Location: /b"), Body: body}, nil
	})
	agent, _ := newAgent(t, nil, fetch.Options{Transport: transport})
	page := newPage(t, agent, fetch.EnvironmentOptions{})
	func() {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		resp, _ := page.Fetch(t.Context(), &fetch.Request{URL: "/a", CheckRedirect: func(fetch.RequestInfo, []fetch.RequestInfo) error { panic("check") }})
		resp.Body.Close()
	}()
	wireWait(t, body.closed, "the response's body to be closed")
}

// TestClientCheckRedirect honours the CheckRedirect that a client has when the
// redirect comes, and the one of the options.
func TestClientCheckRedirect(t *testing.T) {
	server := wireServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		switch r.URL.Path {
		case "/a", "/b":
			http.Redirect(w, r, map[string]string{"/a": "/b", "/b": "/c"}[r.URL.Path], http.StatusTemporaryRedirect)
		default:
			body, _ := io.ReadAll(r.Body)
			_, _ = fmt.Fprintf(w, "%s %s %s", r.Method, r.URL.Path, body)
		}
	})
	refuse := func(path string, err error) func(*http.Request, []*http.Request) error {
		return func(next *http.Request, via []*http.Request) error {
			if next.URL.Path == path {
				return err
			}
			return nil
		}
	}
	post := func(t *testing.T, client *http.Client) (*http.Response, error) {
		t.Helper()
		r := wireRequest(t, "POST", server.URL+"/a", strings.NewReader("body"))
		r.Header.Set("X-Token", "1")
		return client.Do(r)
	}
	page := func(t *testing.T) *fetch.Environment { return wireEnvironment(t, server.URL+"/page", nil) }

	t.Run("what is asked", func(t *testing.T) {
		var asked []string
		client := page(t).Client(&http.Client{Transport: wireTransport(t), CheckRedirect: func(next *http.Request, via []*http.Request) error {
			body, err := next.GetBody()
			if err != nil {
				return err
			}
			line := next.Method + " " + next.URL.Path + " " + text(t, body) + " " + next.Header.Get("X-Token")
			for _, before := range via {
				line += " <- " + before.URL.Path
			}
			asked = append(asked, line)
			next.Header.Set("X-Token", "changed") // of no effect
			return nil
		}})
		resp, err := post(t, client)
		if got := wireText(t, resp, err); got != "POST /c body" {
			t.Error(got)
		}
		if diff := cmp.Diff([]string{"POST /b body 1 <- /a", "POST /c body 1 <- /a <- /b"}, asked); diff != "" {
			t.Errorf("asked (-want +got):\n%s", diff)
		}
	})
	t.Run("veto", func(t *testing.T) {
		client := page(t).Client(&http.Client{Transport: wireTransport(t), CheckRedirect: refuse("/c", errScope)})
		resp, err := post(t, client)
		if resp != nil {
			t.Error("a response besides the error")
		}
		wireRefused(t, resp, err, fetch.RedirectVetoed)
		if !errors.Is(err, errScope) {
			t.Errorf("%v hides the caller's error", err)
		}
	})
	t.Run("last response", func(t *testing.T) {
		client := page(t).Client(&http.Client{Transport: wireTransport(t), CheckRedirect: refuse("/b", http.ErrUseLastResponse)})
		resp, err := post(t, client)
		if got := wireText(t, resp, err); got != "" || resp.StatusCode != 0 || len(resp.Header) > 0 {
			t.Errorf("%q, %+v", got, resp)
		}
	})
	t.Run("set later", func(t *testing.T) {
		client := page(t).ClientWith(&http.Client{Transport: wireTransport(t)}, fetch.ClientOptions{Credentials: credentials.Include})
		client.CheckRedirect = refuse("/c", errScope) // as resty does
		resp, err := post(t, client)
		wireRefused(t, resp, err, fetch.RedirectVetoed)
	})
	t.Run("options", func(t *testing.T) {
		o := &fetch.ClientOptions{CheckRedirect: func(next fetch.RequestInfo, _ []fetch.RequestInfo) error {
			if strings.HasSuffix(next.URL, "/c") {
				return errScope
			}
			return nil
		}}
		outer := &http.Client{Transport: page(t).Transport(wireTransport(t), o)}
		resp, err := post(t, outer)
		wireRefused(t, resp, err, fetch.RedirectVetoed)

		asked := false
		both := page(t).ClientWith(&http.Client{Transport: wireTransport(t), CheckRedirect: func(next *http.Request, _ []*http.Request) error {
			asked = asked || next.URL.Path == "/c"
			return nil
		}}, *o)
		resp, err = post(t, both)
		wireRefused(t, resp, err, fetch.RedirectVetoed)
		if asked {
			t.Error("the client was asked about what its options refuse")
		}
	})
}
