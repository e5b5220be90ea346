package proof

// RequestsInShort and InShort are what a proof compares.
var (
	RequestsInShort = lines
	InShort         = brief
)
