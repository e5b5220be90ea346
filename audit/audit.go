package audit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/cause"
	"github.com/browsercors/browsercors/internal/product"
)

// sandboxURL is where the sandboxed page stands that asks from the origin null.
const sandboxURL = "https://sandboxed.example/"

// patience is how long a server may take for the answer to one fetch.
const patience = 10 * time.Second

// Options configure an audit. Nil is the zero value, whose defaults are right for
// a Go test.
type Options struct {
	// Patience is how long the server may take to begin its response to one request;
	// 0 is 10 seconds.
	Patience time.Duration

	// SkipProbes plays only what the intent names. Nothing is requested from other
	// origins, and the report has no policies.
	SkipProbes bool

	// ProbeImpossibleOrigins also sends Origin headers that no browser sends, to see
	// whether the server allows them.
	ProbeImpossibleOrigins bool

	// HoldUnsafe sends no use whose method is not GET, HEAD or OPTIONS: only its
	// preflight is sent, and the play is [Play.Held]. Nothing is found out about the
	// response to such a use, and nothing at all if browsers send it without a
	// preflight.
	HoldUnsafe bool

	// Server is the product whose configuration advice is about, such as "nginx", by
	// one of the names in docs/products.md; "" has it recognized from the responses.
	Server string

	// Rate limits the requests per second; 0 is no limit. There is never more than
	// one request at a time.
	Rate float64
}

// check looks for what is wrong with the options.
func (o *Options) check() error {
	var wrong []error
	if o.Patience < 0 {
		wrong = append(wrong, fmt.Errorf("audit: Options.Patience %v is negative", o.Patience))
	}
	if o.Rate < 0 || math.IsNaN(o.Rate) || math.IsInf(o.Rate, 0) {
		wrong = append(wrong, fmt.Errorf("audit: invalid Options.Rate %v, want a number of requests a second", o.Rate))
	}
	if err := product.Check(o.Server); err != nil {
		wrong = append(wrong, fmt.Errorf("audit: Options.Server: %w", err))
	}
	return errors.Join(wrong...)
}

// A Report is the result of an audit: findings, policies, and all traffic. Its
// form in JSON is stable, and described in docs/intents.md.
type Report struct {
	Base     string     `json:"base"`     // the base URL of the server
	Uses     []string   `json:"uses"`     // names of the uses that were played, in the intent's order
	Findings []Finding  `json:"findings"` // the worst first; empty if the server does what the intent says
	Plays    []Play     `json:"plays"`    // every fetch of a page
	Traffic  []Exchange `json:"traffic"`  // every request to the server, in order

	// Policies say what pages may do with each URL, in the order of the uses; nil
	// with SkipProbes.
	Policies []Policy `json:"policies,omitempty"`

	// Notes are sentences about what no audit can show, such as that some browsers ask
	// the user before a page may use a server on this machine.
	Notes []string `json:"notes,omitempty"`

	// Preflights say how many preflights the uses take together, for each group of
	// profiles with the same counts; nil for a single use, and if no use needs one.
	Preflights []PreflightCount `json:"preflights,omitempty"`
}

// A Play is one fetch of a page, with everything that followed from it.
type Play struct {
	Use      string   `json:"use"`            // the use's name
	Profiles []string `json:"profiles"`       // names of the profiles with this result, in the order of [engine.Profiles]
	Origin   string   `json:"origin"`         // the page's
	Method   string   `json:"method"`         // of the page's request
	URL      string   `json:"url"`            // without fragment
	When     string   `json:"when,omitempty"` // what happened before, such as "again, 9m59s after the first time"; "" is nothing

	// Exchanges are the requests with their responses, preflights included. A request
	// that several browsers would send identically, except for what they say of
	// themselves, was sent once, and is in each of their plays with its own headers.
	Exchanges []Exchange `json:"exchanges"`

	// Preflight is why browsers send a preflight for the request, in a sentence; "" if
	// none was sent.
	Preflight string `json:"preflight,omitempty"`

	Refusal string `json:"refusal,omitempty"` // why the page got nothing; "" if it got a response

	// Effect is what the page can do with the response to an element, a worker, an
	// EventSource or a beacon, such as that it taints a canvas; "" for fetch().
	Effect string `json:"effect,omitempty"`

	// The parts of the refusal: the name of its [fetch.Reason], the stage at which it
	// happened, and what was at fault in the response, such as a header with its value.
	Reason string `json:"reason,omitempty"`
	Stage  string `json:"stage,omitempty"`
	Detail string `json:"detail,omitempty"`

	// Held says that the audit did not send the page's request, only its preflight, if
	// it has one. The preflight allowed the request.
	Held bool `json:"held,omitempty"`
}

