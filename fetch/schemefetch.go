package fetch

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/mimetype"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// schemeFetch is scheme fetch.
//
// https://fetch.spec.whatwg.org/#concept-scheme-fetch
func (f *fetching) schemeFetch() (*response, *Error) {
	// 1. Nothing is fetched any more.
	if refusal := f.canceled(); refusal != nil {
		return nil, refusal
	}
	// 2, 3. Each scheme has its own way; a file: URL has none.
	u := f.request.currentURL()
	switch u.Scheme() {
	case "http", "https":
		return f.httpFetch(false)
	case "about":
		anyCase := f.agent.profile.Response.AboutAnyCase && fold.Equal(u.Path(), "blank")
		if (u.Path() == "blank" || anyCase) && !f.agent.profile.Policy.NoAboutBlank {
			return f.localResponse(200, "OK", nil, safelist.HeaderList{{Name: "Content-Type", Value: "text/html;charset=utf-8"}}), nil
		}
	case "blob":
		return f.blobFetch(u)
	case "data":
		return f.dataFetch(u)
	}
	// 4. Any other is a network error.
	return nil, f.fail(UnsupportedScheme, "scheme", u.Scheme())
}

// localResponse is a response that came over no network.
func (f *fetching) localResponse(status int, message string, body io.Reader, headers safelist.HeaderList) *response {
	if body == nil {
		body = bytes.NewReader(nil)
	}
	resp := &response{filter: typeDefault, status: status, statusText: message, headers: headers}
	f.setLocalBody(resp, body)
	return resp
}

// dataFetch is scheme fetch's steps for a data: URL.
//
// https://fetch.spec.whatwg.org/#concept-scheme-fetch
func (f *fetching) dataFetch(u *origin.URL) (*response, *Error) {
	// 1. Take the URL apart.
	t, body, ok := processDataURL(f.ctx, u)
	if refusal := f.canceled(); refusal != nil {
		return nil, refusal
	}
	// 2. It can't be.
	if !ok {
		return nil, f.fail(invalidDataURL, "url", u.String())
	}
	// 3, 4. The response has the type that the URL names.
	headers := safelist.HeaderList{{Name: "Content-Type", Value: t.String()}}
	if f.agent.profile.Response.DataLength && f.request.api == apiFetch {
		headers = append(headers, safelist.Header{Name: "Content-Length", Value: strconv.Itoa(len(body))})
	}
	return f.localResponse(200, "OK", bytes.NewReader(body), headers), nil
}

// processDataURL is the data: URL processor. When ctx has ended, what it returns
// is of no account.
//
// https://fetch.spec.whatwg.org/#data-url-processor
func processDataURL(ctx context.Context, u *origin.URL) (*mimetype.Type, []byte, bool) {
	// 1 to 3. What is behind "data:" and before the fragment.
	input := strings.TrimPrefix(u.WithoutFragment(), "data:")
	// 4, 5, 8, 9. The type before the comma, the data behind it.
	mimeType, encoded, ok := strings.Cut(input, ",")
	// 7. There must be one.
	if !ok {
		return nil, nil, false
	}
	// 6. No blanks around the type.
	mimeType = strings.Trim(mimeType, "\t\n\f\r ")
	// 10. Percent-decode the data.
	body := percentDecode(ctx, encoded)
	// 11. Decode them as base64, if the type ends with that word.
	if prefix, ok := cutBase64(mimeType); ok {
		if body, ok = forgivingBase64(ctx, body); !ok {
			return nil, nil, false
		}
		mimeType = prefix
	}
	// 12. Parameters alone are those of text/plain.
	if strings.HasPrefix(mimeType, ";") {
		mimeType = "text/plain" + mimeType
	}
	// 13. Parse the type.
	t, ok := mimetype.Parse(mimeType)
	// 14. What is not a type is text in ASCII.
	if !ok {
		t = &mimetype.Type{Type: "text", Subtype: "plain", Parameters: []mimetype.Parameter{{Name: "charset", Value: "US-ASCII"}}}
	}
	// 15. That is the URL's content.
	return t, body, true
}

// cutBase64 cuts `; base64` off the end.
func cutBase64(s string) (string, bool) {
	const word = "base64"
	if len(s) < len(word) || !fold.Equal(s[len(s)-len(word):], word) {
		return s, false
	}
	return strings.CutSuffix(strings.TrimRight(s[:len(s)-len(word)], " "), ";")
}

// percentDecode is percent-decoding a string, as far as it comes before ctx ends.
//
// https://url.spec.whatwg.org/#string-percent-decode
func percentDecode(ctx context.Context, s string) []byte {
	const pause = 1 << 16 // bytes between two looks at the context
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if len(out)%pause == 0 && ctx.Err() != nil {
			break
		}
		if s[i] == '%' && i+2 < len(s) {
			if v, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				out = append(out, byte(v))
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return out
}

// isLocal reports whether a URL is local: whether its scheme is about, blob or data.
//
// https://fetch.spec.whatwg.org/#is-local
func isLocal(u *origin.URL) bool {
	return u.Scheme() == "about" || u.Scheme() == "blob" || u.Scheme() == "data"
}
