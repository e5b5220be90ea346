package main

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// A resolveFlag is --resolve: addresses by "host:port". The host may be "*".
type resolveFlag map[string][]netip.Addr

func (r resolveFlag) String() string { return "" }
func (r resolveFlag) Type() string   { return "host:port:addr" }

func (r resolveFlag) Set(s string) error {
	host, port, addresses, ok := cutResolve(strings.TrimPrefix(s, "+"))
	if !ok || host == "" || strings.ContainsAny(host, "[]") {
		return fmt.Errorf(`invalid value %q, want host:port:addr such as api.example:443:127.0.0.1`, s)
	}
	if !isPort(port) {
		return fmt.Errorf("invalid port %q", port)
	}
	var all []netip.Addr
	for address := range strings.SplitSeq(addresses, ",") {
		addr, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(address, "["), "]"))
		if err != nil {
			return fmt.Errorf("invalid IP address %q", address)
		}
		all = append(all, addr)
	}
	host = strings.ToLower(host)
	if ip, err := netip.ParseAddr(host); err == nil {
		host = ip.String() // as a URL contains it
	}
	r[net.JoinHostPort(host, port)] = all
	return nil
}

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0
}

// cutResolve cuts at the first two colons after the host, which may be an IPv6 address in
// brackets.
func cutResolve(s string) (host, port, rest string, ok bool) {
	if host, s, ok = cutHost(s); ok {
		port, rest, ok = strings.Cut(s, ":")
	}
	return
}

// cutHost cuts at the first colon after the host. It removes the brackets of an IPv6
// address.
func cutHost(s string) (host, rest string, ok bool) {
	if inner, found := strings.CutPrefix(s, "["); found {
		return strings.Cut(inner, "]:")
	}
	return strings.Cut(s, ":")
}

// lookup returns the addresses for "host:port", if there are any.
func (r resolveFlag) lookup(hostport string) ([]string, bool) {
	_, port, err := net.SplitHostPort(hostport)
	if err != nil {
		return nil, false
	}
	for _, key := range [...]string{hostport, net.JoinHostPort("*", port)} {
		if addrs, ok := r[key]; ok {
			var all []string
			for _, addr := range addrs {
				all = append(all, net.JoinHostPort(addr.String(), port))
			}
			return all, true
		}
	}
	return nil, false
}

// A connectToFlag is --connect-to: hosts and ports to connect to instead. The first match
// counts.
type connectToFlag []connectTo

type connectTo struct{ host, port, toHost, toPort string }

func (c *connectToFlag) String() string { return "" }
func (c *connectToFlag) Type() string   { return "host:port:host:port" }

func (c *connectToFlag) Set(s string) error {
	var to connectTo
	var rest string
	ok := false
	if to.host, to.port, rest, ok = cutResolve(s); ok {
		to.toHost, to.toPort, ok = cutHost(rest)
	}
	if !ok || to.port != "" && !isPort(to.port) || to.toPort != "" && !isPort(to.toPort) {
		return fmt.Errorf("invalid value %q, want host:port:host:port such as api.example:443:127.0.0.1:8443", s)
	}
	to.host = strings.ToLower(to.host)
	*c = append(*c, to)
	return nil
}

// lookup returns the address to connect to for "host:port".
func (c connectToFlag) lookup(hostport string) string {
	host, port, err := net.SplitHostPort(hostport)
	if err != nil {
		return hostport
	}
	for _, to := range c {
		if (to.host == "" || to.host == host) && (to.port == "" || to.port == port) {
			if to.toHost != "" {
				host = to.toHost
			}
			if to.toPort != "" {
				port = to.toPort
			}
			return net.JoinHostPort(host, port)
		}
	}
	return hostport
}
