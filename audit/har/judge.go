package har

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/product"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
)

// A Judgement says what each browser engine does with the entries of an archive.
type Judgement struct {
	Browser  string    `json:"browser"` // the browser that recorded the archive, by the archive
	Profile  string    `json:"profile"` // the profile of that browser; "" if it is not known
	Entries  int       `json:"entries"`
	Verdicts []Verdict `json:"verdicts"` // one per cross-origin request, in the archive's order
	Skipped  []Skip    `json:"skipped"`  // the entries that are not judged, by reason
	Notes    []string  `json:"notes"`    // what is assumed about the whole archive
}

// A Skip says why entries are not judged.
type Skip struct {
	Reason  string `json:"reason"`
	Entries []int  `json:"entries"`
}

// A Verdict is about one request, with its preflights and the redirects that were
// followed.
type Verdict struct {
	Entry       int              `json:"entry"` // the index of the request in the archive
	Hops        []int            `json:"hops"`  // the indices of the redirects' targets
	Preflights  []int            `json:"preflights"`
	Method      string           `json:"method"`
	URL         string           `json:"url"`      // without fragment, a password replaced by xxxxx
	Page        string           `json:"page"`     // the origin of the page
	PageFrom    string           `json:"pageFrom"` // how that is known: "Origin", "Referer", "page" or "initiator"
	Mode        fetch.Mode       `json:"mode"`
	Destination string           `json:"destination"` // as in Sec-Fetch-Dest
	Credentials credentials.Mode `json:"credentials"`
	Headers     []string         `json:"headers"` // names of the headers that script set
	Recorded    Recorded         `json:"recorded"`
	Profiles    []Outcome        `json:"profiles"` // one per profile of [engine.Profiles]

	// Disagreement says what the browser that recorded the archive did differently
	// from its profile; "" is nothing, or that it is not known.
	Disagreement string   `json:"disagreement"`
	Notes        []string `json:"notes"` // what was assumed

	// Policies are the values of the page's Content-Security-Policy, followed by its other policies, and AddressSpace is that
	// of the page's server, by which the request was judged; none of them is written to a report.
	Policies            []string            `json:"-"`
	IntegrityPolicy     string              `json:"-"`
	ConnectionAllowlist string              `json:"-"`
	AddressSpace        origin.AddressSpace `json:"-"`
}

// Recorded is the result of a request according to the archive.
type Recorded struct {
	Status int    `json:"status"` // of the last response that is not a preflight's; 0 is none
	Error  string `json:"error"`  // set by Chrome and Safari
	Failed bool   `json:"failed"` // the browser said that it failed

	// Cause is the stable short name of what the browser's error says, such as
	// "local-network-access"; "" if it says nothing. Problem, By and Fix explain it.
	Cause   string `json:"cause,omitempty"`
	NotCORS bool   `json:"notCORS,omitempty"` // that is not CORS
	Problem string `json:"problem,omitempty"`
	By      string `json:"by,omitempty"`
	Fix     string `json:"fix,omitempty"`
}

// What an engine makes of a request, in [Outcome.Ruling].
const (
	rulingAllowed = "allowed"
	rulingRefused = "refused"
	rulingUnknown = "unknown"
)

// An Outcome says what an engine does with a request, and why. Only refusals have
// more than a profile and a ruling.
type Outcome struct {
	Profile string `json:"profile"`

	// Ruling says whether the engine allows the request: "allowed", the page gets the
	// response, in mode no-cors an opaque one; "refused"; or "unknown", it depends on
	// something that is not in the archive.
	Ruling string `json:"ruling"`

	Reason  string        `json:"reason,omitempty"` // the name of a [fetch.Reason]
	Summary string        `json:"summary,omitempty"`
	Did     string        `json:"did,omitempty"` // what the browser did
	Rule    string        `json:"rule,omitempty"`
	Section string        `json:"section,omitempty"` // the URL of the rule's section
	By      string        `json:"by,omitempty"`      // who has to fix it: "server", "page", …
	Fix     string        `json:"fix,omitempty"`
	Headers [][2]string   `json:"headers,omitempty"` // the headers that the response should have
	Console string        `json:"console,omitempty"` // what the engine prints
	Cause   string        `json:"cause,omitempty"`   // as in [fetch.Explanation]
	NotCORS bool          `json:"notCORS,omitempty"` // likewise
	Behind  string        `json:"behind,omitempty"`  // likewise
	Advice  *fetch.Advice `json:"advice,omitempty"`  // likewise
	err     *fetch.Error  // the refusal
}

