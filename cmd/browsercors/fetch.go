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
	"github.com/spf13/pflag"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

const fetchLong = `Send a request as script on a page would, over the network, and print what
script gets: the body on standard output if script may read it. If the browser
refuses the request, fetch prints why, by which rule, and what to change.

A curl command runs under fetch: the flags mean what they mean in curl, and the
word curl may come first. Flags that mean nothing to a page's request, such as -s,
-L and --compressed, are ignored; -v lists them. Headers that a page can't set
(Origin, Cookie, Host, Sec-*) are left out, with a note.

The page is that of --page, or any page of --origin. Without these flags it is
https://app.example/, which is secure: it may send requests to https: URLs, and to
http: URLs of this machine (localhost, 127.0.0.1). Any other http: URL is mixed
content, which browsers block. For such a URL use --origin http://app.example.

With -d the Content-Type is application/x-www-form-urlencoded unless -H names
another, as in curl, and as for a page that sends a form or a URLSearchParams
object. For a page that sends a string, use

  -H "Content-Type: text/plain;charset=UTF-8"

-b, -u and --cert give the browser cookies, a password and a certificate for the
server of the URL. The browser decides when to send them; cross-origin only with
--credentials include. With -v it says of each cookie why it was sent or withheld.
The cookies of -b have no SameSite attribute, and are Secure if the URL is https:.
-u is sent as Basic before the server asks for it. If the server asks, also for
Digest, the browser answers only for a page of the URL's own origin.

-c saves cookies with all their attributes in a file whose name ends in .json. The
format cookies.txt, which other programs read, has no SameSite and no partitions.

-o names a file, as in curl. The value of --output is a format (text or json) or a
file: --output json prints JSON, --output a.json writes the body to a file, as in
curl. For a file with the name json, use -o json.`

const fetchExamples = `  browsercors fetch -v https://api.example/orders
  browsercors fetch -X PUT --json '{"a":1}' https://api.example/orders/1
  browsercors fetch --origin https://shop.example --credentials include \
      https://api.example/me
  browsercors fetch -v -c jar.json --credentials include https://api.example/
  browsercors fetch -k --resolve api.example:443:127.0.0.1 https://api.example
  browsercors fetch curl -sS -H 'X-Token: 1' -d a=b https://api.example/`

// A fetchCommand is the flags of browsercors fetch, and what they come to.
type fetchCommand struct {
	stdio
	pageFlags
	requestFlags
	connectionFlags
	credentialFlags
	fetchOutputFlags
	request   fetch.Request
	urls      []string // of --url
	sandboxed bool
	xhr       bool
	profile   string
	userAgent string
	ignored   []*curlFlag

	unset []string // names of headers that a page can't set
	steps []step   // the waterfall, for JSON
}

