package conformance

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
)

// silence is a WAV of a tenth of a second.
var silence = func() string {
	const samples = 800
	b := binary.LittleEndian.AppendUint32([]byte("RIFF"), 36+samples)
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	for _, v := range [...]uint16{1, 1, 8000, 0, 8000, 0, 1, 8} { // PCM, one channel of 8,000 bytes a second
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	b = binary.LittleEndian.AppendUint32(append(b, "data"...), samples)
	return base64.StdEncoding.EncodeToString(append(b, strings.Repeat("\x80", samples)...))
}()

// mixedContent is a page, mostly a secure one, that asks for http: URLs, or for https: ones that
// redirect there; now and then its policy is to upgrade them.
func (m *maker) mixedContent() {
	m.open("https://app.example/", "https://app.example/", "https://app.example/", "https://app.example/p?q", "http://app.example/")
	switch m.roll(8) {
	case 0, 1, 2:
		m.s.Page.CSP = pick(m, "upgrade-insecure-requests", "upgrade-insecure-requests", "Upgrade-Insecure-Requests; img-src *", "img-src *, upgrade-insecure-requests", "block-all-mixed-content; upgrade-insecure-requests")
	case 3:
		m.s.Page.CSP = pick(m, "block-all-mixed-content", "img-src https:; connect-src *", "img-src http:", "default-src *")
	}
	m.s.Page.ReferrerPolicy = pick(m, "", "", "", "", "no-referrer-when-downgrade", "unsafe-url", "same-origin", "no-referrer", "origin")
	if m.s.Page.CSP == "" {
		m.s.Page.Sandboxed = m.once(16)
	}
	for i := range 1 + m.roll(3) {
		m.insecureRequest(string(rune('a' + i)))
	}
}

// insecureRequest is one step for an http: URL, with the answers of http: and https:.
func (m *maker) insecureRequest(path string) {
	kind := pick(m, "img", "img", "img", "css-image", "css-mask", "audio", "audio", "script", "style", "module", "track", "preload", "fetch", "fetch", "fetch", "xhr", "eventsource", "beacon", "websocket")
	if kind == "track" && strings.Contains(m.s.Page.CSP, "block-all") {
		kind = "img"
	}
	base := pick(m, "https://api.other.test", "https://api.other.test", "https://api.other.test", "https://app.example", "https://sub.app.example", "https://api.other.test:8080", "https://192.0.2.1", "https://localhost:8000")
	if kind == "audio" && base == "https://192.0.2.1" {
		base = m.origin
		base = "https:" + base[strings.Index(base, "//"):]
	}
	secure := m.at(base, path)
	url := insecure(secure)
	followed := !strings.Contains("css-mask audio preload eventsource beacon", kind) // what is told of their redirects is told by other families
	if m.once(4) && followed {
		from := m.at(pick(m, base, m.origin, "https://api.third.test"), path+"r")
		from = "https:" + from[strings.Index(from, "//"):]
		m.serve(from, []Response{m.shared("")}, []Response{{Status: pick(m, 301, 302, 307), Headers: [][2]string{{"Access-Control-Allow-Origin", pick(m, "*", "*", m.requester())}, {"Location", url}}}})
		url = from
	}
	r := Response{Status: 200, Body: "ok"}
	if m.once(4) {
		r.add("Access-Control-Allow-Origin", pick(m, "null", m.requester(), "x"))
	} else {
		r.add("Access-Control-Allow-Origin", "*")
	}
	typed := func(t, body, bytes string) {
		r.Body, r.Base64 = body, bytes
		r.add("Content-Type", t)
	}
	switch kind {
	case "img", "css-image", "css-mask":
		typed("image/png", "", onePixel)
	case "audio":
		typed("audio/wav", "", silence)
	case "script", "module":
		typed("text/javascript", "var x;", "")
	case "style":
		typed("text/css", "p {}", "")
	case "track":
		typed("text/vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nhi\n", "")
	case "eventsource":
		typed("text/event-stream", "data: hi\n\n", "")
	}
	switch kind {
	case "fetch", "xhr":
		f := &Fetch{URL: url}
		if kind == "xhr" {
			f.API = "xhr"
		}
		m.s.Steps = append(m.s.Steps, Step{Fetch: f})
		m.option(f, 4, &f.Mode, "no-cors", "same-origin")
		m.option(f, 8, &f.Redirect, "manual", "error")
		if f.Mode == nil {
			set(m, 4, &f.Method, "POST", "PUT")
		} else {
			f.Redirect = nil
		}
	case "eventsource":
		m.eventSource(url)
	case "beacon":
		m.beacon(url).Body = &Body{Kind: "text", Text: "x"}
	case "websocket":
		m.webSocket("ws" + strings.TrimPrefix(insecure(secure), "http"))
		for _, scheme := range []string{"ws", "wss"} {
			m.serve(scheme+strings.TrimPrefix(secure, "https"), nil, []Response{{Status: 101}})
		}
		return
	case "preload":
		as := pick(m, "image", "image", "script", "style", "fetch")
		if as == "image" {
			typed("image/png", "", onePixel)
		}
		m.element(kind, url).As = new(as)
	default:
		e := m.element(kind, url)
		if strings.Contains("img audio script style track", kind) {
			set(m, 3, &e.CrossOrigin, "anonymous", "anonymous", "use-credentials")
		}
		if kind == "img" {
			set(m, 8, &e.ReferrerPolicy, "unsafe-url", "no-referrer")
		}
	}
	preflight := []Response{{Status: 204, Headers: [][2]string{{"Access-Control-Allow-Origin", pick(m, "*", m.requester())}, {"Access-Control-Allow-Methods", "PUT"}}}}
	m.serve(secure, preflight, []Response{r})
	m.serve(insecure(secure), preflight, []Response{r})
}
