package rules

// Element holds a user agent's departures in what elements, style sheets, workers
// and frames ask for, and in what they make of the response.
type Element struct {
	// Fonts are loaded without CORS, with credentials.
	FontWithoutCORS bool

	// A track of another origin is loaded without CORS if the media element has no
	// crossorigin attribute.
	TrackWithoutCORS bool

	// A preload with as="font" uses CORS, and the credentials mode same-origin,
	// whatever its crossorigin attribute.
	PreloadFontByCORS bool

	// A track's request has no Referer.
	TrackWithoutReferrer bool

	// HomeOrigin says which requests of elements in mode cors to the page's own
	// origin have an Origin header.
	HomeOrigin HomeOrigin

	// SandboxedReferrer says what has the page's URL for a referrer in a sandboxed
	// page.
	SandboxedReferrer SandboxedElements

	// To the referrer policy of a sandboxed page every URL is of another origin.
	SandboxedCrossOrigin bool

	// An image that a style attribute asks for has the default referrer policy,
	// whatever the page's.
	StyleDefaultReferrerPolicy bool

	// The referrer of what a module or a style sheet imports is the page, unless it is
	// in a worker.
	ImportsNamePage bool

	// What a style sheet imports has the default referrer policy, whatever the page's,
	// unless the style sheet's response sets one.
	SheetImportsDefaultPolicy bool

	// What the module of a worker imports has the page's referrer policy, unless the
	// module's response sets one.
	WorkerModulesPagePolicy bool

	// In Sec-Fetch-Site, what a style sheet imports is asked for by the style
	// sheet's origin.
	SheetImportsOwnSite bool

	// A Worker constructor throws a SecurityError for a URL of another origin.
	WorkerOriginThrows bool

	// A script without CORS whose last URL is of the page's origin reports its
	// errors in full, wherever redirects have led.
	ScriptHomeUnmuted bool

	// A script of another origin without CORS reports an Error object that it made
	// itself in full.
	ErrorObjectsUnmuted bool

	// A Worker constructor throws a SecurityError for a URL that the page's
	// Content-Security-Policy does not allow.
	WorkerPolicyThrows bool

	// The module map remembers a module that threw: it throws once only.
	ModuleThrowsOnce bool

	// A track may have any status.
	TrackAnyStatus bool

	// A style sheet may have any MIME type.
	StyleAnyType bool

	// StyleUnparsable says which Content-Type of a style sheet counts as none.
	StyleUnparsable StyleUnparsable

	// A style sheet that a redirect has led to needs a Content-Type.
	RedirectedStyleTyped bool

	// A style sheet that the page has already is not fetched again.
	SheetsReused bool

	// An image of a style attribute that the page has already is not fetched again.
	StyleImagesReused bool

	// An image or a mask of a style attribute is not fetched again for an image of a style
	// attribute, whatever has replaced it in the list of available images.
	StyleImagesKept bool

	// An image replaces the one of the same URL that was loaded with another
	// crossorigin attribute in the list of available images.
	ImageReplaced bool

	// Audio, video and fonts that the page has already are not fetched again.
	MediaReused bool

	// MediaStatuses says which audio and video need status 200 or 206.
	MediaStatuses MediaStatuses

	// An SVG image needs an ok status. The ok statuses are 200 to 299.
	SVGOKStatus bool

	// A redirect from another origin of what these elements ask for is held to the CORS
	// check with credentials.
	RedirectsInclude []string

	// FailedFrame is the event of a frame whose server gives no response.
	FailedFrame FrameEvent

	// A module that can't be fetched is fetched again when it is asked for again.
	ModulesRetried bool

	// ModulepreloadAs says what the as attribute of a modulepreload does.
	ModulepreloadAs ModulepreloadAs

	// A modulepreload with one of these words as its as attribute fires an error
	// event without a request.
	ModulepreloadRefused []string

	// A module script does not use what a preload with as="script" has fetched.
	PreloadNotForModules bool

	// A modulepreload fetches what the module imports, too.
	ModulepreloadDescends bool

	// A modulepreload takes any MIME type.
	ModulepreloadAnyType bool

	// A modulepreload of a module that the page has fetched already fires the event of
	// that fetch if its crossorigin attribute is the same, and no module script has used what
	// a modulepreload fetched. Otherwise it fires an error event.
	ModulepreloadOnce bool

	// What modulepreloads fetch is kept apart from the module map: they don't look
	// for a module there, and what they could not fetch is not fetched again,
	// unless a redirect was refused.
	ModulepreloadApart bool

	// A preload with one of these words as its as attribute does not check integrity
	// metadata.
	PreloadWithoutIntegrity []string

	// A preload with one of these words as its as attribute fires an error event
	// without a request.
	PreloadRefused []string

	// A preload that was refused is refused again, without a request.
	PreloadRefusedOnce bool

	// A preload with one of these words as its as attribute is not fetched again,
	// whatever its crossorigin attribute. It fires the event that the first one fired.
	PreloadOnce []string

	// A preload with one of these words as its as attribute is not fetched again,
	// whatever its crossorigin attribute, if the first one fired a load event. After an
	// error event it is fetched again if only one of them uses CORS.
	PreloadOnceLoaded []string

	// An image whose MIME type is image/svg+xml may be any other image.
	SVGSniffed bool

	// An image whose MIME type is that of PDF is a PDF document.
	PDFImages bool

	// A preload with as="script" may have any MIME type.
	PreloadScriptAnyType bool

	// A preload with as="image" fires an error event if the image can't be decoded.
	PreloadDecodesImages bool

	// A preload with as="style" that script may read fires an error event if its MIME
	// type is not text/css.
	PreloadStyleTyped bool

	// A preload with as="style" fetches what the style sheet imports, too, and fires an
	// error event if that fails.
	PreloadStyleImports bool

	// A preload with as="script" or as="style" may have any MIME type.
	PreloadAnyType bool

	// Integrity metadata without a hash is not checked, without CORS either.
	NoHashNoCheck bool

	// importScripts() of a classic worker includes credentials.
	ImportScriptsInclude bool

	// An integrity attribute of blanks is as good as none.
	BlankIntegrityIsNone bool

	// A modulepreload does not check integrity metadata.
	ModulepreloadWithoutIntegrity bool

	// A preload with one of these words as its as attribute fires an error event if
	// the status is not ok. The ok statuses are 200 to 299.
	PreloadOKStatus []string

	// A preload with one of these words as its as attribute fires a load event
	// without a request.
	PreloadUnasked []string

	// A preload with one of these words as its as attribute asks for a script.
	PreloadScripts []string

	// A preload and a modulepreload fire a load event if the CORS protocol or
	// Cross-Origin-Resource-Policy refuses them, if nosniff or its MIME type keeps
	// a response by CORS from being a script, whatever is wrong with an opaque
	// response, and if a server of another origin gives no response.
	PreloadLoadsRefused bool

	// MixedContentFrame is the event of a frame that is blocked as mixed content.
	MixedContentFrame FrameEvent

	// PolicyFrame is the event of a frame that the page's Content-Security-Policy
	// blocks, and PolicyFrameRedirected that of one that it blocks after a redirect.
	PolicyFrame           FrameEvent
	PolicyFrameRedirected FrameEvent

	// LocalNetworkFrame is the event of a frame for which a server in a less public
	// address space may not be asked.
	LocalNetworkFrame FrameEvent
}

