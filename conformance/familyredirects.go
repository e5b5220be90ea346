package conformance

import (
	"fmt"
	"slices"
	"strings"
)

// redirects are chains of redirects through origins, most of them as servers
// that know CORS would have them.
func (m *maker) redirects() {
	m.s.Page.Sandboxed = m.once(12)
	m.open("https://app.example/", "https://app.example/", "https://app.example/dir/page?x=1#frag", "http://app.example/")
	if m.once(24) {
		m.loop()
		return
	}
	hops := 1 + m.roll(4)
	urls := make([]string, hops+1)
	urls[0] = m.at(pick(m, m.origin, m.other()), "0")
	for i := range hops {
		urls[i+1] = m.at(pick(m, m.origin, m.other(), m.other(), "https://api.other.test", urlOrigin(urls[i])), fmt.Sprint(i+1))
	}
	f := m.fetch(urls[0] + mostly(m, "", "#f", "?q", "#"))
	set(m, 2, &f.Method, "POST", "PUT", "DELETE", "HEAD", "patch", "OPTIONS")
	if m.once(3) {
		f.Headers = append(f.Headers, pick(m, [2]string{"Authorization", "Basic YTpi"}, [2]string{"X-A", "1"}, [2]string{"Content-Type", "application/json"}, [2]string{"Content-Language", "de"}, [2]string{"Accept", "text/plain"}))
	}
	if method := f.method(); method != "GET" && method != "HEAD" && m.once(2) {
		f.Body = m.body(f)
	}
	m.credentials(f, 5)
	m.option(f, 8, &f.Redirect, "manual", "error", "follow")
	m.option(f, 8, &f.Mode, "no-cors", "same-origin", "cors")
	m.option(f, 8, &f.ReferrerPolicy, policies...)
	requester, previous := m.requester(), urlOrigin(urls[0])
	for i, url := range urls {
		if current := urlOrigin(url); current != previous && previous != m.requester() {
			requester = "null" // the chain went from another origin to a third
		}
		previous = urlOrigin(url)
		r := Response{Status: 200, Body: "ok"}
		m.allow(&r, f, requester)
		if i < hops {
			r.Status = pick(m, append(redirectStatuses, 302, mostly(m, 307, 300, 304, 305, 306))...)
			location := urls[i+1] + mostly(m, "", "#g", "?q", "#")
			if m.once(10) {
				scheme, rest, _ := strings.Cut(location, "://")
				location = scheme + "://" + pick(m, "user@", "user:pass@", ":@", "@", ":pass@") + rest
			}
			r.add("Location", location)
			if m.once(8) {
				m.line(&r, "Referrer-Policy", pick(m, policyHeaders...))
			}
		}
		preflight := m.allowing(f)
		if i > 0 {
			preflight.Headers = slices.DeleteFunc(preflight.Headers, func(h [2]string) bool { return strings.EqualFold(h[0], "Access-Control-Allow-Origin") })
			preflight.add("Access-Control-Allow-Origin", mostly(m, requester, "*", m.requester()))
		}
		m.serve(url, []Response{preflight}, []Response{r})
	}
}

// loop is a URL that redirects to itself about as often as browsers follow.
func (m *maker) loop() {
	url := m.url()
	f := m.fetch(url)
	m.option(f, 4, &f.Mode, "no-cors")
	r := Response{Status: pick(m, redirectStatuses...), Headers: [][2]string{{"Access-Control-Allow-Origin", "*"}, {"Location", pick(m, url, "", "#")}}}
	answers := slices.Repeat([]Response{r}, pick(m, 19, 20, 21))
	r.Status, r.Body = 200, "ok"
	m.serve(url, nil, append(answers, r))
}

// urlOrigin is the origin of a URL that [maker.at] made.
func urlOrigin(url string) string {
	scheme, rest, _ := strings.Cut(url, "://")
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host
}

// locations are redirects with odd values of Location.
func (m *maker) locations() {
	m.open("https://app.example/", "https://app.example/", "https://app.example/", "http://app.example/")
	from, to := m.target(), m.at(m.target(), "b")
	url := m.at(from, "a")
	f := m.fetch(url + mostly(m, "", "#f", "?q#f"))
	set(m, 4, &f.Method, "POST", "PUT")
	m.credentials(f, 6)
	m.option(f, 6, &f.Redirect, "manual", "error")
	m.option(f, 6, &f.Mode, "no-cors", "same-origin")
	r := Response{Status: pick(m, append(redirectStatuses, 300, 304)...), Body: "moved"}
	m.allow(&r, f, m.requester())
	location := m.own(pick(m, locations...))
	m.line(&r, "Location", location)
	if m.once(10) {
		m.line(&r, "Location", pick(m, to, location))
	}
	answer := m.allowed(f)
	permission := m.allowing(f)
	m.serve(url, []Response{permission}, []Response{r})
	for _, origin := range []string{from, urlOrigin(to), "https://api.other.test"} {
		for _, path := range []string{"b", "%C3%BC", "a%20b"} {
			m.serve(m.at(origin, path), []Response{permission}, []Response{answer})
		}
	}
}

// own puts the scenario's id where %s stands in a URL.
func (m *maker) own(url string) string {
	return strings.NewReplacer("%s", m.s.ID, "%%", "%").Replace(url)
}
