package audit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"testing"
	"time"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
)

// sandboxURL is where the sandboxed page stands that asks from the origin null.
const sandboxURL = "https://sandboxed.example/"

// patience is how long a server may take for the answer to one fetch.
const patience = 10 * time.Second

// Options configure an audit. Nil, or the zero value of any field, is what
// a Go test wants.
type Options struct {
	// Patience is how long the server may take to begin its answer to one
	// request; 0 is 10 seconds.
	Patience time.Duration

	// SkipProbes plays what the intent names and nothing else: no page of an
	// origin that it does not name asks for anything, and the report says nothing
	// of what the server's policy is beyond it.
	SkipProbes bool

	// ProbeImpossibleOrigins also asks with Origin headers that no browser sends,
	// to see what the server makes of them.
	ProbeImpossibleOrigins bool

	// Rate is how many requests a second the server gets at most, one after the
	// other; 0 is no limit.
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
	return errors.Join(wrong...)
}

// A UseError is why a server can't be judged: what kept a use from being played.
type UseError struct {
	Use   string // its name
	Probe bool   // it was a probe beside the use, which [Options] can leave out
	Err   error  // names the URL
}

func (e *UseError) Error() string {
	beside := ""
	if e.Probe {
		beside = ", a probe beside it (Options.SkipProbes leaves those out)"
	}
	return fmt.Sprintf("audit: use %q%s: %v", e.Use, beside, e.Err)
}

func (e *UseError) Unwrap() error { return e.Err }

// A Report is what an audit found, and what it saw. docs/intents.md has its
// form in JSON, which is stable.
type Report struct {
	Base     string     `json:"base"`     // where the server stands
	Uses     []string   `json:"uses"`     // names of the uses that were played, in the intent's order
	Findings []Finding  `json:"findings"` // the worst first; empty if the server does what the intent says
	Plays    []Play     `json:"plays"`    // all that pages did
	Traffic  []Exchange `json:"traffic"`  // all that the server answered, in order

	// Policies are what the server lets pages do, by URL, in the order of the
	// uses; nil with SkipProbes.
	Policies []Policy `json:"policies,omitempty"`
}

// A Play is one fetch of a page, and all that it led to.
type Play struct {
	Use      string   `json:"use"`            // its name
	Profiles []string `json:"profiles"`       // names of the profiles under which it went so, in the order of [engine.Profiles]
	Origin   string   `json:"origin"`         // the page's
	Method   string   `json:"method"`         // what the page asked for
	URL      string   `json:"url"`            // without fragment
	When     string   `json:"when,omitempty"` // what had happened before, such as "again, 9m59s after the first time"; "" for nothing

	// Exchanges are what the page sent and what it got, preflights included. What
	// pages in several browsers would send alike went to the server once: each of
	// their plays has it.
	Exchanges []Exchange `json:"exchanges"`

	Refusal string `json:"refusal,omitempty"` // why the page got nothing; "" if it got a response

	// What the refusal says, in parts: the name of its [fetch.Reason] and of its
	// [fetch.Stage], and what of the answer was at fault, such as a header with its
	// value.
	Reason string `json:"reason,omitempty"`
	Stage  string `json:"stage,omitempty"`
	Detail string `json:"detail,omitempty"`

	// Held says that the audit let the preflight out, and not the request that it
	// allowed.
	Held bool `json:"held,omitempty"`
}

// Test checks in a Go test that browsers let pages do with a handler what the
// intent says, and no more. It is [Handler], with an error of t for each
// finding that is unsafe, breaks a use or is fragile, and for each
// [PreflightNotCached], which the intent asks for. What is slow and nothing else
// ([MaxAgeMissing], [MaxAgeTiny], [PreflightAvoidable]) is advice: t logs it.
func Test(t testing.TB, handler http.Handler, intent *Intent) {
	t.Helper()
	report, err := Handler(t.Context(), handler, intent, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		if f.Severity == Slow && f.ID != PreflightNotCached {
			t.Log(f.String())
			continue
		}
		t.Error(f.String())
	}
}

// Handler is [Server] for a handler, called in process as if it stood at the
// intent's base; nothing else can be reached, so that a redirect to elsewhere is
// an error. A handler that hangs and ignores its request's context is left
// running.
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

// Server plays each use of an intent as the requests of a browser, under each
// of [engine.Profiles], from a page of each origin. Each page has a browser of
// its own. That has the use's cookies before each request, and keeps those that
// the server sets for the requests after. What is played:
//
//   - from each allowed origin, on a clock of its own: the use; the use again
//     while its preflight should be cached, by PreflightCached; the use a third
//     time after the browser has forgotten any preflight;
//   - from each allowed origin, if the method is GET or HEAD: after a page of
//     another origin asked the same through a shared HTTP cache, which keeps what
//     it may and honours Vary, and after one of the server's own origin, whose
//     request has no Origin header, did;
//   - from each refused origin: the use, which must not give a readable answer.
//
// Requests go out one at a time. What several browsers would send alike at the
// same point goes out once, and each gets the answer; the shared cache is played
// with the answers that came without it. A use whose method is none of GET, HEAD
// and OPTIONS is made once from an origin: its preflight is made anew, and then
// the answer of the first time is taken. Where browsers would send different
// things, such as other cookies, each of them goes out. So an intent should name
// nothing that does harm when it is done once from each of its origins.
//
// Then it probes, unless [Options] say otherwise: it asks from origins that
// the intent does not name, as far as preflights and uses with GET, HEAD or
// OPTIONS go, for what is not there, for the use without its cookies and
// Authorization, and for what else preflights allow. That is about twenty
// requests a use from one origin. From origins that the intent does not name
// nothing else is sent.
//
// An intent that contradicts itself is an error ([*InputError], all of them
// joined), and so is a server that can't be judged: not reached, a certificate
// that does not verify, no answer in time, a handler that panics. That is a
// [*UseError]. The report is nil then. A server that has answered others may hang up
// on refused origins, and may leave probes without an answer: it lets nobody in
// by that.
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
	r := &run{intent: intent, options: *o, wire: recorder{server: server, patience: o.Patience, asked: make(map[string]*asked)}}
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
				return nil, &UseError{Use: use.name, Err: err}
			}
		}
	}
	if err := r.inspect(ctx); err != nil {
		return nil, err
	}
	if !o.SkipProbes {
		if report.Policies, err = r.probe(ctx, uses); err != nil {
			return nil, err
		}
	}
	report.Findings, report.Plays, report.Traffic = r.findings(), mergePlays(r.plays), r.wire.traffic
	return report, nil
}
