package conformance_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
)

// answering is a handler that sends the same header lines to every request,
// "PREFLIGHT " before those for preflights alone and "STATUS" a status.
func answering(lines ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status := http.StatusOK
		for _, line := range lines {
			rest, preflight := strings.CutPrefix(line, "PREFLIGHT ")
			if preflight && r.Method != http.MethodOptions {
				continue
			}
			if _, err := fmt.Sscanf(rest, "STATUS %d", &status); err == nil {
				continue
			}
			name, value, _ := strings.Cut(rest, ": ")
			w.Header().Add(name, strings.ReplaceAll(value, "ORIGIN", r.Header.Get("Origin")))
		}
		w.WriteHeader(status)
	})
}

// onlyFor is one handler for requests of an origin, and another for the others.
func onlyFor(origin string, yes, no http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Origin") == origin {
			yes.ServeHTTP(w, r)
			return
		}
		no.ServeHTTP(w, r)
	})
}

const (
	app   = "Access-Control-Allow-Origin: https://app.example"
	echo  = "Access-Control-Allow-Origin: ORIGIN"
	creds = "Access-Control-Allow-Credentials: true"
	vary  = "Vary: Origin"
)

// TestFindings has, for each finding, a smallest server that causes it and the
// like of it that does not.
func TestFindings(t *testing.T) {
	all := []string{"standard", "chromium", "firefox", "webkit"}
	one := func(use conformance.Use) conformance.Intent {
		use.URL = "/x"
		return conformance.Intent{Allow: []string{"https://app.example"}, Uses: []conformance.Use{use}}
	}
	two := conformance.Intent{Allow: []string{"https://app.example", "https://admin.example"}, Uses: []conformance.Use{{URL: "/x"}}}
	refusing := conformance.Intent{Allow: []string{"https://app.example"}, Refuse: []string{"https://evil.example"}, Uses: []conformance.Use{{URL: "/x"}}}
	sandboxed := conformance.Intent{Refuse: []string{"null"}, Uses: []conformance.Use{{URL: "/x"}}}
	insecure := one(conformance.Use{})
	insecure.Base = "http://api.example"
	from := insecure
	from.Allow = []string{"http://app.example"}

	tests := []struct {
		name      string
		intent    conformance.Intent
		bad, good http.Handler
		id        conformance.FindingID
		severity  conformance.Severity
		profiles  []string
		fix       string // stands in the finding's text
		goodUses  *conformance.Intent
	}{
		{"no header", one(conformance.Use{}), answering(), answering(app),
			conformance.OriginRefused, conformance.Breaks, all, "Access-Control-Allow-Origin: https://app.example", nil},
		{"a slash too many", one(conformance.Use{}), answering(app + "/"), answering(app),
			conformance.OriginRefused, conformance.Breaks, all, "no slash at the end", nil},
		{"a doubled header", one(conformance.Use{}), answering(app, app), answering(app),
			conformance.OriginRefused, conformance.Breaks, all, "more than once", nil},
		{"wildcard with credentials", one(conformance.Use{Credentials: credentials.Include}), answering("Access-Control-Allow-Origin: *", creds), answering(app, creds),
			conformance.CredentialsRefused, conformance.Breaks, all, "Access-Control-Allow-Credentials: true", nil},
		{"credentials left out", one(conformance.Use{Credentials: credentials.Include}), answering(app), answering(app, creds),
			conformance.CredentialsRefused, conformance.Breaks, all, "Access-Control-Allow-Credentials: true", nil},
		{"preflight not routed", one(conformance.Use{Method: "POST", Body: "{}", Headers: map[string]string{"Content-Type": "application/json"}}),
			answering("PREFLIGHT STATUS 405"), answering(app, "PREFLIGHT Access-Control-Allow-Headers: content-type"),
			conformance.PreflightFailed, conformance.Breaks, all, "Access-Control-Allow-Headers: content-type", nil},
		{"preflight redirected", one(conformance.Use{Method: "PUT"}), answering(app, "PREFLIGHT STATUS 301", "PREFLIGHT Location: /x/"), answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT"),
			conformance.PreflightFailed, conformance.Breaks, all, "https://api.example/x/", nil},
		{"method", one(conformance.Use{Method: "DELETE"}), answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT"), answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT, DELETE"),
			conformance.MethodNotAllowed, conformance.Breaks, all, "Access-Control-Allow-Methods: PUT, DELETE", nil},
		{"method in lower case", one(conformance.Use{Method: "patch"}), answering(app, "PREFLIGHT Access-Control-Allow-Methods: PATCH"), answering(app, "PREFLIGHT Access-Control-Allow-Methods: patch"),
			conformance.MethodNotAllowed, conformance.Breaks, all, `method: "PATCH"`, nil},
		{"header", one(conformance.Use{Headers: map[string]string{"X-Trace": "1"}}), answering(app), answering(app, "PREFLIGHT Access-Control-Allow-Headers: x-trace"),
			conformance.HeaderNotAllowed, conformance.Breaks, all, "Access-Control-Allow-Headers: x-trace", nil},
		{"authorization left to the wildcard", one(conformance.Use{Headers: map[string]string{"Authorization": "Bearer x"}}),
			answering(app, "PREFLIGHT Access-Control-Allow-Headers: *"), answering(app, "PREFLIGHT Access-Control-Allow-Headers: authorization"),
			conformance.HeaderNotAllowed, conformance.Fragile, []string{"standard"}, "Access-Control-Allow-Headers: *, authorization", nil},
		{"redirect", one(conformance.Use{}), answering(app, "STATUS 302", "Location: ftp://files.example/"), answering(app),
			conformance.RedirectRefused, conformance.Breaks, all, "Redirect to an http: or https: URL", nil},
		{"mixed content", insecure, answering(app), answering("Access-Control-Allow-Origin: http://app.example"),
			conformance.Blocked, conformance.Breaks, all, "over HTTPS", &from},
		{"not sent", one(conformance.Use{Read: []string{"X-Total"}}), answering(app), answering(app, "X-Total: 7", "Access-Control-Expose-Headers: x-total"),
			conformance.HeaderMissing, conformance.Breaks, all, "Send X-Total", nil},
		{"not exposed", one(conformance.Use{Read: []string{"X-Total", "Content-Type"}}), answering(app, "Content-Type: text/plain", "X-Total: 7", "Access-Control-Expose-Headers: ETag"),
			answering(app, "Content-Type: text/plain", "X-Total: 7", "Access-Control-Expose-Headers: *"),
			conformance.NotExposed, conformance.Breaks, all, "Access-Control-Expose-Headers: ETag, X-Total", nil},
		{"max-age missing", one(conformance.Use{Method: "PUT", PreflightCached: time.Hour}), answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT"),
			answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT", "PREFLIGHT Access-Control-Max-Age: 3600"),
			conformance.PreflightNotCached, conformance.Slow, all, "Access-Control-Max-Age: 3600", nil},
		{"max-age too short for one", one(conformance.Use{Method: "PUT", PreflightCached: time.Hour}), answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT", "PREFLIGHT Access-Control-Max-Age: 900"),
			answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT", "PREFLIGHT Access-Control-Max-Age: 7200"),
			conformance.PreflightNotCached, conformance.Slow, []string{"standard", "chromium", "firefox"}, "Access-Control-Max-Age: 3600", nil},
		{"a wildcard is not kept", one(conformance.Use{Method: "PUT", PreflightCached: time.Minute}), answering(app, "PREFLIGHT Access-Control-Allow-Methods: *", "PREFLIGHT Access-Control-Max-Age: 60"),
			answering(app, "PREFLIGHT Access-Control-Allow-Methods: PUT", "PREFLIGHT Access-Control-Max-Age: 60"),
			conformance.PreflightNotCached, conformance.Slow, []string{"firefox"}, "Name the method", nil},
		{"no Vary", two, answering(echo), answering(echo, vary),
			conformance.VaryMissing, conformance.Fragile, all, "Vary: Origin", nil},
		{"no Vary for others", refusing, onlyFor("https://app.example", answering(app, vary), answering()), onlyFor("https://app.example", answering(app, vary), answering(vary)),
			conformance.VaryMissing, conformance.Fragile, all, "whoever asks", nil},
		{"Vary on something else", two, answering(echo, "Vary: Accept, Accept-Encoding"), answering(echo, "Vary: Accept, origin"),
			conformance.VaryMissing, conformance.Fragile, all, "Vary: Origin", nil},
		{"no Vary, not kept", two, answering(echo), answering(echo, "Cache-Control: private"),
			conformance.VaryMissing, conformance.Fragile, all, "Vary: Origin", nil},
		{"any origin", refusing, answering(echo, vary), answering(app),
			conformance.WrongOriginAllowed, conformance.Unsafe, all, "byte for byte", nil},
		{"everybody", refusing, answering("Access-Control-Allow-Origin: *"), answering(app),
			conformance.WrongOriginAllowed, conformance.Unsafe, all, "which is everybody", nil},
		{"null", sandboxed, answering(echo), answering(app),
			conformance.WrongOriginAllowed, conformance.Unsafe, all, "Never allow null", nil},
	}
	seen := make(map[conformance.FindingID]bool)
	for _, tt := range tests {
		seen[tt.id] = true
		t.Run(tt.name, func(t *testing.T) {
			report := audit(t, tt.bad, &tt.intent)
			if len(report.Findings) != 1 {
				t.Fatalf("%d findings, want 1: %v", len(report.Findings), report.Findings)
			}
			f := report.Findings[0]
			if f.ID != tt.id || f.Severity != tt.severity || !slices.Equal(f.Profiles, tt.profiles) {
				t.Errorf("%s, %v, %v; want %s, %v, %v", f.ID, f.Severity, f.Profiles, tt.id, tt.severity, tt.profiles)
			}
			if text := strings.Join(strings.Fields(f.String()), " "); !strings.Contains(text, tt.fix) {
				t.Errorf("%q is not in\n%s", tt.fix, f)
			}
			if tt.goodUses == nil {
				tt.goodUses = &tt.intent
			}
			if report := audit(t, tt.good, tt.goodUses); len(report.Findings) > 0 {
				t.Errorf("the good server: %v", report.Findings)
			}
		})
	}
	for _, id := range conformance.FindingIDs() {
		if !seen[id] {
			t.Errorf("no server causes %s", id)
		}
	}
}

