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
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// DefaultBase is where a server stands whose [Intent] does not say where.
const DefaultBase = "https://api.example"

// An Intent says what a server should make possible for pages, and what not.
// It must not change while it is being used.
//
// In JSON and YAML the names begin in lower case, PreflightCached is a string
// such as "10m", and any other key is an error: see docs/intents.md.
type Intent struct {
	Base   string   // what the URLs of uses are relative to; "" is DefaultBase
	Allow  []string // origins whose pages must be able to make every use
	Refuse []string // origins whose pages must not be able to read any answer; "null" is a sandboxed page's
	Uses   []Use    // what pages do; at least one

	// Accept are kinds of findings that are known and accepted: they are not
	// reported.
	Accept []FindingID
}

// A Use is a request that pages make with fetch(), and what they need of it.
type Use struct {
	Name        string            // what findings and errors call it; "" is method and URL
	URL         string            // absolute, or relative to the intent's Base
	Method      string            // as script writes it; "" is GET
	Headers     map[string]string // that script sets, the Content-Type of a body included
	Body        string            // "" is none; without a Content-Type it is text/plain;charset=UTF-8
	Credentials credentials.Mode  // "" is same-origin, which means none across origins
	Read        []string          // names of response headers that the page must be able to read

	// Cookies are Set-Cookie headers that the user's browser got when the user
	// opened the URL itself, earlier; kept before each request of the use. They
	// need Credentials to be include.
	Cookies []string

	// PreflightCached is how long a preflight must spare the next one, at least.
	// Of a browser that keeps none for that long (WebKit: 10 minutes, Chromium:
	// 2 hours) it asks for as long as it would. 0 asks for nothing, and so does
	// any value of a use that needs no preflight.
	PreflightCached time.Duration
}

// An InputError is what is wrong with an [Intent]. Its parts say where.
type InputError struct {
	File string // "" where the reader had no name
	Line int    // 0 where it is not known
	Key  string // the offending key, as a path; "" where it is none
	Err  error
}

func (e *InputError) Error() string {
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
	return b.String() + e.Err.Error()
}

func (e *InputError) Unwrap() error { return e.Err }

func wrong(key, format string, args ...any) *InputError {
	return &InputError{Key: key, Err: fmt.Errorf(format, args...)}
}

// String is what findings and errors call the use: its name or, without one, its
// method and URL.
func (u *Use) String() string {
	if u.Name != "" {
		return u.Name
	}
	return u.method() + " " + u.URL
}

// method is the method as it is sent.
func (u *Use) method() string { return safelist.NormalizeMethod(cmp.Or(u.Method, "GET")) }

// Request is the call of fetch() that a page makes, with a URL that is absolute.
// The base is that of the intent. An error is one of the base or of the URL.
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
	in := &fetch.Request{URL: url.String(), Method: u.Method, Credentials: u.Credentials}
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
}

// request is the call of fetch().
func (u *resolvedUse) request() *fetch.Request { return u.Use.request(u.url) }

// safe tells whether the request may be made again just to see what happens.
//
// https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1
func (u *resolvedUse) safe() bool {
	return u.method == "GET" || u.method == "HEAD" || u.method == "OPTIONS"
}

// base is where the server stands.
func (i *Intent) base() (*origin.URL, *InputError) {
	u, err := origin.ParseURL(i.baseURL())
	switch {
	case err != nil:
		return nil, wrong("base", "%w", err)
	case !u.IsHTTP(), u.IncludesCredentials():
		return nil, wrong("base", "%s is not an HTTP(S) URL without username and password", quoteURL(i.Base))
	}
	return u, nil
}

// quoteURL is a URL or what stands for one, in quotation marks and without a
// password.
func quoteURL(s string) string { return text.GoQuote(text.RedactURL(s), 80) }

func (i *Intent) baseURL() string { return cmp.Or(i.Base, DefaultBase) }

// Check looks for what is wrong with the intent, without asking any server. What
// it returns is what [Server] would: an [*InputError] each, joined.
func (i *Intent) Check() error {
	_, err := i.resolve("", nil)
	return err
}

