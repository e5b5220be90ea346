package fetch

import (
	"context"
	"fmt"

	"github.com/browsercors/browsercors/internal/csp"
	"github.com/browsercors/browsercors/internal/urlpattern"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

const allowlistHeader = "Connection-Allowlist"

// A connectionAllowlist says which URLs a page may make connections to.
//
// https://wicg.github.io/connection-allowlists/#connection-allowlist
type connectionAllowlist struct {
	value      string // of the header
	patterns   []*urlpattern.Pattern
	endpoint   string
	reportOnly bool
	redirects  bool // are allowed, wherever they lead
	ignored    int  // patterns that do not count, since they are too many
}

// maxAllowlist is how many patterns of a Connection-Allowlist count: each is asked for each request. No browser has a
// limit, so traces and errors tell of a longer list.
const maxAllowlist = 256

// connectionAllowlistsOf is "parse a response's Connection Allowlists", given its headers and its URL.
//
// https://wicg.github.io/connection-allowlists/#abstract-opdef-parse-a-responses-connection-allowlists
func (a *Agent) connectionAllowlistsOf(headers safelist.HeaderList, u *origin.URL) []connectionAllowlist {
	enforced, _ := headers.Get(allowlistHeader)
	reported, _ := headers.Get(allowlistHeader + "-Report-Only")
	return a.newConnectionAllowlists(enforced, reported, u)
}

// newConnectionAllowlists are the allowlists of the two headers' values; "" is none.
func (a *Agent) newConnectionAllowlists(enforced, reported string, u *origin.URL) []connectionAllowlist {
	if enforced == "" && reported == "" || a.profile.Policy.NoConnectionAllowlist {
		return nil
	}
	// 1. There are none yet.
	var all []connectionAllowlist
	// 2, 3. The one that is enforced. 4, 5. The one that is only reported.
	for i, value := range [...]string{enforced, reported} {
		if list, ok := a.parseConnectionAllowlist(value, u); ok {
			list.reportOnly = i == 1
			all = append(all, list)
		}
	}
	// 6. Those are the page's.
	return all
}

// parseConnectionAllowlist is "parse a Connection Allowlist header".
//
// https://wicg.github.io/connection-allowlists/#abstract-opdef-parse-a-connection-allowlist-header
func (a *Agent) parseConnectionAllowlist(value string, u *origin.URL) (connectionAllowlist, bool) {
	if value == "" {
		return connectionAllowlist{}, false
	}
	// 3. It begins empty.
	list := connectionAllowlist{value: value}
	first, ok := structuredList(value)
	// 1, 2. The first member must be an inner list.
	if !ok || first.kind != '(' {
		return list, a.profile.Policy.DamagedAllowlistBlocks
	}
	// 4. Each item is a pattern, or stands for the page's origin.
	for _, item := range first.items {
		text := item.text
		switch {
		case item.kind == 't' && text == "response-origin":
			text = u.Origin().String()
		case item.kind != 's':
			continue
		}
		if len(list.patterns) == maxAllowlist {
			list.ignored++
			continue
		}
		if pattern, err := urlpattern.Parse(text, a.profile.Policy.StrictAllowlistPatterns); err == nil {
			list.patterns = append(list.patterns, pattern)
		}
	}
	// 5. The parameters. That of WebRTC is not modelled.
	if to := first.parameters["report-to"]; to.kind == 't' {
		list.endpoint = to.text
	}
	if redirects := first.parameters["redirects"]; redirects.kind == 't' {
		list.redirects = redirects.text != "block"
	}
	// 6. That is the list.
	return list, true
}

// matches is "match a URL to a Connection Allowlist".
//
// https://wicg.github.io/connection-allowlists/#abstract-opdef-match-a-url-to-a-connection-allowlist
func (l *connectionAllowlist) matches(ctx context.Context, u *origin.URL) bool {
	for _, pattern := range l.patterns {
		if ctx.Err() != nil { // a long URL and a list of patterns made for it take seconds
			return false
		}
		if pattern.Matches(u) {
			return true
		}
	}
	return false
}

// blockedByAllowlists is "should request be blocked by Connection Allowlists". What is sent to an endpoint of reports is
// not asked about.
//
// https://wicg.github.io/connection-allowlists/#abstract-opdef-should-request-be-blocked-by-connection-allowlists
func (f *fetching) blockedByAllowlists() *Error {
	r := f.request
	// 1. The lists are those of the page, or of the page that navigates.
	page := r.client
	if r.initiator != nil {
		page = r.initiator
	}
	if page == nil || page.allowlists == nil || r.destination == destinationReport {
		return nil
	}
	if f.agent.profile.Policy.LocalURLsUnlisted && isLocal(r.currentURL()) {
		return nil
	}
	// 2. Each is asked.
	for i := range page.allowlists {
		list := &page.allowlists[i]
		// 2.1. Redirects are allowed or not, wherever they lead. 2.2. The URL that was asked for must match.
		if r.redirectCount > 0 && list.redirects || r.redirectCount == 0 && list.matches(f.ctx, r.url()) {
			continue
		}
		if refusal := f.canceled(); refusal != nil {
			return refusal
		}
		// 2.1.2, 2.3. A violation is reported.
		f.reportAllowlist(page, list)
		// 2.1.3, 2.4. It blocks the request if the list is enforced.
		if !list.reportOnly {
			refusal := f.fail(outsideAllowlist, allowlistHeader, list.value)
			switch {
			case r.redirectCount > 0:
				refusal.Detail = "a redirect"
			case list.ignored > 0:
				refusal.Detail = fmt.Sprintf("only the first %d patterns count, %d do not", maxAllowlist, list.ignored)
			}
			return refusal
		}
	}
	// 3. It is allowed.
	return nil
}

// An allowlistViolation is the body of a report of type connection-allowlist.
type allowlistViolation struct {
	URL         string   `json:"url"`
	Connection  string   `json:"connection"`
	Allowlist   []string `json:"allowlist"`
	Disposition string   `json:"disposition"`
}

// reportAllowlist is "report a violation" of a Connection Allowlist.
//
// https://wicg.github.io/connection-allowlists/#abstract-opdef-report-a-violation
func (f *fetching) reportAllowlist(page *Environment, list *connectionAllowlist) {
	r := f.request
	if t := r.trace; t != nil && t.Violated != nil {
		t.Violated(r.info(), PolicyViolation{Header: allowlistHeader, Policy: list.value, Sources: list.value, ReportOnly: list.reportOnly, Ignored: list.ignored})
	}
	// 1. Without an endpoint nobody is told.
	endpoint := page.endpoints[list.endpoint]
	if endpoint == nil {
		return
	}
	// 2. Neither URL has its fragment or userinfo.
	v := allowlistViolation{URL: csp.StripURL(page.url), Connection: csp.StripURL(r.url()), Allowlist: []string{}, Disposition: "enforce"}
	for _, pattern := range list.patterns {
		v.Allowlist = append(v.Allowlist, pattern.String())
	}
	if list.reportOnly {
		v.Disposition = "report"
	}
	// 3. It is sent behind script's back.
	page.sendReport(endpoint, reportsType, csp.EncodeReport("connection-allowlist", page.url, f.agent.userAgent, v))
}