func audit(t *testing.T, handler http.Handler, intent *conformance.Intent, options ...*conformance.AuditOptions) *conformance.Report {
	t.Helper()
	report, err := conformance.AuditHandler(t.Context(), handler, intent, append(options, nil)[0])
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// TestAuditLater has servers that fail once, the second time.
func TestAuditLater(t *testing.T) {
	for _, tt := range []struct {
		name, method string
		id           conformance.FindingID
		when         string
	}{
		{"request", "GET", conformance.OriginRefused, "/x again."},
		{"preflight", "OPTIONS", conformance.PreflightFailed, "/x once more, after its preflight had expired."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			seen := make(map[string]int)
			report := audit(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if seen[r.Method]++; r.Method == tt.method && seen[r.Method] == 2 {
					w.WriteHeader(http.StatusTooManyRequests)
					return
				}
				answering(app, "Access-Control-Allow-Headers: x-trace", "Access-Control-Max-Age: 600").ServeHTTP(w, r)
			}), &conformance.Intent{Allow: []string{"https://app.example"}, Uses: []conformance.Use{{URL: "/x", Headers: map[string]string{"X-Trace": "1"}}}})
			if len(report.Findings) != 1 || report.Findings[0].ID != tt.id || !strings.HasSuffix(report.Findings[0].Tried, tt.when) {
				t.Errorf("%v, want %s %s", report.Findings, tt.id, tt.when)
			}
		})
	}
}

