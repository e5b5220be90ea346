package main

import (
	"encoding/pem"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"github.com/browsercors/browsercors/internal/curl"
)

// A recorder is a server that allows everything and keeps what it was sent.
type recorder struct {
	*httptest.Server
	mu   sync.Mutex
	seen []string // what was sent, preflights aside
}

// newRecorder starts a recorder that keeps the method, the target, the headers that
// are named, and the body, of which the parts are those of a form.
func newRecorder(t *testing.T, names ...string) *recorder {
	t.Helper()
	rec := new(recorder)
	rec.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Allow-Methods", "*")
		h.Set("Access-Control-Allow-Headers", "*, authorization")
		h.Set("Access-Control-Max-Age", "0")
		if r.Method == http.MethodOptions {
			return
		}
		sent := r.Method + " " + r.RequestURI
		for _, name := range names {
			value := r.Header.Get(name)
			if form, _, ok := strings.Cut(value, "; boundary="); ok {
				value = form
			}
			if value != "" {
				sent += "\n" + name + ": " + value
			}
		}
		if body := bodySent(r); body != "" {
			sent += "\n\n" + body
		}
		rec.mu.Lock()
		defer rec.mu.Unlock()
		rec.seen = append(rec.seen, sent)
	}))
	t.Cleanup(rec.Close)
	return rec
}

// bodySent is a request's body, or the parts of a form, a line each.
func bodySent(r *http.Request) string {
	kind, parameters, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		body, _ := io.ReadAll(r.Body)
		return string(body)
	}
	var parts []string
	for form := multipart.NewReader(r.Body, parameters["boundary"]); ; {
		part, err := form.NextRawPart()
		if err != nil {
			return strings.Join(parts, "\n")
		}
		content, _ := io.ReadAll(part)
		parts = append(parts, fmt.Sprintf("%s %s %q", part.Header.Get("Content-Disposition"), part.Header.Get("Content-Type"), content))
	}
}

// take is what was sent since the last time.
func (r *recorder) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	seen := r.seen
	r.seen = nil
	return seen
}

