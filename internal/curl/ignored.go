package curl

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// An Ignored is a flag that curl has and that means nothing to a page's request: it
// is accepted, so that a command line from a ticket runs.
type Ignored struct {
	Name, Short string
	value       bool   // it takes one
	why         string // what happens instead
	kind        ignoredKind
}

// An ignoredKind is how much an ignored flag matters.
type ignoredKind uint8

const (
	ignoredQuietly ignoredKind = iota // the user misses nothing: a note with -v only
	ignoredAloud                      // the user may miss something: always a note
	notSupported                      // the request would be a different one: an error
)

// Texts that several flags share.
const (
	noProgress  = "no progress is shown"
	followed    = "browsers follow redirects; see --redirect"
	negotiated  = "the protocol and the compression are negotiated, as in a browser"
	notInPages  = "browsers do not do this for a page"
	ownTLS      = "TLS is set up as Go's defaults say"
	notPrinted  = "this output is not supported"
	notRetried  = "browsers do not retry"
	ownPassword = "a browser answers the server's challenge by itself; see --user"
)

// ignored are the flags of curl that mean nothing here.
var ignored = []Ignored{
	{"silent", "s", false, noProgress, ignoredQuietly},
	{"show-error", "S", false, "errors are always shown", ignoredQuietly},
	{"progress-bar", "#", false, noProgress, ignoredQuietly},
	{"no-progress-meter", "", false, noProgress, ignoredQuietly},
	{"styled-output", "", false, noProgress, ignoredQuietly},
	{"no-buffer", "N", false, "the body is printed as it arrives", ignoredQuietly},
	{"stderr", "", true, notPrinted, ignoredAloud},
	{"write-out", "w", true, notPrinted, ignoredAloud},
	{"trace", "", true, notPrinted + "; see --verbose", ignoredAloud},
	{"trace-ascii", "", true, notPrinted + "; see --verbose", ignoredAloud},
	{"trace-time", "", false, notPrinted + "; see --verbose", ignoredQuietly},
	{"trace-ids", "", false, notPrinted + "; see --verbose", ignoredQuietly},
	{"suppress-connect-headers", "", false, notPrinted, ignoredQuietly},

	{"location", "L", false, followed, ignoredQuietly},
	{"location-trusted", "", false, followed, ignoredQuietly},
	{"follow", "", false, followed, ignoredQuietly},
	{"max-redirs", "", true, "browsers follow 20 redirects", ignoredQuietly},
	{"post301", "", false, "browsers change the method", ignoredAloud},
	{"post302", "", false, "browsers change the method", ignoredAloud},
	{"post303", "", false, "browsers change the method", ignoredAloud},

	{"compressed", "", false, negotiated, ignoredQuietly},
	{"tr-encoding", "", false, negotiated, ignoredQuietly},
	{"raw", "", false, negotiated, ignoredQuietly},
	{"http0.9", "", false, negotiated, ignoredQuietly},
	{"http1.0", "0", false, negotiated, ignoredQuietly},
	{"http2", "", false, negotiated, ignoredQuietly},
	{"http2-prior-knowledge", "", false, negotiated, ignoredQuietly},
	{"http3", "", false, negotiated, ignoredQuietly},
	{"http3-only", "", false, negotiated, ignoredQuietly},
	{"no-alpn", "", false, negotiated, ignoredQuietly},
	{"no-npn", "", false, negotiated, ignoredQuietly},
	{"alt-svc", "", true, notInPages, ignoredQuietly},
	{"hsts", "", true, notInPages, ignoredQuietly},
	{"expect100-timeout", "", true, notInPages, ignoredQuietly},
	{"ignore-content-length", "", false, notInPages, ignoredQuietly},
	{"path-as-is", "", false, "a browser's URL parser removes dot segments", ignoredAloud},
	{"globoff", "g", false, "brackets and braces in a URL have no meaning here", ignoredQuietly},
	{"disallow-username-in-url", "", false, "browsers refuse it as well", ignoredQuietly},
	{"proto", "", true, notInPages, ignoredQuietly},
	{"proto-default", "", true, notInPages, ignoredQuietly},
	{"proto-redir", "", true, notInPages, ignoredQuietly},
	{"junk-session-cookies", "j", false, "session cookies of a file are kept", ignoredAloud},
	{"crlf", "", false, notInPages, ignoredAloud},

	{"retry", "", true, notRetried, ignoredQuietly},
	{"retry-all-errors", "", false, notRetried, ignoredQuietly},
	{"retry-connrefused", "", false, notRetried, ignoredQuietly},
	{"retry-delay", "", true, notRetried, ignoredQuietly},
	{"retry-max-time", "", true, notRetried, ignoredQuietly},
	{"limit-rate", "", true, notInPages, ignoredQuietly},
	{"max-filesize", "", true, notInPages, ignoredQuietly},
	{"speed-limit", "Y", true, notInPages, ignoredQuietly},
	{"speed-time", "y", true, notInPages, ignoredQuietly},
	{"rate", "", true, notInPages, ignoredQuietly},
	{"parallel", "Z", false, "fetch sends one request", ignoredQuietly},
	{"parallel-immediate", "", false, "fetch sends one request", ignoredQuietly},
	{"parallel-max", "", true, "fetch sends one request", ignoredQuietly},
	{"fail-early", "", false, "fetch sends one request", ignoredQuietly},

	{"netrc", "n", false, "browsers do not read .netrc; see --user", ignoredAloud},
	{"netrc-optional", "", false, "browsers do not read .netrc; see --user", ignoredAloud},
	{"netrc-file", "", true, "browsers do not read .netrc; see --user", ignoredAloud},
	{"basic", "", false, ownPassword, ignoredQuietly},
	{"digest", "", false, ownPassword, ignoredQuietly},
	{"anyauth", "", false, ownPassword, ignoredQuietly},
	{"ntlm", "", false, "NTLM is not supported", ignoredAloud},
	{"negotiate", "", false, "Negotiate is not supported", ignoredAloud},
	{"aws-sigv4", "", true, "the request is not signed", ignoredAloud},
	{"proxy-basic", "", false, ownPassword, ignoredQuietly},
	{"proxy-digest", "", false, ownPassword, ignoredQuietly},
	{"proxy-anyauth", "", false, ownPassword, ignoredQuietly},
	{"proxytunnel", "p", false, "only requests for https: URLs are tunnelled, as in a browser", ignoredQuietly},
	{"proxy-insecure", "", false, "see --insecure", ignoredAloud},

	{"tlsv1", "1", false, ownTLS, ignoredQuietly},
	{"tlsv1.0", "", false, ownTLS, ignoredQuietly},
	{"tlsv1.1", "", false, ownTLS, ignoredQuietly},
	{"tlsv1.2", "", false, ownTLS, ignoredQuietly},
	{"tlsv1.3", "", false, ownTLS, ignoredQuietly},
	{"tls-max", "", true, ownTLS, ignoredQuietly},
	{"tls13-ciphers", "", true, ownTLS, ignoredQuietly},
	{"ciphers", "", true, ownTLS, ignoredQuietly},
	{"curves", "", true, ownTLS, ignoredQuietly},
	{"ssl", "", false, ownTLS, ignoredQuietly},
	{"ssl-reqd", "", false, ownTLS, ignoredQuietly},
	{"ssl-no-revoke", "", false, ownTLS, ignoredQuietly},
	{"ssl-revoke-best-effort", "", false, ownTLS, ignoredQuietly},
	{"ssl-allow-beast", "", false, ownTLS, ignoredQuietly},
	{"cert-status", "", false, ownTLS, ignoredQuietly},
	{"cert-type", "", true, "a certificate is a PEM file", ignoredQuietly},
	{"key-type", "", true, "a key is a PEM file", ignoredQuietly},
	{"capath", "", true, "see --cacert", ignoredAloud},
	{"ca-native", "", false, "the system's certificates are used", ignoredQuietly},
	{"pinnedpubkey", "", true, "the server's key is not compared", ignoredAloud},
	{"no-sessionid", "", false, ownTLS, ignoredQuietly},
	{"no-keepalive", "", false, "fetch sends one request", ignoredQuietly},
	{"keepalive-time", "", true, "fetch sends one request", ignoredQuietly},
	{"tcp-nodelay", "", false, notInPages, ignoredQuietly},
	{"tcp-fastopen", "", false, notInPages, ignoredQuietly},
	{"happy-eyeballs-timeout-ms", "", true, notInPages, ignoredQuietly},
	{"dns-servers", "", true, "the system's resolver is used; see --resolve", ignoredAloud},
	{"doh-url", "", true, "the system's resolver is used; see --resolve", ignoredAloud},
	{"interface", "", true, "the system's route is used", ignoredAloud},
	{"local-port", "", true, "the system's route is used", ignoredQuietly},

	{"disable", "q", false, "no .curlrc is read", ignoredQuietly},
	{"remote-header-name", "J", false, "the file is named after the URL", ignoredAloud},
	{"remote-name-all", "", false, "fetch takes one URL; see --remote-name", ignoredAloud},
	{"remote-time", "R", false, "the file gets the current time", ignoredAloud},
	{"no-clobber", "", false, "a file that exists is overwritten", ignoredAloud},
	{"remove-on-error", "", false, "an incomplete file is kept", ignoredAloud},
	{"xattr", "", false, notPrinted, ignoredAloud},
	{"libcurl", "", true, notPrinted, ignoredAloud},

	{"config", "K", true, "give its flags on the command line", notSupported},
	{"next", ":", false, "run fetch once for each request", notSupported},
	{"time-cond", "z", true, "set the header If-Modified-Since", notSupported},
	{"continue-at", "C", true, "see --range", notSupported},
	{"request-target", "", true, "a page can't choose it", notSupported},
	{"socks4", "", true, "see --socks5", notSupported},
	{"socks4a", "", true, "see --socks5-hostname", notSupported},
	{"preproxy", "", true, "see --proxy", notSupported},
	{"proxy-header", "", true, "a page can't set it", notSupported},
	{"pass", "", true, "unlock the key with `openssl pkey`", notSupported},
	{"abstract-unix-socket", "", true, "see --unix-socket", notSupported},
}

