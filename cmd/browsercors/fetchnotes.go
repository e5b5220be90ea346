package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/customscheme"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/text"
)

// The notes of browsercors fetch on standard error.

// note prints the notes, unless the output is JSON, which contains them.
func (c *fetchCommand) note() {
	if c.format == jsonFormat {
		return
	}
	for _, note := range c.notes {
		fmt.Fprintf(c.err, "browsercors: note: %s\n", text.Clean(note))
	}
	c.notes = nil
}

// unsetNote says which headers are left out, and which flags there are instead. An origin
// and a referrer name a page, so their values are those of the flags.
func unsetNote(names []string, headers fetch.HeaderList) string {
	instead := map[string]string{"cookie": "--cookie", "host": "--resolve", "origin": "--origin", "referer": "--page"}
	var flags []string
	for _, name := range names {
		flag := instead[fold.Lower(name)]
		value, _ := headers.Get(name)
		if u, err := customscheme.Of(value).ParseURL(value, nil); err == nil && !u.Origin().IsOpaque() && (flag == "--origin" || flag == "--page") {
			flag += " " + value
		}
		if flag != "" && !slices.Contains(flags, flag) {
			flags = append(flags, flag)
		}
	}
	note := fmt.Sprintf("left out, because a page can't set it: %s", strings.Join(names, ", "))
	if flags != nil {
		note += "; see " + text.List(flags)
	}
	return note
}

// unsentReferrer returns a note if the referrer of --referer is ignored because it is not
// of the page's origin; otherwise "".
func (c *fetchCommand) unsentReferrer(page *fetch.Environment) string {
	if c.request.Referrer == "" {
		return ""
	}
	u, err := customscheme.Of(c.request.Referrer).ParseURL(c.request.Referrer, nil)
	if err != nil || u.Origin().SameOrigin(page.Origin()) {
		return ""
	}
	return fmt.Sprintf("--referer: %s is ignored: it is not of the page's origin; use --page to name the page", c.request.Referrer)
}