// Judge re-evaluates each cross-origin request of an archive under each of
// [engine.Profiles]. The engine makes the request again and gets the responses of
// the archive. What an archive does not say is assumed, and the verdict's notes
// list the assumptions:
//
//   - The page is that of the Origin header. Without one it is that of Referer, or
//     otherwise the entry's page.
//   - The request has the headers that were sent, without those that browsers add.
//     A recorded preflight shows which headers script set.
//   - Credentials were included if a cookie was sent, or if nothing else explains
//     why the browser refused.
//   - The page's policies are those of its document's Content-Security-Policy,
//     Integrity-Policy and Connection-Allowlist headers, if the archive has the document, and addresses are those that were dialled. A
//     policy in markup is not known. The user allows what the browser has sent.
//   - A preflight that is not in the archive was saved by the browser's cache, or
//     not recorded. It is assumed to have allowed the request.
//
// The ruling is "unknown" if it depends on a response that is not in the archive.
func Judge(ctx context.Context, h *HAR, o *Options) (*Judgement, error) {
	if h == nil {
		return nil, errors.New("har: Judge needs an archive")
	}
	if o == nil {
		o = new(Options)
	}
	if err := product.Check(o.Server); err != nil {
		return nil, fmt.Errorf("har: Options.Server: %w", err)
	}
	j := &judging{archive: h, server: o.Server, taken: make([]bool, len(h.Log.Entries)), skipped: make(map[string][]int)}
	j.out.Browser, j.out.Profile = recorder(h)
	j.out.Entries = len(h.Log.Entries)
	j.out.Verdicts, j.out.Skipped, j.out.Notes = []Verdict{}, []Skip{}, []string{}
	if j.out.Profile == "" && j.out.Browser != "" {
		j.out.Notes = append(j.out.Notes, text.Clean(j.out.Browser)+" is not known as a browser: what a browser would have sent and shown is assumed from the headers")
	}
	if err := j.parse(ctx); err != nil {
		return nil, err
	}
	if j.out.Profile == engine.Firefox().Name {
		if err := j.pair(ctx); err != nil {
			return nil, err
		}
	}
	for i := range j.entries {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		j.judge(ctx, i)
	}
	j.orphans(ctx)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(j.out.Verdicts, func(a, b Verdict) int { return cmp.Compare(a.Entry, b.Entry) })
	for _, reason := range skips {
		if entries := j.skipped[reason]; entries != nil {
			j.out.Skipped = append(j.out.Skipped, Skip{reason, entries})
		}
	}
	return &j.out, nil
}

// recorder is what recorded an archive, and the name of its profile.
func recorder(h *HAR) (name, profile string) {
	by := h.Log.Creator
	if b := h.Log.Browser; b != nil && b.Name != "" {
		by = *b
	}
	lower := strings.ToLower(by.Name)
	switch {
	case strings.Contains(lower, "firefox"):
		return strings.TrimSpace("Firefox " + by.Version), engine.Firefox().Name
	case lower == "webinspector": // its version is no browser's
		return "Chromium", engine.Chromium().Name
	case strings.Contains(lower, "chrom"), strings.Contains(lower, "edge"):
		return strings.TrimSpace(by.Name + " " + by.Version), engine.Chromium().Name
	case strings.Contains(lower, "webkit"), strings.Contains(lower, "safari"):
		return "WebKit", engine.WebKit().Name
	}
	return strings.TrimSpace(by.Name + " " + by.Version), ""
}

