package text

import (
	"encoding/json"
	"testing"
)

func TestJSON(t *testing.T) {
	const in = "<a href='x'>&\x1b \U0001f600 \u2028 é"
	raw, err := JSON([]string{in})
	if want := `["<a href='x'>&\u001b 😀 \u2028 é"]`; err != nil || string(raw) != want {
		t.Errorf("%s, %v; want %s", raw, err, want)
	}
	if raw, err := JSON(make(chan int)); err == nil {
		t.Errorf("%s for a channel", raw)
	}
	got := EscapeJSON("[\"\u009b\U000e0001\",\n1]")
	if want := "[\"\\u009b\\udb40\\udc01\",\n1]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	var back []any
	if err := json.Unmarshal([]byte(got), &back); err != nil || back[0] != "\u009b\U000e0001" {
		t.Errorf("%q, %v", back, err)
	}
}
