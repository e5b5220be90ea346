package csp_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/internal/csp"
	"github.com/browsercors/browsercors/internal/growth"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// parsed is a URL that parses.
func parsed(t testing.TB, s string) *origin.URL {
	t.Helper()
	u, err := origin.ParseURL(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// asked is a request for a URL by a destination.
func asked(t testing.TB, url, destination string) csp.Request {
	t.Helper()
	return csp.Request{URL: parsed(t, url), Effective: csp.Effective(destination, false), ScriptLike: slices.Contains([]string{"script", "worker", "sharedworker"}, destination)}
}

func TestSources(t *testing.T) {
	const page, plain = "https://app.example", "http://app.example"
	tests := []struct {
		name    string
		page    string // "" is page
		sources string
		allowed string // URLs, separated by blanks
		refused string
	}{
		{name: "no source", sources: "", refused: "https://app.example/ https://api.test/"},
		{name: "none", sources: "'none'", refused: "https://app.example/ data:,x"},
		{name: "none in capitals", sources: "'NONE'", refused: "https://app.example/"},
		{name: "none beside another", sources: "'none' https://api.test", allowed: "https://api.test/", refused: "https://app.example/"},
		{name: "self", sources: "'self'", allowed: "https://app.example/a/b", refused: "https://app.example:444/ https://www.app.example/ http://app.example/"},
		{name: "self in capitals", sources: "'SELF'", allowed: "https://app.example/"},
		{name: "self without quotes is a host", sources: "self", refused: "https://app.example/"},
		{name: "self upgrades", page: plain, sources: "'self'", allowed: "http://app.example/ https://app.example/", refused: "https://app.example:8443/"},
		{name: "self upgrades on the same port", page: "http://app.example:8080", sources: "'self'", allowed: "https://app.example:8080/", refused: "https://app.example/ http://app.example/"},
		{name: "wildcard", sources: "*", allowed: "https://api.test/ http://api.test:81/", refused: "data:,x blob:https://app.example/1 file:///a"},
		{name: "scheme", sources: "https:", allowed: "https://api.test/ https://api.test:8443/", refused: "http://api.test/"},
		{name: "scheme that upgrades", sources: "http:", allowed: "https://api.test/ http://api.test/", refused: "data:,x"},
		{name: "scheme in capitals", sources: "HTTPS:", allowed: "https://api.test/"},
		{name: "scheme of WebSockets", sources: "ws:", allowed: "https://api.test/ http://api.test/"},
		{name: "secure scheme of WebSockets", sources: "wss:", allowed: "https://api.test/", refused: "http://api.test/"},
		{name: "scheme of data", sources: "data:", allowed: "data:,x", refused: "https://api.test/"},
		{name: "host", sources: "api.test", allowed: "https://api.test/ https://api.test/a?b", refused: "http://api.test/ https://www.api.test/ https://api.test:444/ https://xapi.test/"},
		{name: "host of an insecure page", page: plain, sources: "api.test", allowed: "https://api.test/ http://api.test/"},
		{name: "host in capitals", sources: "API.TEST", allowed: "https://api.test/"},
		{name: "host that is an IP address", sources: "127.0.0.1 https://[::1]", refused: "https://127.0.0.1/ https://[::1]/"},
		{name: "host with a dot behind", sources: "api.test.", allowed: "https://api.test./", refused: "https://api.test/"},
		{name: "hosts that are none", sources: "a..test .api.test *api.test * .test api_test //api.test", page: "about:blank", refused: "ftp://api.test/"},
		{name: "wildcard host", sources: "*.api.test", allowed: "https://a.api.test/ https://a.b.api.test/", refused: "https://api.test/ https://xapi.test/ https://a.api.test:444/"},
		{name: "wildcard host in capitals", sources: "*.API.test", allowed: "https://a.api.test/"},
		{name: "wildcard host, of two labels", sources: "*.test", allowed: "https://api.test/"},
		{name: "wildcard host, by scheme", sources: "https://*", allowed: "https://api.test/", refused: "https://api.test:444/ http://api.test/"},
		{name: "wildcard within", sources: "https://a.*.test https://*.*.test https://a*.test", refused: "https://a.b.test/"},
		{name: "host with scheme", sources: "http://api.test", allowed: "http://api.test/ https://api.test/", refused: "https://api.test:8443/"},
		{name: "host with secure scheme", sources: "https://api.test", allowed: "https://api.test/", refused: "http://api.test/"},
		{name: "port", sources: "https://api.test:8443", allowed: "https://api.test:8443/", refused: "https://api.test/"},
		{name: "port with zeros", sources: "https://api.test:0443", allowed: "https://api.test/"},
		{name: "default port", sources: "https://api.test:443", allowed: "https://api.test/", refused: "https://api.test:8443/"},
		{name: "port 80 of a secure URL", sources: "api.test:80 http://api.test:80", refused: "https://api.test/"},
		{name: "any port", sources: "https://api.test:*", allowed: "https://api.test/ https://api.test:8443/", refused: "http://api.test/"},
		{name: "any host and a port", sources: "*:443", allowed: "https://api.test/", refused: "https://api.test:8443/ http://api.test/"},
		{name: "a scheme's name as host", sources: "https:*", allowed: "https://https/", refused: "https://api.test/"},
		{name: "ports that are none", sources: "api.test: api.test:x api.test:-1 https://api.test:", refused: "https://api.test/"},
		{name: "path", sources: "https://api.test/a/b", allowed: "https://api.test/a/b https://api.test/a/b?c", refused: "https://api.test/a/b/ https://api.test/a https://api.test/a/bc https://api.test/A/b"},
		{name: "path that ends in a slash", sources: "https://api.test/a/", allowed: "https://api.test/a/ https://api.test/a/b/c", refused: "https://api.test/a https://api.test/ab"},
		{name: "path of one slash", sources: "https://api.test/", allowed: "https://api.test/ https://api.test/a"},
		{name: "path that is escaped", sources: "https://api.test/%61/%3b", allowed: "https://api.test/a/; https://api.test/%61/%3B"},
		{name: "slash that is escaped", sources: "https://api.test/a%2Fb", allowed: "https://api.test/a%2fb", refused: "https://api.test/a/b"},
		{name: "slash that the URL escapes", sources: "https://api.test/a/b", refused: "https://api.test/a%2Fb"},
		{name: "query", sources: "https://api.test/a?b", refused: "https://api.test/a?b https://api.test/a"},
		{name: "paths that are none", sources: `https://api.test//a https://api.test/a"b https://api.test/%zz`, refused: `https://api.test//a https://api.test/a"b https://api.test/%zz`},
		{name: "keywords that match no URL", sources: "'unsafe-inline' 'strict-dynamic' 'nonce-abc' 'sha256-abc' 'x", refused: "https://api.test/"},
		{name: "all blanks", sources: "https://x.test\t\n\f\r https://api.test", allowed: "https://api.test/"},
		{name: "vertical tab is none", sources: "https://x.test\vhttps://api.test", refused: "https://api.test/ https://x.test/"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			self := parsed(t, page).Origin()
			if tt.page != "" {
				self = parsed(t, tt.page).Origin()
			}
			list := csp.NewList(self, []string{"connect-src " + tt.sources}, nil)
			check := func(urls string, want bool) {
				for _, url := range strings.Fields(urls) {
					r := asked(t, url, "")
					if _, _, violated := list.Violated(&r, csp.Enforce, &rules.CSP{}, 0); violated == want {
						t.Errorf("connect-src %s: %s is allowed: %v, want %v", tt.sources, url, !violated, want)
					}
				}
			}
			check(tt.allowed, true)
			check(tt.refused, false)
		})
	}
}

func TestRedirectsIgnorePaths(t *testing.T) {
	list := csp.NewList(parsed(t, "https://app.example").Origin(), []string{"connect-src https://api.test/a"}, nil)
	for redirects, want := range []bool{true, false, false} {
		r := asked(t, "https://api.test/b", "")
		r.Redirects = redirects
		if _, _, violated := list.Violated(&r, csp.Enforce, &rules.CSP{}, 0); violated != want {
			t.Errorf("after %d redirects: violated %v, want %v", redirects, violated, want)
		}
	}
	r := asked(t, "https://other.test/a", "")
	r.Redirects = 1
	if _, _, violated := list.Violated(&r, csp.Enforce, &rules.CSP{}, 0); !violated {
		t.Error("another host is allowed after a redirect")
	}
}

// TestDepartures holds what each departure changes: a URL that is allowed in one way only.
func TestDepartures(t *testing.T) {
	const secure, plain = "https://app.example", "http://app.example"
	tests := []struct {
		name, page, directive, sources, url, destination string
		webSocket                                        bool
		rules                                            rules.CSP
		want                                             bool // with the rules; without them it is the contrary
	}{
		{name: "schemes of WebSockets", page: secure, sources: "wss:", url: "https://api.test/", rules: rules.CSP{WebSocketSchemesApart: true}},
		{name: "insecure scheme of WebSockets", page: secure, sources: "ws:", url: "http://api.test/", rules: rules.CSP{WebSocketSchemesApart: true}},
		{name: "URL of a WebSocket", page: secure, sources: "https:", url: "https://api.test/", webSocket: true, rules: rules.CSP{WebSocketURL: true}},
		{name: "port 80", page: secure, sources: "api.test:80", url: "https://api.test/", rules: rules.CSP{Ports: rules.PortsUpgraded}, want: true},
		{name: "port 80 of http:", page: secure, sources: "http://api.test:80", url: "https://api.test/", rules: rules.CSP{Ports: rules.PortsWithSchemes}, want: true},
		{name: "port with zeros", page: secure, sources: "https://api.test:0443", url: "https://api.test/", rules: rules.CSP{Ports: rules.PortsOfSource}},
		{name: "worker", page: secure, directive: "script-src", destination: "worker", sources: "'strict-dynamic'", url: "https://app.example/a", rules: rules.CSP{WorkerStrictDynamic: rules.WorkerByAnyDirective}, want: true},
		{name: "worker, by script-src", page: secure, directive: "script-src", destination: "worker", sources: "'strict-dynamic'", url: "https://app.example/a", rules: rules.CSP{WorkerStrictDynamic: rules.WorkerByScriptOrDefault}, want: true},
		{name: "upgradable", page: secure, directive: "upgrade-insecure-requests; connect-src", sources: "https://api.test", url: "http://api.test/", rules: rules.CSP{MatchesUpgradable: true}, want: true},
		{name: "upgradable, of the page", page: secure, directive: "upgrade-insecure-requests; connect-src", sources: "'self'", url: "http://app.example/", rules: rules.CSP{MatchesUpgradable: true}, want: true},
		{name: "another port of http:", page: secure, sources: "http://api.test:8443", url: "https://api.test:8443/", rules: rules.CSP{Ports: rules.PortsWithSchemes}},
		{name: "port 80 on an insecure page", page: plain, sources: "api.test:80", url: "https://api.test/", rules: rules.CSP{Ports: rules.PortsWithSchemes}, want: true},
		{name: "port of the source's scheme", page: secure, sources: "http://api.test", url: "https://api.test:80/", rules: rules.CSP{Ports: rules.PortsOfSource}, want: true},
		{name: "IP address", page: secure, sources: "192.0.2.1", url: "https://192.0.2.1/", rules: rules.CSP{IPHosts: true}, want: true},
		{name: "query", page: secure, sources: "https://api.test/a?b", url: "https://api.test/a", rules: rules.CSP{QueryCutOff: true}, want: true},
		{name: "fragment", page: secure, sources: "https://api.test/a#b", url: "https://api.test/a", rules: rules.CSP{QueryCutOff: true}, want: true},
		{name: "query of a host", page: secure, sources: "api.test?q", url: "https://api.test/", rules: rules.CSP{QueryOfHostCutOff: true}, want: true},
		{name: "port that wraps", page: secure, sources: "https://api.test:65979", url: "https://api.test/", rules: rules.CSP{Ports: rules.PortsWithSchemes}, want: true},
		{name: "strict-dynamic beside", page: secure, directive: "default-src", sources: "'strict-dynamic' https:", url: "https://api.test/", rules: rules.CSP{StrictDynamicEnds: true}},
		{name: "path", page: secure, sources: `https://api.test//a`, url: "https://api.test//a", rules: rules.CSP{AnyPath: true}, want: true},
		{name: "decoded path", page: secure, sources: "https://api.test/a%2Fb", url: "https://api.test/a/b", rules: rules.CSP{PathDecodedFirst: true}, want: true},
		{name: "bare wildcard", page: secure, sources: "*:443", url: "https://api.test/", rules: rules.CSP{BareWildcardIgnored: true}},
		{name: "wildcard with a path", page: secure, sources: "https://*/a", url: "https://api.test/a", rules: rules.CSP{WildcardPathIgnored: true}},
		{name: "dot behind", page: secure, sources: "https://api.test.", url: "https://api.test./", rules: rules.CSP{TrailingDotIgnored: true}},
		{name: "data of images", page: secure, directive: "img-src", destination: "image", sources: "*", url: "data:,x", rules: rules.CSP{StarAllowsData: true}, want: true},
		{name: "blob of media", page: secure, directive: "media-src", destination: "video", sources: "*", url: "blob:https://app.example/1", rules: rules.CSP{StarAllowsData: true}, want: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			directive := tt.directive
			if directive == "" {
				directive = "connect-src"
			}
			list := csp.NewList(parsed(t, tt.page).Origin(), []string{directive + " " + tt.sources}, nil)
			r := asked(t, tt.url, tt.destination)
			r.WebSocket = tt.webSocket
			for _, c := range []struct {
				rules rules.CSP
				want  bool
			}{{tt.rules, tt.want}, {rules.CSP{}, !tt.want}} {
				if _, _, violated := list.Violated(&r, csp.Enforce, &c.rules, 0); violated == c.want {
					t.Errorf("%s of %s: %s is allowed: %v, want %v, under %+v", directive, tt.sources, tt.url, !violated, c.want, c.rules)
				}
			}
		})
	}
}

