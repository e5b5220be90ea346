package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/audit/har"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/internal/audittest"
	"github.com/browsercors/browsercors/internal/fulllength"
)

// checked is a server with right and wrong set-ups, each under a path of its
// own.
func checked() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		answer(404, "", "Access-Control-Allow-Origin: "+r.Header.Get("Origin"), "Vary: Origin", "Access-Control-Allow-Credentials: true")(w, r)
	})
	mux.HandleFunc("/none", answer(200, "secret"))
	mux.HandleFunc("/public", answer(200, "hello", allowAll, "X-Total: 3"))
	mux.HandleFunc("/put", preflighted(answer(204, "", allowAll, "Access-Control-Allow-Methods: PUT", "Access-Control-Max-Age: 300"), answer(200, "put", allowAll)))
	mux.HandleFunc("/typed", func(w http.ResponseWriter, r *http.Request) {
		if t := r.Header.Get("Content-Type"); r.Method != "OPTIONS" && t != "application/json" {
			http.Error(w, "not JSON but "+t, http.StatusUnsupportedMediaType)
			return
		}
		answer(200, "", allowAll, "Access-Control-Allow-Headers: content-type, x-a", "Access-Control-Max-Age: 600")(w, r)
	})
	mux.HandleFunc("/everybody", func(w http.ResponseWriter, r *http.Request) {
		answer(200, "secret", "Access-Control-Allow-Origin: "+r.Header.Get("Origin"), "Access-Control-Allow-Credentials: true", "Vary: Origin")(w, r)
	})
	mux.HandleFunc("/forwarded", func(w http.ResponseWriter, r *http.Request) {
		if r.Host == "api.example" && r.Header.Get("X-Forwarded-Proto") == "https" {
			answer(200, "", allowAll)(w, r)
		}
	})
	mux.HandleFunc("/listed", func(w http.ResponseWriter, r *http.Request) {
		headers := []string{"Vary: Origin"}
		if o := r.Header.Get("Origin"); o == "http://app.example" || o == "https://app.example" {
			headers = append(headers, "Access-Control-Allow-Origin: "+o, "Access-Control-Allow-Credentials: true")
		}
		answer(200, "", headers...)(w, r)
	})
	mux.HandleFunc("/session", func(w http.ResponseWriter, r *http.Request) {
		if cookie, err := r.Cookie("id"); err != nil || cookie.Value != "1" {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		answer(200, "", "Access-Control-Allow-Origin: https://app.shop.example", "Access-Control-Allow-Credentials: true", "Vary: Origin, Cookie")(w, r)
	})
	mux.HandleFunc("/typo", answer(404, "", allowAll))
	mux.HandleFunc("/gone", answer(404, "", "Content-Type: text/html"))
	mux.HandleFunc("/broken", preflighted(answer(204, "", allowAll, "Access-Control-Allow-Methods: PUT"), answer(500, "")))
	mux.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
		headers := []string{"Content-Type: text/html; charset=utf-8"}
		if r.URL.RawQuery == "*" {
			headers = append(headers, allowAll)
		}
		answer(200, "", headers...)(w, r)
	})
	mux.HandleFunc("/unrouted", preflighted(answer(405, "", "Content-Type: text/html"), answer(200, "", allowAll)))
	mux.HandleFunc("/bytes", func(w http.ResponseWriter, r *http.Request) {
		if body, _ := io.ReadAll(r.Body); string(body) == "\xff\x00\r\n" {
			answer(200, "", allowAll)(w, r)
		}
	})
	mux.HandleFunc("/form", func(w http.ResponseWriter, r *http.Request) {
		if file, _, err := r.FormFile("a"); err == nil && file.Close() == nil {
			answer(200, "", allowAll)(w, r)
		}
	})
	mux.HandleFunc("/close", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	mux.HandleFunc("/hang", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	return mux
}

const checkIntent = `{"base": "BASE", "allow": ["https://app.example"], "refuse": ["https://evil.example"], "uses": [
	{"name": "list things", "url": "/everybody"},
	{"name": "write a thing", "url": "/put", "method": "PUT", "credentials": "omit"}]}`

func TestCheck(t *testing.T) {
	plain, secure := overBoth(t, checked())
	dir := t.TempDir()
	file := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file("intent.json", strings.Replace(checkIntent, "BASE", secure.URL, 1))
	file("partly.json", `{"base": "`+plain.URL+`", "allow": ["http://app.example"], "uses": [{"name": "works", "url": "/public"}, {"name": "gone", "url": "http://127.0.0.1:1024/x"}]}`)
	file("elsewhere.json", strings.Replace(checkIntent, "BASE", "https://api.example", 1))
	file("other.txt", checkIntent)
	file("contradiction.json", `{"allow": ["https://a.example"], "refuse": ["https://a.example"], "uses": []}`)
	file("unknown.json", `{"allowed": []}`)
	file("bytes", "\xff\x00\r\n")
	file("cut.har", `{"log": {"version": "1.2", "entr`)
	file("cut.json", `{"allow": ["https://a.exam`)
	file("urls", "# all of them\n"+plain.URL+"/public\n\n"+plain.URL+"/listed\n")
	file("empty", "# none\n")
	file("wrong", plain.URL+"\napi.example\n")
	names := strings.NewReplacer("HTTP", plain.URL, "TLS", secure.URL, "DIR", dir)

	for _, test := range []struct {
		name   string
		args   string // after check, in words; HTTP, TLS and DIR are replaced, _ is a space
		code   int
		out    []string // contained, with single spaces; nothing else than nothing if empty
		stderr []string // contained
	}{
		// Nothing wrong.
		{name: "public", args: "HTTP/public --fail-on slow", out: []string{"Every browser lets pages of http://app.example do what they should: GET HTTP/public What pages may do: HTTP/public allowed credentials origin yes no http://app.example yes no any other site, such as http://stranger.test 0 findings"}},
		{name: "put", args: "-X PUT HTTP/put", out: []string{"Every browser lets pages of http://app.example do what they should: PUT HTTP/put"}},
		{name: "secure", args: "-k TLS/public", out: []string{"Every browser", "GET TLS/public"}},
		{name: "data", args: "-d {} -H content-type:application/json -H X-A:_1 HTTP/typed", out: []string{"POST HTTP/typed"}},
		{name: "bytes", args: "--data-binary @DIR/bytes HTTP/bytes", out: []string{"POST HTTP/bytes"}},
		{name: "two pages", args: "--origin http://a.example --origin http://b.example HTTP/public", out: []string{"pages of http://a.example and http://b.example do"}},
		{name: "a page", args: "--page http://a.example/x?y HTTP/public", out: []string{"lets pages of http://a.example do"}},
		{name: "a page and an origin", args: "--page http://a.example/ --origin http://b.example HTTP/public", out: []string{"pages of http://b.example and http://a.example do"}},
		{name: "HEAD", args: "-I HTTP/public", out: []string{"HEAD HTTP/public"}},
		{name: "a query", args: "-G -d a=b HTTP/public", out: []string{"GET HTTP/public?a=b"}},
		{name: "JSON", args: "--json {} -H X-A:_1 HTTP/typed", out: []string{"POST HTTP/typed"}},
		{name: "a form", args: "-F a=@DIR/bytes HTTP/form", out: []string{"POST HTTP/form"}},
		{name: "refused as wanted", args: "--refuse http://evil.example HTTP/none", out: []string{"No browser lets pages of http://evil.example read a response: GET"}},
		{name: "as wanted", args: "--origin http://app.example --refuse http://evil.example HTTP/listed", out: []string{"pages of http://app.example do what they should, and no browser lets pages of http://evil.example read"}},
		{name: "a session", args: "--via HTTP --credentials include --set-cookie id=1;Secure --origin https://app.shop.example https://api.shop.example/session", out: []string{"GET https://api.shop.example/session"}},
		{name: "nothing there", args: "HTTP/typo", out: []string{"GET HTTP/typo"}, stderr: []string{"note: GET HTTP/typo had a response with status 404; the check used that response"}},
		{name: "without probes", args: "--no-probes HTTP/public", out: []string{"GET HTTP/public 0 findings; 1 of 1 use works in every browser; 3 requests"}},
		{name: "politely", args: "--rate 50 HTTP/public", out: []string{"Every browser"}},
		{name: "elsewhere", args: "--via HTTP https://api.example/forwarded", out: []string{"GET https://api.example/forwarded"}},
		{name: "by an address", args: "-k --resolve api.test:PORT:127.0.0.1 https://api.test:PORT/public", out: []string{"GET https://api.test:PORT/public"}},

		{name: "the same origin", args: "--origin HTTP HTTP/public", out: []string{"Every browser lets pages of HTTP do what they should: GET HTTP/public"}},

		// Findings.
		{name: "the same origin and another type", args: "--origin HTTP --expect-type application/json HTTP/login", code: 1, out: []string{"not-the-api (breaks)", "the page wants application/json"}, stderr: []string{"a response with an HTML page"}},
		{name: "breaks", args: "HTTP/none", code: 1, out: []string{"origin-refused (breaks) in every browser: GET HTTP/none", "1 finding (breaks)"}},
		{name: "not found", args: "HTTP/gone", code: 1, out: []string{"request-failed", "The request itself failed with status 404 (Not Found) and an HTML page: there is nothing at this URL."}},
		{name: "a server error", args: "-X PUT HTTP/broken", code: 1, out: []string{"request-failed", "The request itself failed with status 500 (Internal Server Error): the server failed while it handled the request. The preflight allowed"}},
		{name: "a login page", args: "HTTP/login", code: 1, out: []string{"not-the-api", "The answer is an HTML page, and script asked."}},
		{name: "a preflight's error page", args: "-X PUT HTTP/unrouted", code: 1, out: []string{"preflight-failed", "Nothing handles OPTIONS at this URL: the answer was status 405 and an HTML page."}},
		{name: "a header to read on a login page", args: "--read X-Total HTTP/login?*", code: 1, out: []string{"header-missing (breaks)"}, stderr: []string{"note: GET HTTP/login?* had a response with an HTML page; the check used that response"}},
		{name: "a header to read on an error page", args: "--read X-Total HTTP/typo", code: 1, out: []string{"header-missing (breaks)"}, stderr: []string{"note: GET HTTP/typo had a response with status 404; the check used that response"}},
		{name: "a header to read", args: "--read X-Total HTTP/public", code: 1, out: []string{"not-exposed (breaks)"}},
		{name: "a form's type", args: "-X PUT -d a=1 HTTP/put --credentials include", code: 1, out: []string{"credentials-refused (breaks)"}},
		{name: "unsafe", args: "--origin http://app.example --refuse http://evil.example HTTP/everybody", code: 1, out: []string{"wrong-origin-allowed (unsafe)"}},
		{name: "unsafe and tolerated", args: "--origin http://app.example --refuse http://evil.example --fail-on never HTTP/everybody", out: []string{"wrong-origin-allowed (unsafe)", "1 finding (unsafe)"}},
		{name: "breaks and tolerated", args: "--fail-on unsafe HTTP/none", out: []string{"origin-refused (breaks)"}},
		{name: "slow", args: "--fail-on fragile -X PUT --preflight-cached 10m HTTP/put", out: []string{"preflight-not-cached (slow)"}},
		{name: "slow and not tolerated", args: "--fail-on slow -X PUT --preflight-cached 10m HTTP/put", code: 1, out: []string{"preflight-not-cached (slow)"}},
		{name: "mixed content", args: "--origin https://app.example HTTP/public", code: 1, out: []string{"blocked (breaks) in WebKit"}, stderr: []string{"--origin http://app.example,", "--via HTTP"}},
		{name: "mixed content of an intent", args: "--base HTTP/v1/ DIR/elsewhere.json", code: 1, out: []string{"blocked (breaks) in WebKit"}, stderr: []string{"--via HTTP --base https:"}},
		{name: "an intent", args: "-k DIR/intent.json", code: 1, out: []string{"wrong-origin-allowed (unsafe) in every browser: list things"}},
		{name: "an intent elsewhere", args: "-k --base TLS DIR/elsewhere.json", code: 1, out: []string{"list things", "TLS/everybody"}},
		{name: "an intent that is here", args: "--via HTTP DIR/elsewhere.json", code: 1, out: []string{"list things", "https://api.example/everybody"}},

		{name: "one host that is gone", args: "DIR/partly.json", code: 1, out: []string{"unreachable (breaks) in every browser: gone", "Nothing listens at the port of 127.0.0.1:1024.", "1 finding (breaks); 1 of 2 uses works"}},

		// What can't be judged.
		{name: "nobody there", args: "http://127.0.0.1:1024/", code: 2, stderr: []string{"GET http://127.0.0.1:1024/: no answer: ", "refused"}},
		{name: "unknown certificate", args: "TLS/public", code: 2, stderr: []string{"GET TLS/public: no answer: ", "x509", "-k accepts any"}},
		{name: "no answer in time", args: "--max-time 0.05 HTTP/hang", code: 2, stderr: []string{"GET HTTP/hang", "no answer within 50ms"}},
		{name: "no answer", args: "HTTP/close", code: 2, stderr: []string{"GET HTTP/close: no answer: the server closed the connection"}},
		{name: "the use of an intent", args: "DIR/intent.json", code: 2, stderr: []string{`GET TLS/everybody (use "list things"): no answer: `}},
		{name: "contradiction", args: "DIR/contradiction.json", code: 2, stderr: []string{"contradiction.json", "refuse[0]", `"https://a.example" is already in allow[0]`, "uses: is empty"}},
		{name: "unknown key", args: "DIR/unknown.json", code: 2, stderr: []string{"unknown.json:1: key allowed: is unknown"}},
		{name: "cut off", args: "DIR/cut.json", code: 2, stderr: []string{"cut.json"}},

		// Wrong usage.
		{name: "no URL", code: 2, stderr: []string{"check takes one URL, intent file (.json, .yaml, .yml) or archive (.har), got none"}},
		{name: "two files", args: "a.json b", code: 2, stderr: []string{`got "a.json" and "b"; browsercors check --help has examples`}},
		{name: "several URLs", args: "-H X-A:1 -H Content-Type:application/json HTTP/typed HTTP/typed?1 HTTP/typed", out: []string{"GET HTTP/typed GET HTTP/typed?1 GET HTTP/typed (2)",
			"these 3 requests in a row, from a page of http://app.example: 2 preflights; the cache spares 1 again five minutes later: 0 (cached for 10 min)", "with one path for all requests, such as /graphql or /batch, since preflights are cached per URL: 1"}},
		{name: "a file of URLs", args: "--urls DIR/urls HTTP/public", out: []string{"GET HTTP/public GET HTTP/public (2) GET HTTP/listed"}},
		{name: "no file of URLs", args: "--urls DIR/none", code: 2, stderr: []string{"--urls: open DIR/none: no such file"}},
		{name: "a file without URLs", args: "--urls DIR/empty", code: 2, stderr: []string{"--urls: DIR/empty has no URL"}},
		{name: "a wrong URL in a file", args: "--urls DIR/wrong", code: 2, stderr: []string{`--urls: DIR/wrong:2: URL "api.example" has no scheme; did you mean https://api.example?`}},
		{name: "an address for a scheme", args: "127.0.0.1:8080/a", code: 2, stderr: []string{`"127.0.0.1:8080/a" has no scheme; did you mean http://127.0.0.1:8080/a?`}},
		{name: "a path", args: "/a", code: 2, stderr: []string{`URL "/a" has no scheme, want a URL such as https://api.example/things`}},
		{name: "no scheme", args: "api.example/a", code: 2, stderr: []string{`"api.example/a" has no scheme; did you mean https://api.example/a?`}},
		{name: "host for a scheme", args: "localhost:8080/a", code: 2, stderr: []string{`did you mean http://localhost:8080/a?`}},
		{name: "another scheme", args: "ftp://a.example/", code: 2, stderr: []string{`"ftp://a.example/" is not an`}},
		{name: "userinfo", args: "https://a:b@a.example/", code: 2, stderr: []string{"URL: ", "without username and password"}},
		{name: "file of another name", args: "DIR/other.txt", code: 2, stderr: []string{"other.txt", "does not end in .json, .yaml, .yml (an intent)"}},
		{name: "missing file", args: "DIR/none.yaml", code: 2, stderr: []string{"none.yaml: no such file"}},
		{name: "flags with a file", args: "-X PUT --origin http://a.example DIR/intent.json", code: 2, stderr: []string{"--request, --origin can only be used with a URL; change the intent in"}},
		{name: "--base with a URL", args: "--base https://a.example HTTP/public", code: 2, stderr: []string{"--base needs an intent file, not a URL"}},
		{name: "--base", args: "--base a.example DIR/intent.json", code: 2, stderr: []string{"key base", `"a.example"`}},
		{name: "origins", args: "--origin app.example --origin http://a.example/ --origin null HTTP/public", code: 2,
			stderr: []string{`--origin: origin "app.example": no scheme followed by "://"; did you mean https://app.example?`, `--origin: origin "http://a.example/": has a trailing slash; did you mean http://a.example?`, `--origin: "null"`}},
		{name: "schemes that are not known", args: "--origin myapp://localhost --refuse other://x --page third://x/ HTTP/public", code: 2, stderr: []string{
			`--origin "myapp://localhost": the scheme "myapp" is not known; if an app registers it for its pages, add --scheme myapp`, `--refuse "other://x"`, `--page "third://x/"`}},
		{name: "a scheme that can't be registered", args: "--scheme https --origin http://a.example HTTP/public", code: 2, stderr: []string{`--scheme: `, `"https"`}},
		{name: "an app's origin with a slash", args: "--origin capacitor://localhost/ HTTP/public", code: 2, stderr: []string{"did you mean capacitor://localhost?"}},
		{name: "files", args: "--origin file:// HTTP/public", code: 2, stderr: []string{`--origin: "null"`}},
		{name: "a page without a scheme", args: "--page localhost:3000/a HTTP/public", code: 2, stderr: []string{`--page: URL "localhost:3000/a" has the scheme "localhost"; did you mean http://localhost:3000/a?`}},
		{name: "pages", args: "--page app.example --page null --origin http://*.example HTTP/public", code: 2, stderr: []string{`--page: `, `"app.example"`}},
		{name: "a page of no origin", args: "--page null --origin http://a.example HTTP/public", code: 2, stderr: []string{`--page: "null"`}},
		{name: "two bodies", args: "-F a=b -d c HTTP/public", code: 2, stderr: []string{"--data and --form exclude each other"}},
		{name: "two formats", args: "--format html --output json HTTP/public", code: 2, stderr: []string{"--output: json contradicts --format html"}},
		{name: "an intent and a page", args: "--page http://a.example/ DIR/intent.json", code: 2, stderr: []string{"--page can only be used with a URL; change the intent in"}},
		{name: "a pattern", args: "--origin http://*.example HTTP/public", code: 2, stderr: []string{`--origin: "http://*.example" is a pattern`}},
		{name: "forbidden method", args: "-X TRACE HTTP/public", code: 2, stderr: []string{`--request: "TRACE" is a method that pages can't use`}},
		{name: "forbidden header", args: "-H Cookie:_a=1 HTTP/public", code: 2, stderr: []string{"--header Cookie: is a header that pages can't set"}},
		{name: "body of a GET", args: "-X GET -d x HTTP/public", code: 2, stderr: []string{"--data: is not allowed with GET"}},
		{name: "unreadable header", args: "--read Set-Cookie HTTP/public", code: 2, stderr: []string{"--read: Set-Cookie"}},
		{name: "negative time", args: "--preflight-cached -1s HTTP/public", code: 2, stderr: []string{"--preflight-cached: -1s is negative"}},
		{name: "cookie without credentials", args: "--set-cookie a=1 HTTP/public", code: 2, stderr: []string{"--set-cookie: ", `credentials of the use are not "include"`}},
		{name: "cookie", args: "--set-cookie a=1;Domain=b.example --credentials include HTTP/public", code: 2, stderr: []string{"--set-cookie: ", `"a=1;Domain=b.example"`}},
		{name: "--rate", args: "--rate -1 HTTP/public", code: 2, stderr: []string{"--rate: invalid number of requests per second -1"}},
		{name: "probes", args: "--no-probes --probe-impossible-origins HTTP/public", code: 2, stderr: []string{"exclude each other"}},
		{name: "credentials", args: "--credentials yes HTTP/public", code: 2, stderr: []string{`"yes"`, "same-origin, include, omit"}},
		{name: "--max-time", args: "--max-time -1 HTTP/public", code: 2, stderr: []string{"--max-time: invalid number of seconds -1"}},
		{name: "--fail-on", args: "--fail-on bad HTTP/public", code: 2, stderr: []string{`"bad"`, "breaks, unsafe, fragile, slow, never"}},
		{name: "--via", args: "--via 127.0.0.1:80 HTTP/public", code: 2, stderr: []string{`--via: "127.0.0.1:80" is not the origin of a server`}},
		{name: "--via with a path", args: "--via HTTP/x HTTP/public", code: 2, stderr: []string{"is not the origin of a server"}},
		{name: "format", args: "--format pdf HTTP/public", code: 2, stderr: []string{`--format: unknown format "pdf" (text, html,`}},
		{name: "HAR that isn't there", args: "--har DIR/none.har", code: 2, stderr: []string{"none.har: no such file"}},
		{name: "HAR that is cut off", args: "--har DIR/cut.har", code: 2, stderr: []string{"cut.har", "is truncated"}},
		{name: "HAR that is none", args: "--har DIR/unknown.json", code: 2, stderr: []string{"har: ", "unknown.json"}},
		{name: "HAR and a URL", args: "--har DIR/cut.har HTTP/public", code: 2, stderr: []string{"cut.har\" replaces the argument \"HTTP/public\": give one of them"}},
		{name: "HAR without --har", args: "DIR/cut.har", code: 2, stderr: []string{"har: DIR/cut.har", "is truncated"}},
		{name: "HAR without --har and flags", args: "--rate 3 DIR/cut.har", code: 2, stderr: []string{"--rate can't be used with an archive, because no request is sent"}},
		{name: "HAR and flags", args: "--har DIR/cut.har -k --rate 3 -X PUT", code: 2, stderr: []string{"--insecure, --rate, --request can't be used with an archive"}},
		{name: "HAR in another format", args: "--har DIR/cut.har --report sarif=DIR/sarif", code: 2, stderr: []string{`unknown format "sarif" for an archive (html, json, markdown, text)`}},
		{name: "HAR to nowhere", args: "--har-out DIR/no/file HTTP/public", code: 2, stderr: []string{"--har-out", "no such file"}},
		{name: "report without file", args: "--report text HTTP/public", code: 2, stderr: []string{`"text" names no file, want format=file`}},
		{name: "report of no format", args: "--report pdf=x HTTP/public", code: 2, stderr: []string{`--report: unknown format "pdf" (text, html,`}},
		{name: "report into a directory", args: "--report text=DIR HTTP/public", code: 2, stderr: []string{"--report text", "is a directory"}},
		{name: "report to nowhere", args: "-o DIR/no/file HTTP/public", code: 2, stderr: []string{"--output", "no such file"}},
		{name: "report to standard output", args: "--report text=- HTTP/public", code: 2, stderr: []string{"--report text: name a file; use --format for standard output"}},
		{name: "one file twice", args: "-o DIR/file --report text=DIR/./file HTTP/public", code: 2, stderr: []string{"--report text", "is also the file of --output-file"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			port := strings.TrimPrefix(secure.URL, "https://127.0.0.1:")
			args := []string{"check"}
			for arg := range strings.SplitSeq(test.args, " ") {
				if arg != "" {
					args = append(args, strings.ReplaceAll(names.Replace(strings.ReplaceAll(arg, "_", " ")), "PORT", port))
				}
			}
			got := browsercors(t, "", args...)
			if got.code != test.code {
				t.Errorf("exit code %d, want %d; stderr:\n%s\nstdout:\n%s", got.code, test.code, got.stderr, got.out)
			}
			out := strings.Join(strings.Fields(got.out), " ")
			for _, want := range test.out {
				contains(t, "stdout", out, strings.ReplaceAll(names.Replace(want), "PORT", port))
			}
			for _, want := range test.stderr {
				contains(t, "stderr", got.stderr, names.Replace(want))
			}
			if test.out == nil && got.out != "" {
				t.Errorf("stdout is not empty:\n%s", got.out)
			}
			if test.stderr == nil && got.stderr != "" {
				t.Errorf("stderr is not empty:\n%s", got.stderr)
			}
			if test.code == exitUsage && strings.Count(got.stderr, "\n") != 1 {
				t.Errorf("it is not one line:\n%s", got.stderr)
			}
		})
	}
}

// TestCheckGolden holds the whole of what a terminal gets.
func TestCheckGolden(t *testing.T) {
	plain, _ := overBoth(t, checked())
	dir := t.TempDir()
	file := filepath.Join(dir, "intent.json")
	if err := os.WriteFile(file, []byte(strings.Replace(checkIntent, "BASE", "https://api.example", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	for _, args := range [][]string{
		{file},
		{"https://api.example/public"},
		{"-X", "PUT", "-H", "X-A: 1", "--preflight-cached", "10m", "https://api.example/put"},
	} {
		got := browsercors(t, "", append([]string{"check", "--via", plain.URL}, args...)...)
		all.WriteString(strings.ReplaceAll("$ browsercors check "+strings.Join(args, " ")+"\n"+got.out+got.assumed+got.stderr, dir+"/", "") + "\n")
	}
	golden(t, filepath.Join("testdata", "check.golden"), all.String())
}

// TestCheckViaTarget has the server that requests are sent to instead see the
// path that a browser sends, and nothing else.
func TestCheckViaTarget(t *testing.T) {
	targets := make(map[string]bool)
	var mu sync.Mutex
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		targets[r.RequestURI] = true
	}))
	defer server.Close()
	browsercors(t, "", "check", "--via", server.URL, "https://api.example/a|b?c")
	if want := map[string]bool{"/a|b?c": true}; !maps.Equal(targets, want) {
		t.Errorf("request-targets %v, want %v", targets, want)
	}
}

// TestCheckWrites: files are written whole, also into pipes and through links,
// and not at all where there is nothing to report.
func TestCheckWrites(t *testing.T) {
	plain, _ := overBoth(t, checked())
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	if got := browsercors(t, "", "check", "-o", in("a"), "--report", "text="+in("b"), plain.URL+"/none"); got.code != exitFails || got.out != "" {
		t.Errorf("exit code %d, stdout %q", got.code, got.out)
	}
	a, errA := os.ReadFile(in("a"))
	b, errB := os.ReadFile(in("b"))
	if errA != nil || errB != nil || len(a) == 0 || !bytes.Equal(a, b) {
		t.Errorf("the files have %q, %v and %q, %v", a, errA, b, errB)
	}
	if err := os.Symlink("a", in("link")); err != nil {
		t.Fatal(err)
	}
	if got := browsercors(t, "", "check", "-o", in("link"), plain.URL+"/public"); got.code != exitDone {
		t.Errorf("exit code %d: %s", got.code, got.stderr)
	}
	if link, err := os.Readlink(in("link")); err != nil || link != "a" {
		t.Errorf("the link is %q, %v", link, err)
	}
	if now, err := os.ReadFile(in("a")); err != nil || !strings.HasPrefix(string(now), "Every browser") {
		t.Errorf("behind the link is %q, %v", now, err)
	}
	if got := browsercors(t, "", "check", "-o", os.DevNull, plain.URL+"/public"); got.code != exitDone {
		t.Errorf("exit code %d: %s", got.code, got.stderr)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Fatalf("%s has become a file", os.DevNull)
	}
	before, _ := os.ReadDir(dir)
	if got := browsercors(t, "", "check", "-o", in("c"), "http://127.0.0.1:1024/"); got.code != exitUsage {
		t.Errorf("exit code %d", got.code)
	}
	if after, _ := os.ReadDir(dir); len(after) != len(before) {
		t.Errorf("something was left behind: %v", after)
	}
}

// TestCheckInterrupted interrupts this process in the middle.
func TestCheckInterrupted(t *testing.T) {
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	signalled := make(chan error, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := self.Signal(os.Interrupt); err != nil {
			signalled <- err
			return
		}
		<-r.Context().Done()
	}))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "out")
	got := browsercors(t, "", "check", "-o", file, server.URL)
	select {
	case err := <-signalled:
		t.Skip("this process can't interrupt itself: ", err)
	default:
	}
	if got.code != exitInterrupted || got.stderr != "browsercors: interrupted\n" || got.out != "" {
		t.Errorf("exit code %d, stderr %q, stdout %q", got.code, got.stderr, got.out)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("a report was written")
	}
}

