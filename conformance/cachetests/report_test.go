package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestJudge(t *testing.T) {
	byID := map[string]*test{
		"a": {ID: "a"}, "optimal": {ID: "optimal", Kind: "optimal"}, "check": {ID: "check", Kind: "check"},
		"depends": {ID: "depends", DependsOn: []string{"a"}}, "far": {ID: "far", Kind: "check", DependsOn: []string{"depends"}},
	}
	failed := outcome{assertion, "m"}
	for _, tt := range []struct {
		name, id string
		outcomes map[string]outcome
		want     string
	}{
		{"passed", "a", map[string]outcome{"a": {}}, verdictPass},
		{"failed", "a", map[string]outcome{"a": failed}, verdictFail},
		{"exception", "a", map[string]outcome{"a": {"TypeError", ""}}, verdictFail},
		{"optimal", "optimal", map[string]outcome{"optimal": failed}, verdictOptional},
		{"yes", "check", map[string]outcome{"check": {}}, verdictYes},
		{"no", "check", map[string]outcome{"check": failed}, verdictNo},
		{"setup", "a", map[string]outcome{"a": {setUp, "m"}}, verdictSetup},
		{"retry", "a", map[string]outcome{"a": {setUp, "retry"}}, verdictRetry},
		{"too slow", "a", map[string]outcome{"a": {"AbortError", ""}}, verdictHarness},
		{"dependency that passed", "depends", map[string]outcome{"a": {}, "depends": {}}, verdictPass},
		{"dependency that failed", "depends", map[string]outcome{"a": failed, "depends": {}}, verdictDependency},
		{"dependency of a dependency", "far", map[string]outcome{"a": failed, "depends": {}, "far": {}}, verdictDependency},
		{"untested", "a", nil, verdictUntested},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := judge(tt.id, byID, tt.outcomes); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func TestReport(t *testing.T) {
	tests := []*test{{ID: "one"}, {ID: "two"}, {ID: "three", Kind: "check"}}
	us := column{"engine", map[string]outcome{
		"one": {}, "two": {assertion, `Response body is "0f8fad5b-d9cb-469f-a165-70867728950e"`}, "three": {"TypeError", "Failed to fetch"},
	}}
	them := column{"browser", map[string]outcome{
		"one": {assertion, "m"}, "two": {assertion, `Response body is "7c9e6679-7425-40de-944b-e07fc1f90ae7"`}, "three": {"TypeError", "Load failed"},
	}}
	var out strings.Builder
	const want = `one (required)
  engine: pass
  browser: fail: Assertion: m
required  engine: 1 of 2  browser: 0 of 2
check     engine: 0 of 1  browser: 0 of 1
3 tests, 1 with a difference
`
	if n := report(&out, tests, us, []column{them}, false); n != 1 || out.String() != want {
		t.Errorf("%d differences\n%s", n, out.String())
	}
	out.Reset()
	if report(&out, tests, us, []column{them}, true); !strings.Contains(out.String(), "three (check)\n") {
		t.Errorf("not all tests\n%s", out.String())
	}
}

func TestChoose(t *testing.T) {
	tests := []*test{{ID: "a"}, {ID: "b", DependsOn: []string{"a", "of others"}}, {ID: "c"}}
	chosen, err := choose(tests, "b")
	if err != nil || len(chosen) != 2 || chosen[0].ID != "a" || chosen[1].ID != "b" {
		t.Errorf("%v, %v", chosen, err)
	}
	if _, err := choose(tests, "b,x"); err == nil {
		t.Error("no error for a test that does not exist")
	}
}

func TestOutcomeJSON(t *testing.T) {
	for _, data := range []string{`true`, `["Assertion","m"]`} {
		var o outcome
		if err := json.Unmarshal([]byte(data), &o); err != nil {
			t.Fatal(err)
		}
		if again, err := json.Marshal(o); err != nil || string(again) != data {
			t.Errorf("%s became %s, %v", data, again, err)
		}
	}
	for _, data := range []string{`false`, `[]`, `[""]`, `"x"`} {
		if err := json.Unmarshal([]byte(data), new(outcome)); err == nil {
			t.Errorf("%s is a result", data)
		}
	}
}

func TestCollector(t *testing.T) {
	var got map[string]outcome
	var failed error
	handler := collector(func(all map[string]outcome, err error) { got, failed = all, err })
	post := func(method, body string) int {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(method, "/", strings.NewReader(body)))
		return w.Code
	}
	if code := post("GET", ""); code != http.StatusMethodNotAllowed || got != nil {
		t.Errorf("GET: %d, %v", code, got)
	}
	if post("POST", `{"a": true, "b": ["Setup", "m"]}`); failed != nil || !got["a"].pass() || got["b"].message != "m" {
		t.Errorf("%v, %v", got, failed)
	}
	if post("POST", `[]`); failed == nil {
		t.Error("no error for a list")
	}
}

func TestOptions(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		want string
	}{
		{"nothing to play", nil, "want either -tests or -wpt"},
		{"both suites", []string{"-tests", "a", "-wpt", "b"}, "want either -tests or -wpt"},
		{"an argument", []string{"-tests", "a", "b"}, `unexpected argument "b"`},
		{"none at a time", []string{"-tests", "a", "-parallel", "0"}, "invalid -parallel 0"},
		{"an unknown browser", []string{"-tests", "a", "-profile", "netscape"}, "netscape"},
		{"no such file", []string{"-tests", "/nowhere/tests.json"}, "/nowhere/tests.json"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := run(t.Context(), tt.args, new(strings.Builder)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}
