package browser

import (
	"slices"
	"strings"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/internal/grammar"
)

// forgettable tells whether a preflight of a scenario may allow nothing that
// needs it, only to be asked for again by another. Firefox forgets such a one
// as soon as its cache is full.
func forgettable(s *conformance.Scenario) bool {
	fetches, listener := 0, false
	for _, step := range s.Steps {
		if step.Fetch != nil {
			fetches++
			listener = listener || step.Fetch.UploadListener != nil
		}
	}
	return fetches > 1 && listener
}

// keepsAlive tells whether a scenario sends a body with keepalive, or a large one as a
// beacon: there is one quota for all that are under way.
func keepsAlive(s *conformance.Scenario) bool {
	const large = 2 << 10
	for _, step := range s.Steps {
		if b := step.Beacon; b != nil && b.Body != nil && len(b.Body.Text) > large {
			return true
		}
		if f := step.Fetch; f != nil && f.Body != nil && f.Keepalive != nil && *f.Keepalive {
			return true
		}
	}
	return false
}

// fragile tells whether the play depends on the state of the connection. If an earlier
// request used the connection, browsers repeat a request that got no response, or one
// with status 408 or 421. Over HTTP/2, a header whose name is not valid breaks the
// connection for other scenarios.
func fragile(s *conformance.Scenario) bool {
	return mayAnswer(s, func(r *conformance.Response) bool {
		return r.Drop || r.Status == 408 || r.Status == 421 || r.Status != 0 && r.Status < 200 ||
			slices.ContainsFunc(r.Headers, func(h [2]string) bool { return !grammar.IsHeaderName(h[0]) })
	})
}

// overHTTP2 tells whether a scenario has a server that speaks HTTP/2, where one
// connection serves many requests.
func overHTTP2(s *conformance.Scenario) bool {
	for url := range s.Servers {
		if _, host, _ := strings.Cut(url, "://"); strings.HasPrefix(host, "h2.") {
			return true
		}
	}
	return false
}

// asks tells whether the browser may ask its user for a password, which stops
// all that its page does.
func asks(s *conformance.Scenario) bool {
	return mayAnswer(s, func(r *conformance.Response) bool {
		return r.Status == 401 && slices.ContainsFunc(r.Headers, func(h [2]string) bool { return strings.EqualFold(h[0], "WWW-Authenticate") })
	})
}

// mayAnswer tells whether a scenario has a response like that.
func mayAnswer(s *conformance.Scenario, like func(*conformance.Response) bool) bool {
	for _, server := range s.Servers {
		for _, list := range [...][]conformance.Response{server.Preflight, server.Actual} {
			for i := range list {
				if like(&list[i]) {
					return true
				}
			}
		}
	}
	return false
}
