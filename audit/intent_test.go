package audit_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/fetch"
)

func TestReadIntent(t *testing.T) {
	got, err := audit.ReadIntent("intent.json", strings.NewReader(`{
		"base": "https://api.test/v1/",
		"allow": ["https://app.example", "http://localhost:3000"],
		"refuse": ["null", "https://evil.example"],
		"uses": [
			{"url": "things"},
			{"name": "change", "url": "things/1", "method": "PATCH", "headers": {"Content-Type": "application/json"}, "body": "{}",
				"credentials": "include", "cookies": ["sid=1; Secure"], "read": ["ETag"], "preflightCached": "1h30m"}
		],
		"accept": ["vary-missing"]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := &audit.Intent{
		Base:   "https://api.test/v1/",
		Allow:  []string{"https://app.example", "http://localhost:3000"},
		Refuse: []string{"null", "https://evil.example"},
		Uses: []audit.Use{
			{URL: "things"},
			{Name: "change", URL: "things/1", Method: "PATCH", Headers: map[string]string{"Content-Type": "application/json"}, Body: "{}",
				Credentials: "include", Cookies: []string{"sid=1; Secure"}, Read: []string{"ETag"}, PreflightCached: 90 * time.Minute},
		},
		Accept: []audit.FindingID{"vary-missing"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestReadIntentRefuses has intents that break the format or contradict
// themselves: the error names file, key and rule.
func TestReadIntentRefuses(t *testing.T) {
	const uses = `"uses": [{"url": "/x"}]`
	use := func(members string) string { return `{"allow": ["https://a.example"], "uses": [{` + members + `}]}` }
	for _, tt := range []struct{ name, json, want string }{
		{"no JSON", `{"allow`, "is not JSON"},
		{"cut off", `{"allow": ["https://a.example"], ` + uses, "is not JSON"},
		{"more after it", `{"allow": ["https://a.example"], ` + uses + `} {}`, "there is more after its end"},
		{"an array", `[]`, "is a list where an object is wanted"},
		{"unknown key", `{"alow": [], ` + uses + `}`, "key alow: is unknown, want one of accept, allow, base, refuse, schemes, uses; did you mean allow?"},
		{"key in capitals", `{"Allow": [], ` + uses + `}`, "key Allow: is unknown"},
		{"unknown key of a use", use(`"url": "/x", "verb": "GET"`), "key uses[0].verb: is unknown"},
		{"key given twice", use(`"url": "/x", "url": "/y"`), "key uses[0].url: is given twice"},
		{"wrong type", use(`"url": "/x", "headers": ["a"]`), "key uses[0].headers: is a list where an object of text is wanted"},
		{"a header given twice", use(`"url": "/x", "headers": {"A": "1", "A": "2"}`), "key uses[0].headers.A: is given twice"},
		{"a header in two cases", use(`"url": "/x", "headers": {"X-A": "1", "x-a": "2"}`), "key uses[0].headers.x-a: repeats X-A"},
		{"a header that is a number", use(`"url": "/x", "headers": {"A": 1}`), "key uses[0].headers.A: is a number where text is wanted: put it in quotes"},
		{"a truth", use(`"url": "/x", "read": ["a", true]`), "key uses[0].read[1]: is true or false where text is wanted: put it in quotes"},
		{"null for an origin", `{"refuse": [null], ` + uses + `}`, "key refuse[0]: is null where text is wanted: put it in quotes"},
		{"null for a list", `{"refuse": null, ` + uses + `}`, "key refuse: is null where a list of text is wanted"},
		{"a number for a duration", use(`"url": "/x", "preflightCached": 600`), `key uses[0].preflightCached: is a number where a duration such as "10m" or "2h" is wanted`},
		{"deep", strings.Repeat("[", 200) + strings.Repeat("]", 200), "is more than 100 deep"},
		{"of too many parts", `{"allow": [` + strings.Repeat(`"",`, 100_000) + `""]}`, "is more than 100 deep or has more than 100000 parts"},
		{"a use that is none", `{"allow": ["https://a.example"], "uses": [7]}`, "key uses[0]: is a number where an object is wanted"},
		{"a duration that is none", use(`"url": "/x", "preflightCached": "600"`), `key uses[0].preflightCached: "600" is not a duration`},
		{"negative duration", use(`"url": "/x", "preflightCached": "-1s"`), "key uses[0].preflightCached: -1s is negative"},

		{"nobody asks", `{` + uses + `}`, "allow and refuse are both empty"},
		{"no uses", `{"allow": ["https://a.example"]}`, "key uses: is empty"},
		{"allowed and refused", `{"allow": ["https://a.example"], "refuse": ["https://b.example", "https://a.example"], ` + uses + `}`,
			`key refuse[1]: "https://a.example" is already in allow[0]`},
		{"allowed twice", `{"allow": ["https://a.example", "https://a.example"], ` + uses + `}`, `key allow[1]: "https://a.example" is already in allow[0]`},
		{"a URL for an origin", `{"allow": ["https://a.example/"], ` + uses + `}`, "key allow[0]: "},
		{"a wildcard for an origin", `{"allow": ["*"], ` + uses + `}`, "key allow[0]: "},
		{"a pattern for an origin", `{"allow": ["https://*.a.example"], ` + uses + `}`, `key allow[0]: "https://*.a.example" is a pattern`},
		{"null allowed", `{"allow": ["null"], ` + uses + `}`, `key allow[0]: "null" is the origin of every sandboxed page`},
		{"another scheme", `{"allow": ["ftp://a.example"], ` + uses + `}`, `key allow[0]: "ftp://a.example" is not an HTTP(S) origin`},
		{"a scheme that is not known", `{"allow": ["myapp://localhost"], ` + uses + `}`, `key allow[0]: the scheme of "myapp://localhost" is not known; if an app registers it for its pages, add "myapp" to schemes`},
		{"an app's origin with a path", `{"refuse": ["tauri://localhost/a"], ` + uses + `}`, `key refuse[0]: origin: origin "tauri://localhost/a": has a path`},
		{"a scheme that can't be registered", `{"allow": ["https://a.example"], "schemes": ["myapp", "https:"], ` + uses + `}`, `key schemes[1]: `},
		{"files", `{"refuse": ["file://"], ` + uses + `}`, `key refuse[0]: origin: origin "file://": a file URL's origin is opaque`},
		{"the server's own origin refused", `{"refuse": ["https://api.example"], ` + uses + `}`, `key uses[0].url: "https://api.example/x" has the origin https://api.example, which the intent refuses`},
		{"a type", use(`"url": "/x", "reads": "html"`), `key uses[0].reads: "html" is not a MIME type`},
		{"a type with parameters", use(`"url": "/x", "reads": "application/json; charset=utf-8"`), "without parameters"},
		{"base", `{"base": "api.example", "allow": ["https://a.example"], ` + uses + `}`, "key base: "},
		{"base of another scheme", `{"base": "ftp://api.example", "allow": ["https://a.example"], ` + uses + `}`, "key base: "},
		{"URL", use(`"url": "http://["`), "key uses[0].url: "},
		{"URL with a password", use(`"url": "https://u:p@api.example/"`), "key uses[0].url: "},
		{"two of a name", `{"allow": ["https://a.example"], "uses": [{"url": "/x"}, {"url": "/x"}]}`, `key uses[1].name: "GET /x" is also the name of uses[0]`},
		{"method", use(`"url": "/x", "method": "GE T"`), `key uses[0].method: "GE T" is not a method`},
		{"forbidden method", use(`"url": "/x", "method": "trace"`), "is a method that pages can't use"},
		{"body of a GET", use(`"url": "/x", "body": "a"`), "key uses[0].body: is not allowed with GET"},
		{"header name", use(`"url": "/x", "headers": {"X A": "1"}`), `key uses[0].headers.X A: is not a header name`},
		{"header value", use(`"url": "/x", "headers": {"X-A": "1\n2"}`), `key uses[0].headers.X-A: "1\n2" is not a header value`},
		{"forbidden header", use(`"url": "/x", "headers": {"Cookie": "a=b"}`), "key uses[0].headers.Cookie: is a header that pages can't set"},
		{"credentials", use(`"url": "/x", "credentials": "yes"`), `key uses[0].credentials: unknown mode "yes", want omit`},
		{"cookies without credentials", use(`"url": "/x", "cookies": ["sid=1"]`), `key uses[0].cookies: are never sent`},
		{"a cookie for elsewhere", use(`"url": "/x", "credentials": "include", "cookies": ["a=b", "sid=1; Domain=other.example"]`),
			`key uses[0].cookies[1]: no browser stores "sid=1; Domain=other.example": foreign-domain`},
		{"a cookie that has expired", use(`"url": "/x", "credentials": "include", "cookies": ["sid=1; Max-Age=0"]`), `key uses[0].cookies[0]: "sid=1; Max-Age=0" has expired`},
		{"a finding that there is not", `{"allow": ["https://a.example"], "accept": ["vary-missing", "vary"], ` + uses + `}`, `key accept[1]: unknown finding "vary", want one of wrong-origin-allowed, any-origin-with-credentials, `},
		{"a finding that is misspelt", `{"allow": ["https://a.example"], "accept": ["vary-mising"], ` + uses + `}`, `key accept[0]: unknown finding "vary-mising", did you mean "vary-missing"?`},
		{"what can't be read", use(`"url": "/x", "read": ["Set-Cookie"]`), "key uses[0].read: Set-Cookie is a header that no page can read"},
		{"all at once", use(`"url": "/x", "method": "CONNECT", "read": ["a b"]`), `key uses[0].read: "a b" is not a header name`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, name := range []string{"intent.json", "intent.yaml"} { // which has all of JSON
				intent, err := audit.ReadIntent(name, strings.NewReader("\n"+tt.json))
				if err == nil || intent != nil {
					t.Fatalf("%s: %v, %v; want an error alone", name, intent, err)
				}
				want := tt.want
				if name == "intent.yaml" && (strings.Contains(want, "JSON") || want == "there is more after its end") {
					want = "is not YAML"
				}
				if !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "audit: "+name+":") {
					t.Errorf("got %q, want file and %q", err, want)
				}
			}
		})
	}
}

