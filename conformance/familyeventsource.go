package conformance

import (
	"fmt"
	"strings"
)

var (
	streamTypes = []string{
		"text/event-stream;charset=utf-8", "text/event-stream; charset=UTF-8", "TEXT/Event-Stream", "text/event-stream;charset=iso-8859-1", "text/event-stream;x=y", `text/event-stream;charset="utf-8"`,
		"text/event-stream, text/plain", "text/plain, text/event-stream", "text/plain", "application/json", "text/html", "", absent, "event-stream", "text/event-stream;", " text/event-stream",
	}

	// streamFields are lines of an event stream; what is not an event itself.
	streamFields = []string{
		": comment\n", "id: 1\n", "id: 2\n", "id\n", "id: \u00fc\"<\n", "id: 1\u00002\n", "event: ping\n", "event: message\n", "event\n", "retry\n", "retry: x\n", "retry: 60x\n", "data\n", "data: b\n", "Data: b\n", "unknown: c\n",
		"\n", "id: 7\n\n", "event: ping\ndata: x\n\n", "data: c\n\n", "data:  d\n\n", "data:e\r\r", "data: f\r\n\r\n", "data: g\u0000\n\n", "\ufeffdata: h\n\n", "data: \u20ac\n\n", "data\ndata\n\n", "data: i\ndata: j\n\n",
	}
)

// eventSources are uses of new EventSource(): its type, its CORS, its redirects, its stream and
// how it comes back.
func (m *maker) eventSources() {
	m.faults = 8
	m.s.Page.Sandboxed = m.once(10)
	m.open("https://app.example/", "https://app.example/", "https://app.example/dir/page?x=1", "http://app.example/")
	if m.once(8) {
		m.s.Page.ReferrerPolicy = pick(m, policies[1:]...)
	}
	for range mostly(m, 1, 2) {
		m.stream(fmt.Sprint(len(m.s.Steps)))
	}
}

// stream is one EventSource, with servers of its own.
func (m *maker) stream(name string) {
	url := m.at(m.target(), name)
	step := m.eventSource(url)
	step.WithCredentials = m.once(3)
	if m.once(20) {
		step.URL = m.own(pick(m, "data:text/event-stream,data:a%0A%0A", "data:text/plain,x", "https://", "//", "http://[", "https://api.other.test:22/%s/a", "ftp://api.other.test/%s/a", "about:blank", "ws://api.other.test/%s/a",
			"https://user:pass@api.other.test/%s/a", "http://api.other.test/%s/a"))
		return
	}
	f := &Fetch{URL: url}
	if step.WithCredentials {
		f.Credentials = new("include")
	}
	requester := m.requester()
	var answers []Response
	comesBack := m.once(2)
	if comesBack {
		step.Messages = new(2 + m.roll(2))
		first := m.events(f, requester, "text/event-stream")
		first.Body = "retry: 50\n" + first.Body
		answers = append(answers, first)
	}
	last := m.events(f, requester, mostly(m, "text/event-stream", streamTypes...))
	switch {
	case comesBack && m.once(3):
		last.Status = pick(m, 204, 404, 500, 200, 201)
	case m.once(10):
		last.Status = pick(m, 201, 202, 204, 205, 206, 400, 401, 404, 500, 503)
	case m.once(30):
		last = Response{Drop: true}
	}
	answers = append(answers, last)
	if comesBack && (last.Status == 0 || last.Status == 200) && !last.Drop {
		closing := Response{Status: 204}
		m.allow(&closing, f, requester)
		answers = append(answers, closing)
	}
	if m.once(5) {
		to := m.at(m.target(), name+"b")
		if urlOrigin(to) != urlOrigin(url) && urlOrigin(url) != m.origin {
			requester = "null"
		}
		for i := range answers {
			m.again(&answers[i], requester)
		}
		m.serve(to, nil, answers)
		hop := Response{Status: pick(m, redirectStatuses...)}
		if m.once(8) {
			to = m.own(pick(m, locations...))
		}
		m.line(&hop, "Location", to)
		m.allow(&hop, f, m.requester())
		answers = []Response{hop}
	}
	m.serve(url, nil, answers)
}

// again has a response name another origin, if it named one.
func (m *maker) again(r *Response, requester string) {
	for i, h := range r.Headers {
		if strings.EqualFold(h[0], "Access-Control-Allow-Origin") && h[1] == m.requester() {
			r.Headers[i][1] = requester
		}
	}
}

// events is a response with an event stream, of a type.
func (m *maker) events(f *Fetch, requester, contentType string) Response {
	var r Response
	if contentType != absent {
		r.add("Content-Type", contentType)
	}
	m.allow(&r, f, requester)
	var body strings.Builder
	for range m.roll(4) {
		body.WriteString(pick(m, streamFields...))
	}
	body.WriteString(mostly(m, "data: a\n\n", "", "data: a\n", "data: a"))
	r.Body = body.String()
	return r
}
