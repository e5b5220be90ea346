package credentials_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

type (
	fileOptions = credentials.CookieFileOptions
	fileReport  = credentials.CookieFileReport
)

// saved is a jar as it is saved.
func saved(t testing.TB, j *credentials.CookieJar, o *fileOptions) (string, fileReport) {
	t.Helper()
	var b strings.Builder
	report, err := j.Save(&b, o)
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), report
}

// loaded is a jar with what was saved, all of which is right.
func loaded(t testing.TB, rules rules.Cookies, text string, o *fileOptions) (*credentials.CookieJar, fileReport) {
	t.Helper()
	j := jarWith(rules)
	report, err := j.Load(strings.NewReader(text), o)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return j, report
}

// sameCookies compares what two jars hold.
func sameCookies(a, b *credentials.CookieJar) string {
	return cmp.Diff(a.All(), b.All(), cmp.Comparer(func(a, b origin.PartitionKey) bool { return a == b }))
}

// manyCookies is a jar with cookies of every kind.
func manyCookies(t testing.TB) *credentials.CookieJar {
	t.Helper()
	j := jarWith(rules.Cookies{})
	set(t, j, near(t, "https://www.shop.example/docs/x"),
		"a=1", "b=\xc3\xbc; Domain=shop.example; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=60",
		"__Host-c=\"<&>\"; Secure; Path=/; SameSite=Lax", "=nameless", "\xff=\xfe; Path=/\xfd; Max-Age=1", "tab=1\t2", "e=")
	set(t, j, near(t, "http://[::1]:8080/"), "a=six")
	set(t, j, near(t, "http://127.0.0.1/"), "a=four; Max-Age=99999999")
	set(t, j, far(t, "https://shop.example/", "https://a.example/"), "p=1; SameSite=None; Secure; Partitioned; Max-Age=60")
	later := near(t, "https://www.shop.example/docs/y")
	later.Now = now.Add(-time.Second)
	j.Cookie(later)
	return j
}

// What is saved as JSON and loaded is the same, to the order in which cookies
// are sent and dropped.
func TestSaveJSON(t *testing.T) {
	j := manyCookies(t)
	text, report := saved(t, j, nil)
	if diff := cmp.Diff(fileReport{Cookies: 10}, report); diff != "" {
		t.Error(diff)
	}
	again, report := loaded(t, rules.Cookies{}, text, nil)
	if diff := cmp.Diff(fileReport{Cookies: 10}, report); diff != "" {
		t.Error(diff)
	}
	if diff := sameCookies(j, again); diff != "" {
		t.Error(diff)
	}
	for _, r := range []*credentials.CookieRequest{near(t, "https://www.shop.example/docs/x"), near(t, "http://[::1]/"), far(t, "https://shop.example/", "https://a.example/")} {
		if got, want := again.Cookie(r), j.Cookie(r); got != want || got == "" {
			t.Errorf("%s: %q, want %q", r.URL, got, want)
		}
	}
	if twice, _ := saved(t, again, nil); strings.Count(twice, "\n") != strings.Count(text, "\n") {
		t.Errorf("%s\nand\n%s", text, twice)
	}
}

// The format is a promise.
func TestJSONFormat(t *testing.T) {
	j := jarWith(rules.Cookies{})
	set(t, j, far(t, "https://www.shop.example/x/y", "https://a.example/"), "__Secure-p=1; Domain=shop.example; SameSite=None; Secure; HttpOnly; Partitioned; Max-Age=60", "b=\xff; SameSite=None; Secure")
	const want = `{"version": 1, "cookies": [
{"name":"__Secure-p","value":"1","host":"shop.example","hostOnly":false,"path":"/x","secure":true,"httpOnly":true,"sameSite":"none","partitioned":true,"partition":{"site":"https://a.example","crossSiteAncestor":true},"creation":"2026-01-02T03:04:05Z","lastAccess":"2026-01-02T03:04:05Z","used":1,"expires":"2026-01-02T03:05:05Z"},
{"name":"b","valueBase64":"/w==","host":"www.shop.example","hostOnly":true,"path":"/x","secure":true,"httpOnly":false,"sameSite":"none","creation":"2026-01-02T03:04:05Z","lastAccess":"2026-01-02T03:04:05Z","used":2}
]}
`
	got, _ := saved(t, j, nil)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	empty, _ := saved(t, jarWith(rules.Cookies{}), nil)
	if _, report := loaded(t, rules.Cookies{}, empty, nil); report != (fileReport{}) {
		t.Errorf("%+v", report)
	}
}

