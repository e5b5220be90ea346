package cause

import (
	"net"
	"strings"

	"github.com/browsercors/browsercors/origin"
)

// trustProxies is how applications learn that the page asked for https:.
const trustProxies = "Make the application trust the proxy's X-Forwarded-Proto (uvicorn --proxy-headers with --forwarded-allow-ips, Express trust proxy, Werkzeug ProxyFix, Django SECURE_PROXY_SSL_HEADER, " +
	"Spring server.forward-headers-strategy, Laravel TrustProxies, ASP.NET Core UseForwardedHeaders), so that its redirects keep https:."

// downgraded finds redirects from https: to http: on the same host: the application
// sits behind a proxy that ends TLS, and makes its redirects for http:.
func downgraded(e *Evidence) (Cause, bool) {
	from, to := e.url(), e.target()
	if e.Mixed {
		from, to = parse(e.First), e.url()
		if e.Hops == 0 {
			return Cause{}, false
		}
	}
	if to == nil && e.Hops > 0 && e.Answer != nil { // the redirect was followed, and the answer over http: refused
		from, to = parse(e.First), e.url()
	}
	if from == nil || to == nil || from.Scheme() != "https" || to.Scheme() != "http" || from.Host() != to.Host() {
		return Cause{}, false
	}
	secure := "https" + strings.TrimPrefix(to.String(), "http")
	where := show(withoutQuery(secure))
	c := Cause{ID: "redirect-downgrade", By: Server}
	c.Problem = "The server redirects from https: to http: on the same host, to " + show(withoutQuery(to.String())) + ". Most likely the application sits behind a proxy that ends TLS, and takes the request for one by http:."
	if strings.TrimRight(from.Path(), "/") == strings.TrimRight(to.Path(), "/") && from.Path() != to.Path() {
		c.Problem += " The redirect itself is about a slash at the end."
		c.Fix = "Let the page request " + where + " itself: then there is no redirect. And for all others: " + trustProxies
		return c, true
	}
	c.Fix = trustProxies + " Until then let the page request the final URL by https: itself."
	return c, true
}

// insecure finds mixed content that browsers disagree about: requests of pages on
// this machine, and for servers on this machine.
func insecure(e *Evidence) (Cause, bool) {
	if !e.Mixed {
		return Cause{}, false
	}
	page, to := parse(e.Page), e.url()
	switch {
	case page == nil || to == nil:
	case page.Scheme() == "http":
		return Cause{
			ID: "standard-only", NotCORS: true, By: Page,
			Problem: "Only the Mixed Content Standard blocks this: it counts a page at " + show(e.Page) + " as secure. Chromium, Firefox and WebKit block such requests on https: pages only, so they let this one through.",
			Fix:     "Nothing, for development on this machine. To see what browsers do, use the profile of one. A page that is later served by https: needs this URL by https: too.",
		}, true
	case loopback(to.Host()):
		return Cause{
			ID: "insecure-loopback", NotCORS: true, By: Server,
			Problem: "The page is served by https:, and the server on this machine by http:. WebKit blocks that. Chromium and Firefox count http://localhost and http://127.0.0.1 as secure.",
			Fix:     "Serve the local server over https: too, with a certificate that this machine trusts (mkcert makes one), or open the page from this machine by http:.",
		}, true
	}
	return Cause{}, false
}

// LocalNetwork returns a note about a request of a page at an origin for a URL on
// this machine or in a private network, which needs the user's permission in some
// browsers; "" if it needs none. Only addresses and names that stand for one are
// known: a name that resolves to a private address is not.
//
// https://wicg.github.io/local-network-access/
func LocalNetwork(page, url string) string {
	u, err := origin.ParseURL(url)
	if err != nil || !u.IsHTTP() {
		return ""
	}
	from := parse(page)
	host, what := u.Host(), "in a private network"
	switch {
	case loopback(host):
		what = "on this machine"
		if from != nil && loopback(from.Host()) {
			return ""
		}
	case !private(host) || from != nil && (loopback(from.Host()) || private(from.Host())):
		return ""
	}
	note := "The server is " + what + ". A page on a public address needs its user's permission for that in Chromium 142 and later (Local Network Access), whatever CORS headers the server sends; without it the request fails as a CORS error."
	if from != nil && from.Scheme() == "http" {
		note += " A page that is served by http: can't ask for it."
	}
	return note
}

// private tells whether a host is an address of a private network, or a name that
// only a local network resolves.
func private(host string) bool {
	if strings.HasSuffix(host, ".local") {
		return true
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return ip != nil && (ip.IsPrivate() || ip.IsLinkLocalUnicast())
}
