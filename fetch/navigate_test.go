package fetch_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fetchtest"
)

// What is sent for an address that was typed, a link and a form.
//
// https://html.spec.whatwg.org/#create-navigation-params-by-fetching
func TestNavigate(t *testing.T) {
	const document = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	const upgrade = "Upgrade-Insecure-Requests: 1"
	agentLines := []string{"User-Agent: " + defaultUserAgent, "Accept-Encoding: gzip, deflate", "Cookie: id=1"}
	metadata := func(site string) []string {
		return []string{"Sec-Fetch-Dest: document", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Site: " + site}
	}
	all := func(parts ...[]string) (lines []string) {
		for _, part := range parts {
			lines = append(lines, part...)
		}
		return append(lines, agentLines...)
	}
	tests := []struct {
		name       string
		navigation fetch.Navigation
		fromPage   bool
		line       string
		want       []string
	}{
		{"typed", fetch.Navigation{URL: api + "/a"}, false, "GET " + api + "/a", all([]string{document, upgrade}, metadata("none"))},
		{"link", fetch.Navigation{URL: api + "/a", UserActivation: true}, true, "GET " + api + "/a",
			all([]string{document, upgrade, "Referer: " + app + "/"}, metadata("cross-site"), []string{"Sec-Fetch-User: ?1"})},
		{"relative link by script", fetch.Navigation{URL: "b"}, true, "GET " + app + "/dir/b",
			all([]string{document, upgrade, "Referer: " + app + "/dir/page?q"}, metadata("same-origin"))},
		{"link with a policy", fetch.Navigation{URL: api + "/a", ReferrerPolicy: "no-referrer"}, true, "GET " + api + "/a",
			all([]string{document, upgrade}, metadata("cross-site"))},
		{"insecure link", fetch.Navigation{URL: "http://api.test/a"}, true, "GET http://api.test/a", all([]string{document, upgrade})},
		{"form", fetch.Navigation{URL: api + "/a", Method: "POST", Body: fetch.FormBody(fetch.FormField{Name: "a", Value: "b"})}, true, "POST " + api + "/a",
			all([]string{"Content-Type: application/x-www-form-urlencoded;charset=UTF-8", document, upgrade, "Content-Length: 3", "Referer: " + app + "/",
				"Origin: " + app}, metadata("cross-site"))},
		{"form with no-referrer", fetch.Navigation{URL: api + "/a", Method: "POST", ReferrerPolicy: "no-referrer"}, true, "POST " + api + "/a",
			all([]string{document, upgrade, "Content-Length: 0", "Origin: null"}, metadata("cross-site"))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			agent, n := newAgent(t, routes{}.serve, fetch.Options{Cookies: staticCookies{}})
			if tt.fromPage {
				tt.navigation.Initiator = newPage(t, agent, fetch.EnvironmentOptions{})
			}
			resp, err := agent.Navigate(t.Context(), &tt.navigation)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			got := n.last(t)
			var lines []string
			for _, h := range got.Headers {
				lines = append(lines, h.Name+": "+h.Value)
			}
			if diff := cmp.Diff(tt.want, lines); diff != "" || got.String() != tt.line {
				t.Errorf("%s\n%s", got, diff)
			}
			if resp.Type != "basic" || resp.Status != 200 || text(t, resp.Body) != "ok" || !resp.CORSSameOrigin() {
				t.Errorf("%+v", resp)
			}
		})
	}
}

// Redirects of a navigation: across origins, without CORS, to the end.
func TestNavigateRedirects(t *testing.T) {
	servers := routes{
		api + "/a": answer(302, "Location: "+cdn+"/b", "Set-Cookie: a=1"),
		cdn + "/b": answer(307, "Location: https://u:p@app.example/c"),
	}
	cookies := new(recordedCookies)
	agent, n := newAgent(t, servers.serve, fetch.Options{Cookies: cookies})
	page := newPage(t, agent, fetch.EnvironmentOptions{})
	resp, err := agent.Navigate(t.Context(), &fetch.Navigation{URL: api + "/a", Method: "POST", Body: fetch.TextBody("x"), Initiator: page})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := strings.Join(n.lines(), "|"); got != "POST https://api.test/a|GET https://cdn.test/b|GET https://u:p@app.example/c" {
		t.Error(got)
	}
	if !resp.Redirected || resp.Type != "basic" || fetch.RedirectTaint(resp) != "cross-site" {
		t.Errorf("%+v", resp)
	}
	if len(cookies.stored) != 1 || cookies.stored[0] != "a=1" {
		t.Errorf("stored %q", cookies.stored)
	}
	for _, s := range n.sent {
		if !s.Credentials || s.header("Sec-Fetch-Site") != "cross-site" || s.header("Sec-Fetch-Mode") != "navigate" {
			t.Errorf("%v: %v", s, s.Headers)
		}
	}
}

