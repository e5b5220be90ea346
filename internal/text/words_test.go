package text

import (
	"testing"
)

func TestList(t *testing.T) {
	for _, tt := range []struct {
		names []string
		want  string
	}{{nil, ""}, {[]string{"a"}, "a"}, {[]string{"a", "b"}, "a and b"}, {[]string{"a", "b", "c"}, "a, b and c"}} {
		if got := List(tt.names); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.names, got, tt.want)
		}
	}
}

func TestPlural(t *testing.T) {
	for n, want := range map[int]string{0: "0 uses", 1: "1 use", 2: "2 uses"} {
		if got := Plural(n, "use"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestBrowser(t *testing.T) {
	for profile, want := range map[string]string{"webkit": "WebKit", "chromium": "Chromium"} {
		if got := Browser(profile); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestInBrowsers(t *testing.T) {
	for _, tt := range []struct {
		profiles []string
		want     string
	}{
		{nil, "by the Standard alone"}, {[]string{"standard"}, "by the Standard alone"}, {[]string{"standard", "webkit"}, "in WebKit"},
		{[]string{"chromium", "webkit"}, "in Chromium and WebKit"}, {[]string{"standard", "chromium", "firefox", "webkit"}, "in every browser"},
	} {
		if got := InBrowsers(tt.profiles, 3); got != tt.want {
			t.Errorf("%q: %s, want %s", tt.profiles, got, tt.want)
		}
	}
}
