package conformance

import (
	"fmt"
	"slices"
	"strings"
)

// A Difference is one field in which two outcomes differ.
type Difference struct {
	// Field is where: "steps[0].status", "requests[2].headers.origin". The field
	// "steps[0]" is the result of a step, "requests[1]" a whole request. The
	// numbers of requests are those of the rows that [Align] gives.
	Field string

	// Got and Want are what stands there: strings quoted as in Go, numbers,
	// results and requests in plain words. What is not there is [nothing].
	Got, Want string
}

// nothing stands in a [Difference] for what one of the outcomes does not have.
const nothing = "nothing"

// String is the difference on one line, long values cut off.
func (d Difference) String() string {
	return fmt.Sprintf("%s: got %s, want %s", d.Field, cut(d.Got), cut(d.Want))
}

// cut shortens what nobody reads to its end.
func cut(s string) string {
	const most = 200
	if len(s) <= most {
		return s
	}
	return fmt.Sprintf("%s… (%d bytes)", strings.ToValidUTF8(s[:most], ""), len(s))
}

// Differences compares two outcomes of one scenario field by field: none if
// the players agree. Engine and version do not count. The requests are aligned,
// so that one request too many is one difference.
func Differences(got, want *Outcome) []Difference {
	d := differ{}
	d.compare("id", got.ID, want.ID)
	for i := range max(len(got.Steps), len(want.Steps)) {
		where := fmt.Sprintf("steps[%d]", i)
		switch {
		case i >= len(got.Steps):
			d.add(where, nothing, want.Steps[i].String())
		case i >= len(want.Steps):
			d.add(where, got.Steps[i].String(), nothing)
		default:
			d.step(where, &got.Steps[i], &want.Steps[i])
		}
	}
	for row, pair := range Align(got.Requests, want.Requests) {
		where := fmt.Sprintf("requests[%d]", row)
		switch g, w := pair[0], pair[1]; {
		case g < 0:
			d.add(where, nothing, want.Requests[w].String())
		case w < 0:
			d.add(where, got.Requests[g].String(), nothing)
		default:
			d.request(where, &got.Requests[g], &want.Requests[w])
		}
	}
	return d.found
}

// A differ collects differences.
type differ struct{ found []Difference }

func (d *differ) add(field, got, want string) {
	d.found = append(d.found, Difference{Field: field, Got: got, Want: want})
}

// compare compares two values of a type of their own.
func (d *differ) compare(field string, got, want any) {
	if got == want {
		return
	}
	verb := "%v"
	if _, ok := got.(string); ok {
		verb = "%q"
	}
	d.add(field, fmt.Sprintf(verb, got), fmt.Sprintf(verb, want))
}

func (d *differ) step(where string, got, want *StepOutcome) {
	if got.Result != want.Result || got.Error != want.Error {
		d.add(where, got.String(), want.String())
		return
	}
	d.compare(where+".type", got.Type, want.Type)
	d.compare(where+".status", got.Status, want.Status)
	d.compare(where+".redirected", isTrue(got.Redirected), isTrue(want.Redirected))
	d.compare(where+".url", got.URL, want.URL)
	d.compare(where+".body", got.Body, want.Body)
	d.headers(where, got.Headers, want.Headers)
}

func (d *differ) request(where string, got, want *Request) {
	d.compare(where+".method", got.Method, want.Method)
	d.compare(where+".url", got.URL, want.URL)
	d.headers(where, got.Headers, want.Headers)
	d.repeated(where, got.Repeated, want.Repeated)
}

// repeated compares which headers of a request came in several lines.
func (d *differ) repeated(where string, got, want []string) {
	if slices.Equal(got, want) {
		return
	}
	const one, several = "one line", "several lines"
	names := slices.Concat(got, want)
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		switch g, w := slices.Contains(got, name), slices.Contains(want, name); {
		case g && !w:
			d.add(where+".repeated."+name, several, one)
		case w && !g:
			d.add(where+".repeated."+name, one, several)
		}
	}
}

// headers compares two lists of headers name by name.
func (d *differ) headers(where string, got, want [][2]string) {
	if slices.Equal(got, want) {
		return
	}
	var names []string
	for _, h := range slices.Concat(got, want) {
		names = append(names, h[0])
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if g, w := valuesOf(got, name), valuesOf(want, name); g != w {
			d.add(where+".headers."+name, g, w)
		}
	}
}

