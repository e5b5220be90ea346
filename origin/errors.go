package origin

import (
	"fmt"

	"github.com/browsercors/browsercors/internal/text"
)

// A ParseError says which value could not be parsed and which rule it breaks. Its text shortens a
// long value and hides a password in it; the field Value keeps it whole.
type ParseError struct {
	What  string // "URL", "host", "origin" or "scheme"
	Value string // as given
	Rule  string // the broken rule, in words
}

// Error returns one line that quotes the value.
func (e *ParseError) Error() string {
	return fmt.Sprintf("origin: %s %s: %s", e.What, quote(e.Value), e.Rule)
}

// quote quotes a value for an error, without a password that is in it; a megabyte in a log helps nobody.
func quote(s string) string {
	const limit = 96
	return text.GoQuote(text.RedactURL(s), limit)
}
