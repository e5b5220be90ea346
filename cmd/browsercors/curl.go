package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/safelist"
)

// The flags that browsercors fetch and check have from curl, and their values.

// requestFlags say what is asked.
type requestFlags struct {
	method  string
	headers headerFlag
	data    []datum
}

func (r *requestFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVarP(&r.method, "request", "X", "", "method; GET, or POST with -d, unless given")
	flags.VarP(&r.headers, "header", "H", `header; "name;" has an empty value, may be repeated`)
	flags.VarP(dataFlag{&r.data, dataText}, "data", "d", "body, @file reads it less line breaks, several are joined by &; see above")
	flags.Var(dataFlag{&r.data, dataRaw}, "data-raw", "like --data, but @ has no meaning")
	flags.Var(dataFlag{&r.data, dataBinary}, "data-binary", "like --data, but @file is sent as it is")
}

// effectiveMethod is the method given, or curl's; "" is GET.
func (r *requestFlags) effectiveMethod() string {
	if r.method == "" && r.data != nil {
		return "POST"
	}
	return r.method
}

// body is the data given, and the type that it brings.
func (r *requestFlags) body(stdin io.Reader) (body []byte, contentType string, err error) {
	contentType = "application/x-www-form-urlencoded"
	if r.headers.noContentType {
		contentType = ""
	}
	body, err = joinData(r.data, stdin)
	return body, contentType, err
}

// addCredentials adds the flag for a credentials mode.
func addCredentials(cmd *cobra.Command, mode *credentials.Mode) {
	addEnum(cmd, mode, "credentials", "credentials mode, include being XMLHttpRequest's withCredentials",
		credentials.SameOrigin, credentials.Include, credentials.Omit)
}

// connectionFlags say how a server is reached.
type connectionFlags struct {
	resolve  resolveFlag
	insecure bool
	maxTime  float64
}

func (c *connectionFlags) add(cmd *cobra.Command, maxTime float64, usage string) {
	c.resolve = make(resolveFlag)
	flags := cmd.Flags()
	flags.Var(c.resolve, "resolve", "connect to addr for host and port; host may be *, may be repeated")
	flags.BoolVarP(&c.insecure, "insecure", "k", false, "accept any certificate")
	flags.Float64Var(&c.maxTime, "max-time", maxTime, usage)
}

// patience is what --max-time says.
func (c *connectionFlags) patience() (time.Duration, error) {
	if !(c.maxTime >= 0 && c.maxTime < math.MaxInt32) {
		return 0, fmt.Errorf("--max-time %v is not a number of seconds", c.maxTime)
	}
	return time.Duration(c.maxTime * float64(time.Second)), nil
}

func (c *connectionFlags) transport() *http.Transport { return c.resolve.transport(c.insecure) }

// An enum is the value of a flag that takes one of a few words.
type enum[T ~string] struct {
	value *T
	of    []T
}

func (e enum[T]) String() string { return string(*e.value) }
func (e enum[T]) Type() string   { return "word" }

func (e enum[T]) Set(s string) error {
	for _, word := range e.of {
		if s == string(word) {
			*e.value = word
			return nil
		}
	}
	return fmt.Errorf("it is none of %s", e.words())
}

func (e enum[T]) words() string {
	words := make([]string, len(e.of))
	for i, word := range e.of {
		words[i] = string(word)
	}
	return strings.Join(words, ", ")
}

// addEnum adds a flag that takes one of a few words, the first by default.
func addEnum[T ~string](cmd *cobra.Command, value *T, name, usage string, of ...T) {
	*value = of[0]
	e := enum[T]{value, of}
	cmd.Flags().Var(e, name, usage+": "+e.words())
}

// headerFlag is -H: headers in curl's forms.
type headerFlag struct {
	list          fetch.HeaderList
	noContentType bool // "Content-Type:" takes away the one that -d brings
}

func (h *headerFlag) String() string { return "" }
func (h *headerFlag) Type() string   { return `"name: value"` }

func (h *headerFlag) Set(s string) error {
	name, value, colon := strings.Cut(s, ":")
	if !colon {
		var semicolon bool
		if name, semicolon = strings.CutSuffix(s, ";"); !semicolon {
			return errors.New(`a header is "name: value", or "name;" for an empty value`)
		}
	}
	value = safelist.NormalizeHeaderValue(value)
	switch {
	case !safelist.IsHeaderName(name):
		return fmt.Errorf("%q: %s", name, fetch.InvalidHeaderName.Rule())
	case !safelist.IsHeaderValue(value):
		return fmt.Errorf("%q: %s", text.RedactHeader(name, value), fetch.InvalidHeaderValue.Rule())
	case value == "" && colon: // curl takes away what it would send itself
		h.noContentType = h.noContentType || safelist.EqualFold(name, "Content-Type")
	default:
		h.list.Append(name, value)
	}
	return nil
}

