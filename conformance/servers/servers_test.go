package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/conformance/browser"
	"github.com/browsercors/browsercors/conformance/proof"
	"github.com/browsercors/browsercors/engine"
)

const pageFile = "../../docs/servers.md"

const rewrite = "in conformance/servers, go run . -confirm -write " + pageFile + " writes it anew; read the difference"

// TestPage holds docs/servers.md to what is found now, in the servers that are
// here.
func TestPage(t *testing.T) {
	raw, err := os.ReadFile(pageFile)
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	known, err := readConfirmed()
	if err != nil {
		t.Fatal(err)
	}
	holds := func(t *testing.T, part string) {
		t.Helper()
		if !strings.Contains(text, part) {
			t.Errorf("%s does not have (%s)\n%s", pageFile, rewrite, part)
		}
	}
	holds(t, intro)
	holds(t, settingsTable())
	holds(t, atAGlanceHead())
	holds(t, known.browserNames()+". They played "+known.summary())
	sections := strings.Split(text, "\n## ")[1:]
	headings := []string{"Versions", "Configurations", "At a glance"}
	for _, s := range servers() {
		headings = append(headings, s.name)
		t.Run(s.name, func(t *testing.T) {
			if err := s.missing(); err != nil {
				t.Skip(err)
			}
			rows, err := s.audit(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if s.pinned() {
				line, err := s.versionLine()
				if err != nil {
					t.Fatal(err)
				}
				holds(t, line)
			}
			holds(t, atAGlance(&s, rows))
			p := &page{servers: []server{s}, rows: [][]row{rows}, proofs: known}
			want, err := p.section(t.Context(), 0)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, section := range sections {
				if strings.HasPrefix(section, s.name+"\n") {
					got = "## " + strings.TrimSuffix(section, "\n") + "\n"
				}
			}
			if diff := cmp.Diff(got, want); diff != "" {
				t.Errorf("%s has (-), and is found (+); %s\n%s", pageFile, rewrite, diff)
			}
			if strings.Contains(want, "not played yet") {
				t.Errorf("some of it no browser has played: %s", rewrite)
			}
		})
	}
	var got []string
	for _, section := range sections {
		heading, _, _ := strings.Cut(section, "\n")
		got = append(got, heading)
	}
	if !slices.Equal(got, headings) {
		t.Errorf("%s has the sections %q, want %q", pageFile, got, headings)
	}
}

// TestBrowsers has the browsers that BROWSERCORS_BROWSERS names show again what
// is found.
func TestBrowsers(t *testing.T) {
	asked := os.Getenv("BROWSERCORS_BROWSERS")
	if asked == "" {
		t.Skip("BROWSERCORS_BROWSERS names no browser")
	}
	known, err := readConfirmed()
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]row
	for _, s := range servers() {
		if s.missing() != nil {
			continue // TestPage says so
		}
		found, err := s.audit(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, found)
	}
	all, err := proofs(t.Context(), rows)
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.SplitSeq(asked, ",") {
		t.Run(name, func(t *testing.T) {
			if err := browser.Installed(name); err != nil {
				t.Skip(err)
			}
			profile, err := engine.ByName(name)
			if err != nil {
				t.Fatal(err)
			}
			now := &confirmed{Browsers: make(map[string]string), Shown: make(map[string]map[string]string)}
			if err := now.confirm(t.Context(), profile, all); err != nil {
				t.Fatal(err)
			}
			if len(now.Shown) == 0 {
				t.Error("nothing was played")
			}
			for id, by := range now.Shown {
				if was, ok := known.Shown[id][name]; !ok || was != by[name] {
					t.Errorf("%s: %q, and %s has %q", id, by[name], confirmedFile, was)
				}
			}
		})
	}
}

// TestProgramsEnd looks for what programs leave behind.
func TestProgramsEnd(t *testing.T) {
	for _, s := range slices.Concat(nodePackages(), webServers()) {
		t.Run(s.name, func(t *testing.T) {
			if err := s.missing(); err != nil {
				t.Skip(err)
			}
			temp := t.TempDir()
			t.Setenv("TMPDIR", temp)
			if err := os.Chmod(filepath.Dir(temp), 0o755); err != nil { // for programs that run as another user
				t.Fatal(err)
			}
			at, stop, err := s.external.start(t.Context(), settings()[:1])
			if err != nil {
				t.Fatal(err)
			}
			for name, a := range at {
				conn, err := net.Dial(a.network, a.address)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				conn.Close()
			}
			if err := stop(); err != nil {
				t.Fatal(err)
			}
			for name, a := range at {
				if conn, err := net.Dial(a.network, a.address); err == nil {
					conn.Close()
					t.Errorf("%s is still served", name)
				}
			}
			if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

func TestSeen(t *testing.T) {
	all := []string{"standard", "chromium", "firefox", "webkit"}
	of := func(id string) *proof.Proof {
		return &proof.Proof{Profiles: all[1:], Scenario: &conformance.Scenario{ID: id}}
	}
	c := &confirmed{Shown: map[string]map[string]string{
		"a": {"chromium": "", "firefox": "", "webkit": ""},
		"b": {"chromium": "", "firefox": "hung", "webkit": ""},
		"c": {"chromium": "hung", "firefox": "hung", "webkit": "hung"},
	}}
	for _, tt := range []struct {
		name     string
		profiles []string
		proofs   []*proof.Proof
		want     string
	}{
		{"all", all, []*proof.Proof{of("a")}, "all"},
		{"some", all[1:3], []*proof.Proof{of("a")}, "Chromium, Firefox"},
		{"not all of it", all, []*proof.Proof{of("a"), of("b")}, "Chromium, WebKit, not Firefox: hung"},
		{"none", all, []*proof.Proof{of("c")}, "none: hung"},
		{"not played", all[:2], []*proof.Proof{of("a"), of("z")}, "not Chromium: not played yet"},
		{"no scenario", all, []*proof.Proof{{Profiles: all[1:], Why: "it takes a wait of 1m0s"}}, "none: it takes a wait of 1m0s"},
		{"no proof", all[:2], nil, "not Chromium: no proof"},
		{"the Standard alone", all[:1], nil, "–"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := c.seen(tt.profiles, tt.proofs); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// TestRefused has a package that panics at a configuration, and one that is
// fine with it.
func TestRefused(t *testing.T) {
	if got := refusal(func() { panic("no\nway") }); got != "no" {
		t.Errorf("%q", got)
	}
	if got := refusal(func() {}); got != "" {
		t.Errorf("%q", got)
	}
}

// TestStartFails has a program that ends before it serves.
func TestStartFails(t *testing.T) {
	if err := installed(nginxProgram, "nginx"); err != nil {
		t.Skip(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, stop, err := startNginx(ctx, nil); err == nil {
		stop()
		t.Error("nginx started though the context had ended")
	}
}
