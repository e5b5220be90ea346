package har

import (
	"net/http"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/handshake"
	"github.com/browsercors/browsercors/safelist"
)

// ownAPI makes the request that of an EventSource, a beacon or a ping, if it is one,
// and tells whether it is.
func (t *trial) ownAPI(e *parsed) bool {
	r := &t.request
	if t.preflights[0] >= 0 && r.Mode != fetch.CORS {
		return false
	}
	switch contentType, _ := e.sent.Get("Content-Type"); {
	case r.Method == "GET" && r.Mode == fetch.CORS && t.preflights[0] < 0 && e.isEventSource():
		own := fetch.Element("eventsource").Request(r.URL, "")
		own.Credentials = r.Credentials
		if id, ok := e.sent.Get("Last-Event-ID"); ok {
			own.Headers = append(own.Headers, safelist.Header{Name: "Last-Event-ID", Value: id})
		}
		*r, t.as = *own, "eventsource"
	case r.Method == "POST" && e.isBeacon():
		api := fetch.Element("beacon")
		if contentType == "text/ping" {
			api = "ping"
		}
		own := api.Request(r.URL, "")
		if api == "beacon" {
			own.Mode = r.Mode
			if e.Request.PostData.Text != "" || contentType != "" {
				own.Body = fetch.BytesBody([]byte(e.Request.PostData.Text), contentType)
			}
		}
		own.Credentials = credentials.Include
		*r, t.as = *own, api
	default:
		return false
	}
	return true
}

// socket makes the request the handshake of a WebSocket.
func (t *trial) socket(e *parsed) {
	r := &t.request
	r.Mode, r.Credentials, r.Destination, t.as = "websocket", credentials.Include, "websocket", "websocket"
	offered, _ := e.sent.Get("Sec-WebSocket-Protocol")
	for protocol := range strings.SplitSeq(offered, ",") {
		if protocol = strings.Trim(protocol, " \t"); grammar.IsToken(protocol) && !slices.Contains(t.protocols, protocol) && len(t.protocols) < mostProtocols {
			t.protocols = append(t.protocols, protocol)
		}
	}
}

// mostProtocols are the most subprotocols that are looked at.
const mostProtocols = 100

// switched is the response to a handshake that is made again: its key is another.
func (a *archive) switched(r *fetch.NetworkRequest, resp *fetch.NetworkResponse) *fetch.NetworkResponse {
	if resp.Status != http.StatusSwitchingProtocols {
		return resp
	}
	own, _ := r.Headers.Get(handshake.Key)
	was, asked := a.entries[a.answered].sent.Get(handshake.Key)
	answer, answered := resp.Headers.Get(handshake.Accept)
	switch {
	case asked && answered:
		resp.Headers.Set(handshake.Accept, handshake.Again(answer, was, own))
	default:
		a.note("the handshake's key or its answer is not in the archive; the answer is assumed to be right, since the connection was opened")
		for _, h := range [][2]string{{"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {handshake.Accept, handshake.Answer(own)}} {
			if !resp.Headers.Contains(h[0]) || h[0] == handshake.Accept {
				resp.Headers.Set(h[0], h[1])
			}
		}
	}
	resp.Body = handshake.Closed{}
	return resp
}

// elementsOf are what asks for a destination: in a page, where it has no or any
// crossorigin attribute.
var elementsOf = map[fetch.Destination]fetch.Element{
	"audio": "audio", "font": "font", "image": "img", "manifest": "manifest", "script": "script", "style": "stylesheet", "track": "track", "video": "video",
}

// element makes the request that of an element, as the destination and the mode show it.
func (t *trial) element() {
	r := &t.request
	name, ok := elementsOf[r.Destination]
	if !ok {
		return
	}
	if name == "font" && r.Mode == fetch.NoCORS {
		name = "preload/font" // without crossorigin, or WebKit's
	}
	attribute := fetch.CrossOrigin("")
	if r.Mode == fetch.CORS {
		attribute = "anonymous"
		if r.Credentials == credentials.Include {
			attribute = "use-credentials"
		}
	}
	own := name.Request(r.URL, attribute)
	if own.Mode != r.Mode {
		return
	}
	own.Credentials = r.Credentials
	*r, t.as = *own, name
}

// isEventSource tells whether a request is that of an EventSource: Chrome says so,
// and no other request accepts event streams alone, unless script says that it does.
func (e *parsed) isEventSource() bool {
	accept, _ := e.sent.Get("Accept")
	control, _ := e.sent.Get("Cache-Control")
	return e.kind() == "eventsource" || e.kind() == "" && accept == "text/event-stream" && control == "no-cache"
}

// isBeacon tells whether Chrome says that a request is a beacon or a ping.
func (e *parsed) isBeacon() bool { return e.kind() == "ping" || e.kind() == "beacon" }
