package conformance

import (
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
		case "script":
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
