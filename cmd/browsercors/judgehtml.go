package main

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

//go:embed judge.html
var judgeHTML string

var judgePage = template.Must(template.New("judge").Funcs(template.FuncMap{
	"edge":   edge,
	"join":   strings.Join,
	"name":   engineName,
	"plural": plural,
	"show":   func(s string) string { return visible(s, textLimit) },
}).Parse(judgeHTML))

// html writes the report as one page that needs nothing else.
func (r *report) html(w io.Writer) error { return judgePage.Execute(w, r) }

// engineName is what people call an engine.
func engineName(engine string) string {
	if engine == "webkit" {
		return "WebKit"
	}
	return strings.ToUpper(engine[:1]) + engine[1:]
}

// edge is how far the outer ones of so many lanes are from the edge, in percent
// of the width. Two leave each other room for text.
func edge(lanes int) float64 {
	if lanes == 2 {
		return 14
	}
	return 50 / float64(lanes)
}

// A lane is a line of a sequence diagram, the page's or a server's.
type lane struct{ Name string }

// A sequence is two sequence diagrams side by side, row by row.
type sequence struct {
	Lanes []lane // the first is the page's
	Rows  []sequenceRow
}

// A sequenceRow is the same request in both, or what only one has.
type sequenceRow struct {
	Browser, Engine *message // one may be nil
	Differs         bool
}

// A message is a request and its answer.
type message struct {
	Method, Path string
	Preflight    bool
	Lane         int
	Headers      []headerLine // those that differ, and those that CORS is about
	Alike        int          // headers that are not shown
	Answer       []string     // status, and headers that CORS is about; nil if not known
}

// A headerLine is a header of a request, marked where the other's differs.
type headerLine struct {
	Name, Value      string
	Missing, Differs bool
}

// Sequence draws what crossed the wire.
func (k *kindReport) Sequence() sequence {
	s := sequence{Lanes: []lane{{"page"}}}
	laneOf := func(r *conformance.Request) (int, string) {
		host, path := r.URL, ""
		if scheme, rest, ok := strings.Cut(r.URL, "://"); ok {
			if i := strings.IndexAny(rest, "/?"); i >= 0 {
				rest, path = rest[:i], rest[i:]
			}
			if host = rest; scheme != "https" {
				host = scheme + "://" + rest
			}
		}
		i := slices.Index(s.Lanes, lane{host})
		if i <= 0 {
			i = len(s.Lanes)
			s.Lanes = append(s.Lanes, lane{host})
		}
		return i, path
	}
	answered := [2][][]string{answers(k.Scenario, k.Browser), answers(k.Scenario, k.Engine)}
	for _, pair := range conformance.Align(k.Browser.Requests, k.Engine.Requests) {
		var sides [2]*conformance.Request
		if pair[0] >= 0 {
			sides[0] = &k.Browser.Requests[pair[0]]
		}
		if pair[1] >= 0 {
			sides[1] = &k.Engine.Requests[pair[1]]
		}
		row := sequenceRow{Differs: sides[0] == nil || sides[1] == nil}
		for i, r := range sides {
			if r == nil {
				continue
			}
			m := &message{Method: r.Method, Preflight: isPreflight(r)}
			m.Lane, m.Path = laneOf(r)
			if answered[i] != nil {
				m.Answer = answered[i][pair[i]]
			}
			other := sides[1-i]
			m.Headers, m.Alike = headerLines(r, other)
			if other != nil {
				row.Differs = row.Differs || r.Method != other.Method || r.URL != other.URL ||
					slices.ContainsFunc(m.Headers, func(h headerLine) bool { return h.Differs })
			}
			if i == 0 {
				row.Browser = m
			} else {
				row.Engine = m
			}
		}
		s.Rows = append(s.Rows, row)
	}
	return s
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

// headerLines are the headers of a request to show beside the other player's,
// which may be nil: what differs, and what servers decide by.
func headerLines(r, other *conformance.Request) (lines []headerLine, alike int) {
	names := make([]string, 0, len(r.Headers))
	for _, h := range r.Headers {
		names = append(names, h[0])
	}
	if other != nil {
		for _, h := range other.Headers {
			names = append(names, h[0])
		}
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		line := headerLine{Name: name}
		value, ok := headerOf(r.Headers, name)
		line.Value, line.Missing = value, !ok
		if other != nil {
			theirs, has := headerOf(other.Headers, name)
			line.Differs = has != ok || theirs != value
		}
		switch {
		case line.Differs, name == "origin", name == "cookie", name == "authorization",
			strings.HasPrefix(name, "access-control-"):
			lines = append(lines, line)
		default:
			alike++
		}
	}
	return lines, alike
}

// answers are what the servers answered to the requests of an outcome; nil if
// visits, which are no part of it, may have used answers up.
func answers(s *conformance.Scenario, o *conformance.Outcome) [][]string {
	for _, step := range s.Steps {
		if step.Visit != nil {
			return nil
		}
	}
	wire := conformance.NewWire(s)
	all := make([][]string, len(o.Requests))
	for i, r := range o.Requests {
		u, err := origin.ParseURL(r.URL)
		if err != nil {
			return nil
		}
		var headers safelist.HeaderList
		for _, h := range r.Headers {
			headers.Append(h[0], h[1])
		}
		all[i] = inShort(wire.Next(r.Method, u, headers))
	}
	return all
}

// inShort is a response: its status, and a line for each header that matters.
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

// A result is what script got of a step in both.
type result struct {
	Call            string
	Browser, Engine string
	Fields          []conformance.Difference // within a result of the same kind
	Differs         bool
	Reason          string // the engine's, where it refused
}

// Results are what script got, step by step.
func (k *kindReport) Results() []result {
	var all []result
	n := 0
	for _, step := range k.Scenario.Steps {
		if step.Fetch == nil {
			continue
		}
		r := result{Call: "fetch " + step.Fetch.URL, Browser: "nothing", Engine: "nothing"}
		if step.Fetch.API == "xhr" {
			r.Call = "XMLHttpRequest " + step.Fetch.URL
		}
		if n < len(k.Browser.Steps) {
			r.Browser = k.Browser.Steps[n].String()
		}
		if n < len(k.Engine.Steps) {
			r.Engine = k.Engine.Steps[n].String()
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
		for _, refusal := range k.Refusals {
			if refusal.Step == n {
				r.Reason = refused(refusal.Error)
			}
		}
		all = append(all, r)
		n++
	}
	return all
}

// Full is an outcome's requests with all headers, as text.
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
		fmt.Fprintf(&b, "%s %s\n", visible(r.Method, textLimit), visible(r.URL, textLimit))
		for _, h := range r.Headers {
			fmt.Fprintf(&b, "  %s: %s\n", visible(h[0], textLimit), visible(h[1], textLimit))
		}
	}
	return b.String()
}
