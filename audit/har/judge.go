package har

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
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
	Profiles    []Outcome        `json:"profiles"` // one each of [fetch.Profiles]

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
// each of [fetch.Profiles]: the engine makes it anew and gets the answers that
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
	j.parse()
	if j.out.Profile == fetch.Firefox().Name {
		j.pair()
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
		return strings.TrimSpace("Firefox " + by.Version), fetch.Firefox().Name
	case lower == "webinspector": // its version is no browser's
		return "Chromium", fetch.Chromium().Name
	case strings.Contains(lower, "chrom"), strings.Contains(lower, "edge"):
		return strings.TrimSpace(by.Name + " " + by.Version), fetch.Chromium().Name
	case strings.Contains(lower, "webkit"), strings.Contains(lower, "safari"):
		return "WebKit", fetch.WebKit().Name
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
}

// A parsed is an entry as it is needed here.
type parsed struct {
	*Entry
	url       *origin.URL
	key       string // the URL without fragment
	sent      fetch.HeaderList
	got       fetch.HeaderList
	preflight bool
}

func (j *judging) parse() {
	for i := range j.log.Entries {
		e := &j.log.Entries[i]
		u, err := origin.ParseURL(e.Request.URL)
		if err != nil { // Read refuses it
			u = new(origin.URL)
		}
		j.entries = append(j.entries, parsed{
			Entry: e, url: u, key: u.WithoutFragment(), sent: headers(e.Request.Headers), got: headers(e.Response.Headers), preflight: isPreflight(&e.Request),
		})
	}
}

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
		next := -1
		for n := at + 1; n < len(j.entries); n++ {
			if o := &j.entries[n]; !j.taken[n] && !o.preflight && o.key == key && o.Page == e.Page {
				next = n
				break
			}
		}
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
	parse := func(s string) *origin.URL {
		u, err := origin.ParseURL(s)
		if err != nil || !u.IsHTTP() {
			return nil
		}
		return u
	}
	asking, _ := e.sent.Get("Origin")
	if u := parse(asking); u != nil {
		return u, fromOrigin
	}
	if asking == "null" {
		u := parse("https://sandboxed.invalid/")
		return u, fromSandbox
	}
	if !e.preflight && e.failed() { // Chrome shows not all headers of what was not sent, but those of its preflight
		for i := range j.entries {
			p := &j.entries[i]
			if method, _ := p.sent.Get("Access-Control-Request-Method"); !p.preflight || p.key != e.key || method != e.Request.Method {
				continue
			}
			asking, _ := p.sent.Get("Origin")
			if u := parse(asking); u != nil {
				return u, fromOrigin
			}
		}
	}
	if referer, _ := e.sent.Get("Referer"); parse(referer) != nil {
		return parse(referer), fromReferer
	}
	for _, p := range j.log.Pages {
		if u := parse(p.Title); p.ID == e.Entry.Page && u != nil {
			return u, fromPage
		}
	}
	if e.Initiator != nil && e.Initiator.Type == "parser" && parse(e.Initiator.URL) != nil {
		return parse(e.Initiator.URL), fromInitiator
	}
	return nil, ""
}

// pair finds the requests of Firefox's preflights: it lists a request when it
// begins, which is before its preflight. Preflights that failed choose first,
// as only a request without an answer can be theirs.
func (j *judging) pair() {
	j.paired = make(map[int]int)
	for _, failed := range []bool{true, false} {
		for n := range j.entries {
			p := &j.entries[n]
			if !p.preflight || p.failedPreflight() != failed {
				continue
			}
			for i := n - 1; i >= 0; i-- {
				if _, has := j.paired[i]; !has && p.comesFirst(&j.entries[i]) {
					j.paired[i] = n
					break
				}
			}
		}
	}
}

func (p *parsed) failedPreflight() bool { return p.Response.Status < 200 || p.Response.Status > 299 }

