package audit

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// probe asks from origins that the intent does not name, and for what stands
// beside the uses. All that leaves are preflights, and the requests of uses that
// are safe.
func (r *run) probe(ctx context.Context, uses []*resolvedUse) ([]Policy, error) {
	pr := &prober{wire: &r.wire, seen: make(map[string]*Exchange), silent: make(map[string]error)}
	for i := range r.plays {
		for n := range r.plays[i].Exchanges {
			if x := &r.plays[i].Exchanges[n]; !x.Cached {
				if key := (question{}).key(x.Method, x.URL, x.RequestHeaders); pr.seen[key] == nil {
					pr.seen[key] = x
				}
			}
		}
	}
	for _, use := range uses {
		if err := r.probeUse(ctx, pr, use); err != nil {
			return nil, &UseError{Use: use.name, Probe: true, Err: err}
		}
	}
	return r.learn(ctx, pr)
}

func (r *run) probeUse(ctx context.Context, pr *prober, use *resolvedUse) error {
	if err := r.probeOrigins(ctx, pr, use); err != nil {
		return err
	}
	if !r.works(use) {
		return nil
	}
	if err := r.probeRoute(ctx, pr, use, r.intent.Allow[0]); err != nil {
		return err
	}
	return r.probeErrors(ctx, pr, use, r.intent.Allow[0])
}

// works tells whether a use works from the first allowed origin.
func (r *run) works(use *resolvedUse) bool {
	return len(r.intent.Allow) > 0 && slices.ContainsFunc(r.plays, func(p played) bool {
		return p.trial.use == use && p.When == "" && p.Origin == r.intent.Allow[0] && p.got
	})
}

// errHeld is what becomes of requests that must not leave.
var errHeld = errors.New("held back: the audit sends no more than the preflight from this origin")

// A prober asks the server once for what differs in nothing that a server
// decides by.
type prober struct {
	wire   *recorder
	seen   map[string]*Exchange // by key
	silent map[string]error     // why an origin got no answer from a URL; it is not asked again
}

// A question is how a page asks.
type question struct {
	variant string // what is not to be answered with what was seen of the uses
	hold    bool   // only preflights leave
	pretend string // an origin that stands in the place of the page's
}

// key is what a server decides by.
func (q question) key(method, url string, headers fetch.HeaderList) string {
	var b strings.Builder
	b.WriteString(q.variant + "\x00" + method + " " + url)
	for _, h := range headers {
		name := safelist.ByteLowercase(h.Name)
		if !strings.HasPrefix(name, "sec-") && !strings.HasPrefix(name, "accept") && name != "user-agent" && name != "cookie" && name != "referer" {
			b.WriteString("\n" + name + ": " + h.Value)
		}
	}
	return b.String()
}

// An asking is the network of one page that probes.
type asking struct {
	*prober
	question
	exchanges []Exchange
}

// RoundTrip implements [fetch.Transport].
func (a *asking) RoundTrip(ctx context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	if r.Body != nil {
		r.Body.Close()
	}
	page, _ := r.Headers.Get("Origin")
	sent := *r
	sent.Body = nil
	sent.Headers = slices.Clone(r.Headers)
	if a.pretend != "" {
		sent.Headers.Set("Origin", a.pretend)
	}
	key := a.key(sent.Method, sent.URL.WithoutFragment(), sent.Headers)
	x := a.seen[key]
	if x == nil {
		if a.hold && !r.Preflight {
			return nil, errHeld
		}
		from, _ := sent.Headers.Get("Origin")
		who := fmt.Sprintf("%s %s %s", sent.Method, sent.URL.WithoutFragment(), from)
		if err := a.silent[who]; err != nil {
			return nil, err
		}
		a.wire.probe()
		resp, err := a.wire.RoundTrip(ctx, &sent)
		if err != nil {
			a.silent[who] = err
			return nil, err
		}
		if resp.Body != nil {
			resp.Body.Close()
		}
		x = &a.wire.exchanges[len(a.wire.exchanges)-1]
		a.seen[key] = x
	}
	a.exchanges = append(a.exchanges, *x)
	answer := slices.Clone(x.ResponseHeaders)
	if allowed, _ := answer.Get(headerAllowOrigin); a.pretend != "" && allowed == a.pretend {
		answer.Set(headerAllowOrigin, page)
	}
	return &fetch.NetworkResponse{Status: x.Status, StatusText: x.StatusText, Headers: answer, Body: http.NoBody}, nil
}

