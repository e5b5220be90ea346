package fetch_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
)

// TestPoliciesStopRequests holds what is sent when a policy forbids a URL: neither the request, nor its preflight,
// nor a later hop.
func TestPoliciesStopRequests(t *testing.T) {
	put := &fetch.Request{URL: api + "/a", Method: "PUT"}
	tests := []struct {
		name    string
		options fetch.EnvironmentOptions
		request *fetch.Request
		answers routes
		want    []string // what is sent; then it is refused, unless it is allowed
		allowed bool
	}{
		{name: "allowed", options: fetch.EnvironmentOptions{ContentSecurityPolicy: []string{"connect-src https://api.test"}}, request: put, want: []string{"OPTIONS https://api.test/a", "PUT https://api.test/a"}, allowed: true},
		{name: "the preflight is not sent", options: fetch.EnvironmentOptions{ContentSecurityPolicy: []string{"connect-src 'self'"}}, request: put},
		{name: "one of two policies", options: fetch.EnvironmentOptions{ContentSecurityPolicy: []string{"connect-src *, connect-src 'self'"}}, request: put},
		{name: "one of two values", options: fetch.EnvironmentOptions{ContentSecurityPolicy: []string{"connect-src *", "default-src 'self'"}}, request: put},
		{name: "only reported", options: fetch.EnvironmentOptions{ContentSecurityPolicyReportOnly: []string{"connect-src 'self'"}}, request: put, want: []string{"OPTIONS https://api.test/a", "PUT https://api.test/a"}, allowed: true},
		{name: "a redirect's hop is not sent", options: fetch.EnvironmentOptions{ContentSecurityPolicy: []string{"connect-src https://api.test"}}, request: &fetch.Request{URL: api + "/a"},
			answers: routes{api + "/a": answer(302, "Location: "+cdn+"/b", "Access-Control-Allow-Origin: *")}, want: []string{"GET https://api.test/a"}},
		{name: "a path does not count on a redirect", options: fetch.EnvironmentOptions{ContentSecurityPolicy: []string{"connect-src https://api.test/a https://cdn.test/x"}}, request: &fetch.Request{URL: api + "/a"},
			answers: routes{api + "/a": answer(302, "Location: "+cdn+"/b", "Access-Control-Allow-Origin: *")}, want: []string{"GET https://api.test/a", "GET https://cdn.test/b"}, allowed: true},
		{name: "an image", options: fetch.EnvironmentOptions{ContentSecurityPolicy: []string{"img-src 'self'"}}, request: fetch.Element("img").Request(api+"/a", "")},
		{name: "an image, of another directive", options: fetch.EnvironmentOptions{ContentSecurityPolicy: []string{"script-src 'self'; connect-src 'self'"}}, request: fetch.Element("img").Request(api+"/a", ""),
			want: []string{"GET https://api.test/a"}, allowed: true},
		{name: "a preload, by what it is for", options: fetch.EnvironmentOptions{ContentSecurityPolicy: []string{"font-src 'self'"}}, request: fetch.Element("preload/font").Request(api+"/a", "")},
		{name: "an EventSource", options: fetch.EnvironmentOptions{ContentSecurityPolicy: []string{"connect-src 'self'"}}, request: fetch.Element("eventsource").Request(api+"/a", "")},
		{name: "a beacon", options: fetch.EnvironmentOptions{ContentSecurityPolicy: []string{"connect-src 'self'"}}, request: fetch.Element("beacon").Request(api+"/a", "")},
		{name: "a worker", options: fetch.EnvironmentOptions{ContentSecurityPolicy: []string{"child-src https://api.test"}}, request: fetch.Element("worker").Request(app+"/a", "")},
		{name: "a data: URL", options: fetch.EnvironmentOptions{ContentSecurityPolicy: []string{"connect-src *"}}, request: &fetch.Request{URL: "data:,x"}},
		{name: "a sandboxed page has 'self'", options: fetch.EnvironmentOptions{Sandboxed: true, ContentSecurityPolicy: []string{"connect-src 'self'"}}, request: &fetch.Request{URL: app + "/a"}, want: []string{"GET https://app.example/a"}, allowed: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			agent, n := newAgent(t, tt.answers.serve, fetch.Options{})
			resp, err := newPage(t, agent, tt.options).Fetch(t.Context(), tt.request)
			if err == nil {
				resp.Body.Close()
			}
			if (err == nil) != tt.allowed || err != nil && !errors.Is(err, fetch.CSPBlocked) {
				t.Errorf("error %v, want allowed %v", err, tt.allowed)
			}
			if !slices.Equal(n.lines(), tt.want) {
				t.Errorf("sent %q, want %q", n.lines(), tt.want)
			}
		})
	}
}

