package httpcache

import (
	"slices"
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/headervalue"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/safelist"
)

// Validate adds the precondition header fields to a request that is to validate the
// response: If-None-Match and If-Modified-Since, with the ETag and the
// Last-Modified that are stored, as they are. It returns false if the response
// cannot be validated; then the request is sent as it is. By some rules it returns
// true and adds nothing: a 304 then counts although the request did not ask for it.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4.3.1
func (s *Selection) Validate(l *safelist.HeaderList) bool {
	r := s.Response
	if r == nil || r.noValidation && !s.any {
		return false
	}
	tag, hasTag := r.fields.first("ETag")
	if hasTag && tag != "" { // The entity tag has to be sent,
		l.Append("If-None-Match", tag)
	}
	modified, hasModified := r.fields.first("Last-Modified")
	hasModified = hasModified && s.State != unmatched // which of another's response says nothing of this one
	if hasModified && modified != "" {                // the date should be.
		l.Append("If-Modified-Since", modified)
	}
	return hasTag && tag != "" || hasModified && modified != "" || s.unasked
}

// first returns the value of the first header with the name.
func (f fields) first(name string) (string, bool) {
	for {
		h, rest, ok := f.cut()
		if !ok || fold.Equal(h.Name, name) {
			return h.Value, ok
		}
		f = rest
	}
}

// Freshen updates a stored response that a request asked to validate with the 304
// (Not Modified) that came for it. It returns the response that answers the
// request; its age starts anew, and its Headers are those to use. why says, in a
// few words that docs/http-cache.md lists, why that is not what is stored now: the
// 304 is about another representation, so that nothing was updated, or it forbids
// storing.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4.3.4
func (c *Cache) Freshen(k Key, r Request, old *Response, in Received) (merged *Response, why string) {
	if c == nil {
		return old, "no cache"
	}
	c.times(&in)
	if !c.rules.AnyValidatorFreshens && !old.isIdentified(in.Headers) {
		return old, "other validator"
	}
	stored := old
	if old.isCut {
		stored = old.next
	}
	merged, d := c.updated(stored, &r, &in)
	if why = c.keeps(&r, &in, stored, &d); why == "" {
		c.put(merged, stored)
	} else {
		c.remove(stored)
	}
	if old.isCut {
		merged = merged.cut(old.part.start, old.part.start+old.content.size())
	}
	return merged, why
}

// keeps says why an updated response must not be stored, or "".
func (c *Cache) keeps(r *Request, in *Received, old *Response, d *directives) (why string) {
	switch {
	case c.rules.OtherModifiedRemoves && old.otherModified(in.Headers):
		return "other validator"
	case c.rules.FreshenNoStore:
		return ""
	case d.noStore && !d.mustUnderstand:
		return "no-store"
	case requestDirectives(&c.rules, r.Headers).noStore:
		return "request no-store"
	}
	return ""
}

// otherModified reports whether a 304 has another Last-Modified than the stored
// response, which has one.
func (r *Response) otherModified(l safelist.HeaderList) bool {
	value, ok := l.Get("Last-Modified")
	own, has := r.fields.Get("Last-Modified")
	return ok && has && value != own
}

// updated is a stored response with the header fields of a newer one.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-3.2
func (c *Cache) updated(old *Response, r *Request, in *Received) (*Response, directives) {
	l := c.updateFields(old.Headers(), in.Headers)
	d := responseDirectives(&c.rules, l)
	updated := *in
	updated.Status, updated.StatusText, updated.Headers = old.Status, old.StatusText, l
	updated.HTTP2, updated.UntilClose, updated.Address, updated.Kept = old.HTTP2, old.untilClose, old.Address(), old.Kept()
	updated.Unfollowed = isRedirectStatus(old.Status) && !old.noValidation
	merged := c.newResponse(old.key, r, &updated, &d)
	merged.content, merged.part = old.content, old.part
	return merged, d
}

