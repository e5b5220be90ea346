package credentials

import (
	"strconv"
	"strings"
	"time"

	"github.com/browsercors/browsercors/internal/date"
)

// The engines read Expires in ways of their own. Each function is one of
// rules.Dates. docs/cookies.md lists what they make of a few hundred values.

// parseWholeDate is parseDate, except that digits count only if they are all of
// their token, and that years of any size are in range.
//
// Chromium: net/cookies/cookie_util.cc, ParseCookieExpirationTime.
func parseWholeDate(s string) (time.Time, bool) {
	var hour, minute, second, day, year int
	var month time.Month
	var foundTime, foundDay, foundYear bool
	for s != "" {
		var token string
		token, s = dateToken(s)
		switch {
		case token == "":
		case token[0] < '0' || token[0] > '9':
			// A word: the month, or nothing.
			if month == 0 {
				month = date.Month(token)
			}
		case strings.IndexByte(token, ':') >= 0:
			if foundTime {
				continue
			}
			h, m, sec, ok := wholeTime(token)
			if ok {
				hour, minute, second, foundTime = h, m, sec, true
			}
		case !foundDay && len(token) <= 2:
			day, foundDay = wholeNumber(token)
		case !foundYear && len(token) <= 5:
			year, foundYear = wholeNumber(token)
		}
	}
	year = date.FullYear(year)
	if !foundTime || !foundDay || month == 0 || !foundYear || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	t := time.Date(year, month, day, hour, minute, second, 0, time.UTC)
	return later(t, longAgo), t.Day() == day
}

// wholeTime reads three numbers with colons between.
func wholeTime(token string) (hour, minute, second int, ok bool) {
	h, rest, _ := strings.Cut(token, ":")
	m, s, _ := strings.Cut(rest, ":")
	hour, ok1 := wholeNumber(h)
	minute, ok2 := wholeNumber(m)
	second, ok3 := wholeNumber(s)
	return hour, minute, second, ok1 && ok2 && ok3
}

// wholeNumber reads digits and nothing else, of a number of 32 bits.
func wholeNumber(s string) (int, bool) {
	if s == "" || s[0] == '+' || s[0] == '-' {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 32)
	return int(n), err == nil
}

// later is the later of two times.
func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// parseOrderedDate reads weekday, day, month, year, time and zone, or weekday,
// month, day, time, year and zone. The weekday is any word, and what follows the
// zone does not matter. Only spaces and hyphens may separate the rest.
//
// WebKitGTK: libsoup, soup-date-utils.c, soup_date_time_new_from_http_string.
func parseOrderedDate(s string) (time.Time, bool) {
	p := orderedDate{s: strings.TrimLeft(s, cBlanks)}
	if p.s != "" && isDigit(p.s[0]) && !strings.ContainsAny(p.s, "JFMASOND") {
		return time.Time{}, false // without a weekday there has to be the capital of a month, in the zone if need be
	}
	if p.word() {
		p.s = strings.TrimPrefix(p.s, ",")
		p.s = strings.TrimLeft(p.s, cBlanks)
	}
	var day, year int
	var hour, minute, second int
	var month time.Month
	var ok bool
	if p.s != "" && isLetter(p.s[0]) {
		ok = p.month(&month) && p.number(&day, " -") && p.time(&hour, &minute, &second) && p.year(&year)
	} else {
		ok = p.number(&day, " -") && p.month(&month) && p.year(&year) && p.time(&hour, &minute, &second)
	}
	if !ok || year < 1 || year > 9999 || day < 1 || day > 31 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 {
		return time.Time{}, false
	}
	t := time.Date(year, month, day, hour, minute, second, 0, time.UTC)
	return later(t.Add(-p.zone()), longAgo), t.Day() == day
}

// An orderedDate is the rest of a date that is read from front to back.
type orderedDate struct{ s string }

// cBlanks are the blanks of C's isspace.
const cBlanks = " \t\n\v\f\r"

// word skips letters, if there are any.
func (p *orderedDate) word() bool {
	rest := strings.TrimLeftFunc(p.s, func(r rune) bool { return r < 0x80 && isLetter(byte(r)) })
	found := rest != p.s
	p.s = rest
	return found
}

// month reads the first three letters of a month, and the separators that follow.
func (p *orderedDate) month(month *time.Month) bool {
	if *month = date.Month(p.s); *month == 0 {
		return false
	}
	p.s = strings.TrimLeft(p.s[3:], " -")
	return true
}

// number reads a number as C's strtoul does, and the separators that follow.
func (p *orderedDate) number(n *int, separators string) bool {
	value, rest, ok := cNumber(p.s)
	if !ok {
		return false
	}
	*n, p.s = int(int32(value)), strings.TrimLeft(rest, separators)
	return true
}

// year reads a year. One of two digits is in the century around 2020, one of three
// counts from 1900.
func (p *orderedDate) year(year *int) bool {
	before := len(p.s)
	if !p.number(year, "") {
		return false
	}
	switch before - len(p.s) {
	case 2:
		if *year += 1900; *year < 1970 {
			*year += 100
		}
	case 3:
		*year += 1900
	}
	p.s = strings.TrimLeft(p.s, " -")
	return true
}

// time reads three numbers with colons between.
func (p *orderedDate) time(hour, minute, second *int) bool {
	for _, field := range []*int{hour, minute} {
		if !p.number(field, "") || !strings.HasPrefix(p.s, ":") {
			return false
		}
		p.s = p.s[1:]
	}
	return p.number(second, " ")
}

// zone is how far the zone, which is the rest, is ahead. A zone that is not known
// is UTC, and so is one that is further away than a day. Of the American zones
// only the first letters count: the library means to place EST, CST, MST and PST
// from five to eight hours behind, and places them none, five, ten and fifteen.
func (p *orderedDate) zone() time.Duration {
	var minutes int64
	switch {
	case p.s == "":
	case p.s[0] == '+' || p.s[0] == '-':
		value, rest, _ := cNumber(p.s[1:])
		if strings.HasPrefix(rest, ":") {
			more, _, _ := cNumber(rest[1:])
			value = 60*value + more
		} else {
			value = 60*(value/100) + value%100
		}
		if minutes = int64(int32(value)); p.s[0] == '-' {
			minutes = -minutes
		}
	case len(p.s) >= 3 && strings.IndexByte(americanZones, p.s[0]) >= 0 && (p.s[1] == 'D' || p.s[1] == 'S') && p.s[2] == 'T':
		minutes = -60 * 5 * int64(strings.IndexAny(americanZones, p.s))
		if p.s[1] == 'D' {
			minutes += 60
		}
	}
	if minutes < -24*60 || minutes > 24*60 {
		return 0
	}
	return time.Duration(minutes) * time.Minute
}

// americanZones are the first letters of the zones' names from east to west.
const americanZones = "ECMP"

// cNumber reads a number as C's strtoul does: after blanks and a sign, modulo 2^64,
// and the largest if there are too many digits.
func cNumber(s string) (n uint64, rest string, ok bool) {
	rest = strings.TrimLeft(s, cBlanks)
	negative := strings.HasPrefix(rest, "-")
	if negative || strings.HasPrefix(rest, "+") {
		rest = rest[1:]
	}
	end := 0
	for end < len(rest) && isDigit(rest[end]) {
		end++
	}
	if end == 0 {
		return 0, s, false
	}
	n, err := strconv.ParseUint(rest[:end], 10, 64)
	if negative && err == nil {
		n = -n
	}
	return n, rest[end:], true
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetter(c byte) bool { return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' }
