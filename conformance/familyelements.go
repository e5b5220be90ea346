package conformance

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// An elementBody is what an element is made of: a body that it takes, and the
// MIME type that goes with it.
type elementBody struct {
	typed, body, base64 string
}

const (
	vtt      = "WEBVTT\n\n00:00.000 --> 00:01.000\nhi\n"
	svg      = `<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"><rect width="2" height="2"/></svg>`
	document = "<!DOCTYPE html><p>hi"
	jsType   = "text/javascript"
	pageType = "text/html"
)

// elementBodies are the bodies of each kind of element.
var elementBodies = map[string][]elementBody{
	"img":           {{"image/png", "", bodyPNG}, {"image/png", "", bodyPNG}, {"image/svg+xml", svg, ""}},
	"script":        {{jsType, `throw new Error("secret")`, ""}, {jsType, `throw "secret"`, ""}, {jsType, "var a = 1", ""}, {jsType, "undeclared()", ""}, {jsType, "", ""}},
	"module":        {{jsType, `throw new Error("secret")`, ""}, {jsType, "export {}", ""}, {jsType, "import './i'", ""}, {jsType, `import './i'; throw "secret"`, ""}, {jsType, "export * from './i'", ""}},
	"modulepreload": {{jsType, "export {}", ""}, {jsType, "import './i'", ""}},
	"style":         {{"text/css", "p { color: red }", ""}, {"text/css", "p { color: red }", ""}, {"text/css", `@import "i"; p { color: red }`, ""}},
	"font":          {{"font/ttf", "", bodyTTF}},
	"audio":         {{"audio/wav", "", bodyWAV}},
	"video":         {{"audio/wav", "", bodyWAV}},
	"track":         {{"text/vtt", vtt, ""}},
	"iframe":        {{pageType, document, ""}},
	"worker":        {{jsType, "postMessage(1)", ""}, {jsType, "postMessage(1)", ""}, {jsType, "importScripts('i'); postMessage(1)", ""}, {jsType, `throw new Error("x")`, ""}},
	"module worker": {{jsType, "postMessage(1)", ""}, {jsType, "import './i'; postMessage(1)", ""}},
	"css-image":     {{"image/png", "", bodyPNG}},
	"css-mask":      {{"image/png", "", bodyPNG}},
	"fetch":         {{"text/plain", "ok", ""}},
}

// preloadKinds are what a preload's as attribute stands for.
var preloadKinds = map[string]string{"image": "img", "script": "script", "style": "style", "font": "font", "track": "track", "fetch": "fetch"}

// elements is a page with one to three elements, of the page's origin and of others,
// and answers that let the page have and read them, or not.
func (m *maker) elements() {
	m.open(mostly(m, "https://app.example/", "http://app.example/", "https://app.example/dir/page?q"))
	m.s.Page.Sandboxed = m.once(8)
	if m.once(4) {
		m.s.Page.ReferrerPolicy = pick(m, "no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin", "origin-when-cross-origin", "strict-origin-when-cross-origin", "unsafe-url")
	}
	var earlier *Element
	for n := range 1 + m.roll(3) {
		if earlier != nil && m.once(4) {
			again := *earlier
			if m.once(2) && strings.Contains(strings.Join(elementMembers[again.Kind], " "), "crossorigin") {
				again.CrossOrigin = nil
				set(m, 2, &again.CrossOrigin, "anonymous")
			}
			m.s.Steps = append(m.s.Steps, Step{Element: &again})
			continue
		}
		earlier = m.anyElement(pick(m, "a", "b", "c", "d")[:1] + string(rune('0'+n)))
	}
}