// comesFirst tells whether a preflight of Firefox's can be that of a request.
func (p *parsed) comesFirst(e *parsed) bool {
	if e.preflight || p.key != e.key {
		return false
	}
	method, _ := p.sent.Get("Access-Control-Request-Method")
	asking, _ := p.sent.Get("Origin")
	if from, _ := e.sent.Get("Origin"); method != e.Request.Method || asking != from {
		return false
	}
	if p.failedPreflight() && e.Response.Status != 0 {
		return false
	}
	names, _ := p.sent.Get("Access-Control-Request-Headers")
	for name := range strings.SplitSeq(names, ",") {
		if name = strings.Trim(name, " \t"); name != "" && !e.sent.Contains(name) {
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
	last := i
	if j.out.Profile == fetch.Chromium().Name { // up to the next request of the kind, whose it may be
		for last++; last < len(j.entries) && !j.entries[last].alike(e); last++ {
		}
		last--
	}
	best := -1
	for n := range j.entries[:last+1] {
		p := &j.entries[n]
		if !p.preflight || j.taken[n] || p.key != e.key {
			continue
		}
		method, _ := p.sent.Get("Access-Control-Request-Method")
		if from, _ := p.sent.Get("Origin"); method != e.Request.Method || hasOrigin && from != asking {
			continue
		}
		if best < 0 || abs(n-i) < abs(best-i) {
			best = n
		}
	}
	if best >= 0 {
		j.taken[best] = true
	}
	return best
}

// alike tells whether two requests would have the same preflight.
func (e *parsed) alike(o *parsed) bool {
	return !e.preflight && e.key == o.key && e.Request.Method == o.Request.Method
}

func abs(n int) int { return max(n, -n) }

// orphans judges the preflights after which nothing was recorded, as the
// requests that they asked for.
func (j *judging) orphans(ctx context.Context) {
	for i := range j.entries {
		e := &j.entries[i]
		if j.taken[i] || !e.preflight || !e.url.IsHTTP() {
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

// A trial plays one request.
type trial struct {
	*judging
	verdict    *Verdict
	page       *origin.URL
	sandboxed  bool
	orphan     bool  // chain is empty: there is a preflight and nothing else
	chain      []int // the entries of the request and its redirects
	preflights []int // of each of the chain, or -1
	request    fetch.Request
}

func (t *trial) note(format string, args ...any) {
	if note := fmt.Sprintf(format, args...); !slices.Contains(t.verdict.Notes, note) {
		t.verdict.Notes = append(t.verdict.Notes, note)
	}
}

func (t *trial) run(ctx context.Context) {
	v := t.verdict
	if t.orphan {
		t.preflights = v.Preflights
	}
	for _, i := range t.chain {
		p := t.preflightOf(i)
		t.preflights = append(t.preflights, p)
		if p >= 0 {
			v.Preflights = append(v.Preflights, p)
		}
	}
	t.prepare()
	v.Mode = t.request.Mode
	v.Destination = cmp.Or(string(t.request.Destination), "empty")
	v.Recorded = t.recorded()
	v.Profiles = t.rulings(ctx)
	if v.Mode == fetch.CORS && t.request.Credentials != credentials.Include {
		t.withCredentials(ctx)
	}
	v.Credentials = t.request.Credentials
	t.compare()
}

// withCredentials judges a request again of which nothing tells that it had
// credentials, and takes it for one that had if only that explains what the
// browser did.
func (t *trial) withCredentials(ctx context.Context) {
	v := t.verdict
	own := t.own(v.Profiles)
	t.request.Credentials = credentials.Include
	with := t.rulings(ctx)
	refused := slices.IndexFunc(with, func(o Outcome) bool { return o.Ruling == Refused })
	switch same := slices.EqualFunc(v.Profiles, with, func(a, b Outcome) bool { return a.Ruling == b.Ruling && a.Reason == b.Reason }); {
	case same || refused < 0:
	case own != nil && own.Profile == fetch.Chromium().Name && !v.Recorded.Failed && t.own(with).Ruling == Refused: // it would have said so
	case own != nil && own.Ruling != Refused && t.own(with).Ruling == Refused && v.Recorded.Failed && blames(v.Recorded.Error):
		v.Profiles = with
		t.note("no cookie is in the archive; the request is taken to have had credentials, for without them nothing explains that it has no answer")
		return
	default:
		t.note("no cookie is in the archive, so that the request is judged as one without credentials; with them: %s", with[refused].Reason)
	}
	t.request.Credentials = credentials.SameOrigin
}

// own is the outcome of the profile of the browser that recorded the archive.
func (t *trial) own(all []Outcome) *Outcome {
	for i := range all {
		if all[i].Profile == t.out.Profile {
			return &all[i]
		}
	}
	return nil
}

// prepare makes the request from what was sent.
func (t *trial) prepare() {
	r := &t.request
	first := t.verdict.Entry
	e := &t.entries[first]
	r.URL, r.Method = e.key, t.verdict.Method
	r.Mode, r.Credentials = fetch.CORS, credentials.SameOrigin
	if t.orphan {
		asked, _ := e.sent.Get("Access-Control-Request-Headers")
		for name := range strings.SplitSeq(asked, ",") {
			if name = strings.Trim(name, " \t"); name != "" {
				r.Headers = append(r.Headers, safelist.Header{Name: name, Value: unsafeValue(name)})
			}
		}
		t.mayListen()
		return
	}
	dest, hasDest := e.sent.Get("Sec-Fetch-Dest")
	if !hasDest {
		dest = destinationOf(strings.ToLower(e.ResourceType))
	}
	mode, hasMode := e.sent.Get("Sec-Fetch-Mode")
	switch {
	case mode == "no-cors":
		r.Mode = fetch.NoCORS
	case hasMode, e.sent.Contains("Origin"), t.preflights[0] >= 0, dest == "font", dest == "manifest":
	case e.isScripts(): // Chrome leaves headers out of what failed
	case e.Request.Method == "GET", e.Request.Method == "HEAD", e.Request.Method == "POST":
		r.Mode = fetch.NoCORS
	}
	// What no element could have sent is judged as script's.
	if d := fetch.Destination(dest); dest != "" && dest != "empty" && r.Method == "GET" && d.ElementMode(r.Mode) && t.preflights[0] < 0 {
		r.Destination, r.API = d, fetch.APIElement
	}
	if r.Mode == fetch.NoCORS {
		r.Credentials = credentials.Include
		if !hasMode {
			t.note("the mode is taken to be no-cors, as there is no Origin")
		}
	} else {
		t.credentials(e)
	}
	if r.API != fetch.APIElement {
		t.headers(e)
	}
	if e.Request.PostData != nil && e.Request.Method != "GET" && e.Request.Method != "HEAD" {
		r.Body = fetch.BytesBody([]byte(e.Request.PostData.Text))
	}
	t.mayListen()
}

// unsafeValue is a value with which a header needs the preflight that asked
// for it.
func unsafeValue(name string) string {
	if safelist.EqualFold(name, "content-type") {
		return "application/json"
	}
	if safelist.EqualFold(name, "range") {
		return "bytes=-1"
	}
	return `"`
}

// credentials finds out whether a request in mode cors had credentials.
func (t *trial) credentials(e *parsed) {
	storage := e.sent.Contains("Sec-Fetch-Storage-Access") // which goes with credentials only
	switch {
	case e.sent.Contains("Cookie") || len(e.Request.Cookies) > 0 || storage:
		t.request.Credentials = credentials.Include
	case t.page != nil && len(t.chain) > 1 && slices.ContainsFunc(t.chain[1:], func(i int) bool { return t.entries[i].sent.Contains("Cookie") }):
		t.request.Credentials = credentials.Include
	}
}

// byBrowsers are headers that browsers add to requests, and that script could
// set as well.
var byBrowsers = []string{
	"accept", "accept-language", "cache-control", "downlink", "dpr", "ect", "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since",
	"pragma", "priority", "purpose", "range", "rtt", "save-data", "upgrade-insecure-requests", "user-agent", "viewport-width", "width", "x-client-data", "x-requested-with",
}

// headers are those that script set.
func (t *trial) headers(e *parsed) {
	var asked []string
	known := t.preflights[0] >= 0
	if known {
		list, _ := t.entries[t.preflights[0]].sent.Get("Access-Control-Request-Headers")
		for name := range strings.SplitSeq(list, ",") {
			asked = append(asked, safelist.ByteLowercase(strings.Trim(name, " \t")))
		}
	}
	for _, h := range e.sent {
		name := safelist.ByteLowercase(h.Name)
		switch {
		case (*safelist.Rules)(nil).IsForbiddenRequestHeader(h.Name, h.Value), strings.HasPrefix(name, "sec-"), strings.HasPrefix(name, "x-forwarded-"):
			continue
		case slices.Contains(asked, name):
		case name == "x-requested-with": // never a browser's across origins
		case slices.Contains(byBrowsers, name):
			continue
		case name == "authorization" && known:
			continue // the browser's own, for it was not asked for
		case name == "authorization" && strings.HasPrefix(strings.ToLower(h.Value), "basic "):
			t.note("Authorization is taken to be script's; a browser that knows a password sends it as well")
		}
		t.request.Headers = append(t.request.Headers, h)
	}
	for _, name := range asked {
		if name != "" && !t.request.Headers.Contains(name) {
			t.note("%s is not in the archive, and the preflight asks for it", text.Clean(name))
			t.request.Headers = append(t.request.Headers, safelist.Header{Name: name, Value: unsafeValue(name)})
		}
	}
}

// mayListen forces a preflight if one was recorded that nothing else calls
// for: that of an XMLHttpRequest with a listener on its upload.
func (t *trial) mayListen() {
	if len(t.preflights) == 0 || t.preflights[0] < 0 || t.request.API != "" {
		return
	}
	rules := fetch.Standard().Safelist
	if p, err := fetch.ProfileByName(t.out.Profile); err == nil {
		rules = p.Safelist
	}
	if !rules.NeedsPreflight(safelist.NormalizeMethod(t.request.Method), t.request.Headers, false) {
		t.request.API, t.request.UploadListener = fetch.APIXHR, true
		t.note("nothing but a listener on the upload of an XMLHttpRequest explains the preflight")
	}
}

// destinationOf is the destination of a resource type of Chrome's.
func destinationOf(kind string) string {
	switch kind {
	case "stylesheet":
		return "style"
	case "script", "image", "font", "manifest":
		return kind
	case "media":
		return "video"
	case "texttrack":
		return "track"
	}
	return "empty"
}

// recorded is what the archive says came of it.
func (t *trial) recorded() Recorded {
	last := t.verdict.Entry
	if len(t.chain) > 0 {
		last = t.chain[len(t.chain)-1]
	}
	e := &t.entries[last]
	if t.orphan {
		return Recorded{Error: text.Redact(e.Response.Error), Failed: true}
	}
	return Recorded{Status: e.Response.Status, Error: text.Redact(e.Response.Error), Failed: e.failed()}
}

// rulings plays the request under each profile.
func (t *trial) rulings(ctx context.Context) []Outcome {
	var all []Outcome
	for _, p := range fetch.Profiles() {
		all = append(all, t.ruling(ctx, p))
	}
	return all
}

func (t *trial) ruling(ctx context.Context, p *fetch.Profile) Outcome {
	out := Outcome{Profile: p.Name, Ruling: Unknown}
	started, err := time.Parse(time.RFC3339, t.entries[t.verdict.Entry].Started)
	if err != nil {
		started = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	}
	agent, err := fetch.NewAgent(&fetch.Options{Profile: p, Transport: &archive{trial: t}, DisableCookies: true, Now: func() time.Time { return started }})
	if err != nil {
		return out
	}
	page, err := agent.Environment(&fetch.EnvironmentOptions{URL: t.page.String(), Sandboxed: t.sandboxed})
	if err != nil {
		return out
	}
	request := t.request
	resp, err := page.Fetch(ctx, &request)
	if err == nil {
		resp.Body.Close()
		out.Ruling = Allowed
		return out
	}
	refusal, ok := errors.AsType[*fetch.Error](err)
	switch {
	case !ok, refusal.Reason == fetch.Aborted:
		return out
	case refusal.Stage == fetch.StageConstruct:
		t.note("the request can't be made anew: %s", refusal.Reason)
		return out
	case refusal.Reason == fetch.NetworkFailure:
		return out
	}
	x := refusal.Explain()
	out.Ruling, out.Reason, out.err = Refused, refusal.Reason.String(), refusal
	out.Summary, out.Did, out.Rule, out.Section, out.By, out.Fix = x.Summary, x.Did, x.Rule, x.Section, x.By, x.Fix
	out.Console = x.Console[fetch.Engine(p.Name)]
	for _, h := range x.Headers {
		out.Headers = append(out.Headers, [2]string{h.Name, h.Value})
	}
	return out
}

// errNotThere is the answer to what the archive has none of.
var errNotThere = errors.New("the archive has no answer to that")

// An archive is the network on which servers answer as they did.
type archive struct {
	*trial
	hop int
}

// RoundTrip answers from the archive.
func (a *archive) RoundTrip(_ context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	if r.Body != nil {
		r.Body.Close()
	}
	if a.orphan {
		if r.Preflight {
			return a.answer(a.verdict.Entry)
		}
		return nil, errNotThere
	}
	key := r.URL.WithoutFragment()
	for n := a.hop; n < len(a.chain); n++ {
		if a.entries[a.chain[n]].key != key {
			continue
		}
		if !r.Preflight {
			a.hop = n + 1
			return a.answer(a.chain[n])
		}
		if p := a.preflights[n]; p >= 0 {
			return a.answer(p)
		}
		a.note("its preflight is not in the archive: spared by the browser's cache, or not recorded; it is taken to have allowed the request")
		return allowing(r), nil
	}
	return nil, errNotThere
}

// allowing is the answer to a preflight that allows what it asks for.
func allowing(r *fetch.NetworkRequest) *fetch.NetworkResponse {
	asking, _ := r.Headers.Get("Origin")
	resp := &fetch.NetworkResponse{Status: 204}
	resp.Headers.Append("Access-Control-Allow-Origin", asking)
	resp.Headers.Append("Access-Control-Allow-Credentials", "true")
	if method, ok := r.Headers.Get("Access-Control-Request-Method"); ok {
		resp.Headers.Append("Access-Control-Allow-Methods", method)
	}
	if names, ok := r.Headers.Get("Access-Control-Request-Headers"); ok {
		resp.Headers.Append("Access-Control-Allow-Headers", names)
	}
	return resp
}

// answer is the response of an entry.
func (a *archive) answer(i int) (*fetch.NetworkResponse, error) {
	e := &a.entries[i]
	status := e.Response.Status
	switch {
	case status == 0 && len(e.got) == 0:
		a.note("entry %d has no answer: the browser hid it, or there was none", i)
		return nil, errNotThere
	case status == 0:
		a.note("entry %d has headers and no status; it is judged as 200", i)
		status = 200
	case status == 304 && !e.got.Contains("Access-Control-Allow-Origin"):
		a.note("entry %d was answered out of the browser's HTTP cache, whose headers the archive does not have", i)
		return nil, errNotThere
	case status == 304:
		status = 200
	}
	got := slices.DeleteFunc(slices.Clone(e.got), func(h safelist.Header) bool { // there is no body to go with them
		return safelist.EqualFold(h.Name, "Content-Length") || safelist.EqualFold(h.Name, "Content-Encoding") || safelist.EqualFold(h.Name, "Set-Cookie")
	})
	return &fetch.NetworkResponse{Status: status, StatusText: raw(e.Response.StatusText), Headers: got}, nil
}

// blames tells whether an error of the browser's can be one of CORS.
func blames(failure string) bool {
	switch failure {
	case "", "net::ERR_FAILED", "net::ERR_BLOCKED_BY_RESPONSE":
		return true
	}
	return !strings.HasPrefix(failure, "net::")
}

// failures are Chrome's errors that have to do with something else.
var failures = []struct{ prefix, means string }{
	{"net::ERR_BLOCKED_BY_CLIENT", "an extension or a setting of the browser's blocked it"},
	{"net::ERR_BLOCKED_BY_ADMINISTRATOR", "a policy of the browser's owner blocked it"},
	{"net::ERR_BLOCKED_BY_ORB", "the browser hid an answer that it took for data (opaque response blocking)"},
	{"net::ERR_BLOCKED_BY_RESPONSE", "Cross-Origin-Resource-Policy, or the page's embedder policy, blocked it"},
	{"net::ERR_ABORTED", "the page gave it up, or was left"},
	{"net::ERR_CERT_", "the server's certificate was not accepted"},
	{"net::ERR_SSL_", "TLS failed"},
	{"net::ERR_NAME_NOT_RESOLVED", "the server's name was not found"},
	{"net::ERR_CONNECTION_", "the server was not reached"},
	{"net::ERR_ADDRESS_UNREACHABLE", "the server was not reached"},
	{"net::ERR_INTERNET_DISCONNECTED", "the network was down"},
	{"net::ERR_NETWORK_CHANGED", "the network changed"},
	{"net::ERR_TIMED_OUT", "the server did not answer in time"},
	{"net::ERR_EMPTY_RESPONSE", "the server closed the connection without an answer"},
	{"net::ERR_UNSAFE_PORT", "browsers block that port"},
}

// compare sets what the browser recorded beside what its profile says. Only
// Chrome says of an answer that the page didn't get it: Firefox and Safari
// record the answer all the same.
func (t *trial) compare() {
	v := t.verdict
	known := false
	for _, f := range failures {
		if strings.HasPrefix(v.Recorded.Error, f.prefix) {
			known = true
			t.note("%s: %s", text.Clean(v.Recorded.Error), f.means)
		}
	}
	own := t.own(v.Profiles)
	if own == nil {
		return
	}
	switch {
	case own.Ruling == Unknown && v.Recorded.Failed && !known && !t.orphan:
		t.note("the archive doesn't say whether CORS was the reason: it has no answer to judge, and a server that can't be reached looks the same")
	case own.Ruling == Allowed && v.Recorded.Failed && blames(v.Recorded.Error) && !t.orphan:
		v.Disagreement = fmt.Sprintf("the browser recorded a failure (%s), and by its profile the page gets the answer", cmp.Or(text.Clean(v.Recorded.Error), "status 0"))
	case own.Ruling == Refused && !v.Recorded.Failed && own.Profile == fetch.Chromium().Name && v.Mode == fetch.CORS:
		v.Disagreement = "the browser recorded no failure, with status " + strconv.Itoa(v.Recorded.Status) + ", and by its profile the page gets nothing (" + own.Reason + ")"
	}
}
