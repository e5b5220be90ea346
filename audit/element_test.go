package audit_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/handshake"
)

// Uses that are not fetch(): which finding there is, what the page can do with the
// response, and how often the server is asked.
func TestElementUses(t *testing.T) {
	typed := func(t string) string { return "Content-Type: " + t }
	tests := []struct {
		name   string
		use    audit.Use
		server http.Handler
		want   string // the worst finding's id; "" is none
		effect string // is part of what the page can do in each play that is not refused
		asked  int    // requests from the allowed origin, in one browser; 0 is not looked at
	}{
		{"image", audit.Use{Element: "img"}, answering(typed("image/png")), "", "tainted", 1},
		{"image with crossorigin", audit.Use{Element: "img", CrossOrigin: "anonymous", Readable: true}, answering(app, typed("image/png")), "", "read its pixels", 0},
		{"image with crossorigin that is not allowed", audit.Use{Element: "img", CrossOrigin: "anonymous"}, answering(typed("image/png")), "origin-refused", "", 0},
		{"image with crossorigin and cookies", audit.Use{Element: "img", CrossOrigin: "use-credentials", Cookies: []string{"a=b; SameSite=None; Secure; Partitioned"}}, answering(app), "credentials-refused", "", 0},
		{"image with cookies", audit.Use{Element: "img", Cookies: []string{"a=b; SameSite=None; Secure; Partitioned"}}, answering(), "cookie-withheld", "tainted", 0},
		{"image to be read", audit.Use{Element: "img", Readable: true}, answering(app), "tainted", "tainted", 2},
		{"image of the site's own alone", audit.Use{Element: "img"}, answering("Cross-Origin-Resource-Policy: same-origin"), "blocked", "", 1},
		{"image under an embedder policy", audit.Use{Element: "img", EmbedderPolicy: "require-corp"}, answering(), "blocked", "", 1},
		{"image under an embedder policy, allowed", audit.Use{Element: "img", EmbedderPolicy: "require-corp"}, answering("Cross-Origin-Resource-Policy: cross-origin"), "", "tainted", 1},
		{"image that the page's policy refuses", audit.Use{Element: "img", ContentSecurityPolicy: "img-src 'self'; report-uri https://api.example/r"}, answering(), "csp-refused", "", 0},
		{"image that the page's policy allows", audit.Use{Element: "img", ContentSecurityPolicy: "default-src 'none'; img-src https:"}, answering(typed("image/png")), "", "tainted", 1},
		{"image that is not there", audit.Use{Element: "img"}, answering("STATUS 404", typed("text/html")), "request-failed", "", 1},
		{"script", audit.Use{Element: "script"}, answering(typed("text/javascript")), "", "Script error.", 1},
		{"script with the type of an image", audit.Use{Element: "script"}, answering(typed("image/png")), "blocked", "", 1},
		{"script, nosniff", audit.Use{Element: "script"}, answering(typed("text/plain"), "X-Content-Type-Options: nosniff"), "blocked", "", 1},
		{"script with integrity", audit.Use{Element: "script", Integrity: "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}, answering(), "blocked", "", 1},
		{"module", audit.Use{Element: "script", Type: "module"}, answering(app, typed("text/javascript")), "", "it runs", 0},
		{"module that is a page", audit.Use{Element: "script", Type: "module"}, answering(app, typed("text/html")), "not-the-api", "", 0},
		{"font", audit.Use{Element: "font"}, answering(), "origin-refused", "text is shown", 0}, // in WebKit, without CORS
		{"style sheet", audit.Use{Element: "stylesheet"}, answering(typed("text/css")), "", "cssRules", 1},
		{"track", audit.Use{Element: "track"}, answering(app), "blocked", "cues", 0}, // in WebKit
		{"preload of a font without crossorigin", audit.Use{Element: "preload/font"}, answering(app), "", "later request", 2},
		{"worker", audit.Use{API: "worker"}, answering(app, typed("text/javascript")), "blocked", "", 0},
		{"event stream", audit.Use{API: "eventsource"}, answering(app, typed("text/event-stream")), "", "events reach the page", 0},
		{"event stream that is over", audit.Use{API: "eventsource"}, answering(app, "STATUS 204"), "blocked", "", 0},
		{"event stream with credentials", audit.Use{API: "eventsource", Credentials: credentials.Include}, answering("Access-Control-Allow-Origin: *", typed("text/event-stream")), "credentials-refused", "", 0},
		{"beacon", audit.Use{API: "beacon", Body: "x"}, answering(), "", "delivered", 2}, // WebKit sends Cache-Control
		{"beacon of JSON", audit.Use{API: "beacon", Body: "{}", Headers: map[string]string{"Content-Type": "application/json"}},
			answering(app, "PREFLIGHT Access-Control-Allow-Headers: content-type"), "credentials-refused", "", 0},
		{"frame", audit.Use{Element: "iframe"}, answering(typed("text/html")), "", "can't reach the document", 1},
		{"frame that must not be one", audit.Use{Element: "iframe"}, answering(typed("text/html"), "X-Frame-Options: DENY"), "blocked", "", 1},
		{"frame of a page with an embedder policy", audit.Use{Element: "iframe", EmbedderPolicy: "require-corp"}, answering(typed("text/html"), "Cross-Origin-Resource-Policy: cross-origin"), "blocked", "", 1},
		{"image of a style sheet", audit.Use{Element: "css-image"}, answering(typed("image/png")), "", "it is shown", 1},
		{"mask without CORS", audit.Use{Element: "css-mask"}, answering(typed("image/png")), "origin-refused", "", 0},
		{"ping", audit.Use{Element: "ping"}, answering(), "", "delivered", 0},
		{"socket of a server that knows none", audit.Use{API: "websocket"}, answering(), "blocked", "", 3},
		{"XMLHttpRequest", audit.Use{API: "xhr"}, answering(app), "", "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.use.URL = "/x"
			report := audited(t, tt.server, &audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{tt.use}})
			got := ""
			for _, f := range report.Findings {
				if f.Severity != audit.Slow && got == "" {
					got = string(f.ID)
				}
			}
			if got != tt.want {
				t.Errorf("%q, want %q:\n%v", got, tt.want, report.Findings)
			}
			for _, p := range report.Plays {
				if p.Refusal == "" && !strings.Contains(p.Effect, tt.effect) || p.Refusal != "" && p.Effect != "" || tt.effect == "" && p.Effect != "" {
					t.Errorf("%s: the page can do this: %q", p.Profiles, p.Effect)
				}
			}
			if tt.asked > 0 && len(report.Traffic) != tt.asked {
				t.Errorf("%d requests, want %d", len(report.Traffic), tt.asked)
			}
		})
	}
}

