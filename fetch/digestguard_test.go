package fetch_test

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/browsercors/browsercors/credentials"
)

// A digestGuard lets requests in that prove that they know the password of one
// user, by RFC 7616. It shares no code with the package.
type digestGuard struct {
	algorithm string // "" for a challenge that names none
	qop       string // what is offered
	userhash  bool
	nextnonce bool // each answer names the next nonce
	uses      int  // how often a nonce is good; 0 for ever
	silent    bool // nothing is said of stale nonces
	params    string
	name      string // "" is "u"

	mu     sync.Mutex
	made   int
	counts map[string]int64 // of the nonces that are good
	seen   []string         // "401", "stale", "in" or what was wrong
}

const digestPassword = "sésame, ouvre-toi"

func (g *digestGuard) user() string {
	if g.name == "" {
		return "u"
	}
	return g.name
}

func (g *digestGuard) hash(s string) string {
	switch strings.TrimSuffix(strings.ToLower(g.algorithm), "-sess") {
	case "sha-256":
		return fmt.Sprintf("%x", sha256.Sum256([]byte(s)))
	case "sha-512-256":
		return fmt.Sprintf("%x", sha512.Sum512_256([]byte(s)))
	}
	return fmt.Sprintf("%x", md5.Sum([]byte(s)))
}

func (g *digestGuard) nonce() string {
	g.made++
	nonce := fmt.Sprintf("nonce %d \\\"", g.made)
	if g.counts == nil {
		g.counts = map[string]int64{}
	}
	g.counts[`nonce `+strconv.Itoa(g.made)+` "`] = 0
	return nonce
}

// check looks at an Authorization value; what is "in", "stale" or says what is
// wrong.
func (g *digestGuard) check(value, method, target, body string) (what string) {
	rest, ok := strings.CutPrefix(value, "Digest ")
	if !ok {
		return "401"
	}
	params, read := map[string]string{}, 0
	for _, m := range digestParam.FindAllStringSubmatch(rest, -1) {
		read += len(m[0])
		if _, twice := params[m[1]]; twice {
			return m[1] + " twice"
		}
		params[m[1]] = regexp.MustCompile(`\\(.)`).ReplaceAllString(m[2], "$1") + m[3]
	}
	if read != len(rest) {
		return "malformed: " + rest
	}
	name, realm := g.user(), `the "realm"`
	sentName := name
	switch encoded, extended := strings.CutPrefix(params["username*"], "UTF-8''"); {
	case g.userhash:
		sentName = g.hash(name + ":" + realm)
		if params["userhash"] != "true" || params["username"] != sentName {
			return "no userhash"
		}
	case extended:
		if decoded, err := url.PathUnescape(encoded); err != nil || decoded != name {
			return "username* " + encoded
		}
	case params["username"] != name:
		return "username " + params["username"]
	}
	switch {
	case params["realm"] != realm:
		return "realm " + params["realm"]
	case params["uri"] != target:
		return "uri " + params["uri"] + " for " + target
	case params["algorithm"] != g.algorithm:
		return "algorithm " + params["algorithm"]
	case params["opaque"] != "o/p=":
		return "opaque " + params["opaque"]
	}
	a1 := name + ":" + realm + ":" + digestPassword
	if strings.HasSuffix(strings.ToLower(g.algorithm), "-sess") {
		a1 = g.hash(a1) + ":" + params["nonce"] + ":" + params["cnonce"]
	}
	a2 := method + ":" + target
	qop := params["qop"]
	if g.qop != "" && !slices.Contains(strings.Split(g.qop, ","), qop) || g.qop == "" && qop != "" {
		return "qop " + qop
	}
	if qop == "auth-int" {
		a2 += ":" + g.hash(body)
	}
	proof := g.hash(a1) + ":" + params["nonce"] + ":"
	if qop != "" {
		proof += params["nc"] + ":" + params["cnonce"] + ":" + qop + ":"
	}
	if proof = g.hash(proof + g.hash(a2)); params["response"] != proof {
		return "401" // another password
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	count, good := g.counts[params["nonce"]]
	if !good {
		return "stale"
	}
	if qop != "" {
		n, err := strconv.ParseInt(params["nc"], 16, 64)
		if err != nil || len(params["nc"]) != 8 || n <= count {
			return fmt.Sprintf("nc %s after %d", params["nc"], count)
		}
		count = n
	} else {
		count++
	}
	g.counts[params["nonce"]] = count
	if g.uses > 0 && count >= int64(g.uses) {
		delete(g.counts, params["nonce"])
	}
	return "in"
}

// admits answers for a server, or a proxy, unless the request is let in.
func (g *digestGuard) admits(w http.ResponseWriter, status int, authenticate, authorization, info string, r *http.Request, target string) bool {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return false
	}
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	what := g.check(r.Header.Get(authorization), r.Method, target, string(body))
	g.mu.Lock()
	defer g.mu.Unlock()
	g.seen = append(g.seen, what)
	if what == "in" {
		if g.nextnonce {
			w.Header().Set(info, `qop=auth, nextnonce="`+g.nonce()+`"`)
		}
		return true
	}
	challenge := `Digest realm="the \"realm\"", nonce="` + g.nonce() + `", opaque="o/p="` + g.params
	if g.algorithm != "" {
		challenge += ", algorithm=" + g.algorithm
	}
	if g.qop != "" {
		challenge += `, qop="` + g.qop + `"`
	}
	if g.userhash {
		challenge += ", userhash=true, charset=UTF-8"
	}
	if what == "stale" && !g.silent {
		challenge += ", stale=true"
	}
	w.Header().Add(authenticate, `Negotiate, `+challenge)
	w.Header().Add(authenticate, `Basic realm="no"`)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "out")
	return false
}

// ServeHTTP says "in" to who is let in.
func (g *digestGuard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if g.admits(w, http.StatusUnauthorized, "WWW-Authenticate", "Authorization", "Authentication-Info", r, r.RequestURI) {
		_, _ = io.WriteString(w, "in")
	}
}

func (g *digestGuard) log() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return strings.Join(g.seen, " ")
}

// A digestUser answers prompts with the passwords given, the last again and
// again.
type digestUser struct {
	name      string
	passwords []string

	mu    sync.Mutex
	asked []credentials.PromptRequest
}

func (u *digestUser) prompt(_ context.Context, p credentials.PromptRequest) (string, string, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.asked = append(u.asked, p)
	return u.name, u.passwords[min(len(u.asked), len(u.passwords))-1], true
}
