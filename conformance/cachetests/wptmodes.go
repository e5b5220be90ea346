package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/safelist"
)

// A modesTest is a test of request-cache.js: requests for one URL, each with a cache mode.
type modesTest struct {
	Name           string              `json:"name"`
	State          string              `json:"state"` // whether the response is "fresh" or "stale"
	Vary           string              `json:"vary"`
	CacheControl   string              `json:"cache_control"`
	Redirect       string              `json:"redirect"` // "same-origin" or "cross-origin"
	Modes          []string            `json:"request_cache"`
	RequestHeaders []map[string]string `json:"request_headers"`
	Response       []*string           `json:"response"` // "error" where one is expected

	// What the server should have received, of each request that should have reached it.
	Validation []bool `json:"expected_validation_headers"`
	NoCache    []bool `json:"expected_no_cache_headers"`
	MaxAge     []bool `json:"expected_max_age_headers"`
}

// playModes plays a test of request-cache.js.
func (p *player) playModes(ctx context.Context, server string, c wptCase) error {
	m, id, now := c.modes, newUUID(), time.Now()
	content, validator := fmt.Sprint(rand.Float64()), fmt.Sprint(rand.Float64())
	if c.date {
		validator = now.UTC().Format(http.TimeFormat)
	}
	target, err := m.url(server, c, id, content, validator, now)
	if err != nil {
		return err
	}
	for i, mode := range m.Modes {
		request := &fetch.Request{URL: target, Cache: fetch.CacheMode(mode)}
		notModified := false
		if i < len(m.RequestHeaders) {
			for name, value := range m.RequestHeaders[i] {
				request.Headers = append(request.Headers, safelist.Header{Name: name, Value: value})
			}
			notModified = c.date && m.RequestHeaders[i]["If-Modified-Since"] == validator
		}
		if mode == "only-if-cached" {
			request.Mode = "same-origin"
		}
		refused := i < len(m.Response) && m.Response[i] != nil && *m.Response[i] == "error"
		got, err := p.get(ctx, request)
		if refused {
			if err := assert(false, err != nil, "fetch should have been an error"); err != nil {
				return err
			}
			continue
		} else if err != nil {
			return err
		}
		status, phrase, body := 200, "OK", content
		if notModified {
			status, phrase, body = 304, "Not Modified", ""
		}
		if err := assert(false, got.Status == status && got.StatusText == phrase && got.text == body, ""); err != nil {
			return err
		}
	}
	state, err := p.get(ctx, &fetch.Request{URL: "resources/cache.py?querystate&token=" + id})
	if err != nil {
		return err
	}
	var seen []map[string]string
	if err := json.Unmarshal([]byte(state.text), &seen); err != nil {
		return err
	}
	return m.checkSeen(seen, validator, c.date)
}

// url is the URL of a test, whose query tells the server how to answer.
func (m *modesTest) url(server string, c wptCase, id, content, validator string, now time.Time) (string, error) {
	// The suite's script passes getDay(), the day of the week, where the constructor of Date wants the day of the month.
	// The URL has to be the one that browsers were given.
	years := map[string]int{"fresh": 1, "stale": -1}[m.State]
	expires := time.Date(now.Year()+years, now.Month(), int(now.Weekday()), 0, 0, 0, 0, time.Local).UTC().Format(http.TimeFormat)
	kind := "tag"
	if c.date {
		kind = "date"
	}
	target := "resources/cache.py?token=" + id + "&content=" + content + "&" + kind + "=" + validator + "&expires=" + expires
	if m.Vary != "" {
		target += "&vary=" + m.Vary
	}
	if m.CacheControl != "" {
		target += "&cache_control=" + m.CacheControl
	}
	if m.RequestHeaders != nil {
		target += "&ignore"
	}
	if m.Redirect == "" {
		return target, nil
	}
	origin := server
	if m.Redirect == "cross-origin" {
		var err error
		if origin, err = elsewhere(server, "www1."); err != nil {
			return "", err
		}
	}
	redirected := url.QueryEscape(origin + "/" + path.Dir(c.path) + "/" + target)
	return target + "&redirect=" + strings.ReplaceAll(redirected, "+", "%20"), nil
}

// elsewhere is the origin of another host of the server: that of its origin with a prefix.
func elsewhere(server, prefix string) (string, error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	host := prefix + u.Host
	if u.Hostname() == "localhost" {
		host = strings.Replace(u.Host, "localhost", "127.0.0.1", 1)
	}
	return u.Scheme + "://" + host, nil
}

// checkSeen checks the headers of the requests that the server received.
func (m *modesTest) checkSeen(seen []map[string]string, validator string, date bool) error {
	if err := assert(false, len(seen) == len(m.Validation), ""); err != nil {
		return err
	}
	for i, headers := range seen {
		want := make(map[string]string)
		switch {
		case m.Validation[i] && date:
			want["If-Modified-Since"] = validator
		case m.Validation[i]:
			want["If-None-Match"] = `"` + validator + `"`
		}
		if i < len(m.NoCache) && m.NoCache[i] {
			want["Pragma"], want["Cache-Control"] = "no-cache", "no-cache"
		}
		if i < len(m.MaxAge) && m.MaxAge[i] {
			want["Cache-Control"] = "max-age=0"
		}
		for name := range headers {
			if err := assert(false, headers[name] == want[name], ""); err != nil {
				return err
			}
		}
		// Of a header that is expected and missing the suite asserts only that it is missing.
	}
	return nil
}
