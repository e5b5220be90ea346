package fetch_test

import (
	"slices"
	"strconv"
	"strings"
)

// This file makes worlds of bytes that a fuzzer, or chance, gives.

// choices turn bytes into decisions. When the bytes are used up, every
// decision is the first, so the first is always the plainest.
type choices struct {
	bytes []byte
	at    int
}

// n chooses a number below n, which is at most 256.
//
//go:noinline
func (c *choices) n(n int) int {
	if c.at >= len(c.bytes) {
		return 0
	}
	b := int(c.bytes[c.at])
	c.at++
	return b % n
}

// one is true once in n times.
func (c *choices) one(n int) bool { return c.n(n) == n-1 }

func pick[T any](c *choices, of ...T) T { return of[c.n(len(of))] }

// mostly picks one of the first list, and once in n times one of the second.
func mostly[T any](c *choices, n int, usual, rare []T) T {
	if c.one(n) {
		return pick(c, rare...)
	}
	return pick(c, usual...)
}

// newModelWorld makes a world.
func newModelWorld(data []byte) *modelWorld {
	c := &choices{bytes: data}
	w := &modelWorld{}
	if c.one(8) {
		w.acceptLanguage = "en-US,en;q=0.5"
	}
	w.allowMixedContent = c.one(16)
	w.disableCookies = c.one(16)
	challenges := c.one(4) // in this world there are 401s, and no username or password in a URL to answer them
	w.pages = append(w.pages, c.page())
	switch c.n(4) {
	case 3:
		w.pages = append(w.pages, c.page())
	case 2: // the same page, framed in others
		p := w.pages[0]
		p.ancestors = c.ancestors()
		w.pages = append(w.pages, p)
	}
	for range 2 + c.n(4) {
		r := &modelResource{url: c.resourceURL(w.pages[0])}
		if !slices.ContainsFunc(w.resources, func(other *modelResource) bool { return other.url == r.url }) {
			w.resources = append(w.resources, r)
		}
	}
	for i, r := range w.resources {
		next := w.resources[i+1:] // where redirects lead to: seldom in a circle
		if len(next) > 0 && c.one(24) || len(next) == 0 && c.one(4) {
			next = w.resources
		}
		for range 1 + c.n(4)/3 {
			r.preflights = append(r.preflights, c.preflightAnswer(w))
		}
		for range 1 + c.n(3)/2 {
			r.answers = append(r.answers, c.answer(w, next, challenges))
		}
	}
	for range 1 + c.n(4) {
		w.steps = append(w.steps, c.step(w, challenges))
	}
	return w
}

func (c *choices) page() modelPage {
	p := modelPage{
		url: pick(c, "https://app.example/dir/page?q=1#top", "https://app.example/dir/page?q=1#top", "https://www.app.example/",
			"http://app.example/dir/", "http://app.example/", "https://alice.github.io/", "http://localhost/dir/", "http://127.0.0.1/", "https://api.test/a",
			"https://user:secret@app.example/x", "https://app.example/"+strings.Repeat("x", 5000), "about:blank"),
		referrerPolicy: pick(c, append([]string{"", "", "", ""}, modelReferrerPolicies...)...),
		embedderPolicy: pick(c, "", "", "", "", "require-corp", "credentialless", "unsafe-none"),
	}
	if p.url == "about:blank" {
		p.origin, p.base = pick(c, "https://app.example", "http://app.example"), "https://app.example/dir/"
	} else if c.one(8) {
		p.base = pick(c, "/other/", "https://api.test/x")
	}
	p.sandboxed = c.one(10)
	p.worker = c.one(10)
	if c.one(6) {
		p.ancestors = c.ancestors()
	}
	return p
}

func (c *choices) ancestors() (list []string) {
	for range 1 + c.n(2) {
		list = append(list, pick(c, "https://app.example", "https://www.app.example", "http://app.example", "https://cdn.test",
			"http://plain.test", "http://localhost"))
	}
	return list
}

