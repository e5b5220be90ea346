package audit_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/fulllength"
)

// TestReportJSON writes a report with all there is in JSON and reads it again.
func TestReportJSON(t *testing.T) {
	report := audited(t, answering(echo, creds, "X-Bytes: \xff<&>", "PREFLIGHT Access-Control-Allow-Methods: PUT"), &audit.Intent{
		Allow:  []string{"https://app.example", "https://admin.example"},
		Refuse: []string{"null"},
		Uses: []audit.Use{
			{Name: "list", URL: "/things"},
			{Name: "change", Method: "PUT", URL: "/things/1", Body: "é", Credentials: credentials.Include, PreflightCached: time.Hour},
		},
	})
	if len(report.Findings) < 3 || len(report.Plays) == 0 || len(report.Traffic) == 0 {
		t.Fatalf("%d findings, %d plays, %d exchanges", len(report.Findings), len(report.Plays), len(report.Traffic))
	}
	report.Traffic[0].Took = 1234567 // ns
	written, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	got := new(audit.Report)
	if err := json.Unmarshal(written, got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(report, got, cmpopts.EquateEmpty()); d != "" {
		t.Error(d)
	}
	for _, part := range []string{
		`"severity":"slow"`, `"headers":[["Access-Control-Max-Age","3600"]]`, `["X-Bytes","ÿ`, `"took_ms":1.234567`, `"requestBody":"é"`, `"cached":true`,
	} {
		if !strings.Contains(string(written), part) {
			t.Errorf("%s is not in\n%s", part, written)
		}
	}
	well := audited(t, answering("Access-Control-Allow-Origin: *"), &audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{{URL: "/x"}}})
	written, err = json.Marshal(well)
	if err != nil || strings.Contains(string(written), ":null") || !strings.Contains(string(written), `"findings":[]`) {
		t.Errorf("%s, %v; want lists without elements", written, err)
	}
}

func TestSeverityText(t *testing.T) {
	var got audit.Severity
	for s := audit.Unsafe; s <= audit.Slow; s++ {
		if err := got.UnmarshalText([]byte(s.String())); got != s || err != nil {
			t.Errorf("%v, %v; want %v", got, err, s)
		}
	}
	if err := got.UnmarshalText([]byte("Breaks")); err == nil || !strings.Contains(err.Error(), "unsafe, breaks, fragile and slow") {
		t.Errorf("%v, %v; want an error with the names", got, err)
	}
	if text, err := json.Marshal(audit.Severity(9)); err == nil {
		t.Errorf("%s for no severity", text)
	}
}

func TestAccept(t *testing.T) {
	intent := &audit.Intent{Allow: []string{"https://app.example", "https://admin.example"}, Uses: []audit.Use{{URL: "/x", Read: []string{"ETag"}}}}
	if ids := found(audited(t, answering(echo), intent)); !slices.Equal(ids, []audit.FindingID{"header-missing", "vary-missing"}) {
		t.Fatal(ids)
	}
	intent.Accept = []audit.FindingID{"vary-missing"}
	if ids := found(audited(t, answering(echo), intent)); !slices.Equal(ids, []audit.FindingID{"header-missing"}) {
		t.Error(ids)
	}
	intent.Accept = []audit.FindingID{"vary"}
	if report, err := audit.Handler(t.Context(), answering(echo), intent, nil); err == nil || report != nil {
		t.Errorf("%v, %v; want an error alone", report, err)
	}
}

func found(report *audit.Report) []audit.FindingID {
	var ids []audit.FindingID
	for _, f := range report.Findings {
		ids = append(ids, f.ID)
	}
	return ids
}

