package fetch_test

import (
	"testing"

	"github.com/browsercors/browsercors/fetch"
)

// https://fetch.spec.whatwg.org/#concept-tao-check
func TestTimingAllowed(t *testing.T) {
	const tao = "Timing-Allow-Origin: "
	cors := fetch.Request{URL: api + "/a"}
	tests := []struct {
		name, holds string
		request     fetch.Request
		answers     routes
		want        bool
	}{
		{"own origin", "7", fetch.Request{URL: "/a"}, nil, true},
		{"another origin", "8", cors, nil, false},
		{"wildcard", "4", cors, routes{api + "/a": answer(200, acao+"*", tao+"*")}, true},
		{"wildcard in a list", "4", cors, routes{api + "/a": answer(200, acao+"*", tao+"x, *")}, true},
		{"origin", "5", cors, routes{api + "/a": answer(200, acao+"*", tao+api, tao+app)}, true},
		{"origin in capitals", "5", cors, routes{api + "/a": answer(200, acao+"*", tao+"HTTPS://APP.EXAMPLE")}, false},
		{"opaque", "4", fetch.Request{URL: api + "/a", Mode: fetch.NoCORS}, routes{api + "/a": answer(200, tao+"*")}, true},
		{"failed on the way", "2", fetch.Request{URL: api + "/a"},
			routes{api + "/a": answer(302, acao+"*", "Location: /b"), api + "/b": answer(200, acao+"*", tao+"*")}, false},
		{"passed all the way", "4", fetch.Request{URL: "/a"},
			routes{app + "/a": answer(302, "Location: "+api+"/b"), api + "/b": answer(200, acao+"*", tao+"*")}, true},
		{"tainted origin", "5", fetch.Request{URL: api + "/a"}, routes{
			api + "/a": answer(302, acao+"*", tao+app, "Location: "+cdn+"/b"), cdn + "/b": answer(200, acao+"*", tao+app)}, false},
		{"tainted origin is null", "5", fetch.Request{URL: api + "/a"}, routes{
			api + "/a": answer(302, acao+"*", tao+app, "Location: "+cdn+"/b"), cdn + "/b": answer(200, acao+"*", tao+"null")}, true},
		{"data:", "none was checked", fetch.Request{URL: "data:,"}, nil, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, _ := standardPage(t, tt.answers.serve)
			if got := fetched(t, page, &tt.request).TimingAllowed(); got != tt.want {
				t.Errorf("%v: step %s", got, tt.holds)
			}
		})
	}
}

// https://fetch.spec.whatwg.org/#concept-tao-check 6
func TestTimingOfNavigation(t *testing.T) {
	agent, _ := newAgent(t, routes{}.serve, fetch.Options{})
	page := newPage(t, agent, fetch.EnvironmentOptions{})
	for url, want := range map[string]bool{app + "/a": true, api + "/a": false} {
		resp, err := agent.Navigate(t.Context(), &fetch.Navigation{URL: url, Initiator: page})
		if err != nil {
			t.Fatal(err)
		}
		if resp.TimingAllowed() != want {
			t.Errorf("%s: %v", url, !want)
		}
		resp.Body.Close()
	}
}
