package credentials

import (
	"crypto/tls"

	"github.com/browsercors/browsercors/origin"
)

// Certificates chooses TLS client certificates. It is safe for concurrent use.
// It is asked only for connections that may carry credentials: see
// [Policy.ClientCertificate].
type Certificates interface {
	// ClientCertificate returns the certificate to present to the server of u,
	// which asked for one with info. As with GetClientCertificate of
	// [tls.Config], a certificate without chain presents none, nil is for
	// errors only, and an error ends the handshake.
	ClientCertificate(u *origin.URL, info *tls.CertificateRequestInfo) (*tls.Certificate, error)
}

// StaticCertificates presents one certificate an origin, if it is one that the
// server's request allows, and none to other origins. Opaque origins have no
// server. The map is copied.
func StaticCertificates(certificates map[origin.Origin]tls.Certificate) Certificates {
	s := staticCertificates{}
	for o, c := range certificates {
		if !o.IsZero() && !o.IsOpaque() {
			s[o.String()] = c
		}
	}
	return s
}

type staticCertificates map[string]tls.Certificate

func (s staticCertificates) ClientCertificate(u *origin.URL, info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
	c, ok := s[u.Origin().String()]
	if !ok || info != nil && info.SupportsCertificate(&c) != nil {
		return new(tls.Certificate), nil
	}
	return &c, nil
}
