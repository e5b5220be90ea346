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
