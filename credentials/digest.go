package credentials

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// maxParamLength is how long a parameter may be that goes into every answer.
const maxParamLength = 4096

// maxDomain is how many URIs of a domain parameter count.
const maxDomain = 16

// A digest is a challenge for Digest with what its answers need.
//
// https://www.rfc-editor.org/rfc/rfc7616#section-3.3
type digest struct {
	rules     *authenticationRules
	realm     string
	domain    string
	opaque    string
	hasOpaque bool
	stale     bool
	algorithm string // "" is MD5
	hash      func() hash.Hash
	sess      bool
	qop       string // "auth", "auth-int", or "" for the answer of RFC 2069
	userhash  bool

	userHash string
	cnonce   string
	ha1      string

	mu    sync.Mutex // guards what follows
	nonce string
	count uint32 // of the requests with that nonce
}

// digestHash returns the hash function of an algorithm, without its -sess.
//
// https://www.rfc-editor.org/rfc/rfc7616#section-6.1
func digestHash(algorithm string) func() hash.Hash {
	switch strings.ToUpper(algorithm) {
	case "", "MD5":
		return md5.New
	case "SHA-256":
		return sha256.New
	case "SHA-512-256":
		return sha512.New512_256
	}
	return nil
}

// newDigest reads a challenge; reason says why it can't be answered for r.
//
// https://www.rfc-editor.org/rfc/rfc7616#section-3.3
func newDigest(r *AuthRequest, c *Challenge) (d *digest, reason Unanswered, value string) {
	d = new(digest)
	param := func(name string) string {
		v, _ := c.Param(name)
		return strings.Clone(v) // which is a part of a header
	}
	own := r.rules()
	for _, p := range c.Params {
		switch {
		case len(p.Value) > maxParamLength:
			return nil, parameterTooLong, p.Name
		case !fitsHeader(p.Value):
			return nil, answerUnsendable, p.Name
		}
	}
	for _, name := range [...]string{"realm", "nonce", "opaque"} {
		if own.DigestASCII && !isASCII(param(name)) {
			return nil, answerUnsendable, name
		}
	}
	d.rules, d.realm, d.nonce, d.algorithm, d.domain = own, param("realm"), param("nonce"), param("algorithm"), param("domain")
	d.opaque, d.hasOpaque = c.Param("opaque")
	d.opaque = strings.Clone(d.opaque)
	d.hasOpaque = d.hasOpaque && !(own.EmptyOpaqueDropped && d.opaque == "")
	d.stale = strings.EqualFold(param("stale"), "true")
	d.userhash = strings.EqualFold(param("userhash"), "true") && !own.NoUserhash
	plain := d.algorithm
	if i := len(plain) - len("-sess"); i >= 0 && strings.EqualFold(plain[i:], "-sess") {
		plain, d.sess = plain[:i], true
	}
	if _, given := c.Param("algorithm"); given && d.algorithm == "" {
		return nil, unknownAlgorithm, ""
	}
	if d.hash = digestHash(plain); d.hash == nil || d.sess && plain == "" || !own.digestKnown(plain) {
		return nil, unknownAlgorithm, d.algorithm
	}
	switch _, has := c.Param("nonce"); {
	case own.Nonce == rules.NonceNeeded && d.nonce == "", own.Nonce == rules.NonceMayBeEmpty && !has:
		return nil, noNonce, ""
	}
	if _, has := c.Param("realm"); !has && own.DigestRealm {
		return nil, noRealm, ""
	}
	offered, has := c.Param("qop")
	offers := func(qop string) bool {
		for v := range strings.SplitSeq(offered, ",") {
			if strings.EqualFold(strings.Trim(v, " \t"), qop) {
				return true
			}
		}
		return false
	}
	switch {
	case offers("auth"):
		d.qop = "auth"
	case own.QOP == rules.QOPAuthOrNone:
	case own.QOP == rules.QOPAuthRequired && has:
		return nil, unknownQOP, offered
	case offers("auth-int") && r.Streaming:
		return nil, bodyNotReadable, ""
	case offers("auth-int"):
		d.qop = "auth-int"
	case offered != "":
		return nil, unknownQOP, offered
	}
	return d, "", ""
}

