package httpcache_test

import (
	"testing"
	"time"

	"github.com/browsercors/browsercors/internal/rules"
)

// ways are the ways in which engines read the headers that say how long a response
// is fresh.
var ways = [...]rules.HTTPCache{
	{},
	{CacheControl: rules.CacheControlExact, Dates: rules.CacheDatesLooseISO, InvalidExpiresIgnored: true, ResponsePragma: rules.ResponsePragmaMember},
	{CacheControl: rules.CacheControlByWord, Dates: rules.CacheDatesLoose, Age: rules.AgePrefix, Seconds32: true, ResponsePragma: rules.ResponsePragmaMember},
	{CacheControl: rules.CacheControlLoose, Dates: rules.CacheDatesOfScript, Age: rules.AgeDouble, InvalidExpiresIgnored: true, ResponsePragma: rules.ResponsePragmaSubstring},
}

// freshIn returns a letter for each of the ways: h if a response with the headers is a
// hit after a second, s if it is stale.
func freshIn(t testing.TB, headers string) string {
	t.Helper()
	var b []byte
	for _, r := range ways {
		if got := play(t, r, visit{response: headers}, visit{pause: time.Second}); got == "hit" {
			b = append(b, 'h')
		} else {
			b = append(b, 's')
		}
	}
	return string(b)
}

