package conformance

import "strconv"

// What responses without CORS may be, and say that they are: opaque-response
// blocking looks at both.
var (
	orbTypes = []string{
		"text/html", "text/html; charset=utf-8", "TEXT/HTML", "application/json", "application/ld+json", "text/json", "text/xml", "application/xml", "application/atom+xml",
		"text/plain", "text/plain", "application/octet-stream", "image/png", "image/png", "image/svg+xml", "image/x-own", "audio/wav", "video/mp4", "application/ogg",
		"text/javascript", "application/javascript", "text/css", "text/vtt", "font/ttf", "text/csv", "application/zip", "application/gzip", "application/x-protobuf",
		"application/x-protobuffer", "application/pdf", "text/pdf", "text/event-stream", "multipart/signed", "multipart/byteranges", "multipart/x", "application/msword",
		"application/vnd.ms-excel", "application/dash+xml", "application/vnd.apple.mpegurl", "audio/mpegurl", "application/wasm", "x", "x/y", "text/", "", "text/html, text/plain", "text/plain, x",
	}
	orbBodies = []Response{
		{Base64: bodyPNG}, {Base64: bodyPNG}, {Base64: bodyWAV}, {Body: "var a = 1"}, {Body: "var a = 1"}, {Body: "p { color: red }"}, {Body: ""}, {Body: `throw new Error("secret")`},
		{Body: "<!DOCTYPE html><p>hi"}, {Body: "\n <html>"}, {Body: "<!-- a -->\n<script></script>"}, {Body: "<!-- a\nvar a = 1"}, {Body: "<?xml version=\"1.0\"?><a/>"}, {Body: "<feed/>"},
		{Body: `{"a": 1}`}, {Body: ` {"a\"b" : [1]}`}, {Body: "[1, 2]"}, {Body: "{}"}, {Body: `"a"`}, {Body: "1"}, {Body: ")]}',\n{}"}, {Body: "for(;;);{}"}, {Body: "// a\nvar a = 1"}, {Body: "/* a */ <p>"},
	}
	orbStatuses = []int{200, 200, 200, 200, 200, 200, 200, 200, 201, 203, 204, 206, 404, 404, 500}
)

// orb is one or two elements that get responses of any type, mostly of another
// origin and without CORS.
func (m *maker) orb() {
	m.open(mostly(m, "https://app.example/", "http://app.example/"))
	m.s.Page.Sandboxed = m.once(12)
	for n := range 1 + m.roll(2) {
		from := mostly(m, m.other(), m.origin)
		url := m.at(from, "a"+string(rune('0'+n)))
		answer := pick(m, orbBodies...)
		answer.Status = pick(m, orbStatuses...)
		if t := pick(m, orbTypes...); t != "" {
			answer.add("Content-Type", t)
		}
		if m.once(3) {
			answer.add("X-Content-Type-Options", mostly(m, "nosniff", "NoSniff", "nosniff, x", "x, nosniff"))
		}
		if m.once(6) {
			answer.add("Access-Control-Allow-Origin", "*")
		}
		if m.once(8) {
			m.fetch(url).Mode = new("no-cors")
			f := m.s.Steps[len(m.s.Steps)-1].Fetch
			f.API, f.WithCredentials = "", nil
		} else {
			e := m.element(pick(m, "img", "img", "img", "script", "script", "script", "style", "style", "audio", "video", "css-image", "preload", "font"), url)
			switch e.Kind {
			case "preload":
				e.As = new(pick(m, "image", "script", "style", "fetch", "font"))
			case "img", "script", "style":
				set(m, 10, &e.CrossOrigin, "anonymous")
			case "audio", "video":
				// What does not play the browsers ask for again and again, and one plays images.
				answer.Body, answer.Base64 = "", bodyWAV
				if answer.Status != 206 {
					answer.Status = 200
				}
			}
		}
		if answer.Status == 206 {
			last, whole := strconv.Itoa(max(1, len(answer.Bytes()))-1), strconv.Itoa(max(1, len(answer.Bytes())))
			answer.add("Content-Range", mostly(m, "bytes 0-"+last+"/"+whole, "bytes 0-"+last+"/*"))
		}
		m.s.Servers[url] = Server{Actual: []Response{answer}}
		m.detour(from, url, nil)
	}
}

// detour lets a redirect lead to a URL that a step asks for, once in a while, and
// headers stand on the redirect.
func (m *maker) detour(from, url string, headers [][2]string) {
	if !m.once(5) {
		return
	}
	step := m.s.Steps[len(m.s.Steps)-1]
	by := m.at(pick(m, from, m.origin, m.other()), "r"+url[len(url)-1:])
	*step.url() = by
	r := Response{Status: pick(m, 302, 301, 307), Headers: [][2]string{{"Location", url}}}
	r.Headers = append(r.Headers, headers...)
	m.s.Servers[by] = Server{Actual: []Response{r}}
}