// dataFlag is one of -d, --data-raw and --data-binary, which all add to the
// same data.
type dataFlag struct {
	data *[]datum
	kind dataKind
}

// A dataKind is how a flag reads its value.
type dataKind uint8

const (
	dataText   dataKind = iota // @ is a file, less its line breaks and NULs
	dataBinary                 // @ is a file
	dataRaw                    // @ is an @
)

type datum struct {
	kind  dataKind
	value string
}

func (d dataFlag) String() string { return "" }
func (d dataFlag) Type() string   { return "data" }

func (d dataFlag) Set(s string) error {
	*d.data = append(*d.data, datum{d.kind, s})
	return nil
}

// joinData is the data given, read and joined as curl does.
func joinData(data []datum, stdin io.Reader) ([]byte, error) {
	var body []byte
	for i, d := range data {
		if i > 0 {
			body = append(body, '&')
		}
		part, err := d.read(stdin)
		if err != nil {
			return nil, fmt.Errorf("data %q: %w", d.value, err)
		}
		body = append(body, part...)
	}
	return body, nil
}

func (d datum) read(stdin io.Reader) ([]byte, error) {
	name, ok := strings.CutPrefix(d.value, "@")
	if !ok || d.kind == dataRaw {
		return []byte(d.value), nil
	}
	var content []byte
	var err error
	if name == "-" {
		content, err = io.ReadAll(stdin)
	} else {
		content, err = os.ReadFile(name)
	}
	if d.kind == dataBinary || err != nil {
		return content, err
	}
	return []byte(strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(string(content))), nil
}

// resolveFlag is --resolve: addresses by "host:port", where the host may be
// "*".
type resolveFlag map[string]netip.Addr

func (r resolveFlag) String() string { return "" }
func (r resolveFlag) Type() string   { return "host:port:addr" }

func (r resolveFlag) Set(s string) error {
	host, port, address, ok := cutResolve(s)
	if !ok || host == "" || strings.ContainsAny(host, "[]") {
		return errors.New(`it takes host:port:addr, as in api.example:443:127.0.0.1`)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return fmt.Errorf("%q is not a port", port)
	}
	addr, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(address, "["), "]"))
	if err != nil {
		return fmt.Errorf("%q is not an IP address", address)
	}
	host = strings.ToLower(host)
	if ip, err := netip.ParseAddr(host); err == nil {
		host = ip.String() // as a URL has it
	}
	r[net.JoinHostPort(host, port)] = addr
	return nil
}

// cutResolve cuts at the first two colons behind the host, which may be an
// IPv6 address in brackets.
func cutResolve(s string) (host, port, address string, ok bool) {
	if rest, found := strings.CutPrefix(s, "["); found {
		if host, s, ok = strings.Cut(rest, "]:"); !ok {
			return
		}
	} else if host, s, ok = strings.Cut(s, ":"); !ok {
		return
	}
	port, address, ok = strings.Cut(s, ":")
	return
}

// lookup is the address of "host:port", if there is one.
func (r resolveFlag) lookup(hostport string) (string, bool) {
	_, port, err := net.SplitHostPort(hostport)
	if err != nil {
		return "", false
	}
	for _, key := range [...]string{hostport, net.JoinHostPort("*", port)} {
		if addr, ok := r[key]; ok {
			return net.JoinHostPort(addr.String(), port), true
		}
	}
	return "", false
}

// transport is one that goes where r says, past any proxy.
func (r resolveFlag) transport(insecure bool) *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	if insecure {
		if t.TLSClientConfig == nil {
			t.TLSClientConfig = new(tls.Config)
		}
		t.TLSClientConfig.InsecureSkipVerify = true
	}
	if len(r) == 0 {
		return t
	}
	dial, proxy := t.DialContext, t.Proxy
	t.DialContext = func(ctx context.Context, network, hostport string) (net.Conn, error) {
		if to, ok := r.lookup(hostport); ok {
			hostport = to
		}
		return dial(ctx, network, hostport)
	}
	t.Proxy = func(req *http.Request) (*url.URL, error) {
		if _, ok := r.lookup(net.JoinHostPort(req.URL.Hostname(), portOf(req.URL))); ok {
			return nil, nil
		}
		return proxy(req)
	}
	return t
}

// portOf is a URL's port, also where it is the scheme's own.
func portOf(u *url.URL) string {
	switch port := u.Port(); {
	case port != "":
		return port
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}
