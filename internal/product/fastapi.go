package product

import "strings"

const fastAPIRules = `app.add_middleware(   # the last one that is added
    CORSMiddleware,
    allow_origins=["«origin»"],
    allow_methods=[«methods|"%"|, »],
«?headers»    allow_headers=[«headers|"%"|, »],
«?exposed»    expose_headers=[«exposed|"%"|, »],
«?credentials»    allow_credentials=True,
)
`

// https://fastapi.tiangolo.com/
var fastAPI = Product{
	Name: "FastAPI or Starlette", Names: []string{"fastapi", "starlette", "uvicorn"}, Role: Application,
	Manual: "https://fastapi.tiangolo.com/tutorial/cors/",
	Signs: []Sign{
		{Strength: Sure, Status: 400, Preflight: true, Body: "disallowed cors ", Says: "status 400 with the body “Disallowed CORS …”"},
		{Strength: Fair, Match: func(l *Look) bool {
			b := strings.TrimSpace(l.body)
			return b == `{"detail":"not found"}` || b == `{"detail":"method not allowed"}` || b == `{"detail":"not authenticated"}` || strings.HasPrefix(b, `{"detail":[{"type":"`)
		}, Says: "the shape of its error, {\"detail\": …}"},
		{Strength: Fair, Header: "Server", Value: "uvicorn"},
		{Strength: Fair, Header: "Server", Match: func(l *Look) bool { return strings.HasPrefix(l.get("Server"), "hypercorn") }},
	},
	Advice: []Advice{
		{
			Topics:  []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight, SignIn},
			Text:    "CORSMiddleware refuses with status 400 and says in the body whether the origin, the method or the headers are not allowed. Without allow_methods it allows GET only. A 405 to OPTIONS means that the middleware is not there. The one that is added last is the outermost.",
			Snippet: fastAPIRules,
		},
		{
			Topics: []Topic{Errors},
			Text:   "Starlette makes the 500 of an exception that nothing handles outside of all middleware, CORSMiddleware included, so that it has no CORS headers; an HTTPException has them. Put CORSMiddleware around the whole application, and run that.",
			Snippet: `app = CORSMiddleware(
    app=app,
    allow_origins=["«origin»"],
    allow_methods=["*"],
    allow_headers=["*"],
«?credentials»    allow_credentials=True,
)
`,
			Manual: "https://www.starlette.io/middleware/#corsmiddleware",
		},
		{
			Topics:  []Topic{Slash},
			Text:    "The router redirects with 307 where only a slash at the end differs. Let the page ask for the URL as the route has it, or turn that off.",
			Snippet: "app = FastAPI(redirect_slashes=False)\n",
			Manual:  "https://fastapi.tiangolo.com/reference/fastapi/",
		},
		{
			Topics:  []Topic{Scheme},
			Text:    "Behind a proxy that ends TLS, redirects lead to http: unless uvicorn trusts what the proxy says of the scheme. Name the proxy's address; * trusts every client.",
			Snippet: "uvicorn main:app --proxy-headers --forwarded-allow-ips='*'\n",
			Manual:  "https://www.uvicorn.org/settings/#http",
		},
		{
			Topics: []Topic{Doubled},
			Text:   "Where a proxy before the application adds the header too, leave it to CORSMiddleware, which knows the origins.",
		},
	},
}
