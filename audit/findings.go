package audit

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/text"
)

// A FindingID says what kind a [Finding] is of. It is stable, and fit for
// machines.
type FindingID string

const (
	// WrongOriginAllowed: a page of a refused origin can read an answer.
	WrongOriginAllowed FindingID = "wrong-origin-allowed"

	// AnyOriginWithCredentials: pages of any site can read answers that were
	// made with the cookies of whoever looks at them.
	AnyOriginWithCredentials FindingID = "any-origin-with-credentials"

	// NullOriginTrusted: sandboxed pages, whoever wrote them, can read answers
	// that not everybody can.
	NullOriginTrusted FindingID = "null-origin-trusted"

	// OriginPrefixMatch: an origin that begins like an allowed one is let in.
	OriginPrefixMatch FindingID = "origin-prefix-match"

	// OriginSuffixMatch: an origin of another site that ends like an allowed one
	// is let in.
	OriginSuffixMatch FindingID = "origin-suffix-match"

	// OriginDotMatch: an origin is let in that has another character where an
	// allowed one has a dot.
	OriginDotMatch FindingID = "origin-dot-match"

	// InsecureOriginTrusted: a page that came over HTTP is let in to an HTTPS
	// server that should allow its HTTPS twin.
	InsecureOriginTrusted FindingID = "insecure-origin-trusted"

	// OriginRefused: an answer does not say that a page of an allowed origin may
	// read it.
	OriginRefused FindingID = "origin-refused"

	// CredentialsRefused: the origin is allowed, but not with credentials.
	CredentialsRefused FindingID = "credentials-refused"

	// PreflightFailed: the preflight was answered with a status other than 200
	// to 299, so that nothing was sent after it.
	PreflightFailed FindingID = "preflight-failed"

	// MethodNotAllowed: the answer to the preflight does not allow the method.
	MethodNotAllowed FindingID = "method-not-allowed"

	// HeaderNotAllowed: the answer to the preflight does not allow a request
	// header.
	HeaderNotAllowed FindingID = "header-not-allowed"

	// RedirectRefused: the server redirects to where the browser doesn't go.
	RedirectRefused FindingID = "redirect-refused"

	// Blocked: the browser refuses for another reason than CORS, such as mixed
	// content.
	Blocked FindingID = "blocked"

	// HeaderMissing: a response header that the page must read was not sent.
	HeaderMissing FindingID = "header-missing"

	// NotExposed: a response header that the page must read was sent, and is
	// hidden from it.
	NotExposed FindingID = "not-exposed"

	// PreflightNotCached: a preflight was made again, earlier than the intent
	// wants.
	PreflightNotCached FindingID = "preflight-not-cached"

	// VaryMissing: a page gets the answer that a shared HTTP cache has kept for
	// another page, and can't read it.
	VaryMissing FindingID = "vary-missing"

	// ListUnparsable: a list in an answer does not parse, so that none of it
	// counts, or the preflight fails.
	ListUnparsable FindingID = "list-unparsable"

	// ImpossibleOriginTrusted: an origin is let in that no page can have. See
	// [Options].
	ImpossibleOriginTrusted FindingID = "impossible-origin-trusted"

	// PreflightUnrouted: a use that needs no preflight works, and its URL
	// answers a preflight with a status other than 200 to 299, or not at all.
	PreflightUnrouted FindingID = "preflight-unrouted"

	// HeaderDoubled: a CORS header came twice, and a browser forgives it.
	HeaderDoubled FindingID = "header-doubled"

	// ErrorWithoutCORS: an error's answer can't be read by pages that can read
	// the others.
	ErrorWithoutCORS FindingID = "error-without-cors"

	// WildcardWithCredentials: “*” is sent together with
	// Access-Control-Allow-Credentials: true, where it counts for nothing.
	WildcardWithCredentials FindingID = "wildcard-with-credentials"

	// AuthorizationByWildcard: Authorization is left to “*”, which does not cover
	// it by the Standard.
	AuthorizationByWildcard FindingID = "authorization-by-wildcard"

	// MethodCase: a method is allowed in a spelling that no request has.
	MethodCase FindingID = "method-case"

	// CookieWithheld: a cookie of the session does not go with the use.
	CookieWithheld FindingID = "cookie-withheld"

	// CookieRefused: a browser does not keep a cookie that an answer sets.
	CookieRefused FindingID = "cookie-refused"

	// MaxAgeMissing: an answer to a preflight does not say for how long it may
	// be kept.
	MaxAgeMissing FindingID = "max-age-missing"

	// MaxAgeTiny: a preflight is kept for less than a minute.
	MaxAgeTiny FindingID = "max-age-tiny"

	// PreflightAvoidable: a use needs a preflight for a header that it could do
	// without.
	PreflightAvoidable FindingID = "preflight-avoidable"
)

