package audit_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
)

// TestAuditLater has servers that fail once, the second time.
func TestAuditLater(t *testing.T) {
	for _, tt := range []struct {
		name, method string
		id           audit.FindingID
		when         string
	}{
		{"request", "GET", "request-failed", "/x again."},
		{"preflight", "OPTIONS", "preflight-failed", "/x once more, after its preflight had expired."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			seen := make(map[string]int)
			report := audited(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if seen[r.Method]++; r.Method == tt.method && seen[r.Method] == 2 {
					w.WriteHeader(http.StatusTooManyRequests)
					return
				}
				answering(app, "Access-Control-Allow-Headers: x-trace", "Access-Control-Max-Age: 600").ServeHTTP(w, r)
			}), &audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{{URL: "/x", Headers: map[string]string{"X-Trace": "1"}}}})
			if len(report.Findings) != 1 || report.Findings[0].ID != tt.id || !strings.HasSuffix(report.Findings[0].Tried, tt.when) {
				t.Errorf("%v, want %s %s", report.Findings, tt.id, tt.when)
			}
		})
	}
}

// TestFindingText holds how a finding reads.
func TestFindingText(t *testing.T) {
	report := audited(t, answering(echo, vary, "PREFLIGHT Access-Control-Allow-Methods: PUT"), &audit.Intent{
		Allow: []string{"https://app.example", "https://admin.example"},
		Uses:  []audit.Use{{Name: "remove a thing", Method: "DELETE", URL: "/things/1", Headers: map[string]string{"X-Trace": "1"}}},
	})
	if len(report.Findings) != 1 {
		t.Fatal(report.Findings)
	}
	const want = `method-not-allowed (breaks) in every browser: remove a thing
  A page of https://app.example sent DELETE https://api.example/things/1.
  The same from https://admin.example.
    > OPTIONS https://api.example/things/1
    > Access-Control-Request-Method: DELETE
    > Access-Control-Request-Headers: x-trace
    > Origin: https://app.example
    < 200
    < Access-Control-Allow-Methods: PUT
    < Access-Control-Allow-Origin: https://app.example
    < Vary: Origin
  The server does not allow DELETE. Also: the server does not allow the
  request header X-Trace.
  The rule: the method must be listed in Access-Control-Allow-Methods, in the
  same case; "*" counts without credentials only
    https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
  What to change (server): Add the method to the list in the answer to the
  preflight:
    Access-Control-Allow-Methods: PUT, DELETE
    Access-Control-Allow-Headers: x-trace
  The browser sends a preflight first because its method is DELETE and it has
  the header x-trace.
`
	if got := report.Findings[0].String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestAuditFails has servers and intents about which nothing can be said.
func TestAuditFails(t *testing.T) {
	uses := []audit.Use{{Name: "list things", URL: "/things"}}
	allow := []string{"https://app.example"}
	for _, tt := range []struct {
		name    string
		handler http.HandlerFunc
		intent  audit.Intent
		want    []string
	}{
		{"panic", func(http.ResponseWriter, *http.Request) { panic("no database") }, audit.Intent{Allow: allow, Uses: uses},
			[]string{`use "list things"`, "https://api.example/things", "the handler panicked: no database"}},
		{"abort", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, audit.Intent{Allow: allow, Uses: uses},
			[]string{`use "list things"`, "closed without an answer"}},
		{"Goexit", func(http.ResponseWriter, *http.Request) { runtime.Goexit() }, audit.Intent{Allow: allow, Uses: uses},
			[]string{`use "list things"`, "the handler ended its goroutine"}},
		{"hangs", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, audit.Intent{Allow: allow, Uses: uses},
			[]string{`use "list things"`, "no answer within 10s"}},
		{"panics when probed", func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Origin") == "null" {
				panic("no such origin")
			}
			answering(app).ServeHTTP(w, r)
		}, audit.Intent{Allow: allow, Uses: uses},
			[]string{`use "list things", a probe (Options.SkipProbes leaves probes out)`, "GET https://api.example/things from null", "the handler panicked: no such origin"}},
		{"nothing", answering(app).ServeHTTP, audit.Intent{},
			[]string{"allow and refuse are both empty", "key uses: is empty"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // the clock jumps
				report, err := audit.Handler(t.Context(), tt.handler, &tt.intent, nil)
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
		_, err := audit.Handler(ctx, handler, &audit.Intent{Allow: allow, Uses: uses}, nil)
		if use, ok := errors.AsType[*audit.Error](err); !errors.Is(err, context.Canceled) || !ok || use.Use != "list things" || use.Probe {
			t.Errorf("%v, want the context's error and the use", err)
		}
	})
}

