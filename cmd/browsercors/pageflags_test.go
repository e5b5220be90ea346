package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// TestAssumedPage: check and fetch assume the same page if no flag names one, and say so in every
// format.
func TestAssumedPage(t *testing.T) {
	plain, secure := overBoth(t, checked())
	const rest = "; --origin or --page names another page\n"
	for _, test := range []struct{ name, url, want string }{
		{"http", plain.URL + "/public", "http://app.example" + rest},
		{"https", secure.URL + "/public", "https://app.example" + rest},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, format := range reportFormats() {
				got := browsercors(t, "", "check", "-k", "--format", string(format), test.url)
				if want := "browsercors: note: check assumed a page of " + test.want; got.assumed != want || got.code != exitDone {
					t.Errorf("check, %s: exit code %d, note %q, want %q", format, got.code, got.assumed, want)
				}
			}
			got := browsercors(t, "", "fetch", "-k", test.url)
			note := "fetch assumed a page of " + test.want
			if want := "browsercors: note: " + note; got.assumed != want || got.code != exitDone {
				t.Errorf("fetch: exit code %d, note %q, want %q", got.code, got.assumed, want)
			}
			got = browsercors(t, "", "fetch", "-k", "--format", "json", test.url)
			var report struct{ Notes []string }
			if err := json.Unmarshal([]byte(got.out), &report); err != nil || !slices.Equal(report.Notes, []string{strings.TrimSpace(note)}) {
				t.Errorf("fetch, json: notes %q (%v), want %q", report.Notes, err, note)
			}
			for _, page := range [][]string{{"--origin", "https://a.example"}, {"--page", "https://a.example/x"}} {
				for _, command := range []string{"check", "fetch"} {
					if got := browsercors(t, "", slices.Concat([]string{command, "-k"}, page, []string{test.url})...); got.assumed != "" {
						t.Errorf("%s %s: note %q", command, page, got.assumed)
					}
				}
			}
			if got := browsercors(t, "", "check", "-k", "--refuse", "https://a.example", test.url); got.assumed != "" {
				t.Errorf("check --refuse: note %q", got.assumed)
			}
		})
	}
	for _, command := range []string{"check", "fetch"} {
		help := strings.Join(strings.Fields(browsercors(t, "", command, "--help").out), " ")
		contains(t, command+" --help", help, command+" assumes a page of "+assumption)
	}
}
