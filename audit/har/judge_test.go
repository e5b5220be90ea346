package har_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/audit/har"
)

// an entry of an archive: "METHOD URL", request headers, "STATUS ERROR", response
// headers, each header "name: value".
type entry struct {
	request string
	sent    []string
	answer  string
	got     []string
	kind    string
	page    string
}

func archive(creator string, pages []har.Page, entries ...entry) *har.HAR {
	h := new(har.HAR)
	h.Log.Version, h.Log.Creator, h.Log.Pages = "1.2", har.Program{Name: creator}, pages
	fields := func(lines []string) (all []har.Field) {
		for _, line := range lines {
			name, value, _ := strings.Cut(line, ": ")
			all = append(all, har.Field{Name: name, Value: value})
		}
		return all
	}
	for _, e := range entries {
		method, url, _ := strings.Cut(e.request, " ")
		out := har.Entry{Page: e.page, ResourceType: e.kind, Request: har.Request{Method: method, URL: url, Headers: fields(e.sent)}, Response: har.Response{Headers: fields(e.got)}}
		fmt.Sscan(e.answer, &out.Response.Status, &out.Response.Error)
		h.Log.Entries = append(h.Log.Entries, out)
	}
	return h
}

const (
	chrome  = "WebInspector"
	firefox = "Firefox"
	app     = "Origin: https://app.example"
	api     = "https://api.example/x"
	lets    = "Access-Control-Allow-Origin: https://app.example"
)

