package cause

import "strings"

// browserCache finds responses that the browser took from its own HTTP cache, where
// they were stored for a request without Origin, or of another page. The server was
// not asked, and may well allow this page.
func browserCache(e *Evidence) (Cause, bool) {
	if e.FromCache == "" || e.OnPreflight || e.Answer == nil || !strings.EqualFold(e.Header, allowOrigin) && !strings.EqualFold(e.Header, "Access-Control-Allow-Credentials") {
		return Cause{}, false
	}
	c := Cause{ID: "browser-cache", By: Server}
	c.Problem = "The browser did not ask the server: the response is from its own " + show(e.FromCache) + ". "
	if e.Validated {
		c.Problem = "The server answered 304 (Not Modified), so the response is the one in the browser's own " + show(e.FromCache) + ", with the headers of that 304. "
	}
	if e.StoredFor != "" {
		c.Problem += "It was stored for " + show(e.StoredFor) + ". "
	}
	switch {
	case e.Missing && e.Validated:
		c.Problem += "Neither the 304 nor the response that was stored before has Access-Control-Allow-Origin."
	case e.Missing:
		c.Problem += "Servers often send Access-Control-Allow-Origin only to requests with Origin, so the server may well allow this page when it is asked."
	case e.Validated:
		c.Problem += "The stored headers are those for the earlier request, unless the 304 replaces them."
	default:
		c.Problem += "Its headers are those for the earlier request, so the server may well allow this page when it is asked."
	}
	c.Fix = "Send Vary: Origin on every answer at this URL, also on those to requests without Origin (Amazon S3 leaves it out there), so that caches keep them apart. " +
		"If any page may read it, send Access-Control-Allow-Origin: * on every answer instead, also where the request has no Origin. " +
		"Or request the resource with crossorigin everywhere, also in the earlier <img>, <script> or <link>. Or let script request another URL, such as one with ?cors. " +
		"To see whether it is the cause, tick “Disable cache” in the developer tools and reload."
	if e.Validated {
		c.Fix = "Send the same Access-Control-Allow-Origin with a 304 as with a 200: its headers replace the stored ones. " + c.Fix
	}
	return c, true
}
