package browser

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/safelist"
)

const handshake = "GET %s HTTP/1.1\r\nHost: api.other.test\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

// TestWebSocketHandshake has handshakes answered, over TLS and without it, and
// listed by their ws: and wss: URLs. An answer of an https: URL is not for them.
func TestWebSocketHandshake(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.board.add([]*job{{scenario: parse(t, `{"id": "ws", "page": {"url": "http://app.example/"}, "servers": {
		"wss://api.other.test/ws/a": {"actual": [{"status": 101, "headers": [["Sec-WebSocket-Protocol", "chat"]]}]},
		"ws://api.other.test:8080/ws/a": {"actual": [{"status": 101}]},
		"https://api.other.test/ws/b": {"actual": [{"status": 200}]}}, "steps": [{"websocket": {"url": "wss://api.other.test/ws/a"}}]}`)}})
	n.work(t)
	n.load(t, "http://app.example/")
	if told := n.work(t); len(told.Work) != 1 || !told.Work[0].Framed {
		t.Fatalf("told %+v, want a scenario in a frame", told)
	}
	for _, test := range []struct {
		name, host, path string
		tls              bool
		status           int
	}{
		{"over TLS", "api.other.test:443", "/ws/a", true, 101},
		{"without", "api.other.test:8080", "/ws/a", false, 101},
		{"not listed", "api.other.test:443", "/ws/b", true, 404},
	} {
		conn, err := net.Dial("tcp", n.proxy.addr())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "CONNECT %s HTTP/1.1\r\n\r\n", test.host)
		in := bufio.NewReader(conn)
		if _, err := http.ReadResponse(in, &http.Request{Method: "CONNECT"}); err != nil {
			t.Fatal(err)
		}
		if test.tls {
			conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true, ServerName: "api.other.test"})
			in = bufio.NewReader(conn)
		}
		fmt.Fprintf(conn, handshake, test.path)
		resp, err := http.ReadResponse(in, nil)
		if err != nil || resp.StatusCode != test.status {
			t.Fatalf("%s: %v %v, want status %d", test.name, resp, err, test.status)
		}
		if test.status != 101 {
			continue
		}
		if got := resp.Header.Get("Sec-WebSocket-Accept"); got != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" || resp.Header.Get("Upgrade") != "websocket" || resp.Header.Get("Connection") != "Upgrade" {
			t.Errorf("%s: headers %v", test.name, resp.Header)
		}
		// The browser closes with status 1000: first a message, then the close frame, masked.
		if _, err := conn.Write([]byte{0x81, 0x82, 1, 2, 3, 4, 'h' ^ 1, 'i' ^ 2, 0x88, 0x82, 1, 2, 3, 4, 3 ^ 1, 0xe8 ^ 2}); err != nil {
			t.Fatal(err)
		}
		var answer [4]byte
		if _, err := io.ReadFull(in, answer[:]); err != nil || answer != [4]byte{0x88, 2, 3, 0xe8} {
			t.Errorf("%s: answer to the close frame %x, %v", test.name, answer, err)
		}
	}
	var urls []string
	n.board.mu.Lock()
	for _, r := range n.board.jobs["ws"].wire.Requests {
		urls = append(urls, r.URL)
	}
	n.board.mu.Unlock()
	if got, want := strings.Join(urls, " "), "wss://api.other.test/ws/a ws://api.other.test:8080/ws/a wss://api.other.test/ws/b"; got != want {
		t.Errorf("requests %s, want %s", got, want)
	}
}

// TestReadFrameBounds: a frame that is too long is skipped, a broken one ends it.
func TestReadFrameBounds(t *testing.T) {
	t.Parallel()
	long := append([]byte{0x82, 126, 0, 200}, make([]byte, 200)...)
	in := bufio.NewReader(strings.NewReader(string(long) + "\x88\x00" + "\x88\x05x"))
	for _, want := range []struct {
		opcode byte
		err    bool
	}{{2, false}, {8, false}, {0, true}} {
		opcode, payload, err := readFrame(in)
		if opcode != want.opcode || len(payload) > 0 || (err != nil) != want.err {
			t.Errorf("%d %x %v, want %+v", opcode, payload, err, want)
		}
	}
	if _, _, err := readFrame(bufio.NewReader(strings.NewReader("\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xffx"))); err == nil {
		t.Error("a frame without end is read")
	}
}

