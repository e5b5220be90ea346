package httpcache

import (
	"time"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
)

// parseDate reads an HTTP-date in one of its three forms, without regard to case. A
// zone other than GMT makes it invalid.
//
//	HTTP-date    = IMF-fixdate / obs-date
//	IMF-fixdate  = day-name "," SP date1 SP time-of-day SP GMT
//	obs-date     = rfc850-date / asctime-date
//	rfc850-date  = day-name-l "," SP date2 SP time-of-day SP GMT
//	asctime-date = day-name SP date3 SP time-of-day SP year
//
// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
func parseDate(s string, now time.Time) (time.Time, bool) {
	p := dateParser{rest: grammar.Trim(s, grammar.IsTabOrSpace)}
	var year, day, hour, minute, second int
	var month time.Month
	timeOfDay := func() {
		hour = p.digits(2)
		p.literal(":")
		minute = p.digits(2)
		p.literal(":")
		second = p.digits(2)
	}
	name := p.word()
	comma := p.has(", ")
	switch {
	case comma && len(name) == 3: // Sun, 06 Nov 1994 08:49:37 GMT
		p.oneOf(name, shortDays[:])
		day = p.digits(2)
		p.literal(" ")
		month = p.month()
		p.literal(" ")
		year = p.digits(4)
		p.literal(" ")
		timeOfDay()
		p.literal(" GMT")
	case comma: // Sunday, 06-Nov-94 08:49:37 GMT
		p.oneOf(name, longDays[:])
		day = p.digits(2)
		p.literal("-")
		month = p.month()
		p.literal("-")
		year = fullYear(p.digits(2), now)
		p.literal(" ")
		timeOfDay()
		p.literal(" GMT")
	default: // Sun Nov  6 08:49:37 1994
		p.oneOf(name, shortDays[:])
		p.literal(" ")
		month = p.month()
		p.literal(" ")
		if p.has(" ") {
			day = p.digits(1)
		} else {
			day = p.digits(2)
		}
		p.literal(" ")
		timeOfDay()
		p.literal(" ")
		year = p.digits(4)
	}
	if p.failed || p.rest != "" || hour > 23 || minute > 59 || second > 60 { // 60 is a leap second
		return time.Time{}, false
	}
	t := time.Date(year, month, day, hour, minute, second, 0, time.UTC)
	return t, day > 0 && time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Day() == day // no 31 June
}

var (
	shortDays = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	longDays  = [...]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}
	months    = [...]string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}
)

// fullYear is the year that two digits mean: the last one with these digits that is
// not more than 50 years ahead.
//
// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7-8
func fullYear(digits int, now time.Time) int {
	year := now.Year()/100*100 + 100 + digits
	for year > now.Year()+50 {
		year -= 100
	}
	return year
}

// dateParser takes a date apart from its start.
type dateParser struct {
	rest   string
	failed bool
}

// has takes the literal if it comes next.
func (p *dateParser) has(literal string) bool {
	if !fold.HasPrefix(p.rest, literal) {
		return false
	}
	p.rest = p.rest[len(literal):]
	return true
}

func (p *dateParser) literal(s string) {
	if !p.has(s) {
		p.failed = true
	}
}

// word takes letters.
func (p *dateParser) word() string {
	n := 0
	for n < len(p.rest) && 'a' <= fold.Byte(p.rest[n]) && fold.Byte(p.rest[n]) <= 'z' {
		n++
	}
	word := p.rest[:n]
	p.rest = p.rest[n:]
	return word
}

func (p *dateParser) oneOf(word string, words []string) int {
	for i, w := range words {
		if fold.Equal(word, w) {
			return i
		}
	}
	p.failed = true
	return 0
}

func (p *dateParser) month() time.Month { return time.Month(1 + p.oneOf(p.word(), months[:])) }

// digits takes n digits.
func (p *dateParser) digits(n int) (number int) {
	if len(p.rest) < n || grammar.LeadingDigits(p.rest[:n]) < n {
		p.failed = true
		return 0
	}
	for i := range n {
		number = number*10 + int(p.rest[i]-'0')
	}
	p.rest = p.rest[n:]
	return number
}
