package product

// https://devcenter.heroku.com/
var heroku = Product{
	Name: "Heroku", Names: []string{"heroku"}, Role: Proxy,
	Manual: "https://devcenter.heroku.com/articles/error-codes",
	Signs: []Sign{
		{Strength: Sure, Status: 503, Body: "application error", Header: "Server", Value: "cowboy", Says: "the page “Application error”, which is Heroku's router's"},
		{Strength: Sure, Body: "herokucdn.com/error-pages/", Says: "the error page, which is Heroku's own"},
		{Strength: Weak, Header: "Via", Value: "vegur"},
		{Strength: Weak, Host: ".herokuapp.com"},
	},
	Advice: []Advice{{
		Topics:  []Topic{Errors, Timeout, BodyLimit},
		Text:    "Heroku's router answers for an application that does not: it has crashed (H10), took more than 30 seconds (H12), or closed the connection (H13, H18). Its answers have no CORS headers. The log says which code it was.",
		Snippet: "heroku logs --tail\n",
	}},
}
