package fetch

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/internal/address"
	"github.com/browsercors/browsercors/origin"
)

// PublicOnly keeps an agent from all servers that are not on the public internet: the guard of a program that fetches
// URLs which others have given it, against server-side request forgery. It holds under any profile and for every request: for
// navigations, preflights, WebSockets and each redirect.
//
// It is the address that decides, when it is dialled, and not the name, which may resolve to another one the next
// time. Refused are the addresses of the IANA special-purpose registries that are not globally reachable, such as those of
// loopback, private networks, link-local networks, with the metadata services of clouds, and documentation; multicast; and
// IPv6 addresses that are not global unicast. The IPv6 forms of IPv4 addresses, mapped, of NAT64 and of 6to4, are judged by
// the IPv4 address; Teredo's are refused. A refused request fails with [AddressNotPublic]. Nothing is sent.
//
// # What it can't see
//
//   - A proxy resolves names itself. So requests through a proxy are refused unless TrustProxy is set. The proxy's own
//     address is not checked: the program has chosen it.
//   - If the transport's DialContext is one of the program's own, it has connected when the address is known. Then the
//     connection is closed, and nothing was sent over it. With a DialTLSContext, the TLS handshake has been made.
//   - An [http.RoundTripper] that is not an [*http.Transport], or a [Transport], has to say which address it has: by the
//     hooks of net/http/httptrace, or by [NetworkRequest.Connected]. If it does not, the response is refused, but the request
//     has been sent.
//   - A blob: URL, a data: URL, and a response out of the HTTP cache or of [Options.Override] need no connection.
//
// The zero value allows the public internet. Nil, in [Options.PublicOnly], allows all addresses.
type PublicOnly struct {
	// AllowPrefixes are addresses that are allowed as well, such as 10.1.0.0/16.
	AllowPrefixes []netip.Prefix

	// AllowHosts are hosts that are allowed whatever they resolve to, each as a URL has it: "intranet.example", for all
	// ports, or "localhost:8080".
	AllowHosts []string

	// TrustProxy allows requests through proxies: the proxy decides what it connects to. All that is still checked is a
	// URL whose host is an IP address or localhost.
	TrustProxy bool
}

// A guard is a PublicOnly that was found to be valid.
type guard struct {
	prefixes   []netip.Prefix
	hosts      []string // in the form of a URL's host, with ":port" if one was given
	trustProxy bool
}

// newGuard is the guard of an option; nil without one.
func newGuard(o *PublicOnly) (*guard, error) {
	if o == nil {
		return nil, nil
	}
	g := &guard{prefixes: slices.Clone(o.AllowPrefixes), trustProxy: o.TrustProxy}
	var wrong []error
	for i, p := range g.prefixes {
		if !p.IsValid() {
			wrong = append(wrong, fmt.Errorf("fetch: Options.PublicOnly.AllowPrefixes[%d] is not a prefix", i))
		}
		if p.Addr().Is4In6() && p.Bits() >= 96 { // addresses are looked up unmapped
			g.prefixes[i] = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
		}
	}
	for i, h := range o.AllowHosts {
		name, port := h, ""
		if colon := strings.LastIndexByte(h, ':'); colon >= 0 && !strings.HasSuffix(h, "]") {
			name, port = h[:colon], h[colon:]
			if n, err := strconv.ParseUint(port[1:], 10, 16); err != nil || n == 0 {
				wrong = append(wrong, fmt.Errorf("fetch: Options.PublicOnly.AllowHosts[%d] %s: %s is not a port", i, quote(h), quote(port[1:])))
				continue
			}
		}
		host, err := origin.ParseHost(name)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("fetch: Options.PublicOnly.AllowHosts[%d] %s: %w", i, quote(h), err))
			continue
		}
		g.hosts = append(g.hosts, host+port)
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	return g, nil
}

// check is why a URL's request is not sent over a connection, or nil.
func (g *guard) check(u *origin.URL, conn Connection) *connectionRefusal {
	if g.allowsHost(u) {
		return nil
	}
	refuse := func(header, value, detail string) *connectionRefusal {
		return &connectionRefusal{reason: AddressNotPublic, header: header, value: value, detail: detail}
	}
	if conn.Proxied {
		switch host, addr := u.Host(), literalAddress(u); {
		case !g.trustProxy:
			return refuse("proxy", host, "the name is resolved by a proxy, so that its address is not seen")
		case addr.IsValid():
			conn.Address = netip.AddrPortFrom(addr, 0)
		case isLoopbackName(u):
			return refuse("address", host, "Loopback")
		default:
			return nil
		}
	}
	addr := conn.Address.Addr().Unmap()
	if !addr.IsValid() {
		return refuse("address", "", "the transport does not say which address it has connected to")
	}
	block, special := address.Special(addr)
	if !special || slices.ContainsFunc(g.prefixes, func(p netip.Prefix) bool { return p.Contains(addr.WithZone("")) }) {
		return nil
	}
	return refuse("address", addr.String(), block.Prefix.String()+" "+block.Name)
}

// allowsHost tells whether the host of a URL is an exception.
func (g *guard) allowsHost(u *origin.URL) bool {
	if len(g.hosts) == 0 {
		return false
	}
	return slices.Contains(g.hosts, u.Host()) || slices.Contains(g.hosts, u.Host()+":"+address.Port(u.Scheme(), u.Port()))
}

// literalAddress is the address that a URL has as its host, or the zero Addr.
func literalAddress(u *origin.URL) netip.Addr {
	if !u.HostIsIP() {
		return netip.Addr{}
	}
	addr, _ := netip.ParseAddr(strings.Trim(u.Host(), "[]"))
	return addr
}

// isLoopbackName tells whether a URL's host is localhost, or a name under it.
func isLoopbackName(u *origin.URL) bool {
	var standard *origin.Trust
	return standard.URL(u.SetScheme("http")) // no other name is trustworthy by http:
}
