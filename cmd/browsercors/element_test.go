package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/internal/handshake"
)

// resources is a server of what elements load.
func resources() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/a.png", answer(200, "\x89PNG\r\n\x1a\n", "Content-Type: image/png"))
	mux.HandleFunc("/cors.png", answer(200, "png", "Content-Type: image/png", allowAll))
	mux.HandleFunc("/gone.png", answer(404, "{}", "Content-Type: application/json"))
	mux.HandleFunc("/a.js", answer(200, "1", "Content-Type: text/javascript", allowAll))
	mux.HandleFunc("/events", answer(200, "data: one\ndata: two\n\nevent: end\ndata: x\n\n", "Content-Type: text/event-stream", allowAll))
	mux.HandleFunc("/a.woff2", answer(200, "wOF2", "Content-Type: font/woff2"))
	mux.HandleFunc("/a.js.txt", answer(200, "1", "Content-Type: text/csv"))
	mux.HandleFunc("/framed", answer(200, "<p>", "Content-Type: text/html"))
	mux.HandleFunc("/deny", answer(200, "<p>", "Content-Type: text/html", "X-Frame-Options: DENY"))
	mux.HandleFunc("/socket", func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n", handshake.Answer(r.Header.Get("Sec-WebSocket-Key")))
		if r.Header.Get("Sec-WebSocket-Protocol") != "" {
			fmt.Fprint(conn, "Sec-WebSocket-Protocol: chat\r\n")
		}
		fmt.Fprint(conn, "\r\n")
	})
	mux.HandleFunc("/page", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Content-Type", "text/html")
	})
	mux.HandleFunc("/collect", preflighted(answer(204, "", allowAll, "Access-Control-Allow-Headers: content-type"), answer(204, "")))
	return mux
}

