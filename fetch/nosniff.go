package fetch

import (
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/headervalue"
	"github.com/browsercors/browsercors/internal/mimetype"
	"github.com/browsercors/browsercors/safelist"
)

// blockedDueToMIMEType is "should response to request be blocked due to its
// MIME type?".
//
// https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-mime-type?
func (f *fetching) blockedDueToMIMEType(resp *response) *Error {
	// 3. Only what runs as a script is at stake: asked first, since it is cheap.
	if !f.request.destination.scriptLike() {
		return nil
	}
	// 1. Which type Content-Type names.
	t, ok := mimetype.Extract(resp.headers)
	// 2. None: allowed.
	if !ok {
		return nil
	}
	// 4. Sounds, images, videos and tables don't run: blocked.
	switch essence := t.Essence(); {
	case strings.HasPrefix(essence, "audio/"), strings.HasPrefix(essence, "image/"),
		strings.HasPrefix(essence, "video/"), essence == "text/csv":
		return f.block(BlockedMIMEType, resp, "Content-Type", essence)
	}
	// 5. Any other type is allowed.
	return nil
}

// blockedDueToNosniff is "should response to request be blocked due to
// nosniff?".
//
// https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-nosniff?
func (f *fetching) blockedDueToNosniff(resp *response) *Error {
	// 3. The others' types don't matter: asked first, since it is cheap.
	destination := f.request.destination
	script, style := destination.scriptLike(), destination == destinationStyle
	if !script && !style {
		return nil
	}
	// 1. The server doesn't ask for it: allowed.
	if !determineNosniff(resp.asSent()) {
		return nil
	}
	// 2. Which type Content-Type names.
	t, ok := mimetype.Extract(resp.headers)
	// 4. A script without a JavaScript type: blocked.
	// 5. A style sheet that is not text/css: blocked.
	if script && !(ok && t.IsJavaScript()) || style && !(ok && t.Essence() == "text/css") {
		value, _ := resp.headers.Get("Content-Type")
		return f.block(BlockedByNosniff, resp, "Content-Type", value)
	}
	// 6. Allowed.
	return nil
}

// determineNosniff is "determine nosniff".
//
// https://fetch.spec.whatwg.org/#determine-nosniff
func determineNosniff(headers safelist.HeaderList) bool {
	// 1. The header's values, of all its lines.
	values, ok := headervalue.GetDecodeAndSplit(headers, "X-Content-Type-Options")
	// 2. There are none: no.
	// 3, 4. The first of them decides, in any case.
	return ok && fold.Equal(values[0], "nosniff")
}
