package credentials

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/browsercors/browsercors/origin"
)

// HTTP returns a jar for Go's HTTP client that shares its cookies with j. Such a
// client has no pages. Each of its requests counts as a top-level navigation that
// the user started, so SameSite withholds no cookie, and the partition is that of
// the URL's own site.
//
// What an [http.Cookie] cannot express is lost: that a cookie has no name, and bytes
// that it cannot hold. Cookies that the rules refuse are ignored.
func (j *CookieJar) HTTP() http.CookieJar { return httpJar{j} }

type httpJar struct{ *CookieJar }

// request is a client's request as the jar sees it; nil if it can have no
// cookies.
func (j httpJar) request(u *url.URL) *CookieRequest {
	parsed, err := origin.ParseURL(u.String())
	if err != nil || !parsed.IsHTTP() {
		return nil
	}
	return &CookieRequest{URL: parsed, Method: http.MethodGet, SameSite: strictOrLess, Navigation: true}
}

// Cookies implements [http.CookieJar].
func (j httpJar) Cookies(u *url.URL) []*http.Cookie {
	r := j.request(u)
	if r == nil {
		return nil
	}
	q, ok := j.newQuery(r)
	if !ok {
		return nil
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	var cookies []*http.Cookie
	for _, c := range j.retrieve(&q, nil) {
		out := &http.Cookie{Name: c.pair[:c.nameLength], Value: c.value()}
		if n := len(out.Value); n > 1 && out.Value[0] == '"' && out.Value[n-1] == '"' {
			out.Value, out.Quoted = out.Value[1:n-1], true
		}
		cookies = append(cookies, out)
	}
	return cookies
}

// SetCookies implements [http.CookieJar].
func (j httpJar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	r := j.request(u)
	if r == nil {
		return
	}
	r.Now = j.now()
	var last lastDomain
	for _, c := range cookies {
		if set, ok := j.rules.fromHTTP(c, r.Now); ok {
			j.store(r, &set, &last)
		}
	}
}

// isPlain tells names and values that are the same for all rules when a header
// says them, without asking the parser.
func isPlain(name, value string) bool {
	plain := func(s string) bool {
		for i := range len(s) {
			if s[i] <= ' ' || s[i] >= 0x7f || s[i] == ';' {
				return false
			}
		}
		return true
	}
	return name != "" && len(name)+len(value) <= maxCookie && plain(name) && plain(value) && strings.IndexByte(name, '=') < 0
}

// fromHTTP is a cookie of net/http as a Set-Cookie header would have been
// parsed; false if no header could have said it.
func (r *cookieRules) fromHTTP(c *http.Cookie, now time.Time) (set parsedCookie, ok bool) {
	set = parsedCookie{
		Name: c.Name, Value: c.Value,
		Secure: c.Secure, HTTPOnly: c.HttpOnly, Partitioned: c.Partitioned && !r.IgnorePartitioned,
	}
	if c.Quoted {
		set.Value = `"` + c.Value + `"`
	}
	if !isPlain(set.Name, set.Value) {
		parsed, refusal := r.parse(set.Name+"="+set.Value, now, time.Time{})
		if refusal != "" || parsed.Name != set.Name || parsed.Value != set.Value {
			return set, false
		}
	}
	if c.Domain != "" && len(c.Domain) <= maxAttribute {
		if set.Domain, ok = r.domain(c.Domain); !ok {
			return set, false
		}
	}
	if strings.HasPrefix(c.Path, "/") && len(c.Path) <= maxAttribute {
		if strings.IndexByte(c.Path, ';') >= 0 || r.control(c.Path) >= 0 {
			return set, false
		}
		set.Path = c.Path
	}
	switch c.SameSite {
	case http.SameSiteNoneMode:
		set.SameSite = sameSiteNone
	case http.SameSiteLaxMode:
		set.SameSite = sameSiteLax
	case http.SameSiteStrictMode:
		set.SameSite = sameSiteStrict
	}
	switch {
	case c.MaxAge < 0:
		set.Expiry = longAgo
	case c.MaxAge > 0:
		set.Expiry = now.Add(time.Duration(min(c.MaxAge, longest)) * time.Second)
	case c.Expires.Before(longAgo) && !c.Expires.IsZero():
		set.Expiry = longAgo
	default:
		set.Expiry = c.Expires
	}
	if !set.Expiry.IsZero() {
		set.Expiry = earlier(set.Expiry, now.Add(r.maxLifetime()))
	}
	return set, true
}
