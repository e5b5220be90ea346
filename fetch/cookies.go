package fetch

import (
	"net/http"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/origin"
)

// A cookieExplainer is a cookie store that says why, as a [credentials.CookieJar]
// does.
type cookieExplainer interface {
	Explain(r *credentials.CookieRequest) []credentials.CookieVerdict
	SetCookie(r *credentials.CookieRequest, setCookie string) credentials.CookieRefusal
}

// traceCookies tells of each cookie whether it goes with the request.
func (f *fetching) traceCookies(t *Trace, included bool) {
	store, ok := f.agent.cookies.(cookieExplainer)
	if !ok {
		return
	}
	verdicts := store.Explain(f.cookieRequest(false))
	if !included {
		for i := range verdicts {
			verdicts[i].Withheld = "credentials-omitted"
		}
	}
	if len(verdicts) > 0 {
		t.Cookies(f.request.info(), verdicts)
	}
}

// setCookies is "parse and store response Set-Cookie headers": step 17 of
// HTTP-network fetch, for a request with credentials. The error says that the
// context ended before all were stored.
//
// https://fetch.spec.whatwg.org/#parse-and-store-response-set-cookie-headers
func (f *fetching) setCookies(in *NetworkResponse, included bool) *Error {
	t := f.request.trace
	tell := t != nil && t.SetCookie != nil
	if f.agent.cookies == nil || !included && !tell {
		return nil
	}
	cookies := in.Headers.Values("Set-Cookie")
	if len(cookies) == 0 || f.losesCookies(in.Headers) {
		return nil
	}
	to := f.cookieRequest(true)
	if date, ok := in.Headers.Get("Date"); ok {
		to.Served, _ = http.ParseTime(date) // or the zero value
	}
	store, ok := f.agent.cookies.(cookieExplainer)
	if !ok || !tell {
		if included {
			f.agent.cookies.SetCookies(to, cookies)
		}
		return f.canceled()
	}
	for _, value := range cookies {
		if f.ctx.Err() != nil {
			break
		}
		refusal := credentials.CookieRefusal("credentials-omitted")
		if included {
			refusal = store.SetCookie(to, value)
		}
		t.SetCookie(f.request.info(), value, refusal)
	}
	return f.canceled()
}

// cookieRequest is what a cookie store is told of the request, when it is sent
// or when its response sets cookies.
func (f *fetching) cookieRequest(setting bool) *credentials.CookieRequest {
	r := f.request
	rules := &f.agent.profile.Credentials.Cookies
	context := sameSiteContext{
		method:         r.method,
		url:            f.wireURL(),
		navigation:     r.destination == destinationDocument,
		initiator:      r.topLevelInitiator,
		crossSiteTaint: r.redirectTaint(f.agent.suffixes) == taintCrossSite,
		setting:        setting,
		publicSuffixes: f.agent.suffixes,
		rules:          rules,
	}
	if c := r.client; c != nil {
		context.page, context.topLevel, context.crossSiteAncestor = c.origin, c.topLevel, c.crossSiteAncestor
		if rules.SameSiteByURL && c.origin.IsOpaque() {
			context.page, context.crossSiteAncestor = c.url.Origin(), c.crossSiteURL
		}
	}
	partition := r.partition()
	if context.navigation && len(r.urlList) > 1 { // the page will be where it ends
		context.topLevel = context.url.Origin()
		partition = origin.PartitionKey{Site: context.topLevel.Site(f.agent.suffixes)}
	}
	return &credentials.CookieRequest{
		URL:        context.url,
		Method:     r.method,
		SameSite:   context.mode(),
		Navigation: context.navigation,
		TopLevel:   context.topLevel,
		Partition:  partition,
		ThirdParty: context.thirdParty() && !f.hasFirstPartyCookies(),
		Now:        f.agent.now(),
		Context:    f.ctx,
	}
}