// A reply is what came of a question.
type reply struct {
	ok        bool         // the page gets the answer, or would get to send the request
	refusal   *fetch.Error // why not; nil where no answer came
	exchanges []Exchange
}

// ask has a page make a request.
func (t trial) ask(ctx context.Context, pr *prober, q question, from string, in *fetch.Request) (reply, error) {
	a := &asking{prober: pr, question: q}
	v, err := t.open(a, from)
	if err != nil {
		return reply{}, err
	}
	if in.Credentials == credentials.Include && !q.hold { // preflights have no cookies
		t.use.keepCookies(v.jar, v.now)
	}
	resp, err := v.page.Fetch(ctx, in)
	refusal, _ := errors.AsType[*fetch.Error](err)
	got := reply{ok: err == nil, refusal: refusal, exchanges: a.exchanges}
	_, silent := unanswered(ctx, err)
	switch {
	case err == nil:
		resp.Body.Close()
	case errors.Is(err, errHeld):
		got.ok = true
	case silent: // the page is told nothing
	case refusal == nil || refusal.Stage == fetch.StageConstruct || refusal.Reason >= fetch.NetworkFailure:
		return reply{}, err
	}
	return got, nil
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
			in.API, in.UploadListener = fetch.APIXHR, true
			if in.Body == nil {
				in.Body = fetch.TextBody("a")
			}
			got, err = t.ask(ctx, pr, q, from, in)
			got.ok = got.ok && len(got.exchanges) > 0
		}
		if got.ok || err != nil {
			return e, got, err
		}
		if refusal != nil && kindOf(refusal) == OriginRefused {
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
	stranger := &guise{origin: stranger(intent, use.url), as: "stranger", id: AnyOriginWithCredentials}
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
	for _, allowed := range intent.Allow {
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
	anywhere := has(OriginPrefixMatch) && has(OriginSuffixMatch)
	looseEnd := has(OriginSuffixMatch)
	for _, g := range in {
		id := g.id
		if id == AnyOriginWithCredentials && r.has(use.name, WrongOriginAllowed) {
			continue
		}
		if id == InsecureOriginTrusted && looseEnd { // a scheme is not compared where only the end is
			id = OriginSuffixMatch
		}
		if id == OriginSuffixMatch && anywhere {
			id = OriginPrefixMatch
		}
		if err := t.trusted(ctx, pr, id, g, anywhere && id == OriginPrefixMatch); err != nil {
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
	if len(t.intent.Allow) == 0 {
		return false, nil
	}
	in := t.use.request()
	in.API, in.UploadListener = fetch.APIXHR, true
	if in.Body == nil {
		in.Body = fetch.TextBody("a")
	}
	got, err := t.ask(ctx, pr, forced, t.intent.Allow[0], in)
	return !got.unrouted(), err
}

// forced asks by a preflight that the use does without.
var forced = question{hold: true, variant: "a preflight"}

// unrouted tells of a preflight that got an error for an answer, or none.
func (r reply) unrouted() bool {
	e := r.refusal
	return !r.ok && e != nil && (e.Reason == fetch.NetworkFailure || kindOf(e) == PreflightFailed)
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
			f.Problem = "The preflight lets the page make the request with the cookies of whoever looks at it."
		case held:
			f.Problem = "The preflight lets the page make the request."
		case e == letInWithCredentials:
			f.Problem = "The page can read the answer, made with the cookies of whoever looks at it."
		default:
			f.Problem = "The page can read the answer, and a page of just any site can't."
		}
		if anywhere {
			f.Problem += " It seems that Origin need only contain an allowed one."
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
	AnyOriginWithCredentials: "It seems that any Origin is sent back as it came.",
	NullOriginTrusted:        "Every sandboxed frame has the origin null, whoever wrote what is in it.",
	OriginPrefixMatch:        "It seems that Origin need only begin like an allowed one.",
	OriginSuffixMatch:        "It seems that Origin need only end like an allowed one.",
	OriginDotMatch:           "It seems that a dot in a pattern stands for any character.",
	InsecureOriginTrusted:    "Whoever sits on the user's network can put a page there.",
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
	o, err := origin.Parse(serialized)
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
		o, err := origin.Parse(g.origin)
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
	add(guise{origin: "null", as: "null", id: NullOriginTrusted})
	domains := make(map[string]bool)
	far := hostOf(stranger(intent, server))
	for _, allowed := range intent.Allow {
		o, err := origin.Parse(allowed)
		if err != nil {
			continue
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
			add(guise{origin: at(o.Scheme(), host+"."+far), as: "prefix", id: OriginPrefixMatch},
				guise{origin: at(o.Scheme(), host+"_."+far), as: "prefix", id: OriginPrefixMatch})
		}
		if own != "" {
			add(guise{origin: at(o.Scheme(), "not"+own), as: "suffix", id: OriginSuffixMatch},
				guise{origin: at(o.Scheme(), "not-"+own), as: "suffix", id: OriginSuffixMatch})
			add(guise{origin: at(o.Scheme(), "deeper."+host), as: "subdomain"})
			if forged := undotted(host, own); forged != "" {
				add(guise{origin: at(o.Scheme(), forged), as: "dot", id: OriginDotMatch})
			}
		}
		if twin := at("http", host); o.Scheme() == "https" && server.Scheme() == "https" && !slices.Contains(intent.Allow, twin) {
			add(guise{origin: twin, as: "http", id: InsecureOriginTrusted},
				guise{origin: at("http", "deeper."+host), as: "http", id: InsecureOriginTrusted, after: at("https", "deeper."+host)})
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
	o, err := origin.Parse(allowed)
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
		_, err := origin.Parse(s)
		return err == nil || !safelist.IsHeaderValue(s)
	})
}

// probeImpossible asks with values of Origin that no browser sends.
func (t trial) probeImpossible(ctx context.Context, pr *prober, far string) error {
	for _, allowed := range t.intent.Allow[:min(1, len(t.intent.Allow))] {
		for _, pretend := range impossible(allowed, hostOf(far)) {
			e, got, err := t.enters(ctx, pr, far, pretend)
			if err != nil {
				return err
			}
			if e == keptOut {
				continue
			}
			f := t.findingOf(ImpossibleOriginTrusted, pretend, got.exchanges)
			f.Tried = fmt.Sprintf("A program that is no browser asked for %s %s, with Origin: %s", t.use.method, t.use.url, pretend)
			f.Problem = "The server lets it in. No page can have this origin; what compares it with the allowed ones is not exact."
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
	in.API, in.UploadListener = fetch.APIXHR, true
	got, err := t.ask(ctx, pr, forced, from, in)
	refusal := got.refusal
	if err == nil && refusal != nil && refusal.Reason == fetch.NetworkFailure && len(got.exchanges) == 0 {
		for _, t.profile = range engine.Profiles() {
			t.unrouted(from, "got no answer ("+text.Clean(refusal.Err.Error())+")", nil, nil)
		}
		return nil
	}
	if err != nil || refusal == nil || kindOf(refusal) != PreflightFailed || refusal.Response.Status == http.StatusTooManyRequests {
		return err
	}
	if r.breaksBy(got.exchanges[0].Status, PreflightFailed) {
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
	f := t.findingOf(PreflightUnrouted, from, exchanges)
	f.Tried = t.tried(from, "by XMLHttpRequest, with a listener on its upload, which takes a preflight")
	f.cause = became
	f.Problem = "The preflight " + became + ". Without a preflight the use works: it will not with the first header that somebody adds to it."
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
	if err := r.probeError(ctx, pr, absent, from, question{variant: "a path that isn't there"}, ""); err != nil {
		return err
	}
	own := *use.Use
	own.Headers, own.Cookies = nil, nil
	for name, value := range use.Headers {
		if !safelist.EqualFold(name, "Authorization") {
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
		case err != nil || refusal == nil || refusal.Stage != fetch.StageActual || refusal.Response == nil || refusal.Response.Status < 400:
			return nil // what breaks where the intent points at nothing is not its matter
		}
		if id := kindOf(refusal); id != OriginRefused && id != CredentialsRefused || r.breaksBy(refusal.Response.Status, id) {
			return nil
		}
		f := t.findingOf(ErrorWithoutCORS, from, got.exchanges)
		f.Tried = t.tried(from, how)
		f.cause = strconv.Itoa(refusal.Response.Status)
		f.Problem = fmt.Sprintf("The page can't read that it was an error of status %d: to it the server is out of reach.", refusal.Response.Status)
		f.Rule = refusal.Reason.Rule()
		f.Headers = refusal.Explain().Headers
		t.note(f)
	}
	return nil
}
