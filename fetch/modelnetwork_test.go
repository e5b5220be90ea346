package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/safelist"
)

// This file is the world in which the model and the engine are compared: its
// hosts, its URLs, and servers whose answers depend on nothing but the world
// and the requests that they got.

// A modelHost is what the model has to know of a host.
type modelHost struct {
	registrable string // registrable domain, "" for null
	ip          bool
	loopback    bool // its URLs are potentially trustworthy over http:, too
}

// modelHosts are the hosts of the world. github.io is on the public suffix
// list; the rule for what is not on it makes public suffixes of example and
// test.
var modelHosts = map[string]modelHost{
	"app.example":     {registrable: "app.example"},
	"www.app.example": {registrable: "app.example"},
	"api.test":        {registrable: "api.test"},
	"cdn.test":        {registrable: "cdn.test"},
	"plain.test":      {registrable: "plain.test"},
	"alice.github.io": {registrable: "alice.github.io"},
	"bob.github.io":   {registrable: "bob.github.io"},
	"localhost":       {loopback: true},
	"127.0.0.1":       {ip: true, loopback: true},
	"192.0.2.1":       {ip: true},
}

// modelSuffixes are the public suffixes of the world.
var modelSuffixes = map[string]bool{"example": true, "test": true, "io": true, "github.io": true, "localhost": true}

// modelDataURLs are the data: URLs of the world, as the data: URL processor
// reads them.
//
// https://fetch.spec.whatwg.org/#data-url-processor
var modelDataURLs = map[string]struct{ mediaType, body string }{
	"data:,hello":                      {"text/plain;charset=US-ASCII", "hello"},
	"data:text/html;base64,aGk=":       {"text/html", "hi"},
	"data:text/javascript,%3B":         {"text/javascript", ";"},
	"data:;charset=utf-8,%C3%A9?x=%20": {"text/plain;charset=utf-8", "\u00e9?x= "},
}

// modelParseURL is the URL parser for the URLs of the world: absolute ones in
// the form in which they are serialized, relative ones without dots, and a few
// that fail.
//
// https://url.spec.whatwg.org/#concept-url-parser
func modelParseURL(text string, base modelURL) (u modelURL, ok bool) {
	rest, fragment, hasFragment := strings.Cut(text, "#")
	rest, query, hasQuery := strings.Cut(rest, "?")
	if strings.HasPrefix(rest, "//") {
		rest = base.scheme + ":" + rest
	}
	scheme, after, absolute := strings.Cut(rest, ":")
	switch {
	case !absolute && rest == "":
		u = base
		if hasQuery {
			u.query, u.hasQuery = query, true
		}
	case !absolute:
		u = base
		if rest[0] == '/' {
			u.path = rest
		} else {
			u.path = u.path[:strings.LastIndexByte(u.path, '/')+1] + rest
		}
		u.query, u.hasQuery = query, hasQuery
	case scheme == "http" || scheme == "https" || scheme == "ftp" || scheme == "file":
		u = modelURL{scheme: scheme, query: query, hasQuery: hasQuery}
		authority := strings.TrimPrefix(after, "//")
		if slash := strings.IndexByte(authority, '/'); slash >= 0 {
			authority, u.path = authority[:slash], authority[slash:]
		}
		if userinfo, host, ok := strings.Cut(authority, "@"); ok {
			authority = host
			u.username, u.password, _ = strings.Cut(userinfo, ":")
		}
		u.host, u.port, _ = strings.Cut(authority, ":")
		if scheme == "http" && u.port == "80" || scheme == "https" && u.port == "443" {
			u.port = ""
		}
		if strings.ContainsAny(u.host, "[ ^") || u.host == "" && scheme != "file" {
			return u, false
		}
		if u.path == "" {
			u.path = "/"
		}
	default:
		u = modelURL{scheme: scheme, path: after, query: query, hasQuery: hasQuery}
	}
	u.fragment, u.hasFragment = fragment, hasFragment
	return u, true
}

// modelMustParse is the URL of a text that parses without a base URL.
func modelMustParse(text string) modelURL {
	u, ok := modelParseURL(text, modelURL{})
	if !ok {
		panic("not a URL: " + text)
	}
	return u
}

// A modelWorld is a user agent's pages, the servers around them, and what the
// pages ask for, one after the other.
type modelWorld struct {
	acceptLanguage    string
	allowMixedContent bool
	disableCookies    bool
	pages             []modelPage
	resources         []*modelResource
	steps             []modelStep
}

// A modelPage is a page or worker of the world.
type modelPage struct {
	url            string
	base           string // relative to url; "" is url
	origin         string // "" is url's
	sandboxed      bool
	worker         bool
	ancestors      []string // origins, from the parent to the top-level page
	referrerPolicy string
	embedderPolicy string
}

// tupleOrigin is the page's origin, if it is not sandboxed.
func (p *modelPage) tupleOrigin() modelOrigin {
	if p.origin != "" {
		return modelMustParse(p.origin).origin()
	}
	return modelMustParse(p.url).origin()
}

