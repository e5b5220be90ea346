package conformance_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/fetch"
)

// A dice picks from lists by the bytes of a fuzz input; out of bytes, always
// the first.
type dice []byte

func (d *dice) roll(n int) int {
	if len(*d) == 0 {
		return 0
	}
	b := (*d)[0]
	*d = (*d)[1:]
	return int(b) % n
}

func pick[T any](d *dice, from ...T) T { return from[d.roll(len(from))] }

const secret = "SECRET"

// scenario makes any scenario at all. Every body and many a header carry a
// secret.
func (d *dice) scenario() *conformance.Scenario {
	hosts := []string{"https://api.other.test", "https://app.example", "https://h2.other.test", "http://plain.test", "https://www.app.example"}
	url := func() string {
		return pick(d, hosts...) + "/fuzz/" + pick(d, "a", "b", "c")
	}
	list := func(n int, item func() string) string {
		var items []string
		for range d.roll(n) {
			items = append(items, item())
		}
		return strings.Join(items, pick(d, ",", ", ", ",,", ";"))
	}
	origins := func() string {
		return pick(d, "*", "https://app.example", "null", "https://app.example/", "https://evil.test", "*, *", "")
	}
	names := func() string {
		return list(4, func() string {
			return pick(d, "x-a", "X-B", "*", "authorization", "content-type", "bad name", "\u00e9")
		})
	}
	methods := func() string {
		return list(4, func() string { return pick(d, "PUT", "put", "*", "PATCH", "DELETE", "b@d", "GET") })
	}
	response := func() conformance.Response {
		r := conformance.Response{Status: pick(d, 200, 204, 301, 302, 303, 307, 308, 404, 401, 407, 421, 304, 205, 999), Body: secret}
		header := func(name, value string) { r.Headers = append(r.Headers, [2]string{name, value}) }
		header("X-A", secret)
		header("Set-Cookie", "s="+secret)
		header("ETag", secret)
		for range 1 + d.roll(3) {
			switch d.roll(10) {
			case 0, 1, 2:
				header("Access-Control-Allow-Origin", origins())
			case 3:
				header("Access-Control-Allow-Credentials", pick(d, "true", "TRUE", "false"))
			case 4:
				header("Access-Control-Allow-Methods", methods())
			case 5:
				header("Access-Control-Allow-Headers", names())
			case 6:
				header("Access-Control-Expose-Headers", names())
			case 7:
				header("Location", pick(d, url(), "/fuzz/b", "", "//", "http://[", "data:,x", "https://u:p@api.other.test/fuzz/a", "?q#f", "\u00e9"))
			case 8:
				header("Access-Control-Max-Age", pick(d, "0", "600", "-1", "abc", "99999999999999999999"))
			case 9:
				header(pick(d, "Content-Length", "Content-Encoding", "Cross-Origin-Resource-Policy", "Referrer-Policy", "Transfer-Encoding"),
					pick(d, "3", "same-origin", "gzip", "chunked", "no-referrer", "7, 7", "x"))
			}
		}
		r.Drop = d.roll(16) == 15
		return r
	}
	s := &conformance.Scenario{ID: "fuzz", Servers: map[string]conformance.Server{}}
	s.Page.URL = pick(d, "https://app.example/", "http://app.example/", "http://localhost/p?q#f")
	s.Page.Sandboxed = d.roll(4) == 3
	for range 1 + d.roll(5) {
		var server conformance.Server
		for range d.roll(3) {
			server.Preflight = append(server.Preflight, response())
		}
		for range d.roll(3) {
			server.Actual = append(server.Actual, response())
		}
		s.Servers[url()] = server
	}
	for range 1 + d.roll(4) {
		switch d.roll(8) {
		case 6:
			ms := int64(d.roll(256)) * 100
			s.Steps = append(s.Steps, conformance.Step{WaitMS: &ms})
		case 7:
			visit := url()
			s.Steps = append(s.Steps, conformance.Step{Visit: &visit})
		default:
			s.Steps = append(s.Steps, conformance.Step{Fetch: d.fetch(url())})
		}
	}
	return s
}

func (d *dice) fetch(url string) *conformance.Fetch {
	f := &conformance.Fetch{URL: pick(d, url, url, url, url+"?q#f", "/fuzz/a", "https://[", "data:,x")}
	method := pick(d, "GET", "POST", "PUT", "patch", "PATCH", "HEAD", "DELETE", "OPTIONS", "TRACE", "b d")
	f.Method = &method
	for range d.roll(3) {
		f.Headers = append(f.Headers, [2]string{
			pick(d, "X-A", "Content-Type", "Authorization", "Accept", "Range", "Cookie", "x b"),
			pick(d, "1", "application/json", "text/plain", "bytes=0-1", strings.Repeat("a", 129), "\u00ff", "a\nb"),
		})
	}
	xhr := d.roll(4) == 3
	if d.roll(3) == 2 {
		f.Body = &conformance.Body{Kind: pick(d, "text", "urlencoded", "multipart", "blob"), Text: "a=b"}
		if !xhr && d.roll(4) == 3 {
			f.Body.Kind = "stream"
		}
	}
	yes := true
	if xhr {
		f.API = "xhr"
		if d.roll(2) == 1 {
			f.WithCredentials = &yes
		}
		if d.roll(4) == 3 {
			f.UploadListener = &yes
		}
		return f
	}
	member := func(set **string, values ...string) {
		if d.roll(3) == 2 {
			v := pick(d, values...)
			*set = &v
		}
	}
	member(&f.Mode, "cors", "no-cors", "same-origin", "navigate")
	member(&f.Credentials, "include", "omit", "same-origin")
	member(&f.Redirect, "follow", "manual", "error")
	member(&f.Cache, "no-store", "reload", "no-cache", "only-if-cached")
	member(&f.ReferrerPolicy, "no-referrer", "unsafe-url", "origin")
	member(&f.Integrity, "sha256-AAAA", "md5-x")
	return f
}

