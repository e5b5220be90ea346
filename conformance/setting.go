package conformance

import "time"

// A Setting is what the browser that plays a scenario needs besides its steps.
type Setting struct {
	// AddressSpaces are the address spaces of the ports that the scenario is about; nil
	// if it is not about address spaces. Ports that are not listed are public.
	AddressSpaces map[string]string

	// HTTPCache says that the scenario is about the HTTP cache, which has to be on.
	// Settle is then how long the page waits after each step, until the browser has
	// written its cache.
	HTTPCache bool
	Settle    time.Duration

	// Framed says that the steps are played in a frame, which has the page's policies
	// to itself: the scenario has something that a page does besides fetch() and
	// XMLHttpRequest, or a Content-Security-Policy or a Referrer-Policy.
	Framed bool

	// Policies are the headers of the page's response that say its policies.
	Policies [][2]string
}

// Setting returns what a browser needs to play the scenario.
func (s *Scenario) Setting() Setting {
	return Setting{AddressSpaces: s.spaces(), HTTPCache: s.httpCache(), Settle: s.settle(), Framed: s.secondPart(), Policies: s.Page.headers()}
}
