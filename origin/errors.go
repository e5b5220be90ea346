package origin

import (
	"fmt"

	"github.com/browsercors/browsercors/internal/text"
)

// A ParseError says which value could not be parsed, and why. Its text shortens a long value and hides
// a password; the field Value holds the whole value.
type ParseError struct {
	What  string // "URL", "host", "origin" or "scheme"
	Value string // as given
	Rule  string // the broken rule, in words
}

// Error returns the message in one line, such as `origin: URL "https://": host is empty`.
func (e *ParseError) Error() string { return "origin: " + e.Problem() }

// Problem is the text of Error without the name of the package.
func (e *ParseError) Problem() string {
	return fmt.Sprintf("%s %s: %s", e.What, quote(e.Value), e.Rule)
}

// quote quotes a value for an error, without a password that is in it; a megabyte in a log helps nobody.
func quote(s string) string {
	const limit = 96
	return text.GoQuote(text.RedactURL(s), limit)
}
