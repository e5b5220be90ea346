package conformance_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/internal/fulllength"
)

// A pair of players of which one stands for the browser.
type pair struct {
	browser conformance.Engine
	judge   conformance.Engine
}

func (p *pair) kind(t testing.TB, s *conformance.Scenario) string {
	t.Helper()
	out, err := p.browser.Play(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	v, err := p.judge.Judge(t.Context(), s, out)
	if err != nil {
		t.Fatal(err)
	}
	return v.Kind
}

// TestShrink lets the Standard stand for a browser that disagrees with each
// engine's profile. What a generated scenario is shrunk to still shows the
// disagreement, and nothing can be taken off it.
func TestShrink(t *testing.T) {
	t.Parallel()
	for _, p := range engine.All() {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			players := pair{judge: conformance.Engine{Profile: p}}
			kinds := make(map[string]int)
			most := fulllength.Rounds(3, 10)
			shrunk, before, after := 0, 0, 0
			for _, s := range generated(t, 23, 250) {
				kind := players.kind(t, s)
				if kind == "" || kinds[kind] == 1 || shrunk == most {
					continue
				}
				kinds[kind]++
				ids := make(map[string]bool)
				batches := 0
				small, err := conformance.Shrink(t.Context(), s, func(_ context.Context, batch []*conformance.Scenario) ([]bool, error) {
					batches++
					if len(batch) == 0 || len(batch) > 100 {
						t.Errorf("a batch of %d", len(batch))
					}
					answers := make([]bool, len(batch))
					for i, c := range batch {
						if ids[c.ID] {
							t.Errorf("%s comes twice", c.ID)
						}
						ids[c.ID] = true
						if raw := string(marshal(t, c)); strings.Contains(raw, s.ID) || len(c.ID) != len(s.ID) {
							t.Fatalf("%s is not renamed: %s", s.ID, raw)
						}
						answers[i] = players.kind(t, c) == kind
					}
					return answers, nil
				})
				if err != nil {
					t.Fatal(err)
				}
				shrunk++
				before += len(marshal(t, s))
				after += len(marshal(t, small))
				if batches > 60 {
					t.Errorf("%s took %d batches", s.ID, batches)
				}
				minimal(t, &players, small, kind)
			}
			if shrunk < most || after*2 > before {
				t.Errorf("%d scenarios of %d bytes in all shrunk to %d", shrunk, before, after)
			}
			t.Logf("%d scenarios of %d kinds: %d bytes to %d", shrunk, len(kinds), before, after)
		})
	}
}

