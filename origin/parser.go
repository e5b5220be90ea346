package origin

import (
	"strconv"
	"strings"
)

// components are the fields of a URL record. A path that isn't opaque is kept serialized: no
// segment contains a slash, so that nothing is lost.
//
// https://url.spec.whatwg.org/#url-representation
type components struct {
	scheme, username, password, host, port, path, query, fragment string
	portNumber                                                    uint16
	kind                                                          hostKind
	hasQuery, hasFragment, opaquePath                             bool

	hostSpaces bool // of a URL that is being parsed: its host may have spaces
}

// basicParse is the basic URL parser without a state override: a function for each state that
// more than one other state leads to. The code looks at bytes where the Standard looks at code
// points, for every delimiter is ASCII.
//
// https://url.spec.whatwg.org/#concept-basic-url-parser
func basicParse(input string, base *components) (c components, rule string) {
	return components{}.parse(input, base)
}

// parse is basicParse for a URL record that is empty except for how to parse it.
func (c components) parse(input string, base *components) (_ components, rule string) {
	// 1. Controls and spaces around it don't count.
	// 2, 3. Nor do tabs and newlines anywhere.
	input = removeTabsAndNewlines(strings.TrimFunc(input, isC0ControlOrSpace))
	// 9. What is read next depends on what was read: the scheme start state, the scheme state.
	scheme, rest, ok := cutScheme(input)
	if !ok {
		return c.noScheme(input, base)
	}
	c.scheme = scheme
	special := isSpecial(scheme)
	switch {
	case scheme == "file":
		if base != nil && base.scheme != "file" {
			base = nil
		}
		rule = c.file(rest, base)
	case special && base != nil && base.scheme == scheme && !strings.HasPrefix(rest, "//"): // special relative or authority state
		rule = c.relative(rest, base)
	case special: // special authority slashes state, special authority ignore slashes state
		rule = c.authority(strings.TrimLeft(rest, `/\`))
	case strings.HasPrefix(rest, "//"): // path or authority state
		rule = c.authority(rest[2:])
	case strings.HasPrefix(rest, "/"):
		c.pathFrom(rest[1:])
	default:
		c.opaque(rest)
	}
	return c, rule
}

// isC0ControlOrSpace reports a C0 control or space.
func isC0ControlOrSpace(r rune) bool { return r <= ' ' }

// removeTabsAndNewlines returns s without ASCII tabs and newlines.
func removeTabsAndNewlines(s string) string {
	if !strings.ContainsAny(s, "\t\n\r") {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' {
			return -1
		}
		return r
	}, s)
}

// cutScheme splits input after a scheme and its colon. The scheme comes back in lower case.
func cutScheme(input string) (scheme, rest string, ok bool) {
	for i := range len(input) {
		switch b := input[i]; {
		case isAlpha(b):
		case i > 0 && (isDigit(b) || b == '+' || b == '-' || b == '.'):
		case i > 0 && b == ':':
			return lowerASCII(input[:i]), input[i+1:], true
		default:
			return "", "", false
		}
	}
	return "", "", false
}

// defaultPort returns the default port of a special scheme, "" for file, and whether the scheme is
// special.
//
// https://url.spec.whatwg.org/#special-scheme
func defaultPort(scheme string) (port string, special bool) {
	switch scheme {
	case "http", "ws":
		return "80", true
	case "https", "wss":
		return "443", true
	case "ftp":
		return "21", true
	case "file":
		return "", true
	}
	return "", false
}

func isSpecial(scheme string) bool {
	_, special := defaultPort(scheme)
	return special
}

// noScheme is the no scheme state.
func (c components) noScheme(input string, base *components) (_ components, rule string) {
	switch {
	case base == nil:
		return c, "no scheme, and no base URL to resolve it against"
	case base.opaquePath && !strings.HasPrefix(input, "#"):
		return c, "no scheme, and the base URL has an opaque path"
	case base.opaquePath:
		c = *base
		c.queryAndFragment(input)
		return c, ""
	case base.scheme == "file":
		c.scheme = base.scheme
		rule = c.file(input, base)
		return c, rule
	}
	c.scheme = base.scheme
	rule = c.relative(input, base)
	return c, rule
}

// relative is the relative state and the relative slash state.
func (c *components) relative(rest string, base *components) (rule string) {
	if c.startsWithSlash(rest) {
		rest = rest[1:]
		if c.startsWithSlash(rest) { // relative slash state
			rest = rest[1:]
			if isSpecial(c.scheme) {
				rest = strings.TrimLeft(rest, `/\`)
			}
			return c.authority(rest)
		}
		*c = *base
		c.path, c.query, c.hasQuery = "", "", false
		c.pathFrom(rest)
		return ""
	}
	*c = *base
	c.continueBase(rest)
	return ""
}

// continueBase is the end of the relative state and of the file state: c is a copy of the base, and
// rest, which starts with no slash, says what is replaced.
func (c *components) continueBase(rest string) {
	if rest == "" || rest[0] == '?' || rest[0] == '#' {
		c.queryAndFragment(rest)
		return
	}
	c.query, c.hasQuery = "", false
	if c.scheme == "file" && startsWithWindowsDriveLetter(rest) {
		c.path = ""
	} else {
		c.path = shorten(c.scheme, c.path)
	}
	c.pathFrom(rest)
}

// startsWithSlash reports a solidus, or in a special URL a reverse one, at the start of s.
func (c *components) startsWithSlash(s string) bool {
	return s != "" && (s[0] == '/' || s[0] == '\\' && isSpecial(c.scheme))
}

// delimiters are the code points that end an authority or a path segment.
func (c *components) delimiters() string {
	if isSpecial(c.scheme) {
		return `/?#\`
	}
	return "/?#"
}

// cutAny splits s before the first byte that is in chars.
func cutAny(s, chars string) (before, after string) {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// authority is the authority state, the host state and the port state.
func (c *components) authority(rest string) (rule string) {
	authority, rest := cutAny(rest, c.delimiters())
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		username, password, _ := strings.Cut(authority[:at], ":")
		c.username = percentEncode(username, userinfoSet)
		c.password = percentEncode(password, userinfoSet)
		if authority = authority[at+1:]; authority == "" {
			return "credentials without a host"
		}
	}
	special := isSpecial(c.scheme)
	host, port, hasPort := cutPort(authority)
	if host == "" && (special || hasPort) {
		return "no host"
	}
	if c.host, c.kind, rule = parseHost(host, !special, c.hostSpaces); rule != "" {
		return rule
	}
	if rule = c.setPort(port); rule != "" {
		return rule
	}
	c.pathStart(rest)
	return ""
}

// cutPort splits a host from its port at the first colon outside of brackets.
func cutPort(s string) (host, port string, found bool) {
	brackets := false
	for i := range len(s) {
		switch s[i] {
		case '[':
			brackets = true
		case ']':
			brackets = false
		case ':':
			if !brackets {
				return s[:i], s[i+1:], true
			}
		}
	}
	return s, "", false
}

// setPort is the port state.
func (c *components) setPort(port string) (rule string) {
	if port == "" {
		return ""
	}
	if strings.Trim(port, digits) != "" {
		return "port is not a number"
	}
	if port = strings.TrimLeft(port, "0"); port == "" {
		port = "0"
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return "port is greater than 65535"
	}
	if standard, _ := defaultPort(c.scheme); port != standard {
		c.port, c.portNumber = port, uint16(n)
	}
	return ""
}

// file is the file state, the file slash state and the file host state. base is nil or a file URL.
func (c *components) file(rest string, base *components) (rule string) {
	c.kind = hostEmpty
	if !c.startsWithSlash(rest) {
		if base == nil {
			c.pathFrom(rest)
			return ""
		}
		*c = *base
		c.continueBase(rest)
		return ""
	}
	rest = rest[1:]
	if !c.startsWithSlash(rest) { // file slash state
		if base != nil {
			c.host, c.kind = base.host, base.kind
			if first, _, _ := strings.Cut(strings.TrimPrefix(base.path, "/"), "/"); !startsWithWindowsDriveLetter(rest) && isNormalizedWindowsDriveLetter(first) {
				c.path = "/" + first
			}
		}
		c.pathFrom(rest)
		return ""
	}
	rest = rest[1:]
	host, after := cutAny(rest, c.delimiters()) // file host state
	if isWindowsDriveLetter(host) {
		c.pathFrom(rest)
		return ""
	}
	if host != "" {
		if c.host, c.kind, rule = parseHost(host, false, c.hostSpaces); rule != "" {
			return rule
		}
		if c.host == "localhost" {
			c.host, c.kind = "", hostEmpty
		}
	}
	c.pathStart(after)
	return ""
}

// pathStart is the path start state.
func (c *components) pathStart(rest string) {
	switch {
	case c.startsWithSlash(rest):
		c.pathFrom(rest[1:])
	case isSpecial(c.scheme):
		c.pathFrom(rest)
	default:
		c.queryAndFragment(rest)
	}
}

// pathFrom is the path state. rest starts after the slash of its first segment; the segments are
// added to the path that c has.
func (c *components) pathFrom(rest string) {
	delimiters := c.delimiters()
	path := append(make([]byte, 0, len(c.path)+1+len(rest)), c.path...)
	for {
		segment, after := cutAny(rest, delimiters)
		last := after == "" || after[0] == '?' || after[0] == '#'
		switch dotSegment(segment) {
		// 1.2. Two dots take the last segment off.
		case doubleDot:
			path = shorten(c.scheme, path)
			if last {
				path = append(path, '/')
			}
		// 1.3. One dot changes nothing, and at the end leaves a slash.
		case singleDot:
			if last {
				path = append(path, '/')
			}
		// 1.4. Any other is added, a drive letter of a file: URL with a colon.
		default:
			if c.scheme == "file" && len(path) == 0 && isWindowsDriveLetter(segment) {
				segment = segment[:1] + ":"
			}
			path = appendPercentEncoded(append(path, '/'), segment, pathSet)
		}
		if last {
			c.path = string(path)
			c.queryAndFragment(after)
			return
		}
		rest = after[1:]
	}
}

// opaque is the opaque path state.
func (c *components) opaque(rest string) {
	path, after := cutAny(rest, "?#")
	if after != "" && strings.HasSuffix(path, " ") {
		path = path[:len(path)-1] + "%20"
	}
	c.path, c.opaquePath = percentEncode(path, c0ControlSet), true
	c.queryAndFragment(after)
}

// queryAndFragment is the query state and the fragment state. rest is empty or starts with "?" or
// "#"; a query that c has from its base stays when rest has none and starts with "#" or is empty.
func (c *components) queryAndFragment(rest string) {
	rest, fragment, hasFragment := strings.Cut(rest, "#")
	if rest != "" {
		set := querySet
		if isSpecial(c.scheme) {
			set = specialQuerySet
		}
		c.query, c.hasQuery = percentEncode(rest[1:], set), true
	}
	c.fragment, c.hasFragment = percentEncode(fragment, fragmentSet), hasFragment
}

// shorten shortens a URL's path.
//
// https://url.spec.whatwg.org/#shorten-a-urls-path
func shorten[T string | []byte](scheme string, path T) T {
	// 3. A drive letter of a file: URL stays.
	if scheme == "file" && len(path) == 3 && isNormalizedWindowsDriveLetter(string(path[1:])) {
		return path
	}
	// 4. The last segment goes.
	end := max(len(path)-1, 0)
	for end > 0 && path[end] != '/' {
		end--
	}
	return path[:end]
}

// The kinds of a URL path segment.
const (
	plainSegment = iota
	singleDot
	doubleDot
)

// dotSegment says whether a segment is a single-dot or a double-dot URL path segment.
//
// https://url.spec.whatwg.org/#single-dot-path-segment
func dotSegment(segment string) int {
	dots := 0
	for segment != "" && dots <= doubleDot {
		switch {
		case segment[0] == '.':
			segment = segment[1:]
		case len(segment) >= 3 && segment[:2] == "%2" && segment[2]|0x20 == 'e':
			segment = segment[3:]
		default:
			return plainSegment
		}
		dots++
	}
	if dots > doubleDot {
		return plainSegment
	}
	return dots
}

// isWindowsDriveLetter reports a Windows drive letter.
//
// https://url.spec.whatwg.org/#windows-drive-letter
func isWindowsDriveLetter(s string) bool {
	return len(s) == 2 && isAlpha(s[0]) && (s[1] == ':' || s[1] == '|')
}

// isNormalizedWindowsDriveLetter reports a Windows drive letter with a colon.
//
// https://url.spec.whatwg.org/#normalized-windows-drive-letter
func isNormalizedWindowsDriveLetter(s string) bool {
	return isWindowsDriveLetter(s) && s[1] == ':'
}

// startsWithWindowsDriveLetter reports a Windows drive letter that is a whole first segment.
//
// https://url.spec.whatwg.org/#start-with-a-windows-drive-letter
func startsWithWindowsDriveLetter(s string) bool {
	return len(s) >= 2 && isWindowsDriveLetter(s[:2]) && (len(s) == 2 || strings.IndexByte(`/\?#`, s[2]) >= 0)
}
