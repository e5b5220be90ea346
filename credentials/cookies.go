package credentials

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/browsercors/browsercors/origin"
)

// SameSite is a request's same-site mode: which cookies, by their SameSite
// attribute, it may carry at most. The zero value allows the fewest.
//
// https://fetch.spec.whatwg.org/#determine-the-same-site-mode
type SameSite uint8

// The same-site modes, each allowing what the ones before it allow.
const (
	UnsetOrLess  SameSite = iota // SameSite=None or no attribute
	LaxOrLess                    // and SameSite=Lax
	StrictOrLess                 // and SameSite=Strict
)

// String returns the name that the Standard has for the mode.
func (s SameSite) String() string {
	switch s {
	case StrictOrLess:
		return "strict-or-less"
	case LaxOrLess:
		return "lax-or-less"
	}
	return "unset-or-less"
}

// SameSiteContext is what decides how near a request is to the page that makes
// it.
type SameSiteContext struct {
	Method string

	// URL is the request's current URL.
	URL *origin.URL

	// Navigation says that the request is a top-level navigation. Initiator is
	// the origin of the page that it comes from; the zero value is the user, by
	// hand.
	Navigation bool
	Initiator  origin.Origin

	// Page is the origin of the request's client, TopLevel that of the top-level
	// page above it, and CrossSiteAncestor says that a document of another site
	// is among those above it. Zero values are those of a request without a
	// client.
	Page, TopLevel    origin.Origin
	CrossSiteAncestor bool

	// CrossSiteTaint says that the request's redirect-taint is "cross-site".
	CrossSiteTaint bool

	// Setting asks for the cookies that the response may set, instead of those
	// that the request may carry.
	Setting bool

	// PublicSuffixes may be nil for the default list.
	PublicSuffixes origin.PublicSuffixList

	// Rules may be nil for the Standard's.
	Rules *CookieRules
}

// Mode determines the same-site mode.
//
// The Standard's steps, taken at their word, let a page's own requests to other
// sites have SameSite=Strict cookies, keep SameSite=Lax ones from a link that is
// followed, and have no navigation store either; and they assert a method of GET
// or POST. So they are read as what they restate, RFC 6265bis, section 5.2 (and
// 5.7.3 for LaxOrLess): a request is same-site if its URL, its page, the pages
// above that and the redirects on the way are of one site.
//
// https://fetch.spec.whatwg.org/#determine-the-same-site-mode
func (c *SameSiteContext) Mode() SameSite {
	rules := c.rules()
	near := !c.CrossSiteTaint || rules.SameSiteIgnoresRedirects || c.Setting && rules.SetIgnoresRedirects // 5
	if c.Navigation {
		near = near && (c.Initiator.IsZero() || c.sameSite(c.Initiator)) // 2
		if !near && c.Method == http.MethodGet {
			return LaxOrLess // 3
		}
	} else if !c.Page.IsZero() {
		near = near && !c.CrossSiteAncestor && c.sameSite(c.Page) // 4
	}
	if near {
		return StrictOrLess // 6
	}
	return UnsetOrLess
}

// ThirdParty says whether the request's URL, the page and the pages above that
// are not all of one site, whatever redirects there were.
func (c *SameSiteContext) ThirdParty() bool {
	if c.Navigation || c.TopLevel.IsZero() {
		return false
	}
	return c.CrossSiteAncestor || !c.sameSite(c.TopLevel)
}

func (c *SameSiteContext) rules() *CookieRules {
	if c.Rules == nil {
		return &CookieRules{}
	}
	return c.Rules
}

// sameSite says whether the request's URL is of an origin's site.
func (c *SameSiteContext) sameSite(o origin.Origin) bool {
	if c.rules().SameSiteSchemeless {
		return origin.SchemelesslySameSite(o, c.URL.Origin(), c.PublicSuffixes)
	}
	return origin.SameSite(o, c.URL.Origin(), c.PublicSuffixes)
}

// CookieRequest is a request as a cookie store sees it. Stores must get along
// with fields that are zero; more may come.
type CookieRequest struct {
	URL      *origin.URL // the request's current URL
	Method   string
	SameSite SameSite // see [SameSiteContext.Mode]

	// Navigation says that the request is a top-level navigation.
	Navigation bool

	// TopLevel is the origin of the top-level page, Partition the key that comes
	// from it, and ThirdParty says that the URL or a page between is of another
	// site: see [SameSiteContext.ThirdParty].
	TopLevel   origin.Origin
	Partition  origin.PartitionKey
	ThirdParty bool

	Now time.Time // when the request is sent or its response came

	// Served is the response's Date, if it has a valid one.
	Served time.Time

	// Context ends the work on a long list of Set-Cookie headers; nil is
	// context.Background.
	Context context.Context
}

