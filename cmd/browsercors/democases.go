package main

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
)

// The hosts of the demo. The names are reserved (RFC 2606) and belong to three sites.
const (
	appPage   = "https://app.example/"
	adminPage = "https://admin.example/"

	apiHost     = "api.example"
	filesHost   = "files.example"
	cdnHost     = "cdn.example"     // a shared cache in front of backendHost
	backendHost = "backend.example" // the server behind the cache
	assetsHost  = "assets.example"  // fonts, images and events
)

// A demoCase is a server configuration and the requests that pages send to it.
type demoCase struct {
	title    string
	handler  http.HandlerFunc // at the URL of the first request
	requests []demoRequest

	// note says what the browser can't know. If the browser refuses nothing, why and
	// change are used instead of its explanation.
	note, why, change string
}

// A demoRequest is a call of fetch(), or what a page loads by other means.
type demoRequest struct {
	load   *fetch.Load // an image that is drawn on a canvas, or a font
	stream bool        // an EventSource

	page        string // "" is appPage
	url         string
	method      string
	headers     []field
	body        string
	credentials credentials.Mode
	mode        fetch.Mode
	reads       string // a response header that script looks for
}

// String is the request as script writes it.
func (r demoRequest) String() string {
	switch {
	case r.stream:
		return "new EventSource('" + r.url + "')"
	case r.load != nil && r.load.Element == "font":
		return "@font-face { src: url('" + r.url + "') }"
	case r.load != nil && r.load.CrossOrigin != "":
		return "<img crossorigin=\"" + string(r.load.CrossOrigin) + "\" src=\"" + r.url + "\">; canvas.drawImage(img)"
	case r.load != nil:
		return "<img src=\"" + r.url + "\">; canvas.drawImage(img)"
	}
	var options []string
	option := func(name, value string) {
		if value != "" {
			options = append(options, name+": "+value)
		}
	}
	var headers []string
	for _, h := range r.headers {
		headers = append(headers, fmt.Sprintf("'%s': '%s'", h.name, h.value))
	}
	if len(headers) > 0 {
		headers = []string{"{" + strings.Join(headers, ", ") + "}"}
	}
	option("method", singleQuoted(r.method))
	option("headers", strings.Join(headers, ""))
	option("body", singleQuoted(r.body))
	option("credentials", singleQuoted(string(r.credentials)))
	option("mode", singleQuoted(string(r.mode)))
	if len(options) == 0 {
		return "fetch('" + r.url + "')"
	}
	return "fetch('" + r.url + "', {" + strings.Join(options, ", ") + "})"
}

func singleQuoted(s string) string {
	if s == "" {
		return ""
	}
	return "'" + s + "'"
}

// The bodies of answers.
const (
	order  = `{"order":7}`
	orders = `{"orders":[7]}`
	me     = `{"name":"Ada"}`
)

// Header lines that several cases share.
const (
	allowAll         = "Access-Control-Allow-Origin: *"
	allowApp         = "Access-Control-Allow-Origin: https://app.example"
	allowCredentials = "Access-Control-Allow-Credentials: true"
)

var jsonType = []field{{name: "Content-Type", value: "application/json"}}