// Headers of responses under an embedder policy.
var (
	sharedPolicies   = []string{"cross-origin", "cross-origin", "cross-origin", "same-site", "same-site", "same-origin", "Cross-Origin", "bogus", "same-origin, cross-origin", "cross-origin;x", ""}
	embedderPolicies = []string{"require-corp", "require-corp", "require-corp", "credentialless", "credentialless", "unsafe-none", `require-corp; report-to="x"`, `"require-corp"`, "Require-Corp", "require-corp, require-corp", "x"}
	embedded         = map[string]Response{
		"img": {Headers: typed("image/png"), Base64: bodyPNG}, "css-image": {Headers: typed("image/png"), Base64: bodyPNG},
		"script": {Headers: typed("text/javascript"), Body: "var a = 1"}, "module": {Headers: typed("text/javascript"), Body: "export {}"},
		"style": {Headers: typed("text/css"), Body: "p { color: red }"}, "font": {Headers: typed("font/ttf"), Base64: bodyTTF},
		"audio": {Headers: typed("audio/wav"), Base64: bodyWAV}, "video": {Headers: typed("audio/wav"), Base64: bodyWAV},
		"track":  {Headers: typed("text/vtt"), Body: "WEBVTT\n\n00:00.000 --> 00:01.000\nhi\n"},
		"iframe": {Headers: typed("text/html"), Body: "<!DOCTYPE html><p>hi"}, "worker": {Headers: typed("text/javascript"), Body: "postMessage(1)"},
	}
)

func typed(t string) [][2]string { return [][2]string{{"Content-Type", t}} }

// coep is a page with an embedder policy, and what it embeds: with the headers that
// allow it, or without.
func (m *maker) coep() {
	m.open(mostly(m, "https://app.example/", "http://app.example/"))
	m.s.Page.EmbedderPolicy = pick(m, "require-corp", "require-corp", "require-corp", "credentialless", "credentialless", "unsafe-none")
	m.s.Page.Sandboxed = m.once(16)
	from := m.target()
	if m.once(4) {
		m.s.Steps = append(m.s.Steps, Step{Visit: new(m.at(from, "v"))})
		m.serve(m.at(from, "v"), nil, []Response{{Headers: [][2]string{{"Set-Cookie", "a=1; Secure; SameSite=None"}}, Body: "ok"}})
	}
	for n := range 1 + m.roll(2) {
		m.embed(from, n)
		from = m.target()
	}
}

// embed is one thing that a page with an embedder policy embeds.
func (m *maker) embed(from string, n int) {
	kind := pick(m, "img", "img", "script", "style", "font", "audio", "video", "track", "module", "iframe", "iframe", "iframe", "worker", "worker", "css-image", "preload", "fetch", "beacon", "eventsource")
	if kind == "worker" {
		from = m.origin
	}
	url := m.at(from, "a"+string(rune('0'+n)))
	answer := Response{Body: "ok"}
	var attribute *string
	switch kind {
	case "fetch":
		f := m.fetch(url)
		*f = Fetch{URL: url, Mode: new(mostly(m, "no-cors", "cors"))}
		set(m, 3, &f.Credentials, "include", "omit")
	case "beacon":
		m.beacon(url)
	case "eventsource":
		m.eventSource(url)
		answer = Response{Headers: typed("text/event-stream"), Body: "data: hi\n\n"}
	default:
		e := m.element(kind, url)
		switch kind {
		case "preload":
			e.As = new(pick(m, "img", "script", "style", "fetch"))
			answer = embedded[*e.As]
			if *e.As == "img" {
				e.As = new("image")
			}
		case "worker":
			set(m, 5, &e.Type, "module")
			answer = embedded[kind]
		default:
			answer = embedded[kind]
		}
		if kind == "img" || kind == "script" || kind == "style" || kind == "audio" || kind == "video" || kind == "module" || kind == "preload" {
			set(m, 5, &e.CrossOrigin, "anonymous", "use-credentials")
			attribute = e.CrossOrigin
		}
	}
	answer.Headers = append([][2]string{}, answer.Headers...)
	var policy [][2]string
	if m.once(2) {
		policy = [][2]string{{"Cross-Origin-Resource-Policy", pick(m, sharedPolicies...)}}
		answer.Headers = append(answer.Headers, policy...)
	}
	if kind == "iframe" || kind == "worker" {
		if m.once(2) {
			answer.add("Cross-Origin-Embedder-Policy", pick(m, embedderPolicies...))
		}
		if m.once(8) {
			answer.add("Cross-Origin-Embedder-Policy-Report-Only", "require-corp")
		}
	}
	if kind == "font" || kind == "module" || kind == "eventsource" || attribute != nil || m.once(6) {
		if m.once(2) && m.requester() != "null" {
			answer.add("Access-Control-Allow-Origin", m.requester())
			answer.add("Access-Control-Allow-Credentials", "true")
		} else {
			answer.add("Access-Control-Allow-Origin", "*")
		}
	}
	m.serve(url, nil, []Response{answer})
	if kind != "worker" && kind != "eventsource" {
		if m.once(2) {
			policy = [][2]string{{"Cross-Origin-Resource-Policy", pick(m, sharedPolicies...)}}
		}
		m.detour(from, url, policy)
	}
}
