package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/text"
)

// A diagram is what went between a page, its browser and servers, from top to
// bottom.
type diagram struct {
	Lanes []lane
	Rows  []row

	asking string // the page that the rows are about, which is another one before
}

// A lane is who sends and receives, at so many percent of the width.
type lane struct {
	Name, Kind string // page, browser, cache or server
	At         int
}

// A row is an arrow, or a word at a lane.
type row struct {
	Kind       string // call, request, answer, end, note or stop
	Class      string
	From, Span int    // in percent of the width
	Who        string // "browser → api.example", where there are no lanes to see
	Back       bool
	Verb, Text string
	Asks       string
	Headers    fetch.HeaderList
	More       []string
}

// Where the lanes stand.
const (
	atPage    = 9
	atBrowser = 29
	atCache   = 56
	atLast    = 87
)

// draw draws the exchanges of a play, or of a finding about it. A play ends with a
// refusal, or with an answer for the page; bad says that it should have ended
// otherwise. The play is nil where a finding is about none.
func draw(exchanges []audit.Exchange, page string, play *audit.Play, bad bool) *diagram {
	if play == nil {
		play = new(audit.Play)
	}
	refused := play.Refusal != ""
	d := &diagram{Lanes: []lane{{pageName(page), "page", atPage}, {"browser", "browser", atBrowser}}}
	d.servers(exchanges)
	d.asking = page
	for i := range exchanges {
		x := &exchanges[i]
		origin, said := x.RequestHeaders.Get("Origin")
		// Another page comes before. Redirects only make null of an origin.
		if first := i == 0; said && origin != d.asking && (origin != "null" || first) || first {
			if !first {
				d.end(&exchanges[i-1], false)
			}
			if said && (origin != "null" || first) {
				d.asking = origin
			}
			if len(exchanges) > 1 && d.asking != page || !first {
				d.note(d.asking + " asks")
			}
			d.call(exchanges[i:])
		}
		d.exchange(x)
		if i+1 < len(exchanges) {
			d.between(x)
		}
	}
	var last *audit.Exchange
	if len(exchanges) > 0 {
		last = &exchanges[len(exchanges)-1]
	} else {
		d.row(row{Kind: "call", Text: strings.TrimSpace("fetch() of " + play.Method + " " + play.URL)}, atPage, atBrowser)
	}
	if refused {
		d.stop(play, last, bad)
	}
	d.end(last, refused)
	if n := len(d.Rows) - 1; bad && !refused {
		d.Rows[n].Class = "bad"
	}
	return d
}

