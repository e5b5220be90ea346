package fetch_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fetchtest"
	"github.com/browsercors/browsercors/internal/fulllength"
	"github.com/browsercors/browsercors/safelist"
)

func newHeaders(t *testing.T, guard string, lines ...string) *fetch.Headers {
	t.Helper()
	h, err := fetch.HeadersWithGuard(guard, headerLines(lines...), nil)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func listed(h *fetch.Headers) string {
	var lines []string
	for _, header := range h.List() {
		lines = append(lines, header.Name+": "+header.Value)
	}
	return strings.Join(lines, "|")
}

// What each guard lets append(), set() and delete() do.
//
// https://fetch.spec.whatwg.org/#headers-class
func TestHeadersGuards(t *testing.T) {
	appending := func(name, value string) func(*fetch.Headers) error {
		return func(h *fetch.Headers) error { return h.Append(name, value) }
	}
	setting := func(name, value string) func(*fetch.Headers) error {
		return func(h *fetch.Headers) error { return h.Set(name, value) }
	}
	deleting := func(name string) func(*fetch.Headers) error {
		return func(h *fetch.Headers) error { return h.Delete(name) }
	}
	const none, request, noCORS, response = "none", "request", "request-no-cors", "response"
	tests := []struct {
		name, holds string
		guard       string
		have        []string
		do          func(*fetch.Headers) error
		want        string
	}{
		{"none takes all", "validate 5", none, nil, appending("Cookie", "a"), "Cookie: a"},
		{"none takes Set-Cookie", "validate 5", none, nil, setting("set-cookie", "a"), "set-cookie: a"},
		{"value is normalized", "append 1", none, nil, appending("a", " \r\n\tb\t"), "a: b"},
		{"set value is normalized", "set() 1", none, nil, setting("a", "\nb "), "a: b"},
		{"append keeps what is there, and its case", "header list append 1", none, []string{"A: 1"}, appending("a", "2"), "A: 1|A: 2"},
		{"set replaces the first", "set() 4", none, []string{"A: 1", "B: 2", "a: 3"}, setting("a", "4"), "A: 4|B: 2"},
		{"delete is case-insensitive", "delete() 4", none, []string{"A: 1", "B: 2", "a: 3"}, deleting("a"), "B: 2"},
		{"delete what is not there", "delete() 3", none, []string{"A: 1"}, deleting("b"), "A: 1"},

		{"request forbids Cookie", "validate 3", request, nil, appending("cookie", "a"), ""},
		{"request forbids setting Sec-", "validate 3", request, nil, setting("sec-x", "a"), ""},
		{"request judges the value", "validate 3", request, nil, appending("X-Method-Override", "get, TRACE"), ""},
		{"request takes another value", "validate 3", request, nil, appending("X-Method-Override", "get"), "X-Method-Override: get"},
		{"request takes Set-Cookie2", "validate 3", request, nil, appending("Set-Cookie2", "a"), "Set-Cookie2: a"},
		{"request forbids Set-Cookie", "validate 3", request, nil, appending("Set-Cookie", "a"), ""},
		{"request deletes", "delete() 4", request, []string{"X: 1"}, deleting("x"), ""},

		{"response forbids Set-Cookie", "validate 4", response, nil, appending("Set-Cookie", "a"), ""},
		{"response forbids Set-Cookie2", "validate 4", response, nil, setting("set-cookie2", "a"), ""},
		{"response takes Cookie", "validate 5", response, nil, appending("Cookie", "a"), "Cookie: a"},

		{"no-cors takes the safelisted", "append 3.4", noCORS, nil, appending("Accept", "a/b"), "Accept: a/b"},
		{"no-cors takes no other", "append 3.4", noCORS, nil, appending("X-A", "1"), ""},
		{"no-cors judges the combined value", "append 3.3", noCORS, []string{"Accept: " + strings.Repeat("a", 100)},
			appending("accept", strings.Repeat("b", 27)), "Accept: " + strings.Repeat("a", 100)},
		{"no-cors takes what fits", "append 3.3", noCORS, []string{"Accept: a"}, appending("accept", "b"), "Accept: a|Accept: b"},
		{"no-cors sets the safelisted", "set() 3", noCORS, []string{"Content-Type: text/plain"},
			setting("content-type", "multipart/form-data"), "Content-Type: multipart/form-data"},
		{"no-cors sets no other", "set() 3", noCORS, []string{"Content-Type: text/plain"},
			setting("content-type", "text/html"), "Content-Type: text/plain"},
		{"no-cors deletes the safelisted", "delete() 4", noCORS, []string{"Accept: a"}, deleting("accept"), ""},
		{"no-cors deletes no other", "delete() 2", noCORS, nil, deleting("x-a"), ""},
		{"no-cors may name Range", "delete() 2", noCORS, nil, deleting("range"), ""},
		{"no-cors takes no Range from script", "append 3.4", noCORS, nil, appending("Range", "bytes=0-"), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHeaders(t, tt.guard, tt.have...)
			if err := tt.do(h); err != nil {
				t.Fatal(err)
			}
			if got := listed(h); got != tt.want {
				t.Errorf("%q, want %q: %s", got, tt.want, tt.holds)
			}
		})
	}
}

