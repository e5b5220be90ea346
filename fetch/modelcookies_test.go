package fetch_test

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// The model (model_test.go) of cookies.

// A modelCookie is a cookie of the cookie store.
//
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.7
type modelCookie struct {
	name, value  string
	domain, path string
	hostOnly     bool
	hasPath      bool
	secure       bool
	httpOnly     bool
	sameSite     string // "strict", "lax", "none", "" for unset
	expires      time.Time
	persistent   bool
	created      time.Time
	number       int // orders cookies of one time
}

// sameSiteRequest tells whether a request is same-site. Fetch's "determine the
// same-site mode" leaves out the comparison with the client's site, with
// which a page's requests to other sites would carry their Strict cookies; it
// restates RFC 6265bis, which has it.
//
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.2
func (r *modelRequest) sameSiteRequest() bool {
	return r.client.origin.sameSite(r.currentURL().origin()) && !r.client.hasCrossSiteAncestor() && r.redirectTaint() != "cross-site"
}

// https://fetch.spec.whatwg.org/#append-a-request-cookie-header
func (a *modelAgent) cookieHeader(r *modelRequest) string {
	u := *r.currentURL()
	var found []modelCookie
	for _, c := range a.cookies { // retrieve cookies
		switch {
		case c.persistent && c.expires.Before(a.now),
			c.hostOnly && u.host != c.domain,
			!c.hostOnly && !modelDomainMatch(u.host, c.domain),
			!modelPathMatch(u.path, c.path),
			c.secure && u.scheme != "https",
			(c.sameSite == "strict" || c.sameSite == "lax") && !r.sameSiteRequest():
			continue
		}
		found = append(found, c)
	}
	slices.SortStableFunc(found, func(c, d modelCookie) int {
		if len(c.path) != len(d.path) {
			return len(d.path) - len(c.path)
		}
		return c.number - d.number
	})
	var pairs []string
	for _, c := range found {
		pairs = append(pairs, c.name+"="+c.value)
	}
	return strings.Join(pairs, "; ")
}

// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.1.3
func modelDomainMatch(host, domain string) bool {
	return host == domain || strings.HasSuffix(host, "."+domain) && !modelHosts[host].ip
}

// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.1.4
func modelPathMatch(request, cookie string) bool {
	return request == cookie || strings.HasPrefix(request, cookie) &&
		(strings.HasSuffix(cookie, "/") || request[len(cookie)] == '/')
}

// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.1.4
func modelDefaultPath(path string) string {
	if last := strings.LastIndexByte(path, '/'); last > 0 {
		return path[:last]
	}
	return "/"
}

// https://fetch.spec.whatwg.org/#parse-and-store-response-set-cookie-headers
func (a *modelAgent) setCookies(r *modelRequest, resp *modelResponse) {
	u := *r.currentURL()
	for _, line := range resp.headers.values("Set-Cookie") {
		if c, ok := a.parseCookie(line, u); ok {
			a.storeCookie(c, u, r.sameSiteRequest())
		}
	}
}

// parseCookie parses the Set-Cookie lines of the world, which have a name and
// no Expires.
//
// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.6
func (a *modelAgent) parseCookie(line string, u modelURL) (c modelCookie, ok bool) {
	parts := strings.Split(line, ";")
	name, value, _ := strings.Cut(parts[0], "=")
	c = modelCookie{name: strings.Trim(name, " \t"), value: strings.Trim(value, " \t"), path: modelDefaultPath(u.path)}
	for _, attribute := range parts[1:] {
		name, value, _ := strings.Cut(attribute, "=")
		name, value = modelLower(strings.Trim(name, " \t")), strings.Trim(value, " \t")
		switch name {
		case "domain":
			if c.domain = strings.TrimPrefix(modelLower(value), "."); c.domain == "" {
				return c, false
			}
		case "path":
			if strings.HasPrefix(value, "/") {
				c.path, c.hasPath = value, true
			}
		case "secure":
			c.secure = true
		case "httponly":
			c.httpOnly = true
		case "samesite":
			switch value := modelLower(value); value {
			case "strict", "lax", "none":
				c.sameSite = value
			}
		case "max-age":
			if seconds, err := strconv.Atoi(value); err == nil {
				c.persistent, c.expires = true, time.Time{}
				if seconds > 0 {
					c.expires = a.now.Add(time.Duration(min(seconds, 400*24*3600)) * time.Second)
				}
			}
		}
	}
	return c, true
}

// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.7
func (a *modelAgent) storeCookie(c modelCookie, u modelURL, sameSite bool) {
	if c.domain != "" && modelSuffixes[c.domain] {
		if c.domain != u.host {
			return
		}
		c.domain = ""
	}
	if c.domain == "" {
		c.hostOnly, c.domain = true, u.host
	} else if !modelDomainMatch(u.host, c.domain) {
		return
	}
	if u.scheme != "https" {
		if c.secure {
			return
		}
		for _, old := range a.cookies {
			if old.name == c.name && old.secure && !a.expired(old) &&
				(modelDomainMatch(old.domain, c.domain) || modelDomainMatch(c.domain, old.domain)) && modelPathMatch(c.path, old.path) {
				return
			}
		}
	}
	if c.sameSite != "none" && !sameSite || c.sameSite == "none" && !c.secure {
		return
	}
	name := modelLower(c.name)
	if strings.HasPrefix(name, "__secure-") && !c.secure ||
		strings.HasPrefix(name, "__host-") && !(c.secure && c.hostOnly && c.hasPath && c.path == "/") {
		return
	}
	a.cookiesMade++
	c.created, c.number = a.now, a.cookiesMade
	a.cookies = slices.DeleteFunc(a.cookies, func(old modelCookie) bool {
		if a.expired(old) {
			return true
		}
		if old.name == c.name && old.domain == c.domain && old.hostOnly == c.hostOnly && old.path == c.path {
			c.created, c.number = old.created, old.number
			return true
		}
		return false
	})
	a.cookies = append(a.cookies, c)
}

func (a *modelAgent) expired(c modelCookie) bool { return c.persistent && c.expires.Before(a.now) }
