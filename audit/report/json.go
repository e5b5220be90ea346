package report

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/internal/text"
)

// jsonVersion is the version of the format that [JSON] writes. It changes when
// a key is taken away or means something else, not when one is added.
const jsonVersion = 1

// writeJSON writes a report for programs, see [Write]. Secrets are removed
// ([audit.Report.Redacted]) unless [Options.KeepSecrets] is set.
func writeJSON(w io.Writer, r *audit.Report, o *Options) error {
	o = o.orNone()
	if !o.KeepSecrets {
		r = r.Redacted()
	}
	type summary struct {
		Findings              map[string]int `json:"findings"` // by severity
		Uses                  int            `json:"uses"`
		WorkingInEveryBrowser int            `json:"workingInEveryBrowser"`
		Requests              int            `json:"requests"`
	}
	s := summary{Findings: map[string]int{}, Uses: len(r.Uses), WorkingInEveryBrowser: worksEverywhere(r), Requests: len(r.Traffic)}
	for _, severity := range severities {
		s.Findings[severity.String()] = count(r, severity)
	}
	return encode(w, struct {
		Version int           `json:"version"`
		Program string        `json:"program"`
		Summary summary       `json:"summary"`
		Report  *audit.Report `json:"report"`
	}{jsonVersion, program(o), s, r})
}

// program is the writing program, with its version if that is known.
func program(o *Options) string {
	if o.Version == "" {
		return "browsercors"
	}
	return "browsercors " + o.Version
}

// encode writes JSON in which nothing can't be seen.
func encode(w io.Writer, v any) error {
	var raw bytes.Buffer
	out := json.NewEncoder(&raw)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if err := out.Encode(v); err != nil {
		return err
	}
	_, err := io.WriteString(w, text.EscapeJSON(raw.String()))
	return err
}