func newFetchCommand(std stdio) *cobra.Command {
	c := &fetchCommand{stdio: std}
	cmd := &cobra.Command{
		Use:     "fetch [flags] URL",
		Short:   "Send a request as a page would, and print what the page gets, or why it gets nothing",
		Long:    fetchLong,
		Example: fetchExamples,
		Annotations: statuses("the page gets a response, whatever its status, even one that it can't read (mode no-cors)",
			"the page gets no response; with --fail, also a response whose status is 400 or above", ""),
		Args: func(_ *cobra.Command, args []string) error {
			c.urls = append(c.urls, withoutCurl(args)...)
			if len(c.urls) != 1 {
				return fmt.Errorf("fetch takes one URL, not %d", len(c.urls))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return c.run(cmd.Context(), c.urls[0]) },
	}
	r := &c.request
	addGroup(cmd, "The page that asks", func(flags *pflag.FlagSet) {
		c.pageFlags.add(flags, "`origin` of the page, such as https://app.example; null is an opaque origin", "`URL` of the page; null is a page of an opaque origin")
		flags.BoolVar(&c.sandboxed, "sandboxed", false, "run the script in a sandboxed frame of the page, which has an opaque origin")
		addEnum(flags, &c.profile, "profile", "browser profile to follow", profileNames()...)
	})
	addGroup(cmd, "The call of fetch()", func(flags *pflag.FlagSet) {
		addEnum(flags, &r.Mode, "mode", "request mode", fetch.CORS, fetch.NoCORS, fetch.SameOrigin)
		addCredentials(flags, &r.Credentials)
		addEnum(flags, &r.Redirect, "redirect", "redirect mode", fetch.Follow, fetch.ErrorOnHop, fetch.ManualOnHop)
		addEnum(flags, &r.Cache, "cache", "cache mode", fetch.CacheDefault, fetch.CacheNoStore, fetch.CacheReload,
			fetch.CacheNoCache, fetch.CacheForceCache, fetch.CacheOnlyIfCached)
		addEnum(flags, &r.ReferrerPolicy, "referrer-policy", "referrer policy", fetch.StrictOriginWhenCrossOrigin,
			fetch.NoReferrerPolicy, fetch.NoReferrerWhenDowngrade, fetch.SameOriginReferrer, fetch.OriginReferrer,
			fetch.StrictOrigin, fetch.OriginWhenCrossOrigin, fetch.UnsafeURL)
		flags.BoolVar(&c.xhr, "xhr", false, "send the request by XMLHttpRequest instead of fetch()")
		flags.BoolVar(&r.UploadListener, "xhr-upload-listener", false, "listen to the upload's progress, which requires a preflight; implies --xhr")
	})
	addGroup(cmd, requestGroup, func(flags *pflag.FlagSet) {
		flags.StringArrayVar(&c.urls, "url", nil, "the `URL`, instead of an argument")
		c.requestFlags.add(cmd, flags)
		flags.StringVarP(&c.userAgent, "user-agent", "A", "", "User-Agent `value` of the browser; -H sets one from script")
		flags.StringVarP(&r.Referrer, "referer", "e", "", "`URL` that the page gives as referrer; used only if it is of the page's origin")
	})
	addGroup(cmd, "Credentials", c.credentialFlags.add)
	addGroup(cmd, "The connection", func(flags *pflag.FlagSet) {
		c.connectionFlags.add(flags, 0, "most `seconds` for the request; 0 means no limit")
	})
	addGroup(cmd, outputGroup, c.fetchOutputFlags.add)
	addCurlFlags(cmd.Flags(), &c.ignored)
	return cmd
}

func profileNames() []string {
	var names []string
	for _, p := range engine.Profiles() {
		names = append(names, p.Name)
	}
	return names
}

// run makes the request and prints what came of it.
func (c *fetchCommand) run(ctx context.Context, target string) error {
	if err := checkTarget(target); err != nil {
		return err
	}
	if err := errors.Join(c.requestFlags.check(), c.fetchOutputFlags.check()); err != nil {
		return err
	}
	patience, err := c.patience()
	if err != nil {
		return err
	}
	profile, err := engine.ByName(c.profile)
	if err != nil {
		return err
	}
	if err := c.complete(target, &profile.Safelist); err != nil {
		return err
	}
	transport, err := c.transport()
	if err != nil {
		return err
	}
	// None, so that it is known whether a server asks for one.
	none := credentials.StaticCertificates(nil)
	over := &fetch.HTTPTransport{RoundTripper: transport, Certificates: none, Policy: profile.Credentials}
	defer over.CloseIdleConnections()
	options := &fetch.Options{Profile: profile, Transport: over, UserAgent: c.userAgent}
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
	if c.format == jsonFormat {
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
		return fmt.Errorf("URL %q has no scheme; did you mean https://%s?", target, strings.TrimLeft(target, "/"))
	case err != nil:
		return err
	case u.HasOpaquePath() && u.Path() != "" && '0' <= u.Path()[0] && u.Path()[0] <= '9':
		return fmt.Errorf("URL %q has the scheme %q; did you mean http://%s?", target, u.Scheme(), target)
	}
	return nil
}

// complete makes the request of the flags.
func (c *fetchCommand) complete(target string, rules *safelist.Rules) error {
	r := &c.request
	var err error
	if r.URL, err = c.url(target, c.in); err != nil {
		return err
	}
	r.Method, r.Headers = c.effectiveMethod(), c.headerList()
	if c.xhr || r.UploadListener {
		r.API = fetch.APIXHR
	}
	body, err := c.body(c.in)
	if err != nil {
		return err
	}
	if body != nil {
		r.Body = fetch.BlobBody(body.bytes, body.contentType)
	}
	r.Referrer, _, _ = strings.Cut(r.Referrer, ";") // ";auto" is curl's for redirects
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
			c.unset = append(c.unset, h.Name)
		}
	}
	return nil
}

