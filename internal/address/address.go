// Package address says what an IP address is: its address space, by which Local Network Access decides who may
// reach it, and whether it is an address of the public internet or one that a registry has set aside.
package address

import (
	"net/netip"
	"slices"
)

// A SpaceBlock is a row of a table of address spaces: the addresses of a prefix are in a space.
type SpaceBlock struct {
	Prefix netip.Prefix
	Space  string // "local" or "loopback"
}

// Spaces is the table "Non-public IP address blocks" of Local Network Access, in its order, in which the first row that
// matches decides. Without are blocks that are left out, as prefixes.
//
// https://wicg.github.io/local-network-access/#non-public-ip-address-blocks
func Spaces(without ...string) []SpaceBlock {
	if len(without) == 0 {
		return spaces
	}
	return slices.DeleteFunc(slices.Clone(spaces), func(b SpaceBlock) bool { return slices.Contains(without, b.Prefix.String()) })
}

var spaces = []SpaceBlock{
	{prefix("127.0.0.0/8"), "loopback"},
	{prefix("10.0.0.0/8"), "local"},
	{prefix("100.64.0.0/10"), "local"},
	{prefix("172.16.0.0/12"), "local"},
	{prefix("192.168.0.0/16"), "local"},
	{prefix("198.18.0.0/15"), "loopback"},
	{prefix("169.254.0.0/16"), "local"},
	{prefix("::1/128"), "loopback"},
	{prefix("fc00::/7"), "local"},
	{prefix("fe80::/10"), "local"},
	{prefix("fec0::/10"), "local"},
	{prefix("0.0.0.0/32"), "loopback"},
	{prefix("0.0.0.0/8"), "local"},
	{prefix("::/128"), "loopback"},
	{prefix("2001:db8::/32"), "local"},
	{prefix("3fff::/20"), "local"},
}

func prefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }

// Space is "determine the IP address space" with a table: "public", "local" or "loopback", and "" for an address that is
// not known.
//
// https://wicg.github.io/local-network-access/#determine-the-ip-address-space
func Space(addr netip.Addr, table []SpaceBlock) string {
	if !addr.IsValid() {
		return ""
	}
	// 1. An IPv4-mapped address is that IPv4 address. A zone is not part of a prefix.
	addr = addr.Unmap().WithZone("")
	// 2. The first row that has it decides.
	for _, row := range table {
		if row.Prefix.Contains(addr) {
			return row.Space
		}
	}
	// 3. Any other is public.
	return "public"
}

// LessPublic tells whether a space is less public than another. One that is not known counts as public.
//
// https://wicg.github.io/local-network-access/#ip-address-space-less-public
func LessPublic(space, than string) bool {
	switch space {
	case "loopback":
		return than != "loopback"
	case "local":
		return than != "loopback" && than != "local"
	}
	return false
}

// Port is the port at which the server of an http:, https:, ws: or wss: URL is reached, of which port is "" where
// it is the scheme's default port.
func Port(scheme, port string) string {
	switch {
	case port != "":
		return port
	case scheme == "https" || scheme == "wss":
		return "443"
	}
	return "80"
}
