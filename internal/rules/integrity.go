package rules

// Integrity holds a user agent's departures in how integrity metadata is
// parsed and compared. By the Standard, the part of an item up to the second
// hyphen has to be the digest in padded base64; a part in any other form matches
// no response.
type Integrity struct {
	// The values in integrity metadata are base64 or base64url, padded or not, with
	// any spare bits. An item whose value is empty or has another form is left out,
	// and so is a hash without a value; if nothing is left, every response passes.
	// The value ends at the question mark. It has another form if it has a
	// character that neither alphabet has, more than two equals signs, or one that
	// is not at the end.
	Base64 bool

	// A value in integrity metadata may have any number of equals signs, anywhere.
	// With one that is not at the end it matches no response. This needs Base64.
	PaddingAnywhere bool

	// A value in integrity metadata with equals signs, but not as many as base64
	// asks for, matches no response. An item that has only equals signs is left
	// out. This needs Base64.
	ExactPadding bool

	// A value in integrity metadata may have characters of base64 and of base64url.
	// Otherwise such a value matches no response. This needs Base64.
	MixedAlphabets bool

	// An item of integrity metadata whose options have something other than visible
	// ASCII is left out. This needs Base64.
	VisibleOptions bool

	// Integrity metadata may call its hashes sha-256, sha-384 and sha-512. This
	// needs Base64.
	HyphenatedNames bool

	// Integrity metadata names its hashes in any case.
	NamesInAnyCase bool

	// U+000B separates the items of integrity metadata.
	VerticalTab bool

	// Items of integrity metadata may be ed25519 public keys. Only a response that
	// is signed by one of them passes. This engine cannot check signatures and
	// refuses those too. This needs Base64.
	PublicKeys bool

	// Integrity metadata without a known hash is ignored, except for an opaque
	// response.
	NoHashNoCheck bool

	// Integrity metadata of blanks is none.
	BlankIsNone bool

	// A response without a body is compared with integrity metadata as if its body
	// had no bytes.
	NoBodyIsEmpty bool

	// Integrity metadata is compared with the body of a redirect that mode manual
	// does not follow.
	OfRedirect bool

	// An Integrity-Policy can block scripts only.
	PolicyOfScriptsOnly bool

	// A member of an Integrity-Policy that is not a list is ignored. If that member
	// is sources, the source is “inline”.
	PolicyListsOnly bool

	// An Integrity-Policy that has a number or a byte sequence somewhere does not
	// parse.
	PolicyWithoutNumbers bool
}
