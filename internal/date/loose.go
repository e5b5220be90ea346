// Package date reads dates as browsers do that take more than the Standards allow.
package date

import (
	"strings"
	"time"

	"github.com/browsercors/browsercors/internal/grammar"
)

// Loose reads a date in one of many ways of writing: tokens in any order,
// with names of months and zones, and numbers that are told apart by their length
// and by what follows them. What cannot be understood is skipped. Fields that are
// out of range carry over: the 31st of June is the first of July.
//
// Firefox: nsprpub/pr/src/misc/prtime.c, PR_ParseTimeString with GMT as the default.
func Loose(s string) (time.Time, bool) {
	const mostTokens = 1000
	d := looseDate{s: s, day: -1, year: -1, hour: -1}
	for n := 0; d.at < len(s); n++ {
		if n > mostTokens {
			return time.Time{}, false
		}
		switch c := s[d.at]; {
		case grammar.IsDigit(c):
			d.number()
		case c == '+' || c == '-':
			d.offset()
		default:
			d.name()
		}
		d.next()
	}
	if !d.hasMonth || d.day < 0 || d.year < 0 || d.year > 1<<15-1 {
		return time.Time{}, false
	}
	t := time.Date(d.year, time.Month(d.month), d.day, max(d.hour, 0), d.minute, d.second, 0, time.UTC)
	return t.Add(-d.ahead), true
}

// A looseDate is what is known of a date so far. What is not is -1.
type looseDate struct {
	s  string
	at int // where the rest begins

	year, day, hour int
	minute, second  int
	month           int // from 0, of the year before, to 13
	hasMonth        bool

	zone  string // its name: "" before there is one, "gmt" for an offset
	zoned bool   // an offset was read
	ahead time.Duration
}

// next goes to the next token. A hyphen before it belongs to it only where it may
// be the sign of a zone.
func (d *looseDate) next() {
	s := d.s
	for d.at < len(s) && strings.IndexByte(" \t,;-+/()[]", s[d.at]) < 0 {
		d.at++
	}
	for d.at < len(s) {
		switch c := s[d.at]; {
		case strings.IndexByte(" \t,;/()[]", c) >= 0:
		case c == '-' && (d.at > 0 && isLetter(s[d.at-1]) && d.year < 0 || d.at+1 == len(s) || !grammar.IsDigit(s[d.at+1])):
		default:
			return
		}
		d.at++
	}
}

// looseZones are the zones that have names, in hours and minutes ahead of GMT.
var looseZones = map[string]time.Duration{
	"pst": -8 * time.Hour, "pdt": -7 * time.Hour, "mst": -7 * time.Hour, "mdt": -6 * time.Hour,
	"cst": -6 * time.Hour, "cdt": -5 * time.Hour, "est": -5 * time.Hour, "edt": -4 * time.Hour,
	"ast": -4 * time.Hour, "nst": -3*time.Hour - 30*time.Minute, "gmt": 0, "bst": time.Hour,
	"met": time.Hour, "eet": 2 * time.Hour, "jst": 9 * time.Hour,
}

// name reads the three letters that a month, a weekday or a zone begins with. The
// first of each counts, except that a weekday says nothing.
func (d *looseDate) name() {
	rest := d.s[d.at:]
	if month := Month(rest); month != 0 {
		if !d.hasMonth {
			d.month, d.hasMonth = int(month), true
		}
		return
	}
	if d.zone != "" || len(rest) < 2 {
		return
	}
	if strings.EqualFold(rest[:2], "ut") && (len(rest) == 2 || !isLetter(rest[2])) {
		d.zone = "gmt"
		return
	}
	if len(rest) < 3 {
		return
	}
	name := strings.ToLower(rest[:3])
	if ahead, ok := looseZones[name]; ok {
		d.zone = name
		if !d.zoned {
			d.ahead = ahead
		}
	}
}

// offset reads a sign and the digits of a zone: hours, or hours and minutes. It may
// follow GMT, and there is one.
func (d *looseDate) offset() {
	sign := d.s[d.at]
	d.at++
	if d.zoned || d.zone != "" && d.zone != "gmt" {
		return
	}
	digits := d.digits(d.at)
	var minutes int
	switch n, _ := LeadingNumber(digits); len(digits) {
	case 4:
		minutes = n/100*60 + n%100
	case 1, 2:
		minutes = n * 60
	default:
		return
	}
	if sign == '-' {
		minutes = -minutes
	}
	d.zone, d.zoned, d.ahead = "gmt", true, time.Duration(minutes)*time.Minute
}

