package cause

import (
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/safelist"
)

// hits are headers by which caches say that they answered, with what their value
// then contains, in lower case.
var hits = []struct{ header, value string }{
	{"X-Cache", "hit"}, {"CF-Cache-Status", "hit"}, {"CF-Cache-Status", "stale"}, {"X-Vercel-Cache", "hit"}, {"X-Vercel-Cache", "stale"}, {"Cache-Status", "; hit"}, {"Cache-Status", ";hit"},
	{"X-Proxy-Cache", "hit"}, {"X-Nginx-Cache", "hit"}, {"X-Cache-Status", "hit"}, {"X-FastCGI-Cache", "hit"}, {"X-Drupal-Cache", "hit"}, {"X-LiteSpeed-Cache", "hit"},
	{"CDN-Cache", "hit"}, {"X-Rack-Cache", "fresh"}, {"Server-Timing", "cdn-cache; desc=hit"},
}

// hit is the header by which a cache says that the answer is its own; "" if none
// says so.
func hit(a *Answer) string {
	for _, h := range hits {
		for _, value := range a.Headers.Values(h.header) {
			if strings.Contains(strings.ToLower(value), h.value) {
				return h.header + ": " + show(value)
			}
		}
	}
	if age, _ := a.Headers.Get("Age"); age != "" {
		if n, err := strconv.Atoi(strings.TrimSpace(age)); err == nil && n > 0 {
			return "Age: " + show(age)
		}
	}
	return ""
}

// varies tells whether Vary names a header.
func varies(headers safelist.HeaderList, name string) bool {
	for _, line := range headers.Values("Vary") {
		for member := range strings.SplitSeq(line, ",") {
			if member = strings.TrimSpace(member); strings.EqualFold(member, name) || member == "*" {
				return true
			}
		}
	}
	return false
}

// cached finds responses of caches that do not tell origins apart: the response
// was made for a request without Origin, or for another page.
func cached(e *Evidence) (Cause, bool) {
	if status := e.status(); e.OnPreflight || status < 200 || status > 299 || e.Header != allowOrigin || e.get(allowOrigin) == "*" {
		return Cause{}, false
	}
	by := hit(e.Answer)
	if by == "" || varies(e.Answer.Headers, "Origin") {
		return Cause{}, false
	}
	whose := "a request without Origin, such as that of an image or of an address bar"
	if !e.silent() {
		whose = "a page of " + show(e.get(allowOrigin))
	}
	return Cause{
		ID: "cached-answer", By: Server, Headers: Readable,
		Problem: "The response came from a cache (“" + by + "”), and it has no Vary: Origin. Most likely the cache keeps the response to " + whose + ", and gives it to this page as well. The server itself may send the right headers.",
		Fix: "Send Vary: Origin on every response of this URL, those without CORS headers included, or send Access-Control-Allow-Origin: * on all of them if everybody may read. " +
			"Let the cache pass Origin on and keep a response for each (in CloudFront by an origin request policy such as CORS-S3Origin), or let it add the headers itself. If the cache is a middleware of the application, CORS has to come before it. Then empty the cache. The response needs:",
	}, true
}