// TestReadIntentYAML reads what YAML has and JSON has not.
func TestReadIntentYAML(t *testing.T) {
	got, err := audit.ReadIntent("intent.yml", strings.NewReader(`---
# Who may do what.
base: https://api.test
allow:
  - https://app.example
refuse: ["null"]
uses:
  - url: /things?since=2026-01-01
    headers: &common
      X-Since: 2026-01-01
      Accept: 'text/plain'
  - url: things/1
    method: PUT
    headers: *common
    body: |
      two
      lines
    preflightCached: 1h30m
`))
	if err != nil {
		t.Fatal(err)
	}
	common := map[string]string{"X-Since": "2026-01-01", "Accept": "text/plain"}
	want := &audit.Intent{
		Base: "https://api.test", Allow: []string{"https://app.example"}, Refuse: []string{"null"},
		Uses: []audit.Use{
			{URL: "/things?since=2026-01-01", Headers: common},
			{URL: "things/1", Method: "PUT", Headers: common, Body: "two\nlines\n", PreflightCached: 90 * time.Minute},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}

	const good = "allow: [https://a.example]\nuses:\n  - url: /x\n"
	for _, tt := range []struct{ name, yaml, want string }{
		{"nothing", "", "intent.yml:1: is empty"},
		{"a comment", "# later\n", "intent.yml:1: is empty"},
		{"text", "later", "intent.yml:1: is text where an object is wanted"},
		{"two documents", good + "---\n" + good, "intent.yml:4: has a second document"},
		{"a document and a bad one", good + "---\n}", "is not YAML: "},
		{"a tab", "allow:\n\t- https://a.example", "is not YAML: yaml: line 2: "},
		{"unknown key", good + "\nalow: []", "intent.yml:5: key alow: is unknown"},
		{"given twice", good + "    method: PUT\n    url: /y\n", "intent.yml:5: key uses[0].url: is given twice"},
		{"contradiction", good + "    method: PUT\n    body: a\n    credentials: yes\n", `intent.yml:6: key uses[0].credentials: `},
		{"contradicting origins", good + "refuse:\n- https://b.example\n- https://a.example\n", "intent.yml:6: key refuse[1]: "},
		{"what is missing", "uses: [{url: /x}]", "intent.yml:1: allow and refuse are both empty"},
		{"a wrong header", good + "    headers:\n      A: b\n      Host: c\n", "intent.yml:6: key uses[0].headers.Host: is a header that pages can't set"},
		{"merged", good + "    <<: {method: PUT}", "key uses[0].<<: is unknown"},
		{"a type of its own", good + "    body: !secret a", "has a value of type !secret"},
		{"bytes", good + "    body: !!binary aGk=", "has a value of type !!binary"},
		{"a key that is a list", good + "[a]: b", "has a key that is not text"},
		{"an alias of nothing", good + "    body: *a", "is not YAML: "},
		{"an alias of itself", "uses: &a [*a]\nallow: [https://a.example]", "more than 100 deep or "},
		{"laughs", "a: &a [l, l, l, l, l, l, l, l, l]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\n" +
			"d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]\nf: &f [*e, *e, *e, *e, *e, *e, *e, *e, *e]\n", "100000 parts"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			intent, err := audit.ReadIntent("intent.yml", strings.NewReader(tt.yaml))
			if err == nil || intent != nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "audit: intent.yml:") {
				t.Errorf("%v, %v; want an error alone, with %q", intent, err, tt.want)
			}
		})
	}
}

