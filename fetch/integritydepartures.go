package fetch

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/safelist"
)

// base64Item is item under [rules.Integrity.Base64].
func (rules *integrityRules) base64Item(item string) digest {
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

// appendAcceptSignature asks for a response that is signed by the public keys of the
// integrity metadata, under [rules.Integrity.PublicKeys].
//
// https://wicg.github.io/signature-based-sri/#security-header-list
func (f *fetching) appendAcceptSignature(headers *safelist.HeaderList) {
	rules := (*integrityRules)(&f.agent.profile.Integrity)
	if !rules.PublicKeys || f.request.integrity == "" {
		return
	}
	var value strings.Builder
	n := 0
	for d := range rules.parse(f.request.integrity) {
		key, err := base64.StdEncoding.DecodeString(d.value)
		if d.hash != publicKey || err != nil || len(key) != ed25519.PublicKeySize {
			continue
		}
		if n > 0 {
			value.WriteString(", ")
		}
		fmt.Fprintf(&value, `sig%d=("unencoded-digest";sf);keyid="%s";tag="ed25519-integrity"`, n, d.value)
		n++
	}
	if n > 0 {
		add(headers, "accept-signature", value.String())
	}
}

// cutName cuts a hash's name and the hyphen behind it off an item.
func (rules *integrityRules) cutName(item string, i int) (rest string, ok bool) {
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
func (rules *integrityRules) hasForm(value string) bool {
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

// matchesDecoded is matches under [rules.Integrity.Base64].
func (rules *integrityRules) matchesDecoded(value string, sum []byte) bool {
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
