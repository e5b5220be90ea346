package credentials_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/rules"
)

// foreignFormats are the formats of other programs.
var foreignFormats = []string{"playwright", "puppeteer", "devtools", "cookie-editor", "editthiscookie", "selenium"}

// Each program's JSON is recognised by its shape.
func TestLoadForeign(t *testing.T) {
	const browser = `"name":"a","value":"1","domain":"www.shop.example","path":"/"`
	tests := []struct {
		name, text string
		want       string // what https://www.shop.example/ is sent
		report     fileReport
	}{
		{"Playwright", `{"cookies":[{` + browser + `,"expires":4102444800.5,"httpOnly":true,"secure":false,"sameSite":"Lax"}],"origins":[]}`,
			"a=1", fileReport{Cookies: 1, Recognised: "playwright"}},
		{"Playwright with local storage", `{"origins":[{"origin":"https://shop.example","localStorage":[]},{}],"cookies":[{` + browser + `,"expires":-1,"httpOnly":false,"secure":true,"sameSite":"None"}]}`,
			"a=1", fileReport{Cookies: 1, Recognised: "playwright", Storage: 2}},
		{"Playwright's list of cookies", `[{` + browser + `,"expires":-1,"httpOnly":false,"secure":false,"sameSite":"Strict"}]`,
			"a=1", fileReport{Cookies: 1, Recognised: "puppeteer"}},
		{"Puppeteer", `[{` + browser + `,"expires":-1,"size":2,"httpOnly":false,"secure":false,"session":true,"priority":"Medium","sameParty":false,"sourceScheme":"Secure","sourcePort":443}]`,
			"a=1", fileReport{Cookies: 1, Recognised: "puppeteer"}},
		{"DevTools", `{"cookies":[{` + browser + `,"expires":1800000000.123456,"size":2,"httpOnly":true,"secure":true,"session":false,"sameSite":"None","priority":"Medium","sourceScheme":"Secure","sourcePort":443}]}`,
			"a=1", fileReport{Cookies: 1, Recognised: "devtools"}},
		{"DevTools, a message", `{"id":7,"result":{"cookies":[{` + browser + `,"expires":0,"size":2,"httpOnly":true,"secure":true,"session":true}]}}`,
			"a=1", fileReport{Cookies: 1, Recognised: "devtools"}},
		{"Cookie-Editor", "[\n    {\n        \"domain\": \".shop.example\",\n        \"expirationDate\": 1800000000.5,\n        \"hostOnly\": false,\n        \"httpOnly\": true,\n        \"name\": \"a\",\n        \"path\": \"/\",\n        \"sameSite\": \"no_restriction\",\n        \"secure\": true,\n        \"session\": false,\n        \"storeId\": null,\n        \"value\": \"1\"\n    }\n]\n",
			"a=1", fileReport{Cookies: 1, Recognised: "cookie-editor"}},
		{"EditThisCookie", `[{"domain":"www.shop.example","expirationDate":4102444800.5,"hostOnly":true,"httpOnly":true,"name":"a","path":"/","sameSite":"unspecified","secure":false,"session":false,"storeId":"0","value":"1","id":1}]`,
			"a=1", fileReport{Cookies: 1, Recognised: "editthiscookie"}},
		{"Selenium", `[{` + browser + `,"expiry":1800000000,"httpOnly":false,"secure":false,"sameSite":"Lax"}]`,
			"a=1", fileReport{Cookies: 1, Recognised: "selenium"}},
		{"spellings of SameSite", `[{` + browser + `,"sameSite":null},{"name":"b","value":"2","domain":"www.shop.example","sameSite":"lax"},{"name":"c","value":"3","domain":"www.shop.example","sameSite":"STRICT"},{"name":"d","value":"4","domain":"www.shop.example","sameSite":""}]`,
			"a=1; b=2; c=3; d=4", fileReport{Cookies: 4, Recognised: "puppeteer"}},
		{"a byte order mark", "\ufeff" + `[{` + browser + `}]`, "a=1", fileReport{Cookies: 1, Recognised: "puppeteer"}},
		{"expired", `[{` + browser + `,"expires":1767323045}]`, "", fileReport{Expired: 1, Recognised: "puppeteer"}},
		{"never expires", `[{` + browser + `,"expires":1e300}]`, "a=1", fileReport{Cookies: 1, Recognised: "puppeteer"}},
		{"an IPv6 address", `[{"name":"a","value":"1","domain":"::1"}]`, "", fileReport{Cookies: 1, Recognised: "puppeteer"}},
		{"an empty list", `[]`, "", fileReport{Recognised: "puppeteer"}},
		{"an object with an empty list", `{"cookies":[]}`, "", fileReport{Recognised: "devtools"}},
		{"an empty storageState", `{"cookies":[],"origins":[]}`, "", fileReport{Recognised: "playwright"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, format := range []string{"", "playwright", "selenium"} {
				j, report := loaded(t, rules.Cookies{}, tt.text, &fileOptions{Format: format})
				if diff := cmp.Diff(tt.report, report); diff != "" {
					t.Error(diff)
				}
				if got := j.Cookie(near(t, "https://www.shop.example/")); got != tt.want {
					t.Errorf("%q, want %q", got, tt.want)
				}
			}
			file := filepath.Join(t.TempDir(), "cookies.txt") // whose name says otherwise
			if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if report, err := jarWith(rules.Cookies{}).LoadFile(file, nil); err != nil || report != tt.report {
				t.Errorf("as cookies.txt: %+v, %v", report, err)
			}
		})
	}
}