func TestFailOn(t *testing.T) {
	for _, test := range []struct {
		failOn failOn
		fails  string // severities that do
	}{
		{"unsafe", "unsafe"}, {"breaks", "unsafe breaks"}, {"fragile", "unsafe breaks fragile"},
		{"slow", "unsafe breaks fragile slow"}, {"never", ""},
	} {
		for s := audit.Unsafe; s <= audit.Slow; s++ {
			if got := test.failOn.fails(s); got != strings.Contains(test.fails, s.String()) {
				t.Errorf("--fail-on %s: %s fails: %t", test.failOn, s, got)
			}
		}
	}
}

// TestAnyOriginNeverPasses has APIs that let pages of any origin read what they
// answer with the user's cookies. However one asks, no report says that all is
// well.
func TestAnyOriginNeverPasses(t *testing.T) {
	const methods = "PREFLIGHT Access-Control-Allow-Methods: DELETE"
	servers := map[string]http.Handler{
		"reflects":          audittest.Answering(audittest.Echo, audittest.Creds, methods, audittest.Vary),
		"reflects, no Vary": audittest.Answering(audittest.Echo, audittest.Creds, methods),
		"reflects, errors":  audittest.Answering(audittest.Echo, audittest.Creds, methods, audittest.Vary, "ACTUAL STATUS 401"),
		"no preflights": audittest.When("", func(r *http.Request) bool { return r.Method == http.MethodOptions },
			audittest.Answering("STATUS 405"), audittest.Answering(audittest.Echo, audittest.Creds, audittest.Vary)),
		"but not null": audittest.Letting("is an origin", func(o string) bool { return strings.Contains(o, "://") }),
	}
	uses := map[string]string{
		"a URL":            "",
		"with credentials": "--credentials include",
		"refusing":         "--origin http://app.example --refuse http://evil.example",
		"refusing only":    "--refuse http://evil.example",
		"simple":           "-X POST -d a=b",
		"preflighted":      "-X DELETE --credentials include",
		"not kept":         "-X DELETE --preflight-cached 10m",
		"reading":          "--read X-Total",
	}
	severities := []string{"", "--fail-on breaks"}
	if fulllength.Asked() {
		severities = append(severities, "--fail-on unsafe", "--fail-on fragile", "--fail-on slow")
	}
	for what, handler := range servers {
		server := httptest.NewServer(handler)
		t.Cleanup(server.Close)
		for how, flags := range uses {
			if (what == "but not null" || what == "no preflights") && strings.Contains(flags, "DELETE") {
				continue // nobody gets to send that
			}
			t.Run(what+"/"+how, func(t *testing.T) {
				for _, failOn := range severities {
					args := append([]string{"check"}, strings.Fields(flags+" "+failOn)...)
					junit := filepath.Join(t.TempDir(), "junit.xml")
					got := browsercors(t, "", append(args, "--report", "junit="+junit, server.URL)...)
					if got.code != exitFails || !strings.Contains(got.out, "(unsafe) in every browser") {
						t.Errorf("%q: exit code %d\n%s%s", args, got.code, got.out, got.stderr)
					}
					if xml, err := os.ReadFile(junit); err != nil || strings.Count(string(xml), "<failure") != len(engine.Profiles()) {
						t.Errorf("%q: not each test fails (%v)\n%s", args, err, xml)
					}
				}
			})
		}
	}
}

