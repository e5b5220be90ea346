package fetch

import (
	"slices"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/headername"
	"github.com/browsercors/browsercors/internal/isomorphic"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// blocksAfterPreflight tells whether the profile asks blocked later than the
// Standard does: after the preflight of a redirected request.
func (f *fetching) blocksAfterPreflight() bool {
	r := f.request
	return r.redirectCount > 0 && f.agent.profile.Redirect.BlockedAfterPreflight &&
		!(r.currentURL().Scheme() == "https" && f.blockedDueToBadPort() != nil)
}

// blockedLate is blocked for profiles that ask it after the preflight.
func (f *fetching) blockedLate() *Error {
	if !f.blocksAfterPreflight() {
		return nil
	}
	return f.blocked()
}

// endsBeforeMode is what profiles do with a redirect before they look at redirect
// mode: refuse a Location that is not a URL, or take a response without Location
// for no redirect.
func (f *fetching) endsBeforeMode(resp *response) (bool, *Error) {
	r := f.request
	rules := &f.agent.profile.Redirect
	if rules.LocationFirst {
		location, refusal := f.locationURL(resp)
		if refusal != nil {
			return false, refusal
		}
		if location == nil && r.redirect == redirectError {
			return true, nil
		}
	}
	if r.redirect == redirectFollow || !rules.NoLocationNoRedirect {
		return false, nil
	}
	if location, _ := resp.headers.Get("Location"); location != "" {
		return false, nil
	}
	if r.redirect == redirectManual {
		resp.filter, resp.bodyShown = typeOpaqueRedirect, true
	}
	return true, nil
}

// refusesManually is the refusal of a redirect in mode manual, where the profile
// looks at the location's scheme all the same.
func (f *fetching) refusesManually(resp *response) *Error {
	if !f.agent.profile.Redirect.ManualRefusesScheme {
		return nil
	}
	if location, _ := f.locationURL(resp); location != nil && location.Scheme() == "ftp" {
		return f.block(RedirectScheme, resp, "Location", location.String())
	}
	return nil
}

// redirectValidators has the validators of what is stored go on with a request that
// the server redirects, if the profile does.
func (f *fetching) redirectValidators() {
	r, c := f.request, &f.cache
	target := c.target
	r.validators, c.target = nil, nil
	if !f.agent.profile.HTTPCache.Use.ValidatorsRedirected || c.stored == nil || c.forScript || r.lastRedirect.leftPage {
		r.validated = nil
		return
	}
	if r.tainting != taintingCORS {
		r.validators = c.validators
	}
	if target == nil {
		target = r.currentURL()
	}
	if r.validated == nil {
		r.validatedURLs = append(slices.Clone(r.urlList), target)
	}
	r.validated = c.stored
}

// unstripped are the headers that the request was made with, but for those that
// the last redirect stripped.
func (r *request) unstripped() safelist.HeaderList {
	kept := make(safelist.HeaderList, 0, len(r.original.headers))
	for _, h := range r.original.headers {
		if !(r.lastRedirect.bodyStripped && headername.IsRequestBody(h.Name)) &&
			!(r.lastRedirect.crossOrigin && headername.IsNonWildcard(h.Name)) {
			kept = append(kept, h)
		}
	}
	return kept
}

// restoreHeaders brings back what former redirects have stripped and this one
// would not have stripped of the request as script made it.
func (r *request) restoreHeaders(status int, crossOrigin bool) {
	stripsBody := becomesGET(status, r.original.method)
	if stripsBody {
		r.deleteHeaders(headername.IsRequestBody)
	}
	kept := slices.Clip(r.headers)
	var index fold.Index
	at := func(i int) string { return r.headers[i].Name }
	for _, h := range r.original.headers {
		switch {
		case index.First(len(r.headers), at, h.Name) >= 0,
			stripsBody && headername.IsRequestBody(h.Name),
			crossOrigin && headername.IsNonWildcard(h.Name),
			(r.api == apiXHR && r.original.typeOfBody || outlives(r.api)) && fold.Equal(h.Name, "Content-Type"):
		default:
			kept = append(kept, h)
		}
	}
	r.headers = kept
}

// recheckHop does the CORS check of a redirect again, with credentials, where the
// profile does; what fails is refused before the next request.
func (f *fetching) recheckHop(resp *response) {
	r := f.request
	if !f.includesOnHop() {
		return
	}
	if reason, header, value := f.corsVerdict(r, resp, true); reason != 0 {
		r.lateRefusal = f.block(reason, resp, header, value)
	}
}

// refusesUserinfoLater tells whether the profile refuses a username and password
// in a location only after the location's preflight.
func (f *fetching) refusesUserinfoLater() bool {
	return f.agent.profile.Redirect.BlockedAfterPreflight && f.request.tainting == taintingBasic
}

// deleteBecomesGET tells whether the profile has a redirected DELETE become a GET.
func (f *fetching) deleteBecomesGET(crossOrigin bool) bool {
	return f.agent.profile.Redirect.DeleteBecomesGET && f.request.method == "DELETE" && crossOrigin
}

// redirectHeaders is which headers profiles put back or leave out when the
// request goes on to a location.
func (f *fetching) redirectHeaders(status int, location *origin.URL) {
	r := f.request
	rules := &f.agent.profile.Redirect
	if rules.StripOnce {
		r.restoreHeaders(status, r.lastRedirect.crossOrigin)
	}
	if rules.HintsStayBehind && !location.Origin().SameOrigin(r.client.origin) {
		r.deleteHeaders(isDelegatedHint)
	}
	same := status == 307 || status == 308
	dropsType := r.lastRedirect.bodyStripped && !same
	basic := r.tainting == taintingBasic && r.origin.SameOrigin(location.Origin())
	if rules.FirstHeaders && r.mode == CORS && !basic {
		authorized := r.headers.Contains("Authorization")
		r.headers = r.original.headers
		r.deleteHeaders(func(name string) bool {
			return dropsType && headername.IsRequestBody(name) || !authorized && headername.IsNonWildcard(name)
		})
		return
	}
	if rules.TypeRestored && same && !r.headers.Contains("Content-Type") {
		if value, ok := r.original.headers.Get("Content-Type"); ok {
			r.headers = append(slices.Clip(r.headers), safelist.Header{Name: "Content-Type", Value: value})
			r.typeRestored = true
		}
	}
	if rules.OwnUserAgent && r.headers.Contains("User-Agent") {
		r.deleteHeaders(func(name string) bool { return fold.Equal(name, "User-Agent") })
	}
}

// isDelegatedHint tells whether a header is a client hint that goes to another
// origin only if the page has delegated it.
func isDelegatedHint(name string) bool {
	for _, hint := range [...]string{"Device-Memory", "DPR", "Width", "Viewport-Width", "RTT", "Downlink", "ECT"} {
		if fold.Equal(name, hint) {
			return true
		}
	}
	return false
}

// locationValue is the value of Location as the profile has it extracted.
func (f *fetching) locationValue(headers safelist.HeaderList) (value string, present bool, err error) {
	values, present, err := headers.ExtractValues("Location")
	switch {
	case present && isUnambiguous(f.agent.profile.Response.Unambiguous, "Location"):
		return headers.Values("Location")[0], true, nil // of values that are equal
	case err != nil && f.agent.profile.Redirect.JoinLocations:
		value, _ = headers.Get("Location")
		return value, present, nil
	case err != nil || !present:
		return "", present, err
	}
	return values[0], true, nil
}

// redirectRules are [rules.Redirect] with what follows from them.
type redirectRules rules.Redirect

// locationInput is what the URL parser gets for a value of Location.
func (rules *redirectRules) locationInput(value string) string {
	value = rules.encode(value)
	if rules.LocationBytes {
		return value
	}
	return isomorphic.Decode(value)
}

// encode percent-encodes bytes of Location as the profile has it.
func (rules *redirectRules) encode(s string) string {
	if !rules.LocationBytes && !rules.LocationControls {
		return s
	}
	encoded := make([]byte, 0, len(s))
	for i := range len(s) {
		if s[i] >= 0x80 && rules.LocationBytes || (s[i] < ' ' || s[i] == 0x7f) && rules.LocationControls {
			encoded = append(encoded, '%', upperHex[s[i]>>4], upperHex[s[i]&15])
		} else {
			encoded = append(encoded, s[i])
		}
	}
	return string(encoded)
}

// redirectedBelow tells whether the profile's network library has followed a redirect
// of a WebSocket's handshake, of which the page learns nothing.
func (f *fetching) redirectedBelow() bool {
	r := f.request
	return r.mode == webSocketMode && r.redirectCount > 0 && f.agent.profile.WebSocket.FollowsRedirects
}
