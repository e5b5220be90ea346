package rules

// ORB holds how a user agent blocks opaque responses (opaque-response blocking,
// ORB): what an element of another origin gets without CORS, and can't be an
// image, a sound, a video, a script or a style sheet. The published Fetch Standard
// has no such rule, so that the zero value blocks nothing. Steps are those of the
// proposal at https://github.com/annevk/orb and
// https://github.com/whatwg/fetch/pull/1442; the other fields are departures from
// it. MIME types are essences in lower case; one that ends in a slash stands for
// all with that beginning.
type ORB struct {
	// Responses without CORS to elements of other origins are blocked if neither
	// their MIME type nor their first 1024 bytes are those of an image, audio,
	// video, script or style sheet.
	Blocks bool

	// Opaque-response blocking always allows these MIME types, in addition to
	// JavaScript, text/css and image/svg+xml.
	SafeTypes []string

	// Opaque-response blocking allows these MIME types even if
	// X-Content-Type-Options is nosniff.
	NosniffSafeTypes []string

	// Opaque-response blocking always blocks these MIME types, in addition to those
	// of the proposal.
	NeverSniffed []string

	// What Content-Type has before a blank, a comma, a semicolon or a bracket is a MIME
	// type if it has a slash.
	SlashIsType bool

	// A script with a JavaScript MIME type is looked into as well.
	SniffsJavaScript bool

	// Opaque-response blocking asks whether the first bytes are those of HTML, XML
	// or JSON, rather than whether the body is a script. All else is let through:
	// also with nosniff, with any status, and with the type of an image that it is
	// not.
	BlocksKnownOnly bool

	// A partial response of HTML, JSON or XML can be media. One that does not begin
	// at the first byte is let through only if a media element asked for it; one
	// without a valid Content-Range counts as a whole.
	PartialHTML bool

	// Opaque-response blocking lets through what comes from the page's own origin
	// after redirects that left it.
	OwnOriginSafe bool

	// A preload for fetch() gets an empty response in place of one that
	// opaque-response blocking stops.
	EmptyForFetch bool

	// Opaque-response blocking runs before the checks of MIME types and nosniff.
	First bool
}
