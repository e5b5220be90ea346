package audit

import (
	"slices"
	"strings"

	"github.com/browsercors/browsercors/internal/cause"
)

// A page of the server's own origin needs no permission. It still fails if a
// redirect leads to another origin, or if something other than the API answers.

// ownedBy tells whether an origin is that of the use's URL.
func (u *resolvedUse) ownedBy(asking string) bool { return u.url.Origin().String() == asking }

// across are the allowed origins for which a use is cross-origin.
func (r *run) across(use *resolvedUse) []string {
	return slices.DeleteFunc(slices.Clone(r.intent.Allow), use.ownedBy)
}

// usable is the rule that answers of something else than the API break.
const usable = "script can use only a response of the API"

// expect looks whether what answered a use is what the page expects.
func (t trial) expect(asking string, got result) {
	if !t.use.cors || t.use.element || len(got.exchanges) == 0 {
		return
	}
	last := got.exchanges[len(got.exchanges)-1]
	hops := 0
	for i := range got.exchanges {
		if !got.exchanges[i].IsPreflight() {
			hops++
		}
	}
	c, ok := cause.Unexpected(&cause.Evidence{
		Page: asking, Origin: asking, Method: last.Method, URL: last.URL, First: t.use.url.WithoutFragment(), Hops: hops - 1, Script: true,
		Answer: &cause.Answer{Status: last.Status, Headers: last.ResponseHeaders},
	}, t.use.Reads)
	if !ok {
		return
	}
	f := t.findingOf(notTheAPI, asking, got.exchanges)
	if c.ID == "login-redirect" {
		f = t.findingOf(loginRedirect, asking, got.exchanges)
	}
	f.cause, f.Cause, f.NotCORS = c.ID, c.ID, c.NotCORS
	f.Problem, f.By, f.Fix = c.Problem, c.By, strings.TrimSuffix(c.Fix, ":")
	f.Rule = usable
	if t.use.Reads != "" {
		f.Rule = "the intent has the page read " + t.use.Reads
	}
	f.Section = ""
	t.note(f)
}
