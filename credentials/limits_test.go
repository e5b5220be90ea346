package credentials_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/growth"
	"github.com/browsercors/browsercors/internal/rules"
)

// hostOf is a host of so many bytes below shop.example.
func hostOf(n int) string {
	n -= len("shop.example")
	var b strings.Builder
	for n > 62 {
		b.WriteString(strings.Repeat("a", 59) + ".")
		n -= 60
	}
	return b.String() + strings.Repeat("b", n-1) + ".shop.example"
}

// What a jar takes in memory is bounded, whatever is long: names, values,
// paths, hosts. What it drops it tells of, the cookies that were not used for
// longest first.
func TestCookieBytes(t *testing.T) {
	t.Run("limit", func(t *testing.T) {
		var dropped []string
		j := credentials.NewCookieJar(&credentials.CookieJarOptions{
			MaxBytes: 4 * 1024,
			Dropped: func(c credentials.Cookie, limit credentials.Limit) {
				dropped = append(dropped, fmt.Sprint(c.Name, c.Host, " ", limit))
			},
		})
		for i := range 6 {
			set(t, j, near(t, fmt.Sprintf("https://h%d.example/", i)), fmt.Sprintf("a%d=%s", i, strings.Repeat("x", 500)))
			if got := j.Bytes(); got > 4*1024 {
				t.Errorf("%d bytes", got)
			}
		}
		if got, want := fmt.Sprint(dropped), "[a0h0.example bytes a1h1.example bytes a2h2.example bytes]"; got != want || j.Len() != 3 {
			t.Errorf("%d left, dropped %s, want %s", j.Len(), got, want)
		}
		before := j.Bytes()
		for _, line := range []string{"a=" + strings.Repeat("x", 4000), "a=1; Path=/" + strings.Repeat("x", 1000)} {
			j.SetCookie(near(t, "https://h9.example/"), line)
		}
		if got := j.SetCookie(near(t, shop), "b="+strings.Repeat("x", 4000)); got != "no-room" {
			t.Errorf("a cookie as large as the jar: %s", got)
		}
		j.Clear()
		if j.Bytes() != 0 || before == 0 {
			t.Errorf("%d bytes before, %d cleared", before, j.Bytes())
		}
	})
	t.Run("other limits", func(t *testing.T) {
		drops := make(map[credentials.Limit]int)
		j := credentials.NewCookieJar(&credentials.CookieJarOptions{
			Rules:   rules.Cookies{PerHost: 2, PartitionBytes: 10, Total: 4},
			Dropped: func(_ credentials.Cookie, limit credentials.Limit) { drops[limit]++ },
		})
		set(t, j, near(t, shop), "a=1", "b=1", "b=2", "c=1", "d=1; Max-Age=0", "c=1; Max-Age=0")
		set(t, j, near(t, other), "a=123456; SameSite=None; Secure; Partitioned", "b=123456; SameSite=None; Secure; Partitioned")
		for i := range 4 {
			set(t, j, near(t, fmt.Sprintf("https://h%d.example/", i)), "a=1")
		}
		if drops["per-host"] != 1 || drops["partition-bytes"] != 1 || drops["total"] != 2 || len(drops) != 3 {
			t.Errorf("dropped %v", drops)
		}
	})
	t.Run("a jar that keeps nothing", func(t *testing.T) {
		j := credentials.NewCookieJar(&credentials.CookieJarOptions{MaxBytes: -1})
		if got := j.SetCookie(near(t, shop), "a=1"); got != "no-room" || j.Len() != 0 {
			t.Errorf("%s, %d cookies", got, j.Len())
		}
	})
	for name, rules := range map[string]rules.Cookies{"heap": {}, "heap, AnyLength": {AnyLength: true, PerHost: -1}} {
		t.Run(name, func(t *testing.T) {
			j := credentials.NewCookieJar(&credentials.CookieJarOptions{Rules: rules, MaxBytes: 1 << 20})
			size := 4000
			if rules.AnyLength {
				size = 50 << 10
			}
			kept := growth.Kept(func() any {
				for i := range 1000 {
					path := strings.Repeat("p", size)
					j.SetCookies(near(t, fmt.Sprintf("https://h%d.example/%s/x", i, path)), []string{
						fmt.Sprintf("c%d=%s", i, strings.Repeat("x", size)), "small=1", strings.Repeat("n", size/2) + "=1; Path=/x",
					})
				}
				return j
			})
			if kept > 2<<20 || j.Bytes() > 1<<20 || j.Len() == 0 {
				t.Errorf("%d cookies of %d bytes took %d", j.Len(), j.Bytes(), kept)
			}
		})
	}
}

