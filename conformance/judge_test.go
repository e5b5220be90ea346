package conformance_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
)

// judged is a scenario and what the Standard's engine does with it.
func judged(t testing.TB, scenario string) (*conformance.Scenario, *conformance.Outcome) {
	t.Helper()
	s, err := conformance.ParseScenario([]byte(scenario))
	if err != nil {
		t.Fatal(err)
	}
	out, err := new(conformance.Engine).Play(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return s, out
}

const (
	// put is refused by the Standard, since "*" doesn't cover Authorization.
	put = `{"id": "put", "page": {"url": "https://app.example/p?q#f"}, "servers": {"https://api.other.test/put/a": {
		"preflight": [{"headers": [["Access-Control-Allow-Origin", "*"], ["Access-Control-Allow-Methods", "PUT"], ["Access-Control-Allow-Headers", "*"]]}],
		"actual": [{"headers": [["Access-Control-Allow-Origin", "*"]], "body": "ok"}]}},
		"steps": [{"wait_ms": 1}, {"fetch": {"url": "https://api.other.test/put/a", "method": "PUT", "headers": [["Authorization", "x"]]}}]}`
	// allowed is allowed, with a preflight for X-A.
	allowed = `{"id": "allowed", "page": {"url": "https://app.example/p?q#f"}, "servers": {"https://api.other.test/allowed/a": {
		"preflight": [{"headers": [["Access-Control-Allow-Origin", "*"], ["Access-Control-Allow-Headers", "*"]]}],
		"actual": [{"headers": [["Access-Control-Allow-Origin", "*"], ["Content-Type", "text/plain"]], "body": "ok"}]}},
		"steps": [{"fetch": {"url": "https://api.other.test/allowed/a", "headers": [["X-A", "1"]]}}]}`
)

// setHeader gives a request of an outcome a header, or takes it off.
func setHeader(o *conformance.Outcome, i int, name, value string) {
	r := &o.Requests[i]
	var list [][2]string
	for _, h := range r.Headers {
		if h[0] != name {
			list = append(list, h)
		}
	}
	if value != "" {
		list = append(list, [2]string{name, value})
	}
	r.Headers = list
}

func TestKind(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, scenario string
		browser        func(o *conformance.Outcome) // what the browser does otherwise
		kind           string
	}{
		{"agrees", put, func(*conformance.Outcome) {}, ""},
		{"allowed", put, func(o *conformance.Outcome) {
			o.Steps[0] = conformance.StepOutcome{Result: "response", Type: "cors", Status: 200}
			o.Requests = append(o.Requests, conformance.Request{Method: "PUT", URL: o.Requests[0].URL})
		}, "result: browser gets a response, engine refuses (authorization-not-listed)"},
		{"another exception", put, func(o *conformance.Outcome) { o.Steps[0].Error = "NotSupportedError" }, "result: browser throws NotSupportedError, engine does not"},
		{"refused", allowed, func(o *conformance.Outcome) {
			o.Steps[0] = conformance.StepOutcome{Result: "error", Error: "TypeError"}
			o.Requests = o.Requests[:1]
			setHeader(o, 0, "origin", "null")
		}, "result: browser refuses, engine gets a response; request: only the engine sends one that is not a preflight"},
		{"opaque", allowed, func(o *conformance.Outcome) { o.Steps[0].Type = "opaque" }, "result: browser gets an opaque response, engine gets a cors response"},
		{"no preflight", allowed, func(o *conformance.Outcome) { o.Requests = o.Requests[1:] }, "request: only the engine sends a preflight for custom headers"},
		{"preflight for accept", allowed, func(o *conformance.Outcome) {
			o.Requests = append(o.Requests, conformance.Request{Method: "OPTIONS", URL: "https://b.test/allowed",
				Headers: [][2]string{{"access-control-request-headers", "accept"}, {"access-control-request-method", "GET"}}})
		}, "request: only the browser sends a preflight for accept"},
		{"sent again", allowed, func(o *conformance.Outcome) { o.Requests = append(o.Requests, o.Requests[1]) }, "request: only the browser sends one again"},
		{"method", allowed, func(o *conformance.Outcome) { o.Requests[1].Method = "POST" }, "request method: browser POST, engine GET"},
		{"URL", allowed, func(o *conformance.Outcome) { o.Requests[1].URL += "/%C3%BC" }, "request URL: the engine's ends early"},
		{"other origin's URL", allowed, func(o *conformance.Outcome) { o.Requests[1].URL = "https://a.test/b" }, "request URL: of another origin"},
		{"status", allowed, func(o *conformance.Outcome) { o.Steps[0].Status = 204 }, "response status: browser 204, engine 200"},
		{"body before the header", allowed, func(o *conformance.Outcome) { o.Steps[0].Body = ""; setHeader(o, 0, "origin", "null") }, "response body: empty in the browser"},
		{"response header", allowed, func(o *conformance.Outcome) { o.Steps[0].Headers = o.Steps[0].Headers[1:] }, "response header cache-control: the browser has none"},
		{"origin", allowed, func(o *conformance.Outcome) { setHeader(o, 1, "origin", "null") }, "header origin: browser null, engine the page's origin"},
		{"preflight's origin", allowed, func(o *conformance.Outcome) { setHeader(o, 0, "origin", "https://b.test") }, "preflight's header origin: browser another origin, engine the page's origin"},
		{"referrer", allowed, func(o *conformance.Outcome) { setHeader(o, 1, "referer", "https://app.example/p?q") }, "header referer: browser the page's URL, engine the page's origin"},
		{"cookie", allowed, func(o *conformance.Outcome) { setHeader(o, 1, "cookie", "a=1") }, "header cookie: the engine sends none"},
		{"request headers", allowed, func(o *conformance.Outcome) {
			setHeader(o, 0, "access-control-request-headers", "accept,x-a")
		}, "preflight's header access-control-request-headers: only the browser has accept"},
		{"script's header", allowed, func(o *conformance.Outcome) { setHeader(o, 1, "x-a", "12") }, "header custom headers: the engine's ends early"},
		{"sec-fetch-site", allowed, func(o *conformance.Outcome) { setHeader(o, 1, "sec-fetch-site", "") }, "header sec-fetch-site: browser nothing, engine cross-site"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, out := judged(t, test.scenario)
			test.browser(out)
			v, err := new(conformance.Engine).Judge(t.Context(), s, out)
			if err != nil {
				t.Fatal(err)
			}
			if v.Kind != test.kind {
				t.Errorf("kind %q, want %q", v.Kind, test.kind)
			}
			if agrees := len(v.Differences) == 0; agrees != (test.kind == "") || v.Explained != agrees {
				t.Errorf("agrees: %t, explained: %t; %v", agrees, v.Explained, v.Differences)
			}
		})
	}
}

