package engine

import "github.com/browsercors/browsercors/internal/rules"

const sendBeacon = "https://w3c.github.io/beacon/#sendbeacon-method"

// beaconDeviations are the departures of navigator.sendBeacon() and fetchLater().
var beaconDeviations = []deviation{
	{
		field:    "Beacon.NoQuota",
		does:     "The bodies of beacons count against no quota.",
		standard: "sendBeacon() returns false if the bodies of the page's keepalive requests have more than 64 KiB together.",
		section:  sendBeacon,
		sources:  map[string]string{"firefox": "dom/base/Navigator.cpp, SendBeaconInternal; " + seen},
	}, {
		field:    "Beacon.RefusesMixedContent",
		does:     "A beacon that is blocked as mixed content is refused: sendBeacon() returns false.",
		standard: "sendBeacon() returns true, and nothing is sent.",
		section:  sendBeacon,
		sources:  map[string]string{"chromium": seen, "firefox": seen, "webkit": seen},
	}, {
		field:    "Beacon.RefusesBadPort",
		does:     "A beacon to a port that is blocked is refused: sendBeacon() returns false.",
		standard: "sendBeacon() returns true, and nothing is sent.",
		section:  sendBeacon,
		sources:  map[string]string{"firefox": seen, "webkit": seen},
	}, {
		field:    "Beacon.RefusesUserinfo",
		does:     "A beacon whose URL has a username or password that blocks it is refused: sendBeacon() returns false.",
		standard: "It is sent like any other.",
		section:  sendBeacon,
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "Beacon.RefusesByCSP",
		does:     "A beacon that a Content-Security-Policy blocks is refused: sendBeacon() returns false.",
		standard: "sendBeacon() returns true, and nothing is sent.",
		section:  sendBeacon,
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Beacon.BlobTypeParsed",
		does:     "The type of a Blob that a beacon sends is left out unless it parses to its end.",
		detail:   "It has to have a type, a subtype and whole parameters.",
		standard: "It is sent, and the beacon is preflighted.",
		section:  sendBeacon,
		sources:  map[string]string{"chromium": "third_party/blink/renderer/core/loader/ping_loader.cc, BeaconBlob; " + seen},
	}, {
		field:    "Beacon.Revalidates",
		does:     "A beacon has Cache-Control: max-age=0.",
		standard: "Its cache mode is default.",
		section:  sendBeacon,
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "Beacon.PreflightKeepsType",
		does:     "A beacon that was preflighted is preflighted again wherever a redirect leads, for the Content-Type that it had, though its body may be gone.",
		standard: "Each hop is judged by the headers that it has.",
		section:  "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsCORSListenerProxy.cpp, CheckPreflightNeeded; " + seen},
	}, {
		field:    "Beacon.NoCredentialsOnceCrossed",
		does:     "A beacon in mode cors sends no cookies once a redirect has led it from one origin to another.",
		standard: "Its credentials mode is include, on every hop.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "Beacon.SandboxedReferrer",
		value:    rules.SandboxedReferrerPage,
		does:     "A beacon of a sandboxed page has the page's URL as referrer.",
		standard: "A page of an opaque origin is not named.",
		section:  "https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "Beacon.SandboxedReferrer",
		value:    rules.SandboxedReferrerOpaque,
		does:     "A beacon of a sandboxed page has the page's URL as referrer, cut down as for another origin.",
		standard: "A page of an opaque origin is not named.",
		section:  "https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Beacon.SandboxedOrigin",
		does:     "A beacon of a sandboxed page in mode no-cors has the origin of the page's URL, until it is redirected.",
		standard: "Its Origin is null.",
		section:  "https://fetch.spec.whatwg.org/#append-a-request-origin-header",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "Beacon.NoFetchLater",
		does:     "There is no fetchLater().",
		standard: "It defers a request to the end of the page.",
		section:  "https://fetch.spec.whatwg.org/#dom-window-fetchlater",
		sources:  map[string]string{"firefox": seen, "webkit": seen},
	},
}
