package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/origin"
)

// The intent of a check is read from a file, or made from a URL and flags.

// needFlags hold what pages need from a request.
type needFlags struct {
	refuse      []string
	credentials credentials.Mode
	read        []string
	reads       string
	cached      time.Duration
	cookies     []string
	readable    bool
	referrer    fetch.ReferrerPolicy
}

func (n *needFlags) add(flags *pflag.FlagSet) {
	flags.StringArrayVar(&n.refuse, "refuse", nil, "`origin` whose pages must not be able to read the response; may be repeated")
	addCredentials(flags, &n.credentials)
	flags.StringArrayVar(&n.read, "read", nil, "`name` of a response header that pages must be able to read; may be repeated")
	flags.StringVar(&n.reads, "expect-type", "", "MIME `type` that the response must have, such as application/json")
	flags.DurationVar(&n.cached, "preflight-cached", 0, "how long a preflight must spare the next one, such as 10m")
	flags.BoolVar(&n.readable, "readable", false, "pages must be able to read what the element loads, such as the pixels of an image")
	addChoice(flags, &n.referrer, "referrer-policy", "referrer policy of the page", "no-referrer", "no-referrer-when-downgrade", "same-origin", "origin",
		"strict-origin", "origin-when-cross-origin", "strict-origin-when-cross-origin", "unsafe-url")
	flags.StringArrayVar(&n.cookies, "set-cookie", nil, "Set-Cookie `line` that the browser received when its user visited the URL; may be repeated")
}

// keys maps the keys of an intent to flags.
var keys = map[string]string{
	"base": "URL", "url": "URL", "refuse": "--refuse", "method": "--request", "headers": "--header", "body": "--data",
	"credentials": "--credentials", "read": "--read", "reads": "--expect-type", "preflightCached": "--preflight-cached",
	"cookies": "--set-cookie", "element": "--as", "api": "--as", "protocols": "--protocol", "integrity": "--integrity", "type": "--type", "crossorigin": "--crossorigin", "readable": "--readable",
}

// byFlags names flags instead of the keys of an intent that was made of flags.
func (c *checkCommand) byFlags(err error) error {
	var all []error
	for _, err := range joined(err) {
		all = append(all, c.byFlag(err))
	}
	return errors.Join(all...)
}

// byFlag is byFlags for a single error.
func (c *checkCommand) byFlag(err error) error {
	input, ok := err.(*audit.Error)
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
	return fmt.Errorf("%s: %s", flag, originProblem(input.Err))
}

// isFile tells whether a target is the file of an intent, and not a URL.
func isFile(target string) bool { return endsIn(target, ".json", ".yaml", ".yml") }

// isArchive tells whether a target is the file of an archive, and not a URL.
func isArchive(target string) bool { return endsIn(target, ".har", ".har.gz") }

// endsIn tells whether a target is not an HTTP(S) URL and has one of the endings.
func endsIn(target string, endings ...string) bool {
	for _, scheme := range []string{"http:", "https:"} {
		if len(target) >= len(scheme) && strings.EqualFold(target[:len(scheme)], scheme) {
			return false
		}
	}
	return slices.ContainsFunc(endings, func(ending string) bool { return strings.HasSuffix(strings.ToLower(target), ending) })
}

// intent reads the intent from a file, or makes it from a URL and the flags, from an
// OpenAPI document or from a preset.
func (c *checkCommand) intent(cmd *cobra.Command, args []string) (*audit.Intent, error) {
	if c.draftFlags.given() {
		return c.draftIntent(cmd, args)
	}
	if len(args) == 1 && c.urls == "" && isFile(args[0]) {
		return c.readIntent(cmd, args[0])
	}
	if c.base != "" {
		return nil, errors.New("--base needs an intent file, not a URL")
	}
	targets, err := c.targets(args)
	if err != nil {
		return nil, err
	}
	return c.intentOf(targets)
}

// Bounds of a list of URLs.
const (
	maxURLs     = 1000
	maxURLBytes = 1 << 20
)

