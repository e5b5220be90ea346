package product

const caddyRules = `@cors header Origin «origin»
header @cors {
    Access-Control-Allow-Origin «origin»
«?credentials»    Access-Control-Allow-Credentials true
«?exposed»    Access-Control-Expose-Headers "«exposed»"
    defer
}
header +Vary Origin
«?preflight»@preflight {
«?preflight»    method OPTIONS
«?preflight»    header Origin «origin»
«?preflight»    header Access-Control-Request-Method *
«?preflight»}
«?preflight»handle @preflight {
«?preflight»    header Access-Control-Allow-Methods "«methods»"
«?preflight»«?headers»    header Access-Control-Allow-Headers "«headers»"
«?preflight»    header Access-Control-Max-Age 600
«?preflight»    respond 204
«?preflight»}
`

// https://caddyserver.com/docs/
var caddy = Product{
	Name: "Caddy", Names: []string{"caddy"}, Role: Proxy,
	Manual: "https://caddyserver.com/docs/caddyfile/directives/header",
	Signs: []Sign{
		{Strength: Weak, Header: "Server", Value: "caddy"},
		{Strength: Weak, Header: "Via", Value: "caddy"},
	},
	Advice: []Advice{
		{
			Topics:  []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight, Vary},
			Text:    "Caddy has no CORS option: the directive header sends the headers, and a matcher decides for which origin. With defer they replace what an application behind sends.",
			Snippet: caddyRules,
		},
		{
			Topics: []Topic{Errors},
			Text:   "The errors that Caddy makes itself, such as 502, go through handle_errors: give them the headers there.",
			Snippet: `handle_errors {
    @cors header Origin «origin»
    header @cors Access-Control-Allow-Origin «origin»
«?credentials»    header @cors Access-Control-Allow-Credentials true
    header +Vary Origin
    respond "{err.status_code} {err.status_text}"
}
`,
			Manual: "https://caddyserver.com/docs/caddyfile/directives/handle_errors",
		},
		{
			Topics: []Topic{Doubled},
			Text:   "If the application behind Caddy sends the header, leave it out of Caddy, or drop the application's within reverse_proxy.",
			Snippet: `header_down -Access-Control-Allow-Origin
header_down -Access-Control-Allow-Credentials
`,
			Manual: "https://caddyserver.com/docs/caddyfile/directives/reverse_proxy#headers",
		},
		{
			Topics:  []Topic{BodyLimit},
			Text:    "Caddy has no limit for bodies unless request_body sets one.",
			Snippet: "request_body {\n    max_size 20MB\n}\n",
			Manual:  "https://caddyserver.com/docs/caddyfile/directives/request_body",
		},
		{
			Topics: []Topic{Scheme},
			Text:   "Caddy redirects http: to https: by itself for every site with a certificate. Let the page use the https: URL.",
			Manual: "https://caddyserver.com/docs/automatic-https",
		},
	},
}
