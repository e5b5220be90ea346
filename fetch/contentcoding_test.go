package fetch_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
)

// compressed is a string in a format of the compress packages.
func compressed(t *testing.T, s string, writer func(io.Writer) io.WriteCloser) string {
	t.Helper()
	var b bytes.Buffer
	w := writer(&b)
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func brotliWriter(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) }
func zstdWriter(w io.Writer) io.WriteCloser {
	zw, _ := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1)) // the options are valid
	return zw
}

func gzipWriter(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }
func zlibWriter(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) }
func flateWriter(w io.Writer) io.WriteCloser {
	fw, _ := flate.NewWriter(w, flate.BestSpeed) // the level exists
	return fw
}

// https://fetch.spec.whatwg.org/#handle-content-codings
func TestContentCodings(t *testing.T) {
	const plain = "the bytes that the server meant"
	gz, zl, fl := compressed(t, plain, gzipWriter), compressed(t, plain, zlibWriter), compressed(t, plain, flateWriter)
	two := compressed(t, gz, zlibWriter)
	four := compressed(t, compressed(t, compressed(t, gz, gzipWriter), gzipWriter), gzipWriter)
	five := compressed(t, four, gzipWriter)
	const header = "Content-Encoding: "
	tests := []struct {
		name    string
		headers []string
		body    string
		want    string
		broken  bool
	}{
		{"none", nil, plain, plain, false},
		{"gzip", []string{header + "gzip"}, gz, plain, false},
		{"x-gzip in capitals", []string{header + "X-GZip"}, gz, plain, false},
		{"gzip of two members", []string{header + "gzip"}, gz + gz, plain + plain, false},
		{"deflate, zlib", []string{header + "deflate"}, zl, plain, false},
		{"deflate, bare", []string{header + "deflate"}, fl, plain, false},
		{"two in a list", []string{header + "gzip, deflate"}, two, plain, false},
		{"two in two headers", []string{header + "gzip", header + "deflate"}, two, plain, false},
		{"empty members", []string{header + ", gzip,,"}, gz, plain, false},
		{"four", []string{header + "gzip, gzip, gzip, gzip"}, four, plain, false},
		{"five", []string{header + "gzip, gzip, gzip, gzip, gzip"}, five, "", true},
		{"unknown", []string{header + "br"}, gz, gz, false},
		{"unknown among others", []string{header + "gzip, br"}, gz, gz, false},
		{"identity is left alone", []string{header + "identity"}, plain, plain, false},
		{"does not parse", []string{header + "gzip;q=1"}, gz, gz, false},
		{"empty header", []string{header}, plain, plain, false},
		{"empty body", []string{header + "gzip"}, "", "", false},
		{"empty body, deflate", []string{header + "deflate"}, "", "", false},
		{"no gzip at all", []string{header + "gzip"}, plain, "", true},
		{"cut off", []string{header + "gzip"}, gz[:len(gz)-9], plain, true},
		{"wrong checksum", []string{header + "gzip"}, gz[:len(gz)-8] + "xxxx" + gz[len(gz)-4:], plain, true},
		{"cut off, deflate", []string{header + "deflate"}, zl[:len(zl)-5], plain, true},
		{"wrong order", []string{header + "deflate, gzip"}, two, "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, _ := standardPage(t, routes{app + "/a": answer(200, append(tt.headers, "Content-Length: 7")...).with(tt.body)}.serve)
			resp := fetched(t, page, &fetch.Request{URL: "/a"})
			got, err := io.ReadAll(resp.Body)
			if !tt.broken && (err != nil || string(got) != tt.want) {
				t.Errorf("%q, %v; want %q", got, err, tt.want)
			}
			if tt.broken {
				e := asRefusal(t, err)
				want := refusal{reason: fetch.BrokenBody, stage: "actual", method: "GET", url: app + "/a", status: 200}
				if refusalOf(e) != want || e.Err == nil || e.Exception() != "TypeError" {
					t.Errorf("%+v", refusalOf(e))
				}
				if !strings.HasPrefix(plain, string(got)) {
					t.Errorf("read %q before the end", got)
				}
			}
			// The headers stay as the server sent them.
			if value, ok := resp.Headers.Get("Content-Encoding"); ok != (tt.headers != nil) || ok && !strings.HasPrefix(tt.headers[0], header+strings.Split(value, ", ")[0]) {
				t.Errorf("Content-Encoding %q", value)
			}
			if value, _ := resp.Headers.Get("Content-Length"); value != "7" {
				t.Errorf("Content-Length %q", value)
			}
		})
	}
}

