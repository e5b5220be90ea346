package rules

// Credentials says how an engine departs from the Standard in what is a credential
// and when it is sent. The zero value is the Standard.
type Credentials struct {
	// A TLS client certificate is presented on every connection, also for
	// preflights and with credentials mode omit.
	ClientCertificateAlways bool

	// One connection serves requests with and without credentials. It does not
	// serve both requests that may and requests that may not present a client
	// certificate.
	SharedConnections bool

	Cookies        Cookies
	Authentication Authentication
}

// ClientCertificate reports whether the connection for a request may present a
// client certificate. Preflights include no credentials.
//
// https://fetch.spec.whatwg.org/#create-a-connection
func (p Credentials) ClientCertificate(includeCredentials bool) bool {
	return includeCredentials || p.ClientCertificateAlways
}
