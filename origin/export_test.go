package origin

// ParseFast is the fast path alone; nil means that it leaves the input to the slow path.
func ParseFast(input string) *URL { return (*Schemes)(nil).parseFast(input) }

// ParseSlow is the slow path alone.
func ParseSlow(input string) (*URL, error) { return (*Schemes)(nil).parseSlow(input, nil) }

// Identical reports whether two records have the same fields. Opaque origins count as the same.
func Identical(u, v *URL) bool {
	return u.components == v.components && u.href == v.href && u.origin == v.origin
}
