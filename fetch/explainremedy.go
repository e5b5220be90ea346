package fetch

import (
	"errors"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/internal/element"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/safelist"
)

// The headers that a remedy shows, and what it may depend on.

// unsafeNames are the names that the preflight asks for.
func (e *Error) unsafeNames() []string {
	if list, ok := e.Request.Headers.Get("Access-Control-Request-Headers"); ok {
		return strings.Split(list, ",")
	}
	names := (*safelist.Rules)(nil).UnsafeNames(e.Request.Headers)
	refused := strings.ToLower(e.Detail)
	if (e.Reason == HeaderDisallowed || e.Reason == AuthorizationNotListed) && !slices.Contains(names, refused) {
		names = append(names, refused)
	}
	return names
}

// readable is the header list that lets this page read. Nobody should allow
// "null", which every sandboxed page says.
func (e *Error) readable() HeaderList { return e.readableFor(e.Request.Origin) }

// readableFor is the same for an origin. That of the page counts where redirects
// are to go that have hidden it.
func (e *Error) readableFor(asking string) HeaderList {
	if asking == "null" {
		return HeaderList{{Name: allowOrigin, Value: "*"}}
	}
	list := HeaderList{{Name: allowOrigin, Value: text.Legible(asking, explainLimit)}}
	if e.credentialed() {
		list = append(list, safelist.Header{Name: allowCredentials, Value: "true"})
	}
	return append(list, safelist.Header{Name: "Vary", Value: "Origin"})
}

// permission is the header list of an answer to this request's preflight.
func (e *Error) permission() HeaderList {
	list := e.readable()
	if !safelist.IsSafelistedMethod(e.method()) {
		list = append(list, e.permittedMethod()...)
	}
	if e.unsafeNames() != nil {
		list = append(list, e.permittedHeaders()...)
	}
	return list
}

// corrected is the header that decided, as it should be, with those that go with it.
func (e *Error) corrected() HeaderList {
	switch e.Header {
	case allowMethods:
		return e.permittedMethod()
	case allowHeaders:
		return e.permittedHeaders()
	}
	return e.readable()
}

func (e *Error) permittedMethod() HeaderList {
	return HeaderList{{Name: allowMethods, Value: e.extended(allowMethods, e.method())}}
}

func (e *Error) permittedHeaders() HeaderList {
	return HeaderList{{Name: allowHeaders, Value: e.extended(allowHeaders, e.unsafeNames()...)}}
}

// extended is the list that the server sends in a header, with what is missing
// from it: pasted as it stands it takes nothing away that was allowed. What is
// no token stays out, and so does a "*" that credentials void.
func (e *Error) extended(header string, missing ...string) string {
	var members []string
	if e.Header == header {
		for member := range strings.SplitSeq(e.Value, ",") {
			if member = strings.Trim(member, " \t"); grammar.IsToken(member) && !(member == "*" && e.credentialed()) {
				members = append(members, member)
			}
		}
	}
	var index fold.Index
	for _, name := range missing {
		listed := header != allowHeaders && slices.Contains(members, name) ||
			header == allowHeaders && index.First(len(members), func(i int) string { return members[i] }, name) >= 0
		if !listed {
			members = append(members, name)
		}
	}
	return text.Legible(strings.Join(members, ", "), explainLimit)
}

// fellBack tells whether a policy forbids the URL by default-src, which stands for a
// directive that it does not have.
func (e *Error) fellBack() bool { return e.Particular("directive") == "default-src" }

func (e *Error) embeddable() HeaderList {
	return HeaderList{{Name: resourcePolicy, Value: "cross-origin"}}
}

// isolated is the embedder policy that the page demands of what it starts.
func (e *Error) isolated() HeaderList {
	policy := EmbedderPolicy(e.Detail)
	if !policy.compatible() {
		policy = requireCORP
	}
	return HeaderList{{Name: embedderPolicyHeader, Value: string(policy)}}
}

// frameable is what a document in a frame of a page with an embedder policy has.
func (e *Error) frameable() HeaderList { return append(e.isolated(), e.embeddable()...) }

func (e *Error) javaScript() HeaderList {
	return HeaderList{{Name: "Content-Type", Value: "text/javascript"}}
}

