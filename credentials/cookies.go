package credentials

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

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

// SameSiteContext is what the same-site mode of a request depends on.
type SameSiteContext struct {
	Method string
	// Destination is the request's destination, "document" for a top-level
	// navigation.
	Destination string
	// URL is the request's URL: the first of its URL list.
	URL *origin.URL
	// Initiator is the top-level navigation initiator origin; the zero value is
	// null.
	Initiator origin.Origin
	// CrossSiteAncestor is that of the request's client.
	CrossSiteAncestor bool
	// CrossSiteTaint says that the request's redirect-taint is "cross-site".
	CrossSiteTaint bool
	// PublicSuffixes may be nil for the default list.
	PublicSuffixes origin.PublicSuffixList
}

// Mode determines the same-site mode. The Standard asserts that the method is GET
// or POST, which a fetch with PUT makes untrue; other methods go the way of POST.
//
// https://fetch.spec.whatwg.org/#determine-the-same-site-mode
func (c *SameSiteContext) Mode() SameSite {
	switch {
	case !c.Initiator.IsZero() && !origin.SameSite(c.Initiator, c.URL.Origin(), c.PublicSuffixes): // 2
		return UnsetOrLess
	case c.Method == http.MethodGet && c.Destination == "document": // 3
		return LaxOrLess
	case c.CrossSiteAncestor: // 4
		return UnsetOrLess
	case c.CrossSiteTaint: // 5
		return UnsetOrLess
	}
	return StrictOrLess // 6
}

// CookieRequest is a request as a cookie store sees it. Stores must get along
// with fields that are zero; more may come.
type CookieRequest struct {
	URL       *origin.URL // the request's current URL
	Method    string
	SameSite  SameSite
	Partition origin.PartitionKey
	Now       time.Time // when the request is sent or its response came
}

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

// The longest cookie (name and value) and attribute value that are kept, as in
// RFC 6265bis, section 5.6.
const (
	maxCookie    = 4096
	maxAttribute = 1024
)

// Jar returns a cookie store that keeps its cookies in jar, which must be safe
// for concurrent use; nil is a new [cookiejar.Jar] with the public suffixes of
// [publicsuffix.List].
//
// Of a request such a store uses the URL alone: SameSite and Partition do not
// keep a cookie back, and Now is not its clock. Set-Cookie values go through
// [http.ParseSetCookie], which is stricter than browsers (a cookie without a
// name, or with a byte above 0x7E, is ignored); so are values that are longer
// than RFC 6265bis allows. How many cookies there may be is up to the jar, and
// [cookiejar.Jar] sets no limit.
func Jar(jar http.CookieJar) CookieStore {
	if jar == nil {
		// New never fails.
		jar, _ = cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
	}
	return jarStore{jar}
}

type jarStore struct{ jar http.CookieJar }

func (s jarStore) Cookie(r *CookieRequest) string {
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
	var cookies []*http.Cookie
	for _, line := range setCookie {
		c, err := http.ParseSetCookie(line)
		if err != nil || len(c.Name)+len(c.Value) > maxCookie {
			continue
		}
		if len(c.Path) > maxAttribute {
			c.Path = ""
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
