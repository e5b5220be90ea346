package safelist_test

import (
	"testing"

	"github.com/browsercors/browsercors/safelist"
)

// What is asked of every request and every response header must not cost an allocation.
func TestHotPathsAllocateNothing(t *testing.T) {
	var standard *safelist.Rules
	joining := &safelist.Rules{JoinRepeated: true, SafelistedHints: true, IgnoreTotalSize: true, HighBytesUnsafe: true,
		CommaUnsafe: true, LastSemicolonUnsafe: true, TypeEndsAtBlank: true, Range: safelist.RangeLenient}
	long := &safelist.Rules{Range: safelist.RangeInt64}
	simple := safelist.HeaderList{
		{Name: "Accept", Value: "application/json, text/plain;q=0.9, text/html;q=0.8"},
		{Name: "Accept-Language", Value: "en-GB, en;q=0.5"},
		{Name: "Content-Type", Value: "text/plain;charset=UTF-8"},
		{Name: "Range", Value: "bytes=0-499"},
		{Name: "accept", Value: "image/webp, image/png, image/svg+xml, image/jpeg"},
	}
	unsafe := append(simple[:len(simple):len(simple)], safelist.Header{Name: "X-Requested-With", Value: "XMLHttpRequest"})
	exposed := []string{"X-Request-Id", "ETag", "Link"}
	for _, test := range []struct {
		name string
		f    func()
	}{
		{"RequestHeader accept", func() { standard.RequestHeader("Accept", simple[0].Value) }},
		{"RequestHeader language", func() { standard.RequestHeader("Accept-Language", "en-GB, en;q=0.5") }},
		{"RequestHeader json", func() { standard.RequestHeader("Content-Type", "application/json") }},
		{"RequestHeader plain", func() { standard.RequestHeader("content-type", "text/plain;charset=UTF-8") }},
		{"RequestHeader range", func() { long.RequestHeader("range", "bytes=0-499") }},
		{"RequestHeader lenient range", func() { joining.RequestHeader("range", "Bytes=+0-499") }},
		{"RequestHeader hint", func() { joining.RequestHeader("ECT", "slow-2g") }},
		{"RequestHeader other", func() { standard.RequestHeader("X-Requested-With", "XMLHttpRequest") }},
		{"IsForbiddenRequestHeader", func() { standard.IsForbiddenRequestHeader("X-HTTP-Method-Override", `a, "b, c", TRACE`) }},
		{"UnsafeNames none", func() { standard.UnsafeNames(simple) }},
		{"UnsafeNames none joined", func() { joining.UnsafeNames(simple) }},
		{"HasUnsafeNames", func() { standard.HasUnsafeNames(unsafe) }},
		{"HasUnsafeNames joined", func() { joining.HasUnsafeNames(simple) }},
		{"NeedsPreflight", func() { standard.NeedsPreflight("POST", simple, false) }},
		{"Contains", func() { simple.Contains("content-TYPE") }},
		{"Get", func() { simple.Get("content-type") }},
		{"IsSafelistedResponseHeaderName", func() { standard.IsSafelistedResponseHeaderName("link", exposed) }},
		{"NormalizeMethod", func() { safelist.NormalizeMethod("delete") }},
		{"ExtractLength", func() { safelist.HeaderList{{Name: "Content-Length", Value: "17"}}.ExtractLength() }},
		{"ParseSingleRange", func() { safelist.ParseSingleRange("bytes=0-499", false) }},
		{"ParseSingleRange blanks", func() { safelist.ParseSingleRange("bytes = 0 - 499", true) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			if n := testing.AllocsPerRun(100, test.f); n != 0 {
				t.Errorf("allocates %v times, want 0", n)
			}
		})
	}
}