// FuzzEngine plays any scenario under any profile: nothing panics; an opaque
// or refused response shows script no byte and no header; a CORS response
// shows what it exposes and no more; a request that needs a preflight leaves
// only after one that its server allowed.
func FuzzEngine(f *testing.F) {
	random := rand.New(rand.NewPCG(1, 2)) // the same seeds each time
	for range 500 {
		seed := make([]byte, 256)
		for i := range seed {
			seed[i] = byte(random.Uint32())
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d := dice(data)
		profile := pick(&d, fetch.Profiles()...)
		raw, err := json.Marshal(d.scenario())
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
			if wrong := leak(step); wrong != "" {
				t.Errorf("%s: steps[%d]: %s\n%+v\n%s", profile.Name, i, wrong, step, raw)
			}
		}
		if wrong := unpreflighted(s, out); wrong != "" {
			t.Errorf("%s: %s\n%s", profile.Name, wrong, raw)
		}
	})
}

// leak says what a step shows that it must not.
func leak(step conformance.StepOutcome) string {
	for _, h := range step.Headers {
		if h[0] == "set-cookie" || h[0] == "set-cookie2" {
			return "shows " + h[0]
		}
	}
	hidden := step.Result == "error" || step.Type == "opaque" || step.Type == "opaqueredirect"
	if hidden && (step.Status != 0 || step.Body != "" || len(step.Headers) > 0 || step.Type == "opaque" && step.URL != "") {
		return "shows something of a hidden response"
	}
	if step.Type != "cors" {
		return ""
	}
	exposed := ""
	for _, h := range step.Headers {
		if h[0] == "access-control-expose-headers" {
			exposed = h[1]
		}
	}
	// Without Access-Control-Expose-Headers among what is shown, nothing can
	// have exposed x-a or etag by "*".
	for _, h := range step.Headers {
		if h[1] == secret && h[0] == "etag" && !strings.Contains(exposed, "*") {
			return "shows a header that nothing exposed"
		}
	}
	return ""
}

// unpreflighted names a request that needed a preflight and did not have one.
// It looks only at what is certain from the wire: a method that no form could
// send, to an origin that is not the page's.
func unpreflighted(s *conformance.Scenario, out *conformance.Outcome) string {
	page, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(s.Page.URL, "https://"), "http://"), "/")
	allowed := map[string]bool{}
	for _, r := range out.Requests {
		header := func(name string) string {
			for _, h := range r.Headers {
				if h[0] == name {
					return h[1]
				}
			}
			return ""
		}
		if asked := header("access-control-request-method"); r.Method == "OPTIONS" && asked != "" {
			if url, _, _ := strings.Cut(r.URL, "?"); couldAllow(s.Servers[url].Preflight, asked) {
				allowed[r.URL] = true
			}
			continue
		}
		host, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(r.URL, "https://"), "http://"), "/")
		crossOrigin := host != page || s.Page.Sandboxed
		if crossOrigin && !slices.Contains([]string{"GET", "HEAD", "POST"}, r.Method) && !allowed[r.URL] {
			return fmt.Sprintf("%s left without a preflight that was allowed", r)
		}
	}
	return ""
}

// couldAllow tells whether one of the answers could let a method pass.
func couldAllow(answers []conformance.Response, method string) bool {
	for _, a := range answers {
		origin, listed := false, false
		for _, h := range a.Headers {
			switch h[0] {
			case "Access-Control-Allow-Origin":
				origin = origin || h[1] != ""
			case "Access-Control-Allow-Methods":
				listed = listed || strings.Contains(h[1], method) || strings.Contains(h[1], "*")
			}
		}
		// An upload listener or a stream lets the preflight stand for its method.
		if a.Status/100 == 2 && origin && (listed || !mentionsMethods(a)) {
			return true
		}
	}
	return false
}

func mentionsMethods(a conformance.Response) bool {
	return slices.ContainsFunc(a.Headers, func(h [2]string) bool { return h[0] == "Access-Control-Allow-Methods" })
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
			if lines := conformance.Differences(back[0], out); len(lines) > 0 {
				t.Errorf("%s\n%s", strings.Join(lines, "\n"), line.String())
			}
		}
	})
}