// A host with thousands of cookies has them found, replaced and sent as one with
// a few, and what they take in memory is counted right.
func TestManyCookiesOfAHost(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	j := jarWith(rules.Cookies{PerHost: -1, Total: 1 << 20})
	type kept struct {
		name, path, value string
		made              int
	}
	model := make(map[string]*kept)
	r := near(t, shop+"p/p/p")
	for i := range 5000 {
		k := &kept{fmt.Sprintf("n%d", random.IntN(500)), strings.Repeat("/p", random.IntN(3)+1), strings.Repeat("v", random.IntN(20)), i}
		line := k.name + "=" + k.value + "; Path=" + k.path
		if random.IntN(4) == 0 {
			line += "; Secure"
		}
		old := model[k.name+k.path]
		switch {
		case random.IntN(4) == 0:
			line += "; Max-Age=0"
			delete(model, k.name+k.path)
		case old != nil:
			old.value = k.value
		default:
			model[k.name+k.path] = k
		}
		set(t, j, r, line)
	}
	var want []*kept
	for _, k := range model {
		want = append(want, k)
	}
	slices.SortFunc(want, func(a, b *kept) int {
		return cmp.Or(len(b.path)-len(a.path), a.made-b.made)
	})
	var header []string
	bytes := int64(0)
	for _, k := range want {
		header = append(header, k.name+"="+k.value)
		bytes += 512 + int64(len(k.name)+1+len(k.value)+len(k.path)+len("shop.example"))
	}
	if got := j.Cookie(r); got != strings.Join(header, "; ") || j.Len() != len(want) || len(want) < 500 {
		t.Errorf("%d cookies, want %d: %.200s", j.Len(), len(want), got)
	}
	if j.Bytes() != bytes {
		t.Errorf("%d bytes, want %d", j.Bytes(), bytes)
	}
	// From http: those that hide a Secure one are refused, whatever there is.
	r.URL = mustURL(t, "http://shop.example/p/p/p")
	for _, c := range j.All() {
		want := credentials.CookieRefusal("")
		for _, other := range j.All() {
			if other.Name == c.Name && other.Secure && strings.HasPrefix(c.Path+"/", other.Path+"/") {
				want = "shadows-secure-cookie"
			}
		}
		if got := j.SetCookie(r, c.Name+"=new; Path="+c.Path); got != want {
			t.Fatalf("%s with path %s: %s, want %s", c.Name, c.Path, got, want)
		}
	}
}

// A response with many Set-Cookie headers is left alone when nobody waits for it
// any more.
func TestSetCookiesEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	asked := 0
	j := credentials.NewCookieJar(&credentials.CookieJarOptions{Now: func() time.Time {
		if asked++; asked == 10 {
			cancel()
		}
		return now
	}})
	r := near(t, shop)
	r.Context = ctx
	j.SetCookies(r, numbered("a", 0, 1000, ""))
	if j.Len() == 0 || j.Len() > 10 {
		t.Errorf("%d cookies stored", j.Len())
	}
	jar := credentials.Jar(j.HTTP())
	jar.SetCookies(r, numbered("b", 0, 10, ""))
	if j.Len() > 10 {
		t.Errorf("%d cookies stored", j.Len())
	}
}

