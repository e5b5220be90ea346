package engine

import "github.com/browsercors/browsercors/internal/rules"

// Where the engines match the sources of a Content Security Policy.
const (
	chromiumSources = "services/network/public/cpp/content_security_policy/csp_source.cc; " + seen
	chromiumParser  = "services/network/public/cpp/content_security_policy/content_security_policy.cc; " + seen
	firefoxSources  = "dom/security/nsCSPUtils.cpp; " + seen
	firefoxParser   = "dom/security/nsCSPParser.cpp; " + seen
	webkitSources   = "Source/WebCore/page/csp/ContentSecurityPolicySource.cpp; " + seen
	webkitParser    = "Source/WebCore/page/csp/ContentSecurityPolicySourceList.cpp; " + seen
)

const (
	cspHosts   = "https://w3c.github.io/webappsec-csp/#match-hosts"
	cspPorts   = "https://w3c.github.io/webappsec-csp/#match-ports"
	cspPaths   = "https://w3c.github.io/webappsec-csp/#match-paths"
	cspSchemes = "https://w3c.github.io/webappsec-csp/#match-schemes"
	cspGrammar = "https://w3c.github.io/webappsec-csp/#framework-directive-source-list"
	cspReport  = "https://w3c.github.io/webappsec-csp/#report-violation"
	cspMatch   = "https://w3c.github.io/webappsec-csp/#match-url-to-source-expression"
)

const mainFetchSection = "https://fetch.spec.whatwg.org/#concept-main-fetch"

