package draft

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/audit/har"
	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/address"
	"github.com/browsercors/browsercors/internal/customscheme"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/headername"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// SessionOptions choose what of an archive becomes an intent. The zero value takes all.
type SessionOptions struct {
	Server string   // only requests to the origin of this URL; "" is any
	Pages  []string // only requests of pages of these origins; nil is any
	Refuse []string // as in an intent

	// KeepSecrets keeps the values of headers, cookies and URLs, and bodies.
	KeepSecrets bool
}

// A session is an archive that becomes a draft.
type session struct {
	*Draft
	options *SessionOptions
	names   map[string]int // of uses, with how many have it
	size    int
}

// Session makes a draft of an archive that a browser recorded: each cross-origin request
// of script becomes a use, those that differ only in ids become one. Values that may be
// secret are replaced by [Placeholder].
func Session(ctx context.Context, file string, h *har.HAR, o *SessionOptions) (*Draft, error) {
	if o == nil {
		o = &SessionOptions{}
	}
	judged, err := har.Judge(ctx, h, nil)
	if err != nil {
		return nil, err
	}
	server := ""
	if o.Server != "" {
		u, err := origin.ParseURL(o.Server)
		if err != nil {
			return nil, err
		}
		server = u.Origin().String()
	}
	s := &session{Draft: &Draft{From: "the archive " + file, Intent: audit.Intent{Refuse: o.Refuse}}, options: o, names: make(map[string]int)}
	seen := make(map[string]bool)
	pages, hosts := make(map[string]bool), make(map[string]bool)
	others, sandboxed, invalid := 0, 0, 0
	for i := range judged.Verdicts {
		v := &judged.Verdicts[i]
		u, err := origin.ParseURL(h.Log.Entries[v.Entry].Request.URL)
		switch {
		case err != nil || server != "" && u.Origin().String() != server, o.Pages != nil && !slices.Contains(o.Pages, v.Page):
			continue
		case v.Mode != fetch.CORS || v.Destination != "empty", u.IncludesCredentials(), u.Origin().String() == v.Page:
			others++
			continue
		case !isWebOrigin(v.Page):
			sandboxed++
			continue
		}
		use, shape := s.use(v, &h.Log.Entries[v.Entry], u)
		if !pages[v.Page] {
			pages[v.Page] = true
			s.Allow = append(s.Allow, v.Page)
		}
		if seen[shape] {
			continue
		}
		seen[shape] = true
		if !isValid(use) {
			use.Cookies = nil // such as a __Host- cookie over http:
		}
		if !isValid(use) {
			invalid++
			continue
		}
		hosts[u.Origin().String()] = true
		if s.names[use.Name]++; s.names[use.Name] > 1 {
			use.Name += fmt.Sprintf(" (%d)", s.names[use.Name])
		}
		s.Uses = append(s.Uses, use)
		if s.size += len(use.URL) + len(use.Body) + len(use.ContentSecurityPolicy) + len(use.IntegrityPolicy) + len(use.ConnectionAllowlist); s.size > maxUses {
			return nil, &Error{File: file, Err: fmt.Errorf("makes uses of more than %d bytes", maxUses)}
		}
	}
	if len(s.Uses) == 0 {
		return nil, &Error{File: file, Err: errors.New("has no cross-origin request of script" + map[bool]string{true: " of that page or to that server"}[server != "" || o.Pages != nil])}
	}
	s.Base = s.Uses[0].URL
	if u, err := origin.ParseURL(s.Base); err == nil {
		s.Base = u.Origin().String() + "/"
	}
	for i := range s.Uses {
		if path, ok := strings.CutPrefix(s.Uses[i].URL, s.Base); ok {
			s.Uses[i].URL = relative(path)
		}
	}
	if len(hosts) > 1 {
		s.note("the page asks %d servers: %s; a URL as argument chooses one", len(hosts), text.Clean(text.List(firstOf(slices.Sorted(maps.Keys(hosts)), 8))))
	}
	if len(s.Allow) > 1 {
		s.note("%d pages made the requests; each must be able to make all of them: --page chooses one", len(s.Allow))
	}
	if others > 0 {
		s.note("left out: %s of elements", text.Plural(others, "request"))
	}
	if sandboxed > 0 {
		s.note("left out: %s of sandboxed pages and of pages whose scheme is not known", text.Plural(sandboxed, "request"))
	}
	if invalid > 0 {
		s.note("left out: %s that script can't make so", text.Plural(invalid, "request"))
	}
	if !o.KeepSecrets {
		s.note("values of headers and cookies, parts of URLs that may be secret, and bodies are %s or made up", Placeholder)
	}
	return s.Draft, nil
}

