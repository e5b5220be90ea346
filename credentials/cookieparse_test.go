package credentials_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/rules"
)

var (
	now  = time.Date(2026, time.January, 2, 3, 4, 5, 0, time.UTC)
	past = time.Date(1601, time.January, 1, 0, 0, 0, 0, time.UTC)
)

// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-parse-a-cookie
func TestParse(t *testing.T) {
	type set = credentials.SetCookie
	in := func(d time.Duration) time.Time { return now.Add(d) }
	const year = 365 * 24 * time.Hour
	tests := []struct {
		name    string
		value   string
		rules   rules.Cookies
		want    set
		refusal credentials.CookieRefusal
	}{
		// 1
		{"NUL", "a=\x00", rules.Cookies{}, set{}, "control-character"},
		{"0x08", "a\x08=1", rules.Cookies{}, set{}, "control-character"},
		{"0x0A", "a=1\n", rules.Cookies{}, set{}, "control-character"},
		{"0x1F in an attribute", "a=1; x=\x1f", rules.Cookies{}, set{}, "control-character"},
		{"0x7F", "a=1; x=\x7f", rules.Cookies{}, set{}, "control-character"},
		{"tab", "a=1\t2", rules.Cookies{}, set{Name: "a", Value: "1\t2"}, ""},
		{"0x80", "\x80=\xff", rules.Cookies{}, set{Name: "\x80", Value: "\xff"}, ""},
		// 2 to 11
		{"no name", "value", rules.Cookies{}, set{Value: "value"}, ""},
		{"nothing before =", " = value", rules.Cookies{}, set{Value: "value"}, ""},
		{"no value", "a=; Secure", rules.Cookies{}, set{Name: "a", Secure: true}, ""},
		{"= in the value", "a==b=", rules.Cookies{}, set{Name: "a", Value: "=b="}, ""},
		{"blanks", "\t a b \t= 1 2\t ;", rules.Cookies{}, set{Name: "a b", Value: "1 2"}, ""},
		{"quotes", `a="1;2"`, rules.Cookies{}, set{Name: "a", Value: `"1`}, ""},
		// 12
		{"empty", "", rules.Cookies{}, set{}, "empty"},
		{"= alone", " = ; Path=/", rules.Cookies{}, set{}, "empty"},
		{"; alone", ";", rules.Cookies{}, set{}, "empty"},
		{"4096 bytes", "ab=" + strings.Repeat("x", 4094), rules.Cookies{}, set{Name: "ab", Value: strings.Repeat("x", 4094)}, ""},
		{"4097 bytes", "ab=" + strings.Repeat("x", 4095), rules.Cookies{}, set{}, "too-long"},
		// 15
		{"switches with values", "a=1; SECURE=no; httponly = ; Partitioned=0", rules.Cookies{}, set{Name: "a", Value: "1", Secure: true, HTTPOnly: true, Partitioned: true}, ""},
		{"unknown attributes", "a=1; ;; = ; Foo; Max Age=1; Secure2", rules.Cookies{}, set{Name: "a", Value: "1"}, ""},
		{"attribute of 1024 bytes", "a=1; Path=/" + strings.Repeat("x", 1023), rules.Cookies{}, set{Name: "a", Value: "1", Path: "/" + strings.Repeat("x", 1023)}, ""},
		{"attribute of 1025 bytes", "a=1; Path=/x; Path=/" + strings.Repeat("x", 1024), rules.Cookies{}, set{Name: "a", Value: "1", Path: "/x"}, ""},
		{"Path", "a=1; path = /x y", rules.Cookies{}, set{Name: "a", Value: "1", Path: "/x y"}, ""},
		{"later Path", "a=1; Path=/x; Path=/y", rules.Cookies{}, set{Name: "a", Value: "1", Path: "/y"}, ""},
		{"later invalid Path", "a=1; Path=/x; Path=y; Path; Path=", rules.Cookies{}, set{Name: "a", Value: "1", Path: "/x"}, ""},
		{"Domain", "a=1; Domain=.B.Example", rules.Cookies{}, set{Name: "a", Value: "1", Domain: "b.example"}, ""},
		{"later Domain", "a=1; Domain=a b; Domain=b.example", rules.Cookies{}, set{Name: "a", Value: "1", Domain: "b.example"}, ""},
		{"Domain percent-encoded", "a=1; Domain=%62.example", rules.Cookies{}, set{Name: "a", Value: "1", Domain: "b.example"}, ""},
		{"Domain an address", "a=1; Domain=0x7f.1", rules.Cookies{}, set{Name: "a", Value: "1", Domain: "127.0.0.1"}, ""},
		{"empty Domain", "a=1; Domain=", rules.Cookies{}, set{}, "invalid-domain"},
		{"dot", "a=1; Domain=.", rules.Cookies{}, set{}, "invalid-domain"},
		{"Domain with a port", "a=1; Domain=b.example:443", rules.Cookies{}, set{}, "invalid-domain"},
		{"Domain not ASCII", "a=1; Domain=\xc3\xbc.example", rules.Cookies{}, set{}, "invalid-domain"},
		{"SameSite", "a=1; SameSite=sTRICT", rules.Cookies{}, set{Name: "a", Value: "1", SameSite: credentials.SameSiteStrict}, ""},
		{"unknown SameSite", "a=1; SameSite=Lax; SameSite=x; SameSite", rules.Cookies{}, set{Name: "a", Value: "1", SameSite: credentials.SameSiteLax}, ""},
		{"later SameSite", "a=1; SameSite=Lax; SameSite=None", rules.Cookies{}, set{Name: "a", Value: "1", SameSite: credentials.SameSiteNone}, ""},
		{"Max-Age", "a=1; Max-Age=60", rules.Cookies{}, set{Name: "a", Value: "1", Expiry: in(time.Minute)}, ""},
		{"Max-Age 0", "a=1; Max-Age=0", rules.Cookies{}, set{Name: "a", Value: "1", Expiry: past}, ""},
		{"Max-Age -0", "a=1; Max-Age=-0", rules.Cookies{}, set{Name: "a", Value: "1", Expiry: past}, ""},
		{"Max-Age negative", "a=1; Max-Age=-99999999999999999999", rules.Cookies{}, set{Name: "a", Value: "1", Expiry: past}, ""},
		{"Max-Age beyond the limit", "a=1; Max-Age=34560001", rules.Cookies{}, set{Name: "a", Value: "1", Expiry: in(400 * 24 * time.Hour)}, ""},
		{"Max-Age beyond 64 bits", "a=1; Max-Age=99999999999999999999", rules.Cookies{}, set{Name: "a", Value: "1", Expiry: in(400 * 24 * time.Hour)}, ""},
		{"no Max-Age", "a=1; Max-Age=; Max-Age=-; Max-Age=+1; Max-Age=1s; Max-Age=1.5; Max-Age=--1", rules.Cookies{}, set{Name: "a", Value: "1"}, ""},
		{"Max-Age before Expires", "a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", rules.Cookies{}, set{Name: "a", Value: "1", Expiry: in(time.Minute)}, ""},
		{"Expires before Max-Age", "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60", rules.Cookies{}, set{Name: "a", Value: "1", Expiry: in(time.Minute)}, ""},
		{"invalid Max-Age before Expires", "a=1; Max-Age=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT", rules.Cookies{}, set{Name: "a", Value: "1", Expiry: time.Unix(0, 0).UTC()}, ""},
		{"Expires", "a=1; Expires=Fri, 02 Jan 2026 04:04:05 GMT", rules.Cookies{}, set{Name: "a", Value: "1", Expiry: in(time.Hour)}, ""},
		{"Expires beyond the limit", "a=1; Expires=Fri, 02 Jan 2099 04:04:05 GMT", rules.Cookies{}, set{Name: "a", Value: "1", Expiry: in(400 * 24 * time.Hour)}, ""},
		{"later invalid Expires", "a=1; Expires=Fri, 02 Jan 2026 04:04:05 GMT; Expires=x", rules.Cookies{}, set{Name: "a", Value: "1", Expiry: in(time.Hour)}, ""},

		// Rules.
		{"MaxLifetime", "a=1; Max-Age=999999999", rules.Cookies{MaxLifetime: year}, set{Name: "a", Value: "1", Expiry: in(year)}, ""},
		{"tab refused", "a=1\t2", rules.Cookies{Controls: rules.ControlTabRefused}, set{}, "control-character"},
		{"tab in a name refused", "a\tb=1", rules.Cookies{Controls: rules.ControlTabRefused}, set{}, "control-character"},
		{"tab in an attribute refused", "a=1; x=y\tz", rules.Cookies{Controls: rules.ControlTabRefused}, set{}, "control-character"},
		{"tab in the name of an attribute refused", "a=1; x\ty=z", rules.Cookies{Controls: rules.ControlTabRefused}, set{}, "control-character"},
		{"tabs around not refused", "\ta\t=\t1\t;\tSecure\t", rules.Cookies{Controls: rules.ControlTabRefused}, set{Name: "a", Value: "1", Secure: true}, ""},
		{"0x01 refused", "a=1\x01", rules.Cookies{Controls: rules.ControlTabRefused}, set{}, "control-character"},
		{"control ends", "a=1\x012; Secure", rules.Cookies{Controls: rules.ControlEnds}, set{Name: "a", Value: "1"}, ""},
		{"tab ends", "a=1\t; Secure", rules.Cookies{Controls: rules.ControlEnds}, set{Name: "a", Value: "1"}, ""},
		{"leading tab does not end", "\ta=\t1;\tSecure", rules.Cookies{Controls: rules.ControlEnds}, set{Name: "a", Value: "1", Secure: true}, ""},
		{"0x80 ends", "a=1\xc3\xbc; Secure", rules.Cookies{Controls: rules.ControlEnds}, set{Name: "a", Value: "1"}, ""},
		{"0x7F does not end", "a=\x7f; Secure", rules.Cookies{Controls: rules.ControlEnds}, set{Name: "a", Value: "\x7f", Secure: true}, ""},
		{"nothing before the end", "\x01a=1", rules.Cookies{Controls: rules.ControlEnds}, set{}, "empty"},
		{"long, but not what is kept", "a=1; x=" + strings.Repeat("x", 100<<10), rules.Cookies{}, set{Name: "a", Value: "1"}, ""},
		{"AnyLength, and far too long", "a=1; Path=/" + strings.Repeat("x", 100<<10), rules.Cookies{AnyLength: true}, set{}, "too-long"},
		{"AnyLength", "a=" + strings.Repeat("x", 5000) + "; Path=/" + strings.Repeat("x", 2000), rules.Cookies{AnyLength: true}, set{Name: "a", Value: strings.Repeat("x", 5000), Path: "/" + strings.Repeat("x", 2000)}, ""},
		{"BareIsName", "value", rules.Cookies{BareIsName: true}, set{Name: "value"}, ""},
		{"BareIsName without a name", "=value", rules.Cookies{BareIsName: true}, set{}, "empty"},
		{"BareAttributeIgnored", "a=1; Path=/x; Path; Domain; Secure", rules.Cookies{BareAttributeIgnored: true, LastAttributeWins: true}, set{Name: "a", Value: "1", Path: "/x", Secure: true}, ""},
		{"EmptyDomainIgnored", "a=1; Domain=b.example; Domain=", rules.Cookies{EmptyDomainIgnored: true}, set{Name: "a", Value: "1"}, ""},
		{"DomainLiteral", "a=1; Domain=.B.Example", rules.Cookies{DomainLiteral: true}, set{Name: "a", Value: "1", Domain: "b.example"}, ""},
		{"DomainLiteral of an address", "a=1; Domain=0x7f.1", rules.Cookies{DomainLiteral: true}, set{Name: "a", Value: "1", Domain: "0x7f.1"}, ""},
		{"DomainLiteral empty", "a=1; Domain=.", rules.Cookies{DomainLiteral: true}, set{}, "invalid-domain"},
		{"DomainLiteral with two dots", "a=1; Domain=..b.example", rules.Cookies{DomainLiteral: true}, set{}, "invalid-domain"},
		{"DomainIDN", "a=1; Domain=\xc3\xbc.example", rules.Cookies{DomainLiteral: true, DomainIDN: true}, set{Name: "a", Value: "1", Domain: "xn--tda.example"}, ""},
		{"LastAttributeWins", "a=1; Path=/x; Path=y; SameSite=Lax; SameSite=x; Expires=Fri, 02 Jan 2026 04:04:05 GMT; Expires=x", rules.Cookies{LastAttributeWins: true}, set{Name: "a", Value: "1"}, ""},
		{"LastAttributeWins of Max-Age", "a=1; Max-Age=0; Max-Age=x", rules.Cookies{LastAttributeWins: true}, set{Name: "a", Value: "1"}, ""},
		{"NoneIsDefault", "a=1; SameSite=Lax; SameSite=None; SameSite=x", rules.Cookies{NoneIsDefault: true, LastAttributeWins: true}, set{Name: "a", Value: "1", SameSite: credentials.SameSiteLax}, ""},
		{"LaterExpiryWins", "a=1; Max-Age=0; Expires=Fri, 02 Jan 2026 04:04:05 GMT", rules.Cookies{LaterExpiryWins: true}, set{Name: "a", Value: "1", Expiry: in(time.Hour)}, ""},
		{"MinusExpires", "a=1; Max-Age=-x", rules.Cookies{MinusExpires: true}, set{Name: "a", Value: "1", Expiry: past}, ""},
		{"EmptyMaxAgeExpires", "a=1; Max-Age=", rules.Cookies{EmptyMaxAgeExpires: true}, set{Name: "a", Value: "1", Expiry: past}, ""},
		{"PlusMaxAge", "a=1; Max-Age=+0", rules.Cookies{PlusMaxAge: true}, set{Name: "a", Value: "1", Expiry: past}, ""},
		{"PlusMaxAge of +", "a=1; Max-Age=+; Max-Age=-+0; Max-Age=++0", rules.Cookies{PlusMaxAge: true}, set{Name: "a", Value: "1"}, ""},
		{"MaxAgeWraps, small", "a=1; Max-Age=60", rules.Cookies{MaxAgeWraps: true}, set{Name: "a", Value: "1", Expiry: in(time.Minute)}, ""},
		{"MaxAgeWraps to a negative number", "a=1; Max-Age=999999999999", rules.Cookies{MaxAgeWraps: true}, set{Name: "a", Value: "1", Expiry: past}, ""},
		{"MaxAgeWraps to 0", "a=1; Max-Age=4294967296", rules.Cookies{MaxAgeWraps: true}, set{Name: "a", Value: "1", Expiry: past}, ""},
		{"MaxAgeWraps to 60", "a=1; Max-Age=4294967356", rules.Cookies{MaxAgeWraps: true}, set{Name: "a", Value: "1", Expiry: in(time.Minute)}, ""},
		{"MaxAgeWraps to -1", "a=1; Max-Age=4294967295", rules.Cookies{MaxAgeWraps: true}, set{Name: "a", Value: "1"}, ""},
		{"MaxAgeWraps, beyond 64 bits", "a=1; Max-Age=99999999999999999999", rules.Cookies{MaxAgeWraps: true}, set{Name: "a", Value: "1"}, ""},
		{"MaxAgeWraps, -1", "a=1; Max-Age=-1", rules.Cookies{MaxAgeWraps: true}, set{Name: "a", Value: "1", Expiry: past}, ""},
		{"DomainAboveLower", "a=1; Domain=.B.Example", rules.Cookies{DomainAboveLower: true}, set{Name: "a", Value: "1", Domain: "b.example", DomainCapitals: true}, ""},
		{"DomainNeedsDot", "a=1; Domain=.b.example", rules.Cookies{DomainNeedsDot: true}, set{Name: "a", Value: "1", Domain: "b.example"}, ""},
		{"DomainNeedsDot without one", "a=1; Domain=.[::1]", rules.Cookies{DomainNeedsDot: true}, set{}, "invalid-domain"},
		{"ValueUTF8", "\xe9=\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", rules.Cookies{ValueUTF8: true}, set{Name: "\xe9", Value: "é € 😀"}, ""},
		{"ValueUTF8, one byte", "a=\xe9", rules.Cookies{ValueUTF8: true}, set{Name: "a", Value: "\ufffd"}, ""},
		{"ValueUTF8, broken off", "a=\xe2\x82x\xf0\x9f\x98", rules.Cookies{ValueUTF8: true}, set{Name: "a", Value: "\ufffdx\ufffd"}, ""},
		{"ValueUTF8, wrong from the second byte on", "a=\xed\xa0\x80\xc0\xaf\xf4\x90\x80\x80\xf8", rules.Cookies{ValueUTF8: true}, set{Name: "a", Value: strings.Repeat("\ufffd", 10)}, ""},
		{"ValueUTF8, a byte order mark", "a=\xef\xbb\xbf", rules.Cookies{ValueUTF8: true}, set{Name: "a", Value: "\ufeff"}, ""},
		{"IgnorePartitioned", "a=1; Partitioned", rules.Cookies{IgnorePartitioned: true}, set{Name: "a", Value: "1"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, refusal := credentials.ParseSetCookie(&tt.rules, tt.value, now, time.Time{})
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
		rules  rules.Cookies
		served time.Time
		want   time.Time
	}{
		{"Standard", rules.Cookies{}, served, served.Add(time.Hour)},
		{"by the server's", rules.Cookies{ServerClock: true}, served, now.Add(time.Hour)},
		{"without Date", rules.Cookies{ServerClock: true}, time.Time{}, served.Add(time.Hour)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, _ := credentials.ParseSetCookie(&tt.rules, value, now, tt.served); !got.Expiry.Equal(tt.want) {
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
			got, _ := credentials.ParseSetCookie(new(rules.Cookies), "a=1; Expires="+tt.date, june.AddDate(80, 0, 0), time.Time{})
			if !got.Expiry.Equal(tt.want) {
				t.Errorf("%v, want %v", got.Expiry, tt.want)
			}
		})
	}
}
