package audit

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
)

// A server that refuses a method or a header may answer as if it refused the
// origin. What the same origin may do otherwise tells which of them it is.

// maxCompared is how many other preflights a refused one is compared with.
const maxCompared = 6

// compare looks again at the uses that were refused, with what the same origin may
// do elsewhere and, unless probes are to be skipped, with a few more preflights.
func (r *run) compare(ctx context.Context, pr *prober) error {
	known, places := make(map[string]*fetch.Evidence), r.places()
	for i := range r.notes {
		f := &r.notes[i]
		if f.refused == nil || !f.refused.got.comparable() {
			continue
		}
		t, refusal, asking := f.refused.trial, f.refused.got.refusal, f.Origins[0]
		key := strings.Join([]string{t.use.name, asking, refusal.Request.URL, string(refusal.Stage), refusal.Reason.String()}, "\x00")
		evidence := known[key]
		if evidence == nil {
			evidence = &fetch.Evidence{Elsewhere: elsewhere(places, t.use, asking)}
			if !r.options.SkipProbes && !t.use.element {
				c := &comparison{trial: t, pr: pr, asking: asking, refused: f.refused.got}
				if err := c.run(ctx); err != nil {
					return &Error{Use: t.use.name, Probe: true, Err: err}
				}
				evidence.Others, evidence.WithoutCredentials = c.others, c.withoutCredentials
			}
			known[key] = evidence
		}
		g, err := t.refusal(ctx, asking, f.When, f.refused.got, evidence)
		if err != nil {
			return err
		}
		r.notes[i] = g
	}
	return nil
}

// comparable tells whether a refusal may be for another reason than it seems.
func (got *result) comparable() bool {
	refusal := got.refusal
	r := refusal.Response
	if r == nil || refusal.Request.Hop > 0 || len(got.exchanges) == 0 {
		return false
	}
	switch refusal.Reason {
	case fetch.MissingAllowOrigin, fetch.PreflightInvalidStatus:
	case fetch.HeaderDisallowed: // a header may be lost in a list that the server does not split
		names, _ := got.last().asks()
		return len(names) > 1
	default:
		if refusal.Stage != "preflight" || r.Status >= 200 && r.Status <= 299 {
			return false
		}
	}
	switch r.Status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return false
	}
	return r.Status < 300 || r.Status > 399
}

// last is the exchange that was refused.
func (got *result) last() *Exchange { return &got.exchanges[len(got.exchanges)-1] }

// A place is where an origin was allowed: a URL, or the origin of a server.
type place struct{ asking, at string }

// places are the plays that got a response, by their places: of each the first two
// of different uses, so that one is another's.
func (r *run) places() map[place][]*played {
	found := make(map[place][]*played)
	for i := range r.plays {
		p := &r.plays[i]
		if !p.got || len(p.Exchanges) == 0 || p.trial.use.ownedBy(p.Origin) {
			continue
		}
		for _, at := range []string{p.trial.use.url.WithoutFragment(), p.trial.use.url.Origin().String()} {
			key := place{p.Origin, at}
			if known := found[key]; len(known) == 0 || len(known) == 1 && known[0].trial.use != p.trial.use {
				found[key] = append(known, p)
			}
		}
	}
	return found
}

// elsewhere is another request from an origin that the server of a use allowed, at
// the same URL if there is one; "" if there is none.
func elsewhere(places map[place][]*played, use *resolvedUse, asking string) string {
	for _, at := range []string{use.url.WithoutFragment(), use.url.Origin().String()} {
		for _, p := range places[place{asking, at}] {
			if p.trial.use != use {
				return p.Method + " " + p.URL
			}
		}
	}
	return ""
}

// A comparison asks preflights beside one that was refused.
type comparison struct {
	trial
	pr      *prober
	asking  string
	refused result

	others             []fetch.OtherPreflight
	withoutCredentials bool
}

// run asks until it knows what is refused, or until it has asked enough.
func (c *comparison) run(ctx context.Context) error {
	if c.refused.refusal.Stage != "preflight" {
		return c.anonymous(ctx)
	}
	names, method := c.refused.last().asks()
	var err error
	ask := func(method string, names ...string) (allowed bool) {
		if err == nil && len(c.others) < maxCompared {
			allowed, err = c.ask(ctx, method, names)
		}
		return allowed
	}
	switch {
	case len(names) > 0 && ask(method):
		c.narrow(names, func(names []string) bool { return ask(method, names...) })
	case len(names) == 0 && ask(method, "content-type"):
	case method != http.MethodGet && ask(http.MethodGet, names...):
	case method != http.MethodGet && len(names) > 0 && ask(http.MethodGet):
	case method != http.MethodGet && len(names) == 0 && ask(http.MethodGet, "content-type"):
	default:
		ask("")
	}
	return err
}

// anonymous makes a safe request that was refused with credentials again without
// them, as the probes do.
func (c *comparison) anonymous(ctx context.Context) error {
	if c.use.Credentials != credentials.Include || !c.use.safe() {
		return nil
	}
	in := c.use.request()
	in.Credentials = credentials.Omit
	got, err := c.trial.ask(ctx, c.pr, question{variant: "without cookies"}, c.asking, in)
	c.withoutCredentials = got.ok
	return err
}

// narrow finds which of the headers are refused: each of a few by itself, of many
// one by halves.
func (c *comparison) narrow(names []string, ask func([]string) bool) {
	if len(names) == 1 {
		return
	}
	if len(names) < maxCompared {
		for _, name := range names {
			ask([]string{name})
		}
		return
	}
	half := len(names) / 2
	for _, part := range [][]string{names[:half], names[half:]} {
		if !ask(part) {
			c.narrow(part, ask)
			return
		}
	}
}

// ask asks a preflight for a method and headers. Without a method it leaves as
// another OPTIONS request.
func (c *comparison) ask(ctx context.Context, method string, names []string) (bool, error) {
	q := question{hold: true, variant: "a preflight"}
	in := c.use.request()
	if method == "" {
		q.bare, names = true, nil
		q.variant = "OPTIONS"
	} else {
		own := in.Headers
		in.Method, in.Headers = method, nil
		for _, name := range names {
			value, ok := own.Get(name)
			if !ok {
				value = "application/json" // for a content-type that the use has not
			}
			in.Headers.Append(name, value)
		}
		if method == http.MethodGet || method == http.MethodHead {
			in.Body = nil
		}
	}
	in.API, in.UploadListener = "xhr", true
	if in.Credentials != credentials.Include {
		in.Credentials = credentials.SameOrigin
	}
	got, err := c.trial.ask(ctx, c.pr, q, c.asking, in)
	if err != nil {
		return false, err
	}
	allowed := got.ok || got.refusal != nil && letsOriginIn(got.refusal) && c.refused.refusal.Reason != fetch.HeaderDisallowed
	c.others = append(c.others, fetch.OtherPreflight{Method: method, Headers: slices.Clone(names), Allowed: allowed && len(got.exchanges) > 0})
	return allowed, nil
}

// letsOriginIn tells whether a preflight was refused, but not for the origin or by
// its status.
func letsOriginIn(refusal *fetch.Error) bool {
	switch refusal.Reason {
	case fetch.MethodDisallowed, fetch.HeaderDisallowed, fetch.AuthorizationNotListed, fetch.InvalidAllowMethods, fetch.InvalidAllowHeaders:
		return true
	}
	return false
}
