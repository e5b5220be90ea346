package fetch

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"io"
	"strings"

	"github.com/browsercors/browsercors/safelist"
)

// A digest is one hash of integrity metadata, by rising strength.
type digest struct {
	algorithm int // index in digestNames
	value     string
}

var digestNames = [...]string{"sha256-", "sha384-", "sha512-"}

// parseIntegrity is "parse metadata" with "get the strongest metadata from
// set": the strongest hashes of integrity metadata. What is not understood is
// left out; if nothing is understood, anything matches. anyCase knows the names
// of hashes in any case.
//
// https://www.w3.org/TR/SRI/#parse-metadata
// https://www.w3.org/TR/SRI/#get-the-strongest-metadata
func parseIntegrity(metadata string, anyCase bool) []digest {
	var strongest []digest
	for item := range strings.FieldsSeq(metadata) {
		item, _, _ = strings.Cut(item, "?")
		for algorithm, name := range digestNames {
			value, ok := strings.CutPrefix(item, name)
			if anyCase && len(item) >= len(name) && safelist.EqualFold(item[:len(name)], name) {
				value, ok = item[len(name):], true
			}
			if !ok {
				continue
			}
			if len(strongest) > 0 && strongest[0].algorithm < algorithm {
				strongest = nil
			}
			if len(strongest) == 0 || strongest[0].algorithm == algorithm {
				strongest = append(strongest, digest{algorithm, value})
			}
		}
	}
	return strongest
}

// matches tells whether bytes have the digest: one turn of "do bytes match
// metadataList?".
//
// https://www.w3.org/TR/SRI/#does-response-match-metadatalist
func (d digest) matches(data []byte) bool {
	var got []byte
	switch d.algorithm {
	case 0:
		sum := sha256.Sum256(data)
		got = sum[:]
	case 1:
		sum := sha512.Sum384(data)
		got = sum[:]
	default:
		sum := sha512.Sum512(data)
		got = sum[:]
	}
	return base64.StdEncoding.EncodeToString(got) == d.value // strings, so that spare bits count
}

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
	rules := &f.agent.profile.Policy
	digests := parseIntegrity(metadata, rules.HashNamesInAnyCase)
	switch {
	case len(digests) == 0 && resp.filter != TypeOpaque && rules.NoHashNoCheck:
		return nil
	case resp.body == nil && rules.NoBodyIsEmpty && (resp.filter != TypeOpaqueRedirect || rules.IntegrityOfRedirect):
		resp.body = io.NopCloser(bytes.NewReader(nil))
		defer func() { resp.body = nil }()
	}
	if resp.body == nil || resp.filter == TypeOpaque || resp.filter == TypeOpaqueRedirect && !rules.IntegrityOfRedirect { // 23.2
		return f.block(IntegrityMismatch, resp, "integrity", metadata)
	}
	limit := f.agent.maxIntegrity
	data, err := io.ReadAll(io.LimitReader(resp.body, limit+1)) // 23.4
	if err != nil {
		if broken, ok := errors.AsType[*Error](err); ok {
			return broken
		}
		return f.below(BrokenBody, err)
	}
	if int64(len(data)) > limit {
		return f.block(BodyTooLarge, resp, "integrity", metadata)
	}
	matched := len(digests) == 0
	for _, d := range digests {
		matched = matched || d.matches(data)
	}
	if !matched { // 23.3.1
		return f.block(IntegrityMismatch, resp, "integrity", metadata)
	}
	resp.body.Close()
	resp.body = io.NopCloser(bytes.NewReader(data)) // 23.3.2
	return nil
}
