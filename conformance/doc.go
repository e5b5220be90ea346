// Package conformance is the proof: scenarios of what a page does and how
// servers answer, and players that play them. A player is the engine under a
// profile; what it gives is an outcome, which says what script saw and what
// crossed the wire. Two players agree when their outcomes are equal.
//
// The scenarios of testdata/scenarios carry the outcome that the Fetch Standard
// demands, derived from its text; the tests of this package play them.
//
// It stands above package fetch and refuses to know anything that a browser
// would have to know: a rule that a scenario needs is a rule of the packages
// below.
package conformance
