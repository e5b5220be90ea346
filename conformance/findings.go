package conformance

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/wrap"
)

// A FindingID says what kind a [Finding] is of. It is stable, and fit for
// machines.
type FindingID string

const (
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

	// WrongOriginAllowed: a page of a refused origin can read an answer.
	WrongOriginAllowed FindingID = "wrong-origin-allowed"
)

// FindingIDs are all ids that a finding may have.
func FindingIDs() []FindingID {
	return []FindingID{
		OriginRefused, CredentialsRefused, PreflightFailed, MethodNotAllowed, HeaderNotAllowed, RedirectRefused, Blocked,
		HeaderMissing, NotExposed, PreflightNotCached, VaryMissing, WrongOriginAllowed,
	}
}

// A Severity says how bad a finding is; the worst is the first.
type Severity uint8

const (
	Breaks  Severity = iota // a browser refuses a use that should work
	Unsafe                  // a page can read what it should not
	Fragile                 // it breaks under circumstances, or by the Standard and in no browser yet
	Slow                    // requests that could be spared
)

var severities = [...]string{"breaks", "unsafe", "fragile", "slow"}

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
	return 0, fmt.Errorf("conformance: %.80q is no severity; they are %s", name, list(severities[:]))
}

// MarshalText is the severity's name.
func (s Severity) MarshalText() ([]byte, error) {
	if int(s) >= len(severities) {
		return nil, fmt.Errorf("conformance: %d is no severity", uint8(s))
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
	Profiles []string  `json:"profiles"` // names of the profiles that show it, in the order of [fetch.Profiles]
	Origins  []string  `json:"origins"`  // of the pages that it concerns; the rest is about the first, as the first profile has it

	Tried     string           `json:"tried"`             // what the page did
	Exchanges []Exchange       `json:"exchanges"`         // what was sent and what came back, in order
	Problem   string           `json:"problem"`           // what is wrong with that
	Rule      string           `json:"rule"`              // what is demanded
	Section   string           `json:"section,omitempty"` // the address where it is; "" if the intent demands it
	By        fetch.Party      `json:"by"`
	Fix       string           `json:"fix"`     // what to change
	Headers   fetch.HeaderList `json:"headers"` // what to send, where headers are the matter

	cause string // what else findings of one kind must agree in
}

// An Exchange is a request with the head of its response. In a [Finding] the
// headers are those that the matter is about, without secrets; elsewhere all.
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

// String is the finding as plain text of several lines, fit for a terminal.
// Strings from outside are shortened and escaped.
func (f Finding) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s) %s: %s\n", f.ID, f.Severity, browsers(f.Profiles), legible(f.Use))
	wrap.Text(&b, "  ", f.Tried)
	if more := f.Origins[1:]; len(more) > 0 {
		wrap.Text(&b, "  ", "The same from "+list(more)+".")
	}
	for _, x := range f.Exchanges {
		fmt.Fprintf(&b, "    > %s %s\n", legible(x.Method), legible(x.URL))
		for _, h := range x.RequestHeaders {
			fmt.Fprintf(&b, "    > %s: %s\n", h.Name, legible(h.Value))
		}
		from := ""
		if x.Cached {
			from = ", out of a shared cache"
		}
		fmt.Fprintf(&b, "    < %d%s\n", x.Status, from)
		for _, h := range x.ResponseHeaders {
			fmt.Fprintf(&b, "    < %s: %s\n", legible(h.Name), legible(h.Value))
		}
	}
	wrap.Text(&b, "  ", f.Problem)
	wrap.Text(&b, "  ", "The rule: "+f.Rule)
	if f.Section != "" {
		b.WriteString("    " + f.Section + "\n")
	}
	wrap.Text(&b, "  ", "What to change ("+string(f.By)+"): "+f.Fix)
	for _, h := range f.Headers {
		b.WriteString("    " + h.Name + ": " + h.Value + "\n")
	}
	return b.String()
}

// browsers says in which browsers a finding shows.
func browsers(profiles []string) string {
	var names []string
	for _, p := range fetch.Profiles()[1:] {
		if slices.Contains(profiles, p.Name) {
			names = append(names, strings.ToUpper(p.Name[:1])+p.Name[1:])
		}
	}
	switch len(names) {
	case 0:
		return "by the Standard"
	case len(fetch.Profiles()) - 1:
		return "in every browser"
	}
	return "in " + strings.ReplaceAll(list(names), "Webkit", "WebKit")
}

// list is "a, b and c".
func list(names []string) string {
	if last := len(names) - 1; last > 0 {
		return strings.Join(names[:last], ", ") + " and " + names[last]
	}
	return strings.Join(names, "")
}

// legible is a string from outside, cut off where it is long, without what
// would disturb a terminal.
func legible(s string) string {
	const limit = 200
	cut := ""
	if len(s) > limit {
		cut = fmt.Sprintf("… (%d bytes)", len(s))
		s = s[:limit]
	}
	quoted := fmt.Sprintf("%q", s)
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`) + cut
}

// merge makes one finding of those that say the same of several browsers or
// origins. The worst come first, then it goes by the order of the uses.
func merge(found []Finding) []Finding {
	byBrowser := collect(found, func(f Finding) string {
		return strings.Join([]string{string(f.ID), f.Use, f.cause, f.Origins[0]}, "\x00")
	}, func(into *Finding, f Finding) { into.Profiles = append(into.Profiles, f.Profiles...) })
	all := collect(byBrowser, func(f Finding) string {
		return strings.Join(append([]string{string(f.ID), f.Use, f.cause}, f.Profiles...), "\x00")
	}, func(into *Finding, f Finding) { into.Origins = append(into.Origins, f.Origins...) })
	for i := range all {
		if all[i].Severity == Breaks && slices.Equal(all[i].Profiles, []string{fetch.Standard().Name}) {
			all[i].Severity = Fragile
		}
	}
	slices.SortStableFunc(all, func(a, b Finding) int { return int(a.Severity) - int(b.Severity) })
	return all
}

// collect joins the elements of one key to the first of it.
func collect[T any](found []T, key func(T) string, join func(into *T, f T)) []T {
	var out []T
	at := make(map[string]int)
	for _, f := range found {
		k := key(f)
		if i, seen := at[k]; seen {
			join(&out[i], f)
			continue
		}
		at[k] = len(out)
		out = append(out, f)
	}
	return out
}
