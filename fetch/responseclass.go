package fetch

import (
	"io"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// ResponseInit is what script passes to the Response constructor.
//
// https://fetch.spec.whatwg.org/#responseinit
type ResponseInit struct {
	Status     int // 0 is 200
	StatusText string
	Headers    HeaderList
}

// NewResponse is the Response constructor: a response of script's own, of type
// default. A nil body is null. Errors are [*Error].
//
// https://fetch.spec.whatwg.org/#dom-response
func NewResponse(body *Body, init ResponseInit) (*Response, error) {
	contentType := ""
	if body != nil {
		contentType = body.contentType
	}
	return initialize(body, contentType, init)
}

// JSONResponse is Response.json(): data is JSON already.
//
// https://fetch.spec.whatwg.org/#dom-response-json
func JSONResponse(data []byte, init ResponseInit) (*Response, error) {
	return initialize(BytesBody(data), "application/json", init)
}

// RedirectResponse is Response.redirect(), with a URL that is resolved against
// the page's base URL. A status of 0 is 302.
//
// https://fetch.spec.whatwg.org/#dom-response-redirect
func (e *Environment) RedirectResponse(url string, status int) (*Response, error) {
	u, err := e.agent.schemes.ParseURL(url, e.baseURL) // 1
	if err != nil {
		return nil, &Error{Reason: InvalidURL, Header: "url", Value: presentable("url", url), Err: err} // 2
	}
	if status == 0 {
		status = 302
	}
	if !redirectStatus(status) {
		return nil, rangeError(status) // 3
	}
	list := HeaderList{{Name: "Location", Value: u.String()}} // 7
	r := scriptResponse(status, "", list, nil)
	r.Headers.guard = GuardImmutable
	return r, nil
}

// initialize is "initialize a response".
//
// https://fetch.spec.whatwg.org/#initialize-a-response
func initialize(body *Body, contentType string, init ResponseInit) (*Response, error) {
	status := init.Status
	if status == 0 {
		status = 200
	}
	if status < 200 || status > 599 {
		return nil, rangeError(status) // 1
	}
	if !isReasonPhrase(init.StatusText) {
		return nil, &Error{Reason: InvalidStatus, Header: "statusText", Value: init.StatusText} // 2
	}
	headers, err := NewHeaders(GuardResponse, init.Headers, nil) // 5
	if err != nil {
		return nil, err
	}
	if body == nil {
		return scriptResponse(status, init.StatusText, headers.list, nil), nil
	}
	if nullBodyStatus(status) {
		return nil, &Error{Reason: NullBodyStatus, Header: "status", Value: strconv.Itoa(status)} // 6.1
	}
	if contentType != "" && !headers.list.Contains("Content-Type") {
		headers.list.Append("Content-Type", contentType) // 6.3
	}
	stream, err := body.open()
	if err != nil {
		return nil, &Error{Reason: BodyNotReplayable, Err: err}
	}
	return scriptResponse(status, init.StatusText, headers.list, stream), nil
}

func rangeError(status int) *Error {
	return &Error{Reason: InvalidStatus, Header: "status", Value: strconv.Itoa(status)}
}

// scriptResponse is a response that came from nowhere.
func scriptResponse(status int, message string, list HeaderList, body io.ReadCloser) *Response {
	r := &Response{
		Type:       TypeDefault,
		Status:     status,
		StatusText: message,
		Headers:    &Headers{list: list, guard: GuardResponse},
		Body:       body,
		internal:   &response{filter: TypeDefault, status: status, statusText: message, headers: list, body: body},
	}
	if body == nil {
		r.Body = noBody{}
	}
	return r
}

// isReasonPhrase tells whether a status message is empty or matches
// reason-phrase: HTAB, SP, VCHAR and obs-text.
//
// https://www.rfc-editor.org/rfc/rfc9112#section-4
func isReasonPhrase(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 && r != '\t' || r == 0x7f })
}

// TextStream is script's textStream(): the body as text, decoded from UTF-8 as it
// arrives, whatever the Content-Type says. A byte order mark at its beginning is
// left out, and what is not UTF-8 is replaced by U+FFFD. It reads from Body, in
// its place; closing it closes Body.
//
// https://fetch.spec.whatwg.org/#dom-body-textstream
func (r *Response) TextStream() io.ReadCloser {
	return struct {
		io.Reader
		io.Closer
	}{transform.NewReader(r.Body, unicode.UTF8BOM.NewDecoder()), r.Body} // 3 to 5
}
