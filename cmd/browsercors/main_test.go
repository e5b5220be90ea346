// The tests are in package main, since nothing can import it.
package main

import (
	"bytes"
	"flag"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// outcome is what a run of the command left.
type outcome struct {
	code        int
	out, stderr string
}

// browsercors runs the command in this process.
func browsercors(t *testing.T, stdin string, args ...string) outcome {
	t.Helper()
	var out, stderr bytes.Buffer
	code := execute(t.Context(), args, stdio{strings.NewReader(stdin), &out, &stderr})
	return outcome{code, out.String(), stderr.String()}
}

func TestRoot(t *testing.T) {
	for _, test := range []struct {
		name        string
		args        []string
		code        int
		out, stderr string // contained
	}{
		{"nothing", []string{}, 0, "browsercors demo", ""},
		{"version", []string{"--version"}, 0, "Fetch Standard ", ""},
		{"help", []string{"help", "fetch"}, 0, "--xhr-upload-listener", ""},
		{"unknown command", []string{"get"}, 2, "", `unknown command "get"; browsercors --help lists the commands`},
		{"unknown flag", []string{"--get"}, 2, "", "unknown flag --get; browsercors --help lists the flags"},
		{"demo takes nothing", []string{"demo", "x"}, 2, "", `demo takes no arguments, got "x"`},
		{"color", []string{"demo", "--color", "red"}, 2, "", `--color: unknown value "red" (auto, always, never)`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := browsercors(t, "", test.args...)
			if got.code != test.code {
				t.Errorf("exit code %d, want %d", got.code, test.code)
			}
			contains(t, "stdout", got.out, test.out)
			contains(t, "stderr", got.stderr, test.stderr)
			if got.code == exitUsage && strings.Count(got.stderr, "\n") != 1 {
				t.Errorf("wrong usage is not one line:\n%s", got.stderr)
			}
		})
	}
}

func contains(t *testing.T, what, got, want string) {
	t.Helper()
	if !strings.Contains(got, want) {
		t.Errorf("%s lacks %q:\n%s", what, want, got)
	}
	if want == "" && got != "" && what == "stdout" {
		t.Errorf("stdout is not empty:\n%s", got)
	}
}