// A FindingKind says what the findings of one id are about, whatever the
// server.
type FindingKind struct {
	ID       FindingID
	Severity Severity // what they have if nothing else makes them better or worse
	Title    string   // one line, without a stop
	Meaning  string   // what is wrong and what comes of it
	Fix      string   // what to change
	Section  string   // an address in the Standard, or another text, that it rests on

	server bool // it is about the server as a whole: one finding for all uses
}

// FindingIDs are the ids of all findings, the worst first.
func FindingIDs() []FindingID {
	ids := make([]FindingID, len(findingKinds))
	for i := range findingKinds {
		ids[i] = findingKinds[i].ID
	}
	return ids
}

// Kind is what the findings of an id are about; false if there is no such id.
func (id FindingID) Kind() (FindingKind, bool) {
	for i := range findingKinds {
		if findingKinds[i].ID == id {
			return findingKinds[i], true
		}
	}
	return FindingKind{}, false
}

const (
	standard      = "https://fetch.spec.whatwg.org/"
	corsCheck     = standard + "#concept-cors-check"
	preflight     = standard + "#cors-preflight-fetch-0"
	cors          = standard + "#http-cors-protocol"
	corsAndCookie = standard + "#cors-protocol-and-credentials"
	cookieDraft   = "https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html"
	whole         = "Compare the whole of Origin, byte for byte, with the entries of a list. If it must be a pattern, anchor it at both ends, escape its dots, and let it begin with the scheme."
)

