package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

const fetchLong = `fetch asks for a URL as script on a page would, on the real network, and prints
what the script gets: the body on standard output when it may read it. When the
browser would refuse, it says why, by which rule and what to change. Most flags
are curl's.

Exit status: 0 when the page gets a response, whatever its status, and also one
that it can't read (mode no-cors); 1 when it gets none; 2 for wrong usage.

The page is https://app.example/ unless --page says otherwise. As a secure page
it may ask https: URLs, and http: URLs on this machine (localhost, 127.0.0.1).
Anything else over http: is mixed content, which browsers block: give an http:
page, as in --page http://app.example/, to ask an http: server.

-d sends application/x-www-form-urlencoded unless -H names a Content-Type, as
curl does, and as a page does with a form or a URLSearchParams object. A page
that passes a string sends -H "Content-Type: text/plain;charset=UTF-8". What a
page can't set (Origin, Cookie, Host, Sec-*) is left out, with a note.

-b, -u and --cert are what the browser has for the URL's host, or origin: it
sends them as it sees fit, from another origin only with --credentials include.
-v says of each cookie why it was sent or withheld. -b gives cookies without
SameSite, Secure if the URL is https:. -u is sent before the server asks for it,
as Basic; a browser that is asked answers (also by Digest) where the page is of
the URL's own origin, and never to a page of another.

-c keeps all of a cookie in a file that ends in .json; cookies.txt, which other
programs read, has no SameSite and no partitions.`

const fetchExamples = `  browsercors fetch -v https://api.example/orders
  browsercors fetch -X PUT -H "Content-Type: application/json" -d '{"a":1}' https://api.example/orders/1
  browsercors fetch --page https://shop.example/ --credentials include https://api.example/me
  browsercors fetch -v -c jar.json --credentials include https://api.example/login
  browsercors fetch -k --resolve api.example:443:127.0.0.1 https://api.example/`

// A fetchCommand is the flags of browsercors fetch, and what they come to.
type fetchCommand struct {
	stdio
	requestFlags
	connectionFlags
	request   fetch.Request
	page      string
	sandboxed bool
	xhr       bool
	profile   string
	credentialFlags
	json    bool
	verbose bool
	include bool
	output  string
	color   colorWhen

	ignored []string // names of headers that a page can't set
	steps   []step   // the waterfall, for --json
}

func newFetchCommand(std stdio) *cobra.Command {
	c := &fetchCommand{stdio: std}
	cmd := &cobra.Command{
		Use:     "fetch [flags] URL",
		Short:   "Ask for a URL as a page would, and print what the page gets or why it gets nothing",
		Long:    fetchLong,
		Example: fetchExamples,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("fetch takes one URL, not %d", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd.Context(), args[0]) },
	}
	r, flags := &c.request, cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&c.page, "page", "https://app.example/", `URL of the page that asks; "null" for one of no origin`)
	flags.BoolVar(&c.sandboxed, "sandboxed", false, "the script runs in a sandboxed frame of the page, whose origin is opaque")
	c.requestFlags.add(cmd)
	addEnum(cmd, &r.Mode, "mode", "request mode", fetch.CORS, fetch.NoCORS, fetch.SameOrigin)
	addCredentials(cmd, &r.Credentials)
	addEnum(cmd, &r.Redirect, "redirect", "redirect mode", fetch.Follow, fetch.ErrorOnHop, fetch.ManualOnHop)
	addEnum(cmd, &r.Cache, "cache", "cache mode", fetch.CacheDefault, fetch.CacheNoStore, fetch.CacheReload,
		fetch.CacheNoCache, fetch.CacheForceCache, fetch.CacheOnlyIfCached)
	addEnum(cmd, &r.ReferrerPolicy, "referrer-policy", "referrer policy", fetch.StrictOriginWhenCrossOrigin,
		fetch.NoReferrerPolicy, fetch.NoReferrerWhenDowngrade, fetch.SameOriginReferrer, fetch.OriginReferrer,
		fetch.StrictOrigin, fetch.OriginWhenCrossOrigin, fetch.UnsafeURL)
	flags.BoolVar(&c.xhr, "xhr", false, "ask by XMLHttpRequest instead of fetch()")
	flags.BoolVar(&r.UploadListener, "xhr-upload-listener", false, "with a listener on upload, which needs a preflight; implies --xhr")
	flags.StringVar(&c.profile, "profile", fetch.Standard().Name, "whose rules: "+strings.Join(profileNames(), ", "))
	c.credentialFlags.addFlags(cmd)
	c.connectionFlags.add(cmd, 0, "give up after so many seconds; 0 is never")
	flags.BoolVar(&c.json, "json", false, "print one JSON object, with -v the waterfall in it")
	flags.BoolVarP(&c.verbose, "verbose", "v", false, "print the waterfall on standard error: each request, each decision and its reason")
	flags.BoolVarP(&c.include, "include", "i", false, "print the status and the headers that script sees before the body")
	flags.StringVarP(&c.output, "output", "o", "", "print to this file instead of standard output")
	c.color.addFlag(cmd)
	return cmd
}

