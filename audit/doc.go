// Package audit checks what a server lets pages do, in every browser. An
// [Intent] says what should be possible: which origins are allowed, which are
// refused, and the requests that their pages make. [Test] checks an
// [net/http.Handler] in a Go test. [Handler] does the same without a test, and
// [Server] checks any server over the network.
//
// An audit plays each use of the intent as each browser would, and as the Fetch
// Standard says. Then it probes: it asks from origins that the intent does not
// name, to learn the server's policy. A [Report] has what was found, by which
// rule and how to mend it; the [Policy] of each URL; and all that was sent.
//
// Package report writes a report in other formats, package har writes its
// traffic as an HTTP Archive.
package audit
