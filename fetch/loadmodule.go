package fetch

import (
	"slices"
	"strings"

	"github.com/browsercors/browsercors/internal/element"
	"github.com/browsercors/browsercors/internal/fold"
	ruleset "github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// A moduleKey is a key of the module map: a URL and a module type, "" for
// JavaScript.
//
// https://html.spec.whatwg.org/#module-map
type moduleKey struct{ url, kind string }

// A module is an entry of the module map: a module script, or null.
type module struct {
	null     bool
	preload  modulePreload
	threw    bool // it can't be linked or evaluated, or throws when it is
	reported bool // and has been told so
	imports  []moduleKey
	urls     []*origin.URL // of the imports
	base     *origin.URL
	policy   ReferrerPolicy // of what it imports
}

// A modulePreload is what a module's fetch means to modulepreloads that repeat it.
type modulePreload struct {
	event     string      // that a modulepreload fires which fetches it so
	attribute CrossOrigin // the crossorigin attribute that it was fetched with
	byLink    bool        // a modulepreload has fetched it
	spent     bool        // and a module script of the page has used it
}

// moduleKinds are the elements that ask for modules, by module type.
var moduleKinds = map[string]Element{"": "module", "json": "module/json", "css": "module/css"}

// module loads a module script, with all that it imports.
//
// https://html.spec.whatwg.org/#fetch-a-module-script-tree
func (l *loading) module() (*Loaded, *Error) {
	if out, is := l.unparsable(); is {
		return out, nil
	}
	return l.moduleGraph(l.page, l.request())
}

// moduleGraph fetches a module and its descendants and links them. owner is the
// page or the worker whose module map it is.
//
// https://html.spec.whatwg.org/#fetch-an-external-module-script-graph
// https://html.spec.whatwg.org/#fetch-the-descendants-of-and-link-a-module-script
func (l *loading) moduleGraph(owner *Environment, root *Request) (*Loaded, *Error) {
	if !owner.loads.lockGraph(l.ctx) {
		return nil, l.aborted()
	}
	defer owner.loads.unlockGraph()
	u, refusal := l.parse()
	if refusal != nil {
		return nil, refusal
	}
	out := &Loaded{Event: "load", Readable: true}
	key := moduleKey{url: u.WithoutFragment(), kind: strings.TrimPrefix(string(l.in.Element), "module/")}
	if key.kind == string(l.in.Element) {
		key.kind = ""
	}
	// Fetch a single module script, for each that is not in the map yet, in the order in
	// which they are found.
	seen := map[moduleKey]bool{key: true}
	type wanted struct {
		key moduleKey
		url *origin.URL
		in  *Request
	}
	level := []wanted{{key, u, root}}
	var threw []*module
	for depth := 0; len(level) > 0 && refusal == nil; depth++ {
		var next []wanted
		for _, w := range level {
			if known := l.knownModule(owner, w.key); known != nil && depth == 0 {
				known.preload.spent = known.preload.byLink
			}
			m, resp, failure := l.singleModule(owner, moduleKinds[w.key.kind], w.key, w.in)
			if failure != nil {
				if failure.Reason == Aborted {
					return nil, failure
				}
				if refusal == nil {
					refusal = failure // the others of its level have been asked for already
				}
				if failure.Reason == TooManyLoads {
					break
				}
				continue
			}
			if depth == 0 && resp != nil {
				out.Response = newResponse(resp)
			}
			if m.threw {
				threw = append(threw, m)
			}
			for i, imported := range m.imports {
				if !seen[imported] {
					seen[imported] = true
					next = append(next, wanted{imported, m.urls[i], l.importOf(w.in, m, imported, m.urls[i])})
				}
			}
			if len(seen) > maxLoads {
				refusal = l.refuse(TooManyLoads, "imports", l.in.URL, nil)
				break
			}
		}
		level = next
	}
	if refusal != nil {
		out.Event, out.Readable, out.Err = "error", false, refusal
		return out, nil
	}
	for _, m := range threw {
		out.Threw = out.Threw || !(m.reported && owner.agent.profile.Element.ModuleThrowsOnce)
		m.reported = true
	}
	return out, nil
}

// importOf is the request for what a module imports: as the module's, but for the
// integrity, and with the module as referrer.
//
// https://html.spec.whatwg.org/#hostloadimportedmodule
// https://html.spec.whatwg.org/#get-the-descendant-script-fetch-options
func (l *loading) importOf(importer *Request, m *module, key moduleKey, u *origin.URL) *Request {
	in := moduleKinds[key.kind].Request(u.String(), noCrossOrigin)
	in.Credentials, in.ReferrerPolicy, in.Trace = importer.Credentials, m.policy, importer.Trace
	in.referrerURL, in.modulePreload, in.workerImport = m.base, importer.modulePreload, l.kind.Call
	if key.kind == "" && importer.Destination.scriptLike() {
		in.Destination = importer.Destination
	}
	return in
}

// singleModule is "fetch a single module script". The response is that of the
// network, or nil if the module was in the map.
//
// https://html.spec.whatwg.org/#fetch-a-single-module-script
func (l *loading) singleModule(owner *Environment, kind Element, key moduleKey, in *Request) (*module, *response, *Error) {
	// 4 to 6. What is in the map already is not fetched again.
	if m := l.knownModule(owner, key); m != nil {
		if m.null {
			return nil, nil, l.refuse(ElementRefused, "module map", key.url, nil)
		}
		return m, nil, nil
	}
	// 7 to 12. Fetch it.
	resp, contents, refusal := l.take(kind, in)
	m := &module{null: refusal != nil, preload: modulePreload{l.modulePreloadEvent(refusal), l.in.CrossOrigin, l.byLink(), false}}
	if refusal != nil {
		if refusal.Reason != Aborted && refusal.Reason != TooManyLoads && !(owner.agent.profile.Element.ModulepreloadApart && refusal.onRedirect()) {
			l.keepModule(owner, key, m)
		}
		return nil, nil, refusal
	}
	// 13. It is a module script, which may have failed to parse.
	m.threw, m.base, m.policy = contents.Throws != "", resp.url(), in.ReferrerPolicy
	if m.base == nil {
		m.base = owner.url
	}
	if policy, ok := parseReferrerPolicy(resp.headers, owner.agent.profile.Redirect.Policy); ok && !owner.agent.profile.Element.ImportsNamePage {
		m.policy = policy
	}
	if !l.resolveImports(owner, m, contents) {
		return nil, nil, l.refuse(TooManyLoads, "imports", key.url, nil)
	}
	// A modulepreload may have taken what no module script may be.
	m.null = kind == "modulepreload" && moduleKinds[key.kind].receive(resp, true) != nil
	l.keepModule(owner, key, m)
	return m, resp, nil
}

// byLink tells whether it is a modulepreload.
func (l *loading) byLink() bool { return l.kind.Name == "modulepreload" }

// knownModule is the module of a key that need not be fetched, or nil.
func (l *loading) knownModule(owner *Environment, key moduleKey) *module {
	apart := owner.agent.profile.Element.ModulepreloadApart
	if m := owner.loads.module(key); m != nil && !(apart && l.byLink()) {
		return m
	}
	if !apart {
		return nil
	}
	return owner.loads.preloadedModule(key)
}

// keepModule puts a module into the module map, or among the modules of
// modulepreloads by profiles that keep them apart.
func (l *loading) keepModule(owner *Environment, key moduleKey, m *module) {
	rules := &owner.agent.profile.Element
	switch {
	case rules.ModulepreloadApart && l.byLink():
		owner.loads.addPreloadedModule(key, m)
	case !m.null || !rules.ModulesRetried:
		owner.loads.addModule(key, m)
	}
}

// modulePreloadEvent is the event of a modulepreload whose request is refused so, or
// not.
func (l *loading) modulePreloadEvent(refusal *Error) string {
	rules := &l.page.agent.profile.Element
	switch {
	case refusal == nil,
		rules.PreloadLoadsRefused && (tellsOfOthers(refusal) || notJavaScript(refusal)),
		rules.ModulepreloadAnyType && byType(refusal) && okStatus(refusal.status()):
		return "load"
	}
	return "error"
}

// resolveImports resolves what a module imports; false if that is too much. A
// specifier that can't be resolved is a TypeError when the module is parsed.
//
// https://html.spec.whatwg.org/#creating-a-javascript-module-script
func (l *loading) resolveImports(owner *Environment, m *module, contents Contents) bool {
	if len(contents.Imports) > maxLoads {
		return false
	}
	for _, imported := range contents.Imports {
		u, ok := resolveSpecifier(owner, imported.URL, m.base)
		if _, known := moduleKinds[imported.Type]; !ok || !known {
			m.threw, m.imports, m.urls = true, nil, nil
			return true
		}
		m.imports = append(m.imports, moduleKey{u.WithoutFragment(), imported.Type})
		m.urls = append(m.urls, u)
	}
	return true
}

// resolveSpecifier is "resolve a module specifier", without import maps.
//
// https://html.spec.whatwg.org/#resolve-a-module-specifier
func resolveSpecifier(owner *Environment, specifier string, base *origin.URL) (*origin.URL, bool) {
	// "Resolve a URL-like module specifier": it begins with "/", "./" or "../", or is absolute.
	if strings.HasPrefix(specifier, "/") || strings.HasPrefix(specifier, "./") || strings.HasPrefix(specifier, "../") {
		u, err := owner.agent.parseURL(specifier, base)
		return u, err == nil
	}
	u, err := owner.agent.parseURL(specifier, nil)
	return u, err == nil
}

// modulePreload is the link type of that name: the module is put into the module
// map.
//
// https://html.spec.whatwg.org/#link-type-modulepreload
func (l *loading) modulePreload() (*Loaded, *Error) {
	// 1. Without a URL there is nothing to do.
	if out, is := l.unparsable(); is {
		return out, nil
	}
	// 2 to 4. It is a script, or like one, or another module.
	rules := &l.page.agent.profile.Element
	as := fold.Lower(l.in.As)
	kind, destination := "", Destination(as)
	known := slices.Contains(destinations[:], destination) || as == "fetch"
	switch {
	case slices.Contains(rules.ModulepreloadRefused, as):
		return &Loaded{Event: "error", Err: l.refuse(ElementRefused, "as", l.in.As, nil)}, nil
	case rules.ModulepreloadAs == ruleset.ModulepreloadAsIgnored, as == "", !known && rules.ModulepreloadAs == ruleset.ModulepreloadAsStandard:
		destination = destinationScript
	case as == "json":
		kind = "json"
	case as == "style":
		kind = "css"
	case !destination.scriptLike():
		return &Loaded{Event: "error", Err: l.refuse(ElementRefused, "as", l.in.As, nil)}, nil
	}
	in, by := l.request(), Element("modulepreload")
	if in.Destination = destination; kind != "" {
		by = moduleKinds[kind]
		in.Destination = Destination(mustKind(string(by)).Destination)
	}
	if destination != destinationScript && rules.ModulepreloadAs == ruleset.ModulepreloadAsStrict && kind == "" {
		in.Mode = SameOrigin
	}
	if rules.ModulepreloadWithoutIntegrity {
		in.Integrity = ""
	}
	u, refusal := l.parse()
	if refusal != nil {
		return nil, refusal
	}
	if !l.page.loads.lockGraph(l.ctx) {
		return nil, l.aborted()
	}
	defer l.page.loads.unlockGraph()
	key := moduleKey{u.WithoutFragment(), kind}
	if m := l.knownModule(l.page, key); m != nil {
		if m.preload.event == "load" && in.Mode != SameOrigin && !(rules.ModulepreloadOnce && (m.preload.spent || m.preload.attribute != l.in.CrossOrigin)) {
			return &Loaded{Event: "load"}, nil
		}
		return l.failed(l.refuse(ElementRefused, "module map", key.url, nil))
	}
	// 14. Fetch a modulepreload module script graph; what the module imports may wait.
	m, resp, refusal := l.singleModule(l.page, by, key, in)
	if refusal != nil {
		out, aborted := l.failed(refusal)
		if aborted == nil {
			out.Event = l.modulePreloadEvent(refusal)
		}
		return out, aborted
	}
	out := &Loaded{Event: "load"}
	if resp != nil {
		out.Response = newResponse(resp)
	}
	if rules.ModulepreloadDescends {
		for i, imported := range m.imports {
			_, got, refusal := l.singleModule(l.page, moduleKinds[imported.kind], imported, l.importOf(in, m, imported, m.urls[i]))
			got.discard()
			if refusal != nil && refusal.Reason == Aborted {
				return nil, refusal
			}
		}
	}
	return out, nil
}

// mustKind is a kind that the table is known to have.
func mustKind(name string) element.Kind {
	k, _ := element.Of(name)
	return k
}

// module is an entry of the module map, or nil.
func (p *pageLoads) module(key moduleKey) *module { return p.moduleOf(&p.modules, key) }

func (p *pageLoads) addModule(key moduleKey, m *module) { p.keepModule(&p.modules, key, m) }

// preloadedModule is what a modulepreload has fetched, or nil, by profiles that keep it
// apart from the module map.
func (p *pageLoads) preloadedModule(key moduleKey) *module { return p.moduleOf(&p.linked, key) }

func (p *pageLoads) addPreloadedModule(key moduleKey, m *module) { p.keepModule(&p.linked, key, m) }

func (p *pageLoads) moduleOf(modules *map[moduleKey]*module, key moduleKey) *module {
	p.mu.Lock()
	defer p.mu.Unlock()
	return (*modules)[key]
}

func (p *pageLoads) keepModule(modules *map[moduleKey]*module, key moduleKey, m *module) {
	size := len(key.url)
	for _, imported := range m.imports {
		size += len(imported.url)
	}
	remember(p, modules, key, size, m)
}

// aborted is the refusal if the context has ended.
func (l *loading) aborted() *Error {
	refusal := l.refuse(Aborted, "", "", l.ctx.Err())
	refusal.Stage = stageBefore
	return refusal
}