func (e *Error) styleSheet() HeaderList {
	return HeaderList{{Name: "Content-Type", Value: "text/css"}}
}

// frameAncestors is the policy that lets the page frame the document.
func (e *Error) frameAncestors() HeaderList {
	return HeaderList{{Name: "Content-Security-Policy", Value: "frame-ancestors 'self' " + e.Request.Page}}
}

func (e *Error) eventStream() HeaderList {
	return HeaderList{{Name: "Content-Type", Value: string(element.EventStream)}}
}

// originNull tells whether the browser said Origin: null.
func (e *Error) originNull() bool { return e.Request.Origin == "null" }

// tainted tells whether redirects hid the page's origin.
func (e *Error) tainted() bool { return e.Request.Origin == "null" && e.Request.Page != "null" }

// opaquePage tells whether the page has no origin that a server could name.
func (e *Error) opaquePage() bool { return e.Request.Page == "null" }

// otherCase tells whether the list has the method in another case.
func (e *Error) otherCase() bool {
	for member := range strings.SplitSeq(e.value(), ",") {
		if fold.Equal(strings.Trim(member, " \t"), e.method()) {
			return true
		}
	}
	return false
}

// listedSmall tells whether the method is in capitals, and is not so in the
// list.
func (e *Error) listedSmall() bool {
	return e.otherCase() && e.method() == strings.ToUpper(e.method())
}

// wildcard tells whether the list has a "*" that credentials void.
func (e *Error) wildcard() bool {
	for member := range strings.SplitSeq(e.value(), ",") {
		if strings.Trim(member, " \t") == "*" {
			return e.credentialed()
		}
	}
	return false
}

// constructing tells whether the API refused the request. An error that a program
// made without a stage counts as such.
func (e *Error) constructing() bool { return e.Stage == stageConstruct || e.Stage == "" }

func (e *Error) redirected() bool { return e.Request.Hop > 0 }
func (e *Error) caused() bool     { return e.Err != nil }
func (e *Error) asked() bool      { return e.status() == 401 }

// insecurePage tells whether a permission was denied for want of a secure context.
func (e *Error) insecurePage() bool { return e.Detail == deniedInsecure }

// undelegatedFrame tells whether a permission was denied to a frame.
func (e *Error) undelegatedFrame() bool { return e.Detail == deniedFrame }

// notDecided tells whether a permission was denied since nobody was asked.
func (e *Error) notDecided() bool { return e.Detail == "not decided" }

// byProxy tells whether the guard could not see the address for a proxy.
func (e *Error) byProxy() bool { return e.Header == "proxy" }

// unknownAddress tells whether the transport did not say what it dialled.
func (e *Error) unknownAddress() bool { return e.Header == "address" && e.Value == "" }

// redirectedByHSTS tells whether it was the browser itself that redirected, see
// redirectHSTSHost.
func (e *Error) redirectedByHSTS() bool {
	return e.Response != nil && e.Response.Status == 307 && e.Request.Upgraded == upgradedByHSTS && strings.HasPrefix(e.Request.URL, "http:")
}

// taintedByHSTS tells whether such a redirect has led to the URL, and made the origin null.
func (e *Error) taintedByHSTS() bool {
	return e.tainted() && e.Request.Upgraded == upgradedByHSTS && strings.TrimPrefix(e.Request.URL, "https:") == strings.TrimPrefix(e.Request.FirstURL, "http:")
}

// withoutUpgrade tells whether the server did not switch protocols.
func (e *Error) withoutUpgrade() bool { return e.status() != 101 }

// certificateInPreflight tells whether a preflight failed for want of a client
// certificate.
func (e *Error) certificateInPreflight() bool {
	var wanted *clientCertificateError
	return e.Stage == stagePreflight && errors.As(e.Err, &wanted) && !wanted.Presented && !wanted.Unsure
}

// perhapsCertificate tells whether that may be so.
func (e *Error) perhapsCertificate() bool {
	var wanted *clientCertificateError
	return e.Stage == stagePreflight && errors.As(e.Err, &wanted) && !wanted.Presented && wanted.Unsure
}
