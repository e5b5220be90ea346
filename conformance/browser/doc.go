// Package browser plays the scenarios of package conformance in installed
// browsers: Chromium, Firefox and WebKit's MiniBrowser.
//
// A [Browser] runs without a window and with a fresh profile behind a forward
// proxy on loopback, which answers for every host over http, https and HTTP/2 as
// a scenario scripts it, byte for byte, and serves the page whose script pulls
// scenarios, plays them and posts what it saw.
//
// A dialog that asks for a password cannot be closed: a scenario that opens one,
// by a 401 that the engine would have its user answer, fails with [errPassword]. To
// switch the schemes of authentication off would falsify what the engine does
// with credentials that it has.
//
// It refuses to judge: it gives outcomes, and nothing here knows what they
// ought to be. Package conformance does not know it.
package browser
