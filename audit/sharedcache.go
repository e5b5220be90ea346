package audit

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/browsercors/browsercors/fetch"
)

// A sharedCache is an HTTP cache between browsers and a server, such as a CDN's,
// for a few answers and no longer than they are fresh. It keeps what a shared
// cache may keep, whether or not the server says for how long, and honours Vary.
// It keeps no bodies.
//
// https://www.rfc-editor.org/rfc/rfc9111
type sharedCache struct {
	next   *recorder
	stored []storedAnswer
	served bool // it has answered
}

type storedAnswer struct {
	request  fetch.NetworkRequest
	response fetch.NetworkResponse
}

func (c *sharedCache) RoundTrip(ctx context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	for _, s := range c.stored {
		if s.serves(r) {
			if r.Body != nil {
				r.Body.Close()
			}
			c.served = true
			answer := s.response
			c.next.keep(r, &answer, time.Time{})
			return &answer, nil
		}
	}
	resp, err := c.next.RoundTrip(ctx, r)
	if err == nil && keeps(r.Method) && storable(r, resp) {
		s := storedAnswer{*r, fetch.NetworkResponse{Status: resp.Status, StatusText: resp.StatusText, Headers: slices.Clone(resp.Headers)}}
		s.request.Headers = slices.Clone(r.Headers)
		s.response.Headers.Delete("Content-Length")
		s.response.Headers.Delete("Content-Encoding")
		c.stored = append(c.stored, s)
	}
	return resp, err
}

// keeps tells whether answers to a method are kept.
func keeps(method string) bool { return method == "GET" || method == "HEAD" }

// storable tells whether an answer may be kept, and used again without asking.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-3
func storable(r *fetch.NetworkRequest, resp *fetch.NetworkResponse) bool {
	var directives []string
	if value, ok := resp.Headers.Get("Cache-Control"); ok {
		for d := range strings.SplitSeq(strings.ToLower(value), ",") {
			directives = append(directives, strings.ReplaceAll(strings.TrimSpace(d), `"`, ""))
		}
	}
	has := func(names ...string) bool {
		return slices.ContainsFunc(directives, func(d string) bool {
			name, _, _ := strings.Cut(d, "=")
			return slices.Contains(names, d) || slices.Contains(names, name+"=")
		})
	}
	switch {
	case has("no-store", "no-store=", "no-cache", "no-cache=", "private", "private=", "s-maxage=0"),
		has("max-age=0") && !has("s-maxage="):
		return false
	case r.Headers.Contains("Authorization") && !has("public", "s-maxage=", "must-revalidate"):
		return false
	case resp.Headers.Contains("Set-Cookie") && !has("public", "s-maxage="):
		return false // it may, but many do not
	}
	switch resp.Status { // https://www.rfc-editor.org/rfc/rfc9110#section-15.1
	case http.StatusOK, http.StatusNonAuthoritativeInfo, http.StatusNoContent, http.StatusMultipleChoices, http.StatusMovedPermanently,
		http.StatusPermanentRedirect, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone, http.StatusRequestURITooLong,
		http.StatusNotImplemented:
		return true
	}
	return false
}

// serves tells whether an answer that was kept is one to a request.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4.1
func (s *storedAnswer) serves(r *fetch.NetworkRequest) bool {
	if s.request.Method != r.Method || s.request.URL.WithoutFragment() != r.URL.WithoutFragment() {
		return false
	}
	names, _ := s.response.Headers.Get("Vary")
	for name := range strings.SplitSeq(names, ",") {
		name = strings.TrimSpace(name)
		was, had := s.request.Headers.Get(name)
		is, has := r.Headers.Get(name)
		if name == "*" || had != has || was != is {
			return false
		}
	}
	return true
}