func profileNames() []string {
	var names []string
	for _, p := range fetch.Profiles() {
		names = append(names, p.Name)
	}
	return names
}

// run makes the request and prints what came of it.
func (c *fetchCommand) run(ctx context.Context, target string) error {
	if err := checkTarget(target); err != nil {
		return err
	}
	patience, err := c.patience()
	if err != nil {
		return err
	}
	profile, err := fetch.ProfileByName(c.profile)
	if err != nil {
		return err
	}
	if err := c.complete(target, &profile.Safelist); err != nil {
		return err
	}
	transport := c.transport()
	// None, so that it is known whether a server asks for one.
	none := credentials.StaticCertificates(nil)
	over := &fetch.HTTPTransport{RoundTripper: transport, Certificates: none, Policy: profile.Credentials}
	defer over.CloseIdleConnections()
	options := &fetch.Options{Profile: profile, Transport: over}
	if err := c.apply(target, options, over, c.in); err != nil {
		return err
	}
	page, err := c.environment(options)
	if err != nil {
		return err
	}
	if patience > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, patience,
			fmt.Errorf("--max-time %v seconds have passed", c.maxTime))
		defer cancel()
	}
	c.observe(page, profile)
	resp, err := page.Fetch(ctx, &c.request)
	unsaved := c.save()
	c.note()
	if err == nil {
		defer resp.Body.Close()
		err = c.print(resp)
	}
	err = c.refused(err)
	if unsaved == nil {
		unsaved = c.printCookies(c.out)
	}
	if errors.Is(err, errNoResponse) && unsaved != nil {
		fmt.Fprintf(c.err, "browsercors: %v\n", unsaved)
		return err
	}
	return errors.Join(err, unsaved)
}

// note prints what is to be noted of the user's cookies, if it is not for JSON.
func (c *fetchCommand) note() {
	if c.json {
		return
	}
	for _, note := range c.notes {
		fmt.Fprintf(c.err, "browsercors: note: %s\n", text.Clean(strings.TrimPrefix(note, "credentials: ")))
	}
	c.notes = nil
}

// checkTarget refuses what a user of curl would write and a page would take
// for a relative URL or for another scheme.
func checkTarget(target string) error {
	u, err := origin.ParseURL(target)
	switch {
	case err != nil && !strings.Contains(target, ":"):
		return fmt.Errorf("URL %q has no scheme: write https://%s", target, strings.TrimLeft(target, "/"))
	case err != nil:
		return err
	case u.HasOpaquePath() && u.Path() != "" && '0' <= u.Path()[0] && u.Path()[0] <= '9':
		return fmt.Errorf("URL %q has %q for a scheme: write http://%s", target, u.Scheme(), target)
	}
	return nil
}

// complete makes the request of the flags.
func (c *fetchCommand) complete(target string, rules *safelist.Rules) error {
	r := &c.request
	r.URL, r.Method, r.Headers = target, c.effectiveMethod(), c.headers.list
	if c.xhr || r.UploadListener {
		r.API = fetch.APIXHR
	}
	if c.data != nil {
		body, contentType, err := c.body(c.in)
		if err != nil {
			return err
		}
		r.Body = fetch.BlobBody(body, contentType)
	}
	guard := fetch.GuardRequest
	if r.Mode == fetch.NoCORS {
		guard = fetch.GuardRequestNoCORS
	}
	for _, h := range r.Headers {
		kept, err := fetch.NewHeaders(guard, fetch.HeaderList{h}, rules)
		if err != nil {
			return err
		}
		if !kept.Has(h.Name) {
			c.ignored = append(c.ignored, h.Name)
		}
	}
	return nil
}

