package fetch_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
)

// What bodies begin with, as opaque-response blocking looks at them.
const (
	pngBytes  = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
	oggBytes  = "OggS\x00\x02"
	pageBytes = " <!-- a -->\n<!DOCTYPE html><p>a"
	dataBytes = ` {"a\"": 1}`
	codeBytes = "var a = [1]"
)

const nosniffLine = "X-Content-Type-Options: nosniff"

// blockedBy is the detail of the refusal by opaque-response blocking, or "" if an
// element of the page gets the response; another reason's name if that refuses it.
func blockedBy(t *testing.T, p *fetch.Profile, e fetch.Element, r reply) string {
	t.Helper()
	page, _ := profiledPage(t, p, func(sent) reply { return r }, fetch.EnvironmentOptions{})
	resp, err := page.Fetch(t.Context(), e.Request(api+"/a", ""))
	if err == nil {
		got, err := io.ReadAll(resp.Internal().Body)
		if err != nil || string(got) != r.body {
			t.Errorf("%s: body %.40q, %v; want all of it", p.Name, got, err)
		}
		return ""
	}
	refusal := asRefusal(t, err)
	if refusal.Reason != fetch.OpaqueResponseBlocked {
		return refusal.Reason.String()
	}
	return refusal.Detail
}

func loadsUnless(blocked string) string {
	if blocked == "" {
		return "loads"
	}
	return blocked
}

