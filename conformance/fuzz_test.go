package conformance_test

import (
	"encoding/json"
	"fmt"
	"iter"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/origin"
)

// A byteSource is a source of numbers that a fuzzer can steer: a byte each, and
// zeros after the last.
type byteSource []byte

func (b *byteSource) Uint64() uint64 {
	if len(*b) == 0 {
		return 0
	}
	first := (*b)[0]
	*b = (*b)[1:]
	return uint64(first) << 56
}

func (b *byteSource) pick(n int) int { return int(b.Uint64()>>56) % n }

// FuzzEngine plays any scenario under any profile: nothing panics; an opaque
// or refused response shows script no byte and no header; a response of
// another origin is one that its server lets the page read, and shows what it
// exposes and no more; a request that needs a preflight leaves
// only after one that its server allowed.
func FuzzEngine(f *testing.F) {
	for seed := range randomInputs(40) { // few, since each costs the fuzzer time before it starts
		f.Add(seed)
	}
	f.Fuzz(playAnything)
}

// TestEngineProperties holds the properties of FuzzEngine for inputs that are
// the same each time.
func TestEngineProperties(t *testing.T) {
	t.Parallel()
	for input := range randomInputs(1000) {
		playAnything(t, input)
	}
}

// randomInputs are random bytes for playAnything, the same each time.
func randomInputs(n int) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		random := rand.New(rand.NewPCG(1, 2))
		for range n {
			input := make([]byte, 256)
			for i := range input {
				input[i] = byte(random.Uint32())
			}
			if !yield(input) {
				return
			}
		}
	}
}