// wrongSetUps are the cases with mistakes.
func wrongSetUps() []demoCase {
	return []demoCase{
		{
			title:    "No CORS headers at all",
			handler:  answer(200, orders),
			requests: []demoRequest{{url: "https://api.example/orders"}},
		},
		{
			title:    `"*" for a request with cookies`,
			handler:  answer(200, me, allowAll, allowCredentials),
			requests: []demoRequest{{url: "https://api.example/me", credentials: credentials.Include}},
		},
		{
			title:    "An origin with a slash at its end",
			handler:  answer(200, orders, "Access-Control-Allow-Origin: https://app.example/"),
			requests: []demoRequest{{url: "https://api.example/slash"}},
		},
		{
			title:    "Access-Control-Allow-Origin twice: the program sets it, and the proxy before it again",
			handler:  answer(200, orders, allowApp, allowAll),
			requests: []demoRequest{{url: "https://api.example/twice"}},
		},
		{
			title:    "The preflight gets a 404: there is a route for POST but not for OPTIONS",
			handler:  preflighted(answer(404, "", allowAll), answer(201, order, allowAll)),
			requests: []demoRequest{{url: "https://api.example/order", method: "POST", headers: jsonType, body: order}},
		},
		{
			title:    "The preflight gets a 401: authentication runs before CORS",
			handler:  preflighted(answer(401, "", allowAll, "WWW-Authenticate: Bearer"), answer(200, me, allowAll)),
			requests: []demoRequest{{url: "https://api.example/account", headers: []field{{name: "Authorization", value: "Bearer 1234"}}}},
		},
		{
			title:    "The preflight is redirected: the router wants a slash at the end",
			handler:  answer(308, "", allowAll, "Location: https://api.example/items/"),
			requests: []demoRequest{{url: "https://api.example/items", method: "PUT", body: "7"}},
		},
		{
			title: "The method is not allowed",
			handler: preflighted(answer(204, "", allowApp, "Access-Control-Allow-Methods: GET, PUT"),
				answer(200, order, allowApp)),
			requests: []demoRequest{{url: "https://api.example/order/7", method: "DELETE"}},
		},
		{
			title: "The page sends 'patch', the server allows PATCH",
			handler: preflighted(answer(204, "", allowApp, "Access-Control-Allow-Methods: GET, PATCH"),
				answer(200, order, allowApp)),
			requests: []demoRequest{{url: "https://api.example/order/8", method: "patch", body: "8"}},
		},
		{
			title: "A header is not allowed",
			handler: preflighted(answer(204, "", allowApp, "Access-Control-Allow-Headers: content-type"),
				answer(200, orders, allowApp)),
			requests: []demoRequest{{url: "https://api.example/search", headers: []field{{name: "X-Trace", value: "42"}}}},
		},
		{
			title: `"*" does not cover Authorization`,
			handler: preflighted(answer(204, "", allowAll, "Access-Control-Allow-Headers: *"),
				answer(200, me, allowAll)),
			requests: []demoRequest{{url: "https://api.example/token", headers: []field{{name: "Authorization", value: "Bearer 1234"}}}},
		},
		{
			title:    "A cross-origin redirect: files.example allows the page, but the Origin is \"null\"",
			handler:  answer(302, "", allowApp, "Location: https://files.example/export"),
			requests: []demoRequest{{url: "https://api.example/export"}},
		},
		{
			title:   "Vary is missing, and a shared cache gives one page the response for another",
			handler: echoOrigin(answer(200, orders)),
			requests: []demoRequest{
				{url: "https://cdn.example/feed"},
				{page: adminPage, url: "https://cdn.example/feed"},
			},
			note: "The server allows any origin. X-Cache: HIT shows that this request never reached it: " +
				"it has to add Vary: Origin to every response.",
		},
		{
			title:    "A header is not exposed",
			handler:  answer(200, orders, allowApp, "X-Total-Count: 31"),
			requests: []demoRequest{{url: "https://api.example/list", reads: "X-Total-Count"}},
			why:      "script sees the body, but only the safelisted headers and those that the server exposes.",
			change:   "Access-Control-Expose-Headers: X-Total-Count",
		},
		{
			title:    "mode: 'no-cors' removes the error, and the response with it",
			handler:  answer(200, orders),
			requests: []demoRequest{{url: "https://api.example/opaque", mode: fetch.NoCORS}},
			why: "in mode no-cors a page may send the request, but it can't read the response: no status, no headers, " +
				"no body.",
			change: "Leave out mode, and have the server send Access-Control-Allow-Origin.",
		},
		{
			title:    "A font without CORS headers",
			handler:  answer(200, "wOF2", "Content-Type: font/woff2"),
			requests: []demoRequest{{url: "https://assets.example/plain.woff2", load: &fetch.Load{Element: "font"}}},
		},
		{
			title:    "A canvas, and an image without a crossorigin attribute",
			handler:  answer(200, "PNG", "Content-Type: image/png", allowAll),
			requests: []demoRequest{{url: "https://assets.example/open.png", load: &fetch.Load{Element: "img"}}},
			why:      "the image was requested without CORS, so the browser doesn't look at the header that would allow the page to read it.",
			change:   "Add crossorigin=\"anonymous\" to <img>: the server already allows it.",
		},
		{
			title:    "A canvas, and an image with a crossorigin attribute, but without CORS headers",
			handler:  answer(200, "PNG", "Content-Type: image/png"),
			requests: []demoRequest{{url: "https://assets.example/plain.png", load: &fetch.Load{Element: "img", CrossOrigin: "anonymous"}}},
		},
		{
			title:    "An event stream with the type of JSON",
			handler:  answer(200, "data: 7\n\n", "Content-Type: application/json", allowAll),
			requests: []demoRequest{{url: "https://assets.example/events.json", stream: true}},
		},
	}
}

