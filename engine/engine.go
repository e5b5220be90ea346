// Package engine has all that is known of the browsers: for each of them, in a
// file of its own, its profile, the lines that it prints to its console, its name
// and its version; and the table that tells what each field of a profile does.
//
// A profile is data that package fetch runs on:
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
	words   func(e *fetch.Error, name string) (words string, ok bool) // names in braces that only its lines have; nil: none
	reason  func(*fetch.Error) fetch.Reason                           // the reason as it sees it; nil: the refusal's
}

// browsers are the browsers in the order in which they are listed everywhere.
var browsers = [...]*browser{&chromium, &firefox, &webkit}

// All returns the profiles of the browsers. Each call makes them anew; they are
// the caller's to change.
//
// The profiles follow what the browsers were recorded to do, in the version that
// they name: testdata/recordings has some 6,600 scenarios for each.
// [github.com/browsercors/browsercors/conformance.KnownDisagreements] lists the
// differences that are left.
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

// ByName returns the one of [Profiles] that has this name.
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

// Title returns what people call the browser of a profile: "WebKit" for
// "webkit". Another name is returned as it is.
func Title(profile string) string {
	for _, b := range browsers {
		if b.profile().Name == profile {
			return b.title
		}
	}
	return profile
}

// InBrowsers says which browsers something is about, by the names of their
// profiles: "in every browser", "in Chromium and WebKit". Without any browser it
// is "by the Standard alone". The Standard's profile is passed over.
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
