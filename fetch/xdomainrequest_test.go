package fetch_test

import (
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/browsercors/browsercors/fetch"
)

// TestXDomainRequest holds that the object of Internet Explorer 8 and 9 is there only if
// the agent has it, and that it follows the seven rules of Microsoft's description.
func TestXDomainRequest(t *testing.T) {
	allowed := answer(200, "Access-Control-Allow-Origin: "+app, "Content-Type: application/json", "X-A: b", "Access-Control-Expose-Headers: *").with("{}")
	for _, tt := range []struct {
		name    string
		without bool // the option of the agent
		change  func(*fetch.Request)
		answer  reply
		page    string
		want    error
		value   string // of a refusal
	}{
		{name: "GET", answer: allowed},
		{name: "POST", change: func(r *fetch.Request) { r.Method, r.Body = "POST", fetch.TextBody("{}") }, answer: allowed},
		{name: "any origin", answer: answer(200, "Access-Control-Allow-Origin: *")},
		{name: "no header", answer: answer(200), want: fetch.MissingAllowOrigin},
		{name: "another origin", answer: answer(200, "Access-Control-Allow-Origin: https://other.test"), want: fetch.AllowOriginMismatch},
		{name: "not asked for", without: true, answer: allowed, want: fetch.InvalidOption, value: "xdomainrequest"},
		{name: "PUT", change: func(r *fetch.Request) { r.Method = "PUT" }, answer: allowed, want: fetch.InvalidOption, value: "PUT"},
		{name: "a header", change: func(r *fetch.Request) { r.Headers.Set("X-A", "b") }, answer: allowed, want: fetch.InvalidOption, value: "X-A"},
		{name: "credentials", change: func(r *fetch.Request) { r.Credentials = "include" }, answer: allowed, want: fetch.InvalidOption, value: "include"},
		{name: "a body that is not text", change: func(r *fetch.Request) { r.Method, r.Body = "POST", fetch.BytesBody([]byte("{}"), "") }, answer: allowed, want: fetch.InvalidOption},
		{name: "another scheme", page: "http://app.example/", answer: allowed, want: fetch.InvalidOption, value: "https"},
		{name: "not HTTP", change: func(r *fetch.Request) { r.URL = "data:,x" }, answer: allowed, want: fetch.InvalidOption, value: "data"},
		{name: "a mode", change: func(r *fetch.Request) { r.Mode = fetch.NoCORS }, answer: allowed, want: fetch.InvalidOption, value: "no-cors"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			agent, n := newAgent(t, routes{api + "/a": tt.answer}.serve, fetch.Options{XDomainRequest: !tt.without})
			page := newPage(t, agent, fetch.EnvironmentOptions{URL: tt.page})
			in := &fetch.Request{URL: api + "/a", API: "xdomainrequest"}
			if tt.change != nil {
				tt.change(in)
			}
			resp, err := page.Fetch(t.Context(), in)
			if tt.want != nil {
				refusal, ok := errors.AsType[*fetch.Error](err)
				if !ok || !errors.Is(err, tt.want) || tt.value != "" && refusal.Value != tt.value {
					t.Fatalf("%v, want %v for %q", err, tt.want, tt.value)
				}
				if sent, exception := len(n.lines()), refusal.Exception(); (sent == 0) != (exception == "Error") || exception != "" && exception != "Error" {
					t.Errorf("%d requests, and script gets %q", sent, exception)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			sent := n.last(t)
			kind := sent.header("Content-Type")
			if sent.header("Origin") != app || sent.header("Cookie") != "" || in.Body != nil && kind != "text/plain" || in.Body == nil && kind != "" {
				t.Errorf("sent %v", sent.Headers)
			}
			body, err := io.ReadAll(resp.Body)
			names := slices.Collect(func(yield func(string) bool) {
				for name := range resp.Headers.All() {
					if !yield(name) {
						return
					}
				}
			})
			if err != nil || string(body) != tt.answer.body || resp.Status != 0 || tt.answer.body != "" && !slices.Equal(names, []string{"content-type"}) {
				t.Errorf("script gets status %d, headers %q and body %q (%v)", resp.Status, names, body, err)
			}
		})
	}
}
