package main

import (
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/safelist"
)

// requestFlags say what is asked for, in curl's words. Both browsercors fetch and
// check have them.
type requestFlags struct {
	method  string
	headers headerFlag
	data    []datum
	form    []formPart
	upload  string
	get     bool
	head    bool
	query   []datum
	bytes   string // --range
	bearer  string
}

// add adds the flags to a set. A header file named "-" is read from the command's
// standard input.
func (r *requestFlags) add(cmd *cobra.Command, flags *pflag.FlagSet) {
	r.headers.stdin = cmd.InOrStdin
	flags.StringVarP(&r.method, "request", "X", "", "`method` (default GET, or POST with a body)")
	flags.VarP(&r.headers, "header", "H", "`header`, such as \"name: value\", or \"name;\" for an empty value; @file reads headers from a file, one per line; may be repeated")
	flags.VarP(dataFlag{&r.data, dataText, "--data"}, "data", "d", "body; @file reads the body from a file and strips newlines; repeated -d are joined with &")
	flags.Var(dataFlag{&r.data, dataRaw, "--data-raw"}, "data-raw", "like --data, but @ has no meaning")
	flags.Var(dataFlag{&r.data, dataBinary, "--data-binary"}, "data-binary", "like --data, but @file is sent unchanged")
	flags.Var(dataFlag{&r.data, dataURLEncode, "--data-urlencode"}, "data-urlencode", "like --data, URL-encoded: content, name=content, @file or name@file")
	flags.Var(dataFlag{&r.data, dataJSON, "--json"}, "json", "like --data-binary, with Content-Type and Accept: application/json; repeated flags are joined")
	flags.VarP(formFlag{&r.form, false}, "form", "F", "field of a multipart/form-data body: name=content, name=@file or name=<file; may be repeated")
	flags.Var(formFlag{&r.form, true}, "form-string", "like --form, but @, < and ; have no meaning")
	flags.StringVarP(&r.upload, "upload-file", "T", "", "send this `file` in a PUT request; - is standard input")
	flags.BoolVarP(&r.get, "get", "G", false, "send the data in the query of the URL instead of a body")
	flags.BoolVarP(&r.head, "head", "I", false, "send a HEAD request")
	flags.Var(dataFlag{&r.query, dataURLEncode, "--url-query"}, "url-query", "add this to the query of the URL, encoded as with --data-urlencode; +content is added unchanged")
	flags.StringVarP(&r.bytes, "range", "r", "", "request this `range` of bytes, such as 0-99")
	flags.StringVar(&r.bearer, "oauth2-bearer", "", "send this `token` as Authorization: Bearer")
	flags.Var(dataFlag{&r.data, dataText, "--data-ascii"}, "data-ascii", "the same as --data")
	hide(flags, "data-ascii")
}

// hide leaves flags out of the help.
func hide(flags *pflag.FlagSet, names ...string) {
	for _, name := range names {
		flags.Lookup(name).Hidden = true
	}
}

// addCredentials adds the flag for a credentials mode.
func addCredentials(flags *pflag.FlagSet, mode *credentials.Mode) {
	addEnum(flags, mode, "credentials", "credentials mode; include is withCredentials of XMLHttpRequest",
		credentials.SameOrigin, credentials.Include, credentials.Omit)
}

// check refuses flags that ask for several requests at once.
func (r *requestFlags) check() error {
	var kinds []string
	if r.head && !r.get {
		kinds = append(kinds, "--head")
	}
	if len(r.data) > 0 && !r.get {
		kinds = append(kinds, r.data[0].flag)
	}
	if len(r.form) > 0 {
		kinds = append(kinds, "--form")
	}
	if r.upload != "" {
		kinds = append(kinds, "--upload-file")
	}
	if r.get && len(r.form) > 0 {
		kinds = append(kinds, "--get")
	}
	if len(kinds) > 1 {
		return fmt.Errorf("%s exclude each other: each asks for another request", text.List(kinds))
	}
	return nil
}

