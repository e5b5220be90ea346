package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// allCommands are the root and each of its commands, which the help lists.
func allCommands(t *testing.T) []*cobra.Command {
	t.Helper()
	root := newRootCommand(stdio{strings.NewReader(""), new(bytes.Buffer), new(bytes.Buffer)})
	all := append([]*cobra.Command{root}, root.Commands()...)
	listing := 0
	for _, g := range listed(root) {
		listing += len(g.items)
	}
	if listing != len(all)-1 || listing < 11 {
		t.Fatalf("the help lists %d of %d commands", listing, len(all)-1)
	}
	return all
}

// mannerisms are ways to write that have plainer words.
var mannerisms = regexp.MustCompile(`(?i)\bis no (?:[a-z]+\b)|\bbut for\b|\bnone of\b|\bwhoever\b|one's own|\belse[.;:]|\bat a time when\b`)

// TestHelp holds what every help has: text of one width, flags that say what they
// do, exit statuses in the same words.
func TestHelp(t *testing.T) {
	for _, cmd := range allCommands(t) {
		t.Run(cmd.Name(), func(t *testing.T) {
			args := strings.Fields(cmd.CommandPath())[1:]
			help := browsercors(t, "", append(args, "--help")...)
			if help.code != exitDone || help.stderr != "" {
				t.Fatalf("exit code %d, stderr %q", help.code, help.stderr)
			}
			if other := browsercors(t, "", append([]string{"help"}, args...)...); other != help {
				t.Errorf("browsercors help prints something else:\n%s", other.out)
			}
			for line := range strings.Lines(help.out) {
				if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > lineWidth {
					t.Errorf("%d characters: %s", n, line)
				}
			}
			if found := mannerisms.FindString(help.out); found != "" {
				t.Errorf("%q is not plain English:\n%s", found, help.out)
			}
			_, status, _ := strings.Cut(help.out, "\nExit status:\n  0    ")
			if !regexp.MustCompile(`\n  2    wrong usage`).MatchString(status) || !strings.Contains(status, "\n  130  interrupted\n") {
				t.Errorf("it does not give the exit statuses:\n%s", help.out)
			}
			cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
				if _, _, usage := flagText(f); usage == "" {
					t.Errorf("--%s says nothing", f.Name)
				}
				if !f.Hidden && !strings.Contains(help.out, "--"+f.Name) {
					t.Errorf("the help has no --%s", f.Name)
				}
			})
		})
	}
}

// TestMan: a page has what the help has, in roff that formats without a warning.
func TestMan(t *testing.T) {
	groff, noGroff := exec.LookPath("groff")
	for _, cmd := range allCommands(t) {
		t.Run(cmd.Name(), func(t *testing.T) {
			page := browsercors(t, "", append([]string{"man"}, strings.Fields(cmd.CommandPath())[1:]...)...)
			if page.code != exitDone || page.stderr != "" {
				t.Fatalf("exit code %d, stderr %q", page.code, page.stderr)
			}
			for _, want := range []string{".SH \"NAME\"\n", ".SH \"SYNOPSIS\"\n", ".SH \"DESCRIPTION\"\n", ".SH \"OPTIONS\"\n", ".SH \"EXIT STATUS\"\n", ".SH \"SEE ALSO\"\n"} {
				if strings.Count(page.out, want) != 1 {
					t.Errorf("it does not have %q once:\n%s", want, page.out)
				}
			}
			for line := range strings.Lines(page.out) {
				if strings.HasPrefix(line, "'") || strings.HasPrefix(line, ".") && !regexp.MustCompile(`^\.(TH|SH|SS|PP|TP|nf|fi)\b`).MatchString(line) {
					t.Errorf("a line of text is a macro: %s", line)
				}
			}
			plain := strings.NewReplacer(`\-`, "-", `\e`, `\`, `\fB`, "", `\fR`, "", `\fI`, "").Replace(page.out)
			for _, g := range flagGroups(cmd) {
				for _, f := range g.items {
					names, value, _ := flagText(f)
					if !strings.Contains(plain, strings.TrimSpace(names+" "+value)+"\n") {
						t.Errorf("it does not have %s", names)
					}
				}
			}
			if noGroff != nil {
				return
			}
			format := exec.CommandContext(t.Context(), groff, "-man", "-Tutf8", "-ww")
			format.Stdin = strings.NewReader(page.out)
			if out, err := format.CombinedOutput(); err != nil || bytes.Contains(out, []byte("warning:")) {
				t.Errorf("groff: %v\n%s", err, out)
			}
		})
	}
}

func TestManDir(t *testing.T) {
	dir := t.TempDir()
	if got := browsercors(t, "", "man", "--dir", dir); got.code != exitDone || got.out != "" {
		t.Fatalf("%+v", got)
	}
	for _, cmd := range allCommands(t) {
		want := browsercors(t, "", append([]string{"man"}, strings.Fields(cmd.CommandPath())[1:]...)...)
		page, err := os.ReadFile(filepath.Join(dir, manName(cmd)+".1"))
		if err != nil || string(page) != want.out {
			t.Errorf("the page of %s is another one: %v", cmd.Name(), err)
		}
	}
	for _, args := range []string{"--dir " + dir + "/no", "chek", "check fetch", "--dir " + dir + " check"} {
		if got := browsercors(t, "", append([]string{"man"}, strings.Fields(args)...)...); got.code != exitUsage || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%s: %+v", args, got)
		}
	}
}

func TestParagraphs(t *testing.T) {
	got := paragraphs("a b\nc\n\n  kept   as\n  it is\nd\n\n  e\n")
	want := []string{"a b c", "  kept   as\n  it is", "d", "  e"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%q, want %q", got, want)
	}
}
