package httpcache

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/headervalue"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/safelist"
)

// The engines read Cache-Control in ways of their own. Each function is one of
// rules.CacheControl.

// parseExact takes what is written exactly so. A number is one of digits, with
// blanks round it at most; the first that is counts.
//
// Chromium: net/http/http_response_headers.cc, HasHeaderValue, GetCacheControlDirective.
func (d *directives) parseExact(value string) {
	for member := range headervalue.Quoted(value) {
		name, argument, hasArgument := strings.Cut(member, "=")
		number := func(into *delta) {
			seconds, ok := deltaSeconds(strings.Trim(argument, " "))
			if ok && !into.present {
				*into = delta{true, true, seconds}
			}
		}
		switch {
		case hasArgument && fold.Equal(name, "max-age"):
			number(&d.maxAge)
		case hasArgument && fold.Equal(name, "stale-while-revalidate"):
			number(&d.staleWhileRevalidate)
		case strings.HasPrefix(member, `no-cache="`) && len(member) > len(`no-cache="`) && strings.HasSuffix(member, `"`):
			d.noCacheFields = append(d.noCacheFields, unquote(argument))
		case fold.Equal(member, "no-cache"):
			d.noCache = true
		case fold.Equal(member, "no-store"):
			d.noStore = true
		case fold.Equal(member, "must-revalidate"):
			d.mustRevalidate = true
		case fold.Equal(member, "immutable"):
			d.immutable = true
		}
	}
}

// parseByWord reads words, each with a number if there should be one, up to the
// first mistake. The last of each counts, even if it has no number.
//
// Firefox: netwerk/protocol/http/CacheControlParser.cpp.
func (d *directives) parseByWord(value string) {
	d.mustRevalidate = hasToken(value, "must-revalidate")
	s := value
	blanks := func() { s = grammar.TrimLeft(s, grammar.IsTabOrSpace) }
	for {
		blanks()
		n := 0
		for n < len(s) && isWordByte(s[n], n == 0) {
			n++
		}
		word := s[:n]
		if word == "" {
			return
		}
		s = s[n:]
		number := func(into *delta, otherwise time.Duration) {
			*into = delta{}
			blanks()
			if strings.HasPrefix(s, "=") {
				s = s[1:]
				blanks()
				digits := grammar.LeadingDigits(s)
				if n, _ := grammar.Decimal(s[:digits]); digits > 0 && n <= math.MaxUint32 {
					*into = delta{true, true, min(time.Duration(n)*time.Second, forever)}
					s = s[digits:]
					return
				}
			}
			s = afterDirective(s)
			if otherwise > 0 {
				*into = delta{true, true, otherwise}
			}
		}
		switch {
		case fold.Equal(word, "max-age"):
			number(&d.maxAge, 0)
		case fold.Equal(word, "max-stale"):
			number(&d.maxStale, forever)
		case fold.Equal(word, "min-fresh"):
			number(&d.minFresh, 0)
		case fold.Equal(word, "stale-while-revalidate"):
			number(&d.staleWhileRevalidate, 0)
		case fold.Equal(word, "no-cache"):
			d.noCache = true
			s = afterDirective(s)
		case fold.Equal(word, "no-store"):
			d.noStore = true
		case fold.Equal(word, "public"):
			d.public = true
		case fold.Equal(word, "private"):
			d.private = true
		case fold.Equal(word, "immutable"):
			d.immutable = true
		default:
			s = afterDirective(s)
		}
		blanks()
		if !strings.HasPrefix(s, ",") {
			return
		}
		s = s[1:]
	}
}

// isWordByte reports whether words contain a byte, or begin with it.
func isWordByte(c byte, first bool) bool {
	lower := fold.Byte(c)
	return 'a' <= lower && lower <= 'z' || c == '-' || c == '_' || !first && grammar.IsDigit(c)
}

