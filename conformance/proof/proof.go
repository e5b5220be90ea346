// Package proof turns the findings of audits into scenarios, so that a real
// browser can show what an audit says. It is the one package that knows both.
package proof

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/isomorphic"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// The ids of findings of which a proof is not just what was played.
const (
	cachedWithoutCORS  audit.FindingID = "cached-without-cors"
	cookieRefused      audit.FindingID = "cookie-refused"
	errorWithoutCORS   audit.FindingID = "error-without-cors"
	maxAgeMissing      audit.FindingID = "max-age-missing"
	maxAgeTiny         audit.FindingID = "max-age-tiny"
	preflightNotCached audit.FindingID = "preflight-not-cached"
	preflightUnrouted  audit.FindingID = "preflight-unrouted"
	redirectToHTTP     audit.FindingID = "redirect-to-http"
	localNetworkPrompt audit.FindingID = "local-network-prompt"
	cspRefused         audit.FindingID = "csp-refused"
	policyRefused      audit.FindingID = "policy-refused"
)

// noAnswer is why findings about servers that give no answer have no proof: the
// servers of a scenario answer.
const noAnswer = "it takes a server that gives no answer"

// noPrompt is why findings about permissions have no proof: no scenario has a user who
// is asked, and servers stand in the address spaces that it says.
const noPrompt = "it takes a user who is asked"

// noReport is why findings about policies that are only reported have no proof: nothing
// is refused.
const noReport = "nothing is refused: the policy is only reported"

// noUpgrade is why findings about redirects that are upgraded have no proof: a proof
// makes its requests with fetch(), whose mixed content is blocked.
const noUpgrade = "it takes an element whose mixed content is upgraded"

// A Proof shows a finding of an audit in real browsers: a scenario with what the
// page did and what the server responded, for package browser or the command
// browsercors judge to play.
type Proof struct {
	Finding  int                   // the index of the finding in the report
	Profiles []string              // names of the engines that should show it, in the order of [engine.Profiles]
	Scenario *conformance.Scenario // nil if no browser can show it
	Why      string                // why no browser can; "" if there is a scenario

	read  []string                        // names of the response headers that matter
	shown map[string]*conformance.Outcome // what the engine does, by profile
}

// Of returns the proofs of all findings of a report, in order. intent is the one of
// the report. A finding that only the Standard has gets no proof; a finding that
// browsers show in different ways gets several. Of returns an error if the intent
// is not valid, or if ctx ends.
//
// The page of a scenario has the first origin of the finding, the steps are the
// use, and the servers respond as the audited server did, also where a shared
// cache responded. Every path begins with the scenario's id, also in Location, and
// queries are removed. So is everything that could be secret: bodies, the values
// of cookies, Authorization and other request headers that browsers do not
// interpret, and response headers that matter neither to CORS nor to what the page
// reads. Equal proofs have equal ids.
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

// NotShown says why an outcome of the proof's scenario does not show the finding;
// "" is that it does. The player must be one of the proof's engines, have sent the
// requests that the engine sends, and have given the page what the engine gives
// it.
func (p *Proof) NotShown(o *conformance.Outcome) string {
	if p.Scenario == nil || o == nil || o.ID != p.Scenario.ID {
		return "not an outcome of the proof's scenario"
	}
	want, ok := p.shown[o.Engine]
	if !ok {
		return fmt.Sprintf("the finding is not one of %.80q", o.Engine)
	}
	return difference(o, want, p.read)
}

