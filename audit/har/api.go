package har

import (
	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
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
		*r = *own
	case r.Method == "POST" && e.isBeacon():
		api := fetch.Element("beacon")
		if contentType == "text/ping" {
			api = "ping"
		}
		own := api.Request(r.URL, "")
		if api == "beacon" {
			own.Mode = r.Mode
			if e.Request.PostData.Text != "" || contentType != "" {
				own.Body = fetch.BlobBody([]byte(e.Request.PostData.Text), contentType)
			}
		}
		own.Credentials = credentials.Include
		*r = *own
	default:
		return false
	}
	return true
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
