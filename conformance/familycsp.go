package conformance

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/origin"
)

// A pixel is a PNG of one pixel.
const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="

// policySteps are the steps of a page with a policy: what it does, and the directives
// that govern it, the most specific first.
var policySteps = []struct {
	kind       string
	directives []string
}{
	{"fetch", []string{"connect-src", "default-src"}},
	{"fetch", []string{"connect-src", "default-src"}},
	{"fetch", []string{"connect-src", "default-src"}},
	{"fetch", []string{"connect-src", "default-src"}},
	{"xhr", []string{"connect-src", "default-src"}},
	{"websocket", []string{"connect-src", "default-src"}},
	{"eventsource", []string{"connect-src", "default-src"}},
	{"beacon", []string{"connect-src", "default-src"}},
	{"img", []string{"img-src", "default-src"}},
	{"script", []string{"script-src-elem", "script-src", "default-src"}},
	{"style", []string{"style-src-elem", "style-src", "default-src"}},
	{"worker", []string{"worker-src", "child-src", "script-src", "default-src"}},
}

// policies are pages with a Content-Security-Policy, and what they do under it.
func (m *maker) policies() {
	m.open("https://app.example/", "https://app.example/", "https://app.example/", "https://app.example/", "http://app.example/", "http://app.example:8080/", "https://app.example:8443/")
	governing := make(map[string][]string) // the directives, and what they list
	var order []string
	list := func(directive string, sources []string) {
		if !slices.Contains(order, directive) {
			order = append(order, directive)
		}
		governing[directive] = append(governing[directive], sources...)
	}
	for range 1 + m.roll(3) {
		step := policySteps[m.roll(len(policySteps))]
		url := m.policyURL(step.kind)
		m.policyStep(step.kind, url)
		list(step.directives[0], m.sources(url))
		for i, fallback := range step.directives[1:] {
			switch m.roll(4) {
			case 0: // the more specific is missing
				delete(governing, step.directives[i])
				list(fallback, m.sources(url))
			case 1:
				list(fallback, m.sources(url))
			}
		}
	}
	var b strings.Builder
	for _, directive := range order {
		if sources, ok := governing[directive]; ok {
			if b.Len() > 0 {
				b.WriteString(pick(m, "; ", ";", " ; ", "; ; "))
			}
			b.WriteString(mostly(m, directive, strings.ToUpper(directive)) + pick(m, " ", " ", "  ") + strings.Join(sources, " "))
		}
	}
	if len(m.s.Steps) == 1 && m.once(4) { // a report overtakes the next step, or not
		b.WriteString("; report-uri /" + m.s.ID + "/report")
	}
	if m.once(5) {
		b.WriteString(pick(m, ", ", ",", " , ; , ") + pick(m, "connect-src *", "default-src 'self' https:", "img-src 'self'", "script-src 'none'", "connect-src https:"))
	}
	m.s.Page.CSP = b.String()
	switch m.roll(8) {
	case 6:
		m.integrityPolicy()
	case 7:
		m.connectionAllowlist()
	}
}

// integrityPolicy adds an Integrity-Policy and what it is about, mostly in place of the CSP.
func (m *maker) integrityPolicy() {
	m.s.Page.CSP = mostly(m, "", m.s.Page.CSP)
	for range 1 + m.roll(2) {
		kind := pick(m, "script", "script", "script", "style", "module")
		m.policyStep(kind, m.policyURL(kind))
	}
	for _, step := range m.s.Steps {
		e := step.Element
		if e == nil || !slices.Contains(elementMembers[e.Kind], "integrity") {
			continue
		}
		set(m, 2, &e.CrossOrigin, "anonymous", "anonymous", "", "use-credentials")
		set(m, 2, &e.Integrity, m.integrityOf(e)...)
	}
	destinations := mostly(m, "script", "style", "script style", "script;a=1 style", "style script", "Script", "\"script\"", "script image", "")
	policy := mostly(m, "blocked-destinations=("+destinations+")", "blocked-destinations="+destinations, "blocked-destinations=( "+destinations+" )",
		"blocked-destinations=("+destinations+"", "Blocked-Destinations=("+destinations+")", "blocked-destinations", "blocked-destinations=("+destinations+"), blocked-destinations=(image)")
	if m.once(3) {
		sources := pick(m, "sources=(inline)", "sources=(inline)", "sources=(inline x)", "sources=(x)", "sources=()", "sources=inline", "sources", "sources=(\"inline\")")
		policy = pick(m, policy+", "+sources, sources+","+policy)
	}
	if m.once(6) {
		policy += pick(m, ", endpoints=(a b)", ", x", ", x=y", ", x=1", ",", ";a", ", x=\"y\"", ", x=?0", ", x=:YQ==:", " , y=(1.5 *z)")
	}
	m.s.Page.IntegrityPolicy = policy
}

