package fetch

import (
	"strings"

	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// valid tells whether the policy exists. The empty string is one of the
// Standard's, but names none.
//
// https://w3c.github.io/webappsec-referrer-policy/#referrer-policies
func (p ReferrerPolicy) valid() bool {
	return p != "" && oneOf(p, referrerPolicies[:]...)
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

// value is the referrer serialized for the Referer header: steps 3 to 5 of "strip
// url for use as a referrer", without userinfo and fragment.
//
// https://w3c.github.io/webappsec-referrer-policy/#strip-url
func (r referrer) value() string {
	if r.origin != "" {
		return r.origin
	}
	if !r.url.IncludesCredentials() {
		return r.url.WithoutFragment()
	}
	return r.url.SetCredentials("", "").WithoutFragment()
}

// determineReferrer is "determine request's referrer". A referrer that is not
// sent is none.
//
// https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer
func (f *fetching) determineReferrer() referrer {
	// 1, 2. The policy and the environment are the request's.
	r := f.request
	none := referrer{kind: referrerNone}
	// 3. Where the request comes from: the client's page, or the URL that it names.
	source := r.referrer
	if source.kind == referrerClient {
		// 3.1.2. A page of an opaque origin stays unnamed. There are no srcdoc documents (3.1.3).
		if !r.client.worker && r.client.origin.IsOpaque() && !f.namesSandboxedPage() {
			return none
		}
		// 3.1.4, 3.2. The page's URL, or the worker's.
		source = referrer{kind: referrerURL, url: r.client.url}
	}
	// 4. Strip it: a local URL names nothing (strip url, 2). Nor does one whose origin is
	// opaque, which could not be cut down to it; browsers do the same.
	if isLocal(source.url) || source.url.Origin().IsOpaque() || f.hidesReferrer(source.url) {
		return none
	}
	// 5. Its origin alone is made where it is needed: see cutToOrigin.
	full := source
	// 6. A URL of more than 4096 characters is cut down to its origin.
	const longest = 4096
	if len(full.value()) > longest {
		full = r.cutToOrigin(source)
	}
	// 7. A user agent may trim more: see referrerPolicy.
	// 8. What the policy lets out.
	u := r.currentURL()
	sameOrigin := source.url.Origin().SameOrigin(u.Origin()) && !f.opaqueToAll()
	downgrade := f.isDowngrade(source.url, u)
	switch f.referrerPolicy(source.url.Origin()) {
	// Always the origin.
	case originReferrer:
		return r.cutToOrigin(source)
	// Always the URL.
	case unsafeURL:
		return full
	// The origin, and not over less than the page came over.
	case strictOrigin:
		if downgrade {
			return none
		}
		return r.cutToOrigin(source)
	// The URL within the origin, else the origin, and not over less.
	case strictOriginWhenCrossOrigin:
		switch {
		case sameOrigin:
			return full
		case downgrade:
			return none
		}
		return r.cutToOrigin(source)
	// The URL, only within the origin.
	case sameOriginReferrer:
		if sameOrigin {
			return full
		}
		return none
	// The URL within the origin, else the origin.
	case originWhenCrossOrigin:
		if sameOrigin {
			return full
		}
		return r.cutToOrigin(source)
	// The URL, and not over less.
	case noReferrerWhenDowngrade:
		if downgrade {
			return none
		}
		return full
	}
	// no-referrer: nothing.
	return none
}

// cutToOrigin is "strip url for use as a referrer" with the origin-only flag.
// Steps 3 to 5 of that, which take off the userinfo and the fragment, are those of
// value.
//
// https://w3c.github.io/webappsec-referrer-policy/#strip-url
func (r *request) cutToOrigin(source referrer) referrer {
	switch {
	case source.origin != "":
	case source.url == r.client.url:
		source.origin = r.client.originReferrer // made once a page
	default:
		// 6. Nothing is left behind the origin but a slash.
		source.origin = source.url.Origin().String() + "/"
	}
	return source
}

// setReferrerPolicyOnRedirect is "set request's referrer policy on redirect". It
// tells whether there was one.
//
// https://w3c.github.io/webappsec-referrer-policy/#set-requests-referrer-policy-on-redirect
func (f *fetching) setReferrerPolicyOnRedirect(headers safelist.HeaderList) (set bool) {
	// 1. The policy that the redirect names.
	policy, set := parseReferrerPolicy(headers, f.agent.profile.Redirect.Policy)
	// 2. If there is one, it is the request's from here on.
	if set {
		f.request.referrerPolicy = policy
	}
	return set
}

// parseReferrerPolicy is "parse a referrer policy from a Referrer-Policy
// header".
//
// https://w3c.github.io/webappsec-referrer-policy/#parse-referrer-policy-from-header
func parseReferrerPolicy(headers safelist.HeaderList, form rules.PolicyHeader) (policy ReferrerPolicy, ok bool) {
	// 1. The header's values, as a list of tokens.
	tokens, _, err := headers.ExtractValues("Referrer-Policy")
	if form != rules.PolicyHeaderList {
		value, _ := headers.Get("Referrer-Policy")
		tokens, err = strings.Split(strings.ToLower(value), ","), nil
	}
	if err != nil {
		return "", false
	}
	// 2, 3. The last one that is known, so that a server may name an older one before it.
	for _, token := range tokens {
		if p := ReferrerPolicy(strings.Trim(token, " \t")); p.valid() {
			policy, ok = p, true
		}
	}
	// 4. That is the policy.
	return policy, ok
}
