package conformance

import (
	"io"

	"github.com/browsercors/browsercors/internal/text"
)

// An Outcome says what script saw and what crossed the wire.
type Outcome struct {
	ID       string        `json:"id"`
	Engine   string        `json:"engine,omitempty"`
	Version  string        `json:"version,omitempty"`
	Steps    []StepOutcome `json:"steps"`    // one a fetch step
	Requests []Request     `json:"requests"` // in the order sent, preflights included
}

// A StepOutcome is what script saw of one fetch: a response, or the name of an
// exception. Type and Redirected are of fetch() only.
type StepOutcome struct {
	Result     string      `json:"result"` // "response" or "error"
	Error      string      `json:"error,omitempty"`
	Type       string      `json:"type,omitempty"`
	Status     int         `json:"status"`
	Redirected *bool       `json:"redirected,omitempty"`
	URL        string      `json:"url"`
	Headers    [][2]string `json:"headers"` // names lower-case, sorted, values combined
	Body       string      `json:"body"`
}

// A Request is a request as it crossed the wire. Of its headers those are kept
// that CORS is about, and those that script set; names lower-case and sorted.
type Request struct {
	Method  string      `json:"method"`
	URL     string      `json:"url"`
	Headers [][2]string `json:"headers"`

	// Repeated are the names of the kept headers that crossed the wire in several
	// lines, which Headers joins; Cookie aside, of which HTTP/2 has several.
	// Browsers send one line a name.
	Repeated []string `json:"repeated,omitempty"`
}

// MarshalJSON leaves out of an error what only a response has.
func (s StepOutcome) MarshalJSON() ([]byte, error) {
	if s.Result == "error" {
		return text.JSON(struct {
			Result string `json:"result"`
			Error  string `json:"error"`
		}{s.Result, s.Error})
	}
	type plain StepOutcome
	if s.Headers == nil {
		s.Headers = [][2]string{}
	}
	return text.JSON(plain(s))
}

// MarshalJSON writes empty lists as such, and characters as they are.
func (o *Outcome) MarshalJSON() ([]byte, error) {
	type plain Outcome
	p := plain(*o)
	if p.Steps == nil {
		p.Steps = []StepOutcome{}
	}
	if p.Requests == nil {
		p.Requests = []Request{}
	}
	return text.JSON(p)
}

// WriteTo writes the outcome as one line of JSON.
func (o *Outcome) WriteTo(w io.Writer) (int64, error) {
	line, err := o.MarshalJSON()
	if err != nil {
		return 0, err
	}
	n, err := w.Write(append(line, '\n'))
	return int64(n), err
}
