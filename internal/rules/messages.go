package rules

// Messages are an engine's words for the exceptions that script gets.
type Messages struct {
	// The exception for a network error has this message. The empty string means
	// “Failed to fetch”.
	NetworkError string

	// The exception for a request that was cancelled has this message. The empty
	// string means “The operation was aborted”.
	Aborted string
}
