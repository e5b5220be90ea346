package audit

import (
	"strings"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/safelist"
)

// gone stands where a secret stood.
const gone = "redacted"

// Redact is a header's value with "redacted" in place of what is secret in it:
// the values of cookies, and all of Authorization and Proxy-Authorization but
// the scheme. Names and attributes of cookies stay.
func Redact(name, value string) string {
	switch safelist.ByteLowercase(name) {
	case "authorization", "proxy-authorization":
		if scheme, _, ok := strings.Cut(value, " "); ok {
			return scheme + " " + gone
		}
		return gone
	case "cookie":
		pairs := strings.Split(value, "; ")
		for i, pair := range pairs {
			pairs[i] = withoutValue(pair)
		}
		return strings.Join(pairs, "; ")
	case "set-cookie":
		pair, attributes, more := strings.Cut(value, ";")
		if value = withoutValue(pair); more {
			value += ";" + attributes
		}
	}
	return value
}

func withoutValue(pair string) string {
	if name, _, ok := strings.Cut(pair, "="); ok {
		return name + "=" + gone
	}
	return gone
}

// Redacted is the report without what is secret in it: of what was sent and
// answered the headers as [Redact] has them, and no bodies.
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
		out[i].RequestBody = ""
		out[i].RequestHeaders = redactedHeaders(x.RequestHeaders)
		out[i].ResponseHeaders = redactedHeaders(x.ResponseHeaders)
	}
	return out
}

func redactedHeaders(list fetch.HeaderList) fetch.HeaderList {
	out := make(fetch.HeaderList, len(list))
	for i, h := range list {
		out[i] = safelist.Header{Name: h.Name, Value: Redact(h.Name, h.Value)}
	}
	return out
}
