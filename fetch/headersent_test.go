package fetch_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/rules"
)

// sentNames is a play that is one fetch, seen by the names of the last request's
// headers.
func sentNames(r fetch.Request, answers routes) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		agent, n := newAgent(t, answers.serve, fetch.Options{Profile: p, DisableCookies: true})
		outcome(t, newPage(t, agent, fetch.EnvironmentOptions{}), &r)
		return strings.Join(n.last(t).Headers.Names(), " ")
	}
}

// http2Header is a play that is one fetch, seen by what it has over HTTP/2 only.
func http2Header(r fetch.Request) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		page, n := profiledPage(t, p, routes{}.serve, fetch.EnvironmentOptions{})
		outcome(t, page, &r)
		return fmt.Sprint(n.last(t).HTTP2Headers)
	}
}

// sentDepartures are what browsers say of themselves, and the order of headers.
func sentDepartures() []departure {
	page := fetch.EnvironmentOptions{}
	a := fetch.Request{URL: "/a"}
	own := fetch.Request{URL: "/a", Headers: headerLines("X-A: 1", "X-B: 2")}
	cases := func(all ...string) []rules.HeaderCase {
		var list []rules.HeaderCase
		for i := 0; i < len(all); i += 2 {
			list = append(list, rules.HeaderCase{For: all[i], Value: all[i+1]})
		}
		return list
	}
	all := "Sec-Fetch-Storage-Access Accept Sec-Fetch-Dest Sec-Fetch-Mode Sec-Fetch-Site User-Agent Accept-Encoding"
	return []departure{{
		field:    "Identity.UserAgent",
		set:      func(p *fetch.Profile) { p.Identity.UserAgent = "me/1" },
		standard: defaultUserAgent, departed: "me/1",
		play: lastHeader("User-Agent", a, page, nil),
	}, {
		field:    "Identity.AcceptLanguage",
		set:      func(p *fetch.Profile) { p.Identity.AcceptLanguage = "de" },
		standard: "", departed: "de",
		play: lastHeader("Accept-Language", a, page, nil),
	}, {
		field: "Identity.Hints",
		set: func(p *fetch.Profile) {
			p.Identity.Hints = []rules.Hint{{Name: "sec-ch-ua", Value: `"me";v="1"`, Always: true}, {Name: "dpr", Value: "2"}}
		},
		standard: ` `, departed: `"me";v="1" `,
		play: func(t *testing.T, p *fetch.Profile) string {
			return lastHeader("Sec-CH-UA", a, page, nil)(t, p) + " " + lastHeader("DPR", a, page, nil)(t, p)
		},
	}, {
		field:    "Headers.Codings",
		set:      func(p *fetch.Profile) { p.Headers.Codings = cases("https", "br") },
		standard: "gzip, deflate", departed: "br",
		play: lastHeader("Accept-Encoding", a, page, nil),
	}, {
		field:    "Headers.RangeForgotten",
		set:      func(p *fetch.Profile) { p.Headers.RangeForgotten = true },
		standard: "identity", departed: "gzip, deflate",
		play: lastHeader("Accept-Encoding", fetch.Request{URL: "/a", Headers: headerLines("Range: bytes=0-1")}, page, routes{app + "/a": answer(302, "Location: "+api+"/b")}),
	}, {
		field:    "Headers.EmptyIsNone",
		set:      func(p *fetch.Profile) { p.Headers.EmptyIsNone = true },
		standard: "0 0 0 0 0", departed: "- - - 0 0",
		play: func(t *testing.T, p *fetch.Profile) string {
			var lengths []string
			for _, r := range []fetch.Request{
				{API: "fetch", Body: fetch.BytesBody(nil, "a/b")},
				{API: "xhr", Body: fetch.FormBody()},
				{API: "xhr", Body: fetch.TextBody(""), UploadListener: true},
				{API: "fetch", Body: fetch.FormBody()},
				{API: "xhr", Body: fetch.TextBody("")},
			} {
				r.URL, r.Method = "/a", "PATCH"
				length := lastHeader("Content-Length", r, page, nil)(t, p)
				if length == "" {
					length = "-"
				}
				lengths = append(lengths, length)
			}
			return strings.Join(lengths, " ")
		},
	}, {
		field: "Headers.LateAcceptLanguage",
		set: func(p *fetch.Profile) {
			p.Identity.AcceptLanguage = "de"
			p.Headers.LateAcceptLanguage = true
		},
		standard: "", departed: "de",
		play: preflightHeader("Accept-Language", fetch.Request{URL: api + "/a", Method: "PUT"}, page, nil),
	}, {
		field:    "Headers.Priority",
		set:      func(p *fetch.Profile) { p.Headers.Priority = cases("xhr", "u=7", "fetch", "u=1, i", "", "u=2") },
		standard: "", departed: "u=1, i",
		play: lastHeader("Priority", a, page, nil),
	}, {
		field: "Headers.PriorityOverHTTP2",
		set: func(p *fetch.Profile) {
			p.Headers.Priority = cases("", "i")
			p.Headers.PriorityOverHTTP2 = true
		},
		standard: "[]", departed: "[{Priority i}]",
		play: http2Header(a),
	}, {
		field:    "Headers.Trailers",
		set:      func(p *fetch.Profile) { p.Headers.Trailers = true },
		standard: "[]", departed: "[{te trailers}]",
		play: http2Header(a),
	}, {
		field:    "Headers.UpgradeOfInsecureOnly",
		set:      func(p *fetch.Profile) { p.Headers.UpgradeOfInsecureOnly = true },
		standard: "1", departed: "",
		play: navigationHeader("Upgrade-Insecure-Requests", "GET"),
	}, {
		field: "Headers.NoStorageAccessOnceTainted",
		set:   func(p *fetch.Profile) { p.Headers.NoStorageAccessOnceTainted = true },
		// Only a profile with an order sends the header.
		standard: "none", departed: "",
		play: func(t *testing.T, p *fetch.Profile) string {
			p.Headers.Order = cases("", all)
			p.Credentials.Cookies.ThirdParty = rules.ThirdPartyBlocked
			return lastHeader("Sec-Fetch-Storage-Access", fetch.Request{URL: api + "/a", Mode: fetch.NoCORS, Credentials: credentials.Include}, page,
				routes{api + "/a": answer(302, "Location: "+cdn+"/b")})(t, p)
		},
	}, {
		field:    "Policy.StorageAccessRetry",
		set:      func(p *fetch.Profile) { p.Policy.StorageAccessRetry = rules.StorageAccessRetryHeader },
		standard: "inactive", departed: "inactive, active",
		play: storageAccessRetried,
	}, {
		field:    "Policy.StorageAccessRetry",
		set:      func(p *fetch.Profile) { p.Policy.StorageAccessRetry = rules.StorageAccessRetryActive },
		standard: "inactive", departed: "inactive, active no-cache id=1",
		play: storageAccessRetried,
	}, {
		field:    "Headers.RedirectSpellings",
		set:      func(p *fetch.Profile) { p.Headers.RedirectSpellings = []string{"X-A"} },
		standard: "x-a Accept", departed: "X-A Accept",
		play: func(t *testing.T, p *fetch.Profile) string {
			names := sentNames(fetch.Request{URL: "/a", Method: "POST", Body: fetch.BytesBody([]byte("x"), ""), Headers: headerLines("x-a: 1")},
				routes{app + "/a": answer(307, "Location: /b")})(t, p)
			return strings.Join(strings.Fields(names)[:2], " ")
		},
	}, {
		field: "Headers.Order",
		set: func(p *fetch.Profile) {
			p.Headers.Order = cases("xhr", "Accept", "", "User-Agent <script> Sec-Fetch-Site Accept")
		},
		standard: "X-A X-B Accept Referer Sec-Fetch-Dest Sec-Fetch-Mode Sec-Fetch-Site User-Agent Accept-Encoding",
		departed: "User-Agent X-A X-B Sec-Fetch-Site Accept Referer Sec-Fetch-Dest Sec-Fetch-Mode Accept-Encoding",
		play:     sentNames(own, nil),
	}, {
		field: "Headers.Groups",
		set: func(p *fetch.Profile) {
			p.Headers.Order = cases("", "<own> User-Agent <script> Accept")
			p.Headers.Groups = cases("own", "X-B X-C")
		},
		standard: "X-A X-B Accept Referer Sec-Fetch-Dest Sec-Fetch-Mode Sec-Fetch-Site User-Agent Accept-Encoding",
		departed: "X-B User-Agent X-A Accept Referer Sec-Fetch-Dest Sec-Fetch-Mode Sec-Fetch-Site Accept-Encoding",
		play:     sentNames(own, nil),
	}}
}