// What script's get() and has() say of a name, and that they throw for what is
// none. Go code that asks with Get and Has gets no error.
//
// https://fetch.spec.whatwg.org/#dom-headers-get 1
// https://fetch.spec.whatwg.org/#dom-headers-has 1
func TestHeadersLookup(t *testing.T) {
	for _, h := range []*fetch.Headers{newHeaders(t, "none", "A: 1", "B: 2", "a: 3"), newHeaders(t, "immutable", "A: 1", "a: 3")} {
		for _, name := range []string{"a", "A"} {
			if value, ok, err := h.Lookup(name); value != "1, 3" || !ok || err != nil {
				t.Errorf("%s: %q, %v, %v", name, value, ok, err)
			}
		}
		if value, ok, err := h.Lookup("c"); value != "" || ok || err != nil {
			t.Errorf("what is not there: %q, %v, %v", value, ok, err)
		}
		for _, name := range []string{"", "a b", "a:", "a\n", "ä", "a,b", "(", "\x00"} {
			value, ok, err := h.Lookup(name)
			if e, is := errors.AsType[*fetch.Error](err); !is || e.Reason != fetch.InvalidHeaderName || e.Exception() != "TypeError" || e.Value != name || value != "" || ok {
				t.Errorf("%q: %q, %v, %v", name, value, ok, err)
			}
			if value, ok := h.Get(name); value != "" || ok || h.Has(name) {
				t.Errorf("%q: Get gives %q, %v; Has %v", name, value, ok, h.Has(name))
			}
		}
	}
	var none *fetch.Headers
	if value, ok, err := none.Lookup("a"); value != "" || ok || err != nil || none.GetSetCookie() != nil || none.Has("a") {
		t.Errorf("of nil: %q, %v, %v", value, ok, err)
	}
}

