package peek_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/peek"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// asked is a request from another origin.
func asked(t *testing.T, changes ...func(*fetch.NetworkRequest)) *fetch.NetworkRequest {
	t.Helper()
	u, err := origin.ParseURL("https://api.example/things")
	if err != nil {
		t.Fatal(err)
	}
	r := &fetch.NetworkRequest{Method: "GET", URL: u, Headers: fetch.HeaderList{{Name: "Origin", Value: "https://app.example"}}}
	for _, change := range changes {
		change(r)
	}
	return r
}

func preflight(r *fetch.NetworkRequest) { r.Method, r.Preflight = "OPTIONS", true }

// answered is a response with headers as "Name: value".
func answered(body io.ReadCloser, status int, lines ...string) *fetch.NetworkResponse {
	resp := &fetch.NetworkResponse{Status: status, Body: body}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		resp.Headers = append(resp.Headers, safelist.Header{Name: name, Value: value})
	}
	return resp
}

// A slowBody brings pieces, each after a while.
type slowBody struct {
	ctx    context.Context
	pieces []string
	every  time.Duration
	read   int
	closed atomic.Int32
}

func (b *slowBody) Read(p []byte) (int, error) {
	if b.read == len(b.pieces) {
		return 0, io.EOF
	}
	select {
	case <-time.After(b.every):
	case <-b.ctx.Done():
		return 0, context.Cause(b.ctx)
	}
	n := copy(p, b.pieces[b.read])
	if b.pieces[b.read] = b.pieces[b.read][n:]; b.pieces[b.read] == "" {
		b.read++
	}
	return n, nil
}

func (b *slowBody) Close() error {
	b.closed.Add(1)
	return nil
}

func TestAheadOf(t *testing.T) {
	html := "Content-Type: text/html"
	allowed := "Access-Control-Allow-Origin: *"
	for _, tt := range []struct {
		name string
		r    *fetch.NetworkRequest
		resp *fetch.NetworkResponse
		want bool
	}{
		{"an error", asked(t), answered(nil, 500, html), true},
		{"an error of no type", asked(t), answered(nil, 502), true},
		{"an error of another type", asked(t), answered(nil, 404, "Content-Type: image/png"), true},
		{"a page", asked(t), answered(nil, 200, html), true},
		{"JSON", asked(t), answered(nil, 200, "Content-Type: application/problem+json"), true},
		{"XML", asked(t), answered(nil, 200, "Content-Type: application/xml"), true},
		{"an allowed one", asked(t), answered(nil, 200, html, allowed), false},
		{"an allowed error", asked(t), answered(nil, 500, html, allowed), false},
		{"an image", asked(t), answered(nil, 200, "Content-Type: image/png"), false},
		{"events", asked(t), answered(nil, 200, "Content-Type: text/event-stream"), false},
		{"no type", asked(t), answered(nil, 200), false},
		{"a refused preflight", asked(t, preflight), answered(nil, 403, "Content-Type: text/plain"), true},
		{"a refused preflight with the origin", asked(t, preflight), answered(nil, 400, "Content-Type: text/plain", allowed), true},
		{"an allowed preflight", asked(t, preflight), answered(nil, 200, "Content-Type: text/plain", allowed), false},
		{"HEAD", asked(t, func(r *fetch.NetworkRequest) { r.Method = "HEAD" }), answered(nil, 500, html), false},
		{"a WebSocket", asked(t, func(r *fetch.NetworkRequest) { r.WebSocket = true }), answered(nil, 500, html), false},
		{"no origin", asked(t, func(r *fetch.NetworkRequest) { r.Headers = nil }), answered(nil, 500, html), false},
		{"the own origin", asked(t, func(r *fetch.NetworkRequest) { r.Headers[0].Value = "https://api.example" }), answered(nil, 500, html), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			own := io.NopCloser(strings.NewReader("a body"))
			tt.resp.Body = own
			begin, body := peek.Ahead(t.Context(), tt.r, tt.resp)
			if got := body != own; got != tt.want || got != (string(begin) == "a body") {
				t.Errorf("it was read ahead: %v (%q), want %v", got, begin, tt.want)
			}
			all, err := io.ReadAll(body)
			if string(all) != "a body" || err != nil {
				t.Errorf("the body is %q (%v)", all, err)
			}
			if err := body.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWholeBody(t *testing.T) {
	long := strings.Repeat("0123456789", 3000)
	own := &slowBody{ctx: t.Context(), pieces: []string{long[:4000], long[4000:4001], long[4001:]}}
	begin, body := peek.Ahead(t.Context(), asked(t), answered(own, 500))
	if string(begin) != long[:4096] {
		t.Errorf("%d bytes were read ahead, want the first 4096", len(begin))
	}
	all, err := io.ReadAll(body)
	if err != nil || string(all) != long {
		t.Errorf("the body has %d bytes (%v), want %d", len(all), err, len(long))
	}
	body.Close()
	body.Close()
	if own.closed.Load() != 1 {
		t.Errorf("the body was closed %d times", own.closed.Load())
	}
}

// TestSlowBody holds that a slow body delays the response by no more than 250 ms,
// and what comes later not at all.
func TestSlowBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		own := &slowBody{ctx: t.Context(), pieces: []string{"one", "two", "three", "four"}, every: 100 * time.Millisecond}
		start := time.Now()
		begin, body := peek.Ahead(t.Context(), asked(t), answered(own, 500))
		if took := time.Since(start); took != 250*time.Millisecond || string(begin) != "onetwo" {
			t.Errorf("after %v there is %q", took, begin)
		}
		var at []time.Duration
		var all []byte
		p := make([]byte, 64)
		for {
			n, err := body.Read(p)
			all = append(all, p[:n]...)
			if err != nil {
				break
			}
			at = append(at, time.Since(start))
		}
		if string(all) != "onetwothreefour" || len(at) != 3 || at[0] != 250*time.Millisecond || at[1] != 300*time.Millisecond || at[2] != 400*time.Millisecond {
			t.Errorf("%q came at %v", all, at)
		}
		body.Close()
	})
}

