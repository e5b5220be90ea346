package rules

// EmptyMembers says what the empty members of a list, as in "a,,b", do to it.
type EmptyMembers uint8

const (
	SkipEmptyMembers   EmptyMembers = iota // the Standard: they count for nothing
	RejectEmptyMembers                     // one of them makes the list fail
)
