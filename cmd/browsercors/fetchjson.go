package main

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"unicode/utf8"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/isomorphic"
)

// The output of browsercors fetch as JSON.

// encode writes JSON.
func (c *fetchCommand) encode(report any) error {
	return c.write(func(w io.Writer) error {
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(report)
	})
}

// A responseReport is the JSON output for a response: what script sees.
type responseReport struct {
	Result        string   `json:"result"` // "response"
	Type          string   `json:"type"`
	Status        int      `json:"status"`
	StatusText    string   `json:"statusText"`
	URL           string   `json:"url"`
	Redirected    bool     `json:"redirected"`
	Headers       []field  `json:"headers"`
	*loadedReport          // if an element or the like asked
	Body          *string  `json:"body,omitempty"`       // if the body is UTF-8
	BodyBase64    *string  `json:"bodyBase64,omitempty"` // if it is not
	Truncated     bool     `json:"truncated,omitempty"`  // the body is longer than maxJSONBody
	Preflight     string   `json:"preflight,omitempty"`  // why the browser sends one
	Ignored       []string `json:"ignoredHeaders,omitempty"`
	Notes         []string `json:"notes,omitempty"`
	Waterfall     []step   `json:"waterfall,omitempty"`
}

// maxJSONBody is the most bytes of a body that JSON output contains.
const maxJSONBody = 64 << 20

func (c *fetchCommand) newResponseReport(resp *fetch.Response) (*responseReport, error) {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxJSONBody+1))
	if err != nil {
		return nil, err
	}
	report := &responseReport{
		Result:       "response",
		Type:         resp.Type,
		Status:       resp.Status,
		StatusText:   isomorphic.Decode(resp.StatusText),
		URL:          resp.URL,
		Redirected:   resp.Redirected,
		Headers:      []field{},
		loadedReport: c.newLoadedReport(),
		Truncated:    len(body) > maxJSONBody,
		Preflight:    c.whyPreflight,
		Ignored:      c.unset,
		Notes:        c.notes,
		Waterfall:    c.steps,
	}
	text := string(body[:min(len(body), maxJSONBody)])
	if utf8.ValidString(text) {
		report.Body = &text
	} else {
		text = base64.StdEncoding.EncodeToString([]byte(text))
		report.BodyBase64 = &text
	}
	for name, value := range resp.Headers.All() {
		report.Headers = append(report.Headers, field{name: name, value: value})
	}
	return report, nil
}

// A refusalReport is the JSON output for a refusal: first what script sees, then what
// script must not see.
type refusalReport struct {
	Result        string            `json:"result"` // "error"
	Error         string            `json:"error"`  // the exception's name
	Message       string            `json:"message"`
	Reason        string            `json:"reason"`
	Stage         string            `json:"stage"`
	Section       string            `json:"section"`
	Method        string            `json:"method"`
	URL           string            `json:"url"`
	Hop           int               `json:"hop"`
	Status        int               `json:"status,omitempty"` // of the response that was refused
	Header        string            `json:"header,omitempty"`
	Value         string            `json:"value,omitempty"`
	Detail        string            `json:"detail,omitempty"`
	CORSError     string            `json:"corsError,omitempty"` // Chromium's name for it
	*loadedReport                   // if an element or the like asked
	Explanation   explanationReport `json:"explanation"`
	Console       map[string]string `json:"console"`
	Ignored       []string          `json:"ignoredHeaders,omitempty"`
	Notes         []string          `json:"notes,omitempty"`
	Waterfall     []step            `json:"waterfall,omitempty"`
}

type explanationReport struct {
	Summary string  `json:"summary"`
	Did     string  `json:"did"`
	Rule    string  `json:"rule"`
	By      string  `json:"by"`
	Fix     string  `json:"fix"`
	Headers []field `json:"headers,omitempty"`

	Cause     string `json:"cause,omitempty"`
	Behind    string `json:"behind,omitempty"`
	NotCORS   bool   `json:"notCORS,omitempty"`
	Preflight string `json:"preflight,omitempty"`

	Advice *fetch.Advice `json:"advice,omitempty"` // the product to change
}

func (c *fetchCommand) newRefusalReport(e *fetch.Error, x fetch.Explanation) *refusalReport {
	report := &refusalReport{
		Result:       "error",
		Error:        e.Exception(),
		Message:      e.ScriptMessage(),
		Reason:       e.Reason.String(),
		Stage:        string(e.Stage),
		Section:      x.Section,
		Method:       e.Request.Method,
		URL:          e.Request.URL,
		Hop:          e.Request.Hop,
		Header:       isomorphic.Decode(e.Header),
		Value:        isomorphic.Decode(e.Value),
		Detail:       isomorphic.Decode(e.Detail),
		CORSError:    engine.CORSError(e),
		loadedReport: c.newLoadedReport(),
		Explanation: explanationReport{
			Summary: x.Summary, Did: x.Did, Rule: x.Rule, By: x.By, Fix: x.Fix,
			Cause: x.Cause, Behind: x.Behind, NotCORS: x.NotCORS, Preflight: x.Preflight, Advice: x.Advice,
		},
		Console:   engine.Console(e),
		Ignored:   c.unset,
		Notes:     c.notes,
		Waterfall: c.steps,
	}
	for _, h := range x.Headers {
		report.Explanation.Headers = append(report.Explanation.Headers, field{name: h.Name, value: h.Value, text: true})
	}
	if e.Response != nil {
		report.Status = e.Response.Status
	}
	return report
}
