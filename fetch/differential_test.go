package fetch_test

import (
	"errors"
	"flag"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/httpcache"
	"github.com/browsercors/browsercors/internal/fulllength"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// A user agent plays random chains of requests three times: through
// Environment.Fetch, through Environment.Client, and as the model in
// model_test.go says. The three must agree in all that script sees and in all
// that is sent.

// modelStart is when the first request of a chain is made, less its delay.
var modelStart = time.Date(2026, 7, 2, 12, 0, 0, 0, time.UTC)

// A modelPlay is what a player did: what script saw, and what was sent before
// the end of each request.
type modelPlay struct {
	outcomes []modelOutcome
	sent     [][]modelSent
}

func (p *modelPlay) add(o modelOutcome, s *modelServers) {
	p.outcomes = append(p.outcomes, o)
	p.sent = append(p.sent, s.sent)
	s.sent = nil
}

// playModel has the model play a world. translate is what becomes of a
// request on its way, and http1 tells of which URLs' connections it is known
// that they speak HTTP/1.x.
func playModel(w *modelWorld, translate func(modelInit) modelInit, http1 func(modelURL) bool) *modelPlay {
	p := new(modelPlay)
	servers := newModelServers(w)
	agent := &modelAgent{
		now: modelStart, acceptLanguage: w.acceptLanguage, allowMixedContent: w.allowMixedContent, cookiesDisabled: w.disableCookies,
		http1: http1, send: servers.answer,
	}
	var clients []*modelClient
	for i := range w.pages {
		clients = append(clients, w.pages[i].client(agent, i))
	}
	for i := range w.steps {
		s := &w.steps[i]
		agent.now = agent.now.Add(time.Duration(s.after) * time.Millisecond)
		init := translate(s.init)
		p.add(clients[s.page].fetch(&init), servers)
	}
	return p
}

// client is a page as the model has it, the nth of its world.
func (p *modelPage) client(agent *modelAgent, n int) *modelClient {
	c := &modelClient{
		agent: agent, url: modelMustParse(p.url), origin: p.tupleOrigin(), referrerPolicy: p.referrerPolicy,
		embedderPolicy: p.embedderPolicy, worker: p.worker,
	}
	if p.sandboxed {
		c.origin = modelOrigin{opaque: n + 1}
	}
	for _, ancestor := range p.ancestors {
		c.ancestors = append(c.ancestors, modelMustParse(ancestor).origin())
	}
	if c.referrerPolicy == "" {
		c.referrerPolicy = "strict-origin-when-cross-origin"
	}
	if c.embedderPolicy == "" {
		c.embedderPolicy = "unsafe-none"
	}
	return c
}

// environments are a world's pages in the engine, and the network partition
// keys that they have in the model.
func (w *modelWorld) environments(t testing.TB, now func() time.Time, network fetch.Transport) ([]*fetch.Environment, map[any]modelKey) {
	nothing := httpcache.New(&httpcache.Options{Limits: httpcache.Limits{Entries: -1}}) // the model has no cache
	agent, err := fetch.NewAgent(&fetch.Options{
		Transport: network, UserAgent: modelUserAgent, AcceptLanguage: w.acceptLanguage, Now: now, HTTPCache: nothing,
		AllowMixedContent: w.allowMixedContent, DisableCookies: w.disableCookies,
	})
	if err != nil {
		t.Fatal(err)
	}
	keys := map[any]modelKey{origin.PartitionKey{}: {null: true}}
	var pages []*fetch.Environment
	for i := range w.pages {
		p := &w.pages[i]
		o := fetch.EnvironmentOptions{
			URL: p.url, BaseURL: p.base, Sandboxed: p.sandboxed, Worker: p.worker,
			ReferrerPolicy: fetch.ReferrerPolicy(p.referrerPolicy), EmbedderPolicy: fetch.EmbedderPolicy(p.embedderPolicy),
		}
		if p.origin != "" && !p.sandboxed {
			o.Origin = mustOrigin(t, p.origin)
		}
		for _, ancestor := range p.ancestors {
			o.Ancestors = append(o.Ancestors, mustOrigin(t, ancestor))
		}
		page, err := agent.Environment(&o)
		if err != nil {
			t.Fatal(err)
		}
		top := page.Origin()
		if n := len(o.Ancestors); n > 0 {
			top = o.Ancestors[n-1]
		}
		keys[origin.PartitionKey{Site: top.Site(nil)}] = p.client(nil, i).partitionKey()
		pages = append(pages, page)
	}
	return pages, keys
}

// playFetch plays a world through Environment.Fetch.
func playFetch(t testing.TB, w *modelWorld) *modelPlay {
	p := new(modelPlay)
	now := modelStart
	network := &modelTransport{modelServers: newModelServers(w)}
	pages, keys := w.environments(t, func() time.Time { return now }, network)
	network.keys = keys
	for i := range w.steps {
		s := &w.steps[i]
		now = now.Add(time.Duration(s.after) * time.Millisecond)
		p.add(fetchOutcome(pages[s.page].Fetch(t.Context(), s.init.request())), network.modelServers)
	}
	return p
}

// modelElements are the engine's names of elements.
var modelElements = map[string]fetch.Element{
	"audio": "audio", "font": "font", "img": "img", "module": "module",
	"script": "script", "stylesheet": "stylesheet", "track": "track", "video": "video",
}

// request is a request as Environment.Fetch takes it.
func (init *modelInit) request() *fetch.Request {
	if element, ok := modelElements[init.api]; ok {
		r := element.Request(init.url.text, fetch.CrossOrigin(init.crossOrigin))
		r.Integrity, r.ReferrerPolicy = init.integrity, fetch.ReferrerPolicy(init.referrerPolicy)
		return r
	}
	r := &fetch.Request{
		API: fetch.API(init.api), URL: init.url.text, Method: init.method, Body: init.body.body(),
		Mode: fetch.Mode(init.mode), Credentials: credentials.Mode(init.credentials), Cache: fetch.CacheMode(init.cache),
		Redirect: fetch.RedirectMode(init.redirect), NoReferrer: init.noReferrer,
		ReferrerPolicy: fetch.ReferrerPolicy(init.referrerPolicy), Integrity: init.integrity, Keepalive: init.keepalive,
		UploadListener: init.uploadListener,
	}
	for _, h := range init.headers {
		r.Headers = append(r.Headers, safelist.Header{Name: h.name, Value: h.value})
	}
	if init.referrer != nil {
		r.Referrer = init.referrer.text
	}
	if init.duplex {
		r.Duplex = "half"
	}
	return r
}

func (b *modelBodyInit) body() *fetch.Body {
	switch {
	case b == nil:
		return nil
	case b.kind == "text":
		return fetch.TextBody(b.bytes)
	case b.kind == "form":
		return fetch.FormBody(fetch.FormField{Name: "a", Value: "1"}, fetch.FormField{Name: "b", Value: " "})
	case b.kind == "multipart":
		return fetch.MultipartBody("x", fetch.FormField{Name: "a", Value: "1"})
	case b.kind == "stream":
		return fetch.StreamBody(strings.NewReader(b.bytes))
	}
	return fetch.BytesBody([]byte(b.bytes), b.mediaType)
}

// fetchOutcome is what script sees of what Environment.Fetch returned.
func fetchOutcome(resp *fetch.Response, err error) modelOutcome {
	if err != nil {
		return failure(err)
	}
	o := modelOutcome{
		kind: string(resp.Type), url: resp.URL, redirected: resp.Redirected, status: resp.Status, message: resp.StatusText,
		timing: resp.TimingAllowed(),
	}
	for name, value := range resp.Headers.All() {
		o.headers = append(o.headers, modelHeader{name, value})
	}
	o.body, o.broken = readOut(resp.Body)
	return o
}

// failure is what script sees of an error.
func failure(err error) modelOutcome {
	if refusal, ok := errors.AsType[*fetch.Error](err); ok {
		return modelOutcome{exception: refusal.Exception()}
	}
	return modelOutcome{exception: err.Error()}
}

// readOut reads a body to its end and closes it.
func readOut(body io.ReadCloser) (text string, broken bool) {
	defer body.Close()
	data, err := io.ReadAll(body)
	return string(data), err != nil
}

// playClient plays a world through Environment.Client.
func playClient(t testing.TB, w *modelWorld) *modelPlay {
	p := new(modelPlay)
	now := modelStart
	servers := newModelServers(w)
	pages, _ := w.environments(t, func() time.Time { return now }, transportFunc(func(*fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
		return nil, errors.New("the client has a transport of its own")
	}))
	var clients []*http.Client
	base := &http.Client{Transport: modelRoundTripper{servers}}
	for _, page := range pages {
		clients = append(clients, page.Client(base))
	}
	for i := range w.steps {
		s := &w.steps[i]
		now = now.Add(time.Duration(s.after) * time.Millisecond)
		resp, err := clients[s.page].Do(s.init.httpRequest(t))
		p.add(clientOutcome(resp, err), servers)
	}
	return p
}

// httpRequest is a request as an http.Client takes it. It needs a request
// that a client can make.
func (init *modelInit) httpRequest(t testing.TB) *http.Request {
	r := init.request()
	o := fetch.ClientOptions{
		API: r.API, Mode: r.Mode, Credentials: r.Credentials, Cache: r.Cache, Redirect: r.Redirect, Referrer: r.Referrer,
		NoReferrer: r.NoReferrer, ReferrerPolicy: r.ReferrerPolicy, Integrity: r.Integrity, Keepalive: r.Keepalive,
		UploadListener: r.UploadListener, Destination: r.Destination,
	}
	var body io.Reader
	if init.body != nil {
		body = strings.NewReader(init.body.bytes)
		if init.body.kind == "stream" {
			body = io.MultiReader(body) // net/http does not know its length
		}
	}
	out, err := http.NewRequestWithContext(fetch.WithOptions(t.Context(), o), "POST", init.url.text, body)
	if err != nil {
		t.Fatal(err)
	}
	out.Method, out.Header = init.method, init.headers.byName()
	return out
}

// byName is a list as net/http has one.
func (l modelHeaders) byName() http.Header {
	header := make(http.Header)
	for _, h := range l {
		header[h.name] = append(header[h.name], h.value)
	}
	return header
}

// clientRequest is what becomes of a request that is made with an
// http.Request: its header is a map, so that the order of names is lost; and a
// body is bytes, an empty one none.
func clientRequest(init modelInit) modelInit {
	init.headers = slices.Clone(init.headers)
	slices.SortStableFunc(init.headers, func(a, b modelHeader) int { return strings.Compare(a.name, b.name) })
	init.duplex = true
	if init.body != nil && init.body.kind != "stream" {
		if init.body.bytes == "" {
			init.body = nil
		} else {
			init.body = &modelBodyInit{kind: "bytes", bytes: init.body.bytes}
		}
	}
	return init
}

// clientCan tells whether an http.Client can make a world's requests. It
// cannot where net/url refuses or rewrites a URL, where a header has a control
// character, which net/http does not send, and where an empty Authorization
// comes with a username in the URL, which net/http then puts there.
func (w *modelWorld) clientCan() bool {
	for _, s := range w.steps {
		u, err := url.Parse(s.init.url.text)
		if err != nil || u.String() != s.init.url.text {
			return false
		}
		for _, h := range s.init.headers {
			if strings.ContainsAny(h.value, "\x01\x7f") || u.User != nil && h.name == "Authorization" && h.value == "" {
				return false
			}
		}
	}
	return true
}

// clientOutcome is what a client's caller sees.
func clientOutcome(resp *http.Response, err error) modelOutcome {
	if err != nil {
		return failure(err)
	}
	var headers modelHeaders
	for name, values := range resp.Header {
		for _, value := range values {
			headers = append(headers, modelHeader{name, value})
		}
	}
	o := modelOutcome{status: resp.StatusCode, message: resp.Status, url: resp.Request.URL.String(), headers: headers.sortAndCombine()}
	o.body, o.broken = readOut(resp.Body)
	return o
}

// asClient is what of a model's play an http.Client shows and sends: the
// response has no type and no timing flag; the URL of an opaque response, like
// that of one that was neither redirected nor upgraded, is the request's own; and net/url keeps
// no empty fragment.
func (p *modelPlay) asClient(w *modelWorld) *modelPlay {
	out := new(modelPlay)
	for i, o := range p.outcomes {
		if o.exception == "" {
			own := w.steps[i].init.url.text
			upgraded := strings.HasPrefix(own, "http:") && strings.HasPrefix(o.url, "https:")
			if o.url = strings.TrimSuffix(o.url+o.fragment, "#"); !o.redirected && !upgraded {
				o.url = own
			}
			if o.status != 0 {
				o.message = strconv.Itoa(o.status) + " " + o.message
			}
			o.kind, o.fragment, o.redirected, o.timing = "", "", false, false
		}
		out.outcomes = append(out.outcomes, o)
		var sent []modelSent
		for _, s := range p.sent[i] {
			u := modelMustParse(s.url)
			u.username, u.password = "", ""
			s = modelSent{method: s.method, url: u.withoutFragment(), headers: slices.Clone(s.headers), body: s.body}
			s.headers.sortByName()
			sent = append(sent, s)
		}
		out.sent = append(out.sent, sent)
	}
	return out
}

// asFetch is what of a model's play Environment.Fetch shows: all but the
// URL's fragment.
func (p *modelPlay) asFetch() *modelPlay {
	out := &modelPlay{sent: p.sent}
	for _, o := range p.outcomes {
		o.fragment = ""
		out.outcomes = append(out.outcomes, o)
	}
	return out
}

// disagreement tells where two plays differ first, or nothing.
func disagreement(who string, model, other *modelPlay) string {
	for i := range model.outcomes {
		a, b := model.sent[i], other.sent[i]
		for j := range max(len(a), len(b)) {
			switch {
			case j >= len(a):
				return fmt.Sprintf("request %d: %s also sends\n  %s\n", i, who, b[j])
			case j >= len(b):
				return fmt.Sprintf("request %d: %s does not send\n  %s\n", i, who, a[j])
			case !reflect.DeepEqual(a[j], b[j]):
				return fmt.Sprintf("request %d: the model sends\n  %s\n%s sends\n  %s\n", i, a[j], who, b[j])
			}
		}
		if a, b := model.outcomes[i], other.outcomes[i]; !reflect.DeepEqual(a, b) {
			return fmt.Sprintf("request %d: script sees in the model\n  %s\nand in %s\n  %s\n", i, a, who, b)
		}
	}
	return ""
}

// A comparison is how the players of a world compare.
type comparison struct {
	world *modelWorld
	model *modelPlay
	plays []*modelPlay // of all players
	how   string       // they disagree; "" where they do not
}

// compare has the players play the world of some bytes.
func compare(t testing.TB, data []byte) comparison {
	w := newModelWorld(data)
	model := playModel(w, func(init modelInit) modelInit { return init }, func(u modelURL) bool { return u.scheme == "http" })
	fetched := playFetch(t, w)
	c := comparison{world: w, model: model, plays: []*modelPlay{model, fetched}, how: disagreement("Fetch", model.asFetch(), fetched)}
	if c.how != "" || !w.clientCan() {
		return c
	}
	// The client's round tripper does not tell what its connections speak.
	client, other := playClient(t, w), playModel(w, clientRequest, func(modelURL) bool { return false })
	c.plays = append(c.plays, client, other)
	c.how = disagreement("Client", other.asClient(w), client)
	return c
}

// reportDisagreement fails with an account of a world that is as small as it
// gets.
func reportDisagreement(t testing.TB, data []byte) {
	t.Helper()
	data = shrink(data, func(data []byte) bool { return compare(t, data).how != "" })
	c := compare(t, data)
	c.world.resources = slices.DeleteFunc(c.world.resources, func(r *modelResource) bool {
		return !slices.ContainsFunc(c.plays, func(p *modelPlay) bool {
			return slices.ContainsFunc(slices.Concat(p.sent...), func(s modelSent) bool { return s.resource() == r.url })
		})
	})
	t.Errorf("the players disagree:\n%s%s[]byte(%q)", c.world, c.how, data)
}

// shrink makes bytes fewer and smaller as long as they fail.
func shrink(data []byte, fails func([]byte) bool) []byte {
	for again := true; again; {
		again = false
		try := func(smaller []byte) bool {
			if !fails(smaller) {
				return false
			}
			data, again = smaller, true
			return true
		}
		for size := len(data); size > 0; size /= 2 {
			for at := 0; at+size <= len(data); {
				if !try(slices.Delete(slices.Clone(data), at, at+size)) {
					at += size
				}
			}
		}
		for i := range data {
			for _, b := range []byte{0, data[i] / 2, data[i] - 1} {
				if i < len(data) && b < data[i] {
					smaller := slices.Clone(data)
					smaller[i] = b
					try(smaller)
				}
			}
		}
	}
	return data
}

var (
	differentialChains = flag.Int("differential.chains", fulllength.Rounds(1000, 5000), "how many chains TestDifferential plays")
	differentialSeed   = flag.Uint64("differential.seed", 1, "the seed of the first")
)

// modelChain is the bytes of a chain, by its seed.
func modelChain(seed uint64) []byte {
	random := rand.New(rand.NewPCG(seed, 0))
	data := make([]byte, 400)
	for i := range data {
		data[i] = byte(random.Uint32())
	}
	return data
}

// Fetch, Client and the model agree on random chains, which are of all kinds.
func TestDifferential(t *testing.T) {
	seen := make(map[string]int)
	for i := range *differentialChains {
		seed := *differentialSeed + uint64(i)
		c := compare(t, modelChain(seed))
		if c.how != "" {
			t.Logf("seed %d", seed)
			reportDisagreement(t, modelChain(seed))
			return
		}
		c.model.count(seen)
	}
	for _, what := range []string{
		"basic", "cors", "opaque", "opaqueredirect", "redirected", "timing", "broken body", "TypeError", "NetworkError", "SyntaxError", "SecurityError",
		"preflight", "request without its preflight", "new connection", "stream", "Cookie", "Origin: null", "Referer", "Authorization",
	} {
		if least := *differentialChains / 1000; seen[what] < least {
			t.Errorf("%s occurred %d times in %d chains, want %d", what, seen[what], *differentialChains, least)
		}
	}
	if testing.Verbose() {
		t.Log(seen)
	}
}

// count counts what occurs in a play.
func (p *modelPlay) count(seen map[string]int) {
	count := func(what string, occurs bool) {
		if occurs && what != "" {
			seen[what]++
		}
	}
	for i, o := range p.outcomes {
		count(o.kind, true)
		count(o.exception, true)
		count("redirected", o.redirected)
		count("timing", o.timing)
		count("broken body", o.broken)
		for j, s := range p.sent[i] {
			origin, _ := s.headers.get("Origin")
			count("preflight", s.preflight)
			count("request without its preflight", j == 0 && o.kind == "cors" && !modelSafelistedMethod(s.method)) // which the cache spared it
			count("new connection", s.newConnection)
			count("stream", s.streaming)
			count("Cookie", s.headers.contains("Cookie"))
			count("Referer", s.headers.contains("Referer"))
			count("Authorization", s.headers.contains("Authorization"))
			count("Origin: null", origin == "null")
		}
	}
}

func FuzzDifferential(f *testing.F) {
	for seed := range uint64(30) {
		f.Add(modelChain(1_000_000 + seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1000 {
			return // a chain has not so many decisions
		}
		if compare(t, data).how != "" {
			reportDisagreement(t, data)
		}
	})
}

// The model shares no code with the engine. Its world and its network are there for both.
func TestModelImports(t *testing.T) {
	files, err := filepath.Glob("model*_test.go")
	if err != nil || len(files) < 3 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		if name == "modelworld_test.go" || name == "modelnetwork_test.go" {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			if path, err := strconv.Unquote(spec.Path.Value); err != nil || strings.Contains(path, ".") || strings.HasPrefix(path, "net") {
				t.Errorf("%s, of the model, imports %s", name, spec.Path.Value)
			}
		}
	}
}