// cookies.txt, and what it can't hold.
func TestSaveCookiesTxt(t *testing.T) {
	j := manyCookies(t)
	text, report := saved(t, j, &fileOptions{Format: "cookies.txt"})
	want := `# Netscape HTTP Cookie File
# Host, below it too, path, https only, expiry, name, value. Written by browsercors.

www.shop.example	FALSE	/docs	FALSE	0	a	1
#HttpOnly_.shop.example	TRUE	/	TRUE	1767323105	b	` + "\xc3\xbc" + `
www.shop.example	FALSE	/	TRUE	0	__Host-c	"<&>"
www.shop.example	FALSE	/docs	FALSE	0		nameless
www.shop.example	FALSE	/` + "\xfd\tFALSE\t1767323046\t\xff\t\xfe" + `
www.shop.example	FALSE	/docs	FALSE	0	e	
::1	FALSE	/	FALSE	0	a	six
127.0.0.1	FALSE	/	FALSE	1801883045	a	four
`
	if diff := cmp.Diff(want, text); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(fileReport{Cookies: 8, Partitioned: 1, Unwritable: 1, Weakened: 2}, report); diff != "" {
		t.Error(diff)
	}
	again, report := loaded(t, rules.Cookies{}, text, &fileOptions{Format: "cookies.txt"})
	if diff := cmp.Diff(fileReport{Cookies: 8}, report); diff != "" {
		t.Error(diff)
	}
	kept := slices.DeleteFunc(j.All(), func(c credentials.Cookie) bool { return c.Partitioned || c.Name == "tab" })
	slices.SortFunc(kept, func(a, b credentials.Cookie) int { return strings.Compare(a.Host+a.Name, b.Host+b.Name) })
	got := again.All()
	slices.SortFunc(got, func(a, b credentials.Cookie) int { return strings.Compare(a.Host+a.Name, b.Host+b.Name) })
	for i := range kept {
		kept[i].SameSite, kept[i].LastAccess = "unset", now
	}
	if diff := cmp.Diff(kept, got, cmp.Comparer(func(a, b origin.PartitionKey) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	if got, want := again.Cookie(near(t, "https://www.shop.example/docs/x")), "a=1; nameless; e=; b=\xc3\xbc; __Host-c=\"<&>\""; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// A file as the documentation of curl has it, and as curl 7.88 and yt-dlp write
// them.
//
// https://curl.se/docs/http-cookies.html
func TestLoadCookiesTxt(t *testing.T) {
	tests := []struct {
		name, text, want string // what https://www.shop.example/docs/x is sent
		report           fileReport
	}{
		{"curl", "# Netscape HTTP Cookie File\n# https://curl.se/docs/http-cookies.html\n# This file was generated by libcurl! Edit at your own risk.\n\n" +
			"#HttpOnly_.shop.example\tTRUE\t/\tTRUE\t1800000000\tid\tabc\nwww.shop.example\tFALSE\t/docs\tFALSE\t0\tsession\t1\n",
			"session=1; id=abc", fileReport{Cookies: 2}},
		{"yt-dlp", "# Netscape HTTP Cookie File\n# This file is generated by yt-dlp.  Do not edit.\n\n.shop.example\tTRUE\t/\tFALSE\t0\ta\t1\n.shop.example\tTRUE\t/\tFALSE\t\tb\t2\n.shop.example\tTRUE\t/\tFALSE\t\t\tbare\n",
			"a=1; b=2; bare", fileReport{Cookies: 3}},
		{"Windows", "\ufeff# Netscape HTTP Cookie File\r\nwww.shop.example\tFALSE\t/\tFALSE\t0\ta\t1\r\n\r\n", "a=1", fileReport{Cookies: 1}},
		{"no header, no end", "www.shop.example\tFALSE\t/\tFALSE\t0\ta\t1", "a=1", fileReport{Cookies: 1}},
		{"value left away", "www.shop.example\tFALSE\t/\tFALSE\t0\ta\n", "a=", fileReport{Cookies: 1}},
		{"small letters", "shop.example\ttrue\t/\tfalse\t0\ta\t1\n", "a=1", fileReport{Cookies: 1}},
		{"dot and one host", ".www.shop.example\tFALSE\t/\tFALSE\t0\ta\t1\n", "a=1", fileReport{Cookies: 1}},
		{"capitals", "WWW.Shop.Example\tFALSE\t/\tFALSE\t0\ta\t1\n", "a=1", fileReport{Cookies: 1}},
		{"expired", "www.shop.example\tFALSE\t/\tFALSE\t1\ta\t1\nwww.shop.example\tFALSE\t/\tFALSE\t1767323045\tb\t1\n", "", fileReport{Expired: 2}},
		{"never expires", "www.shop.example\tFALSE\t/\tFALSE\t99999999999999999999\ta\t1\n", "a=1", fileReport{Cookies: 1}},
		{"with a fraction", "www.shop.example\tFALSE\t/\tFALSE\t4102444800.608693\ta\t1\n", "a=1", fileReport{Cookies: 1}},
		{"expired, with a fraction", "www.shop.example\tFALSE\t/\tFALSE\t1767323044.9\ta\t1\n", "", fileReport{Expired: 1}},
		{"negative", "www.shop.example\tFALSE\t/\tFALSE\t-1\ta\t1\n", "a=1", fileReport{Cookies: 1}},
		{"comments", "#\twww.shop.example\tFALSE\t/\tFALSE\t0\ta\t1\n# www.shop.example\tFALSE\t/\tFALSE\t0\ta\t1\n   \n\t\n", "", fileReport{}},
		{"twice", "www.shop.example\tFALSE\t/\tFALSE\t0\ta\t1\nwww.shop.example\tFALSE\t/\tFALSE\t0\ta\t2\n", "a=2", fileReport{Cookies: 1, Dropped: 1}},
		{"nothing", "", "", fileReport{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			j, report := loaded(t, rules.Cookies{}, tt.text, &fileOptions{Format: "cookies.txt"})
			if diff := cmp.Diff(tt.report, report); diff != "" {
				t.Error(diff)
			}
			if got := j.Cookie(near(t, "https://www.shop.example/docs/x")); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
			for _, c := range j.All() {
				if c.Expiry.After(now.Add(400 * 24 * time.Hour)) {
					t.Errorf("it expires at %v", c.Expiry)
				}
			}
		})
	}
}

// What is wrong is refused with where and why, and the rest kept.
func TestLoadRefusals(t *testing.T) {
	const good = "www.shop.example\tFALSE\t/\tFALSE\t0\tgood\t1\n"
	line := func(columns ...string) string { return good + strings.Join(columns, "\t") + "\n" }
	object := func(more string) string {
		return `{"version": 1, "cookies": [{"name":"good","value":"1","host":"www.shop.example","hostOnly":true,"path":"/"}, {"name":"a",` + more + `}]}`
	}
	const rest = `"value":"1","host":"www.shop.example","hostOnly":true,"path":"/"`
	tests := []struct {
		name, text string
		format     string
		rules      rules.Cookies
		refusal    credentials.CookieRefusal
		want       string
		none       bool // not even the good one is there
	}{
		{name: "columns", text: good + "www.shop.example TRUE / FALSE 0 a 1\n", want: `line 2: there are blanks where tabs should be`},
		{name: "eight columns", text: line("www.shop.example", "FALSE", "/", "FALSE", "0", "a", "1", "2"), want: "line 2: 8 columns"},
		{name: "cut off", text: good + "www.shop.example\tFALSE\t/\tFALSE\t0\ta", want: "line 2: 6 columns"},
		{name: "not cookies", text: "<!DOCTYPE html>\n" + good, want: "line 1: 1 columns"},
		{name: "JSON", text: object(rest), want: "it begins as JSON does, and not as cookies.txt", none: true},
		{name: "JSON of others", text: "[\n  {\n" + good, want: "it begins as JSON does, and not as cookies.txt", none: true},
		{name: "second column", text: line("www.shop.example", "yes", "/", "FALSE", "0", "a", "1"), want: `line 2 "a": "yes" is not TRUE or FALSE`},
		{name: "fourth column", text: line("www.shop.example", "TRUE", "/", "0", "0", "a", "1"), want: `line 2 "a": "0" is not TRUE or FALSE`},
		{name: "expiry", text: line("www.shop.example", "FALSE", "/", "FALSE", "1.5e9", "a", "1"), want: `expiry "1.5e9" is not a number of seconds`},
		{name: "expiry with a unit", text: line("www.shop.example", "FALSE", "/", "FALSE", "60s", "a", "1"), want: `expiry "60s" is not a number`},
		{name: "expiry of two numbers", text: line("www.shop.example", "FALSE", "/", "FALSE", "1.2.3", "a", "1"), want: `expiry "1.2.3" is not a number`},
		{name: "host", text: line("a b", "FALSE", "/", "FALSE", "0", "a", "1"), want: `host "a b"`},
		{name: "no host", text: line("", "FALSE", "/", "FALSE", "0", "a", "1"), want: `host ""`},
		{name: "path", text: line("www.shop.example", "FALSE", "x", "FALSE", "0", "a", "1"), want: `path "x": a path begins with /`},
		{name: "path with a control", text: line("www.shop.example", "FALSE", "/\x01", "FALSE", "0", "a", "1"), refusal: "control-character", want: `path "/\x01": a cookie must not contain control characters`},
		{name: "public suffix", text: line(".co.uk", "TRUE", "/", "FALSE", "0", "a", "1"), refusal: "public-suffix", want: `line 2 "a": host "co.uk": a cookie must not be for all hosts of a public suffix`},
		{name: "public suffix's own", text: line("github.io", "FALSE", "/", "FALSE", "0", "a", "1"), rules: rules.Cookies{SuffixBarred: true}, refusal: "public-suffix", want: `"github.io"`},
		{name: "control", text: line("www.shop.example", "FALSE", "/", "FALSE", "0", "a", "1\x00"), refusal: "control-character", want: `value "1\x00"`},
		{name: "separator", text: line("www.shop.example", "FALSE", "/", "FALSE", "0", "a", "1; Secure"), want: `no Set-Cookie header could have set them`},
		{name: "separator in the name", text: line("www.shop.example", "FALSE", "/", "FALSE", "0", "a=b", "1"), want: `name "a=b"`},
		{name: "blank", text: line("www.shop.example", "FALSE", "/", "FALSE", "0", "a", " 1"), want: `value " 1"`},
		{name: "neither name nor value", text: line("www.shop.example", "FALSE", "/", "FALSE", "0", "", ""), refusal: "empty", want: "a name or a value"},
		{name: "too long", text: line("www.shop.example", "FALSE", "/", "FALSE", "0", "a", strings.Repeat("x", 5000)), refusal: "too-long", want: `line 2 "a": 5001 bytes: name and value together must not exceed 4096 bytes`},
		{name: "much too long", text: strings.Repeat("x", 2<<20) + "\n" + good, want: "line 1: the line is longer"},
		{name: "prefix", text: line("www.shop.example", "FALSE", "/x", "TRUE", "0", "__Host-a", "1"), refusal: "host-prefix", want: `"__Host-a": a name that starts with __Host- requires`},
		{name: "nameless, to who has none", text: line("www.shop.example", "FALSE", "/", "FALSE", "0", "", "1"), rules: rules.Cookies{BareIsName: true}, refusal: "empty", want: "line 2"},

		{name: "JSON: not", text: good, format: "json", want: "it is not JSON: byte 1", none: true},
		{name: "JSON: nothing", text: "", format: "json", want: "the file breaks off after byte 0", none: true},
		{name: "JSON: no object", text: `[]`, format: "json", want: "[ at byte 1 where { should be", none: true},
		{name: "JSON: cut off", text: object(rest)[:110], format: "json", want: "the file breaks off after byte 108"},
		{name: "JSON: cut off before the end", text: strings.TrimSuffix(object(rest), "]}"), format: "json", want: "the file breaks off after"},
		{name: "JSON: broken", text: strings.Replace(object(rest), `"path":"/"}]}`, `"path":/}]}`, 1), format: "json", want: "it is not JSON: byte"},
		{name: "JSON: more", text: object(rest) + "{}", format: "json", want: "there is more after the end"},
		{name: "JSON: no version", text: strings.Replace(object(rest), `"version": 1, `, "", 1), format: "json", want: `there is no "version"`, none: true},
		{name: "JSON: later version", text: strings.Replace(object(rest), `1`, "2", 1), format: "json", want: `unknown version 2, want 1`, none: true},
		{name: "JSON: version a word", text: strings.Replace(object(rest), `1`, `"1"`, 1), format: "json", want: `"version" is a string, and no whole number`, none: true},
		{name: "JSON: cookies no list", text: `{"version": 1, "cookies": {}}`, format: "json", want: `{ at byte 27 where [ should be`, none: true},
		{name: "JSON: unknown key", text: strings.Replace(object(rest), `"version"`, `"Version": 3, "version"`, 1), format: "json", want: `unknown key "Version"`},
		{name: "JSON: unknown keys", text: object(rest + `,"samesite":"lax","Secure":true`), format: "json", want: `cookie 2: it has unknown keys: "Secure", "samesite"`},
		{name: "JSON: unknown key of the partition", text: object(rest + `,"partition":{"site":"https://a.example","key":"x"}`), format: "json", want: `its partition has unknown keys: "key"`},
		{name: "JSON: no cookie", text: strings.Replace(object(rest), `"cookies": [`, `"cookies": [1, null, `, 1), format: "json", want: `cookie 1: it is not an object`},
		{name: "JSON: wrong type", text: object(rest + `,"secure":"yes"`), format: "json", want: `cookie 2 "a": secure is a string, and not of type bool`},
		{name: "JSON: wrong time", text: object(rest + `,"expires":"tomorrow"`), format: "json", want: `"tomorrow"`},
		{name: "JSON: wrong base64", text: object(`"valueBase64":"?","host":"www.shop.example","hostOnly":true,"path":"/"`), format: "json", want: `its base64 is malformed`},
		{name: "JSON: twice", text: object(rest + `,"valueBase64":"MQ=="`), format: "json", want: `it has both value and valueBase64`},
		{name: "JSON: no host", text: object(`"value":"1","hostOnly":true,"path":"/"`), format: "json", want: `it needs host, hostOnly and path`},
		{name: "JSON: host that is none", text: object(`"value":"1","host":"WWW.shop.example","hostOnly":true,"path":"/"`), format: "json", refusal: "invalid-domain", want: `host "WWW.shop.example"`},
		{name: "JSON: SameSite", text: object(rest + `,"sameSite":"Lax"`), format: "json", want: `unknown sameSite "Lax", want unset, none, lax or strict`},
		{name: "JSON: SameSite=None", text: object(rest + `,"sameSite":"none"`), format: "json", refusal: "none-without-secure", want: `SameSite=None requires Secure`},
		{name: "JSON: Partitioned", text: object(rest + `,"secure":true,"partitioned":true`), format: "json", want: `it is Partitioned, and in no partition`},
		{name: "JSON: no site", text: object(rest + `,"secure":true,"partitioned":true,"partition":{"site":"https://www.a.co.uk"}`), format: "json", want: `partition.site "https://www.a.co.uk" is not a site`},
		{name: "JSON: null site", text: object(rest + `,"partition":{"site":"null"}`), format: "json", want: `partition.site "null" is not a site`},
		{name: "JSON: not UTF-8", text: object("\"value\":\"\xff\"," + `"host":"www.shop.example","hostOnly":true,"path":"/"`), format: "json", want: `cookie 2: it is not UTF-8`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			j := jarWith(tt.rules)
			if tt.format == "" {
				tt.format = "cookies.txt"
			}
			report, err := j.Load(strings.NewReader(tt.text), &fileOptions{Format: tt.format})
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "credentials: cookies") {
				t.Errorf("%v, want %q", err, tt.want)
			}
			var wrong *credentials.CookieFileError
			if !errors.As(err, &wrong) || wrong.Refusal != tt.refusal {
				t.Errorf("%#v", err)
			}
			if atOne := wrong != nil && wrong.Line+wrong.Cookie > 0; atOne != (report.Refused > 0) {
				t.Errorf("%+v, %v", report, err)
			}
			if got := strings.Contains(j.Cookie(near(t, "https://www.shop.example/")), "good=1"); got == tt.none {
				t.Errorf("the good one is there: %v", got)
			}
		})
	}
}

// What a program stores that no header could have said forges no line.
func TestSaveForgedLine(t *testing.T) {
	j := jarWith(rules.Cookies{})
	forged := "1\nbank.example\tFALSE\t/\tFALSE\t0\tid\t7"
	for _, c := range []credentials.SetCookie{{Name: "a", Value: forged}, {Name: forged, Value: "1"}, {Name: "b", Value: "1\r"}, {Name: "c", Path: "/\n"}, {Name: "good"}} {
		j.Store(near(t, shop), &c)
	}
	var text strings.Builder
	report, err := j.Save(&text, &fileOptions{Format: "cookies.txt"})
	if err != nil || report != (fileReport{Cookies: 1, Unwritable: 4}) || strings.Contains(text.String(), "bank") {
		t.Errorf("%+v, %v:\n%s", report, err, text.String())
	}
}

// Of ten thousand wrong lines a hundred are named, and the rest counted.
func TestLoadManyErrors(t *testing.T) {
	j := jarWith(rules.Cookies{})
	report, err := j.Load(strings.NewReader(strings.Repeat("x\n", 10_000)+"www.shop.example\tFALSE\t/\tFALSE\t0\ta\t1\n"), &fileOptions{Format: "cookies.txt"})
	if report != (fileReport{Cookies: 1, Refused: 10_000}) || strings.Count(err.Error(), "\n") != 100 || !strings.HasSuffix(err.Error(), ": 9900 more are wrong") {
		t.Errorf("%+v, %v", report, err)
	}
}

// A reader that fails is no end of the file.
func TestLoadReadError(t *testing.T) {
	for _, format := range []string{"json", "cookies.txt"} {
		for _, text := range []string{"www.shop.example\tFALSE\t/\tFALSE\t0\ta\t1\n", `{"version": 1, `} {
			broken := errors.New("the disk is broken")
			_, err := jarWith(rules.Cookies{}).Load(io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)), &fileOptions{Format: format})
			if text[0] == 'w' == (format == "cookies.txt") && !errors.Is(err, broken) {
				t.Errorf("%v", err)
			}
		}
	}
	for _, format := range []string{"json", "cookies.txt"} {
		if _, err := manyCookies(t).Save(failingWriter{}, &fileOptions{Format: format}); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("%v", err)
		}
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