func TestFallbacks(t *testing.T) {
	tests := []struct {
		destination string
		chain       []string // of directives, the first the effective one
	}{
		{"", []string{"connect-src", "default-src"}},
		{"json", []string{"connect-src", "default-src"}},
		{"image", []string{"img-src", "default-src"}},
		{"font", []string{"font-src", "default-src"}},
		{"audio", []string{"media-src", "default-src"}},
		{"track", []string{"media-src", "default-src"}},
		{"manifest", []string{"manifest-src", "default-src"}},
		{"object", []string{"object-src", "default-src"}},
		{"iframe", []string{"frame-src", "child-src", "default-src"}},
		{"script", []string{"script-src-elem", "script-src", "default-src"}},
		{"style", []string{"style-src-elem", "style-src", "default-src"}},
		{"worker", []string{"worker-src", "child-src", "script-src", "default-src"}},
	}
	for _, tt := range tests {
		for i, refusing := range tt.chain {
			// What comes behind allows it, and so do directives for something else.
			policy := "report-uri /x; sandbox; " + refusing + " 'none'"
			for _, behind := range tt.chain[i+1:] {
				policy += "; " + behind + " *"
			}
			for _, other := range []string{"connect-src", "img-src", "font-src", "media-src", "object-src", "frame-src", "style-src", "manifest-src"} {
				if !slices.Contains(tt.chain, other) {
					policy += "; " + other + " *"
				}
			}
			list := csp.NewList(parsed(t, "https://app.example").Origin(), []string{policy}, nil)
			r := asked(t, "https://app.example/a", tt.destination)
			v, _, violated := list.Violated(&r, csp.Enforce, &rules.CSP{}, 0)
			if !violated || v.Directive.String() != refusing || v.Effective.String() != tt.chain[0] {
				t.Errorf("destination %q, policy %q: violated %v by %s for %s, want by %s for %s", tt.destination, policy, violated, v.Directive, v.Effective, refusing, tt.chain[0])
			}
		}
	}
	for _, free := range []string{"document", "report"} {
		list := csp.NewList(parsed(t, "https://app.example").Origin(), []string{"default-src 'none'; connect-src 'none'"}, nil)
		r := asked(t, "https://app.example/a", free)
		if _, _, violated := list.Violated(&r, csp.Enforce, &rules.CSP{}, 0); violated {
			t.Errorf("destination %s is governed by a directive", free)
		}
	}
}

