package conformance

import (
	"context"
	"errors"
	"io"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/httpcache"
	"github.com/browsercors/browsercors/internal/isomorphic"
	"github.com/browsercors/browsercors/internal/mimetype"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// An Engine plays scenarios with this library's engine, and compares the outcomes
// of browsers. Its network is in the process and its clock is simulated: it opens
// no sockets and does not wait. It is safe for concurrent use. The zero value plays
// by the Standard.
type Engine struct {
	Profile *fetch.Profile // nil is the Standard's

	// Known are the known disagreements with browsers; nil means those that this
	// package lists. Only those of the profile's browser count.
	Known []Known

	// AllHeaders has outcomes list all headers of requests, see [Request.AllHeaders],
	// and judges a browser's where its outcome has them.
	AllHeaders bool

	// Refused, if not nil, is called with the reason if the step with an index is
	// refused. It is not called for exceptions of Web IDL.
	Refused func(s *Scenario, step int, refusal *fetch.Error)
}

// Play plays a scenario that was read or generated. Each play has an agent of its
// own. If ctx ends, Play returns its error.
func (e *Engine) Play(ctx context.Context, s *Scenario) (*Outcome, error) {
	p := &play{
		scenario: s,
		network:  &network{wire: &Wire{Scenario: s, AllHeaders: e.AllHeaders}},
		now:      time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC),
	}
	if e.Profile != nil {
		p.network.rules = *e.Profile
	}
	ctx = context.WithValue(ctx, inStep{}, true)
	var cache *httpcache.Cache // nil: that of a new agent
	if e.Profile != nil && s.noHTTPCache(e.Profile.Name) {
		cache = httpcache.New(&httpcache.Options{Limits: httpcache.Limits{Entries: -1}})
	}
	agent, err := fetch.NewAgent(&fetch.Options{
		Profile:   e.Profile,
		Transport: p.network,
		Now:       func() time.Time { return p.now },
		HTTPCache: cache,

		Permissions: p.permissions(),
	})
	if err != nil {
		return nil, err
	}
	defer agent.Close()
	if err := p.load(ctx, agent); err != nil {
		return nil, err
	}
	out := &Outcome{ID: s.ID, Engine: e.name(), Steps: []StepOutcome{}}
	if e.Profile != nil {
		out.Version = e.Profile.Version
	}
	for i, step := range s.Steps {
		p.network.step.Lock()
		switch {
		case step.WaitMS != nil:
			p.now = p.now.Add(time.Duration(*step.WaitMS) * time.Millisecond)
		case step.Visit != nil:
			p.visit(ctx, *step.Visit)
		default:
			p.prompted = false
			played, err := p.step(ctx, &step)
			if p.prompted && p.network.rules.LocalNetwork.PromptWaits {
				played = StepOutcome{Result: "none"} // which waits for the user's answer
			}
			var refusal *fetch.Error
			if e.Refused != nil && errors.As(err, &refusal) {
				e.Refused(s, i, refusal)
			}
			out.Steps = append(out.Steps, played)
		}
		p.network.step.Unlock()
		_ = agent.Wait(ctx) // the context is looked at anyway
		p.now = p.now.Add(s.settle())
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	out.Requests = nonNil(p.network.wire.Requests)
	return out, nil
}

// A play is a scenario being played.
type play struct {
	scenario *Scenario
	network  *network
	page     *fetch.Environment
	now      time.Time
	sounds   map[string]bool // the URLs of videos that have no picture
	prompted bool            // the user was asked for a permission in this step
}

// load makes the page: the document that a navigation to its URL gives, whose
// response has the headers of the scenario's policies. In a sandboxed page the
// script runs in a srcdoc frame, which inherits the policies.
func (p *play) load(ctx context.Context, agent *fetch.Agent) error {
	s := p.scenario
	options := fetch.EnvironmentOptions{URL: s.Page.URL, Sandboxed: s.Page.Sandboxed}
	if p.network.spaces = s.spaces(); p.network.spaces != nil {
		options.AddressSpace = origin.AddressSpace(orPublic(s.Page.AddressSpace))
	}
	if headers := s.Page.headers(); headers != nil {
		p.network.page = &Response{Headers: headers}
		defer func() { p.network.page = nil }()
		resp, err := agent.Navigate(ctx, &fetch.Navigation{URL: s.Page.URL})
		if err != nil {
			return err
		}
		resp.Body.Close()
		document, err := resp.Page()
		if err != nil {
			return err
		}
		if !s.Page.Sandboxed {
			p.page = document
			return nil
		}
		options.EmbedderPolicy = document.EmbedderPolicy()
		if s.Page.ReferrerPolicy != "" {
			options.ReferrerPolicy = document.ReferrerPolicy()
		}
	}
	if s.Page.Sandboxed {
		options.Ancestors = append(options.Ancestors, s.page.Origin())
	}
	var err error
	p.page, err = agent.Environment(&options)
	return err
}

// headers are those of the page's response that say its policies.
func (p *Page) headers() [][2]string {
	var all [][2]string
	for _, h := range [...][2]string{{"Cross-Origin-Embedder-Policy", p.EmbedderPolicy}, {"Content-Security-Policy", p.CSP}, {"Referrer-Policy", p.ReferrerPolicy}, {"Integrity-Policy", p.IntegrityPolicy}, {"Connection-Allowlist", p.ConnectionAllowlist}} {
		if h[1] != "" {
			all = append(all, h)
		}
	}
	return all
}

// permissions are the user's decisions. Nobody answers a prompt for another.
func (p *play) permissions() *fetch.Permissions {
	permissions := &fetch.Permissions{Ask: func(context.Context, fetch.PermissionRequest) (bool, error) {
		p.prompted = true
		return false, errors.New("conformance: nobody answers the prompt")
	}}
	for name, state := range p.scenario.Permissions {
		_ = permissions.Decide(p.scenario.page.Origin(), name, state == "granted") // the names were checked
	}
	return permissions
}

// step is one step that script learns something of, and why it failed if the
// engine refused it.
func (p *play) step(ctx context.Context, s *Step) (StepOutcome, error) {
	switch {
	case s.Element != nil:
		return p.playElement(ctx, s.Element)
	case s.EventSource != nil:
		return p.playEventSource(ctx, s.EventSource)
	case s.Beacon != nil:
		return p.playBeacon(s.Beacon)
	case s.WebSocket != nil:
		return p.playWebSocket(ctx, s.WebSocket)
	}
	return p.fetch(ctx, s.Fetch)
}

// visit is a top-level navigation to a URL and back. It brings cookies; what
// else it meets does not matter.
func (p *play) visit(ctx context.Context, target string) {
	p.network.hidden = true
	defer func() { p.network.hidden = false }()
	resp, err := p.page.Agent().Navigate(ctx, &fetch.Navigation{URL: target})
	if err == nil {
		resp.Body.Close()
	}
}

// fetch is one fetch step, and why it failed if the engine refused it.
func (p *play) fetch(ctx context.Context, f *Fetch) (StepOutcome, error) {
	xhr := f.API == "xhr"
	in, exception := f.request()
	if target := f.TargetAddressSpace; target != nil && in != nil && !p.network.rules.LocalNetwork.NoTarget {
		if in.TargetAddressSpace = origin.AddressSpace(*target); *target == "" { // which the engine takes for none
			return failure("TypeError"), nil // no enumeration has it
		}
	}
	if exception != "" && in != nil { // what open() and setRequestHeader() refuse before
		ended, cancel := context.WithCancel(ctx)
		cancel()
		var refusal *fetch.Error
		if _, err := p.page.Fetch(ended, in); errors.As(err, &refusal) && refusal.Stage == "construct" {
			return failure(refusal.Exception()), err
		}
	}
	if exception != "" {
		return failure(exception), nil
	}
	resp, err := p.page.Fetch(ctx, in)
	if err != nil {
		return failure(exceptionOf(err)), err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return failure(exceptionOf(err)), err
	}
	out := StepOutcome{Result: "response", Status: resp.Status, URL: resp.URL}
	for name, value := range resp.Headers.All() {
		out.Headers = append(out.Headers, [2]string{name, isomorphic.Decode(value)})
	}
	if xhr {
		out.Body = responseText(body, resp.Headers.List(), p.network.rules.Network.HalfUTF16Dropped)
		return out, nil
	}
	out.Type, out.Redirected = string(resp.Type), &resp.Redirected
	out.Body = utf8Decode(body)
	return out, nil
}

func failure(exception string) StepOutcome {
	return StepOutcome{Result: "error", Error: exception}
}

// exceptionOf is the name of the exception that script gets.
func exceptionOf(err error) string {
	var refusal *fetch.Error
	if errors.As(err, &refusal) {
		return refusal.Exception()
	}
	return "TypeError"
}

// request is what script passes; or the name of the exception that Web IDL
// throws before the API sees it, with what XMLHttpRequest has seen by then.
func (f *Fetch) request() (*fetch.Request, string) {
	xhr := f.API == "xhr"
	in := &fetch.Request{URL: f.URL, API: "fetch"}
	if f.Method != nil {
		method, ok := isomorphic.Encode(*f.Method)
		switch {
		case !ok:
			return nil, "TypeError" // no ByteString
		case method == "" && xhr:
			return nil, "SyntaxError"
		case method == "":
			return nil, "TypeError"
		}
		in.Method = method
	}
	for _, h := range f.Headers {
		name, ok1 := isomorphic.Encode(h[0])
		value, ok2 := isomorphic.Encode(h[1])
		switch {
		case ok1 && ok2:
		case xhr:
			in.API = "xhr"
			return in, "TypeError" // no ByteString
		default:
			return nil, "TypeError"
		}
		in.Headers = append(in.Headers, safelist.Header{Name: name, Value: value})
	}
	in.Body = f.Body.body()
	if xhr {
		in.API = "xhr"
		if f.WithCredentials != nil && *f.WithCredentials {
			in.Credentials = credentials.Include
		}
		in.UploadListener = f.UploadListener != nil && *f.UploadListener
		return in, ""
	}
	exists := true
	member := func(given *string, set func(string)) {
		if given == nil {
			return
		}
		if *given == "" {
			exists = false // no enumeration has the empty string
		}
		set(*given)
	}
	member(f.Mode, func(v string) { in.Mode = fetch.Mode(v) })
	member(f.Credentials, func(v string) { in.Credentials = credentials.Mode(v) })
	member(f.Redirect, func(v string) { in.Redirect = fetch.RedirectMode(v) })
	member(f.Cache, func(v string) { in.Cache = fetch.CacheMode(v) })
	if !exists {
		return nil, "TypeError"
	}
	if f.ReferrerPolicy != nil {
		in.ReferrerPolicy = fetch.ReferrerPolicy(*f.ReferrerPolicy)
	}
	if f.Referrer != nil {
		in.Referrer, in.NoReferrer = *f.Referrer, *f.Referrer == ""
	}
	if f.Integrity != nil {
		in.Integrity = *f.Integrity
	}
	if f.Keepalive != nil {
		in.Keepalive = *f.Keepalive
	}
	if f.Body != nil && f.Body.Kind == "stream" {
		in.Duplex = "half"
	}
	return in, ""
}

// body is what script passes as the body.
func (b *Body) body() *fetch.Body {
	if b == nil {
		return nil
	}
	switch b.Kind {
	case "urlencoded":
		return fetch.FormBody(parseForm(b.Text)...)
	case "multipart":
		return fetch.MultipartBody("BOUNDARY", parseForm(b.Text)...)
	case "blob":
		contentType := ""
		if b.Type != nil {
			contentType = blobType(*b.Type)
		}
		return fetch.BytesBody([]byte(b.Text), contentType)
	case "stream":
		return fetch.StreamBody(strings.NewReader(b.Text))
	}
	return fetch.TextBody(b.Text)
}

// parseForm is the application/x-www-form-urlencoded parser.
//
// https://url.spec.whatwg.org/#concept-urlencoded-parser
func parseForm(text string) []fetch.FormField {
	var fields []fetch.FormField
	for sequence := range strings.SplitSeq(text, "&") {
		if sequence == "" {
			continue
		}
		name, value, _ := strings.Cut(sequence, "=")
		fields = append(fields, fetch.FormField{Name: formDecode(name), Value: formDecode(value)})
	}
	return fields
}

func formDecode(s string) string {
	if decoded, err := url.QueryUnescape(s); err == nil {
		return utf8Decode([]byte(decoded))
	}
	return s
}

// blobType is what the Blob constructor makes of a type.
//
// https://w3c.github.io/FileAPI/#constructorBlob
func blobType(t string) string {
	for _, r := range t {
		if r < 0x20 || r > 0x7e {
			return ""
		}
	}
	return strings.ToLower(t)
}

// utf8Decode is UTF-8 decode: without byte order mark, what is no UTF-8
// replaced.
//
// https://encoding.spec.whatwg.org/#utf-8-decode
func utf8Decode(b []byte) string {
	decoded, err := unicode.UTF8BOM.NewDecoder().Bytes(b)
	if err != nil {
		return string(b)
	}
	return string(decoded)
}

// responseText is XMLHttpRequest's text response: by a byte order mark, else
// by the response's charset, else UTF-8.
//
// https://xhr.spec.whatwg.org/#text-response
func responseText(body []byte, headers fetch.HeaderList, halfUTF16Dropped bool) string {
	label := "utf-8"
	if t, ok := mimetype.Extract(headers); ok {
		if given, ok := t.Parameter("charset"); ok {
			if _, name := charset.Lookup(given); name != "" {
				label = given
			}
		}
	}
	encoding, name := charset.Lookup(label)
	if halfUTF16Dropped && strings.HasPrefix(name, "utf-16") {
		body = body[:len(body)&^1]
	}
	decoded, _, err := transform.String(unicode.BOMOverride(encoding.NewDecoder()), string(body))
	if err != nil {
		return string(body)
	}
	return decoded
}
