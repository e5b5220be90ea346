package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/text"
)

// A report is what a judgement found out, in the order in which it is read.
type report struct {
	Trials   []*trialReport
	Families []familyReport // the last is the sum
	Kinds    []*kindReport  // that nothing explains
	Known    []knownReport
	Failed   []remarkReport
	LeftOut  []remarkReport
}

// A trialReport is one browser's figures.
type trialReport struct {
	Engine, Version string
	Profile         string
	Replay          bool
	Sum             tally
	Kinds           int
	Failed, LeftOut int
	Unshrunk        int
}

// A tally counts what was judged.
type tally struct{ Agreed, Known, Unexplained int }

func (t *tally) add(v *conformance.Verdict) {
	switch {
	case v.Agrees():
		t.Agreed++
	case v.Explained():
		t.Known++
	default:
		t.Unexplained++
	}
}

// Total is what was judged.
func (t tally) Total() int { return t.Agreed + t.Known + t.Unexplained }

// String is agreed/total.
func (t tally) String() string {
	if t.Total() == 0 {
		return "–"
	}
	return fmt.Sprintf("%d/%d", t.Agreed, t.Total())
}

// Mark says why not all agreed.
func (t tally) Mark() string {
	switch {
	case t.Unexplained > 0:
		return "✗"
	case t.Known > 0:
		return "~"
	}
	return " "
}

// A familyReport is a row of the table.
type familyReport struct {
	Name  string
	Cells []tally // by trial
}

// A kindReport is a kind of disagreement with the smallest scenario that shows it.
type kindReport struct {
	*conformance.Verdict // of the smallest
	Trial                *trialReport
	Number               int
	Count                int
	Families             string // where it was seen, with counts
	From                 string // the id of the scenario that the smallest was made of
	Script               []string
	JSON                 string
}

// A knownReport is a known disagreement that was seen.
type knownReport struct {
	Known  *conformance.Known
	Counts []int // by trial
	Total  int
}

// A remarkReport is something said about scenarios of some engines.
type remarkReport struct {
	Text    string
	Engines []string
	IDs     []string
	Count   int // of plays
}

// newReport puts the findings in order.
func newReport(corpus *corpus, trials []*trial) *report {
	r := new(report)
	cells := make(map[string][]tally)
	known := make(map[string]*knownReport)
	for i, t := range trials {
		told := &trialReport{
			Engine: t.engine, Version: t.version, Profile: title(t.profile), Replay: t.replay,
			Kinds: len(t.kinds), Failed: len(t.failed), LeftOut: len(t.leftOut), Unshrunk: t.unshrunk,
		}
		r.Trials = append(r.Trials, told)
		for _, v := range t.verdicts {
			family := corpus.family[v.Scenario.ID]
			if cells[family] == nil {
				cells[family] = make([]tally, len(trials))
			}
			cells[family][i].add(v)
			told.Sum.add(v)
			if v.Known != nil {
				k := known[v.Known.ID]
				if k == nil {
					k = &knownReport{Known: v.Known, Counts: make([]int, len(trials))}
					known[v.Known.ID] = k
				}
				k.Counts[i]++
				k.Total++
			}
		}
		for _, k := range t.kinds {
			r.Kinds = append(r.Kinds, newKindReport(told, k, len(r.Kinds)+1, corpus))
		}
	}
	sum := familyReport{Name: "all"}
	for _, t := range r.Trials {
		sum.Cells = append(sum.Cells, t.Sum)
	}
	for _, name := range slices.Sorted(maps.Keys(cells)) {
		r.Families = append(r.Families, familyReport{name, cells[name]})
	}
	r.Families = append(r.Families, sum)
	for _, id := range slices.Sorted(maps.Keys(known)) {
		r.Known = append(r.Known, *known[id])
	}
	r.Failed = remarks(trials, func(t *trial) []remark { return t.failed })
	r.LeftOut = remarks(trials, func(t *trial) []remark { return t.leftOut })
	return r
}

