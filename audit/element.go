package audit

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/element"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/mimetype"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// What pages use other than fetch(): elements, frames, workers, event streams, sockets
// and beacons.
// Package element knows what they ask for.

// kind is what makes the request of the use; false is fetch() or XMLHttpRequest.
func (u *Use) kind() (element.Kind, bool) {
	return element.Of(element.Named(cmp.Or(u.Element, u.API), u.Type))
}

// markup is what makes the request, as an author writes it.
func (u *Use) markup(k *element.Kind) string {
	if u.CrossOrigin == "" || !strings.HasSuffix(k.Markup, ">") {
		return k.Markup
	}
	return strings.TrimSuffix(k.Markup, ">") + ` crossorigin="` + u.CrossOrigin + `">`
}

// elementRequest is the request of what is not fetch() or XMLHttpRequest.
func (u *Use) elementRequest(k *element.Kind, url *origin.URL) *fetch.Request {
	var attribute fetch.CrossOrigin
	switch {
	case u.CrossOrigin != "":
		attribute = fetch.ParseCrossOrigin(u.CrossOrigin)
	case k.Call && u.Credentials == credentials.Include:
		attribute = "use-credentials"
	}
	in := fetch.Element(k.Name).Request(url.String(), attribute)
	if in.Integrity = u.Integrity; k.Frame { // what a frame makes is a navigation; this only says what is asked for
		in.Mode, in.Credentials = fetch.NoCORS, credentials.Include
	}
	if u.Body != "" {
		in.Body = fetch.TextBody(u.Body)
		if kind, ok := u.contentType(); ok {
			in.Body = fetch.BytesBody([]byte(u.Body), kind)
		}
	}
	return in
}

// contentType is the Content-Type that script gives the body.
func (u *Use) contentType() (string, bool) {
	for name, value := range u.Headers {
		if fold.Equal(name, "Content-Type") {
			return value, true
		}
	}
	return "", false
}

// byCORS tells whether the request of the use is in mode cors.
func (u *Use) byCORS(in *fetch.Request) bool {
	if in.API == "beacon" {
		kind, ok := u.contentType()
		return ok && u.Body != "" && !(*safelist.Rules)(nil).IsSafelistedRequestHeader("Content-Type", kind)
	}
	return in.Mode == "" || in.Mode == fetch.CORS
}

// asking is a fetch() that asks the server for what the use asks for: origins that
// the intent does not name are tried with it.
func (u *resolvedUse) asking() *resolvedUse {
	if !u.element {
		return u
	}
	own := *u.Use
	own.Element, own.API, own.Type, own.CrossOrigin, own.Integrity = "", "", "", "", ""
	own.Method = u.method
	return &resolvedUse{Use: &own, name: u.name, method: u.method, url: u.url, cors: true}
}

// apis are the values of a use's API.
var apis = append([]string{"fetch", "xhr"}, element.Calls()...)

// checkKind checks what makes the request, and what it can't have.
func (u *Use) checkKind(note func(*Error)) {
	one := func(key, value string, of ...string) {
		if value == "" || slices.Contains(of, value) {
			return
		}
		hint := ""
		if meant, ok := text.Closest(value, of); ok {
			hint = fmt.Sprintf("; did you mean %q?", meant)
		}
		note(wrong(key, "%.80q is unknown, want one of %s%s", value, strings.Join(of, ", "), hint))
	}
	if slices.Contains(element.Calls(), u.Element) {
		note(wrong("element", "%.80q is not an element: write it as api", u.Element))
	} else {
		one("element", u.Element, element.Elements()...)
	}
	one("api", u.API, apis...)
	if i := slices.Index(u.Protocols, ""); i >= 0 || u.API != "websocket" && len(u.Protocols) > 0 {
		note(wrong("protocols", "are only for a WebSocket, and none of them is empty"))
	}
	for i, protocol := range u.Protocols {
		if !grammar.IsToken(protocol) || slices.Index(u.Protocols, protocol) < i {
			note(wrong(key("protocols", i), "%.80q is not a token that is given once: new WebSocket() throws a SyntaxError", protocol))
		}
	}
	one("crossorigin", u.CrossOrigin, "anonymous", "use-credentials")
	one("type", u.Type, "classic", "module")
	one("page.embedderPolicy", string(u.EmbedderPolicy), "unsafe-none", "require-corp", "credentialless")
	one("page.referrerPolicy", string(u.ReferrerPolicy), "no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin",
		"origin-when-cross-origin", "strict-origin-when-cross-origin", "unsafe-url")
	one("page.addressSpace", string(u.AddressSpace), "public", "local", "loopback")
	if u.Element != "" && u.API != "" {
		note(wrong("api", "can't be given together with element"))
	}
	k, ok := u.kind()
	if u.Type == "module" && (!ok || !strings.HasSuffix(k.Name, "module")) {
		note(wrong("type", "is only for a script and a worker"))
	}
	if u.CrossOrigin != "" && (!ok || k.NoAttribute || k.Call) {
		note(wrong("crossorigin", "is an attribute that %s does not have", u.whatAsks(&k, ok)))
	}
	if !ok {
		if u.API == "xhr" && u.Credentials == credentials.Omit {
			note(wrong("credentials", "can't be omit for XMLHttpRequest"))
		}
		return
	}
	what := u.whatAsks(&k, ok)
	method := "GET"
	if k.Name == "beacon" || k.Name == "ping" {
		method = "POST"
	}
	if u.Integrity != "" && !slices.Contains(k.Attributes, "integrity") {
		note(wrong("integrity", "is an attribute that %s does not have", what))
	}
	if u.Method != "" && u.Method != method {
		note(wrong("method", "%.80q is not possible: %s always uses %s", u.Method, what, method))
	}
	if u.Body != "" && k.Name != "beacon" {
		note(wrong("body", "is not possible: %s sends none", what))
	}
	for name := range u.Headers {
		if k.Name != "beacon" || !fold.Equal(name, "Content-Type") {
			note(wrong("headers."+name, "is not possible: a page can't set headers for %s", what))
		}
	}
	switch {
	case u.Credentials == "":
	case k.Name == "eventsource" && u.Credentials != credentials.Omit:
	case k.Name == "beacon" && u.Credentials == credentials.Include:
	case k.Name == "beacon":
		note(wrong("credentials", "can't be %.80q: a beacon always includes them", u.Credentials))
	case k.Name == "eventsource":
		note(wrong("credentials", "can't be %.80q for an EventSource, want same-origin or include", u.Credentials))
	default:
		note(wrong("credentials", "are decided by %s; use crossorigin", what))
	}
	if len(u.Read) > 0 {
		note(wrong("read", "is not possible: %s shows the page no headers", what))
	}
	if u.Readable && k.Mode != "cors" && (k.Opaque == "" || k.Opaque == k.Reads) {
		note(wrong("readable", "is not possible: no page reads the response to %s", what))
	}
}

