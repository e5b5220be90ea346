package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/rules"
)

// beacon is the request of a beacon.
func beacon(url string, body *fetch.Body) *fetch.Request {
	r := fetch.Element("beacon").Request(url, "")
	r.Body = body
	return r
}

// sendBeacon is what navigator.sendBeacon() does: it returns true or false, or
// throws an exception.
func sendBeacon(t *testing.T, page *fetch.Environment, r *fetch.Request) string {
	t.Helper()
	err := page.SendBeacon(r)
	if err == nil {
		return "true"
	}
	if exception := asRefusal(t, err).Exception(); exception != "" {
		return exception
	}
	return "false"
}

// beaconPlay is a play that is a beacon, seen by what sendBeacon() returns and what
// is sent.
func beaconPlay(r func() *fetch.Request) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		agent, n := newAgent(t, always(answer(200, acao+app, "Access-Control-Allow-Credentials: true", "Access-Control-Allow-Headers: content-type")), fetch.Options{Profile: p})
		got := sendBeacon(t, newPage(t, agent, fetch.EnvironmentOptions{}), r())
		if err := agent.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		return strings.Join(append([]string{got}, n.lines()...), ", ")
	}
}

// What sendBeacon() returns, throws and sends.
//
// https://w3c.github.io/beacon/#sendbeacon-method
func TestSendBeacon(t *testing.T) {
	blob := func(contentType string) *fetch.Body { return fetch.BytesBody([]byte("{}"), contentType) }
	for _, tt := range []struct {
		name string
		url  string
		body *fetch.Body
		want string
	}{
		{"no body", api + "/b", nil, "true, POST " + api + "/b"},
		{"text", api + "/b", fetch.TextBody("x"), "true, POST " + api + "/b"},
		{"form", api + "/b", fetch.FormBody(fetch.FormField{Name: "a", Value: "b"}), "true, POST " + api + "/b"},
		{"JSON", api + "/b", blob("application/json"), "true, OPTIONS " + api + "/b, POST " + api + "/b"},
		{"no MIME type", api + "/b", blob("x"), "true, OPTIONS " + api + "/b, POST " + api + "/b"},
		{"stream", api + "/b", fetch.StreamBody(strings.NewReader("x")), "TypeError"},
		{"just so", api + "/b", fetch.TextBody(strings.Repeat("x", 64<<10)), "true, POST " + api + "/b"},
		{"too large", api + "/b", fetch.TextBody(strings.Repeat("x", 64<<10+1)), "false"},
		{"mixed content", "http://api.test/b", nil, "true"},
		{"bad port", "https://api.test:22/b", nil, "true"},
		{"userinfo", "https://u:p@api.test/b", nil, "true, POST https://u:p@api.test/b"},
		{"no URL", "https://", nil, "TypeError"},
		{"data:", "data:,x", nil, "TypeError"},
		{"ws:", "ws://api.test/b", nil, "TypeError"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := beaconPlay(func() *fetch.Request { return beacon(tt.url, tt.body) })(t, nil); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
	t.Run("fetch", func(t *testing.T) {
		page, _ := standardPage(t, nil)
		if refusal := asRefusal(t, page.SendBeacon(&fetch.Request{URL: "/a", Method: "POST"})); refusal.Reason != fetch.InvalidOption {
			t.Error(refusal)
		}
	})
	t.Run("options", func(t *testing.T) {
		page, _ := standardPage(t, nil)
		r := beacon("/a", nil)
		r.Headers = headerLines("X-A: 1")
		if refusal := asRefusal(t, page.SendBeacon(r)); refusal.Reason != fetch.InvalidOption || refusal.Header != "headers" {
			t.Error(refusal)
		}
	})
}

// A beacon outlives its page, counts against its quota until it is done, and follows
// redirects.
func TestBeaconsOutliveThePage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		agent, n := newAgent(t, func(s sent) reply {
			<-release
			if s.URL.Path() == "/a" {
				return answer(307, "Location: "+cdn+"/c")
			}
			return answer(204)
		}, fetch.Options{})
		page := newPage(t, agent, fetch.EnvironmentOptions{})
		large := func() *fetch.Body { return fetch.TextBody(strings.Repeat("x", 40<<10)) }
		got := []string{sendBeacon(t, page, beacon(api+"/a", large())), sendBeacon(t, page, beacon(api+"/b", large()))}
		renamed, err := page.WithURL("/elsewhere")
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, sendBeacon(t, renamed, beacon(api+"/b", large()))) // it is the same page
		other := newPage(t, agent, fetch.EnvironmentOptions{})
		got = append(got, sendBeacon(t, other, beacon(api+"/b", large()))) // and this another
		synctest.Wait()
		close(release)
		if err := agent.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		got = append(got, sendBeacon(t, page, beacon(api+"/d", large())))
		if err := agent.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"true", "false", "false", "true", "true"}, got); diff != "" {
			t.Error(diff)
		}
		if len(n.lines()) != 4 || n.last(t).String() != "POST "+api+"/d" {
			t.Error(n.lines())
		}
	})
}

