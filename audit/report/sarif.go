package report

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/url"
	"strings"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/internal/text"
)

// writeSARIF writes a report for code scanning, see [Write].
//
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
func writeSARIF(w io.Writer, r *audit.Report, o *Options) error {
	o = o.orNone()
	run := sarifRun{ColumnKind: "utf16CodeUnits", Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "browsercors", InformationURI: "https://github.com/browsercors/browsercors", SemanticVersion: semantic(o.Version), Rules: []sarifRule{}}
	index := make(map[audit.FindingID]int)
	for _, rule := range rules(r) {
		index[rule.ID] = len(run.Tool.Driver.Rules)
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, ruleOf(rule))
	}
	for i := range r.Findings {
		run.Results = append(run.Results, result(&r.Findings[i], index[r.Findings[i].ID], o))
	}
	return encode(w, sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run},
	})
}

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool struct {
		Driver sarifDriver `json:"driver"`
	} `json:"tool"`
	ColumnKind string        `json:"columnKind"`
	Results    []sarifResult `json:"results"`
}

type sarifDriver struct {
	Name            string      `json:"name"`
	SemanticVersion string      `json:"semanticVersion,omitempty"`
	InformationURI  string      `json:"informationUri"`
	Rules           []sarifRule `json:"rules"`
}

type sarifText struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifRule struct {
	ID               string    `json:"id"`
	ShortDescription sarifText `json:"shortDescription"`
	FullDescription  sarifText `json:"fullDescription"`
	Help             sarifText `json:"help"`
	HelpURI          string    `json:"helpUri,omitempty"`
	Default          struct {
		Level string `json:"level"`
	} `json:"defaultConfiguration"`
	Properties sarifProperties `json:"properties"`
}

type sarifProperties struct {
	Tags             []string `json:"tags"`
	Precision        string   `json:"precision"`
	ProblemSeverity  string   `json:"problem.severity"`
	SecuritySeverity string   `json:"security-severity,omitempty"`
}

type sarifResult struct {
	RuleID       string            `json:"ruleId"`
	RuleIndex    int               `json:"ruleIndex"`
	Level        string            `json:"level"`
	Message      sarifText         `json:"message"`
	Locations    []sarifLocation   `json:"locations"`
	Fingerprints map[string]string `json:"partialFingerprints"`
	Properties   struct {
		Severity string   `json:"severity"`
		Profiles []string `json:"profiles"`
		Origins  []string `json:"origins"`
	} `json:"properties"`
}

type sarifLocation struct {
	Physical *sarifPhysical `json:"physicalLocation,omitempty"`
	Logical  []sarifLogical `json:"logicalLocations"`
}

type sarifPhysical struct {
	Artifact struct {
		URI string `json:"uri"`
	} `json:"artifactLocation"`
	Region struct {
		StartLine int `json:"startLine"`
	} `json:"region"`
}

type sarifLogical struct {
	Name               string `json:"name"`
	FullyQualifiedName string `json:"fullyQualifiedName"`
	Kind               string `json:"kind"`
}

// levels are those of severities.
var levels = [...]string{audit.Breaks: "error", audit.Unsafe: "error", audit.Fragile: "warning", audit.Slow: "note"}

// problems are what GitHub calls the severities.
var problems = [...]string{audit.Breaks: "error", audit.Unsafe: "error", audit.Fragile: "warning", audit.Slow: "recommendation"}

func ruleOf(k audit.FindingKind) sarifRule {
	out := sarifRule{
		ID: string(k.ID), ShortDescription: sarifText{Text: k.Title}, FullDescription: sarifText{Text: k.Meaning},
		Help: sarifText{Text: k.Meaning + "\n\n" + k.Fix, Markdown: k.Meaning + "\n\n**What to change:** " + k.Fix}, HelpURI: k.Section,
	}
	if k.Section != "" {
		out.Help.Text += "\n\n" + k.Section
		out.Help.Markdown += "\n\n<" + k.Section + ">"
	}
	out.Default.Level = levels[k.Severity]
	out.Properties = sarifProperties{Tags: []string{"cors", k.Severity.String()}, Precision: "very-high", ProblemSeverity: problems[k.Severity]}
	if k.Severity == audit.Unsafe {
		out.Properties.Tags = append(out.Properties.Tags, "security")
		out.Properties.SecuritySeverity = "7.5"
	}
	return out
}

func result(f *audit.Finding, index int, o *Options) sarifResult {
	out := sarifResult{RuleID: string(f.ID), RuleIndex: index, Level: levels[f.Severity], Message: sarifText{Text: message(f)}}
	at := sarifLocation{Logical: []sarifLogical{{Name: text.Clean(f.Use), FullyQualifiedName: text.Clean(f.Use), Kind: "resource"}}}
	if o.File != "" {
		at.Physical = new(sarifPhysical)
		at.Physical.Artifact.URI = (&url.URL{Path: o.File}).String()
		at.Physical.Region.StartLine = max(1, o.Line(f.Use))
	}
	out.Locations = []sarifLocation{at}
	out.Fingerprints = map[string]string{"finding/v1": fingerprint(f), "primaryLocationLineHash": fingerprint(f) + ":1"}
	out.Properties.Severity, out.Properties.Profiles, out.Properties.Origins = f.Severity.String(), f.Profiles, f.Origins
	return out
}

// message is a finding in the space that there is beside a line of a file.
func message(f *audit.Finding) string {
	var b strings.Builder
	b.WriteString(text.Clean(f.Tried) + " " + text.Clean(f.Problem) + " The rule: " + text.Clean(f.Rule) + ".\n")
	if seen := where(f.Profiles); seen != "" {
		b.WriteString("Seen " + seen + ".\n")
	}
	b.WriteString("What to change (" + string(f.By) + "): " + text.Clean(f.Fix))
	for _, h := range f.Headers {
		b.WriteString("\n" + text.Clean(h.Name+": "+h.Value))
	}
	if a := f.Advice; a != nil {
		b.WriteString("\n" + text.Printable(a.Heading()+": "+a.Text))
		for line := range strings.Lines(a.Snippet) {
			b.WriteString("\n" + text.Printable(strings.TrimSuffix(line, "\n")))
		}
		if a.Manual != "" {
			b.WriteString("\n" + text.Printable(a.Manual))
		}
	}
	return b.String()
}

// fingerprint tells a finding from others, whatever the server's clock and the
// order of things.
func fingerprint(f *audit.Finding) string {
	origin := ""
	if len(f.Origins) > 0 {
		origin = f.Origins[0]
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{string(f.ID), f.Use, origin, f.Problem}, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// semantic is a version as SARIF wants it, or "" if it is none.
func semantic(version string) string {
	v := strings.TrimPrefix(version, "v")
	if v == "" || v[0] < '0' || v[0] > '9' {
		return ""
	}
	return v
}