func parseScenario(t testing.TB, raw string) *conformance.Scenario {
	t.Helper()
	s, err := conformance.ParseScenario([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestShrinkStepsTo does the same with what a page does besides fetch().
func TestShrinkStepsTo(t *testing.T) {
	t.Parallel()
	full := parseScenario(t, everyKey)
	for _, test := range []struct{ name, has, want string }{
		{"element", `"as":"image"`, `{"id":"ID","page":{"url":"https://app.example/"},"steps":[{"element":{"kind":"preload","url":"https://app.example/ID/x","as":"image"}}]}`},
		{"worker", `"type":"module"`, `{"id":"ID","page":{"url":"https://app.example/"},"steps":[{"element":{"kind":"worker","url":"/ID/w","type":"module"}}]}`},
		{"event source", `"withCredentials":true`, `{"id":"ID","page":{"url":"https://app.example/"},"steps":[{"eventsource":{"url":"/ID/e","withCredentials":true}}]}`},
		{"beacon", `"type":"text/x"`, `{"id":"ID","page":{"url":"https://app.example/"},"steps":[{"beacon":{"url":"/ID/b","body":{"kind":"blob","type":"text/x"}}}]}`},
		{"one protocol of two", `["chat"`, `{"id":"ID","page":{"url":"https://app.example/"},"steps":[{"websocket":{"url":"/ID/w","protocols":["chat"]}}]}`},
		{"one directive", `report-uri`, `{"id":"ID","page":{"url":"https://app.example/","csp":"report-uri"},"steps":[]}`},
		{"server of a socket", `wss:`, `{"id":"ID","page":{"url":"https://app.example/"},"servers":{"wss://app.example/ID/w":{}},"steps":[]}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			small, err := conformance.Shrink(t.Context(), full, func(_ context.Context, batch []*conformance.Scenario) ([]bool, error) {
				answers := make([]bool, len(batch))
				for i, s := range batch {
					answers[i] = strings.Contains(string(marshal(t, s)), test.has)
				}
				return answers, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := string(marshal(t, small)); got != strings.ReplaceAll(test.want, "ID", small.ID) {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestShrinkTo shrinks scenarios that show something as long as they have a
// certain text.
func TestShrinkTo(t *testing.T) {
	t.Parallel()
	full := parseScenario(t, `{"id": "put", "note": "n", "page": {"url": "https://put.app.test/put/page?q", "sandboxed": true}, "servers": {
		"https://api.other.test/put/a": {"preflight": [{"status": 204, "headers": [["Access-Control-Allow-Methods", "put, PUT,put"], ["Location", "put/b"]]}, {"drop": true}], "actual": [{"body": "some text"}]},
		"http://put.other.test/b": {"actual": [{"status": 302, "headers": [["Location", "//put.other.test/b"]]}]}},
		"steps": [{"visit": "http://put.other.test/b"}, {"wait_ms": 1500}, {"fetch": {"url": "https://u:p@api.other.test/put/a?q#f", "api": "xhr", "method": "put", "withCredentials": true, "uploadListener": true,
			"headers": [["X-A", "put/b"], ["X-B", "a,b"]], "body": {"kind": "blob", "type": "text/put", "text": "a/put/b"}}}]}`)
	for _, test := range []struct{ name, has, want string }{
		{"anything", "", `{"id":"ID","page":{"url":"https://app.example/"},"steps":[]}`},
		{"page", "sandboxed", `{"id":"ID","page":{"url":"https://app.example/","sandboxed":true},"steps":[]}`},
		{"visit", `"visit"`, `{"id":"ID","page":{"url":"https://app.example/"},"steps":[{"visit":"http://ID.other.test/"}]}`},
		{"wait", `wait_ms`, `{"id":"ID","page":{"url":"https://app.example/"},"steps":[{"wait_ms":1}]}`},
		{"dropped", `"drop":true`, `{"id":"ID","page":{"url":"https://app.example/"},"servers":{"https://app.example/ID/a":{"preflight":[{"drop":true}]}},"steps":[]}`},
		{"method", `"method":"put"`, `{"id":"ID","page":{"url":"https://app.example/"},"steps":[{"fetch":{"url":"https://app.example/ID/a","method":"put"}}]}`},
		{"a member of a list", `PUT`, `{"id":"ID","page":{"url":"https://app.example/"},"servers":{"https://app.example/ID/a":{"preflight":[{"headers":[["Access-Control-Allow-Methods","PUT"]]}]}},"steps":[]}`},
		{"credentials", `"credentials":"include"`, `{"id":"ID","page":{"url":"https://app.example/"},"steps":[{"fetch":{"url":"https://app.example/ID/a","credentials":"include"}}]}`},
		{"body", `"kind":"blob"`, `{"id":"ID","page":{"url":"https://app.example/"},"steps":[{"fetch":{"url":"https://app.example/ID/a","body":{"kind":"blob"}}}]}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var asked [2][]string
			for i := range asked {
				small, err := conformance.Shrink(t.Context(), full, func(_ context.Context, batch []*conformance.Scenario) ([]bool, error) {
					answers := make([]bool, len(batch))
					for j, c := range batch {
						raw := string(marshal(t, c))
						asked[i] = append(asked[i], raw)
						for _, old := range []string{"//put.", "/put/a", "test/put", `"put/b"]],"body":`} {
							if strings.Contains(raw, old) && !strings.Contains(raw, "text/put") {
								t.Fatalf("%q is not renamed in %s", old, raw)
							}
						}
						// Credentials come of withCredentials only.
						answers[j] = strings.Contains(raw, test.has) || test.has == `"credentials":"include"` && strings.Contains(raw, "withCredentials")
					}
					return answers, nil
				})
				if err != nil {
					t.Fatal(err)
				}
				if got, want := string(marshal(t, small)), strings.ReplaceAll(test.want, "ID", small.ID); got != want {
					t.Errorf("got  %s\nwant %s", got, want)
				}
			}
			if !slices.Equal(asked[0], asked[1]) {
				t.Error("the second time there were other candidates")
			}
		})
	}
}

func TestShrinkAnswers(t *testing.T) {
	t.Parallel()
	s := parseScenario(t, put)
	broken := errors.New("the browser exited")
	for _, test := range []struct {
		name  string
		shows func(context.Context, []*conformance.Scenario) ([]bool, error)
		want  string // the error; "" is that the scenario itself comes back
	}{
		{"never", func(_ context.Context, batch []*conformance.Scenario) ([]bool, error) {
			return make([]bool, len(batch)), nil
		}, ""},
		{"an error", func(context.Context, []*conformance.Scenario) ([]bool, error) { return nil, broken }, broken.Error()},
		{"too few", func(context.Context, []*conformance.Scenario) ([]bool, error) { return nil, nil }, "conformance: 0 answers for 1 candidates"},
		{"an error later", func(_ context.Context, batch []*conformance.Scenario) ([]bool, error) {
			if len(batch) > 1 {
				return nil, broken
			}
			return []bool{true}, nil
		}, broken.Error()},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			small, err := conformance.Shrink(t.Context(), s, test.shows)
			if test.want == "" && (err != nil || small != s) || test.want != "" && (err == nil || err.Error() != test.want) {
				t.Errorf("%v, %v; want %q", small, err, test.want)
			}
		})
	}
}

