package fetch

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/origin"
)

// A poolKey says which requests may share connections. http.Transport sees to
// the URL's origin and to the proxy.
//
// https://fetch.spec.whatwg.org/#concept-connection-obtain
type poolKey struct {
	partition    origin.PartitionKey
	credentials  bool
	certificates bool // client certificates may be presented
	guarded      bool // Options.PublicOnly says what may be dialled
}

// A pool are the connections of one key.
type pool struct {
	key       poolKey
	transport *http.Transport
}

// pools are an HTTPTransport's pools of connections. They are safe for
// concurrent use.
type pools struct {
	base         *http.Transport // what the pools' transports are copies of; it sends nothing itself
	given        credentials.Certificates
	certificates bool                         // there are some: given, or the base's own
	promptProxy  bool                         // the base's Proxy never waits
	registered   map[string]http.RoundTripper // for the schemes that the base leaves to others

	last atomic.Pointer[pool]
	mu   sync.Mutex
	kept []*pool // that used last first
}

const (
	// mostPools is how many pools there are; beyond that the one used the longest
	// time ago goes.
	mostPools = 64

	// copyIdleConns and copyIdleTimeout are for copies of a transport without such
	// a limit: nobody could close what one keeps that was dropped.
	copyIdleConns   = 100
	copyIdleTimeout = 90 * time.Second
)

func newPools(base *http.Transport, given credentials.Certificates) *pools {
	return &pools{
		base:         base,
		given:        given,
		certificates: given != nil || ownCertificates(base),
		promptProxy:  isPromptProxy(base.Proxy),
		registered:   registeredProtocols(base),
	}
}

// serves tells whether it is not the pools' transports that serve a URL, but
// what was registered for its scheme.
func (p *pools) serves(u *origin.URL) bool {
	_, ok := p.registered[u.Scheme()]
	return ok
}

// get is the pool of a key.
func (p *pools) get(key poolKey) *pool {
	if last := p.last.Load(); last != nil && last.key == key {
		return last
	}
	found, dropped := p.find(key)
	for _, old := range dropped {
		old.transport.CloseIdleConnections() // those in use close when they are idle
	}
	return found
}

func (p *pools) find(key poolKey) (found *pool, dropped []*pool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.kept, func(kept *pool) bool { return kept.key == key })
	if i < 0 {
		if len(p.kept) == mostPools {
			dropped = slices.Clone(p.kept[mostPools-1:])
			p.kept = p.kept[:mostPools-1]
		}
		i = len(p.kept)
		p.kept = append(p.kept, &pool{key, p.transport(key)})
	}
	found = p.kept[i]
	copy(p.kept[1:i+1], p.kept[:i])
	p.kept[0] = found
	p.last.Store(found)
	return found, dropped
}

// transport is a transport for a key.
func (p *pools) transport(key poolKey) *http.Transport {
	t := separate(p.base, p.registered)
	if key.guarded {
		guardDials(t, p.base)
	}
	if t.Proxy != nil {
		t.Proxy = chosenProxy
		authorizeTunnels(t)
	}
	if t.MaxIdleConns == 0 {
		t.MaxIdleConns = copyIdleConns
	}
	if t.IdleConnTimeout == 0 {
		t.IdleConnTimeout = copyIdleTimeout
	}
	if p.given != nil && t.TLSClientConfig == nil {
		t.TLSClientConfig = new(tls.Config)
	}
	config := t.TLSClientConfig
	if config == nil {
		return t
	}
	if config.ClientSessionCache != nil {
		config.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	}
	switch {
	case key.certificates && p.given != nil:
		config.GetClientCertificate = presentCertificates(p.given)
		config.ClientSessionCache = nil // keyed by host: another port's session would bring its certificate
	case !key.certificates:
		config.Certificates, config.GetClientCertificate = nil, nil
		if p.given != nil {
			config.GetClientCertificate = presentNone
		}
	}
	return t
}

// unshared is a pool's transport for one request, which opens a connection of
// its own.
func (p *pools) unshared(from *pool) *http.Transport {
	t := separate(from.transport, p.registered)
	t.DisableKeepAlives = true
	return t
}

func (p *pools) closeIdle() {
	p.mu.Lock()
	kept := slices.Clone(p.kept)
	p.mu.Unlock()
	for _, pool := range kept {
		pool.transport.CloseIdleConnections()
	}
}

// ownCertificates tells whether a transport presents client certificates.
func ownCertificates(t *http.Transport) bool {
	config := t.TLSClientConfig
	return config != nil && (len(config.Certificates) > 0 || config.GetClientCertificate != nil)
}

