package conformance

import "github.com/browsercors/browsercors/internal/text"

// An Outcome says what script saw and which requests were sent.
type Outcome struct {
	ID       string        `json:"id"`
	Engine   string        `json:"engine,omitempty"`
	Version  string        `json:"version,omitempty"`
	Steps    []StepOutcome `json:"steps"`    // one per step, except waits and visits
	Requests []Request     `json:"requests"` // in the order sent, preflights included

	// Console has the messages about CORS that the browser printed, in order. Only
	// Chromium's can be read by a player.
	Console []string `json:"console,omitempty"`
}

// A StepOutcome is what script got from one step.
//
// A fetch gives a "response", or an "error" with the name of the exception. Only
// fetch() has Type and Redirected.
//
// An element gives "load", "error", or "none" where it fires neither event; an
// EventSource gives "open" or "error"; a beacon is "queued" or "refused"; a
// WebSocket gives "open" or "error". If a constructor or method throws, there is
// an "error" with the name of the exception.
type StepOutcome struct {
	Result     string      `json:"result"`
	Error      string      `json:"error,omitempty"`
	Type       string      `json:"type,omitempty"`
	Status     int         `json:"status"`
	Redirected *bool       `json:"redirected,omitempty"`
	URL        string      `json:"url"`
	Headers    [][2]string `json:"headers"` // names lower-case, sorted, values combined
	Body       string      `json:"body"`

	// Readable says whether script can read what an element loaded: the pixels of an
	// image, the rules of a style sheet, the text of a script's error, the document of
	// a frame. It is nil if there is nothing to read. WebGL says the same of an image
	// as a texture; it is nil where there is no WebGL.
	Readable *bool `json:"readable,omitempty"`
	WebGL    *bool `json:"webgl,omitempty"`

	// Data is the data of the messages of an EventSource that was opened, and
	// ReadyState its state at the first error event if it was not.
	Data       []string `json:"data,omitzero"`
	ReadyState *int     `json:"readyState,omitempty"`

	// Protocol is the subprotocol of a WebSocket that was opened.
	Protocol *string `json:"protocol,omitempty"`
}

// stepResults are what a step may give.
var stepResults = []string{"response", "error", "load", "none", "open", "queued", "refused"}

// A Request is a request as it was sent. Headers has those that matter to CORS and
// those that script set, with lower-case names, sorted.
type Request struct {
	Method  string      `json:"method"`
	URL     string      `json:"url"`
	Headers [][2]string `json:"headers"`

	// Repeated are the names of the headers that were sent in several lines, which
	// Headers joins, except Cookie, which HTTP/2 may split. Browsers send one line per
	// name.
	Repeated []string `json:"repeated,omitempty"`

	// AllHeaders are all header lines in the order sent, with names as they were
	// spelled, except Host, Connection and Proxy-Connection, which belong to the
	// connection. The lines of a Cookie are joined in the place of the first. It is nil
	// if only Headers were kept.
	AllHeaders [][2]string `json:"allHeaders,omitempty"`
}

// MarshalJSON writes the members of a response only for a response.
func (s StepOutcome) MarshalJSON() ([]byte, error) {
	if s.Result != "response" {
		return text.JSON(struct {
			Result     string   `json:"result"`
			Error      string   `json:"error,omitempty"`
			Readable   *bool    `json:"readable,omitempty"`
			WebGL      *bool    `json:"webgl,omitempty"`
			Data       []string `json:"data,omitzero"`
			ReadyState *int     `json:"readyState,omitempty"`
			Protocol   *string  `json:"protocol,omitempty"`
		}{s.Result, s.Error, s.Readable, s.WebGL, s.Data, s.ReadyState, s.Protocol})
	}
	type plain StepOutcome
	if s.Headers == nil {
		s.Headers = [][2]string{}
	}
	return text.JSON(plain(s))
}
