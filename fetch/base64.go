package fetch

import (
	"context"
	"encoding/base64"
)

// forgivingBase64 is forgiving-base64 decode, of bytes that it may overwrite, as
// far as it comes before ctx ends.
//
// https://infra.spec.whatwg.org/#forgiving-base64-decode
func forgivingBase64(ctx context.Context, data []byte) ([]byte, bool) {
	const pause = 1 << 16 // bytes between two looks at the context, and whole groups of 4
	// 1. ASCII whitespace doesn't count.
	kept := data[:0]
	for i, c := range data {
		if i%pause == 0 && ctx.Err() != nil {
			return nil, false
		}
		switch c {
		case '\t', '\n', '\f', '\r', ' ':
		default:
			kept = append(kept, c)
		}
	}
	// 2. Whole groups of four may end in one or two equals signs.
	if len(kept)%4 == 0 {
		for range 2 {
			if n := len(kept); n > 0 && kept[n-1] == '=' {
				kept = kept[:n-1]
			}
		}
	}
	// 3, 4. One character too many, or one that isn't of the alphabet: failure.
	// 5 to 9. Four characters make three bytes; bits left over at the end are dropped,
	// whatever they are.
	out := make([]byte, 0, base64.RawStdEncoding.DecodedLen(len(kept)))
	for len(kept) > 0 && ctx.Err() == nil {
		group := kept[:min(pause, len(kept))]
		var err error
		if out, err = base64.RawStdEncoding.AppendDecode(out, group); err != nil {
			return nil, false
		}
		kept = kept[len(group):]
	}
	// 10. Those are the bytes.
	return out, true
}
