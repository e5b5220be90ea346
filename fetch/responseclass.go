package fetch

import (
	"io"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// ResponseInit is the second argument of the Response constructor.
//
// https://fetch.spec.whatwg.org/#responseinit
type ResponseInit struct {
	Status     int // 0 is 200
	StatusText string
	Headers    HeaderList
}

// NewResponse is the Response constructor of script: it returns a response of
// type "default". A nil body is null. The error is an [*Error].
//
// https://fetch.spec.whatwg.org/#dom-response
func NewResponse(body *Body, init ResponseInit) (*Response, error) {
	// 1 to 3. The response and its headers are made below.
	contentType := ""
	// 4. The body brings its type with it.
	if body != nil {
		contentType = body.contentType
	}
	// 5. The rest is "initialize a response".
	return initialize(body, contentType, init)
}

// JSONResponse is script's Response.json() for data that is JSON already.
//
// https://fetch.spec.whatwg.org/#dom-response-json
func JSONResponse(data []byte, init ResponseInit) (*Response, error) {
	// 1, 2. The data come as bytes, which are the body.
	// 3 to 5. The response is like a constructed one, with the type of JSON.
	return initialize(BytesBody(data, ""), "application/json", init)
}

// RedirectResponse is script's Response.redirect(). The URL is resolved against
// the page's base URL. A status of 0 is 302.
//
// https://fetch.spec.whatwg.org/#dom-response-redirect
func (e *Environment) RedirectResponse(url string, status int) (*Response, error) {
	// 1. Parse the URL against the page's.
	u, err := e.agent.schemes.ParseURL(url, e.baseURL)
	// 2. It must be one.
	if err != nil {
		return nil, &Error{Reason: InvalidURL, Stage: stageConstruct, Header: "url", Value: presentable("url", url), Err: err}
	}
	if status == 0 {
		status = 302
	}
	// 3. The status must be that of a redirect.
	if !redirectStatus(status) {
		return nil, rangeError(status)
	}
	// 6, 7. Location is the URL, as it was parsed.
	list := HeaderList{{Name: "Location", Value: u.String()}}
	// 4, 5. The response has the status, and script can't change its headers.
	r := scriptResponse(status, "", list, nil)
	r.Headers.guard = guardImmutable
	// 8. That is the response.
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
	// 1. The status must be one that script may set.
	if status < 200 || status > 599 {
		return nil, rangeError(status)
	}
	// 2. Its message must be one that a server could send.
	if !isReasonPhrase(init.StatusText) {
		return nil, &Error{Reason: invalidStatus, Stage: stageConstruct, Header: "statusText", Value: init.StatusText}
	}
	// 3, 4. The response is made of both, below.
	// 5. Its headers are script's, as far as the guard lets them in.
	headers, err := newHeaders(guardResponse, init.Headers, nil)
	if err != nil {
		return nil, err
	}
	// 6. Without a body that is all.
	if body == nil {
		return scriptResponse(status, init.StatusText, headers.list, nil), nil
	}
	// 6.1. Some statuses have no body.
	if nullBodyStatus(status) {
		return nil, &Error{Reason: bodyForNullStatus, Stage: stageConstruct, Header: "status", Value: strconv.Itoa(status)}
	}
	// 6.3. The body's type is the response's, unless script has named one.
	if contentType != "" && !headers.list.Contains("Content-Type") {
		headers.list.Append("Content-Type", contentType)
	}
	// 6.2. The body is the response's.
	stream, err := body.open()
	if err != nil {
		return nil, &Error{Reason: BodyNotReplayable, Stage: stageConstruct, Err: err}
	}
	return scriptResponse(status, init.StatusText, headers.list, stream), nil
}

func rangeError(status int) *Error {
	return &Error{Reason: invalidStatus, Stage: stageConstruct, Header: "status", Value: strconv.Itoa(status)}
}

// scriptResponse is a response that came from nowhere.
func scriptResponse(status int, message string, list HeaderList, body io.ReadCloser) *Response {
	r := &Response{
		Type:       typeDefault,
		Status:     status,
		StatusText: message,
		Headers:    &Headers{list: list, guard: guardResponse},
		Body:       body,
		internal:   &response{filter: typeDefault, status: status, statusText: message, headers: list, body: body},
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

// TextStream is script's textStream(): the body, decoded from UTF-8 as it
// arrives, whatever the Content-Type says. A byte order mark at the beginning
// is dropped, and bytes that are not UTF-8 become U+FFFD. It replaces Body:
// closing it closes Body.
//
// https://fetch.spec.whatwg.org/#dom-body-textstream
func (r *Response) TextStream() io.ReadCloser {
	// 1, 2. A body that is in use reads on from where it is; a null body has nothing to read.
	// 3 to 5. What the body brings is decoded from UTF-8.
	decoded := transform.NewReader(r.Body, unicode.UTF8BOM.NewDecoder())
	// 6. That is the text.
	return struct {
		io.Reader
		io.Closer
	}{decoded, r.Body}
}
