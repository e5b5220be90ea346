package fetch

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/internal/mimetype"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// What the data: URL processor accepts has a MIME type that parses back to
// itself, and a body that is no longer than the URL.
func FuzzDataURL(f *testing.F) {
	for _, seed := range []string{
		"data:,x", "data:", "data:;base64,", "data:text/html;charset=utf-8,%3Cp>", "data:;base64,YQ==", "data:x/y; base64 ,YQ",
		"data:;BASE64,Y Q", "data:text/plain;base64;base64,YWI", "data:,a#b", "data:%2C,%2", "data:;charset=x,%zz",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		u, err := origin.ParseURL(in)
		if err != nil || u.Scheme() != "data" {
			return
		}
		mimeType, body, ok := processDataURL(t.Context(), u)
		if !ok {
			return
		}
		if len(body) > len(u.String()) {
			t.Errorf("%d bytes of body from a URL of %d", len(body), len(u.String()))
		}
		again, ok := mimetype.Parse(mimeType.String())
		if !ok || again.String() != mimeType.String() {
			t.Errorf("MIME type %q reads back as %v, %v", mimeType, again, ok)
		}
	})
}

// literalBase64 is forgiving-base64 decode step by step, to hold the fast one
// against.
//
// https://infra.spec.whatwg.org/#forgiving-base64-decode
func literalBase64(data string) ([]byte, bool) {
	data = strings.Map(func(r rune) rune { // 1
		if strings.ContainsRune("\t\n\f\r ", r) {
			return -1
		}
		return r
	}, data)
	if len(data)%4 == 0 { // 2
		switch {
		case strings.HasSuffix(data, "=="):
			data = data[:len(data)-2]
		case strings.HasSuffix(data, "="):
			data = data[:len(data)-1]
		}
	}
	if len(data)%4 == 1 { // 3
		return nil, false
	}
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	var out []byte
	buffer, bits := 0, 0
	for i := range len(data) { // 8
		n := strings.IndexByte(alphabet, data[i])
		if n < 0 {
			return nil, false // 4
		}
		buffer, bits = buffer<<6|n, bits+6
		if bits >= 8 {
			bits -= 8
			out = append(out, byte(buffer>>bits))
			buffer &= 1<<bits - 1
		}
	}
	return out, true
}

func FuzzForgivingBase64(f *testing.F) {
	for _, seed := range []string{"", "YQ==", "YQ=", "YQ", "Y", "Y Q\n=\t=", "====", "YWJj", "YWJjZA==", "a-_b", "YR"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		for i := range len(in) {
			if in[i] >= 0x80 {
				return // percent-decoded bytes, which no code path decodes as text
			}
		}
		got, ok := forgivingBase64(t.Context(), []byte(in))
		want, wantOK := literalBase64(in)
		if ok != wantOK || ok && !bytes.Equal(got, want) {
			t.Errorf("%q: %q, %t, want %q, %t", in, got, ok, want, wantOK)
		}
	})
}

// literalMatch is "do bytes match metadataList?" with all that it calls, step by
// step.
func literalMatch(metadataList string, bytes []byte) bool {
	type item struct{ alg, val string }
	tokens := []string{"sha256", "sha384", "sha512"}
	var parsed []item
	for _, it := range strings.FieldsFunc(metadataList, func(c rune) bool { return strings.ContainsRune("\t\n\f\r ", c) }) {
		algorithmExpression := strings.Split(it, "?")[0]
		algorithmAndValue := strings.Split(algorithmExpression, "-")
		if !slices.Contains(tokens, algorithmAndValue[0]) {
			continue
		}
		base64Value := ""
		if len(algorithmAndValue) > 1 {
			base64Value = algorithmAndValue[1]
		}
		parsed = append(parsed, item{algorithmAndValue[0], base64Value})
	}
	if len(parsed) == 0 {
		return true
	}
	var result []item
	for _, it := range parsed {
		switch {
		case len(result) == 0 || slices.Index(tokens, it.alg) > slices.Index(tokens, result[0].alg):
			result = []item{it}
		case it.alg == result[0].alg:
			result = append(result, it)
		}
	}
	for _, it := range result {
		var actual string
		switch sum256, sum384, sum512 := sha256.Sum256(bytes), sha512.Sum384(bytes), sha512.Sum512(bytes); it.alg {
		case "sha256":
			actual = base64.StdEncoding.EncodeToString(sum256[:])
		case "sha384":
			actual = base64.StdEncoding.EncodeToString(sum384[:])
		case "sha512":
			actual = base64.StdEncoding.EncodeToString(sum512[:])
		}
		if actual == it.val {
			return true
		}
	}
	return false
}

