package product

import "strings"

const expressRules = `app.use(cors({   // before all routes
  origin: ["«origin»"],
«?exposed»  exposedHeaders: [«exposed|"%"|, »],
«?credentials»  credentials: true,
}));
`

// https://expressjs.com/
var express = Product{
	Name: "Express", Names: []string{"express", "express-cors", "node"}, Role: Application,
	Manual: "https://expressjs.com/en/resources/middleware/cors.html",
	Signs: []Sign{
		{Strength: Sure, Body: "<pre>error: not allowed by cors", Says: "the error “Not allowed by CORS”"},
		{Strength: Sure, Match: func(l *Look) bool {
			return containsAfter(l.body, "<pre>cannot ", "/") && strings.Contains(l.body, "<title>error</title>")
		}, Says: "the error page “Cannot …”"},
		{Strength: Fair, Header: "X-Powered-By", Value: "express"},
		{Strength: Fair, Preflight: true, Status: 204, Match: expressCORS, Says: "its preflight's answer: 204 with GET,HEAD,PUT,PATCH,POST,DELETE and no origin"},
	},
	Advice: []Advice{
		{
			Topics:  []Topic{Rules, Origins, Credentials, Expose},
			Text:    "The package cors compares the request's Origin with its option origin, and leaves Access-Control-Allow-Origin out if it is not there. A string as origin is sent to everybody; a list is compared. An origin has no slash at the end. NestJS takes the same options in app.enableCors.",
			Snippet: expressRules,
		},
		{
			Topics: []Topic{Methods, Headers, MaxAge},
			Text:   "Without options, the package cors allows GET, HEAD, PUT, PATCH, POST and DELETE, and every header that is asked for. Where methods or allowedHeaders is given, it has to have all of them.",
			Snippet: `app.use(cors({   // before all routes
  origin: ["«origin»"],
  methods: [«methods|"%"|, »],
«?headers»  allowedHeaders: [«headers|"%"|, »],
«?credentials»  credentials: true,
  maxAge: 600,
}));
`,
		},
		{
			Topics:  []Topic{Preflight, SignIn},
			Text:    "app.use(cors()) answers every preflight, if it stands before the routes, before authentication and before the body parsers. As a middleware of one route it never sees OPTIONS: that takes an app.options for the path as well.",
			Snippet: expressRules,
		},
		{
			Topics:  []Topic{Errors},
			Text:    "The headers are on error answers too if the package cors comes first: before the body parsers, whose errors (400, 413) otherwise have none, and before the routes. An error handler must not replace them, and a process that crashes answers nothing.",
			Snippet: expressRules,
		},
		{
			Topics:  []Topic{BodyLimit},
			Text:    "express.json and express.urlencoded take 100kb, unless limit says otherwise. Put cors before them, so that the page can read such an error.",
			Snippet: "app.use(express.json({ limit: \"10mb\" }));\n",
			Manual:  "https://expressjs.com/en/api.html#express.json",
		},
		{
			Topics: []Topic{Doubled},
			Text:   "Where a proxy adds the header, take the package cors out of the application; where the package adds it, take it out of the proxy, and out of handlers that set it with res.header.",
		},
	},
}

// expressCORS finds the answer of the package cors to a preflight from an origin
// that is not allowed.
func expressCORS(l *Look) bool {
	return !l.has("Access-Control-Allow-Origin") && l.get("Access-Control-Allow-Methods") == "get,head,put,patch,post,delete"
}
