package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/browsercors/browsercors/internal/draft"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
)

// Intents that are made of other documents, for check and intent.

// draftFlags name what an intent is made of.
type draftFlags struct {
	openAPI    string
	operations []string
	preset     string
}

const draftGroup = "What to check, without an intent"

func (d *draftFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&d.openAPI, "openapi", "", "OpenAPI document, a `file` of JSON or YAML, whose operations pages send; - is standard input")
	flags.StringArrayVar(&d.operations, "operation", nil, "with --openapi, only operations with this `name`: an operationId, a tag, a path or a method with a path; may be repeated")
	flags.Var(enum[string]{&d.preset, draft.Presets()}, "preset", "requests of a protocol to the URL: "+strings.Join(draft.Presets(), ", "))
}

// presetsHelp describes the presets in a help.
func presetsHelp() string {
	var b strings.Builder
	names, abouts := draft.AboutPresets()
	for i, name := range names {
		for n, line := range text.Lines(abouts[i], lineWidth-18) {
			if n > 0 {
				name = ""
			}
			b.WriteString(text.Pad("  "+name, 18) + line + "\n")
		}
	}
	return b.String()
}

// given tells whether a flag names what an intent is made of.
func (d *draftFlags) given() bool { return d.openAPI != "" || d.preset != "" }

// check looks for flags and arguments that do not go together.
func (d *draftFlags) check(args []string) error {
	switch {
	case d.openAPI != "" && d.preset != "":
		return errors.New("--openapi and --preset exclude each other")
	case d.operations != nil && d.openAPI == "":
		return errors.New("--operation needs --openapi")
	case len(args) > 1:
		return fmt.Errorf("want one URL, got %d arguments", len(args))
	case d.preset != "" && len(args) == 0:
		return fmt.Errorf("--preset %s needs the URL of the server", d.preset)
	}
	for _, arg := range args {
		if err := checkTarget(arg); err != nil {
			return err
		}
	}
	return nil
}

// flag is the flag that names what an intent is made of.
func (d *draftFlags) flag() string {
	if d.openAPI != "" {
		return "--openapi"
	}
	return "--preset"
}

// draft makes the intent. Without origins it assumes one, which it returns.
func (d *draftFlags) draft(stdin io.Reader, args, allow, refuse []string) (_ *draft.Draft, assumed string, err error) {
	url := ""
	if len(args) > 0 {
		url = args[0]
	}
	var made *draft.Draft
	if d.preset != "" {
		made, err = draft.Preset(d.preset, url, allow, refuse)
	} else {
		made, err = d.fromOpenAPI(stdin, &draft.OpenAPIOptions{Base: url, Allow: allow, Refuse: refuse, Operations: d.operations})
	}
	if err != nil {
		return nil, "", errors.New(text.Problem(err))
	}
	if len(allow) == 0 && len(refuse) == 0 {
		at, err := origin.ParseURL(made.Base)
		if err != nil {
			return nil, "", err
		}
		assumed = assumedOrigin(at)
		made.Allow = []string{assumed}
	}
	return made, assumed, nil
}

// checkOrigins looks for what is not an origin among those of --origin, --page and
// --refuse.
func (p *pageFlags) checkOrigins(allow, refuse []string) error {
	schemes, err := p.registered()
	if err != nil {
		return err
	}
	var wrong []error
	for i, o := range slices.Concat(allow, refuse) {
		flag := "--origin"
		if i >= len(allow) {
			flag = "--refuse"
		}
		if _, err := schemes.ParseOrigin(o); err != nil && o != "null" {
			wrong = append(wrong, fmt.Errorf("%s: %s", flag, originProblem(err)))
		}
	}
	return errors.Join(wrong...)
}

func (d *draftFlags) fromOpenAPI(stdin io.Reader, o *draft.OpenAPIOptions) (*draft.Draft, error) {
	if d.openAPI == "-" {
		return draft.OpenAPI("standard input", stdin, o)
	}
	f, err := os.Open(d.openAPI)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return draft.OpenAPI(d.openAPI, f, o)
}