// separate is a copy of a transport that shares no connections with it and
// speaks HTTP/2 where it does. Clone alone hands connections to an HTTP/2 that
// was configured from outside, forgets one that was there by default, and forgets
// what was registered.
func separate(t *http.Transport, registered map[string]http.RoundTripper) *http.Transport {
	c := t.Clone()
	_, configured := c.TLSNextProto["h2"]
	if configured || c.TLSNextProto == nil && c.TLSClientConfig != nil && slices.Contains(c.TLSClientConfig.NextProtos, "h2") {
		c.TLSNextProto, c.ForceAttemptHTTP2 = nil, true
	}
	for scheme, rt := range registered {
		if scheme == "https" { // whose HTTP/2 would be registered in its place
			c.TLSNextProto, c.ForceAttemptHTTP2 = map[string]func(string, *tls.Conn) http.RoundTripper{}, false
		}
		c.RegisterProtocol(scheme, rt)
	}
	return c
}

// webSocket is a pool's transport for one WebSocket, which opens a connection of
// its own and speaks HTTP/1.1 over it.
func (p *pools) webSocket(from *pool) *http.Transport {
	c := p.unshared(from)
	c.TLSNextProto, c.ForceAttemptHTTP2, c.HTTP2, c.Protocols = make(map[string]func(string, *tls.Conn) http.RoundTripper), false, nil, nil
	if c.TLSClientConfig != nil {
		c.TLSClientConfig.NextProtos = nil
	}
	return c
}

// registeredProtocols are the round trippers that a program has registered with
// a transport for HTTP(S) URLs: mocks, for the most part. net/http tells nobody
// of them, and a copy without them would take to the network what was never
// meant to get there. So they are read from the field in which it keeps them; a
// test fails when it no longer does.
func registeredProtocols(t *http.Transport) map[string]http.RoundTripper {
	_ = t.Clone() // registers its HTTP/2
	field, ok := reflect.TypeFor[http.Transport]().FieldByName("altProto")
	if !ok || field.Type != reflect.TypeFor[atomic.Value]() {
		return nil
	}
	all, _ := (*atomic.Value)(unsafe.Add(unsafe.Pointer(t), field.Offset)).Load().(map[string]http.RoundTripper)
	var own map[string]http.RoundTripper
	for _, scheme := range [...]string{"http", "https"} {
		_, isHTTP2 := t.TLSNextProto["h2"] // it comes with a registration for https, or not at all
		if rt := all[scheme]; rt != nil && !(scheme == "https" && isHTTP2) {
			if own == nil {
				own = make(map[string]http.RoundTripper)
			}
			own[scheme] = rt
		}
	}
	return own
}

// presentCertificates is a GetClientCertificate that asks the certificates for
// the origin connected to.
func presentCertificates(certificates credentials.Certificates) func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
	return func(info *tls.CertificateRequestInfo) (c *tls.Certificate, err error) {
		way, ok := info.Context().Value(routeKey{}).(*route)
		if !ok || !way.presents {
			return new(tls.Certificate), nil
		}
		defer recovered("Certificates", &err) // this is a goroutine of net/http's
		way.asked.Store(true)
		c, err = certificates.ClientCertificate(way.url, info)
		switch {
		case err == nil && c == nil: // which crypto/tls does not survive
			c = new(tls.Certificate)
		case err == nil && len(c.Certificate) > 0:
			way.presented.Store(true)
		}
		return c, err
	}
}

// presentNone is a GetClientCertificate that only notes that it was asked.
func presentNone(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
	if way, ok := info.Context().Value(routeKey{}).(*route); ok && way.presents {
		way.asked.Store(true)
	}
	return new(tls.Certificate), nil
}

// A clientCertificateError is the error of an [HTTPTransport] when a server ends
// the connection because of the TLS client certificate, or because there was
// none. Over HTTP/2 the alert of the server can get lost; the error is then a
// different one.
type clientCertificateError struct {
	Origin    string // of the server
	Unsure    bool   // the server may have ended the handshake for another reason
	Presented bool   // a certificate was presented
	Why       string // why none was presented, or ""
	Err       error  // the server's alert
}

func (e *clientCertificateError) Error() string {
	if e.Presented {
		return fmt.Sprintf("fetch: the server of %s refuses the TLS client certificate: %v", e.Origin, e.Err)
	}
	if e.Unsure {
		return fmt.Sprintf("fetch: the server of %s hangs up, perhaps for want of a TLS client certificate: %s: %v", e.Origin, e.Why, e.Err)
	}
	return fmt.Sprintf("fetch: the server of %s demands a TLS client certificate and got none: %s: %v", e.Origin, e.Why, e.Err)
}

func (e *clientCertificateError) Unwrap() error { return e.Err }

// certificateAlerts are what crypto/tls makes of the alerts by which a server
// can only mean the client's certificate, or that there was none.
//
// https://www.rfc-editor.org/rfc/rfc8446#section-6.2
var certificateAlerts = []string{
	"tls: bad certificate", "tls: unsupported certificate", "tls: revoked certificate", "tls: expired certificate",
	"tls: unknown certificate", "tls: unknown certificate authority", "tls: certificate required",
}

// handshakeFailure is what many servers say over TLS 1.2 to a client without a
// certificate, and to one with which they share no cipher.
const handshakeFailure = "tls: handshake failure"

