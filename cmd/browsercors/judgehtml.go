package main

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/internal/page"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

//go:embed judge.html
var judgeHTML string

var judgePage = page.Template("judge", judgeHTML, template.FuncMap{
	"edge": edge,
	"join": strings.Join,
	"show": text.CleanBytes,
	"name": engine.Title,
})

// html writes the report as one page without external resources.
func (r *report) html(w io.Writer) error { return judgePage.Execute(w, r) }

// edge is the distance of the outer lanes from the edge, in percent of the width, for a
// number of lanes. Two lanes are far enough apart for text.
func edge(lanes int) float64 {
	if lanes == 2 {
		return 16
	}
	return 50 / float64(lanes)
}

// A sequence is two sequence diagrams side by side.
type sequence struct {
	Lanes []string // the page, and the hosts of the servers
	Rows  []sequenceRow
}

// A sequenceRow is the same request in both, or one that only one of them has.
type sequenceRow struct{ Browser, Engine *message }

// A message is a request and its answer.
type message struct {
	Method, Path string
	Preflight    bool
	Lane         int
	Headers      []headerLine // headers that differ, and headers that servers base decisions on
	Answer       []string     // status and CORS headers; nil if unknown
}

// A headerLine is a header of a request, marked where the other's differs.
type headerLine struct {
	Name, Value      string
	Missing, Differs bool
}

