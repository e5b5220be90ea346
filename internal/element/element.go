// Package element is the one table of what a page uses by itself: elements,
// style sheets, workers, event streams and beacons. It says which request each
// makes, which response it takes, and what the page can do with a response that
// it may read and with one that it may not. Package fetch makes the requests;
// audits and the command show the words.
package element

import (
	"slices"
	"strings"
)

// A Kind is one thing that a page uses.
type Kind struct {
	Name        string // as intents, flags and fetch.Element have it
	Markup      string // as an author writes it
	Call        bool   // script calls it: it is not an element
	API         string // fetch.API of the request
	Destination string // of the request
	Section     string // of the Standard that makes the request

	// Mode is the request's mode without a crossorigin attribute. With the
	// attribute it is cors, unless Fixed is set: then it is the same with every
	// attribute.
	Mode  string
	Fixed bool

	// Credentials is the credentials mode without a crossorigin attribute. An
	// attribute use-credentials makes it include, and anonymous makes it
	// same-origin, unless NoAttribute is set: there is no such attribute or option.
	Credentials string
	NoAttribute bool

	// What it takes: an ok status (200 to 299), or status 200 alone for an event
	// stream; and a MIME type. Types is "" where any will do.
	OKStatus   bool
	Types      Types
	MayLackOne bool // a response without Content-Type will do
	Classic    bool // it is a classic worker, of which some browsers take any type

	// Attributes are the attributes and options that it takes besides crossorigin,
	// of integrity, referrerpolicy, as and type.
	Attributes []string

	Typical bool // of those that ask for the same destination, most pages have it
	Silent  bool // no event tells what became of it
	Frame   bool // it is a navigation of a frame, in mode navigate
	InSheet bool // a style sheet, or a style attribute, asks for it
	Module  bool // it is a module, or the root of a graph of them
	Root    bool // what it loads imports more: it is a script or style sheet

	Reads  string // what the page can do with a response that it may read
	Opaque string // … and with one that it may not; "" if there is none
}

// Types are the MIME types that something takes.
type Types string

const (
	AnyType     Types = ""
	JavaScript  Types = "a JavaScript type such as text/javascript"
	StyleSheet  Types = "text/css"
	EventStream Types = "text/event-stream"
	JSON        Types = "application/json"
	Picture     Types = "the type of an image" // any at all with an ok status, since browsers look at the bytes
)

const (
	byElement = "element"
	cors      = "cors"
	noCORS    = "no-cors"

	navigate   = "navigate"
	sameOrigin = "same-origin"
	include    = "include"

	tainted = ": toDataURL(), toBlob() and getImageData() throw a SecurityError, and WebGL refuses it"

	html      = "https://html.spec.whatwg.org/"
	potential = html + "#create-a-potential-cors-request"
	frames    = html + "#process-the-iframe-attributes"

	styleImages = "https://drafts.csswg.org/css-images/#url-notation"
)

// Attributes that several kinds take.
var (
	policyOnly = []string{"referrerpolicy"}
	scripts    = []string{"integrity", "referrerpolicy"}
)