// baseURL is what a page's relative URLs resolve against.
func (p *modelPage) baseURL() modelURL {
	u, ok := modelParseURL(p.base, modelMustParse(p.url))
	if !ok {
		panic("not a base URL: " + p.base)
	}
	return u
}

// A modelStep is one request of a page.
type modelStep struct {
	page  int
	after int // milliseconds since the step before
	init  modelInit
}

// A modelResource is what a server has at a URL. The visits are answered in
// turn, and all that come later like the last one. Preflights are counted on
// their own.
type modelResource struct {
	url        string
	preflights []modelAnswer
	answers    []modelAnswer
}

// A modelAnswer is how a server answers a visit. Of a header value,
// "{origin}" stands for the request's Origin.
type modelAnswer struct {
	modelReply
	down bool // the connection fails
}

// modelServers answer the requests of one player.
type modelServers struct {
	world  *modelWorld
	visits map[string]int
	sent   []modelSent
}

func newModelServers(w *modelWorld) *modelServers {
	return &modelServers{world: w, visits: make(map[string]int)}
}

// resource is the URL of the resource that a request is for.
func (s *modelSent) resource() string {
	u := modelMustParse(s.url)
	u.username, u.password = "", ""
	return u.withoutFragment()
}

// answer keeps a request and answers it. ok is false if that fails.
func (s *modelServers) answer(r modelSent) (reply modelReply, ok bool) {
	s.sent = append(s.sent, r)
	url := r.resource()
	i := slices.IndexFunc(s.world.resources, func(resource *modelResource) bool { return resource.url == url })
	if i < 0 {
		return modelReply{status: 404, body: "nothing here"}, true
	}
	answers, visit := s.world.resources[i].answers, url
	if r.method == "OPTIONS" && r.headers.contains("Access-Control-Request-Method") {
		answers, visit = s.world.resources[i].preflights, "OPTIONS "+url
	}
	n := s.visits[visit]
	s.visits[visit]++
	a := answers[min(n, len(answers)-1)]
	if a.down {
		return modelReply{}, false
	}
	reply = a.modelReply
	origin, ok := r.headers.get("Origin")
	if !ok {
		origin = "none"
	}
	reply.headers = slices.Clone(reply.headers)
	for i := range reply.headers {
		reply.headers[i].value = strings.ReplaceAll(reply.headers[i].value, "{origin}", origin)
	}
	return reply, true
}

var errModelDown, errModelCut = errors.New("the server is down"), errors.New("the body is cut off")

// stream is a reply's body as a stream.
func (r modelReply) stream() io.ReadCloser {
	var body io.Reader = strings.NewReader(r.body)
	if r.cut {
		body = io.MultiReader(body, cutOff{errModelCut})
	}
	return io.NopCloser(body)
}

// A modelTransport is the world's network as a [fetch.Transport].
type modelTransport struct {
	*modelServers
	keys map[any]modelKey
}

