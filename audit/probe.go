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
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// probe asks from origins that the intent does not name, and for what stands
// beside the uses. All that leaves are preflights, and the requests of uses that
// are safe.
func (a *audit) probe(ctx context.Context, intent *Intent, uses []*resolvedUse) ([]Policy, error) {
	pr := &prober{wire: &a.wire, seen: make(map[string]*Exchange), silent: make(map[string]error)}
	for i := range a.plays {
		for n := range a.plays[i].Exchanges {
			if x := &a.plays[i].Exchanges[n]; !x.Cached {
				if key := pr.key(x.Method, x.URL, x.RequestHeaders); pr.seen[key] == nil {
					pr.seen[key] = x
				}
			}
		}
	}
	for _, use := range uses {
		a.use = use
		if err := a.probeUse(ctx, pr, intent); err != nil {
			return nil, probing(use, err)
		}
	}
	return a.learn(ctx, pr)
}

// probing is an error of a probe.
func probing(use *resolvedUse, err error) error {
	return fmt.Errorf("audit: use %q, a probe beside it (Options.SkipProbes leaves those out): %w", use.name, err)
}

func (a *audit) probeUse(ctx context.Context, pr *prober, intent *Intent) error {
	if err := a.probeOrigins(ctx, pr, intent); err != nil {
		return err
	}
	if !a.works(intent) {
		return nil
	}
	if err := a.probeRoute(ctx, pr, intent.Allow[0]); err != nil {
		return err
	}
	return a.probeErrors(ctx, pr, intent.Allow[0])
}

// works tells whether the use works from the first allowed origin.
func (a *audit) works(intent *Intent) bool {
	return len(intent.Allow) > 0 && slices.ContainsFunc(a.plays, func(p Play) bool {
		return p.use == a.use && p.When == "" && p.Origin == intent.Allow[0] && p.got
	})
}

// errHeld is what becomes of requests that must not leave.
var errHeld = errors.New("held back: the audit sends no more than the preflight from this origin")

// A prober is the network of the pages that probe. It asks the server once for
// what differs in nothing that a server decides by.
type prober struct {
	wire      *recorder
	seen      map[string]*Exchange
	silent    map[string]error // why an origin got no answer from a URL; it is not asked again
	variant   string           // what is not to be answered with what was seen of the uses
	hold      bool             // only preflights leave
	pretend   string           // an origin that stands in the place of the page's
	exchanges []Exchange
}

// key is what a server decides by.
func (pr *prober) key(method, url string, headers fetch.HeaderList) string {
	var b strings.Builder
	b.WriteString(pr.variant + "\x00" + method + " " + url)
	for _, h := range headers {
		name := safelist.ByteLowercase(h.Name)
		if !strings.HasPrefix(name, "sec-") && !strings.HasPrefix(name, "accept") && name != "user-agent" && name != "cookie" && name != "referer" {
			b.WriteString("\n" + name + ": " + h.Value)
		}
	}
	return b.String()
}

// RoundTrip implements [fetch.Transport].
func (pr *prober) RoundTrip(ctx context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	if r.Body != nil {
		r.Body.Close()
	}
	page, _ := r.Headers.Get("Origin")
	sent := *r
	sent.Body = nil
	sent.Headers = slices.Clone(r.Headers)
	if pr.pretend != "" {
		sent.Headers.Set("Origin", pr.pretend)
	}
	key := pr.key(sent.Method, sent.URL.WithoutFragment(), sent.Headers)
	x := pr.seen[key]
	if x == nil {
		if pr.hold && !r.Preflight {
			return nil, errHeld
		}
		asking, _ := sent.Headers.Get("Origin")
		who := fmt.Sprintf("%s %s %s", sent.Method, sent.URL.WithoutFragment(), asking)
		if err := pr.silent[who]; err != nil {
			return nil, err
		}
		pr.wire.probe()
		resp, err := pr.wire.RoundTrip(ctx, &sent)
		if err != nil {
			pr.silent[who] = err
			return nil, err
		}
		if resp.Body != nil {
			resp.Body.Close()
		}
		x = &pr.wire.exchanges[len(pr.wire.exchanges)-1]
		pr.seen[key] = x
	}
	pr.exchanges = append(pr.exchanges, *x)
	answer := slices.Clone(x.ResponseHeaders)
	if allowed, _ := answer.Get(headerAllowOrigin); pr.pretend != "" && allowed == pr.pretend {
		answer.Set(headerAllowOrigin, page)
	}
	return &fetch.NetworkResponse{Status: x.Status, StatusText: x.StatusText, Headers: answer, Body: http.NoBody}, nil
}