// What a server or a file controls costs n log n at most.
func TestGrowth(t *testing.T) {
	lines := func(n int, line func(i int) string) []string {
		all := make([]string, n)
		for i := range all {
			all[i] = line(i)
		}
		return all
	}
	setCookies := func(url string, rules rules.Cookies, line func(i int) string) func(int) func() {
		return func(n int) func() {
			all := lines(n, line)
			return func() { jarWith(rules).SetCookies(near(t, url), all) }
		}
	}
	noLimit := rules.Cookies{PerHost: -1, Total: 1 << 30}
	for _, tt := range []struct {
		name string
		n    int
		of   func(n int) func()
	}{
		{"Set-Cookie headers", 500, setCookies(shop, rules.Cookies{}, func(i int) string { return fmt.Sprintf("%x=", i) })},
		{"Set-Cookie headers, no limit", 500, setCookies(shop, noLimit, func(i int) string { return fmt.Sprintf("%x=", i) })},
		{"Set-Cookie headers, paths", 500, setCookies(shop, noLimit, func(i int) string { return fmt.Sprintf("a=; Path=/%x", i) })},
		{"Set-Cookie headers from http", 500, setCookies("http://shop.example/", noLimit, func(i int) string { return fmt.Sprintf("%x=", i) })},
		{"one Set-Cookie header", 1 << 16, setCookieOf(func(n int) string { return strings.Repeat("x", n) })},
		{"attributes", 1 << 14, setCookieOf(func(n int) string { return "a=1" + strings.Repeat("; Path=/", n) })},
		{"a date", 1 << 16, setCookieOf(func(n int) string { return "a=1; Expires=" + strings.Repeat("1 ", n) })},
		{"labels of a host", 20_000, func(n int) func() {
			j := jarWith(rules.Cookies{})
			set(t, j, near(t, shop), "a=1; Domain=shop.example")
			r := near(t, "https://"+strings.Repeat("a.", n)+"shop.example/")
			return func() {
				for range 100 {
					j.Cookie(r)
					j.SetCookie(r, "a=1")
					j.Explain(r)
				}
			}
		}},
		{"cookies of many hosts", 30, func(n int) func() {
			j := jarWith(noLimit)
			for i := range n {
				set(t, j, near(t, "https://"+strings.Repeat("a.", 10)+"shop.example/"), numbered(fmt.Sprint(i, "a"), 0, 10, "; Domain="+strings.Repeat("a.", i%10)+"shop.example")...)
			}
			r := near(t, "https://"+strings.Repeat("a.", 10)+"shop.example/")
			return func() {
				j.Cookie(r)
				j.Explain(r)
			}
		}},
		{"cookies.txt", 500, func(n int) func() {
			file := strings.Join(lines(n, func(i int) string { return fmt.Sprintf("shop.example\tFALSE\t/\tFALSE\t0\tn%d\tv", i) }), "\n")
			return func() {
				jarWith(noLimit).Load(strings.NewReader(file), &credentials.CookieFileOptions{Format: "cookies.txt"})
			}
		}},
		{"JSON", 250, func(n int) func() {
			file := `{"version": 1, "cookies": [` + strings.Join(lines(n, func(i int) string {
				return fmt.Sprintf(`{"name": "n%d", "value": "v", "host": "shop.example", "hostOnly": true, "path": "/"}`, i)
			}), ",") + "]}"
			return func() { jarWith(noLimit).Load(strings.NewReader(file), nil) }
		}},
	} {
		t.Run(tt.name, func(t *testing.T) { growth.Check(t, tt.n, tt.of) })
	}
}

// setCookieOf parses one header of length n.
func setCookieOf(line func(n int) string) func(int) func() {
	return func(n int) func() {
		s := line(n)
		return func() { credentials.ParseSetCookie(&rules.Cookies{}, s, now, time.Time{}) }
	}
}