// TestFrame gives the document of a frame the policies of the scenario whose turn it
// is, and that of the page none.
func TestFrame(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.board.add([]*job{
		{scenario: parse(t, `{"id": "a", "page": {"url": "http://app.example/", "csp": "img-src 'none'", "referrerPolicy": "origin"}, "steps": []}`)},
		{scenario: parse(t, `{"id": "b", "page": {"url": "http://app.example/", "sandboxed": true, "embedderPolicy": "require-corp"}, "steps": [{"beacon": {"url": "/"}}]}`)},
		{scenario: parse(t, `{"id": "c", "page": {"url": "http://app.example/"}, "steps": []}`)},
	})
	n.work(t)
	load := func() answer {
		return n.board.answer(mustParse(t, "http://app.example/"), &request{method: "GET", headers: safelist.HeaderList{{Name: "Accept", Value: "text/html"}}})
	}
	if page := load(); page.has("Content-Security-Policy") || page.has("Referrer-Policy") || !strings.Contains(page.body, "stepsOf") {
		t.Errorf("the page has policies or no script: %v", page.headers)
	}
	told := n.work(t)
	var framed []string
	for _, w := range told.Work {
		framed = append(framed, fmt.Sprint(w.Scenario.ID, w.Framed))
	}
	if got, want := strings.Join(framed, " "), "atrue btrue cfalse"; got != want {
		t.Fatalf("work %s, want %s: one page is enough for all", got, want)
	}
	if a := load(); a.status != 502 {
		t.Errorf("a frame of nobody: %d", a.status)
	}
	n.ask(t, "frame", `{"id": "a"}`)
	load()
	frame := load() // side by side with the first
	if !frame.has("Content-Security-Policy") || !frame.has("Referrer-Policy") || strings.Contains(frame.body, "<script>") {
		t.Errorf("a frame with policies: %v %s", frame.headers, frame.body)
	}
	n.ask(t, "frame", `{"id": "b"}`)
	if frame := load(); frame.has("Content-Security-Policy") || !frame.has("Cross-Origin-Embedder-Policy") || !strings.Contains(frame.body, `sandbox="allow-scripts"`) {
		t.Errorf("a sandboxed frame: %v %s", frame.headers, frame.body)
	}
}

// TestFrameRequests lists what an element's frame asks for, and not what a visit does.
func TestFrameRequests(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.board.add([]*job{{scenario: parse(t, `{"id": "a", "page": {"url": "http://app.example/"}, "steps": [{"element": {"kind": "iframe", "url": "/a/x"}}]}`)}})
	n.work(t)
	n.load(t, "http://app.example/")
	n.work(t)
	for _, destination := range []string{"document", "iframe"} {
		n.board.answer(mustParse(t, "https://app.example/a/"+destination), &request{method: "GET", headers: safelist.HeaderList{{Name: "Sec-Fetch-Mode", Value: "navigate"}, {Name: "Sec-Fetch-Dest", Value: destination}}})
	}
	if requests := n.board.jobs["a"].wire.Requests; len(requests) != 1 || !strings.HasSuffix(requests[0].URL, "/iframe") {
		t.Errorf("%+v, want the frame's request alone", requests)
	}
	if told := n.ask(t, "quiet", `{"id": "a"}`); told.AgeMS < 0 || told.AgeMS > 60_000 {
		t.Errorf("the last request came %d ms ago", told.AgeMS)
	}
}

// TestEndless: a step that does not end is tried once more, then it is the outcome.
// An element may have no event.
func TestEndless(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.board.add([]*job{
		{scenario: parse(t, `{"id": "a", "page": {"url": "http://app.example/"}, "steps": [{"wait_ms": 0}, {"fetch": {"url": "/a/x"}}]}`)},
		{scenario: parse(t, `{"id": "b", "page": {"url": "http://app.example/"}, "steps": [{"element": {"kind": "img", "url": "/b/x"}}]}`)},
	})
	n.work(t)
	n.load(t, "http://app.example/")
	n.work(t)
	none := []conformance.StepOutcome{{Result: "none"}}
	finish := func(id string) {
		raw, err := json.Marshal(message{Generation: n.board.generation, Done: []done{{ID: id, Steps: none}}})
		if err != nil {
			t.Fatal(err)
		}
		n.ask(t, "work", string(raw))
	}
	finish("b")
	finish("a")
	if len(n.board.results) != 1 || n.board.results[0].outcome == nil || n.board.results[0].scenario.ID != "b" || len(n.board.again) != 1 {
		t.Fatalf("results %+v, again %+v", n.board.results, n.board.again)
	}
	again := n.board.again[0]
	n.board.reset(nil)
	n.board.add([]*job{again})
	n.work(t)
	n.load(t, "http://app.example/")
	n.work(t)
	finish("a")
	last := n.board.results[len(n.board.results)-1]
	if last.err != nil || last.outcome.Steps[0].Result != "none" {
		t.Errorf("the second time: %+v", last)
	}
}
