package conformance

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Difference is one field in which two outcomes differ.
type Difference struct {
	// Field is the path of the field: "steps[0].status",
	// "requests[2].headers.origin". "steps[0]" is the result of a step, "requests[1]"
	// a whole request. Requests are numbered by their row, see [Verdict.Rows].
	Field string

	// Got and Want are the values: strings quoted as in Go, numbers, results and
	// requests in words, "nothing" for a value that one of the outcomes lacks.
	Got, Want string
}

// nothing stands in a [Difference] for what one of the outcomes does not have.
const nothing = "nothing"

// inWords is the difference on one line, long values cut off.
func (d Difference) inWords() string {
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

// Differences compares two outcomes of one scenario field by field. It returns none
// if the players agree. Engine, version and console are not compared. Requests are
// aligned, so one additional request is one difference. If both of two requests have
// AllHeaders, names, spelling and order must agree, and values by the rule of their
// header: what depends on the machine or the version may differ.
func Differences(got, want *Outcome) []Difference {
	d := differ{}
	d.compare("id", got.ID, want.ID)
	for i := range max(len(got.Steps), len(want.Steps)) {
		where := fmt.Sprintf("steps[%d]", i)
		switch {
		case i >= len(got.Steps):
			d.add(where, nothing, want.Steps[i].inWords())
		case i >= len(want.Steps):
			d.add(where, got.Steps[i].inWords(), nothing)
		default:
			d.step(where, &got.Steps[i], &want.Steps[i])
		}
	}
	for row, pair := range align(got.Requests, want.Requests) {
		where := fmt.Sprintf("requests[%d]", row)
		switch g, w := pair[0], pair[1]; {
		case g < 0:
			d.add(where, nothing, want.Requests[w].inWords())
		case w < 0:
			d.add(where, got.Requests[g].inWords(), nothing)
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
		d.add(where, got.inWords(), want.inWords())
		return
	}
	d.compare(where+".readable", shown(got.Readable), shown(want.Readable))
	if got.WebGL != nil && want.WebGL != nil { // absent where there is no WebGL
		d.compare(where+".webgl", *got.WebGL, *want.WebGL)
	}
	if !slices.Equal(got.Data, want.Data) {
		d.add(where+".data", quotedData(got.Data), quotedData(want.Data))
	}
	d.compare(where+".readyState", shown(got.ReadyState), shown(want.ReadyState))
	d.compare(where+".protocol", shown(got.Protocol), shown(want.Protocol))
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
	if got.AllHeaders != nil && want.AllHeaders != nil {
		d.allHeaders(where, got, want)
	}
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
	g, w := linesOf(got), linesOf(want)
	for _, name := range g.namesWith(w) {
		if !slices.Equal(g.values[name], w.values[name]) {
			d.add(where+".headers."+name, quoted(g.values[name]), quoted(w.values[name]))
		}
	}
}

// shown is a member of an outcome that may be missing.
type shownValue string

func shown[T any](v *T) shownValue {
	if v == nil {
		return nothing
	}
	if s, ok := any(*v).(string); ok {
		return shownValue(strconv.Quote(s))
	}
	return shownValue(fmt.Sprint(*v))
}

// quotedData is the data of messages in a [Difference].
func quotedData(data []string) string {
	if len(data) == 0 {
		return nothing
	}
	return quoted(data)
}

// inWords says in short what the step gave.
func (s StepOutcome) inWords() string {
	switch {
	case s.Result == "error" && s.Error != "":
		return s.Error
	case s.Result == "error":
		return "error event"
	case s.Result != "response":
		return s.Result
	case s.Type == "":
		return fmt.Sprintf("response %d", s.Status)
	}
	return fmt.Sprintf("%s response %d", s.Type, s.Status)
}

func isTrue(b *bool) bool { return b != nil && *b }

// inWords says in short which request it was.
func (r Request) inWords() string { return r.Method + " " + r.URL }

// isPreflight tells whether the request is a CORS preflight.
func (r *Request) isPreflight() bool {
	return r.Method == "OPTIONS" && slices.ContainsFunc(r.Headers, func(h [2]string) bool { return h[0] == "access-control-request-method" })
}

// align sets two lists of requests side by side, one row a pair of their
// indices; -1 where the other list has a request more. Requests of one method
// and URL stand in one row, as many as there can be in the order sent, and of
// several ways the one in which headers differ least. Of what is left those
// make a row that have the method or the URL in common, if both are preflights
// or none is. Of lists that differ in more than a thousand requests each, those
// in the same place make a row.
func align(got, want []Request) [][2]int {
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