// TestHeaderOrders holds the headers of the browsers' requests, as they were seen to
// send them. Connection and Host are the transport's.
func TestHeaderOrders(t *testing.T) {
	const metadata = " Sec-Fetch-Site Sec-Fetch-Mode Sec-Fetch-Dest"
	const chromiumRest = metadata + " Referer Accept-Encoding Accept-Language"
	const firefoxFirst = "User-Agent Accept Accept-Language Accept-Encoding "
	const firefoxLast = "Sec-Fetch-Dest Sec-Fetch-Mode Sec-Fetch-Site"
	const webkitLast = " Accept-Encoding Accept-Language Sec-Fetch-Dest Sec-Fetch-Mode Sec-Fetch-Site"
	get := fetch.Request{URL: api + "/a"}
	redirected := routes{app + "/a": answer(302, "Location: "+api+"/b")}
	posted := fetch.Request{URL: api + "/a", Method: "POST", Body: fetch.TextBody("{}"),
		Headers: headerLines("X-B: 1", "Content-Type: application/json", "Authorization: x", "A-A: 3")}
	element := func(name fetch.Element, url string, attribute fetch.CrossOrigin) fetch.Request {
		return *name.Request(url, attribute)
	}
	allowed := routes{"OPTIONS " + api + "/a": answer(204, acao+app, "Access-Control-Allow-Headers: x-b, content-type, authorization, a-a")}
	tests := []struct {
		name                      string
		request                   fetch.Request
		answers                   routes
		chromium, firefox, webkit string
	}{
		{"fetch()", get, nil,
			"sec-ch-ua-platform User-Agent sec-ch-ua sec-ch-ua-mobile Accept Origin" + chromiumRest,
			firefoxFirst + "Referer Origin " + firefoxLast + " Priority",
			"Origin Referer Accept User-Agent" + webkitLast},
		{"fetch() within the origin", fetch.Request{URL: "/a"}, nil,
			"sec-ch-ua-platform User-Agent sec-ch-ua sec-ch-ua-mobile Accept" + chromiumRest,
			firefoxFirst + "Referer " + firefoxLast + " Priority",
			"Referer Accept User-Agent" + webkitLast},
		{"headers of script", posted, allowed,
			"Content-Length sec-ch-ua-platform Authorization sec-ch-ua sec-ch-ua-mobile A-A User-Agent Content-Type X-B Accept Origin" + chromiumRest,
			firefoxFirst + "Referer X-B Content-Type Authorization A-A Content-Length Origin " + firefoxLast + " Priority",
			"Content-Type Authorization Origin Referer Accept User-Agent Content-Length" + webkitLast + " X-B A-A"},
		{"headers of the browser, by script", fetch.Request{URL: "/a", Headers: headerLines("x-zed: 1", "Accept: application/json", "X-A: 2", "Accept-Language: fr")}, nil,
			"sec-ch-ua-platform Accept-Language sec-ch-ua X-A sec-ch-ua-mobile x-zed User-Agent Accept" + metadata + " Referer Accept-Encoding",
			"User-Agent Accept Accept-Language Accept-Encoding Referer x-zed X-A " + firefoxLast + " Priority",
			"Accept Accept-Language Referer User-Agent Accept-Encoding " + firefoxLast + " x-zed X-A"},
		{"preflight", posted, routes{"OPTIONS " + api + "/a": answer(403)},
			"Accept Access-Control-Request-Method Access-Control-Request-Headers Origin User-Agent Sec-Fetch-Mode Sec-Fetch-Site Sec-Fetch-Dest Referer Accept-Encoding Accept-Language",
			firefoxFirst + "Access-Control-Request-Method Access-Control-Request-Headers Referer Origin " + firefoxLast + " Priority",
			"Origin Access-Control-Request-Method Referer Access-Control-Request-Headers User-Agent Accept Accept-Encoding Accept-Language Sec-Fetch-Mode Sec-Fetch-Dest Sec-Fetch-Site"},
		{"POST without a body", fetch.Request{URL: api + "/a", Method: "POST"}, nil,
			"Content-Length sec-ch-ua-platform User-Agent sec-ch-ua sec-ch-ua-mobile Accept Origin" + chromiumRest,
			firefoxFirst + "Referer Origin " + firefoxLast + " Priority Content-Length",
			"Origin Referer Accept User-Agent Accept-Encoding Accept-Language Content-Length Sec-Fetch-Dest Sec-Fetch-Mode Sec-Fetch-Site"},
		{"XMLHttpRequest", fetch.Request{URL: api + "/a", API: "xhr"}, nil,
			"sec-ch-ua-platform User-Agent sec-ch-ua sec-ch-ua-mobile Accept Origin" + chromiumRest,
			firefoxFirst + "Origin Referer " + firefoxLast,
			"Origin Accept Referer User-Agent" + webkitLast},
		{"XMLHttpRequest, headers of script", fetch.Request{URL: "/a", API: "xhr", Headers: headerLines("X-B: 1", "Accept: text/plain", "X-A: 2")}, nil,
			"sec-ch-ua-platform User-Agent Accept sec-ch-ua X-A sec-ch-ua-mobile X-B" + chromiumRest,
			firefoxFirst + "X-B X-A Referer " + firefoxLast,
			"Accept Referer User-Agent" + webkitLast + " X-B X-A"},
		{"cache mode reload", fetch.Request{URL: api + "/a", Cache: "reload"}, nil,
			"Pragma Cache-Control sec-ch-ua-platform User-Agent sec-ch-ua sec-ch-ua-mobile Accept Origin" + chromiumRest,
			firefoxFirst + "Referer Origin " + firefoxLast + " Priority Pragma Cache-Control",
			"Origin Referer Accept User-Agent Pragma Cache-Control" + webkitLast},
		{"with credentials", fetch.Request{URL: api + "/a", Credentials: credentials.Include}, nil,
			"sec-ch-ua-platform User-Agent sec-ch-ua sec-ch-ua-mobile Accept Origin" + metadata + " Sec-Fetch-Storage-Access Referer Accept-Encoding Accept-Language",
			firefoxFirst + "Referer Origin Sec-Fetch-Storage-Access " + firefoxLast + " Priority",
			"Origin Referer Accept User-Agent Accept-Encoding Accept-Language " + firefoxLast},
		{"Range", fetch.Request{URL: "/a", Headers: headerLines("range: bytes=0-1")}, nil,
			"sec-ch-ua-platform User-Agent sec-ch-ua sec-ch-ua-mobile Accept" + chromiumRest + " Range",
			firefoxFirst + "Referer range " + firefoxLast + " Priority",
			"Range Referer Accept User-Agent" + webkitLast},
		{"redirected to another origin", fetch.Request{URL: "/a"}, redirected,
			"sec-ch-ua-platform User-Agent sec-ch-ua sec-ch-ua-mobile Accept" + metadata + " Origin Referer Accept-Encoding Accept-Language",
			firefoxFirst + "Origin Referer " + firefoxLast + " Priority",
			"Accept Origin Referer User-Agent Accept-Encoding Accept-Language"},
		{"img", element("img", api+"/a", ""), nil,
			"sec-ch-ua-platform User-Agent sec-ch-ua sec-ch-ua-mobile Accept" + metadata + " Sec-Fetch-Storage-Access Referer Accept-Encoding Accept-Language",
			firefoxFirst + "Sec-Fetch-Storage-Access Referer " + firefoxLast + " Priority",
			"Accept Referer User-Agent Accept-Encoding Accept-Language " + firefoxLast},
		{"img with crossorigin", element("img", api+"/a", "anonymous"), nil,
			"Origin sec-ch-ua-platform User-Agent sec-ch-ua sec-ch-ua-mobile Accept" + chromiumRest,
			firefoxFirst + "Origin Referer " + firefoxLast + " Priority",
			"Origin Accept Referer User-Agent" + webkitLast},
		{"EventSource", element("eventsource", api+"/a", ""), nil,
			"Pragma Cache-Control sec-ch-ua-platform User-Agent Accept sec-ch-ua sec-ch-ua-mobile Origin" + chromiumRest,
			firefoxFirst + "Origin Referer " + firefoxLast + " Priority Pragma Cache-Control",
			"Accept Cache-Control Origin Referer User-Agent Pragma" + webkitLast},
		{"worker", element("worker", "/a", ""), nil,
			"Accept" + metadata + " Referer User-Agent Accept-Encoding Accept-Language",
			firefoxFirst + "Referer " + firefoxLast + " Priority",
			"Accept Referer User-Agent Accept-Encoding Accept-Language " + firefoxLast},
	}
	for _, tt := range tests {
		for _, p := range []struct {
			*fetch.Profile
			want string
		}{{engine.Chromium(), tt.chromium}, {engine.Firefox(), tt.firefox}, {engine.WebKit(), tt.webkit}} {
			t.Run(tt.name+"/"+p.Name, func(t *testing.T) {
				if got := sentNames(tt.request, tt.answers)(t, p.Profile); got != p.want {
					t.Errorf("\n%s, want\n%s", got, p.want)
				}
			})
		}
	}
}

