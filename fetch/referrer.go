package fetch

import (
	"strings"

	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// valid tells whether the policy exists. The empty string is one of the
// Standard's, but names none.
//
// https://w3c.github.io/webappsec-referrer-policy/#referrer-policies
func (p ReferrerPolicy) valid() bool {
	switch p {
	case NoReferrerPolicy, NoReferrerWhenDowngrade, SameOriginReferrer, OriginReferrer,
		StrictOrigin, OriginWhenCrossOrigin, StrictOriginWhenCrossOrigin, UnsafeURL:
		return true
	}
	return false
}

// A referrer is a request's referrer: the client's, none, or a URL.
//
// https://fetch.spec.whatwg.org/#concept-request-referrer
type referrer struct {
	kind referrerKind
	url  *origin.URL

	// origin, if not empty, is the URL cut down to its origin, which stands in
	// its place.
	origin string
}

type referrerKind uint8

const (
	referrerClient referrerKind = iota
	referrerNone
	referrerURL
)

// value is the referrer serialized for the Referer header: without userinfo
// and fragment.
func (r referrer) value() string {
	if r.origin != "" {
		return r.origin
	}
	if !r.url.IncludesCredentials() {
		return r.url.WithoutFragment()
	}
	return r.url.SetCredentials("", "").WithoutFragment()
}

// determineReferrer is "determine request's referrer".
//
// https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer
func (f *fetching) determineReferrer() referrer {
	r := f.request
	none := referrer{kind: referrerNone}
	source := r.referrer // 3
	if source.kind == referrerClient {
		sandboxed := f.agent.profile.Headers.SandboxedReferrer && r.api == APIXHR
		if !r.client.worker && r.client.origin.IsOpaque() && !sandboxed {
			return none
		}
		source = referrer{kind: referrerURL, url: r.client.url}
	}
	if source.url.IsLocal() || source.url.Origin().IsOpaque() {
		// strip url for use as a referrer, 2; like browsers also for a scheme
		// that nobody knows, whose URLs have no origin to be cut down to
		return none
	}
	full := source // 4
	const longest = 4096
	if len(full.value()) > longest { // 6
		full = r.cutToOrigin(source)
	}
	u := r.currentURL()
	sameOrigin := source.url.Origin().SameOrigin(u.Origin())
	downgrade := f.agent.trust.URL(source.url) && !f.agent.trust.URL(u)
	if f.agent.profile.Headers.DowngradeByScheme {
		downgrade = source.url.Scheme() == "https" && u.Scheme() != "https"
	}
	switch f.referrerPolicy(source.url.Origin()) { // 8
	case OriginReferrer:
		return r.cutToOrigin(source)
	case UnsafeURL:
		return full
	case StrictOrigin:
		if downgrade {
			return none
		}
		return r.cutToOrigin(source)
	case StrictOriginWhenCrossOrigin:
		switch {
		case sameOrigin:
			return full
		case downgrade:
			return none
		}
		return r.cutToOrigin(source)
	case SameOriginReferrer:
		if sameOrigin {
			return full
		}
		return none
	case OriginWhenCrossOrigin:
		if sameOrigin {
			return full
		}
		return r.cutToOrigin(source)
	case NoReferrerWhenDowngrade:
		if downgrade {
			return none
		}
		return full
	}
	return none // no-referrer
}

// referrerPolicy is the request's referrer policy as it is applied to a referrer
// of an origin.
func (f *fetching) referrerPolicy(from origin.Origin) ReferrerPolicy {
	r := f.request
	if f.agent.profile.Headers.StrictAcrossSites {
		switch r.referrerPolicy {
		case NoReferrerWhenDowngrade, OriginWhenCrossOrigin, UnsafeURL:
			if !origin.SchemelesslySameSite(from, r.currentURL().Origin(), f.agent.suffixes) {
				r.lastRedirect.strictReferrer = true
				return StrictOriginWhenCrossOrigin
			}
		}
	}
	return r.referrerPolicy
}

// sentReferrer is the value of the Referer header, for a referrer that is a URL.
func (f *fetching) sentReferrer() string {
	r := f.request
	if f.agent.profile.Headers.TrimReferrerWhenSent && r.referrer.origin == "" &&
		!origin.SchemelesslySameSite(r.referrer.url.Origin(), r.currentURL().Origin(), f.agent.suffixes) {
		return r.referrer.url.Origin().String() + "/"
	}
	return r.referrer.value()
}

// cutToOrigin is a referrer stripped with the origin-only flag.
//
// https://w3c.github.io/webappsec-referrer-policy/#strip-url
func (r *request) cutToOrigin(source referrer) referrer {
	switch {
	case source.origin != "":
	case source.url == r.client.url:
		source.origin = r.client.originReferrer // made once a page
	default:
		source.origin = source.url.Origin().String() + "/"
	}
	return source
}

// setReferrerPolicyOnRedirect is "set request's referrer policy on redirect". It
// tells whether there was one.
//
// https://w3c.github.io/webappsec-referrer-policy/#set-requests-referrer-policy-on-redirect
func (f *fetching) setReferrerPolicyOnRedirect(headers safelist.HeaderList) (set bool) {
	policy, set := parseReferrerPolicy(headers, f.agent.profile.Redirect.Policy)
	if set {
		f.request.referrerPolicy = policy
	}
	return set
}

// parseReferrerPolicy is "parse a referrer policy from a Referrer-Policy
// header": the last policy of the list that is known.
//
// https://w3c.github.io/webappsec-referrer-policy/#parse-referrer-policy-from-header
func parseReferrerPolicy(headers safelist.HeaderList, rule PolicyHeaderRule) (policy ReferrerPolicy, ok bool) {
	tokens, _, err := headers.ExtractValues("Referrer-Policy")
	if rule != PolicyAsList {
		value, _ := headers.Get("Referrer-Policy")
		tokens, err = strings.Split(strings.ToLower(value), ","), nil
	}
	if err != nil {
		return "", false
	}
	for _, token := range tokens {
		if p := ReferrerPolicy(strings.Trim(token, " \t")); p.valid() {
			policy, ok = p, true
		}
	}
	return policy, ok
}
