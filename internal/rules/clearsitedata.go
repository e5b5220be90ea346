package rules

// ClearSiteData holds a user agent's departures in what the response header
// Clear-Site-Data removes.
type ClearSiteData struct {
	// "cache" removes the stored responses of the response's origin.
	CacheOfOrigin bool
	// "cache" removes nothing.
	CacheKept bool
	// A response with "cache" is not stored.
	OwnNotStored bool
	CookiesOf    ClearedCookies
	// The response to a request without credentials clears, too.
	WithoutCredentials bool
	// A redirect clears nothing.
	NotOnRedirects bool
}

// ClearedCookies says whose cookies Clear-Site-Data removes.
type ClearedCookies uint8

const (
	ClearedCookiesOfSite       ClearedCookies = iota // those of the registrable domain and its subdomains
	ClearedCookiesOfHost                             // those of the host
	ClearedCookiesOfSubdomains                       // those of the host and its subdomains
)
