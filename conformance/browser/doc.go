// Package browser plays the scenarios of package conformance in installed browsers:
// Chromium, Firefox and WebKit's MiniBrowser.
//
//	if err := browser.Installed("chromium"); err != nil {
//		return err // which Debian package is missing
//	}
//	b, err := browser.Start(ctx, "chromium")
//	if err != nil {
//		return err
//	}
//	defer b.Close()
//	return b.Play(ctx, scenarios, func(s *conformance.Scenario, o *conformance.Outcome, err error) {
//		fmt.Println(s.ID, o, err)
//	})
//
// A [Browser] runs without a window, with a new profile, behind a proxy on
// loopback. The proxy responds for every host, over http, https and HTTP/2, as the
// scenario says, byte for byte. It also serves the page whose script fetches the
// scenarios, plays them and posts what it saw.
//
// A password dialog can't be closed. A scenario that opens one, by a 401 for which
// the browser asks its user, fails. Authentication schemes are not switched off for
// this, because that would change what the browser does with credentials.
//
// This package only returns outcomes. Comparing them is up to package conformance.
package browser
