package fetch

import (
	"errors"
	"fmt"

	"github.com/browsercors/browsercors/origin"
)

// EnvironmentOptions describe a page or worker: who is asking.
type EnvironmentOptions struct {
	// URL is the page's address, absolute. Required. A srcdoc frame has its
	// parent's.
	URL string

	// BaseURL is what relative URLs resolve against; "" is URL.
	BaseURL string

	// Origin, if it is not the URL's: that of an about:blank page, an opaque
	// one.
	Origin origin.Origin

	// Sandboxed gives the page an opaque origin, as a frame with
	// sandbox="allow-scripts" has.
	Sandboxed bool

	// Ancestors are the origins of the documents that the page is framed in,
	// from its parent to the top-level page; empty for a top-level page. The
	// last one is the top-level origin that storage is partitioned by.
	Ancestors []origin.Origin

	// ReferrerPolicy of the page; "" is strict-origin-when-cross-origin.
	ReferrerPolicy ReferrerPolicy

	// EmbedderPolicy is the page's Cross-Origin-Embedder-Policy.
	EmbedderPolicy EmbedderPolicy

	// Worker is for a worker's environment, which has no one to prompt.
	Worker bool
}

// An Environment is an environment settings object with its policy container:
// a page or worker that asks for things. It is immutable, cheap, and safe for
// concurrent use.
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
	referrerPolicy ReferrerPolicy
	embedderPolicy EmbedderPolicy
	worker         bool
	framed         bool
	markupBase     bool // the base URL was written as markup whose quotation mark is missing

	prohibitsMixed    bool // prohibits mixed security contexts
	crossSiteAncestor bool // has cross-site ancestor
	crossSiteURL      bool // likewise, if the URL's origin were its own
	keepalive         *keepaliveBytes
}

// Page is a top-level page at a URL: the environment most programs need.
func (a *Agent) Page(url string) (*Environment, error) {
	return a.Environment(&EnvironmentOptions{URL: url})
}

// Environment makes an environment. All that is wrong with the options is
// reported at once.
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
	if o.ReferrerPolicy != "" && !o.ReferrerPolicy.valid() {
		wrong = append(wrong, fmt.Errorf("fetch: EnvironmentOptions.ReferrerPolicy %s does not exist", quote(string(o.ReferrerPolicy))))
	}
	if !oneOf(o.EmbedderPolicy, UnsafeNone, RequireCORP, Credentialless) {
		wrong = append(wrong, fmt.Errorf("fetch: EnvironmentOptions.EmbedderPolicy %s does not exist", quote(string(o.EmbedderPolicy))))
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
		referrerPolicy: orDefault(o.ReferrerPolicy, StrictOriginWhenCrossOrigin),
		embedderPolicy: orDefault(o.EmbedderPolicy, UnsafeNone),
		worker:         o.Worker,
		framed:         len(o.Ancestors) > 0,
		markupBase:     danglingMarkup(o.BaseURL),
		keepalive:      new(keepaliveBytes),
	}
	switch {
	case !e.origin.IsZero():
	case o.Sandboxed:
		e.origin = origin.NewOpaque()
	default:
		e.origin = u.Origin()
	}
	top := e.origin
	e.prohibitsMixed = a.prohibitsMixed(e.origin)
	for _, ancestor := range o.Ancestors {
		top = ancestor
		e.prohibitsMixed = e.prohibitsMixed || a.prohibitsMixed(ancestor)
		e.crossSiteAncestor = e.crossSiteAncestor || !origin.SameSite(ancestor, e.origin, a.suffixes)
		e.crossSiteURL = e.crossSiteURL || !origin.SameSite(ancestor, u.Origin(), a.suffixes)
	}
	e.topLevel = top
	e.partition = origin.NetworkPartitionKey(top, a.suffixes)
	return e, nil
}

// Origin is the environment's origin.
func (e *Environment) Origin() origin.Origin { return e.origin }

// URL is the page's URL, serialized.
func (e *Environment) URL() string { return e.url.String() }

// ReferrerPolicy is the page's referrer policy.
func (e *Environment) ReferrerPolicy() ReferrerPolicy { return e.referrerPolicy }

// EmbedderPolicy is the value of the page's embedder policy.
func (e *Environment) EmbedderPolicy() EmbedderPolicy { return e.embedderPolicy }

// Agent is the user agent that the environment belongs to.
func (e *Environment) Agent() *Agent { return e.agent }
