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
	"github.com/browsercors/browsercors/internal/rules"
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

// integrityRules are [rules.Integrity] with the algorithms that they change.
type integrityRules rules.Integrity

// parse is "parse metadata": the items whose hash is known, one after the other.
//
// The text splits "on spaces" and says by a link that this is one code point. An
// attribute's other blanks would then be part of a value, which matches nothing,
// or hide a hash behind a name that is not known. Here, as in browsers, all ASCII
// whitespace separates.
//
// https://www.w3.org/TR/SRI/#parse-metadata
func (rules *integrityRules) parse(metadata string) iter.Seq[digest] {
	separates := func(c rune) bool {
		return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == '\v' && rules.VerticalTab
	}
	return func(yield func(digest) bool) {
		// 1, 2. Each item stands between blanks.
		for item := range strings.FieldsFuncSeq(metadata, separates) {
			// 2.9, 3. One whose hash is known is a result.
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
func (rules *integrityRules) item(item string) digest {
	if rules.Base64 {
		return rules.base64Item(item)
	}
	// 2.1, 2.2. Options stand behind a question mark; there are none yet.
	expression, _, _ := strings.Cut(item, "?")
	// 2.4, 2.5. The hash's name stands before the first hyphen.
	algorithm, rest, _ := strings.Cut(expression, "-")
	// 2.3, 2.7. The value stands before the second; without one it is empty.
	value, _, _ := strings.Cut(rest, "-")
	for i := range hashes[:publicKey] {
		// 2.8. Those two are the item.
		if algorithm == hashes[i].name || rules.NamesInAnyCase && fold.Equal(algorithm, hashes[i].name) {
			return digest{i, value}
		}
	}
	// 2.6. The hash is not known.
	return digest{hash: unknownHash}
}

// matches is steps 4.3 and 4.4 of "do bytes match metadataList?": whether the sum of
// a body's bytes is an item's value.
//
// https://www.w3.org/TR/SRI/#does-response-match-metadatalist
func (rules *integrityRules) matches(value string, sum []byte) bool {
	if rules.Base64 {
		return rules.matchesDecoded(value, sum)
	}
	// 4.3, 4.4. Both are compared as text, so that spare bits count.
	return base64.StdEncoding.EncodeToString(sum) == value
}

// strongest is "get the strongest metadata from set": the hash that counts, or
// unknownHash; and whether there are public keys.
//
// https://www.w3.org/TR/SRI/#get-the-strongest-metadata
func (rules *integrityRules) strongest(metadata string) (strongest int, keys bool) {
	// 1. None is known yet.
	strongest = unknownHash
	// 2. Look at each item.
	for d := range rules.parse(metadata) {
		if d.hash == publicKey {
			keys = true
			continue
		}
		// 2.1 to 2.7. The strongest hash so far counts, of which there may be several items.
		strongest = max(strongest, d.hash)
	}
	// 3. That is the hash; anyMatches goes through its items.
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
	f.checked(checkIntegrity, resp, refusal)
	return refusal
}

func (f *fetching) integrityVerdict(resp *response) *Error {
	metadata := f.request.integrity
	rules := (*integrityRules)(&f.agent.profile.Integrity)
	mismatch := func() *Error { return f.block(IntegrityMismatch, resp, "integrity", metadata) }
	if len(metadata) > maxIntegrity {
		return mismatch()
	}
	strongest, keys := rules.strongest(metadata)
	blank := strings.Trim(metadata, " \t\n\f\r") == "" && (rules.BlankIsNone || f.request.api == apiElement && f.agent.profile.Element.BlankIntegrityIsNone)
	readable := resp.filter != typeOpaque && (resp.filter != typeOpaqueRedirect || rules.OfRedirect)
	body := resp.body
	switch {
	case blank, strongest == unknownHash && !keys && (resp.filter != typeOpaque && rules.NoHashNoCheck || f.request.api == apiElement && f.agent.profile.Element.NoHashNoCheck):
		return nil
	// 23.1, 23.2. There must be a body, of a response that script may see.
	case !readable || body == nil && !rules.NoBodyIsEmpty:
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
	// 23.4. Read it to its end.
	data, refusal := f.readWhole(body, sum)
	switch {
	case refusal != nil:
		return refusal
	case int64(len(data)) > f.agent.maxIntegrity:
		return f.block(BodyTooLarge, resp, "integrity", metadata)
	// 23.3.1. Its bytes must be those that the page knows.
	case sum != nil && !rules.anyMatches(metadata, strongest, sum.Sum(nil)):
		return mismatch()
	}
	// 23.3.2, 23.3.3. They are the body from here on.
	if resp.body != nil {
		resp.body.Close()
		f.setLocalBody(resp, bytes.NewReader(data))
	}
	return nil
}

// anyMatches is "do bytes match metadataList?", from step 4: integrityVerdict has
// parsed the metadata (1), found whether there are any (2) and which hash counts (3).
//
// https://www.w3.org/TR/SRI/#does-response-match-metadatalist
func (rules *integrityRules) anyMatches(metadata string, strongest int, sum []byte) bool {
	// 4. One item of that hash is enough.
	for d := range rules.parse(metadata) {
		// 4.1 to 4.4. Compare the sum with its value.
		if d.hash == strongest && rules.matches(d.value, sum) {
			return true
		}
	}
	// 5. None matches.
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