// TestFindingText holds how a finding reads.
func TestFindingText(t *testing.T) {
	report := audit(t, answering(echo, vary, "PREFLIGHT Access-Control-Allow-Methods: PUT"), &conformance.Intent{
		Allow: []string{"https://app.example", "https://admin.example"},
		Uses:  []conformance.Use{{Name: "remove a thing", Method: "DELETE", URL: "/things/1", Headers: map[string]string{"X-Trace": "1"}}},
	})
	if len(report.Findings) != 1 {
		t.Fatal(report.Findings)
	}
	const want = `method-not-allowed (breaks) in every browser: remove a thing
  A page of https://app.example asked for DELETE https://api.example/things/1.
  The same from https://admin.example.
    > OPTIONS https://api.example/things/1
    > Access-Control-Request-Method: DELETE
    > Access-Control-Request-Headers: x-trace
    > Origin: https://app.example
    < 200
    < Access-Control-Allow-Methods: PUT
    < Access-Control-Allow-Origin: https://app.example
    < Vary: Origin
  The server does not allow DELETE.
  The rule: the method must be listed in Access-Control-Allow-Methods, in the
  same case; "*" counts without credentials only
    https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
  What to change (server): Add the method to the list in the answer to the
  preflight:
    Access-Control-Allow-Methods: PUT, DELETE
`
	if got := report.Findings[0].String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestAuditFails has servers and intents about which nothing can be said.
func TestAuditFails(t *testing.T) {
	uses := []conformance.Use{{Name: "list things", URL: "/things"}}
	allow := []string{"https://app.example"}
	for _, tt := range []struct {
		name    string
		handler http.HandlerFunc
		intent  conformance.Intent
		want    []string
	}{
		{"panic", func(http.ResponseWriter, *http.Request) { panic("no database") }, conformance.Intent{Allow: allow, Uses: uses},
			[]string{`use "list things"`, "https://api.example/things", "the handler panicked: no database"}},
		{"abort", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, conformance.Intent{Allow: allow, Uses: uses},
			[]string{`use "list things"`, "closed without an answer"}},
		{"Goexit", func(http.ResponseWriter, *http.Request) { runtime.Goexit() }, conformance.Intent{Allow: allow, Uses: uses},
			[]string{`use "list things"`, "the handler ended its goroutine"}},
		{"hangs", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, conformance.Intent{Allow: allow, Uses: uses},
			[]string{`use "list things"`, "no answer within 10s"}},
		{"elsewhere", http.RedirectHandler("https://login.example/", http.StatusFound).ServeHTTP, conformance.Intent{Refuse: allow, Uses: uses}, nil},
		{"followed elsewhere", answering(app, "STATUS 302", "Location: https://login.example/").ServeHTTP, conformance.Intent{Allow: allow, Uses: uses},
			[]string{`use "list things"`, "only https://api.example is served here, and not https://login.example"}},
		{"nothing", answering(app).ServeHTTP, conformance.Intent{},
			[]string{"key allow: is empty", "key uses: is empty"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // the clock jumps
				report, err := conformance.AuditHandler(t.Context(), tt.handler, &tt.intent, nil)
				if tt.want == nil {
					if err != nil {
						t.Error(err)
					}
					return
				}
				if err == nil || report != nil {
					t.Fatalf("%v, %v; want no report and an error", report, err)
				}
				for _, part := range tt.want {
					if !strings.Contains(err.Error(), part) {
						t.Errorf("%q is not in %q", part, err)
					}
				}
			})
		})
	}
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
		_, err := conformance.AuditHandler(ctx, handler, &conformance.Intent{Allow: allow, Uses: uses}, nil)
		if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), `use "list things"`) {
			t.Errorf("%v, want the context's error and the use", err)
		}
	})
}