// TestCurlRequests holds what curl's flags have a page send. Where there is a curl,
// it has to send the same.
func TestCurlRequests(t *testing.T) {
	rec := newRecorder(t, "Content-Type", "Accept", "Range", "Authorization", "User-Agent")
	dir := t.TempDir()
	for name, content := range map[string]string{
		"data.txt": "x y\r\n&z\n", "headers": "X-A: 1\n\nAccept: a/b\r\n", "page.html": "<p>", "blob": "\xff\x00",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	const form = "Content-Type: application/x-www-form-urlencoded\nAccept: */*"
	curl, noCurl := exec.LookPath("curl")

	for _, test := range []struct {
		name  string
		args  []string // the URL's path last
		stdin string
		want  string
	}{
		{"a GET", []string{"/a"}, "", "GET /a\nAccept: */*"},
		{"-d", []string{"-d", "a=1", "-d", "b=2", "/"}, "", "POST /\n" + form + "\n\na=1&b=2"},
		{"-d of a file", []string{"-d", "@data.txt", "/"}, "", "POST /\n" + form + "\n\nx y&z"},
		{"-d of standard input", []string{"-d", "@-", "/"}, "a\nb", "POST /\n" + form + "\n\nab"},
		{"-d of nothing", []string{"-d", "", "/"}, "", "POST /\n" + form},
		{"--data-binary", []string{"--data-binary", "@data.txt", "/"}, "", "POST /\n" + form + "\n\nx y\r\n&z\n"},
		{"--data-ascii", []string{"--data-ascii", "@data.txt", "/"}, "", "POST /\n" + form + "\n\nx y&z"},
		{"--data-urlencode", []string{"--data-urlencode", "a b&=c", "--data-urlencode", "=x y", "--data-urlencode", "n=v w/~-._*é",
			"--data-urlencode", "@data.txt", "--data-urlencode", "f@data.txt", "/"}, "",
			"POST /\n" + form + "\n\na b&=c&x+y&n=v+w%2F~-._%2A%C3%A9&x+y%0D%0A%26z%0A&f=x+y%0D%0A%26z%0A"},
		{"--json", []string{"--json", `{"a":1}`, "/"}, "", "POST /\nContent-Type: application/json\nAccept: application/json\n\n" + `{"a":1}`},
		{"--json twice", []string{"--json", `[1,`, "--json", "2]", "-X", "PUT", "/"}, "", "PUT /\nContent-Type: application/json\nAccept: application/json\n\n[1,2]"},
		{"--json with headers", []string{"--json", "1", "-H", "Accept: a/b", "-H", "Content-Type: c/d", "/"}, "", "POST /\nContent-Type: c/d\nAccept: a/b\n\n1"},
		{"-G", []string{"-G", "-d", "a=1", "--data-urlencode", "b=2 3", "/a"}, "", "GET /a?a=1&b=2+3\nAccept: */*"},
		{"-G with a fragment", []string{"-G", "-d", "a=1", "/a#f"}, "", "GET /a?a=1\nAccept: */*"},
		{"-G with a method", []string{"-G", "-d", "a=1", "-X", "PUT", "/a"}, "", "PUT /a?a=1\nAccept: */*"},
		{"-G -I", []string{"-G", "-I", "-d", "a=1", "/a"}, "", "HEAD /a?a=1\nAccept: */*"},
		{"--url-query", []string{"--url-query", "a=b c", "--url-query", "+d=%20", "--url-query", "e f", "-d", "z", "/a"}, "",
			"POST /a?a=b+c&d=%20&e+f\n" + form + "\n\nz"},
		{"-I", []string{"-I", "/a"}, "", "HEAD /a\nAccept: */*"},
		{"-I with a method", []string{"-I", "-X", "GET", "/a"}, "", "GET /a\nAccept: */*"},
		{"-T", []string{"-T", "blob", "/a"}, "", "PUT /a\nAccept: */*\n\n\xff\x00"},
		{"-T into a directory", []string{"-T", "blob", "/up/"}, "", "PUT /up/blob\nAccept: */*\n\n\xff\x00"},
		{"-F", []string{"-F", "a=b c", "-F", "f=@page.html", "-F", "g=<data.txt", "-F", `h=@blob;type=a/b;charset=x;filename=x"y.z`,
			"-F", `i="q;\"r\"";type=text/x`, "--form-string", "j=@k;type=x", "-F", "l=@-", "/"}, "in",
			"POST /\nContent-Type: multipart/form-data\nAccept: */*\n\n" + strings.Join([]string{
				`form-data; name="a"  "b c"`,
				`form-data; name="f"; filename="page.html" text/html "<p>"`,
				`form-data; name="g"  "x y\r\n&z\n"`,
				`form-data; name="h"; filename="x%22y.z" a/b;charset=x "\xff\x00"`,
				`form-data; name="i" text/x "q;\"r\""`,
				`form-data; name="j"  "@k;type=x"`,
				`form-data; name="l"; filename="-"  "in"`,
			}, "\n")},
		{"-H of a file", []string{"-H", "@headers", "/"}, "", "GET /\nAccept: a/b"},
		{"-r", []string{"-r", "0-5", "/"}, "", "GET /\nAccept: */*\nRange: bytes=0-5"},
		{"--oauth2-bearer", []string{"--oauth2-bearer", "tok", "/"}, "", "GET /\nAccept: */*\nAuthorization: Bearer tok"},
		{"-A", []string{"-A", "agent/1", "/"}, "", "GET /\nAccept: */*\nUser-Agent: agent/1"},
		{"letters together", []string{"-sSLXPUT", "-da=1", "/"}, "", "PUT /\n" + form + "\n\na=1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			last := len(test.args) - 1
			args := append(slices.Clone(test.args[:last]), rec.URL+test.args[last])
			want := []string{test.want}
			without := func(seen []string) []string {
				if slices.Contains(test.args, "-A") {
					return seen
				}
				for i, s := range seen { // everybody has one
					before, after, _ := strings.Cut(s, "\nUser-Agent: ")
					_, after, more := strings.Cut(after, "\n")
					if seen[i] = before; more {
						seen[i] += "\n" + after
					}
				}
				return seen
			}
			for _, command := range [][]string{{"fetch"}, {"fetch", "curl"}} {
				got := browsercors(t, test.stdin, append(command, args...)...)
				if got.code != exitDone || got.stderr != "" {
					t.Errorf("exit code %d, stderr:\n%s", got.code, got.stderr)
				}
				if diff := cmp.Diff(want, without(rec.take())); diff != "" {
					t.Errorf("sent (-want +got):\n%s", diff)
				}
			}
			if noCurl != nil {
				t.Skip("there is no curl to compare with")
			}
			theirs := exec.CommandContext(t.Context(), curl, append([]string{"-s", "-o", "ignored"}, args...)...)
			theirs.Stdin = strings.NewReader(test.stdin)
			err := theirs.Run()
			if theirs.ProcessState.ExitCode() == 2 {
				t.Skip("this curl is too old: ", err)
			}
			if diff := cmp.Diff(want, without(rec.take())); diff != "" {
				t.Errorf("curl sends something else (-want +got), %v:\n%s", err, diff)
			}
		})
	}
}

