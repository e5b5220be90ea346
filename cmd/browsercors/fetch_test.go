package main

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// api is a server with right and wrong set-ups.
func api() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/none", answer(200, "secret"))
	mux.HandleFunc("/failed", answer(503, "", "Content-Type: text/html"))
	mux.HandleFunc("/{$}", answer(200, "root", allowAll))
	mux.HandleFunc("/missing", answer(404, "no such thing", allowAll))
	mux.HandleFunc("/referrer", func(w http.ResponseWriter, r *http.Request) { answer(200, r.Referer(), allowAll)(w, r) })
	mux.HandleFunc("/public", answer(200, "hello", allowAll, "X-Hidden: 1"))
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		answer(200, r.Method+" "+strings.Join(r.Header["Content-Type"], "|")+" "+string(body),
			allowAll, "Access-Control-Allow-Headers: *", "Access-Control-Allow-Methods: *")(w, r)
	})
	mux.HandleFunc("/asked", func(w http.ResponseWriter, r *http.Request) {
		answer(200, r.Host+" "+r.Header.Get("Origin")+" "+r.Header.Get("X-Empty")+";", allowAll,
			"Access-Control-Allow-Headers: x-empty")(w, r)
	})
	mux.HandleFunc("/binary", answer(200, "\xff\x00", allowAll))
	mux.HandleFunc("/evil", answer(200, "", allowAll, "Location: a\u009b31mb"))
	mux.HandleFunc("/redirect", answer(302, "", allowAll, "Location: /public"))
	mux.HandleFunc("/loop", answer(307, "", allowAll, "Location: /loop"))
	mux.HandleFunc("/location", answer(302, "", allowAll, "Location: http://[/"))
	mux.HandleFunc("/short", answer(200, "five", allowAll, "Content-Length: 9"))
	mux.HandleFunc("/put", preflighted(answer(204, "", allowAll, "Access-Control-Allow-Methods: PUT"), answer(200, "put", allowAll)))
	mux.HandleFunc("/deaf", preflighted(answer(404, "", allowAll), answer(200, "never", allowAll)))
	mux.HandleFunc("/hang", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	return mux
}

// overBoth serves over HTTP and HTTPS.
func overBoth(t *testing.T, handler http.Handler) (plain, secure *httptest.Server) {
	t.Helper()
	plain = httptest.NewServer(handler)
	t.Cleanup(plain.Close)
	secure = httptest.NewUnstartedServer(handler)
	secure.Config.ErrorLog = discardLog()
	secure.StartTLS()
	t.Cleanup(secure.Close)
	return plain, secure
}

