package fetch

import (
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/element"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/mimetype"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/safelist"
)

// eventSourceOption is the first option that no EventSource has.
//
// https://html.spec.whatwg.org/#dom-eventsource
func (in *Request) eventSourceOption() wrongOption {
	switch {
	case !oneOf(in.Method, "GET"):
		return wrong("method", in.Method, "GET")
	case in.Body != nil:
		return wrong("body", "")
	case !oneOf(in.Mode, CORS):
		return wrong("mode", in.Mode, CORS)
	case !oneOf(in.Credentials, credentials.SameOrigin, credentials.Include):
		return wrong("credentials", in.Credentials, credentials.SameOrigin, credentials.Include)
	case !oneOf(in.Cache, cacheNoStore):
		return wrong("cache", in.Cache, cacheNoStore)
	case !oneOf(in.Redirect, redirectFollow):
		return wrong("redirect", in.Redirect, redirectFollow)
	case in.Keepalive:
		return wrong("keepalive", "true", "false")
	case in.UploadListener:
		return wrong("uploadListener", "true", "false")
	}
	for _, h := range in.Headers { // it has these two of its own
		if !fold.Equal(h.Name, "Accept") && !fold.Equal(h.Name, lastEventID) {
			return wrong("headers", h.Name)
		}
	}
	return wrongOption{}
}

// Receive reports whether the element takes a response that [Environment.Fetch]
// returned for its request: by the status and the MIME type, as far as the
// headers show. It returns nil if it does, and otherwise an error whose Reason
// is [ElementRefused]: the element fires an error event. Receive does not read
// the body, so it can't tell whether an image decodes or a script parses.
//
// https://html.spec.whatwg.org/#fetch-and-process-the-linked-resource
// https://html.spec.whatwg.org/#fetch-a-classic-script
// https://html.spec.whatwg.org/#fetch-a-single-module-script
// https://html.spec.whatwg.org/#the-eventsource-interface
func (e Element) Receive(resp *Response) *Error {
	if resp == nil || resp.internal == nil || resp.internal.request == nil {
		return nil
	}
	return e.receive(resp.internal, false)
}

// receive is Receive. If the bytes are looked at, they and not the type tell
// whether an image is one.
func (e Element) receive(in *response, bytesDecide bool) *Error {
	k, ok := element.Of(string(e))
	if !ok {
		return nil
	}
	profile := in.request.client.agent.profile
	anyStatus := k.Name == "track" && profile.Element.TrackAnyStatus
	wrongStatus := k.OKStatus && !okStatus(in.status) && !anyStatus ||
		wrongMediaStatus(&k, in) ||
		profile.Element.SVGOKStatus && k.Types == element.Picture && !okStatus(in.status) && isSVG(in.headers)
	switch {
	case k.Types == element.EventStream:
		return in.takenAsEventStream()
	case wrongStatus:
		return in.elementRefused("status", strconv.Itoa(in.status), "")
	case bytesDecide && k.Types == element.Picture, takesAnyType(&k, profile):
	case k.Name == "stylesheet" && profile.Element.RedirectedStyleTyped && in.request.redirectCount > 0 && !in.headers.Contains("Content-Type"):
		return in.elementRefused("Content-Type", "", string(k.Types))
	case k.Name == "stylesheet" && typeless(profile.Element.StyleUnparsable, in.headers):
	case !taken(&k, in.status, in.headers):
		value, _ := in.headers.Get("Content-Type")
		return in.elementRefused("Content-Type", value, string(k.Types))
	}
	return nil
}

// wrongMediaStatus tells whether the status of audio or video keeps a profile from
// playing it.
func wrongMediaStatus(k *element.Kind, in *response) bool {
	if !Destination(k.Destination).media() || in.status == 200 || in.status == 206 {
		return false
	}
	switch in.request.client.agent.profile.Element.MediaStatuses {
	case rules.MediaStatusesAll:
		return true
	case rules.MediaStatusesOpaque:
		return in.filter == typeOpaque
	}
	return false
}

// isSVG tells whether headers say that a response is an image in SVG.
func isSVG(headers safelist.HeaderList) bool {
	t, ok := mimetype.Extract(headers)
	return ok && t.Essence() == "image/svg+xml"
}

// takesAnyType tells whether something takes a response of any MIME type, by the
// profile.
func takesAnyType(k *element.Kind, p *Profile) bool {
	switch {
	case k.Classic:
		return p.Policy.ClassicWorkerAnyType
	case k.Name == "modulepreload":
		return p.Element.ModulepreloadAnyType
	case k.Name == "stylesheet":
		return p.Element.StyleAnyType
	}
	return false
}

// typeless tells whether a Content-Type counts as none, by the profile.
func typeless(rule rules.StyleUnparsable, headers safelist.HeaderList) bool {
	if rule == rules.StyleUnparsableNever {
		return false
	}
	value, _ := headers.Get("Content-Type")
	if end := strings.IndexAny(value, " \t,;"); end >= 0 {
		value = value[:end]
	}
	if rule == rules.StyleWithoutSlash {
		return !strings.Contains(value, "/")
	}
	_, ok := mimetype.Parse(value)
	return !ok
}

// taken tells whether something takes responses of the MIME type that headers
// name.
func taken(k *element.Kind, status int, headers safelist.HeaderList) bool {
	if k.Types == element.AnyType || k.MayLackOne && !headers.Contains("Content-Type") {
		return true
	}
	t, ok := mimetype.Extract(headers)
	switch {
	case k.Types == element.Picture: // the bytes decide; an error message is none
		return okStatus(status) || !ok || element.IsPicture(t.Essence())
	case !ok:
		return false
	case k.Types == element.JavaScript:
		return t.IsJavaScript()
	case k.Types == element.JSON:
		return t.Essence() == "application/json" || t.Essence() == "text/json" || strings.HasSuffix(t.Subtype, "+json")
	}
	return t.Essence() == string(k.Types)
}

// elementRefused is the refusal of a response that was handed over.
func (r *response) elementRefused(what, value, want string) *Error {
	return &Error{
		Reason: ElementRefused, Stage: stageActual, Request: r.request.info(), Response: r.infoRef(), Header: what, Value: presentable(what, value),
		Detail: want, messages: &r.request.client.agent.profile.Messages,
	}
}
