// Package handshake knows the opening handshake of the WebSocket Protocol as far as
// it is the same for everybody: the URL that is fetched, and the answer to a key. It also answers a handshake
// again for those who replay what a server said.
package handshake

import (
	"crypto/sha1"
	"encoding/base64"
	"io"

	"github.com/browsercors/browsercors/origin"
)

const (
	Key    = "Sec-WebSocket-Key"
	Accept = "Sec-WebSocket-Accept"
)

// URL is the URL to which the handshake with a ws: or wss: URL is sent. Any other URL stays as it is.
//
// https://websockets.spec.whatwg.org/#concept-websocket-establish
func URL(u *origin.URL) *origin.URL {
	switch u.Scheme() {
	case "ws":
		return u.SetScheme("http")
	case "wss":
		return u.SetScheme("https")
	}
	return u
}

// Answer is the Sec-WebSocket-Accept that answers a Sec-WebSocket-Key.
//
// https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2
func Answer(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Again is the answer of a recorded response for a handshake with another key. A right
// answer to the recorded key becomes a right answer to the new one; a wrong answer
// stays wrong.
func Again(answer, recorded, asked string) string {
	if answer == Answer(recorded) {
		return Answer(asked)
	}
	return answer
}

// Closed is the connection of a replayed handshake: it has ended on both sides.
type Closed struct{}

func (Closed) Read([]byte) (int, error)  { return 0, io.EOF }
func (Closed) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
func (Closed) Close() error              { return nil }