// TestNavigationHeaders holds all headers of a navigation, and what is told over
// HTTP/2 only.
func TestNavigationHeaders(t *testing.T) {
	for _, tt := range []struct {
		profile *fetch.Profile
		want    []string
		http2   string
	}{
		{engine.Chromium(), []string{
			`sec-ch-ua: "Not:A-Brand";v="8", "Chromium";v="156"`, "sec-ch-ua-mobile: ?0", `sec-ch-ua-platform: "Linux"`, "Upgrade-Insecure-Requests: 1",
			"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
			"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
			"Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate", "Sec-Fetch-User: ?1", "Sec-Fetch-Dest: document",
			"Accept-Encoding: gzip, deflate, br, zstd", "Accept-Language: en-US,en;q=0.9",
		}, "[{Priority u=0, i}]"},
		{engine.Firefox(), []string{
			"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
			"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "Accept-Language: en-US,en;q=0.9", "Accept-Encoding: gzip, deflate, br, zstd",
			"Upgrade-Insecure-Requests: 1", "Sec-Fetch-Dest: document", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Site: none", "Sec-Fetch-User: ?1", "Priority: u=0, i",
		}, "[{te trailers}]"},
		{engine.WebKit(), []string{
			"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
			"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/60.5 Safari/605.1.15",
			"Accept-Encoding: gzip, deflate, br", "Accept-Language: en-US,en;q=0.9", "Sec-Fetch-Dest: document", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Site: none",
		}, "[]"},
	} {
		t.Run(tt.profile.Name, func(t *testing.T) {
			agent, n := newAgent(t, routes{}.serve, fetch.Options{Profile: tt.profile})
			resp, err := agent.Navigate(t.Context(), &fetch.Navigation{URL: api + "/", UserActivation: true})
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			var lines []string
			for _, h := range n.last(t).Headers {
				lines = append(lines, h.Name+": "+h.Value)
			}
			if diff := cmp.Diff(tt.want, lines); diff != "" {
				t.Errorf("sent (-want +got):\n%s", diff)
			}
			if got := fmt.Sprint(n.last(t).HTTP2Headers); got != tt.http2 {
				t.Errorf("over HTTP/2 %s, want %s", got, tt.http2)
			}
		})
	}
}

