package main

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/browsercors/browsercors/origin"
)

// pageFlags name the pages that ask, by their URL or their origin.
type pageFlags struct {
	origins []string
	pages   []string
}

func (p *pageFlags) add(flags *pflag.FlagSet, originUsage, pageUsage string) {
	flags.StringArrayVar(&p.origins, "origin", nil, originUsage)
	flags.StringArrayVar(&p.pages, "page", nil, pageUsage)
}

// An askingPage is a page that asks. Its origin is "null" if it is opaque.
type askingPage struct{ url, origin string }

// nullPage is the URL of a page without an origin.
const nullPage = "data:text/html,"

// parsePage is the page of a URL, or of "null".
func parsePage(s string) (askingPage, error) {
	if s == "null" {
		return askingPage{nullPage, "null"}, nil
	}
	u, err := origin.ParseURL(s)
	if err != nil {
		return askingPage{}, fmt.Errorf("--page: %w", err)
	}
	return askingPage{s, u.Origin().String()}, nil
}

// parseOrigin is a page of an origin.
func parseOrigin(s string) (askingPage, error) {
	if s == "null" {
		return askingPage{nullPage, "null"}, nil
	}
	if _, err := origin.Parse(s); err != nil {
		return askingPage{}, fmt.Errorf("--origin: %s", strings.TrimPrefix(err.Error(), "origin: "))
	}
	return askingPage{s + "/", s}, nil
}

// one is the URL of the only page that asks: the last one given, as with other flags
// that take one value. An origin and a URL of another one contradict each other.
func (p *pageFlags) one(otherwise string) (string, error) {
	var byURL, byOrigin askingPage
	var wrong []error
	if n := len(p.pages); n > 0 {
		page, err := parsePage(p.pages[n-1])
		byURL, wrong = page, append(wrong, err)
	}
	if n := len(p.origins); n > 0 {
		page, err := parseOrigin(p.origins[n-1])
		byOrigin, wrong = page, append(wrong, err)
	}
	if err := errors.Join(wrong...); err != nil {
		return "", err
	}
	if len(wrong) == 2 && byURL.origin != byOrigin.origin {
		return "", fmt.Errorf("--page %s and --origin %s contradict each other: the page's origin is %s", p.pages[len(p.pages)-1], byOrigin.origin, byURL.origin)
	}
	return cmp.Or(byURL.url, byOrigin.url, otherwise), nil
}

// allOrigins are the origins of all the pages. Those of --origin are not looked at.
func (p *pageFlags) allOrigins() ([]string, error) {
	all := p.origins[:len(p.origins):len(p.origins)]
	var wrong []error
	for _, s := range p.pages {
		page, err := parsePage(s)
		wrong = append(wrong, err)
		all = append(all, page.origin)
	}
	return all, errors.Join(wrong...)
}

// flagOf is the flag that an intent's key is from, such as allow[1]: one of the
// origins of allOrigins.
func (p *pageFlags) flagOf(key string) string {
	index, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(key, "allow["), "]"))
	if err == nil && index >= len(p.origins) {
		return "--page"
	}
	return "--origin"
}