// TestUnreachable has uses that get no answer: they are findings, and the others are
// audited all the same.
func TestUnreachable(t *testing.T) {
	at := func(path string, how http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == path {
				how(w, r)
				return
			}
			answering(app).ServeHTTP(w, r)
		}
	}
	waits := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	from := func(origin string, how http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Origin") == origin {
				how(w, r)
				return
			}
			answering(echo, vary).ServeHTTP(w, r)
		}
	}
	led := answering(echo, vary, "STATUS 302", "Location: https://files.example/").ServeHTTP
	allow := []string{"https://app.example"}
	uses := []audit.Use{{Name: "first", URL: "/a"}, {Name: "second", URL: "/b"}}
	for _, tt := range []struct {
		name    string
		handler http.HandlerFunc
		intent  audit.Intent
		use     string
		cause   string
		says    string
	}{
		{"hangs up", at("/a", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), audit.Intent{Allow: allow, Uses: uses}, "first", "connection-closed", "closed without an answer"},
		{"hangs", at("/b", waits), audit.Intent{Allow: allow, Uses: uses}, "second", "no-answer-in-time", "no answer within 10s"},
		{"hangs in the end", from("https://admin.example", waits), audit.Intent{Allow: append(allow, "https://admin.example"), Uses: uses[:1]}, "first", "no-answer-in-time", "did not answer in time"},
		{"leads elsewhere", at("/a", answering(app, "STATUS 302", "Location: https://files.example/x?token=secret").ServeHTTP), audit.Intent{Allow: allow, Uses: uses}, "first", "not-served", "led to files.example"},
		{"leads to a login elsewhere", at("/a", answering(app, "STATUS 302", "Location: https://login.example/").ServeHTTP), audit.Intent{Allow: allow, Uses: uses}, "first", "login-redirect", "a login page"},
		{"leads refused origins elsewhere", from("https://evil.example", led), audit.Intent{Allow: allow, Refuse: []string{"https://evil.example"}, Uses: uses[:1]}, "first", "not-served", "led to files.example"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // the clock jumps
				began := time.Now()
				report := audited(t, tt.handler, &tt.intent, skip)
				if len(report.Findings) != 1 {
					t.Fatalf("%d findings: %v", len(report.Findings), report.Findings)
				}
				f := report.Findings[0]
				want := audit.FindingID("unreachable")
				if tt.cause == "login-redirect" {
					want = "login-redirect"
				}
				if f.ID != want || f.Use != tt.use || f.Cause != tt.cause || f.Severity != audit.Breaks || !f.NotCORS || len(f.Profiles) != 4 || !strings.Contains(f.Problem, tt.says) {
					t.Errorf("%s of %s, cause %s, in %v:\n%s", f.ID, f.Use, f.Cause, f.Profiles, f)
				}
				if took := time.Since(began); took > 11*time.Second {
					t.Errorf("took %v", took)
				}
			})
		})
	}
}

// TestAuditSilence has servers that answer what the intent allows, and hang up
// on others or leave them waiting. That is no fault, unless it breaks what the
// use may come to.
func TestAuditSilence(t *testing.T) {
	hangsUp := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	waits := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	other := func(r *http.Request) bool { return r.Header.Get("Origin") != "https://app.example" }
	preflight := func(r *http.Request) bool { return r.Method == http.MethodOptions }
	for _, tt := range []struct {
		name   string
		silent func(*http.Request) bool
		how    http.HandlerFunc
		refuse []string
		want   []audit.FindingID
	}{
		{"hangs up on others", other, hangsUp, []string{"null", "https://evil.example"}, nil},
		{"leaves others waiting", other, waits, nil, nil},
		{"hangs up on preflights", preflight, hangsUp, nil, []audit.FindingID{"preflight-unrouted"}},
		{"leaves preflights waiting", preflight, waits, nil, []audit.FindingID{"preflight-unrouted"}},
		{"has no errors", func(r *http.Request) bool { return r.URL.Path != "/x" }, hangsUp, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // the clock jumps
				began := time.Now()
				intent := &audit.Intent{Allow: []string{"https://app.example"}, Refuse: tt.refuse, Uses: []audit.Use{{URL: "/x"}}}
				report := audited(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if tt.silent(r) {
						tt.how(w, r)
						return
					}
					answering(app).ServeHTTP(w, r)
				}), intent)
				if got := found(report); !slices.Equal(got, tt.want) {
					t.Errorf("%v, want %v", report.Findings, tt.want)
				}
				for _, p := range report.Policies {
					if p.Origins != "listed" {
						t.Error(p)
					}
				}
				if took := time.Since(began); took > 3*time.Minute {
					t.Errorf("took %v", took)
				}
			})
		})
	}
}