// Integrity metadata let pass what the text of the Standard lets pass. An engine
// may let pass more where an item has no good form, and only there: what is all
// good, and what no engine knows, is judged alike.
func FuzzIntegrity(f *testing.F) {
	body := []byte("ok")
	sum256, sum384 := sha256.Sum256(body), sha512.Sum384(body)
	good, strong := base64.StdEncoding.EncodeToString(sum256[:]), base64.StdEncoding.EncodeToString(sum384[:])
	for _, seed := range []string{
		"", "sha256-" + good, "sha256-" + good + "-x", "sha256-" + good + "?x-y", "sha256", "sha256-a sha512-b?x sha384-c", "md5-x", "sha512-", "SHA256-a",
		"sha256-a\tsha256-" + good, "sha384-" + strong + " sha256-a", "sha256-" + good + "\u00a0sha384-a", "sha256?-" + good, "sha256-" + good + "\u00a0",
	} {
		f.Add(seed)
	}
	match := func(rules *integrityRules, metadata string) bool {
		strongest, keys := rules.strongest(metadata)
		if strongest == unknownHash || keys {
			return !keys
		}
		sum := hashes[strongest].new()
		sum.Write(body)
		return rules.anyMatches(metadata, strongest, sum.Sum(nil))
	}
	wellFormed := regexp.MustCompile(`^(sha256-[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=|sha384-[A-Za-z0-9+/]{64}|sha512-[A-Za-z0-9+/]{85}[AQgw]==|md5-[a-z0-9]+)(\?[!->@-~]*)?$`)
	departures := map[string]*integrityRules{ // as engines combine them
		"padding anywhere": {Base64: true, PaddingAnywhere: true, MixedAlphabets: true, HyphenatedNames: true, VerticalTab: true, PublicKeys: true},
		"exact padding":    {Base64: true, ExactPadding: true},
		"visible options":  {Base64: true, VisibleOptions: true, NamesInAnyCase: true, NoHashNoCheck: true},
	}
	f.Fuzz(func(t *testing.T, metadata string) {
		want := literalMatch(metadata, body)
		if got := match(&integrityRules{}, metadata); got != want {
			t.Errorf("%q: %v, the Standard has %v", metadata, got, want)
		}
		all := true
		for item := range strings.FieldsFuncSeq(metadata, func(c rune) bool { return strings.ContainsRune("\t\n\f\r ", c) }) {
			all = all && wellFormed.MatchString(item)
		}
		for name, rules := range departures {
			if got := match(rules, metadata); all && got != want {
				t.Errorf("%q: %s has %v, the Standard %v", metadata, name, got, want)
			}
		}
	})
}

// Whatever a server says, a preflight is kept for no negative time, and the
// Standard reads digits as seconds and all else as five.
func FuzzMaxAge(f *testing.F) {
	for _, seed := range []string{"", "0", "5", "600", "-1", "+60", "1.5", "abc", "600s", "99999999999999999999", " 7", "007"} {
		f.Add(seed, uint8(0))
		f.Add(seed, uint8(31))
	}
	f.Fuzz(func(t *testing.T, value string, rules uint8) {
		m := maxAgeRules{rules&1 > 0, rules&2 > 0, rules&4 > 0, rules&8 > 0, rules&16 > 0}
		got := m.parse(safelist.HeaderList{{Name: "Access-Control-Max-Age", Value: value}})
		if got < 0 {
			t.Errorf("%q: %v under %+v", value, got, m)
		}
		standard := new(maxAgeRules).parse(safelist.HeaderList{{Name: "access-control-max-age", Value: value}})
		digits := value != "" && strings.Trim(value, "0123456789") == ""
		if !digits && standard != 5*time.Second {
			t.Errorf("%q: %v in the Standard", value, standard)
		}
	})
}

// Any bytes decode to an end or an error, and what was encoded decodes to
// itself.
func FuzzContentCoding(f *testing.F) {
	for _, seed := range []string{"", "hello", "\x1f\x8b\x08", "\x78\x9c\x03\x00", strings.Repeat("a", 40)} {
		for coding := range uint8(4) {
			f.Add([]byte(seed), coding)
		}
	}
	// Encoders are made once, and fast ones: others take a megabyte each, which is
	// cleared for every input.
	type encoder interface {
		io.WriteCloser
		Reset(io.Writer)
	}
	bare, err1 := flate.NewWriter(nil, flate.BestSpeed)
	gzipped, err2 := gzip.NewWriterLevel(nil, flate.BestSpeed)
	zipped, err3 := zlib.NewWriterLevel(nil, flate.BestSpeed)
	if err := errors.Join(err1, err2, err3); err != nil {
		f.Fatal(err)
	}
	codings := []struct {
		name string
		encoder
	}{{"gzip", gzipped}, {"x-gzip", gzipped}, {"deflate", zipped}, {"DEFLATE", bare}}
	decode := func(coding string, coded []byte) ([]byte, error) {
		const most = 1 << 16 // as much as is looked at of a bomb
		resp := &response{headers: safelist.HeaderList{{Name: "Content-Encoding", Value: coding}}}
		run := &fetching{ctx: context.Background(), agent: &Agent{profile: Standard()}, request: &request{method: "GET"}}
		resp.stream = responseBody{f: run, resp: resp, from: io.NopCloser(bytes.NewReader(coded))}
		run.decode(resp)
		return io.ReadAll(io.LimitReader(resp.stream.from, most))
	}
	f.Fuzz(func(t *testing.T, data []byte, which uint8) {
		coding := codings[int(which)%len(codings)]
		_, _ = decode(coding.name, data)
		var coded bytes.Buffer
		coding.Reset(&coded)
		_, _ = coding.Write(data)
		coding.Close()
		if got, err := decode(coding.name, coded.Bytes()); len(data) < 1<<16 && (err != nil || !bytes.Equal(got, data)) {
			t.Errorf("%s: %q decodes to %q, %v", coding.name, data, got, err)
		}
	})
}