func (c *choices) resourceURL(p modelPage) string {
	own := p.tupleOrigin().String()
	site := mostly(c, 5,
		[]string{"https://api.test", own, "https://www.app.example", "https://cdn.test:8443", own, "https://bob.github.io", "https://cdn.test"},
		[]string{"http://api.test", "http://localhost:8080", "http://192.0.2.1", "https://api.test:6667", "http://app.example", "http://127.0.0.1"})
	return site + pick(c, "/a", "/", "/a/b", "/c?q=1", "/dir/x")
}

// What requests are made of. What the API refuses comes last, and rarely.
var (
	modelBodyless = []string{"", "GET", "HEAD", "PUT", "DELETE", "POST", "get", "CHICKEN", "OPTIONS", "patch"}
	modelWithBody = []string{"POST", "PUT", "PATCH", "POST", "post", "DELETE", "put", "OPTIONS", "CHICKEN"}
	modelRefused  = []string{"CONNECT", "trace", "TRACK", "a b", "\xe9", "GET", "HEAD", "POST"}

	modelNames = []string{"X-A", "X-B", "Accept", "Content-Type", "Authorization", "Range", "Accept-Language", "Content-Language",
		"x-a", "ACCEPT", "content-type", "If-None-Match", "Cache-Control", "Pragma", "User-Agent", "X-HTTP-Method-Override",
		"Cookie", "Sec-Fetch-Site", "Proxy-X", "Origin", "Content-Encoding", "*"}
	modelBadNames = []string{"bad name", "", "\xe9", "a:b"}
	modelValues   = []string{"1", "", "text/plain", "application/json", "bytes=0-5", "bytes=-5", "bytes=5-1", "en", "en;q=1,de",
		"*/*", "a, b", `"x"`, "  padded\t", "a(b", "multipart/form-data; boundary=x", "text/plain;charset=UTF-8",
		"text/html;charset=utf-8", "TRACE", "get, connect", "\xe9", "text/plain; charset=latin1",
		strings.Repeat("a", 128), strings.Repeat("b", 129), "no-cache", "W/\"1\"", "bytes =0-1", "text/plain;x=\"a;b\""}
	modelBadValues = []string{"a\r\nb", "a\x00", "a\x01b", "a\x7fb"}
)

// modelBodies are bodies of answers.
var modelBodies = []string{"hello", "", "console.log(1)", strings.Repeat("x", 100)}

// answer is an answer to what is not a preflight.
func (c *choices) answer(w *modelWorld, next []*modelResource, challenges bool) modelAnswer {
	if c.one(24) {
		return modelAnswer{down: true}
	}
	a := modelAnswer{modelReply: modelReply{
		status: mostly(c, 4, []int{200, 302, 200, 301, 303, 200, 307, 308}, []int{204, 404, 500, 206, 304, 421, 407, 205, 299, 416}),
		body:   pick(c, modelBodies...),
	}}
	if challenges && c.one(4) {
		a.status = 401
		a.headers.append("WWW-Authenticate", `Basic realm="x"`)
	}
	a.message = pick(c, "", "OK", "Whatever")
	a.cut = c.one(16)
	if modelRedirectStatus(a.status) && len(next) == 0 {
		a.status = 200
	}
	if modelRedirectStatus(a.status) {
		for range 1 + max(0, c.n(24)-22) {
			a.headers.append("Location", c.location(next, challenges))
		}
		if c.one(16) {
			a.headers.delete("Location")
		}
	}
	c.allow(w, &a.headers)
	add := func(oneIn int, name string, values ...string) {
		if c.one(oneIn) {
			a.headers = append(a.headers, modelHeader{name, pick(c, values...)})
		}
	}
	add(2, "Content-Type", "text/plain", "text/javascript", "text/css", "text/html;charset=utf-8", "image/png", "text/csv", "audio/x",
		"junk", "", "application/json", "text/javascript, image/png", `text/css;x=",", junk`, "*/*")
	add(8, "content-type", "text/csv", "text/javascript", "*/*", "junk")
	add(4, "X-Content-Type-Options", "nosniff", "nosniff", "NoSniff", "nosniff, x", "x, nosniff", "")
	add(4, "Cross-Origin-Resource-Policy", "same-site", "same-origin", "same-site", "cross-origin", "Same-Origin", "")
	add(16, "Cross-Origin-Resource-Policy", "same-origin")
	add(3, "Timing-Allow-Origin", "*", "{origin}", "*", "https://app.example", "a, *", "null", `"*"`)
	add(4, "Referrer-Policy", append([]string{"", "junk", "no-referrer, x9", "origin, junk,", "Origin", ","}, modelReferrerPolicies...)...)
	add(3, "X-A", "secret", "")
	add(6, "x-a", "more")
	add(6, "X-B", "other")
	add(2, "Access-Control-Expose-Headers", "X-A", "*", "x-a, X-B", "Set-Cookie, X-A", "a b", "", "X-A,,", "*, X-B", "\"X-A\"")
	add(3, "Set-Cookie", c.cookie())
	add(6, "set-cookie", c.cookie())
	add(16, "Set-Cookie2", "x=1")
	add(8, "Cache-Control", "max-age=60")
	add(8, "Last-Modified", "then")
	add(8, "Content-Language", "en")
	add(8, "Content-Length", strconv.Itoa(len(a.body)))
	return a
}

