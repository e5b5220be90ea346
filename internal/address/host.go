package address

import (
	"net/netip"
	"strings"
)

// OfHost is the address that the host of a URL stands for without being resolved: an IP address, loopback for localhost and
// names under it, and a link-local address for names under .local, which only a local network resolves. It is the zero Addr for
// every other host.
func OfHost(host string) netip.Addr {
	if addr, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return addr.Unmap()
	}
	switch name := strings.TrimSuffix(host, "."); {
	case name == "localhost", strings.HasSuffix(name, ".localhost"):
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	case strings.HasSuffix(name, ".local"):
		return netip.AddrFrom4([4]byte{169, 254, 0, 1})
	}
	return netip.Addr{}
}
