package cause

import (
	"strings"

	"github.com/browsercors/browsercors/internal/text"
)

// An adder is what adds a request header that the page's author may not know of.
type adder struct {
	kind string // the ID of the cause
	by   string // who adds it
	fix  string // how to do without, in one or more sentences; "" if there is no way
}

// Kinds of adders.
const (
	tracingKind = "tracing-header"
	libraryKind = "library-header"
	cacheKind   = "cache-header"
	mcpKind     = "mcp-header"
	optionKind  = "option-in-header"
)

func tracer(by, option string) adder {
	return adder{tracingKind, by, "Configure the library to leave requests to this server alone (" + option + ")."}
}

func library(by, fix string) adder { return adder{libraryKind, by, fix} }

// Adders that several headers share.
var (
	datadog    = tracer("Datadog RUM", "allowedTracingUrls")
	insights   = tracer("Application Insights", "correlationHeaderExcludedDomains")
	zipkin     = tracer("Zipkin or OpenTelemetry", "propagateTraceHeaderCorsUrls in OpenTelemetry")
	openTraces = tracer("a tracing library (OpenTelemetry, Application Insights, Elastic APM, Datadog RUM)", "propagateTraceHeaderCorsUrls in OpenTelemetry, correlationHeaderExcludedDomains in Application Insights, allowedTracingUrls in Datadog, distributedTracingOrigins in Elastic APM")

	apollo    = library("Apollo Client, Apollo Studio or a GraphQL playground", "Leave out the client's name and version, or the tracing option, in its settings, or use a version that sends the header only where it is set.")
	firebase  = library("the Firebase SDK", "Another version of the SDK may not send it: compare with the version before the last update.")
	supabase  = library("supabase-js", "")
	requested = library("jQuery, an older axios or an interceptor", "Leave it out: frameworks use it to tell script's requests, and Accept: application/json does that as well. In axios it is a default header of common requests.")
	csrfToken = library("a protection against CSRF (axios, Angular, Django, Laravel)", "Send it only to the page's own server: axios withXSRFToken and Angular's interceptor do that by default.")
	amazon    = library("the AWS SDK", "")
	checksum  = library("the AWS SDK", "Set its requestChecksumCalculation to WHEN_REQUIRED.")
	azure     = library("the Azure SDK", "")
	tus       = library("tus-js-client", "")
	grpc      = library("a client of gRPC-Web or Connect", "")
	openAI    = library("the SDK of an AI service", "Set the header to null in the SDK's defaultHeaders.")
	htmx      = library("htmx, Turbo or Inertia", "In htmx, htmx.config.selfRequestsOnly keeps such requests on the page's own server.")
	echo      = library("Laravel Echo", "")
	tunnel    = library("the page, to pass a tunnel's warning", "Remove it where no tunnel is in between.")
	noCache   = adder{cacheKind, "an interceptor against caching", "Leave it out, and use fetch's option cache: \"no-store\" instead: the browser then adds what is needed by itself, without a preflight."}
	mcp       = adder{mcpKind, "a client of the Model Context Protocol", ""}
	optionOf  = adder{optionKind, "", "Move it out of headers, into the options beside them, or leave it out."}
)

// adders are the adders by header, in lower case.
var adders = map[string]adder{
	"traceparent":                 openTraces,
	"tracestate":                  tracer("a tracing library (OpenTelemetry, Elastic APM)", "propagateTraceHeaderCorsUrls in OpenTelemetry, distributedTracingOrigins in Elastic APM"),
	"baggage":                     tracer("a tracing library (Sentry, OpenTelemetry)", "tracePropagationTargets in Sentry"),
	"sentry-trace":                tracer("Sentry", "tracePropagationTargets"),
	"x-datadog-trace-id":          datadog,
	"x-datadog-parent-id":         datadog,
	"x-datadog-origin":            datadog,
	"x-datadog-sampling-priority": datadog,
	"newrelic":                    tracer("New Relic's browser agent", "distributed_tracing.allowed_origins"),
	"elastic-apm-traceparent":     tracer("Elastic APM", "distributedTracingOrigins"),
	"request-id":                  insights,
	"request-context":             insights,
	"x-amzn-trace-id":             tracer("AWS CloudWatch RUM or X-Ray", "addXRayTraceIdHeader"),
	"uber-trace-id":               tracer("Jaeger", "its list of URLs"),
	"b3":                          zipkin,
	"x-b3-traceid":                zipkin,
	"x-b3-spanid":                 zipkin,
	"x-b3-sampled":                zipkin,
	"x-instana-t":                 tracer("Instana", "allowedOrigins"),
	"x-dynatrace":                 tracer("Dynatrace", "its setting for CORS requests"),
	"x-highlight-request":         tracer("Highlight", "tracingOrigins"),

	"mcp-protocol-version": mcp,
	"mcp-session-id":       mcp,
	"last-event-id":        mcp,

	"cache-control":     noCache,
	"pragma":            noCache,
	"expires":           noCache,
	"if-modified-since": noCache,

	"mode":            optionOf,
	"no-cors":         optionOf,
	"credentials":     optionOf,
	"withcredentials": optionOf,
	"crossdomain":     optionOf,
	"cross-domain":    optionOf,
	"crossorigin":     optionOf,
	"redirect":        optionOf,
	"datatype":        optionOf,
	"responsetype":    optionOf,

	"apollographql-client-name":    apollo,
	"apollographql-client-version": apollo,
	"x-apollo-tracing":             apollo,
	"x-apollo-operation-name":      apollo,
	"x-apollo-operation-id":        apollo,
	"apollo-require-preflight":     apollo,
	"x-firebase-gmpid":             firebase,
	"x-firebase-appcheck":          firebase,
	"x-firebase-storage-version":   firebase,
	"firebase-instance-id-token":   firebase,
	"x-goog-api-client":            firebase,
	"x-client-info":                supabase,
	"apikey":                       supabase,
	"x-supabase-api-version":       supabase,
	"accept-profile":               supabase,
	"content-profile":              supabase,
	"x-requested-with":             requested,
	"x-xsrf-token":                 csrfToken,
	"x-csrf-token":                 csrfToken,
	"x-csrftoken":                  csrfToken,
	"tus-resumable":                tus,
	"x-grpc-web":                   grpc,
	"x-user-agent":                 grpc,
	"grpc-timeout":                 grpc,
	"connect-protocol-version":     grpc,
	"connect-timeout-ms":           grpc,
	"user-agent":                   library("the page, or an HTTP library that was made for servers,", "Leave it out: Chromium does not send it, and Firefox and WebKit ask the server for it by a preflight."),
	"hx-request":                   htmx,
	"hx-current-url":               htmx,
	"hx-target":                    htmx,
	"hx-trigger":                   htmx,
	"turbo-frame":                  htmx,
	"x-inertia":                    htmx,
	"x-socket-id":                  echo,
	"amz-sdk-invocation-id":        amazon,
	"amz-sdk-request":              amazon,
	"ngrok-skip-browser-warning":   tunnel,
	"bypass-tunnel-reminder":       tunnel,
}

