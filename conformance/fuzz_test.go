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
	var steps []conformance.Step
	for _, step := range s.Steps {
		if step.WaitMS == nil && step.Visit == nil {
			steps = append(steps, step)
		}
	}
	for i, step := range out.Steps {
		wrong := leak(profile, s, step)
		if wrong == "" {
			wrong = taint(s, &steps[i], step)
		}
		if wrong != "" {
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
	// Where a redirect without Location is none, its body can be read, by those
	// who could read it with any other status.
	body := step.Body
	if p.Redirect.NoLocationNoRedirect && step.Type == "opaqueredirect" {
		body = ""
	}
	if hidden && (step.Status != 0 || body != "" || len(step.Headers) > 0 || step.Type == "opaque" && step.URL != "") {
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
	if strings.Contains(strings.Join(exposing, ","), "*") { // with credentials too, where the profile says so
		exposing = append(exposing, p.Safelist.WildcardStillExposes...)
	}
	listed := strings.ToLower(strings.Join(exposing, ","))
	always := p.Safelist.Exposure(nil)
	for _, h := range step.Headers {
		if !always.Has(h[0]) && !strings.Contains(listed, h[0]) {
			return "shows " + h[0] + ", which nothing exposed"
		}
	}
	return ""
}

// unallowed tells of a response of another origin that no server let the page
// read.
func unallowed(s *conformance.Scenario, step conformance.StepOutcome) string {
	if step.Type != "basic" && step.Type != "cors" && (step.Type != "opaqueredirect" || step.Body == "") {
		return ""
	}
	u, page := parse(step.URL), parse(s.Page.URL)
	switch {
	case step.Type == "opaqueredirect" && !s.Page.Sandboxed && own(u, page):
		return ""
	case !u.IsHTTP():
		return ""
	case step.Type == "basic" && (s.Page.Sandboxed || !own(u, page)):
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

// own tells whether a URL is of a page's origin, perhaps once it has been upgraded to
// https:, after which script may still be shown the one that was asked for.
func own(u, page *origin.URL) bool {
	return u.Origin().SameOrigin(page.Origin()) || u.SetScheme("https").Origin().SameOrigin(page.Origin())
}

// taint tells of an element that shows script something of another origin, or of an
// event stream, which no server let the page read. An element without crossorigin
// attribute shows nothing then, whatever servers say.
func taint(s *conformance.Scenario, step *conformance.Step, out conformance.StepOutcome) string {
	var url string
	mayRead := false
	switch e := step.Element; {
	case step.EventSource != nil && out.Result == "open":
		url, mayRead = step.EventSource.URL, true
	case e != nil && out.Readable != nil && *out.Readable && slices.Contains([]string{"img", "style"}, e.Kind): // the generated videos are sounds, without a picture
		url, mayRead = e.URL, e.CrossOrigin != nil
	default:
		return ""
	}
	page := parse(s.Page.URL)
	u, err := (*origin.Schemes)(nil).ParseURL(url, page)
	switch {
	case err != nil:
		return "is readable, though its URL is not one"
	case !u.IsHTTP() || !s.Page.Sandboxed && own(u, page):
		return "" // the page's own, unless a redirect left it
	case !mayRead:
		return "is readable across origins, without crossorigin"
	}
	for _, server := range s.Servers {
		for _, r := range server.Actual {
			if len(valuesOf(r, "Access-Control-Allow-Origin")) > 0 {
				return ""
			}
		}
	}
	return "is readable, which no Access-Control-Allow-Origin allows"
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

// everyKey is a scenario with all keys of what a page does besides fetch().
const everyKey = `{"id": "every", "page": {"url": "https://app.example/", "csp": "img-src *; report-uri /every/r, connect-src 'self'", "referrerPolicy": "x, origin", "embedderPolicy": "credentialless"},
	"servers": {"wss://app.example/every/w": {"actual": [{"status": 101, "headers": [["Sec-WebSocket-Protocol", "chat"]]}]}, "https://api.other.test/every/x": {"actual": [{"base64": "aGk="}]},
		"https://app.example/every/e": {"actual": [{"headers": [["Content-Type", "text/event-stream"]], "body": "id: 1\nretry: 1\ndata: x\n\n"}]}},
	"steps": [{"element": {"kind": "preload", "url": "https://api.other.test/every/x", "crossorigin": "", "integrity": "sha256-x", "referrerpolicy": "origin", "as": "image", "type": "image/png"}},
		{"element": {"kind": "worker", "url": "/every/w", "type": "module"}}, {"element": {"kind": "iframe", "url": "https://api.other.test/every/x"}}, {"element": {"kind": "css-mask", "url": "https://api.other.test/every/x"}},
		{"eventsource": {"url": "/every/e", "withCredentials": true, "messages": 2}}, {"beacon": {"url": "/every/b", "body": {"kind": "blob", "type": "text/x", "text": "x"}}},
		{"websocket": {"url": "/every/w", "protocols": ["chat", "x"]}}]}`

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
	f.Add(everyKey)
	f.Fuzz(func(t *testing.T, in string) {
		scenarios, err := conformance.ReadScenariosOf("fuzz", strings.NewReader(in))
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
			line := string(marshal(t, out))
			back, err := conformance.ReadOutcomes("fuzz", strings.NewReader(line))
			if err != nil || len(back) != 1 {
				t.Fatalf("%v\n%s", err, line)
			}
			if differences := conformance.Differences(back[0], out); len(differences) > 0 {
				t.Errorf("%s\n%s", join(differences, "\n"), line)
			}
		}
	})
}
