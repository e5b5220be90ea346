package fetch_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fulllength"
	"github.com/browsercors/browsercors/internal/growth"
	"github.com/browsercors/browsercors/safelist"
)

// A hostileInput is one that a server or a page makes as long as it likes.
type hostileInput struct {
	name string
	n    int // so much of it costs about a millisecond

	// request and serve are what a page asks for and how servers answer, for an
	// input of size n.
	make func(n int) (request *fetch.Request, serve func(sent) reply)
}

// repeated is a header list with n headers of a format, behind others.
func repeated(n int, name, value string, others ...string) fetch.HeaderList {
	list := append(make(fetch.HeaderList, 0, n+len(others)), headerLines(others...)...)
	for i := range n {
		h := safelist.Header{Name: name, Value: value}
		if strings.Contains(name, "%") {
			h.Name = fmt.Sprintf(name, i)
		}
		if strings.Contains(value, "%") {
			h.Value = fmt.Sprintf(value, i)
		}
		list = append(list, h)
	}
	return list
}

// listOf is n members of a format, separated by commas.
func listOf(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format+",", i)
	}
	return b.String()
}

// always is a server with one answer.
func always(a reply) func(sent) reply { return func(sent) reply { return a } }

// answers is a hostileInput of a server's header list.
func answers(name string, n int, status int, list func(n int) fetch.HeaderList) hostileInput {
	return hostileInput{name, n, func(n int) (*fetch.Request, func(sent) reply) {
		return &fetch.Request{URL: api + "/a"}, always(reply{status: status, headers: list(n)})
	}}
}

const readable = "Access-Control-Allow-Origin: *"

// hostileInputs are the header lists, URLs and other things that come from
// outside.
func hostileInputs() []hostileInput {
	page := func(name string, n int, request func(n int) *fetch.Request) hostileInput {
		permit := always(answer(200, readable, "Access-Control-Allow-Headers: *", "Access-Control-Allow-Methods: *"))
		return hostileInput{name, n, func(n int) (*fetch.Request, func(sent) reply) { return request(n), permit }}
	}
	user, password := "u", "p"
	return []hostileInput{
		{"Set-Cookie lines", 500, func(n int) (*fetch.Request, func(sent) reply) {
			return &fetch.Request{URL: "/a"}, always(reply{status: 200, headers: repeated(n, "Set-Cookie", "c%d=v")})
		}},
		{"a redirect to a host of many labels", 10_000, func(n int) (*fetch.Request, func(sent) reply) {
			return fetch.Element("img").Request(app+"/a", ""), redirects("https://h%d." + strings.Repeat("a.", n) + "example/")
		}},
		{"redirects to long URLs", 2000, func(n int) (*fetch.Request, func(sent) reply) {
			return fetch.Element("img").Request(app+"/a", ""), redirects("https://u:p@h%d.example/" + strings.Repeat("p", n))
		}},
		{"a challenge", 5000, func(n int) (*fetch.Request, func(sent) reply) {
			return &fetch.Request{URL: "/a", API: "xhr", Username: &user, Password: &password},
				always(reply{status: 401, headers: headerLines("WWW-Authenticate: " + strings.Repeat("Digest a=b, realm=c,", n))})
		}},
		{"a data: URL", 200_000, func(n int) (*fetch.Request, func(sent) reply) {
			return &fetch.Request{URL: "data:;base64," + strings.Repeat("QUFB", n/4)}, nil
		}},
		{"a referrer", 50_000, func(n int) (*fetch.Request, func(sent) reply) {
			return &fetch.Request{URL: "/a", Referrer: "/" + strings.Repeat("p", n)}, always(answer(200))
		}},
		answers("response headers", 4000, 200, func(n int) fetch.HeaderList { return repeated(n, "X%07d", "", readable) }),
		answers("response headers of one name", 4000, 200, func(n int) fetch.HeaderList { return repeated(n, "X-A", "%d", readable) }),
		answers("response headers of one name, empty", 4000, 200, func(n int) fetch.HeaderList { return repeated(n, "X-A", "", readable) }),
		answers("Content-Type lines", 4000, 200, func(n int) fetch.HeaderList { return repeated(n, "Content-Type", "a/b;x=%d", readable) }),
		answers("Content-Encoding lines", 4000, 200, func(n int) fetch.HeaderList { return repeated(n, "Content-Encoding", "gzip", readable) }),
		answers("Set-Cookie2 lines", 4000, 200, func(n int) fetch.HeaderList { return repeated(n, "Set-Cookie2", "a=%d", readable) }),
		answers("WWW-Authenticate lines", 4000, 401, func(n int) fetch.HeaderList { return repeated(n, "WWW-Authenticate", "Basic realm=%d", readable) }),
		answers("Access-Control-Allow-Origin lines", 4000, 200, func(n int) fetch.HeaderList {
			return repeated(n, "Access-Control-Allow-Origin", "https://%d.example")
		}),
		answers("Access-Control-Expose-Headers", 4000, 200, func(n int) fetch.HeaderList {
			return append(repeated(n, "X%07d", "", readable), safelist.Header{Name: "Access-Control-Expose-Headers", Value: listOf(n, "x%07d")})
		}),
		answers("Location lines", 4000, 302, func(n int) fetch.HeaderList { return repeated(n, "Location", "/%d", readable) }),
		{"Referrer-Policy lines", 2000, func(n int) (*fetch.Request, func(sent) reply) {
			redirect := reply{status: 302, headers: repeated(n, "Referrer-Policy", "x, origin", readable, "Location: /b")}
			return &fetch.Request{URL: api + "/a"}, routes{api + "/a": redirect}.serve
		}},
		{"a preflight's lists", 2000, func(n int) (*fetch.Request, func(sent) reply) {
			headers := headerLines(readable)
			for _, name := range []string{"Access-Control-Allow-Headers", "Access-Control-Allow-Methods"} {
				headers = append(headers, safelist.Header{Name: name, Value: listOf(n, "x-%d") + "PUT"})
			}
			return &fetch.Request{URL: api + "/a", Method: "PUT", Headers: repeated(n, "x-%d", "1")}, always(reply{status: 200, headers: headers})
		}},
		{"a preflight that refuses", 2000, func(n int) (*fetch.Request, func(sent) reply) {
			headers := append(headerLines(readable), safelist.Header{Name: "Access-Control-Allow-Headers", Value: listOf(n, "y-%d")})
			return &fetch.Request{URL: api + "/a", Headers: repeated(n, "x-%d", "1")}, always(reply{status: 200, headers: headers})
		}},

		page("request headers", 1000, func(n int) *fetch.Request { return &fetch.Request{URL: api + "/a", Headers: repeated(n, "x-%d", "1")} }),
		page("request headers of one name", 2000, func(n int) *fetch.Request {
			return &fetch.Request{URL: api + "/a", Headers: repeated(n, "X-A", "%d")}
		}),
		page("request headers of one name, empty", 2000, func(n int) *fetch.Request {
			return &fetch.Request{URL: api + "/a", Headers: repeated(n, "X-A", "")}
		}),
		page("request headers of an XMLHttpRequest", 1000, func(n int) *fetch.Request {
			return &fetch.Request{URL: api + "/a", API: "xhr", Headers: repeated(n, "x-%d", "1")}
		}),
		page("request headers of an XMLHttpRequest, of one name", 2000, func(n int) *fetch.Request {
			return &fetch.Request{URL: api + "/a", API: "xhr", Headers: repeated(n, "X-A", "%d")}
		}),
		page("request headers in mode no-cors", 4000, func(n int) *fetch.Request {
			return &fetch.Request{URL: api + "/a", Mode: fetch.NoCORS, Headers: repeated(n, "Accept", "a/b")}
		}),
		{"request headers that are redirected", 500, func(n int) (*fetch.Request, func(sent) reply) {
			return &fetch.Request{URL: api + "/a", Method: "POST", Body: fetch.TextBody("b"), Headers: repeated(n, "x-%d", "1")}, routes{
				api + "/a": answer(302, readable, "Access-Control-Allow-Headers: *", "Access-Control-Allow-Methods: *", "Location: "+cdn+"/b"),
			}.serve
		}},
	}
}

