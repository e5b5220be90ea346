package httpcache_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/httpcache"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

var start = time.Date(2026, time.November, 30, 12, 0, 0, 0, time.UTC)

// clock stands until it is moved.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time          { return c.now }
func (c *clock) advance(d time.Duration) { c.now = c.now.Add(d) }

var key = httpcache.Key{URL: "https://api.example/items", Partition: origin.PartitionKey{Site: mustParse("https://app.example").Site(nil)}}

func mustParse(s string) origin.Origin {
	o, err := origin.Parse(s)
	if err != nil {
		panic(err)
	}
	return o
}

// lines are headers, each "Name: value".
func lines(all ...string) safelist.HeaderList {
	var l safelist.HeaderList
	for _, line := range all {
		name, value, _ := strings.Cut(line, ":")
		l = append(l, safelist.Header{Name: name, Value: strings.TrimPrefix(value, " ")})
	}
	return l
}

func get(headers ...string) httpcache.Request {
	return httpcache.Request{Method: "GET", Headers: lines(headers...)}
}

func answer(status int, body string, headers ...string) httpcache.Received {
	in := httpcache.Received{Status: status, Headers: lines(headers...)}
	if status != 204 && status != 205 { // which have no body
		in.Body = io.NopCloser(strings.NewReader(body))
	}
	return in
}

func newCache(o httpcache.Options) (*httpcache.Cache, *clock) {
	at := &clock{start}
	o.Now = at.Now
	return httpcache.New(&o), at
}

// store stores a response and reads its body to the end.
func store(t testing.TB, c *httpcache.Cache, k httpcache.Key, r httpcache.Request, in httpcache.Received) (why string) {
	t.Helper()
	body, why := c.Store(k, r, in)
	if body != nil {
		if _, err := io.Copy(io.Discard, body); err != nil {
			t.Error(err)
		}
		if err := body.Close(); err != nil {
			t.Error(err)
		}
	}
	return why
}

// text is the stored body of a response.
func text(t testing.TB, r *httpcache.Response) string {
	t.Helper()
	if r == nil {
		return "no response"
	}
	body, err := r.Open()
	if err != nil {
		t.Error(err)
		return "no body"
	}
	defer body.Close()
	b, err := io.ReadAll(body)
	if err != nil {
		t.Error(err)
	}
	return string(b)
}

// browser makes requests through a cache, as fetch does.
type browser struct {
	cache *httpcache.Cache
	*clock
}

func newBrowser(r rules.HTTPCache) *browser {
	c, at := newCache(httpcache.Options{Rules: r})
	return &browser{c, at}
}

// A visit is a request, and what the server answers if it is asked.
type visit struct {
	pause   time.Duration // before it
	method  string        // GET if empty
	url     string        // after the host; "/items" if empty
	request string        // headers, separated by "|"
	body    bool          // the request has one

	status     int    // 200 if 0; a 304 is answered only to a conditional request
	response   string // headers
	content    string
	untilClose bool

	show string // the response header to show
}

func split(headers string) safelist.HeaderList {
	if headers == "" {
		return nil
	}
	return lines(strings.Split(headers, "|")...)
}

// make makes the request. It returns how it was answered: "hit", "while" for a
// response that is revalidated meanwhile, "ask" or, with validators, "etag", "lm" or
// "etag+lm". Then come a status other than 200, a header to show, and the body, if there is one.
func (b *browser) make(t testing.TB, v visit) string {
	t.Helper()
	b.advance(v.pause)
	k := key
	if v.url != "" {
		k.URL = "https://api.example" + v.url
	}
	r := httpcache.Request{Method: v.method, Headers: split(v.request), HasBody: v.body}
	if r.Method == "" {
		r.Method = "GET"
	}
	in := answer(v.status, v.content, strings.Split(v.response, "|")...)
	in.Headers, in.UntilClose = split(v.response), v.untilClose
	if in.Status == 0 {
		in.Status = 200
	}

	s := b.cache.Select(k, r)
	how, l, status, content := "", safelist.HeaderList(nil), 0, ""
	switch s.State {
	case "fresh", "stale-while-revalidate":
		how = "hit"
		if s.State != "fresh" {
			how = "while"
		}
		l, status, content = s.Headers(), s.Response.Status, text(t, s.Response)
	default:
		sent := slices.Clone(r.Headers)
		validating := s.Validate(&sent)
		tag, modified := sent.Contains("If-None-Match"), sent.Contains("If-Modified-Since")
		how = map[[2]bool]string{{}: "ask", {true}: "etag", {false, true}: "lm", {true, true}: "etag+lm"}[[2]bool{tag, modified}]
		if validating && how == "ask" {
			how = "renew" // a 304 will do, although nothing asks for it
		}
		if validating != (how != "ask") {
			t.Errorf("Validate says %t and sends %v", validating, sent)
		}
		b.cache.Invalidate(k, r, in)
		if in.Status == 304 && validating {
			merged, _ := b.cache.Freshen(k, r, s.Response, in)
			l, status, content = merged.Headers(), merged.Status, text(t, merged)
		} else {
			store(t, b.cache, k, r, in)
			l, status, content = in.Headers, in.Status, v.content
		}
	}
	if status != 200 {
		how += " " + map[int]string{206: "part", 304: "304"}[status]
		how = strings.TrimSpace(how)
	}
	if v.show != "" {
		value, ok := l.Get(v.show)
		if !ok {
			value = "none"
		}
		how += " " + value
	}
	if content != "" && content != "x" {
		how += " " + content
	}
	return how
}

// play makes the visits and returns how all but the first were answered.
func play(t testing.TB, r rules.HTTPCache, visits ...visit) string {
	t.Helper()
	b := newBrowser(r)
	var all []string
	for _, v := range visits {
		if v.content == "" && v.status != 204 && v.method != "HEAD" {
			v.content = "x"
		}
		all = append(all, b.make(t, v))
	}
	return strings.Join(all[1:], ", ")
}

var errCut = errors.New("cut off")

func newCacheWith(r rules.HTTPCache) (*httpcache.Cache, *clock) {
	return newCache(httpcache.Options{Rules: r})
}

// answerOf is a 200 response with headers, separated by "|".
func answerOf(headers string) httpcache.Received {
	in := answer(200, "x")
	in.Headers = split(headers)
	return in
}
