package proof

import "github.com/browsercors/browsercors/audit"

// IDs are the ids that the package knows by name.
var IDs = []audit.FindingID{cookieRefused, errorWithoutCORS, maxAgeMissing, maxAgeTiny, preflightNotCached, preflightUnrouted}

// RequestsInShort and InShort are what a proof compares.
var (
	RequestsInShort = lines
	InShort         = brief
)
