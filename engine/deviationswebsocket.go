package engine

// webSocketDeviations are the departures that concern WebSockets, and the messages of exceptions.
var webSocketDeviations = []deviation{
	{
		field:    "WebSocket.Destination",
		does:     "The Sec-Fetch-Dest of a WebSocket's handshake is this word.",
		detail:   "The empty string means “empty”.",
		standard: "It is empty.",
		section:  "https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-dest-header",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "WebSocket.NoAccept",
		does:     "A WebSocket's handshake has no Accept.",
		standard: "It has Accept: */*.",
		section:  "https://fetch.spec.whatwg.org/#concept-fetch",
		sources:  map[string]string{"chromium": seen, "webkit": seen},
	}, {
		field:    "WebSocket.FollowsRedirects",
		does:     "A redirect of a WebSocket's handshake is followed.",
		standard: "It is a network error.",
		section:  "https://websockets.spec.whatwg.org/#concept-websocket-establish",
		sources:  map[string]string{"webkit": ownNetwork},
	}, {
		field:    "WebSocket.SilenceAllowed",
		does:     "A WebSocket opens without a subprotocol where script asked for one and the server names none.",
		standard: "The connection fails.",
		section:  "https://websockets.spec.whatwg.org/#concept-websocket-establish",
		sources:  map[string]string{"firefox": seen, "webkit": seen},
	}, {
		field:    "WebSocket.UnaskedProtocolIgnored",
		does:     "A WebSocket opens without a subprotocol where script asked for none and the server names one.",
		standard: "The connection fails.",
		section:  "https://www.rfc-editor.org/rfc/rfc6455#section-4.1",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "WebSocket.ProtocolAnyCase",
		does:     "The server may name a WebSocket's subprotocol in another case.",
		standard: "It has to be one that script asked for.",
		section:  "https://www.rfc-editor.org/rfc/rfc6455#section-4.1",
		sources:  map[string]string{"webkit": ownNetwork},
	}, {
		field:    "WebSocket.Extension",
		does:     "The Sec-WebSocket-Extensions of a WebSocket's handshake is this.",
		detail:   "The empty string means “permessage-deflate”.",
		standard: "The parameters of permessage-deflate are the implementation's; here it has none.",
		section:  "https://websockets.spec.whatwg.org/#concept-websocket-establish",
		sources:  map[string]string{"chromium": seen, "webkit": ownNetwork},
	}, {
		field:    "WebSocket.CSPBeforeProtocols",
		does:     "A URL that a Content-Security-Policy forbids is refused before the subprotocols are looked at.",
		standard: "The constructor throws a SyntaxError for a subprotocol first.",
		section:  "https://websockets.spec.whatwg.org/#dom-websocket-websocket",
		sources:  map[string]string{"chromium": seen, "webkit": seen},
	}, {
		field:    "WebSocket.NoBaseInSandbox",
		does:     "In a sandboxed frame new WebSocket() takes no relative URL.",
		standard: "It is resolved against the page's base URL.",
		section:  "https://websockets.spec.whatwg.org/#dom-websocket-websocket",
		sources:  map[string]string{"firefox": seen + ", in a srcdoc frame"},
	}, {
		field:    "WebSocket.FirstProtocol",
		does:     "Of several Sec-WebSocket-Protocol headers the first counts.",
		standard: "Together they are not a subprotocol that script asked for.",
		section:  "https://www.rfc-editor.org/rfc/rfc6455#section-4.1",
		sources:  map[string]string{"webkit": ownNetwork},
	}, {
		field:    "WebSocket.ThrowsMixedContent",
		does:     "The constructor of WebSocket throws a SecurityError for a URL that is blocked as mixed content.",
		standard: "It fires an error event.",
		section:  "https://websockets.spec.whatwg.org/#dom-websocket-websocket",
		sources:  map[string]string{"chromium": seen, "firefox": seen},
	}, {
		field:    "WebSocket.CSPException",
		does:     "The constructor of WebSocket throws this exception if a Content-Security-Policy forbids the URL.",
		detail:   "The empty string means that it fires an error event.",
		standard: "It fires an error event.",
		section:  "https://websockets.spec.whatwg.org/#dom-websocket-websocket",
		sources:  map[string]string{"firefox": seen, "webkit": seen},
	}, {
		field:    "Messages.NetworkError",
		does:     "The exception for a network error has this message.",
		detail:   "The empty string means “Failed to fetch”.",
		standard: "The message is the implementation's; here it is “Failed to fetch”.",
		section:  "https://fetch.spec.whatwg.org/#dom-global-fetch",
		sources:  map[string]string{"firefox": "dom/bindings/Errors.msg, MSG_FETCH_FAILED; " + seen, "webkit": seen},
	}, {
		field:    "Messages.Aborted",
		does:     "The exception for a request that was cancelled has this message.",
		detail:   "The empty string means “The operation was aborted”.",
		standard: "The message is the implementation's; here it is “The operation was aborted”.",
		section:  "https://dom.spec.whatwg.org/#abortcontroller-signal-abort",
		sources:  map[string]string{"chromium": seen, "firefox": seen, "webkit": seen},
	},
}
