package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/element"
	"github.com/browsercors/browsercors/internal/mimetype"
	"github.com/browsercors/browsercors/internal/text"
)

// What browsercors fetch --as does: a page loads something by other means than fetch(),
// and learns of it by events.

// A loaded is what came of it.
type loaded struct {
	event    string // "load", "error" or "open"; "" if none is fired
	threw    string // the exception that a constructor threw
	readable bool   // the page may use what it got as its own
	response *fetch.Response
	protocol string // of a WebSocket
	events   []eventReport
	refusal  *fetch.Error
}

// An eventReport is an event of an EventSource.
type eventReport struct {
	Type string `json:"type"`
	Data string `json:"data"`
	ID   string `json:"lastEventId,omitempty"`
}

// load has a page load what in stands for. Each event of an EventSource is handed to
// each, which may be nil and ends the connection by returning false. An error is one of
// the caller, such as the end of ctx; a refusal is in what is returned.
func (e *elementFlags) load(ctx context.Context, page *fetch.Environment, in *fetch.Request, each func(fetch.ServerEvent) bool) (*loaded, error) {
	k, _ := e.of()
	out := new(loaded)
	var err error
	switch k.API {
	case "websocket":
		err = out.socket(ctx, page, in, e.protocols)
	case "eventsource":
		err = out.stream(ctx, page, in, each)
	case "element":
		err = out.element(ctx, page, in, e, k.Name)
	default: // what outlives the page: what came of it shows here alone
		out.response, err = page.Fetch(ctx, in)
		out.event, out.readable = "load", err == nil && out.response.CORSSameOrigin()
		if err == nil {
			if refusal := fetch.Element(k.Name).Receive(out.response); refusal != nil {
				err = refusal
			}
		}
	}
	return out, out.refused(err)
}

// refused takes over a refusal; any other error is returned.
func (l *loaded) refused(err error) error {
	if err == nil {
		return nil
	}
	var refusal *fetch.Error
	if !errors.As(err, &refusal) || refusal.Reason == fetch.Aborted {
		return err
	}
	l.refusal = refusal
	return nil
}

// element is a Load.
func (l *loaded) element(ctx context.Context, page *fetch.Environment, in *fetch.Request, e *elementFlags, name string) error {
	attributes := &fetch.Load{Element: fetch.Element(name), URL: in.URL, Integrity: e.integrity, Trace: in.Trace}
	if e.crossOrigin != "" {
		attributes.CrossOrigin = fetch.ParseCrossOrigin(e.crossOrigin)
	}
	got, err := page.Load(ctx, attributes)
	if err != nil {
		l.threw = exceptionOf(err)
		return err
	}
	l.event, l.readable, l.response = got.Event, got.Readable && got.Err == nil, got.Response
	return got.Err
}

// socket is a WebSocket, which is closed as soon as it is open.
func (l *loaded) socket(ctx context.Context, page *fetch.Environment, in *fetch.Request, protocols []string) error {
	resp, err := page.WebSocket(ctx, in.URL, protocols...)
	if err != nil {
		l.event, l.threw = "error", exceptionOf(err)
		return err
	}
	l.event, l.readable, l.protocol = "open", true, resp.Header.Get("Sec-Websocket-Protocol")
	return resp.Body.Close()
}

// errOver ends an EventSource at the end of its first connection.
var errOver = errors.New("the event stream has ended")

// stream is an EventSource, up to the end of its first connection.
func (l *loaded) stream(ctx context.Context, page *fetch.Environment, in *fetch.Request, each func(fetch.ServerEvent) bool) error {
	l.event = "error"
	events, err := page.EventSource(ctx, &fetch.EventSourceOptions{
		URL: in.URL, WithCredentials: in.Credentials == credentials.Include, Trace: in.Trace,
		Wait: func(context.Context, time.Duration) error { return errOver },
	})
	if err != nil {
		l.threw = exceptionOf(err)
		return err
	}
	for event, err := range events {
		if errors.Is(err, errOver) {
			break
		}
		if err != nil {
			return err
		}
		if event.Type == "error" {
			continue
		}
		if event.Type == "open" {
			l.event, l.readable = "open", true
		}
		if each != nil && !each(event) {
			break
		}
	}
	if l.event == "error" { // it would try again: why it failed is known to a request of its own
		resp, err := page.Fetch(ctx, in)
		if err == nil {
			resp.Body.Close()
		}
		return err
	}
	return nil
}