func (c *choices) cookie() string {
	s := pick(c, "a=1", "a=2", "b=1", "c=x y", "__Host-a=1", "__Secure-a=1", "__host-b=2")
	for range c.n(4) {
		s += pick(c, "; SameSite=None; Secure", "; Path=/", "; Secure", "; SameSite=None; Secure", "; SameSite=Strict", "; SameSite=Lax", "; HttpOnly",
			"; Path=/a", "; Domain=app.example", "; Domain=.api.test", "; Domain=test", "; Domain=github.io", "; Domain=www.app.example",
			"; Max-Age=60", "; Max-Age=0", "; Max-Age=-1", "; Max-Age=x", "; samesite=junk", "; Path=x")
	}
	return s
}

// allow adds what a server says of who may read an answer.
func (c *choices) allow(w *modelWorld, headers *modelHeaders) {
	if c.n(8) < 7 { // as a server does that is set up right
		*headers = append(*headers, modelHeader{"Access-Control-Allow-Origin", "{origin}"}, modelHeader{"Access-Control-Allow-Credentials", "true"})
		return
	}
	page := w.pages[0].tupleOrigin().String()
	for range 1 + max(0, c.n(16)-14) {
		*headers = append(*headers, modelHeader{"Access-Control-Allow-Origin",
			pick(c, "*", "{origin}", page, "null", "https://other.test", "{origin}, *", "{origin}/", "", "* ,*", strings.ToUpper(page))})
	}
	if c.one(6) {
		headers.delete("Access-Control-Allow-Origin")
	}
	for range c.n(3) {
		*headers = append(*headers, modelHeader{"access-control-allow-credentials", pick(c, "true", "True", "false", "", "true, true")})
	}
}

// location is a Location.
func (c *choices) location(next []*modelResource, challenges bool) string {
	to := pick(c, next...).url
	switch c.n(16) {
	case 15:
		return pick(c, "https://[", "ftp://api.test/a", "data:,hello", "about:blank", "mailto:x", "http://a b/", "blob:x", "file:///x")
	case 14:
		return pick(c, "/a", "?q=1", "#f", "", "b", "/c?q=1#f", "//api.test/a", "//cdn.test:8443/a")
	case 13, 12:
		return to + "#" + pick(c, "f", "", "g")
	case 11, 10:
		if !challenges {
			return strings.Replace(to, "://", "://"+pick(c, "user:secret@", "user@", ":secret@"), 1)
		}
	}
	return to
}

