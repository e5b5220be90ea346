package conformance

import (
	"slices"
	"strconv"
)

// What responses say about how long they may be kept, by what they bring about.
var (
	freshControls = []string{"max-age=60", "max-age=60", "max-age=60", "max-age=600, private", "public, max-age=60", "MAX-AGE=60", "max-age=60, must-revalidate", "immutable, max-age=60"}
	staleControls = []string{"max-age=0", "max-age=0", "no-cache", "no-cache", "max-age=0, must-revalidate", "must-revalidate", "public", "x", "s-maxage=60", "no-cache, max-age=60"}
	oddControls   = []string{
		"max-age=60, max-age=0", "max-age=0, max-age=60", `max-age="60"`, "max-age = 60", "max-age= 60", "max-age=60.5", "max-age=60x", "max-age=60;x", "max-age=99999999999", "max-age=-1", "max-age=x", "max-age=", "max-age",
		"max-age=+60", "max-age=0060", "x-max-age=60", ",max-age=60", "public max-age=60", `x="max-age=60"`, `x="a, max-age=60"`, `no-cache="x-a", max-age=60`, `private="x-a", max-age=60`, `max-age=60, no-store="x-a"`,
		"no-store", "no-store, max-age=60", "max-age=60, no-cache", "must-understand, no-store, max-age=60", "max-age=0, stale-if-error=60",
	}
	whileRevalidating = []string{
		"max-age=0, stale-while-revalidate=60", "max-age=0, stale-while-revalidate=60", "stale-while-revalidate=60", "max-age=60, stale-while-revalidate=60",
		"max-age=0, must-revalidate, stale-while-revalidate=60", "no-cache, stale-while-revalidate=60",
	}
	ages        = []string{"0", "10", "60", "100", "100, 0", "0, 100", "x", "-1", "", "99999999999", "100.5", "1180591620717411303424"}
	expirations = []string{
		longAhead, longAhead, longAgo, "0", "-1", "", "x", "Tuesday, 01-Jan-36 00:00:00 GMT", "Tue Jan  1 00:00:00 2036", "2036-01-01T00:00:00Z", "Tue, 01 Jan 2036 00:00:00", "tue, 01 jan 2036 00:00:00 gmt", "01 Jan 2036 00:00:00 GMT",
	}
	modified    = []string{longAgo, longAgo, longAhead, "x", "Monday, 01-Jan-24 00:00:00 GMT"}
	tags        = []string{`"a"`, `"a"`, `"b"`, `W/"a"`, "a", `""`}
	variations  = []string{"X-A", "X-A", "x-a, X-B", "*", "X-A, *", "Origin", "Origin", "Accept", "Cookie", "Sec-Fetch-Mode", "Accept-Encoding", ""}
	keptStatus  = []int{201, 202, 203, 204, 205, 300, 400, 403, 404, 405, 410, 414, 418, 451, 500, 501, 503}
	cacheScript = [][2]string{
		{"X-A", "1"}, {"X-A", "1"}, {"X-A", "2"}, {"x-a", ""}, {"X-B", "1"}, {"Accept", "text/plain"}, {"Authorization", "x"}, {"If-None-Match", `"a"`}, {"If-None-Match", `"x"`}, {"If-Modified-Since", longAgo},
		{"Cache-Control", "no-cache"}, {"Cache-Control", "max-age=0"}, {"Cache-Control", "no-store"}, {"Cache-Control", "max-stale=60"}, {"Cache-Control", "only-if-cached"}, {"Pragma", "no-cache"},
	}
)

// Dates on the one side of any play and on the other.
const (
	longAgo   = "Mon, 01 Jan 2024 00:00:00 GMT"
	longAhead = "Tue, 01 Jan 2036 00:00:00 GMT"
)

