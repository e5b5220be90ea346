package browser

import (
	"context"
	"os"
)

// chromiumState has no scheme of HTTP authentication that a server here
// would name, so that a 401 opens no dialog, which nobody could close.
const chromiumState = `{"auth":{"schemes":"negotiate"}}`

func chromium() *launcher {
	return &launcher{
		programs: map[string]string{"chromium": "chromium"},
		program:  "chromium",
		version:  1,
		setUp: func(_ context.Context, s *session) error {
			if err := os.Mkdir(s.path("profile"), 0o700); err != nil {
				return err
			}
			return os.WriteFile(s.path("profile", "Local State"), []byte(chromiumState), 0o600)
		},
		args: func(s *session) []string {
			return []string{
				"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
				"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
				"--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,LocalNetworkAccessChecks",
				// A visit opens a window over the page's, whose timers and popups must go on.
				"--disable-popup-blocking", "--disable-background-timer-throttling",
				"--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
				"--disable-breakpad", "--disable-crash-reporter",
				"--user-data-dir=" + s.path("profile"),
				"--proxy-server=http://" + s.proxy, "--proxy-bypass-list=<-loopback>",
				"--ignore-certificate-errors-spki-list=" + s.authority.spki(),
				controlPage,
			}
		},
	}
}
