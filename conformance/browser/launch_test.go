package browser

import (
	"testing"
	"testing/fstest"
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
