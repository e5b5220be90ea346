package fetch

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/internal/address"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// A localNetworkCheck has what the Local Network Access check looks at of one hop of a request.
type localNetworkCheck struct {
	rules       *rules.LocalNetwork
	permissions *Permissions
	page        *Environment        // whose policy container it is
	url         *origin.URL         // current URL
	target      origin.AddressSpace // target IP address space; "" is null
	imports     bool                // a worker imports a script or a module
	ownOrigin   bool                // the request's origin is trustworthy, and that of its URL
}

var errNotAnswered = errors.New("fetch: nobody has answered the prompt")

// localNetworkCheck is the Local Network Access check of the hop that is about to be fetched; nil if it has none.
func (f *fetching) localNetworkCheck() *localNetworkCheck {
	r, rules := f.request, &f.agent.profile.LocalNetwork
	page, from := r.client, r
	if r.preflight {
		from = r.preflightFor
		page = from.client
	}
	if r.mode == navigateMode {
		page = r.initiator // whose navigation it is
	}
	switch {
	case page == nil || page.addressSpace == "": // 3. There is no policy container.
		return nil
	case rules.Unchecked,
		rules.WebSocketsUnchecked && r.mode == webSocketMode,
		rules.NavigationsUnchecked && r.destination == destinationDocument:
		return nil
	}
	target := f.targetSpace(from)
	if r.preflight && rules.PreflightUntargeted {
		target = ""
	}
	switch {
	case target != "" && !rules.NoTarget:
	case page.addressSpace == "loopback", rules.FromPublicOnly && page.addressSpace != "public":
		return nil // 5. Nothing is less public.
	}
	u := r.currentURL()
	return &localNetworkCheck{
		rules: rules, permissions: f.agent.permissions, page: page, url: u, target: target, imports: r.workerImports(),
		ownOrigin: f.agent.trust.Origin(r.origin) && r.origin.SameOrigin(u.Origin()),
	}
}

// targetSpace is a request's target IP address space: what script says of it, or else what the host of its URL stands for.
//
// https://wicg.github.io/local-network-access/#fetching
func (f *fetching) targetSpace(r *request) origin.AddressSpace {
	rules := &f.agent.profile.LocalNetwork
	switch {
	case r.targetSpace != "" && !rules.NoTarget:
		return r.targetSpace
	case rules.HostsUnenforced:
		return ""
	}
	return f.spaceOfHost(r.urlList[0])
}

// spaceOfHost is the address space that a URL's host stands for, or "".
//
// https://wicg.github.io/local-network-access/#fetching
func (f *fetching) spaceOfHost(u *origin.URL) origin.AddressSpace {
	if f.agent.profile.LocalNetwork.HostsUninferred {
		return ""
	}
	// 1. An address of the local space.
	if literal := literalAddress(u); literal.IsValid() && address.Space(literal, f.agent.spaces) == "local" {
		return "local"
	}
	// 2. A name under .local, which is resolved within the network.
	if host := strings.TrimSuffix(u.Host(), "."); strings.HasSuffix(host, ".local") {
		return "local"
	}
	return ""
}

// mixedAsLocal tells whether a request is an exception of mixed content, since its server is in the local network, which is
// checked when there is a connection. The text has the exception for origins that are *not* trustworthy, for which nothing is
// mixed content: it is read as meant for those that are.
//
// https://wicg.github.io/local-network-access/#integration-with-mixed-content
func (f *fetching) mixedAsLocal() bool {
	r, rules := f.request, &f.agent.profile.LocalNetwork
	if rules.Unchecked || r.client == nil || r.client.addressSpace == "" {
		return false
	}
	target := f.targetSpace(r)
	if target == "" && rules.HostsUnenforced { // otherwise only the first URL gives a request its target
		target = f.spaceOfHost(r.currentURL())
	}
	return target == "local" || target == "loopback" && rules.LoopbackTargetMixed
}

// check is the Local Network Access check.
//
// https://wicg.github.io/local-network-access/#local-network-access-check
func (l *localNetworkCheck) check(ctx context.Context, at netip.AddrPort) *connectionRefusal {
	// 1. The address is in a space.
	space := address.Space(at.Addr(), l.page.agent.spaces)
	// 2. What a page asks its own origin for is not checked.
	if l.ownOrigin && !l.rules.OwnOrigin {
		return nil
	}
	// 3. There is a policy container: see fetching.localNetworkCheck.
	// 4. The space must be the one that was asked for. The permission is needed all the same: the text's "return null" would
	// make it needless, against its introduction ("and permission is granted by the user").
	if l.target != "" && string(l.target) != space && space != "" {
		return &connectionRefusal{reason: WrongAddressSpace, header: "targetAddressSpace", value: string(l.target), detail: space}
	}
	// 5. It must not be less public than the page's.
	own := string(l.page.addressSpace)
	if !address.LessPublic(space, own) || l.rules.FromPublicOnly && own != "public" {
		return nil
	}
	name := permissionLocal // 5.4.
	if space == "loopback" {
		name = permissionLoopback
	}
	refuse := func(why string) *connectionRefusal {
		return &connectionRefusal{reason: LocalNetworkDenied, header: "permission", value: name, detail: why}
	}
	switch {
	// 5.2. The page must be a secure context.
	case !l.page.secureContext && !l.rules.InsecureContexts:
		return refuse(deniedInsecure)
	case l.imports && l.rules.NoWorkerImports:
		return refuse(deniedImports)
	// 5.9. A frame must be allowed to use it.
	case !l.page.allowedToUse(name) && !l.rules.FramesDelegated:
		return refuse(deniedFrame)
	}
	// 5.10 to 5.13. The user decides.
	granted, why := l.permissions.request(ctx, PermissionRequest{Name: name, Origin: l.page.topLevel, URL: redacted(l.url), Address: at})
	if granted {
		return nil
	}
	return refuse(why)
}

// workerImports tells whether a worker imports a script or a module by the request.
func (r *request) workerImports() bool {
	return r.client != nil && r.api == apiElement && (r.client.worker || r.workerImport)
}

// Why a permission is denied without the user, in [Error.Detail] of a [LocalNetworkDenied].
const (
	deniedInsecure = "the page is not a secure context"
	deniedImports  = "the imports of a worker do not get it"
	deniedFrame    = "the frame is of another origin and has no allow attribute for it"
)

// allowedToUse tells whether a page is allowed to use a policy-controlled feature whose default allowlist is 'self'.
//
// https://html.spec.whatwg.org/#allowed-to-use
func (e *Environment) allowedToUse(feature string) bool {
	return !e.framed || e.ownFrame || slices.Contains(e.allow, feature) || slices.Contains(e.allow, permissionBoth)
}
