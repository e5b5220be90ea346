package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/cause"
	"github.com/browsercors/browsercors/internal/csp"
	"github.com/browsercors/browsercors/internal/curl"
	"github.com/browsercors/browsercors/internal/peek"
	"github.com/browsercors/browsercors/internal/suffixlist"
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

The page is the one of --page, or a page of --origin. Without these flags fetch
assumes a page of ` + assumption + `,
and says so. A page of an https: origin is secure: it may send requests to https:
URLs, and to http: URLs of this machine (localhost, 127.0.0.1). Any other http: URL
is mixed content, which browsers block.

An element, a frame, a worker, an EventSource, a WebSocket or a beacon can make the
request instead of fetch(): --as img, --as font, --as eventsource. fetch then prints
which event the page gets, whether it may read what it got, such as the pixels of a
canvas or the errors of a script, and what each browser makes of the same response. An
EventSource prints its events until the connection ends. --coep gives the page an
embedder policy, --csp a Content-Security-Policy, --integrity-policy an
Integrity-Policy and --connection-allowlist a Connection-Allowlist, which may refuse
the request.

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
-b and -c also read the cookies of Playwright's storageState, Puppeteer, the
DevTools protocol, Selenium, Cookie-Editor and EditThisCookie, which are recognised
by their shape; -c saves a file in the format that it had.

-o names a file, as in curl. The value of --output is a format (text or json) or a
file: --output json prints JSON, --output a.json writes the body to a file, as in
curl. For a file with the name json, use -o json.`

const fetchExamples = `  browsercors fetch -v https://api.example/orders
  browsercors fetch -X PUT --json '{"a":1}' https://api.example/orders/1
  browsercors fetch --origin https://shop.example --credentials include \
      https://api.example/me
  browsercors fetch -v -c jar.json --credentials include https://api.example/
  browsercors fetch --as img --coep require-corp https://cdn.example/a
  browsercors fetch -k --resolve api.example:443:127.0.0.1 https://api.example
  browsercors fetch curl -sS -H 'X-Token: 1' -d a=b https://api.example/`

// A fetchCommand holds the flags of browsercors fetch, and the request that they make.
type fetchCommand struct {
	stdio
	pageFlags
	curl.Request
	connectionFlags
	credentialFlags
	elementFlags
	fetchOutputFlags
	request   fetch.Request
	urls      []string // of --url
	sandboxed bool

	publicOnly bool
	xhr        bool
	profile    string
	suffixes   string
	userAgent  string
	server     serverFlag
	ignored    []*curl.Ignored

	assumed string   // the origin of the page that nobody named
	unset   []string // names of headers that a page can't set
	steps   []step   // the waterfall, for JSON

	whyPreflight string // for JSON

	loaded loaded    // of --as
	found  []verdict // of the browsers, with --as

	bodies peek.Transport
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
			c.urls = append(c.urls, curl.WithoutCurl(args)...)
			return oneArgument("fetch", "URL", c.urls)
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return c.run(cmd.Context(), c.urls[0]) },
	}
	r := &c.request
	addGroup(cmd, "The page that asks", func(flags *pflag.FlagSet) {
		c.pageFlags.add(flags, "`origin` of the page, such as https://app.example; null is an opaque origin", "`URL` of the page; null is a page of an opaque origin")
		flags.BoolVar(&c.sandboxed, "sandboxed", false, "run the script in a sandboxed frame of the page, which has an opaque origin")
		flags.BoolVar(&c.publicOnly, "public-only", false, "connect to addresses on the public internet only")
		addEnum(flags, &c.profile, "profile", "browser profile to follow", profileNames()...)
		flags.StringVar(&c.suffixes, "public-suffix-list", "", "`file` in the format of public_suffix_list.dat, which decides what a site is, instead of the list that is compiled in")
	})
	c.elementFlags.given = cmd.Flags().Changed
	addGroup(cmd, elementGroup, c.elementFlags.add)
	addGroup(cmd, "The call of fetch()", func(flags *pflag.FlagSet) {
		addEnum(flags, &r.Mode, "mode", "request mode", fetch.CORS, fetch.NoCORS, fetch.SameOrigin)
		addCredentials(flags, &r.Credentials)
		addEnum(flags, &r.Redirect, "redirect", "redirect mode", "follow", "error", "manual")
		addEnum(flags, &r.Cache, "cache", "cache mode", "default", "no-store", "reload",
			"no-cache", "force-cache", "only-if-cached")
		addEnum(flags, &r.ReferrerPolicy, "referrer-policy", "referrer policy", "strict-origin-when-cross-origin",
			"no-referrer", "no-referrer-when-downgrade", "same-origin", "origin",
			"strict-origin", "origin-when-cross-origin", "unsafe-url")
		flags.BoolVar(&c.xhr, "xhr", false, "send the request by XMLHttpRequest instead of fetch()")
		flags.BoolVar(&r.UploadListener, "xhr-upload-listener", false, "listen to the upload's progress, which requires a preflight; implies --xhr")
	})
	addGroup(cmd, requestGroup, func(flags *pflag.FlagSet) {
		flags.StringArrayVar(&c.urls, "url", nil, "the `URL`, instead of an argument")
		c.Request.Add(flags, inputOf(cmd))
		flags.StringVarP(&c.userAgent, "user-agent", "A", "", "User-Agent `value` of the browser; -H sets one from script")
		flags.StringVarP(&r.Referrer, "referer", "e", "", "`URL` that the page gives as referrer; used only if it is of the page's origin")
	})
	addGroup(cmd, "Credentials", c.credentialFlags.add)
	addGroup(cmd, "The connection", func(flags *pflag.FlagSet) {
		c.connectionFlags.add(flags, 0, "maximum `seconds` for the request; 0 means no limit")
	})
	addGroup(cmd, outputGroup, func(flags *pflag.FlagSet) {
		c.fetchOutputFlags.add(flags)
		c.server.add(flags)
	})
	curl.AddIgnored(cmd.Flags(), &c.ignored)
	return cmd
}

