package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
)

func TestProfiles(t *testing.T) {
	var names []string
	for _, p := range engine.Profiles() {
		names = append(names, p.Name)
		if p.Version == "" {
			t.Errorf("%s has no version", p.Name)
		}
		same, err := engine.ByName(p.Name)
		if err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(p, same); diff != "" {
			t.Error(diff)
		}
		if _, err := fetch.NewAgent(&fetch.Options{Profile: p}); err != nil {
			t.Error(err)
		}
	}
	if got := strings.Join(names, " "); got != "standard chromium firefox webkit" {
		t.Error(got)
	}
	if diff := cmp.Diff(engine.Profiles()[1:], engine.All()); diff != "" {
		t.Error(diff)
	}
	for _, name := range []string{"Chromium", "", "netscape"} {
		if _, err := engine.ByName(name); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", name)) ||
			!strings.Contains(err.Error(), "standard, chromium, firefox, webkit") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestTitle(t *testing.T) {
	for profile, want := range map[string]string{"webkit": "WebKit", "chromium": "Chromium", "firefox": "Firefox", "standard": "standard"} {
		if got := engine.Title(profile); got != want {
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
		if got := engine.InBrowsers(tt.profiles); got != tt.want {
			t.Errorf("%q: %s, want %s", tt.profiles, got, tt.want)
		}
	}
}
