package product

import "strings"

// https://www.authelia.com/
var authelia = Product{
	Name: "Authelia", Names: []string{"authelia"}, Role: Guard,
	Manual: "https://www.authelia.com/configuration/security/access-control/",
	Signs: []Sign{
		{Strength: Sure, Cookie: "authelia_session="},
		{Strength: Sure, Led: "/?rd=", Match: func(l *Look) bool { return strings.Contains(l.led, "&rm=") }, Says: "a login with the parameters rd and rm"},
		{Strength: Fair, Led: "/?rd=", Says: "a login with the parameter rd"},
	},
	Advice: []Advice{{
		Topics: []Topic{Login, SignIn, Preflight, Rules, Forbidden, Errors},
		Text:   "Authelia asks for a login before the server behind answers, preflights included, which carry no cookie. Let OPTIONS through in access_control, and have the server answer it.",
		Snippet: `access_control:
  rules:
    - domain: "«api-host»"
      methods: [OPTIONS]
      policy: bypass
`,
	}},
}

// https://docs.goauthentik.io/
var authentik = Product{
	Name: "authentik", Names: []string{"authentik"}, Role: Guard,
	Manual: "https://docs.goauthentik.io/docs/add-secure-apps/providers/proxy/",
	Signs: []Sign{
		{Strength: Sure, Led: "/outpost.goauthentik.io/start", Says: "a redirect to /outpost.goauthentik.io/start"},
		{Strength: Sure, Header: "X-Powered-By", Value: "authentik"},
		{Strength: Sure, Cookie: "authentik_proxy_"},
	},
	Advice: []Advice{{
		Topics: []Topic{Login, SignIn, Preflight, Rules, Forbidden, Errors},
		Text:   "authentik asks for a login before the server behind answers, preflights included, which carry no cookie. Name the API's paths under Unauthenticated Paths of the proxy provider, or let the reverse proxy route OPTIONS past authentik, and have the server answer it.",
	}},
}

// https://www.keycloak.org/documentation
var keycloak = Product{
	Name: "Keycloak", Names: []string{"keycloak"}, Role: Service,
	Manual: "https://www.keycloak.org/docs/latest/server_admin/#_oidc_clients",
	Signs: []Sign{
		{Strength: Sure, Match: func(l *Look) bool {
			return containsAfter(strings.ToLower(l.URL), "/realms/", "/protocol/openid-connect/")
		}, Says: "the path of the URL"},
		{Strength: Sure, Cookie: "kc_restart="},
		{Strength: Sure, Cookie: "auth_session_id="},
		{Strength: Fair, Led: "/protocol/openid-connect/auth", Says: "a redirect to a realm's login"},
	},
	Advice: []Advice{
		{
			Topics:  []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, Preflight, Errors, Forbidden},
			Text:    "Keycloak names the origin only if it is among the client's Web origins: scheme, host and port, without a path. + stands for the origins of the valid redirect URIs. Which client that is, the token or the parameter client_id says.",
			Snippet: "Web origins: «origin»\n",
		},
		{
			Topics: []Topic{Login},
			Text:   "The address of the login has no CORS: a page has to navigate there. Have the server or the proxy before it answer requests of script with status 401 instead of a redirect to Keycloak, and begin the login in the page.",
			Manual: "https://www.keycloak.org/securing-apps/javascript-adapter",
		},
	},
}
