package fetch_test

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// A departure is a field of a profile's own rules, with the smallest exchange
// that shows it: what is seen with the field's zero value, and with it set.
type departure struct {
	field    string
	set      func(*fetch.Profile)
	standard string
	departed string
	play     func(*testing.T, *fetch.Profile) string
}

// profiledPage is a page of a browser with a profile.
func profiledPage(t *testing.T, p *fetch.Profile, serve func(sent) reply, o fetch.EnvironmentOptions) (*fetch.Environment, *network) {
	t.Helper()
	agent, n := newAgent(t, serve, fetch.Options{Profile: p, Cookies: staticCookies{}, AllowMixedContent: true})
	return newPage(t, agent, o), n
}

// originOf is the origin of a URL.
func originOf(t *testing.T, url string) origin.Origin {
	t.Helper()
	o, err := origin.Parse(url)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// outcome is a fetch in one word: a status or a reason.
func outcome(t *testing.T, page *fetch.Environment, r *fetch.Request) string {
	t.Helper()
	resp, err := page.Fetch(t.Context(), r)
	if err != nil {
		return asRefusal(t, err).Reason.String()
	}
	defer resp.Body.Close()
	return fmt.Sprint(resp.Status)
}

// oneFetch is a play that is one fetch by app's page.
//
//go:noinline
func oneFetch(r fetch.Request, answers routes) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		page, _ := profiledPage(t, p, answers.serve, fetch.EnvironmentOptions{})
		return outcome(t, page, &r)
	}
}

// lastHeader is a play that is one fetch, seen by a header of the last request.
//
//go:noinline
func lastHeader(name string, r fetch.Request, o fetch.EnvironmentOptions, answers routes) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		page, n := profiledPage(t, p, answers.serve, o)
		outcome(t, page, &r)
		return n.last(t).header(name)
	}
}

// navigationHeader is a play that is a navigation from app's page, seen by a
// header.
func navigationHeader(name, method string) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		page, n := profiledPage(t, p, routes{}.serve, fetch.EnvironmentOptions{})
		resp, err := page.Agent().Navigate(t.Context(), &fetch.Navigation{URL: api + "/a", Method: method, UserActivation: true, Initiator: page})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return n.last(t).header(name)
	}
}

// preflightHeader is a play that is one fetch, seen by a header of the last
// preflight.
func preflightHeader(name string, r fetch.Request, o fetch.EnvironmentOptions, answers routes) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		page, n := profiledPage(t, p, answers.serve, o)
		outcome(t, page, &r)
		value := "no preflight"
		for _, s := range n.sent {
			if s.Preflight {
				value = s.header(name)
			}
		}
		return value
	}
}

// putTwice is a play that has a page PUT, then something in between, then PUT
// again: is the first preflight remembered?
func putTwice(between fetch.Request, fails routes) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		servers := routes{}
		page, n := profiledPage(t, p, servers.serve, fetch.EnvironmentOptions{})
		put := &fetch.Request{URL: api + "/a", Method: "PUT"}
		outcome(t, page, put)
		for line, a := range fails {
			servers[line] = a
		}
		if got := outcome(t, page, &between); got == "200" {
			t.Error("nothing failed")
		}
		clear(servers)
		before := preflights(n)
		outcome(t, page, put)
		if preflights(n) > before {
			return "forgotten"
		}
		return "remembered"
	}
}

// received is a play that is one fetch, seen by the headers that script gets.
func received(lines ...string) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		return wholeOver(t, p, &fetch.NetworkResponse{Status: 200, Headers: headerLines(lines...)})
	}
}

// wholeOver is a response as script gets it from its own origin: the headers, or
// why there is none.
func wholeOver(t *testing.T, p *fetch.Profile, resp *fetch.NetworkResponse) string {
	t.Helper()
	agent, err := fetch.NewAgent(&fetch.Options{Profile: p, Transport: transportFunc(func(*fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
		return resp, nil
	})})
	if err != nil {
		t.Fatal(err)
	}
	got, err := newPage(t, agent, fetch.EnvironmentOptions{}).Fetch(t.Context(), &fetch.Request{URL: "/a"})
	if err == nil {
		defer got.Body.Close()
		_, err = io.ReadAll(got.Body)
	}
	if err != nil {
		return asRefusal(t, err).Reason.String()
	}
	var headers []string
	for name, value := range got.Headers.All() {
		headers = append(headers, name+"="+value)
	}
	return strings.Join(headers, " ")
}

