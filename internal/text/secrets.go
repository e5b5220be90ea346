package text

import (
	"strings"
	"unicode/utf8"

	"github.com/browsercors/browsercors/internal/fold"
)

const (
	// hiddenPassword replaces the password of a URL, as in net/url. The username stays,
	// because it tells which account is concerned.
	hiddenPassword = "xxxxx"

	// hiddenValue replaces a secret in a header.
	hiddenValue = "redacted"
)

// RedactURL returns a URL with its password replaced by xxxxx. The URL may be malformed:
// everything that a URL parser might treat as a password is replaced, also in a URL within
// the path or query.
//
// https://url.spec.whatwg.org/#concept-url-password
func RedactURL(url string) string {
	if !strings.Contains(url, "@") {
		return url
	}
	// A URL parser ignores these characters everywhere.
	return redactWord(strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(url))
}

// Redact returns a text with the passwords of its URLs replaced by xxxxx. It assumes that
// a URL in a text contains no blanks and no quotation marks; [RedactURL] does not.
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

// redactWord replaces the passwords in a text that is a single URL. An authority can begin
// at the start of the text (as in "https:user:password@host"), after a colon and a slash
// or backslash, and after two of these anywhere. It ends at the next slash, question mark
// or number sign.
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

// redactAuthority replaces the text between the first colon that does not end a scheme and
// the last at sign. A backslash can be a slash of the URL, or come from quoting.
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

// RedactHeader returns the value of a header without secrets: values of cookies, all of
// Authorization and Proxy-Authorization except the scheme, and passwords of URLs. Names
// and attributes of cookies stay.
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