// TestIntentDocument holds docs/intents.md to the formats: its first examples are one
// intent with everything set, and it names every key.
func TestIntentDocument(t *testing.T) {
	document, err := os.ReadFile("../docs/intents.md")
	if err != nil {
		t.Fatal(err)
	}
	intents := make(map[string]*audit.Intent)
	for _, m := range regexp.MustCompile("(?ms)^```(json|yaml)\n(.*?)^```$").FindAllStringSubmatch(string(document), -1) {
		if intents[m[1]] != nil {
			continue // it is another document
		}
		if intents[m[1]], err = audit.ReadIntent("intent."+m[1], strings.NewReader(m[2])); err != nil {
			t.Fatal(err)
		}
	}
	fromJSON, fromYAML := intents["json"], intents["yaml"]
	if fromJSON == nil || !reflect.DeepEqual(fromJSON, fromYAML) {
		t.Fatalf("%+v is not\n%+v", fromJSON, fromYAML)
	}
	keys := map[string]string{"URL": "url", "API": "api", "CrossOrigin": "crossorigin", "EmbedderPolicy": "page", "ReferrerPolicy": "page", "ContentSecurityPolicy": "page", "ContentSecurityPolicyReportOnly": "page", "IntegrityPolicy": "page", "IntegrityPolicyReportOnly": "page", "ConnectionAllowlist": "page", "ConnectionAllowlistReportOnly": "page", "AddressSpace": "page"}
	used := reflect.New(reflect.TypeFor[audit.Use]()).Elem() // with all that some use has
	for _, u := range fromJSON.Uses {
		for field, value := range reflect.ValueOf(u).Fields() {
			if !value.IsZero() {
				used.FieldByIndex(field.Index).Set(value)
			}
		}
	}
	for _, v := range []any{*fromJSON, used.Interface()} {
		for field, value := range reflect.ValueOf(v).Fields() {
			key := keys[field.Name]
			if key == "" {
				key = strings.ToLower(field.Name[:1]) + field.Name[1:]
			}
			if value.IsZero() || !strings.Contains(string(document), fmt.Sprintf("\n| `%s` |", key)) {
				t.Errorf("the examples do not set %s, or no table has it", key)
			}
		}
	}
	for _, v := range []any{audit.Report{}, audit.Finding{}, audit.Play{}, audit.Exchange{}, audit.Policy{}, audit.Asked{}, audit.PreflightCount{}} {
		for field := range reflect.TypeOf(v).Fields() {
			key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if field.IsExported() && !regexp.MustCompile("(?m)^\\| .*`"+key+"`.* \\|").Match(document) {
				t.Errorf("no table has the key of %T.%s, %q", v, field.Name, key)
			}
		}
	}
}

