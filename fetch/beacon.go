package fetch

import (
	"context"
	"strconv"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/text"
)

// SendBeacon queues a request that outlives the page, and returns at once: the
// beacon of navigator.sendBeacon(), the ping of a hyperlink, or a report. Make it with
// [Element.Request] of "beacon", "ping" or "report". Its Body may be set.
//
// It returns nil if the request is queued: then sendBeacon() returns true. Otherwise
// it returns an [*Error]. If [Error.Exception] is "", sendBeacon() returns false, as
// it does when the page's quota is used up: the bodies of its beacons and keepalive
// requests that are not done have at most 64 KiB together. Otherwise sendBeacon()
// throws that exception.
//
// The agent sends what is queued on goroutines of its own, in the order in which it
// was queued, and several at a time. What becomes of it shows in Trace alone.
// [Agent.Wait] waits until all of it is done, and [Agent.Close] ends it. A request
// ends a minute after it was queued. An agent holds at most 1,024 requests with 64 MiB; one more is
// refused with [KeepaliveQuota].
//
// https://w3c.github.io/beacon/#sendbeacon-method
// https://html.spec.whatwg.org/#hyperlink-auditing
// https://w3c.github.io/reporting/#try-delivery
func (e *Environment) SendBeacon(in *Request) error {
	f := e.agent.newFetching(context.Background())
	r := f.request
	if !outlives(in.API) {
		return &Error{Reason: InvalidOption, Stage: stageConstruct, Header: "api", Value: string(in.API), Detail: joined(apiBeacon, apiPing, apiReport),
			Request: RequestInfo{API: in.API, Method: in.Method, URL: text.RedactURL(in.URL), Page: e.origin.String()}}
	}
	// 1 to 5. The URL, the body and what follows from them. What is wrong with them throws.
	refusal := e.newRequest(in, r)
	if refusal == nil {
		refusal = f.refusedBeacon()
	}
	// 5.2. The quota of the page's keepalive requests may be used up.
	if refusal == nil {
		refusal = f.holdKeepalive()
	}
	if refusal == nil && !e.agent.background.enqueue(f) {
		f.releaseKeepalive(nil)
		refusal = f.fail(KeepaliveQuota, "beacons", strconv.Itoa(mostQueued))
	}
	if refusal != nil {
		in.Body.discard()
		return refusal
	}
	// 6, 7. It is queued, and fetched in parallel.
	return nil
}

// outlives tells whether the requests of an API outlive the page by their nature.
func outlives(a API) bool { return a == apiBeacon || a == apiPing || a == apiReport }

// refusedBeacon is what profiles refuse at once, where the Standard learns of it when
// the request is fetched.
func (f *fetching) refusedBeacon() *Error {
	if f.request.api != apiBeacon {
		return nil
	}
	rules := &f.agent.profile.Beacon
	for _, check := range [...]struct {
		refuses bool
		blocked func() *Error
	}{
		{rules.RefusesUserinfo, f.blockedForUserinfo},
		{rules.RefusesBadPort, f.blockedDueToBadPort},
		{rules.RefusesMixedContent && !f.request.policies().Upgrades(), f.blockedAsMixedContent},
		{rules.RefusesByCSP, f.blockedByCSP},
	} {
		if !check.refuses {
			continue
		}
		if refusal := check.blocked(); refusal != nil {
			return refusal
		}
	}
	return nil
}

// deliver fetches what was queued. Nobody learns what becomes of it.
func (f *fetching) deliver(ctx context.Context) {
	f.ctx = ctx
	resp, refusal := f.run()
	if refusal != nil {
		f.request.body.discard()
		return
	}
	newResponse(resp).Body.Close()
}

// defaultMode is the mode of a request that names none: cors. That of a beacon
// depends on the type of its body.
//
// https://w3c.github.io/beacon/#sendbeacon-method
func (in *Request) defaultMode(p *Profile) Mode {
	if in.API != apiBeacon {
		return CORS
	}
	// 4, 5.3. Without a type, or with one that a form could send, nobody has to be asked.
	if in.Body == nil || in.Body.contentType == "" || p.Safelist.IsSafelistedRequestHeader("Content-Type", in.Body.contentType) ||
		p.Beacon.BlobTypeParsed && !wholeMIMEType(in.Body.contentType) {
		return NoCORS
	}
	// 5.3. Any other type takes a preflight.
	return CORS
}

// outlivingOption is the first option that a request which outlives the page can't
// have.
//
// https://w3c.github.io/beacon/#sendbeacon-method
// https://html.spec.whatwg.org/#hyperlink-auditing
// https://w3c.github.io/reporting/#try-delivery
func (in *Request) outlivingOption() wrongOption {
	modes, included, header := []Mode{NoCORS, CORS}, credentials.Include, ""
	switch in.API {
	case apiPing:
		modes, header = modes[:1], pingTo
	case apiReport:
		included = credentials.SameOrigin
	}
	switch {
	case in.Method != "POST":
		return wrong("method", in.Method, "POST")
	case !oneOf(in.Mode, modes...):
		return wrong("mode", in.Mode, modes...)
	case in.Credentials != included:
		return wrong("credentials", in.Credentials, included)
	case !oneOf(in.Cache, cacheDefault):
		return wrong("cache", in.Cache, cacheDefault)
	case !oneOf(in.Redirect, redirectFollow) && !(in.API == apiReport && in.Redirect == redirectError):
		return wrong("redirect", in.Redirect, redirectFollow)
	case !in.Keepalive:
		return wrong("keepalive", "false", "true")
	case in.UploadListener:
		return wrong("uploadListener", "true", "false")
	}
	for _, h := range in.Headers {
		if header == "" || !fold.Equal(h.Name, header) {
			return wrong("headers", h.Name)
		}
	}
	return wrongOption{}
}

// The headers of a ping: the page's URL, and where the hyperlink leads.
const (
	pingFrom = "Ping-From"
	pingTo   = "Ping-To"
)

// appendPingFrom is what hyperlink auditing tells a ping's server of the page.
//
// https://html.spec.whatwg.org/#hyperlink-auditing
func (r *request) appendPingFrom() {
	page := r.client
	// To its own origin, and from a page without https:, whose URL is no secret.
	if page.origin.SameOrigin(r.url().Origin()) || page.url.Scheme() != "https" {
		r.headers.Append(pingFrom, page.url.String())
	}
}

// schemeRefused tells whether the URL of a request that outlives the page is not an
// HTTP(S) URL, which it has to be.
//
// https://w3c.github.io/beacon/#sendbeacon-method
func (r *request) schemeRefused() bool { return outlives(r.api) && !r.url().IsHTTP() }

// typeLeftOut tells whether the profile leaves out the type of a Blob that a beacon
// sends.
func (r *request) typeLeftOut() bool {
	return r.api == apiBeacon && r.client.agent.profile.Beacon.BlobTypeParsed && !wholeMIMEType(r.body.contentType)
}
