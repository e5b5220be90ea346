package rules

// Identity is what a user agent says of itself. It is what to change in a profile in order to be
// another version of a browser, on another system, or for another user.
type Identity struct {
	// User-Agent is this.
	UserAgent string
	// Accept-Language is this. Options.AcceptLanguage comes first.
	AcceptLanguage string
	// Requests to potentially trustworthy URLs have these client hints: sec-ch-ua,
	// sec-ch-ua-mobile and sec-ch-ua-platform always, the others if the Accept-CH
	// of a document of that origin has asked for them. A subresource has the others
	// only if it and all hops before are of the document's own origin. What is
	// asked for lasts as long as the agent. A preflight, a WebSocket and a worker
	// have none. Permissions policies and Critical-CH are not modelled.
	Hints []Hint
}

// A Hint is a client hint.
//
// https://wicg.github.io/client-hints-infrastructure/
type Hint struct {
	Name  string // of the header, as it is sent
	Value string

	// Always says that every server gets it. Others are sent to a page's own origin, if the
	// page's Accept-CH asks for them.
	Always bool
}

// String is the hint as a header line.
func (h Hint) String() string { return h.Name + ": " + h.Value }