// preflightAnswer is an answer to a preflight.
func (c *choices) preflightAnswer(w *modelWorld) modelAnswer {
	if c.one(24) {
		return modelAnswer{down: true}
	}
	a := modelAnswer{modelReply: modelReply{status: mostly(c, 8, []int{200, 204}, []int{299, 302, 404, 421, 407, 401})}}
	if modelRedirectStatus(a.status) {
		a.headers.append("Location", c.location(w.resources, true))
	}
	c.allow(w, &a.headers)
	if c.n(8) < 6 {
		a.headers = append(a.headers,
			modelHeader{"Access-Control-Allow-Methods", pick(c, "PUT, DELETE, PATCH, patch, OPTIONS, CHICKEN", "*", "PUT,*")},
			modelHeader{"Access-Control-Allow-Headers", pick(c, "x-a, x-b, authorization, content-type, accept, range, if-none-match, cache-control, pragma, user-agent, "+
				"content-language, accept-language, content-encoding, x-http-method-override", "*", "Authorization, *")})
	} else {
		for range c.n(3) {
			a.headers = append(a.headers, modelHeader{"Access-Control-Allow-Methods",
				pick(c, "*", "PUT", "put", "PUT, DELETE", "PATCH,, POST ,", "a b", "", "DELETE;x", "GET")})
		}
		for range c.n(3) {
			a.headers = append(a.headers, modelHeader{"Access-Control-Allow-Headers",
				pick(c, "*", "X-A", "x-b,content-type", "Authorization", "*, authorization", "x-a x-b", "", ",,x-a", "accept, range")})
		}
	}
	for range max(0, c.n(8)-5) {
		a.headers = append(a.headers, modelHeader{"Access-Control-Max-Age", pick(c, "60", "0", "5", "1", "100000", "99999999999999999999", "-1", "x", "", "1.5")})
	}
	if c.one(8) {
		a.headers.append("Set-Cookie", c.cookie())
	}
	return a
}

// step is a request: like the one before in part, or all new.
func (c *choices) step(w *modelWorld, challenges bool) modelStep {
	s := modelStep{page: c.n(len(w.pages)), after: pick(c, 0, 0, 500, 1500, 5500, 60_500, 3_600_500, 100_000_500)}
	if len(w.steps) == 0 || c.n(2) == 0 {
		s.init = c.init(w, w.pages[s.page], challenges)
		return s
	}
	last := w.steps[len(w.steps)-1]
	s.init = last.init
	if w.pages[s.page].baseURL() != w.pages[last.page].baseURL() {
		s.page = last.page // with whose base URL the request's URL was parsed
	}
	for range c.n(3) {
		if s.init.api != "fetch" && s.init.api != "xhr" {
			s.init.crossOrigin = pick(c, "", "anonymous", "use-credentials")
			continue
		}
		switch c.n(5) {
		case 0:
			s.init.credentials = pick(c, "", "include")
		case 1:
			s.init.headers = append(slices.Clone(s.init.headers), c.header())
		case 2:
			s.init.headers = nil
		case 3:
			s.init.method = c.method(s.init.body)
		case 4:
			s.init.url = c.target(w, w.pages[s.page].baseURL())
		}
	}
	if challenges && s.init.url.url.includesCredentials() {
		s.init.url = last.init.url
	}
	return s
}

// init is what a page asks for.
func (c *choices) init(w *modelWorld, p modelPage, challenges bool) (init modelInit) {
	base := p.baseURL()
	init.url = c.target(w, base)
	init.api = pick(c, "fetch", "fetch", "fetch", "fetch", "xhr", "element")
	// An element and an XMLHttpRequest answer a 401 with what their URL says.
	if challenges && (init.api == "element" || init.url.url.includesCredentials()) {
		init.api = "fetch"
	}
	if init.api == "element" {
		init.api = pick(c, "img", "script", "stylesheet", "font", "track", "module", "audio", "video")
		init.crossOrigin = pick(c, "", "", "anonymous", "use-credentials")
		init.referrerPolicy = pick(c, append([]string{"", "", "", ""}, modelReferrerPolicies...)...)
		init.integrity = c.integrity()
		return init
	}
	init.credentials = pick(c, "", "include", "same-origin", "omit", "include")
	if c.n(3) == 2 {
		init.body = c.body(init.api)
	}
	init.method = c.method(init.body)
	for range max(0, c.n(8)-3) {
		init.headers = append(init.headers, c.header())
	}
	if c.one(32) { // more than 1024 bytes, each of which is safe
		for range 7 + c.n(3) {
			init.headers = append(init.headers, modelHeader{"Accept", strings.Repeat("a", 126)})
		}
	}
	if init.api == "xhr" {
		init.uploadListener = c.one(6)
		if init.credentials != "include" {
			init.credentials = "" // withCredentials is false
		}
		return init
	}
	init.mode = mostly(c, 128, []string{"", "cors", "no-cors", "cors", "no-cors", "cors", "same-origin", ""}, []string{"navigate", "junk"})
	if init.mode == "no-cors" && c.n(8) > 0 {
		init.method = pick(c, "", "HEAD")
		if init.body != nil {
			init.method = "POST"
		}
	}
	init.cache = mostly(c, 96, []string{"", "", "", "default", "no-store", "reload", "no-cache", "force-cache"}, []string{"only-if-cached", "junk"})
	init.redirect = mostly(c, 128, []string{"", "follow", "", "follow", "", "follow", "manual", "error"}, []string{"junk"})
	if c.one(8) {
		if init.noReferrer = c.one(4); !init.noReferrer {
			text := mostly(c, 8, []string{"/other?x#y", "about:client", "https://cdn.test/x", w.pages[0].url, "data:,x", "https://u:p@app.example/r"}, []string{"https://["})
			u, ok := modelParseURL(text, base)
			init.referrer = &modelTarget{text, u, ok}
		}
	}
	if c.one(4) {
		init.referrerPolicy = mostly(c, 32, modelReferrerPolicies, []string{"junk"})
	}
	init.integrity = c.integrity()
	init.keepalive = c.one(8)
	init.duplex = init.body != nil && init.body.kind == "stream" && !c.one(8)
	return init
}

