package product

import (
	"slices"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/safelist"
)

// Values are what the request and the answer put into texts.
type Values struct {
	Origin       string   // the page's, serialized
	Credentialed bool     // the request includes credentials
	Preflighted  bool     // the request needs a preflight
	Method       string   // of the request
	Methods      []string // that the server should allow, Method among them
	Headers      []string // request headers that the server should allow
	Exposed      []string // response headers that the page should be able to read
	URL          string   // of the request
}

// Allow sets what the server should allow: what an answer to a preflight lists,
// "*" aside, with the method and the names of headers that the request needs.
func (v *Values) Allow(answer safelist.HeaderList, names []string) {
	if v.Methods = members(answer, "Access-Control-Allow-Methods"); !slices.Contains(v.Methods, v.Method) {
		v.Methods = append(v.Methods, v.Method)
	}
	v.Headers = with(members(answer, "Access-Control-Allow-Headers"), names)
}

// Expose sets what pages should be able to read: what an answer lists, with what
// they need.
func (v *Values) Expose(answer safelist.HeaderList, names []string) {
	v.Exposed = with(members(answer, "Access-Control-Expose-Headers"), names)
}

// members are the members of a header that is a list; none of them is "*".
func members(answer safelist.HeaderList, header string) (list []string) {
	for _, line := range answer.Values(header) {
		for member := range strings.SplitSeq(line, ",") {
			if member = strings.Trim(member, " \t"); plainName(member) && len(list) < mostNames {
				list = append(list, member)
			}
		}
	}
	return list
}

// with is a list of header names with those that it lacks.
func with(list, names []string) []string {
	for _, name := range names[:min(len(names), mostNames)] {
		if !fold.Listed(name, list) {
			list = append(list, name)
		}
	}
	return list
}

// The templates of texts have the values in marks:
//
//	«origin»         https://app.example
//	«origin-regexp»  https://app\.example
//	«api-host»       api.example
//	«headers-count»  2
//	«methods»        GET, PUT; «methods|"%"|, » has each in quotes; so have «headers», «exposed» and «headers+exposed»
//
// A line that begins with a condition stays if it holds: «?credentials»,
// «?preflight», «?headers», «?exposed», or their contraries «?!credentials» and so
// on.
const (
	opens  = "«"
	closes = "»"
)

// fill puts values into a template. Where an unusual character in a value could
// mean something in a configuration, there is no text: nobody should paste that.
func fill(template string, v *Values) string {
	if template == "" {
		return ""
	}
	own := *v
	own.Methods, own.Headers, own.Exposed = plainNames(v.Methods), plainNames(v.Headers), plainNames(v.Exposed)
	if strings.Contains(template, "«origin") && !plainOrigin(v.Origin) || strings.Contains(template, "«method") && !plainName(v.Method) {
		return ""
	}
	var b strings.Builder
	for line := range strings.Lines(template) {
		if line, ok := own.keeps(line); ok {
			own.fillLine(&b, line)
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// keeps is a line without its conditions, if they hold.
func (v *Values) keeps(line string) (string, bool) {
	for {
		rest, ok := strings.CutPrefix(line, "«?")
		if !ok {
			return line, true
		}
		condition, after, _ := strings.Cut(rest, closes)
		name, not := strings.CutPrefix(condition, "!")
		if v.holds(name) == not {
			return "", false
		}
		line = after
	}
}

func (v *Values) holds(condition string) bool {
	switch condition {
	case "credentials":
		return v.Credentialed
	case "preflight":
		return v.Preflighted
	case "headers":
		return len(v.Headers) > 0
	case "exposed":
		return len(v.Exposed) > 0
	}
	return false
}

func (v *Values) fillLine(b *strings.Builder, line string) {
	for {
		before, rest, found := strings.Cut(line, opens)
		b.WriteString(before)
		if !found {
			return
		}
		mark, after, _ := strings.Cut(rest, closes)
		b.WriteString(v.value(mark))
		line = after
	}
}

// value is what stands for a mark.
func (v *Values) value(mark string) string {
	name, format, _ := strings.Cut(mark, "|")
	item, separator, formatted := strings.Cut(format, "|")
	if !formatted {
		item, separator = "%", ", "
	}
	var list []string
	switch name {
	case "origin":
		return v.Origin
	case "origin-regexp":
		return strings.NewReplacer(".", `\.`, "[", `\[`, "]", `\]`).Replace(v.Origin)
	case "api-host":
		return v.apiHost()
	case "headers-count":
		return strconv.Itoa(len(v.Headers))
	case "methods":
		list = v.Methods
	case "headers":
		list = v.Headers
	case "exposed":
		list = v.Exposed
	case "headers+exposed":
		list = with(slices.Clone(v.Headers), v.Exposed)
	}
	var parts []string
	for _, s := range list {
		parts = append(parts, strings.ReplaceAll(item, "%", s))
	}
	return strings.Join(parts, separator)
}

// apiHost is the host of the request's URL, with its port.
func (v *Values) apiHost() string {
	_, rest, _ := strings.Cut(v.URL, "://")
	host, _, _ := strings.Cut(rest, "/")
	if len(host) > longestOrigin || !only(host, ".-:[]") {
		return "the API's host"
	}
	return host
}

const (
	longestName   = 80
	longestOrigin = 300
	mostNames     = 40
)

// plainNames are the names of a list that can stand in a configuration.
func plainNames(list []string) []string {
	var plain []string
	for _, s := range list {
		if plainName(s) && len(plain) < mostNames {
			plain = append(plain, s)
		}
	}
	return plain
}

func plainName(s string) bool { return s != "" && len(s) <= longestName && only(s, "-_.") }

// plainOrigin tells whether an origin can stand in a configuration. The origin
// null can't: nobody should allow it.
func plainOrigin(s string) bool {
	return strings.Contains(s, "://") && len(s) <= longestOrigin && only(s, ".-:/[]")
}

// only tells whether a string has only ASCII letters, digits and some others.
func only(s, others string) bool {
	for _, c := range []byte(s) {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(others, c) >= 0) {
			return false
		}
	}
	return true
}
