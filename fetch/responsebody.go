package fetch

import "io"

// A responseBody is a response's body as it arrives, or one that is here already.
// It ends when the fetch is cancelled. What goes wrong becomes an [*Error].
type responseBody struct {
	f    *fetching
	resp *response
	from io.ReadCloser

	mayBeShort bool // it may end before its time
}

func (b *responseBody) Read(p []byte) (n int, err error) {
	if err = b.f.ctx.Err(); err == nil { // what has arrived already is not for who has left
		n, err = b.from.Read(p)
	}
	if err == io.ErrUnexpectedEOF && b.mayBeShort {
		err = io.EOF
	}
	if err != nil && err != io.EOF {
		refusal := b.f.below(BrokenBody, err)
		refusal.Response = b.resp.infoRef()
		err = refusal
	}
	return n, err
}

func (b *responseBody) Close() error { return b.from.Close() }

// A storedStream is a responseBody out of the cache's memory, which is written as it is
// kept, without a copy.
type storedStream responseBody

func (b *storedStream) Read(p []byte) (int, error) { return (*responseBody)(b).Read(p) }
func (b *storedStream) Close() error               { return b.from.Close() }

// WriteTo implements [io.WriterTo].
func (b *storedStream) WriteTo(w io.Writer) (int64, error) {
	return b.resp.wire.ReadCloser.(io.WriterTo).WriteTo(&untilCanceled{w, b})
}

// untilCanceled is a writer that ends when the fetch is cancelled.
type untilCanceled struct {
	to   io.Writer
	body *storedStream
}

func (u *untilCanceled) Write(p []byte) (int, error) {
	if u.body.f.ctx.Err() != nil {
		return (*responseBody)(u.body).Read(nil)
	}
	return u.to.Write(p)
}

// A wireBody is a body in its content codings, as it comes over the network or out
// of the cache. Reading it may also store it: see storeResponse.
type wireBody struct{ io.ReadCloser }

// setLocalBody gives a response a body that came over no network.
func (f *fetching) setLocalBody(resp *response, body io.Reader) {
	resp.stream = responseBody{f: f, resp: resp, from: io.NopCloser(body)}
	resp.body = &resp.stream
}