// TestAuditStream has a handler that never stops writing, flushed or not.
func TestAuditStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, flush := range []bool{true, false} {
			report := audit(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Access-Control-Allow-Origin", "https://app.example")
				for r.Context().Err() == nil {
					if _, err := w.Write([]byte("data: tick\n\n")); err != nil {
						return
					}
					if flush {
						http.NewResponseController(w).Flush()
					}
				}
			}), &conformance.Intent{Allow: []string{"https://app.example"}, Uses: []conformance.Use{{URL: "/events"}}})
			if len(report.Findings) > 0 {
				t.Error(report.Findings)
			}
		}
	})
}

// A failures is a testing.TB that keeps what it is told.
type failures struct {
	testing.TB
	errors, fatal []string
}

func (f *failures) Helper() {}
func (f *failures) Errorf(format string, args ...any) {
	f.errors = append(f.errors, fmt.Sprintf(format, args...))
}
func (f *failures) Fatal(args ...any) {
	f.fatal = append(f.fatal, fmt.Sprint(args...))
	runtime.Goexit()
}

func TestTest(t *testing.T) {
	play := func(handler http.Handler, intent *conformance.Intent) *failures {
		f, done := &failures{TB: t}, make(chan struct{})
		go func() {
			defer close(done)
			conformance.Test(f, handler, intent)
		}()
		<-done
		return f
	}
	intent := &conformance.Intent{Allow: []string{"https://app.example"}, Uses: []conformance.Use{{URL: "/a"}, {Method: "PUT", URL: "/b"}}}
	if f := play(answering(app, "Access-Control-Allow-Methods: PUT"), intent); len(f.errors)+len(f.fatal) > 0 {
		t.Errorf("a good server: %v %v", f.errors, f.fatal)
	}
	if f := play(answering(), intent); len(f.errors) != 2 || len(f.fatal) > 0 || !strings.Contains(f.errors[1], "PUT /b") {
		t.Errorf("two findings: %q %q", f.errors, f.fatal)
	}
	if f := play(nil, intent); len(f.fatal) != 1 {
		t.Errorf("no handler: %q", f.fatal)
	}
}

