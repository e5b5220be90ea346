package product

import "strings"

// https://developer.konghq.com/
var kong = Product{
	Name: "Kong", Names: []string{"kong", "kong-gateway"}, Role: Proxy,
	Manual: "https://developer.konghq.com/plugins/cors/",
	Signs: []Sign{
		{Strength: Sure, Match: func(l *Look) bool {
			return strings.HasPrefix(l.get("Server"), "kong/") && l.bare()
		}, Says: "“Server: kong” on an answer that Kong made itself"},
		{Strength: Sure, Body: `"message":"no route matched with those values"`, Says: "the body “no Route matched with those values”"},
		{Strength: Sure, Body: `"message":"no api key found in request"`, Says: "the body “No API key found in request”"},
		{Strength: Sure, Header: "X-Kong-Response-Latency", Says: "the header X-Kong-Response-Latency, which Kong adds to answers that it made itself"},
		{Strength: Weak, Header: "Via", Value: "kong"},
		{Strength: Weak, Header: "X-Kong-Proxy-Latency", Says: "the header X-Kong-Proxy-Latency"},
	},
	Advice: []Advice{
		{
			Topics: []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight, SignIn, Errors, Vary},
			Text:   "The plugin cors has to be on the route, the service or globally. It answers preflights before plugins for authentication, and with several origins it leaves the header out for one that is not on the list. A route that is limited to some methods needs OPTIONS among them, or Kong finds no route for the preflight.",
			Snippet: `plugins:
  - name: cors
    config:
      origins: ["«origin»"]
      methods: [«methods|"%"|, »]
«?headers»      headers: [«headers|"%"|, »]
«?exposed»      exposed_headers: [«exposed|"%"|, »]
«?credentials»      credentials: true
      max_age: 600
`,
		},
	},
}
