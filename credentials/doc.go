// Package credentials is what a user agent knows of its user: cookies, HTTP
// authentication entries and TLS client certificates, and the rules that say
// when a request may carry them.
//
// HTTP-network-or-cache fetch asks a [Mode] whether credentials are included
// (step 8.3), then a [CookieStore] and an [AuthenticationStore] for the Cookie
// and Authorization headers (8.21), for Proxy-Authorization (8.22) and for an
// answer to a 401 (15) or 407 (16). HTTP-network
// fetch asks [Certificates] when it obtains a connection, and hands Set-Cookie
// headers over (17). The CORS check asks [AllowCredentials].
//
// The stores are interfaces. The ones here:
//
//   - [CookieJar] is a browser's cookie store, by the cookie specification and
//     CHIPS: SameSite, prefixes, partitions, limits, a clock of the caller's. An
//     engine's departures are data, [CookieRules]. It says why a Set-Cookie header
//     was refused and why a cookie is not sent, and shares its cookies with Go's
//     client through [CookieJar.HTTP]. [CookieJar.SaveFile] and
//     [CookieJar.LoadFile] keep it between runs, as JSON or as the cookies.txt of
//     curl and yt-dlp. There is no document.cookie, so that
//     HttpOnly hides nothing from anyone, and no Priority.
//   - [Jar] adapts any other [http.CookieJar]. Such a jar does not enforce
//     SameSite, keeps no partitions and knows no prefixes.
//   - [Keyring] keeps authentication entries of servers and proxies and speaks Basic
//     (RFC 7617) and Digest (RFC 7616: MD5, SHA-256, SHA-512-256, -sess, auth and
//     auth-int). A challenge of Bearer, Negotiate or NTLM goes unanswered, and the
//     page gets the 401; an [UnansweredError] says why. A server's proof that it
//     knows the password too, rspauth, is not looked at, as in browsers.
//   - [StaticCertificates] presents the certificates that it was given, which
//     [LoadCertificate] reads from PEM files.
//
// Each store is bounded in bytes as well as in items and tells of what it dropped:
// [CookieJarOptions] and [KeyringOptions] have MaxBytes and Dropped.
//
// Nothing is persisted that the caller does not save, and nothing is taken from
// the environment or from files that the caller does not name.
package credentials
