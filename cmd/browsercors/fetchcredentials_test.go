package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// members is a server that knows its users: by cookies, passwords and
// certificates.
func members(t *testing.T) *httptest.Server {
	t.Helper()
	headers := func(h http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header()["Date"] = nil
			w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
			w.Header().Set("Access-Control-Allow-Credentials", "true")
			h(w, r)
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/me", headers(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "Cookie: %s\n", r.Header.Get("Cookie"))
	}))
	mux.HandleFunc("/login/form", headers(func(w http.ResponseWriter, r *http.Request) {
		for _, line := range []string{"session=1; Path=/; SameSite=None; Secure; HttpOnly", "here=1; SameSite=None; Secure; Max-Age=1000",
			"own=1; SameSite=None; Secure; Partitioned", "lax=1", "all=1; Domain=example.com", "__Host-a=1; SameSite=None; Secure", ""} {
			w.Header().Add("Set-Cookie", line)
		}
		fmt.Fprintf(w, "Cookie: %s\n", r.Header.Get("Cookie"))
	}))
	mux.HandleFunc("/set", headers(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", r.URL.RawQuery+"=1")
	}))
	mux.HandleFunc("/private", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Set-Cookie", "private=1; SameSite=None; Secure")
	})
	mux.HandleFunc("/basic", headers(func(w http.ResponseWriter, r *http.Request) {
		if name, password, _ := r.BasicAuth(); name != "ann" || password != "a:b" {
			w.Header().Set("WWW-Authenticate", `Basic realm="members"`)
			w.WriteHeader(http.StatusUnauthorized)
		}
		fmt.Fprintf(w, "Authorization: %s\n", r.Header.Get("Authorization"))
	}))
	mux.HandleFunc("/digest", headers(func(w http.ResponseWriter, r *http.Request) {
		scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if scheme != "Digest" {
			w.Header().Set("WWW-Authenticate", `Digest realm="members", nonce="n", qop="auth", algorithm=SHA-256`)
			w.WriteHeader(http.StatusUnauthorized)
		}
		fmt.Fprintf(w, "scheme %q\n", scheme)
	}))
	mux.HandleFunc("/tls", headers(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%d certificates\n", len(r.TLS.PeerCertificates))
	}))
	server := httptest.NewUnstartedServer(mux)
	server.Config.ErrorLog = discardLog()
	server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

// What -v says of cookies, from a login to what a page of another site is sent
// by whose rules.
func TestFetchCookiesVerbose(t *testing.T) {
	server := members(t)
	jar := filepath.Join(t.TempDir(), "jar.json")
	var all strings.Builder
	for _, args := range [][]string{
		{"-c", jar, "--credentials", "include", "-b", "a=1; b=\"2\"", server.URL + "/login/form"},
		{"-c", jar, "--credentials", "include", server.URL + "/login/form"},
		{"-c", jar, "--credentials", "include", "--profile", "chromium", server.URL + "/me"},
		{"-c", jar, "--credentials", "include", "--profile", "firefox", server.URL + "/me"},
		{"-c", jar, "-b", "c=1", server.URL + "/me"},
		{"-c", jar, "--page", server.URL, "/me"},
	} {
		args[len(args)-1] = server.URL + strings.TrimPrefix(args[len(args)-1], server.URL)
		got := browsercors(t, "", append([]string{"fetch", "-v", "-k"}, args...)...)
		fmt.Fprintf(&all, "$ browsercors fetch -v -k %s\n%s%s(%d)\n\n", strings.Join(args, " "), got.stderr, got.out, got.code)
	}
	golden(t, filepath.Join("testdata", "fetch-cookies.golden"), strings.NewReplacer(server.URL, "https://127.0.0.1", jar, "jar.json").Replace(all.String()))
}

// A cookie whose name is very long is refused in words that can be read.
func TestFetchCookieVeryLong(t *testing.T) {
	server := members(t)
	long := strings.Repeat("x", 5000)
	got := browsercors(t, "", "fetch", "-v", "-k", "--page", server.URL, "-b", strings.Repeat("y", 200)+"=1", server.URL+"/set?"+long)
	contains(t, "stderr", got.stderr, "\n* cookie "+long[:64]+"… is refused, too-long: name and value together must not exceed 4096 bytes\n")
	contains(t, "stderr", got.stderr, strings.Repeat("y", 64)+"… of 127.0.0.1/  sent\n")
}