// How long a response is fresh: by RFC 9111, and as Chromium, Firefox and WebKit
// were seen to read it.
func TestFreshness(t *testing.T) {
	t.Parallel()
	const lm = "|Last-Modified: Mon, 30 Nov 2026 02:00:00 GMT"
	for _, test := range []struct{ headers, want string }{
		// Cache-Control
		{"Cache-Control: max-age=60", "hhhh"},
		{"Cache-Control: MAX-age=060", "hhhh"},
		{"Cache-Control: public, max-age=60 , x=y", "hhhh"},
		{"Cache-Control: max-age=0", "ssss"},
		{"Cache-Control: max-age=1", "ssss"},
		{"Cache-Control: max-age=2", "hhhh"},
		{"Cache-Control: max-age=60, max-age=0", "hhsh"},
		{"Cache-Control: max-age=0, max-age=60", "sshs"},
		{"Cache-Control: max-age=60|Cache-Control: max-age=0", "hhsh"},
		{"Cache-Control: max-age=60, max-age=x", "hhsh"},
		{"Cache-Control: max-age=x, max-age=60", "shhh"},
		{`Cache-Control: max-age="60"`, "hssh"},
		{`Cache-Control: max-age="6\0"`, "hsss"},
		{"Cache-Control: max-age='60'", "ssss"},
		{"Cache-Control: max-age = 60", "sshh"},
		{"Cache-Control: max-age =60", "sshh"},
		{"Cache-Control: max-age= 60", "shhh"},
		{"Cache-Control: max-age=1.5", "sssh"},
		{"Cache-Control: max-age=60.5", "sshh"},
		{"Cache-Control: max-age=60x", "sshs"},
		{"Cache-Control: max-age=60;x", "sshh"},
		{"Cache-Control: max-age=1e3", "sssh"},
		{"Cache-Control: max-age=99999999999", "hhsh"},
		{"Cache-Control: max-age=99999999999999999999999999", "hhsh"},
		{"Cache-Control: max-age=-1", "ssss"},
		{"Cache-Control: max-age=+60", "sssh"},
		{"Cache-Control: max-age=", "ssss"},
		{"Cache-Control: max-age", "ssss"},
		{"Cache-Control: max-age=60=1", "sshh"},
		{"Cache-Control: ,max-age=60", "hhsh"},
		{"Cache-Control: max-age=60, no-cache", "ssss"},
		{`Cache-Control: no-cache="x-a", max-age=60`, "hhsh"},
		{`Cache-Control: no-cache="", max-age=60`, "shss"},
		{"Cache-Control: no-cache=x, max-age=60", "hhsh"},
		{`Cache-Control: private="x-a", max-age=60`, "hhsh"},
		{`Cache-Control: x="max-age=60, no-cache", max-age=60`, "hhhh"},
		{`Cache-Control: x="max-age=60", max-age=0`, "ssss"},
		{`Cache-Control: x=", max-age=60`, "ssss"},
		{"Cache-Control: no_cache, max-age=60", "hhhh"},
		{"Cache-Control: no-store, max-age=60", "ssss"},
		{"Cache-Control: must-understand, no-store, max-age=60", "hsss"},
		{"Cache-Control: s-maxage=60", "ssss"},
		{"Cache-Control: public", "ssss"},
		{"Cache-Control: immutable", "ssss"},
		{"Cache-Control: s-maxage=0, max-age=60", "hhhh"},
		{"Cache-Control: \x00, max-age=60\xff", "ssss"},
		// Age
		{minute + "|Age: 58", "hhhh"},
		{minute + "|Age: 59", "ssss"},
		{minute + "|Age: 100", "ssss"},
		{minute + "|Age: 100, 0", "sssh"},
		{minute + "|Age: 100|Age: 0", "sssh"},
		{minute + "|Age: 0, 100", "hhhh"},
		{minute + "|Age: 100.0", "hhss"},
		{minute + "|Age: 100;x=y", "hhsh"},
		{minute + "|Age: 100 x", "hhsh"},
		{minute + "|Age: -100", "hhsh"},
		{minute + "|Age: +100", "hhss"},
		{minute + "|Age: 1e4", "hhhs"},
		{minute + "|Age: x", "hhhh"},
		{minute + "|Age: ", "hhhh"},
		{minute + "|Age: 0x1c20", "hhhh"},
		{minute + "|Age: 2147483648", "ssss"},
		{minute + "|Age: 4294967296", "sshs"},
		{minute + "|Age: 99999999999", "ssss"},
		{minute + "|Age: 1180591620717411303424", "ssss"}, // 2^70
		// Date
		{minute + "|Date: Mon, 30 Nov 2026 11:59:30 GMT", "hhhh"},
		{minute + "|Date: Mon, 30 Nov 2026 11:58:00 GMT", "ssss"},
		{minute + "|Date: Mon, 30 Nov 2027 12:00:00 GMT", "hhhh"},
		{minute + "|Date: x", "hhhh"},
		// Expires
		{"Expires: Mon, 30 Nov 2026 12:01:00 GMT", "hhhh"},
		{"Expires: Mon, 30 Nov 2026 12:00:00 GMT", "ssss"},
		{"Expires: Monday, 30-Nov-26 12:01:00 GMT", "hhhh"},
		{"Expires: Mon Nov 30 12:01:00 2026", "hhhh"},
		{"Expires: mon, 30 nov 2026 12:01:00 gmt", "hhhh"},
		{"Expires: Mon, 30 Nov 2026 12:01:00 GMT|Cache-Control: max-age=0", "ssss"},
		{"Expires: Mon, 30 Nov 2026 11:00:00 GMT|Cache-Control: max-age=60", "hhhh"},
		{"Date: Wed, 01 Jan 2020 00:00:00 GMT|Expires: Wed, 01 Jan 2020 00:01:00 GMT", "ssss"},
		{"Date: Mon, 30 Nov 2026 12:00:40 GMT|Expires: Mon, 30 Nov 2026 12:00:30 GMT", "ssss"},
		{"Expires: 0" + lm, "shsh"},
		{"Expires: 0", "ssss"},
		{"Expires: -1", "ssss"},
		{"Expires: 1000000", "ssss"},
		{"Expires: Thu, 18 Aug 2050 02:01:18 UTC", "shhh"},
		{"Expires: Thu, 18 Aug 2050 02:01:18 EST", "shhh"},
		{"Expires: Thu, 18 Aug 2050 02:01:18 +0200", "shhh"},
		{"Expires: Thu, 18 Aug 2050 02:01:18", "shhh"},
		{"Expires: Thu 18 Aug 2050 02:01:18 GMT", "shhh"},
		{"Expires: Thu, 18  Aug  2050 02:01:18 GMT", "shhh"},
		{"Expires: Thu, 18-Aug-2050 02:01:18 GMT", "shhh"},
		{"Expires: Thu, 18 Aug 2050 2:01:18 GMT", "shhh"},
		{"Expires: 18 Aug 2050 02:01:18 GMT", "shhh"},
		{"Expires: Aug 18 2050 02:01:18 GMT", "shhh"},
		{"Expires: Xyz, 18 Aug 2050 02:01:18 GMT", "shhh"},
		{"Expires: Thu, 18 August 2050 02:01:18 GMT", "shhh"},
		{"Expires: Thu, 18 Aug 2050", "shhh"},
		{"Expires: Thu, 18 Aug 2050 02:01 GMT", "shhh"},
		{"Expires: Thu, 18 Aug 2050 02:01:18GMT", "shhh"},
		{"Expires: Thu,18 Aug 2050 02:01:18 GMT", "shhh"},
		{"Expires: Wed, 30 Feb 2050 02:01:18 GMT", "shhh"},
		{"Expires: 08/18/2050 02:01:18", "shhh"},
		{"Expires: Thu, 18 Aug 49 02:01:18 GMT", "shhh"},
		{"Expires: Thursday, 18-Aug-49 02:01:18 GMT", "hhhh"},
		{"Expires: Thu, 32 Aug 2050 02:01:18 GMT", "ssss"},
		{"Expires: Thu, 18 Aug 2050 02:01:18 AEST", "shhs"},
		{"Expires: Thu, 18 Aug 50 02:01:18 GMT", "shhs"},
		{"Expires: Thursday, 18-Aug-50 02:01:18 GMT", "hhhs"},
		{"Expires: Thursday, 18-Aug-69 02:01:18 GMT", "hhhs"},
		{"Expires: Thursday, 18-Aug-77 02:01:18 GMT", "ssss"},
		{"Expires: Thu, 18 Aug 2050 02.01.18 GMT", "shhs"},
		{"Expires: Thu, 18/Aug/2050 02:01:18 GMT", "shhs"},
		{"Expires: Thu, 18 Aug 2050 25:01:18 GMT", "shhs"},
		{"Expires: Thu, 18 Aug 2050 02:01:60 GMT", "hhhs"},
		{"Expires: Thu, 18 Aug 2050 02:01:18 GMT x", "shhs"},
		{"Expires: 2050-08-18T02:01:18Z", "shss"},
		{"Expires: 2050-08-18", "shss"},
		{"Expires: Sun, 07 Feb 2106 06:28:15 GMT", "hhhh"},
		{"Expires: Sun, 07 Feb 2106 06:28:17 GMT", "hhsh"},
		{"Expires: Sun, 21 Nov 2286 04:46:39 GMT", "hhsh"},
		{"Expires: Fri, 31 Dec 9999 23:59:59 GMT", "hhhh"},
		{"Expires: Thu, 18 Aug 10000 02:01:18 GMT", "shsh"},
		{"Expires: Thu, 18 Aug 2050 02:01:18 GMT|Expires: Wed, 01 Jan 2020 00:00:00 GMT", "hhhs"},
		{"Expires: Wed, 01 Jan 2020 00:00:00 GMT|Expires: Thu, 18 Aug 2050 02:01:18 GMT", "ssss"},
		{"Expires: \x00\xff", "ssss"},
		// Pragma in a response
		{minute + "|Pragma: no-cache", "hsss"},
		{minute + "|Pragma: x, NO-CACHE", "hsss"},
		{minute + "|Pragma: no-cache=1", "hhhs"},
		// Heuristics
		{"Last-Modified: Mon, 30 Nov 2026 02:00:00 GMT", "hhhh"},
		{"Last-Modified: Mon, 30 Nov 2026 11:59:51 GMT", "ssss"},
		{"Last-Modified: Mon, 30 Nov 2026 11:59:49 GMT", "hhhh"},
		{"Last-Modified: Mon, 30 Nov 2026 13:00:00 GMT", "ssss"},
		{"Last-Modified: x", "ssss"},
		{"Cache-Control: max-age=0" + lm, "ssss"},
		{"ETag: x", "ssss"},
	} {
		if got := freshIn(t, test.headers); got != test.want {
			t.Errorf("%q: %s, want %s", test.headers, got, test.want)
		}
	}
}

