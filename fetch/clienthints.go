package fetch

import (
	"slices"
	"strings"
	"sync"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// A hintSet is a set of the profile's client hints: a bit for each, in their order.
type hintSet uint64

// maxHints is how many client hints a profile may have.
const maxHints = 64

// onlyIfAsked tells whether a name is that of a client hint that a server gets only
// if it has asked for it.
func (p *Profile) onlyIfAsked(name string) bool {
	for i := range p.Identity.Hints {
		if h := &p.Identity.Hints[i]; h.Name == name {
			return !h.Always
		}
	}
	return false
}

// appendHints is "append client hints to request": those that every server gets, and
// those that the page's own origin, or the origin navigated to, has asked for.
// Permissions policies, which could delegate more, are not modelled.
//
// https://wicg.github.io/client-hints-infrastructure/#abstract-opdef-append-client-hints-to-request
func (f *fetching) appendHints(headers *safelist.HeaderList, c conditions) {
	hints := f.agent.profile.Identity.Hints
	if len(hints) == 0 {
		return
	}
	if !f.tellsHints(c) {
		return
	}
	asked := f.askedHints()
	for i := range hints {
		h := &hints[i]
		if (h.Always || asked>>i&1 == 1) && f.headerOrder.sends(h.Name) && !f.hintByScript(h.Name) {
			add(headers, h.Name, h.Value)
		}
	}
}

// hintByScript tells whether script has set a client hint itself.
func (f *fetching) hintByScript(name string) bool {
	return !fold.HasPrefix(name, "sec-") && f.request.headers.Contains(name)
}

// tellsHints tells whether the request may carry client hints at all. It goes to a
// potentially trustworthy URL; what is not a navigation went to nothing else before.
func (f *fetching) tellsHints(c conditions) bool {
	r := f.request
	if c&toTrustworthy == 0 || r.client != nil && r.client.worker {
		return false
	}
	return c&isNavigation != 0 || !slices.ContainsFunc(r.urlList[:len(r.urlList)-1], func(u *origin.URL) bool { return !f.agent.trust.URL(u) })
}

// askedHints are the client hints that this hop's server has asked for: by the
// document that makes the request, if it is of the document's origin and so were
// all hops; or, in a navigation, by an earlier document of its origin.
func (f *fetching) askedHints() hintSet {
	r := f.request
	switch {
	case r.client == nil:
		return 0
	case r.mode == navigateMode:
		return f.agent.acceptCH.get(r.currentURL().Origin())
	case r.client.hints == 0:
		return 0
	}
	for _, u := range r.urlList {
		if !u.Origin().SameOrigin(r.client.origin) {
			return 0
		}
	}
	return r.client.hints
}

// hintOnFirstHop tells whether a name is that of a client hint that was sent on the
// first hop.
func (f *fetching) hintOnFirstHop(name string) bool {
	r := f.request
	if r.redirectCount == 0 || r.client == nil || !r.url().Origin().SameOrigin(r.client.origin) || !f.agent.trust.URL(r.url()) {
		return false
	}
	for i := range f.agent.profile.Identity.Hints {
		if f.agent.profile.Identity.Hints[i].Name == name {
			return r.client.hints>>i&1 == 1
		}
	}
	return false
}

// An acceptCHCache keeps which client hints origins have asked for. A nil one keeps
// nothing. It is safe for concurrent use.
//
// https://wicg.github.io/client-hints-infrastructure/#accept-ch-cache
type acceptCHCache struct {
	mu     sync.Mutex
	asked  map[string]hintSet
	oldest []string // the origins, as they came
}

// maxAcceptCH is how many origins an acceptCHCache keeps. The one that was kept
// first goes first.
const maxAcceptCH = 1024

func (c *acceptCHCache) get(o origin.Origin) hintSet {
	if c == nil || o.IsOpaque() {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked[o.String()]
}

func (c *acceptCHCache) set(o origin.Origin, hints hintSet) {
	if c == nil || o.IsOpaque() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	key := o.String()
	if _, kept := c.asked[key]; !kept {
		if len(c.oldest) == maxAcceptCH {
			delete(c.asked, c.oldest[0])
			c.oldest = c.oldest[1:]
		}
		c.oldest = append(c.oldest, key)
	}
	if c.asked == nil {
		c.asked = make(map[string]hintSet)
	}
	c.asked[key] = hints
}

// storeAcceptCH keeps what the response to a navigation says in Accept-CH: a list of
// names, which replaces the one before. A list that does not parse changes nothing.
//
// https://wicg.github.io/client-hints-infrastructure/#accept-ch-state-algo
func (f *fetching) storeAcceptCH(headers safelist.HeaderList) {
	hints := f.agent.profile.Identity.Hints
	if len(hints) == 0 || f.request.mode != navigateMode || !f.agent.trust.URL(f.request.currentURL()) {
		return
	}
	value, ok := headers.Get("Accept-CH")
	if !ok {
		return
	}
	var asked hintSet
	for member := range strings.SplitSeq(value, ",") {
		name, ok := structuredToken(strings.Trim(member, " \t"))
		if !ok {
			if strings.Trim(value, " \t") == "" {
				break // an empty list asks for nothing any more
			}
			return
		}
		for i := range hints {
			if fold.Equal(hints[i].Name, name) {
				asked |= 1 << i
			}
		}
	}
	f.agent.acceptCH.set(f.request.currentURL().Origin(), asked)
}
