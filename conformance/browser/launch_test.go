package browser

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/browsercors/browsercors/conformance"
)

func TestMiniBrowser(t *testing.T) {
	const amd64, arm64 = "usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser", "usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser"
	for _, tt := range []struct {
		name, architecture string
		files              []string
		want               string
	}{
		{"Debian", "amd64", []string{amd64}, "/" + amd64},
		{"Debian on ARM", "arm64", []string{arm64}, "/" + arm64},
		{"of two architectures, its own", "amd64", []string{amd64, arm64}, "/" + amd64},
		{"of two architectures, its own, on ARM", "arm64", []string{amd64, arm64}, "/" + arm64},
		{"an architecture that is not known", "riscv64", []string{"usr/lib/riscv64-linux-gnu/webkit2gtk-4.1/MiniBrowser"}, "/usr/lib/riscv64-linux-gnu/webkit2gtk-4.1/MiniBrowser"},
		{"Fedora", "amd64", []string{"usr/libexec/webkit2gtk-4.1/MiniBrowser"}, "/usr/libexec/webkit2gtk-4.1/MiniBrowser"},
		{"Arch", "amd64", []string{"usr/lib/webkit2gtk-4.1/MiniBrowser"}, "/usr/lib/webkit2gtk-4.1/MiniBrowser"},
		{"another version", "amd64", []string{"usr/lib/x86_64-linux-gnu/webkit2gtk-4.0/MiniBrowser"}, "MiniBrowser"},
		{"nowhere", "amd64", nil, "MiniBrowser"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root := make(fstest.MapFS)
			for _, file := range tt.files {
				root[file] = new(fstest.MapFile)
			}
			if got := miniBrowser(root, tt.architecture); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

// TestWebKitHasAnHTTPCache: only a session that is not private has one.
func TestWebKitHasAnHTTPCache(t *testing.T) {
	for _, httpCache := range []bool{false, true} {
		args := webkit().args(&session{proxy: "127.0.0.1:1", surrounding: surrounding{httpCache: httpCache}})
		if private := slices.Contains(args, "--private"); private == httpCache {
			t.Errorf("HTTP cache %v: %q", httpCache, args)
		}
	}
}

// TestSurroundings: WebKit has an HTTP cache or not, and those with Local Network Access have sessions for the user's decisions.
func TestSurroundings(t *testing.T) {
	read := func(text string) *conformance.Scenario {
		t.Helper()
		s, err := conformance.ReadScenarios(strings.NewReader(text), "-")
		if err != nil {
			t.Fatal(err)
		}
		return s[0]
	}
	all := []*conformance.Scenario{
		{ID: "hc-a"}, {ID: "b"}, {ID: "hc-c"}, {ID: "gen-httpcache-1-2"}, {ID: "gen-methods-1-3"},
		read(`{"id": "l1", "page": {"addressSpace": "public"}, "servers": {"https://a.test:8443/l1/": {"addressSpace": "local"}}, "steps": []}`),
		read(`{"id": "l2", "page": {"addressSpace": "public"}, "servers": {"https://a.test:8443/l2/": {"addressSpace": "loopback"}}, "steps": []}`),
		read(`{"id": "l3", "page": {"addressSpace": "public"}, "permissions": {"local-network": "granted"}, "steps": []}`),
		read(`{"id": "l4", "page": {"addressSpace": "public"}, "servers": {"https://a.test:9443/l4/": {"addressSpace": "local"}}, "steps": []}`),
	}
	for name, want := range map[string]string{
		"webkit":   "[hc-a hc-c gen-httpcache-1-2] {true false  } [b gen-methods-1-3 l1 l2 l3 l4] {false false  } ",
		"chromium": "[hc-a b hc-c gen-httpcache-1-2 gen-methods-1-3] {false false  } [l1 l4] {false true 443=public 8443=local 9443=local } [l2] {false true 443=public 8443=loopback } [l3] {false true 443=public local-network=granted} ",
	} {
		parts, of := launchers[name]().inSurroundings(all)
		got := ""
		for i, part := range parts {
			var ids []string
			for _, s := range part {
				ids = append(ids, s.ID)
			}
			got += fmt.Sprint(ids, " ", of[i], " ")
		}
		if got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
