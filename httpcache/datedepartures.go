package httpcache

import (
	"strings"
	"time"

	"github.com/browsercors/browsercors/internal/date"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/safelist"
)

// readDate reads a date in one of the ways of rules.CacheDates.
func readDate(r *rules.HTTPCache, s string, now time.Time) (t time.Time, ok bool) {
	switch r.Dates {
	case rules.CacheDatesLooseISO:
		if t, ok := isoDate(s); ok {
			return t, true
		}
		t, ok = date.Loose(s)
	case rules.CacheDatesLoose:
		t, ok = date.Loose(s)
	case rules.CacheDatesOfScript:
		t, ok = scriptDate(s)
	default:
		t, ok = parseDate(s, now)
	}
	if r.Seconds32 && ok {
		t = time.Unix(int64(uint32(max(t.Unix(), 0))), 0)
	}
	return t, ok
}

// isoDate reads a date in the form of ISO 8601, with a time or without.
//
// Chromium: base/third_party/nspr/prtime.cc.
func isoDate(s string) (time.Time, bool) {
	for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// scriptDate reads a date as the Date.parse of old does: words, of which one may be
// a month; then day, month and year, or month/day/year; then a time and a zone,
// which may both be missing. GMT is the zone that is meant.
//
// WebKit: Source/WTF/wtf/DateMath.cpp, parseDate.
func scriptDate(s string) (time.Time, bool) {
	p := scriptDateParser{s: s}
	p.blanks()
	month := p.words()
	day, ok := p.number()
	if !ok || p.s == "" || day < 0 {
		return time.Time{}, false
	}
	year := int64(0)
	switch {
	case day > 31: // year/month/day
		year = day
		if month, ok = p.after("/"); !ok {
			return time.Time{}, false
		}
		if day, ok = p.after("/"); !ok {
			return time.Time{}, false
		}
	case p.s[0] == '/' && month == 0: // month/day/year
		month = day
		if day, ok = p.after("/"); !ok || day < 1 || day > 31 {
			return time.Time{}, false
		}
		p.s = strings.TrimPrefix(p.s, "/")
		if p.s == "" {
			return time.Time{}, false
		}
	default:
		p.s = strings.TrimPrefix(p.s, "-")
		p.blanks()
		p.s = strings.TrimPrefix(p.s, ",")
		if month == 0 {
			if month = int64(date.Month(p.s)); month == 0 {
				return time.Time{}, false
			}
			end := strings.IndexAny(p.s, "-, \t\n\v\f\r")
			if end < 0 {
				return time.Time{}, false
			}
			p.s = p.s[end+1:]
		}
	}
	if month < 1 || month > 12 {
		return time.Time{}, false
	}
	if year == 0 && p.s != "" {
		if year, ok = p.number(); !ok {
			return time.Time{}, false
		}
	}
	clock, noYear, ok := p.clock(year)
	if !ok {
		return time.Time{}, false
	}
	ahead, ok := p.zone()
	if !ok {
		return time.Time{}, false
	}
	p.blanks()
	if noYear {
		year = -1
		if p.s != "" {
			if year, ok = p.number(); !ok {
				return time.Time{}, false
			}
		}
	}
	p.blanks()
	if p.s != "" || year > 1<<20 || year < -(1<<20) {
		return time.Time{}, false
	}
	switch {
	case 0 <= year && year < 50:
		year += 2000
	case 50 <= year && year < 100:
		year += 1900
	}
	t := time.Date(int(year), time.Month(month), int(day), 0, 0, 0, 0, time.UTC)
	return t.Add(clock - ahead), true
}

type scriptDateParser struct{ s string }

// blanks skips blanks and comments.
func (p *scriptDateParser) blanks() {
	nesting := 0
	for i := range len(p.s) {
		switch c := p.s[i]; {
		case c == '(':
			nesting++
		case c == ')' && nesting > 0:
			nesting--
		case nesting == 0 && strings.IndexByte(" \t\n\v\f\r", c) < 0:
			p.s = p.s[i:]
			return
		}
	}
	p.s = ""
}

// words skips what comes before the first digit, and returns the month that the
// last word of at least three letters names, or 0.
func (p *scriptDateParser) words() (month int64) {
	word := p.s
	length := func() int { return len(word) - len(p.s) }
	for p.s != "" && !grammar.IsDigit(p.s[0]) {
		if strings.IndexByte(" \t\n\v\f\r(", p.s[0]) < 0 {
			p.s = p.s[1:]
			continue
		}
		if length() >= 3 {
			month = int64(date.Month(word))
		}
		p.blanks()
		word = p.s
	}
	if month == 0 && length() > 0 {
		month = int64(date.Month(word))
	}
	p.blanks()
	return month
}

// number reads a number as C's strtol does.
func (p *scriptDateParser) number() (int64, bool) {
	s := strings.TrimLeft(p.s, " \t\n\v\f\r")
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	digits := grammar.LeadingDigits(s)
	if digits == 0 {
		return 0, false
	}
	n, _ := grammar.Decimal(s[:digits])
	p.s = s[digits:]
	value := int64(min(n, 1<<40))
	if negative {
		value = -value
	}
	return value, true
}

// after reads a number that comes after a separator.
func (p *scriptDateParser) after(separator string) (int64, bool) {
	if !strings.HasPrefix(p.s, separator) {
		return 0, false
	}
	p.s = p.s[len(separator):]
	return p.number()
}

// clock reads a time, if there is one. noYear says that what was read for a year
// was the hour.
func (p *scriptDateParser) clock(year int64) (clock time.Duration, noYear, ok bool) {
	if p.s == "" {
		return 0, false, true
	}
	hour := year
	if noYear = p.s[0] == ':'; !noYear {
		if strings.IndexByte(" \t\n\v\f\r,", p.s[0]) < 0 {
			return 0, false, false
		}
		p.s = p.s[1:]
		p.blanks()
		var isNumber bool
		if hour, isNumber = p.number(); !isNumber {
			return 0, false, true // It may be a zone.
		}
	}
	minute, ok := p.after(":")
	if !ok || hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		return 0, false, false
	}
	second := int64(0)
	if p.s != "" && p.s[0] != ':' && strings.IndexByte(" \t\n\v\f\r", p.s[0]) < 0 {
		return 0, false, false
	}
	if strings.HasPrefix(p.s, ":") {
		if second, ok = p.after(":"); !ok || second < 0 || second > 59 {
			return 0, false, false
		}
	}
	p.blanks()
	switch half := p.s[:min(2, len(p.s))]; {
	case fold.Equal(half, "AM") && hour <= 12, fold.Equal(half, "PM") && hour <= 12:
		hour %= 12
		if fold.Equal(half, "PM") {
			hour += 12
		}
		p.s = p.s[2:]
		p.blanks()
	case fold.Equal(half, "AM"), fold.Equal(half, "PM"):
		return 0, false, false
	}
	return time.Duration(hour*3600+minute*60+second) * time.Second, noYear, true
}

