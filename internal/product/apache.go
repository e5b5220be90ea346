package product

const apacheRules = `SetEnvIf Origin "^«origin-regexp»$" CORS_ORIGIN=$0
Header always set Access-Control-Allow-Origin "%{CORS_ORIGIN}e" env=CORS_ORIGIN
«?credentials»Header always set Access-Control-Allow-Credentials true env=CORS_ORIGIN
«?exposed»Header always set Access-Control-Expose-Headers "«exposed»" env=CORS_ORIGIN
«?preflight»Header always set Access-Control-Allow-Methods "«methods»" env=CORS_ORIGIN
«?preflight»«?headers»Header always set Access-Control-Allow-Headers "«headers»" env=CORS_ORIGIN
«?preflight»Header always set Access-Control-Max-Age 600 env=CORS_ORIGIN
Header always merge Vary Origin
«?preflight»RewriteEngine On
«?preflight»RewriteCond %{REQUEST_METHOD} OPTIONS
«?preflight»RewriteRule ^ - [R=204,L]
`

// https://httpd.apache.org/docs/2.4/
var apache = Product{
	Name: "Apache httpd", Names: []string{"apache", "httpd", "apache2"}, Role: Proxy,
	Manual: "https://httpd.apache.org/docs/2.4/mod/mod_headers.html",
	Signs: []Sign{
		{Strength: Sure, Header: "Access-Control-Allow-Origin", Value: "(null)", Says: "the value “(null)”, which Apache writes for a variable that is not set"},
		{Strength: Sure, Body: "<address>apache/", Says: "the error page, which is Apache's own"},
		{Strength: Weak, Header: "Server", Value: "apache"},
	},
	Advice: []Advice{
		{
			Topics:  []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight, Vary, Errors},
			Text:    "mod_headers sends the headers, and mod_setenvif decides for which origins. Header without always does not work on errors. env=CORS_ORIGIN leaves the header out for other origins; without it Apache sends “(null)”.",
			Snippet: apacheRules,
		},
		{
			Topics:  []Topic{SignIn},
			Text:    "A preflight carries no credentials. Demand a login for everything but OPTIONS, and answer OPTIONS with the headers.",
			Snippet: "<LimitExcept OPTIONS>\n    Require valid-user\n</LimitExcept>\n" + apacheRules,
			Manual:  "https://httpd.apache.org/docs/2.4/mod/core.html#limitexcept",
		},
		{
			Topics:  []Topic{Doubled},
			Text:    "Header set and Header always set keep two tables, so that both together send the header twice; so does an application that sends it itself. Take one of them away, or drop the application's.",
			Snippet: "Header unset Access-Control-Allow-Origin\nHeader always set Access-Control-Allow-Origin \"«origin»\"\n",
		},
		{
			Topics:  []Topic{BodyLimit},
			Text:    "LimitRequestBody is the limit, in bytes. It is 1 GiB unless it is set; before version 2.4.54 there was none.",
			Snippet: "LimitRequestBody 20971520\n",
			Manual:  "https://httpd.apache.org/docs/2.4/mod/core.html#limitrequestbody",
		},
		{
			Topics: []Topic{Timeout},
			Text:   "ProxyTimeout is how long mod_proxy waits for the application behind it; without it, Timeout counts, which is 60 seconds unless it is set.",
			Manual: "https://httpd.apache.org/docs/2.4/mod/mod_proxy.html#proxytimeout",
		},
		{
			Topics: []Topic{Slash},
			Text:   "mod_dir redirects to the URL with a slash where the path is a directory, and a rule of mod_rewrite, such as the one in Laravel's .htaccess, may take a slash away. Let the page ask for the URL with the slash, or set DirectorySlash Off.",
			Manual: "https://httpd.apache.org/docs/2.4/mod/mod_dir.html#directoryslash",
		},
	},
}