// integrityOf are values of the integrity attribute of an element of policyStep.
func (m *maker) integrityOf(e *Element) []string {
	body := ";"
	if e.Kind == "style" {
		body = "a{}"
	}
	sum := sha256.Sum256([]byte(body))
	digest := "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
	return []string{digest, digest, digest, digest + " md5-x", "md5-x", "", "sha256-" + strings.Repeat("A", 43) + "=", "sha256-", " "}
}

// connectionAllowlist adds a Connection-Allowlist, mostly in place of the CSP.
func (m *maker) connectionAllowlist() {
	m.s.Page.CSP = mostly(m, "", m.s.Page.CSP)
	var asked []string
	for _, step := range m.s.Steps {
		switch {
		case step.Fetch != nil:
			asked = append(asked, step.Fetch.URL)
		case step.WebSocket != nil:
			asked = append(asked, step.WebSocket.URL)
		case step.EventSource != nil:
			asked = append(asked, step.EventSource.URL)
		case step.Beacon != nil:
			asked = append(asked, step.Beacon.URL)
		case step.Element != nil:
			asked = append(asked, step.Element.URL)
		}
	}
	var items []string
	for range mostly(m, 1, 2, 3, 0) {
		items = append(items, m.allowlistItem(asked[m.roll(len(asked))]))
	}
	list := mostly(m, "(", "( ") + strings.Join(items, pick(m, " ", " ", "  ")) + ")"
	switch m.roll(4) {
	case 2:
		list += pick(m, ";redirects=allow", ";redirects=block", "; redirects=allow", ";redirects", ";redirects=x", ";redirects=\"allow\"", ";redirects=block;redirects=allow", ";redirects=?1")
	case 3:
		list += mostly(m, "", ";report-to=a", ";webrtc=block", ";x=1", ", (\"*\")", ", x", ",", ";")
	}
	m.s.Page.ConnectionAllowlist = list
}