func TestScripts(t *testing.T) {
	const hash, other = "'sha256-abc='", "'sha384-x-_='"
	integrity := func(items ...string) func(func(string, string) bool) {
		return func(yield func(string, string) bool) {
			for i := 0; i < len(items); i += 2 {
				if !yield(items[i], items[i+1]) {
					return
				}
			}
		}
	}
	tests := []struct {
		name, sources, destination string
		nonce                      string
		parser                     bool
		integrity                  func(func(string, string) bool)
		allowed                    bool
	}{
		{name: "nonce", sources: "'nonce-abc'", nonce: "abc", allowed: true},
		{name: "nonce, its name in capitals", sources: "'NONCE-abc'", nonce: "abc", allowed: true},
		{name: "nonce in another case", sources: "'nonce-abc'", nonce: "ABC"},
		{name: "no nonce", sources: "'nonce-abc'"},
		{name: "nonce that is none", sources: "'nonce-' 'nonce-a b' nonce-abc 'nonce-abc", nonce: "abc"},
		{name: "nonce with bad padding", sources: "'nonce-ab==='", nonce: "ab==="},
		{name: "nonce of a style", sources: "'nonce-abc'", destination: "style", nonce: "abc", allowed: true},
		{name: "nonce of an image", sources: "'nonce-abc'", destination: "image", nonce: "abc"},
		{name: "nonce of a worker", sources: "'nonce-abc'", destination: "worker", nonce: "abc"},
		{name: "hash", sources: hash, integrity: integrity("sha256", "abc="), allowed: true},
		{name: "hash, its name in capitals", sources: "'SHA256-abc='", integrity: integrity("sha256", "abc="), allowed: true},
		{name: "hash as base64url", sources: other, integrity: integrity("sha384", "x+/="), allowed: true},
		{name: "another hash", sources: hash, integrity: integrity("sha256", "abd=")},
		{name: "another algorithm", sources: hash, integrity: integrity("sha512", "abc=")},
		{name: "two hashes, one listed", sources: hash, integrity: integrity("sha256", "abc=", "sha256", "abd=")},
		{name: "two hashes, both listed", sources: hash + " " + other, integrity: integrity("sha256", "abc=", "sha384", "x-_="), allowed: true},
		{name: "no integrity", sources: hash, integrity: integrity()},
		{name: "hash of a style", sources: hash, destination: "style", integrity: integrity("sha256", "abc=")},
		{name: "strict-dynamic", sources: "'strict-dynamic'", allowed: true},
		{name: "strict-dynamic in capitals", sources: "'STRICT-dynamic'", allowed: true},
		{name: "strict-dynamic and markup", sources: "'strict-dynamic' https:", parser: true},
		{name: "strict-dynamic, markup and a nonce", sources: "'strict-dynamic' 'nonce-abc'", nonce: "abc", parser: true, allowed: true},
		{name: "strict-dynamic of a style", sources: "'strict-dynamic'", destination: "style"},
		{name: "URL", sources: "https://cdn.test", allowed: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			destination := tt.destination
			if destination == "" {
				destination = "script"
			}
			list := csp.NewList(parsed(t, "https://app.example").Origin(), []string{"default-src " + tt.sources}, nil)
			r := asked(t, "https://cdn.test/a", destination)
			r.Nonce, r.ParserInserted, r.Integrity = tt.nonce, tt.parser, tt.integrity
			if _, _, violated := list.Violated(&r, csp.Enforce, &rules.CSP{}, 0); violated == tt.allowed {
				t.Errorf("%s is allowed: %v, want %v", tt.sources, !violated, tt.allowed)
			}
		})
	}
}

