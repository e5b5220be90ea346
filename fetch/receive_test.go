package fetch_test

import (
	"strings"
	"testing"

	"github.com/browsercors/browsercors/fetch"
)

// Each thing that a page uses, and the responses that it takes: by status and by
// MIME type.
//
// https://html.spec.whatwg.org/#fetch-and-process-the-linked-resource
// https://html.spec.whatwg.org/#the-eventsource-interface
func TestReceive(t *testing.T) {
	typed := func(t string) string { return "Content-Type: " + t }
	tests := []struct {
		name    string
		element fetch.Element
		status  int
		lines   []string
		refused string // header and value; "" is taken
	}{
		{"script", "script", 200, nil, ""},
		{"script, whatever its type", "script", 200, []string{typed("text/html")}, ""},
		{"missing script", "script", 404, nil, "status 404"},
		{"module", "module", 200, []string{typed("text/javascript; charset=utf-8")}, ""},
		{"module without a type", "module", 200, nil, "Content-Type "},
		{"module that is a page", "module", 200, []string{typed("text/html")}, "Content-Type text/html"},
		{"classic worker that is a page", "worker", 200, []string{typed("text/html")}, "Content-Type text/html"},
		{"module worker that is a page", "worker/module", 200, []string{typed("text/html")}, "Content-Type text/html"},
		{"worker", "worker", 200, []string{typed("application/javascript")}, ""},
		{"style sheet", "stylesheet", 200, []string{typed("text/css")}, ""},
		{"style sheet without a type", "stylesheet", 200, nil, ""},
		{"style sheet that is text", "stylesheet", 200, []string{typed("text/plain")}, "Content-Type text/plain"},
		{"image with status 404", "img", 404, []string{typed("image/png")}, ""},
		{"image, octets", "img", 200, []string{typed("binary/octet-stream")}, ""},
		{"image without a type", "img", 200, nil, ""},
		{"image of a program that does not say so", "img", 200, []string{typed("text/html")}, ""},
		{"image, SVG", "img", 200, []string{typed("image/svg+xml")}, ""},
		{"image that is an error in XML", "img", 403, []string{typed("application/xml")}, "Content-Type application/xml"},
		{"image that is JSON", "img", 404, []string{typed("application/problem+json")}, "Content-Type application/problem+json"},
		{"font", "font", 200, []string{typed("text/plain")}, ""},
		{"missing font", "font", 404, nil, "status 404"},
		{"manifest behind a login", "manifest", 401, nil, "status 401"},
		{"video, a part", "video", 206, nil, ""},
		{"missing track", "track", 404, nil, "status 404"},
		{"missing preload", "preload/font", 404, nil, ""},
		{"JSON module", "module/json", 200, []string{typed("application/ld+json")}, ""},
		{"JSON module that is text", "module/json", 200, []string{typed("text/plain")}, "Content-Type text/plain"},
		{"event stream", "eventsource", 200, []string{typed("text/event-stream;charset=utf-8")}, ""},
		{"event stream that is over", "eventsource", 204, nil, "status 204"},
		{"event stream, another ok status", "eventsource", 201, []string{typed("text/event-stream")}, "status 201"},
		{"event stream that is a page", "eventsource", 200, []string{typed("text/html")}, "Content-Type text/html"},
		{"beacon", "beacon", 500, nil, ""},
		{"of no kind", "marquee", 500, nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, _ := standardPage(t, routes{app + "/a": answer(tt.status, tt.lines...)}.serve)
			in := tt.element.Request("/a", "")
			if tt.element == "marquee" {
				in = fetch.Element("img").Request("/a", "")
			}
			got := ""
			if e := tt.element.Receive(fetched(t, page, in)); e != nil {
				got = e.Header + " " + e.Value
				if e.Reason != fetch.ElementRefused || e.Stage != "actual" || e.Request.URL != app+"/a" || e.Response.Status != tt.status {
					t.Errorf("%+v", e)
				}
			}
			if got != tt.refused {
				t.Errorf("refused for %q, want %q", got, tt.refused)
			}
		})
	}
	resp, err := fetch.NewResponse(nil, fetch.ResponseInit{})
	if err != nil {
		t.Fatal(err)
	}
	if e := fetch.Element("module").Receive(resp); e != nil {
		t.Errorf("a response that script made: %v", e)
	}
}

