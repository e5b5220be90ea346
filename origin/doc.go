// Package origin parses URLs as browsers do and derives from them the origins and sites by which a
// browser decides what a page may reach.
//
// Parse the URLs of a page and of a server, then compare their origins:
//
//	page, err := origin.ParseURL("https://app.example/inbox")
//	...
//	api, err := origin.ParseURL("https://api.app.example/mail")
//	...
//	page.Origin().SameOrigin(api.Origin())              // false: the hosts differ
//	origin.SameSite(page.Origin(), api.Origin(), nil)   // true: both are under app.example
//
// The types are:
//
//   - [URL] is a parsed URL. [ParseURL] follows the URL Standard, as browsers do; net/url does not.
//   - [Origin] is a scheme, a host and a port, or an opaque origin, which equals only itself. [Parse]
//     reads one from an Origin header or from a list of allowed origins.
//   - [Site] is a scheme and a registrable domain. Cookies and caches depend on it.
//   - [PartitionKey] separates caches, connections and cookies by the site in the address bar.
//   - [Schemes] gives origins to custom schemes, such as a desktop shell's "wails:".
//   - [Trust] decides whether an origin is potentially trustworthy, as HTTPS and localhost are.
//
// All types are safe for concurrent use, and their methods change nothing. The package has no notion of headers, requests
// or the network.
//
// # What is refused or left out
//
//   - Nothing is repaired beyond what the URL Standard repairs. A URL that does not parse is an error
//     that names the rule.
//   - [Parse] accepts a serialized origin only. It refuses "https://app.example/", because that is a
//     URL: a list of allowed origins with such an entry never matches an Origin header.
//   - A file: URL has an opaque origin. The Standard leaves this to the browser and recommends it.
//   - The origin of a blob: URL is taken from its path. Resolving blob: URLs is up to the caller.
//   - Queries are always encoded as UTF-8. There are no legacy encodings.
//   - A host with non-ASCII characters may have at most 4096 bytes, since encoding it takes quadratic
//     time. A domain name has at most 253.
//   - A byte that is not valid UTF-8 is treated as U+FFFD.
//
// Parsing takes time linear in the length of the input.
//
// Internationalized domain names follow golang.org/x/net/idna and the version of Unicode that it was
// built with. Browsers with a newer version can differ for some characters.
package origin

// The module github.com/nlnwa/whatwg-url is not the parser but the judge of the parser in the tests. It takes
// quadratic time over long paths, credentials and opaque hosts, writes to a base URL while it resolves against it,
// reads the host "-1" as 255.255.255.255, and predates three changes to the Standard: an ASCII host is not
// validated as Punycode, "^" is encoded in paths, and so is the last space of an opaque path before "?" or "#".