// kinds is the table.
var kinds = []Kind{
	{Name: "audio", Markup: "<audio>", API: byElement, Destination: "audio", Section: potential, Mode: noCORS, Credentials: include, OKStatus: true,
		Reads: "it plays, and Web Audio can process it", Opaque: "it plays, but Web Audio gets only silence from it"},
	{Name: "beacon", Markup: "navigator.sendBeacon()", Call: true, API: "beacon", Section: "https://w3c.github.io/beacon/#sendbeacon-method",
		Mode: "", Fixed: true, Credentials: include, NoAttribute: true, // the mode depends on the type of the body
		Reads: "it is delivered; no page reads the response", Opaque: "it is delivered; no page reads the response"},
	{Name: "css-image", Markup: "background-image", API: byElement, Destination: "image", Section: styleImages,
		Mode: noCORS, Fixed: true, Credentials: include, NoAttribute: true, Types: Picture, MayLackOne: true, Silent: true, InSheet: true,
		Reads: "it is shown", Opaque: "it is shown, and script can't reach its pixels"},
	{Name: "css-mask", Markup: "mask-image", API: byElement, Destination: "image", Section: "https://drafts.fxtf.org/css-masking/#priv-sec",
		Mode: cors, Fixed: true, Credentials: sameOrigin, NoAttribute: true, Types: Picture, MayLackOne: true, Silent: true, InSheet: true,
		Reads: "it masks the element"},
	{Name: "css-shape", Markup: "shape-outside", API: byElement, Destination: "image", Section: "https://drafts.csswg.org/css-shapes/#shape-outside-property",
		Mode: cors, Fixed: true, Credentials: sameOrigin, NoAttribute: true, Types: Picture, MayLackOne: true, Silent: true, InSheet: true,
		Reads: "text flows around it"},
	{Name: "embed", Markup: "<embed>", API: byElement, Destination: "embed", Section: html + "#the-embed-element", Mode: navigate, Fixed: true, Credentials: include, NoAttribute: true, Frame: true,
		Reads: "it is shown, and script can reach the document", Opaque: "it is shown, and script can't reach the document"},
	{Name: "eventsource", Markup: "new EventSource()", Call: true, API: "eventsource", Section: html + "#the-eventsource-interface",
		Mode: cors, Fixed: true, Credentials: sameOrigin, Types: EventStream,
		Reads: "its events reach the page"},
	{Name: "font", Markup: "@font-face", API: byElement, Destination: "font", Section: "https://drafts.csswg.org/css-fonts/#font-fetching-requirements",
		Mode: cors, Fixed: true, Credentials: sameOrigin, NoAttribute: true, OKStatus: true, InSheet: true,
		Reads: "text is shown in it"},
	{Name: "frame", Markup: "<frame>", API: byElement, Destination: "frame", Section: frames, Mode: navigate, Fixed: true, Credentials: include, NoAttribute: true, Frame: true,
		Reads: "it is shown, and script can reach the document", Opaque: "it is shown, and script can't reach the document"},
	{Name: "icon", Markup: `<link rel="icon">`, API: byElement, Destination: "image", Section: html + "#rel-icon", Mode: noCORS, Credentials: include, Types: Picture, MayLackOne: true,
		Attributes: policyOnly, Silent: true,
		Reads: "the browser shows it", Opaque: "the browser shows it"},
	{Name: "iframe", Markup: "<iframe>", API: byElement, Destination: "iframe", Section: frames, Mode: navigate, Fixed: true, Credentials: include, NoAttribute: true, Attributes: policyOnly, Frame: true,
		Reads: "it is shown, and script can reach the document", Opaque: "it is shown, and script can't reach the document"},
	{Name: "img", Typical: true, Markup: "<img>", API: byElement, Destination: "image", Section: potential, Mode: noCORS, Credentials: include, Types: Picture, MayLackOne: true, Attributes: policyOnly,
		Reads: "it is shown, and the page can read its pixels: a canvas that it is drawn on stays readable", Opaque: "it is shown, but a canvas that it is drawn on is tainted" + tainted},
	{Name: "importscripts", Markup: "importScripts()", Call: true, API: byElement, Destination: "script", Section: html + "#fetch-a-classic-worker-imported-script",
		Mode: noCORS, Fixed: true, Credentials: sameOrigin, NoAttribute: true, OKStatus: true, Types: JavaScript, Root: true,
		Reads: "it runs", Opaque: "it runs, but of its errors the worker's onerror gets only “Script error.”"},
	{Name: "input", Markup: `<input type="image">`, API: byElement, Destination: "image", Section: html + "#image-button-state-(type=image)",
		Mode: noCORS, Fixed: true, Credentials: include, NoAttribute: true, Types: Picture, MayLackOne: true,
		Reads: "it is shown", Opaque: "it is shown"},
	{Name: "manifest", Markup: `<link rel="manifest">`, API: byElement, Destination: "manifest", Section: html + "#link-type-manifest",
		Mode: cors, Fixed: true, Credentials: sameOrigin, OKStatus: true, Silent: true,
		Reads: "the browser uses it"},
	{Name: "module", Markup: `<script type="module">`, API: byElement, Destination: "script", Section: html + "#fetch-a-module-script-tree",
		Mode: cors, Fixed: true, Credentials: sameOrigin, OKStatus: true, Types: JavaScript, Attributes: scripts, Module: true, Root: true,
		Reads: "it runs"},
	{Name: "ping", Markup: "<a ping>", API: "ping", Section: html + "#hyperlink-auditing", Mode: noCORS, Fixed: true, Credentials: include, NoAttribute: true,
		Reads: "it is delivered; no page reads the response", Opaque: "it is delivered; no page reads the response"},
	{Name: "report", Markup: "Reporting-Endpoints", API: "report", Destination: "report", Section: "https://w3c.github.io/reporting/#try-delivery",
		Mode: cors, Fixed: true, Credentials: sameOrigin, NoAttribute: true, OKStatus: true,
		Reads: "it is delivered; no page reads the response"},
	{Name: "module/css", Markup: `import … with {type: "css"}`, API: byElement, Destination: "style", Section: html + "#fetch-a-single-module-script",
		Mode: cors, Fixed: true, Credentials: sameOrigin, OKStatus: true, Types: StyleSheet, Attributes: scripts, Module: true,
		Reads: "script gets the style sheet"},
	{Name: "module/json", Markup: `import … with {type: "json"}`, API: byElement, Destination: "json", Section: html + "#fetch-a-single-module-script",
		Mode: cors, Fixed: true, Credentials: sameOrigin, OKStatus: true, Types: JSON, Attributes: scripts, Module: true,
		Reads: "script gets the value"},
	{Name: "modulepreload", Markup: `<link rel="modulepreload">`, API: byElement, Destination: "script", Section: html + "#link-type-modulepreload",
		Mode: cors, Fixed: true, Credentials: sameOrigin, OKStatus: true, Types: JavaScript, Attributes: append([]string{"as"}, scripts...), Module: true,
		Reads: "a later import takes it"},
	{Name: "object", Markup: "<object>", API: byElement, Destination: "object", Section: html + "#the-object-element", Mode: navigate, Fixed: true, Credentials: include, NoAttribute: true, Frame: true,
		Reads: "it is shown, and script can reach the document", Opaque: "it is shown, and script can't reach the document"},
	{Name: "poster", Markup: "<video poster>", API: byElement, Destination: "image", Section: html + "#poster-frame",
		Mode: noCORS, Fixed: true, Credentials: include, NoAttribute: true, Types: Picture, MayLackOne: true, Silent: true,
		Reads: "it is shown", Opaque: "it is shown"},
	{Name: "prefetch", Markup: `<link rel="prefetch">`, API: byElement, Section: html + "#link-type-prefetch", Mode: noCORS, Credentials: include, Attributes: scripts,
		Reads: "a later request finds it in the HTTP cache", Opaque: "a later request finds it in the HTTP cache"},
	{Name: "script", Typical: true, Markup: "<script>", API: byElement, Destination: "script", Section: html + "#fetch-a-classic-script", Mode: noCORS, Credentials: include, OKStatus: true, Attributes: scripts,
		Reads: "it runs, and window.onerror gets its errors with file, line and stack", Opaque: "it runs, but of its errors window.onerror gets only “Script error.”, without file, line and stack"},
	{Name: "sharedworker", Typical: true, Markup: "new SharedWorker()", Call: true, API: byElement, Destination: "sharedworker", Section: html + "#fetch-a-classic-worker-script",
		Mode: sameOrigin, Fixed: true, Credentials: sameOrigin, NoAttribute: true, OKStatus: true, Types: JavaScript, Classic: true, Root: true,
		Reads: "it runs"},
	{Name: "sharedworker/module", Markup: "new SharedWorker(…, {type: \"module\"})", Call: true, API: byElement, Destination: "sharedworker", Section: html + "#fetch-a-module-worker-script-tree",
		Mode: sameOrigin, Fixed: true, Credentials: sameOrigin, NoAttribute: true, OKStatus: true, Types: JavaScript, Module: true, Root: true,
		Reads: "it runs"},
	{Name: "stylesheet", Typical: true, Markup: `<link rel="stylesheet">`, API: byElement, Destination: "style", Section: html + "#link-type-stylesheet", Mode: noCORS, Credentials: include,
		OKStatus: true, Types: StyleSheet, MayLackOne: true, Attributes: scripts, Root: true,
		Reads: "it applies, and script can read its rules", Opaque: "it applies, but script that reads its cssRules gets a SecurityError"},
	{Name: "track", Markup: "<track>", API: byElement, Destination: "track", Section: html + "#start-the-track-processing-model", Mode: sameOrigin, Credentials: include, OKStatus: true,
		Reads: "its cues are shown"},
	{Name: "video", Markup: "<video>", API: byElement, Destination: "video", Section: potential, Mode: noCORS, Credentials: include, OKStatus: true,
		Reads: "it plays, and a canvas that its frames are drawn on stays readable", Opaque: "it plays, but a canvas that its frames are drawn on is tainted" + tainted},
	{Name: "websocket", Markup: "new WebSocket()", Call: true, API: "websocket", Section: "https://websockets.spec.whatwg.org/#websocket-opening-handshake",
		Mode: "websocket", Fixed: true, Credentials: include, NoAttribute: true,
		Reads: "the connection opens, and messages go both ways"},
	{Name: "worker", Typical: true, Markup: "new Worker()", Call: true, API: byElement, Destination: "worker", Section: html + "#fetch-a-classic-worker-script",
		Mode: sameOrigin, Fixed: true, Credentials: sameOrigin, NoAttribute: true, OKStatus: true, Types: JavaScript, Classic: true, Root: true,
		Reads: "it runs"},
	{Name: "worker/module", Markup: "new Worker(…, {type: \"module\"})", Call: true, API: byElement, Destination: "worker", Section: html + "#fetch-a-module-worker-script-tree",
		Mode: sameOrigin, Fixed: true, Credentials: sameOrigin, NoAttribute: true, OKStatus: true, Types: JavaScript, Module: true, Root: true,
		Reads: "it runs"},
}

