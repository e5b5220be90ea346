package audit

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/preflightcache"
	"github.com/browsercors/browsercors/safelist"
)

// A Policy is what a server lets pages do with a URL, as it was seen by asking
// as a browser. What was not asked is not in it. Its form in JSON is stable.
type Policy struct {
	URL     string      `json:"url"`
	Uses    []string    `json:"uses"` // names of those that ask for it
	Origins OriginsKind `json:"origins"`
	Asked   []Asked     `json:"asked"` // in the order of the asking

	// Credentials says that a page that is let in may ask with credentials.
	Credentials bool `json:"credentials"`

	// Methods and Headers are what preflights allow beyond what needs no leave:
	// GET, HEAD, POST and the CORS-safelisted headers. “*” stands for all that a
	// page asks for, whether or not the server says so.
	Methods []string `json:"methods"`
	Headers []string `json:"headers"`

	Exposed []string `json:"exposed"`          // names of response headers, as the server sends them
	MaxAge  string   `json:"maxAge,omitempty"` // Access-Control-Max-Age, as sent
	Vary    []string `json:"vary"`             // of the answer that is no preflight's, if there was one

	// Kept is how long the answer to a preflight is kept, by profile; nil if no
	// preflight was let through.
	Kept map[string]time.Duration `json:"kept_ms,omitempty"`
}

// An OriginsKind says which origins a server lets in.
type OriginsKind string

const (
	OriginsNone    OriginsKind = "none"    // none of those that asked
	OriginsListed  OriginsKind = "listed"  // some that the intent names, and no others
	OriginsPattern OriginsKind = "pattern" // others too that look like those
	OriginsAny     OriginsKind = "any"     // a stranger
)

// An Asked is an origin that asked for a URL, and how far it got.
type Asked struct {
	Origin string `json:"origin"`

	// As is why it asked: "allowed" and "refused" are by the intent, "stranger"
	// has nothing to do with it, "null" is a sandboxed page; "http", "port",
	// "subdomain", "prefix", "suffix" and "dot" are made up from an allowed
	// one.
	As string `json:"as"`

	LetIn       bool `json:"letIn"`
	Credentials bool `json:"credentials"` // with credentials, too
}

// String is the policy in a few sentences.
func (p Policy) String() string {
	var b strings.Builder
	b.WriteString(legible(p.URL))
	var in, out []string
	for _, asked := range p.Asked {
		name := legible(asked.Origin)
		switch asked.As {
		case "stranger":
			continue
		case "subdomain":
			name = "subdomains such as " + name
		case "port":
			name = "other ports such as " + name
		}
		if asked.LetIn {
			in = append(in, name)
		} else if asked.As != "prefix" && asked.As != "suffix" && asked.As != "dot" {
			out = append(out, name)
		}
	}
	switch p.Origins {
	case OriginsNone:
		b.WriteString(" lets no page do what was asked for.")
		return b.String()
	case OriginsAny:
		b.WriteString(" lets everybody in")
	default:
		b.WriteString(" lets in " + text.List(in))
		if len(out) > 0 {
			b.WriteString("; not " + strings.Join(out, ", "))
		}
	}
	switch {
	case !p.Credentials:
		b.WriteString(". Without credentials.")
	case p.Origins == OriginsAny && !p.stranger().Credentials:
		var with []string
		for _, asked := range p.Asked {
			if asked.Credentials {
				with = append(with, legible(asked.Origin))
			}
		}
		b.WriteString(", and with credentials " + text.List(with) + ".")
	default:
		b.WriteString(". With credentials.")
	}
	named := func(what string, names []string) {
		switch {
		case slices.Contains(names, "*"):
			b.WriteString(" Any " + what + ".")
		case len(names) > 0:
			b.WriteString(" " + strings.ToUpper(what[:1]) + what[1:] + "s " + legible(strings.Join(names, ", ")) + ".")
		}
	}
	named("method", p.Methods)
	named("header", p.Headers)
	if slices.Contains(p.Exposed, "*") && !p.Credentials {
		b.WriteString(" Exposes all headers.")
	} else if len(p.Exposed) > 0 {
		b.WriteString(" Exposes " + legible(strings.Join(p.Exposed, ", ")) + ".")
	}
	if p.Kept != nil {
		b.WriteString(" A preflight is kept: " + byBrowser(p.Kept) + ".")
	}
	if len(p.Vary) > 0 {
		b.WriteString(" Varies by " + legible(strings.Join(p.Vary, ", ")) + ".")
	}
	return b.String()
}

// byBrowser says for how long each browser keeps a preflight.
func byBrowser(kept map[string]time.Duration) string {
	var all []string
	for _, profile := range fetch.Profiles()[1:] {
		all = append(all, text.Browser(profile.Name)+" "+short(kept[profile.Name]))
	}
	return strings.Join(all, ", ")
}

func (p *Policy) stranger() Asked {
	for _, asked := range p.Asked {
		if asked.As == "stranger" {
			return asked
		}
	}
	return Asked{}
}