// TestPoliciesLookAtElements holds that what an element says of itself counts.
func TestPoliciesLookAtElements(t *testing.T) {
	const hash = "sha256-Gy1a8OQWGUBNSDQHm6vtDGu4xwUEnTgpbwAaTdHwcMY="
	tests := []struct {
		name, policy string
		change       func(*fetch.Request)
		allowed      bool
	}{
		{name: "nothing", policy: "script-src 'nonce-abc'"},
		{name: "nonce", policy: "script-src 'nonce-abc'", change: func(r *fetch.Request) { r.Nonce = "abc" }, allowed: true},
		{name: "strict-dynamic", policy: "script-src 'strict-dynamic'", allowed: true},
		{name: "strict-dynamic and markup", policy: "script-src 'strict-dynamic' https:", change: func(r *fetch.Request) { r.ParserInserted = true }},
		{name: "hash", policy: "script-src '" + hash + "'", change: func(r *fetch.Request) { r.Integrity = hash }, allowed: true},
		{name: "another hash", policy: "script-src '" + hash + "'", change: func(r *fetch.Request) { r.Integrity = hash + " sha384-x" }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			agent, _ := newAgent(t, routes{cdn + "/a": answer(200, "Content-Type: text/javascript", "Access-Control-Allow-Origin: *")}.serve, fetch.Options{})
			r := fetch.Element("script").Request(cdn+"/a", "anonymous")
			if tt.change != nil {
				tt.change(r)
			}
			resp, err := newPage(t, agent, fetch.EnvironmentOptions{ContentSecurityPolicy: []string{tt.policy}}).Fetch(t.Context(), r)
			if err == nil {
				resp.Body.Close()
			}
			if errors.Is(err, fetch.CSPBlocked) == tt.allowed {
				t.Errorf("error %v, want allowed %v", err, tt.allowed)
			}
		})
	}
}

// TestPoliciesOfPrefetch holds that a prefetch, which may be for anything, is allowed by any directive's source list.
func TestPoliciesOfPrefetch(t *testing.T) {
	for _, tt := range []struct {
		policy string
		want   string
	}{
		{"default-src 'none'; img-src " + cdn, "load"},
		{"default-src 'none'; connect-src " + app, "error"},
		{"connect-src 'none'", "load"},
		{"default-src 'none'", "error"},
	} {
		agent, n := newAgent(t, routes{cdn + "/a": answer(200)}.serve, fetch.Options{})
		page := newPage(t, agent, fetch.EnvironmentOptions{ContentSecurityPolicy: []string{tt.policy}})
		loaded, err := page.Load(t.Context(), &fetch.Load{Element: "prefetch", URL: cdn + "/a"})
		if err == nil && loaded.Response != nil {
			loaded.Response.Body.Close()
		}
		if err != nil || loaded.Event != tt.want || (len(n.sent) > 0) != (tt.want == "load") {
			t.Errorf("%s: %v, %v, %d requests; want %s", tt.policy, loaded, err, len(n.sent), tt.want)
		}
	}
}

