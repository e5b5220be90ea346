package conformance_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/fetch"
)

func zip(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const (
	recordingHeader = `{"engine":"chromium","version":"156.0.8078.79","recorded":"2026-11-22"}` + "\n"
	recordedA       = `{"id":"a","steps":[{"result":"error","error":"TypeError"}],"requests":[],"console":["blocked by CORS policy: <&>"]}` + "\n"
	recordedB       = `{"id":"b","steps":[],"requests":[{"method":"GET","url":"https://a.test/b","headers":[["origin","null"]]}]}` + "\n"
)

func readRecording(t *testing.T, name string, content []byte) (*conformance.Recording, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, content, 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := conformance.ReadRecording(file)
	var recordingError *conformance.RecordingError
	if err != nil && (!errors.As(err, &recordingError) || recordingError.File != file) {
		t.Errorf("%T does not name the file: %v", err, err)
	}
	return r, err
}

func TestRecording(t *testing.T) {
	t.Parallel()
	r, err := readRecording(t, "chromium.jsonl.gz", zip(t, recordingHeader+recordedB+recordedA))
	if err != nil {
		t.Fatal(err)
	}
	if r.Engine != "chromium" || r.Version != "156.0.8078.79" || r.Recorded != "2026-11-22" || len(r.Outcomes) != 2 {
		t.Errorf("%+v", r)
	}
	if b := r.Outcomes[0]; b.ID != "b" || b.Engine != r.Engine || b.Version != r.Version || b.Requests[0].Headers[0] != [2]string{"origin", "null"} || b.Console != nil {
		t.Errorf("%+v", b)
	}
	if a := r.Outcomes[1]; a.Steps[0].Error != "TypeError" || !slices.Equal(a.Console, []string{"blocked by CORS policy: <&>"}) {
		t.Errorf("%+v", a)
	}

	dir := t.TempDir()
	var written [2][]byte
	for i := range written {
		file := filepath.Join(dir, "chromium.jsonl.gz")
		if err := r.WriteFile(file); err != nil { // the second time over the first
			t.Fatal(err)
		}
		if written[i], err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
		slices.Reverse(r.Outcomes)
	}
	if !bytes.Equal(written[0], written[1]) {
		t.Error("another order of the outcomes gives other bytes")
	}
	zipped, err := gzip.NewReader(bytes.NewReader(written[0]))
	if err != nil {
		t.Fatal(err)
	}
	if !zipped.ModTime.IsZero() || zipped.Name != "" {
		t.Errorf("a time or a name in the file: %v", zipped.Header)
	}
	var text bytes.Buffer
	if _, err := text.ReadFrom(zipped); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(recordingHeader+recordedA+recordedB, text.String()); diff != "" {
		t.Error(diff)
	}
	only(t, dir, "chromium.jsonl.gz")
}

// only holds that a directory has one file, which all may read.
func only(t *testing.T, dir, name string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != name {
		t.Errorf("left in the directory: %v", entries)
		return
	}
	if info, err := entries[0].Info(); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestReadRecordingErrors(t *testing.T) {
	t.Parallel()
	whole := zip(t, recordingHeader+recordedA+recordedB)
	badSum := slices.Clone(whole)
	badSum[len(badSum)-5] ^= 1
	for _, test := range []struct {
		name, file string
		content    []byte
		want       string
	}{
		{"no gzip", "chromium.jsonl.gz", []byte(recordingHeader), "chromium.jsonl.gz: is not compressed with gzip: gzip: invalid header"},
		{"empty", "chromium.jsonl.gz", nil, "chromium.jsonl.gz: the compressed file is cut off"},
		{"cut off", "chromium.jsonl.gz", whole[:len(whole)-9], "line 4: the compressed file is cut off"},
		{"wrong sum", "chromium.jsonl.gz", badSum, "line 4: is not compressed with gzip: gzip: invalid checksum"},
		{"no line", "chromium.jsonl.gz", zip(t, ""), "line 1: is cut off: the line has no end"},
		{"half a line", "chromium.jsonl.gz", zip(t, recordingHeader+recordedA[:20]), "line 2: is cut off: the line has no end"},
		{"line without its end", "chromium.jsonl.gz", zip(t, recordingHeader+strings.TrimSpace(recordedA)), "line 2: is cut off: the line has no end"},
		{"two on a line", "chromium.jsonl.gz", zip(t, recordingHeader+strings.TrimSpace(recordedA)+recordedB), "line 2: is not JSON: there is more after its end"},
		{"empty line", "chromium.jsonl.gz", zip(t, recordingHeader+"\n"), "line 2: is not JSON: EOF"},
		{"no header", "chromium.jsonl.gz", zip(t, recordedA), `line 1: key "id" is unknown`},
		{"unknown engine", "chromium.jsonl.gz", zip(t, `{"engine":"lynx","version":"1","recorded":"2026-11-22"}`+"\n"), `line 1: engine "lynx" is none of chromium, firefox, webkit`},
		{"the standard", "standard.jsonl.gz", zip(t, `{"engine":"standard","version":"1","recorded":"2026-11-22"}`+"\n"), `line 1: engine "standard" is none of chromium, firefox, webkit`},
		{"no version", "chromium.jsonl.gz", zip(t, `{"engine":"chromium","recorded":"2026-11-22"}`+"\n"), `line 1: version is missing`},
		{"no day", "chromium.jsonl.gz", zip(t, `{"engine":"chromium","version":"1","recorded":"2026-02-30"}`+"\n"), `line 1: recorded "2026-02-30" is no day like 2026-11-22`},
		{"unknown key in the header", "chromium.jsonl.gz", zip(t, `{"engine":"chromium","versions":"1"}`+"\n"), `line 1: key "versions" is unknown`},
		{"another engine's", "firefox.jsonl.gz", whole, `line 1: engine "chromium" is not the file's: chromium.jsonl.gz is for chromium`},
		{"another name", "chromium.jsonl.bak.gz", whole, `line 1: engine "chromium" is not the file's`},
		{"unknown key", "chromium.jsonl.gz", zip(t, recordingHeader+recordedA+`{"id":"b","engine":"firefox"}`+"\n"), `line 3: key "engine" is unknown`},
		{"unknown key within", "chromium.jsonl.gz", zip(t, recordingHeader+`{"id":"b","steps":[{"result":"error","reason":"x"}],"requests":[]}`+"\n"), `line 2: key "reason" is unknown`},
		{"wrong type", "chromium.jsonl.gz", zip(t, recordingHeader+`{"id":1}`+"\n"), `line 2: key "id" is a JSON number where a string is wanted`},
		{"no id", "chromium.jsonl.gz", zip(t, recordingHeader+"null\n"), `line 2: id "" is not 1 to 63`},
		{"no steps", "chromium.jsonl.gz", zip(t, recordingHeader+`{"id":"b","requests":[]}`+"\n"), `line 2: scenario "b": steps is missing`},
		{"no requests", "chromium.jsonl.gz", zip(t, recordingHeader+`{"id":"b","steps":[]}`+"\n"), `line 2: scenario "b": requests is missing`},
		{"no result", "chromium.jsonl.gz", zip(t, recordingHeader+`{"id":"b","steps":[{}],"requests":[]}`+"\n"), `line 2: scenario "b": steps[0].result "" is neither response nor error`},
		{"twice", "chromium.jsonl.gz", zip(t, recordingHeader+recordedA+recordedB+recordedA), `line 4: scenario "a" stands on line 2 already`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := readRecording(t, test.file, test.content)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %s", err, test.want)
			}
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("of more than one line: %q", err)
			}
		})
	}
	if _, err := conformance.ReadRecording(filepath.Join(t.TempDir(), "chromium.jsonl.gz")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

func TestWriteRecordingErrors(t *testing.T) {
	t.Parallel()
	a := conformance.RecordedOutcome{Outcome: &conformance.Outcome{ID: "a"}}
	bad := conformance.RecordedOutcome{Outcome: &conformance.Outcome{ID: "b", Steps: []conformance.StepOutcome{{}}}}
	for _, test := range []struct {
		name, file string
		recording  conformance.Recording
		want       string
	}{
		{"no engine", "chromium.jsonl.gz", conformance.Recording{}, `engine "" is none of chromium, firefox, webkit`},
		{"no day", "chromium.jsonl.gz", conformance.Recording{Engine: "chromium", Version: "1"}, `recorded "" is no day like 2026-11-22`},
		{"another name", "webkit.jsonl.gz", conformance.Recording{Engine: "chromium", Version: "1", Recorded: "2026-11-22"}, `a recording of chromium stands in a file chromium.jsonl.gz`},
		{"twice", "chromium.jsonl.gz", conformance.Recording{Engine: "chromium", Version: "1", Recorded: "2026-11-22", Outcomes: []conformance.RecordedOutcome{a, a}}, `scenario "a" has two outcomes`},
		{"no result", "chromium.jsonl.gz", conformance.Recording{Engine: "chromium", Version: "1", Recorded: "2026-11-22", Outcomes: []conformance.RecordedOutcome{a, bad}}, `scenario "b": steps[0].result "" is neither response nor error`},
		{"no directory", "no/chromium.jsonl.gz", conformance.Recording{Engine: "chromium", Version: "1", Recorded: "2026-11-22"}, `no such file or directory`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			err := test.recording.WriteFile(filepath.Join(dir, test.file))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %s", err, test.want)
			}
			if entries, _ := os.ReadDir(dir); len(entries) > 0 {
				t.Errorf("left in the directory: %v", entries)
			}
		})
	}
}

