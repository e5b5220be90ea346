// Package fulllength is for tests: it says whether they run at full length. `go test ./...` plays the first rounds of
// what is random, and leaves out what needs the go command; with BROWSERCORS_FULL=1, as in .ci/run, nothing is left
// out.
package fulllength

import "os"

// Asked tells whether the tests run at full length.
func Asked() bool { return os.Getenv("BROWSERCORS_FULL") != "" }

// Rounds returns how many rounds a test plays of what it repeats: quick, or all at full length.
func Rounds(quick, all int) int {
	if Asked() {
		return all
	}
	return quick
}

// Only skips a test that runs only at full length.
func Only(t interface {
	Helper()
	Skip(args ...any)
}) {
	t.Helper()
	if !Asked() {
		t.Skip("it runs at full length only: BROWSERCORS_FULL=1")
	}
}
