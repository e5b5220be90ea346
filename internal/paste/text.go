package paste

import (
	"slices"
	"strings"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/internal/text"
)

// mostShown is how many parts and causes are shown as text.
const mostShown = 5

// String returns the explanation as lines of plain text, which are safe to print on
// a terminal.
func (x *Explanation) String() string {
	var b strings.Builder
	b.WriteString("The text was taken for:\n")
	for _, p := range x.Parts[:min(len(x.Parts), mostShown)] {
		text.Wrap(&b, "  ", p.title())
	}
	if more := len(x.Parts) - mostShown; more > 0 {
		b.WriteString("  and " + text.Plural(more, "part") + " more\n")
	}
	x.verdicts(&b)
	for i, c := range x.Causes[:min(len(x.Causes), mostShown)] {
		b.WriteString("\n")
		switch {
		case len(c.Profiles) > 0:
			c.Summary = upperFirst(engine.InBrowsers(c.Profiles)) + ": " + c.Summary
		case i > 0:
			c.Summary = "Also: " + c.Summary
		}
		c.write(&b)
	}
	if len(x.Causes) == 0 {
		b.WriteString("\n")
		text.Wrap(&b, "", x.nothingWrong())
	}
	if len(x.Needed) > 0 {
		b.WriteString("What the server has to send for this request:\n")
		if x.Preflight != "" {
			text.Wrap(&b, "  ", "To the preflight, with status 204, and the first of these to the "+x.Method+" as well:")
		}
		writeHeaders(&b, x.Needed)
		if x.Advice != nil {
			b.WriteString(x.Advice.String())
		}
	}
	if x.Preflight != "" {
		b.WriteString("Why a preflight:\n")
		text.Wrap(&b, "  ", x.Preflight)
	}
	if len(x.ToBeSure) > 0 {
		b.WriteString("To be sure, find out:\n")
		for _, s := range x.ToBeSure {
			text.Wrap(&b, "  ", s.What)
			if s.Command != "" {
				b.WriteString("    " + s.Command + "\n")
			}
		}
	}
	if len(x.Notes) > 0 {
		b.WriteString("Notes:\n")
		for _, note := range x.Notes {
			text.Wrap(&b, "  ", note)
		}
	}
	return b.String()
}

// title is a part in words.
func (p *Part) title() string {
	what := "a " + p.Kind
	if p.Browser != "" {
		what += " of " + p.Browser
	}
	return what + ": " + p.What
}

// verdicts writes what becomes of the request in the browsers.
func (x *Explanation) verdicts(b *strings.Builder) {
	if len(x.Verdicts) == 0 {
		return
	}
	b.WriteString("\n")
	text.Wrap(b, "", "By the responses in the text, for "+x.Method+" "+text.Clean(x.URL)+" by "+pageName(x.Page)+":")
	width := 0
	for _, v := range x.Verdicts {
		width = max(width, len(v.Profile))
	}
	for _, v := range x.Verdicts {
		line := "  " + v.Profile + strings.Repeat(" ", width-len(v.Profile)) + "  " + v.Ruling
		switch {
		case v.Reason != "":
			line += ": " + v.Reason
		case v.Missing != "":
			line += ": it depends on " + v.Missing
		}
		b.WriteString(line + "\n")
	}
}

func pageName(origin string) string {
	if origin == "null" {
		return "a page of an opaque origin"
	}
	return "a page of " + text.Clean(origin)
}

// nothingWrong says what there is to say where no cause was found.
func (x *Explanation) nothingWrong() string {
	unknown := slices.ContainsFunc(x.Verdicts, func(v Verdict) bool { return v.Ruling == unknown })
	switch {
	case len(x.Verdicts) > 0 && !unknown:
		return "The responses in the text allow the page to read. If the browser refuses the request all the same, it got another response."
	case len(x.Verdicts) > 0:
		return "Nothing in the text is wrong so far."
	}
	return "The text says what the page requests, and not what the server answers or the browser says."
}

// write writes a cause.
func (c *Cause) write(b *strings.Builder) {
	text.Wrap(b, "", c.Summary)
	if c.Behind != "" {
		b.WriteString("The cause (" + c.Name + "):\n")
		text.Wrap(b, "  ", c.Behind)
	}
	if c.Rule != "" {
		b.WriteString("The rule:\n")
		text.Wrap(b, "  ", c.Rule)
		text.Wrap(b, "  ", c.Section)
	}
	b.WriteString("What to change (" + c.By + "):\n")
	text.Wrap(b, "  ", c.Fix)
	writeHeaders(b, c.Headers)
	if c.Advice != nil {
		b.WriteString(c.Advice.String())
	}
}

func writeHeaders(b *strings.Builder, headers [][2]string) {
	for _, h := range headers {
		b.WriteString("    " + h[0] + ": " + h[1] + "\n")
	}
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
