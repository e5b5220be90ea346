package fetch_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/browsercors/browsercors/fetch"
)

// Of all reasons these can be gone when the same request is made again.
var retryableReasons = map[fetch.Reason]bool{fetch.NetworkFailure: true, fetch.BrokenBody: true, fetch.KeepaliveQuota: true, fetch.Offline: true}

// TestRetryable goes through all reasons, as a program would that asks before it
// tries again.
func TestRetryable(t *testing.T) {
	for _, reason := range fetch.Reasons() {
		for _, status := range []int{0, 200, 302, 400, 403, 404, 500, 501} {
			e := &fetch.Error{Reason: reason, Stage: "actual"}
			if status != 0 {
				e.Response = &fetch.ResponseInfo{Status: status}
			}
			if got := e.Retryable(); got != retryableReasons[reason] {
				t.Errorf("%v after status %d: %t", reason, status, got)
			}
		}
		for _, status := range []int{408, 425, 429, 502, 503, 504} { // the server can't answer for now
			e := &fetch.Error{Reason: reason, Stage: "preflight", Response: &fetch.ResponseInfo{Status: status}}
			if got, want := e.Retryable(), reason != fetch.Aborted; got != want {
				t.Errorf("%v after status %d: %t", reason, status, got)
			}
		}
	}
	untrusted := &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}
	tests := []struct {
		name string
		err  fetch.Error
		want bool
	}{
		{"cancelled", fetch.Error{Reason: fetch.Aborted, Err: context.Canceled}, false},
		{"out of time", fetch.Error{Reason: fetch.Aborted, Err: context.DeadlineExceeded}, true},
		{"connection lost", fetch.Error{Reason: fetch.NetworkFailure, Err: io.ErrUnexpectedEOF}, true},
		{"server's certificate", fetch.Error{Reason: fetch.NetworkFailure, Err: fmt.Errorf("dial: %w", untrusted)}, false},
		{"veto of a hop", fetch.Error{Reason: fetch.RedirectVetoed, Err: errors.New("no"), Response: &fetch.ResponseInfo{Status: 307}}, false},
	}
	for _, tt := range tests {
		if got := tt.err.Retryable(); got != tt.want {
			t.Errorf("%s: %t", tt.name, got)
		}
	}
}
