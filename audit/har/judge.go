package har

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
)

// A Judgement is what becomes of the entries of an archive.
type Judgement struct {
	Browser  string    `json:"browser"` // what recorded it, as the archive has it
	Profile  string    `json:"profile"` // the one of that browser's; "" if it is none of those known
	Entries  int       `json:"entries"`
	Verdicts []Verdict `json:"verdicts"` // one each request that crosses origins, in the archive's order
	Skipped  []Skip    `json:"skipped"`  // entries that are not judged, by the reason
}

// A Skip is why entries are not judged.
type Skip struct {
	Reason  string `json:"reason"`
	Entries []int  `json:"entries"`
}

// A Verdict is on one request, with its preflights and all redirects that were
// followed.
type Verdict struct {
	Entry       int              `json:"entry"` // its index in the archive
	Hops        []int            `json:"hops"`  // those of the redirects that it followed
	Preflights  []int            `json:"preflights"`
	Method      string           `json:"method"`
	URL         string           `json:"url"`      // without fragment, its password replaced by xxxxx
	Page        string           `json:"page"`     // the origin that asked
	PageFrom    string           `json:"pageFrom"` // how that is known: "Origin", "Referer", "page" or "initiator"
	Mode        fetch.Mode       `json:"mode"`
	Destination string           `json:"destination"` // as Sec-Fetch-Dest has it
	Credentials credentials.Mode `json:"credentials"`
	Recorded    Recorded         `json:"recorded"`
	Profiles    []Outcome        `json:"profiles"` // one each of [engine.Profiles]

	// Disagreement is what the browser that recorded it did otherwise than its
	// profile; "" is nothing, or that it can't be known.
	Disagreement string   `json:"disagreement"`
	Notes        []string `json:"notes"` // what was assumed
}

// Recorded is what the archive says came of a request.
type Recorded struct {
	Status int    `json:"status"` // of the last answer, not a preflight's; 0 is none
	Error  string `json:"error"`  // of Chrome and Safari
	Failed bool   `json:"failed"` // the browser said that it failed
}

// A Ruling is what an engine makes of a request.
type Ruling string

const (
	Allowed Ruling = "allowed" // the page gets the response; in mode no-cors an opaque one
	Refused Ruling = "refused"
	Unknown Ruling = "unknown" // the archive doesn't have what it depends on
)

// An Outcome is what an engine makes of a request, and why. All but the ruling
// is of refusals.
type Outcome struct {
	Profile string       `json:"profile"`
	Ruling  Ruling       `json:"ruling"`
	Reason  string       `json:"reason,omitempty"` // the name of a [fetch.Reason]
	Summary string       `json:"summary,omitempty"`
	Did     string       `json:"did,omitempty"` // what the browser did
	Rule    string       `json:"rule,omitempty"`
	Section string       `json:"section,omitempty"` // the address where it is
	By      fetch.Party  `json:"by,omitempty"`      // who can put it right
	Fix     string       `json:"fix,omitempty"`
	Headers [][2]string  `json:"headers,omitempty"` // what the response should carry
	Console string       `json:"console,omitempty"` // what the engine prints
	err     *fetch.Error // the refusal
}

