// Package fetchtest has what tests of fetch, and of what browsers say of its errors, have
// in common: requests and responses as errors and traces show them.
package fetchtest

import (
	"slices"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
)

// The page that asks, and what it asks for.
const (
	PageOrigin = "https://app.example"
	ThingsURL  = "https://api.example/things"
)

// The names of headers that tests often need.
const (
	AllowOrigin      = "Access-Control-Allow-Origin"
	AllowCredentials = "Access-Control-Allow-Credentials"
	AllowMethods     = "Access-Control-Allow-Methods"
	AllowHeaders     = "Access-Control-Allow-Headers"
)

// SimpleRequest is a cross-origin GET of fetch().
//
//go:noinline
func SimpleRequest() fetch.RequestInfo {
	return fetch.RequestInfo{
		API: "fetch", Method: "GET", URL: ThingsURL, FirstURL: ThingsURL, Page: PageOrigin, Origin: PageOrigin,
		Mode: fetch.CORS, Credentials: credentials.SameOrigin, Redirect: "follow", Tainting: "cors",
	}
}

// PutRequest is a cross-origin PUT of JSON, which needs a preflight.
//
//go:noinline
func PutRequest() fetch.RequestInfo {
	r := SimpleRequest()
	r.Method = "PUT"
	r.Headers = fetch.HeaderList{{Name: "Content-Type", Value: "application/json"}, {Name: "X-Token", Value: "t"}}
	return r
}

// Changed changes a request.
//
//go:noinline
func Changed(r fetch.RequestInfo, changes ...func(*fetch.RequestInfo)) fetch.RequestInfo {
	for _, change := range changes {
		change(&r)
	}
	return r
}

// WithCredentials, ByXHR, FromSandbox, WithinOrigin, InNoCORS and ViaRedirect are changes.
// ViaRedirect makes it a request that was redirected, once, from another origin.
func WithCredentials(r *fetch.RequestInfo) { r.Credentials = credentials.Include }
func ByXHR(r *fetch.RequestInfo)           { r.API = "xhr" }
func FromSandbox(r *fetch.RequestInfo)     { r.Page, r.Origin = "null", "null" }
func WithinOrigin(r *fetch.RequestInfo)    { r.Tainting = "basic" }
func InNoCORS(r *fetch.RequestInfo)        { r.Mode, r.Tainting = fetch.NoCORS, "opaque" }
func ViaRedirect(r *fetch.RequestInfo) {
	r.FirstURL, r.Hop, r.Origin = "https://old.example/things", 1, "null"
}

// ByElement makes it a request of an element.
func ByElement(d fetch.Destination) func(*fetch.RequestInfo) {
	return func(r *fetch.RequestInfo) { r.API, r.Destination = "element", d }
}

// ToURL makes it a request for another URL.
func ToURL(u string) func(*fetch.RequestInfo) {
	return func(r *fetch.RequestInfo) { r.URL, r.FirstURL = u, u }
}

// Answered is a response with headers given by name and value.
func Answered(status int, headers ...string) *fetch.ResponseInfo {
	r := &fetch.ResponseInfo{Status: status}
	for pair := range slices.Chunk(headers, 2) {
		r.Headers.Append(pair[0], pair[1])
	}
	return r
}
