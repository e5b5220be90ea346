package product

import "strings"

// https://doc.traefik.io/traefik/
var traefik = Product{
	Name: "Traefik", Names: []string{"traefik"}, Role: Proxy,
	Manual: "https://doc.traefik.io/traefik/middlewares/http/headers/#cors-headers",
	Signs: []Sign{
		{Strength: Fair, Match: traefikError, Says: "its plain error, with nosniff and without Server"},
	},
	Advice: []Advice{
		{
			Topics: []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight, Vary, Errors},
			Text:   "A headers middleware with one of the accessControl options answers preflights itself, with status 200, and names the origin only if it is on the list. It has to be on the router of this path, before forwardAuth and whatever else may refuse. Of two headers middlewares, the first answers the preflight. Where no router matches, Traefik answers 404 page not found, without headers.",
			Snippet: `http:
  middlewares:
    cors:
      headers:
        accessControlAllowOriginList: ["«origin»"]
        accessControlAllowMethods: [«methods|"%"|, »]
«?headers»        accessControlAllowHeaders: [«headers|"%"|, »]
«?exposed»        accessControlExposeHeaders: [«exposed|"%"|, »]
«?credentials»        accessControlAllowCredentials: true
        accessControlMaxAge: 600
        addVaryHeader: true
`,
		},
		{
			Topics: []Topic{BodyLimit},
			Text:   "The buffering middleware refuses bodies of more than maxRequestBodyBytes. Without that middleware Traefik has no limit.",
			Manual: "https://doc.traefik.io/traefik/middlewares/http/buffering/",
		},
		{
			Topics: []Topic{Doubled},
			Text:   "If the application behind sends the header, take the accessControl options out of the middleware, or CORS out of the application.",
		},
	},
}

// traefikError finds the errors that Traefik makes: those of Go's standard
// library, in an answer without a Server header.
func traefikError(l *Look) bool {
	switch strings.TrimSpace(l.body) {
	case "404 page not found", "bad gateway", "gateway timeout", "service unavailable":
		return !l.has("Server") && strings.HasPrefix(l.get("Content-Type"), "text/plain") && (l.get("X-Content-Type-Options") == "nosniff" || l.Answer.Status >= 500)
	}
	return false
}
