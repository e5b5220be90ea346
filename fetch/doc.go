// Package fetch does what a browser does between a page asking for a URL and the
// page getting the response: the client side of the Fetch Standard, with CORS,
// preflights, redirects and cookies. Where script only gets a network error, this
// package also says why.
//
// # An http.Client with a page's permissions
//
// An [Agent] is the user agent. It owns what its pages share: the transport, the
// cookies, the HTTP cache and the [Profile] of the browser to follow. An
// [Environment] is one page or worker. [Environment.Client] returns an
// [http.Client] that makes the page's requests:
//
//	agent, err := fetch.NewAgent(nil)
//	if err != nil {
//		log.Fatal(err)
//	}
//	page, err := agent.Page("https://app.example/")
//	if err != nil {
//		log.Fatal(err)
//	}
//	resp, err := page.Client(nil).Get("https://api.example/things")
//	if refusal, ok := errors.AsType[*fetch.Error](err); ok {
//		fmt.Println(refusal.Explain())
//	}
//
// To use another mode, credentials mode or redirect mode, pass [WithOptions] in the
// request's context, or set defaults with [Environment.ClientWith]. For libraries
// that accept only an [http.RoundTripper] there is [Environment.Transport], and for
// WebSocket libraries [Environment.WebSocketClient].
//
// A refusal is an [*Error]. Its [Reason] is for programs to switch on: [Reasons]
// lists them all. [Error.Explain] is for people, and [Error.ExplainWith] takes more
// evidence. [Error.Retryable] says whether trying again can help. Only
// [Error.Exception] and [Error.ScriptMessage] may be shown to script.
//
// # A crawler
//
// [Agent.Client] returns an http.Client that navigates, like a user who types an
// address. [Agent.PageOf] returns the page that a navigation has loaded, whose
// scripts then make their requests with Environment.Client. [Agent.Navigate] is the
// same without net/http; its page is [Response.Page].
//
// # A runtime's fetch()
//
// A program that runs JavaScript gives its scripts fetch() and XMLHttpRequest with
// [Environment.Fetch], which takes a [Request] and returns a [Response]:
//
//   - [Environment.Prepare] does what the call does before it returns, such as
//     throwing a TypeError.
//   - [Headers], [NewRequestHeaders], [NewResponse], [JSONResponse],
//     [Environment.RedirectResponse] and [Response.TextStream] are the parts of
//     script's classes that have rules of their own.
//   - [TextBody], [BytesBody], [FormBody], [MultipartBody] and [StreamBody] are the
//     bodies that script can pass. [ReplayableBody] and [OnceBody] send what a Go
//     program has.
//   - [Environment.Load] loads what elements, style sheets, module scripts, workers
//     and frames load, and says what comes of it. [Element] makes the requests alone.
//     [Response.CORSSameOrigin] says whether they taint a canvas, and
//     [Response.Internal] has the bytes to decode.
//   - [Environment.EventSource], [Environment.SendBeacon], [Environment.FetchLater] and
//     [Environment.WebSocket] are those APIs.
//   - [Environment.WithURL], [Environment.WithBaseURL] and
//     [Environment.WithMeta] follow what script does to its page.
//   - [Response.TimingAllowed] and [Response.NavigationTimingAllowed] say what
//     Resource Timing may show.
//   - [BlobStore] resolves blob: URLs, and [Options.Override] answers requests
//     instead of the network.
//
// Enumerations of the Standards are strings, such as "image" for a [Destination] or
// "xhr" for an [API]. A value that does not exist is refused with an error that
// lists the existing ones.
//
// # Browsers
//
// The zero options follow the Standard. Package engine has the profiles of Chromium,
// Firefox and WebKit, for [Options.Profile]. Where a browser departs from the
// Standard, the departure is a field of [Profile].
//
// # The network
//
// A [Transport] makes the HTTP requests. [HTTPTransport] is the one over Go's HTTP
// client; its documentation says what Go can't do as a browser would. A transport of
// your own returns [ErrNoAnswer], [StreamNeedsHTTP2] or an [*Error] with the reason
// [Unsendable] where the engine has to know why. If it panics, the fetch fails with a
// [PanicError].
//
// A [Trace] is told of every request, check and redirect while a fetch is running.
//
// # The HTTP cache
//
// Responses are stored and used again as in a browser: by network partition, cache
// mode, freshness and Vary. A response out of the cache passes the same checks as one
// of the network; if it is refused, [ResponseInfo] says where it came from, and so
// does the explanation. [Options.HTTPCache] is the cache, [Options.DisableHTTPCache]
// the switch of the developer tools. A response with stale-while-revalidate is
// revalidated in the background: [Agent.Wait] waits for that, and [Agent.Close] ends
// it. What comes over the transport or with the cookies of a client, see
// [Environment.Client], answers only requests over the same transport and with the
// same cookies.
//
// # HSTS
//
// A host that has sent Strict-Transport-Security over https: is an HSTS host: what is
// at http: there is asked for over https:. [Agent.HSTS] is the list of such hosts. Set
// [Options].HSTS to share it, to load it from a file, or to give it a preload list.
// [Trace].Upgraded is told of each upgrade.
//
// # What is not modelled
//
// These are missing: service workers, HTTPS records, WebTransport, early hints and
// Resource Timing. Pages are treated as if they used none of these. No script runs:
// [Load].Inspect asks the caller what a body is.
package fetch
