package fetch

import (
	"bytes"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/internal/element"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/mimetype"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
)

// A Load is something that a page loads by itself: an element, an image or a font
// of a style sheet, a frame, a worker, or what a worker or a module imports. Its
// fields are the attributes as markup has them; an attribute that is missing is
// "". An attribute that the element does not have is refused with
// the reason "element-option".
type Load struct {
	// Element is what loads it. Besides those that [Element] lists, which it
	// makes requests for, it may be one of
	//
	//	"iframe", "frame", "object", "embed"  a frame: a document with an environment of its own
	//	"preload"                             <link rel="preload">, with As
	Element Element

	URL            string      // absolute, or relative to the page's base URL
	CrossOrigin    CrossOrigin // of a track: that of its media element
	Integrity      string
	ReferrerPolicy string
	As             string // of a preload or a modulepreload
	Type           string // of a preload; "module" of a script, a worker or a shared worker

	// Range is the Range header of audio or video that does not ask for the whole
	// resource, such as "bytes=100-".
	Range string

	// Inspect tells what a body is, which only a program that decodes images or
	// parses scripts knows. Headers are those of the response. Neither must be
	// changed. Nil stands for a body
	// that is what the element needs, imports nothing and throws nothing; then
	// nothing reads the body, and the caller must close it.
	//
	// Load reads the body to its end before it calls Inspect. If it is longer than
	// [Options.MaxIntegrityBody], the element fails with [BodyTooLarge].
	Inspect func(e Element, headers HeaderList, body []byte) Contents

	Trace *Trace
}

// Contents are what a body is. The zero value is that of one that is what the
// element needs, and no more.
type Contents struct {
	// Broken says that the element can't use the body: an image, a sound or a font
	// that can't be decoded, or a track that is not WebVTT.
	Broken bool

	// Throws is what a script throws when it runs: "" is nothing, "Error" an Error
	// object that the script itself makes, and "other" anything else, such as a
	// string, a ReferenceError or a syntax error.
	Throws string

	// Imports are what a module imports statically, what a style sheet imports, or
	// what a classic worker passes to importScripts(), in their order.
	Imports []Import
}

// An Import is what a module or a style sheet imports.
type Import struct {
	URL  string // as it is written there
	Type string // of a module: "", "json" or "css"
}

// Loaded is what has become of a [Load].
type Loaded struct {
	// Event is "load", "error" or "" if the element fires neither of them. That of
	// a font is how its promise is settled. A worker has no load event: here
	// "load" says that its script runs.
	Event string

	// Readable says that the page may use what was loaded as its own: an image or a
	// video leaves a canvas readable, a style sheet shows its rules, a script
	// reports its errors in full, and a frame's document is within reach.
	Readable bool

	// Threw says that a script, or something that it imports, threw when it ran.
	Threw bool

	// Response is the response that the element got, or nil. Script gets nothing
	// of it but the event. The caller must close its body, unless Inspect is set.
	Response *Response

	// Environment is that of a frame's document or of a worker, or nil.
	Environment *Environment

	// Err is the refusal, if anything was refused. It is an [*Error].
	Err error
}

// Load does what a browser does for an element, a frame or a worker with these
// attributes: it makes the requests, those for what is imported included, and
// tells what comes of it. The requests are made one after the other.
//
// Each page has its list of available images, its module map and its map of
// preloaded resources, so that a second Load of a URL may make no request.
//
// Where script gets an exception, such as for the URL of a [Worker], Load returns
// it as an error. It does so too if ctx ends, or if the Load is not one that
// markup can express. Any other failure is in [Loaded.Err].
//
// https://html.spec.whatwg.org/#fetching-resources
//
// [Worker]: https://html.spec.whatwg.org/#dedicated-workers-and-the-worker-interface
func (e *Environment) Load(ctx context.Context, in *Load) (*Loaded, error) {
	l := &loading{ctx: ctx, page: e, in: in}
	refusal := l.prepare()
	if refusal != nil {
		return nil, refusal
	}
	var out *Loaded
	switch {
	case l.kind.Frame:
		out, refusal = l.frame()
	case l.kind.Name == "modulepreload":
		out, refusal = l.modulePreload()
	case l.preload:
		out, refusal = l.preloaded()
	case l.kind.Call && l.kind.Name != "importscripts":
		out, refusal = l.worker()
	case l.kind.Module:
		out, refusal = l.module()
	case l.kind.Name == "stylesheet":
		out, refusal = l.styleSheet()
	default:
		out, refusal = l.resource()
	}
	if refusal != nil {
		return nil, refusal
	}
	return out, nil
}

