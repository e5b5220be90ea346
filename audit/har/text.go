package har

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/internal/text"
)

// Text writes a judgement for a terminal: each request with what becomes of it
// in which browser, and why. What the archive had of strange characters is
// escaped.
func (j *Judgement) Text(w io.Writer) error {
	out := new(strings.Builder)
	for i := range j.Verdicts {
		j.Verdicts[i].text(out, j.Browser, j.Profile)
		out.WriteByte('\n')
	}
	out.WriteString(j.Summary() + "\n")
	for _, s := range j.Skipped {
		fmt.Fprintf(out, "  not judged: %d, %s\n", len(s.Entries), s.Reason)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// Summary is a judgement in one line, such as "3 of 12 entries cross origins: 2
// allowed in every browser, 1 refused in some".
func (j *Judgement) Summary() string {
	allowed, refused, unknown, disagree := 0, 0, 0, 0
	for i := range j.Verdicts {
		switch v := &j.Verdicts[i]; {
		case len(v.in(Refused)) > 0:
			refused++
		case len(v.in(Unknown)) > 0:
			unknown++
		default:
			allowed++
		}
		if j.Verdicts[i].Disagreement != "" {
			disagree++
		}
	}
	line := fmt.Sprintf("%d of %d entries judged: %d allowed in every browser, %d refused in some, %d not known", len(j.Verdicts), j.Entries, allowed, refused, unknown)
	if disagree > 0 {
		line += fmt.Sprintf("; in %d the browser did otherwise", disagree)
	}
	return line
}

// in are the browsers with a ruling.
func (v *Verdict) in(r Ruling) []string {
	var names []string
	for _, o := range v.Profiles[1:] {
		if o.Ruling == r {
			names = append(names, o.Profile)
		}
	}
	return names
}

func (v *Verdict) text(out *strings.Builder, browser, profile string) {
	fmt.Fprintf(out, "#%d %s %s\n", v.Entry, text.Clean(v.Method), text.Clean(v.URL))
	for _, line := range v.about(browser) {
		out.WriteString("  " + line + "\n")
	}
	if names := v.in(Allowed); len(names) > 0 {
		fmt.Fprintf(out, "  ✓ allowed %s\n", browsers(names))
	}
	if names := v.in(Unknown); len(names) > 0 {
		fmt.Fprintf(out, "  ? not known %s\n", browsers(names))
	}
	for _, r := range v.refusals(profile) {
		r.text(out)
	}
	if v.Disagreement != "" {
		text.Wrap(out, "  ", "! "+text.Printable(v.Disagreement))
	}
	for _, note := range v.Notes {
		text.Wrap(out, "  ", "note: "+text.Printable(note))
	}
}

// about says who asked, how, and what was recorded of it.
func (v *Verdict) about(browser string) []string {
	from := fmt.Sprintf("from %s (known by %s), mode %s, destination %s", text.Clean(v.Page), v.PageFrom, v.Mode, text.Clean(v.Destination))
	if v.Credentials == "include" {
		from += ", with credentials"
	}
	lines := []string{from}
	also := func(what string, entries []int) {
		if len(entries) > 0 {
			lines = append(lines, fmt.Sprintf("%s: #%s", what, strings.Trim(strings.Join(strings.Fields(fmt.Sprint(entries)), ", #"), "[]")))
		}
	}
	also("preflights", v.Preflights)
	also("followed to", v.Hops)
	recorded := fmt.Sprintf("status %d", v.Recorded.Status)
	if v.Recorded.Status == 0 {
		recorded = "no answer"
	}
	if v.Recorded.Error != "" {
		recorded += ", " + text.Clean(v.Recorded.Error)
	}
	return append(lines, fmt.Sprintf("recorded by %s: %s", text.Clean(cmp.Or(browser, "an unknown browser")), recorded))
}

// A refusal is one way to be refused.
type refusal struct {
	*Outcome
	In      []string // the browsers that refuse so
	Printed string   // by the console of the browser that recorded it, after its name; "" if another refuses so
}

// refusals are the ways in which a request is refused.
func (v *Verdict) refusals(recordedBy string) []refusal {
	var all []refusal
	for i := range v.Profiles {
		o := &v.Profiles[i]
		if o.Ruling != Refused || slices.ContainsFunc(all, func(r refusal) bool { return r.Reason == o.Reason }) {
			continue
		}
		r := refusal{Outcome: o}
		for _, other := range v.Profiles[1:] {
			if other.Ruling != Refused || other.Reason != o.Reason {
				continue
			}
			r.In = append(r.In, other.Profile)
			if other.Profile == recordedBy && other.Console != "" {
				r.Printed = engine.Title(other.Profile) + "'s console: " + strings.ReplaceAll(other.Console, "\n", " ")
			}
		}
		all = append(all, r)
	}
	return all
}

func (r *refusal) text(out *strings.Builder) {
	fmt.Fprintf(out, "  ✗ refused %s: %s\n", browsers(r.In), r.Reason)
	text.Wrap(out, "    ", text.Printable(r.Did))
	text.Wrap(out, "    ", text.Printable(r.Summary))
	text.Wrap(out, "    ", "The rule: "+r.Rule)
	fmt.Fprintf(out, "      %s\n", r.Section)
	text.Wrap(out, "    ", "What to change ("+string(r.By)+"): "+text.Printable(r.Fix))
	for _, h := range r.Headers {
		fmt.Fprintf(out, "      %s\n", text.Clean(h[0]+": "+h[1]))
	}
	if r.Printed != "" {
		text.Wrap(out, "    ", text.Printable(r.Printed))
	}
}

// browsers says in which browsers.
func browsers(profiles []string) string { return engine.InBrowsers(profiles) }

// RefusedIn are the profiles under which a verdict is a refusal.
func (v *Verdict) RefusedIn() []string {
	var names []string
	for _, o := range v.Profiles {
		if o.Ruling == Refused {
			names = append(names, o.Profile)
		}
	}
	return names
}