// TestAuditSendsFew counts what a server gets.
func TestAuditSendsFew(t *testing.T) {
	lines := []string{echo, vary, creds, "PREFLIGHT Access-Control-Allow-Headers: x-trace", "PREFLIGHT Access-Control-Allow-Methods: PUT", "PREFLIGHT Access-Control-Max-Age: 7200"}
	custom := map[string]string{"X-Trace": "1"}
	for _, tt := range []struct {
		name  string
		use   audit.Use
		lines []string
		want  map[string]int // by method, for two allowed origins and a refused one
	}{
		{"simple", audit.Use{URL: "/x"}, lines, map[string]int{"GET": 3*2 + 1}},
		// Again: none has forgotten the preflight, if it is asked to last.
		{"preflighted", audit.Use{URL: "/x", Headers: custom, PreflightCached: 2 * time.Hour}, lines, map[string]int{"GET": 3 * 2, "OPTIONS": 2*2 + 1}},
		{"not safe", audit.Use{Method: "PUT", URL: "/x", Body: "{}"}, lines, map[string]int{"PUT": 2, "OPTIONS": 2*2 + 1}},
		{"not safe, simple", audit.Use{Method: "POST", URL: "/x"}, lines, map[string]int{"POST": 2 + 1}},
		{"not safe, with a cookie that is new each time", audit.Use{Method: "PUT", URL: "/x", Credentials: credentials.Include},
			append([]string{"Set-Cookie: sid=NUMBER; Secure; SameSite=None"}, lines...), map[string]int{"PUT": 2, "OPTIONS": 2*2 + 1}},
		{"not safe, redirected", audit.Use{Method: "POST", URL: "/x"}, []string{echo, "STATUS 303", "Location: /done"}, map[string]int{"POST": 2 + 1, "GET": 2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, number := make(map[string]int), 0
			report := audited(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				got[r.Method]++
				number++
				if r.URL.Path == "/done" {
					answering(echo).ServeHTTP(w, r)
					return
				}
				lines := slices.Clone(tt.lines)
				for i := range lines {
					lines[i] = strings.ReplaceAll(lines[i], "NUMBER", fmt.Sprint(number))
				}
				if r.Header.Get("Origin") == "https://evil.example" {
					lines = []string{vary}
				}
				answering(lines...).ServeHTTP(w, r)
			}), &audit.Intent{Allow: []string{"https://app.example", "https://admin.example"}, Refuse: []string{"https://evil.example"}, Uses: []audit.Use{tt.use},
				Accept: []audit.FindingID{"cookie-refused"}}, skip)
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("the server got %v, want %v", got, tt.want)
			}
			if n := len(report.Traffic); n != number {
				t.Errorf("%d exchanges of %d", n, number)
			}
			for _, f := range report.Findings {
				t.Error(f)
			}
			for _, p := range report.Plays {
				if once := slices.Compact(slices.Sorted(slices.Values(p.Profiles))); len(once) != len(p.Profiles) {
					t.Errorf("%s %s: %v, want each profile once", p.Origin, p.When, p.Profiles)
				}
				if len(p.Exchanges) == 0 {
					t.Errorf("nothing was exchanged %s from %s", p.When, p.Origin)
				}
			}
		})
	}
}

// TestAuditCookieOfSomeBrowsers has a cookie that some browsers refuse on the
// visit before.
func TestAuditCookieOfSomeBrowsers(t *testing.T) {
	report := audited(t, answering(echo, creds), &audit.Intent{
		Base: "http://localhost:8080", Allow: []string{"http://localhost:3000"},
		Uses: []audit.Use{{URL: "/", Credentials: credentials.Include, Cookies: []string{"sid=1; Secure"}}},
	}, skip)
	if len(report.Findings) != 1 {
		t.Fatal(report.Findings)
	}
	f := report.Findings[0]
	if f.ID != "cookie-refused" || !slices.Equal(f.Profiles, []string{"standard", "webkit"}) || !strings.Contains(f.Problem, "“sid” of an earlier visit to the URL: only a secure URL may set a Secure cookie") {
		t.Error(f)
	}
}

// skip has an audit ask for nothing that the intent doesn't name.
var skip = &audit.Options{SkipProbes: true}

// TestAuditRate holds that requests keep their distance.
func TestAuditRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the clock jumps
		var at []time.Time
		handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if at = append(at, time.Now()); len(at) == 2 {
				time.Sleep(time.Minute / 2) // which counts
			}
			answering(app).ServeHTTP(w, r)
		})
		// A fetch may wait for longer than the server may.
		audited(t, handler, &audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{{URL: "/x"}}},
			&audit.Options{SkipProbes: true, Rate: 1.0 / 60, Patience: 40 * time.Second})
		var apart []time.Duration
		for i := range at[1:] {
			apart = append(apart, at[i+1].Sub(at[i]))
		}
		if !slices.Equal(apart, []time.Duration{time.Minute, time.Minute}) {
			t.Errorf("%v apart, want a minute", apart)
		}
	})
	for _, o := range []audit.Options{{Rate: -1}, {Patience: -1}} {
		if report, err := audit.Handler(t.Context(), answering(app), &audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{{URL: "/x"}}}, &o); err == nil || report != nil {
			t.Errorf("%+v: %v, %v; want an error alone", o, report, err)
		}
	}
}