// A loading is one run of Load.
type loading struct {
	ctx     context.Context
	page    *Environment // the client of its requests
	in      *Load
	kind    element.Kind
	preload bool
	policy  ReferrerPolicy // of the referrerpolicy attribute
	asked   int            // how many requests it has made
}

// maxLoads is how many modules, or style sheets, one Load fetches, and how many of
// them a page remembers. maxFrames is how deep frames may be nested.
const (
	maxLoads  = 10_000
	maxFrames = 100
)

// prepare finds the kind, and refuses what it can't have.
func (l *loading) prepare() *Error {
	in, name := l.in, string(l.in.Element)
	l.preload = name == "preload" || strings.HasPrefix(name, "preload/")
	ok := true
	if name == "preload" {
		l.kind, ok = element.Of(name + "/" + fold.Lower(in.As))
		if !ok {
			l.kind, _ = element.Of("preload/fetch")
			l.kind.Name = name
		}
		ok = true
	} else {
		l.kind, ok = element.Of(element.Named(name, in.Type))
	}
	takes := func(attribute string) bool { return slices.Contains(l.kind.Attributes, attribute) }
	var wrongly wrongOption
	switch module := l.kind.Name != name && !l.preload; {
	case !ok, l.kind.API != string(apiElement):
		wrongly = wrong("element", name)
	case in.CrossOrigin != noCrossOrigin && l.kind.NoAttribute:
		wrongly = wrong("crossorigin", in.CrossOrigin)
	case !oneOf(in.CrossOrigin, crossOriginAnonymous, crossOriginUseCredentials):
		wrongly = wrong("crossorigin", in.CrossOrigin, crossOriginAnonymous, crossOriginUseCredentials)
	case in.Integrity != "" && !takes("integrity"):
		wrongly = wrong("integrity", in.Integrity)
	case in.ReferrerPolicy != "" && !takes("referrerpolicy"):
		wrongly = wrong("referrerpolicy", in.ReferrerPolicy)
	case in.As != "" && !takes("as"):
		wrongly = wrong("as", in.As)
	case in.Type != "" && !takes("type") && !module && !(l.kind.Root && in.Type == "classic"):
		wrongly = wrong("type", in.Type)
	case in.Range != "" && (!Destination(l.kind.Destination).media() || !isRangeHeader(in.Range)):
		wrongly = wrong(rangeHeader, in.Range)
	}
	if wrongly.name != "" {
		return wrongly.refused(l.refuse(noElementOption, wrongly.name, wrongly.value, nil))
	}
	// An unknown word is as good as none.
	if p := ReferrerPolicy(fold.Lower(in.ReferrerPolicy)); p.valid() {
		l.policy = p
	}
	return nil
}

// refuse is a refusal before there is a request.
func (l *loading) refuse(reason Reason, what, value string, err error) *Error {
	info := RequestInfo{
		API: apiElement, Destination: Destination(l.kind.Destination), Method: "GET", Mode: Mode(l.kind.Mode), URL: text.RedactURL(l.in.URL),
		Page: l.page.origin.String(), Origin: l.page.origin.String(),
	}
	return &Error{Reason: reason, Stage: stageConstruct, Request: info, Header: what, Value: presentable(what, value), Err: err, messages: &l.page.agent.profile.Messages}
}

