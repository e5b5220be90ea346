package rules

// WebSocket holds a user agent's departures in the handshake of a WebSocket.
type WebSocket struct {
	// A WebSocket's handshake has no Sec-Fetch-* headers.
	NoMetadata bool

	// The Sec-Fetch-Dest of a WebSocket's handshake is this word. The empty string
	// means “empty”.
	Destination string

	// A WebSocket's handshake has no Accept.
	NoAccept bool

	// A redirect of a WebSocket's handshake is followed. The request goes on with
	// the headers that it has, and the page's policies, mixed content and bad ports
	// are not looked at again.
	FollowsRedirects bool

	// A WebSocket opens without a subprotocol where script asked for one and the
	// server names none.
	SilenceAllowed bool

	// A WebSocket opens without a subprotocol where script asked for none and the
	// server names one.
	UnaskedProtocolIgnored bool

	// The server may name a WebSocket's subprotocol in another case.
	ProtocolAnyCase bool

	// The Sec-WebSocket-Extensions of a WebSocket's handshake is this. The empty
	// string means “permessage-deflate”.
	Extension string

	// The Sec-WebSocket-Extensions that answers a WebSocket's handshake may be
	// empty.
	EmptyExtensions bool

	// An empty member of the Sec-WebSocket-Extensions that answers a WebSocket's
	// handshake fails the connection.
	NoEmptyExtension bool

	// The Sec-WebSocket-Extensions that answers a WebSocket's handshake may name
	// permessage-deflate more than once.
	DeflatesAgain bool

	// A WebSocket to a port that is blocked fails before the subprotocols are
	// looked at.
	PortFirst bool

	// A response that fails a WebSocket's handshake sets no cookies, and its
	// Strict-Transport-Security does not count. A 401 does set cookies.
	FailureKeepsNothing bool

	// A URL that a Content-Security-Policy forbids is refused before the subprotocols
	// are looked at.
	CSPBeforeProtocols bool

	// In a sandboxed frame new WebSocket() takes no relative URL.
	NoBaseInSandbox bool

	// Of several Sec-WebSocket-Protocol headers the last counts.
	LastProtocol bool

	// The constructor of WebSocket throws a SecurityError for a URL that is blocked
	// as mixed content.
	ThrowsMixedContent bool

	// The constructor of WebSocket throws this exception if a
	// Content-Security-Policy forbids the URL. The empty string means that it fires
	// an error event.
	CSPException string
}
