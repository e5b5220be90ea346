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
// attribute, the request may send.
//
//	"unset-or-less"   from another site: cookies with SameSite=None, or without SameSite
//	"lax-or-less"     a link from another site to a new page: also SameSite=Lax
//	"strict-or-less"  from the same site: all cookies
//
// The zero value, like any other, counts as "unset-or-less".
//
// https://fetch.spec.whatwg.org/#determine-the-same-site-mode
type SameSite string

const (
	laxOrLess    SameSite = "lax-or-less"
	strictOrLess SameSite = "strict-or-less"
)

// CookieRequest is what a [CookieStore] is told about a request. A store must accept
// zero values of all fields except URL; more fields may be added.
type CookieRequest struct {
	URL      *origin.URL // the request's current URL
	Method   string
	SameSite SameSite

	// Navigation says that the request is a top-level navigation.
	Navigation bool

	// TopLevel is the origin of the top-level page, and Partition its network
	// partition key. ThirdParty says that the URL, the page or a page between them is
	// of another site than TopLevel.
	TopLevel   origin.Origin
	Partition  origin.PartitionKey
	ThirdParty bool

	Now time.Time // when the request is sent or its response came

	// Served is the time of the response's Date header. Zero means that it has none.
	Served time.Time

	// Context ends the work on a long list of Set-Cookie headers. Nil means
	// context.Background.
	Context context.Context
}

// ended says that nobody waits for the request any more.
func (r *CookieRequest) ended() bool { return r.Context != nil && r.Context.Err() != nil }

// CookieStore stores cookies. It must be safe for concurrent use. Its methods are
// called only for requests that include credentials. A store that also has the
// methods Explain and SetCookie of [CookieJar] can say why a cookie is not sent or
// not stored: fetch reports that in its Trace.
type CookieStore interface {
	// Cookie returns the value of the Cookie header, or "" if no cookie is sent.
	//
	// https://fetch.spec.whatwg.org/#append-a-request-cookie-header
	Cookie(r *CookieRequest) string
	// SetCookies stores the values of the Set-Cookie headers of a response to r, in
	// order.
	//
	// https://fetch.spec.whatwg.org/#parse-and-store-response-set-cookie-headers
	SetCookies(r *CookieRequest, setCookie []string)
}

// Jar returns a cookie store that keeps its cookies in jar, which must be safe for
// concurrent use. For nil it returns a new [CookieJar], and for the result of
// [CookieJar.HTTP] the CookieJar itself.
//
// Such a store uses only the request's URL: SameSite and Partition have no effect,
// and Now is not its clock. It parses Set-Cookie with [http.ParseSetCookie], which is
// stricter than browsers: it ignores a cookie without a name, or with a byte above
// 0x7E. It also ignores values longer than RFC 6265bis allows, and cookies whose
// host or path is longer than a CookieJar allows. It does not limit the number of
// cookies, and neither does [net/http/cookiejar.Jar].
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
