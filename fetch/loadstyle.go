package fetch

import "github.com/browsercors/browsercors/origin"

// styleSheet loads a style sheet, and the style sheets that it imports.
//
// https://html.spec.whatwg.org/#link-type-stylesheet
func (l *loading) styleSheet() (*Loaded, *Error) {
	if out, is := l.unparsable(); is {
		return out, nil
	}
	reuses := l.page.agent.profile.Element.SheetsReused
	if reuses {
		if readable, ok := l.page.loads.sheet(l.imageKey()); ok {
			return &Loaded{Event: "load", Readable: readable}, nil
		}
	}
	resp, contents, refusal := l.take("stylesheet", l.request())
	if refusal != nil {
		return l.failed(refusal)
	}
	out := &Loaded{Event: "load", Readable: l.usable(resp, ""), Response: newResponse(resp)}
	if !isStyleSheet(resp) {
		contents.Imports = nil // by profiles that take it: it has no rules
	}
	// Its critical subresources have to be there, too.
	if refusal := l.importSheets(resp, contents); refusal != nil {
		out.Response.Body.Close()
		return l.failed(refusal)
	}
	if reuses {
		l.page.loads.addSheet(l.imageKey(), out.Readable)
	}
	return out, nil
}

// A sheet is a style sheet that imports others.
type sheet struct {
	url     *origin.URL
	policy  ReferrerPolicy // that its response sets
	imports []Import
	parent  *sheet // that imports it
}

// cyclic tells whether the sheet at a URL imports this one, directly or not.
func (s *sheet) cyclic(u *origin.URL) bool {
	for ; s != nil; s = s.parent {
		if s.url.WithoutFragment() == u.WithoutFragment() {
			return true
		}
	}
	return false
}

// maxSheetDepth is how deep style sheets may import each other.
const maxSheetDepth = 100

// importSheets fetches what a style sheet imports, and so on: "fetch an @import".
// A style sheet that is within itself is not fetched.
//
// https://drafts.csswg.org/css-cascade-5/#fetch-an-import
func (l *loading) importSheets(resp *response, contents Contents) (first *Error) {
	level := []*sheet{{url: resp.url(), policy: l.sheetPolicy(resp), imports: contents.Imports}}
	for depth := 0; len(level) > 0; depth++ {
		var next []*sheet
		for _, s := range level {
			for _, imported := range s.imports {
				// 1. Its URL is relative to the style sheet's.
				u, err := l.page.agent.parseURL(imported.URL, s.url)
				if err != nil || s.cyclic(u) {
					continue
				}
				if depth == maxSheetDepth {
					return l.refuse(TooManyLoads, "imports", l.in.URL, nil)
				}
				// 2. Fetch a style resource, in mode no-cors: see css-values.
				in := Element("stylesheet").Request(u.String(), noCrossOrigin)
				in.referrerURL, in.ReferrerPolicy, in.Trace, in.inSheet = s.url, s.policy, l.in.Trace, true
				got, contents, refusal := l.take("stylesheet", in)
				switch {
				case refusal != nil && (refusal.Reason == Aborted || refusal.Reason == TooManyLoads):
					return refusal
				case refusal != nil && first == nil:
					first = refusal
				case refusal == nil:
					if got.discard(); !isStyleSheet(got) {
						contents.Imports = nil
					}
					next = append(next, &sheet{url: got.url(), policy: l.sheetPolicy(got), imports: contents.Imports, parent: s})
				}
			}
		}
		level = next
	}
	return first
}

// sheetPolicy is the referrer policy of what a style sheet imports: that of its
// response, or "" for the page's.
//
// https://w3c.github.io/webappsec-referrer-policy/#integration-with-css
func (l *loading) sheetPolicy(resp *response) ReferrerPolicy {
	profile := l.page.agent.profile
	policy, ok := parseReferrerPolicy(resp.headers, profile.Redirect.Policy)
	if !ok || profile.Element.ImportsNamePage {
		return ""
	}
	return policy
}

// isStyleSheet tells whether a response has the type of a style sheet, or none.
func isStyleSheet(resp *response) bool {
	k := mustKind("stylesheet")
	return taken(&k, resp.status, resp.headers)
}
