package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/browsercors/browsercors/internal/text"
)

// matters tells whether a header affects decisions of the browser or the server.
func matters(f field, received bool) bool {
	name := strings.ToLower(f.name)
	if !received {
		switch name {
		case "user-agent", "accept-encoding", "content-length":
			return false
		case "accept":
			return f.value != "*/*"
		}
		return true // headers that script sets, and headers that tell the server about the page
	}
	switch name {
	case "cache-control", "content-encoding", "content-type", "location", "referrer-policy", "set-cookie",
		"timing-allow-origin", "vary", "www-authenticate", "x-content-type-options":
		return true
	}
	return strings.HasPrefix(name, "access-control-") || strings.HasPrefix(name, "cross-origin-")
}

// A waterfall prints steps.
type waterfall struct {
	w      io.Writer
	paint  painter
	indent string

	// shows tells whether a header is printed; received is on a response.
	shows func(f field, received bool) bool
}

// print prints a step as curl does: ">" for a request, "<" for a response, "*" for a
// decision.
func (p *waterfall) print(s step) {
	switch s.Kind {
	case stepRequest:
		p.message("> ", s, p.paint.cyan)
	case stepResponse:
		if s.Status >= 400 {
			p.message("< ", s, p.paint.yellow)
		} else {
			p.message("< ", s, p.paint.cyan)
		}
	default:
		p.decision(s)
	}
}

// message prints a request or response, with its headers below it.
func (p *waterfall) message(mark string, s step, color func(string) string) {
	p.line(color(mark + text.Clean(s.Title)))
	for _, f := range s.Headers {
		if p.shows(f, s.Kind == stepResponse) {
			p.line(mark + "  " + p.paint.dim(text.Clean(f.name)+": ") + text.Clean(f.value))
		}
	}
}

// decision prints a decision of the browser, and its inputs.
func (p *waterfall) decision(s step) {
	color := p.paint.dim
	switch {
	case s.Reason != "":
		color = p.paint.red
	case s.Kind == stepCheck, s.Hit:
		color = p.paint.green
	}
	p.line("* " + color(text.Clean(s.Title)))
	details := s.Details
	if s.Kind == stepSetCookie {
		details = nil // the header is printed above
	}
	for _, c := range s.Cookies {
		value := "sent"
		if !c.Sent {
			value = "withheld, " + c.Reason + ": " + c.Rule
		}
		host := c.Host
		if !c.HostOnly {
			host = "." + host
		}
		details = append(details, field{name: cmp.Or(brief(c.Name), "(no name)") + " of " + host + brief(c.Path), value: value, text: true})
	}
	width := 0
	for _, f := range details {
		width = max(width, text.Columns(text.Clean(f.name)))
	}
	for _, f := range details {
		value := text.Clean(f.value)
		if f.missing {
			value = p.paint.dim("(missing)")
		}
		p.line("*   " + p.paint.dim(text.Pad(text.Clean(f.name), width)) + "  " + value)
	}
}

func (p *waterfall) line(text string) { fmt.Fprintln(p.w, p.indent+text) }
