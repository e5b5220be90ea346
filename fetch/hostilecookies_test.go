package fetch_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/growth"
	"github.com/browsercors/browsercors/safelist"
)

// answeredWith is what a [transportFunc] returns.
func answeredWith(status int, headers ...safelist.Header) (*fetch.NetworkResponse, error) {
	return &fetch.NetworkResponse{Status: status, Headers: headers, Body: io.NopCloser(strings.NewReader(""))}, nil
}

// A fetch whose response sets a hundred thousand cookies ends soon after its context, with an error.
func TestManySetCookieHeaders(t *testing.T) {
	lines := make([]safelist.Header, 200_000)
	for i := range lines {
		lines[i] = safelist.Header{Name: "Set-Cookie", Value: fmt.Sprintf("%x=", i)}
	}
	for _, p := range []*fetch.Profile{fetch.Standard(), engine.WebKit()} {
		for _, traced := range []bool{false, true} {
			t.Run(fmt.Sprint(p.Name, " traced=", traced), func(t *testing.T) {
				growth.Stops(t, func() func(context.Context) {
					agent, err := fetch.NewAgent(&fetch.Options{Profile: p, MaxHeaderList: 1 << 30, Transport: transportFunc(func(*fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
						return answeredWith(200, lines...)
					})})
					if err != nil {
						t.Fatal(err)
					}
					page := newPage(t, agent, fetch.EnvironmentOptions{})
					return func(ctx context.Context) {
						r := &fetch.Request{URL: "/a"}
						if traced {
							r.Trace = &fetch.Trace{SetCookie: func(fetch.RequestInfo, string, credentials.CookieRefusal) {}}
						}
						resp, err := page.Fetch(ctx, r)
						if err == nil {
							resp.Body.Close()
							t.Error("there was a response after the context's end")
						} else if e := asRefusal(t, err); e.Reason != fetch.Aborted {
							t.Error(e)
						}
					}
				})
			})
		}
	}
}

// A redirect to a host of a hundred thousand labels costs what its length is worth, and the trace says that it has no
// cookies and why.
func TestCookiesOfLongHost(t *testing.T) {
	var told []string
	long := ""
	agent, err := fetch.NewAgent(&fetch.Options{Transport: transportFunc(func(r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
		set := safelist.Header{Name: "Set-Cookie", Value: "a=1; Secure; SameSite=None; Domain=evil.test"}
		if r.URL.Host() == "evil.test" {
			return answeredWith(302, safelist.Header{Name: "Location", Value: long}, set)
		}
		if _, sent := r.Headers.Get("Cookie"); sent {
			told = append(told, "Cookie sent")
		}
		return answeredWith(200, set)
	})})
	if err != nil {
		t.Fatal(err)
	}
	page := newPage(t, agent, fetch.EnvironmentOptions{})
	trace := &fetch.Trace{
		Cookies: func(_ fetch.RequestInfo, verdicts []credentials.CookieVerdict) {
			for _, v := range verdicts {
				told = append(told, v.Cookie.Name+" "+or(string(v.Withheld), "sent"))
			}
		},
		SetCookie: func(_ fetch.RequestInfo, _ string, refusal credentials.CookieRefusal) {
			told = append(told, or(string(refusal), "accepted"))
		},
	}
	ask := func() {
		resp, err := page.Fetch(t.Context(), &fetch.Request{URL: "https://evil.test/", Mode: fetch.NoCORS, Credentials: credentials.Include, Trace: trace})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	long = "https://" + strings.Repeat("a.", 100) + "evil.test/"
	ask()
	if got, want := fmt.Sprint(told), "[accepted a sent Cookie sent accepted]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	told, long = nil, "https://"+strings.Repeat("a.", 1000)+"evil.test/"
	ask()
	if got, want := fmt.Sprint(told), "[a sent accepted a long-host long-host]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	growth.Check(t, 100_000, func(n int) func() {
		long = "https://" + strings.Repeat("a.", n) + "evil.test/"
		return ask
	})
}
