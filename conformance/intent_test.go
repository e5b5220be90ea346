package conformance_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/conformance"
)

func TestReadIntent(t *testing.T) {
	got, err := conformance.ReadIntent("intent.json", strings.NewReader(`{
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
	want := &conformance.Intent{
		Base:   "https://api.test/v1/",
		Allow:  []string{"https://app.example", "http://localhost:3000"},
		Refuse: []string{"null", "https://evil.example"},
		Uses: []conformance.Use{
			{URL: "things"},
			{Name: "change", URL: "things/1", Method: "PATCH", Headers: map[string]string{"Content-Type": "application/json"}, Body: "{}",
				Credentials: "include", Cookies: []string{"sid=1; Secure"}, Read: []string{"ETag"}, PreflightCached: 90 * time.Minute},
		},
		Accept: []conformance.FindingID{conformance.VaryMissing},
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
		{"an array", `[]`, "is not an object"},
		{"unknown key", `{"alow": [], ` + uses + `}`, "key alow: is unknown; the keys are [accept allow base refuse uses]"},
		{"key in capitals", `{"Allow": [], ` + uses + `}`, "key Allow: is unknown"},
		{"unknown key of a use", use(`"url": "/x", "verb": "GET"`), "key uses[0].verb: is unknown"},
		{"key given twice", use(`"url": "/x", "url": "/y"`), "key uses[0].url: is given twice"},
		{"wrong type", use(`"url": "/x", "headers": ["a"]`), "key uses[0].headers: is a JSON array where a map[string]string is wanted"},
		{"a use that is none", `{"allow": ["https://a.example"], "uses": [7]}`, "key uses[0]: is not an object"},
		{"a duration that is none", use(`"url": "/x", "preflightCached": "600"`), `key uses[0].preflightCached: "600" is not a duration`},
		{"negative duration", use(`"url": "/x", "preflightCached": "-1s"`), "key uses[0].preflightCached: -1s is negative"},

		{"nobody asks", `{` + uses + `}`, "key allow: is empty, and so is refuse"},
		{"no uses", `{"allow": ["https://a.example"]}`, "key uses: is empty"},
		{"allowed and refused", `{"allow": ["https://a.example"], "refuse": ["https://b.example", "https://a.example"], ` + uses + `}`,
			`key refuse[1]: "https://a.example" stands in allow[0] already`},
		{"allowed twice", `{"allow": ["https://a.example", "https://a.example"], ` + uses + `}`, `key allow[1]: "https://a.example" stands in allow[0] already`},
		{"a URL for an origin", `{"allow": ["https://a.example/"], ` + uses + `}`, "key allow[0]: "},
		{"a wildcard for an origin", `{"allow": ["*"], ` + uses + `}`, "key allow[0]: "},
		{"null allowed", `{"allow": ["null"], ` + uses + `}`, `key allow[0]: "null" is the origin of every sandboxed page`},
		{"another scheme", `{"allow": ["ftp://a.example"], ` + uses + `}`, `key allow[0]: "ftp://a.example" is not an HTTP(S) origin`},
		{"the server's own origin", `{"allow": ["https://api.example"], ` + uses + `}`, `key uses[0].url: "https://api.example/x" has the origin of a page`},
		{"base", `{"base": "api.example", "allow": ["https://a.example"], ` + uses + `}`, "key base: "},
		{"base of another scheme", `{"base": "ftp://api.example", "allow": ["https://a.example"], ` + uses + `}`, "key base: "},
		{"URL", use(`"url": "http://["`), "key uses[0].url: "},
		{"URL with a password", use(`"url": "https://u:p@api.example/"`), "key uses[0].url: "},
		{"two of a name", `{"allow": ["https://a.example"], "uses": [{"url": "/x"}, {"url": "/x"}]}`, `key uses[1].name: "GET /x" is the name of uses[0] too`},
		{"method", use(`"url": "/x", "method": "GE T"`), `key uses[0].method: "GE T" is not a method`},
		{"forbidden method", use(`"url": "/x", "method": "trace"`), "is a method that pages can't use"},
		{"body of a GET", use(`"url": "/x", "body": "a"`), "key uses[0].body: does not go with GET"},
		{"header name", use(`"url": "/x", "headers": {"X A": "1"}`), `key uses[0].headers: "X A" is not a header name`},
		{"header value", use(`"url": "/x", "headers": {"X-A": "1\n2"}`), "is not a header value"},
		{"forbidden header", use(`"url": "/x", "headers": {"Cookie": "a=b"}`), "Cookie is a header that pages can't set"},
		{"credentials", use(`"url": "/x", "credentials": "yes"`), `key uses[0].credentials: "yes" is none of omit`},
		{"cookies without credentials", use(`"url": "/x", "cookies": ["sid=1"]`), `key uses[0].cookies: never go along`},
		{"a cookie for elsewhere", use(`"url": "/x", "credentials": "include", "cookies": ["a=b", "sid=1; Domain=other.example"]`),
			`key uses[0].cookies[1]: "sid=1; Domain=other.example" is a cookie that no browser keeps: foreign-domain`},
		{"a cookie that has expired", use(`"url": "/x", "credentials": "include", "cookies": ["sid=1; Max-Age=0"]`), `key uses[0].cookies[0]: "sid=1; Max-Age=0" has expired`},
		{"a finding that there is not", `{"allow": ["https://a.example"], "accept": ["vary-missing", "vary"], ` + uses + `}`, `key accept[1]: "vary" is no finding's id; they are [origin-refused `},
		{"what can't be read", use(`"url": "/x", "read": ["Set-Cookie"]`), "key uses[0].read: Set-Cookie is a header that no page can read"},
		{"all at once", use(`"url": "/x", "method": "CONNECT", "read": ["a b"]`), `key uses[0].read: "a b" is not a header name`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			intent, err := conformance.ReadIntent("intent.json", strings.NewReader(tt.json))
			if err == nil || intent != nil {
				t.Fatalf("%v, %v; want an error alone", intent, err)
			}
			if !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "conformance: intent.json: ") {
				t.Errorf("got %q, want file and %q", err, tt.want)
			}
		})
	}
}

// FuzzReadIntent holds that reading ends in an intent or an error, and that
// what it takes can be played.
func FuzzReadIntent(f *testing.F) {
	f.Add(`{"allow": ["https://a.example"], "refuse": ["null"], "uses": [{"url": "/x", "method": "put", "headers": {"A": "b"}, "preflightCached": "1m"}]}`)
	f.Add(`{"base": "http://[::1]:8080/v1?q", "allow": ["http://a.example:81"], "uses": [{"url": "../?#", "method": "POST", "body": "b", "credentials": "include", "read": ["ETag"]}]}`)
	f.Add(`{"allow": [`)
	f.Fuzz(func(t *testing.T, text string) {
		intent, err := conformance.ReadIntent("fuzz.json", strings.NewReader(text))
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
		if _, err := conformance.AuditHandler(t.Context(), answering(echo, creds), intent, nil); err != nil {
			t.Errorf("%+v: %v", intent, err)
		}
	})
}