// environment is the page that asks.
func (c *fetchCommand) environment(agentOptions *fetch.Options) (*fetch.Environment, error) {
	options := fetch.EnvironmentOptions{URL: c.page, Sandboxed: c.sandboxed}
	if c.page == "null" {
		options.URL = "data:text/html,"
	}
	if u, err := origin.ParseURL(options.URL); err != nil {
		return nil, fmt.Errorf("--page: %w", err)
	} else if c.sandboxed {
		options.Ancestors = []origin.Origin{u.Origin()} // of the page that frames it
	}
	agent, err := fetch.NewAgent(agentOptions)
	if err != nil {
		return nil, err
	}
	return agent.Environment(&options)
}

// observe says what is asked, and has each step told.
func (c *fetchCommand) observe(page *fetch.Environment, profile *fetch.Profile) {
	if note := c.unsent(page.Origin(), &c.request); note != "" {
		c.notes = append(c.notes, note)
	} else if c.user != "" && !c.verbose {
		c.request.Trace = new(fetch.Trace)
		c.noteUnanswered(c.request.Trace)
	}
	c.note()
	if !c.json && len(c.ignored) > 0 {
		fmt.Fprintf(c.err, "browsercors: note: a page can't set %s: left out\n", text.Clean(strings.Join(c.ignored, ", ")))
	}
	switch {
	case !c.verbose:
	case c.json:
		c.request.Trace = trace(func(s step) { c.steps = append(c.steps, s) })
	default:
		w := &waterfall{w: c.err, paint: c.color.painter(c.err), shows: c.shows}
		c.request.Trace = trace(w.print)
		api := "fetch()"
		if c.request.API == fetch.APIXHR {
			api = "XMLHttpRequest"
		}
		w.line(fmt.Sprintf("* %s by a page of origin %s, rules: %s %s", api, page.Origin(), profile.Name, profile.Version))
	}
}

// shows are the headers that matter and those that -H set.
func (c *fetchCommand) shows(f field, received bool) bool {
	return matters(f, received) || !received && c.headers.list.Contains(f.name)
}

// refused says why the page gets nothing, where err is a refusal. What the
// command line got wrong stays an error.
func (c *fetchCommand) refused(err error) error {
	refusal, ok := errors.AsType[*fetch.Error](err)
	if !ok {
		return err // or nil
	}
	switch refusal.Reason {
	case fetch.InvalidURL, fetch.InvalidMethod, fetch.InvalidOption, fetch.InvalidHeaderName, fetch.InvalidHeaderValue:
		return fmt.Errorf("%s %q: %s", refusal.Header, refusal.Value, refusal.Reason.Rule())
	}
	x := refusal.Explain()
	if c.json {
		if err := c.encode(c.newRefusalReport(refusal, x)); err != nil {
			return err
		}
		return errNoResponse
	}
	paint := c.color.painter(c.err)
	fmt.Fprintf(c.err, "%s\n\n%s", paint.red("The page gets "+refusal.Exception()+": "+refusal.ScriptMessage()), x)
	switch {
	case refusal.Reason == fetch.MixedContent && strings.HasPrefix(refusal.Request.URL, "http:"):
		fmt.Fprintln(c.err, "  To ask as a page that is not secure: --page http://app.example/")
	case refusal.Reason == fetch.Aborted:
		fmt.Fprintf(c.err, "  It was cancelled because %s.\n", text.Redact(fmt.Sprint(refusal.Err)))
	}
	if c.verbose {
		for _, engine := range slices.Sorted(maps.Keys(x.Console)) {
			fmt.Fprintf(c.err, "Console of %s:\n", engine)
			for _, line := range wrap(x.Console[engine], 76) {
				fmt.Fprintln(c.err, "  "+line)
			}
		}
	}
	return errNoResponse
}

// print prints what script sees of a response.
func (c *fetchCommand) print(resp *fetch.Response) error {
	if c.json {
		report, err := c.newResponseReport(resp)
		if err != nil {
			return err
		}
		return c.encode(report)
	}
	if !resp.CORSSameOrigin() {
		fmt.Fprintf(c.err, "browsercors: note: the response is of type %s: script sees no status, no header and no byte of it\n", resp.Type)
	}
	return c.write(func(w io.Writer) error {
		if c.include {
			fmt.Fprintf(w, "HTTP %s\n", strings.TrimSpace(fmt.Sprint(resp.Status, " ", resp.StatusText)))
			for name, value := range resp.Headers.All() {
				fmt.Fprintf(w, "%s: %s\n", name, value)
			}
			fmt.Fprintln(w)
		}
		_, err := io.Copy(w, resp.Body)
		return err
	})
}