// Sequence draws the requests and responses of both.
func (k *kindReport) Sequence() *sequence {
	s := &sequence{Lanes: []string{"page"}}
	got, want := k.Browser.Requests, k.Engine.Requests
	gotAnswers, wantAnswers := answers(k.Scenario, got), answers(k.Scenario, want)
	for i, pair := range k.Rows {
		row := sequenceRow{
			Browser: s.message(at(got, pair[0]), at(gotAnswers, pair[0])),
			Engine:  s.message(at(want, pair[1]), at(wantAnswers, pair[1])),
		}
		if row.Browser != nil {
			row.Browser.Headers = k.headerLines(i, at(got, pair[0]), func(d conformance.Difference) string { return d.Got })
		}
		if row.Engine != nil {
			row.Engine.Headers = k.headerLines(i, at(want, pair[1]), func(d conformance.Difference) string { return d.Want })
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

// at is an item of a list; nil if the list is too short.
func at[T any](list []T, i int) *T {
	if i < 0 || i >= len(list) {
		return nil
	}
	return &list[i]
}

// message returns the arrow of the request r in the sequence diagram, or nil if r is nil. The headers are added later.
func (s *sequence) message(r *conformance.Request, answer *[]string) *message {
	if r == nil {
		return nil
	}
	host, path := r.URL, ""
	if scheme, rest, ok := strings.Cut(r.URL, "://"); ok {
		end := strings.IndexAny(rest+"/", "/?")
		host, path = rest[:end], rest[end:]
		if scheme != "https" {
			host = scheme + "://" + host
		}
	}
	m := &message{Method: r.Method, Path: path, Preflight: isPreflight(r)}
	if m.Lane = 1 + slices.Index(s.Lanes[1:], host); m.Lane == 0 {
		m.Lane = len(s.Lanes)
		s.Lanes = append(s.Lanes, host)
	}
	if answer != nil {
		m.Answer = *answer
	}
	return m
}

func isPreflight(r *conformance.Request) bool {
	_, ok := headerOf(r.Headers, "access-control-request-method")
	return ok && r.Method == "OPTIONS"
}

func headerOf(list [][2]string, name string) (string, bool) {
	for _, h := range list {
		if h[0] == name {
			return h[1], true
		}
	}
	return "", false
}

// headerLines are the headers of a request to show: those that differ from the other
// player's in the same row, and those that servers base decisions on. side gives the
// player's side of a difference.
func (k *kindReport) headerLines(row int, r *conformance.Request, side func(conformance.Difference) string) []headerLine {
	differ := make(map[string]bool) // by name
	var otherwise []headerLine      // what differs besides values
	for _, d := range k.Differences {
		field, ok := strings.CutPrefix(d.Field, fmt.Sprintf("requests[%d].", row))
		if !ok {
			continue
		}
		if name, ok := strings.CutPrefix(field, "headers."); ok {
			differ[name] = true
		} else if field == "order" || strings.HasPrefix(field, "spelling.") {
			otherwise = append(otherwise, headerLine{Name: strings.Replace(field, ".", " of ", 1), Value: side(d), Differs: true})
		}
	}
	values := make(map[string]string)
	for _, list := range [][][2]string{r.AllHeaders, r.Headers} {
		for _, h := range list {
			if name := strings.ToLower(h[0]); decisive(name) || differ[name] {
				values[name] = h[1]
			}
		}
	}
	names := slices.AppendSeq(slices.Collect(maps.Keys(values)), maps.Keys(differ))
	slices.Sort(names)
	var lines []headerLine
	for _, name := range slices.Compact(names) {
		value, ok := values[name]
		lines = append(lines, headerLine{Name: name, Value: value, Missing: !ok, Differs: differ[name]})
	}
	return append(lines, otherwise...)
}

// decisive tells whether servers base decisions on a request header.
func decisive(name string) bool {
	switch name {
	case "authorization", "cookie", "origin":
		return true
	}
	return strings.HasPrefix(name, "access-control-")
}

// answers are the responses to the requests; nil if visits may have used up scripted
// responses, because visits are not among the requests.
func answers(s *conformance.Scenario, requests []conformance.Request) [][]string {
	for _, step := range s.Steps {
		if step.Visit != nil {
			return nil
		}
	}
	wire := conformance.Wire{Scenario: s}
	all := make([][]string, len(requests))
	for i, r := range requests {
		u, err := origin.ParseURL(r.URL)
		if err != nil {
			return nil
		}
		var headers safelist.HeaderList
		for _, h := range r.Headers {
			headers.Append(h[0], h[1])
		}
		all[i] = inShort(wire.Answer(r.Method, u, headers, true))
	}
	return all
}

// inShort describes a response: its status, and a line for each header that matters.
func inShort(r *conformance.Response) []string {
	if r.Drop {
		return []string{"closes the connection"}
	}
	lines := []string{strconv.Itoa(cmp.Or(r.Status, 200))}
	for _, h := range r.Headers {
		if matters(field{name: h[0]}, true) {
			lines = append(lines, h[0]+": "+h[1])
		}
	}
	return lines
}

// A result is what script got in a step, in both players.
type result struct {
	Call            string
	Browser, Engine string
	Fields          []conformance.Difference // within a result of the same kind
	Differs         bool
	Reason          string // of the engine's refusal
}

// Results are what script got, step by step.
func (k *kindReport) Results() []result {
	var all []result
	n := 0
	for _, step := range k.Scenario.Steps {
		call := callOf(&step)
		if call == "" {
			continue
		}
		r := result{Call: call, Browser: "nothing", Engine: "nothing"}
		if n < len(k.Verdict.Results) {
			r.Browser, r.Engine = k.Verdict.Results[n][0], k.Verdict.Results[n][1]
		}
		at := fmt.Sprintf("steps[%d]", n)
		for _, d := range k.Differences {
			if d.Field == at {
				r.Differs = true
			} else if field, ok := strings.CutPrefix(d.Field, at+"."); ok {
				r.Differs = true
				r.Fields = append(r.Fields, conformance.Difference{Field: strings.Replace(field, "headers.", "header ", 1), Got: d.Got, Want: d.Want})
			}
		}
		if n < len(k.Refusals) && k.Refusals[n] != nil {
			r.Reason = refused(k.Refusals[n])
		}
		all = append(all, r)
		n++
	}
	return all
}

// Full is the requests of both outcomes with all headers, as text.
func (k *kindReport) Full(side string) string {
	o := k.Browser
	if side == "engine" {
		o = k.Engine
	}
	var b strings.Builder
	for i, r := range o.Requests {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s %s\n", text.CleanBytes(r.Method), text.CleanBytes(r.URL))
		lines := r.AllHeaders
		if lines == nil {
			lines = r.Headers
		}
		for _, h := range lines {
			fmt.Fprintf(&b, "  %s: %s\n", text.CleanBytes(h[0]), text.CleanBytes(h[1]))
		}
	}
	return b.String()
}