// exceptionOf is the exception that a constructor throws for a refusal; "" if err is none.
func exceptionOf(err error) string {
	var refusal *fetch.Error
	if errors.As(err, &refusal) && refusal.Reason != fetch.Aborted {
		return refusal.Exception()
	}
	return ""
}

// effect is what the page can do with what it got.
func (e *elementFlags) effect(l *loaded) string {
	k, ok := e.of()
	if !ok {
		return ""
	}
	if l.event == "" && !k.Silent && k.API == "element" {
		return e.what() + ": it fires neither load nor error, and loads nothing"
	}
	essence := ""
	if l.response != nil {
		if t, ok := mimetype.Extract(l.response.Internal().Headers); ok {
			essence = t.Essence()
		}
	}
	effect := e.what() + ": " + k.Effect(l.readable, essence)
	if !l.readable && k.Opaque != "" && !k.NoAttribute {
		effect += `; to read it, add crossorigin="anonymous", which needs CORS headers`
	}
	if l.protocol != "" {
		effect += ", by the subprotocol " + text.Clean(l.protocol)
	}
	return effect
}

// A verdict is what comes of a load in a browser.
type verdict struct {
	Profile  string `json:"profile"`
	Event    string `json:"event,omitempty"`     // "load", "error" or "open"
	Throws   string `json:"exception,omitempty"` // what a constructor throws
	Readable bool   `json:"readable"`            // the page may use what it got as its own
	Reason   string `json:"reason,omitempty"`    // why it was refused
}

// verdictOf is that of a profile.
func verdictOf(profile string, l *loaded) verdict {
	v := verdict{Profile: profile, Event: l.event, Throws: l.threw, Readable: l.readable}
	if v.Throws != "" {
		v.Event = ""
	}
	if l.refusal != nil {
		v.Reason = l.refusal.Reason.String()
	}
	return v
}

// words are the verdict without the browser's name.
func (v *verdict) words(k *element.Kind) string {
	said := cmp.Or(v.Event, "no event")
	switch {
	case v.Throws != "":
		said = v.Throws + " is thrown"
	case k.Silent, k.API == "beacon", k.API == "ping":
		if said = "loaded"; v.Reason != "" {
			said = "refused"
		}
	}
	switch {
	case v.Reason != "":
		said += " (" + v.Reason + ")"
	case k.Opaque == "" || k.Opaque == k.Reads:
	case v.Readable:
		said += ", readable"
	default:
		said += ", tainted"
	}
	return said
}

// verdicts plays the load in each browser. What was answered before is not asked again.
func (c *fetchCommand) verdicts(ctx context.Context, options *fetch.Options, known *replay) ([]verdict, error) {
	var all []verdict
	for _, p := range engine.All() {
		own := *options
		own.Profile, own.Transport = p, known
		page, err := c.environment(&own)
		if err != nil {
			return nil, err
		}
		request := c.request
		request.Trace = nil
		out, err := c.elementFlags.load(ctx, page, &request, func(fetch.ServerEvent) bool { return false })
		if err != nil {
			return nil, err
		}
		if out.response != nil {
			out.response.Body.Close()
		}
		all = append(all, verdictOf(p.Name, out))
	}
	return all, nil
}

// noteVerdicts prints the verdicts, those of browsers that agree on one line.
func (c *fetchCommand) noteVerdicts() {
	k, _ := c.of()
	var said []string
	names := make(map[string][]string)
	for i := range c.found {
		words := c.found[i].words(&k)
		if names[words] == nil {
			said = append(said, words)
		}
		names[words] = append(names[words], c.found[i].Profile)
	}
	for _, words := range said {
		fmt.Fprintf(c.err, "browsercors: note: %s: %s\n", strings.Join(names[words], ", "), words)
	}
}

