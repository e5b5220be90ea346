package conformance

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/safelist"
)

// A recorder passes requests on and keeps what crossed the wire.
type recorder struct {
	server    fetch.Transport
	exchanges []Exchange // since the last reset, with all headers
	traffic   []Exchange // all that the server answered
}

func (r *recorder) reset() { r.exchanges = nil }

func (r *recorder) RoundTrip(ctx context.Context, req *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	started := time.Now()
	resp, err := r.server.RoundTrip(ctx, req)
	if err == nil {
		r.keep(req, resp, started)
		r.traffic = append(r.traffic, r.exchanges[len(r.exchanges)-1])
	}
	return resp, err
}

// keep adds an exchange. One that took no time is a cache's.
func (r *recorder) keep(req *fetch.NetworkRequest, resp *fetch.NetworkResponse, started time.Time) {
	x := Exchange{
		Method: req.Method, URL: req.URL.WithoutFragment(), RequestHeaders: slices.Clone(req.Headers),
		Status: resp.Status, StatusText: resp.StatusText, ResponseHeaders: slices.Clone(resp.Headers),
		Cached: started.IsZero(), Started: started,
	}
	if !x.Cached {
		x.Took = time.Since(started)
	}
	r.exchanges = append(r.exchanges, x)
}

// pruned are exchanges with the headers that CORS is about.
func pruned(exchanges []Exchange) []Exchange {
	out := slices.Clone(exchanges)
	for i := range out {
		out[i].RequestHeaders = only(out[i].RequestHeaders, "origin", "access-control-", "authorization", "content-type", "cookie")
		out[i].ResponseHeaders = only(out[i].ResponseHeaders, "access-control-", "vary", "location", "cache-control")
	}
	return out
}

// only are the headers whose names begin so.
func only(list fetch.HeaderList, prefixes ...string) fetch.HeaderList {
	var kept fetch.HeaderList
	for _, h := range list {
		if slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(safelist.ByteLowercase(h.Name), p) }) {
			if safelist.EqualFold(h.Name, "authorization") || safelist.EqualFold(h.Name, "cookie") {
				h.Value = "…"
			}
			kept = append(kept, h)
		}
	}
	return kept
}
