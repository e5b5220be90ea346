package conformance

import (
	"net/netip"
	"slices"
	"strconv"

	"github.com/browsercors/browsercors/internal/address"
	"github.com/browsercors/browsercors/origin"
)

// The address spaces that a scenario can name.
const (
	publicSpace   = "public"
	localSpace    = "local"
	loopbackSpace = "loopback"
)

var addressSpaces = []string{"", publicSpace, localSpace, loopbackSpace}

// spaces is the address space of each port that a scenario is about, or nil if it is not about address spaces.
// Those that are not listed are public.
//
// https://wicg.github.io/local-network-access/
func (s *Scenario) spaces() map[string]string {
	named := s.Page.AddressSpace != "" || s.Permissions != nil
	for _, server := range s.Servers {
		named = named || server.AddressSpace != ""
	}
	for _, step := range s.Steps {
		named = named || step.Fetch != nil && step.Fetch.TargetAddressSpace != nil
	}
	if !named {
		return nil
	}
	spaces := make(map[string]string)
	if s.page != nil {
		spaces[portOf(s.page)] = orPublic(s.Page.AddressSpace)
	}
	for key, server := range s.Servers {
		if u, err := origin.ParseURL(key); err == nil {
			spaces[portOf(u)] = orPublic(server.AddressSpace)
		}
	}
	return spaces
}

func orPublic(space string) string {
	if space == "" {
		return publicSpace
	}
	return space
}

// portOf is the port of a URL's server.
func portOf(u *origin.URL) string { return address.Port(u.Scheme(), u.Port()) }

// checkAddressSpaces checks what a scenario says of address spaces and permissions.
func (s *Scenario) checkAddressSpaces() *inputError {
	spaces := make(map[string]string)
	check := func(key, space string, u *origin.URL) *inputError {
		if !slices.Contains(addressSpaces, space) {
			return wrong(key, "unknown address space %.80q, want public, local or loopback", space)
		}
		port := portOf(u)
		if other, ok := spaces[port]; ok && other != orPublic(space) {
			return wrong(key, "port %s is in two address spaces, %s and %s", port, other, orPublic(space))
		}
		spaces[port] = orPublic(space)
		return nil
	}
	if err := check("page.addressSpace", s.Page.AddressSpace, s.page); err != nil {
		return err
	}
	for key, server := range s.Servers {
		u, err := origin.ParseURL(key)
		if err != nil {
			continue // said elsewhere
		}
		if err := check("servers", server.AddressSpace, u); err != nil {
			return err
		}
	}
	for name, state := range s.Permissions {
		switch name {
		case "local-network", "loopback-network", "local-network-access":
		default:
			return wrong("permissions", "unknown permission %.80q, want local-network, loopback-network or local-network-access", name)
		}
		if state != "granted" && state != "denied" {
			return wrong("permissions", "%s is %.80q, want granted or denied", name, state)
		}
	}
	return nil
}

// spaceAddresses are addresses of each space.
var spaceAddresses = map[string]netip.Addr{
	publicSpace:   netip.MustParseAddr("8.8.8.8"),
	localSpace:    netip.MustParseAddr("192.168.0.1"),
	loopbackSpace: netip.MustParseAddr("127.0.0.1"),
}

// address is what a URL's server would be dialled at.
func (s *Scenario) address(spaces map[string]string, u *origin.URL) netip.AddrPort {
	port := portOf(u)
	n, _ := strconv.ParseUint(port, 10, 16)
	return netip.AddrPortFrom(spaceAddresses[orPublic(spaces[port])], uint16(n))
}
