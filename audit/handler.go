package audit

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/cause"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/headervalue"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// flushAt is how many bytes of a body are held until the head goes out.
const flushAt = 4 << 10

// A handlerTransport is the network on which an http.Handler stands at an
// origin, and nothing else stands anywhere.
type handlerTransport struct {
	handler http.Handler
	at      origin.Origin
}

// RoundTrip runs the handler on a goroutine of its own, which it leaves behind
// if ctx ends and the handler does not.
func (t *handlerTransport) RoundTrip(ctx context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	if !r.URL.Origin().SameOrigin(t.at) {
		return nil, fmt.Errorf("the handler serves only %s, not %s: %w", t.at, r.URL.Origin(), cause.ErrNotServed)
	}
	if r.Connected != nil {
		if err := r.Connected(assumed(r.URL)); err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	req, err := serverRequest(ctx, r)
	if err != nil {
		cancel()
		return nil, err
	}
	w := &handlerWriter{method: r.Method, header: make(http.Header), answer: make(chan answer, 1), ctx: ctx, cancel: cancel}
	go w.serve(t.handler, req)
	select {
	case a := <-w.answer:
		if a.err != nil {
			cancel()
		}
		return a.response, a.err
	case <-ctx.Done():
		cancel()
		return nil, context.Cause(ctx)
	}
}

// serverRequest is the request as a server gets it.
func serverRequest(ctx context.Context, r *fetch.NetworkRequest) (*http.Request, error) {
	u, err := url.Parse(r.URL.WithoutFragment())
	if err != nil {
		return nil, &fetch.Error{Reason: fetch.Unsendable, Header: "url", Value: r.URL.String(), Err: err}
	}
	req := (&http.Request{
		Method: r.Method, Host: u.Host, RequestURI: u.RequestURI(), RemoteAddr: "192.0.2.1:1234",
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: make(http.Header, len(r.Headers)), Body: http.NoBody,
	}).WithContext(ctx)
	if u.Scheme == "https" {
		req.TLS = &tls.ConnectionState{Version: tls.VersionTLS13, HandshakeComplete: true, ServerName: u.Hostname()}
	}
	u.Scheme, u.Host = "", ""
	req.URL = u
	for _, h := range r.Headers {
		req.Header.Add(h.Name, h.Value)
	}
	if r.Body != nil {
		req.Body, req.ContentLength = r.Body, -1
		if length, ok, err := headervalue.ExtractLength(r.Headers); ok && err == nil {
			req.ContentLength = int64(length)
		}
	}
	return req, nil
}

// An answer is what comes of a handler.
type answer struct {
	response *fetch.NetworkResponse
	err      error
}

// A handlerWriter is the ResponseWriter of one request. The head goes out when
// the handler flushes, has written much or returns. It belongs to the
// handler's goroutine.
type handlerWriter struct {
	method string
	header http.Header
	answer chan answer
	ctx    context.Context
	cancel context.CancelFunc // ends the request's context, which is ctx
	taken  bool               // the handler speaks on the connection itself

	status int              // 0 until WriteHeader
	typed  bool             // the handler has said which Content-Type, or that there is none
	head   fetch.HeaderList // as it was then
	held   bytes.Buffer     // of the body, until the head goes out
	stream *io.PipeWriter   // of the body, afterwards
}

// Faults of a handler itself.
var (
	errPanicked = errors.New("the handler panicked")
	errGoexit   = errors.New("the handler ended its goroutine")
)

func (w *handlerWriter) serve(handler http.Handler, req *http.Request) {
	ended := errGoexit
	defer func() {
		req.Body.Close()
		switch v := recover(); {
		case v == http.ErrAbortHandler:
			ended = fetch.ErrNoAnswer
		case v != nil:
			ended = fmt.Errorf("%w: %v\n\n%s", errPanicked, v, debug.Stack())
		}
		switch {
		case w.taken:
		case w.stream != nil:
			w.stream.CloseWithError(ended)
		case ended != nil:
			w.answer <- answer{err: ended}
		default:
			w.send(nil)
		}
	}()
	handler.ServeHTTP(w, req)
	ended = nil
}

// Hijack hands the handler a connection, as WebSocket servers want it. The response is
// what the handler writes to it first.
func (w *handlerWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if w.taken || w.stream != nil || w.status != 0 {
		return nil, nil, http.ErrHijacked
	}
	w.taken = true
	server, client := net.Pipe()
	context.AfterFunc(w.ctx, func() { client.Close() })
	go func() {
		resp, err := http.ReadResponse(bufio.NewReader(client), &http.Request{Method: w.method})
		if err != nil {
			client.Close()
			w.answer <- answer{err: fmt.Errorf("%w: %v", fetch.ErrNoAnswer, err)}
			return
		}
		out := &fetch.NetworkResponse{Status: resp.StatusCode, StatusText: strings.TrimPrefix(resp.Status, strconv.Itoa(resp.StatusCode)+" ")}
		for _, name := range slices.Sorted(maps.Keys(resp.Header)) {
			for _, value := range resp.Header[name] {
				out.Headers = append(out.Headers, safelist.Header{Name: name, Value: value})
			}
		}
		out.Body = &handlerBody{held: bytes.NewReader(nil), cancel: w.cancel}
		w.answer <- answer{response: out}
	}()
	return server, bufio.NewReadWriter(bufio.NewReader(server), bufio.NewWriter(server)), nil
}

// Header is the header to be sent with the head.
func (w *handlerWriter) Header() http.Header { return w.header }

// WriteHeader settles the head. Informational ones are not passed on.
func (w *handlerWriter) WriteHeader(status int) {
	if status < 100 || status > 999 {
		panic(fmt.Sprintf("invalid WriteHeader code %d", status)) // as net/http does
	}
	if w.status != 0 || status < 200 && status != http.StatusSwitchingProtocols {
		return
	}
	w.status = status
	_, w.typed = w.header["Content-Type"]
	for _, name := range slices.Sorted(maps.Keys(w.header)) {
		for _, value := range w.header[name] {
			if grammar.IsHeaderName(name) { // others net/http leaves out
				w.head = append(w.head, safelist.Header{Name: name, Value: oneLine.Replace(strings.Trim(value, " \t"))})
			}
		}
	}
}

var oneLine = strings.NewReplacer("\n", " ", "\r", " ")

// Write writes some of the body, and the head before.
func (w *handlerWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	switch {
	case !w.hasBody():
		return 0, http.ErrBodyNotAllowed
	case w.stream != nil && w.method == "HEAD":
		return len(b), nil
	case w.stream != nil:
		return w.stream.Write(b)
	}
	w.held.Write(b)
	if w.held.Len() > flushAt {
		w.Flush()
	}
	return len(b), nil
}

// Flush sends what there is.
func (w *handlerWriter) Flush() {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if w.stream != nil {
		return
	}
	var rest *io.PipeReader
	rest, w.stream = io.Pipe()
	w.send(rest)
}

// send sends the head, with what is held of the body and the rest, if any is
// to come.
func (w *handlerWriter) send(rest *io.PipeReader) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if w.held.Len() > 0 && !w.typed && !w.head.Contains("Content-Encoding") {
		w.head.Append("Content-Type", http.DetectContentType(w.held.Bytes()))
	}
	if rest == nil && w.hasBody() && !w.head.Contains("Content-Length") && (w.method != "HEAD" || w.held.Len() > 0) {
		w.head.Append("Content-Length", strconv.Itoa(w.held.Len()))
	}
	if w.method == "HEAD" { // as net/http does: what GET would have, without the body
		w.held.Reset()
	}
	w.answer <- answer{response: &fetch.NetworkResponse{
		Status: w.status, StatusText: http.StatusText(w.status), Headers: w.head,
		Body: &handlerBody{held: bytes.NewReader(w.held.Bytes()), rest: rest, cancel: w.cancel},
	}}
}

// hasBody tells whether the status lets the answer to a GET have one.
func (w *handlerWriter) hasBody() bool {
	return w.status >= 200 && w.status != http.StatusNoContent && w.status != http.StatusNotModified
}

// A handlerBody is a response's body. Closing it ends the request's context.
type handlerBody struct {
	held   *bytes.Reader
	rest   *io.PipeReader
	cancel context.CancelFunc
}

func (b *handlerBody) Read(p []byte) (int, error) {
	if b.held.Len() > 0 || b.rest == nil {
		return b.held.Read(p)
	}
	return b.rest.Read(p)
}

func (b *handlerBody) Close() error {
	b.cancel()
	if b.rest != nil {
		b.rest.Close()
	}
	return nil
}
