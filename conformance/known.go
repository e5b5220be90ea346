package conformance

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// A Known is a kind of disagreement between a browser and its profile that is known
// and accepted: an oddity of the network stack (a retry, framing, bytes). It is
// never about whether a request is allowed, preflighted, tainted or readable.
type Known struct {
	ID       string   // lower-case letters, digits and hyphens
	Engines  []string // names of the profiles concerned
	Reason   string   // the cause, and why the profile does not follow
	Scenario string   // the id of a scenario of testdata that shows it

	// Concerns limits the entry to the scenarios that can show it: each of these
	// regular expressions must match in the JSON of the scenario, as json.Marshal
	// writes it, except that <, > and & are not escaped.
	Concerns []string

	// Shows are patterns for the differences that it explains. Field, Got and Want
	// are regular expressions that must match the whole field of a difference. Field
	// is required; an empty Got or Want matches anything.
	Shows []Difference
}

// knownDisagreements are the known disagreements of the engines' profiles.
func knownDisagreements() []Known {
	return slices.Concat(
		knownOfFetch(),
		knownOfHTTPCache(),
		knownOfEmbedding(),
		knownOfElements(),
	)
}

// knownOfElements are those of elements.
func knownOfElements() []Known {
	return []Known{{
		ID:       "broken-media-repeated",
		Engines:  []string{"webkit"},
		Reason:   "a sound or a video that can't be decoded is asked for again; the media library tries another of its decoders",
		Scenario: "el-media-status",
		Concerns: []string{`"kind":"(?:audio|video)"`},
		Shows:    []Difference{{Field: `requests\[\d+\]`, Got: `GET .*`, Want: `nothing`}},
	}}
}

// knownOfFetch are those of fetch() and XMLHttpRequest.
func knownOfFetch() []Known {
	return []Known{{
		ID:       "data-url-spelling",
		Engines:  []string{"chromium"},
		Reason:   `a data: URL keeps a blank before its fragment, loses the slashes of "data://", and its type keeps a quotation mark that nothing closes: its own parsers of URLs and of data: URLs are at work, below CORS`,
		Scenario: "sf-data-url",
		Concerns: []string{`"url":"\s*(?i:data):`},
		Shows: []Difference{
			{Field: `steps\[\d+\]\.url`, Got: `"data:.*"`, Want: `"data:.*"`},
			{Field: `steps\[\d+\]\.headers\.content-type`, Got: `"text/plain.*"`, Want: `"text/plain.*"`},
		},
	}, {
		ID:       "signed-content-length",
		Engines:  []string{"firefox"},
		Reason:   `a Content-Length of "+3" ends the body after three bytes; the network library reads numbers with a sign`,
		Scenario: "len-plus",
		Concerns: []string{`(?i:"Content-Length"),"[ \t]*\+\d`},
		Shows:    []Difference{{Field: `steps\[\d+\]\.body`, Got: `".*"`, Want: `".*"`}},
	}, {
		ID:       "unsafe-method-repeated",
		Engines:  []string{"firefox"},
		Reason:   "a request whose HTTP/2 connection is closed without an answer is sent again, up to ten times, also with a method that is not safe to repeat; how often depends on when the connection ends",
		Scenario: "retry-dropped-put-h2",
		Concerns: []string{`"drop":true`, `"https://h2\.`},
		Shows:    []Difference{{Field: `requests\[\d+\]`, Got: `(?i:PUT|POST|DELETE|PATCH) https://h2\..*`, Want: nothing}},
	}, {
		ID:       "type-after-421",
		Engines:  []string{"firefox"},
		Reason:   "a request that is sent again after a 421 gets the Content-Type of both answers, joined; its HTTP transaction keeps that header when it starts anew",
		Scenario: "retry-421-typed",
		Concerns: []string{`"status":421`},
		Shows:    []Difference{{Field: `steps\[\d+\]\.headers\.content-type`, Got: `"[^"]*,[^"]*"`}},
	}, {
		ID:       "memory-cache",
		Engines:  []string{"webkit"},
		Reason:   "after a fetch with cache mode force-cache the page's memory cache answers the next one, though the response said no-store; the cache lies above the network and below CORS, whose checks are made again",
		Scenario: "cm-force-cache-no-store",
		Concerns: []string{`"cache":"force-cache"`},
		Shows:    []Difference{{Field: `requests\[\d+\]`, Got: nothing, Want: `GET .*`}},
	}, {
		ID:       "xhr-without-end",
		Engines:  []string{"firefox"},
		Reason:   "an XMLHttpRequest that is redirected to a bad port fires no event, neither error nor loadend, while fetch() fails as it should; the redirect is refused and the XMLHttpRequest is not told, so that script waits for ever, which an embedder must not do",
		Scenario: "ub-xhr-redirected-to-a-port",
		Concerns: []string{`"api":"xhr"`, `"status":30[12378]`, `(?i:\["Location",)"[^"]*:\d+(/[^"]*)?"`},
		Shows:    []Difference{{Field: `steps\[\d+\]`, Got: `none`, Want: `NetworkError`}},
	}}
}