// httpCache is a short sequence of requests, some of which find their response in
// the HTTP cache, fresh or to be validated.
func (m *maker) httpCache() {
	m.s.Page.Sandboxed = m.once(24)
	base := pick(m, m.origin, m.origin, m.origin, "https://api.other.test", "https://api.other.test", "https://api.other.test", "https://sub.app.example", "https://h2.other.test")
	url, target := m.at(base, "a"), m.at(mostly(m, base, m.origin, "https://api.other.test"), "b")
	first := m.asks(url)
	home := base == m.origin && !m.s.Page.Sandboxed
	for left := m.roll(3); left >= 0; left-- {
		f := m.asks(url)
		if left == 0 && m.once(4) {
			// What it gets WebKit keeps in the page's memory cache, too.
			*f = Fetch{URL: url, API: "xhr", Method: f.Method, Headers: f.Headers}
			m.credentials(f, 6)
		}
		switch {
		case m.once(2): // as before
			f.Mode, f.Method, f.Credentials, f.WithCredentials, f.Headers = nil, nil, nil, nil, first.Headers
			if f.API == "" {
				f.Credentials = first.Credentials
			}
		case m.once(12):
			f.URL += pick(m, "?q", "#f", "?")
		}
	}
	for _, step := range m.s.Steps {
		if f := step.Fetch; f.Cache != nil && *f.Cache == "only-if-cached" {
			f.Mode, f.Method = new("same-origin"), nil
			if !home {
				f.Cache, f.Mode = new("force-cache"), nil
			}
		}
	}
	if m.once(20) {
		m.s.Steps = slices.Insert(m.s.Steps, 1, Step{WaitMS: new(int64(3000))})
	}
	bodies := []string{"one", "two", "three", "four"}
	var answers []Response
	for i := range 2 + m.roll(2) {
		answers = append(answers, m.kept(first, bodies[i], i, url, target))
	}
	preflight := Response{Status: 204, Headers: [][2]string{
		{"Access-Control-Allow-Origin", m.requester()}, {"Access-Control-Allow-Credentials", "true"}, {"Access-Control-Allow-Methods", "PUT, DELETE, PATCH, OPTIONS"},
		{"Access-Control-Allow-Headers", "x-a, x-b, authorization, if-none-match, if-modified-since, cache-control, pragma"}, {"Access-Control-Max-Age", mostly(m, "600", "0")},
	}}
	m.serve(url, []Response{preflight}, answers)
	m.serve(target, []Response{preflight}, []Response{m.kept(first, "five", 0, target, ""), m.kept(first, "six", 1, target, "")})
}

// asks is one request of the sequence.
func (m *maker) asks(url string) *Fetch {
	f := m.fetch(url)
	f.API = ""
	m.credentials(f, 6)
	m.option(f, 3, &f.Cache, "no-store", "reload", "no-cache", "no-cache", "force-cache", "force-cache", "only-if-cached")
	m.option(f, 6, &f.Mode, "no-cors", "no-cors", "same-origin")
	m.option(f, 14, &f.Redirect, "manual", "error")
	set(m, 8, &f.Method, "POST", "PUT", "DELETE", "PATCH", "HEAD", "HEAD", "OPTIONS")
	if f.Mode != nil && *f.Mode == "no-cors" && f.Method != nil && f.method() != "HEAD" {
		f.Method = new("POST")
	}
	for m.once(4) {
		f.Headers = append(f.Headers, pick(m, cacheScript...))
	}
	return f
}

// kept is the nth response of a URL, which the HTTP cache may keep. There is a
// redirect to a target, if one is given.
func (m *maker) kept(f *Fetch, body string, n int, url, target string) Response {
	r := Response{Status: 200, Body: body}
	switch m.roll(16) {
	case 13:
		r.Status = pick(m, keptStatus...)
	case 14:
		if target != "" {
			r.Status, r.Body = pick(m, 301, 302, 303, 307, 308), ""
			r.add("Location", target)
		}
	case 15, 12, 11, 10:
		if n > 0 {
			r.Status = 304
		}
	}
	switch m.roll(16) {
	case 0, 1, 2, 3, 4, 5:
		r.add("Cache-Control", pick(m, freshControls...))
	case 6, 7, 8, 9, 10:
		r.add("Cache-Control", pick(m, staleControls...))
	case 11, 12:
		r.add("Cache-Control", pick(m, oddControls...))
	case 13:
		r.add("Cache-Control", pick(m, whileRevalidating...))
	case 14:
		r.add("Cache-Control", pick(m, freshControls...))
		r.add("Cache-Control", pick(m, append(staleControls, freshControls...)...))
	case 15:
		// The server adds no-store.
	}
	if m.once(2) {
		r.add("ETag", pick(m, tags...))
	}
	for _, h := range [...]struct {
		once   int
		name   string
		values []string
	}{{5, "Last-Modified", modified}, {8, "Expires", expirations}, {10, "Age", ages}, {5, "Vary", variations}, {24, "Pragma", []string{"no-cache"}}, {8, "X-A", []string{"1", "2"}}, {8, "Access-Control-Expose-Headers", []string{"X-A", "*"}}} {
		if m.once(h.once) {
			r.add(h.name, pick(m, h.values...))
		}
	}
	if m.once(16) {
		r.add("Set-Cookie", "a="+body+"; Path=/"+m.s.ID)
	}
	if urlOrigin(url) != m.origin || m.s.Page.Sandboxed || m.once(8) {
		m.faults = 8
		m.allow(&r, f, m.requester())
	}
	if r.Status == 204 || r.Status == 205 || r.Status == 304 {
		r.Body = ""
	} else if urlOrigin(url) != m.origin || !m.once(8) {
		r.add("Content-Length", strconv.Itoa(len(r.Body)))
	}
	return r
}
