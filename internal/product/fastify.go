package product

import "strings"

// https://fastify.dev/
var fastify = Product{
	Name: "Fastify", Names: []string{"fastify"}, Role: Application,
	Manual: "https://github.com/fastify/fastify-cors",
	Signs: []Sign{
		{Strength: Sure, Match: func(l *Look) bool {
			return strings.Contains(l.body, `"statuscode":`) && containsAfter(l.body, `"message":"route `, ` not found"`)
		}, Says: "the error “Route … not found”"},
		{Strength: Sure, Status: 400, Preflight: true, Body: "invalid preflight request", Says: "the body “Invalid Preflight Request”"},
	},
	Advice: []Advice{{
		Topics: []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight, SignIn, Errors},
		Text:   "@fastify/cors has to be registered before the routes. Without methods it allows GET, HEAD and POST.",
		Snippet: `await app.register(require("@fastify/cors"), {
  origin: ["«origin»"],
  methods: [«methods|"%"|, »],
«?headers»  allowedHeaders: [«headers|"%"|, »],
«?exposed»  exposedHeaders: [«exposed|"%"|, »],
«?credentials»  credentials: true,
});
`,
	}},
}