// TestWriteFileKeepsTheOld makes writing fail at its last step: what was there
// stays, and no temporary file does.
func TestWriteFileKeepsTheOld(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "left-out.json")
	if err := os.Mkdir(file, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := (conformance.LeftOut{}).WriteFile(file); err == nil {
		t.Error("a directory was overwritten")
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 || !entries[0].IsDir() {
		t.Errorf("left in the directory: %v, %v", entries, err)
	}
}

func TestRecordingFollows(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, version string
		profile       fetch.Profile
		want          string // "" is no error
	}{
		{"equal", "156.0.8078.79", fetch.Profile{Name: "chromium", Version: "156.0.8078.79"}, ""},
		{"prefix", "156.0.8078.79", fetch.Profile{Name: "chromium", Version: "156"}, ""},
		{"two parts", "156.0.8078.79", fetch.Profile{Name: "chromium", Version: "156.0"}, ""},
		{"prefix, not at a dot", "156.0.8078.79", fetch.Profile{Name: "chromium", Version: "15"}, `version 156.0.8078.79 was recorded, and profile chromium follows "15"`},
		{"newer", "157.0", fetch.Profile{Name: "chromium", Version: "156"}, `version 157.0 was recorded, and profile chromium follows "156"`},
		{"longer", "156", fetch.Profile{Name: "chromium", Version: "156.0"}, `version 156 was recorded, and profile chromium follows "156.0"`},
		{"none", "156", fetch.Profile{Name: "chromium"}, `version 156 was recorded, and profile chromium follows ""`},
		{"another engine", "156", fetch.Profile{Name: "firefox", Version: "156"}, `a recording of chromium does not judge profile firefox`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r, err := readRecording(t, "chromium.jsonl.gz", zip(t, strings.Replace(recordingHeader, "156.0.8078.79", test.version, 1)))
			if err != nil {
				t.Fatal(err)
			}
			err = r.Follows(&test.profile)
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.HasSuffix(err.Error(), "chromium.jsonl.gz: line 1: "+test.want)) {
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
}

func TestLeftOut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "left-out.json")
	list := conformance.LeftOut{"webkit": {"b": "differs <now> & then", "a": "waits"}, "chromium": {}}
	if err := list.WriteFile(file); err != nil {
		t.Fatal(err)
	}
	only(t, dir, "left-out.json")
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := "{\n\t\"chromium\": {},\n\t\"webkit\": {\n\t\t\"a\": \"waits\",\n\t\t\"b\": \"differs <now> & then\"\n\t}\n}\n"
	if diff := cmp.Diff(want, string(raw)); diff != "" {
		t.Error(diff)
	}
	back, err := conformance.ReadLeftOut(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(list, back); diff != "" {
		t.Error(diff)
	}
	for _, test := range []struct{ name, content, want string }{
		{"no JSON", "{\n\"webkit\": {]}", "left-out.json: line 2: is not JSON of engine, scenario and reason: "},
		{"wrong type", "{\n\n\"webkit\": {\"a\": 1}}", "left-out.json: line 3: is not JSON of engine, scenario and reason: "},
		{"unknown engine", `{"lynx": {}}`, `left-out.json: engine "lynx" is none of chromium, firefox, webkit`},
		{"no id", `{"webkit": {"A": "x"}}`, `left-out.json: webkit: id "A" is not 1 to 63`},
		{"no reason", `{"webkit": {"a": ""}}`, `left-out.json: webkit: scenario "a" is left out for no reason`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "left-out.json")
			if err := os.WriteFile(file, []byte(test.content), 0o644); err != nil {
				t.Fatal(err)
			}
			if _, err := conformance.ReadLeftOut(file); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
}

func TestScenarioFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "generated.jsonl.gz")
	scenarios := generated(t, 1, 20)
	if err := conformance.WriteScenarios(file, scenarios); err != nil {
		t.Fatal(err)
	}
	first, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := conformance.WriteScenarios(file, scenarios); err != nil {
		t.Fatal(err)
	}
	if second, err := os.ReadFile(file); err != nil || !bytes.Equal(first, second) {
		t.Errorf("the second time other bytes, %v", err)
	}
	only(t, dir, "generated.jsonl.gz")
	back, err := conformance.ReadScenarioFiles(strings.NewReader(`{"id": "last", "steps": []}`), file, "-")
	if err != nil || len(back) != 21 || back[20].ID != "last" {
		t.Fatalf("%d scenarios, %v", len(back), err)
	}
	for i, s := range scenarios {
		if got, want := string(marshal(t, back[i])), string(marshal(t, s)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	var out bytes.Buffer
	if err := new(conformance.Engine).Run(t.Context(), &out, nil, file); err != nil || strings.Count(out.String(), "\n") != 20 {
		t.Errorf("%d lines, %v", strings.Count(out.String(), "\n"), err)
	}
	for _, test := range []struct {
		name    string
		content []byte
		want    string
	}{
		{"no gzip", []byte("[ 1, 2, 3, 4 ]"), "x.json.gz: is not compressed with gzip: gzip: invalid header"},
		{"cut off", first[:len(first)-20], "x.json.gz: scenario number "},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "x.json.gz")
			if err := os.WriteFile(file, test.content, 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := conformance.ReadScenarioFiles(nil, file)
			var input *conformance.InputError
			if !errors.As(err, &input) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
	if _, err := conformance.ReadScenarioFiles(nil, "no-such.json.gz"); err == nil || err.Error() != "conformance: no-such.json.gz: no such file or directory" {
		t.Error(err)
	}
}

func TestNotLive(t *testing.T) {
	t.Parallel()
	const waiting = `{"id": "w", "servers": {"https://api.other.test/w/a": {
		"preflight": [{"headers": [["Access-Control-Allow-Origin", "*"], ["Access-Control-Allow-Methods", "PUT"], ["Access-Control-Max-Age", "1"]]}],
		"actual": [{"headers": [["Access-Control-Allow-Origin", "*"]]}]}}, "steps": [
		{"fetch": {"url": "https://api.other.test/w/a", "method": "PUT"}}, {"wait_ms": WAIT}, {"fetch": {"url": "https://api.other.test/w/a", "method": "PUT"}}]}`
	hangs := "hangs on the clock: when each wait lasts 500ms longer, requests[2]: got OPTIONS https://api.other.test/w/a, want nothing"
	for _, test := range []struct{ name, scenario, want string }{
		{"no wait", `{"id": "w", "steps": [{"fetch": {"url": "/w/a"}}]}`, ""},
		{"well before", strings.Replace(waiting, "WAIT", "300", 1), ""},
		{"well after", strings.Replace(waiting, "WAIT", "1200", 1), ""},
		{"shortly before", strings.Replace(waiting, "WAIT", "700", 1), hangs},
		{"no time at all, twice", strings.Replace(waiting, "WAIT", `0}, {"wait_ms": 0}, {"wait_ms": 0`, 1), hangs},
		{"six seconds", `{"id": "w", "steps": [{"wait_ms": 2000}, {"wait_ms": 4000}]}`, ""},
		{"more", `{"id": "w", "steps": [{"wait_ms": 2000}, {"wait_ms": 4001}]}`, "waits for more than 6s in all"},
		{"too long for a time", `{"id": "w", "steps": [{"wait_ms": 9223372036854775807}, {"wait_ms": 9223372036854775807}]}`, "waits for more than 6s in all"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, err := conformance.ParseScenario([]byte(test.scenario))
			if err != nil {
				t.Fatal(err)
			}
			before := string(marshal(t, s))
			why, err := s.NotLive(t.Context(), fetch.Standard())
			if err != nil || why != test.want {
				t.Errorf("%q, %v; want %q", why, err, test.want)
			}
			if after := string(marshal(t, s)); after != before {
				t.Errorf("changed the scenario: %s", after)
			}
		})
	}
}
