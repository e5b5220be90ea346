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
	if newest == 0 {
		t.Fatal("no process of the browser's")
	}
	return newest
}

// TestPlayOutlivesTheBrowser kills the browser twice: what it was playing is
// played once more, and then given up.
func TestPlayOutlivesTheBrowser(t *testing.T) {
	all, err := conformance.ReadScenarios("test", strings.NewReader(`[
		{"id": "short", "servers": {"https://app.example/short/a": {"actual": [{"body": "ok"}]}}, "steps": [{"fetch": {"url": "https://app.example/short/a"}}, {"wait_ms": 2000}]},
		{"id": "long", "steps": [{"wait_ms": 600000}]},
		{"id": "after", "servers": {"https://app.example/after/a": {"actual": [{}]}}, "steps": [{"fetch": {"url": "https://app.example/after/a"}}]}]`))
	if err != nil {
		t.Fatal(err)
	}
	start(t, func(t *testing.T, b *browser.Browser) {
		kill := make(chan struct{}, 2)
		kill <- struct{}{} // while short and long are under way
		done := make(chan struct{})
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
		defer cancel()
		go func() {
			defer close(done)
			for range 2 {
				select {
				case <-kill:
					time.Sleep(time.Second)
					if err := syscall.Kill(process(t), syscall.SIGKILL); err != nil {
						t.Error(err)
					}
				case <-ctx.Done():
				}
			}
		}()
		results := make(map[string]error)
		err := b.Play(ctx, all, func(r browser.Result) {
			results[r.Scenario.ID] = r.Err
			if r.Err == nil && len(r.Outcome.Requests) != 1 {
				t.Errorf("%s: %d requests", r.Scenario.ID, len(r.Outcome.Requests))
			}
			if len(results) == 2 {
				kill <- struct{}{} // long is left
			}
		})
		<-done
		if err != nil || results["short"] != nil || results["after"] != nil || len(results) != 3 {
			t.Errorf("results %v, %v", results, err)
		}
		if want := "twice: " + b.Engine() + " exited: signal: killed: "; results["long"] == nil || !strings.Contains(results["long"].Error(), want) {
			t.Errorf("long: %v, want %s", results["long"], want)
		}
	})
}
