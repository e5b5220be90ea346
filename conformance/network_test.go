package conformance_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/fetch"
)

// TestNetworkRules plays what a profile says of the network with the rule and
// without.
func TestNetworkRules(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		field              string
		set                func(*fetch.Profile)
		url, method, api   string
		answer             string
		standard, departed string
	}{
		{"HTTP2AnyLength", func(p *fetch.Profile) { p.Network.HTTP2AnyLength = true }, "https://h2.app.example/a/a", "GET", "fetch",
			`{"headers": [["Content-Length", "2"], ["Content-Length", "3"]], "body": "ok"}`, "TypeError", `200 "ok"`},
		{"HTTP2AnyLength", func(p *fetch.Profile) { p.Network.HTTP2AnyLength = true }, "https://app.example/a/a", "GET", "fetch",
			`{"headers": [["Content-Length", "1"]], "body": "ok"}`, `200 "o"`, `200 "o"`},
		{"HTTP2TransferEncoding", func(p *fetch.Profile) { p.Network.HTTP2TransferEncoding = true }, "https://h2.app.example/a/a", "GET", "fetch",
			`{"headers": [["Transfer-Encoding", "chunked"]], "body": "ok"}`, "TypeError", `200 "ok"`},
		{"HeadLengthUnambiguous", func(p *fetch.Profile) { p.Network.HeadLengthUnambiguous = true }, "https://app.example/a/a", "HEAD", "fetch",
			`{"headers": [["Content-Length", "2"], ["Content-Length", "3"]]}`, `200 ""`, "TypeError"},
		{"HTTP1Only", func(p *fetch.Profile) { p.Network.HTTP1Only = true }, "https://h2.app.example/a/a", "GET", "fetch",
			`{"headers": [["Transfer-Encoding", "chunked"]], "body": "2\r\nok\r\n0\r\n\r\n"}`, "TypeError", `200 "ok"`},
		{"BodyToItsEnd", func(p *fetch.Profile) { p.Network.BodyToItsEnd = true }, "https://app.example/a/a", "GET", "fetch",
			`{"status": 302, "headers": [["Location", "/a/b"], ["Content-Length", "3"]], "body": "ok"}`, `404 ""`, "TypeError"},
		{"BodyToItsEnd", func(p *fetch.Profile) { p.Network.BodyToItsEnd = true }, "https://app.example/a/a", "GET", "fetch",
			`{"status": 302, "headers": [["Location", "/a/b"], ["Content-Length", "2"]], "body": "ok"}`, `404 ""`, `404 ""`},
		{"LastLength", func(p *fetch.Profile) { p.Network.LastLength = true }, "https://app.example/a/a", "GET", "fetch",
			`{"headers": [["Content-Length", "2"], ["Content-Length", "1"]], "body": "ok"}`, `TypeError`, `200 "o"`},
		{"LastLength", func(p *fetch.Profile) { p.Network.LastLength = true }, "https://app.example/a/a", "GET", "fetch",
			`{"headers": [["Content-Length", "+1"]], "body": "ok"}`, `200 "ok"`, `200 "o"`},
		{"LastLength", func(p *fetch.Profile) { p.Network.LastLength = true }, "https://app.example/a/a", "GET", "fetch",
			`{"headers": [["Content-Length", "-1"]], "body": "ok"}`, `200 "ok"`, `TypeError`},
		{"LastLength", func(p *fetch.Profile) { p.Network.LastLength = true }, "https://app.example/a/a", "GET", "fetch",
			`{"headers": [["Content-Length", ""]], "body": "ok"}`, `200 "ok"`, `200 ""`},
		{"LastLength", func(p *fetch.Profile) { p.Network.LastLength = true }, "https://app.example/a/a", "GET", "fetch",
			`{"headers": [["Content-Length", "x"]], "body": "ok"}`, `200 "ok"`, `TypeError`},
		{"LastLength", func(p *fetch.Profile) { p.Network.LastLength = true }, "https://app.example/a/a", "GET", "fetch",
			`{"headers": [["Content-Length", "99999999999999999999"]], "body": "ok"}`, `TypeError`, `TypeError`},
		{"LastLength", func(p *fetch.Profile) { p.Network.LastLength = true }, "https://app.example/a/a", "GET", "fetch",
			`{"headers": [["Transfer-Encoding", "x"]], "body": "ok"}`, `200 "ok"`, `TypeError`},
		{"LastLength", func(p *fetch.Profile) { p.Network.LastLength = true }, "https://app.example/a/a", "GET", "fetch",
			`{"headers": [["Transfer-Encoding", "identity"]], "body": "ok"}`, `200 "ok"`, `200 "ok"`},
		{"LastLength", func(p *fetch.Profile) { p.Network.LastLength = true }, "https://app.example/a/a", "GET", "fetch",
			`{"headers": [["Transfer-Encoding", "chunked"]], "body": "2\r\nok\r\n"}`, `TypeError`, `200 "ok"`},
		{"LastLength", func(p *fetch.Profile) { p.Network.LastLength = true }, "https://app.example/a/a", "GET", "fetch",
			`{"headers": [["Transfer-Encoding", "chunked"]], "body": "2;a=b\r\nok\r\n0\r\n\r\n"}`, `200 "ok"`, `200 "ok"`},
		{"LastLength", func(p *fetch.Profile) { p.Network.LastLength = true }, "https://app.example/a/a", "GET", "fetch",
			`{"headers": [["Transfer-Encoding", "chunked"]], "body": "3\r\nok"}`, `TypeError`, `TypeError`},
		{"LastLength", func(p *fetch.Profile) { p.Network.LastLength = true }, "https://app.example/a/a", "GET", "fetch",
			`{"headers": [["Transfer-Encoding", "chunked"]], "body": "ok"}`, `TypeError`, `TypeError`},
		{"HalfUTF16Dropped", func(p *fetch.Profile) { p.Network.HalfUTF16Dropped = true }, "https://app.example/a/a", "GET", "xhr",
			`{"headers": [["Content-Type", "text/plain;charset=utf-16be"]], "body": "abc"}`, `200 "慢�"`, `200 "慢"`},
		{"ResetContent", func(p *fetch.Profile) { p.Response.ResetContent = fetch.ResetContentHTTP2Body }, "https://app.example/a/a", "GET", "xhr",
			`{"status": 205, "body": "ok"}`, `205 ""`, `205 ""`},
		{"ResetContent", func(p *fetch.Profile) { p.Response.ResetContent = fetch.ResetContentHTTP2Body }, "https://h2.app.example/a/a", "GET", "xhr",
			`{"status": 205, "body": "ok"}`, `205 ""`, `205 "ok"`},
	} {
		page, _, _ := strings.Cut(test.url, "/a/a")
		s, err := conformance.ParseScenario([]byte(fmt.Sprintf(`{"id": "a", "page": {"url": "%s/"}, "servers": {"%s": {"actual": [%s]}}, "steps": [{"fetch": {"url": "%[2]s", "method": "%[4]s", "api": "%[5]s"}}]}`,
			page, test.url, test.answer, test.method, test.api)))
		if err != nil {
			t.Fatal(err)
		}
		departed := fetch.Standard()
		test.set(departed)
		for want, p := range map[*string]*fetch.Profile{&test.standard: fetch.Standard(), &test.departed: departed} {
			out, err := (&conformance.Engine{Profile: p}).Play(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			got := out.Steps[0].Error
			if got == "" {
				got = fmt.Sprintf("%d %q", out.Steps[0].Status, out.Steps[0].Body)
			}
			if got != *want {
				t.Errorf("%s: %s, want %s", test.field, got, *want)
			}
		}
	}
}

