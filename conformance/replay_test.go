package conformance_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fulllength"
)

// recordingsRequired makes it a failure that there are no recordings.
const recordingsRequired = true

// TestReplay holds the engines' profiles to the recordings of the engines:
// every scenario was recorded or left out for a reason, and nothing differs
// that the list of known disagreements does not explain.
func TestReplay(t *testing.T) {
	t.Parallel()
	r := replay{
		scenarios: "../testdata/scenarios", recordings: "../testdata/recordings",
		known: conformance.KnownDisagreements(), written: 400, generated: 5000, familyWritten: 60, familyGenerated: 280,
		every: fulllength.Rounds(5, 1),
	}
	problems, err := r.run(t.Context())
	if errors.Is(err, errNoRecording) && !recordingsRequired {
		t.Skipf("SKIP: %v: the profiles are held to no browser", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range problems {
		if i == 50 {
			t.Fatalf("and %d more", len(problems)-i)
		}
		t.Error(p)
	}
}

// A replay judges the recordings of a directory, and of the directories in it,
// which have the recordings of one family each.
type replay struct {
	scenarios, recordings string // directories
	known                 []conformance.Known

	// So many scenarios at least are to be recorded for each engine.
	written, generated             int // in the directory
	familyWritten, familyGenerated int // in each of those in it

	every int // of so many generated scenarios one is played; 0 is 1
}

var errNoRecording = errors.New("there is no recording")

// A part is the recordings of one directory, and their scenarios.
type part struct {
	family             string // "" is the outer directory
	recordings         map[string]*conformance.Recording
	leftOut            map[string]map[string]string // by engine and id: the reason
	written, generated []*conformance.Scenario
}

// parts reads the outer directory, and those in it. The scenarios of family-x.json
// are those of the directory family, if there is one.
func (r *replay) parts() ([]*part, error) {
	entries, err := os.ReadDir(r.recordings)
	if err != nil {
		return nil, err
	}
	parts := []*part{{}}
	for _, entry := range entries {
		if entry.IsDir() {
			parts = append(parts, &part{family: entry.Name()})
		}
	}
	for _, p := range parts {
		if err := p.read(filepath.Join(r.recordings, p.family)); err != nil {
			return nil, err
		}
	}
	files, err := filepath.Glob(filepath.Join(r.scenarios, "*.json"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		of := parts[0]
		for _, p := range parts[1:] {
			if strings.HasPrefix(filepath.Base(file), p.family+"-") {
				of = p
			}
		}
		scenarios, err := conformance.ReadScenarios(nil, file)
		if err != nil {
			return nil, err
		}
		of.written = append(of.written, scenarios...)
	}
	return parts, nil
}

// read reads what the directory has.
func (p *part) read(dir string) error {
	p.recordings = make(map[string]*conformance.Recording)
	for _, profile := range engine.All() {
		recording, err := conformance.ReadRecording(filepath.Join(dir, profile.Name+".jsonl.gz"))
		switch {
		case err == nil:
			p.recordings[profile.Name] = recording
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
	}
	if len(p.recordings) == 0 {
		return fmt.Errorf("%w in %s", errNoRecording, dir)
	}
	generated, err := conformance.ReadScenarios(nil, filepath.Join(dir, "generated.jsonl.gz"))
	if err != nil {
		return err
	}
	p.generated = generated
	raw, err := os.ReadFile(filepath.Join(dir, "left-out.json"))
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, &p.leftOut)
}

// run says what is wrong, one line each.
func (r *replay) run(ctx context.Context) ([]string, error) {
	parts, err := r.parts()
	if err != nil {
		return nil, err
	}
	var problems []string
	ids := make(map[string]bool)
	for _, p := range parts {
		for _, s := range slices.Concat(p.written, p.generated) {
			if ids[s.ID] {
				problems = append(problems, fmt.Sprintf("%s: two scenarios have that id", s.ID))
			}
			ids[s.ID] = true
		}
	}
	for _, p := range engine.All() {
		more, err := r.engine(ctx, p, parts)
		if err != nil {
			return nil, err
		}
		problems = append(problems, more...)
	}
	return problems, nil
}

// engine says what is wrong with one engine.
func (r *replay) engine(ctx context.Context, p *fetch.Profile, parts []*part) ([]string, error) {
	var problems []string
	problem := func(format string, args ...any) {
		problems = append(problems, p.Name+": "+fmt.Sprintf(format, args...))
	}
	var scenarios []*conformance.Scenario
	recorded := make(map[string]*conformance.Outcome)
	for _, part := range parts {
		recording, in := part.recordings[p.Name], ""
		if part.family != "" {
			in = " in " + part.family
		}
		if recording == nil && part.family == "lna" && p.LocalNetwork.Unchecked {
			continue // the engine does not have what the family is about
		}
		if recording == nil {
			problem("no recording of this engine%s, but recordings of others", in)
			continue
		}
		if !strings.HasPrefix(recording.Version+".", p.Version+".") {
			problem("version %s was recorded%s, and the profile follows %s", recording.Version, in, p.Version)
			continue
		}
		least := [2]int{r.written, r.generated}
		if part.family != "" {
			least = [2]int{r.familyWritten, r.familyGenerated}
		}
		scenarios = append(scenarios, part.listed(p.Name, least, problem)...)
		for _, o := range recording.Outcomes {
			recorded[o.ID] = o
			if slices.ContainsFunc(o.Requests, func(r conformance.Request) bool { return r.AllHeaders == nil }) {
				problem("%s is recorded without all headers", o.ID)
			}
		}
	}
	if r.every > 1 { // all written ones, and those of the list
		n := 0
		scenarios = slices.DeleteFunc(scenarios, func(s *conformance.Scenario) bool {
			if !strings.HasPrefix(s.ID, "gen-") || slices.ContainsFunc(r.known, func(k conformance.Known) bool { return k.Scenario == s.ID }) {
				return false
			}
			n++
			return n%r.every != 0
		})
	}
	verdicts, err := judgeAll(ctx, &conformance.Engine{Profile: p, Known: r.known, AllHeaders: true}, scenarios, recorded)
	if err != nil {
		return nil, err
	}
	for _, v := range verdicts {
		if !v.Explained {
			problem("%s: %s\n\t%s", v.Scenario.ID, v.Kind, join(v.Differences, "\n\t"))
		}
	}
	// Without an entry of the list, its scenario would not be explained.
	for i, k := range r.known {
		if len(scenarios) == 0 || !slices.Contains(k.Engines, p.Name) {
			continue
		}
		others := conformance.Engine{Profile: p, AllHeaders: true, Known: append([]conformance.Known{}, slices.Concat(r.known[:i], r.known[i+1:])...)}
		n := slices.IndexFunc(scenarios, func(s *conformance.Scenario) bool { return s.ID == k.Scenario })
		if n < 0 {
			problem("known disagreement %s: its scenario %q is not recorded", k.ID, k.Scenario)
			continue
		}
		without, err := others.Judge(ctx, scenarios[n], recorded[k.Scenario])
		if err != nil {
			return nil, err
		}
		if !verdicts[n].Explained || without.Explained {
			problem("known disagreement %s: the recording of %q does not show it", k.ID, k.Scenario)
		}
	}
	return problems, nil
}

// listed are the scenarios of the part that are recorded for an engine. Each is
// recorded or left out, and nothing else is, and so many at least of the written and
// of the generated ones are recorded.
func (p *part) listed(engine string, least [2]int, problem func(format string, args ...any)) []*conformance.Scenario {
	recorded := make(map[string]bool)
	for _, o := range p.recordings[engine].Outcomes {
		recorded[o.ID] = true
	}
	left := maps.Clone(p.leftOut[engine])
	var scenarios []*conformance.Scenario
	for i, group := range [][]*conformance.Scenario{p.written, p.generated} {
		count := 0
		for _, s := range group {
			_, isLeftOut := left[s.ID]
			delete(left, s.ID)
			switch {
			case recorded[s.ID] && isLeftOut:
				problem("%s is recorded and left out", s.ID)
			case recorded[s.ID]:
				count++
				scenarios = append(scenarios, s)
			case !isLeftOut:
				problem("%s is neither recorded nor left out", s.ID)
			}
		}
		if count < least[i] {
			kind := []string{"written", "generated"}[i]
			if p.family != "" {
				kind += " " + p.family
			}
			problem("%d %s scenarios are recorded, not %d", count, kind, least[i])
		}
	}
	for _, id := range slices.Sorted(maps.Keys(left)) {
		problem("%s is left out, and no scenario", id)
	}
	played := make(map[string]bool, len(scenarios))
	for _, s := range scenarios {
		played[s.ID] = true
	}
	for _, o := range p.recordings[engine].Outcomes {
		if !played[o.ID] && p.leftOut[engine][o.ID] == "" {
			problem("%s is recorded, and no scenario", o.ID)
		}
	}
	return scenarios
}

// judgeAll judges scenarios on all processors.
func judgeAll(ctx context.Context, j *conformance.Engine, scenarios []*conformance.Scenario, recorded map[string]*conformance.Outcome) ([]*conformance.Verdict, error) {
	verdicts := make([]*conformance.Verdict, len(scenarios))
	var wait sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	failed := make([]error, workers)
	for w := range workers {
		wait.Go(func() {
			for i := w; i < len(scenarios); i += workers {
				var err error
				if verdicts[i], err = j.Judge(ctx, scenarios[i], recorded[scenarios[i].ID]); err != nil {
					failed[w] = err
					return
				}
			}
		})
	}
	wait.Wait()
	return verdicts, errors.Join(failed...)
}

// TestKnownDisagreements holds the list to what it may be.
func TestKnownDisagreements(t *testing.T) {
	t.Parallel()
	for _, p := range knownProblems(conformance.KnownDisagreements(), written(t)) {
		t.Error(p)
	}
}

// written are the ids of the scenarios in testdata.
func written(t *testing.T) map[string]bool {
	t.Helper()
	all, err := allScenarios()
	if err != nil {
		t.Fatal(err)
	}
	ids := make(map[string]bool)
	for _, s := range all {
		ids[s.ID] = true
	}
	return ids
}

// familyDirectories are the families that have a directory of recordings.
func familyDirectories(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir("../testdata/recordings")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		if entry.IsDir() {
			names = append(names, entry.Name())
		}
	}
	return names
}

// allScenarios are those of testdata, written and generated. They are read once, and not changed.
var allScenarios = sync.OnceValues(func() ([]*conformance.Scenario, error) {
	var all []string
	for _, pattern := range []string{"scenarios/*.json", "recordings/generated.jsonl.gz", "recordings/*/generated.jsonl.gz"} {
		files, err := filepath.Glob("../testdata/" + pattern)
		if err != nil {
			return nil, err
		}
		all = append(all, files...)
	}
	return conformance.ReadScenarios(nil, all...)
})

// knownProblems says what is wrong with a list of known disagreements.
func knownProblems(list []conformance.Known, scenarios map[string]bool) []string {
	var problems []string
	idPattern := regexp.MustCompile(`^[a-z0-9-]+$`)
	if len(list) > 20 {
		problems = append(problems, fmt.Sprintf("%d entries, at most 20", len(list)))
	}
	var engines []string
	for _, p := range engine.All() {
		engines = append(engines, p.Name)
	}
	seen := make(map[string]bool)
	for _, k := range list {
		problem := func(format string, args ...any) {
			problems = append(problems, fmt.Sprintf("%q: ", k.ID)+fmt.Sprintf(format, args...))
		}
		if !idPattern.MatchString(k.ID) {
			problem("the id has more than a-z, 0-9 and hyphens")
		}
		if seen[k.ID] {
			problem("the id is there twice")
		}
		seen[k.ID] = true
		if len(k.Reason) < 20 {
			problem("the reason %q is none", k.Reason)
		}
		if !scenarios[k.Scenario] {
			problem("scenario %q is not in testdata", k.Scenario)
		}
		if len(k.Engines) == 0 || len(k.Shows) == 0 {
			problem("no engine, or nothing that it shows")
		}
		for i, e := range k.Engines {
			if !slices.Contains(engines, e) || slices.Contains(k.Engines[:i], e) {
				problem("engine %q is none of %v, or there twice", e, engines)
			}
		}
		for _, expr := range k.Concerns {
			if _, err := regexp.Compile(expr); err != nil || expr == "" {
				problem("Concerns %q: %v", expr, err)
			}
		}
		for _, p := range k.Shows {
			for _, expr := range []string{p.Field, p.Got, p.Want} {
				if _, err := regexp.Compile(expr); err != nil {
					problem("Shows %q: %v", expr, err)
				}
			}
			// A field that is not pinned down would explain anything.
			field := regexp.MustCompile("^(?:" + p.Field + ")$")
			kinds := 0
			for _, f := range []string{"steps[0]", "steps[0].type", "steps[0].status", "steps[0].body", "steps[0].headers.x-a", "requests[1]", "requests[1].url", "requests[1].headers.origin", "requests[1].headers.user-agent", "requests[1].spelling.origin", "requests[1].order"} {
				if field.MatchString(f) {
					kinds++
				}
			}
			if kinds > 1 || p.Field == "" {
				problem("Field %q is not narrow", p.Field)
			}
			if (field.MatchString("steps[0]") || field.MatchString("steps[0].type") || field.MatchString("requests[1]")) && len(k.Concerns) == 0 {
				problem("a result or a whole request, and no scenarios that it keeps to")
			}
		}
	}
	return problems
}

func TestKnownDisagreementsCanBeWrong(t *testing.T) {
	t.Parallel()
	good := conformance.Known{ID: "good-1", Engines: []string{"chromium", "webkit"}, Reason: "the network stack tries again", Scenario: "there",
		Concerns: []string{`"drop":true`}, Shows: []conformance.Difference{{Field: `requests\[\d+\]`, Want: "nothing"}}}
	change := func(f func(k *conformance.Known)) []conformance.Known { return []conformance.Known{edit(good, f)} }
	for _, test := range []struct {
		name string
		list []conformance.Known
		want string // "" is no problem
	}{
		{"good", []conformance.Known{good}, ""},
		{"too many", slices.Repeat([]conformance.Known{good}, 21), "21 entries, at most 20"},
		{"twice", []conformance.Known{good, good}, `"good-1": the id is there twice`},
		{"id", change(func(k *conformance.Known) { k.ID = "A b" }), `"A b": the id has more than`},
		{"reason", change(func(k *conformance.Known) { k.Reason = "" }), `the reason "" is none`},
		{"scenario", change(func(k *conformance.Known) { k.Scenario = "nowhere" }), `scenario "nowhere" is not in testdata`},
		{"no engine", change(func(k *conformance.Known) { k.Engines = nil }), "no engine"},
		{"engine", change(func(k *conformance.Known) { k.Engines = []string{"standard"} }), `engine "standard" is none of`},
		{"nothing shown", change(func(k *conformance.Known) { k.Shows = nil }), "nothing that it shows"},
		{"expression", change(func(k *conformance.Known) { k.Concerns = []string{"("} }), `Concerns "("`},
		{"any field", change(func(k *conformance.Known) { k.Shows = []conformance.Difference{{Field: ".*"}} }), `Field ".*" is not narrow`},
		{"any request", change(func(k *conformance.Known) { k.Concerns = nil }), "no scenarios that it keeps to"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			problems := strings.Join(knownProblems(test.list, map[string]bool{"there": true}), "\n")
			if test.want == "" && problems != "" || !strings.Contains(problems, test.want) {
				t.Errorf("%q, want %q", problems, test.want)
			}
		})
	}
}

// TestReplayCanFail makes recordings of the profiles themselves, which agree,
// and then breaks one thing after another.
func TestReplayCanFail(t *testing.T) {
	t.Parallel()
	const blocked = "Access to fetch at 'https://api.other.test/put/a' from origin 'https://app.example' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource."
	again := conformance.Known{ID: "again", Engines: []string{"firefox"}, Scenario: "put", Reason: "x", Shows: []conformance.Difference{{Field: `requests\[1\]`, Want: "nothing"}}}
	for _, test := range []struct {
		name   string
		change func(t *testing.T, c *corpus)
		want   []string
	}{
		{"agree", func(*testing.T, *corpus) {}, nil},
		{"another outcome", func(_ *testing.T, c *corpus) { c.outcome("firefox", "put").Requests[0].Method = "GET" },
			[]string{"firefox: put: request: only the browser sends one that is not a preflight\n\trequests[0]: got GET https://api.other.test/put/a, want nothing\n\trequests[1]: got nothing, want OPTIONS https://api.other.test/put/a"}},
		{"another order of headers", func(_ *testing.T, c *corpus) { slices.Reverse(c.outcome("firefox", "put").Requests[0].AllHeaders) },
			[]string{"firefox: put: preflight's order: browser sends "}},
		{"not all headers", func(_ *testing.T, c *corpus) { c.outcome("firefox", "put").Requests[0].AllHeaders = nil }, []string{"firefox: put is recorded without all headers"}},
		{"not recorded", func(_ *testing.T, c *corpus) {
			r := c.recordings["webkit"]
			r.Outcomes = slices.DeleteFunc(r.Outcomes, func(o *conformance.Outcome) bool { return o.ID == "put" })
		}, []string{"webkit: put is neither recorded nor left out", "webkit: 1 written scenarios are recorded, not 2"}},
		{"recorded and left out", func(_ *testing.T, c *corpus) { c.leftOut["webkit"] = map[string]string{"gen-methods-1-0": "x"} },
			[]string{"webkit: gen-methods-1-0 is recorded and left out", "webkit: 29 generated scenarios are recorded, not 30"}},
		{"no scenario left out", func(_ *testing.T, c *corpus) { c.leftOut["chromium"] = map[string]string{"gone": "x"} }, []string{"chromium: gone is left out, and no scenario"}},
		{"no scenario recorded", func(_ *testing.T, c *corpus) { c.outcome("chromium", "put").ID = "gone" },
			[]string{"chromium: put is neither recorded nor left out", "chromium: 1 written scenarios are recorded, not 2", "chromium: gone is recorded, and no scenario"}},
		{"another version", func(_ *testing.T, c *corpus) { c.recordings["chromium"].Version = "1.2" }, []string{"chromium: version 1.2 was recorded, and the profile follows"}},
		{"an engine lacks", func(_ *testing.T, c *corpus) { delete(c.recordings, "webkit") }, []string{"webkit: no recording of this engine, but recordings of others"}},
		{"the same id twice", func(_ *testing.T, c *corpus) { c.more = "[" + put + "]" }, []string{"put: two scenarios have that id"}},
		{"known", func(_ *testing.T, c *corpus) {
			c.known = []conformance.Known{again}
			o := c.outcome("firefox", "put")
			o.Requests = append(o.Requests[:1:1], slices.Concat(o.Requests[:1], o.Requests[1:])...)
		}, nil},
		{"known, not shown", func(_ *testing.T, c *corpus) { c.known = []conformance.Known{again} }, []string{`firefox: known disagreement again: the recording of "put" does not show it`}},
		{"known, not recorded", func(_ *testing.T, c *corpus) {
			c.known = []conformance.Known{edit(again, func(k *conformance.Known) { k.Scenario = "gone" })}
		}, []string{`firefox: known disagreement again: its scenario "gone" is not recorded`}},
		{"reasons", func(_ *testing.T, c *corpus) {
			for i, o := range c.recordings["chromium"].Outcomes {
				if o.ID == "put" {
					c.recordings["chromium"].Outcomes[i].Console = []string{blocked}
				}
			}
		}, []string{"chromium: put: reason: browser No … header is present on the requested resource., engine nothing\n\tconsole[0]: got " + blocked + ", want nothing"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := newCorpus(t)
			test.change(t, c)
			problems, err := c.write(t).run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if len(problems) != len(test.want) {
				t.Fatalf("got %q, want %q", problems, test.want)
			}
			for i, p := range problems {
				if !strings.Contains(p, test.want[i]) {
					t.Errorf("got %q, want %q", p, test.want[i])
				}
			}
		})
	}
	for _, test := range []struct {
		name   string
		change func(t *testing.T, r *replay)
		want   []string
	}{
		{"agree", func(*testing.T, *replay) {}, nil},
		{"too few", func(_ *testing.T, r *replay) { r.familyWritten, r.familyGenerated = 2, 1 },
			[]string{"chromium: 1 written more scenarios are recorded, not 2", "chromium: 0 generated more scenarios are recorded, not 1",
				"firefox: 1 written", "firefox: 0 generated", "webkit: 1 written", "webkit: 0 generated"}},
		{"not recorded", func(t *testing.T, r *replay) {
			if err := os.WriteFile(filepath.Join(r.scenarios, "more-b.json"), []byte("["+strings.NewReplacer(`"put"`, `"again"`, "/put/", "/again/").Replace(put)+"]"), 0o644); err != nil {
				t.Fatal(err)
			}
		}, []string{"chromium: again is neither recorded nor left out", "firefox: again is neither", "webkit: again is neither"}},
		{"an engine lacks", func(t *testing.T, r *replay) {
			if err := os.Remove(filepath.Join(r.recordings, "more", "webkit.jsonl.gz")); err != nil {
				t.Fatal(err)
			}
		}, []string{"webkit: no recording of this engine in more, but recordings of others"}},
	} {
		t.Run("a family: "+test.name, func(t *testing.T) {
			t.Parallel()
			r := newCorpus(t).write(t)
			addFamily(t, r)
			test.change(t, r)
			problems, err := r.run(t.Context())
			if err != nil || len(problems) != len(test.want) {
				t.Fatalf("%q, %v, want %q", problems, err, test.want)
			}
			for i, p := range problems {
				if !strings.Contains(p, test.want[i]) {
					t.Errorf("got %q, want %q", p, test.want[i])
				}
			}
		})
	}
	empty := replay{scenarios: t.TempDir(), recordings: t.TempDir()}
	if _, err := empty.run(t.Context()); !errors.Is(err, errNoRecording) {
		t.Errorf("no recording at all: %v", err)
	}
}

// A corpus is a directory of scenarios and recordings to be.
type corpus struct {
	replay
	recordings map[string]*conformance.Recording
	leftOut    map[string]map[string]string
	more       string // written scenarios
}

func newCorpus(t *testing.T) *corpus {
	t.Helper()
	c := &corpus{recordings: make(map[string]*conformance.Recording), leftOut: make(map[string]map[string]string)}
	c.replay.written, c.replay.generated = 2, 30
	scenarios := append(generated(t, 1, 30), parseScenario(t, put), parseScenario(t, allowed))
	for _, p := range engine.All() {
		r := &conformance.Recording{Engine: p.Name, Version: p.Version + ".1", Recorded: "2026-11-22"}
		for _, s := range scenarios {
			var console []string
			engine := conformance.Engine{Profile: p, AllHeaders: true, Refused: func(_ *conformance.Scenario, _ int, refusal *fetch.Error) {
				console = append(console, strings.Split(engine.Console(refusal)["chromium"], "\n")...)
			}}
			out, err := engine.Play(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			out.Console = console
			r.Outcomes = append(r.Outcomes, out)
		}
		c.recordings[p.Name] = r
	}
	return c
}

func (c *corpus) outcome(engine, id string) *conformance.Outcome {
	for _, o := range c.recordings[engine].Outcomes {
		if o.ID == id {
			return o
		}
	}
	return nil
}

func (c *corpus) write(t *testing.T) *replay {
	t.Helper()
	r := c.replay
	r.scenarios, r.recordings = t.TempDir(), t.TempDir()
	for name, text := range map[string]string{"a.json": "[" + put + "]", "b.json": "[" + allowed + "]", "c.json": cmp.Or(c.more, "[]")} {
		if err := os.WriteFile(filepath.Join(r.scenarios, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var scenarios strings.Builder
	for _, s := range generated(t, 1, 30) {
		scenarios.Write(append(marshal(t, s), '\n'))
	}
	for name, content := range map[string][]byte{"generated.jsonl.gz": zip(t, scenarios.String()), "left-out.json": marshal(t, c.leftOut)} {
		if err := os.WriteFile(filepath.Join(r.recordings, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, recording := range c.recordings {
		if err := recording.WriteFile(filepath.Join(r.recordings, name+".jsonl.gz")); err != nil {
			t.Fatal(err)
		}
	}
	return &r
}

// addFamily adds a family, with one written scenario, that is recorded in a directory of its own.
func addFamily(t *testing.T, r *replay) {
	t.Helper()
	raw := strings.NewReplacer(`"put"`, `"more"`, "/put/", "/more/").Replace(put)
	dir := filepath.Join(r.recordings, "more")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		filepath.Join(r.scenarios, "more-a.json"): []byte("[" + raw + "]"), filepath.Join(dir, "left-out.json"): []byte("{}"), filepath.Join(dir, "generated.jsonl.gz"): zip(t, ""),
	} {
		if err := os.WriteFile(name, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range engine.All() {
		out, err := (&conformance.Engine{Profile: p, AllHeaders: true}).Play(t.Context(), parseScenario(t, raw))
		if err != nil {
			t.Fatal(err)
		}
		recording := conformance.Recording{Engine: p.Name, Version: p.Version, Recorded: "2026-11-30", Outcomes: []*conformance.Outcome{out}}
		if err := recording.WriteFile(filepath.Join(dir, p.Name+".jsonl.gz")); err != nil {
			t.Fatal(err)
		}
	}
}
