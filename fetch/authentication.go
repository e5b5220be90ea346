package fetch

import (
	"errors"
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// takeUserinfo takes the username and password off the current URL, if the
// profile does.
func (f *fetching) takeUserinfo() {
	r := f.request
	if u := r.currentURL(); f.agent.profile.Request.UserinfoTaken && u.IncludesCredentials() {
		r.urlList[len(r.urlList)-1] = u.SetCredentials("", "")
	}
}

// maxAnswers is how many challenges of servers and proxies are answered until
// there is a response for a URL, on each hop anew. A store that always has another
// answer would go on for ever; a browser's user gives up.
const maxAnswers = 20

// authenticate is step 15 of HTTP-network-or-cache fetch: a 401 is answered,
// or handed over where nobody answers.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (f *fetching) authenticate(resp *response, isAuthentication, isNewConnection bool) (*response, *Error) {
	r := f.request
	// 15.2.1. A stream can't be sent again.
	if r.body != nil && r.body.kind == bodyStream {
		resp.discard()
		return nil, f.block(BodyNotReplayable, resp, "WWW-Authenticate", "")
	}
	// 15.3. The URL's username and password come first, once; then the user is asked.
	auth := f.authRequest()
	auth.UseURL = r.useURLCredentials && !isAuthentication && auth.URL.IncludesCredentials()
	if auth.UseURL && !resp.includesCredentials {
		f.urlStore = credentials.NewKeyring(nil)
	}
	store := f.store()
	if store == nil && auth.UseURL {
		store = f.agent.keys.make()
	}
	if store == nil {
		f.unanswered(resp, "no-store")
		return resp, nil
	}
	if f.challengesAnswered == maxAnswers {
		f.unanswered(resp, "too-many-answers")
		return resp, nil
	}
	f.challengesAnswered++
	err := store.Challenge(auth, resp.challenges("WWW-Authenticate"))
	f.challengeAnswered = err == nil
	var why *credentials.UnansweredError
	sentAnyway := auth.UseURL && !f.agent.profile.Policy.URLNeedsChallenge && errors.As(err, &why) && why.Reason == "no-challenge" // as 8.21.2.3 has it
	f.challenged(resp, err)
	if err != nil && !sentAnyway {
		return resp, nil
	}
	if refusal := f.mayRepeat(resp, "WWW-Authenticate"); refusal != nil {
		return nil, refusal
	}
	// 15.4. Once more, with the answer.
	return f.networkOrCacheFetch(true, isNewConnection)
}

// authenticateProxy is step 16 of HTTP-network-or-cache fetch: a 407 is
// answered, or is what the profile makes of it. Only a proxy is answered, of
// which the transport has told; a server that sends one gets no answer. The user
// is asked for a preflight too, whose traversable for user prompts is not
// "no-traversable" and which has to get through the proxy first.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (f *fetching) authenticateProxy(resp *response, isAuthentication, isNewConnection bool) (*response, *Error) {
	var err error
	switch {
	case f.agent.authentication == nil:
		err = &credentials.UnansweredError{Reason: "no-store"}
	case !f.sentToProxy:
		err = &credentials.UnansweredError{Reason: "no-proxy"}
	case f.challengesAnswered == maxAnswers:
		err = &credentials.UnansweredError{Reason: "too-many-answers"}
	default:
		f.challengesAnswered++
		// 16.1, 16.4. A user who can't be asked is not; what is known already will do.
		f.proxyAuth.Silent = !f.request.canPrompt
		err = f.agent.authentication.Challenge(f.proxyAuth, resp.challenges("Proxy-Authenticate"))
	}
	f.challenged(resp, err)
	switch {
	case err == nil:
	case f.agent.profile.Response.ProxyAuthenticationShown && !resp.network.Tunnel:
		return resp, nil
	default:
		resp.discard()
		// 16.3. The caller's end of the fetch goes before the proxy's.
		if refusal := f.canceled(); refusal != nil {
			return nil, refusal
		}
		return nil, f.block(ProxyAuthenticationRequired, resp, "Proxy-Authenticate", "")
	}
	if refusal := f.mayRepeat(resp, "Proxy-Authenticate"); refusal != nil {
		return nil, refusal
	}
	f.answeringProxy = resp.network.proxy // others have nothing to do with the answer
	// 16.5. Once more, with the answer.
	return f.networkOrCacheFetch(isAuthentication, isNewConnection)
}

// mayRepeat gives up the answer to a request that is to be sent again, and tells
// what stands against that.
func (f *fetching) mayRepeat(resp *response, header string) *Error {
	resp.discard()
	if refusal := f.canceled(); refusal != nil {
		return refusal
	}
	if body := f.request.body; body != nil && !body.replayable() {
		return f.block(BodyNotReplayable, resp, header, "")
	}
	return nil
}

