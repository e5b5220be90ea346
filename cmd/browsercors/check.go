package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/browsercors/browsercors/audit"
	reports "github.com/browsercors/browsercors/audit/report"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/curl"
	"github.com/browsercors/browsercors/internal/text"
)

func checkLong() string {
	return `Check what pages can do with a server. check sends the requests that pages would
send in Chromium, Firefox and WebKit, and by the Standard: a first request, a second
one with the preflight cached, another one after the preflight has expired, one
through a shared HTTP cache, and requests from pages that must be refused. For each
problem it reports the rule, the browsers concerned and what to change.

The argument is one of:

  URL          the URL of a request; flags describe the page and the request.
               With several URLs, or --urls, all get the same request
  INTENT-FILE  a file (.json, .yaml, .yml) that lists the origins to allow and
               to refuse, and every use; --base checks it on another server
  HAR-FILE     an archive (.har, .har.gz) that a browser's network panel
               exported; each cross-origin request in it is evaluated for
               every browser, without a request; --har takes any file name

For several requests check also says how many preflights a page sends that makes them in
a row, how many the preflight cache spares, and what would spare more: a longer
Access-Control-Max-Age, one path for all requests, or fewer headers.

With --openapi the requests are the operations of an OpenAPI document, to its server or
to that of the URL. With --preset they are those of a protocol:

` + presetsHelp() + `
browsercors intent writes both as an intent, to be edited. -H and --set-cookie give
them headers and cookies that they have already. Of an OpenAPI document, and of the presets
for uploads, only the preflight of a request with a method other than GET, HEAD and OPTIONS
is sent; --send sends the request too.

The pages are those of --origin and --page. Without these flags check assumes a
page of ` + assumption + `,
and says so. A secure page may not send requests to an http: URL, in WebKit not
even to this machine. To check a local server as if it were deployed, give the
URL that it will have and send the requests to the local server:
--via http://127.0.0.1:8080 https://api.example/things

check also sends requests from origins that neither the flags nor the intent name,
to find out which origins the server allows. These probes are GET, HEAD and
preflight requests only; --no-probes turns them off. A request with any other method
is sent once per named origin. Do not use a URL where that does damage.

An element, a frame, a worker, an EventSource, a WebSocket or a beacon can make the
request instead of fetch(): --as img, --as font, --as websocket. An element without
--crossorigin needs no CORS headers; check says what the page can do with what it
loads, and --readable demands that it can read it. --coep gives the page an embedder
policy, --csp a Content-Security-Policy, --integrity-policy an Integrity-Policy and
--connection-allowlist a Connection-Allowlist, which may refuse the request; the flag
with -report-only gives it one that only reports. With --address-space public the page is
on the internet: if the server is on this machine or in its network, browsers ask their
users first.

The flags for the request are those of curl. With -d the Content-Type is
application/x-www-form-urlencoded unless -H names another. --set-cookie stands for
a session: the user has visited the URL before and is logged in.

Each finding has a severity. --fail-on names the lowest one that fails the run:

  unsafe   a page can read what it should not
  breaks   a browser refuses what should work
  fragile  it works, but fails with another cache, header, error or browser
  slow     requests could be saved

By default unsafe and breaks fail the run. The others are only printed.

Reports leave out request bodies and the values of cookies and of Authorization.`
}

const checkExamples = `  browsercors check https://api.example/things
  browsercors check -X PUT --json '{"a":1}' --credentials include \
      https://api.example/things/1
  browsercors check --origin https://app.example --read X-Total \
      --refuse https://evil.example https://api.example/things
  browsercors check --as img --readable https://cdn.example/a.png
  browsercors check -H 'X-Trace: 1' https://api.example/a \
      https://api.example/b
  browsercors check --base https://staging.example cors.yaml
  browsercors check --openapi openapi.yaml --origin https://app.example
  browsercors check --preset mcp https://mcp.example/mcp
  browsercors check --report html=cors.html exported.har`

// errFindings ends a check whose report has been written.
var errFindings = errors.New("there are findings")

// Groups of flags, by their headings in the help.
const (
	pagesGroup   = "The pages, and what they need"
	elementGroup = "What makes the request, if it is not fetch()"
	requestGroup = "The request"
	outputGroup  = "Output"
)

// A checkCommand holds the flags of browsercors check.
type checkCommand struct {
	stdio
	pageFlags
	needFlags
	draftFlags
	elementFlags
	curl.Request
	connectionFlags
	urls       string
	base       string
	via        viaFlag
	rate       float64
	noProbes   bool
	impossible bool
	har        string
	send       bool
	output     outputFlags
	server     serverFlag
	failOn     failOn
	color      colorWhen

	assumed string   // the origin of the pages, if no flag names one
	notes   []string // what was assumed to make an intent
	hold    bool     // requests that may change something are not sent
}

