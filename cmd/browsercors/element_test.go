package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// resources is a server of what elements load.
func resources() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/a.png", answer(200, "png", "Content-Type: image/png"))
	mux.HandleFunc("/cors.png", answer(200, "png", "Content-Type: image/png", allowAll))
	mux.HandleFunc("/gone.png", answer(404, "{}", "Content-Type: application/json"))
	mux.HandleFunc("/a.js", answer(200, "1", "Content-Type: text/javascript", allowAll))
	mux.HandleFunc("/events", answer(200, "", "Content-Type: text/event-stream", allowAll))
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
		{name: "an image", args: "fetch --element img HTTP/a.png", stderr: []string{"note: <img>: it is shown, but a canvas that it is drawn on is tainted", `add crossorigin="anonymous"`}},
		{name: "an image with crossorigin", args: "fetch --element img --crossorigin anonymous HTTP/cors.png", out: []string{"png"}, stderr: []string{`note: <img crossorigin="anonymous">: it is shown, and the page can read its pixels`}},
		{name: "without headers", args: "fetch --element img --crossorigin anonymous HTTP/a.png", code: 1, stderr: []string{`an error event of <img crossorigin="anonymous">`, "because of its crossorigin attribute"}},
		{name: "an image that is not there", args: "fetch --element img HTTP/gone.png", code: 1, stderr: []string{"The cause (not-found):", "ERR_BLOCKED_BY_ORB"}},
		{name: "an embedder policy", args: "fetch --element img --coep require-corp HTTP/a.png", code: 1, stderr: []string{"Cross-Origin-Resource-Policy: cross-origin"}},
		{name: "a policy of the page", args: "fetch --csp connect-src_'self' HTTP/cors.png", code: 1, stderr: []string{"does not allow this URL", "to connect-src"}},
		{name: "a policy of the page that allows it", args: "fetch --csp connect-src_http: HTTP/cors.png", out: []string{"png"}},
		{name: "an embedder policy and fetch()", args: "fetch --coep require-corp HTTP/cors.png", out: []string{"png"}},
		{name: "a module", args: "fetch --element script --type module HTTP/page", code: 1, stderr: []string{"The cause (html-page):"}},
		{name: "a worker", args: "fetch --api worker HTTP/a.js", code: 1, stderr: []string{"What to change (page): A worker's script must be of the page's own origin"}},
		{name: "a worker of the page's origin", args: "fetch --page HTTP/ --api worker HTTP/a.js", out: []string{"1"}, stderr: []string{"note: new Worker(): it runs"}},
		{name: "an event stream", args: "fetch -v --api eventsource HTTP/events", stderr: []string{"* new EventSource() by a page of origin http://app.example", "> Accept: text/event-stream", "its events reach the page"}},
		{name: "an event stream with credentials", args: "fetch --api eventsource --credentials include HTTP/events", code: 1, stderr: []string{"withCredentials"}},
		{name: "a beacon", args: "fetch --api beacon -d a=b HTTP/collect", stderr: []string{"it is delivered; no page reads the response"}},
		{name: "a beacon of JSON", args: "fetch --api beacon --json {} HTTP/collect", code: 1, stderr: []string{"The beacon fails; the page is not told.", "always includes credentials"}},
		{name: "XMLHttpRequest", args: "fetch --api xhr HTTP/a.png", code: 1, stderr: []string{"The page gets NetworkError"}},
		{name: "integrity", args: "fetch --integrity sha256-AAAA HTTP/cors.png", code: 1, stderr: []string{"integrity"}},

		{name: "unknown element", args: "fetch --element imag HTTP/a.png", code: 2, stderr: []string{`--element: unknown value "imag"`, "did you mean img?"}},
		{name: "unknown API", args: "fetch --api sse HTTP/a.png", code: 2, stderr: []string{`--api: unknown value "sse"`}},
		{name: "both", args: "fetch --element img --api xhr HTTP/a.png", code: 2, stderr: []string{"--api: can't be given together with element"}},
		{name: "a mode", args: "fetch --element img --mode cors HTTP/a.png", code: 2, stderr: []string{"--mode is a setting of fetch() and XMLHttpRequest"}},
		{name: "a method", args: "fetch --element img -X PUT HTTP/a.png", code: 2, stderr: []string{"--request: ", "<img> always uses GET"}},
		{name: "a header", args: "fetch --api eventsource -H X-A:_1 HTTP/events", code: 2, stderr: []string{"--header X-A: is not possible"}},
		{name: "credentials", args: "fetch --element img --credentials include HTTP/a.png", code: 2, stderr: []string{"--credentials: are decided by <img>; use crossorigin"}},
		{name: "an attribute of fetch()", args: "fetch --crossorigin anonymous HTTP/a.png", code: 2, stderr: []string{"--crossorigin: is an attribute that fetch() does not have"}},

		{name: "check an image", args: "check --element img HTTP/a.png", out: []string{"Every browser lets pages of http://app.example do what they should: <img> HTTP/a.png", "0 findings"}, stderr: []string{"note: <img> HTTP/a.png: it is shown, but a canvas"}},
		{name: "check that an image is readable", args: "check --element img --readable HTTP/cors.png", code: 1, out: []string{"tainted (breaks) in every browser", `Add crossorigin="anonymous" to <img>: the server already allows it.`}, stderr: []string{"note: "}},
		{name: "check an image under a policy of the page", args: "check --element img --csp img-src_'self' HTTP/a.png", code: 1, out: []string{"blocked (breaks)", "under Content-Security-Policy: img-src 'self'."}},
		{name: "check an image under a policy", args: "check --element img --coep require-corp --referrer-policy no-referrer HTTP/a.png", code: 1, out: []string{"blocked (breaks)", "under Cross-Origin-Embedder-Policy: require-corp."}},
		{name: "check a worker", args: "check --api worker HTTP/a.js", code: 1, out: []string{"called new Worker() with HTTP/a.js", "blob: URL"}},
		{name: "check a beacon", args: "check --api beacon --json {} HTTP/collect", code: 1, out: []string{"credentials-refused", "text/plain"}},
		{name: "check an intent file with a flag", args: "check --element img intent.json", code: 2, stderr: []string{"--element can only be used with a URL"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			command, rest, _ := strings.Cut(test.args, " ")
			args := []string{command}
			if !strings.Contains(rest, "--page") && test.code != 2 {
				args = append(args, "--origin", "http://app.example")
			}
			for arg := range strings.SplitSeq(rest, " ") {
				args = append(args, strings.ReplaceAll(strings.ReplaceAll(arg, "HTTP", plain.URL), "_", " "))
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
	got := browsercors(t, "", "fetch", "--output", "json", "--element", "img", plain.URL+"/a.png")
	if err := json.Unmarshal([]byte(got.out), &report); err != nil || report.Result != "response" || report.Type != "opaque" || !strings.Contains(report.Effect, "tainted") {
		t.Errorf("%+v, %v, from %s", report, err, got.out)
	}
}