// cspDeviations are the departures that concern Content Security Policy.
var cspDeviations = []deviation{
	{
		field:    "CSP.WebSocketSchemesApart",
		does:     "ws: and wss: in a source match URLs of these schemes alone.",
		standard: "ws: matches http: and https: too, and wss: matches https:.",
		section:  cspSchemes,
		sources:  map[string]string{"chromium": chromiumSources, "firefox": firefoxSources},
	}, {
		field:    "CSP.WebSocketURL",
		does:     "The URL of a WebSocket is matched as ws: or wss:.",
		standard: "It is http: or https: when it is fetched, and matched so.",
		section:  "https://websockets.spec.whatwg.org/#concept-websocket-establish",
		sources:  map[string]string{"chromium": seen, "firefox": seen, "webkit": seen},
	}, {
		field:    "CSP.Ports",
		value:    rules.PortsUpgraded,
		does:     "Port 80 of a source matches port 443 too.",
		standard: "It matches port 80 alone.",
		section:  cspPorts,
		sources:  map[string]string{"webkit": webkitSources},
	}, {
		field:    "CSP.Ports",
		value:    rules.PortsWithSchemes,
		does:     "A source for http: matches an https: URL on its default port alone, and with port 80 too; any other port does not match. Of a port above 65535 the 16 low bits count.",
		standard: "Ports are compared whatever the schemes are: port 8443 matches port 8443, and port 80 does not match 443, nor does 65979.",
		section:  cspPorts,
		sources:  map[string]string{"chromium": chromiumSources},
	}, {
		field:    "CSP.Ports",
		value:    rules.PortsOfSource,
		does:     "Port 80 of a source matches port 443 too, a source without a port also matches the default port of its own scheme, and a port with leading zeros matches nothing.",
		standard: "Ports are numbers. Port 80 matches port 80 alone, and a source without a port matches the default port of the URL's scheme.",
		section:  cspPorts,
		sources:  map[string]string{"firefox": firefoxSources},
	}, {
		field:    "CSP.IPHosts",
		does:     "The host of a source may be an IPv4 address.",
		standard: "Only domains match.",
		section:  cspHosts,
		sources:  map[string]string{"chromium": chromiumSources, "firefox": firefoxSources, "webkit": webkitSources},
	}, {
		field:    "CSP.QueryCutOff",
		does:     "A query or a fragment of a source is cut off.",
		standard: "Such a source is not in the grammar, and matches nothing.",
		section:  cspGrammar,
		sources:  map[string]string{"chromium": chromiumParser, "firefox": firefoxParser, "webkit": webkitParser},
	}, {
		field:    "CSP.QueryOfHostCutOff",
		does:     "A query or a fragment right behind the host or the port of a source is cut off too.",
		standard: "Such a source is not in the grammar, and matches nothing.",
		section:  cspGrammar,
		sources:  map[string]string{"firefox": firefoxParser},
	}, {
		field:    "CSP.AncestorsWithoutPath",
		does:     "The path of a source of frame-ancestors is ignored.",
		standard: "The path of an origin's URL is a slash, which another path does not match.",
		section:  "https://w3c.github.io/webappsec-csp/#frame-ancestors-navigation-response",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "CSP.AnyPath",
		does:     "The path of a source may have any characters.",
		standard: "A source whose path is not in the grammar matches nothing.",
		section:  cspGrammar,
		sources:  map[string]string{"chromium": chromiumParser, "webkit": webkitParser},
	}, {
		field:    "CSP.PathDecodedFirst",
		does:     "Paths are decoded before they are compared, so that “%2F” matches a slash.",
		standard: "They are split at slashes, and then the pieces are decoded and compared.",
		section:  cspPaths,
		sources:  map[string]string{"chromium": chromiumSources, "firefox": firefoxSources, "webkit": webkitSources},
	}, {
		field:    "CSP.BareWildcardIgnored",
		does:     "A source that has no scheme, the host “*”, and a port or a path matches nothing.",
		standard: "It matches every host with that port or path.",
		section:  cspMatch,
		sources:  map[string]string{"webkit": webkitParser},
	}, {
		field:    "CSP.WildcardPathIgnored",
		does:     "A source that has the host “*”, a path and no port matches nothing.",
		standard: "It matches that path on every host.",
		section:  cspMatch,
		sources:  map[string]string{"firefox": firefoxParser},
	}, {
		field:    "CSP.TrailingDotIgnored",
		does:     "A source whose host ends in a dot matches nothing.",
		standard: "It matches a host that ends in a dot.",
		section:  cspGrammar,
		sources:  map[string]string{"firefox": firefoxParser},
	}, {
		field:    "CSP.WorkerStrictDynamic",
		value:    rules.WorkerByAnyDirective,
		does:     "A worker is allowed by 'strict-dynamic' in the directive that decides.",
		standard: "The URL of a worker has to match a source.",
		section:  "https://w3c.github.io/webappsec-csp/#worker-src-pre-request",
		sources:  map[string]string{"chromium": seen, "firefox": firefoxSources},
	}, {
		field:    "CSP.WorkerStrictDynamic",
		value:    rules.WorkerByScriptOrDefault,
		does:     "A worker is allowed by 'strict-dynamic' in script-src or default-src, where that decides.",
		standard: "The URL of a worker has to match a source.",
		section:  "https://w3c.github.io/webappsec-csp/#worker-src-pre-request",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "CSP.Order",
		value:    rules.PolicyAfterUpgrades,
		does:     "Policies are asked, and violations reported, before ports and mixed content are looked at.",
		standard: "A request that is blocked for its port or as mixed content violates no policy.",
		section:  mainFetchSection,
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "CSP.Order",
		value:    rules.PolicyBeforeUpgrades,
		does:     "Policies are asked about http: URLs before these are upgraded to https:, and before ports and mixed content are looked at.",
		standard: "They are asked after that.",
		section:  mainFetchSection,
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "CSP.Order",
		value:    rules.PolicyOfFetchFirst,
		does:     "Policies are asked before ports and mixed content are looked at, and about the first URL of fetch() and sendBeacon() before it is upgraded to https:.",
		standard: "They are asked after that.",
		section:  mainFetchSection,
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "CSP.MatchesUpgradable",
		does:     "In a policy with upgrade-insecure-requests, https: in a source matches http: too, and wss: matches ws:.",
		standard: "It does not: what is upgraded is matched afterwards.",
		section:  mainFetchSection,
		sources:  map[string]string{"firefox": firefoxSources},
	}, {
		field:    "CSP.StrictDynamicEnds",
		does:     "In default-src the sources behind 'strict-dynamic', except *, match no URL.",
		standard: "Only scripts are subject to 'strict-dynamic'.",
		section:  "https://w3c.github.io/webappsec-csp/#script-pre-request",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "CSP.KeepalivePath",
		does:     "After a redirect of a keepalive request the path of a source counts.",
		standard: "It does not count after any redirect.",
		section:  cspMatch,
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "CSP.PreflightPath",
		does:     "Before the preflight of a redirected request the policies are asked once more, and the path of a source counts.",
		standard: "Policies are not asked about preflights, and the path does not count after a redirect.",
		section:  cspMatch,
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "CSP.SocketPathDecoded",
		does:     "For a WebSocket's handshake, the policy is serialized with decoded paths and parsed again. A blank in a decoded path ends the source, and a semicolon ends the directive.",
		standard: "The policy is not parsed again. Matching decodes the path of a source.",
		section:  cspMatch,
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "CSP.ReportIncludes",
		does:     "The report of a violation includes credentials.",
		standard: "Its credentials mode is same-origin.",
		section:  cspReport,
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "CSP.ReportNoReferrer",
		does:     "The report of a violation has no Referer.",
		standard: "It has the page's, as its referrer policy allows.",
		section:  cspReport,
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "CSP.ReportNullOrigin",
		does:     "The report of a violation has Origin: null.",
		standard: "It has the page's origin.",
		section:  cspReport,
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "CSP.ReportMaxAge",
		does:     "The report of a violation has Cache-Control: max-age=0.",
		standard: "It has no Cache-Control.",
		section:  cspReport,
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "CSP.ReportNoDestination",
		does:     "The Sec-Fetch-Dest of the report of a violation is “empty”.",
		standard: "It is “report”.",
		section:  "https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-dest-header",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "CSP.StarAllowsData",
		does:     "The source “*” of img-src matches data: URLs, and that of media-src data: and blob: URLs.",
		standard: "It matches HTTP(S) URLs and those of the page's scheme.",
		section:  cspMatch,
		sources:  map[string]string{"webkit": webkitParser},
	},
}
