package origin_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/origin"
)

func mustSchemes(tb testing.TB, names ...string) *origin.Schemes {
	tb.Helper()
	s, err := origin.NewSchemes(names...)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func TestSchemes(t *testing.T) {
	s := mustSchemes(t, "wails", "app", "wails")
	tests := []struct{ name, input, want string }{
		{"registered", "wails://wails/index.html", "wails://wails"},
		{"port", "app://localhost:80/", "app://localhost:80"},
		{"case of an opaque host", "app://Local/", "app://Local"},
		{"credentials", "app://u:p@h/", "app://h"},
		{"blob", "blob:wails://wails/id", "wails://wails"},
		{"no authority", "app:/x", "null"},
		{"empty host", "app:///x", "null"},
		{"opaque path", "app:x", "null"},
		{"not registered", "tauri://localhost/", "null"},
		{"http as ever", "http://a.example/", "http://a.example"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u, err := s.ParseURL(tt.input, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := u.Origin().String(); got != tt.want {
				t.Errorf("origin %s, want %s", got, tt.want)
			}
			if got := u.WithFragment("f", true).Origin().String(); got != tt.want {
				t.Errorf("copy has origin %s, want %s", got, tt.want)
			}
		})
	}
	if u := mustURL(t, "wails://wails/"); !u.Origin().IsOpaque() {
		t.Errorf("without registration the origin is %s", u.Origin())
	}
}

func TestNewSchemesRefuses(t *testing.T) {
	for _, name := range []string{"", "https", "file", "about", "blob", "data", "javascript", "Wails", "wails:", "1a", "a b", "wails://"} {
		t.Run("name="+name, func(t *testing.T) {
			var parseError *origin.ParseError
			if s, err := origin.NewSchemes("app", name); s != nil || !errors.As(err, &parseError) || parseError.Value != name {
				t.Errorf("NewSchemes(%q) = %v, %v", name, s, err)
			}
		})
	}
	if _, err := origin.NewSchemes("http", "A"); strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("mistakes are not reported together: %v", err)
	}
}