// write writes to standard output, or the file of -o.
func (c *fetchCommand) write(to func(io.Writer) error) (err error) {
	if c.output == "" || c.output == "-" {
		return to(c.out)
	}
	f, err := os.Create(c.output)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return to(f)
}

// encode writes JSON.
func (c *fetchCommand) encode(report any) error {
	return c.write(func(w io.Writer) error {
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(report)
	})
}

// A responseReport is what --json prints of a response: what script sees.
type responseReport struct {
	Result     string             `json:"result"` // "response"
	Type       fetch.ResponseType `json:"type"`
	Status     int                `json:"status"`
	StatusText string             `json:"statusText"`
	URL        string             `json:"url"`
	Redirected bool               `json:"redirected"`
	Headers    []field            `json:"headers"`
	Body       *string            `json:"body,omitempty"`       // where it is UTF-8
	BodyBase64 *string            `json:"bodyBase64,omitempty"` // where it isn't
	Truncated  bool               `json:"truncated,omitempty"`  // the body goes on
	Ignored    []string           `json:"ignoredHeaders,omitempty"`
	Notes      []string           `json:"notes,omitempty"`
	Waterfall  []step             `json:"waterfall,omitempty"`
}

// maxJSONBody is how much of a body is held to print it in JSON.
const maxJSONBody = 64 << 20

func (c *fetchCommand) newResponseReport(resp *fetch.Response) (*responseReport, error) {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxJSONBody+1))
	if err != nil {
		return nil, err
	}
	report := &responseReport{
		Result:     "response",
		Type:       resp.Type,
		Status:     resp.Status,
		StatusText: safelist.IsomorphicDecode(resp.StatusText),
		URL:        resp.URL,
		Redirected: resp.Redirected,
		Headers:    []field{},
		Truncated:  len(body) > maxJSONBody,
		Ignored:    c.ignored,
		Notes:      c.notes,
		Waterfall:  c.steps,
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

// A refusalReport is what --json prints of a refusal: first what script sees,
// then what it may not.
type refusalReport struct {
	Result      string                  `json:"result"` // "error"
	Error       string                  `json:"error"`  // the exception's name
	Message     string                  `json:"message"`
	Reason      string                  `json:"reason"`
	Stage       string                  `json:"stage"`
	Section     string                  `json:"section"`
	Method      string                  `json:"method"`
	URL         string                  `json:"url"`
	Hop         int                     `json:"hop"`
	Status      int                     `json:"status,omitempty"` // of the response that was refused
	Header      string                  `json:"header,omitempty"`
	Value       string                  `json:"value,omitempty"`
	Detail      string                  `json:"detail,omitempty"`
	CORSError   string                  `json:"corsError,omitempty"` // Chromium's name for it
	Explanation explanationReport       `json:"explanation"`
	Console     map[fetch.Engine]string `json:"console"`
	Ignored     []string                `json:"ignoredHeaders,omitempty"`
	Notes       []string                `json:"notes,omitempty"`
	Waterfall   []step                  `json:"waterfall,omitempty"`
}

type explanationReport struct {
	Summary string      `json:"summary"`
	Did     string      `json:"did"`
	Rule    string      `json:"rule"`
	By      fetch.Party `json:"by"`
	Fix     string      `json:"fix"`
	Headers []field     `json:"headers,omitempty"`
}

func (c *fetchCommand) newRefusalReport(e *fetch.Error, x fetch.Explanation) *refusalReport {
	report := &refusalReport{
		Result:      "error",
		Error:       e.Exception(),
		Message:     e.ScriptMessage(),
		Reason:      e.Reason.String(),
		Stage:       e.Stage.String(),
		Section:     x.Section,
		Method:      e.Request.Method,
		URL:         e.Request.URL,
		Hop:         e.Request.Hop,
		Header:      safelist.IsomorphicDecode(e.Header),
		Value:       safelist.IsomorphicDecode(e.Value),
		Detail:      safelist.IsomorphicDecode(e.Detail),
		CORSError:   e.CORSError(),
		Explanation: explanationReport{x.Summary, x.Did, x.Rule, x.By, x.Fix, nil},
		Console:     x.Console,
		Ignored:     c.ignored,
		Notes:       c.notes,
		Waterfall:   c.steps,
	}
	for _, h := range x.Headers {
		report.Explanation.Headers = append(report.Explanation.Headers, field{name: h.Name, value: h.Value, text: true})
	}
	if e.Response != nil {
		report.Status = e.Response.Status
	}
	return report
}
