package fetch

import (
	"strings"

	"github.com/browsercors/browsercors/credentials"
)

// What profiles do with URLs that the Standards take as any other.

// danglingMarkup tells whether a URL, as it was written, has a tab or a line
// break and a "<": what follows an attribute's value whose quotation mark is
// missing ends up in such URLs.
func danglingMarkup(input string) bool {
	return strings.Contains(input, "<") && strings.ContainsAny(input, "\t\n\r")
}

// looksLikeMarkup tells whether the profile blocks the URL of a request for the
// way in which it was written, or its base URL was.
func (e *Environment) looksLikeMarkup(in *Request) bool {
	input := in.URL
	if in.API == apiElement { // an attribute's value is stripped before it is parsed
		input = strings.Trim(input, "\t\n\f\r ")
	}
	return e.writtenAsMarkup(input)
}

func (e *Environment) writtenAsMarkup(input string) bool {
	switch {
	case !e.agent.profile.Request.DanglingMarkup:
		return false
	case danglingMarkup(input):
		return true
	case !e.markupBase:
		return false
	}
	_, err := e.agent.parseURL(input, nil)
	return err != nil // it is relative
}

// blockedAsMarkup is whether the profile blocks the first URL for the way in
// which it was written.
func (f *fetching) blockedAsMarkup() *Error {
	if r := f.request; r.danglingMarkup && r.redirectCount == 0 && r.currentURL().IsHTTP() {
		return f.fail(DanglingMarkup, "url", redacted(r.currentURL()))
	}
	return nil
}

// blockedForUserinfo is whether the profile blocks the current URL for its
// username or password.
func (f *fetching) blockedForUserinfo() *Error {
	r := f.request
	u := r.currentURL()
	if !f.agent.profile.Request.UserinfoBlocked || !u.IncludesCredentials() || r.api == apiXHR || r.mode == navigateMode {
		return nil
	}
	page := r.client
	if u.Username() == page.url.Username() && u.Password() == page.url.Password() && u.Origin().SameOrigin(page.origin) {
		return nil
	}
	return f.fail(EmbeddedCredentials, "url", redacted(u))
}

// dropUserinfo takes the username and password off the URL of an element, if
// the profile does.
func (r *request) dropUserinfo() {
	u := r.url()
	if r.client.agent.profile.Request.ElementUserinfoDropped && u.IncludesCredentials() &&
		(r.mode == CORS && r.destination != destinationTrack || r.destination.media()) {
		r.setURL(u.SetCredentials("", ""))
	}
}

// dropCredentials takes the credentials from the request of a manifest whose link
// does not ask for them, where the profile does.
func (r *request) dropCredentials() {
	if r.client.agent.profile.Request.ManifestWithoutCredentials && r.destination == destinationManifest && r.credentials == credentials.SameOrigin {
		r.credentials = credentials.Omit
	}
}