// findingKinds is the one table of what findings are about, the worst first.
var findingKinds = [...]FindingKind{
	{WrongOriginAllowed, Unsafe, "A refused origin can read the answer",
		"A page of an origin that the intent refuses can read an answer.",
		"Compare the request's Origin with the entries of a list as a whole, and send it back only if it is there.",
		"https://fetch.spec.whatwg.org/#http-access-control-allow-origin", false},
	{AnyOriginWithCredentials, Unsafe, "Any site can read answers made with the user's cookies",
		"The server sends whatever Origin it gets back, with Access-Control-Allow-Credentials: true. Any page that a user opens can act and read as that user.",
		whole + " Or, if everybody may read the answers, send Access-Control-Allow-Origin: * without Access-Control-Allow-Credentials.",
		corsAndCookie, true},
	{NullOriginTrusted, Unsafe, "Sandboxed pages of anybody are let in",
		"The server allows the origin “null”. Every sandboxed frame has it, whoever wrote the page, so that this lets everybody in who takes the trouble.",
		"Never send Access-Control-Allow-Origin: null. Take “null” out of the list.",
		standard + "#http-access-control-allow-origin", true},
	{OriginPrefixMatch, Unsafe, "Origins that begin like an allowed one are let in",
		"The server looks only at how Origin begins, or whether it contains an allowed one: https://app.example.attacker.example passes for https://app.example, and anybody can register it.",
		whole, standard + "#origin-header", true},
	{OriginSuffixMatch, Unsafe, "Origins that end like an allowed one are let in",
		"The server looks only at how Origin ends: https://notapp.example passes for https://app.example, and anybody can register it.",
		whole + " A check for subdomains needs the dot: “.app.example”.",
		standard + "#origin-header", true},
	{OriginDotMatch, Unsafe, "A dot in the pattern of an origin matches anything",
		"The server compares Origin with a regular expression whose dots are not escaped: https://wwwxapp.example passes for https://www.app.example, and anybody can register it.",
		"Write \\. for each dot in the regular expression, and anchor it at both ends; or compare with a list.",
		standard + "#origin-header", true},
	{InsecureOriginTrusted, Unsafe, "Pages that came over HTTP are let in",
		"The server allows the http: twin of an https: origin. Whoever sits on the user's network can write such a page, and read what HTTPS was to keep from them.",
		"Compare the scheme too: allow the https: origin alone.",
		standard + "#origin-header", true},
	{OriginRefused, Breaks, "An allowed origin can't read the answer",
		"The answer does not say that a page of an allowed origin may read it: Access-Control-Allow-Origin is missing, has another value than the page's origin, or several.",
		"Send the request's Origin back in Access-Control-Allow-Origin if it is in the list of allowed ones, once, and byte for byte: no slash at the end, no list.",
		corsCheck, false},
	{CredentialsRefused, Breaks, "The origin is allowed, but not with credentials",
		"The use sends credentials, and the answer has Access-Control-Allow-Origin: * or no Access-Control-Allow-Credentials: true. The preflight's answer must allow them too.",
		"Send the page's own origin, not “*”, and Access-Control-Allow-Credentials: true, in lower case, with the preflight's answer and the actual one.",
		corsAndCookie, false},
	{PreflightFailed, Breaks, "The preflight is not answered with 200 to 299",
		"The preflight was answered with an error or a redirect, so that nothing was sent after it. Often no route is there for OPTIONS, or something before the CORS middleware asks for authentication or redirects.",
		"Answer OPTIONS requests that have Access-Control-Request-Method before routing and authentication, with status 204 and the CORS headers.",
		preflight, false},
	{MethodNotAllowed, Breaks, "The preflight does not allow the method",
		"Access-Control-Allow-Methods does not name the use's method, in the same case. “*” counts without credentials only.",
		"Add the method to Access-Control-Allow-Methods in the answer to the preflight.",
		preflight, false},
	{HeaderNotAllowed, Breaks, "The preflight does not allow a request header",
		"Access-Control-Allow-Headers does not name a header that the page sets. “*” counts without credentials only.",
		"Add the header's name to Access-Control-Allow-Headers in the answer to the preflight.",
		preflight, false},
	{RedirectRefused, Breaks, "A redirect leads where the browser doesn't go",
		"The server redirects to a URL that does not parse, is not HTTP(S), has a username or password, or it redirects too often.",
		"Answer at the URL that pages use, or redirect to a plain HTTP(S) URL.",
		standard + "#concept-http-redirect-fetch", false},
	{Blocked, Breaks, "The browser refuses for another reason than CORS",
		"Mixed content, a port that browsers block, or another rule that has nothing to do with CORS headers keeps the use from working.",
		"See the finding: it names the rule.",
		standard + "#concept-main-fetch", false},
	{HeaderMissing, Breaks, "A response header that the page must read was not sent",
		"The intent has the page read a response header, and the answer has none of that name.",
		"Send the header, or take it out of the intent.",
		cors, false},
	{NotExposed, Breaks, "A response header is hidden from the page",
		"The answer has a header that the page must read, and Access-Control-Expose-Headers does not name it. “*” counts without credentials only.",
		"Name the header in Access-Control-Expose-Headers, with the actual answer and not the preflight's.",
		standard + "#http-access-control-expose-headers", false},
	{ListUnparsable, Fragile, "A list of methods or header names does not parse",
		"A member of Access-Control-Allow-Methods, -Allow-Headers or -Expose-Headers is no token: it has a space, a quote, a semicolon. One such member voids the list: the preflight fails, or nothing is exposed.",
		"Send names separated by commas, and nothing else.",
		standard + "#http-new-header-syntax", true},
	{ImpossibleOriginTrusted, Fragile, "An origin that no page can have is let in",
		"The server lets in a value of Origin that no browser sends, such as one in upper case or with a username. No page gains by it, but the comparison is not what it was meant to be.",
		whole, standard + "#origin-header", true},
	{VaryMissing, Fragile, "A shared cache hands out the answer for another origin",
		"The answer depends on Origin and does not say so in Vary. A CDN, or any shared cache, gives the answer for one origin, or for none, to a page of another, which can't read it.",
		"Send Vary: Origin with every answer of the URL, also where Origin is missing or not allowed.",
		standard + "#cors-protocol-and-http-caches", false},
	{PreflightUnrouted, Fragile, "Preflights fail where simple requests work",
		"The use needs no preflight and works. Its URL answers a preflight with an error or a redirect, or not at all: the first header that somebody adds to the use, such as Authorization, breaks it.",
		"Answer OPTIONS requests that have Access-Control-Request-Method before routing and authentication, with status 204 and the CORS headers.",
		preflight, true},
	{HeaderDoubled, Fragile, "A CORS header came twice",
		"Two layers, such as a proxy and a handler, both add CORS headers. Browsers forgive this one yet; a second Access-Control-Allow-Origin they don't.",
		"Let one layer alone send CORS headers.",
		standard + "#concept-header-list-get", true},
	{ErrorWithoutCORS, Fragile, "Errors come without CORS headers",
		"The answers to the use can be read, those with an error status can't: the page sees a network error where there is a 404 or a 401, and developers look for a fault in CORS.",
		"Add the CORS headers to every answer, errors included: put the middleware outermost, in nginx say “always”.",
		corsCheck, true},
	{WildcardWithCredentials, Fragile, "“*” together with credentials",
		"The server sends “*” and Access-Control-Allow-Credentials: true. With credentials “*” stands for nothing but itself, so that no request with credentials gets what it seems to allow.",
		"Without need for credentials, leave Access-Control-Allow-Credentials out; else name the origin, the methods and the headers.",
		corsAndCookie, true},
	{AuthorizationByWildcard, Fragile, "Authorization is left to “*”",
		"Access-Control-Allow-Headers: * does not cover Authorization by the Standard. Browsers let it through yet, and have begun to warn.",
		"Name Authorization in Access-Control-Allow-Headers, beside “*” or instead of it.",
		standard + "#cors-non-wildcard-request-header-name", true},
	{MethodCase, Fragile, "A method is allowed in the wrong case",
		"Methods are compared byte by byte. Browsers turn put and delete into capitals, and leave patch and others as script wrote them: a method that is listed in lower case does not allow the one in capitals.",
		"Write methods in capitals in Access-Control-Allow-Methods.",
		standard + "#methods", true},
	{CookieWithheld, Fragile, "A cookie of the session stays behind",
		"A cookie that the user's browser has does not go with the use, by its SameSite, its path, or because the browser gives third parties none.",
		"Set it with SameSite=None; Secure; Partitioned if pages of other sites are to send it, or serve page and API from one site.",
		cookieDraft + "#name-retrieve-cookies", false},
	{CookieRefused, Fragile, "A cookie that the answer sets is not kept",
		"The answer has a Set-Cookie that the browser ignores, so that the next request goes without.",
		"See the finding: it names the rule. Across sites a cookie needs SameSite=None; Secure, and Partitioned where third parties have no others.",
		cookieDraft + "#name-store-a-cookie", false},
	{PreflightNotCached, Slow, "The preflight is made again too early",
		"The preflight was made again, earlier than the intent wants.",
		"Send Access-Control-Max-Age with the answer to the preflight, and name methods and headers instead of “*”. Chromium keeps none for a URL of more than 1023 bytes.",
		standard + "#cors-preflight-cache", false},
	{MaxAgeMissing, Slow, "Preflights are kept for 5 seconds only",
		"The answer to the preflight has no Access-Control-Max-Age, so that browsers keep it for 5 seconds: nearly every use costs a second trip to the server.",
		"Send Access-Control-Max-Age: 7200 with the answer to the preflight. That is as long as Chromium keeps it; WebKit keeps it for 10 minutes.",
		standard + "#http-access-control-max-age", true},
	{MaxAgeTiny, Slow, "Preflights are kept for less than a minute",
		"Access-Control-Max-Age is under 60 seconds, or is no number of seconds: nearly every use costs a second trip to the server.",
		"Send a larger number, in digits alone: 7200 is as long as Chromium keeps it.",
		standard + "#http-access-control-max-age", true},
	{PreflightAvoidable, Slow, "A preflight that a simple request would spare",
		"The use needs a preflight only for headers that it could do without.",
		"Leave the header out, or write it as the finding says.",
		standard + "#cors-safelisted-request-header", false},
}

