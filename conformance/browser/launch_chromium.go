package browser

func chromium() *launcher {
	return &launcher{
		programs: map[string]string{"chromium": "chromium"},
		program:  "chromium",
		version:  1,
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