// What throws a TypeError, whatever is asked.
//
// https://fetch.spec.whatwg.org/#headers-validate 1, 2
func TestHeadersRefusals(t *testing.T) {
	tests := []struct {
		name          string
		guard         string
		header, value string
		reason        fetch.Reason
		what, shown   string
	}{
		{"empty name", "none", "", "x", fetch.InvalidHeaderName, "name", ""},
		{"name with a colon", "request", "a:", "x", fetch.InvalidHeaderName, "name", "a:"},
		{"name that is not ASCII", "response", "ä", "x", fetch.InvalidHeaderName, "name", "ä"},
		{"name before guard", "immutable", "a b", "x", fetch.InvalidHeaderName, "name", "a b"},
		{"value with NUL", "none", "A", "a\x00b", fetch.InvalidHeaderValue, "A", "a\x00b"},
		{"value with CR", "request-no-cors", "A", "a\rb", fetch.InvalidHeaderValue, "A", "a\rb"},
		{"value of a forbidden header", "request", "Cookie", "a\nb", fetch.InvalidHeaderValue, "Cookie", "redacted"},
		{"immutable", "immutable", "A", "b", fetchtest.Reason("immutable-headers"), "A", "b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHeaders(t, tt.guard)
			for method, err := range map[string]error{"append": h.Append(tt.header, tt.value), "set": h.Set(tt.header, tt.value)} {
				e := asRefusal(t, err)
				if e.Reason != tt.reason || e.Header != tt.what || e.Value != tt.shown || e.Exception() != "TypeError" {
					t.Errorf("%s: %v for %s %q", method, e.Reason, e.Header, e.Value)
				}
			}
			if err := h.Delete(tt.header); tt.reason != fetch.InvalidHeaderValue && asRefusal(t, err).Reason != tt.reason {
				t.Errorf("delete: %v", err)
			}
			if h.List() != nil {
				t.Errorf("headers %v", h.List())
			}
		})
	}
	if _, err := fetch.HeadersWithGuard("none", headerLines("a b: x"), nil); asRefusal(t, err).Reason != fetch.InvalidHeaderName {
		t.Errorf("fill: %v", err)
	}
}

// https://fetch.spec.whatwg.org/#headers-class: get(), has(), getSetCookie(),
// iteration.
func TestHeadersRead(t *testing.T) {
	h := newHeaders(t, "immutable", "b: 1", "Set-Cookie: x=1, y", "A: 2", "B: 3", "set-cookie: z=2", "C: ")
	for _, tt := range []struct {
		name, want string
		has        bool
	}{
		{"a", "2", true}, {"B", "1, 3", true}, {"SET-COOKIE", "x=1, y, z=2", true}, {"c", "", true}, {"d", "", false}, {"a b", "", false},
	} {
		if got, ok := h.Get(tt.name); got != tt.want || ok != tt.has || h.Has(tt.name) != tt.has {
			t.Errorf("%s is %q, %v", tt.name, got, ok)
		}
	}
	if got := strings.Join(h.GetSetCookie(), "|"); got != "x=1, y|z=2" {
		t.Errorf("getSetCookie() is %q", got)
	}
	var all []string
	for name, value := range h.All() {
		all = append(all, name+": "+value)
	}
	// Set-Cookie alone is not combined.
	if got := strings.Join(all, "|"); got != "a: 2|b: 1, 3|c: |set-cookie: x=1, y|set-cookie: z=2" {
		t.Errorf("sorted and combined: %q", got)
	}
	for name := range h.All() {
		if name != "a" {
			t.Error("goes on after break")
		}
		break
	}
	list := h.List()
	list[0].Value = "changed"
	if got, _ := h.Get("b"); got != "1, 3" {
		t.Error("List is no copy")
	}
}

// Nil Headers and the zero value are empty.
func TestHeadersZero(t *testing.T) {
	var none *fetch.Headers
	if _, ok := none.Get("a"); ok || none.Has("a") || none.List() != nil {
		t.Error("nil has headers")
	}
	for range none.All() {
		t.Error("nil has headers")
	}
	var zero fetch.Headers
	if err := zero.Append("A", "b"); err != nil || !zero.Has("a") || len(zero.GetSetCookie()) != 0 {
		t.Errorf("zero value: %v, %v", err, zero.List())
	}
}

// A profile's rules move the lines.
func TestHeadersRules(t *testing.T) {
	rules := &safelist.Rules{ForbiddenRequestHeaders: []string{"user-agent"}}
	h, err := fetch.HeadersWithGuard("request", headerLines("User-Agent: me", "A: b"), rules)
	if err != nil || listed(h) != "A: b" {
		t.Errorf("%q, %v", listed(h), err)
	}
}

