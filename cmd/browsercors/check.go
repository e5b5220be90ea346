package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/browsercors/browsercors/audit"
	reports "github.com/browsercors/browsercors/audit/report"
	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
)

const checkLong = `Check what pages can do with a server. check sends the requests that pages
would send, as Chromium, Firefox, WebKit and the Standard prescribe: a first
request, a second one with the preflight cached, another one after the preflight
has expired, one through a shared HTTP cache, and requests from pages that must be
refused. For each problem it reports the rule, the browsers concerned and what to
change.

The argument is one of:

  URL          a server's URL; the flags say what pages do with it
  INTENT-FILE  a file (.json, .yaml, .yml) that lists the origins to allow and
               to refuse, and every use; --base checks it on another server
  HAR-FILE     an archive (.har) that a browser's network panel exported; each
               cross-origin request in it is judged in every browser and
               explained, and nothing is sent; --har takes any file name

The pages are those of --origin and --page. Without these flags check assumes
pages of https://app.example, or of http://app.example if the URL begins with
http:, and says so. A secure page may not send requests to an http: URL, in WebKit
not even to this machine. To check a local server as if it were deployed, give the
URL that it will have and send the requests to the local server:
--via http://127.0.0.1:8080 https://api.example/things

check also sends requests from origins that nobody named, to find out which
origins the server allows. These probes are GET, HEAD and preflight requests only;
--no-probes turns them off. A request with any other method is sent once per named
origin. Do not use a URL where that does damage.

The flags for the request are those of curl. With -d the Content-Type is
application/x-www-form-urlencoded unless -H names another. --set-cookie stands for
a session: the user has visited the URL before and is logged in.

Each finding has a severity. --fail-on names the lowest one that fails the run:

  unsafe   a page can read what it should not
  breaks   a browser refuses what should work
  fragile  it works, and will not with another cache, header, error or browser
  slow     requests could be saved

By default unsafe and breaks fail the run, because they are wrong today; the
others are only printed.

Reports leave out request bodies and the values of cookies and of Authorization.`

const checkExamples = `  browsercors check https://api.example/things
  browsercors check -X PUT --json '{"a":1}' --credentials include \
      https://api.example/things/1
  browsercors check --origin https://app.example --read X-Total \
      --refuse https://evil.example https://api.example/things
  browsercors check --base https://staging.example cors.yaml
  browsercors check --report html=cors.html exported.har`

// errFindings ends a check that has already said what it found.
var errFindings = errors.New("there are findings")

// Groups of flags, by their headings in the help.
const (
	pagesGroup   = "The pages, and what they need"
	requestGroup = "The request"
	outputGroup  = "Output"
)

// A checkCommand is the flags of browsercors check.
type checkCommand struct {
	stdio
	pageFlags
	needFlags
	requestFlags
	connectionFlags
	base       string
	via        viaFlag
	rate       float64
	noProbes   bool
	impossible bool
	har        string
	output     outputFlags
	failOn     failOn
	color      colorWhen

	assumed string // the origin whose pages ask, if none is named
}

