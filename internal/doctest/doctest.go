// Package doctest is for tests: it reads what documents show, and holds it to what is so.
package doctest

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// Read returns the text of a document.
func Read(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Block returns a document's only code block of a language that contains a string.
func Block(t testing.TB, doc, language, contains string) string {
	t.Helper()
	var found []string
	for _, m := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(Read(t, doc), -1) {
		if strings.Contains(m[1], contains) {
			found = append(found, m[1])
		}
	}
	if len(found) != 1 {
		t.Fatalf("%s has %d %s blocks with %q, want 1", doc, len(found), language, contains)
	}
	return found[0]
}

// Shows compares what a command printed with a document, in the console block that begins with the command. With
// update the document is rewritten.
func Shows(t testing.TB, doc, command, got string, update bool) {
	t.Helper()
	text := Read(t, doc)
	before, after, ok := strings.Cut(text, "```console\n"+command)
	want, rest, end := strings.Cut(after, "```\n")
	switch {
	case !ok || !end || strings.Contains(rest, "```console\n"+command):
		t.Fatalf("%s has not just one console block for %q", doc, command)
	case want == got:
	case update:
		if err := os.WriteFile(doc, []byte(before+"```console\n"+command+got+"```\n"+rest), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s prints\n%s\n%s shows (-update rewrites it)\n%s", command, got, doc, want)
	}
}
