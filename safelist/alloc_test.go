package safelist_test

import (
	"testing"

	"github.com/browsercors/browsercors/internal/headervalue"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/safelist"
)

// What is asked of every request and every response header must not cost an allocation.
func TestHotPathsAllocateNothing(t *testing.T) {
	var standard *safelist.Rules
	joining := &safelist.Rules{JoinRepeated: true, SafelistedHints: true, IgnoreTotalSize: true, HighBytesUnsafe: true,
		CommaUnsafe: true, LastSemicolonUnsafe: true, TypeEndsAtBlank: true, Range: rules.RangeLenient}
	long := &safelist.Rules{Range: rules.RangeInt64}
	simple := safelist.HeaderList{
		{Name: "Accept", Value: "application/json, text/plain;q=0.9, text/html;q=0.8"},
		{Name: "Accept-Language", Value: "en-GB, en;q=0.5"},
		{Name: "Content-Type", Value: "text/plain;charset=UTF-8"},
		{Name: "Range", Value: "bytes=0-499"},
		{Name: "accept", Value: "image/webp, image/png, image/svg+xml, image/jpeg"},
	}
	unsafe := append(simple[:len(simple):len(simple)], safelist.Header{Name: "X-Requested-With", Value: "XMLHttpRequest"})
	length := safelist.HeaderList{{Name: "Content-Length", Value: "17"}}
	exposed := []string{"X-Request-Id", "ETag", "Link"}
	for _, test := range []struct {
		name string
		f    func()
	}{
		{"IsSafelistedRequestHeader accept", func() { standard.IsSafelistedRequestHeader("Accept", simple[0].Value) }},
		{"IsSafelistedRequestHeader language", func() { standard.IsSafelistedRequestHeader("Accept-Language", "en-GB, en;q=0.5") }},
		{"IsSafelistedRequestHeader json", func() { standard.IsSafelistedRequestHeader("Content-Type", "application/json") }},
		{"IsSafelistedRequestHeader plain", func() { standard.IsSafelistedRequestHeader("content-type", "text/plain;charset=UTF-8") }},
		{"IsSafelistedRequestHeader range", func() { long.IsSafelistedRequestHeader("range", "bytes=0-499") }},
		{"IsSafelistedRequestHeader lenient range", func() { joining.IsSafelistedRequestHeader("range", "Bytes=+0-499") }},
		{"IsSafelistedRequestHeader hint", func() { joining.IsSafelistedRequestHeader("ECT", "slow-2g") }},
		{"IsSafelistedRequestHeader other", func() { standard.IsSafelistedRequestHeader("X-Requested-With", "XMLHttpRequest") }},
		{"IsForbiddenRequestHeader", func() { standard.IsForbiddenRequestHeader("X-HTTP-Method-Override", `a, "b, c", TRACE`) }},
		{"UnsafeNames none", func() { standard.UnsafeNames(simple) }},
		{"UnsafeNames none joined", func() { joining.UnsafeNames(simple) }},
		{"NeedsPreflight by a header", func() { standard.NeedsPreflight("GET", unsafe, false) }},
		{"NeedsPreflight joined", func() { joining.NeedsPreflight("GET", simple, false) }},
		{"NeedsPreflight", func() { standard.NeedsPreflight("POST", simple, false) }},
		{"Contains", func() { simple.Contains("content-TYPE") }},
		{"Get", func() { simple.Get("content-type") }},
		{"Exposure", func() { e := standard.Exposure(exposed); e.Has("link") }},
		{"NormalizeMethod", func() { safelist.NormalizeMethod("delete") }},
		{"ExtractLength", func() { headervalue.ExtractLength(length) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			if n := testing.AllocsPerRun(100, test.f); n != 0 {
				t.Errorf("allocates %v times, want 0", n)
			}
		})
	}
}
