package engine

import (
	"github.com/browsercors/browsercors/fetch"
)

// chromiumHeads are beginnings of Chromium's messages about CORS: today's, and those
// of its older versions, which the same sentences follow. A sentence that was quoted
// without its beginning counts as well.
var chromiumHeads = []string{
	chromiumBlocked,
	"Redirect from '{first}' to '{url}' has been blocked by CORS policy: ",
	" from origin '{server}' has been blocked from loading by Cross-Origin Resource Sharing policy: ",
	"XMLHttpRequest cannot load {url}. ",
	"Fetch API cannot load {url}. ",
	"Failed to load {url}: ",
	"",
}

// firefoxHeads are beginnings of Firefox's messages about CORS.
var firefoxHeads = []string{firefoxBlocked, "(Reason: "}

// Older wordings of Chromium's: those of versions up to 60, which have the page's
// origin at their end, and what later ones have added or left out.
var chromiumOlder = []consoleLine{
	{fetch.WildcardOriginNotAllowed, nil, chromiumCheck + "A wildcard '*' cannot be used in the 'Access-Control-Allow-Origin' header when the credentials flag is true."},
	{fetch.WildcardOriginNotAllowed, nil, "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true."},
	{fetch.InvalidAllowCredentials, nil, chromiumCheck + "Credentials flag is 'true', but the 'Access-Control-Allow-Credentials' header is '{value}'. It must be 'true' to allow credentials."},
	{fetch.MissingAllowOrigin, nil, "Origin {page} is not allowed by Access-Control-Allow-Origin."},
	{fetch.PreflightInvalidStatus, nil, chromiumBlocked + "Response for preflight has invalid HTTP status code {status}"},
	{fetch.PreflightInvalidStatus, nil, chromiumBlocked + "Response for preflight does not have HTTP ok status."},
	{fetch.PreflightInvalidStatus, nil, chromiumBlocked + "Invalid HTTP status code {status}"},
	{fetch.PreflightDisallowedRedirect, nil, chromiumBlocked + "Response for preflight is invalid (redirect)"},
	{fetch.PreflightDisallowedRedirect, nil, chromiumBlocked + "The request was redirected to '{location}', which is disallowed for cross-origin requests that require preflight."},
	{fetch.MethodDisallowed, nil, chromiumBlocked + "Method {method} is not allowed by Access-Control-Allow-Methods."},
	{fetch.HeaderDisallowed, nil, chromiumBlocked + "Request header field {name} is not allowed by Access-Control-Allow-Headers."},
	{fetch.CORSDisabledScheme, nil, chromiumBlocked + "Cross origin requests are only supported for protocol schemes:"},
	{fetch.CORSDisabledScheme, nil, chromiumBlocked + "Cross origin requests are only supported for HTTP."},
	{fetch.RedirectContainsCredentials, nil, chromiumBlocked + "Redirect location '{location}' contains a username and password, which is disallowed for cross-origin requests."},
	{fetch.MixedContent, nil, "Mixed Content: The page at '{document}' was loaded over HTTPS, but requested an insecure {resource} '{url}'. This request has been blocked"},
	{fetch.BlockedMIMEType, nil, "Refused to execute script from '{url}' because its MIME type ('{type}') is not executable"},
}

var firefoxOlder = []consoleLine{
	{fetch.NetworkFailure, nil, firefoxBlocked + "CORS request failed)."},
	{fetch.PreflightInvalidStatus, nil, firefoxBlocked + "CORS preflight channel did not succeed)."},
	{fetch.HeaderDisallowed, nil, firefoxBlocked + "missing token ‘{lowername}’ in CORS header ‘Access-Control-Allow-Headers’ from CORS preflight channel)."},
	{fetch.HeaderDisallowed, nil, firefoxBlocked + "header ‘{lowername}’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight channel)."},
	{fetch.MethodDisallowed, nil, firefoxBlocked + "Did not find method in CORS header ‘Access-Control-Allow-Methods’)."},
	{fetch.WildcardOriginNotAllowed, nil, firefoxBlocked + "Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’)."},
	{fetch.InvalidAllowCredentials, nil, firefoxBlocked + "missing token ‘true’ in CORS header ‘Access-Control-Allow-Credentials’)."},
	{fetch.CORSDisabledScheme, nil, firefoxBlocked + "CORS request not HTTP)."},
	{fetch.AuthorizationNotListed, nil, "(Reason: When the `Access-Control-Allow-Headers` is `*`, the `Authorization` header is not covered."},
}

var webkitOlder = []consoleLine{
	{fetch.PreflightInvalidStatus, nil, "Preflight response is not successful"},
	{fetch.HeaderDisallowed, nil, "Request header field {name} is not allowed by Access-Control-Allow-Headers."},
	{fetch.MissingAllowOrigin, nil, "Origin {page} is not allowed by Access-Control-Allow-Origin."},
	{fetch.MixedContent, nil, "[blocked] The page at {document} was not allowed to display insecure content from {url}"},
	{fetch.MixedContent, nil, "[blocked] The page at {document} was not allowed to run insecure content from {url}"},
}

// Supplements are what stands before or after a message in another sentence: it
// tells particulars, and no reason.
var supplements = []string{
	"Origin '{page}' is therefore not allowed access.",
	"The response had HTTP status code {status}.",
}

// A causeLine is a line of a browser's console about a cause.
type causeLine struct {
	profile func() *fetch.Profile // nil: of several browsers, or of a script
	cause   *Cause
	text    string
}

