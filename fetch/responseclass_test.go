package fetch_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fetchtest"
)

// https://fetch.spec.whatwg.org/#initialize-a-response
func TestNewResponse(t *testing.T) {
	tests := []struct {
		name, holds string
		body        *fetch.Body
		init        fetch.ResponseInit
		status      int
		headers     string
		content     string
	}{
		{name: "nothing", holds: "ResponseInit's defaults", status: 200},
		{name: "text", holds: "6.3", body: fetch.TextBody("hi"), status: 200, headers: "Content-Type: text/plain;charset=UTF-8", content: "hi"},
		{name: "bytes", holds: "6.3", body: fetch.BytesBody([]byte("hi"), ""), status: 200, content: "hi"},
		{name: "type of script's own", holds: "6.3", body: fetch.TextBody("hi"), init: fetch.ResponseInit{Headers: headerLines("content-type: a/b")},
			status: 200, headers: "content-type: a/b", content: "hi"},
		{name: "least status", holds: "1", init: fetch.ResponseInit{Status: 200}, status: 200},
		{name: "greatest status", holds: "1", init: fetch.ResponseInit{Status: 599}, status: 599},
		{name: "null body status", holds: "6", init: fetch.ResponseInit{Status: 204}, status: 204},
		{name: "guard response", holds: "Response 2", init: fetch.ResponseInit{Headers: headerLines("Set-Cookie: a=b", "X: y")}, status: 200, headers: "X: y"},
		{name: "status message", holds: "2", init: fetch.ResponseInit{StatusText: "\tWhat? \u00fe"}, status: 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp, err := fetch.NewResponse(tt.body, tt.init)
			if err != nil {
				t.Fatalf("%v: %s", err, tt.holds)
			}
			if resp.Type != "default" || resp.Status != tt.status || resp.StatusText != tt.init.StatusText || resp.URL != "" || resp.Redirected {
				t.Errorf("%+v", resp)
			}
			if got := listed(resp.Headers); got != tt.headers {
				t.Errorf("headers %q, want %q: %s", got, tt.headers, tt.holds)
			}
			if got := text(t, resp.Body); got != tt.content {
				t.Errorf("body %q, want %q", got, tt.content)
			}
			if err := resp.Headers.Append("set-cookie", "a"); err != nil || resp.Headers.Has("set-cookie") {
				t.Error("the guard is not response")
			}
			if resp.OK() != (tt.status < 300) || !resp.CORSSameOrigin() {
				t.Errorf("ok %v, CORS-same-origin %v", resp.OK(), resp.CORSSameOrigin())
			}
		})
	}
}

// https://fetch.spec.whatwg.org/#initialize-a-response
func TestNewResponseRefusals(t *testing.T) {
	used := fetch.OnceBody(strings.NewReader("x"), 1, "")
	if _, err := fetch.NewResponse(used, fetch.ResponseInit{}); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, holds   string
		body          *fetch.Body
		init          fetch.ResponseInit
		reason        fetch.Reason
		header, value string
		exception     string
	}{
		{"status 199", "1", nil, fetch.ResponseInit{Status: 199}, fetchtest.Reason("invalid-status"), "status", "199", "RangeError"},
		{"status 600", "1", nil, fetch.ResponseInit{Status: 600}, fetchtest.Reason("invalid-status"), "status", "600", "RangeError"},
		{"status -1", "1", nil, fetch.ResponseInit{Status: -1}, fetchtest.Reason("invalid-status"), "status", "-1", "RangeError"},
		{"status message with a line break", "2", nil, fetch.ResponseInit{StatusText: "a\nb"}, fetchtest.Reason("invalid-status"), "statusText", "a\nb", "TypeError"},
		{"status message with DEL", "2", nil, fetch.ResponseInit{StatusText: "\x7f"}, fetchtest.Reason("invalid-status"), "statusText", "\x7f", "TypeError"},
		{"status before headers", "1, 5", nil, fetch.ResponseInit{Status: 1, Headers: headerLines("a b: c")}, fetchtest.Reason("invalid-status"), "status", "1", "RangeError"},
		{"header", "5", nil, fetch.ResponseInit{Headers: headerLines("a b: c")}, fetch.InvalidHeaderName, "name", "a b", "TypeError"},
		{"body of 204", "6.1", fetch.TextBody(""), fetch.ResponseInit{Status: 204}, fetchtest.Reason("null-body-status"), "status", "204", "TypeError"},
		{"body of 205", "6.1", fetch.TextBody(""), fetch.ResponseInit{Status: 205}, fetchtest.Reason("null-body-status"), "status", "205", "TypeError"},
		{"body of 304", "6.1", fetch.TextBody(""), fetch.ResponseInit{Status: 304}, fetchtest.Reason("null-body-status"), "status", "304", "TypeError"},
		{"body that was read", "extract", used, fetch.ResponseInit{}, fetch.BodyNotReplayable, "", "", "TypeError"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := fetch.NewResponse(tt.body, tt.init)
			e := asRefusal(t, err)
			if e.Reason != tt.reason || e.Header != tt.header || e.Value != tt.value || e.Stage != "construct" || e.Exception() != tt.exception {
				t.Errorf("%+v %s: %s", refusalOf(e), e.Exception(), tt.holds)
			}
		})
	}
}

// https://fetch.spec.whatwg.org/#dom-response-json
func TestJSONResponse(t *testing.T) {
	resp, err := fetch.JSONResponse([]byte(`{}`), fetch.ResponseInit{Status: 201})
	if err != nil {
		t.Fatal(err)
	}
	if resp.Status != 201 || listed(resp.Headers) != "Content-Type: application/json" || text(t, resp.Body) != "{}" {
		t.Errorf("%d %q", resp.Status, listed(resp.Headers))
	}
	if _, err := fetch.JSONResponse([]byte(`{}`), fetch.ResponseInit{Status: 204}); !errors.Is(err, fetchtest.Reason("null-body-status")) {
		t.Errorf("204: %v", err)
	}
}

// https://fetch.spec.whatwg.org/#dom-response-redirect
func TestRedirectResponse(t *testing.T) {
	page, _ := standardPage(t, routes{}.serve)
	for status, want := range map[int]int{0: 302, 301: 301, 302: 302, 303: 303, 307: 307, 308: 308} {
		resp, err := page.RedirectResponse("../a#b", status)
		if err != nil {
			t.Fatal(err)
		}
		if resp.Status != want || listed(resp.Headers) != "Location: "+app+"/a#b" || text(t, resp.Body) != "" || resp.OK() {
			t.Errorf("%d: %d %q", status, resp.Status, listed(resp.Headers))
		}
		if err := resp.Headers.Set("Location", "/"); !errors.Is(err, fetchtest.Reason("immutable-headers")) {
			t.Errorf("headers can be set: %v", err)
		}
	}
	for _, status := range []int{200, 300, 304, 306} {
		_, err := page.RedirectResponse("/", status)
		if e := asRefusal(t, err); e.Reason != fetchtest.Reason("invalid-status") || e.Exception() != "RangeError" {
			t.Errorf("%d: %v, %s", status, err, e.Exception())
		}
	}
	// 2 comes before 3.
	_, err := page.RedirectResponse("https://a b/", 200)
	if e := asRefusal(t, err); e.Reason != fetch.InvalidURL || e.Value != "https://a b/" || e.Exception() != "TypeError" {
		t.Errorf("%v", err)
	}
}