// StyleUnparsable says which Content-Type of a style sheet counts as none.
type StyleUnparsable uint8

const (
	StyleUnparsableNever StyleUnparsable = iota // no value does
	StyleWithoutMIMEType                        // one that does not begin with a MIME type
	StyleWithoutSlash                           // one without a slash
)

// FrameEvent is the event that a frame fires if its navigation is blocked.
type FrameEvent uint8

const (
	FrameLoads  FrameEvent = iota // load: an error page takes its place
	FrameFails                    // error
	FrameSilent                   // none
)

// HomeOrigin says which requests of elements in mode cors to the page's own origin
// have an Origin header.
type HomeOrigin uint8

const (
	HomeOriginNone      HomeOrigin = iota // none of them
	HomeOriginNotWorker                   // all but those for what the module of a worker imports
	HomeOriginNotMedia                    // all but those of audio and video
)

// MediaStatuses says which audio and video need status 200 or 206.
type MediaStatuses uint8

const (
	MediaStatusesAny    MediaStatuses = iota // none: any ok status will do
	MediaStatusesAll                         // all of them
	MediaStatusesOpaque                      // those of other origins without CORS
)

// SandboxedElements says what has the page's URL for a referrer in a sandboxed page.
type SandboxedElements uint8

const (
	SandboxedElementsNone SandboxedElements = iota // nothing
	SandboxedElementsAll                           // what its elements and style sheets ask for
	SandboxedElementsOnly                          // what its elements ask for, not its style attributes and fonts
)

// ModulepreloadAs says what the as attribute of a modulepreload does.
type ModulepreloadAs uint8

const (
	ModulepreloadAsStandard ModulepreloadAs = iota // it is the destination; an unknown word is script
	ModulepreloadAsIgnored                         // nothing: the destination is script
	ModulepreloadAsStrict                          // an unknown word is an error, and a worker is of the page's origin and not in the module map
)
