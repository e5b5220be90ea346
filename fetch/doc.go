// Package fetch is the Fetch Standard's client side: what a browser does
// between a page asking for a URL and the page getting a response, or a bare
// "network error" and no reason. It gives the reason.
//
// An [Agent] is the user agent: it owns what outlives a page (transport,
// preflight cache, cookies, [Profile], clock). An [Environment] is one page or
// worker of it: who is asking. [Environment.Fetch] runs the whole algorithm on
// the caller's goroutine; [Environment.Client] puts the same engine behind an
// [http.Client], [Environment.Transport] behind an [http.RoundTripper],
// [Environment.WebSocketClient] behind a client for WebSockets. [Agent.Client] is an
// http.Client that navigates, and [Agent.PageOf] the page that it has loaded.
//
//	agent, _ := fetch.NewAgent(nil)
//	page, _ := agent.Page("https://app.example/")
//	resp, err := page.Client(nil).Get("https://api.example/things")
//	if refusal, ok := errors.AsType[*fetch.Error](err); ok {
//		fmt.Println(refusal.Explain())
//	}
//
// # The way of a request
//
// One file a section of the Standard, one function an algorithm, the numbers
// of the steps beside the lines that carry them out:
//
//	request.go       the Request class: what the API refuses
//	fetching.go      fetch, populate request from client
//	mainfetch.go     main fetch: tainting, filtering, blocking
//	schemefetch.go   scheme fetch: about:, blob:, data:, HTTP(S)
//	httpfetch.go     HTTP fetch: preflight or not, CORS check, redirect or not
//	redirectfetch.go HTTP-redirect fetch
//	networkorcache.go HTTP-network-or-cache fetch: every header a browser adds
//	networkfetch.go  HTTP-network fetch: the transport, content codings
//	preflightfetch.go CORS-preflight fetch
//	corscheck.go     CORS check
//	taocheck.go      TAO check
//	navigate.go      navigation, document.go: what page it makes
//	websocket.go     the opening handshake of a WebSocket
//
// Where an engine departs from the Standard, the departure is a field of
// [Profile], never a condition on an engine's name.
//
// # What the Go transport cannot do
//
// A [Transport] gets the header list as the Standard has it: order, case and
// repetition kept. [HTTPTransport], the one over an [http.RoundTripper], can't
// keep all of that; see there what a user gets instead.
//
// # What is not modelled
//
// Content Security Policy, Integrity Policy, service workers, HSTS, HTTPS
// records, an HTTP cache, Local Network Access, opaque response blocking
// (not in the Fetch Standard), WebTransport, early hints,
// deferred fetches, Resource Timing. A request is treated as if the page used
// none of them.
package fetch
