package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/origin"
)

// A splitTest is a test of split-cache.html: a page, then a window that it opens, then the page again fetch the same URL. Does
// the window share the page's cache?
type splitTest struct {
	name      string
	crossSite bool // the window is of another site
	framed    bool // … and fetches in a frame, which is of the page's origin
}

var splitTests = []splitTest{
	{"HTTP cache is shared between same-site top-level frames", false, false},
	{"HTTP cache is not shared between cross-site top-level frames", true, false},
	{"HTTP cache is shared between same-site frames with same-site top-level frames", false, true},
	{"HTTP cache is not shared between same-site frames with cross-site top-level frames", true, true},
}

// playSplit plays a test of split-cache.html.
func (p *player) playSplit(ctx context.Context, server string, s *splitTest) error {
	window := server
	if s.crossSite {
		var err error
		if window, err = elsewhere(server, "not-"); err != nil {
			return err
		}
	}
	const directory = "/fetch/http-cache/"
	options := &fetch.EnvironmentOptions{URL: window + directory + "resources/split-cache-popup.html"}
	if s.framed {
		top, err := origin.Parse(window)
		if err != nil {
			return err
		}
		options.URL, options.Ancestors = server+directory+"resources/split-cache-popup.html", []origin.Origin{top}
	}
	environment, err := p.page.Agent().Environment(options)
	if err != nil {
		return err
	}
	count := map[bool]string{false: "2", true: "3"}[s.crossSite]
	t := &test{Name: s.name, Raw: []json.RawMessage{
		json.RawMessage(fmt.Sprintf(`{"response_headers": [["Expires", 2592000]], "base_url": %q}`, server+directory)),
		json.RawMessage(fmt.Sprintf(`{"base_url": %q}`, server+directory)),
		json.RawMessage(fmt.Sprintf(`{"request_headers": [["Cache-Control", "no-cache"]], "expected_response_headers": [["server-request-count", %q]], "base_url": %q}`, count, server+directory)),
	}}
	if err := t.inflate(); err != nil {
		return err
	}
	opened := &player{page: environment, timeout: p.timeout, pause: p.pause}
	id := newUUID()
	for i, player := range []*player{p, opened, p} {
		if err := player.stepSequence(ctx, t, i, id); err != nil {
			return err
		}
	}
	return p.checkSequence(ctx, t, id)
}
