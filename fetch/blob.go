package fetch

import (
	"io"
	"math"
	"strconv"

	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// A BlobStore is an embedder's blob URL store. It is safe for concurrent use.
//
// https://w3c.github.io/FileAPI/#BlobURLStore
type BlobStore interface {
	// Blob resolves a blob: URL, given without fragment, and obtains its object
	// for a page of an origin and a partition; false is no such entry, or one that
	// the page may not use: it was made in an environment with another origin or
	// partition. Of a zero origin that is not asked: for a top-level navigation, and
	// where a top-level page fetches its own URL.
	//
	// It is called once a request, when its URL is parsed: by [Environment.Fetch]
	// at the beginning, or by [Environment.Prepare]. What is revoked after that is
	// still fetched.
	//
	// https://w3c.github.io/FileAPI/#blob-url-resolve
	// https://w3c.github.io/FileAPI/#blob-url-obtain-object
	Blob(u *origin.URL, asking origin.Origin, partition origin.PartitionKey) (Blob, bool)
}

// A Blob is what a blob: URL stands for.
type Blob struct {
	Type string // a MIME type, or ""
	Size int64
	Data io.ReaderAt
}

// A blobEntry is a URL's blob URL entry, which goes along with the URL.
//
// https://url.spec.whatwg.org/#concept-url-blob-entry
type blobEntry struct {
	url    string
	origin origin.Origin // of the environment that made it
	blob   Blob
}

// blobEntry is the last step of the URL parser, for a blob: URL that a page asks
// for: its entry, or nil.
//
// https://url.spec.whatwg.org/#concept-url-parser
func (e *Environment) blobEntry(u *origin.URL) *blobEntry {
	asking, partition := e.origin, e.partition
	if e.topLevelSelf(u) {
		asking, partition = origin.Origin{}, origin.PartitionKey{}
	}
	return e.agent.blobEntry(u, asking, partition)
}

func (a *Agent) blobEntry(u *origin.URL, asking origin.Origin, partition origin.PartitionKey) *blobEntry {
	if u.Scheme() != "blob" || a.blobs == nil {
		return nil
	}
	key := u.WithoutFragment()
	if _, ok := u.Fragment(); ok {
		bare, err := a.schemes.ParseURL(key, nil)
		if err != nil {
			return nil // which a URL that was parsed does not come to
		}
		u = bare
	}
	blob, ok := a.blobs.Blob(u, asking, partition)
	if !ok {
		return nil
	}
	// An entry that this page may use was made in an environment of its origin.
	// Only where the URL does not say that does it matter.
	entry := &blobEntry{url: key, origin: u.Origin(), blob: blob}
	if entry.origin.IsOpaque() && !asking.IsZero() {
		entry.origin = asking
	}
	return entry
}

// topLevelSelf tells whether a page is a top-level one that fetches its own URL.
//
// https://fetch.spec.whatwg.org/#concept-scheme-fetch
func (e *Environment) topLevelSelf(u *origin.URL) bool {
	return !e.worker && !e.framed && e.url.Scheme() == "blob" && e.url.Equals(u, false)
}

// Prepare does what script's calls do at once, before anything is fetched: what
// fetch() and new Request() do, or open(), setRequestHeader() and send(). It
// returns an [*Error] for what they refuse with an exception.
//
// What it returns is a copy of the request that keeps what its URL stands for
// now: a blob: URL that is revoked before [Environment.Fetch] gets to it is
// fetched all the same. A runtime calls Prepare where script waits for the call to
// return, and Fetch on a goroutine of its own.
//
// https://fetch.spec.whatwg.org/#dom-request
// https://xhr.spec.whatwg.org/#the-open()-method
func (e *Environment) Prepare(in *Request) (*Request, error) {
	prepared := *in
	var r request
	if refusal := e.newRequest(&prepared, &r); refusal != nil {
		in.Body.discard()
		return nil, refusal
	}
	prepared.blob = r.blob
	return &prepared, nil
}

// currentOrigin is the origin of the current URL.
//
// https://url.spec.whatwg.org/#concept-url-origin
func (r *request) currentOrigin() origin.Origin {
	if r.blob != nil && r.redirectCount == 0 {
		return r.blob.origin
	}
	return r.currentURL().Origin()
}

// blobFetch is scheme fetch's steps for a blob: URL. Whether the request's
// environment may use the entry was asked when the URL was parsed.
//
// https://fetch.spec.whatwg.org/#concept-scheme-fetch
func (f *fetching) blobFetch(u *origin.URL) (*response, *Error) {
	r := f.request
	if r.method != "GET" || r.blob == nil {
		return nil, f.fail(BlobNotFound, "url", u.String()) // 2, 8
	}
	blob := &r.blob.blob
	value, ranged := r.headers.Get("Range")
	if !ranged { // 13
		return f.localResponse(200, "OK", io.NewSectionReader(blob.Data, 0, blob.Size), safelist.HeaderList{
			{Name: "Content-Length", Value: strconv.FormatInt(blob.Size, 10)},
			{Name: "Content-Type", Value: blob.Type},
		}), nil
	}
	start, end, ok := f.agent.profile.Response.blobRange(value, blob.Size)
	if !ok { // 14.4, 14.7.1
		return nil, f.fail(RangeNotSatisfiable, "Range", value)
	}
	from, length := sliceBlob(blob.Size, start, end+1) // 14.8
	resp := f.localResponse(206, "Partial Content", io.NewSectionReader(blob.Data, from, length), safelist.HeaderList{
		{Name: "Content-Length", Value: strconv.FormatInt(length, 10)},
		{Name: "Content-Type", Value: blob.Type},
		{Name: "Content-Range", Value: safelist.BuildContentRange(start, end, blob.Size)}, // 14.12
	})
	resp.rangeRequested = true // 14.1
	return resp, nil
}

// blobRange is steps 14.3 to 14.7 of scheme fetch for a blob: URL: the first
// and the last byte asked for, which may lie before the blob.
//
// https://fetch.spec.whatwg.org/#concept-scheme-fetch
func (rules *ResponseRules) blobRange(value string, size int64) (start, end int64, ok bool) {
	r, err := rules.BlobRange.Parse(value, true) // 14.3
	if err != nil {
		return 0, 0, false // 14.4
	}
	if !r.HasStart { // 14.6
		last := int64(min(r.End, math.MaxInt64)) // no blob has more
		switch {
		case rules.BlobSuffix != BlobSuffixSliced && last == 0, rules.BlobSuffix == BlobSuffixWithin && last > size:
			return 0, 0, false
		case rules.BlobSuffix == BlobSuffixClamped:
			last = min(last, size)
		}
		start = size - last          // 14.6.1
		return start, size - 1, true // 14.6.2: start + last - 1
	}
	if r.Start >= uint64(size) { // 14.7.1
		return 0, 0, false
	}
	end = size - 1 // 14.7.2
	if r.HasEnd && r.End < uint64(size) {
		end = int64(r.End)
	}
	return int64(r.Start), end, true
}

// sliceBlob is "slice blob": where the slice from start to before end begins,
// and how long it is. A negative position counts from the end of the blob.
//
// https://w3c.github.io/FileAPI/#slice-blob
func sliceBlob(size, start, end int64) (from, span int64) {
	relative := func(position int64) int64 {
		if position < 0 {
			return max(size+position, 0)
		}
		return min(position, size)
	}
	from = relative(start)                  // 2
	return from, max(relative(end)-from, 0) // 5
}