// isValid tells whether a use can stand in an intent.
func isValid(use audit.Use) bool {
	return (&audit.Intent{Refuse: []string{"null"}, Uses: []audit.Use{use}}).Check() == nil
}

// isWebOrigin tells whether an origin can be in an intent's list of allowed ones.
func isWebOrigin(s string) bool {
	o, err := customscheme.Known().ParseOrigin(s)
	return err == nil && s != "null" && !slices.Contains([]string{"ws", "wss", "ftp"}, o.Scheme())
}

// use is the use of a request, and what it has in common with those that differ only in
// ids.
func (s *session) use(v *har.Verdict, e *har.Entry, u *origin.URL) (_ audit.Use, shape string) {
	use := audit.Use{Method: e.Request.Method, Headers: make(map[string]string)}
	query, _ := u.Query()
	use.URL = s.url(u, query)
	name := safelist.NormalizeMethod(use.Method) + " " + strings.TrimPrefix(strings.TrimPrefix(use.URL, u.Origin().String()), "?")
	use.Name, _, _ = strings.Cut(name, "?")
	for _, name := range v.Headers {
		value := unknownValue(name)
		for _, h := range e.Request.Headers {
			if fold.Equal(h.Name, name) {
				value = grammar.NormalizeHeaderValue(h.Value)
			}
		}
		if !grammar.IsHeaderName(name) || !grammar.IsHeaderValue(value) || (*safelist.Rules)(nil).IsForbiddenRequestHeader(name, value) || has(use.Headers, name) {
			continue
		}
		use.Headers[name] = s.header(name, value)
	}
	if p := &e.Request.PostData; (p.Text != "" || len(p.Params) > 0) && use.Method != "GET" && use.Method != "HEAD" {
		use.Body = p.Text
		if kind := cmp.Or(p.MIMEType, "text/plain"); !has(use.Headers, "Content-Type") && grammar.IsHeaderValue(kind) {
			use.Headers["Content-Type"] = kind
		}
		if !s.options.KeepSecrets || use.Body == "" {
			use.Body = "a"
			for name, kind := range use.Headers {
				if fold.Equal(name, "Content-Type") {
					use.Body = madeUpBody(kind)
				}
			}
		}
	}
	if v.Credentials == credentials.Include {
		use.Credentials = credentials.Include
		use.Cookies = s.cookies(e, u)
	}
	use.ReadIfSent = exposed(e)
	use.ContentSecurityPolicy, use.IntegrityPolicy, use.ConnectionAllowlist = strings.Join(v.Policies, ", "), v.IntegrityPolicy, v.ConnectionAllowlist
	if at, err := netip.ParseAddr(strings.Trim(e.ServerIPAddress, "[]")); err == nil && address.LessPublic(address.Space(at.Unmap(), address.Spaces()), string(v.AddressSpace)) {
		use.AddressSpace = v.AddressSpace // of which the browser asks its user
	}
	shape = strings.Join([]string{use.Method, u.Origin().String(), shapeOf(u.Path()), strings.Join(queryNames(query), "&"), strings.Join(slices.Sorted(maps.Keys(use.Headers)), ","), string(use.Credentials)}, " ")
	if len(use.Headers) == 0 {
		use.Headers = nil
	}
	return use, shape
}

// has tells whether there is a header of a name.
func has(headers map[string]string, name string) bool {
	for other := range headers {
		if fold.Equal(other, name) {
			return true
		}
	}
	return false
}

// unknownValue stands for the value of a header that a preflight asked for, and that the
// archive does not have.
func unknownValue(name string) string {
	if fold.Equal(name, "Content-Type") {
		return "application/json"
	}
	return Placeholder
}

// harmless are headers whose values tell nothing about a user. The values of others do not
// matter to CORS, and may be secret.
var harmless = []string{"accept", "accept-language", "content-language", "content-type", "range", "x-requested-with", "last-event-id", "mcp-protocol-version", "tus-resumable"}