// What JSON output says of cookies.
func TestFetchCookiesJSON(t *testing.T) {
	server := members(t)
	jar := filepath.Join(t.TempDir(), "jar.json")
	run := func(code int, args ...string) (steps []step, notes []string) {
		t.Helper()
		got := browsercors(t, "", append([]string{"fetch", "--output", "json", "-v", "-k", "--origin", "https://app.example", "-c", jar}, args...)...)
		if got.code != code || got.stderr != "" {
			t.Fatalf("exit code %d, stderr %q", got.code, got.stderr)
		}
		var report struct {
			Notes     []string
			Waterfall []json.RawMessage
		}
		if err := json.Unmarshal([]byte(got.out), &report); err != nil {
			t.Fatal(err)
		}
		for _, raw := range report.Waterfall {
			var s struct {
				Step    stepKind
				Reason  string
				Text    string
				Cookies []cookieStep
			}
			if err := json.Unmarshal(raw, &s); err != nil {
				t.Fatal(err)
			}
			if s.Step == stepCookies || s.Step == stepSetCookie {
				steps = append(steps, step{Kind: s.Step, Reason: s.Reason, Title: s.Text, Cookies: s.Cookies})
			}
		}
		for _, note := range report.Notes { // the server is on this machine
			if !localNote.MatchString("browsercors: note: " + note + "\n") {
				notes = append(notes, note)
			}
		}
		return steps, notes
	}
	steps, notes := run(exitDone, "--credentials", "include", "-b", "a=1", server.URL+"/login/form")
	want := []step{
		{Kind: stepCookies, Title: "cookies: 1 of 1 sent", Cookies: []cookieStep{{Name: "a", Host: "127.0.0.1", HostOnly: true, Path: "/", Sent: true}}},
		{Kind: stepSetCookie, Title: "cookie session is stored"},
		{Kind: stepSetCookie, Title: "cookie here is stored"},
		{Kind: stepSetCookie, Title: "cookie own is stored"},
		{Kind: stepSetCookie, Reason: "cross-site", Title: "cookie lax is refused, cross-site: a response to a cross-site request may set only SameSite=None cookies"},
		{Kind: stepSetCookie, Reason: "foreign-domain", Title: "cookie all is refused, foreign-domain: Domain must be the URL's host or a parent domain of it"},
		{Kind: stepSetCookie, Reason: "host-prefix", Title: "cookie __Host-a is refused, host-prefix: a name that starts with __Host- requires Secure, Path=/ and no Domain"},
		{Kind: stepSetCookie, Reason: "empty", Title: "cookie (no name) is refused, empty: a cookie needs a name or a value"},
	}
	if diff := cmp.Diff(want, steps, cmp.AllowUnexported(step{}, field{})); diff != "" || notes != nil {
		t.Errorf("%s\n%q", diff, notes)
	}
	steps, notes = run(exitDone, "-u", "a:b", server.URL+"/me")
	if len(steps) != 1 || len(steps[0].Cookies) != 4 || steps[0].Cookies[0].Reason != "credentials-omitted" || steps[0].Cookies[0].Rule == "" ||
		len(notes) != 1 || !strings.HasPrefix(notes[0], "-u: not sent, because of ") {
		t.Errorf("%+v, %q", steps, notes)
	}
	if err := os.WriteFile(jar, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, notes := run(exitFails, "--credentials", "include", server.URL+"/private"); len(notes) != 2 || !strings.Contains(notes[0], "breaks off") {
		t.Errorf("%q", notes)
	}
	if text, err := os.ReadFile(jar); err != nil || !strings.Contains(string(text), `"private"`) {
		t.Errorf("a response that the page may not read set no cookie: %s, %v", text, err)
	}
}

// Files of cookies: where they come from and go to.
func TestFetchCookieFiles(t *testing.T) {
	server := members(t)
	const line = "127.0.0.1\tFALSE\t/\tFALSE\t0\t"
	const foreign = `{"name":"a","value":"1","domain":"127.0.0.1","path":"/"`
	for _, test := range []struct {
		name   string
		file   string // what is in FILE before; "" for none
		args   string // FILE and URL are replaced
		stdin  string
		code   int
		out    string
		stderr []string
		after  []string // contained in FILE
		bad    string   // what FILE.bad has
	}{
		{name: "new", args: "-c FILE.txt -b a=1 URL/me", out: "Cookie: a=1\n", after: []string{"# Netscape HTTP Cookie File", "127.0.0.1\tFALSE\t/\tTRUE\t0\ta\t1\n"}},
		{name: "as JSON", args: "-c FILE.json -b a=1 URL/me", out: "Cookie: a=1\n", after: []string{`{"version": 1`, `"name":"a"`}},
		{name: "old", file: line + "a\t1\n", args: "-c FILE.txt -b b=2 URL/me", out: "Cookie: a=1; b=2\n", after: []string{"\ta\t1\n", "\tb\t2\n"}},
		{name: "read alone", file: line + "a\t1\n", args: "-b FILE.txt URL/me", out: "Cookie: a=1\n", after: []string{line + "a\t1\n"}},
		{name: "standard input", args: "-b - URL/me", stdin: line + "a\t1\n", out: "Cookie: a=1\n"},
		{name: "printed", args: "-c - -b a=1 URL/me", out: "Cookie: a=1\n# Netscape HTTP Cookie File\n# Host, below it too, path, https only, expiry, name, value. Written by browsercors.\n\n127.0.0.1\tFALSE\t/\tTRUE\t0\ta\t1\n"},
		{name: "several", args: "-b a=1;;_b=2;_ -b c=3 -b c URL/me", code: 2, stderr: []string{"-b: ", "open c: no such file"}},
		{name: "several cookies", args: "-b a=1;;_b=2;_ -b c=3;d URL/me", out: "Cookie: a=1; b=2; c=3; d\n"},
		{name: "none", args: "-b  URL/me", out: "Cookie: \n"},
		{name: "one bad line", file: line + "a\t1\nx\n", args: "-c FILE.txt URL/me", out: "Cookie: a=1\n",
			stderr: []string{"note: FILE.txt, line 2: 1 columns, want seven, separated by tabs", "note: the file was copied to FILE.txt.bad"}, after: []string{"\ta\t1\n"}, bad: line + "a\t1\nx\n"},
		{name: "truncated JSON", file: `{"version": 1, "cookies": [{"name":"a","value":"1","host":"127.0.0.1","hostOnly":true,"path":"/"}, {"na`, args: "-c FILE.json URL/me", out: "Cookie: a=1\n",
			stderr: []string{"note: FILE.json: the file breaks off after byte"}, after: []string{`"name":"a"`}, bad: `{"version": 1, "cookies": [{"name":"a","value":"1","host":"127.0.0.1","hostOnly":true,"path":"/"}, {"na`},
		{name: "not JSON", file: "hello", args: "-c FILE.json URL/me", out: "Cookie: \n", stderr: []string{"note: FILE.json: it is not JSON: byte 1"}, after: []string{`{"version": 1`}, bad: "hello"},
		{name: "bad line, read alone", file: "x\n" + line + "a\t1\n", args: "-b FILE.txt URL/me", out: "Cookie: a=1\n", stderr: []string{"note: FILE.txt, line 1: 1 columns"}, after: []string{"x\n" + line}},
		{name: "partitions", args: "-c FILE.txt --page https://app.example --credentials include URL/login/form", out: "Cookie: \n",
			stderr: []string{"note: FILE.txt lacks 1 cookie that cookies.txt can't hold, in a partition or with bytes that it does not have; --cookie-jar-format json keeps all"}, after: []string{"#HttpOnly_127.0.0.1\tFALSE\t/\tTRUE\t0\tsession\t1\n"}},
		{name: "saved, though it can't be read", args: "-c FILE.txt --page https://app.example --credentials include URL/private", code: 1, stderr: []string{"Access-Control-Allow-Origin"}, after: []string{"\tprivate\t1\n"}},
		{name: "Playwright", file: `{"cookies":[` + foreign + `,"expires":-1,"httpOnly":true,"secure":true,"sameSite":"Lax"}],"origins":[]}`, args: "-c FILE.json -b b=2 URL/me", out: "Cookie: a=1; b=2\n",
			stderr: []string{"note: FILE.json: the format playwright was recognised, and will be used to save"}, after: []string{`{"cookies": [`, `"sameSite":"Lax"`, `"name":"b"`, `"origins": []}`}},
		{name: "Playwright with local storage", file: `{"cookies":[` + foreign + `}],"origins":[{}]}`, args: "-c FILE.json URL/me", out: "Cookie: a=1\n", bad: `{"cookies":[` + foreign + `}],"origins":[{}]}`,
			stderr: []string{"note: FILE.json: the local storage of 1 origin is left out: only cookies are read", "note: the file was copied to FILE.json.bad"}, after: []string{`"origins": []}`}},
		{name: "EditThisCookie in a file of another name", file: `[{"domain":"127.0.0.1","expirationDate":4102444800.5,"hostOnly":true,"httpOnly":true,"name":"a","path":"/","sameSite":"unspecified","secure":false,"session":false,"storeId":"0","value":"1","id":1}]`,
			args: "-c FILE.txt URL/me", out: "Cookie: a=1\n", stderr: []string{"note: FILE.txt: the format editthiscookie was recognised"}, after: []string{`"storeId":"0"`, `"expirationDate":`}},
		{name: "read alone, as another program's", file: `[` + foreign + `,"expires":-1}]`, args: "-b FILE.json URL/me", out: "Cookie: a=1\n", stderr: []string{"note: FILE.json: the format puppeteer was recognised"}},
		{name: "saved for another program", args: "-c FILE.json --cookie-jar-format cookie-editor -b a=1 URL/me", out: "Cookie: a=1\n", after: []string{`"sameSite":"unspecified"`, `"hostOnly":true`}},
		{name: "converted", file: `[` + foreign + `,"expires":-1}]`, args: "-c FILE.json --cookie-jar-format json URL/me", out: "Cookie: a=1\n", stderr: []string{"puppeteer was recognised"}, after: []string{`{"version": 1`}},
		{name: "JSON on standard input", args: "-b - URL/me", stdin: ` [` + foreign + `}]`, out: "Cookie: a=1\n", stderr: []string{"note: standard input: the format puppeteer was recognised"}},
		{name: "blanks for tabs", file: strings.ReplaceAll(line, "\t", "   ") + "a   1\n", args: "-b FILE.txt URL/me", out: "Cookie: \n", stderr: []string{"note: FILE.txt, line 1: there are blanks where tabs should be"}},
		{name: "a fraction, and a session", file: "127.0.0.1\tFALSE\t/\tFALSE\t4102444800.608693\ta\t1\n127.0.0.1\tFALSE\t/\tFALSE\t-1\tb\t2\n", args: "-b FILE.txt URL/me", out: "Cookie: a=1; b=2\n"},
		{name: "a format that there is not", args: "-c FILE.json --cookie-jar-format yaml URL/me", code: 2, stderr: []string{`--cookie-jar-format: unknown value "yaml"`}},
		{name: "a directory", args: "-c DIR URL/me", code: 2, stderr: []string{"--cookie-jar: ", "is a directory"}},
		{name: "-b a directory", args: "-b DIR URL/me", code: 2, stderr: []string{"-b: ", "is a directory"}},
		{name: "no directory", args: "-c DIR/no/jar URL/me", code: 2, out: "Cookie: \n", stderr: []string{"--cookie-jar: credentials: saving cookies: ", "no such file"}},
		{name: "no directory, and no response", args: "-c DIR/no/jar --page https://app.example URL/private", code: 1, stderr: []string{"browsercors: --cookie-jar: credentials: saving"}},
		{name: "prefix", args: "-b __Http-a=1 URL/me", code: 2, stderr: []string{`-b: cookie "__Http-a=redacted": a name that starts with __Http- requires Secure and HttpOnly`}},
		{name: "control", args: "-b a=\x01 URL/me", code: 2, stderr: []string{`cookie "a=redacted": a cookie must not contain control characters`}},
		{name: "not http", args: "-b a=1 data:,x", code: 2, stderr: []string{`cookie "a=redacted": only http: and https:`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "jar")
			names := strings.NewReplacer("FILE", file, "URL", server.URL, "DIR", dir)
			ending := ".txt"
			if strings.Contains(test.args, ".json") {
				ending = ".json"
			}
			if test.file != "" {
				if err := os.WriteFile(file+ending, []byte(test.file), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			args := []string{"fetch", "-k", "--page", server.URL}
			for arg := range strings.SplitSeq(test.args, " ") {
				args = append(args, names.Replace(strings.ReplaceAll(arg, "_ ", " ")))
			}
			for i := range args {
				if strings.Contains(args[i], ";_") {
					args[i] = strings.ReplaceAll(args[i], "_", " ")
				}
			}
			got := browsercors(t, test.stdin, args...)
			if got.code != test.code || got.out != test.out {
				t.Errorf("exit code %d, stdout %q; stderr:\n%s", got.code, got.out, got.stderr)
			}
			for _, want := range test.stderr {
				contains(t, "stderr", got.stderr, names.Replace(want))
			}
			if test.stderr == nil && got.stderr != "" {
				t.Errorf("stderr:\n%s", got.stderr)
			}
			after, _ := os.ReadFile(file + ending)
			for _, want := range test.after {
				contains(t, "file", string(after), want)
			}
			if bad, _ := os.ReadFile(file + ending + ".bad"); string(bad) != test.bad {
				t.Errorf("kept: %q", bad)
			}
		})
	}
}

// What is kept of a damaged jar is its owner's alone.
func TestFetchBadJarIsPrivate(t *testing.T) {
	server := members(t)
	jar := filepath.Join(t.TempDir(), "jar.json")
	for name, mode := range map[string]os.FileMode{jar: 0o600, jar + ".bad": 0o644} {
		if err := os.WriteFile(name, []byte("{"), mode); err != nil {
			t.Fatal(err)
		}
	}
	browsercors(t, "", "fetch", "-k", "-c", jar, "--page", server.URL, server.URL+"/me")
	if info, err := os.Stat(jar + ".bad"); err != nil || info.Mode().Perm() != 0o600 && runtime.GOOS != "windows" {
		t.Errorf("%v, %v", info, err)
	}
}

// A server that demands a certificate is named, also if it hangs up without a
// word.
func TestFetchCertificateDemanded(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_ = conn.(*tls.Conn).NetConn().Close()
	}))
	server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert}
	server.Config.ErrorLog = discardLog()
	server.StartTLS()
	t.Cleanup(server.Close)
	got := browsercors(t, "", "fetch", "-k", "--page", server.URL, server.URL)
	if got.code != exitFails {
		t.Errorf("exit code %d", got.code)
	}
	contains(t, "stderr", strings.Join(strings.Fields(got.stderr), " "), "hangs up, perhaps for want of a TLS client certificate: there is none for this origin")
}

