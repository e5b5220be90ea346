package paste_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/internal/growth"
	"github.com/browsercors/browsercors/internal/paste"
)

const (
	chromiumLine  = "Access to fetch at 'https://api.example/orders' from origin 'https://app.example' has been blocked by CORS policy: "
	firefoxLine   = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example/orders. (Reason: "
	preflightCurl = "$ curl -i -X OPTIONS -H 'Origin: https://app.example' -H 'Access-Control-Request-Method: PUT' https://api.example/orders/1\n"
)

// brief is what an explanation comes to, in a few lines.
func brief(x *paste.Explanation) string {
	lines := []string{x.Method + " " + x.URL + " from " + x.Page}
	var rulings []string
	for _, v := range x.Verdicts {
		ruling := v.Ruling
		if v.Reason != "" {
			ruling = v.Reason
		}
		if v.Missing != "" {
			ruling += " (" + v.Missing + ")"
		}
		if !slices.Contains(rulings, ruling) {
			rulings = append(rulings, ruling)
		}
	}
	if rulings != nil {
		lines = append(lines, "verdict "+strings.Join(rulings, ", "))
	}
	for _, c := range x.Causes {
		line := "cause " + c.Name + " by " + c.By
		if c.NotCORS {
			line += ", not CORS"
		}
		for _, h := range c.Headers {
			line += "; " + h[0] + ": " + h[1]
		}
		lines = append(lines, line)
	}
	for _, h := range x.Needed {
		lines = append(lines, "needs "+h[0]+": "+h[1])
	}
	if x.Preflight != "" {
		lines = append(lines, "preflight "+x.Preflight)
	}
	for _, s := range x.ToBeSure {
		if s.Command != "" {
			lines = append(lines, s.Command)
		}
	}
	return strings.Join(lines, "\n")
}

func TestExplain(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"a header, in Chromium", chromiumLine + "Request header field x-token is not allowed by Access-Control-Allow-Headers in preflight response.", `
GET https://api.example/orders from https://app.example
cause header-disallowed by server; Access-Control-Allow-Headers: x-token
preflight The browser sends a preflight first because it has the header x-token.
curl -i -X OPTIONS -H 'Origin: https://app.example' -H 'Access-Control-Request-Method: GET' -H 'Access-Control-Request-Headers: x-token' https://api.example/orders
curl -i -H 'Origin: https://app.example' -H 'x-token: …' https://api.example/orders`},
		{"a method, in Chromium", chromiumLine + "Method PATCH is not allowed by Access-Control-Allow-Methods in preflight response.", `
PATCH https://api.example/orders from https://app.example
cause method-disallowed by server; Access-Control-Allow-Methods: PATCH
preflight The browser sends a preflight first because its method is PATCH.
curl -i -X OPTIONS -H 'Origin: https://app.example' -H 'Access-Control-Request-Method: PATCH' https://api.example/orders
curl -i -X PATCH -H 'Origin: https://app.example' https://api.example/orders`},
		{"no status, in Chromium", chromiumLine + "Response to preflight request doesn't pass access control check: It does not have HTTP ok status.", `
GET https://api.example/orders from https://app.example
cause preflight-invalid-status by server; Access-Control-Allow-Origin: https://app.example; Vary: Origin
preflight There was a preflight, and the text does not tell why: the method is not GET, HEAD or POST, or script sets a header such as Authorization or Content-Type: application/json, or listens to the progress of an upload.
curl -i -X OPTIONS -H 'Origin: https://app.example' -H 'Access-Control-Request-Method: GET' https://api.example/orders
curl -i -H 'Origin: https://app.example' https://api.example/orders`},
		{"a doubled value, in Chromium", chromiumLine + "The 'Access-Control-Allow-Origin' header contains multiple values 'https://app.example, *', but only one is allowed.", `
GET https://api.example/orders from https://app.example
cause doubled by server; Access-Control-Allow-Origin: https://app.example; Vary: Origin
curl -i -H 'Origin: https://app.example' https://api.example/orders`},
		{"another origin, in Firefox", firefoxLine + "CORS header ‘Access-Control-Allow-Origin’ does not match ‘https://other.example’).", `
GET https://api.example/orders from https://app.example
cause other-origin by server; Access-Control-Allow-Origin: https://app.example; Vary: Origin
curl -i -H 'Origin: https://app.example' https://api.example/orders`},
		{"a status, in Firefox", firefoxLine + "CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 502.", `
GET https://api.example/orders from https://app.example
cause gateway by server, not CORS; Access-Control-Allow-Origin: https://app.example; Vary: Origin
curl -i -H 'Origin: https://app.example' https://api.example/orders`},
		{"two lines of Firefox", firefoxLine + "CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 200.\n" + firefoxLine + "CORS request did not succeed). Status code: (null).", `
GET https://api.example/orders from https://app.example
cause missing-allow-origin by server; Access-Control-Allow-Origin: https://app.example; Vary: Origin
preflight There was a preflight, and the text does not tell why: the method is not GET, HEAD or POST, or script sets a header such as Authorization or Content-Type: application/json, or listens to the progress of an upload.
curl -i -X OPTIONS -H 'Origin: https://app.example' -H 'Access-Control-Request-Method: GET' https://api.example/orders
curl -i -H 'Origin: https://app.example' https://api.example/orders`},
		{"Safari", "[Error] Preflight response is not successful. Status code: 401\n[Error] Fetch API cannot load https://api.example/me due to access control checks.\n[Error] Failed to load resource: Preflight response is not successful. Status code: 401 (me, line 0)", `
GET https://api.example/me from https://app.example
cause preflight-authentication by server; Access-Control-Allow-Origin: https://app.example; Vary: Origin
preflight There was a preflight, and the text does not tell why: the method is not GET, HEAD or POST, or script sets a header such as Authorization or Content-Type: application/json, or listens to the progress of an upload.
curl -i -X OPTIONS -H 'Origin: https://app.example' -H 'Access-Control-Request-Method: GET' https://api.example/me
curl -i -H 'Origin: https://app.example' https://api.example/me`},
		{"a console line and the call", "fetch('https://api.example/orders', {method: 'PUT', headers: {'X-Token': token}})\n" + chromiumLine + "Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource.", `
PUT https://api.example/orders from https://app.example
cause missing-allow-origin by server; Access-Control-Allow-Origin: https://app.example; Vary: Origin; Access-Control-Allow-Methods: PUT; Access-Control-Allow-Headers: x-token
preflight The browser sends a preflight first because its method is PUT and it has the header x-token.
curl -i -X OPTIONS -H 'Origin: https://app.example' -H 'Access-Control-Request-Method: PUT' -H 'Access-Control-Request-Headers: x-token' https://api.example/orders
curl -i -X PUT -H 'Origin: https://app.example' -H 'X-Token: …' https://api.example/orders`},
		{"a response header in the request", "await axios.get(`${process.env.API_URL}/users`, { headers: { 'Access-Control-Allow-Origin': '*' } })\n" +
			"Access to XMLHttpRequest at 'https://api.example/users' from origin 'http://localhost:3000' has been blocked by CORS policy: Request header field access-control-allow-origin is not allowed by Access-Control-Allow-Headers in preflight response.", `
GET https://api.example/users from http://localhost:3000
cause response-header-in-request by page
preflight The browser sends a preflight first because it has the header access-control-allow-origin.
curl -i -X OPTIONS -H 'Origin: http://localhost:3000' -H 'Access-Control-Request-Method: GET' -H 'Access-Control-Request-Headers: access-control-allow-origin' https://api.example/users
curl -i -H 'Origin: http://localhost:3000' -H 'Access-Control-Allow-Origin: …' https://api.example/users`},
		{"a file", "Access to script at 'file:///C:/Users/me/app.js' from origin 'null' has been blocked by CORS policy: Cross origin requests are only supported for protocol schemes: http, data, chrome, https.", `
GET file:///C:/Users/me/app.js from null
cause cors-disabled-scheme by page`},
		{"Content-Security-Policy", `Refused to connect to 'https://api.example/' because it violates the following Content Security Policy directive: "connect-src 'self'".`, `
GET https://api.example/ from https://app.example
cause content-security-policy by page, not CORS
curl -i -H 'Origin: https://app.example' https://api.example/`},
		{"an error name", "PUT https://api.example/x net::ERR_CONNECTION_REFUSED", `
PUT https://api.example/x from https://app.example
cause unreachable by network, not CORS
preflight The browser sends a preflight first because its method is PUT.
curl -i -X OPTIONS -H 'Origin: https://app.example' -H 'Access-Control-Request-Method: PUT' https://api.example/x`},
		{"what script gets", "TypeError: Failed to fetch", `
GET https://api.example/ from https://app.example
cause unnamed by page`},
		{"mixed content of a call", "fetch('http://api.example/x', {headers: {Origin: 'https://app.example'}}) // from https\n" +
			"Mixed Content: The page at 'https://app.example/a' was loaded over HTTPS, but requested an insecure resource 'http://api.example/x'. This request has been blocked; the content must be served over HTTPS.", `
GET http://api.example/x from https://app.example
cause mixed-content by server
curl -i -H 'Origin: https://app.example' http://api.example/x`},

		{"a preflight by curl -i", preflightCurl + "HTTP/2 204 \r\naccess-control-allow-origin: https://app.example\r\naccess-control-allow-methods: GET, POST\r\n\r\n", `
PUT https://api.example/orders/1 from https://app.example
verdict method-disallowed
cause method-disallowed by server; Access-Control-Allow-Methods: GET, POST, PUT
preflight The browser sends a preflight first because its method is PUT.`},
		{"a preflight that allows", preflightCurl + "HTTP/2 204\naccess-control-allow-origin: https://app.example\naccess-control-allow-methods: PUT\n", `
PUT https://api.example/orders/1 from https://app.example
verdict unknown (the response to the PUT request itself)
needs Access-Control-Allow-Origin: https://app.example
needs Vary: Origin
needs Access-Control-Allow-Methods: PUT
preflight The browser sends a preflight first because its method is PUT.
curl -i -X PUT -H 'Origin: https://app.example' https://api.example/orders/1`},
		{"both by curl -v", `*   Trying 192.0.2.1:443...
* Connected to api.example (192.0.2.1) port 443
* ALPN: server accepted h2
> OPTIONS /orders/1 HTTP/2
> Host: api.example
> User-Agent: curl/8.5.0
> Origin: https://app.example
> Access-Control-Request-Method: PUT
> Access-Control-Request-Headers: content-type
>
< HTTP/2 200
< access-control-allow-origin: https://app.example
< access-control-allow-methods: PUT
< access-control-allow-headers: content-type
<
* Connection #0 to host api.example left intact
> PUT /orders/1 HTTP/2
> Host: api.example
> Origin: https://app.example
> Content-Type: application/json
>
{ [5 bytes data]
< HTTP/2 500
< content-type: application/json
<
{"error":"boom"}`, `
PUT https://api.example/orders/1 from https://app.example
verdict missing-allow-origin
cause server-error by server, not CORS; Access-Control-Allow-Origin: https://app.example; Vary: Origin
preflight The browser sends a preflight first because its method is PUT and it has the header content-type.`},
		{"without Origin", "$ curl -i https://api.example/orders\nHTTP/1.1 200 OK\nContent-Type: application/json\n\n[]", `
GET https://api.example/orders from https://app.example
verdict unknown (the response to a request with an Origin header)
needs Access-Control-Allow-Origin: https://app.example
needs Vary: Origin
curl -i -H 'Origin: https://app.example' https://api.example/orders`},
		{"a head alone", "HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: https://shop.example\n\n", `
GET https://api.example/ from https://shop.example
verdict allowed`},
		{"two preflights, one of them without its header", "$ curl -i -H'Origin: https://app.example' -XOPTIONS https://api.example/_session\nHTTP/1.1 401 Unauthorized\nAccess-Control-Allow-Origin: https://app.example\n\n{}\n" +
			"$ curl -i -H'Origin: https://app.example' -H'Access-Control-Request-Method: POST' -XOPTIONS https://api.example/_session\nHTTP/1.1 204 No Content\nAccess-Control-Allow-Headers:\nAccess-Control-Allow-Methods: GET, POST\nAccess-Control-Allow-Origin: https://app.example\n\n", `
POST https://api.example/_session from https://app.example
verdict unknown (the response to the POST request itself)
needs Access-Control-Allow-Origin: https://app.example
needs Vary: Origin
preflight There was a preflight, and the text does not tell why: the method is not GET, HEAD or POST, or script sets a header such as Authorization or Content-Type: application/json, or listens to the progress of an upload.
curl -i -X POST -H 'Origin: https://app.example' https://api.example/_session`},
		{"with a progress meter", "$ curl -i -H 'Origin: https://app.example' https://api.example/a | cat\n  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 Dload  Upload   Total   Spent    Left  Speed\n" +
			"  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: https://app.example/\n\n", `
GET https://api.example/a from https://app.example
verdict allow-origin-mismatch
cause spelling by server; Access-Control-Allow-Origin: https://app.example; Vary: Origin`},
		{"with Origin and without", "$ curl -I https://api.example/a\nHTTP/1.1 200 OK\n\n$ curl -I -H 'Origin: https://app.example' https://api.example/a\nHTTP/1.1 200 OK\nAccess-Control-Allow-Origin: *\n\n", `
GET https://api.example/a from https://app.example
verdict allowed`},
		{"a token, by curl -v", "* Connected to api.example (192.0.2.1) port 443\n* SSL connection using TLSv1.3\n> GET /me HTTP/2\n> Host: api.example\n> user-agent: curl/8.7.1\n> accept: */*\n> origin: https://app.example\n> authorization: Bearer SECRET\n> \n* Request completely sent off\n< HTTP/2 401 \n< content-type: application/json\n< www-authenticate: Bearer\n< \n{\"message\":\"Unauthorized\"}", `
GET https://api.example/me from https://app.example
verdict missing-allow-origin
cause unauthorized by page, not CORS; Access-Control-Allow-Origin: https://app.example; Vary: Origin
preflight The browser sends a preflight first because it has the header authorization.`},
		{"a preflight that is redirected", "$ curl -i -X OPTIONS -H 'Origin: https://app.example' -H 'Access-Control-Request-Method: PUT' https://api.example/orders\nHTTP/1.1 301 Moved Permanently\nLocation: https://api.example/orders/\n\n", `
PUT https://api.example/orders from https://app.example
verdict missing-allow-origin, preflight-disallowed-redirect
cause redirect-slash by page; Access-Control-Allow-Origin: https://app.example; Vary: Origin; Access-Control-Allow-Methods: PUT
preflight The browser sends a preflight first because its method is PUT.`},
		{"a proxy, an interim response and a redirect", `$ curl -iL -H "Origin: https://app.example" http://api.example/a
HTTP/1.1 200 Connection established

HTTP/1.1 103 Early Hints
Link: </a.css>

HTTP/1.1 302 Found
Location: /login
Access-Control-Allow-Origin: *

HTTP/1.1 200 OK
Content-Type: text/html

<title>Sign in</title>`, `
GET http://api.example/a from https://app.example
verdict mixed-content
cause mixed-content by server`},
		{"a login page", `$ curl -iL -H "Origin: https://app.example" https://api.example/a
HTTP/1.1 302 Found
Location: /login?next=/a

HTTP/1.1 200 OK
Content-Type: text/html

<title>Sign in</title>`, `
GET https://api.example/a from https://app.example
verdict missing-allow-origin
cause login-redirect by server, not CORS; Access-Control-Allow-Origin: https://app.example; Vary: Origin`},
		{"copied as cURL, with the response", `curl 'https://api.example/upload' \
  -X 'POST' \
  -H 'accept: */*' \
  -H 'authorization: Bearer SECRET' \
  -H 'cache-control: no-cache' \
  -H 'content-type: application/json' \
  -b 'sid=SECRET' \
  -H 'origin: https://app.example' \
  -H 'sec-fetch-mode: cors' \
  -H 'user-agent: Mozilla/5.0' \
  --data-raw $'{"a":"SECRET"}' -i
HTTP/1.1 413 Request Entity Too Large
Server: nginx
Content-Type: text/html

<html><head><title>413 Request Entity Too Large</title></head>`, `
POST https://api.example/upload from https://app.example
verdict missing-allow-origin
cause body-limit by server, not CORS; Access-Control-Allow-Origin: https://app.example; Access-Control-Allow-Credentials: true; Vary: Origin
preflight The browser sends a preflight first because it has the headers authorization, content-type.`},
		{"with credentials", `curl -i -H 'Origin: https://app.example' -H 'Cookie: sid=SECRET' https://api.example/me
HTTP/1.1 200 OK
Access-Control-Allow-Origin: *
Set-Cookie: sid=SECRET`, `
GET https://api.example/me from https://app.example
verdict wildcard-origin-not-allowed
cause wildcard-origin-not-allowed by server; Access-Control-Allow-Origin: https://app.example; Access-Control-Allow-Credentials: true; Vary: Origin`},
		{"curl fails", "$ curl -v https://api.example/\n* Could not resolve host: api.example\ncurl: (6) Could not resolve host: api.example", `
GET https://api.example/ from https://app.example
cause name-not-resolved by network, not CORS
curl -i -H 'Origin: https://app.example' https://api.example/`},
		{"a network panel", "Request URL: https://api.example/a\nRequest Method: GET\nStatus Code: 200 OK\nResponse Headers\naccess-control-allow-origin: https://other.example\ncontent-type: application/json\nRequest Headers\norigin: https://app.example\n", `
GET https://api.example/a from https://app.example
verdict allow-origin-mismatch
cause other-origin by server; Access-Control-Allow-Origin: https://app.example; Vary: Origin`},

		{"a call", `fetch("https://api.example/me", {
  method: 'POST',
  headers: new Headers({ "Content-Type": "application/json", Authorization: ` + "`Bearer ${token}`" + ` }),
  credentials: "include",
  body: JSON.stringify({a: 1}),
}).then(r => r.json())`, `
POST https://api.example/me from https://app.example
needs Access-Control-Allow-Origin: https://app.example
needs Access-Control-Allow-Credentials: true
needs Vary: Origin
needs Access-Control-Allow-Headers: authorization, content-type
preflight The browser sends a preflight first because it has the headers authorization, content-type.
curl -i -X OPTIONS -H 'Origin: https://app.example' -H 'Access-Control-Request-Method: POST' -H 'Access-Control-Request-Headers: authorization,content-type' https://api.example/me
curl -i -X POST -H 'Origin: https://app.example' -H 'Content-Type: application/json' -H 'Authorization: …' -H 'Cookie: …' https://api.example/me`},
		{"copied as fetch", `await fetch("https://api.example/a?b=1", {
    "credentials": "omit",
    "headers": {
        "accept": "*/*",
        "cache-control": "no-cache",
        "sec-fetch-mode": "cors",
        "x-requested-with": "XMLHttpRequest"
    },
    "referrer": "https://app.example/",
    "method": "GET",
    "mode": "cors"
});`, `
GET https://api.example/a?b=1 from https://app.example
needs Access-Control-Allow-Origin: https://app.example
needs Vary: Origin
needs Access-Control-Allow-Headers: x-requested-with
preflight The browser sends a preflight first because it has the header x-requested-with.
curl -i -X OPTIONS -H 'Origin: https://app.example' -H 'Access-Control-Request-Method: GET' -H 'Access-Control-Request-Headers: x-requested-with' 'https://api.example/a?b=1'
curl -i -H 'Origin: https://app.example' -H 'x-requested-with: …' 'https://api.example/a?b=1'`},
		{"a call that the API refuses", `fetch("https://api.example/", {method: "GET", body: "x"})`, `
GET https://api.example/ from https://app.example
cause body-not-allowed by page
curl -i -H 'Origin: https://app.example' -H 'Content-Type: text/plain;charset=UTF-8' https://api.example/`},
		{"axios", `axios.post('https://api.example/a', {b: 1}, {withCredentials: true, headers: {'X-A': a}})`, `
POST https://api.example/a from https://app.example
needs Access-Control-Allow-Origin: https://app.example
needs Access-Control-Allow-Credentials: true
needs Vary: Origin
needs Access-Control-Allow-Headers: content-type, x-a
preflight The browser sends a preflight first because it has the headers content-type, x-a.
curl -i -X OPTIONS -H 'Origin: https://app.example' -H 'Access-Control-Request-Method: POST' -H 'Access-Control-Request-Headers: content-type,x-a' https://api.example/a
curl -i -X POST -H 'Origin: https://app.example' -H 'X-A: …' -H 'Content-Type: application/json' -H 'Cookie: …' https://api.example/a`},
		{"XMLHttpRequest", "const xhr = new XMLHttpRequest();\nxhr.open('PUT', \"https://api.example/a\");\nxhr.setRequestHeader('X-A', '1');\nxhr.withCredentials = true;\nxhr.upload.onprogress = f;\nxhr.send(data);", `
PUT https://api.example/a from https://app.example
needs Access-Control-Allow-Origin: https://app.example
needs Access-Control-Allow-Credentials: true
needs Vary: Origin
needs Access-Control-Allow-Methods: PUT
needs Access-Control-Allow-Headers: x-a
preflight The browser sends a preflight first because its method is PUT and it has the header x-a and script listens to the progress of the upload, or its body is a stream.
curl -i -X OPTIONS -H 'Origin: https://app.example' -H 'Access-Control-Request-Method: PUT' -H 'Access-Control-Request-Headers: x-a' https://api.example/a
curl -i -X PUT -H 'Origin: https://app.example' -H 'X-A: …' -H 'Cookie: …' https://api.example/a`},
		{"$.ajax", `$.ajax({url: "https://api.example/a", type: "POST", contentType: "application/json", data: JSON.stringify(x), xhrFields: {withCredentials: true}})`, `
POST https://api.example/a from https://app.example
needs Access-Control-Allow-Origin: https://app.example
needs Access-Control-Allow-Credentials: true
needs Vary: Origin
needs Access-Control-Allow-Headers: content-type
preflight The browser sends a preflight first because it has the header content-type. Only the types text/plain, multipart/form-data and application/x-www-form-urlencoded need none.
curl -i -X OPTIONS -H 'Origin: https://app.example' -H 'Access-Control-Request-Method: POST' -H 'Access-Control-Request-Headers: content-type' https://api.example/a
curl -i -X POST -H 'Origin: https://app.example' -H 'Content-Type: application/json' -H 'Cookie: …' https://api.example/a`},
		{"jQuery as Postman writes it", "var settings = {\n  \"url\": \"https://api.example/login\",\n  \"method\": \"POST\",\n  \"timeout\": 0,\n  \"headers\": {\n    \"X-A\": \"SECRET\"\n  },\n  \"data\": JSON.stringify({\"u\": \"me\"}),\n};\n\n$.ajax(settings).done(function (response) {\n  console.log(response);\n});", `
POST https://api.example/login from https://app.example
needs Access-Control-Allow-Origin: https://app.example
needs Vary: Origin
needs Access-Control-Allow-Headers: x-a
preflight The browser sends a preflight first because it has the header x-a.
curl -i -X OPTIONS -H 'Origin: https://app.example' -H 'Access-Control-Request-Method: POST' -H 'Access-Control-Request-Headers: x-a' https://api.example/login
curl -i -X POST -H 'Origin: https://app.example' -H 'X-A: …' -H 'Content-Type: application/x-www-form-urlencoded; charset=UTF-8' https://api.example/login`},
		{"fetch as Postman writes it", "const myHeaders = new Headers();\nmyHeaders.append(\"Content-Type\", \"application/json\");\nmyHeaders.append(\"Authorization\", \"Bearer SECRET\");\n\nconst raw = JSON.stringify({\"a\": 1});\n\nconst requestOptions = {\n  method: \"PUT\",\n  headers: myHeaders,\n  body: raw,\n  redirect: \"follow\"\n};\n\nfetch(\"https://api.example/a\", requestOptions)\n  .then((response) => response.text())", `
PUT https://api.example/a from https://app.example
needs Access-Control-Allow-Origin: https://app.example
needs Vary: Origin
needs Access-Control-Allow-Methods: PUT
needs Access-Control-Allow-Headers: authorization, content-type
preflight The browser sends a preflight first because its method is PUT and it has the headers authorization, content-type.
curl -i -X OPTIONS -H 'Origin: https://app.example' -H 'Access-Control-Request-Method: PUT' -H 'Access-Control-Request-Headers: authorization,content-type' https://api.example/a
curl -i -X PUT -H 'Origin: https://app.example' -H 'Content-Type: application/json' -H 'Authorization: …' https://api.example/a`},
		{"PowerShell", "$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession\nInvoke-WebRequest -UseBasicParsing -Uri \"https://api.example/a\" `\n-Method \"DELETE\" `\n-WebSession $session `\n-Headers @{\n\"Accept\"=\"*/*\"\n  \"Origin\"=\"https://app.example\"\n  \"Sec-Fetch-Mode\"=\"cors\"\n}", `
DELETE https://api.example/a from https://app.example
needs Access-Control-Allow-Origin: https://app.example
needs Vary: Origin
needs Access-Control-Allow-Methods: DELETE
preflight The browser sends a preflight first because its method is DELETE.
curl -i -X OPTIONS -H 'Origin: https://app.example' -H 'Access-Control-Request-Method: DELETE' https://api.example/a
curl -i -X DELETE -H 'Origin: https://app.example' https://api.example/a`},
		{"an error status and a preflight", "OPTIONS http://api.example/login 404 (Not Found)\n\nAccess to XMLHttpRequest at 'http://api.example/login' from origin 'http://app.example' has been blocked by CORS policy: Response to preflight request doesn't pass access control check: It does not have HTTP ok status.\nPOST http://api.example/login net::ERR_FAILED", `
POST http://api.example/login from http://app.example
cause preflight-unrouted by server; Access-Control-Allow-Origin: http://app.example; Vary: Origin
preflight There was a preflight, and the text does not tell why: the method is not GET, HEAD or POST, or script sets a header such as Authorization or Content-Type: application/json, or listens to the progress of an upload.
curl -i -X OPTIONS -H 'Origin: http://app.example' -H 'Access-Control-Request-Method: POST' http://api.example/login
curl -i -X POST -H 'Origin: http://app.example' http://api.example/login`},
		{"an error status alone", "POST https://api.example/login 401 (Unauthorized)", `
POST https://api.example/login from https://app.example
cause error-status by server
needs Access-Control-Allow-Origin: https://app.example
needs Vary: Origin
curl -i -X POST -H 'Origin: https://app.example' https://api.example/login`},
		{"as in a specification", "OPTIONS /post-here/ HTTP/1.1\nHost: api.example\nOrigin: https://app.example\nAccess-Control-Request-Method: POST\nAccess-Control-Request-Headers: X-PINGOTHER, Content-Type\n\nHTTP/1.1 204 No Content\nAccess-Control-Allow-Origin: https://app.example\nAccess-Control-Allow-Methods: POST, GET, OPTIONS\nAccess-Control-Allow-Headers: Content-Type\n", `
POST https://api.example/post-here/ from https://app.example
verdict header-disallowed
cause header-disallowed by server; Access-Control-Allow-Headers: Content-Type, x-pingother
preflight The browser sends a preflight first because it has the headers content-type, x-pingother.`},
		{"in a script", "curl -I -H \"Origin: http://devel.local:8788\" http://localhost:8788/assets/main.js\n# HTTP/1.1 403 Forbidden\n# content-type: text/html\n# content-length: 106\n", `
GET http://localhost:8788/assets/main.js from http://devel.local:8788
verdict missing-allow-origin
cause forbidden by server, not CORS; Access-Control-Allow-Origin: http://devel.local:8788; Vary: Origin`},
		{"a URL with holes", "Access to XMLHttpRequest at 'http://domainx:port/api/distribui' from origin 'http://domainy:port'\nhas been blocked by CORS policy: Response to preflight request doesn't pass access control\ncheck: It does not have HTTP ok status.", `
GET https://api.example/ from https://app.example
cause preflight-invalid-status by server; Access-Control-Allow-Origin: https://app.example; Vary: Origin
preflight There was a preflight, and the text does not tell why: the method is not GET, HEAD or POST, or script sets a header such as Authorization or Content-Type: application/json, or listens to the progress of an upload.`},
		{"the same origin", "$ curl -i -H 'Origin: https://api.example' https://api.example/a\nHTTP/1.1 200 OK\n\n", `
GET https://api.example/a from https://api.example
verdict allowed`},
		{"an app's scheme", "$ curl -i -H 'Origin: capacitor://localhost' https://api.example/a\nHTTP/1.1 200 OK\nAccess-Control-Allow-Origin: capacitor://localhost\n\n", `
GET https://api.example/a from capacitor://localhost
verdict allowed`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := paste.Read(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			x, err := p.Explain(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimPrefix(tt.want, "\n"), brief(x)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if shown := x.String(); strings.Contains(shown, "SECRET") || strings.Contains(shown, "status 0") || strings.Contains(shown, "{") && !strings.Contains(tt.text, "{") {
				t.Errorf("what is secret, unknown or a name in braces is shown:\n%s", shown)
			}
		})
	}
}

