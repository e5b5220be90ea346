package fetch_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fulllength"
	"github.com/browsercors/browsercors/internal/growth"
	"github.com/browsercors/browsercors/safelist"
)

// TestMaxHeaderList: a header list of the largest size is taken, a larger one is
// refused, and its body closed, be it the answer to a preflight or to the request
// proper.
func TestMaxHeaderList(t *testing.T) {
	const limit = 1000
	list := headerLines(readable, "Access-Control-Allow-Methods: PUT")
	size := 0
	for _, h := range list {
		size += len(h.Name) + len(h.Value) + 32
	}
	padded := func(n int) fetch.HeaderList {
		return append(list[:len(list):len(list)], safelist.Header{Name: "a", Value: strings.Repeat("b", n-size-33)})
	}
	for _, tt := range []struct {
		name              string
		preflight, actual int
		want              string
	}{
		{"just so", limit, limit, "200"},
		{"the request's is too large", limit, limit + 1, "headers-too-large"},
		{"the preflight's is too large", limit + 1, limit, "headers-too-large"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var bodies []*closeCounter
			agent, _ := newAgent(t, nil, fetch.Options{MaxHeaderList: limit, Transport: transportFunc(func(r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
				n := tt.actual
				if r.Preflight {
					n = tt.preflight
				}
				bodies = append(bodies, &closeCounter{Reader: strings.NewReader("body")})
				return &fetch.NetworkResponse{Status: 200, Headers: padded(n), Body: bodies[len(bodies)-1]}, nil
			})})
			page := newPage(t, agent, fetch.EnvironmentOptions{})
			if got := outcome(t, page, &fetch.Request{URL: api + "/a", Method: "PUT"}); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			for i, body := range bodies {
				if body.closed == 0 {
					t.Errorf("body %d is not closed", i)
				}
			}
		})
	}
	page, n := standardPage(t, nil)
	refusal := refused(t, page, &fetch.Request{URL: api + "/a", Headers: repeated(70_000, "X", "")})
	if refusal.Reason != fetch.HeadersTooLarge || refusal.Stage != "construct" || len(n.sent) > 0 {
		t.Errorf("headers of script's: %v", refusal)
	}
}

