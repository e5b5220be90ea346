package httpcache

import (
	"io"
	"slices"
)

// content is the stored body of a response.
type content interface {
	open() (io.ReadCloser, error)
	size() int64
	slice(start, end int64) content // the bytes from start up to end, exclusive
	discard()                       // it is not going to be stored
}

// inMemory is content in memory.
type inMemory struct{ bytes []byte }

var empty content = &inMemory{}

func (m *inMemory) open() (io.ReadCloser, error)   { return &memoryReader{rest: m.bytes}, nil }
func (m *inMemory) size() int64                    { return int64(len(m.bytes)) }
func (m *inMemory) slice(start, end int64) content { return &inMemory{m.bytes[start:end:end]} }

func (m *inMemory) discard() {}

// memoryReader reads content in memory.
type memoryReader struct{ rest []byte }

func (r *memoryReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

func (r *memoryReader) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(r.rest)
	r.rest = r.rest[n:]
	return int64(n), err
}

func (r *memoryReader) Close() error {
	r.rest = nil
	return nil
}

// inPieces is content in memory, in several pieces.
type inPieces struct {
	pieces [][]byte
	length int64
}

func (m *inPieces) open() (io.ReadCloser, error) { return &piecesReader{rest: m.pieces}, nil }
func (m *inPieces) size() int64                  { return m.length }
func (m *inPieces) discard()                     {}

func (m *inPieces) slice(start, end int64) content {
	part := inPieces{length: end - start}
	for _, piece := range m.pieces {
		length := int64(len(piece))
		if from, to := max(0, start), min(length, end); from < to {
			part.pieces = append(part.pieces, piece[from:to:to])
		}
		start, end = start-length, end-length
	}
	return &part
}

// piecesReader reads content in pieces.
type piecesReader struct {
	piece memoryReader
	rest  [][]byte
}

func (r *piecesReader) Read(p []byte) (int, error) {
	for len(r.piece.rest) == 0 && len(r.rest) > 0 {
		r.piece.rest, r.rest = r.rest[0], r.rest[1:]
	}
	return r.piece.Read(p)
}

func (r *piecesReader) WriteTo(w io.Writer) (int64, error) {
	written, err := r.piece.WriteTo(w)
	for err == nil && len(r.rest) > 0 {
		var n int64
		r.piece.rest, r.rest = r.rest[0], r.rest[1:]
		n, err = r.piece.WriteTo(w)
		written += n
	}
	return written, err
}

func (r *piecesReader) Close() error {
	r.rest = nil
	return r.piece.Close()
}

// A sink takes the content of a response.
type sink interface {
	io.Writer
	finish() (content, error) // what was written
	drop()
}

func (c *Cache) sink(r *Response, length int64) (sink, error) {
	if c.blobs != nil {
		return c.blobs.sink(&r.key), nil
	}
	return &memorySink{expected: max(0, length)}, nil
}

// The pieces that a body in memory is kept in: so that none is copied as the body
// grows, and no more is set aside than has arrived. At first that is one piece of
// firstPiece, where so much is expected.
const (
	leastPiece = 512
	firstPiece = 32 << 10
	mostPiece  = 256 << 10
)

// memorySink takes a body piece by piece, each as large as all before it.
type memorySink struct {
	pieces   [][]byte
	written  int64
	expected int64 // bytes in all, 0 if that is not known
}

func (s *memorySink) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		last := len(s.pieces) - 1
		if last < 0 || len(s.pieces[last]) == cap(s.pieces[last]) {
			size := max(s.written, leastPiece)
			if rest := s.expected - s.written; rest > 0 {
				size = min(rest, max(s.written, firstPiece))
			}
			s.pieces = append(s.pieces, make([]byte, 0, min(size, mostPiece)))
			last++
		}
		piece := s.pieces[last]
		fits := min(len(p), cap(piece)-len(piece))
		s.pieces[last] = append(piece, p[:fits]...)
		s.written += int64(fits)
		p = p[fits:]
	}
	return n, nil
}

func (s *memorySink) finish() (content, error) {
	if len(s.pieces) == 0 {
		return empty, nil
	}
	last := &s.pieces[len(s.pieces)-1]
	if unused := cap(*last) - len(*last); int64(unused) > s.written/8 {
		*last = slices.Clone(*last)
	}
	*last = slices.Clip(*last)
	if len(s.pieces) == 1 {
		return &inMemory{*last}, nil
	}
	return &inPieces{slices.Clip(s.pieces), s.written}, nil
}

func (s *memorySink) drop() { s.pieces = nil }
