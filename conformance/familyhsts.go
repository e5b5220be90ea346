package conformance

import "strings"

// What Strict-Transport-Security says, of hosts that become HSTS hosts by it and of others.
var (
	strictValues = []string{"max-age=600", "max-age=600; includeSubDomains", "max-age=\"600\"", "MAX-AGE=600;", "includesubdomains ; max-age = 600", "x; y=\"a;b\"; max-age=600", "max-age=99999999999999"}
	laxValues    = []string{"max-age=0", "max-age", "max-age=", "max-age=x", "max-age=-1", "max-age=600, max-age=0", "max-age=600; max-age=600", "", "includeSubDomains", "max-age=600 x", "max-age=1.5", "max-age=600; includeSubDomains=1", "max-age=\"600"}
)

// onePixel is a PNG of one pixel.
const onePixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=="

// insecure is an https: URL with its scheme changed.
func insecure(url string) string { return "http:" + strings.TrimPrefix(url, "https:") }

// hsts is a response that makes an HSTS host, or does not, and requests for http: URLs of that host.
// The first request of each play is for https:, since a browser plays all scenarios with one list of hosts.
func (m *maker) hsts() {
	m.open("http://"+m.s.ID+".app.example/", "http://"+m.s.ID+".app.example/", "http://"+m.s.ID+".app.example/p?q", "https://app.example/")
	host := pick(m, m.s.ID+".other.test", m.s.ID+".other.test", "api."+m.s.ID+".app.example", "api."+m.s.ID+".app.example", m.s.ID+".app.example")
	value := mostly(m, pick(m, strictValues...), laxValues...)
	noted := pick(m, host, host, host+":8443", "a."+host)
	if strings.Contains(value, "ubDomains") {
		noted = host
		host = pick(m, host, "a."+host, "a.b."+host)
	}
	m.learn("https://"+noted, value)
	for i := range 1 + m.roll(3) {
		m.plain(string(rune('a'+i)), pick(m, host, host, host, host+":8080", "x."+host))
	}
	if m.once(6) {
		url := "https://" + noted + "/off"
		m.s.Steps = append(m.s.Steps, Step{Fetch: &Fetch{URL: url, Mode: new("no-cors")}})
		m.serve(url, nil, []Response{{Status: 200, Headers: [][2]string{{"Strict-Transport-Security", pick(m, "max-age=0", "max-age=0", "max-age=0; max-age=0", "x")}}}})
		m.plain("d", host)
	}
}

// learn is the request whose response has Strict-Transport-Security.
func (m *maker) learn(origin, value string) {
	url := origin + "/learn"
	r := Response{Status: mostly(m, 200, 404, 204), Body: "ok"}
	if m.once(2) {
		r.add("Access-Control-Allow-Origin", "*")
	}
	r.add("Strict-Transport-Security", value)
	if m.once(12) {
		r.add("Strict-Transport-Security", pick(m, append(laxValues, strictValues...)...))
	}
	var preflight []Response
	switch m.roll(8) {
	case 0:
		m.s.Steps = append(m.s.Steps, Step{Visit: new(url)})
	case 1:
		m.element("img", url)
		r.Status, r.Body, r.Base64 = 200, "", onePixel
		r.add("Content-Type", "image/png")
	case 2:
		f := m.fetch(url)
		f.API, f.Method = "", new("PUT")
		p := Response{Status: 204, Headers: [][2]string{{"Access-Control-Allow-Origin", "*"}, {"Access-Control-Allow-Methods", "PUT"}}}
		if m.once(2) { // the preflight alone says it
			p.Headers, r.Headers = append(p.Headers, r.Headers[len(r.Headers)-1]), [][2]string{{"Access-Control-Allow-Origin", "*"}}
		}
		preflight = []Response{p}
	case 3:
		r.Status, r.Body = 302, ""
		r.add("Location", origin+"/there")
		m.serve(origin+"/there", nil, []Response{m.shared("landed")})
		fallthrough
	default:
		f := m.fetch(url)
		m.credentials(f, 8)
		m.option(f, 4, &f.Mode, "no-cors")
	}
	m.serve(url, preflight, []Response{r})
}

// shared is a response that any page may read.
func (m *maker) shared(body string) Response {
	return Response{Status: 200, Headers: [][2]string{{"Access-Control-Allow-Origin", "*"}}, Body: body}
}

// plain is a request for an http: URL, which an HSTS host is asked for over https:.
func (m *maker) plain(path, host string) {
	secure := "https://" + host + "/" + path
	url := insecure(secure)
	if m.once(6) { // a redirect leads there
		from := "https://" + pick(m, m.s.ID+".third.test", strings.TrimSuffix(host, ":8080")) + "/" + path + "hop"
		m.serve(from, nil, []Response{{Status: pick(m, 301, 302, 303, 307, 308), Headers: [][2]string{{"Access-Control-Allow-Origin", "*"}, {"Location", url}}}})
		url = from
	}
	r := Response{Status: 200, Body: "ok", Headers: [][2]string{{"Access-Control-Allow-Origin", pick(m, "*", "*", "*", m.requester(), "null")}}}
	switch m.roll(12) {
	case 0, 1:
		r.Body, r.Base64 = "", onePixel
		r.add("Content-Type", "image/png")
		set(m, 3, &m.element("img", url).CrossOrigin, "anonymous", "use-credentials")
	case 2:
		r.Body = "var x;"
		r.add("Content-Type", "text/javascript")
		set(m, 3, &m.element("script", url).CrossOrigin, "anonymous")
	default:
		f := m.fetch(url)
		m.credentials(f, 6)
		m.option(f, 6, &f.Mode, "no-cors", "no-cors", "same-origin")
		m.option(f, 6, &f.Redirect, "manual", "error")
		set(m, 5, &f.Method, "POST", "PUT", "HEAD")
		if f.Mode != nil && *f.Mode == "no-cors" {
			f.Method, f.Redirect = nil, nil
		} else if m.once(6) {
			f.Headers = append(f.Headers, pick(m, [2]string{"X-A", "1"}, [2]string{"Authorization", "x"}))
		}
		if f.includes() {
			r = Response{Status: 200, Body: "ok", Headers: [][2]string{{"Access-Control-Allow-Origin", m.requester()}, {"Access-Control-Allow-Credentials", "true"}}}
		}
	}
	preflight := []Response{{Status: 204, Headers: [][2]string{
		{"Access-Control-Allow-Origin", pick(m, "*", m.requester())}, {"Access-Control-Allow-Methods", "PUT"}, {"Access-Control-Allow-Headers", "x-a, authorization"},
	}}}
	m.serve(secure, preflight, []Response{r})
	m.serve(insecure(secure), preflight, []Response{r})
}
