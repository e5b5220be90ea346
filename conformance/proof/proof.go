package conformance

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/words"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// A Proof is how a [Finding] can be seen in real browsers: a scenario of what
// the page did and what the server answered, for package browser or
// `browsercors judge` to play.
type Proof struct {
	Finding  int       // its index in the report
	Profiles []string  // names of the engines that should show it, in the order of [fetch.Profiles]
	Scenario *Scenario // nil if no browser can show it
	Why      string    // why none can; "" if there is a scenario

	read  []string            // names of the response headers that matter
	shown map[string]*Outcome // what the engine does, by profile
}

// Proofs are the proofs of all findings of a report, in their order. The intent
// is the one that the report was made by. A finding of the Standard alone has
// none; one that browsers show in different ways has several. An error is one of
// the intent, or ctx's.
//
// The page of a scenario is one of the first origin that the finding names, the
// servers answer as the audited one did, and the steps are the use; what came
// out of a shared cache comes from the server again. Every path begins with the
// scenario's id, in a Location too, and queries are left out. So is all that
// could be secret: bodies, the values of cookies, of Authorization and of other
// request headers that browsers don't look into, and response headers that have
// no say in CORS or in what the page reads. The id is made of the finding's and
// of all the rest, so that equal proofs, and they alone, have equal ids.
func (r *Report) Proofs(ctx context.Context, intent *Intent) ([]*Proof, error) {
	uses, err := intent.resolve("", nil)
	if err != nil {
		return nil, err
	}
	var all []*Proof
	for n := range r.Findings {
		f := &r.Findings[n]
		at := slices.IndexFunc(uses, func(u *resolvedUse) bool { return u.name == f.Use })
		if at < 0 {
			return nil, fmt.Errorf("conformance: the intent has no use %.80q, which a finding is about", f.Use)
		}
		first := len(all)
		for _, profile := range fetch.Profiles()[1:] {
			if !slices.Contains(f.Profiles, profile.Name) {
				continue
			}
			p, err := r.proof(ctx, f, uses[at], profile)
			if err != nil {
				return nil, err
			}
			same := slices.IndexFunc(all[first:], func(q *Proof) bool { return q.Why == p.Why && q.id() == p.id() })
			if same < 0 {
				p.Finding = n
				all = append(all, p)
				continue
			}
			q := all[first+same]
			q.Profiles = append(q.Profiles, profile.Name)
			if p.Scenario != nil {
				q.shown[profile.Name] = p.shown[profile.Name]
			}
		}
	}
	return all, nil
}

func (p *Proof) id() string {
	if p.Scenario == nil {
		return ""
	}
	return p.Scenario.ID
}

// Shown is nil if an outcome of the scenario, played by one of the proof's
// engines, shows the finding: the same requests have been sent, and the page got
// what the engine says it gets, or was refused it. Else it says what was
// otherwise.
func (p *Proof) Shown(o *Outcome) error {
	if p.Scenario == nil || o == nil || o.ID != p.Scenario.ID {
		return errors.New("conformance: not an outcome of the proof's scenario")
	}
	want, ok := p.shown[o.Engine]
	if !ok {
		return fmt.Errorf("conformance: the finding is not one of %.80q", o.Engine)
	}
	return sameProof(o, want, p.read)
}

// sameProof compares what a proof hangs on.
func sameProof(got, want *Outcome, read []string) error {
	if got, want := lines(got), lines(want); got != want {
		return fmt.Errorf("conformance: requests sent: %s; expected: %s", got, want)
	}
	if len(got.Steps) != len(want.Steps) {
		return fmt.Errorf("conformance: %d steps instead of %d", len(got.Steps), len(want.Steps))
	}
	for n, step := range got.Steps {
		if got, want := step.brief(read), want.Steps[n].brief(read); got != want {
			return fmt.Errorf("conformance: fetch %d gave %s; expected: %s", n+1, got, want)
		}
	}
	return nil
}

// lines are the requests of an outcome in short, with the names of their
// cookies.
func lines(o *Outcome) string {
	var all []string
	for _, r := range o.Requests {
		cookies := ""
		for _, h := range r.Headers {
			if h[0] == "cookie" {
				cookies = h[1]
			}
		}
		all = append(all, r.Method+" "+r.URL+cookieNames(cookies))
	}
	return strings.Join(all, ", ")
}

