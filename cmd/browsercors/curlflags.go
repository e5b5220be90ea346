package main

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// A curlFlag is a flag that curl has and that means nothing to a page's request: it
// is accepted, so that a command line from a ticket runs.
type curlFlag struct {
	name, short string
	value       bool   // it takes one
	why         string // what is done, or not done, instead
	kind        curlKind
}

// A curlKind is how much an ignored flag matters.
type curlKind uint8

const (
	ignoredQuietly curlKind = iota // the user misses nothing: said with -v only
	ignoredAloud                   // the user may miss something: always said
	notSupported                   // without it the request would be another one: an error
)

// What is done instead of what many of the flags ask for.
const (
	noProgress  = "no progress is shown"
	followed    = "browsers follow redirects; see --redirect"
	negotiated  = "the protocol and the compression are negotiated, as in a browser"
	notInPages  = "browsers do not do this for a page"
	ownTLS      = "TLS is set up as Go's defaults say"
	notPrinted  = "it is not printed"
	notRetried  = "browsers do not try again"
	ownPassword = "a browser answers the server's challenge by itself; see --user"
)

// curlFlags are the flags of curl that mean nothing here.
var curlFlags = []curlFlag{
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
	{"parallel", "Z", false, "there is one request", ignoredQuietly},
	{"parallel-immediate", "", false, "there is one request", ignoredQuietly},
	{"parallel-max", "", true, "there is one request", ignoredQuietly},
	{"fail-early", "", false, "there is one request", ignoredQuietly},

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
	{"no-keepalive", "", false, "there is one request", ignoredQuietly},
	{"keepalive-time", "", true, "there is one request", ignoredQuietly},
	{"tcp-nodelay", "", false, notInPages, ignoredQuietly},
	{"tcp-fastopen", "", false, notInPages, ignoredQuietly},
	{"happy-eyeballs-timeout-ms", "", true, notInPages, ignoredQuietly},
	{"dns-servers", "", true, "the system's resolver is asked; see --resolve", ignoredAloud},
	{"doh-url", "", true, "the system's resolver is asked; see --resolve", ignoredAloud},
	{"interface", "", true, "the system's route is taken", ignoredAloud},
	{"local-port", "", true, "the system's route is taken", ignoredQuietly},

	{"disable", "q", false, "no .curlrc is read", ignoredQuietly},
	{"remote-header-name", "J", false, "the file is named after the URL", ignoredAloud},
	{"remote-name-all", "", false, "there is one URL; see --remote-name", ignoredAloud},
	{"remote-time", "R", false, "the file has the time of now", ignoredAloud},
	{"no-clobber", "", false, "a file that exists is overwritten", ignoredAloud},
	{"remove-on-error", "", false, "a file that is cut off stays", ignoredAloud},
	{"xattr", "", false, notPrinted, ignoredAloud},
	{"libcurl", "", true, notPrinted, ignoredAloud},

	{"config", "K", true, "give its flags on the command line", notSupported},
	{"next", ":", false, "make each request by itself", notSupported},
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

// A curlIgnored is the value of flags that change nothing: it keeps what was
// given.
type curlIgnored struct {
	flag  *curlFlag
	given *[]*curlFlag
}

func (c curlIgnored) String() string { return "" }
func (c curlIgnored) Type() string   { return "value" }

func (c curlIgnored) Set(string) error {
	if c.flag.kind == notSupported {
		return fmt.Errorf("this flag of curl's is not supported: %s", c.flag.why)
	}
	*c.given = append(*c.given, c.flag)
	return nil
}

// addCurlFlags adds curl's flags that mean nothing here, unless the command has a
// flag of that name. The help leaves them out.
func addCurlFlags(flags *pflag.FlagSet, given *[]*curlFlag) {
	for i := range curlFlags {
		f := &curlFlags[i]
		add := func(name, short string) {
			if flags.Lookup(name) != nil {
				return
			}
			if short != "" && flags.ShorthandLookup(short) != nil {
				short = ""
			}
			added := flags.VarPF(curlIgnored{f, given}, name, short, "ignored: "+f.why)
			if added.Hidden = true; !f.value {
				added.NoOptDefVal = "true"
			}
		}
		add(f.name, f.short)
		if opposite, ok := strings.CutPrefix(f.name, "no-"); ok { // curl takes either
			add(opposite, "")
		} else if !f.value {
			add("no-"+f.name, "")
		}
	}
}

// ignoredNotes say of flags that were given what is done instead. Those that the
// user does not miss are left out unless all are asked for.
func ignoredNotes(given []*curlFlag, all bool) []string {
	var notes []string
	for i, f := range given {
		if slices.Contains(given[:i], f) || f.kind == ignoredQuietly && !all {
			continue
		}
		notes = append(notes, fmt.Sprintf("--%s is ignored: %s", f.name, f.why))
	}
	return notes
}

// withoutCurl are arguments without the word curl that stands before a command
// line pasted from elsewhere.
func withoutCurl(args []string) []string {
	if len(args) > 0 {
		switch path.Base(args[0]) {
		case "curl", "curl.exe":
			return args[1:]
		}
	}
	return args
}
