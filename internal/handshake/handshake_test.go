package handshake_test

import (
	"testing"

	"github.com/browsercors/browsercors/internal/handshake"
)

// The key and the answer are those of RFC 6455, 1.3.
func TestAgain(t *testing.T) {
	const key, answer, other = "dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "AAAAAAAAAAAAAAAAAAAAAA=="
	if got := handshake.Answer(key); got != answer {
		t.Errorf("the answer is %q, want %q", got, answer)
	}
	for _, tt := range []struct{ name, sent, want string }{
		{"right", answer, handshake.Answer(other)},
		{"wrong", "x", "x"},
	} {
		if got := handshake.Again(tt.sent, key, other); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
