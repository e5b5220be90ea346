package product

// https://docs.netlify.com/
var netlify = Product{
	Name: "Netlify", Names: []string{"netlify"}, Role: Service,
	Manual: "https://docs.netlify.com/manage/routing/headers/",
	Signs: []Sign{
		{Strength: Fair, Header: "Server", Value: "netlify"},
		{Strength: Fair, Header: "x-nf-request-id", Says: "the header x-nf-request-id"},
	},
	Advice: []Advice{
		{
			Topics: []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight, Errors},
			Text:   "netlify.toml, or a file _headers, adds headers to static files. It does not work for functions: those return the headers themselves, and answer OPTIONS.",
			Snippet: `[[headers]]
  for = "/*"
  [headers.values]
    Access-Control-Allow-Origin = "«origin»"
«?credentials»    Access-Control-Allow-Credentials = "true"
`,
		},
		{
			Topics: []Topic{NotFound},
			Text:   "A rule such as /* /index.html 200 answers every path that is not there with the application's page. Check the path of the function or of the proxied API, and put its rule before that one.",
			Manual: "https://docs.netlify.com/manage/routing/redirects/overview/",
		},
	},
}
