package product

import "strings"

// https://docs.nestjs.com/
var nestJS = Product{
	Name: "NestJS", Names: []string{"nestjs", "nest"}, Role: Application,
	Manual: "https://docs.nestjs.com/security/cors",
	Signs: []Sign{
		{Strength: Sure, Match: func(l *Look) bool {
			return strings.Contains(l.body, `"statuscode":`) && (containsAfter(l.body, `"message":"cannot `, ` /`) || strings.HasSuffix(strings.TrimSpace(l.body), `"message":"internal server error"}`))
		}, Says: "the shape of its error, with statusCode and message"},
	},
	Advice: []Advice{
		{
			Topics: []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight, SignIn, Errors},
			Text:   "enableCors takes the options of the package cors, and has to be called before listen. An origin has no slash at the end. A guard does not see preflights then.",
			Snippet: `app.enableCors({   // before app.listen
  origin: ["«origin»"],
  methods: [«methods|"%"|, »],
«?headers»  allowedHeaders: [«headers|"%"|, »],
«?exposed»  exposedHeaders: [«exposed|"%"|, »],
«?credentials»  credentials: true,
});
`,
		},
	},
}
