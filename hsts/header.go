package hsts

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/text"
)

// A Policy is what a Strict-Transport-Security header says.
type Policy struct {
	MaxAge            time.Duration // at most 100 years; 0 takes an earlier policy back
	IncludeSubDomains bool          // the policy covers the names below the host, too
}

// longest is what a longer max-age is cut down to, so that it can be added to a date.
const longest = 100 * 365 * 24 * time.Hour

// Parse returns what the value of a Strict-Transport-Security header says. A value that
// breaks the grammar, that has no max-age or that has a directive twice is ignored by
// browsers as a whole; it is an error.
//
// https://www.rfc-editor.org/rfc/rfc6797#section-6.1
func Parse(value string) (Policy, error) {
	var p Policy
	var aged, wide bool
	in := scanner{value}
	for {
		in.skipBlanks()
		name := in.token()
		directive, given, err := in.value(name)
		switch {
		case err != nil:
			return Policy{}, err
		// 2. A directive occurs once. 3. Its name is matched in any case.
		case fold.Equal(name, "max-age"):
			if aged {
				return Policy{}, errors.New("hsts: max-age occurs twice")
			}
			if p.MaxAge, err = parseMaxAge(directive, given); err != nil {
				return Policy{}, err
			}
			aged = true
		case fold.Equal(name, "includeSubDomains"):
			if wide || given {
				return Policy{}, errors.New("hsts: includeSubDomains occurs once, and has no value")
			}
			wide, p.IncludeSubDomains = true, true
		} // 5. Any other is ignored.
		if in.rest == "" {
			break
		}
		in.rest = in.rest[1:] // the semicolon
	}
	if !aged {
		return Policy{}, errors.New("hsts: there is no max-age")
	}
	return p, nil
}

// parseMaxAge is the value of max-age: a number of seconds.
//
// https://www.rfc-editor.org/rfc/rfc6797#section-6.1.1
func parseMaxAge(value string, given bool) (time.Duration, error) {
	if !given || value == "" || strings.Trim(value, "0123456789") != "" {
		return 0, fmt.Errorf("hsts: max-age is %s, want a number of seconds", quote(value))
	}
	var seconds time.Duration
	for _, digit := range []byte(value) {
		if seconds = seconds*10 + time.Duration(digit-'0'); seconds > longest/time.Second {
			return longest, nil
		}
	}
	return seconds * time.Second, nil
}

// A scanner holds what is left of a header's value.
type scanner struct{ rest string }

func (in *scanner) skipBlanks() { in.rest = grammar.TrimLeft(in.rest, grammar.IsTabOrSpace) }

// token takes the token that the rest starts with; "" if it starts with none.
func (in *scanner) token() string {
	n := 0
	for n < len(in.rest) && grammar.IsToken(in.rest[n:n+1]) {
		n++
	}
	token := in.rest[:n]
	in.rest = in.rest[n:]
	return token
}

// value takes a directive's value, if it has one, and the blanks behind. What follows
// is a semicolon or nothing.
func (in *scanner) value(name string) (value string, given bool, err error) {
	in.skipBlanks()
	if name != "" && strings.HasPrefix(in.rest, "=") {
		in.rest = in.rest[1:]
		in.skipBlanks()
		given = true
		if strings.HasPrefix(in.rest, `"`) {
			if value, given = in.quotedString(); !given {
				return "", true, errors.New("hsts: a quoted string does not end")
			}
		} else if value = in.token(); value == "" {
			return "", true, fmt.Errorf("hsts: directive %s has an empty value", quote(name))
		}
		in.skipBlanks()
	}
	if in.rest != "" && in.rest[0] != ';' {
		return "", given, fmt.Errorf("hsts: unexpected %s, want a semicolon between directives", quote(in.rest))
	}
	return value, given, nil
}

// quotedString takes the quoted string that the rest starts with, and returns its text.
func (in *scanner) quotedString() (value string, ends bool) {
	var b strings.Builder
	for i := 1; i < len(in.rest); i++ {
		switch c := in.rest[i]; {
		case c == '"':
			in.rest = in.rest[i+1:]
			return b.String(), true
		case c == '\\' && i+1 < len(in.rest):
			i++
			b.WriteByte(in.rest[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", false
}

// quote shows a string from outside in an error.
func quote(s string) string { return text.GoQuote(s, 80) }