func TestParse(t *testing.T) {
	tests := []struct {
		name     string
		enforced []string
		reported []string
		policies string // the violated ones' texts, separated by "|": of a fetch of https://api.test/
	}{
		{name: "nothing"},
		{name: "no directive", enforced: []string{" ;; \t;,"}},
		{name: "one", enforced: []string{"connect-src 'self'"}, policies: "connect-src 'self'"},
		{name: "names in any case, odd blanks", enforced: []string{";;\tCONNECT-SRC\n 'self' ; "}, policies: ";;\tCONNECT-SRC\n 'self' ;"},
		{name: "the first of a name counts", enforced: []string{"connect-src *; connect-src 'self'"}},
		{name: "a directive that is not ASCII is ignored", enforced: []string{"connect-src 'self' é"}},
		{name: "the byte of Latin-1 too", enforced: []string{"connect-src 'self' \xe9; default-src 'none'"}, policies: "connect-src 'self' \xe9; default-src 'none'"},
		{name: "unknown directives", enforced: []string{"x; connect-src* 'none'; connect_src 'none'"}},
		{name: "several in a value", enforced: []string{"connect-src *, connect-src 'self' , default-src 'none'"}, policies: "connect-src 'self'|default-src 'none'"},
		{name: "several values", enforced: []string{"connect-src 'self'", "connect-src https:", "default-src"}, policies: "connect-src 'self'|default-src"},
		{name: "those that are reported", enforced: []string{"connect-src *"}, reported: []string{"connect-src 'self', default-src"}, policies: "report: connect-src 'self'|report: default-src"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			list := csp.NewList(parsed(t, "https://app.example").Origin(), tt.enforced, tt.reported)
			r := asked(t, "https://api.test/", "")
			var got []string
			for _, d := range []csp.Disposition{csp.Enforce, csp.Report} {
				for next := 0; ; {
					v, after, violated := list.Violated(&r, d, &rules.CSP{}, next)
					if !violated {
						break
					}
					text := v.Policy.Text()
					if v.Policy.ReportOnly() {
						text = "report: " + text
					}
					got, next = append(got, text), after
				}
			}
			if strings.Join(got, "|") != tt.policies {
				t.Errorf("violated %q, want %q", strings.Join(got, "|"), tt.policies)
			}
		})
	}
}