// TestGrowth holds a fetch to a time that grows no faster than n log n with
// whatever a page or a server makes long. What is refused is explained.
func TestGrowth(t *testing.T) {
	for i, input := range hostileInputs() {
		t.Run(input.name, func(t *testing.T) {
			for _, profile := range someProfiles(i) {
				growth.Check(t, input.n, func(n int) func() {
					request, serve := input.make(n)
					agent, _ := newAgent(t, serve, fetch.Options{Profile: profile})
					page := newPage(t, agent, fetch.EnvironmentOptions{})
					return func() { play(context.Background(), page, request) }
				})
			}
		})
	}
}

// someProfiles are the profiles that meet the input of an index: one, and at full length all.
func someProfiles(i int) []*fetch.Profile {
	profiles := engine.Profiles()
	if fulllength.Asked() {
		return profiles
	}
	return profiles[i%len(profiles):][:1]
}

// play is a fetch with all that may be asked of its outcome.
func play(ctx context.Context, page *fetch.Environment, request *fetch.Request) {
	resp, err := page.Fetch(ctx, request)
	if err != nil {
		refusal := err.(*fetch.Error)
		_, _ = refusal.Error(), refusal.Explain().String()
		return
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	for range resp.Headers.All() {
	}
}

// TestGrowthOfHeaders holds the Headers class to n log n.
func TestGrowthOfHeaders(t *testing.T) {
	tests := []struct {
		name string
		work func(h *fetch.Headers, i int)
	}{
		{"append", func(h *fetch.Headers, i int) { _ = h.Append(fmt.Sprintf("b%d", i), "") }},
		{"append to one", func(h *fetch.Headers, i int) { _ = h.Append("a0", "") }},
		{"set", func(h *fetch.Headers, i int) { _ = h.Set(fmt.Sprintf("a%d", i), "") }},
		{"delete", func(h *fetch.Headers, i int) { _ = h.Delete(fmt.Sprintf("a%d", i)) }},
		{"delete, get", func(h *fetch.Headers, i int) { _ = h.Delete(fmt.Sprintf("a%d", i)); h.Get(fmt.Sprintf("a%d", i+1)) }},
		{"delete, has", func(h *fetch.Headers, i int) { _ = h.Delete(fmt.Sprintf("a%d", i)); h.Has(fmt.Sprintf("a%d", i+1)) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			growth.Check(t, 2000, func(n int) func() {
				list := append(repeated(n, "a%d", "1"), repeated(n, "A%d", "2")...)
				return func() {
					h, err := fetch.HeadersWithGuard("none", list, nil)
					if err != nil {
						panic(err)
					}
					for i := range n {
						tt.work(h, i)
					}
				}
			})
		})
	}
}