func ageOf(value string) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string { return maxAge(t, p, value).String() }
}

// bodyOf is a play that reads what app's server answers with a status.
func bodyOf(status int, body string) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		page, _ := profiledPage(t, p, routes{app + "/a": answer(status).with(body)}.serve, fetch.EnvironmentOptions{})
		resp, err := page.Fetch(t.Context(), &fetch.Request{URL: "/a"})
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		got, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Error(err)
		}
		return string(got)
	}
}

// blobRange is a play that asks for a part of a blob of ten bytes.
func blobRange(value string) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		const url = "blob:" + app + "/1"
		agent, _ := newAgent(t, routes{}.serve, fetch.Options{Profile: p, Blobs: oneBlob{url, "0123456789"}})
		return outcome(t, newPage(t, agent, fetch.EnvironmentOptions{}), &fetch.Request{URL: url, Headers: headerLines("Range: " + value)})
	}
}

// departures are those of all fields.
func departures() []departure {
	return slices.Concat(hopDepartures(), orbDepartures(), integrityDepartures(), preflightDepartures(), redirectDepartures(),
		headerDepartures(), sentDepartures(), responseDepartures(), requestDepartures(), policyDepartures(), cacheDepartures(), clearSiteDataDepartures(),
		eventSourceDepartures(), beaconDepartures())
}

// told is what script is told of requests that fail.
func told(t *testing.T, ctx context.Context, page *fetch.Environment, requests ...fetch.Request) string {
	t.Helper()
	var all []string
	for i := range requests {
		_, err := page.Fetch(ctx, &requests[i])
		all = append(all, asRefusal(t, err).ScriptMessage())
	}
	return strings.Join(all, " | ")
}

func TestDepartures(t *testing.T) {
	for _, d := range departures() {
		t.Run(d.field, func(t *testing.T) {
			if got := d.play(t, fetch.Standard()); got != d.standard {
				t.Errorf("the Standard: %s, want %s", got, d.standard)
			}
			p := fetch.Standard()
			d.set(p)
			if got := d.play(t, p); got != d.departed {
				t.Errorf("with it: %s, want %s", got, d.departed)
			}
		})
	}
}

// Every field of a profile's own rules is shown by a departure.
func TestEveryRuleIsTested(t *testing.T) {
	tested := make(map[string]bool)
	for _, d := range departures() {
		tested[d.field] = true
		p := fetch.Standard()
		if d.set(p); reflect.DeepEqual(p, fetch.Standard()) {
			t.Errorf("%s: nothing is set", d.field)
		}
	}
	var walk func(prefix string, s reflect.Type)
	walk = func(prefix string, s reflect.Type) {
		for f := range s.Fields() {
			name := prefix + f.Name
			if f.Type.Kind() == reflect.Struct {
				walk(name+".", f.Type)
			} else if !tested[name] {
				t.Errorf("%s is not tested", name)
			}
		}
	}
	for _, name := range []string{"Identity", "Request", "Preflight", "Redirect", "Headers", "Body", "Ports", "Response", "Policy", "ORB", "WebSocket", "Messages"} {
		f, _ := reflect.TypeFor[fetch.Profile]().FieldByName(name)
		walk(name+".", f.Type)
	}
	walk("HTTPCache.Use.", reflect.TypeFor[rules.HTTPCacheUse]())
	walk("ClearSiteData.", reflect.TypeFor[rules.ClearSiteData]())
}

