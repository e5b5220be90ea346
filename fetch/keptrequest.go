package fetch

import (
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/safelist"
)

// A keptRequest is what a stored redirect has kept of the request that met it, where
// the profile goes on with that whenever the redirect is used.
type keptRequest struct {
	api    API
	before safelist.HeaderList // the headers of the request at hand
	added  addedHeaders        // of those
}

// keptHeaders are the headers that a browser adds and that a stored redirect keeps.
var keptHeaders = [...]string{"Origin", "Cache-Control", "Pragma", "If-None-Match", "If-Modified-Since"}

// What a line of what is kept begins with.
const (
	keptAPI      = 'a'
	keptOfScript = 's'
	keptAdded    = 'b' // by the browser
)

// keepRequest is what is kept with a redirect that is stored, "" for nothing.
func (f *fetching) keepRequest(resp *response) string {
	r := f.request
	if !f.agent.profile.HTTPCache.Use.RedirectKeepsRequest || !leads(resp) {
		return ""
	}
	var kept strings.Builder
	line := func(kind byte, s ...string) {
		kept.WriteByte(kind)
		kept.WriteString(strings.Join(s, ":"))
		kept.WriteByte('\n')
	}
	line(keptAPI, string(r.api))
	for _, h := range r.headers {
		switch {
		case fold.Equal(h.Name, "Authorization"):
		case !r.added.has(h.Name):
			line(keptOfScript, h.Name, h.Value)
		case h.Name == "Accept":
			line(keptAdded, h.Name, h.Value)
		}
	}
	for _, h := range f.sentHeaders {
		if fold.Listed(h.Name, keptHeaders[:]) && (!r.headers.Contains(h.Name) || r.added.has(h.Name)) {
			line(keptAdded, h.Name, h.Value)
		}
	}
	return kept.String()
}

// takeKept has the request go on as the one that met a stored redirect.
func (r *request) takeKept(kept string, crossOrigin bool) {
	if kept == "" {
		return
	}
	before := &keptRequest{before: r.headers, added: r.added}
	if r.kept != nil {
		before = r.kept
	}
	r.kept, r.headers, r.added, r.sentOrigin = before, nil, addedHeaders{}, ""
	for line := range strings.Lines(kept) {
		kind, rest := line[0], strings.TrimSuffix(line[1:], "\n")
		name, value, _ := strings.Cut(rest, ":")
		switch {
		case kind == keptAPI:
			r.kept.api = API(rest)
		case kind == keptOfScript:
			r.headers = append(r.headers, safelist.Header{Name: name, Value: value})
		case name != "Origin":
			r.addHeader(name, value)
		case !crossOrigin:
			r.sentOrigin = value
		}
	}
}
