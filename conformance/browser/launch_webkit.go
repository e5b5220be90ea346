package browser

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
)

// miniBrowser is WebKitGTK's own test browser, which its driver's package has.
const miniBrowser = "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser"

func webkit() *launcher {
	return &launcher{
		programs: map[string]string{miniBrowser: "webkit2gtk-driver", "Xvfb": "xvfb"},
		program:  miniBrowser,
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
		args: func(s *session) []string {
			return []string{
				"--proxy=http://" + s.proxy, "--ignore-tls-errors", "--private",
				"--javascript-can-open-windows-automatically=true", controlPage,
			}
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
