package credentials_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/origin"
)

func newCertificate(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "user"},
		NotAfter:     time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func TestStaticCertificates(t *testing.T) {
	api, err := origin.Parse("https://api.example")
	if err != nil {
		t.Fatal(err)
	}
	given := map[origin.Origin]tls.Certificate{
		api:                newCertificate(t),
		origin.NewOpaque(): newCertificate(t),
		{}:                 newCertificate(t),
	}
	c := credentials.StaticCertificates(given)
	clear(given)

	info := func(scheme tls.SignatureScheme) *tls.CertificateRequestInfo {
		return &tls.CertificateRequestInfo{Version: tls.VersionTLS13, SignatureSchemes: []tls.SignatureScheme{scheme}}
	}
	tests := []struct {
		name, url string
		info      *tls.CertificateRequestInfo
		want      bool
	}{
		{"its origin", "https://api.example/x?y", info(tls.ECDSAWithP256AndSHA256), true},
		{"without information", "https://api.example/", nil, true},
		{"server that wants another kind", "https://api.example/", info(tls.PSSWithSHA256), false},
		{"other port", "https://api.example:8443/", nil, false},
		{"other host", "https://www.api.example/", nil, false},
		{"opaque origin", "foo://api.example/", nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := c.ClientCertificate(mustURL(t, tt.url), tt.info)
			if err != nil || got == nil {
				t.Fatalf("%v, %v", got, err)
			}
			if present := len(got.Certificate) > 0; present != tt.want {
				t.Errorf("presented %t, want %t", present, tt.want)
			}
		})
	}
}