// knownOfHTTPCache are those of the HTTP cache.
func knownOfHTTPCache() []Known {
	return []Known{{
		ID:       "part-revalidated",
		Engines:  []string{"chromium"},
		Reason:   "a stored part that is asked for as a whole is first revalidated by its range, then the whole is asked for twice; what the server sent first is at hand",
		Scenario: "hc-range-then-full",
		Concerns: []string{`(?i:\["Range",)`, `"status":206`},
		Shows: []Difference{
			{Field: `requests\[\d+\]`, Got: `GET .*`, Want: nothing},
			{Field: `requests\[\d+\]\.headers\.if-range`, Want: nothing},
		},
	}, {
		ID:       "refused-reload",
		Engines:  []string{"webkit"},
		Reason:   "a 304 to a reload that fails the CORS check has the stored response forgotten, whose loading ended too early to be kept",
		Scenario: "gen-httpcache-2026-538",
		Concerns: []string{`"cache":"reload"`, `"status":304`},
		Shows:    []Difference{{Field: `requests\[\d+\]\.headers\.if-(none-match|modified-since)`, Got: nothing}},
	}, {
		ID:       "background-redirect-order",
		Engines:  []string{"webkit"},
		Reason:   "a request in the background that revalidates a redirect and the request that follows it are sent at the same time, and either may come first",
		Scenario: "gen-httpcache-20261201-482",
		Concerns: []string{`stale-while-revalidate`, `"status":30[12378]`},
		Shows: []Difference{
			{Field: `requests\[\d+\]`, Got: `GET .*`, Want: nothing},
			{Field: `requests\[\d+\]`, Got: nothing, Want: `GET .*`},
		},
	}}
}

// knownPatterns is a known disagreement, ready to match.
type knownPatterns struct {
	known    *Known
	concerns []*regexp.Regexp
	shows    [][3]*regexp.Regexp // field, got and want
}

func (k *Known) compile() (*knownPatterns, error) {
	p := &knownPatterns{known: k}
	fail := func(what string, err error) (*knownPatterns, error) {
		return nil, fmt.Errorf("conformance: known disagreement %.80q: %s: %w", k.ID, what, err)
	}
	for _, expr := range k.Concerns {
		re, err := regexp.Compile(expr)
		if err != nil {
			return fail("Concerns", err)
		}
		p.concerns = append(p.concerns, re)
	}
	for _, pattern := range k.Shows {
		var compiled [3]*regexp.Regexp
		for i, expr := range []string{pattern.Field, pattern.Got, pattern.Want} {
			switch {
			case expr == "" && i == 0:
				return fail("Shows", errors.New("a pattern has no Field"))
			case expr == "":
				expr = ".*"
			}
			var err error
			if compiled[i], err = regexp.Compile("^(?:" + expr + ")$"); err != nil {
				return fail("Shows", err)
			}
		}
		p.shows = append(p.shows, compiled)
	}
	return p, nil
}

// canShow tells whether a scenario, as JSON, is one that can show it.
func (p *knownPatterns) canShow(raw []byte) bool {
	return !slices.ContainsFunc(p.concerns, func(re *regexp.Regexp) bool { return !re.Match(raw) })
}

// foresees tells whether it explains a difference.
func (p *knownPatterns) foresees(d Difference) bool {
	return slices.ContainsFunc(p.shows, func(re [3]*regexp.Regexp) bool {
		return re[0].MatchString(d.Field) && re[1].MatchString(d.Got) && re[2].MatchString(d.Want)
	})
}
