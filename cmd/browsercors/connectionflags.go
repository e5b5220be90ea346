package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

// connectionFlags say how a server is reached, in curl's words. Both browsercors
// fetch and check have them.
type connectionFlags struct {
	resolve        resolveFlag
	connectTo      connectToFlag
	insecure       bool
	caFile         string
	maxTime        float64
	connectTimeout float64
	ipv4, ipv6     bool
	http1          bool
	socket         string
	proxy          proxyFlag
	proxyUser      string
	noProxy        string
}

func (c *connectionFlags) add(flags *pflag.FlagSet, maxTime float64, usage string) {
	c.resolve = make(resolveFlag)
	flags.Var(c.resolve, "resolve", "connect to these addresses for this host and port; * is any host; may be repeated")
	flags.Var(&c.connectTo, "connect-to", "connect to the second host and port for the first; an empty part means any, or the same; may be repeated")
	flags.BoolVarP(&c.insecure, "insecure", "k", false, "accept any certificate")
	flags.StringVar(&c.caFile, "cacert", "", "PEM `file` of the certificates to trust instead of the system's")
	flags.Float64VarP(&c.maxTime, "max-time", "m", maxTime, usage)
	flags.Float64Var(&c.connectTimeout, "connect-timeout", 0, "most `seconds` to connect; 0 means 30")
	flags.VarP(&c.proxy, "proxy", "x", "use this proxy (http, https, socks5, socks5h) instead of the environment's; an empty value means none")
	flags.StringVarP(&c.proxyUser, "proxy-user", "U", "", "`name:password` for the proxy")
	flags.StringVar(&c.noProxy, "noproxy", "", "`hosts` to reach without a proxy, separated by commas; * is all")
	flags.StringVar(&c.socket, "unix-socket", "", "connect to the Unix domain socket at this `path`")
	flags.BoolVarP(&c.ipv4, "ipv4", "4", false, "connect to IPv4 addresses only")
	flags.BoolVarP(&c.ipv6, "ipv6", "6", false, "connect to IPv6 addresses only")
	flags.BoolVar(&c.http1, "http1.1", false, "speak HTTP/1.1 only")
	flags.Var(proxyScheme{&c.proxy, "socks5"}, "socks5", "the same as --proxy socks5://host:port")
	flags.Var(proxyScheme{&c.proxy, "socks5h"}, "socks5-hostname", "the same as --proxy socks5h://host:port")
	hide(flags, "socks5", "socks5-hostname")
}

// patience is what --max-time says.
func (c *connectionFlags) patience() (time.Duration, error) { return seconds("--max-time", c.maxTime) }

// seconds is the value of a flag that takes a number of seconds.
func seconds(flag string, n float64) (time.Duration, error) {
	if !(n >= 0 && n < math.MaxInt32) {
		return 0, fmt.Errorf("%s: invalid number of seconds %v", flag, n)
	}
	return time.Duration(n * float64(time.Second)), nil
}

// transport is one that connects as the flags say.
func (c *connectionFlags) transport() (*http.Transport, error) {
	t := http.DefaultTransport.(*http.Transport).Clone()
	if t.TLSClientConfig == nil {
		t.TLSClientConfig = new(tls.Config)
	}
	t.TLSClientConfig.InsecureSkipVerify = c.insecure
	if c.caFile != "" {
		roots, err := readRoots(c.caFile)
		if err != nil {
			return nil, fmt.Errorf("--cacert: %w", err)
		}
		t.TLSClientConfig.RootCAs = roots
	}
	if c.http1 {
		t.ForceAttemptHTTP2, t.TLSClientConfig.NextProtos = false, nil
		t.TLSNextProto = make(map[string]func(string, *tls.Conn) http.RoundTripper) // net/http's way to say so
	}
	dialer := &net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}
	switch timeout, err := seconds("--connect-timeout", c.connectTimeout); {
	case err != nil:
		return nil, err
	case timeout > 0:
		dialer.Timeout, t.TLSHandshakeTimeout = timeout, timeout
	}
	if c.ipv4 && c.ipv6 {
		return nil, errors.New("--ipv4 and --ipv6 exclude each other")
	}
	t.DialContext = func(ctx context.Context, network, hostport string) (net.Conn, error) {
		return c.dial(ctx, dialer, hostport)
	}
	if c.proxyUser != "" && !strings.Contains(c.proxyUser, ":") {
		return nil, errors.New("--proxy-user: the value has no colon, want name:password")
	}
	fromEnvironment := t.Proxy
	t.Proxy = func(req *http.Request) (*url.URL, error) { return c.proxyFor(req, fromEnvironment) }
	return t, nil
}

// readRoots reads the certificates of a PEM file.
func readRoots(name string) (*x509.CertPool, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(content) {
		return nil, fmt.Errorf("%s has no PEM certificate", name)
	}
	return roots, nil
}

// dial connects to where the flags lead for a host and port.
func (c *connectionFlags) dial(ctx context.Context, dialer *net.Dialer, hostport string) (net.Conn, error) {
	network := "tcp"
	switch {
	case c.socket != "":
		return dialer.DialContext(ctx, "unix", c.socket)
	case c.ipv4:
		network = "tcp4"
	case c.ipv6:
		network = "tcp6"
	}
	hostport = c.connectTo.lookup(hostport)
	addresses, ok := c.resolve.lookup(hostport)
	if !ok {
		addresses = []string{hostport}
	}
	var failed []error
	for _, address := range addresses {
		conn, err := dialer.DialContext(ctx, network, address)
		if err == nil {
			return conn, nil
		}
		failed = append(failed, err)
	}
	if len(failed) == 1 {
		return nil, failed[0]
	}
	return nil, errors.Join(failed...)
}

// proxyFor is the proxy for a request; nil is none.
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

// bypasses tells whether a host is among those of --noproxy: one of them, or below
// one.
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

// Set takes a proxy, whose port is 1080 without one. What is wrong with it is said
// without the password that may be in it.
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
		return errors.New("not a proxy such as http://127.0.0.1:3128")
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

// resolveFlag is --resolve: addresses by "host:port", where the host may be
// "*".
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
		host = ip.String() // as a URL has it
	}
	r[net.JoinHostPort(host, port)] = all
	return nil
}

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0
}

// cutResolve cuts at the first two colons behind the host, which may be an
// IPv6 address in brackets.
func cutResolve(s string) (host, port, rest string, ok bool) {
	if host, s, ok = cutHost(s); ok {
		port, rest, ok = strings.Cut(s, ":")
	}
	return
}

// cutHost cuts at the first colon behind the host, which may be an IPv6 address in
// brackets and loses them.
func cutHost(s string) (host, rest string, ok bool) {
	if inner, found := strings.CutPrefix(s, "["); found {
		return strings.Cut(inner, "]:")
	}
	return strings.Cut(s, ":")
}

// lookup are the addresses of "host:port", if there are any.
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

// connectToFlag is --connect-to: where to connect to instead. The first that
// matches counts.
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

// lookup is where to connect to for "host:port".
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

// portOf is a URL's port, also where it is the scheme's own.
func portOf(u *url.URL) string {
	switch port := u.Port(); {
	case port != "":
		return port
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}
