package fetch_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/fetch"
)

// What each kind of body is on the wire.
//
// https://fetch.spec.whatwg.org/#concept-bodyinit-extract 10
func TestBodies(t *testing.T) {
	field := func(name, value string) fetch.FormField { return fetch.FormField{Name: name, Value: value} }
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("file")), nil }
	tests := []struct {
		name                      string
		body                      *fetch.Body
		sent, contentType, length string
	}{
		{"scalar value string", fetch.TextBody("é\n"), "é\n", "text/plain;charset=UTF-8", "3"},
		{"empty string", fetch.TextBody(""), "", "text/plain;charset=UTF-8", "0"},
		{"BufferSource", fetch.BytesBody([]byte{0, 0xff}, ""), "\x00\xff", "", "2"},
		{"Blob", fetch.BytesBody([]byte("b"), "image/png"), "b", "image/png", "1"},
		{"Blob without type", fetch.BytesBody([]byte("b"), ""), "b", "", "1"},
		{"URLSearchParams", fetch.FormBody(field("a b", "ü&=~*-._"), field("c", "")), "a+b=%C3%BC%26%3D%7E*-._&c=",
			"application/x-www-form-urlencoded;charset=UTF-8", "26"},
		{"no URLSearchParams", fetch.FormBody(), "", "application/x-www-form-urlencoded;charset=UTF-8", "0"},
		{"FormData", fetch.MultipartBody("B", field("a\"\r\nb\nc", "1\n2\r3\r\n4"), field("d", "")),
			"--B\r\nContent-Disposition: form-data; name=\"a%22%0D%0Ab%0D%0Ac\"\r\n\r\n1\r\n2\r\n3\r\n4\r\n" +
				"--B\r\nContent-Disposition: form-data; name=\"d\"\r\n\r\n\r\n--B--\r\n", "multipart/form-data; boundary=B", "136"},
		{"ReadableStream", fetch.StreamBody(strings.NewReader("s")), "s", "", ""},
		{"File", fetch.ReplayableBody(open, 4, "a/b"), "file", "a/b", "4"},
		{"File of unknown length", fetch.ReplayableBody(open, -1, ""), "file", "", ""},
		{"once", fetch.OnceBody(strings.NewReader("o"), 1, "a/b"), "o", "a/b", "1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, n := standardPage(t, routes{}.serve)
			fetched(t, page, &fetch.Request{URL: "/a", Method: "POST", Body: tt.body, Duplex: "half"})
			got := n.last(t)
			if got.body != tt.sent || got.header("Content-Type") != tt.contentType || got.header("Content-Length") != tt.length {
				t.Errorf("%q, type %q, length %q", got.body, got.header("Content-Type"), got.header("Content-Length"))
			}
			if got.Streaming != (tt.name == "ReadableStream") {
				t.Errorf("streaming: %v", got.Streaming)
			}
		})
	}
}

// A boundary that nobody gives is one that nobody can guess.
func TestMultipartBoundary(t *testing.T) {
	page, n := standardPage(t, routes{}.serve)
	seen := make(map[string]bool)
	for range 2 {
		fetched(t, page, &fetch.Request{URL: "/a", Method: "POST", Body: fetch.MultipartBody("", fetch.FormField{Name: "a"})})
		_, boundary, _ := strings.Cut(n.last(t).header("Content-Type"), "boundary=")
		if len(boundary) < 32 || len(boundary) > 70 || seen[boundary] || !strings.HasPrefix(n.last(t).body, "--"+boundary+"\r\n") {
			t.Errorf("boundary %q", boundary)
		}
		seen[boundary] = true
	}
}

// What happens to each kind where it has to be sent again.
//
// https://fetch.spec.whatwg.org/#concept-http-redirect-fetch 11, 14
func TestBodiesAgain(t *testing.T) {
	tests := []struct {
		name   string
		body   func() *fetch.Body
		status int
		want   string // the body after the redirect; "-": refused
	}{
		{"text and 307", func() *fetch.Body { return fetch.TextBody("x") }, 307, "x"},
		{"text and 308", func() *fetch.Body { return fetch.TextBody("x") }, 308, "x"},
		{"text and 301", func() *fetch.Body { return fetch.TextBody("x") }, 301, ""},
		{"once and 307", func() *fetch.Body { return fetch.OnceBody(strings.NewReader("x"), 1, "") }, 307, "-"},
		{"once and 302", func() *fetch.Body { return fetch.OnceBody(strings.NewReader("x"), 1, "") }, 302, "-"},
		{"once and 303", func() *fetch.Body { return fetch.OnceBody(strings.NewReader("x"), 1, "") }, 303, ""},
		{"stream and 307", func() *fetch.Body { return fetch.StreamBody(strings.NewReader("x")) }, 307, "-"},
		{"stream and 303", func() *fetch.Body { return fetch.StreamBody(strings.NewReader("x")) }, 303, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, n := standardPage(t, routes{app + "/a": answer(tt.status, "Location: /b")}.serve)
			r := &fetch.Request{URL: "/a", Method: "POST", Body: tt.body(), Duplex: "half"}
			if tt.want == "-" {
				if e := refused(t, page, r); e.Reason != fetch.BodyNotReplayable {
					t.Error(e)
				}
				return
			}
			fetched(t, page, r)
			if got := n.last(t); got.body != tt.want || got.URL.Path() != "/b" {
				t.Errorf("%v with %q", got, got.body)
			}
		})
	}
}

// A body that can be read once serves one request.
func TestBodyOnceTwice(t *testing.T) {
	page, _ := standardPage(t, routes{}.serve)
	r := &fetch.Request{URL: "/a", Method: "POST", Body: fetch.OnceBody(strings.NewReader("x"), 1, "")}
	fetched(t, page, r)
	e := refused(t, page, r)
	if e.Reason != fetch.BodyNotReplayable || e.Stage != "actual" {
		t.Error(e)
	}
}

// A body that does not open is a network failure with its cause.
func TestBodyDoesNotOpen(t *testing.T) {
	page, n := standardPage(t, routes{}.serve)
	body := fetch.ReplayableBody(func() (io.ReadCloser, error) { return nil, errDown }, 1, "")
	e := refused(t, page, &fetch.Request{URL: "/a", Method: "POST", Body: body})
	if e.Reason != fetch.NetworkFailure || !errors.Is(e, errDown) || len(n.lines()) != 0 {
		t.Error(e)
	}
}
