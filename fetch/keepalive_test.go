package fetch_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
)

// TestKeepaliveDone: what a keepalive request takes of its page's quota comes
// back when the request is done, whatever its response is and however it ends.
func TestKeepaliveDone(t *testing.T) {
	broken := answer(200).with("o")
	broken.cut = errDown
	servers := routes{
		app + "/a":        answer(200).with("ok"),
		app + "/empty":    answer(204),
		app + "/redirect": answer(302, "Location: /a").with("gone"),
		app + "/broken":   broken,
		app + "/down":     reply{err: errDown},
		api + "/refused":  answer(200).with("secret"),
		api + "/opaque":   answer(200).with("secret"),
	}
	read := func(r *fetch.Response, _ context.CancelFunc) { _, _ = io.Copy(io.Discard, r.Body) }
	closed := func(r *fetch.Response, _ context.CancelFunc) { r.Body.Close() }
	internal := func(r *fetch.Response, _ context.CancelFunc) { _, _ = io.Copy(io.Discard, r.Internal().Body) }
	cancel := func(_ *fetch.Response, cancel context.CancelFunc) { cancel() }
	nothing := func(*fetch.Response, context.CancelFunc) {}
	tests := []struct {
		name    string
		request fetch.Request
		then    func(*fetch.Response, context.CancelFunc)
	}{
		{"read to its end", fetch.Request{URL: "/a"}, read},
		{"closed", fetch.Request{URL: "/a"}, closed},
		{"cancelled", fetch.Request{URL: "/a"}, cancel},
		{"breaks off", fetch.Request{URL: "/broken"}, read},
		{"no body", fetch.Request{URL: "/empty"}, nothing},
		{"compared", fetch.Request{URL: "/a", Integrity: sha256OK}, read},
		{"compared, in vain", fetch.Request{URL: "/a", Integrity: sha512OK[:20]}, nothing},
		{"data:", fetch.Request{URL: "data:,x"}, read},
		{"refused", fetch.Request{URL: api + "/refused"}, nothing},
		{"no answer", fetch.Request{URL: "/down"}, nothing},
		{"opaque, read to what is its end for script", fetch.Request{URL: api + "/opaque", Mode: fetch.NoCORS}, read},
		{"opaque, read by an embedder", fetch.Request{URL: api + "/opaque", Mode: fetch.NoCORS}, internal},
		{"opaque, closed", fetch.Request{URL: api + "/opaque", Mode: fetch.NoCORS}, closed},
		{"opaque, cancelled", fetch.Request{URL: api + "/opaque", Mode: fetch.NoCORS}, cancel},
		{"opaque redirect, read", fetch.Request{URL: "/redirect", Redirect: "manual"}, read},
		{"opaque redirect, closed", fetch.Request{URL: "/redirect", Redirect: "manual"}, closed},
		{"redirected", fetch.Request{URL: "/redirect"}, read},
	}
	for _, profile := range engine.Profiles() {
		for _, tt := range tests {
			t.Run(profile.Name+"/"+tt.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					agent, _ := newAgent(t, servers.serve, fetch.Options{Profile: profile})
					page := newPage(t, agent, fetch.EnvironmentOptions{})
					for i := range 3 {
						ctx, cancel := context.WithCancel(t.Context())
						request := tt.request
						request.Method, request.Keepalive, request.Body = "POST", true, fetch.TextBody(strings.Repeat("k", 40<<10))
						resp, err := page.Fetch(ctx, &request)
						if err == nil {
							tt.then(resp, cancel)
						} else if asRefusal(t, err).Reason == fetch.KeepaliveQuota {
							t.Fatalf("the request after %d others: %v", i, err)
						}
						synctest.Wait()
						defer cancel()
					}
				})
			})
		}
	}
}

// TestKeepaliveClient: so it is with an http.Client's response that is read but
// not closed.
func TestKeepaliveClient(t *testing.T) {
	page, _ := standardPage(t, always(answer(200).with("ok")))
	client := page.ClientWith(nil, fetch.ClientOptions{Keepalive: true, Mode: fetch.NoCORS})
	for i := range 3 {
		resp, err := client.Post(api+"/a", "text/plain", strings.NewReader(strings.Repeat("k", 40<<10)))
		if err != nil {
			t.Fatalf("the request after %d others: %v", i, err)
		}
		if n, _ := io.Copy(io.Discard, resp.Body); n != 0 {
			t.Errorf("%d bytes of an opaque response", n)
		}
	}
}
