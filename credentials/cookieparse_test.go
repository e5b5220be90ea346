package credentials_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/credentials"
)

var (
	now  = time.Date(2026, time.January, 2, 3, 4, 5, 0, time.UTC)
	past = time.Date(1601, time.January, 1, 0, 0, 0, 0, time.UTC)
)

// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-parse-a-cookie
func TestParse(t *testing.T) {
	type set = credentials.SetCookie
	type rules = credentials.CookieRules
	in := func(d time.Duration) time.Time { return now.Add(d) }
	const year = 365 * 24 * time.Hour
	tests := []struct {
		name    string
		value   string
		rules   rules
		want    set
		refusal credentials.CookieRefusal
	}{
		// 1
		{"NUL", "a=\x00", rules{}, set{}, credentials.CookieControl},
		{"0x08", "a\x08=1", rules{}, set{}, credentials.CookieControl},
		{"0x0A", "a=1\n", rules{}, set{}, credentials.CookieControl},
		{"0x1F in an attribute", "a=1; x=\x1f", rules{}, set{}, credentials.CookieControl},
		{"0x7F", "a=1; x=\x7f", rules{}, set{}, credentials.CookieControl},
		{"tab", "a=1\t2", rules{}, set{Name: "a", Value: "1\t2"}, 0},
		{"0x80", "\x80=\xff", rules{}, set{Name: "\x80", Value: "\xff"}, 0},
		// 2 to 11
		{"no name", "value", rules{}, set{Value: "value"}, 0},
		{"nothing before =", " = value", rules{}, set{Value: "value"}, 0},
		{"no value", "a=; Secure", rules{}, set{Name: "a", Secure: true}, 0},
		{"= in the value", "a==b=", rules{}, set{Name: "a", Value: "=b="}, 0},
		{"blanks", "\t a b \t= 1 2\t ;", rules{}, set{Name: "a b", Value: "1 2"}, 0},
		{"quotes", `a="1;2"`, rules{}, set{Name: "a", Value: `"1`}, 0},
		// 12
		{"empty", "", rules{}, set{}, credentials.CookieEmpty},
		{"= alone", " = ; Path=/", rules{}, set{}, credentials.CookieEmpty},
		{"; alone", ";", rules{}, set{}, credentials.CookieEmpty},
		{"4096 bytes", "ab=" + strings.Repeat("x", 4094), rules{}, set{Name: "ab", Value: strings.Repeat("x", 4094)}, 0},
		{"4097 bytes", "ab=" + strings.Repeat("x", 4095), rules{}, set{}, credentials.CookieTooLong},
		// 15
		{"switches with values", "a=1; SECURE=no; httponly = ; Partitioned=0", rules{}, set{Name: "a", Value: "1", Secure: true, HTTPOnly: true, Partitioned: true}, 0},
		{"unknown attributes", "a=1; ;; = ; Foo; Max Age=1; Secure2", rules{}, set{Name: "a", Value: "1"}, 0},
		{"attribute of 1024 bytes", "a=1; Path=/" + strings.Repeat("x", 1023), rules{}, set{Name: "a", Value: "1", Path: "/" + strings.Repeat("x", 1023)}, 0},
		{"attribute of 1025 bytes", "a=1; Path=/x; Path=/" + strings.Repeat("x", 1024), rules{}, set{Name: "a", Value: "1", Path: "/x"}, 0},
		{"Path", "a=1; path = /x y", rules{}, set{Name: "a", Value: "1", Path: "/x y"}, 0},
		{"later Path", "a=1; Path=/x; Path=/y", rules{}, set{Name: "a", Value: "1", Path: "/y"}, 0},
		{"later invalid Path", "a=1; Path=/x; Path=y; Path; Path=", rules{}, set{Name: "a", Value: "1", Path: "/x"}, 0},
		{"Domain", "a=1; Domain=.B.Example", rules{}, set{Name: "a", Value: "1", Domain: "b.example"}, 0},
		{"later Domain", "a=1; Domain=a b; Domain=b.example", rules{}, set{Name: "a", Value: "1", Domain: "b.example"}, 0},
		{"Domain percent-encoded", "a=1; Domain=%62.example", rules{}, set{Name: "a", Value: "1", Domain: "b.example"}, 0},
		{"Domain an address", "a=1; Domain=0x7f.1", rules{}, set{Name: "a", Value: "1", Domain: "127.0.0.1"}, 0},
		{"empty Domain", "a=1; Domain=", rules{}, set{}, credentials.CookieInvalidDomain},
		{"dot", "a=1; Domain=.", rules{}, set{}, credentials.CookieInvalidDomain},
		{"Domain with a port", "a=1; Domain=b.example:443", rules{}, set{}, credentials.CookieInvalidDomain},
		{"Domain not ASCII", "a=1; Domain=\xc3\xbc.example", rules{}, set{}, credentials.CookieInvalidDomain},
		{"SameSite", "a=1; SameSite=sTRICT", rules{}, set{Name: "a", Value: "1", SameSite: credentials.SameSiteStrict}, 0},
		{"unknown SameSite", "a=1; SameSite=Lax; SameSite=x; SameSite", rules{}, set{Name: "a", Value: "1", SameSite: credentials.SameSiteLax}, 0},
		{"later SameSite", "a=1; SameSite=Lax; SameSite=None", rules{}, set{Name: "a", Value: "1", SameSite: credentials.SameSiteNone}, 0},
		{"Max-Age", "a=1; Max-Age=60", rules{}, set{Name: "a", Value: "1", Expiry: in(time.Minute)}, 0},
		{"Max-Age 0", "a=1; Max-Age=0", rules{}, set{Name: "a", Value: "1", Expiry: past}, 0},
		{"Max-Age -0", "a=1; Max-Age=-0", rules{}, set{Name: "a", Value: "1", Expiry: past}, 0},
		{"Max-Age negative", "a=1; Max-Age=-99999999999999999999", rules{}, set{Name: "a", Value: "1", Expiry: past}, 0},
		{"Max-Age beyond the limit", "a=1; Max-Age=34560001", rules{}, set{Name: "a", Value: "1", Expiry: in(400 * 24 * time.Hour)}, 0},
		{"Max-Age beyond 64 bits", "a=1; Max-Age=99999999999999999999", rules{}, set{Name: "a", Value: "1", Expiry: in(400 * 24 * time.Hour)}, 0},
		{"no Max-Age", "a=1; Max-Age=; Max-Age=-; Max-Age=+1; Max-Age=1s; Max-Age=1.5; Max-Age=--1", rules{}, set{Name: "a", Value: "1"}, 0},
		{"Max-Age before Expires", "a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", rules{}, set{Name: "a", Value: "1", Expiry: in(time.Minute)}, 0},
		{"Expires before Max-Age", "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60", rules{}, set{Name: "a", Value: "1", Expiry: in(time.Minute)}, 0},
		{"invalid Max-Age before Expires", "a=1; Max-Age=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT", rules{}, set{Name: "a", Value: "1", Expiry: time.Unix(0, 0).UTC()}, 0},
		{"Expires", "a=1; Expires=Fri, 02 Jan 2026 04:04:05 GMT", rules{}, set{Name: "a", Value: "1", Expiry: in(time.Hour)}, 0},
		{"Expires beyond the limit", "a=1; Expires=Fri, 02 Jan 2099 04:04:05 GMT", rules{}, set{Name: "a", Value: "1", Expiry: in(400 * 24 * time.Hour)}, 0},
		{"later invalid Expires", "a=1; Expires=Fri, 02 Jan 2026 04:04:05 GMT; Expires=x", rules{}, set{Name: "a", Value: "1", Expiry: in(time.Hour)}, 0},

		// Rules.
		{"MaxLifetime", "a=1; Max-Age=999999999", rules{MaxLifetime: year}, set{Name: "a", Value: "1", Expiry: in(year)}, 0},
		{"tab refused", "a=1\t2", rules{Controls: credentials.ControlTabRefused}, set{}, credentials.CookieControl},
		{"tab in a name refused", "a\tb=1", rules{Controls: credentials.ControlTabRefused}, set{}, credentials.CookieControl},
		{"tab in an attribute refused", "a=1; x=y\tz", rules{Controls: credentials.ControlTabRefused}, set{}, credentials.CookieControl},
		{"tab in the name of an attribute refused", "a=1; x\ty=z", rules{Controls: credentials.ControlTabRefused}, set{}, credentials.CookieControl},
		{"tabs around not refused", "\ta\t=\t1\t;\tSecure\t", rules{Controls: credentials.ControlTabRefused}, set{Name: "a", Value: "1", Secure: true}, 0},
		{"0x01 refused", "a=1\x01", rules{Controls: credentials.ControlTabRefused}, set{}, credentials.CookieControl},
		{"control ends", "a=1\x012; Secure", rules{Controls: credentials.ControlEnds}, set{Name: "a", Value: "1"}, 0},
		{"tab ends", "a=1\t; Secure", rules{Controls: credentials.ControlEnds}, set{Name: "a", Value: "1"}, 0},
		{"leading tab does not end", "\ta=\t1;\tSecure", rules{Controls: credentials.ControlEnds}, set{Name: "a", Value: "1", Secure: true}, 0},
		{"0x80 ends", "a=1\xc3\xbc; Secure", rules{Controls: credentials.ControlEnds}, set{Name: "a", Value: "1"}, 0},
		{"0x7F does not end", "a=\x7f; Secure", rules{Controls: credentials.ControlEnds}, set{Name: "a", Value: "\x7f", Secure: true}, 0},
		{"nothing before the end", "\x01a=1", rules{Controls: credentials.ControlEnds}, set{}, credentials.CookieEmpty},
		{"long, but not what is kept", "a=1; x=" + strings.Repeat("x", 100<<10), rules{}, set{Name: "a", Value: "1"}, 0},
		{"AnyLength, and far too long", "a=1; Path=/" + strings.Repeat("x", 100<<10), rules{AnyLength: true}, set{}, credentials.CookieTooLong},
		{"AnyLength", "a=" + strings.Repeat("x", 5000) + "; Path=/" + strings.Repeat("x", 2000), rules{AnyLength: true}, set{Name: "a", Value: strings.Repeat("x", 5000), Path: "/" + strings.Repeat("x", 2000)}, 0},
		{"BareIsName", "value", rules{BareIsName: true}, set{Name: "value"}, 0},
		{"BareIsName without a name", "=value", rules{BareIsName: true}, set{}, credentials.CookieEmpty},
		{"BareAttributeIgnored", "a=1; Path=/x; Path; Domain; Secure", rules{BareAttributeIgnored: true, LastAttributeWins: true}, set{Name: "a", Value: "1", Path: "/x", Secure: true}, 0},
		{"EmptyDomainIgnored", "a=1; Domain=b.example; Domain=", rules{EmptyDomainIgnored: true}, set{Name: "a", Value: "1"}, 0},
		{"DomainLiteral", "a=1; Domain=.B.Example", rules{DomainLiteral: true}, set{Name: "a", Value: "1", Domain: "b.example"}, 0},
		{"DomainLiteral of an address", "a=1; Domain=0x7f.1", rules{DomainLiteral: true}, set{Name: "a", Value: "1", Domain: "0x7f.1"}, 0},
		{"DomainLiteral empty", "a=1; Domain=.", rules{DomainLiteral: true}, set{}, credentials.CookieInvalidDomain},
		{"DomainLiteral with two dots", "a=1; Domain=..b.example", rules{DomainLiteral: true}, set{}, credentials.CookieInvalidDomain},
		{"DomainIDN", "a=1; Domain=\xc3\xbc.example", rules{DomainLiteral: true, DomainIDN: true}, set{Name: "a", Value: "1", Domain: "xn--tda.example"}, 0},
		{"LastAttributeWins", "a=1; Path=/x; Path=y; SameSite=Lax; SameSite=x; Expires=Fri, 02 Jan 2026 04:04:05 GMT; Expires=x", rules{LastAttributeWins: true}, set{Name: "a", Value: "1"}, 0},
		{"LastAttributeWins of Max-Age", "a=1; Max-Age=0; Max-Age=x", rules{LastAttributeWins: true}, set{Name: "a", Value: "1"}, 0},
		{"NoneIsDefault", "a=1; SameSite=Lax; SameSite=None; SameSite=x", rules{NoneIsDefault: true, LastAttributeWins: true}, set{Name: "a", Value: "1", SameSite: credentials.SameSiteLax}, 0},
		{"LaterExpiryWins", "a=1; Max-Age=0; Expires=Fri, 02 Jan 2026 04:04:05 GMT", rules{LaterExpiryWins: true}, set{Name: "a", Value: "1", Expiry: in(time.Hour)}, 0},
		{"MinusExpires", "a=1; Max-Age=-x", rules{MinusExpires: true}, set{Name: "a", Value: "1", Expiry: past}, 0},
		{"EmptyMaxAgeExpires", "a=1; Max-Age=", rules{EmptyMaxAgeExpires: true}, set{Name: "a", Value: "1", Expiry: past}, 0},
		{"PlusMaxAge", "a=1; Max-Age=+0", rules{PlusMaxAge: true}, set{Name: "a", Value: "1", Expiry: past}, 0},
		{"PlusMaxAge of +", "a=1; Max-Age=+; Max-Age=-+0; Max-Age=++0", rules{PlusMaxAge: true}, set{Name: "a", Value: "1"}, 0},
		{"MaxAgeWraps, small", "a=1; Max-Age=60", rules{MaxAgeWraps: true}, set{Name: "a", Value: "1", Expiry: in(time.Minute)}, 0},
		{"MaxAgeWraps to a negative number", "a=1; Max-Age=999999999999", rules{MaxAgeWraps: true}, set{Name: "a", Value: "1", Expiry: past}, 0},
		{"MaxAgeWraps to 0", "a=1; Max-Age=4294967296", rules{MaxAgeWraps: true}, set{Name: "a", Value: "1", Expiry: past}, 0},
		{"MaxAgeWraps to 60", "a=1; Max-Age=4294967356", rules{MaxAgeWraps: true}, set{Name: "a", Value: "1", Expiry: in(time.Minute)}, 0},
		{"MaxAgeWraps to -1", "a=1; Max-Age=4294967295", rules{MaxAgeWraps: true}, set{Name: "a", Value: "1"}, 0},
		{"MaxAgeWraps, beyond 64 bits", "a=1; Max-Age=99999999999999999999", rules{MaxAgeWraps: true}, set{Name: "a", Value: "1"}, 0},
		{"MaxAgeWraps, -1", "a=1; Max-Age=-1", rules{MaxAgeWraps: true}, set{Name: "a", Value: "1", Expiry: past}, 0},
		{"DomainAboveLower", "a=1; Domain=.B.Example", rules{DomainAboveLower: true}, set{Name: "a", Value: "1", Domain: "b.example", DomainCapitals: true}, 0},
		{"DomainNeedsDot", "a=1; Domain=.b.example", rules{DomainNeedsDot: true}, set{Name: "a", Value: "1", Domain: "b.example"}, 0},
		{"DomainNeedsDot without one", "a=1; Domain=.[::1]", rules{DomainNeedsDot: true}, set{}, credentials.CookieInvalidDomain},
		{"ValueUTF8", "\xe9=\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", rules{ValueUTF8: true}, set{Name: "\xe9", Value: "é € 😀"}, 0},
		{"ValueUTF8, one byte", "a=\xe9", rules{ValueUTF8: true}, set{Name: "a", Value: "\ufffd"}, 0},
		{"ValueUTF8, broken off", "a=\xe2\x82x\xf0\x9f\x98", rules{ValueUTF8: true}, set{Name: "a", Value: "\ufffdx\ufffd"}, 0},
		{"ValueUTF8, wrong from the second byte on", "a=\xed\xa0\x80\xc0\xaf\xf4\x90\x80\x80\xf8", rules{ValueUTF8: true}, set{Name: "a", Value: strings.Repeat("\ufffd", 10)}, 0},
		{"ValueUTF8, a byte order mark", "a=\xef\xbb\xbf", rules{ValueUTF8: true}, set{Name: "a", Value: "\ufeff"}, 0},
		{"AncientExpires", "a=1; Expires=1 Jan 1600 00:00:00", rules{AncientExpires: true}, set{Name: "a", Value: "1", Expiry: past}, 0},
		{"IgnorePartitioned", "a=1; Partitioned", rules{IgnorePartitioned: true}, set{Name: "a", Value: "1"}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, refusal := tt.rules.Parse(tt.value, now, time.Time{})
			if refusal != tt.refusal {
				t.Fatalf("%s, want %s", refusal, tt.refusal)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// The clock of a server counts where the rules say so.
func TestParseServerClock(t *testing.T) {
	const value = "a=1; Expires=Sat, 01 Jan 2000 01:00:00 GMT"
	served := time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		name   string
		rules  credentials.CookieRules
		served time.Time
		want   time.Time
	}{
		{"Standard", credentials.CookieRules{}, served, served.Add(time.Hour)},
		{"by the server's", credentials.CookieRules{ServerClock: true}, served, now.Add(time.Hour)},
		{"without Date", credentials.CookieRules{ServerClock: true}, time.Time{}, served.Add(time.Hour)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, _ := tt.rules.Parse(value, now, tt.served); !got.Expiry.Equal(tt.want) {
				t.Errorf("%v, want %v", got.Expiry, tt.want)
			}
		})
	}
}

// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-parse-a-date
func TestParseDate(t *testing.T) {
	june := time.Date(1999, time.June, 9, 10, 18, 14, 0, time.UTC)
	tests := []struct {
		name, date string
		want       time.Time // zero: none
	}{
		{"RFC 1123", "Wed, 09 Jun 1999 10:18:14 GMT", june},
		{"RFC 850", "Wednesday, 09-Jun-99 10:18:14 GMT", june},
		{"asctime", "Wed Jun  9 10:18:14 1999", june},
		{"any order", "1999 10:18:14 june 9", june},
		{"delimiters", "~09!jun?1999[10:18:14]", june},
		{"no delimiter", "09Jun 1999 10:18:14", time.Time{}},
		{"trailing garbage in tokens", "9th Junius 1999AD 10:18:14.5", june},
		{"first of each", "9 Jun 1999 10:18:14 10 Jul 2000 11:11:11", june},
		{"zone ignored", "9 Jun 1999 10:18:14 +0200", june},
		{"single digits", "9 Jun 1999 1:2:3", time.Date(1999, time.June, 9, 1, 2, 3, 0, time.UTC)},
		{"year 69", "9 Jun 69 10:18:14", june.AddDate(70, 0, 0)},
		{"year 70", "9 Jun 70 10:18:14", june.AddDate(-29, 0, 0)},
		{"year 1601", "1 Jan 1601 00:00:00", past},
		{"year 1600", "31 Dec 1600 00:00:00", time.Time{}},
		{"three digits of a year", "9 Jun 199 10:18:14", time.Time{}},
		{"five digits of a year", "9 Jun 19999 10:18:14", time.Time{}},
		{"one digit of a year", "9 Jun 9 10:18:14", time.Time{}},
		{"three digits of a day", "009 Jun 1999 10:18:14", time.Time{}},
		{"day 0", "0 Jun 1999 10:18:14", time.Time{}},
		{"day 32", "32 Jun 1999 10:18:14", time.Time{}},
		{"31 June", "31 Jun 1999 10:18:14", time.Time{}},
		{"29 February", "29 Feb 1996 10:18:14", time.Date(1996, time.February, 29, 10, 18, 14, 0, time.UTC)},
		{"29 February of another year", "29 Feb 1999 10:18:14", time.Time{}},
		{"hour 24", "9 Jun 1999 24:00:00", time.Time{}},
		{"minute 60", "9 Jun 1999 10:60:00", time.Time{}},
		{"second 60", "9 Jun 1999 10:18:60", time.Time{}},
		{"three digits of a second", "9 Jun 1999 10:18:140", time.Time{}},
		{"no seconds", "9 Jun 1999 10:18", time.Time{}},
		{"four parts", "9 Jun 1999 10:18:14:15", june},
		{"no month", "9 06 1999 10:18:14", time.Time{}},
		{"short month", "9 Ju 1999 10:18:14", time.Time{}},
		{"no year", "9 Jun 10:18:14", time.Time{}},
		{"no day", "Jun 1999 10:18:14", time.Time{}},
		{"high bytes", "9 Jun 1999 10:18:14\xff", june},
		{"nothing", "", time.Time{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, _ := new(credentials.CookieRules).Parse("a=1; Expires="+tt.date, june.AddDate(80, 0, 0), time.Time{})
			if !got.Expiry.Equal(tt.want) {
				t.Errorf("%v, want %v", got.Expiry, tt.want)
			}
		})
	}
}
