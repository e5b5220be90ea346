package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/browsercors/browsercors/internal/customscheme"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
)

// pageFlags name the pages that send requests, by URL or by origin.
type pageFlags struct {
	origins []string
	pages   []string
	schemes []string
}

func (p *pageFlags) add(flags *pflag.FlagSet, originUsage, pageUsage string) {
	flags.StringArrayVar(&p.origins, "origin", nil, originUsage)
	flags.StringArrayVar(&p.pages, "page", nil, pageUsage)
	flags.StringArrayVar(&p.schemes, "scheme", nil, "URL `scheme` that an app registers for its pages, such as myapp for myapp://localhost; those of Capacitor, Ionic, Tauri, Wails, Electron's app: and browser extensions are known; may be repeated")
}

// assumption is the rule of assumedOrigin, for the help.
const assumption = `https://app.example, or of http://app.example if the URL begins with http:`

// assumedOrigin is the origin of the page that sends a request if no flag names a page.
// It has the scheme of the URL, since a secure page may not send requests to an http: URL.
func assumedOrigin(target *origin.URL) string {
	if target.Scheme() == "http" || target.Scheme() == "ws" {
		return "http://app.example"
	}
	return "https://app.example"
}

// assumedNote says that a command assumed an origin, and how to name another.
func assumedNote(command, origin string) string {
	return fmt.Sprintf("%s assumed a page of %s; --origin or --page names another page", command, origin)
}

// An askingPage is a page that sends requests. Its origin is "null" if it is opaque.
type askingPage struct{ url, origin string }

// nullPage is the URL of a page without an origin.
const nullPage = "data:text/html,"

// registered are the custom schemes whose pages have origins of their own.
func (p *pageFlags) registered() (*origin.Schemes, error) {
	all, err := customscheme.Register(p.schemes...)
	if err != nil {
		return nil, fmt.Errorf("--scheme: %s", text.Problem(err))
	}
	return all, nil
}

// isKnown is an error that says how to register the scheme of a page or an origin if it is
// not known.
func (p *pageFlags) isKnown(flag, s string) error {
	if scheme := customscheme.Unknown(s, p.schemes...); scheme != "" {
		return fmt.Errorf("%s %s: the scheme %q is not known; if an app registers it for its pages, add --scheme %s", flag, text.Quote(s), scheme, scheme)
	}
	return nil
}

// isFileOrigin tells whether s stands for the origin of pages of file: URLs.
func isFileOrigin(s string) bool { return s == "file:" || s == "file://" || s == "file:///" }

// parsePage returns the page of a URL, or of "null".
func (p *pageFlags) parsePage(s string) (askingPage, error) {
	if s == "null" {
		return askingPage{nullPage, "null"}, nil
	}
	if err := checkTarget(s); err != nil {
		return askingPage{}, fmt.Errorf("--page: %w", err)
	}
	schemes, err := p.registered()
	if err := errors.Join(err, p.isKnown("--page", s)); err != nil {
		return askingPage{}, err
	}
	u, err := schemes.ParseURL(s, nil)
	if err != nil {
		return askingPage{}, err
	}
	return askingPage{s, u.Origin().String()}, nil
}

// parseOrigin returns a page of an origin.
func (p *pageFlags) parseOrigin(s string) (askingPage, error) {
	switch {
	case s == "null":
		return askingPage{nullPage, "null"}, nil
	case isFileOrigin(s):
		return askingPage{"file:///", "null"}, nil
	}
	schemes, err := p.registered()
	if err := errors.Join(err, p.isKnown("--origin", s)); err != nil {
		return askingPage{}, err
	}
	if _, err := schemes.ParseOrigin(s); err != nil {
		return askingPage{}, fmt.Errorf("--origin: %s", originProblem(err))
	}
	return askingPage{s + "/", s}, nil
}

// pageNotes say what the pages of the flags have for origins: which runtime sends it, and that it
// is opaque where that is not what the flag says.
func (p *pageFlags) pageNotes() []string {
	var all []string
	for _, s := range slices.Concat(p.origins, p.pages) {
		page, err := p.parsePage(s)
		switch {
		case isFileOrigin(s):
			all = append(all, "pages of file: URLs have an opaque origin, so that Origin is null")
		case err != nil || s == "null":
		case page.origin == "null":
			scheme, _, _ := strings.Cut(s, ":")
			all = append(all, fmt.Sprintf("pages of %s: URLs have an opaque origin, so that Origin is null", text.Clean(scheme)))
		case customscheme.Note(page.origin) != "":
			all = append(all, customscheme.Note(page.origin))
		}
	}
	return all
}

// one is the URL of the page that sends the request: the last page given, as with other
// flags that take one value; "" if none is given. A page of another origin than --origin
// is an error.
func (p *pageFlags) one() (string, error) {
	var byURL, byOrigin askingPage
	var wrong []error
	if n := len(p.pages); n > 0 {
		page, err := p.parsePage(p.pages[n-1])
		byURL, wrong = page, append(wrong, err)
	}
	if n := len(p.origins); n > 0 {
		page, err := p.parseOrigin(p.origins[n-1])
		byOrigin, wrong = page, append(wrong, err)
	}
	if err := errors.Join(wrong...); err != nil {
		return "", err
	}
	if len(wrong) == 2 && byURL.origin != byOrigin.origin {
		return "", fmt.Errorf("--page %s and --origin %s contradict each other: the page's origin is %s", p.pages[len(p.pages)-1], byOrigin.origin, byURL.origin)
	}
	return cmp.Or(byURL.url, byOrigin.url), nil
}

// allOrigins are the origins of all pages. Of those of --origin and --refuse it checks that
// their schemes are known.
func (p *pageFlags) allOrigins(refuse []string) ([]string, error) {
	all := slices.Clone(p.origins)
	if _, err := p.registered(); err != nil {
		return nil, err
	}
	var wrong []error
	for _, s := range refuse {
		wrong = append(wrong, p.isKnown("--refuse", s))
	}
	for i, s := range all {
		wrong = append(wrong, p.isKnown("--origin", s))
		if isFileOrigin(s) {
			all[i] = "null"
		}
	}
	for _, s := range p.pages {
		page, err := p.parsePage(s)
		wrong = append(wrong, err)
		all = append(all, page.origin)
	}
	return all, errors.Join(wrong...)
}

// flagOf is the flag for a key of an intent such as allow[1], which is an index into
// allOrigins.
func (p *pageFlags) flagOf(key string) string {
	index, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(key, "allow["), "]"))
	if err == nil && index >= len(p.origins) {
		return "--page"
	}
	return "--origin"
}
