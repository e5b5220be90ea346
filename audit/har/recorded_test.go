package har_test

import (
	"strings"
	"testing"

	"github.com/browsercors/browsercors/audit/har"
)

// TestRecorded has entries as browsers and other programs write them, and what is
// said of the archive. Each archive is of Chrome's unless it says otherwise.
func TestRecorded(t *testing.T) {
	const (
		asks = `"request": {"method": "GET", "url": "https://api.example/x", "headers": [{"name": "Origin", "value": "https://app.example"}]}`
		ok   = `"response": {"status": 200, "headers": []`
	)
	request := func(method, url string, sent ...string) string {
		return `"request": {"method": "` + method + `", "url": "` + url + `", "headers": ` + fieldsJSON(sent) + `}`
	}
	response := func(status string, got ...string) string {
		return `"response": {"status": ` + status + `, "headers": ` + fieldsJSON(got)
	}
	for _, tt := range []struct {
		name, creator, entries string
		words                  string // of the text, separated by |; -word is not in it
	}{
		{"a service worker answered", "", `{` + asks + `, ` + ok + `, "_fetchedViaServiceWorker": true, "_serviceWorkerResponseSource": "cache-storage"}}`, "0 of 1 entries judged|1 (#0), a service worker of the page answered"},
		{"a service worker, by the source alone", "", `{` + asks + `, ` + ok + `, "_serviceWorkerResponseSource": "fallback-code"}}`, "a service worker of the page answered"},
		{"Safari's service worker", "WebKit Web Inspector", `{"_fetchType": "Service Worker", ` + asks + `, ` + ok + `}}`, "a service worker of the page answered"},
		{"a service worker failed", "", `{` + asks + `, ` + response("0") + `, "_fetchedViaServiceWorker": true, "_error": "net::ERR_FAILED"}}`, "It isn't CORS (service-worker)|? not known in every browser"},
		{"no service worker", "", `{` + asks + `, ` + ok + `, "_fetchedViaServiceWorker": false, "_error": "net::ERR_FAILED"}}`, "✗ refused in every browser|-service worker"},

		{"the browser's cache", "", `{"_resourceType": "image", ` + request("GET", "https://api.example/x", "Referer: https://app.example/") + `, ` + ok + `}}, {"_fromCache": "disk", ` + asks + `, ` + ok + `, "_error": "net::ERR_FAILED"}}`,
			"The cause (browser-cache)|from its own disk cache|It was stored for entry 0|destination image|send vary: origin"},
		{"the memory cache, of another page", "", `{"_fromCache": "memory", ` + asks + `, ` + response("200", "Access-Control-Allow-Origin: https://other.example") + `}}`, "allow-origin-mismatch|The cause (browser-cache)|from its own memory cache"},
		{"Safari's cache", "WebKit Web Inspector", `{"_fetchType": "Disk Cache", ` + asks + `, ` + ok + `}}`, "from its own disk cache"},
		{"Firefox's cache, by its sizes", "Firefox", `{` + asks + `, "response": {"status": 200, "headers": [], "headersSize": 200, "bodySize": 7, "content": {"size": 7}}}`, "The cause (browser-cache)|if a service worker answered, CORS has no say in it"},
		{"Firefox's network, by its sizes", "Firefox", `{` + asks + `, "response": {"status": 200, "headers": [], "headersSize": 200, "bodySize": 207, "content": {"size": 7}}}`, "refused in every browser|-browser-cache"},
		{"the cache has what is right", "", `{"_fromCache": "disk", ` + asks + `, ` + response("200", "Access-Control-Allow-Origin: *") + `}}`, "✓ allowed in every browser|-cause"},

		{"HSTS", "", `{` + request("GET", "http://api.example/x", "Referer: https://app.example/") + `, "response": {"status": 307, "statusText": "Internal Redirect", "headers": [{"name": "Location", "value": "https://api.example/x"}]}}, {` + asks + `, ` + response("200", "Access-Control-Allow-Origin: *") + `}}`,
			"#1 GET https://api.example/x|✓ allowed in every browser|1 (#0), a redirect that the browser made itself|-refused in every"},
		{"an extension's redirect to data:", "", `{` + asks + `, ` + response("307", "Location: data:text/plain,x", "Non-Authoritative-Reason: WebRequest API") + `}}`, "0 of 1 entries judged|a redirect that the browser made itself"},
		{"HSTS behind a redirect", "", `{` + asks + `, ` + response("302", "Location: http://cdn.example/y", "Access-Control-Allow-Origin: *") + `}}, {` + request("GET", "http://cdn.example/y") + `, ` + response("307", "Location: https://cdn.example/y", "Non-Authoritative-Reason: HSTS") + `}}, {` + request("GET", "https://cdn.example/y", "Origin: null") + `, ` + response("200", "Access-Control-Allow-Origin: *") + `}}`,
			"followed to: #1, #2"},
		{"a redirect of a server's", "", `{` + asks + `, ` + response("307", "Location: https://cdn.example/y") + `}}`, "✗ refused in every browser: missing-allow-origin"},

		{"a WebSocket by its status", "Charles Proxy", `{` + request("GET", "https://api.example/ws", "Origin: https://app.example", "Upgrade: websocket", "Sec-WebSocket-Key: x") + `, ` + response("101") + `}}`, "mode websocket|✓ allowed in every browser|assumed to be right"},
		{"a WebSocket of Chrome, with its messages", "", `{"_resourceType": "websocket", "_webSocketMessages": [{"type": "send", "data": "x"}], ` + request("GET", "wss://api.example/ws", "Origin: https://app.example", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol: chat, other") + `, ` +
			response("101", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "Sec-WebSocket-Protocol: chat") + `}}`, "wss://api.example/ws|mode websocket, destination websocket|✓ allowed in every browser|-assumed to be right"},
		{"a WebSocket whose server answers another key", "", `{"_resourceType": "websocket", ` + request("GET", "wss://api.example/ws", "Origin: https://app.example", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==") + `, ` +
			response("101", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: x") + `}}`, "✗ refused in every browser: websocket-failed"},
		{"a WebSocket that the server turns away", "", `{"_resourceType": "websocket", ` + request("GET", "wss://api.example/ws", "Origin: https://app.example") + `, ` + response("403") + `}}`, "✗ refused in every browser: websocket-failed"},
		{"a WebSocket of the page's own host", "", `{"_resourceType": "websocket", ` + request("GET", "wss://app.example/ws", "Origin: https://app.example") + `, ` + response("101") + `}}`, "same-origin"},
		{"a WebSocket that is mixed content", "", `{"_resourceType": "websocket", ` + request("GET", "ws://api.example/ws", "Origin: https://app.example") + `, ` + response("0") + `}}`, "✗ refused in every browser: mixed-content"},
		{"a script that is not there", "", `{"_resourceType": "script", ` + request("GET", "https://api.example/x", "Referer: https://app.example/", "Sec-Fetch-Dest: script", "Sec-Fetch-Mode: no-cors") + `, ` + response("404", "Content-Type: text/javascript") + `}}`, "destination script|✗ refused in every browser: element-refused"},
		{"a preload of a font without crossorigin", "", `{"_resourceType": "font", ` + request("GET", "https://api.example/x", "Referer: https://app.example/", "Sec-Fetch-Dest: font", "Sec-Fetch-Mode: no-cors") + `, ` + response("200", "Content-Type: font/woff2") + `}}`, "mode no-cors, destination font|✓ allowed in Chromium and WebKit|✗ refused in Firefox"},
		{"WebTransport", "", `{"_resourceType": "webtransport", ` + asks + `, ` + ok + `}}`, "a WebTransport"},
		{"an EventSource", "", `{"_resourceType": "eventsource", ` + request("GET", "https://api.example/x", "Referer: https://app.example/") + `, ` + response("200", "Content-Type: text/event-stream") + `, "_error": "net::ERR_FAILED"}}`, "mode cors, destination empty|✗ refused in every browser: missing-allow-origin"},
		{"an EventSource that gets a page", "", `{"_resourceType": "eventsource", ` + request("GET", "https://api.example/x", "Origin: https://app.example", "Accept: text/event-stream", "Last-Event-ID: {7}") + `, ` + response("200", "Content-Type: text/html", "Access-Control-Allow-Origin: *") + `}}`, "mode cors, destination empty|✗ refused in every browser: element-refused"},
		{"an EventSource, of Firefox", "", `{` + request("GET", "https://api.example/x", "Origin: https://app.example", "Accept: text/event-stream", "Cache-Control: no-cache", "Last-Event-ID: {7}") + `, ` + response("200", "Content-Type: text/event-stream", "Access-Control-Allow-Origin: *") + `}}`, "✓ allowed in every browser"},
		{"a ping", "", `{"_resourceType": "ping", ` + request("POST", "https://api.example/x", "Origin: https://app.example", "Content-Type: text/ping") + `, ` + response("204") + `}}`, "mode no-cors|✓ allowed in every browser"},
		{"a beacon", "", `{"_resourceType": "ping", ` + request("POST", "https://api.example/x", "Origin: https://app.example", "Content-Type: text/plain") + `, ` + response("204") + `}}`, "mode no-cors|✓ allowed in every browser|nobody reads the response to a beacon"},
		{"a report", "", `{"_resourceType": "csp-violation-report", ` + request("POST", "https://api.example/x", "Origin: https://app.example", "Content-Type: application/csp-report") + `, ` + response("204") + `}}`, "✓ allowed in every browser"},
		{"a beacon of JSON has a preflight", "", `{"_resourceType": "preflight", ` + request("OPTIONS", "https://api.example/x", "Origin: https://app.example", "Access-Control-Request-Method: POST", "Access-Control-Request-Headers: content-type") + `, ` + response("403") + `}}, {"_resourceType": "ping", ` +
			request("POST", "https://api.example/x", "Origin: https://app.example", "Content-Type: application/json") + `, ` + response("0") + `, "_error": "net::ERR_FAILED"}}`, "preflights: #0|✗ refused in Chromium and Firefox"},
		{"a prefetch", "", `{"_resourceType": "prefetch", ` + request("GET", "https://api.example/x", "Referer: https://app.example/") + `, ` + ok + `}}`, "mode no-cors|✓ allowed in every browser"},
		{"a font", "", `{"_resourceType": "font", ` + request("GET", "https://api.example/x", "Origin: https://app.example") + `, ` + ok + `, "_error": "net::ERR_FAILED"}}`, "destination font|✗ refused in Chromium and Firefox"},
		{"a form of a browser without Sec-Fetch-Mode", "Firefox", `{` + request("POST", "https://api.example/x", "Origin: https://app.example", "Accept: text/html,application/xhtml+xml,*/*;q=0.8", "Upgrade-Insecure-Requests: 1") + `, ` + ok + `}}`, "0 of 1 entries judged|a navigation"},
		{"a signed exchange", "", `{"_resourceType": "signed-exchange", ` + asks + `, ` + ok + `}}`, "from a signed exchange"},
		{"FedCM", "", `{"_resourceType": "fedcm", ` + asks + `, ` + ok + `}}`, "the browser asked on its own account"},
		{"a preflight without its headers", "", `{"_resourceType": "preflight", ` + request("OPTIONS", "https://api.example/x") + `, ` + response("200") + `}}`, "a preflight that does not say which method"},
		{"only a preflight, which allows it without credentials", "", `{` + request("OPTIONS", "https://api.example/x", "Origin: https://app.example", "Access-Control-Request-Method: PUT") + `, ` + response("204", "Access-Control-Allow-Origin: *", "Access-Control-Allow-Methods: PUT") + `}}`,
			"? not known in every browser|with credentials: wildcard-origin-not-allowed|-refused in every"},

		{"data:", "", `{` + request("GET", "data:text/plain,x") + `, ` + ok + `}}`, "not HTTP(S)"},
		{"an extension's file", "", `{` + request("GET", "chrome-extension://abc/x.js") + `, ` + ok + `}}`, "not HTTP(S)"},
		{"an extension asked", "", `{` + request("GET", "https://api.example/x", "Origin: chrome-extension://abc") + `, ` + ok + `}}`, "an extension asked|-refused in every"},
		{"an extension's preflight", "", `{` + request("OPTIONS", "https://api.example/x", "Origin: moz-extension://abc", "Access-Control-Request-Method: PUT") + `, ` + response("405") + `}}`, "an extension asked"},
		{"capacitor: is let in", "", `{` + request("GET", "https://api.example/x", "Origin: capacitor://localhost") + `, ` + response("200", "Access-Control-Allow-Origin: capacitor://localhost") + `}}`, "from capacitor://localhost (known by Origin)|✓ allowed in every browser"},
		{"tauri: is not", "", `{` + request("GET", "https://api.example/x", "Origin: tauri://localhost") + `, ` + response("200", "Access-Control-Allow-Origin: https://app.example") + `}}`, "from tauri://localhost|allow-origin-mismatch|with Origin: tauri://localhost"},
		{"app: has a preflight", "", `{` + request("OPTIONS", "https://api.example/x", "Origin: app://x", "Access-Control-Request-Method: PUT") + `, ` + response("204", "Access-Control-Allow-Origin: app://x", "Access-Control-Allow-Methods: PUT") + `}}`, "from app://x|? not known in every browser|-refused in every"},

		{"an error status that the page got", "", `{` + asks + `, ` + response("405", "Access-Control-Allow-Origin: *") + `, "_error": "net::ERR_HTTP_RESPONSE_CODE_FAILURE"}}`, "✓ allowed in every browser|-did something else|-It isn't"},
		{"the response was not read to its end", "", `{` + asks + `, ` + response("200", "Access-Control-Allow-Origin: *") + `, "_error": "net::ERR_ABORTED"}}`, "✓ allowed in every browser|the rest of it was not read|-It isn't"},
		{"the body was broken", "", `{` + asks + `, ` + response("200", "Access-Control-Allow-Origin: *") + `, "_error": "net::ERR_CONTENT_LENGTH_MISMATCH"}}`, "It isn't CORS (protocol)|✓ allowed in every browser"},
		{"a preflight that no server answered", "", `{"_resourceType": "preflight", ` + request("OPTIONS", "https://api.example/x", "Origin: https://app.example", "Access-Control-Request-Method: PUT") + `, ` + response("0") + `, "_error": "net::ERR_CERT_AUTHORITY_INVALID"}}, {` +
			request("PUT", "https://api.example/x", "Origin: https://app.example") + `, ` + response("0") + `, "_error": "net::ERR_FAILED"}}`, "It isn't CORS (certificate)"},
		{"Playwright's failure", "Playwright", `{` + asks + `, "response": {"status": -1, "headers": [], "_failureText": "net::ERR_CONNECTION_REFUSED"}}`, "It isn't CORS (unreachable)|recorded by Playwright"},
		{"Playwright's API request", "Playwright", `{"_apiRequest": true, ` + asks + `, ` + ok + `}}`, "the test asked"},
		{"Safari's failure", "WebKit Web Inspector", `{` + asks + `, ` + response("0") + `, "_error": "The network connection was lost."}}`, "It isn't CORS (connection-closed)"},
		{"Safari names CORS", "WebKit Web Inspector", `{` + asks + `, ` + ok + `, "_error": "Origin https://app.example is not allowed by Access-Control-Allow-Origin. Status code: 200"}}`, "✗ refused in every browser: missing-allow-origin|-It isn't"},
		{"Firefox's TLS failure", "Firefox", `{"_securityState": "broken", ` + asks + `, ` + response("0") + `}}`, "It isn't CORS (tls)"},
		{"a blocked reason", "", `{"_blockedReason": 4000, ` + asks + `, ` + response("0") + `}}`, "It isn't CORS (content-security-policy)"},
		{"WebPageTest's kinds", "WebPageTest", `{"_request_type": "Font", ` + request("GET", "https://api.example/x", "Referer: https://app.example/") + `, ` + ok + `}}`, "destination font"},

		{"an error page, and its body", "", `{` + asks + `, "response": {"status": 200, "headers": [{"name": "Content-Type", "value": "text/html"}], "content": {"encoding": "base64", "text": "PGh0bWw+PHRpdGxlPkhvbWU8L3RpdGxlPg=="}}}`, "It isn't CORS (html-page)|“Home”|1 failed for another reason than CORS"},
		{"a login that was followed", "", `{` + request("GET", "https://api.example/x", "Origin: https://app.example", "Cookie: a=b") + `, ` + response("302", "Location: https://login.test/oauth2/start?rd=%2Fx", "Access-Control-Allow-Origin: https://app.example", "Access-Control-Allow-Credentials: true") + `}}, {` + request("GET", "https://login.test/oauth2/start?rd=%2Fx", "Origin: null") + `, ` + response("200", "Content-Type: text/html") + `, "_error": "net::ERR_FAILED"}}`,
			"It isn't CORS (login-redirect)|Access-Control-Allow-Origin: https://app.example|Access-Control-Allow-Credentials: true"},
		{"another preflight shows that the method is refused", "", `{` + request("OPTIONS", "https://api.example/x", "Origin: https://app.example", "Access-Control-Request-Method: PUT") + `, ` + response("204", "Access-Control-Allow-Origin: https://app.example", "Access-Control-Allow-Methods: PUT") + `}}, {` +
			request("OPTIONS", "https://api.example/x", "Origin: https://app.example", "Access-Control-Request-Method: DELETE") + `, ` + response("204") + `}}`, "#1 DELETE https://api.example/x|method DELETE"},
		{"the server lets the page in elsewhere", "", `{` + request("GET", "https://api.example/y", "Origin: https://app.example") + `, ` + response("200", "Access-Control-Allow-Origin: https://app.example") + `}}, {` + asks + `, ` + ok + `, "_error": "net::ERR_FAILED"}}`,
			"The cause (answer-without-cors)|GET https://api.example/y"},
		{"the advice for a product", "", `{` + request("POST", "https://api.example/x", "Origin: https://app.example") + `, ` + response("413", "Server: nginx") + `, "_error": "net::ERR_FAILED"}}`, "It isn't CORS (body-limit)|client_max_body_size 20m;"},
		{"not a browser's", "Insomnia", `{` + asks + `, ` + response("200", "Access-Control-Allow-Origin: *") + `}}`, "Insomnia is not known as a browser"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			creator := tt.creator
			if creator == "" {
				creator = "WebInspector"
			}
			h, err := har.Read("", strings.NewReader(`{"log": {"creator": {"name": "`+creator+`"}, "entries": [`+tt.entries+`]}}`))
			if err != nil {
				t.Fatal(err)
			}
			j, err := har.Judge(t.Context(), h, nil)
			if err != nil {
				t.Fatal(err)
			}
			for name, write := range har.Formats() {
				var text strings.Builder
				if err := write(j, &text); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if name != "text" {
					continue
				}
				flat := strings.Join(strings.Fields(text.String()), " ")
				for words := range strings.SplitSeq(tt.words, "|") {
					not, absent := strings.CutPrefix(words, "-")
					if has := strings.Contains(strings.ToLower(flat), strings.ToLower(not)); has == absent {
						t.Errorf("%q in\n%s", words, text.String())
					}
				}
			}
		})
	}
}

// fieldsJSON is "name: value" lines as JSON.
func fieldsJSON(lines []string) string {
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			b.WriteString(", ")
		}
		name, value, _ := strings.Cut(line, ": ")
		b.WriteString(`{"name": "` + name + `", "value": "` + value + `"}`)
	}
	return "[" + b.String() + "]"
}
