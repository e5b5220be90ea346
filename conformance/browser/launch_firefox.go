package browser

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
)

// firefoxPreferences are those that don't depend on the run. No program is known
// for mailto: and the like: with one, a redirect there ends the process of the page.
const firefoxPreferences = `
user_pref("network.proxy.type", 1);
user_pref("network.proxy.no_proxies_on", "");
user_pref("network.proxy.allow_hijacking_localhost", true);
user_pref("network.http.http3.enable", false);
user_pref("network.trr.mode", 5);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("network.auth.subresource-http-auth-allow", 0);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.update.disabledForTesting", true);
user_pref("services.settings.server", "data:,#remote-settings-dummy/v1");
user_pref("browser.safebrowsing.malware.enabled", false);
user_pref("browser.safebrowsing.phishing.enabled", false);
user_pref("browser.safebrowsing.downloads.enabled", false);
user_pref("browser.safebrowsing.blockedURIs.enabled", false);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("browser.aboutwelcome.enabled", false);
user_pref("termsofuse.bypassNotification", true);
user_pref("gecko.handlerService.defaultHandlersVersion", 1000);
user_pref("dom.security.https_first", false);
user_pref("dom.disable_open_during_load", false);
user_pref("dom.min_background_timeout_value", 4);
user_pref("dom.timeout.enable_budget_timer_throttling", false);
`

func firefox() *launcher {
	return &launcher{
		programs: map[string]string{"firefox-esr": "firefox-esr", "certutil": "libnss3-tools"},
		program:  "firefox-esr",
		version:  2,

		localNetwork: true,
		setUp: func(ctx context.Context, s *session) error {
			profile, ca := s.path("profile"), s.path("ca.pem")
			if err := os.Mkdir(profile, 0o700); err != nil {
				return err
			}
			host, port, err := net.SplitHostPort(s.proxy)
			if err != nil {
				return err
			}
			preferences := firefoxPreferences
			for _, scheme := range []string{"http", "ssl"} {
				preferences += fmt.Sprintf("user_pref(\"network.proxy.%s\", %q);\nuser_pref(\"network.proxy.%[1]s_port\", %[3]s);\n", scheme, host, port)
			}
			if s.unproxied {
				var own strings.Builder
				s.firefoxDirect(&own)
				preferences += own.String()
			}
			if err := os.WriteFile(s.path("profile", "user.js"), []byte(preferences), 0o600); err != nil {
				return err
			}
			if err := os.WriteFile(ca, s.authority.pem(), 0o600); err != nil {
				return err
			}
			for _, args := range [][]string{
				{"-N", "-d", "sql:" + profile, "--empty-password"},
				{"-A", "-d", "sql:" + profile, "-n", "ca", "-t", "C,,", "-i", ca},
			} {
				if out, err := exec.CommandContext(ctx, "certutil", args...).CombinedOutput(); err != nil {
					return fmt.Errorf("browser: certutil %s: %s: %w", args[0], strings.TrimSpace(string(out)), err)
				}
			}
			return nil
		},
		args: func(s *session) []string {
			return []string{"--headless", "--no-remote", "--profile", s.path("profile"), controlPage}
		},
	}
}
