// Package compat holds no code of its own: its tests run the client code of
// libraries that take an [http.Client] or an [http.RoundTripper], unchanged,
// over a page's client and over one that navigates, against servers on
// loopback. Each row of docs/clients.md is one of these tests.
//
// The package is a module of its own, so that a user of the library downloads
// none of the libraries that are tried here.
package compat