// request is the request of the element, with its attributes.
func (l *loading) request() *Request {
	in := Element(l.kind.Name).Request(l.in.URL, l.in.CrossOrigin)
	in.Integrity, in.ReferrerPolicy, in.Trace = l.in.Integrity, l.policy, l.in.Trace
	if l.in.Range != "" {
		in.Headers.Set(rangeHeader, l.in.Range)
	}
	return in
}

// fetch makes a request of the element.
func (l *loading) fetch(in *Request) (*response, *Error) {
	if l.asked++; l.asked > maxLoads {
		return nil, l.refuse(TooManyLoads, "imports", in.URL, nil)
	}
	f := l.page.agent.newFetching(l.ctx)
	if refusal := l.page.newRequest(in, f.request); refusal != nil {
		return nil, refusal
	}
	return f.run()
}

// inspect is what the body is, which stays to be read.
func (l *loading) inspect(e Element, resp *response) (Contents, *Error) {
	if l.in.Inspect == nil {
		return Contents{}, nil
	}
	var body []byte
	if resp.body != nil {
		f := &fetching{ctx: l.ctx, agent: l.page.agent, request: resp.request}
		data, refusal := f.readWhole(resp.body, nil)
		resp.body.Close()
		if refusal != nil {
			return Contents{}, refusal
		}
		if int64(len(data)) > l.page.agent.maxIntegrity {
			return Contents{}, f.block(BodyTooLarge, resp, "body", "")
		}
		body, resp.body = data, readable{bytes.NewReader(data)}
	}
	contents := l.in.Inspect(e, resp.headers, body)
	if mimetype.IsImage(body) {
		contents.Broken = contents.Broken || l.page.agent.brokenByType(resp)
	}
	return contents, nil
}

// brokenByType tells whether an image is broken because of its MIME type: by sniffing
// images, a type of XML is not changed, so that other images are broken SVG.
//
// https://mimesniff.spec.whatwg.org/#sniffing-in-an-image-context
func (a *Agent) brokenByType(resp *response) bool {
	t, ok := mimetype.Extract(resp.headers)
	switch {
	case !ok:
		return false
	case t.Essence() == "image/svg+xml":
		return !a.profile.Element.SVGSniffed
	}
	return t.Subtype == "pdf" && a.profile.Element.PDFImages
}

// readable is a body in memory.
type readable struct{ *bytes.Reader }

func (readable) Close() error { return nil }

// failed is what becomes of the element if a request is refused. Only the end of
// the context is an error of Load's caller.
func (l *loading) failed(refusal *Error) (*Loaded, *Error) {
	if refusal.Reason == Aborted {
		return nil, refusal
	}
	return &Loaded{Event: l.event("error"), Err: refusal}, nil
}

// event is the event, unless the kind has none.
func (l *loading) event(name string) string {
	if l.kind.Silent {
		return ""
	}
	return name
}

// unparsable is what becomes of the element if its URL does not parse.
//
// https://html.spec.whatwg.org/#create-a-link-request
// https://html.spec.whatwg.org/#prepare-the-script-element
// https://html.spec.whatwg.org/#updating-the-image-data
func (l *loading) unparsable() (out *Loaded, is bool) {
	link := l.preload || strings.HasPrefix(l.kind.Markup, "<link")
	_, err := l.page.agent.parseURL(l.in.URL, l.page.baseURL)
	switch {
	// No element loads the page that it is in because its URL is empty.
	case err == nil && l.in.URL == "":
	case err == nil:
		return nil, false
	}
	out = &Loaded{Event: l.event("error"), Err: l.refuse(InvalidURL, "url", l.in.URL, err)}
	if link {
		out.Event = ""
	}
	return out, true
}

