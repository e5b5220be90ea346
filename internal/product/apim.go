package product

// https://learn.microsoft.com/en-us/azure/api-management/
var apim = Product{
	Name: "Azure API Management", Names: []string{"apim", "azure-api-management"}, Role: Proxy,
	Manual: "https://learn.microsoft.com/en-us/azure/api-management/cors-policy",
	Signs: []Sign{
		{Strength: Sure, Host: ".azure-api.net"},
		{Strength: Sure, Header: "Ocp-Apim-Trace-Location", Says: "the header Ocp-Apim-Trace-Location"},
		{Strength: Sure, Body: "access denied due to missing subscription key", Says: "the error “Access denied due to missing subscription key”"},
	},
	Advice: []Advice{
		{
			Topics: []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight, SignIn, NotFound},
			Text:   "The policy cors belongs first into the inbound section. For an origin that it does not have, the gateway answers OPTIONS, GET and HEAD with an empty 200 without CORS headers (terminate-unmatched-request); without the policy it answers preflights with 404, or 401 for want of a subscription key.",
			Snippet: `«?credentials»<cors allow-credentials="true">
«?!credentials»<cors>
  <allowed-origins><origin>«origin»</origin></allowed-origins>
  <allowed-methods preflight-result-max-age="600">«methods|<method>%</method>|»</allowed-methods>
«?headers»  <allowed-headers>«headers|<header>%</header>|»</allowed-headers>
«?exposed»  <expose-headers>«exposed|<header>%</header>|»</expose-headers>
</cors>
`,
		},
		{
			Topics: []Topic{Errors},
			Text:   "The policy cors does not work on errors that other policies make. Set the header in the section on-error.",
			Snippet: `<set-header name="Access-Control-Allow-Origin" exists-action="override">
  <value>«origin»</value>
</set-header>
`,
			Manual: "https://learn.microsoft.com/en-us/azure/api-management/api-management-error-handling-policies",
		},
	},
}
