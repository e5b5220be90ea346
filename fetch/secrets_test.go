package fetch_test

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
)

// shownTexts are all that an error says, in every form that it has.
func shownTexts(refusal *fetch.Error) string {
	x := refusal.Explain()
	texts := []string{refusal.Error(), x.String(), fmt.Sprint(x), refusal.ScriptMessage(), refusal.Value, refusal.Detail, refusal.Request.URL, refusal.Request.FirstURL}
	for _, text := range engine.Console(refusal) {
		texts = append(texts, text)
	}
	return strings.Join(texts, "\n")
}

// TestPasswordsAreNotShown: whatever a URL is refused for, and wherever it came
// from, its password is in nothing that is said about it. Its username may be.
func TestPasswordsAreNotShown(t *testing.T) {
	const secret = "hunter2"
	redirect := func(location string) routes {
		return routes{app + "/a": answer(302, "Location: "+location), api + "/a": answer(302, readable, "Location: "+location)}
	}
	with := func(prefix, rest string) string { return prefix + "user:" + secret + "@" + rest }
	password := secret
	tests := []struct {
		name    string
		request fetch.Request
		answers routes
	}{
		{"redirect that CORS forbids", fetch.Request{URL: api + "/a"}, redirect(with("https://", "api.test/"))},
		{"odd slashes", fetch.Request{URL: api + "/a"}, redirect(with(`https:\/`, "api.test/"))},
		{"no slashes", fetch.Request{URL: "/a"}, redirect(with("http:", "api.test/"))},
		{"blanks in it", fetch.Request{URL: api + "/a"}, redirect("https://user:x " + secret + "@api.test/")},
		{"tabs in it", fetch.Request{URL: api + "/a"}, redirect("https://user:\t" + secret + "@api.test/")},
		{"a scheme that CORS does not have", fetch.Request{URL: api + "/a"}, redirect(with("ftp://", "api.test/"))},
		{"does not parse", fetch.Request{URL: api + "/a"}, redirect(with("https://", "api test/"))},
		{"redirect that is an error", fetch.Request{URL: "/a", Redirect: "error"}, redirect(with("https://", "api.test/"))},
		{"two Locations", fetch.Request{URL: "/a"}, routes{app + "/a": answer(302, "Location: "+with("https://", "a.test/"), "Location: "+with("https://", "b.test/"))}},
		{"response without CORS", fetch.Request{URL: with("https://", "api.test/none"), API: "xhr"}, routes{with("https://", "api.test/none"): answer(200)}},
		{"redirected to", fetch.Request{URL: "/a", API: "xhr", Credentials: "include"}, redirect(with("https://", "app.example:22/"))},
		{"fetch() has none", fetch.Request{URL: with("https://", "api.test/")}, nil},
		{"open()", fetch.Request{URL: "https://api.test/none", API: "xhr", Password: &password}, routes{"https://:" + secret + "@api.test/none": answer(200)}},
		{"URL does not parse", fetch.Request{URL: with("https://", "[/")}, nil},
		{"referrer does not parse", fetch.Request{URL: "/a", Referrer: with("https://", "[/")}, nil},
		{"blob: URL", fetch.Request{URL: "blob:" + with("https://", "app.example/1")}, nil},
		{"Access-Control-Allow-Origin", fetch.Request{URL: api + "/b"}, routes{api + "/b": answer(200, acao+with("https://", "app.example"))}},
		{"Authorization", fetch.Request{URL: "/a", Headers: headerLines("Authorization: Bearer " + secret + "\x00")}, nil},
		{"error below", fetch.Request{URL: "/a"}, routes{app + "/a": reply{err: &url.Error{Op: "Get", URL: with("http://", "proxy.test"), Err: errDown}}}},
		{"what can't be sent", fetch.Request{URL: "/a"}, routes{app + "/a": reply{err: &fetch.Error{Reason: fetch.Unsendable, Header: "url", Value: with("http://", "a.test//")}}}},
		{"header that can't be sent", fetch.Request{URL: "/a"}, routes{app + "/a": reply{err: &fetch.Error{Reason: fetch.Unsendable, Header: "header Authorization", Value: "Basic " + secret}}}},
	}
	for _, profile := range engine.Profiles() {
		for _, tt := range tests {
			t.Run(profile.Name+"/"+tt.name, func(t *testing.T) {
				agent, n := newAgent(t, tt.answers.serve, fetch.Options{Profile: profile})
				page := newPage(t, agent, fetch.EnvironmentOptions{})
				var told strings.Builder
				tt.request.Trace = &fetch.Trace{
					Checked: func(_ string, r fetch.RequestInfo, _ fetch.ResponseInfo, refusal *fetch.Error) {
						fmt.Fprintln(&told, r.URL, r.FirstURL)
						if refusal != nil {
							fmt.Fprintln(&told, shownTexts(refusal))
						}
					},
					Redirected: func(r fetch.RequestInfo, _ int, _ bool) { fmt.Fprintln(&told, r.URL, r.FirstURL) },
				}
				resp, err := page.Fetch(t.Context(), &tt.request)
				if err != nil {
					told.WriteString(shownTexts(asRefusal(t, err)))
				} else {
					resp.Body.Close()
				}
				if strings.Contains(told.String(), secret) {
					t.Errorf("it says\n%s", told.String())
				}
				if err == nil && len(n.sent) == 0 {
					t.Error("nothing happened")
				}
			})
		}
	}
}

// TestClientShowsNoPassword: nor is it in what an http.Client makes of an error.
func TestClientShowsNoPassword(t *testing.T) {
	const secret = "hunter2"
	page, _ := standardPage(t, routes{api + "/a": answer(302, readable, "Location: https://user:"+secret+"@api.test/")}.serve)
	for _, address := range []string{api + "/a", "https://user:" + secret + "@api.test/a", "https://user:" + secret + "@api.test:22/"} {
		resp, err := page.Client(nil).Get(address)
		if err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			t.Fatalf("%s: no error", address)
		}
		if _, ok := errors.AsType[*url.Error](err); !ok || strings.Contains(err.Error(), secret) {
			t.Errorf("%T: %v", err, err)
		}
	}
}
