package main

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
)

// credentialFlags hold the credentials of the browser's user. The flags are curl's.
type credentialFlags struct {
	jarFile   string
	jarFormat string
	cookies   []string
	user      string
	cert, key string

	jar   *credentials.CookieJar
	notes []string // notes for the user, such as mistakes in cookie files
}

func (c *credentialFlags) add(flags *pflag.FlagSet) {
	flags.StringVarP(&c.jarFile, "cookie-jar", "c", "", "load cookies from this `file` if it exists, and save them to it at the end, in the format that it has; a new file is JSON if its name ends in .json, otherwise cookies.txt; - prints them")
	addEnum(flags, &c.jarFormat, "cookie-jar-format", "format in which --cookie-jar saves", jarFormats...)
	flags.StringArrayVarP(&c.cookies, "cookie", "b", nil, "`cookies` that the browser has for the URL, such as \"a=1; b=2\"; a value without = names a file to load; may be repeated")
	flags.StringVarP(&c.user, "user", "u", "", "`name:password` that the browser has for the server of the URL")
	flags.StringVarP(&c.cert, "cert", "E", "", "PEM `file` with the TLS client certificate for the server of the URL, and with its key unless --key names another file")
	flags.StringVar(&c.key, "key", "", "PEM `file` with the private key of --cert")
}

// jarFormats are the formats of --cookie-jar-format. The first is that of the file.
var jarFormats = []string{"auto", "json", "cookies.txt", "playwright", "puppeteer", "devtools", "cookie-editor", "editthiscookie", "selenium"}

// apply reads the files, and puts the credentials into the options of the agent and into
// the transport.
func (c *credentialFlags) apply(target string, o *fetch.Options, transport *fetch.HTTPTransport, stdin io.Reader) error {
	u, err := origin.ParseURL(target)
	if err != nil {
		return err
	}
	c.jar = credentials.NewCookieJar(&credentials.CookieJarOptions{Rules: o.Profile.Credentials.Cookies, PublicSuffixes: o.PublicSuffixes})
	o.Cookies = c.jar
	if c.jarFile != "" && c.jarFile != "-" {
		if err := c.load(c.jarFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("--cookie-jar: %w", err)
		}
	}
	for _, cookies := range c.cookies {
		if err := c.hold(u, cookies, stdin); err != nil {
			return fmt.Errorf("-b: %w", err)
		}
	}
	if c.user != "" {
		if o.Authentication, err = keyringFor(u, c.user); err != nil {
			return fmt.Errorf("-u: %w", err)
		}
	}
	if c.cert != "" || c.key != "" {
		certificate, err := credentials.LoadCertificate(c.cert, c.key)
		if err != nil {
			if name, _, found := cutLast(c.cert, ":"); found && fileExists(name) && !fileExists(c.cert) {
				return fmt.Errorf("--cert %q: a password after the file's name is not supported; unlock the key with `openssl pkey`", name+":...")
			}
			return err
		}
		if u.Scheme() != "https" {
			return fmt.Errorf("--cert %q: a client certificate needs an https: URL, not %s", c.cert, u)
		}
		transport.Certificates = credentials.StaticCertificates(map[origin.Origin]tls.Certificate{u.Origin(): certificate})
	}
	return nil
}

// load loads cookies from a file. If saving the jar would lose a part of the file that is
// wrong, or that a jar cannot hold, load copies the file.
func (c *credentialFlags) load(name string) error {
	report, err := c.jar.LoadFile(name, nil)
	var wrong *credentials.CookieFileError
	var unread *fs.PathError
	if err != nil && (!errors.As(err, &wrong) || errors.As(err, &unread)) {
		return err
	}
	if report.Recognised != "" {
		note := fmt.Sprintf("%s: the format %s was recognised", name, report.Recognised)
		if name == c.jarFile && c.jarFormat == jarFormats[0] {
			c.jarFormat = report.Recognised
			note += ", and will be used to save"
		}
		c.notes = append(c.notes, note)
	}
	if report.Storage > 0 {
		c.notes = append(c.notes, fmt.Sprintf("%s: the local storage of %s is left out: only cookies are read", name, text.Plural(report.Storage, "origin")))
	}
	if err != nil {
		for _, err := range joined(err) {
			c.notes = append(c.notes, text.Problem(err))
		}
	}
	if name == c.jarFile && (err != nil || report.Storage > 0) {
		return c.keep(name)
	}
	return nil
}

// keep copies a file that saving will overwrite.
func (c *credentialFlags) keep(name string) error {
	kept := name + ".bad"
	content, err := os.ReadFile(name)
	if err == nil {
		_ = os.Remove(kept) // an old file may be readable by others, or be a link
		err = os.WriteFile(kept, content, 0o600)
	}
	if err != nil {
		return err
	}
	c.notes = append(c.notes, fmt.Sprintf("the file was copied to %s; the cookies that could be read will be saved to %s", kept, name))
	return nil
}

// formatFlag is the format that --cookie-jar-format or a file that was loaded demands, or "".
func (c *credentialFlags) formatFlag() string {
	if c.jarFormat == jarFormats[0] {
		return ""
	}
	return c.jarFormat
}

