package fetch

import (
	"io"
	"math"
	"strconv"

	"github.com/browsercors/browsercors/internal/byterange"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// A BlobStore resolves the blob: URLs of a program that embeds this package. It
// must be safe for concurrent use.
//
// https://w3c.github.io/FileAPI/#BlobURLStore
type BlobStore interface {
	// Blob returns the object of a blob: URL, which has no fragment, for a page
	// with this origin and this partition. It returns false if there is no such
	// entry, or if the entry was made in an environment with another origin or
	// partition. If asking is the zero origin, any page may use the entry: the
	// request is a top-level navigation, or a top-level page that fetches its own
	// URL.
	//
	// Blob is called once for a request, when its URL is parsed: by
	// [Environment.Fetch] at its beginning, or by [Environment.Prepare]. A URL that
	// is revoked later is fetched nevertheless.
	//
	// https://w3c.github.io/FileAPI/#blob-url-resolve
	// https://w3c.github.io/FileAPI/#blob-url-obtain-object
	Blob(u *origin.URL, asking origin.Origin, partition origin.PartitionKey) (Blob, bool)
}

// A Blob is the object that a blob: URL refers to.
type Blob struct {
	Type string // its MIME type, or ""
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
	return !e.worker && !e.framed && e.url.Scheme() == "blob" && e.url.String() == u.String()
}

// Prepare does what script's calls do before they return: fetch() and new
// Request(), or open(), setRequestHeader() and send(). If they throw an
// exception, it returns an [*Error].
//
// Otherwise it returns a copy of the request that keeps the object of a blob:
// URL, so that a URL which is revoked before [Environment.Fetch] gets to it is
// fetched nevertheless. A JavaScript runtime calls Prepare while script waits
// for the call to return, and Fetch on another goroutine.
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
	// 1, 3 to 7. The entry is the request's.
	r := f.request
	// 2, 8. It is there, and asked for with GET.
	if r.method != "GET" || r.blob == nil {
		return nil, f.fail(blobNotFound, "url", u.String())
	}
	// 9 to 12. The response says how long the blob is, and of which type.
	blob := &r.blob.blob
	value, ranged := r.headers.Get("Range")
	// 13. Without Range the whole of it is the body.
	if !ranged {
		return f.localResponse(200, "OK", io.NewSectionReader(blob.Data, 0, blob.Size), safelist.HeaderList{
			{Name: "Content-Length", Value: strconv.FormatInt(blob.Size, 10)},
			{Name: "Content-Type", Value: blob.Type},
		}), nil
	}
	// 14.2 to 14.7. Which part is asked for; it must lie within the blob.
	start, end, ok := (*responseRules)(&f.agent.profile.Response).blobRange(value, blob.Size)
	if !ok {
		return nil, f.fail(rangeNotSatisfiable, "Range", value)
	}
	// 14.8. Cut it out.
	from, length := sliceBlob(blob.Size, start, end+1)
	// 14.9 to 14.15. It is the body of a 206 that says which part it is.
	resp := f.localResponse(206, "Partial Content", io.NewSectionReader(blob.Data, from, length), safelist.HeaderList{
		{Name: "Content-Length", Value: strconv.FormatInt(length, 10)},
		{Name: "Content-Type", Value: blob.Type},
		{Name: "Content-Range", Value: byterange.BuildContentRange(start, end, blob.Size)},
	})
	// 14.1. Remember that a part was asked for.
	resp.rangeRequested = true
	// 15. That is the response.
	return resp, nil
}

// blobRange is steps 14.3 to 14.7 of scheme fetch for a blob: URL: the first
// and the last byte asked for, which may lie before the blob.
//
// https://fetch.spec.whatwg.org/#concept-scheme-fetch
func (departures *responseRules) blobRange(value string, size int64) (start, end int64, ok bool) {
	// 14.3. Parse the range.
	r, ok := byterange.Parse(departures.BlobRange, value, true)
	// 14.4. It must be one.
	if !ok {
		return 0, 0, false
	}
	// 14.5, 14.6. Without a start, so many bytes from the end.
	if !r.HasStart {
		last := int64(min(r.End, math.MaxInt64)) // no blob has more
		switch {
		case departures.BlobSuffix != rules.BlobSuffixSliced && last == 0, departures.BlobSuffix == rules.BlobSuffixWithin && last > size:
			return 0, 0, false
		case departures.BlobSuffix == rules.BlobSuffixClamped:
			last = min(last, size)
		}
		// 14.6.1, 14.6.2. The last of them is the blob's last: start + last - 1.
		start = size - last
		return start, size - 1, true
	}
	// 14.7.1. Nothing begins behind the blob's end.
	if r.Start >= uint64(size) {
		return 0, 0, false
	}
	// 14.7.2. Nothing ends behind it either.
	end = size - 1
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
	from = relative(start)                  // 2. Where it begins, within the blob.
	return from, max(relative(end)-from, 0) // 5. How long it is, never less than nothing.
}
