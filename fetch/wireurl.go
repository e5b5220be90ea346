package fetch

import (
	"encoding/hex"
	"strings"

	"github.com/browsercors/browsercors/origin"
)

// wireURL is the request's current URL as the network below gets it: as it is,
// or with escapes of one form where the profile has them so.
func (f *fetching) wireURL() *origin.URL {
	u := f.request.currentURL()
	if !f.agent.profile.Network.EscapesNormalized || !u.IsHTTP() {
		return u
	}
	href := u.String()
	authority := strings.Index(href, "://") + len("://")
	path := authority + strings.IndexByte(href[authority:], '/')
	rest, fragment, fragmented := strings.Cut(href[path:], "#")
	normal := normalizeEscapes(rest)
	if normal == rest {
		return u
	}
	href = href[:path] + normal
	if fragmented {
		href += "#" + fragment
	}
	if v, err := f.agent.schemes.ParseURL(href, nil); err == nil {
		return v
	}
	return u
}

// showWireURL makes the URL of a response the one that was sent, where the
// profile does and unless it has a fragment.
func (f *fetching) showWireURL(resp *response) {
	if !f.agent.profile.Network.EscapesNormalized {
		return
	}
	if u := f.request.currentURL(); f.wireURL() != u {
		if _, fragmented := u.Fragment(); !fragmented {
			last := len(resp.urlList) - 1
			resp.urlList = append(resp.urlList[:last:last], f.wireURL())
		}
	}
}

// normalizeEscapes decodes the escapes of unreserved characters and writes the
// others in upper case.
//
// https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2
func normalizeEscapes(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		decoded, err := hex.DecodeString(s[min(i+1, len(s)):min(i+3, len(s))])
		switch {
		case s[i] != '%' || err != nil || len(decoded) == 0:
			out = append(out, s[i])
			continue
		case isUnreserved(decoded[0]):
			out = append(out, decoded[0])
		default:
			out = append(out, strings.ToUpper(s[i:i+3])...)
		}
		i += 2
	}
	return string(out)
}

func isUnreserved(b byte) bool {
	return '0' <= b && b <= '9' || 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || strings.IndexByte("-._~", b) >= 0
}
