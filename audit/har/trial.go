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
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/headername"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

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
	as         fetch.Element // what asked, if it is not fetch() or XMLHttpRequest
	protocols  []string      // those that a WebSocket offered
	document   document
	prompted   map[string][]string // the profiles that ask their users, by the permission's name
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
	v.Headers = append([]string{}, t.request.Headers.Names()...)
	v.Mode = t.request.Mode
	v.Destination = cmp.Or(string(t.request.Destination), "empty")
	v.Recorded = t.recorded()
	v.Profiles = t.rulings(ctx)
	if d := &t.document; len(d.policies) > 0 || d.integrity != "" || d.allowlist != "" {
		t.withoutPolicies(ctx)
	}
	if v.Mode == fetch.CORS && t.request.Credentials != credentials.Include {
		t.withCredentials(ctx)
	}
	t.notePrompts()
	v.Credentials = t.request.Credentials
	v.Policies, v.IntegrityPolicy, v.ConnectionAllowlist = t.document.policies, t.document.integrity, t.document.allowlist
	v.AddressSpace = t.document.space
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
	refused := slices.IndexFunc(with, func(o Outcome) bool { return o.Ruling == rulingRefused })
	switch same := slices.EqualFunc(v.Profiles, with, func(a, b Outcome) bool { return a.Ruling == b.Ruling && a.Reason == b.Reason }); {
	case same || refused < 0:
	case own != nil && own.Profile == engine.Chromium().Name && !v.Recorded.Failed && t.own(with).Ruling == rulingRefused: // it would have said so
	case own != nil && own.Ruling != rulingRefused && t.own(with).Ruling == rulingRefused && v.Recorded.Failed && t.blames() && !t.orphan:
		v.Profiles = with
		t.note("the archive has no cookies; the request is assumed to have had credentials, since nothing else explains that it has no response")
		return
	default:
		t.note("the archive has no cookies; the request is judged as one without credentials; with credentials: %s", with[refused].Reason)
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
	if e.isSocket() {
		t.socket(e)
		return
	}
	dest, hasDest := e.sent.Get("Sec-Fetch-Dest")
	if !hasDest {
		dest = destinationOf(strings.ToLower(e.ResourceType))
	}
	mode, hasMode := e.sent.Get("Sec-Fetch-Mode")
	switch {
	case mode == "no-cors", !hasMode && e.isPing() && t.preflights[0] < 0:
		r.Mode = fetch.NoCORS
	case hasMode, e.sent.Contains("Origin"), t.preflights[0] >= 0, dest == "font", dest == "manifest":
	case e.isScripts(): // Chrome leaves headers out of what failed
	case e.Request.Method == "GET", e.Request.Method == "HEAD", e.Request.Method == "POST":
		r.Mode = fetch.NoCORS
	}
	// What no element could have sent is judged as script's.
	if d := fetch.Destination(dest); dest != "" && dest != "empty" && r.Method == "GET" && d.ElementMode(r.Mode) && t.preflights[0] < 0 {
		r.Destination, r.API = d, "element"
	}
	if r.Mode == fetch.NoCORS {
		r.Credentials = credentials.Include
		switch {
		case !hasMode && e.isPing():
			t.note("the mode is assumed to be no-cors, since nobody reads the response to a beacon, a report or a prefetch")
		case !hasMode:
			t.note("the mode is assumed to be no-cors, since there is no Origin")
		}
	} else {
		t.credentials(e)
	}
	if t.ownAPI(e) {
		return
	}
	if r.API == "element" {
		t.element()
	} else {
		t.headers(e)
	}
	if e.Request.PostData.Text != "" && e.Request.Method != "GET" && e.Request.Method != "HEAD" {
		r.Body = fetch.BytesBody([]byte(e.Request.PostData.Text), "")
	}
	t.mayListen()
}