// hold stores the cookies of a -b in the jar: session cookies of the URL's host, for all
// paths, without SameSite, as if a page of that host had set them.
func (c *credentialFlags) hold(u *origin.URL, cookies string, stdin io.Reader) error {
	switch {
	case cookies == "-":
		return c.read(stdin)
	case !strings.Contains(cookies, "=") && cookies != "":
		return c.load(cookies)
	}
	r := &credentials.CookieRequest{
		URL: u, Method: "GET", SameSite: "strict-or-less",
		TopLevel: u.Origin(), Partition: origin.PartitionKey{Site: u.Origin().Site(nil)},
	}
	for cookie := range strings.SplitSeq(cookies, ";") {
		if strings.TrimSpace(cookie) == "" {
			continue
		}
		line := cookie + "; Path=/"
		if u.Scheme() == "https" {
			line += "; Secure"
		}
		if refusal := c.jar.SetCookie(r, line); refusal != "" {
			return fmt.Errorf("cookie %q: %s", text.RedactHeader("Cookie", strings.TrimSpace(cookie)), refusal.Rule())
		}
	}
	return nil
}

// read reads cookies from standard input: JSON, or cookies.txt.
func (c *credentialFlags) read(stdin io.Reader) error {
	in := bufio.NewReader(stdin)
	format := "cookies.txt"
	if start, _ := in.Peek(64); strings.IndexAny(strings.TrimLeft(string(start), "\ufeff \t\r\n"), "[{") == 0 {
		format = ""
	}
	report, err := c.jar.Load(in, &credentials.CookieFileOptions{Format: format})
	if report.Recognised != "" {
		c.notes = append(c.notes, fmt.Sprintf("standard input: the format %s was recognised", report.Recognised))
	}
	return err
}

// keyringFor returns a keyring with an account for the server of a URL. The keyring
// answers challenges of that server.
func keyringFor(u *origin.URL, user string) (*credentials.Keyring, error) {
	name, password, ok := strings.Cut(user, ":")
	if !ok {
		return nil, errors.New("the value has no colon, want name:password")
	}
	keys := credentials.NewKeyring(&credentials.KeyringOptions{Prompt: func(_ context.Context, p credentials.PromptRequest) (string, string, bool) {
		return name, password, !p.Proxy && p.URL.Origin().SameOrigin(u.Origin())
	}})
	root, err := (*origin.Schemes)(nil).ParseURL("/", u)
	if err != nil || !u.IsHTTP() {
		return nil, fmt.Errorf("a password needs an http: or https: URL, not %s", u)
	}
	return keys, keys.Add(root, credentials.AuthenticationEntry{Username: name, Password: password})
}

// unsent returns a note if the request does not include the credentials of the flags;
// otherwise "".
func (c *credentialFlags) unsent(page origin.Origin, r *fetch.Request) string {
	var flags []string
	if len(c.cookies) > 0 {
		flags = append(flags, "-b")
	}
	if c.user != "" {
		flags = append(flags, "-u")
	}
	if c.cert != "" {
		flags = append(flags, "--cert")
	}
	u, err := origin.ParseURL(r.URL)
	if len(flags) == 0 || err != nil || r.Credentials.Include(page.SameOrigin(u.Origin())) {
		return ""
	}
	why := "credentials mode " + r.Credentials.String()
	if r.Credentials != credentials.Omit {
		why += " in a cross-origin request"
	}
	return fmt.Sprintf("%s: not sent, because of %s; see --credentials", strings.Join(flags, ", "), why)
}

// noteUnanswered adds a note for each challenge that -u does not answer.
func (c *credentialFlags) noteUnanswered(t *fetch.Trace) {
	t.Challenged = func(_ fetch.RequestInfo, resp fetch.ResponseInfo, err error) {
		if err != nil {
			c.notes = append(c.notes, fmt.Sprintf("-u: %d: %s", resp.Status, text.Problem(err)))
		}
	}
}

// save saves the cookies to the file of -c, if there is one.
func (c *credentialFlags) save() error {
	if c.jarFile == "" || c.jarFile == "-" {
		return nil
	}
	report, err := c.jar.SaveFile(c.jarFile, &credentials.CookieFileOptions{Format: c.formatFlag()})
	if err != nil {
		return fmt.Errorf("--cookie-jar: %w", err)
	}
	if lost := report.Partitioned + report.Unwritable; lost > 0 {
		c.notes = append(c.notes, fmt.Sprintf("%s lacks %s that %s can't hold, in a partition or with bytes that it does not have; --cookie-jar-format json keeps all",
			c.jarFile, text.Plural(lost, "cookie"), cmp.Or(c.formatFlag(), "cookies.txt")))
	}
	return nil
}

// printCookies prints the cookies, for "-c -".
func (c *credentialFlags) printCookies(out io.Writer) error {
	if c.jarFile != "-" {
		return nil
	}
	_, err := c.jar.Save(out, &credentials.CookieFileOptions{Format: cmp.Or(c.formatFlag(), "cookies.txt")})
	return err
}

// fileExists tells whether there is a file of a name.
func fileExists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// cutLast cuts at the last separator.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
