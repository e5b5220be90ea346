package safelist_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/safelist"
)

// https://fetch.spec.whatwg.org/#extract-header-list-values
func TestExtractValues(t *testing.T) {
	const (
		methods = "Access-Control-Allow-Methods"
		headers = "Access-Control-Allow-Headers"
		expose  = "Access-Control-Expose-Headers"
		maxAge  = "Access-Control-Max-Age"
		policy  = "Referrer-Policy"
	)
	for _, test := range []struct {
		name, header string
		headers      safelist.HeaderList
		want         []string
		present      bool
		bad          string // the offending value when there is one
	}{
		{"absent", methods, list("A", "1"), nil, false, ""},
		{"empty list", methods, list(methods, ""), nil, true, ""},
		{"only empty members", methods, list(methods, " ,\t,"), nil, true, ""},
		{"one", methods, list(methods, "PUT"), []string{"PUT"}, true, ""},
		{"name in lower case", methods, list(strings.ToLower(methods), "PUT"), []string{"PUT"}, true, ""},
		{"case and repetition stay", methods, list(methods, "put,PUT , put"), []string{"put", "PUT", "put"}, true, ""},
		{"empty members are allowed", headers, list(headers, ",a,, b\t,"), []string{"a", "b"}, true, ""},
		{"two headers in order", headers, list(headers, "b", "X", "y", headers, "a"), []string{"b", "a"}, true, ""},
		{"wildcard is a token", expose, list(expose, "*, a"), []string{"*", "a"}, true, ""},
		{"space inside a member", headers, list(headers, "a, b c"), nil, true, "b c"},
		{"quotes are no token", headers, list(headers, `"a"`), nil, true, `"a"`},
		{"quotes do not hide a comma", headers, list(headers, `"a,b"`), nil, true, `"a`},
		{"form feed is no OWS", headers, list(headers, "a,\fb"), nil, true, "\fb"},
		{"high byte", headers, list(headers, "\xe4"), nil, true, "\xe4"},
		{"semicolon between methods", methods, list(methods, "GET; PUT"), nil, true, "GET; PUT"},
		{"second header bad", methods, list(methods, "GET", methods, "("), nil, true, "("},
		{"max age", maxAge, list(maxAge, "600"), []string{"600"}, true, ""},
		{"max age zero", maxAge, list(maxAge, "0"), []string{"0"}, true, ""},
		{"max age beyond 64 bits", maxAge, list(maxAge, "99999999999999999999"), []string{"99999999999999999999"}, true, ""},
		{"max age empty", maxAge, list(maxAge, ""), nil, true, ""},
		{"max age negative", maxAge, list(maxAge, "-1"), nil, true, "-1"},
		{"max age with a plus", maxAge, list(maxAge, "+5"), nil, true, "+5"},
		{"max age with a fraction", maxAge, list(maxAge, "1.5"), nil, true, "1.5"},
		{"max age with a unit", maxAge, list(maxAge, "600s"), nil, true, "600s"},
		{"max age list", maxAge, list(maxAge, "10,20"), nil, true, "10,20"},
		{"max age twice", maxAge, list(maxAge, "10", maxAge, "10"), nil, true, "10"},
		{"content codings", "Content-Encoding", list("content-encoding", "gzip, br"), []string{"gzip", "br"}, true, ""},
		{"content coding with a slash", "Content-Encoding", list("content-encoding", "a/b"), nil, true, "a/b"},
		{"policies", policy, list(policy, "no-referrer, future-policy"), []string{"no-referrer", "future-policy"}, true, ""},
		{"policies need a member", policy, list(policy, ","), nil, true, ","},
		{"policies have no underscore", policy, list(policy, "origin, no_referrer"), nil, true, "no_referrer"},
		{"location is not looked at", "Location", list("Location", "http://[ "), []string{"http://[ "}, true, ""},
		{"two locations", "Location", list("Location", "/a", "location", "/a"), nil, true, "/a"},
		{"a header without grammar", "ETag", list("ETag", `"x"`), nil, true, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, present, err := test.headers.ExtractValues(test.header)
			if diff := cmp.Diff(test.want, got); diff != "" || present != test.present {
				t.Errorf("present %v, (-want +got)\n%s", present, diff)
			}
			var valueError *safelist.ValueError
			switch wantError := present && test.want == nil && !strings.HasPrefix(test.name, "empty list") &&
				!strings.HasPrefix(test.name, "only empty"); {
			case !wantError && err != nil:
				t.Errorf("error %v", err)
			case wantError && !errors.As(err, &valueError):
				t.Errorf("error %v, want a ValueError", err)
			case wantError && (valueError.Value != test.bad || !fold.Equal(valueError.Header, test.header)):
				t.Errorf("blames %q of %s, want %q", valueError.Value, valueError.Header, test.bad)
			}
		})
	}
}

func TestValueErrorIsShort(t *testing.T) {
	l := list("Access-Control-Allow-Methods", strings.Repeat("(", 1<<20))
	_, _, err := l.ExtractValues("Access-Control-Allow-Methods")
	if err == nil || len(err.Error()) > 250 || !strings.HasPrefix(err.Error(), "safelist: Access-Control-Allow-Methods: ") {
		t.Errorf("error %.300v", err)
	}
}
