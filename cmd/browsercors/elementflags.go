package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/curl"
	"github.com/browsercors/browsercors/internal/element"
	"github.com/browsercors/browsercors/origin"
)

// elementFlags say what makes the request if it is not fetch(), and which policies its
// page has.
type elementFlags struct {
	given          func(flag string) bool // tells whether a flag of the command is given
	as             string
	kind           string
	crossOrigin    string
	integrity      string
	protocols      []string
	embedderPolicy fetch.EmbedderPolicy
	policies       audit.Use // those whose values are strings
	addressSpace   origin.AddressSpace
}

func (e *elementFlags) add(flags *pflag.FlagSet) {
	addChoice(flags, &e.as, "as", "element or API that makes the request", asNames()...)
	addChoice(flags, &e.kind, "type", "type of the script or the worker", "classic", "module")
	addChoice(flags, &e.crossOrigin, "crossorigin", "crossorigin attribute of the element", "anonymous", "use-credentials")
	flags.StringVar(&e.integrity, "integrity", "", "integrity `metadata`, such as sha384-…")
	flags.StringArrayVar(&e.protocols, "protocol", nil, "`subprotocol` that the WebSocket offers, such as chat; may be repeated")
	p := &e.policies
	flags.StringVar(&p.ContentSecurityPolicy, "csp", "", "Content-Security-Policy of the page, such as \"connect-src 'self'\"; nothing is reported (`policy`)")
	flags.StringVar(&p.ContentSecurityPolicyReportOnly, "csp-report-only", "", "Content-Security-Policy-Report-Only of the page, which refuses nothing (`policy`)")
	flags.StringVar(&p.IntegrityPolicy, "integrity-policy", "", "Integrity-Policy of the page, such as blocked-destinations=(script) (`policy`)")
	flags.StringVar(&p.IntegrityPolicyReportOnly, "integrity-policy-report-only", "", "Integrity-Policy-Report-Only of the page, which refuses nothing (`policy`)")
	flags.StringVar(&p.ConnectionAllowlist, "connection-allowlist", "", "Connection-Allowlist of the page, such as (response-origin \"https://*.api.example\") (`policy`)")
	flags.StringVar(&p.ConnectionAllowlistReportOnly, "connection-allowlist-report-only", "", "Connection-Allowlist-Report-Only of the page, which refuses nothing (`policy`)")
	addChoice(flags, &e.addressSpace, "address-space", "address space of the page's server: browsers ask their users before a page in a public one reaches a server in another", "public", "local", "loopback")
	addChoice(flags, &e.embedderPolicy, "coep", "Cross-Origin-Embedder-Policy of the page", "require-corp", "credentialless", "unsafe-none")
}

// asNames are the values of --as.
func asNames() []string {
	names := slices.Concat(element.Elements(), element.Calls(), []string{"xhr"})
	slices.Sort(names)
	return names
}

// set tells whether the flags name an element or an API.
func (e *elementFlags) set() bool {
	return e.as != "" || e.kind != "" || e.crossOrigin != "" || len(e.protocols) > 0
}

// what is the element or the API, as an author writes it; "" is fetch().
func (e *elementFlags) what() string {
	switch k, ok := e.of(); {
	case ok && e.crossOrigin != "" && strings.HasSuffix(k.Markup, ">"):
		return strings.TrimSuffix(k.Markup, ">") + ` crossorigin="` + e.crossOrigin + `">`
	case ok:
		return k.Markup
	}
	return ""
}

// of is the kind of the element or the API; false is fetch() or XMLHttpRequest.
func (e *elementFlags) of() (element.Kind, bool) { return element.Of(element.Named(e.as, e.kind)) }

// use is what the flags say that a page does.
func (e *elementFlags) use(r *curl.Request, target string, mode credentials.Mode) (audit.Use, error) {
	use := e.policies
	use.Method, use.Credentials, use.Headers, use.Protocols = r.Method(), mode, make(map[string]string), e.protocols
	use.Type, use.CrossOrigin, use.Integrity, use.EmbedderPolicy, use.AddressSpace = e.kind, e.crossOrigin, e.integrity, e.embedderPolicy, e.addressSpace
	if e.as == "xhr" || slices.Contains(element.Calls(), e.as) {
		use.API = e.as
	} else {
		use.Element = e.as
	}
	if e.set() && !e.given("credentials") {
		use.Credentials = "" // the default is what makes the request's
	}
	var err error
	if use.URL, err = r.URL(target); err != nil {
		return use, err
	}
	body, err := r.Body()
	if err != nil {
		return use, err
	}
	given := r.Headers()
	if body != nil {
		use.Body = string(body.Bytes)
		if body.ContentType != "" && !given.Contains("Content-Type") {
			use.Headers["Content-Type"] = body.ContentType
		}
	}
	for _, name := range given.Names() {
		use.Headers[name], _ = given.Get(name)
	}
	if e.as == "beacon" {
		delete(use.Headers, "Accept") // of --json
	}
	return use, nil
}

// ofFetch are the flags that only fetch() and XMLHttpRequest have.
var ofFetch = []string{"mode", "redirect", "cache", "xhr", "xhr-upload-listener", "referer"}

// request is the request of an element or of another API than fetch(). The flags of
// fetch() that they do not have are errors.
func (e *elementFlags) request(r *curl.Request, target string, mode credentials.Mode) (*fetch.Request, error) {
	var wrong []error
	for _, name := range ofFetch {
		if e.given(name) {
			wrong = append(wrong, fmt.Errorf("--%s is a setting of fetch() and XMLHttpRequest; it can't be given with --as, --type, --crossorigin and --protocol", name))
		}
	}
	use, err := e.use(r, target, mode)
	if err := errors.Join(append(wrong, err)...); err != nil {
		return nil, err
	}
	at, err := origin.ParseURL(use.URL)
	if err != nil {
		return nil, err
	}
	intent := &audit.Intent{Refuse: []string{"null"}, Uses: []audit.Use{use}}
	if at.IsHTTP() {
		intent.Base = at.Origin().String()
	}
	if err := intent.Check(); err != nil {
		return nil, new(checkCommand).byFlags(err)
	}
	return use.Request(intent.Base)
}
