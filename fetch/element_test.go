package fetch_test

import (
	"fmt"
	"testing"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
)

// Each element by its crossorigin attribute: what is asked for, and whether
// the page may use what it gets as its own, such as read a canvas.
//
// https://html.spec.whatwg.org/#create-a-potential-cors-request
// https://html.spec.whatwg.org/#cors-same-origin
func TestElements(t *testing.T) {
	const none, anonymous, use = "", "anonymous", "use-credentials"
	type want struct {
		mode        fetch.Mode // as sent; "" is refused
		credentials bool       // cookies are sent across origins
	}
	plain := map[fetch.CrossOrigin]want{none: {fetch.NoCORS, true}, anonymous: {fetch.CORS, false}, use: {fetch.CORS, true}}
	tests := []struct {
		element     fetch.Element
		destination string
		by          map[fetch.CrossOrigin]want
	}{
		{"audio", "audio", plain},
		{"img", "image", plain},
		{"script", "script", plain},
		{"stylesheet", "style", plain},
		{"video", "video", plain},
		{"track", "track", map[fetch.CrossOrigin]want{none: {}, anonymous: {fetch.CORS, false}, use: {fetch.CORS, true}}},
		{"font", "font", map[fetch.CrossOrigin]want{none: {fetch.CORS, false}, anonymous: {fetch.CORS, false}, use: {fetch.CORS, false}}},
		{"module", "script", map[fetch.CrossOrigin]want{none: {fetch.CORS, false}, anonymous: {fetch.CORS, false}, use: {fetch.CORS, true}}},
		{"manifest", "manifest", map[fetch.CrossOrigin]want{none: {fetch.CORS, false}, anonymous: {fetch.CORS, false}, use: {fetch.CORS, true}}},
		{"eventsource", "empty", map[fetch.CrossOrigin]want{none: {fetch.CORS, false}, anonymous: {fetch.CORS, false}, use: {fetch.CORS, true}}},
		{"worker", "worker", map[fetch.CrossOrigin]want{none: {}, anonymous: {}, use: {}}},
		{"sharedworker", "sharedworker", map[fetch.CrossOrigin]want{none: {}, anonymous: {}, use: {}}},
		{"preload/font", "font", plain},
		{"preload/fetch", "empty", plain},
		{"", "empty", plain},
	}
	for _, tt := range tests {
		for attribute, want := range tt.by {
			t.Run(fmt.Sprintf("%s/%s", tt.element, attribute), func(t *testing.T) {
				agent, n := newAgent(t, routes{api + "/a": answer(200, acao+app, acac+"true")}.serve, fetch.Options{Cookies: staticCookies{}})
				page := newPage(t, agent, fetch.EnvironmentOptions{})

				// Within the origin everything is sent and all may be read.
				resp := fetched(t, page, tt.element.Request("/a", attribute))
				if got := n.last(t); !got.Headers.Contains("Cookie") || got.header("Sec-Fetch-Dest") != tt.destination || got.Headers.Contains("Origin") {
					t.Errorf("own origin: %v", got.Headers)
				}
				if resp.Type != "basic" || !resp.CORSSameOrigin() {
					t.Errorf("own origin: type %s", resp.Type)
				}

				r := tt.element.Request(api+"/a", attribute)
				if want.mode == "" {
					if e := refused(t, page, r); e.Reason != fetch.DisallowedByMode || e.Request.Destination != fetch.Destination(tt.destination) {
						t.Error(e)
					}
					return
				}
				resp = fetched(t, page, r)
				got := n.last(t)
				if got.header("Sec-Fetch-Mode") != string(want.mode) || got.header("Sec-Fetch-Dest") != tt.destination ||
					got.Headers.Contains("Cookie") != want.credentials || got.Headers.Contains("Origin") != (want.mode == fetch.CORS) {
					t.Errorf("another origin: %v", got.Headers)
				}
				if cors := want.mode == fetch.CORS; resp.CORSSameOrigin() != cors || (resp.Type == "cors") != cors || (resp.Type == "opaque") == cors {
					t.Errorf("another origin: type %s", resp.Type)
				}
			})
		}
	}
}

// The canvas that an image taints: also where only a redirect led astray, and
// not where CORS allows the image. WebGL refuses what taints.
//
// https://html.spec.whatwg.org/#the-image-argument-is-not-origin-clean
func TestCanvasTaint(t *testing.T) {
	tests := []struct {
		name      string
		attribute fetch.CrossOrigin
		url       string
		answers   routes
		clean     bool
		reason    fetch.Reason
	}{
		{"own image", "", "/a", nil, true, 0},
		{"data: image", "", "data:image/png,x", nil, true, 0},
		{"another's image", "", api + "/a", routes{api + "/a": answer(200, acao+"*")}, false, 0},
		{"redirected to another", "", "/a", routes{app + "/a": answer(302, "Location: "+api+"/b")}, false, 0},
		{"redirected back", "", api + "/a", routes{api + "/a": answer(302, "Location: "+app+"/b")}, false, 0},
		{"another's image, anonymous", "anonymous", api + "/a", routes{api + "/a": answer(200, acao+"*")}, true, 0},
		{"another's image, anonymous and forbidden", "anonymous", api + "/a", routes{api + "/a": answer(200)}, false, fetch.MissingAllowOrigin},
		{"another's image, use-credentials and *", "use-credentials", api + "/a", routes{api + "/a": answer(200, acao+"*", acac+"true")}, false,
			fetch.WildcardOriginNotAllowed},
		{"another's image, use-credentials", "use-credentials", api + "/a", routes{api + "/a": answer(200, acao+app, acac+"true")}, true, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, _ := standardPage(t, tt.answers.serve)
			r := fetch.Element("img").Request(tt.url, tt.attribute)
			if tt.reason != 0 {
				if e := refused(t, page, r); e.Reason != tt.reason || e.Request.API != "element" {
					t.Error(e)
				}
				return
			}
			if got := fetched(t, page, r).CORSSameOrigin(); got != tt.clean {
				t.Errorf("clean: %v", got)
			}
		})
	}
}

// https://html.spec.whatwg.org/#cors-settings-attribute
func TestParseCrossOrigin(t *testing.T) {
	for value, want := range map[string]fetch.CrossOrigin{
		"": "anonymous", "anonymous": "anonymous", "x": "anonymous", " use-credentials": "anonymous",
		"use-credentials": "use-credentials", "Use-CREDENTIALS": "use-credentials", "uſe-credentials": "anonymous",
	} {
		if got := fetch.ParseCrossOrigin(value); got != want {
			t.Errorf("%q is %q, want %q", value, got, want)
		}
	}
}

// An element's request can be changed before it is made.
func TestElementRequestIsPlain(t *testing.T) {
	r := fetch.Element("img").Request(api+"/a", "")
	if r.Mode != fetch.NoCORS || r.Credentials != credentials.Include || r.API != "element" || r.Destination != "image" {
		t.Errorf("%+v", r)
	}
	r.Mode, r.Credentials = fetch.CORS, credentials.SameOrigin
	page, n := standardPage(t, routes{}.serve)
	fetched(t, page, r)
	if n.last(t).Credentials {
		t.Error("credentials are included")
	}
}
