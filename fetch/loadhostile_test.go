package fetch_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/element"
)

// TestNoByteOfOpaqueResponses holds that what an element has got of another origin without
// CORS shows script nothing, whatever the kind and the browser.
func TestNoByteOfOpaqueResponses(t *testing.T) {
	types := map[element.Types]string{element.StyleSheet: "text/css", element.JavaScript: "text/javascript", element.Picture: "image/png"}
	for _, p := range engine.Profiles() {
		for _, name := range element.Names() {
			k, _ := element.Of(name)
			if k.API != "element" || k.Mode != "no-cors" {
				continue
			}
			kind := types[k.Types]
			if kind == "" {
				kind = "text/javascript"
			}
			agent, _ := newAgent(t, func(sent) reply {
				return answer(200, "Content-Type: "+kind, "X-Secret: secret").with("\x89PNG\r\n\x1a\nsecret")
			}, fetch.Options{Profile: p})
			page := newPage(t, agent, fetch.EnvironmentOptions{})
			out, err := page.Load(t.Context(), &fetch.Load{Element: fetch.Element(name), URL: api + "/a"})
			if err != nil {
				t.Errorf("%s, %s: %v", p.Name, name, err)
				continue
			}
			if out.Response == nil { // a preload or a media element of some browser loads it otherwise
				continue
			}
			body, err := io.ReadAll(out.Response.Body)
			out.Response.Body.Close()
			shown := 0
			for range out.Response.Headers.All() {
				shown++
			}
			if out.Response.Type == "opaque" && (len(body) > 0 || err != nil || shown > 0 || out.Response.Status != 0 || out.Response.URL != "") {
				t.Errorf("%s, %s: script gets status %d, %d headers, URL %q and body %q (%v)", p.Name, name, out.Response.Status, shown, out.Response.URL, body, err)
			}
			if out.Response.Type != "opaque" {
				t.Errorf("%s, %s: the response has type %s", p.Name, name, out.Response.Type)
			}
		}
	}
}

// TestSocketOfAnotherProtocol holds that a server which speaks something else than HTTP
// ends a handshake with an error, also if it never stops.
func TestSocketOfAnotherProtocol(t *testing.T) {
	for _, tt := range []struct{ name, says string }{
		{"SSH", "SSH-2.0-OpenSSH_9.9\r\n"},
		{"HTTP/2", "\x00\x00\x12\x04\x00\x00\x00\x00\x00" + strings.Repeat("\x00", 18)},
		{"headers without end", "HTTP/1.1 101 Switching Protocols\r\n" + strings.Repeat("X-A: "+strings.Repeat("a", 1000)+"\r\n", 5000)},
		{"nothing", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer listener.Close()
			go func() {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				defer conn.Close()
				_, _ = conn.Read(make([]byte, 4096))
				_, _ = io.WriteString(conn, tt.says)
			}()
			transport := &http.Transport{}
			defer transport.CloseIdleConnections()
			agent, err := fetch.NewAgent(&fetch.Options{Transport: &fetch.HTTPTransport{RoundTripper: transport}})
			if err != nil {
				t.Fatal(err)
			}
			page, err := agent.Page("http://localhost/")
			if err != nil {
				t.Fatal(err)
			}
			resp, err := page.WebSocket(t.Context(), "ws://"+listener.Addr().String()+"/")
			if err == nil {
				resp.Body.Close()
				t.Fatal("the connection is open")
			}
			if refusal, ok := errors.AsType[*fetch.Error](err); !ok || refusal.Exception() != "" || refusal.Reason != fetch.NetworkFailure && refusal.Reason != fetch.HeadersTooLarge {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestOverrideIsAskedByEachKind holds that the agent's owner may answer whatever a page
// loads, so that a mock or a service worker misses nothing.
func TestOverrideIsAskedByEachKind(t *testing.T) {
	asked := 0
	page, n := overriding(t, nil, func(_ context.Context, r *fetch.OverrideRequest) (*fetch.Response, error) {
		asked++
		return nil, errors.New("the owner's")
	})
	for _, name := range element.Names() {
		k, _ := element.Of(name)
		url := api + "/" + strings.ReplaceAll(name, "/", "-")
		if k.Mode == "same-origin" {
			url = app + "/" + strings.ReplaceAll(name, "/", "-")
		}
		asked = 0
		var err error
		switch {
		case k.API == "websocket":
			_, err = page.WebSocket(t.Context(), url)
		case k.API == "element" && name != "importscripts":
			out, failure := page.Load(t.Context(), &fetch.Load{Element: fetch.Element(name), URL: url})
			if failure != nil {
				t.Errorf("%s: %v", name, failure)
				continue
			}
			err = out.Err
		default:
			_, err = page.Fetch(t.Context(), fetch.Element(name).Request(url, ""))
		}
		if asked != 1 || !errors.Is(err, fetch.Overridden) {
			t.Errorf("%s: the owner was asked %d times: %v", name, asked, err)
		}
	}
	if len(n.sent) > 0 {
		t.Errorf("sent %q", n.lines())
	}
}
