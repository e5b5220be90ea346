package fetch

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/internal/mimetype"
	"github.com/browsercors/browsercors/internal/rules"
)

// Opaque-response blocking (ORB). The published Fetch Standard has none. What
// follows is the proposal of https://github.com/annevk/orb, which
// https://github.com/whatwg/fetch/pull/1442 is to make part of the Standard; a
// profile asks for it with rules.ORB, which also has the browsers' departures. A
// body is never parsed as JavaScript (step 15): see mimetype.CantBeScript.

// orbRules are [rules.ORB] with the algorithms that they change.
type orbRules rules.ORB

// orbBytes is how much of a body the proposal looks at.
const orbBytes = 1024

// orb is one decision of opaque-response blocking.
type orb struct {
	rules    *orbRules
	mimeType string // its essence; "" is failure
	nosniff  bool
	status   int
	start    int64 // of the range in a valid Content-Range; -1 if there is none
	media    mediaRequestState
}

// A mediaRequestState is a request's no-cors media request state.
//
// https://github.com/annevk/orb#changes-to-requests-and-media-elements
type mediaRequestState uint8

const (
	mediaNotAvailable mediaRequestState = iota
	mediaInitial
	mediaSubsequent
)

// The step that blocks a response: the detail of the refusal.
const (
	orbType        = "never-sniffed"
	orbPartialHTML = "partial-html"
	orbNosniff     = "nosniff"
	orbLaterPart   = "later-part"
	orbNotMedia    = "not-media"
	orbUnsniffed   = "nosniff-body"
	orbStatus      = "status"
	orbClaimed     = "claimed-media"
	orbNotScript   = "not-script"
	orbHTML        = "html"
	orbXML         = "xml"
	orbData        = "data"
)

// orbReasons say of each step why it blocks.
var orbReasons = map[string]string{
	orbType:        "no element takes this type",
	orbPartialHTML: "it is only a part, and of a type that is not media",
	orbNosniff:     "X-Content-Type-Options: nosniff confirms that type",
	orbLaterPart:   "it is a part that is not the first one",
	orbNotMedia:    "its body is neither audio nor video",
	orbUnsniffed:   "X-Content-Type-Options: nosniff confirms that type, and the body is not an image, audio or video",
	orbStatus:      "with an error status only images, audio and video are taken",
	orbClaimed:     "its body is not of the kind that its type says",
	orbNotScript:   "its body is not an image, audio or video, nor can it be a script",
	orbHTML:        "its body begins as HTML",
	orbXML:         "its body begins as XML",
	orbData:        "its body begins as JSON, or with characters that keep scripts from running it",
}

// blockedByORB is ORB's algorithm for the response of an element that is opaque. A
// response to fetch() shows nothing of itself anyway.
//
// https://github.com/annevk/orb#orbs-algorithm
func (f *fetching) blockedByORB(resp *response) *Error {
	rules, r := (*orbRules)(&f.agent.profile.ORB), f.request
	if !rules.Blocks || resp.filter != typeOpaque || r.api != apiElement || resp.network == nil {
		return nil
	}
	if rules.OwnOriginSafe && r.origin.SameOrigin(resp.url().Origin()) {
		return nil
	}
	o := orb{rules: rules, status: resp.status, start: contentRangeStart(resp), media: r.mediaState()}
	// 1. Which type Content-Type names.
	if t, ok := mimetype.Extract(resp.headers); ok {
		o.mimeType = t.Essence()
	} else if rules.SlashIsType {
		o.mimeType = slashedType(resp)
	}
	// 2. Whether the server says that this is really the type.
	o.nosniff = determineNosniff(resp.asSent())
	// 3 to 5. The head may decide.
	allowed, why := o.byHead()
	if !allowed && why == "" {
		// 6 to 17. Otherwise the beginning of the body does.
		head, whole := f.peek(resp)
		if refusal := f.canceled(); refusal != nil {
			return refusal
		}
		why = o.byBody(head, whole)
	}
	if why == "" {
		f.checked(checkORB, resp, nil)
		return nil
	}
	if rules.EmptyForFetch && r.destination == destinationEmpty {
		resp.discard()
		resp.body = nil
		return nil
	}
	value, _ := resp.headers.Get("Content-Type")
	refusal := f.block(OpaqueResponseBlocked, resp, "Content-Type", value)
	refusal.Detail = why
	f.checked(checkORB, resp, refusal)
	return refusal
}

// slashedType is [rules.ORB.SlashIsType]: what Content-Type has for a MIME type, or "".
func slashedType(resp *response) string {
	value, _ := resp.headers.Get("Content-Type")
	if end := strings.IndexAny(value, " \t,;("); end >= 0 {
		value = value[:end]
	}
	if !strings.Contains(value, "/") || value == "*/*" {
		return ""
	}
	return strings.ToLower(value)
}