// What the directives of a request ask for, by RFC 9111 and by the engines.
func TestRequestDirectives(t *testing.T) {
	t.Parallel()
	ways := [...]rules.HTTPCache{
		{},
		{CacheControl: rules.CacheControlExact, CacheRequest: rules.CacheRequestReloads},
		{CacheControl: rules.CacheControlByWord, CacheRequest: rules.CacheRequestFirst},
		{CacheControl: rules.CacheControlLoose, CacheRequest: rules.CacheRequestSome},
	}
	const fresh, old = 10 * time.Second, 100 * time.Second // of 60
	for _, test := range []struct {
		request string
		age     time.Duration
		want    string // h hit, v validated, a asked
	}{
		{"", fresh, "hhhh"},
		{"", old, "vvvv"},
		{"Cache-Control: no-cache", fresh, "vavv"},
		{"Cache-Control: no-cache", old, "vavv"},
		{`Cache-Control: no-cache="a"`, fresh, "hhvh"},
		{"Cache-Control: max-age=0", fresh, "vvvv"},
		{`Cache-Control: max-age="0"`, fresh, "vhhv"},
		{"Cache-Control: max-age=00", fresh, "vhvv"},
		{"Cache-Control: max-age=5", fresh, "vhvh"},
		{"Cache-Control: max-age=10", fresh, "hhvh"},
		{"Cache-Control: max-age=15", fresh, "hhhh"},
		{"Cache-Control: max-age=1000", old, "vvhv"},
		{"Cache-Control: min-fresh=49", fresh, "hhhh"},
		{"Cache-Control: min-fresh=51", fresh, "vhvh"},
		{"Cache-Control: min-fresh=0", old, "vvhv"},
		{"Cache-Control: max-stale", old, "hvhh"},
		{"Cache-Control: max-stale=41", old, "hvhh"},
		{"Cache-Control: max-stale=39", old, "vvvv"},
		{"Cache-Control: max-stale=x", old, "vvhv"},
		{"Cache-Control: max-age=0, max-stale=100", old, "hvhv"},
		{"Cache-Control: no-store", fresh, "hhah"},
		{"Cache-Control: only-if-cached", fresh, "hhhh"},
		{"Pragma: no-cache", fresh, "vahv"},
		{"Pragma: x, No-Cache", fresh, "vahv"},
		{"Pragma: no-cache|Cache-Control: x", fresh, "hahv"},
	} {
		var got []byte
		for _, r := range ways {
			switch how := play(t, r, visit{response: minute + "|" + tag}, visit{pause: test.age, request: test.request}); how {
			case "hit":
				got = append(got, 'h')
			case "etag":
				got = append(got, 'v')
			case "ask":
				got = append(got, 'a')
			default:
				t.Errorf("%q: %s", test.request, how)
			}
		}
		if string(got) != test.want {
			t.Errorf("%q after %v: %s, want %s", test.request, test.age, got, test.want)
		}
	}
	for i, want := range []string{"ask", "hit", "ask", "ask"} {
		if got := play(t, ways[i], visit{request: "Cache-Control: no-store", response: minute}, visit{}); got != want {
			t.Errorf("after a request with no-store: %s, want %s", got, want)
		}
	}
}
