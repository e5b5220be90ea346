package fetch

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/mimetype"
)

// preloaded is the link type preload: what a later request will ask for.
//
// https://html.spec.whatwg.org/#link-type-preload
// https://html.spec.whatwg.org/#preload
func (l *loading) preloaded() (*Loaded, *Error) {
	rules := &l.page.agent.profile.Element
	as := strings.TrimPrefix(string(l.in.Element), preloadPrefix)
	if as == "preload" {
		as = fold.Lower(l.in.As)
	}
	always := slices.Contains(rules.PreloadOnce, as)
	if !always && !slices.Contains(rules.PreloadOnceLoaded, as) {
		return l.preloadedAs(as)
	}
	key := preloadedKey{l.imageKey().url, as}
	cors := l.in.CrossOrigin != noCrossOrigin
	if before, ok := l.page.loads.preloadedBefore(key); ok && (always || before.event == "load" || before.cors == cors) {
		return &Loaded{Event: before.event}, nil
	}
	out, refusal := l.preloadedAs(as)
	if refusal == nil && out.Event != "" {
		l.page.loads.addPreloaded(key, preloadedEvent{out.Event, cors})
	}
	return out, refusal
}

// preloadedAs is preloaded for a word in the as attribute.
func (l *loading) preloadedAs(as string) (*Loaded, *Error) {
	rules := &l.page.agent.profile.Element
	switch {
	// 1 of "translate a preload destination". Any other word loads nothing.
	case slices.Contains(rules.PreloadScripts, as):
		l.kind = mustKind(preloadPrefix + "script")
	case slices.Contains(rules.PreloadRefused, as):
		return &Loaded{Event: "error", Err: l.refuse(ElementRefused, "as", as, nil)}, nil
	case slices.Contains(rules.PreloadUnasked, as):
		return &Loaded{Event: "load"}, nil
	case l.kind.Name == "preload":
		return &Loaded{}, nil
	}
	// Preload, 1. Nor does one of a type that can't be used.
	if !preloadType(l.in.Type, l.kind.Destination) {
		return &Loaded{}, nil
	}
	if out, is := l.unparsable(); is {
		return out, nil
	}
	imports := rules.PreloadStyleImports && as == "style"
	if imports {
		if _, has := l.page.loads.sheet(l.imageKey()); has {
			return &Loaded{Event: "load"}, nil
		}
	}
	in := l.request()
	if slices.Contains(rules.PreloadWithoutIntegrity, as) {
		in.Integrity = ""
	}
	key := preloadKey{l.imageKey().url, in.Destination, in.Mode, in.Credentials}
	if l.page.loads.refusedPreload(key) {
		return l.failed(l.refuse(ElementRefused, "preload", key.url, nil))
	}
	resp, refusal := l.fetch(in)
	if refusal != nil && rules.PreloadRefusedOnce && refusal.Reason != Aborted {
		l.page.loads.refusePreload(key)
	}
	needsOK := slices.Contains(rules.PreloadOKStatus, as)
	if refusal == nil && needsOK && !okStatus(resp.status) {
		refusal = resp.elementRefused("status", strconv.Itoa(resp.status), "")
		resp.discard()
	}
	if refusal == nil && rules.PreloadStyleTyped && as == "style" && resp.filter != typeOpaque {
		if refusal = Element("stylesheet").receive(resp, true); refusal != nil {
			resp.discard()
		}
	}
	if refusal == nil && rules.PreloadDecodesImages && as == "image" && !(rules.PreloadLoadsRefused && resp.filter == typeOpaque) {
		var contents Contents
		if contents, refusal = l.inspect("img", resp); refusal == nil && contents.Broken {
			refusal = resp.elementRefused("body", "", "")
		}
	}
	switch {
	case refusal != nil && rules.PreloadLoadsRefused && tellsOfOthers(refusal),
		refusal != nil && rules.PreloadAnyType && byType(refusal) && !(needsOK && !okStatus(refusal.status())),
		refusal != nil && rules.PreloadScriptAnyType && as == "script" && byType(refusal) && !(needsOK && !okStatus(refusal.status())):
		return &Loaded{Event: "load", Err: refusal}, nil
	case refusal != nil:
		return l.failed(refusal)
	}
	// 9 to 11. Keep it for the request to come.
	var body []byte
	if resp.body != nil {
		f := &fetching{ctx: l.ctx, agent: l.page.agent, request: resp.request}
		body, refusal = f.readWhole(resp.body, nil)
		resp.body.Close()
		switch {
		case refusal != nil:
			return l.failed(refusal)
		case int64(len(body)) > l.page.agent.maxIntegrity:
			return l.failed(f.block(BodyTooLarge, resp, "body", ""))
		}
		resp.body = readable{bytes.NewReader(body)}
	}
	if imports {
		if refusal = l.preloadedImports(resp); refusal != nil {
			return l.failed(refusal)
		}
	}
	l.page.loads.keepPreloaded(resp, body)
	return &Loaded{Event: "load", Response: newResponse(resp)}, nil
}

// preloadedImports fetches what a style sheet imports that was preloaded, by profiles
// that do: the page has the style sheet then.
func (l *loading) preloadedImports(resp *response) *Error {
	contents, refusal := l.inspect("stylesheet", resp)
	if refusal == nil && isStyleSheet(resp) {
		refusal = l.importSheets(resp, contents)
	}
	if refusal == nil {
		l.page.loads.addSheet(l.imageKey(), l.usable(resp, ""))
	}
	return refusal
}

const preloadPrefix = "preload/"

