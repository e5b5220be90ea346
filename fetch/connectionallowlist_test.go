package fetch_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fetchtest"
)

// TestConnectionAllowlist holds what a page's Connection-Allowlist refuses, and that it is asked before anything is sent.
func TestConnectionAllowlist(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, list, url string
		profile         *fetch.Profile
		blocked         bool
	}{
		{name: "listed", list: `("https://api.test")`, url: api + "/a"},
		{name: "not listed", list: `(response-origin "https://third.test")`, url: api + "/a", blocked: true},
		{name: "own origin", list: "(response-origin)", url: app + "/a"},
		{name: "nothing", list: "()", url: app + "/a", blocked: true},
		{name: "a token", list: "(https://api.test)", url: api + "/a", blocked: true},
		{name: "the first list alone", list: `(response-origin), ("https://api.test")`, url: api + "/a", blocked: true},
		{name: "no list", list: `"https://api.test"`, url: api + "/a"},
		{name: "damaged", list: `("https://third.test"`, url: api + "/a"},
		{name: "damaged, in Chromium", list: `("https://third.test"`, url: api + "/a", profile: engine.Chromium(), blocked: true},
		{name: "in Firefox", list: "()", url: api + "/a", profile: engine.Firefox()},
		{name: "data", list: "()", url: "data:,x", blocked: true},
		{name: "data in Chromium", list: "()", url: "data:,x", profile: engine.Chromium()},
		{name: "a list within", list: `(("https://api.test"))`, url: api + "/a"},
		{name: "very long", list: "(" + strings.Repeat(`"https://*.test/*/*/*?*=*" `, 1<<14) + `"https://api.test")`, url: "https://api.example/", blocked: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			agent, n := newAgent(t, func(sent) reply { return answer(200, "Access-Control-Allow-Origin: *") }, fetch.Options{Profile: tt.profile})
			resp, err := newPage(t, agent, fetch.EnvironmentOptions{ConnectionAllowlist: tt.list}).Fetch(t.Context(), &fetch.Request{URL: tt.url})
			if err == nil {
				resp.Body.Close()
			}
			if got := errors.Is(err, fetchtest.Reason("connection-allowlist")); got != tt.blocked || got && len(n.sent) > 0 {
				t.Errorf("%v, %d requests, want blocked: %t", err, len(n.sent), tt.blocked)
			}
		})
	}
}

// A waningContext ends when it has been asked so often whether it has.
type waningContext struct {
	context.Context
	left atomic.Int64
}

// Err implements [context.Context].
func (c *waningContext) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// TestConnectionAllowlistCanceled holds that a list of patterns that take long ends with the context, between any two of
// them, and that no violation is reported then.
func TestConnectionAllowlistCanceled(t *testing.T) {
	t.Parallel()
	const patterns = 200
	agent, n := newAgent(t, func(sent) reply { return answer(200) }, fetch.Options{})
	page := newPage(t, agent, fetch.EnvironmentOptions{ConnectionAllowlist: "(" + strings.Repeat(`"https://*.test/*x" `, patterns) + ")"})
	violated := false
	trace := &fetch.Trace{Violated: func(fetch.RequestInfo, fetch.PolicyViolation) { violated = true }}
	for _, asked := range []int64{patterns / 4, patterns / 2, patterns * 3 / 4} {
		ctx := &waningContext{Context: t.Context()}
		ctx.left.Store(asked)
		_, err := page.Fetch(ctx, &fetch.Request{URL: api + "/a", Trace: trace})
		if !errors.Is(err, fetch.Aborted) || !errors.Is(err, context.Canceled) || violated || len(n.sent) > 0 {
			t.Errorf("canceled when it was asked %d times: %v, violated %t, %d requests", asked, err, violated, len(n.sent))
		}
	}
}

