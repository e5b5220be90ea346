package conformance

import (
	"fmt"
	"hash/fnv"
	"iter"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/origin"
)

// allFamilies stands for all families in [Generate].
const allFamilies = "all"

// Generate makes count random scenarios, of each of the families in turn;
// "all" stands for all of them. Without families it makes scenarios of
// fetch() and XMLHttpRequest, except those of "httpcache": the scenarios of the other
// families take a browser long. They favour the edge cases of every rule. A scenario
// depends only on its id, "gen-FAMILY-SEED-N" with N counting from 0, so the same
// arguments give the same scenarios on every machine.
func Generate(seed uint64, count int, families ...string) (iter.Seq[*Scenario], error) {
	if count < 0 {
		return nil, fmt.Errorf("conformance: count %d is negative", count)
	}
	if len(families) == 0 {
		families = usualFamilies()
	}
	if slices.Contains(families, allFamilies) {
		families = Families()
	}
	for _, name := range families {
		if !slices.Contains(Families(), name) {
			return nil, fmt.Errorf("conformance: unknown family %.80q, want one of %s or %s", name, strings.Join(Families(), ", "), allFamilies)
		}
	}
	return func(yield func(*Scenario) bool) {
		for n := range count {
			family := families[n%len(families)]
			id := fmt.Sprintf("gen-%s-%d-%d", family, seed, n)
			name := fnv.New64a()
			name.Write([]byte(id))
			if !yield(generate(rand.NewPCG(seed, name.Sum64()), family, id)) {
				return
			}
		}
	}, nil
}

// Families returns the names of the families of scenarios that [Generate] makes.
func Families() []string {
	names := make([]string, len(families))
	for i, f := range families {
		names[i] = f.name
	}
	return names
}

// usualFamilies are those that are made where none is named.
func usualFamilies() []string {
	var names []string
	for _, f := range families {
		if !f.named {
			names = append(names, f.name)
		}
	}
	return names
}

// generate makes the scenario of an id from what a source gives. It takes as
// many numbers as it needs and ends with any.
func generate(src rand.Source, family, id string) *Scenario {
	m := &maker{src: src, s: &Scenario{ID: id, Servers: make(map[string]Server)}, faults: 12}
	i := slices.IndexFunc(families, func(f scenarioFamily) bool { return f.name == family })
	m.open("https://app.example/")
	families[i].make(m)
	m.s.Note = families[i].about
	if err := m.s.check(); err != nil {
		err.Scenario = id
		panic(err) // a family that breaks the format is a bug here
	}
	return m.s
}

// A maker makes one scenario.
type maker struct {
	src    rand.Source
	s      *Scenario
	origin string // of the page
	faults int    // once in so many times a response lacks what would allow it
}

// roll is a number from 0 to n-1. The generators of math/rand/v2 draw again
// when a number would favour some results; a fuzz input has no end of numbers.
func (m *maker) roll(n int) int {
	high, _ := bits.Mul64(m.src.Uint64(), uint64(n))
	return int(high)
}

// once in n times it is true.
func (m *maker) once(n int) bool { return m.roll(n) == n-1 }

func pick[T any](m *maker, from ...T) T { return from[m.roll(len(from))] }

// mostly is the usual value, and once in five times one of the others.
func mostly[T any](m *maker, usual T, others ...T) T {
	if m.once(5) {
		return pick(m, others...)
	}
	return usual
}

// set gives a member one of the values, once in n times.
func set[T any](m *maker, n int, member **T, values ...T) {
	if m.once(n) {
		*member = new(pick(m, values...))
	}
}

// open sets the page.
func (m *maker) open(pages ...string) {
	m.s.Page.URL = pick(m, pages...)
	u, err := origin.ParseURL(m.s.Page.URL)
	if err != nil {
		panic(err)
	}
	m.origin = u.Origin().String()
}

// requester is the origin that requests carry as long as nothing taints them.
func (m *maker) requester() string {
	if m.s.Page.Sandboxed {
		return "null"
	}
	return m.origin
}

// at is a URL of the scenario's own at an origin.
func (m *maker) at(origin, path string) string { return origin + "/" + m.s.ID + "/" + path }

// other is an origin that is not the page's, mostly of another site.
func (m *maker) other() string {
	return pick(m, "https://api.other.test", "https://api.other.test", "https://api.other.test", "https://api.third.test",
		"https://sub.app.example", "https://h2.other.test", "https://api.other.test:8443", "https://"+m.s.ID+".other.test")
}

// target is an origin to send requests to, now and then the page's.
func (m *maker) target() string {
	if m.once(6) {
		return m.origin
	}
	return m.other()
}

func (m *maker) url() string { return m.at(m.target(), pick(m, "a", "a", "b", "")) }

// serve scripts a URL.
func (m *maker) serve(url string, preflight, actual []Response) {
	m.s.Servers[url] = Server{Preflight: preflight, Actual: actual}
}

