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

// html writes the report as one page that needs nothing else.
func (r *report) html(w io.Writer) error { return judgePage.Execute(w, r) }

// edge is how far the outer ones of so many lanes are from the edge, in percent
// of the width. Two leave each other room for text.
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
	Headers      []headerLine // those that differ, and those that servers decide by
	Answer       []string     // status, and headers that CORS is about; nil if not known
}

// A headerLine is a header of a request, marked where the other's differs.
type headerLine struct {
	Name, Value      string
	Missing, Differs bool
}

// Sequence draws what crossed the wire.
func (k *kindReport) Sequence() *sequence {
	s := &sequence{Lanes: []string{"page"}}
	got, want := k.Browser.Requests, k.Engine.Requests
	gotAnswers, wantAnswers := answers(k.Scenario, got), answers(k.Scenario, want)
	for _, pair := range conformance.Align(got, want) {
		g, w := at(got, pair[0]), at(want, pair[1])
		s.Rows = append(s.Rows, sequenceRow{
			Browser: s.message(g, w, at(gotAnswers, pair[0])),
			Engine:  s.message(w, g, at(wantAnswers, pair[1])),
		})
	}
	return s
}

// at is an item of a list, or nil.
func at[T any](list []T, i int) *T {
	if i < 0 || i >= len(list) {
		return nil
	}
	return &list[i]
}

// message is a request beside the other's; nil for nil.
func (s *sequence) message(r, other *conformance.Request, answer *[]string) *message {
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
	m := &message{Method: r.Method, Path: path, Preflight: isPreflight(r), Headers: headerLines(r, other)}
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

// headerLines are the headers of a request to show beside the other player's,
// which may be nil: what differs, and what servers decide by.
func headerLines(r, other *conformance.Request) []headerLine {
	var lines []headerLine
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
		value, ok := headerOf(r.Headers, name)
		line := headerLine{Name: name, Value: value, Missing: !ok}
		if other != nil {
			theirs, has := headerOf(other.Headers, name)
			line.Differs = has != ok || theirs != value
		}
		if line.Differs || decisive(name) {
			lines = append(lines, line)
		}
	}
	return lines
}

// decisive tells whether it is by this request header that servers allow or
// refuse.
func decisive(name string) bool {
	switch name {
	case "authorization", "cookie", "origin":
		return true
	}
	return strings.HasPrefix(name, "access-control-")
}

// answers are what the servers answered to requests; nil if visits, which are
// not among them, may have used answers up.
func answers(s *conformance.Scenario, requests []conformance.Request) [][]string {
	for _, step := range s.Steps {
		if step.Visit != nil {
			return nil
		}
	}
	wire := conformance.NewWire(s)
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
		fmt.Fprintf(&b, "%s %s\n", text.CleanBytes(r.Method), text.CleanBytes(r.URL))
		for _, h := range r.Headers {
			fmt.Fprintf(&b, "  %s: %s\n", text.CleanBytes(h[0]), text.CleanBytes(h[1]))
		}
	}
	return b.String()
}