// TestClosedEarly holds that a body is closed once, and not while a Read waits.
func TestClosedEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		own := &slowBody{ctx: ctx, pieces: []string{"never"}, every: time.Hour}
		begin, body := peek.Ahead(ctx, asked(t), answered(own, 500))
		body.Close()
		synctest.Wait()
		if own.closed.Load() != 0 || begin != nil {
			t.Errorf("it was closed while a Read waited; %q was read", begin)
		}
		cancel()
		synctest.Wait()
		if own.closed.Load() != 1 {
			t.Errorf("it was closed %d times", own.closed.Load())
		}
		if n, err := body.Read(make([]byte, 1)); n != 0 || !errors.Is(err, context.Canceled) {
			t.Errorf("Read is %d, %v", n, err)
		}
	})
}

func TestCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		own := &slowBody{ctx: ctx, pieces: []string{"never"}, every: time.Hour}
		start := time.Now()
		_, body := peek.Ahead(ctx, asked(t), answered(own, 500))
		if took := time.Since(start); took != 10*time.Millisecond {
			t.Errorf("it took %v", took)
		}
		if _, err := body.Read(make([]byte, 1)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the error is %v", err)
		}
		body.Close()
		synctest.Wait()
		if own.closed.Load() != 1 {
			t.Error("it was not closed")
		}
	})
}

// hostileBody panics.
type hostileBody struct{}

func (hostileBody) Read([]byte) (int, error) { panic("no") }
func (hostileBody) Close() error             { return nil }

func TestHostileBody(t *testing.T) {
	_, body := peek.Ahead(t.Context(), asked(t), answered(hostileBody{}, 500))
	if _, err := body.Read(make([]byte, 1)); err != io.ErrUnexpectedEOF {
		t.Errorf("the error is %v", err)
	}
}

func TestCodings(t *testing.T) {
	text := strings.Repeat("Invalid CORS request. ", 500)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write([]byte(text))
	w.Close()
	for _, tt := range []struct{ name, coding, coded, want string }{
		{"gzip", "gzip", packed.String(), text[:4096]},
		{"gzip that breaks off", "x-gzip", packed.String()[:packed.Len()-12], "Invalid CORS request. "},
		{"none of gzip", "gzip", "plain", ""},
		{"one that is not known", "br", "\x1b\x00", ""},
		{"identity", "identity", "plain", "plain"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			begin, body := peek.Ahead(t.Context(), asked(t), answered(io.NopCloser(strings.NewReader(tt.coded)), 403, "Content-Encoding: "+tt.coding))
			defer body.Close()
			if !strings.HasPrefix(string(begin), tt.want) || tt.want == "" && len(begin) > 0 || len(begin) > 4096 {
				t.Errorf("it begins %.40q (%d bytes), want %.40q", begin, len(begin), tt.want)
			}
			if raw, _ := io.ReadAll(body); string(raw) != tt.coded {
				t.Errorf("the body is no longer as it was sent: %.40q", raw)
			}
		})
	}
}

// canned answers.
type canned struct{ resp *fetch.NetworkResponse }

func (c canned) RoundTrip(context.Context, *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	return c.resp, nil
}

// TestTransport holds that an explanation gets the body of the response that was
// refused, and the page what it may have.
func TestTransport(t *testing.T) {
	body := "Disallowed CORS origin"
	over := &peek.Transport{Next: canned{answered(io.NopCloser(strings.NewReader(body)), 400, "Content-Type: text/plain; charset=utf-8", "Server: uvicorn")}}
	agent, err := fetch.NewAgent(&fetch.Options{Transport: over})
	if err != nil {
		t.Fatal(err)
	}
	page, err := agent.Environment(&fetch.EnvironmentOptions{URL: "https://app.example/"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = page.Fetch(t.Context(), &fetch.Request{URL: "https://api.example/things#x", Method: "PUT"})
	refusal, ok := errors.AsType[*fetch.Error](err)
	if !ok {
		t.Fatal(err)
	}
	if got := string(over.Of(refusal)); got != body {
		t.Errorf("the body begins %q, want %q (%v)", got, body, refusal)
	}
	if got := over.Of(&fetch.Error{}); got != nil {
		t.Errorf("an error without response has the body %q", got)
	}
}
