package browser

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/conformance"
)

// A surrounding is what a session is started with besides its engine: whether it has an HTTP cache, where there is a choice,
// and for scenarios about address spaces the ports of each space and the user's decisions.
type surrounding struct {
	httpCache bool

	unproxied   bool   // the servers are without the proxy, since what comes through it has no address space
	ports       string // "443=public 8443=local"
	permissions string // "local-network=granted loopback-network=denied"
}

// surroundingOf is what a scenario needs. Browsers without Local Network Access play all through the proxy.
func (l *launcher) surroundingOf(s *conformance.Scenario) surrounding {
	set := s.Setting()
	own := surrounding{httpCache: l.split && set.HTTPCache}
	if l.localNetwork && set.AddressSpaces != nil {
		own.unproxied = true
		own.permissions = sortedPairs(s.Permissions)
	}
	return own
}

// inSurroundings puts scenarios together that can be played in one session. The ports of a session are those of all its
// scenarios, and each is in one space.
func (l *launcher) inSurroundings(scenarios []*conformance.Scenario) (parts [][]*conformance.Scenario, of []surrounding) {
	ports := make([]map[string]string, 0, 1)
next:
	for _, s := range scenarios {
		needs, spaces := l.surroundingOf(s), s.Setting().AddressSpaces
		for i := range parts {
			if of[i] == needs && (!needs.unproxied || agree(ports[i], spaces)) {
				if parts[i] = append(parts[i], s); needs.unproxied {
					maps.Copy(ports[i], spaces)
				}
				continue next
			}
		}
		parts, of, ports = append(parts, []*conformance.Scenario{s}), append(of, needs), append(ports, maps.Clone(spaces))
	}
	for i := range of {
		if of[i].unproxied {
			of[i].ports = sortedPairs(ports[i])
		}
	}
	return parts, of
}

// agree tells whether no port is in another space.
func agree(a, b map[string]string) bool {
	for port, space := range b {
		if other, ok := a[port]; ok && other != space {
			return false
		}
	}
	return true
}

func sortedPairs(m map[string]string) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		all = append(all, name+"="+m[name])
	}
	return strings.Join(all, " ")
}

// pairs are what sortedPairs has put together.
func pairs(list string) (all [][2]string) {
	for pair := range strings.FieldsSeq(list) {
		name, value, _ := strings.Cut(pair, "=")
		all = append(all, [2]string{name, value})
	}
	return all
}

// A direct is where a session finds the servers without the proxy: a listener for each address space, which is every host and
// every port of it.
type direct struct {
	addresses map[string]string // by space
}

// listenDirect starts the listeners.
func (p *proxy) listenDirect(ctx context.Context) (*direct, error) {
	d := &direct{addresses: make(map[string]string)}
	for _, space := range []string{"public", "local", "loopback"} {
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		p.mu.Lock()
		p.others = append(p.others, listener)
		p.mu.Unlock()
		p.wait.Go(func() { p.accept(listener, p.serveDirect) })
		d.addresses[space] = listener.Addr().String()
	}
	return d, nil
}

// address is where the listener of a port is.
func (d *direct) address(space string) string { return d.addresses[cmp.Or(space, "public")] }

// port is the port of that.
func (d *direct) port(space string) string {
	_, port, _ := net.SplitHostPort(d.address(space))
	return port
}

// serveDirect serves a connection that did not come through the proxy: over TLS, if it begins so, and for the hosts that its
// requests name.
func (p *proxy) serveDirect(conn net.Conn) {
	defer p.forget(conn)
	in := bufio.NewReader(conn)
	const tlsHandshake = 22 // the first byte of TLS
	first, err := in.Peek(1)
	if err != nil {
		return
	}
	if first[0] != tlsHandshake {
		p.serveNamed(conn, in, "http://")
		return
	}
	secure := tls.Server(&buffered{conn, in}, &tls.Config{GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		host := cmp.Or(strings.ToLower(hello.ServerName), "127.0.0.1") // an address is not named
		p.mu.Lock()
		p.conns[conn] = host
		p.mu.Unlock()
		return p.tlsConfig(host)
	}})
	defer secure.Close()
	if err := secure.Handshake(); err != nil {
		return
	}
	if secure.ConnectionState().NegotiatedProtocol == "h2" {
		_ = serveHTTP2(secure, bufio.NewReader(secure), func(r *request) answer { return p.ask(r, r.target) })
		return
	}
	p.serveNamed(secure, bufio.NewReader(secure), "https://")
}