// TestVerdicts has what an archive says and what follows from it: the rulings
// of standard, chromium, firefox and webkit, and words of the first verdict.
func TestVerdicts(t *testing.T) {
	pages := []har.Page{{ID: "page_1", Title: "https://app.example/start"}, {ID: "page_2", Title: "An app"}}
	asks := func(more ...string) []string {
		return append([]string{app, "Access-Control-Request-Method: PUT"}, more...)
	}
	for _, tt := range []struct {
		name    string
		archive *har.HAR
		rulings string // of each verdict, one letter a profile; "-" is none
		words   string // stand in the text, separated by |
	}{
		{"allowed", archive(chrome, nil, entry{"GET " + api, []string{app}, "200", []string{lets}, "fetch", ""}), "aaaa", "known by Origin"},
		{"allowed, perhaps with credentials", archive(firefox, nil, entry{"GET " + api, []string{app}, "200", []string{lets}, "", ""}), "aaaa", "credentials; with credentials: invalid-allow-credentials"},
		{"header names in lower case, pseudo headers", archive(chrome, nil, entry{"GET " + api, []string{":authority: api.example", "origin: https://app.example"}, "200", []string{"access-control-allow-origin: *"}, "fetch", ""}), "aaaa", ""},
		{"Chrome let it through", archive(chrome, nil, entry{"GET " + api, []string{app}, "200", nil, "fetch", ""}), "rrrr", "! the browser recorded no failure, with status 200"},
		{"Firefox records what it refuses", archive(firefox, nil, entry{"GET " + api, []string{app}, "200", nil, "", ""}), "rrrr", "missing-allow-origin"},
		{"Chrome refused what is allowed", archive(chrome, nil, entry{"GET " + api, []string{app}, "200 net::ERR_FAILED", []string{lets, "Access-Control-Allow-Credentials: true"}, "fetch", ""}),
			"aaaa", "! the browser recorded a failure (net::ERR_FAILED)"},
		{"it was given up", archive(chrome, nil, entry{"GET " + api, []string{app}, "200 net::ERR_ABORTED", []string{lets}, "fetch", ""}), "aaaa", "net::ERR_ABORTED: the response was there"},
		{"credentials explain it", archive(chrome, nil, entry{"GET " + api, []string{app}, "200 net::ERR_FAILED", []string{lets}, "xhr", ""}), "rrrr", "with credentials|invalid-allow-credentials|assumed to have had"},
		{"a cookie is sent", archive(firefox, nil, entry{"GET " + api, []string{app, "Cookie: a=b"}, "200", []string{lets}, "", ""}), "rrrr", "with credentials"},
		{"same-origin", archive(chrome, pages, entry{"GET https://app.example/x", nil, "200", nil, "fetch", "page_1"}), "-", "same-origin"},
		{"the page's origin, by its title", archive(chrome, pages, entry{"GET " + api, []string{"Sec-Fetch-Mode: cors"}, "200", nil, "fetch", "page_1"}), "rrrr", "https://app.example (known by page)"},
		{"nothing tells the page", archive(firefox, pages, entry{"GET " + api, []string{"Sec-Fetch-Mode: cors"}, "200", nil, "", "page_2"}), "-", "the page that made the request is not known"},
		{"by Referer", archive(firefox, pages, entry{"GET " + api, []string{"Referer: https://app.example/", "Sec-Fetch-Mode: cors"}, "200", nil, "", "page_2"}), "rrrr", "known by Referer"},
		{"navigation", archive(firefox, nil, entry{"GET " + api, []string{"Sec-Fetch-Mode: navigate", app}, "200", nil, "", ""}), "-", "a navigation"},
		{"a sandboxed page", archive(chrome, nil, entry{"GET " + api, []string{"Origin: null"}, "200", []string{"Access-Control-Allow-Origin: null"}, "fetch", ""}), "aaaa", "from null"},
		{"preflight before", archive(chrome, nil,
			entry{"OPTIONS " + api, asks(), "200", []string{lets, "Access-Control-Allow-Methods: POST"}, "preflight", ""},
			entry{"PUT " + api, []string{app}, "0 net::ERR_FAILED", nil, "fetch", ""}), "rrrr", "preflights: #0|method-disallowed"},
		{"the page that its preflight names", archive(chrome, nil,
			entry{"PUT " + api, nil, "0 net::ERR_FAILED", nil, "fetch", ""},
			entry{"OPTIONS " + api, asks(), "405", nil, "preflight", ""}), "rrrr", "from https://app.example (known by Origin)"},
		{"preflight behind", archive(chrome, nil,
			entry{"PUT " + api, []string{app}, "200", []string{lets}, "fetch", ""},
			entry{"OPTIONS " + api, asks(), "200", []string{lets, "Access-Control-Allow-Methods: PUT"}, "preflight", ""}), "aaaa", "preflights: #1"},
		{"the preflight is the next one's", archive(chrome, nil,
			entry{"PUT " + api, []string{app}, "200", []string{lets}, "fetch", ""},
			entry{"PUT " + api, []string{app}, "0 net::ERR_FAILED", nil, "fetch", ""},
			entry{"OPTIONS " + api, asks(), "403", nil, "preflight", ""}), "aaaa rrrr", "its preflight is not in the archive"},
		{"Firefox lists a preflight behind its request", archive(firefox, nil,
			entry{"PUT " + api, []string{app, "X-A: 1"}, "200", []string{lets}, "", ""},
			entry{"OPTIONS " + api, asks("Access-Control-Request-Headers: x-a"), "200", []string{lets, "Access-Control-Allow-Methods: PUT", "Access-Control-Allow-Headers: x-a"}, "", ""},
			entry{"PUT " + api, []string{app}, "0", nil, "", ""},
			entry{"OPTIONS " + api, asks(), "403", []string{lets}, "", ""}), "aaaa rrrr", "preflights: #1"},
		{"Firefox lists those of two requests at once behind both", archive(firefox, nil,
			entry{"PUT " + api, []string{app}, "200", []string{lets}, "", ""},
			entry{"PUT " + api, []string{app}, "0", nil, "", ""},
			entry{"OPTIONS " + api, asks(), "200", []string{lets, "Access-Control-Allow-Methods: PUT"}, "", ""},
			entry{"OPTIONS " + api, asks(), "403", []string{lets}, "", ""}), "aaaa rrrr", "preflights: #3"},
		{"a preflight of another page", archive(chrome, nil,
			entry{"OPTIONS " + api, []string{"Origin: https://other.example", "Access-Control-Request-Method: PUT"}, "403", nil, "preflight", ""},
			entry{"PUT " + api, []string{app}, "200", []string{lets}, "fetch", ""}), "rrrr aaaa", "only the preflight"},
		{"no answer", archive(firefox, nil, entry{"GET " + api, []string{app}, "0", nil, "", ""}), "uuuu", "has no response"},
		{"not modified", archive(chrome, nil, entry{"GET " + api, []string{app}, "304", []string{"ETag: 1"}, "fetch", ""}), "uuuu", "HTTP cache"},
		{"not modified, with its header", archive(chrome, nil, entry{"GET " + api, []string{app}, "304", []string{lets}, "fetch", ""}), "aaaa", ""},
		{"engines differ", archive(firefox, nil,
			entry{"OPTIONS " + api, asks("Access-Control-Request-Headers: authorization"), "204", []string{lets, "Access-Control-Allow-Methods: *", "Access-Control-Allow-Headers: *"}, "", ""},
			entry{"PUT " + api, []string{app, "Authorization: Bearer x"}, "200", []string{lets}, "", ""}), "raaa", "by the Standard alone|authorization-not-listed"},
		{"exported without secrets", archive(chrome, nil,
			entry{"GET " + api, []string{app}, "0 net::ERR_FAILED", nil, "fetch", ""},
			entry{"OPTIONS " + api, []string{app, "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: authorization"}, "204", []string{lets}, "preflight", ""}),
			"rrrr", "header-disallowed|authorization is not in the archive"},
		{"the browser's own headers", archive(chrome, nil, entry{"GET " + api, []string{app, "Pragma: no-cache", "Cache-Control: no-cache", "User-Agent: x", "Sec-CH-UA: x", "priority: u=1"}, "200", []string{lets}, "fetch", ""}), "aaaa", ""},
		{"an unknown recorder", archive("Proxyman", nil, entry{"GET " + api, []string{app}, "200", nil, "", ""}), "rrrr", "recorded by Proxyman"},
		{"a redirect", archive(chrome, nil,
			entry{"GET " + api, []string{app}, "302", []string{lets, "Location: /y"}, "fetch", ""},
			entry{"GET https://api.example/y", []string{app}, "200", nil, "fetch", ""}), "rrrr", "followed to: #1"},
		{"a redirect to where nothing is", archive(chrome, nil, entry{"GET " + api, []string{app}, "302", []string{lets, "Location: /y"}, "fetch", ""}), "uuuu", ""},
		{"redirects in circles", archive(chrome, nil,
			entry{"GET " + api, []string{app}, "302", []string{lets, "Location: /x"}, "fetch", ""},
			entry{"GET " + api, []string{app}, "302", []string{lets, "Location: /x"}, "fetch", ""}), "uuuu", "followed to: #1"},
		{"mixed content", archive(chrome, nil, entry{"GET http://api.example/", []string{app}, "0 blocked:mixed-content", nil, "fetch", ""}), "rrrr", "mixed-content"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			j, err := har.Judge(t.Context(), tt.archive, nil)
			if err != nil {
				t.Fatal(err)
			}
			var rulings []string
			for _, v := range j.Verdicts {
				letters := ""
				for _, o := range v.Profiles {
					letters += o.Ruling[:1]
				}
				rulings = append(rulings, letters)
			}
			if rulings == nil {
				rulings = []string{"-"}
			}
			var text strings.Builder
			if err := har.Formats()["text"](j, &text); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(rulings, " "); got != tt.rulings {
				t.Errorf("%s, want %s\n%s", got, tt.rulings, text.String())
			}
			for word := range strings.SplitSeq(tt.words, "|") {
				if flat := strings.Join(strings.Fields(text.String()), " "); !strings.Contains(flat, strings.Join(strings.Fields(word), " ")) {
					t.Errorf("%q is not in\n%s", word, text.String())
				}
			}
		})
	}
}

func TestJudgeEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if j, err := har.Judge(ctx, archive(chrome, nil, entry{request: "GET " + api}), nil); !errors.Is(err, context.Canceled) || j != nil {
		t.Errorf("%v, %v", j, err)
	}
	if _, err := har.Judge(t.Context(), nil, nil); err == nil {
		t.Error("nothing is judged without an archive")
	}
}

// TestJudgeShowsNoPassword: an archive's passwords are in no form of its
// judgement.
func TestJudgeShowsNoPassword(t *testing.T) {
	const secret = "hunter2"
	asked := archive(chrome, nil,
		entry{"GET https://u:" + secret + "@api.example/x", []string{app}, "200 net::ERR(https://u:" + secret + "@api.example/x)", nil, "fetch", ""},
		entry{"GET " + api, []string{app}, "302", []string{lets, "Location: https://u:" + secret + "@b.example/"}, "fetch", ""},
		entry{"OPTIONS https://u:" + secret + "@api.example/y", []string{app, "Access-Control-Request-Method: PUT"}, "200", nil, "preflight", ""})
	j, err := har.Judge(t.Context(), asked, nil)
	if err != nil {
		t.Fatal(err)
	}
	var shown strings.Builder
	if err := har.Formats()["text"](j, &shown); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	shown.Write(raw)
	if len(j.Verdicts) != 3 || strings.Contains(shown.String(), secret) || !strings.Contains(shown.String(), "https://u:xxxxx@") {
		t.Errorf("%d verdicts:\n%s", len(j.Verdicts), shown.String())
	}
}

