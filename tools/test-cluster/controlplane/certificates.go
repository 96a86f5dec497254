package controlplane

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// writeCertificates makes an authority, the API server's certificate for 127.0.0.1 and the key of service accounts, and
// answers the authority's certificate. Elliptic keys: RSA ones cost half a second of every start.
func writeCertificates(dir string) ([]byte, error) {
	write := func(name, kind string, der []byte) ([]byte, error) {
		block := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
		return block, os.WriteFile(filepath.Join(dir, name), block, 0o600)
	}
	newKey := func(name string) (*ecdsa.PrivateKey, error) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, err
		}
		der, err := x509.MarshalECPrivateKey(key)
		if err != nil {
			return nil, err
		}
		_, err = write(name, "EC PRIVATE KEY", der)
		return key, err
	}
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test-cluster"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0), KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	server := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "kube-apiserver"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost", "kubernetes.default.svc"},
		NotBefore: authority.NotBefore, NotAfter: authority.NotAfter, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	authorityKey, err := newKey("ca.key")
	if err != nil {
		return nil, err
	}
	serverKey, err := newKey("server.key")
	if err != nil {
		return nil, err
	}
	accountsKey, err := newKey("accounts.key")
	if err != nil {
		return nil, err
	}
	public, err := x509.MarshalPKIXPublicKey(crypto.PublicKey(&accountsKey.PublicKey))
	if err != nil {
		return nil, err
	}
	if _, err := write("accounts.pub", "PUBLIC KEY", public); err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, server, authority, &serverKey.PublicKey, authorityKey)
	if err != nil {
		return nil, err
	}
	if _, err := write("server.crt", "CERTIFICATE", der); err != nil {
		return nil, err
	}
	der, err = x509.CreateCertificate(rand.Reader, authority, authority, &authorityKey.PublicKey, authorityKey)
	if err != nil {
		return nil, err
	}
	return write("ca.crt", "CERTIFICATE", der)
}
