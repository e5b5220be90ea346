package rules

// CSP holds a user agent's departures from Content Security Policy.
type CSP struct {
	// ws: and wss: in a source match URLs of these schemes alone.
	WebSocketSchemesApart bool

	// The URL of a WebSocket is matched as ws: or wss:.
	WebSocketURL bool

	// Ports says how the port of a source matches that of a URL.
	Ports SourcePorts

	// The host of a source may be an IPv4 address.
	IPHosts bool

	// A query or a fragment of a source is cut off.
	QueryCutOff bool

	// A query or a fragment right behind the host or the port of a source is cut off
	// too.
	QueryOfHostCutOff bool

	// The path of a source of frame-ancestors is ignored.
	AncestorsWithoutPath bool

	// The path of a source may have any characters.
	AnyPath bool

	// Paths are decoded before they are compared, so that “%2F” matches a
	// slash.
	PathDecodedFirst bool

	// A source that has no scheme, the host “*”, and a port or a path matches
	// nothing.
	BareWildcardIgnored bool

	// A source that has the host “*”, a path and no port matches nothing.
	WildcardPathIgnored bool

	// A source whose host ends in a dot matches nothing.
	TrailingDotIgnored bool

	// WorkerStrictDynamic says whether 'strict-dynamic' allows workers.
	WorkerStrictDynamic WorkerStrictDynamic

	// Order says when policies are asked about a request.
	Order PolicyOrder

	// In a policy with upgrade-insecure-requests, https: in a source matches http: too,
	// and wss: matches ws:.
	MatchesUpgradable bool

	// In default-src the sources behind 'strict-dynamic', except *, match no URL.
	StrictDynamicEnds bool

	// After a redirect of a keepalive request the path of a source counts.
	KeepalivePath bool

	// Before the preflight of a redirected request the policies are asked once more,
	// and the path of a source counts.
	PreflightPath bool

	// For a WebSocket's handshake, the policy is serialized with decoded paths and
	// parsed again. A blank in a decoded path ends the source, and a semicolon ends
	// the directive.
	SocketPathDecoded bool

	// The report of a violation includes credentials.
	ReportIncludes bool

	// The report of a violation has no Referer.
	ReportNoReferrer bool

	// The report of a violation has Origin: null.
	ReportNullOrigin bool

	// The report of a violation has Cache-Control: max-age=0.
	ReportMaxAge bool

	// The Sec-Fetch-Dest of the report of a violation is “empty”.
	ReportNoDestination bool

	// The source “*” of img-src matches data: URLs, and that of media-src data:
	// and blob: URLs.
	StarAllowsData bool
}

// WorkerStrictDynamic says whether 'strict-dynamic' allows workers.
type WorkerStrictDynamic uint8

const (
	WorkerBySource          WorkerStrictDynamic = iota // it does not
	WorkerByAnyDirective                               // it does
	WorkerByScriptOrDefault                            // it does in script-src and default-src
)

// PolicyOrder says when the policies that are enforced are asked about a request.
type PolicyOrder uint8

const (
	PolicyLast           PolicyOrder = iota // after upgrades to https:, bad ports and mixed content
	PolicyAfterUpgrades                     // after upgrades to https:
	PolicyBeforeUpgrades                    // first of all
	PolicyOfFetchFirst                      // fetch() and sendBeacon() first of all, the rest after upgrades to https:
)

// SourcePorts says how the port of a source in a Content Security Policy matches the
// port of a URL.
type SourcePorts uint8

const (
	PortsStandard    SourcePorts = iota // an absent port is the default port of the URL's scheme
	PortsUpgraded                       // port 80 matches 443 too
	PortsWithSchemes                    // from http: to https: port 80 matches 443 too, and only the default port matches
	PortsOfSource                       // port 80 matches 443 too, an absent port the default port of the source's scheme as well, and ports are compared as text
)
