package origin

import (
	"slices"
	"strings"
)

// Trust is what counts as potentially trustworthy in addition to what the Secure Contexts specification
// lists (https:, wss:, loopback addresses and localhost). Browsers send Secure cookies to such origins
// and do not treat them as mixed content. A nil *Trust and the zero value add nothing. Do not change a
// Trust once it is in use; it is safe for concurrent use then.
type Trust struct {
	Schemes []string // schemes that count as secure, in lower case: "wails"
	Origins []Origin // origins that count as secure: a staging server without TLS
}

// Origin reports whether an origin is potentially trustworthy. Names such as localhost are assumed to
// resolve to a loopback address. An opaque origin, including that of a file: URL, is never trustworthy.
// Origin does not allocate.
//
// https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy
func (t *Trust) Origin(o Origin) bool {
	switch {
	case !o.isTuple(): // 1. Opaque: not.
		return false
	case o.rec.scheme == "https" || o.rec.scheme == "wss": // 3. A scheme with encryption.
		return true
	case o.rec.isLoopback(): // 4. A loopback address.
		return true
	case isLocalhost(o.rec.host): // 5. localhost, which resolves to one.
		return true
	case t == nil:
		return false
	case slices.Contains(t.Schemes, o.rec.scheme): // 7. A scheme that the user agent trusts.
		return true
	}
	return slices.ContainsFunc(t.Origins, o.SameOrigin) // 8, 9. An origin that its user trusts, or none of these.
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

// URL reports whether a URL is potentially trustworthy: whether it is a data: URL, about:blank,
// about:srcdoc, or has a potentially trustworthy origin. It does not allocate.
//
// https://w3c.github.io/webappsec-secure-contexts/#is-url-trustworthy
func (t *Trust) URL(u *URL) bool {
	switch {
	case u.scheme == "about" && u.opaquePath && (u.path == "blank" || u.path == "srcdoc"): // 1. What a page makes of itself.
		return true
	case u.scheme == "data": // 2. What is in the URL itself.
		return true
	}
	return t.Origin(u.Origin()) // 3. As its origin is.
}