func newCheckCommand(std stdio) *cobra.Command {
	c := &checkCommand{stdio: std}
	cmd := &cobra.Command{
		Use:     "check [flags] URL|INTENT-FILE|HAR-FILE",
		Short:   "Check what pages can do with a server in every browser, and what to change",
		Long:    checkLong,
		Example: checkExamples,
		Annotations: statuses("no finding of the severity of --fail-on or worse", "at least one such finding",
			"a contradictory intent, or a server that can't be checked: it is not reached, its certificate is not valid, or it does not answer; no report is written then"),
		Args: func(cmd *cobra.Command, args []string) error {
			switch har := cmd.Flags().Changed("har"); {
			case har && len(args) > 0:
				return errors.New("--har replaces the argument: give one of them")
			case !har && len(args) != 1:
				return fmt.Errorf("check takes one URL, intent file (.json, .yaml, .yml) or archive (.har), not %d arguments", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			context.AfterFunc(ctx, stop) // a second signal ends the process
			var err error
			if len(args) == 1 && isArchive(args[0]) {
				c.har, args = args[0], nil
			}
			if len(args) == 0 {
				err = c.explain(ctx, cmd)
			} else {
				err = c.run(ctx, cmd, args[0])
			}
			if err != nil && ctx.Err() != nil {
				return errInterrupted
			}
			return err
		},
	}
	addGroup(cmd, pagesGroup, func(flags *pflag.FlagSet) {
		c.pageFlags.add(flags, "`origin` whose pages must be able to send the request, such as https://app.example; may be repeated",
			"`URL` of such a page, in place of its origin; may be repeated")
		c.needFlags.add(flags)
	})
	addGroup(cmd, requestGroup, func(flags *pflag.FlagSet) { c.requestFlags.add(cmd, flags) })
	addGroup(cmd, "The server", func(flags *pflag.FlagSet) {
		flags.StringVar(&c.base, "base", "", "`URL` of the server, instead of the base of an intent")
		flags.Var(&c.via, "via", "send all requests to this server instead, with X-Forwarded-Proto if the scheme differs")
		c.connectionFlags.add(flags, 10, "most `seconds` to wait for a response; 0 means no limit")
	})
	addGroup(cmd, "How much is sent", func(flags *pflag.FlagSet) {
		flags.BoolVar(&c.noProbes, "no-probes", false, "send nothing but what the flags or the intent name")
		flags.BoolVar(&c.impossible, "probe-impossible-origins", false, "also probe with Origin values that no browser sends")
		flags.Float64Var(&c.rate, "rate", 10, "most `requests` per second; 0 means no limit, which is the default for a server on this machine")
	})
	addGroup(cmd, outputGroup, func(flags *pflag.FlagSet) {
		flags.StringVar(&c.har, "har", "", "judge this `file`, an archive that a browser's network panel exported; - is standard input")
		c.output.add(flags)
		c.failOn.add(flags)
		c.color.add(flags)
	})
	return cmd
}

// run checks the server and reports.
func (c *checkCommand) run(ctx context.Context, cmd *cobra.Command, target string) error {
	options, err := c.options()
	if err != nil {
		return err
	}
	if err := c.requestFlags.check(); err != nil {
		return err
	}
	intent, err := c.intent(cmd, target)
	if err != nil {
		return err
	}
	if !cmd.Flags().Changed("rate") && c.via.isHere(intent.Base) {
		options.Rate = 0
	}
	transport, err := c.transport()
	if err != nil {
		return err
	}
	defer transport.CloseIdleConnections()
	network := &watched{next: &fetch.HTTPTransport{RoundTripper: c.via.roundTripper(transport, intent.Base)}, w: c.err, since: time.Now()}
	found, err := audit.Server(ctx, network, intent, options)
	network.done()
	if err != nil {
		return c.unjudged(err, isFile(target))
	}
	about := &reports.Options{Version: ownVersion(), Fails: func(f *audit.Finding) bool { return c.failOn.fails(f.Severity) }}
	if isFile(target) {
		about.File, about.Line = inTree(target), linesOf(target, intent, found.Uses)
	}
	if err := c.output.write(c.out, c.color, renderReport(intent, found, about)); err != nil {
		return err
	}
	c.note(intent, found, isFile(target))
	for i := range found.Findings {
		if about.Fails(&found.Findings[i]) {
			return errFindings
		}
	}
	return nil
}

// options are those of the audit. What would fail after minutes of asking is
// refused.
func (c *checkCommand) options() (*audit.Options, error) {
	patience, err := c.patience()
	if patience == 0 {
		patience = math.MaxInt32 * time.Second
	}
	wrong := []error{err, c.output.check()}
	if !(c.rate >= 0 && c.rate < math.MaxInt32) {
		wrong = append(wrong, fmt.Errorf("--rate: invalid number of requests per second %v", c.rate))
	}
	if c.noProbes && c.impossible {
		wrong = append(wrong, errors.New("--no-probes and --probe-impossible-origins exclude each other"))
	}
	return &audit.Options{Patience: patience, Rate: c.rate, SkipProbes: c.noProbes, ProbeImpossibleOrigins: c.impossible}, errors.Join(wrong...)
}

// unjudged says in a line why a server can't be judged, or in one for each
// thing what is wrong with an intent.
func (c *checkCommand) unjudged(err error, fromFile bool) error {
	refusal, ok := errors.AsType[*fetch.Error](err)
	if !ok || refusal.Err == nil {
		if !fromFile {
			err = c.byFlag(err)
		}
		return err
	}
	request := refusal.Request.Method + " " + refusal.Request.URL
	if e, ok := errors.AsType[*audit.UseError](err); ok && fromFile {
		request += fmt.Sprintf(" (use %q)", e.Use)
		if e.Probe {
			request += ", a probe that --no-probes turns off"
		}
	}
	why, hint := refusal.Err, ""
	if _, ok := errors.AsType[*tls.CertificateVerificationError](why); ok {
		hint = "; -k accepts any certificate"
	}
	if errors.Is(why, io.EOF) {
		why = errors.New("the server closed the connection")
	}
	return fmt.Errorf("%s: no answer: %w%s", request, why, hint)
}

// note says what else the user will want to know: how to ask where it is mixed
// content that is wrong, and which answers are hardly those that were meant.
func (c *checkCommand) note(intent *audit.Intent, found *audit.Report, fromFile bool) {
	if c.assumed != "" {
		fmt.Fprintf(c.err, "browsercors: note: the check assumed pages of %s; --origin names another origin\n", c.assumed)
	}
	noted := make(map[string]bool)
	for _, p := range found.Plays {
		if p.Refusal != "" || p.When != "" || !slices.Contains(intent.Allow, p.Origin) || noted[p.Use] || len(p.Exchanges) == 0 {
			continue
		}
		if last := p.Exchanges[len(p.Exchanges)-1]; last.Status >= 400 {
			noted[p.Use] = true
			fmt.Fprintf(c.err, "browsercors: note: %s %s had a response with status %d; the check used that response\n",
				text.Clean(last.Method), text.Clean(last.URL), last.Status)
		}
	}
	base, err := origin.ParseURL(found.Base)
	if err != nil || base.Scheme() != "http" {
		return
	}
	for _, f := range found.Findings {
		if f.ID != audit.Blocked || len(f.Origins) == 0 || !strings.HasPrefix(f.Origins[0], "https:") {
			continue
		}
		how := fmt.Sprintf("for pages that are not secure use --origin http:%s, and for the server's https: URL use --via %s with that URL",
			strings.TrimPrefix(f.Origins[0], "https:"), base.Origin())
		if fromFile {
			how = fmt.Sprintf("for the server's https: URL use --via %s --base https://…", base.Origin())
		}
		fmt.Fprintf(c.err, "browsercors: note: a secure page may not send requests to an http: URL; %s\n", how)
		return
	}
}

// failOn is the least severity that fails; severities above are worse.
type failOn string

func (f *failOn) add(flags *pflag.FlagSet) {
	addEnum(flags, f, "fail-on", "lowest severity that fails the run", "breaks", "unsafe", "fragile", "slow", "never")
}

// fails tells whether a severity does.
func (f failOn) fails(s audit.Severity) bool {
	least, err := audit.ParseSeverity(string(f))
	return err == nil && s <= least // else it is never
}

// A watched network shows on a terminal that something is happening, when it
// takes long.
type watched struct {
	next  fetch.Transport
	w     io.Writer
	since time.Time
	asked int
	bar   *progressbar.ProgressBar
}

func (w *watched) RoundTrip(ctx context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	if w.bar == nil && time.Since(w.since) > time.Second && isTerminal(w.w) {
		w.bar = progressbar.NewOptions(-1, progressbar.OptionSetWriter(w.w), progressbar.OptionSetElapsedTime(true),
			progressbar.OptionThrottle(100*time.Millisecond))
	}
	resp, err := w.next.RoundTrip(ctx, r)
	if w.asked++; w.bar != nil {
		w.bar.Describe(fmt.Sprintf("checking, %d requests", w.asked))
	}
	return resp, err
}

func (w *watched) done() {
	if w.bar != nil {
		_ = w.bar.Clear()
		_ = w.bar.Exit()
	}
}

// needFlags say what pages need of a request.
type needFlags struct {
	refuse      []string
	credentials credentials.Mode
	read        []string
	cached      time.Duration
	cookies     []string
}

func (n *needFlags) add(flags *pflag.FlagSet) {
	flags.StringArrayVar(&n.refuse, "refuse", nil, "`origin` whose pages must not be able to read the response; may be repeated")
	addCredentials(flags, &n.credentials)
	flags.StringArrayVar(&n.read, "read", nil, "`name` of a response header that pages must be able to read; may be repeated")
	flags.DurationVar(&n.cached, "preflight-cached", 0, "how long a preflight must spare the next one, such as 10m")
	flags.StringArrayVar(&n.cookies, "set-cookie", nil, "Set-Cookie `line` that the browser received when its user visited the URL; may be repeated")
}

// keys are the flags behind an intent's keys.
var keys = map[string]string{
	"base": "URL", "url": "URL", "refuse": "--refuse", "method": "--request", "headers": "--header", "body": "--data",
	"credentials": "--credentials", "read": "--read", "preflightCached": "--preflight-cached",
	"cookies": "--set-cookie",
}

// byFlag names flags in the place of the keys of an intent that was made of
// them.
func (c *checkCommand) byFlag(err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, err := range joined.Unwrap() {
			all = append(all, c.byFlag(err))
		}
		return errors.Join(all...)
	}
	input, ok := err.(*audit.InputError)
	if !ok {
		return err
	}
	_, key, within := strings.Cut(input.Key, "].")
	if !within {
		key = input.Key
	}
	key, index, _ := strings.Cut(key, "[")
	key, member, _ := strings.Cut(key, ".")
	flag := keys[key]
	switch {
	case key == "allow":
		flag = c.pageFlags.flagOf(index)
	case flag == "":
		return err
	case member != "":
		flag += " " + member
	}
	return fmt.Errorf("%s: %s", flag, strings.TrimPrefix(input.Err.Error(), "origin: "))
}

// isFile tells an intent's file from a URL.
func isFile(target string) bool { return endsIn(target, ".json", ".yaml", ".yml") }

// isArchive tells an archive's file from a URL.
func isArchive(target string) bool { return endsIn(target, ".har") }

// endsIn tells whether a target is no URL and ends so.
func endsIn(target string, endings ...string) bool {
	for _, scheme := range []string{"http:", "https:"} {
		if len(target) >= len(scheme) && strings.EqualFold(target[:len(scheme)], scheme) {
			return false
		}
	}
	return slices.ContainsFunc(endings, func(ending string) bool { return strings.HasSuffix(strings.ToLower(target), ending) })
}

// intent is that of the file, or what the flags say of the URL.
func (c *checkCommand) intent(cmd *cobra.Command, target string) (*audit.Intent, error) {
	if isFile(target) {
		return c.readIntent(cmd, target)
	}
	if c.base != "" {
		return nil, errors.New("--base needs an intent file, not a URL")
	}
	if err := checkTarget(target); err != nil {
		if _, statErr := os.Stat(target); statErr == nil {
			return nil, fmt.Errorf("%q is a file, but its name does not end in .json, .yaml, .yml (an intent) or .har (an archive)", target)
		}
		return nil, err
	}
	at, err := origin.ParseURL(target)
	if err != nil {
		return nil, err
	}
	use := audit.Use{
		Method: c.effectiveMethod(), Credentials: c.credentials, Read: c.read, PreflightCached: c.cached, Cookies: c.cookies,
		Headers: make(map[string]string),
	}
	if use.URL, err = c.url(target, c.in); err != nil {
		return nil, err
	}
	body, err := c.body(c.in)
	if err != nil {
		return nil, err
	}
	given := c.headerList()
	if body != nil {
		use.Body = string(body.bytes)
		if body.contentType != "" && !given.Contains("Content-Type") {
			use.Headers["Content-Type"] = body.contentType
		}
	}
	var headers fetch.HeaderList
	for _, h := range given {
		headers.Combine(h.Name, h.Value)
	}
	for _, h := range headers {
		use.Headers[h.Name] = h.Value
	}
	base := target
	if at.IsHTTP() {
		base = at.Origin().String()
	}
	allow, err := c.allOrigins()
	if err != nil {
		return nil, err
	}
	if len(allow) == 0 && len(c.refuse) == 0 {
		c.assumed = "https://app.example"
		if at.Scheme() == "http" {
			c.assumed = "http://app.example"
		}
		allow = []string{c.assumed}
	}
	return &audit.Intent{Base: base, Allow: allow, Refuse: c.refuse, Uses: []audit.Use{use}}, nil
}

// readIntent reads the file of an intent.
func (c *checkCommand) readIntent(cmd *cobra.Command, file string) (*audit.Intent, error) {
	var wrong []string
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if title := groupOf(f); title == pagesGroup || title == requestGroup {
			wrong = append(wrong, "--"+f.Name)
		}
	})
	if wrong != nil {
		return nil, fmt.Errorf("%s: for a URL only; the intent in %s says this", strings.Join(wrong, ", "), file)
	}
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	intent, err := audit.ReadIntent(file, in)
	if err == nil && c.base != "" {
		intent.Base = c.base
	}
	return intent, err
}

