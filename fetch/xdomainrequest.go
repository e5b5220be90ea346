package fetch

import (
	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/safelist"
)

// XDomainRequest is how script of Internet Explorer 8 and 9 asked other origins, before
// XMLHttpRequest knew CORS. No Standard has it. These are the rules of Microsoft's
// description; what it does not say, such as what a redirect does, is as in Fetch.
//
// https://learn.microsoft.com/en-us/archive/blogs/ieinternals/xdomainrequest-restrictions-limitations-and-workarounds

// xDomainOption is the first option that no XDomainRequest has. The URL is parsed already.
func (in *Request) xDomainOption(r *request) wrongOption {
	page := r.client
	switch u := r.url(); {
	// Without the option of its agent there is none.
	case !page.agent.xDomainRequest:
		return wrong("api", in.API, apis[:len(apis)-1]...)
	// 1. The URL is HTTP or HTTPS.
	case !u.IsHTTP():
		return wrong("scheme", u.Scheme(), "http", "https")
	// 2. There are two methods.
	case r.method != "GET" && r.method != "POST":
		return wrong("method", r.method, "GET", "POST")
	// 3. Script sets no headers.
	case len(in.Headers) > 0:
		return wrong("headers", in.Headers[0].Name)
	// 4. The body is text.
	case in.Body != nil && in.Body.kind != bodyText:
		return wrong("body", "")
	// 5. Neither cookies nor authentication go with it.
	case !oneOf(in.Credentials, credentials.Omit):
		return wrong("credentials", in.Credentials, credentials.Omit)
	// 7. The scheme is the page's.
	case u.Scheme() != page.url.Scheme():
		return wrong("scheme", u.Scheme(), page.url.Scheme())
	// 6, zones of Windows, is about a user's settings. There are no more options.
	case !oneOf(in.Mode, CORS):
		return wrong("mode", in.Mode, CORS)
	case !oneOf(in.Cache, cacheDefault):
		return wrong("cache", in.Cache, cacheDefault)
	case !oneOf(in.Redirect, redirectFollow):
		return wrong("redirect", in.Redirect, redirectFollow)
	case in.Integrity != "":
		return wrong("integrity", in.Integrity)
	case in.Keepalive:
		return wrong("keepalive", "true", "false")
	case in.UploadListener:
		return wrong("uploadListener", "true", "false")
	}
	return wrongOption{}
}

// asXDomainRequest gives a request what an XDomainRequest has: a body of text/plain,
// whatever it is, and no credentials.
func (r *request) asXDomainRequest() {
	r.credentials = credentials.Omit
	if r.body != nil {
		r.headers.Set("Content-Type", "text/plain")
	}
}

// asXDomainResponse leaves of a response what an XDomainRequest shows: contentType and
// responseText, and neither the status nor another header.
func (out *Response) asXDomainResponse() {
	out.Status, out.StatusText = 0, ""
	var list safelist.HeaderList
	if value, ok := out.Headers.list.Get("Content-Type"); ok {
		list.Append("Content-Type", value)
	}
	out.Headers.list = list
}
