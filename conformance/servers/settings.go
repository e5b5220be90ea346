package main

import (
	"time"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/credentials"
)

// A wish is the configuration of a CORS package, in terms that all packages share.
type wish struct {
	Defaults    bool     `json:"defaults"` // the package's own: nothing is configured
	Origins     []string `json:"origins"`  // "*" is any; one "*" within is a pattern
	AnyByFunc   bool     `json:"anyByFunc"`
	Pattern     string   `json:"pattern"` // a regular expression
	Methods     []string `json:"methods"`
	Headers     []string `json:"headers"`
	Exposed     []string `json:"exposed"`
	Credentials bool     `json:"credentials"`
	MaxAge      int      `json:"maxAge"` // seconds
}

// A setting is a usual configuration, and what its author means by it.
type setting struct {
	name, says, means string
	wish              wish
	intent            *audit.Intent
}

const (
	app   = "https://app.example"
	admin = "https://admin.example"
	evil  = "https://evil.example"
)

var (
	anyone  = []string{"*"}
	both    = []string{app, admin}
	methods = []string{"GET", "POST", "PUT", "PATCH", "DELETE"}
	headers = []string{"Content-Type", "Authorization"}
	exposed = []string{"X-Total-Count"}
)

const tenMinutes = 10 * time.Minute

// settings are the configurations that every package is given.
func settings() []setting {
	full := wish{Origins: both, Methods: methods, Headers: headers, Exposed: exposed, MaxAge: 600}
	with := func(change func(*wish)) wish {
		w := full
		change(&w)
		return w
	}
	return []setting{
		{"defaults", "the package's defaults, nothing configured", "pages of every origin read and create items, without credentials",
			wish{Defaults: true}, &audit.Intent{Allow: both, Uses: simple()}},
		{"list", "two origins, methods, request headers, exposed header, max-age 600", "these two origins, and no other, without credentials",
			full, only(uses(""))},
		{"list, credentials", "the list with credentials", "these two origins, and no other, with credentials",
			with(func(w *wish) { w.Credentials = true }), only(uses(credentials.Include))},
		{"any", "`*` for origins, the rest as in the list", "pages of every origin, without credentials",
			with(func(w *wish) { w.Origins = anyone }), &audit.Intent{Allow: both, Uses: uses("")}},
		{"any, credentials", "`*` for origins and credentials", "our pages, and no others, with credentials",
			with(func(w *wish) { w.Origins, w.Credentials = anyone, true }), only(uses(credentials.Include))},
		{"any by function, credentials", "a function (or `true`) that allows every origin, and credentials", "our pages, and no others, with credentials, before there is a list of them",
			with(func(w *wish) { w.Origins, w.AnyByFunc, w.Credentials = nil, true, true }), only(uses(credentials.Include))},
		{"any header", "two origins; `*` for request headers and exposed headers", "these two origins send and read any header, without credentials",
			with(func(w *wish) { w.Headers, w.Exposed = anyone, anyone }), only(uses(""))},
		{"any header, credentials", "any header, with credentials", "these two origins send and read any header, with credentials",
			with(func(w *wish) { w.Headers, w.Exposed, w.Credentials = anyone, anyone, true }), only(uses(credentials.Include))},
		{"any method", "two origins; `*` for methods", "these two origins use every method, without credentials",
			with(func(w *wish) { w.Methods = anyone }), only(uses(""))},
		{"any method, credentials", "any method, with credentials", "these two origins use every method, with credentials",
			with(func(w *wish) { w.Methods, w.Credentials = anyone, true }), only(uses(credentials.Include))},
		{"subdomains", "`https://*.shop.example`, and credentials; if a package has no such pattern, what its users write instead", "pages of all shops, with credentials",
			with(func(w *wish) { w.Origins, w.Credentials = []string{"https://*.shop.example"}, true }),
			&audit.Intent{
				Allow:  []string{"https://berlin.shop.example", "https://paris.shop.example"},
				Refuse: []string{evil},
				Uses:   uses(credentials.Include),
			}},
	}
}

// only is an intent that refuses the evil.
func only(uses []audit.Use) *audit.Intent {
	return &audit.Intent{Allow: both, Refuse: []string{evil}, Uses: uses}
}

// uses are what pages do with the API.
func uses(mode credentials.Mode) []audit.Use {
	json := map[string]string{"Content-Type": "application/json"}
	authorized := map[string]string{"Authorization": "Bearer x", "Content-Type": "application/json"}
	return []audit.Use{
		{Name: "list", URL: "/items", Credentials: mode, Read: exposed},
		{Name: "create", URL: "/items", Method: "POST", Headers: json, Body: "{}", Credentials: mode, PreflightCached: tenMinutes},
		{Name: "replace", URL: "/items/1", Method: "PUT", Headers: authorized, Body: "{}", Credentials: mode, PreflightCached: tenMinutes},
		{Name: "change", URL: "/items/1", Method: "PATCH", Headers: json, Body: "{}", Credentials: mode, PreflightCached: tenMinutes},
		{Name: "delete", URL: "/items/1", Method: "DELETE", Headers: map[string]string{"Authorization": "Bearer x"}, Credentials: mode, PreflightCached: tenMinutes},
		{Name: "not found", URL: "/nothing", Credentials: mode},
		{Name: "failure", URL: "/broken", Credentials: mode},
	}
}

// simple are the uses that every package's defaults are meant for.
func simple() []audit.Use {
	return []audit.Use{
		{Name: "list", URL: "/items"},
		{Name: "create", URL: "/items", Method: "POST", Headers: map[string]string{"Content-Type": "application/json"}, Body: "{}"},
		{Name: "not found", URL: "/nothing"},
		{Name: "failure", URL: "/broken"},
	}
}
