package product

import "strings"

const springRules = `@Bean
CorsConfigurationSource corsConfigurationSource() {
    CorsConfiguration cors = new CorsConfiguration();
    cors.setAllowedOrigins(List.of("«origin»"));
    cors.setAllowedMethods(List.of(«methods|"%"|, »));
«?headers»    cors.setAllowedHeaders(List.of(«headers|"%"|, »));
«?exposed»    cors.setExposedHeaders(List.of(«exposed|"%"|, »));
«?credentials»    cors.setAllowCredentials(true);
    UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
    source.registerCorsConfiguration("/**", cors);
    return source;
}
// in the SecurityFilterChain:
http.cors(Customizer.withDefaults());
`

// https://docs.spring.io/spring-framework/reference/
var spring = Product{
	Name: "Spring", Names: []string{"spring", "spring-boot", "spring-security", "spring-webflux"}, Role: Application,
	Manual: "https://docs.spring.io/spring-framework/reference/web/webmvc-cors.html",
	Signs: []Sign{
		{Strength: Sure, Status: 403, Body: "invalid cors request", Says: "status 403 with the body “Invalid CORS request”"},
		{Strength: Sure, Body: "whitelabel error page", Says: "the “Whitelabel Error Page”"},
		{Strength: Sure, Match: springError, Says: "the shape of its error, with timestamp, status, error and path"},
		{Strength: Sure, Status: 401, Body: "full authentication is required to access this resource", Says: "the error “Full authentication is required …”"},
		{Strength: Fair, Status: 401, Header: "WWW-Authenticate", Value: `basic realm="realm"`},
		{Strength: Sure, Topic: Login, Led: "%2flogin%2foauth2%2fcode%2f", Says: "a login that leads back to /login/oauth2/code"},
		{Strength: Sure, Topic: Login, Led: "/login/oauth2/code/", Says: "a login that leads back to /login/oauth2/code"},
		{Strength: Fair, Match: springSecurity, Says: "the headers that Spring Security adds"},
		{Strength: Weak, Cookie: "jsessionid="},
	},
	Advice: []Advice{
		{
			Topics:  []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge},
			Text:    "Spring refuses with status 403 where the origin, the method or a header is not allowed, and does not say which. With Spring Security, one CorsConfigurationSource is the place for all of it. Without, give WebMvcConfigurer.addCorsMappings or @CrossOrigin the same values. Credentials don't go with the allowed origin *; allowedOriginPatterns takes patterns.",
			Snippet: springRules,
		},
		{
			Topics:  []Topic{Preflight, SignIn, Errors, Forbidden},
			Text:    "Spring Security has to process CORS before it authenticates: then it lets preflights through, and its 401 and 403 carry the headers as well. That takes http.cors() in the SecurityFilterChain; @CrossOrigin alone comes too late.",
			Snippet: springRules,
			Manual:  "https://docs.spring.io/spring-security/reference/servlet/integrations/cors.html",
		},
		{
			Topics: []Topic{Doubled},
			Text:   "With Spring Cloud Gateway before a service that adds the header itself, have the gateway keep one of them, or take CORS out of the service.",
			Snippet: `filters:   # of the route; or among default-filters
  - DedupeResponseHeader=Access-Control-Allow-Credentials Access-Control-Allow-Origin, RETAIN_UNIQUE
`,
			Manual: "https://docs.spring.io/spring-cloud-gateway/reference/spring-cloud-gateway-server-webflux/gatewayfilter-factories/deduperesponseheader-factory.html",
		},
		{
			Topics:  []Topic{BodyLimit},
			Text:    "Spring Boot takes files of up to 1 MB and requests with files of up to 10 MB, unless it is told otherwise.",
			Snippet: "spring.servlet.multipart.max-file-size=20MB\nspring.servlet.multipart.max-request-size=20MB\n",
			Manual:  "https://docs.spring.io/spring-boot/how-to/spring-mvc.html#howto.spring-mvc.multipart-file-uploads",
		},
		{
			Topics: []Topic{Login},
			Text:   "Form login and OAuth 2 login redirect whoever is not signed in. For the API's paths, answer with status 401 instead.",
			Snippet: `http.exceptionHandling(e -> e.defaultAuthenticationEntryPointFor(
    new HttpStatusEntryPoint(HttpStatus.UNAUTHORIZED),
    request -> request.getHeader("Origin") != null));
`,
			Manual: "https://docs.spring.io/spring-security/reference/servlet/architecture.html#servlet-exceptiontranslationfilter",
		},
	},
}

// springError finds the error in JSON that Spring Boot makes.
func springError(l *Look) bool {
	return strings.HasPrefix(l.body, `{"timestamp":`) && strings.Contains(l.body, `"status":`) && strings.Contains(l.body, `"error":`) && strings.Contains(l.body, `"path":`)
}

// springSecurity finds the headers that Spring Security adds to every answer.
func springSecurity(l *Look) bool {
	return l.get("Cache-Control") == "no-cache, no-store, max-age=0, must-revalidate" && l.get("Expires") == "0" && l.get("X-Content-Type-Options") == "nosniff"
}
