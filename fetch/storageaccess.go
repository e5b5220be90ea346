package fetch

import (
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

const (
	storageAccess         = "Sec-Fetch-Storage-Access"
	activateStorageAccess = "Activate-Storage-Access"

	// The storage access statuses.
	accessNone     = "none"
	accessInactive = "inactive"
	accessActive   = "active"
)

// appendStorageAccess tells the server of another site whether the request has its
// cookies, and if not, that a document could ask for them.
//
// https://privacycg.github.io/storage-access-headers/#sec-fetch-storage-access-header
func (f *fetching) appendStorageAccess(headers *safelist.HeaderList, c conditions) {
	f.accessSent = ""
	// 1. The URL is potentially trustworthy.
	if f.headerOrder == nil || !f.headerOrder.sends(storageAccess) || c&toTrustworthy == 0 {
		return
	}
	of := f.request
	if of.preflight {
		of = of.preflightFor
	}
	// 2. A request without credentials has no cookies.
	if of.credentials != credentials.Include || of.client == nil {
		return
	}
	// 3, 4. Its status, if it has one.
	if f.accessSent = f.storageAccessStatus(of.client); f.accessSent != "" {
		// 5 to 7. That is the header's value.
		add(headers, storageAccess, f.accessSent)
	}
}

// DecideStorageAccess remembers the user's decision whether pages of one site, within top-level pages of another, may have
// their cookies. Browsers have asked for the permission when script called requestStorageAccess(). A request to the site then has
// Sec-Fetch-Storage-Access: inactive, and its response may activate the permission by Activate-Storage-Access: retry.
// Profiles without these headers do not ask for the decision.
//
// https://privacycg.github.io/storage-access/#permissions-integration
func (a *Agent) DecideStorageAccess(topLevel, embedded origin.Origin, granted bool) {
	p := a.permissions
	p.mu.Lock()
	defer p.mu.Unlock()
	p.remember(a.storageAccessKey(topLevel, embedded), granted)
}

func (a *Agent) storageAccessKey(topLevel, embedded origin.Origin) permissionKey {
	return permissionKey{topLevel.Site(a.suffixes).String(), "storage-access " + embedded.Site(a.suffixes).String()}
}

// grantedStorageAccess tells whether the user has given the permission to the site of the request's URL.
func (f *fetching) grantedStorageAccess(page *Environment) bool {
	if f.agent.profile.Policy.StorageAccessRetry == rules.NoStorageAccessRetry {
		return false
	}
	p := f.agent.permissions
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.decided) > 0 && p.decided[f.agent.storageAccessKey(page.topLevel, f.request.currentURL().Origin())]
}

// addsOriginForStorageAccess tells whether a request has Origin, so that its response can allow that, because the user has
// given a permission.
//
// https://privacycg.github.io/storage-access-headers/#origin-header-integration
func (f *fetching) addsOriginForStorageAccess() bool {
	r := f.request
	return r.credentials == credentials.Include && r.client != nil && f.agent.trust.URL(r.currentURL()) && f.fromAnotherSite(r.client) && f.grantedStorageAccess(r.client)
}

// storageAccessStatus is a request's storage access status, or "". A site always has the permission within its own pages.
//
// https://privacycg.github.io/storage-access-headers/#request-storage-access-status
func (f *fetching) storageAccessStatus(page *Environment) string {
	r, profile := f.request, f.agent.profile
	switch {
	// 1. Within a site no request has one.
	case !f.fromAnotherSite(page), profile.Headers.NoStorageAccessOnceTainted && r.redirectTaint(f.agent.suffixes) != taintSameOrigin:
		return ""
	// 2, 3. Cookies are allowed.
	case profile.Credentials.Cookies.ThirdParty == rules.ThirdPartyAllowed, r.storageAccess:
		return accessActive
	// 4, 5. They would be, if the request were eligible for them.
	case f.sameSite(page.topLevel), f.grantedStorageAccess(page):
		return accessInactive
	}
	// 6. They are not.
	return accessNone
}

// storageAccessRetryCheck is "perform a storage access retry check".
//
// https://privacycg.github.io/storage-access-headers/#perform-a-storage-access-retry-check
func (f *fetching) storageAccessRetryCheck(headers safelist.HeaderList) bool {
	r, profile := f.request, f.agent.profile
	// 1 to 4. The request had credentials, and could have had storage access.
	if profile.Policy.StorageAccessRetry == rules.NoStorageAccessRetry || f.accessSent != accessInactive {
		return false
	}
	// 5, 6. The header is an item.
	value, ok := headers.Get(activateStorageAccess)
	if !ok {
		return false
	}
	p := structuredParser{rest: strings.TrimLeft(value, " "), all: make(map[string]structuredMember)}
	start := p.rest
	kind, ok := p.bareItem()
	token := start[:len(start)-len(p.rest)]
	// 7 to 9. It is the token retry.
	if !ok || kind != 't' || token != "retry" || !p.parameters() || strings.TrimLeft(p.rest, " ") != "" {
		return false
	}
	// 10 to 12. It allows every origin.
	allowed := p.all["allowed-origin"]
	if allowed.kind == 't' {
		return allowed.text == "*"
	}
	// 13 to 15. Otherwise it names an origin.
	if allowed.kind != 's' {
		return false
	}
	if r.origin.IsOpaque() && profile.Policy.StorageAccessRetry == rules.StorageAccessRetryHeader {
		return false
	}
	// 16, 17. It is that of the request.
	return stringEscapes.Replace(allowed.text[1:len(allowed.text)-1]) == r.serializedOrigin(f.agent.suffixes)
}

// fetchWithStorageAccess is HTTP-network-or-cache fetch, and HTTP-storage-access-retry-fetch where its response asks for
// that. Browsers send the request again without calling that a redirect, and before they look at the response in any other
// way.
//
// https://privacycg.github.io/storage-access-headers/#http-storage-access-retry-fetch
func (f *fetching) fetchWithStorageAccess() (*response, *Error) {
	resp, refusal := f.networkOrCacheFetch(false, false)
	if refusal != nil || resp.internal || !f.storageAccessRetryCheck(resp.headers) {
		return resp, refusal
	}
	// 1. A body has to be there once more.
	r := f.request
	if r.body != nil && !r.body.replayable() {
		return resp, nil
	}
	f.checked(checkStorageAccess, resp, nil)
	resp.discard()
	if refusal := f.canceled(); refusal != nil {
		return nil, refusal
	}
	// 7, 8. It is not for the HTTP cache, and has storage access.
	r.storageAccess, f.retries = true, true
	defer func() { f.retries = false }()
	// 10, 11. Once more.
	return f.networkOrCacheFetch(false, false)
}

// losesCookies tells whether the cookies of a response are not stored, since the request is sent again with storage access.
func (f *fetching) losesCookies(headers safelist.HeaderList) bool {
	return f.agent.profile.Policy.StorageAccessRetry == rules.StorageAccessRetryHeader && f.storageAccessRetryCheck(headers)
}

// hasFirstPartyCookies tells whether the request has storage access to cookies.
func (f *fetching) hasFirstPartyCookies() bool {
	return f.request.storageAccess && f.agent.profile.Policy.StorageAccessRetry == rules.StorageAccessRetryActive
}

// endStorageAccess is step 18 of HTTP-redirect fetch by the draft: another origin has no storage access.
//
// https://privacycg.github.io/storage-access-headers/#http-redirect-fetch
func (f *fetching) endStorageAccess(crossOrigin bool) {
	if crossOrigin || f.agent.profile.Policy.StorageAccessRetry != rules.StorageAccessRetryActive {
		f.request.storageAccess = false
	}
}