// prepare computes what does not change from request to request: H(A1), which
// with -sess is that of the first answer, and the client's nonce. One nonce of
// the client's for each of the server's serves those servers as well that
// compute a session's H(A1) anew each time.
//
// https://www.rfc-editor.org/rfc/rfc7616#section-3.4.2
func (d *digest) prepare(a account, random io.Reader) error {
	switch {
	case strings.ContainsFunc(a.username, isControl):
		return fmt.Errorf("credentials: username %s has a control character", quote(a.username))
	case d.rules.DigestASCII && !isASCII(a.username):
		return fmt.Errorf("credentials: username %s is not ASCII", quote(a.username))
	}
	if random == nil {
		random = rand.Reader
	}
	var nonce [24]byte
	if _, err := io.ReadFull(random, nonce[:]); err != nil {
		return fmt.Errorf("credentials: no randomness for Digest: %w", err)
	}
	d.cnonce = base64.StdEncoding.EncodeToString(nonce[:])
	d.setAccount(a)
	return nil
}

func (d *digest) setAccount(a account) {
	d.ha1 = d.h(a.username, d.realm, a.password)
	if d.sess {
		d.ha1 = d.h(d.ha1, d.nonce, d.cnonce)
	}
	d.userHash = d.h(a.username, d.realm)
}

