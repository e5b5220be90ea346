package httpcache

import (
	"io"
	"strconv"
)

// commit makes a complete response selectable, in place of those for the same
// requests. A part is put together with the parts that are stored.
func (c *Cache) commit(r *Response) {
	if r.part != nil {
		for _, stored := range c.stored(&r.key) {
			if !stored.sameRequests(r) {
				continue
			}
			if stored.part == nil && sameStrongTag(stored, r) {
				r.content.discard() // It is there already.
				return
			}
			if joined := c.join(stored, r); joined != nil {
				r.content.discard()
				r = joined
			}
		}
	}
	c.put(r, nil)
}

// stored are the responses that are stored for a key.
func (c *Cache) stored(k *Key) []*Response {
	if c.blobs != nil {
		return c.blobs.load(k)
	}
	m := &c.memory
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []*Response
	for r := m.first(k); r != nil; r = r.nextOf(k) {
		all = append(all, r)
	}
	return all
}

// put stores a response in place of those that it replaces, and of instead, which
// may be nil.
func (c *Cache) put(r, instead *Response) {
	replaces := func(old *Response) bool {
		return c.rules.OneResponse || old.is(instead) || r.sameRequests(old) && r.covers(old)
	}
	if c.blobs != nil {
		c.blobs.put(r, replaces)
		return
	}
	if r.cost() > c.limits.EntryBytes || c.limits.Entries < 1 {
		return
	}
	m := &c.memory
	m.mu.Lock()
	defer m.mu.Unlock()
	m.replace(r, replaces)
	for m.recent.Len() > c.limits.Entries || m.bytes > c.limits.Bytes {
		m.remove(m.recent.Oldest())
	}
}

// sameRequests reports whether two responses are for the same requests, by Vary.
func (r *Response) sameRequests(other *Response) bool {
	return r.variant == other.variant
}

// covers reports whether r has all bytes that other has.
func (r *Response) covers(other *Response) bool {
	if r.part == nil {
		return true
	}
	return other.part != nil && r.part.start <= other.part.start &&
		r.part.start+r.content.size() >= other.part.start+other.content.size()
}

func sameStrongTag(a, b *Response) bool {
	tag, ok := a.fields.Get("ETag")
	other, _ := b.fields.Get("ETag")
	return ok && tag == other && isStrong(tag)
}

// join combines a new part with one that is stored, or returns nil. What becomes
// complete is a 200 response.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-3.4
func (c *Cache) join(stored, newer *Response) *Response {
	start, pieces, ok := combine(stored, newer)
	if !ok {
		return nil
	}
	size := int64(0)
	for _, p := range pieces {
		size += p.size()
	}
	joined := &Response{
		Status: 206, StatusText: newer.StatusText, HTTP2: newer.HTTP2, rare: newer.rare.withoutSearch(), received: newer.received,
		key: newer.key, variant: newer.variant, freshness: newer.freshness, part: &part{start, newer.part.full},
	}
	l := c.updateFields(stored.Headers(), newer.Headers())
	if l.Set("Content-Length", strconv.FormatInt(size, 10)); size == joined.part.full {
		l.Delete("Content-Range")
		joined.Status, joined.StatusText, joined.part = 200, "OK", nil
	} else {
		l.Set("Content-Range", contentRange(start, start+size, joined.part.full))
	}
	joined.fields = fieldsOf(l)
	sink, err := c.sink(joined, size)
	if err != nil {
		return nil
	}
	for _, p := range pieces {
		if err = copyContent(sink, p); err != nil {
			sink.drop()
			return nil
		}
	}
	if joined.content, err = sink.finish(); err != nil {
		return nil
	}
	return joined
}

func copyContent(to io.Writer, from content) error {
	body, err := from.open()
	if err != nil {
		return err
	}
	defer body.Close()
	_, err = io.Copy(to, body)
	return err
}
