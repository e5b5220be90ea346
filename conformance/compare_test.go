package conformance_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/internal/fulllength"
)

// outcome reads one outcome of steps and requests.
func outcome(t testing.TB, steps, requests string) *conformance.Outcome {
	t.Helper()
	all, err := conformance.ReadOutcomes("test", strings.NewReader(`{"id": "x", "steps": [`+steps+`], "requests": [`+requests+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	return all[0]
}

func request(method, path string, headers ...string) string {
	var pairs []string
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ":")
		pairs = append(pairs, fmt.Sprintf("[%q, %q]", name, value))
	}
	return fmt.Sprintf(`{"method": %q, "url": "https://a.test/x/%s", "headers": [%s]}`, method, path, strings.Join(pairs, ", "))
}

func TestDifferencesOfSteps(t *testing.T) {
	t.Parallel()
	const ok = `{"result": "response", "type": "cors", "status": 200, "redirected": false, "url": "https://a.test/x", "headers": [["a", "1"], ["b", "2"]], "body": "ok"}`
	for _, test := range []struct {
		name, got, want string
		differences     []string
	}{
		{"same", ok, ok, nil},
		{"result", `{"result": "error", "error": "TypeError"}`, ok, []string{`steps[0]: got TypeError, want cors response 200`}},
		{"error", `{"result": "error", "error": "TypeError"}`, `{"result": "error", "error": "SyntaxError"}`, []string{`steps[0]: got TypeError, want SyntaxError`}},
		{"of xhr", `{"result": "response", "status": 204, "url": "", "headers": [], "body": ""}`, `{"result": "error", "error": "NetworkError"}`, []string{`steps[0]: got response 204, want NetworkError`}},
		{"one step less", "", ok, []string{`steps[0]: got nothing, want cors response 200`}},
		{"one step more", ok + "," + ok, ok, []string{`steps[1]: got cors response 200, want nothing`}},
		{"every field", `{"result": "response", "type": "basic", "status": 404, "redirected": true, "url": "https://b.test/x", "headers": [["b", "3"], ["c", "nothing"]], "body": "no"}`, ok, []string{
			`steps[0].type: got "basic", want "cors"`,
			`steps[0].status: got 404, want 200`,
			`steps[0].redirected: got true, want false`,
			`steps[0].url: got "https://b.test/x", want "https://a.test/x"`,
			`steps[0].body: got "no", want "ok"`,
			`steps[0].headers.a: got nothing, want "1"`,
			`steps[0].headers.b: got "3", want "2"`,
			`steps[0].headers.c: got "nothing", want nothing`,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			differ(t, outcome(t, test.got, ""), outcome(t, test.want, ""), test.differences)
		})
	}
}

func differ(t *testing.T, got, want *conformance.Outcome, differences []string) {
	t.Helper()
	var lines []string
	for _, d := range conformance.Differences(got, want) {
		lines = append(lines, conformance.InWords(d))
	}
	if diff := cmp.Diff(differences, lines); diff != "" {
		t.Error(diff)
	}
	back := conformance.Differences(want, got)
	if len(back) != len(lines) {
		t.Errorf("the other way round there are %d differences: %v", len(back), back)
	}
}