// unsafeValue is a value with which a header needs the preflight that asked
// for it.
func unsafeValue(name string) string {
	if fold.Equal(name, "content-type") {
		return "application/json"
	}
	if fold.Equal(name, "range") {
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

// headers are those that script set.
func (t *trial) headers(e *parsed) {
	const shown = 10 // notes about what is missing
	var asked []string
	known := t.preflights[0] >= 0
	if known {
		list, _ := t.entries[t.preflights[0]].sent.Get("Access-Control-Request-Headers")
		for name := range strings.SplitSeq(list, ",") {
			asked = append(asked, fold.Lower(strings.Trim(name, " \t")))
		}
	}
	script := fold.NewSet(asked)
	for _, h := range e.sent {
		name := fold.Lower(h.Name)
		switch {
		case (*safelist.Rules)(nil).IsForbiddenRequestHeader(h.Name, h.Value), strings.HasPrefix(name, "sec-"), strings.HasPrefix(name, "x-forwarded-"):
			continue
		case script.Has(name):
		case name == "x-requested-with": // never a browser's across origins
		case headername.IsAddedByBrowsers(name):
			continue
		case name == "authorization" && known:
			continue // the browser's own, for it was not asked for
		case name == "authorization" && strings.HasPrefix(strings.ToLower(h.Value), "basic "):
			t.note("Authorization is assumed to be set by script; a browser that knows a password also sends it")
		}
		t.request.Headers = append(t.request.Headers, h)
	}
	missing := 0
	var index fold.Index
	at := func(i int) string { return t.request.Headers[i].Name }
	for _, name := range asked {
		if name == "" || index.First(len(t.request.Headers), at, name) >= 0 {
			continue
		}
		if missing++; missing <= shown {
			t.note("%s is not in the archive, and the preflight asks for it", text.Clean(name))
		}
		t.request.Headers = append(t.request.Headers, safelist.Header{Name: name, Value: unsafeValue(name)})
	}
	if missing > shown {
		t.note("the same is true of %d more headers", missing-shown)
	}
}

// mayListen forces a preflight if one was recorded that nothing else calls
// for: that of an XMLHttpRequest with a listener on its upload.
func (t *trial) mayListen() {
	if len(t.preflights) == 0 || t.preflights[0] < 0 || t.request.API != "" {
		return
	}
	rules := fetch.Standard().Safelist
	if p, err := engine.ByName(t.out.Profile); err == nil {
		rules = p.Safelist
	}
	if !rules.NeedsPreflight(safelist.NormalizeMethod(t.request.Method), t.request.Headers, false) {
		t.request.API, t.request.UploadListener = "xhr", true
		t.note("only an upload listener of an XMLHttpRequest explains the preflight")
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
	t.prompted = nil
	for _, p := range engine.Profiles() {
		all = append(all, t.ruling(ctx, p))
	}
	return all
}

func (t *trial) ruling(ctx context.Context, p *fetch.Profile) Outcome {
	out := Outcome{Profile: p.Name, Ruling: rulingUnknown}
	if ctx.Err() != nil {
		return out
	}
	started, err := time.Parse(time.RFC3339, t.entries[t.verdict.Entry].Started)
	if err != nil {
		started = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	}
	network := &archive{trial: t, answered: -1}
	asked := &user{no: t.recordedAs("local-network-access")}
	agent, err := fetch.NewAgent(&fetch.Options{Profile: p, Transport: network, Schemes: t.schemes(), DisableCookies: true, Now: func() time.Time { return started }, Permissions: &fetch.Permissions{Ask: asked.ask}})
	if err != nil {
		return out
	}
	page, err := agent.Environment(&fetch.EnvironmentOptions{
		URL: t.page.String(), Sandboxed: t.sandboxed, ContentSecurityPolicy: t.document.policies, IntegrityPolicy: t.document.integrity,
		ConnectionAllowlist: t.document.allowlist, AddressSpace: t.document.space,
	})
	if err != nil {
		return out
	}
	err = t.make(ctx, page)
	for _, name := range asked.asked {
		if t.prompted == nil {
			t.prompted = make(map[string][]string)
		}
		t.prompted[name] = append(t.prompted[name], p.Name)
	}
	if err == nil {
		out.Ruling = rulingAllowed
		return out
	}
	refusal, ok := errors.AsType[*fetch.Error](err)
	switch {
	case !ok, refusal.Reason == fetch.Aborted:
		return out
	case refusal.Stage == "construct" && refusal.Exception() != "SecurityError":
		t.note("the request can't be made anew: %s", refusal.Reason)
		return out
	case refusal.Reason == fetch.NetworkFailure:
		return out
	}
	x := refusal.ExplainWith(t.evidence(network.answered))
	out.Ruling, out.Reason, out.err = rulingRefused, refusal.Reason.String(), refusal
	out.Summary, out.Did, out.Rule, out.Section, out.By, out.Fix = x.Summary, x.Did, x.Rule, x.Section, x.By, x.Fix
	out.Cause, out.NotCORS, out.Behind, out.Advice = x.Cause, x.NotCORS, x.Behind, x.Advice
	out.Console = engine.Console(refusal)[p.Name]
	for _, h := range x.Headers {
		out.Headers = append(out.Headers, [2]string{h.Name, h.Value})
	}
	return out
}

// make has a page make the request. A refusal to take the response is an error.
func (t *trial) make(ctx context.Context, page *fetch.Environment) error {
	if t.as == "websocket" {
		resp, err := page.WebSocket(ctx, t.request.URL, t.protocols...)
		if err != nil {
			return err
		}
		return resp.Body.Close()
	}
	request := t.request
	resp, err := page.Fetch(ctx, &request)
	if err != nil {
		return err
	}
	resp.Body.Close()
	if refusal := t.as.Receive(resp); refusal != nil {
		return refusal
	}
	return nil
}

// errNotThere is the answer to what the archive has none of.
var errNotThere = errors.New("the archive has no response to that")

// An archive is the network on which servers answer as they did.
type archive struct {
	*trial
	hop      int
	answered int // the entry whose response was the last; -1 is none
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
		if own := a.entries[a.chain[n]].key; own != key && !(r.WebSocket && own == "ws"+strings.TrimPrefix(key, "http")) {
			continue
		}
		if !r.Preflight {
			a.hop = n + 1
			if a.entries[a.chain[n]].isInternal() {
				return a.passing(r, a.chain[n]), nil
			}
			if err := a.dial(r, a.chain[n]); err != nil {
				return nil, err
			}
			if resp, err := a.answer(a.chain[n]); err != nil || !r.WebSocket {
				return resp, err
			} else {
				return a.switched(r, resp), nil
			}
		}
		if p := a.preflights[n]; p >= 0 {
			if err := a.dial(r, p); err != nil {
				return nil, err
			}
			return a.answer(p)
		}
		a.note("its preflight is not in the archive: it was saved by the browser's cache, or not recorded; it is assumed to have allowed the request")
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

// passing is a redirect of the browser's own, which no check applies to: Chromium
// gives it the headers that pass.
func (a *archive) passing(r *fetch.NetworkRequest, i int) *fetch.NetworkResponse {
	a.note("entry %d is a redirect that the browser made itself (HSTS, an extension)", i)
	resp := allowing(r)
	resp.Status = 307
	location, _ := a.entries[i].got.Get("Location")
	resp.Headers.Append("Location", location)
	return resp
}

// answer is the response of an entry.
func (a *archive) answer(i int) (*fetch.NetworkResponse, error) {
	e := &a.entries[i]
	status := e.Response.Status
	a.answered = i
	switch {
	case status == 0 && len(e.got) == 0:
		a.note("entry %d has no response: the browser hid it, or there was none", i)
		return nil, errNotThere
	case status == 0:
		a.note("entry %d has headers but no status; 200 is assumed", i)
		status = 200
	case status == 304 && a.request.Mode != fetch.NoCORS && !e.got.Contains("Access-Control-Allow-Origin"):
		a.note("entry %d was answered from the browser's HTTP cache, whose headers are not in the archive", i)
		return nil, errNotThere
	case status == 304:
		status = 200
	}
	got := slices.DeleteFunc(slices.Clone(e.got), func(h safelist.Header) bool { // there is no body to go with them
		return fold.Equal(h.Name, "Content-Length") || fold.Equal(h.Name, "Content-Encoding")
	})
	return &fetch.NetworkResponse{Status: status, StatusText: raw(e.Response.StatusText), Headers: got}, nil
}

// schemes are those of the page, if it is an embedder's: its pages have an origin
// there.
func (t *trial) schemes() *origin.Schemes {
	if t.page.IsHTTP() {
		return nil
	}
	own, err := origin.NewSchemes(t.page.Scheme())
	if err != nil {
		return nil
	}
	return own
}

// evidence is what an entry shows besides its headers.
func (t *trial) evidence(i int) *fetch.Evidence {
	if i < 0 {
		return &fetch.Evidence{Server: t.server}
	}
	e := &t.entries[i]
	known := &fetch.Evidence{Server: t.server, Body: e.body(), FromCache: e.cache(t.out.Profile == engine.Firefox().Name)}
	if e.preflight {
		known.Others = t.otherPreflights(i)
	}
	asking, _ := e.sent.Get("Origin")
	if n, ok := t.lets[groupKey{url: e.url.Origin().String(), asking: asking}]; ok && t.entries[n].key != e.key {
		known.Elsewhere = t.entries[n].Request.Method + " " + text.RedactURL(t.entries[n].key)
	}
	if known.FromCache == "" {
		return known
	}
	never := func(int) bool { return false }
	if before := t.plain.last(groupKey{url: e.key, method: e.Request.Method}, i-1, never); before >= 0 {
		what := destinationOf(t.entries[before].kind())
		if dest, ok := t.entries[before].sent.Get("Sec-Fetch-Dest"); ok {
			what = dest
		}
		known.StoredFor = fmt.Sprintf("entry %d, which was sent without Origin", before)
		if what != "" && what != "empty" {
			known.StoredFor += " (destination " + what + ", without crossorigin)"
		}
	}
	return known
}

// otherPreflights are the preflights of the same page for the URL of one, up to the
// nearest ten on each side.
func (t *trial) otherPreflights(i int) []fetch.OtherPreflight {
	const most = 10
	e := &t.entries[i]
	asking, _ := e.sent.Get("Origin")
	key := groupKey{url: e.key, asking: asking}
	never := func(int) bool { return false }
	var all []fetch.OtherPreflight
	add := func(n int) {
		p := &t.entries[n]
		method, _ := p.sent.Get("Access-Control-Request-Method")
		names, _ := p.sent.Get("Access-Control-Request-Headers")
		o := fetch.OtherPreflight{Method: method, Allowed: p.letsIn(asking)}
		for name := range strings.SplitSeq(names, ",") {
			if name = strings.Trim(name, " \t"); name != "" {
				o.Headers = append(o.Headers, name)
			}
		}
		all = append(all, o)
	}
	for n, left := t.siblings.last(key, i-1, never), most; n >= 0 && left > 0; n, left = t.siblings.last(key, n-1, never), left-1 {
		add(n)
	}
	for n, left := t.siblings.next(key, i+1, never), most; n >= 0 && left > 0; n, left = t.siblings.next(key, n+1, never), left-1 {
		add(n)
	}
	return all
}

// blames tells whether what was recorded of the request can be the work of CORS.
func (t *trial) blames() bool {
	return t.last().blames()
}

// last is the entry in which the request ended.
func (t *trial) last() *parsed {
	if len(t.chain) > 0 {
		return &t.entries[t.chain[len(t.chain)-1]]
	}
	return &t.entries[t.verdict.Entry]
}

// failure is what the browser names as the reason why the request failed: the
// request's own error, or that of its preflight.
func (t *trial) failure() *engine.Cause {
	c := t.last().cause
	if c == nil || c.Silent {
		for _, p := range t.preflights {
			if p >= 0 && t.entries[p].cause != nil && !t.entries[p].cause.Silent {
				return t.entries[p].cause
			}
		}
	}
	if e := t.last(); e.failed() && (c == nil || c.Silent) {
		switch {
		case e.byWorker():
			return engine.CauseOf("NS_ERROR_INTERCEPTION_FAILED")
		case e.Response.Status == 0 && e.SecurityState == "broken":
			return engine.CauseOf("SSL_ERROR_")
		}
	}
	return c
}

// recordedAs tells whether the browser names a cause for the request's failure.
func (t *trial) recordedAs(cause string) bool {
	c := t.failure()
	return c != nil && c.Name == cause
}

// compare sets what the browser recorded beside what its profile says. Only
// Chrome says of an answer that the page didn't get it: Firefox and Safari
// record the answer all the same.
func (t *trial) compare() {
	v := t.verdict
	failure := t.failure()
	own := t.own(v.Profiles)
	refused := own != nil && own.Ruling == rulingRefused && t.blames() // which says more than the error does
	switch {
	case failure == nil, failure.Silent, refused:
	case failure == engine.CauseOf("net::ERR_ABORTED") && t.last().Response.Status != 0: // Chrome writes that of a response whose body nobody reads, too
		t.note("%s: the response was there, and the rest of it was not read", text.Clean(v.Recorded.Error))
	default:
		fill := strings.NewReplacer("{url}", v.URL, "{page}", v.Page)
		v.Recorded.Cause, v.Recorded.NotCORS = failure.Name, !failure.Answered
		v.Recorded.Problem, v.Recorded.By, v.Recorded.Fix = strings.TrimSuffix(fill.Replace(failure.Problem), " This is not CORS."), failure.By, fill.Replace(failure.Fix)
	}
	if own == nil {
		return
	}
	if byFirefox := own.Profile == engine.Firefox().Name; byFirefox && own.Ruling == rulingRefused && own.Cause == "browser-cache" {
		t.note("Firefox records a response of a service worker in the same way as one of its cache; if a service worker answered, CORS has no say in it")
	}
	switch {
	case own.Ruling == rulingUnknown && v.Recorded.Failed && v.Recorded.Cause == "" && !t.orphan:
		t.note("the archive does not say whether CORS was the reason: it has no response to judge, and a server that can't be reached looks the same")
	case own.Ruling == rulingAllowed && v.Recorded.Failed && t.blames() && !t.orphan:
		v.Disagreement = fmt.Sprintf("the browser recorded a failure (%s), but by its profile the page gets the response", cmp.Or(text.Clean(v.Recorded.Error), "status 0"))
	case own.Ruling == rulingRefused && errors.Is(own.err, fetch.ElementRefused): // the response was there, and was not what was wanted
	case own.Ruling == rulingRefused && !v.Recorded.Failed && own.Profile == engine.Chromium().Name && v.Mode == fetch.CORS:
		v.Disagreement = "the browser recorded no failure, with status " + strconv.Itoa(v.Recorded.Status) + ", but by its profile the page gets nothing (" + own.Reason + "). " +
			"An extension that changes headers, a browser with web security turned off, and an embedder such as Electron explain that"
	}
}
