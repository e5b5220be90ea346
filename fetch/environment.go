package fetch

import (
	"errors"
	"fmt"
	"slices"

	"github.com/browsercors/browsercors/internal/csp"
	"github.com/browsercors/browsercors/origin"
)

// EnvironmentOptions describe a page or a worker.
type EnvironmentOptions struct {
	// URL is the page's absolute URL. It is required. A srcdoc frame has the URL of
	// its parent.
	URL string

	// BaseURL is the URL that relative URLs are resolved against; "" is URL.
	BaseURL string

	// Origin is the page's origin if that is not the origin of URL: for example
	// that of the creator of an about:blank page, or an opaque one.
	Origin origin.Origin

	// Sandboxed gives the page an opaque origin, like a frame with
	// sandbox="allow-scripts".
	Sandboxed bool

	// Ancestors are the origins of the documents that frame the page, from its
	// parent to the top-level page. They are empty for a top-level page. Storage
	// and connections are partitioned by the last one.
	Ancestors []origin.Origin

	// ReferrerPolicy is the page's referrer policy; "" is
	// "strict-origin-when-cross-origin".
	ReferrerPolicy ReferrerPolicy

	// EmbedderPolicy is the page's Cross-Origin-Embedder-Policy, perhaps with the
	// endpoint that gets the reports: require-corp; report-to="name".
	EmbedderPolicy EmbedderPolicy

	// ContentSecurityPolicy are the values of the page's Content-Security-Policy
	// headers, which are enforced, and ContentSecurityPolicyReportOnly those of
	// Content-Security-Policy-Report-Only. A comma in a value starts another policy.
	// What does not parse is ignored, as browsers do. For a policy in markup see
	// [Environment.WithMeta].
	//
	// Violations are reported in the background to the URLs of report-uri, or to the
	// endpoint of report-to, by the page's agent; see [Agent.Wait].
	//
	// https://w3c.github.io/webappsec-csp/
	ContentSecurityPolicy, ContentSecurityPolicyReportOnly []string

	// IntegrityPolicy is the value of the page's Integrity-Policy header, and
	// IntegrityPolicyReportOnly that of Integrity-Policy-Report-Only. A request of a
	// destination that it blocks needs integrity metadata and a mode other than
	// no-cors. A value that does not parse is ignored, as browsers do. Violations are
	// reported like those of ContentSecurityPolicy.
	//
	// https://w3c.github.io/webappsec-subresource-integrity/#integrity-policy-section
	IntegrityPolicy, IntegrityPolicyReportOnly string

	// ConnectionAllowlist is the value of the page's Connection-Allowlist header, and
	// ConnectionAllowlistReportOnly that of Connection-Allowlist-Report-Only. A request
	// to a URL that no pattern matches is refused, and so is any redirect unless the
	// header has the parameter redirects=allow. A profile without that header ignores
	// both.
	//
	// https://wicg.github.io/connection-allowlists/
	ConnectionAllowlist, ConnectionAllowlistReportOnly string

	// ReportingEndpoints is the value of the page's Reporting-Endpoints header, which
	// says what the names of report-to stand for. Only a secure page can have one.
	ReportingEndpoints string

	// EmbedderPolicyReportOnly is the page's
	// Cross-Origin-Embedder-Policy-Report-Only. It blocks nothing: [Trace.Checked]
	// and the endpoint are told what it would block.
	EmbedderPolicyReportOnly EmbedderPolicy

	// DocumentIsolationPolicy is the page's Document-Isolation-Policy:
	// "isolate-and-require-corp", "isolate-and-credentialless", or "none", which is
	// also the zero value. A profile without that header ignores it.
	//
	// https://wicg.github.io/document-isolation-policy/
	DocumentIsolationPolicy string

	// AddressSpace is the address space of the page's server: "public", "local" or
	// "loopback". Browsers ask their users before a page in a public space reaches a
	// less public one, see [Options.Permissions]. "" is a page whose requests are not
	// checked.
	AddressSpace origin.AddressSpace

	// Allow names the features that the page's ancestors delegate to it, as a frame's
	// allow attribute does. It matters for "loopback-network" and "local-network", or
	// "local-network-access" for both, in a page that is framed by one of another
	// origin.
	Allow []string

	// Worker says that this is a worker, which can't ask the user for a password.
	Worker bool
}