// socket answers handshakes, of the origin or of any if it is "".
func socket(origin string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if origin != "" && r.Header.Get("Origin") != origin {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: chat\r\nSec-WebSocket-Accept: %s\r\n\r\n",
			handshake.Answer(r.Header.Get("Sec-WebSocket-Key")))
	})
}

// TestSocketUses holds that a use can be a WebSocket, which every page may open that the
// server itself does not turn away.
func TestSocketUses(t *testing.T) {
	for _, tt := range []struct {
		name   string
		use    audit.Use
		server http.Handler
		want   audit.FindingID
		asked  int
	}{
		{"each origin has its answer", audit.Use{URL: "wss://api.example/s", Protocols: []string{"chat"}}, socket("https://app.example"), "", 2},
		{"any page", audit.Use{URL: "/s", Protocols: []string{"chat"}}, socket(""), "wrong-origin-allowed", 2},
		{"a subprotocol that nobody offered", audit.Use{URL: "/s", Protocols: []string{"other"}}, socket("https://app.example"), "blocked", 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.use.API = "websocket"
			report := audited(t, tt.server, &audit.Intent{Allow: []string{"https://app.example"}, Refuse: []string{"https://evil.example"}, Uses: []audit.Use{tt.use}})
			var got audit.FindingID
			if len(report.Findings) > 0 {
				got = report.Findings[0].ID
			}
			if got != tt.want {
				t.Errorf("%q, want %q: %v", got, tt.want, report.Findings)
			}
			if asked := len(report.Traffic); asked < tt.asked || asked > 3*tt.asked {
				t.Errorf("%d handshakes for three browsers and two origins", asked)
			}
		})
	}
	err := (&audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{{URL: "/s#a", API: "websocket", Protocols: []string{"a", "a"}}}}).Check()
	for _, want := range []string{"uses[0].url", "uses[0].protocols[1]"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v says nothing of %s", err, want)
		}
	}
}

// What a page of a refused origin can show and not read is not a finding.
func TestElementsOfRefusedOrigins(t *testing.T) {
	for _, tt := range []struct {
		name string
		use  audit.Use
		want string
	}{
		{"shown", audit.Use{Element: "img"}, ""},
		{"read", audit.Use{Element: "img", CrossOrigin: "anonymous"}, "wrong-origin-allowed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.use.URL = "/x"
			report := audited(t, answering(echo, vary), &audit.Intent{Refuse: []string{"https://evil.example"}, Uses: []audit.Use{tt.use}})
			got := ""
			if len(report.Findings) > 0 {
				got = string(report.Findings[0].ID)
			}
			if got != tt.want {
				t.Errorf("%v", report.Findings)
			}
		})
	}
}

