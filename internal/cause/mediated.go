package cause

import "strings"

// A sign is what gives away that something before the server answered for it.
type sign struct {
	header string // a header of the answer
	value  string // that its value contains, in lower case; "" is any
	body   string // that the body contains, in lower case; "" is any
}

// A mediator is a layer between page and server that can answer in its place.
type mediator struct {
	name  string
	signs []sign // one of them is enough
	id    string
	what  string // what it did
	fix   string
}

// What to do, whatever the product. How that is done in one of them, package product
// says.
const (
	letThrough   = "Let it pass the API's paths, OPTIONS included, without a check that only a person in a browser window can answer: script can't see or solve it."
	withoutLogin = "Let the API's paths through without that login, OPTIONS included, or turn the login off here."
	allowIt      = "Allow the request, and OPTIONS for these paths, in the settings of the firewall or bot manager."
	pastPage     = "Have the request pass that page, which is for people: by a request header that says so, or by a tunnel without the page."
)

// mediators are asked in this order.
var mediators = []mediator{
	{"Cloudflare", []sign{{"cf-mitigated", "challenge", ""}, {"Server", "cloudflare", "challenge-platform"}, {"Server", "cloudflare", "<title>just a moment"}, {"Server", "cloudflare", "attention required! | cloudflare"}},
		"bot-check", "answered with a bot check (a challenge page)", letThrough},
	{"AWS WAF", []sign{{"x-amzn-waf-action", "", ""}},
		"bot-check", "answered with a challenge or CAPTCHA", letThrough},
	{"Vercel", []sign{{"x-vercel-mitigated", "", ""}, {"Server", "vercel", "vercel security checkpoint"}},
		"bot-check", "answered with a security check", letThrough},
	{"Vercel", []sign{{"Server", "vercel", "vercel authentication"}, {"Set-Cookie", "_vercel_sso_nonce", ""}},
		"deployment-protection", "asked for a login (Deployment Protection)", withoutLogin},
	{"Imperva", []sign{{"x-iinfo", "", ""}, {"", "", "_incapsula_resource"}},
		"bot-check", "answered with a bot check", letThrough},
	{"DataDome", []sign{{"x-datadome", "protected", ""}, {"", "", "captcha-delivery.com"}},
		"bot-check", "answered with a bot check", letThrough},
	{"HUMAN (PerimeterX)", []sign{{"x-px-blocked", "", ""}, {"", "", "px-captcha"}},
		"bot-check", "answered with a bot check", letThrough},
	{"Akamai", []sign{{"Server", "akamaighost", "access denied"}, {"", "", "errors.edgesuite.net"}},
		"firewall", "refused the request", allowIt},
	{"AWS WAF", []sign{{"Server", "cloudfront", "request blocked"}, {"Via", "cloudfront", "request blocked"}},
		"firewall", "refused the request", allowIt},
	{"Sucuri", []sign{{"x-sucuri-block", "", ""}, {"Server", "sucuri", "access denied"}},
		"firewall", "refused the request", allowIt},
	{"ngrok", []sign{{"ngrok-error-code", "err_ngrok_6024", ""}, {"", "", "err_ngrok_6024"}},
		"interstitial", "answered with its warning page for visitors of free tunnels", pastPage},
	{"ngrok", []sign{{"ngrok-error-code", "", ""}},
		"gateway", "answered with an error of its own", "Check that the tunnel runs, and that the server listens at the port that it leads to."},
	{"localtunnel", []sign{{"", "", "loca.lt"}, {"x-localtunnel-status", "", ""}},
		"interstitial", "answered with its page for visitors", pastPage},
	{"GitHub Codespaces or a dev tunnel", []sign{{"x-tunnel-error", "", ""}, {"", "", "tunnels.api.visualstudio.com/auth"}},
		"interstitial", "asked for a login", withoutLogin},
}

// in tells whether an answer shows the sign, and what was seen. body is the answer's
// in lower case.
func (s *sign) in(a *Answer, body string) (by string, ok bool) {
	by = "the page that it sent"
	if s.header != "" {
		value, has := a.Headers.Get(s.header)
		if !has || !strings.Contains(strings.ToLower(value), s.value) {
			return "", false
		}
		by = s.header + ": " + show(value)
		if strings.EqualFold(s.header, "Set-Cookie") {
			by = "the cookie that it set"
		}
	}
	return by, s.body == "" || strings.Contains(body, s.body)
}

// mediates tells whether a mediator made an answer, and by which sign.
func (m *mediator) mediates(a *Answer, body string) (by string, ok bool) {
	for i := range m.signs {
		if by, ok = m.signs[i].in(a, body); ok {
			return by, true
		}
	}
	return "", false
}

// challenged finds answers of bot checks, firewalls and tunnels, which know
// nothing of the API's CORS settings.
func challenged(e *Evidence) (Cause, bool) {
	if e.Answer == nil || !e.silent() {
		return Cause{}, false
	}
	body := strings.ToLower(e.body())
	for i := range mediators {
		m := &mediators[i]
		by, ok := m.mediates(e.Answer, body)
		if !ok || m.id != "interstitial" && m.id != "deployment-protection" && e.status() < 400 && !e.isHTML() {
			continue
		}
		c := Cause{ID: m.id, NotCORS: true, By: Network, Fix: m.fix, Product: m.name, Sign: by}
		what := "the server"
		if e.OnPreflight {
			what = "the server, to the preflight"
		}
		c.Problem = m.name + ", and not " + what + ", " + m.what + ", with status " + statusOf(e.status()) + ". That shows by " + by + ". " + e.configured()
		return c, true
	}
	return Cause{}, false
}