// Opaque-response blocking in the three browsers, by element, type and body. The
// Standard has none.
//
// https://github.com/annevk/orb#orbs-algorithm
func TestORB(t *testing.T) {
	tests := []struct {
		name              string
		element           fetch.Element
		status            int
		headers           string
		body              string
		chromium, firefox string
	}{
		{"image", "img", 200, "Content-Type: image/png", pngBytes, "", ""},
		{"image as HTML", "img", 200, "Content-Type: text/html", pngBytes, "", ""},
		{"image as HTML, nosniff", "img", 200, "Content-Type: text/html|" + nosniffLine, pngBytes, "nosniff", "nosniff"},
		{"image as JSON, nosniff", "img", 200, "Content-Type: a/b+json|" + nosniffLine, pngBytes, "nosniff", "nosniff"},
		{"image as text, nosniff", "img", 200, "Content-Type: text/plain|" + nosniffLine, pngBytes, "nosniff", ""},
		{"image as bytes, nosniff", "img", 200, "Content-Type: application/octet-stream|" + nosniffLine, pngBytes, "", ""},
		{"image as an archive", "img", 200, "Content-Type: application/zip", pngBytes, "never-sniffed", "never-sniffed"},
		{"image as a document", "img", 200, "Content-Type: Application/VND.ms-Excel;a=b", pngBytes, "never-sniffed", "never-sniffed"},
		{"image as SVG", "img", 200, "Content-Type: image/svg+xml", pngBytes, "", ""},
		{"image as subtitles", "img", 200, "Content-Type: text/vtt", pngBytes, "", ""},
		{"image as text/pdf", "img", 200, "Content-Type: text/pdf", pngBytes, "never-sniffed", ""},
		{"image of an error", "img", 404, "Content-Type: image/png", pngBytes, "", ""},
		{"AVIF", "img", 200, "Content-Type: image/avif", "\x00\x00\x00 ftypavif", "", ""},
		{"page as an image", "img", 200, "Content-Type: text/html", pageBytes, "html", "not-script"},
		{"page that claims to be an image", "img", 200, "Content-Type: image/png", pageBytes, "html", "claimed-media"},
		{"page of an error", "img", 500, "Content-Type: text/html", "<h1>Oops", "html", "status"},
		{"unknown image", "img", 200, "Content-Type: image/x-own", "\x01own", "", "claimed-media"},
		{"nothing", "img", 204, "", "", "", ""},
		{"first part as HTML", "video", 206, "Content-Type: text/html|Content-Range: bytes 0-5/9", oggBytes, "", "partial-html"},
		{"first part as text", "video", 206, "Content-Type: text/plain|Content-Range: bytes 0-5/9", oggBytes, "", ""},
		{"later part, unasked", "video", 206, "Content-Type: video/ogg|Content-Range: bytes 3-5/9", oggBytes, "", ""},
		{"later part of no video", "video", 206, "Content-Type: text/plain|Content-Range: bytes 3-5/9", oggBytes, "later-part", "later-part"},
		{"part without a range", "video", 206, "Content-Type: text/plain", oggBytes, "", "later-part"},
		{"text as a video", "video", 200, "Content-Type: text/plain", "a", "", "not-media"},
		{"video of an error", "video", 404, "", oggBytes, "", "status"},
		{"script", "script", 200, "Content-Type: text/html", codeBytes, "", ""},
		{"script behind a comment", "script", 200, "Content-Type: text/html", "<!-- a\n" + codeBytes, "", ""},
		{"script of an error", "script", 404, "Content-Type: text/plain", codeBytes, "", "status"},
		{"script without a type", "script", 200, "", pageBytes, "", ""},
		{"page as a script", "script", 200, "Content-Type: text/plain", pageBytes, "html", "not-script"},
		{"page behind a comment", "script", 200, "Content-Type: text/plain", "/* a */ <p>", "", "not-script"},
		{"XML as a script", "script", 200, "Content-Type: text/xml", "\n<?xml version='1.0'?>", "xml", "not-script"},
		{"JSON as a script", "script", 200, "Content-Type: application/json", dataBytes, "data", "not-script"},
		{"JSON that is a list", "script", 200, "Content-Type: application/json", "[1, 2]", "", "not-script"},
		{"JSON that claims to be a script", "script", 200, "Content-Type: text/javascript", dataBytes, "data", ""},
		{"breaker", "script", 200, "Content-Type: application/json", ")]}',\n{}", "data", "not-script"},
		{"long JSON", "script", 200, "Content-Type: application/json", `{"a": "` + strings.Repeat("a", 5000), "data", "not-script"},
		{"long script", "script", 200, "Content-Type: application/json", strings.Repeat("a()\n", 5000), "", ""},
		{"nothing as JSON", "script", 200, "Content-Type: application/json", "", "", ""},
		{"preload for fetch()", "preload/fetch", 200, "Content-Type: text/plain", codeBytes, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var lines []string
			if tt.headers != "" {
				lines = strings.Split(tt.headers, "|")
			}
			r := answer(tt.status, lines...).with(tt.body)
			wants := map[string]string{"chromium": tt.chromium, "firefox": tt.firefox}
			for _, p := range engine.Profiles() {
				if got := blockedBy(t, p, tt.element, r); got != wants[p.Name] {
					t.Errorf("%s: %q, want %q", p.Name, got, wants[p.Name])
				}
			}
		})
	}
}

// Where opaque-response blocking does not look: fetch(), CORS, the page's own
// origin, and a preload for fetch() of Chromium, which gets nothing.
func TestORBApplies(t *testing.T) {
	blocked := answer(200, acao+"*", "Content-Type: application/zip").with("PK")
	img := func(url string, c fetch.CrossOrigin) *fetch.Request { return fetch.Element("img").Request(url, c) }
	answers := routes{
		api + "/a": blocked, app + "/a": blocked,
		app + "/there": answer(302, acao+"*", "Location: "+api+"/back"), api + "/back": answer(302, acao+"*", "Location: "+app+"/a"),
	}
	tests := []struct {
		name              string
		request           *fetch.Request
		chromium, firefox string
	}{
		{"another origin", img(api+"/a", ""), "opaque-response-blocked", "opaque-response-blocked"},
		{"own origin", img("/a", ""), "200", "200"},
		{"CORS", img(api+"/a", "anonymous"), "200", "200"},
		{"fetch()", &fetch.Request{URL: api + "/a", Mode: fetch.NoCORS}, "0", "0"},
		{"home again", img("/there", ""), "0", "opaque-response-blocked"},
		{"preload for fetch()", fetch.Element("preload/fetch").Request(api+"/a", ""), "0", "opaque-response-blocked"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for p, want := range map[*fetch.Profile]string{engine.Chromium(): tt.chromium, engine.Firefox(): tt.firefox} {
				page, _ := profiledPage(t, p, answers.serve, fetch.EnvironmentOptions{})
				if got := outcome(t, page, tt.request); got != want {
					t.Errorf("%s: %s, want %s", p.Name, got, want)
				}
			}
		})
	}
	page, _ := profiledPage(t, engine.Chromium(), answers.serve, fetch.EnvironmentOptions{})
	resp := fetched(t, page, fetch.Element("preload/fetch").Request(api+"/a", ""))
	if b, err := io.ReadAll(resp.Internal().Body); len(b) > 0 || err != nil {
		t.Errorf("a preload for fetch() has %q, %v", b, err)
	}
}