// TestKindOfAllHeaders holds the kinds of disagreement about headers that only
// [conformance.Request.AllHeaders] has.
func TestKindOfAllHeaders(t *testing.T) {
	t.Parallel()
	type lines = [][2]string
	isOwn := func(h [2]string) bool { return strings.EqualFold(h[0], "x-a") }
	// first are the indices of the first two headers that script did not set.
	first := func(all lines) (int, int) {
		a := slices.IndexFunc(all, func(h [2]string) bool { return !isOwn(h) })
		return a, a + 1 + slices.IndexFunc(all[a+1:], func(h [2]string) bool { return !isOwn(h) })
	}
	swap := func(all lines) lines {
		a, b := first(all)
		all = slices.Clone(all)
		all[a], all[b] = all[b], all[a]
		return all
	}
	for _, test := range []struct {
		name   string
		change func(preflight, actual lines) (lines, lines)
		kind   string // A and B stand for the first two headers, C for the one behind script's
	}{
		{"agrees", func(p, a lines) (lines, lines) { return p, a }, ""},
		{"not recorded", func(_, _ lines) (lines, lines) { return nil, nil }, ""},
		{"order", func(p, a lines) (lines, lines) { return p, swap(a) }, "order: browser sends B where engine sends A"},
		{"preflight's order", func(p, a lines) (lines, lines) { return swap(p), a }, "preflight's order: browser sends B where engine sends A"},
		{"order of a custom header", func(p, a lines) (lines, lines) {
			i := slices.IndexFunc(a, isOwn)
			return p, slices.Concat(a[:i], a[i+1:], a[i:i+1])
		}, "order: browser sends C where engine sends custom headers"},
		{"a header more, and the order", func(p, a lines) (lines, lines) {
			return p, append(swap(a), lines{{"X-More", "1"}, {"Sec-Purpose", "prefetch"}}...)
		}, "header sec-purpose: the engine has none"},
		{"spelling", func(p, a lines) (lines, lines) {
			i, _ := first(a)
			a = slices.Clone(a)
			a[i][0] = strings.ToUpper(a[i][0])
			return p, a
		}, "header A: spelled otherwise"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := parseScenario(t, allowed)
			player := conformance.Engine{AllHeaders: true}
			out, err := player.Play(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			preflight, actual := &out.Requests[0], &out.Requests[1]
			of := actual.AllHeaders
			if strings.HasPrefix(test.kind, "preflight") {
				of = preflight.AllHeaders
			}
			a, b := first(of)
			behind := actual.AllHeaders[slices.IndexFunc(actual.AllHeaders, isOwn)+1][0]
			names := strings.NewReplacer("A", strings.ToLower(of[a][0]), "B", strings.ToLower(of[b][0]), "C", strings.ToLower(behind))
			preflight.AllHeaders, actual.AllHeaders = test.change(preflight.AllHeaders, actual.AllHeaders)
			v, err := player.Judge(t.Context(), s, out)
			if err != nil {
				t.Fatal(err)
			}
			if want := names.Replace(test.kind); v.Kind != want {
				t.Errorf("kind %q, want %q: %v", v.Kind, want, v.Differences)
			}
		})
	}
}

