package main

import (
	"strings"
	"testing"
)

// TestDidYouMean: what is misspelt gets one line, with the word that was meant.
func TestDidYouMean(t *testing.T) {
	for _, test := range []struct {
		name string
		args string
		want string // the whole line, behind the program's name
	}{
		{"a command", "chek https://a.example", `unknown command "chek"; did you mean browsercors check?`},
		{"no command", "probe", `unknown command "probe"; browsercors --help lists the commands`},
		{"help of a command", "help jugde", `unknown command "jugde"; did you mean browsercors judge?`},
		{"a flag", "check --orgin http://a.example", "unknown flag --orgin; did you mean --origin?"},
		{"a flag of curl's", "fetch --compresed", "unknown flag --compresed; did you mean --compressed?"},
		{"one hyphen", "run -profile=x -", "unknown flag -p in -profile; did you mean --profile?"},
		{"no flag", "run --network", "unknown flag --network; browsercors run --help lists the flags"},
		{"no letter", "run -y", "unknown flag -y; browsercors run --help lists the flags"},
		{"a value", "fetch --mode nocors", `--mode: unknown value "nocors" (cors, no-cors, same-origin); did you mean no-cors?`},
		{"a profile", "run --profile fierfox -", `--profile: unknown value "fierfox" (standard, chromium, firefox, webkit); did you mean firefox?`},
		{"a browser", "judge --browser chromium,safarri,firefox", `--browser: unknown value "safarri" (chromium, firefox, webkit)`},
		{"a browser, in capitals", "judge --browser Webkit", `--browser: unknown value "Webkit" (chromium, firefox, webkit); did you mean webkit?`},
		{"a format", "check --report jsno=x a", `--report: unknown format "jsno" (text, html, json, junit, markdown, sarif); did you mean json?`},
		{"a severity", "check --fail-on unsave a", `--fail-on: unknown value "unsave" (breaks, unsafe, fragile, slow, never); did you mean unsafe?`},
		{"a shell", "completion bahs", `unknown shell "bahs" (bash, fish, powershell, zsh); did you mean bash?`},
		{"a flag without its value", "fetch --mode", "--mode needs a value"},
		{"a letter without its value", "fetch -X", "--request needs a value"},
		{"a number", "fetch --max-time soon", `--max-time: invalid number "soon"`},
		{"a whole number", "generate --count 1.5", `--count: invalid whole number "1.5"`},
		{"a duration", "check --preflight-cached 10", `--preflight-cached: invalid duration (such as 90s or 10m) "10"`},
		{"a boolean", "fetch --xhr=maybe", `--xhr: invalid boolean "maybe"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := browsercors(t, "", strings.Fields(test.args)...)
			if want := "browsercors: " + test.want + "\n"; got.code != exitUsage || got.out != "" || got.stderr != want {
				t.Errorf("exit code %d, stdout %q, stderr %q; want %q", got.code, got.out, got.stderr, want)
			}
		})
	}
}

func TestVersion(t *testing.T) {
	command, flag := browsercors(t, "", "version"), browsercors(t, "", "--version")
	if command != flag || command.code != exitDone {
		t.Errorf("browsercors version: %+v\nbrowsercors --version: %+v", command, flag)
	}
	for _, want := range []string{"browsercors ", "\nGo 1.", "\nFetch Standard ", "\nprofile chromium ", "\nprofile webkit "} {
		contains(t, "stdout", command.out, want)
	}
}

// TestCompletion: each shell has a script, and what it asks is answered.
func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "fish", "powershell", "zsh"} {
		if got := browsercors(t, "", "completion", shell); got.code != exitDone || !strings.Contains(got.out, "browsercors") || got.stderr != "" {
			t.Errorf("%s: exit code %d, stderr %q, stdout:\n%s", shell, got.code, got.stderr, got.out)
		}
	}
	for _, test := range []struct {
		name string
		args []string
		want string // contained
	}{
		{"commands", []string{"ch"}, "check\t"},
		{"flags", []string{"check", "--pre"}, "--preflight-cached\t"},
		{"values", []string{"fetch", "--mode", "no"}, "no-cors\n"},
		{"profiles", []string{"run", "--profile", ""}, "webkit\n"},
		{"formats", []string{"check", "--format", "j"}, "junit\n"},
		{"shells", []string{"completion", ""}, "zsh\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := browsercors(t, "", append([]string{"__complete"}, test.args...)...)
			contains(t, "stdout", got.out, test.want)
		})
	}
}
