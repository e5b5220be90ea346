package main

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/browsercors/browsercors/internal/customscheme"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
)

// Command lines name servers and pages by URLs and origins. People leave out the scheme, as
// curl lets them, or write a URL for an origin.

// checkTarget is nil for a URL that can be requested. A target that curl would complete to a
// URL is an error that says which URL may be meant.
func checkTarget(target string) error {
	u, err := origin.ParseURL(target)
	switch {
	case err == nil && !(u.Path() != "" && '0' <= u.Path()[0] && u.Path()[0] <= '9'):
		return nil
	case err == nil: // host:port
		return fmt.Errorf("URL %s has the scheme %q%s", text.Quote(target), u.Scheme(), didYouMeanURL(target))
	case hasScheme(target):
		return errors.New(text.Problem(err))
	}
	return fmt.Errorf("URL %s has no scheme%s", text.Quote(target), didYouMeanURL(target))
}

// hasScheme tells whether a text begins with a scheme and "://".
func hasScheme(s string) bool {
	scheme, _, ok := strings.Cut(s, "://")
	return ok && scheme != "" && !strings.ContainsAny(scheme, "./:?#@[]")
}

// didYouMeanURL ends an error about a target without a scheme.
func didYouMeanURL(target string) string {
	if u := withScheme(target); u != nil {
		return "; did you mean " + u.Scheme() + "://" + strings.TrimPrefix(target, "//") + "?"
	}
	return ", want a URL such as https://api.example/things"
}

// withScheme is the URL that is meant by a target without a scheme, http: for a server on
// this machine and https: for any other; nil if there is none.
func withScheme(target string) *origin.URL {
	if strings.HasPrefix(target, "/") && !strings.HasPrefix(target, "//") {
		return nil // a path
	}
	target = strings.TrimPrefix(target, "//")
	u, err := origin.ParseURL("https://" + target)
	if err == nil && isLocal(u) {
		u, err = origin.ParseURL("http://" + target)
	}
	if err != nil {
		return nil
	}
	return u
}

// isLocal tells whether the server of a URL is on this machine.
func isLocal(u *origin.URL) bool {
	host := strings.Trim(u.Host(), "[]")
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && addr.IsLoopback()
}

// originProblem is what is wrong with an origin. A URL, or a host alone, is an error that says
// which origin may be meant.
func originProblem(err error) string {
	parse, ok := errors.AsType[*origin.ParseError](err)
	if !ok || parse.What != "origin" {
		return text.Problem(err)
	}
	u, notURL := customscheme.Of(parse.Value).ParseURL(parse.Value, nil)
	if notURL != nil || u.Origin().IsOpaque() {
		if hasScheme(parse.Value) {
			return text.Problem(err)
		}
		if u = withScheme(parse.Value); u == nil {
			return text.Problem(err)
		}
	}
	return text.Problem(err) + "; did you mean " + u.Origin().String() + "?"
}