// TestKindIsGeneral renames a scenario: the disagreement stays of one kind.
func TestKindIsGeneral(t *testing.T) {
	t.Parallel()
	kinds := make(map[string]int)
	for _, id := range []string{"put", "another-id", "x1"} {
		s, out := judged(t, strings.ReplaceAll(put, "put", id))
		out.Requests = append(out.Requests, conformance.Request{Method: "PUT", URL: out.Requests[0].URL})
		v, err := new(conformance.Engine).Judge(t.Context(), s, out)
		if err != nil {
			t.Fatal(err)
		}
		kinds[v.Kind]++
	}
	if len(kinds) != 1 {
		t.Errorf("kinds %v", kinds)
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	s, out := judged(t, put)
	v, err := (&conformance.Engine{Profile: engine.Chromium()}).Judge(t.Context(), s, out)
	if err != nil {
		t.Fatal(err)
	}
	if v.Scenario != s || v.Browser != out || v.Engine.Engine != "browsercors/chromium" || len(v.Refusals) != 1 || v.Refusals[0] != nil {
		t.Errorf("%+v", v)
	}
	if want := "result: browser refuses, engine gets a response; request: only the engine sends one that is not a preflight"; v.Kind != want {
		t.Errorf("kind %q, want %q", v.Kind, want)
	}
	if v, err = new(conformance.Engine).Judge(t.Context(), s, out); err != nil {
		t.Fatal(err)
	}
	// The fetch is the second step, and the first of the outcome's.
	if len(v.Refusals) != 1 || v.Refusals[0] == nil || v.Refusals[0].Reason != fetch.AuthorizationNotListed {
		t.Errorf("refusals %v", v.Refusals)
	}
	other, _ := judged(t, allowed)
	want := `conformance: got the outcome of scenario "put", want that of scenario "allowed"`
	if _, err := new(conformance.Engine).Judge(t.Context(), other, out); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestJudgeKnown(t *testing.T) {
	t.Parallel()
	type pattern = conformance.Difference
	again := conformance.Known{ID: "again", Engines: []string{"chromium"}, Concerns: []string{`"text/plain"`},
		Shows: []pattern{{Field: `requests\[\d+\]`, Got: `GET .*`, Want: "nothing"}}}
	origin := conformance.Known{ID: "origin", Engines: []string{"firefox", "chromium"}, Shows: []pattern{{Field: `requests\[0\]\.headers\.origin`, Got: `"null"`}}}
	for _, test := range []struct {
		name  string
		known []conformance.Known
		id    string // of the entry that explains it; "" is none
	}{
		{"none", []conformance.Known{}, ""},
		{"only one difference", []conformance.Known{origin}, ""},
		{"only the other", []conformance.Known{again}, ""},
		{"both", []conformance.Known{origin, again}, "again"},
		{"another engine's", []conformance.Known{origin, edit(again, func(k *conformance.Known) { k.Engines = []string{"webkit"} })}, ""},
		{"another scenario's", []conformance.Known{origin, edit(again, func(k *conformance.Known) { k.Concerns = []string{`"text/plain"`, `"drop":true`} })}, ""},
		{"part of a field", []conformance.Known{origin, edit(again, func(k *conformance.Known) { k.Shows = []pattern{{Field: "requests"}} })}, ""},
		{"another value", []conformance.Known{origin, edit(again, func(k *conformance.Known) { k.Shows = []pattern{{Field: `requests.*`, Got: "PUT .*"}} })}, ""},
		{"the other way round", []conformance.Known{origin, edit(again, func(k *conformance.Known) { k.Shows = []pattern{{Field: `requests.*`, Want: "GET .*"}} })}, ""},
		{"any field", []conformance.Known{edit(again, func(k *conformance.Known) { k.Shows = []pattern{{Field: `requests.*`}} })}, "again"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, out := judged(t, allowed)
			setHeader(out, 0, "origin", "null")
			out.Requests = append(out.Requests, out.Requests[1])
			v, err := (&conformance.Engine{Profile: engine.Chromium(), Known: test.known}).Judge(t.Context(), s, out)
			if err != nil {
				t.Fatal(err)
			}
			if len(v.Differences) != 2 || v.Explained != (test.id != "") || v.Known != nil && v.Known.ID != test.id {
				t.Errorf("explained by %v, want %q: %v", v.Known, test.id, v.Differences)
			}
		})
	}
	s, out := judged(t, allowed)
	setHeader(out, 0, "origin", "null")
	for _, k := range []conformance.Known{
		edit(again, func(k *conformance.Known) { k.Concerns = []string{"("} }),
		edit(again, func(k *conformance.Known) { k.Shows = []pattern{{Field: "a", Want: "("}} }),
		edit(again, func(k *conformance.Known) { k.Shows = []pattern{{}} }),
	} {
		_, err := (&conformance.Engine{Profile: engine.Chromium(), Known: []conformance.Known{k}}).Judge(t.Context(), s, out)
		if err == nil || !strings.HasPrefix(err.Error(), `conformance: known disagreement "again": `) {
			t.Errorf("%+v: %v", k, err)
		}
	}
}

func edit(k conformance.Known, change func(*conformance.Known)) conformance.Known {
	change(&k)
	return k
}

// TestKnownConcernsJSON holds what an entry's Concerns are matched against.
func TestKnownConcernsJSON(t *testing.T) {
	t.Parallel()
	s, out := judged(t, `{"id": "amp", "steps": [{"fetch": {"url": "https://a.test/amp?a=<&b"}}]}`)
	setHeader(out, 0, "origin", "null")
	known := []conformance.Known{{ID: "amp", Engines: []string{"standard"}, Concerns: []string{`"url":"https://a\.test/amp\?a=<&b"`}, Shows: []conformance.Difference{{Field: ".*"}}}}
	v, err := (&conformance.Engine{Profile: fetch.Standard(), Known: known}).Judge(t.Context(), s, out)
	if err != nil || v.Known == nil {
		raw, _ := json.Marshal(s)
		t.Errorf("%v, %v\n%s", v, err, raw)
	}
}
