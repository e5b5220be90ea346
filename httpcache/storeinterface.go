package httpcache

import (
	"io"
	"iter"
	"time"
)

// A Store keeps blobs of bytes under names, for a [Cache] whose responses are to
// outlive it or to take more room than memory has. [OpenDirectory] is one; with a
// few lines, an object store or a database is another. Several caches, also of
// several processes, may use one store at a time.
//
// Names are made of lower-case hexadecimal digits and hyphens, at most 64 bytes, and
// tell nothing. What is stored is checked when it is read, so a store need not notice
// damage. Methods may be called by several goroutines at once. Their errors are given
// to Options.Failed, and the cache goes on without what could not be stored or read.
type Store interface {
	// Open opens a blob, and notes that it is used. If there is none, the error is
	// fs.ErrNotExist. A blob that is replaced or deleted while it is read can be
	// read to its end.
	Open(name string) (io.ReadCloser, error)
	// Create begins a blob. It replaces the one with the same name once it is
	// committed.
	Create(name string) (Blob, error)
	// Delete deletes a blob. It is not an error if there is none.
	Delete(name string) error
	// All returns the blobs that there are, in any order.
	All() iter.Seq2[Stored, error]
}

// A Blob is one that is being written. Close without Commit before it leaves no
// trace of it.
type Blob interface {
	io.WriteCloser
	// Commit makes the blob that was written the one with its name, at once.
	Commit() error
}

// Stored describes a blob of a [Store].
type Stored struct {
	Name string
	Size int64
	Used time.Time // when it was written or opened last, roughly
}
