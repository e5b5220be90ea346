package browser

import (
	"bytes"
	"net"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// TestHTTP2KeepsOddValues sends what browsers send and package http2 refuses,
// in a block of two frames.
func TestHTTP2KeepsOddValues(t *testing.T) {
	client, server := net.Pipe()
	defer client.Close()
	got := make(chan *request, 1)
	served := make(chan error, 1)
	go func() {
		served <- serveHTTP2(server, server, func(r *request) answer {
			got <- r
			return answer{status: 200}
		})
	}()
	go func() { // what the server writes
		framer := http2.NewFramer(nil, client)
		for {
			if _, err := framer.ReadFrame(); err != nil {
				return
			}
		}
	}()
	var block bytes.Buffer
	encoder := hpack.NewEncoder(&block)
	for _, h := range [...][2]string{{":method", "PUT"}, {":scheme", "https"}, {":authority", "h2.test"}, {":path", "/a?b"}, {"x-a", "a\x1fb"}, {"x-a", ""}} {
		if err := encoder.WriteField(hpack.HeaderField{Name: h[0], Value: h[1]}); err != nil {
			t.Fatal(err)
		}
	}
	var sent bytes.Buffer
	sent.WriteString(http2.ClientPreface)
	framer := http2.NewFramer(&sent, nil)
	half := block.Len() / 2
	for _, write := range [...]func() error{
		func() error { return framer.WriteSettings() },
		func() error {
			return framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: block.Bytes()[:half], EndStream: true})
		},
		func() error { return framer.WriteContinuation(1, true, block.Bytes()[half:]) },
	} {
		if err := write(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := client.Write(sent.Bytes()); err != nil {
		t.Fatal(err)
	}
	r := <-got
	if r.method != "PUT" || r.target != "https://h2.test/a?b" || len(r.headers) != 2 || r.headers[0].Value != "a\x1fb" || r.headers[1].Value != "" {
		t.Errorf("got %+v", r)
	}
	client.Close()
	if err := <-served; err == nil {
		t.Error("the connection ended without an error")
	}
}
