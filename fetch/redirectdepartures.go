package fetch

import (
	"slices"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// unstripped are the headers that the request was made with, but for those that
// the last redirect stripped.
func (r *request) unstripped() safelist.HeaderList {
	kept := make(safelist.HeaderList, 0, len(r.original.headers))
	for _, h := range r.original.headers {
		if !(r.lastRedirect.bodyStripped && safelist.IsRequestBodyHeaderName(h.Name)) &&
			!(r.lastRedirect.crossOrigin && safelist.IsNonWildcardRequestHeaderName(h.Name)) {
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
		r.deleteHeaders(safelist.IsRequestBodyHeaderName)
	}
	kept := slices.Clip(r.headers)
	var index fold.Index
	at := func(i int) string { return r.headers[i].Name }
	for _, h := range r.original.headers {
		switch {
		case index.First(len(r.headers), at, h.Name) >= 0,
			stripsBody && safelist.IsRequestBodyHeaderName(h.Name),
			crossOrigin && safelist.IsNonWildcardRequestHeaderName(h.Name),
			r.api == APIXHR && r.original.typeOfBody && safelist.EqualFold(h.Name, "Content-Type"):
		default:
			kept = append(kept, h)
		}
	}
	r.headers = kept
}

// goOnWith is which headers profiles put back or leave out when the request goes
// on to a location; the redirect that led there may have dropped the body's
// type.
func (f *fetching) goOnWith(status int, location *origin.URL, dropsType bool) {
	r := f.request
	rules := &f.agent.profile.Redirect
	same := status == 307 || status == 308
	dropsType = dropsType && !same
	basic := r.tainting == TaintingBasic && r.origin.SameOrigin(location.Origin())
	if rules.FirstHeaders && r.mode == CORS && !basic {
		authorized := r.headers.Contains("Authorization")
		r.headers = r.original.headers
		r.deleteHeaders(func(name string) bool {
			return dropsType && safelist.IsRequestBodyHeaderName(name) || !authorized && safelist.IsNonWildcardRequestHeaderName(name)
		})
		return
	}
	if rules.TypeRestored && same && !r.headers.Contains("Content-Type") {
		if value, ok := r.original.headers.Get("Content-Type"); ok {
			r.headers = append(slices.Clip(r.headers), safelist.Header{Name: "Content-Type", Value: value})
		}
	}
	if rules.OwnUserAgent && r.headers.Contains("User-Agent") {
		r.deleteHeaders(func(name string) bool { return safelist.EqualFold(name, "User-Agent") })
	}
}

// isDelegatedHint tells whether a header is a client hint that goes to another
// origin only if the page has delegated it.
func isDelegatedHint(name string) bool {
	for _, hint := range [...]string{"Device-Memory", "DPR", "Width", "Viewport-Width", "RTT", "Downlink", "ECT"} {
		if safelist.EqualFold(name, hint) {
			return true
		}
	}
	return false
}

// encode percent-encodes bytes of Location as the profile has it.
func (rules *RedirectRules) encode(s string) string {
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
