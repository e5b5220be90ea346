package product

import "strings"

// https://developers.cloudflare.com/
var cloudflare = Product{
	Name: "Cloudflare", Names: []string{"cloudflare"}, Role: Proxy,
	Manual: "https://developers.cloudflare.com/rules/snippets/examples/define-cors-headers/",
	Signs: []Sign{
		{Strength: Sure, Match: func(l *Look) bool {
			return strings.HasPrefix(strings.TrimSpace(l.body), "error code: 10") || strings.HasPrefix(strings.TrimSpace(l.body), "error code: 52")
		}, Says: "the body “error code: …”"},
		{Strength: Sure, Match: func(l *Look) bool {
			return l.Answer.Status >= 520 && l.Answer.Status <= 530 && l.get("Server") == "cloudflare"
		}, Says: "its own status and “Server: cloudflare”"},
		{Strength: Sure, Body: "sorry, you have been blocked", Says: "the page “Sorry, you have been blocked”"},
		{Strength: Weak, Header: "Server", Value: "cloudflare"},
		{Strength: Weak, Header: "CF-RAY", Says: "the header CF-RAY"},
	},
	Advice: []Advice{
		{
			Topics: []Topic{Challenge},
			Text:   "Add a WAF custom rule with the action Skip for the API's paths and for OPTIONS, or leave managed challenges out there. Bot Fight Mode can't be skipped by a rule: turn it off. A preflight carries no cookie that says that a person has passed the challenge.",
			Manual: "https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response/",
		},
		{
			Topics: []Topic{Errors, Timeout},
			Text:   "The errors that Cloudflare makes itself, such as 52x, have no CORS headers. Mend what fails behind it: the server's log and Cloudflare's page for the code say what that is.",
			Manual: "https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/",
		},
		{
			Topics: []Topic{Vary},
			Text:   "Cloudflare's cache does not tell requests apart by Origin, whatever Vary says. Send the same header to everybody, add it in a rule that transforms response headers, or don't cache there; then purge what it holds.",
			Manual: "https://developers.cloudflare.com/cache/concepts/cache-control/",
		},
		{
			Topics: []Topic{BodyLimit},
			Text:   "Cloudflare takes uploads of up to 100 MB on its Free and Pro plans. Upload in parts, or to a host that does not go through it.",
			Manual: "https://developers.cloudflare.com/workers/platform/limits/#request-limits",
		},
	},
}

// https://developers.cloudflare.com/workers/
var cloudflareWorkers = Product{
	Name: "Cloudflare Workers", Names: []string{"cloudflare-workers", "workers"}, Role: Service,
	Manual: "https://developers.cloudflare.com/workers/examples/cors-header-proxy/",
	Signs: []Sign{
		{Strength: Sure, Body: "error code: 1101", Says: "the body “error code: 1101”", Topic: Errors},
		{Strength: Fair, Host: ".workers.dev"},
	},
	Advice: []Advice{
		{
			Topics: []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, Preflight},
			Text:   "A Worker sends the headers itself, on every answer, and has to answer OPTIONS as well.",
			Snippet: `const cors = {
  "Access-Control-Allow-Origin": "«origin»",
«?credentials»  "Access-Control-Allow-Credentials": "true",
«?preflight»  "Access-Control-Allow-Methods": "«methods»",
«?preflight»«?headers»  "Access-Control-Allow-Headers": "«headers»",
  "Vary": "Origin",
};
«?preflight»if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: cors });
`,
		},
		{
			Topics: []Topic{Errors},
			Text:   "The answer to a Worker that throws an exception (1101) has no CORS headers. Catch errors in the Worker, and answer with the headers.",
			Manual: "https://developers.cloudflare.com/workers/observability/errors/",
		},
	},
}

// https://developers.cloudflare.com/cloudflare-one/
var cloudflareAccess = Product{
	Name: "Cloudflare Access", Names: []string{"cloudflare-access", "access"}, Role: Guard,
	Manual: "https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/cors/",
	Signs: []Sign{
		{Strength: Sure, Led: ".cloudflareaccess.com/", Says: "a redirect to cloudflareaccess.com"},
		{Strength: Sure, Header: "cf-access-domain", Says: "the header cf-access-domain"},
		{Strength: Sure, Header: "cf-access-aud", Says: "the header cf-access-aud"},
		{Strength: Sure, Cookie: "cf_appsession="},
		{Strength: Sure, Host: ".cloudflareaccess.com"},
	},
	Advice: []Advice{{
		Topics: []Topic{Login, SignIn, Preflight, Rules, Forbidden, Errors},
		Text:   "Access asks for a login before the server answers, and a preflight carries no CF_Authorization cookie. In the application's advanced settings either let OPTIONS through to the server (Bypass OPTIONS requests to origin), or have Access answer preflights (CORS settings, with this origin and credentials); one excludes the other. The page has to send credentials: \"include\", and to have signed in.",
		Snippet: `cors_headers {   # in Terraform, or under CORS settings
  allowed_origins   = ["«origin»"]
  allowed_methods   = [«methods|"%"|, »]
«?headers»  allowed_headers   = [«headers|"%"|, »]
  allow_credentials = true
  max_age           = 600
}
`,
	}},
}