// TestConnectionAllowlistReports holds who is told of a violation, and that nobody learns where a redirect led.
func TestConnectionAllowlistReports(t *testing.T) {
	t.Parallel()
	agent, n := newAgent(t, func(r sent) reply {
		switch {
		case r.Method == "OPTIONS":
			return answer(204, "Access-Control-Allow-Origin: *", "Access-Control-Allow-Headers: content-type")
		case r.URL.Path() == "/a":
			return answer(302, "Access-Control-Allow-Origin: *", "Location: https://secret.test/token")
		}
		return answer(204)
	}, fetch.Options{})
	defer agent.Close()
	var told []fetch.PolicyViolation
	page := newPage(t, agent, fetch.EnvironmentOptions{
		URL: app + "/page#f", ReportingEndpoints: `one="https://reports.test/1", two="https://reports.test/2"`,
		ConnectionAllowlist: `("https://api.test");report-to=one`, ConnectionAllowlistReportOnly: `("https://third.test");report-to=two;redirects=allow`,
	})
	trace := &fetch.Trace{Violated: func(_ fetch.RequestInfo, v fetch.PolicyViolation) { told = append(told, v) }}
	if _, err := page.Fetch(t.Context(), &fetch.Request{URL: api + "/a?q#f", Trace: trace}); !errors.Is(err, fetchtest.Reason("connection-allowlist")) {
		t.Errorf("%v", err)
	}
	if err := agent.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range n.sent {
		if s.Method != "POST" {
			continue
		}
		var b struct {
			URL, Connection, Disposition string
			Allowlist                    []string
		}
		if readReport(t, s, "connection-allowlist", &b); len(b.Allowlist) != 1 {
			t.Fatalf("the report is %s", s.body)
		}
		got = append(got, s.URL.Path()+" "+b.URL+" "+b.Connection+" "+b.Disposition)
	}
	slices.Sort(got)
	if want := []string{"/1 " + app + "/page " + api + "/a?q enforce", "/2 " + app + "/page " + api + "/a?q report"}; !slices.Equal(got, want) {
		t.Errorf("reports %q, want %q", got, want)
	}
	if len(told) != 2 || !told[0].ReportOnly || told[1].ReportOnly || told[0].Header != "Connection-Allowlist" {
		t.Errorf("the trace is told of %+v", told)
	}
}

// TestConnectionAllowlistTooLong holds that the trace, the error and its explanation tell of patterns that do not count.
func TestConnectionAllowlistTooLong(t *testing.T) {
	t.Parallel()
	agent, _ := newAgent(t, func(sent) reply { return answer(200, "Access-Control-Allow-Origin: *") }, fetch.Options{})
	list := "(" + strings.Repeat(`"https://third.test" `, 258) + `"https://api.test" "(")`
	var ignored int
	_, err := newPage(t, agent, fetch.EnvironmentOptions{ConnectionAllowlist: list}).Fetch(t.Context(), &fetch.Request{
		URL: api + "/a", Trace: &fetch.Trace{Violated: func(_ fetch.RequestInfo, v fetch.PolicyViolation) { ignored = v.Ignored }},
	})
	refusal, ok := errors.AsType[*fetch.Error](err)
	if !ok || ignored != 4 {
		t.Fatalf("%v, told of %d patterns", err, ignored)
	}
	if want := "only the first 256 patterns count, 4 do not"; !strings.Contains(err.Error(), want) || !strings.Contains(refusal.Explain().Fix, want) {
		t.Errorf("%q is neither in %q nor in %q", want, err, refusal.Explain().Fix)
	}
	if _, err := newPage(t, agent, fetch.EnvironmentOptions{ConnectionAllowlist: `("https://api.test")`}).Fetch(t.Context(), &fetch.Request{URL: api + "/a"}); err != nil {
		t.Error(err)
	}
}

// underAllowlist is a play that is one fetch by a page with a Connection-Allowlist.
func underAllowlist(list, url string) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		page, _ := profiledPage(t, p, func(sent) reply { return answer(404, "Access-Control-Allow-Origin: *") }, fetch.EnvironmentOptions{ConnectionAllowlist: list})
		return outcome(t, page, &fetch.Request{URL: url})
	}
}
