package audit

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/address"
	"github.com/browsercors/browsercors/internal/csp"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
)

// The page of a use: its policies, the address space of its server, and what the browser does because of them.

// environment describes the page of an origin that makes the use.
func (u *Use) environment(asking string) fetch.EnvironmentOptions {
	at := fetch.EnvironmentOptions{URL: asking + "/"}
	if asking == "null" {
		at = fetch.EnvironmentOptions{URL: sandboxURL, Sandboxed: true}
	}
	at.EmbedderPolicy, at.ReferrerPolicy = u.EmbedderPolicy, u.ReferrerPolicy
	if policy := u.ContentSecurityPolicy; policy != "" {
		at.ContentSecurityPolicy = []string{csp.WithoutReports(policy)}
	}
	if policy := u.ContentSecurityPolicyReportOnly; policy != "" {
		at.ContentSecurityPolicyReportOnly = []string{csp.WithoutReports(policy)}
	}
	at.IntegrityPolicy, at.IntegrityPolicyReportOnly = u.IntegrityPolicy, u.IntegrityPolicyReportOnly
	at.ConnectionAllowlist, at.ConnectionAllowlistReportOnly = u.ConnectionAllowlist, u.ConnectionAllowlistReportOnly
	if at.AddressSpace = u.AddressSpace; at.AddressSpace != "" {
		if own := address.OfHost(hostOf(asking)); own.IsValid() { // http://localhost:3000 is on the user's machine, whatever the intent says of its pages
			at.AddressSpace = origin.AddressSpace(address.Space(own, address.Spaces()))
		}
	}
	return at
}

// An effects has what a browser did with a page's request that neither the requests nor the response show. A transport may ask
// for a permission on a goroutine of its own.
type effects struct {
	mu       sync.Mutex
	prompts  []fetch.PermissionRequest
	upgraded map[string]string // by the https: URL: why the browser asks for it in place of the http: one
	reported []fetch.PolicyViolation
}

// ask is the user, who allows everything.
func (e *effects) ask(_ context.Context, p fetch.PermissionRequest) (bool, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.prompts = append(e.prompts, p)
	return true, nil
}

func (e *effects) trace() *fetch.Trace {
	return &fetch.Trace{
		Upgraded: func(r fetch.RequestInfo, _, why string) {
			if e.upgraded == nil {
				e.upgraded = make(map[string]string)
			}
			e.upgraded[r.URL] = why
		},
		Violated: func(_ fetch.RequestInfo, v fetch.PolicyViolation) {
			if v.ReportOnly {
				e.reported = append(e.reported, v)
			}
		},
	}
}

// noteEffects notes what the page's policies and its address space did to a use that works.
func (t trial) noteEffects(asking string, v *visitor, got result) {
	v.effects.mu.Lock()
	prompts := slices.Clone(v.effects.prompts)
	v.effects.mu.Unlock()
	for _, p := range prompts {
		f := t.findingOf(localNetworkPrompt, asking, got.exchanges)
		f.cause, f.By = p.Name, "page"
		f.Problem = fmt.Sprintf("%s is at %s, an address of %s. Before anything is sent, the browser asks its user for the permission %q. Until the user answers, the request waits; if the answer is no, or nobody can be asked, it fails as a CORS error.",
			text.Clean(text.RedactURL(p.URL)), p.Address.Addr(), whose(p.Name), p.Name)
		f.Rule = "a page in a public address space needs the permission of its user for a server in a less public one, whatever CORS headers the server sends"
		t.note(f)
	}
	for _, v := range v.effects.reported {
		id := cspRefused
		if v.Header != "Content-Security-Policy" {
			id = policyRefused
		}
		f := t.findingOf(id, asking, got.exchanges)
		f.cause, f.By, f.Severity = "report-only "+v.Header+" "+v.Effective, "page", Fragile
		listed := strings.TrimSpace(text.Clean(v.Directive) + " " + text.Legible(v.Sources, 200))
		f.Problem = fmt.Sprintf("The page's %s-Report-Only has “%s”, which does not allow this request. Nothing is refused yet, but will be when the policy is enforced.", v.Header, listed)
		f.Rule = "a policy that is only reported refuses nothing"
		switch v.Header {
		case "Integrity-Policy":
			f.Fix = "Give the element the attributes integrity and crossorigin before the policy is enforced."
		case "Connection-Allowlist":
			f.Fix = fmt.Sprintf("Add a pattern for %s to the list before the policy is enforced; a redirect needs the parameter redirects=allow.", t.use.url.Origin())
		default:
			f.Fix = fmt.Sprintf("Add %s to %s before the policy is enforced.", t.use.url.Origin(), text.Clean(v.Effective))
		}
		t.note(f)
	}
}

// whose says where the servers are that a permission is about.
func whose(permission string) string {
	if permission == "loopback-network" {
		return "the user's own machine"
	}
	return "the user's local network"
}

// upgradeOf says why the browser asked for the https: URL of an exchange in place of an http: URL, and which rule that is.
func (v *visitor) upgradeOf(url string) (why, rule string) {
	switch v.effects.upgraded[url] {
	case "upgrade-insecure-requests":
		return "since the page's Content-Security-Policy has upgrade-insecure-requests", "a page with upgrade-insecure-requests has http: URLs asked for over https:; pages without it do not"
	case "HSTS":
		return "since the host has sent Strict-Transport-Security before", "what is at http: on a host that has sent Strict-Transport-Security is asked for over https:; a browser that has not visited the host yet, and one that keeps HSTS by site, do not do that"
	}
	return "since the page is secure", "a secure page's images, sounds and videos are asked for over https:; everything else at http: is blocked"
}

// assumed is the connection to a server that nobody dials: its address is that of the URL's host, if the host tells it.
func assumed(u *origin.URL) (c fetch.Connection) {
	if addr := address.OfHost(u.Host()); addr.IsValid() {
		c.Address = netip.AddrPortFrom(addr, 0)
	}
	return c
}
