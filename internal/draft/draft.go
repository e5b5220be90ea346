// Package draft makes intents out of what people already have: the OpenAPI document of
// an API, an archive that a browser recorded, or a protocol that browsers speak with many
// servers. A draft
// says what was assumed to make it.
package draft

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/internal/fold"
)

// Placeholder stands in a draft for a secret that is not known, or not to be shown.
const Placeholder = "REPLACE-ME"

// A Draft is an intent with what was assumed to make it.
type Draft struct {
	audit.Intent
	From  string   // what it was made of, in words
	Notes []string // sentences without a capital letter and a full stop
	Hold  bool     // requests that may change something are not to be sent unless asked for
}

// maxNotes is how many notes a draft has.
const maxNotes = 50

func (d *Draft) note(format string, args ...any) {
	if note := fmt.Sprintf(format, args...); len(d.Notes) < maxNotes && !slices.Contains(d.Notes, note) {
		d.Notes = append(d.Notes, note)
	}
}

// An Error says what is wrong with what a draft is to be made of, and where.
type Error struct {
	File string // "" if there is none
	Line int    // 0 if it is not known
	At   string // a JSON pointer such as #/paths/~1pets/get; "" is the whole
	Err  error
}

func (e *Error) Error() string { return "draft: " + e.Problem() }

// Problem is the message without the name of the package.
func (e *Error) Problem() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	if e.File != "" {
		b.WriteString(": ")
	}
	if e.At != "" {
		b.WriteString(e.At + ": ")
	}
	return b.String() + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// Fill puts values into the headers that uses of a draft have, and cookies into those
// that are sent with credentials.
func (d *Draft) Fill(headers map[string]string, cookies []string) {
	for i := range d.Uses {
		u := &d.Uses[i]
		for name := range u.Headers {
			for given, value := range headers {
				if fold.Equal(given, name) {
					u.Headers[name] = value
				}
			}
		}
		if u.Credentials == "include" {
			u.Cookies = cookies
		}
	}
}

// relative is a path as a URL relative to a base that ends in a slash.
func relative(path string) string {
	path = strings.TrimPrefix(path, "/")
	first, _, _ := strings.Cut(path, "/")
	if path == "" || strings.Contains(first, ":") || strings.HasPrefix(path, "/") {
		return "./" + path
	}
	return path
}

// addQuery adds a parameter to the query of a URL.
func addQuery(u, name, value string) string {
	separator := "?"
	if strings.Contains(u, "?") {
		separator = "&"
	}
	return u + separator + url.QueryEscape(name) + "=" + url.QueryEscape(value)
}
