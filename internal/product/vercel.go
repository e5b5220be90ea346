package product

// https://vercel.com/docs
var vercel = Product{
	Name: "Vercel", Names: []string{"vercel", "nextjs", "next.js"}, Role: Service,
	Manual: "https://vercel.com/kb/guide/how-to-enable-cors",
	Signs: []Sign{
		{Strength: Sure, Header: "x-vercel-error"},
		{Strength: Fair, Header: "Server", Value: "vercel"},
		{Strength: Fair, Header: "x-vercel-id", Says: "the header x-vercel-id"},
	},
	Advice: []Advice{
		{
			Topics: []Topic{Challenge, SignIn, Login},
			Text:   "Deployment Protection answers before the deployment, preflights included: turn it off for this deployment, or let OPTIONS of these paths through (Settings, Deployment Protection, OPTIONS Allowlist) and send the header x-vercel-protection-bypass. A security check of the firewall takes a rule with the action Bypass.",
			Manual: "https://vercel.com/docs/deployment-protection/methods-to-bypass-deployment-protection/options-allowlist",
		},
		{
			Topics: []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight, Errors},
			Text:   "vercel.json adds headers to what its source matches, whatever the origin. A function has to answer OPTIONS as well, in Next.js by exporting OPTIONS from the route. Send the headers from one of the two only.",
			Snippet: `"headers": [{
  "source": "/(.*)",
  "headers": [
    { "key": "Access-Control-Allow-Origin", "value": "«origin»" },
«?credentials»    { "key": "Access-Control-Allow-Credentials", "value": "true" },
    { "key": "Access-Control-Allow-Methods", "value": "«methods»" },
«?headers»    { "key": "Access-Control-Allow-Headers", "value": "«headers»" },
    { "key": "Vary", "value": "Origin" }
  ]
}]
`,
		},
		{
			Topics: []Topic{BodyLimit},
			Text:   "A function of Vercel takes bodies of up to 4.5 MB. Upload larger ones to storage from the page itself.",
			Manual: "https://vercel.com/docs/functions/limitations#request-body-size",
		},
		{
			Topics: []Topic{Doubled},
			Text:   "vercel.json, or headers() of next.config, adds the header beside the function's own. Take it out of one of them.",
		},
		{
			Topics: []Topic{Slash},
			Text:   "Next.js redirects with 308 from a URL with a slash at its end, or to it with trailingSlash. Let the page ask for the URL as it is served.",
			Manual: "https://nextjs.org/docs/app/api-reference/config/next-config-js/trailingSlash",
		},
	},
}
