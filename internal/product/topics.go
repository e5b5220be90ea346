package product

// A Topic is what an advice is about.
type Topic string

const (
	Rules       Topic = "cors rules" // origins, methods and headers together
	Origins     Topic = "allowed origins"
	Methods     Topic = "allowed methods"
	Headers     Topic = "allowed headers"
	Credentials Topic = "credentials"
	Expose      Topic = "exposed headers"
	MaxAge      Topic = "max-age"
	Vary        Topic = "vary and caches"
	Preflight   Topic = "preflights"                    // OPTIONS is not handled
	SignIn      Topic = "preflights and authentication" // authentication refuses preflights
	Errors      Topic = "error answers"                 // their CORS headers
	Doubled     Topic = "doubled header"                // two layers add it
	BodyLimit   Topic = "body limit"
	Timeout     Topic = "timeout" // of the way to the application
	Login       Topic = "login redirect"
	Slash       Topic = "slash redirect"
	Scheme      Topic = "scheme redirect" // http: to https:, or back
	NotFound    Topic = "not found"       // what a 404, or what stands for one, means here
	Forbidden   Topic = "forbidden"       // refused before the application
	Challenge   Topic = "challenge"       // a page for people in place of the answer
)

// Topics are the topics, in the order in which people meet them.
func Topics() []Topic {
	return []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Vary, Preflight, SignIn, Errors, Doubled, BodyLimit, Timeout, Login, Slash, Scheme, NotFound, Forbidden, Challenge}
}

// broader are the topics whose advice will do where a product has none on a topic.
var broader = map[Topic]Topic{
	Origins: Rules, Methods: Rules, Headers: Rules, Credentials: Rules, Expose: Rules, MaxAge: Rules,
	Preflight: Rules, SignIn: Preflight, Timeout: Errors, NotFound: Errors, Forbidden: Errors,
}

// onTheWay tells whether a topic is about what a proxy does rather than what the
// application behind it does.
func (t Topic) onTheWay() bool {
	switch t {
	case Doubled, BodyLimit, Timeout:
		return true
	}
	return false
}

// ofCauses are the topics of the causes of package cause. A cause that is not
// here leaves the topic to the rule that refused the request.
var ofCauses = map[string]Topic{
	"body-limit": BodyLimit, "gateway-timeout": Timeout, "timeout": Timeout,
	"login-redirect": Login, "login-page": Login,
	"bot-check": Challenge, "deployment-protection": Challenge, "interstitial": Challenge, "firewall": Challenge,
	"redirect-slash": Slash, "redirect-scheme": Scheme, "redirect-host": "", "redirect-case": "", "redirect": "",
	"doubled": Doubled, "cors-rules": Rules, "preflight-refused": Rules,
	"preflight-unrouted": Preflight, "preflight-authentication": SignIn, "misspelt-header": Rules,
	"not-found": NotFound, "forbidden": Forbidden, "html-page": NotFound,
	"bad-request": Errors, "unauthorized": Errors, "method-not-handled": Errors, "not-acceptable": Errors, "url-too-long": Errors, "unsupported-type": Errors,
	"csrf": Errors, "rate-limit": Errors, "headers-too-large": Errors, "server-error": Errors, "gateway": Errors, "unavailable": Errors,
	"headers-together": Rules, "preflight-needs-headers": Preflight, "preflight-with-method": Preflight, "preflight-without-cors": Preflight,
	"method-refused": Methods, "header-refused": Headers, "answer-without-cors": Rules, "credentials-change-answer": Errors,
	"name-resolution": "", "connection-refused": "", "host-unreachable": "", "certificate": "", "not-tls": "", "tls": "", "no-answer-in-time": "", "connection-closed": "", "not-served": "",
	"cached-answer": Vary, "browser-cache": Vary, "manifest-credentials": "", "other-type": "", "origin-not-listed": Origins, "cors-absent": Rules, "app-origin": Origins, "other-origin": Origins, "null-value": Origins, "encoded": Headers,
	"preflight-ignored": Preflight, "redirect-downgrade": Scheme, "redirect-home": Errors,
	"library-header": Headers, "mcp-header": Headers, "tracing-header": "", "cache-header": "", "option-in-header": "", "standard-only": "", "insecure-loopback": "",
	"wrong-server": "", "captive-portal": "", "response-header-in-request": "",
}

// OfCause is the topic of a cause, "" if no product has to do with it; false if
// the rule that refused the request says it.
func OfCause(id string) (Topic, bool) {
	t, ok := ofCauses[id]
	return t, ok
}
