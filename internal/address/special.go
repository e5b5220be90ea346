package address

import "net/netip"

// A Block is a range of addresses that a registry has set aside.
type Block struct {
	Prefix netip.Prefix
	Name   string // as the registry calls it

	// Global says that the addresses are globally reachable all the same.
	Global bool
	// Embeds finds the IPv4 address that decides in the place of an address of the block; nil if none does.
	Embeds func(addr netip.Addr) netip.Addr
}

// Special finds the block that keeps an address out of the public internet. Of an address that embeds an IPv4 address,
// as NAT64's and 6to4's do, it is that of the IPv4 address. ok is false for an address of the public internet; of the
// zero Addr it is true.
//
// The blocks are those of four registries: the IANA IPv4 and IPv6 Special-Purpose Address Registries, unless they call a
// block globally reachable, multicast, what the IPv6 address space has besides global unicast, and public addresses at
// which a cloud has services for its own machines.
//
// https://www.iana.org/assignments/iana-ipv4-special-registry/
// https://www.iana.org/assignments/iana-ipv6-special-registry/
// https://www.iana.org/assignments/ipv6-address-space/
func Special(addr netip.Addr) (block Block, ok bool) {
	addr = addr.WithZone("")
	found := longest(addr)
	switch {
	case !addr.IsValid():
		return Block{Name: "not an IP address"}, true
	case found == nil:
		return Block{}, false
	case found.Embeds != nil:
		return Special(found.Embeds(addr))
	}
	return *found, !found.Global
}

// longest is the block with the longest prefix that has an address; nil if none has.
func longest(addr netip.Addr) *Block {
	list := specialIPv6
	if addr.Is4() {
		list = specialIPv4
	}
	var found *Block
	for i := range list {
		if b := &list[i]; b.Prefix.Contains(addr) && (found == nil || b.Prefix.Bits() >= found.Prefix.Bits()) {
			found = b
		}
	}
	return found
}

var specialIPv4 = []Block{
	{Prefix: prefix("0.0.0.0/8"), Name: "“This network”"},
	{Prefix: prefix("0.0.0.0/32"), Name: "“This host on this network”"},
	{Prefix: prefix("10.0.0.0/8"), Name: "Private-Use"},
	{Prefix: prefix("100.64.0.0/10"), Name: "Shared Address Space"},
	{Prefix: prefix("127.0.0.0/8"), Name: "Loopback"},
	{Prefix: prefix("168.63.129.16/32"), Name: "Azure's metadata and platform services"},
	{Prefix: prefix("169.254.0.0/16"), Name: "Link Local"},
	{Prefix: prefix("169.254.169.254/32"), Name: "Link Local: a cloud's instance metadata"},
	{Prefix: prefix("172.16.0.0/12"), Name: "Private-Use"},
	{Prefix: prefix("192.0.0.0/24"), Name: "IETF Protocol Assignments"},
	{Prefix: prefix("192.0.0.0/29"), Name: "IPv4 Service Continuity Prefix"},
	{Prefix: prefix("192.0.0.8/32"), Name: "IPv4 dummy address"},
	{Prefix: prefix("192.0.0.9/32"), Name: "Port Control Protocol Anycast", Global: true},
	{Prefix: prefix("192.0.0.10/32"), Name: "Traversal Using Relays around NAT Anycast", Global: true},
	{Prefix: prefix("192.0.0.170/32"), Name: "NAT64/DNS64 Discovery"},
	{Prefix: prefix("192.0.0.171/32"), Name: "NAT64/DNS64 Discovery"},
	{Prefix: prefix("192.0.2.0/24"), Name: "Documentation (TEST-NET-1)"},
	{Prefix: prefix("192.31.196.0/24"), Name: "AS112-v4", Global: true},
	{Prefix: prefix("192.52.193.0/24"), Name: "AMT", Global: true},
	{Prefix: prefix("192.88.99.0/24"), Name: "Deprecated (6to4 Relay Anycast)"},
	{Prefix: prefix("192.88.99.2/32"), Name: "6a44-relay anycast address"},
	{Prefix: prefix("192.168.0.0/16"), Name: "Private-Use"},
	{Prefix: prefix("192.175.48.0/24"), Name: "Direct Delegation AS112 Service", Global: true},
	{Prefix: prefix("198.18.0.0/15"), Name: "Benchmarking"},
	{Prefix: prefix("198.51.100.0/24"), Name: "Documentation (TEST-NET-2)"},
	{Prefix: prefix("203.0.113.0/24"), Name: "Documentation (TEST-NET-3)"},
	{Prefix: prefix("224.0.0.0/4"), Name: "Multicast"},
	{Prefix: prefix("240.0.0.0/4"), Name: "Reserved"},
	{Prefix: prefix("255.255.255.255/32"), Name: "Limited Broadcast"},
}