// targets are the URLs of the arguments and of the file of --urls.
func (c *checkCommand) targets(args []string) ([]string, error) {
	targets := args[:len(args):len(args)]
	for _, target := range args {
		if err := checkTarget(target); err != nil {
			if fileExists(target) {
				return nil, fmt.Errorf("%q is a file, but its name does not end in .json, .yaml, .yml (an intent) or .har (an archive); --har takes an archive of any name", target)
			}
			return nil, err
		}
	}
	if c.urls != "" {
		list, err := readInput(c.urls, c.in)
		if err != nil {
			return nil, fmt.Errorf("--urls: %w", err)
		}
		if len(list) > maxURLBytes {
			return nil, fmt.Errorf("--urls: %s has more than %d bytes", c.urls, maxURLBytes)
		}
		n := 0
		for line := range strings.Lines(string(list)) {
			n++
			if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			if err := checkTarget(line); err != nil {
				return nil, fmt.Errorf("--urls: %s:%d: %w", c.urls, n, err)
			}
			targets = append(targets, line)
		}
		if len(targets) == 0 {
			return nil, fmt.Errorf("--urls: %s has no URL", c.urls)
		}
	}
	if len(targets) > maxURLs {
		return nil, fmt.Errorf("got %d URLs, more than %d", len(targets), maxURLs)
	}
	return targets, nil
}

// intentOf makes the intent of URLs that pages request alike.
func (c *checkCommand) intentOf(targets []string) (*audit.Intent, error) {
	at, err := origin.ParseURL(targets[0])
	if err != nil {
		return nil, err
	}
	first, err := c.elementFlags.use(&c.Request, targets[0], c.credentials)
	if err != nil {
		return nil, err
	}
	first.Read, first.Reads, first.PreflightCached, first.Cookies, first.Readable, first.ReferrerPolicy = c.read, c.reads, c.cached, c.cookies, c.readable, c.referrer
	intent := &audit.Intent{Base: targets[0], Refuse: c.refuse, Schemes: c.schemes}
	if at.IsHTTP() {
		intent.Base = at.Origin().String()
	}
	times := make(map[string]int)
	for _, target := range targets {
		use := first // whose body may be that of standard input
		if use.URL, err = c.Request.URL(target); err != nil {
			return nil, err
		}
		if times[use.URL]++; times[use.URL] > 1 { // each use has a name of its own
			use.Name = fmt.Sprintf("%s (%d)", use.String(), times[use.URL])
		}
		intent.Uses = append(intent.Uses, use)
	}
	if intent.Allow, err = c.allOrigins(c.refuse); err != nil {
		return nil, err
	}
	if len(intent.Allow) == 0 && len(c.refuse) == 0 {
		c.assumed = assumedOrigin(at)
		intent.Allow = []string{c.assumed}
	}
	return intent, nil
}

// withDraft are the flags for pages and requests that can be used with an intent that is
// made of something.
var withDraft = []string{"origin", "page", "scheme", "refuse", "header", "set-cookie"}

// draftIntent makes the intent of an OpenAPI document or a preset.
func (c *checkCommand) draftIntent(cmd *cobra.Command, args []string) (*audit.Intent, error) {
	var wrong []string
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if title := groupOf(f); (title == pagesGroup || title == requestGroup || title == elementGroup || f.Name == "base" || f.Name == "urls") && !slices.Contains(withDraft, f.Name) {
			wrong = append(wrong, "--"+f.Name)
		}
	})
	if wrong != nil {
		return nil, fmt.Errorf("%s can't be used with %s; browsercors intent %[2]s writes an intent, which can be changed", strings.Join(wrong, ", "), c.draftFlags.flag())
	}
	allow, err := c.allOrigins(c.refuse)
	if err != nil {
		return nil, err
	}
	if err := c.checkOrigins(allow, c.refuse); err != nil {
		return nil, err
	}
	made, assumed, err := c.draft(c.in, args, allow, c.refuse)
	if err != nil {
		return nil, err
	}
	headers := make(map[string]string)
	given := c.Request.Headers()
	for _, name := range given.Names() {
		headers[name], _ = given.Get(name)
	}
	made.Fill(headers, c.cookies)
	made.Schemes = c.schemes
	c.assumed, c.notes, c.hold = assumed, made.Notes, made.Hold
	return &made.Intent, nil
}

// readIntent reads an intent from a file.
func (c *checkCommand) readIntent(cmd *cobra.Command, file string) (*audit.Intent, error) {
	var wrong []string
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if title := groupOf(f); title == pagesGroup || title == elementGroup || title == requestGroup {
			wrong = append(wrong, "--"+f.Name)
		}
	})
	if wrong != nil {
		return nil, fmt.Errorf("%s can only be used with a URL; change the intent in %s instead", strings.Join(wrong, ", "), file)
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
