package fetch_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fetchtest"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// Every reason says what it is called, where it stands and what it demands.
func TestReasons(t *testing.T) {
	names := make(map[string]bool)
	for _, r := range fetch.Reasons() {
		name := r.String()
		if name == "" || names[name] || strings.ToLower(name) != name || strings.ContainsAny(name, " _") {
			t.Errorf("name %q", name)
		}
		names[name] = true
		if !strings.HasPrefix(r.Section(), "https://") || !strings.Contains(r.Section(), "#") {
			t.Errorf("%v: section %q", r, r.Section())
		}
		if r.Rule() == "" || strings.HasSuffix(r.Rule(), ".") {
			t.Errorf("%v: rule %q", r, r.Rule())
		}
		if r.Error() != "fetch: "+name {
			t.Errorf("%v: error %q", r, r.Error())
		}
	}
	if none := fetch.Reason(0); none.String() != "unknown" || none.Section() != "" || none.Rule() != "" {
		t.Errorf("reason 0 is %q, %q, %q", none, none.Section(), none.Rule())
	}
}

// What is below an Error can be asked for, and what a hostile server made
// long or unprintable is cut and escaped.
func TestErrorText(t *testing.T) {
	long := strings.Repeat("é", 150)
	tests := []struct {
		name string
		err  fetch.Error
		want string
	}{
		{"nothing known", fetch.Error{Reason: fetchtest.Reason("immutable-headers")}, "fetch: immutable-headers"},
		{"page and method", fetch.Error{Reason: fetch.MissingAllowOrigin, Stage: "actual", Header: "A",
			Request: fetch.RequestInfo{Method: "GET", URL: "https://a/", Page: "https://b"}},
			"fetch: GET https://a/ from https://b: missing-allow-origin: A"},
		{"preflight and detail", fetch.Error{Reason: fetch.HeaderDisallowed, Stage: "preflight", Header: "A", Value: "x\x00", Detail: "x-a",
			Request: fetch.RequestInfo{URL: "https://a/"}},
			`fetch: https://a/: preflight: header-disallowed: A "x\x00": "x-a"`},
		{"status", fetch.Error{Reason: fetch.PreflightInvalidStatus, Stage: "preflight", Response: &fetch.ResponseInfo{Status: 404}},
			"fetch: preflight: preflight-invalid-status: status 404"},
		{"long", fetch.Error{Reason: fetch.InvalidURL, Header: "url", Value: long},
			`fetch: invalid-url: url "` + long[:200] + `"… (300 bytes)`},
		{"long url", fetch.Error{Reason: fetch.Aborted, Request: fetch.RequestInfo{URL: strings.Repeat("a", 201)}},
			"fetch: " + strings.Repeat("a", 200) + "… (201 bytes): aborted"},
		{"below", fetch.Error{Reason: fetch.NetworkFailure, Err: errDown}, "fetch: network-failure: the server is down"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.err.Error(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if !errors.Is(&tt.err, tt.err.Reason) || errors.Is(&tt.err, fetchtest.Reason("duplex-required")) {
				t.Error("errors.Is does not tell the reason")
			}
		})
	}
	if err := error(&fetch.Error{Reason: fetch.NetworkFailure, Err: errDown}); !errors.Is(err, errDown) {
		t.Error("the error below is lost")
	}
}

// Errors from below keep their cause.
func TestErrorCauses(t *testing.T) {
	for _, cases := range refusalCases() {
		for _, c := range cases {
			_, err := c.play(t, c.request)
			e, ok := errors.AsType[*fetch.Error](err)
			if !ok {
				continue
			}
			var want error
			switch c.want.reason {
			case fetch.NetworkFailure:
				want = errDown
			case fetch.Aborted:
				want = context.Canceled
			case fetch.BrokenBody:
				want = io.ErrUnexpectedEOF
			case fetch.InvalidURL, fetchtest.Reason("invalid-referrer"):
				if _, ok := errors.AsType[*origin.ParseError](err); !ok {
					t.Errorf("%s: %v has no *origin.ParseError", c.name, err)
				}
			case fetch.InvalidLocation:
				_, parse := errors.AsType[*origin.ParseError](err)
				_, value := errors.AsType[*safelist.ValueError](err)
				if !parse && !value {
					t.Errorf("%s: %v does not say what is wrong with the value", c.name, err)
				}
			}
			if want != nil && !errors.Is(e, want) {
				t.Errorf("%s: %v is not %v", c.name, err, want)
			}
		}
	}
}