// A partition is a string, or an object, and the cookie in it has the attribute Partitioned.
func TestLoadForeignPartitions(t *testing.T) {
	for _, tt := range []struct{ name, key string }{
		{"string", `"partitionKey":"https://a.example","_crHasCrossSiteAncestor":true`},
		{"DevTools", `"partitionKey":{"topLevelSite":"https://a.example","hasCrossSiteAncestor":true}`},
		{"Puppeteer", `"partitionKey":{"sourceOrigin":"https://a.example","hasCrossSiteAncestor":true}`},
		{"Firefox", `"partitionKey":"(https,a.example)","_crHasCrossSiteAncestor":true`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			j, _ := loaded(t, rules.Cookies{}, `[{"name":"p","value":"1","domain":"shop.example","secure":true,"sameSite":"None",`+tt.key+`}]`, nil)
			if got := j.Cookie(far(t, "https://shop.example/", "https://a.example/")); got != "p=1" {
				t.Errorf("in its partition: %q", got)
			}
			if got := j.Cookie(far(t, "https://shop.example/", "https://b.example/")) + j.Cookie(near(t, "https://shop.example/")); got != "" {
				t.Errorf("elsewhere: %q", got)
			}
		})
	}
	for _, none := range []string{`null`, `""`, `{}`} {
		j, _ := loaded(t, rules.Cookies{}, `[{"name":"p","value":"1","domain":"shop.example","secure":true,"partitionKey":`+none+`}]`, nil)
		if got := j.Cookie(near(t, "https://shop.example/")); got != "p=1" {
			t.Errorf("%s: %q", none, got)
		}
	}
}