// A Severity says how bad a finding is; the worst is the first.
type Severity uint8

const (
	Unsafe  Severity = iota // a page can read what it should not
	Breaks                  // a browser refuses a use that should work
	Fragile                 // it breaks under circumstances, or by the Standard and in no browser yet
	Slow                    // requests that could be spared
)

var severities = [...]string{"unsafe", "breaks", "fragile", "slow"}

// String is the severity's name.
func (s Severity) String() string {
	if int(s) < len(severities) {
		return severities[s]
	}
	return fmt.Sprintf("severity %d", uint8(s))
}

// ParseSeverity is the severity of a name.
func ParseSeverity(name string) (Severity, error) {
	if i := slices.Index(severities[:], name); i >= 0 {
		return Severity(i), nil
	}
	return 0, fmt.Errorf("audit: unknown severity %.80q, want one of %s", name, text.List(severities[:]))
}

// MarshalText is the severity's name.
func (s Severity) MarshalText() ([]byte, error) {
	if int(s) >= len(severities) {
		return nil, fmt.Errorf("audit: unknown severity %d", uint8(s))
	}
	return []byte(severities[s]), nil
}

// UnmarshalText is [ParseSeverity].
func (s *Severity) UnmarshalText(name []byte) (err error) {
	*s, err = ParseSeverity(string(name))
	return err
}

