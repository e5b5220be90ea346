package browser_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/conformance/browser"
)

func TestStartRefuses(t *testing.T) {
	_, err := browser.Start(t.Context(), "lynx")
	if want := `browser: unknown engine "lynx", want one of chromium, firefox, webkit`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	t.Setenv("PATH", t.TempDir())
	_, err = browser.Start(t.Context(), "chromium")
	if want := "browser: chromium is not installed: no chromium; Debian has it in package chromium"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// start starts the engines that BROWSERCORS_BROWSERS names, one after another,
// each with TMPDIR a directory that must be empty in the end.
func start(t *testing.T, test func(t *testing.T, engine string, b *browser.Browser)) {
	engines := os.Getenv("BROWSERCORS_BROWSERS")
	if engines == "" {
		t.Skip(`SKIP: BROWSERCORS_BROWSERS names no engine; set it to "chromium,firefox,webkit" (Debian packages chromium, firefox-esr and libnss3-tools, webkit2gtk-driver and xvfb)`)
	}
	for engine := range strings.SplitSeq(engines, ",") {
		t.Run(engine, func(t *testing.T) {
			dir, err := os.MkdirTemp("", "") // sockets have short paths
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { os.RemoveAll(dir) })
			t.Setenv("TMPDIR", dir)
			if err := browser.Installed(engine); err != nil {
				t.Skipf("SKIP: %v", err)
			}
			b, err := browser.Start(t.Context(), engine)
			if err != nil {
				t.Fatal(err)
			}
			test(t, engine, b)
			b.Close()
			if left, err := filepath.Glob(dir + "/*"); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
			if lists, _ := filepath.Glob("/proc/[0-9]*/environ"); len(lists) > 0 {
				for _, list := range lists {
					if environ, _ := os.ReadFile(list); strings.Contains(string(environ), dir) {
						t.Errorf("a process was left behind: %s", list)
					}
				}
			}
		})
	}
}

// scenarios are what all three engines do as the Standard says.
const scenarios = `[
	{"id": "simple", "servers": {"https://api.other.test/simple/a": {"actual": [{"headers": [["Access-Control-Allow-Origin", "*"]], "body": "ok"}]}},
		"steps": [{"fetch": {"url": "https://api.other.test/simple/a"}}, {"fetch": {"url": "https://api.other.test/simple/a", "api": "xhr"}}]},
	{"id": "put", "page": {"url": "http://app.example/dir/page?x=1#f"}, "servers": {"http://put.other.test/a": {
		"preflight": [{"status": 204, "headers": [["Access-Control-Allow-Origin", "http://app.example"], ["Access-Control-Allow-Methods", "PUT"], ["Access-Control-Allow-Headers", "x-a"]]}],
		"actual": [{"headers": [["Access-Control-Allow-Origin", "http://app.example"]]}]}},
		"steps": [{"fetch": {"url": "http://put.other.test/a", "method": "PUT", "headers": [["X-A", "1"]]}}, {"wait_ms": 1}]},
	{"id": "sandbox", "page": {"url": "https://app.example/dir/page", "sandboxed": true},
		"servers": {"https://app.example/sandbox/a": {"actual": [{"headers": [["Access-Control-Allow-Origin", "null"]]}]}},
		"steps": [{"fetch": {"url": "../sandbox/a"}}]},
	{"id": "visited", "servers": {"https://app.example/visited/set": {"actual": [{"headers": [["Set-Cookie", "a=1"]]}]}, "https://app.example/visited/a": {"actual": [{}]}},
		"steps": [{"visit": "https://app.example/visited/set"}, {"fetch": {"url": "https://app.example/visited/a"}}]},
	{"id": "form", "servers": {"https://app.example/form/a": {"actual": [{}]}},
		"steps": [{"fetch": {"url": "https://app.example/form/a", "method": "POST", "body": {"kind": "multipart", "text": "a=1&b=2"}}}]},
	{"id": "refused", "servers": {"https://h2.other.test/refused/a": {"actual": [{"body": "secret"}]}},
		"steps": [{"fetch": {"url": "https://h2.other.test/refused/a"}}, {"fetch": {"url": "https://h2.other.test/refused/a", "mode": "no-cors"}}]}
]`

func TestPlay(t *testing.T) {
	all, err := conformance.ReadScenarios(strings.NewReader(scenarios), "-")
	if err != nil {
		t.Fatal(err)
	}
	start(t, func(t *testing.T, engine string, b *browser.Browser) {
		for range 2 { // the second in a new browser, for the ids are known
			played := 0
			err := b.Play(t.Context(), all, func(s *conformance.Scenario, o *conformance.Outcome, err error) {
				played++
				if err != nil {
					t.Error(err)
					return
				}
				want, err := new(conformance.Engine).Play(t.Context(), s)
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range conformance.Differences(o, want) {
					if engine == "chromium" && d == (conformance.Difference{Field: "requests[0].headers.sec-fetch-mode", Got: `"cors"`, Want: "nothing"}) {
						continue // on a preflight to an http URL
					}
					t.Errorf("%s: %+v", s.ID, d)
				}
				if o.Engine != engine || o.Version != b.Version || b.Version == "" {
					t.Errorf("%s: engine %q, version %q", s.ID, o.Engine, o.Version)
				}
			})
			if err != nil || played != len(all) {
				t.Errorf("%d of %d played, %v", played, len(all), err)
			}
		}
	})
}

func TestPlayEndsWithItsContext(t *testing.T) {
	all, err := conformance.ReadScenarios(strings.NewReader(`{"id": "long", "steps": [{"wait_ms": 600000}]}`), "-")
	if err != nil {
		t.Fatal(err)
	}
	start(t, func(t *testing.T, engine string, b *browser.Browser) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := b.Play(ctx, all, func(s *conformance.Scenario, _ *conformance.Outcome, err error) {
			t.Errorf("a result: %s, %v", s.ID, err)
		})
		if diff := cmp.Diff(context.Canceled, err, cmp.Comparer(errors.Is)); diff != "" {
			t.Error(diff)
		}
	})
}

// TestStartSaysWhyTheBrowserEnds starts what is no browser.
func TestStartSaysWhyTheBrowserEnds(t *testing.T) {
	dir := t.TempDir()
	script := "#!/bin/sh\ncase $1 in --version) echo Chromium 1.2.3;; *) echo '[1:2:ERROR:dbus/bus.cc] no bus' >&2; echo 'no shared memory' >&2; echo >&2; exit 7;; esac\n"
	if err := os.WriteFile(filepath.Join(dir, "chromium"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	_, err := browser.Start(t.Context(), "chromium")
	if want := "browser: chromium exited while starting: exit status 7: no shared memory"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if left, err := filepath.Glob(temp + "/*"); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestPlayRefusesTheSameIDTwice(t *testing.T) {
	all, err := conformance.ReadScenarios(strings.NewReader(`{"id": "a", "steps": []}`), "-")
	if err != nil {
		t.Fatal(err)
	}
	start(t, func(t *testing.T, engine string, b *browser.Browser) {
		if err := b.Play(t.Context(), append(all, all...), nil); err == nil {
			t.Error("no error")
		}
	})
}