func profileNames() []string {
	var names []string
	for _, p := range engine.Profiles() {
		names = append(names, p.Name)
	}
	return names
}

// run sends the request and prints the result.
func (c *fetchCommand) run(ctx context.Context, target string) error {
	if err := checkTarget(target); err != nil {
		return err
	}
	if err := errors.Join(c.Request.Check(), c.fetchOutputFlags.check()); err != nil {
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
	if err := c.complete(target, profile); err != nil {
		return err
	}
	transport, err := c.transport()
	if err != nil {
		return err
	}
	// An empty store, so that the transport reports a server that asks for a certificate.
	none := credentials.StaticCertificates(nil)
	over := &fetch.HTTPTransport{RoundTripper: transport, Certificates: none, Policy: profile.Credentials}
	defer over.CloseIdleConnections()
	c.bodies.Next = over
	options := &fetch.Options{Profile: profile, Transport: &c.bodies, UserAgent: c.userAgent}
	if c.suffixes != "" {
		if options.PublicSuffixes, err = readSuffixes(c.suffixes); err != nil {
			return fmt.Errorf("--public-suffix-list: %w", err)
		}
	}
	if err := c.apply(target, options, over, c.in); err != nil {
		return err
	}
	if options.Schemes, err = c.registered(); err != nil {
		return err
	}
	c.notes = append(c.notes, c.pageNotes()...)
	_, loads := c.of()
	known := &replay{next: options.Transport}
	if loads {
		options.Transport = known
	}
	page, err := c.environment(options)
	if err != nil {
		return err
	}
	c.noteAssumed()
	if patience > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, patience,
			fmt.Errorf("--max-time %v seconds have passed", c.maxTime))
		defer cancel()
	}
	c.observe(page, profile)
	var resp *fetch.Response
	if loads {
		err = c.loads(ctx, page, options, known)
	} else {
		resp, err = page.Fetch(ctx, &c.request)
	}
	unsaved := c.save()
	c.note()
	switch {
	case err != nil:
		err = c.refused(err)
	case loads:
		err = c.printLoad()
	default:
		defer resp.Body.Close()
		err = c.refused(c.print(resp))
	}
	if unsaved == nil {
		unsaved = c.printCookies(c.out)
	}
	if errors.Is(err, errNoResponse) && unsaved != nil {
		fmt.Fprintf(c.err, "browsercors: %v\n", unsaved)
		return err
	}
	return errors.Join(err, unsaved)
}

// readSuffixes reads a public suffix list.
func readSuffixes(name string) (origin.PublicSuffixList, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	list, err := suffixlist.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return list, nil
}