// A password is sent where credentials are, and answers no challenge to a page
// of another origin.
func TestFetchUser(t *testing.T) {
	server := members(t)
	for _, test := range []struct {
		name, args string
		code       int
		out        string
		stderr     string // contained
	}{
		{"own page", "-u ann:a:b --page URL URL/basic", 0, "Authorization: Basic YW5uOmE6Yg==\n", ""},
		{"wrong, noted", "-u ann:b --page URL URL/basic", 0, "Authorization: Basic YW5uOmI=\n", `note: -u: 401: the challenge for "Basic" in realm "members" is not answered: the server just refused the same answer`},
		{"wrong", "-v -u ann:b --page URL URL/basic", 0, "Authorization: Basic YW5uOmI=\n", `* 401: the challenge for "Basic" in realm "members" is not answered: `},
		{"own page, Digest", "-v -u ann:a:b --page URL URL/digest", 0, "scheme \"Digest\"\n", "* 401: the browser answers the challenge and sends the request again"},
		{"another's page", "-u ann:a:b URL/basic", 0, "Authorization: \n", "note: -u: not sent, because of credentials mode same-origin in a cross-origin request; see --credentials"},
		{"another's page, with credentials", "-u ann:a:b --credentials include URL/basic", 0, "Authorization: Basic YW5uOmE6Yg==\n", ""},
		{"another's page, Digest, noted", "-u ann:a:b --credentials include URL/digest", 0, "scheme \"Basic\"\n", "note: -u: 401: no challenge is answered: the user is not asked for a CORS request"},
		{"another's page, Digest", "-v -u ann:a:b --credentials include URL/digest", 0, "scheme \"Basic\"\n", "* 401: no challenge is answered: "},
		{"omit", "-u ann:a:b --credentials omit --page URL URL/basic", 0, "Authorization: \n", "note: -u: not sent, because of credentials mode omit; see --credentials"},
		{"no colon", "-u ann URL/basic", 2, "", `-u: the value has no colon, want name:password`},
		{"not http", "-u ann:b data:,x", 2, "", `-u: a password needs an http: or https: URL, not data:,x`},
	} {
		t.Run(test.name, func(t *testing.T) {
			args := []string{"fetch", "-k"}
			for arg := range strings.SplitSeq(test.args, " ") {
				args = append(args, strings.ReplaceAll(arg, "URL", server.URL))
			}
			got := browsercors(t, "", args...)
			if got.code != test.code || got.out != test.out {
				t.Errorf("exit code %d, stdout %q", got.code, got.out)
			}
			contains(t, "stderr", got.stderr, test.stderr)
			if test.stderr == "" && got.stderr != "" {
				t.Errorf("stderr:\n%s", got.stderr)
			}
		})
	}
}

