package engine

// The proposal that the engines follow in opaque-response blocking.
const orbProposal = "https://github.com/annevk/orb#orbs-algorithm"

const (
	chromiumORB = "services/network/orb/orb_impl.cc; "
	firefoxORB  = "netwerk/protocol/http/OpaqueResponseUtils.cpp; "
)

// orbDeviations are the departures that concern opaque-response blocking, and frames
// that an embedder policy blocks.
var orbDeviations = []deviation{
	{
		field:    "ORB.Blocks",
		does:     "Responses without CORS to elements of other origins are blocked if neither their MIME type nor their first 1024 bytes are those of an image, audio, video, script or style sheet.",
		standard: "The Fetch Standard does not have opaque-response blocking yet; it is a proposal.",
		section:  orbProposal,
		sources:  map[string]string{"chromium": chromiumORB + seen, "firefox": firefoxORB + seen},
	}, {
		field:    "ORB.SafeTypes",
		does:     "Opaque-response blocking always allows these MIME types, in addition to JavaScript, text/css and image/svg+xml.",
		standard: "The proposal allows JavaScript, text/css and image/svg+xml only.",
		section:  orbProposal,
		sources:  map[string]string{"chromium": chromiumORB + seen, "firefox": firefoxORB + seen},
	}, {
		field:    "ORB.NosniffSafeTypes",
		does:     "Opaque-response blocking allows these MIME types even if X-Content-Type-Options is nosniff.",
		standard: "The proposal blocks text/plain in this case.",
		section:  orbProposal,
		sources:  map[string]string{"firefox": firefoxORB + seen},
	}, {
		field:    "ORB.NeverSniffed",
		does:     "Opaque-response blocking always blocks these MIME types, in addition to those of the proposal.",
		standard: "In the proposal, the first bytes of the body decide.",
		section:  orbProposal,
		sources:  map[string]string{"chromium": "services/network/orb/orb_mimetypes.cc"},
	}, {
		field:    "ORB.SlashIsType",
		does:     "What Content-Type has before a blank, a comma, a semicolon or a bracket is a MIME type if it has a slash.",
		standard: "The proposal treats a value that does not parse as a missing MIME type.",
		section:  orbProposal,
		sources:  map[string]string{"chromium": seen, "firefox": seen},
	}, {
		field:    "ORB.SniffsJavaScript",
		does:     "A script with a JavaScript MIME type is looked into as well.",
		standard: "The proposal accepts a JavaScript MIME type without looking into the body.",
		section:  orbProposal,
		sources:  map[string]string{"chromium": chromiumORB + seen},
	}, {
		field: "ORB.BlocksKnownOnly",
		does:  "Opaque-response blocking asks whether the first bytes are those of HTML, XML or JSON, rather than whether the body is a script.",
		detail: "All else is let through: also with nosniff, with any status, and with the type of an image that it is " +
			"not.",
		standard: "The proposal blocks a body unless it is media, a script, or has no MIME type.",
		section:  orbProposal,
		sources:  map[string]string{"chromium": chromiumORB + seen},
	}, {
		field: "ORB.PartialHTML",
		does:  "A partial response of HTML, JSON or XML can be media.",
		detail: "One that does not begin at the first byte is let through only if a media element asked for it; one without a valid Content-Range counts as a " +
			"whole.",
		standard: "The proposal blocks such a response.",
		section:  orbProposal,
		sources:  map[string]string{"chromium": chromiumORB + seen},
	}, {
		field:    "ORB.OwnOriginSafe",
		does:     "Opaque-response blocking lets through what comes from the page's own origin after redirects that left it.",
		standard: "The proposal treats such a response like any other opaque response.",
		section:  orbProposal,
		sources:  map[string]string{"chromium": chromiumORB + seen},
	}, {
		field:    "ORB.EmptyForFetch",
		does:     "A preload for fetch() gets an empty response in place of one that opaque-response blocking stops.",
		standard: "In the proposal, the preload fails with a network error.",
		section:  orbProposal,
		sources:  map[string]string{"chromium": chromiumORB + seen},
	}, {
		field:    "ORB.First",
		does:     "Opaque-response blocking runs before the checks of MIME types and nosniff.",
		standard: "The proposal runs it after them. Only the reason of a refusal shows the difference.",
		section:  orbProposal,
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "Embedder.SilentCORPFrame",
		does:     "A frame that Cross-Origin-Resource-Policy and the embedder policy of its page block fires no event.",
		standard: "It fires load, for a document without content.",
		section:  "https://html.spec.whatwg.org/#create-navigation-params-by-fetching",
		sources:  map[string]string{"firefox": seen, "webkit": seen},
	}, {
		field:    "Embedder.SilentPolicyFrame",
		does:     "A frame whose document lacks the embedder policy that its page demands fires no event.",
		standard: "It fires load, for a document without content.",
		section:  "https://html.spec.whatwg.org/#check-a-navigation-response's-adherence-to-its-embedder-policy",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "Embedder.RedirectsNeedPolicy",
		does:     "A redirect on the way to a frame's document has to have the embedder policy that the page demands as well.",
		detail:   "Without it the frame fires no event.",
		standard: "Only the document has to have one.",
		section:  "https://html.spec.whatwg.org/#create-navigation-params-by-fetching",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "Policy.DocumentIsolation",
		does:     "A page with Document-Isolation-Policy may embed only responses that Cross-Origin-Embedder-Policy would allow. Unlike that header, it sets no condition for frames and workers.",
		standard: "The header does not exist: it is a proposal.",
		section:  "https://html.spec.whatwg.org/#coep",
		sources:  map[string]string{"chromium": "services/network/public/cpp/cross_origin_resource_policy.cc"},
	},
}
