package rules

// MixedContent holds a user agent's departures in what becomes of the http: URLs of
// secure pages, and in upgrade-insecure-requests.
type MixedContent struct {
	// An http: URL that is upgraded is redirected within the user agent: only
	// Response.redirected shows that.
	UpgradeRedirects bool

	// The Response.url of fetch() is the http: URL that upgrade-insecure-requests has
	// upgraded.
	URLStaysInsecure bool

	// fetch() looks at mode same-origin before upgrade-insecure-requests.
	ModeBeforeUpgrade bool

	Loopback LoopbackUpgrades

	Addresses UpgradedAddresses

	// A track with crossorigin is not mixed content.
	TrackWithCORS bool

	// The first request of an audio or a video, if it is upgraded, has no Referer where
	// the http: URL would have got none.
	MediaWithoutReferrer bool

	// A request that is redirected to http: and upgraded as mixed content counts as
	// having gone through the http: URL.
	RedirectThroughInsecure bool
}

// LoopbackUpgrades says which URLs of loopback upgrade-insecure-requests upgrades.
type LoopbackUpgrades uint8

const (
	LoopbackUpgraded           LoopbackUpgrades = iota // all
	LoopbackUpgradedRedirected                         // what a redirect leads to
	LoopbackStays                                      // those of WebSockets
)

// UpgradedAddresses says which mixed content is upgraded though its host is an IP
// address.
type UpgradedAddresses uint8

const (
	UpgradedAddressesNone       UpgradedAddresses = iota // none is
	UpgradedAddressesIPv6                                // what is on an IPv6 address
	UpgradedAddressesRedirected                          // what a redirect leads to
	UpgradedAddressesAll                                 // all of it
)