func TestMeta(t *testing.T) {
	self := parsed(t, "https://app.example").Origin()
	var none *csp.List
	list := none.WithMeta(self, "connect-src 'self', sandbox; report-uri /r; sandbox; frame-ancestors 'none'; upgrade-insecure-requests")
	r := asked(t, "https://api.test/", "")
	v, _, violated := list.Violated(&r, csp.Enforce, &rules.CSP{}, 0)
	if !violated || !v.Policy.Meta() {
		t.Fatalf("violated %v, want by a policy of markup", violated)
	}
	for range v.Policy.Endpoints() {
		t.Error("report-uri has an effect in markup")
	}
	if list.SandboxesOrigin() || list.ForbidsWorker() {
		t.Error("sandbox has an effect in markup")
	}
	if !list.Upgrades() {
		t.Error("upgrade-insecure-requests has no effect in markup")
	}
	if longer := list.WithMeta(self, "img-src *"); longer == list || list.WithMeta(self, " ; ") != list {
		t.Error("a policy without directives is added, or one with them is not")
	}
}

func TestSandbox(t *testing.T) {
	tests := []struct {
		name            string
		policies        []string
		origin, workers bool // the origin is sandboxed, workers are forbidden
	}{
		{name: "none", policies: []string{"default-src *"}},
		{name: "all", policies: []string{"sandbox"}, origin: true, workers: true},
		{name: "scripts", policies: []string{"sandbox allow-scripts"}, origin: true, workers: true},
		{name: "scripts and origin", policies: []string{"SANDBOX Allow-Scripts\tALLOW-same-origin"}},
		{name: "the last decides for documents", policies: []string{"sandbox", "sandbox allow-same-origin allow-scripts"}, workers: true},
	}
	for _, tt := range tests {
		list := csp.NewList(parsed(t, "https://app.example").Origin(), tt.policies, []string{"sandbox"})
		if got := list.SandboxesOrigin(); got != tt.origin {
			t.Errorf("%s: the origin is sandboxed: %v", tt.name, got)
		}
		if got := list.ForbidsWorker(); got != tt.workers {
			t.Errorf("%s: workers are forbidden: %v", tt.name, got)
		}
	}
}

