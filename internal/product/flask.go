package product

import "strings"

const flaskRules = `CORS(app, resources={r"/*": {"origins": ["«origin»"]}},
«?headers»     allow_headers=[«headers|"%"|, »],
«?exposed»     expose_headers=[«exposed|"%"|, »],
«?credentials»     supports_credentials=True,
     methods=[«methods|"%"|, »])
`

// https://flask-cors.readthedocs.io/
var flask = Product{
	Name: "Flask (Flask-CORS)", Names: []string{"flask", "flask-cors", "werkzeug"}, Role: Application,
	Manual: "https://flask-cors.readthedocs.io/en/latest/configuration.html",
	Signs: []Sign{
		{Strength: Fair, Header: "Server", Value: "werkzeug"},
		{Strength: Fair, Match: func(l *Look) bool {
			return strings.HasPrefix(l.body, "<!doctype html>\n<html lang=en>\n<title>") && strings.Contains(l.body, "\n<h1>")
		}, Says: "the error page, which is Werkzeug's"},
	},
	Advice: []Advice{
		{
			Topics:  []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight, SignIn, Errors},
			Text:    "Flask answers OPTIONS by itself, with Allow; Flask-CORS adds the headers where the pattern in resources matches the path. Where it does not, or the origin is not listed, there are none. A check of a login in before_request has to let OPTIONS through.",
			Snippet: flaskRules,
		},
		{
			Topics:  []Topic{Slash},
			Text:    "A route that ends in a slash redirects with 308 from the URL without it. Let the page ask for the URL with the slash, or turn that off.",
			Snippet: "app.url_map.strict_slashes = False\n",
			Manual:  "https://flask.palletsprojects.com/en/stable/quickstart/#unique-urls-redirection-behavior",
		},
		{
			Topics:  []Topic{BodyLimit},
			Text:    "Flask refuses bodies above MAX_CONTENT_LENGTH; without it there is no limit.",
			Snippet: "app.config[\"MAX_CONTENT_LENGTH\"] = 20 * 1024 * 1024\n",
			Manual:  "https://flask.palletsprojects.com/en/stable/config/#MAX_CONTENT_LENGTH",
		},
		{
			Topics: []Topic{Doubled},
			Text:   "CORS(app) and @cross_origin, or an after_request of your own, add the header twice, and so does a proxy before the application. Leave it to one of them.",
		},
	},
}