// effectiveMethod is the method given, or curl's; "" is GET.
func (r *requestFlags) effectiveMethod() string {
	switch {
	case r.method != "":
		return r.method
	case r.head:
		return "HEAD"
	case r.get:
		return ""
	case r.upload != "":
		return "PUT"
	case len(r.data) > 0, len(r.form) > 0:
		return "POST"
	}
	return ""
}

// A requestBody is what the flags send, with the type that it brings; "" is none.
type requestBody struct {
	bytes       []byte
	contentType string
}

// body is the body given; nil if there is none.
func (r *requestFlags) body(stdin io.Reader) (*requestBody, error) {
	body := new(requestBody)
	var err error
	switch {
	case len(r.form) > 0:
		body.bytes, body.contentType, err = encodeForm(r.form, stdin)
	case r.upload != "":
		if body.bytes, err = readInput(r.upload, stdin); err != nil {
			return nil, fmt.Errorf("--upload-file: %w", err)
		}
		return body, nil
	case len(r.data) > 0 && !r.get:
		body.contentType = "application/x-www-form-urlencoded"
		body.bytes, err = joinData(r.data, stdin)
	default:
		return nil, nil
	}
	if r.headers.noContentType || r.json() { // which brings a header
		body.contentType = ""
	}
	return body, err
}

// json tells whether --json is among the data.
func (r *requestFlags) json() bool {
	for _, d := range r.data {
		if d.kind == dataJSON {
			return true
		}
	}
	return false
}

// headerList are the headers given, and those that other flags bring if -H
// neither sets nor removes them.
func (r *requestFlags) headerList() fetch.HeaderList {
	list := r.headers.list
	bring := func(name, value string) {
		if !list.Contains(name) && !r.headers.removed.Contains(name) {
			list = append(list[:len(list):len(list)], safelist.Header{Name: name, Value: value})
		}
	}
	if r.json() {
		bring("Content-Type", "application/json")
		bring("Accept", "application/json")
	}
	if r.bytes != "" {
		bring("Range", "bytes="+r.bytes)
	}
	if r.bearer != "" {
		bring("Authorization", "Bearer "+r.bearer)
	}
	return list
}

// url is the target with what flags add to it.
func (r *requestFlags) url(target string, stdin io.Reader) (string, error) {
	var parts []string
	if r.get {
		data, err := joinData(r.data, stdin)
		if err != nil {
			return "", err
		}
		parts = append(parts, string(data))
	}
	for _, d := range r.query {
		if raw, ok := strings.CutPrefix(d.value, "+"); ok {
			d.kind, d.value = dataRaw, raw
		}
		part, err := d.read(stdin)
		if err != nil {
			return "", err
		}
		parts = append(parts, string(part))
	}
	target, fragment, hasFragment := strings.Cut(target, "#")
	if r.upload != "" && r.upload != "-" && strings.HasSuffix(target, "/") {
		target += path.Base(r.upload)
	}
	for _, part := range parts {
		switch {
		case part == "":
			continue
		case !strings.Contains(target, "?"):
			target += "?"
		case !strings.HasSuffix(target, "?") && !strings.HasSuffix(target, "&"):
			target += "&"
		}
		target += part
	}
	if hasFragment {
		target += "#" + fragment
	}
	return target, nil
}

// readInput reads a file, or standard input for "-".
func readInput(name string, stdin io.Reader) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(stdin)
	}
	return os.ReadFile(name)
}

// headerFlag is -H: headers in curl's forms.
type headerFlag struct {
	list          fetch.HeaderList
	removed       fetch.HeaderList // "Name:" keeps curl from sending its own
	noContentType bool             // one of them is the type that a body brings
	stdin         func() io.Reader
}

func (h *headerFlag) String() string { return "" }
func (h *headerFlag) Type() string   { return `"name: value"` }

