package cause

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/browsercors/browsercors/internal/text"
)

// ErrNotServed is the error of a network on which a host stands that is not the one
// asked for.
var ErrNotServed = errors.New("nothing else is served here")

// A failure is what a network error shows.
type failure struct {
	id   string
	is   func(error) bool
	what string // with {host}
	fix  string
}

func as[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func isAny(targets ...error) func(error) bool {
	return func(err error) bool {
		for _, target := range targets {
			if errors.Is(err, target) {
				return true
			}
		}
		return false
	}
}

// networkFailures are asked in this order.
var networkFailures = []failure{
	{"not-served", isAny(ErrNotServed), "The request led to {host}, which is not the server that is tested. What it would answer is not known.",
		"Test the URL at {host} by itself. If the page should not get there, look at what redirects: a login, another host name, http: instead of https:."},
	{"name-resolution", as[*net.DNSError], "The name {host} does not resolve.",
		"Check the host in the URL for a misspelling, and look it up in the DNS or the hosts file of this machine. A name of a container or a cluster resolves only within it."},
	{"connection-refused", isAny(syscall.ECONNREFUSED), "Nothing listens at the port of {host}.",
		"Check that the server runs and that the URL has its port. A server in a container has to listen on all addresses, and its port has to be published."},
	{"host-unreachable", isAny(syscall.EHOSTUNREACH, syscall.ENETUNREACH), "The network has no way to {host}.",
		"Check the address that the name resolves to, IPv6 included, and the network in between: a VPN, a firewall."},
	{"certificate", func(err error) bool {
		return as[*tls.CertificateVerificationError](err) || as[x509.UnknownAuthorityError](err) || as[x509.HostnameError](err) || as[x509.CertificateInvalidError](err)
	}, "The certificate of {host} is not valid. A browser would refuse the connection too, unless its user has accepted the certificate.",
		"Install a certificate that names this host, has not expired and is issued by an authority that browsers know, with its intermediate certificates."},
	{"not-tls", as[tls.RecordHeaderError], "The server at {host} does not speak TLS at this port.",
		"Use an http: URL, or the port at which the server speaks TLS."},
	{"tls", as[tls.AlertError], "The TLS handshake with {host} failed.",
		"Check the server's TLS versions, whether it has a certificate for this host, and whether it demands one of the client."},
	{"no-answer-in-time", func(err error) bool {
		t, ok := errors.AsType[net.Error](err)
		return errors.Is(err, context.DeadlineExceeded) || ok && t.Timeout()
	}, "{host} did not answer in time.",
		"Find out whether the request arrives: a firewall may drop it without a word, and a server may hang on it. If the server is only slow, allow it more time."},
	{"connection-closed", isAny(io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE), "The connection to {host} was closed without an answer.",
		"Look in the log of the server, or of the proxy before it: the process may crash on this request, or something refuses it by hanging up."},
}

// unanswered finds why no answer came.
func unanswered(e *Evidence) (Cause, bool) {
	if e.Failure == nil {
		return Cause{}, false
	}
	host := "the server"
	if u := e.url(); u != nil {
		if host = u.Host(); u.Port() != "" {
			host += ":" + u.Port()
		}
	}
	for i := range networkFailures {
		f := &networkFailures[i]
		if !f.is(e.Failure) {
			continue
		}
		fill := func(s string) string { return strings.ReplaceAll(s, "{host}", show(host)) }
		c := Cause{ID: f.id, NotCORS: true, By: Network, Problem: "This is not a CORS error. " + fill(f.what), Fix: fill(f.fix)}
		if f.id != "not-served" {
			c.Problem += " The error is: " + show(text.Redact(e.Failure.Error())) + "."
		}
		return c, true
	}
	return Cause{}, false
}
