package conformance_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/conformance"
)

// sent is a request of which all headers are known, as "Name:value".
func sent(headers string, all ...string) string {
	var lines [][2]string
	for _, h := range all {
		name, value, _ := strings.Cut(h, ":")
		lines = append(lines, [2]string{name, value})
	}
	raw, err := json.Marshal(lines)
	if err != nil {
		panic(err)
	}
	var kept []string
	if headers != "" {
		kept = strings.Split(headers, "|")
	}
	return strings.TrimSuffix(request("GET", "a", kept...), "}") + fmt.Sprintf(`, "allHeaders": %s}`, raw)
}

func TestDifferencesOfAllHeaders(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, got, want string
		differences     []string
	}{
		{"same", sent("accept:*/*", "Accept:*/*", "X:1"), sent("accept:*/*", "Accept:*/*", "X:1"), nil},
		{"one not recorded in full", request("GET", "a", "accept:*/*"), sent("accept:*/*", "User-Agent:x", "Accept:*/*"), nil},
		{"order", sent("", "A:1", "B:2", "C:3", "D:4"), sent("", "A:1", "C:3", "B:2", "D:4"), []string{"requests[0].order: got b, c, want c, b"}},
		{"order of what only one sends", sent("", "A:1", "B:2", "X:1"), sent("", "B:2", "Y:1", "A:1"), []string{
			"requests[0].headers.x: got \"1\", want nothing", "requests[0].headers.y: got nothing, want \"1\"", "requests[0].order: got a, b, want b, a"}},
		{"spelling", sent("", "X-A:1", "B:2"), sent("", "x-a:1", "B:2"), []string{`requests[0].spelling.x-a: got "X-A", want "x-a"`}},
		{"value", sent("", "Priority:u=4"), sent("", "Priority:u=4, i"), []string{`requests[0].headers.priority: got "u=4", want "u=4, i"`}},
		{"a value that Headers has, once", sent("origin:null", "Origin:null"), sent("origin:x", "Origin:x"), []string{`requests[0].headers.origin: got "null", want "x"`}},
		{"only one sends", sent("", "A:1"), sent("", "A:1", "DNT:1"), []string{`requests[0].headers.dnt: got nothing, want "1"`}},
		{"several lines", sent("", "A:1", "A:2"), sent("", "A:1, 2"), []string{`requests[0].headers.a: got "1" and "2", want "1, 2"`}},
		{"by rule", sent("", "User-Agent:Firefox/1"), sent("", "User-Agent:Firefox/2"), nil},
		{"a value of script's, by no rule", sent("user-agent:Firefox/1", "User-Agent:Firefox/1"), sent("user-agent:Firefox/2", "User-Agent:Firefox/2"),
			[]string{`requests[0].headers.user-agent: got "Firefox/1", want "Firefox/2"`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			differ(t, outcome(t, "", test.got), outcome(t, "", test.want), test.differences)
		})
	}
}

