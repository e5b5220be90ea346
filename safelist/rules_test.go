package safelist_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/safelist"
)

// Each field of Rules, off and on, at both sides of the line that it moves.
func TestRulesMoveVerdicts(t *testing.T) {
	hints := safelist.Rules{SafelistedHints: true}
	highBytes := safelist.Rules{HighBytesUnsafe: true}
	comma := safelist.Rules{CommaUnsafe: true}
	semicolon := safelist.Rules{LastSemicolonUnsafe: true}
	blank := safelist.Rules{TypeEndsAtBlank: true}
	for _, test := range []struct {
		name          string
		rules         safelist.Rules
		header, value string
		off, on       safelist.Verdict
	}{
		{"hint", hints, "Device-Memory", "0.5", "unsafe-name", "safelisted"},
		{"hint of digits alone", hints, "dpr", "2", "unsafe-name", "safelisted"},
		{"hint ends in a dot", hints, "Downlink", "2.", "unsafe-name", "hint-not-safelisted"},
		{"hint starts with a dot", hints, "Downlink", ".5", "unsafe-name", "hint-not-safelisted"},
		{"hint with two dots", hints, "DPR", "1.2.3", "unsafe-name", "hint-not-safelisted"},
		{"hint with a colon for a dot", hints, "DPR", "1:2", "unsafe-name", "hint-not-safelisted"},
		{"hint empty", hints, "DPR", "", "unsafe-name", "hint-not-safelisted"},
		{"whole number", hints, "Viewport-Width", "1024", "unsafe-name", "safelisted"},
		{"whole number with a fraction", hints, "Width", "1024.5", "unsafe-name", "hint-not-safelisted"},
		{"whole number empty", hints, "RTT", "", "unsafe-name", "hint-not-safelisted"},
		{"connection type", hints, "ECT", "slow-2g", "unsafe-name", "safelisted"},
		{"connection type in upper case", hints, "ECT", "4G", "unsafe-name", "hint-not-safelisted"},
		{"save data", hints, "Save-Data", "ON", "unsafe-name", "safelisted"},
		{"save data off", hints, "Save-Data", "off", "unsafe-name", "hint-not-safelisted"},
		{"any value", hints, "Intervention", `<"(>`, "unsafe-name", "safelisted"},
		{"any value of a new hint", hints, "sec-ch-ua", `"Not A;Brand";v="99"`, "unsafe-name", "safelisted"},
		{"no hint of that name", hints, "Sec-CH-Nothing", "", "unsafe-name", "unsafe-name"},
		{"hint too long", hints, "Sec-CH-UA", strings.Repeat("a", 129), "unsafe-name", "value-too-long"},
		{"high byte in accept", highBytes, "Accept", "a\x80", "safelisted", "unsafe-byte"},
		{"high byte in content-type", highBytes, "Content-Type", "text/plain;a=\xff", "safelisted", "unsafe-byte"},
		{"no high byte", highBytes, "Accept", "a", "safelisted", "safelisted"},
		{"comma in a parameter", comma, "Content-Type", "text/plain;a=b,c", "safelisted", "unsafe-byte"},
		{"comma elsewhere", comma, "Accept", "a,b", "safelisted", "safelisted"},
		{"second semicolon", semicolon, "Content-Type", "text/plain;;", "safelisted", "unsafe-byte"},
		{"second semicolon after a blank", semicolon, "Content-Type", "multipart/form-data ; ;", "safelisted", "unsafe-byte"},
		{"semicolon after a parameter", semicolon, "Content-Type", "text/plain;a=b;", "safelisted", "unsafe-byte"},
		{"semicolon of a form's type", semicolon, "Content-Type", "application/x-www-form-urlencoded;;", "safelisted", "unsafe-byte"},
		{"first semicolon", semicolon, "Content-Type", "text/plain;", "safelisted", "safelisted"},
		{"second semicolon before a parameter", semicolon, "Content-Type", "text/plain;;a=b", "safelisted", "safelisted"},
		{"no type, with two semicolons", semicolon, "Content-Type", ";;", "unparsable-mime-type", "unsafe-byte"},
		{"no type at all", semicolon, "Content-Type", "", "unparsable-mime-type", "unparsable-mime-type"},
		{"second semicolon elsewhere", semicolon, "Accept", "text/plain;;", "safelisted", "safelisted"},
		{"more after a blank", blank, "Content-Type", "text/plain x;y", "unparsable-mime-type", "safelisted"},
		{"more after a tab", blank, "Content-Type", "TEXT/plain\tx/y;", "unparsable-mime-type", "safelisted"},
		{"more after a blank, no semicolon", blank, "Content-Type", "text/plain x", "unparsable-mime-type", "unparsable-mime-type"},
		{"more after another type", blank, "Content-Type", "text/html x;y", "unparsable-mime-type", "mime-type-not-safelisted"},
		{"blank in a parameter", blank, "Content-Type", "text/plain;x y", "safelisted", "safelisted"},
		{"blank before the semicolon", blank, "Content-Type", " text/plain ;x", "safelisted", "safelisted"},
		{"blank in the type", blank, "Content-Type", "text /plain;x", "unparsable-mime-type", "unparsable-mime-type"},
		{"range", safelist.Rules{Range: rules.RangeLenient}, "Range", "Bytes=0-1", "range-not-safelisted", "safelisted"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := verdict(nil, test.header, test.value); got != test.off {
				t.Errorf("off: %v, want %v", got, test.off)
			}
			if got := verdict(&test.rules, test.header, test.value); got != test.on {
				t.Errorf("on: %v, want %v", got, test.on)
			}
		})
	}
}

