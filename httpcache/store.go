package httpcache

import (
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/headervalue"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/safelist"
)

// Store stores the response of the network to a request, if it may be stored. Call
// it for the response to any method, except for a 304 that [Cache.Freshen] takes.
//
// The caller reads the returned body instead of in.Body. What is read is stored
// too; once all has been read, the response can be selected. A body that is closed
// early, is cut off, has another length than Content-Length says or is larger than
// the limit is not stored. The returned body is for one goroutine at a time.
//
// why says why the response is not stored, in a few words that docs/http-cache.md
// lists; then body is in.Body. "" means that the response will be stored.
//
// A response to HEAD updates the stored response to GET, or marks it as outdated.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-3
func (c *Cache) Store(k Key, r Request, in Received) (body io.ReadCloser, why string) {
	if c == nil {
		return in.Body, "no cache"
	}
	if in.Refused {
		c.refuse(k, &r)
		return in.Body, "refused"
	}
	c.times(&in)
	if value, ok := rangeOf(r.Headers); ok && c.rules.Ranges == rules.RangesByValue {
		k = *k.ranged(value)
	}
	d := responseDirectives(&c.rules, in.Headers)
	if r.Method == "HEAD" {
		c.head(k, &r, &in, &d)
		if c.rules.HeadApart {
			k = *k.apart("HEAD")
		}
	}
	if c.isBlocked(&k) {
		return in.Body, "blocked"
	}
	why = c.storable(&r, &in, &d)
	if why == "" {
		stored := c.newResponse(k, &r, &in, &d)
		if stored.blocks {
			c.put(stored, nil)
			return in.Body, "status"
		}
		if body, why = c.save(stored, &in); why == "" {
			return body, ""
		}
	}
	c.refused(k, &r, &in, why)
	if why == "no-store" && c.rules.NoStoreKept && c.blobs == nil {
		c.put(&Response{key: k, content: empty}, nil)
	}
	return in.Body, why
}

// storable says why a response must not be stored, or "".
//
// https://www.rfc-editor.org/rfc/rfc9111#section-3
func (c *Cache) storable(r *Request, in *Received, d *directives) (why string) {
	if r.Method != "GET" && !(r.Method == "HEAD" && c.rules.HeadApart) { // The request method has to be understood.
		return "method"
	}
	if passesByRange(&c.rules, r.Headers) {
		return "range"
	}
	if slices.Contains(c.rules.FreshToStore, uint16(in.Status)) && !c.mayBeFresh(in, d) {
		return "not fresh"
	}
	if slices.Contains(c.rules.BlockingStatuses, uint16(in.Status)) && !requestDirectives(&c.rules, r.Headers).noStore {
		return ""
	}
	if in.Status < 200 || in.Status > 999 || in.Status == 304 && !c.storesNotModified(r) || slices.Contains(c.rules.RefusedStatuses, uint16(in.Status)) {
		return "status" // The status code has to be final. A 304 is not kept.
	}
	if in.Status == 206 && !c.isPart(in) { // A 206 has to be understood.
		return "partial"
	}
	switch {
	case d.mustUnderstand && !isUnderstood(in.Status): // So has what must-understand is said of.
		return "must-understand"
	case d.noStore && !d.mustUnderstand: // no-store, unless must-understand overrides it.
		return "no-store"
	case requestDirectives(&c.rules, r.Headers).noStore:
		return "request no-store"
	case !c.rules.ValidateUnmatched && hasMember(varyOf(in.Headers), "*"): // It would never match.
		return "vary"
	case c.rules.RedirectNeedsLocation && isRedirectStatus(in.Status) && !isRedirect(in):
		return "location"
	case c.rules.NullBodyByLength && lacksBody(r, in):
		return "cut"
	}
	return c.marked(in, d)
}

// storesNotModified reports whether a 304 to a request is stored.
func (c *Cache) storesNotModified(r *Request) bool {
	_, ranged := rangeOf(r.Headers)
	return c.rules.StoreNotModified && !ranged
}

// lacksBody reports whether a response has no body by its status, and by its
// Content-Length should have one.
func lacksBody(r *Request, in *Received) bool {
	if r.Method != "GET" || in.Status != 204 && in.Status != 205 {
		return false
	}
	length, _, err := headervalue.ExtractLength(in.Headers)
	return err == nil && length > 0
}

