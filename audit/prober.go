package audit

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/headername"
)

// prober is one that knows what the plays have asked.
func (r *run) prober() *prober {
	pr := &prober{wire: &r.wire, seen: make(map[string]*asked), silent: make(map[string]error)}
	for i := range r.plays {
		for n := range r.plays[i].Exchanges {
			if x := &r.plays[i].Exchanges[n]; !x.Cached {
				if key := (question{}).key(x.Method, x.URL, x.RequestHeaders); pr.seen[key] == nil {
					pr.seen[key] = &asked{exchange: *x}
				}
			}
		}
	}
	return pr
}

// errHeld is what becomes of requests that must not leave.
var errHeld = errors.New("held back: the audit sends only the preflight")

// A prober asks the server once for what differs in nothing that a server
// decides by.
type prober struct {
	wire   *recorder
	seen   map[string]*asked // by key
	silent map[string]error  // why an origin got no answer from a URL; it is not asked again
}

// A question is how a page asks.
type question struct {
	variant string // what is not to be answered with what was seen of the uses
	hold    bool   // only preflights leave
	pretend string // an origin that stands in the place of the page's
	bare    bool   // a preflight leaves as OPTIONS without what makes it a preflight
}

// key is what a server decides by.
func (q question) key(method, url string, headers fetch.HeaderList) string {
	var b strings.Builder
	b.WriteString(q.variant + "\x00" + method + " " + url)
	var lines []string
	for _, h := range headers {
		name := fold.Lower(h.Name)
		if !headername.TellsBrowsersApart(name) && !strings.HasPrefix(name, "sec-") && !strings.HasPrefix(name, "accept") && name != "cookie" && name != "referer" {
			lines = append(lines, "\n"+name+": "+h.Value)
		}
	}
	slices.Sort(lines)
	b.WriteString(strings.Join(lines, ""))
	return b.String()
}

// An asking is the network of one page that probes.
type asking struct {
	*prober
	question
	exchanges []Exchange
	body      []byte // how that of the last answer begins, where browsers may refuse it
}

// RoundTrip implements [fetch.Transport].
func (a *asking) RoundTrip(ctx context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	if r.Body != nil {
		r.Body.Close()
	}
	page, _ := r.Headers.Get("Origin")
	sent := *r
	sent.Body = nil
	sent.Headers = slices.Clone(r.Headers)
	if a.pretend != "" {
		sent.Headers.Set("Origin", a.pretend)
	}
	if a.bare {
		sent.Headers.Delete("Access-Control-Request-Method")
		sent.Headers.Delete("Access-Control-Request-Headers")
	}
	key := a.key(sent.Method, sent.URL.WithoutFragment(), sent.Headers)
	x := a.seen[key]
	if x == nil {
		if a.hold && !r.Preflight {
			return nil, errHeld
		}
		from, _ := sent.Headers.Get("Origin")
		who := fmt.Sprintf("%s %s %s", sent.Method, sent.URL.WithoutFragment(), from)
		if err := a.silent[who]; err != nil {
			return nil, err
		}
		a.wire.probe()
		resp, err := a.wire.RoundTrip(ctx, &sent)
		if err != nil {
			a.silent[who] = err
			return nil, err
		}
		if resp.Body != nil {
			resp.Body.Close()
		}
		x = &asked{exchange: a.wire.exchanges[len(a.wire.exchanges)-1], body: a.wire.body}
		a.seen[key] = x
	}
	a.exchanges, a.body = append(a.exchanges, x.exchange), x.body
	answer := slices.Clone(x.exchange.ResponseHeaders)
	if allowed, _ := answer.Get(headerAllowOrigin); a.pretend != "" && allowed == a.pretend {
		answer.Set(headerAllowOrigin, page)
	}
	return &fetch.NetworkResponse{Status: x.exchange.Status, StatusText: x.exchange.StatusText, Headers: answer, Body: http.NoBody}, nil
}

// A reply is what came of a question.
type reply struct {
	ok        bool         // the page gets the answer, or would get to send the request
	refusal   *fetch.Error // why not; nil where no answer came
	exchanges []Exchange
	body      []byte // how that of the refused answer begins
}

// ask has a page make a request.
func (t trial) ask(ctx context.Context, pr *prober, q question, from string, in *fetch.Request) (reply, error) {
	a := &asking{prober: pr, question: q}
	v, err := t.open(a, from)
	if err != nil {
		return reply{}, err
	}
	if in.Credentials == credentials.Include && !q.hold { // preflights have no cookies
		t.use.keepCookies(v.jar, v.now)
	}
	resp, err := v.page.Fetch(ctx, in)
	refusal, _ := errors.AsType[*fetch.Error](err)
	got := reply{ok: err == nil, refusal: refusal, exchanges: a.exchanges, body: a.body}
	silent := noAnswer(ctx, err) != nil
	switch {
	case err == nil:
		resp.Body.Close()
	case errors.Is(err, errHeld):
		got.ok = true
	case silent: // the page is told nothing
	case refusal == nil || refusal.Stage == "construct" || refusal.Reason >= fetch.NetworkFailure:
		return reply{}, err
	}
	return got, nil
}
