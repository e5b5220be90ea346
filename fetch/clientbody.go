package fetch

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// clientBody is an http.Request's body as the page's. Where it refuses, the body
// is closed.
func clientBody(req *http.Request, o *ClientOptions) (*Body, *Error) {
	switch {
	case req.Body == nil || req.Body == http.NoBody:
		return nil, nil
	case req.GetBody != nil:
		length := req.ContentLength
		if length == 0 {
			length = -1 // net/http's way to say so
		}
		return &Body{first: req.Body, again: req.GetBody, length: length}, nil
	case req.ContentLength > 0:
		return OnceBody(req.Body, req.ContentLength, ""), nil
	case o.BufferBody > 0:
		return bufferBody(req, o.BufferBody)
	case usuallyWithoutBody(req.Method):
		return probeBody(req)
	}
	return StreamBody(req.Body), nil
}

// bufferBody reads a body of unknown length to its end, if that comes before a
// limit.
func bufferBody(req *http.Request, limit int64) (*Body, *Error) {
	read := make(chan error, 1)
	var data bytes.Buffer
	go func() {
		_, err := data.ReadFrom(io.LimitReader(req.Body, limit+1))
		read <- err
	}()
	select {
	case err := <-read:
		req.Body.Close()
		switch {
		case err != nil:
			return nil, unreadBody(req, NetworkFailure, err)
		case int64(data.Len()) > limit:
			return nil, unreadBody(req, RequestBodyTooLarge, nil)
		case data.Len() == 0 && usuallyWithoutBody(req.Method):
			return nil, nil
		}
		return BytesBody(data.Bytes(), ""), nil
	case <-req.Context().Done():
		req.Body.Close() // which ends the reading, at the latest when the body has more
		return nil, unreadBody(req, Aborted, context.Cause(req.Context()))
	}
}

// unreadBody is why a body could not be read before the request was made.
func unreadBody(req *http.Request, reason Reason, err error) *Error {
	return &Error{Reason: reason, Stage: stageBefore, Request: RequestInfo{Method: req.Method, URL: req.URL.Redacted()}, Header: "body", Err: err}
}

// usuallyWithoutBody tells whether net/http looks for the first byte of a body of
// unknown length before it believes that there is one.
func usuallyWithoutBody(method string) bool {
	switch method {
	case "", "GET", "HEAD", "DELETE", "OPTIONS", "PROPFIND", "SEARCH":
		return true
	}
	return false
}

// probePatience is how long a body may take to say whether it has a first byte.
const probePatience = 200 * time.Millisecond

// probeBody is the body of a request that is likely to have none: nil if it ends
// before its first byte. Of one that keeps us waiting it is assumed that it has
// one, as net/http does.
func probeBody(req *http.Request) (*Body, *Error) {
	p := &probedBody{body: req.Body, probed: make(chan probe, 1)}
	go func() {
		var first [1]byte
		n, err := io.ReadFull(req.Body, first[:])
		p.probed <- probe{first, n, err}
	}()
	patience := time.NewTimer(probePatience)
	defer patience.Stop()
	select {
	case got := <-p.probed:
		if got.n == 0 {
			req.Body.Close()
			if errors.Is(got.err, io.EOF) {
				return nil, nil
			}
			return nil, unreadBody(req, NetworkFailure, got.err)
		}
		p.probed <- got
	case <-patience.C:
	case <-req.Context().Done():
		req.Body.Close()
		return nil, unreadBody(req, Aborted, context.Cause(req.Context()))
	}
	return StreamBody(p), nil
}

// A probe is what came of reading a body's first byte.
type probe struct {
	first [1]byte
	n     int
	err   error
}

// A probedBody is a body whose first byte was read ahead, or is still awaited.
type probedBody struct {
	body   io.ReadCloser
	probed chan probe // nil once read
}

func (p *probedBody) Read(b []byte) (int, error) {
	if p.probed == nil {
		return p.body.Read(b)
	}
	if len(b) == 0 {
		return 0, nil
	}
	got := <-p.probed
	p.probed = nil
	return copy(b, got.first[:got.n]), got.err
}

func (p *probedBody) Close() error { return p.body.Close() }
