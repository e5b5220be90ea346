package har

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/internal/text"
)

// text writes a judgement for a terminal: each request with what becomes of it
// in which browser, and why. What the archive had of strange characters is
// escaped.
func (j *Judgement) text(w io.Writer) error {
	out := new(strings.Builder)
	for i := range j.Verdicts {
		j.Verdicts[i].text(out, j.Browser, j.Profile)
		out.WriteByte('\n')
	}
	out.WriteString(j.summary() + "\n")
	for _, s := range j.Skipped {
		fmt.Fprintf(out, "  not judged: %s\n", s.text())
	}
	for _, note := range j.Notes {
		text.Wrap(out, "  ", "note: "+text.Printable(note))
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// text says how many entries are not judged, why, and which are the first.
func (s Skip) text() string {
	const shown = 5
	numbers := make([]string, 0, shown+1)
	for _, i := range s.Entries[:min(shown, len(s.Entries))] {
		numbers = append(numbers, "#"+strconv.Itoa(i))
	}
	if len(s.Entries) > shown {
		numbers = append(numbers, "…")
	}
	return fmt.Sprintf("%d (%s), %s", len(s.Entries), strings.Join(numbers, ", "), s.Reason)
}

// summary is the judgement in one line, such as "3 of 12 entries judged: 2
// allowed in every browser, 1 refused in some, 0 not known".
func (j *Judgement) summary() string {
	allowed, refused, unknown, disagree, other := 0, 0, 0, 0, 0
	for i := range j.Verdicts {
		switch v := &j.Verdicts[i]; {
		case len(v.in(rulingRefused)) > 0:
			refused++
		case len(v.in(rulingUnknown)) > 0:
			unknown++
		default:
			allowed++
		}
		if j.Verdicts[i].Disagreement != "" {
			disagree++
		}
		if id, _ := j.Verdicts[i].notCORS(); id != "" {
			other++
		}
	}
	line := fmt.Sprintf("%d of %d entries judged: %d allowed in every browser, %d refused in some, %d not known", len(j.Verdicts), j.Entries, allowed, refused, unknown)
	if other > 0 {
		line += fmt.Sprintf("; %d failed for another reason than CORS", other)
	}
	if disagree > 0 {
		line += fmt.Sprintf("; in %d the browser did something else", disagree)
	}
	return line
}

// in are the browsers with a ruling.
func (v *Verdict) in(r string) []string {
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
	if id, problem := v.notCORS(); id != "" {
		text.Wrap(out, "  ", "It isn't CORS ("+id+"): "+text.Printable(problem))
	}
	if names := v.in(rulingAllowed); len(names) > 0 {
		fmt.Fprintf(out, "  ✓ allowed %s\n", browsers(names))
	}
	if names := v.in(rulingUnknown); len(names) > 0 {
		fmt.Fprintf(out, "  ? not known %s\n", browsers(names))
	}
	if v.Recorded.Fix != "" {
		text.Wrap(out, "  ", "What to change ("+v.Recorded.By+"): "+text.Printable(v.Recorded.Fix))
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

// notCORS is the name of the cause, and what happened, of a request that failed for
// another reason than CORS; "" if it did not, or that is not known.
func (v *Verdict) notCORS() (id, problem string) {
	if v.Recorded.NotCORS {
		return v.Recorded.Cause, v.Recorded.Problem
	}
	for i := range v.Profiles {
		if o := &v.Profiles[i]; o.NotCORS {
			return o.Cause, o.Behind
		}
	}
	return "", ""
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
		recorded = "no response"
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
		if o.Ruling != rulingRefused || slices.ContainsFunc(all, func(r refusal) bool { return r.Reason == o.Reason }) {
			continue
		}
		r := refusal{Outcome: o}
		for _, other := range v.Profiles[1:] {
			if other.Ruling != rulingRefused || other.Reason != o.Reason {
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
	if r.Behind != "" && !r.NotCORS {
		text.Wrap(out, "    ", "The cause ("+r.Cause+"): "+text.Printable(r.Behind))
	}
	text.Wrap(out, "    ", "The rule: "+r.Rule)
	fmt.Fprintf(out, "      %s\n", r.Section)
	text.Wrap(out, "    ", "What to change ("+string(r.By)+"): "+text.Printable(r.Fix))
	for _, h := range r.Headers {
		fmt.Fprintf(out, "      %s\n", text.Clean(h[0]+": "+h[1]))
	}
	if r.Advice != nil {
		for line := range strings.Lines(r.Advice.String()) {
			out.WriteString("    " + line)
		}
	}
	if r.Printed != "" {
		text.Wrap(out, "    ", text.Printable(r.Printed))
	}
}

// browsers says in which browsers.
func browsers(profiles []string) string { return engine.InBrowsers(profiles) }
