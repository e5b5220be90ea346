package fetch_test

import (
	"strings"
	"testing"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// TestStorageAccessRetry holds what Activate-Storage-Access does for a site that the user has given storage access.
func TestStorageAccessRetry(t *testing.T) {
	t.Parallel()
	const request, retry = api + "/a", "Activate-Storage-Access: retry; allowed-origin="
	own := retry + `"` + app + `"`
	for _, tt := range []struct {
		name, answer string
		decided      bool
		mode         fetch.Mode
		credentials  credentials.Mode
		want         string // Sec-Fetch-Storage-Access, Origin and Cookie of each request
	}{
		{"granted", own, true, fetch.CORS, credentials.Include, "inactive https://app.example , active https://app.example id=1"},
		{"any origin", retry + "*", true, fetch.CORS, credentials.Include, "inactive https://app.example , active https://app.example id=1"},
		{"without CORS", own, true, fetch.NoCORS, credentials.Include, "inactive https://app.example , active https://app.example id=1"},
		{"not granted", own, false, fetch.CORS, credentials.Include, "none https://app.example "},
		{"not granted, without CORS", own, false, fetch.NoCORS, credentials.Include, "none  "},
		{"another origin", retry + `"https://other.example"`, true, fetch.CORS, credentials.Include, "inactive https://app.example "},
		{"without allowed-origin", "Activate-Storage-Access: retry", true, fetch.CORS, credentials.Include, "inactive https://app.example "},
		{"a token", retry + "https://app.example", true, fetch.CORS, credentials.Include, "inactive https://app.example "},
		{"load", "Activate-Storage-Access: load", true, fetch.CORS, credentials.Include, "inactive https://app.example "},
		{"damaged", own + ";", true, fetch.CORS, credentials.Include, "inactive https://app.example "},
		{"without credentials", own, true, fetch.CORS, credentials.SameOrigin, " https://app.example "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			agent, _ := newAgent(t, func(r sent) reply {
				if r.URL.Path() == "/set" {
					return answer(200, "Set-Cookie: id=1; Secure; SameSite=None")
				}
				got = append(got, strings.Join([]string{r.header("Sec-Fetch-Storage-Access"), r.header("Origin"), r.header("Cookie")}, " "))
				return answer(200, tt.answer, "Access-Control-Allow-Origin: "+app, "Access-Control-Allow-Credentials: true")
			}, fetch.Options{Profile: engine.Chromium()})
			outcome(t, newPage(t, agent, fetch.EnvironmentOptions{URL: api + "/"}), &fetch.Request{URL: api + "/set"})
			top, err := origin.ParseURL(app)
			if err != nil {
				t.Fatal(err)
			}
			site, err := origin.ParseURL(api)
			if err != nil {
				t.Fatal(err)
			}
			agent.DecideStorageAccess(top.Origin(), site.Origin(), tt.decided)
			page := newPage(t, agent, fetch.EnvironmentOptions{})
			if result := outcome(t, page, &fetch.Request{URL: request, Mode: tt.mode, Credentials: tt.credentials}); result != "200" && result != "0" {
				t.Errorf("the result is %s", result)
			}
			if all := strings.Join(got, ", "); all != tt.want {
				t.Errorf("%s, want %s", all, tt.want)
			}
		})
	}
}

// storageAccessRetried is a play of a page's frame that asks the page's own site, which has storage access there, and sends
// another request if it may.
func storageAccessRetried(t *testing.T, p *fetch.Profile) string {
	p.Headers.Order = []rules.HeaderCase{{Value: "Sec-Fetch-Storage-Access"}}
	p.Credentials.Cookies.ThirdParty = rules.ThirdPartyBlocked
	var got []string
	agent, _ := newAgent(t, func(r sent) reply {
		if r.URL.Path() == "/set" {
			return answer(200, "Set-Cookie: id=1; Secure; SameSite=None")
		}
		got = append(got, strings.TrimSpace(strings.Join([]string{r.header("Sec-Fetch-Storage-Access"), r.header("Cache-Control"), r.header("Cookie")}, " ")))
		return answer(200, "Activate-Storage-Access: retry; allowed-origin=*")
	}, fetch.Options{Profile: p})
	outcome(t, newPage(t, agent, fetch.EnvironmentOptions{}), &fetch.Request{URL: "/set"})
	top, err := origin.ParseURL(app)
	if err != nil {
		t.Fatal(err)
	}
	frame := newPage(t, agent, fetch.EnvironmentOptions{URL: api + "/", Ancestors: []origin.Origin{top.Origin()}})
	outcome(t, frame, &fetch.Request{URL: app + "/a", Mode: fetch.NoCORS, Credentials: credentials.Include})
	return strings.Join(got, ", ")
}
