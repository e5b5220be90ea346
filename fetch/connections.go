package fetch

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/origin"
)

// A poolKey says which requests may share connections. http.Transport sees to
// the URL's origin.
//
// https://fetch.spec.whatwg.org/#concept-connection-obtain
type poolKey struct {
	partition    origin.PartitionKey
	credentials  bool
	certificates bool // client certificates may be presented
	tunnel       bool // through a proxy's tunnel with its authorization
}

// A pool are the connections of one key.
type pool struct {
	key       poolKey
	transport *http.Transport
}

// pools are an HTTPTransport's pools of connections. They are safe for
// concurrent use.
type pools struct {
	base         *http.Transport
	users        bool // the base is the user's, and may not be changed
	given        credentials.Certificates
	certificates bool // there are some: given, or the base's own

	last atomic.Pointer[pool]
	mu   sync.Mutex
	kept []*pool // that used last first
	used bool    // the base is a pool
}

const (
	mostPools = 64

	// copyIdleTimeout is for copies of a transport that keeps connections for
	// ever: nobody can close those of a pool that was dropped.
	copyIdleTimeout = 90 * time.Second
)

func (p *pools) init(base *http.Transport, users bool, given credentials.Certificates) {
	p.base, p.users, p.given = base, users, given
	p.certificates = given != nil || ownCertificates(base)
}

// get is the pool of a key.
func (p *pools) get(key poolKey) *pool {
	if last := p.last.Load(); last != nil && last.key == key {
		return last
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.kept, func(kept *pool) bool { return kept.key == key })
	if i < 0 {
		p.drop()
		i = len(p.kept)
		p.kept = append(p.kept, &pool{key, p.transport(key)})
	}
	found := p.kept[i]
	copy(p.kept[1:i+1], p.kept[:i])
	p.kept[0] = found
	p.last.Store(found)
	return found
}

// drop makes room for one more. The base stays: others may use it, too.
func (p *pools) drop() {
	for i := len(p.kept) - 1; i >= 0 && len(p.kept) >= mostPools; i-- {
		if old := p.kept[i].transport; old != p.base {
			p.kept = slices.Delete(p.kept, i, i+1)
			old.CloseIdleConnections() // those in use close when they are idle
		}
	}
}

// transport is a transport for a key: the base if it will do and none has it,
// else a copy.
func (p *pools) transport(key poolKey) *http.Transport {
	own := ownCertificates(p.base)
	replace := key.certificates && p.given != nil
	if !p.used && p.given == nil && !key.tunnel && own == key.certificates {
		p.used = true
		return p.base
	}
	t := separate(p.base)
	if p.users && t.Proxy != nil {
		authorizeTunnels(t)
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
	case replace:
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

func (p *pools) closeIdle() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, kept := range p.kept {
		kept.transport.CloseIdleConnections()
	}
}

// ownCertificates tells whether a transport presents client certificates.
func ownCertificates(t *http.Transport) bool {
	config := t.TLSClientConfig
	return config != nil && (len(config.Certificates) > 0 || config.GetClientCertificate != nil)
}

// separate is a copy of a transport that shares no connections with it and
// speaks HTTP/2 where it does. Clone alone hands connections to an HTTP/2 that
// was configured from outside, and forgets one that was there by default.
func separate(t *http.Transport) *http.Transport {
	c := t.Clone()
	_, configured := c.TLSNextProto["h2"]
	if configured || c.TLSNextProto == nil && c.TLSClientConfig != nil && slices.Contains(c.TLSClientConfig.NextProtos, "h2") {
		c.TLSNextProto, c.ForceAttemptHTTP2 = nil, true
	}
	return c
}

// webSocketTransport is a copy of a transport that opens a connection for each
// request, and speaks HTTP/1.1 over it.
func webSocketTransport(t *http.Transport) *http.Transport {
	c := separate(t)
	c.DisableKeepAlives = true
	c.TLSNextProto, c.ForceAttemptHTTP2, c.HTTP2, c.Protocols = make(map[string]func(string, *tls.Conn) http.RoundTripper), false, nil, nil
	if c.TLSClientConfig != nil {
		c.TLSClientConfig.NextProtos = nil
	}
	return c
}

// dialing is what the handshake of a new connection knows of the request that
// opens it.
type dialing struct {
	url              *origin.URL
	asked, presented atomic.Bool
}

type dialingKey struct{}

// presentCertificates is a GetClientCertificate that asks the certificates for
// the origin connected to.
func presentCertificates(certificates credentials.Certificates) func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
	return func(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		dial, ok := info.Context().Value(dialingKey{}).(*dialing)
		if !ok {
			return new(tls.Certificate), nil
		}
		dial.asked.Store(true)
		c, err := certificates.ClientCertificate(dial.url, info)
		if err == nil && c != nil && len(c.Certificate) > 0 {
			dial.presented.Store(true)
		}
		return c, err
	}
}

// presentNone is a GetClientCertificate that only notes that it was asked.
func presentNone(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
	if dial, ok := info.Context().Value(dialingKey{}).(*dialing); ok {
		dial.asked.Store(true)
	}
	return new(tls.Certificate), nil
}

// A ClientCertificateError is what an [HTTPTransport] returns when a server
// ends a connection over the TLS client certificate, or for want of one, as far
// as net/http tells: over HTTP/2 the server's alert can get lost.
type ClientCertificateError struct {
	Origin    string // the server's
	Unsure    bool   // it may have ended the handshake for another reason
	Presented bool   // it got a certificate
	Why       string // why it got none, or ""
	Err       error  // what the server said
}

func (e *ClientCertificateError) Error() string {
	if e.Presented {
		return fmt.Sprintf("fetch: the server of %s refuses the TLS client certificate: %v", e.Origin, e.Err)
	}
	if e.Unsure {
		return fmt.Sprintf("fetch: the server of %s hangs up, perhaps for want of a TLS client certificate: %s: %v", e.Origin, e.Why, e.Err)
	}
	return fmt.Sprintf("fetch: the server of %s demands a TLS client certificate and got none: %s: %v", e.Origin, e.Why, e.Err)
}

func (e *ClientCertificateError) Unwrap() error { return e.Err }

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
func (t *HTTPTransport) certificateError(r *NetworkRequest, from *pool, dial *dialing, err error) error {
	if from == nil {
		return err
	}
	alert := ""
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "remote error" {
		alert = op.Err.Error()
	}
	sure := slices.Contains(certificateAlerts, alert)
	// Of a server that closes at once, the words may be lost.
	unsure := alert == handshakeFailure || dial != nil && dial.asked.Load() && isClosing(err)
	if !sure && !unsure {
		return err
	}
	e := &ClientCertificateError{Origin: r.URL.Origin().String(), Unsure: !sure, Err: err}
	switch {
	case !t.pools.certificates:
		e.Why = "none is configured"
	case !from.key.certificates && r.Preflight:
		e.Why = "a preflight includes no credentials"
	case !from.key.certificates:
		e.Why = "the request includes no credentials"
	case t.Certificates == nil:
		e.Presented = true // as far as its transport knows
	case dial == nil:
		e.Why = "none is presented through an https: proxy"
	case dial.presented.Load():
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
	o := a.overs
	o.mu.Lock()
	defer o.mu.Unlock()
	i := slices.IndexFunc(o.kept, func(t *HTTPTransport) bool { return t.RoundTripper == base })
	if i >= 0 {
		made = o.kept[i]
		o.kept = slices.Delete(o.kept, i, i+1)
	}
	o.kept = slices.Insert(o.kept, 0, made)
	if len(o.kept) > mostOverTransports {
		o.kept = o.kept[:mostOverTransports]
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