// TestClientHints holds who gets the client hints that a document asks for, and that
// all of them stand as in Chromium.
func TestClientHints(t *testing.T) {
	const every = "Sec-CH-UA-Arch, Sec-CH-UA-Bitness, Sec-CH-UA-Full-Version, Sec-CH-UA-Full-Version-List, Sec-CH-UA-Model, Sec-CH-UA-Platform-Version, " +
		"Sec-CH-UA-WoW64, Sec-CH-UA-Form-Factors, Device-Memory, DPR, Viewport-Width, Width, RTT, Downlink, ECT, Sec-CH-Prefers-Color-Scheme, " +
		"Sec-CH-Prefers-Reduced-Motion, Sec-CH-Prefers-Reduced-Transparency, Sec-CH-Device-Memory, Sec-CH-DPR, Sec-CH-Viewport-Width, Sec-CH-Viewport-Height"
	servers := routes{
		app + "/":         answer(200, "Accept-CH: "+every),
		app + "/one":      answer(200, "Accept-CH: dpr"),
		app + "/none":     answer(200, "Accept-CH: "),
		app + "/broken":   answer(200, "Accept-CH: dpr, (rtt)"),
		app + "/away":     answer(302, "Location: "+api+"/b"),
		app + "/within":   answer(302, "Location: /b"),
		"http://a.test/":  answer(200, "Accept-CH: dpr"),
		"https://a.test/": answer(200),
	}
	agent, n := newAgent(t, servers.serve, fetch.Options{Profile: engine.Chromium()})
	visit := func(url string) *fetch.Environment {
		t.Helper()
		resp, err := agent.Navigate(t.Context(), &fetch.Navigation{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		page, err := resp.Page()
		if err != nil {
			t.Fatal(err)
		}
		return page
	}
	hints := func() string {
		var names []string
		for _, name := range n.last(t).Headers.Names() {
			switch lower := strings.ToLower(name); {
			case slices.Contains([]string{"sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform"}, lower):
			case strings.HasPrefix(lower, "sec-ch-"), slices.Contains([]string{"device-memory", "dpr", "viewport-width", "rtt", "downlink", "ect"}, lower):
				names = append(names, name)
			}
		}
		return strings.Join(names, " ")
	}
	page := visit(app + "/")
	if got := hints(); got != "" {
		t.Errorf("before anybody asked: %s", got)
	}
	outcome(t, page, &fetch.Request{URL: "/a", Method: "POST", Body: fetch.TextBody("{}"), Headers: headerLines("X-B: 1", "X-A: 1", "Content-Type: x/y", "Content-Language: en")})
	const inTable = "Content-Length sec-ch-ua-full-version-list sec-ch-ua-platform viewport-width device-memory sec-ch-ua sec-ch-dpr sec-ch-ua-model X-A sec-ch-ua-mobile " +
		"sec-ch-ua-bitness sec-ch-ua-form-factors sec-ch-ua-wow64 sec-ch-ua-arch sec-ch-prefers-reduced-transparency sec-ch-ua-full-version Content-Type " +
		"sec-ch-viewport-width X-B downlink sec-ch-viewport-height ect sec-ch-device-memory sec-ch-prefers-reduced-motion dpr sec-ch-prefers-color-scheme User-Agent " +
		"Content-Language rtt sec-ch-ua-platform-version Accept Origin Sec-Fetch-Site Sec-Fetch-Mode Sec-Fetch-Dest Referer Accept-Encoding Accept-Language"
	if got := strings.Join(n.last(t).Headers.Names(), " "); got != inTable {
		t.Errorf("\n%s, want\n%s", got, inTable)
	}
	for _, tt := range []struct {
		name string
		do   func()
		want string
	}{
		{"another origin", func() { outcome(t, page, &fetch.Request{URL: api + "/a"}) }, ""},
		{"the same site", func() { outcome(t, page, &fetch.Request{URL: sameSite + "/a"}) }, ""},
		{"a preflight", func() { outcome(t, page, &fetch.Request{URL: api + "/a", Method: "PUT"}) }, ""},
		{"a redirect to another origin", func() { outcome(t, page, &fetch.Request{URL: "/away"}) }, ""},
		{"another document asks for one", func() { page = visit(app + "/one"); outcome(t, page, &fetch.Request{URL: "/a"}) }, "dpr"},
		{"a redirect within the origin", func() { outcome(t, page, &fetch.Request{URL: "/within"}) }, "dpr"},
		{"script sets it", func() { outcome(t, page, &fetch.Request{URL: "/a", Headers: headerLines("DPR: 9")}) }, "DPR"},
		{"a document that does not ask", func() { page = visit(app + "/silent"); outcome(t, page, &fetch.Request{URL: "/a"}) }, "dpr"},
		{"its navigation", func() { visit(app + "/silent") }, "dpr"},
		{"a list that does not parse", func() { visit(app + "/broken"); visit(app + "/silent") }, "dpr"},
		{"an empty list", func() { visit(app + "/none"); visit(app + "/silent") }, ""},
		{"an insecure document", func() { visit("http://a.test/"); visit("https://a.test/") }, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.do(); hints() != tt.want {
				t.Errorf("%q, want %q", hints(), tt.want)
			}
		})
	}
}

// TestClientHintsOverHTTP holds that URLs which are not trustworthy get none, and that
// a redirect to one that is adds none.
func TestClientHintsOverHTTP(t *testing.T) {
	page, n := profiledPage(t, engine.Chromium(), routes{"http://a.test/away": answer(302, "Location: "+api+"/b", acao+"*")}.serve, fetch.EnvironmentOptions{URL: "http://a.test/"})
	for _, url := range []string{"http://a.test/a", "http://a.test/away"} {
		outcome(t, page, &fetch.Request{URL: url})
		if got := n.last(t).header("sec-ch-ua"); got != "" {
			t.Errorf("%s: %s", n.last(t), got)
		}
	}
	if outcome(t, page, &fetch.Request{URL: api + "/a"}); n.last(t).header("sec-ch-ua") == "" {
		t.Error("an https: URL gets none")
	}
}

// TestPreferences holds which browsers tell servers of the user's settings, and where.
func TestPreferences(t *testing.T) {
	for _, tt := range []struct {
		profile               *fetch.Profile
		get, preflight, after string // the header before the first
	}{
		{fetch.Standard(), "DNT Sec-GPC", "DNT Sec-GPC", "Sec-Fetch-Site"},
		{engine.Chromium(), "DNT", "", "sec-ch-ua"},
		{engine.Firefox(), "DNT Sec-GPC", "DNT Sec-GPC", "Origin"},
		{engine.WebKit(), "", "", ""},
	} {
		t.Run(tt.profile.Name, func(t *testing.T) {
			agent, n := newAgent(t, routes{}.serve, fetch.Options{Profile: tt.profile, DoNotTrack: true, GlobalPrivacyControl: true})
			page := newPage(t, agent, fetch.EnvironmentOptions{})
			settings := func(r sent) (before, all string) {
				for i, h := range r.Headers {
					if h.Name == "DNT" || h.Name == "Sec-GPC" {
						if all == "" {
							before = r.Headers[i-1].Name
						}
						if all = strings.TrimSpace(all + " " + h.Name); h.Value != "1" {
							t.Errorf("%s: %s", h.Name, h.Value)
						}
					}
				}
				return before, all
			}
			outcome(t, page, &fetch.Request{URL: api + "/a"})
			if before, all := settings(n.last(t)); before != tt.after || all != tt.get {
				t.Errorf("GET has %s after %s", all, before)
			}
			outcome(t, page, &fetch.Request{URL: api + "/a", Method: "PUT"})
			if _, all := settings(n.sent[1]); all != tt.preflight || !n.sent[1].Preflight {
				t.Errorf("the preflight has %s", all)
			}
		})
	}
}

// TestStorageAccess holds Sec-Fetch-Storage-Access.
func TestStorageAccess(t *testing.T) {
	for _, tt := range []struct {
		name    string
		request fetch.Request
		page    fetch.EnvironmentOptions
		allow   bool
		want    string
	}{
		{"cross-site", fetch.Request{URL: api + "/a", Credentials: credentials.Include}, fetch.EnvironmentOptions{}, false, "none"},
		{"third-party cookies allowed", fetch.Request{URL: api + "/a", Credentials: credentials.Include}, fetch.EnvironmentOptions{}, true, "active"},
		{"without credentials", fetch.Request{URL: api + "/a"}, fetch.EnvironmentOptions{}, false, ""},
		{"same site", fetch.Request{URL: sameSite + "/a", Credentials: credentials.Include}, fetch.EnvironmentOptions{}, false, ""},
		{"from a sandbox to its own site", fetch.Request{URL: sameSite + "/a", Credentials: credentials.Include}, fetch.EnvironmentOptions{Sandboxed: true, Ancestors: nil}, false, "none"},
		{"insecure", fetch.Request{URL: "http://api.test/a", Credentials: credentials.Include}, fetch.EnvironmentOptions{URL: "http://app.example/"}, false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := engine.Chromium()
			if tt.allow {
				p.Credentials.Cookies.ThirdParty = rules.ThirdPartyAllowed
			}
			if got := lastHeader("Sec-Fetch-Storage-Access", tt.request, tt.page, nil)(t, p); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// TestAcceptSignature holds that Chromium asks for signatures by the public keys among
// the integrity metadata.
func TestAcceptSignature(t *testing.T) {
	const key = "0SG+MQMAe0Ht+W+CYpJfjH1hiUr+mgQYQ7Yx9pRFvFc="
	for _, tt := range []struct{ integrity, want string }{
		{"sha256-x ed25519-" + key, `sig0=("unencoded-digest";sf);keyid="` + key + `";tag="ed25519-integrity"`},
		{"ed25519-" + key + " ed25519-" + key, `sig0=("unencoded-digest";sf);keyid="` + key + `";tag="ed25519-integrity", sig1=("unencoded-digest";sf);keyid="` + key + `";tag="ed25519-integrity"`},
		{"ed25519-abc", ""},
		{"sha256-x", ""},
	} {
		if got := lastHeader("Accept-Signature", fetch.Request{URL: "/a", Integrity: tt.integrity}, fetch.EnvironmentOptions{}, nil)(t, engine.Chromium()); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.integrity, got, tt.want)
		}
	}
}

// TestManyHeadersInOrder holds that a request with many headers is put in order, and
// loses none.
func TestManyHeadersInOrder(t *testing.T) {
	for _, count := range []int{30, 100, 5000} {
		for _, p := range engine.Profiles() {
			r := fetch.Request{URL: "/a"}
			for i := range count {
				r.Headers = append(r.Headers, headerLines(fmt.Sprintf("x-%d: %d", i, i))...)
			}
			page, n := profiledPage(t, p, routes{}.serve, fetch.EnvironmentOptions{})
			outcome(t, page, &r)
			seen := make(map[string]int)
			for _, h := range n.last(t).Headers {
				seen[h.Name]++
			}
			for _, h := range append(r.Headers, headerLines("Accept: ", "User-Agent: ", "Sec-Fetch-Site: ")...) {
				if seen[h.Name] != 1 {
					t.Fatalf("%s, %d headers: %s stands there %d times", p.Name, count, h.Name, seen[h.Name])
				}
			}
		}
	}
}

// TestHeaderCasesAreChecked holds that an agent refuses a profile whose cases it does
// not understand.
func TestHeaderCasesAreChecked(t *testing.T) {
	for _, tt := range []struct {
		set  func(*rules.Headers)
		want string
	}{
		{func(h *rules.Headers) { h.Accept = []rules.HeaderCase{{For: "fetch by-hand"}} }, `fetch: Options.Profile: Headers.Accept: "by-hand" is not a condition of requests`},
		{func(h *rules.Headers) { h.Priority = []rules.HeaderCase{{For: "x"}} }, `fetch: Options.Profile: Headers.Priority: "x" is not a condition of requests`},
		{func(h *rules.Headers) { h.Order = []rules.HeaderCase{{For: "x"}} }, `fetch: Options.Profile: Headers.Order: "x" is not a condition of requests`},
		{func(h *rules.Headers) { h.Order = []rules.HeaderCase{{Value: "Accept !Accept"}} }, `fetch: Options.Profile: Headers.Order: "Accept" stands there twice`},
		{func(h *rules.Headers) { h.Order = []rules.HeaderCase{{Value: "{ Accept"}} }, `fetch: Options.Profile: Headers.Order: a brace is not closed`},
	} {
		p := fetch.Standard()
		tt.set(&p.Headers)
		if _, err := fetch.NewAgent(&fetch.Options{Profile: p}); err == nil || err.Error() != tt.want {
			t.Errorf("%v, want %s", err, tt.want)
		}
	}
	p := fetch.Standard()
	p.Identity.Hints = append(p.Identity.Hints, make([]rules.Hint, 65)...)
	if _, err := fetch.NewAgent(&fetch.Options{Profile: p}); err == nil || err.Error() != "fetch: Options.Profile: Identity.Hints: 65 client hints, more than 64" {
		t.Errorf("%v for 65 hints", err)
	}
}

// TestHeaderCasesOfEachProfile holds that agents share what is read of a profile with the same rules only: each
// change of a rule is seen, and so is that of a profile which an agent had.
func TestHeaderCasesOfEachProfile(t *testing.T) {
	names := func(p *fetch.Profile) string {
		agent, n := newAgent(t, always(answer(200, readable)), fetch.Options{Profile: p})
		play(t.Context(), newPage(t, agent, fetch.EnvironmentOptions{}), &fetch.Request{URL: "/"})
		var all []string
		for _, h := range n.last(t).Headers {
			if h.Name == "Accept" || h.Name == "Priority" || h.Name == "Accept-Encoding" || h.Name == "Sec-CH-X" {
				all = append(all, h.Name+": "+h.Value)
			}
		}
		return strings.Join(all, ", ")
	}
	p := fetch.Standard()
	p.Headers.Order = []rules.HeaderCase{{Value: "Accept Priority Accept-Encoding Sec-CH-X"}}
	for _, tt := range []struct {
		set  func()
		want string
	}{
		{func() {}, "Accept: */*, Accept-Encoding: gzip, deflate"},
		{func() { p.Headers.Priority = []rules.HeaderCase{{Value: "u=1"}} }, "Accept: */*, Priority: u=1, Accept-Encoding: gzip, deflate"},
		{func() { p.Headers.Priority[0].Value = "u=2" }, "Accept: */*, Priority: u=2, Accept-Encoding: gzip, deflate"},
		{func() { p.Headers.Accept = []rules.HeaderCase{{Value: "a/b"}} }, "Accept: a/b, Priority: u=2, Accept-Encoding: gzip, deflate"},
		{func() { p.Headers.Codings = []rules.HeaderCase{{Value: "gzip"}} }, "Accept: a/b, Priority: u=2, Accept-Encoding: gzip"},
		{func() { p.Headers.Order[0].Value = "Accept-Encoding Priority Accept" }, "Accept-Encoding: gzip, Priority: u=2, Accept: a/b"},
		{func() { p.Headers.Order[0].Value = "Accept Accept-Encoding" }, "Accept: a/b, Accept-Encoding: gzip, Priority: u=2"},
	} {
		for range 2 {
			tt.set()
			if got := names(p); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		}
	}
}

// TestHTTP2Headers holds that what goes over HTTP/2 only does, on a connection that is
// new and on one that is used again, and that nobody gets it over HTTP/1.1.
func TestHTTP2Headers(t *testing.T) {
	for _, secure := range []bool{true, false} {
		var got []string
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			got = append(got, fmt.Sprint(r.ProtoMajor, r.Header["Priority"], r.Header["Te"]))
		}))
		server.EnableHTTP2 = secure
		server.StartTLS()
		t.Cleanup(server.Close)
		transport := &fetch.HTTPTransport{RoundTripper: server.Client().Transport}
		t.Cleanup(transport.CloseIdleConnections)
		for _, p := range []*fetch.Profile{engine.Chromium(), engine.Firefox()} {
			agent, _ := newAgent(t, nil, fetch.Options{Profile: p, Transport: transport})
			page := newPage(t, agent, fetch.EnvironmentOptions{URL: server.URL})
			for range 2 {
				resp := fetched(t, page, &fetch.Request{URL: "/a"})
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		}
		want := []string{"2 [u=1, i] []", "2 [u=1, i] []", "2 [u=4] [trailers]", "2 [u=4] [trailers]"}
		if !secure {
			want = []string{"1 [] []", "1 [] []", "1 [u=4] []", "1 [u=4] []"}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("received (-want +got):\n%s", diff)
		}
	}
}
