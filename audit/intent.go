package audit

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/customscheme"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/handshake"
	"github.com/browsercors/browsercors/internal/headername"
	"github.com/browsercors/browsercors/internal/mimetype"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// defaultBase is the base of an [Intent] without one.
const defaultBase = "https://api.example"

// An Intent says what pages should be able to do with a server, and what they
// should not. It must not change while it is used.
//
// In JSON and YAML the keys begin in lower case, preflightCached is a string such
// as "10m", and unknown keys are errors. See docs/intents.md.
type Intent struct {
	Base   string   // what the URLs of uses are relative to; "" is https://api.example
	Allow  []string // origins whose pages must be able to make each use
	Refuse []string // origins whose pages must not be able to read any response; "null" is that of sandboxed pages
	Uses   []Use    // what pages do; at least one

	// Schemes are URL schemes that an app registers for its pages, without the colon,
	// so that Allow and Refuse may have origins such as myapp://localhost. Those of
	// Capacitor, Ionic, Tauri, Wails, Electron's app: and browser extensions are
	// known.
	Schemes []string

	// Accept lists the findings that are known and accepted. They are not reported.
	Accept []FindingID
}

// A Use is a request that pages make, with fetch() or what else it names, and what
// they need from it.
type Use struct {
	Name        string            // shown in findings and errors; "" is method and URL
	URL         string            // absolute, or relative to the intent's Base
	Method      string            // as script writes it; "" is GET
	Headers     map[string]string // those that script sets, including the Content-Type of a body
	Body        string            // "" is none; without a Content-Type it is text/plain;charset=UTF-8
	Credentials credentials.Mode  // "" is same-origin, which means none across origins
	Read        []string          // names of response headers that the page must be able to read
	ReadIfSent  []string          // names of those that it must be able to read if the response has them
	Reads       string            // MIME type of the response that the page wants, such as application/json; "" is any

	// What makes the request if it is not fetch(): at most one of Element, such as
	// "img", "script", "font" or "iframe", and API: "xhr", "eventsource", "beacon",
	// "websocket", "worker" or "sharedworker". [fetch.Load] and [fetch.Element] have
	// the list. Elements, workers and WebSockets have no Method, Headers, Body,
	// Credentials and Read; an EventSource may have Credentials, and a beacon a Body
	// with its Content-Type. The URL of a WebSocket may begin with ws: or wss:.
	Element     string
	API         string
	Type        string   // "module" is a module script or worker; "" is a classic one
	CrossOrigin string   // the element's crossorigin attribute: "anonymous" or "use-credentials"; "" is none
	Integrity   string   // integrity metadata, such as "sha384-…"
	Protocols   []string // subprotocols that a WebSocket offers

	// Readable demands that the page can read what an element loads: the pixels of an
	// image, the rules of a style sheet, the errors of a script. Without it an element
	// only has to work.
	Readable bool

	// The page's policies: Cross-Origin-Embedder-Policy, Referrer-Policy,
	// Content-Security-Policy, Integrity-Policy, Connection-Allowlist, and the
	// report-only headers of the last three; "" is none. In JSON and YAML they are keys
	// of the object page. From ContentSecurityPolicy on they are values of the headers;
	// violations are not reported, but are findings.
	EmbedderPolicy                  fetch.EmbedderPolicy
	ReferrerPolicy                  fetch.ReferrerPolicy
	ContentSecurityPolicy           string
	ContentSecurityPolicyReportOnly string
	IntegrityPolicy                 string
	IntegrityPolicyReportOnly       string
	ConnectionAllowlist             string
	ConnectionAllowlistReportOnly   string

	// AddressSpace is the address space of the page's server: "public", "local" or
	// "loopback". Browsers ask their users before a page in a public one reaches a
	// server in another, by the address that is dialled. [Handler] goes by the host of
	// the URL, if that is an address, localhost or a name under .local. A page at such a
	// host is in its own space. "" checks nothing. It is a key of the object page, too.
	AddressSpace origin.AddressSpace

	// Cookies are the values of Set-Cookie headers that the user's browser got when
	// the user visited the URL earlier. Each play of the use begins with them. They
	// need Credentials to be "include".
	Cookies []string

	// PreflightCached is how long browsers must cache a preflight, at least. For a
	// browser with a lower limit (WebKit: 10 minutes, Chromium: 2 hours) its limit
	// counts. 0 demands nothing, and so does any value if the use needs no preflight.
	PreflightCached time.Duration
}

