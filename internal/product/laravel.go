package product

import "strings"

const laravelRules = `'paths' => ['*'],
'allowed_origins' => ['«origin»'],
'allowed_methods' => [«methods|'%'|, »],
'allowed_headers' => ['*'],
'exposed_headers' => [«exposed|'%'|, »],
'max_age' => 600,
«?credentials»'supports_credentials' => true,
«?!credentials»'supports_credentials' => false,
`

// https://laravel.com/docs/routing#cors
var laravel = Product{
	Name: "Laravel", Names: []string{"laravel", "php-cors", "lumen"}, Role: Application,
	Manual: "https://laravel.com/docs/routing#cors",
	Signs: []Sign{
		{Strength: Sure, Cookie: "laravel_session="},
		{Strength: Fair, Cookie: "xsrf-token=", Match: func(l *Look) bool { return strings.Contains(l.get("Set-Cookie"), "_session=") }, Says: "the cookies XSRF-TOKEN and …_session"},
		{Strength: Sure, Body: `{"message":"unauthenticated."}`, Says: "the error “Unauthenticated.”"},
		{Strength: Sure, Body: `"message":"csrf token mismatch."`, Says: "the error “CSRF token mismatch.”"},
		{Strength: Sure, Body: "tokenmismatchexception", Says: "the error TokenMismatchException"},
		{Strength: Sure, Status: 419, Body: "<title>page expired</title>", Says: "the page “Page Expired”"},
	},
	Advice: []Advice{
		{
			Topics:  []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight, SignIn},
			Text:    "config/cors.php says what is allowed; in Laravel 11 and later php artisan config:publish cors makes it. paths has to match the path of the URL, without a slash at its beginning, and an origin has no slash at its end. With several origins the header is left out for one that is not on the list. Run php artisan config:clear after a change.",
			Snippet: laravelRules,
		},
		{
			Topics:  []Topic{Errors},
			Text:    "Errors that Laravel's handler makes have the headers, since HandleCors is global middleware. A fatal error of PHP, dd() and exit leave it before that, and the web server's own 413, 502 and 504 never reach it.",
			Snippet: laravelRules,
		},
		{
			Topics:  []Topic{Login},
			Text:    "Laravel redirects to its login page unless the request asks for JSON. Let the page send Accept: application/json, which needs no preflight, and it gets a 401.",
			Snippet: "fetch(url, { headers: { Accept: \"application/json\" } })\n",
			Manual:  "https://laravel.com/docs/authentication#redirecting-unauthenticated-users",
		},
		{
			Topics: []Topic{Doubled},
			Text:   "A .htaccess file or the web server before Laravel adds the header beside HandleCors. Take it out there.",
		},
	},
}
