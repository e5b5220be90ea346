// Package csp is Content Security Policy, as far as it concerns fetching: policies are parsed and asked whether a
// request may be made. Nothing here sends a report or knows a page.
//
// Policies come from servers and may be hostile. A policy is kept as text, with the place of each directive, and a
// source list is read anew for each request: time is linear in the text, and checking a request that has no
// integrity metadata does not allocate.
//
// https://w3c.github.io/webappsec-csp/
package csp

import (
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// A List is a CSP list: the policies of a page or a worker. Nil has none. It is immutable.
//
// https://w3c.github.io/webappsec-csp/#csp-list
type List struct {
	policies []Policy
	self     origin.Origin
	upgrades bool
}

// A Policy is one policy of a page.
//
// https://w3c.github.io/webappsec-csp/#content-security-policy-object
type Policy struct {
	text       string // the serialized policy
	directives []directive
	report     bool // its disposition is "report", not "enforce"
	meta       bool // its source is "meta", not "header"
}

// A directive is one of the directives that matter here, as places in the text.
type directive struct {
	name  Directive
	value string
}

// Disposition says whether a policy is enforced.
type Disposition bool

const (
	Enforce Disposition = false
	Report  Disposition = true
)

// Directive is a directive that matters for fetching.
type Directive uint8

const (
	None Directive = iota // no directive
	ChildSrc
	ConnectSrc
	DefaultSrc
	FontSrc
	FrameAncestors
	FrameSrc
	ImgSrc
	ManifestSrc
	MediaSrc
	ObjectSrc
	ReportTo
	ReportURI
	Sandbox
	ScriptSrc
	ScriptSrcElem
	StyleSrc
	StyleSrcElem
	UpgradeInsecureRequests
	WorkerSrc
	unknown
)

var names = [...]string{
	ChildSrc: "child-src", ConnectSrc: "connect-src", DefaultSrc: "default-src", FontSrc: "font-src", FrameAncestors: "frame-ancestors",
	FrameSrc: "frame-src", ImgSrc: "img-src", ManifestSrc: "manifest-src", MediaSrc: "media-src", ObjectSrc: "object-src",
	ReportTo: "report-to", ReportURI: "report-uri", Sandbox: "sandbox", ScriptSrc: "script-src", ScriptSrcElem: "script-src-elem",
	StyleSrc: "style-src", StyleSrcElem: "style-src-elem", UpgradeInsecureRequests: "upgrade-insecure-requests", WorkerSrc: "worker-src",
	unknown: "",
}

// String returns the name of the directive.
func (d Directive) String() string { return names[d] }

// named is the directive of a name, in any case.
func named(name string) Directive {
	for d := ChildSrc; d < unknown; d++ {
		if fold.Equal(name, names[d]) {
			return d
		}
	}
	return unknown
}

// NewList returns the policies of header values. Enforced are values of Content-Security-Policy, and reported those of
// Content-Security-Policy-Report-Only; a comma in a value starts another policy. It is nil if there are no policies.
// self is the origin that 'self' stands for.
//
// https://w3c.github.io/webappsec-csp/#parse-response-csp
func NewList(self origin.Origin, enforced, reported []string) *List {
	// 1. There are none yet.
	l := &List{self: self}
	// 2. Those that are enforced.
	for _, value := range enforced {
		l.addAll(value, Enforce)
	}
	// 3. Those that are only reported.
	for _, value := range reported {
		l.addAll(value, Report)
	}
	// 4. These are the policies, with the origin of the response's URL.
	if len(l.policies) == 0 {
		return nil
	}
	return l
}

// addAll adds the policies of one header value.
func (l *List) addAll(value string, d Disposition) {
	for serialized := range strings.SplitSeq(value, ",") {
		// 2.1, 3.1. Each member of the list is a policy.
		p, ok := parse(serialized, d, false)
		// 2.2, 3.2. One without directives is left out.
		if ok {
			l.add(p)
		}
	}
}

func (l *List) add(p Policy) {
	l.policies = append(l.policies, p)
	if _, ok := p.value(UpgradeInsecureRequests); ok && !p.report {
		l.upgrades = true
	}
}

// WithMeta returns the list with the policy of a <meta http-equiv="Content-Security-Policy">: the page's policies so
// far hold too. The list may be nil.
//
// https://html.spec.whatwg.org/#attr-meta-http-equiv-content-security-policy
func (l *List) WithMeta(self origin.Origin, content string) *List {
	// 4. The content is one policy, which is enforced.
	p, ok := parse(content, Enforce, true)
	if !ok {
		return l
	}
	longer := &List{self: self}
	if l != nil {
		*longer = *l
		longer.policies = append(make([]Policy, 0, len(l.policies)+1), l.policies...)
	}
	// 6. It joins the others.
	longer.add(p)
	return longer
}

// parse is "parse a serialized CSP". Directives that do not matter for fetching are not kept, except as text. It is
// false if there is no directive at all.
//
// https://w3c.github.io/webappsec-csp/#parse-serialized-policy
func parse(serialized string, d Disposition, meta bool) (Policy, bool) {
	// 1. It is decoded already: only ASCII counts.
	// 2. There are no directives yet.
	p := Policy{text: strings.Trim(serialized, whitespace), report: bool(d), meta: meta}
	some := false
	// 3. They are what stands between semicolons.
	for token := range strings.SplitSeq(serialized, ";") {
		// 3.1. Blanks around one do not count.
		token = strings.Trim(token, whitespace)
		// 3.2. One that is empty or not ASCII is left out.
		if token == "" || !isASCII(token) {
			continue
		}
		some = true
		// 3.3, 3.4. Its name ends at the first blank, and is in any case.
		name, value := token, ""
		if i := strings.IndexAny(token, whitespace); i >= 0 {
			name, value = token[:i], token[i+1:]
		}
		// 3.5. Of a name the first counts.
		kind := named(name)
		if _, ok := p.value(kind); kind == unknown || ok {
			continue
		}
		// meta, 5. In markup three directives have no effect.
		if meta && (kind == ReportURI || kind == FrameAncestors || kind == Sandbox) {
			continue
		}
		// 3.6 to 3.8. The rest is the value, whose parts are read when they are needed.
		p.directives = append(p.directives, directive{kind, value})
	}
	// 4. That is the policy.
	return p, some
}

// whitespace is ASCII whitespace.
//
// https://infra.spec.whatwg.org/#ascii-whitespace
const whitespace = "\t\n\f\r "

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// value is the value of a directive, and whether the policy has it.
func (p *Policy) value(d Directive) (string, bool) {
	for i := range p.directives {
		if p.directives[i].name == d {
			return p.directives[i].value, true
		}
	}
	return "", false
}

// has tells whether the policy has a directive.
func (p *Policy) has(d Directive) bool {
	_, ok := p.value(d)
	return ok
}

// Text returns the serialized policy.
func (p *Policy) Text() string { return p.text }

// ReportOnly reports whether the policy is not enforced.
func (p *Policy) ReportOnly() bool { return p.report }

// Meta reports whether the policy comes from markup.
func (p *Policy) Meta() bool { return p.meta }

// Value returns the value of a directive as it was written, and whether the policy has the directive.
func (p *Policy) Value(d Directive) (string, bool) { return p.value(d) }

// Upgrades reports whether a policy has upgrade-insecure-requests.
//
// https://w3c.github.io/webappsec-upgrade-insecure-requests/#delivery
func (l *List) Upgrades() bool { return l != nil && l.upgrades }

// Sandbox returns the value of the last enforced sandbox directive, and whether there is one: the document has the
// CSP-derived sandboxing flags.
//
// https://html.spec.whatwg.org/#csp-derived-sandboxing-flags
func (l *List) Sandbox() (tokens string, ok bool) {
	if l == nil {
		return "", false
	}
	// 1, 2, 4. The last policy with the directive decides.
	for i := len(l.policies) - 1; i >= 0; i-- {
		if p := &l.policies[i]; !p.report {
			if tokens, ok := p.value(Sandbox); ok {
				return tokens, true
			}
		}
	}
	// 3. Without the directive there are no flags.
	return "", false
}

// SandboxesOrigin reports whether the CSP-derived sandboxing flags have the sandboxed origin flag.
//
// https://html.spec.whatwg.org/#parse-a-sandboxing-directive
func (l *List) SandboxesOrigin() bool {
	tokens, ok := l.Sandbox()
	// 1 to 3. The flag is set, unless one of the tokens keeps it off.
	return ok && !hasToken(tokens, "allow-same-origin")
}

// NamesAncestors reports whether an enforced policy says which pages may frame the document, so that X-Frame-Options
// does not count.
//
// https://w3c.github.io/webappsec-csp/#frame-ancestors-and-frame-options
func (l *List) NamesAncestors() bool {
	if l == nil {
		return false
	}
	for i := range l.policies {
		if _, ok := l.policies[i].value(FrameAncestors); ok && !l.policies[i].report {
			return true
		}
	}
	return false
}

// RefusesAncestor is "frame-ancestors Navigation Response Check": the value of the first enforced directive that an origin
// of the pages above the document does not match.
//
// https://w3c.github.io/webappsec-csp/#frame-ancestors-navigation-response
func (l *List) RefusesAncestor(ancestors []origin.Origin, rules *rules.CSP) (sources string, refused bool) {
	if l == nil {
		return "", false
	}
	for i := range l.policies {
		p := &l.policies[i]
		sources, ok := p.value(FrameAncestors)
		if !ok || p.report {
			continue
		}
		// 5.1 to 5.3. Each of them has a URL, unless it is opaque.
		for _, ancestor := range ancestors {
			u, err := origin.ParseURL(ancestor.String())
			if err != nil {
				return sources, true
			}
			// 5.4. It must match the source list.
			m := matcher{rules: rules, self: l.self, url: u, scheme: u.Scheme(), directive: FrameAncestors}
			if rules.AncestorsWithoutPath {
				m.redirects = 1 // behind a redirect no path counts
			}
			if !m.sourceList(sources) {
				return sources, true
			}
		}
	}
	// 6. It is allowed.
	return "", false
}

// ForbidsWorker reports whether a worker with these policies does not run, because they sandbox its scripts or its
// origin.
//
// https://w3c.github.io/webappsec-csp/#sandbox-init
func (l *List) ForbidsWorker() bool {
	if l == nil {
		return false
	}
	for i := range l.policies {
		p := &l.policies[i]
		// 1. Only what is enforced counts.
		if p.report {
			continue
		}
		// 2 to 4. Without both tokens one of the flags is set.
		if tokens, ok := p.value(Sandbox); ok && !(hasToken(tokens, "allow-scripts") && hasToken(tokens, "allow-same-origin")) {
			return true
		}
	}
	// 5. It runs.
	return false
}

func hasToken(list, want string) bool {
	for token := range strings.FieldsFuncSeq(list, isBlank) {
		if fold.Equal(token, want) {
			return true
		}
	}
	return false
}

func isBlank(c rune) bool { return c == ' ' || '\t' <= c && c <= '\r' && c != '\v' }

// WithoutReports returns the value of a Content-Security-Policy header without its report-uri and report-to
// directives, for programs that only want to know what it allows.
func WithoutReports(value string) string {
	policies := strings.Split(value, ",")
	for i, policy := range policies {
		var kept []string
		for token := range strings.SplitSeq(policy, ";") {
			name := strings.TrimLeft(token, whitespace)
			if end := strings.IndexAny(name, whitespace); end >= 0 {
				name = name[:end]
			}
			if kind := named(name); kind != ReportURI && kind != ReportTo {
				kept = append(kept, token)
			}
		}
		policies[i] = strings.Join(kept, ";")
	}
	return strings.Join(policies, ",")
}

// Headers returns the policies as they could stand in headers: those that are enforced and those that are reported.
func (l *List) Headers() (enforced, reported []string) {
	if l == nil {
		return nil, nil
	}
	for i := range l.policies {
		if p := &l.policies[i]; p.report {
			reported = append(reported, p.text)
		} else {
			enforced = append(enforced, p.text)
		}
	}
	return enforced, reported
}
