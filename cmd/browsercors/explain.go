package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/browsercors/browsercors/internal/paste"
)

const explainLong = `Say why a page's request fails, from pasted text: a line of the console of
Chromium, Firefox or Safari; the output of curl -i or curl -v, of a preflight, of a
request or of both; a call of fetch(), axios, XMLHttpRequest or $.ajax(); or what a
network panel copies as fetch, as cURL (bash, cmd) or for PowerShell.

The text is read from a file or from standard input, or is the argument itself. It
may contain several of these, and anything around them. explain prints what it
recognised, the cause, what to change, why there is a preflight, and what else to
find out to be sure, with the curl command for it.

If the text has a response, each browser profile makes the request and gets that
response. Nothing is sent, and files that a command in the text names are not
opened. Values of Authorization, of cookies and of headers that script sets are not
printed.`

const explainExamples = `  browsercors explain console.txt
  browsercors explain < console.txt
  browsercors explain "GET https://api.example/ net::ERR_CERT_DATE_INVALID"
  curl -i -H 'Origin: https://app.example' https://api.example/me |
      browsercors explain --url https://api.example/me
  curl -v -X OPTIONS -H 'Origin: https://app.example' \
      -H 'Access-Control-Request-Method: PUT' https://api.example/ 2>&1 |
      browsercors explain --output json`

// An explainCommand is the flags of browsercors explain.
type explainCommand struct {
	stdio
	pageFlags
	printFlags
	url    string
	server serverFlag
}

func newExplainCommand(std stdio) *cobra.Command {
	c := &explainCommand{stdio: std}
	cmd := &cobra.Command{
		Use:     "explain [flags] [FILE | TEXT]",
		Short:   "Say why a request fails, from a pasted console line, curl transcript or fetch() call",
		Long:    explainLong,
		Example: explainExamples,
		Annotations: statuses("no cause was found: the responses in the text, if it has any, allow the page to read",
			"the request fails, and the cause is printed", "or a text in which nothing was recognised"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd.Context(), args) },
	}
	addGroup(cmd, "What the text does not tell", func(flags *pflag.FlagSet) {
		c.pageFlags.add(flags, "`origin` of the page, such as https://app.example; null is an opaque origin", "`URL` of the page; null is a page of an opaque origin")
		flags.StringVar(&c.url, "url", "", "`URL` that the page requests")
		c.server.add(flags)
	})
	addGroup(cmd, outputGroup, func(flags *pflag.FlagSet) { c.printFlags.add(flags, textFormat, jsonFormat) })
	return cmd
}

func (c *explainCommand) run(ctx context.Context, args []string) error {
	page, err := c.pageFlags.one()
	if err != nil {
		return err
	}
	if c.url != "" {
		if err := checkTarget(c.url); err != nil {
			return fmt.Errorf("--url: %w", err)
		}
	}
	pasted, err := c.text(args)
	if err != nil {
		return err
	}
	p, err := paste.Read(pasted)
	if err != nil {
		return err
	}
	if page == nullPage {
		page = "null"
	}
	if page != "" {
		p.Page = page
	}
	if c.url != "" {
		p.Request.URL = c.url
	}
	p.Server = string(c.server)
	explained, err := p.Explain(ctx)
	if err != nil {
		return err
	}
	err = writeFile(c.out, c.file, func(w io.Writer) error {
		if c.format == jsonFormat {
			encoder := json.NewEncoder(w)
			encoder.SetEscapeHTML(false)
			return encoder.Encode(explained)
		}
		_, err := io.WriteString(w, explained.String())
		return err
	})
	if err == nil && len(explained.Causes) > 0 {
		return errNoResponse
	}
	return err
}

// text is the text to explain: that of a file, of standard input, or the arguments
// themselves.
func (c *explainCommand) text(args []string) (string, error) {
	if len(args) == 0 || slices.Equal(args, []string{"-"}) {
		if f, ok := c.in.(*os.File); ok && isTerminal(f) {
			fmt.Fprintln(c.err, "Paste the text, then press Enter and Ctrl-D (Ctrl-Z on Windows):")
		}
		return readText(c.in)
	}
	if len(args) > 1 { // what a shell has split
		return strings.Join(args, " "), nil
	}
	f, err := os.Open(args[0])
	switch {
	case err == nil:
		s, err := readText(f)
		return s, errors.Join(err, f.Close())
	case strings.ContainsAny(args[0], " \n"): // a pasted text; a path without a file would be a mistake
		return args[0], nil
	case errors.Is(err, fs.ErrNotExist):
		if _, err := paste.Read(args[0]); err == nil { // an error name
			return args[0], nil
		}
		return "", fmt.Errorf("%.40q is not a file, and a text that is pasted has more than one word", args[0])
	}
	return "", err
}

// readText reads a text, up to what is too long for [paste.Read].
func readText(r io.Reader) (string, error) {
	b, err := io.ReadAll(io.LimitReader(r, 2*paste.MaxText+4)) // in UTF-16
	return string(b), err
}
