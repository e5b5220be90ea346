package httpcache

import (
	"io"
	"net/netip"
	"time"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// A Key is the cache key without the method: which stored responses may answer a
// request. Two keys are the same if they are equal with ==.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-2
type Key struct {
	// Partition is the request's network partition key. The zero value is the null
	// key.
	Partition origin.PartitionKey
	// URL is the request's current URL, serialized, without its fragment.
	URL string
	// Part is "", or a value by which the caller separates further, such as whether
	// the request has credentials.
	Part string
}

// A Request is what the cache looks at in a request.
type Request struct {
	Method string
	// Headers is the header list as it will be sent. The fields that Vary nominates
	// are read, and Cache-Control, Pragma, Range and If-Range.
	Headers safelist.HeaderList
	// HasBody says that the request has a body.
	HasBody bool
	// AnyVariant says to select without regard to Vary.
	AnyVariant bool
	// Background says that the request revalidates what is stored in the background.
	Background bool
}

// Received is a response as it came from the network.
type Received struct {
	Status     int
	StatusText string
	Headers    safelist.HeaderList
	// Body is nil if the response has none.
	Body io.ReadCloser
	// Decoded says that content codings have been removed from Body, so that
	// Content-Length is not its length.
	Decoded bool
	// UntilClose says that the body ends when the connection is closed, so that
	// nobody can tell whether it is complete.
	UntilClose bool
	// Refused says that the response did not pass the caller's checks: it is not
	// stored, and a response to GET or HEAD removes what is stored.
	Refused bool
	// Unfollowed says that the response is a redirect that the caller does not follow.
	// It can be validated like others, whatever statuses the rules limit that to.
	Unfollowed bool
	// HTTP2 is kept with the response, and so is Kept, whose meaning is the caller's.
	HTTP2 bool
	Kept  string
	// Address is what was dialled for it, and is kept with the response; the zero
	// AddrPort if it is not known.
	Address netip.AddrPort
	// RequestTime is when the request was sent, and ResponseTime when the header
	// section had been received. Zero means now.
	RequestTime, ResponseTime time.Time
}

// times fills in the times that are not given.
func (c *Cache) times(in *Received) {
	if in.ResponseTime.IsZero() {
		in.ResponseTime = c.now()
	}
	if in.RequestTime.IsZero() {
		in.RequestTime = in.ResponseTime
	}
	if c.rules.Seconds32 {
		in.RequestTime, in.ResponseTime = in.RequestTime.Truncate(time.Second), in.ResponseTime.Truncate(time.Second)
	}
}

// requestDirectives reads what a request says to caches.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1
func requestDirectives(r *rules.HTTPCache, l safelist.HeaderList) (d directives) {
	cacheControl, pragma := false, false
	for i := range l {
		switch len(l[i].Name) {
		case len("Cache-Control"):
			cacheControl = cacheControl || fold.Equal(l[i].Name, "Cache-Control")
		case len("Pragma"):
			pragma = pragma || fold.Equal(l[i].Name, "Pragma")
		}
	}
	value := ""
	if cacheControl {
		value, _ = l.Get("Cache-Control")
		d = parseCacheControl(r.CacheControl, value)
	}
	if pragma && (!cacheControl || r.CacheRequest != rules.CacheRequestAll) { // https://www.rfc-editor.org/rfc/rfc9111#section-5.4
		pragma, _ := l.Get("Pragma")
		d.noCache = d.noCache || hasMember(pragma, "no-cache") && r.CacheRequest != rules.CacheRequestFirst
	}
	switch r.CacheRequest {
	case rules.CacheRequestReloads:
		d = directives{noCache: d.noCache, maxAge: delta{valid: hasMember(value, "max-age=0")}}
	case rules.CacheRequestSome:
		d.minFresh = delta{}
		d.maxAge.valid = d.maxAge.valid && d.maxAge.value == 0
		if d.maxAge.valid { // It is not outweighed.
			d.maxStale = delta{}
		}
	}
	return d
}