// What opaque-response blocking has read is not within script's reach, and a body that
// breaks off meanwhile does so for its reader.
func TestORBHidden(t *testing.T) {
	for _, p := range []*fetch.Profile{engine.Chromium(), engine.Firefox()} {
		page, _ := profiledPage(t, p, func(sent) reply { return answer(200, "Content-Type: text/plain").with(codeBytes) }, fetch.EnvironmentOptions{})
		resp := fetched(t, page, fetch.Element("script").Request(api+"/a", ""))
		if b, err := io.ReadAll(resp.Body); len(b) > 0 || err != nil || resp.Status != 0 || len(resp.Headers.List()) > 0 {
			t.Errorf("%s: script sees %q, %v, %d", p.Name, b, err, resp.Status)
		}
		broken := answer(200, "Content-Type: text/plain").with("var a")
		broken.cut = io.ErrUnexpectedEOF
		page, _ = profiledPage(t, p, func(sent) reply { return broken }, fetch.EnvironmentOptions{})
		resp = fetched(t, page, fetch.Element("script").Request(api+"/a", ""))
		if b, err := io.ReadAll(resp.Internal().Body); string(b) != "var a" || !errors.Is(err, fetch.BrokenBody) {
			t.Errorf("%s: a broken body is %q, %v", p.Name, b, err)
		}
		if b, err := io.ReadAll(resp.Internal().Body); len(b) > 0 || !errors.Is(err, fetch.BrokenBody) {
			t.Errorf("%s: read again, it is %q, %v", p.Name, b, err)
		}
	}
}

// streaming answers every request with a body that is still arriving.
type streaming struct{ body io.ReadCloser }

func (s streaming) RoundTrip(context.Context, *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	return &fetch.NetworkResponse{Status: 200, Headers: headerLines("Content-Type: text/plain"), Body: s.body}, nil
}

// A body that goes on is handed over as soon as its beginning is known to be media,
// and a fetch that still waits for more can be cancelled.
func TestORBStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, first := range []string{pngBytes, "a"} {
			from, to := io.Pipe()
			agent, _ := newAgent(t, nil, fetch.Options{Profile: engine.Firefox(), Transport: streaming{from}})
			page := newPage(t, agent, fetch.EnvironmentOptions{})
			go to.Write([]byte(first))
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			resp, err := page.Fetch(ctx, fetch.Element("img").Request(api+"/a", ""))
			if first == pngBytes {
				if err != nil {
					t.Fatal(err)
				}
				go to.Write([]byte("more"))
				got := make([]byte, len(pngBytes)+4)
				if _, err := io.ReadFull(resp.Internal().Body, got); err != nil || string(got) != pngBytes+"more" {
					t.Errorf("%q, %v", got, err)
				}
				resp.Body.Close()
			} else if !errors.Is(err, fetch.Aborted) {
				t.Errorf("%v, want that it was cancelled", err)
			}
			cancel()
			to.Close()
			synctest.Wait()
		}
	})
}

