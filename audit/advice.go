package audit

import (
	"slices"
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/cause"
	"github.com/browsercors/browsercors/internal/product"
)

// topics are what a product is asked about a finding. Of refusals the explanation
// knows it.
var topics = map[FindingID]product.Topic{
	wrongOriginAllowed: product.Origins, anyOriginWithCredentials: product.Origins, nullOriginTrusted: product.Origins, originPrefixMatch: product.Origins,
	originSuffixMatch: product.Origins, originDotMatch: product.Origins, insecureOriginTrusted: product.Origins, impossibleOriginTrusted: product.Origins,
	notExposed: product.Expose, preflightNotCached: product.MaxAge, maxAgeMissing: product.MaxAge, maxAgeTiny: product.MaxAge, varyMissing: product.Vary, cachedWithoutCORS: product.Vary,
	preflightUnrouted: product.Preflight, headerDoubled: product.Doubled, errorWithoutCORS: product.Errors,
	wildcardWithCredentials: product.Credentials, authorizationByWildcard: product.Headers, methodCase: product.Methods,
}

// known is what is known of a refusal beside the error: what the caller knows,
// how the refused answer's body begins, and the product that the user has named.
func (t trial) known(more *fetch.Evidence, body []byte) *fetch.Evidence {
	var e fetch.Evidence
	if more != nil {
		e = *more
	}
	e.Body, e.Server = body, t.options.Server
	return &e
}

// advice is what to change in the product that a finding is about; nil if none is
// recognized, or if no product has to do with it. The origin to be allowed is one
// that the intent allows.
func (r *run) advice(f *noted) *fetch.Advice {
	topic := topics[f.ID]
	if topic == "" || f.By != "server" || len(f.seen) == 0 {
		return nil
	}
	last := len(f.seen) - 1
	x := &f.seen[last]
	if first := &f.seen[0]; first.IsPreflight() && slices.Contains([]product.Topic{product.MaxAge, product.Methods, product.Headers, product.Preflight}, topic) {
		x = first
	}
	from := f.Origins[0]
	if !slices.Contains(r.intent.Allow, from) && len(r.intent.Allow) > 0 {
		from = r.intent.Allow[0]
	}
	c := &product.Case{
		Topic: topic,
		Evidence: &cause.Evidence{
			Page: from, Origin: from, Method: f.use.method, URL: x.URL, First: f.use.url.WithoutFragment(), Script: true, OnPreflight: x.IsPreflight(),
			Answer: &cause.Answer{Status: x.Status, Headers: x.ResponseHeaders},
		},
		Values: product.Values{Origin: from, Credentialed: f.use.Credentials == credentials.Include, Method: f.use.method, URL: x.URL},
	}
	var listed fetch.HeaderList
	var names []string
	if i := slices.IndexFunc(f.seen, func(x Exchange) bool { return x.IsPreflight() }); i >= 0 {
		c.Preflighted = true
		listed = f.seen[i].ResponseHeaders
		if list, ok := f.seen[i].RequestHeaders.Get("Access-Control-Request-Headers"); ok {
			names = strings.Split(list, ",")
		}
	}
	c.Evidence.Names = names
	c.Allow(listed, names)
	c.Expose(f.seen[last].ResponseHeaders, f.use.Read)
	if p, ok := product.ByName(r.options.Server); ok {
		c.Named = p
	}
	guess, ok := product.Advise(c)
	if !ok {
		return nil
	}
	a := fetch.Advice(guess)
	return &a
}
