package conformance

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// allHeaders compares all header lines of two requests. Headers has compared the values
// of those that it has.
func (d *differ) allHeaders(where string, got, want *Request) {
	if slices.Equal(got.AllHeaders, want.AllHeaders) {
		return
	}
	compared := make(map[string]bool)
	for _, h := range slices.Concat(got.Headers, want.Headers) {
		compared[h[0]] = true
	}
	g, w := linesOf(got.AllHeaders), linesOf(want.AllHeaders)
	names := g.namesWith(w)
	for _, name := range names {
		if !compared[name] && !agree(name, g.values[name], w.values[name]) {
			d.add(where+".headers."+name, quoted(g.values[name]), quoted(w.values[name]))
		}
	}
	for _, name := range names {
		if a, b := g.spelling[name], w.spelling[name]; a != "" && b != "" {
			d.compare(where+".spelling."+name, a, b)
		}
	}
	if inGot, inWant := unlike(g.which(w), w.which(g)); inGot != nil {
		d.add(where+".order", strings.Join(inGot, ", "), strings.Join(inWant, ", "))
	}
}

// headerLines are header lines by their names in lower case.
type headerLines struct {
	names    []string // each once, in order
	values   map[string][]string
	spelling map[string]string // of the first line
}

func linesOf(list [][2]string) *headerLines {
	l := &headerLines{values: make(map[string][]string), spelling: make(map[string]string)}
	for _, h := range list {
		name := strings.ToLower(h[0])
		if l.values[name] == nil {
			l.names = append(l.names, name)
			l.spelling[name] = h[0]
		}
		l.values[name] = append(l.values[name], h[1])
	}
	return l
}

// namesWith are the names of either list, sorted.
func (l *headerLines) namesWith(other *headerLines) []string {
	names := slices.Concat(l.names, other.names)
	slices.Sort(names)
	return slices.Compact(names)
}

// which are the names that another list has, too.
func (l *headerLines) which(other *headerLines) []string {
	return slices.DeleteFunc(slices.Clone(l.names), func(name string) bool { return other.values[name] == nil })
}

// unlike are two lists of the same length without what both begin and end with; nil if
// they are the same.
func unlike(a, b []string) ([]string, []string) {
	for len(a) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	if len(a) == 0 {
		return nil, nil
	}
	for a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return a, b
}

// A headerRule tells whether two values of a header agree that depends on the machine
// or on the version of the browser. A value that is not of the header's form agrees
// with itself alone.
type headerRule func(got, want string) bool

// headerRules are the rules of all headers whose values may differ; docs/judging.md
// has them in words.
var headerRules = map[string]headerRule{
	"user-agent":                  canonical(products),
	"sec-ch-ua":                   canonical(brands),
	"sec-ch-ua-full-version-list": canonical(brands),
	"accept-language":             languageRanges,

	"sec-ch-ua-arch":             canonical(quotedString),
	"sec-ch-ua-bitness":          canonical(quotedString),
	"sec-ch-ua-full-version":     canonical(quotedString),
	"sec-ch-ua-model":            canonical(quotedString),
	"sec-ch-ua-platform":         canonical(quotedString),
	"sec-ch-ua-platform-version": canonical(quotedString),

	"device-memory":          canonical(number),
	"downlink":               canonical(number),
	"dpr":                    canonical(number),
	"rtt":                    canonical(number),
	"sec-ch-device-memory":   canonical(number),
	"sec-ch-dpr":             canonical(number),
	"sec-ch-viewport-height": canonical(number),
	"sec-ch-viewport-width":  canonical(number),
	"viewport-width":         canonical(number),
	"ect":                    canonical(connectionType),

	"priority": canonical(imagePriority),
}

// agree tells whether two requests' values of a header agree.
func agree(name string, got, want []string) bool {
	rule := headerRules[name]
	return slices.EqualFunc(got, want, func(g, w string) bool { return g == w || rule != nil && rule(g, w) })
}

// canonical is the rule by which values agree that give the same text.
func canonical(of func(value string) string) headerRule {
	return func(got, want string) bool { return of(got) == of(want) }
}

var comment = regexp.MustCompile(`\([^()]*\)`)

// products is a User-Agent without versions and comments, which have the platform.
// Chromium without a window calls itself HeadlessChrome.
func products(value string) string {
	names := strings.Fields(comment.ReplaceAllString(value, " () "))
	for i, product := range names {
		names[i], _, _ = strings.Cut(product, "/")
		if names[i] == "HeadlessChrome" {
			names[i] = "Chrome"
		}
	}
	return strings.Join(names, " ")
}

var (
	brand  = regexp.MustCompile(`^"([^"\\]*)";v="[0-9.]+"$`)
	grease = regexp.MustCompile(`^Not[^A-Za-z0-9]A[^A-Za-z0-9]Brand$`)
)

// brands is a list of brands without versions, sorted: their order depends on the
// version, as does which characters the brand has that means nothing.
//
// https://wicg.github.io/ua-client-hints/#create-arbitrary-brands-section
func brands(value string) string {
	var names []string
	for item := range strings.SplitSeq(value, ", ") {
		m := brand.FindStringSubmatch(item)
		if m == nil {
			return value
		}
		if grease.MatchString(m[1]) {
			m[1] = "Not A Brand"
		}
		names = append(names, m[1])
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

var languageRange = regexp.MustCompile(`^( ?)[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*(;q=0\.[0-9]{1,3})?$`)

// languageRanges is the rule of Accept-Language: the languages are the user's, and so is
// how many there are. Of lists of the same length, blanks and weights must be the same.
func languageRanges(got, want string) bool {
	g, ok1 := weights(got)
	w, ok2 := weights(want)
	return ok1 && ok2 && (len(g) != len(w) || slices.Equal(g, w))
}

// weights are the weights of a list of languages, with the blanks before each.
func weights(value string) (all []string, ok bool) {
	for item := range strings.SplitSeq(value, ",") {
		m := languageRange.FindStringSubmatch(item)
		if m == nil {
			return nil, false
		}
		all = append(all, m[1]+m[2])
	}
	return all, true
}

// form is a value of which only the form counts, or the value if it has another one.
func form(pattern, name string) func(string) string {
	matches := regexp.MustCompile("^(?:" + pattern + ")$").MatchString
	return func(value string) string {
		if matches(value) {
			return name
		}
		return value
	}
}

var (
	quotedString   = form(`"[^"\\]*"`, "a string")
	number         = form(`[0-9]+(?:\.[0-9]+)?`, "a number")
	connectionType = form(`slow-2g|2g|3g|4g`, "a type of connection")

	// Firefox raises the priority of an image once it knows that the image is in view,
	// which may be before or after it sends the request.
	imagePriority = form(`u=[45], i`, "that of an image")
)

// quoted are the values of a header in a [Difference].
func quoted(values []string) string {
	if values == nil {
		return nothing
	}
	all := make([]string, len(values))
	for i, value := range values {
		all[i] = fmt.Sprintf("%q", value)
	}
	return strings.Join(all, " and ")
}