// TestAuditStream has a handler that never stops writing, flushed or not.
func TestAuditStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, flush := range []bool{true, false} {
			report := audited(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Access-Control-Allow-Origin", "https://app.example")
				for r.Context().Err() == nil {
					if _, err := w.Write([]byte("data: tick\n\n")); err != nil {
						return
					}
					if flush {
						http.NewResponseController(w).Flush()
					}
				}
			}), &audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{{URL: "/events"}}})
			if len(report.Findings) > 0 {
				t.Error(report.Findings)
			}
		}
	})
}

// A failures is a testing.TB that keeps what it is told.
type failures struct {
	testing.TB
	errors, logs, fatal []string
}

func (f *failures) Helper()           {}
func (f *failures) Log(args ...any)   { f.logs = append(f.logs, fmt.Sprint(args...)) }
func (f *failures) Error(args ...any) { f.errors = append(f.errors, fmt.Sprint(args...)) }
func (f *failures) Fatal(args ...any) {
	f.fatal = append(f.fatal, fmt.Sprint(args...))
	runtime.Goexit()
}

func TestTest(t *testing.T) {
	play := func(handler http.Handler, intent *audit.Intent) *failures {
		f, done := &failures{TB: t}, make(chan struct{})
		go func() {
			defer close(done)
			audit.Test(f, handler, intent)
		}()
		<-done
		return f
	}
	intent := &audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{{URL: "/a"}, {Method: "PUT", URL: "/b"}}}
	if f := play(answering(app, "Access-Control-Allow-Methods: PUT", kept), intent); len(f.errors)+len(f.logs)+len(f.fatal) > 0 {
		t.Errorf("a good server: %v %v %v", f.errors, f.logs, f.fatal)
	}
	slow := answering(app, "Access-Control-Allow-Methods: PUT")
	if f := play(slow, intent); len(f.errors)+len(f.fatal) > 0 || len(f.logs) != 1 || !strings.Contains(f.logs[0], "max-age-missing (slow)") {
		t.Errorf("advice: %q %q %q", f.errors, f.logs, f.fatal)
	}
	asked := &audit.Intent{Allow: intent.Allow, Uses: []audit.Use{{Method: "PUT", URL: "/b", PreflightCached: time.Minute}}}
	if f := play(slow, asked); len(f.errors) != 1 || len(f.logs)+len(f.fatal) > 0 || !strings.Contains(f.errors[0], "preflight-not-cached (slow)") {
		t.Errorf("slower than the intent asks: %q %q %q", f.errors, f.logs, f.fatal)
	}
	if f := play(answering(app, creds, creds), &audit.Intent{Allow: intent.Allow, Uses: intent.Uses[:1]}); len(f.errors) != 1 || !strings.Contains(f.errors[0], "header-doubled (fragile)") {
		t.Errorf("fragile: %q %q %q", f.errors, f.logs, f.fatal)
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
	report := audited(t, mux, &audit.Intent{
		Allow: []string{"https://app.example"},
		Uses:  []audit.Use{{Method: "POST", URL: "things/a%20b?q=1", Body: "hello", Read: []string{"Content-Type", "Content-Length"}}},
	}, skip)
	if len(report.Findings) > 0 {
		t.Error(report.Findings)
	}
	if want := "a b q=1 api.example /things/a%20b?q=1 text/plain;charset=UTF-8 5"; len(got) == 0 || got[0] != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// BenchmarkAudit is ten uses under four profiles, with all that an intent can
// ask for, of a server without a fault.
func BenchmarkAudit(b *testing.B) {
	allow := []string{"https://app.example", "https://admin.example"}
	handler := policy{origins: allow, credentials: true, methods: "PUT", headers: "X-Trace", expose: "ETag", maxAge: "7200"}.around(
		func(w http.ResponseWriter, r *http.Request) { w.Header().Set("ETag", "7") })
	intent := audit.Intent{Allow: allow, Refuse: []string{"https://evil.example", "null"}}
	for n := range 5 {
		cookies := []string{"sid=1; Path=/; Secure; HttpOnly; SameSite=None; Partitioned"}
		intent.Uses = append(intent.Uses,
			audit.Use{URL: fmt.Sprintf("/things/%d", n), Credentials: credentials.Include, Cookies: cookies, Read: []string{"ETag"}},
			audit.Use{URL: fmt.Sprintf("/things/%d", n), Method: "PUT", Body: "{}", Headers: map[string]string{"X-Trace": "1"},
				Credentials: credentials.Include, Cookies: cookies, Read: []string{"ETag"}, PreflightCached: 2 * time.Hour})
	}
	b.ReportAllocs()
	for b.Loop() {
		report, err := audit.Handler(b.Context(), handler, &intent, nil)
		if err != nil || slices.ContainsFunc(report.Findings, func(f audit.Finding) bool { return f.Severity == audit.Breaks }) {
			b.Fatal(report, err)
		}
		b.ReportMetric(float64(len(report.Traffic)), "requests")
	}
}

// TestAuditServer audits a server on a real socket, and one that is gone.
func TestAuditServer(t *testing.T) {
	server := httptest.NewServer(answering(app))
	defer server.Close()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	intent := &audit.Intent{Base: server.URL, Allow: []string{"http://app.example"}, Uses: []audit.Use{{URL: "/x"}}}
	report, err := audit.Server(t.Context(), &fetch.HTTPTransport{RoundTripper: transport}, intent, skip)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Findings) != 1 || report.Findings[0].ID != "origin-refused" || len(report.Traffic) != 1 {
		t.Errorf("%d requests, %v; want one request and a refusal", len(report.Traffic), report.Findings)
	}
}