// What is wrong is named with its place, and the rest is loaded.
func TestLoadForeignRefusals(t *testing.T) {
	const good = `{"name":"good","value":"1","domain":"www.shop.example"}`
	object := func(members string) string { return `[` + good + `,{"name":"a",` + members + `}]` }
	tests := []struct {
		name, text, want string
		refusal          credentials.CookieRefusal
		none             bool
	}{
		{name: "SameSite", text: object(`"domain":"www.shop.example","sameSite":"sometimes"`), want: `cookie 2 "a": unknown sameSite "sometimes"`},
		{name: "SameSite=None", text: object(`"domain":"www.shop.example","sameSite":"no_restriction"`), want: "SameSite=None requires Secure", refusal: "none-without-secure"},
		{name: "domain", text: object(`"domain":"a b"`), want: `domain "a b"`},
		{name: "public suffix", text: object(`"domain":".co.uk"`), want: "co.uk", refusal: "public-suffix"},
		{name: "value", text: object(`"domain":"www.shop.example","value":"1;2"`), want: "no Set-Cookie header could have set them"},
		{name: "a word for a time", text: object(`"domain":"www.shop.example","expires":"tomorrow"`), want: "expires is a string, and not of type float64"},
		{name: "partition", text: object(`"domain":"www.shop.example","secure":true,"partitionKey":"shop"`), want: `partitionKey: partition.site: origin: origin "shop"`},
		{name: "partition of a wrong type", text: object(`"domain":"www.shop.example","secure":true,"partitionKey":7`), want: `partitionKey: `},
		{name: "opaque partition", text: object(`"domain":"www.shop.example","partitionKeyOpaque":true`), want: "the partition of an opaque origin"},
		{name: "no domain", text: object(`"value":"1"`), want: `cookie 2 "a": it needs host, hostOnly and path`},
		{name: "no object", text: `[` + good + `,7]`, want: "cookie 2: it is not an object"},
		{name: "not UTF-8", text: object("\"value\":\"\xff\",\"domain\":\"www.shop.example\""), want: "it is not UTF-8"},
		{name: "cut off", text: `[` + good + `,{"name"`, want: "the file breaks off"},
		{name: "more", text: `[` + good + `] {}`, want: "there is more after the end"},
		{name: "origins", text: `{"cookies":[` + good + `],"origins":7}`, want: "origins: "},
		{name: "another object", text: `{"cookie":"a=1"}`, want: `unknown key "cookie"`, none: true},
		{name: "wrapped twice", text: `{"result":{"result":{"cookies":[` + good + `]}}}`, want: "", none: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			j := jarWith(rules.Cookies{})
			_, err := j.Load(strings.NewReader(tt.text), nil)
			if tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("%v, want %q", err, tt.want)
			}
			var wrong *credentials.CookieFileError
			if tt.want != "" && (!errors.As(err, &wrong) || wrong.Refusal != tt.refusal) {
				t.Errorf("%#v", err)
			}
			if got := strings.Contains(j.Cookie(near(t, "https://www.shop.example/")), "good=1"); got == tt.none {
				t.Errorf("the good one is there: %v", got)
			}
		})
	}
}

// What is saved for another program and loaded is the same, except what the format cannot express,
// which the report counts.
func TestSaveForeign(t *testing.T) {
	for _, format := range foreignFormats {
		t.Run(format, func(t *testing.T) {
			j := manyCookies(t)
			text, report := saved(t, j, &fileOptions{Format: format})
			want := fileReport{Cookies: 9, Unwritable: 1}
			if format == "selenium" {
				want = fileReport{Cookies: 8, Unwritable: 1, Partitioned: 1}
			}
			if diff := cmp.Diff(want, report); diff != "" {
				t.Errorf("%s\n%s", diff, text)
			}
			again, report := loaded(t, rules.Cookies{}, text, nil)
			if report.Recognised != format || report.Cookies != want.Cookies {
				t.Errorf("%+v of\n%s", report, text)
			}
			for _, c := range j.All() {
				if c.Name == "\xff" || c.Partitioned && format == "selenium" {
					continue
				}
				found := false
				for _, got := range again.All() {
					got.Creation, got.LastAccess = c.Creation, c.LastAccess
					found = found || got == c
				}
				if !found {
					t.Errorf("%+v is not in\n%s", c, text)
				}
			}
		})
	}
}