// FuzzReadIntent holds that reading ends in an intent or an error, and that
// what it takes can be played.
func FuzzReadIntent(f *testing.F) {
	f.Add(`{"allow": ["https://a.example"], "refuse": ["null"], "uses": [{"url": "/x", "method": "put", "headers": {"A": "b"}, "preflightCached": "1m"}]}`)
	f.Add(`{"base": "http://[::1]:8080/v1?q", "allow": ["http://a.example:81"], "uses": [{"url": "../?#", "method": "POST", "body": "b", "credentials": "include", "read": ["ETag"]}]}`)
	f.Add(`{"allow": [`)
	f.Add("allow: [https://a.example]\nuses:\n- &a\n  url: /x\n  cookies: [a=b]\n  credentials: include\n- *a\naccept: [blocked]")
	f.Fuzz(func(t *testing.T, text string) {
		intent, err := audit.ReadIntent("fuzz.json", strings.NewReader(text))
		if err != nil {
			intent, err = audit.ReadIntent("fuzz.yaml", strings.NewReader(text))
		}
		if (intent == nil) != (err != nil) {
			t.Fatalf("%v, %v", intent, err)
		}
		if err != nil || len(intent.Uses)*(len(intent.Allow)+len(intent.Refuse)) > 20 {
			return
		}
		for _, u := range intent.Uses {
			if strings.Contains(u.URL, "://") || strings.Contains(u.URL, `\\`) || strings.Contains(u.URL, "//") {
				return // elsewhere, where the handler does not stand
			}
		}
		_, err = audit.Handler(t.Context(), answering(echo, creds), intent, nil)
		if err != nil && !errors.Is(err, fetch.Unsendable) { // net/http has no such URL
			t.Errorf("%+v: %v", intent, err)
		}
	})
}

// TestCustomSchemes plays pages of apps: each is a page of its own origin.
func TestCustomSchemes(t *testing.T) {
	intent := &audit.Intent{
		Allow: []string{"tauri://localhost", "myapp://main"}, Refuse: []string{"capacitor://localhost", "chrome-extension://abc"},
		Schemes: []string{"myapp"}, Uses: []audit.Use{{URL: "/things", Method: "PUT"}},
	}
	var asked []string
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Origin")
		if o := r.Header.Get("Origin"); slices.Contains(intent.Allow, o) {
			w.Header().Set("Access-Control-Allow-Origin", o)
			w.Header().Set("Access-Control-Allow-Methods", "PUT")
			w.Header().Set("Access-Control-Max-Age", "7200")
			asked = append(asked, o)
		} else if o == "null" {
			t.Error("null asked for a page of an app")
		}
	})
	report, err := audit.Handler(t.Context(), handler, intent, &audit.Options{SkipProbes: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		t.Errorf("%s: %s", f.ID, f.Problem)
	}
	for _, o := range intent.Allow {
		if !slices.Contains(asked, o) {
			t.Errorf("%s did not ask", o)
		}
	}
}