// What a beacon needs depends on the type of its body. It has credentials in any
// case, and its bodies count against the quota of keepalive.
//
// https://w3c.github.io/beacon/#sendbeacon-method
func TestBeacon(t *testing.T) {
	tests := []struct {
		name string
		body *fetch.Body
		sent string // methods; "" is refused
		mode string
	}{
		{"nothing", nil, "POST", "no-cors"},
		{"a string", fetch.TextBody("x"), "POST", "no-cors"},
		{"a form", fetch.FormBody(fetch.FormField{Name: "a", Value: "b"}), "POST", "no-cors"},
		{"a Blob without a type", fetch.BytesBody([]byte("{}"), ""), "POST", "no-cors"},
		{"a Blob of JSON", fetch.BytesBody([]byte("{}"), "application/json"), "OPTIONS POST", "cors"},
		{"too much", fetch.TextBody(strings.Repeat("x", 65537)), "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, n := standardPage(t, routes{api + "/b": answer(200, acao+app, acac+"true", acah+"content-type")}.serve)
			in := fetch.Element("beacon").Request(api+"/b", "")
			in.Body = tt.body
			if tt.sent == "" {
				if e := refused(t, page, in); e.Reason != fetch.KeepaliveQuota || e.Exception() != "" {
					t.Error(e)
				}
				return
			}
			fetched(t, page, in)
			var methods []string
			for _, s := range n.sent {
				methods = append(methods, s.Method)
			}
			last := n.last(t)
			if got := strings.Join(methods, " "); got != tt.sent || last.header("Sec-Fetch-Mode") != tt.mode || !last.Credentials {
				t.Errorf("%s, %v", got, last.Headers)
			}
		})
	}
}

// The request of an EventSource says what it takes, and bypasses caches.
//
// https://html.spec.whatwg.org/#dom-eventsource
func TestEventSourceRequest(t *testing.T) {
	page, n := standardPage(t, routes{}.serve)
	fetched(t, page, fetch.Element("eventsource").Request(api+"/events", ""))
	if got := n.last(t); len(n.sent) != 1 || got.header("Accept") != "text/event-stream" || got.header("Cache-Control") != "no-cache" || got.Credentials {
		t.Errorf("%d requests, the last with %v", len(n.sent), got.Headers)
	}
}

// What no EventSource and no beacon asks for is refused.
func TestEventSourceAndBeaconOptions(t *testing.T) {
	tests := []struct {
		name    string
		element fetch.Element
		change  func(*fetch.Request)
		option  string
	}{
		{"method", "eventsource", func(r *fetch.Request) { r.Method = "POST" }, "method"},
		{"body", "eventsource", func(r *fetch.Request) { r.Body = fetch.TextBody("x") }, "body"},
		{"mode", "eventsource", func(r *fetch.Request) { r.Mode = fetch.NoCORS }, "mode"},
		{"credentials", "eventsource", func(r *fetch.Request) { r.Credentials = "omit" }, "credentials"},
		{"cache mode", "eventsource", func(r *fetch.Request) { r.Cache = "reload" }, "cache"},
		{"redirect mode", "eventsource", func(r *fetch.Request) { r.Redirect = "error" }, "redirect"},
		{"keepalive", "eventsource", func(r *fetch.Request) { r.Keepalive = true }, "keepalive"},
		{"listener", "eventsource", func(r *fetch.Request) { r.UploadListener = true }, "uploadListener"},
		{"method of a beacon", "beacon", func(r *fetch.Request) { r.Method = "PUT" }, "method"},
		{"mode of a beacon", "beacon", func(r *fetch.Request) { r.Mode = fetch.SameOrigin }, "mode"},
		{"credentials of a beacon", "beacon", func(r *fetch.Request) { r.Credentials = "omit" }, "credentials"},
		{"cache mode of a beacon", "beacon", func(r *fetch.Request) { r.Cache = "reload" }, "cache"},
		{"redirect mode of a beacon", "beacon", func(r *fetch.Request) { r.Redirect = "error" }, "redirect"},
		{"no keepalive", "beacon", func(r *fetch.Request) { r.Keepalive = false }, "keepalive"},
		{"listener of a beacon", "beacon", func(r *fetch.Request) { r.UploadListener = true }, "uploadListener"},
		{"header of a beacon", "beacon", func(r *fetch.Request) { r.Headers.Append("X-Token", "1") }, "headers"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page, n := standardPage(t, routes{}.serve)
			in := tt.element.Request(api+"/a", "")
			tt.change(in)
			if e := refused(t, page, in); e.Reason != fetch.InvalidOption || e.Header != tt.option || len(n.sent) > 0 {
				t.Error(e)
			}
		})
	}
}