type judging struct {
	archive *HAR
	server  string // the product that the user has named
	out     Judgement
	entries []parsed
	taken   []bool // is part of a verdict, or not to be judged
	skipped map[string][]int
	paired  map[int]int // of Firefox: the preflight of a request

	requests   groups                   // by URL and page: those that are no preflights
	alike      groups                   // by URL and method: likewise, which would have the same preflight
	plain      groups                   // likewise: those without Origin that were answered, so that a cache may have stored the answer
	lets       map[groupKey]int         // by the URL's origin and the page's: the first request that the server let in
	siblings   groups                   // preflights that were answered, by URL and origin
	preflights groups                   // by URL and the method that they ask for
	documents  groups                   // of pages: by page, and URL or origin
	pages      map[string]*origin.URL   // by their IDs
	askers     map[groupKey]*origin.URL // whose preflights those are
}

// tries is how many entries are looked at to find what belongs to another, of
// those that have its URL and method. The nearest counts.
const tries = 100

func (j *judging) parse(ctx context.Context) error {
	j.requests, j.alike, j.plain, j.siblings, j.preflights = make(groups), make(groups), make(groups), make(groups), make(groups)
	j.documents = make(groups)
	j.lets = make(map[groupKey]int)
	j.pages, j.askers = make(map[string]*origin.URL), make(map[groupKey]*origin.URL)
	for i := range j.archive.Log.Entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		e := &j.archive.Log.Entries[i]
		p := parseEntry(e)
		j.entries = append(j.entries, p)
		if p.odd != "" {
			j.skip(i, p.odd)
			continue
		}
		j.addDocument(i)
		if !p.preflight {
			j.requests.add(groupKey{url: p.key, page: e.Page}, i)
			j.alike.add(groupKey{url: p.key, method: e.Request.Method}, i)
			asking, has := p.sent.Get("Origin")
			if !has && p.Response.Status != 0 {
				j.plain.add(groupKey{url: p.key, method: e.Request.Method}, i)
			}
			if has && p.letsIn(asking) {
				key := groupKey{url: p.url.Origin().String(), asking: asking}
				if _, known := j.lets[key]; !known {
					j.lets[key] = i
				}
			}
			continue
		}
		method, _ := p.sent.Get("Access-Control-Request-Method")
		key := groupKey{url: p.key, method: method}
		j.preflights.add(key, i)
		asking, _ := p.sent.Get("Origin")
		if j.askers[key] == nil {
			j.askers[key] = originPage(asking)
		}
		if p.Response.Status != 0 {
			j.siblings.add(groupKey{url: p.key, asking: asking}, i)
		}
	}
	for _, p := range j.archive.Log.Pages {
		if j.pages[p.ID] == nil {
			j.pages[p.ID] = webPage(p.Title)
		}
	}
	return nil
}

// webPage is the HTTP(S) URL that a string is, or nil.
func webPage(s string) *origin.URL {
	u, err := origin.ParseURL(s)
	if err != nil || !u.IsHTTP() {
		return nil
	}
	return u
}

// originPage is a page of an origin: the HTTP(S) URL, or the URL of a scheme of an
// embedder's, such as capacitor://localhost; nil for "null" and for a value that is not an origin.
func originPage(o string) *origin.URL {
	if u := webPage(o); u != nil {
		return u
	}
	scheme, _, ok := strings.Cut(o, "://")
	if !ok || isExtension(o) {
		return nil
	}
	own, err := origin.NewSchemes(scheme)
	if err != nil {
		return nil
	}
	u, err := own.ParseURL(o, nil)
	if err != nil || u.Origin().IsOpaque() {
		return nil
	}
	return u
}

func (j *judging) isTaken(i int) bool { return j.taken[i] }

func (j *judging) skip(i int, reason string) {
	j.taken[i] = true
	j.skipped[reason] = append(j.skipped[reason], i)
}