// resource loads what stands for itself: an image, a sound, a video, a track, a
// font, or a classic script.
func (l *loading) resource() (*Loaded, *Error) {
	if out, is := l.unparsable(); is {
		return out, nil
	}
	rules := &l.page.agent.profile.Element
	image := l.kind.Name == "img" || l.kind.InSheet && l.kind.Destination == string(destinationImage) && rules.StyleImagesReused ||
		rules.MediaReused && l.in.Range == "" && (Destination(l.kind.Destination).media() || l.kind.Name == "font")
	key := l.imageKey()
	if image {
		if readable, ok := l.page.loads.image(key, rules); ok {
			return &Loaded{Event: l.event("load"), Readable: readable}, nil
		}
	}
	resp, contents, refusal := l.take(Element(l.kind.Name), l.request())
	if refusal == nil && l.in.Range != "" {
		if refusal = resp.verifyPart(); refusal != nil {
			resp.discard()
		}
	}
	if refusal != nil {
		return l.failed(refusal)
	}
	out := &Loaded{Event: l.event("load"), Readable: l.usable(resp, contents.Throws), Threw: contents.Throws != "", Response: newResponse(resp)}
	if image {
		l.page.loads.addImage(key, rules, out.Readable)
	}
	return out, nil
}

// verifyPart is "verify a media response", of a request for a part: nil if the response
// is the whole, or says which part it is. It may be another part than was asked for.
//
// https://html.spec.whatwg.org/#verify-a-media-response
func (r *response) verifyPart() *Error {
	switch {
	// 4. The whole will do.
	case r.status == 200:
	// 5. Anything else is a part.
	case r.status != 206:
		return r.elementRefused("status", strconv.Itoa(r.status), "")
	// 6. It says which.
	case contentRangeStart(r) < 0:
		value, _ := r.headers.Get("Content-Range")
		return r.elementRefused("Content-Range", value, "")
	}
	return nil
}

// take makes a request, and takes the response if it is one for the element.
func (l *loading) take(e Element, in *Request) (*response, Contents, *Error) {
	resp, refusal := l.fetch(in)
	if refusal != nil {
		return nil, Contents{}, refusal
	}
	if refusal := e.receive(resp, l.in.Inspect != nil); refusal != nil {
		resp.discard()
		return nil, Contents{}, refusal
	}
	contents, refusal := l.inspect(e, resp)
	if refusal == nil && contents.Broken {
		refusal = resp.elementRefused("body", "", "")
	}
	if refusal != nil {
		resp.discard()
		return nil, Contents{}, refusal
	}
	return resp, contents, nil
}

// usable tells whether the page may use a response as its own: whether it is
// CORS-same-origin. Of a script it tells whether the page gets the error that it
// throws: whether its errors are not muted.
//
// https://html.spec.whatwg.org/#cors-same-origin
// https://html.spec.whatwg.org/#muted-errors
func (l *loading) usable(resp *response, throws string) bool {
	if resp.filter != typeOpaque {
		return true
	}
	rules := &l.page.agent.profile.Element
	if l.kind.Destination != string(destinationScript) {
		return false
	}
	return rules.ErrorObjectsUnmuted && throws == "Error" || rules.ScriptHomeUnmuted && resp.url().Origin().SameOrigin(l.page.origin)
}

// imageKey is what the list of available images has an image under.
//
// https://html.spec.whatwg.org/#list-of-available-images
func (l *loading) imageKey() imageKey {
	key := imageKey{attribute: l.in.CrossOrigin, media: l.kind.Destination != string(destinationImage), inSheet: l.kind.InSheet}
	if l.kind.Mode == string(CORS) {
		key.attribute = crossOriginAnonymous
	}
	if u, err := l.page.agent.parseURL(l.in.URL, l.page.baseURL); err == nil {
		key.url = u.WithoutFragment()
	}
	return key
}

// parse parses the element's URL.
func (l *loading) parse() (*origin.URL, *Error) {
	u, err := l.page.agent.parseURL(l.in.URL, l.page.baseURL)
	if err != nil {
		return nil, l.refuse(InvalidURL, "url", l.in.URL, err)
	}
	return u, nil
}