func (h *headerFlag) Set(s string) error {
	name, ok := strings.CutPrefix(s, "@")
	if !ok {
		return h.add(s)
	}
	content, err := readInput(name, h.stdin())
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(content)) {
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			continue
		}
		if err := h.add(line); err != nil {
			return err
		}
	}
	return nil
}

func (h *headerFlag) add(s string) error {
	name, value, colon := strings.Cut(s, ":")
	if !colon {
		var semicolon bool
		if name, semicolon = strings.CutSuffix(s, ";"); !semicolon {
			name, _, _ = strings.Cut(s, " ") // what follows may be secret
			return fmt.Errorf(`%.40q: a header is "name: value", or "name;" for an empty value`, name)
		}
	}
	value = safelist.NormalizeHeaderValue(value)
	switch {
	case !safelist.IsHeaderName(name):
		return fmt.Errorf("%q: %s", name, fetch.InvalidHeaderName.Rule())
	case !safelist.IsHeaderValue(value):
		return fmt.Errorf("%q: %s", text.RedactHeader(name, value), fetch.InvalidHeaderValue.Rule())
	case value == "" && colon:
		h.removed.Append(name, "")
		h.noContentType = h.noContentType || safelist.EqualFold(name, "Content-Type")
	default:
		h.list.Append(name, value)
	}
	return nil
}

// dataFlag is one of the flags that add to the same data.
type dataFlag struct {
	data *[]datum
	kind dataKind
	flag string
}

// A dataKind is how a flag reads its value.
type dataKind uint8

const (
	dataText      dataKind = iota // @ is a file, less its line breaks and NULs
	dataBinary                    // @ is a file
	dataRaw                       // @ is an @
	dataURLEncode                 // content, =content, name=content, @file or name@file
	dataJSON                      // like dataBinary, and joined without a separator
)

type datum struct {
	kind  dataKind
	value string
	flag  string
}

func (d dataFlag) String() string { return "" }
func (d dataFlag) Type() string   { return "data" }

func (d dataFlag) Set(s string) error {
	*d.data = append(*d.data, datum{d.kind, s, d.flag})
	return nil
}

// joinData is the data given, read and joined as curl does.
func joinData(data []datum, stdin io.Reader) ([]byte, error) {
	var body []byte
	for i, d := range data {
		if i > 0 && d.kind != dataJSON {
			body = append(body, '&')
		}
		part, err := d.read(stdin)
		if err != nil {
			return nil, err
		}
		body = append(body, part...)
	}
	return body, nil
}

func (d datum) read(stdin io.Reader) ([]byte, error) {
	if d.kind == dataURLEncode {
		return d.readEncoded(stdin)
	}
	name, ok := strings.CutPrefix(d.value, "@")
	if !ok || d.kind == dataRaw {
		return []byte(d.value), nil
	}
	content, err := readInput(name, stdin)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", d.flag, err)
	}
	if d.kind == dataText {
		content = []byte(strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(string(content)))
	}
	return content, nil
}

// readEncoded is a value of --data-urlencode. The name in it is encoded already.
func (d datum) readEncoded(stdin io.Reader) ([]byte, error) {
	name, content, ok := strings.Cut(d.value, "=")
	if !ok {
		var file string
		if name, file, ok = strings.Cut(d.value, "@"); ok {
			read, err := readInput(file, stdin)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", d.flag, err)
			}
			content = string(read)
		} else {
			name, content = "", d.value
		}
	}
	if name != "" {
		name += "="
	}
	return append([]byte(name), urlEncode(content)...), nil
}

// urlEncode percent-encodes all but the unreserved characters, a space being "+".
//
// https://www.rfc-editor.org/rfc/rfc3986#section-2.3
func urlEncode(s string) string {
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~", c) >= 0:
			b.WriteByte(c)
		case c == ' ':
			b.WriteByte('+')
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
