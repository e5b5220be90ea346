package safelist_test

import (
	"strings"
	"testing"

	"github.com/browsercors/browsercors/internal/byterange"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/headervalue"
	"github.com/browsercors/browsercors/internal/mimetype"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/safelist"
)

// The verdict on one header is that of the Standard's steps taken word for word, and the whole list's answers
// agree with one another under every combination of rules.
func FuzzVerdicts(f *testing.F) {
	for i, value := range []string{"", "text/plain", "application/json", "bytes=0-1", "bytes=+1--1", "en-GB, *", "a\"b", "\xff",
		"4g", "1.5", "text/plain;;", "text/plain x;y", strings.Repeat("a", 128), strings.Repeat("a", 129)} {
		f.Add("Accept", value, "Content-Type", value, uint16(i*97), uint8(i))
		f.Add("Range", value, "range", value, uint16(i*89), uint8(9))
		f.Add("DPR", value, "X-A", value, uint16(i*83), uint8(1))
	}
	f.Fuzz(func(t *testing.T, name1, value1, name2, value2 string, knobs uint16, repeat uint8) {
		var standard *safelist.Rules
		for _, h := range list(name1, value1, name2, value2) {
			want := literalSafelisted(h.Name, h.Value)
			if got := verdict(standard, h.Name, h.Value) == "safelisted"; got != want {
				t.Errorf("%q: %q: safelisted is %v", h.Name, h.Value, got)
			}
			if got := standard.IsSafelistedRequestHeader(h.Name, h.Value); got != want {
				t.Errorf("%q: %q: IsSafelistedRequestHeader is %v", h.Name, h.Value, got)
			}
			standard.IsForbiddenRequestHeader(h.Name, h.Value)
		}
		rules := &safelist.Rules{
			SafelistedHints:     knobs&1 != 0,
			IgnoreTotalSize:     knobs&2 != 0,
			JoinRepeated:        knobs&4 != 0,
			HighBytesUnsafe:     knobs&8 != 0,
			CommaUnsafe:         knobs&16 != 0,
			RepeatUnsafeNames:   knobs&32 != 0,
			OverrideSplitPlain:  knobs&64 != 0,
			Range:               rules.Range(knobs >> 7 & 3),
			LastSemicolonUnsafe: knobs&512 != 0,
			TypeEndsAtBlank:     knobs&1024 != 0,
		}
		var l safelist.HeaderList
		for range repeat%12 + 1 {
			l = append(l, list(name1, value1, name2, value2)...)
		}
		for _, r := range []*safelist.Rules{standard, rules} {
			names := r.UnsafeNames(l)
			if has := r.NeedsPreflight("GET", l, false); has != (len(names) > 0) {
				t.Errorf("NeedsPreflight is %v, the names are %q", has, names)
			}
			for _, method := range []string{"GET", "PUT"} {
				c := r.Classify(method, l, false)
				if need := r.NeedsPreflight(method, l, false); need != c.Preflight {
					t.Errorf("NeedsPreflight is %v, %v", need, c)
				}
				_ = c.String()
			}
			if n := testing.AllocsPerRun(1, func() { r.NeedsPreflight("GET", l, false); r.IsSafelistedRequestHeader(name1, value1) }); n != 0 {
				t.Errorf("%v allocations", n)
			}
		}
	})
}

// literalSafelisted is https://fetch.spec.whatwg.org/#cors-safelisted-request-header, word for word.
func literalSafelisted(name, value string) bool {
	if len(value) > 128 {
		return false
	}
	unsafe := func() bool {
		for i := range len(value) {
			if c := value[i]; c < 0x20 && c != 0x09 || strings.ContainsRune("\"():<>?@[\\]{}\x7f", rune(c)) {
				return true
			}
		}
		return false
	}
	lowered := []byte(name)
	for i, c := range lowered {
		if 'A' <= c && c <= 'Z' {
			lowered[i] = c + 0x20
		}
	}
	switch string(lowered) {
	case "accept":
		return !unsafe()
	case "accept-language", "content-language":
		return strings.Trim(value, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz *,-.;=") == ""
	case "content-type":
		if unsafe() {
			return false
		}
		mimeType, ok := mimetype.Parse(value)
		if !ok {
			return false
		}
		e := mimeType.Essence()
		return e == "application/x-www-form-urlencoded" || e == "multipart/form-data" || e == "text/plain"
	case "range":
		rangeValue, ok := byterange.Parse(rules.RangeStandard, value, false)
		return ok && rangeValue.HasStart
	}
	return false
}

// Whatever a header list holds, extraction gives an error that blames a value, or members that fit the grammar.
func FuzzExtractValues(f *testing.F) {
	f.Add("GET, PUT", ",a ,, b\t")
	f.Add("*", "b c")
	f.Add("600", "\x80")
	f.Fuzz(func(t *testing.T, first, second string) {
		for _, header := range []string{"Access-Control-Allow-Methods", "Access-Control-Allow-Headers",
			"Access-Control-Expose-Headers", "Content-Encoding", "Referrer-Policy", "Access-Control-Max-Age", "Location"} {
			l := list(header, first, "X", "y", strings.ToLower(header), second)
			values, present, err := l.ExtractValues(header)
			if !present {
				t.Fatalf("%s is not there", header)
			}
			if err != nil {
				if values != nil || err.Error() == "" {
					t.Errorf("%s: %q, %v", header, values, err)
				}
				continue
			}
			if got, want := strings.Join(values, ""), strings.NewReplacer(",", "", " ", "", "\t", "").Replace(first+second); got != want {
				t.Errorf("%s: %q, want together %q", header, values, want)
			}
			for _, value := range values {
				if !grammar.IsToken(value) {
					t.Errorf("%s: member %q", header, value)
				}
			}
		}
		for _, r := range []*safelist.Rules{nil, {ExposeWildcardBeforeBadToken: true, ExposeEmptyMembers: rules.RejectEmptyMembers}} {
			l := list("Access-Control-Expose-Headers", first, "Access-Control-Expose-Headers", second, "Content-Length", first,
				"Content-Type", first, "Content-Type", second)
			names, all, err := r.ExposedNames(l, false)
			if all && (names != nil || err != nil) || err != nil && names != nil {
				t.Errorf("%q, %v, %v", names, all, err)
			}
			headervalue.ExtractLength(l)
			mimetype.Extract(l)
		}
	})
}
