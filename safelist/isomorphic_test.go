package safelist_test

import (
	"testing"

	"github.com/browsercors/browsercors/safelist"
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
			if got := safelist.IsomorphicDecode(test.bytes); got != test.text {
				t.Errorf("decoded %q, want %q", got, test.text)
			}
			if got, ok := safelist.IsomorphicEncode(test.text); got != test.bytes || !ok {
				t.Errorf("encoded %q, %t, want %q", got, ok, test.bytes)
			}
		})
	}
	if got, ok := safelist.IsomorphicEncode("a€"); ok {
		t.Errorf("U+20AC encoded as %q", got)
	}
}

func TestByteLowercase(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"": "", "x-a": "x-a", "X-AZ[@": "x-az[@", "\xc4Ä": "\xc4Ä"} {
		if got := safelist.ByteLowercase(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