func TestFetch(t *testing.T) {
	plain, secure := overBoth(t, api())
	_, securePort, err := net.SplitHostPort(strings.TrimPrefix(secure.URL, "https://"))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "body")
	if err := os.WriteFile(file, []byte("a=1\r\n&b=2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	names := strings.NewReplacer("HTTP", plain.URL, "TLS", secure.URL, "PORT", securePort, "FILE", file)

	for _, test := range []struct {
		name   string
		args   string // after fetch, in words; HTTP, TLS, PORT and FILE are replaced, _ is a space
		stdin  string
		code   int
		out    string   // whole
		stderr []string // contained
	}{
		// What a page gets.
		{name: "simple", args: "HTTP/public", out: "hello"},
		{name: "visible headers", args: "-i HTTP/public", out: "HTTP 200 OK\ncontent-length: 5\ncontent-type: application/json\n\nhello"},
		{name: "redirect", args: "HTTP/redirect", out: "hello"},
		{name: "same origin", args: "--page HTTP/ HTTP/none", out: "secret"},
		{name: "preflighted", args: "-X put HTTP/put", out: "put"},
		{name: "opaque", args: "--mode no-cors HTTP/none", stderr: []string{"type opaque: script sees no status"}},
		{name: "opaque redirect", args: "--redirect manual HTTP/redirect", stderr: []string{"type opaqueredirect"}},
		{name: "xhr", args: "--xhr HTTP/public", out: "hello"},
		{name: "page without origin", args: "--page null HTTP/asked", out: host(plain) + " null ;"},
		{name: "a page's origin", args: "--origin http://other.example HTTP/asked", out: host(plain) + " http://other.example ;"},
		{name: "an opaque origin", args: "--origin null HTTP/asked", out: host(plain) + " null ;"},
		{name: "a page and its origin", args: "--origin https://other.example --page https://other.example/x HTTP/asked", out: host(plain) + " https://other.example ;"},
		{name: "the last page", args: "--page https://a.example/ --page https://b.example/ HTTP/asked", out: host(plain) + " https://b.example ;"},
		{name: "--url", args: "--url HTTP/public", out: "hello"},
		{name: "sandboxed", args: "--sandboxed HTTP/asked", out: host(plain) + " null ;"},
		{name: "profile", args: "--profile firefox HTTP/public", out: "hello"},
		{name: "data URL", args: "data:,hi", out: "hi"},

		// What is curl's.
		{name: "-d", args: "-d a=1 -d b=2 HTTP/echo", out: "POST application/x-www-form-urlencoded a=1&b=2"},
		{name: "-d @file", args: "-d @FILE HTTP/echo", out: "POST application/x-www-form-urlencoded a=1&b=2"},
		{name: "-d @-", args: "-d @- HTTP/echo", stdin: "x\n", out: "POST application/x-www-form-urlencoded x"},
		{name: "--data-raw", args: "--data-raw @x HTTP/echo", out: "POST application/x-www-form-urlencoded @x"},
		{name: "--data-binary", args: "--data-binary @FILE -X PUT HTTP/echo", out: "PUT application/x-www-form-urlencoded a=1\r\n&b=2\n"},
		{name: "-d with a type", args: "-d {} -H content-type:application/json HTTP/echo", out: "POST application/json {}"},
		{name: "-d without a type", args: "-d x -H Content-Type: HTTP/echo", out: "POST  x"},
		{name: "empty header", args: "-H X-Empty; HTTP/asked", out: host(plain) + " http://app.example ;"},
		{name: "forbidden headers", args: "-H Cookie:_a=1 -H Origin:_https://evil.example HTTP/asked", out: host(plain) + " http://app.example ;",
			stderr: []string{"note: left out, because a page can't set it: Cookie, Origin; see --cookie and --origin https://evil.example"}},
		{name: "-I", args: "-I HTTP/public", out: "HTTP 200 OK\ncontent-length: 5\ncontent-type: application/json\n\n"},
		{name: "-D -", args: "-D - HTTP/public", out: "HTTP 200 OK\ncontent-length: 5\ncontent-type: application/json\n\nhello"},
		{name: "-e", args: "-e http://app.example/x HTTP/referrer", out: "http://app.example/"},
		{name: "-e with a policy", args: "-e http://app.example/x;auto --referrer-policy unsafe-url HTTP/referrer", out: "http://app.example/x"},
		{name: "-e of another origin", args: "-e https://other.example/x HTTP/referrer", out: "http://app.example/",
			stderr: []string{"note: --referer: https://other.example/x is ignored: it is not of the page's origin; use --page"}},
		{name: "-f", args: "-f HTTP/missing", code: 1, stderr: []string{"browsercors: the page gets status 404 (--fail)"}},
		{name: "--fail-with-body", args: "--fail-with-body HTTP/missing", code: 1, out: "no such thing", stderr: []string{"status 404"}},
		{name: "-f without a failure", args: "-f HTTP/public", out: "hello"},
		{name: "-k", args: "-k TLS/public", out: "hello"},
		{name: "--resolve", args: "-k --resolve api.test:PORT:127.0.0.1 https://API.test:PORT/asked", out: "api.test:" + securePort + " https://app.example ;"},
		{name: "--resolve *", args: "-k --resolve *:PORT:127.0.0.1 https://other.test:PORT/public", out: "hello"},
		{name: "--resolve from an address", args: "-k --resolve [2001:db8::1]:PORT:127.0.0.1 https://[2001:db8::1]:PORT/public", out: "hello"},

		// What a browser refuses.
		{name: "no CORS headers", args: "HTTP/none", code: 1, stderr: []string{"The page gets TypeError: Failed to fetch", "Access-Control-Allow-Origin: http://app.example"}},
		{name: "an error page", args: "HTTP/failed", code: 1, stderr: []string{"The request itself failed with status 503 (Service Unavailable) and an HTML page: the service is not available"}},
		{name: "xhr refused", args: "--xhr HTTP/none", code: 1, stderr: []string{"The page gets NetworkError: Failed to fetch"}},
		{name: "wildcard with credentials", args: "--credentials include HTTP/public", code: 1, stderr: []string{"not enough for a request with credentials"}},
		{name: "preflight 404", args: "-X PUT HTTP/deaf", code: 1, stderr: []string{"the preflight was answered with status 404"}},
		{name: "upload listener", args: "--xhr-upload-listener -d x HTTP/deaf", code: 1, stderr: []string{"the preflight was answered with status 404"}},
		{name: "redirect mode error", args: "--redirect error HTTP/redirect", code: 1, stderr: []string{"the page does not allow redirects"}},
		{name: "redirect loop", args: "HTTP/loop", code: 1, stderr: []string{"more than 20 redirects"}},
		{name: "malformed Location", args: "HTTP/location", code: 1, stderr: []string{"Location is “http://[/”"}},
		{name: "same-origin mode", args: "--mode same-origin HTTP/public", code: 1, stderr: []string{"mode same-origin"}},
		{name: "mixed content", args: "--origin https://app.example http://api.example/", code: 1, stderr: []string{"the page is secure and the URL is not", "--origin http://app.example"}},
		{name: "body on GET", args: "-X GET -d x HTTP/public", code: 1, stderr: []string{"a GET request has no body"}},
		{name: "forbidden method", args: "-X TRACE HTTP/public", code: 1, stderr: []string{"“TRACE” is a method that pages can't use"}},
		{name: "userinfo", args: "http://a:b@localhost/", code: 1, stderr: []string{"username or password"}},
		{name: "unknown certificate", args: "TLS/public", code: 1, stderr: []string{"This is not a CORS error", "certificate"}},
		{name: "nobody there", args: "http://127.0.0.1:1024/", code: 1, stderr: []string{"This is not a CORS error"}},
		{name: "no answer in time", args: "--max-time 0.05 HTTP/hang", code: 1, stderr: []string{"The page gets AbortError", "because --max-time 0.05 seconds have passed"}},
		{name: "body ends early", args: "HTTP/short", code: 1, out: "five", stderr: []string{"the body ended early"}},

		// Wrong usage.
		{name: "no URL", code: 2, stderr: []string{"fetch takes one URL, got none; browsercors fetch --help has examples"}},
		{name: "a URL twice", args: "--url HTTP/public HTTP/public", code: 2, stderr: []string{`fetch takes one URL, got "HTTP/public" and "HTTP/public"`}},
		{name: "an origin with a path", args: "--origin https://a.example/ HTTP/public", code: 2, stderr: []string{`--origin: origin "https://a.example/": has a trailing slash`}},
		{name: "a page of another origin", args: "--origin https://a.example --page https://b.example/x HTTP/public", code: 2,
			stderr: []string{"--page https://b.example/x and --origin https://a.example contradict each other: the page's origin is https://b.example"}},
		{name: "two bodies", args: "-F a=b -d c HTTP/echo", code: 2, stderr: []string{"--data and --form exclude each other: each asks for another request"}},
		{name: "-I with a body", args: "-I --json {} HTTP/echo", code: 2, stderr: []string{"--head and --json exclude each other"}},
		{name: "a field without a name", args: "-F a HTTP/echo", code: 2, stderr: []string{"--form: a field is name=content, name=@file or name=<file"}},
		{name: "a field with a semicolon", args: "-F a=b;c HTTP/echo", code: 2, stderr: []string{`--form: a: ";c" follows the content`, "--form-string"}},
		{name: "a file that is missing", args: "-F a=@FILE.not HTTP/echo", code: 2, stderr: []string{"--form: ", "no such file"}},
		{name: "a flag of curl's that is missing", args: "--next HTTP/public", code: 2, stderr: []string{"--next: this flag of curl is not supported: run fetch once for each request"}},
		{name: "two formats", args: "--format json --output text HTTP/public", code: 2, stderr: []string{"--output: text contradicts --format json"}},
		{name: "two files", args: "-o a --output b HTTP/public", code: 2, stderr: []string{"--output: b contradicts --output-file a"}},
		{name: "-O with a file", args: "-O -o a HTTP/public", code: 2, stderr: []string{"--remote-name and --output-file a exclude each other"}},
		{name: "-O without a name", args: "-O HTTP/", code: 2, stderr: []string{"--remote-name: the path of ", "has no file name"}},
		{name: "both failures", args: "-f --fail-with-body HTTP/public", code: 2, stderr: []string{"exclude each other"}},
		{name: "two URLs", args: "a b", code: 2, stderr: []string{`fetch takes one URL, got "a" and "b"`}},
		{name: "bad URL", args: "http://a:b:c/", code: 2, stderr: []string{`URL "http://a:b:c/": port is not a number`}},
		{name: "no scheme", args: "api.example/a", code: 2, stderr: []string{`"api.example/a" has no scheme; did you mean https://api.example/a?`}},
		{name: "host for a scheme", args: "localhost:8080/a", code: 2, stderr: []string{`did you mean http://localhost:8080/a?`}},
		{name: "bad page", args: "--page app.example HTTP/public", code: 2, stderr: []string{"--page", `"app.example"`}},
		{name: "header without colon", args: "-H X-A HTTP/public", code: 2, stderr: []string{`"X-A"`, `a header is "name: value"`}},
		{name: "header name", args: "-H X_A:b HTTP/public", code: 2, stderr: []string{`"X A": a header name is a token`}},
		{name: "header value", args: "-H X-A:b\nc HTTP/public", code: 2, stderr: []string{`"b\nc": a header value has no NUL, CR or LF`}},
		{name: "method", args: "-X A_B HTTP/public", code: 2, stderr: []string{`method "A B": a method is a token`}},
		{name: "missing body file", args: "-d @FILE.not HTTP/echo", code: 2, stderr: []string{".not", "no such file"}},
		{name: "mode", args: "--mode navigate HTTP/public", code: 2, stderr: []string{`--mode: unknown value "navigate" (cors, no-cors, same-origin)`}},
		{name: "mode of xhr", args: "--xhr --mode no-cors HTTP/public", code: 2, stderr: []string{`mode "no-cors"`}},
		{name: "credentials", args: "--credentials yes HTTP/public", code: 2, stderr: []string{`"yes"`, "same-origin, include, omit"}},
		{name: "referrer policy", args: "--referrer-policy never HTTP/public", code: 2, stderr: []string{`"never"`}},
		{name: "profile that is none", args: "--profile netscape HTTP/public", code: 2, stderr: []string{`--profile: unknown value "netscape" (standard, chromium, firefox, webkit)`}},
		{name: "--resolve without address", args: "--resolve a:80 HTTP/public", code: 2, stderr: []string{`"a:80"`, "host:port:addr"}},
		{name: "--resolve port", args: "--resolve a:http:127.0.0.1 HTTP/public", code: 2, stderr: []string{`--resolve: invalid port "http"`}},
		{name: "--resolve address", args: "--resolve a:80:localhost HTTP/public", code: 2, stderr: []string{`--resolve: invalid IP address "localhost"`}},
		{name: "--max-time", args: "--max-time -1 HTTP/public", code: 2, stderr: []string{"--max-time: invalid number of seconds -1"}},
		{name: "output that can't be", args: "-o FILE/x HTTP/public", code: 2, stderr: []string{"not a directory"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			args := []string{"fetch"}
			for arg := range strings.SplitSeq(test.args, " ") {
				if arg != "" {
					args = append(args, names.Replace(strings.ReplaceAll(arg, "_", " ")))
				}
			}
			got := browsercors(t, test.stdin, args...)
			if got.code != test.code {
				t.Errorf("exit code %d, want %d; stderr:\n%s", got.code, test.code, got.stderr)
			}
			if got.out != test.out {
				t.Errorf("stdout %q, want %q", got.out, test.out)
			}
			unwrapped := strings.Join(strings.Fields(got.stderr), " ")
			for _, want := range test.stderr {
				contains(t, "stderr", unwrapped, names.Replace(want))
			}
			if test.stderr == nil && got.stderr != "" {
				t.Errorf("stderr is not empty:\n%s", got.stderr)
			}
			if test.code == exitUsage && strings.Count(got.stderr, "\n") != 1 {
				t.Errorf("wrong usage is not one line:\n%s", got.stderr)
			}
		})
	}
}

func host(s *httptest.Server) string {
	u, _ := url.Parse(s.URL)
	return u.Host
}

// TestFetchFiles: what is printed goes where the flags say.
func TestFetchFiles(t *testing.T) {
	plain, _ := overBoth(t, api())
	for _, test := range []struct {
		name, args string
		out        string
		files      map[string]string // below the working directory
	}{
		{"-o", "-o a", "", map[string]string{"a": "hello"}},
		{"-o of a format's name", "-o json", "", map[string]string{"json": "hello"}},
		{"--output as curl has it", "--output a.json", "", map[string]string{"a.json": "hello"}},
		{"--output of a format", "--output text", "hello", nil},
		{"--output twice", "--output text --output a", "", map[string]string{"a": "hello"}},
		{"--output of standard output", "--output -", "hello", nil},
		{"-O", "-O", "", map[string]string{"public": "hello"}},
		{"a directory", "-O --output-dir d/e --create-dirs", "", map[string]string{"d/e/public": "hello"}},
		{"a directory for -o", "-o a --output-dir .", "", map[string]string{"a": "hello"}},
		{"-D", "-D head -o body", "", map[string]string{"head": "HTTP 200 OK\ncontent-length: 5\ncontent-type: application/json\n\n", "body": "hello"}},
		{"-i into a file", "-i -o a", "", map[string]string{"a": "HTTP 200 OK\ncontent-length: 5\ncontent-type: application/json\n\nhello"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			got := browsercors(t, "", append(append([]string{"fetch"}, strings.Fields(test.args)...), plain.URL+"/public")...)
			if got.code != exitDone || got.out != test.out || got.stderr != "" {
				t.Errorf("exit code %d, stdout %q, stderr:\n%s", got.code, got.out, got.stderr)
			}
			files := make(map[string]string)
			if err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				content, err := os.ReadFile(name)
				files[name] = string(content)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.files, files, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFetchOutput(t *testing.T) {
	plain, _ := overBoth(t, api())
	file := filepath.Join(t.TempDir(), "out")
	if got := browsercors(t, "", "fetch", "-o", file, plain.URL+"/none"); got.code != exitFails {
		t.Errorf("exit code %d", got.code)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("a refusal left a file")
	}
	if got := browsercors(t, "", "fetch", "-o", file, plain.URL+"/public"); got.code != exitDone || got.out != "" {
		t.Errorf("exit code %d, stdout %q", got.code, got.out)
	}
	if body, err := os.ReadFile(file); err != nil || string(body) != "hello" {
		t.Errorf("file has %q, %v", body, err)
	}
}

// TestFetchVerbose holds the waterfall: each request, each decision, in order.
func TestFetchVerbose(t *testing.T) {
	plain, _ := overBoth(t, api())
	got := browsercors(t, "", "fetch", "-v", "-X", "PUT", "-H", "X-A: 1", "-d", "x", plain.URL+"/put")
	if got.code != exitFails || got.out != "" {
		t.Errorf("exit code %d, stdout %q", got.code, got.out)
	}
	rest := got.stderr
	for _, want := range []string{
		"* fetch() by a page of origin http://app.example, profile standard",
		"* PUT is cross-origin and needs a preflight: its method is PUT and it has the header x-a\n",
		"*   method PUT           not GET, HEAD or POST\n",
		"*   header X-A           headers of this name are not CORS-safelisted\n",
		"*   header Content-Type  CORS-safelisted\n",
		"* preflight cache: no entry allows PUT\n",
		"> OPTIONS " + plain.URL + "/put\n",
		">   Access-Control-Request-Method: PUT\n",
		">   Access-Control-Request-Headers: x-a\n",
		">   Origin: http://app.example\n",
		"< 204 No Content\n",
		"<   Access-Control-Allow-Methods: PUT\n",
		"* preflight check fails, header-disallowed: ",
		"*   Access-Control-Allow-Headers  (missing)\n",
		"The page gets TypeError: Failed to fetch\n",
		"Console of chromium:\n",
		"Console of webkit:\n",
	} {
		_, after, ok := strings.Cut(rest, want)
		if !ok {
			t.Fatalf("lacks %q, after what came before:\n%s", want, got.stderr)
		}
		rest = after
	}

	got = browsercors(t, "", "fetch", "-v", plain.URL+"/public")
	contains(t, "stderr", got.stderr, "* CORS check passes\n")
	contains(t, "stderr", got.stderr, "*   hidden headers  access-control-allow-origin, x-hidden\n")

	got = browsercors(t, "", "fetch", "-v", "--color", "always", plain.URL+"/evil")
	contains(t, "stderr", got.stderr, `a\xc2\x9b31mb`)
	if strings.Contains(ansi.ReplaceAllString(got.stderr, ""), "\u009b") {
		t.Errorf("a server writes to the terminal: %q", got.stderr)
	}
}

func TestFetchJSON(t *testing.T) {
	plain, _ := overBoth(t, api())
	run := func(code int, args ...string) map[string]any {
		t.Helper()
		got := browsercors(t, "", append([]string{"fetch", "--output", "json"}, args...)...)
		if got.code != code || got.stderr != "" {
			t.Errorf("exit code %d, want %d; stderr %q", got.code, code, got.stderr)
		}
		var object map[string]any
		if err := json.Unmarshal([]byte(got.out), &object); err != nil {
			t.Fatalf("%v in %q", err, got.out)
		}
		return object
	}

	assumed := []any{"fetch assumed a page of http://app.example; --origin or --page names another page"}
	got := run(exitDone, "-H", "Host: x", plain.URL+"/redirect")
	want := map[string]any{
		"result": "response", "type": "cors", "status": 200.0, "statusText": "OK",
		"url": plain.URL + "/public", "redirected": true, "body": "hello",
		"headers":        []any{[]any{"content-length", "5"}, []any{"content-type", "application/json"}},
		"ignoredHeaders": []any{"Host"}, "notes": assumed,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("response (-want +got):\n%s", diff)
	}

	got = run(exitDone, plain.URL+"/binary")
	if body, err := base64.StdEncoding.DecodeString(got["bodyBase64"].(string)); err != nil || string(body) != "\xff\x00" {
		t.Errorf("bodyBase64 %q, %v", body, err)
	}

	got = run(exitDone, "--mode", "no-cors", plain.URL+"/none")
	want = map[string]any{
		"result": "response", "type": "opaque", "status": 0.0, "statusText": "", "url": "", "redirected": false,
		"body": "", "headers": []any{}, "notes": assumed,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("opaque response (-want +got):\n%s", diff)
	}

	if got := run(exitDone, "-X", "PUT", plain.URL+"/put"); got["preflight"] != "The browser sends a preflight first because its method is PUT." {
		t.Errorf("why a preflight: %v", got["preflight"])
	}

	got = run(exitFails, "-v", "-X", "PUT", plain.URL+"/deaf")
	steps := got["waterfall"].([]any)
	var kinds []string
	for _, s := range steps {
		kinds = append(kinds, s.(map[string]any)["step"].(string))
	}
	if diff := cmp.Diff([]string{"classified", "preflight-cache", "request", "response", "check"}, kinds); diff != "" {
		t.Errorf("waterfall (-want +got):\n%s", diff)
	}
	explanation := got["explanation"].(map[string]any)
	console := got["console"].(map[string]any)
	if explanation["by"] != "server" || explanation["summary"] == "" || console["chromium"] == "" {
		t.Errorf("explanation %v, console %v", explanation, console)
	}
	for _, key := range []string{"waterfall", "explanation", "console"} {
		delete(got, key)
	}
	want = map[string]any{
		"result": "error", "error": "TypeError", "message": "Failed to fetch", "reason": "preflight-invalid-status",
		"stage": "preflight", "section": "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0",
		"method": "PUT", "url": plain.URL + "/deaf", "hop": 0.0, "status": 404.0, "corsError": "PreflightInvalidStatus",
		"notes": assumed,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("refusal (-want +got):\n%s", diff)
	}

	if got := run(exitFails, plain.URL+"/short"); got["reason"] != "broken-body" {
		t.Errorf("body that ends early: %v", got["reason"])
	}
	usage := browsercors(t, "", "fetch", "--output", "json", "-o", filepath.Join(t.TempDir(), "no", "file"), plain.URL+"/none")
	if usage.code != exitUsage {
		t.Errorf("exit code %d for an output that can't be, want %d", usage.code, exitUsage)
	}
}
