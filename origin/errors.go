package origin

import (
	"fmt"
	"unicode/utf8"
)

// A ParseError says which value could not be parsed and which rule it breaks. Its text shortens a
// long value; the field Value keeps it whole.
type ParseError struct {
	What  string // "URL", "host", "origin" or "scheme"
	Value string // as given
	Rule  string // the broken rule, in words
}

// Error returns one line that quotes the value.
func (e *ParseError) Error() string {
	return fmt.Sprintf("origin: %s %s: %s", e.What, quote(e.Value), e.Rule)
}

// quote quotes a value for an error; a megabyte in a log helps nobody.
func quote(s string) string {
	const limit = 96
	if len(s) <= limit {
		return fmt.Sprintf("%q", s)
	}
	end := limit
	for end > limit-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return fmt.Sprintf("%q… (%d bytes)", s[:end], len(s))
}
