package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/conformance"
)

// A report is the result of a judgement, in the order of its parts.
type report struct {
	Trials   []*trialReport
	Families []familyReport // the last is the sum
	Kinds    []*kindReport  // the unknown ones
	Known    []knownReport
	Failed   []remarkReport
	LeftOut  []remarkReport
}

// A trialReport holds the figures of one browser.
type trialReport struct {
	Engine, Version string
	Profile         string
	Replay          bool
	Sum             tally
	Kinds           int
	Failed, LeftOut int
	Unshrunk        int
}

// A tally counts verdicts.
type tally struct{ Agreed, Known, Unexplained int }

func (t *tally) add(v *conformance.Verdict) {
	switch {
	case len(v.Differences) == 0:
		t.Agreed++
	case v.Explained:
		t.Known++
	default:
		t.Unexplained++
	}
}

// Total is the number of verdicts.
func (t tally) Total() int { return t.Agreed + t.Known + t.Unexplained }

// String is agreed/total.
func (t tally) String() string {
	if t.Total() == 0 {
		return "–"
	}
	return fmt.Sprintf("%d/%d", t.Agreed, t.Total())
}

// Mark says why some scenarios did not agree.
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
	Families             string // families that show it, with counts
	From                 string // id of the scenario that was minimized
	Script               []string
	JSON                 string
}

// A knownReport is a known disagreement that occurred.
type knownReport struct {
	Known  *conformance.Known
	Counts []int // by trial
	Total  int
}

// A remarkReport is a remark that applies to some scenarios in some engines.
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

// remarks merges remarks: those about the same scenario in several engines, and those with
// the same text.
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

// Accepted tells whether there are only known differences, and all scenarios could be
// played.
func (r *report) Accepted() bool {
	for _, t := range r.Trials {
		if t.Sum.Unexplained > 0 || t.Failed > 0 {
			return false
		}
	}
	return true
}
