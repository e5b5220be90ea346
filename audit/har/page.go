package har

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/address"
	"github.com/browsercors/browsercors/internal/csp"
	"github.com/browsercors/browsercors/origin"
)

// What an archive says of the page that made a request: the policies in the response of its document, and the address that the
// document came from.

// maxPolicies bounds the policies of a document, in bytes: they are parsed for each request and profile.
const maxPolicies = 32 << 10

// A document is the page that made a request, as far as the archive has it.
type document struct {
	policies  []string // Content-Security-Policy
	integrity string   // Integrity-Policy
	allowlist string   // Connection-Allowlist
	tooLong   string   // the header whose values are longer than maxPolicies, and left out
	space     origin.AddressSpace
}

// addDocument keeps which entries are documents.
func (j *judging) addDocument(i int) {
	e := &j.entries[i]
	if s := e.Response.Status; s == 0 || isRedirect(s) || e.preflight || !e.url.IsHTTP() {
		return
	}
	dest, hasDest := e.sent.Get("Sec-Fetch-Dest")
	switch {
	case dest == "document", !hasDest && (e.kind() == "document" || e.kind() == "" && e.navigates()):
		j.documents.add(groupKey{page: e.Page, asking: e.url.Origin().String()}, i)
	case dest != "iframe" && dest != "frame":
		return
	}
	j.documents.add(groupKey{page: e.Page, url: e.key}, i)
}

// documentOf is the document that made a request: the one that Referer names, or otherwise the last before the request that is of
// the page's origin. It is the zero document if the archive has none.
func (j *judging) documentOf(i int, page *origin.URL) document {
	never := func(int) bool { return false }
	e, at := &j.entries[i], -1
	referer, _ := e.sent.Get("Referer")
	if u := webPage(referer); u != nil && u.Origin().SameOrigin(page.Origin()) && u.WithoutFragment() != u.Origin().String()+"/" { // which may be cut down to the origin
		at = j.documents.last(groupKey{page: e.Page, url: u.WithoutFragment()}, i, never)
	}
	if at < 0 {
		at = j.documents.last(groupKey{page: e.Page, asking: page.Origin().String()}, i, never)
	}
	if at < 0 {
		return document{}
	}
	of := &j.entries[at]
	var d document
	for _, value := range of.policies("Content-Security-Policy", &d.tooLong) {
		d.policies = append(d.policies, csp.WithoutReports(value))
	}
	d.integrity = strings.Join(of.policies("Integrity-Policy", &d.tooLong), ", ")
	d.allowlist = strings.Join(of.policies("Connection-Allowlist", &d.tooLong), ", ")
	if addr := of.address(); addr.IsValid() {
		d.space = origin.AddressSpace(address.Space(addr, address.Spaces()))
	}
	return d
}

// policies are the values of a header. If they are too long to be judged by, they are left out and tooLong is set to its name.
func (e *parsed) policies(name string, tooLong *string) []string {
	all, size := e.got.Values(name), 0
	for _, value := range all {
		if size += len(value); size > maxPolicies {
			*tooLong = name
			return nil // part of them would allow what all of them do not
		}
	}
	return all
}

// address is what was dialled for an entry; the zero Addr if the archive does not say it, as for what came out of a cache.
func (e *parsed) address() netip.Addr {
	addr, _ := netip.ParseAddr(strings.Trim(e.ServerIPAddress, "[]"))
	return addr.Unmap()
}

// withoutPolicies judges a request again that the page's policies refuse, and that the browser has sent all the same: an archive does
// not say which nonce or integrity metadata an element has, and which of several documents asked.
func (t *trial) withoutPolicies(ctx context.Context) {
	v := t.verdict
	if t.entries[v.Entry].Response.Status == 0 {
		return
	}
	for _, policy := range []struct {
		reason, name string
		drop         func()
		metadata     string
	}{
		{fetch.CSPBlocked.String(), "Content-Security-Policy", func() { t.document.policies = nil }, "an element's nonce"},
		{"integrity-policy", "Integrity-Policy", func() { t.document.integrity = "" }, "an element's integrity metadata"},
		{"connection-allowlist", "Connection-Allowlist", func() { t.document.allowlist = "" }, "the policy of a frame"},
	} {
		refuses := func(o *Outcome) bool { return o.Reason == policy.reason }
		if own := t.own(v.Profiles); own != nil && !refuses(own) || own == nil && !slices.ContainsFunc(v.Profiles, func(o Outcome) bool { return refuses(&o) }) {
			continue
		}
		policy.drop()
		v.Profiles = t.rulings(ctx)
		t.note("the page's %s in the archive refuses the request, but the browser sent it; the policy is not counted (%s is not in the archive, and another document of the page may have made the request)", policy.name, policy.metadata)
	}
}

// A user answers prompts as the user of the browser did: with no if the browser says so.
type user struct {
	mu    sync.Mutex
	asked []string // names of permissions
	no    bool
}

func (u *user) ask(_ context.Context, p fetch.PermissionRequest) (bool, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.asked = append(u.asked, p.Name)
	return !u.no, nil
}

// notePrompts notes which browsers ask their users first.
func (t *trial) notePrompts() {
	for _, name := range []string{"loopback-network", "local-network"} {
		if by := t.prompted[name]; len(by) > 0 {
			t.note("local-network-prompt: by the addresses in the archive, the user is asked for the permission %s first %s", name, engine.InBrowsers(by))
		}
	}
}

// dial tells the check of a connection which address an entry came from.
func (a *archive) dial(r *fetch.NetworkRequest, i int) error {
	if r.Connected == nil {
		return nil
	}
	var conn fetch.Connection
	if addr := a.entries[i].address(); addr.IsValid() {
		conn.Address = netip.AddrPortFrom(addr, 0)
	}
	return r.Connected(conn)
}