// An Environment is a page or a worker: who makes a request. The Standards call
// it an environment settings object with its policy container. It is immutable,
// cheap, and safe for concurrent use.
//
// https://html.spec.whatwg.org/#environment-settings-object
type Environment struct {
	agent          *Agent
	url            *origin.URL // creation URL
	baseURL        *origin.URL
	origin         origin.Origin
	originReferrer string        // the URL cut down to its origin, as a referrer
	topLevel       origin.Origin // of the top-level page
	partition      origin.PartitionKey
	frameSite      string // see frameSite
	referrerPolicy ReferrerPolicy
	ownPolicy      bool                   // … which was given, and is not the default
	csp            *csp.List              // nil: no policies
	integrity      *integrityPolicies     // likewise
	allowlists     []connectionAllowlist  // likewise
	endpoints      map[string]*origin.URL // of Reporting-Endpoints
	coep           embedderPolicy
	isolation      EmbedderPolicy      // what Document-Isolation-Policy demands
	addressSpace   origin.AddressSpace // "": not known
	allow          []string
	secureContext  bool
	worker         bool
	framed         bool
	ownFrame       bool // all ancestors are of its origin
	markupBase     bool // the base URL was written as markup whose quotation mark is missing
	sandboxed      bool // which what it frames inherits
	ancestors      []origin.Origin
	parent         *Environment // the page that framed it, if a Load or a navigation did

	prohibitsMixed    bool // prohibits mixed security contexts
	crossSiteAncestor bool // has cross-site ancestor
	crossSiteURL      bool // likewise, if the URL's origin were its own
	keepalive         *keepaliveBytes
	loads             *pageLoads
	hints             hintSet // the client hints that its origin has asked for
}

// Page returns a top-level page at a URL, the environment that most programs
// need.
func (a *Agent) Page(url string) (*Environment, error) {
	return a.Environment(&EnvironmentOptions{URL: url})
}

