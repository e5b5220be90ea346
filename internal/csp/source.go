package csp

import (
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/rules"
)

// A source is a source expression that matches URLs: a scheme-source or a host-source.
//
// https://w3c.github.io/webappsec-csp/#grammardef-source-expression
type source struct {
	scheme string // scheme-part; "" is none
	host   string // host-part; "" makes it a scheme-source
	port   string // port-part; "" is none
	path   string // path-part; "" is none
}

// parseSource reads a source expression; false if it is neither a scheme-source nor a host-source.
//
// https://w3c.github.io/webappsec-csp/#grammardef-scheme-source
// https://w3c.github.io/webappsec-csp/#grammardef-host-source
func parseSource(expression string, rules *rules.CSP) (source, bool) {
	var s source
	rest := expression
	if rules.QueryOfHostCutOff {
		if end := strings.IndexAny(rest, "?#"); end >= 0 {
			rest = rest[:end]
		}
	}
	// scheme-source = scheme-part ":"
	if colon := strings.IndexByte(rest, ':'); colon >= 0 && isScheme(rest[:colon]) {
		if colon == len(rest)-1 {
			s.scheme = rest[:colon]
			return s, true
		}
		// host-source = [ scheme-part "://" ] host-part …
		if after, ok := strings.CutPrefix(rest[colon:], "://"); ok {
			s.scheme, rest = rest[:colon], after
		}
	}
	// … host-part [ ":" port-part ] [ path-part ]
	end := strings.IndexAny(rest, ":/")
	if end < 0 {
		end = len(rest)
	}
	s.host, rest = rest[:end], rest[end:]
	if !isHost(s.host, rules) {
		return source{}, false
	}
	if after, ok := strings.CutPrefix(rest, ":"); ok {
		end := strings.IndexByte(after, '/')
		if end < 0 {
			end = len(after)
		}
		s.port, rest = after[:end], after[end:]
		if s.port != "*" && (s.port == "" || grammar.LeadingDigits(s.port) != len(s.port)) {
			return source{}, false
		}
	}
	if s.path = rest; s.path != "" {
		var ok bool
		if s.path, ok = pathPart(s.path, rules); !ok {
			return source{}, false
		}
	}
	switch {
	case s.host != "*":
	case rules.BareWildcardIgnored && s.scheme == "" && (s.port != "" || s.path != ""),
		rules.WildcardPathIgnored && s.path != "" && s.port == "":
		return source{}, false
	}
	return s, true
}

// isScheme tells whether a string is a scheme-part.
//
// https://www.rfc-editor.org/rfc/rfc3986#section-3.1
func isScheme(s string) bool {
	if s == "" || !isAlpha(s[0]) {
		return false
	}
	for i := 1; i < len(s); i++ {
		if c := s[i]; !isAlpha(c) && !grammar.IsDigit(c) && c != '+' && c != '-' && c != '.' {
			return false
		}
	}
	return true
}

func isAlpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// isHost tells whether a string is a host-part.
//
// https://w3c.github.io/webappsec-csp/#grammardef-host-part
func isHost(s string, rules *rules.CSP) bool {
	if s == "*" {
		return true
	}
	s = strings.TrimPrefix(s, "*.")
	if trimmed, ok := strings.CutSuffix(s, "."); ok {
		if rules.TrailingDotIgnored {
			return false
		}
		s = trimmed
	}
	label := 0
	for i := range len(s) {
		switch c := s[i]; {
		case isAlpha(c), grammar.IsDigit(c), c == '-':
			label++
		case c == '.' && label > 0:
			label = 0
		default:
			return false
		}
	}
	return label > 0
}

// pathPart is the path-part that a string is: a slash, and segments of which the first is not empty.
//
// https://w3c.github.io/webappsec-csp/#grammardef-path-part
func pathPart(s string, rules *rules.CSP) (string, bool) {
	if rules.QueryCutOff {
		if end := strings.IndexAny(s, "?#"); end >= 0 {
			s = s[:end]
		}
	}
	if rules.AnyPath {
		return s, true
	}
	if strings.HasPrefix(s, "//") {
		return "", false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case isAlpha(c), grammar.IsDigit(c), strings.IndexByte("/-._~!$&'()*+=:@", c) >= 0:
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
		default:
			return "", false
		}
	}
	return s, true
}

func isHex(c byte) bool { return grammar.IsDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

// nonceOf is the base64-value of a nonce-source; false if the expression is not one.
//
// https://w3c.github.io/webappsec-csp/#grammardef-nonce-source
func nonceOf(expression string) (string, bool) {
	const prefix = "'nonce-"
	if !fold.HasPrefix(expression, prefix) || expression[len(expression)-1] != '\'' {
		return "", false
	}
	value := strings.TrimSuffix(expression[len(prefix):], "'")
	return value, isBase64(value)
}

// hashOf are the parts of a hash-source; false if the expression is not one.
//
// https://w3c.github.io/webappsec-csp/#grammardef-hash-source
func hashOf(expression string) (algorithm, value string, ok bool) {
	if len(expression) < 2 || expression[0] != '\'' || expression[len(expression)-1] != '\'' {
		return "", "", false
	}
	algorithm, value, _ = strings.Cut(expression[1:len(expression)-1], "-")
	for _, known := range [...]string{"sha256", "sha384", "sha512"} {
		if fold.Equal(algorithm, known) {
			return known, value, isBase64(value)
		}
	}
	return "", "", false
}

// isBase64 tells whether a string is a base64-value.
//
// https://w3c.github.io/webappsec-csp/#grammardef-base64-value
func isBase64(s string) bool {
	digits := strings.TrimRight(s, "=")
	if digits == "" || len(s)-len(digits) > 2 {
		return false
	}
	for i := range len(digits) {
		if c := digits[i]; !isAlpha(c) && !grammar.IsDigit(c) && strings.IndexByte("+/-_", c) < 0 {
			return false
		}
	}
	return true
}