// cookieNames are the names in a Cookie header, in order.
func cookieNames(header string) string {
	if header == "" {
		return ""
	}
	var names []string
	for pair := range strings.SplitSeq(header, ";") {
		name, _, _ := strings.Cut(strings.TrimSpace(pair), "=")
		names = append(names, name)
	}
	slices.Sort(names)
	return " with the cookies " + strings.Join(names, ", ")
}

// brief is what a page got, in short.
func (s *StepOutcome) brief(read []string) string {
	if s.Result != "response" {
		return "an error"
	}
	var hidden []string
	for _, name := range read {
		if !slices.ContainsFunc(s.Headers, func(h [2]string) bool { return safelist.EqualFold(h[0], name) }) {
			hidden = append(hidden, name)
		}
	}
	text := fmt.Sprintf("a %s response of status %d", s.Type, s.Status)
	if len(hidden) > 0 {
		text += " without " + words.List(hidden)
	}
	return text
}

// proof is the proof of a finding for one engine.
func (r *Report) proof(ctx context.Context, f *Finding, use *resolvedUse, profile *fetch.Profile) (*Proof, error) {
	p := &Proof{Profiles: []string{profile.Name}}
	b := &proofBuilder{finding: f, use: use, play: r.supporting(f, profile.Name)}
	if b.play == nil && !b.probed() {
		if p.Why = "it rests on more than what a page did"; len(f.Exchanges) == 0 {
			p.Why = "it takes a server that gives no answer"
		}
		return p, nil
	}
	waits := []time.Duration{-1} // the play alone
	switch {
	case f.ID == CookieRefused:
		waits[0] = 0 // the use again, which goes without the cookie
	case againPreflighted(f.ID) && len(b.play.Exchanges) > 0 && b.play.Exchanges[0].isPreflight():
		// The use is made again, at once or when the preflight has expired.
		kept := b.play.preflightKept() + lateBy + 100*time.Millisecond
		waits = []time.Duration{0, kept}
		p.Why = fmt.Sprintf("it takes a wait of %v", kept.Round(time.Second))
	case b.play.Refusal == errHeld.Error():
		b.unsent = true
		waits = append(waits, -1)
	}
	for n, wait := range waits {
		if wait > longestWaits {
			break
		}
		b.listener = b.listener || b.unsent && n > 0
		s, err := b.scenario(wait)
		if err != nil {
			p.Why = err.Error()
			return p, nil
		}
		engine := Engine{Profile: profile}
		o, err := engine.Play(ctx, s)
		if err != nil {
			return nil, err
		}
		if p.Why = b.repeats(o, wait >= 0); p.Why != "" {
			if wait == 0 && len(waits) > 1 {
				p.Why = fmt.Sprintf("it takes a wait of %v", waits[1].Round(time.Second))
			}
			continue
		}
		p.Scenario, p.read, p.shown = s, use.Read, map[string]*Outcome{profile.Name: o}
		break
	}
	return p, nil
}

// supporting is the play that a finding rests on, as an engine does it.
func (r *Report) supporting(f *Finding, profile string) *Play {
	for n := range r.Plays {
		p := &r.Plays[n]
		if p.Use != f.Use || p.Origin != f.Origins[0] || !slices.Contains(p.Profiles, profile) {
			continue
		}
		if len(f.Exchanges) > 0 && len(p.Exchanges) == 0 {
			continue
		}
		before := len(f.Exchanges) - len(p.Exchanges) // of another page
		if before >= 0 && slices.EqualFunc(p.Exchanges, f.Exchanges[before:], func(a, b Exchange) bool {
			return a.Method == b.Method && a.URL == b.URL && a.Status == b.Status && a.Cached == b.Cached
		}) {
			return p
		}
	}
	// Another engine was the first to show it, in other requests.
	for n := range r.Plays {
		p := &r.Plays[n]
		if p.Use == f.Use && p.Origin == f.Origins[0] && slices.Contains(p.Profiles, profile) &&
			strings.HasSuffix(f.Tried, strings.TrimSpace(" "+p.When)+".") && f.Severity == Breaks && p.Refusal != "" {
			return p
		}
	}
	return nil
}

// againPreflighted tells whether a finding is that a preflight is made again.
func againPreflighted(id FindingID) bool {
	return id == PreflightNotCached || id == "max-age-missing" || id == "max-age-tiny"
}

func (x *Exchange) isPreflight() bool {
	return x.Method == "OPTIONS" && x.RequestHeaders.Contains("Access-Control-Request-Method")
}