// causeLines are lines about other things than a refusal of fetching.
var causeLines = []causeLine{
	{Chromium, &causeServiceWorker, "The FetchEvent for '{url}' resulted in a network error response:"},
	{Chromium, &causeOpaqueWorker, "The FetchEvent for '{url}' resulted in a network error response: an 'opaque' response was used for a request whose type is not no-cors"},
	{Firefox, &causeServiceWorker, "Failed to load '{url}'. A ServiceWorker "},
	{Firefox, &causeServiceWorker, "Failed to load '{url}' by responding '{location}'. A ServiceWorker "},
	{Firefox, &causeServiceWorker, "A ServiceWorker passed a promise to FetchEvent.respondWith() that "},
	{Firefox, &causeServiceWorker, "A ServiceWorker intercepted the request and encountered an unexpected error"},
	{WebKit, &causeServiceWorker, "FetchEvent.respondWith received an error:"},
	{WebKit, &causeServiceWorker, "Response served by service worker is an error"},
	{WebKit, &causeOpaqueWorker, "Response served by service worker is opaque"},

	{Chromium, &causeCSP, "Refused to connect to '{url}' because it violates the following Content Security Policy directive:"},
	{Chromium, &causeCSP, "Refused to connect to '{url}' because it violates the document's Content Security Policy"},
	{Chromium, &causeCSP, "Connecting to '{url}' violates the following Content Security Policy directive:"},
	{Chromium, &causeCSP, "Fetch API cannot load {url}. Refused to connect because it violates the document's Content Security Policy"},
	{Chromium, &causeCSP, "Refused to connect because it violates the following Content Security Policy directive:"},
	{Firefox, &causeCSP, "The page's settings blocked the loading of a resource (connect-src) at {url} because it violates the following directive:"},
	{Firefox, &causeCSP, "The page's settings blocked the loading of a resource at {url} ('connect-src')"},
	{WebKit, &causeCSP, "Refused to connect to {url} because it does not appear in the connect-src directive of the Content Security Policy"},
	{WebKit, &causeCSP, "Refused to connect to {url} because it appears in neither the connect-src directive nor the default-src directive of the Content Security Policy"},

	{Chromium, &causeLocalNetwork, chromiumBlocked + "Permission was denied for this request to access the `{space}` address space."},
	{Chromium, &causePrivateNetwork, chromiumBlocked + "The request client is not a secure context and the resource is in more-private address space `{space}`."},
	{Chromium, &causeTargetSpace, chromiumBlocked + "Request had a target IP address space of {asked} yet the resource is in address space {space}."},
	{Chromium, &causePrivateNetworkHeader, chromiumCheck + "No 'Access-Control-Allow-Private-Network' header was present in the preflight response for this private network request targeting the `{space}` address space."},
	{Chromium, &causePrivateNetworkHeader, chromiumCheck + "The 'Access-Control-Allow-Private-Network' header in the preflight response for this private network request targeting the `{space}` address space had a value of"},
	{Firefox, &causeLocalNetwork, "Local Network Access permission required: top-level site “{top}”, initiator “{page}”, attempting to access target “{url}”"},
	{Firefox, &causeLocalNetwork, "Local Network Access detected: top-level site “{top}”, initiator “{page}”, accessing target “{url}”"},
	{Chromium, &causeORB, "Response was blocked by CORB (Cross-Origin Read Blocking)"},
	{Chromium, &causeORB, "Cross-Origin Read Blocking (CORB) blocked cross-origin response {url} with MIME type"},
	{Firefox, &causeORB, "The resource at '{url}' was blocked by OpaqueResponseBlocking"},
	{Firefox, &causeORB, "A resource is blocked by OpaqueResponseBlocking, please check browser console for details"},

	{WebKit, &causeUnsaid, "Fetch API cannot load {url} due to access control checks."},
	{WebKit, &causeUnsaid, "XMLHttpRequest cannot load {url} due to access control checks."},
	{WebKit, &causeUnsaid, "Cannot load {url} due to access control checks."},
	{Chromium, &causeStatusLine, "Failed to load resource: the server responded with a status of {status} "},
	{Chromium, &causeUnnamed, "TypeError: Failed to fetch"},
	{Firefox, &causeUnnamed, "NetworkError when attempting to fetch resource"},
	{WebKit, &causeUnnamed, "TypeError: Load failed"},
	{nil, &causeUnnamed, "AxiosError: Network Error"},
	{nil, &causeUnnamed, "Error: Network Error"},
	{nil, &causeUnnamed, "NetworkError: A network error occurred"},
	{nil, &causeUnnamed, "Failed to execute 'send' on 'XMLHttpRequest': Failed to load '{url}'"},
	{nil, &causeUnnamed, "Http failure response for {url}: 0 Unknown Error"},
	{nil, &causeNode, "TypeError: fetch failed"},

	{WebKit, &causeUnreachable, "Failed to load resource: Could not connect to the server"},
	{WebKit, &causeName, "Failed to load resource: A server with the specified hostname could not be found"},
	{WebKit, &causeOffline, "Failed to load resource: The Internet connection appears to be offline"},
	{WebKit, &causeClosed, "Failed to load resource: The network connection was lost"},
	{WebKit, &causeTimeout, "Failed to load resource: The request timed out"},
	{WebKit, &causeCertificate, "Failed to load resource: The certificate for this server is invalid"},
	{WebKit, &causeTLS, "Failed to load resource: An SSL error has occurred"},
	{WebKit, &causeBlocked, "Failed to load resource: Content was blocked by content blocker"},
	{WebKit, &causeBlocked, "Content blocker prevented frame displaying {document} from loading a resource from {url}"},
}
