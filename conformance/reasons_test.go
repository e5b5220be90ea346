package conformance_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/engine"
)

// TestReasons compares lines as Chromium 156 printed them.
func TestReasons(t *testing.T) {
	t.Parallel()
	const (
		missing  = "Access to fetch at 'https://api.other.test/a/1' from origin 'https://app.example' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource."
		fragment = "Access to fetch at 'https://api.other.test/a/1#g' from origin 'https://app.example' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource."
		wildcard = "Access to XMLHttpRequest at 'https://api.other.test/a/2' from origin 'https://app.example' has been blocked by CORS policy: The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'. The credentials mode of requests initiated by the XMLHttpRequest is controlled by the withCredentials attribute."
		header   = "Access to fetch at 'https://api.other.test/a/3' from origin 'https://app.example' has been blocked by CORS policy: Request header field if-unmodified-since is not allowed by Access-Control-Allow-Headers in preflight response."
		pragma   = "Access to fetch at 'https://api.other.test/a/3' from origin 'https://app.example' has been blocked by CORS policy: Request header field pragma is not allowed by Access-Control-Allow-Headers in preflight response."
		mode     = `Fetch API cannot load https://api.other.test/a/1?q#f. Request mode is "same-origin" but the URL's origin is not same as the request origin https://app.example.`
		modeHere = `Fetch API cannot load https://api.other.test/a/1?q. Request mode is "same-origin" but the URL's origin is not same as the request origin https://app.example.`
		broken   = "Fetch API cannot load https://api.other.test/a/1. "
		other    = "Access to fetch at 'https://api.other.test/b/1' from origin 'https://app.example' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource."
	)
	s, err := conformance.ParseScenario([]byte(`{"id": "a", "servers": {
		"https://api.other.test/a/1": {"actual": [{}]},
		"https://api.other.test/a/2": {"actual": [{"headers": [["Access-Control-Allow-Origin", "*"]]}]},
		"https://api.other.test/a/3": {"preflight": [{"headers": [["Access-Control-Allow-Origin", "*"]]}]}},
		"steps": [
			{"fetch": {"url": "https://api.other.test/a/1#g"}},
			{"fetch": {"url": "foo:bar"}},
			{"fetch": {"url": "https://api.other.test/a/2", "api": "xhr", "withCredentials": true}},
			{"fetch": {"url": "https://api.other.test/a/3", "headers": [["Pragma", "no-cache"], ["If-Unmodified-Since", "x"]]}},
			{"fetch": {"url": "https://api.other.test/a/1?q#f", "mode": "same-origin"}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	p, err := engine.ByName("chromium")
	if err != nil {
		t.Fatal(err)
	}
	played, err := (&conformance.Engine{Profile: p}).Play(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	played.Engine = "chromium"
	tests := []struct {
		name    string
		console []string
		want    []conformance.Difference
	}{
		{"the same", []string{missing, wildcard, header, modeHere}, nil},
		{"with fragments, and another header", []string{fragment, wildcard, pragma, mode}, nil},
		{"with what is no reason or no concern", []string{other, missing, broken, wildcard, header, mode}, nil},
		{"one missing", []string{missing, header, mode}, []conformance.Difference{{Field: "console[1]", Got: "nothing", Want: wildcard}}},
		{"one too many", []string{missing, wildcard, missing, header, mode}, []conformance.Difference{{Field: "console[2]", Got: missing, Want: "nothing"}}},
		{"another", []string{wildcard, wildcard, header, mode}, []conformance.Difference{
			{Field: "console[0]", Got: "nothing", Want: missing}, {Field: "console[2]", Got: wildcard, Want: "nothing"},
		}},
		{"nothing", nil, []conformance.Difference{
			{Field: "console[0]", Got: "nothing", Want: missing}, {Field: "console[1]", Got: "nothing", Want: wildcard},
			{Field: "console[2]", Got: "nothing", Want: header}, {Field: "console[3]", Got: "nothing", Want: modeHere},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			seen := *played
			seen.Console = tt.console
			v, err := (&conformance.Engine{Profile: p}).Judge(t.Context(), s, &seen)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, v.Differences); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestReasonsBehind takes a line about what a beacon does behind script's back as no
// difference, but not that the engine would print one more.
func TestReasonsBehind(t *testing.T) {
	t.Parallel()
	const line = "Access to resource at 'https://api.other.test/a/1' from origin 'https://app.example' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource."
	for _, test := range []struct {
		name, step string
		want       int
	}{
		{"beacon", `{"beacon": {"url": "https://api.other.test/a/1"}}`, 0},
		{"fetch", `{"fetch": {"url": "https://api.other.test/a/1", "mode": "no-cors"}}`, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := parseScenario(t, `{"id": "a", "servers": {"https://api.other.test/a/1": {"actual": [{}]}}, "steps": [`+test.step+`]}`)
			judge := conformance.Engine{Profile: engine.Chromium()}
			played, err := judge.Play(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			played.Engine, played.Console = "chromium", []string{line}
			v, err := judge.Judge(t.Context(), s, played)
			if err != nil || len(v.Differences) != test.want {
				t.Errorf("%v %v, want %d differences", v.Differences, err, test.want)
			}
		})
	}
}
