package csp

import (
	"iter"
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// A Request is what policies look at in a request.
type Request struct {
	URL            *origin.URL // the current URL; of a response the URL that it came from
	Redirects      int         // redirect count
	Effective      Directive   // effective directive, see [Effective]
	ScriptLike     bool        // the destination is script-like
	WebSocket      bool
	Rewritten      bool   // the policies are those that are written again, see [rules.CSP.SocketPathDecoded]
	Nonce          string // cryptographic nonce metadata
	ParserInserted bool   // parser metadata
	Prefetch       bool   // initiator

	// Integrity yields the algorithm and the value of each item of the integrity metadata; nil is no metadata.
	Integrity iter.Seq2[string, string]
}

// Effective is "get the effective directive for request". The destination "document" has none: the text has connect-src
// for all that it does not name, but does not mean navigations of a top-level page, which no browser asks connect-src.
//
// https://w3c.github.io/webappsec-csp/#effective-directive-for-a-request
func Effective(destination string, prefetch bool) Directive {
	// 1. A prefetch may be for anything.
	if prefetch {
		return DefaultSrc
	}
	// 2. By destination.
	switch destination {
	case "manifest":
		return ManifestSrc
	case "object", "embed":
		return ObjectSrc
	case "frame", "iframe":
		return FrameSrc
	case "audio", "track", "video":
		return MediaSrc
	case "font":
		return FontSrc
	case "image":
		return ImgSrc
	case "style":
		return StyleSrcElem
	case "script", "xslt", "audioworklet", "paintworklet":
		return ScriptSrcElem
	case "serviceworker", "sharedworker", "worker":
		return WorkerSrc
	case "report", "document":
		return None
	}
	// 3. All else, as "", json and text.
	return ConnectSrc
}

// fallbacks is "get fetch directive fallback list".
//
// https://w3c.github.io/webappsec-csp/#directive-fallback-list
var fallbacks = [...][4]Directive{
	ScriptSrcElem: {ScriptSrcElem, ScriptSrc, DefaultSrc},
	StyleSrcElem:  {StyleSrcElem, StyleSrc, DefaultSrc},
	WorkerSrc:     {WorkerSrc, ChildSrc, ScriptSrc, DefaultSrc},
	ConnectSrc:    {ConnectSrc, DefaultSrc},
	ManifestSrc:   {ManifestSrc, DefaultSrc},
	ObjectSrc:     {ObjectSrc, DefaultSrc},
	FrameSrc:      {FrameSrc, ChildSrc, DefaultSrc},
	MediaSrc:      {MediaSrc, DefaultSrc},
	FontSrc:       {FontSrc, DefaultSrc},
	ImgSrc:        {ImgSrc, DefaultSrc},
}

// governing is the directive that governs requests of an effective directive: of its fallback list the first that the
// policy has. It is what "should fetch directive execute" says yes of.
//
// https://w3c.github.io/webappsec-csp/#should-directive-execute
func (p *Policy) governing(effective Directive) (Directive, string) {
	if int(effective) < len(fallbacks) {
		for _, d := range fallbacks[effective] {
			if d == None {
				break
			}
			if value, ok := p.value(d); ok {
				return d, value
			}
		}
	}
	return None, ""
}

// A Violation is a policy that a request violates.
type Violation struct {
	Policy    *Policy
	Directive Directive // the directive of the policy that was violated
	Effective Directive // the effective directive of the request, which Directive may stand for
	Sources   string    // the value of Directive
}

// Violated returns the first policy with the disposition that the request violates, after a number of policies, and
// the number to go on with; nil if there is none. The list may be nil.
//
// https://w3c.github.io/webappsec-csp/#report-for-request
// https://w3c.github.io/webappsec-csp/#should-block-request
// https://w3c.github.io/webappsec-csp/#should-block-response
func (l *List) Violated(r *Request, d Disposition, rules *rules.CSP, after int) (v Violation, next int, violated bool) {
	// 1, 2. Of the list …
	if l == nil {
		return Violation{}, 0, false
	}
	// 3. … each policy …
	for i := after; i < len(l.policies); i++ {
		p := &l.policies[i]
		// 3.1. … of this disposition …
		if p.report != bool(d) {
			continue
		}
		// 3.2, 3.3. … is asked.
		if by, sources := p.violates(r, l.self, rules); by != None {
			return Violation{p, by, r.Effective, sources}, i + 1, true
		}
	}
	return Violation{}, len(l.policies), false
}

// violates is "does request violate policy?": the directive that it violates, or None. The pre-request and the
// post-request checks are the same, with another URL.
//
// https://w3c.github.io/webappsec-csp/#does-request-violate-policy
func (p *Policy) violates(r *Request, self origin.Origin, rules *rules.CSP) (Directive, string) {
	// 1. A resource hint needs one directive that allows it.
	if r.Prefetch {
		return p.hintViolates(r, self, rules)
	}
	// 2, 3. One directive governs the request.
	directive, sources := p.governing(r.Effective)
	upgradable := rules.MatchesUpgradable && !p.report && p.has(UpgradeInsecureRequests)
	if directive == None || r.allowed(directive, sources, self, rules, upgradable) {
		return None, ""
	}
	// 4. It does not allow the request.
	return directive, sources
}

// allowed is the pre-request check of the directive that governs a request.
//
// https://w3c.github.io/webappsec-csp/#script-pre-request
// https://w3c.github.io/webappsec-csp/#style-src-elem-pre-request
// https://w3c.github.io/webappsec-csp/#connect-src-pre-request
func (r *Request) allowed(directive Directive, sources string, self origin.Origin, rules *rules.CSP, upgradable bool) bool {
	switch r.Effective {
	case ScriptSrcElem:
		if !r.ScriptLike {
			return true
		}
		// script, 1.1. A nonce that is listed.
		if matchesNonce(r.Nonce, sources) {
			return true
		}
		// script, 1.2. Hashes that are listed.
		if r.Integrity != nil && matchesIntegrity(r.Integrity, sources) {
			return true
		}
		// script, 1.3. A script that another script has made.
		if hasToken(sources, "'strict-dynamic'") {
			return !r.ParserInserted
		}
	case WorkerSrc:
		if workerByStrictDynamic(directive, rules.WorkerStrictDynamic) && hasToken(sources, "'strict-dynamic'") {
			return true
		}
	case StyleSrcElem:
		// style, 3. A nonce that is listed.
		if matchesNonce(r.Nonce, sources) {
			return true
		}
	}
	if rules.StrictDynamicEnds && directive == DefaultSrc && !hasToken(sources, "*") {
		sources = before(sources, "'strict-dynamic'")
	}
	// script, 1.4; style, 4; the others' last step. The URL.
	m := matcher{rules: rules, self: self, url: r.URL, scheme: r.URL.Scheme(), redirects: r.Redirects, directive: directive, upgradable: upgradable, rewritten: r.Rewritten}
	if r.WebSocket && rules.WebSocketURL {
		switch m.scheme {
		case "http":
			m.scheme = "ws"
		case "https":
			m.scheme = "wss"
		}
	}
	return m.sourceList(sources)
}

// before is what stands before a token of a list, or the whole list.
func before(list, want string) string {
	for i := 0; i < len(list); {
		end := strings.IndexFunc(list[i:], isBlank)
		if end < 0 {
			end = len(list) - i
		}
		if fold.Equal(list[i:i+end], want) {
			return list[:i]
		}
		i += end + 1
	}
	return list
}

// workerByStrictDynamic tells whether 'strict-dynamic' in a directive allows workers.
func workerByStrictDynamic(d Directive, allows rules.WorkerStrictDynamic) bool {
	return allows == rules.WorkerByAnyDirective || allows == rules.WorkerByScriptOrDefault && (d == ScriptSrc || d == DefaultSrc)
}

// hintViolates is "does resource hint request violate policy?".
//
// https://w3c.github.io/webappsec-csp/#does-resource-hint-violate-policy
func (p *Policy) hintViolates(r *Request, self origin.Origin, rules *rules.CSP) (Directive, string) {
	// 1, 2. Without default-src nothing forbids it.
	fallback, ok := p.value(DefaultSrc)
	if !ok {
		return None, ""
	}
	m := matcher{rules: rules, self: self, url: r.URL, scheme: r.URL.Scheme(), redirects: r.Redirects, directive: DefaultSrc}
	// 3. One directive that allows it is enough.
	for i := range p.directives {
		switch d := &p.directives[i]; d.name {
		case ChildSrc, ConnectSrc, FontSrc, FrameSrc, ImgSrc, ManifestSrc, MediaSrc, ObjectSrc, ScriptSrc, ScriptSrcElem, StyleSrc, StyleSrcElem, WorkerSrc:
			if m.sourceList(d.value) {
				return None, ""
			}
		}
	}
	// default-src itself is not in the text's list, and counts: "one of the policies allows it" means that it may be fetched by something.
	if m.sourceList(fallback) {
		return None, ""
	}
	// 4. It violates the default.
	return DefaultSrc, fallback
}

// matchesNonce is "does nonce match source list?".
//
// https://w3c.github.io/webappsec-csp/#match-nonce-to-source-list
func matchesNonce(nonce, list string) bool {
	// 1, 2. No nonce matches nothing.
	if nonce == "" {
		return false
	}
	for expression := range strings.FieldsFuncSeq(list, isBlank) {
		// 3. One that is listed matches.
		if value, ok := nonceOf(expression); ok && value == nonce {
			return true
		}
	}
	// 4. No other does.
	return false
}

// matchesIntegrity is "does integrity metadata match source list?".
//
// https://w3c.github.io/webappsec-csp/#match-integrity-metadata-to-source-list
func matchesIntegrity(integrity iter.Seq2[string, string], list string) bool {
	// 1, 2. The hashes that are listed.
	type hash struct{ algorithm, value string }
	var listed map[hash]bool
	for expression := range strings.FieldsFuncSeq(list, isBlank) {
		if algorithm, value, ok := hashOf(expression); ok {
			if listed == nil {
				listed = make(map[hash]bool)
			}
			listed[hash{algorithm, standardBase64(value)}] = true
		}
	}
	// 3. Without any there is no match.
	if listed == nil {
		return false
	}
	some := false
	// 4 to 6. Each hash of the metadata must be one of them.
	for algorithm, value := range integrity {
		some = true
		if !listed[hash{fold.Lower(algorithm), standardBase64(value)}] {
			return false
		}
	}
	// 7. They are.
	return some
}

var base64URL = strings.NewReplacer("-", "+", "_", "/")

// standardBase64 writes base64url as base64: both stand for the same hash.
func standardBase64(s string) string {
	if strings.ContainsAny(s, "-_") {
		return base64URL.Replace(s)
	}
	return s
}