// ask has a page make a request: whether it gets the answer, or would get to
// send the request. Nil and false is a server that keeps it out.
func (a *audit) ask(ctx context.Context, pr *prober, asking string, in *fetch.Request) (bool, *fetch.Error, error) {
	v, err := a.open(pr, asking)
	if err != nil {
		return false, nil, err
	}
	if in.Credentials == credentials.Include && !pr.hold { // preflights have no cookies
		a.use.keepCookies(v.jar, v.now)
	}
	pr.exchanges = nil
	resp, err := v.page.Fetch(ctx, in)
	refusal, _ := errors.AsType[*fetch.Error](err)
	_, silent := unanswered(ctx, err)
	switch {
	case err == nil:
		resp.Body.Close()
	case errors.Is(err, errHeld):
		return true, refusal, nil
	case silent: // the page is told nothing
	case refusal == nil || refusal.Stage == fetch.StageConstruct || refusal.Reason >= fetch.NetworkFailure:
		return false, nil, err
	}
	return err == nil, refusal, nil
}

// An entry is how far a page of an origin is let in.
type entry uint8

const (
	keptOut entry = iota
	letIn         // without credentials
	letInWithCredentials
)

// enters tells how far a page is let in to the use, under the audit's profile.
func (a *audit) enters(ctx context.Context, pr *prober, asking string) (entry, error) {
	pr.hold = !a.use.safe()
	for _, e := range []entry{letInWithCredentials, letIn} {
		in := a.use.request()
		in.Credentials = credentials.Omit
		if e == letInWithCredentials {
			in.Credentials = credentials.Include
		}
		ok, refusal, err := a.ask(ctx, pr, asking, in)
		if ok && len(pr.exchanges) == 0 { // it is simple and must not leave: a preflight has to tell
			in.API, in.UploadListener = fetch.APIXHR, true
			if in.Body == nil {
				in.Body = fetch.TextBody("a")
			}
			ok, _, err = a.ask(ctx, pr, asking, in)
			ok = ok && len(pr.exchanges) > 0
		}
		if ok || err != nil {
			return e, err
		}
		if refusal != nil && kindOf(refusal) == OriginRefused {
			break // without credentials it is the same
		}
	}
	return keptOut, nil
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

// probeOrigins asks for the use from origins that the intent does not name.
func (a *audit) probeOrigins(ctx context.Context, pr *prober, intent *Intent) error {
	a.profile = a.witness(a.use)
	stranger := &guise{origin: stranger(intent, a.use.url), as: "stranger", id: AnyOriginWithCredentials}
	var err error
	if stranger.entry, err = a.enters(ctx, pr, stranger.origin); err != nil {
		return err
	}
	known := a.learner()
	named := keptOut
	for _, allowed := range intent.Allow {
		e, err := a.enters(ctx, pr, allowed)
		if err != nil {
			return err
		}
		known.learned(allowed, "allowed", e)
		named = max(named, e)
	}
	for _, refused := range intent.Refuse {
		e, err := a.enters(ctx, pr, refused)
		if err != nil {
			return err
		}
		known.learned(refused, "refused", e)
	}
	asked := []*guise{stranger}
	for _, g := range guises(intent, a.use.url) {
		if stranger.entry >= max(named, letIn) || named == keptOut && g.as != "null" {
			continue // there is nothing more to get
		}
		for ; g != nil; g = g.next {
			if g.after != "" && !slices.ContainsFunc(asked, func(b *guise) bool { return b.origin == g.after && b.entry > keptOut }) {
				continue
			}
			if g.entry, err = a.enters(ctx, pr, g.origin); err != nil {
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
		if id == AnyOriginWithCredentials && a.has(WrongOriginAllowed) {
			continue
		}
		if id == InsecureOriginTrusted && looseEnd { // a scheme is not compared where only the end is
			id = OriginSuffixMatch
		}
		if id == OriginSuffixMatch && anywhere {
			id = OriginPrefixMatch
		}
		if err := a.trusted(ctx, pr, id, g, anywhere && id == OriginPrefixMatch); err != nil {
			return err
		}
	}
	if a.options.ProbeImpossibleOrigins && len(in) == 0 && stranger.entry == keptOut {
		return a.probeImpossible(ctx, pr, intent, stranger.origin)
	}
	return nil
}

// witness is the profile under which a use is asked about: the first by which a
// page got it, since a browser may forgive what the Standard refuses.
func (a *audit) witness(use *resolvedUse) *fetch.Profile {
	for _, p := range fetch.Profiles() {
		if slices.ContainsFunc(a.plays, func(play Play) bool { return play.use == use && play.profile.Name == p.Name && play.got }) {
			return p
		}
	}
	return fetch.Standard()
}

// has tells whether a finding of an id was made for the use.
func (a *audit) has(id FindingID) bool {
	return slices.ContainsFunc(a.found, func(f Finding) bool { return f.ID == id && f.Use == a.use.name })
}

// trusted notes that an origin is let in, under each profile that lets it in.
func (a *audit) trusted(ctx context.Context, pr *prober, id FindingID, g *guise, anywhere bool) error {
	own := a.use
	defer func() { a.use = own }()
	for _, p := range fetch.Profiles() {
		a.use, a.profile = own, p
		e, err := a.enters(ctx, pr, g.origin)
		if err != nil {
			return err
		}
		if e < g.entry {
			continue
		}
		asked := *own.Use
		asked.Credentials = credentials.Omit
		if e == letInWithCredentials {
			asked.Credentials = credentials.Include
		}
		use := *own
		use.Use = &asked
		a.use, a.wire.exchanges = &use, pr.exchanges
		f := a.noted(id, g.origin, "")
		f.cause = strconv.Itoa(int(e))
		if anywhere {
			f.cause += " anywhere"
		}
		switch held := pr.exchanges[len(pr.exchanges)-1].IsPreflight(); {
		case held && e == letInWithCredentials:
			f.Problem = "The preflight lets the page make the request with the cookies of whoever looks at it."
		case held:
			f.Problem = "The preflight lets the page make the request."
		case e == letInWithCredentials:
			f.Problem = "The page can read the answer, made with the cookies of whoever looks at it."
		default:
			f.Problem = "The page can read the answer, and a page of just any site can't."
		}
		f.Problem += " " + letInBy[id]
		if anywhere {
			f.Problem = strings.Replace(f.Problem, letInBy[id], "It seems that Origin need only contain an allowed one.", 1)
		}
		f.Rule = "the intent does not allow " + g.origin
		a.note(f)
		a.probed(pr, g.origin)
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

// probed keeps what a probing page did.
func (a *audit) probed(pr *prober, asking string) {
	p := Play{Use: a.use.name, Profiles: []string{a.profile.Name}, Origin: asking, When: "as a probe", Exchanges: pr.exchanges}
	if last := len(pr.exchanges) - 1; pr.hold && pr.exchanges[last].IsPreflight() {
		p.Refusal, p.Held = errHeld.Error(), true
	}
	a.plays = append(a.plays, p)
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
func (a *audit) probeImpossible(ctx context.Context, pr *prober, intent *Intent, far string) error {
	defer func() { pr.pretend = "" }()
	a.profile = a.witness(a.use)
	for _, allowed := range intent.Allow[:min(1, len(intent.Allow))] {
		for _, pr.pretend = range impossible(allowed, hostOf(far)) {
			e, err := a.enters(ctx, pr, far)
			if err != nil {
				return err
			}
			if e == keptOut {
				continue
			}
			a.wire.exchanges = pr.exchanges
			f := a.noted(ImpossibleOriginTrusted, pr.pretend, "")
			f.Tried = fmt.Sprintf("A program that is no browser asked for %s %s, with Origin: %s", a.use.method, a.use.url, pr.pretend)
			f.Problem = "The server lets it in. No page can have this origin; what compares it with the allowed ones is not exact."
			f.Rule = "the intent does not allow " + legible(pr.pretend)
			a.note(f)
		}
	}
	return nil
}

// probeRoute looks whether a use that needs no preflight would survive one.
func (a *audit) probeRoute(ctx context.Context, pr *prober, asking string) error {
	simple := slices.ContainsFunc(a.plays, func(p Play) bool {
		return p.use == a.use && p.When == "" && p.Origin == asking && p.profile.Name == fetch.Standard().Name && !slices.ContainsFunc(p.Exchanges, func(x Exchange) bool { return x.IsPreflight() })
	})
	if !simple {
		return nil
	}
	pr.hold = true
	pr.variant = "a preflight"
	defer func() { pr.variant = "" }()
	a.profile = fetch.Standard()
	in := a.use.request()
	in.API, in.UploadListener = fetch.APIXHR, true
	_, refusal, err := a.ask(ctx, pr, asking, in)
	if err == nil && refusal != nil && refusal.Reason == fetch.NetworkFailure && len(pr.exchanges) == 0 {
		for _, a.profile = range fetch.Profiles() {
			a.wire.exchanges = nil
			a.unrouted(asking, "got no answer ("+legible(refusal.Err.Error())+")", nil)
		}
		return nil
	}
	if err != nil || refusal == nil || kindOf(refusal) != PreflightFailed || refusal.Response.Status == http.StatusTooManyRequests {
		return err
	}
	exchanges := pr.exchanges
	if a.breaksBy(exchanges[0].Status, PreflightFailed) {
		return nil
	}
	for _, p := range fetch.Profiles() {
		a.profile = p
		v, err := a.open(canned{&exchanges[0]}, asking)
		if err != nil {
			return err
		}
		more := a.use.request()
		more.Headers = append(slices.Clone(more.Headers), safelist.Header{Name: "X-Requested-With", Value: "fetch"})
		if _, err := v.page.Fetch(ctx, more); err == nil {
			continue
		}
		a.wire.exchanges = exchanges
		a.unrouted(asking, fmt.Sprintf("was answered with status %d", exchanges[0].Status), refusal.Explain().Headers)
	}
	return nil
}

// unrouted notes what became of the preflight of a use that needs none.
func (a *audit) unrouted(asking, became string, headers fetch.HeaderList) {
	f := a.noted(PreflightUnrouted, asking, " by XMLHttpRequest, with a listener on its upload, which takes a preflight")
	f.cause = became
	f.Problem = "The preflight " + became + ". Without a preflight the use works: it will not with the first header that somebody adds to it."
	f.Rule = fetch.PreflightInvalidStatus.Rule()
	f.Headers = headers
	a.note(f)
}

// probeErrors looks whether pages can read errors as they can read the use's
// answers.
func (a *audit) probeErrors(ctx context.Context, pr *prober, asking string) error {
	beside, err := nowhere(a.use.url)
	if err != nil {
		return err
	}
	absent := *a.use
	absent.Use = &Use{Name: a.use.name, Credentials: a.use.Credentials, Cookies: a.use.Cookies}
	absent.method, absent.url = "GET", beside
	if err := a.probeError(ctx, pr, asking, &absent, "a path that isn't there"); err != nil {
		return err
	}
	bare := *a.use
	own := *a.use.Use
	bare.Use = &own
	own.Headers, own.Cookies = nil, nil
	for name, value := range a.use.Headers {
		if !safelist.EqualFold(name, "Authorization") {
			if own.Headers == nil {
				own.Headers = make(map[string]string)
			}
			own.Headers[name] = value
		}
	}
	if !a.use.safe() || len(own.Headers) == len(a.use.Headers) && len(a.use.Cookies) == 0 {
		return nil
	}
	return a.probeError(ctx, pr, asking, &bare, "no credentials")
}

// breaksBy tells whether a use of the intent breaks already by an answer of that
// status.
func (a *audit) breaksBy(status int, id FindingID) bool {
	return slices.ContainsFunc(a.found, func(f Finding) bool {
		return f.ID == id && len(f.Exchanges) > 0 && f.Exchanges[len(f.Exchanges)-1].Status == status
	})
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
func (a *audit) probeError(ctx context.Context, pr *prober, asking string, use *resolvedUse, variant string) error {
	own := a.use
	defer func() { a.use, pr.variant = own, "" }()
	a.use, pr.variant, pr.hold = use, variant, false
	for _, p := range fetch.Profiles() {
		a.profile = p
		_, refusal, err := a.ask(ctx, pr, asking, use.request())
		switch {
		case ctx.Err() != nil:
			return err
		case err != nil || refusal == nil || refusal.Stage != fetch.StageActual || refusal.Response == nil || refusal.Response.Status < 400:
			return nil // what breaks where the intent points at nothing is not its matter
		}
		if id := kindOf(refusal); id != OriginRefused && id != CredentialsRefused || a.breaksBy(refusal.Response.Status, id) {
			return nil
		}
		a.wire.exchanges = pr.exchanges
		with := ""
		if variant == "no credentials" {
			with = " without the use's cookies and Authorization"
		}
		f := a.noted(ErrorWithoutCORS, asking, with)
		f.cause = strconv.Itoa(refusal.Response.Status)
		f.Problem = fmt.Sprintf("The page can't read that it was an error of status %d: to it the server is out of reach.", refusal.Response.Status)
		f.Rule = refusal.Reason.Rule()
		f.Headers = refusal.Explain().Headers
		a.note(f)
	}
	return nil
}