// Test checks in a Go test that a handler lets pages do what the intent says, and
// no more. It calls [Handler] and reports an error to t for each
// finding whose severity is unsafe, breaks or fragile, and for each
// preflight-not-cached, since the intent asks for the cache. Other findings that
// are slow are advice, which t logs.
func Test(t testing.TB, handler http.Handler, intent *Intent) {
	t.Helper()
	report, err := Handler(t.Context(), handler, intent, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, note := range report.Notes {
		t.Log(note)
	}
	for _, f := range report.Findings {
		if f.Severity == Slow && f.ID != preflightNotCached {
			t.Log(f.String())
			continue
		}
		t.Error(f.String())
	}
}

// Handler audits a handler as [Server] audits a server. The handler is called in
// the process, as if it were served at the intent's base. No other server can be
// reached: a use that is redirected to another origin gets no answer. A handler that hangs and
// ignores its request's context is left running.
func Handler(ctx context.Context, handler http.Handler, intent *Intent, o *Options) (*Report, error) {
	if handler == nil || intent == nil {
		return nil, errors.New("audit: Handler needs a handler and an intent")
	}
	base, err := intent.base()
	if err != nil {
		return nil, err
	}
	return Server(ctx, &handlerTransport{handler: handler, at: base.Origin()}, intent, o)
}

// Server audits a server. It plays each use of the intent as the requests of a
// browser, under each of [engine.Profiles], from a page of each origin. Each page
// has a browser of its own, which begins with the use's cookies and stores those
// that the server sets. It plays:
//
//   - from each allowed origin: the use; the use again while its preflight should
//     be cached (PreflightCached); and once more after the cache has expired;
//   - from each allowed origin, if the method is GET or HEAD: the use through a
//     shared HTTP cache that honours Vary, after a page of another origin and after
//     a page of the server's own origin, which sends no Origin header, requested
//     the same;
//   - from each allowed origin, if the method is GET and browsers cache the response:
//     the use after an image at the same URL, with the browser's own HTTP cache;
//   - from each refused origin: the use, whose response must not be readable.
//
// The browsers' clocks are simulated; nothing waits. Requests are sent one at a
// time. A request that several browsers would send identically is sent once, as
// the first of them sends it: what a browser says of itself, in User-Agent, client
// hints, Accept, Accept-Encoding, Accept-Language, Priority and the order of its
// headers, makes no difference. The shared cache gets the responses that were
// already received. A use whose method is not GET, HEAD or OPTIONS is sent once
// per origin; when it is played again, only its preflight is sent. If browsers
// would send different requests, for example with other cookies, each is sent. Do
// not use an intent where sending each use once per origin does damage, or set
// [Options.HoldUnsafe].
//
// Then it probes, unless [Options.SkipProbes] is set. From origins that the intent
// does not name it sends preflights, and uses with GET, HEAD or OPTIONS. From an
// allowed origin it requests a path that does not exist, the use without cookies
// and Authorization, and preflights for other methods and headers. A use takes
// about twenty requests from one origin. Nothing else is sent from origins that
// the intent does not name.
//
// A use that gets no answer is a finding: its host can't be reached, its certificate
// is not valid, it does not respond in time, or a redirect leads to a host that
// server does not serve. A server that has responded to other requests may close
// the connection of refused origins and of probes: that refuses them.
//
// Server returns an error if the intent is not valid (each mistake is an
// [*Error], and they are joined), and an [*Error] with Use if the server can't be
// audited: it gives no answer at all, ctx ends, or a handler panics. The report is
// nil then.
func Server(ctx context.Context, server fetch.Transport, intent *Intent, o *Options) (*Report, error) {
	if server == nil || intent == nil {
		return nil, errors.New("audit: Server needs a server and an intent")
	}
	uses, err := intent.resolve("", nil)
	if err != nil {
		return nil, err
	}
	if o == nil {
		o = &Options{}
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	r := &run{intent: intent, options: *o, wire: recorder{server: server, patience: o.Patience, asked: make(map[string]*asked), holdUnsafe: o.HoldUnsafe}, uses: uses}
	if o.Patience == 0 {
		r.wire.patience = patience
	}
	if o.Rate > 0 {
		r.wire.pause = time.Duration(float64(time.Second) / o.Rate)
	}
	report := &Report{Base: intent.baseURL()}
	for _, use := range uses {
		report.Uses = append(report.Uses, use.name)
		for _, p := range engine.Profiles() {
			if err := r.trial(use, p).play(ctx); err != nil {
				return nil, &Error{Use: use.name, Err: err}
			}
		}
	}
	if err := r.reached(); err != nil {
		return nil, err
	}
	pr := r.prober()
	if err := r.compare(ctx, pr); err != nil {
		return nil, err
	}
	if err := r.inspect(ctx); err != nil {
		return nil, err
	}
	if !o.SkipProbes {
		if report.Policies, err = r.probe(ctx, pr, uses); err != nil {
			return nil, err
		}
	}
	report.Preflights = r.preflights(ctx, uses)
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	report.Uses, report.Findings, report.Plays, report.Traffic = some(report.Uses), some(r.findings()), some(mergePlays(r.plays)), some(r.wire.traffic)
	for i := range report.Plays {
		report.Plays[i].Exchanges = some(report.Plays[i].Exchanges)
	}
	report.Notes = notes(intent, uses)
	return report, nil
}

// notes are the notes about the uses of an intent.
func notes(intent *Intent, uses []*resolvedUse) (all []string) {
	for _, use := range uses {
		for _, page := range intent.Allow {
			if note := cause.LocalNetwork(page, use.url.String()); note != "" && !slices.Contains(all, note) {
				all = append(all, note)
			}
		}
	}
	return all
}
