package conformance

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/origin"
)

// How telling a field is of the cause of a disagreement, the most first:
// whether script got a response, which requests there were, what else script
// saw, what was in the requests, in which order, what the console says.
const (
	tellsResult = iota
	tellsRequest
	tellsStep
	tellsHeader
	tellsOrder
	tellsReason
)

// A place is a field of a [Difference], taken apart.
type place struct {
	list  string // "steps", "requests"; "id"
	index int
	field string // "status", "readable", "headers", "repeated", "spelling", "order"; "" is the whole
	name  string // of a header
}

var fieldPattern = regexp.MustCompile(`^([a-z]+)(?:\[(\d+)\])?(?:\.([a-zA-Z]+))?(?:\.(.*))?$`)

// place takes the field apart.
func (d Difference) place() place {
	m := fieldPattern.FindStringSubmatch(d.Field)
	if m == nil {
		return place{list: d.Field}
	}
	index, _ := strconv.Atoi(m[2])
	return place{list: m[1], index: index, field: m[3], name: m[4]}
}

func (p place) tells() int {
	switch {
	case p.list == "steps" && slices.Contains([]string{"", "type", "readable", "webgl"}, p.field):
		return tellsResult
	case p.list == "requests" && p.field == "order":
		return tellsOrder
	case p.list == "requests" && p.field != "headers" && p.field != "repeated" && p.field != "spelling":
		return tellsRequest
	case p.list == "requests":
		return tellsHeader
	case p.list == "console":
		return tellsReason
	}
	return tellsStep
}

// inTellingOrder are the differences, the most telling first.
func inTellingOrder(all []Difference) []Difference {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b Difference) int { return cmp.Compare(a.place().tells(), b.place().tells()) })
	return sorted
}

// kind says in words what kind of disagreement it is: the most telling
// difference, and where that is a result, why the engine refused, or if it did
// not, the first request that only one of them sent.
func (v *Verdict) kind() string {
	ordered := inTellingOrder(v.Differences)
	d := ordered[0]
	at := d.place()
	switch at.tells() {
	case tellsResult:
		got, want := generalResult(d.Got), generalResult(d.Want)
		if strings.HasPrefix(got, "throws") {
			return fmt.Sprintf("result: browser %s, engine does not", got)
		}
		text := fmt.Sprintf("result: browser %s, engine %s", got, want)
		if at.index < len(v.Refusals) && v.Refusals[at.index] != nil {
			if strings.HasPrefix(got, "gets ") {
				text = "result: browser gets a response, engine refuses"
			}
			return text + " (" + v.Refusals[at.index].Reason.String() + ")"
		}
		for _, next := range ordered {
			if next.place().tells() == tellsRequest {
				return text + "; " + v.requestKind(next)
			}
		}
		return text
	case tellsRequest:
		return v.requestKind(d)
	case tellsHeader:
		return v.headerKind(d)
	case tellsOrder:
		return v.orderKind(d)
	case tellsReason:
		return fmt.Sprintf("reason: browser %s, engine %s", generalReason(d.Got), generalReason(d.Want))
	}
	return v.stepKind(d)
}

// generalResult is the result of a step, or the type of a response, in general.
func generalResult(text string) string {
	text = strings.Trim(text, `"`)
	kind, status, isResponse := strings.Cut(text, "response ")
	switch {
	case text == nothing, text == "":
		return "gets nothing"
	case text == "TypeError", text == "NetworkError", text == "error event":
		return "refuses"
	case text == "true":
		return "lets script read it"
	case text == "false":
		return "does not let script read it"
	case slices.Contains(stepResults, text):
		return "gives " + text
	case !isResponse && strings.HasSuffix(text, "Error"):
		return "throws " + text
	case strings.HasPrefix(text, "opaqueredirect"):
		return "gets an opaque redirect"
	case strings.HasPrefix(text, "opaque"):
		return "gets an opaque response"
	case !isResponse:
		return "gets a " + text + " response"
	case strings.HasPrefix(status, "3"):
		return "gets a response 3xx"
	case kind == "error ":
		return "gets an error response"
	}
	return "gets a response"
}