// loads makes the load, and learns the verdicts of the browsers. They come with the first
// event of a stream, which may never end.
func (c *fetchCommand) loads(ctx context.Context, page *fetch.Environment, options *fetch.Options, known *replay) error {
	judged := false
	judge := func() (err error) {
		if !judged {
			judged = true
			c.found, err = c.verdicts(ctx, options, known)
		}
		return err
	}
	var failure error
	out, err := c.elementFlags.load(ctx, page, &c.request, func(event fetch.ServerEvent) bool {
		if failure = judge(); failure != nil || event.Type == "open" {
			return failure == nil
		}
		if c.format == jsonFormat {
			c.loaded.events = append(c.loaded.events, eventReport{event.Type, event.Data, event.LastEventID})
			return len(c.loaded.events) < maxJSONEvents
		}
		failure = c.write(func(w io.Writer) error { return printEvent(w, event) })
		return failure == nil
	})
	out.events = c.loaded.events
	if c.loaded = *out; err != nil || failure != nil {
		return errors.Join(err, failure)
	}
	return judge()
}

// maxJSONEvents are the most events of an EventSource that JSON output contains.
const maxJSONEvents = 10_000

// printEvent prints an event as an event stream has it.
func printEvent(w io.Writer, event fetch.ServerEvent) error {
	var b strings.Builder
	if event.Type != "message" {
		fmt.Fprintf(&b, "event: %s\n", event.Type)
	}
	for line := range strings.SplitSeq(event.Data, "\n") {
		fmt.Fprintf(&b, "data: %s\n", line)
	}
	b.WriteByte('\n')
	_, err := io.WriteString(w, b.String())
	return err
}

// printLoad prints what came of a load.
func (c *fetchCommand) printLoad() error {
	out := &c.loaded
	if out.response != nil {
		defer out.response.Body.Close()
	}
	var err error
	switch {
	case out.refusal != nil:
		err = c.refused(out.refusal)
	case out.response != nil && out.event != "" && (out.readable || c.format == jsonFormat):
		err = c.print(out.response)
	case c.format == jsonFormat:
		err = c.encode(&loadReport{Result: "load", loadedReport: c.newLoadedReport(), Notes: c.notes, Waterfall: c.steps})
	default:
		fmt.Fprintf(c.err, "browsercors: note: %s\n", c.effect(out))
	}
	if c.format != jsonFormat {
		c.noteVerdicts()
	}
	return err
}

// A loadReport is the JSON output for what has no response that can be shown: a WebSocket,
// an EventSource, and what loads nothing.
type loadReport struct {
	Result string `json:"result"` // "load"
	*loadedReport
	Notes     []string `json:"notes,omitempty"`
	Waterfall []step   `json:"waterfall,omitempty"`
}

// A loadedReport is what JSON output says of what is not fetch() or XMLHttpRequest.
type loadedReport struct {
	Effect   string        `json:"effect,omitempty"` // what the page can do with what it got
	Event    string        `json:"event,omitempty"`  // "load", "error" or "open"
	Readable bool          `json:"readable"`         // the page may use what it got as its own
	Protocol string        `json:"protocol,omitempty"`
	Events   []eventReport `json:"events,omitempty"`
	Verdicts []verdict     `json:"verdicts"` // of the browsers
}

// newLoadedReport is nil for fetch() and XMLHttpRequest.
func (c *fetchCommand) newLoadedReport() *loadedReport {
	if _, ok := c.of(); !ok {
		return nil
	}
	out := &c.loaded
	report := &loadedReport{Event: out.event, Readable: out.readable, Protocol: out.protocol, Events: out.events, Verdicts: c.found}
	if out.refusal == nil {
		report.Effect = c.effect(out)
	}
	return report
}
