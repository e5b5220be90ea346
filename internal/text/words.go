package text

import (
	"fmt"
	"strings"
)

// Plural is "1 use", "2 uses".
func Plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// Browser is what people call the browser of a profile.
func Browser(profile string) string {
	if profile == "webkit" {
		return "WebKit"
	}
	return strings.ToUpper(profile[:1]) + profile[1:]
}

// List is "a, b and c".
func List(names []string) string {
	if last := len(names) - 1; last > 0 {
		return strings.Join(names[:last], ", ") + " and " + names[last]
	}
	return strings.Join(names, "")
}

// InBrowsers says which of the browsers, of which there are so many, something
// is about: "in every browser", "in Chromium and WebKit". Without any it is "by
// the Standard alone". The Standard's profile is passed over.
func InBrowsers(profiles []string, of int) string {
	var names []string
	for _, profile := range profiles {
		if profile != "standard" {
			names = append(names, Browser(profile))
		}
	}
	switch len(names) {
	case 0:
		return "by the Standard alone"
	case of:
		return "in every browser"
	}
	return "in " + List(names)
}