// TestWebSocketPolicies holds that a WebSocket's URL is http: or https: to the Standard's policies, and ws: or wss:
// to those of browsers.
func TestWebSocketPolicies(t *testing.T) {
	tests := []struct {
		sources           string
		standard, browser bool // allowed
	}{
		{"'self'", false, false},
		{"wss:", true, true},
		{"https:", true, false},
		{"https://api.test", true, false},
		{"api.test", true, false},
		{"wss://api.test", true, true},
		{"*", true, true},
	}
	for _, p := range engine.Profiles() {
		for _, tt := range tests {
			var list []*fetch.NetworkRequest
			agent, _ := newAgent(t, nil, fetch.Options{Profile: p, Transport: handshakes(&list, answer(101))})
			page := newPage(t, agent, fetch.EnvironmentOptions{ContentSecurityPolicy: []string{"connect-src " + tt.sources}})
			resp, err := openWebSocket(t, page.WebSocketClient(nil), "wss://api.test/a", nil)
			if err == nil {
				resp.Body.Close()
			}
			want := tt.browser
			if p.Name == "standard" {
				want = tt.standard
			}
			if errors.Is(err, fetch.CSPBlocked) == want || (len(list) > 0) != want {
				t.Errorf("%s: connect-src %s: error %v, %d handshakes sent, want allowed %v", p.Name, tt.sources, err, len(list), want)
			}
		}
	}
}

func TestViolationsAreReported(t *testing.T) {
	const refusing = "connect-src 'self'; report-uri /csp https://reports.test/r"
	tests := []struct {
		name    string
		options fetch.EnvironmentOptions
		request fetch.Request
		want    []string // reports, and what is sent besides
	}{
		{name: "enforced", options: fetch.EnvironmentOptions{ContentSecurityPolicy: []string{refusing}}, request: fetch.Request{URL: api + "/a"},
			want: []string{"POST https://app.example/csp", "POST https://reports.test/r"}},
		{name: "report-only", options: fetch.EnvironmentOptions{ContentSecurityPolicyReportOnly: []string{refusing}}, request: fetch.Request{URL: api + "/a"},
			want: []string{"GET https://api.test/a", "POST https://app.example/csp", "POST https://reports.test/r"}},
		{name: "each policy", options: fetch.EnvironmentOptions{ContentSecurityPolicy: []string{"connect-src 'none'; report-uri /1, connect-src *; report-uri /2, default-src 'none'; report-uri /3"}}, request: fetch.Request{URL: api + "/a"},
			want: []string{"POST https://app.example/1", "POST https://app.example/3"}},
		{name: "report-to instead", options: fetch.EnvironmentOptions{ContentSecurityPolicy: []string{refusing + "; report-to main"}, ReportingEndpoints: `other="/o", x=(1 "a");b=1, main="https://reports.test/m";c`}, request: fetch.Request{URL: api + "/a"},
			want: []string{"OPTIONS https://reports.test/m"}}, // which does not allow it
		{name: "report-to that is not known", options: fetch.EnvironmentOptions{ContentSecurityPolicy: []string{refusing + "; report-to main"}}, request: fetch.Request{URL: api + "/a"}},
		{name: "report-to of a page that is not secure", options: fetch.EnvironmentOptions{URL: "http://app.example/", ContentSecurityPolicy: []string{"default-src 'none'; report-to main"}, ReportingEndpoints: `main="/m"`}, request: fetch.Request{URL: api + "/a"}},
		{name: "endpoints that are none", options: fetch.EnvironmentOptions{ContentSecurityPolicy: []string{"connect-src 'none'; report-uri https://a:b:c ftp://x data:,x"}}, request: fetch.Request{URL: api + "/a"}},
		{name: "a report is no connection", options: fetch.EnvironmentOptions{ContentSecurityPolicy: []string{"default-src 'none'; report-uri /csp"}}, request: fetch.Request{URL: api + "/a"}, want: []string{"POST https://app.example/csp"}},
		{name: "allowed", options: fetch.EnvironmentOptions{ContentSecurityPolicy: []string{refusing}}, request: fetch.Request{URL: "/a"}, want: []string{"GET https://app.example/a"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			agent, n := newAgent(t, noContent, fetch.Options{})
			defer agent.Close()
			if resp, err := newPage(t, agent, tt.options).Fetch(t.Context(), &tt.request); err == nil {
				resp.Body.Close()
			}
			if err := agent.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
			got := n.lines()
			slices.Sort(got)
			if !slices.Equal(got, tt.want) {
				t.Errorf("sent %q, want %q", got, tt.want)
			}
		})
	}
}

