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

// A wireBody is a body in its content codings, as it comes over the network or out
// of the cache. Reading it may also store it: see storeResponse.
type wireBody struct{ io.ReadCloser }

// setLocalBody gives a response a body that came over no network.
func (f *fetching) setLocalBody(resp *response, body io.Reader) {
	resp.stream = responseBody{f: f, resp: resp, from: io.NopCloser(body)}
	resp.body = &resp.stream
}
