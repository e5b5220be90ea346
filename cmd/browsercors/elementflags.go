package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/curl"
	"github.com/browsercors/browsercors/internal/element"
	"github.com/browsercors/browsercors/internal/mimetype"
	"github.com/browsercors/browsercors/origin"
)

// elementFlags say what makes the request if it is not fetch(), and which policies its
// page has.
type elementFlags struct {
	given          func(flag string) bool // tells whether a flag of the command is given
	element        string
	api            string
	kind           string
	crossOrigin    string
	integrity      string
	embedderPolicy fetch.EmbedderPolicy
	policy         string // Content-Security-Policy
}

func (e *elementFlags) add(flags *pflag.FlagSet) {
	addChoice(flags, &e.element, "element", "element that loads the URL", element.Elements()...)
	addChoice(flags, &e.api, "api", "API that makes the request instead of fetch()", append([]string{"xhr"}, element.Calls()...)...)
	addChoice(flags, &e.kind, "type", "type of the script or the worker", "classic", "module")
	addChoice(flags, &e.crossOrigin, "crossorigin", "crossorigin attribute of the element", "anonymous", "use-credentials")
	flags.StringVar(&e.integrity, "integrity", "", "integrity `metadata`, such as sha384-…")
	flags.StringVar(&e.policy, "csp", "", "Content-Security-Policy of the page, such as \"connect-src 'self'\"; nothing is reported (`policy`)")
	addChoice(flags, &e.embedderPolicy, "coep", "Cross-Origin-Embedder-Policy of the page", "require-corp", "credentialless", "unsafe-none")
}

// set tells whether the flags name an element or an API.
func (e *elementFlags) set() bool {
	return e.element != "" || e.api != "" || e.kind != "" || e.crossOrigin != ""
}

// what is the element or the API, as an author writes it; "" is fetch().
func (e *elementFlags) what() string {
	switch k, ok := element.Of(e.name()); {
	case ok && e.crossOrigin != "" && strings.HasSuffix(k.Markup, ">"):
		return strings.TrimSuffix(k.Markup, ">") + ` crossorigin="` + e.crossOrigin + `">`
	case ok:
		return k.Markup
	}
	return ""
}

// name is the name of a kind in package element; "" or another word if it has none.
func (e *elementFlags) name() string { return element.Named(cmp.Or(e.element, e.api), e.kind) }

// use is what the flags say that a page does.
func (e *elementFlags) use(r *curl.Request, target string, mode credentials.Mode) (audit.Use, error) {
	use := audit.Use{
		Method: r.Method(), Credentials: mode, Headers: make(map[string]string),
		Element: e.element, API: e.api, Type: e.kind, CrossOrigin: e.crossOrigin, Integrity: e.integrity, EmbedderPolicy: e.embedderPolicy, ContentSecurityPolicy: e.policy,
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
	if e.api == "beacon" {
		delete(use.Headers, "Accept") // of --json
	}
	return use, nil
}

// request is the request of an element or of another API than fetch(). The flags of
// fetch() that they do not have are errors.
func (e *elementFlags) request(r *curl.Request, target string, mode credentials.Mode) (*fetch.Request, error) {
	var wrong []error
	for _, name := range []string{"mode", "redirect", "cache", "xhr", "xhr-upload-listener"} {
		if e.given(name) {
			wrong = append(wrong, fmt.Errorf("--%s is a setting of fetch() and XMLHttpRequest; it can't be given with --element, --api, --type and --crossorigin", name))
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
	intent := &audit.Intent{Base: at.Origin().String(), Refuse: []string{"null"}, Uses: []audit.Use{use}}
	if err := intent.Check(); err != nil {
		return nil, new(checkCommand).byFlags(err)
	}
	return use.Request(intent.Base)
}

// received is the refusal of the element to take a response; nil if it takes it.
func (e *elementFlags) received(resp *fetch.Response) error {
	if refusal := fetch.Element(e.name()).Receive(resp); refusal != nil {
		return refusal
	}
	return nil
}

// effect is what the page can do with a response; "" without an element.
func (e *elementFlags) effect(resp *fetch.Response) string {
	k, ok := element.Of(e.name())
	if !ok {
		return ""
	}
	essence := ""
	if t, ok := mimetype.Extract(resp.Internal().Headers); ok {
		essence = t.Essence()
	}
	effect := e.what() + ": " + k.Effect(resp.CORSSameOrigin(), essence)
	if !resp.CORSSameOrigin() && k.Opaque != "" && !k.NoAttribute {
		effect += `; to read it, add crossorigin="anonymous", which needs CORS headers`
	}
	return effect
}