// preflightKept is how long the answer to a play's preflight says it holds.
func (p *Play) preflightKept() time.Duration {
	value, _ := p.Exchanges[0].ResponseHeaders.Get("Access-Control-Max-Age")
	seconds, err := strconv.ParseUint(value, 10, 31)
	if err != nil {
		return 5 * time.Second
	}
	return time.Duration(seconds) * time.Second
}

// A proofBuilder makes a scenario of a play.
type proofBuilder struct {
	finding  *Finding
	use      *resolvedUse
	play     *Play
	id       string
	listener bool // the use is made by XMLHttpRequest with a listener on its upload
	unsent   bool // the play is of a preflight, without what a browser sends after it
}

// probed makes the play of a finding about another request than the use's. It
// is false if there is none.
func (b *proofBuilder) probed() bool {
	f := b.finding
	if len(f.Exchanges) == 0 {
		return false
	}
	b.play = &Play{Origin: f.Origins[0], Exchanges: f.Exchanges, Refusal: f.Problem}
	other := *b.use
	b.use = &other
	own := *other.Use
	b.use.Use = &own
	switch f.ID {
	case PreflightUnrouted: // with the header that somebody adds
		own.Headers = maps.Clone(own.Headers)
		if own.Headers == nil {
			own.Headers = make(map[string]string)
		}
		own.Headers["X-Added"] = "x"
		return true
	case ErrorWithoutCORS:
		if at, err := origin.ParseURL(f.Exchanges[0].URL); err == nil && !at.Equals(b.use.url, true) {
			b.use.url, own.Method, own.Headers, own.Body = at, "", nil, ""
			return true
		}
		own.Cookies, own.Headers = nil, maps.Clone(own.Headers)
		maps.DeleteFunc(own.Headers, func(name, _ string) bool { return safelist.EqualFold(name, "Authorization") })
		return true
	}
	return false
}

// scenario is the play, and unless wait is negative once more after it.
func (b *proofBuilder) scenario(wait time.Duration) (*Scenario, error) {
	// The id is part of what it is made of, so that first there is another.
	b.id = "x"
	draft, err := b.draft(wait)
	if err != nil {
		return nil, err
	}
	raw, err := marshal(draft)
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256(raw)
	b.id = fmt.Sprintf("%.52s-%x", b.finding.ID, digest[:5])
	if draft, err = b.draft(wait); err != nil {
		return nil, err
	}
	if raw, err = marshal(draft); err != nil {
		return nil, err
	}
	return ParseScenario(raw)
}

func (b *proofBuilder) draft(wait time.Duration) (*Scenario, error) {
	s := &Scenario{
		ID: b.id, Note: string(b.finding.ID) + " (" + b.finding.Severity.String() + ")",
		Page: Page{URL: b.play.Origin + "/"}, Servers: make(map[string]Server),
	}
	if b.play.Origin == "null" {
		s.Page = Page{URL: sandboxURL, Sandboxed: true}
	}
	b.visit(s)
	step, err := b.step()
	if err != nil {
		return nil, err
	}
	s.Steps = append(s.Steps, step)
	if wait > 0 {
		s.Steps = append(s.Steps, Step{WaitMS: new(wait.Milliseconds())})
	}
	if wait >= 0 {
		s.Steps = append(s.Steps, step)
	}
	for _, x := range b.play.Exchanges {
		at, err := origin.ParseURL(x.URL)
		if err != nil {
			return nil, err
		}
		key := b.rewrite(at)
		server, answer := s.Servers[key], b.answer(&x, at)
		if x.isPreflight() {
			server.Preflight = append(server.Preflight, answer)
		} else {
			server.Actual = append(server.Actual, answer)
		}
		s.Servers[key] = server
	}
	return s, nil
}

// visit has the user open the use's URL before, where that brings cookies.
func (b *proofBuilder) visit(s *Scenario) {
	if len(b.use.Cookies) == 0 {
		return
	}
	var r Response
	for _, line := range b.use.Cookies {
		r.Headers = append(r.Headers, [2]string{"Set-Cookie", safelist.IsomorphicDecode(b.emptied(line))})
	}
	at := b.rewrite(b.use.url)
	s.Servers[at] = Server{Actual: []Response{r}}
	s.Steps = append(s.Steps, Step{Visit: &at})
}

