package fetch

import (
	"strings"

	"github.com/browsercors/browsercors/internal/csp"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/headervalue"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// frame navigates the frame of an element.
//
// https://html.spec.whatwg.org/#process-the-iframe-attributes
// https://html.spec.whatwg.org/#navigate-an-iframe-or-frame
func (l *loading) frame() (*Loaded, *Error) {
	e := l.page
	// Shared attribute processing steps, 1, 2. Without a URL that parses it is about:blank.
	u, err := e.agent.parseURL(l.in.URL, e.baseURL)
	if err != nil || l.in.URL == "" {
		if u, err = e.agent.parseURL("about:blank", nil); err != nil {
			return nil, l.refuse(InvalidURL, "url", l.in.URL, err)
		}
	}
	// 3. A page is not within itself.
	depth := 0
	for above := e; above != nil; above = above.parent {
		if above.url.WithoutFragment() == u.WithoutFragment() {
			return &Loaded{Err: l.refuse(frameRecursion, "url", l.in.URL, nil)}, nil
		}
		depth++
	}
	if max(depth-1, len(e.ancestors)) >= maxFrames {
		return &Loaded{Err: l.refuse(TooManyLoads, "frames", l.in.URL, nil)}, nil
	}
	resp, failure := e.agent.Navigate(l.ctx, &Navigation{
		URL: u.String(), ReferrerPolicy: l.policy, Initiator: e, Parent: e, Destination: Destination(l.kind.Destination), Trace: l.in.Trace,
	})
	if failure != nil {
		refusal := failure.(*Error)
		if refusal.Reason == Aborted {
			return nil, refusal
		}
		return &Loaded{Event: e.frameRefused(refusal), Err: refusal}, nil
	}
	return l.document(resp)
}

// document is what becomes of a frame when a response has arrived.
//
// https://html.spec.whatwg.org/#populating-a-session-history-entry
func (l *loading) document(resp *Response) (*Loaded, *Error) {
	in := resp.internal
	out := &Loaded{Response: resp}
	switch {
	// These leave the frame as it is.
	case in.status == 204, in.status == 205:
		return out, nil
	// So does a download.
	case attachment(in):
		return out, nil
	case !frameOptionsAllow(in, l.page):
		value, _ := in.headers.Get(frameOptions)
		return l.frameBlocked(resp, in.request.blockedFrame(in, value)), nil
	}
	page, err := resp.Page()
	if err != nil {
		return &Loaded{Event: "load", Response: resp, Err: l.refuse(InvalidURL, "url", resp.URL, err)}, nil
	}
	if refusal := l.checkAncestors(in, page); refusal != nil {
		return l.frameBlocked(resp, refusal), nil
	}
	if refusal := in.navigation.fetching.checkFramePolicy(l.page, in, page.coep); refusal != nil {
		return l.frameBlocked(resp, refusal), nil
	}
	out.Event, out.Environment, out.Readable = "load", page, page.origin.SameOrigin(l.page.origin)
	if _, refusal := l.inspect(Element(l.kind.Name), in); refusal != nil {
		return l.failed(refusal)
	}
	return out, nil
}

// frameRefused is the event of a frame whose navigation is refused: the frame shows
// an error page, which loads.
//
// https://html.spec.whatwg.org/#populating-a-session-history-entry
func (e *Environment) frameRefused(refusal *Error) string {
	p := e.agent.profile
	event := rules.FrameLoads
	switch refusal.Reason {
	case NetworkFailure:
		event = p.Element.FailedFrame
	case MixedContent:
		event = p.Element.MixedContentFrame
	case CSPBlocked:
		if event = p.Element.PolicyFrame; refusal.Request.Hop > 0 {
			event = p.Element.PolicyFrameRedirected
		}
	case LocalNetworkDenied:
		event = p.Element.LocalNetworkFrame
	case CrossOriginResourcePolicy:
		if p.Embedder.SilentCORPFrame {
			event = rules.FrameSilent
		}
	case EmbedderPolicyMissing:
		if p.Embedder.SilentPolicyFrame || refusal.onRedirect() {
			event = rules.FrameSilent
		}
	}
	switch event {
	case rules.FrameFails:
		return "error"
	case rules.FrameSilent:
		return ""
	}
	return "load"
}

// attachment tells whether a response is a download.
//
// https://html.spec.whatwg.org/#process-a-navigate-response
func attachment(resp *response) bool {
	value, ok := resp.headers.Get("Content-Disposition")
	if !ok {
		return false
	}
	kind, _, _ := strings.Cut(value, ";")
	return fold.Equal(strings.Trim(kind, " \t"), "attachment")
}

// frameBlocked is what becomes of a frame that may not show its document.
func (l *loading) frameBlocked(resp *Response, refusal *Error) *Loaded {
	resp.Body.Close()
	return &Loaded{Event: l.page.frameRefused(refusal), Err: refusal}
}

// checkAncestors asks the policies of a frame's document whether the pages above may frame it. What data: and blob: URLs
// give has the policies of another, which are not asked.
//
// https://w3c.github.io/webappsec-csp/#frame-ancestors-navigation-response
func (l *loading) checkAncestors(resp *response, document *Environment) *Error {
	if isLocal(resp.url()) {
		return nil
	}
	sources, refused := document.csp.RefusesAncestor(append([]origin.Origin{l.page.origin}, l.page.ancestors...), &l.page.agent.profile.CSP)
	if !refused {
		return nil
	}
	refusal := resp.request.blockedFrame(resp, "")
	refusal.Reason, refusal.Header, refusal.Value = ancestorRefused, cspHeader, strings.TrimSpace(csp.FrameAncestors.String()+" "+sources)
	return refusal
}

const frameOptions = "X-Frame-Options"

// frameOptionsAllow is "check a navigation response's adherence to
// X-Frame-Options", for a frame of a page.
//
// https://html.spec.whatwg.org/#check-a-navigation-response's-adherence-to-x-frame-options
func frameOptionsAllow(resp *response, parent *Environment) bool {
	// 1. The navigable is a frame.
	// 2. The directive frame-ancestors of an enforced policy stands in its place.
	if !resp.headers.Contains(frameOptions) {
		return true
	}
	container := parent.agent.policyContainerFromResponse(resp)
	if container.csp.NamesAncestors() {
		return true
	}
	// 3, 4. The header's values, each once, in any case.
	values, _ := headervalue.GetDecodeAndSplit(resp.headers, frameOptions)
	options := make(map[string]bool)
	for _, value := range values {
		options[fold.Lower(value)] = true
	}
	switch {
	// 5. Several, of which one would have an effect: blocked.
	case len(options) > 1:
		return !(options["deny"] || options["sameorigin"] || options["allowall"])
	// 7. Nobody may frame it.
	case options["deny"]:
		return false
	// 8. Only pages of its own origin may, all the way up.
	case options["sameorigin"]:
		own := resp.url().Origin()
		for _, above := range append([]origin.Origin{parent.origin}, parent.ancestors...) {
			if !above.SameOrigin(own) {
				return false
			}
		}
	}
	// 6, 9. Everybody may.
	return true
}

// blockedFrame is the refusal of a document that must not be framed.
func (r *request) blockedFrame(resp *response, value string) *Error {
	return &Error{
		Reason: FrameBlocked, Stage: stageActual, Request: r.info(), Response: resp.infoRef(), Header: frameOptions, Value: presentable(frameOptions, value),
		messages: &r.client.agent.profile.Messages,
	}
}
