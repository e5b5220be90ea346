package har

import "io"

// ReadUpTo is Read with another limit than maxSize.
func ReadUpTo(r io.Reader, limit int64) (*HAR, error) { return read("", r, limit) }