// marked says why nothing allows a response to be stored, or "".
//
// https://www.rfc-editor.org/rfc/rfc9111#section-3-2.7
func (c *Cache) marked(in *Received, d *directives) (why string) {
	rule := &c.rules
	switch {
	case rule.StoreUnmarked:
	case isHeuristicallyCacheable(rule, in.Status):
	case rule.ExplicitStatuses != nil && !slices.Contains(rule.ExplicitStatuses, uint16(in.Status)):
		return "status"
	case d.maxAge.present:
	case in.Headers.Contains("Expires"):
		if _, ok := dateField(rule, in.Headers, "Expires", in.ResponseTime); !ok && ignoresExpires(rule, in.Headers) {
			return "no lifetime"
		}
	case d.marks(rule, in.Status):
	default:
		return "no lifetime"
	}
	if rule.NoUseNoStore && !c.isUseful(in, d) {
		return "no use"
	}
	return ""
}

// isBlocked reports whether what is stored for a key keeps anything else from being
// stored.
func (c *Cache) isBlocked(k *Key) bool {
	return c.rules.BlockingStatuses != nil && slices.ContainsFunc(c.stored(k), func(r *Response) bool { return r.blocks })
}

// mayBeFresh reports whether a response has a lifetime or Expires, and may be used
// without validation.
func (c *Cache) mayBeFresh(in *Received, d *directives) bool {
	f := freshnessOf(&c.rules, new(Key), in, in.Headers, d)
	return !d.noStore && !f.noCache && (f.lifetime > 0 || in.Headers.Contains("Expires"))
}

// isUseful reports whether a response may ever be used again.
func (c *Cache) isUseful(in *Received, d *directives) bool {
	if in.Headers.Contains("ETag") || in.Headers.Contains("Last-Modified") {
		return true
	}
	f := freshnessOf(&c.rules, new(Key), in, in.Headers, d)
	return !f.noCache && (f.lifetime > 0 || f.staleWhileRevalidate > 0)
}

// isPart reports whether a response is a part of a representation that can be
// stored, or is stored as if it were a whole.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-3.3
func (c *Cache) isPart(in *Received) bool {
	if c.rules.PartialIsWhole {
		return true
	}
	value, _ := in.Headers.Get("Content-Range")
	_, size, ok := parseContentRange(value)
	if length, known, err := headervalue.ExtractLength(in.Headers); err != nil || known && length != uint64(size) {
		return false
	}
	if c.rules.PartsNeedValidator {
		if tag, _ := in.Headers.Get("ETag"); tag == "" || !isStrong(tag) {
			return false
		}
	}
	return ok && !in.Decoded
}

// isUnderstood reports whether all that the status code demands of caches is
// implemented.
func isUnderstood(status int) bool {
	switch status {
	case 200, 203, 204, 206, 300, 301, 302, 303, 307, 308, 404, 405, 410, 414, 501:
		return true
	}
	return false
}

// isRedirect reports whether a response leads elsewhere.
//
// https://fetch.spec.whatwg.org/#redirect-status
func isRedirect(in *Received) bool {
	return isRedirectStatus(in.Status) && in.Headers.Contains("Location")
}