func (m *maker) wait(ms ...int64) {
	m.s.Steps = append(m.s.Steps, Step{WaitMS: new(pick(m, ms...))})
}

// fetch adds a step that fetches a URL, now and then with XMLHttpRequest.
func (m *maker) fetch(url string) *Fetch {
	f := &Fetch{URL: url}
	if m.once(6) {
		f.API = "xhr"
	}
	m.s.Steps = append(m.s.Steps, Step{Fetch: f})
	return f
}

// credentials sets the credentials mode, to include once in n times.
func (m *maker) credentials(f *Fetch, n int) {
	switch {
	case f.API == "xhr":
		set(m, n, &f.WithCredentials, true)
	case m.once(n):
		f.Credentials = new("include")
	default:
		set(m, 6, &f.Credentials, "omit", "same-origin")
	}
}

// option sets a member that XMLHttpRequest doesn't have.
func (m *maker) option(f *Fetch, n int, member **string, values ...string) {
	if f.API != "xhr" {
		set(m, n, member, values...)
	}
}

// includes tells whether script asked for credentials across origins.
func (f *Fetch) includes() bool {
	return f.Credentials != nil && *f.Credentials == "include" || f.WithCredentials != nil && *f.WithCredentials
}

// method is what script passes, or GET.
func (f *Fetch) method() string {
	if f.Method == nil {
		return "GET"
	}
	return *f.Method
}

func (r *Response) add(name, value string) { r.Headers = append(r.Headers, [2]string{name, value}) }

// line adds a header, now and then in another case, repeated, or with blanks.
func (m *maker) line(r *Response, name, value string) {
	if value == absent {
		return
	}
	switch m.roll(24) {
	case 20:
		name = strings.ToLower(name)
	case 21:
		value = pick(m, " ", "\t ") + value + pick(m, "", " ", "\t")
	case 22:
		r.add(name, value)
	case 23:
		name = strings.ToUpper(name)
	}
	r.add(name, value)
}

// allow lets the page read a response, mostly.
func (m *maker) allow(r *Response, f *Fetch, requester string) {
	usual := requester
	if !f.includes() && m.once(2) {
		usual = "*"
	}
	if m.once(m.faults) {
		usual = m.allowOrigin(requester)
	}
	m.line(r, "Access-Control-Allow-Origin", usual)
	if !f.includes() && !m.once(8) {
		return
	}
	usual = "true"
	if m.once(m.faults) {
		usual = pick(m, allowCredentials...)
	}
	m.line(r, "Access-Control-Allow-Credentials", usual)
}

// allowed is a response that the page may read, mostly.
func (m *maker) allowed(f *Fetch) Response {
	r := Response{Status: pick(m, 200, 200, 200, 204, 404), Body: "ok"}
	m.allow(&r, f, m.requester())
	if m.once(3) {
		r.add("Content-Type", pick(m, "text/plain", "application/json", "text/html;charset=utf-8"))
	}
	return r
}

// allowing answers the preflight of a request, mostly in its favour.
func (m *maker) allowing(f *Fetch) Response {
	r := Response{Status: pick(m, 200, 204)}
	if m.once(m.faults) {
		r.Status = pick(m, statuses...)
	}
	m.allow(&r, f, m.requester())
	if m.once(2) || !slices.Contains([]string{"GET", "HEAD", "POST"}, f.method()) {
		m.list(&r, "Access-Control-Allow-Methods", f.includes(), []string{f.method()}, methodMembers)
	}
	if len(f.Headers) > 0 || f.Body != nil {
		names := []string{"content-type"}
		for _, h := range f.Headers {
			names = append(names, h[0])
		}
		m.list(&r, "Access-Control-Allow-Headers", f.includes(), names, headerMembers)
	}
	return r
}

// list adds a header that is a list: mostly of what is needed, or "*".
func (m *maker) list(r *Response, name string, includes bool, needed, others []string) {
	members := slices.DeleteFunc(slices.Clone(needed), func(s string) bool { return !grammar.IsToken(s) })
	switch {
	case !includes && m.once(4):
		members = []string{"*"}
	case m.once(12):
		return // the header is missing
	}
	if m.once(4) {
		members = append(members, pick(m, others...))
	}
	if m.once(8) && len(members) > 0 {
		i := m.roll(len(members))
		members[i] = pick(m, strings.ToLower, strings.ToUpper)(members[i])
	}
	if m.once(8) && len(members) > 0 {
		i := m.roll(len(members))
		members = slices.Delete(members, i, i+1)
	}
	if m.once(6) && len(members) > 1 {
		i := m.roll(len(members))
		m.line(r, name, strings.Join(members[:i], ", "))
		members = members[i:]
	}
	m.line(r, name, strings.Join(members, mostly(m, pick(m, ",", ", "), separators...)))
}
