package credentials_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/rules"
)

// numbered are as many cookies.
func numbered(prefix string, from, to int, attributes string) []string {
	var all []string
	for i := from; i < to; i++ {
		all = append(all, fmt.Sprintf("%s%d=1%s", prefix, i, attributes))
	}
	return all
}

// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-cookie-store-eviction
func TestLimits(t *testing.T) {
	w := func(prefix string, from, to int) []string {
		return names(strings.Join(numbered(prefix, from, to, ""), "; "))
	}
	const mine = "; SameSite=None; Secure; Partitioned"
	tests := []struct {
		name  string
		rules rules.Cookies
		set   func(t *testing.T, j *credentials.CookieJar)
		want  []string // that https://www.shop.example/ is sent
	}{
		{"180 a host", rules.Cookies{}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, "https://www.shop.example/"), numbered("a", 0, 181, "")...)
		}, w("a", 1, 181)},
		{"five a host", rules.Cookies{PerHost: 5}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, "https://www.shop.example/"), numbered("a", 0, 8, "")...)
		}, w("a", 3, 8)},
		{"no limit", rules.Cookies{PerHost: -1}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, "https://www.shop.example/"), numbered("a", 0, 300, "")...)
		}, w("a", 0, 300)},
		{"each host", rules.Cookies{PerHost: 5}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, shop), numbered("a", 0, 5, "; Domain=shop.example")...)
			set(t, j, near(t, "https://www.shop.example/"), numbered("b", 0, 5, "")...)
		}, append(w("a", 0, 5), w("b", 0, 5)...)},
		{"hosts of a domain", rules.Cookies{PerHost: 5, PerDomain: true}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, shop), numbered("a", 0, 5, "; Domain=shop.example")...)
			set(t, j, near(t, "https://www.shop.example/"), numbered("b", 0, 2, "")...)
		}, append(w("a", 2, 5), w("b", 0, 2)...)},
		{"a few more", rules.Cookies{PerHost: 5, PerHostPurge: 3}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, "https://www.shop.example/"), numbered("a", 0, 6, "")...)
		}, w("a", 4, 6)},
		{"Secure ones last", rules.Cookies{PerHost: 5}, func(t *testing.T, j *credentials.CookieJar) {
			r := near(t, "https://www.shop.example/")
			set(t, j, r, numbered("a", 0, 3, "; Secure")...)
			set(t, j, r, numbered("b", 0, 4, "")...)
		}, append(w("a", 0, 3), w("b", 2, 4)...)},
		{"Secure ones too", rules.Cookies{PerHost: 5}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, "https://www.shop.example/"), numbered("a", 0, 7, "; Secure")...)
		}, w("a", 2, 7)},
		{"used ones last", rules.Cookies{PerHost: 3}, func(t *testing.T, j *credentials.CookieJar) {
			r := near(t, "https://www.shop.example/")
			set(t, j, r, "a0=1", "b0=1; Path=/b", "c0=1; Path=/b")
			j.Cookie(r)
			set(t, j, r, "d0=1")
		}, []string{"a0", "d0"}},
		{"used ones, not noted", rules.Cookies{PerHost: 3, AccessResolution: time.Minute}, func(t *testing.T, j *credentials.CookieJar) {
			r := near(t, "https://www.shop.example/")
			set(t, j, r, "a0=1", "b0=1; Path=/b", "c0=1; Path=/b")
			j.Cookie(r)
			set(t, j, r, "d0=1")
		}, []string{"d0"}},
		{"used ones, noted later", rules.Cookies{PerHost: 3, AccessResolution: time.Minute}, func(t *testing.T, j *credentials.CookieJar) {
			r := near(t, "https://www.shop.example/")
			set(t, j, r, "a0=1", "b0=1; Path=/b", "c0=1; Path=/b")
			r.Now = now.Add(time.Minute)
			j.Cookie(r)
			set(t, j, r, "d0=1")
		}, []string{"a0", "d0"}},
		{"expired ones first", rules.Cookies{PerHost: 3}, func(t *testing.T, j *credentials.CookieJar) {
			r := near(t, "https://www.shop.example/")
			set(t, j, r, "a0=1", "b0=1; Max-Age=1", "c0=1")
			r.Now = now.Add(time.Second)
			set(t, j, r, "d0=1")
		}, []string{"a0", "c0", "d0"}},
		{"in all", rules.Cookies{Total: 4}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, other), numbered("a", 0, 3, "")...)
			set(t, j, near(t, "https://www.shop.example/"), numbered("b", 0, 3, "")...)
			if got := j.Cookie(near(t, other)); got != "a2=1" {
				t.Errorf("others: %q", got)
			}
		}, w("b", 0, 3)},
		{"none", rules.Cookies{Total: -1}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, "https://www.shop.example/"), numbered("a", 0, 3, "")...)
		}, []string{""}},
		{"a partition", rules.Cookies{PerHost: 3}, func(t *testing.T, j *credentials.CookieJar) {
			r := near(t, "https://www.shop.example/")
			set(t, j, r, numbered("a", 0, 4, mine)...)
			set(t, j, r, numbered("b", 0, 3, "")...)
		}, append(w("a", 1, 4), w("b", 0, 3)...)},
		{"a few more, not in a partition", rules.Cookies{PerHost: 3, PerHostPurge: 1}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, "https://www.shop.example/"), numbered("a", 0, 4, mine)...)
		}, w("a", 1, 4)},
		{"a few more, in a partition too", rules.Cookies{PerHost: 3, PerHostPurge: 1, PurgePartitions: true}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, "https://www.shop.example/"), numbered("a", 0, 4, mine)...)
		}, w("a", 2, 4)},
		{"bytes in a partition", rules.Cookies{PartitionBytes: 10}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, "https://www.shop.example/"), numbered("a", 0, 4, mine)...) // of three bytes each
		}, w("a", 1, 4)},
		{"bytes in a partition, a few fewer", rules.Cookies{PartitionBytes: 10, PartitionBytesPurge: 4}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, "https://www.shop.example/"), numbered("a", 0, 4, mine)...)
		}, w("a", 2, 4)},
		{"one cookie of too many bytes", rules.Cookies{PartitionBytes: 1}, func(t *testing.T, j *credentials.CookieJar) {
			set(t, j, near(t, "https://www.shop.example/"), numbered("a", 0, 2, mine)...)
		}, w("a", 1, 2)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			j := jarWith(tt.rules)
			tt.set(t, j)
			r := near(t, "https://www.shop.example/")
			if diff := cmp.Diff(tt.want, names(j.Cookie(r))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Ten thousand cookies, of hosts, paths and partitions that never come twice,
// leave no more behind than the limits allow, and nothing once they are gone.
func TestBounded(t *testing.T) {
	j := jarWith(rules.Cookies{})
	for i := range 10_000 {
		r := far(t, fmt.Sprintf("https://h%d.example/", i), fmt.Sprintf("https://p%d.example/", i))
		set(t, j, r, "a=1; SameSite=None; Secure; Partitioned", fmt.Sprintf("a=1; SameSite=None; Secure; Max-Age=60; Path=/%d", i))
	}
	if j.Len() != 3300 || len(j.All()) != 3300 {
		t.Errorf("%d cookies, %d listed", j.Len(), len(j.All()))
	}
	r := near(t, shop)
	r.Now = now.Add(time.Hour)
	set(t, j, r, "a=1")
	if got := j.Len(); got != 1650+1 {
		t.Errorf("%d cookies an hour later", got)
	}
	j.Clear()
	if j.Len() != 0 || len(j.All()) != 0 || j.Cookie(r) != "" {
		t.Error("cleared")
	}
	set(t, j, r, "a=1")
	if got := j.Cookie(r); got != "a=1" {
		t.Error(got)
	}
}
