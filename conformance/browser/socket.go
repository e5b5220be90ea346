package browser

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
)

// serveSocket is the server's end of a WebSocket that says nothing: it waits for the
// browser to close, and answers that.
//
// https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1
func serveSocket(conn net.Conn, in *bufio.Reader) {
	const opClose, final = 8, 0x80
	for {
		opcode, payload, err := readFrame(in)
		if err != nil {
			return
		}
		if opcode != opClose {
			continue
		}
		if _, err := conn.Write(append([]byte{final | opClose, byte(len(payload))}, payload...)); err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, in) // until the browser has closed
		return
	}
}

// readFrame reads a frame, and the payload of one that is short, as that of a
// control frame is.
//
// https://www.rfc-editor.org/rfc/rfc6455#section-5.2
func readFrame(in *bufio.Reader) (opcode byte, payload []byte, err error) {
	const masked, longest = 0x80, 125
	var head [2]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return 0, nil, err
	}
	length := uint64(head[1] &^ masked)
	if size := map[uint64]int{126: 2, 127: 8}[length]; size > 0 {
		var more [8]byte
		if _, err := io.ReadFull(in, more[8-size:]); err != nil {
			return 0, nil, err
		}
		length = binary.BigEndian.Uint64(more[:])
	}
	var mask [4]byte
	if head[1]&masked != 0 {
		if _, err := io.ReadFull(in, mask[:]); err != nil {
			return 0, nil, err
		}
	}
	if length > longest {
		_, err := io.CopyN(io.Discard, in, int64(length&(1<<62-1)))
		return head[0] & 0xf, nil, err
	}
	payload = make([]byte, length)
	if _, err := io.ReadFull(in, payload); err != nil {
		return 0, nil, err
	}
	for i := range payload {
		payload[i] ^= mask[i%4]
	}
	return head[0] & 0xf, payload, nil
}