// byHead is steps 3 to 5 of ORB's algorithm: whether the status and the headers let
// the response through, or why they don't. Neither means that the body decides.
//
// https://github.com/annevk/orb#orbs-algorithm
func (o *orb) byHead() (allowed bool, why string) {
	if o.mimeType != "" {
		blocklisted := opaqueBlocklisted(o.mimeType)
		switch {
		// 3.1. The types of scripts, style sheets and SVG are let through.
		case o.opaqueSafelisted():
			return true, ""
		// 3.2. Those of documents and archives are not.
		case o.neverSniffed():
			return false, orbType
		// 3.3. A part of what is HTML, JSON or XML is not media.
		case o.status == 206 && blocklisted && !o.rules.PartialHTML:
			return false, orbPartialHTML
		// 3.4. HTML, JSON, XML and text are not let through if the server is sure of the type.
		case o.nosniff && (blocklisted || o.mimeType == "text/plain"):
			return false, orbNosniff
		}
	}
	switch {
	case o.rules.PartialHTML:
		if o.status != 206 || o.start <= 0 {
			return false, ""
		}
		if o.media == mediaSubsequent {
			return true, ""
		}
		return false, orbLaterPart
	// 4. A media element that has begun to play goes on.
	case o.media == mediaSubsequent:
		return true, ""
	// 5. A part has to be the first.
	case o.status == 206 && o.start != 0:
		return false, orbLaterPart
	}
	return false, ""
}

// byBody is steps 7 to 17 of ORB's algorithm: why the bytes that the body begins
// with keep the response out, or "". Whole says that they are all of it.
//
// https://github.com/annevk/orb#orbs-algorithm
func (o *orb) byBody(head []byte, whole bool) (why string) {
	switch {
	// A body without a byte has nothing to keep from a page: no element tells it from an error.
	case whole && len(head) == 0:
		return ""
	// 7. Sounds and videos are let through. By the proposal only for a media element.
	case mimetype.IsAudioOrVideo(head):
		if o.media == mediaInitial && o.status != 200 && o.status != 206 && !o.rules.BlocksKnownOnly {
			return orbStatus
		}
		return ""
	// 8. A media element takes nothing else.
	case o.media != mediaNotAvailable && !o.rules.BlocksKnownOnly:
		return orbNotMedia
	// 9. Images are let through.
	case mimetype.IsImage(head):
		return ""
	case o.rules.BlocksKnownOnly:
		return o.known(head)
	// 10. Now the type would have to be right.
	case o.nosniff:
		return orbUnsniffed
	// 11. An error is not a script.
	case !okStatus(o.status):
		return orbStatus
	// 12. Without a type it may be a style sheet.
	case o.mimeType == "":
		return ""
	// 13. What is said to be media, and is not, is not let through.
	case strings.HasPrefix(o.mimeType, "audio/"), strings.HasPrefix(o.mimeType, "image/"), strings.HasPrefix(o.mimeType, "video/"):
		return orbClaimed
	// 14 to 17. A script is let through, which what is JSON is not.
	case mimetype.CantBeScript(head, whole):
		return orbNotScript
	}
	return ""
}

// known is [rules.ORB.BlocksKnownOnly]: what the bytes begin, if elements never
// take that.
func (o *orb) known(head []byte) string {
	switch {
	case o.mimeType == "":
		return ""
	case mimetype.IsHTML(head):
		return orbHTML
	case mimetype.IsXML(head):
		return orbXML
	case mimetype.IsData(head):
		return orbData
	}
	return ""
}

// opaqueSafelisted tells whether the type is an opaque-safelisted MIME type.
//
// https://github.com/annevk/orb#new-mime-type-sets
func (o *orb) opaqueSafelisted() bool {
	return o.mimeType == "text/css" || o.mimeType == "image/svg+xml" ||
		!o.rules.SniffsJavaScript && mimetype.IsJavaScriptEssence(o.mimeType) ||
		listed(o.rules.SafeTypes, o.mimeType) || o.nosniff && listed(o.rules.NosniffSafeTypes, o.mimeType)
}

// opaqueBlocklisted tells whether a type is an opaque-blocklisted MIME type: HTML,
// JSON or XML.
//
// https://github.com/annevk/orb#new-mime-type-sets
func opaqueBlocklisted(essence string) bool {
	switch essence {
	case "text/html", "application/json", "text/json", "application/xml", "text/xml":
		return true
	}
	return strings.HasSuffix(essence, "+json") || strings.HasSuffix(essence, "+xml")
}

