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

	// A redirect of a WebSocket's handshake is followed.
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

	// A URL that a Content-Security-Policy forbids is refused before the subprotocols
	// are looked at.
	CSPBeforeProtocols bool

	// In a sandboxed frame new WebSocket() takes no relative URL.
	NoBaseInSandbox bool

	// Of several Sec-WebSocket-Protocol headers the first counts.
	FirstProtocol bool

	// The constructor of WebSocket throws a SecurityError for a URL that is blocked
	// as mixed content.
	ThrowsMixedContent bool

	// The constructor of WebSocket throws this exception if a
	// Content-Security-Policy forbids the URL. The empty string means that it fires
	// an error event.
	CSPException string
}
