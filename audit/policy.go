package audit

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/headervalue"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/preflightcache"
	"github.com/browsercors/browsercors/safelist"
)

// A Policy says what pages may do with a URL, as far as the audit asked. Its form
// in JSON is stable.
type Policy struct {
	URL  string   `json:"url"`
	Uses []string `json:"uses"` // names of the uses that request it

	// Origins says which origins the server lets in: "none" of those that asked;
	// "listed", only origins that the intent names; "pattern", also origins that
	// look like those; "any", also an origin that has nothing to do with them.
	Origins string `json:"origins"`

	Asked []Asked `json:"asked"` // the origins that asked, in order

	// Credentials says that a page of an allowed origin may send credentials.
	Credentials bool `json:"credentials"`

	// Methods and Headers are what preflights allow, without GET, HEAD, POST and the
	// CORS-safelisted headers, which need no permission. “*” means that the server
	// allows whatever a page asks for, in whatever way it says so.
	Methods []string `json:"methods"`
	Headers []string `json:"headers"`

	Exposed []string `json:"exposed"`          // names of response headers, as the server sends them
	MaxAge  string   `json:"maxAge,omitempty"` // Access-Control-Max-Age, as sent
	Vary    []string `json:"vary"`             // as sent with the actual response, if there was one

	// Kept is how long each browser caches a preflight, by the name of its profile;
	// nil if no preflight succeeded.
	Kept map[string]time.Duration `json:"kept_ms,omitempty"`
}

// The values of [Policy.Origins].
const (
	originsNone    = "none"
	originsListed  = "listed"
	originsPattern = "pattern"
	originsAny     = "any"
)

// An Asked is an origin from which a URL was requested, and what it was allowed.
type Asked struct {
	Origin string `json:"origin"`

	// As says why this origin was tried. The intent names those that are "allowed"
	// and "refused"; "stranger" is an unrelated one, "null" that of a sandboxed page;
	// "http", "port", "subdomain", "prefix", "suffix" and "dot" are variations of an
	// allowed one.
	As string `json:"as"`

	LetIn       bool `json:"letIn"`
	Credentials bool `json:"credentials"` // also with credentials
}

// A PolicyRow says what pages of one kind of origin may do with a URL.
type PolicyRow struct {
	Origins     string // such as "https://app.example" or "subdomains, such as https://deeper.app.example"
	LetIn       bool
	Credentials bool // also with credentials

	// Methods and Headers are what preflights allow, in words, "any" for “*". Kept is
	// how long they are cached. "" means that there is nothing to say.
	Methods, Headers, Kept string
}

// Rows returns the policy as a table, with one row per kind of origin. A kind has
// several rows if the server treats its origins differently.
func (p Policy) Rows() []PolicyRow {
	var rows []PolicyRow
	for _, g := range p.groups() {
		row := PolicyRow{Origins: g.example(), LetIn: g.LetIn, Credentials: g.Credentials}
		if g.LetIn {
			row.Methods, row.Headers, row.Kept = anyOf(p.Methods), anyOf(p.Headers), p.kept()
		}
		rows = append(rows, row)
	}
	return rows
}

// An askedGroup are origins of one kind that got as far as the first of them.
type askedGroup struct {
	Asked
	kind  string
	names []string
}

// groups are the origins that asked, in the order of the asking.
func (p Policy) groups() []askedGroup {
	var groups []askedGroup
	for _, asked := range p.Asked {
		name, kind := text.Clean(asked.Origin), asked.kind()
		i := slices.IndexFunc(groups, func(g askedGroup) bool {
			return g.kind == kind && g.LetIn == asked.LetIn && g.Credentials == asked.Credentials
		})
		if i < 0 {
			groups = append(groups, askedGroup{asked, kind, []string{name}})
			continue
		}
		groups[i].names = append(groups[i].names, name)
	}
	return groups
}

// example is the group in words.
func (g askedGroup) example() string {
	switch g.kind {
	case named:
		return text.List(g.names)
	case sandboxed:
		return g.kind
	}
	return g.kind + ", such as " + g.names[0]
}

// The kinds of origins that have no name or stand for others.
const (
	named     = "" // by the intent
	sandboxed = "sandboxed pages (null)"
)

// kind is the kind of an origin that asked.
func (a Asked) kind() string {
	switch {
	case a.Origin == "null":
		return sandboxed
	case a.As == "stranger":
		return "any other site"
	case a.As == "http":
		return "pages over http:"
	case a.As == "subdomain":
		return "subdomains"
	case a.As == "port":
		return "other ports"
	case a.As == "prefix", a.As == "suffix", a.As == "dot":
		return "look-alikes"
	}
	return named
}