// TestAuditCookies looks at which of a session's cookies reach the server, from
// a page of its site and from one of another.
func TestAuditCookies(t *testing.T) {
	const (
		every = "short=4; none=1; strict=2; unset=3"
		some  = "short=4; none=1; unset=3"
	)
	for page, want := range map[string]map[string]string{
		"https://www.shop.example": {"standard": every, "chromium": every, "firefox": every, "webkit": every},
		"https://app.example":      {"standard": some, "chromium": "", "firefox": "", "webkit": some},
	} {
		report := audited(t, answering(echo, creds), &audit.Intent{
			Base: "https://api.shop.example", Allow: []string{page},
			Uses: []audit.Use{{URL: "/v1/me", Credentials: credentials.Include, Cookies: []string{
				"none=1; Secure; SameSite=None; Path=/", "strict=2; SameSite=Strict; Path=/", "unset=3; Path=/",
				"short=4; Secure; SameSite=None; Max-Age=60", "elsewhere=5; Path=/v2; Secure; SameSite=None",
			}}},
		}, skip)
		plays := make(map[string]int)
		for _, p := range report.Plays {
			got, _ := p.Exchanges[0].RequestHeaders.Get("Cookie")
			for _, profile := range p.Profiles {
				if plays[profile]++; got != want[profile] {
					t.Errorf("%s from %s %s: Cookie %q, want %q", profile, page, p.When, got, want[profile])
				}
			}
		}
		if len(plays) != 4 || plays["standard"] != 3 {
			t.Errorf("from %s: %v plays, want 3 a profile", page, plays)
		}
	}
}

// TestCookieFixes holds that what is said to change fits why a cookie is not
// there.
func TestCookieFixes(t *testing.T) {
	for _, tt := range []struct {
		server, page, before, set, want string
	}{
		{"https://api.example.com", "https://app.example.com", "a=1; Path=/other", "", "Path=/, or with a path that the URL"},
		{"https://api.example", "https://app.example", "a=1; Secure; SameSite=Lax", "", "SameSite=None; Secure; Partitioned"},
		{"https://api.example.com", "http://app.example.com", "a=1; SameSite=Lax", "", "serve both over HTTPS"},
		// WebKit alone.
		{"https://api.shop.example", "https://app.shop.example", "", "a=1; Secure; SameSite=Lax", "not on the public suffix list"},
	} {
		use := audit.Use{URL: "/x", Credentials: credentials.Include}
		lines := []string{echo, creds, vary}
		if tt.before != "" {
			use.Cookies = []string{tt.before}
		}
		if tt.set != "" {
			lines = append(lines, "Set-Cookie: "+tt.set)
		}
		report := audited(t, answering(lines...), &audit.Intent{Base: tt.server, Allow: []string{tt.page}, Uses: []audit.Use{use}}, skip)
		if len(report.Findings) != 1 || !strings.Contains(report.Findings[0].Fix, tt.want) {
			t.Errorf("%s to %s, %s%s: %v, want one with %q", tt.page, tt.server, tt.before, tt.set, report.Findings, tt.want)
		}
	}
}

// TestReportsAlike audits servers several times: but for times, all reports are
// the same.
func TestReportsAlike(t *testing.T) {
	intent := &audit.Intent{Allow: []string{"https://app.example", "https://admin.example"}, Refuse: []string{"https://evil.example", "null"}}
	for _, path := range []string{"/a", "/b"} {
		intent.Uses = append(intent.Uses,
			audit.Use{URL: path, Credentials: credentials.Include, Cookies: []string{"a=1; Path=/; SameSite=None; Secure", "b=1; Path=/"}, Read: []string{"ETag", "Link"}},
			audit.Use{Method: "PUT", URL: path, Headers: map[string]string{"X-A": "1", "X-B": "2", "X-C": "3", "Authorization": "Bearer x"}})
	}
	cors := []string{"Access-Control-Allow-Methods: PUT", "Access-Control-Allow-Headers: X-A, X-B, X-C, Authorization"}
	for _, server := range []http.Handler{
		answering(), answering(append(cors, echo, creds, "Set-Cookie: c=1")...), answering(append(cors, app, creds, creds, "ETag: 1")...),
		matching("app"), matching("example$"),
	} {
		var first string
		for range fulllength.Rounds(2, 4) {
			report := audited(t, server, intent)
			timeless := func(exchanges []audit.Exchange) {
				for i := range exchanges {
					exchanges[i].Started, exchanges[i].Took = time.Time{}, 0
				}
			}
			timeless(report.Traffic)
			for i := range report.Plays {
				timeless(report.Plays[i].Exchanges)
			}
			for i := range report.Findings {
				timeless(report.Findings[i].Exchanges)
			}
			written, err := json.Marshal(report)
			if err != nil {
				t.Fatal(err)
			}
			if first == "" {
				first = string(written)
			}
			if d := cmp.Diff(first, string(written)); d != "" {
				t.Errorf("%v: %s", server, d)
			}
		}
	}
}
