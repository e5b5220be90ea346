package fetch

import (
	"slices"
	"strconv"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/safelist"
)

// networkHeaders is steps 8.5 to 8.20 of HTTP-network-or-cache fetch: the
// request's headers and those that a browser adds, on a list of their own. See
// inOrder for the order in which they are sent.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (f *fetching) networkHeaders() safelist.HeaderList {
	r := f.request
	headers, http2 := safelist.HeaderList(f.firstUse.headers[:0]), safelist.HeaderList(f.firstUse.http2Headers[:0])
	if f.firstUse.taken {
		headers = make(safelist.HeaderList, 0, len(r.headers)+len(f.firstUse.headers))
		http2 = nil
	}
	is := f.conditions()
	f.rangeRewritten, f.acceptsIdentity = false, false
	headers = append(headers, r.headers...)
	rules := (*headerRules)(&f.agent.profile.Headers)
	if rules.LastAfterEmpty || len(rules.LastOnly) > 0 || len(rules.FirstOnly) > 0 {
		firstType, typed := "", false
		if rules.FirstBodyType && r.body != nil && r.redirectCount == 0 {
			if i := slices.IndexFunc(headers, func(h safelist.Header) bool { return fold.Equal(h.Name, "Content-Type") }); i >= 0 {
				firstType, typed = headers[i].Value, true
			}
		}
		headers = rules.merge(headers)
		if typed {
			headers.Set("Content-Type", firstType)
		}
	}
	headers = combined(headers) // one line a name: see NetworkRequest.Headers
	respell(headers, rules.Spellings)
	if r.redirectCount > 0 && r.body != nil {
		respell(headers, rules.RedirectSpellings)
	}
	if rules.UTF8Values && r.api != apiEventSource { // whose Last-Event-ID is UTF-8 already
		inUTF8(headers)
	}
	// 8.5 to 8.9. The body's length, if it is known; 0 for a POST or PUT without one.
	switch bodied := f.hasBody(); {
	case !bodied && (r.method == "POST" || r.method == "PUT"):
		add(&headers, "Content-Length", "0")
	case bodied && r.body.length >= 0:
		add(&headers, "Content-Length", strconv.FormatInt(r.body.length, 10))
	}
	// 8.11. Where the user comes from.
	if r.referrer.kind == referrerURL {
		add(&headers, "Referer", f.sentReferrer())
	}
	// 8.12. Who asks.
	f.appendOrigin(&headers)
	// 8.13. Fetch metadata.
	f.appendMetadata(&headers)
	f.headerOrder = f.orderFor(is)
	f.appendStorageAccess(&headers, is)
	if more := f.noteHop(&headers); more != 0 {
		is |= more
		f.headerOrder = f.orderFor(is)
	}
	f.appendAcceptSignature(&headers)
	f.appendHints(&headers, is)
	f.appendPreferences(&headers)
	// 8.14. It is a prefetch.
	if r.prefetch {
		headers.Delete(secPurpose)
		add(&headers, secPurpose, "prefetch")
	}
	// 8.15. Which browser it is, unless script has said.
	if !headers.Contains("User-Agent") {
		add(&headers, "User-Agent", f.agent.userAgent)
	}
	// 8.16 to 8.18. What caches on the way are to do.
	switch {
	case f.agent.profile.EventSource.NoPragmaAcrossOrigins && r.api == apiEventSource && r.justCrossed():
		add(&headers, "Cache-Control", "no-cache")
	case !f.dropsCacheHeaders() && !r.preventCacheControl:
		appendCacheMode(f.cacheMode(), &headers)
	}
	if f.agent.profile.Headers.CredentiallessReloads && !f.embedderAllowsCredentials() {
		appendCacheMode(cacheReload, &headers)
	}
	if f.agent.profile.Headers.RangeRewritten && r.method == "GET" && r.cache != cacheNoStore && !r.conditional() {
		f.rangeRewritten = rewriteRange(&headers)
	}
	// 8.19. A part comes as it is.
	// 8.20. Otherwise in any coding that the browser knows.
	switch {
	case rules.MediaPlayer && r.destination.media() && r.api == apiElement:
		add(&headers, "Icy-Metadata", "1")
	case f.ownCodings() != "":
		add(&headers, "Accept-Encoding", f.ownCodings())
	case headers.Contains("Range") && !(rules.RangeForgotten && is&hasCrossed != 0 && is&isTaintedCORS != 0):
		f.acceptsIdentity = true
		add(&headers, "Accept-Encoding", "identity")
	default:
		add(&headers, "Accept-Encoding", orDefault(valueOf(f.agent.headerCases.codings, is), acceptEncoding))
	}
	if rules.LateAcceptLanguage && f.agent.acceptLanguage != "" && !r.headers.Contains("Accept-Language") {
		add(&headers, "Accept-Language", f.agent.acceptLanguage)
	}
	f.appendPriority(&headers, &http2, is)
	if rules.Trailers && r.mode != webSocketMode {
		add(&http2, "te", "trailers")
	}
	f.http2Headers = http2
	return headers
}

// add appends a header that is known not to be in the list: appending then
// need not look for the spelling of its name.
func add(headers *safelist.HeaderList, name, value string) {
	*headers = append(*headers, safelist.Header{Name: name, Value: value})
}

// appendCacheMode is steps 8.17 and 8.18 of HTTP-network-or-cache fetch.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func appendCacheMode(mode CacheMode, headers *safelist.HeaderList) {
	switch mode {
	// 8.17. Whatever is stored has to be revalidated.
	case cacheNoCache:
		if !headers.Contains("Cache-Control") {
			headers.Append("Cache-Control", "max-age=0")
		}
	// 8.18. Nothing that is stored will do.
	case cacheNoStore, cacheReload:
		if !headers.Contains("Pragma") {
			headers.Append("Pragma", "no-cache")
		}
		if !headers.Contains("Cache-Control") {
			headers.Append("Cache-Control", "no-cache")
		}
	}
}
