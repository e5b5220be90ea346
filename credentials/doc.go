// Package credentials holds what a browser sends to identify its user: cookies,
// HTTP authentication and TLS client certificates, with the rules that say which
// request may carry them.
//
// Package fetch uses it, and a program mostly meets it in the options of an
// agent. Three things are done with it directly:
//
// A [CookieJar] is a browser's cookie store. It follows the cookie specification
// (SameSite, prefixes, partitions, limits) or the departures of one browser. It
// says why a Set-Cookie header was refused and why a cookie is not sent, it
// can be saved and loaded, and [CookieJar.HTTP] shares its cookies with Go's
// HTTP client:
//
//	jar := credentials.NewCookieJar(nil)
//	if refusal := jar.SetCookie(request, "id=1; SameSite=None"); refusal != "" {
//		log.Printf("%s: %s", refusal, refusal.Rule()) // none-without-secure: …
//	}
//
// A [Keyring] stores usernames and passwords of servers and proxies, asks the
// user for new ones, and answers challenges by Basic (RFC 7617) and Digest (RFC
// 7616 with MD5, SHA-256 and SHA-512-256, -sess, auth and auth-int). It does not
// answer Bearer, Negotiate and NTLM: the page gets the 401, and an
// [UnansweredError] says why. Like browsers it does not check rspauth, by which a
// server proves that it knows the password.
//
// [LoadCertificate] and [StaticCertificates] present TLS client certificates.
//
// To use another store, implement [CookieStore], [AuthenticationStore] or
// [Certificates]. [Jar] adapts any [http.CookieJar], which enforces neither
// SameSite nor prefixes and has no partitions.
//
// Both stores limit the number of their entries and the memory that they take,
// and report what they drop: see [CookieJarOptions] and [KeyringOptions]. They
// write nothing to disk unless told to, and read nothing from the environment.
// The jar has no interface for document.cookie, so HttpOnly has no effect in it,
// and it ignores the attribute Priority.
package credentials