func (c *choices) header() modelHeader {
	return modelHeader{mostly(c, 128, modelNames, modelBadNames), mostly(c, 128, modelValues, modelBadValues)}
}

func (c *choices) method(body *modelBodyInit) string {
	usual := modelBodyless
	if body != nil {
		usual = modelWithBody
	}
	return mostly(c, 48, usual, modelRefused)
}

// target is the URL of a request.
func (c *choices) target(w *modelWorld, base modelURL) modelTarget {
	text := pick(c, w.resources...).url
	switch c.n(24) {
	case 23:
		text = pick(c, "data:,hello", "data:text/html;base64,aGk=", "data:text/javascript,%3B", "data:;charset=utf-8,%C3%A9?x=%20", "about:blank",
			"about:srcdoc", "https://[", "blob:https://app.example/1", "file:///x", "ftp://api.test/a", "foo:bar",
			"https://user:secret@api.test/a", "https://user@app.example/a")
	case 22:
		text = pick(c, "/a", "a/b", "?q=1", "//api.test/a", "")
	case 21, 20:
		text += "#" + pick(c, "f", "")
	}
	u, ok := modelParseURL(text, base)
	return modelTarget{text, u, ok}
}

func (c *choices) integrity() string {
	if !c.one(12) {
		return ""
	}
	body := modelBodies[c.n(len(modelBodies))]
	right := func() string {
		algorithm := pick(c, modelHashes...)
		return algorithm + "-" + modelHash(algorithm, body)
	}
	return pick(c, right(), right()+" "+right(), right()+"?option", "sha256-wrong "+right(), "sha512-wrong "+right(), "sha999-x",
		"sha256", right()+"-x", "\t"+right(), "md5-x "+right(), " "+right()+"  ", "SHA256-x", right()+"\u00a0x", "sha256-",
		right()+"\t"+right(), "?"+right())
}

func (c *choices) body(api string) *modelBodyInit {
	switch kind := pick(c, "text", "bytes", "blob", "form", "multipart", "stream"); kind {
	case "text":
		b := &modelBodyInit{kind: kind, bytes: pick(c, "some text", ""), mediaType: "text/plain;charset=UTF-8"}
		if c.one(16) {
			b.bytes = strings.Repeat("x", modelKeepaliveLimit+c.n(2))
		}
		return b
	case "blob":
		return &modelBodyInit{kind: kind, bytes: "blob", mediaType: pick(c, "application/json", "text/plain", "", "image/png;x=(")}
	case "form":
		return &modelBodyInit{kind: kind, bytes: "a=1&b=+", mediaType: "application/x-www-form-urlencoded;charset=UTF-8"}
	case "multipart":
		return &modelBodyInit{kind: kind, bytes: "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--\r\n", mediaType: "multipart/form-data; boundary=x"}
	case "stream":
		if api == "fetch" {
			return &modelBodyInit{kind: kind, bytes: "stream"}
		}
	}
	return &modelBodyInit{kind: "bytes", bytes: pick(c, "bytes", "")}
}