// A thousand beacons are sent a few at a time, in their order; what is more than an
// agent holds is refused. Close ends them all.
func TestManyBeacons(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		var now, most atomic.Int64
		agent, n := newAgent(t, func(s sent) reply {
			most.Store(max(most.Load(), now.Add(1)))
			<-release
			now.Add(-1)
			return answer(204)
		}, fetch.Options{})
		page := newPage(t, agent, fetch.EnvironmentOptions{})
		queued := 0
		var refusal *fetch.Error
		for i := range 2000 {
			err := page.SendBeacon(beacon(fmt.Sprintf("/%d", i), nil))
			if err == nil {
				queued++
				continue
			}
			refusal = asRefusal(t, err)
		}
		synctest.Wait()
		close(release)
		if err := agent.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		if queued != 1024 || len(n.lines()) != queued || refusal == nil || refusal.Reason != fetch.KeepaliveQuota || refusal.Exception() != "" {
			t.Errorf("%d queued, %d sent, %v", queued, len(n.lines()), refusal)
		}
		if most.Load() > 16 {
			t.Errorf("%d at a time", most.Load())
		}
	})
	t.Run("closed", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			agent, _ := newAgent(t, nil, fetch.Options{Transport: hangingTransport{}})
			page := newPage(t, agent, fetch.EnvironmentOptions{})
			for range 100 {
				if err := page.SendBeacon(beacon("/a", fetch.TextBody("x"))); err != nil {
					t.Fatal(err)
				}
			}
			synctest.Wait()
			if err := agent.Close(); err != nil {
				t.Fatal(err)
			}
			if err := page.SendBeacon(beacon("/a", nil)); !errors.Is(err, fetch.KeepaliveQuota) {
				t.Error(err)
			}
			if _, err := page.Fetch(t.Context(), &fetch.Request{URL: "data:,x", Method: "POST", Keepalive: true, Body: fetch.TextBody(strings.Repeat("x", 64<<10))}); err != nil {
				t.Error("the quota is not given back:", err)
			}
		})
	})
	t.Run("hanging", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			agent, _ := newAgent(t, nil, fetch.Options{Transport: hangingTransport{}})
			if err := newPage(t, agent, fetch.EnvironmentOptions{}).SendBeacon(beacon("/a", nil)); err != nil {
				t.Fatal(err)
			}
			if err := agent.Wait(t.Context()); err != nil { // for a minute
				t.Fatal(err)
			}
		})
	})
}

// A hangingTransport waits until the request's context ends.
type hangingTransport struct{}

func (hangingTransport) RoundTrip(ctx context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	<-ctx.Done()
	return nil, context.Cause(ctx)
}