// TestElementFlags: what fetch and check say of elements, workers, event streams and
// beacons.
func TestElementFlags(t *testing.T) {
	plain, _ := overBoth(t, resources())
	for _, test := range []struct {
		name   string
		args   string // in words; HTTP is replaced
		code   int
		out    []string // contained, with single spaces; nothing else than nothing if empty
		stderr []string // contained, with single spaces
	}{
		{name: "an image", args: "fetch --as img HTTP/a.png", stderr: []string{"note: <img>: it is shown, but a canvas that it is drawn on is tainted", `add crossorigin="anonymous"`}},
		{name: "an image with crossorigin", args: "fetch --as img --crossorigin anonymous HTTP/cors.png", out: []string{"png"}, stderr: []string{`note: <img crossorigin="anonymous">: it is shown, and the page can read its pixels`}},
		{name: "without headers", args: "fetch --as img --crossorigin anonymous HTTP/a.png", code: 1, stderr: []string{`an error event of <img crossorigin="anonymous">`, "because of its crossorigin attribute"}},
		{name: "an image that is not there", args: "fetch --as img HTTP/gone.png", code: 1, stderr: []string{"The cause (not-found):", "ERR_BLOCKED_BY_ORB"}},
		{name: "an embedder policy", args: "fetch --as img --coep require-corp HTTP/a.png", code: 1, stderr: []string{"Cross-Origin-Resource-Policy: cross-origin"}},
		{name: "a policy of the page", args: "fetch --csp connect-src_'self' HTTP/cors.png", code: 1, stderr: []string{"does not allow this URL", "to connect-src"}},
		{name: "a policy of the page that allows it", args: "fetch --csp connect-src_http: HTTP/cors.png", out: []string{"png"}},
		{name: "an embedder policy and fetch()", args: "fetch --coep require-corp HTTP/cors.png", out: []string{"png"}},
		{name: "a module", args: "fetch --as script --type module HTTP/page", code: 1, stderr: []string{"The cause (html-page):"}},
		{name: "a worker", args: "fetch --as worker HTTP/a.js", code: 1, stderr: []string{"What to change (page): A worker's script must be of the page's own origin"}},
		{name: "a worker of the page's origin", args: "fetch --page HTTP/ --as worker HTTP/a.js", out: []string{"1"}, stderr: []string{"note: new Worker(): it runs"}},
		{name: "an event stream", args: "fetch -v --as eventsource HTTP/events", out: []string{"data: one"}, stderr: []string{"* new EventSource() by a page of origin http://app.example", "> Accept: text/event-stream", "its events reach the page"}},
		{name: "an event stream with credentials", args: "fetch --as eventsource --credentials include HTTP/events", code: 1, stderr: []string{"withCredentials"}},
		{name: "a beacon", args: "fetch --as beacon -d a=b HTTP/collect", stderr: []string{"it is delivered; no page reads the response"}},
		{name: "a beacon of JSON", args: "fetch --as beacon --json {} HTTP/collect", code: 1, stderr: []string{"The beacon fails; the page is not told.", "always includes credentials"}},
		{name: "XMLHttpRequest", args: "fetch --as xhr HTTP/a.png", code: 1, stderr: []string{"The page gets NetworkError"}},
		{name: "integrity", args: "fetch --integrity sha256-AAAA HTTP/cors.png", code: 1, stderr: []string{"integrity"}},

		{name: "an image in each browser", args: "fetch --as img HTTP/a.png", stderr: []string{"note: chromium, firefox, webkit: load, tainted"}},
		{name: "an image in each browser, readable", args: "fetch --as img --crossorigin anonymous HTTP/cors.png", out: []string{"png"}, stderr: []string{"note: chromium, firefox, webkit: load, readable"}},
		{name: "a font without CORS", args: "fetch --as font HTTP/a.woff2", code: 1, stderr: []string{"an error event of @font-face", "note: chromium, firefox: error (missing-allow-origin)", "note: webkit: load"}},
		{name: "a script of another type", args: "fetch --as script HTTP/a.js.txt", code: 1, stderr: []string{"(blocked-mime-type)"}},
		{name: "a frame", args: "fetch --as iframe HTTP/framed", stderr: []string{"<iframe>: it is shown, and script can't reach the document", "load, tainted"}},
		{name: "a frame of the page's origin", args: "fetch --page HTTP/ --as iframe HTTP/framed", out: []string{"<p>"}, stderr: []string{"script can reach the document"}},
		{name: "a frame that must not be one", args: "fetch --as iframe HTTP/deny", code: 1, stderr: []string{"a load event of <iframe> all the same", "X-Frame-Options", "(frame-blocked)"}},
		{name: "the events of a stream", args: "fetch --as eventsource HTTP/events", out: []string{"data: one data: two event: end data: x"}, stderr: []string{"note: chromium, firefox, webkit: open"}},
		{name: "an event stream of another type", args: "fetch --as eventsource HTTP/cors.png", code: 1, stderr: []string{"an error event of new EventSource()", "note: chromium, firefox, webkit: error (element-refused)"}},
		{name: "a socket", args: "fetch --as websocket WS/socket", stderr: []string{"new WebSocket(): the connection opens", "note: chromium, firefox, webkit: open"}},
		{name: "a socket with a subprotocol", args: "fetch --as websocket --protocol chat HTTP/socket", stderr: []string{"by the subprotocol chat"}},
		{name: "a socket of a server that speaks HTTP", args: "fetch --as websocket HTTP/a.png", code: 1, stderr: []string{"an error event of new WebSocket()", "status is “200”", "note: chromium, firefox, webkit: error (websocket-failed)"}},
		{name: "a preload", args: "fetch --as preload/image HTTP/a.png", stderr: []string{"load, tainted"}},
		{name: "a ping", args: "fetch --as ping HTTP/collect", stderr: []string{"<a ping>: it is delivered", "note: chromium, firefox, webkit: loaded"}},

		{name: "a report", args: "fetch --as report HTTP/collect", code: 2, stderr: []string{`--as: unknown value "report"`}},
		{name: "a subprotocol of an image", args: "fetch --as img --protocol chat HTTP/a.png", code: 2, stderr: []string{"--protocol: are only for a WebSocket"}},
		{name: "integrity of an image", args: "fetch --as img --integrity sha256-AAAA HTTP/a.png", code: 2, stderr: []string{"--integrity: is an attribute that <img> does not have"}},
		{name: "check a socket", args: "check --as websocket HTTP/socket", out: []string{"Every browser lets pages of http://app.example do what they should: new WebSocket() HTTP/socket"}, stderr: []string{"messages go both ways"}},
		{name: "check a socket that everybody can open", args: "check --as websocket --refuse http://evil.example HTTP/socket", code: 1, out: []string{"wrong-origin-allowed", "Compare the Origin of the handshake"}, stderr: []string{"messages go both ways"}},
		{name: "check a frame", args: "check --as iframe HTTP/deny", code: 1, out: []string{"showed HTTP/deny in <iframe>", "X-Frame-Options"}},

		{name: "unknown element", args: "fetch --as imag HTTP/a.png", code: 2, stderr: []string{`--as: unknown value "imag"`, "did you mean img?"}},
		{name: "a mode", args: "fetch --as img --mode cors HTTP/a.png", code: 2, stderr: []string{"--mode is a setting of fetch() and XMLHttpRequest"}},
		{name: "a method", args: "fetch --as img -X PUT HTTP/a.png", code: 2, stderr: []string{"--request: ", "<img> always uses GET"}},
		{name: "a header", args: "fetch --as eventsource -H X-A:_1 HTTP/events", code: 2, stderr: []string{"--header X-A: is not possible"}},
		{name: "credentials", args: "fetch --as img --credentials include HTTP/a.png", code: 2, stderr: []string{"--credentials: are decided by <img>; use crossorigin"}},
		{name: "an attribute of fetch()", args: "fetch --crossorigin anonymous HTTP/a.png", code: 2, stderr: []string{"--crossorigin: is an attribute that fetch() does not have"}},

		{name: "check an image", args: "check --as img HTTP/a.png", out: []string{"Every browser lets pages of http://app.example do what they should: <img> HTTP/a.png", "0 findings"}, stderr: []string{"note: <img> HTTP/a.png: it is shown, but a canvas"}},
		{name: "check that an image is readable", args: "check --as img --readable HTTP/cors.png", code: 1, out: []string{"tainted (breaks) in every browser", `Add crossorigin="anonymous" to <img>: the server already allows it.`}, stderr: []string{"note: "}},
		{name: "check an image under a Connection-Allowlist", args: "check --as img --connection-allowlist (response-origin) HTTP/a.png", code: 1, out: []string{"policy-refused (breaks)", "under Connection-Allowlist: (response-origin).", "(breaks) in Chromium"}, stderr: []string{"note: "}},
		{name: "a script under an Integrity-Policy, with a trace", args: "fetch -v --as script --integrity-policy blocked-destinations=(script) HTTP/a.png", code: 1, stderr: []string{"the page's Integrity-Policy does not allow it", "directive blocked-destinations script"}},
		{name: "check an image under a policy of the page", args: "check --as img --csp img-src_'self' HTTP/a.png", code: 1, out: []string{"csp-refused (breaks)", "under Content-Security-Policy: img-src 'self'."}},
		{name: "check an image under a policy", args: "check --as img --coep require-corp --referrer-policy no-referrer HTTP/a.png", code: 1, out: []string{"blocked (breaks)", "under Cross-Origin-Embedder-Policy: require-corp."}},
		{name: "check a worker", args: "check --as worker HTTP/a.js", code: 1, out: []string{"called new Worker() with HTTP/a.js", "blob: URL"}},
		{name: "check a beacon", args: "check --as beacon --json {} HTTP/collect", code: 1, out: []string{"credentials-refused", "text/plain"}},
		{name: "check an intent file with a flag", args: "check --as img intent.json", code: 2, stderr: []string{"--as can only be used with a URL"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			command, rest, _ := strings.Cut(test.args, " ")
			args := []string{command}
			if !strings.Contains(rest, "--page") && test.code != 2 {
				args = append(args, "--origin", "http://app.example")
			}
			for arg := range strings.SplitSeq(rest, " ") {
				args = append(args, strings.NewReplacer("HTTP", plain.URL, "WS", "ws"+strings.TrimPrefix(plain.URL, "http"), "_", " ").Replace(arg))
			}
			got := browsercors(t, "", args...)
			if got.code != test.code {
				t.Errorf("exit code %d, want %d", got.code, test.code)
			}
			for _, stream := range []struct {
				name, text string
				want       []string
			}{{"stdout", got.out, test.out}, {"stderr", got.stderr, test.stderr}} {
				text := strings.Join(strings.Fields(stream.text), " ")
				for _, want := range stream.want {
					contains(t, stream.name, text, strings.ReplaceAll(want, "HTTP", plain.URL))
				}
				if stream.want == nil && text != "" {
					t.Errorf("%s is not empty:\n%s", stream.name, stream.text)
				}
			}
		})
	}
	var report struct{ Result, Type, Effect string }
	got := browsercors(t, "", "fetch", "--output", "json", "--as", "img", plain.URL+"/a.png")
	if err := json.Unmarshal([]byte(got.out), &report); err != nil || report.Result != "response" || report.Type != "opaque" || !strings.Contains(report.Effect, "tainted") {
		t.Errorf("%+v, %v, from %s", report, err, got.out)
	}
}
