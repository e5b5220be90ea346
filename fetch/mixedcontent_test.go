package fetch_test

import (
	"testing"

	"github.com/browsercors/browsercors/fetch"
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
		{name: "script", destination: fetch.DestinationScript, url: plain},
		{name: "image", destination: fetch.DestinationImage, url: plain, want: "https://media.test/a"},
		{name: "sound", destination: fetch.DestinationAudio, url: plain, want: "https://media.test/a"},
		{name: "video", destination: fetch.DestinationVideo, url: plain, want: "https://media.test/a"},
		{name: "image on another port", destination: fetch.DestinationImage, url: "http://media.test:8080/a", want: "https://media.test:8080/a"},
		{name: "image on an IP address", destination: fetch.DestinationImage, url: "http://192.0.2.1/a"},
		{name: "image on IPv6", destination: fetch.DestinationImage, url: "http://[2001:db8::1]/a"},
		{name: "loopback", destination: fetch.DestinationScript, url: "http://127.0.0.1:8080/a", want: "http://127.0.0.1:8080/a"},
		{name: "image on localhost is not upgraded", destination: fetch.DestinationImage, url: "http://x.localhost/a", want: "http://x.localhost/a"},
		{name: "font", destination: fetch.DestinationFont, url: plain},
		{name: "track", destination: fetch.DestinationTrack, url: plain},
		{name: "document", destination: fetch.DestinationDocument, url: plain, want: plain},
		{name: "insecure page", destination: fetch.DestinationScript, url: plain, page: fetch.EnvironmentOptions{URL: "http://app.example/"}, want: plain},
		{name: "insecure page's image", destination: fetch.DestinationImage, url: plain, page: fetch.EnvironmentOptions{URL: "http://app.example/"}, want: plain},
		{name: "page on localhost", destination: fetch.DestinationScript, url: plain, page: fetch.EnvironmentOptions{URL: "http://localhost:3000/"}},
		{name: "insecure frame in a secure page", destination: fetch.DestinationScript, url: plain, page: framed},
		{name: "insecure frame's image", destination: fetch.DestinationImage, url: plain, page: framed, want: "https://media.test/a"},
		{name: "allowed", destination: fetch.DestinationScript, url: plain, options: fetch.Options{AllowMixedContent: true}, want: plain},
		{name: "allowed but upgraded", destination: fetch.DestinationImage, url: plain, options: fetch.Options{AllowMixedContent: true}, want: "https://media.test/a"},
		{name: "allowed on an IP address", destination: fetch.DestinationImage, url: "http://192.0.2.1/a", options: fetch.Options{AllowMixedContent: true},
			want: "http://192.0.2.1/a"},
		{name: "trusted origin", destination: fetch.DestinationScript, url: plain,
			options: fetch.Options{Trust: &origin.Trust{Origins: []origin.Origin{mustOrigin(t, "http://media.test")}}}, want: plain},
		{name: "trusted origin's image", destination: fetch.DestinationImage, url: plain,
			options: fetch.Options{Trust: &origin.Trust{Origins: []origin.Origin{mustOrigin(t, "http://media.test")}}}, want: plain},
		{name: "page of a trusted origin", destination: fetch.DestinationScript, url: plain, page: fetch.EnvironmentOptions{URL: "http://intranet.test/"},
			options: fetch.Options{Trust: &origin.Trust{Origins: []origin.Origin{mustOrigin(t, "http://intranet.test")}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			agent, n := newAgent(t, routes{}.serve, tt.options)
			page := newPage(t, agent, tt.page)
			r := &fetch.Request{API: fetch.APIElement, Destination: tt.destination, Mode: fetch.NoCORS, URL: tt.url}
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
	resp := fetched(t, page, fetch.ElementImage.Request("/a", fetch.NoCrossOrigin))
	if got := text(t, resp.Internal().Body); got != "image" || len(n.lines()) != 3 {
		t.Errorf("%q by %q", got, n.lines())
	}
	e := refused(t, page, fetch.ElementScript.Request("/a", fetch.NoCrossOrigin))
	if e.Reason != fetch.MixedContent || e.Request.Hop != 1 || e.Request.URL != "http://media.test/b" || e.Stage != fetch.StageBefore {
		t.Errorf("%+v", refusalOf(e))
	}
}