// What is no byte string is refused when it gets its turn.
func TestByteStringsInTurn(t *testing.T) {
	t.Parallel()
	for fields, want := range map[string]string{
		`"method": "TRACE", "headers": [["X-\u0394", "1"]]`:             "SecurityError",
		`"method": "PUT", "headers": [["X-\u0394", "1"]]`:               "TypeError",
		`"method": "PUT", "headers": [["x y", "1"], ["X-A", "\u0394"]]`: "SyntaxError",
		`"method": "PUT", "headers": [["X-A", "\u0394"], ["x y", "1"]]`: "TypeError",
		`"method": "PUT\u0394", "headers": [["x y", "1"]]`:              "TypeError",
		`"method": "x y", "headers": [["X-A", "\u0394"]]`:               "SyntaxError",
	} {
		s, err := conformance.ParseScenario([]byte(`{"id": "a", "servers": {}, "steps": [{"fetch": {"url": "https://app.example/a/a", "api": "xhr", ` + fields + `}}]}`))
		if err != nil {
			t.Fatal(err)
		}
		out, err := new(conformance.Engine).Play(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if out.Steps[0].Error != want || len(out.Requests) > 0 {
			t.Errorf("%s: %v %v, want %s", fields, out.Steps[0], out.Requests, want)
		}
	}
}

// What is not HTTP fails: Transfer-Encoding in HTTP/2, and a host that no name
// can have is not asked.
func TestNetworkRefuses(t *testing.T) {
	t.Parallel()
	for _, scenario := range []string{
		`{"id": "a", "page": {"url": "https://h2.app.example/"}, "servers": {"https://h2.app.example/a/a": {"actual": [{"headers": [["Transfer-Encoding", "gzip"]]}]}}, "steps": [{"fetch": {"url": "/a/a"}}]}`,
		`{"id": "a", "page": {"url": "https://app.example/"}, "servers": {}, "steps": [{"fetch": {"url": "https://x y.test/a/a", "mode": "no-cors"}}]}`,
	} {
		s, err := conformance.ParseScenario([]byte(scenario))
		if err != nil {
			t.Fatal(err)
		}
		out, err := (&conformance.Engine{Profile: fetch.Chromium()}).Play(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if out.Steps[0].Error != "TypeError" {
			t.Errorf("%s: %v", scenario, out.Steps[0])
		}
	}
}
