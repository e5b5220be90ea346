package product

import "strings"

// nginxRules is a whole configuration: nginx has no option for CORS, only
// add_header.
const nginxRules = `map $http_origin $cors_origin {  # beside server { … }
    default "";
    "«origin»" $http_origin;
}
# in the location:
add_header Access-Control-Allow-Origin $cors_origin always;
«?credentials»add_header Access-Control-Allow-Credentials true always;
«?exposed»add_header Access-Control-Expose-Headers "«exposed»" always;
add_header Vary Origin always;
«?preflight»if ($request_method = OPTIONS) {
«?preflight»    add_header Access-Control-Allow-Origin $cors_origin always;
«?preflight»«?credentials»    add_header Access-Control-Allow-Credentials true always;
«?preflight»    add_header Access-Control-Allow-Methods "«methods»" always;
«?preflight»«?headers»    add_header Access-Control-Allow-Headers "«headers»" always;
«?preflight»    add_header Access-Control-Max-Age 600 always;
«?preflight»    add_header Vary Origin always;
«?preflight»    return 204;
«?preflight»}
`

// https://nginx.org/en/docs/
var nginx = Product{
	Name: "nginx", Names: []string{"nginx", "openresty", "tengine"}, Role: Proxy,
	Manual: "https://nginx.org/en/docs/http/ngx_http_headers_module.html",
	Signs: []Sign{
		{Strength: Sure, Match: nginxPage, Says: "the error page, which is nginx's own"},
		{Strength: Weak, Header: "Server", Value: "nginx"},
		{Strength: Weak, Header: "Server", Value: "openresty"},
		{Strength: Weak, Header: "Server", Value: "tengine"},
	},
	Advice: []Advice{
		{
			Topics:  []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight, Vary},
			Text:    "nginx has no CORS option. The headers are added in the location that serves this URL, and a map decides which origins get them: for any other origin the variable is empty, and nginx leaves the header out. An add_header in an inner block drops those of the blocks around it, so they are all there twice.",
			Snippet: nginxRules,
		},
		{
			Topics: []Topic{Errors},
			Text:   "Without the word always, add_header works on answers with status 200, 201, 204, 206, 301, 302, 303, 304, 307 and 308 only. Give it to every CORS header, also for the errors that nginx makes itself.",
			Snippet: `map $http_origin $cors_origin {  # beside server { … }
    default "";
    "«origin»" $http_origin;
}
# in the server or location:
add_header Access-Control-Allow-Origin $cors_origin always;
«?credentials»add_header Access-Control-Allow-Credentials true always;
add_header Vary Origin always;
`,
		},
		{
			Topics: []Topic{SignIn},
			Text:   "A preflight carries no credentials, so auth_basic and auth_request refuse it. Answer OPTIONS before them: a return inside an if is processed first.",
			Snippet: `if ($request_method = OPTIONS) {
    add_header Access-Control-Allow-Origin "«origin»" always;
«?credentials»    add_header Access-Control-Allow-Credentials true always;
    add_header Access-Control-Allow-Methods "«methods»" always;
«?headers»    add_header Access-Control-Allow-Headers "«headers»" always;
    add_header Vary Origin always;
    return 204;
}
`,
		},
		{
			Topics:  []Topic{Doubled},
			Text:    "If the application behind nginx sends the header, leave it out of nginx. If nginx is to send it, drop the application's.",
			Snippet: "proxy_hide_header Access-Control-Allow-Origin;\nproxy_hide_header Access-Control-Allow-Credentials;\n",
			Manual:  "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_hide_header",
		},
		{
			Topics:  []Topic{BodyLimit},
			Text:    "nginx takes bodies of up to 1 MiB unless client_max_body_size says otherwise. Set it in the server or location to as much as the application takes.",
			Snippet: "client_max_body_size 20m;\n",
			Manual:  "https://nginx.org/en/docs/http/ngx_http_core_module.html#client_max_body_size",
		},
		{
			Topics:  []Topic{Timeout},
			Text:    "nginx waits 60 seconds between two pieces of an answer of the application behind it, unless proxy_read_timeout says otherwise.",
			Snippet: "proxy_read_timeout 180s;\n",
			Manual:  "https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout",
		},
		{
			Topics: []Topic{Slash},
			Text:   "nginx redirects to the URL with a slash where a location ends in one and proxies, and where the path is a directory. Let the page ask for the URL with the slash, or give the URL without it a location of its own.",
			Manual: "https://nginx.org/en/docs/http/ngx_http_core_module.html#location",
		},
	},
}

// nginxPage finds the error pages that nginx makes.
func nginxPage(l *Look) bool {
	for _, name := range []string{"nginx", "openresty", "tengine"} {
		if strings.Contains(l.body, "<hr><center>"+name) {
			return true
		}
	}
	return false
}
