package rules

// A HeaderCase is what a user agent does with a header, or with the order of headers, in some
// requests. Of a list of cases the first that fits a request holds.
//
// For says which requests a case is for, in words with blanks between. All of them have to be true
// of the request; no word at all is true of every request:
//
//	preflight navigation websocket fetch xhr eventsource beacon report   who makes the request
//	element                                                       an element, a style sheet or a worker
//	image style font script track manifest audio video media worker
//	                                                              its destination; media is audio or video
//	preload module keepalive crossorigin range                    <link rel=preload>; <script type=module>; with
//	                                                              keepalive; an element in mode cors; with a Range
//	prefetch                                                      <link rel=prefetch>
//	cors                                                          its response tainting is cors
//	redirected crossed                                            it has been redirected; just now to another origin
//	background                                                    it revalidates what the HTTP cache has
//	home                                                          its first URL is of its own origin
//	late-origin trailing-origin                                   it had no Origin on its first hop; it got it, or got it
//	                                                              again when it became a GET, after its Sec-Fetch-*
//	trailing-access                                               … and before its Sec-Fetch-Storage-Access
//	retried                                                       it was sent before, without storage access
//	kept-origin                                                   it has the Origin of the request that met a stored redirect
//	https                                                         its URL is an https: URL
//	trustworthy                                                   its URL is potentially trustworthy
//	policy                                                        its referrer policy is not the default: the page or
//	                                                              the request has one of its own, which may be the same
type HeaderCase struct{ For, Value string }

// String is the case for people.
func (c HeaderCase) String() string {
	if c.For == "" {
		return c.Value
	}
	return c.For + ": " + c.Value
}
