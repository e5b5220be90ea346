package browser

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/origin"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A network is a board behind its proxy, and a client in a browser's place.
type network struct {
	board  *board
	proxy  *proxy
	client *http.Client
}

func newNetwork(t *testing.T) *network {
	t.Helper()
	a, err := newAuthority()
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	n := &network{board: newBoard(4, time.Second, ended)}
	n.board.reset(nil)
	p, err := serveProxy(t.Context(), a, n.board.answer)
	if err != nil {
		t.Fatal(err)
	}
	n.proxy = p
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	transport := &http.Transport{
		Proxy:              http.ProxyURL(&url.URL{Scheme: "http", Host: p.addr()}),
		TLSClientConfig:    &tls.Config{RootCAs: roots},
		ForceAttemptHTTP2:  true,
		DisableCompression: true,
		// The proxy ends a connection with its answer and doesn't say so, for
		// which net/http would not send a PUT again, as browsers do.
		DisableKeepAlives: true,
	}
	n.client = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		close(ended)
		p.close()
	})
	return n
}

// ask sends what the page's script would.
func (n *network) ask(t *testing.T, what, message string) reply {
	t.Helper()
	resp, err := n.client.Post(controlPage+what, "text/plain", strings.NewReader(message))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var told reply
	if err := json.NewDecoder(resp.Body).Decode(&told); err != nil || resp.StatusCode != 200 {
		t.Fatalf("%s: status %d, %v", what, resp.StatusCode, err)
	}
	return told
}

// load loads a page as a navigation does.
func (n *network) load(t *testing.T, page string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", page, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html,*/*;q=0.8")
	return n.do(t, req)
}

// do gives the status, the protocol and the body of the answer.
func (n *network) do(t *testing.T, req *http.Request) string {
	t.Helper()
	resp, err := n.client.Do(req)
	if err != nil {
		return "error"
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return "error"
	}
	return resp.Proto + " " + resp.Status + " " + string(body)
}

func (n *network) send(t *testing.T, method, target, body string, headers ...string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	return n.do(t, req)
}

func parse(t *testing.T, raw string) *conformance.Scenario {
	t.Helper()
	all, err := conformance.ReadScenarios(strings.NewReader(raw), "-")
	if err != nil {
		t.Fatal(err)
	}
	return all[0]
}