// resolve checks the intent and makes its uses ready to be played. All that is
// wrong is reported at once, with file and line if it is from one.
func (i *Intent) resolve(file string, lines map[string]int) ([]*resolvedUse, error) {
	var all []error
	note := func(err *InputError) {
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
			note(wrong(key("accept", n), "%.80q is no finding's id; they are %v", id, FindingIDs()))
		}
	}
	if len(i.Uses) == 0 {
		note(wrong("uses", "is empty: nothing would be checked"))
	}
	uses := make([]*resolvedUse, 0, len(i.Uses))
	names := make(map[string]int)
	for n := range i.Uses {
		path := key("uses", n) + "."
		u := i.Uses[n].resolve(base, func(err *InputError) {
			err.Key = path + err.Key
			note(err)
		})
		if first, taken := names[u.name]; taken {
			note(wrong(path+"name", "%.80q is the name of uses[%d] too", u.name, first))
		}
		names[u.name] = n
		for _, asking := range slices.Concat(i.Allow, i.Refuse) {
			if u.url != nil && u.url.Origin().String() == asking {
				note(wrong(path+"url", "%.80q has the origin of a page that asks for it, %s: CORS has no say there", u.url, asking))
			}
		}
		uses = append(uses, u)
	}
	return uses, errors.Join(all...)
}

// checkOrigins checks the lists of origins, each for itself and against each
// other.
func (i *Intent) checkOrigins(note func(*InputError)) {
	if len(i.Allow) == 0 && len(i.Refuse) == 0 {
		note(wrong("allow", "is empty, and so is refuse: nobody would ask"))
	}
	seen := make(map[string]string)
	for _, list := range []struct {
		key     string
		origins []string
	}{{"allow", i.Allow}, {"refuse", i.Refuse}} {
		for n, asking := range list.origins {
			key := key(list.key, n)
			o, err := origin.Parse(asking)
			switch {
			case asking == "null" && list.key == "allow":
				note(wrong(key, `"null" is the origin of every sandboxed page, whoever wrote it: no server can allow one of them alone`))
			case asking == "null":
			case err != nil:
				note(wrong(key, "%w", err))
			case o.Scheme() != "http" && o.Scheme() != "https":
				note(wrong(key, "%s is not an HTTP(S) origin", quoteURL(asking)))
			case strings.Contains(asking, "*"):
				note(wrong(key, "%.80q is a pattern: name origins, each as a browser sends it", asking))
			}
			if first, twice := seen[asking]; twice {
				note(wrong(key, "%.80q stands in %s already", asking, first))
			}
			seen[asking] = key
		}
	}
}

// key is the path of an element of a list.
func key(list string, n int) string { return fmt.Sprintf("%s[%d]", list, n) }

// resolve checks a use. Base is nil if it is wrong itself.
func (u *Use) resolve(base *origin.URL, note func(*InputError)) *resolvedUse {
	method := cmp.Or(u.Method, "GET")
	r := &resolvedUse{Use: u, name: u.String(), method: u.method()}
	if base != nil {
		var err error
		r.url, err = (*origin.Schemes)(nil).ParseURL(u.URL, base)
		switch {
		case err != nil:
			note(wrong("url", "%w", err))
		case !r.url.IsHTTP(), r.url.IncludesCredentials():
			note(wrong("url", "%s is not an HTTP(S) URL without username and password", quoteURL(u.URL)))
		}
	}
	switch {
	case !safelist.IsMethod(method):
		note(wrong("method", "%.80q is not a method", method))
	case safelist.IsForbiddenMethod(method):
		note(wrong("method", "%.80q is a method that pages can't use", method))
	case u.Body != "" && (r.method == "GET" || r.method == "HEAD"):
		note(wrong("body", "does not go with %s: browsers refuse it", r.method))
	}
	names := make(map[string]string)
	for _, name := range slices.Sorted(maps.Keys(u.Headers)) {
		value, key := u.Headers[name], "headers."+name
		switch first, twice := names[safelist.ByteLowercase(name)]; {
		case twice:
			note(wrong(key, "is %s again", first))
		case !safelist.IsHeaderName(name):
			note(wrong(key, "is not a header name"))
		case !safelist.IsHeaderValue(safelist.NormalizeHeaderValue(value)):
			note(wrong(key, "%s is not a header value", text.GoQuote(text.RedactHeader(name, value), 80)))
		case (*safelist.Rules)(nil).IsForbiddenRequestHeader(name, value):
			note(wrong(key, "is a header that pages can't set"))
		}
		names[safelist.ByteLowercase(name)] = name
	}
	if _, err := credentials.ParseMode(string(u.Credentials)); u.Credentials != "" && err != nil {
		note(wrong("credentials", "%.80q is none of omit, same-origin and include", u.Credentials))
	}
	for _, name := range u.Read {
		switch {
		case !safelist.IsHeaderName(name):
			note(wrong("read", "%.80q is not a header name", name))
		case safelist.IsForbiddenResponseHeaderName(name):
			note(wrong("read", "%s is a header that no page can read", name))
		}
	}
	if r.url != nil && r.url.IsHTTP() {
		r.checkCookies(note)
	}
	if u.PreflightCached < 0 {
		note(wrong("preflightCached", "%v is negative", u.PreflightCached))
	}
	return r
}
