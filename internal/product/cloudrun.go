package product

import "strings"

// https://cloud.google.com/run/docs
var cloudRun = Product{
	Name: "Google Cloud Run", Names: []string{"cloud-run", "cloud-functions", "google-cloud-run", "firebase-functions", "firebase"}, Role: Service,
	Manual: "https://cloud.google.com/functions/docs/writing/write-http-functions#handling_cors_requests",
	Signs: []Sign{
		{Strength: Sure, Status: 403, Topic: Forbidden, Body: "your client does not have permission to get url", Says: "the page “Your client does not have permission to get URL …”"},
		{Strength: Fair, Host: ".run.app"},
		{Strength: Fair, Host: ".cloudfunctions.net"},
		{Strength: Fair, Header: "function-execution-id", Says: "the header function-execution-id"},
		{Strength: Weak, Header: "Server", Value: "google frontend"},
	},
	Advice: []Advice{
		{
			Topics: []Topic{Forbidden, SignIn, Login},
			Text:   "The service is not public: IAM answers before it, preflights included, which carry no token. Let everybody invoke it, and check who asks in the service's own code. Add the service's name and region to the command.",
			Snippet: `gcloud run services add-iam-policy-binding "$SERVICE" --region "$REGION" \
  --member=allUsers --role=roles/run.invoker
`,
			Manual: "https://cloud.google.com/run/docs/authenticating/public",
		},
		{
			Topics: []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight},
			Text:   "Cloud Run and Cloud Functions add no CORS headers: the code has to. A Firebase function has the option cors for it. Behind a framework, use that framework's CORS.",
			Snippet: `exports.api = onRequest({ cors: ["«origin»"] }, handler);   // a Firebase function
`,
			Manual: "https://firebase.google.com/docs/functions/http-events#configuring-cors",
		},
		{
			Topics: []Topic{Preflight}, Status: 404,
			Text: "No function answers at this URL: it is not deployed under this name, or it is in another region. A client of callable functions asks in us-central1, unless getFunctions names another.",
			Snippet: `getFunctions(app, "europe-west1")   // the region that the function is in
`,
			Manual: "https://firebase.google.com/docs/functions/locations",
		},
		{
			Topics: []Topic{Errors, NotFound},
			Text:   "An answer without CORS headers from here often comes from before the code: the function is not deployed under this name or in this region (404), crashes when it starts or runs out of memory or time (500, 503, 504), or may not be invoked (403). Its log says which. A callable function of another region than the client's getFunctions names is not found.",
			Manual: "https://firebase.google.com/docs/functions/callable",
		},
	},
}

// https://cloud.google.com/iap/docs
var iap = Product{
	Name: "Google Identity-Aware Proxy", Names: []string{"iap", "google-iap"}, Role: Guard,
	Manual: "https://cloud.google.com/iap/docs/customizing#allowing_http_options_requests_cors_preflight",
	Signs: []Sign{
		{Strength: Sure, Led: "//iap.googleapis.com/", Says: "a login that leads back to iap.googleapis.com"},
		{Strength: Sure, Header: "x-goog-iap-generated-response", Says: "the header x-goog-iap-generated-response"},
		{Strength: Sure, Match: func(l *Look) bool { return strings.Contains(l.get("Set-Cookie"), "gcp_iap_") }, Header: "Set-Cookie", Says: "the cookie GCP_IAP_…"},
	},
	Advice: []Advice{{
		Topics: []Topic{Login, SignIn, Preflight, Rules, Errors, Forbidden},
		Text:   "Identity-Aware Proxy asks for a login before the application answers, preflights included. Let OPTIONS through: in its settings in the console, or by allow_http_options in cors_settings of access_settings with gcloud iap settings set. The application answers the preflight then, and the page has to send credentials.",
	}},
}