// TestAuditServerFails has servers on real sockets about which nothing can be
// said: the error names use, URL and cause, and there is no report.
func TestAuditServerFails(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for _, tt := range []struct {
		name  string
		start func(http.Handler) *httptest.Server
		serve http.HandlerFunc
		want  []string

		patience time.Duration
	}{
		{"gone", func(http.Handler) *httptest.Server { return gone }, answering(app).ServeHTTP, []string{`use "first"`, "URL/a", "dial tcp"}, 0},
		{"unknown authority", func(h http.Handler) *httptest.Server {
			server := httptest.NewUnstartedServer(h)
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.StartTLS()
			return server
		}, answering(app).ServeHTTP, []string{`use "first"`, "URL/a", "certificate signed by unknown authority"}, 0},
		{"no TLS", func(h http.Handler) *httptest.Server {
			server := httptest.NewServer(h)
			server.URL = strings.Replace(server.URL, "http:", "https:", 1)
			return server
		}, answering(app).ServeHTTP, []string{`use "first"`, "URL/a", "does not look like a TLS handshake"}, 0},
		{"hangs", httptest.NewServer, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, []string{`use "first"`, "URL/a", "no answer within 50ms"}, 50 * time.Millisecond},
		{"hangs up", httptest.NewServer, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, []string{`use "first"`, "URL/a", "EOF"}, 0},
		{"no HTTP", httptest.NewServer, func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				panic(err)
			}
			fmt.Fprint(conn, "SSH-2.0-OpenSSH\r\n\r\n")
			conn.Close()
		}, []string{`use "first"`, "URL/a", `malformed HTTP response "SSH-2.0-OpenSSH"`}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := tt.start(tt.serve)
			defer server.Close()
			transport := &http.Transport{}
			defer transport.CloseIdleConnections()
			report, err := audit.Server(t.Context(), &fetch.HTTPTransport{RoundTripper: transport}, &audit.Intent{
				Base: server.URL, Allow: []string{"https://app.example"},
				Uses: []audit.Use{{Name: "first", URL: "/a"}, {Name: "second", URL: "/b", Method: "PUT"}},
			}, &audit.Options{Patience: tt.patience})
			if err == nil || report != nil {
				t.Fatalf("%v, %v; want an error alone", report, err)
			}
			for _, part := range tt.want {
				if !strings.Contains(err.Error(), strings.Replace(part, "URL", server.URL, 1)) {
					t.Errorf("%q is not in %q", part, err)
				}
			}
		})
	}
}