// digits are the digits from an index on.
func (d *looseDate) digits(from int) string {
	end := from
	for end < len(d.s) && grammar.IsDigit(d.s[end]) {
		end++
	}
	return d.s[from:end]
}

// byteAt is a byte, or 0 after the end.
func (d *looseDate) byteAt(i int) byte {
	if i < len(d.s) {
		return d.s[i]
	}
	return 0
}

// number reads a time, three numbers that make a date, a year or a day.
func (d *looseDate) number() {
	digits := d.digits(d.at)
	n, _ := LeadingNumber(digits)
	after := d.byteAt(d.at + len(digits))
	switch {
	case after == ':':
		d.time(digits)
	case (after == '/' || after == '-') && grammar.IsDigit(d.byteAt(d.at+len(digits)+1)):
		d.numbers()
	case isLetter(after):
	case len(digits) == 5 || len(digits) == 4:
		if d.year < 0 {
			d.year = n
		}
	case len(digits) == 2 && d.day < 0 && n < 32:
		d.day = n
	case len(digits) == 2 && d.year < 0:
		d.year = FullYear(n)
	case len(digits) == 1 && d.day < 0:
		d.day = n
	}
}

// time reads hours, minutes and, if they are there, seconds, of one or two digits,
// and which half of the day they are in.
func (d *looseDate) time(hours string) {
	if d.hour >= 0 || len(hours) > 2 {
		return
	}
	hour, _ := LeadingNumber(hours)
	d.at += len(hours) + 1
	minutes := d.digits(d.at)
	if len(minutes) < 1 || len(minutes) > 2 {
		return
	}
	minute, _ := LeadingNumber(minutes)
	d.at += len(minutes)
	if d.byteAt(d.at) == ':' {
		d.at++
	}
	seconds := d.digits(d.at)
	if len(seconds) > 2 {
		return
	}
	second, _ := LeadingNumber(seconds)
	d.at += len(seconds)
	half := strings.TrimLeft(d.s[d.at:], " \t")
	if len(half) >= 2 && hour <= 12 {
		switch half = half[:2]; {
		case strings.EqualFold(half, "pm") && hour != 12:
			hour += 12
		case strings.EqualFold(half, "am") && hour == 12:
			hour = 0
		}
	}
	d.hour, d.minute, d.second = hour, minute, second
}

// numbers reads three numbers with slashes or hyphens between: year, month and day
// if the first can be neither day nor month; otherwise day, month and year if it
// cannot be a month; otherwise month, day and year.
func (d *looseDate) numbers() {
	if d.hasMonth {
		return
	}
	at := d.at
	var field [3]int
	for i := range field {
		digits := d.digits(at)
		most := 2
		if i == 2 {
			most = 5
		}
		if len(digits) < 1 || len(digits) > most || i == 2 && len(digits) == 3 {
			return
		}
		field[i], _ = LeadingNumber(digits)
		at += len(digits)
		if c := d.byteAt(at); i < 2 {
			if c != '/' && c != '-' {
				return
			}
			at++
		} else if isLetter(c) {
			return
		}
	}
	first, second, third := field[0], field[1], field[2]
	switch {
	case first > 31 || first == 0:
		if second > 12 || third > 31 {
			return
		}
		d.year, d.month, d.day = FullYear(first), second, third
	case first > 12 && second > 12:
		d.at = at
		return
	case first > 12:
		d.year, d.month, d.day = FullYear(third), second, first
	default:
		d.year, d.month, d.day = FullYear(third), first, second
	}
	d.hasMonth, d.at = true, at
}

func isLetter(c byte) bool { return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' }

// LeadingNumber reads the digits that s begins with. Of more than a few the value
// does not matter.
func LeadingNumber(s string) (n int, rest string) {
	i := 0
	for i < len(s) && grammar.IsDigit(s[i]) {
		if i < 8 {
			n = n*10 + int(s[i]-'0')
		}
		i++
	}
	return n, s[i:]
}

// Month is the month whose English name's first three letters s begins with, or 0.
func Month(s string) time.Month {
	const months = "janfebmaraprmayjunjulaugsepoctnovdec"
	if len(s) < 3 {
		return 0
	}
	for i := 0; i < len(months); i += 3 {
		if strings.EqualFold(s[:3], months[i:i+3]) {
			return time.Month(i/3 + 1)
		}
	}
	return 0
}

// FullYear is the year that two digits mean: one from 1970 to 2069.
func FullYear(year int) int {
	switch {
	case year >= 70 && year <= 99:
		return year + 1900
	case year >= 0 && year <= 69:
		return year + 2000
	}
	return year
}