// TestJudgementJSON holds the keys, and that lists are never null.
func TestJudgementJSON(t *testing.T) {
	j, err := har.Judge(t.Context(), read(t, "testdata/chrome.har"), nil)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for key := range got["verdicts"].([]any)[0].(map[string]any) {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	if want := "credentials destination disagreement entry headers hops method mode notes page pageFrom preflights profiles recorded url"; strings.Join(keys, " ") != want {
		t.Errorf("%v, want %s", keys, want)
	}
	if at := strings.Index(string(raw), ":null"); at >= 0 {
		t.Errorf("null behind %s", raw[max(0, at-40):at])
	}
}

func BenchmarkJudge(b *testing.B) {
	var entries []entry
	for i := range 1000 {
		entries = append(entries, entry{"OPTIONS " + api + fmt.Sprint(i%50), []string{app, "Access-Control-Request-Method: PUT"}, "200", []string{lets, "Access-Control-Allow-Methods: PUT"}, "preflight", ""},
			entry{"PUT " + api + fmt.Sprint(i%50), []string{app}, "200", []string{lets}, "fetch", ""})
	}
	h := archive(chrome, nil, entries...)
	for b.Loop() {
		if _, err := har.Judge(b.Context(), h, nil); err != nil {
			b.Fatal(err)
		}
	}
}

// TestJudgeWith: advice is about the product that the user has named.
func TestJudgeWith(t *testing.T) {
	refused := read(t, "testdata/chrome.har")
	j, err := har.Judge(t.Context(), refused, &har.Options{Server: "traefik"})
	if err != nil {
		t.Fatal(err)
	}
	advised := 0
	for _, v := range j.Verdicts {
		for _, o := range v.Profiles {
			if o.Advice != nil {
				advised++
				if o.Advice.Product != "Traefik" || o.Advice.Clue != "" {
					t.Errorf("%s: the advice is %+v", v.URL, o.Advice)
				}
			}
		}
	}
	if advised == 0 {
		t.Error("no refusal has advice")
	}
	if _, err := har.Judge(t.Context(), refused, &har.Options{Server: "trafik"}); err == nil || !strings.Contains(err.Error(), `did you mean "traefik"?`) {
		t.Errorf("the error is %v", err)
	}
}
