package urlpattern

import (
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/origin"
)

// canonical makes text of a component what it would be in a URL, or tells that no URL has it.
//
// https://urlpattern.spec.whatwg.org/#canon-encoding-callbacks
func canonical(c component, text string, all, special, strict bool) (string, bool) {
	switch c {
	case protocol:
		return canonicalProtocol(text)
	case username, password:
		return parsed("https://"+userinfoEscapes.Replace(text)+"@a/", (*origin.URL).Username)
	case hostname:
		return canonicalHostname(text, all)
	case port:
		return canonicalPort(text, strict)
	case pathname:
		if special {
			return canonicalPathname(text)
		}
		return text, true
	case search:
		return parsed("https://a/?"+strings.ReplaceAll(text, "#", "%23"), func(u *origin.URL) string {
			query, _ := u.Query()
			return query
		})
	case hash:
		return parsed("https://a/#"+text, func(u *origin.URL) string {
			fragment, _ := u.Fragment()
			return fragment
		})
	}
	return text, true
}

// Of these characters those that would end a part of a URL are told apart from its end by what they are encoded as.
var (
	userinfoEscapes = strings.NewReplacer("/", "%2F", ":", "%3A", "?", "%3F", "#", "%23", "@", "%40", `\`, "%5C")
	pathEscapes     = strings.NewReplacer("?", "%3F", "#", "%23")
)

// parsed is a part of a URL.
func parsed(url string, part func(*origin.URL) string) (string, bool) {
	u, err := origin.ParseURL(url)
	if err != nil {
		return "", false
	}
	return part(u), true
}

// https://urlpattern.spec.whatwg.org/#canonicalize-a-protocol
func canonicalProtocol(text string) (string, bool) {
	for i := range len(text) {
		if c := text[i]; !('a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '+' || c == '-' || c == '.') {
			return "", false
		}
	}
	return fold.Lower(text), true
}

// canonicalHostname is "canonicalize a hostname". A piece of one is not taken for an IPv4 address.
//
// https://urlpattern.spec.whatwg.org/#canonicalize-a-hostname
func canonicalHostname(text string, all bool) (string, bool) {
	if strings.ContainsAny(text, "\x00\t\n\r #/<>?@\\^|") {
		return "", false
	}
	if !all && !strings.ContainsFunc(text, func(r rune) bool { return r == '%' || r > 0x7f }) {
		return fold.Lower(text), true
	}
	if strings.Contains(text, ":") && text[0] != '[' {
		return "", false
	}
	return parsed("https://"+text+"/", (*origin.URL).Host)
}

// https://urlpattern.spec.whatwg.org/#canonicalize-a-port
func canonicalPort(text string, strict bool) (string, bool) {
	digits := strings.IndexFunc(text+" ", func(r rune) bool { return r < '0' || r > '9' })
	n, err := strconv.ParseUint(text[:digits], 10, 16)
	if err != nil || strict && digits < len(text) {
		return "", false
	}
	return strconv.FormatUint(n, 10), true
}

// https://urlpattern.spec.whatwg.org/#canonicalize-a-pathname
func canonicalPathname(text string) (string, bool) {
	// 2, 3. What does not begin with a slash is put behind something that no dots remove.
	before := ""
	if text[0] != '/' {
		before = "/-"
	}
	// 4 to 7. It is parsed as a path, and that is taken off again.
	path, ok := parsed("https://a"+before+pathEscapes.Replace(text), (*origin.URL).Path)
	return strings.TrimPrefix(path, before), ok
}
