package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/text"
)

func newDemoCommand(std stdio) *cobra.Command {
	var color colorWhen
	cmd := &cobra.Command{
		Use:   "demo [flags]",
		Short: "Show common CORS mistakes, and what pages get from such servers",
		Long: "Start servers on this machine, some with common CORS mistakes and some without, and send them the requests of " +
			"pages over real sockets. For each, demo prints what the page does, what is sent and received, what the page gets, " +
			"why, and what to change. It needs no network.",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runDemo(cmd.Context(), std.out, color.painter(std.out))
		},
	}
	color.add(cmd.Flags())
	return cmd
}

const demoIntro = "A page of https://app.example sends requests to servers of other origins, as in a browser that follows the " +
	"Fetch Standard. The servers run on this machine. Lines with > are sent, lines with < are received."

// A demo is one run of browsercors demo.
type demo struct {
	w     io.Writer
	paint painter
	pages map[string]*http.Client
	app   *fetch.Environment // appPage, in the same browser

	cases, complete     int // cases, and cases in which every request worked
	requests, preflight int // requests on the wire, and preflights among them
}

func runDemo(ctx context.Context, w io.Writer, paint painter) (err error) {
	wrong, right := wrongSetUps(), rightSetUps()
	net, err := serveDemo(append(wrong, right...))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, net.close()) }()

	d := &demo{w: w, paint: paint, pages: make(map[string]*http.Client)}
	if err := d.open(net.client, appPage, adminPage); err != nil {
		return err
	}
	for _, line := range text.Lines(demoIntro, lineWidth) {
		fmt.Fprintln(w, line)
	}
	for _, part := range []struct {
		heading string
		cases   []demoCase
	}{{"Common mistakes", wrong}, {"What works", right}} {
		fmt.Fprintf(w, "\n%s\n", paint.bold(part.heading))
		for i := range part.cases {
			d.play(ctx, &part.cases[i])
		}
	}
	fmt.Fprintf(w, "\n%s\n", paint.bold(fmt.Sprintf("%d servers, %d of them configured correctly; %d requests, %d of them preflights.",
		d.cases, d.complete, d.requests, d.preflight)))
	fmt.Fprintln(w, "Try your own server: browsercors fetch -v --origin https://app.example URL")
	return nil
}

// serveDemo starts the servers of the cases.
func serveDemo(cases []demoCase) (*loopback, error) {
	mux := http.NewServeMux()
	cache := &sharedCache{backend: backendHost, stored: make(map[string][]storedResponse)}
	for _, c := range cases {
		at := strings.TrimPrefix(c.requests[0].url, "https://")
		if path, ok := strings.CutPrefix(at, cdnHost+"/"); ok {
			at = backendHost + "/" + path
		}
		mux.HandleFunc(at, c.handler)
	}
	mux.HandleFunc(filesHost+"/export", answer(200, orders, allowApp))
	mux.Handle(cdnHost+"/", cache)
	net, err := newLoopback(mux, apiHost, filesHost, cdnHost, backendHost, assetsHost)
	if err != nil {
		return nil, err
	}
	cache.via = net.client
	return net, nil
}

// open creates the pages, in one browser whose user is logged in to the API.
func (d *demo) open(transport http.RoundTripper, pages ...string) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	jar.SetCookies(&url.URL{Scheme: "https", Host: apiHost, Path: "/"}, []*http.Cookie{{Name: "session", Value: "ada"}})
	agent, err := fetch.NewAgent(&fetch.Options{Transport: &fetch.HTTPTransport{RoundTripper: transport}})
	if err != nil {
		return err
	}
	if d.app, err = agent.Page(appPage); err != nil {
		return err
	}
	for _, page := range pages {
		environment, err := agent.Page(page)
		if err != nil {
			return err
		}
		d.pages[page] = environment.Client(&http.Client{Transport: transport, Jar: jar, Timeout: 10 * time.Second})
	}
	return nil
}

// labelWidth is the column of the text beside a label.
const labelWidth = 12

// onShow tells whether the demo shows a header.
func onShow(name string) bool {
	switch strings.ToLower(name) {
	case "origin", "cookie", "authorization", "location", "vary", "x-cache":
		return true
	}
	return strings.HasPrefix(strings.ToLower(name), "access-control-")
}

// play plays a case and prints it.
func (d *demo) play(ctx context.Context, c *demoCase) {
	d.cases++
	number := fmt.Sprintf("%2d  ", d.cases)
	fmt.Fprintln(d.w)
	for _, line := range text.Lines(c.title, lineWidth-len(number)) {
		fmt.Fprintln(d.w, number+d.paint.bold(line))
		number = strings.Repeat(" ", len(number))
	}
	complete := c.change == ""
	for _, r := range c.requests {
		refusal, err := d.request(ctx, r)
		switch {
		case refusal != nil:
			complete = false
			d.explain(refusal.Explain())
		case err != nil:
			complete = false
			d.row("why", err.Error())
		}
	}
	d.row("note", c.note)
	d.row("why", c.why)
	d.row("change", c.change)
	if complete {
		d.complete++
	}
}