var specialIPv6 = []Block{
	{Prefix: prefix("::/0"), Name: "not global unicast"},
	{Prefix: prefix("2000::/3"), Name: "Global Unicast", Global: true},

	{Prefix: prefix("::/128"), Name: "Unspecified Address"},
	{Prefix: prefix("::1/128"), Name: "Loopback Address"},
	{Prefix: prefix("::ffff:0:0/96"), Name: "IPv4-mapped Address", Embeds: ipv4At(12)},
	{Prefix: prefix("64:ff9b::/96"), Name: "IPv4-IPv6 Translat.", Embeds: ipv4At(12)},
	{Prefix: prefix("64:ff9b:1::/48"), Name: "IPv4-IPv6 Translat. of a local network"},
	{Prefix: prefix("100::/64"), Name: "Discard-Only Address Block"},
	{Prefix: prefix("100:0:0:1::/64"), Name: "Dummy IPv6 Prefix"},
	{Prefix: prefix("2001::/23"), Name: "IETF Protocol Assignments"},
	{Prefix: prefix("2001::/32"), Name: "TEREDO"},
	{Prefix: prefix("2001:1::1/128"), Name: "Port Control Protocol Anycast", Global: true},
	{Prefix: prefix("2001:1::2/128"), Name: "Traversal Using Relays around NAT Anycast", Global: true},
	{Prefix: prefix("2001:1::3/128"), Name: "DNS-SD Service Registration Protocol Anycast", Global: true},
	{Prefix: prefix("2001:2::/48"), Name: "Benchmarking"},
	{Prefix: prefix("2001:3::/32"), Name: "AMT", Global: true},
	{Prefix: prefix("2001:4:112::/48"), Name: "AS112-v6", Global: true},
	{Prefix: prefix("2001:10::/28"), Name: "Deprecated (previously ORCHID)"},
	{Prefix: prefix("2001:20::/28"), Name: "ORCHIDv2", Global: true},
	{Prefix: prefix("2001:30::/28"), Name: "Drone Remote ID Protocol Entity Tags (DETs) Prefix", Global: true},
	{Prefix: prefix("2001:db8::/32"), Name: "Documentation"},
	{Prefix: prefix("2002::/16"), Name: "6to4", Embeds: ipv4At(2)},
	{Prefix: prefix("2620:4f:8000::/48"), Name: "Direct Delegation AS112 Service", Global: true},
	{Prefix: prefix("3fff::/20"), Name: "Documentation"},
	{Prefix: prefix("5f00::/16"), Name: "Segment Routing (SRv6) SIDs"},
	{Prefix: prefix("fc00::/7"), Name: "Unique-Local"},
	{Prefix: prefix("fd00:ec2::254/128"), Name: "Unique-Local: a cloud's instance metadata"},
	{Prefix: prefix("fe80::/10"), Name: "Link-Local Unicast"},
	{Prefix: prefix("fec0::/10"), Name: "Deprecated (previously Site-Local)"},
	{Prefix: prefix("ff00::/8"), Name: "Multicast"},
}

// ipv4At reads the IPv4 address that starts at a byte of an IPv6 address.
func ipv4At(i int) func(netip.Addr) netip.Addr {
	return func(addr netip.Addr) netip.Addr {
		b := addr.As16()
		return netip.AddrFrom4([4]byte(b[i : i+4]))
	}
}

// Blocks are all blocks.
func Blocks() []Block { return append(specialIPv4[:len(specialIPv4):len(specialIPv4)], specialIPv6...) }
