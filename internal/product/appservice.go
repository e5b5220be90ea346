package product

// https://learn.microsoft.com/en-us/azure/app-service/
var appService = Product{
	Name: "Azure App Service", Names: []string{"app-service", "azure-app-service", "azure-functions"}, Role: Service,
	Manual: "https://learn.microsoft.com/en-us/azure/app-service/app-service-web-tutorial-rest-api",
	Signs: []Sign{
		{Strength: Sure, Topic: Login, Led: ".auth%2flogin%2f", Says: "a login that leads back to App Service (/.auth/login)"},
		{Strength: Sure, Topic: Login, Led: "/.auth/login/", Says: "a redirect to the login of App Service (/.auth/login)"},
		{Strength: Fair, Header: "x-ms-middleware-request-id", Says: "the header x-ms-middleware-request-id"},
		{Strength: Fair, Host: ".azurewebsites.net"},
		{Strength: Weak, Cookie: "arraffinity"},
	},
	Advice: []Advice{
		{
			Topics: []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight},
			Text:   "App Service has CORS of its own, under API, CORS. If an origin is listed there, it answers preflights before the application, and the application's CORS never sees them: use one of the two. It has a list of origins only; the application's CORS also knows methods and headers. Add the group and the name of the app to the command.",
			Snippet: `az webapp cors add --allowed-origins «origin»
`,
		},
		{
			Topics: []Topic{Login, SignIn, Errors, Forbidden},
			Text:   "App Service authentication answers before the application, preflights included. Under Authentication, let unauthenticated requests get HTTP 401 instead of a redirect, and exclude the paths that need no login.",
			Manual: "https://learn.microsoft.com/en-us/azure/app-service/overview-authentication-authorization",
		},
		{
			Topics: []Topic{Doubled},
			Text:   "App Service and the application both add the header. Use one of the two: take the origins out under API, CORS, or take CORS out of the application.",
		},
	},
}
