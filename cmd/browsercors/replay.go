package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/handshake"
	"github.com/browsercors/browsercors/internal/headername"
	"github.com/browsercors/browsercors/internal/headervalue"
	"github.com/browsercors/browsercors/safelist"
)

// A replay is a network that is asked once for what several browsers ask for alike. A
// request that is not safe goes out once, whatever the browsers say in their headers.
type replay struct {
	next fetch.Transport

	mu       sync.Mutex
	answered map[string]*replayed
}

// A replayed is an answer, and the key of the handshake that it answers.
type replayed struct {
	response fetch.NetworkResponse // without its body
	body     []byte
	key      string
}

// maxReplayed are the most bytes of a body that is kept. What is longer, or does not say
// how long it is, is asked for again, unless it is an event stream.
const maxReplayed = 1 << 20

// RoundTrip implements [fetch.Transport].
func (t *replay) RoundTrip(ctx context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	key := replayKey(r)
	t.mu.Lock()
	a := t.answered[key]
	t.mu.Unlock()
	if a != nil {
		if r.Body != nil {
			r.Body.Close()
		}
		return a.again(r), nil
	}
	resp, err := t.next.RoundTrip(ctx, r)
	if err != nil || resp == nil {
		return resp, err
	}
	a = &replayed{response: *resp}
	a.response.Body = nil
	out := *resp
	kept := r.WebSocket || !safe(r) || resp.Body == nil || isEventStream(resp)
	if length, ok, err := headervalue.ExtractLength(resp.Headers); !kept && ok && err == nil && length <= maxReplayed {
		a.body, err = io.ReadAll(io.LimitReader(resp.Body, maxReplayed))
		kept = err == nil
		out.Body = &readAhead{io.MultiReader(bytes.NewReader(a.body), &failing{err}, resp.Body), resp.Body}
	}
	if kept {
		a.key, _ = r.Headers.Get(handshake.Key)
		t.mu.Lock()
		if t.answered == nil {
			t.answered = make(map[string]*replayed)
		}
		t.answered[key] = a
		t.mu.Unlock()
	}
	return &out, nil
}

// again is the answer to a request that was answered before.
func (a *replayed) again(r *fetch.NetworkRequest) *fetch.NetworkResponse {
	resp := a.response
	resp.Headers, resp.Body = slices.Clone(resp.Headers), io.NopCloser(bytes.NewReader(a.body))
	if isEventStream(&resp) {
		resp.Headers.Delete("Content-Length")
	}
	if answer, ok := resp.Headers.Get(handshake.Accept); ok && r.WebSocket && resp.Status == http.StatusSwitchingProtocols {
		own, _ := r.Headers.Get(handshake.Key)
		resp.Headers.Set(handshake.Accept, handshake.Again(answer, a.key, own))
		resp.Body = handshake.Closed{}
	}
	return &resp
}

// safe tells whether a request may be made again.
func safe(r *fetch.NetworkRequest) bool {
	return r.Method == "GET" || r.Method == "HEAD" || r.Method == "OPTIONS"
}

func isEventStream(resp *fetch.NetworkResponse) bool {
	value, _ := resp.Headers.Get("Content-Type")
	return fold.HasPrefix(value, "text/event-stream")
}

// replayKey tells requests apart by what a server may decide by.
func replayKey(r *fetch.NetworkRequest) string {
	var b strings.Builder
	b.WriteString(r.Method + " " + r.URL.WithoutFragment())
	if !safe(r) {
		return b.String()
	}
	headers := slices.DeleteFunc(slices.Clone(r.Headers), func(h safelist.Header) bool { return headername.TellsBrowsersApart(h.Name) })
	slices.SortStableFunc(headers, func(a, b safelist.Header) int { return strings.Compare(fold.Lower(a.Name), fold.Lower(b.Name)) })
	for _, h := range headers {
		b.WriteString("\n" + fold.Lower(h.Name) + ": " + h.Value)
	}
	return b.String()
}

// A readAhead is a body whose beginning was read already.
type readAhead struct {
	io.Reader
	io.Closer
}

// failing is a reader whose Read returns err, or io.EOF if err is nil.
type failing struct{ err error }

func (f *failing) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.EOF
}