// prefixes are adders by how a header's name begins.
var prefixes = []struct {
	prefix string
	adder  adder
}{{"x-amz-checksum-", checksum}, {"x-amz-sdk-checksum-", checksum}, {"x-amz-", amazon}, {"x-ms-", azure}, {"x-stainless-", openAI}, {"upload-", tus}, {"x-goog-upload-", firebase}, {"x-datadog-", datadog}}

// adderOf is what usually adds a request header; false if nothing in particular.
func adderOf(name string) (adder, bool) {
	name = strings.ToLower(name)
	if a, ok := adders[name]; ok {
		return a, true
	}
	for _, p := range prefixes {
		if strings.HasPrefix(name, p.prefix) && !strings.Contains(name, "-meta-") { // metadata is the page's own
			return p.adder, true
		}
	}
	return adder{}, false
}

// added is a sentence about the headers that a preflight asks for and that the
// page's author may not know of; "" if there are none.
func (e *Evidence) added() string {
	by := make(map[string][]string)
	var who []string
	if len(e.Names) == 0 {
		return ""
	}
	for _, name := range e.Names[:min(len(e.Names), mostNames)] {
		if a, ok := adderOf(name); ok && a.by != "" {
			if by[a.by] == nil {
				who = append(who, a.by)
			}
			by[a.by] = append(by[a.by], name)
		}
	}
	var b strings.Builder
	if e.Hops > 0 {
		b.WriteString("The page requested " + show(withoutQuery(e.First)) + ", and the redirect took its headers along. ")
	}
	for _, adder := range who {
		b.WriteString(strings.ToUpper(adder[:1]) + adder[1:] + " adds " + show(text.List(by[adder])) + ". ")
	}
	return b.String()
}

// mostNames are the names of a preflight that are looked at.
const mostNames = 50

// addedHeader finds preflights that are refused for a header that a library, a
// tool or an interceptor adds.
func addedHeader(e *Evidence) (Cause, bool) {
	a, known := adderOf(e.Refused)
	if !known || !e.OnPreflight {
		return Cause{}, false
	}
	name := show(strings.ToLower(e.Refused))
	c := Cause{ID: a.kind, By: Page, Headers: Permission}
	c.Problem = "The request header " + name + " is one that " + a.by + " adds to the page's requests. The server does not allow it."
	switch {
	case a.kind == optionKind:
		c.Headers = NoHeaders
		c.Problem = "The request has a header named " + name + ". That is the name of an option of fetch() or jQuery, put among the headers. As a header it does nothing except to need the server's permission."
		c.Fix = a.fix
	case a.kind == mcpKind:
		c.By = Server
		c.Fix = "Allow all request headers that such clients send, most of them after initialize only: accept, authorization, content-type, last-event-id, mcp-protocol-version and mcp-session-id. " +
			"Allow GET, POST and DELETE, and send Access-Control-Expose-Headers: Mcp-Session-Id on every answer. For this preflight:"
	case a.fix == "":
		c.By = Server
		c.Fix = "The server has to allow it, and the others that the client sends, in the answer to the preflight:"
	default:
		c.Fix = a.fix + " Or, if the server is to get the header, have it answer the preflight with:"
	}
	return c, true
}