// A Finding is one thing that is wrong with a server, by an [Intent].
type Finding struct {
	ID       FindingID `json:"id"`
	Severity Severity  `json:"severity"`
	Use      string    `json:"use"`      // the use's name
	Profiles []string  `json:"profiles"` // names of the profiles that show it, in the order of [engine.Profiles]
	Origins  []string  `json:"origins"`  // of the pages that it concerns; the rest is about the first, as the first profile has it

	Tried     string           `json:"tried"`             // what the page did
	When      string           `json:"when,omitempty"`    // the When of the [Play] that shows it
	Exchanges []Exchange       `json:"exchanges"`         // what was sent and what came back, in order
	Problem   string           `json:"problem"`           // what is wrong with that
	Rule      string           `json:"rule"`              // what is demanded
	Section   string           `json:"section,omitempty"` // the address where it is; "" if the intent demands it
	By        fetch.Party      `json:"by"`
	Fix       string           `json:"fix"`     // what to change
	Headers   fetch.HeaderList `json:"headers"` // what to send, where headers are the matter
}

// An Exchange is a request with the head of its response. In a [Finding] the
// headers are those that the matter is about, without secrets, and there is no
// body; elsewhere there is all, cookies and tokens too.
type Exchange struct {
	Method          string           `json:"method"`
	URL             string           `json:"url"`
	RequestHeaders  fetch.HeaderList `json:"requestHeaders"`
	RequestBody     string           `json:"requestBody,omitempty"`
	Status          int              `json:"status"`
	StatusText      string           `json:"statusText"`
	ResponseHeaders fetch.HeaderList `json:"responseHeaders"`
	Cached          bool             `json:"cached,omitempty"` // a shared HTTP cache answered
	Started         time.Time        `json:"started,omitzero"` // zero if a cache answered
	Took            time.Duration    `json:"took_ms"`          // until the head of the response had arrived
}

// IsPreflight tells whether the request is a CORS preflight.
func (x *Exchange) IsPreflight() bool {
	return x.Method == "OPTIONS" && x.RequestHeaders.Contains("Access-Control-Request-Method")
}

// String is the finding as plain text of several lines, fit for a terminal.
// Strings from outside are shortened and escaped.
func (f Finding) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s) %s: %s\n", f.ID, f.Severity, engine.InBrowsers(f.Profiles), text.Clean(f.Use))
	text.Wrap(&b, "  ", f.Tried)
	if more := f.Origins[1:]; len(more) > 0 {
		text.Wrap(&b, "  ", "The same from "+text.List(more)+".")
	}
	for _, x := range f.Exchanges {
		fmt.Fprintf(&b, "    > %s %s\n", text.Clean(x.Method), text.Clean(x.URL))
		for _, h := range x.RequestHeaders {
			fmt.Fprintf(&b, "    > %s: %s\n", h.Name, text.Clean(h.Value))
		}
		from := ""
		if x.Cached {
			from = ", out of a shared cache"
		}
		fmt.Fprintf(&b, "    < %d%s\n", x.Status, from)
		for _, h := range x.ResponseHeaders {
			fmt.Fprintf(&b, "    < %s: %s\n", text.Clean(h.Name), text.Clean(h.Value))
		}
	}
	text.Wrap(&b, "  ", f.Problem)
	text.Wrap(&b, "  ", "The rule: "+f.Rule)
	if f.Section != "" {
		b.WriteString("    " + f.Section + "\n")
	}
	text.Wrap(&b, "  ", "What to change ("+string(f.By)+"): "+f.Fix)
	for _, h := range f.Headers {
		b.WriteString("    " + h.Name + ": " + h.Value + "\n")
	}
	return b.String()
}

// A noted finding is of one use, one browser and one origin.
type noted struct {
	Finding
	cause string   // what else findings of one kind must agree in, to be one
	also  []string // other uses that show the same
}

// finding is what all findings have in common, with what crossed the wire.
func (t trial) finding(asking, when string, exchanges []Exchange) noted {
	return noted{Finding: Finding{
		Use: t.use.name, Profiles: []string{t.profile.Name}, Origins: []string{asking},
		Tried: t.tried(asking, when), When: when, Exchanges: pruned(exchanges), By: fetch.PartyServer,
	}}
}