// difference compares what matters to a proof.
func difference(got, want *conformance.Outcome, read []string) string {
	if got, want := lines(got), lines(want); got != want {
		return fmt.Sprintf("requests sent: %s; expected: %s", got, want)
	}
	if len(got.Steps) != len(want.Steps) {
		return fmt.Sprintf("%d steps instead of %d", len(got.Steps), len(want.Steps))
	}
	for n, step := range got.Steps {
		if got, want := brief(&step, read), brief(&want.Steps[n], read); got != want {
			return fmt.Sprintf("fetch %d gave %s; expected: %s", n+1, got, want)
		}
	}
	return ""
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
		if !slices.ContainsFunc(s.Headers, func(h [2]string) bool { return fold.Equal(h[0], name) }) {
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
	if b.play != nil && b.play.Reason == fetch.NetworkFailure.String() {
		p.Why = noAnswer
		return p, nil
	}
	switch {
	case f.ID == redirectToHTTP && f.Severity != audit.Breaks:
		p.Why = noUpgrade
	case f.ID == localNetworkPrompt:
		p.Why = noPrompt
	case (f.ID == cspRefused || f.ID == policyRefused) && f.Severity != audit.Breaks:
		p.Why = noReport
	}
	if p.Why != "" {
		return p, nil
	}
	if b.play == nil && !b.probed() {
		if p.Why = "it depends on more than what a page did"; len(f.Exchanges) == 0 {
			p.Why = "it needs a server that does not respond"
		}
		return p, nil
	}
	b.asPlayed()
	if f.ID == cachedWithoutCORS {
		b.before = f.Exchanges[:len(f.Exchanges)-len(b.play.Exchanges)]
	}
	waits := []time.Duration{-1} // the play alone
	switch {
	case f.ID == cookieRefused:
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
		p.Scenario, p.read, p.shown = s, slices.Concat(use.Read, use.ReadIfSent), map[string]*conformance.Outcome{profile.Name: o}
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
		if f.ID == cachedWithoutCORS {
			if p.When == f.When { // whatever of it left the browser
				return p
			}
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
	return id == preflightNotCached || id == maxAgeMissing || id == maxAgeTiny
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
	before   []audit.Exchange // by an element, whose response is in the browser's HTTP cache
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
	case preflightUnrouted: // with the header that somebody adds
		own.Headers = maps.Clone(own.Headers)
		if own.Headers == nil {
			own.Headers = make(map[string]string)
		}
		own.Headers["X-Added"] = "x"
		return true
	case errorWithoutCORS:
		if at, err := origin.ParseURL(f.Exchanges[0].URL); err == nil && at.WithoutFragment() != own.url.WithoutFragment() {
			own.url, own.URL, own.Method, own.Headers, own.Body = at, at.String(), "", nil, ""
			return true
		}
		own.Cookies, own.Headers = nil, maps.Clone(own.Headers)
		maps.DeleteFunc(own.Headers, func(name, _ string) bool { return fold.Equal(name, "Authorization") })
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
	if b.before != nil {
		b.id = "hc-" + b.id // see [conformance.Scenario.HTTPCache]
	}
	if draft, err = b.draft(wait); err != nil {
		return nil, err
	}
	if raw, err = text.JSON(draft); err != nil {
		return nil, err
	}
	all, err := conformance.ReadScenarios(bytes.NewReader(raw), "-")
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// exchanges are those of the play, and those before it.
func (b *builder) exchanges() []audit.Exchange { return slices.Concat(b.before, b.play.Exchanges) }

func (b *builder) draft(wait time.Duration) (*conformance.Scenario, error) {
	s := &conformance.Scenario{
		ID: b.id, Note: string(b.finding.ID) + " (" + b.finding.Severity.String() + ")",
		Page: conformance.Page{URL: b.play.Origin + "/"}, Servers: make(map[string]conformance.Server),
	}
	if b.play.Origin == "null" {
		s.Page = conformance.Page{URL: "https://sandboxed.example/", Sandboxed: true}
	}
	s.Page.EmbedderPolicy = string(b.use.EmbedderPolicy)
	switch b.finding.ID {
	case cspRefused:
		s.Page.CSP = b.use.ContentSecurityPolicy
	case policyRefused:
		s.Page.IntegrityPolicy, s.Page.ConnectionAllowlist = b.use.IntegrityPolicy, b.use.ConnectionAllowlist
	}
	b.visit(s)
	step, err := b.step()
	if err != nil {
		return nil, err
	}
	if b.before != nil { // fetch() asks as an element does
		mode, include := string(fetch.NoCORS), string(credentials.Include)
		s.Steps = append(s.Steps, conformance.Step{Fetch: &conformance.Fetch{URL: b.rewrite(b.use.url), Mode: &mode, Credentials: &include}})
	}
	s.Steps = append(s.Steps, step)
	if wait > 0 {
		s.Steps = append(s.Steps, conformance.Step{WaitMS: new(wait.Milliseconds())})
	}
	if wait >= 0 {
		s.Steps = append(s.Steps, step)
	}
	for _, x := range b.exchanges() {
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
		r.Headers = append(r.Headers, [2]string{"Set-Cookie", isomorphic.Decode(b.emptied(line))})
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
	if e := b.element(); e != nil {
		return conformance.Step{Element: e}, nil
	}
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
	switch in.API {
	case "xhr":
		f.API, f.Credentials = "xhr", nil
		f.WithCredentials = new(b.use.Credentials == credentials.Include)
	case "": // fetch()
	default: // what fetch() makes in the same mode meets the same checks
		if in.Mode != "" {
			f.Mode = (*string)(&in.Mode)
		}
		f.Credentials = (*string)(&in.Credentials)
	}
	for _, h := range in.Headers {
		f.Headers = append(f.Headers, [2]string{h.Name, isomorphic.Decode(harmless(h.Name, h.Value))})
	}
	if b.use.Body != "" {
		f.Body = &conformance.Body{Kind: "text", Text: "x"}
	}
	return conformance.Step{Fetch: f}, nil
}

// element is the element of a use that an Integrity-Policy refuses, which blocks no fetch(); nil is fetch().
func (b *builder) element() *conformance.Element {
	if b.finding.ID != policyRefused || b.use.IntegrityPolicy == "" {
		return nil
	}
	e := conformance.Element{Kind: b.use.Element, URL: b.rewrite(b.use.url)}
	switch {
	case e.Kind == "stylesheet":
		e.Kind = "style"
	case e.Kind != "script":
		return nil
	case b.use.Type == "module":
		e.Kind = "module"
	}
	if b.use.CrossOrigin != "" {
		e.CrossOrigin = &b.use.CrossOrigin
	}
	return &e
}

// harmless is the value of a request header, or another one in its place that
// no browser treats otherwise.
func harmless(name, value string) string {
	switch fold.Lower(name) {
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
		name, value := fold.Lower(h.Name), h.Value
		switch {
		case b.before != nil && aboutCaching(name):
		case strings.HasPrefix(name, "access-control-"), name == "vary", name == "content-type", name == "cross-origin-resource-policy":
		case name == "location":
			value = b.location(value, at)
		case name == "set-cookie":
			value = b.emptied(value)
		case slices.ContainsFunc(slices.Concat(b.use.Read, b.use.ReadIfSent), func(read string) bool { return fold.Equal(read, name) }):
			value = "x"
		default:
			continue
		}
		r.Headers = append(r.Headers, [2]string{isomorphic.Decode(h.Name), isomorphic.Decode(value)})
	}
	if b.before != nil && r.Status != http.StatusNotModified { // a body whose end can be told
		r.Body = "ok"
		r.Headers = append(r.Headers, [2]string{"Content-Length", "2"})
		if !x.ResponseHeaders.Contains("Cache-Control") { // or it is no-store
			r.Headers = append(r.Headers, [2]string{"Cache-Control", ""})
		}
	}
	return r
}

// aboutCaching tells whether a header, with its name in lower case, says for how long
// a response may be used.
func aboutCaching(name string) bool {
	switch name {
	case "age", "cache-control", "date", "etag", "expires", "last-modified", "pragma":
		return true
	}
	return false
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
	for _, x := range b.exchanges() {
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
	steps := o.Steps
	if b.before != nil {
		steps = steps[1:]
	}
	for _, step := range steps {
		if step.Result != result {
			return "what is left out of the scenario has a part in it"
		}
	}
	return ""
}