// What a browser's profile asks for is undone, and what it does not ask for is not.
func TestContentCodingsOfBrowsers(t *testing.T) {
	plain := strings.Repeat("the bytes that the server meant. ", 5000)
	br, zs := compressed(t, plain, brotliWriter), compressed(t, plain, zstdWriter)
	wide := compressed(t, plain, func(w io.Writer) io.WriteCloser {
		zw, _ := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(16<<20), zstd.WithSingleSegment(false))
		return zw
	})
	both := compressed(t, compressed(t, plain, gzipWriter), zstdWriter)
	for _, tt := range []struct {
		name    string
		profile *fetch.Profile
		codings string
		body    string
		want    string
		broken  bool
	}{
		{"chromium, br", engine.Chromium(), "br", br, plain, false},
		{"chromium, zstd", engine.Chromium(), "zstd", zs, plain, false},
		{"chromium, in capitals", engine.Chromium(), "BR", br, plain, false},
		{"chromium, two", engine.Chromium(), "gzip, zstd", both, plain, false},
		{"chromium, two frames", engine.Chromium(), "zstd", zs + zs, plain + plain, false},
		{"chromium, br cut off", engine.Chromium(), "br", br[:len(br)-3], "", true},
		{"chromium, zstd cut off", engine.Chromium(), "zstd", zs[:len(zs)-3], "", true},
		{"chromium, no br at all", engine.Chromium(), "br", "\xff\xff\xff", "", true},
		{"chromium, no zstd at all", engine.Chromium(), "zstd", plain, "", true},
		{"chromium, a window that is too wide", engine.Chromium(), "zstd", wide, "", true},
		{"chromium, an empty body", engine.Chromium(), "zstd", "", "", false},
		{"firefox, zstd", engine.Firefox(), "zstd", zs, plain, false},
		{"webkit, br", engine.WebKit(), "br", br, plain, false},
		{"webkit, zstd", engine.WebKit(), "zstd", zs, zs, false},
		{"standard, br", fetch.Standard(), "br", br, br, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			page, _ := profiledPage(t, tt.profile, routes{app + "/a": answer(200, "Content-Encoding: "+tt.codings).with(tt.body)}.serve, fetch.EnvironmentOptions{})
			got, err := io.ReadAll(fetched(t, page, &fetch.Request{URL: "/a"}).Body)
			switch {
			case tt.broken && asRefusal(t, err).Reason != fetch.BrokenBody:
				t.Error(err)
			case !tt.broken && (err != nil || string(got) != tt.want):
				t.Errorf("%d bytes, %v; want %d", len(got), err, len(tt.want))
			}
		})
	}
}

// A response is handed over when its head is there, before a coded body is,
// and closing it closes what it comes from.
func TestCodedBodyIsRead(t *testing.T) {
	body := &closeCounter{Reader: strings.NewReader("no gzip")}
	agent, _ := newAgent(t, nil, fetch.Options{Transport: transportFunc(func(*fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
		return &fetch.NetworkResponse{Status: 200, Headers: headerLines("Content-Encoding: gzip"), Body: body}, nil
	})})
	resp := fetched(t, newPage(t, agent, fetch.EnvironmentOptions{}), &fetch.Request{URL: "/a"})
	if body.Len() != len("no gzip") {
		t.Error("read before anyone asked")
	}
	for range 2 { // the error stays
		if _, err := resp.Body.Read(make([]byte, 1)); !errors.Is(err, fetch.BrokenBody) {
			t.Error(err)
		}
	}
	if resp.Body.Close(); body.closed != 1 {
		t.Errorf("closed %d times", body.closed)
	}
}

// A response without a body has none to decode.
func TestCodingOfNoBody(t *testing.T) {
	agent, _ := newAgent(t, nil, fetch.Options{Transport: transportFunc(func(*fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
		return &fetch.NetworkResponse{Status: 200, Headers: headerLines("Content-Encoding: gzip")}, nil
	})})
	resp := fetched(t, newPage(t, agent, fetch.EnvironmentOptions{}), &fetch.Request{URL: "/a"})
	if got := text(t, resp.Body); got != "" {
		t.Errorf("body %q", got)
	}
}
