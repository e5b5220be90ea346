// Package audit checks what a server's CORS headers let pages do, in every browser.
//
// An [Intent] says what should be possible: which origins are allowed, which are
// refused, and the requests that their pages make, called uses. [Test] checks an
// [net/http.Handler] in a Go test. [Handler] does the same outside of tests, and
// [Server] checks any server over the network.
//
// An audit plays each use as each browser would, and as the Fetch Standard says.
// Then it probes: it sends requests from origins that the intent does not name, to
// find out the server's policy. The [Report] has the findings, each with the rule
// that is broken and the fix; the [Policy] of each URL; and all traffic.
//
// Package report writes a report in other formats. Package har writes its traffic
// as an HTTP Archive.
package audit