func TestRulesMoveUnsafeNames(t *testing.T) {
	a100, a128 := strings.Repeat("a", 100), strings.Repeat("a", 128)
	join := safelist.Rules{JoinRepeated: true}
	nine := list("Accept", a128[:126], "Accept-Language", a128, "Content-Language", a128, "Content-Type", "text/plain;"+a128[:117],
		"Accept", "", "Intervention", a128, "Sec-CH-UA", a128, "Sec-CH-UA-Arch", a128, "Sec-CH-UA-Model", a128, "Sec-CH-Lang", a128)
	for _, test := range []struct {
		name    string
		rules   safelist.Rules
		headers safelist.HeaderList
		off, on []string
	}{
		{"sum ignored", safelist.Rules{IgnoreTotalSize: true},
			list("Accept", a128, "Accept", a128, "Accept", a128, "Accept", a128, "Accept", a128, "Accept", a128, "Accept", a128,
				"Accept", a128, "Range", "bytes=0-"), []string{"accept", "range"}, nil},
		{"joined value too long", join, list("Accept", a100, "Range", "bytes=0-", "accept", a100), nil, []string{"accept"}},
		{"joined value just short enough", join, list("Accept", a100, "accept", a128[:26]), nil, nil},
		{"joined value one byte too long", join, list("Accept", a100, "accept", a128[:27]), nil, []string{"accept"}},
		{"joined range", join, list("Range", "bytes=0-1", "Range", "bytes=0-1"), nil, []string{"range"}},
		{"joined content types", join, list("Content-Type", "text/plain", "Content-Type", "text/plain"), nil, []string{"content-type"}},
		{"join mends nothing", join, list("Accept", "a", "Accept", "("), []string{"accept"}, []string{"accept"}},
		{"join keeps other names apart", join, list("X-A", "1", "x-a", "2"), []string{"x-a"}, []string{"x-a"}},
		{"names repeated", safelist.Rules{RepeatUnsafeNames: true}, list("X-a", "1", "B", "2", "x-A", "3"),
			[]string{"b", "x-a"}, []string{"b", "x-a", "x-a"}},
		{"join and hints count in sum", safelist.Rules{JoinRepeated: true, SafelistedHints: true}, nine,
			[]string{"intervention", "sec-ch-lang", "sec-ch-ua", "sec-ch-ua-arch", "sec-ch-ua-model"},
			[]string{"accept", "accept-language", "content-language", "content-type", "intervention", "sec-ch-lang", "sec-ch-ua",
				"sec-ch-ua-arch", "sec-ch-ua-model"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.off, new(safelist.Rules).UnsafeNames(test.headers)); diff != "" {
				t.Errorf("off (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(test.on, test.rules.UnsafeNames(test.headers)); diff != "" {
				t.Errorf("on (-want +got)\n%s", diff)
			}
			if got := test.rules.NeedsPreflight("GET", test.headers, false); got != (test.on != nil) {
				t.Errorf("on: NeedsPreflight is %v", got)
			}
		})
	}
}

