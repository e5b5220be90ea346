package isomorphic_test

import (
	"testing"

	"github.com/browsercors/browsercors/internal/isomorphic"
)

func TestIsomorphic(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, bytes, text string }{
		{"empty", "", ""},
		{"ASCII", "a\x00\x7f", "a\x00\x7f"},
		{"bytes above 0x7F", "\x80\xe9\xff", "\u0080é\u00ff"},
		{"UTF-8 is bytes like any other", "é", "Ã©"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := isomorphic.Decode(test.bytes); got != test.text {
				t.Errorf("decoded %q, want %q", got, test.text)
			}
			if got, ok := isomorphic.Encode(test.text); got != test.bytes || !ok {
				t.Errorf("encoded %q, %t, want %q", got, ok, test.bytes)
			}
		})
	}
	if got, ok := isomorphic.Encode("a€"); ok {
		t.Errorf("U+20AC encoded as %q", got)
	}
}
