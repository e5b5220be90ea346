package customscheme_test

import (
	"strings"
	"testing"

	"github.com/browsercors/browsercors/internal/customscheme"
)

func TestParse(t *testing.T) {
	tests := []struct {
		name, origin string
		rule         string // of the error
	}{
		{name: "Web", origin: "https://app.example"},
		{name: "Tauri", origin: "tauri://localhost"},
		{name: "Capacitor with a hostname", origin: "capacitor://com.example.app"},
		{name: "extension", origin: "chrome-extension://abcdefghijklmnopabcdefghijklmnop"},
		{name: "Obsidian", origin: "app://obsidian.md"},
		{name: "none that is known", origin: "myapp://localhost"},
		{name: "null", origin: "null"},
		{name: "slash", origin: "tauri://localhost/", rule: "trailing slash"},
		{name: "path", origin: "tauri://localhost/index.html", rule: "has a path"},
		{name: "no host", origin: "app://", rule: "no host"},
		{name: "file", origin: "file://", rule: "a file URL's origin is opaque"},
		{name: "data", origin: "data://x", rule: "no tuple origins"},
		{name: "nothing", origin: "", rule: "empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o, err := customscheme.Parse(tt.origin)
			switch {
			case tt.rule == "" && err != nil:
				t.Fatal(err)
			case tt.rule != "" && (err == nil || !strings.Contains(err.Error(), tt.rule)):
				t.Fatalf("error %v, want one with %q", err, tt.rule)
			case tt.rule == "" && o.String() != tt.origin:
				t.Errorf("serialized %s", o)
			}
		})
	}
}

func TestKnown(t *testing.T) {
	for _, named := range []string{
		"capacitor://localhost", "ionic://localhost", "tauri://localhost", "wails://wails", "app://obsidian.md", "chrome-extension://a",
		"moz-extension://a", "safari-web-extension://a", "vscode-webview://a", "vscode-file://vscode-app",
	} {
		if o, err := customscheme.Known().ParseOrigin(named); err != nil || o.String() != named {
			t.Errorf("%s: %v, %v", named, o, err)
		}
		if customscheme.Note(named) == "" || customscheme.Unknown(named) != "" {
			t.Errorf("%s is not known", named)
		}
	}
	for s, want := range map[string]string{
		"myapp://localhost": "myapp", "https://a.example": "", "file:///a": "", "data:x": "", "MYAPP://x": "", "": "",
	} {
		if got := customscheme.Unknown(s); got != want {
			t.Errorf("Unknown(%q) = %q, want %q", s, got, want)
		}
	}
	if got := customscheme.Unknown("myapp://localhost", "myapp"); got != "" {
		t.Errorf("%q is registered", got)
	}
}

func TestNote(t *testing.T) {
	tests := []struct{ name, origin, want string }{
		{"scheme", "tauri://localhost", "tauri://localhost belongs to Tauri, whose pages have the origins tauri://localhost on macOS, iOS and Linux (WebKit), http://tauri.localhost on Windows and Android (Chromium) and https://tauri.localhost on Windows and Android with useHttpsScheme and on Windows with Tauri 1 (Chromium). Requests of Tauri's HTTP plugin come from Rust and know no CORS."},
		{"host", "http://wails.localhost", "http://wails.localhost belongs to Wails, whose pages have the origins wails://wails on macOS and Linux (WebKit; wails://wails.localhost in development) and http://wails.localhost on Windows (Chromium)."},
		{"extension", "moz-extension://a", "moz-extension://a belongs to a Firefox extension. The pages and workers of an extension reach the hosts of its host permissions without CORS; a content script's requests are those of the page that it runs in."},
		{"anybody's", "http://localhost", ""},
		{"Web", "https://app.example", ""},
		{"null", "null", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := customscheme.Note(tt.origin); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}
