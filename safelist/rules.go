package safelist

import "github.com/browsercors/browsercors/internal/rules"

// Rules are a browser's departures from the Fetch Standard in how it classifies methods and headers. Each
// field is one departure. A nil *Rules and the zero value follow the Standard. Take the rules of a browser
// from its profile, such as engine.Firefox().Safelist.
//
// Rules that nobody changes are safe for concurrent use.
type Rules struct {
	// Client hints such as Save-Data and DPR, set by script, are safelisted if
	// their value has the hint's form. The hints are Device-Memory, DPR, Width,
	// Viewport-Width, RTT, Downlink, ECT, Save-Data, Intervention and those that
	// begin with Sec-CH-.
	SafelistedHints bool

	// The values of safelisted headers may be of any length in sum.
	IgnoreTotalSize bool

	// Headers of one name are judged, and counted, as one header with the joined
	// value.
	JoinRepeated bool

	// Bytes of 0x80 and above in Accept and Content-Type need a preflight.
	HighBytesUnsafe bool

	// A comma anywhere in Content-Type needs a preflight.
	CommaUnsafe bool

	// A semicolon at the end of Content-Type needs a preflight, unless it is the
	// first one: “text/plain;;” needs one, “text/plain;” does not.
	LastSemicolonUnsafe bool

	// What follows a blank in Content-Type is ignored up to the first semicolon:
	// “text/plain x;y” needs no preflight. Without a semicolon the value is not
	// a MIME type.
	TypeEndsAtBlank bool

	// Range says which values of the Range header are safelisted. The zero value is
	// the Standard's rule; the others set a limit to the numbers or allow other
	// spellings.
	Range rules.Range

	// Script can't set these headers either: setting them has no effect.
	ForbiddenRequestHeaders []string

	// X-HTTP-Method-Override and its like are split at every comma to look for a
	// forbidden method.
	OverrideSplitPlain bool

	// Access-Control-Request-Headers names a header as often as script appended it.
	RepeatUnsafeNames bool

	// Script sees these response headers too, whether the response lists them or
	// not.
	ExtraExposed []string

	// With credentials, a “*” in Access-Control-Expose-Headers still exposes
	// these headers.
	WildcardStillExposes []string

	// ExposeEmptyMembers says what an empty member in Access-Control-Expose-Headers
	// does to the list: by the Standard it is skipped; otherwise the list fails.
	ExposeEmptyMembers rules.EmptyMembers

	// A “*” in Access-Control-Expose-Headers exposes everything, also when no
	// header name follows it in the list.
	ExposeWildcardBeforeBadToken bool
}

// orStandard returns what r stands for.
func (r *Rules) orStandard() *Rules {
	if r == nil {
		return &Rules{}
	}
	return r
}