// explain prints the explanation of a refusal.
func (d *demo) explain(x fetch.Explanation) {
	d.row("why", x.Problem) // the request is printed above
	if x.Behind != "" {
		d.row("cause", x.Behind)
	}
	d.row("change", x.Fix)
	for _, h := range x.Headers {
		d.row("", d.paint.green(h.Name+": "+h.Value))
	}
}

// request plays one request. It prints what was sent and received, and what the page got,
// and returns the refusal if there was one.
func (d *demo) request(ctx context.Context, r demoRequest) (*fetch.Error, error) {
	page, script := r.page, r.String()
	if page == "" {
		page = appPage
	} else {
		script += " // on " + page
	}
	d.row("script", script)

	wire := &waterfall{
		w: d.w, paint: d.paint, indent: strings.Repeat(" ", labelWidth),
		shows: func(f field, _ bool) bool { return onShow(f.name) || f.name == r.reads },
	}
	trace := trace(func(s step) {
		switch {
		case s.Kind == stepRequest:
			d.requests++
			if s.Preflight {
				d.preflight++
			}
			wire.print(s)
		case s.Kind == stepResponse:
			wire.print(s)
		case s.Hit:
			s.Details = nil // they contain a time
			wire.print(s)
		}
	})
	send := d.send
	switch {
	case r.stream:
		send = d.stream
	case r.load != nil:
		send = d.load
	}
	got, err := send(ctx, page, r, trace)
	if err == nil {
		d.row("gets", got)
		return nil, nil
	}
	if refusal, ok := errors.AsType[*fetch.Error](err); ok {
		said := refusal.Exception() + ": " + refusal.ScriptMessage()
		if r.stream || r.load != nil {
			said = "an error event, which does not say why"
		}
		d.row("gets", d.paint.red("✗ "+said))
		return refusal, nil
	}
	return nil, err
}

// send makes the request with the page's http.Client.
func (d *demo) send(ctx context.Context, page string, r demoRequest, trace *fetch.Trace) (got string, err error) {
	ctx = fetch.WithOptions(ctx, fetch.ClientOptions{Credentials: r.credentials, Mode: r.mode, Trace: trace})
	req, err := http.NewRequestWithContext(ctx, r.method, r.url, strings.NewReader(r.body))
	if err != nil {
		return "", err
	}
	for _, h := range r.headers {
		req.Header.Add(h.name, h.value)
	}
	resp, err := d.pages[page].Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	switch _, seen := resp.Header[r.reads]; {
	case resp.StatusCode == 0:
		return d.paint.yellow("✗") + fmt.Sprintf(" a response with status 0, %d headers and a body of %d bytes", len(resp.Header), len(body)), nil
	case r.reads != "" && !seen:
		return fmt.Sprintf("%s %s, body %s, but headers.get('%s') is null", d.paint.yellow("✗"), resp.Status, body, r.reads), nil
	}
	return fmt.Sprintf("%s %s, body %s", d.paint.green("✓"), resp.Status, body), nil
}

// load has a font or an image loaded, and the image drawn on a canvas.
func (d *demo) load(ctx context.Context, _ string, r demoRequest, trace *fetch.Trace) (string, error) {
	in := *r.load
	in.URL, in.Trace = r.url, trace
	got, err := d.app.Load(ctx, &in)
	if err != nil {
		return "", err
	}
	if got.Err != nil {
		return "", got.Err
	}
	got.Response.Body.Close()
	switch {
	case in.Element == "font":
		return d.paint.green("✓") + " the font: text is shown in it", nil
	case !got.Readable:
		return d.paint.yellow("✗") + " a load event, and the image; canvas.toDataURL() throws a SecurityError", nil
	}
	return d.paint.green("✓") + " a load event, and the image; canvas.toDataURL() returns its pixels", nil
}

// stream has an EventSource connect once.
func (d *demo) stream(ctx context.Context, _ string, r demoRequest, trace *fetch.Trace) (string, error) {
	events, err := d.app.EventSource(ctx, &fetch.EventSourceOptions{URL: r.url, Trace: trace})
	if err != nil {
		return "", err
	}
	var got []string
	for event, err := range events {
		if err != nil {
			return "", err
		}
		if event.Type == "error" { // it would connect again
			break
		}
		if got = append(got, event.Type); event.Type == "message" {
			got[len(got)-1] += " " + event.Data
		}
	}
	return d.paint.green("✓") + " the events " + strings.Join(got, ", "), nil
}

// row prints a text beside a label, if there is any.
func (d *demo) row(label, s string) {
	if s == "" {
		return
	}
	left := "    " + d.paint.dim(text.Pad(label, labelWidth-4))
	for _, line := range text.Lines(s, lineWidth-labelWidth) {
		fmt.Fprintln(d.w, left+line)
		left = strings.Repeat(" ", labelWidth)
	}
}
