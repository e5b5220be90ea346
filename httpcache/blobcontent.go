package httpcache

import (
	"fmt"
	"hash/crc32"
	"io"
)

// inBlob is content in a blob of its own, or a part of it.
type inBlob struct {
	blobs      *blobs
	owner      *Response // the stored response whose content it is; nil before that is stored
	ref        blobRef
	start, end int64
}

func (c *inBlob) size() int64 { return c.end - c.start }

func (c *inBlob) slice(start, end int64) content {
	own := *c
	own.start, own.end = c.start+start, c.start+end
	return &own
}

// discard deletes content that no response was stored with.
func (c *inBlob) discard() {
	if c.owner == nil {
		c.blobs.delete(c.ref.name)
	}
}

// open checks the whole blob before any of it is read. A response whose content is
// gone or damaged is removed.
func (c *inBlob) open() (io.ReadCloser, error) {
	body, err := c.checked()
	if err != nil {
		if c.owner != nil {
			c.blobs.remove(c.owner)
		}
		return nil, fmt.Errorf("httpcache: the stored body can't be read: %w", err)
	}
	return body, nil
}

func (c *inBlob) checked() (io.ReadCloser, error) {
	blob, err := c.blobs.store.Open(c.ref.name)
	if err != nil {
		return nil, err
	}
	sum := crc32.New(castagnoli)
	n, err := io.Copy(sum, io.LimitReader(blob, c.ref.size+1))
	if err == nil && (n != c.ref.size || sum.Sum32() != c.ref.sum) {
		blob.Close()
		c.blobs.damaged(c.ref.name)
		return nil, errDamaged
	}
	if err == nil {
		blob, err = c.rewind(blob)
	}
	if err != nil {
		blob.Close()
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(blob, c.size()), blob}, nil
}

// rewind goes to where the content starts, if need be by opening the blob again.
func (c *inBlob) rewind(blob io.ReadCloser) (io.ReadCloser, error) {
	if s, ok := blob.(io.Seeker); ok {
		_, err := s.Seek(c.start, io.SeekStart)
		return blob, err
	}
	blob.Close()
	again, err := c.blobs.store.Open(c.ref.name)
	if err != nil {
		return blob, err
	}
	_, err = io.CopyN(io.Discard, again, c.start)
	return again, err
}

// sink keeps content in memory while it is short, and then in a blob.
func (b *blobs) sink(k *Key) sink { return &blobSink{blobs: b, key: k} }

type blobSink struct {
	blobs *blobs
	key   *Key
	short []byte
	blob  Blob // nil while the content is short
	ref   blobRef
	err   error // the first
}

func (s *blobSink) Write(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	if s.blob == nil && len(s.short)+len(p) <= inRecord {
		s.short = append(s.short, p...)
		return len(p), nil
	}
	if s.blob == nil {
		s.ref.name = contentName(s.blobs.name(s.key))
		if s.blob, s.err = s.blobs.store.Create(s.ref.name); s.err == nil {
			s.write(s.short)
		}
		s.short = nil
	}
	s.write(p)
	return len(p), s.err
}

func (s *blobSink) write(p []byte) {
	if s.err != nil {
		return
	}
	if _, s.err = s.blob.Write(p); s.err == nil {
		s.ref.size += int64(len(p))
		s.ref.sum = crc32.Update(s.ref.sum, castagnoli, p)
	}
}

func (s *blobSink) finish() (content, error) {
	if s.blob == nil && s.err == nil {
		return &inMemory{s.short}, nil
	}
	if s.err == nil {
		s.err = s.blob.Commit()
	}
	if s.err != nil {
		s.drop()
		return nil, s.err
	}
	s.blob.Close()
	s.blobs.mu.Lock()
	s.blobs.written += s.ref.size
	s.blobs.mu.Unlock()
	return &inBlob{blobs: s.blobs, ref: s.ref, end: s.ref.size}, nil
}

func (s *blobSink) drop() {
	if s.err != nil {
		s.blobs.fail(writing, s.err)
	}
	if s.blob != nil {
		s.blob.Close()
	}
	s.short = nil
}