// Which cookies: those of the page that will be, as the Standard's same-site
// mode has it.
//
// https://fetch.spec.whatwg.org/#determine-the-same-site-mode
func TestNavigateCookies(t *testing.T) {
	tests := []struct {
		name   string
		method string
		from   string // "" is the user
		want   credentials.SameSite
	}{
		{"typed", "GET", "", "strict-or-less"},
		{"link from another site", "GET", app, "lax-or-less"},
		{"link from its own site", "GET", api, "strict-or-less"},
		{"form of its own site", "POST", api, "strict-or-less"},
		{"form of another site", "POST", app, "unset-or-less"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cookies := new(recordedCookies)
			agent, _ := newAgent(t, routes{}.serve, fetch.Options{Cookies: cookies})
			n := &fetch.Navigation{URL: api + "/a", Method: tt.method}
			if tt.from != "" {
				n.Initiator = newPage(t, agent, fetch.EnvironmentOptions{URL: tt.from})
			}
			resp, err := agent.Navigate(t.Context(), n)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			got := cookies.asked[0]
			if got.SameSite != tt.want || got.Partition.Site != mustOrigin(t, api).Site(nil) {
				t.Errorf("%+v, want %v", got, tt.want)
			}
		})
	}
}

func TestNavigateRefusals(t *testing.T) {
	tests := []struct {
		name       string
		navigation fetch.Navigation
		answers    routes
		want       refusal
	}{
		{"method", fetch.Navigation{URL: api, Method: "PUT"}, nil,
			refusal{reason: fetchtest.Reason("method-not-navigable"), stage: "construct", header: "method", value: "PUT", method: "PUT", url: api}},
		{"body of GET", fetch.Navigation{URL: api, Body: fetch.TextBody("")}, nil,
			refusal{reason: fetchtest.Reason("body-not-allowed"), stage: "construct", header: "method", value: "GET", url: api}},
		{"URL", fetch.Navigation{URL: "/a"}, nil, refusal{reason: fetch.InvalidURL, stage: "construct", header: "url", value: "/a", url: "/a"}},
		{"bad port", fetch.Navigation{URL: api + ":22/"}, nil,
			refusal{reason: fetch.BadPort, stage: "before", header: "port", value: "22", method: "GET", url: api + ":22/"}},
		{"redirect to data:", fetch.Navigation{URL: api}, routes{api + "/": answer(302, "Location: data:,x")},
			refusal{reason: fetch.RedirectScheme, stage: "actual", header: "Location", value: "data:,x", method: "GET", url: api + "/", status: 302}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			agent, _ := newAgent(t, tt.answers.serve, fetch.Options{})
			resp, err := agent.Navigate(t.Context(), &tt.navigation)
			if err == nil {
				resp.Body.Close()
				t.Fatal("not refused")
			}
			if got := refusalOf(asRefusal(t, err)); got != tt.want {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
		})
	}
	agent, _ := newAgent(t, routes{}.serve, fetch.Options{})
	_, err := agent.Navigate(t.Context(), &fetch.Navigation{URL: "https://a b/", Initiator: newPage(t, agent, fetch.EnvironmentOptions{})})
	if e := asRefusal(t, err); e.Reason != fetch.InvalidURL {
		t.Error(err)
	}
}

// The URL's credentials answer a challenge; a navigation asks the user only
// after that.
func TestNavigateAuthentication(t *testing.T) {
	agent, n := newAgent(t, guarded, fetch.Options{})
	resp, err := agent.Navigate(t.Context(), &fetch.Navigation{URL: "https://u:p@api.test/a"})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.Status != 200 || len(n.lines()) != 2 || n.sent[0].Headers.Contains("Authorization") {
		t.Errorf("%d after %s", resp.Status, fmt.Sprint(n.lines()))
	}
}
