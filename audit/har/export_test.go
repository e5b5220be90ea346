package har

import "io"

// ReadUpTo is Read with other limits than maxRead and maxKept.
func ReadUpTo(r io.Reader, limit, kept int64) (*HAR, error) {
	h, wrong := read(r, limit, kept)
	if wrong != nil {
		return nil, wrong
	}
	return h, nil
}
