package browser

import (
	"bufio"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/conformance"
)

func TestAnswerByteForByte(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		method string
		answer conformance.Response
		want   string
	}{
		{"nothing given", "GET", conformance.Response{}, "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\n\r\n"},
		{"no length is added", "GET", conformance.Response{Body: "ok"}, "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\n\r\nok"},
		{
			"order, case and repetition", "GET",
			conformance.Response{Status: 201, Headers: [][2]string{{"vary", "B"}, {"VARY", "a"}, {"Content-Length", "9"}, {"Access-Control-Allow-Origin", "*"}, {"vary", "B"}}},
			"HTTP/1.1 201 Created\r\nvary: B\r\nVARY: a\r\nContent-Length: 9\r\nAccess-Control-Allow-Origin: *\r\nvary: B\r\nCache-Control: no-store\r\n\r\n",
		},
		{"its own Cache-Control", "GET", conformance.Response{Headers: [][2]string{{"cache-control", ""}}}, "HTTP/1.1 200 OK\r\ncache-control: \r\n\r\n"},
		{
			"odd bytes", "GET",
			conformance.Response{Headers: [][2]string{{"X Y\t", " \u00ff\u0080\u0000 "}}},
			"HTTP/1.1 200 OK\r\nX Y\t:  \xff\x80\x00 \r\nCache-Control: no-store\r\n\r\n",
		},
		{"a body is UTF-8", "GET", conformance.Response{Body: "ü"}, "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\n\r\n\xc3\xbc"},
		{"a status without a phrase", "GET", conformance.Response{Status: 799}, "HTTP/1.1 799 \r\nCache-Control: no-store\r\n\r\n"},
		{"HEAD", "HEAD", conformance.Response{Body: "ok"}, "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\n\r\n"},
		{"204", "GET", conformance.Response{Status: 204, Body: "ok"}, "HTTP/1.1 204 No Content\r\nCache-Control: no-store\r\n\r\n"},
		{"205", "GET", conformance.Response{Status: 205, Body: "ok"}, "HTTP/1.1 205 Reset Content\r\nCache-Control: no-store\r\n\r\nok"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			given := len(tt.answer.Headers)
			if diff := cmp.Diff(tt.want, string(scripted(&tt.answer).appendHTTP1(nil, tt.method, closed))); diff != "" {
				t.Error(diff)
			}
			if len(tt.answer.Headers) != given {
				t.Error("the scenario was changed")
			}
		})
	}
}

func TestFraming(t *testing.T) {
	t.Parallel()
	const chunkedEnd = "Transfer-Encoding: chunked\r\n\r\n"
	tests := []struct {
		name   string
		method string
		answer answer
		want   framing
		end    string // of the message
	}{
		{"no length", "GET", answer{status: 200, body: "ok"}, closed, "OK\r\n\r\nok"},
		{"no length, hidden", "GET", answer{status: 200, body: "ten bytes.", chunks: true}, chunked, chunkedEnd + "a\r\nten bytes.\r\n0\r\n\r\n"},
		{"an empty body, hidden", "GET", answer{status: 200, chunks: true}, chunked, chunkedEnd + "0\r\n\r\n"},
		{"a length", "GET", answer{status: 200, headers: [][2]string{{"content-length", "2"}}, body: "ok"}, counted, "content-length: 2\r\n\r\nok"},
		{"too long", "GET", answer{status: 200, headers: [][2]string{{"Content-Length", "3"}}, body: "ok", chunks: true}, closed, "\r\nok"},
		{"two lengths", "GET", answer{status: 200, headers: [][2]string{{"Content-Length", "2"}, {"Content-Length", "2"}}, body: "ok"}, closed, "\r\nok"},
		{"its own chunks", "GET", answer{status: 200, headers: [][2]string{{"Transfer-Encoding", "chunked"}}, body: "ok", chunks: true}, closed, "chunked\r\n\r\nok"},
		{"an odd name", "GET", answer{status: 204, headers: [][2]string{{"X Y", ""}}}, closed, "X Y: \r\n\r\n"},
		{"an odd value", "GET", answer{status: 204, headers: [][2]string{{"X", "\x00"}}}, closed, "\x00\r\n\r\n"},
		{"HEAD", "HEAD", answer{status: 200, body: "ok"}, counted, "OK\r\n\r\n"},
		{"204", "GET", answer{status: 204, chunks: true}, counted, "No Content\r\n\r\n"},
		{"205", "GET", answer{status: 205, body: "ok"}, closed, "\r\n\r\nok"},
		{"103", "GET", answer{status: 103, chunks: true}, closed, "Early Hints\r\n\r\n"},
		{"the last one", "GET", answer{status: 204, last: true}, closed, "No Content\r\n\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.answer.framing(tt.method); got != tt.want {
				t.Errorf("framing %d, want %d", got, tt.want)
			}
			if got := string(tt.answer.appendHTTP1(nil, tt.method, tt.want)); !strings.HasSuffix(got, tt.end) {
				t.Errorf("got %q, want it to end in %q", got, tt.end)
			}
		})
	}
}

func TestReadRequest(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"a line", "GET /a?b HTTP/1.1\r\n\r\n", "GET /a?b []  "},
		{"headers as sent", "PUT http://h/ HTTP/1.1\r\nX-A: \xff \r\nx-a:\r\n\r\n", "PUT http://h/ [{X-A \xff} {x-a }]  "},
		{"a length", "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nabrest", "POST / [{Content-Length 2}] ab rest"},
		{"chunks", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\nrest", "POST / [{Transfer-Encoding chunked}] ab rest"},
		{"no HTTP", "hello\r\n\r\n", "error"},
		{"HTTP/2 in clear text", "PRI * HTTP/2.0\r\n\r\n", "error"},
		{"a line without a colon", "GET / HTTP/1.1\r\nX\r\n\r\n", "error"},
		{"a bad length", "GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", "error"},
		{"cut short", "GET / HTTP/1.1\r\nX: ", "error"},
		{"too long", "GET /" + strings.Repeat("a", maxLine) + strings.Repeat("b", 1<<13), "error"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, readAll(tt.in)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// readAll reads a request, its body and what comes after it.
func readAll(in string) string {
	lines := bufio.NewReader(strings.NewReader(in))
	r, err := readRequest(lines)
	if err != nil {
		return "error"
	}
	body, err := io.ReadAll(r.body)
	if err != nil {
		return "error"
	}
	rest, _ := io.ReadAll(lines)
	var headers strings.Builder
	for i, h := range r.headers {
		if i > 0 {
			headers.WriteByte(' ')
		}
		headers.WriteString("{" + h.Name + " " + h.Value + "}")
	}
	return r.method + " " + r.target + " [" + headers.String() + "] " + string(body) + " " + string(rest)
}