// rewrite is a URL with the id as its first path segment, without query and
// fragment.
func (b *proofBuilder) rewrite(u *origin.URL) string {
	return u.Origin().String() + "/" + b.id + u.Path()
}

// step is the use.
func (b *proofBuilder) step() (Step, error) {
	f := &Fetch{URL: b.rewrite(b.use.url)}
	if b.use.Method != "" {
		f.Method = &b.use.Method
	}
	if b.listener {
		f.API, f.UploadListener = "xhr", new(true)
		f.WithCredentials = new(b.use.Credentials == credentials.Include)
	} else if b.use.Credentials != "" {
		f.Credentials = (*string)(&b.use.Credentials)
	}
	for _, h := range b.use.request().Headers {
		f.Headers = append(f.Headers, [2]string{h.Name, safelist.IsomorphicDecode(harmless(h.Name, h.Value))})
	}
	if b.use.Body != "" {
		f.Body = &Body{Kind: "text", Text: "x"}
	}
	return Step{Fetch: f}, nil
}

// harmless is the value of a request header, or another one in its place that
// no browser treats otherwise.
func harmless(name, value string) string {
	switch safelist.ByteLowercase(name) {
	case "accept", "accept-language", "content-language", "content-type", "range", "cache-control", "pragma",
		"if-none-match", "if-modified-since":
		return value
	}
	return "x"
}

// answer is what a server said, as far as it matters.
func (b *proofBuilder) answer(x *Exchange, at *origin.URL) Response {
	r := Response{Status: x.Status}
	for _, h := range x.ResponseHeaders {
		name, value := safelist.ByteLowercase(h.Name), h.Value
		switch {
		case strings.HasPrefix(name, "access-control-"), name == "vary", name == "content-type", name == "cross-origin-resource-policy":
		case name == "location":
			value = b.location(value, at)
		case name == "set-cookie":
			value = b.emptied(value)
		case slices.ContainsFunc(b.use.Read, func(read string) bool { return safelist.EqualFold(read, name) }):
			value = "x"
		default:
			continue
		}
		r.Headers = append(r.Headers, [2]string{safelist.IsomorphicDecode(h.Name), safelist.IsomorphicDecode(value)})
	}
	return r
}

// location rewrites where a response redirects to.
func (b *proofBuilder) location(value string, at *origin.URL) string {
	u, err := (*origin.Schemes)(nil).ParseURL(value, at)
	if value == "" || err != nil || !u.IsHTTP() {
		return value
	}
	to := b.rewrite(u)
	if u.IncludesCredentials() { // which browsers refuse; whose they are is a secret
		to = strings.Replace(to, "://", "://x:x@", 1)
	}
	return to
}

// emptied is a Set-Cookie line without the cookie's value, for a path below the
// id.
func (b *proofBuilder) emptied(line string) string {
	parts := strings.Split(line, ";")
	if name, _, ok := strings.Cut(parts[0], "="); ok {
		parts[0] = name + "=x"
	} else {
		parts[0] = "x"
	}
	for i, attribute := range parts[1:] {
		name, path, _ := strings.Cut(attribute, "=")
		if path = strings.Trim(path, " \t"); strings.EqualFold(strings.Trim(name, " \t"), "path") && len(path) > 1 && path[0] == '/' {
			parts[1+i] = " Path=/" + b.id + path
		}
	}
	return strings.Join(parts, ";")
}

// repeats says in which way the engine's outcome is not what the play was, or
// for a wait what it ought not to be: two of it.
func (b *proofBuilder) repeats(o *Outcome, twice bool) string {
	var sent []string
	for _, x := range b.play.Exchanges {
		at, err := origin.ParseURL(x.URL)
		if err != nil {
			return err.Error()
		}
		cookies, _ := x.RequestHeaders.Get("Cookie")
		sent = append(sent, x.Method+" "+b.rewrite(at)+cookieNames(cookies))
	}
	if twice {
		sent = append(sent, sent...)
	}
	all := strings.Join(sent, ", ")
	if b.unsent {
		if strings.HasPrefix(lines(o), all+", "+b.use.method+" "+b.rewrite(b.use.url)) {
			return ""
		}
		return "a browser has more to say about it"
	}
	if all != lines(o) {
		return "what came before has a part in it"
	}
	result := "response"
	if b.play.Refusal != "" {
		result = "error"
	}
	for _, step := range o.Steps {
		if step.Result != result {
			return "what is left out of the scenario has a part in it"
		}
	}
	return ""
}