// A certificate is presented with credentials, and refused without its key.
func TestFetchCertificate(t *testing.T) {
	server := members(t)
	dir := t.TempDir()
	write := func(name string, blocks ...*pem.Block) {
		t.Helper()
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for _, b := range blocks {
			if err := pem.Encode(f, b); err != nil {
				t.Fatal(err)
			}
		}
		if len(blocks) == 0 {
			_, _ = io.WriteString(f, "hello\n")
		}
	}
	pkcs8 := func(key any) *pem.Block {
		t.Helper()
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return &pem.Block{Type: "PRIVATE KEY", Bytes: der}
	}
	own := server.TLS.Certificates[0]
	certificate, key := &pem.Block{Type: "CERTIFICATE", Bytes: own.Certificate[0]}, pkcs8(own.PrivateKey)
	_, other, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	write("cert.pem", certificate)
	write("key.pem", key)
	write("both.pem", certificate, key)
	write("other.pem", pkcs8(other))
	write("none.pem")
	for _, test := range []struct {
		name, args string
		code       int
		out        string
		stderr     string // contained; DIR is replaced
	}{
		{"two files", "--cert DIR/cert.pem --key DIR/key.pem --page URL URL/tls", 0, "1 certificates\n", ""},
		{"one file", "--cert DIR/both.pem --page URL URL/tls", 0, "1 certificates\n", ""},
		{"none", "--page URL URL/tls", 0, "0 certificates\n", ""},
		{"another's page", "--cert DIR/both.pem URL/tls", 0, "0 certificates\n", "note: --cert: not sent, because of "},
		{"another's page, with credentials", "--cert DIR/both.pem --credentials include URL/tls", 0, "1 certificates\n", ""},
		{"no key", "--cert DIR/cert.pem URL/tls", 2, "", `"DIR/cert.pem": the file has no private key`},
		{"no certificate", "--key DIR/key.pem URL/tls", 2, "", `"DIR/key.pem": a key without its certificate`},
		{"another's key", "--cert DIR/cert.pem --key DIR/other.pem URL/tls", 2, "", `"DIR/cert.pem": with the private key in "DIR/other.pem": `},
		{"not PEM", "--cert DIR/none.pem URL/tls", 2, "", `"DIR/none.pem": the file has no CERTIFICATE block`},
		{"not https", "--cert DIR/both.pem http://127.0.0.1/", 2, "", `--cert "DIR/both.pem": a client certificate needs an https: `},
		{"no file", "--cert DIR/no.pem URL/tls", 2, "", "no such file"},
		{"password", "--cert DIR/both.pem:secret URL/tls", 2, "", `--cert "DIR/both.pem:...": a password after the file's name is not supported`},
	} {
		t.Run(test.name, func(t *testing.T) {
			names := strings.NewReplacer("URL", server.URL, "DIR", dir)
			args := []string{"fetch", "-k"}
			for arg := range strings.SplitSeq(test.args, " ") {
				args = append(args, names.Replace(arg))
			}
			got := browsercors(t, "", args...)
			if got.code != test.code || got.out != test.out {
				t.Errorf("exit code %d, stdout %q", got.code, got.out)
			}
			contains(t, "stderr", got.stderr, names.Replace(test.stderr))
			if test.stderr == "" && got.stderr != "" {
				t.Errorf("stderr:\n%s", got.stderr)
			}
		})
	}
}