// The formats as the programs write them.
func TestForeignFormats(t *testing.T) {
	j := jarWith(rules.Cookies{})
	request := far(t, "https://www.shop.example/x/y", "https://a.example/")
	request.Now = now.Add(-500 * time.Millisecond)
	set(t, j, request, "p=1; Domain=shop.example; SameSite=None; Secure; HttpOnly; Partitioned; Max-Age=60")
	set(t, j, near(t, "https://www.shop.example/x/y"), "b=2; Path=/")
	for format, want := range map[string]string{
		"playwright": `{"cookies": [
{"_crHasCrossSiteAncestor":true,"domain":".shop.example","expires":1767323104.5,"httpOnly":true,"name":"p","partitionKey":"https://a.example","path":"/x","sameSite":"None","secure":true,"value":"1"},
{"domain":"www.shop.example","expires":-1,"httpOnly":false,"name":"b","path":"/","secure":false,"value":"2"}
], "origins": []}
`,
		"puppeteer": `[
{"domain":".shop.example","expires":1767323104.5,"httpOnly":true,"name":"p","partitionKey":{"hasCrossSiteAncestor":true,"sourceOrigin":"https://a.example"},"path":"/x","sameSite":"None","secure":true,"session":false,"size":2,"value":"1"},
{"domain":"www.shop.example","expires":-1,"httpOnly":false,"name":"b","path":"/","secure":false,"session":true,"size":2,"value":"2"}
]
`,
		"devtools": `{"cookies": [
{"domain":".shop.example","expires":1767323104.5,"httpOnly":true,"name":"p","partitionKey":{"hasCrossSiteAncestor":true,"topLevelSite":"https://a.example"},"path":"/x","priority":"Medium","sameSite":"None","secure":true,"session":false,"size":2,"value":"1"},
{"domain":"www.shop.example","expires":-1,"httpOnly":false,"name":"b","path":"/","priority":"Medium","secure":false,"session":true,"size":2,"value":"2"}
]}
`,
		"cookie-editor": `[
{"domain":".shop.example","expirationDate":1767323104.5,"hostOnly":false,"httpOnly":true,"name":"p","partitionKey":{"hasCrossSiteAncestor":true,"topLevelSite":"https://a.example"},"path":"/x","sameSite":"no_restriction","secure":true,"session":false,"storeId":null,"value":"1"},
{"domain":"www.shop.example","hostOnly":true,"httpOnly":false,"name":"b","path":"/","sameSite":"unspecified","secure":false,"session":true,"storeId":null,"value":"2"}
]
`,
		"editthiscookie": `[
{"domain":".shop.example","expirationDate":1767323104.5,"hostOnly":false,"httpOnly":true,"id":1,"name":"p","partitionKey":{"hasCrossSiteAncestor":true,"topLevelSite":"https://a.example"},"path":"/x","sameSite":"no_restriction","secure":true,"session":false,"storeId":"0","value":"1"},
{"domain":"www.shop.example","hostOnly":true,"httpOnly":false,"id":2,"name":"b","path":"/","sameSite":"unspecified","secure":false,"session":true,"storeId":"0","value":"2"}
]
`,
		"selenium": `[
{"domain":"www.shop.example","httpOnly":false,"name":"b","path":"/","secure":false,"value":"2"}
]
`,
	} {
		if got, _ := saved(t, j, &fileOptions{Format: format}); got != want {
			t.Errorf("%s: %s", format, cmp.Diff(want, got))
		}
	}
}

// A format that there is not is an error, and leaves jar and file alone.
func TestCookieFileFormat(t *testing.T) {
	const want = `credentials: unknown format "JSON" of cookie files, want one of json, cookies.txt, playwright, puppeteer, devtools, cookie-editor, editthiscookie, selenium`
	j := jarWith(rules.Cookies{})
	set(t, j, near(t, shop), "a=1")
	var out strings.Builder
	if _, err := j.Save(&out, &fileOptions{Format: "JSON"}); err == nil || err.Error() != want || out.Len() > 0 {
		t.Errorf("%v, %q", err, out.String())
	}
	name := filepath.Join(t.TempDir(), "cookies.json")
	if _, err := j.SaveFile(name, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := j.SaveFile(name, &fileOptions{Format: "JSON"}); err == nil {
		t.Error("saved")
	}
	j.Clear()
	if _, err := j.LoadFile(name, &fileOptions{Format: "JSON"}); err == nil || err.Error() != want || j.Len() > 0 {
		t.Errorf("%v, %d cookies", err, j.Len())
	}
	if report, err := j.LoadFile(name, nil); err != nil || report.Cookies != 1 {
		t.Errorf("%+v, %v", report, err)
	}
}