// What departures do together.
func TestDeparturesTogether(t *testing.T) {
	t.Run("invalid and overflow", func(t *testing.T) {
		p := fetch.Standard()
		p.Preflight.MaxAge = rules.MaxAge{InvalidNotCached: true, OverflowIsInvalid: true, AcceptPlus: true}
		for value, want := range map[string]string{"99999999999999999999": "0s", "+99999999999999999999": "0s", "+": "0s", "60": "1m0s", "-": "0s", "+6x": "0s"} {
			if got := maxAge(t, p, value).String(); got != want {
				t.Errorf("%q: %s, want %s", value, got, want)
			}
		}
	})
	t.Run("negative and words", func(t *testing.T) {
		p := fetch.Standard()
		p.Preflight.MaxAge = rules.MaxAge{NegativeNotCached: true, AcceptPlus: true}
		for value, want := range map[string]string{"-1": "0s", "-": "5s", "-x": "5s", "+": "5s", "+6x": "5s", "--1": "5s", "+-1": "5s"} {
			if got := maxAge(t, p, value).String(); got != want {
				t.Errorf("%q: %s, want %s", value, got, want)
			}
		}
	})
	t.Run("empty values", func(t *testing.T) {
		p := fetch.Standard()
		p.Response.SkipEmpty, p.Response.TightType, p.Response.FeedJoined = true, true, []string{"x-a"}
		const want = "content-type=a/b,,c/d x-a=1 x-b=2"
		if got := received("X-A: ", "X-A: 1", "X-A: ", "X-B: ", "X-B: 2", "Content-Type: ", "Content-Type: a/b", "Content-Type: ", "Content-Type: c/d")(t, p); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	})
	t.Run("one Access-Control-Allow-Origin, as it is spelled", func(t *testing.T) {
		lower := strings.ToLower(acao)
		for _, test := range []struct {
			lines string
			http2 bool
			want  string
		}{
			{acao + "|" + acao + "*", false, "multiple-allow-origin-values"},
			{acao + "|" + lower + "*", false, "200"},
			{lower + "*|" + lower, false, "200"},
			{acao + "|" + lower + "*|" + acao, false, "multiple-allow-origin-values"},
			{acao + "|" + acao + "*", true, "200"}, // a transport may spell the names anew
			{lower + "|" + lower + "*", true, "200"},
			{lower + "*|" + lower + "*", true, "multiple-allow-origin-values"},
		} {
			p := fetch.Standard()
			p.Response.OneAllowOrigin, p.Response.SkipEmpty = true, true
			agent, err := fetch.NewAgent(&fetch.Options{Profile: p, Transport: transportFunc(func(*fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
				return &fetch.NetworkResponse{Status: 200, Headers: headerLines(strings.Split(test.lines, "|")...), HTTP2: test.http2}, nil
			})})
			if err != nil {
				t.Fatal(err)
			}
			if got := outcome(t, newPage(t, agent, fetch.EnvironmentOptions{}), &fetch.Request{URL: api + "/a"}); got != test.want {
				t.Errorf("%s over HTTP/2 %v: %s, want %s", test.lines, test.http2, got, test.want)
			}
		}
	})
	t.Run("lower packages' rules", func(t *testing.T) {
		p := fetch.Standard()
		p.Safelist.ForbiddenRequestHeaders = []string{"x-a"}
		p.PreflightCache.MaxURLLength = 10
		page, n := profiledPage(t, p, routes{}.serve, fetch.EnvironmentOptions{})
		outcome(t, page, &fetch.Request{URL: api + "/a", Headers: headerLines("X-A: 1")})
		if preflights(n) != 0 || n.last(t).Headers.Contains("X-A") {
			t.Errorf("%v", n.last(t).Headers)
		}
		for range 2 {
			outcome(t, page, &fetch.Request{URL: api + "/a", Method: "PUT"})
		}
		if preflights(n) != 2 {
			t.Errorf("%q", n.lines())
		}
	})
}

