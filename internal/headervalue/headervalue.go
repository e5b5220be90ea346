// Package headervalue reads what the values of headers say, whatever header it is: the parts of a value that is split at
// commas, and the length in Content-Length.
package headervalue

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/text"
)

// A Getter is a header list. Get returns the values of all headers with a name, joined with ", ".
//
// https://fetch.spec.whatwg.org/#concept-header-list-get
type Getter interface {
	Get(name string) (value string, ok bool)
}

// GetDecodeAndSplit splits the values of the headers with the name at each comma outside quotes, and trims tabs and
// spaces from the parts, which keep their quotes. Where there is such a header, there is at least one part, which may
// be empty; otherwise ok is false.
//
// https://fetch.spec.whatwg.org/#concept-header-list-get-decode-split
func GetDecodeAndSplit[L Getter](l L, name string) (parts []string, ok bool) {
	value, ok := l.Get(name) // 1. The values, joined.
	if !ok {
		return nil, false // 2. There is none.
	}
	return slices.Collect(Quoted(value)), true // 3. Decoded and split.
}

// Quoted is get, decode, and split, part by part. What the Standard gathers in temporaryValue is always a
// stretch of the input, so the parts share its memory.
//
// https://fetch.spec.whatwg.org/#header-value-get-decode-and-split
func Quoted(input string) iter.Seq[string] {
	return func(yield func(string) bool) {
		start, position := 0, 0
		for {
			for position < len(input) && input[position] != '"' && input[position] != ',' { // 5.1. Up to a quotation mark or a comma.
				position++
			}
			if position < len(input) && input[position] == '"' { // 5.2. A quoted string is taken as a whole.
				position = grammar.SkipQuotedString(input, position)
				if position < len(input) {
					continue
				}
			}
			if !yield(grammar.Trim(input[start:position], grammar.IsTabOrSpace)) || position == len(input) { // 5.3. to 5.6. A part ends here, without blanks around it.
				return
			}
			position++ // 5.8. Behind the comma.
			start = position
		}
	}
}

// Plain splits input at every comma and trims the parts, by the # rule of HTTP.
func Plain(input string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for more := true; more; {
			var part string
			part, input, more = strings.Cut(input, ",")
			if !yield(grammar.Trim(part, grammar.IsTabOrSpace)) {
				return
			}
		}
	}
}

// ExtractLength returns the length that the Content-Length headers of l give: ok is false when there is none or it is
// not a number, and there is an error when they disagree. A length beyond the range of uint64 comes
// back as the largest uint64.
//
// https://fetch.spec.whatwg.org/#content-length-header
func ExtractLength[L Getter](l L) (n uint64, ok bool, err error) {
	value, present := l.Get("Content-Length") // 1. The values, split.
	if !present {
		return 0, false, nil // 2. There is none.
	}
	var candidate string
	first := true
	for v := range Quoted(value) { // 4. All must be the same.
		if !first && v != candidate {
			return 0, false, fmt.Errorf("Content-Length: %s: the lengths differ", text.GoQuote(value, quoted))
		}
		candidate, first = v, false
	}
	if !isDigits(candidate) {
		return 0, false, nil // 5. It is not a number.
	}
	n, _ = grammar.Decimal(candidate)
	return n, true, nil // 6. That is the length.
}

// quoted is how many bytes of a value an error shows.
const quoted = 80

func isDigits(s string) bool { return s != "" && grammar.LeadingDigits(s) == len(s) }