// anyOf are names, or "any" where “*” is among them.
func anyOf(names []string) string {
	if slices.Contains(names, "*") {
		return "any"
	}
	return text.Clean(strings.Join(names, ", "))
}

// kept is for how long browsers keep a preflight.
func (p Policy) kept() string {
	if p.Kept == nil {
		return ""
	}
	browsers := engine.All()
	first := p.Kept[browsers[0].Name]
	if !slices.ContainsFunc(browsers, func(b *fetch.Profile) bool { return p.Kept[b.Name] != first }) {
		return short(first)
	}
	return byBrowser(p.Kept)
}

// String returns the policy as plain text of several lines, for a terminal: the
// URL, and a table. Strings from the server are shortened and escaped.
func (p Policy) String() string {
	var b strings.Builder
	b.WriteString(text.Clean(p.URL))
	if p.Origins == originsNone {
		b.WriteString(": no origin may send the request.\n")
		return b.String()
	}
	b.WriteString("\n  allowed  credentials  origin\n")
	var out []string
	groups := p.groups()
	for _, g := range groups {
		switch {
		case g.LetIn:
			b.WriteString("  " + text.Pad("yes", 9) + text.Pad(map[bool]string{true: "yes", false: "no"}[g.Credentials], 13) + g.example() + "\n")
		case g.kind == named:
			out = append(out, g.names...)
		case slices.ContainsFunc(groups, func(other askedGroup) bool { return other.kind == g.kind && other.LetIn }):
			out = append(out, g.kind+" such as "+g.names[0])
		default:
			out = append(out, g.kind)
		}
	}
	if out != nil {
		first := "  " + text.Pad("no", 9) + text.Pad("–", 13)
		var names strings.Builder
		text.Wrap(&names, strings.Repeat(" ", text.Columns(first)), strings.Join(out, ", "))
		b.WriteString(first + strings.TrimLeft(names.String(), " "))
	}
	for _, line := range []struct{ what, names string }{
		{"methods allowed by preflights", anyOf(p.Methods)}, {"headers allowed by preflights", anyOf(p.Headers)},
		{"preflights are cached for", p.kept()}, {"exposes", p.exposes()}, {"varies by", text.Clean(strings.Join(p.Vary, ", "))},
	} {
		if line.names != "" {
			text.Wrap(&b, "  ", line.what+": "+line.names)
		}
	}
	return b.String()
}

// exposes are the response headers that pages may read. With credentials “*”
// is a name like others.
func (p Policy) exposes() string {
	if p.Credentials {
		return text.Clean(strings.Join(p.Exposed, ", "))
	}
	return anyOf(p.Exposed)
}

// byBrowser says for how long each browser keeps a preflight.
func byBrowser(kept map[string]time.Duration) string {
	var all []string
	for _, profile := range engine.All() {
		all = append(all, engine.Title(profile.Name)+" "+short(kept[profile.Name]))
	}
	return strings.Join(all, ", ")
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
	l := &learner{Policy: &Policy{URL: url, Uses: []string{use.name}}, use: use.asking(), entries: make(map[string]entry)}
	r.learners = append(r.learners, l)
	return l
}

// learn asks for what is not yet known of the policies of all URLs.
func (r *run) learn(ctx context.Context, pr *prober) ([]Policy, error) {
	var all []Policy
	for _, l := range r.learners {
		if err := r.trial(l.use, r.witness(l.use)).learn(ctx, pr, l); err != nil {
			return nil, &Error{Use: l.use.name, Probe: true, Err: err}
		}
		all = append(all, *l.Policy)
	}
	return all, nil
}

func (t trial) learn(ctx context.Context, pr *prober, l *learner) error {
	l.Origins = originsNone
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
			l.Origins = originsAny
		case l.Origins == originsAny:
		case asked.As != "allowed" && asked.As != "refused" && asked.As != "null":
			l.Origins = originsPattern
		case l.Origins == originsNone:
			l.Origins = originsListed
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
				l.Vary, _ = headervalue.GetDecodeAndSplit(x.ResponseHeaders, "Vary")
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
	for _, p := range engine.Profiles() {
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
		if len(names) == 1 && fold.Equal(names[0], asked) {
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
		listed := setOf(l.Methods)
		for _, m := range names {
			if m != "*" && !safelist.IsSafelistedMethod(m) && !listed[m] {
				listed[m] = true
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
				set[fold.Lower(h.Name)] = true
			}
		}
		for i := range r.plays { // and what the uses were let send
			p := &r.plays[i]
			if !p.got || p.URL != l.URL || len(p.Exchanges) == 0 || !p.Exchanges[0].IsPreflight() {
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
