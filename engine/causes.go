package engine

// A Cause is why a request failed, as far as a browser's line or error name tells,
// where no rule of fetching refused it.
type Cause struct {
	Name    string // stable, in lower case with hyphens
	Problem string // what happened: the rest of a sentence. {url}, {page} and other particulars are in braces
	By      string // who has to change it: as in [fetch.Explanation], or "user", who uses the browser
	Fix     string // what has to be changed, with the same in braces
	Silent  bool   // the line says that the request failed, and not why

	// Answered says that the page got the response all the same.
	Answered bool
}

// Who has to change something, in [Cause.By].
const (
	byServer  = "server"
	byPage    = "page"
	byNetwork = "network"
	byUser    = "user" // of the browser: an extension, a permission, a setting
)

// The causes that browsers' lines and error names tell of, each once.
var (
	causeServiceWorker = Cause{Name: "service-worker", By: byPage,
		Problem: "the page's service worker took the request and gave no usable response. This is not the server's CORS configuration.",
		Fix: "In the service worker's fetch event, don't call respondWith() for this URL, or pass the request on unchanged and return its response. " +
			"To see whether it is the cause, turn on “Bypass for network” (Chromium: Application > Service workers) or unregister it. If the worker's own fetch() is refused, explain that console line."}
	causeCSP = Cause{Name: "content-security-policy", By: byPage,
		Problem: "the page's own Content-Security-Policy does not allow it to connect to {url}. No request was sent, so no header of that server matters.",
		Fix:     "Add the origin of {url} to connect-src in the Content-Security-Policy of the page (its header or its <meta>); without a connect-src, default-src counts."}
	causeLocalNetwork = Cause{Name: "local-network-access", By: byUser,
		Problem: "the page asks for an address of the user's own machine or network, and the browser has no permission from the user for that (Local Network Access, Chromium 142 and later). No header of the server helps.",
		Fix: "Allow “Local network access” for the site (the icon left of the address). The page needs a secure context (https:), and a frame needs allow=\"local-network-access\" " +
			"(since 145: loopback-network or local-network). Or serve the page from the same machine or network as the API, or the API from a public address."}
	causePrivateNetwork = Cause{Name: "private-network-access", By: byPage,
		Problem: "the page is not secure and asks for an address that is more private than its own (Private Network Access).",
		Fix:     "Serve the page over https:, or from the same network as the API."}
	causePrivateNetworkHeader = Cause{Name: "private-network-access-header", By: byServer,
		Problem: "the preflight's response does not allow a request into a private network (Private Network Access).",
		Fix:     "Answer such preflights with Access-Control-Allow-Private-Network: true. Chromium 142 and later asks the user instead."}
	causeTargetSpace = Cause{Name: "target-address-space", By: byPage,
		Problem: "the page named the wrong targetAddressSpace for fetch(): the address is in another one.",
		Fix:     "Name the address space that the address is in: loopback for localhost and 127.0.0.0/8, local for 192.168.0.0/16 and other private addresses. Or leave the option out."}
	causeUnsaid = Cause{Name: "unsaid", By: byPage,
		Problem: "access control failed, and this line does not say at what. The line before it says it.", Silent: true,
		Fix: "Look for the line above this one in the console, or for the request in the network panel."}
	causeUnnamed = Cause{Name: "unnamed", By: byPage, Silent: true,
		Problem: "script was told that the request failed, and not why: browsers hide the reason from script.",
		Fix: "The reason is in the browser's console and network panel: paste that line, or the response's headers. CORS is one possible reason; others are a server that can't be reached, a bad certificate, " +
			"mixed content, a blocker, a Content-Security-Policy and a page that was left."}
	causeNode = Cause{Name: "not-a-browser", By: byPage, Silent: true,
		Problem: "this is the message of Node's fetch(), which knows no CORS: the server was not reached, or TLS failed.",
		Fix:     "Look at the error's cause property (ECONNREFUSED, ENOTFOUND, a certificate). In Node localhost may be ::1, while the server listens on 127.0.0.1."}
	causeOpaqueWorker = Cause{Name: "service-worker-opaque", By: byPage,
		Problem: "the service worker answered a CORS request with an opaque response, which it had fetched or cached in mode no-cors.",
		Fix:     "Let the worker fetch and cache this URL with CORS (the request unchanged, or mode: \"cors\"), and delete the cached opaque responses."}
	causeORB = Cause{Name: "opaque-response-blocking", By: byPage,
		Problem: "the browser withheld a no-cors response that did not look like what the element can use (opaque response blocking): often JSON, an HTML error page or a wrong Content-Type.",
		Fix:     "Check the URL and what it answers. If script needs the data, request it with fetch() and CORS; if an element needs it, send the right Content-Type."}
	causeBlocked = Cause{Name: "blocked-by-client", By: byUser,
		Problem: "something in the browser blocked the request before it was sent: an extension such as an ad blocker, or tracking protection. This is not CORS.",
		Fix:     "Try a private window without extensions. If that helps, allow the URL in the extension, or give it a path and a name that filter lists don't match (no /ads/, /track or /analytics)."}
	causeAdministrator = Cause{Name: "blocked-by-administrator", By: byUser,
		Problem: "a policy of the browser's owner blocked the request. This is not CORS.",
		Fix:     "Ask who administers the browser: chrome://policy lists the policies."}
	causeResponsePolicy = Cause{Name: "blocked-by-response", By: byServer,
		Problem: "Cross-Origin-Resource-Policy, or the page's embedder policy, blocked the response.",
		Fix:     "If other sites may use the resource, send Cross-Origin-Resource-Policy: cross-origin; or let the page request it with CORS."}
	causePageLeft = Cause{Name: "aborted", By: byPage,
		Problem: "the page gave the request up, or was left or reloaded while it was under way. This is not CORS.",
		Fix:     "A common cause is a form or a link whose default action reloads the page: call event.preventDefault(). Others are AbortController, a timeout of the page's own and a download."}
	causeCertificate = Cause{Name: "certificate", By: byServer,
		Problem: "the browser does not trust the server's certificate. This is not CORS: a page gets no chance to accept the certificate.",
		Fix:     "Open {url} in a tab to see what is wrong with the certificate. Give the server one that is valid for its name, with the whole chain; in development, one of a local authority that the browser trusts."}
	causeClientCertificate = Cause{Name: "client-certificate", By: byServer,
		Problem: "the server demands a TLS client certificate. A preflight never carries one.",
		Fix:     "Let the server only ask for a certificate in TLS, answer OPTIONS without one, and demand it after that."}
	causeTLS = Cause{Name: "tls", By: byServer,
		Problem: "TLS with the server failed. This is not CORS.",
		Fix:     "Check that the port speaks TLS (https: to a port that speaks plain HTTP gives this), and which versions and ciphers the server has: openssl s_client -connect HOST:443."}
	causeName = Cause{Name: "name-not-resolved", By: byNetwork,
		Problem: "the server's name was not found. This is not CORS.",
		Fix:     "Check the host of {url} for a typing mistake, and that the browser's machine can resolve it: names of containers and of a cluster resolve only within it."}
	causeUnreachable = Cause{Name: "unreachable", By: byNetwork,
		Problem: "nothing answered at the server's address. This is not CORS.",
		Fix:     "Check that the server runs, listens on that port and on an address that the browser can reach (0.0.0.0 in a container, not 127.0.0.1), and that no firewall is between. localhost may be ::1 or 127.0.0.1."}
	causeClosed = Cause{Name: "connection-closed", By: byServer,
		Problem: "the connection was closed before the response was there. This is not CORS.",
		Fix:     "Look into the server's log, and that of a proxy in front of it: a crash, a limit on the body's size, a timeout, or plain HTTP spoken to a TLS port."}
	causeTimeout = Cause{Name: "timeout", By: byNetwork,
		Problem: "the server did not answer in time. This is not CORS.",
		Fix:     "Check whether the address is reachable from the browser's machine, and what keeps the server from answering."}
	causeOffline = Cause{Name: "offline", By: byUser,
		Problem: "the browser had no network. This is not CORS.",
		Fix:     "Try again when there is a connection."}
	causeNetworkChanged = Cause{Name: "network-changed", By: byUser,
		Problem: "the browser's network changed during the request. This is not CORS.",
		Fix:     "Try again. If it recurs, look for a VPN or an interface of containers that comes and goes."}
	causeProxy = Cause{Name: "proxy", By: byNetwork,
		Problem: "the browser's proxy failed or refused the request. This is not CORS.",
		Fix:     "Check the browser's proxy settings and VPN."}
	causeProtocol = Cause{Name: "protocol", By: byServer,
		Problem: "the server broke the protocol (HTTP/2 or HTTP/3, a content coding, a length or a header). This is not CORS.",
		Fix:     "Compare with curl -v: Content-Length and Content-Encoding against what is sent, and what a proxy in between does. Another HTTP version tells which layer it is (curl --http1.1)."}
	causeLocation = Cause{Name: "redirects", By: byServer,
		Problem: "the server's redirects lead in a circle or to an invalid URL. This is not CORS.",
		Fix:     "Follow them with curl -iL: a login that needs a login, http: and https: that point at each other, a slash added and taken away."}
	causeURL = Cause{Name: "url", By: byPage,
		Problem: "the URL is invalid or of a scheme that can't be fetched. This is not the server's CORS configuration.",
		Fix:     "Print the URL that the page builds: a missing https://, an undefined in it, or a space."}
	causeFile = Cause{Name: "file", By: byPage,
		Problem: "the browser could not read a file: the one to be uploaded has changed or gone. This is not CORS.",
		Fix:     "Select the file again."}
	causeResources = Cause{Name: "resources", By: byUser,
		Problem: "the browser ran out of sockets, memory or cache for the request. This is not CORS.",
		Fix:     "Make fewer requests at a time."}
	causeMixedContent = Cause{Name: "mixed-content", By: byPage,
		Problem: "the page is secure and the URL is not, so the browser did not send the request (mixed content). This is not CORS.",
		Fix:     "Serve {url} over https:, and let the page use that URL."}
	causePort = Cause{Name: "bad-port", By: byServer,
		Problem: "browsers block the port of {url}, because another protocol uses it. This is not CORS.",
		Fix:     "Serve it on another port, such as 443 or 8080."}
	causeInsecure = Cause{Name: "cleartext", By: byPage,
		Problem: "the system, or the name's DNS record, allows no unencrypted request to this server. This is not CORS.",
		Fix:     "Use an https: URL; in an Android application, change its network security configuration."}
	causeHTTPAuth = Cause{Name: "http-authentication", By: byServer,
		Problem: "HTTP authentication failed. This is not CORS.",
		Fix:     "Check the user name and password, and the authentication schemes in WWW-Authenticate. Negotiate and NTLM need a browser and a machine that are set up for them."}
	causeCacheMiss = Cause{Name: "cache-miss", By: byPage,
		Problem: "the request was for the browser's cache only, or could not be repeated without its body, and the cache has no response. This is not CORS.",
		Fix:     "Don't request with cache mode only-if-cached. If the page was reloaded after a POST, send the form again."}
	causeCacheFailure = Cause{Name: "browser-cache-failure", By: byUser,
		Problem: "the browser's own HTTP cache failed. This is not CORS.",
		Fix:     "Clear the browser's cache, and check that its disk is not full. To avoid the cache, tick “Disable cache” in the developer tools."}
	causeThrottled = Cause{Name: "throttled", By: byPage,
		Problem: "the browser throttled the request, because earlier ones to the same URL failed again and again. This is not CORS.",
		Fix:     "Find out why the earlier requests failed, and wait longer before each retry."}
	causeWebSocket = Cause{Name: "websocket", By: byServer,
		Problem: "the WebSocket connection failed. CORS does not apply to WebSockets.",
		Fix:     "Look into the server's log: it, or a proxy in front of it, refused the upgrade or broke the protocol."}
	causeBundle = Cause{Name: "signed-exchange", By: byServer,
		Problem: "the signed exchange, web bundle or trust token in the response is invalid. This is not CORS.",
		Fix:     "Check how the bundle, exchange or token is made; the developer tools show which part is invalid."}
	causeFTP = Cause{Name: "ftp", By: byServer,
		Problem: "FTP failed, which today's browsers don't support. This is not CORS.",
		Fix:     "Serve the file over https:."}
	causeBrowser = Cause{Name: "browser-failure", By: byUser,
		Problem: "something within the browser failed or was shut down. This is not CORS.",
		Fix:     "Try again, and try another version of the browser if it recurs."}
	causeStatus = Cause{Name: "error-status", By: byServer, Answered: true,
		Problem: "the server answered with an error status. Unless a line in the console says that the response was blocked, the page can read it, and this is not CORS.",
		Fix:     "Find out why the server answers so: its log, and what curl gets for the same request."}
	causeUnsafe = Cause{Name: "unsafe-site", By: byUser,
		Problem: "a virus scanner, or the browser's list of dangerous sites, blocked the request. This is not CORS.",
		Fix:     "Find out why the URL is listed. Google and Mozilla take requests to review a listing."}
	causeIntegrity = Cause{Name: "integrity", By: byPage,
		Problem: "the response did not match its integrity metadata or signature. This is not CORS.",
		Fix:     "Compute the hash of the file that the server sends now, or leave the attribute out."}
	causeCORS = Cause{Name: "cors", By: byServer, Silent: true,
		Problem: "the browser says that CORS refused it.",
		Fix:     "The response's headers, or the console line that goes with it, show which rule refused it."}
	causeFailed = Cause{Name: "failed", By: byServer, Silent: true,
		Problem: "the browser names no cause: this is how its network panel shows what CORS, a policy or a service worker refused. The console has a line that says which.",
		Fix:     "Look for the line in the console that goes with it, and paste that. In Firefox it begins with “Cross-Origin Request Blocked”."}
)

// causeStatusLine is causeStatus as Chromium prints it: for every such response, also for one that it blocked.
var causeStatusLine = Cause{Name: causeStatus.Name, By: causeStatus.By, Silent: true, Problem: causeStatus.Problem, Fix: causeStatus.Fix}
