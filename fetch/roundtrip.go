package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
)

// returning is how long a transport has to return once its context has ended.
const returning = 10 * time.Millisecond

// A PanicError says that a transport, a round tripper or the body of a response
// panicked, possibly on a goroutine where the caller could not recover. The
// fetch ends with it. A panic of a function in [Options] or [Trace] is not
// converted: it reaches the caller, and leaves nothing open.
type PanicError struct {
	What  string // what panicked: "the transport", "the body"
	Value any    // what it panicked with
	Stack []byte // of the goroutine, as runtime/debug has it
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("fetch: %s panicked: %s", e.What, shorten(text.Redact(fmt.Sprint(e.Value))))
}

// Unwrap returns the value if that is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// recovered is to be deferred where other people's code is called: its panic
// becomes an error.
func recovered(what string, err *error) {
	if v := recover(); v != nil {
		*err = &PanicError{What: what, Value: v, Stack: debug.Stack()}
	}
}

// roundTrip is a round trip of the agent's transport, whatever that does: it
// ends with the context, with a response or an error, and does not panic. The
// body, nil for none, is to be read instead of the response's own: it ends with
// the context, and may be closed while a Read waits.
func (f *fetching) roundTrip(out *NetworkRequest) (*NetworkResponse, io.ReadCloser, error) {
	own, ok := f.agent.transport.(*HTTPTransport)
	if ok && own.pooled(out.URL) {
		call := f.waitForTransport
		if own.returns(out) {
			call = f.callTransport
		}
		in, err := call(f.ctx, out)
		if err != nil {
			return nil, nil, err
		}
		return in, in.Body, nil
	}
	ctx, cancel := f.ctx, func() {}
	if !out.WebSocket { // whose connection outlives the fetch
		ctx, cancel = context.WithCancel(f.ctx)
	}
	in, err := f.waitForTransport(ctx, out)
	switch {
	case err != nil:
		cancel()
		return nil, nil, err
	case in.Body == nil || inMemory(in.Body):
		cancel()
		return in, in.Body, nil
	}
	return in, newForeignBody(f.ctx, cancel, in.Body), nil
}

// waitForTransport is callTransport on a goroutine of its own, which nobody waits
// for once the context has ended. What it brings then is closed.
func (f *fetching) waitForTransport(ctx context.Context, out *NetworkRequest) (*NetworkResponse, error) {
	type result struct {
		in    *NetworkResponse
		err   error
		there bool // RoundTrip did not end its goroutine
	}
	var taken atomic.Bool // by who comes first: the result, or the end of waiting for it
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			if !taken.Swap(true) {
				done <- r
			} else if r.in != nil {
				abandon(r.in.Body)
			}
		}()
		r.in, r.err = f.callTransport(ctx, out)
		r.there = true
	}()
	var r result
	select {
	case r = <-done:
	case <-ctx.Done():
		late := time.NewTimer(returning)
		defer late.Stop()
		select {
		case r = <-done:
		case <-late.C:
			if !taken.Swap(true) {
				return nil, context.Cause(ctx)
			}
			r = <-done
		}
	}
	if !r.there {
		runtime.Goexit() // as it would have on this goroutine: a test's FailNow
	}
	return r.in, r.err
}

// callTransport calls the agent's transport for as long as it takes.
func (f *fetching) callTransport(ctx context.Context, out *NetworkRequest) (in *NetworkResponse, err error) {
	returned := false
	defer func() {
		if !returned {
			abandon(out.Body)
		}
	}()
	defer recovered("the transport", &err)
	in, err = f.agent.transport.RoundTrip(ctx, out)
	returned = true
	switch {
	case err != nil:
	case in == nil:
		err = errors.New("fetch: the transport returned neither a response nor an error")
	case in.Status < 0 || in.Status > 999 || in.Status == 0 && in.http == nil:
		err = fmt.Errorf("fetch: the transport returned a response with status %d, which HTTP does not have", in.Status)
	}
	if err != nil && in != nil {
		abandon(in.Body)
		in = nil
	}
	return in, err
}

// closeQuietly closes a body of other people's that nobody will read.
func closeQuietly(body io.Closer) {
	var err error
	defer recovered("the body", &err)
	closeBody(body)
}

// pooled tells whether a connection of the transport's pools serves a URL.
func (t *HTTPTransport) pooled(u *origin.URL) bool {
	t.once.Do(t.init)
	return t.pools != nil && !t.pools.serves(u)
}

// returns tells whether a round trip over a pool is known to return when its
// context ends. net/http waits for Proxy and for who reads the request's body,
// and puts long headers in order.
func (t *HTTPTransport) returns(r *NetworkRequest) bool {
	return t.pools.promptProxy && len(r.Headers) < checkEvery && (r.Body == nil || inMemory(r.Body))
}

// isPromptProxy tells whether a Proxy is known never to wait: none, or the one of
// http.DefaultTransport.
func isPromptProxy(proxy func(*http.Request) (*url.URL, error)) bool {
	return proxy == nil || reflect.ValueOf(proxy).Pointer() == reflect.ValueOf(http.ProxyFromEnvironment).Pointer()
}