// requestKind is the kind of a request that only one of them sent, or that they
// sent to different URLs.
func (v *Verdict) requestKind(d Difference) string {
	at := d.place()
	switch at.field {
	case "method":
		return fmt.Sprintf("request method: browser %s, engine %s", unquote(d.Got), unquote(d.Want))
	case "url":
		return "request URL: " + relation(unquote(d.Got), unquote(d.Want))
	}
	rows := v.Rows
	if d.Got == nothing {
		return "request: only the engine sends " + generalRequest(v.Engine.Requests, rows[at.index][1])
	}
	return "request: only the browser sends " + generalRequest(v.Browser.Requests, rows[at.index][0])
}

// generalRequest is a request in general: for a preflight, what it asks for.
func generalRequest(all []Request, i int) string {
	r := &all[i]
	if !r.isPreflight() {
		if slices.ContainsFunc(all[:i], func(before Request) bool { return before.Method == r.Method && before.URL == r.URL }) {
			return "one again"
		}
		return "one that is not a preflight"
	}
	names := headerOf(r, "access-control-request-headers")
	if names == "" {
		return "a preflight without headers"
	}
	return "a preflight for " + generalNames(strings.Split(names, ","))
}

func headerOf(r *Request, name string) string {
	for _, h := range r.Headers {
		if h[0] == name {
			return h[1]
		}
	}
	return ""
}

// generalNames is a list of header names: the one name, if there is but one
// that means something.
func generalNames(names []string) string {
	var general []string
	for _, name := range names {
		general = append(general, generalName(strings.TrimSpace(name)))
	}
	slices.Sort(general)
	general = slices.Compact(general)
	if len(general) > 1 {
		return "several headers"
	}
	return general[0]
}

// generalName is a header name, or "custom headers" for one that means nothing.
func generalName(name string) string {
	if strings.HasPrefix(name, "x-") || !grammar.IsHeaderName(name) || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz-0123456789") != "" {
		return "custom headers"
	}
	return name
}

// stepKind is the kind of a difference in what script saw of a response.
func (v *Verdict) stepKind(d Difference) string {
	at := d.place()
	switch at.field {
	case "headers":
		return fmt.Sprintf("response header %s: %s", generalName(at.name), relation(unquote(d.Got), unquote(d.Want)))
	case "url", "body":
		return fmt.Sprintf("response %s: %s", at.field, relation(unquote(d.Got), unquote(d.Want)))
	case "data":
		return "messages: " + relation(d.Got, d.Want)
	case "readyState", "protocol":
		return fmt.Sprintf("%s: browser %s, engine %s", at.field, generalToken(d.Got), generalToken(d.Want))
	}
	return fmt.Sprintf("response %s: browser %s, engine %s", at.field, d.Got, d.Want)
}

// headerKind is the kind of a difference in a request's header.
func (v *Verdict) headerKind(d Difference) string {
	at := d.place()
	what := "header"
	row := v.Rows[at.index]
	if v.Engine.Requests[row[1]].isPreflight() {
		what = "preflight's header"
	}
	got, want := unquote(d.Got), unquote(d.Want)
	switch at.field {
	case "spelling":
		return fmt.Sprintf("%s %s: spelled otherwise", what, generalName(at.name))
	case "repeated":
		return fmt.Sprintf("%s %s: browser %s, engine %s", what, generalName(at.name), got, want)
	}
	switch at.name {
	case "origin":
		got, want = v.generalOrigin(got), v.generalOrigin(want)
	case "referer":
		got, want = v.generalReferrer(got), v.generalReferrer(want)
	case "access-control-request-headers":
		return fmt.Sprintf("%s %s: %s", what, at.name, lists(got, want))
	case "cookie":
		return fmt.Sprintf("%s cookie: %s", what, cookies(got, want))
	case "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "sec-fetch-storage-access", "cache-control", "pragma",
		"accept-encoding", "priority", "te", "upgrade-insecure-requests":
		got, want = generalToken(got), generalToken(want)
	default:
		return fmt.Sprintf("%s %s: %s", what, generalName(at.name), relation(got, want))
	}
	return fmt.Sprintf("%s %s: browser %s, engine %s", what, at.name, got, want)
}

