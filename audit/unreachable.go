package audit

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"

	"github.com/browsercors/browsercors/fetch"
)

// A use that gets no answer is a result, like one that a browser refuses.

// noAnswer is the refusal of a fetch that got no answer from the network; nil if
// the error is one of the audit: its context has ended, a handler panicked, or the
// server has sent more than is kept.
func noAnswer(ctx context.Context, err error) *fetch.Error {
	failure, ok := errors.AsType[*fetch.Error](err)
	if !ok || failure.Stage == "construct" || failure.Reason < fetch.NetworkFailure || ctx.Err() != nil {
		return nil
	}
	for _, fault := range []error{errPanicked, errGoexit, errTooMuch} {
		if errors.Is(err, fault) {
			return nil
		}
	}
	return failure
}

// unreachable notes that a use got no answer. It returns the error if it is one of
// the audit.
func (t trial) unreachable(ctx context.Context, v *visitor, when string, got result, err error) error {
	failure := noAnswer(ctx, err)
	if failure == nil {
		return err
	}
	got.refusal = failure
	t.played(v, when, got)
	x := failure.Explain()
	f := t.findingOf(unreachable, v.asking, got.exchanges)
	f.Tried, f.When = t.tried(v.asking, when), when
	f.cause, f.failed = x.Cause+"\x00"+x.Summary, failure
	f.Problem = strings.ToUpper(x.Problem[:1]) + x.Problem[1:]
	if x.Behind != "" {
		f.Problem += " " + x.Behind
	}
	f.Cause, f.NotCORS = x.Cause, true
	f.Rule, f.Section, f.By, f.Fix, f.Headers = x.Rule, x.Section, x.By, x.Fix, x.Headers
	if x.Cause == "login-redirect" { // whether the login answers does not matter
		f.ID, f.Problem, f.Rule, f.Section = loginRedirect, x.Behind, usable, ""
	}
	t.note(f)
	return nil
}

// reached tells whether the server answered anything. If not, the error says why it
// did not answer the first use.
func (r *run) reached() error {
	if len(r.wire.traffic) > 0 {
		return nil
	}
	for i := range r.notes {
		if f := &r.notes[i]; f.failed != nil {
			return &Error{Use: f.Use, Err: f.failed}
		}
	}
	return nil
}

// unanswerable tells whether a use got no answer from the first allowed origin, so
// that nothing is to be learned by asking more.
func (r *run) unanswerable(use *resolvedUse) bool {
	return r.has(use.name, unreachable) && !r.works(use)
}

// given returns the error that this request got before, so that a silent server is not
// asked twice: any request to a host that can't be connected to, and the same request
// of an origin that the server left waiting.
func (r *recorder) given(req *fetch.NetworkRequest) error {
	if len(r.silent) == 0 {
		return nil
	}
	host, request := silence(req)
	if err := r.silent[host]; err != nil {
		return err
	}
	return r.silent[request]
}

// silence are the keys of what is not asked again.
func silence(req *fetch.NetworkRequest) (host, request string) {
	page, _ := req.Headers.Get("Origin")
	return req.URL.Origin().String(), req.Method + " " + req.URL.WithoutFragment() + " " + page
}

// gaveNothing keeps why no answer came, if it would be the same another time.
func (r *recorder) gaveNothing(ctx context.Context, req *fetch.NetworkRequest, err error) {
	if ctx.Err() != nil {
		return
	}
	if r.silent == nil {
		r.silent = make(map[string]error)
	}
	host, request := silence(req)
	dial, _ := errors.AsType[*net.OpError](err)
	_, named := errors.AsType[*net.DNSError](err)
	_, certified := errors.AsType[*tls.CertificateVerificationError](err)
	_, plain := errors.AsType[tls.RecordHeaderError](err)
	switch {
	case dial != nil && dial.Op == "dial", named, certified, plain:
		r.silent[host] = err
	case errors.Is(err, context.DeadlineExceeded):
		r.silent[request] = err
	}
}