// AllIgnored are those flags.
func AllIgnored() []*Ignored {
	var all []*Ignored
	for i := range ignored {
		all = append(all, &ignored[i])
	}
	return all
}

// Ignores is the flag of curl's that a flag of a set stands for; nil if it is one of
// the program's own.
func Ignores(f *pflag.Flag) *Ignored {
	own, _ := f.Value.(ignoredFlag)
	return own.flag
}

// An ignoredFlag is the value of flags that change nothing: it keeps what was
// given.
type ignoredFlag struct {
	flag  *Ignored
	given *[]*Ignored
}

func (c ignoredFlag) String() string { return "" }
func (c ignoredFlag) Type() string   { return "value" }

func (c ignoredFlag) Set(string) error {
	if c.given == nil {
		return nil
	}
	if c.flag.kind == notSupported {
		return fmt.Errorf("this flag of curl is not supported: %s", c.flag.why)
	}
	*c.given = append(*c.given, c.flag)
	return nil
}

// AddIgnored adds curl's flags that mean nothing here, unless the command has a
// flag of that name, and keeps in given those that are used. The help leaves them
// out. If given is nil, a flag that is not supported is not an error.
func AddIgnored(flags *pflag.FlagSet, given *[]*Ignored) {
	for i := range ignored {
		f := &ignored[i]
		add := func(name, short string) {
			if flags.Lookup(name) != nil {
				return
			}
			if short != "" && flags.ShorthandLookup(short) != nil {
				short = ""
			}
			added := flags.VarPF(ignoredFlag{f, given}, name, short, "ignored: "+f.why)
			if added.Hidden = true; !f.value {
				added.NoOptDefVal = "true"
			}
		}
		add(f.Name, f.Short)
		if opposite, ok := strings.CutPrefix(f.Name, "no-"); ok { // curl accepts both forms
			add(opposite, "")
		} else if !f.value {
			add("no-"+f.Name, "")
		}
	}
}

// Notes say of flags that were given what is done instead. Those that the
// user does not miss are left out unless all are asked for.
func Notes(given []*Ignored, all bool) []string {
	var notes []string
	for i, f := range given {
		if slices.Contains(given[:i], f) || f.kind == ignoredQuietly && !all {
			continue
		}
		notes = append(notes, fmt.Sprintf("--%s is ignored: %s", f.Name, f.why))
	}
	return notes
}

// WithoutCurl are arguments without the word curl that stands before a command
// line pasted from elsewhere.
func WithoutCurl(args []string) []string {
	if len(args) > 0 {
		switch path.Base(args[0]) {
		case "curl", "curl.exe":
			return args[1:]
		}
	}
	return args
}