// anyElement adds one element, and the servers that it meets.
func (m *maker) anyElement(path string) *Element {
	e := &Element{Kind: pick(m, "img", "img", "img", "script", "script", "module", "module", "style", "style", "font", "audio", "video", "track", "preload", "preload", "modulepreload",
		"iframe", "iframe", "worker", "css-image", "css-mask")}
	takes := strings.Join(elementMembers[e.Kind], " ")
	if strings.Contains(takes, "crossorigin") {
		set(m, 2, &e.CrossOrigin, "anonymous", "anonymous", "use-credentials", "", "USE-CREDENTIALS", "x")
	}
	if strings.Contains(takes, "referrerpolicy") {
		set(m, 5, &e.ReferrerPolicy, "no-referrer", "unsafe-url", "origin", "same-origin", "no-referrer-when-downgrade", "Origin", "", "x")
	}
	content := e.Kind
	switch e.Kind {
	case "preload":
		e.As = new(pick(m, "image", "image", "script", "style", "font", "track", "fetch", "video", "audio", "worker", "document", "json", "", "x"))
		if m.once(12) {
			e.As = nil
		} else if content = preloadKinds[*e.As]; content == "" {
			content = "fetch"
		}
	case "modulepreload":
		set(m, 8, &e.As, "script", "worker", "image", "x", "")
	case "worker":
		if set(m, 4, &e.Type, "module", "module", "classic"); e.Type != nil && *e.Type == "module" {
			content = "module worker"
		}
	}
	from := pick(m, m.origin, m.origin, "https://api.other.test", "https://api.other.test", "https://api.other.test", "https://sub.app.example", "https://h2.other.test")
	e.URL = m.at(from, path)
	of := elementBody{"text/plain", "ok", ""}
	if all := elementBodies[content]; all != nil {
		of = pick(m, all...)
	}
	answer := m.elementAnswer(e, of, from)
	if strings.Contains(takes, "integrity") && m.once(5) {
		sum := sha256.Sum256(answer.Bytes())
		e.Integrity = new(mostly(m, "sha256-"+base64.StdEncoding.EncodeToString(sum[:]), "sha256-"+strings.Repeat("A", 43)+"=", "x", "sha256-x"))
	}
	if strings.Contains(of.body, "i'") || strings.Contains(of.body, `"i"`) {
		i := elementBodies["script"][2]
		if e.Kind == "style" {
			i = elementBodies["style"][0]
		}
		m.serve(m.at(from, "i"), nil, []Response{m.elementAnswer(e, i, from)})
	}
	if m.once(8) && strings.HasPrefix(from, "https:") {
		m.s.Steps = append(m.s.Steps, Step{Visit: new(m.at(from, "cookies"))})
		m.serve(m.at(from, "cookies"), nil, []Response{{Headers: [][2]string{{"Set-Cookie", "a=1; Secure; SameSite=" + pick(m, "None", "None", "Lax", "None; Partitioned")}}, Body: "ok"}})
	}
	m.s.Steps = append(m.s.Steps, Step{Element: e})
	m.hops(e, answer, from, path)
	return e
}

// hops serves an element's URL, behind redirects now and then.
func (m *maker) hops(e *Element, answer Response, from, path string) {
	url := e.URL
	for m.once(3) && len(path) < 5 {
		path += "r"
		to := pick(m, m.origin, from, "https://api.other.test", "https://api.third.test")
		hop := Response{Status: pick(m, 302, 302, 301, 303, 307, 308), Headers: [][2]string{{"Location", m.at(to, path)}}}
		m.elementAllows(&hop, e)
		m.serve(url, nil, []Response{hop})
		url = m.at(to, path)
	}
	m.serve(url, nil, []Response{answer})
}

// elementAnswer is the answer with a body, mostly one that the element takes.
func (m *maker) elementAnswer(e *Element, of elementBody, from string) Response {
	r := Response{Status: mostly(m, 200, 200, 404, 500, 201, 203), Body: of.body, Base64: of.base64}
	cross := from != m.origin
	switch {
	case m.once(10):
		of.typed = "text/plain"
	case m.once(10):
		of.typed = ""
	case m.once(16) && !cross: // for those of other origins, see the family orb
		of.typed = pick(m, "text/html", "application/json", "application/octet-stream", "image/png", "text/x")
	}
	if of.typed != "" {
		r.add("Content-Type", of.typed)
	}
	if m.once(12) {
		r.add("X-Content-Type-Options", "nosniff")
	}
	if m.once(12) {
		r.add("Cross-Origin-Resource-Policy", pick(m, "same-origin", "same-site", "cross-origin"))
	}
	if m.once(20) {
		r.add("Referrer-Policy", pick(m, "no-referrer", "origin", "unsafe-url"))
	}
	m.elementAllows(&r, e)
	return r
}

// elementAllows adds what lets the page use a response by CORS, mostly.
func (m *maker) elementAllows(r *Response, e *Element) {
	if m.once(4) {
		return
	}
	includes := e.CrossOrigin != nil && strings.EqualFold(*e.CrossOrigin, "use-credentials")
	switch {
	case includes || m.once(2):
		r.add("Access-Control-Allow-Origin", mostly(m, m.requester(), "null", "*", "https://x.example"))
	default:
		r.add("Access-Control-Allow-Origin", "*")
	}
	if includes && !m.once(6) || m.once(8) {
		r.add("Access-Control-Allow-Credentials", "true")
	}
}
