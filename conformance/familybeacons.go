package conformance

import (
	"fmt"
	"slices"
	"strings"
)

// beacons are calls of navigator.sendBeacon(): bodies and their types, preflights,
// redirects, quotas, and URLs that are refused.
func (m *maker) beacons() {
	m.faults = 16
	m.s.Page.Sandboxed = m.once(10)
	m.open("https://app.example/", "https://app.example/", "https://app.example/dir/page?x=1", "http://app.example/")
	if m.once(5) {
		m.s.Page.ReferrerPolicy = pick(m, policies[1:]...)
	}
	if m.once(12) {
		m.s.Page.EmbedderPolicy = pick(m, "require-corp", "credentialless")
	}
	for range mostly(m, 1, 2) {
		m.beaconTo(fmt.Sprint(len(m.s.Steps)))
	}
	if last := m.s.Steps[len(m.s.Steps)-1]; m.once(6) { // perhaps with what a preflight allowed
		m.s.Steps = append(m.s.Steps, last)
	}
}

// beaconTo is one beacon, with servers of its own.
func (m *maker) beaconTo(name string) {
	url := m.at(m.target(), name)
	step := m.beacon(url)
	switch m.roll(6) {
	case 0:
	case 1, 2:
		step.Body = &Body{Kind: "blob", Text: "{}", Type: new(pick(m, "application/json", "application/json", "image/png", "text/css", "x"))}
	default:
		step.Body = m.body(&Fetch{})
	}
	if m.once(20) {
		step.Body = &Body{Kind: pick(m, "text", "blob"), Text: strings.Repeat("a", pick(m, 65535, 65536, 65537, 40000))}
	}
	if m.once(12) {
		step.URL = m.own(pick(m, "https://", "//", "http://[", "data:,x", "about:blank", "ws://api.other.test/%s/a", "ftp://api.other.test/%s/a", "https://api.other.test:22/%s/a", "https://app.example:6679/%s/a",
			"https://user:pass@api.other.test/%s/a", "https://user@app.example/%s/a", "http://api.other.test/%s/a", "http://app.example/%s/a"))
		return
	}
	f := &Fetch{URL: url, Method: new("POST"), Credentials: new("include"), Body: step.Body}
	urls := []string{url}
	for m.once(3) && len(urls) < 4 {
		urls = append(urls, m.at(pick(m, m.target(), m.target(), urlOrigin(urls[len(urls)-1])), fmt.Sprint(name, "r", len(urls))))
	}
	requester := m.requester()
	for i, u := range urls {
		if i > 1 && urlOrigin(u) != urlOrigin(urls[i-1]) && urlOrigin(urls[i-1]) != m.requester() || i == 1 && urlOrigin(u) != urlOrigin(url) && urlOrigin(url) != m.requester() {
			requester = "null"
		}
		preflight, actual := m.permitting(f), Response{Status: pick(m, 200, 204, 404)}
		m.allow(&actual, f, m.requester())
		if m.again(&actual, requester); !m.once(6) { // else as if no redirect tainted it
			m.again(&preflight, requester)
		}
		if i+1 < len(urls) {
			actual.Status = pick(m, redirectStatuses...)
			actual.add("Location", urls[i+1])
			if m.once(8) {
				m.line(&actual, "Referrer-Policy", pick(m, policyHeaders...))
			}
		}
		m.serve(u, []Response{preflight}, []Response{actual})
	}
	if m.once(8) {
		m.visited(url)
	}
}

// permitting answers the preflight of a beacon, mostly in its favour.
func (m *maker) permitting(f *Fetch) Response {
	if m.once(6) {
		return m.allowing(f)
	}
	r := Response{Status: 204}
	m.allow(&r, f, m.requester())
	r.add("Access-Control-Allow-Headers", "content-type")
	if m.once(4) {
		r.add("Access-Control-Max-Age", pick(m, "600", "0", "-1"))
	}
	return r
}

// visited has a URL's first answer set cookies, on a visit before.
func (m *maker) visited(url string) {
	cookie := Response{Body: "x"}
	for i, attributes := range []string{"", "; SameSite=Lax", "; SameSite=None; Secure", "; SameSite=Strict"} {
		cookie.add("Set-Cookie", fmt.Sprintf("c%d=1%s", i, attributes))
	}
	server := m.s.Servers[url]
	server.Actual = slices.Concat([]Response{cookie}, server.Actual)
	m.s.Servers[url] = server
	m.s.Steps = slices.Insert(m.s.Steps, 0, Step{Visit: new(url)})
}
