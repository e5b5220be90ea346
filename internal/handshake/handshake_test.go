package handshake_test

import (
	"testing"

	"github.com/browsercors/browsercors/internal/handshake"
	"github.com/browsercors/browsercors/origin"
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

func TestURL(t *testing.T) {
	for _, tt := range []struct{ given, want string }{
		{"ws://h.example:80/a?b#c", "http://h.example/a?b#c"},
		{"wss://h.example:8443/", "https://h.example:8443/"},
		{"http://h.example/", "http://h.example/"},
		{"https://h.example/", "https://h.example/"},
		{"ftp://h.example/", "ftp://h.example/"},
	} {
		u, err := origin.ParseURL(tt.given)
		if err != nil {
			t.Fatal(err)
		}
		if got := handshake.URL(u).String(); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.given, got, tt.want)
		}
	}
}
