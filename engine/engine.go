// Package engine contains what is known about each browser, in a file of its own:
// its profile, its name and version, and the lines that it prints to its console.
// [Deviations] says in words what each field of a profile does.
//
// A profile is data. It makes an agent of package fetch behave like the browser:
//
//	agent, err := fetch.NewAgent(&fetch.Options{Profile: engine.Firefox()})
package engine

import (
	"fmt"
	"strings"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/text"
)

// A browser is what is known of one browser.
type browser struct {
	profile func() *fetch.Profile
	title   string                                                    // what people call it
	lines   []consoleLine                                             // what it prints
	sockets []consoleLine                                             // … for a WebSocket, but for what its page's policies refuse
	parts   map[string][]part                                         // names in braces that stand for parts of its lines
	words   func(e *fetch.Error, name string) (words string, ok bool) // names in braces that only its lines have; nil: none
	heads   []string                                                  // other beginnings that its lines have had; the first is today's
	older   []consoleLine                                             // what older versions print, or printed
	reason  func(*fetch.Error) fetch.Reason                           // the reason as it sees it; nil: the refusal's
}

// browsers are the browsers in the order in which they are listed everywhere.
var browsers = [...]*browser{&chromium, &firefox, &webkit}

// All returns the profiles of the browsers. The caller may change them.
//
// A profile follows recordings of the browser, in the version that it names:
// testdata/recordings has some 6,600 scenarios for each. The remaining differences
// are listed in conformance/known.go.
func All() []*fetch.Profile {
	var all []*fetch.Profile
	for _, b := range browsers {
		all = append(all, b.profile())
	}
	return all
}

// Profiles returns the profile of the Standard, then those of [All].
func Profiles() []*fetch.Profile {
	return append([]*fetch.Profile{fetch.Standard()}, All()...)
}

// ByName returns the profile of [Profiles] with a name.
func ByName(name string) (*fetch.Profile, error) {
	var names []string
	for _, p := range Profiles() {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return nil, fmt.Errorf("engine: unknown profile %s, want one of %s", text.Quote(name), strings.Join(names, ", "))
}

// Title returns the usual name of the browser of a profile: "WebKit" for "webkit".
// An unknown profile is returned unchanged.
func Title(profile string) string {
	for _, b := range browsers {
		if b.profile().Name == profile {
			return b.title
		}
	}
	return profile
}

// InBrowsers returns a phrase for a list of profiles, such as "in every browser" or
// "in Chromium and WebKit". The Standard's profile is ignored; without any other
// the phrase is "by the Standard alone".
func InBrowsers(profiles []string) string {
	var titles []string
	for _, profile := range profiles {
		if profile != fetch.Standard().Name {
			titles = append(titles, Title(profile))
		}
	}
	switch len(titles) {
	case 0:
		return "by the Standard alone"
	case len(browsers):
		return "in every browser"
	}
	return "in " + text.List(titles)
}