// TestHeadersLikeList: whatever is done to Headers, in whatever order, is as if
// it were done to a header list, however long they are.
func TestHeadersLikeList(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range fulllength.Rounds(60, 300) {
		h, err := fetch.HeadersWithGuard("none", nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		var list fetch.HeaderList
		names := 1 + random.IntN(40)
		for i := range 120 {
			name := fmt.Sprintf("%c%d", "xX"[random.IntN(2)], random.IntN(names))
			value := strconv.Itoa(i)
			switch random.IntN(12) {
			case 0:
				_ = h.Delete(name)
				list.Delete(name)
			case 1, 2:
				_ = h.Set(name, value)
				list.Set(name, value)
			case 3:
				if diff := cmp.Diff(list, h.List(), cmpopts.EquateEmpty()); diff != "" {
					t.Fatalf("list (-want +got):\n%s", diff)
				}
			default:
				_ = h.Append(name, value)
				list.Append(name, value)
			}
			want, ok := list.Get(name)
			if got, has := h.Get(name); got != want || has != ok || h.Has(name) != ok {
				t.Fatalf("%s: got %q, %v, want %q, %v", name, got, has, want, ok)
			}
		}
		if diff := cmp.Diff(list, h.List(), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("list (-want +got):\n%s", diff)
		}
	}
}

// TestLongListsLikeShort: in a list so long that names are found by an index,
// headers become what they become in a short one.
func TestLongListsLikeShort(t *testing.T) {
	lists := []fetch.HeaderList{
		headerLines("X-A: ", "x-a: 1", "X-A: 2", "x-b: ", "X-B: "),
		headerLines("Content-Type: a/b", "content-type: c/d", "Content-Type: ", "Content-Type: e/f"),
		headerLines("WWW-Authenticate: a", "www-authenticate: b", "WWW-Authenticate: ", "Set-Cookie: a", "Set-Cookie: b"),
		headerLines("Content-Disposition: a", "Content-Disposition: a", "ETag: 1", "etag: 2", "ETag: 1"),
		headerLines("Accept: a", "Accept: ", "accept: c", "X-A: 1", "Accept: d", "X-A: 2", "X-A: ", "x-a: 4"),
	}
	fillers := repeated(40, "X-Filler-%d", "f")
	without := func(list fetch.HeaderList) fetch.HeaderList {
		return slices.DeleteFunc(slices.Clone(list), func(h safelist.Header) bool {
			return strings.HasPrefix(strings.ToLower(h.Name), "x-filler")
		})
	}
	for _, profile := range engine.Profiles() {
		profile.Headers.Order = nil // in some browsers the place of a header depends on which others there are
		for i, list := range lists {
			t.Run(fmt.Sprintf("%s/%d", profile.Name, i), func(t *testing.T) {
				seen := func(list fetch.HeaderList) (asked, answered fetch.HeaderList) {
					agent, n := newAgent(t, always(reply{status: 200, headers: list}), fetch.Options{Profile: profile})
					page := newPage(t, agent, fetch.EnvironmentOptions{})
					resp, err := page.Fetch(t.Context(), &fetch.Request{URL: "/a", Headers: list})
					if err != nil {
						return n.last(t).Headers, headerLines("error: " + asRefusal(t, err).Reason.String())
					}
					defer resp.Body.Close()
					return without(n.last(t).Headers), without(resp.Headers.List())
				}
				asked, answered := seen(list)
				askedLong, answeredLong := seen(slices.Concat(fillers, list))
				if diff := cmp.Diff(without(asked), without(askedLong)); diff != "" {
					t.Errorf("request headers (-short +long):\n%s", diff)
				}
				if diff := cmp.Diff(answered, answeredLong, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("response headers (-short +long):\n%s", diff)
				}
			})
		}
	}
}

// https://fetch.spec.whatwg.org/#concept-header-list-sort-and-combine
func TestHeadersSortAndCombine(t *testing.T) {
	h := newHeaders(t, "none", "X-b: 1", "Set-Cookie: b=1", "x-A: 2", "x-B: 3", "set-cookie: a=2", "Accept: ")
	before := h.List()
	var got []string
	for name, value := range h.All() {
		got = append(got, name+"="+value)
	}
	want := []string{"accept=", "set-cookie=b=1", "set-cookie=a=2", "x-a=2", "x-b=1, 3"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if !slices.Equal(h.List(), before) {
		t.Error("the list was changed")
	}
}
