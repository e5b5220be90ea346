package conformance

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/isomorphic"
)

// ofTheConnection are the header lines that [Request.AllHeaders] leaves out. They
// belong to the connection, not to the request: Host is :authority over HTTP/2, which
// has no Connection, and where a browser sends Connection to a server, it may send
// Proxy-Connection through the proxy that records it.
var ofTheConnection = []string{"connection", "host", "proxy-connection"}

// all are the header lines of a request in the order sent, except those of the
// connection. Over HTTP/2, names are in lower case. Cookie, which HTTP/2 may split,
// is one line in the place of its first. A multipart boundary that the browser made
// is BOUNDARY. Where script gives a FormData, a Content-Length other than 0 is LENGTH:
// it depends on that boundary, whatever Content-Type script sets. So it is for reports,
// whose texts are not compared. The random key of a WebSocket's handshake is KEY.
func (k *keptHeaders) all(list fetch.HeaderList, http2 bool) [][2]string {
	all := make([][2]string, 0, len(list))
	cookie := -1
	contentType, _ := list.Get("Content-Type")
	report := contentType == "application/csp-report" || contentType == "application/reports+json"
	for _, h := range list {
		name := strings.ToLower(h.Name)
		if slices.Contains(ofTheConnection, name) {
			continue
		}
		value := strings.Trim(isomorphic.Decode(h.Value), " \t")
		switch name {
		case "cookie":
			if cookie >= 0 {
				all[cookie][1] += "; " + value
				continue
			}
			cookie = len(all)
		case "content-length":
			if (k.multipart || report) && value != "0" {
				value = "LENGTH"
			}
		case "content-type":
			value = strings.Trim(k.contentType(h.Value), " \t")
		case "sec-websocket-key": // 16 random bytes
			if nonce, err := base64.StdEncoding.DecodeString(value); err == nil && len(nonce) == 16 {
				value = "KEY"
			}
		}
		if !http2 {
			name = isomorphic.Decode(h.Name)
		}
		all = append(all, [2]string{name, value})
	}
	return all
}

// contentType is a Content-Type as outcomes have it.
func (k *keptHeaders) contentType(raw string) string {
	value := isomorphic.Decode(raw)
	if k.multipart && !k.types.gave(raw) {
		return boundary.ReplaceAllString(value, "multipart/form-data; boundary=BOUNDARY")
	}
	return value
}

// A template is a list of header lines that many requests of a recording share: a
// name with its value, or a name alone, whose value is that of the request's Headers.
type template [][]string

// templateOf is the template of a request's header lines.
func templateOf(r *Request) template {
	t := make(template, len(r.AllHeaders))
	value := valueOf(r.Headers)
	for i, line := range r.AllHeaders {
		t[i] = line[:]
		if v, ok := value(line[0]); ok && v == line[1] {
			t[i] = line[:1:1]
		}
	}
	return t
}

// valueOf looks up the values of headers, whose names are in lower case.
func valueOf(headers [][2]string) func(name string) (string, bool) {
	var index fold.Index
	return func(name string) (string, bool) {
		i := index.First(len(headers), func(i int) string { return headers[i][0] }, name)
		if i < 0 {
			return "", false
		}
		return headers[i][1], true
	}
}

// check refuses lines that have neither a name alone nor a name and a value.
func (t template) check() error {
	for _, line := range t {
		if len(line) != 1 && len(line) != 2 || line[0] == "" {
			return fmt.Errorf("header line %.80q is neither a name nor a name and a value", line)
		}
	}
	return nil
}

// fill are the header lines of a request of that template.
func (t template) fill(headers [][2]string) ([][2]string, error) {
	all := make([][2]string, len(t))
	value := valueOf(headers)
	for i, line := range t {
		if len(line) == 2 {
			all[i] = [2]string(line)
			continue
		}
		v, ok := value(line[0])
		if !ok {
			return nil, fmt.Errorf("header line %.80q has no value, nor have the headers one", line[0])
		}
		all[i] = [2]string{line[0], v}
	}
	return all, nil
}