// judge judges the request that begins with an entry, if one does.
func (j *judging) judge(ctx context.Context, i int) {
	e := &j.entries[i]
	if j.taken[i] || e.preflight {
		return
	}
	if reason := e.elsewhere(); reason != "" {
		j.skip(i, reason)
		return
	}
	j.taken[i] = true
	chain := append([]int{i}, j.follow(i)...)
	// What the browser redirected by itself it asked for at the new URL at once.
	for len(chain) > 1 && j.entries[chain[0]].isInternal() {
		j.skip(chain[0], skipInternal)
		chain = chain[1:]
	}
	i, hops := chain[0], chain[1:]
	if e = &j.entries[i]; e.isInternal() {
		j.skip(i, skipInternal)
		return
	}
	page, from := j.page(e)
	crosses := func(n int) bool { return !j.entries[n].origin().SameOrigin(page.Origin()) }
	switch {
	case page == nil:
		j.skip(i, skipPage)
		return
	case from != fromSandbox && !crosses(i) && !slices.ContainsFunc(hops, crosses):
		j.skip(i, skipSameOrigin)
		for _, n := range hops {
			j.skip(n, skipSameOrigin)
		}
		return
	}
	v := Verdict{Entry: i, Hops: append([]int{}, hops...), Preflights: []int{}, Method: e.Request.Method, URL: text.RedactURL(e.key), Page: page.Origin().String(), PageFrom: from, Notes: []string{}}
	t := &trial{judging: j, verdict: &v, page: page, chain: chain, sandboxed: from == fromSandbox}
	if t.sandboxed {
		v.Page, v.PageFrom = "null", fromOrigin
	} else {
		if t.document = j.documentOf(i, page); t.document.tooLong != "" {
			t.note("the %s of the page is longer than %d bytes; it is not taken into account", t.document.tooLong, maxPolicies)
		}
	}
	t.run(ctx)
	j.out.Verdicts = append(j.out.Verdicts, v)
}

// follow finds the entries of the redirects that a request followed.
func (j *judging) follow(i int) []int {
	hops := []int{}
	for at := i; len(hops) < 20; {
		e := &j.entries[at]
		location, ok := e.got.Get("Location")
		if !ok || !isRedirect(e.Response.Status) {
			return hops
		}
		target, err := (*origin.Schemes)(nil).ParseURL(location, e.url)
		if err != nil {
			return hops
		}
		key := target.WithoutFragment()
		next := j.requests.next(groupKey{url: key, page: e.Page}, at+1, j.isTaken)
		if next < 0 {
			return hops
		}
		j.taken[next] = true
		hops = append(hops, next)
		at = next
	}
	return hops
}

