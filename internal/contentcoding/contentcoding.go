// Package contentcoding undoes the content codings that browsers accept.
//
// https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1
package contentcoding

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"github.com/browsercors/browsercors/internal/fold"
)

// An Opener makes a reader of what a coded body stands for. It may read the body's
// beginning.
type Opener func(coded *bufio.Reader) (io.Reader, error)

var openers = [...]struct {
	name string
	open Opener
}{
	{"gzip", openGzip},
	{"x-gzip", openGzip},
	{"deflate", openDeflate},
	{"br", openBrotli},
	{"zstd", openZstandard},
}

// Of returns the opener of a coding, by its name in any case; nil if there is none.
func Of(name string) Opener {
	for _, o := range openers {
		if fold.Equal(o.name, name) {
			return o.open
		}
	}
	return nil
}

func openGzip(r *bufio.Reader) (io.Reader, error) { return gzip.NewReader(r) }

// openDeflate reads deflate as HTTP means it, in zlib's format, or as servers
// also send it, bare.
func openDeflate(r *bufio.Reader) (io.Reader, error) {
	head, err := r.Peek(2)
	if err == nil && head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		return zlib.NewReader(r)
	}
	return flate.NewReader(r), nil
}

func openBrotli(r *bufio.Reader) (io.Reader, error) { return brotli.NewReader(r), nil }

// openZstandard reads Zstandard with the window that HTTP allows. It starts no
// goroutine.
//
// https://www.rfc-editor.org/rfc/rfc9659#section-3
func openZstandard(r *bufio.Reader) (io.Reader, error) {
	const window = 8 << 20
	return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(window), zstd.WithDecoderLowmem(true))
}
