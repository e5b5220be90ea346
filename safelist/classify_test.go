package safelist_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/safelist"
)

// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
func TestUnsafeNames(t *testing.T) {
	a128 := strings.Repeat("a", 128)
	eight := slices.Repeat(list("Accept", a128), 8)
	for _, test := range []struct {
		name    string
		headers safelist.HeaderList
		want    []string
	}{
		{"none", nil, nil},
		{"all safelisted", list("Accept", "a", "Content-Type", "text/plain", "Range", "bytes=0-"), nil},
		{"sorted, lower case, once", list("X-b", "1", "X-A", "2", "Accept", "a", "x-B", "3", "Authorization", "x"),
			[]string{"authorization", "x-a", "x-b"}},
		{"safelisted name, unsafe value", list("Content-Type", "application/json", "Accept", "("), []string{"accept", "content-type"}},
		{"one of two of a name", list("Accept", "a", "Accept", "("), []string{"accept"}},
		{"1024 bytes in sum", eight, nil},
		{"1025 bytes in sum", append(eight[:8:8], list("Content-Language", "a", "X", "x")...),
			[]string{"accept", "content-language", "x"}},
		{"unsafe values do not count", append(eight[:8:8], list("X-A", a128, "Accept", a128+"a")...), []string{"accept", "x-a"}},
		{"repeated values judged alone", list("Accept", a128, "Accept", a128), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var rules *safelist.Rules
			if diff := cmp.Diff(test.want, rules.UnsafeNames(test.headers)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if got := rules.NeedsPreflight("GET", test.headers, false); got != (test.want != nil) {
				t.Errorf("NeedsPreflight is %v", got)
			}
		})
	}
}

// https://fetch.spec.whatwg.org/#concept-main-fetch, step 12
func TestClassify(t *testing.T) {
	a128 := strings.Repeat("a", 128)
	for _, test := range []struct {
		name, method string
		headers      safelist.HeaderList
		flag         bool
		want         safelist.Classification
		text         string
	}{
		{"simple", "POST", list("Content-Type", "text/plain"), false,
			safelist.Classification{Method: "POST", MethodSafelisted: true, SafelistedSize: 10, Headers: []safelist.HeaderVerdict{
				{Name: "Content-Type", Value: "text/plain", Verdict: "safelisted"}}},
			"simple: POST with CORS-safelisted headers only"},
		{"method", "PUT", nil, false, safelist.Classification{Preflight: true, Method: "PUT"},
			"needs a preflight:\n\tmethod \"PUT\" is not GET, HEAD or POST"},
		{"method not normalized", "get", nil, false, safelist.Classification{Preflight: true, Method: "get"},
			"needs a preflight:\n\tmethod \"get\" is not GET, HEAD or POST"},
		{"flag", "GET", nil, true,
			safelist.Classification{Preflight: true, Method: "GET", MethodSafelisted: true, UsePreflightFlag: true},
			"needs a preflight:\n\ta preflight is forced, by an upload listener or a streaming body"},
		{"every reason", "GET", list("Authorization", "Bearer secret", "accept", "a\"b", "Accept", "\x01", "Accept-Language", "en_GB",
			"Accept", strings.Repeat("a", 129), "Content-Type", "x", "Content-Type", "Application/JSON; charset=utf-8",
			"Range", "bytes=-5", "Content-Language", "de"), false,
			safelist.Classification{Preflight: true, Method: "GET", MethodSafelisted: true, SafelistedSize: 2,
				Headers: []safelist.HeaderVerdict{
					{Name: "Authorization", Value: "Bearer secret", Verdict: "unsafe-name"},
					{Name: "accept", Value: "a\"b", Verdict: "unsafe-byte", Offset: 1},
					{Name: "Accept", Value: "\x01", Verdict: "unsafe-byte"},
					{Name: "Accept-Language", Value: "en_GB", Verdict: "not-language-byte", Offset: 2},
					{Name: "Accept", Value: strings.Repeat("a", 129), Verdict: "value-too-long"},
					{Name: "Content-Type", Value: "x", Verdict: "unparsable-mime-type"},
					{Name: "Content-Type", Value: "Application/JSON; charset=utf-8", Verdict: "mime-type-not-safelisted"},
					{Name: "Range", Value: "bytes=-5", Verdict: "range-not-safelisted"},
					{Name: "Content-Language", Value: "de", Verdict: "safelisted"},
				}},
			`needs a preflight:
	header "Authorization": headers of this name are not CORS-safelisted
	header "accept": byte 0x22 (") at offset 1 is a CORS-unsafe request-header byte
	header "Accept": byte 0x01 at offset 0 is a CORS-unsafe request-header byte
	header "Accept-Language": byte 0x5F (_) at offset 2 is not a letter, a digit, a space or one of * , - . ; =
	header "Accept": a value of 129 bytes, more than 128
	header "Content-Type": "x" is not a MIME type
	header "Content-Type": "application/json" is not a MIME type that a form can send: ` +
				`application/x-www-form-urlencoded, multipart/form-data or text/plain
	header "Range": "bytes=-5" is not a single range of bytes with a start`},
		{"sum", "GET", append(slices.Repeat(list("Accept", a128), 8), list("Content-Language", "de")...), false,
			safelist.Classification{Preflight: true, Method: "GET", MethodSafelisted: true, SafelistedSize: 1026,
				Headers: append(slices.Repeat([]safelist.HeaderVerdict{{Name: "Accept", Value: a128, Verdict: "total-too-long"}}, 8),
					safelist.HeaderVerdict{Name: "Content-Language", Value: "de", Verdict: "total-too-long"})},
			"needs a preflight:" + strings.Repeat("\n\theader \"Accept\": the CORS-safelisted values have 1026 bytes in total, more than 1024", 8) +
				"\n\theader \"Content-Language\": the CORS-safelisted values have 1026 bytes in total, more than 1024"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var rules *safelist.Rules
			got := rules.Classify(test.method, test.headers, test.flag)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(test.text, got.String()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if need := rules.NeedsPreflight(test.method, test.headers, test.flag); need != test.want.Preflight {
				t.Errorf("NeedsPreflight is %v", need)
			}
		})
	}
}

// The names of the verdicts are promised, and each has a text of its own.
func TestVerdicts(t *testing.T) {
	seen := make(map[string]bool)
	for _, v := range []safelist.Verdict{"safelisted", "unsafe-name", "value-too-long", "unsafe-byte", "not-language-byte",
		"unparsable-mime-type", "mime-type-not-safelisted", "range-not-safelisted", "hint-not-safelisted", "total-too-long"} {
		detail := (safelist.HeaderVerdict{Name: "X", Verdict: v, Offset: 7}).Detail()
		if detail == "" || detail == string(v) || seen[detail] {
			t.Errorf("%s: detail %q", v, detail)
		}
		seen[detail] = true
	}
	if got := (safelist.HeaderVerdict{Verdict: "other"}).Detail(); got != "other" {
		t.Errorf("the detail of an unknown verdict is %q", got)
	}
}
