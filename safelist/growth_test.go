package safelist_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/internal/byterange"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/growth"
	"github.com/browsercors/browsercors/internal/headervalue"
	"github.com/browsercors/browsercors/internal/isomorphic"
	"github.com/browsercors/browsercors/internal/mimetype"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/safelist"
)

// TestGrowth: what a page or a server made long is judged in n log n.
func TestGrowth(t *testing.T) {
	numbered := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	headers := func(n int, name, value string) safelist.HeaderList {
		var l safelist.HeaderList
		for i := range n {
			l = append(l, safelist.Header{Name: strings.ReplaceAll(name, "#", fmt.Sprint(i)), Value: value})
		}
		return l
	}
	profiles := map[string]*safelist.Rules{
		"standard": nil,
		"engine":   {JoinRepeated: true, SafelistedHints: true, ExposeWildcardBeforeBadToken: true, ExposeEmptyMembers: rules.RejectEmptyMembers},
	}
	onList := func(l safelist.HeaderList, r *safelist.Rules) {
		_ = r.UnsafeNames(l)
		_ = r.NeedsPreflight("GET", l, false)
		_ = r.Classify("GET", l, false).String()
		names, _, _ := r.ExposedNames(l, false)
		_ = visible(r, l, names)
		_ = l.Names()
		for _, name := range []string{"Content-Type", "Access-Control-Allow-Headers", "Content-Length", "Location", "Referrer-Policy"} {
			_, _, _ = l.ExtractValues(name)
			_, _ = headervalue.GetDecodeAndSplit(l, name)
		}
		_, _, _ = headervalue.ExtractLength(l)
		_, _ = mimetype.Extract(l)
	}
	lists := []struct {
		name string
		n    int
		list func(n int) safelist.HeaderList
	}{
		{"names", 1000, func(n int) safelist.HeaderList { return headers(n, "x-#", "1") }},
		{"one name", 2000, func(n int) safelist.HeaderList { return headers(n, "X-A", "1") }},
		{"Accept", 2000, func(n int) safelist.HeaderList { return headers(n, "Accept", "a") }},
		{"Content-Type", 1000, func(n int) safelist.HeaderList { return headers(n, "Content-Type", "a/b;charset=x") }},
		{"Content-Type of one line", 5000, func(n int) safelist.HeaderList {
			return headers(1, "Content-Type", "a/b;charset=x,"+strings.Repeat("a/b,", n))
		}},
		{"quoted strings that do not end", 20_000, func(n int) safelist.HeaderList { return headers(1, "Content-Type", strings.Repeat(`"a,`, n)) }},
		{"Content-Length", 2000, func(n int) safelist.HeaderList { return headers(n, "Content-Length", "1") }},
		{"Location", 2000, func(n int) safelist.HeaderList { return headers(n, "Location", "/") }},
		{"Access-Control-Allow-Headers", 10_000, func(n int) safelist.HeaderList {
			return headers(1, "Access-Control-Allow-Headers", numbered(n, "x-%d,"))
		}},
		{"Access-Control-Expose-Headers", 500, func(n int) safelist.HeaderList {
			return append(headers(n, "x-#", "1"), headers(1, "Access-Control-Expose-Headers", numbered(n, "x-%d,")+"*")...)
		}},
	}
	for name, r := range profiles {
		for _, tt := range lists {
			t.Run(name+"/"+tt.name, func(t *testing.T) {
				growth.Check(t, tt.n, func(n int) func() {
					l := tt.list(n)
					return func() { onList(l, r) }
				})
			})
		}
	}
	values := []struct {
		name  string
		n     int
		value func(n int) string
	}{
		{"parameters", 2000, func(n int) string { return "a/b" + numbered(n, ";p%d=v") }},
		{"parameters of one name", 5000, func(n int) string { return "a/b" + strings.Repeat(";a=b", n) }},
		{"quoted parameters", 5000, func(n int) string { return "a/b" + strings.Repeat(`;a="\`, n) }},
		{"semicolons", 10_000, func(n int) string { return "a/b" + strings.Repeat(";", n) }},
		{"blanks", 10_000, func(n int) string { return strings.Repeat(" ", n) + "a/b" + strings.Repeat(" ", n) }},
		{"digits", 100_000, func(n int) string { return "bytes=0-" + strings.Repeat("9", n) }},
		{"zeros", 100_000, func(n int) string { return "bytes=" + strings.Repeat("0", n) + "-1" }},
		{"methods", 50_000, func(n int) string { return strings.Repeat(`"a`, n) + ",trace" }},
		{"not ASCII", 5000, func(n int) string { return strings.Repeat("\u00e9", n) }},
	}
	for _, tt := range values {
		t.Run(tt.name, func(t *testing.T) {
			growth.Check(t, tt.n, func(n int) func() {
				value := tt.value(n)
				return func() {
					if m, ok := mimetype.Parse(value); ok {
						_ = m.String()
					}
					_, _ = byterange.Parse(rules.RangeLenient, value, true)
					for _, name := range []string{"Accept", "Content-Type", "Range", "X-HTTP-Method", "X-A"} {
						_ = (*safelist.Rules)(nil).IsSafelistedRequestHeader(name, value)
						_ = (*safelist.Rules)(nil).IsForbiddenRequestHeader(name, value)
					}
					_ = grammar.NormalizeHeaderValue(value)
					_, _ = isomorphic.Encode(isomorphic.Decode(value))
				}
			})
		})
	}
}
