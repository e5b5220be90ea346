package product

const istioRules = `corsPolicy:
  allowOrigins:
    - exact: «origin»
  allowMethods: [«methods|%|, »]
«?headers»  allowHeaders: [«headers|%|, »]
«?exposed»  exposeHeaders: [«exposed|%|, »]
«?credentials»  allowCredentials: true
  maxAge: "10m"
`

// https://www.envoyproxy.io/docs/
var envoy = Product{
	Name: "Envoy or Istio", Names: []string{"envoy", "istio", "envoy-gateway"}, Role: Proxy,
	Manual: "https://istio.io/latest/docs/reference/config/networking/virtual-service/#CorsPolicy",
	Signs: []Sign{
		{Strength: Sure, Body: "upstream connect error or disconnect/reset before headers", Says: "the body “upstream connect error …”"},
		{Strength: Sure, Body: "no healthy upstream", Says: "the body “no healthy upstream”"},
		{Strength: Sure, Status: 403, Topic: SignIn, Body: "rbac: access denied", Says: "the body “RBAC: access denied”"},
		{Strength: Sure, Status: 401, Topic: SignIn, Body: "jwt is missing", Says: "the body “Jwt is missing”"},
		{Strength: Sure, Status: 401, Topic: SignIn, Body: "jwt is expired", Says: "the body “Jwt is expired”"},
		{Strength: Weak, Header: "Server", Value: "envoy"},
		{Strength: Weak, Header: "Server", Value: "istio-envoy"},
		{Strength: Weak, Header: "x-envoy-upstream-service-time", Says: "the header x-envoy-upstream-service-time"},
	},
	Advice: []Advice{
		{
			Topics:  []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight},
			Text:    "Envoy's CORS filter answers a preflight if the origin matches, and otherwise passes it on. In Istio the policy is part of the route in the VirtualService; in Envoy Gateway it is spec.cors of a SecurityPolicy. An origin without its scheme never matches.",
			Snippet: istioRules,
		},
		{
			Topics:  []Topic{SignIn, Forbidden, Errors},
			Text:    "Errors that filters before the CORS filter make have no CORS headers. A preflight carries no token, so an AuthorizationPolicy has to let OPTIONS through; and the route needs a CORS policy, or nothing answers the preflight.",
			Snippet: istioRules,
		},
		{
			Topics: []Topic{Doubled},
			Text:   "If the application behind sends the header, leave CORS out of the route, or remove the application's header in the route.",
			Snippet: `headers:
  response:
    remove: [access-control-allow-origin, access-control-allow-credentials]
`,
			Manual: "https://istio.io/latest/docs/reference/config/networking/virtual-service/#Headers",
		},
		{
			Topics:  []Topic{Timeout},
			Text:    "Envoy waits for an answer for as long as the route's timeout says: 15 seconds in Envoy unless it is set; in Istio there is none unless it is set.",
			Snippet: "timeout: 60s\n",
			Manual:  "https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts",
		},
	},
}