// orderKind is the kind of a difference in the order of a request's headers: the first
// that both do not send in the same place.
func (v *Verdict) orderKind(d Difference) string {
	what := "order"
	if row := v.Rows[d.place().index]; v.Engine.Requests[row[1]].isPreflight() {
		what = "preflight's order"
	}
	first := func(names string) string {
		name, _, _ := strings.Cut(names, ", ")
		return generalName(name)
	}
	return fmt.Sprintf("%s: browser sends %s where engine sends %s", what, first(d.Got), first(d.Want))
}

var particulars = regexp.MustCompile(`'[^']*'|[a-z]+://[^ ]*`)

// generalReason is a message of the console without what it is about.
func generalReason(message string) string {
	if _, reason, ok := strings.Cut(message, "policy: "); ok {
		message = reason
	}
	return particulars.ReplaceAllString(message, "…")
}

// unquote is the value of a quoted one; what is not quoted is as it is.
func unquote(s string) string {
	if value, err := strconv.Unquote(s); err == nil {
		return value
	}
	return s
}

// generalToken is a value that means something if it is short.
func generalToken(v string) string {
	if len(v) > 30 {
		return "a long value"
	}
	if v == "" {
		return "an empty one"
	}
	return v
}

// generalOrigin is whose origin it is.
func (v *Verdict) generalOrigin(value string) string {
	switch value {
	case nothing, "null":
		return value
	case v.Scenario.page.Origin().String():
		return "the page's origin"
	}
	return "another origin"
}

// generalReferrer is which part of the page's URL it is.
func (v *Verdict) generalReferrer(value string) string {
	switch value {
	case nothing:
		return value
	case v.Scenario.page.Origin().String() + "/":
		return "the page's origin"
	case v.Scenario.page.SetCredentials("", "").WithoutFragment():
		return "the page's URL"
	}
	return "another URL"
}

// cookies says how two Cookie headers differ.
func cookies(got, want string) string {
	g, w := strings.Split(got, "; "), strings.Split(want, "; ")
	lacks := func(a, b []string) bool {
		return slices.ContainsFunc(a, func(c string) bool { return !slices.Contains(b, c) })
	}
	switch {
	case want == nothing:
		return "the engine sends none"
	case got == nothing:
		return "the browser sends none"
	case lacks(g, w) && lacks(w, g):
		return "other cookies"
	case lacks(g, w):
		return "the browser sends more"
	case lacks(w, g):
		return "the engine sends more"
	}
	return "in another order"
}

// lists says how two lists of header names differ.
func lists(got, want string) string {
	split := func(list string) []string {
		if list == nothing {
			return nil
		}
		return strings.Split(list, ",")
	}
	g, w := split(got), split(want)
	lacking := func(a, b []string) []string {
		return slices.DeleteFunc(slices.Clone(a), func(name string) bool { return slices.Contains(b, name) })
	}
	only, less := lacking(g, w), lacking(w, g)
	var parts []string
	if len(only) > 0 {
		parts = append(parts, "only the browser has "+generalNames(only))
	}
	if len(less) > 0 {
		parts = append(parts, "only the engine has "+generalNames(less))
	}
	if parts == nil {
		return "in another order"
	}
	return strings.Join(parts, ", ")
}

// relation says how two values differ.
func relation(got, want string) string {
	switch {
	case got == nothing:
		return "the browser has none"
	case want == nothing:
		return "the engine has none"
	case got == "":
		return "empty in the browser"
	case want == "":
		return "empty in the engine"
	case strings.TrimSpace(got) == strings.TrimSpace(want):
		return "blanks differ"
	case strings.EqualFold(got, want):
		return "case differs"
	case strings.HasPrefix(want, got):
		return "the browser's ends early"
	case strings.HasPrefix(got, want):
		return "the engine's ends early"
	case isASCII(got) != isASCII(want), !isASCII(got):
		return "bytes outside of ASCII differ"
	case strings.Contains(got, ",") != strings.Contains(want, ","):
		return "combined otherwise"
	}
	if g, err := origin.ParseURL(got); err == nil {
		if w, err := origin.ParseURL(want); err == nil && g.Origin().String() != w.Origin().String() {
			return "of another origin"
		}
	}
	return "another value"
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 0x7e })
}
