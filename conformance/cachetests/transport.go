package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httputil"
	"net/textproto"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/safelist"
)

// A transport speaks HTTP/1.1 in clear text, one connection a request. Unlike net/http it takes any transfer
// coding for none, as most browsers do, and keeps the header lists as they are: some of the tests are about
// what net/http refuses or changes.
type transport struct {
	address string // IP address to connect to, whatever the host; "" resolves the host
}

func (t *transport) RoundTrip(ctx context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	if r.Streaming {
		return nil, fetch.StreamNeedsHTTP2
	}
	host, port := strings.Trim(r.URL.Host(), "[]"), r.URL.Port()
	if r.URL.Scheme() != "http" {
		return nil, fmt.Errorf("cachetests: %s: only http: URLs", r.URL)
	}
	if port == "" {
		port = "80"
	}
	if t.address != "" {
		host = t.address
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	response, err := exchange(conn, r)
	if err != nil {
		stop()
		conn.Close()
		return nil, errors.Join(err, ctx.Err())
	}
	response.Body = &body{Reader: response.Body, close: func() error { stop(); return conn.Close() }}
	return response, nil
}

// exchange writes a request and reads the head of the response.
func exchange(conn net.Conn, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	out := bufio.NewWriter(conn)
	host := r.URL.Host()
	if port := r.URL.Port(); port != "" {
		host += ":" + port
	}
	fmt.Fprintf(out, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: keep-alive\r\n", r.Method, target(r), host)
	for _, h := range r.Headers {
		fmt.Fprintf(out, "%s: %s\r\n", h.Name, h.Value)
	}
	fmt.Fprint(out, "\r\n")
	if r.Body != nil {
		if _, err := io.Copy(out, r.Body); err != nil {
			return nil, err
		}
	}
	if err := out.Flush(); err != nil {
		return nil, err
	}
	in := bufio.NewReader(conn)
	if _, err := in.Peek(1); err != nil {
		return nil, errors.Join(fetch.ErrNoAnswer, err)
	}
	for {
		response, err := readHead(in)
		if err != nil || response.Status >= 200 {
			if err == nil {
				response.Body = io.NopCloser(framed(in, r.Method, response))
			}
			return response, err
		}
	}
}

func target(r *fetch.NetworkRequest) string {
	path := r.URL.Path()
	if query, ok := r.URL.Query(); ok {
		path += "?" + query
	}
	return path
}

// readHead reads a status line and header lines.
func readHead(in *bufio.Reader) (*fetch.NetworkResponse, error) {
	lines := textproto.NewReader(in)
	line, err := lines.ReadLine()
	if err != nil {
		return nil, err
	}
	version, rest, _ := strings.Cut(line, " ")
	code, phrase, _ := strings.Cut(rest, " ")
	status, err := strconv.Atoi(code)
	if !strings.HasPrefix(version, "HTTP/1.") || err != nil {
		return nil, fmt.Errorf("cachetests: invalid status line %.80q", line)
	}
	response := &fetch.NetworkResponse{Status: status, StatusText: phrase}
	for {
		line, err := lines.ReadLine()
		if err != nil {
			return nil, err
		}
		if line == "" {
			return response, nil
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("cachetests: invalid header line %.80q", line)
		}
		response.Headers = append(response.Headers, safelist.Header{Name: name, Value: strings.Trim(value, " \t")})
	}
}

// framed is the body of a response whose head was read.
func framed(in *bufio.Reader, method string, r *fetch.NetworkResponse) io.Reader {
	if method == "HEAD" || r.Status == 204 || r.Status == 304 {
		return strings.NewReader("")
	}
	if coding, ok := r.Headers.Get("Transfer-Encoding"); ok && strings.EqualFold(coding, "chunked") {
		return httputil.NewChunkedReader(in)
	}
	if length, ok := r.Headers.Get("Content-Length"); ok {
		if n, err := strconv.ParseInt(length, 10, 64); err == nil && n >= 0 {
			return &exactly{in, n}
		}
	}
	return in
}

// exactly reads as many bytes as were announced. Fewer are an error.
type exactly struct {
	io.Reader
	left int64
}

func (e *exactly) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n, err := e.Reader.Read(p[:min(int64(len(p)), e.left)])
	if e.left -= int64(n); e.left > 0 && err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// A body closes its connection.
type body struct {
	io.Reader
	close func() error
}

func (b *body) Close() error { return b.close() }