// A viaFlag is --via: where requests go that are for another server.
type viaFlag struct{ to *url.URL }

func (v *viaFlag) String() string { return "" }
func (v *viaFlag) Type() string   { return "origin" }

func (v *viaFlag) Set(s string) error {
	u, err := origin.ParseURL(s)
	if err != nil || !u.IsHTTP() || u.Origin().String() != strings.TrimSuffix(s, "/") {
		return fmt.Errorf("%.60q is not the origin of a server, such as http://127.0.0.1:8080", text.RedactURL(s))
	}
	v.to, err = url.Parse(u.Origin().String())
	return err
}

// isHere tells whether the server at base, or where v says, is on this machine.
func (v *viaFlag) isHere(base string) bool {
	if v.to != nil {
		base = v.to.String()
	}
	u, err := origin.ParseURL(base)
	if err != nil {
		return false
	}
	host := strings.Trim(u.Host(), "[]")
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && addr.IsLoopback()
}

// roundTripper sends what goes to the origin of base where v says. The server
// there learns of the scheme as from a proxy that takes the encryption off.
func (v *viaFlag) roundTripper(next http.RoundTripper, base string) http.RoundTripper {
	if base == "" {
		base = audit.DefaultBase
	}
	at, err := origin.ParseURL(base)
	if v.to == nil || err != nil { // a wrong base the audit will name
		return next
	}
	from := at.Origin().String()
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		if r.URL.Scheme+"://"+r.URL.Host != from {
			return next.RoundTrip(r)
		}
		r = r.Clone(r.Context())
		if r.Host == "" {
			r.Host = r.URL.Host
		}
		if v.to.Scheme != r.URL.Scheme {
			r.Header.Set("X-Forwarded-Proto", r.URL.Scheme)
		}
		if path, ok := strings.CutPrefix(r.URL.Opaque, "//"+r.URL.Host); ok && !strings.HasPrefix(path, "//") {
			r.URL.Opaque = path // or the server would be sent the whole URL
		}
		r.URL.Scheme, r.URL.Host = v.to.Scheme, v.to.Host
		return next.RoundTrip(r)
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
