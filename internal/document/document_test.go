package document_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/internal/document"
)

var limits = document.Limits{Bytes: 1000, Depth: 5, Nodes: 50}

func TestRead(t *testing.T) {
	want := &document.Node{Line: 1, Kind: document.Object, Keys: []string{"a", "b", "c"}, Nodes: []document.Node{
		{Line: 1, Kind: document.List, Nodes: []document.Node{{Line: 1, Kind: document.Number, Text: "1"}, {Line: 1, Kind: document.Text, Text: "x"}}},
		{Line: 2, Kind: document.Boolean, Text: "true"},
		{Line: 3, Kind: document.Null},
	}}
	for _, tt := range []struct {
		name, in string
		yaml     bool
	}{
		{"JSON", `{"a": [1, "x"],` + "\n" + `"b": true,` + "\n" + `"c": null}`, false},
		{"JSON after a byte order mark", "\ufeff" + `{"a": [1, "x"],` + "\n" + `"b": true,` + "\n" + `"c": null}`, false},
		{"YAML", "a: [1, x]\nb: true\nc:\n", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := document.Read(strings.NewReader(tt.in), tt.yaml, limits)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestReadWrong(t *testing.T) {
	bomb := "a: &a [x, x, x, x]\n"
	for c := 'b'; c < 'f'; c++ {
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+", ", 4) + "]\n"
	}
	for _, tt := range []struct {
		name, in string
		yaml     bool
		want     string
	}{
		{"empty", "", false, "line 1: is not JSON: unexpected EOF"},
		{"cut off", "{\n\"a\":", false, "line 2: is not JSON: unexpected EOF"},
		{"two values", "{} {}", false, "line 1: is not JSON: there is more after its end"},
		{"too long", strings.Repeat(" ", 1001), false, "has more than 1000 bytes"},
		{"too deep", strings.Repeat("[", 6), false, "line 1: is more than 5 deep or has more than 50 parts"},
		{"too many", "[" + strings.Repeat("1,", 50) + "1]", false, "line 1: is more than 5 deep or has more than 50 parts"},
		{"empty YAML", "", true, "line 1: is empty"},
		{"bad YAML", "a: [", true, "is not YAML: yaml: line 1: did not find expected node content"},
		{"two documents", "a: 1\n---\nb: 1\n", true, "line 2: has a second document, want one"},
		{"too many in YAML", "[" + strings.Repeat("1,", 250) + "1]", true, "is more than 5 deep or has more than 50 parts"},
		{"aliases that multiply", bomb, true, "line 2: is more than 5 deep or has more than 50 parts"},
		{"an alias within its anchor", "a: &a [*a]\n", true, "line 1: is more than 5 deep or has more than 50 parts"},
		{"a key that is a list", "? [a]\n: 1\n", true, "line 1: has a key that is not text"},
		{"binary", "a: !!binary aGk=\n", true, "line 1: has a value of type !!binary, which JSON does not have"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := document.Read(strings.NewReader(tt.in), tt.yaml, limits)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add("a: &a [1, x]\nb: *a\n", true)
	f.Add(`{"a": [1, "x", null, true]}`, false)
	f.Fuzz(func(t *testing.T, in string, yaml bool) {
		started := time.Now()
		got, err := document.Read(strings.NewReader(in), yaml, limits)
		if (got == nil) == (err == nil) {
			t.Fatalf("got %v and %v", got, err)
		}
		if took := time.Since(started); took > 5*time.Second {
			t.Errorf("took %v", took)
		}
	})
}
