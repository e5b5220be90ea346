package audit_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/audittest"
)

func TestFindings(t *testing.T) {
	seen := make(map[audit.FindingID]bool)
	for _, tt := range audittest.Cases() {
		seen[tt.ID] = true
		t.Run(tt.Name, func(t *testing.T) {
			options := &audit.Options{ProbeImpossibleOrigins: tt.ID == audit.ImpossibleOriginTrusted}
			report := audited(t, tt.Bad, &tt.Intent, options)
			if len(report.Findings) != 1 {
				t.Fatalf("%d findings, want 1: %v", len(report.Findings), report.Findings)
			}
			f := report.Findings[0]
			if f.ID != tt.ID || f.Severity != tt.Severity || !slices.Equal(f.Profiles, tt.Profiles) {
				t.Errorf("%s, %v, %v; want %s, %v, %v", f.ID, f.Severity, f.Profiles, tt.ID, tt.Severity, tt.Profiles)
			}
			if text := strings.Join(strings.Fields(f.String()), " "); !strings.Contains(text, tt.Fix) {
				t.Errorf("%q is not in\n%s", tt.Fix, f)
			}
			if tt.GoodUses == nil {
				tt.GoodUses = &tt.Intent
			}
			if report := audited(t, tt.Good, tt.GoodUses, options); len(report.Findings) > 0 {
				t.Errorf("the good server: %v", report.Findings)
			}
		})
	}
	for _, id := range audit.FindingIDs() {
		if !seen[id] {
			t.Errorf("no server causes %s", id)
		}
	}
}

// TestFindingsPage holds docs/findings.md to the table of ids and to the first
// server that causes each.
func TestFindingsPage(t *testing.T) {
	var b strings.Builder
	b.WriteString(`# Findings

What audit.Test, audit.Server and browsercors check can find, the worst first. Each entry has the smallest
server that causes the finding: what it answers a page of the intent that asks as said. A severity is what findings of
the id usually have: one that breaks by the Standard and in no browser yet is fragile, a list that does not parse breaks
what needs it. An intent's accept names ids that are known and not to be reported. This page is made by
go test ./audit -run Findings -update; a test fails when it is stale.
`)
	last := audit.Severity(255)
	for _, id := range audit.FindingIDs() {
		kind, ok := id.Kind()
		if !ok || kind.ID != id || kind.Title == "" || kind.Meaning == "" || kind.Fix == "" || !strings.HasPrefix(kind.Section, "https://") {
			t.Errorf("%s: %+v", id, kind)
		}
		if kind.Severity != last {
			if last != 255 && kind.Severity < last {
				t.Errorf("%s is worse than what stands before it", id)
			}
			last = kind.Severity
			name := last.String()
			b.WriteString("\n## " + strings.ToUpper(name[:1]) + name[1:] + "\n")
		}
		all := audittest.Cases()
		n := slices.IndexFunc(all, func(tt audittest.Case) bool { return tt.ID == id })
		if n < 0 {
			t.Errorf("no server causes %s", id)
			continue
		}
		tt := all[n]
		use := tt.Intent.Uses[0]
		asks := "GET"
		if use.Method != "" {
			asks = use.Method
		}
		for _, name := range slices.Sorted(maps.Keys(use.Headers)) {
			asks += ", with " + name + ": " + use.Headers[name]
		}
		for _, name := range use.Read {
			asks += ", to read " + name
		}
		if use.Credentials == credentials.Include {
			asks += ", with credentials"
		}
		for _, cookie := range use.Cookies {
			asks += ", where the browser has Set-Cookie: " + cookie
		}
		if use.PreflightCached > 0 {
			asks += ", the preflight to last for " + use.PreflightCached.String()
		}
		from := append(slices.Clone(tt.Intent.Allow), tt.Intent.Refuse...)
		fmt.Fprintf(&b, "\n### %s\n\n**%s.** %s\n\n%s asks: %s\n\n```\n%s```\n\n%s ([the rule](%s))\n", id, kind.Title, kind.Meaning,
			strings.Join(from, ", "), asks, tt.Bad, kind.Fix, kind.Section)
	}
	const page = "../docs/findings.md"
	if *update {
		if err := os.WriteFile(page, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(page); err != nil || string(got) != b.String() {
		t.Errorf("%s is stale (%v): go test ./audit -run Findings -update writes it anew", page, err)
	}
}
