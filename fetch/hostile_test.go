package fetch_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/browsercors/browsercors/fetch"
)

// wireOnce is a raw server that answers every request with the same bytes and
// then closes the connection.
func wireOnce(t testing.TB, answer string) string {
	return wireRaw(t, func(p *wirePeer) {
		if p.head() != nil {
			p.say(answer)
		}
	})
}

// wireForever says the same until nobody listens any more.
func (p *wirePeer) forever(s string) {
	for p.say(s) {
	}
}

// wireHead is a response's head with an answer to CORS, without its end.
const wireHead = "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n"

// TestHostileHeads refuses what is not HTTP, or not what the Standard takes,
// and names it.
func TestHostileHeads(t *testing.T) {
	many := func(format string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	redirect := func(location string) string {
		return "HTTP/1.1 302 Found\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 0\r\n" + location + "\r\n"
	}
	tests := []struct {
		name, answer string
		want         fetch.Reason
		says         string // what the error names
	}{
		{"nothing", "", fetch.NetworkFailure, "EOF"},
		{"closes in the status line", "HTTP/1.1 2", fetch.NetworkFailure, `"2"`},
		{"closes in the head", wireHead + "X-A: 1\r\nX-B", fetch.NetworkFailure, `"X-B"`},
		{"closes after a header", wireHead + "X-A: 1\r\n", fetch.NetworkFailure, "unexpected EOF"},
		{"no HTTP", "SSH-2.0-OpenSSH_9.9\r\n\r\n", fetch.NetworkFailure, `"SSH-2.0-OpenSSH_9.9"`},
		{"TLS", "\x15\x03\x01\x00\x02\x02\x28", fetch.NetworkFailure, `\x15\x03\x01`},
		{"HTTP/0.9", "<html>\r\n\r\n", fetch.NetworkFailure, `"<html>"`},
		{"HTTP version", "HTTP/x 200 OK\r\n\r\n", fetch.NetworkFailure, `"HTTP/x"`},
		{"long status", "HTTP/1.1 2000 OK\r\n\r\n", fetch.NetworkFailure, `"2000`},
		{"short status", "HTTP/1.1 20\r\n\r\n", fetch.NetworkFailure, `"20"`},
		{"negative status", "HTTP/1.1 -20 OK\r\n\r\n", fetch.NetworkFailure, `"-20`},
		{"no status", "HTTP/1.1 \r\n\r\n", fetch.NetworkFailure, `malformed HTTP`},
		{"header without colon", wireHead + "X-A\r\n\r\n", fetch.NetworkFailure, `"X-A"`},
		{"header without name", wireHead + ": a\r\n\r\n", fetch.NetworkFailure, `": a"`},
		{"negative length", wireHead + "Content-Length: -1\r\n\r\n", fetch.NetworkFailure, `"-1"`},
		{"huge length", wireHead + "Content-Length: 99999999999999999999\r\n\r\n", fetch.NetworkFailure, "99999999999999999999"},
		{"two lengths", wireHead + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", fetch.NetworkFailure, `"2"`},
		{"transfer coding", wireHead + "Transfer-Encoding: bogus\r\n\r\n", fetch.NetworkFailure, `"bogus"`},
		{"407", "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\n\r\nsecret", fetch.ProxyAuthenticationRequired, "Proxy-Authenticate"},

		{"Location does not parse", redirect("Location: http://[::1\r\n"), fetch.InvalidLocation, `"http://[::1"`},
		{"Location with a bad port", redirect("Location: http://a:99999/\r\n"), fetch.InvalidLocation, `"http://a:99999/"`},
		{"Location with a bad host", redirect("Location: http://a b/\r\n"), fetch.InvalidLocation, `"http://a b/"`},
		{"several Locations", redirect("Location: /a\r\nLocation: /b\r\n"), fetch.InvalidLocation, `"/a, /b"`},
		{"several Locations, the same", redirect("Location: /a\r\nLocation: /a\r\n"), fetch.InvalidLocation, `"/a, /a"`},
		{"ten thousand Locations", redirect(many("Location: /%d\r\n", 10000)), fetch.InvalidLocation, `"/0, /1, `},
		{"long Location", redirect("Location: http://[" + strings.Repeat("a", 1<<20) + "\r\n"), fetch.InvalidLocation, "(1048584 bytes)"},
		{"Location out of the Web", redirect("Location: file:///etc/passwd\r\n"), fetch.RedirectScheme, `"file:///etc/passwd"`},
		{"Location with a script", redirect("Location: javascript:alert(1)\r\n"), fetch.RedirectScheme, `"javascript:alert(1)"`},
		{"Location with a password", redirect("Location: https://u:p@api.example/\r\n"), fetch.RedirectContainsCredentials, `"https://u:xxxxx@api.example/"`},
		{"Location to a bad port", redirect("Location: http://127.0.0.1:22/\r\n"), fetch.BadPort, `"22"`},

		{"long Access-Control-Allow-Origin", "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: " + strings.Repeat("a", 1<<20) + "\r\n\r\nsecret",
			fetch.InvalidAllowOriginValue, "(1048576 bytes)"},
		{"ten thousand origins", "HTTP/1.1 200 OK\r\n" + many("Access-Control-Allow-Origin: https://%d.example\r\n", 10000) + "\r\nsecret",
			fetch.MultipleAllowOriginValues, "https://0.example, https://1.example"},
		{"control characters", "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: \x1b[2J\r\n\r\nsecret", fetch.NetworkFailure, `\x1b[2J"`},
		{"origin in bytes", "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: \xff\r\n\r\nsecret", fetch.InvalidAllowOriginValue, `"\xff"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client := wireClient(t, "https://app.example/", wireTransport(t))
			resp, err := client.Get(wireOnce(t, tt.answer))
			refusal := wireRefused(t, resp, err, tt.want)
			if resp != nil {
				t.Error("there is a response besides")
			}
			if !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %q does not say %q", err, tt.says)
			}
			if len(err.Error()) > 1000 || strings.Contains(err.Error(), "secret") {
				t.Errorf("error of %d bytes: %.1000q", len(err.Error()), err)
			}
			if got := refusal.ScriptMessage(); got != "Failed to fetch" {
				t.Errorf("script sees %q", got)
			}
		})
	}
}

// TestHostileEndlessHeads ends heads that never do: by net/http's limit where
// they are fast, by the caller where they are slow.
func TestHostileEndlessHeads(t *testing.T) {
	kilobytes := strings.Repeat("a", 64<<10)
	for name, serve := range map[string]func(*wirePeer){
		"one long header": func(p *wirePeer) { p.say(wireHead + "X-A: "); p.forever(kilobytes) },
		"one long line":   func(p *wirePeer) { p.forever(kilobytes) },
		"headers forever": func(p *wirePeer) { p.say(wireHead); p.forever("X-A: " + kilobytes + "\r\n") },
		"early hints":     func(p *wirePeer) { p.forever(strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 1000)) },
		"ten thousand 100's": func(p *wirePeer) {
			p.say(strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 10000))
			p.forever(strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 1000))
		},
	} {
		t.Run(name, func(t *testing.T) {
			url := wireRaw(t, func(p *wirePeer) {
				if p.head() != nil {
					serve(p)
				}
			})
			resp, err := wireClient(t, "https://app.example/", wireTransport(t)).Get(url)
			wireRefused(t, resp, err, fetch.NetworkFailure)
			if len(err.Error()) > 1000 {
				t.Errorf("error of %d bytes", len(err.Error()))
			}
		})
	}
}

// TestHostileSilence waits for a server that never gets on as long as the
// caller does.
func TestHostileSilence(t *testing.T) {
	chunk := func(s string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(s), s) }
	type silence struct {
		name   string
		method string
		serve  func(p *wirePeer, head []string) // until it is silent
		stage  string
	}
	tests := []silence{
		{"never answers", "GET", func(*wirePeer, []string) {}, "actual"},
		{"stops in the status line", "GET", func(p *wirePeer, _ []string) { p.say("HTTP/1.1 2") }, "actual"},
		{"stops in the head", "GET", func(p *wirePeer, _ []string) { p.say(wireHead + "X-A: 1") }, "actual"},
		{"stops before the body", "GET", func(p *wirePeer, _ []string) { p.say(wireHead + "Content-Length: 5\r\n\r\n") }, "actual"},
		{"stops in the body", "GET", func(p *wirePeer, _ []string) { p.say(wireHead + "Content-Length: 5\r\n\r\nbo") }, "actual"},
		{"stops in a chunk", "GET", func(p *wirePeer, _ []string) {
			p.say(wireHead + "Transfer-Encoding: chunked\r\n\r\n" + chunk("body") + "5\r\nbo")
		}, "actual"},
		{"stops in a coded body", "GET", func(p *wirePeer, _ []string) {
			p.say(wireHead + "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("\x1f\x8b\x08"))
		}, "actual"},
		{"preflight never answered", "PUT", func(*wirePeer, []string) {}, "preflight"},
		{"preflight stops in the head", "PUT", func(p *wirePeer, _ []string) { p.say(wireHead) }, "preflight"},
		{"never answers after the preflight", "PUT", func(p *wirePeer, head []string) {
			if strings.HasPrefix(head[0], "OPTIONS") {
				p.say(wireAllowed)
				p.head()
			}
		}, "actual"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			silent := make(chan struct{})
			var once sync.Once
			url := wireRaw(t, func(p *wirePeer) {
				if head := p.head(); head != nil {
					tt.serve(p, head)
					once.Do(func() { close(silent) })
					p.gone()
				}
			})
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				<-silent
				cancel()
			}()
			defer cancel()
			resp, err := wireClient(t, "https://app.example/", wireTransport(t)).Do(wireRequest(t, tt.method, url, nil).WithContext(ctx))
			if err == nil {
				_, err = io.ReadAll(resp.Body)
				resp.Body.Close()
			}
			refusal := asRefusal(t, err)
			if !errors.Is(err, fetch.Aborted) || !errors.Is(err, context.Canceled) || refusal.Exception() != "AbortError" {
				t.Errorf("error %v, want %v", err, fetch.Aborted)
			}
			if refusal.Stage != tt.stage {
				t.Errorf("stage %v, want %v", refusal.Stage, tt.stage)
			}
		})
	}
	t.Run("drips", func(t *testing.T) {
		dripped := make(chan struct{}, 1)
		url := wireRaw(t, func(p *wirePeer) {
			if p.head() == nil {
				return
			}
			p.say(wireHead + "X-Drip: ")
			for range 100 {
				p.say("a")
			}
			dripped <- struct{}{}
			p.forever("a")
		})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() {
			<-dripped
			cancel()
		}()
		resp, err := wireClient(t, "https://app.example/", wireTransport(t)).Do(wireRequest(t, "GET", url, nil).WithContext(ctx))
		wireRefused(t, resp, err, fetch.Aborted)
	})
}

// TestHostileBodies breaks where a body does.
func TestHostileBodies(t *testing.T) {
	var coded bytes.Buffer
	z := gzip.NewWriter(&coded)
	_, _ = io.WriteString(z, strings.Repeat("body", 1000))
	z.Close()
	broken := coded.String()
	for _, tt := range []struct{ name, answer, prefix, says string }{
		{"closes in the body", wireHead + "Content-Length: 10\r\n\r\nbody", "body", "unexpected EOF"},
		{"closes in a chunk", wireHead + "Transfer-Encoding: chunked\r\n\r\na\r\nbody", "body", "unexpected EOF"},
		{"closes between chunks", wireHead + "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n", "body", "unexpected EOF"},
		{"malformed chunk", wireHead + "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\nxyz\r\n", "body", "invalid"},
		{"huge chunk", wireHead + "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\nfffffffffffffffff\r\n", "body", "too large"},
		{"not coded", wireHead + "Content-Encoding: gzip\r\n\r\nten bytes or more", "", "invalid header"},
		{"not deflated", wireHead + "Content-Encoding: deflate\r\n\r\n\xff\xff\xff", "", "corrupt input"},
		{"coded body ends early", wireHead + "Content-Encoding: gzip\r\n\r\n" + broken[:len(broken)-9], "body", "unexpected EOF"},
		{"coded body with a wrong checksum", wireHead + "Content-Encoding: gzip\r\n\r\n" + broken[:len(broken)-8] + "\x00\x00\x00\x00" + broken[len(broken)-4:], "body", "checksum"},
		{"too many codings", wireHead + "Content-Encoding: gzip, gzip, gzip, gzip, gzip\r\n\r\nbody", "", "5 content codings"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			resp, err := wireClient(t, "https://app.example/", wireTransport(t)).Get(wireOnce(t, tt.answer))
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			data, err := io.ReadAll(resp.Body)
			if !errors.Is(err, fetch.BrokenBody) || !strings.Contains(fmt.Sprint(err), tt.says) {
				t.Errorf("error %v, want %v: %s", err, fetch.BrokenBody, tt.says)
			}
			if !strings.HasPrefix(string(data), tt.prefix) {
				t.Errorf("body begins with %.10q, want %q", data, tt.prefix)
			}
			if refusal := asRefusal(t, err); refusal.Response == nil || refusal.Response.Status != 200 || refusal.Exception() != "TypeError" {
				t.Errorf("refusal %+v does not say what arrived", refusal)
			}
			if _, again := resp.Body.Read(make([]byte, 1)); again == nil || again == io.EOF {
				t.Errorf("the next read gives %v, as if the body were whole", again)
			}
		})
	}
	t.Run("HTTP/2 stream reset", func(t *testing.T) {
		server := wireHTTP2(t, func(w http.ResponseWriter, r *http.Request) {
			wireAllow(w, r)
			_, _ = io.WriteString(w, "body")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		})
		resp, err := wireClient(t, "https://app.example/", wireTransport(t, server)).Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if _, err = io.ReadAll(resp.Body); !errors.Is(err, fetch.BrokenBody) {
			t.Errorf("error %v, want %v", err, fetch.BrokenBody)
		}
	})
	t.Run("status of zeros", func(t *testing.T) { // which Chromium and Firefox show
		url := wireRaw(t, func(p *wirePeer) {
			p.head()
			p.say("HTTP/1.1 000 None\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 4\r\n\r\nbody")
		})
		resp, err := wireClient(t, "https://app.example/", wireTransport(t)).Get(url)
		if got := wireText(t, resp, err); got != "body" || resp.StatusCode != 0 {
			t.Errorf("status %d, body %q", resp.StatusCode, got)
		}
	})
	t.Run("switches protocols", func(t *testing.T) {
		url := wireRaw(t, func(p *wirePeer) {
			p.head()
			p.say("HTTP/1.1 101 Switching\r\nAccess-Control-Allow-Origin: *\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")
			p.gone()
		})
		resp, err := wireClient(t, "https://app.example/", wireTransport(t)).Get(url)
		if got := wireText(t, resp, err); got != "" || resp.StatusCode != 101 {
			t.Errorf("status %d, body %q", resp.StatusCode, got)
		}
	})
	t.Run("no TLS", func(t *testing.T) {
		url := wireRaw(t, func(p *wirePeer) {
			p.say(wireOK)
			p.gone()
		})
		resp, err := wireClient(t, "https://app.example/", wireTransport(t)).Get(strings.Replace(url, "http:", "https:", 1))
		wireRefused(t, resp, err, fetch.NetworkFailure)
	})
	t.Run("nobody there", func(t *testing.T) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		address := ln.Addr().String()
		ln.Close()
		resp, err := wireClient(t, "https://app.example/", wireTransport(t)).Get("http://" + address)
		wireRefused(t, resp, err, fetch.NetworkFailure)
		if !strings.Contains(err.Error(), address) {
			t.Errorf("error %q does not name %q", err, address)
		}
	})
}

// TestHostileEndlessBodies lets go of bodies without end: those that the
// caller closes early, and those that nobody was ever to read.
func TestHostileEndlessBodies(t *testing.T) {
	kilobytes := strings.Repeat("b", 64<<10)
	chunks := "Transfer-Encoding: chunked\r\n\r\n"
	endless := func(head string) func(*wirePeer) {
		return func(p *wirePeer) {
			p.say(head + chunks)
			p.forever("10000\r\n" + kilobytes + "\r\n")
		}
	}
	stalled := func(head string) func(*wirePeer) {
		return func(p *wirePeer) {
			p.say(head + "Content-Length: 5\r\n\r\nb")
			p.gone()
		}
	}
	preflight := "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: PUT\r\n"
	redirect := "HTTP/1.1 307 Moved\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: *\r\nLocation: /end\r\n"
	for _, tt := range []struct {
		name   string
		method string
		first  func(*wirePeer) // answers the first request; the others are allowed
		want   fetch.Reason    // 0: a response
	}{
		{"closed by the caller", "GET", endless(wireHead), 0},
		{"stalled, closed by the caller", "GET", stalled(wireHead), 0},
		{"preflight", "PUT", endless(preflight), 0},
		{"preflight, stalled", "PUT", stalled(preflight), 0},
		{"refused preflight", "PUT", endless("HTTP/1.1 500 No\r\n"), fetch.MissingAllowOrigin},
		{"refused preflight, stalled", "PUT", stalled("HTTP/1.1 500 No\r\n"), fetch.MissingAllowOrigin},
		{"redirect", "GET", endless(redirect), 0},
		{"redirect, stalled", "GET", stalled(redirect), 0},
		{"refused", "GET", endless("HTTP/1.1 200 OK\r\n"), fetch.MissingAllowOrigin},
		{"refused, stalled", "GET", stalled("HTTP/1.1 200 OK\r\n"), fetch.MissingAllowOrigin},
		{"null body status", "GET", stalled("HTTP/1.1 205 Reset\r\nAccess-Control-Allow-Origin: *\r\n"), 0},
		{"407, stalled", "GET", stalled("HTTP/1.1 407 No\r\n"), fetch.ProxyAuthenticationRequired},
		{"421, stalled", "GET", stalled("HTTP/1.1 421 No\r\n"), 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var requests atomic.Int32
			url := wireRaw(t, func(p *wirePeer) {
				for p.head() != nil {
					if requests.Add(1) == 1 {
						tt.first(p)
						return
					}
					p.say(wireOK)
				}
			})
			resp, err := wireClient(t, "https://app.example/", wireTransport(t)).Do(wireRequest(t, tt.method, url, nil))
			if tt.want != 0 {
				wireRefused(t, resp, err, tt.want)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.CopyN(io.Discard, resp.Body, 1)
			if err := resp.Body.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestHostileBomb unfolds a body as it is read and no faster, in bounded
// memory, whatever it would become.
func TestHostileBomb(t *testing.T) {
	for codings := 1; codings <= 4; codings++ {
		t.Run(fmt.Sprintf("codings=%d", codings), func(t *testing.T) {
			bomb := make([]byte, 1<<20)
			for range codings {
				var b bytes.Buffer
				z := gzip.NewWriter(&b)
				_, _ = z.Write(bomb)
				z.Close()
				bomb = b.Bytes()
			}
			url := wireRaw(t, func(p *wirePeer) {
				p.head()
				p.say(wireHead + "Content-Encoding: gzip" + strings.Repeat(", gzip", codings-1) + "\r\n\r\n")
				p.forever(strings.Repeat(string(bomb), 1+(64<<10)/len(bomb))) // members without end
			})
			resp, err := wireClient(t, "https://app.example/", wireTransport(t)).Get(url)
			if err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			n, err := io.CopyN(io.Discard, resp.Body, 16<<20)
			runtime.ReadMemStats(&after)
			if err != nil {
				t.Fatalf("after %d bytes: %v", n, err)
			}
			resp.Body.Close()
			t.Logf("%d bytes allocated for 16 MiB read", after.TotalAlloc-before.TotalAlloc)
			if grown := after.TotalAlloc - before.TotalAlloc; grown > 8<<20 {
				t.Errorf("%d bytes allocated", grown)
			}
		})
	}
}

// TestHostileLists takes ten thousand names, and a header of a megabyte, in
// time that does not grow with their square.
func TestHostileLists(t *testing.T) {
	const n = 10000
	names := make([]string, n)
	var lines strings.Builder
	for i := range names {
		names[i] = fmt.Sprintf("x-header-%d", i)
		fmt.Fprintf(&lines, "%s: %d\r\n", names[i], i)
	}
	list := strings.Join(names, ", ")
	unnamed := strings.Repeat("a, ", 1<<20/3) + "a"
	ok := func(s string) string { return wireHead + s + "Content-Length: 0\r\n\r\n" }
	for _, tt := range []struct {
		name              string
		header            string // of the request
		preflight, actual string
		want              fetch.Reason
		visible           int // headers that the page sees
	}{
		{"Access-Control-Allow-Headers", names[n-1], ok("Access-Control-Allow-Headers: " + list + "\r\n"), ok(""), 0, 1},
		{"Access-Control-Allow-Headers, not listed", "x-other", ok("Access-Control-Allow-Headers: " + list + "\r\n"), "", fetch.HeaderDisallowed, 0},
		{"Access-Control-Allow-Headers, a line each", names[n-1], ok(strings.ReplaceAll(lines.String(), "x-header", "Access-Control-Allow-Headers: x-header")), ok(""), fetch.InvalidAllowHeaders, 0},
		{"Access-Control-Allow-Headers, malformed", "x-other", ok("Access-Control-Allow-Headers: " + list + ", ö\r\n"), "", fetch.InvalidAllowHeaders, 0},
		{"Access-Control-Allow-Headers, a megabyte", "a", ok("Access-Control-Allow-Headers: " + unnamed + "\r\n"), ok(""), 0, 1},
		{"Access-Control-Allow-Methods", names[n-1], ok("Access-Control-Allow-Headers: *\r\nAccess-Control-Allow-Methods: " + list + "\r\n"), ok(""), 0, 1},
		{"Access-Control-Max-Age, a megabyte", "x-a", ok("Access-Control-Allow-Headers: *\r\nAccess-Control-Max-Age: " + strings.Repeat("9", 1<<20) + "\r\n"), ok(""), 0, 1},
		{"Access-Control-Expose-Headers", "", "", ok("Access-Control-Expose-Headers: " + list + "\r\n" + lines.String()), 0, n + 1},
		{"Access-Control-Expose-Headers, all", "", "", ok("Access-Control-Expose-Headers: *\r\n" + lines.String()), 0, n + 3},
		{"Access-Control-Expose-Headers, a megabyte", "", "", ok("Access-Control-Expose-Headers: " + unnamed + "\r\n"), 0, 1},
		{"headers", "", "", ok(lines.String()), 0, 1},
		{"cookies", "", "", ok(strings.ReplaceAll(lines.String(), "x-header", "Set-Cookie: x-header")), 0, 1},
		{"content codings", "", "", wireHead + "Content-Encoding: " + unnamed + "\r\nContent-Length: 0\r\n\r\n", 0, 1},
		{"one of a megabyte", "", "", ok("Access-Control-Expose-Headers: x-a\r\nx-a: " + strings.Repeat("a", 1<<20) + "\r\n"), 0, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			url := wireRaw(t, func(p *wirePeer) {
				for head := p.head(); head != nil; head = p.head() {
					if strings.HasPrefix(head[0], "OPTIONS") {
						p.say(tt.preflight)
					} else {
						p.say(tt.actual)
					}
				}
			})
			r := wireRequest(t, "GET", url, nil)
			if tt.header != "" {
				r.Header.Set(tt.header, "1")
			}
			client := wireClient(t, "https://app.example/", wireTransport(t))
			start := time.Now()
			resp, err := client.Do(r)
			took := time.Since(start)
			t.Logf("took %v", took.Round(time.Microsecond))
			if took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			if tt.want != 0 {
				wireRefused(t, resp, err, tt.want)
				if len(err.Error()) > 2000 {
					t.Errorf("error of %d bytes", len(err.Error()))
				}
				return
			}
			wireText(t, resp, err)
			if len(resp.Header) != tt.visible {
				t.Errorf("the page sees %d headers, want %d", len(resp.Header), tt.visible)
			}
		})
	}
}

// TestHostileRedirectLoop gives up after the 21st request.
//
// https://fetch.spec.whatwg.org/#concept-http-redirect-fetch
func TestHostileRedirectLoop(t *testing.T) {
	for _, method := range []string{"GET", "PUT"} {
		t.Run(method, func(t *testing.T) {
			var requests, preflights atomic.Int32
			server := wireServer(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Access-Control-Max-Age", "0")
				if wireAllow(w, r) {
					preflights.Add(1)
					return
				}
				requests.Add(1)
				w.Header().Set("Location", r.URL.Path+"x")
				w.WriteHeader(http.StatusTemporaryRedirect)
			})
			client := wireClient(t, "https://app.example/", wireTransport(t))
			resp, err := client.Do(wireRequest(t, method, server.URL+"/", strings.NewReader("")))
			refusal := wireRefused(t, resp, err, fetch.TooManyRedirects)
			if requests.Load() != 21 || refusal.Value != "/"+strings.Repeat("x", 21) || refusal.Request.Hop != 20 {
				t.Errorf("%d requests, hop %d, value %q", requests.Load(), refusal.Request.Hop, refusal.Value)
			}
			if want := map[string]int32{"PUT": 21}[method]; preflights.Load() != want {
				t.Errorf("%d preflights, want %d", preflights.Load(), want)
			}
		})
	}
}

// TestHostileReset resets the connection once the preflight has passed.
func TestHostileReset(t *testing.T) {
	for _, method := range []string{"GET", "PUT"} {
		t.Run(method, func(t *testing.T) {
			var actual atomic.Int32
			url := wireRaw(t, func(p *wirePeer) {
				for head := p.head(); head != nil; head = p.head() {
					if strings.HasPrefix(head[0], "OPTIONS") {
						p.say(wireAllowed)
						continue
					}
					actual.Add(1)
					_ = p.Conn.(*net.TCPConn).SetLinger(0)
					return
				}
			})
			r := wireRequest(t, method, url, nil)
			r.Header.Set("X-A", "1")
			resp, err := wireClient(t, "https://app.example/", wireTransport(t)).Do(r)
			if refusal := wireRefused(t, resp, err, fetch.NetworkFailure); refusal.Stage != "actual" {
				t.Errorf("stage %v", refusal.Stage)
			}
			// net/http asks again for what is safe to ask twice, once.
			if n := actual.Load(); n > 2 {
				t.Errorf("asked %d times", n)
			}
		})
	}
}
