// Package customscheme knows the URL schemes from which app shells and browser extensions serve
// their pages: which runtime sends which origin, on which platform.
//
// By the URL Standard a URL of such a scheme has an opaque origin, which is sent as "null". The
// runtimes register their schemes, so that pages have tuple origins: Chromium for extensions,
// Electron with registerSchemesAsPrivileged, WebKit with setURLSchemeHandler, which Capacitor, Tauri
// and Wails use. Their requests carry an Origin such as capacitor://localhost.
//
// Mixed content does not concern their pages: Chromium (mixed_content_checker.cc), Firefox
// (nsMixedContentBlocker.cpp) and WebKit (MixedContentChecker.cpp) restrict pages of https: alone,
// even where a scheme is a secure context, as that of extensions is. So nothing here is an
// [origin.Trust].
//
// https://url.spec.whatwg.org/#concept-url-origin
package customscheme

import (
	"slices"
	"strings"

	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
)

// A Runtime serves pages from a scheme of its own.
type Runtime struct {
	Name      string // of whom its pages are: "Tauri", "a Firefox extension"
	Extension bool   // it is a browser's, for extensions
	Note      string // what else there is to know: sentences

	scheme  string
	origins []platformOrigin // what its pages send
}

// A platformOrigin is the origin of a runtime's pages on some platforms.
type platformOrigin struct{ origin, platforms string }

const extensionNote = "The pages and workers of an extension reach the hosts of its host permissions without CORS; " +
	"a content script's requests are those of the page that it runs in."

// runtimes are the known ones.
var runtimes = []Runtime{{
	Name: "Tauri", scheme: "tauri",
	origins: []platformOrigin{
		{"tauri://localhost", "macOS, iOS and Linux (WebKit)"},
		{"http://tauri.localhost", "Windows and Android (Chromium)"},
		{"https://tauri.localhost", "Windows and Android with useHttpsScheme and on Windows with Tauri 1 (Chromium)"},
	},
	Note: "Requests of Tauri's HTTP plugin come from Rust and know no CORS.",
}, {
	Name: "Capacitor", scheme: "capacitor",
	origins: []platformOrigin{
		{"capacitor://localhost", "iOS (WebKit)"},
		{"https://localhost", "Android (Chromium)"},
		{"http://localhost", "Android before Capacitor 6 (Chromium)"},
	},
	Note: "server.hostname in the app's configuration replaces localhost in all of them.",
}, {
	Name: "Ionic with Cordova's WebView plugin", scheme: "ionic",
	origins: []platformOrigin{
		{"ionic://localhost", "iOS (WebKit)"},
		{"http://localhost", "Android (Chromium)"},
	},
}, {
	Name: "Wails", scheme: "wails",
	origins: []platformOrigin{
		{"wails://wails", "macOS and Linux (WebKit; wails://wails.localhost in development)"},
		{"http://wails.localhost", "Windows (Chromium)"},
	},
}, {
	Name: "an Electron app, such as Obsidian", scheme: "app",
	origins: []platformOrigin{{"app:// and the name that the app has registered", "desktops (Chromium)"}},
	Note: "Electron sends such an origin if the app registers the scheme as standard, otherwise null; Cordova on iOS does with the preference scheme. " +
		"Obsidian's is app://obsidian.md on desktops, capacitor://localhost on iOS and http://localhost on Android.",
}, {
	Name: "a Chromium extension", scheme: "chrome-extension", Extension: true, Note: extensionNote,
	origins: []platformOrigin{{"chrome-extension:// with the extension's ID", ""}},
}, {
	Name: "a Firefox extension", scheme: "moz-extension", Extension: true, Note: extensionNote,
	origins: []platformOrigin{{"moz-extension:// with an ID that differs in each installation", ""}},
}, {
	Name: "a Safari extension", scheme: "safari-web-extension", Extension: true, Note: extensionNote,
	origins: []platformOrigin{{"safari-web-extension:// with an ID that differs in each installation", ""}},
}, {
	Name: "Visual Studio Code", scheme: "vscode-file",
	origins: []platformOrigin{{"vscode-file://vscode-app", "desktops (Chromium)"}},
}, {
	Name: "a Visual Studio Code web view", scheme: "vscode-webview",
	origins: []platformOrigin{{"vscode-webview:// with an ID that differs in each view", ""}},
}}

// Register returns the known schemes with further ones, each in lower case and without a colon. The
// error is that of [origin.NewSchemes].
func Register(names ...string) (*origin.Schemes, error) {
	all := slices.Clone(names)
	for i := range runtimes {
		all = append(all, runtimes[i].scheme)
	}
	return origin.NewSchemes(all...)
}

// Known returns the known schemes.
func Known() *origin.Schemes {
	all, err := Register()
	if err != nil {
		panic(err) // a test registers them
	}
	return all
}

// Of returns the known schemes with that of a URL or an origin, if it can be registered.
func Of(s string) *origin.Schemes {
	if scheme, _, ok := strings.Cut(s, ":"); ok {
		if all, err := Register(scheme); err == nil {
			return all
		}
	}
	return Known()
}

// Parse is [origin.Parse] for an origin of any scheme that can be registered: for origins that a user
// or a server named.
func Parse(serialized string) (origin.Origin, error) {
	if o, err := origin.Parse(serialized); err == nil {
		return o, nil
	}
	return Of(serialized).ParseOrigin(serialized)
}

// Unknown returns the scheme of a URL or an origin that could be registered, and is neither known nor
// among those that are registered; "" for any other.
func Unknown(s string, registered ...string) string {
	scheme, _, ok := strings.Cut(s, "://")
	if !ok || slices.Contains(registered, scheme) || slices.ContainsFunc(runtimes, func(r Runtime) bool { return r.scheme == scheme }) {
		return ""
	}
	if _, err := origin.NewSchemes(scheme); err != nil {
		return ""
	}
	return scheme
}

// Note says which runtime sends an origin, and what it sends on other platforms; "" for an origin that
// is nobody's in particular, such as http://localhost.
func Note(serialized string) string {
	r := Find(serialized)
	if r == nil {
		return ""
	}
	note := serialized + " belongs to " + r.Name + "."
	if len(r.origins) > 1 {
		note = serialized + " belongs to " + r.Name + ", whose pages have the origins " + r.Origins() + "."
	}
	return strings.TrimSuffix(note+" "+r.Note, " ")
}

// Origins are the origins of the runtime's pages with the platforms that have them, as part of a
// sentence.
func (r *Runtime) Origins() string {
	var all []string
	for _, p := range r.origins {
		if p.platforms != "" {
			p.origin += " on " + p.platforms
		}
		all = append(all, p.origin)
	}
	return text.List(all)
}

// Find returns the runtime that an origin gives away, or nil: by the scheme, or by a host that is
// named after it.
func Find(serialized string) *Runtime {
	scheme, host, _ := strings.Cut(serialized, "://")
	for i := range runtimes {
		r := &runtimes[i]
		named := func(p platformOrigin) bool { return p.origin == serialized }
		if scheme == r.scheme || strings.HasPrefix(host, r.scheme+".") && slices.ContainsFunc(r.origins, named) {
			return r
		}
	}
	return nil
}
