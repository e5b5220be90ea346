package fetch

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"encoding/base64"
	"io"
	"strings"
	"testing"
	"time"

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
		mimeType, body, ok := processDataURL(u)
		if !ok {
			return
		}
		if len(body) > len(u.String()) {
			t.Errorf("%d bytes of body from a URL of %d", len(body), len(u.String()))
		}
		again, err := safelist.ParseMIMEType(mimeType.String())
		if err != nil || again.String() != mimeType.String() {
			t.Errorf("MIME type %q reads back as %v, %v", mimeType, again, err)
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
		got, ok := forgivingBase64([]byte(in))
		want, wantOK := literalBase64(in)
		if ok != wantOK || ok && !bytes.Equal(got, want) {
			t.Errorf("%q: %q, %t, want %q, %t", in, got, ok, want, wantOK)
		}
	})
}

// The strongest metadata are all of one algorithm, and no stronger one is in
// the text.
func FuzzIntegrity(f *testing.F) {
	sum := base64.StdEncoding.EncodeToString(make([]byte, 32))
	for _, seed := range []string{"", "sha256-" + sum, "sha256-a sha512-b?x sha384-c", "md5-x", "sha512-", "SHA256-a", "sha256-a\tsha256-b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, metadata string) {
		strongest := parseIntegrity(metadata, false)
		for _, d := range strongest {
			if d.algorithm != strongest[0].algorithm {
				t.Errorf("%q: algorithms %d and %d", metadata, d.algorithm, strongest[0].algorithm)
			}
			d.matches(nil)
		}
		for item := range strings.FieldsSeq(metadata) {
			for algorithm, name := range digestNames {
				if strings.HasPrefix(item, name) && (len(strongest) == 0 || strongest[0].algorithm < algorithm) {
					t.Errorf("%q: %q was passed over", metadata, item)
				}
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
		m := MaxAgeRules{rules&1 > 0, rules&2 > 0, rules&4 > 0, rules&8 > 0, rules&16 > 0}
		got := m.parse(safelist.HeaderList{{Name: "Access-Control-Max-Age", Value: value}})
		if got < 0 {
			t.Errorf("%q: %v under %+v", value, got, m)
		}
		standard := new(MaxAgeRules).parse(safelist.HeaderList{{Name: "access-control-max-age", Value: value}})
		digits := value != "" && strings.Trim(value, "0123456789") == ""
		if !digits && standard != 5*time.Second {
			t.Errorf("%q: %v in the Standard", value, standard)
		}
	})
}

// Any bytes decode to an end or an error, and what was encoded decodes to
// itself.
func FuzzContentCoding(f *testing.F) {
	for _, seed := range []string{"", "hello", "\x1f\x8b\x08", "\x78\x9c\x03\x00", strings.Repeat("a", 1000)} {
		f.Add([]byte(seed))
	}
	encoders := map[string]func(io.Writer) io.WriteCloser{
		"gzip":    func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
		"x-gzip":  func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
		"deflate": func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) },
		"DEFLATE": func(w io.Writer) io.WriteCloser { w2, _ := flate.NewWriter(w, 5); return w2 },
	}
	decode := func(coding string, coded []byte) ([]byte, error) {
		resp := &response{headers: safelist.HeaderList{{Name: "Content-Encoding", Value: coding}}}
		run := &fetching{ctx: context.Background(), request: &request{method: "GET"}}
		resp.stream = networkBody{f: run, resp: resp, from: io.NopCloser(bytes.NewReader(coded))}
		run.decode(resp)
		return io.ReadAll(io.LimitReader(resp.stream.from, 1<<20))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for coding, encoder := range encoders {
			_, _ = decode(coding, data)
			var coded bytes.Buffer
			w := encoder(&coded)
			_, _ = w.Write(data)
			w.Close()
			if got, err := decode(coding, coded.Bytes()); err != nil || !bytes.Equal(got, data) {
				t.Errorf("%s: %q decodes to %q, %v", coding, data, got, err)
			}
		}
	})
}