func isRedirectStatus(status int) bool {
	switch status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

// refused is called for a response that is not stored. By some rules, what is
// stored for its URL goes.
func (c *Cache) refused(k Key, r *Request, in *Received, why string) {
	switch c.rules.Refusal {
	case rules.RefusalNoStoreRemoves:
		if why == "no-store" {
			c.Delete(k)
		}
	case rules.RefusalRemoves:
		if in.Status != 304 && (why == "vary" || !isRedirect(in)) {
			c.Delete(k)
		}
	case rules.RefusalGETRemoves:
		if r.Method == "GET" && why != "range" && why != "not fresh" && !requestDirectives(&c.rules, r.Headers).noStore {
			c.Delete(k)
		}
	}
}

// refuse is called for a response that the caller has refused. It removes what is
// stored in its place, unless the request passed by the cache.
func (c *Cache) refuse(k Key, r *Request) {
	switch {
	case passesByRange(&c.rules, r.Headers):
	case r.Method == "GET":
		c.Delete(k)
	case r.Method == "HEAD" && !requestDirectives(&c.rules, r.Headers).noCache:
		if c.rules.HeadApart {
			k = *k.apart(r.Method)
		}
		c.Delete(k)
	}
}

// newResponse is a response as it is stored, without its body.
func (c *Cache) newResponse(k Key, r *Request, in *Received, d *directives) *Response {
	l := c.storedFields(in.Headers, d)
	vary := varyOf(l)
	stored := &Response{
		Status:     in.Status,
		StatusText: in.StatusText,
		received:   in.ResponseTime.UnixNano(),
		HTTP2:      in.HTTP2,
		key:        k,
		fields:     fieldsOf(l),
		variant:    variantOf(vary, r.Headers),
		content:    empty,
		untilClose: in.UntilClose,
		authorized: r.Headers.Contains("Authorization"),
		freshness:  freshnessOf(&c.rules, &k, in, l, d),
	}
	var search *searchVariance
	if c.rules.NoVarySearch {
		value, _ := l.Get("No-Vary-Search")
		if v, ok := parseSearchVariance(value); ok {
			search = &v
		}
	}
	stored.setRare(search, in.Address, in.Kept)
	if in.Status == 206 && !c.rules.PartialIsWhole {
		value, _ := in.Headers.Get("Content-Range")
		p, _, _ := parseContentRange(value)
		stored.part = &p
	}
	return stored
}

// hopByHop are the fields that concern one connection or one proxy.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-3.1
var hopByHop = [...]string{
	"Connection", "Proxy-Connection", "Keep-Alive", "TE", "Transfer-Encoding", "Upgrade", "Trailer",
	"Proxy-Authenticate", "Proxy-Authentication-Info", "Proxy-Authorization",
}

// storedFields are the header fields that are stored.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-3.1
func (c *Cache) storedFields(l safelist.HeaderList, d *directives) safelist.HeaderList {
	var names []string
	if value, ok := l.Get("Connection"); ok && !c.rules.KeepConnectionFields { // what Connection names
		names = slices.Collect(headervalue.Plain(value))
	}
	for _, fields := range d.noCacheFields { // and what no-cache names
		names = slices.AppendSeq(names, headervalue.Plain(fields))
	}
	excepted := fold.NewSet(names)
	return slices.DeleteFunc(slices.Clone(l), func(h safelist.Header) bool {
		return fold.Listed(h.Name, hopByHop[:]) || excepted.Has(h.Name) || fold.Listed(h.Name, c.rules.NotStoredFields) ||
			c.rules.NoEmptyFields && h.Value == ""
	})
}

// save returns the body that stores r while it is read, or why that can't be.
func (c *Cache) save(r *Response, in *Received) (body io.ReadCloser, why string) {
	room := c.limits.EntryBytes - r.cost()
	if room < 0 || c.limits.Entries < 1 {
		return nil, "too large"
	}
	if c.blobs != nil && !r.key.isPortable() {
		return nil, "partition"
	}
	if in.Body == nil {
		c.commit(r)
		return nil, ""
	}
	length, known, err := headervalue.ExtractLength(in.Headers)
	if err != nil {
		return nil, "length"
	}
	t := &tee{cache: c, response: r, body: in.Body, length: -1, room: room}
	if known && !in.Decoded {
		if length > uint64(room) {
			return nil, "too large"
		}
		t.length = int64(length)
	}
	if r.part != nil {
		value, _ := in.Headers.Get("Content-Range")
		_, t.length, _ = parseContentRange(value)
	}
	if t.sink, err = c.sink(r, t.length); err != nil {
		return nil, "store"
	}
	return t, ""
}

// tee is a body that is stored while it is read.
type tee struct {
	cache    *Cache
	response *Response
	body     io.ReadCloser
	length   int64 // what Content-Length says, or -1
	read     int64
	room     int64
	sink     sink // nil once it is decided whether the response is stored
}

func (t *tee) Read(p []byte) (int, error) {
	n, err := t.body.Read(p)
	if t.sink == nil {
		return n, err
	}
	t.read += int64(n)
	_, failed := t.sink.Write(p[:n])
	switch {
	case failed != nil || t.read > t.room || t.length >= 0 && t.read > t.length:
		t.drop()
	case err == io.EOF:
		t.end(t.length < 0)
	case err != nil:
		t.drop()
	}
	return n, err
}

// Close closes the body. It is complete if its length is known and reached.
func (t *tee) Close() error {
	if t.sink != nil {
		t.end(false)
	}
	return t.body.Close()
}

// end stores the response, if its body is complete.
func (t *tee) end(complete bool) {
	if !complete && t.read != t.length {
		t.drop()
		return
	}
	content, err := t.sink.finish()
	t.sink = nil
	if err == nil {
		t.response.content = content
		t.cache.commit(t.response)
	}
}

func (t *tee) drop() {
	t.sink.drop()
	t.sink = nil
}

func seconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }
