package audit

import (
	"fmt"
	"strings"

	"github.com/browsercors/browsercors/hsts"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
)

// inspectTransport looks for redirects to http: that the browser has upgraded, and for a
// Strict-Transport-Security that says nothing.
func (p *played) inspectTransport() {
	ignored, redirected := false, false
	for n := range p.Exchanges {
		x := &p.Exchanges[n]
		u, err := origin.ParseURL(x.URL)
		if err != nil || u.Scheme() != "https" {
			continue
		}
		if values := x.ResponseHeaders.Values("Strict-Transport-Security"); len(values) > 0 && u.HostIsDomain() && !ignored {
			if _, err := hsts.Parse(values[0]); err != nil {
				ignored = true
				f := p.finding(strictTransportIgnored)
				f.cause = "Strict-Transport-Security"
				f.Problem = fmt.Sprintf("The response has Strict-Transport-Security: %s, which browsers ignore: %s.", text.Clean(values[0]), strings.TrimPrefix(err.Error(), "hsts: "))
				f.Rule = "a value that does not conform is ignored as a whole"
				p.trial.note(f)
			}
		}
		if location, ok := x.ResponseHeaders.Get("Location"); ok && !redirected && x.Status/100 == 3 && n+1 < len(p.Exchanges) {
			to, err := (*origin.Schemes)(nil).ParseURL(location, u)
			if err != nil || to.Scheme() != "http" || !strings.HasPrefix(p.Exchanges[n+1].URL, "https:") {
				continue
			}
			redirected = true
			f := p.finding(redirectToHTTP)
			f.cause = "Location"
			why, rule := p.visitor.upgradeOf(p.Exchanges[n+1].URL)
			f.Problem = fmt.Sprintf("The response redirects to %s. The browser asks for the https: URL instead, %s.", text.Clean(text.RedactURL(to.String())), why)
			f.Rule = rule
			p.trial.note(f)
		}
	}
}
