package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/safelist"
)

// A player plays the tests as a page of the suite's server would.
type player struct {
	page    *fetch.Environment
	server  string                      // its origin
	timeout time.Duration               // of one request
	pause   func(context.Context) error // waits as long as the suite does between two requests
}

// requestTimeout is how long the suite waits for a response.
const requestTimeout = 10 * time.Second

// pause waits for three seconds, unless ctx ends before that.
func pause(ctx context.Context) error {
	timer := time.NewTimer(3 * time.Second)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A response is what script got, with its body.
type response struct {
	*fetch.Response
	text string
}

// header is a header's value, as JavaScript makes a string of it.
func (r *response) header(name string) string {
	if value, ok := r.Headers.Get(name); ok {
		return value
	}
	return "null"
}

// play plays a test: it tells the server how to answer, makes the requests in turn with their pauses, and then
// compares with what the server says that it received.
func (p *player) play(ctx context.Context, t *test) outcome {
	id := newUUID()
	config, err := json.Marshal(t.Raw)
	if err != nil {
		return outcomeOf(err)
	}
	stored, err := p.get(ctx, &fetch.Request{
		URL: p.server + "/config/" + id, Method: "PUT", Body: fetch.TextBody(string(config)),
		Headers: fetch.HeaderList{{Name: "content-type", Value: "application/json"}},
	})
	if err != nil {
		return outcomeOf(err)
	}
	if err := assert(true, stored.Status == 201, "PUT config resulted in %d %s", stored.Status, stored.StatusText); err != nil {
		return outcomeOf(err)
	}
	c := &checker{test: t, uuid: id}
	for i, r := range t.requests {
		if err := p.step(ctx, c, i); err != nil {
			return outcomeOf(err)
		}
		if r.Pause {
			if err := p.pause(ctx); err != nil {
				return outcomeOf(err)
			}
		}
	}
	state, err := p.get(ctx, &fetch.Request{URL: p.server + "/state/" + id})
	if err != nil {
		return outcomeOf(err)
	}
	var seen []*received
	if state.Status == 200 {
		if err := json.Unmarshal([]byte(state.text), &seen); err != nil {
			return outcomeOf(err)
		}
	}
	return outcomeOf(c.checkServer(seen))
}

// step makes one request of a test and checks its response.
func (p *player) step(ctx context.Context, c *checker, i int) error {
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	r := c.test.requests[i]
	var previous *response
	if i > 0 {
		previous = c.responses[i-1]
	}
	request := &fetch.Request{
		URL: p.url(c.uuid, r), Mode: fetch.Mode(r.Mode), Credentials: credentials.Mode(r.Credentials),
		Cache: fetch.CacheMode(r.Cache), Redirect: fetch.RedirectMode(r.Redirect),
	}
	if r.Method != nil {
		request.Method = *r.Method
	}
	if r.Body != nil {
		request.Body = fetch.TextBody(*r.Body)
	}
	for _, h := range r.Headers {
		value := h.value()
		if r.MagicIMS && strings.EqualFold(h.name, "if-modified-since") {
			value = r.fixUp(h, previous)
		}
		request.Headers = append(request.Headers, safelist.Header{Name: h.name, Value: value})
	}
	request.Headers = append(request.Headers,
		safelist.Header{Name: "Test-Name", Value: r.Name},
		safelist.Header{Name: "Test-ID", Value: r.ID},
		safelist.Header{Name: "Req-Num", Value: strconv.Itoa(i + 1)})
	got, err := p.head(ctx, request)
	if err != nil {
		return err
	}
	defer got.Body.Close()
	c.responses = append(c.responses, got)
	if err := c.check(i, got); err != nil {
		return err
	}
	if err := got.read(); err != nil {
		return err
	}
	return c.checkBody(i, got)
}

func (p *player) url(uuid string, r *request) string {
	url := p.server + "/test/" + uuid
	if r.Filename != nil {
		url += "/" + *r.Filename
	}
	if r.Query != nil {
		url += "?" + *r.Query
	}
	return url
}

// head fetches as script does, up to the body.
func (p *player) head(ctx context.Context, request *fetch.Request) (*response, error) {
	got, err := p.page.Fetch(ctx, request)
	if err != nil {
		return nil, exception(err)
	}
	return &response{Response: got}, nil
}

// get fetches as script does, with the body.
func (p *player) get(ctx context.Context, request *fetch.Request) (*response, error) {
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	got, err := p.head(ctx, request)
	if err != nil {
		return nil, err
	}
	defer got.Body.Close()
	return got, got.read()
}

// read reads the body, as response.text() does.
func (r *response) read() error {
	body := r.TextStream()
	defer body.Close()
	var text bytes.Buffer
	if _, err := io.Copy(&text, body); err != nil {
		return exception(err)
	}
	r.text = text.String()
	return nil
}

// exception is what script catches of an error.
func exception(err error) error {
	if refusal, ok := errors.AsType[*fetch.Error](err); ok {
		return &failure{outcome{refusal.Exception(), refusal.ScriptMessage()}}
	}
	return &failure{outcome{"TypeError", err.Error()}}
}

// fixUp is the value of a header of the suite, whose numbers are seconds from the server's present in headers with dates, and
// whose locations may be relative to the URL that the server saw. from is the response that says both.
func (r *request) fixUp(h field, from *response) string {
	name, value := strings.ToLower(h.name), h.value()
	seconds, number := h.values[0].(float64)
	switch name {
	case "date", "expires", "last-modified", "if-modified-since", "if-unmodified-since":
		if !number || seconds != float64(int64(seconds)) {
			break
		}
		now, err := strconv.ParseInt(from.header("server-now"), 10, 64)
		if err != nil {
			return "Invalid Date"
		}
		at := time.UnixMilli(now + int64(seconds)*1000).UTC()
		for _, old := range r.RFC850 {
			if old == name {
				return at.Format("Monday, 02-Jan-06 15:04:05 GMT")
			}
		}
		return at.Format("Mon, 02 Jan 2006 15:04:05 GMT")
	case "location", "content-location":
		base := from.header("server-base-url")
		if r.MagicLocations && value != "" {
			return base + "/" + value
		}
		if r.MagicLocations {
			return base
		}
	}
	return value
}

func newUUID() string {
	a, b := rand.Uint64(), rand.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", uint32(a>>32), uint16(a>>16), a&0xfff, 0x8000|b>>48&0x3fff, b&(1<<48-1))
}
