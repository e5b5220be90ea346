package conformance_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
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
		{"NameBlanks", func(p *fetch.Profile) { p.Network.NameBlanks = true }, "https://app.example/a/a", "GET", "fetch",
			`{"headers": [["Content-Length \t", "1"]], "body": "ok"}`, `200 "ok"`, `200 "o"`},
		{"NameBlanks", func(p *fetch.Profile) { p.Network.NameBlanks = true }, "https://app.example/a/a", "GET", "fetch",
			`{"headers": [["Content Length", "1"]], "body": "ok"}`, `200 "ok"`, `200 "ok"`},
		{"NameBlanks", func(p *fetch.Profile) { p.Network.NameBlanks = true }, "https://h2.app.example/a/a", "GET", "fetch",
			`{"headers": [["X-A ", "1"]], "body": "ok"}`, "TypeError", "TypeError"},
		{"NULNameSkipped", func(p *fetch.Profile) { p.Network.NULNameSkipped = true }, "https://app.example/a/a", "GET", "fetch",
			`{"headers": [["Content-Length\u0000", "1"]], "body": "ok"}`, "TypeError", `200 "ok"`},
		{"NULNameSkipped", func(p *fetch.Profile) { p.Network.NULNameSkipped = true }, "https://h2.app.example/a/a", "GET", "fetch",
			`{"headers": [["X-A\u0000", "1"]], "body": "ok"}`, "TypeError", "TypeError"},
		{"NULNameSkipped", func(p *fetch.Profile) { p.Network.NULNameSkipped = true }, "https://app.example/a/a", "GET", "fetch",
			`{"headers": [["X-A", "\u0000"]], "body": "ok"}`, "TypeError", "TypeError"},
		{"HalfUTF16Dropped", func(p *fetch.Profile) { p.Network.HalfUTF16Dropped = true }, "https://app.example/a/a", "GET", "xhr",
			`{"headers": [["Content-Type", "text/plain;charset=utf-16be"]], "body": "abc"}`, `200 "慢�"`, `200 "慢"`},
		{"ResetContent", func(p *fetch.Profile) { p.Response.ResetContent = rules.ResetContentHTTP2Body }, "https://app.example/a/a", "GET", "xhr",
			`{"status": 205, "body": "ok"}`, `205 ""`, `205 ""`},
		{"ResetContent", func(p *fetch.Profile) { p.Response.ResetContent = rules.ResetContentHTTP2Body }, "https://h2.app.example/a/a", "GET", "xhr",
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
		out, err := (&conformance.Engine{Profile: engine.Chromium()}).Play(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if out.Steps[0].Error != "TypeError" {
			t.Errorf("%s: %v", scenario, out.Steps[0])
		}
	}
}

