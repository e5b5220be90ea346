package credentials_test

import (
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/rules"
)

// expires is what becomes of an Expires attribute.
func expires(dates rules.Dates, value string) time.Time {
	const now = 4_000_000_000 // all dates of the tests are before
	got, _ := credentials.ParseSetCookie(&rules.Cookies{Dates: dates, AnyLength: true}, "a=1; Expires="+value, time.Unix(now, 0), time.Time{})
	return got.Expiry
}

// The recordings tell a date in the past from a value that is not a date. The times that the engines
// make of zones, short years and fields out of range are those of their sources.
func TestDatesOfEngines(t *testing.T) {
	at := func(year int, month time.Month, day, hour, minute int) time.Time {
		return time.Date(year, month, day, hour, minute, 0, 0, time.UTC)
	}
	july := at(2020, time.July, 9, 10, 0)
	var none time.Time
	tests := []struct {
		name, date            string
		whole, loose, ordered time.Time // Chromium's, Firefox's, libsoup's; zero: not a date
	}{
		{"HTTP-date", "Thu, 09 Jul 2020 10:00:00 GMT", july, july, july},
		{"offset", "Thu, 09 Jul 2020 10:00:00 +0130", july, july.Add(-90 * time.Minute), july.Add(-90 * time.Minute)},
		{"offset with a colon", "Thu, 09 Jul 2020 10:00:00 -01:30", july, july.Add(time.Hour), july.Add(90 * time.Minute)},
		{"offset of four days", "Thu, 09 Jul 2020 10:00:00 +9600", july, july.Add(-96 * time.Hour), july},
		{"offset after GMT", "Thu, 09 Jul 2020 10:00:00 GMT+0100", july, july.Add(-time.Hour), july},
		{"Eastern", "Thu, 09 Jul 2020 10:00:00 EST", july, july.Add(5 * time.Hour), july},
		{"Eastern daylight", "Thu, 09 Jul 2020 10:00:00 EDT", july, july.Add(4 * time.Hour), july.Add(-time.Hour)},
		{"Central", "Thu, 09 Jul 2020 10:00:00 CST", july, july.Add(6 * time.Hour), july.Add(5 * time.Hour)},
		{"Mountain", "Thu, 09 Jul 2020 10:00:00 MST", july, july.Add(7 * time.Hour), july.Add(10 * time.Hour)},
		{"Pacific", "Thu, 09 Jul 2020 10:00:00 PST", july, july.Add(8 * time.Hour), july.Add(15 * time.Hour)},
		{"Newfoundland", "Thu, 09 Jul 2020 10:00:00 NST", july, july.Add(210 * time.Minute), july},
		{"afternoon", "Thu, 09 Jul 2020 10:00:00 PM", july, july.Add(12 * time.Hour), july},
		{"afternoon without a blank", "7/9/2020 1:30pm", none, july.Add(3*time.Hour + 30*time.Minute), none},
		{"midnight", "7/9/2020 12:00 AM", none, at(2020, time.July, 9, 0, 0), none},
		{"no time", "09 Jul 2020", none, at(2020, time.July, 9, 0, 0), none},
		{"day first", "20/6/2019 10:00", none, at(2019, time.June, 20, 10, 0), none},
		{"month first", "6/7/2019 10:00", none, at(2019, time.June, 7, 10, 0), none},
		{"year first", "95-06-08 10:00", none, at(1995, time.June, 8, 10, 0), none},
		{"month 0", "20/0/2019 10:00", none, at(2018, time.December, 20, 10, 0), none},
		{"31 June", "Tue, 31 Jun 2020 10:00:00 GMT", none, at(2020, time.July, 1, 10, 0), none},
		{"day 0", "Tue, 0 Jul 2020 10:00:00 GMT", none, at(2020, time.June, 30, 10, 0), none},
		{"hour 24", "Tue, 08 Jul 2020 24:00:00 GMT", none, at(2020, time.July, 9, 0, 0), none},
		{"year 20", "Thu, 09 Jul 20 10:00:00 GMT", july, july, july},
		{"year 69", "Thu, 09 Jul 69 10:00:00 GMT", at(2069, time.July, 9, 10, 0), at(2069, time.July, 9, 10, 0), at(2069, time.July, 9, 10, 0)},
		{"year 70", "Thu, 09 Jul 70 10:00:00 GMT", at(1970, time.July, 9, 10, 0), at(1970, time.July, 9, 10, 0), at(1970, time.July, 9, 10, 0)},
		{"year 102", "Thu, 09 Jul 102 10:00:00 GMT", past, none, at(2002, time.July, 9, 10, 0)},
		{"year 9", "Thu, 09 Jul 9 10:00:00 GMT", at(2009, time.July, 9, 10, 0), none, past},
		{"year 02020", "Thu, 09 Jul 02020 10:00:00 GMT", july, july, july},
		{"year 1000", "Thu, 09 Jul 1000 10:00:00 GMT", past, past, past},
		{"day modulo 2^32", "Thu, 4294967305 Jul 2020 10:00:00 GMT", none, none, july},
		{"glued", "Thu,09Jul2020 10:00:00GMT", none, none, july},
		{"lower case", "09 jul 2020 10:00:00", july, july, none},
		{"nothing", "", none, none, none},
		{"one sign", "-", none, none, none},
		{"one letter", "u", none, none, none},
		{"UT at the end", "09 Jul 2020 10:00 UT", none, july, none},
		{"a thousand tokens", strings.Repeat("x ", 990) + "09 Jul 2020 10:00:00", july, july, none},
		{"more tokens", strings.Repeat("x ", 1010) + "09 Jul 2020 10:00:00", july, none, none},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, reader := range []struct {
				name  string
				dates rules.Dates
				want  time.Time
			}{{"of whole tokens", rules.DatesOfWhole, tt.whole}, {"loose", rules.DatesLoose, tt.loose}, {"in order", rules.DatesInOrder, tt.ordered}} {
				if got := expires(reader.dates, tt.date); !got.Equal(reader.want) {
					t.Errorf("%s: %v, want %v", reader.name, got, reader.want)
				}
			}
		})
	}
}

// No value makes a reader panic, or give a time before the earliest.
func FuzzDates(f *testing.F) {
	for _, seed := range []string{"Thu, 09 Jul 2020 10:00:00 GMT", "7/9/2020 1:30pm", "-0-0-0", "1:", "+99999", "Jul 9 1:1:1 1 PST", "\f-\t+9Jul"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for dates := rules.DatesByToken; dates <= rules.DatesInOrder; dates++ {
			if got := expires(dates, value); !got.IsZero() && got.Before(past) {
				t.Errorf("dates %d: %q is %v", dates, value, got)
			}
		}
	})
}