// Judge judges each request of an archive that crosses origins again, under
// each of [engine.Profiles]: the engine makes it anew and gets the answers that
// the archive has. What an archive doesn't say is taken from what it implies,
// and the verdict's notes say so:
//
//   - the page is that of Origin, else of Referer, else the entry's page;
//   - the request has the headers that were sent, without those that browsers
//     add. Where a preflight was recorded, it tells which are script's;
//   - credentials are included if a cookie was sent, or if only that explains
//     that a browser refused;
//   - a preflight that is not there was spared by the browser's cache, or not
//     recorded; it is taken to have allowed the request.
//
// What depends on an answer that is not in the archive is [Unknown].
func Judge(ctx context.Context, h *HAR) (*Judgement, error) {
	if h == nil {
		return nil, errors.New("har: Judge needs an archive")
	}
	j := &judging{log: &h.Log, taken: make([]bool, len(h.Log.Entries)), skipped: make(map[string][]int)}
	j.out.Browser, j.out.Profile = recorder(&h.Log)
	j.out.Entries = len(h.Log.Entries)
	j.out.Verdicts, j.out.Skipped = []Verdict{}, []Skip{}
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

// Why entries are not judged.
const (
	skipSameOrigin = "same-origin: CORS has no say"
	skipNavigation = "a navigation: CORS has no say"
	skipScheme     = "not HTTP(S)"
	skipSocket     = "a WebSocket: CORS has no say"
	skipPage       = "nothing tells which page asked"
	skipMode       = "mode same-origin"
)

var skips = []string{skipSameOrigin, skipNavigation, skipScheme, skipSocket, skipMode, skipPage}

// recorder is what recorded an archive, and the name of its profile.
func recorder(log *Log) (name, profile string) {
	by := log.Creator
	if log.Browser != nil && log.Browser.Name != "" {
		by = *log.Browser
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
	log     *Log
	out     Judgement
	entries []parsed
	taken   []bool // is part of a verdict, or not to be judged
	skipped map[string][]int
	paired  map[int]int // of Firefox: the preflight of a request

	requests   groups                   // by URL and page: those that are no preflights
	alike      groups                   // by URL and method: likewise, which would have the same preflight
	preflights groups                   // by URL and the method that they ask for
	pages      map[string]*origin.URL   // by their IDs
	askers     map[groupKey]*origin.URL // whose preflights those are
}

// tries is how many entries are looked at to find what belongs to another, of
// those that have its URL and method. The nearest counts.
const tries = 100

// A parsed is an entry as it is needed here.
type parsed struct {
	*Entry
	url       *origin.URL
	key       string // the URL without fragment
	sent      fetch.HeaderList
	got       fetch.HeaderList
	preflight bool
}

func (j *judging) parse(ctx context.Context) error {
	j.requests, j.alike, j.preflights = make(groups), make(groups), make(groups)
	j.pages, j.askers = make(map[string]*origin.URL), make(map[groupKey]*origin.URL)
	for i := range j.log.Entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		e := &j.log.Entries[i]
		u, err := origin.ParseURL(e.Request.URL)
		if err != nil { // Read refuses it
			u = new(origin.URL)
		}
		p := parsed{Entry: e, url: u, key: u.WithoutFragment(), sent: headers(e.Request.Headers), got: headers(e.Response.Headers), preflight: isPreflight(&e.Request)}
		j.entries = append(j.entries, p)
		if !p.preflight {
			j.requests.add(groupKey{url: p.key, page: e.Page}, i)
			j.alike.add(groupKey{url: p.key, method: e.Request.Method}, i)
			continue
		}
		method, _ := p.sent.Get("Access-Control-Request-Method")
		key := groupKey{url: p.key, method: method}
		j.preflights.add(key, i)
		if asking, _ := p.sent.Get("Origin"); j.askers[key] == nil {
			j.askers[key] = webPage(asking)
		}
	}
	for _, p := range j.log.Pages {
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

func (j *judging) isTaken(i int) bool { return j.taken[i] }

func (j *judging) skip(i int, reason string) {
	j.taken[i] = true
	j.skipped[reason] = append(j.skipped[reason], i)
}

// isScripts tells whether Chrome says that script asked.
func (e *parsed) isScripts() bool {
	kind := strings.ToLower(e.ResourceType)
	return kind == "fetch" || kind == "xhr"
}

// failed tells whether the browser said that a request failed.
func (e *parsed) failed() bool { return e.Response.Status == 0 || e.Response.Error != "" }

// judge judges the request that begins with an entry, if one does.
func (j *judging) judge(ctx context.Context, i int) {
	e := &j.entries[i]
	if j.taken[i] || e.preflight {
		return
	}
	fetchMode, _ := e.sent.Get("Sec-Fetch-Mode")
	kind := strings.ToLower(e.ResourceType)
	switch {
	case kind == "websocket", fetchMode == "websocket", e.url.Scheme() == "ws", e.url.Scheme() == "wss":
		j.skip(i, skipSocket)
		return
	case !e.url.IsHTTP():
		j.skip(i, skipScheme)
		return
	case kind == "document", fetchMode == "navigate", fetchMode == "nested-navigate":
		j.skip(i, skipNavigation)
		return
	case fetchMode == "same-origin":
		j.skip(i, skipMode)
		return
	}
	j.taken[i] = true
	hops := j.follow(i)
	page, from := j.page(e)
	crosses := func(n int) bool { return !j.entries[n].url.Origin().SameOrigin(page.Origin()) }
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
	v := Verdict{Entry: i, Hops: hops, Preflights: []int{}, Method: e.Request.Method, URL: text.RedactURL(e.key), Page: page.Origin().String(), PageFrom: from, Notes: []string{}}
	t := &trial{judging: j, verdict: &v, page: page, chain: append([]int{i}, hops...), sandboxed: from == fromSandbox}
	if t.sandboxed {
		v.Page, v.PageFrom = "null", fromOrigin
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
	if u := webPage(asking); u != nil {
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
	if e.Initiator != nil && e.Initiator.Type == "parser" {
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
		if j.taken[i] || !e.preflight || !e.url.IsHTTP() || ctx.Err() != nil {
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
			Notes: []string{"only the preflight is in the archive; the request is what it asks for"}}
		t := &trial{judging: j, verdict: &v, page: page, orphan: true, sandboxed: from == fromSandbox}
		if t.sandboxed {
			v.Page, v.PageFrom = "null", fromOrigin
		}
		t.run(ctx)
		j.out.Verdicts = append(j.out.Verdicts, v)
	}
}
