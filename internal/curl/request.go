package curl

import (
	"fmt"
	"path"
	"strings"

	"github.com/spf13/pflag"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/safelist"
)

// A Request is what curl's flags ask for: those that a page's request can have.
// Both browsercors fetch and check have them.
type Request struct {
	Head bool // -I

	method  string
	headers headerFlag
	data    []datum
	form    []formPart
	upload  string
	get     bool
	query   []datum
	bytes   string // --range
	bearer  string

	readFile func(name string) ([]byte, error)
}

// Add adds the flags to a set. The files that their values name are read by a
// function, which takes "-" for standard input.
func (r *Request) Add(flags *pflag.FlagSet, readFile func(name string) ([]byte, error)) {
	r.readFile, r.headers.readFile = readFile, readFile
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
	flags.BoolVarP(&r.Head, "head", "I", false, "send a HEAD request")
	flags.Var(dataFlag{&r.query, dataURLEncode, "--url-query"}, "url-query", "add this to the query of the URL, encoded as with --data-urlencode; +content is added unchanged")
	flags.StringVarP(&r.bytes, "range", "r", "", "request this `range` of bytes, such as 0-99")
	flags.StringVar(&r.bearer, "oauth2-bearer", "", "send this `token` as Authorization: Bearer")
	flags.Var(dataFlag{&r.data, dataText, "--data-ascii"}, "data-ascii", "the same as --data")
	flags.Lookup("data-ascii").Hidden = true
}

// Check refuses flags that ask for several requests at once.
func (r *Request) Check() error {
	var kinds []string
	if r.Head && !r.get {
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

// Method is the method given, or curl's; "" is GET.
func (r *Request) Method() string {
	switch {
	case r.method != "":
		return r.method
	case r.Head:
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

// A Body is what the flags send, with the type that it brings; "" is none.
type Body struct {
	Bytes       []byte
	ContentType string
}

// Body is the body given; nil if there is none.
func (r *Request) Body() (*Body, error) {
	body := new(Body)
	var err error
	switch {
	case len(r.form) > 0:
		body.Bytes, body.ContentType, err = encodeForm(r.form, r.readFile)
	case r.upload != "":
		if body.Bytes, err = r.readFile(r.upload); err != nil {
			return nil, fmt.Errorf("--upload-file: %w", err)
		}
		return body, nil
	case len(r.data) > 0 && !r.get:
		body.ContentType = "application/x-www-form-urlencoded"
		body.Bytes, err = joinData(r.data, r.readFile)
	default:
		return nil, nil
	}
	if r.headers.noContentType || r.json() { // which adds a header instead
		body.ContentType = ""
	}
	return body, err
}

// json tells whether --json is among the data.
func (r *Request) json() bool {
	for _, d := range r.data {
		if d.kind == dataJSON {
			return true
		}
	}
	return false
}

// Headers are the headers given, and those that other flags bring if -H
// neither sets nor removes them.
func (r *Request) Headers() fetch.HeaderList {
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

// URL is the target with what flags add to it.
func (r *Request) URL(target string) (string, error) {
	var parts []string
	if r.get {
		data, err := joinData(r.data, r.readFile)
		if err != nil {
			return "", err
		}
		parts = append(parts, string(data))
	}
	for _, d := range r.query {
		if raw, ok := strings.CutPrefix(d.value, "+"); ok {
			d.kind, d.value = dataRaw, raw
		}
		part, err := d.read(r.readFile)
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

// A headerFlag is -H: headers in the forms that curl accepts.
type headerFlag struct {
	list          fetch.HeaderList
	removed       fetch.HeaderList // of "Name:", which keeps curl from sending its own header
	noContentType bool             // Content-Type is among the removed headers
	readFile      func(name string) ([]byte, error)
}

func (h *headerFlag) String() string { return "" }
func (h *headerFlag) Type() string   { return `"name: value"` }

func (h *headerFlag) Set(s string) error {
	name, ok := strings.CutPrefix(s, "@")
	if !ok {
		return h.add(s)
	}
	content, err := h.readFile(name)
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
			name, _, _ = strings.Cut(s, " ") // the rest may be secret
			return fmt.Errorf(`%.40q: a header is "name: value", or "name;" for an empty value`, name)
		}
	}
	value = grammar.NormalizeHeaderValue(value)
	switch {
	case !grammar.IsHeaderName(name):
		return fmt.Errorf("%q: %s", name, fetch.InvalidHeaderName.Rule())
	case !grammar.IsHeaderValue(value):
		return fmt.Errorf("%q: %s", text.RedactHeader(name, value), fetch.InvalidHeaderValue.Rule())
	case value == "" && colon:
		h.removed.Append(name, "")
		h.noContentType = h.noContentType || fold.Equal(name, "Content-Type")
	default:
		h.list.Append(name, value)
	}
	return nil
}

// A dataFlag is one of the flags that add data to the body.
type dataFlag struct {
	data *[]datum
	kind dataKind
	flag string
}

// A dataKind is how a flag reads its value.
type dataKind uint8

const (
	dataText      dataKind = iota // @file without line breaks and NULs
	dataBinary                    // @file unchanged
	dataRaw                       // @ has no meaning
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

// joinData reads the data and joins it as curl does.
func joinData(data []datum, readFile func(name string) ([]byte, error)) ([]byte, error) {
	var body []byte
	for i, d := range data {
		if i > 0 && d.kind != dataJSON {
			body = append(body, '&')
		}
		part, err := d.read(readFile)
		if err != nil {
			return nil, err
		}
		body = append(body, part...)
	}
	return body, nil
}

func (d datum) read(readFile func(name string) ([]byte, error)) ([]byte, error) {
	if d.kind == dataURLEncode {
		return d.readEncoded(readFile)
	}
	name, ok := strings.CutPrefix(d.value, "@")
	if !ok || d.kind == dataRaw {
		return []byte(d.value), nil
	}
	content, err := readFile(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", d.flag, err)
	}
	if d.kind == dataText {
		content = []byte(strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(string(content)))
	}
	return content, nil
}

// readEncoded is a value of --data-urlencode. The name in it is encoded already.
func (d datum) readEncoded(readFile func(name string) ([]byte, error)) ([]byte, error) {
	name, content, ok := strings.Cut(d.value, "=")
	if !ok {
		var file string
		if name, file, ok = strings.Cut(d.value, "@"); ok {
			read, err := readFile(file)
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

// urlEncode percent-encodes all characters except the unreserved ones, and writes a space
// as "+".
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