// preloads are the values of a preload's as attribute, with the destinations that
// they stand for.
var preloads = [][2]string{
	{"fetch", ""}, {"font", "font"}, {"image", "image"}, {"script", "script"}, {"style", "style"}, {"track", "track"},
}

const preloadPrefix = "preload/"

// preload is the kind of a <link rel="preload"> by its as attribute.
func preload(as, destination string) Kind {
	k := Kind{Name: preloadPrefix + as, Markup: `<link rel="preload" as="` + as + `">`, API: byElement, Destination: destination, Section: html + "#link-type-preload",
		Mode: noCORS, Credentials: include, Attributes: []string{"integrity", "referrerpolicy", "as", "type"},
		Reads:  "a later request by CORS uses it",
		Opaque: "only a later request without CORS uses it"}
	if as == "fetch" || as == "font" {
		k.Opaque += ", and a font or fetch() makes none: it is loaded twice"
	}
	return k
}

// Of is the kind of a name; false if there is none.
func Of(name string) (Kind, bool) {
	if as, ok := strings.CutPrefix(name, preloadPrefix); ok {
		for _, p := range preloads {
			if p[0] == as {
				return preload(p[0], p[1]), true
			}
		}
	}
	i := slices.IndexFunc(kinds, func(k Kind) bool { return k.Name == name })
	if i < 0 {
		return Kind{}, false
	}
	return kinds[i], true
}

