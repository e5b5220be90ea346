package cause

import "strings"

// manifestWithoutCredentials finds manifests that a sign-in keeps from the
// browser: it asks for them without cookies unless the link says otherwise, so the
// server takes it for a visitor who is not signed in.
func manifestWithoutCredentials(e *Evidence) (Cause, bool) {
	if !e.Manifest || e.Credentialed || e.Answer == nil {
		return Cause{}, false
	}
	what := ""
	switch _, led := loginRedirect(e); {
	case led:
		what = "redirected the request to a login"
	case e.status() == 401, e.status() == 403:
		what = "answered with status " + statusOf(e.status())
	default:
		return Cause{}, false
	}
	return Cause{ID: "manifest-credentials", NotCORS: true, By: Page,
		Problem: "Browsers ask for a manifest without cookies and passwords, also at the page's own origin, unless its link says otherwise. The server " + what + ", though the user may well be signed in.",
		Fix:     `Write <link rel="manifest" href="…" crossorigin="use-credentials">. Or let the server give out the manifest without a login.`}, true
}

// notTaken finds requests that failed by themselves, or got a web page, where CORS
// is not at stake: an element asked without it, or the answer passed the check.
func notTaken(e *Evidence) (Cause, bool) {
	if !e.NotTaken {
		return Cause{}, false
	}
	f, known := failures[e.status()]
	if !known {
		return Cause{ID: "html-page", NotCORS: true, By: Page,
			Problem: "What " + e.Element + " got is an HTML page. CORS is not the cause: often the URL is wrong, and the server answers unknown paths with the index page of an application, or the page is a login or an error message.",
			Fix:     "Check the URL: the base URL, a prefix, the port, a build path. If it is right, look in the server's log why this request gets a page.",
		}, e.isHTML()
	}
	c := Cause{ID: f.id, NotCORS: true, By: f.by}
	c.Problem = "The request itself failed with status " + statusOf(e.status()) + ": " + strings.ReplaceAll(f.what, "{method}", show(e.Method)) + ". CORS is not the cause. What " + e.Element + " got is an error message"
	if kind := e.get("Content-Type"); kind != "" {
		c.Problem += " of type " + show(kind)
	}
	c.Problem += ". If the request was without CORS, Chromium may report net::ERR_BLOCKED_BY_ORB for it, and Firefox OpaqueResponseBlocking."
	c.Fix = strings.ReplaceAll(f.fix, "{method}", show(e.Method))
	if e.status() == 403 && (strings.EqualFold(e.get("Server"), "AmazonS3") || e.has("x-amz-request-id")) {
		c.Fix = "Check that the file is there, under exactly this name: S3 answers with 403 for a file that does not exist unless the caller may list the bucket. If it is there, let the bucket's policy allow s3:GetObject."
	}
	return c, true
}