// findingOf is a finding of a kind, as far as the kind tells.
func (t trial) findingOf(id FindingID, asking string, exchanges []Exchange) noted {
	f := t.finding(asking, "", exchanges)
	kind, _ := id.Kind()
	f.ID, f.Severity, f.Section, f.Fix = id, kind.Severity, kind.Section, kind.Fix
	return f
}

// note adds a finding, once for what a page did.
func (r *run) note(f noted) {
	same := func(g noted) bool {
		return g.ID == f.ID && g.Use == f.Use && g.cause == f.cause && slices.Equal(g.Profiles, f.Profiles) && slices.Equal(g.Origins, f.Origins)
	}
	if !slices.ContainsFunc(r.notes, same) {
		r.notes = append(r.notes, f)
	}
}

// has tells whether a finding of an id was noted for a use.
func (r *run) has(use string, id FindingID) bool {
	return slices.ContainsFunc(r.notes, func(f noted) bool { return f.ID == id && f.Use == use })
}

// breaksBy tells whether a use of the intent breaks already by an answer of that
// status.
func (r *run) breaksBy(status int, id FindingID) bool {
	return slices.ContainsFunc(r.notes, func(f noted) bool {
		return f.ID == id && len(f.Exchanges) > 0 && f.Exchanges[len(f.Exchanges)-1].Status == status
	})
}

// findings are those of the report: what is not accepted. Those that say the
// same of several browsers, origins or uses are one. The worst come first, then
// it goes by the order of the uses.
func (r *run) findings() []Finding {
	key := func(parts ...string) string { return strings.Join(parts, "\x00") }
	all := slices.DeleteFunc(r.notes, func(f noted) bool { return slices.Contains(r.intent.Accept, f.ID) })
	all = collect(all, func(f *noted) string {
		return key(string(f.ID), f.Use, f.cause, f.Origins[0])
	}, func(into *noted, f noted) { into.Profiles = append(into.Profiles, f.Profiles...) })
	all = collect(all, func(f *noted) string {
		return key(string(f.ID), f.Use, f.cause, strings.Join(f.Profiles, " "))
	}, func(into *noted, f noted) { into.Origins = append(into.Origins, f.Origins...) })
	all = collect(all, func(f *noted) string {
		if kind, _ := f.ID.Kind(); !kind.server {
			return key(string(f.ID), f.Use, f.cause, strings.Join(f.Profiles, " "))
		}
		return key(string(f.ID), f.cause, f.Severity.String(), strings.Join(f.Profiles, " "), strings.Join(f.Origins, " "))
	}, func(into *noted, f noted) {
		into.also = append(into.also, f.Use)
		into.Headers = both(into.Headers, f.Headers)
	})
	found := make([]Finding, len(all))
	for i := range all {
		f := &all[i]
		if f.Severity == Breaks && slices.Equal(f.Profiles, []string{fetch.Standard().Name}) {
			f.Severity = Fragile
		}
		if n := len(f.also); n > 3 {
			f.also = append(f.also[:2], fmt.Sprintf("%d more", n-2))
		}
		if len(f.also) > 0 {
			f.Problem += " So it is with " + text.Clean(text.List(f.also)) + "."
		}
		found[i] = f.Finding
	}
	slices.SortStableFunc(found, func(a, b Finding) int { return int(a.Severity) - int(b.Severity) })
	return found
}

// both are the headers that two uses need. Their values are the same, or lists.
func both(a, b fetch.HeaderList) fetch.HeaderList {
	out := slices.Clone(a)
	for _, h := range b {
		value, ok := out.Get(h.Name)
		if !ok {
			out.Append(h.Name, h.Value)
			continue
		}
		members := strings.Split(value, ", ")
		listed := setOf(members)
		for member := range strings.SplitSeq(h.Value, ", ") {
			if !listed[member] {
				listed[member] = true
				members = append(members, member)
			}
		}
		out.Set(h.Name, strings.Join(members, ", "))
	}
	return out
}

// setOf are strings to be looked up, which a server may have made many.
func setOf(all []string) map[string]bool {
	set := make(map[string]bool, len(all))
	for _, s := range all {
		set[s] = true
	}
	return set
}

// collect joins the elements of one key to the first of it.
func collect[T any](found []T, key func(*T) string, join func(into *T, f T)) []T {
	var out []T
	at := make(map[string]int)
	for n := range found {
		k := key(&found[n])
		if i, seen := at[k]; seen {
			join(&out[i], found[n])
			continue
		}
		at[k] = len(out)
		out = append(out, found[n])
	}
	return out
}
