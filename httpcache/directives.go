package httpcache

import (
	"strings"
	"time"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/headervalue"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/safelist"
)

// forever is the age or lifetime that stands for infinity.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-1.2.2
const forever = 1 << 31 * time.Second

// A delta is the argument of a directive that is a number of seconds.
type delta struct {
	present bool
	valid   bool // false: there is something else, or nothing
	value   time.Duration
}

// directives are what Cache-Control says, in a request or in a response.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-5.2
type directives struct {
	maxAge, maxStale, minFresh         delta
	staleWhileRevalidate, staleIfError delta

	noStore, noCache, onlyIfCached bool
	noCacheFields                  []string // the arguments of a no-cache that has one
	mustRevalidate, mustUnderstand bool
	public, private, immutable     bool
}

// responseDirectives reads what a response says to caches.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2
func responseDirectives(r *rules.HTTPCache, l safelist.HeaderList) directives {
	value, _ := l.Get("Cache-Control")
	d := parseCacheControl(r.CacheControl, value)
	if r.ResponsePragma != rules.ResponsePragmaIgnored && !(d.immutable && r.ImmutableBeatsPragma) && responsePragma(r, l) {
		d.noCache = true
	}
	return d
}

// parseCacheControl reads the value of Cache-Control, in one of the engines' ways.
func parseCacheControl(rule rules.CacheControl, value string) (d directives) {
	if value == "" {
		return d
	}
	switch rule {
	case rules.CacheControlExact:
		d.parseExact(value)
	case rules.CacheControlByWord:
		d.parseByWord(value)
	case rules.CacheControlLoose:
		d.parseLoose(value)
	default:
		d.parse(value)
	}
	return d
}

// parse reads the directives by their grammar. Of a directive that is repeated the
// first counts. An argument that is not a number of seconds where there should be
// one is zero, so that a response with such a max-age is stale.
//
//	Cache-Control   = #cache-directive
//	cache-directive = token [ "=" ( token / quoted-string ) ]
//
// https://www.rfc-editor.org/rfc/rfc9111#section-5.2
func (d *directives) parse(value string) {
	for member := range headervalue.Quoted(value) {
		name, argument, hasArgument := strings.Cut(member, "=")
		if trimmed := grammar.Trim(name, grammar.IsTabOrSpace); trimmed != name || argument != grammar.Trim(argument, grammar.IsTabOrSpace) {
			name, argument = trimmed, "" // A blank round the equals sign makes the argument invalid.
		}
		d.add(name, unquote(argument), hasArgument)
	}
}

// add takes a directive by its grammar.
func (d *directives) add(name, argument string, hasArgument bool) {
	number := func(into *delta) {
		if !into.present {
			into.present = true
			into.value, into.valid = deltaSeconds(argument)
		}
	}
	switch {
	case fold.Equal(name, "max-age"):
		number(&d.maxAge)
	case fold.Equal(name, "no-store"):
		d.noStore = true
	case fold.Equal(name, "no-cache"):
		d.noCache = d.noCache || argument == ""
		d.noCacheFields = append(d.noCacheFields, argument)
	case fold.Equal(name, "must-revalidate"):
		d.mustRevalidate = true
	case fold.Equal(name, "must-understand"):
		d.mustUnderstand = true
	case fold.Equal(name, "public"):
		d.public = true
	case fold.Equal(name, "private"):
		d.private = true
	case fold.Equal(name, "immutable"): // https://www.rfc-editor.org/rfc/rfc8246#section-2
		d.immutable = true
	case fold.Equal(name, "stale-while-revalidate"): // https://www.rfc-editor.org/rfc/rfc5861#section-3
		number(&d.staleWhileRevalidate)
	case fold.Equal(name, "stale-if-error"): // https://www.rfc-editor.org/rfc/rfc5861#section-4
		number(&d.staleIfError)
	case fold.Equal(name, "only-if-cached"):
		d.onlyIfCached = true
	case fold.Equal(name, "max-stale"):
		number(&d.maxStale)
		if !hasArgument { // however stale
			d.maxStale.valid, d.maxStale.value = true, forever
		}
	case fold.Equal(name, "min-fresh"):
		number(&d.minFresh)
	}
}

// deltaSeconds reads a number of seconds, which is cut at forever.
//
//	delta-seconds = 1*DIGIT
//
// https://www.rfc-editor.org/rfc/rfc9111#section-1.2.2
func deltaSeconds(s string) (time.Duration, bool) {
	if s == "" || grammar.LeadingDigits(s) < len(s) {
		return 0, false
	}
	n, _ := grammar.Decimal(s)
	return time.Duration(min(n, uint64(forever/time.Second))) * time.Second, true
}

// unquote returns the value of a quoted string; anything else as it is.
func unquote(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	s = s[1 : len(s)-1]
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
