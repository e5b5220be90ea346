package browser

import (
	"crypto/x509"
	"encoding/pem"
	"testing"
)

func TestAuthorityVouchesForEveryHost(t *testing.T) {
	t.Parallel()
	a, err := newAuthority()
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(a.pem())
	if block == nil {
		t.Fatal("no PEM")
	}
	ca, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(ca)
	for _, host := range []string{"api.other.test", "localhost", "xn--bcher-kva.example", "127.0.0.1", "::1"} {
		leaf, err := a.leaf(host)
		if err != nil {
			t.Fatal(err)
		}
		if len(leaf.Certificate) != 2 {
			t.Errorf("%s: a chain of %d, want the authority in it", host, len(leaf.Certificate))
		}
		cert, err := x509.ParseCertificate(leaf.Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		name := host
		if host == "::1" {
			name = "[::1]"
		}
		if _, err := cert.Verify(x509.VerifyOptions{Roots: roots, DNSName: name}); err != nil {
			t.Errorf("%s: %v", host, err)
		}
		if again, _ := a.leaf(host); again != leaf {
			t.Errorf("%s: a second certificate", host)
		}
	}
	if got := len(a.spki()); got != 44 {
		t.Errorf("SPKI digest of %d characters, want 44 of base64", got)
	}
}
