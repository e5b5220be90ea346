package product

import "strings"

const djangoRules = `CORS_ALLOWED_ORIGINS = ["«origin»"]
«?credentials»CORS_ALLOW_CREDENTIALS = True
«?headers»CORS_ALLOW_HEADERS = (*default_headers, «headers|"%"|, »)  # from corsheaders.defaults import default_headers
«?exposed»CORS_EXPOSE_HEADERS = [«exposed|"%"|, »]
MIDDLEWARE = ["corsheaders.middleware.CorsMiddleware", *MIDDLEWARE]  # before all others
`

// https://github.com/adamchainz/django-cors-headers
var django = Product{
	Name: "Django (django-cors-headers)", Names: []string{"django", "django-cors-headers", "drf"}, Role: Application,
	Manual: "https://github.com/adamchainz/django-cors-headers#configuration",
	Signs: []Sign{
		{Strength: Sure, Match: func(l *Look) bool {
			return strings.HasPrefix(l.get("Access-Control-Allow-Headers"), "accept, authorization, content-type, user-agent, x-csrftoken, x-requested-with") ||
				strings.HasPrefix(l.get("Access-Control-Allow-Headers"), "accept, accept-encoding, authorization, content-type, dnt, origin, user-agent, x-csrftoken")
		}, Says: "the list of allowed headers, which is the default of django-cors-headers"},
		{Strength: Sure, Match: func(l *Look) bool {
			return containsAfter(l.body, "re seeing this error because you have <code>debug = true</code>", "django")
		}, Says: "Django's debug page"},
		{Strength: Sure, Body: `"detail":"authentication credentials were not provided."`, Says: "the error “Authentication credentials were not provided.”"},
		{Strength: Fair, Match: func(l *Look) bool {
			return l.get("X-Frame-Options") == "deny" && l.get("Referrer-Policy") == "same-origin" && l.get("Cross-Origin-Opener-Policy") == "same-origin"
		}, Says: "the headers that Django's SecurityMiddleware adds"},
		{Strength: Fair, Cookie: "csrftoken="},
		{Strength: Fair, Header: "Server", Value: "wsgiserver"},
	},
	Advice: []Advice{
		{
			Topics:  []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight, SignIn, Errors},
			Text:    "django-cors-headers answers a preflight that it does not allow with status 200 and without CORS headers. The app corsheaders has to be in INSTALLED_APPS, and its middleware has to stand before all that can answer, CommonMiddleware above all. An origin has its scheme and no slash at the end; “*” is not for CORS_ALLOW_HEADERS.",
			Snippet: djangoRules,
		},
		{
			Topics: []Topic{Slash},
			Text:   "CommonMiddleware redirects to the URL with a slash (APPEND_SLASH), which loses the body of a POST as well. Let the page ask for the URL with the slash, or route the URL without it. CorsMiddleware before CommonMiddleware gives the redirect its headers; a preflight must not be redirected at all.",
			Manual: "https://docs.djangoproject.com/en/stable/ref/settings/#append-slash",
		},
		{
			Topics:  []Topic{BodyLimit},
			Text:    "Django refuses bodies of more than 2.5 MB, not counting files, unless it is told otherwise. A server before it, such as nginx, has a limit of its own.",
			Snippet: "DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024\n",
			Manual:  "https://docs.djangoproject.com/en/stable/ref/settings/#data-upload-max-memory-size",
		},
		{
			Topics:  []Topic{Forbidden},
			Text:    "Django's CSRF check refuses unsafe requests from origins that it does not trust, whatever CORS allows. For requests with its session cookie, trust the origin and send the token in X-CSRFToken.",
			Snippet: "CSRF_TRUSTED_ORIGINS = [\"«origin»\"]\n",
			Manual:  "https://docs.djangoproject.com/en/stable/ref/settings/#csrf-trusted-origins",
		},
		{
			Topics: []Topic{Doubled},
			Text:   "Where a proxy before Django adds the header too, leave it to django-cors-headers, which knows the origins.",
		},
	},
}
