package conformance_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
)

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
	if f := play(answering(app, "Access-Control-Allow-Methods: PUT", kept), intent); len(f.errors)+len(f.fatal) > 0 {
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
