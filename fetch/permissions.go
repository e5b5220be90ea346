package fetch

import (
	"context"
	"fmt"
	"net/netip"
	"sync"

	"github.com/browsercors/browsercors/origin"
)

// Permissions are a user's decisions on what sites may do. Browsers ask their users for two of them when a page on a public
// address requests something from a less public one:
//
//	"loopback-network"  an address of the user's own machine
//	"local-network"     an address of the user's network
//
// A decision holds for the origin of the top-level page. The zero value has no decisions and nobody to ask: every permission is
// denied. A Permissions is safe for concurrent use, if Ask is. It must not be copied after first use.
//
// https://wicg.github.io/local-network-access/#permissions
type Permissions struct {
	// Ask asks the user for a permission that has not been decided. It may take as long as the user needs, and has to return
	// when ctx ends. The answer is remembered. If Ask returns an error, the permission is denied this once and nothing is
	// remembered. Requests that need the same permission meanwhile wait for the same answer. Ask is called on goroutines of
	// the transport. Nil denies, as a browser without a window does.
	Ask func(ctx context.Context, p PermissionRequest) (granted bool, err error)

	mu      sync.Mutex
	decided map[permissionKey]bool
	asking  map[permissionKey]*prompt
}

// A PermissionRequest says who needs which permission, and what for.
type PermissionRequest struct {
	Name    string         // "loopback-network" or "local-network"
	Origin  origin.Origin  // of the top-level page
	URL     string         // of the request, without a password
	Address netip.AddrPort // of its server
}

const (
	permissionLoopback = "loopback-network"
	permissionLocal    = "local-network"
	permissionBoth     = "local-network-access" // their former name, which stands for both
)

// mostDecisions bounds the decisions that are remembered: of sites beyond that the user is asked again.
const mostDecisions = 10_000

type permissionKey struct{ origin, name string }

// A prompt is a question that the user is being asked.
type prompt struct {
	done    chan struct{}
	granted bool
	err     error
}

// Decide remembers the user's decision for the top-level pages of an origin. The name is "loopback-network",
// "local-network", or "local-network-access" for both. The error says that there is no such permission.
func (p *Permissions) Decide(o origin.Origin, name string, granted bool) error {
	return p.each(name, func(name string) { p.remember(permissionKey{o.String(), name}, granted) })
}

// Forget forgets the user's decision, so that the user is asked again. The name is that of Decide.
func (p *Permissions) Forget(o origin.Origin, name string) error {
	return p.each(name, func(name string) { delete(p.decided, permissionKey{o.String(), name}) })
}

// each calls do with the names that a name stands for.
func (p *Permissions) each(name string, do func(name string)) error {
	names := []string{name}
	switch name {
	case permissionBoth:
		names = []string{permissionLoopback, permissionLocal}
	case permissionLoopback, permissionLocal:
	default:
		return fmt.Errorf("fetch: permission %s is unknown, want one of loopback-network, local-network, local-network-access", quote(name))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, name := range names {
		do(name)
	}
	return nil
}

// remember keeps a decision. The mutex is held.
func (p *Permissions) remember(key permissionKey, granted bool) {
	if p.decided == nil {
		p.decided = make(map[permissionKey]bool)
	}
	if _, ok := p.decided[key]; !ok && len(p.decided) >= mostDecisions {
		for old := range p.decided {
			delete(p.decided, old)
			break
		}
	}
	p.decided[key] = granted
}

// request is the user's decision, who is asked if there is none yet. why says why it is a denial: "denied" or "not
// decided".
//
// https://w3c.github.io/permissions/#dfn-request-permission-to-use
func (p *Permissions) request(ctx context.Context, r PermissionRequest) (granted bool, why string) {
	key := permissionKey{r.Origin.String(), r.Name}
	for {
		p.mu.Lock()
		// 1. What has been decided holds.
		if granted, decided := p.decided[key]; decided {
			p.mu.Unlock()
			return granted, "denied"
		}
		if p.Ask == nil {
			p.mu.Unlock()
			return false, "not decided"
		}
		// 2. Ask the user, once for all who need it now.
		asked := p.asking[key]
		if asked == nil {
			asked = &prompt{done: make(chan struct{})}
			if p.asking == nil {
				p.asking = make(map[permissionKey]*prompt)
			}
			p.asking[key] = asked
			p.mu.Unlock()
			p.ask(ctx, key, asked, r)
			if asked.err != nil {
				return false, "not decided"
			}
			return asked.granted, "denied"
		}
		p.mu.Unlock()
		select {
		case <-asked.done:
			if asked.err == nil {
				return asked.granted, "denied"
			}
			// Who asked has gone away: ask again.
		case <-ctx.Done():
			return false, "not decided"
		}
	}
}

// ask asks the user, and lets all know who wait for the answer.
func (p *Permissions) ask(ctx context.Context, key permissionKey, asked *prompt, r PermissionRequest) {
	asked.err = errNotAnswered // if Ask panics
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		// 3, 4. The answer is remembered.
		if delete(p.asking, key); asked.err == nil {
			p.remember(key, asked.granted)
		}
		close(asked.done)
	}()
	asked.granted, asked.err = p.Ask(ctx, r)
}