// header is the value of a header as it may stand in a file.
func (s *session) header(name, value string) string {
	switch scheme, _, ok := strings.Cut(value, " "); {
	case s.options.KeepSecrets, slices.Contains(harmless, fold.Lower(name)):
		return value
	case fold.Equal(name, "Authorization") && ok && grammar.IsToken(scheme):
		return scheme + " " + Placeholder
	}
	return Placeholder
}

// cookies are the Set-Cookie lines of the cookies that were sent. What they say besides
// name and value is what a cross-site request needs.
func (s *session) cookies(e *har.Entry, u *origin.URL) []string {
	sent := e.Request.Cookies
	if len(sent) == 0 {
		for _, h := range e.Request.Headers {
			if !fold.Equal(h.Name, "Cookie") {
				continue
			}
			for pair := range strings.SplitSeq(h.Value, ";") {
				name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
				sent = append(sent, har.Cookie{Name: name, Value: value})
			}
		}
	}
	var lines []string
	for _, c := range sent {
		if c.Name == "" || len(lines) == 100 {
			continue
		}
		value := Placeholder
		if s.options.KeepSecrets {
			value = c.Value
		}
		line := c.Name + "=" + value + "; Path=/"
		if u.Scheme() == "https" {
			line += "; Secure; SameSite=None"
		}
		lines = append(lines, line)
	}
	if lines != nil {
		s.note("the attributes of the cookies are not in the archive; those in the intent are assumed")
	}
	return lines
}

// exposed are the headers that the server shows to the page.
func exposed(e *har.Entry) []string {
	var names []string
	for _, h := range e.Response.Headers {
		if !fold.Equal(h.Name, "Access-Control-Expose-Headers") {
			continue
		}
		for name := range strings.SplitSeq(h.Value, ",") {
			if name = strings.Trim(name, " \t"); grammar.IsHeaderName(name) && name != "*" && !headername.IsForbiddenResponse(name) && len(names) < 100 {
				names = append(names, name)
			}
		}
	}
	return fold.Unique(names)
}

// madeUpBody is a body of a content type.
func madeUpBody(kind string) string {
	switch {
	case isJSON(kind):
		return "{}"
	case strings.HasPrefix(strings.ToLower(kind), "application/x-www-form-urlencoded"):
		return "a=b"
	}
	return "a"
}

// url is the URL of a request as it may stand in a file, without its fragment.
func (s *session) url(u *origin.URL, query string) string {
	if s.options.KeepSecrets {
		return u.WithoutFragment()
	}
	segments := strings.Split(u.Path(), "/")
	for i, segment := range segments {
		if isSecret(segment) {
			segments[i] = Placeholder
		}
	}
	out := u.Origin().String() + strings.Join(segments, "/")
	if query == "" {
		return out
	}
	parameters := strings.Split(query, "&")
	for i, p := range parameters {
		name, value, ok := strings.Cut(p, "=")
		switch {
		case isSecret(name): // a query that is a token
			parameters[i] = Placeholder
		case ok && value != "" && (secretName.MatchString(name) || !plainValue.MatchString(value)):
			parameters[i] = name + "=" + Placeholder
		}
	}
	return out + "?" + strings.Join(parameters, "&")
}

var (
	secretName = regexp.MustCompile(`(?i)token|secret|passw|pwd|auth|sess|sig|key|code|jwt|csrf|xsrf|credential|otp|pin|state|nonce|mail|phone|user|name`)
	plainValue = regexp.MustCompile(`^[A-Za-z0-9_.,+-]{1,12}$`)
	uuid       = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	letters    = regexp.MustCompile(`[A-Za-z]`)
	digits     = regexp.MustCompile(`[0-9]`)
	number     = regexp.MustCompile(`^[0-9]+$`)
)

// isSecret tells whether a part of a path may be one: long, of letters and digits, and not
// a UUID; or an address of somebody.
func isSecret(segment string) bool {
	if plain, err := url.PathUnescape(segment); err == nil {
		segment = plain
	}
	return len(segment) >= 20 && !uuid.MatchString(segment) && letters.MatchString(segment) && digits.MatchString(segment) || strings.Contains(segment, "@")
}

// shapeOf is a path with a star for each segment that is an id.
func shapeOf(path string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if number.MatchString(segment) || uuid.MatchString(segment) || isSecret(segment) {
			segments[i] = "*"
		}
	}
	return strings.Join(segments, "/")
}

// queryNames are the names of the parameters of a query, sorted.
func queryNames(query string) []string {
	var names []string
	for p := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(p, "=")
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
