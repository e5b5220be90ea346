package fetch

import (
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// Why an http: URL is asked for over https:, as [Trace.Upgraded] is told.
const (
	upgradedForPolicy = "upgrade-insecure-requests"
	upgradedAsMixed   = "mixed content"
	upgradedByHSTS    = "HSTS"
)

// upgrade has the request ask for its current URL over https:. The Standard changes
// the URL. silently is a redirect instead, which nobody is asked about and which
// leaves no trace but in [Response.Redirected].
func (f *fetching) upgrade(why string, silently bool) {
	r := f.request
	from, n := r.currentURL(), len(r.urlList)
	if silently {
		r.urlList = append(r.urlList, from.SetScheme("https"))
		r.silentHops |= 1 << n
		// By then it was known whether the URL is of the page's origin.
		if r.tainting == taintingBasic && !from.Origin().SameOrigin(r.origin) && r.mode != navigateMode && r.mode != webSocketMode {
			r.tainting = taintingOpaque
		}
	} else {
		r.urlList[n-1] = from.SetScheme("https")
	}
	r.upgraded = why
	if t := r.trace; t != nil && t.Upgraded != nil {
		t.Upgraded(r.info(), redacted(from), why)
	}
}

// leftSilently tells whether the request left a URL of its list by an upgrade within
// the user agent, so that nothing was ever sent to it.
func (r *request) leftSilently(i int) bool { return r.silentHops>>(i+1)&1 != 0 }

// askedURL is the first URL of the list that anything was sent to.
func (r *request) askedURL() *origin.URL {
	if r.leftSilently(0) {
		return r.urlList[1]
	}
	return r.urlList[0]
}

// upgradeInsecureRequest is "upgrade a request to a potentially trustworthy URL, if
// appropriate", except for its first step: see asksForUpgrade.
//
// https://w3c.github.io/webappsec-upgrade-insecure-requests/#upgrade-request
func (f *fetching) upgradeInsecureRequest() {
	r, rules := f.request, &f.agent.profile.MixedContent
	switch {
	// 5. Only http: is upgraded.
	case r.currentURL().Scheme() != "http" || f.loopbackStays():
		return
	// 2. A top-level navigation is left as it is. (The user agent has no set of hosts that upgrade those.)
	case r.destination == destinationDocument:
		return
	// 3, 4. Only if the page's policy says so.
	case !r.policies().Upgrades():
		return
	}
	first, asked := r.redirectCount == 0, r.currentURL()
	if rules.ModeBeforeUpgrade && first && r.api == apiFetch && r.mode == SameOrigin && !asked.Origin().SameOrigin(r.origin) {
		r.lateRefusal = f.fail(DisallowedByMode, "mode", string(r.mode))
		return
	}
	f.dropsMediaReferrer()
	// 5. Ask for it over https:.
	f.upgrade(upgradedForPolicy, rules.UpgradeRedirects)
	if rules.URLStaysInsecure && first && r.api == apiFetch {
		r.shownURL = asked
	}
}

// loopbackStays tells whether the current URL is one of loopback that the profile does not
// upgrade because of upgrade-insecure-requests.
func (f *fetching) loopbackStays() bool {
	r := f.request
	switch f.agent.profile.MixedContent.Loopback {
	case rules.LoopbackStays:
		if r.mode == webSocketMode {
			return false
		}
	case rules.LoopbackUpgradedRedirected:
		if r.redirectCount > 0 {
			return false
		}
	default:
		return false
	}
	return f.agent.trust.URL(r.currentURL())
}

// upgradedHome tells whether a silent upgrade has led to the page's own origin. The CORS
// check is left out then, though the http: URL was of another origin.
func (r *request) upgradedHome() bool {
	n := len(r.urlList)
	return n > 1 && r.leftSilently(n-2) && r.currentURL().Origin().SameOrigin(r.origin)
}

// upgradeHSTSHost is step 10 of main fetch: what is at http: on an HSTS host is asked
// for over https:.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch
func (f *fetching) upgradeHSTSHost() {
	if f.agent.profile.HSTS.Upgrade == rules.HSTSReplaces && f.isHSTSHost() {
		f.upgrade(upgradedByHSTS, false)
	}
}

// leaveHSTSHost is upgradeHSTSHost where the profile has a silent redirect instead: the
// referrer is that for the https: URL.
func (f *fetching) leaveHSTSHost() {
	if f.agent.profile.HSTS.Upgrade == rules.HSTSSilent && f.isHSTSHost() {
		f.upgrade(upgradedByHSTS, true)
	}
}

// losesReferrer takes the referrer off a request whose URL is of an HSTS host, where that
// is looked at before anything is upgraded: the referrer is that for the http: URL, and
// to that an https: page may send none.
func (f *fetching) losesReferrer() {
	if f.agent.profile.HSTS.Upgrade == rules.HSTSSilent && f.isHSTSHost() {
		f.dropReferrer()
	}
}

// dropsMediaReferrer is the same for the first request of an audio or a video, where the
// profile determines its referrer before the upgrade.
func (f *fetching) dropsMediaReferrer() {
	if r := f.request; f.agent.profile.MixedContent.MediaWithoutReferrer && r.redirectCount == 0 && r.destination.media() {
		f.dropReferrer()
	}
}

// dropReferrer takes the referrer off the request if the current URL would get none.
func (f *fetching) dropReferrer() {
	r := f.request
	if r.referrer.kind == referrerNone {
		return
	}
	if r.referrerPolicy == "" {
		r.referrerPolicy = r.client.referrerPolicy
	}
	if f.determineReferrer().kind == referrerNone {
		r.referrer = referrer{kind: referrerNone}
	}
}

// isHSTSHost is the conditions of step 10 of main fetch.
func (f *fetching) isHSTSHost() bool {
	u := f.request.currentURL()
	return u.Scheme() == "http" && f.agent.hsts.Upgrades(u, f.topLevelOrigin())
}

// redirectHSTSHost is what the user agent answers instead of an HSTS host, where the
// profile has it redirect to https:; otherwise nil. A request of CORS passes its check.
func (f *fetching) redirectHSTSHost() *response {
	if f.agent.profile.HSTS.Upgrade != rules.HSTSRedirects || !f.isHSTSHost() {
		return nil
	}
	r := f.request
	from := r.currentURL()
	to := from.SetScheme("https")
	if r.upgraded = upgradedByHSTS; r.preflight {
		r.preflightFor.upgraded = upgradedByHSTS
	}
	headers := safelist.HeaderList{
		{Name: "Location", Value: to.String()},
		{Name: "Cross-Origin-Resource-Policy", Value: "Cross-Origin"},
		{Name: "Non-Authoritative-Reason", Value: "HSTS"},
	}
	// The request is made as it would have gone out; only then it is stopped.
	if value, ok := f.networkHeaders().Get("Origin"); ok {
		headers = append(headers,
			safelist.Header{Name: "Access-Control-Allow-Origin", Value: value},
			safelist.Header{Name: "Access-Control-Allow-Credentials", Value: "true"})
	}
	if t := r.trace; t != nil && t.Upgraded != nil {
		after := r.info()
		after.URL = redacted(to)
		t.Upgraded(after, redacted(from), upgradedByHSTS)
	}
	return &response{status: 307, statusText: "Internal Redirect", headers: headers, urlList: r.urlList, internal: true}
}

// noteHSTS is "UA processing" of Strict-Transport-Security, which tells the agent of
// an HSTS host.
//
// https://www.rfc-editor.org/rfc/rfc6797#section-8.1
func (f *fetching) noteHSTS(in *NetworkResponse) {
	const name = "Strict-Transport-Security"
	u := f.request.currentURL()
	if u.Scheme() != "https" || !in.Headers.Contains(name) {
		return
	}
	// Only the first of several headers is processed.
	value := in.Headers.Values(name)[0]
	err := f.agent.hsts.Note(u, f.topLevelOrigin(), value)
	if t := f.request.trace; t != nil && t.StrictTransport != nil {
		t.StrictTransport(f.request.info(), value, err)
	}
}

// topLevelOrigin is the origin of the page at the top of the window that the request
// is made for. A navigation brings its own.
func (f *fetching) topLevelOrigin() origin.Origin {
	r := f.request
	if r.preflight {
		r = r.preflightFor
	}
	switch {
	case r.destination == destinationDocument:
		return r.currentURL().Origin()
	case r.client == nil:
		return origin.Origin{}
	}
	return r.client.topLevel
}
