package product

// https://docs.haproxy.org/
var haproxy = Product{
	Name: "HAProxy", Names: []string{"haproxy"}, Role: Proxy,
	Manual: "https://docs.haproxy.org/2.8/configuration.html#4.2-http-after-response",
	Signs: []Sign{
		{Strength: Sure, Body: "no server is available to handle this request.", Says: "the error page, which is HAProxy's own"},
		{Strength: Sure, Body: "your browser sent an invalid request.", Says: "the error page, which is HAProxy's own"},
		{Strength: Sure, Body: "the server didn't respond in time.", Says: "the error page, which is HAProxy's own"},
	},
	Advice: []Advice{
		{
			Topics: []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight, SignIn, Errors, Vary},
			Text:   "HAProxy has no CORS option. http-after-response adds headers to every answer, also to the errors that HAProxy makes itself; http-response does not.",
			Snippet: `http-request set-var(txn.origin) req.hdr(Origin)
acl cors var(txn.origin) -m str «origin»
«?preflight»http-request return status 204 if METH_OPTIONS cors
http-after-response set-header Access-Control-Allow-Origin %[var(txn.origin)] if cors
«?credentials»http-after-response set-header Access-Control-Allow-Credentials true if cors
«?exposed»http-after-response set-header Access-Control-Expose-Headers "«exposed»" if cors
«?preflight»http-after-response set-header Access-Control-Allow-Methods "«methods»" if cors
«?preflight»«?headers»http-after-response set-header Access-Control-Allow-Headers "«headers»" if cors
http-after-response add-header Vary Origin
`,
		},
		{
			Topics:  []Topic{Doubled},
			Text:    "If the application behind sends the header, leave it out of HAProxy; set-header replaces the application's, and add-header doubles it.",
			Snippet: "http-response del-header Access-Control-Allow-Origin\n",
		},
		{
			Topics:  []Topic{Timeout},
			Text:    "timeout server is how long HAProxy waits for the application behind it.",
			Snippet: "timeout server 60s\n",
			Manual:  "https://docs.haproxy.org/2.8/configuration.html#4.2-timeout%20server",
		},
	},
}