func TestPrefetch(t *testing.T) {
	tests := []struct {
		policy  string
		allowed bool
	}{
		{"default-src 'none'", false},
		{"default-src 'none'; img-src https:", true},
		{"default-src https:", true},
		{"img-src 'none'", true},
		{"default-src 'none'; base-uri *", false},
	}
	for _, tt := range tests {
		list := csp.NewList(parsed(t, "https://app.example").Origin(), []string{tt.policy}, nil)
		r := csp.Request{URL: parsed(t, "https://api.test/"), Prefetch: true, Effective: csp.Effective("", true)}
		if _, _, violated := list.Violated(&r, csp.Enforce, &rules.CSP{}, 0); violated == tt.allowed {
			t.Errorf("%s: a prefetch is allowed: %v", tt.policy, !violated)
		}
	}
}

func TestReports(t *testing.T) {
	const policy = "default-src 'self' <&>; report-uri /r https://r.test/ /r"
	list := csp.NewList(parsed(t, "https://app.example").Origin(), []string{policy}, nil)
	r := asked(t, "https://api.test/", "")
	v, _, violated := list.Violated(&r, csp.Enforce, &rules.CSP{}, 0)
	if !violated {
		t.Fatal("not violated")
	}
	if got := slices.Collect(v.Policy.Endpoints()); !slices.Equal(got, []string{"/r", "https://r.test/", "/r"}) {
		t.Errorf("endpoints %q", got)
	}
	const want = `{"csp-report":{"document-uri":"https://app.example/a","referrer":"","blocked-uri":"https://api.test/b?c","effective-directive":"connect-src","violated-directive":"connect-src",` +
		`"original-policy":"` + policy + `","disposition":"enforce","status-code":200,"script-sample":""}}`
	if got := string(v.Serialize(parsed(t, "https://u:p@app.example/a#b"), parsed(t, "https://u:p@api.test/b?c#d"))); got != want {
		t.Errorf("report\n%s\nwant\n%s", got, want)
	}
	if got := csp.StripURL(parsed(t, "data:,secret")); got != "data" {
		t.Errorf("a data: URL is told as %q", got)
	}
	list = csp.NewList(parsed(t, "https://app.example").Origin(), nil, []string{"default-src; report-uri /r; report-to  main other"})
	if v, _, violated = list.Violated(&r, csp.Report, &rules.CSP{}, 0); !violated || v.Policy.ReportGroup() != "main" {
		t.Errorf("violated %v, report group %q", violated, v.Policy.ReportGroup())
	}
	for endpoint := range v.Policy.Endpoints() {
		t.Errorf("with report-to, report-uri counts: %s", endpoint)
	}
	const reported = `[{"age":0,"body":{"documentURL":"https://app.example/a","referrer":"","blockedURL":"https://api.test/","effectiveDirective":"connect-src",` +
		`"originalPolicy":"default-src; report-uri /r; report-to  main other","sample":"","disposition":"report","statusCode":200},"type":"csp-violation","url":"https://app.example/a","user_agent":"x"}]`
	if got := string(v.SerializeReport(parsed(t, "https://app.example/a"), r.URL, "x")); got != reported {
		t.Errorf("report\n%s\nwant\n%s", got, reported)
	}
}

