package product

import "strings"

const railsRules = `Rails.application.config.middleware.insert_before 0, Rack::Cors do
  allow do
    origins "«origin»"
    resource "*",
      headers: :any,
      methods: %i[get post put patch delete options head],
«?exposed»      expose: [«exposed|"%"|, »],
«?credentials»      credentials: true,
      max_age: 600
  end
end
`

// https://github.com/cyu/rack-cors
var rails = Product{
	Name: "Rails (rack-cors)", Names: []string{"rails", "rack-cors", "rack"}, Role: Application,
	Manual: "https://github.com/cyu/rack-cors#rails-configuration",
	Signs: []Sign{
		{Strength: Sure, Header: "X-Rack-CORS"},
		{Strength: Sure, Match: func(l *Look) bool {
			return containsAfter(l.body, "routing error", "no route matches [")
		}, Says: "Rails' debug page “Routing Error”"},
		{Strength: Sure, Body: "blocked hosts:", Status: 403, Topic: Forbidden, Says: "the page “Blocked hosts”"},
		{Strength: Fair, Match: func(l *Look) bool {
			return l.has("X-Runtime") && l.has("X-Request-Id") && !strings.HasPrefix(l.get("Server"), "gunicorn")
		}, Says: "the headers X-Runtime and X-Request-Id"},
	},
	Advice: []Advice{
		{
			Topics:  []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight, SignIn, Errors},
			Text:    "rack-cors answers a preflight that it does not allow with status 200 and without CORS headers. It belongs into config/initializers/cors.rb, before all other middleware, so that errors have the headers as well; the server has to be restarted after a change. Rack::Cors with debug: true says in X-Rack-CORS why it refuses. Credentials don't go with origins \"*\".",
			Snippet: railsRules,
		},
		{
			Topics:  []Topic{Forbidden},
			Text:    "“Blocked hosts” is a check of the Host header in development, which has nothing to do with CORS: allow the host.",
			Snippet: "config.hosts << \"«api-host»\"\n",
			Manual:  "https://guides.rubyonrails.org/configuring.html#actiondispatch-hostauthorization",
		},
		{
			Topics: []Topic{Doubled},
			Text:   "A controller that sets the header, or a proxy before Rails, adds it beside rack-cors. Take it out there.",
		},
	},
}
