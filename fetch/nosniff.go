package fetch

import (
	"strings"

	"github.com/browsercors/browsercors/safelist"
)

// blockedDueToMIMEType is "should response to request be blocked due to its
// MIME type?".
//
// https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-mime-type?
func (f *fetching) blockedDueToMIMEType(resp *response) *Error {
	if !f.request.destination.scriptLike() {
		return nil // 3, 4
	}
	t, ok := resp.headers.ExtractMIMEType() // 1
	if !ok {
		return nil // 2
	}
	switch essence := t.Essence(); { // 4
	case strings.HasPrefix(essence, "audio/"), strings.HasPrefix(essence, "image/"),
		strings.HasPrefix(essence, "video/"), essence == "text/csv":
		return f.block(BlockedMIMEType, resp, "Content-Type", essence)
	}
	return nil
}

// blockedDueToNosniff is "should response to request be blocked due to
// nosniff?".
//
// https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-nosniff?
func (f *fetching) blockedDueToNosniff(resp *response) *Error {
	d := f.request.destination
	if !d.scriptLike() && d != DestinationStyle || !determineNosniff(resp.asSent()) {
		return nil // 1, 6
	}
	t, ok := resp.headers.ExtractMIMEType() // 2
	if d.scriptLike() && ok && t.IsJavaScript() || d == DestinationStyle && ok && t.Essence() == "text/css" {
		return nil
	}
	value, _ := resp.headers.Get("Content-Type")
	return f.block(BlockedByNosniff, resp, "Content-Type", value) // 4, 5
}

// determineNosniff is "determine nosniff".
//
// https://fetch.spec.whatwg.org/#determine-nosniff
func determineNosniff(headers safelist.HeaderList) bool {
	values, ok := headers.GetDecodeAndSplit("X-Content-Type-Options") // 1
	return ok && safelist.EqualFold(values[0], "nosniff")             // 2 to 4
}
