package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/text"
)

// The output of browsercors fetch as text.

// refused prints a refusal with its explanation. It returns other errors, and refusals
// that are mistakes in the command line, as errors.
func (c *fetchCommand) refused(err error) error {
	refusal, ok := errors.AsType[*fetch.Error](err)
	if !ok {
		return err // or nil
	}
	switch refusal.Reason {
	case fetch.InvalidURL, fetch.InvalidMethod, fetch.InvalidOption, fetch.InvalidHeaderName, fetch.InvalidHeaderValue:
		return fmt.Errorf("%s %q: %s", refusal.Header, refusal.Value, refusal.Reason.Rule())
	}
	x := refusal.ExplainWith(&fetch.Evidence{Body: c.bodies.Of(refusal), Server: string(c.server)})
	if c.format == jsonFormat {
		if err := c.encode(c.newRefusalReport(refusal, x)); err != nil {
			return err
		}
		return errNoResponse
	}
	paint := c.color.painter(c.err)
	fmt.Fprintf(c.err, "%s\n\n%s", paint.red(c.gets(refusal)), x)
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
			for _, line := range text.Lines(console[name], lineWidth-2) {
				fmt.Fprintln(c.err, "  "+line)
			}
		}
	}
	return errNoResponse
}

// gets says what a page gets in place of a response.
func (c *fetchCommand) gets(refusal *fetch.Error) string {
	switch what := c.what(); {
	case what == "":
		return "The page gets " + refusal.Exception() + ": " + refusal.ScriptMessage()
	case c.as == "beacon", c.as == "ping":
		return "The " + c.as + " fails; the page is not told."
	case c.loaded.threw != "":
		return "The page gets " + c.loaded.threw + ", which " + what + " throws."
	case c.loaded.event == "load":
		return "The page gets a load event of " + what + " all the same, and nothing of the response."
	case c.loaded.event == "":
		return "The page gets no event of " + what + "."
	default:
		return "The page gets an error event of " + what + ", which does not say why."
	}
}

// print prints the response as script sees it.
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
	if effect := c.effect(&c.loaded); effect != "" {
		fmt.Fprintf(c.err, "browsercors: note: %s\n", effect)
	} else if !resp.CORSSameOrigin() {
		fmt.Fprintf(c.err, "browsercors: note: the response has type %s: script sees no status, no headers and no body\n", resp.Type)
	}
	failure := c.failure(resp)
	if failure != nil && c.fail {
		return failure
	}
	err := c.write(func(w io.Writer) error {
		if c.include || c.Head && c.dumpHeader != "-" {
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

// failure reports an error status if --fail or --fail-with-body is set.
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