// TestCheckFormats: what each format is for can read it.
func TestCheckFormats(t *testing.T) {
	plain, _ := overBoth(t, checked())
	dir := t.TempDir()
	t.Chdir(dir)
	intent := strings.Replace(checkIntent, "BASE", "https://api.example", 1)
	if err := os.WriteFile("intent.json", []byte(intent), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"check", "--via", plain.URL, "--format", "json"}
	for _, format := range reportFormats() {
		args = append(args, "--report", string(format)+"=report."+string(format))
	}
	got := browsercors(t, "", append(args, "intent.json")...)
	if got.code != exitFails || got.stderr != "" {
		t.Fatalf("exit code %d, stderr:\n%s", got.code, got.stderr)
	}
	texts := make(map[format]string)
	for _, format := range reportFormats() {
		text, err := os.ReadFile("report." + string(format))
		if err != nil {
			t.Fatal(err)
		}
		texts[format] = string(text)
		contains(t, string(format), string(text), "wrong-origin-allowed")
	}
	var object struct {
		Report audit.Report `json:"report"`
	}
	if err := json.Unmarshal([]byte(got.out), &object); err != nil || len(object.Report.Findings) == 0 {
		t.Errorf("json: %v in\n%s", err, got.out)
	}
	var suites struct {
		Failures int `xml:"failures,attr"`
	}
	if err := xml.Unmarshal([]byte(texts["junit"]), &suites); err != nil || suites.Failures == 0 {
		t.Errorf("junit: %v, %d failures in\n%s", err, suites.Failures, texts["junit"])
	}
	var log struct {
		Runs []struct {
			Results []struct {
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(texts["sarif"]), &log); err != nil || len(log.Runs) != 1 {
		t.Fatalf("sarif: %v in\n%s", err, texts["sarif"])
	}
	for i, result := range log.Runs[0].Results {
		at := result.Locations[0].PhysicalLocation
		line := strings.Split(intent, "\n")[at.Region.StartLine-1]
		if at.ArtifactLocation.URI != "intent.json" || !strings.Contains(line, object.Report.Findings[i].Use) {
			t.Errorf("sarif: the finding about %q is at %+v: %s", object.Report.Findings[i].Use, at, line)
		}
	}
}

// TestCheckHAR writes the traffic of a check as HAR, and explains it.
func TestCheckHAR(t *testing.T) {
	plain, _ := overBoth(t, checked())
	file := filepath.Join(t.TempDir(), "out.har")
	check := func(code int, stdin string, args ...string) string {
		t.Helper()
		got := browsercors(t, stdin, append([]string{"check"}, args...)...)
		if got.code != code || got.stderr != "" {
			t.Errorf("%q: exit code %d, want %d; stderr %q", args, got.code, code, got.stderr)
		}
		return got.out
	}
	check(exitDone, "", "--no-probes", "--har-out", file, "--credentials", "include", "--set-cookie", "id=1;Secure", "--origin", "https://app.shop.example",
		"--via", plain.URL, "https://api.shop.example/session")
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	archive, err := har.Read(file, bytes.NewReader(written))
	if err != nil || len(archive.Log.Entries) == 0 {
		t.Fatalf("%d entries, %v in\n%s", len(archive.Log.Entries), err, written)
	}
	for _, e := range archive.Log.Entries {
		if len(e.Request.Cookies) != 1 || e.Request.Cookies[0].Name != "id" || e.Request.Cookies[0].Value == "1" {
			t.Errorf("the cookies of %s are %v", e.Request.URL, e.Request.Cookies)
		}
	}
	contains(t, "stdout", check(exitDone, "", "--har", file), "✓ allowed in every browser")

	check(exitFails, "", "--no-probes", "--har-out", file, plain.URL+"/none")
	contains(t, "stdout", check(exitFails, "", "--har", file), "✗ refused in every browser: missing-allow-origin")
	contains(t, "stdout", check(exitFails, "", file), "✗ refused in every browser: missing-allow-origin")
	contains(t, "stdout", check(exitFails, "", "--format", "markdown", file), "refused in every browser&#58; missing-allow-origin")
	contains(t, "stdout", check(exitFails, "", "--format", "html", file), "<td class=\"bad\" data-label=\"Chromium\">✗")
	check(exitDone, "", "--fail-on", "never", "--har", file)
	if written, err = os.ReadFile(file); err != nil {
		t.Fatal(err)
	}
	var judged har.Judgement
	if out := check(exitFails, string(written), "--format", "json", "--har", "-"); json.Unmarshal([]byte(out), &judged) != nil || len(judged.Verdicts) != 1 {
		t.Errorf("one request, judged as\n%s", out)
	}
}

func TestRefusalSeverity(t *testing.T) {
	if got := refusalSeverity([]string{"standard"}); got != audit.Fragile {
		t.Errorf("refused by the Standard: %s", got)
	}
	if got := refusalSeverity([]string{"standard", "webkit"}); got != audit.Breaks {
		t.Errorf("refused in WebKit: %s", got)
	}
}
