package browser

import (
	"context"
	"os"
	"regexp"
	"strings"
)

// chromiumConsole is a line of Chromium's log that shows a message of a page's
// console.
var chromiumConsole = regexp.MustCompile(`^\[[^\]]*:CONSOLE:\d+\] "(.*)", source: .* \(\d+\)$`)

// chromiumMessage is the message in a line of Chromium's log, if it is about
// CORS or of our own script.
func chromiumMessage(line string) (string, bool) {
	found := chromiumConsole.FindStringSubmatch(line)
	if found == nil {
		return "", false
	}
	for _, prefix := range [...]string{over, "Access to ", "Fetch API cannot load "} {
		if strings.HasPrefix(found[1], prefix) {
			return found[1], true
		}
	}
	return "", false
}

func chromium() *launcher {
	return &launcher{
		programs:     map[string]string{"chromium": "chromium"},
		program:      "chromium",
		version:      1,
		console:      chromiumMessage,
		localNetwork: true,
		setUp: func(_ context.Context, s *session) error {
			if !s.unproxied {
				return nil
			}
			if err := os.MkdirAll(s.path("profile", "Default"), 0o700); err != nil {
				return err
			}
			return os.WriteFile(s.path("profile", "Default", "Preferences"), []byte(s.chromiumPreferences()), 0o600)
		},
		noise: []string{":CONSOLE:", "dbus", "DBus", "D-Bus"},
		args: func(s *session) []string {
			network, features := []string{"--proxy-server=http://" + s.proxy, "--proxy-bypass-list=<-loopback>"}, ",LocalNetworkAccessChecks"
			if s.unproxied {
				network, features = []string{"--no-proxy-server", "--host-resolver-rules=" + s.hostRules(), "--ip-address-space-overrides=" + s.spaceOverrides()}, ""
			}
			return append(network, []string{
				"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
				"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
				"--disable-features=HttpsUpgrades,HttpsFirstBalancedModeAutoEnable" + features,
				// A visit opens a window over the page's, whose timers and popups must go on.
				"--disable-popup-blocking", "--disable-background-timer-throttling",
				"--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows",
				"--disable-breakpad", "--disable-crash-reporter", "--enable-logging=stderr",
				"--user-data-dir=" + s.path("profile"),
				"--ignore-certificate-errors-spki-list=" + s.authority.spki(),
				controlPage,
			}...)
		},
	}
}
