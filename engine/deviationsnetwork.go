package engine

import "github.com/browsercors/browsercors/internal/rules"

// networkDeviations are the departures that concern what is read off the network, and ports.
var networkDeviations = []deviation{
	{
		field:    "Network.SafeTries",
		does:     "A request with a safe method is sent again when its connection closes without an answer, up to this many times in all.",
		detail:   "0 means once.",
		standard: "It fails; a connection that was used before may be tried again once.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-fetch",
		sources:  map[string]string{"firefox": "netwerk/protocol/http/nsHttpTransaction.cpp, Close; " + seen},
	}, {
		field:    "Network.HTTP2AnyLength",
		does:     "Over HTTP/2 Content-Length is ignored.",
		standard: "The body has to have that length.",
		section:  "https://fetch.spec.whatwg.org/#content-length-header",
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "Network.HTTP2TransferEncoding",
		does:     "A response over HTTP/2 may have Transfer-Encoding, which is left out.",
		standard: "It is malformed.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-fetch",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Network.HeadLengthUnambiguous",
		does:     "Content-Length with different values is a network error also where there is no body.",
		standard: "A response to HEAD ends with its header.",
		section:  "https://fetch.spec.whatwg.org/#content-length-header",
		sources:  map[string]string{"chromium": "net/http/http_stream_parser.cc; " + seen},
	}, {
		field:    "Network.HTTP1Only",
		does:     "HTTP/1.1 is used with every server.",
		standard: "HTTP/2 is used if the server supports it.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-fetch",
		sources:  map[string]string{"webkit": "seen behind a proxy; " + ownNetwork},
	}, {
		field:    "Network.BodyToItsEnd",
		does:     "The bodies of redirects and preflights are read to their end; if one is cut short, the request fails.",
		standard: "They do not matter.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-redirect-fetch",
		sources:  map[string]string{"webkit": "Source/WebKit/NetworkProcess/soup/NetworkDataTaskSoup.cpp, skipInputStreamForRedirection; " + ownNetwork},
	}, {
		field:    "Network.LastLength",
		does:     "Of several Content-Length and Transfer-Encoding headers the last one counts; a length may have a sign, is 0 if it is empty, and fails if it is not a number; codings other than chunked and identity fail.",
		detail:   "Chunks may end without the last one.",
		standard: "Lengths that differ fail, and a value that is not a number is ignored.",
		section:  "https://fetch.spec.whatwg.org/#content-length-header",
		sources:  map[string]string{"webkit": ownNetwork},
	}, {
		field:    "Network.NameBlanks",
		does:     "Blanks between a response header's name and its colon belong to neither, over HTTP/1.1.",
		standard: "Such a name is not a header name, and the line is skipped.",
		section:  "https://fetch.spec.whatwg.org/#header-name",
		sources:  map[string]string{"chromium": "net/http/http_util.cc, HeadersIterator; " + seen},
	}, {
		field:    "Network.NULNameSkipped",
		does:     "A response header whose name has a NUL is skipped, over HTTP/1.1.",
		standard: "The response fails, as it does for a NUL in a value.",
		section:  "https://www.rfc-editor.org/rfc/rfc9110#section-5.5",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Network.LineFold",
		value:    rules.LineFoldKeepsValue,
		does:     "Where a header's value goes on with the next line, over HTTP/1.1, blanks at the end of the first stay.",
		standard: "The blanks around the line break are one space.",
		section:  "https://www.rfc-editor.org/rfc/rfc9112#section-5.2",
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "Network.LineFold",
		value:    rules.LineFoldKeepsAll,
		does:     "Where a header's value goes on with the next line, over HTTP/1.1, all blanks around the line break stay.",
		standard: "They are one space.",
		section:  "https://www.rfc-editor.org/rfc/rfc9112#section-5.2",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Network.EscapesNormalized",
		does:     "The path and query of a URL are sent with unreserved characters decoded and other escapes in upper case: %61%2f as a%2F. Cookies go by that path.",
		detail:   "It is the URL that a response shows, unless it has a fragment.",
		standard: "They are sent as they are.",
		section:  "https://url.spec.whatwg.org/#url-serializing",
		sources:  map[string]string{"webkit": "GLib, guri.c; " + seen},
	}, {
		field:    "Network.HalfUTF16Dropped",
		does:     "Half a code unit at the end of UTF-16 is dropped from XMLHttpRequest's text.",
		standard: "It becomes U+FFFD.",
		section:  "https://encoding.spec.whatwg.org/#shared-utf-16-decoder",
		sources:  map[string]string{"chromium": "third_party/blink/renderer/platform/wtf/text/text_codec_utf16.cc; " + seen},
	}, {
		field:    "Ports.Allowed",
		does:     "These ports are open.",
		standard: "They are bad ports.",
		section:  "https://fetch.spec.whatwg.org/#bad-port",
		sources:  map[string]string{"chromium": seen},
	},

	{
		field:    "Response.ProxyAuthenticationShown",
		does:     "A 407 from a server is handed over.",
		standard: "It is a network error.",
		section:  "https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch",
		sources:  map[string]string{"firefox": seen, "webkit": ownNetwork},
	},
}
