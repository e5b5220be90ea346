package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/address"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
)

// The requests of a check go to its server, or to the one of --via.

// A watched network shows progress on a terminal if a check takes longer than a second.
type watched struct {
	next  fetch.Transport
	w     io.Writer
	since time.Time
	asked int
	bar   *progressbar.ProgressBar
	via   bool // --via is given: what is dialled is not the server that the URL names
}

func (w *watched) RoundTrip(ctx context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	if w.bar == nil && time.Since(w.since) > time.Second && isTerminal(w.w) {
		w.bar = progressbar.NewOptions(-1, progressbar.OptionSetWriter(w.w), progressbar.OptionSetElapsedTime(true),
			progressbar.OptionThrottle(100*time.Millisecond))
	}
	if w.via && r.Connected != nil {
		instead, said := *r, r.Connected
		instead.Connected = func(c fetch.Connection) error {
			if addr := address.OfHost(r.URL.Host()); c.Proxied && addr.IsValid() {
				c = fetch.Connection{Address: netip.AddrPortFrom(addr, 0)}
			}
			return said(c)
		}
		r = &instead
	}
	resp, err := w.next.RoundTrip(ctx, r)
	if w.asked++; w.bar != nil {
		w.bar.Describe(fmt.Sprintf("checking, %d requests", w.asked))
	}
	return resp, err
}

func (w *watched) done() {
	if w.bar != nil {
		_ = w.bar.Clear()
		_ = w.bar.Exit()
	}
}

// A viaFlag is --via: the server that requests are sent to instead.
type viaFlag struct{ to *url.URL }

func (v *viaFlag) String() string { return "" }
func (v *viaFlag) Type() string   { return "origin" }

func (v *viaFlag) Set(s string) error {
	u, err := origin.ParseURL(s)
	if err != nil || !u.IsHTTP() || u.Origin().String() != strings.TrimSuffix(s, "/") {
		return fmt.Errorf("%.60q is not the origin of a server, such as http://127.0.0.1:8080", text.RedactURL(s))
	}
	v.to, err = url.Parse(u.Origin().String())
	return err
}

// isHere tells whether requests for base go to a server on this machine.
func (v *viaFlag) isHere(base string) bool {
	if v.to != nil {
		base = v.to.String()
	}
	u, err := origin.ParseURL(base)
	if err != nil {
		return false
	}
	return isLocal(u)
}

// roundTripper sends requests for the origin of base to the server of --via. If the
// schemes differ, the server learns the original scheme from X-Forwarded-Proto, as from a
// proxy that terminates TLS.
func (v *viaFlag) roundTripper(next http.RoundTripper, base string) http.RoundTripper {
	root, err := (&audit.Use{URL: "/"}).Request(base)
	if v.to == nil || err != nil { // the audit reports a wrong base
		return next
	}
	from := strings.TrimSuffix(root.URL, "/")
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		if r.URL.Scheme+"://"+r.URL.Host != from {
			return next.RoundTrip(r)
		}
		r = r.Clone(r.Context())
		if r.Host == "" {
			r.Host = r.URL.Host
		}
		if v.to.Scheme != r.URL.Scheme {
			r.Header.Set("X-Forwarded-Proto", r.URL.Scheme)
		}
		if path, ok := strings.CutPrefix(r.URL.Opaque, "//"+r.URL.Host); ok && !strings.HasPrefix(path, "//") {
			r.URL.Opaque = path // otherwise the request line would have the whole URL
		}
		r.URL.Scheme, r.URL.Host = v.to.Scheme, v.to.Host
		return next.RoundTrip(r)
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