// Environment returns an environment. If several options are invalid, the error
// names all of them.
func (a *Agent) Environment(o *EnvironmentOptions) (*Environment, error) {
	var wrong []error
	u, err := a.schemes.ParseURL(o.URL, nil)
	if err != nil {
		wrong = append(wrong, fmt.Errorf("fetch: EnvironmentOptions.URL: %w", err))
	}
	base := u
	if o.BaseURL != "" {
		if base, err = a.schemes.ParseURL(o.BaseURL, u); err != nil {
			wrong = append(wrong, fmt.Errorf("fetch: EnvironmentOptions.BaseURL: %w", err))
		}
	}
	if !oneOf(o.ReferrerPolicy, referrerPolicies[:]...) {
		wrong = append(wrong, fmt.Errorf("fetch: EnvironmentOptions.ReferrerPolicy %s is unknown, want one of %s", quote(string(o.ReferrerPolicy)), joined(referrerPolicies[:]...)))
	}
	coep := embedderPolicy{}
	coep.value, coep.endpoint = embedderOption(o.EmbedderPolicy)
	coep.reportOnly, coep.reportOnlyEndpoint = embedderOption(o.EmbedderPolicyReportOnly)
	if !oneOf(coep.value, embedderPolicies[:]...) {
		wrong = append(wrong, fmt.Errorf("fetch: EnvironmentOptions.EmbedderPolicy %s is unknown, want one of %s", quote(string(o.EmbedderPolicy)), joined(embedderPolicies[:]...)))
	}
	if !oneOf(coep.reportOnly, embedderPolicies[:]...) {
		wrong = append(wrong, fmt.Errorf("fetch: EnvironmentOptions.EmbedderPolicyReportOnly %s is unknown, want one of %s", quote(string(o.EmbedderPolicyReportOnly)), joined(embedderPolicies[:]...)))
	}
	if _, ok := isolationPolicies[o.DocumentIsolationPolicy]; !ok {
		wrong = append(wrong, fmt.Errorf("fetch: EnvironmentOptions.DocumentIsolationPolicy %s is unknown, want one of isolate-and-require-corp, isolate-and-credentialless and none", quote(o.DocumentIsolationPolicy)))
	}
	if !oneOf(o.AddressSpace, addressSpaces[:]...) {
		wrong = append(wrong, fmt.Errorf("fetch: EnvironmentOptions.AddressSpace %s is unknown, want one of %s", quote(string(o.AddressSpace)), joined(addressSpaces[:]...)))
	}
	if o.Sandboxed && !o.Origin.IsZero() && !o.Origin.IsOpaque() {
		wrong = append(wrong, fmt.Errorf("fetch: EnvironmentOptions.Sandboxed contradicts the tuple origin %q", o.Origin))
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	e := &Environment{
		agent:          a,
		url:            u,
		baseURL:        base,
		originReferrer: u.Origin().String() + "/",
		origin:         o.Origin,
		referrerPolicy: orDefault(o.ReferrerPolicy, strictOriginWhenCrossOrigin),
		ownPolicy:      o.ReferrerPolicy != "",
		csp:            cspOf(o, u),
		allowlists:     a.newConnectionAllowlists(o.ConnectionAllowlist, o.ConnectionAllowlistReportOnly, u),
		integrity:      a.newIntegrityPolicies(o.IntegrityPolicy, o.IntegrityPolicyReportOnly),
		endpoints:      a.reportingEndpoints(o.ReportingEndpoints, u),
		coep:           coep,
		isolation:      isolationPolicies[o.DocumentIsolationPolicy],
		addressSpace:   o.AddressSpace,
		allow:          slices.Clone(o.Allow),
		worker:         o.Worker,
		framed:         len(o.Ancestors) > 0,
		sandboxed:      o.Sandboxed,
		ancestors:      o.Ancestors,
		markupBase:     danglingMarkup(o.BaseURL),
		keepalive:      new(keepaliveBytes),
		loads:          new(pageLoads),
	}
	switch {
	case !e.origin.IsZero():
	case o.Sandboxed:
		e.origin = origin.NewOpaque()
	default:
		e.origin = u.Origin()
	}
	top := e.origin
	e.ownFrame = true
	e.prohibitsMixed = a.prohibitsMixed(e.origin)
	for _, ancestor := range o.Ancestors {
		top = ancestor
		e.ownFrame = e.ownFrame && ancestor.SameOrigin(e.origin)
		e.prohibitsMixed = e.prohibitsMixed || a.prohibitsMixed(ancestor)
		e.crossSiteAncestor = e.crossSiteAncestor || !origin.SameSite(ancestor, e.origin, a.suffixes)
		e.crossSiteURL = e.crossSiteURL || !origin.SameSite(ancestor, u.Origin(), a.suffixes)
	}
	e.topLevel = top
	e.secureContext = a.trust.URL(u)
	if e.framed {
		e.secureContext = a.trust.Origin(top)
	}
	e.partition = origin.PartitionKey{Site: top.Site(a.suffixes)}
	if e.framed {
		e.frameSite = frameSite(e.origin, top, a.suffixes)
	}
	e.hints = a.acceptCH.get(e.origin)
	return e, nil
}

// Origin returns the page's origin.
func (e *Environment) Origin() origin.Origin { return e.origin }

// URL returns the page's URL.
func (e *Environment) URL() string { return e.url.String() }

// ReferrerPolicy returns the page's referrer policy.
func (e *Environment) ReferrerPolicy() ReferrerPolicy { return e.referrerPolicy }

// EmbedderPolicy returns the page's embedder policy.
func (e *Environment) EmbedderPolicy() EmbedderPolicy { return e.coep.value }

// Agent returns the agent that the environment belongs to.
func (e *Environment) Agent() *Agent { return e.agent }
