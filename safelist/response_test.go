package safelist_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/safelist"
)

// exposed tells whether script sees a response header.
func exposed(rules *safelist.Rules, name string, given []string) bool {
	e := rules.Exposure(given)
	return e.Has(name)
}

// https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name
func TestExposure(t *testing.T) {
	given := []string{"ETag", "x-a", "Set-Cookie", "*"}
	for _, test := range []struct {
		name        string
		none, given bool // whether script sees it with no list, and with exposed
	}{
		{"Cache-Control", true, true},
		{"content-language", true, true},
		{"Content-Length", true, true},
		{"CONTENT-TYPE", true, true},
		{"Expires", true, true},
		{"Last-Modified", true, true},
		{"Pragma", true, true},
		{"Accept", false, false},
		{"etag", false, true},
		{"X-A", false, true},
		{"X-B", false, false},
		{"*", false, true},
		{"Set-Cookie", false, false},
		{"set-cookie2", false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			var rules *safelist.Rules
			if got := exposed(rules, test.name, nil); got != test.none {
				t.Errorf("with no list: %v", got)
			}
			if got := exposed(rules, test.name, given); got != test.given {
				t.Errorf("with a list: %v", got)
			}
		})
	}
}

// https://fetch.spec.whatwg.org/#concept-main-fetch, step 14.1
func TestExposedNames(t *testing.T) {
	const header = "access-control-expose-headers"
	for _, test := range []struct {
		name               string
		headers            safelist.HeaderList
		includeCredentials bool
		want               []string
		all, bad           bool
	}{
		{"absent", nil, false, nil, false, false},
		{"listed", list(header, "X-A, etag"), true, []string{"X-A", "etag"}, false, false},
		{"two headers", list(header, "X-A", header, "*"), false, nil, true, false},
		{"wildcard among others", list(header, "a, *"), false, nil, true, false},
		{"wildcard with credentials", list(header, "a, *"), true, []string{"a", "*"}, false, false},
		{"bad", list(header, "a, *, b c"), false, nil, false, true},
		{"bad second header", list(header, "*", header, "b c"), false, nil, false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			names, all, err := (*safelist.Rules)(nil).ExposedNames(test.headers, test.includeCredentials)
			if diff := cmp.Diff(test.want, names); diff != "" || all != test.all || (err != nil) != test.bad {
				t.Errorf("all %v, error %v, (-want +got)\n%s", all, err, diff)
			}
		})
	}
}

// visible are the headers that script can read.
func visible(rules *safelist.Rules, l safelist.HeaderList, exposed []string) (kept safelist.HeaderList) {
	e := rules.Exposure(exposed)
	for _, h := range l {
		if e.Has(h.Name) {
			kept = append(kept, h)
		}
	}
	return kept
}

// Few exposed names are searched and many are looked up; both must agree with the definition.
func TestExposureOfMany(t *testing.T) {
	headers := list("Content-Type", "text/plain", "X-1", "a", "x-1", "b", "Set-Cookie", "c", "X-A", "d", "Pragma", "e", "X-20", "f")
	for _, n := range []int{0, 1, 2, 8, 9, 30} {
		given := []string{"set-cookie"}
		for i := range n {
			given = append(given, fmt.Sprintf("x-%d", i))
		}
		for _, rules := range []*safelist.Rules{nil, {ExtraExposed: []string{"x-a"}}} {
			var want safelist.HeaderList
			for _, h := range headers {
				if exposed(rules, h.Name, given) {
					want = append(want, h)
				}
			}
			if diff := cmp.Diff(want, visible(rules, headers, given)); diff != "" {
				t.Errorf("%d names (-want +got)\n%s", n, diff)
			}
		}
	}
	if got := visible(nil, headers, headers.Names()); len(got) != len(headers)-1 {
		t.Errorf("of all names exposed %v is kept", got)
	}
}
