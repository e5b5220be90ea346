package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/customscheme"
	"github.com/browsercors/browsercors/internal/mimetype"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
)

// The lines that a check writes on standard error.

// unjudged turns the error of an audit into messages: one line that says why the server
// can't be checked, or one for each mistake in the intent.
func (c *checkCommand) unjudged(err error, fromFile bool) error {
	refusal, ok := errors.AsType[*fetch.Error](err)
	if !ok || refusal.Err == nil {
		if !fromFile {
			err = c.byFlags(err)
		}
		return err
	}
	request := refusal.Request.Method + " " + refusal.Request.URL
	if e, ok := errors.AsType[*audit.Error](err); ok && e.Use != "" && fromFile {
		request += fmt.Sprintf(" (use %q)", e.Use)
		if e.Probe {
			request += ", a probe that --no-probes turns off"
		}
	}
	why, hint := refusal.Err, ""
	if _, ok := errors.AsType[*tls.CertificateVerificationError](why); ok {
		hint = "; -k accepts any certificate"
	}
	if errors.Is(why, io.EOF) {
		why = errors.New("the server closed the connection")
	}
	return fmt.Errorf("%s: no answer: %w%s", request, why, hint)
}

// blockedFinding is the finding that a browser refuses for another reason than CORS.
const blockedFinding audit.FindingID = "blocked"

// note says what the report does not say: which page was assumed, which responses are
// probably not those of the API, and how to check a server that only has an http: URL.
func (c *checkCommand) note(intent *audit.Intent, found *audit.Report, fromFile bool) {
	effects := make(map[string]bool)
	if c.assumed != "" {
		fmt.Fprintf(c.err, "browsercors: note: %s\n", assumedNote("check", c.assumed))
	}
	for _, note := range c.notes {
		fmt.Fprintf(c.err, "browsercors: note: %s\n", text.Printable(note))
	}
	for _, note := range found.Notes {
		if c.assumed != "" { // they would be about a page that nobody named
			break
		}
		fmt.Fprintf(c.err, "browsercors: note: %s\n", text.Printable(note))
	}
	c.noteHeld(found)
	for _, p := range found.Plays {
		if p.Effect != "" && p.When == "" && slices.Contains(intent.Allow, p.Origin) && !effects[p.Use] {
			effects[p.Use] = true
			fmt.Fprintf(c.err, "browsercors: note: %s: %s\n", text.Clean(p.Use), p.Effect)
		}
	}
	for _, asking := range intent.Allow {
		if note := customscheme.Note(asking); note != "" {
			fmt.Fprintf(c.err, "browsercors: note: %s\n", note)
		}
	}
	noted := make(map[string]bool)
	for _, p := range found.Plays {
		if p.Refusal != "" || p.When != "" || !slices.Contains(intent.Allow, p.Origin) || noted[p.Use] || len(p.Exchanges) == 0 {
			continue
		}
		last := p.Exchanges[len(p.Exchanges)-1]
		var what []string
		if last.Status >= 400 {
			what = append(what, fmt.Sprintf("status %d", last.Status))
		}
		if t, ok := mimetype.Extract(last.ResponseHeaders); ok && t.Essence() == "text/html" && (last.Status >= 400 || isBroken(found, p.Use)) {
			what = append(what, "an HTML page")
		}
		if what != nil {
			noted[p.Use] = true
			fmt.Fprintf(c.err, "browsercors: note: %s %s had a response with %s; the check used that response\n",
				text.Clean(last.Method), text.Clean(last.URL), text.List(what))
		}
	}
	base, err := origin.ParseURL(found.Base)
	if err != nil || base.Scheme() != "http" {
		return
	}
	for _, f := range found.Findings {
		if f.ID != blockedFinding || len(f.Origins) == 0 || !strings.HasPrefix(f.Origins[0], "https:") {
			continue
		}
		how := fmt.Sprintf("for pages that are not secure use --origin http:%s, and for the server's https: URL use --via %s with that URL",
			strings.TrimPrefix(f.Origins[0], "https:"), base.Origin())
		if fromFile {
			how = fmt.Sprintf("for the server's https: URL use --via %s --base https://…", base.Origin())
		}
		fmt.Fprintf(c.err, "browsercors: note: a secure page may not send requests to an http: URL; %s\n", how)
		return
	}
}

// noteHeld says which uses were not sent.
func (c *checkCommand) noteHeld(found *audit.Report) {
	var held, unknown []string
	for _, p := range found.Plays {
		if !p.Held || p.When != "" {
			continue
		}
		name := text.Clean(p.Use)
		if !slices.Contains(held, name) {
			held = append(held, name)
		}
		if len(p.Exchanges) == 0 && !slices.Contains(unknown, name) {
			unknown = append(unknown, name)
		}
	}
	if held == nil {
		return
	}
	fmt.Fprintf(c.err, "browsercors: note: not sent, only the preflights, since they may change something: %s; --send sends them\n", some(held))
	if unknown != nil {
		fmt.Fprintf(c.err, "browsercors: note: nothing was found out about these, which have no preflight: %s\n", some(unknown))
	}
}

// some lists the first of many names.
func some(names []string) string {
	const shown = 10
	if len(names) > shown+1 {
		names = append(slices.Clone(names[:shown]), fmt.Sprintf("%d more", len(names)-shown))
	}
	return text.List(names)
}

// isBroken tells whether a finding says that a use does not work.
func isBroken(found *audit.Report, use string) bool {
	return slices.ContainsFunc(found.Findings, func(f audit.Finding) bool { return f.Use == use && f.Severity == audit.Breaks })
}