func newKindReport(t *trialReport, k *kind, number int, corpus *corpus) *kindReport {
	v := k.smallest
	counts := make(map[string]int)
	for _, id := range k.ids {
		counts[corpus.family[id]]++
	}
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b))
	})
	var families []string
	for _, name := range names {
		families = append(families, fmt.Sprintf("%s %d", name, counts[name]))
	}
	return &kindReport{
		Verdict: v, Trial: t, Number: number, Count: len(k.ids),
		Families: strings.Join(families, ", "), From: k.from, Script: script(v.Scenario), JSON: literal(v.Scenario),
	}
}

// remarks puts together what was said of the same scenarios in several engines,
// and the scenarios of which the same was said.
func remarks(trials []*trial, of func(*trial) []remark) []remarkReport {
	var all []remarkReport
	for _, t := range trials {
		for _, m := range of(t) {
			text := strings.NewReplacer("/"+m.id, "/…", `"`+m.id+`"`, "…").Replace(m.text)
			i := slices.IndexFunc(all, func(r remarkReport) bool { return r.Text == text })
			if i < 0 {
				i = len(all)
				all = append(all, remarkReport{Text: text})
			}
			r := &all[i]
			r.Count++
			if !slices.Contains(r.Engines, t.engine) {
				r.Engines = append(r.Engines, t.engine)
			}
			if !slices.Contains(r.IDs, m.id) {
				r.IDs = append(r.IDs, m.id)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b remarkReport) int { return b.Count - a.Count })
	return all
}

// Accepted tells whether nothing differs that is not known to, and all could be
// played.
func (r *report) Accepted() bool {
	for _, t := range r.Trials {
		if t.Sum.Unexplained > 0 || t.Failed > 0 {
			return false
		}
	}
	return true
}

// print prints the report for a terminal.
func (r *report) print(to io.Writer, paint painter) error {
	w := bufio.NewWriter(to)
	r.printTable(w, paint)
	if len(r.Kinds) > 0 {
		heading(w, paint, fmt.Sprintf("Unexplained: %s", text.Plural(len(r.Kinds), "kind")))
		for _, k := range r.Kinds {
			k.print(w, paint)
		}
	}
	for _, t := range r.Trials {
		if t.Unshrunk > 0 {
			fmt.Fprintf(w, "\nThe scenarios of %s of %s may not be minimal: the time of --shrink ran out.\n", text.Plural(t.Unshrunk, "kind"), t.Engine)
		}
	}
	if len(r.Known) > 0 {
		heading(w, paint, "Known differences")
		for _, k := range r.Known {
			var counts []string
			for i, n := range k.Counts {
				if n > 0 {
					counts = append(counts, fmt.Sprintf("%s %d", r.Trials[i].Engine, n))
				}
			}
			fmt.Fprintf(w, "\n%s  %s\n", paint.yellow(k.Known.ID), strings.Join(counts, ", "))
			for _, line := range wrap(k.Known.Reason+" Shown by "+k.Known.Scenario+".", lineWidth-2) {
				fmt.Fprintln(w, "  "+line)
			}
		}
	}
	printRemarks(w, paint, "Could not be played", r.Failed)
	printRemarks(w, paint, "Skipped", r.LeftOut)
	return w.Flush()
}

func heading(w io.Writer, paint painter, text string) { fmt.Fprintf(w, "\n%s\n", paint.bold(text)) }

func (r *report) printTable(w io.Writer, paint painter) {
	const cell = 14
	const corner = "agreed/judged"
	name := len(corner)
	for _, f := range r.Families {
		name = max(name, utf8.RuneCountInString(f.Name))
	}
	for _, t := range r.Trials {
		verb := "played"
		if t.Replay {
			verb = "recorded"
		}
		fmt.Fprintf(w, "%s, %s, compared with profile %s: %s\n", paint.bold(t.Engine+" "+text.Clean(t.Version)), verb, t.Profile, t.summary())
	}
	fmt.Fprintf(w, "\n%s", paint.dim(pad(corner, name)))
	for _, t := range r.Trials {
		fmt.Fprintf(w, "%*s  ", cell, t.Engine)
	}
	marks := ""
	for i, f := range r.Families {
		label := pad(text.Clean(f.Name), name)
		if i == len(r.Families)-1 {
			label = paint.bold(label)
		}
		fmt.Fprintf(w, "\n%s", label)
		for _, c := range f.Cells {
			color := func(s string) string { return s }
			switch mark := c.Mark(); mark {
			case "✗":
				color = paint.red
			case "~":
				color = paint.yellow
			}
			marks += c.Mark()
			fmt.Fprint(w, color(fmt.Sprintf("%*s %s", cell, c, c.Mark())))
		}
	}
	fmt.Fprintln(w)
	if strings.ContainsAny(marks, "✗~") {
		fmt.Fprintln(w, "\n✗ there are unexplained differences, ~ there are only known differences")
	}
}

// summary says what came of one browser, in one line.
func (t *trialReport) summary() string {
	all := []string{fmt.Sprintf("%d of %d agree", t.Sum.Agreed, t.Sum.Total())}
	for _, part := range []struct {
		n    int
		text string
	}{
		{t.Sum.Known, "known to differ"}, {t.Sum.Unexplained, "unexplained"},
		{t.Failed, "not played"}, {t.LeftOut, "skipped"},
	} {
		if part.n > 0 {
			all = append(all, fmt.Sprintf("%d %s", part.n, part.text))
		}
	}
	return strings.Join(all, ", ")
}

// print prints a kind.
func (k *kindReport) print(w io.Writer, paint painter) {
	const indent = "    "
	fmt.Fprintf(w, "\n%s  %s, %s: %s\n", paint.bold(fmt.Sprintf("%2d", k.Number)), paint.bold(k.Trial.Engine), text.Plural(k.Count, "scenario"), text.Clean(k.Families))
	for _, line := range wrap(text.Clean(k.Kind), lineWidth-len(indent)) {
		fmt.Fprintln(w, indent+paint.red(line))
	}
	smallest := k.Scenario.ID
	if k.From != "" {
		smallest += ", reduced from " + k.From
	}
	fmt.Fprintf(w, "%s%s\n", indent, paint.dim("smallest: "+smallest))
	for _, line := range k.Script {
		fmt.Fprintln(w, indent+"  "+line)
	}
	const most = 6
	for i, d := range k.Differences {
		if i == most {
			fmt.Fprintf(w, "%sand %s more\n", indent, text.Plural(len(k.Differences)-most, "difference"))
			break
		}
		fmt.Fprintf(w, "%s%s\n%s  %s %s\n%s  %s %s\n", indent, paint.bold(text.Clean(d.Field)),
			indent, paint.dim("browser"), text.CleanBytes(d.Got), indent, paint.dim("engine "), text.CleanBytes(d.Want))
	}
	for _, refusal := range k.Refusals {
		fmt.Fprintf(w, "%s%s\n", indent, paint.dim(fmt.Sprintf("the engine refuses steps[%d], %s", refusal.Step, refused(refusal.Error))))
	}
	if len(k.JSON) > longestJSON {
		fmt.Fprintf(w, "%s%s\n", indent, paint.dim(fmt.Sprintf("the page of --html has its JSON (%d bytes)", len(k.JSON))))
		return
	}
	fmt.Fprintln(w, indent+paint.dim(k.JSON))
}

// longestJSON is how long a scenario may be to be printed, in bytes.
const longestJSON = 8 << 10

func refused(e *fetch.Error) string { return e.Reason.String() + ": " + e.Reason.Rule() }

func printRemarks(w io.Writer, paint painter, title string, all []remarkReport) {
	if len(all) == 0 {
		return
	}
	sum := 0
	for _, m := range all {
		sum += m.Count
	}
	heading(w, paint, fmt.Sprintf("%s: %d", title, sum))
	for _, m := range all {
		fmt.Fprintln(w)
		for _, line := range wrap(fmt.Sprintf("%s: %s", strings.Join(m.Engines, ", "), text.CleanBytes(m.Text)), lineWidth) {
			fmt.Fprintln(w, line)
		}
		for _, line := range wrap(strings.Join(m.IDs, " "), lineWidth-2) {
			fmt.Fprintln(w, paint.dim("  "+line))
		}
	}
}

// script is what the page does, in JavaScript, a line a statement.
func script(s *conformance.Scenario) []string {
	where := "// on " + s.Page.URL
	if s.Page.Sandboxed {
		where += ", in a sandboxed frame"
	}
	if s.Page.EmbedderPolicy != "" {
		where += ", with Cross-Origin-Embedder-Policy: " + s.Page.EmbedderPolicy
	}
	lines := []string{where}
	for _, step := range s.Steps {
		switch {
		case step.WaitMS != nil:
			lines = append(lines, fmt.Sprintf("await new Promise(done => setTimeout(done, %d))", *step.WaitMS))
		case step.Visit != nil:
			lines = append(lines, "// the user visits "+*step.Visit+" and comes back")
		case step.Fetch.API == "xhr":
			lines = append(lines, xhrCall(step.Fetch)...)
		default:
			lines = append(lines, fetchCall(step.Fetch))
		}
	}
	for i, line := range lines {
		lines[i] = text.CleanBytes(line)
	}
	return lines
}

func fetchCall(f *conformance.Fetch) string {
	var init []string
	add := func(name string, value *string) {
		if value != nil {
			init = append(init, name+": "+literal(*value))
		}
	}
	add("method", f.Method)
	if len(f.Headers) > 0 {
		var pairs []string
		for _, h := range f.Headers {
			pairs = append(pairs, fmt.Sprintf("[%s, %s]", literal(h[0]), literal(h[1])))
		}
		init = append(init, "headers: ["+strings.Join(pairs, ", ")+"]")
	}
	if f.Body != nil {
		init = append(init, "body: "+bodyOf(f.Body))
		if f.Body.Kind == "stream" {
			init = append(init, `duplex: "half"`)
		}
	}
	add("mode", f.Mode)
	add("credentials", f.Credentials)
	add("redirect", f.Redirect)
	add("cache", f.Cache)
	add("referrer", f.Referrer)
	add("referrerPolicy", f.ReferrerPolicy)
	add("integrity", f.Integrity)
	if f.Keepalive != nil {
		init = append(init, fmt.Sprintf("keepalive: %t", *f.Keepalive))
	}
	if len(init) == 0 {
		return "await fetch(" + literal(f.URL) + ")"
	}
	return "await fetch(" + literal(f.URL) + ", {" + strings.Join(init, ", ") + "})"
}

func xhrCall(f *conformance.Fetch) []string {
	method := "GET"
	if f.Method != nil {
		method = *f.Method
	}
	lines := []string{"xhr = new XMLHttpRequest()", fmt.Sprintf("xhr.open(%s, %s)", literal(method), literal(f.URL))}
	for _, h := range f.Headers {
		lines = append(lines, fmt.Sprintf("xhr.setRequestHeader(%s, %s)", literal(h[0]), literal(h[1])))
	}
	if f.WithCredentials != nil {
		lines = append(lines, fmt.Sprintf("xhr.withCredentials = %t", *f.WithCredentials))
	}
	if f.UploadListener != nil && *f.UploadListener {
		lines = append(lines, `xhr.upload.addEventListener("progress", () => {})`)
	}
	body := ""
	if f.Body != nil {
		body = bodyOf(f.Body)
	}
	return append(lines, "xhr.send("+body+")")
}

func bodyOf(b *conformance.Body) string {
	text := literal(b.Text)
	switch b.Kind {
	case "urlencoded":
		return "new URLSearchParams(" + text + ")"
	case "multipart":
		return "formData(" + text + ")"
	case "blob":
		if b.Type != nil {
			return "new Blob([" + text + "], {type: " + literal(*b.Type) + "})"
		}
		return "new Blob([" + text + "])"
	case "stream":
		return "new Blob([" + text + "]).stream()"
	}
	return text
}

// literal is a value as JSON, which is JavaScript, on one line. What is not
// printable is escaped.
func literal(v any) string {
	raw, err := text.JSON(v)
	if err != nil {
		panic(err) // it was read from JSON
	}
	return text.EscapeJSON(string(raw))
}
