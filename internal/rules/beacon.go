package rules

// Beacon holds a user agent's departures in navigator.sendBeacon() and fetchLater().
type Beacon struct {
	// The bodies of beacons count against no quota.
	NoQuota bool

	// A beacon that is blocked as mixed content is refused: sendBeacon() returns
	// false.
	RefusesMixedContent bool

	// A beacon to a port that is blocked is refused: sendBeacon() returns false.
	RefusesBadPort bool

	// A beacon whose URL has a username or password that blocks it is refused:
	// sendBeacon() returns false.
	RefusesUserinfo bool

	// A beacon that a Content-Security-Policy blocks is refused: sendBeacon() returns
	// false.
	RefusesByCSP bool

	// The type of a Blob that a beacon sends is left out unless it parses to its end.
	// It has to have a type, a subtype and whole parameters.
	BlobTypeParsed bool

	// A beacon has Cache-Control: max-age=0.
	Revalidates bool

	// A beacon that was preflighted is preflighted again wherever a redirect leads,
	// for the Content-Type that it had, though its body may be gone.
	PreflightKeepsType bool

	// A beacon in mode cors sends no cookies once a redirect has led it from one
	// origin to another.
	NoCredentialsOnceCrossed bool

	// SandboxedReferrer is the referrer of a beacon of a sandboxed page.
	SandboxedReferrer SandboxedReferrer

	// A beacon of a sandboxed page in mode no-cors has the origin of the page's URL,
	// until it is redirected.
	SandboxedOrigin bool

	// There is no fetchLater().
	NoFetchLater bool
}

// A SandboxedReferrer says what the referrer of a sandboxed page's request is.
type SandboxedReferrer uint8

const (
	SandboxedReferrerNone   SandboxedReferrer = iota // none, as the Standard demands
	SandboxedReferrerPage                            // the page's URL, by the referrer policy
	SandboxedReferrerOpaque                          // likewise, as if every URL were of another origin
)