// TestCurlPasted: lines of tickets run as they are.
func TestCurlPasted(t *testing.T) {
	rec := newRecorder(t)
	for _, line := range []string{
		"curl URL",
		"curl -sS -L --compressed --max-time 10 --connect-timeout 5 URL",
		"/usr/bin/curl -f -# --http1.1 -4 -n -N -g URL",
		"curl --fail --silent --show-error --location --http2 --retry 3 --retry-delay 1 --retry-max-time 9 URL",
		"curl --location-trusted --globoff --max-redirs 5 --tlsv1.2 -q --no-keepalive --no-progress-meter --url URL",
		"curl -i -XPOST -Hcontent-type:application/json --data-raw {} --compressed URL",
		"curl --request POST --header a:b --user-agent x --referer https://app.example/x --get --data c=d URL",
		"curl -sSfLo OUT URL", "curl -s -o OUT -D OUT2 -w %{http_code} URL", "curl -sO --output-dir DIR URL/name",
		"curl --output OUT URL", "curl -u a:b --basic -b c=d -k URL", "curl --no-location --no-compressed URL",
		"curl -m5 --limit-rate 1k --no-buffer --ipv4 --ssl-reqd --proto =https URL",
	} {
		t.Run(line, func(t *testing.T) {
			dir := t.TempDir()
			names := strings.NewReplacer("URL", rec.URL, "OUT", filepath.Join(dir, "out"), "DIR", dir)
			got := browsercors(t, "", append([]string{"fetch"}, strings.Fields(names.Replace(line))...)...)
			if got.code != exitDone || len(rec.take()) != 1 {
				t.Errorf("exit code %d, stderr:\n%s", got.code, got.stderr)
			}
		})
	}
}

// TestCurlIgnored: what has no meaning here is said with -v, and at once where the
// user misses something.
func TestCurlIgnored(t *testing.T) {
	rec := newRecorder(t)
	for _, test := range []struct {
		name, args string
		want       []string // notes about flags, in order
	}{
		{"nothing", "-i", nil},
		{"nothing to miss", "-s -L --compressed --retry 3", nil},
		{"with -v", "-v -sS -s -L", []string{"--silent is ignored: no progress is shown", "--show-error is ignored: errors are always shown",
			"--location is ignored: browsers follow redirects; see --redirect"}},
		{"something to miss", "-s -n -w %{http_code}", []string{"--netrc is ignored: browsers do not read .netrc; see --user", "--write-out is ignored: this output is not supported"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := browsercors(t, "", append(append([]string{"fetch"}, strings.Fields(test.args)...), rec.URL)...)
			var notes []string
			for line := range strings.Lines(got.stderr) {
				if note, ok := strings.CutPrefix(line, "browsercors: note: "); ok {
					notes = append(notes, strings.TrimSuffix(note, "\n"))
				}
			}
			if diff := cmp.Diff(test.want, notes); diff != "" || got.code != exitDone {
				t.Errorf("exit code %d, notes (-want +got):\n%s", got.code, diff)
			}
		})
	}
}

// TestCurlFlagsFit: each flag that is ignored is one that neither the help nor a
// flag of ours has.
func TestCurlFlagsFit(t *testing.T) {
	cmd := newFetchCommand(stdio{})
	seen := make(map[string]bool)
	for _, f := range curl.AllIgnored() {
		added := cmd.Flags().Lookup(f.Name)
		if curl.Ignores(added) != f || seen[f.Name] || !added.Hidden {
			t.Errorf("--%s is a flag of fetch's own, or stands twice", f.Name)
		}
		if f.Short != "" && added.Shorthand != f.Short {
			t.Errorf("-%s is another flag than --%s", f.Short, f.Name)
		}
		seen[f.Name] = true
	}
}

// TestCurlCommandsFit: a command line that was pasted is read as fetch reads it.
func TestCurlCommandsFit(t *testing.T) {
	own := []string{ // not of curl
		"origin", "page", "sandboxed", "profile", "mode", "credentials", "redirect", "cache", "referrer-policy", "xhr", "xhr-upload-listener",
		"format", "output-file", "color", "help", "scheme", "server", "cookie-jar-format", "public-suffix-list", "as", "protocol", "type", "crossorigin", "integrity", "coep", "csp", "csp-report-only", "integrity-policy", "integrity-policy-report-only", "connection-allowlist", "connection-allowlist-report-only", "address-space", "public-only",
	}
	newFetchCommand(stdio{}).Flags().VisitAll(func(f *pflag.Flag) {
		if slices.Contains(own, f.Name) {
			return
		}
		known := curl.Flag(f.Name)
		short := f.Shorthand
		if f.Name == "output" {
			short = "o" // --output-file has it
		}
		if known == nil || known.Shorthand != short || (known.NoOptDefVal == "") != (f.NoOptDefVal == "") {
			t.Errorf("--%s is known otherwise: %+v", f.Name, known)
		}
	})
}

