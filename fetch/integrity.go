package fetch

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"hash"
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
)

// hashes are the valid SRI hash algorithm token set, by rising strength, and
// ed25519, which names a public key.
//
// https://www.w3.org/TR/SRI/#hash-functions
var hashes = [...]struct {
	name string
	new  func() hash.Hash
}{
	{"sha256", sha256.New},
	{"sha384", sha512.New384},
	{"sha512", sha512.New},
	publicKey: {"ed25519", nil},
}

const (
	unknownHash = -1
	publicKey   = 3

	wantsSignature = "ed25519 signature" // the detail of a refusal for the sake of a public key
)

// A digest is an item of integrity metadata: a hash and the value that it must
// have.
type digest struct {
	hash  int // index in hashes
	value string
}

// parse is "parse metadata": the items whose hash is known, one after the other.
//
// The text splits "on spaces" and says by a link that this is one code point. An
// attribute's other blanks would then be part of a value, which matches nothing,
// or hide a hash behind a name that is not known. Here, as in browsers, all ASCII
// whitespace separates.
//
// https://www.w3.org/TR/SRI/#parse-metadata
func (rules *IntegrityRules) parse(metadata string) iter.Seq[digest] {
	separates := func(c rune) bool {
		return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == '\v' && rules.VerticalTab
	}
	return func(yield func(digest) bool) {
		for item := range strings.FieldsFuncSeq(metadata, separates) { // 2
			d := rules.item(item)
			if d.hash != unknownHash && !yield(d) {
				return
			}
		}
	}
}

// item is steps 2.1 to 2.8 of "parse metadata".
//
// https://www.w3.org/TR/SRI/#parse-metadata
func (rules *IntegrityRules) item(item string) digest {
	if rules.Base64 {
		return rules.base64Item(item)
	}
	expression, _, _ := strings.Cut(item, "?")         // 2.1, 2.2
	algorithm, rest, _ := strings.Cut(expression, "-") // 2.4, 2.5
	value, _, _ := strings.Cut(rest, "-")              // 2.3, 2.7
	for i := range hashes[:publicKey] {
		if algorithm == hashes[i].name || rules.NamesInAnyCase && fold.Equal(algorithm, hashes[i].name) {
			return digest{i, value} // 2.8
		}
	}
	return digest{hash: unknownHash} // 2.6
}

// base64Item is item under [IntegrityRules.Base64].
func (rules *IntegrityRules) base64Item(item string) digest {
	for i := range hashes {
		rest, ok := rules.cutName(item, i)
		if !ok {
			continue
		}
		value, options, _ := strings.Cut(rest, "?")
		if !rules.hasForm(value) || rules.VisibleOptions && strings.ContainsFunc(options, func(c rune) bool { return c <= ' ' || c > '~' }) {
			break
		}
		return digest{i, value}
	}
	return digest{hash: unknownHash}
}

// cutName cuts a hash's name and the hyphen behind it off an item.
func (rules *IntegrityRules) cutName(item string, i int) (rest string, ok bool) {
	name := hashes[i].name
	if i == publicKey {
		rest, ok = strings.CutPrefix(item, name+"-")
		return rest, ok && rules.PublicKeys
	}
	if rest, ok = strings.CutPrefix(item, name[:3]+"-"+name[3:]+"-"); ok && rules.HyphenatedNames {
		return rest, true
	}
	n := len(name)
	if len(item) <= n || item[n] != '-' || item[:n] != name && !(rules.NamesInAnyCase && fold.Equal(item[:n], name)) {
		return "", false
	}
	return item[n+1:], true
}