// whatAsks is what makes the request, for a message.
func (u *Use) whatAsks(k *element.Kind, ok bool) string {
	switch {
	case ok:
		return k.Markup
	case u.API == "xhr":
		return "XMLHttpRequest"
	}
	return "fetch()"
}

// make has a page make the use: by fetch() or XMLHttpRequest, or as what it names does.
// A refusal of what asked, and what a constructor throws because of the URL, is an
// error like a refusal of fetch().
func (u *resolvedUse) make(ctx context.Context, page *fetch.Environment, got *result, trace *fetch.Trace) error {
	k, ok := u.kind()
	switch {
	case ok && k.API == "websocket":
		resp, err := page.WebSocket(ctx, u.url.String(), u.Protocols...)
		if err == nil {
			got.readable = true
			return resp.Body.Close()
		}
		return err
	case ok && k.API == "element":
		in := u.load(&k)
		in.Trace = trace
		loaded, err := page.Load(ctx, in)
		if err != nil {
			return err
		}
		if loaded.Response != nil {
			loaded.Response.Body.Close()
		}
		if loaded.Err == nil {
			got.response, got.readable = loaded.Response, loaded.Readable
		}
		return loaded.Err
	}
	in := u.request()
	in.Trace = trace
	resp, err := page.Fetch(ctx, in)
	if err != nil {
		return err
	}
	resp.Body.Close()
	if ok {
		if refusal := fetch.Element(k.Name).Receive(resp); refusal != nil {
			return refusal
		}
	}
	got.response, got.readable = resp, resp.CORSSameOrigin()
	return nil
}

// preflights tells whether browsers may make a preflight for the use. They make none
// for elements, of which a page also remembers some, so that it makes no request again.
func (u *resolvedUse) preflights() bool {
	k, ok := u.kind()
	return u.cors && !(ok && k.API == "element")
}

// load is the element of the use.
func (u *resolvedUse) load(k *element.Kind) *fetch.Load {
	in := &fetch.Load{Element: fetch.Element(k.Name), URL: u.url.String(), Integrity: u.Integrity}
	if u.CrossOrigin != "" {
		in.CrossOrigin = fetch.ParseCrossOrigin(u.CrossOrigin)
	}
	return in
}

// effect is what the page can do with what it got by something else than fetch() or
// XMLHttpRequest; "" for those.
func (u *resolvedUse) effect(got *result) string {
	k, ok := u.kind()
	if !ok || got.response == nil && (k.API != "websocket" || !got.readable) {
		return ""
	}
	essence := ""
	if got.response != nil {
		if t, ok := mimetype.Extract(got.response.Internal().Headers); ok {
			essence = t.Essence()
		}
	}
	return k.Effect(got.readable, essence)
}

// noteTainted notes that the page can't read what it must be able to read. Unless
// probes are to be skipped, the use is made once more with CORS, to see whether the
// server allows it.
func (t trial) noteTainted(ctx context.Context, asking string, got result) error {
	k, _ := t.use.kind()
	f := t.findingOf(tainted, asking, got.exchanges)
	f.By, f.Section = "page", k.Section
	f.Problem = "The page must be able to read the response, and can't: " + k.Opaque + "."
	f.Rule = "what " + k.Markup + " loads from another origin without CORS is opaque to the page"
	with := `Add crossorigin="anonymous" to ` + k.Markup
	f.Fix = with + ", and have the server send:"
	f.Headers = fetch.HeaderList{{Name: headerAllowOrigin, Value: asking}, {Name: "Vary", Value: "Origin"}}
	if t.options.SkipProbes {
		t.note(f)
		return nil
	}
	own := *t.use.Use
	own.CrossOrigin = "anonymous"
	as := t
	as.use = &resolvedUse{Use: &own, name: t.use.name, method: t.use.method, url: t.use.url, element: true, cors: true}
	page, err := as.open(&t.wire, asking)
	if err != nil {
		return err
	}
	page.step = "with crossorigin"
	switch by, err := as.fetch(ctx, page); {
	case err != nil:
		return err
	case by.refusal == nil:
		f.Fix, f.Headers = with+": the server already allows it.", nil
	default:
		f.By = "server"
		f.Headers = by.refusal.Explain().Headers
		if len(f.Headers) == 0 {
			f.Fix = with + ". The server has to allow it by CORS."
		}
	}
	t.note(f)
	return nil
}
