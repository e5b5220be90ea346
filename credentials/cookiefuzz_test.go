package credentials_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// allRules are rule sets that a fuzzer chooses from: the specification's, and
// departures of every kind.
var allRules = []rules.Cookies{
	{},
	{ThirdParty: "partitioned", Unset: rules.UnsetIsLax, Controls: rules.ControlTabRefused, DomainLiteral: true, DomainIDN: true, EmptyDomainIgnored: true, LastAttributeWins: true, OverwriteRenews: true, PerDomain: true, PerHostPurge: 2, PerHost: 4},
	{ThirdParty: "jar", Unset: rules.UnsetIsNone, BareIsName: true, HostPrefixDefaultPath: true, SecureOnLoopback: true, MinusExpires: true, PartitionBytes: 30, PartitionBytesPurge: 10},
	{ThirdParty: "not-stored", Controls: rules.ControlEnds, AnyLength: true, IgnorePrefixes: true, IgnorePartitioned: true, ShadowByReplacing: true, SuffixBarred: true, OrderByHost: true, LaterExpiryWins: true, NoneIsDefault: true, DomainLiteral: true},
	{ThirdParty: "blocked", Total: 3},
}

// Whatever a server sets, no cookie goes to a host, path, scheme or top-level
// site that it may not go to, and what is sent is a field value.
func FuzzCookieJar(f *testing.F) {
	f.Add("https://www.shop.example/x", "a=1; Path=/; Secure", "https://shop.example/", uint8(0))
	f.Add("https://a.co.uk/%zz", `a="1"; Domain=co.uk`, "https://b.co.uk/", uint8(1))
	f.Add("http://[::1]/", "a=\xff; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "http://127.0.0.1/", uint8(2))
	f.Add("https://127.0.0.1/", "a=1; Domain=0.0.1; SameSite=None; Secure", "https://9.0.0.1/", uint8(3))
	f.Add("https://x.github.io/a", "__Host-a=1; Secure; Path=/; Partitioned", "https://x.github.io./a/b", uint8(0x80))
	f.Add("https://shop.example./", "=\t;Domain=.example.;Max-Age=-", "https://example/", uint8(0x81))
	f.Fuzz(func(t *testing.T, setter, value, getter string, how uint8) {
		from, err1 := origin.ParseURL(setter)
		to, err2 := origin.ParseURL(getter)
		if err1 != nil || err2 != nil {
			t.Skip()
		}
		rules := allRules[int(how&0x0f)%len(allRules)]
		j := jarWith(rules)
		site := origin.PartitionKey{Site: from.Origin().Site(nil)}
		r := &credentials.CookieRequest{URL: from, SameSite: "strict-or-less", TopLevel: from.Origin(), Partition: site}
		refusal := j.SetCookie(r, value)
		j.SetCookie(r, "z=1")
		j.SetCookie(r, value)
		ask := &credentials.CookieRequest{URL: to, TopLevel: to.Origin(), Partition: origin.PartitionKey{Site: to.Origin().Site(nil)}}
		if how&0x80 != 0 {
			ask.Partition, ask.ThirdParty = site, site.Site != ask.Partition.Site
		} else {
			ask.SameSite = "strict-or-less"
		}
		var sent []string
		for _, v := range j.Explain(ask) {
			c := v.Cookie
			if v.Withheld == "" {
				sent = append(sent, pairOf(c, rules))
				if wrong := mayNotGo(c, from, ask); wrong != "" {
					t.Fatalf("%q set by %s is sent to %s: %s", value, from, to, wrong)
				}
			}
		}
		header := j.Cookie(ask)
		if header != strings.Join(sent, "; ") {
			t.Fatalf("Cookie: %q, explained %q", header, sent)
		}
		if strings.ContainsAny(header, "\x00\r\n") {
			t.Fatalf("Cookie: %q", header)
		}
		if refusal != "" && j.Len() > 1 {
			t.Fatalf("%q is refused (%s) and stored", value, refusal)
		}
	})
}

// pairOf is a cookie as the header has it.
func pairOf(c credentials.Cookie, rules rules.Cookies) string {
	if c.Name == "" && !rules.BareIsName {
		return c.Value
	}
	return c.Name + "=" + c.Value
}

// mayNotGo says why a cookie may not be sent, in other words than the jar's.
func mayNotGo(c credentials.Cookie, from *origin.URL, r *credentials.CookieRequest) string {
	host := r.URL.Host()
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	address := err == nil
	switch {
	case c.HostOnly && (host != c.Host || host != from.Host()):
		return "it is of one host"
	case !c.HostOnly && host != c.Host && (address || !strings.HasSuffix(host, "."+c.Host)):
		return "the host is not below its domain"
	case !c.HostOnly && from.Host() != c.Host && !strings.HasSuffix(from.Host(), "."+c.Host):
		return "it is of a domain that is not the setter's"
	case c.Secure && r.URL.Scheme() != "https" && !new(origin.Trust).URL(r.URL):
		return "it is Secure"
	case !strings.HasPrefix(r.URL.Path()+"/", strings.TrimSuffix(c.Path, "/")+"/"):
		return "the path does not match"
	case c.SameSite == "strict" && r.SameSite != "strict-or-less", c.SameSite == "lax" && r.SameSite != "strict-or-less" && r.SameSite != "lax-or-less":
		return "SameSite"
	case c.Partitioned && c.Partition.Key != r.Partition:
		return "another partition"
	case !c.Expiry.IsZero() && !c.Expiry.After(now):
		return "it has expired"
	}
	if suffix, _ := publicsuffix.PublicSuffix(strings.TrimSuffix(c.Host, ".")); !c.HostOnly && !address && suffix == strings.TrimSuffix(c.Host, ".") {
		return "it is of a public suffix"
	}
	return ""
}

// A model is the cookie store of the specification as it is written there: one
// list, no index.
type model struct {
	cookies []modelCookie
	created int
}

type modelCookie struct {
	credentials.SetCookie
	host     string
	hostOnly bool
	path     string
	created  int
	used     int
}

func (m *model) store(u *origin.URL, line string, mode credentials.SameSite, at time.Time) {
	set, refusal := credentials.ParseSetCookie(new(rules.Cookies), line, at, time.Time{})
	if refusal != "" || set.Partitioned {
		return
	}
	c := modelCookie{SetCookie: set, host: u.Host(), hostOnly: set.Domain == "", path: set.Path}
	if set.Domain != "" {
		if set.Domain != u.Host() && !strings.HasSuffix(u.Host(), "."+set.Domain) {
			return
		}
		c.host = set.Domain
		if suffix, _ := publicsuffix.PublicSuffix(set.Domain); suffix == set.Domain {
			if set.Domain != u.Host() {
				return
			}
			c.hostOnly = true
		}
	}
	if c.path == "" {
		c.path = u.Path()[:max(1, strings.LastIndex(u.Path(), "/"))]
	}
	if u.Scheme() != "https" {
		if set.Secure {
			return
		}
		for _, old := range m.cookies {
			if old.Name == set.Name && old.Secure && (old.host == "co.uk") == (c.host == "co.uk") && (under(old.host, c.host) || under(c.host, old.host)) && below(c.path, old.path) {
				return
			}
		}
	}
	switch {
	case set.SameSite != credentials.SameSiteNone && mode != "strict-or-less",
		set.SameSite == credentials.SameSiteNone && !set.Secure,
		strings.HasPrefix(set.Name, "__Secure-") && !set.Secure,
		strings.HasPrefix(set.Name, "__Host-") && (!set.Secure || !c.hostOnly || set.Path != "/"):
		return
	}
	m.created++
	c.created, c.used = m.created, m.created
	m.cookies = slices.DeleteFunc(m.cookies, func(old modelCookie) bool {
		same := old.Name == c.Name && old.host == c.host && old.hostOnly == c.hostOnly && old.path == c.path
		if same && (old.Expiry.IsZero() || old.Expiry.After(at)) {
			c.created = old.created
		}
		return same
	})
	m.cookies = append(m.cookies, c)
	m.cookies = slices.DeleteFunc(m.cookies, func(c modelCookie) bool { return !c.Expiry.IsZero() && !c.Expiry.After(at) })
	const perHost, total = 4, 9
	for {
		var own []int
		for i, old := range m.cookies {
			if old.host == c.host {
				own = append(own, i)
			}
		}
		if len(own) <= perHost {
			break
		}
		drop := slices.MinFunc(own, func(a, b int) int {
			x, y := m.cookies[a], m.cookies[b]
			if x.Secure != y.Secure {
				if y.Secure {
					return -1
				}
				return 1
			}
			return cmp.Compare(x.used, y.used)
		})
		m.cookies = slices.Delete(m.cookies, drop, drop+1)
	}
	for len(m.cookies) > total {
		oldest := slices.MinFunc(m.cookies, func(a, b modelCookie) int { return cmp.Compare(a.used, b.used) })
		m.cookies = slices.DeleteFunc(m.cookies, func(c modelCookie) bool { return c.used == oldest.used })
	}
}

// under is "domain-matches", for domains.
func under(host, domain string) bool { return host == domain || strings.HasSuffix(host, "."+domain) }

// below is "path-matches".
func below(path, cookie string) bool {
	return strings.HasPrefix(path+"/", strings.TrimSuffix(cookie, "/")+"/") && (path != strings.TrimSuffix(cookie, "/") || path == cookie)
}

func (m *model) retrieve(u *origin.URL, mode credentials.SameSite, at time.Time) string {
	var sent []*modelCookie
	for i := range m.cookies {
		c := &m.cookies[i]
		if (c.host == u.Host() || !c.hostOnly && under(u.Host(), c.host)) && below(u.Path(), c.path) && (!c.Secure || u.Scheme() == "https") &&
			(c.Expiry.IsZero() || c.Expiry.After(at)) &&
			!(c.SameSite == credentials.SameSiteStrict && mode != "strict-or-less") && !(c.SameSite == credentials.SameSiteLax && mode == "unset-or-less") {
			sent = append(sent, c)
		}
	}
	slices.SortFunc(sent, func(a, b *modelCookie) int {
		return cmp.Or(len(b.path)-len(a.path), a.created-b.created)
	})
	var pairs []string
	for _, c := range sent {
		m.created++
		c.used = m.created
		pairs = append(pairs, c.Name+"="+c.Value)
	}
	return strings.Join(pairs, "; ")
}

// The jar does what the specification's list does, whatever is set and asked
// for in whatever order.
func FuzzCookieModel(f *testing.F) {
	f.Add([]byte("\x00\x01\x02\x03\x80\x81\x82\x10\x20\x30\x40\x50\x60\x70\x90"))
	f.Add([]byte(strings.Repeat("\x03\x07\x0f\x1f\x3f\x7f\xff\xfe\xfc\xf8", 8)))
	f.Fuzz(playModel)
}

func TestCookieModel(t *testing.T) {
	playRandom(t, 1, 500, 400, playModel)
}

// playRandom plays as often as rounds says what that many random bytes say.
func playRandom(t *testing.T, seed uint64, rounds, bytes int, play func(*testing.T, []byte)) {
	random := rand.New(rand.NewPCG(seed, seed))
	for range rounds {
		ops := make([]byte, bytes)
		for i := range ops {
			ops[i] = byte(random.Uint32())
		}
		play(t, ops)
	}
}

// playModel sets and asks as the bytes say, and compares.
func playModel(t *testing.T, ops []byte) {
	hosts := []string{"https://shop.co.uk", "https://a.shop.co.uk", "http://a.shop.co.uk", "https://b.a.shop.co.uk", "http://shop.co.uk", "https://co.uk"}
	paths := []string{"/", "/x", "/x/", "/x/y", "/xy"}
	domains := []string{"", "", "; Domain=shop.co.uk", "; Domain=a.shop.co.uk", "; Domain=co.uk", "; Domain=.SHOP.co.uk"}
	others := []string{"", "", "; Secure", "; SameSite=Lax", "; SameSite=Strict", "; SameSite=None; Secure", "; Max-Age=0", "; Max-Age=2", "; Secure; Path=/; HttpOnly"}
	if len(ops) > 400 {
		ops = ops[:400]
	}
	j := jarWith(rules.Cookies{PerHost: 4, Total: 9})
	m := new(model)
	at := now
	next := func(n int) int {
		if len(ops) == 0 {
			return 0
		}
		b := ops[0]
		ops = ops[1:]
		return int(b) % n
	}
	for step := 0; len(ops) > 0; step++ {
		u := mustURL(t, hosts[next(len(hosts))]+paths[next(len(paths))])
		r := &credentials.CookieRequest{URL: u, SameSite: []credentials.SameSite{"strict-or-less", "strict-or-less", "lax-or-less", "unset-or-less"}[next(4)], Now: at}
		switch next(4) {
		case 0:
			at = at.Add(time.Second)
		case 1:
			if got, want := j.Cookie(r), m.retrieve(u, r.SameSite, at); got != want {
				t.Fatalf("step %d, %s: Cookie: %q, want %q", step, u, got, want)
			}
		default:
			line := fmt.Sprintf("%s=%d%s%s", []string{"a", "b", "__Secure-c", "__Host-d"}[next(4)], next(3), domains[next(len(domains))], others[next(len(others))])
			if p := next(len(paths) + 2); p < len(paths) {
				line += "; Path=" + paths[p]
			}
			j.SetCookie(r, line)
			m.store(u, line, r.SameSite, at)
		}
	}
}

// What is parsed and written again parses to the same.
func FuzzParseSetCookie(f *testing.F) {
	f.Add("a=1; Path=/x; Domain=shop.example; Secure; HttpOnly; SameSite=None; Partitioned; Max-Age=60", uint8(0))
	f.Add("\t=x; Expires=Wed, 09 Jun 2027 10:18:14 GMT", uint8(1))
	f.Add("a\x01; Domain=", uint8(3))
	f.Add("w;Domain=..", uint8('d'))
	f.Fuzz(func(t *testing.T, line string, how uint8) {
		rules := allRules[int(how)%len(allRules)]
		c, refusal := credentials.ParseSetCookie(&rules, line, now, time.Time{})
		if refusal != "" {
			switch refusal { // what the line alone can be refused for
			case "control-character", "empty", "too-long", "invalid-domain":
			default:
				t.Fatalf("%q: %s", line, refusal)
			}
			if c != (credentials.SetCookie{}) {
				t.Fatalf("%q: %s, %+v", line, refusal, c)
			}
			return
		}
		if len(c.Name)+len(c.Value) > 4096 { // bytes that are not UTF-8 have become U+FFFD, which is longer
			return
		}
		again := c.Name + "=" + c.Value
		if c.Name == "" {
			again = "=" + c.Value
		}
		if c.Domain != "" {
			again += "; Domain=." + c.Domain // the first dot doesn't count; the domain may be one
		}
		if c.Path != "" {
			again += "; Path=" + c.Path
		}
		if !c.Expiry.IsZero() {
			if c.Expiry.Nanosecond() != 0 || c.Expiry.Year() > 9999 {
				t.Fatalf("%q expires at %v", line, c.Expiry)
			}
			again += "; Expires=" + c.Expiry.Format(time.RFC1123)
		}
		if c.SameSite != credentials.SameSiteUnset {
			again += "; SameSite=" + c.SameSite.String()
		}
		for attribute, on := range map[string]bool{"Secure": c.Secure, "HttpOnly": c.HTTPOnly, "Partitioned": c.Partitioned} {
			if on {
				again += "; " + attribute
			}
		}
		same, refusal := credentials.ParseSetCookie(&rules, again, now, time.Time{})
		if refusal != "" || same != c {
			t.Fatalf("%q is written %q, which is %s, %+v, and not %+v", line, again, refusal, same, c)
		}
	})
}