// What rewriting a Range makes of odd values, as Chromium was seen to do.
func TestRangeRewritten(t *testing.T) {
	p := fetch.Standard()
	p.Headers.RangeRewritten = true
	for value, want := range map[string]string{
		"bytes=0 -1": "bytes=0-1", "bytes=,0-1": "bytes=0-1", "bytes=0-, ": "bytes=0-", "BYTES=-03": "bytes=-3", "bytes=5--1": "bytes=5-",
		"bytes=+5-9": "bytes=5-9", "bytes=0-1,2-3": "bytes=0-1,2-3", "bytes=--5": "bytes=--5", "bytes=-0": "bytes=-0", "bytes=05-4": "bytes=05-4",
		"bytes=09223372036854775808-": "bytes=09223372036854775808-", "bytes=0-9223372036854775808": "bytes=0-9223372036854775808",
		"bytes= - ": "bytes= -", "bytes=": "bytes=", "bytes 00-1": "bytes 00-1", "items=00-1": "items=00-1", "bytes=00": "bytes=00",
		"bytes=00-1;": "bytes=00-1;",
	} {
		get := fetch.Request{URL: "/a", Headers: fetch.HeaderList{{Name: "Range", Value: value}}}
		if got := lastHeader("Range", get, fetch.EnvironmentOptions{}, nil)(t, p); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
	const set = "bytes=00-1"
	for name, r := range map[string]fetch.Request{
		"HEAD":        {Method: "HEAD"},
		"no-store":    {Cache: "no-store"},
		"conditional": {Headers: headerLines("If-None-Match: x")},
	} {
		r.URL = "/a"
		r.Headers.Append("Range", set)
		if got := lastHeader("Range", r, fetch.EnvironmentOptions{}, nil)(t, p); got != set {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Which types of a Blob parse to their end, as Chromium was seen to do.
func TestBlobTypeParsed(t *testing.T) {
	p := fetch.Standard()
	p.Request.BlobTypeParsed = true
	for value, sent := range map[string]bool{
		"text/plain": true, "text /plain": true, "text/ plain": true, "a/b ;c=d": true, "a/b; c = d": true, "*/*": true, `a/b;c=""`: true,
		`a/b;c="\""`: true, "a/b;c='d'": true, "a/b;c=d;c=e": true, "multipart/form-data": true,
		"text": false, "text/plain;": false, "text/plain;a": false, "text/plain;a=": false, "text/plain;=b": false, "text/plain;a=b c": false,
		`text/plain;a="b`: false, "text/plain;a=b;": false, "te xt/plain": false, "text/plain a": false, "text/plain,x/y": false, "/": false,
		"a/": false, "/b": false, "a/b/c": false, `a/b;c="d"e`: false, "a/b;;c=d": false, "a/b;c=d,e": false, "(a)/b": false, "a/b;(=d": false,
	} {
		post := fetch.Request{URL: "/a", Method: "POST", API: "xhr", Body: fetch.BytesBody([]byte("x"), value)}
		if got := lastHeader("Content-Type", post, fetch.EnvironmentOptions{}, nil)(t, p); (got == value) != sent {
			t.Errorf("%q: %q", value, got)
		}
	}
}

// What putting UTF-8 in place of a charset makes of odd values, as Chromium was
// seen to do.
func TestCharsetInPlace(t *testing.T) {
	p := fetch.Standard()
	p.Request.CharsetInPlace = true
	for value, want := range map[string]string{
		"text/plain;charset=utf-8": "text/plain;charset=UTF-8", "text/plain;charset='x'": "text/plain;charset='UTF-8'",
		"text/plain;charset=a;charset=b": "text/plain;charset=UTF-8;charset=UTF-8", "text/plain;charset=a, x/y": "text/plain;charset=UTF-8 x/y",
		"charset=x": "charset=x", "text/plain charset=x": "text/plain charset=UTF-8", `text/plain;charset="a b"`: `text/plain;charset="UTF-8 b"`,
		"text/plain;charset=": "text/plain;charset=", "text/plain;charset=;a=b": "text/plain;charset=;a=b", "text/plain;xcharset=a": "text/plain;xcharset=a",
		"text/plain;charsetx=a;charset=b": "text/plain;charsetx=a;charset=UTF-8", "text;charset=x": "text;charset=UTF-8",
		"text/plain;charset": "text/plain;charset", "text/plain;a=charset=x": "text/plain;a=charset=x", `text/plain;charset="";a=b`: `text/plain;charset="";a=b`,
	} {
		post := fetch.Request{URL: "/a", Method: "POST", API: "xhr", Body: fetch.TextBody("x"), Headers: fetch.HeaderList{{Name: "Content-Type", Value: value}}}
		if got := lastHeader("Content-Type", post, fetch.EnvironmentOptions{}, nil)(t, p); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}

// An agent keeps a copy of its profile.
func TestProfileIsCopied(t *testing.T) {
	p := engine.Chromium()
	agent, n := newAgent(t, routes{app + "/a": answer(200)}.serve, fetch.Options{Profile: p})
	p.Ports.Allowed[0] = 25
	p.Identity.UserAgent = "another"
	page := newPage(t, agent, fetch.EnvironmentOptions{})
	fetched(t, page, &fetch.Request{URL: "/a"})
	if got := n.last(t).header("User-Agent"); got == "another" {
		t.Errorf("User-Agent %q", got)
	}
	if e := refused(t, page, &fetch.Request{URL: "https://app.example:25/"}); e.Reason != fetch.BadPort {
		t.Error(e)
	}
}