// TestTaintedFixes holds that the finding says whether the server already allows
// what the attribute asks for.
func TestTaintedFixes(t *testing.T) {
	intent := &audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{{Element: "img", URL: "/x", Readable: true}}}
	for _, tt := range []struct {
		name   string
		server http.Handler
		skip   bool
		by     string
		fix    string
		header string
	}{
		{"allowed", answering(app), false, "page", "the server already allows it", ""},
		{"not allowed", answering(), false, "server", "have the server send", "https://app.example"},
		{"an error without headers", answering("STATUS 500", "Content-Type: image/png"), false, "server", "have the server send", "https://app.example"},
		{"not looked", answering(app), true, "page", "have the server send", "https://app.example"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			report := audited(t, tt.server, intent, &audit.Options{SkipProbes: tt.skip})
			f := report.Findings[0]
			header, _ := f.Headers.Get("Access-Control-Allow-Origin")
			if f.ID != "tainted" || f.By != tt.by || !strings.Contains(f.Fix, tt.fix) || header != tt.header {
				t.Errorf("%s", f)
			}
		})
	}
}

// What an element, a worker, an EventSource and a beacon can't have is refused, and
// the message says what was meant.
func TestElementMistakes(t *testing.T) {
	for _, tt := range []struct{ name, use, want string }{
		{"unknown element", `"element": "image"`, `key uses[0].element: "image" is unknown`},
		{"nearly", `"element": "imgs"`, `did you mean "img"?`},
		{"a worker is not an element", `"element": "worker"`, `"worker" is not an element: write it as api`},
		{"unknown API", `"api": "EventSource"`, `did you mean "eventsource"?`},
		{"both", `"element": "img", "api": "xhr"`, "key uses[0].api: can't be given together with element"},
		{"key", `"crossOrigin": "anonymous"`, "did you mean crossorigin?"},
		{"crossorigin", `"element": "img", "crossorigin": "true"`, `key uses[0].crossorigin: "true" is unknown`},
		{"crossorigin of fetch()", `"crossorigin": "anonymous"`, "is an attribute that fetch() does not have"},
		{"crossorigin of a font", `"element": "font", "crossorigin": "anonymous"`, "is an attribute that @font-face does not have"},
		{"type", `"element": "script", "type": "text/babel"`, `key uses[0].type: "text/babel" is unknown`},
		{"type of an image", `"element": "img", "type": "module"`, "is only for a script and a worker"},
		{"method", `"element": "img", "method": "POST"`, "<img> always uses GET"},
		{"method of a beacon", `"api": "beacon", "method": "PUT"`, "navigator.sendBeacon() always uses POST"},
		{"body", `"api": "eventsource", "body": "x"`, "key uses[0].body: is not possible"},
		{"headers", `"api": "eventsource", "headers": {"Authorization": "Bearer x"}`, "a page can't set headers for new EventSource()"},
		{"headers of a beacon", `"api": "beacon", "headers": {"X-Token": "x"}`, "key uses[0].headers.X-Token: is not possible"},
		{"credentials", `"element": "img", "credentials": "include"`, "use crossorigin"},
		{"credentials of a beacon", `"api": "beacon", "credentials": "omit"`, "a beacon always includes them"},
		{"credentials of an EventSource", `"api": "eventsource", "credentials": "omit"`, "want same-origin or include"},
		{"credentials of XMLHttpRequest", `"api": "xhr", "credentials": "omit"`, "can't be omit for XMLHttpRequest"},
		{"read", `"element": "img", "read": ["ETag"]`, "<img> shows the page no headers"},
		{"readable beacon", `"api": "beacon", "readable": true`, "no page reads the response"},
		{"readable, as text", `"element": "img", "readable": "yes"`, "is text where true or false is wanted"},
		{"page", `"page": {"embedderPolicy": "require-cors"}`, `did you mean "require-corp"?`},
		{"key of the page", `"page": {"embedder": "x"}`, "key uses[0].page.embedder: is unknown, want one of addressSpace, connectionAllowlist, connectionAllowlistReportOnly, contentSecurityPolicy, contentSecurityPolicyReportOnly, embedderPolicy, integrityPolicy, integrityPolicyReportOnly, referrerPolicy"},
		{"address space of the page", `"page": {"addressSpace": "private"}`, `key uses[0].page.addressSpace: "private" is unknown, want one of public, local, loopback`},
		{"referrer policy", `"page": {"referrerPolicy": "none"}`, "key uses[0].page.referrerPolicy: "},
		{"cookies of a font", `"element": "font", "cookies": ["a=b"]`, "are never sent"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := audit.ReadIntent("cors.json", strings.NewReader(`{"allow": ["https://app.example"], "uses": [{"url": "/x", `+tt.use+`}]}`))
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "audit: cors.json:1: ") {
				t.Errorf("%v, want %s", err, tt.want)
			}
		})
	}
}