// noContent answers every request with an empty response.
func noContent(sent) reply { return answer(204) }

func TestReportOfViolation(t *testing.T) {
	agent, n := newAgent(t, routes{api + "/a": answer(302, "Location: https://secret.test/token", "Access-Control-Allow-Origin: *")}.serve, fetch.Options{})
	page := newPage(t, agent, fetch.EnvironmentOptions{URL: app + "/page?q#f", ContentSecurityPolicy: []string{"connect-src https://api.test; report-uri https://reports.test/r"}})
	_ = refused(t, page, &fetch.Request{URL: api + "/a"})
	if err := agent.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	report := n.last(t)
	for name, want := range map[string]string{"Content-Type": "application/csp-report", "Origin": app, "Referer": app + "/", "Sec-Fetch-Dest": "report", "Sec-Fetch-Mode": "no-cors", "Cookie": ""} {
		if got := report.header(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	var body map[string]map[string]any
	if err := json.Unmarshal([]byte(report.body), &body); err != nil {
		t.Fatal(err)
	}
	if got := body["csp-report"]; got["blocked-uri"] != api+"/a" || got["document-uri"] != app+"/page?q" {
		t.Errorf("report %v: want the URL that the page asked for, not the redirect's", got)
	}
	if strings.Contains(report.body, "secret.test") {
		t.Error("the report tells where the redirect led")
	}
}

// TestPolicyOfOneMegabyte: such a policy decides as a small one does, by its last source too.
func TestPolicyOfOneMegabyte(t *testing.T) {
	policy := "connect-src" + strings.Repeat(" https://x.test/a", 1<<20/len(" https://x.test/a"))
	agent, _ := newAgent(t, func(sent) reply { return answer(200, acao+"*") }, fetch.Options{})
	page := newPage(t, agent, fetch.EnvironmentOptions{ContentSecurityPolicy: []string{policy}})
	if e := refused(t, page, &fetch.Request{URL: api + "/a"}); e.Reason != fetch.CSPBlocked {
		t.Errorf("got %v", e)
	}
	page = newPage(t, agent, fetch.EnvironmentOptions{ContentSecurityPolicy: []string{policy + " " + api}})
	if _, err := page.Fetch(t.Context(), &fetch.Request{URL: api + "/a"}); err != nil {
		t.Error(err)
	}
}

// TestReportsAreBounded holds that endpoints that never answer cost a bounded time, and that there are not more
// reports under way than an agent does in the background.
func TestReportsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var started atomic.Int64
		hangs := make(chan struct{})
		agent, err := fetch.NewAgent(&fetch.Options{Transport: hanging(func(ctx context.Context) {
			started.Add(1)
			select {
			case <-ctx.Done():
			case <-hangs:
			}
		})})
		if err != nil {
			t.Fatal(err)
		}
		page := newPage(t, agent, fetch.EnvironmentOptions{ContentSecurityPolicy: []string{"connect-src 'none'; report-uri" + strings.Repeat(" /r", 1000)}})
		for range 10 {
			_ = refused(t, page, &fetch.Request{URL: api + "/a"})
		}
		synctest.Wait()
		if n := started.Load(); n == 0 || n > 32 {
			t.Errorf("%d reports are under way", n)
		}
		before := time.Now()
		if err := agent.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(before); took > time.Minute {
			t.Errorf("endpoints that never answer were waited for for %v", took)
		}
		_ = refused(t, page, &fetch.Request{URL: api + "/a"})
		agent.Close()
	})
}

// hanging is a transport that gets no response.
type hanging func(context.Context)

func (h hanging) RoundTrip(ctx context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	h(ctx)
	if r.Body != nil {
		r.Body.Close()
	}
	return nil, context.Cause(ctx)
}

