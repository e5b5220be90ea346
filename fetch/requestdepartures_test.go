package fetch_test

import (
	"context"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// requestDepartures are about what script may ask for, WebSockets included.
func requestDepartures() []departure {
	return []departure{{
		field:    "Request.DanglingMarkup",
		set:      func(p *fetch.Profile) { p.Request.DanglingMarkup = true },
		standard: "200", departed: "dangling-markup",
		play: oneFetch(fetch.Request{URL: "/a\n?<"}, nil),
	}, {
		field:    "Request.UserinfoBlocked",
		set:      func(p *fetch.Profile) { p.Request.UserinfoBlocked = true },
		standard: "200", departed: "embedded-credentials",
		play: oneFetch(fetch.Request{URL: "/a"}, routes{app + "/a": answer(302, "Location: https://u:p@app.example/b")}),
	}, {
		field:    "Request.ElementUserinfoDropped",
		set:      func(p *fetch.Profile) { p.Request.ElementUserinfoDropped = true },
		standard: "https://u:p@app.example/a", departed: app + "/a",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, n := profiledPage(t, p, routes{}.serve, fetch.EnvironmentOptions{})
			outcome(t, page, fetch.Element("img").Request("https://u:p@app.example/a", "anonymous"))
			return n.last(t).URL.String()
		},
	}, {
		field:    "Request.ManifestWithoutCredentials",
		set:      func(p *fetch.Profile) { p.Request.ManifestWithoutCredentials = true },
		standard: "same-origin include", departed: "omit include",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, _ := profiledPage(t, p, routes{app + "/m": answer(200)}.serve, fetch.EnvironmentOptions{})
			var modes []string
			for _, attribute := range []fetch.CrossOrigin{"", "use-credentials"} {
				in := fetch.Element("manifest").Request("/m", attribute)
				in.Trace = &fetch.Trace{Sending: func(r fetch.RequestInfo) { modes = append(modes, string(r.Credentials)) }}
				outcome(t, page, in)
			}
			return strings.Join(modes, " ")
		},
	}, {
		field:    "Request.DataURLBlanks",
		set:      func(p *fetch.Profile) { p.Request.DataURLBlanks = true },
		standard: "data:,a%20b%20 data:;%20base64,SGk=", departed: "data:,a%20b data:;base64,SGk=",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, _ := profiledPage(t, p, routes{}.serve, fetch.EnvironmentOptions{})
			var urls []string
			for _, url := range []string{"data:,a b #c", "data:; base64,SGk="} {
				resp, err := page.Fetch(t.Context(), &fetch.Request{URL: url})
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				urls = append(urls, strings.ReplaceAll(resp.URL, " ", "%20"))
			}
			return strings.Join(urls, " ")
		},
	}, {
		field:    "Body.Stream",
		set:      func(p *fetch.Profile) { p.Body.Stream = rules.StreamText },
		standard: "OPTIONS POST x", departed: "POST [object ReadableStream]",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, n := profiledPage(t, p, routes{}.serve, fetch.EnvironmentOptions{})
			outcome(t, page, &fetch.Request{URL: api + "/a", Method: "POST", Body: fetch.StreamBody(strings.NewReader("x")), Duplex: "half"})
			var seen []string
			for _, s := range n.sent {
				seen = append(seen, s.Method)
			}
			return strings.Join(append(seen, n.last(t).body), " ")
		},
	}, {
		field:    "Request.HostSpaces",
		set:      func(p *fetch.Profile) { p.Request.HostSpaces = true },
		standard: "invalid-url", departed: "0",
		play: oneFetch(fetch.Request{URL: "https://a b.test/", Mode: fetch.NoCORS}, nil),
	}, {
		field:    "Request.StreamMakesCORS",
		set:      func(p *fetch.Profile) { p.Request.StreamMakesCORS = true },
		standard: "disallowed-by-mode", departed: "200",
		play: func(t *testing.T, p *fetch.Profile) string {
			return oneFetch(fetch.Request{URL: api + "/a", Method: "POST", Mode: fetch.SameOrigin, Duplex: "half", Body: fetch.StreamBody(strings.NewReader("x"))}, nil)(t, p)
		},
	}, {
		field:    "Request.CharsetInPlace",
		set:      func(p *fetch.Profile) { p.Request.CharsetInPlace = true },
		standard: "a/b;charset=UTF-8;c=d", departed: "A/B;Charset= UTF-8; c=d",
		play: lastHeader("Content-Type", fetch.Request{URL: "/a", Method: "POST", API: "xhr", Headers: headerLines("Content-Type: A/B;Charset= x; c=d"), Body: fetch.TextBody("x")},
			fetch.EnvironmentOptions{}, nil),
	}, {
		field:    "Request.BlobTypeParsed",
		set:      func(p *fetch.Profile) { p.Request.BlobTypeParsed = true },
		standard: "x", departed: "",
		play: lastHeader("Content-Type", fetch.Request{URL: "/a", Method: "POST", API: "xhr", Body: fetch.BytesBody([]byte("x"), "x")},
			fetch.EnvironmentOptions{}, nil),
	}, {
		field:    "Request.KeepaliveEarly",
		set:      func(p *fetch.Profile) { p.Request.KeepaliveEarly = true },
		standard: "*/*", departed: "no preflight",
		play: preflightHeader("Accept", fetch.Request{URL: api + "/a", Method: "PUT", Keepalive: true, Body: fetch.TextBody(strings.Repeat("a", 65537))}, fetch.EnvironmentOptions{}, nil),
	}, {
		field:    "WebSocket.NoMetadata",
		set:      func(p *fetch.Profile) { p.WebSocket.NoMetadata = true },
		standard: "websocket", departed: "",
		play: handshakeHeader("Sec-Fetch-Mode"),
	}, {
		field:    "WebSocket.Destination",
		set:      func(p *fetch.Profile) { p.WebSocket.Destination = "websocket" },
		standard: "empty", departed: "websocket",
		play: handshakeHeader("Sec-Fetch-Dest"),
	}, {
		field:    "WebSocket.NoAccept",
		set:      func(p *fetch.Profile) { p.WebSocket.NoAccept = true },
		standard: "*/*", departed: "",
		play: handshakeHeader("Accept"),
	}, {
		field:    "WebSocket.FollowsRedirects",
		set:      func(p *fetch.Profile) { p.WebSocket.FollowsRedirects = true },
		standard: "redirect-mode-error", departed: "open",
		play: opens("", answer(302, "Location: /b"), answer(101)),
	}, {
		field:    "WebSocket.SilenceAllowed",
		set:      func(p *fetch.Profile) { p.WebSocket.SilenceAllowed = true },
		standard: "websocket-failed", departed: "open",
		play: opens("chat", answer(101)),
	}, {
		field:    "WebSocket.UnaskedProtocolIgnored",
		set:      func(p *fetch.Profile) { p.WebSocket.UnaskedProtocolIgnored = true },
		standard: "websocket-failed", departed: "open",
		play: opens("", answer(101, "Sec-WebSocket-Protocol: chat")),
	}, {
		field:    "WebSocket.ProtocolAnyCase",
		set:      func(p *fetch.Profile) { p.WebSocket.ProtocolAnyCase = true },
		standard: "websocket-failed", departed: "open CHAT",
		play: opens("chat", answer(101, "Sec-WebSocket-Protocol: CHAT")),
	}, {
		field:    "WebSocket.Extension",
		set:      func(p *fetch.Profile) { p.WebSocket.Extension = "permessage-deflate; x" },
		standard: "permessage-deflate", departed: "permessage-deflate; x",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, sent := webSocketPage(t, p, "", answer(101))
			newWebSocket(t, page, "wss://api.test/")
			value, _ := (*sent)[0].Headers.Get("Sec-WebSocket-Extensions")
			return value
		},
	}, {
		field:    "WebSocket.EmptyExtensions",
		set:      func(p *fetch.Profile) { p.WebSocket.EmptyExtensions = true },
		standard: "websocket-failed", departed: "open",
		play: opens("", answer(101, "Sec-WebSocket-Extensions: ")),
	}, {
		field:    "WebSocket.NoEmptyExtension",
		set:      func(p *fetch.Profile) { p.WebSocket.NoEmptyExtension = true },
		standard: "opened ", departed: "error websocket-failed",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, _ := webSocketPage(t, p, "", answer(101, "Sec-WebSocket-Extensions: permessage-deflate,"))
			return newWebSocket(t, page, "wss://api.test/")
		},
	}, {
		field:    "WebSocket.DeflatesAgain",
		set:      func(p *fetch.Profile) { p.WebSocket.DeflatesAgain = true },
		standard: "error websocket-failed", departed: "opened ",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, _ := webSocketPage(t, p, "", answer(101, "Sec-WebSocket-Extensions: permessage-deflate, permessage-deflate"))
			return newWebSocket(t, page, "wss://api.test/")
		},
	}, {
		field:    "WebSocket.PortFirst",
		set:      func(p *fetch.Profile) { p.WebSocket.PortFirst = true },
		standard: "SyntaxError", departed: "error bad-port",
		play: constructed("wss://api.test:22/", "", "a", "a"),
	}, {
		field:    "WebSocket.FailureKeepsNothing",
		set:      func(p *fetch.Profile) { p.WebSocket.FailureKeepsNothing = true },
		standard: "c=1 d=1", departed: "c=1",
		play: func(t *testing.T, p *fetch.Profile) string {
			var sent []*fetch.NetworkRequest
			agent, _ := newAgent(t, nil, fetch.Options{Profile: p, Cookies: credentials.NewCookieJar(nil),
				Transport: handshakes(&sent, answer(401, "Set-Cookie: c=1"), answer(101, "Sec-WebSocket-Protocol: x", "Set-Cookie: d=1"), answer(101))})
			page := newPage(t, agent, fetch.EnvironmentOptions{})
			for range 3 {
				newWebSocket(t, page, "wss://app.example/")
			}
			value, _ := sent[2].Headers.Get("Cookie")
			return strings.ReplaceAll(value, ";", "")
		},
	}, {
		field:    "WebSocket.CSPBeforeProtocols",
		set:      func(p *fetch.Profile) { p.WebSocket.CSPBeforeProtocols = true },
		standard: "SyntaxError", departed: "error csp-blocked",
		play: constructed("wss://api.test/", "connect-src 'none'", "a", "a"),
	}, {
		field:    "WebSocket.NoBaseInSandbox",
		set:      func(p *fetch.Profile) { p.WebSocket.NoBaseInSandbox = true },
		standard: "opened ", departed: "SyntaxError",
		play: func(t *testing.T, p *fetch.Profile) string {
			agent, _ := newAgent(t, nil, fetch.Options{Profile: p, Transport: handshakes(new([]*fetch.NetworkRequest), answer(101))})
			return newWebSocket(t, newPage(t, agent, fetch.EnvironmentOptions{Sandboxed: true, Ancestors: []origin.Origin{originOf(t, app)}}), "/a")
		},
	}, {
		field:    "WebSocket.LastProtocol",
		set:      func(p *fetch.Profile) { p.WebSocket.LastProtocol = true },
		standard: "Sec-WebSocket-Protocol", departed: "opened chat",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, _ := webSocketPage(t, p, "", answer(101, "Sec-WebSocket-Protocol: x", "Sec-WebSocket-Protocol: chat"))
			resp, err := page.WebSocket(t.Context(), "wss://api.test/", "chat", "x")
			if err != nil {
				return asRefusal(t, err).Header
			}
			resp.Body.Close()
			return "opened " + resp.Header.Get("Sec-WebSocket-Protocol")
		},
	}, {
		field:    "WebSocket.ThrowsMixedContent",
		set:      func(p *fetch.Profile) { p.WebSocket.ThrowsMixedContent = true },
		standard: "error mixed-content", departed: "SecurityError",
		play: constructed("ws://api.test/", ""),
	}, {
		field:    "WebSocket.CSPException",
		set:      func(p *fetch.Profile) { p.WebSocket.CSPException = "SecurityError" },
		standard: "error csp-blocked", departed: "SecurityError",
		play: constructed("wss://api.test/", "connect-src 'none'"),
	}}
}

