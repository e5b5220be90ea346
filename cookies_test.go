package browsercors_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/internal/doctest"
)

// cookieTableStart is the line of docs/cookies.md after which the table of dates follows.
const cookieTableStart = "<!-- recorded -->\n"

// TestCookieTable holds the tables of docs/cookies.md to what the browsers were recorded to do, and
// to what the engine does by the Standard.
func TestCookieTable(t *testing.T) {
	const doc, dates = "docs/cookies.md", "testdata/scenarios/cookie-dates.json"
	scenarios, err := conformance.ReadScenarios(nil, dates)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	browsers := []string{"chromium", "firefox", "webkit"}
	kept := make(map[string]map[string]string) // browser → scenario → Cookie
	b.WriteString("| Set-Cookie | Standard |")
	for _, name := range browsers {
		r, err := conformance.ReadRecording("testdata/recordings/" + name + ".jsonl.gz")
		if err != nil {
			t.Fatal(err)
		}
		kept[name] = make(map[string]string)
		for _, o := range r.Outcomes {
			kept[name][o.ID] = cookieOf(o)
		}
		fmt.Fprintf(&b, " %s %s |", map[string]string{"chromium": "Chromium", "firefox": "Firefox", "webkit": "WebKitGTK"}[name], r.Version)
	}
	head := b.String() + "\n| --- | --- | --- | --- | --- |\n"
	b.Reset()
	forms := 0
	for _, s := range scenarios {
		standard, err := new(conformance.Engine).Play(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "\n%s:\n\n%s", strings.ToUpper(s.Note[:1])+s.Note[1:], head)
		for _, h := range s.Servers["https://"+s.ID+".test/s"].Actual[0].Headers {
			name, attributes, ok := strings.Cut(h[1], "=1; ")
			if h[0] != "Set-Cookie" || !ok {
				continue
			}
			forms++
			fmt.Fprintf(&b, "| %s | %s |", code(attributes), fate(cookieOf(standard), name))
			for _, browser := range browsers {
				fmt.Fprintf(&b, " %s |", fate(kept[browser][s.ID], name))
			}
			b.WriteString("\n")
		}
	}
	if forms < 300 {
		t.Errorf("%d forms, want at least 300", forms)
	}
	text := doctest.Read(t, doc)
	before, after, ok := strings.Cut(text, cookieTableStart)
	if !ok {
		t.Fatalf("%s has no line %q", doc, cookieTableStart)
	}
	switch {
	case after == b.String():
	case *update:
		if err := os.WriteFile(doc, []byte(before+cookieTableStart+b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("the tables of %s are not what was recorded; -update rewrites them", doc)
	}
}

// cookieOf is the Cookie header of the last request.
func cookieOf(o *conformance.Outcome) string {
	if len(o.Requests) > 0 {
		for _, h := range o.Requests[len(o.Requests)-1].Headers {
			if h[0] == "cookie" {
				return h[1]
			}
		}
	}
	return ""
}

// fate is what became of a cookie.
func fate(sent, name string) string {
	if strings.Contains("; "+sent, "; "+name+"=") {
		return "kept"
	}
	return "removed"
}

// code is a value as code in a table of Markdown, with what is not printable ASCII as \x….
func code(value string) string {
	var b strings.Builder
	for _, r := range value {
		switch {
		case r == '|':
			b.WriteString(`\|`)
		case r < ' ' || r > '~':
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			b.WriteRune(r)
		}
	}
	fence := "`"
	if strings.Contains(value, "`") {
		fence = "`` "
		return fence + b.String() + " ``"
	}
	return fence + b.String() + fence
}