// An Error says what is wrong with an [Intent], and where, or why a use of it could
// not be played, so that the server could not be audited.
type Error struct {
	File string // "" if it is not known
	Line int    // 0 if it is not known
	Key  string // the path of the key at fault; "" if it is not about a key

	Use   string // the name of the use that could not be played; "" if the intent is wrong
	Probe bool   // it was a probe, which [Options.SkipProbes] leaves out

	Err error // of a use that could not be played, it names the URL
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("audit: ")
	if e.File != "" {
		b.WriteString(e.File)
		if e.Line > 0 {
			fmt.Fprintf(&b, ":%d", e.Line)
		}
		b.WriteString(": ")
	}
	if e.Key != "" {
		b.WriteString("key " + e.Key + ": ")
	}
	if e.Use != "" {
		fmt.Fprintf(&b, "use %q", e.Use)
		if e.Probe {
			b.WriteString(", a probe (Options.SkipProbes leaves probes out)")
		}
		b.WriteString(": ")
	}
	return b.String() + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

func wrong(key, format string, args ...any) *Error {
	return &Error{Key: key, Err: fmt.Errorf(format, args...)}
}

// String returns how findings and errors call the use: its name or, without one,
// its method and URL, or the element and the URL.
func (u *Use) String() string {
	if u.Name != "" {
		return u.Name
	}
	if k, ok := u.kind(); ok {
		return u.markup(&k) + " " + u.URL
	}
	return u.method() + " " + u.URL
}

// method is the method as it is sent.
func (u *Use) method() string {
	if u.API == "beacon" || u.Element == "ping" {
		return "POST"
	}
	return safelist.NormalizeMethod(cmp.Or(u.Method, "GET"))
}

// Request returns the request that a page makes for the use, with an absolute
// URL. base is the Base of the intent. An error says that the base or the URL is
// not valid.
func (u *Use) Request(base string) (*fetch.Request, error) {
	at, err := (&Intent{Base: base}).base()
	if err != nil {
		return nil, err
	}
	url, wrong := (*origin.Schemes)(nil).ParseURL(u.URL, at)
	if wrong != nil {
		return nil, wrong
	}
	return u.request(url), nil
}

func (u *Use) request(url *origin.URL) *fetch.Request {
	if k, ok := u.kind(); ok {
		return u.elementRequest(&k, url)
	}
	in := &fetch.Request{URL: url.String(), Method: u.Method, Credentials: u.Credentials, Integrity: u.Integrity}
	if u.API == "xhr" {
		in.API = "xhr"
	}
	for _, name := range slices.Sorted(maps.Keys(u.Headers)) {
		in.Headers.Append(name, u.Headers[name])
	}
	if u.Body != "" {
		in.Body = fetch.TextBody(u.Body)
	}
	return in
}

// A resolvedUse is a use with what follows from it.
type resolvedUse struct {
	*Use
	name   string
	method string // normalized
	url    *origin.URL

	element bool // it is not made with fetch() or XMLHttpRequest
	cors    bool // its request is in mode cors
}

// request is what the page asks for.
func (u *resolvedUse) request() *fetch.Request { return u.Use.request(u.url) }

// safe tells whether the request may be made again just to see what happens.
//
// https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1
func (u *resolvedUse) safe() bool {
	return u.method == "GET" || u.method == "HEAD" || u.method == "OPTIONS"
}

// base is where the server stands.
func (i *Intent) base() (*origin.URL, *Error) {
	u, err := origin.ParseURL(i.baseURL())
	switch {
	case err != nil:
		return nil, &Error{Key: "base", Err: err}
	case !u.IsHTTP(), u.IncludesCredentials():
		return nil, wrong("base", "%s is not an HTTP(S) URL without username and password", quoteURL(i.Base))
	}
	return u, nil
}

// quoteURL is a URL or what stands for one, in quotation marks and without a
// password.
func quoteURL(s string) string { return text.GoQuote(text.RedactURL(s), 80) }

func (i *Intent) baseURL() string { return cmp.Or(i.Base, defaultBase) }

// Check checks the intent without a server. It returns the error that [Server]
// would return: all mistakes joined, each an [*Error].
func (i *Intent) Check() error {
	_, err := i.resolve("", nil)
	return err
}

// resolve checks the intent and makes its uses ready to be played. All that is
// wrong is reported at once, with file and line if it is from one.
func (i *Intent) resolve(file string, lines map[string]int) ([]*resolvedUse, error) {
	var all []error
	note := func(err *Error) {
		err.File, err.Line = file, lineAt(lines, err.Key)
		all = append(all, err)
	}
	base, err := i.base()
	if err != nil {
		note(err)
	}
	i.checkOrigins(note)
	for n, id := range i.Accept {
		if !slices.Contains(FindingIDs(), id) {
			note(wrong(key("accept", n), "unknown finding %.80q, %s", id, otherIDs(id)))
		}
	}
	if len(i.Uses) == 0 {
		note(wrong("uses", "is empty: nothing to check"))
	}
	uses := make([]*resolvedUse, 0, len(i.Uses))
	names := make(map[string]int)
	for n := range i.Uses {
		path := key("uses", n) + "."
		u := i.Uses[n].resolve(base, func(err *Error) {
			err.Key = path + err.Key
			note(err)
		})
		if first, taken := names[u.name]; taken {
			note(wrong(path+"name", "%.80q is also the name of uses[%d]", u.name, first))
		}
		names[u.name] = n
		for _, asking := range i.Refuse {
			if u.url != nil && u.ownedBy(asking) {
				note(wrong(path+"url", "%.80q has the origin %s, which the intent refuses: a server can't refuse pages of its own origin", u.url, asking))
			}
		}
		uses = append(uses, u)
	}
	return uses, errors.Join(all...)
}

// otherIDs says which id was meant, or which there are.
func otherIDs(id FindingID) string {
	names := make([]string, len(findingKinds))
	for i := range findingKinds {
		names[i] = string(findingKinds[i].ID)
	}
	if meant, ok := text.Closest(string(id), names); ok {
		return fmt.Sprintf("did you mean %q?", meant)
	}
	return "want one of " + strings.Join(names, ", ")
}

// checkOrigins checks the lists of origins, each for itself and against each
// other.
func (i *Intent) checkOrigins(note func(*Error)) {
	if len(i.Allow) == 0 && len(i.Refuse) == 0 {
		note(wrong("", "allow and refuse are both empty: nothing to check"))
	}
	schemes := i.schemes(note)
	seen := make(map[string]string)
	for _, list := range []struct {
		key     string
		origins []string
	}{{"allow", i.Allow}, {"refuse", i.Refuse}} {
		for n, asking := range list.origins {
			key := key(list.key, n)
			o, err := schemes.ParseOrigin(asking)
			switch {
			case asking == "null" && list.key == "allow":
				note(wrong(key, `"null" is the origin of every sandboxed page: a server can't allow only one of them`))
			case asking == "null":
			case customscheme.Unknown(asking, i.Schemes...) != "":
				note(wrong(key, "the scheme of %s is not known; if an app registers it for its pages, add %q to schemes", quoteURL(asking), customscheme.Unknown(asking)))
			case err != nil:
				note(&Error{Key: key, Err: err})
			case slices.Contains([]string{"ws", "wss", "ftp"}, o.Scheme()):
				note(wrong(key, "%s is not an HTTP(S) origin", quoteURL(asking)))
			case strings.Contains(asking, "*"):
				note(wrong(key, "%.80q is a pattern: list each origin as a browser sends it", asking))
			}
			if first, twice := seen[asking]; twice {
				note(wrong(key, "%.80q is already in %s", asking, first))
			}
			seen[asking] = key
		}
	}
}

// schemes are the custom schemes that the intent's origins may have.
func (i *Intent) schemes(note func(*Error)) *origin.Schemes {
	valid := slices.Clone(i.Schemes)
	for n, name := range i.Schemes {
		if _, err := origin.NewSchemes(name); err != nil {
			note(&Error{Key: key("schemes", n), Err: err})
			valid = slices.DeleteFunc(valid, func(s string) bool { return s == name })
		}
	}
	all, err := customscheme.Register(valid...)
	if err != nil { // each was tried
		return customscheme.Known()
	}
	return all
}

// key is the path of an element of a list.
func key(list string, n int) string { return fmt.Sprintf("%s[%d]", list, n) }

// resolve checks a use. Base is nil if it is wrong itself.
func (u *Use) resolve(base *origin.URL, note func(*Error)) *resolvedUse {
	method := cmp.Or(u.Method, "GET")
	r := &resolvedUse{Use: u, name: u.String(), method: u.method()}
	if base != nil {
		var err error
		r.url, err = (*origin.Schemes)(nil).ParseURL(u.URL, base)
		if err == nil && u.API == "websocket" {
			r.url = handshake.URL(r.url)
		}
		switch {
		case err != nil:
			note(&Error{Key: "url", Err: err})
		case u.API == "websocket" && r.url.IsHTTP() && r.url.WithoutFragment() != r.url.String():
			note(wrong("url", "%s has a fragment, with which new WebSocket() throws a SyntaxError", quoteURL(u.URL)))
		case !r.url.IsHTTP(), r.url.IncludesCredentials():
			note(wrong("url", "%s is not an HTTP(S) URL without username and password", quoteURL(u.URL)))
		}
	}
	switch {
	case !grammar.IsMethod(method):
		note(wrong("method", "%.80q is not a method", method))
	case safelist.IsForbiddenMethod(method):
		note(wrong("method", "%.80q is a method that pages can't use", method))
	case u.Body != "" && u.Element == "" && u.API != "eventsource" && u.API != "websocket" && (r.method == "GET" || r.method == "HEAD"):
		note(wrong("body", "is not allowed with %s", r.method))
	}
	names := make(map[string]string)
	for _, name := range slices.Sorted(maps.Keys(u.Headers)) {
		value, key := u.Headers[name], "headers."+name
		switch first, twice := names[fold.Lower(name)]; {
		case twice:
			note(wrong(key, "repeats %s", first))
		case !grammar.IsHeaderName(name):
			note(wrong(key, "is not a header name"))
		case !grammar.IsHeaderValue(grammar.NormalizeHeaderValue(value)):
			note(wrong(key, "%s is not a header value", text.GoQuote(text.RedactHeader(name, value), 80)))
		case (*safelist.Rules)(nil).IsForbiddenRequestHeader(name, value):
			note(wrong(key, "is a header that pages can't set"))
		}
		names[fold.Lower(name)] = name
	}
	switch u.Credentials {
	case "", credentials.Omit, credentials.SameOrigin, credentials.Include:
	default:
		note(wrong("credentials", "unknown mode %.80q, want omit, same-origin or include", u.Credentials))
	}
	for n, name := range slices.Concat(u.Read, u.ReadIfSent) {
		key := "read"
		if n >= len(u.Read) {
			key = "readIfSent"
		}
		switch {
		case !grammar.IsHeaderName(name):
			note(wrong(key, "%.80q is not a header name", name))
		case headername.IsForbiddenResponse(name):
			note(wrong(key, "%s is a header that no page can read", name))
		}
	}
	u.checkKind(note)
	if r.url != nil && r.url.IsHTTP() {
		in := r.request()
		if _, r.element = u.kind(); r.element {
			own := *u
			own.Credentials = in.Credentials // as they are, for what asks whether there are any
			r.Use = &own
		}
		r.cors = u.byCORS(in)
		r.checkCookies(note)
	}
	if t, ok := mimetype.Parse(u.Reads); u.Reads != "" && (!ok || t.Essence() != u.Reads) {
		note(wrong("reads", "%.80q is not a MIME type without parameters, in lower case", u.Reads))
	}
	if u.PreflightCached < 0 {
		note(wrong("preflightCached", "%v is negative", u.PreflightCached))
	}
	return r
}