// ended says that nobody waits for the request any more.
func (r *CookieRequest) ended() bool { return r.Context != nil && r.Context.Err() != nil }

// CookieStore keeps cookies. It is safe for concurrent use. Both methods are
// called for requests that include credentials only.
type CookieStore interface {
	// Cookie returns the value of the Cookie header, "" when there is none to
	// send.
	//
	// https://fetch.spec.whatwg.org/#append-a-request-cookie-header
	Cookie(r *CookieRequest) string
	// SetCookies keeps what a response to r sets: the values of its Set-Cookie
	// headers, in order.
	//
	// https://fetch.spec.whatwg.org/#parse-and-store-response-set-cookie-headers
	SetCookies(r *CookieRequest, setCookie []string)
}

// A CookieExplainer is a [CookieStore] that says why. [CookieJar] is one.
type CookieExplainer interface {
	CookieStore

	// Explain says of each cookie of the request's host and of those above it
	// whether it is sent with a request, in the order in which they would be. It
	// counts as no access.
	Explain(r *CookieRequest) []CookieVerdict

	// SetCookie keeps what one Set-Cookie header sets, as SetCookies does, or
	// says why not.
	SetCookie(r *CookieRequest, setCookie string) CookieRefusal
}

// Jar returns a cookie store that keeps its cookies in jar, which must be safe
// for concurrent use; nil is a new [CookieJar], and so is what
// [CookieJar.HTTP] returned the jar that it is of.
//
// Of a request such a store uses the URL alone: SameSite and Partition do not
// keep a cookie back, and Now is not its clock. Set-Cookie values go through
// [http.ParseSetCookie], which is stricter than browsers (a cookie without a
// name, or with a byte above 0x7E, is ignored); so are values that are longer
// than RFC 6265bis allows, and cookies that a [CookieJar] refuses because of the
// length of their host or path. How many cookies there may be is up to the jar,
// and [net/http/cookiejar.Jar] sets no limit.
func Jar(jar http.CookieJar) CookieStore {
	switch jar := jar.(type) {
	case nil:
		return NewCookieJar(nil)
	case httpJar:
		return jar.CookieJar
	}
	return jarStore{jar}
}

type jarStore struct{ jar http.CookieJar }

func (s jarStore) Cookie(r *CookieRequest) string {
	if len(r.URL.Host()) > maxHost {
		return ""
	}
	cookies := s.jar.Cookies(jarURL(r.URL))
	if len(cookies) == 0 {
		return ""
	}
	var b strings.Builder
	for _, c := range cookies {
		// A jar from elsewhere may hold anything; a header may not.
		if strings.ContainsAny(c.Name, "\x00\r\n;") || strings.ContainsAny(c.Value, "\x00\r\n;") {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("; ")
		}
		if c.Name != "" {
			b.WriteString(c.Name)
			b.WriteByte('=')
		}
		if c.Quoted {
			b.WriteByte('"')
		}
		b.WriteString(c.Value)
		if c.Quoted {
			b.WriteByte('"')
		}
	}
	return b.String()
}

func (s jarStore) SetCookies(r *CookieRequest, setCookie []string) {
	if len(r.URL.Host()) > maxHost {
		return
	}
	var cookies []*http.Cookie
	for _, line := range setCookie {
		if r.ended() {
			break
		}
		c, err := http.ParseSetCookie(line)
		if err != nil || len(c.Name)+len(c.Value) > maxCookie {
			continue
		}
		if len(c.Path) > maxAttribute {
			c.Path = ""
		}
		if c.Path == "" && len(defaultPath(r.URL.Path())) > maxPath {
			continue
		}
		if len(c.Domain) > maxAttribute {
			c.Domain = ""
		}
		cookies = append(cookies, c)
	}
	if len(cookies) > 0 {
		s.jar.SetCookies(jarURL(r.URL), cookies)
	}
}

// jarURL returns u as [net/url] would have parsed it, which jars that are shared
// with an [http.Client] expect: the path is decoded. A path that net/url refuses
// to decode stays as it is.
func jarURL(u *origin.URL) *url.URL {
	v := &url.URL{Scheme: u.Scheme(), Host: u.Host()}
	if port := u.Port(); port != "" {
		v.Host += ":" + port
	}
	v.RawPath = u.Path()
	v.Path = v.RawPath
	if path, err := url.PathUnescape(v.RawPath); err == nil {
		v.Path = path
	}
	v.RawQuery, _ = u.Query()
	return v
}
