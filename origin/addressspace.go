package origin

import (
	"net/netip"

	"github.com/browsercors/browsercors/internal/address"
)

// An AddressSpace says from where an IP address can be reached: "loopback" from its own machine, "local" from
// its own network, "public" from everywhere. "" is the space of an address that is not known.
//
// https://wicg.github.io/local-network-access/#ip-address-space-section
type AddressSpace string

// AddressSpaceOf returns the address space of an IP address, by the table of Local Network Access. It returns ""
// for the zero Addr. Browsers have tables of their own, which differ for a few blocks: see the profile of an
// engine.
//
// https://wicg.github.io/local-network-access/#determine-the-ip-address-space
func AddressSpaceOf(addr netip.Addr) AddressSpace {
	return AddressSpace(address.Space(addr, address.Spaces()))
}