// preloadType is "type matches": whether what a preload is for may have a MIME
// type, "" for none given.
//
// https://html.spec.whatwg.org/#preload
func preloadType(given, destination string) bool {
	if given == "" {
		return true
	}
	t, ok := mimetype.Parse(given)
	if !ok {
		return false
	}
	switch Destination(destination) {
	case destinationEmpty:
		return true
	case destinationImage:
		return t.Type == "image"
	case destinationScript:
		return t.IsJavaScript()
	case destinationStyle:
		return t.Essence() == "text/css"
	case destinationTrack:
		return t.Essence() == "text/vtt"
	case destinationFont:
		return t.Type == "font" || strings.HasPrefix(t.Subtype, "font-") || strings.HasPrefix(t.Subtype, "x-font-") || t.Subtype == "vnd.ms-fontobject"
	}
	return false
}

// tellsOfOthers tells whether an error event for this refusal would tell the page of a
// response of another origin: any refusal of an opaque response, of a response by CORS
// the refusal by its headers, which may be its MIME type, and that there is none.
func tellsOfOthers(refusal *Error) bool {
	switch {
	case byServer(refusal), refusal.Reason == NetworkFailure && refusal.Request.Tainting != taintingBasic:
		return true
	case refusal.Response == nil || refusal.onRedirect():
		return false
	}
	return refusal.opaque() || refusal.Request.Tainting == taintingCORS && byType(refusal)
}

// notJavaScript tells whether a module of another origin that was refused, for its
// status, its type or its integrity, has not a JavaScript MIME type.
func notJavaScript(refusal *Error) bool {
	if refusal.Response == nil || refusal.Reason != ElementRefused && refusal.Reason != IntegrityMismatch || refusal.Request.Tainting != taintingCORS {
		return false
	}
	t, ok := mimetype.Extract(refusal.Response.Headers)
	return !ok || !t.IsJavaScript()
}

// byServer tells whether the server's headers for other origins refused it, or what it
// is, which other origins must not get.
func byServer(refusal *Error) bool {
	return refusal.Reason >= MissingAllowOrigin && refusal.Reason < PreflightInvalidStatus || refusal.Reason == CrossOriginResourcePolicy ||
		refusal.Reason == OpaqueResponseBlocked || byType(refusal) && refusal.opaque()
}

// byType tells whether its type and nosniff refused it.
func byType(refusal *Error) bool {
	return refusal.Reason == BlockedByNosniff || refusal.Reason == BlockedMIMEType
}

// preloads are a page's map of preloaded resources.
//
// https://html.spec.whatwg.org/#map-of-preloaded-resources
type preloads struct {
	mu      sync.Mutex
	bytes   int64
	entries map[preloadKey]preloadEntry
}

// maxPreloads and maxPreloadBytes bound the map: what does not fit is loaded again.
const (
	maxPreloads     = 1000
	maxPreloadBytes = 64 << 20
)

type preloadKey struct {
	url         string
	destination Destination
	mode        Mode
	credentials credentials.Mode
}

type preloadEntry struct {
	integrity string
	response  *response
	body      []byte // nil is null
}

// preloadKey is "create a preload key" for a request.
//
// https://html.spec.whatwg.org/#create-a-preload-key
func (r *request) preloadKey() preloadKey {
	key := preloadKey{r.url().WithoutFragment(), r.destination, r.mode, r.credentials}
	switch r.fontPreload {
	case fontPreloadPlain:
		key.mode = NoCORS
	case fontPreloadIncludes:
		key.credentials = credentials.Include
	}
	return key
}

// keepPreloaded puts a response into the map.
func (p *pageLoads) keepPreloaded(resp *response, body []byte) {
	m := p.preloads.Load()
	if m == nil {
		p.preloads.CompareAndSwap(nil, &preloads{entries: make(map[preloadKey]preloadEntry)})
		m = p.preloads.Load()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.entries) >= maxPreloads || m.bytes+int64(len(body)) > maxPreloadBytes {
		return
	}
	key := resp.request.preloadKey()
	m.bytes += int64(len(body)) - int64(len(m.entries[key].body))
	m.entries[key] = preloadEntry{resp.request.integrity, resp, body}
}

// consumePreloaded is step 11 of fetch, and "consume a preloaded resource": the
// response that a preload of the page has got for such a request, or nil.
//
// https://fetch.spec.whatwg.org/#concept-fetch
// https://html.spec.whatwg.org/#consume-a-preloaded-resource
func (f *fetching) consumePreloaded() *response {
	r := f.request
	// Fetch, 11. It is a GET of a page that asks for no more than a preload could.
	if r.client == nil || r.client.loads.preloads.Load() == nil || r.method != "GET" || r.client.worker || r.mode == navigateMode || r.module && f.agent.profile.Element.PreloadNotForModules || r.mode == webSocketMode ||
		r.unsafeRequest && len(r.headers) > 0 || r.cache == cacheNoStore || r.cache == cacheReload {
		return nil
	}
	m := r.client.loads.preloads.Load()
	m.mu.Lock()
	defer m.mu.Unlock()
	// 1 to 5. It has to be in the map under the request's key.
	key := r.preloadKey()
	entry, ok := m.entries[key]
	// 6, 7. Its integrity must be as strong as what the request demands.
	if !ok || r.integrity != "" && entry.integrity != r.integrity {
		return nil
	}
	// 8, 9. It is taken out of the map.
	delete(m.entries, key)
	m.bytes -= int64(len(entry.body))
	own := *entry.response
	own.request = r
	if own.body = nil; entry.body != nil {
		own.body = readable{bytes.NewReader(entry.body)}
	}
	own.stored = nil
	r.tainting = tainting(own.filter)
	return &own
}

// tainting is the response tainting that a filter stands for.
func tainting(filter string) string {
	switch filter {
	case typeOpaque:
		return taintingOpaque
	case typeCORS:
		return taintingCORS
	}
	return taintingBasic
}