// environment is the page that asks.
func (c *fetchCommand) environment(agentOptions *fetch.Options) (*fetch.Environment, error) {
	at, err := c.pageFlags.one("https://app.example/")
	if err != nil {
		return nil, err
	}
	options := fetch.EnvironmentOptions{URL: at, Sandboxed: c.sandboxed}
	if c.sandboxed {
		u, err := origin.ParseURL(at)
		if err != nil {
			return nil, err
		}
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
	if note := c.unsentReferrer(page); note != "" {
		c.notes = append(c.notes, note)
	}
	c.notes = append(c.notes, ignoredNotes(c.ignored, c.verbose)...)
	if c.format != jsonFormat && len(c.unset) > 0 {
		c.notes = append(c.notes, unsetNote(c.unset))
	}
	c.note()
	switch {
	case !c.verbose:
	case c.format == jsonFormat:
		c.request.Trace = trace(func(s step) { c.steps = append(c.steps, s) })
	default:
		w := &waterfall{w: c.err, paint: c.color.painter(c.err), shows: c.shows}
		c.request.Trace = trace(w.print)
		api := "fetch()"
		if c.request.API == fetch.APIXHR {
			api = "XMLHttpRequest"
		}
		w.line(fmt.Sprintf("* %s by a page of origin %s, profile %s %s", api, page.Origin(), profile.Name, profile.Version))
	}
}

// unsetNote says which headers are left out, and which flags there are instead.
func unsetNote(names []string) string {
	instead := map[string]string{"cookie": "--cookie", "host": "--resolve", "origin": "--origin", "referer": "--page"}
	var flags []string
	for _, name := range names {
		if flag := instead[safelist.ByteLowercase(name)]; flag != "" && !slices.Contains(flags, flag) {
			flags = append(flags, flag)
		}
	}
	note := fmt.Sprintf("left out, because a page can't set it: %s", strings.Join(names, ", "))
	if flags != nil {
		note += "; see " + text.List(flags)
	}
	return note
}

// unsentReferrer says that the referrer of --referer is not sent, since it is not
// of the page's origin; "" if it is.
func (c *fetchCommand) unsentReferrer(page *fetch.Environment) string {
	if c.request.Referrer == "" {
		return ""
	}
	u, err := origin.ParseURL(c.request.Referrer)
	if err != nil || u.Origin().SameOrigin(page.Origin()) {
		return ""
	}
	return fmt.Sprintf("--referer: %s is ignored: it is not of the page's origin; use --page to name the page", c.request.Referrer)
}

// shows are the headers that matter and those that a flag set.
func (c *fetchCommand) shows(f field, received bool) bool {
	return matters(f, received) || !received && c.request.Headers.Contains(f.name)
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
	if c.format == jsonFormat {
		if err := c.encode(c.newRefusalReport(refusal, x)); err != nil {
			return err
		}
		return errNoResponse
	}
	paint := c.color.painter(c.err)
	fmt.Fprintf(c.err, "%s\n\n%s", paint.red("The page gets "+refusal.Exception()+": "+refusal.ScriptMessage()), x)
	switch {
	case refusal.Reason == fetch.MixedContent && strings.HasPrefix(refusal.Request.URL, "http:"):
		fmt.Fprintln(c.err, "  For a page that is not secure, use --origin http://app.example")
	case refusal.Reason == fetch.Aborted:
		fmt.Fprintf(c.err, "  It was cancelled because %s.\n", text.Redact(fmt.Sprint(refusal.Err)))
	}
	if c.verbose {
		console := engine.Console(refusal)
		for _, name := range slices.Sorted(maps.Keys(console)) {
			fmt.Fprintf(c.err, "Console of %s:\n", name)
			for _, line := range wrap(console[name], lineWidth-2) {
				fmt.Fprintln(c.err, "  "+line)
			}
		}
	}
	return errNoResponse
}

// print prints what script sees of a response.
func (c *fetchCommand) print(resp *fetch.Response) error {
	if c.dumpHeader != "" {
		if err := writeFile(c.out, c.dumpHeader, func(w io.Writer) error { return printHead(w, resp) }); err != nil {
			return fmt.Errorf("--dump-header: %w", err)
		}
	}
	if c.format == jsonFormat {
		report, err := c.newResponseReport(resp)
		if err != nil {
			return err
		}
		return errors.Join(c.encode(report), c.failure(resp))
	}
	if !resp.CORSSameOrigin() {
		fmt.Fprintf(c.err, "browsercors: note: the response has type %s: script sees no status, no headers and no body\n", resp.Type)
	}
	failure := c.failure(resp)
	if failure != nil && c.fail {
		return failure
	}
	err := c.write(func(w io.Writer) error {
		if c.include || c.head && c.dumpHeader != "-" {
			if err := printHead(w, resp); err != nil {
				return err
			}
		}
		_, err := io.Copy(w, resp.Body)
		return err
	})
	if err != nil {
		return err
	}
	return failure
}

// failure says that a response has an error status, where --fail asks for that.
func (c *fetchCommand) failure(resp *fetch.Response) error {
	if !c.fail && !c.failWithBody || resp.Status < 400 {
		return nil
	}
	if c.format != jsonFormat {
		fmt.Fprintf(c.err, "browsercors: the page gets status %d (--fail)\n", resp.Status)
	}
	return errNoResponse
}

// printHead prints the status and the headers that script sees.
func printHead(w io.Writer, resp *fetch.Response) error {
	fmt.Fprintf(w, "HTTP %s\n", strings.TrimSpace(fmt.Sprint(resp.Status, " ", resp.StatusText)))
	for name, value := range resp.Headers.All() {
		fmt.Fprintf(w, "%s: %s\n", name, value)
	}
	_, err := fmt.Fprintln(w)
	return err
}

// write writes to standard output, or the file that flags name.
func (c *fetchCommand) write(to func(io.Writer) error) error {
	name, err := c.outputFile(c.request.URL)
	if err != nil {
		return err
	}
	return writeFile(c.out, name, to)
}

// writeFile writes to a file; "" and "-" are standard output.
func writeFile(stdout io.Writer, name string, to func(io.Writer) error) (err error) {
	if name == "" || name == "-" {
		return to(stdout)
	}
	f, err := os.Create(name)
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

// A responseReport is what JSON output has of a response: what script sees.
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
		Ignored:    c.unset,
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

// A refusalReport is what JSON output has of a refusal: first what script sees,
// then what it may not.
type refusalReport struct {
	Result      string            `json:"result"` // "error"
	Error       string            `json:"error"`  // the exception's name
	Message     string            `json:"message"`
	Reason      string            `json:"reason"`
	Stage       string            `json:"stage"`
	Section     string            `json:"section"`
	Method      string            `json:"method"`
	URL         string            `json:"url"`
	Hop         int               `json:"hop"`
	Status      int               `json:"status,omitempty"` // of the response that was refused
	Header      string            `json:"header,omitempty"`
	Value       string            `json:"value,omitempty"`
	Detail      string            `json:"detail,omitempty"`
	CORSError   string            `json:"corsError,omitempty"` // Chromium's name for it
	Explanation explanationReport `json:"explanation"`
	Console     map[string]string `json:"console"`
	Ignored     []string          `json:"ignoredHeaders,omitempty"`
	Notes       []string          `json:"notes,omitempty"`
	Waterfall   []step            `json:"waterfall,omitempty"`
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
		CORSError:   engine.CORSError(e),
		Explanation: explanationReport{x.Summary, x.Did, x.Rule, x.By, x.Fix, nil},
		Console:     engine.Console(e),
		Ignored:     c.unset,
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