func newCheckCommand(std stdio) *cobra.Command {
	c := &checkCommand{stdio: std}
	cmd := &cobra.Command{
		Use:     "check [flags] URL...|INTENT-FILE|HAR-FILE",
		Short:   "Check what pages can do with a server in every browser, and what to change",
		Long:    checkLong(),
		Example: checkExamples,
		Annotations: statuses("no finding of the severity of --fail-on or worse", "at least one such finding",
			"a contradictory intent, or a server that answers no request at all: it can't be reached, has no valid certificate, or does not respond; then no report is written"),
		Args: func(cmd *cobra.Command, args []string) error {
			switch har := cmd.Flags().Changed("har"); {
			case har && len(args) > 0:
				return fmt.Errorf("--har %s replaces the argument %s: give one of them", text.Quote(c.har), text.Quote(args[0]))
			case har:
				return nil
			case c.draftFlags.given() || c.operations != nil:
				return c.draftFlags.check(args)
			case c.urls != "" || len(args) > 1 && !slices.ContainsFunc(args, func(arg string) bool { return isFile(arg) || isArchive(arg) }):
				return nil
			}
			return oneArgument("check", "URL, intent file (.json, .yaml, .yml) or archive (.har)", args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			context.AfterFunc(ctx, stop) // a second signal ends the process
			var err error
			if len(args) == 1 && isArchive(args[0]) && !c.draftFlags.given() {
				c.har, args = args[0], nil
			}
			if c.har != "" {
				err = c.explain(ctx, cmd)
			} else {
				err = c.run(ctx, cmd, args)
			}
			if err != nil && ctx.Err() != nil {
				return errInterrupted
			}
			return err
		},
	}
	addGroup(cmd, draftGroup, func(flags *pflag.FlagSet) {
		flags.StringVar(&c.urls, "urls", "", "`file` of URLs, one a line, in addition to the arguments; - is standard input")
		c.draftFlags.add(flags)
	})
	addGroup(cmd, pagesGroup, func(flags *pflag.FlagSet) {
		c.pageFlags.add(flags, "`origin` whose pages must be able to send the request, such as https://app.example; may be repeated",
			"`URL` of such a page, in place of its origin; may be repeated")
		c.needFlags.add(flags)
	})
	c.elementFlags.given = cmd.Flags().Changed
	addGroup(cmd, elementGroup, c.elementFlags.add)
	addGroup(cmd, requestGroup, func(flags *pflag.FlagSet) { c.Request.Add(flags, inputOf(cmd)) })
	addGroup(cmd, "The server", func(flags *pflag.FlagSet) {
		flags.StringVar(&c.base, "base", "", "`URL` of the server, instead of the base of an intent")
		flags.Var(&c.via, "via", "send all requests to this server instead, with X-Forwarded-Proto if the scheme differs")
		c.connectionFlags.add(flags, 10, "maximum `seconds` to wait for a response; 0 means no limit")
	})
	addGroup(cmd, "How much is sent", func(flags *pflag.FlagSet) {
		flags.BoolVar(&c.send, "send", false, "send requests with any method, also those of an OpenAPI document")
		flags.BoolVar(&c.noProbes, "no-probes", false, "send only the requests that the flags or the intent describe")
		flags.BoolVar(&c.impossible, "probe-impossible-origins", false, "also probe with Origin values that no browser sends")
		flags.Float64Var(&c.rate, "rate", 10, "maximum number of `requests` per second; 0 means no limit, which is the default for a server on this machine")
	})
	addGroup(cmd, outputGroup, func(flags *pflag.FlagSet) {
		flags.StringVar(&c.har, "har", "", "judge this `file`, an archive that a browser's network panel exported; - is standard input")
		c.output.add(flags)
		c.server.add(flags)
		c.failOn.add(flags)
		c.color.add(flags)
	})
	return cmd
}

// run checks the server and writes the reports.
func (c *checkCommand) run(ctx context.Context, cmd *cobra.Command, args []string) error {
	options, err := c.options()
	if err != nil {
		return err
	}
	if err := c.Request.Check(); err != nil {
		return err
	}
	intent, err := c.intent(cmd, args)
	if err != nil {
		return err
	}
	options.HoldUnsafe = c.hold && !c.send
	target := ""
	if len(args) == 1 && !c.draftFlags.given() {
		target = args[0]
	}
	if !cmd.Flags().Changed("rate") && c.via.isHere(intent.Base) {
		options.Rate = 0
	}
	transport, err := c.transport()
	if err != nil {
		return err
	}
	defer transport.CloseIdleConnections()
	network := &watched{next: &fetch.HTTPTransport{RoundTripper: c.via.roundTripper(transport, intent.Base)}, w: c.err, since: time.Now(), via: c.via.to != nil}
	found, err := audit.Server(ctx, network, intent, options)
	network.done()
	if err != nil {
		return c.unjudged(err, isFile(target) || c.draftFlags.given())
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

// options returns the options of the audit. It checks the flags for output too, so that a
// mistake in them is not found only after minutes of requests.
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
	return &audit.Options{Patience: patience, Rate: c.rate, SkipProbes: c.noProbes, ProbeImpossibleOrigins: c.impossible, Server: string(c.server)}, errors.Join(wrong...)
}

// failOn is the lowest severity that fails the run.
type failOn string

func (f *failOn) add(flags *pflag.FlagSet) {
	addEnum(flags, f, "fail-on", "lowest severity that fails the run", "breaks", "unsafe", "fragile", "slow", "never")
}

// fails tells whether a finding of a severity fails the run.
func (f failOn) fails(s audit.Severity) bool {
	var least audit.Severity
	return least.UnmarshalText([]byte(f)) == nil && s <= least // an error: "never"
}
