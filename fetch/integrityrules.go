package fetch

// IntegrityRules are an engine's departures in how integrity metadata is read
// and what it is held against. The zero value is the Standard's way: a value is
// text, up to the second hyphen, that has to be the digest in padded base64; one
// of any other form is the digest of nothing.
type IntegrityRules struct {
	// Base64 reads a value, up to the question mark, as base64 or base64url,
	// padded or not, with any spare bits. An item is left out if its value is
	// empty or has a character that neither alphabet has, or more than two
	// equals signs, or one that is not at the end.
	Base64 bool

	// PaddingAnywhere does not leave out an item for its equals signs. With
	// one that is not at the end it matches nothing. Only with Base64.
	PaddingAnywhere bool

	// ExactPadding matches nothing if there are equals signs and not as many as
	// base64 asks for, and leaves out an item that has nothing else. Only with
	// Base64.
	ExactPadding bool

	// MixedAlphabets reads a value with characters of base64 and of base64url,
	// which otherwise matches nothing. Only with Base64.
	MixedAlphabets bool

	// VisibleOptions leaves out an item with something in its options that is not
	// visible ASCII. Only with Base64.
	VisibleOptions bool

	// HyphenatedNames knows sha-256, sha-384 and sha-512 too. Only with Base64.
	HyphenatedNames bool

	// NamesInAnyCase knows the names of hashes in any case.
	NamesInAnyCase bool

	// VerticalTab separates items by U+000B too.
	VerticalTab bool

	// PublicKeys knows items that are ed25519 public keys: a response needs a
	// signature by one of them. The engine checks no signatures, and so refuses
	// every response. Only with Base64.
	PublicKeys bool

	// NoHashNoCheck does without a check where no hash is known, except for an
	// opaque response.
	NoHashNoCheck bool

	// NoBodyIsEmpty takes a response without a body for one with no bytes at all.
	NoBodyIsEmpty bool

	// OfRedirect takes the body of a redirect that mode manual does not follow.
	OfRedirect bool
}