// TestAuditNowhere follows a redirect to a server that is gone.
func TestAuditNowhere(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	here := httptest.NewServer(answering("Access-Control-Allow-Origin: *", "STATUS 302", "Location: "+gone.URL+"/x"))
	defer here.Close()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	report, err := audit.Server(t.Context(), &fetch.HTTPTransport{RoundTripper: transport}, &audit.Intent{
		Base: here.URL, Allow: []string{"http://app.example"}, Uses: []audit.Use{{URL: "/a"}},
	}, nil)
	if err != nil || len(report.Findings) != 1 {
		t.Fatalf("%v, %v; want one finding", report, err)
	}
	if f := report.Findings[0]; f.ID != "unreachable" || f.Cause != "connection-refused" || !strings.Contains(f.Problem, "dial tcp") || len(f.Exchanges) != 1 {
		t.Errorf("%s", f)
	}
}

// TestAuditElsewhere follows a redirect to another server, as browsers do.
func TestAuditElsewhere(t *testing.T) {
	there := httptest.NewServer(answering("Access-Control-Allow-Origin: *"))
	defer there.Close()
	here := httptest.NewServer(answering("Access-Control-Allow-Origin: *", "STATUS 307", "Location: "+there.URL+"/there"))
	defer here.Close()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	// Of a page of an insecure origin, so that none finds the content mixed.
	intent := &audit.Intent{Base: here.URL, Allow: []string{"http://app.example"}, Uses: []audit.Use{{URL: "/here"}}}
	report, err := audit.Server(t.Context(), &fetch.HTTPTransport{RoundTripper: transport}, intent, skip)
	if err != nil || len(report.Findings) > 0 {
		t.Fatal(report, err)
	}
	var urls []string
	for _, x := range report.Plays[0].Exchanges {
		urls = append(urls, x.URL)
	}
	if want := []string{here.URL + "/here", there.URL + "/there"}; !slices.Equal(urls, want) {
		t.Errorf("the page was sent to %v, want %v", urls, want)
	}
}

// TestAuditConnections holds that a server whose answers are short gets one
// connection for each page's site and one for preflights, which are of no page,
// and that one which never ends its answer does not hold up.
func TestAuditConnections(t *testing.T) {
	intent := &audit.Intent{Allow: []string{"http://app.example", "http://admin.example"}, Uses: []audit.Use{{URL: "/x"}, {Method: "PUT", URL: "/x"}}}
	var opened atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answering("Access-Control-Allow-Origin: *", "Access-Control-Allow-Methods: PUT", "Access-Control-Max-Age: 7200").ServeHTTP(w, r)
		if r.Method != "OPTIONS" {
			fmt.Fprint(w, "some text")
		}
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	intent.Base = server.URL
	report, err := audit.Server(t.Context(), &fetch.HTTPTransport{RoundTripper: transport}, intent, skip)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Findings) > 0 || len(report.Traffic) < 10 || opened.Load() != 3 {
		t.Errorf("%v, %d requests, %d connections; want 3 for many", report.Findings, len(report.Traffic), opened.Load())
	}

	intent.Base = ""
	synctest.Test(t, func(t *testing.T) {
		audited(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			answering("Access-Control-Allow-Origin: *", "Access-Control-Allow-Methods: PUT", "Content-Length: 100").ServeHTTP(w, r)
			http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}), intent, skip)
	})
}

// TestAuditSameURL has a server that redirects to the same URL once.
func TestAuditSameURL(t *testing.T) {
	requests := 0
	report := audited(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests++; requests%2 == 1 {
			answering(app, "STATUS 307", "Location: /x").ServeHTTP(w, r)
			return
		}
		answering(app).ServeHTTP(w, r)
	}), &audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{{URL: "/x"}, {Method: "POST", URL: "/x"}}}, skip)
	if len(report.Findings) > 0 || requests != 2*3+2 {
		t.Errorf("%v after %d requests, want none after 8", report.Findings, requests)
	}
}
