package credentials_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"strings"
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

func TestLoadCertificate(t *testing.T) {
	pair := func() (cert, key string) {
		c := newCertificate(t)
		der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
		if err != nil {
			t.Fatal(err)
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]})),
			string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	}
	cert, key := pair()
	issuer, otherKey := pair()
	locked := string(pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte{1}}))
	lockedOld := string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: []byte{1}, Headers: map[string]string{"DEK-Info": "AES-128-CBC,00"}}))
	broken := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("junk")}))

	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const none = "-" // no file is named
	tests := []struct {
		name, cert, key string
		chain           int
		want            string // what the error says of the rule; "" for none
		names           string // "cert", "key" or "cert key": the files that it names
	}{
		{name: "pair", cert: cert, key: key, chain: 1},
		{name: "chain", cert: cert + issuer, key: key, chain: 2},
		{name: "both in one file", cert: cert + key, key: none, chain: 1},
		{name: "key first, words between", cert: "my key\n" + key + "and its certificate\n" + cert, key: none, chain: 1},
		{name: "no key", cert: cert, key: none, want: "presented with its key", names: "cert"},
		{name: "no certificate", cert: none, key: key, want: "without its certificate", names: "key"},
		{name: "neither", cert: none, key: none, want: "no file is named"},
		{name: "key of another", cert: cert, key: otherKey, want: "private key does not match public key", names: "cert key"},
		{name: "switched", cert: key, key: cert, want: "may be the key's file", names: "cert"},
		{name: "two certificates", cert: cert, key: issuer, want: "no PRIVATE KEY block", names: "cert key"},
		{name: "not PEM", cert: "\x30\x82", key: key, want: "no CERTIFICATE block", names: "cert"},
		{name: "empty key", cert: cert, key: "", want: "no PRIVATE KEY block", names: "cert key"},
		{name: "locked", cert: cert, key: locked, want: "locked with a password", names: "cert key"},
		{name: "locked in the old way", cert: cert, key: lockedOld, want: "locked with a password", names: "cert key"},
		{name: "broken", cert: broken, key: key, want: "x509", names: "cert key"},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			certFile, keyFile := "", ""
			if tt.cert != none {
				certFile = file(strconv.Itoa(i)+"-cert.pem", tt.cert)
			}
			if tt.key != none {
				keyFile = file(strconv.Itoa(i)+"-key.pem", tt.key)
			}
			got, err := credentials.LoadCertificate(certFile, keyFile)
			if tt.want == "" {
				if err != nil || len(got.Certificate) != tt.chain || got.PrivateKey == nil {
					t.Errorf("a chain of %d, %v; want %d", len(got.Certificate), err, tt.chain)
				}
				return
			}
			if err == nil || !strings.HasPrefix(err.Error(), "credentials: ") || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("error %v does not say %q", err, tt.want)
			}
			for _, name := range strings.Fields(tt.names) {
				if path := map[string]string{"cert": certFile, "key": keyFile}[name]; !strings.Contains(err.Error(), strconv.Quote(path)) {
					t.Errorf("error %v does not name the file %s", err, path)
				}
			}
		})
	}

	t.Run("no such file", func(t *testing.T) {
		missing := filepath.Join(dir, "missing.pem")
		there := file("there.pem", cert)
		for _, pair := range [][2]string{{missing, ""}, {there, missing}} {
			if _, err := credentials.LoadCertificate(pair[0], pair[1]); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), missing) {
				t.Errorf("%q: %v", pair, err)
			}
		}
	})
}
