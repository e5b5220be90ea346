package text

import (
	"strings"
	"unicode/utf8"

	"github.com/browsercors/browsercors/internal/fold"
)

const (
	// hiddenPassword stands in a URL where its password was, as net/url has it.
	// The username stays: it tells which account is meant.
	hiddenPassword = "xxxxx"

	// hiddenValue stands in a header where a secret was.
	hiddenValue = "redacted"
)

// RedactURL returns a URL, which need not parse, with its password replaced by
// xxxxx. What a URL parser might take for a password is one; so is that of a URL
// in another URL's path or query.
//
// https://url.spec.whatwg.org/#concept-url-password
func RedactURL(url string) string {
	if !strings.Contains(url, "@") {
		return url
	}
	// A URL parser does not see these, wherever they are.
	return redactWord(strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(url))
}

// Redact returns a text with the passwords of the URLs in it replaced by xxxxx.
// A URL in a text has no blanks and no quotation marks; for one that may have
// them, there is [RedactURL].
func Redact(s string) string {
	if !strings.Contains(s, "@") {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		end := strings.IndexFunc(s, endsWord)
		switch end {
		case 0:
			_, size := utf8.DecodeRuneInString(s)
			b.WriteString(s[:size])
			s = s[size:]
			continue
		case -1:
			end = len(s)
		}
		b.WriteString(redactWord(s[:end]))
		s = s[end:]
	}
	return b.String()
}

func endsWord(c rune) bool {
	return c <= ' ' || strings.ContainsRune("\"'`<>“”‘’", c)
}

// redactWord replaces the passwords in a text that is all one URL. An authority
// begins at the start, since "https:user:password@host" has one, and behind
// slashes of either kind, one after a colon or two anywhere. It ends at the next
// slash, question mark or number sign.
func redactWord(s string) string {
	var b strings.Builder
	starts := true // an authority may start here
	for len(s) > 0 {
		end := strings.IndexAny(s, "/?#")
		if end < 0 {
			end = len(s)
		}
		part := s[:end]
		if starts {
			part = redactAuthority(part)
		}
		b.WriteString(part)
		rest := strings.TrimLeft(s[end:], "/?#")
		delimiters := s[end : len(s)-len(rest)]
		b.WriteString(delimiters)
		starts = strings.HasSuffix(delimiters, "//") || delimiters == "/" && strings.HasSuffix(part, ":") ||
			strings.HasSuffix(part, `\`) || strings.HasPrefix(rest, `\`)
		s = rest
	}
	return b.String()
}

// redactAuthority replaces what is between the first colon and the last at sign,
// where that is not a scheme's colon. Backslashes may be a URL's slashes, or be
// there because the text is quoted.
func redactAuthority(s string) string {
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return s
	}
	from := 0
	if scheme, _, ok := strings.Cut(s[:at], ":"); ok {
		switch fold.Lower(scheme) {
		case "http", "https", "ws", "wss", "ftp": // whose URLs need no slashes
			from = len(scheme) + 1
		case "mailto", "data", "javascript", "about", "urn", "tel", "news", "acct", "sip", "sips", "xmpp":
			return s // whose URLs have no authority
		}
	}
	colon := strings.IndexByte(s[from:at], ':')
	if colon < 0 {
		return s
	}
	return s[:from+colon+1] + hiddenPassword + s[at:]
}

// RedactHeader returns a header's value without what is secret in it: the values
// of cookies, all of Authorization and Proxy-Authorization but the scheme, and
// the passwords of URLs. Names and attributes of cookies stay.
func RedactHeader(name, value string) string {
	switch fold.Lower(name) {
	case "authorization", "proxy-authorization":
		if scheme, _, ok := strings.Cut(value, " "); ok {
			return scheme + " " + hiddenValue
		}
		return hiddenValue
	case "cookie":
		pairs := strings.Split(value, "; ")
		for i, pair := range pairs {
			pairs[i] = withoutValue(pair)
		}
		return strings.Join(pairs, "; ")
	case "set-cookie":
		pair, attributes, more := strings.Cut(value, ";")
		if value = withoutValue(pair); more {
			value += ";" + attributes
		}
		return value
	case "location", "content-location", "referer":
		return RedactURL(value)
	}
	return Redact(value)
}

func withoutValue(pair string) string {
	if name, _, ok := strings.Cut(pair, "="); ok {
		return name + "=" + hiddenValue
	}
	return hiddenValue
}
