package audit

import (
	"context"
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/customscheme"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// probe asks from origins that the intent does not name, and for what stands
// beside the uses. All that leaves are preflights, and the requests of uses that
// are safe.
func (r *run) probe(ctx context.Context, pr *prober, uses []*resolvedUse) ([]Policy, error) {
	for _, use := range uses {
		if r.unanswerable(use) || len(r.across(use)) == 0 && len(r.intent.Allow) > 0 {
			continue
		}
		if err := r.probeUse(ctx, pr, use); err != nil {
			return nil, &Error{Use: use.name, Probe: true, Err: err}
		}
	}
	return r.learn(ctx, pr)
}

func (r *run) probeUse(ctx context.Context, pr *prober, use *resolvedUse) error {
	if !use.cors {
		return nil // it gets the same from every origin
	}
	if err := r.probeOrigins(ctx, pr, use); err != nil {
		return err
	}
	if !r.works(use) || use.element {
		return nil
	}
	from := r.across(use)[0]
	if err := r.probeRoute(ctx, pr, use, from); err != nil {
		return err
	}
	return r.probeErrors(ctx, pr, use, from)
}

// works tells whether a use works from the first allowed origin other than the
// server's own.
func (r *run) works(use *resolvedUse) bool {
	across := r.across(use)
	return len(across) > 0 && slices.ContainsFunc(r.plays, func(p played) bool {
		return p.trial.use == use && p.When == "" && p.Origin == across[0] && p.got
	})
}

// An entry is how far a page of an origin is let in.
type entry uint8

const (
	keptOut entry = iota
	letIn         // without credentials
	letInWithCredentials
)

// enters tells how far a page is let in to the use, and by which reply. What the
// page pretends to be is "" for itself.
func (t trial) enters(ctx context.Context, pr *prober, from, pretend string) (entry, reply, error) {
	q := question{hold: !t.use.safe(), pretend: pretend}
	var got reply
	for _, e := range []entry{letInWithCredentials, letIn} {
		in := t.use.request()
		in.Credentials = credentials.Omit
		if e == letInWithCredentials {
			in.Credentials = credentials.Include
		}
		var err error
		got, err = t.ask(ctx, pr, q, from, in)
		refusal := got.refusal
		if got.ok && len(got.exchanges) == 0 { // it is simple and must not leave: a preflight has to tell
			in.API, in.UploadListener = "xhr", true
			if in.Body == nil {
				in.Body = fetch.TextBody("a")
			}
			got, err = t.ask(ctx, pr, q, from, in)
			got.ok = got.ok && len(got.exchanges) > 0
		}
		if got.ok || err != nil {
			return e, got, err
		}
		if refusal != nil && kindOf(refusal) == originRefused {
			break // without credentials it is the same
		}
	}
	return keptOut, got, nil
}

// A guise is an origin to ask from, and what it looks for.
type guise struct {
	origin string
	as     string    // see [Asked]
	id     FindingID // what it means if it is let in; "" for nothing
	next   *guise    // to be asked if this one is kept out
	after  string    // it is only asked if this origin was let in; "" for any
	entry  entry
}

// probeOrigins asks for a use from origins that the intent does not name.
func (r *run) probeOrigins(ctx context.Context, pr *prober, use *resolvedUse) error {
	intent, known := r.intent, r.learner(use)
	t := r.trial(use, r.witness(use))
	t.use = use.asking()
	stranger := &guise{origin: stranger(intent, use.url), as: "stranger", id: anyOriginWithCredentials}
	e, got, err := t.enters(ctx, pr, stranger.origin, "")
	if err != nil {
		return err
	}
	if tells, err := t.preflightTells(ctx, pr, got); err != nil {
		return err
	} else if !tells {
		t.use = use.reading()
		if e, _, err = t.enters(ctx, pr, stranger.origin, ""); err != nil {
			return err
		}
	}
	stranger.entry = e
	named := keptOut
	for _, allowed := range r.across(use) {
		e, _, err := t.enters(ctx, pr, allowed, "")
		if err != nil {
			return err
		}
		known.learned(allowed, "allowed", e)
		named = max(named, e)
	}
	for _, refused := range intent.Refuse {
		e, _, err := t.enters(ctx, pr, refused, "")
		if err != nil {
			return err
		}
		known.learned(refused, "refused", e)
	}
	asked := []*guise{stranger}
	for _, g := range guises(intent, use.url) {
		if stranger.entry >= max(named, letIn) || named == keptOut && g.as != "null" {
			continue // there is nothing more to get
		}
		for ; g != nil; g = g.next {
			if g.after != "" && !slices.ContainsFunc(asked, func(b *guise) bool { return b.origin == g.after && b.entry > keptOut }) {
				continue
			}
			if g.entry, _, err = t.enters(ctx, pr, g.origin, ""); err != nil {
				return err
			}
			asked = append(asked, g)
			if g.entry > keptOut {
				break
			}
		}
	}
	for _, g := range asked {
		known.learned(g.origin, g.as, g.entry)
	}
	var in []*guise
	has := func(id FindingID) bool { return slices.ContainsFunc(in, func(g *guise) bool { return g.id == id }) }
	for _, g := range asked {
		if g.id != "" && (g.entry > stranger.entry || g == stranger && g.entry == letInWithCredentials) {
			in = append(in, g)
		}
	}
	anywhere := has(originPrefixMatch) && has(originSuffixMatch)
	looseEnd := has(originSuffixMatch)
	for _, g := range in {
		id := g.id
		if id == anyOriginWithCredentials && r.has(use.name, wrongOriginAllowed) {
			continue
		}
		if id == insecureOriginTrusted && looseEnd { // a scheme is not compared where only the end is
			id = originSuffixMatch
		}
		if id == originSuffixMatch && anywhere {
			id = originPrefixMatch
		}
		if err := t.trusted(ctx, pr, id, g, anywhere && id == originPrefixMatch); err != nil {
			return err
		}
	}
	if r.options.ProbeImpossibleOrigins && len(in) == 0 && stranger.entry == keptOut {
		return t.probeImpossible(ctx, pr, stranger.origin)
	}
	return nil
}

// preflightTells is false for a use that works because it takes no preflight,
// where the URL answers none, a stranger's or another's: then it takes a GET to
// see who is let in, as the use itself is not to be sent.
func (t trial) preflightTells(ctx context.Context, pr *prober, stranger reply) (bool, error) {
	works := slices.ContainsFunc(t.plays, func(p played) bool { return p.trial.use == t.use && p.got })
	if t.use.safe() || !works || !stranger.unrouted() {
		return true, nil
	}
	across := t.across(t.use)
	if len(across) == 0 {
		return false, nil
	}
	in := t.use.request()
	in.API, in.UploadListener = "xhr", true
	if in.Body == nil {
		in.Body = fetch.TextBody("a")
	}
	got, err := t.ask(ctx, pr, forced, across[0], in)
	return !got.unrouted(), err
}

// forced asks by a preflight that the use does without.
var forced = question{hold: true, variant: "a preflight"}

// unrouted tells of a preflight that got an error for an answer, or none.
func (r reply) unrouted() bool {
	e := r.refusal
	return !r.ok && e != nil && (e.Reason == fetch.NetworkFailure || kindOf(e) == preflightFailed)
}

// reading is a GET of the use's URL.
func (u *resolvedUse) reading() *resolvedUse {
	get := &Use{Name: u.Name, URL: u.URL, Credentials: u.Credentials, Cookies: u.Cookies}
	return &resolvedUse{Use: get, name: u.name, method: "GET", url: u.url}
}

// witness is the profile under which a use is asked about: the first by which a
// page got it, since a browser may forgive what the Standard refuses.
func (r *run) witness(use *resolvedUse) *fetch.Profile {
	for _, p := range engine.Profiles() {
		if slices.ContainsFunc(r.plays, func(play played) bool {
			return play.trial.use == use && play.trial.profile.Name == p.Name && play.got
		}) {
			return p
		}
	}
	return fetch.Standard()
}

// asProbe is the When of a play that was a probe.
const asProbe = "as a probe"

// trusted notes that an origin is let in, under each profile that lets it in.
func (t trial) trusted(ctx context.Context, pr *prober, id FindingID, g *guise, anywhere bool) error {
	for _, t.profile = range engine.Profiles() {
		e, got, err := t.enters(ctx, pr, g.origin, "")
		if err != nil {
			return err
		}
		if e < g.entry {
			continue
		}
		exchanges := got.exchanges
		asked := *t.use.Use
		asked.Credentials = credentials.Omit
		if e == letInWithCredentials {
			asked.Credentials = credentials.Include
		}
		as := t
		as.use = &resolvedUse{Use: &asked, name: t.use.name, method: t.use.method, url: t.use.url}
		f := as.findingOf(id, g.origin, exchanges)
		f.When = asProbe
		f.cause = strconv.Itoa(int(e))
		if anywhere {
			f.cause += " anywhere"
		}
		held := exchanges[len(exchanges)-1].IsPreflight()
		switch {
		case held && e == letInWithCredentials:
			f.Problem = "The preflight lets the page make the request with the user's cookies."
		case held:
			f.Problem = "The preflight lets the page make the request."
		case e == letInWithCredentials:
			f.Problem = "The page can read the response, which was made with the user's cookies."
		default:
			f.Problem = "The page can read the response, although a page of an unrelated site can't."
		}
		if anywhere {
			f.Problem += " The server seems to check only that Origin contains an allowed one."
		} else {
			f.Problem += " " + letInBy[id]
		}
		f.Rule = "the intent does not allow " + g.origin
		t.note(f)
		p := as.newPlay(g.origin, asProbe, exchanges)
		if held && !t.use.safe() {
			p.Refusal, p.Held = errHeld.Error(), true
		}
		t.plays = append(t.plays, played{Play: p})
	}
	return nil
}

// letInBy says what a server seems to do that lets an origin in.
var letInBy = map[FindingID]string{
	anyOriginWithCredentials: "The server seems to send back any Origin.",
	nullOriginTrusted:        "Every sandboxed frame has the origin null, and any site can make one.",
	originPrefixMatch:        "The server seems to check only that Origin begins like an allowed one.",
	originSuffixMatch:        "The server seems to check only that Origin ends like an allowed one.",
	originDotMatch:           "The server seems to use a pattern in which a dot matches any character.",
	insecureOriginTrusted:    "An attacker on the user's network can put a page there.",
}

// strangers are hosts of nobody.
var strangers = []string{"stranger.test", "stranger.example", "stranger.invalid", "stranger-to-all.test"}

// stranger is an origin that has nothing in common with those of the intent. Its
// scheme is the server's, for a secure page may not ask an insecure server.
func stranger(intent *Intent, server *origin.URL) string {
	for _, host := range strangers {
		s, top := server.Scheme()+"://"+host, host[strings.LastIndexByte(host, '.'):]
		if !slices.ContainsFunc(slices.Concat(intent.Allow, intent.Refuse), func(o string) bool {
			return s == o || strings.HasSuffix(hostOf(o), top)
		}) {
			return s
		}
	}
	return server.Scheme() + "://" + strangers[len(strangers)-1]
}

func hostOf(serialized string) string {
	o, err := customscheme.Parse(serialized)
	if err != nil {
		return ""
	}
	return o.Host()
}

// manyForged is from how many allowed origins others are made up.
const manyForged = 3

// guises are origins that might be taken for one that the intent allows, and
// null. Those that the intent names are not among them.
func guises(intent *Intent, server *origin.URL) []*guise {
	named := slices.Concat(intent.Allow, intent.Refuse)
	possible := func(g *guise) bool {
		o, err := customscheme.Parse(g.origin)
		return g.origin == "null" || err == nil && !o.SameOrigin(server.Origin())
	}
	var all []*guise
	add := func(chain ...guise) {
		var first *guise
		for i := len(chain) - 1; i >= 0; i-- {
			if g := chain[i]; !slices.Contains(named, g.origin) && possible(&g) {
				g.next = first
				first = &g
			}
		}
		if first != nil {
			all = append(all, first)
		}
	}
	add(guise{origin: "null", as: "null", id: nullOriginTrusted})
	domains := make(map[string]bool)
	far := hostOf(stranger(intent, server))
	for _, allowed := range intent.Allow {
		o, err := customscheme.Parse(allowed)
		if err != nil || o.Scheme() != "http" && o.Scheme() != "https" {
			continue // nobody has a host of a custom scheme by registering a domain
		}
		host, own := o.Host(), origin.RegistrableDomain(o.Host(), nil)
		site := own
		if site == "" {
			site = host
		}
		if domains[site] || len(domains) == manyForged {
			continue
		}
		domains[site] = true
		at := func(scheme, host string) string {
			if o.Port() != "" {
				host += ":" + o.Port()
			}
			return scheme + "://" + host
		}
		if !strings.HasPrefix(host, "[") {
			add(guise{origin: at(o.Scheme(), host+"."+far), as: "prefix", id: originPrefixMatch},
				guise{origin: at(o.Scheme(), host+"_."+far), as: "prefix", id: originPrefixMatch})
		}
		if own != "" {
			add(guise{origin: at(o.Scheme(), "not"+own), as: "suffix", id: originSuffixMatch},
				guise{origin: at(o.Scheme(), "not-"+own), as: "suffix", id: originSuffixMatch})
			add(guise{origin: at(o.Scheme(), "deeper."+host), as: "subdomain"})
			if forged := undotted(host, own); forged != "" {
				add(guise{origin: at(o.Scheme(), forged), as: "dot", id: originDotMatch})
			}
		}
		if twin := at("http", host); o.Scheme() == "https" && server.Scheme() == "https" && !slices.Contains(intent.Allow, twin) {
			add(guise{origin: twin, as: "http", id: insecureOriginTrusted},
				guise{origin: at("http", "deeper."+host), as: "http", id: insecureOriginTrusted, after: at("https", "deeper."+host)})
		}
		port := "8443"
		if o.Port() == port {
			port = "9443"
		}
		add(guise{origin: o.Scheme() + "://" + host + ":" + port, as: "port"})
	}
	return all
}

// undotted is a host with a letter in the place of a dot, so that it is of
// another site; "" if there is none.
func undotted(host, own string) string {
	for i := range host {
		if host[i] != '.' {
			continue
		}
		forged := host[:i] + "x" + host[i+1:]
		if site := origin.RegistrableDomain(forged, nil); site != "" && site != own {
			return forged
		}
	}
	return ""
}

// impossible are origins that no page can have and a careless comparison takes
// for an allowed one.
func impossible(allowed, far string) []string {
	o, err := customscheme.Parse(allowed)
	if err != nil {
		return nil
	}
	scheme, host := o.Scheme()+"://", o.Host()
	rest := strings.TrimPrefix(allowed, scheme)
	all := []string{
		strings.ToUpper(allowed), allowed + "/", allowed + "#", allowed + " ", scheme + "." + rest, scheme + "user@" + rest,
		scheme + far + "#." + rest, scheme + far + "/" + rest, allowed + "@" + far, scheme + far + "\\." + rest,
		allowed + ", " + scheme + far, scheme + host + "%00." + far,
	}
	return slices.DeleteFunc(all, func(s string) bool {
		_, err := customscheme.Parse(s)
		return err == nil || !grammar.IsHeaderValue(s)
	})
}

// probeImpossible asks with values of Origin that no browser sends.
func (t trial) probeImpossible(ctx context.Context, pr *prober, far string) error {
	across := t.across(t.use)
	for _, allowed := range across[:min(1, len(across))] {
		for _, pretend := range impossible(allowed, hostOf(far)) {
			e, got, err := t.enters(ctx, pr, far, pretend)
			if err != nil {
				return err
			}
			if e == keptOut {
				continue
			}
			f := t.findingOf(impossibleOriginTrusted, pretend, got.exchanges)
			f.Tried = fmt.Sprintf("A program that is not a browser sent %s %s with Origin: %s.", t.use.method, t.use.url, pretend)
			f.Problem = "The server allows it. No page can have this origin, but the comparison with the allowed origins is not exact."
			f.Rule = "the intent does not allow " + text.Clean(pretend)
			t.note(f)
		}
	}
	return nil
}

// probeRoute looks whether a use that needs no preflight would survive one.
func (r *run) probeRoute(ctx context.Context, pr *prober, use *resolvedUse, from string) error {
	simple := slices.ContainsFunc(r.plays, func(p played) bool {
		return p.trial.use == use && p.When == "" && p.Origin == from && p.trial.profile.Name == fetch.Standard().Name &&
			!slices.ContainsFunc(p.Exchanges, func(x Exchange) bool { return x.IsPreflight() })
	})
	if !simple {
		return nil
	}
	t := r.trial(use, fetch.Standard())
	in := use.request()
	in.API, in.UploadListener = "xhr", true
	got, err := t.ask(ctx, pr, forced, from, in)
	refusal := got.refusal
	if err == nil && refusal != nil && refusal.Reason == fetch.NetworkFailure && len(got.exchanges) == 0 {
		for _, t.profile = range engine.Profiles() {
			t.unrouted(from, "got no answer ("+text.Clean(refusal.Err.Error())+")", nil, nil)
		}
		return nil
	}
	if err != nil || refusal == nil || kindOf(refusal) != preflightFailed || refusal.Response.Status == http.StatusTooManyRequests {
		return err
	}
	if r.breaksBy(got.exchanges[0].Status, preflightFailed) {
		return nil
	}
	for _, t.profile = range engine.Profiles() {
		v, err := t.open(canned{&got.exchanges[0]}, from)
		if err != nil {
			return err
		}
		more := use.request()
		more.Headers = append(slices.Clone(more.Headers), safelist.Header{Name: "X-Requested-With", Value: "fetch"})
		if _, err := v.page.Fetch(ctx, more); err == nil {
			continue
		}
		t.unrouted(from, fmt.Sprintf("was answered with status %d", got.exchanges[0].Status), got.exchanges, refusal.Explain().Headers)
	}
	return nil
}

// unrouted notes what became of the preflight of a use that needs none.
func (t trial) unrouted(from, became string, exchanges []Exchange, headers fetch.HeaderList) {
	f := t.findingOf(preflightUnrouted, from, exchanges)
	f.Tried = t.tried(from, "by XMLHttpRequest, with an upload listener, which forces a preflight")
	f.cause = became
	f.Problem = "The preflight " + became + ". The use works because it needs no preflight; it will break when a header is added to it."
	f.Rule = fetch.PreflightInvalidStatus.Rule()
	f.Headers = headers
	t.note(f)
}

// probeErrors looks whether pages can read errors as they can read a use's
// answers.
func (r *run) probeErrors(ctx context.Context, pr *prober, use *resolvedUse, from string) error {
	beside, err := nowhere(use.url)
	if err != nil {
		return err
	}
	absent := &resolvedUse{Use: &Use{Name: use.name, Credentials: use.Credentials, Cookies: use.Cookies}, name: use.name, method: "GET", url: beside}
	if err := r.probeError(ctx, pr, absent, from, question{variant: "a path that does not exist"}, ""); err != nil {
		return err
	}
	own := *use.Use
	own.Headers, own.Cookies = nil, nil
	for name, value := range use.Headers {
		if !fold.Equal(name, "Authorization") {
			if own.Headers == nil {
				own.Headers = make(map[string]string)
			}
			own.Headers[name] = value
		}
	}
	if !use.safe() || len(own.Headers) == len(use.Headers) && len(use.Cookies) == 0 {
		return nil
	}
	bare := &resolvedUse{Use: &own, name: use.name, method: use.method, url: use.url}
	return r.probeError(ctx, pr, bare, from, question{variant: "no credentials"}, "without the use's cookies and Authorization")
}

// nowhere is a URL beside another one where nothing can be: the same for all in
// one directory.
func nowhere(u *origin.URL) (*origin.URL, error) {
	directory, err := (*origin.Schemes)(nil).ParseURL("./", u)
	if err != nil {
		return nil, err
	}
	h := fnv.New64a()
	h.Write([]byte(directory.String()))
	return (*origin.Schemes)(nil).ParseURL(fmt.Sprintf("./no-such-thing-%x", h.Sum64()), u)
}

// probeError looks whether a page can read the error that a request gets.
func (r *run) probeError(ctx context.Context, pr *prober, use *resolvedUse, from string, q question, how string) error {
	for _, p := range engine.Profiles() {
		t := r.trial(use, p)
		got, err := t.ask(ctx, pr, q, from, use.request())
		refusal := got.refusal
		switch {
		case ctx.Err() != nil:
			return err
		case err != nil || refusal == nil || refusal.Stage != "actual" || refusal.Response == nil || refusal.Response.Status < 400:
			return nil // what breaks where the intent points at nothing is not its matter
		}
		if id := kindOf(refusal); id != originRefused && id != credentialsRefused || r.breaksBy(refusal.Response.Status, id) {
			return nil
		}
		f := t.findingOf(errorWithoutCORS, from, got.exchanges)
		f.Tried = t.tried(from, how)
		f.cause = strconv.Itoa(refusal.Response.Status)
		f.Problem = fmt.Sprintf("The page can't see that it was an error with status %d: it gets a network error, as if the server could not be reached.", refusal.Response.Status)
		f.Rule = refusal.Reason.Rule()
		x := refusal.ExplainWith(t.known(nil, got.body))
		f.Headers, f.Advice = x.Headers, x.Advice
		t.note(f)
	}
	return nil
}
