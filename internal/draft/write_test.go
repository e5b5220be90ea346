package draft_test

import (
	"bytes"
	"os"
	"reflect"
	"regexp"
	"testing"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/internal/draft"
)

// TestWriteEverything holds that nothing of an intent is lost when it is written and
// read again: docs/intents.md has one with every key.
func TestWriteEverything(t *testing.T) {
	document, err := os.ReadFile("../../docs/intents.md")
	if err != nil {
		t.Fatal(err)
	}
	example := regexp.MustCompile("(?ms)^```json\n(.*?)^```$").FindSubmatch(document)
	want, err := audit.ReadIntent("intent.json", bytes.NewReader(example[1]))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := (&draft.Draft{Intent: *want, From: "an example"}).WriteYAML(&out); err != nil {
		t.Fatal(err)
	}
	got, err := audit.ReadIntent("intent.yaml", bytes.NewReader(out.Bytes()))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v, want\n%+v, from\n%s", got, err, want, out.String())
	}
}