func TestDifferencesOfRequests(t *testing.T) {
	t.Parallel()
	list := func(requests ...string) string { return strings.Join(requests, ", ") }
	preflight := func(path string) string { return request("OPTIONS", path, "access-control-request-method:PUT") }
	for _, test := range []struct {
		name, got, want string
		differences     []string
	}{
		{"same", list(preflight("a"), request("PUT", "a")), list(preflight("a"), request("PUT", "a")), nil},
		{"a preflight less", list(request("PUT", "a"), request("GET", "b")), list(preflight("a"), request("PUT", "a"), request("GET", "b")),
			[]string{`requests[0]: got nothing, want OPTIONS https://a.test/x/a`}},
		{"a preflight more, in the middle", list(request("GET", "a"), preflight("b"), request("PUT", "b"), request("GET", "c")), list(request("GET", "a"), request("PUT", "b"), request("GET", "c")),
			[]string{`requests[1]: got OPTIONS https://a.test/x/b, want nothing`}},
		{"a preflight instead", preflight("a"), request("PUT", "a"),
			[]string{`requests[0]: got OPTIONS https://a.test/x/a, want nothing`, `requests[1]: got nothing, want PUT https://a.test/x/a`}},
		{"another method", request("GET", "a", "origin:null"), request("DELETE", "a"),
			[]string{`requests[0].method: got "GET", want "DELETE"`, `requests[0].headers.origin: got "null", want nothing`}},
		{"another URL", list(request("GET", "a"), request("GET", "b")), list(request("GET", "a"), request("GET", "c")),
			[]string{`requests[1].url: got "https://a.test/x/b", want "https://a.test/x/c"`}},
		{"nothing in common", request("GET", "a"), request("PUT", "b"),
			[]string{`requests[0]: got GET https://a.test/x/a, want nothing`, `requests[1]: got nothing, want PUT https://a.test/x/b`}},
		{"tried again", list(request("GET", "a"), request("GET", "a")), request("GET", "a"),
			[]string{`requests[1]: got GET https://a.test/x/a, want nothing`}},
		{"the one more like it", list(request("GET", "a", "origin:null"), request("GET", "a", "origin:x"), request("GET", "b")), list(request("GET", "a", "origin:x"), request("GET", "b")),
			[]string{`requests[0]: got GET https://a.test/x/a, want nothing`}},
		{"the same rather than the similar", list(request("GET", "a"), request("GET", "b")), request("GET", "b"),
			[]string{`requests[0]: got GET https://a.test/x/a, want nothing`}},
		{"headers", request("GET", "a", "a:1", "b:2"), request("GET", "a", "b:3", "c:4"),
			[]string{`requests[0].headers.a: got "1", want nothing`, `requests[0].headers.b: got "2", want "3"`, `requests[0].headers.c: got nothing, want "4"`}},
		{"a long value", request("GET", "a", "a:"+strings.Repeat("ü", 150)), request("GET", "a"),
			[]string{`requests[0].headers.a: got "` + strings.Repeat("ü", 99) + `… (302 bytes), want nothing`}},
		{"several lines", `{"method": "GET", "url": "https://a.test/x/a", "headers": [["a", "1, 2"], ["b", "3, 4"]], "repeated": ["a", "b"]}`,
			`{"method": "GET", "url": "https://a.test/x/a", "headers": [["a", "1, 2"], ["b", "3, 4"]], "repeated": ["b"]}`,
			[]string{`requests[0].repeated.a: got several lines, want one line`}},
		{"several lines of another value", `{"method": "GET", "url": "https://a.test/x/a", "headers": [["a", "1, 2"]], "repeated": ["a"]}`, request("GET", "a", "a:3"),
			[]string{`requests[0].headers.a: got "1, 2", want "3"`, `requests[0].repeated.a: got several lines, want one line`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			differ(t, outcome(t, "", test.got), outcome(t, "", test.want), test.differences)
		})
	}
}

func TestAlign(t *testing.T) {
	t.Parallel()
	got := outcome(t, "", request("GET", "a")+", "+request("GET", "b")+", "+request("PUT", "c"))
	want := outcome(t, "", request("GET", "b")+", "+request("HEAD", "d")+", "+request("PUT", "c"))
	if diff := cmp.Diff([][2]int{{0, -1}, {1, 0}, {-1, 1}, {2, 2}}, conformance.Align(got.Requests, want.Requests)); diff != "" {
		t.Error(diff)
	}
	if rows := conformance.Align(nil, nil); len(rows) != 0 {
		t.Errorf("rows of nothing: %v", rows)
	}
}

// TestDifferencesAreComplete holds that there is a difference exactly where two
// outcomes are not the same JSON, and that both ways round it is the same.
func TestDifferencesAreComplete(t *testing.T) {
	t.Parallel()
	differing, many := 0, fulllength.Rounds(200, 1000)
	for _, s := range generated(t, 29, many) {
		var outcomes []*conformance.Outcome
		var lines []string
		for _, p := range engine.Profiles() {
			out, err := (&conformance.Engine{Profile: p}).Play(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			out.Engine, out.Version = "", ""
			raw := marshal(t, out)
			outcomes, lines = append(outcomes, out), append(lines, string(raw))
		}
		for i, a := range outcomes {
			for j, b := range outcomes[:i+1] {
				there, back := conformance.Differences(a, b), conformance.Differences(b, a)
				if (len(there) == 0) != (lines[i] == lines[j]) {
					t.Errorf("%v between\n%s\n%s", there, lines[i], lines[j])
				}
				if len(there) != len(back) {
					t.Errorf("%v one way, %v the other", there, back)
				}
				if len(there) > 0 {
					differing++
				}
				for _, d := range there {
					if d.Got == d.Want || d.Field == "" {
						t.Errorf("%s: no difference", d)
					}
				}
				checkAligned(t, a.Requests, b.Requests)
				checkAligned(t, b.Requests, a.Requests)
			}
		}
	}
	if differing < many/10 {
		t.Errorf("%d pairs differ", differing)
	}
}

// checkAligned holds that the rows of two lists have each of their requests once, in order.
func checkAligned(t *testing.T, a, b []conformance.Request) {
	t.Helper()
	rows, g, w := conformance.Align(a, b), 0, 0
	for _, row := range rows {
		if row[0] >= 0 && row[0] != g || row[1] >= 0 && row[1] != w || row == [2]int{-1, -1} {
			t.Fatalf("rows %v are not all in order", rows)
		}
		g, w = g+min(1, row[0]+1), w+min(1, row[1]+1)
	}
	if g != len(a) || w != len(b) {
		t.Errorf("rows %v of %d and %d requests", rows, g, w)
	}
}
