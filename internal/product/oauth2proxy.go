package product

// https://oauth2-proxy.github.io/oauth2-proxy/
var oauth2Proxy = Product{
	Name: "oauth2-proxy", Names: []string{"oauth2-proxy"}, Role: Guard,
	Manual: "https://oauth2-proxy.github.io/oauth2-proxy/configuration/overview",
	Signs: []Sign{
		{Strength: Sure, Led: "/oauth2/start", Says: "a redirect to /oauth2/start"},
		{Strength: Sure, Led: "/oauth2/sign_in", Says: "a redirect to /oauth2/sign_in"},
		{Strength: Sure, Led: "%2foauth2%2fcallback", Says: "a login that leads back to /oauth2/callback"},
		{Strength: Sure, Led: "/oauth2/callback", Says: "a login that leads back to /oauth2/callback"},
		{Strength: Sure, Cookie: "_oauth2_proxy"},
		{Strength: Sure, Header: "Gap-Auth"},
	},
	Advice: []Advice{{
		Topics: []Topic{Login, SignIn, Preflight, Rules, Forbidden, Errors},
		Text:   "oauth2-proxy sends whoever has no session to the login, and requests with Accept: application/json alone get a 401 instead. Let preflights through to the server behind it, and give the API's paths a 401. The CORS headers are those of the server behind it or of the proxy before it. With nginx's auth_request it is nginx that has to let OPTIONS through.",
		Snippet: `--skip-auth-preflight=true
--api-route=^/api
--cookie-samesite=none
--cookie-secure=true
`,
	}},
}
