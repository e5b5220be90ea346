// Package proof turns the findings of audits into scenarios, so that a real
// browser can show what an audit says. It is the one package that knows both.
package proof

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// A Proof is how a [Finding] can be seen in real browsers: a scenario of what
// the page did and what the server answered, for package browser or
// `browsercors judge` to play.
type Proof struct {
	Finding  int                   // its index in the report
	Profiles []string              // names of the engines that should show it, in the order of [engine.Profiles]
	Scenario *conformance.Scenario // nil if no browser can show it
	Why      string                // why none can; "" if there is a scenario

	read  []string                        // names of the response headers that matter
	shown map[string]*conformance.Outcome // what the engine does, by profile
}

// Of are the proofs of all findings of a report, in their order. The intent is
// the one that the report was made by. A finding of the Standard alone has
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
func Of(ctx context.Context, r *audit.Report, intent *audit.Intent) ([]*Proof, error) {
	if err := intent.Check(); err != nil {
		return nil, err
	}
	var all []*Proof
	for n := range r.Findings {
		f := &r.Findings[n]
		at := slices.IndexFunc(intent.Uses, func(u audit.Use) bool { return u.String() == f.Use })
		if at < 0 {
			return nil, fmt.Errorf("proof: the intent has no use %.80q, which a finding is about", f.Use)
		}
		use, err := resolve(&intent.Uses[at], intent.Base)
		if err != nil {
			return nil, err
		}
		first := len(all)
		for _, profile := range engine.All() {
			if !slices.Contains(f.Profiles, profile.Name) {
				continue
			}
			p, err := proofOf(ctx, r, f, use, profile)
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

// A use is what the page of a proof does.
type use struct {
	audit.Use // its URL is absolute
	url       *origin.URL
}

func resolve(u *audit.Use, base string) (*use, error) {
	in, err := u.Request(base)
	if err != nil {
		return nil, err
	}
	url, err := origin.ParseURL(in.URL)
	if err != nil {
		return nil, err
	}
	own := *u
	own.URL = in.URL
	return &use{own, url}, nil
}

// method is the method as it is sent.
func (u *use) method() string { return safelist.NormalizeMethod(cmp.Or(u.Method, "GET")) }

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
func (p *Proof) Shown(o *conformance.Outcome) error {
	if p.Scenario == nil || o == nil || o.ID != p.Scenario.ID {
		return errors.New("proof: not an outcome of the proof's scenario")
	}
	want, ok := p.shown[o.Engine]
	if !ok {
		return fmt.Errorf("proof: the finding is not one of %.80q", o.Engine)
	}
	return sameProof(o, want, p.read)
}

// sameProof compares what a proof hangs on.
func sameProof(got, want *conformance.Outcome, read []string) error {
	if got, want := lines(got), lines(want); got != want {
		return fmt.Errorf("proof: requests sent: %s; expected: %s", got, want)
	}
	if len(got.Steps) != len(want.Steps) {
		return fmt.Errorf("proof: %d steps instead of %d", len(got.Steps), len(want.Steps))
	}
	for n, step := range got.Steps {
		if got, want := brief(&step, read), brief(&want.Steps[n], read); got != want {
			return fmt.Errorf("proof: fetch %d gave %s; expected: %s", n+1, got, want)
		}
	}
	return nil
}

// lines are the requests of an outcome in short, with the names of their
// cookies.
func lines(o *conformance.Outcome) string {
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
func brief(s *conformance.StepOutcome, read []string) string {
	if s.Result != "response" {
		return "an error"
	}
	var hidden []string
	for _, name := range read {
		if !slices.ContainsFunc(s.Headers, func(h [2]string) bool { return safelist.EqualFold(h[0], name) }) {
			hidden = append(hidden, name)
		}
	}
	got := fmt.Sprintf("a %s response of status %d", s.Type, s.Status)
	if len(hidden) > 0 {
		got += " without " + text.List(hidden)
	}
	return got
}

// proof is the proof of a finding for one engine.
func proofOf(ctx context.Context, r *audit.Report, f *audit.Finding, use *use, profile *fetch.Profile) (*Proof, error) {
	p := &Proof{Profiles: []string{profile.Name}}
	b := &builder{finding: f, use: use, play: supporting(r, f, profile.Name)}
	if b.play == nil && !b.probed() {
		if p.Why = "it rests on more than what a page did"; len(f.Exchanges) == 0 {
			p.Why = "it takes a server that gives no answer"
		}
		return p, nil
	}
	b.asPlayed()
	waits := []time.Duration{-1} // the play alone
	switch {
	case f.ID == audit.CookieRefused:
		waits[0] = 0 // the use again, which goes without the cookie
	case againPreflighted(f.ID) && len(b.play.Exchanges) > 0 && b.play.Exchanges[0].IsPreflight():
		// The use is made again, at once or when the preflight has expired.
		kept := preflightKept(b.play) + beyond
		waits = []time.Duration{0, kept}
		p.Why = fmt.Sprintf("it takes a wait of %v", kept.Round(time.Second))
	case b.play.Held:
		b.unsent = true
		waits = append(waits, -1)
	}
	for n, wait := range waits {
		b.listener = b.listener || b.unsent && n > 0
		s, err := b.scenario(wait)
		if err != nil {
			p.Why = err.Error()
			return p, nil
		}
		if why, err := s.NotLive(ctx, profile); err != nil {
			return nil, err
		} else if why != "" { // too long a wait; p.Why says so
			break
		}
		engine := conformance.Engine{Profile: profile}
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
		p.Scenario, p.read, p.shown = s, use.Read, map[string]*conformance.Outcome{profile.Name: o}
		break
	}
	return p, nil
}

// beyond is how long after a preflight has expired the use is made again: a
// browser counts from when it got the answer.
const beyond = 600 * time.Millisecond

// supporting is the play that a finding rests on, as an engine does it.
func supporting(r *audit.Report, f *audit.Finding, profile string) *audit.Play {
	for n := range r.Plays {
		p := &r.Plays[n]
		if p.Use != f.Use || p.Origin != f.Origins[0] || !slices.Contains(p.Profiles, profile) {
			continue
		}
		if len(f.Exchanges) > 0 && len(p.Exchanges) == 0 {
			continue
		}
		before := len(f.Exchanges) - len(p.Exchanges) // of another page
		if before >= 0 && slices.EqualFunc(p.Exchanges, f.Exchanges[before:], func(a, b audit.Exchange) bool {
			return a.Method == b.Method && a.URL == b.URL && a.Status == b.Status && a.Cached == b.Cached
		}) {
			return p
		}
	}
	// Another engine was the first to show it, in other requests.
	for n := range r.Plays {
		p := &r.Plays[n]
		if p.Use == f.Use && p.Origin == f.Origins[0] && slices.Contains(p.Profiles, profile) &&
			p.When == f.When && f.Severity == audit.Breaks && p.Refusal != "" {
			return p
		}
	}
	return nil
}

// againPreflighted tells whether a finding is that a preflight is made again.
func againPreflighted(id audit.FindingID) bool {
	return id == audit.PreflightNotCached || id == audit.MaxAgeMissing || id == audit.MaxAgeTiny
}

// preflightKept is how long the answer to a play's preflight says it holds.
func preflightKept(p *audit.Play) time.Duration {
	value, _ := p.Exchanges[0].ResponseHeaders.Get("Access-Control-Max-Age")
	seconds, err := strconv.ParseUint(value, 10, 31)
	if err != nil {
		return 5 * time.Second
	}
	return time.Duration(seconds) * time.Second
}

// A builder makes a scenario of a play.
type builder struct {
	finding  *audit.Finding
	use      *use
	play     *audit.Play
	id       string
	listener bool // the use is made by XMLHttpRequest with a listener on its upload
	unsent   bool // the play is of a preflight, without what a browser sends after it
}

// asPlayed has the page ask as it did in the play, where that was a probe by
// another method.
func (b *builder) asPlayed() {
	if b.play.Method == "" || b.play.Method == b.use.method() {
		return
	}
	own := *b.use
	own.Method, own.Body, own.Headers = b.play.Method, "", nil
	b.use = &own
}

// probed makes the play of a finding about another request than the use's. It
// is false if there is none.
func (b *builder) probed() bool {
	f := b.finding
	if len(f.Exchanges) == 0 {
		return false
	}
	b.play = &audit.Play{Origin: f.Origins[0], Exchanges: f.Exchanges, Refusal: f.Problem}
	own := *b.use
	b.use = &own
	switch f.ID {
	case audit.PreflightUnrouted: // with the header that somebody adds
		own.Headers = maps.Clone(own.Headers)
		if own.Headers == nil {
			own.Headers = make(map[string]string)
		}
		own.Headers["X-Added"] = "x"
		return true
	case audit.ErrorWithoutCORS:
		if at, err := origin.ParseURL(f.Exchanges[0].URL); err == nil && !at.Equals(own.url, true) {
			own.url, own.URL, own.Method, own.Headers, own.Body = at, at.String(), "", nil, ""
			return true
		}
		own.Cookies, own.Headers = nil, maps.Clone(own.Headers)
		maps.DeleteFunc(own.Headers, func(name, _ string) bool { return safelist.EqualFold(name, "Authorization") })
		return true
	}
	return false
}

// scenario is the play, and unless wait is negative once more after it.
func (b *builder) scenario(wait time.Duration) (*conformance.Scenario, error) {
	// The id is part of what it is made of, so that first there is another.
	b.id = "x"
	draft, err := b.draft(wait)
	if err != nil {
		return nil, err
	}
	raw, err := text.JSON(draft)
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256(raw)
	b.id = fmt.Sprintf("%.52s-%x", b.finding.ID, digest[:5])
	if draft, err = b.draft(wait); err != nil {
		return nil, err
	}
	if raw, err = text.JSON(draft); err != nil {
		return nil, err
	}
	return conformance.ParseScenario(raw)
}

func (b *builder) draft(wait time.Duration) (*conformance.Scenario, error) {
	s := &conformance.Scenario{
		ID: b.id, Note: string(b.finding.ID) + " (" + b.finding.Severity.String() + ")",
		Page: conformance.Page{URL: b.play.Origin + "/"}, Servers: make(map[string]conformance.Server),
	}
	if b.play.Origin == "null" {
		s.Page = conformance.Page{URL: "https://sandboxed.example/", Sandboxed: true}
	}
	b.visit(s)
	step, err := b.step()
	if err != nil {
		return nil, err
	}
	s.Steps = append(s.Steps, step)
	if wait > 0 {
		s.Steps = append(s.Steps, conformance.Step{WaitMS: new(wait.Milliseconds())})
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
		if x.IsPreflight() {
			server.Preflight = append(server.Preflight, answer)
		} else {
			server.Actual = append(server.Actual, answer)
		}
		s.Servers[key] = server
	}
	return s, nil
}

// visit has the user open the use's URL before, where that brings cookies.
func (b *builder) visit(s *conformance.Scenario) {
	if len(b.use.Cookies) == 0 {
		return
	}
	var r conformance.Response
	for _, line := range b.use.Cookies {
		r.Headers = append(r.Headers, [2]string{"Set-Cookie", safelist.IsomorphicDecode(b.emptied(line))})
	}
	at := b.rewrite(b.use.url)
	s.Servers[at] = conformance.Server{Actual: []conformance.Response{r}}
	s.Steps = append(s.Steps, conformance.Step{Visit: &at})
}

// rewrite is a URL with the id as its first path segment, without query and
// fragment.
func (b *builder) rewrite(u *origin.URL) string {
	return u.Origin().String() + "/" + b.id + u.Path()
}

// step is the use.
func (b *builder) step() (conformance.Step, error) {
	f := &conformance.Fetch{URL: b.rewrite(b.use.url)}
	if b.use.Method != "" {
		f.Method = &b.use.Method
	}
	if b.listener {
		f.API, f.UploadListener = "xhr", new(true)
		f.WithCredentials = new(b.use.Credentials == credentials.Include)
	} else if b.use.Credentials != "" {
		f.Credentials = (*string)(&b.use.Credentials)
	}
	in, err := b.use.Request("")
	if err != nil {
		return conformance.Step{}, err
	}
	for _, h := range in.Headers {
		f.Headers = append(f.Headers, [2]string{h.Name, safelist.IsomorphicDecode(harmless(h.Name, h.Value))})
	}
	if b.use.Body != "" {
		f.Body = &conformance.Body{Kind: "text", Text: "x"}
	}
	return conformance.Step{Fetch: f}, nil
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
func (b *builder) answer(x *audit.Exchange, at *origin.URL) conformance.Response {
	r := conformance.Response{Status: x.Status}
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
func (b *builder) location(value string, at *origin.URL) string {
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
func (b *builder) emptied(line string) string {
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
func (b *builder) repeats(o *conformance.Outcome, twice bool) string {
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
		if strings.HasPrefix(lines(o), all+", "+b.use.method()+" "+b.rewrite(b.use.url)) {
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