var scriptZones = []struct {
	name  string
	hours int
}{{"UT", 0}, {"GMT", 0}, {"EST", -5}, {"EDT", -4}, {"CST", -6}, {"CDT", -5}, {"MST", -7}, {"MDT", -6}, {"PST", -8}, {"PDT", -7}}

// zone reads how far a zone is ahead, if there is one that is known.
func (p *scriptDateParser) zone() (time.Duration, bool) {
	if fold.HasPrefix(p.s, "GMT") || fold.HasPrefix(p.s, "UTC") {
		p.s = p.s[3:]
	}
	if strings.HasPrefix(p.s, "+") || strings.HasPrefix(p.s, "-") {
		sign := int64(1)
		if p.s[0] == '-' {
			sign = -1
		}
		n, ok := p.number()
		if !ok || n < -9959 || n > 9959 {
			return 0, false
		}
		n *= sign
		minutes := n/100*60 + n%100
		if strings.HasPrefix(p.s, ":") {
			more, ok := p.after(":")
			if !ok || more > 9959 {
				return 0, false
			}
			minutes = n*60 + more
		}
		return time.Duration(sign*minutes) * time.Minute, true
	}
	for _, z := range scriptZones {
		if fold.HasPrefix(p.s, z.name) {
			p.s = p.s[len(z.name):]
			return time.Duration(z.hours) * time.Hour, true
		}
	}
	return 0, true
}

// readAge reads the value of Age in one of the ways of rules.Age.
func readAge(r *rules.HTTPCache, l safelist.HeaderList) time.Duration {
	value, _ := l.Get("Age")
	value = strings.Trim(value, " \t")
	switch r.Age {
	case rules.AgeDouble:
		age, _ := decimalSeconds(value)
		return age
	case rules.AgePrefix:
		digits := strings.TrimPrefix(value, "+")
		if rest, negative := strings.CutPrefix(value, "-"); negative && rest != "" && rest[0] >= '1' && rest[0] <= '9' {
			return forever // as an unsigned number
		}
		n, exact := grammar.Decimal(digits[:grammar.LeadingDigits(digits)])
		if r.Seconds32 && exact && n < 1<<63 {
			n = uint64(uint32(n))
		}
		return time.Duration(min(n, uint64(forever/time.Second))) * time.Second
	}
	return ageValue(value)
}
