package har

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/headervalue"
	"github.com/browsercors/browsercors/internal/isomorphic"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/safelist"
)

// Options are those of [Of] and [Judge]. Nil is the zero value, which works.
type Options struct {
	// Server is the product whose configuration the advice of [Judge] is about, such as
	// "nginx", by one of the names in docs/products.md; "" has it recognized from the
	// responses.
	Server string

	// Version is the version of the program that writes the archive of [Of]; "" leaves
	// it out.
	Version string

	// KeepSecrets has [Of] keep the values of cookies and Authorization, and the passwords in
	// URLs. Otherwise they are replaced as [audit.Report.Redacted] does. Bodies are
	// always kept.
	KeepSecrets bool
}

// Of returns the traffic of an audit as an archive: every request to the server, in
// order. Each origin from which requests were made has a page.
func Of(r *audit.Report, o *Options) *HAR {
	if o == nil {
		o = new(Options)
	}
	h := new(HAR)
	h.Log.Version, h.Log.Creator, h.Log.Entries = "1.2", Program{"browsercors", o.Version}, []Entry{}
	pages := make(map[string]string)
	for i := range r.Traffic {
		x := &r.Traffic[i]
		e := entry(x, o)
		if asking, ok := x.RequestHeaders.Get("Origin"); ok {
			id, seen := pages[asking]
			if !seen {
				id = fmt.Sprintf("page_%d", len(pages)+1)
				pages[asking] = id
				title := points(asking)
				if asking != "null" {
					title += "/"
				}
				h.Log.Pages = append(h.Log.Pages, Page{Started: e.Started, ID: id, Title: title})
			}
			e.Page = id
		}
		h.Log.Entries = append(h.Log.Entries, e)
	}
	return h
}

func entry(x *audit.Exchange, o *Options) Entry {
	ms := float64(x.Took) / float64(time.Millisecond)
	address := x.URL
	if !o.KeepSecrets {
		address = text.RedactURL(address)
	}
	e := Entry{
		Started: x.Started.UTC().Format("2006-01-02T15:04:05.000Z"), Time: ms,
		Request: Request{
			Method: x.Method, URL: address, Cookies: []Cookie{}, Headers: fields(x.RequestHeaders, o), QueryString: query(address),
			HeadersSize: -1, BodySize: int64(len(x.RequestBody)),
		},
		Response: Response{
			Status: x.Status, StatusText: points(x.StatusText), Cookies: []Cookie{}, Headers: fields(x.ResponseHeaders, o),
			HeadersSize: -1, BodySize: -1,
		},
		ResourceType: "fetch",
	}
	e.Timings.Wait = ms
	e.Response.Content.Size, e.Response.Content.MIMEType = -1, "x-unknown"
	if x.IsPreflight() {
		e.ResourceType = "preflight"
	}
	if x.RequestBody != "" {
		kind, _ := x.RequestHeaders.Get("Content-Type")
		post := &e.Request.PostData
		post.MIMEType, post.Params, post.Text = points(kind), []Field{}, strings.ToValidUTF8(x.RequestBody, "\ufffd")
	}
	for _, f := range e.Request.Headers {
		if fold.Equal(f.Name, "Cookie") {
			for pair := range strings.SplitSeq(f.Value, "; ") {
				name, value, _ := strings.Cut(pair, "=")
				e.Request.Cookies = append(e.Request.Cookies, Cookie{Name: name, Value: value})
			}
		}
	}
	for _, f := range e.Response.Headers {
		switch fold.Lower(f.Name) {
		case "set-cookie":
			if c, err := http.ParseSetCookie(f.Value); err == nil {
				e.Response.Cookies = append(e.Response.Cookies, Cookie{
					Name: c.Name, Value: c.Value, Path: c.Path, Domain: c.Domain, HTTPOnly: c.HttpOnly, Secure: c.Secure, SameSite: sameSite(c.SameSite),
				})
			}
		case "location":
			e.Response.RedirectURL = f.Value
		case "content-type":
			e.Response.Content.MIMEType = f.Value
		}
	}
	if n, ok, err := headervalue.ExtractLength(x.ResponseHeaders); ok && err == nil {
		e.Response.Content.Size, e.Response.BodySize = int64(n), int64(n)
	}
	return e
}

func sameSite(s http.SameSite) string {
	switch s {
	case http.SameSiteLaxMode:
		return "Lax"
	case http.SameSiteStrictMode:
		return "Strict"
	case http.SameSiteNoneMode:
		return "None"
	}
	return ""
}

// query are the parameters of a URL's query.
func query(address string) []Field {
	all := []Field{}
	_, q, _ := strings.Cut(address, "?")
	for pair := range strings.SplitSeq(q, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		all = append(all, Field{unescape(name), unescape(value)})
	}
	return all
}

func unescape(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		s = plain
	}
	return strings.ToValidUTF8(s, "\ufffd")
}

// fields are headers, without secrets unless they are to stay.
func fields(list fetch.HeaderList, o *Options) []Field {
	all := make([]Field, 0, len(list))
	for _, h := range list {
		if !o.KeepSecrets {
			h.Value = text.RedactHeader(h.Name, h.Value)
		}
		all = append(all, Field{points(h.Name), points(h.Value)})
	}
	return all
}

// points is bytes as the code points of their numbers.
func points(s string) string { return isomorphic.Decode(s) }

// raw is points as bytes again; as UTF-8 where it was more than bytes.
func raw(s string) string {
	if encoded, ok := isomorphic.Encode(s); ok {
		return encoded
	}
	return s
}

// headers are an archive's fields as they crossed the wire, without the pseudo
// headers of HTTP/2. Of several lines Chrome makes one with line breaks.
func headers(all []Field) fetch.HeaderList {
	list := make(fetch.HeaderList, 0, len(all))
	for _, f := range all {
		if !grammar.IsHeaderName(f.Name) {
			continue
		}
		for value := range strings.SplitSeq(f.Value, "\n") {
			if value = grammar.NormalizeHeaderValue(raw(value)); grammar.IsHeaderValue(value) {
				list = append(list, safelist.Header{Name: f.Name, Value: value})
			}
		}
	}
	return list
}

// get is the value of a request's or response's header, by its fields.
func get(all []Field, name string) (string, bool) {
	i := slices.IndexFunc(all, func(f Field) bool { return fold.Equal(f.Name, name) })
	if i < 0 {
		return "", false
	}
	return all[i].Value, true
}

// isPreflight tells whether an entry is a preflight. Where its headers are left out,
// Chrome's type tells.
func isPreflight(e *Entry) bool {
	_, asks := get(e.Request.Headers, "Access-Control-Request-Method")
	return e.Request.Method == "OPTIONS" && (asks || strings.EqualFold(e.ResourceType, "preflight") || e.Initiator.Type == "preflight")
}
