package product_test

import . "github.com/browsercors/browsercors/internal/product"

// A sample is an answer as a product gives it, and what the matter is.
type sample struct {
	product string // that has to be changed
	name    string
	topic   Topic
	answer  string // the status, header lines and, after an empty line, the body
	url     string // "" is https://api.example/things

	preflight bool     // it is an answer to a preflight
	mcp       bool     // that asks for the headers of MCP
	first     string   // the URL that redirects came from
	beside    []string // products that show as surely
}

var samples = []sample{
	{product: "nginx", name: "body limit", topic: BodyLimit, answer: `413
Server: nginx/1.24.0 (Ubuntu)
Content-Type: text/html

<html>
<head><title>413 Request Entity Too Large</title></head>
<body>
<center><h1>413 Request Entity Too Large</h1></center>
<hr><center>nginx/1.24.0 (Ubuntu)</center>
</body>
</html>`},
	{product: "nginx", name: "body limit, page unknown", topic: BodyLimit, answer: "413\nServer: nginx\nContent-Type: text/html"},
	{product: "nginx", name: "a page without Server", topic: Errors, answer: "502\nContent-Type: text/html\n\n<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>openresty/1.21.4.1</center>\r\n</body>\r\n</html>\r\n"},
	{product: "nginx", name: "nothing else shows", topic: Origins, answer: "200\nServer: nginx\nContent-Type: application/json\n\n{}"},
	{product: "nginx", name: "OPTIONS for a file", topic: Preflight, preflight: true, answer: "405\nServer: nginx/1.18.0\nContent-Type: text/html\n\n<html><head><title>405 Not Allowed</title></head><body><center><h1>405 Not Allowed</h1></center><hr><center>nginx/1.18.0</center></body></html>"},
	{product: "nginx", name: "the header twice, an application behind", topic: Doubled, answer: "200\nServer: nginx\nX-Powered-By: Express\nAccess-Control-Allow-Origin: *, *", beside: []string{"Express"}},

	{product: "nginx", name: "OpenResty", topic: Credentials, answer: "200\nServer: openresty\nAccess-Control-Allow-Origin: *"},
	{product: "nginx", name: "Tengine", topic: Headers, preflight: true, answer: "204\nServer: Tengine/2.3.3\nAccess-Control-Allow-Origin: *"},

	{product: "Amazon S3", name: "no rule matches", topic: Rules, preflight: true, url: "https://bucket.s3.eu-central-1.amazonaws.com/key", answer: `403
x-amz-request-id: 4RPDYBTS7RHT5CYJ
x-amz-id-2: cHYHZnIs7gIbWQ==
Content-Type: application/xml
Server: AmazonS3

<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>AccessForbidden</Code><Message>CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.</Message><Method>PUT</Method><ResourceType>OBJECT</ResourceType><RequestId>4RPDYBTS7RHT5CYJ</RequestId><HostId>cHYHZnIs7gIbWQ==</HostId></Error>`},
	{product: "Amazon S3", name: "an object without headers", topic: Origins, url: "https://s3.amazonaws.com/bucket/key", answer: "200\nx-amz-request-id: 4RPDYBTS7RHT5CYJ\nx-amz-id-2: cHYHZnIs7gIbWQ==\nServer: AmazonS3\nContent-Type: image/png"},
	{product: "Amazon S3", name: "only the host", topic: Origins, url: "https://bucket.s3.amazonaws.com/key", answer: "200\nContent-Type: image/png"},

	{product: "Spring", name: "refused", topic: Rules, preflight: true, answer: "403\nVary: Origin\nVary: Access-Control-Request-Method\nVary: Access-Control-Request-Headers\n\nInvalid CORS request"},
	{product: "Spring", name: "refused behind nginx", topic: Rules, preflight: true, answer: "403\nServer: nginx\nVary: Origin\n\nInvalid CORS request"},
	{product: "Spring", name: "Security comes first", topic: SignIn, preflight: true, answer: "401\nWWW-Authenticate: Bearer\nX-Content-Type-Options: nosniff\nX-XSS-Protection: 0\nCache-Control: no-cache, no-store, max-age=0, must-revalidate\nPragma: no-cache\nExpires: 0\nX-Frame-Options: DENY\nContent-Length: 0"},
	{product: "Spring", name: "its error", topic: Errors, answer: "500\nContent-Type: application/json\n\n" + `{"timestamp":"2026-03-01T10:00:00.000+00:00","status":500,"error":"Internal Server Error","path":"/things"}`},
	{product: "Spring", name: "its error page", topic: Errors, answer: "404\nContent-Type: text/html;charset=UTF-8\n\n<html><body><h1>Whitelabel Error Page</h1><p>This application has no explicit mapping for /error, so you are seeing this as a fallback.</p></body></html>"},
	{product: "Spring", name: "only the cookie", topic: Origins, answer: "200\nSet-Cookie: JSESSIONID=secret; Path=/; HttpOnly\nContent-Type: application/json"},

	{product: "Express", name: "an error behind nginx", topic: Errors, answer: "500\nServer: nginx/1.18.0\nX-Powered-By: Express\nContent-Type: text/html; charset=utf-8\n\n<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Error</title>\n</head>\n<body>\n<pre>Internal Server Error</pre>\n</body>\n</html>"},
	{product: "Express", name: "no route for OPTIONS", topic: Preflight, preflight: true, answer: "404\nContent-Type: text/html; charset=utf-8\n\n<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Error</title>\n</head>\n<body>\n<pre>Cannot OPTIONS /things</pre>\n</body>\n</html>"},
	{product: "Express", name: "cors without the origin", topic: Rules, preflight: true, answer: "204\nVary: Origin, Access-Control-Request-Headers\nAccess-Control-Allow-Methods: GET,HEAD,PUT,PATCH,POST,DELETE\nAccess-Control-Allow-Headers: content-type\nContent-Length: 0"},
	{product: "Express", name: "an error of the callback", topic: Rules, preflight: true, answer: "500\nContent-Type: text/html; charset=utf-8\n\n<pre>Error: Not allowed by CORS<br> &nbsp; &nbsp;at origin (/app/server.js:9:16)</pre>"},

	{product: "Cloudflare R2", name: "no rule matches", topic: Rules, answer: "403\nServer: cloudflare\nCF-RAY: 8f3-FRA\nContent-Type: application/xml\n\n<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>Unauthorized</Code><Message>CORS not configured for this bucket</Message></Error>", url: "https://acc.r2.cloudflarestorage.com/bucket/key", preflight: true},
	{product: "Cloudflare R2", name: "a public bucket", topic: Origins, answer: "200\nServer: cloudflare\nContent-Type: image/png", url: "https://pub-1.r2.dev/a.png"},
	{product: "Google Cloud Storage", name: "refused without a word", topic: Rules, answer: "200\nX-GUploader-UploadID: AB\nServer: UploadServer\nContent-Length: 0\nContent-Type: text/html; charset=UTF-8", url: "https://storage.googleapis.com/bucket/key", preflight: true},
	{product: "Google Cloud Storage", name: "another host", topic: Origins, answer: "200\nServer: UploadServer", url: "https://cdn.example/a.png"},
	{product: "Azure Storage", name: "refused", topic: Rules, answer: "403\nServer: Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0\nx-ms-error-code: CorsPreflightFailure\nx-ms-request-id: 5\nContent-Type: application/xml\n\n<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>CorsPreflightFailure</Code><Message>CORS not enabled or no matching rule found for this request.</Message></Error>", url: "https://acc.blob.core.windows.net/c/k", preflight: true},
	{product: "Azure Storage", name: "Azurite", topic: Origins, answer: "200\nServer: Azurite-Blob/3.28.0\nContent-Type: text/plain", url: "http://127.0.0.1:10000/a/b"},
	{product: "Amazon CloudFront", name: "OPTIONS is not allowed", topic: Preflight, answer: "403\nServer: CloudFront\nX-Cache: Error from cloudfront\nVia: 1.1 abc.cloudfront.net (CloudFront)\nX-Amz-Cf-Id: xyz==\nContent-Type: text/html\n\n<HTML><HEAD><TITLE>ERROR: The request could not be satisfied</TITLE></HEAD><BODY><H1>403 ERROR</H1>This distribution is not configured to allow the HTTP request method that was used for this request.<PRE>Generated by cloudfront (CloudFront)</PRE></BODY></HTML>", preflight: true},
	{product: "Amazon CloudFront", name: "a cached answer of S3", topic: Origins, answer: "200\nServer: AmazonS3\nX-Cache: Hit from cloudfront\nAge: 500\nVia: 1.1 abc.cloudfront.net (CloudFront)\nContent-Type: image/png", beside: []string{"Amazon S3"}},
	{product: "ingress-nginx", name: "no rule for the host", topic: Preflight, answer: "404\nContent-Type: text/plain; charset=utf-8\n\ndefault backend - 404", preflight: true},
	{product: "ingress-nginx", name: "a header that is not in the default list", topic: Headers, answer: "204\nServer: nginx\nAccess-Control-Allow-Origin: https://app.acme.test\nAccess-Control-Allow-Credentials: true\nAccess-Control-Allow-Methods: GET, PUT, POST, DELETE, PATCH, OPTIONS\nAccess-Control-Allow-Headers: DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,Authorization\nAccess-Control-Max-Age: 1728000", preflight: true},
	{product: "Apache httpd", name: "a variable that is not set", topic: Origins, answer: "200\nServer: Apache/2.4.58 (Ubuntu)\nAccess-Control-Allow-Origin: (null)"},
	{product: "Apache httpd", name: "its error page", topic: Errors, answer: "500\nServer: Apache/2.4.58 (Ubuntu)\nContent-Type: text/html; charset=iso-8859-1\n\n<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\"><html><head><title>500 Internal Server Error</title></head><body><h1>Internal Server Error</h1><hr><address>Apache/2.4.58 (Ubuntu) Server at api.example Port 443</address></body></html>"},
	{product: "Apache httpd", name: "only Server", topic: Origins, answer: "200\nServer: Apache\nContent-Type: application/json"},
	{product: "Caddy", name: "only Server", topic: Origins, answer: "200\nServer: Caddy\nContent-Type: application/json"},
	{product: "Caddy", name: "a proxied answer", topic: Credentials, answer: "200\nVia: 1.1 Caddy\nAccess-Control-Allow-Origin: *"},
	{product: "Traefik", name: "no router", topic: Preflight, answer: "404\nContent-Type: text/plain; charset=utf-8\nX-Content-Type-Options: nosniff\nContent-Length: 19\n\n404 page not found", preflight: true},
	{product: "Envoy or Istio", name: "the origin does not match", topic: Rules, answer: "403\nserver: istio-envoy\n\nRBAC: access denied", preflight: true},
	{product: "Envoy or Istio", name: "no token", topic: SignIn, answer: "401\nserver: envoy\nwww-authenticate: Bearer realm=\"https://api.example/\"\n\nJwt is missing", preflight: true},
	{product: "Envoy or Istio", name: "an old token", topic: Errors, answer: "401\nserver: istio-envoy\n\nJwt is expired"},
	{product: "Envoy or Istio", name: "nothing behind", topic: Errors, answer: "503\nserver: envoy\n\nno healthy upstream"},
	{product: "Envoy or Istio", name: "nothing behind, either", topic: Errors, answer: "503\nserver: envoy\nx-envoy-upstream-service-time: 3\n\nupstream connect error or disconnect/reset before headers. reset reason: connection failure"},
	{product: "Kong", name: "authentication comes first", topic: SignIn, answer: "401\nServer: kong/3.4.2\nX-Kong-Response-Latency: 1\nWWW-Authenticate: Key realm=\"kong\"\nContent-Type: application/json; charset=utf-8\n\n{\"message\":\"No API key found in request\"}", preflight: true},
	{product: "Kong", name: "no route", topic: Preflight, answer: "404\nServer: kong/3.4.2\nContent-Type: application/json\n\n{\"message\":\"no Route matched with those values\"}", preflight: true},
	{product: "Kong", name: "a proxied answer", topic: Origins, answer: "200\nVia: 1.1 kong/3.4.2\nX-Kong-Proxy-Latency: 1"},
	{product: "HAProxy", name: "nothing behind", topic: Errors, answer: "503\nCache-Control: no-cache\nContent-Type: text/html\n\n<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>"},
	{product: "HAProxy", name: "a bad request", topic: Errors, answer: "400\nContent-Type: text/html\n\n<html><body><h1>400 Bad request</h1>\nYour browser sent an invalid request.\n</body></html>"},
	{product: "HAProxy", name: "too slow", topic: Timeout, answer: "504\nContent-Type: text/html\n\n<html><body><h1>504 Gateway Time-out</h1>\nThe server didn't respond in time.\n</body></html>"},
	{product: "IIS", name: "its answer to OPTIONS", topic: Preflight, answer: "200\nServer: Microsoft-IIS/10.0\nAllow: OPTIONS, TRACE, GET, HEAD, POST\nPublic: OPTIONS, TRACE, GET, HEAD, POST\nContent-Length: 0", preflight: true},
	{product: "IIS", name: "WebDAV", topic: Preflight, answer: "405\nServer: Microsoft-IIS/10.0\nContent-Type: text/html\n\n<!DOCTYPE html><html><head><title>IIS 10.0 Detailed Error - 405.0 - Method Not Allowed</title></head></html>", preflight: true},
	{product: "IIS", name: "not found", topic: Errors, answer: "404\nServer: Microsoft-IIS/10.0\nContent-Type: text/html\n\n<h2>404 - File or directory not found.</h2>"},
	{product: "IIS", name: "HTTP.sys", topic: Errors, answer: "503\nServer: Microsoft-HTTPAPI/2.0\nContent-Type: text/html; charset=us-ascii"},
	{product: "Django (django-cors-headers)", name: "a header that is not in the default list", topic: Headers, answer: "200\naccess-control-allow-origin: https://app.acme.test\naccess-control-allow-headers: accept, authorization, content-type, user-agent, x-csrftoken, x-requested-with\naccess-control-allow-methods: DELETE, GET, OPTIONS, PATCH, POST, PUT\naccess-control-max-age: 86400\nvary: origin", preflight: true},
	{product: "Django (django-cors-headers)", name: "its debug page", topic: Errors, answer: "500\nServer: WSGIServer/0.2 CPython/3.12.1\nContent-Type: text/html\n\n<!DOCTYPE html><html><head><title>ValueError at /things</title></head><body><p>You’re seeing this error because you have <code>DEBUG = True</code> in your Django settings file.</p></body></html>"},
	{product: "Django (django-cors-headers)", name: "an error of its REST framework", topic: SignIn, answer: "401\nServer: gunicorn\nVary: Accept, Cookie\nContent-Type: application/json\n\n{\"detail\":\"Authentication credentials were not provided.\"}", preflight: true},
	{product: "Django (django-cors-headers)", name: "its headers", topic: Slash, answer: "301\nLocation: /things/\nX-Frame-Options: DENY\nReferrer-Policy: same-origin\nCross-Origin-Opener-Policy: same-origin"},
	{product: "Django (django-cors-headers)", name: "its cookie", topic: Origins, answer: "200\nServer: nginx\nSet-Cookie: csrftoken=secret; Path=/"},
	{product: "FastAPI or Starlette", name: "refused", topic: Rules, answer: "400\nserver: uvicorn\ncontent-type: text/plain; charset=utf-8\nvary: Origin\n\nDisallowed CORS origin, headers", preflight: true},
	{product: "FastAPI or Starlette", name: "no middleware", topic: Preflight, answer: "405\nserver: nginx\nallow: GET\ncontent-type: application/json\n\n{\"detail\":\"Method Not Allowed\"}", preflight: true},
	{product: "FastAPI or Starlette", name: "an exception", topic: Errors, answer: "500\nserver: uvicorn\ncontent-type: text/plain; charset=utf-8\n\nInternal Server Error"},
	{product: "FastAPI or Starlette", name: "Hypercorn", topic: Origins, answer: "200\nserver: hypercorn-h11\ncontent-type: application/json"},
	{product: "Flask (Flask-CORS)", name: "OPTIONS is Flask's", topic: Rules, answer: "200\nServer: Werkzeug/3.0.1 Python/3.12.1\nAllow: HEAD, OPTIONS, GET\nContent-Length: 0", preflight: true},
	{product: "Flask (Flask-CORS)", name: "an error", topic: Errors, answer: "404\nServer: gunicorn\nContent-Type: text/html; charset=utf-8\n\n<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The requested URL was not found on the server.</p>\n"},
	{product: "NestJS", name: "no route for OPTIONS", topic: Preflight, answer: "404\nX-Powered-By: Express\nContent-Type: application/json; charset=utf-8\n\n{\"message\":\"Cannot OPTIONS /things\",\"error\":\"Not Found\",\"statusCode\":404}", preflight: true},
	{product: "Fastify", name: "no route for OPTIONS", topic: Preflight, answer: "404\ncontent-type: application/json; charset=utf-8\n\n{\"message\":\"Route OPTIONS:/things not found\",\"error\":\"Not Found\",\"statusCode\":404}", preflight: true},
	{product: "Fastify", name: "strict preflights", topic: Preflight, answer: "400\ncontent-type: text/plain; charset=utf-8\n\nInvalid Preflight Request", preflight: true},
	{product: "ASP.NET Core", name: "an error", topic: Errors, answer: "404\nServer: Kestrel\nContent-Type: application/problem+json\n\n{\"type\":\"https://tools.ietf.org/html/rfc9110#section-15.5.5\",\"title\":\"Not Found\",\"status\":404,\"traceId\":\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00\"}"},
	{product: "ASP.NET Core", name: "refused without a word", topic: Rules, answer: "204\nServer: Kestrel", preflight: true},
	{product: "ASP.NET Core", name: "behind IIS", topic: Origins, answer: "200\nServer: Microsoft-IIS/10.0\nX-Powered-By: ASP.NET"},
	{product: "Rails (rack-cors)", name: "debug", topic: Rules, answer: "200\nX-Rack-CORS: preflight-miss; no-origin\nContent-Length: 0", preflight: true},
	{product: "Rails (rack-cors)", name: "no route", topic: Preflight, answer: "404\nContent-Type: text/html\n\n<header><h1>Routing Error</h1></header><h2>No route matches [OPTIONS] &quot;/things&quot;</h2>", preflight: true},
	{product: "Rails (rack-cors)", name: "a host", topic: Forbidden, answer: "403\nContent-Type: text/html\n\n<h1>Blocked hosts: api.example</h1>"},
	{product: "Rails (rack-cors)", name: "an error behind nginx", topic: Errors, answer: "500\nServer: nginx\nX-Request-Id: 5\nX-Runtime: 0.005\nContent-Type: application/json"},
	{product: "Laravel", name: "the path does not match", topic: Origins, answer: "200\nServer: nginx\nSet-Cookie: XSRF-TOKEN=secret; path=/\nSet-Cookie: laravel_session=secret; path=/"},
	{product: "Laravel", name: "a session of another name", topic: Origins, answer: "200\nServer: Apache\nSet-Cookie: XSRF-TOKEN=secret; path=/\nSet-Cookie: shop_session=secret; path=/"},
	{product: "Laravel", name: "no session", topic: Errors, answer: "401\nContent-Type: application/json\n\n{\"message\":\"Unauthenticated.\"}"},
	{product: "Laravel", name: "a token", topic: Errors, answer: "419\nContent-Type: application/json\n\n{\"message\":\"CSRF token mismatch.\",\"exception\":\"x\"}"},
	{product: "Laravel", name: "a page", topic: Errors, answer: "419\nContent-Type: text/html\n\n<html><head><title>Page Expired</title></head></html>"},
	{product: "AWS API Gateway", name: "no such method", topic: Preflight, answer: "403\nx-amzn-RequestId: 5\nx-amzn-ErrorType: MissingAuthenticationTokenException\nx-amz-apigw-id: abc=\nContent-Type: application/json\n\n{\"message\":\"Missing Authentication Token\"}", url: "https://abc123.execute-api.eu-central-1.amazonaws.com/prod/things", preflight: true},
	{product: "AWS API Gateway", name: "too slow", topic: Timeout, answer: "504\nx-amzn-RequestId: 5\nx-amz-apigw-id: abc=\nContent-Type: application/json\n\n{\"message\":\"Endpoint request timed out\"}"},
	{product: "AWS API Gateway", name: "an HTTP API", topic: Rules, answer: "204\napigw-requestid: abc=", url: "https://api.example/things", preflight: true},
	{product: "AWS Lambda function URL", name: "twice", topic: Doubled, answer: "200\nx-amzn-RequestId: 5\nAccess-Control-Allow-Origin: *, *", url: "https://abc.lambda-url.eu-central-1.on.aws/"},
	{product: "Azure API Management", name: "no policy", topic: Preflight, answer: "404\nContent-Type: application/json\n\n{ \"statusCode\": 404, \"message\": \"Resource not found\" }", url: "https://acme.azure-api.net/things", preflight: true},
	{product: "Azure API Management", name: "no key", topic: SignIn, answer: "401\nOcp-Apim-Trace-Location: x\nContent-Type: application/json\n\n{ \"statusCode\": 401, \"message\": \"Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API.\" }", preflight: true},
	{product: "Azure App Service", name: "its login", topic: Login, answer: "302\nLocation: https://login.microsoftonline.com/t/oauth2/v2.0/authorize?redirect_uri=https%3A%2F%2Fapi.example%2F.auth%2Flogin%2Faad%2Fcallback\nx-ms-middleware-request-id: 5", url: "https://acme.azurewebsites.net/things"},
	{product: "Azure App Service", name: "its cookie", topic: Origins, answer: "200\nSet-Cookie: ARRAffinity=secret;Path=/"},
	{product: "Google Cloud Run", name: "not public", topic: Forbidden, answer: "403\nServer: Google Frontend\nContent-Type: text/html; charset=UTF-8\n\n<html><head><title>403 Forbidden</title></head><body><h1>Error: Forbidden</h1><h2>Your client does not have permission to get URL <code>/</code> from this server.</h2></body></html>", url: "https://api-abc-ew.a.run.app/"},
	{product: "Google Cloud Run", name: "a function", topic: Origins, answer: "200\nfunction-execution-id: abc\nServer: Google Frontend", url: "https://europe-west1-p.cloudfunctions.net/api"},
	{product: "Google Identity-Aware Proxy", name: "its login", topic: Login, answer: "302\nx-goog-iap-generated-response: true\nSet-Cookie: GCP_IAP_XSRF_NONCE_1=secret\nLocation: https://accounts.google.com/o/oauth2/v2/auth?client_id=1"},
	{product: "Supabase", name: "no token", topic: Errors, answer: "401\nsb-gateway-version: 1\nsb-project-ref: abc\nContent-Type: application/json\n\n{\"code\":401,\"message\":\"Invalid JWT\"}", url: "https://abc.supabase.co/functions/v1/hello"},
	{product: "Supabase", name: "a function", topic: Origins, answer: "200\nx-served-by: supabase-edge-runtime", url: "https://api.example/functions/v1/hello"},
	{product: "Cloudflare", name: "the server behind does not answer", topic: Errors, answer: "522\nServer: cloudflare\nCF-RAY: 8f3-FRA\nContent-Type: text/plain\n\nerror code: 522"},
	{product: "Cloudflare", name: "a firewall", topic: Challenge, answer: "403\nServer: cloudflare\nCF-RAY: 8f3-FRA\nContent-Type: text/html\n\n<title>Attention Required! | Cloudflare</title><h1>Sorry, you have been blocked</h1>"},
	{product: "Cloudflare", name: "a challenge", topic: Challenge, answer: "403\nServer: cloudflare\ncf-mitigated: challenge\nContent-Type: text/html\n\n<title>Just a moment...</title>"},
	{product: "Cloudflare", name: "nothing else shows", topic: Vary, answer: "200\nServer: cloudflare\nCF-RAY: 8f3-FRA"},
	{product: "Cloudflare Access", name: "its login", topic: Login, answer: "302\nServer: cloudflare\nLocation: https://acme.cloudflareaccess.com/cdn-cgi/access/login/api.example?kid=1\nSet-Cookie: CF_AppSession=secret; Path=/\ncf-access-domain: api.example\ncf-access-aud: 1"},
	{product: "Cloudflare Access", name: "followed", topic: Login, answer: "200\nServer: cloudflare\nContent-Type: text/html", url: "https://acme.cloudflareaccess.com/cdn-cgi/access/login/api.example"},
	{product: "Vercel", name: "protection", topic: Challenge, answer: "401\nServer: Vercel\nx-vercel-id: fra1::1\nSet-Cookie: _vercel_sso_nonce=secret\nContent-Type: text/html\n\n<title>Authentication Required</title>"},
	{product: "Vercel", name: "a function fails", topic: Errors, answer: "500\nServer: Vercel\nx-vercel-error: FUNCTION_INVOCATION_FAILED\nContent-Type: text/plain\n\nA server error has occurred"},
	{product: "Netlify", name: "a function", topic: Errors, answer: "502\nServer: Netlify\nx-nf-request-id: 5"},
	{product: "ngrok", name: "its warning", topic: Challenge, answer: "200\nngrok-error-code: ERR_NGROK_6024\nContent-Type: text/html\n\n<title>ngrok</title> ERR_NGROK_6024"},
	{product: "localtunnel", name: "its page", topic: Challenge, answer: "511\nx-localtunnel-status: Tunnel Password Required\nContent-Type: text/html\n\n<title>localtunnel</title> loca.lt", url: "https://abc.loca.lt/things"},
	{product: "GitHub Codespaces or a dev tunnel", name: "its login", topic: Login, answer: "302\nx-tunnel-error: x\nLocation: https://github.com/codespaces/auth/abc", url: "https://abc-3000.app.github.dev/things"},
	{product: "GitHub Codespaces or a dev tunnel", name: "a page of its login", topic: Login, answer: "200\nContent-Type: text/html\n\n<a href=\"https://tunnels.api.visualstudio.com/auth/github\">", url: "https://abc-3000.euw.devtunnels.ms/"},
	{product: "oauth2-proxy", name: "its login", topic: Login, answer: "302\nLocation: https://api.example/oauth2/start?rd=%2Fthings\nSet-Cookie: _oauth2_proxy_csrf=secret\nGap-Auth: x"},
	{product: "oauth2-proxy", name: "its page", topic: Login, answer: "302\nLocation: /oauth2/sign_in"},
	{product: "oauth2-proxy", name: "straight to the provider", topic: Login, answer: "302\nLocation: https://login.example/authorize?client_id=1&redirect_uri=https%3A%2F%2Fapi.example%2Foauth2%2Fcallback"},
	{product: "Authelia", name: "its login", topic: Login, answer: "302\nLocation: https://auth.example/?rd=https%3A%2F%2Fapi.example%2Fthings&rm=GET\nSet-Cookie: authelia_session=secret"},
	{product: "authentik", name: "its login", topic: Login, answer: "302\nLocation: https://api.example/outpost.goauthentik.io/start?rd=x\nX-Powered-By: authentik\nSet-Cookie: authentik_proxy_1=secret"},
	{product: "Keycloak", name: "the token endpoint", topic: Origins, answer: "200\nContent-Type: application/json\nSet-Cookie: KC_RESTART=secret\nSet-Cookie: AUTH_SESSION_ID=secret", url: "https://id.example/realms/acme/protocol/openid-connect/token"},
	{product: "Keycloak", name: "a redirect to it", topic: Login, answer: "302\nLocation: https://id.example/realms/acme/protocol/openid-connect/auth?client_id=1"},
	{product: "rs/cors", name: "refused without a word", topic: Rules, answer: "204\nVary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers", preflight: true},
	{product: "rs/cors", name: "refused by an older one", topic: Rules, answer: "204\nVary: Origin\nVary: Access-Control-Request-Method\nVary: Access-Control-Request-Headers", preflight: true},
	{product: "go-chi/cors", name: "refused without a word", topic: Rules, answer: "200\nVary: Origin\nVary: Access-Control-Request-Method\nVary: Access-Control-Request-Headers\nContent-Length: 0", preflight: true},
	{mcp: true, product: "MCP server", name: "its preflight", topic: Preflight, answer: "404\nX-Powered-By: Express\nContent-Type: text/html\n\nnot here", preflight: true},
	{product: "MCP server", name: "no session", topic: Errors, answer: "400\nContent-Type: application/json\n\n{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32000,\"message\":\"Bad Request: No valid session ID provided\"},\"id\":null}"},
	{product: "MCP server", name: "the session is hidden", topic: Expose, answer: "200\nMcp-Session-Id: secret\nAccess-Control-Allow-Origin: *\nContent-Type: text/event-stream"},
	{product: "AWS WAF", name: "a challenge", topic: Challenge, answer: "202\nServer: CloudFront\nx-amzn-waf-action: challenge\nContent-Length: 0"},
	{product: "AWS Elastic Load Balancing", name: "nothing behind", topic: Errors, answer: "503\nServer: awselb/2.0\nContent-Type: text/html\n\n<html><head><title>503 Service Temporarily Unavailable</title></head></html>"},
	{product: "AWS Elastic Load Balancing", name: "its login", topic: Login, answer: "302\nServer: awselb/2.0\nSet-Cookie: AWSALBAuthNonce=secret\nSet-Cookie: AWSALBCORS=secret\nLocation: https://x.auth.eu-central-1.amazoncognito.com/oauth2/authorize?client_id=1"},
	{product: "Akamai", name: "a firewall", topic: Challenge, answer: "403\nServer: AkamaiGHost\nContent-Type: text/html\n\n<TITLE>Access Denied</TITLE> Reference #18.abc https://errors.edgesuite.net/18.abc"},

	// Where redirects have led.
	{product: "Azure App Service", name: "at the provider", topic: Login, answer: "200\nContent-Type: text/html\n\n<title>Sign in</title>", url: "https://login.windows.net/t/oauth2/authorize?redirect_uri=https%3A%2F%2Facme.azurewebsites.net%2F.auth%2Flogin%2Faad%2Fcallback", first: "https://acme.azurewebsites.net/things"},
	{product: "Azure App Service", name: "its own login", topic: Login, answer: "302\nLocation: /.auth/login/aad"},
	{product: "oauth2-proxy", name: "at the provider", topic: Login, answer: "200\nContent-Type: text/html\n\n<title>Sign in</title>", url: "https://login.example/authorize?redirect_uri=https://api.example/oauth2/callback", first: "https://api.example/things"},
	{product: "Authelia", name: "at its login", topic: Login, answer: "200\nContent-Type: text/html\n\n<title>Sign in</title>", url: "https://auth.example/?rd=https%3A%2F%2Fapi.example%2Fthings&rm=GET", first: "https://api.example/things"},
	{product: "Authelia", name: "by another proxy", topic: Login, answer: "302\nLocation: https://login.example/?rd=https%3A%2F%2Fapi.example%2Fthings", preflight: true},
	{product: "Google Identity-Aware Proxy", name: "at the provider", topic: Login, answer: "200\nContent-Type: text/html\n\n<title>Sign in</title>", url: "https://accounts.google.com/o/oauth2/v2/auth?client_id=1&redirect_uri=https://iap.googleapis.com/v1/oauth/clientIds/x:handleRedirect", first: "https://api.example/things"},
	{product: "ASP.NET Core", name: "at the provider", topic: Login, answer: "200\nContent-Type: text/html\n\n<title>Sign in</title>", url: "https://login.microsoftonline.com/t/oauth2/v2.0/authorize?redirect_uri=https%3A%2F%2Fapi.example%2Fsignin-oidc", first: "https://api.example/things"},
	{product: "Spring", name: "at the provider", topic: Login, answer: "200\nContent-Type: text/html\n\n<title>Sign in</title>", url: "https://login.example/authorize?redirect_uri=https%3A%2F%2Fapi.example%2Flogin%2Foauth2%2Fcode%2Facme", first: "https://api.example/things"},
	{product: "Spring", name: "at the provider, unescaped", topic: Login, answer: "302\nLocation: https://login.example/authorize?redirect_uri=https://api.example/login/oauth2/code/acme"},
	{product: "Cloudflare Workers", name: "an exception", topic: Errors, answer: "500\nServer: cloudflare\nCF-RAY: 8f3-FRA\nContent-Type: text/plain; charset=UTF-8\n\nerror code: 1101"},
	{product: "Cloudflare Workers", name: "no headers", topic: Origins, answer: "200\nServer: cloudflare\nContent-Type: application/json", url: "https://api.acme.workers.dev/"},
	{product: "Cloudflare", name: "another code", topic: Errors, answer: "403\nServer: cloudflare\nContent-Type: text/plain; charset=UTF-8\n\nerror code: 1020"},
	{product: "Google Cloud Run", name: "not in this region", topic: Preflight, answer: "404\nServer: Google Frontend\nContent-Type: text/html; charset=UTF-8\n\n<title>404 Page not found</title>", url: "https://us-central1-acme.cloudfunctions.net/api", preflight: true},
	{product: "Heroku", name: "crashed", topic: Errors, answer: "503\nServer: Cowboy\nVia: 1.1 vegur\nContent-Type: text/html\n\n<!DOCTYPE html><html><head><title>Application Error</title></head><body><iframe src=\"//www.herokucdn.com/error-pages/application-error.html\"></iframe></body></html>", url: "https://acme.herokuapp.com/things"},

	{product: "Laravel", name: "an old error page", topic: Errors, answer: "500\nContent-Type: text/html\n\nTokenMismatchException in VerifyCsrfToken.php line 46"},
	{product: "Spring", name: "Basic authentication comes first", topic: SignIn, preflight: true, answer: "401\nWWW-Authenticate: Basic realm=\"Realm\"\n\nFull authentication is required to access this resource"},
	{product: "IIS", name: "Windows authentication comes first", topic: SignIn, preflight: true, answer: "401\nServer: Microsoft-IIS/10.0\nX-Powered-By: ASP.NET\nWWW-Authenticate: Negotiate\nWWW-Authenticate: NTLM"},
}