// TestHeaderRules holds which values of a header agree, both ways round, and that each
// rule has a pair that agrees and one that does not.
func TestHeaderRules(t *testing.T) {
	t.Parallel()
	const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
	agreed, disagreed := make(map[string]bool), make(map[string]bool)
	for _, test := range []struct {
		header, a, b string
		agree        bool
	}{
		{"user-agent", chrome, strings.ReplaceAll(chrome, "156", "157"), true},
		{"user-agent", chrome, strings.ReplaceAll(chrome, "X11; Linux x86_64", "Macintosh; Intel Mac OS X 10_15_7"), true},
		{"user-agent", chrome, strings.ReplaceAll(chrome, "Chrome/", "HeadlessChrome/"), true},
		{"user-agent", chrome, strings.ReplaceAll(chrome, "Chrome/", "Chromium/"), false},
		{"user-agent", chrome, strings.ReplaceAll(chrome, " (KHTML, like Gecko)", ""), false},
		{"user-agent", chrome, "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0", false},
		{"user-agent", chrome, "", false},
		{"sec-ch-ua", `"Not:A-Brand";v="8", "Chromium";v="156"`, `"Chromium";v="157", "Not?A_Brand";v="24"`, true},
		{"sec-ch-ua", `"Not:A-Brand";v="8", "Chromium";v="156"`, `"Chromium";v="156"`, false},
		{"sec-ch-ua", `"Not:A-Brand";v="8", "Chromium";v="156"`, `"Not:A-Brand";v="8", "Chromium";v="156", "Google Chrome";v="156"`, false},
		{"sec-ch-ua", `"Chromium";v="156"`, `"Chromium"`, false},
		{"sec-ch-ua", `"Chromium";v="1", "Notable";v="1"`, `"Chromium";v="1", "Not A Brand";v="1"`, false},
		{"sec-ch-ua-full-version-list", `"Chromium";v="156.0.1"`, `"Chromium";v="157.0.2"`, true},
		{"sec-ch-ua-full-version-list", `"Chromium";v="156.0.1"`, `"Edge";v="156.0.1"`, false},
		{"accept-language", "en-US,en;q=0.9", "de-CH,de;q=0.9", true},
		{"accept-language", "en-US,en;q=0.9", "C", true},
		{"accept-language", "en-US,en;q=0.9", "de,en-US;q=0.7,en;q=0.3", true},
		{"accept-language", "en-US,en;q=0.9", "en-US,en;q=0.5", false},
		{"accept-language", "en-US,en;q=0.9", "en-US, en;q=0.9", false},
		{"accept-language", "en-US,en;q=0.9", "", false},
		{"accept-language", "en-US,en;q=0.9", "x y", false},
		{"sec-ch-ua-platform", `"Linux"`, `"macOS"`, true},
		{"sec-ch-ua-platform", `"Linux"`, `Linux`, false},
		{"sec-ch-ua-arch", `"x86"`, `"arm"`, true},
		{"sec-ch-ua-arch", `"x86"`, ``, false},
		{"sec-ch-ua-bitness", `"64"`, `"32"`, true},
		{"sec-ch-ua-bitness", `"64"`, `64`, false},
		{"sec-ch-ua-full-version", `"156.0.1"`, `"157"`, true},
		{"sec-ch-ua-full-version", `"156.0.1"`, `157`, false},
		{"sec-ch-ua-model", `""`, `"Pixel"`, true},
		{"sec-ch-ua-model", `""`, ``, false},
		{"sec-ch-ua-platform-version", `"6.1"`, `""`, true},
		{"sec-ch-ua-platform-version", `"6.1"`, `"6.1`, false},
		{"device-memory", "8", "0.5", true}, {"device-memory", "8", "much", false},
		{"downlink", "10", "1.75", true}, {"downlink", "10", "", false},
		{"dpr", "1", "2.5", true}, {"dpr", "1", "2x", false},
		{"rtt", "50", "0", true}, {"rtt", "50", "-1", false},
		{"sec-ch-device-memory", "8", "4", true}, {"sec-ch-device-memory", "8", "x", false},
		{"sec-ch-dpr", "1", "2", true}, {"sec-ch-dpr", "1", "x", false},
		{"sec-ch-viewport-height", "600", "1080", true}, {"sec-ch-viewport-height", "600", "x", false},
		{"sec-ch-viewport-width", "800", "1920", true}, {"sec-ch-viewport-width", "800", "x", false},
		{"viewport-width", "800", "1920", true}, {"viewport-width", "800", "x", false},
		{"priority", "u=4, i", "u=5, i", true}, {"priority", "u=3, i", "u=5, i", false}, {"priority", "u=4", "u=5", false},
		{"ect", "4g", "slow-2g", true}, {"ect", "4g", "5g", false},
		{"sec-ch-ua-mobile", "?0", "?1", false},
		{"accept-encoding", "gzip, deflate", "gzip, deflate, br", false},
		{"content-length", "1", "2", false},
	} {
		list := func(value string) string { return sent("", test.header+":"+value) }
		for _, pair := range [][2]string{{test.a, test.b}, {test.b, test.a}} {
			found := conformance.Differences(outcome(t, "", list(pair[0])), outcome(t, "", list(pair[1])))
			if (len(found) == 0) != test.agree {
				t.Errorf("%s: %q and %q: %v", test.header, pair[0], pair[1], found)
			}
		}
		if test.agree {
			agreed[test.header] = true
		} else {
			disagreed[test.header] = true
		}
	}
	for _, header := range conformance.HeaderRules() {
		if !agreed[header] || !disagreed[header] {
			t.Errorf("the rule of %s was not tried both ways", header)
		}
	}
}