// allowlistItem is an item of a Connection-Allowlist that matches a URL, or would if a rule were another.
func (m *maker) allowlistItem(url string) string {
	u, err := origin.ParseURL(url)
	if err != nil {
		panic(err) // made here
	}
	scheme, host, path := u.Scheme(), u.Host(), u.Path()
	label, parent, _ := strings.Cut(host, ".")
	at := host
	if port := u.Port(); port != "" {
		at += ":" + port
	}
	directory := path[:strings.LastIndexByte(path, '/')+1]
	base := scheme + "://" + at
	text := base
	switch m.roll(9) {
	case 0:
		return pick(m, "response-origin", "response-origin", "\"response-origin\"", "x", "1", "?1", "("+base+")", "\"*\"")
	case 1:
		text = pick(m, "*://"+at, "http{s}?://"+at, "http*://"+at, strings.ToUpper(base), ":x://"+at, "{"+scheme+"}://"+at, scheme+":"+at, at, "//"+at, "http\\\\://"+at)
	case 2:
		text = scheme + "://" + pick(m, "*."+parent, "*."+host, "{*.}?"+host, "{*.}?"+parent, ":x."+parent, ":x", "*", label+".*", ":x.:y.:z", "{:x.}+test", "{"+label+"."+parent+"}", label[:1]+"*."+parent) + pick(m, "", ":*", ":8443")
	case 3:
		text = scheme + "://" + host + pick(m, ":*", ":443", ":80", ":8443", ":", ":0443", ":{8443}?", ":8*", ":x", ":99999")
	case 4:
		text = base + pick(m, path, directory, directory+"*", path+"/", path+"*", strings.ToUpper(path), "/", "/*", "", path+"x", directory+":x", directory+":x?", "/:x/:y", "/:x+", "/:x*", directory+"{a}?{/b}?", "/:x/:x")
	case 5:
		text = base + pick(m, strings.ReplaceAll(path, "a", "%61"), strings.ReplaceAll(path, "%20", " "), path+"?q", path+"?*", path+"#f", path+"#*", path+"/..", "/"+path, "/x/.."+path, path+"?", "?q", "#f")
	case 6:
		text = pick(m, "*", "*://*", "*://*:*", "*://*:*/*", "https://*:*", scheme+"://*", scheme+":*", "https://u:p@"+at, "https://*:*@"+at, "https://:x@"+at, "data:*", "", ":", "(.*)", scheme+"://(.*)", "{https", scheme+"://"+at+"}", "https://[::1]", "https://{", "https://*?")
	}
	return "\"" + text + "\""
}

// policyURL is where a step goes.
func (m *maker) policyURL(kind string) string {
	base := pick(m, "https://api.other.test", "https://api.other.test", "https://api.other.test:8443", m.origin, "https://sub.app.example")
	if strings.HasPrefix(m.origin, "http:") && m.once(3) {
		base = pick(m, "http://api.other.test", "http://api.other.test:8080", "https://app.example", "https://app.example:8080")
	}
	if kind == "worker" {
		base = m.origin
	}
	url := m.at(base, pick(m, "a", "a", "a/b", "a%20b", "A", "a%2Fb", ""))
	if kind == "websocket" {
		return "ws" + strings.TrimPrefix(url, "http")
	}
	return url
}

// policyStep is a step, and what answers it.
func (m *maker) policyStep(kind, url string) {
	answer := Response{Status: 200, Headers: [][2]string{{"Access-Control-Allow-Origin", "*"}}, Body: "ok"}
	var step Step
	switch kind {
	case "fetch", "xhr":
		step.Fetch = &Fetch{URL: url}
		if kind == "xhr" {
			step.Fetch.API = "xhr"
		} else {
			m.option(step.Fetch, 8, &step.Fetch.Mode, "no-cors", "cors")
		}
		if m.once(6) && step.Fetch.Mode == nil {
			step.Fetch.Method = new("PUT")
		}
	case "websocket":
		step.WebSocket, answer = &WebSocket{URL: url}, Response{Status: 101}
	case "eventsource":
		step.EventSource = &EventSource{URL: url}
		answer.add("Content-Type", "text/event-stream")
		answer.Body = "data: x\n\n"
	case "beacon":
		step.Beacon, answer = &Beacon{URL: url}, Response{Status: 204}
	default:
		step.Element = &Element{Kind: kind, URL: url}
		switch kind {
		case "img":
			answer.add("Content-Type", "image/png")
			answer.Body, answer.Base64 = "", pixel
		case "style":
			answer.add("Content-Type", "text/css")
			answer.Body = "a{}"
		case "script", "module":
			answer.add("Content-Type", "text/javascript")
			answer.Body = ";"
		case "worker":
			answer.add("Content-Type", "text/javascript")
			answer.Body = "postMessage(1)"
		}
	}
	m.s.Steps = append(m.s.Steps, step)
	preflight := []Response{{Status: 204, Headers: [][2]string{{"Access-Control-Allow-Origin", "*"}, {"Access-Control-Allow-Methods", "PUT"}}}}
	if m.once(4) && kind != "websocket" && kind != "worker" && kind != "eventsource" {
		target := m.at(pick(m, "https://third.test", "https://api.other.test", m.origin), "c")
		if _, ok := m.s.Servers[target]; !ok {
			m.serve(target, preflight, []Response{answer})
		}
		answer = Response{Status: pick(m, 302, 307), Headers: [][2]string{{"Access-Control-Allow-Origin", "*"}, {"Location", target}}}
	}
	if _, ok := m.s.Servers[url]; !ok {
		m.serve(url, preflight, []Response{answer})
	}
}

