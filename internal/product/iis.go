package product

import "strings"

const iisRules = `<system.webServer>
  <cors enabled="true">
«?credentials»    <add origin="«origin»" allowCredentials="true" maxAge="600">
«?!credentials»    <add origin="«origin»" maxAge="600">
      <allowHeaders>«headers|<add header="%" />|»</allowHeaders>
      <allowMethods>«methods|<add method="%" />|»</allowMethods>
      <exposeHeaders>«exposed|<add header="%" />|»</exposeHeaders>
    </add>
  </cors>
</system.webServer>
`

// https://learn.microsoft.com/en-us/iis/
var iis = Product{
	Name: "IIS", Names: []string{"iis"}, Role: Proxy,
	Manual: "https://learn.microsoft.com/en-us/iis/extensions/cors-module/cors-module-configuration-reference",
	Signs: []Sign{
		{Strength: Sure, Match: func(l *Look) bool {
			return containsAfter(l.body, "<title>iis ", "detailed error")
		}, Says: "the error page, which is IIS's own"},
		{Strength: Sure, Body: "404 - file or directory not found.", Says: "the error page, which is IIS's own"},
		{Strength: Sure, Preflight: true, Match: func(l *Look) bool {
			return l.get("Public") != "" && l.bare()
		}, Header: "Allow", Says: "its own answer to OPTIONS, with Allow and Public"},
		{Strength: Sure, Status: 401, Topic: SignIn, Match: func(l *Look) bool {
			v := l.get("WWW-Authenticate")
			return strings.HasPrefix(l.get("Server"), "microsoft-") && (hasWords(v, "negotiate") || hasWords(v, "ntlm"))
		}, Says: "Windows authentication, by its WWW-Authenticate"},
		{Strength: Weak, Header: "Server", Value: "microsoft-iis"},
		{Strength: Weak, Header: "Server", Value: "microsoft-httpapi"},
	},
	Advice: []Advice{
		{
			Topics:  []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Errors},
			Text:    "The IIS CORS module, an extension that has to be installed, answers preflights before authentication and adds the headers, errors included. customHeaders alone answers no preflight, and doubles the headers of an application that sends them itself.",
			Snippet: iisRules,
		},
		{
			Topics:  []Topic{Preflight, SignIn},
			Text:    "IIS answers OPTIONS itself, by OPTIONSVerbHandler, and Windows authentication refuses it: an application's CORS never sees the preflight. The IIS CORS module comes before both. Without that module, remove the handler, so that the application answers; WebDAV refuses PUT and DELETE and is removed likewise.",
			Snippet: "<handlers>\n  <remove name=\"OPTIONSVerbHandler\" />\n  <remove name=\"WebDAV\" />\n</handlers>\n<modules>\n  <remove name=\"WebDAVModule\" />\n</modules>\n",
		},
		{
			Topics: []Topic{Doubled},
			Text:   "customHeaders of web.config adds the header, and so does the application or the IIS CORS module. Take it out of customHeaders.",
		},
		{
			Topics: []Topic{BodyLimit},
			Text:   "Request filtering takes bodies of up to 30,000,000 bytes unless it is told otherwise, and answers 404 or 413 above that, before the application.",
			Snippet: `<security>
  <requestFiltering>
    <requestLimits maxAllowedContentLength="104857600" />
  </requestFiltering>
</security>
`,
			Manual: "https://learn.microsoft.com/en-us/iis/configuration/system.webserver/security/requestfiltering/requestlimits/",
		},
	},
}
