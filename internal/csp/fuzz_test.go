package csp_test

import (
	"strings"
	"testing"

	"github.com/browsercors/browsercors/internal/csp"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// FuzzViolated holds what no policy can change: nothing panics, one more policy never allows more, 'none' and an empty
// list refuse everything, and a policy's own text parses to the same policy.
func FuzzViolated(f *testing.F) {
	f.Add("connect-src 'self' https://*.api.test:*/a/ data:", "https://x.api.test:81/a/b", "https://app.example", uint8(0))
	f.Add("default-src *; script-src 'nonce-a' 'sha256-b=' 'strict-dynamic'", "http://api.test/%2f", "http://app.example:8080", uint8(0xff))
	f.Add(",;connect-src\t//x a..b :80 *:443 https:* ws:", "wss://127.0.0.1/", "about:blank", uint8(0x55))
	f.Fuzz(func(t *testing.T, policy, url, page string, bits uint8) {
		u, err := origin.ParseURL(url)
		if err != nil {
			t.Skip()
		}
		p, err := origin.ParseURL(page)
		if err != nil {
			t.Skip()
		}
		departures := rules.CSP{
			WebSocketSchemesApart: bits&1 != 0, WebSocketURL: bits&2 != 0, IPHosts: bits&4 != 0, QueryCutOff: bits&8 != 0,
			AnyPath: bits&16 != 0, PathDecodedFirst: bits&32 != 0, Ports: rules.SourcePorts(bits >> 6),
		}
		self := p.Origin()
		for _, destination := range []string{"", "script", "image", "worker", "iframe", "document"} {
			r := csp.Request{URL: u, Effective: csp.Effective(destination, false), ScriptLike: destination == "script", WebSocket: bits&1 != 0, Nonce: "a"}
			violates := func(policies ...string) bool {
				_, _, violated := csp.NewList(self, policies, nil).Violated(&r, csp.Enforce, &departures, 0)
				return violated
			}
			alone := violates(policy)
			if alone && !violates("default-src *", policy) {
				t.Errorf("%q refuses %s, and allows it beside another policy", policy, url)
			}
			if enforced, _ := csp.NewList(self, []string{policy}, nil).Headers(); violates(strings.Join(enforced, ",")) != alone {
				t.Errorf("%q parses another way when it is written again: %q", policy, enforced)
			}
			if destination != "document" && destination != "script" && (!violates("default-src 'none'") || !violates("default-src")) {
				t.Errorf("%s is allowed by 'none'", url)
			}
		}
	})
}