// afterDirective skips to the comma that ends a directive.
func afterDirective(s string) string {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case ',':
			return s[i:]
		case '"':
			end := strings.IndexByte(s[i+1:], '"')
			if end < 0 {
				return ""
			}
			i += 1 + end
		}
	}
	return ""
}

// hasToken reports whether a value has a token between commas and blanks.
func hasToken(value, token string) bool {
	for t := range strings.FieldsFuncSeq(value, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		if fold.Equal(t, token) {
			return true
		}
	}
	return false
}

// parseLoose reads names and arguments between commas, of which blanks are no part
// and which end at any separator. A number may be decimal; the first that is one
// counts.
//
// WebKit: Source/WebCore/platform/network/CacheValidation.cpp, parseCacheControlDirectives.
func (d *directives) parseLoose(value string) {
	s := strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f {
			return -1
		}
		return r
	}, value)
	for s != "" {
		end := strings.IndexAny(s, ",=")
		if end < 0 || s[end] == ',' { // a name alone
			name := s
			if s = ""; end >= 0 {
				name, s = name[:end], name[end+1:]
			}
			d.addLoose(beforeSeparator(name), "")
			continue
		}
		name := beforeSeparator(s[:end])
		s = s[end+1:]
		var argument string
		if strings.HasPrefix(s, `"`) {
			end := strings.IndexByte(s[1:], '"')
			if end < 0 {
				d.addLoose(name, beforeSeparator(s[1:]))
				return
			}
			argument, s = s[1:1+end], s[end+2:]
			_, s, _ = strings.Cut(s, ",")
		} else {
			argument, s, _ = strings.Cut(s, ",")
			argument = beforeSeparator(argument)
		}
		d.addLoose(name, argument)
	}
}

// beforeSeparator cuts s at the first separator of HTTP.
func beforeSeparator(s string) string {
	if i := strings.IndexAny(s, "()<>@,;:\\\"/[]?={} \t"); i >= 0 {
		return s[:i]
	}
	return s
}

func (d *directives) addLoose(name, argument string) {
	number := func(into *delta) {
		if value, ok := decimalSeconds(argument); ok && !into.present {
			*into = delta{true, true, value}
		}
	}
	switch {
	case fold.Equal(name, "no-cache"):
		d.noCache = d.noCache || argument == "" // with an argument it is for proxies
	case fold.Equal(name, "no-store"):
		d.noStore = true
	case fold.Equal(name, "must-revalidate"):
		d.mustRevalidate = true
	case fold.Equal(name, "immutable"):
		d.immutable = true
	case fold.Equal(name, "max-age"):
		number(&d.maxAge)
	case fold.Equal(name, "stale-while-revalidate"):
		number(&d.staleWhileRevalidate)
	case fold.Equal(name, "max-stale"):
		number(&d.maxStale)
		if argument == "" && !d.maxStale.present {
			d.maxStale = delta{true, true, forever}
		}
	}
}

// decimalSeconds reads a decimal number of seconds, with a sign and an exponent if
// there are any. One below zero is zero.
func decimalSeconds(s string) (time.Duration, bool) {
	if s == "" || strings.TrimLeft(s, "+-.0123456789eE") != "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil && !math.IsInf(f, 0) {
		return 0, false
	}
	return time.Duration(max(0, min(f, forever.Seconds())) * float64(time.Second)), true
}

// responsePragma reports whether the Pragma of a response means no-cache.
func responsePragma(r *rules.HTTPCache, l safelist.HeaderList) bool {
	value, ok := l.Get("Pragma")
	if !ok {
		return false
	}
	if r.ResponsePragma == rules.ResponsePragmaSubstring {
		return strings.Contains(fold.Lower(value), "no-cache")
	}
	return hasMember(value, "no-cache")
}

// hasMember reports whether a list has a member.
func hasMember(value, member string) bool {
	for m := range headervalue.Plain(value) {
		if fold.Equal(m, member) {
			return true
		}
	}
	return false
}
