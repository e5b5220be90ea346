// Package conformance runs scenarios against this library's engine and against real
// browsers, and compares the outcomes.
//
// A [Scenario] says what a page does and how the servers respond. A page calls fetch()
// and XMLHttpRequest, makes elements, opens event streams and WebSockets, and sends
// beacons. A player plays it: an [Engine] under a profile, or a browser (package browser). The result is an
// [Outcome]: what script saw, and which requests were sent. [ReadScenarios] reads
// scenarios from files, [Generate] makes random ones.
//
// The scenarios of testdata/scenarios have expected outcomes, derived from the text
// of the Fetch Standard, which the tests of this package compare with those of the
// engine. [Engine.Judge] compares what a browser did with what the engine does
// under the browser's profile. Each disagreement has a kind, and [Shrink] finds a
// minimal scenario that shows it. A [Recording] keeps the outcomes of a browser, so
// that the profiles can be tested without it.
//
// This package has no rules of its own about what a browser does: every rule is in
// package fetch or below.
package conformance
