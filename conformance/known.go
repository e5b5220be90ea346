package conformance

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// A Known is a kind of disagreement between a browser and its profile that is
// known and stays: an oddity of the network stack below the browser's engine
// (a retry, framing, bytes), never one about whether a request is allowed,
// preflighted, tainted or readable.
type Known struct {
	ID       string   // of lower-case letters, digits and hyphens
	Engines  []string // the profiles that it is known of
	Reason   string   // why it is so, and why the profile doesn't follow
	Scenario string   // the id of a scenario of testdata that shows it

	// Concerns are regular expressions that each have a match in the scenario's
	// JSON, as json.Marshal writes it but for <, > and &, which stand as they
	// are. They keep the entry to the scenarios that can show it.
	Concerns []string

	// Shows are the differences that it explains, each by one of these.
	Shows []Pattern
}

// A Pattern describes differences. Its regular expressions match from the
// beginning of a field of a [Difference] to its end.
type Pattern struct {
	Field string // required
	Got   string // of what the browser did; "" is anything
	Want  string // of what the engine did; "" is anything
}

// KnownDisagreements are the known disagreements of the engines' profiles. Each
// call makes them anew; they are the caller's to change.
func KnownDisagreements() []Known {
	return []Known{{
		ID:       "data-url-spelling",
		Engines:  []string{"chromium"},
		Reason:   `a data: URL keeps a blank before its fragment, loses the slashes of "data://", and its type keeps a quotation mark that nothing closes: its own parsers of URLs and of data: URLs are at work, below CORS`,
		Scenario: "sf-data-url",
		Concerns: []string{`"url":"\s*(?i:data):`},
		Shows: []Pattern{
			{Field: `steps\[\d+\]\.url`, Got: `"data:.*"`, Want: `"data:.*"`},
			{Field: `steps\[\d+\]\.headers\.content-type`, Got: `"text/plain.*"`, Want: `"text/plain.*"`},
		},
	}, {
		ID:       "signed-content-length",
		Engines:  []string{"firefox"},
		Reason:   `a Content-Length of "+3" ends the body after three bytes; the network library reads numbers with a sign`,
		Scenario: "len-plus",
		Concerns: []string{`(?i:"Content-Length"),"[ \t]*\+\d`},
		Shows:    []Pattern{{Field: `steps\[\d+\]\.body`, Got: `".*"`, Want: `".*"`}},
	}, {
		ID:       "unsafe-method-repeated",
		Engines:  []string{"firefox"},
		Reason:   "a request whose HTTP/2 connection is closed without an answer is sent again, up to ten times, also with a method that is not safe to repeat; how often depends on when the connection ends",
		Scenario: "retry-dropped-put-h2",
		Concerns: []string{`"drop":true`, `"https://h2\.`},
		Shows:    []Pattern{{Field: `requests\[\d+\]`, Got: `(?i:PUT|POST|DELETE|PATCH) https://h2\..*`, Want: nothing}},
	}, {
		ID:       "type-after-421",
		Engines:  []string{"firefox"},
		Reason:   "a request that is sent again after a 421 gets the Content-Type of both answers, joined; its HTTP transaction keeps that header when it starts anew",
		Scenario: "retry-421-typed",
		Concerns: []string{`"status":421`},
		Shows:    []Pattern{{Field: `steps\[\d+\]\.headers\.content-type`, Got: `"[^"]*,[^"]*"`}},
	}, {
		ID:       "memory-cache",
		Engines:  []string{"webkit"},
		Reason:   "after a fetch with cache mode force-cache the page's memory cache answers the next one, though the response said no-store; the cache lies above the network and below CORS, whose checks are made again",
		Scenario: "cm-force-cache-no-store",
		Concerns: []string{`"cache":"force-cache"`},
		Shows:    []Pattern{{Field: `requests\[\d+\]`, Got: nothing, Want: `GET .*`}},
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
