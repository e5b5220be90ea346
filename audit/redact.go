package audit

import (
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/safelist"
)

// Redacted returns a copy of the report without secrets. The values of cookies
// become "redacted", and so does everything in Authorization and
// Proxy-Authorization after the scheme. Passwords in URLs become "xxxxx". Bodies
// are removed. Names and attributes of cookies stay, and so do usernames.
func (r *Report) Redacted() *Report {
	out := *r
	out.Plays = make([]Play, len(r.Plays))
	for i, p := range r.Plays {
		out.Plays[i] = p
		out.Plays[i].Exchanges = redacted(p.Exchanges)
	}
	out.Traffic = redacted(r.Traffic)
	return &out
}

func redacted(exchanges []Exchange) []Exchange {
	out := make([]Exchange, len(exchanges))
	for i, x := range exchanges {
		out[i] = x
		out[i].URL = text.RedactURL(x.URL)
		out[i].RequestBody = ""
		out[i].RequestHeaders = redactedHeaders(x.RequestHeaders)
		out[i].ResponseHeaders = redactedHeaders(x.ResponseHeaders)
	}
	return out
}

func redactedHeaders(list fetch.HeaderList) fetch.HeaderList {
	out := make(fetch.HeaderList, len(list))
	for i, h := range list {
		out[i] = safelist.Header{Name: h.Name, Value: text.RedactHeader(h.Name, h.Value)}
	}
	return out
}
