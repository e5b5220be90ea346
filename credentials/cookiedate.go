package credentials

import (
	"time"

	"github.com/browsercors/browsercors/internal/date"
	"github.com/browsercors/browsercors/internal/rules"
)

// parseDate reads the value of Expires as the rules say.
func (r *cookieRules) parseDate(s string) (time.Time, bool) {
	switch r.Dates {
	case rules.DatesOfWhole:
		return parseWholeDate(s)
	case rules.DatesLoose:
		t, ok := date.Loose(s)
		return later(t, longAgo), ok
	case rules.DatesInOrder:
		return parseOrderedDate(s)
	}
	return parseDate(s)
}

// parseDate is "parse a date".
//
//	date-token   = 1*non-delimiter
//	delimiter    = %x09 / %x20-2F / %x3B-40 / %x5B-60 / %x7B-7E
//	day-of-month = 1*2DIGIT [ non-digit *OCTET ]
//	month        = ( "jan" / "feb" … "dec" ) *OCTET
//	year         = 2*4DIGIT [ non-digit *OCTET ]
//	time         = hms-time [ non-digit *OCTET ]
//	hms-time     = time-field ":" time-field ":" time-field
//	time-field   = 1*2DIGIT
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-parse-a-date
func parseDate(s string) (time.Time, bool) {
	var hour, minute, second, day, year int
	var month time.Month
	var foundTime, foundDay, foundYear bool
	for s != "" { // 2
		var token string
		if token, s = dateToken(s); token == "" {
			continue
		}
		if !foundTime { // 2.1
			if h, m, sec, ok := dateTime(token); ok {
				hour, minute, second, foundTime = h, m, sec, true
				continue
			}
		}
		if !foundDay { // 2.2
			if n, ok := dateNumber(token, 1, 2); ok {
				day, foundDay = n, true
				continue
			}
		}
		if month == 0 { // 2.3
			if month = date.Month(token); month != 0 {
				continue
			}
		}
		if !foundYear { // 2.4
			if n, ok := dateNumber(token, 2, 4); ok {
				year, foundYear = n, true
			}
		}
	}
	year = date.FullYear(year)                                // 3, 4
	if !foundTime || !foundDay || month == 0 || !foundYear || // 5
		day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	if year < longAgo.Year() {
		return time.Time{}, false
	}
	t := time.Date(year, month, day, hour, minute, second, 0, time.UTC)
	return t, t.Day() == day // 6: no 31 June
}

// dateToken cuts off the bytes before the next delimiter, and the delimiter.
func dateToken(s string) (token, rest string) {
	end := 0
	for end < len(s) && !isDateDelimiter(s[end]) {
		end++
	}
	return s[:end], s[min(end+1, len(s)):]
}

// isDateDelimiter tells a delimiter from what tokens are made of.
func isDateDelimiter(c byte) bool {
	return c == '\t' || c >= 0x20 && c <= 0x2f || c >= 0x3b && c <= 0x40 || c >= 0x5b && c <= 0x60 || c >= 0x7b && c <= 0x7e
}

// dateNumber reads least to most digits, which no further digit follows.
func dateNumber(token string, least, most int) (n int, ok bool) {
	n, rest := date.LeadingNumber(token)
	digits := len(token) - len(rest)
	return n, digits >= least && digits <= most
}

// dateTime reads an hms-time, which no further digit follows.
func dateTime(token string) (hour, minute, second int, ok bool) {
	var fields [3]int
	for i := range fields {
		n, rest := date.LeadingNumber(token)
		if digits := len(token) - len(rest); digits < 1 || digits > 2 {
			return 0, 0, 0, false
		}
		if i < 2 {
			if rest == "" || rest[0] != ':' {
				return 0, 0, 0, false
			}
			rest = rest[1:]
		}
		fields[i], token = n, rest
	}
	return fields[0], fields[1], fields[2], true
}
