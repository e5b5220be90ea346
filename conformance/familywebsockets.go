package conformance

import (
	"fmt"
	"slices"
	"strings"
)

var subprotocols = []string{"chat", "super.chat", "Chat", "v1-x", "a b", "", "a,b", "chat\u00fc", "x\"y"}

// webSockets are uses of new WebSocket(): URLs, subprotocols, and what servers answer.
func (m *maker) webSockets() {
	m.s.Page.Sandboxed = m.once(10)
	m.open("https://app.example/", "https://app.example/", "https://app.example/dir/page?x=1", "http://app.example/", "http://app.example/")
	if m.once(12) && !m.s.Page.Sandboxed {
		m.s.Page.CSP = pick(m, "connect-src 'self'", "connect-src wss:", "connect-src https:", "connect-src *", "default-src 'none'", "upgrade-insecure-requests", "connect-src wss://api.other.test")
	}
	if m.once(12) {
		m.s.Page.ReferrerPolicy = pick(m, policies[1:]...)
	}
	if m.once(16) {
		m.s.Page.EmbedderPolicy = pick(m, "require-corp", "credentialless")
	}
	for range mostly(m, 1, 2) {
		m.webSocketTo(fmt.Sprint(len(m.s.Steps)))
	}
}

// webSocketTo is one WebSocket, with servers of its own.
func (m *maker) webSocketTo(name string) {
	secure := !strings.HasPrefix(m.origin, "http:") && !m.once(12) || m.once(3)
	host := strings.TrimPrefix(strings.TrimPrefix(m.target(), "https://"), "http://")
	host = strings.TrimPrefix(host, "h2.")
	scheme := map[bool]string{false: "ws", true: "wss"}[secure]
	url := m.at(scheme+"://"+host, name)
	step := m.webSocket(url)
	switch m.roll(20) {
	case 0:
		step.URL = m.own(pick(m, "wss://", "//", "ftp://api.other.test/%s/a", "data:,x", "wss://api.other.test:22/%s/a", "http://[", "about:blank", "blob:https://app.example/x"))
	case 1:
		step.URL += pick(m, "#", "#x", "?q")
	case 2:
		step.URL = strings.Replace(url, "://", "://"+pick(m, "user@", "user:pass@"), 1)
	case 3:
		step.URL = "http" + strings.TrimPrefix(url, "ws")
	case 4:
		step.URL = strings.TrimPrefix(url, scheme+":")
	}
	if m.once(3) {
		step.Protocols = []string{mostly(m, "chat", subprotocols...)}
		if m.once(2) {
			step.Protocols = append(step.Protocols, mostly(m, "super.chat", subprotocols...))
		}
	}
	r := Response{Status: mostly(m, 101, 200, 204, 400, 401, 403, 404, 426, 500, 503)}
	if len(step.Protocols) > 0 || m.once(12) {
		answer := "chat"
		if len(step.Protocols) > 0 {
			answer = pick(m, step.Protocols...)
		}
		answer = mostly(m, answer, absent, "CHAT", "other", "", "chat, super.chat", " chat ")
		if r.Status == 101 && !strings.ContainsFunc(answer, func(c rune) bool { return c > 0x7e }) {
			m.line(&r, "Sec-WebSocket-Protocol", answer)
		}
	}
	if m.once(16) {
		m.line(&r, "Sec-WebSocket-Extensions", pick(m, "permessage-deflate", "permessage-deflate; server_no_context_takeover", "other", "", "permessage-deflate,"))
	}
	if r.Status == 101 && m.once(16) {
		r.add("Set-Cookie", "late=1")
	}
	if m.once(10) {
		to := m.at(pick(m, "wss://api.third.test", "https://api.third.test", "wss://app.example", scheme+"://"+host), name+"b")
		target := strings.Replace(to, "https://", "wss://", 1)
		m.serve(target, nil, []Response{r})
		r = Response{Status: pick(m, redirectStatuses...)}
		r.add("Location", to)
	}
	m.serve(url, nil, []Response{r})
	if m.once(6) {
		m.cookiesBefore(url)
	}
}

// cookiesBefore has the host of a WebSocket set cookies, on a visit before.
func (m *maker) cookiesBefore(url string) {
	visited := "http" + strings.TrimPrefix(url, "ws")
	cookie := Response{Body: "x"}
	for i, attributes := range []string{"", "; SameSite=Lax", "; SameSite=None; Secure", "; SameSite=Strict"} {
		cookie.add("Set-Cookie", fmt.Sprintf("c%d=1%s", i, attributes))
	}
	m.serve(visited, nil, []Response{cookie})
	m.s.Steps = slices.Insert(m.s.Steps, 0, Step{Visit: new(visited)})
}