func TestReadErrors(t *testing.T) {
	utf16le := "\xff\xfe"
	for _, unit := range utf16.Encode([]rune("HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n")) {
		utf16le += string([]byte{byte(unit), byte(unit >> 8)})
	}
	tests := []struct{ name, text, want string }{
		{"nothing", " \n", "the text is empty: want a console line of a browser"},
		{"binary", "\x89PNG\r\n\x1a\n\x00\x00", "the text is binary data"},
		{"UTF-16", utf16le, ""},
		{"too much", strings.Repeat("a ", paste.MaxText/2+1), "the text has more than 4 MiB"},
		{"a HAR", `{"log": {"version": "1.2", "creator": {"name": "WebInspector"}}}`, "the text is a HAR file"},
		{"a complaint", "I get a CORS error, please help", "the text is about CORS, but no line of it is one that a browser prints"},
		{"another language", "Quellübergreifende (Cross-Origin) Anfrage blockiert: CORS-Kopfzeile 'Access-Control-Allow-Origin' fehlt", "the text is about CORS"},
		{"a URL", "https://api.example/ does not work", "the text has a URL and nothing that says what went wrong"},
		{"half a transcript", "* Connected to api.example\ncurl: (99) odd", "the text has a message of curl, but neither its command nor a response"},
		{"half a head", "HTTP/1.1 200 OK", ""},
		{"a mention", "call fetch() there", "nothing in the text was recognised"},
		{"an unfinished call", "fetch('https://api.example/', {headers: {'X-A': ", ""},
		{"a command without a URL", "$ curl -i", "nothing in the text was recognised"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := paste.Read(tt.text)
			switch {
			case err == nil && (tt.want != "" || len(p.Parts) == 0):
				t.Errorf("recognised as %v", p.Parts)
			case err != nil && (tt.want == "" || !strings.HasPrefix(err.Error(), tt.want)):
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

// What is filled in has to be valid, and ctx counts.
func TestExplainErrors(t *testing.T) {
	p, err := paste.Read("HTTP/1.1 200 OK\n\n")
	if err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Explain(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	p.Request.URL = "https://[/"
	if _, err := p.Explain(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "the request's URL: ") {
		t.Errorf("got %v", err)
	}
	p.Request.URL, p.Page = "https://api.example/", "nonsense"
	if _, err := p.Explain(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "the page: ") {
		t.Errorf("got %v", err)
	}
}

// A product that is named is advised on, whatever the text tells.
func TestServer(t *testing.T) {
	for _, text := range []string{
		chromiumLine + "Method PATCH is not allowed by Access-Control-Allow-Methods in preflight response.",
		"fetch('https://api.example/', {method: 'PATCH'})",
	} {
		p, err := paste.Read(text)
		if err != nil {
			t.Fatal(err)
		}
		p.Server = "nginx"
		x, err := p.Explain(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if shown := x.String(); !strings.Contains(shown, "In nginx, which you named:") || !strings.Contains(shown, "add_header Access-Control-Allow-Methods") {
			t.Errorf("no advice:\n%s", shown)
		}
	}
}

// A browser that refused what the transcript would allow got another response.
func TestContradiction(t *testing.T) {
	p, err := paste.Read(chromiumLine + "No 'Access-Control-Allow-Origin' header is present on the requested resource.\n" +
		"$ curl -i -H 'Origin: https://app.example' https://api.example/orders\nHTTP/1.1 200 OK\nAccess-Control-Allow-Origin: *\n")
	if err != nil {
		t.Fatal(err)
	}
	x, err := p.Explain(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(x.Notes, func(s string) bool { return strings.Contains(s, "got another one") }) {
		t.Errorf("no note: %q", x.Notes)
	}
}

// TestReadGrowth: a hostile text takes no more than its share of time.
func TestReadGrowth(t *testing.T) {
	for _, part := range []string{
		"curl -i 'x\n", "$ curl -H 'a: b' https://a.example/\n", "fetch('", "fetch(a,{b:[{", ".open('", "HTTP/1.1 200 OK\nA: b\n", "< HTTP/2 200\n< a: b\n", "> GET / HTTP/1.1\n> a: b\n",
		chromiumLine, "a: b\n", "access-control-allow-origin: *\n", "\n", "${", "/*", "axios({url:`${", "a = {b: a}; fetch(a)\n", "a.append('", "Invoke-WebRequest -Uri \"",
	} {
		t.Run(fmt.Sprintf("%.20q", part), func(t *testing.T) {
			growth.Check(t, 1<<15, func(n int) func() {
				text := strings.Repeat(part, n/len(part)+1)
				return func() { paste.Read(text) }
			})
		})
	}
}

// FuzzRead: any text is read and explained, and nothing in it reaches a terminal as a
// command.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		chromiumLine + "Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.",
		firefoxLine + "CORS request did not succeed). Status code: (null).",
		preflightCurl + "HTTP/1.1 204 No Content\nAccess-Control-Allow-Origin: *\n\n",
		"> GET / HTTP/1.1\n> Host: a.example\n>\n< HTTP/1.1 302 Found\n< Location: //b\x1b[31m\n<\n",
		"fetch(`https://${a}/`, {method: \"put\", headers: [['a', \"b\"]], body: x + 'y'})",
		"xhr.open('GET', u); xhr.setRequestHeader(\"a\", b); $.ajax({url: '/'}); axios.put('x', 1)",
		"access-control-allow-origin: null\nRequest URL: http://a/\nStatus Code: 500",
		"curl ^\"http://a/^\" ^\n -d @/etc/passwd --next -H x",
		"Invoke-WebRequest -Uri \"http://a/\" -Headers @{\n\"a\"=\"b`\"\"\n}",
		"$ curl -i -X \x14PTIONS -H 'Origin: https://a.example' https://b.example/\nHTTP/1.1 200 OK",
		"const a = new Headers(); a.append('x', b); b = {headers: a, method: m}; m = 'PUT'; fetch('https://a.example', b)",
		"\xff\xfeH\x00",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := paste.Read(s)
		if err != nil {
			return
		}
		x, err := p.Explain(t.Context())
		if err != nil {
			return
		}
		for _, c := range x.String() {
			if c < ' ' && c != '\n' || c == 0x7f || 0x80 <= c && c < 0xa0 {
				t.Errorf("%q is shown", c)
			}
		}
	})
}