// servers gives each host a lane, and one to a cache that answered.
func (d *diagram) servers(exchanges []audit.Exchange) {
	var hosts []string
	cached := false
	for _, x := range exchanges {
		cached = cached || x.Cached
		if host := hostOf(x.URL); !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	first := atBrowser
	if cached {
		d.Lanes = append(d.Lanes, lane{"shared cache", "cache", atCache})
		first = atCache
	}
	for i, host := range hosts {
		d.Lanes = append(d.Lanes, lane{host, "server", first + (atLast-first)*(i+1)/len(hosts)})
	}
}

// hostOf is a URL without its path, and without the scheme that all should have.
func hostOf(address string) string {
	scheme, rest, _ := strings.Cut(address, "://")
	host := rest[:strings.IndexAny(rest+"/", "/?")]
	if scheme != "https" {
		host = scheme + "://" + host
	}
	return host
}

func pathOf(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	return rest[strings.IndexAny(rest+"/", "/?"):]
}

// pageName is what the lane of a page is called.
func pageName(origin string) string {
	if host, ok := strings.CutPrefix(origin, "https://"); ok {
		return host
	}
	return origin
}

// row adds an arrow between two places.
func (d *diagram) row(r row, from, to int) {
	r.Back = to < from
	r.From, r.Span = min(from, to), max(from, to)-min(from, to)
	r.Who = d.nameAt(from) + " → " + d.nameAt(to)
	d.Rows = append(d.Rows, r)
}

// nameAt is who stands at a place.
func (d *diagram) nameAt(at int) string {
	if at == atPage {
		return pageName(d.asking)
	}
	for _, l := range d.Lanes {
		if l.At == at {
			return l.Name
		}
	}
	return ""
}

func (d *diagram) note(text string) {
	d.Rows = append(d.Rows, row{Kind: "note", Text: text, From: atPage})
}

// call is the page asking its browser for what comes of it.
func (d *diagram) call(exchanges []audit.Exchange) {
	x := &exchanges[0]
	method := x.Method
	if x.IsPreflight() {
		method, _ = x.RequestHeaders.Get("Access-Control-Request-Method")
	}
	d.row(row{Kind: "call", Text: "fetch() of " + method + " " + pathOf(x.URL)}, atPage, atBrowser)
}

// exchange is a request and its answer.
func (d *diagram) exchange(x *audit.Exchange) {
	at := d.at(x)
	r := row{Kind: "request", Verb: x.Method, Text: pathOf(x.URL), Headers: matter(x.RequestHeaders, true)}
	if x.IsPreflight() {
		r.Asks = "preflight"
	}
	d.row(r, atBrowser, at)
	d.row(row{Kind: "answer", Text: strings.TrimSpace(fmt.Sprintf("%d %s", x.Status, x.StatusText)), Headers: matter(x.ResponseHeaders, false)}, at, atBrowser)
}

// at is where the one who answered stands.
func (d *diagram) at(x *audit.Exchange) int {
	for _, l := range d.Lanes {
		if x.Cached && l.Kind == "cache" || !x.Cached && l.Kind == "server" && l.Name == hostOf(x.URL) {
			return l.At
		}
	}
	return atLast
}

// between says what the browser makes of an answer after which it goes on.
func (d *diagram) between(x *audit.Exchange) {
	text := ""
	switch location, ok := x.ResponseHeaders.Get("Location"); {
	case x.IsPreflight():
		text = "the preflight allows it"
	case ok && x.Status >= 300 && x.Status <= 399:
		text = "follows to " + location
	default:
		return
	}
	d.Rows = append(d.Rows, row{Kind: "note", Text: text, From: atBrowser})
}

// stop is where the browser goes no further.
func (d *diagram) stop(play *audit.Play, last *audit.Exchange, bad bool) {
	reason := reasonOf(play)
	r := row{Kind: "stop", Class: "soft", From: atBrowser, Text: "✗ the browser stops here"}
	switch {
	case play.Held:
		r.Text = "the audit stops here: the browser would send the request now"
	case last == nil:
		r.Text = "✗ the browser sends nothing"
	case play.Stage == "preflight", last.IsPreflight():
		r.Text = "✗ the preflight fails: the request is not sent"
	case reason != 0:
		r.Text = "✗ the browser hides the response from the page"
	}
	if bad {
		r.Class = "bad"
	}
	if reason != 0 {
		why := reason.String()
		if play.Detail != "" {
			why += ": " + play.Detail
		}
		r.More = []string{why, "The rule: " + reason.Rule() + "."}
	}
	d.Rows = append(d.Rows, r)
}

// end is what the page gets.
func (d *diagram) end(last *audit.Exchange, refused bool) {
	r := row{Kind: "end", Class: "good", Text: "the page gets a response"}
	switch {
	case refused:
		r.Class, r.Text = "bad", "the page gets a TypeError"
	case last != nil:
		r.Text += fmt.Sprintf(", status %d", last.Status)
	}
	d.row(r, atBrowser, atPage)
}

// matter are the headers by which servers and browsers decide.
func matter(list fetch.HeaderList, request bool) fetch.HeaderList {
	var kept fetch.HeaderList
	for _, h := range list {
		switch name := fold.Lower(h.Name); {
		case strings.HasPrefix(name, "access-control-"), strings.HasPrefix(name, "cross-origin-"):
		case request && slices.Contains([]string{"origin", "authorization", "cookie", "content-type"}, name):
		case !request && slices.Contains([]string{"vary", "location", "cache-control", "age", "set-cookie"}, name):
		default:
			continue
		}
		h.Value = text.RedactHeader(h.Name, h.Value)
		kept = append(kept, h)
	}
	return kept
}
