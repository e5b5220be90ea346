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
	case own != nil && own.Profile == engine.Chromium().Name && !v.Recorded.Failed && t.own(with).Ruling == Refused: // it would have said so
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
	const shown = 10 // notes about what is missing
	var asked []string
	known := t.preflights[0] >= 0
	if known {
		list, _ := t.entries[t.preflights[0]].sent.Get("Access-Control-Request-Headers")
		for name := range strings.SplitSeq(list, ",") {
			asked = append(asked, safelist.ByteLowercase(strings.Trim(name, " \t")))
		}
	}
	script := fold.NewSet(asked)
	for _, h := range e.sent {
		name := safelist.ByteLowercase(h.Name)
		switch {
		case (*safelist.Rules)(nil).IsForbiddenRequestHeader(h.Name, h.Value), strings.HasPrefix(name, "sec-"), strings.HasPrefix(name, "x-forwarded-"):
			continue
		case script.Has(name):
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
		t.note("so it is with %d headers more", missing-shown)
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
	for _, p := range engine.Profiles() {
		all = append(all, t.ruling(ctx, p))
	}
	return all
}

func (t *trial) ruling(ctx context.Context, p *fetch.Profile) Outcome {
	out := Outcome{Profile: p.Name, Ruling: Unknown}
	if ctx.Err() != nil {
		return out
	}
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
	out.Console = engine.Console(refusal)[p.Name]
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
	case own.Ruling == Refused && !v.Recorded.Failed && own.Profile == engine.Chromium().Name && v.Mode == fetch.CORS:
		v.Disagreement = "the browser recorded no failure, with status " + strconv.Itoa(v.Recorded.Status) + ", and by its profile the page gets nothing (" + own.Reason + ")"
	}
}
