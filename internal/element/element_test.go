package element_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/internal/element"
)

// Every name has a kind with all that texts need, and what asked for its request
// can be told again.
func TestKinds(t *testing.T) {
	names := element.Names()
	if !slices.IsSorted(names) || len(names) < 19 {
		t.Errorf("%q", names)
	}
	for _, name := range names {
		k, ok := element.Of(name)
		if !ok || k.Name != name || k.Markup == "" || k.API == "" || k.Section == "" || k.Reads == "" || k.Credentials == "" {
			t.Errorf("%s: %+v", name, k)
		}
		if (k.Mode == "no-cors" || k.Frame) != (k.Opaque != "") && name != "beacon" {
			t.Errorf("%s in mode %q can do this with an opaque response: %q", name, k.Mode, k.Opaque)
		}
		if k.Effect(true, "") != k.Reads || k.Opaque != "" && k.Effect(false, "") != k.Opaque {
			t.Errorf("%s: %q, %q", name, k.Effect(true, ""), k.Effect(false, ""))
		}
	}
	for _, name := range []string{"", "IMG", "preload", "preload/", "preload/document"} {
		if _, ok := element.Of(name); ok {
			t.Errorf("%q is there", name)
		}
	}
	for _, tt := range []struct{ api, destination, mode, want string }{
		{"element", "image", "no-cors", "<img>"},
		{"element", "image", "cors", "<img>"},
		{"element", "script", "no-cors", "<script>"},
		{"element", "script", "cors", "<script>"},
		{"element", "track", "same-origin", "<track>"},
		{"element", "", "cors", "an element"},
		{"eventsource", "", "cors", "new EventSource()"},
		{"beacon", "", "no-cors", "navigator.sendBeacon()"},
		{"fetch", "", "cors", "an element"},
	} {
		if got := element.Asking(tt.api, tt.destination, tt.mode); got != tt.want {
			t.Errorf("%v: %s", tt, got)
		}
	}
	for _, tt := range [][3]string{{"script", "module", "module"}, {"worker", "module", "worker/module"}, {"worker", "classic", "worker"}, {"img", "module", "img"}} {
		if got := element.Named(tt[0], tt[1]); got != tt[2] {
			t.Errorf("%v: %s", tt, got)
		}
	}
	if k, _ := element.Of("img"); !strings.Contains(k.Effect(true, "text/html"), "which its type text/html denies") {
		t.Error(k.Effect(true, "text/html"))
	}
	if elements := element.Elements(); !slices.Contains(elements, "img") || !slices.Contains(elements, "iframe") || slices.Contains(elements, "report") {
		t.Errorf("%q", elements)
	}
	if calls := element.Calls(); !slices.Equal(calls, []string{"beacon", "eventsource", "importscripts", "sharedworker", "websocket", "worker"}) {
		t.Errorf("%q", calls)
	}
}
