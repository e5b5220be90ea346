package product

import "strings"

const aspNetRules = `builder.Services.AddCors(o => o.AddPolicy("pages", p => p
    .WithOrigins("«origin»")
    .WithMethods(«methods|"%"|, »)
«?headers»    .WithHeaders(«headers|"%"|, »)
«?exposed»    .WithExposedHeaders(«exposed|"%"|, »)
«?credentials»    .AllowCredentials()
    .SetPreflightMaxAge(TimeSpan.FromMinutes(10))));
// after UseRouting, before UseAuthentication and UseAuthorization:
app.UseCors("pages");
`

// https://learn.microsoft.com/en-us/aspnet/core/
var aspNet = Product{
	Name: "ASP.NET Core", Names: []string{"aspnet", "asp.net", "aspnetcore", "kestrel"}, Role: Application,
	Manual: "https://learn.microsoft.com/en-us/aspnet/core/security/cors",
	Signs: []Sign{
		{Strength: Sure, Match: func(l *Look) bool {
			return strings.Contains(l.body, `"traceid":"00-`) && strings.Contains(l.body, `"status":`)
		}, Says: "the shape of its error, with a traceId"},
		{Strength: Sure, Topic: Login, Led: "%2fsignin-oidc", Says: "a login that leads back to /signin-oidc"},
		{Strength: Fair, Header: "Server", Value: "kestrel"},
		{Strength: Fair, Header: "X-Powered-By", Value: "asp.net"},
	},
	Advice: []Advice{
		{
			Topics:  []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight, SignIn},
			Text:    "The CORS middleware answers preflights with status 204, and leaves the origin out if the policy does not have it; a 405 means that UseCors is not reached. An origin has no slash at the end, and AllowAnyOrigin does not go with AllowCredentials.",
			Snippet: aspNetRules,
		},
		{
			Topics:  []Topic{Errors},
			Text:    "UseExceptionHandler keeps the CORS headers of a 500 if it stands before UseCors and UseCors before what fails. Errors that IIS makes itself (502.5, 413.1, 404.13) never pass through the application.",
			Snippet: aspNetRules,
			Manual:  "https://learn.microsoft.com/en-us/aspnet/core/fundamentals/middleware/#middleware-order",
		},
		{
			Topics: []Topic{Scheme},
			Text:   "UseHttpsRedirection redirects with 307, preflights as well. Let the page use the https: URL, or put UseCors before it; behind a proxy that ends TLS, UseForwardedHeaders tells the application the scheme.",
			Manual: "https://learn.microsoft.com/en-us/aspnet/core/security/enforcing-ssl",
		},
		{
			Topics: []Topic{BodyLimit},
			Text:   "Kestrel takes bodies of up to 30,000,000 bytes unless it is told otherwise; IIS before it has a limit of its own.",
			Snippet: `builder.WebHost.ConfigureKestrel(o => o.Limits.MaxRequestBodySize = 104857600);
`,
			Manual: "https://learn.microsoft.com/en-us/aspnet/core/fundamentals/servers/kestrel/options#maximum-request-body-size",
		},
		{
			Topics: []Topic{Login},
			Text:   "Cookie authentication redirects whoever is not signed in to its LoginPath, and OpenID Connect to the provider (OnRedirectToIdentityProvider, with context.HandleResponse). For the API answer with status 401 instead.",
			Snippet: `.AddCookie(o => o.Events.OnRedirectToLogin = context =>
{
    context.Response.StatusCode = StatusCodes.Status401Unauthorized;
    return Task.CompletedTask;
});
`,
			Manual: "https://learn.microsoft.com/en-us/aspnet/core/security/authentication/cookie",
		},
		{
			Topics: []Topic{Doubled},
			Text:   "customHeaders in web.config, or a proxy before the application, add the header beside the CORS middleware. Take it out there.",
		},
	},
}
