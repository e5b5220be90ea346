// Package conformance is the proof: scenarios of what a page does and how
// servers answer, and players that play them. A player is the engine under a
// profile, or a browser (package browser); what it gives is an outcome, which
// says what script saw and what crossed the wire. Two players agree when their
// outcomes are equal.
//
// The scenarios of testdata/scenarios carry the outcome that the Fetch Standard
// demands, derived from its text; the tests of this package play them.
// [Generate] makes random ones. A [Judge] sets what a browser did beside what
// the engine does under that browser's profile, and says of what kind a
// disagreement is; [Shrink] makes the scenario that shows it as small as it can
// be. A [Recording] keeps what a browser did, so that the profiles can be held
// to it where there is no browser; [KnownDisagreements] are what is left.
//
// It stands above package fetch and refuses to know anything that a browser
// would have to know: a rule that a scenario needs is a rule of the packages
// below.
package conformance