// hasForm tells whether an item with this value counts.
func (rules *IntegrityRules) hasForm(value string) bool {
	digits := strings.TrimRight(value, "=")
	switch padding := len(value) - len(digits); {
	case value == "":
		return false
	case rules.PaddingAnywhere:
		digits = strings.ReplaceAll(digits, "=", "")
	case padding > 2, rules.ExactPadding && digits == "":
		return false
	}
	return !strings.ContainsFunc(digits, func(c rune) bool {
		return !('A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '+' || c == '/' || c == '-' || c == '_')
	})
}

// matches tells whether the sum of a body's bytes is the value's: step 4.4 of
// "do bytes match metadataList?".
//
// https://www.w3.org/TR/SRI/#does-response-match-metadatalist
func (rules *IntegrityRules) matches(value string, sum []byte) bool {
	if !rules.Base64 {
		return base64.StdEncoding.EncodeToString(sum) == value // strings, so that spare bits count
	}
	digits := strings.TrimRight(value, "=")
	padding := len(value) - len(digits)
	if rules.ExactPadding && padding > 0 && len(value)%4 != 0 ||
		!rules.MixedAlphabets && strings.ContainsAny(digits, "+/") && strings.ContainsAny(digits, "-_") {
		return false
	}
	got, err := base64.RawURLEncoding.DecodeString(toBase64URL.Replace(digits))
	return err == nil && bytes.Equal(got, sum)
}

var toBase64URL = strings.NewReplacer("+", "-", "/", "_")

// strongest is "get the strongest metadata from set": the hash that counts, or
// unknownHash; and whether there are public keys.
//
// https://www.w3.org/TR/SRI/#get-the-strongest-metadata
func (rules *IntegrityRules) strongest(metadata string) (strongest int, keys bool) {
	strongest = unknownHash
	for d := range rules.parse(metadata) {
		if d.hash == publicKey {
			keys = true
		} else {
			strongest = max(strongest, d.hash)
		}
	}
	return strongest, keys
}

// maxIntegrity is how many bytes of integrity metadata a request may have. It is
// far more than anyone needs, and so little that nobody has to wait for it.
const maxIntegrity = 1 << 20

// checkIntegrity is step 23 of main fetch: the body is read to its end and
// compared before script gets any of it.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch
func (f *fetching) checkIntegrity(resp *response) *Error {
	refusal := f.integrityVerdict(resp)
	f.checked(CheckIntegrity, resp, refusal)
	return refusal
}

func (f *fetching) integrityVerdict(resp *response) *Error {
	metadata := f.request.integrity
	rules := &f.agent.profile.Integrity
	mismatch := func() *Error { return f.block(IntegrityMismatch, resp, "integrity", metadata) }
	if len(metadata) > maxIntegrity {
		return mismatch()
	}
	strongest, keys := rules.strongest(metadata)
	readable := resp.filter != TypeOpaque && (resp.filter != TypeOpaqueRedirect || rules.OfRedirect)
	body := resp.body
	switch {
	case strongest == unknownHash && !keys && resp.filter != TypeOpaque && rules.NoHashNoCheck:
		return nil
	case !readable || body == nil && !rules.NoBodyIsEmpty: // 23.2
		return mismatch()
	case keys:
		refusal := mismatch()
		refusal.Detail = wantsSignature
		return refusal
	case body == nil:
		body = noBody{}
	}
	var sum hash.Hash
	if strongest != unknownHash {
		sum = hashes[strongest].new()
	}
	data, refusal := f.readWhole(body, sum) // 23.4
	switch {
	case refusal != nil:
		return refusal
	case int64(len(data)) > f.agent.maxIntegrity:
		return f.block(BodyTooLarge, resp, "integrity", metadata)
	case sum != nil && !rules.anyMatches(metadata, strongest, sum.Sum(nil)): // 23.3.1
		return mismatch()
	}
	if resp.body != nil {
		resp.body.Close()
		f.setLocalBody(resp, bytes.NewReader(data)) // 23.3.2
	}
	return nil
}

// anyMatches is step 4 of "do bytes match metadataList?".
//
// https://www.w3.org/TR/SRI/#does-response-match-metadatalist
func (rules *IntegrityRules) anyMatches(metadata string, strongest int, sum []byte) bool {
	for d := range rules.parse(metadata) {
		if d.hash == strongest && rules.matches(d.value, sum) {
			return true
		}
	}
	return false
}

// readWhole reads a body to its end, or a little beyond the agent's limit, and
// sums it up on the way. It ends when the fetch is cancelled.
func (f *fetching) readWhole(body io.Reader, sum hash.Hash) ([]byte, *Error) {
	const most = 32 << 10 // at once
	var data []byte
	for int64(len(data)) <= f.agent.maxIntegrity {
		if f.ctx.Err() != nil {
			return nil, f.below(BrokenBody, f.ctx.Err())
		}
		data = slices.Grow(data, most)
		n, err := body.Read(data[len(data) : len(data)+most])
		part := data[len(data) : len(data)+n]
		data = data[:len(data)+n]
		if sum != nil {
			sum.Write(part)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			if broken, ok := err.(*Error); ok {
				return nil, broken
			}
			return nil, f.below(BrokenBody, err)
		}
	}
	return data, nil
}
