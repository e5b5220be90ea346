//go:build unix

package browser_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/conformance/browser"
)

// process is the browser's process: the newest child of this one. A virtual
// screen is none.
func process(t *testing.T) int {
	t.Helper()
	lists, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	newest := 0
	for _, list := range lists {
		stat, _ := os.ReadFile(list)
		name, rest, _ := strings.Cut(string(stat), ") ")
		fields := strings.Fields(rest)
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(list)))
		if err != nil || len(fields) < 2 || fields[0] == "Z" || fields[1] != strconv.Itoa(os.Getpid()) || strings.Contains(name, "Xvfb") {
			continue
		}
		newest = max(newest, pid)
	}
	if newest == 0 { // syscall.Kill would take 0 for this group
		t.Error("no process of the browser's")
		return 1 << 30
	}
	return newest
}

// TestPlayOutlivesTheBrowser kills the browser until it has died twice of a
// scenario, which is then given up, and only that.
func TestPlayOutlivesTheBrowser(t *testing.T) {
	all, err := conformance.ReadScenarios(strings.NewReader(`[
		{"id": "long", "steps": [{"wait_ms": 600000}]},
		{"id": "after", "servers": {"https://app.example/after/a": {"actual": [{}]}}, "steps": [{"fetch": {"url": "https://app.example/after/a"}}]}]`), "-")
	if err != nil {
		t.Fatal(err)
	}
	start(t, func(t *testing.T, engine string, b *browser.Browser) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
		defer cancel()
		ended, killed := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(killed)
			for {
				select {
				case <-time.After(8 * time.Second): // by then a new one plays
					if err := syscall.Kill(process(t), syscall.SIGKILL); err != nil {
						t.Error(err)
					}
				case <-ended:
					return
				}
			}
		}()
		outcomes, failed := make(map[string]*conformance.Outcome), make(map[string]error)
		err := b.Play(ctx, all, func(s *conformance.Scenario, o *conformance.Outcome, err error) {
			if outcomes[s.ID], failed[s.ID] = o, err; len(failed) == len(all) {
				close(ended)
			}
		})
		if len(failed) < len(all) {
			close(ended)
		}
		<-killed
		if after := outcomes["after"]; err != nil || failed["after"] != nil || after == nil || len(after.Requests) != 1 {
			t.Errorf("after: %+v, %v, %v", after, failed["after"], err)
		}
		if want := "twice: " + engine + " exited: signal: killed: "; failed["long"] == nil || !strings.Contains(failed["long"].Error(), want) {
			t.Errorf("long: %v, want %s", failed["long"], want)
		}
	})
}