func isRedirect(status int) bool {
	switch status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

// How the page is known.
const (
	fromOrigin    = "Origin"
	fromReferer   = "Referer"
	fromPage      = "page"
	fromInitiator = "initiator"
	fromSandbox   = "sandbox" // Origin is null from the first
)

// page is the URL of the page that asked, and how it is known.
func (j *judging) page(e *parsed) (*origin.URL, string) {
	asking, _ := e.sent.Get("Origin")
	if u := originPage(asking); u != nil {
		return u, fromOrigin
	}
	if asking == "null" {
		return webPage("https://sandboxed.invalid/"), fromSandbox
	}
	if !e.preflight && e.failed() { // Chrome shows not all headers of what was not sent, but those of its preflight
		if u := j.askers[groupKey{url: e.key, method: e.Request.Method}]; u != nil {
			return u, fromOrigin
		}
	}
	referer, _ := e.sent.Get("Referer")
	if u := webPage(referer); u != nil {
		return u, fromReferer
	}
	if u := j.pages[e.Entry.Page]; u != nil {
		return u, fromPage
	}
	if e.Initiator.Type == "parser" {
		if u := webPage(e.Initiator.URL); u != nil {
			return u, fromInitiator
		}
	}
	return nil, ""
}

// pair finds the requests of Firefox's preflights: it lists a request when it
// begins, which is before its preflight. Preflights that failed choose first,
// as only a request without an answer can be theirs.
func (j *judging) pair(ctx context.Context) error {
	waiting := make(groups) // by what a preflight has of its request
	for i := range j.entries {
		if e := &j.entries[i]; !e.preflight {
			asking, _ := e.sent.Get("Origin")
			waiting.add(groupKey{url: e.key, method: e.Request.Method, asking: asking}, i)
		}
	}
	j.paired = make(map[int]int)
	isPaired := func(i int) bool {
		_, paired := j.paired[i]
		return paired
	}
	for _, failed := range []bool{true, false} {
		for n := range j.entries {
			if err := ctx.Err(); err != nil {
				return err
			}
			p := &j.entries[n]
			if !p.preflight || p.failedPreflight() != failed {
				continue
			}
			method, _ := p.sent.Get("Access-Control-Request-Method")
			asking, _ := p.sent.Get("Origin")
			key := groupKey{url: p.key, method: method, asking: asking}
			i := waiting.last(key, n, isPaired)
			for try := 0; i >= 0 && try < tries && !p.comesFirst(&j.entries[i]); try++ {
				i = waiting.last(key, i-1, isPaired)
			}
			if i >= 0 && p.comesFirst(&j.entries[i]) {
				j.paired[i] = n
			}
		}
	}
	return nil
}

func (p *parsed) failedPreflight() bool { return p.Response.Status < 200 || p.Response.Status > 299 }

// comesFirst tells whether a preflight of Firefox's can be that of a request with
// its URL, method and origin.
func (p *parsed) comesFirst(e *parsed) bool {
	if p.failedPreflight() && e.Response.Status != 0 {
		return false
	}
	var index fold.Index
	names, _ := p.sent.Get("Access-Control-Request-Headers")
	for name := range strings.SplitSeq(names, ",") {
		name = strings.Trim(name, " \t")
		if name != "" && index.First(len(e.sent), func(i int) string { return e.sent[i].Name }, name) < 0 {
			return false
		}
	}
	return true
}

// preflightOf takes the preflight of a request that is not taken yet, the
// nearest in the archive, or is -1. Chrome lists one before its request or
// after.
func (j *judging) preflightOf(i int) int {
	if p, ok := j.paired[i]; ok && !j.taken[p] {
		j.taken[p] = true
		return p
	}
	e := &j.entries[i]
	asking, hasOrigin := e.sent.Get("Origin")
	key := groupKey{url: e.key, method: e.Request.Method}
	fits := func(n int) bool {
		from, _ := j.entries[n].sent.Get("Origin")
		return !hasOrigin || from == asking
	}
	before := j.preflights.last(key, i, j.isTaken)
	for try := 0; before >= 0 && try < tries && !fits(before); try++ {
		before = j.preflights.last(key, before-1, j.isTaken)
	}
	after, end := -1, i
	if j.out.Profile == engine.Chromium().Name { // up to the next request of the kind, whose it may be
		if end = j.alike.next(key, i+1, func(int) bool { return false }); end < 0 {
			end = len(j.entries)
		}
		after = j.preflights.next(key, i, j.isTaken)
		for try := 0; after >= 0 && try < tries && !fits(after); try++ {
			after = j.preflights.next(key, after+1, j.isTaken)
		}
	}
	best := -1
	if before >= 0 && fits(before) {
		best = before
	}
	if after >= 0 && after < end && fits(after) && (best < 0 || after-i < i-best) {
		best = after
	}
	if best >= 0 {
		j.taken[best] = true
	}
	return best
}

// orphans judges the preflights after which nothing was recorded, as the
// requests that they asked for.
func (j *judging) orphans(ctx context.Context) {
	for i := range j.entries {
		e := &j.entries[i]
		if j.taken[i] || !e.preflight || ctx.Err() != nil {
			continue
		}
		asking, _ := e.sent.Get("Origin")
		switch {
		case !e.url.IsHTTP():
			j.skip(i, skipScheme)
			continue
		case !e.sent.Contains("Access-Control-Request-Method"):
			j.skip(i, skipPreflight)
			continue
		case isExtension(asking):
			j.skip(i, skipExtension)
			continue
		case e.byWorker():
			j.skip(i, skipWorker)
			continue
		}
		j.taken[i] = true
		page, from := j.page(e)
		if page == nil {
			j.skip(i, skipPage)
			continue
		}
		method, _ := e.sent.Get("Access-Control-Request-Method")
		v := Verdict{Entry: i, Hops: []int{}, Preflights: []int{i}, Method: method, URL: text.RedactURL(e.key), Page: page.Origin().String(), PageFrom: from,
			Notes: []string{"only the preflight is in the archive; the request is the one that it asks for"}}
		t := &trial{judging: j, verdict: &v, page: page, orphan: true, sandboxed: from == fromSandbox}
		if t.sandboxed {
			v.Page, v.PageFrom = "null", fromOrigin
		}
		t.run(ctx)
		j.out.Verdicts = append(j.out.Verdicts, v)
	}
}