// playAnything plays the scenario that the bytes stand for, and looks for what
// must not be.
func playAnything(t *testing.T, data []byte) {
	source := byteSource(data)
	profiles, families := engine.Profiles(), conformance.Families()
	profile, family := profiles[source.pick(len(profiles))], families[source.pick(len(families))]
	raw, err := json.Marshal(conformance.GenerateFrom(&source, family, "fuzz"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := conformance.ParseScenario(raw)
	if err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	out, err := (&conformance.Engine{Profile: profile}).Play(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for i, step := range out.Steps {
		if wrong := leak(profile, s, step); wrong != "" {
			t.Errorf("%s: steps[%d]: %s\n%+v\n%s", profile.Name, i, wrong, step, raw)
		}
	}
	if wrong := unpreflighted(s, out); wrong != "" {
		t.Errorf("%s: %s\n%s", profile.Name, wrong, raw)
	}
}

// leak says what a step shows that it must not.
func leak(p *fetch.Profile, s *conformance.Scenario, step conformance.StepOutcome) string {
	hidden := step.Result == "error" || step.Type == "opaque" || step.Type == "opaqueredirect"
	if hidden && (step.Status != 0 || step.Body != "" || len(step.Headers) > 0 || step.Type == "opaque" && step.URL != "") {
		return "shows something of a hidden response"
	}
	if wrong := unallowed(s, step); wrong != "" {
		return wrong
	}
	var exposing []string
	all := false
	for _, h := range step.Headers {
		switch h[0] {
		case "set-cookie", "set-cookie2":
			return "shows " + h[0]
		case "access-control-expose-headers":
			// What exposes everything exposes itself.
			exposing, all = []string{h[1]}, strings.Contains(h[1], "*")
		}
	}
	if step.Type != "cors" || all {
		return ""
	}
	if exposing == nil {
		for _, server := range s.Servers {
			for _, r := range server.Actual {
				exposing = append(exposing, valuesOf(r, "Access-Control-Expose-Headers")...)
			}
		}
	}
	listed := strings.ToLower(strings.Join(exposing, ","))
	for _, h := range step.Headers {
		if !p.Safelist.IsSafelistedResponseHeaderName(h[0], nil) && !strings.Contains(listed, h[0]) {
			return "shows " + h[0] + ", which nothing exposed"
		}
	}
	return ""
}

// unallowed tells of a response of another origin that no server let the page
// read.
func unallowed(s *conformance.Scenario, step conformance.StepOutcome) string {
	if step.Type != "basic" && step.Type != "cors" {
		return ""
	}
	u, page := parse(step.URL), parse(s.Page.URL)
	switch {
	case !u.IsHTTP():
		return ""
	case step.Type == "basic" && (s.Page.Sandboxed || !u.Origin().SameOrigin(page.Origin())):
		return "is basic across origins"
	case step.Type == "basic":
		return ""
	}
	for key, server := range s.Servers {
		if path, _, _ := strings.Cut(u.WithoutFragment(), "?"); parse(key).String() != path {
			continue
		}
		if slices.ContainsFunc(server.Actual, func(r conformance.Response) bool { return len(valuesOf(r, "Access-Control-Allow-Origin")) > 0 }) {
			return ""
		}
	}
	return "can be read, which no Access-Control-Allow-Origin allows"
}

// valuesOf are the values of a response's headers of one name.
func valuesOf(r conformance.Response, name string) []string {
	var values []string
	for _, h := range r.Headers {
		if strings.EqualFold(h[0], name) {
			values = append(values, h[1])
		}
	}
	return values
}

// unpreflighted names a request that needed a preflight and did not have one.
// It looks only at what is certain from the wire: a method that no form could
// send, to an origin that is not the page's.
func unpreflighted(s *conformance.Scenario, out *conformance.Outcome) string {
	preflights := map[string][]conformance.Response{}
	for key, server := range s.Servers {
		preflights[parse(key).String()] = server.Preflight
	}
	preflighted := map[string]bool{}
	for _, r := range out.Requests {
		isPreflight := r.Method == "OPTIONS" && slices.ContainsFunc(r.Headers, func(h [2]string) bool {
			return h[0] == "access-control-request-method"
		})
		if isPreflight {
			preflighted[r.URL] = true
			continue
		}
		crossOrigin := !parse(r.URL).Origin().SameOrigin(parse(s.Page.URL).Origin()) || s.Page.Sandboxed
		if !crossOrigin || slices.Contains([]string{"GET", "HEAD", "POST"}, r.Method) {
			continue
		}
		// What one preflight asked for may have brought leave for another method.
		if url, _, _ := strings.Cut(r.URL, "?"); !preflighted[r.URL] || !couldAllow(preflights[url], r.Method) {
			return fmt.Sprintf("%s left without a preflight that was allowed", r)
		}
	}
	return ""
}

// couldAllow tells whether one of the answers could let a method pass. An
// upload listener or a stream lets the preflight stand for its method.
func couldAllow(answers []conformance.Response, method string) bool {
	return slices.ContainsFunc(answers, func(a conformance.Response) bool {
		methods := strings.Join(valuesOf(a, "Access-Control-Allow-Methods"), ",")
		origins := strings.Join(valuesOf(a, "Access-Control-Allow-Origin"), "")
		listed := methods == "" || strings.Contains(methods, method) || strings.Contains(methods, "*")
		return a.Status/100 == 2 && origins != "" && listed
	})
}

// parse parses a URL that was parsed before.
func parse(url string) *origin.URL {
	u, err := origin.ParseURL(url)
	if err != nil {
		panic(err)
	}
	return u
}

// FuzzScenario parses anything as scenarios: an error, or something that plays
// and whose outcome reads back as it was written.
func FuzzScenario(f *testing.F) {
	files, err := filepath.Glob("../testdata/scenarios/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		for i, s := range readScenarios(f, file) {
			if i%20 == 0 {
				raw, err := json.Marshal(s)
				if err != nil {
					f.Fatal(err)
				}
				f.Add(string(raw))
			}
		}
	}
	f.Fuzz(func(t *testing.T, in string) {
		scenarios, err := conformance.ReadScenarios("fuzz", strings.NewReader(in))
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("error of more than one line: %q", err)
			}
			return
		}
		for _, s := range scenarios {
			out, err := new(conformance.Engine).Play(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			var line strings.Builder
			if _, err := out.WriteTo(&line); err != nil {
				t.Fatal(err)
			}
			back, err := conformance.ReadOutcomes("fuzz", strings.NewReader(line.String()))
			if err != nil || len(back) != 1 {
				t.Fatalf("%v\n%s", err, line.String())
			}
			if differences := conformance.Differences(back[0], out); len(differences) > 0 {
				t.Errorf("%s\n%s", join(differences, "\n"), line.String())
			}
		}
	})
}
