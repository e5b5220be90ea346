// Package suffixlist reads public suffix lists, so that one of another day can stand in for the list
// that is compiled in.
//
// https://github.com/publicsuffix/list/wiki/Format
package suffixlist

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/idna"

	"github.com/browsercors/browsercors/internal/text"
)

// maxRules is how many rules a list may have. The list of 2026 has about 10,000.
const maxRules = 1 << 20

// A List is a public suffix list. It is safe for concurrent use.
type List struct{ rules map[string]kind }

// A kind is what a list says of a domain.
type kind uint8

const (
	plain     kind = 1 << iota // it is a public suffix
	wild                       // so is each domain directly below it
	exception                  // although its parent is wild, it is not
)

// Read reads a list in the format of public_suffix_list.dat: a rule a line, which ends at the first
// blank, and comments that begin with "//". The error names the line.
func Read(r io.Reader) (*List, error) {
	l := &List{rules: make(map[string]kind)}
	names := idna.New(idna.MapForLookup(), idna.StrictDomainName(true), idna.CheckHyphens(false))
	in := bufio.NewScanner(r)
	for n := 1; in.Scan(); n++ {
		rule, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimLeft(in.Text(), " \t"), "\ufeff"), " ")
		rule, _, _ = strings.Cut(strings.TrimRight(rule, "\r"), "\t")
		if rule == "" || strings.HasPrefix(rule, "//") {
			continue
		}
		of := plain
		domain, found := strings.CutPrefix(rule, "!")
		if found {
			of = exception
		} else if domain, found = strings.CutPrefix(rule, "*."); found {
			of = wild
		}
		ascii, err := names.ToASCII(strings.TrimPrefix(domain, "."))
		if err != nil || ascii == "" || strings.Contains(ascii, "*") {
			return nil, fmt.Errorf("line %d: %s is not a rule of a public suffix list", n, text.GoQuote(rule, 80))
		}
		if l.rules[ascii] |= of; len(l.rules) > maxRules {
			return nil, fmt.Errorf("line %d: more than %d rules", n, maxRules)
		}
	}
	switch err := in.Err(); {
	case err != nil:
		return nil, err
	case len(l.rules) == 0:
		return nil, errors.New("no rule: not a public suffix list")
	}
	return l, nil
}

// PublicSuffix returns the public suffix of a domain: by the rule with the most labels, or else the
// last label.
//
// https://github.com/publicsuffix/list/wiki/Format#formal-algorithm
func (l *List) PublicSuffix(domain string) string {
	for candidate := domain; ; {
		_, parent, more := strings.Cut(candidate, ".")
		switch of := l.rules[candidate]; {
		case of&exception != 0 && more:
			return parent
		case of&plain != 0, more && l.rules[parent]&wild != 0, !more:
			return candidate
		}
		candidate = parent
	}
}