// Sessions end when they are dropped.
func TestDropSessions(t *testing.T) {
	j := jarWith(rules.Cookies{})
	set(t, j, near(t, shop), "a=1", "b=1; Max-Age=60", "c=1; Max-Age=1")
	all, _ := saved(t, j, nil)
	text, report := saved(t, j, &fileOptions{DropSessions: true})
	if _, again := loaded(t, rules.Cookies{}, text, nil); report != (fileReport{Cookies: 2, Sessions: 1}) || again.Cookies != 2 {
		t.Errorf("%+v, %+v", report, again)
	}
	if _, report := loaded(t, rules.Cookies{}, all, &fileOptions{DropSessions: true}); report != (fileReport{Cookies: 2, Sessions: 1}) {
		t.Errorf("%+v", report)
	}
}

// A file fills a jar up to its limits, and what was used last stays.
func TestLoadLimits(t *testing.T) {
	j := jarWith(rules.Cookies{PerHost: -1})
	r := near(t, "https://www.shop.example/")
	set(t, j, r, numbered("a", 0, 20, "; Path=/x")...)
	set(t, j, r, "last=1; Path=/y")
	x := near(t, "https://www.shop.example/x")
	j.Cookie(x)
	text, _ := saved(t, j, nil)
	for name, tt := range map[string]struct {
		rules rules.Cookies
		want  string
	}{
		"a host": {rules.Cookies{PerHost: 3}, "a17=1; a18=1; a19=1"},
		"in all": {rules.Cookies{Total: 2}, "a18=1; a19=1"},
	} {
		again, report := loaded(t, tt.rules, text, nil)
		if got := again.Cookie(x); got != tt.want || report.Cookies+report.Dropped != 21 || again.Len() != report.Cookies {
			t.Errorf("%s: %q, %+v", name, got, report)
		}
	}
}