// short is a duration without what is zero: “2h”, “10m”.
func short(d time.Duration) string {
	if d == 0 {
		return "not"
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

type plainPolicy Policy

// A policyJSON is a policy with durations in milliseconds.
type policyJSON struct {
	plainPolicy
	Kept map[string]int64 `json:"kept_ms,omitempty"`
}

// MarshalJSON writes empty lists as such, and durations in milliseconds.
func (p Policy) MarshalJSON() ([]byte, error) {
	p.Uses, p.Asked, p.Methods, p.Headers = some(p.Uses), some(p.Asked), some(p.Methods), some(p.Headers)
	p.Exposed, p.Vary = some(p.Exposed), some(p.Vary)
	out := policyJSON{plainPolicy: plainPolicy(p)}
	if p.Kept != nil {
		out.Kept = make(map[string]int64)
	}
	for name, kept := range p.Kept {
		out.Kept[name] = kept.Milliseconds()
	}
	return text.JSON(out)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (p *Policy) UnmarshalJSON(raw []byte) error {
	var in policyJSON
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	*p = Policy(in.plainPolicy)
	for name, kept := range in.Kept {
		if p.Kept == nil {
			p.Kept = make(map[string]time.Duration)
		}
		p.Kept[name] = time.Duration(kept) * time.Millisecond
	}
	return nil
}

// A learner gathers the policy of a URL.
type learner struct {
	*Policy
	use     *resolvedUse // the first that asks for it
	entries map[string]entry
}

// learned notes how far an origin got.
func (l *learner) learned(asking, as string, e entry) {
	was, known := l.entries[asking]
	l.entries[asking] = max(e, was)
	if !known {
		l.Asked = append(l.Asked, Asked{Origin: asking, As: as})
	}
}

// learner is what gathers the policy of a use's URL.
func (r *run) learner(use *resolvedUse) *learner {
	url := use.url.WithoutFragment()
	for _, l := range r.learners {
		if l.URL == url {
			if !slices.Contains(l.Uses, use.name) {
				l.Uses = append(l.Uses, use.name)
			}
			return l
		}
	}
	l := &learner{Policy: &Policy{URL: url, Uses: []string{use.name}}, use: use, entries: make(map[string]entry)}
	r.learners = append(r.learners, l)
	return l
}

// learn asks for what is not yet known of the policies of all URLs.
func (r *run) learn(ctx context.Context, pr *prober) ([]Policy, error) {
	var all []Policy
	for _, l := range r.learners {
		if err := r.trial(l.use, r.witness(l.use)).learn(ctx, pr, l); err != nil {
			return nil, probing(l.use, err)
		}
		all = append(all, *l.Policy)
	}
	return all, nil
}

func (t trial) learn(ctx context.Context, pr *prober, l *learner) error {
	l.Origins = OriginsNone
	asker := -1
	for i := range l.Asked {
		asked := &l.Asked[i]
		e := l.entries[asked.Origin]
		asked.LetIn, asked.Credentials = e > keptOut, e == letInWithCredentials
		l.Credentials = l.Credentials || asked.Credentials
		switch {
		case !asked.LetIn:
			continue
		case asked.As == "stranger":
			l.Origins = OriginsAny
		case l.Origins == OriginsAny:
		case asked.As != "allowed" && asked.As != "refused" && asked.As != "null":
			l.Origins = OriginsPattern
		case l.Origins == OriginsNone:
			l.Origins = OriginsListed
		}
		if asker < 0 || asked.Credentials && !l.Asked[asker].Credentials {
			asker = i
		}
	}
	if asker < 0 {
		return nil
	}
	own := l.Asked[asker]
	routed := t.learnFromPlays(l, own.Origin)
	mode := credentials.Omit
	if own.Credentials {
		mode = credentials.Include
	}
	try := func(method string, headers fetch.HeaderList) (bool, *Exchange, error) {
		in := &fetch.Request{URL: l.URL, Method: method, Headers: headers, Credentials: mode}
		got, err := t.ask(ctx, pr, question{hold: true}, own.Origin, in)
		if err != nil || len(got.exchanges) == 0 || !got.exchanges[0].IsPreflight() {
			return got.ok, nil, err
		}
		return got.ok, &got.exchanges[0], nil
	}
	return t.learnPreflights(l, routed, !own.Credentials, try)
}

// learnFromPlays takes from what an origin's pages were answered what needs no
// asking. It tells whether a preflight was let through.
func (r *run) learnFromPlays(l *learner, asking string) (routed bool) {
	answered := false
	for i := range r.plays {
		p := &r.plays[i]
		if p.Origin != asking || !p.got || p.URL != l.URL {
			continue
		}
		for n := range p.Exchanges {
			x := &p.Exchanges[n]
			switch {
			case x.URL != l.URL || x.Cached:
			case x.IsPreflight():
				routed = true
				l.preflighted(x, l.Credentials)
			case !answered:
				answered = true
				l.Exposed, _, _ = x.ResponseHeaders.ExtractValues(headerExpose)
				l.Vary, _ = x.ResponseHeaders.GetDecodeAndSplit("Vary")
			}
		}
	}
	return routed
}

// preflighted takes the lifetime from the first preflight that was let through:
// how long it would spare the next one in each browser.
func (l *learner) preflighted(x *Exchange, included bool) {
	if l.Kept != nil {
		return
	}
	l.Kept = make(map[string]time.Duration)
	l.MaxAge, _ = x.ResponseHeaders.Get(headerMaxAge)
	methods, _, _ := x.ResponseHeaders.ExtractValues(headerAllowMethods)
	names, _, _ := x.ResponseHeaders.ExtractValues(headerAllowHeaders)
	method, _ := x.RequestHeaders.Get("Access-Control-Request-Method")
	var asked []string
	if value, ok := x.RequestHeaders.Get("Access-Control-Request-Headers"); ok {
		asked = strings.Split(value, ",")
	}
	for _, p := range fetch.Profiles() {
		cache := preflightcache.New(&preflightcache.Options{Rules: p.PreflightCache, Limits: p.PreflightLimits})
		kept, key := p.PreflightMaxAge(x.ResponseHeaders), preflightcache.Key{Origin: "null", URL: x.URL}
		cache.Store(key, included, kept, methods, names)
		if !cache.Sufficient(key, included, method, !safelist.IsSafelistedMethod(method), asked).OK {
			kept = 0
		}
		l.Kept[p.Name] = kept
	}
}

// unheard is a method, and a header, that no server can mean to allow.
const unheard = "X-NO-SUCH-THING"

// learnPreflights finds out which methods and headers preflights allow. Where
// the server lists them, one answer says it; where it names no more than it was
// asked for, it is asked for some that are common.
func (r *run) learnPreflights(l *learner, routed, wildcard bool, try func(string, fetch.HeaderList) (bool, *Exchange, error)) error {
	known := func(x *Exchange, name, asked string) []string {
		if x == nil {
			return nil
		}
		names, _, _ := x.ResponseHeaders.ExtractValues(name)
		if len(names) == 1 && safelist.EqualFold(names[0], asked) {
			return nil
		}
		return names
	}
	ok, x, err := try("PUT", nil)
	if err != nil {
		return err
	}
	if x == nil || !ok && !routed && (x.Status < 200 || x.Status > 299) {
		return nil // no route, or none that anybody needs
	}
	if ok {
		l.preflighted(x, l.Credentials)
	}
	names := known(x, headerAllowMethods, "PUT")
	common := []string{"PUT", "PATCH", "DELETE"}
	switch {
	case wildcard && slices.Contains(names, "*"):
		l.Methods = []string{"*"}
	case len(names) > 0:
		for _, m := range names {
			if m != "*" && !safelist.IsSafelistedMethod(m) && !slices.Contains(l.Methods, m) {
				l.Methods = append(l.Methods, m)
			}
		}
	default:
		for _, m := range append(common, unheard) {
			if m == unheard && len(l.Methods) < len(common) {
				break
			}
			ok, x, err := try(m, nil)
			if err != nil {
				return err
			}
			if ok {
				l.preflighted(x, l.Credentials)
				l.Methods = append(l.Methods, m)
			}
		}
		if slices.Contains(l.Methods, unheard) {
			l.Methods = []string{"*"}
		}
	}
	ok, x, err = try("GET", fetch.HeaderList{{Name: unheard, Value: "1"}})
	if err != nil {
		return err
	}
	names = known(x, headerAllowHeaders, unheard)
	switch {
	case ok:
		l.preflighted(x, l.Credentials)
		l.Headers = []string{"*"}
	case len(names) > 0:
		l.Headers = slices.DeleteFunc(names, func(name string) bool { return name == "*" })
	default:
		set := make(map[string]bool)
		for _, h := range (fetch.HeaderList{{Name: "Authorization", Value: "Bearer a"}, {Name: "Content-Type", Value: "application/json"}, {Name: "X-Requested-With", Value: "fetch"}}) {
			ok, x, err := try("GET", fetch.HeaderList{h})
			if err != nil {
				return err
			}
			if ok {
				l.preflighted(x, l.Credentials)
				set[safelist.ByteLowercase(h.Name)] = true
			}
		}
		for i := range r.plays { // and what the uses were let send
			p := &r.plays[i]
			if !p.got || p.URL != l.URL || !p.Exchanges[0].IsPreflight() {
				continue
			}
			asked, _ := p.Exchanges[0].RequestHeaders.Get("Access-Control-Request-Headers")
			for name := range strings.SplitSeq(asked, ",") {
				if name != "" {
					set[name] = true
				}
			}
		}
		l.Headers = slices.Sorted(maps.Keys(set))
	}
	return nil
}
