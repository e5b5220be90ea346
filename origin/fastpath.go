package origin

import "strings"

// parseFast parses an input that is an http(s) URL as the serializer writes it, without credentials
// and all in ASCII. It returns nil for anything else, and for what takes more than a look to know.
// The record is its only allocation.
func (s *Schemes) parseFast(input string) *URL {
	var c components
	switch {
	case strings.HasPrefix(input, "https://"):
		c.scheme = input[:len("https")]
	case strings.HasPrefix(input, "http://"):
		c.scheme = input[:len("http")]
	default:
		return nil
	}
	hostStart := len(c.scheme) + len("://")
	hostEnd := hostStart
	for hostEnd < len(input) && isPlainHostByte(input[hostEnd]) {
		hostEnd++
	}
	c.host = input[hostStart:hostEnd]
	if c.kind = plainHost(c.host); c.kind == hostNull {
		return nil
	}
	pathStart := hostEnd
	if pathStart < len(input) && input[pathStart] == ':' {
		pathStart++
		for pathStart < len(input) && isDigit(input[pathStart]) {
			pathStart++
		}
		port := input[hostEnd+1 : pathStart]
		if c.setPort(port) != "" || c.port != port || port == "" {
			return nil
		}
	}
	if pathStart == len(input) || input[pathStart] != '/' {
		return nil
	}
	end := pathStart
	for end < len(input) && byteSets[input[end]]&pathSet == 0 && input[end] != '\\' {
		end++
	}
	if c.path = input[pathStart:end]; hasDotSegment(c.path) {
		return nil
	}
	if end < len(input) && input[end] == '?' {
		start := end + 1
		for end = start; end < len(input) && byteSets[input[end]]&specialQuerySet == 0; end++ {
		}
		c.query, c.hasQuery = input[start:end], true
	}
	if end < len(input) && input[end] == '#' {
		start := end + 1
		for end = start; end < len(input) && byteSets[input[end]]&fragmentSet == 0; end++ {
		}
		c.fragment, c.hasFragment = input[start:end], true
	}
	if end < len(input) {
		return nil
	}
	return &URL{
		components: c,
		href:       input,
		schemes:    s,
		origin:     record{scheme: c.scheme, host: c.host, port: c.port, kind: c.kind, serialized: input[:pathStart]},
	}
}

// isPlainHostByte reports the bytes of host names that are what they seem.
func isPlainHostByte(b byte) bool {
	return 'a' <= b && b <= 'z' || isDigit(b) || b == '-' || b == '.' || b == '_'
}

// plainHost tells domains from IPv4 addresses among hosts of plain bytes. It returns hostNull for
// those that need the host parser.
func plainHost(host string) hostKind {
	last := host[strings.LastIndexByte(strings.TrimSuffix(host, "."), '.')+1:]
	switch {
	case last == "" || last[0] == '.':
		return hostNull
	case !isDigit(last[0]):
		return hostDomain
	case isCanonicalIPv4(host):
		return hostIPv4
	}
	return hostNull
}

// isCanonicalIPv4 reports what the host serializer writes for an IPv4 address.
func isCanonicalIPv4(s string) bool {
	for part := range 4 {
		n, size := 0, 0
		for size < len(s) && size < 3 && isDigit(s[size]) {
			n = 10*n + int(s[size]-'0')
			size++
		}
		if size == 0 || n > 255 || size > 1 && s[0] == '0' {
			return false
		}
		s = s[size:]
		if part == 3 {
			break
		}
		if s == "" || s[0] != '.' {
			return false
		}
		s = s[1:]
	}
	return s == ""
}

// hasDotSegment reports a single-dot or double-dot segment in a path that starts with a slash.
func hasDotSegment(path string) bool {
	for i := 0; i < len(path); {
		start := i + 1 // after the slash
		i = start
		for i < len(path) && path[i] != '/' {
			i++
		}
		if dotSegment(path[start:i]) != plainSegment {
			return true
		}
	}
	return false
}