// What is loaded into a jar stands among what is there, by age, takes the place
// of the same cookie, and is as if it had been set.
func TestLoadInto(t *testing.T) {
	j := jarWith(rules.Cookies{})
	r := near(t, shop)
	set(t, j, r, "b=old")
	r.Now = now.Add(-time.Hour)
	set(t, j, r, "a=1")
	text, _ := saved(t, j, nil)
	j = jarWith(rules.Cookies{})
	r.Now = now.Add(-time.Minute)
	set(t, j, r, "b=new", "c=1; Max-Age=1")
	r.Now = now.Add(-time.Second)
	set(t, j, r, "d=1")
	if report, err := j.Load(strings.NewReader(text), nil); err != nil || report.Cookies != 2 {
		t.Fatal(report, err)
	}
	r.Now = time.Time{}
	if got := j.Cookie(r); got != "d=1; b=old; a=1" {
		t.Error(got)
	}
	set(t, j, r, "a=2", "e=1")
	if got := j.Cookie(r); got != "d=1; b=old; a=2; e=1" {
		t.Error(got)
	}
}

// The future does not make a cookie younger, nor live longer.
func TestLoadFuture(t *testing.T) {
	j, _ := loaded(t, rules.Cookies{}, `{"version": 1, "cookies": [{"name":"a","host":"shop.example","hostOnly":true,"path":"/",
		"creation":"2030-01-01T00:00:00Z","lastAccess":"2030-01-01T00:00:00Z","expires":"9999-12-31T23:59:59Z"}]}`, nil)
	want := credentials.Cookie{Name: "a", Host: "shop.example", HostOnly: true, Path: "/", SameSite: "unset", Creation: now, LastAccess: now, Expiry: now.Add(400 * 24 * time.Hour)}
	if diff := cmp.Diff([]credentials.Cookie{want}, j.All(), cmp.Comparer(func(a, b origin.PartitionKey) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
}

// A third party's cookies are loaded, whatever third parties may set.
func TestLoadThirdParty(t *testing.T) {
	j := jarWith(rules.Cookies{})
	set(t, j, far(t, shop, other), "a=1; SameSite=None; Secure", "p=1; SameSite=None; Secure; Partitioned")
	text, _ := saved(t, j, nil)
	for _, policy := range []credentials.ThirdPartyPolicy{"", "blocked", "partitioned", "jar", "not-stored"} {
		again, _ := loaded(t, rules.Cookies{ThirdParty: policy}, text, nil)
		if diff := sameCookies(j, again); diff != "" {
			t.Error(policy, diff)
		}
	}
	webkit, _ := loaded(t, rules.Cookies{NoneIsDefault: true, IgnorePartitioned: true}, text, nil)
	if got := webkit.Cookie(far(t, shop, "https://third.example/")); got != "a=1" {
		t.Errorf("in a page of a third site: %q", got)
	}
}

// A partition that has no name is not saved.
func TestSaveOpaquePartition(t *testing.T) {
	j := jarWith(rules.Cookies{})
	r := far(t, shop, other)
	r.Partition = origin.PartitionKey{Site: origin.NewOpaque().Site(nil)}
	set(t, j, r, "p=1; SameSite=None; Secure; Partitioned", "a=1; SameSite=None; Secure")
	if _, report := saved(t, j, nil); report != (fileReport{Cookies: 1, Partitioned: 1}) {
		t.Errorf("%+v", report)
	}
}

func TestSaveFile(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"jar.json", "JAR.JSON", "cookies.txt", "jar"} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(dir, name)
			if err := os.WriteFile(file, []byte("old"), 0o644); err != nil {
				t.Fatal(err)
			}
			j := jarWith(rules.Cookies{})
			set(t, j, near(t, shop), "a=1")
			if report, err := j.SaveFile(file, nil); err != nil || report.Cookies != 1 {
				t.Fatal(report, err)
			}
			info, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode() != 0o600 && runtime.GOOS != "windows" {
				t.Errorf("mode %v", info.Mode())
			}
			text, err := os.ReadFile(file)
			if json := strings.EqualFold(filepath.Ext(name), ".json"); err != nil || json != (text[0] == '{') {
				t.Errorf("%s, %v", text, err)
			}
			again := jarWith(rules.Cookies{})
			if report, err := again.LoadFile(file, nil); err != nil || report.Cookies != 1 {
				t.Fatal(report, err)
			}
			if diff := sameCookies(j, again); diff != "" {
				t.Error(diff)
			}
			if err := os.WriteFile(file, text[:len(text)-3], 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := again.LoadFile(file, nil); err == nil || !strings.HasPrefix(err.Error(), "credentials: "+file) {
				t.Error(err)
			}
		})
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 4 {
		t.Errorf("%v, %v", entries, err)
	}
	j := jarWith(rules.Cookies{})
	if _, err := j.LoadFile(filepath.Join(dir, "none"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := j.SaveFile(filepath.Join(dir, "none", "jar"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := j.LoadFile(dir, nil); err == nil {
		t.Error("a directory is loaded")
	}
	if _, err := j.SaveFile(dir, nil); err == nil {
		t.Error("a directory is written to")
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink("jar", link); err != nil {
		t.Skip(err)
	}
	if _, err := j.SaveFile(link, nil); err != nil {
		t.Error(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", info, err)
	}
	if _, err := j.SaveFile(os.DevNull, nil); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Errorf("%s is a file now: %v", os.DevNull, err)
	}
}

// A jar is saved while others use it.
func TestSaveConcurrently(t *testing.T) {
	j := jarWith(rules.Cookies{Total: 50})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 200 {
			r := near(t, fmt.Sprintf("https://h%d.shop.example/", i%30))
			j.SetCookies(r, []string{fmt.Sprintf("a%d=1; Max-Age=9", i%9), "b=1; Domain=shop.example"})
			j.Cookie(r)
		}
	}()
	for range 20 {
		text, report := saved(t, j, nil)
		again, _ := loaded(t, rules.Cookies{}, text, nil)
		if _, err := j.Load(strings.NewReader(text), nil); err != nil || again.Len() != report.Cookies {
			t.Error(again.Len(), report, err)
		}
	}
	<-done
	if j.Len() > 50 {
		t.Error(j.Len())
	}
}

// Whatever was set, a jar that is saved and loaded holds, sends and drops the
// same.
func TestSaveRoundTrip(t *testing.T) {
	playRandom(t, 2, 200, 150, roundTripJar)
}

func FuzzSaveRoundTrip(f *testing.F) {
	f.Add([]byte("\x00\x01\x02\x03\x80\x81\x82\x10\x20\x30\x40\x50\x60\x70\x90"))
	f.Fuzz(roundTripJar)
}

// roundTripJar fills a jar as the bytes say, saves and loads it, and goes on
// with both.
func roundTripJar(t *testing.T, ops []byte) {
	if len(ops) > 200 {
		ops = ops[:200]
	}
	next := func(n int) int {
		if len(ops) == 0 {
			return 0
		}
		b := ops[0]
		ops = ops[1:]
		return int(b) % n
	}
	rules := allRules[next(len(allRules))]
	rules.AccessResolution = time.Duration(next(3)) * time.Second
	urls := []string{"https://shop.co.uk/x/y", "https://a.shop.co.uk/x", "http://a.shop.co.uk/", "https://co.uk/", "http://127.0.0.1/", "https://b.example/\xc3\xbc"}
	attributes := []string{"", "; Domain=shop.co.uk", "; Secure", "; SameSite=None; Secure; Partitioned", "; Max-Age=3", "; Max-Age=2; Path=/", "; SameSite=Strict; HttpOnly", "; Path=/x\xff", "; SameSite=None; Secure"}
	at := now.Add(-time.Minute)
	var jars []*credentials.CookieJar
	jars = append(jars, jarWith(rules))
	step := func() {
		var r *credentials.CookieRequest
		if url := urls[next(len(urls))]; next(3) == 0 {
			r = far(t, url, "https://b.example/")
		} else {
			r = near(t, url)
		}
		at = at.Add(time.Duration(next(3)-1) * time.Second)
		r.Now = at
		if next(3) == 0 {
			want := jars[0].Cookie(r)
			if got := jars[len(jars)-1].Cookie(r); got != want {
				t.Fatalf("%s: %q, and %q before", r.URL, got, want)
			}
			return
		}
		line := fmt.Sprintf("%s%d%s", []string{"a=", "b=", "", "__Secure-c=", "__Host-d=", "\xff=\xfe", "a=\t\"\xc3\xbc<"}[next(7)], next(3), attributes[next(len(attributes))])
		want := jars[0].SetCookie(r, line)
		if got := jars[len(jars)-1].SetCookie(r, line); len(jars) > 1 && got != want {
			t.Fatalf("%q: %s, and %s before", line, got, want)
		}
	}
	for range 12 {
		step()
	}
	var b bytes.Buffer
	report, err := jars[0].Save(&b, nil)
	if err != nil || report != (fileReport{Cookies: report.Cookies, Expired: report.Expired}) {
		t.Fatal(report, err)
	}
	again := jarWith(rules)
	if got, err := again.Load(&b, nil); err != nil || got != (fileReport{Cookies: report.Cookies}) {
		t.Fatalf("%+v, %+v, %v", got, report, err)
	}
	jars = append(jars, again)
	if diff := sameCookies(jars[0], again); diff != "" {
		t.Fatal(diff)
	}
	if report.Expired == 0 { // else the first still counts those
		for len(ops) > 0 {
			step()
		}
	}
	if diff := sameCookies(jars[0], again); diff != "" {
		t.Fatal(diff)
	}
}

// Whatever is in a file, the jar's rules hold, and what was taken is saved and
// taken again.
func FuzzLoadCookies(f *testing.F) {
	f.Add([]byte("# Netscape HTTP Cookie File\n#HttpOnly_.shop.example\tTRUE\t/\tTRUE\t1800000000\tid\tabc\n.co.uk\tTRUE\t/\tFALSE\t0\ta\t\n[::1]\tFALSE\t/\tTRUE\t0\t__Host-a\t1"), uint8(0))
	f.Add([]byte(`{"version": 1, "cookies": [{"name":"a","valueBase64":"/w==","host":"shop.example","hostOnly":false,"path":"/x","secure":true,"sameSite":"none","partition":{"site":"https://a.example","crossSiteAncestor":true},"partitioned":true,"used":-3,"expires":"2026-03-04T05:06:07Z"}]}`), uint8(0x80))
	f.Add([]byte(`{"version": 1, "cookies": [{"name":"a","host":"co.uk","hostOnly":true,"path":"/","creation":"0001-01-01T00:00:00Z"}, {}], "x": [1]}`), uint8(0x81))
	f.Add([]byte(`{"cookies":[{"name":"a","value":"1","domain":".shop.example","path":"/","expires":1800000000.5,"secure":true,"sameSite":"None","partitionKey":"https://a.example"}],"origins":[{}]}`), uint8(0xc0))
	f.Add([]byte(`[{"name":"a","domain":"[::1]","expirationDate":-1,"hostOnly":false,"sameSite":"no_restriction","storeId":null,"partitionKey":{"topLevelSite":"(https,a.example)"}},{"domain":7}]`), uint8(0xc1))
	f.Fuzz(func(t *testing.T, text []byte, how uint8) {
		rules := allRules[int(how&0x0f)%len(allRules)]
		format := "cookies.txt"
		switch {
		case how&0xc0 == 0xc0:
			format = "playwright"
		case how&0x80 != 0:
			format = "json"
		}
		j := jarWith(rules)
		report, err := j.Load(bytes.NewReader(text), &fileOptions{Format: format})
		if report.Cookies != j.Len() || report.Cookies != len(j.All()) || report.Refused > 0 && err == nil {
			t.Fatalf("%+v, %d in the jar, %v", report, j.Len(), err)
		}
		for _, c := range j.All() {
			scheme := "http"
			if c.Secure {
				scheme = "https"
			}
			u, err := origin.ParseURL(scheme + "://" + c.Host + "/")
			if err != nil {
				t.Fatalf("%+v: %v", c, err)
			}
			// What is there could have been set.
			r := &credentials.CookieRequest{URL: u, SameSite: "strict-or-less", TopLevel: u.Origin(), Partition: c.Partition.Key, Now: now}
			fresh := credentials.SetCookie{Name: c.Name, Value: c.Value, Path: c.Path, Expiry: c.Expiry, SameSite: credentials.Parsed(c.SameSite), Secure: c.Secure, HTTPOnly: c.HTTPOnly, Partitioned: c.Partitioned}
			if !c.HostOnly {
				fresh.Domain = c.Host
			}
			if refusal := jarWith(rules).Store(r, &fresh); refusal != "" {
				t.Fatalf("%+v is in the jar, and to be set it is %s", c, refusal)
			}
			if parsed, refusal := credentials.ParseSetCookie(&rules, c.Name+"="+c.Value, now, now); refusal != "" || parsed.Name != c.Name || parsed.Value != c.Value || c.Expiry.After(now.Add(400*24*time.Hour)) {
				t.Fatalf("%+v", c)
			}
		}
		var b bytes.Buffer
		if saved, err := j.Save(&b, nil); err != nil || saved.Cookies != report.Cookies {
			t.Fatalf("%+v, %v", saved, err)
		}
		again := jarWith(rules)
		if got, err := again.Load(&b, nil); err != nil || got.Cookies != report.Cookies {
			t.Fatalf("%+v, %v", got, err)
		}
		if diff := sameCookies(j, again); diff != "" {
			t.Fatal(diff)
		}
	})
}
