package origin

import (
	"slices"
	"strings"
)

// Trust is what an embedder holds for potentially trustworthy besides what Secure Contexts lists. A
// nil *Trust and the zero value add nothing. It must not be changed once in use; then it is safe for
// concurrent use.
type Trust struct {
	Schemes []string // schemes considered authenticated, in lower case: "wails"
	Origins []Origin // origins configured as trustworthy: a staging server without TLS
}

// Origin answers "is origin potentially trustworthy?". The name resolution rules of
// let-localhost-be-localhost are taken to be kept by whoever dials. The origin of a file: URL is
// opaque here, and so never trustworthy, as Secure Contexts allows. It doesn't allocate.
//
// https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy
func (t *Trust) Origin(o Origin) bool {
	switch {
	case !o.isTuple(): // 1
		return false
	case o.rec.scheme == "https" || o.rec.scheme == "wss": // 3
		return true
	case o.rec.isLoopback(): // 4
		return true
	case isLocalhost(o.rec.host): // 5
		return true
	case t == nil:
		return false
	case slices.Contains(t.Schemes, o.rec.scheme): // 7
		return true
	}
	return slices.ContainsFunc(t.Origins, o.SameOrigin) // 8, 9
}

// isLoopback reports a host in 127.0.0.0/8 or ::1/128.
func (r *record) isLoopback() bool {
	switch r.kind {
	case hostIPv4:
		return strings.HasPrefix(r.host, "127.")
	case hostIPv6:
		return r.host == "[::1]"
	}
	return false
}

// isLocalhost reports "localhost" and the names under it, with or without a trailing dot.
func isLocalhost(host string) bool {
	rest, ok := strings.CutSuffix(strings.TrimSuffix(host, "."), "localhost")
	return ok && (rest == "" || rest[len(rest)-1] == '.')
}

// URL answers "is url potentially trustworthy?". For about:blank and about:srcdoc, a query and a
// fragment don't matter, as in HTML's "matches about:blank". It doesn't allocate.
//
// https://w3c.github.io/webappsec-secure-contexts/#is-url-trustworthy
func (t *Trust) URL(u *URL) bool {
	switch {
	case u.scheme == "about" && u.opaquePath && (u.path == "blank" || u.path == "srcdoc"): // 1
		return true
	case u.scheme == "data": // 2
		return true
	}
	return t.Origin(u.Origin()) // 3
}