// Under JoinRepeated a classification shows what was judged: one header with the joined value.
func TestClassifyJoined(t *testing.T) {
	rules := &safelist.Rules{JoinRepeated: true}
	got := rules.Classify("GET", list("Accept", "a", "X-A", "1", "accept", "b", "Range", "bytes=0-", "x-a", "2", "Range", "x"), false)
	want := safelist.Classification{Preflight: true, Method: "GET", MethodSafelisted: true, SafelistedSize: len("a, b"),
		Headers: []safelist.HeaderVerdict{
			{Name: "Accept", Value: "a, b", Verdict: "safelisted"},
			{Name: "X-A", Value: "1", Verdict: "unsafe-name"},
			{Name: "Range", Value: "bytes=0-, x", Verdict: "range-not-safelisted"},
			{Name: "x-a", Value: "2", Verdict: "unsafe-name"},
		}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestRulesMoveForbiddenRequestHeaders(t *testing.T) {
	var standard *safelist.Rules
	userAgent := &safelist.Rules{ForbiddenRequestHeaders: []string{"user-agent"}}
	plain := &safelist.Rules{OverrideSplitPlain: true}
	for _, test := range []struct {
		name          string
		rules         *safelist.Rules
		header, value string
		off, on       bool
	}{
		{"user agent", userAgent, "User-Agent", "x", false, true},
		{"another name", userAgent, "User-Agent2", "x", false, false},
		{"comma in quotes", plain, "X-HTTP-Method-Override", `"a, TRACE, b"`, false, true},
		{"quoted whole", plain, "X-HTTP-Method", `"TRACE"`, false, false},
		{"no quotes", plain, "X-Method-Override", "GET, TRACE", true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := standard.IsForbiddenRequestHeader(test.header, test.value); got != test.off {
				t.Errorf("off: %v", got)
			}
			if got := test.rules.IsForbiddenRequestHeader(test.header, test.value); got != test.on {
				t.Errorf("on: %v", got)
			}
		})
	}
}

func TestRulesMoveExposure(t *testing.T) {
	extra := &safelist.Rules{ExtraExposed: []string{"accept", "set-cookie"}}
	for name, want := range map[string]bool{"Accept": true, "Accept-Ranges": false, "Set-Cookie": false} {
		if exposed(nil, name, nil) || exposed(extra, name, nil) != want {
			t.Errorf("%s: exposed on is not %v, or off", name, want)
		}
	}
	reject := &safelist.Rules{ExposeEmptyMembers: rules.RejectEmptyMembers}
	early := &safelist.Rules{ExposeWildcardBeforeBadToken: true}
	still := &safelist.Rules{WildcardStillExposes: []string{"accept"}}
	type result struct {
		Names    []string
		All, Bad bool
	}
	for _, test := range []struct {
		name               string
		rules              *safelist.Rules
		value              string
		includeCredentials bool
		off, on            result
	}{
		{"no empty member", reject, "a, b", false, result{[]string{"a", "b"}, false, false}, result{[]string{"a", "b"}, false, false}},
		{"empty member", reject, "a,,b", false, result{[]string{"a", "b"}, false, false}, result{nil, false, true}},
		{"trailing comma", reject, "a,", false, result{[]string{"a"}, false, false}, result{nil, false, true}},
		{"wildcard and empty member", reject, "*,", false, result{nil, true, false}, result{nil, false, true}},
		{"wildcard before bad token", early, "a, *, b c", false, result{nil, false, true}, result{nil, true, false}},
		{"wildcard after bad token", early, "a, b c, *", false, result{nil, false, true}, result{nil, false, true}},
		{"wildcard before bad token, credentials", early, "*, b c", true, result{nil, false, true}, result{nil, false, true}},
		{"bad token alone", early, "b c", false, result{nil, false, true}, result{nil, false, true}},
		{"wildcard, credentials", still, "a, *", true, result{[]string{"a", "*"}, false, false}, result{[]string{"a", "*", "accept"}, false, false}},
		{"no wildcard, credentials", still, "a", true, result{[]string{"a"}, false, false}, result{[]string{"a"}, false, false}},
		{"wildcard without credentials", still, "*", false, result{nil, true, false}, result{nil, true, false}},
		{"good list", early, ",a", false, result{[]string{"a"}, false, false}, result{[]string{"a"}, false, false}},
	} {
		t.Run(test.name, func(t *testing.T) {
			headers := list("X", "y", "Access-Control-Expose-Headers", test.value)
			names, all, err := new(safelist.Rules).ExposedNames(headers, test.includeCredentials)
			if diff := cmp.Diff(test.off, result{names, all, err != nil}); diff != "" {
				t.Errorf("off (-want +got)\n%s", diff)
			}
			names, all, err = test.rules.ExposedNames(headers, test.includeCredentials)
			if diff := cmp.Diff(test.on, result{names, all, err != nil}); diff != "" {
				t.Errorf("on (-want +got)\n%s", diff)
			}
		})
	}
}