// updateFields adds each field of a newer response to those that are stored, in
// place of the values that are there.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-3.2
func (c *Cache) updateFields(l, newer safelist.HeaderList) safelist.HeaderList {
	d := responseDirectives(&c.rules, newer)
	received := newer
	newer = c.storedFields(received, &d)
	names := newer.Names()
	for _, h := range received {
		if h.Value == "" && c.rules.NoEmptyFields {
			names = append(names, h.Name)
		}
	}
	if !c.rules.AgeOutlivesValidation { // The stored response is no longer as old as they say.
		names = append(names, "Age", "Date")
	}
	replaced := fold.NewSet(slices.DeleteFunc(names, func(name string) bool {
		return !c.isUpdated(name) || fold.Listed(name, c.rules.RepeatedNotUpdated) && isRepeated(l, name)
	}))
	l = slices.DeleteFunc(l, func(h safelist.Header) bool { return replaced.Has(h.Name) })
	for i, h := range newer {
		switch {
		case !replaced.Has(h.Name):
			continue
		case fold.Listed(h.Name, c.rules.RepeatedNotUpdated): // Only lines as they were first received are several.
			if newer[:i].Contains(h.Name) {
				continue
			}
			h.Value, _ = newer.Get(h.Name)
		}
		l = append(l, h)
	}
	return l
}

// isRepeated reports whether a list has several lines of a header.
func isRepeated(l safelist.HeaderList, name string) bool {
	n := 0
	for _, h := range l {
		if fold.Equal(h.Name, name) {
			n++
		}
	}
	return n > 1
}

// notUpdated are the fields that are not updated: Content-Length, and those that a
// body that is stored already depends on.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-3.2
var notUpdated = [...]string{"Content-Length", "Content-Encoding", "Content-Range"}

// isUpdated reports whether a newer response updates a field.
func (c *Cache) isUpdated(name string) bool {
	if fold.Listed(name, hopByHop[:]) {
		return false
	}
	if c.rules.NotUpdatedFields == nil {
		return !fold.Listed(name, notUpdated[:])
	}
	for _, pattern := range c.rules.NotUpdatedFields {
		excepted, isException := strings.CutPrefix(pattern, "!")
		prefix, isPrefix := strings.CutSuffix(excepted, "*")
		if fold.Equal(name, excepted) || isPrefix && fold.HasPrefix(name, prefix) {
			return isException
		}
	}
	return true
}

// isIdentified reports whether a 304 is about the stored response.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4.3.4
func (r *Response) isIdentified(l safelist.HeaderList) bool {
	tag, ok := l.Get("ETag")
	if !ok { // Without a strong validator it is about the one that was asked for.
		return true
	}
	own, _ := r.fields.Get("ETag")
	if isStrong(tag) { // A strong validator has to be the same.
		return tag == own
	}
	return strings.TrimPrefix(tag, "W/") == strings.TrimPrefix(own, "W/") // A weak one has to correspond.
}

// isStrong reports whether an entity tag is a strong validator.
//
// https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3
func isStrong(tag string) bool { return !strings.HasPrefix(tag, "W/") }

// head lets a response to HEAD update the stored responses to GET that could have
// been selected for its request. If they are not about the same representation,
// they are outdated.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-4.3.5
func (c *Cache) head(k Key, r *Request, in *Received, d *directives) {
	switch {
	case c.rules.Head == rules.HeadRemoves:
		if !requestDirectives(&c.rules, r.Headers).noCache { // by which it passes by the cache
			c.Delete(k)
		}
		return
	case c.rules.Head == rules.HeadNothing, in.Status != 200:
		return
	}
	for _, stored := range c.stored(&k) {
		if stored.Status != 200 || !stored.variant.matches(r.Headers, &c.rules) {
			continue
		}
		same := true
		for _, name := range []string{"ETag", "Last-Modified"} { // any validator that was received
			value, ok := in.Headers.Get(name)
			own, _ := stored.fields.Get(name)
			same = same && (!ok || value == own)
		}
		length, known, err := headervalue.ExtractLength(in.Headers)
		own, ownKnown, _ := headervalue.ExtractLength(stored.fields)
		if err != nil || known && (!ownKnown || length != own) {
			same = false
		}
		switch {
		case !same:
			outdated := stored.copy()
			outdated.outdated = true
			c.put(outdated, stored)
		case d.noStore:
			c.remove(stored)
		default:
			updated, _ := c.updated(stored, r, in)
			c.put(updated, stored)
		}
	}
}