// rightSetUps are the corrected cases.
func rightSetUps() []demoCase {
	return []demoCase{
		{
			title:    "Public data: a simple GET",
			handler:  answer(200, orders, allowAll),
			requests: []demoRequest{{url: "https://api.example/public"}},
			why:      "a simple request is sent without a preflight, and \"*\" lets every page read a response to a request without cookies.",
		},
		{
			title: "A PUT with cookies",
			handler: preflighted(
				answer(204, "", allowApp, allowCredentials, "Access-Control-Allow-Methods: PUT",
					"Access-Control-Allow-Headers: content-type", "Vary: Origin"),
				answer(200, order, allowApp, allowCredentials, "Vary: Origin")),
			requests: []demoRequest{{
				url: "https://api.example/profile", method: "PUT", headers: jsonType, body: me,
				credentials: credentials.Include,
			}},
			why: "the response to the preflight, which never carries cookies, allows the origin, credentials, the method and " +
				"the header by name. Then the request follows with the cookie, and its response allows the page again.",
		},
		{
			title: "A cached preflight",
			handler: preflighted(
				answer(204, "", allowAll, "Access-Control-Allow-Methods: *", "Access-Control-Max-Age: 600"),
				answer(200, order, allowAll)),
			requests: []demoRequest{
				{url: "https://api.example/draft", method: "PUT", body: "1"},
				{url: "https://api.example/draft", method: "PUT", body: "2"},
			},
			why: "Access-Control-Max-Age lets the browser keep the permission for ten minutes: the second PUT needs no preflight.",
		},
		{
			title:   "Vary: Origin, and the same shared cache keeps the pages apart",
			handler: echoOrigin(answer(200, orders, "Vary: Origin")),
			requests: []demoRequest{
				{url: "https://cdn.example/news"},
				{page: adminPage, url: "https://cdn.example/news"},
			},
			why: "the response names the page's origin, and Vary tells every cache to keep one response per origin.",
		},
		{
			title:    "A font",
			handler:  answer(200, "wOF2", "Content-Type: font/woff2", allowAll),
			requests: []demoRequest{{url: "https://assets.example/shared.woff2", load: &fetch.Load{Element: "font"}}},
			why:      "fonts always use CORS: the header lets pages of every origin use it.",
		},
		{
			title:    "A canvas that stays readable",
			handler:  answer(200, "PNG", "Content-Type: image/png", allowAll),
			requests: []demoRequest{{url: "https://assets.example/shared.png", load: &fetch.Load{Element: "img", CrossOrigin: "anonymous"}}},
			why:      "the attribute makes the request one with CORS, and the header allows the page to read the pixels.",
		},
		{
			title:    "An event stream",
			handler:  answer(200, "data: 7\n\ndata: 8\n\n", "Content-Type: text/event-stream", allowAll),
			requests: []demoRequest{{url: "https://assets.example/events", stream: true}},
			why:      "the type is text/event-stream, the status is 200, and the header allows the page. An EventSource is never preflighted.",
		},
	}
}
