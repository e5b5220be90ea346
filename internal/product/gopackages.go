package product

import "strings"

// goOptions are those of rs/cors and of its fork go-chi/cors.
const goOptions = `    AllowedOrigins:   []string{"«origin»"},
    AllowedMethods:   []string{«methods|"%"|, »},
«?headers»    AllowedHeaders:   []string{«headers|"%"|, »},
«?exposed»    ExposedHeaders:   []string{«exposed|"%"|, »},
«?credentials»    AllowCredentials: true,
    MaxAge:           600,
`

// https://pkg.go.dev/github.com/rs/cors
var rsCORS = Product{
	Name: "rs/cors", Names: []string{"rs-cors", "rs/cors"}, Role: Application,
	Manual: "https://pkg.go.dev/github.com/rs/cors",
	Signs: []Sign{
		{Strength: Sure, Preflight: true, Match: func(l *Look) bool { return varyOnly(l) && lines(l, "vary") == 1 }, Says: "a preflight's answer without CORS headers, with its Vary"},
		{Strength: Fair, Preflight: true, Match: func(l *Look) bool { return varyOnly(l) && lines(l, "vary") == 3 && l.Answer.Status == 204 }, Says: "a preflight's answer without CORS headers, with its three lines of Vary"},
	},
	Advice: []Advice{{
		Topics:  []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight, Errors},
		Text:    "rs/cors sends no CORS header at all if the origin, the method or one of the headers is not allowed: compare all three with its options. Without options it allows GET, POST and HEAD, and the headers Accept, Content-Type and X-Requested-With. Debug: true logs which of them it refuses. It has to wrap the router, not single routes.",
		Snippet: "cors.New(cors.Options{\n" + goOptions + "}).Handler(router)\n",
	}},
}

// https://github.com/go-chi/cors
var chiCORS = Product{
	Name: "go-chi/cors", Names: []string{"chi-cors", "go-chi/cors", "chi"}, Role: Application,
	Manual: "https://github.com/go-chi/cors",
	Signs: []Sign{
		{Strength: Fair, Preflight: true, Match: func(l *Look) bool { return varyOnly(l) && lines(l, "vary") == 3 && l.Answer.Status == 200 }, Says: "a preflight's answer without CORS headers, with its three lines of Vary"},
	},
	Advice: []Advice{{
		Topics:  []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight, Errors},
		Text:    "go-chi/cors, like older versions of rs/cors, sends no CORS header at all if the origin, the method or one of the headers is not allowed: compare all three with its options. It has to be used on the topmost router, before the routes.",
		Snippet: "r.Use(cors.Handler(cors.Options{\n" + goOptions + "}))\n",
	}},
}

// An empty 403 without other headers is what gin-contrib/cors sends, and what many
// others send: nothing gives it away.
//
// https://github.com/gin-contrib/cors
var ginCORS = Product{
	Name: "gin-contrib/cors", Names: []string{"gin-cors", "gin-contrib/cors", "gin"}, Role: Application,
	Manual: "https://github.com/gin-contrib/cors",
	Advice: []Advice{{
		Topics: []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight, Errors, Forbidden},
		Text:   "gin-contrib/cors answers every request of an origin that is not allowed with an empty 403, GET as well. It has to be used before the routes.",
		Snippet: `router.Use(cors.New(cors.Config{
    AllowOrigins:     []string{"«origin»"},
    AllowMethods:     []string{«methods|"%"|, »},
«?headers»    AllowHeaders:     []string{«headers|"%"|, »},
«?exposed»    ExposeHeaders:    []string{«exposed|"%"|, »},
«?credentials»    AllowCredentials: true,
    MaxAge:           10 * time.Minute,
}))
`,
	}},
}

// Nothing gives away gorilla/handlers, either.
//
// https://pkg.go.dev/github.com/gorilla/handlers
var gorilla = Product{
	Name: "gorilla/handlers", Names: []string{"gorilla", "gorilla/handlers"}, Role: Application,
	Manual: "https://pkg.go.dev/github.com/gorilla/handlers#CORS",
	Advice: []Advice{{
		Topics: []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight, Errors},
		Text:   "gorilla/handlers refuses a method with 405, a header with 403 and an origin with an empty 200, each without CORS headers. content-type has to be listed too. It has to wrap the router.",
		Snippet: `handlers.CORS(
    handlers.AllowedOrigins([]string{"«origin»"}),
    handlers.AllowedMethods([]string{«methods|"%"|, »}),
«?headers»    handlers.AllowedHeaders([]string{«headers|"%"|, »}),
«?exposed»    handlers.ExposedHeaders([]string{«exposed|"%"|, »}),
«?credentials»    handlers.AllowCredentials(),
)(router)
`,
	}},
}

// varyOnly finds answers to preflights that were refused without a word: the Vary
// tells that the package has run.
func varyOnly(l *Look) bool {
	v := l.get("Vary")
	return l.Answer.Status >= 200 && l.Answer.Status <= 299 && l.bare() &&
		strings.Contains(v, "origin, access-control-request-method, access-control-request-headers")
}

// lines is how many lines the answer has of a header.
func lines(l *Look, name string) (n int) {
	for _, h := range l.headers {
		if h.name == name {
			n++
		}
	}
	return n
}