// policyDepartures are about what is blocked, and what script is told of it.
func policyDepartures() []departure {
	image := fetch.Request{URL: api + "/a", Mode: fetch.NoCORS, Credentials: credentials.Include}
	return []departure{{
		field:    "Integrity.OfRedirect",
		set:      func(p *fetch.Profile) { p.Integrity.OfRedirect = true },
		standard: "integrity-mismatch integrity-mismatch", departed: "0 integrity-mismatch",
		play: func(t *testing.T, p *fetch.Profile) string {
			redirect := routes{app + "/a": answer(302, "Location: /b")}
			manual := func(integrity string) string {
				return oneFetch(fetch.Request{URL: "/a", Redirect: "manual", Integrity: integrity}, redirect)(t, p)
			}
			return manual("sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=") + " " + manual("sha256-x")
		},
	}, {
		field:    "Policy.URLNeedsChallenge",
		set:      func(p *fetch.Profile) { p.Policy.URLNeedsChallenge = true },
		standard: "Basic dTpw", departed: "",
		play: lastHeader("Authorization", fetch.Request{URL: "https://u:p@app.example/a", API: "xhr"}, fetch.EnvironmentOptions{}, routes{"https://u:p@app.example/a": answer(401)}),
	}, {
		field:    "Policy.URLAnswersChallenge",
		set:      func(p *fetch.Profile) { p.Policy.URLAnswersChallenge = true },
		standard: "", departed: "Basic dTpw",
		play: lastHeader("Authorization", fetch.Request{URL: "https://u:p@api.test/a", API: "xhr"}, fetch.EnvironmentOptions{}, routes{"https://u:p@api.test/a": answer(401, acao+"*")}),
	}, {
		field:    "Ports.Allowed",
		set:      func(p *fetch.Profile) { p.Ports.Allowed = []uint16{6679} },
		standard: "bad-port", departed: "200",
		play: oneFetch(fetch.Request{URL: api + ":6679/a"}, nil),
	}, {
		field:    "Messages.NetworkError",
		set:      func(p *fetch.Profile) { p.Messages.NetworkError = "Load failed" },
		standard: "Failed to fetch | Failed to fetch | Failed to fetch", departed: "Load failed | Load failed | Load failed",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, _ := profiledPage(t, p, routes{api + "/a": answer(200)}.serve, fetch.EnvironmentOptions{})
			return told(t, t.Context(), page, fetch.Request{URL: api + "/a"}, fetch.Request{URL: api + "/a", Method: "PUT"}, fetch.Request{URL: "https://api.test:22/"})
		},
	}, {
		field:    "Messages.Aborted",
		set:      func(p *fetch.Profile) { p.Messages.Aborted = "cancelled" },
		standard: "The operation was aborted", departed: "cancelled",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, _ := profiledPage(t, p, routes{}.serve, fetch.EnvironmentOptions{})
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			return told(t, ctx, page, fetch.Request{URL: api + "/a"})
		},
	}, {
		field:    "Policy.MixedContentOnHTTPSOnly",
		set:      func(p *fetch.Profile) { p.Policy.MixedContentOnHTTPSOnly = true },
		standard: "mixed-content", departed: "200",
		play: func(t *testing.T, p *fetch.Profile) string {
			agent, _ := newAgent(t, routes{}.serve, fetch.Options{Profile: p})
			return outcome(t, newPage(t, agent, fetch.EnvironmentOptions{URL: "http://localhost/"}), &fetch.Request{URL: "http://api.test/a"})
		},
	}, {
		field:    "Policy.NoAboutBlank",
		set:      func(p *fetch.Profile) { p.Policy.NoAboutBlank = true },
		standard: "0", departed: "unsupported-scheme",
		play: oneFetch(fetch.Request{URL: "about:blank", Mode: fetch.NoCORS}, nil),
	}, {
		field:    "Integrity.NoBodyIsEmpty",
		set:      func(p *fetch.Profile) { p.Integrity.NoBodyIsEmpty = true },
		standard: "integrity-mismatch", departed: "204",
		play: oneFetch(fetch.Request{URL: "/a", Integrity: "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}, routes{app + "/a": answer(204)}),
	}, {
		field:    "Policy.NoConnectionAllowlist",
		set:      func(p *fetch.Profile) { p.Policy.NoConnectionAllowlist = true },
		standard: "connection-allowlist", departed: "404",
		play: underAllowlist("()", api+"/a"),
	}, {
		field:    "Policy.DamagedAllowlistBlocks",
		set:      func(p *fetch.Profile) { p.Policy.DamagedAllowlistBlocks = true },
		standard: "404", departed: "connection-allowlist",
		play: underAllowlist(`("https://api.test"`, api+"/a"),
	}, {
		field:    "Policy.StrictAllowlistPatterns",
		set:      func(p *fetch.Profile) { p.Policy.StrictAllowlistPatterns = true },
		standard: "404 404", departed: "connection-allowlist connection-allowlist",
		play: func(t *testing.T, p *fetch.Profile) string {
			return underAllowlist(`("https://api.test::x")`, "https://api.test:8443/a")(t, p) + " " + underAllowlist(`("https://api.test:8443x")`, "https://api.test:8443/a")(t, p)
		},
	}, {
		field:    "Policy.LocalURLsUnlisted",
		set:      func(p *fetch.Profile) { p.Policy.LocalURLsUnlisted = true },
		standard: "connection-allowlist", departed: "200",
		play: underAllowlist("()", "data:,x"),
	}, {
		field:    "Policy.IPNeverSameSite",
		set:      func(p *fetch.Profile) { p.Policy.IPNeverSameSite = true },
		standard: "0", departed: "cross-origin-resource-policy",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, _ := profiledPage(t, p, func(sent) reply { return answer(200, "Cross-Origin-Resource-Policy: same-site") },
				fetch.EnvironmentOptions{URL: "http://127.0.0.1/"})
			return outcome(t, page, &fetch.Request{URL: "http://127.0.0.1:8080/", Mode: fetch.NoCORS})
		},
	}, {
		field:    "Policy.ClassicWorkerAnyType",
		set:      func(p *fetch.Profile) { p.Policy.ClassicWorkerAnyType = true },
		standard: "refused refused", departed: "taken refused",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, _ := profiledPage(t, p, routes{app + "/w": answer(200, "Content-Type: text/html")}.serve, fetch.EnvironmentOptions{})
			var all []string
			for _, worker := range []fetch.Element{"worker", "worker/module"} {
				got := "taken"
				if worker.Receive(fetched(t, page, worker.Request("/w", ""))) != nil {
					got = "refused"
				}
				all = append(all, got)
			}
			return strings.Join(all, " ")
		},
	}, {
		field:    "Policy.UnknownResourcePolicyAllows",
		set:      func(p *fetch.Profile) { p.Policy.UnknownResourcePolicyAllows = true },
		standard: "refused refused refused", departed: "let through refused refused",
		play: func(t *testing.T, p *fetch.Profile) string {
			var got []string
			for _, value := range []string{"cross-origin, same-site", "", "same-origin"} {
				page, _ := profiledPage(t, p, func(sent) reply { return answer(200, "Cross-Origin-Resource-Policy: "+value) },
					fetch.EnvironmentOptions{EmbedderPolicy: "require-corp"})
				verdict := "let through"
				if outcome(t, page, &fetch.Request{URL: api + "/a", Mode: fetch.NoCORS}) == "cross-origin-resource-policy" {
					verdict = "refused"
				}
				got = append(got, verdict)
			}
			return strings.Join(got, " ")
		},
	}, {
		field:    "Policy.CredentiallessIgnored",
		set:      func(p *fetch.Profile) { p.Policy.CredentiallessIgnored = true },
		standard: "", departed: "id=1",
		play: lastHeader("Cookie", image, fetch.EnvironmentOptions{EmbedderPolicy: "credentialless"}, nil),
	}, {
		field:    "Policy.DocumentIsolation",
		set:      func(p *fetch.Profile) { p.Policy.DocumentIsolation = true },
		standard: "id=1 0", departed: " cross-origin-resource-policy",
		play: func(t *testing.T, p *fetch.Profile) string {
			cookie := lastHeader("Cookie", image, fetch.EnvironmentOptions{DocumentIsolationPolicy: "isolate-and-credentialless"}, nil)(t, p)
			page, _ := profiledPage(t, p, func(sent) reply { return answer(200) }, fetch.EnvironmentOptions{DocumentIsolationPolicy: "isolate-and-require-corp"})
			return cookie + " " + outcome(t, page, &fetch.Request{URL: api + "/a", Mode: fetch.NoCORS})
		},
	}}
}