// TestPlayWithoutABrowser is what a page does from its first request to its
// last.
func TestPlayWithoutABrowser(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	long := strings.Repeat("0123456789", 20000)
	n.board.add([]*job{
		{alone: true, scenario: parse(t, `{"id": "seen", "servers": {"https://seen.other.test/": {"actual": [{"status": 204}]}}, "steps": [{"visit": "https://seen.other.test/"}]}`)},
		{scenario: parse(t, `{"id": "put", "servers": {
			"https://api.other.test/put/a": {"preflight": [{"status": 204}], "actual": [{"status": 201, "body": "one"}, {"body": "two"}]},
			"http://put.other.test:8000/a": {"actual": [{"drop": true}]},
			"https://h2.other.test/put/a": {"actual": [{"status": 299, "headers": [["X-A", "1"], ["x-a", "2"]], "body": "`+long+`"}, {"drop": true}]}},
			"steps": [{"fetch": {"url": "https://api.other.test/put/a", "headers": [["X-Own", "1"]]}}]}`)},
	})
	if told := n.ask(t, "work", `{"generation": 1, "room": 4}`); told.Go != "https://app.example/" {
		t.Fatalf("told to go to %q", told.Go)
	}
	if told := n.ask(t, "work", `{"generation": 1, "room": 4}`); !told.Stop {
		t.Errorf("an old page is told %+v", told)
	}
	if got := n.load(t, "https://app.example/"); !strings.Contains(got, "generation = 2") {
		t.Fatalf("the page is %.300q", got)
	}
	if got := n.load(t, "https://app.example/"); !strings.Contains(got, "502") {
		t.Errorf("a second load is %.80q", got)
	}
	told := n.ask(t, "work", `{"generation": 2, "room": 4}`)
	if len(told.Work) != 1 || told.Work[0].Scenario.ID != "put" {
		t.Fatalf("told %+v, want the scenario put and nothing beside it", told)
	}

	for _, tt := range []struct{ name, got, want string }{
		{"preflight", n.send(t, "OPTIONS", "https://api.other.test/put/a", "", "Access-Control-Request-Method", "PUT"), "HTTP/1.1 204 No Content "},
		{"first", n.send(t, "PUT", "https://api.other.test/put/a?q", "body", "X-Own", "1", "X-Other", "2"), "HTTP/1.1 201 Created one"},
		{"second", n.send(t, "GET", "https://api.other.test/put/a", ""), "HTTP/1.1 200 OK two"},
		{"the last repeats", n.send(t, "GET", "https://api.other.test/put/a", ""), "HTTP/1.1 200 OK two"},
		{"not listed", n.send(t, "GET", "https://api.third.test/put/b", ""), "HTTP/1.1 404 Not Found "},
		{"dropped", n.send(t, "POST", "http://put.other.test:8000/a", "body"), "error"},
		{"HTTP/2", n.send(t, "POST", "https://h2.other.test/put/a", long), "HTTP/2.0 299  " + long},
		{"HTTP/2, dropped", n.send(t, "GET", "https://h2.other.test/put/a", ""), "error"},
		{"not under test", n.send(t, "GET", "https://elsewhere.example/", ""), "HTTP/1.1 502 Bad Gateway not under test"},
	} {
		if diff := cmp.Diff(tt.want, tt.got); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}

	told = n.ask(t, "work", `{"generation": 2, "room": 4, "done": [{"id": "put", "steps": [{"result": "error", "error": "TypeError"}]}]}`)
	if len(told.Work) != 1 || told.Work[0].Scenario.ID != "seen" {
		t.Fatalf("told %+v, want the scenario that is played alone", told)
	}
	n.ask(t, "visit", `{"generation": 2, "id": "seen"}`)
	n.load(t, "https://seen.other.test/")
	n.ask(t, "visited", `{"generation": 2, "id": "seen"}`)
	n.send(t, "GET", "https://seen.other.test/after", "")
	told = n.ask(t, "work", `{"generation": 2, "room": 4, "done": [{"id": "seen", "steps": []}]}`)
	if told.Go != controlPage {
		t.Errorf("told %+v, want to go back", told)
	}

	results, again, idle := n.board.take()
	if len(results) != 2 || len(again) != 0 || !idle {
		t.Fatalf("%d results, %d again, idle %v", len(results), len(again), idle)
	}
	var lines []string
	for _, r := range results {
		for _, req := range r.outcome.Requests {
			lines = append(lines, req.Method+" "+req.URL)
		}
	}
	want := []string{
		"OPTIONS https://api.other.test/put/a", "PUT https://api.other.test/put/a?q",
		"GET https://api.other.test/put/a", "GET https://api.other.test/put/a", "GET https://api.third.test/put/b",
		"POST http://put.other.test:8000/a", "POST https://h2.other.test/put/a", "GET https://h2.other.test/put/a",
		"GET https://seen.other.test/after",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([][2]string{{"x-own", "1"}}, results[0].outcome.Requests[1].Headers); diff != "" {
		t.Errorf("kept headers: %s", diff)
	}
}

// TestAllHeadersOnTheWire sends heads byte for byte, by each way to a server, and holds
// that an outcome has every line, in order.
func TestAllHeadersOnTheWire(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.board.add([]*job{{scenario: parse(t, `{"id": "a", "servers": {}, "steps": []}`)}})
	if told := n.ask(t, "work", `{"generation": 1, "room": 4}`); told.Go != "https://app.example/" {
		t.Fatalf("told to go to %q", told.Go)
	}
	n.load(t, "https://app.example/")
	if told := n.work(t); len(told.Work) != 1 {
		t.Fatalf("told %+v", told)
	}
	transport := n.client.Transport.(*http.Transport)
	proxy, err := transport.Proxy(nil)
	if err != nil {
		t.Fatal(err)
	}
	dial := func(host, protocol string) net.Conn {
		conn, err := net.Dial("tcp", proxy.Host)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		if host == "" {
			return conn
		}
		fmt.Fprintf(conn, "CONNECT %s:443 HTTP/1.1\r\nHost: %[1]s:443\r\nProxy-Connection: keep-alive\r\n\r\n", host)
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || resp.StatusCode != 200 {
			t.Fatalf("%v, %v", resp, err)
		}
		config := transport.TLSClientConfig.Clone()
		config.ServerName, config.NextProtos = host, []string{protocol}
		return tls.Client(conn, config)
	}
	const lines = "sec-ch-ua: x\r\nUser-Agent: y\r\nX-A: 1\r\naccept: */*\r\nX-B: 2\r\nx-a: 3\r\n"
	want := [][2]string{{"sec-ch-ua", "x"}, {"User-Agent", "y"}, {"X-A", "1"}, {"accept", "*/*"}, {"X-B", "2"}, {"x-a", "3"}}
	for _, tt := range []struct{ host, head string }{
		{"", "GET http://api.other.test/a/1 HTTP/1.1\r\nHost: api.other.test\r\nProxy-Connection: keep-alive\r\n" + lines},
		{"api.other.test", "GET /a/2 HTTP/1.1\r\n" + lines + "Connection: keep-alive\r\nHost: api.other.test\r\n"},
	} {
		conn := dial(tt.host, "http/1.1")
		if _, err := io.WriteString(conn, tt.head+"\r\n"); err != nil {
			t.Fatal(err)
		}
		if _, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil {
			t.Fatal(err)
		}
	}
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	for _, h := range [...][2]string{
		{":method", "GET"}, {":authority", "h2.other.test"}, {":scheme", "https"}, {":path", "/a/3"},
		{"sec-ch-ua", "x"}, {"cookie", "a=1"}, {"user-agent", "y"}, {"x-a", "1"}, {"cookie", "b=2"}, {"x-a", "3"}, {"priority", "u=1, i"},
	} {
		if err := encoder.WriteField(hpack.HeaderField{Name: h[0], Value: h[1]}); err != nil {
			t.Fatal(err)
		}
	}
	conn := dial("h2.other.test", "h2")
	if _, err := io.WriteString(conn, http2.ClientPreface); err != nil {
		t.Fatal(err)
	}
	framer := http2.NewFramer(conn, conn)
	err = errors.Join(framer.WriteSettings(), framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block.Bytes(), EndHeaders: true, EndStream: true}))
	for err == nil {
		var frame http2.Frame
		if frame, err = framer.ReadFrame(); err == nil && frame.Header().Type == http2.FrameHeaders {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	n.board.mu.Lock()
	defer n.board.mu.Unlock()
	requests := n.board.jobs["a"].wire.Requests
	if len(requests) != 3 {
		t.Fatalf("%d requests", len(requests))
	}
	for i, want := range [][][2]string{
		want, want,
		{{"sec-ch-ua", "x"}, {"cookie", "a=1; b=2"}, {"user-agent", "y"}, {"x-a", "1"}, {"x-a", "3"}, {"priority", "u=1, i"}},
	} {
		if diff := cmp.Diff(want, requests[i].AllHeaders); diff != "" {
			t.Errorf("%s: %s", requests[i].URL, diff)
		}
	}
}

// work asks for work as the page that is loaded.
func (n *network) work(t *testing.T) reply {
	t.Helper()
	n.board.mu.Lock()
	generation := n.board.generation
	n.board.mu.Unlock()
	return n.ask(t, "work", fmt.Sprintf(`{"generation": %d, "room": 4}`, generation))
}

// TestTriedOnceMore loses the browser: twice within a scenario, and twice
// before a page has loaded.
func TestTriedOnceMore(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	lost := errors.New("lost")
	const page = "https://app.example/"
	n.board.add([]*job{
		{scenario: parse(t, `{"id": "a", "steps": []}`)},
		{scenario: parse(t, `{"id": "b", "page": {"url": "https://never.example/", "sandboxed": true}, "steps": []}`)},
	})
	lose := func() {
		t.Helper()
		if told := n.work(t); told.Go != page {
			t.Fatalf("told %+v, want to go to the page of a", told)
		}
		n.load(t, page)
		if told := n.work(t); len(told.Work) != 1 || told.Work[0].Scenario.ID != "a" {
			t.Fatalf("told %+v, want a", told)
		}
		n.board.reset(lost)
	}
	lose()
	n.work(t)
	n.load(t, page)
	for range 2 { // at first from the page of a, which has nothing left
		if told := n.work(t); told.Go != "https://never.example/" {
			t.Fatalf("told %+v, want to go to the page of b", told)
		}
		n.board.reset(lost)
	}
	results, again, idle := n.board.take()
	if len(results) != 1 || results[0].scenario.ID != "b" || !errors.Is(results[0].err, lost) {
		t.Errorf("results %+v, want b failed: its page does not load", results)
	}
	if len(again) != 1 || again[0].scenario.ID != "a" || !idle {
		t.Fatalf("again %v, idle %v, want a", again, idle)
	}
	n.board.add(again)
	lose()
	results, again, _ = n.board.take()
	if len(results) != 1 || !errors.Is(results[0].err, lost) || len(again) != 0 {
		t.Errorf("results %+v, again %v, want a given up", results, again)
	}
}

// TestConnections has a connection serve again, unless what it serves is
// fragile.
func TestConnections(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	p, err := serveProxy(t.Context(), nil, n.board.answer)
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	n.board.part = p.closeServers
	open := func() func(target string) string {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", p.addr())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		in := bufio.NewReader(conn)
		return func(target string) string {
			fmt.Fprintf(conn, "GET %s HTTP/1.1\r\n\r\n", target)
			resp, err := http.ReadResponse(in, nil)
			if err != nil {
				return "ended"
			}
			body, err := io.ReadAll(resp.Body)
			return fmt.Sprint(resp.StatusCode, " ", string(body), resp.TransferEncoding, resp.Close, err)
		}
	}
	n.board.add([]*job{
		{scenario: parse(t, `{"id": "kept", "page": {"url": "http://app.example/"}, "servers": {
			"http://api.other.test/kept/a": {"actual": [{"body": "ok"}]},
			"http://api.other.test/kept/shown": {"actual": [{"headers": [["access-control-expose-headers", "*"]], "body": "ok"}]},
			"http://app.example/kept/same": {"actual": [{"body": "ok"}]}}, "steps": []}`)},
		{alone: true, fragile: true, scenario: parse(t, `{"id": "drop", "page": {"url": "http://app.example/"}, "servers": {"http://api.other.test/drop/a": {"actual": [{"status": 204}, {"drop": true}]}}, "steps": []}`)},
	})
	n.work(t)
	n.load(t, "http://app.example/")
	n.work(t)
	ask := open()
	for _, tt := range []struct{ target, want string }{
		{"http://api.other.test/kept/a", "200 ok[chunked] false <nil>"},
		{"http://api.other.test/kept/a", "200 ok[chunked] false <nil>"},
		{"http://api.other.test/kept/shown", "200 ok[] true <nil>"},
		{"http://api.other.test/kept/a", "ended"},
	} {
		if got := ask(tt.target); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.target, got, tt.want)
		}
	}
	if got, want := open()("http://app.example/kept/same"), "200 ok[] true <nil>"; got != want {
		t.Errorf("of the page's own origin: %s, want %s", got, want)
	}
	ask = open()
	ask("http://api.other.test/kept/a")
	told := n.ask(t, "work", `{"generation": 2, "room": 4, "done": [{"id": "kept", "steps": []}]}`)
	if len(told.Work) != 1 || told.Work[0].Scenario.ID != "drop" {
		t.Fatalf("told %+v, want drop", told)
	}
	if got := ask("http://api.other.test/drop/a"); got != "ended" {
		t.Errorf("a connection that has served serves a fragile scenario: %s", got)
	}
	ask = open()
	if got, want := ask("http://api.other.test/drop/a"), "204 [] false <nil>"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := ask("http://api.other.test/drop/a"); got != "ended" {
		t.Errorf("a connection outlives an answer of a fragile scenario: %s", got)
	}
}

