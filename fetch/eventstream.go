package fetch

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"

	"github.com/browsercors/browsercors/internal/rules"
)

// errEventTooLarge says that an event has more bytes than the program allows.
var errEventTooLarge = errors.New("fetch: an event or a line of the stream is too large")

// An eventStream is an event stream that is being read: its lines, and what its
// fields have said since the last event.
//
// https://html.spec.whatwg.org/#event-stream-interpretation
type eventStream struct {
	rules *rules.EventSource
	in    *bufio.Reader
	limit int64 // of the bytes of a line and of what is kept of an event, together

	line    []byte // the one read last
	started bool   // its first line has been read
	skipsLF bool   // the line before ended in a CR, to which a LF may belong

	data        []byte // the data buffer
	eventType   string // the event type buffer
	eventID     string // the last event ID buffer
	prefix      string // stands before the name of the next field, see [rules.EventSource.NULsDropped]
	lastEventID string // the EventSource's last event ID string

	retry   time.Duration // the reconnection time that the server has set
	retries retrySet
}

// A retrySet says whether the stream has set the reconnection time.
type retrySet uint8

const (
	retryUnset   retrySet = iota // it has not
	retryValue                   // to a value
	retryDefault                 // to that of the user agent
)

func newEventStream(r *rules.EventSource, body io.Reader, lastEventID string, limit int64) *eventStream {
	s := &eventStream{rules: r, in: bufio.NewReader(body), limit: limit, lastEventID: lastEventID}
	if r.IDKept {
		s.eventID = lastEventID
	}
	return s
}

// next reads to the end of the next event, and returns its type and data. The error
// is that of the stream, or errEventTooLarge. What comes after the last blank line
// is not an event.
//
// https://html.spec.whatwg.org/#event-stream-interpretation
func (s *eventStream) next() (eventType, data string, err error) {
	for {
		line, err := s.readLine()
		if err != nil {
			return "", "", err
		}
		// A blank line dispatches the event.
		if len(line) == 0 {
			if eventType, data, ok := s.dispatch(); ok {
				return eventType, data, nil
			}
			continue
		}
		name, value, colon := bytes.Cut(line, []byte(":"))
		// A line that begins with a colon is a comment.
		if colon && len(name) == 0 {
			continue
		}
		// One blank before the value is not part of it. Without a colon the line is
		// the name of a field without a value.
		value = bytes.TrimPrefix(value, []byte(" "))
		s.processField(string(name), value)
	}
}

// readLine reads a line without its end, which is CR LF, LF or CR. The
// line is valid until the next call.
func (s *eventStream) readLine() ([]byte, error) {
	s.line = s.line[:0]
	for {
		if _, err := s.in.Peek(1); err != nil {
			return nil, err
		}
		chunk, _ := s.in.Peek(s.in.Buffered())
		if s.skipsLF {
			s.skipsLF = false
			if chunk[0] == '\n' {
				_, _ = s.in.Discard(1)
				continue
			}
		}
		end := bytes.IndexAny(chunk, "\r\n")
		if end < 0 {
			s.line = append(s.line, chunk...)
			_, _ = s.in.Discard(len(chunk))
			if s.held() > s.limit {
				return nil, errEventTooLarge
			}
			continue
		}
		s.line = append(s.line, chunk[:end]...)
		s.skipsLF = chunk[end] == '\r'
		_, _ = s.in.Discard(end + 1)
		if s.held() > s.limit {
			return nil, errEventTooLarge
		}
		line := s.line
		if !s.started { // UTF-8 decode leaves one byte order mark out
			s.started = true
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		}
		return line, nil
	}
}

// held is how many bytes are kept for the event to come.
func (s *eventStream) held() int64 {
	return int64(len(s.line)) + int64(len(s.data)) + int64(len(s.eventType)) + int64(len(s.eventID))
}

// processField is "process the field".
//
// https://html.spec.whatwg.org/#processField
func (s *eventStream) processField(name string, value []byte) {
	name, s.prefix = s.prefix+name, ""
	if s.rules.NULsDropped && bytes.IndexByte(value, 0) >= 0 {
		if name == "id" {
			s.prefix = name
			return
		}
		value = bytes.ReplaceAll(value, []byte{0}, nil)
	}
	switch name {
	case "event":
		s.eventType = decodeUTF8(value)
	case "data":
		s.data = append(append(s.data, value...), '\n')
	case "id": // without U+0000
		if bytes.IndexByte(value, 0) < 0 {
			s.eventID = decodeUTF8(value)
		}
	case "retry": // digits, in milliseconds
		s.processRetry(string(value))
	}
}

// processRetry is what "process the field" does for a “retry”, as the profile
// reads its value.
//
// https://html.spec.whatwg.org/#processField
func (s *eventStream) processRetry(value string) {
	digits := value[:len(value)-len(strings.TrimLeft(value, "0123456789"))]
	switch {
	case value == "" && s.rules.Retry == rules.RetryEmptyZero:
		digits = "0"
	case value == "" && s.rules.Retry != rules.RetryDigits:
		s.retries = retryDefault
		return
	case digits == "", digits != value && s.rules.Retry != rules.RetryLeading:
		return
	}
	const most = math.MaxInt64 / int64(time.Millisecond)
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n > most {
		n = most
	}
	s.retry, s.retries = max(time.Duration(n)*time.Millisecond, s.rules.MinReconnectionTime), retryValue
}

// dispatch is "dispatch the event"; false if there is none, since it has no data.
//
// https://html.spec.whatwg.org/#dispatchMessage
func (s *eventStream) dispatch() (eventType, data string, ok bool) {
	hasData := len(s.data) > 0
	// 1. Its id is the last one, whether or not it has data.
	switch {
	case hasData, s.rules.ID == rules.EventIDAlways:
		s.lastEventID = s.eventID
	case s.rules.ID == rules.EventIDWithData:
		s.eventID = s.lastEventID
	}
	eventType = s.eventType
	s.eventType, s.prefix = "", ""
	// 2. Without data there is no event.
	if !hasData {
		return "", "", false
	}
	// 3. The last line feed is not part of the data.
	data = decodeUTF8(s.data[:len(s.data)-1])
	s.data = s.data[:0]
	// 4 to 6. Its type is “message”, unless the stream has named one.
	if eventType == "" {
		eventType = "message"
	}
	// 7, 8. That is the event.
	return eventType, data, true
}

// decodeUTF8 is UTF-8 decode without BOM.
//
// https://encoding.spec.whatwg.org/#utf-8-decode-without-bom
func decodeUTF8(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	decoded, err := unicode.UTF8.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	return string(decoded)
}
