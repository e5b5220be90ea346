package fetch

import (
	"net/http"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// A sameSiteContext decides how near a request is to the page that makes it, and
// so which cookies it may carry.
type sameSiteContext struct {
	method string

	// url is the request's current URL.
	url *origin.URL

	// navigation says that the request is a top-level navigation. initiator is
	// the origin of the page that it comes from; the zero value is the user, by
	// hand.
	navigation bool
	initiator  origin.Origin

	// page is the origin of the request's client, topLevel that of the top-level
	// page above it, and crossSiteAncestor says that a document of another site
	// is among those above it. Zero values are those of a request without a
	// client.
	page, topLevel    origin.Origin
	crossSiteAncestor bool

	// crossSiteTaint says that the request's redirect-taint is "cross-site".
	crossSiteTaint bool

	// setting asks for the cookies that the response may set, instead of those
	// that the request may carry.
	setting bool

	// publicSuffixes may be nil for the default list.
	publicSuffixes origin.PublicSuffixList

	rules *rules.Cookies
}

// mode determines the same-site mode.
//
// The Standard's steps, taken at their word, let a page's own requests to other
// sites have SameSite=Strict cookies, keep SameSite=Lax ones from a link that is
// followed, and have no navigation store either; and they assert a method of GET
// or POST. So they are read as what they restate, RFC 6265bis, section 5.2 (and
// 5.7.3 for "lax-or-less"): a request is same-site if its URL, its page, the pages
// above that and the redirects on the way are of one site.
//
// https://fetch.spec.whatwg.org/#determine-the-same-site-mode
func (c *sameSiteContext) mode() credentials.SameSite {
	near := !c.crossSiteTaint || c.rules.SameSiteIgnoresRedirects || c.setting && c.rules.SetIgnoresRedirects // 5. The redirects are of one site.
	if c.navigation {
		near = near && (c.initiator.IsZero() || c.sameSite(c.initiator)) // 2. So is the page that a navigation comes from.
		if !near && c.method == http.MethodGet {
			return "lax-or-less" // 3. A navigation from elsewhere, by GET.
		}
	} else if !c.page.IsZero() {
		near = near && !c.crossSiteAncestor && c.sameSite(c.page) // 4. So are the page and those above it.
	}
	if near {
		return "strict-or-less" // 6. All is of one site.
	}
	return "unset-or-less"
}

// thirdParty says whether the request's URL, the page and the pages above that
// are not all of one site, whatever redirects there were.
func (c *sameSiteContext) thirdParty() bool {
	if c.navigation || c.topLevel.IsZero() {
		return false
	}
	return c.crossSiteAncestor || !c.sameSite(c.topLevel)
}

// sameSite says whether the request's URL is of an origin's site.
func (c *sameSiteContext) sameSite(o origin.Origin) bool {
	if c.rules.SameSiteSchemeless {
		return origin.SchemelesslySameSite(o, c.url.Origin(), c.publicSuffixes)
	}
	return origin.SameSite(o, c.url.Origin(), c.publicSuffixes)
}