// TestWireSeesLines holds that a header which crosses the wire in several lines
// is not taken for one in one line, though outcomes join both alike.
func TestWireSeesLines(t *testing.T) {
	t.Parallel()
	s, err := conformance.ParseScenario([]byte(`{"id": "a", "steps": [{"fetch": {"url": "/a/a", "headers": [["X-Foo", "1"], ["x-foo", "2"], ["x-bar", "3"]]}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	u, err := origin.ParseURL("https://app.example/a/a")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, sent, want string
	}{
		{"one line", "X-Foo: 1, 2|x-bar: 3", `{"method":"GET","url":"https://app.example/a/a","headers":[["x-bar","3"],["x-foo","1, 2"]]}`},
		{"two lines", "X-Foo: 1|x-bar: 3|x-foo: 2", `{"method":"GET","url":"https://app.example/a/a","headers":[["x-bar","3"],["x-foo","1, 2"]],"repeated":["x-foo"]}`},
		{"three lines", "X-Foo: 1|x-foo: 2|Accept: a|x-foo: 3|accept: b", `{"method":"GET","url":"https://app.example/a/a","headers":[["accept","a, b"],["x-foo","1, 2, 3"]],"repeated":["accept","x-foo"]}`},
		{"cookies over HTTP/2", "cookie: a=1|cookie: b=2", `{"method":"GET","url":"https://app.example/a/a","headers":[["cookie","a=1; b=2"]]}`},
		{"what is not kept", "X-Other: 1|X-Other: 2", `{"method":"GET","url":"https://app.example/a/a","headers":[]}`},
	} {
		var list fetch.HeaderList
		for line := range strings.SplitSeq(test.sent, "|") {
			name, value, _ := strings.Cut(line, ": ")
			list = append(list, safelist.Header{Name: name, Value: value})
		}
		wire := &conformance.Wire{Scenario: s}
		wire.Record("GET", u, list, false)
		out := &conformance.Outcome{ID: "a", Steps: []conformance.StepOutcome{}, Requests: wire.Requests}
		raw := marshal(t, out)
		if want := `{"id":"a","steps":[],"requests":[` + test.want + `]}`; string(raw) != want {
			t.Errorf("%s:\n%s, want\n%s", test.name, raw, want)
		}
		read, err := conformance.ReadOutcomes("", bytes.NewReader(raw))
		if err != nil || len(conformance.Differences(read[0], out)) > 0 {
			t.Errorf("%s: read back: %v", test.name, err)
		}
	}
	// The engine sends one line under every profile.
	for _, p := range engine.Profiles() {
		out, err := (&conformance.Engine{Profile: p}).Play(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if out.Requests[0].Repeated != nil {
			t.Errorf("%s: several lines of %q", p.Name, out.Requests[0].Repeated)
		}
	}
}

// TestWireKeepsAllHeaders holds what all headers are: every line in the order sent,
// except those of the connection.
func TestWireKeepsAllHeaders(t *testing.T) {
	t.Parallel()
	u, err := origin.ParseURL("https://app.example/a/a")
	if err != nil {
		t.Fatal(err)
	}
	const plain, multipart = `{"url": "/a/a"}`, `{"url": "/a/a", "method": "POST", "body": {"kind": "multipart", "text": "a=b"}}`
	for _, test := range []struct {
		name, step, sent string
		http2            bool
		want             string
	}{
		{"order and spelling", plain, "User-Agent: x|accept: */*|sec-ch-ua: y|Accept-Language: de", false, "User-Agent: x|accept: */*|sec-ch-ua: y|Accept-Language: de"},
		{"of the connection", plain, "Host: a|B: 1|Connection: keep-alive|proxy-connection: keep-alive|TE: trailers", false, "B: 1|TE: trailers"},
		{"several lines", plain, "X-A: 1|B: 2|x-a: 3", false, "X-A: 1|B: 2|x-a: 3"},
		{"cookies", plain, "cookie: a=1|x: 1|cookie: b=2|cookie: c=3", true, "cookie: a=1; b=2; c=3|x: 1"},
		{"HTTP/2", plain, "User-Agent: x|X-A: B", true, "user-agent: x|x-a: B"},
		{"blanks and bytes", plain, "X-A:  \xe9 |B: ", false, "X-A: \u00e9|B: "},
		{"no headers", plain, "", false, ""},
		{"a boundary of the browser's", multipart, "Content-Length: 99|Content-Type: multipart/form-data; boundary=----x1", false, "Content-Length: LENGTH|Content-Type: multipart/form-data; boundary=BOUNDARY"},
		{"a boundary, and no form", plain, "Content-Length: 99|Content-Type: multipart/form-data; boundary=----x1", false, "Content-Length: 99|Content-Type: multipart/form-data; boundary=----x1"},
		{"a form with another type", multipart, "Content-Length: 99|Content-Type: text/plain", false, "Content-Length: LENGTH|Content-Type: text/plain"},
		{"a form that is not sent on", multipart, "Content-Length: 0", false, "Content-Length: 0"},
	} {
		s, err := conformance.ParseScenario([]byte(`{"id": "a", "steps": [{"fetch": ` + test.step + `}]}`))
		if err != nil {
			t.Fatal(err)
		}
		var list fetch.HeaderList
		for line := range strings.SplitSeq(test.sent, "|") {
			if name, value, ok := strings.Cut(line, ": "); ok {
				list = append(list, safelist.Header{Name: name, Value: value})
			}
		}
		wire := &conformance.Wire{Scenario: s, AllHeaders: true}
		wire.Record("GET", u, list, test.http2)
		var lines []string
		for _, h := range wire.Requests[0].AllHeaders {
			lines = append(lines, h[0]+": "+h[1])
		}
		if got := strings.Join(lines, "|"); got != test.want || wire.Requests[0].AllHeaders == nil {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	for _, p := range engine.Profiles() {
		s, err := conformance.ParseScenario([]byte(`{"id": "a", "steps": [{"fetch": {"url": "https://h2.other.test/a/a"}}]}`))
		if err != nil {
			t.Fatal(err)
		}
		out, err := (&conformance.Engine{Profile: p, AllHeaders: true}).Play(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		all := out.Requests[0].AllHeaders
		if len(all) < len(out.Requests[0].Headers) {
			t.Errorf("%s: all headers are %q", p.Name, all)
		}
		for _, h := range all {
			if lower := h[0] == strings.ToLower(h[0]); !lower && !p.Network.HTTP1Only {
				t.Errorf("%s: %q over HTTP/2", p.Name, h[0])
			}
		}
		if out, err = (&conformance.Engine{Profile: p}).Play(t.Context(), s); err != nil || out.Requests[0].AllHeaders != nil {
			t.Errorf("%s: all headers, though nobody asked: %v", p.Name, err)
		}
	}
}

// TestOwnValuesOnTheWire holds which values of Accept-Language and User-Agent
// outcomes take for script's, in whatever bytes they crossed the wire, and which
// for the browser's own.
func TestOwnValuesOnTheWire(t *testing.T) {
	t.Parallel()
	u, err := origin.ParseURL("https://app.example/a/a")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, headers, sent string
		kept                string // isomorphic; "-" is not kept
	}{
		{"as it was", `[["Accept-Language", "aÿb"]]`, "a\xffb", "a\u00ffb"},
		{"in UTF-8", `[["Accept-Language", "aÿb"]]`, "a\xc3\xbfb", "a\u00c3\u00bfb"},
		{"in UTF-8, twice over", `[["Accept-Language", "aÿb"]]`, "a\xc3\x83\xc2\xbfb", "-"},
		{"the browser's", `[["Accept-Language", "de"]]`, "en-US,en;q=0.5", "-"},
		{"what begins alike", `[["Accept-Language", "de"]]`, "de-DE", "-"},
		{"joined", `[["Accept-Language", "de"], ["accept-language", "en"]]`, "de, en", "de, en"},
		{"the last", `[["Accept-Language", "de"], ["accept-language", "en"]]`, "en", "en"},
		{"joined, in UTF-8", `[["Accept-Language", "dé"], ["accept-language", "én"]]`, "d\xc3\xa9, \xc3\xa9n", "d\u00c3\u00a9, \u00c3\u00a9n"},
		{"those after an empty one", `[["Accept-Language", "a"], ["Accept-Language", ""], ["Accept-Language", "b"], ["Accept-Language", "c"]]`, "b, c", "b, c"},
		{"not the last", `[["Accept-Language", "a"], ["Accept-Language", "b"], ["Accept-Language", "c"]]`, "a, b", "-"},
		{"empty at the end", `[["Accept-Language", "a"], ["Accept-Language", ""]]`, "a,", "a,"},
		{"blanks", `[["Accept-Language", " a\t"]]`, "a", "a"},
	} {
		s, err := conformance.ParseScenario([]byte(`{"id": "a", "steps": [{"fetch": {"url": "/a/a", "headers": ` + test.headers + `}}]}`))
		if err != nil {
			t.Fatal(err)
		}
		wire := &conformance.Wire{Scenario: s}
		wire.Record("GET", u, fetch.HeaderList{{Name: "Accept-Language", Value: test.sent}}, false)
		kept := "-"
		for _, h := range wire.Requests[0].Headers {
			kept = h[1]
		}
		if kept != test.kept {
			t.Errorf("%s: kept %q, want %q", test.name, kept, test.kept)
		}
	}
}

// TestHeaderLines reads odd lines of a response's head as browsers were seen to
// do over HTTP/1.1.
func TestHeaderLines(t *testing.T) {
	t.Parallel()
	profile := map[string]*fetch.Profile{"s": fetch.Standard(), "c": engine.Chromium(), "f": engine.Firefox(), "w": engine.WebKit()}
	for _, test := range []struct {
		lines string
		want  map[string]string // by profile, "" for all others: the headers that script sees
	}{
		{`["X-A ", "1"]`, map[string]string{"": "", "c": "x-a=1"}},
		{`["X-A\t ", "1"], ["X-A", "2"]`, map[string]string{"": "x-a=2", "c": "x-a=1, 2"}},
		{`["X A", "1"], ["X-B", "2"]`, map[string]string{"": "x-b=2"}},
		{`["", "1"], [" ", "1"], ["X-A(", "1"], ["X-é", "1"], ["X-B", "2"]`, map[string]string{"": "x-b=2"}},
		{`[" X-A", "1"], ["\tX-B", "2"], ["X-C", "3"]`, map[string]string{"": "x-c=3"}},
		{`["X-B", "2"], [" X-A", "1"]`, map[string]string{"": "x-b=2 X-A: 1"}},
		{`["X-B", "2"], ["  X-A", "1"], ["\tX-C", "3"]`, map[string]string{"": "x-b=2 X-A: 1 X-C: 3", "f": "x-b=2  X-A: 1\tX-C: 3"}},
		{`["X-B", "2 \t"], ["  X-A", "1"]`, map[string]string{"": "x-b=2 X-A: 1", "c": "x-b=2 \t X-A: 1", "f": "x-b=2 \t  X-A: 1"}},
		{`["X-B", ""], [" a", "1"]`, map[string]string{"": "x-b=a: 1"}},
		{`["X-B", "2"], [" ", "1"]`, map[string]string{"": "x-b=2 : 1"}},
		{`["X A", "9"], [" X-C", "1"], ["X-D", "4"]`, map[string]string{"": "x-d=4"}},
		{`["X-B", "2"], ["\u000bX-A", "1"]`, map[string]string{"": "x-b=2"}},
	} {
		s, err := conformance.ParseScenario([]byte(`{"id": "a", "servers": {"https://app.example/a/a": {"actual": [{"headers": [` + test.lines + `]}]}}, "steps": [{"fetch": {"url": "/a/a"}}]}`))
		if err != nil {
			t.Fatal(err)
		}
		for letter, p := range profile {
			out, err := (&conformance.Engine{Profile: p}).Play(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, h := range out.Steps[0].Headers {
				if h[0] != "cache-control" {
					got = append(got, h[0]+"="+h[1])
				}
			}
			want, special := test.want[letter]
			if !special {
				want = test.want[""]
			}
			if strings.Join(got, "|") != want {
				t.Errorf("%s, %s: %q, want %q", test.lines, p.Name, got, want)
			}
		}
	}
}