// h is the hash of parts with colons between them, in lower-case hexadecimal.
func (d *digest) h(parts ...string) string {
	h := d.hash()
	for i, part := range parts {
		if i > 0 {
			io.WriteString(h, ":")
		}
		io.WriteString(h, part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// authorization returns the value of the next Authorization header.
//
// https://www.rfc-editor.org/rfc/rfc7616#section-3.4
func (d *digest) authorization(r *AuthRequest, username string) (string, error) {
	body, err := d.bodyHash(r)
	if err != nil {
		return "", err
	}
	d.mu.Lock()
	d.count++
	nonce, count := d.nonce, d.count
	d.mu.Unlock()

	uri := r.requestTarget()
	nc := fmt.Sprintf("%08x", count)
	params := [...]string{
		digestRealm:    d.quoted("realm", d.realm),
		digestURI:      "uri=" + quotedString(uri),
		digestNonce:    d.quoted("nonce", nonce),
		digestResponse: `response="` + d.response(r.method(), uri, nonce, nc, body) + `"`,
		digestUserhash: "",
	}
	switch {
	case d.userhash: // 3.4.4
		params[digestUsername] = `username="` + d.userHash + `"`
		params[digestUserhash] = "userhash=true"
	case isASCII(username) || d.rules.UsernameQuoted:
		params[digestUsername] = "username=" + quotedString(username)
	default: // 3.4
		params[digestUsername] = "username*=UTF-8''" + extendedValue(username)
	}
	if algorithm := d.algorithmSent(); algorithm != "" {
		params[digestAlgorithm] = "algorithm=" + algorithm
	}
	if d.hasOpaque {
		params[digestOpaque] = d.quoted("opaque", d.opaque)
	}
	if d.qop != "" {
		params[digestQOP], params[digestNC] = "qop="+d.qop, "nc="+nc
	}
	if d.qop != "" || d.sess {
		params[digestCnonce] = "cnonce=" + quotedString(d.cnonce)
	}
	var b strings.Builder
	b.WriteString("Digest ")
	separator := ""
	for _, i := range digestOrders[d.rules.Order] {
		if params[i] != "" {
			b.WriteString(separator + params[i])
			separator = ", "
		}
	}
	return b.String(), nil
}

// quoted is a parameter with a quoted string, or under rules that ask an extended
// value.
func (d *digest) quoted(name, value string) string {
	if d.rules.ExtendedParams && !isASCII(value) && utf8.ValidString(value) {
		return name + "*=UTF-8''" + extendedValue(value)
	}
	return name + "=" + quotedString(value)
}

// The parameters of an answer.
const (
	digestUsername = iota
	digestRealm
	digestURI
	digestAlgorithm
	digestNonce
	digestNC
	digestCnonce
	digestQOP
	digestResponse
	digestOpaque
	digestUserhash
)

// digestOrders are the orders in which they are sent.
var digestOrders = [...][digestUserhash + 1]int{
	rules.OrderRFC: {digestUsername, digestRealm, digestURI, digestAlgorithm, digestNonce, digestNC, digestCnonce, digestQOP, digestResponse,
		digestOpaque, digestUserhash},
	rules.OrderQOPFirst: {digestUsername, digestRealm, digestNonce, digestURI, digestAlgorithm, digestResponse, digestOpaque, digestQOP, digestNC,
		digestCnonce, digestUserhash},
	rules.OrderQOPLast: {digestUsername, digestRealm, digestNonce, digestURI, digestAlgorithm, digestResponse, digestOpaque, digestCnonce, digestNC,
		digestQOP, digestUserhash},
}

// algorithmSent is the algorithm as an answer names it, or "".
func (d *digest) algorithmSent() string {
	switch {
	case d.rules.Algorithm == rules.AlgorithmAsGiven, d.algorithm == "" && d.rules.Algorithm != rules.AlgorithmAlways:
		return d.algorithm
	case d.sess:
		return strings.ToUpper(d.algorithm[:len(d.algorithm)-len("-sess")]) + "-sess"
	case d.algorithm == "":
		return "MD5"
	}
	return strings.ToUpper(d.algorithm)
}

// cost is what it takes in memory besides the account.
func (d *digest) cost() int {
	return len(d.realm) + len(d.domain) + len(d.opaque) + len(d.algorithm) + len(d.userHash) + len(d.cnonce) + len(d.ha1) + maxParamLength/16
}

// response is the proof of the password.
//
// https://www.rfc-editor.org/rfc/rfc7616#section-3.4.1
func (d *digest) response(method, uri, nonce, nc, bodyHash string) string {
	var ha2 string
	if d.qop == "auth-int" { // 3.4.3
		ha2 = d.h(method, uri, bodyHash)
	} else {
		ha2 = d.h(method, uri)
	}
	if d.qop == "" {
		return d.h(d.ha1, nonce, ha2)
	}
	return d.h(d.ha1, nonce, nc, d.cnonce, d.qop, ha2)
}

var errBodyNotReadable = errors.New("credentials: auth-int needs a body that can be read before it is sent")

// bodyHash is the hash of the body where the answer covers it.
func (d *digest) bodyHash(r *AuthRequest) (string, error) {
	switch {
	case d.qop != "auth-int":
		return "", nil
	case r.Streaming:
		return "", errBodyNotReadable
	}
	h := d.hash()
	if r.Body != nil {
		body, err := r.Body()
		if err != nil {
			return "", err
		}
		_, err = io.Copy(h, body)
		if closing := body.Close(); err == nil {
			err = closing
		}
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// next takes over the nonce that the server wants in the next request.
//
// https://www.rfc-editor.org/rfc/rfc7616#section-3.5
func (d *digest) next(info []string) {
	for _, value := range info {
		p := challengeParser{value}
		for p.skip(" \t,"); p.paramFollows(); p.skip(" \t,") {
			param, ok := p.param()
			if !ok {
				return
			}
			if strings.EqualFold(param.Name, "nextnonce") && param.Value != "" && len(param.Value) <= maxParamLength && fitsHeader(param.Value) {
				d.mu.Lock()
				d.nonce, d.count = strings.Clone(param.Value), 0
				d.mu.Unlock()
			}
		}
	}
}

// prefixes are the beginnings of the paths on r's server that the challenge
// protects. What it says of other servers is ignored, as browsers do.
//
// https://www.rfc-editor.org/rfc/rfc7616#section-3.3
func (d *digest) prefixes(r *AuthRequest) []string {
	u, uris := r.URL, strings.Fields(d.domain)
	switch {
	case r.rules().DigestByPath:
		return []string{directory(u)}
	case len(uris) == 0:
		return []string{"/"}
	}
	var paths []string
	var schemes *origin.Schemes
	for _, uri := range uris[:min(len(uris), maxDomain)] {
		if at, err := schemes.ParseURL(uri, u); err == nil && at.Origin().SameOrigin(u.Origin()) {
			paths = append(paths, at.Path())
		}
	}
	if paths == nil {
		return []string{directory(u)}
	}
	return paths
}

func quotedString(s string) string {
	if !strings.ContainsAny(s, `"\`) {
		return `"` + s + `"`
	}
	return `"` + strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace(s) + `"`
}

// fitsHeader says that a value of a header may go into another one: a transport of
// the user's may have let control characters through.
func fitsHeader(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r != '\t' && isControl(r) })
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// extendedValue percent-encodes all but attr-char.
//
// https://www.rfc-editor.org/rfc/rfc8187#section-3.2
func extendedValue(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; isAlphanumeric(c) || strings.IndexByte("!#$&+-.^_`|~", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
