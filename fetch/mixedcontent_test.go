package fetch_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm
// https://w3c.github.io/webappsec-mixed-content/#should-block-fetch
func TestMixedContent(t *testing.T) {
	const plain = "http://media.test/a"
	framed := fetch.EnvironmentOptions{URL: "http://frame.test/", Ancestors: []origin.Origin{mustOrigin(t, app)}}
	tests := []struct {
		name        string
		destination fetch.Destination
		url         string
		page        fetch.EnvironmentOptions
		options     fetch.Options
		want        string // what is asked for; "" is blocked
	}{
		{name: "script", destination: "script", url: plain},
		{name: "image", destination: "image", url: plain, want: "https://media.test/a"},
		{name: "sound", destination: "audio", url: plain, want: "https://media.test/a"},
		{name: "video", destination: "video", url: plain, want: "https://media.test/a"},
		{name: "image on another port", destination: "image", url: "http://media.test:8080/a", want: "https://media.test:8080/a"},
		{name: "image on an IP address", destination: "image", url: "http://192.0.2.1/a"},
		{name: "image on IPv6", destination: "image", url: "http://[2001:db8::1]/a"},
		{name: "loopback", destination: "script", url: "http://127.0.0.1:8080/a", want: "http://127.0.0.1:8080/a"},
		{name: "image on localhost is not upgraded", destination: "image", url: "http://x.localhost/a", want: "http://x.localhost/a"},
		{name: "font", destination: "font", url: plain},
		{name: "track", destination: "track", url: plain},
		{name: "document", destination: "document", url: plain, want: plain},
		{name: "insecure page", destination: "script", url: plain, page: fetch.EnvironmentOptions{URL: "http://app.example/"}, want: plain},
		{name: "insecure page's image", destination: "image", url: plain, page: fetch.EnvironmentOptions{URL: "http://app.example/"}, want: plain},
		{name: "page on localhost", destination: "script", url: plain, page: fetch.EnvironmentOptions{URL: "http://localhost:3000/"}},
		{name: "insecure frame in a secure page", destination: "script", url: plain, page: framed},
		{name: "insecure frame's image", destination: "image", url: plain, page: framed, want: "https://media.test/a"},
		{name: "allowed", destination: "script", url: plain, options: fetch.Options{AllowMixedContent: true}, want: plain},
		{name: "allowed but upgraded", destination: "image", url: plain, options: fetch.Options{AllowMixedContent: true}, want: "https://media.test/a"},
		{name: "allowed on an IP address", destination: "image", url: "http://192.0.2.1/a", options: fetch.Options{AllowMixedContent: true},
			want: "http://192.0.2.1/a"},
		{name: "trusted origin", destination: "script", url: plain,
			options: fetch.Options{Trust: &origin.Trust{Origins: []origin.Origin{mustOrigin(t, "http://media.test")}}}, want: plain},
		{name: "trusted origin's image", destination: "image", url: plain,
			options: fetch.Options{Trust: &origin.Trust{Origins: []origin.Origin{mustOrigin(t, "http://media.test")}}}, want: plain},
		{name: "page of a trusted origin", destination: "script", url: plain, page: fetch.EnvironmentOptions{URL: "http://intranet.test/"},
			options: fetch.Options{Trust: &origin.Trust{Origins: []origin.Origin{mustOrigin(t, "http://intranet.test")}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			agent, n := newAgent(t, routes{}.serve, tt.options)
			page := newPage(t, agent, tt.page)
			r := &fetch.Request{API: "element", Destination: tt.destination, Mode: fetch.NoCORS, URL: tt.url}
			if tt.want == "" {
				if e := refused(t, page, r); e.Reason != fetch.MixedContent || e.Value != "http" || len(n.lines()) != 0 {
					t.Errorf("%v, sent %q", e, n.lines())
				}
				return
			}
			askFor(t, page, tt.destination, tt.url)
			if got := n.last(t).URL.String(); got != tt.want {
				t.Errorf("asked for %s, want %s", got, tt.want)
			}
		})
	}
}

// Every hop is looked at.
func TestMixedContentOfRedirects(t *testing.T) {
	servers := routes{
		app + "/a":                   answer(302, "Location: http://media.test/b"),
		"https://media.test/b":       answer(302, "Location: http://media.test/c"),
		"https://media.test/c":       answer(200).with("image"),
		"http://media.test/insecure": answer(200),
	}
	page, n := standardPage(t, servers.serve)
	resp := fetched(t, page, fetch.Element("img").Request("/a", ""))
	if got := text(t, resp.Internal().Body); got != "image" || len(n.lines()) != 3 {
		t.Errorf("%q by %q", got, n.lines())
	}
	e := refused(t, page, fetch.Element("script").Request("/a", ""))
	if e.Reason != fetch.MixedContent || e.Request.Hop != 1 || e.Request.URL != "http://media.test/b" || e.Stage != "before" {
		t.Errorf("%+v", refusalOf(e))
	}
}

// What the profiles do otherwise, and what upgrade-insecure-requests does.
//
// https://w3c.github.io/webappsec-upgrade-insecure-requests/#upgrade-request
func TestUpgrades(t *testing.T) {
	only := func(own rules.MixedContent) *fetch.Profile {
		p := fetch.Standard()
		p.MixedContent = own
		return p
	}
	const upgrades = "upgrade-insecure-requests"
	element := func(kind, url string, crossOrigin fetch.CrossOrigin) *fetch.Request {
		return fetch.Element(kind).Request(url, crossOrigin)
	}
	tests := []struct {
		name    string
		profile *fetch.Profile
		csp     string
		request *fetch.Request
		want    string // each request with its Origin and Sec-Fetch-Site, and what script sees
	}{
		{"fetch()", nil, upgrades, &fetch.Request{URL: "http://api.test/a"}, "https://api.test/a https://app.example cross-site|cors https://api.test/a false"},
		{"fetch() without the policy", nil, "", &fetch.Request{URL: "http://api.test/a"}, "mixed-content"},
		{"only reported", nil, "", &fetch.Request{URL: "http://api.test/a"}, "mixed-content"},
		{"fetch() of the page's host", nil, upgrades, &fetch.Request{URL: "http://app.example/a"}, "https://app.example/a  same-origin|basic https://app.example/a false"},
		{"mode same-origin", nil, upgrades, &fetch.Request{URL: "http://app.example/a", Mode: fetch.SameOrigin}, "https://app.example/a  same-origin|basic https://app.example/a false"},
		{"loopback", nil, upgrades, &fetch.Request{URL: "http://localhost/a"}, "https://localhost/a https://app.example cross-site|cors https://localhost/a false"},
		{"redirect", nil, upgrades, &fetch.Request{URL: "https://api.test/r"}, "https://api.test/r https://app.example cross-site|https://api.test/a https://app.example cross-site|cors https://api.test/a true"},

		{"UpgradeRedirects", only(rules.MixedContent{UpgradeRedirects: true}), upgrades, &fetch.Request{URL: "http://api.test/a", Redirect: "error"}, "https://api.test/a https://app.example cross-site|cors https://api.test/a true"},
		{"UpgradeRedirects, the page's host", only(rules.MixedContent{UpgradeRedirects: true}), upgrades, &fetch.Request{URL: "http://app.example/a"}, "https://app.example/a https://app.example same-origin|cors https://app.example/a true"},
		{"UpgradeRedirects, mode same-origin", only(rules.MixedContent{UpgradeRedirects: true}), upgrades, &fetch.Request{URL: "http://app.example/a", Mode: fetch.SameOrigin}, "disallowed-by-mode"},
		{"UpgradeRedirects, redirect", only(rules.MixedContent{UpgradeRedirects: true}), upgrades, &fetch.Request{URL: "https://api.test/r"}, "https://api.test/r https://app.example cross-site|https://api.test/a null cross-site|cors https://api.test/a true"},
		{"UpgradeRedirects, the page's own image", only(rules.MixedContent{UpgradeRedirects: true}), "", element("img", "http://app.example/a", ""), "https://app.example/a  same-origin|opaque  false"},
		{"URLStaysInsecure", only(rules.MixedContent{URLStaysInsecure: true}), upgrades, &fetch.Request{URL: "http://api.test/a"}, "https://api.test/a https://app.example cross-site|cors http://api.test/a false"},
		{"URLStaysInsecure, redirect", only(rules.MixedContent{URLStaysInsecure: true}), upgrades, &fetch.Request{URL: "http://api.test/r"}, "https://api.test/r https://app.example cross-site|https://api.test/a https://app.example cross-site|cors https://api.test/a true"},
		{"ModeBeforeUpgrade", only(rules.MixedContent{ModeBeforeUpgrade: true}), upgrades, &fetch.Request{URL: "http://app.example/a", Mode: fetch.SameOrigin}, "disallowed-by-mode"},
		{"Loopback stays", only(rules.MixedContent{Loopback: rules.LoopbackStays}), upgrades, &fetch.Request{URL: "http://localhost/a"}, "http://localhost/a https://app.example cross-site|cors http://localhost/a false"},
		{"Loopback stays, redirect", only(rules.MixedContent{Loopback: rules.LoopbackStays}), upgrades, &fetch.Request{URL: "https://localhost/r"}, "https://localhost/r https://app.example cross-site|http://localhost/a null cross-site|cors http://localhost/a true"},
		{"Loopback redirected", only(rules.MixedContent{Loopback: rules.LoopbackUpgradedRedirected}), upgrades, &fetch.Request{URL: "https://localhost/r"}, "https://localhost/r https://app.example cross-site|https://localhost/a https://app.example cross-site|cors https://localhost/a true"},
		{"Loopback redirected, without", only(rules.MixedContent{Loopback: rules.LoopbackUpgradedRedirected}), upgrades, &fetch.Request{URL: "http://localhost/a"}, "http://localhost/a https://app.example cross-site|cors http://localhost/a false"},
		{"Addresses, redirected", only(rules.MixedContent{Addresses: rules.UpgradedAddressesRedirected}), "", element("img", "https://192.0.2.1/r", ""), "https://192.0.2.1/r  cross-site|https://192.0.2.1/a  cross-site|opaque  false"},
		{"Addresses, redirected, without", only(rules.MixedContent{Addresses: rules.UpgradedAddressesRedirected}), "", element("img", "http://192.0.2.1/a", ""), "mixed-content"},
		{"Addresses, IPv4", only(rules.MixedContent{Addresses: rules.UpgradedAddressesIPv6}), "", element("img", "http://192.0.2.1/a", ""), "mixed-content"},
		{"Addresses, IPv6", only(rules.MixedContent{Addresses: rules.UpgradedAddressesIPv6}), "", element("img", "http://[2001:db8::1]/a", ""), "https://[2001:db8::1]/a  cross-site|opaque  false"},
		{"Addresses, all", only(rules.MixedContent{Addresses: rules.UpgradedAddressesAll}), "", element("img", "http://192.0.2.1/a", ""), "https://192.0.2.1/a  cross-site|opaque  false"},
		{"TrackWithCORS", only(rules.MixedContent{TrackWithCORS: true}), "", element("track", "http://api.test/a", "anonymous"), "http://api.test/a https://app.example |cors http://api.test/a false"},
		{"TrackWithCORS, without", only(rules.MixedContent{TrackWithCORS: true}), "", element("track", "http://api.test/a", ""), "mixed-content"},
		{"RedirectThroughInsecure", only(rules.MixedContent{RedirectThroughInsecure: true}), "", element("img", "https://api.test/r", "anonymous"), "https://api.test/r https://app.example cross-site|https://api.test/a null cross-site|cors https://api.test/a true"},
		{"RedirectThroughInsecure, the page's host", only(rules.MixedContent{RedirectThroughInsecure: true}), "", element("img", "https://app.example/r", ""), "https://app.example/r  same-origin|https://app.example/a  cross-site|basic https://app.example/a true"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			agent, n := newAgent(t, func(s sent) reply {
				if s.URL.Path() == "/r" {
					return answer(302, acao+"*", "Location: http://"+s.URL.Host()+"/a")
				}
				return answer(200, acao+"*")
			}, fetch.Options{Profile: tt.profile})
			options := fetch.EnvironmentOptions{}
			if tt.csp != "" {
				options.ContentSecurityPolicy = []string{tt.csp}
			}
			if tt.name == "only reported" {
				options.ContentSecurityPolicyReportOnly = []string{upgrades}
			}
			resp, err := newPage(t, agent, options).Fetch(t.Context(), tt.request)
			var got []string
			for _, s := range n.sent {
				got = append(got, s.URL.String()+" "+s.header("Origin")+" "+s.header("Sec-Fetch-Site"))
			}
			if err != nil {
				got = append(got, asRefusal(t, err).Reason.String())
			} else {
				defer resp.Body.Close()
				got = append(got, fmt.Sprint(resp.Type, " ", resp.URL, " ", resp.Redirected))
			}
			if got := strings.Join(got, "|"); got != tt.want {
				t.Errorf("%s\nwant %s", got, tt.want)
			}
		})
	}
}

// An upgraded sound has no Referer where the profile says so.
func TestUpgradedMediaWithoutReferrer(t *testing.T) {
	for _, without := range []bool{false, true} {
		p := fetch.Standard()
		p.MixedContent.MediaWithoutReferrer = without
		agent, n := newAgent(t, routes{"https://app.example/r": answer(302, "Location: http://api.test/a")}.serve, fetch.Options{Profile: p})
		page := newPage(t, agent, fetch.EnvironmentOptions{})
		for url, want := range map[string]bool{"http://api.test/a": !without, "https://api.test/a": true, app + "/r": true} {
			fetched(t, page, fetch.Element("audio").Request(url, ""))
			if got := n.last(t).header("Referer") != ""; got != want {
				t.Errorf("%t: %s: Referer %t", without, url, got)
			}
		}
	}
}