// Names are all names, in alphabetical order.
func Names() []string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.Name)
	}
	for _, p := range preloads {
		names = append(names, preloadPrefix+p[0])
	}
	slices.Sort(names)
	return names
}

// Named is the name of the kind of an element or an API with a type attribute or
// option, which is "module" or another.
func Named(name, kind string) string {
	switch {
	case kind != "module":
	case name == "script":
		return "module"
	case name == "worker", name == "sharedworker":
		return name + "/module"
	}
	return name
}

// Elements are the names of those that are elements of a page or its style sheets,
// or what a module imports. A report is not among them: the browser sends it.
func Elements() []string { return named(false) }

// Calls are the names of those that script calls. A type option tells classic
// workers from module workers, see [Named].
func Calls() []string { return named(true) }

func named(call bool) []string {
	return slices.DeleteFunc(Names(), func(name string) bool {
		k, _ := Of(name)
		return k.Call != call || k.API == "report" || k.Call && strings.Contains(name, "/")
	})
}

// Asking is what asked for a request of an API, a destination and a mode, as an
// author writes it; "an element" if that does not show.
func Asking(api, destination, mode string) string {
	if api == byElement && destination == "script" && mode == cors {
		return "<script>" // a module, or a classic script with crossorigin
	}
	found := "an element"
	for i := range kinds {
		k := &kinds[i]
		if k.API != api || k.Destination != destination || k.Fixed && k.Mode != "" && k.Mode != mode || k.API == byElement && destination == "" {
			continue
		}
		if k.Typical {
			return k.Markup // of several that ask for the like, the one that most pages have
		}
		if found == "an element" {
			found = k.Markup
		}
	}
	return found
}

// Effect is what a page can do with a response, which has a MIME type or "".
func (k *Kind) Effect(readable bool, essence string) string {
	effect := k.Reads
	if !readable && k.Opaque != "" {
		effect = k.Opaque
	}
	if k.Types == Picture && !IsPicture(essence) {
		effect = "if its bytes are an image, which its type " + essence + " denies, " + effect
	}
	return effect
}

// IsPicture tells whether a MIME type may be that of an image: any but HTML, JSON and
// XML, which error messages have.
func IsPicture(essence string) bool {
	switch essence {
	case "image/svg+xml":
		return true
	case "text/html", "application/json", "text/json", "application/xml", "text/xml":
		return false
	}
	return !strings.HasSuffix(essence, "+json") && !strings.HasSuffix(essence, "+xml")
}
