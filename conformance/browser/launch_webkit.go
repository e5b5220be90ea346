package browser

import (
	"bufio"
	"context"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
)

// miniBrowsers are where distributions put WebKitGTK's own test browser, which is
// on no PATH: Debian beside the libraries of the architecture, others without it.
var miniBrowsers = []string{
	"usr/lib/*/webkit2gtk-4.1/MiniBrowser",
	"usr/lib/webkit2gtk-4.1/MiniBrowser",
	"usr/lib64/webkit2gtk-4.1/MiniBrowser",
	"usr/libexec/webkit2gtk-4.1/MiniBrowser",
}

// miniBrowser looks for the test browser below a root, that of the architecture
// first. It is the bare name if there is none, for PATH to have.
func miniBrowser(root fs.FS, architecture string) string {
	triplet := map[string]string{"amd64": "x86_64", "arm64": "aarch64", "386": "i386", "arm": "arm"}[architecture]
	var found []string
	for _, pattern := range miniBrowsers {
		paths, _ := fs.Glob(root, pattern)
		found = append(found, paths...)
	}
	own := slices.IndexFunc(found, func(path string) bool { return triplet != "" && strings.Contains(path, "/"+triplet+"-") })
	switch {
	case own >= 0:
		return "/" + found[own]
	case len(found) > 0:
		return "/" + found[0]
	}
	return "MiniBrowser"
}

func webkit() *launcher {
	program := miniBrowser(os.DirFS("/"), runtime.GOARCH)
	return &launcher{
		programs: map[string]string{program: "webkit2gtk-driver", "Xvfb": "xvfb"},
		program:  program,
		version:  1,
		setUp: func(_ context.Context, s *session) error {
			display, err := s.display()
			if err != nil {
				return err
			}
			s.env = append(s.env, "DISPLAY="+display,
				"WEBKIT_DISABLE_COMPOSITING_MODE=1", "WEBKIT_DISABLE_DMABUF_RENDERER=1", "LIBGL_ALWAYS_SOFTWARE=1", "GSETTINGS_BACKEND=memory")
			return nil
		},
		split: true,
		args: func(s *session) []string {
			args := []string{"--proxy=http://" + s.proxy, "--ignore-tls-errors", "--javascript-can-open-windows-automatically=true"}
			if !s.httpCache {
				args = append(args, "--private") // an ephemeral session has no HTTP cache
			}
			return append(args, controlPage)
		},
	}
}

// display starts an X server without a screen and waits until it says which
// display it is.
func (s *session) display() (string, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return "", err
	}
	defer read.Close()
	_, err = s.start([]*os.File{write}, "Xvfb", "-displayfd", "3", "-screen", "0", "800x600x24", "-nolisten", "tcp", "-noreset")
	write.Close()
	if err != nil {
		return "", err
	}
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("browser: Xvfb: %s: %w", s.log.lastLine(), err)
	}
	return ":" + strings.TrimSpace(number), nil
}
