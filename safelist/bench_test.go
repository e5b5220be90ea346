package safelist_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/internal/mimetype"
	"github.com/browsercors/browsercors/safelist"
)

func BenchmarkRequestHeader(b *testing.B) {
	for _, bench := range []struct{ name, header, value string }{
		{"header=accept", "Accept", "application/json, text/plain, */*"},
		{"header=content-type/value=json", "Content-Type", "application/json"},
		{"header=content-type/value=text", "Content-Type", "text/plain;charset=UTF-8"},
		{"header=range", "Range", "bytes=0-499"},
		{"header=other", "X-Requested-With", "XMLHttpRequest"},
	} {
		b.Run(bench.name, func(b *testing.B) {
			var rules *safelist.Rules
			b.ReportAllocs()
			for b.Loop() {
				rules.IsSafelistedRequestHeader(bench.header, bench.value)
			}
		})
	}
}

func BenchmarkClassification(b *testing.B) {
	simple := list("Accept", "application/json", "Accept-Language", "en-GB", "Content-Type", "text/plain;charset=UTF-8")
	preflighted := append(simple[:2:2], list("Content-Type", "application/json", "Authorization", "Bearer x", "X-Request-Id", "1")...)
	for _, bench := range []struct {
		name    string
		rules   *safelist.Rules
		headers safelist.HeaderList
	}{
		{"rules=standard/request=simple", nil, simple},
		{"rules=standard/request=preflighted", nil, preflighted},
		{"rules=joining/request=simple", &safelist.Rules{JoinRepeated: true, SafelistedHints: true}, simple},
		{"rules=joining/request=preflighted", &safelist.Rules{JoinRepeated: true, SafelistedHints: true}, preflighted},
	} {
		b.Run("of=needspreflight/"+bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				bench.rules.NeedsPreflight("POST", bench.headers, false)
			}
		})
		b.Run("of=unsafenames/"+bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				bench.rules.UnsafeNames(bench.headers)
			}
		})
		b.Run("of=classify/"+bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				bench.rules.Classify("POST", bench.headers, false)
			}
		})
	}
}

func BenchmarkExposure(b *testing.B) {
	for _, n := range []int{3, 10_000} {
		var names []string
		for i := range n {
			names = append(names, "x-"+strconv.Itoa(i))
		}
		l := list("Access-Control-Expose-Headers", strings.Join(names, ", "), "Content-Type", "text/plain", "X-2", "a", "Set-Cookie", "b")
		b.Run("of=names/n="+strconv.Itoa(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				(*safelist.Rules)(nil).ExposedNames(l, false)
			}
		})
		b.Run("of=filter/n="+strconv.Itoa(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				visible(nil, l, names)
			}
		})
	}
}

func BenchmarkMIMEType(b *testing.B) {
	for name, value := range map[string]string{
		"value=essence": "application/json", "value=charset": "text/html;charset=utf-8", "value=quoted": `text/html;a="b c";d=e`,
	} {
		b.Run("of=parse/"+name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				mimetype.Parse(value)
			}
		})
	}
}

func BenchmarkGet(b *testing.B) {
	for _, n := range []int{1, 2, 10_000} {
		l := list("Date", "x", "Server", "y", "Cache-Control", "no-store")
		for range n {
			l = append(l, safelist.Header{Name: "Vary", Value: "Origin"})
		}
		b.Run("repeats="+strconv.Itoa(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.Get("vary")
			}
		})
	}
}