// TestHTTPCacheScenario has the page wait after each step, and gives an answer of
// another origin the framing that the scenario says: a cache looks at it.
func TestHTTPCacheScenario(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.board.add([]*job{{scenario: parse(t, `{"id": "hc-a", "page": {"url": "http://app.example/"}, "servers": {"http://api.other.test/hc-a/a": {"actual": [{"body": "ok"}]}},
		"steps": [{"fetch": {"url": "http://api.other.test/hc-a/a"}}, {"wait_ms": 100}]}`)}})
	n.work(t)
	n.load(t, "http://app.example/")
	told := n.work(t)
	if len(told.Work) != 1 || told.Work[0].SettleMS != 250 || told.Work[0].TimeoutMS != 2600 {
		t.Fatalf("told %+v, want to settle for 250 ms after each of two steps, within 1 s, 1 s for the fetch, and the waits", told)
	}
	a := n.board.answer(mustParse(t, "http://api.other.test/hc-a/a"), &request{method: "GET"})
	if f := a.framing("GET"); f != closed {
		t.Errorf("framing %v, want the end of the connection", f)
	}
}

func mustParse(t *testing.T, raw string) *origin.URL {
	t.Helper()
	u, err := origin.ParseURL(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// TestOrder plays what waits first and with nothing beside it, and leaves a
// page by way of another URL.
func TestOrder(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	const fetches = `{"fetch": {"url": "/fetch/", "api": "xhr", "uploadListener": true}}`
	forgets := parse(t, `{"id": "fetch", "page": {"url": "http://app.example/"}, "steps": [`+fetches+`,`+fetches+`]}`)
	if !forgettable(forgets) || forgettable(parse(t, `{"id": "fetch", "steps": [`+fetches+`]}`)) {
		t.Error("not forgettable, or with a single step")
	}
	n.board.add([]*job{
		{scenario: forgets, alone: true},
		{scenario: parse(t, `{"id": "plain", "page": {"url": "http://app.example/"}, "steps": []}`)},
		{scenario: parse(t, `{"id": "short", "page": {"url": "http://app.example/"}, "steps": [{"wait_ms": 50}]}`)},
		{scenario: parse(t, `{"id": "long", "page": {"url": "http://app.example/"}, "steps": [{"wait_ms": 50}, {"wait_ms": 60}]}`)},
		{scenario: parse(t, `{"id": "framed", "page": {"url": "http://app.example/", "sandboxed": true}, "steps": []}`)},
	})
	ask := func(ids ...string) string {
		t.Helper()
		var m message
		n.board.mu.Lock()
		m.Generation = n.board.generation
		n.board.mu.Unlock()
		m.Room = 9
		for _, id := range ids {
			m.Done = append(m.Done, done{ID: id})
		}
		raw, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		told := n.ask(t, "work", string(raw))
		if told.Go != "" {
			n.load(t, told.Go)
			return told.Go
		}
		ids = make([]string, len(told.Work))
		for i, w := range told.Work {
			ids[i] = w.Scenario.ID
		}
		return strings.Join(ids, " ")
	}
	for _, tt := range []struct {
		done []string
		want string
	}{
		{nil, "http://app.example/"},
		{nil, "long short"},
		{[]string{"long"}, ""},
		{[]string{"short"}, "plain"},
		{nil, ""},
		{[]string{"plain"}, "fetch"},
		{[]string{"fetch"}, controlPage},
		{nil, "http://app.example/"},
		{nil, "framed"},
		{[]string{"framed"}, controlPage},
	} {
		if got := ask(tt.done...); got != tt.want {
			t.Fatalf("after %v: told %q, want %q", tt.done, got, tt.want)
		}
	}
}

// TestPassword gives up what asks for a password, in a page that goes on and in
// one that stands still.
func TestPassword(t *testing.T) {
	t.Parallel()
	for _, silent := range []bool{false, true} {
		n := newNetwork(t)
		n.board.add([]*job{
			{scenario: parse(t, `{"id": "asks", "page": {"url": "http://app.example/"}, "servers": {"http://asks.test/": {"actual": [{"status": 401, "headers": [["www-authenticate", "Basic"]]}, {}]}}, "steps": []}`)},
			{scenario: parse(t, `{"id": "beside", "page": {"url": "http://app.example/"}, "steps": []}`)},
		})
		n.work(t)
		n.load(t, "http://app.example/")
		n.work(t)
		n.send(t, "GET", "http://asks.test/", "")
		if err := n.board.watch(); err != nil {
			t.Errorf("too soon: %v", err)
		}
		n.board.mu.Lock()
		n.board.jobs["asks"].asked = time.Now().Add(-passwordLimit)
		if silent {
			n.board.heard = time.Now().Add(-2 * passwordLimit)
		}
		n.board.mu.Unlock()
		lost := n.board.watch()
		if got := errors.Is(lost, errPassword); got != silent {
			t.Errorf("silent %v: to be started afresh: %v", silent, lost)
		}
		if silent {
			n.board.reset(lost)
		}
		results, _, _ := n.board.take()
		if len(results) != 1 || !errors.Is(results[0].err, errPassword) {
			t.Errorf("silent %v: results %+v", silent, results)
		}
		n.board.mu.Lock()
		if busy, again := n.board.busy, len(n.board.again); silent && (busy != 0 || again != 1) || !silent && (busy != 1 || again != 0) {
			t.Errorf("silent %v: %d busy, %d again", silent, busy, again)
		}
		n.board.mu.Unlock()
	}
	n := newNetwork(t)
	n.board.add([]*job{{scenario: parse(t, `{"id": "asks", "page": {"url": "http://app.example/"}, "servers": {"http://asks.test/": {"actual": [{"status": 401, "headers": [["www-authenticate", "Basic"]]}, {}]}}, "steps": []}`)}})
	n.work(t)
	n.load(t, "http://app.example/")
	n.work(t)
	n.send(t, "GET", "http://asks.test/", "")
	n.send(t, "GET", "http://asks.test/", "")
	if !n.board.jobs["asks"].asked.IsZero() {
		t.Error("the next request did not end the asking")
	}
}

func TestSettled(t *testing.T) {
	t.Parallel()
	long := time.Now().Add(-2 * visitGoesOn)
	for _, tt := range []struct {
		job  job
		ago  time.Duration
		want bool
	}{
		{job{}, visitSettles, false},
		{job{}, 2 * visitFails, true},
		{job{visited: long}, visitSettles, true},
		{job{visited: time.Now()}, visitFails, false},
		{job{visited: time.Now()}, 2 * visitEnds, true},
		{job{visited: time.Now().Add(-2 * visitSettles)}, visitFails, true},
		{job{visited: time.Now().Add(-2 * visitSettles), redirect: true}, visitFails, false},
		{job{visited: long, redirect: true}, visitFails, true},
	} {
		if got := tt.job.settled(tt.ago); got != tt.want {
			t.Errorf("%+v, after %v: %v", tt.job, tt.ago, got)
		}
	}
}

// TestConsole has results wait for what the browser prints about them.
func TestConsole(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.board.prints = true
	log := tail{line: func(line string) {
		if message, ok := chromiumMessage(line); ok {
			n.board.print(message)
		}
	}}
	print := func(lines ...string) {
		for _, line := range lines {
			for _, part := range [...]string{line[:len(line)/2], line[len(line)/2:], "\n"} {
				if _, err := log.Write([]byte(part)); err != nil {
					t.Error(err)
				}
			}
		}
	}
	const (
		head    = "[20081:20081:1122/054631.152399:INFO:CONSOLE:0] "
		source  = ", source: https://app.example/ (0)"
		refused = "Access to fetch at 'https://api.other.test/refused/a' from origin 'https://app.example' has been blocked by CORS policy: The 'Access-Control-Allow-Origin' header contains the invalid value '\"*\"'. Have the server send the header with a valid value."
		moved   = "Access to XMLHttpRequest at 'https://elsewhere.test/' (redirected from 'https://late.other.test/') from origin 'https://app.example' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource."
		loads   = "Fetch API cannot load https://api.other.test/refused/a. Request mode is \"same-origin\" but the URL's origin is not same as the request origin https://app.example."
	)
	n.board.add([]*job{
		{scenario: parse(t, `{"id": "refused", "steps": []}`)},
		{scenario: parse(t, `{"id": "late", "steps": []}`)},
		{scenario: parse(t, `{"id": "never", "steps": []}`)},
	})
	n.work(t)
	if got := n.load(t, "https://app.example/"); !strings.Contains(got, strconv.Quote(over)) {
		t.Errorf("the page does not know what to print: %.300q", got)
	}
	n.work(t)
	print(head+`"`+refused+`"`+source, head+`"Mixed Content: 'https://api.other.test/refused/a'"`+source, head+`"`+loads+`"`+source,
		"[20081:20111:1122/054628.567456:ERROR:dbus/bus.cc:405] Failed to connect to the bus", head+`"`+over+`refused"`+source)
	n.ask(t, "work", `{"generation": 2, "done": [{"id": "refused", "steps": []}, {"id": "late", "steps": []}, {"id": "never", "steps": []}]}`)
	results, _, _ := n.board.take()
	if len(results) != 1 {
		t.Fatalf("results %+v, want that of which all is printed", results)
	}
	if diff := cmp.Diff([]string{refused, loads}, results[0].outcome.Console); diff != "" {
		t.Error(diff)
	}
	print(head+`"`+moved+`"`+source, head+`"`+over+`late"`+source, head+`"`+over+`unknown"`+source)
	results, _, _ = n.board.take()
	if len(results) != 1 || results[0].scenario.ID != "late" || !slices.Equal(results[0].outcome.Console, []string{moved}) {
		t.Errorf("results %+v, want that of late", results)
	}
	n.board.mu.Lock()
	n.board.jobs["never"].finished = time.Now().Add(-2 * printLimit)
	n.board.mu.Unlock()
	if err := n.board.watch(); err != nil {
		t.Error(err)
	}
	if results, _, _ = n.board.take(); len(results) != 1 || results[0].scenario.ID != "never" {
		t.Errorf("results %+v, want that which waited long enough", results)
	}
	log.noise = chromium().noise
	if got, want := log.lastLine(), "it printed nothing"; got != want {
		t.Errorf("last line %q, want %q", got, want)
	}
	print("[1:2:FATAL:zygote.cc(1)] No usable sandbox!", head+`"x"`+source, "")
	if got, want := log.lastLine(), "[1:2:FATAL:zygote.cc(1)] No usable sandbox!"; got != want {
		t.Errorf("last line %q, want %q", got, want)
	}
}

func TestFragile(t *testing.T) {
	t.Parallel()
	for response, want := range map[string]bool{
		`{}`: false, `{"drop": true}`: true, `{"status": 408}`: true, `{"status": 421}`: true, `{"status": 103}`: true, `{"status": 404}`: false,
	} {
		for _, kind := range []string{"preflight", "actual"} {
			s := parse(t, `{"id": "a", "servers": {"https://a.test/": {"`+kind+`": [{}, `+response+`]}}, "steps": []}`)
			if got := fragile(s); got != want {
				t.Errorf("%s %s: fragile %v, want %v", kind, response, got, want)
			}
		}
	}
}