// minimal holds that a scenario shows a kind of disagreement, and no longer
// does when any key or item is taken off its JSON.
func minimal(t *testing.T, players *pair, s *conformance.Scenario, kind string) {
	t.Helper()
	raw := marshal(t, s)
	if got := players.kind(t, s); got != kind {
		t.Errorf("shrunk to another kind: %q, want %q\n%s", got, kind, raw)
	}
	for n := 0; ; n++ {
		var tree any
		if err := json.Unmarshal(raw, &tree); err != nil {
			t.Fatal(err)
		}
		left := n
		tree = without(tree, &left)
		if left >= 0 {
			return // there are no more
		}
		less, err := json.Marshal(tree)
		if err != nil {
			t.Fatal(err)
		}
		smaller, err := conformance.ParseScenario(less)
		if err != nil || strings.Contains(string(marshal(t, smaller)), `"fetch":{"url":""`) {
			continue // it breaks the format, or fetches what is not its own
		}
		if again := marshal(t, smaller); len(again) < len(raw) && players.kind(t, smaller) == kind {
			t.Errorf("%q: smaller than\n%s\nis\n%s", kind, raw, again)
		}
	}
}

// without takes the nth key or item off a tree, those of headers apart.
func without(node any, n *int) any {
	switch node := node.(type) {
	case map[string]any:
		for key, child := range sorted(node) {
			if key == "url" {
				continue // a fetch needs one, that carries the id
			}
			if *n == 0 {
				*n--
				delete(node, key)
				return node
			}
			*n--
			if *n >= 0 {
				node[key] = without(child, n)
			}
			if *n < 0 {
				return node
			}
		}
	case []any:
		if len(node) == 2 && fmt.Sprintf("%T%T", node[0], node[1]) == "stringstring" {
			return node
		}
		for i, child := range node {
			if *n == 0 {
				*n--
				return slices.Delete(node, i, i+1)
			}
			*n--
			node[i] = without(child, n)
			if *n < 0 {
				return node
			}
		}
	}
	return node
}

func sorted(m map[string]any) func(yield func(string, any) bool) {
	return func(yield func(string, any) bool) {
		var keys []string
		for key := range m {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for _, key := range keys {
			if !yield(key, m[key]) {
				return
			}
		}
	}
}
