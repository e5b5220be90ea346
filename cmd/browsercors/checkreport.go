package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/audit/har"
	reports "github.com/browsercors/browsercors/audit/report"
	"github.com/browsercors/browsercors/internal/text"
)

// renderReport renders the report of an audit.
func renderReport(intent *audit.Intent, found *audit.Report, about *reports.Options) render {
	return func(w io.Writer, format format, color bool) error {
		with := *about
		with.Color = color
		switch {
		case format == harFormat:
			return har.Write(w, har.Of(found, &har.Options{Version: about.Version}))
		case format == "text" && len(found.Findings) == 0:
			if err := allIsWell(w, painter(color), intent, found); err != nil {
				return err
			}
		}
		return reports.Write(w, string(format), found, &with)
	}
}

// allIsWell writes what a report without findings means.
func allIsWell(w io.Writer, paint painter, intent *audit.Intent, found *audit.Report) error {
	well := "Every browser lets pages of " + text.List(intent.Allow) + " do what they should"
	switch {
	case len(intent.Allow) == 0:
		well = "No browser lets pages of " + text.List(intent.Refuse) + " read a response"
	case len(intent.Refuse) > 0:
		well += ", and no browser lets pages of " + text.List(intent.Refuse) + " read a response"
	}
	for _, line := range text.Lines(well+":", lineWidth) {
		if _, err := fmt.Fprintln(w, paint.green(line)); err != nil {
			return err
		}
	}
	for _, use := range found.Uses {
		if _, err := fmt.Fprintln(w, "  "+text.Clean(use)); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(w)
	return err
}

// inTree is the path of a file relative to the working directory, as code scanning needs
// it in the root of a repository; "" if the file is elsewhere.
func inTree(file string) string {
	whole, err := filepath.Abs(file)
	if err != nil {
		return ""
	}
	here, err := os.Getwd()
	if err != nil {
		return ""
	}
	rel, err := filepath.Rel(here, whole)
	if err != nil || !filepath.IsLocal(rel) {
		return ""
	}
	return filepath.ToSlash(rel)
}

// linesOf finds the line of each use in an intent file: the first line after that of the
// previous use that has the name of the use or, without a name, its URL.
func linesOf(file string, intent *audit.Intent, names []string) func(use string) int {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	at := make(map[string]int)
	lines := strings.Split(string(text), "\n")
	line := 0
	for i, u := range intent.Uses {
		sought, key := u.Name, "name"
		if sought == "" {
			sought, key = u.URL, "url"
		}
		for n := line; n < len(lines); n++ {
			if strings.Contains(lines[n], key) && strings.Contains(lines[n], sought) {
				at[names[i]], line = n+1, n+1
				break
			}
		}
	}
	return func(use string) int { return at[use] }
}