// TestCheckAllocates holds that asking policies costs no memory.
func TestCheckAllocates(t *testing.T) {
	list := csp.NewList(parsed(t, "https://app.example").Origin(), []string{"default-src 'none'; connect-src 'self' https://*.x.test:* http://y.test/a/b api.test/%61/", "script-src 'nonce-abc' 'strict-dynamic'"}, []string{"connect-src 'self'"})
	for _, destination := range []string{"", "script", "image"} {
		r := asked(t, "https://api.test/a/b", destination)
		r.Nonce = "abc"
		for _, d := range []csp.Disposition{csp.Enforce, csp.Report} {
			if n := testing.AllocsPerRun(100, func() { list.Violated(&r, d, &rules.CSP{}, 0) }); n > 0 {
				t.Errorf("destination %q: %v allocations", destination, n)
			}
		}
	}
}

// TestHostilePolicies holds that time and memory are linear in what servers send.
func TestHostilePolicies(t *testing.T) {
	self := parsed(t, "https://app.example").Origin()
	r := asked(t, "https://api.test/"+strings.Repeat("a/", 1000)+"b", "script")
	tests := []struct {
		name   string
		n      int
		policy func(n int) string
	}{
		{"a long source list", 2000, func(n int) string { return "script-src " + strings.Repeat("https://a.test/b ", n) }},
		{"a host of many labels", 20000, func(n int) string { return "script-src " + strings.Repeat("a.", n) + "test" }},
		{"a host of one label", 20000, func(n int) string { return "script-src *." + strings.Repeat("a", n) }},
		{"paths that nearly match", 200, func(n int) string { return "script-src " + strings.Repeat("https://api.test/a/a/a/a/c ", n) }},
		{"a path that nearly matches", 20000, func(n int) string { return "script-src https://api.test/" + strings.Repeat("a/", n) + "c" }},
		{"escapes", 20000, func(n int) string { return "script-src https://api.test/" + strings.Repeat("%61/", n) }},
		{"many policies", 1000, func(n int) string { return strings.Repeat("script-src https:,", n) }},
		{"many directives", 2000, func(n int) string {
			var b strings.Builder
			for i := range n {
				fmt.Fprintf(&b, "d%d x;", i)
			}
			return b.String() + "script-src https:"
		}},
		{"the same directive again", 2000, func(n int) string { return strings.Repeat("script-src https:;", n) }},
		{"semicolons", 40000, func(n int) string { return strings.Repeat(";", n) + "img-src *" }},
		{"commas", 40000, func(n int) string { return strings.Repeat(",", n) + "img-src *" }},
		{"hashes", 1000, func(n int) string {
			var b strings.Builder
			for i := range n {
				fmt.Fprintf(&b, "'sha256-%d' ", i)
			}
			return "script-src " + b.String()
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			growth.Check(t, tt.n, func(n int) func() {
				policy := tt.policy(n)
				r := r
				r.Integrity = func(yield func(string, string) bool) {
					for i := range n {
						if !yield("sha256", fmt.Sprint(i)) {
							return
						}
					}
				}
				return func() {
					list := csp.NewList(self, []string{policy}, nil)
					list.Violated(&r, csp.Enforce, &rules.CSP{}, 0)
				}
			})
		})
	}
}

func TestWithoutReports(t *testing.T) {
	for value, want := range map[string]string{
		"":                                     "",
		"connect-src 'self'; report-uri /r":    "connect-src 'self'",
		"REPORT-URI\t/r;img-src *,report-to x": "img-src *,",
		"report-uri2 /r; report-uri":           "report-uri2 /r",
	} {
		if got := csp.WithoutReports(value); got != want {
			t.Errorf("%q without reports is %q, want %q", value, got, want)
		}
	}
}
