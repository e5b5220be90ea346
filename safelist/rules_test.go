package safelist_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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
		{"hint", hints, "Device-Memory", "0.5", safelist.UnsafeName, safelist.Safelisted},
		{"hint of digits alone", hints, "dpr", "2", safelist.UnsafeName, safelist.Safelisted},
		{"hint ends in a dot", hints, "Downlink", "2.", safelist.UnsafeName, safelist.HintNotSafelisted},
		{"hint starts with a dot", hints, "Downlink", ".5", safelist.UnsafeName, safelist.HintNotSafelisted},
		{"hint with two dots", hints, "DPR", "1.2.3", safelist.UnsafeName, safelist.HintNotSafelisted},
		{"hint with a colon for a dot", hints, "DPR", "1:2", safelist.UnsafeName, safelist.HintNotSafelisted},
		{"hint empty", hints, "DPR", "", safelist.UnsafeName, safelist.HintNotSafelisted},
		{"whole number", hints, "Viewport-Width", "1024", safelist.UnsafeName, safelist.Safelisted},
		{"whole number with a fraction", hints, "Width", "1024.5", safelist.UnsafeName, safelist.HintNotSafelisted},
		{"whole number empty", hints, "RTT", "", safelist.UnsafeName, safelist.HintNotSafelisted},
		{"connection type", hints, "ECT", "slow-2g", safelist.UnsafeName, safelist.Safelisted},
		{"connection type in upper case", hints, "ECT", "4G", safelist.UnsafeName, safelist.HintNotSafelisted},
		{"save data", hints, "Save-Data", "ON", safelist.UnsafeName, safelist.Safelisted},
		{"save data off", hints, "Save-Data", "off", safelist.UnsafeName, safelist.HintNotSafelisted},
		{"any value", hints, "Intervention", `<"(>`, safelist.UnsafeName, safelist.Safelisted},
		{"any value of a new hint", hints, "sec-ch-ua", `"Not A;Brand";v="99"`, safelist.UnsafeName, safelist.Safelisted},
		{"no hint of that name", hints, "Sec-CH-Nothing", "", safelist.UnsafeName, safelist.UnsafeName},
		{"hint too long", hints, "Sec-CH-UA", strings.Repeat("a", 129), safelist.UnsafeName, safelist.ValueTooLong},
		{"high byte in accept", highBytes, "Accept", "a\x80", safelist.Safelisted, safelist.UnsafeByte},
		{"high byte in content-type", highBytes, "Content-Type", "text/plain;a=\xff", safelist.Safelisted, safelist.UnsafeByte},
		{"no high byte", highBytes, "Accept", "a", safelist.Safelisted, safelist.Safelisted},
		{"comma in a parameter", comma, "Content-Type", "text/plain;a=b,c", safelist.Safelisted, safelist.UnsafeByte},
		{"comma elsewhere", comma, "Accept", "a,b", safelist.Safelisted, safelist.Safelisted},
		{"second semicolon", semicolon, "Content-Type", "text/plain;;", safelist.Safelisted, safelist.UnsafeByte},
		{"second semicolon after a blank", semicolon, "Content-Type", "multipart/form-data ; ;", safelist.Safelisted, safelist.UnsafeByte},
		{"semicolon after a parameter", semicolon, "Content-Type", "text/plain;a=b;", safelist.Safelisted, safelist.UnsafeByte},
		{"semicolon of a form's type", semicolon, "Content-Type", "application/x-www-form-urlencoded;;", safelist.Safelisted, safelist.UnsafeByte},
		{"first semicolon", semicolon, "Content-Type", "text/plain;", safelist.Safelisted, safelist.Safelisted},
		{"second semicolon before a parameter", semicolon, "Content-Type", "text/plain;;a=b", safelist.Safelisted, safelist.Safelisted},
		{"no type, with two semicolons", semicolon, "Content-Type", ";;", safelist.UnparsableMIMEType, safelist.UnsafeByte},
		{"no type at all", semicolon, "Content-Type", "", safelist.UnparsableMIMEType, safelist.UnparsableMIMEType},
		{"second semicolon elsewhere", semicolon, "Accept", "text/plain;;", safelist.Safelisted, safelist.Safelisted},
		{"more after a blank", blank, "Content-Type", "text/plain x;y", safelist.UnparsableMIMEType, safelist.Safelisted},
		{"more after a tab", blank, "Content-Type", "TEXT/plain\tx/y;", safelist.UnparsableMIMEType, safelist.Safelisted},
		{"more after a blank, no semicolon", blank, "Content-Type", "text/plain x", safelist.UnparsableMIMEType, safelist.UnparsableMIMEType},
		{"more after another type", blank, "Content-Type", "text/html x;y", safelist.UnparsableMIMEType, safelist.MIMETypeNotSafelisted},
		{"blank in a parameter", blank, "Content-Type", "text/plain;x y", safelist.Safelisted, safelist.Safelisted},
		{"blank before the semicolon", blank, "Content-Type", " text/plain ;x", safelist.Safelisted, safelist.Safelisted},
		{"blank in the type", blank, "Content-Type", "text /plain;x", safelist.UnparsableMIMEType, safelist.UnparsableMIMEType},
		{"range", safelist.Rules{Range: safelist.RangeLenient}, "Range", "Bytes=0-1", safelist.RangeNotSafelisted, safelist.Safelisted},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := new(safelist.Rules).RequestHeader(test.header, test.value); got != test.off {
				t.Errorf("off: %v, want %v", got, test.off)
			}
			if got := test.rules.RequestHeader(test.header, test.value); got != test.on {
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
			if got := test.rules.HasUnsafeNames(test.headers); got != (test.on != nil) {
				t.Errorf("on: HasUnsafeNames is %v", got)
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
			{Name: "Accept", Value: "a, b"},
			{Name: "X-A", Value: "1", Verdict: safelist.UnsafeName},
			{Name: "Range", Value: "bytes=0-, x", Verdict: safelist.RangeNotSafelisted},
			{Name: "x-a", Value: "2", Verdict: safelist.UnsafeName},
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
	if got := len(userAgent.ForbiddenRequestHeaderNames()) - len(standard.ForbiddenRequestHeaderNames()); got != 1 {
		t.Errorf("%d more names, want 1", got)
	}
	if got := standard.SafelistedRequestHeaderNames(); len(got) != 5 {
		t.Errorf("the Standard's names are %q", got)
	}
}

func TestRulesMoveExposure(t *testing.T) {
	extra := &safelist.Rules{ExtraExposed: []string{"accept", "set-cookie"}}
	for name, want := range map[string]bool{"Accept": true, "Accept-Ranges": false, "Set-Cookie": false} {
		if (*safelist.Rules)(nil).IsSafelistedResponseHeaderName(name, nil) || extra.IsSafelistedResponseHeaderName(name, nil) != want {
			t.Errorf("%s: exposed on is not %v, or off", name, want)
		}
	}
	reject := &safelist.Rules{ExposeEmptyMembers: safelist.RejectEmptyMembers}
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
