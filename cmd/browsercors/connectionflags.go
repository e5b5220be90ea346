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
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

// connectionFlags are curl's flags for connections. Both browsercors fetch and check have
// them.
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
	flags.Float64Var(&c.connectTimeout, "connect-timeout", 0, "maximum `seconds` to connect; 0 means 30")
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

// patience is the value of --max-time.
func (c *connectionFlags) patience() (time.Duration, error) { return seconds("--max-time", c.maxTime) }

// seconds is the value of a flag that takes a number of seconds.
func seconds(flag string, n float64) (time.Duration, error) {
	if !(n >= 0 && n < math.MaxInt32) {
		return 0, fmt.Errorf("%s: invalid number of seconds %v", flag, n)
	}
	return time.Duration(n * float64(time.Second)), nil
}

// transport returns a transport that connects as the flags say.
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
		t.TLSNextProto = make(map[string]func(string, *tls.Conn) http.RoundTripper) // turns HTTP/2 off
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

// dial connects to the address that the flags give for a host and port.
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
