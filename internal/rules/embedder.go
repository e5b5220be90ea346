package rules

// Embedder holds a user agent's departures in what becomes of frames that
// Cross-Origin-Embedder-Policy blocks. By the Standard a document without content
// takes their place, whose load event fires.
type Embedder struct {
	// A frame that Cross-Origin-Resource-Policy and the embedder policy of its page
	// block fires no event.
	SilentCORPFrame bool

	// A frame whose document lacks the embedder policy that its page demands fires no
	// event.
	SilentPolicyFrame bool

	// A redirect on the way to a frame's document has to have the embedder policy that
	// the page demands as well. Without it the frame fires no event.
	RedirectsNeedPolicy bool
}
