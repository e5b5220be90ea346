package browser

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/isomorphic"
	"github.com/browsercors/browsercors/safelist"
)

// An http2Conn is the server's end of an HTTP/2 connection. It exists because
// a server that is meant for use would put the header lines of a script in
// order, and add some.
type http2Conn struct {
	framer *http2.Framer
	answer func(*request) answer

	mu      sync.Mutex // of all below, and of writing
	block   bytes.Buffer
	encoder *hpack.Encoder
	room    *sync.Cond // the windows grew, or the connection ended
	ended   bool
	initial int64            // window of a new stream
	window  int64            // of the connection
	windows map[uint32]int64 // of the streams that are being answered
}

// serveHTTP2 serves a connection until it ends. Requests are answered as they
// come; the answers that are under way end with the connection.
func serveHTTP2(conn net.Conn, in io.Reader, answered func(*request) answer) error {
	preface := make([]byte, len(http2.ClientPreface))
	if _, err := io.ReadFull(in, preface); err != nil || string(preface) != http2.ClientPreface {
		return errors.Join(errors.New("browser: no HTTP/2 preface"), err)
	}
	c := &http2Conn{
		framer:  http2.NewFramer(conn, in),
		answer:  answered,
		initial: 65535,
		window:  65535,
		windows: make(map[uint32]int64),
	}
	c.room = sync.NewCond(&c.mu)
	c.encoder = hpack.NewEncoder(&c.block)
	var answers sync.WaitGroup
	defer answers.Wait()
	defer func() {
		c.mu.Lock()
		c.ended = true
		c.room.Broadcast()
		c.mu.Unlock()
	}()
	if err := c.framer.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 1 << 20}); err != nil {
		return err
	}
	// The framer's own reading of header blocks refuses values that browsers send.
	decoder := hpack.NewDecoder(4096, nil)
	var block []byte                   // of the headers that are being read
	var last bool                      // they are all that the stream has
	pending := make(map[uint32]func()) // the answers to requests whose bodies have not ended
	end := func(id uint32) {
		if write, ok := pending[id]; ok {
			delete(pending, id)
			answers.Go(write)
		}
	}
	headers := func(id uint32) error {
		fields, err := decoder.DecodeFull(block)
		if err != nil {
			return err
		}
		if _, trailers := pending[id]; !trailers {
			r := http2Request(fields)
			c.open(id)
			a := c.answer(r)
			pending[id] = func() { _ = c.write(id, r.method, a) }
		}
		if last {
			end(id)
		}
		return nil
	}
	for {
		frame, err := c.framer.ReadFrame()
		var stream http2.StreamError
		if errors.As(err, &stream) {
			if err := c.reset(stream.StreamID, stream.Code); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		switch f := frame.(type) {
		case *http2.HeadersFrame:
			block, last = append(block[:0], f.HeaderBlockFragment()...), f.StreamEnded()
			if f.HeadersEnded() {
				err = headers(f.StreamID)
			}
		case *http2.ContinuationFrame:
			if block = append(block, f.HeaderBlockFragment()...); len(block) > maxBlock {
				return errNoHTTP
			}
			if f.HeadersEnded() {
				err = headers(f.StreamID)
			}
		case *http2.DataFrame:
			err = c.took(f.StreamID, f.Length, f.StreamEnded())
			if f.StreamEnded() {
				end(f.StreamID)
			}
		case *http2.RSTStreamFrame:
			delete(pending, f.StreamID)
			c.close(f.StreamID)
		default:
			err = c.control(frame)
		}
		if err != nil {
			return err
		}
	}
}

// maxBlock bounds what a header block has on the wire.
const maxBlock = 1 << 20

