package fetch

import "encoding/base64"

// forgivingBase64 is forgiving-base64 decode.
//
// https://infra.spec.whatwg.org/#forgiving-base64-decode
func forgivingBase64(data []byte) ([]byte, bool) {
	kept := make([]byte, 0, len(data))
	for _, c := range data { // 1
		switch c {
		case '\t', '\n', '\f', '\r', ' ':
		default:
			kept = append(kept, c)
		}
	}
	if len(kept)%4 == 0 { // 2
		for range 2 {
			if n := len(kept); n > 0 && kept[n-1] == '=' {
				kept = kept[:n-1]
			}
		}
	}
	// 3 to 9: bits left over at the end are dropped, whatever they are.
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(kept)))
	n, err := base64.RawStdEncoding.Decode(out, kept)
	return out[:n], err == nil
}