// A ping says where the hyperlink leads, and from where if that is no secret; a report
// needs CORS.
//
// https://html.spec.whatwg.org/#hyperlink-auditing
func TestPingsAndReports(t *testing.T) {
	const target = "https://elsewhere.test/"
	ping := fetch.Element("ping").Request(api+"/p", "")
	ping.Headers = headerLines("Ping-To: " + target)
	for _, tt := range []struct {
		name, page string
		request    func() *fetch.Request
		want       string
	}{
		{"ping", "https://app.example/x", func() *fetch.Request { r := *ping; return &r }, "POST " + api + "/p text/ping PING to=" + target + " from="},
		{"ping of a page without https:", "http://app.example/x", func() *fetch.Request { r := *ping; return &r },
			"POST " + api + "/p text/ping PING to=" + target + " from=http://app.example/x"},
		{"ping of the own origin", "https://api.test/x", func() *fetch.Request { r := *ping; return &r },
			"POST " + api + "/p text/ping PING to=" + target + " from=https://api.test/x"},
		{"report", "https://app.example/x", func() *fetch.Request {
			r := fetch.Element("report").Request(api+"/r", "")
			r.Body = fetch.BytesBody([]byte("[]"), "application/reports+json")
			return r
		}, "OPTIONS " + api + "/r   to= from=, POST " + api + "/r application/reports+json [] to= from="},
	} {
		t.Run(tt.name, func(t *testing.T) {
			agent, n := newAgent(t, routes{}.serve, fetch.Options{})
			if got := sendBeacon(t, newPage(t, agent, fetch.EnvironmentOptions{URL: tt.page}), tt.request()); got != "true" {
				t.Fatal(got)
			}
			if err := agent.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, s := range n.sent {
				lines = append(lines, fmt.Sprintf("%s %s %s to=%s from=%s", s, s.header("Content-Type"), s.body, s.header("Ping-To"), s.header("Ping-From")))
				if s.header("Referer") != "" && strings.Contains(tt.name, "ping") {
					t.Errorf("Referer %q", s.header("Referer"))
				}
			}
			if got := strings.Join(lines, ", "); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

// sandboxedBeacon is a play that is a beacon of a sandboxed page, seen by who it says
// that it comes from.
func sandboxedBeacon(t *testing.T, p *fetch.Profile) string {
	agent, n := newAgent(t, routes{}.serve, fetch.Options{Profile: p})
	sendBeacon(t, newPage(t, agent, fetch.EnvironmentOptions{URL: app + "/p", Sandboxed: true}), beacon("/b", nil))
	_ = agent.Wait(t.Context())
	return n.last(t).header("Origin") + " " + n.last(t).header("Referer")
}

// beaconDepartures are about navigator.sendBeacon().
func beaconDepartures() []departure {
	one := func(url string, body *fetch.Body) func(*testing.T, *fetch.Profile) string {
		return beaconPlay(func() *fetch.Request { return beacon(url, body) })
	}
	json := func() *fetch.Request { return beacon(api+"/b", fetch.BytesBody([]byte("{}"), "application/json")) }
	return []departure{{
		field:    "Beacon.NoQuota",
		set:      func(p *fetch.Profile) { p.Beacon.NoQuota = true },
		standard: "false", departed: "true, POST https://app.example/b",
		play: one("/b", fetch.TextBody(strings.Repeat("x", 64<<10+1))),
	}, {
		field:    "Beacon.RefusesMixedContent",
		set:      func(p *fetch.Profile) { p.Beacon.RefusesMixedContent = true },
		standard: "true", departed: "false",
		play: one("http://api.test/b", nil),
	}, {
		field:    "Beacon.RefusesBadPort",
		set:      func(p *fetch.Profile) { p.Beacon.RefusesBadPort = true },
		standard: "true", departed: "false",
		play: one("https://api.test:22/b", nil),
	}, {
		field:    "Beacon.RefusesUserinfo",
		set:      func(p *fetch.Profile) { p.Beacon.RefusesUserinfo = true },
		standard: "true", departed: "false",
		play: func(t *testing.T, p *fetch.Profile) string {
			p.Request.UserinfoBlocked = true
			return one("https://u@api.test/b", nil)(t, p)
		},
	}, {
		field:    "Beacon.RefusesByCSP",
		set:      func(p *fetch.Profile) { p.Beacon.RefusesByCSP = true },
		standard: "true", departed: "false",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, _ := profiledPage(t, p, routes{}.serve, fetch.EnvironmentOptions{ContentSecurityPolicy: []string{"connect-src 'none'"}})
			return sendBeacon(t, page, beacon("/a", nil))
		},
	}, {
		field:    "Beacon.BlobTypeParsed",
		set:      func(p *fetch.Profile) { p.Beacon.BlobTypeParsed = true },
		standard: "true, OPTIONS https://api.test/b, POST https://api.test/b", departed: "true, POST https://api.test/b",
		play: one(api+"/b", fetch.BytesBody([]byte("{}"), "x")),
	}, {
		field:    "Beacon.Revalidates",
		set:      func(p *fetch.Profile) { p.Beacon.Revalidates = true },
		standard: "", departed: "max-age=0",
		play: func(t *testing.T, p *fetch.Profile) string {
			agent, n := newAgent(t, routes{}.serve, fetch.Options{Profile: p})
			sendBeacon(t, newPage(t, agent, fetch.EnvironmentOptions{}), beacon("/b", nil))
			_ = agent.Wait(t.Context())
			return n.last(t).header("Cache-Control")
		},
	}, {
		field:    "Beacon.PreflightKeepsType",
		set:      func(p *fetch.Profile) { p.Beacon.PreflightKeepsType, p.Preflight.StickyHeadersOnRedirect = true, true },
		standard: "", departed: "content-type",
		play: func(t *testing.T, p *fetch.Profile) string {
			p.Preflight.StickyHeadersOnRedirect = true
			agent, n := newAgent(t, func(s sent) reply {
				allowed := answer(200, acao+app, "Access-Control-Allow-Credentials: true", "Access-Control-Allow-Headers: content-type")
				if s.Method == "POST" {
					allowed.status, allowed.headers = 302, append(allowed.headers, headerLines("Location: /c")...)
				}
				return allowed
			}, fetch.Options{Profile: p})
			sendBeacon(t, newPage(t, agent, fetch.EnvironmentOptions{}), json())
			_ = agent.Wait(t.Context())
			asked := ""
			for _, s := range n.sent {
				if s.Preflight {
					asked = s.header("Access-Control-Request-Headers")
				}
			}
			return asked
		},
	}, {
		field:    "Beacon.NoCredentialsOnceCrossed",
		set:      func(p *fetch.Profile) { p.Beacon.NoCredentialsOnceCrossed = true },
		standard: "POST id=1 POST id=1", departed: "POST id=1 POST ",
		play: func(t *testing.T, p *fetch.Profile) string {
			agent, n := newAgent(t, func(s sent) reply {
				allowed := answer(200, acao+s.header("Origin"), "Access-Control-Allow-Credentials: true", "Access-Control-Allow-Headers: content-type")
				if s.Method == "POST" && strings.HasPrefix(s.URL.String(), api) {
					allowed.status, allowed.headers = 307, append(allowed.headers, headerLines("Location: https://other.test/c")...)
				}
				return allowed
			}, fetch.Options{Profile: p, Cookies: staticCookies{}})
			sendBeacon(t, newPage(t, agent, fetch.EnvironmentOptions{}), json())
			_ = agent.Wait(t.Context())
			cookies := ""
			for _, s := range n.sent {
				if !s.Preflight {
					cookies = strings.TrimLeft(cookies+" "+s.Method+" "+s.header("Cookie"), " ")
				}
			}
			return cookies
		},
	}, {
		field:    "Beacon.SandboxedReferrer",
		set:      func(p *fetch.Profile) { p.Beacon.SandboxedReferrer = rules.SandboxedReferrerPage },
		standard: "null ", departed: "null https://app.example/p",
		play: sandboxedBeacon,
	}, {
		field:    "Beacon.SandboxedReferrer",
		set:      func(p *fetch.Profile) { p.Beacon.SandboxedReferrer = rules.SandboxedReferrerOpaque },
		standard: "null ", departed: "null https://app.example/",
		play: sandboxedBeacon,
	}, {
		field:    "Beacon.SandboxedOrigin",
		set:      func(p *fetch.Profile) { p.Beacon.SandboxedOrigin = true },
		standard: "null ", departed: "https://app.example ",
		play: sandboxedBeacon,
	}, {
		field:    "Beacon.NoFetchLater",
		set:      func(p *fetch.Profile) { p.Beacon.NoFetchLater = true },
		standard: "", departed: "ReferenceError",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, _ := profiledPage(t, p, routes{}.serve, fetch.EnvironmentOptions{})
			if _, err := page.FetchLater(t.Context(), &fetch.Request{URL: "/a"}); err != nil {
				return asRefusal(t, err).Exception()
			}
			return ""
		},
	}}
}