// challenges are the values of a header with challenges, each by itself, also
// where the profile has joined them (see rules.Response.FeedJoined).
func (resp *response) challenges(name string) []string {
	values := resp.headers.Values(name)
	if len(values) == 0 {
		return nil
	}
	return strings.Split(strings.Join(values, "\n"), "\n")
}

// whyUnanswered is why step 15 does not apply to a 401.
func (f *fetching) whyUnanswered(included bool) credentials.Unanswered {
	switch r := f.request; {
	case r.preflight:
		return "for-preflight"
	case !included:
		return "not-included"
	case r.tainting == taintingCORS:
		return "tainted-cors"
	}
	return "no-traversable"
}

// unanswered tells the trace why a challenge is not answered.
func (f *fetching) unanswered(resp *response, why credentials.Unanswered) {
	if t := f.request.trace; t != nil && t.Challenged != nil {
		f.challenged(resp, &credentials.UnansweredError{Reason: why})
	}
}

// challenged tells the trace of a challenge: that it is answered, or why not.
func (f *fetching) challenged(resp *response, err error) {
	if t := f.request.trace; t != nil && t.Challenged != nil {
		t.Challenged(f.request.info(), resp.info(), err)
	}
}

// accepted tells a store that its answer was taken.
func (f *fetching) accepted(store credentials.AuthenticationStore, r *credentials.AuthRequest, resp *response, header string) {
	store.Accepted(r, resp.headers.Values(header))
}

// store is the authentication store that answers for the current URL, or nil.
func (f *fetching) store() credentials.AuthenticationStore {
	switch {
	case f.urlStore != nil:
		return f.urlStore
	case f.agent.authentication != nil:
		return f.agent.authentication
	}
	if keys := f.agent.keys.made.Load(); keys != nil {
		return keys
	}
	return nil
}

// appendAuthorization is step 8.21.2 of HTTP-network-or-cache fetch.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (f *fetching) appendAuthorization(headers *safelist.HeaderList, isAuthentication bool) {
	r := f.request
	f.storeAuthorized = false
	// 8.21.2. Script's own goes first.
	if headers.Contains("Authorization") {
		return
	}
	// 8.21.2.1. There is none yet.
	u := r.currentURL()
	var value string
	// 8.21.2.2. An authentication entry, unless the URL has its own password to try.
	if store := f.store(); store != nil && (f.challengeAnswered || !(r.useURLCredentials && u.IncludesCredentials())) {
		value, f.storeAuthorized = store.Authorization(f.authRequest())
	}
	ok := f.storeAuthorized
	// 8.21.2.3. Or the URL's, after a challenge.
	if !ok && isAuthentication && u.IncludesCredentials() {
		value, ok = credentials.FromURL(u)
	}
	// 8.21.2.4. Send it.
	if ok {
		add(headers, "Authorization", value)
	}
}

// authRequest is what an authentication store is told of the request: the same
// for all its methods, anew where redirects lead elsewhere.
func (f *fetching) authRequest() *credentials.AuthRequest {
	r := f.request
	if u := r.currentURL(); f.serverAuth == nil || f.serverAuth.URL != u {
		f.serverAuth = &credentials.AuthRequest{Context: f.ctx, URL: u, Partition: r.partition(), Rules: &f.agent.profile.Credentials.Authentication}
	}
	f.serverAuth.Method = r.method
	if sent := f.wireURL(); sent != f.serverAuth.URL {
		f.serverAuth.Target = sent.Path()
		if query, ok := sent.Query(); ok {
			f.serverAuth.Target += "?" + query
		}
	}
	f.serverAuth.Body, f.serverAuth.Streaming = r.body.reader()
	return f.serverAuth
}

// proxyAuthorization is step 8.22 of HTTP-network-or-cache fetch, which the
// transport asks for when it knows of a proxy.
//
// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch
func (f *fetching) proxyAuthorization(proxy *origin.URL, method, target string) (string, bool) {
	if f.proxyAuth == nil || f.proxyAuth.URL.WithoutFragment() != proxy.WithoutFragment() {
		f.proxyAuth = &credentials.AuthRequest{Context: f.ctx, URL: proxy, Proxy: true, Rules: &f.agent.profile.Credentials.Authentication}
	}
	f.sentToProxy = true
	f.proxyAuth.Method, f.proxyAuth.Target = method, target
	f.proxyAuth.Body, f.proxyAuth.Streaming = nil, false
	if method != "CONNECT" {
		f.proxyAuth.Body, f.proxyAuth.Streaming = f.request.body.reader()
	}
	return f.agent.authentication.Authorization(f.proxyAuth)
}