// TestFetchConnection: the flags about connections lead where they say.
func TestFetchConnection(t *testing.T) {
	plain, secure := overBoth(t, api())
	plainHost := host(plain)
	_, port, _ := net.SplitHostPort(host(secure))
	proxied := ""
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proxied = r.URL.String() + " " + r.Header.Get("Proxy-Authorization")
		answer(200, "by proxy", allowAll)(w, r)
	}))
	t.Cleanup(proxy.Close)
	http2 := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { answer(200, r.Proto, allowAll)(w, r) }))
	http2.EnableHTTP2 = true
	http2.StartTLS()
	t.Cleanup(http2.Close)
	dir := t.TempDir()
	roots := filepath.Join(dir, "roots.pem")
	if err := os.WriteFile(roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	onSocket := &http.Server{Handler: answer(200, "by socket", allowAll)}
	go onSocket.Serve(listener)
	t.Cleanup(func() { onSocket.Close() })

	for _, test := range []struct {
		name    string
		args    string
		out     string
		proxied string
		code    int
		stderr  string // contained
	}{
		{name: "--cacert", args: "--cacert " + roots + " https://127.0.0.1:" + port + "/public", out: "hello"},
		{name: "--cacert that is none", args: "--cacert " + socket + " https://127.0.0.1:" + port + "/public", code: 2, stderr: "--cacert: "},
		{name: "--connect-to", args: "-k --connect-to api.test:443:127.0.0.1:" + port + " https://api.test/asked", out: "api.test https://app.example ;"},
		{name: "--connect-to any host", args: "-k --connect-to :443::" + port + " https://127.0.0.1/public", out: "hello"},
		{name: "--connect-to without a port", args: "--connect-to a:b:c https://api.test/", code: 2, stderr: `--connect-to: invalid value "a:b:c", want host:port:host:port`},
		{name: "-x", args: "-x " + proxy.URL + " --origin http://app.example http://api.test/", out: "by proxy", proxied: "http://api.test/ "},
		{name: "-x without a scheme", args: "-x " + host(proxy) + " -U a:b --origin http://app.example http://api.test/", out: "by proxy", proxied: "http://api.test/ Basic YTpi"},
		{name: "--noproxy", args: "-x " + proxy.URL + " --noproxy api.test,127.0.0.0/8 http://" + plainHost + "/public", out: "hello"},
		{name: "-x of no scheme", args: "-x gopher://a:secret@b http://api.test/", code: 2, stderr: `--proxy: unknown scheme "gopher" (http, https, socks5, socks5h)`},
		{name: "-x that is none", args: "-x http://a:secret@b:x http://api.test/", code: 2, stderr: "--proxy: invalid proxy, want a URL such as http://127.0.0.1:3128"},
		{name: "--proxy-user", args: "-U secret http://api.test/", code: 2, stderr: "--proxy-user: the value has no colon"},
		{name: "--unix-socket", args: "--unix-socket " + socket + " --origin http://app.example http://api.test/", out: "by socket"},
		{name: "-4", args: "-4 http://" + plainHost + "/public", out: "hello"},
		{name: "-6", args: "-6 http://" + plainHost + "/public", code: 1, stderr: "This is not a CORS error"},
		{name: "-4 -6", args: "-4 -6 http://" + plainHost + "/public", code: 2, stderr: "--ipv4 and --ipv6 exclude each other"},
		{name: "HTTP/2", args: "-k " + http2.URL, out: "HTTP/2.0"},
		{name: "--http1.1", args: "--http1.1 -k " + http2.URL, out: "HTTP/1.1"},
		{name: "--resolve to several", args: "-k --resolve +api.test:" + port + ":127.0.0.3,127.0.0.1 https://api.test:" + port + "/public", out: "hello"},
		{name: "--connect-timeout", args: "--connect-timeout -1 http://" + plainHost + "/public", code: 2, stderr: "--connect-timeout: invalid number of seconds -1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			proxied = ""
			got := browsercors(t, "", append([]string{"fetch"}, strings.Fields(test.args)...)...)
			if got.code != test.code || got.out != test.out || proxied != test.proxied {
				t.Errorf("exit code %d, stdout %q, proxied %q; want %d, %q, %q; stderr:\n%s", got.code, got.out, proxied, test.code, test.out, test.proxied, got.stderr)
			}
			contains(t, "stderr", got.stderr, test.stderr)
			if strings.Contains(got.stderr, "secret") {
				t.Errorf("a password is shown:\n%s", got.stderr)
			}
		})
	}
}