// TestServedRequest looks at a request and its response as handler and page
// have them.
func TestServedRequest(t *testing.T) {
	var got []string
	mux := http.NewServeMux()
	mux.HandleFunc("POST api.example/things/{id}", func(w http.ResponseWriter, r *http.Request) {
		body := new(strings.Builder)
		if _, err := fmt.Fprintf(body, "%s %s %s %s %s %d", r.PathValue("id"), r.URL.RawQuery, r.Host, r.RequestURI, r.Header.Get("Content-Type"), r.ContentLength); err != nil {
			t.Error(err)
		}
		if r.TLS == nil || r.URL.Host != "" {
			t.Errorf("TLS %v, host %q", r.TLS, r.URL.Host)
		}
		got = append(got, body.String())
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		fmt.Fprint(w, "<html>")
	})
	report := audit(t, mux, &conformance.Intent{
		Allow: []string{"https://app.example"},
		Uses:  []conformance.Use{{Method: "POST", URL: "things/a%20b?q=1", Body: "hello", Read: []string{"Content-Type", "Content-Length"}}},
	})
	if len(report.Findings) > 0 {
		t.Error(report.Findings)
	}
	if want := "a b q=1 api.example /things/a%20b?q=1 text/plain;charset=UTF-8 5"; len(got) == 0 || got[0] != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// BenchmarkAudit is ten uses under four profiles.
func BenchmarkAudit(b *testing.B) {
	handler := answering(echo, vary, creds, "PREFLIGHT Access-Control-Allow-Methods: PUT", "PREFLIGHT Access-Control-Allow-Headers: x-trace", "PREFLIGHT Access-Control-Max-Age: 600")
	intent := conformance.Intent{Allow: []string{"https://app.example", "https://admin.example"}}
	for n := range 5 {
		intent.Uses = append(intent.Uses,
			conformance.Use{URL: fmt.Sprintf("/things/%d", n)},
			conformance.Use{URL: fmt.Sprintf("/things/%d", n), Method: "PUT", Body: "{}", Headers: map[string]string{"X-Trace": "1"},
				Credentials: credentials.Include, PreflightCached: 10 * time.Minute})
	}
	b.ReportAllocs()
	for b.Loop() {
		report, err := conformance.AuditHandler(b.Context(), handler, &intent, nil)
		if err != nil || len(report.Findings) > 0 {
			b.Fatal(report, err)
		}
	}
}

// TestAuditServer audits a server on a real socket, and one that is gone.
func TestAuditServer(t *testing.T) {
	server := httptest.NewServer(answering(app))
	defer server.Close()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	intent := &conformance.Intent{Base: server.URL, Allow: []string{"http://app.example"}, Uses: []conformance.Use{{URL: "/x"}}}
	report, err := conformance.Audit(t.Context(), &fetch.HTTPTransport{RoundTripper: transport}, intent, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Findings) != 1 || report.Findings[0].ID != conformance.OriginRefused || len(report.Traffic) != 1 {
		t.Errorf("%d requests, %v; want one request and a refusal", len(report.Traffic), report.Findings)
	}
	server.Close()
	report, err = conformance.Audit(t.Context(), &fetch.HTTPTransport{RoundTripper: transport}, intent, nil)
	if err == nil || report != nil || !strings.Contains(err.Error(), `use "GET /x"`) || !strings.Contains(err.Error(), server.URL) {
		t.Errorf("%v, %v; want an error that names use and server", report, err)
	}
}
