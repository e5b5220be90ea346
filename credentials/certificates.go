package credentials

import (
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"os"
	"strings"

	"github.com/browsercors/browsercors/origin"
)

// Certificates chooses TLS client certificates. It must be safe for concurrent
// use. It is asked only for connections that may carry credentials.
type Certificates interface {
	// ClientCertificate returns the certificate for the server of u, which asked for
	// one with info. A certificate without a chain means that none is presented, and
	// an error ends the handshake, as with GetClientCertificate of [tls.Config]. Nil
	// is allowed only with an error.
	ClientCertificate(u *origin.URL, info *tls.CertificateRequestInfo) (*tls.Certificate, error)
}

// StaticCertificates presents one certificate to each of some origins, if the
// server accepts certificates of that kind, and none to other origins. Opaque
// origins are ignored. The map is copied.
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

// LoadCertificate reads a client certificate, its chain if the file has one, and
// its private key from PEM files. If keyFile is "", certFile has both. The error
// names the files and says what is wrong: no certificate, no key, a key locked with
// a password, or a key that does not belong to the certificate.
func LoadCertificate(certFile, keyFile string) (tls.Certificate, error) {
	refuse := func(format string, args ...any) (tls.Certificate, error) {
		return tls.Certificate{}, fmt.Errorf("credentials: client certificate %q: "+format, append([]any{certFile}, args...)...)
	}
	if certFile == "" {
		if keyFile != "" {
			return tls.Certificate{}, fmt.Errorf("credentials: private key %q: a key without its certificate identifies nobody; give the certificate's file too", keyFile)
		}
		return tls.Certificate{}, fmt.Errorf("credentials: client certificate \"\": no file is named")
	}
	certPEM, err := os.ReadFile(certFile)
	if err != nil {
		return refuse("%w", err)
	}
	inCert := pemBlocks(certPEM)
	switch {
	case inCert.certificates == 0 && inCert.keys > 0:
		return refuse("the file has a private key and no certificate; it may be the key's file")
	case inCert.certificates == 0:
		return refuse("the file has no CERTIFICATE block in PEM")
	}
	keyPEM, inKey := certPEM, inCert
	if keyFile == "" {
		keyFile = certFile
		if inCert.keys == 0 {
			return refuse("the file has no private key, and no other file is named for it; a certificate is presented with its key")
		}
	} else if keyPEM, err = os.ReadFile(keyFile); err != nil {
		return refuse("its private key: %w", err)
	} else if inKey = pemBlocks(keyPEM); inKey.keys == 0 {
		return refuse("the file %q, named for its private key, has no PRIVATE KEY block in PEM", keyFile)
	}
	if inKey.locked {
		return refuse("the private key in %q is locked with a password, which is not supported; unlock it with `openssl pkey`", keyFile)
	}
	c, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return refuse("with the private key in %q: %w", keyFile, err)
	}
	return c, nil
}

// pemContent is what a PEM file has.
type pemContent struct {
	certificates, keys int
	locked             bool // the first key
}

func pemBlocks(data []byte) pemContent {
	var c pemContent
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		switch {
		case block.Type == "CERTIFICATE":
			c.certificates++
		case strings.HasSuffix(block.Type, "PRIVATE KEY"):
			if c.keys++; c.keys == 1 {
				c.locked = block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != ""
			}
		}
	}
	return c
}