// isClosing says whether an error is that the other side has closed the
// connection.
func isClosing(err error) bool {
	_, wire := errors.AsType[*net.OpError](err)
	return wire || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// certificateError is err, with what is known of certificates if the server
// ended the connection over them.
func (t *HTTPTransport) certificateError(r *NetworkRequest, from *pool, way *route, err error) error {
	alert := ""
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "remote error" {
		alert = op.Err.Error()
	}
	sure := slices.Contains(certificateAlerts, alert)
	// Of a server that closes at once, the words may be lost.
	unsure := alert == handshakeFailure || way != nil && way.asked.Load() && isClosing(err)
	if !sure && !unsure {
		return err
	}
	e := &clientCertificateError{Origin: r.URL.Origin().String(), Unsure: !sure, Err: err}
	switch {
	case !t.pools.certificates:
		e.Why = "none is configured"
	case !from.key.certificates && r.Preflight:
		e.Why = "a preflight includes no credentials"
	case !from.key.certificates:
		e.Why = "the request includes no credentials"
	case t.Certificates == nil:
		e.Presented = true // as far as its transport knows
	case way == nil || !way.presents:
		e.Why = "none is presented through an https: proxy"
	case way.presented.Load():
		e.Presented = true
	default:
		e.Why = "there is none for this origin that the server takes"
	}
	if e.Presented && e.Unsure {
		return err
	}
	return e
}

// overTransports are the HTTPTransports over the transports that pages' clients
// were given, those used last first. Clients with the same one share pools, and
// so none that they should not.
type overTransports struct {
	mu   sync.Mutex
	kept []*HTTPTransport

	parts []overParts // of the HTTP cache, those used last first
	made  int         // how many there were
}

// overParts are the parts of the HTTP cache for what comes over a round tripper and
// with a cookie jar.
type overParts struct {
	base  http.RoundTripper
	jar   http.CookieJar
	parts *cacheParts
}

const mostOverTransports = 16

// overTransport is a Transport over a round tripper, with the agent's
// certificates.
func (a *Agent) overTransport(rt http.RoundTripper) *HTTPTransport {
	made := &HTTPTransport{RoundTripper: rt, Policy: a.profile.Credentials}
	if own, ok := a.transport.(*HTTPTransport); ok {
		made.Certificates = own.Certificates
	}
	base, ok := rt.(*http.Transport)
	if !ok {
		return made // has no pools
	}
	kept, dropped := a.overs.keep(base, made)
	for _, old := range dropped {
		old.CloseIdleConnections() // who still uses it has the rest
	}
	return kept
}

// keep is what is kept over a transport, or what was made if there is none; that
// is kept then, and what it takes the place of is dropped.
func (o *overTransports) keep(base *http.Transport, made *HTTPTransport) (kept *HTTPTransport, dropped []*HTTPTransport) {
	o.mu.Lock()
	defer o.mu.Unlock()
	i := slices.IndexFunc(o.kept, func(t *HTTPTransport) bool { return t.RoundTripper == base })
	if i >= 0 {
		made = o.kept[i]
		o.kept = slices.Delete(o.kept, i, i+1)
	}
	o.kept = slices.Insert(o.kept, 0, made)
	if len(o.kept) > mostOverTransports {
		dropped = slices.Clone(o.kept[mostOverTransports:])
		o.kept = o.kept[:mostOverTransports]
	}
	return made, dropped
}

// cacheParts are the parts of the HTTP cache for what comes over a round tripper and
// with a cookie jar; one of them may be nil, for the agent's own. Those that can't be compared, and those
// not used for long, get new ones.
func (o *overTransports) cacheParts(base http.RoundTripper, jar http.CookieJar) *cacheParts {
	o.mu.Lock()
	defer o.mu.Unlock()
	comparable := reflect.ValueOf(&base).Elem().Comparable() && reflect.ValueOf(&jar).Elem().Comparable()
	i := -1
	if comparable {
		i = slices.IndexFunc(o.parts, func(p overParts) bool { return p.base == base && p.jar == jar })
	}
	if i >= 0 {
		own := o.parts[i]
		o.parts = slices.Insert(slices.Delete(o.parts, i, i+1), 0, own)
		return own.parts
	}
	o.made++
	made := newCacheParts("client " + strconv.Itoa(o.made) + " ")
	if comparable {
		o.parts = slices.Insert(o.parts, 0, overParts{base, jar, made})
		o.parts = slices.Delete(o.parts, min(len(o.parts), mostOverTransports), len(o.parts))
	}
	return made
}

// CloseIdleConnections closes the connections that are open and not in use, of
// the agent's transport and of those that its pages' clients were given.
func (a *Agent) CloseIdleConnections() {
	if c, ok := a.transport.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
	a.overs.mu.Lock()
	kept := slices.Clone(a.overs.kept)
	a.overs.mu.Unlock()
	for _, t := range kept {
		t.CloseIdleConnections()
	}
}
