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

// TestRecordingOfAllHeaders holds that a recording has each list of header lines once,
// that outcomes with and without all headers stand beside each other, and that they
// come back as they were.
func TestRecordingOfAllHeaders(t *testing.T) {
	t.Parallel()
	const (
		header = `{"engine":"chromium","version":"156.0.8078.79","recorded":"2026-11-22","templates":[[["Accept","*/*"],["Origin"]],[],[["origin"],["X-A","2"],["X-A","1"]]]}` + "\n"
		lines  = `{"id":"c","steps":[],"requests":[{"method":"GET","url":"https://a.test/c","headers":[["origin","null"]],"template":0},` +
			`{"method":"GET","url":"https://a.test/c","headers":[],"template":1},` +
			`{"method":"GET","url":"https://a.test/c","headers":[["origin","https://a.test"]],"template":0}]}` + "\n" +
			`{"id":"d","steps":[],"requests":[{"method":"GET","url":"https://a.test/d","headers":[["origin","x"],["x-a","2, 1"]],"repeated":["x-a"],"template":2}]}` + "\n"
	)
	r, err := readRecording(t, "chromium.jsonl.gz", zip(t, header+recordedB+lines))
	if err != nil {
		t.Fatal(err)
	}
	var all [][][2]string
	for _, o := range r.Outcomes {
		for _, request := range o.Requests {
			all = append(all, request.AllHeaders)
		}
	}
	want := [][][2]string{
		nil,
		{{"Accept", "*/*"}, {"Origin", "null"}},
		{},
		{{"Accept", "*/*"}, {"Origin", "https://a.test"}},
		{{"origin", "x"}, {"X-A", "2"}, {"X-A", "1"}},
	}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Error(diff)
	}
	file := filepath.Join(t.TempDir(), "chromium.jsonl.gz")
	if err := r.WriteFile(file); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	zipped, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if _, err := text.ReadFrom(zipped); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(header+recordedB+lines, text.String()); diff != "" {
		t.Error(diff)
	}
	for _, test := range []struct{ name, header, line, want string }{
		{"no such template", header, `"headers":[],"template":3}`, `line 2: scenario "c": requests[0].template 3 is not below 3`},
		{"a negative one", header, `"headers":[],"template":-1}`, `line 2: scenario "c": requests[0].template -1 is not below 3`},
		{"no templates", recordingHeader, `"headers":[],"template":0}`, `line 2: scenario "c": requests[0].template 0 is not below 0`},
		{"no value", header, `"headers":[["accept","*/*"]],"template":0}`, `line 2: scenario "c": requests[0].template 0: header line "Origin" has no value, nor have the headers one`},
		{"all headers themselves", header, `"headers":[],"allHeaders":[]}`, `line 2: json: unknown field "allHeaders"`},
		{"half a line", strings.Replace(header, `["Origin"]`, `[]`, 1), `"headers":[]}`, `line 1: templates: header line [] is neither a name nor a name and a value`},
		{"too much", strings.Replace(header, `["Origin"]`, `["a","b","c"]`, 1), `"headers":[]}`, `line 1: templates: header line ["a" "b" "c"] is neither a name nor a name and a value`},
		{"no name", strings.Replace(header, `["Origin"]`, `["","b"]`, 1), `"headers":[]}`, `line 1: templates: header line ["" "b"] is neither a name nor a name and a value`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := readRecording(t, "chromium.jsonl.gz", zip(t, test.header+`{"id":"c","steps":[],"requests":[{"method":"GET","url":"https://a.test/c",`+test.line+"]}\n"))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
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
		{"empty", "chromium.jsonl.gz", nil, "chromium.jsonl.gz: the compressed file is truncated"},
		{"cut off", "chromium.jsonl.gz", whole[:len(whole)-9], "line 4: the compressed file is truncated"},
		{"wrong sum", "chromium.jsonl.gz", badSum, "line 4: is not compressed with gzip: gzip: invalid checksum"},
		{"no line", "chromium.jsonl.gz", zip(t, ""), "line 1: is truncated: the line has no end"},
		{"half a line", "chromium.jsonl.gz", zip(t, recordingHeader+recordedA[:20]), "line 2: is truncated: the line has no end"},
		{"line without its end", "chromium.jsonl.gz", zip(t, recordingHeader+strings.TrimSpace(recordedA)), "line 2: is truncated: the line has no end"},
		{"two on a line", "chromium.jsonl.gz", zip(t, recordingHeader+strings.TrimSpace(recordedA)+recordedB), "line 2: is not JSON: there is data after the end of the value"},
		{"empty line", "chromium.jsonl.gz", zip(t, recordingHeader+"\n"), "line 2: is not JSON: EOF"},
		{"no header", "chromium.jsonl.gz", zip(t, recordedA), `line 1: json: unknown field "id"`},
		{"unknown engine", "chromium.jsonl.gz", zip(t, `{"engine":"lynx","version":"1","recorded":"2026-11-22"}`+"\n"), `line 1: unknown engine "lynx", want one of chromium, firefox, webkit`},
		{"the standard", "standard.jsonl.gz", zip(t, `{"engine":"standard","version":"1","recorded":"2026-11-22"}`+"\n"), `line 1: unknown engine "standard", want one of chromium, firefox, webkit`},
		{"no version", "chromium.jsonl.gz", zip(t, `{"engine":"chromium","recorded":"2026-11-22"}`+"\n"), `line 1: version is missing`},
		{"no day", "chromium.jsonl.gz", zip(t, `{"engine":"chromium","version":"1","recorded":"2026-02-30"}`+"\n"), `line 1: invalid date "2026-02-30", want YYYY-MM-DD`},
		{"unknown key in the header", "chromium.jsonl.gz", zip(t, `{"engine":"chromium","versions":"1"}`+"\n"), `line 1: json: unknown field "versions"`},
		{"another engine's", "firefox.jsonl.gz", whole, `line 1: engine "chromium" does not match the file name: chromium.jsonl.gz is for chromium`},
		{"another name", "chromium.jsonl.bak.gz", whole, `line 1: engine "chromium" does not match the file name`},
		{"unknown key", "chromium.jsonl.gz", zip(t, recordingHeader+recordedA+`{"id":"b","engine":"firefox"}`+"\n"), `line 3: json: unknown field "engine"`},
		{"unknown key within", "chromium.jsonl.gz", zip(t, recordingHeader+`{"id":"b","steps":[{"result":"error","reason":"x"}],"requests":[]}`+"\n"), `line 2: json: unknown field "reason"`},
		{"wrong type", "chromium.jsonl.gz", zip(t, recordingHeader+`{"id":1}`+"\n"), `line 2: key "id" is a JSON number, want a string`},
		{"no id", "chromium.jsonl.gz", zip(t, recordingHeader+"null\n"), `line 2: id "" is not 1 to 63`},
		{"no steps", "chromium.jsonl.gz", zip(t, recordingHeader+`{"id":"b","requests":[]}`+"\n"), `line 2: scenario "b": steps is missing`},
		{"no requests", "chromium.jsonl.gz", zip(t, recordingHeader+`{"id":"b","steps":[]}`+"\n"), `line 2: scenario "b": requests is missing`},
		{"no result", "chromium.jsonl.gz", zip(t, recordingHeader+`{"id":"b","steps":[{}],"requests":[]}`+"\n"), `line 2: scenario "b": steps[0].result "" is not one of response, error, load, none, open, queued, refused`},
		{"twice", "chromium.jsonl.gz", zip(t, recordingHeader+recordedA+recordedB+recordedA), `line 4: scenario "a" is already on line 2`},
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
	a := &conformance.Outcome{ID: "a"}
	bad := &conformance.Outcome{ID: "b", Steps: []conformance.StepOutcome{{}}}
	for _, test := range []struct {
		name, file string
		recording  conformance.Recording
		want       string
	}{
		{"no engine", "chromium.jsonl.gz", conformance.Recording{}, `unknown engine "", want one of chromium, firefox, webkit`},
		{"no day", "chromium.jsonl.gz", conformance.Recording{Engine: "chromium", Version: "1"}, `invalid date "", want YYYY-MM-DD`},
		{"another name", "webkit.jsonl.gz", conformance.Recording{Engine: "chromium", Version: "1", Recorded: "2026-11-22"}, `a recording of chromium must be named chromium.jsonl.gz`},
		{"twice", "chromium.jsonl.gz", conformance.Recording{Engine: "chromium", Version: "1", Recorded: "2026-11-22", Outcomes: []*conformance.Outcome{a, a}}, `scenario "a" has two outcomes`},
		{"no result", "chromium.jsonl.gz", conformance.Recording{Engine: "chromium", Version: "1", Recorded: "2026-11-22", Outcomes: []*conformance.Outcome{a, bad}}, `scenario "b": steps[0].result "" is not one of response, error, load, none, open, queued, refused`},
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

func TestScenarioFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "generated.jsonl.gz")
	scenarios := generated(t, 1, 20)
	var lines strings.Builder
	for _, s := range scenarios {
		lines.Write(append(marshal(t, s), '\n'))
	}
	first := zip(t, lines.String())
	if err := os.WriteFile(file, first, 0o644); err != nil {
		t.Fatal(err)
	}
	back, err := conformance.ReadScenarios(strings.NewReader(`{"id": "last", "steps": []}`), file, "-")
	if err != nil || len(back) != 21 || back[20].ID != "last" {
		t.Fatalf("%d scenarios, %v", len(back), err)
	}
	for i, s := range scenarios {
		if got, want := string(marshal(t, back[i])), string(marshal(t, s)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
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
			_, err := conformance.ReadScenarios(nil, file)
			var input *conformance.InputError
			if !errors.As(err, &input) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
	if _, err := conformance.ReadScenarios(nil, "no-such.json.gz"); err == nil || err.Error() != "conformance: no-such.json.gz: no such file or directory" {
		t.Error(err)
	}
}

func TestNotLive(t *testing.T) {
	t.Parallel()
	const waiting = `{"id": "w", "servers": {"https://api.other.test/w/a": {
		"preflight": [{"headers": [["Access-Control-Allow-Origin", "*"], ["Access-Control-Allow-Methods", "PUT"], ["Access-Control-Max-Age", "1"]]}],
		"actual": [{"headers": [["Access-Control-Allow-Origin", "*"]]}]}}, "steps": [
		{"fetch": {"url": "https://api.other.test/w/a", "method": "PUT"}}, {"wait_ms": WAIT}, {"fetch": {"url": "https://api.other.test/w/a", "method": "PUT"}}]}`
	hangs := "depends on timing: if each wait lasts 500ms longer, requests[2]: got OPTIONS https://api.other.test/w/a, want nothing"
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