// http2Request is a request by its header block.
func http2Request(fields []hpack.HeaderField) *request {
	r := &request{body: strings.NewReader("")}
	var scheme, authority, path string
	for _, h := range fields {
		switch h.Name {
		case ":method":
			r.method = h.Value
		case ":scheme":
			scheme = h.Value
		case ":authority":
			authority = h.Value
		case ":path":
			path = h.Value
		default:
			r.headers = append(r.headers, safelist.Header{Name: h.Name, Value: h.Value})
		}
	}
	r.target = scheme + "://" + authority + path
	return r
}

// control obeys the frames that are about the connection.
func (c *http2Conn) control(frame http2.Frame) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch f := frame.(type) {
	case *http2.SettingsFrame:
		if f.IsAck() {
			return nil
		}
		if size, ok := f.Value(http2.SettingInitialWindowSize); ok {
			for id := range c.windows {
				c.windows[id] += int64(size) - c.initial
			}
			c.initial = int64(size)
			c.room.Broadcast()
		}
		if size, ok := f.Value(http2.SettingHeaderTableSize); ok {
			c.encoder.SetMaxDynamicTableSizeLimit(size)
		}
		return c.framer.WriteSettingsAck()
	case *http2.PingFrame:
		if !f.IsAck() {
			return c.framer.WritePing(true, f.Data)
		}
	case *http2.WindowUpdateFrame:
		if f.StreamID == 0 {
			c.window += int64(f.Increment)
		} else if _, ok := c.windows[f.StreamID]; ok {
			c.windows[f.StreamID] += int64(f.Increment)
		}
		c.room.Broadcast()
	}
	return nil
}

func (c *http2Conn) open(id uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.windows[id] = c.initial
}

func (c *http2Conn) close(id uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.windows, id)
	c.room.Broadcast()
}

func (c *http2Conn) reset(id uint32, code http2.ErrCode) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.framer.WriteRSTStream(id, code)
}

// took gives back the window that a part of a request's body used.
func (c *http2Conn) took(id, length uint32, ended bool) error {
	if length == 0 {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !ended {
		if err := c.framer.WriteWindowUpdate(id, length); err != nil {
			return err
		}
	}
	return c.framer.WriteWindowUpdate(0, length)
}

// write writes an answer. A field name is written in lower case, as HTTP/2
// has it; everything else goes out as it stands.
func (c *http2Conn) write(id uint32, method string, a answer) error {
	defer c.close(id)
	if a.drop {
		return c.reset(id, http2.ErrCodeInternal)
	}
	body := ""
	if a.hasBody(method) {
		body = a.body
	}
	if err := c.writeHeaders(id, a, body == ""); err != nil {
		return err
	}
	for body != "" {
		n, err := c.writeData(id, body)
		if err != nil {
			return err
		}
		body = body[n:]
	}
	return nil
}

func (c *http2Conn) writeHeaders(id uint32, a answer, last bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.block.Reset()
	fields := append([][2]string{{":status", strconv.Itoa(a.status)}}, a.headers...)
	for _, h := range fields {
		name, _ := isomorphic.Encode(h[0])
		value, _ := isomorphic.Encode(h[1])
		if err := c.encoder.WriteField(hpack.HeaderField{Name: fold.Lower(name), Value: value}); err != nil {
			return err
		}
	}
	const maxFrame = 16384
	first := true
	for {
		part := c.block.Next(maxFrame)
		done := c.block.Len() == 0
		var err error
		if first {
			err = c.framer.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: part, EndHeaders: done, EndStream: last})
		} else {
			err = c.framer.WriteContinuation(id, done, part)
		}
		if err != nil || done {
			return err
		}
		first = false
	}
}

// writeData writes as much of a body as the windows allow, once they allow any.
func (c *http2Conn) writeData(id uint32, body string) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		window, open := c.windows[id]
		if !open || c.ended {
			return 0, net.ErrClosed
		}
		if n := min(int64(len(body)), 16384, window, c.window); n > 0 {
			c.windows[id] -= n
			c.window -= n
			return int(n), c.framer.WriteData(id, n == int64(len(body)), []byte(body[:n]))
		}
		c.room.Wait()
	}
}
