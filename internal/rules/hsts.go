package rules

import "time"

// HSTS holds a user agent's departures in HTTP Strict Transport Security.
type HSTS struct {
	Upgrade HSTSUpgrade

	// Each top-level site has its own HSTS hosts.
	ByTopLevelSite bool

	// A response counts only if its URL is of the top-level page's site.
	FirstPartyOnly bool

	// A policy lasts no longer than this. 0 means that there is no such limit.
	MaxAge time.Duration
}

// HSTSUpgrade says what becomes of an http: URL of an HSTS host.
type HSTSUpgrade uint8

const (
	HSTSReplaces  HSTSUpgrade = iota // the request's URL becomes https:
	HSTSRedirects                    // the user agent answers with a 307 of its own, which is a redirect like any other
	HSTSSilent                       // the request goes on to the https: URL: a redirect that only Response.redirected shows
	HSTSNever                        // nothing: the user agent has no HSTS
)
