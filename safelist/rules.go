package safelist

// Rules is how an engine draws the lines of this package. The zero value, and a nil *Rules, are the Standard; each
// field is one way in which an engine was seen to deviate from it. A Rules that nobody changes is safe for concurrent
// use.
type Rules struct {
	// SafelistedHints adds client hints to the CORS-safelisted request headers: Device-Memory, DPR, Width,
	// Viewport-Width, RTT, Downlink, ECT, Save-Data, Intervention and the Sec-CH- ones, each with its rule for values.
	SafelistedHints bool

	// IgnoreTotalSize lets the values of safelisted headers be longer than 1024 bytes in sum.
	IgnoreTotalSize bool

	// JoinRepeated judges, and counts, headers of one name as one header with the joined value.
	JoinRepeated bool

	// HighBytesUnsafe makes bytes of 0x80 and above CORS-unsafe request-header bytes.
	HighBytesUnsafe bool

	// CommaUnsafe makes a comma anywhere in Content-Type unsafe, where the Standard minds it only before the
	// parameters.
	CommaUnsafe bool

	// LastSemicolonUnsafe makes a semicolon at the end of Content-Type unsafe if it is not the first semicolon: that of
	// "text/plain;;", not that of "text/plain;".
	LastSemicolonUnsafe bool

	// TypeEndsAtBlank ends the type in Content-Type at its first blank. What stands between that and the first semicolon
	// is ignored: "text/plain x;y" is text/plain. Without a semicolon the value is not a MIME type.
	TypeEndsAtBlank bool

	// Range says which values of Range are safelisted.
	Range RangeRule

	// ForbiddenRequestHeaders are names of forbidden request-headers besides the Standard's.
	ForbiddenRequestHeaders []string

	// OverrideSplitPlain splits the values of X-HTTP-Method-Override and its like at every comma, also inside quotes.
	OverrideSplitPlain bool

	// RepeatUnsafeNames keeps a name in UnsafeNames as often as the list has it.
	RepeatUnsafeNames bool

	// ExtraExposed are names of CORS-safelisted response headers besides the Standard's.
	ExtraExposed []string

	// WildcardStillExposes are the names that a `*` in Access-Control-Expose-Headers exposes although the request
	// includes credentials, for which it stands for nothing.
	WildcardStillExposes []string

	// ExposeEmptyMembers says what an empty member in Access-Control-Expose-Headers does to the list.
	ExposeEmptyMembers EmptyMembers

	// ExposeWildcardBeforeBadToken lets a `*` that comes before what is no header name in Access-Control-Expose-Headers
	// expose every header, though the list as a whole fails.
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
