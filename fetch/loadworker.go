package fetch

import (
	"fmt"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/origin"
)

// worker runs a dedicated or a shared worker: its script is fetched, and what that
// imports.
//
// https://html.spec.whatwg.org/#dom-worker
// https://html.spec.whatwg.org/#run-a-worker
func (l *loading) worker() (*Loaded, *Error) {
	// The constructor's URL has to parse.
	u, refusal := l.parse()
	if refusal != nil {
		return nil, refusal
	}
	if refusal := l.workerThrows(u); refusal != nil {
		return nil, refusal
	}
	resp, refusal := l.fetch(l.request())
	if refusal == nil {
		if refusal = Element(l.kind.Name).receive(resp, l.in.Inspect != nil); refusal != nil {
			resp.discard()
		}
	}
	if refusal != nil {
		return l.failed(refusal)
	}
	// Run a worker, 10 to 14. It has an environment of its own.
	own, err := l.page.workerEnvironment(resp)
	if err != nil {
		resp.discard()
		return l.failed(l.refuse(InvalidURL, "url", l.in.URL, err))
	}
	if refusal := l.forbidsWorker(own, resp); refusal != nil {
		resp.discard()
		return l.failed(refusal)
	}
	contents, refusal := l.inspect(Element(l.kind.Name), resp)
	if refusal != nil {
		return l.failed(refusal)
	}
	out := &Loaded{Event: "load", Readable: true, Threw: contents.Throws != "", Response: newResponse(resp), Environment: own}
	if l.kind.Module {
		refusal = l.workerModules(own, u, resp, contents, out)
	} else {
		refusal = l.importScripts(own, contents, out)
	}
	if refusal != nil && refusal.Reason == Aborted {
		return nil, refusal
	}
	if out.Err = nil; refusal != nil {
		out.Err = refusal
	}
	if out.Threw || refusal != nil {
		out.Event = "error"
	}
	return out, nil
}

// workerThrows refuses a URL of another origin and one that the page's policies
// don't allow, where the profile has the constructor do so. The Standard leaves both
// to the request.
func (l *loading) workerThrows(u *origin.URL) *Error {
	rules := &l.page.agent.profile.Element
	switch {
	case rules.WorkerOriginThrows && u.Scheme() != "data" && !u.Origin().SameOrigin(l.page.origin):
		return l.refuse(DisallowedByMode, "mode", string(SameOrigin), nil)
	case rules.WorkerPolicyThrows:
		if v := l.page.violates(u, Destination(l.kind.Destination)); v != nil {
			refusal := l.refuse(CSPBlocked, cspHeader, v.Directive.String()+" "+v.Sources, nil)
			refusal.Detail = v.Effective.String()
			return refusal
		}
	}
	return nil
}

// forbidsWorker is the refusal of a worker whose policies keep it from running: its
// own, or those of the page that starts it.
//
// https://html.spec.whatwg.org/#run-a-worker
func (l *loading) forbidsWorker(own *Environment, resp *response) *Error {
	if own.csp.ForbidsWorker() {
		return resp.elementRefused(cspHeader, "sandbox", "")
	}
	if l.kind.Destination != string(destinationWorker) {
		return nil
	}
	f := &fetching{ctx: l.ctx, agent: l.page.agent, request: resp.request}
	return f.checkWorkerPolicy(l.page, resp, own.coep)
}

// workerEnvironment is "set up a worker environment settings object": the worker's
// URL is that of its script, and its origin the page's, or an opaque one if the
// script came from a data: URL.
//
// https://html.spec.whatwg.org/#script-settings-for-workers
// https://html.spec.whatwg.org/#initialize-worker-policy-container
func (e *Environment) workerEnvironment(resp *response) (*Environment, error) {
	u := resp.url()
	o := EnvironmentOptions{URL: u.String(), Worker: true, Ancestors: append([]origin.Origin{e.origin}, e.ancestors...)}
	if !e.framed && !e.origin.IsOpaque() {
		o.Ancestors = []origin.Origin{e.origin}
	}
	if u.Scheme() != "data" {
		o.Origin = e.origin
	}
	// A local URL has the page's policies, any other those of its response.
	policies := e.policies()
	if !isLocal(u) {
		container := e.agent.policyContainerFromResponse(resp)
		policies = &container
	}
	o.ReferrerPolicy, o.AddressSpace = policies.referrerPolicy, policies.addressSpace
	own, err := e.agent.Environment(&o)
	if err != nil {
		return nil, fmt.Errorf("fetch: the worker of %s: %w", quote(redacted(u)), err)
	}
	own.setPolicies(policies)
	return own, nil
}

// importScripts is what a classic worker passes to importScripts(), one after the
// other. The first that fails throws.
//
// https://html.spec.whatwg.org/#import-scripts-into-worker-global-scope
func (l *loading) importScripts(own *Environment, contents Contents, out *Loaded) *Error {
	within := &loading{ctx: l.ctx, page: own, in: &Load{Inspect: l.in.Inspect, Trace: l.in.Trace}, kind: mustKind("importscripts"), asked: l.asked}
	// A script that is imported may import others, which come first.
	stack := [][]Import{contents.Imports}
	for len(stack) > 0 {
		last := len(stack) - 1
		if len(stack[last]) == 0 {
			stack = stack[:last]
			continue
		}
		imported := stack[last][0]
		stack[last] = stack[last][1:]
		request := Element("importscripts").Request(imported.URL, noCrossOrigin)
		if l.page.agent.profile.Element.ImportScriptsInclude {
			request.Credentials = credentials.Include
		}
		resp, contents, refusal := within.take("importscripts", request)
		if refusal != nil {
			return refusal
		}
		resp.discard()
		if contents.Throws != "" {
			out.Threw = true
			return nil
		}
		if len(stack) > maxSheetDepth {
			return l.refuse(TooManyLoads, "imports", imported.URL, nil)
		}
		stack = append(stack, contents.Imports)
	}
	return nil
}

// workerModules fetches what the module of a worker imports: the module itself is
// in the worker's module map already.
//
// https://html.spec.whatwg.org/#fetch-a-module-worker-script-tree
func (l *loading) workerModules(own *Environment, u *origin.URL, resp *response, contents Contents, out *Loaded) *Error {
	m := &module{threw: contents.Throws != "", base: resp.url(), policy: own.referrerPolicy}
	profile := l.page.agent.profile
	if _, ok := parseReferrerPolicy(resp.headers, profile.Redirect.Policy); !ok && profile.Element.WorkerModulesPagePolicy {
		m.policy = l.page.referrerPolicy
	}
	if !l.resolveImports(own, m, contents) {
		return l.refuse(TooManyLoads, "imports", l.in.URL, nil)
	}
	own.loads.addModule(moduleKey{url: u.WithoutFragment()}, m)
	graph, refusal := l.moduleGraph(own, l.request())
	if refusal != nil {
		return refusal
	}
	out.Threw = graph.Threw
	refusal, _ = graph.Err.(*Error)
	return refusal
}
