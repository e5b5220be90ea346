package fetch

import (
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/httpcache"
	"github.com/browsercors/browsercors/internal/headervalue"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

const clearSiteData = "Clear-Site-Data"

// clearSiteData is "clear data for response", between steps 17 and 18 of HTTP-network
// fetch. There is neither storage nor an execution context to clear.
//
// https://w3c.github.io/webappsec-clear-site-data/#clear-response
// https://w3c.github.io/webappsec-clear-site-data/#fetch-integration
func (f *fetching) clearSiteData(resp *response, included bool) {
	own := &f.agent.profile.ClearSiteData
	switch {
	case !resp.network.Headers.Contains(clearSiteData), f.request.preflight:
		return
	// Fetch integration, 15. Only where cookies could have been set.
	case !included && !own.WithoutCredentials:
		return
	case own.NotOnRedirects && redirectStatus(resp.status):
		return
	}
	u := f.request.currentURL()
	// 1. Nobody on the way may have said so.
	if !f.agent.trust.URL(u) {
		return
	}
	// 2. What is to be cleared.
	cache, cookies := parseClearSiteData(resp.network.Headers)
	// 3, 4. Its origin; no documents have to be sandboxed.
	// 5. Clear it.
	if cache && !own.CacheKept {
		f.clearCache(u)
		f.cache.cleared = own.OwnNotStored
	}
	if store, ok := f.agent.cookies.(cookieClearer); cookies && ok {
		store.ClearSite(f.cookieRequest(true), own.CookiesOf)
	}
}

// A cookieClearer is a cookie store that clears a site's cookies, as a
// [credentials.CookieJar] does.
type cookieClearer interface {
	ClearSite(*credentials.CookieRequest, rules.ClearedCookies)
}

// parseClearSiteData is "parse response's Clear-Site-Data header", as far as there are
// such data.
//
// https://w3c.github.io/webappsec-clear-site-data/#parsing
func parseClearSiteData(headers safelist.HeaderList) (cache, cookies bool) {
	// 1, 5. The list of types is the results.
	// 2, 3. The header is a list.
	values, _ := headervalue.GetDecodeAndSplit(headers, clearSiteData)
	// 4. Each of its values, quotation marks included, is a type or means nothing.
	for _, value := range values {
		switch value {
		case `"cache"`:
			cache = true
		case `"cookies"`:
			cookies = true
		case `"*"`:
			cache, cookies = true, true
		}
	}
	return cache, cookies
}

// clearCache is "clear cache for origin".
//
// https://w3c.github.io/webappsec-clear-site-data/#clear-cache
func (f *fetching) clearCache(u *origin.URL) {
	// 1. All that is stored for the host goes, whatever the scheme and port are,
	prefix := "//" + u.Host()
	isOf := func(rest string) bool { return rest == "" || strings.ContainsAny(rest[:1], ":/?#") }
	if f.agent.profile.ClearSiteData.CacheOfOrigin {
		prefix = u.Origin().String()
		isOf = func(rest string) bool { return rest == "" || strings.ContainsAny(rest[:1], "/?#") }
	}
	// 2 to 4. in every partition.
	f.agent.httpCache.Clear(func(k httpcache.Key) bool {
		url := k.URL
		if strings.HasPrefix(prefix, "//") {
			if _, after, ok := strings.Cut(url, ":"); ok {
				url = after
			}
		}
		rest, ok := strings.CutPrefix(url, prefix)
		return ok && isOf(rest)
	})
}