// serveNamed serves requests that name their host.
func (p *proxy) serveNamed(conn net.Conn, in *bufio.Reader, scheme string) {
	for {
		r, err := readRequest(in)
		if err != nil {
			return
		}
		host, _ := r.headers.Get("Host")
		if !p.exchange(conn, r, scheme+host+r.target) {
			if r.switched {
				serveSocket(conn, in)
			}
			return
		}
	}
}

// hostRules are Chromium's: which host and port is where.
func (s *session) hostRules() string {
	var rules []string
	for _, pair := range pairs(s.surrounding.ports) {
		rules = append(rules, "MAP *:"+pair[0]+" "+s.direct.address(pair[1]))
	}
	return strings.Join(append(rules, "MAP * "+s.direct.address("public")), ",")
}

// spaceOverrides are Chromium's: the spaces of addresses that are all loopback.
func (s *session) spaceOverrides() string {
	return s.direct.address("public") + "=public," + s.direct.address("local") + "=local"
}

// chromiumPreferences are the user's decisions as Chromium's settings, of which that of the local network has the name that
// once stood for both.
func (s *session) chromiumPreferences() string {
	names := map[string][]string{
		"local-network": {"local_network_access"}, "loopback-network": {"loopback_network"},
		"local-network-access": {"local_network_access", "loopback_network"},
	}
	var settings []string
	for _, pair := range pairs(s.surrounding.permissions) {
		state := map[string]string{"granted": "1", "denied": "2"}[pair[1]]
		for _, name := range names[pair[0]] {
			settings = append(settings, fmt.Sprintf("%q:%s", name, state))
		}
	}
	return `{"profile":{"default_content_setting_values":{` + strings.Join(settings, ",") + `}}}`
}

// firefoxDirect are Firefox's preferences of a session without the proxy.
func (s *session) firefoxDirect(to io.Writer) {
	public, local := s.direct.address("public"), s.direct.address("local")
	ports := map[string]string{"80": "public", "443": "public"}
	for _, pair := range pairs(s.surrounding.ports) {
		ports[pair[0]] = pair[1]
	}
	var forced []string
	for _, port := range slices.Sorted(maps.Keys(ports)) {
		forced = append(forced, port+"="+s.direct.port(ports[port]))
	}
	for _, preference := range [][2]string{
		{"network.proxy.type", "0"},
		{"network.dns.forceResolve", `"127.0.0.1"`},
		{"network.socket.forcePort", fmt.Sprintf("%q", strings.Join(forced, ";"))},
		{"network.lna.address_space.public.override", fmt.Sprintf("%q", public)},
		{"network.lna.address_space.private.override", fmt.Sprintf("%q", local)},
	} {
		fmt.Fprintf(to, "user_pref(%q, %s);\n", preference[0], preference[1])
	}
	for _, pair := range pairs(s.surrounding.permissions) {
		state := map[string]string{"granted": "1", "denied": "2"}[pair[1]]
		names := []string{pair[0]}
		if pair[0] == "local-network-access" {
			names = []string{"local-network", "loopback-network"}
		}
		for _, name := range names {
			fmt.Fprintf(to, "user_pref(%q, %s);\n", "permissions.default."+name, state)
			if name == "loopback-network" { // the name of the permission before
				fmt.Fprintf(to, "user_pref(%q, %s);\n", "permissions.default.localhost", state)
			}
		}
	}
}