// RoundTrip implements [fetch.Transport].
func (t *modelTransport) RoundTrip(_ context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	s := modelSent{
		method: r.Method, url: r.URL.WithoutFragment(), credentials: r.Credentials, newConnection: r.NewConnection,
		preflight: r.Preflight, streaming: r.Streaming, key: t.keys[r.Partition],
	}
	for _, h := range r.Headers {
		s.headers = append(s.headers, modelHeader{h.Name, h.Value})
	}
	if r.Body != nil {
		defer r.Body.Close()
		if r.Streaming && r.URL.Scheme() == "http" {
			return nil, fetch.StreamNeedsHTTP2
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		s.body = string(body)
	}
	reply, ok := t.answer(s)
	if !ok {
		return nil, errModelDown
	}
	out := &fetch.NetworkResponse{Status: reply.status, StatusText: reply.message, Body: reply.stream(), HTTP2: true}
	for _, h := range reply.headers {
		out.Headers = append(out.Headers, safelist.Header{Name: h.name, Value: h.value})
	}
	return out, nil
}

// A modelRoundTripper is the world's network as an [http.RoundTripper].
type modelRoundTripper struct{ *modelServers }

// RoundTrip implements [http.RoundTripper]. What is kept of a request is what
// a client of net/http can tell: header lines sorted by name, and the
// Content-Length that http.Transport would send.
func (t modelRoundTripper) RoundTrip(r *http.Request) (*http.Response, error) {
	s := modelSent{method: r.Method, url: r.URL.String()}
	for name, values := range r.Header {
		for _, value := range values {
			s.headers = append(s.headers, modelHeader{name, value})
		}
	}
	if r.Body != nil {
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		s.body = string(body)
		if r.ContentLength >= 0 {
			s.headers.append("Content-Length", strconv.FormatInt(r.ContentLength, 10))
		}
	} else if r.Method == "POST" || r.Method == "PUT" {
		s.headers.append("Content-Length", "0")
	}
	s.headers.sortByName()
	reply, ok := t.answer(s)
	if !ok {
		return nil, errModelDown
	}
	out := &http.Response{
		Status: strconv.Itoa(reply.status) + " " + reply.message, StatusCode: reply.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: make(http.Header), Body: reply.stream(), ContentLength: -1, Request: r,
	}
	for _, h := range reply.headers {
		out.Header.Add(h.name, h.value)
	}
	return out, nil
}

// sortByName sorts a list by name, in lower case.
func (l modelHeaders) sortByName() {
	for i := range l {
		l[i].name = modelLower(l[i].name)
	}
	slices.SortStableFunc(l, func(a, b modelHeader) int { return strings.Compare(a.name, b.name) })
}

// String is the world as an account of it begins.
func (w *modelWorld) String() string {
	var b strings.Builder
	if w.acceptLanguage != "" {
		fmt.Fprintf(&b, "Accept-Language: %s\n", w.acceptLanguage)
	}
	if w.allowMixedContent {
		b.WriteString("Mixed content is allowed.\n")
	}
	if w.disableCookies {
		b.WriteString("Cookies are disabled.\n")
	}
	for i, p := range w.pages {
		fmt.Fprintf(&b, "page %d: %s\n", i, p)
	}
	for _, r := range w.resources {
		fmt.Fprintf(&b, "%s\n", r.url)
		for _, a := range r.preflights {
			fmt.Fprintf(&b, "  preflight: %s\n", a)
		}
		for _, a := range r.answers {
			fmt.Fprintf(&b, "  answer:    %s\n", a)
		}
	}
	for i, s := range w.steps {
		fmt.Fprintf(&b, "request %d, %d ms later, of page %d: %s\n", i, s.after, s.page, &s.init)
	}
	return b.String()
}

func (p modelPage) String() string {
	s := shortened(p.url) + optional(" of origin ", p.origin) + optional(" with base URL ", p.base)
	if p.worker {
		s += " (a worker)"
	}
	if p.sandboxed {
		s += " (sandboxed)"
	}
	for _, ancestor := range p.ancestors {
		s += " in " + ancestor
	}
	return s + optional(" Referrer-Policy: ", p.referrerPolicy) + optional(" Cross-Origin-Embedder-Policy: ", p.embedderPolicy)
}

func (a modelAnswer) String() string {
	if a.down {
		return "the connection fails"
	}
	s := strconv.Itoa(a.status) + optional(" ", a.message)
	for _, h := range a.headers {
		s += fmt.Sprintf(" | %s: %s", h.name, h.value)
	}
	s += fmt.Sprintf(" | body %s", shortened(a.body))
	if a.cut {
		s += " cut off"
	}
	return s
}

func (init *modelInit) String() string {
	s := init.api + "(" + init.url.text + ")" + optional(" method: ", init.method) + optional(" mode: ", init.mode) +
		optional(" credentials: ", init.credentials) + optional(" cache: ", init.cache) +
		optional(" redirect: ", init.redirect) + optional(" referrerPolicy: ", init.referrerPolicy) +
		optional(" integrity: ", init.integrity) + optional(" crossorigin: ", init.crossOrigin)
	if init.noReferrer {
		s += ` referrer: ""`
	} else if init.referrer != nil {
		s += " referrer: " + init.referrer.text
	}
	for _, h := range init.headers {
		s += fmt.Sprintf(" | %q: %s", h.name, shortened(h.value))
	}
	if init.body != nil {
		s += fmt.Sprintf(" | %s body %s%s", init.body.kind, shortened(init.body.bytes), optional(" of type ", init.body.mediaType))
	}
	if init.keepalive {
		s += " keepalive"
	}
	if init.uploadListener {
		s += " with an upload listener"
	}
	if init.body != nil && init.body.kind == "stream" && !init.duplex {
		s += " without duplex"
	}
	return s
}

func (s modelSent) String() string {
	out := s.method + " " + s.url
	for _, h := range s.headers {
		out += fmt.Sprintf(" | %s: %s", h.name, shortened(h.value))
	}
	out += " | body " + shortened(s.body)
	for _, flag := range []struct {
		set  bool
		name string
	}{{s.credentials, "credentials"}, {s.newConnection, "new connection"}, {s.preflight, "preflight"}, {s.streaming, "streaming"}} {
		if flag.set {
			out += " " + flag.name
		}
	}
	return out + fmt.Sprintf(" partition %+v", s.key)
}

func (o modelOutcome) String() string {
	if o.exception != "" {
		return o.exception
	}
	s := fmt.Sprintf("%s response, status %d %s, URL %s%s", o.kind, o.status, o.message, o.url, o.fragment)
	if o.redirected {
		s += " redirected"
	}
	for _, h := range o.headers {
		s += fmt.Sprintf(" | %s: %s", h.name, shortened(h.value))
	}
	s += " | body " + shortened(o.body)
	if o.broken {
		s += " cut off"
	}
	if o.timing {
		s += " timing allowed"
	}
	return s
}

// optional is a label and a value, or nothing if the value is empty.
func optional(label, value string) string {
	if value == "" {
		return ""
	}
	return label + value
}

// shortened is a quoted string that fits a line.
func shortened(s string) string {
	if len(s) > 160 {
		return fmt.Sprintf("%.40q… of %d bytes", s, len(s))
	}
	return strconv.Quote(s)
}
