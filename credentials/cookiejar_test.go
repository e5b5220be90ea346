package credentials_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// jarWith is a jar with rules and a clock that stands still.
func jarWith(rules rules.Cookies) *credentials.CookieJar {
	return credentials.NewCookieJar(&credentials.CookieJarOptions{Rules: rules, Now: func() time.Time { return now }})
}

// near is a request from the same site.
func near(t testing.TB, url string) *credentials.CookieRequest {
	t.Helper()
	u := mustURL(t, url)
	return &credentials.CookieRequest{
		URL: u, Method: "GET", SameSite: "strict-or-less",
		TopLevel: u.Origin(), Partition: origin.PartitionKey{Site: u.Origin().Site(nil)},
	}
}

// far is a request from a page of another site.
func far(t testing.TB, url, page string) *credentials.CookieRequest {
	t.Helper()
	top := mustURL(t, page).Origin()
	return &credentials.CookieRequest{
		URL: mustURL(t, url), Method: "GET",
		TopLevel: top, Partition: origin.PartitionKey{Site: top.Site(nil)}, ThirdParty: true,
	}
}

// set stores cookies that must not be refused.
func set(t testing.TB, j *credentials.CookieJar, r *credentials.CookieRequest, cookies ...string) {
	t.Helper()
	for _, c := range cookies {
		if refusal := j.SetCookie(r, c); refusal != "" {
			t.Fatalf("%.80q: %s", c, refusal)
		}
	}
}

const (
	shop  = "https://shop.example/"
	other = "https://other.example/"
)

// names are the names of the cookies in a Cookie header.
func names(header string) []string {
	var all []string
	for pair := range strings.SplitSeq(header, "; ") {
		name, _, _ := strings.Cut(pair, "=")
		all = append(all, name)
	}
	return all
}

// What is stored is shown as it is.
func TestAll(t *testing.T) {
	j := jarWith(rules.Cookies{})
	r := far(t, shop+"x/y", other)
	set(t, j, r, "a=1; SameSite=None; Secure; Partitioned; HttpOnly; Domain=shop.example; Max-Age=60")
	set(t, j, near(t, shop), "=value; SameSite=Lax; Path=/x", "gone=1; Max-Age=1")
	want := []credentials.Cookie{{
		Name: "a", Value: "1", Host: "shop.example", Path: "/x", Secure: true, HTTPOnly: true, SameSite: "none",
		Partition: credentials.CookiePartition{Key: r.Partition, CrossSiteAncestor: true}, Partitioned: true,
		Creation: now, LastAccess: now, Expiry: now.Add(time.Minute),
	}, {
		Value: "value", Host: "shop.example", HostOnly: true, Path: "/x", SameSite: "lax", Creation: now, LastAccess: now,
	}, {
		Name: "gone", Value: "1", Host: "shop.example", HostOnly: true, Path: "/", SameSite: "unset", Creation: now, LastAccess: now, Expiry: now.Add(time.Second),
	}}
	if diff := cmp.Diff(want, j.All(), cmp.Comparer(func(a, b origin.PartitionKey) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	own := near(t, shop+"x")
	own.Now = now.Add(500 * time.Millisecond)
	j.Cookie(own)
	accessed := make(map[string]time.Duration)
	for _, c := range j.All() {
		accessed[c.Name] = c.LastAccess.Sub(now)
	}
	if diff := cmp.Diff(map[string]time.Duration{"a": 0, "": 500 * time.Millisecond, "gone": 500 * time.Millisecond}, accessed); diff != "" {
		t.Error(diff)
	}
}

// A jar without options reads the real clock.
func TestRealClock(t *testing.T) {
	j := credentials.NewCookieJar(nil)
	set(t, j, near(t, shop), "a=1; Max-Age=1000")
	if all := j.All(); len(all) != 1 || time.Since(all[0].Creation) > time.Minute {
		t.Error(all)
	}
}

// A list of public suffixes of one's own, and trust of one's own.
func TestJarOptions(t *testing.T) {
	trust := &origin.Trust{Origins: []origin.Origin{mustURL(t, "http://staging.shop.example/").Origin()}}
	j := credentials.NewCookieJar(&credentials.CookieJarOptions{
		Rules: rules.Cookies{SecureOnLoopback: true}, PublicSuffixes: suffixes("shop.example"), Trust: trust,
	})
	if got := j.SetCookie(near(t, "https://www.shop.example/"), "a=1; Domain=shop.example"); got != "public-suffix" {
		t.Error(got)
	}
	if got := j.SetCookie(near(t, "http://staging.shop.example/"), "a=1; Secure"); got != "" {
		t.Error(got)
	}
}

// suffixes is a list of one public suffix.
type suffixes string

func (s suffixes) PublicSuffix(domain string) string {
	if domain == string(s) || strings.HasSuffix(domain, "."+string(s)) {
		return string(s)
	}
	return domain[strings.LastIndexByte(domain, '.')+1:]
}

// Many goroutines at once.
func TestConcurrent(t *testing.T) {
	j := jarWith(rules.Cookies{Total: 50, PerHost: 5})
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 300 {
				r := near(t, fmt.Sprintf("https://h%d.shop.example/", (i*7+g)%30))
				j.SetCookies(r, []string{fmt.Sprintf("a%d=1; Max-Age=%d", i%9, i%3), "b=1; Domain=shop.example"})
				if got := j.Cookie(r); strings.Contains(got, ";;") {
					t.Error(got)
				}
				j.Explain(r)
				j.All()
				j.Len()
				j.HTTP().Cookies(&url.URL{Scheme: "https", Host: "h1.shop.example"})
			}
		})
	}
	wg.Wait()
	if j.Len() > 50 {
		t.Error(j.Len())
	}
}

// What is asked for every request allocates the header and nothing else.
func TestCookieAllocations(t *testing.T) {
	j := jarWith(rules.Cookies{})
	r := near(t, "https://www.shop.example/x/y")
	set(t, j, r, "a=1; Path=/", "b=1; Domain=shop.example", "c=1; Path=/x")
	set(t, j, near(t, shop), "d=1; Domain=shop.example; Path=/")
	none := near(t, other)
	for want, r := range []*credentials.CookieRequest{none, r} {
		if got := testing.AllocsPerRun(100, func() { j.Cookie(r) }); got != float64(want) {
			t.Errorf("%s: %v allocations, want %d", r.URL, got, want)
		}
	}
	if got := j.Cookie(r); !slices.Equal(names(got), []string{"b", "c", "a", "d"}) {
		t.Error(got)
	}
}