// orbDepartures are the departures that concern opaque-response blocking, on top of
// the proposal.
func orbDepartures() []departure {
	play := func(e fetch.Element, r reply) func(*testing.T, *fetch.Profile) string {
		return func(t *testing.T, p *fetch.Profile) string {
			p.ORB.Blocks = true
			return loadsUnless(blockedBy(t, p, e, r))
		}
	}
	zip := answer(200, "Content-Type: application/zip").with("PK")
	return []departure{{
		field:    "ORB.Blocks",
		set:      func(p *fetch.Profile) { p.ORB.Blocks = true },
		standard: "loads", departed: "never-sniffed",
		play: func(t *testing.T, p *fetch.Profile) string { return loadsUnless(blockedBy(t, p, "img", zip)) },
	}, {
		field:    "ORB.SafeTypes",
		set:      func(p *fetch.Profile) { p.ORB.SafeTypes = []string{"application/"} },
		standard: "never-sniffed", departed: "loads",
		play: play("img", zip),
	}, {
		field:    "ORB.NosniffSafeTypes",
		set:      func(p *fetch.Profile) { p.ORB.NosniffSafeTypes = []string{"text/plain"} },
		standard: "nosniff", departed: "loads",
		play: play("img", answer(200, "Content-Type: text/plain", nosniffLine).with(pngBytes)),
	}, {
		field:    "ORB.NeverSniffed",
		set:      func(p *fetch.Profile) { p.ORB.NeverSniffed = []string{"text/pdf"} },
		standard: "loads", departed: "never-sniffed",
		play: play("img", answer(200, "Content-Type: text/pdf").with(pngBytes)),
	}, {
		field:    "ORB.SlashIsType",
		set:      func(p *fetch.Profile) { p.ORB.SlashIsType = true },
		standard: "loads", departed: "not-script",
		play: play("script", answer(200, "Content-Type: text/").with(dataBytes)),
	}, {
		field:    "ORB.SniffsJavaScript",
		set:      func(p *fetch.Profile) { p.ORB.SniffsJavaScript = true },
		standard: "loads", departed: "not-script",
		play: play("script", answer(200, "Content-Type: text/javascript").with(dataBytes)),
	}, {
		field:    "ORB.BlocksKnownOnly",
		set:      func(p *fetch.Profile) { p.ORB.BlocksKnownOnly = true },
		standard: "claimed-media", departed: "loads",
		play: play("img", answer(200, "Content-Type: image/x-own").with("own")),
	}, {
		field:    "ORB.PartialHTML",
		set:      func(p *fetch.Profile) { p.ORB.PartialHTML = true },
		standard: "partial-html", departed: "loads",
		play: play("video", answer(206, "Content-Type: text/html", "Content-Range: bytes 0-5/9").with(oggBytes)),
	}, {
		field:    "ORB.OwnOriginSafe",
		set:      func(p *fetch.Profile) { p.ORB.OwnOriginSafe = true },
		standard: "opaque-response-blocked", departed: "0",
		play: func(t *testing.T, p *fetch.Profile) string {
			p.ORB.Blocks = true
			page, _ := profiledPage(t, p, routes{api + "/a": answer(302, "Location: "+app+"/b"), app + "/b": zip}.serve, fetch.EnvironmentOptions{})
			return outcome(t, page, fetch.Element("img").Request(api+"/a", ""))
		},
	}, {
		field:    "ORB.EmptyForFetch",
		set:      func(p *fetch.Profile) { p.ORB.EmptyForFetch = true },
		standard: "opaque-response-blocked", departed: "0",
		play: func(t *testing.T, p *fetch.Profile) string {
			p.ORB.Blocks = true
			page, _ := profiledPage(t, p, func(sent) reply { return zip }, fetch.EnvironmentOptions{})
			return outcome(t, page, fetch.Element("preload/fetch").Request(api+"/a", ""))
		},
	}, {
		field:    "ORB.First",
		set:      func(p *fetch.Profile) { p.ORB.First = true },
		standard: "blocked-by-nosniff", departed: "nosniff",
		play: play("script", answer(200, "Content-Type: text/html", nosniffLine).with(codeBytes)),
	}}
}