// complete fills in the request from the flags.
func (c *fetchCommand) complete(target string, profile *fetch.Profile) error {
	r := &c.request
	if c.elementFlags.set() {
		in, err := c.elementFlags.request(&c.Request, target, r.Credentials)
		if err != nil {
			return err
		}
		in.ReferrerPolicy = r.ReferrerPolicy
		*r = *in
		return nil
	}
	r.Integrity = c.integrity
	var err error
	if r.URL, err = c.Request.URL(target); err != nil {
		return err
	}
	r.Method, r.Headers = c.Request.Method(), c.Request.Headers()
	if c.xhr || r.UploadListener {
		r.API = "xhr"
	}
	body, err := c.Request.Body()
	if err != nil {
		return err
	}
	if body != nil {
		r.Body = fetch.BytesBody(body.Bytes, body.ContentType)
	}
	r.Referrer, _, _ = strings.Cut(r.Referrer, ";") // ";auto" is a setting of curl for redirects
	for _, h := range r.Headers {
		kept, err := fetch.NewRequestHeaders(r.Mode, fetch.HeaderList{h}, profile)
		if err != nil {
			return err
		}
		if !kept.Has(h.Name) {
			c.unset = append(c.unset, h.Name)
		}
	}
	return nil
}

// environment creates the page that sends the request.
func (c *fetchCommand) environment(agentOptions *fetch.Options) (*fetch.Environment, error) {
	at, err := c.pageFlags.one()
	if err != nil {
		return nil, err
	}
	if at == "" {
		u, err := origin.ParseURL(c.request.URL)
		if err != nil {
			return nil, err
		}
		c.assumed = assumedOrigin(u)
		at = c.assumed + "/"
	}
	options := fetch.EnvironmentOptions{URL: at, Sandboxed: c.sandboxed, EmbedderPolicy: c.embedderPolicy, AddressSpace: c.addressSpace}
	if c.elementFlags.set() {
		options.ReferrerPolicy = c.request.ReferrerPolicy
	}
	p := &c.policies
	if p.ContentSecurityPolicy != "" {
		options.ContentSecurityPolicy = []string{csp.WithoutReports(p.ContentSecurityPolicy)}
	}
	if p.ContentSecurityPolicyReportOnly != "" {
		options.ContentSecurityPolicyReportOnly = []string{csp.WithoutReports(p.ContentSecurityPolicyReportOnly)}
	}
	options.IntegrityPolicy, options.IntegrityPolicyReportOnly = p.IntegrityPolicy, p.IntegrityPolicyReportOnly
	options.ConnectionAllowlist, options.ConnectionAllowlistReportOnly = p.ConnectionAllowlist, p.ConnectionAllowlistReportOnly
	if c.sandboxed {
		u, err := agentOptions.Schemes.ParseURL(at, nil)
		if err != nil {
			return nil, err
		}
		options.Ancestors = []origin.Origin{u.Origin()} // the page with the frame
	}
	if c.publicOnly {
		agentOptions.PublicOnly = new(fetch.PublicOnly)
	}
	agent, err := fetch.NewAgent(agentOptions)
	if err != nil {
		return nil, err
	}
	return agent.Environment(&options)
}

// noteAssumed says which page was assumed.
func (c *fetchCommand) noteAssumed() {
	if c.assumed != "" {
		c.notes = append(c.notes, assumedNote("fetch", c.assumed))
	}
}

// observe prints the notes that are known before the request, and sets up the trace.
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
	if note := cause.LocalNetwork(page.Origin().String(), c.request.URL); note != "" && c.assumed == "" && c.addressSpace == "" {
		c.notes = append(c.notes, note)
	}
	c.notes = append(c.notes, curl.Notes(c.ignored, c.verbose)...)
	if c.format != jsonFormat && len(c.unset) > 0 {
		c.notes = append(c.notes, unsetNote(c.unset, c.request.Headers))
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
		if what := c.what(); what != "" {
			api = what
		} else if c.request.API == "xhr" {
			api = "XMLHttpRequest"
		}
		w.line(fmt.Sprintf("* %s by a page of origin %s, profile %s %s", api, page.Origin(), profile.Name, profile.Version))
	}
	if c.format == jsonFormat {
		if c.request.Trace == nil {
			c.request.Trace = new(fetch.Trace)
		}
		c.noteWhy(c.request.Trace)
	}
}

// noteWhy has a trace keep why the browser sends a preflight.
func (c *fetchCommand) noteWhy(t *fetch.Trace) {
	next := t.Classified
	t.Classified = func(r fetch.RequestInfo, is safelist.Classification) {
		if next != nil {
			next(r, is)
		}
		if is.Preflight && c.whyPreflight == "" {
			c.whyPreflight = cause.WhyPreflight(is.Method, cause.UnsafeNames(&is), is.UsePreflightFlag)
		}
	}
}

// shows tells whether -v prints a header: one that matters, or one that a flag set.
func (c *fetchCommand) shows(f field, received bool) bool {
	return matters(f, received) || !received && c.request.Headers.Contains(f.name)
}