// TestMaxURL: a URL of the largest size is taken, from a page and from a
// redirect. A longer one does not parse. data: URLs have no limit.
func TestMaxURL(t *testing.T) {
	const limit = 100
	long := func(prefix string, n int) string { return prefix + strings.Repeat("p", n-len(prefix)) }
	agent, _ := newAgent(t, func(s sent) reply {
		if to, ok := s.URL.Query(); ok {
			return answer(302, readable, "Location: "+strings.ReplaceAll(to, "~", "%C3%A9"))
		}
		return answer(200, readable)
	}, fetch.Options{MaxURL: limit})
	page := newPage(t, agent, fetch.EnvironmentOptions{})
	tests := []struct{ name, url, want string }{
		{"just so", long(api+"/", limit), "200"},
		{"too long", long(api+"/", limit+1), "invalid-url"},
		{"too long, relative", "/" + strings.Repeat("p", limit-len(app)), "invalid-url"},
		{"too long, percent-encoded", api + "/" + strings.Repeat("\u00e9", 20), "invalid-url"},
		{"too long, with blanks that do not count", api + "/" + strings.Repeat("\t", limit), "invalid-url"},
		{"redirect", api + "/?" + long("/", limit-len(api)-len("/?")), "200"},
		{"redirect that is too long", "/?" + strings.Repeat("~", 11) + strings.Repeat("p", 60), "invalid-location"},
		{"data: URL", long("data:,", 10*limit), "200"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := outcome(t, page, &fetch.Request{URL: tt.url}); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
	for name, o := range map[string]fetch.Options{"MaxURL": {MaxURL: -1}, "MaxHeaderList": {MaxHeaderList: -1}} {
		if _, err := fetch.NewAgent(&o); err == nil || !strings.Contains(err.Error(), "Options."+name+" -1") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// hostilePeers are servers that make a fetch take long, were nothing to stop it:
// heads of 10 MB, hosts of a million labels, redirects through URLs of a MiB.
var hostilePeers = []struct {
	name  string
	serve func() func(sent) reply
}{
	{"a head of 10 MB, many names", func() func(sent) reply { return always(reply{status: 200, headers: aMillion()}) }},
	{"a head of 10 MB, one name", func() func(sent) reply { return always(reply{status: 200, headers: repeated(1_000_000, "X-A", "b")}) }},
	{"a head of 10 MB, one value", func() func(sent) reply { return always(answer(200, "X-A: "+strings.Repeat("a", 10<<20))) }},
	{"as many headers as are taken", func() func(sent) reply { return always(reply{status: 200, headers: repeated(50_000, "X%07d", "")}) }},
	{"as many cookies as are taken", func() func(sent) reply {
		return always(reply{status: 200, headers: repeated(45_000, "Set-Cookie", "c%d=")})
	}},
	{"a host of a million labels", func() func(sent) reply {
		return always(answer(302, "Location: https://"+strings.Repeat("a.", 1_000_000)+"test/"))
	}},
	{"URLs of a MiB", func() func(sent) reply { return redirects("https://h%d.test/" + strings.Repeat("p", 1<<20)) }},
	{"URLs of a MiB with a password", func() func(sent) reply { return redirects("https://u:p@h%d.test/" + strings.Repeat("p", 1<<20)) }},
	{"URLs of a MiB, percent-encoded", func() func(sent) reply { return redirects("/%d" + strings.Repeat("\xe9", 300_000)) }},
	{"a challenge of a MiB", func() func(sent) reply {
		return always(answer(401, "WWW-Authenticate: Basic "+strings.Repeat("a=b,", 1<<18)))
	}},
}

// aMillion is as many headers, which are not made twice.
var aMillion = sync.OnceValue(func() fetch.HeaderList { return repeated(1_000_000, "X%07d", "") })

// redirects is a server that redirects without end, to a URL with a number.
func redirects(format string) func(sent) reply {
	var n atomic.Int64 // a transport may still be asked for a fetch that was cancelled
	return func(sent) reply {
		return answer(302, "Location: "+strings.Replace(format, "%d", fmt.Sprint(n.Add(1)), 1), "Set-Cookie: a=b; SameSite=None; Secure")
	}
}

// TestHostilePeersStop: whoever cancels a fetch waits for no more than 50 ms of
// work, whatever the server does.
func TestHostilePeersStop(t *testing.T) {
	for i, peer := range hostilePeers {
		t.Run(peer.name, func(t *testing.T) {
			serve := peer.serve()
			for _, profile := range someProfiles(i) {
				agent, _ := newAgent(t, serve, fetch.Options{Profile: profile})
				page := newPage(t, agent, fetch.EnvironmentOptions{})
				growth.Stops(t, func() func(context.Context) {
					return func(ctx context.Context) {
						for ctx.Err() == nil { // as often as a page may ask
							play(ctx, page, fetch.Element("img").Request(app+"/a", ""))
						}
					}
				})
			}
		})
	}
}

// TestHostilePeersMemory: what a server makes an agent keep is bounded, and so is
// what a response keeps of the redirects that led to it.
func TestHostilePeersMemory(t *testing.T) {
	for _, peer := range hostilePeers {
		t.Run(peer.name, func(t *testing.T) {
			serve := peer.serve()
			kept := growth.Kept(func() any {
				agent, _ := newAgent(t, nil, fetch.Options{Transport: transportFunc(func(r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
					a := serve(sent{NetworkRequest: r})
					return &fetch.NetworkResponse{Status: a.status, Headers: a.headers}, nil
				})})
				page := newPage(t, agent, fetch.EnvironmentOptions{})
				for range fulllength.Rounds(1, 2) {
					play(context.Background(), page, fetch.Element("img").Request(app+"/a", ""))
				}
				return agent
			})
			if kept > 4<<20 {
				t.Errorf("an agent keeps %d KiB", kept>>10)
			}
		})
	}
	to := redirects("https://h%d.test/" + strings.Repeat("p", 1<<20))
	hops := 0
	page, n := standardPage(t, func(s sent) reply {
		if hops++; hops == 20 {
			return answer(200)
		}
		return to(s)
	})
	kept := growth.Kept(func() any {
		resp := fetched(t, page, fetch.Element("img").Request(app+"/a", ""))
		n.sent = nil
		return resp
	})
	if hops != 20 || kept > 21*2<<20 {
		t.Errorf("a response keeps %d KiB of %d URLs", kept>>10, hops)
	}
}

// TestDataURLStops: nor does one wait for the end of a data: URL.
func TestDataURLStops(t *testing.T) {
	for name, url := range map[string]string{
		"base64":          "data:;base64," + strings.Repeat("QUFB", 4<<20),
		"percent-encoded": "data:," + strings.Repeat("%41", 4<<20),
	} {
		t.Run(name, func(t *testing.T) {
			page, _ := standardPage(t, nil)
			// The URL is parsed before anybody can cancel.
			request := &fetch.Request{URL: url}
			growth.Stops(t, func() func(context.Context) {
				return func(ctx context.Context) {
					for ctx.Err() == nil {
						play(ctx, page, request)
					}
				}
			})
		})
	}
}