// valuesOf are the values that a list of headers has for a name.
func valuesOf(list [][2]string, name string) string {
	var values []string
	for _, h := range list {
		if h[0] == name {
			values = append(values, fmt.Sprintf("%q", h[1]))
		}
	}
	if values == nil {
		return nothing
	}
	return strings.Join(values, " and ")
}

// String says in short what the step gave.
func (s StepOutcome) String() string {
	switch {
	case s.Result == "error":
		return s.Error
	case s.Type == "":
		return fmt.Sprintf("response %d", s.Status)
	}
	return fmt.Sprintf("%s response %d", s.Type, s.Status)
}

func isTrue(b *bool) bool { return b != nil && *b }

// String says in short which request it was.
func (r Request) String() string { return r.Method + " " + r.URL }

// isPreflight tells whether the request is a CORS preflight.
func (r *Request) isPreflight() bool {
	return r.Method == "OPTIONS" && slices.ContainsFunc(r.Headers, func(h [2]string) bool { return h[0] == "access-control-request-method" })
}

// Align sets two lists of requests side by side, one row a pair of their
// indices; -1 where the other list has a request more. Requests of one method
// and URL stand in one row, as many as there can be in the order sent, and of
// several ways the one in which headers differ least. Of what is left those
// make a row that have the method or the URL in common, if both are preflights
// or none is. Of lists that differ in more than a thousand requests each, those
// in the same place make a row.
func Align(got, want []Request) [][2]int {
	rows := make([][2]int, 0, max(len(got), len(want)))
	same := 0
	for same < len(got) && same < len(want) && alike(&got[same], &want[same]) == identical {
		rows = append(rows, [2]int{same, same})
		same++
	}
	if same == len(got) && same == len(want) {
		return rows
	}
	const most = 1 << 20
	if (len(got)-same)*(len(want)-same) > most {
		for i := same; i < max(len(got), len(want)); i++ {
			row := [2]int{-1, -1}
			if i < len(got) {
				row[0] = i
			}
			if i < len(want) {
				row[1] = i
			}
			rows = append(rows, row)
		}
		return rows
	}
	// best[g][w] is the most that the lists from g and from w on can have in common.
	best := make([][]int, len(got)+1)
	for g := range best {
		best[g] = make([]int, len(want)+1)
	}
	for g := len(got) - 1; g >= same; g-- {
		for w := len(want) - 1; w >= same; w-- {
			best[g][w] = max(best[g+1][w], best[g][w+1])
			if a := alike(&got[g], &want[w]); a > 0 {
				best[g][w] = max(best[g][w], a+best[g+1][w+1])
			}
		}
	}
	g, w := same, same
	for g < len(got) && w < len(want) {
		switch a := alike(&got[g], &want[w]); {
		case a > 0 && best[g][w] == a+best[g+1][w+1]:
			rows = append(rows, [2]int{g, w})
			g, w = g+1, w+1
		case best[g][w] == best[g+1][w]:
			rows = append(rows, [2]int{g, -1})
			g++
		default:
			rows = append(rows, [2]int{-1, w})
			w++
		}
	}
	for ; g < len(got); g++ {
		rows = append(rows, [2]int{g, -1})
	}
	for ; w < len(want); w++ {
		rows = append(rows, [2]int{-1, w})
	}
	return rows
}

// How much two requests have in common, before headers that differ are taken
// off. However many are similar, one that is identical outweighs them.
const (
	identical = 1 << 40
	similar   = 1 << 20
)

// alike says how much two requests have in common; 0 if they are not to stand
// in one row.
func alike(a, b *Request) int {
	common := 0
	switch sameMethod, sameURL := a.Method == b.Method, a.URL == b.URL; {
	case sameMethod && sameURL:
		common = identical
	case (sameMethod || sameURL) && a.isPreflight() == b.isPreflight():
		common = similar
	default:
		return 0
	}
	if slices.Equal(a.Headers, b.Headers) && slices.Equal(a.Repeated, b.Repeated) {
		return common
	}
	d := differ{}
	d.headers("", a.Headers, b.Headers)
	d.repeated("", a.Repeated, b.Repeated)
	return common - len(d.found)
}