// TestMetaPolicies holds that a policy in markup joins those of the headers, for the page that is returned.
func TestMetaPolicies(t *testing.T) {
	agent, n := newAgent(t, noContent, fetch.Options{})
	page := newPage(t, agent, fetch.EnvironmentOptions{ContentSecurityPolicy: []string{"connect-src https:"}})
	changed, err := page.WithMeta("content-security-policy", "connect-src 'self' https://cdn.test; report-uri /r")
	if err != nil {
		t.Fatal(err)
	}
	_ = refused(t, changed, &fetch.Request{URL: api + "/a"})
	fetched(t, page, &fetch.Request{URL: "/a"})
	fetched(t, changed, &fetch.Request{URL: "/b"})
	if err := agent.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := n.lines(), []string{"GET https://app.example/a", "GET https://app.example/b"}; !slices.Equal(got, want) {
		t.Errorf("sent %q, want %q", got, want)
	}
}

// TestPageOfNavigationHasPolicies holds that the response of a navigation says what its page may fetch.
func TestPageOfNavigationHasPolicies(t *testing.T) {
	answers := routes{app + "/": answer(200, "Content-Security-Policy: connect-src 'self'", "Content-Security-Policy: connect-src *, connect-src https:",
		"Content-Security-Policy-Report-Only: default-src 'none'; report-to main", "Reporting-Endpoints: main=\"https://reports.test/m\"")}
	agent, n := newAgent(t, answers.serve, fetch.Options{})
	resp, err := agent.Client(nil).Get(app + "/")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	page, err := agent.PageOf(resp)
	if err != nil {
		t.Fatal(err)
	}
	if refusal := refused(t, page, &fetch.Request{URL: api + "/a"}); refusal.Value != "connect-src 'self'" {
		t.Errorf("refused for %q", refusal.Value)
	}
	_ = agent.Wait(t.Context())
	if got, want := n.lines(), []string{"GET https://app.example/", "OPTIONS https://reports.test/m", "POST https://reports.test/m"}; !slices.Equal(got, want) {
		t.Errorf("sent %q, want %q", got, want)
	}
}

func TestTraceTellsOfViolations(t *testing.T) {
	agent, _ := newAgent(t, noContent, fetch.Options{})
	page := newPage(t, agent, fetch.EnvironmentOptions{ContentSecurityPolicy: []string{"default-src 'self'; img-src *"}, ContentSecurityPolicyReportOnly: []string{"connect-src https://x.test"}})
	var got []fetch.PolicyViolation
	_ = refused(t, page, &fetch.Request{URL: api + "/a", Trace: &fetch.Trace{Violated: func(_ fetch.RequestInfo, v fetch.PolicyViolation) { got = append(got, v) }}})
	want := []fetch.PolicyViolation{
		{Header: "Content-Security-Policy", Policy: "connect-src https://x.test", Directive: "connect-src", Effective: "connect-src", Sources: "https://x.test", ReportOnly: true},
		{Header: "Content-Security-Policy", Policy: "default-src 'self'; img-src *", Directive: "default-src", Effective: "connect-src", Sources: "'self'"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("told of %+v, want %+v", got, want)
	}
}

// TestPolicyCostsNothing holds that a fetch allocates no more for a page with policies that allow it.
func TestPolicyCostsNothing(t *testing.T) {
	allocations := func(o fetch.EnvironmentOptions) float64 {
		agent, _ := newAgent(t, nil, fetch.Options{Transport: transportFunc(func(*fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
			return &fetch.NetworkResponse{Status: 204, Body: http.NoBody}, nil
		})})
		page := newPage(t, agent, o)
		r := &fetch.Request{URL: "/a"}
		return testing.AllocsPerRun(200, func() {
			resp, err := page.Fetch(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
		})
	}
	without := allocations(fetch.EnvironmentOptions{})
	with := allocations(fetch.EnvironmentOptions{ContentSecurityPolicy: []string{"default-src 'none'; connect-src https://x.test 'self'"}, ContentSecurityPolicyReportOnly: []string{"connect-src https:"}})
	if with > without {
		t.Errorf("%v allocations with policies, %v without", with, without)
	}
}
