package main

import (
	"errors"
	"github.com/browsercors/browsercors/internal/address"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// proxyFor is the proxy for a request; nil if there is none.
func (c *connectionFlags) proxyFor(req *http.Request, fromEnvironment func(*http.Request) (*url.URL, error)) (*url.URL, error) {
	hostport := net.JoinHostPort(req.URL.Hostname(), portOf(req.URL))
	if _, ok := c.resolve.lookup(hostport); ok || c.socket != "" || bypasses(c.noProxy, req.URL.Hostname()) {
		return nil, nil
	}
	proxy, err := c.proxy.to, error(nil)
	if !c.proxy.given {
		proxy, err = fromEnvironment(req)
	}
	if proxy == nil || err != nil || c.proxyUser == "" {
		return proxy, err
	}
	name, password, _ := strings.Cut(c.proxyUser, ":")
	with := *proxy
	with.User = url.UserPassword(name, password)
	return &with, nil
}

// bypasses tells whether a host is one of the hosts of --noproxy, or a subdomain of one.
func bypasses(hosts, host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for entry := range strings.SplitSeq(hosts, ",") {
		entry = strings.ToLower(strings.Trim(strings.TrimSpace(entry), "."))
		if network, err := netip.ParsePrefix(entry); err == nil {
			if addr, err := netip.ParseAddr(host); err == nil && network.Contains(addr) {
				return true
			}
		}
		if entry == "*" || entry != "" && (entry == host || strings.HasSuffix(host, "."+entry)) {
			return true
		}
	}
	return false
}

// proxyFlag is --proxy.
type proxyFlag struct {
	given bool
	to    *url.URL // nil: none
}

func (p *proxyFlag) String() string { return "" }
func (p *proxyFlag) Type() string   { return "[scheme://]host[:port]" }

// Set parses a proxy. The default port is 1080. An error does not contain the value, which
// may have a password.
func (p *proxyFlag) Set(s string) error {
	p.given, p.to = true, nil
	if s == "" {
		return nil
	}
	if !strings.Contains(s, "://") {
		s = "http://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" {
		return errors.New("invalid proxy, want a URL such as http://127.0.0.1:3128")
	}
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
	default:
		return unknownWord("scheme", u.Scheme, []string{"http", "https", "socks5", "socks5h"})
	}
	if u.Port() == "" {
		u.Host = net.JoinHostPort(u.Hostname(), "1080")
	}
	p.to = u
	return nil
}

// proxyScheme is a flag for proxies of one scheme.
type proxyScheme struct {
	*proxyFlag
	scheme string
}

func (p proxyScheme) Type() string { return "host[:port]" }

func (p proxyScheme) Set(s string) error { return p.proxyFlag.Set(p.scheme + "://" + s) }

// portOf is the port of a URL, or the default port of its scheme.
func portOf(u *url.URL) string { return address.Port(u.Scheme, u.Port()) }