// What a keyring takes in memory is bounded, whatever is long, and what it drops
// it tells of. What was added stays longest, and what was used lately stays
// longer.
func TestKeyringBytes(t *testing.T) {
	visit := func(t *testing.T, s *credentials.Keyring, url string, challenge string) {
		t.Helper()
		r := &credentials.AuthRequest{URL: mustURL(t, url), UseURL: true}
		if err := s.Challenge(r, []string{challenge}); err != nil {
			t.Fatal(err)
		}
		s.Authorization(r)
		s.Accepted(r, nil)
	}
	known := func(t *testing.T, s *credentials.Keyring, url string) bool {
		t.Helper()
		_, ok := s.Authorization(&credentials.AuthRequest{URL: mustURL(t, url)})
		return ok
	}
	t.Run("limits", func(t *testing.T) {
		var told []string
		s := credentials.NewKeyring(&credentials.KeyringOptions{MaxBytes: 8 * 1200, Dropped: func(d credentials.AuthenticationDrop) {
			told = append(told, fmt.Sprintf("%s%.8s %s %s", d.Origin, d.Path, d.Realm, d.Limit))
		}})
		if err := s.Add(mustURL(t, "https://added.example/"), credentials.AuthenticationEntry{Username: "u"}); err != nil {
			t.Fatal(err)
		}
		for i := range 10 {
			visit(t, s, fmt.Sprintf("https://u:p@h%d.example/x", i), `Basic realm="A"`)
			if i > 0 {
				known(t, s, "https://h0.example/x") // used
			}
			if got := s.Bytes(); got > 8*1200 {
				t.Errorf("%d bytes", got)
			}
		}
		visit(t, s, "https://u:p@long.example/"+strings.Repeat("p", 16<<10)+"/", `Basic realm="A"`)
		want := "[https://h1.example/ A bytes https://h2.example/ A bytes https://long.example/ppppppp A size]"
		if got := fmt.Sprint(told); got != want {
			t.Errorf("dropped %s, want %s", got, want)
		}
		if !known(t, s, "https://added.example/") || !known(t, s, "https://h0.example/") || known(t, s, "https://h1.example/") || known(t, s, "https://long.example/") {
			t.Error("the wrong ones are gone")
		}
		if s.Len() != 9 {
			t.Errorf("%d entries", s.Len())
		}
		s.Clear()
		if s.Len() != 0 || s.Bytes() != 0 {
			t.Errorf("%d entries of %d bytes, cleared", s.Len(), s.Bytes())
		}
	})
	t.Run("paths of a server", func(t *testing.T) {
		drops := make(map[credentials.Limit]int)
		s := credentials.NewKeyring(&credentials.KeyringOptions{Dropped: func(d credentials.AuthenticationDrop) { drops[d.Limit]++ }})
		for i := range 100 {
			visit(t, s, fmt.Sprintf("https://u:p@a.example/%d/", i), `Basic realm="A"`)
		}
		if drops["per-host"] != 36 || len(drops) != 1 || s.Len() != 64 {
			t.Errorf("dropped %v of 100, %d left", drops, s.Len())
		}
		visit(t, s, "https://u:p@a.example/50/", `Basic realm="B"`)
		if s.Len() != 64 || drops["per-host"] != 36 {
			t.Errorf("%d left", s.Len())
		}
	})
	t.Run("servers", func(t *testing.T) {
		drops := make(map[credentials.Limit]int)
		s := credentials.NewKeyring(&credentials.KeyringOptions{Dropped: func(d credentials.AuthenticationDrop) { drops[d.Limit]++ }})
		for i := range 1100 {
			visit(t, s, fmt.Sprintf("https://u:p@h%d.example/", i), `Basic realm="A"`)
		}
		if drops["total"] != 76 || len(drops) != 1 || s.Len() != 1024 {
			t.Errorf("dropped %v of 1100, %d left", drops, s.Len())
		}
	})
	t.Run("a keyring that keeps nothing", func(t *testing.T) {
		s := credentials.NewKeyring(&credentials.KeyringOptions{MaxBytes: -1})
		visit(t, s, "https://u:p@a.example/", `Basic realm="A"`)
		if s.Len() != 0 || s.Bytes() != 0 {
			t.Errorf("%d entries", s.Len())
		}
	})
	long := strings.Repeat("x", 4000)
	for name, one := range map[string]func(t *testing.T, s *credentials.Keyring, i int){
		"paths": func(t *testing.T, s *credentials.Keyring, i int) {
			visit(t, s, fmt.Sprintf("https://u:p@h%d.example/%s/%s/", i, long, long), `Basic realm="A"`)
		},
		"very long paths": func(t *testing.T, s *credentials.Keyring, i int) {
			visit(t, s, fmt.Sprintf("https://u:p@h%d.example/%s/", i, strings.Repeat(long, 10)), `Basic realm="A"`)
		},
		"hosts": func(t *testing.T, s *credentials.Keyring, i int) {
			visit(t, s, fmt.Sprintf("https://u:p@%sh%d.example/", strings.Repeat("a.", 2000), i), `Basic realm="A"`)
		},
		"names": func(t *testing.T, s *credentials.Keyring, i int) {
			visit(t, s, fmt.Sprintf("https://%s:%s@h%d.example/", long, long, i), `Basic realm="A"`)
		},
		"realms, parts of long headers": func(t *testing.T, s *credentials.Keyring, i int) {
			visit(t, s, fmt.Sprintf("https://u:p@h%d.example/", i), fmt.Sprintf(`Basic realm="A", x="%s"`, strings.Repeat(long, 10)))
		},
		"Digest": func(t *testing.T, s *credentials.Keyring, i int) {
			visit(t, s, fmt.Sprintf("https://u:p@h%d.example/", i), fmt.Sprintf(`Digest realm="%s", nonce="%s", domain="%s"`, long, long, strings.Repeat("/a /b ", 600)))
		},
		"small": func(t *testing.T, s *credentials.Keyring, i int) {
			visit(t, s, fmt.Sprintf("https://u:p@h%d.example/", i), `Basic realm="A"`)
		},
	} {
		t.Run("heap, "+name, func(t *testing.T) {
			const limit = 256 << 10
			s := credentials.NewKeyring(&credentials.KeyringOptions{MaxBytes: limit})
			kept := growth.Kept(func() any {
				for i := range 500 {
					one(t, s, i)
				}
				return s
			})
			if s.Bytes() > limit || kept > 3*limit/2 {
				t.Errorf("%d bytes by estimate, %d on the heap, limit %d", s.Bytes(), kept, limit)
			}
		})
	}
}
