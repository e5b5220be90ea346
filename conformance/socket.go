package conformance

import (
	"crypto/sha1"
	"encoding/base64"
	"io"
	"slices"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/origin"
)

// webSocketURL is the URL by which an outcome lists the handshake of a WebSocket
// that is sent to an http: or https: URL: with ws: or wss:.
func webSocketURL(u *origin.URL) *origin.URL {
	switch u.Scheme() {
	case "http":
		return u.SetScheme("ws")
	case "https":
		return u.SetScheme("wss")
	}
	return u
}

// switchingHeaders are the headers of a response with status 101: those that the
// server adds to complete the handshake, then its own.
//
// https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2
func switchingHeaders(handshake fetch.HeaderList, own [][2]string) [][2]string {
	key, _ := handshake.Get("Sec-WebSocket-Key")
	accept := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return slices.Concat([][2]string{
		{"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {"Sec-WebSocket-Accept", base64.StdEncoding.EncodeToString(accept[:])},
	}, own)
}

// A closedSocket is the connection of a WebSocket that is closed as soon as it is
// open.
type closedSocket struct{}

func (closedSocket) Read([]byte) (int, error)    { return 0, io.EOF }
func (closedSocket) Write(b []byte) (int, error) { return len(b), nil }
func (closedSocket) Close() error                { return nil }
