package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestCustomSchemes names pages of apps and of files: check and fetch send the Origin that their
// runtimes do, and say whose it is.
func TestCustomSchemes(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Vary", "Origin")
		if o := r.Header.Get("Origin"); o == "tauri://localhost" || o == "myapp://localhost" || o == "null" {
			w.Header().Set("Access-Control-Allow-Origin", o)
		}
		w.Write([]byte("Origin " + r.Header.Get("Origin") + ", Referer " + r.Header.Get("Referer")))
	}))
	defer server.Close()
	for _, tt := range []struct {
		name, args string
		code       int
		out, note  string // "" is no note
	}{
		{"origin", "fetch --profile webkit --origin tauri://localhost", exitDone, "Origin tauri://localhost, Referer", "tauri://localhost belongs to Tauri"},
		{"page", "fetch --profile webkit --page tauri://localhost/index.html", exitDone, "Origin tauri://localhost, Referer", "tauri://localhost belongs to Tauri"},
		{"sandboxed page", "fetch --sandboxed --page tauri://localhost/index.html", exitDone, "Origin null, Referer", "tauri://localhost belongs to Tauri"},
		{"registered", "fetch --scheme myapp --origin myapp://localhost", exitDone, "Origin myapp://localhost, Referer myapp://localhost/", ""},
		{"file", "fetch --page file:///index.html", exitDone, "Origin null, Referer", "pages of file: URLs have an opaque origin, so that Origin is null"},
		{"origin of files", "fetch --origin file://", exitDone, "Origin null, Referer", "pages of file: URLs have an opaque origin"},
		{"no host", "fetch --page app:index.html", exitDone, "Origin null, Referer", "pages of app: URLs have an opaque origin"},
		{"another platform", "fetch --origin http://tauri.localhost", exitFails, "", "http://tauri.localhost belongs to Tauri"},
		{"allowed", "check --no-probes --origin tauri://localhost", exitDone, "Every browser lets pages of tauri://localhost do", "tauri://localhost belongs to Tauri"},
		{"refused", "check --no-probes --origin capacitor://localhost", exitFails, "does not allow capacitor://localhost", "capacitor://localhost belongs to Capacitor"},
		{"must be refused", "check --no-probes --refuse myapp://localhost --scheme myapp", exitFails, "myapp://localhost", ""},
		{"extension", "check --no-probes --refuse chrome-extension://abc --refuse moz-extension://abc", exitDone, "chrome-extension://abc", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := browsercors(t, "", append(strings.Fields(tt.args), server.URL)...)
			if got.code != tt.code || !strings.Contains(strings.Join(strings.Fields(got.out), " "), tt.out) {
				t.Errorf("exit code %d, want %d, with %q:\n%s%s", got.code, tt.code, tt.out, got.out, got.stderr)
			}
			if has := strings.Contains(got.stderr, "note: "); has != (tt.note != "") || !strings.Contains(got.stderr, tt.note) {
				t.Errorf("notes:\n%swant %q", got.stderr, tt.note)
			}
		})
	}
}