// sources are a source list, of which some may match a URL.
func (m *maker) sources(url string) []string {
	var all []string
	for range mostly(m, 1, 2, 3, 0) {
		all = append(all, m.source(url))
	}
	return all
}

// source is a source expression that matches a URL, or would if a rule were another.
func (m *maker) source(url string) string {
	u, err := origin.ParseURL(url)
	if err != nil {
		panic(err) // made here
	}
	scheme, host, port, path := u.Scheme(), u.Host(), u.Port(), u.Path()
	_, parent, _ := strings.Cut(host, ".")
	at := host
	if port != "" {
		at += ":" + port
	}
	secure := scheme == "https" || scheme == "wss"
	number := port
	switch {
	case port != "":
	case secure:
		number = "443"
	default:
		number = "80"
	}
	directory := path[:strings.LastIndexByte(path, '/')+1]
	switch m.roll(12) {
	case 0:
		return pick(m, "'self'", "'self'", "'SELF'", "'none'", "*", "self", "'unsafe-inline'", "'strict-dynamic'", "'nonce-abc'", "'x'")
	case 1:
		return pick(m, scheme+":", "http:", "https:", "ws:", "wss:", "HTTPS:", "data:", "https", "https://")
	case 2:
		return pick(m, at, host, strings.ToUpper(at), host+":"+number, host+":80", host+":443", host+":*")
	case 3:
		return pick(m, scheme+"://"+at, scheme+"://"+host, "http://"+at, "https://"+at, "http://"+host+":"+number, "wss://"+at, "ws://"+at, "HTTPS://"+strings.ToUpper(at))
	case 4:
		return pick(m, "*."+parent, "*."+parent+":*", "*."+host, "*.test", "https://*."+parent, "http://*."+parent+":"+number, "*.OTHER.test")
	case 5:
		return pick(m, "*:"+number, "*:*", "https://*", "https://*:*", "https://*:"+number, "http://*", "*:80", "*:443")
	case 6:
		return pick(m, "http://"+host+":80", "https://"+host+":80", "http://"+host+":443", "https://"+host+":443", host+":0"+number, scheme+"://"+host+":*")
	case 7:
		return scheme + "://" + at + pick(m, path, directory, path+"/", strings.ToUpper(path), "/", path+"x", strings.TrimSuffix(directory, "/"))
	case 8:
		return scheme + "://" + at + pick(m, strings.ReplaceAll(path, "a", "%61"), strings.ReplaceAll(path, "a", "%6"), path+"?q", path+"#f", path+"/..", "/"+path, strings.ReplaceAll(path, "%20", "%2520"), path+"|", path+"'", strings.ReplaceAll(path, "/", "%2F"), strings.ReplaceAll(path, "%2F", "/"))
	case 9:
		return at + pick(m, path, directory, "/", "?q", "/?q", "#f", path+"?")
	case 10:
		return pick(m, "*"+path, "https://*"+path, "*."+parent+path, "https://*."+parent+directory, scheme+"://*:"+number+path)
	}
	return pick(m, scheme+"://"+at+".", "//"+at, scheme+":*", scheme+":"+at, scheme+":/"+at, scheme+"://"+at+":", scheme+"://"+host+":x", "https://a."+at, "."+at, "a.."+at, scheme+"://"+host+":99999", "https://third.test", "http://third.test", scheme+"://u:p@"+at)
}
