package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/internal/draft"
	"github.com/browsercors/browsercors/internal/text"
)

func intentLong() string {
	return `Write an intent, the file that browsercors check reads, made of the OpenAPI document of
an API, of an archive that a browser's network panel exported, or of a preset. The file is YAML, begins with what was assumed, and is meant to be edited.
docs/intents.md describes it.

Secrets that are not known are ` + "REPLACE-ME" + ` in it. The argument is the URL of the server. For an OpenAPI
document it may be left out if the document names the server.

Of an archive each cross-origin request of script becomes a use; requests that differ
only in ids become one. The argument and --page choose requests to one server and of one page. Values of
headers and cookies, parts of URLs that may be secret, and bodies are replaced unless
--keep-secrets is given.

The presets:

` + presetsHelp()
}

const intentExamples = `  browsercors intent --openapi openapi.yaml --origin https://app.example \
      -o cors.yaml
  browsercors intent --har recorded.har --page https://app.example > cors.yaml
  browsercors intent --preset mcp https://mcp.example/mcp
  browsercors check cors.yaml`

// An intentCommand is the flags of browsercors intent.
type intentCommand struct {
	stdio
	pageFlags
	draftFlags
	har         string
	keepSecrets bool
	refuse      []string
	file        string
}

func newIntentCommand(std stdio) *cobra.Command {
	c := &intentCommand{stdio: std}
	cmd := &cobra.Command{
		Use:         "intent [flags] [URL]",
		Short:       "Write an intent for check, made of an OpenAPI document, an archive or a preset",
		Long:        intentLong(),
		Example:     intentExamples,
		Annotations: statuses("the intent was written", "", "or a document that can't be read"),
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case c.keepSecrets && c.har == "":
				return errors.New("--keep-secrets needs --har")
			case c.draftFlags.given() && c.har != "":
				return fmt.Errorf("--har and %s exclude each other", c.draftFlags.flag())
			case c.har != "" && c.operations != nil:
				return errors.New("--operation needs --openapi")
			case !c.draftFlags.given() && c.har == "":
				return errors.New("intent needs --openapi, --har or --preset; browsercors intent --help has examples")
			}
			return c.draftFlags.check(args)
		},
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd.Context(), args) },
	}
	addGroup(cmd, "What the intent is made of", func(flags *pflag.FlagSet) {
		c.draftFlags.add(flags)
		flags.StringVar(&c.har, "har", "", "archive, a `file` that a browser's network panel exported; - is standard input")
		flags.BoolVar(&c.keepSecrets, "keep-secrets", false, "with --har, keep the values of headers and cookies, URLs and bodies as they are")
	})
	addGroup(cmd, "The pages", func(flags *pflag.FlagSet) {
		c.pageFlags.add(flags, "`origin` whose pages must be able to make the requests; may be repeated", "`URL` of such a page, in place of its origin; may be repeated")
		flags.StringArrayVar(&c.refuse, "refuse", nil, "`origin` whose pages must not be able to read a response; may be repeated")
	})
	addGroup(cmd, outputGroup, func(flags *pflag.FlagSet) {
		flags.StringVarP(&c.file, "output", "o", "", "write to this `file` instead of standard output")
	})
	return cmd
}

func (c *intentCommand) run(ctx context.Context, args []string) error {
	allow, err := c.allOrigins(c.refuse)
	if err != nil {
		return err
	}
	if err := c.checkOrigins(allow, c.refuse); err != nil {
		return err
	}
	var made *draft.Draft
	assumed := ""
	if c.har != "" {
		made, err = c.session(ctx, args, allow)
	} else {
		made, assumed, err = c.draft(c.in, args, allow, c.refuse)
	}
	if err != nil {
		return err
	}
	made.Schemes = c.schemes
	if err := made.Check(); err != nil {
		return err
	}
	var written bytes.Buffer
	if err := made.WriteYAML(&written); err != nil {
		return err
	}
	if _, err := audit.ReadIntent("the intent.yaml", bytes.NewReader(written.Bytes())); err != nil {
		return fmt.Errorf("the intent would be too large; choose fewer requests with --operation, --page or a URL: %w", err)
	}
	if assumed != "" {
		fmt.Fprintf(c.err, "browsercors: note: %s\n", assumedNote("intent", assumed))
	}
	return writeFile(c.out, c.file, func(w io.Writer) error { _, err := w.Write(written.Bytes()); return err })
}

// session makes the intent of an archive.
func (c *intentCommand) session(ctx context.Context, args, pages []string) (*draft.Draft, error) {
	archive, err := readHAR(ctx, c.in, c.har)
	if err != nil {
		return nil, err
	}
	o := &draft.SessionOptions{Pages: pages, Refuse: c.refuse, KeepSecrets: c.keepSecrets}
	if len(args) > 0 {
		o.Server = args[0]
	}
	made, err := draft.Session(ctx, c.har, archive, o)
	if err != nil {
		return nil, errors.New(text.Problem(err))
	}
	return made, nil
}
