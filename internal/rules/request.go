package rules

// Request holds a user agent's departures in what script may ask for, and in
// what becomes of it.
type Request struct {
	// A URL may have spaces in its host, which are percent-encoded.
	HostSpaces bool

	// A stream as body turns mode same-origin into cors.
	StreamMakesCORS bool

	// Every charset in the Content-Type of an XMLHttpRequest with a string is
	// overwritten with UTF-8 where it stands, whether the value parses or not.
	CharsetInPlace bool

	// The type of a Blob that XMLHttpRequest sends is left out unless it parses to
	// its end. It has to have a type, a subtype and whole parameters.
	BlobTypeParsed bool

	// The type of a Blob that XMLHttpRequest sends is left out unless it is a MIME
	// type.
	BlobTypeIsMIMEType bool

	// An HTTP(S) URL that is written with a tab or a line break and a “<” is
	// blocked, and one that is relative to such a base URL. It does not matter
	// where in the URL they stand. URLs that redirects lead to or that the user
	// typed are not checked.
	DanglingMarkup bool

	// A subresource is not fetched from a URL with a username or password, nor
	// redirected to one, unless the page's own URL has the same ones and the same
	// origin. Requests of XMLHttpRequest are excepted. A navigation is not a
	// subresource.
	UserinfoBlocked bool

	// The URL of an element in mode cors, except a track, and of audio and video in
	// any mode, loses its username and password.
	ElementUserinfoDropped bool

	// A manifest is asked for without credentials, also of the page's own origin,
	// unless its link has crossorigin="use-credentials".
	ManifestWithoutCredentials bool

	// Blanks at the end of a data: URL are left out, and all of them where it is
	// base64.
	DataURLBlanks bool

	// A keepalive request whose body exceeds the quota fails before its preflight.
	KeepaliveEarly bool

	// In mode no-cors the type of a Blob is sent, whatever it is.
	BlobTypeUnguarded bool

	// XMLHttpRequest sends the Content-Type of a URLSearchParams object that it
	// leaves out because the method is GET or HEAD.
	FormTypeWithoutBody bool

	// XMLHttpRequest leaves an empty charset in the Content-Type that script set.
	EmptyCharsetKept bool

	// The username and password of an XMLHttpRequest's URL come off it when it goes
	// to another origin, and when a server was answered with them; responseURL
	// shows it.
	UserinfoTaken bool

	// Cache mode only-if-cached goes to the server where nothing is cached.
	OnlyIfCachedAsks bool
}

// Body holds a user agent's departures in bodies.
type Body struct {
	// Stream is what becomes of a ReadableStream that script gives.
	Stream Stream
}

// A Stream says what a user agent does with a ReadableStream as a body.
type Stream uint8

const (
	StreamSent    Stream = iota // it is sent chunk by chunk, as the Standard demands
	StreamText                  // it becomes the string "[object ReadableStream]"
	StreamRefused               // script gets a NotSupportedError
)