// neverSniffed tells whether the type is an opaque-blocklisted-never-sniffed MIME type.
//
// https://github.com/annevk/orb#new-mime-type-sets
func (o *orb) neverSniffed() bool {
	return slices.Contains(neverSniffedTypes[:], o.mimeType) || strings.HasPrefix(o.mimeType, "application/vnd.") && isOffice(o.mimeType) ||
		listed(o.rules.NeverSniffed, o.mimeType)
}

var neverSniffedTypes = [...]string{
	"application/dash+xml", "application/gzip", "application/msexcel", "application/mspowerpoint", "application/msword",
	"application/msword-template", "application/pdf", "application/vnd.apple.mpegurl", "application/x-gzip", "application/x-protobuf",
	"application/x-protobuffer", "application/zip", "audio/mpegurl", "multipart/byteranges", "multipart/signed", "text/csv",
	"text/event-stream", "text/vtt",
}

// isOffice tells whether a type that begins with application/vnd. is one of the
// documents that are never sniffed.
func isOffice(essence string) bool {
	switch strings.TrimPrefix(essence, "application/vnd.") {
	case "ces-quickpoint", "ces-quicksheet", "ces-quickword",
		"ms-excel", "ms-excel.sheet.macroenabled.12", "ms-powerpoint", "ms-powerpoint.presentation.macroenabled.12",
		"ms-word", "ms-word.document.12", "ms-word.document.macroenabled.12", "msword",
		"openxmlformats-officedocument.presentationml.presentation", "openxmlformats-officedocument.presentationml.template",
		"openxmlformats-officedocument.spreadsheetml.sheet", "openxmlformats-officedocument.spreadsheetml.template",
		"openxmlformats-officedocument.wordprocessingml.document", "openxmlformats-officedocument.wordprocessingml.template",
		"presentation-openxml", "presentation-openxmlm", "spreadsheet-openxml", "wordprocessing-openxml":
		return true
	}
	return false
}

// listed tells whether a list of rules.ORB has a type.
func listed(types []string, essence string) bool {
	return slices.ContainsFunc(types, func(t string) bool { return t == essence || strings.HasSuffix(t, "/") && strings.HasPrefix(essence, t) })
}

// mediaState is the request's no-cors media request state. A media element that
// asks for what is not the beginning has had the beginning.
//
// https://github.com/annevk/orb#changes-to-requests-and-media-elements
func (r *request) mediaState() mediaRequestState {
	if !r.destination.media() {
		return mediaNotAvailable
	}
	if value, ok := r.original.headers.Get(rangeHeader); ok && !strings.HasPrefix(value, "bytes=0-") {
		return mediaSubsequent
	}
	return mediaInitial
}

// contentRangeStart is where the range of a valid Content-Range begins; -1 if there
// is none.
//
// https://www.rfc-editor.org/rfc/rfc9110#section-14.4
func contentRangeStart(resp *response) int64 {
	value, _ := resp.headers.Get("Content-Range")
	first, rest, ok := strings.Cut(strings.TrimPrefix(value, "bytes "), "-")
	last, length, hasLength := strings.Cut(rest, "/")
	start, err := strconv.ParseUint(first, 10, 63)
	end, err2 := strconv.ParseUint(last, 10, 63)
	if !ok || !hasLength || err != nil || err2 != nil || !strings.HasPrefix(value, "bytes ") || start > end {
		return -1
	}
	if total, err := strconv.ParseUint(length, 10, 63); length != "*" && (err != nil || end >= total) {
		return -1
	}
	return int64(start)
}

// peek reads as much of a response's body as opaque-response blocking looks at: its
// first bytes, and whether they are all. It ends early where they are those of
// media. The body still has them afterwards.
func (f *fetching) peek(resp *response) (head []byte, whole bool) {
	if resp.body == nil {
		return nil, true
	}
	p := &peeked{ReadCloser: resp.body, head: make([]byte, 0, orbBytes)}
	for p.err == nil && len(p.head) < orbBytes && !mimetype.IsImage(p.head) && !mimetype.IsAudioOrVideo(p.head) {
		var n int
		n, p.err = resp.body.Read(p.head[len(p.head):orbBytes])
		p.head = p.head[:len(p.head)+n]
	}
	resp.body = p
	return p.head, p.err != nil
}

// peeked is a body whose first bytes were read already.
type peeked struct {
	io.ReadCloser
	head []byte
	err  error // that follows them, or nil
}

func (p *peeked) Read(b []byte) (int, error) {
	if len(p.head) > 0 {
		n := copy(b, p.head)
		p.head = p.head[n:]
		return n, nil
	}
	if p.err != nil {
		return 0, p.err
	}
	return p.ReadCloser.Read(b)
}
