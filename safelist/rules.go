package safelist

// Rules is how an engine draws the lines of this package. The zero value, and a nil *Rules, are the Standard; each
// field is one way in which an engine was seen to deviate from it. A Rules that nobody changes is safe for concurrent
// use.
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

	// Range says which values of Range are safelisted.
	Range RangeRule

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

	// ExposeEmptyMembers says what an empty member in Access-Control-Expose-Headers does to the list.
	ExposeEmptyMembers EmptyMembers

	// A “*” in Access-Control-Expose-Headers exposes everything, also when no
	// header name follows it in the list.
	ExposeWildcardBeforeBadToken bool
}

// EmptyMembers says what the empty members of a list, as in "a,,b", do to it.
type EmptyMembers uint8

const (
	SkipEmptyMembers   EmptyMembers = iota // the Standard: they count for nothing
	RejectEmptyMembers                     // one of them makes the list fail
)

// orStandard returns what r stands for.
func (r *Rules) orStandard() *Rules {
	if r == nil {
		return &Rules{}
	}
	return r
}
