package conformance

import (
	"slices"
	"strings"
)

// The values at the edges of the rules, of which [Generate] picks. They say
// what to try; what comes of it is for the packages below to know.

// absent stands for a header that is not sent.
const absent = "\x00absent"

var (
	// statuses are those that mean something, and their neighbours. One below
	// 200 is no answer, and 407 a proxy's.
	statuses = []int{
		200, 201, 204, 205, 206, 226, 299, 300, 301, 302, 303, 304, 305, 306, 307, 308, 309, 399,
		400, 401, 403, 404, 405, 410, 416, 418, 421, 425, 451, 499, 500, 502, 503, 599, 600, 999,
	}
	redirectStatuses = []int{301, 302, 303, 307, 308}

	methods = []string{
		"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH",
		"get", "Get", "head", "hEAD", "post", "Post", "put", "PuT", "delete", "Delete", "options", "patch", "Patch",
	}
	oddMethods = []string{
		"QUERY", "LOCK", "PROPFIND", "MKCOL", "x", "chicken", "GETS", "X-!#$%&'*+.^_`|~1",
		"CONNECT", "connect", "TRACE", "tRaCe", "TRACK", "track", "CONNECTED", "TRAC",
		"", "P UT", "PUT ", "GE\tT", "G\u00c9T", "PU\u0394", "b@d", "PUT,", `"PUT"`, "PUT\n", "PUT\x00",
	}
	methodMembers = []string{"*", "PUT", "put", "PATCH", "patch", "GET", "POST", "DELETE", "OPTIONS", "b@d", "P UT", `"PUT"`, "\u00e9", "", "**", "PUT;q=1"}
	headerMembers = []string{"*", "x-a", "X-A", "authorization", "Authorization", "content-type", "accept", "x a", "x-a:", `"x-a"`, "\u00e9", "", "**", "x-a;q=1"}
	separators    = []string{" , ", ",\t", ",,", ", ,", ";", " ", ",, ,"}

	allowCredentials = []string{"TRUE", "True", "false", "", "true, true", "true,", "1", `"true"`, "*", "true\u00a0", absent}

	maxAges = []string{
		"0", "1", "2", "5", "600", "00600", "86400", "-1", "-0", "+600", "abc", "600s", "1.5", "1e3", "", "600, 600", "0x10", `"600"`, "6 00",
		"9223372036854775807", "9223372036854775808", "18446744073709551616", "99999999999999999999999", absent,
	}

	// unsafeBytes are the CORS-unsafe request-header bytes that script can
	// send, and neighbours that are safe.
	unsafeBytes = strings.Split("\"():<>?@[\\]{}\x01\x1f\x7f"+"\t !#$%&'*+,-./;=^_`|~\u0080\u00e9\u00ff", "")

	mimeTypes = []string{
		"text/plain", "TEXT/Plain", "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=x", "application/json", "text/html", "text/xml",
		"text/plain;charset=utf-8", "text/plain; charset=UTF-8", `text/plain; charset="utf-8"`, "text/plain;", "text/plain;;a=b", "text/plain;a", "text/plain;=b", "text/plain ;a=b",
		"text/plain,", "text/plain, text/plain", "text/plain,application/json", "application/json,text/plain", "text/plain;a=b,c", "text/plain;a=b, application/json", "text/plain;,",
		"text /plain", "text/ plain", "text/plain x", "text/pl\u00e4in", "text/plain;a=\u00e9", "text/plain;a=\u0080", " text/plain ", "", "/", "text/", "/plain", "text", "*/*", "text/*",
		"application/csp-report", "application/ocsp-request", "application/x-www-form-urlencoded;charset=UTF-8", "application/octet-stream", "text/plain\tx", "text/plain\u00a0",
		"text/plain;;", "text/plain; ;", "multipart/form-data;a=b;", "application/x-www-form-urlencoded;;", "text/plain x;y", "multipart/form-data\tx;", "text/html x;y",
	}

	ranges = []string{
		"bytes=0-", "bytes=0-0", "bytes=0-1", "bytes=1-0", "bytes=10-9", "bytes=09-10", "bytes=00-01", "bytes=-1", "bytes=-", "bytes=", "bytes", "", "bytes=0", "bytes=0-1,2-3", "bytes=0-1,",
		"Bytes=0-1", "BYTES=0-1", "bytes=+5-9", "bytes=5-+9", "bytes=5--1", "bytes=5--2", "bytes= 0-1", "bytes=0 -1", "bytes=0- 1", "bytes=0-1 ", "bytes=0-\t1", "bytes =0-1", "bytes = 0-1",
		"bytes=abc-", "bytes=0-x", "units=0-1", "bytes:0-1", "bytes=0-1;", "bytes=0x0-1", "bytes=0-1-2",
		"bytes=9223372036854775806-", "bytes=9223372036854775807-", "bytes=9223372036854775808-", "bytes=0-9223372036854775806", "bytes=0-9223372036854775807", "bytes=0-9223372036854775808",
		"bytes=18446744073709551615-", "bytes=18446744073709551616-", "bytes=0-18446744073709551615", "bytes=0-18446744073709551616",
		"bytes=99999999999999999999998-99999999999999999999999", "bytes=99999999999999999999999-99999999999999999999998",
	}

	languages = []string{"de", "en-US,en;q=0.5", "*", "de_DE", "de/DE", "en-US, *;q=0.1", "de:", "\u00e9", "de\u0080", "en-US;q=\"1\"", "", "  de", "de\tAT", "aZ09*,-.;= ", "de@"}

	// hints are the client hints that one engine safelists, and values at the
	// edges of its rules for them.
	hints = [][2]string{
		{"Save-Data", "on"}, {"Save-Data", "ON"}, {"Save-Data", "off"}, {"Save-Data", ""}, {"DPR", "1.5"}, {"DPR", "1."}, {"DPR", ".5"}, {"DPR", "1.5.5"}, {"DPR", "x"},
		{"Device-Memory", "8"}, {"Device-Memory", "0.25"}, {"Device-Memory", "-1"}, {"Width", "320"}, {"Width", "320.5"}, {"Viewport-Width", "320"}, {"Viewport-Width", ""},
		{"RTT", "100"}, {"RTT", "1e2"}, {"Downlink", "2.5"}, {"Downlink", "2,5"}, {"ECT", "4g"}, {"ECT", "slow-2g"}, {"ECT", "4G"}, {"ECT", "5g"}, {"Intervention", "anything"},
	}

	// forbidden are what script may not set, and what is nearly so.
	forbidden = [][2]string{
		{"Accept-Charset", "utf-8"}, {"Accept-Encoding", "gzip"}, {"Access-Control-Request-Headers", "x-b"}, {"access-control-request-method", "PUT"}, {"Connection", "close"},
		{"Content-Length", "1"}, {"Cookie", "a=b"}, {"Cookie2", "a=b"}, {"Date", "x"}, {"DNT", "1"}, {"Expect", "100-continue"}, {"Host", "evil.test"}, {"Keep-Alive", "x"},
		{"Origin", "https://evil.test"}, {"Referer", "https://evil.test/"}, {"Set-Cookie", "a=b"}, {"TE", "trailers"}, {"Trailer", "x"}, {"Upgrade", "x"}, {"Via", "x"},
		{"Proxy-", "x"}, {"Proxy-Authorization", "x"}, {"Sec-", "x"}, {"sec-fetch-site", "none"}, {"Sec-CH-UA", "x"}, {"Proxy", "x"}, {"Sec", "x"}, {"Secret", "x"},
		{"X-HTTP-Method", "TRACE"}, {"X-HTTP-Method-Override", "put, trace"}, {"X-Method-Override", "PUT"}, {"X-HTTP-Method-Override", `"a, TRACE, b"`}, {"X-HTTP-Method", "traced"},
		{"User-Agent", "agent/1"}, {"user-agent", "agent/2"}, {"Access-Control-Request-Private-Network", "true"}, {"Cookie-A", "x"},
	}

	unsafeHeaders = [][2]string{
		{"X-A", "1"}, {"x-a", "2"}, {"X-B", ""}, {"X-Z", "z"}, {"Authorization", "Basic YTpi"}, {"authorization", "Bearer x"}, {"Content-Encoding", "identity"}, {"Accept-X", "1"}, {"!#$%&'*+-.^_`|~0", "1"},
		{"Pragma", "no-cache"}, {"Cache-Control", "no-cache"}, {"Cache-Control", "max-age=0"}, {"If-None-Match", `"a"`}, {"If-Modified-Since", "Thu, 01 Jan 2026 00:00:00 GMT"},
		{"If-Match", "*"}, {"If-Range", `"a"`}, {"If-Unmodified-Since", "x"}, {"Content-Language", "de/AT"}, {"Content-Type", "application/json"},
	}

	// badHeaders are those that the API refuses.
	badHeaders = [][2]string{
		{"X B", "1"}, {"", "1"}, {"X-\u00c9", "1"}, {"X-\u0394", "1"}, {"X:", "1"}, {"X-A", "a\nb"}, {"X-A", "a\rb"}, {"X-A", "a\x00b"}, {"X-A", "\u20ac"}, {"Accept", "\n*/*"}, {"X-A", "b\r\n "},
	}

	// locations are odd values of Location; %s is the scenario's id.
	locations = []string{
		"/%s/b", "b", "../%s/b", "./b", "?q", "?", "#f", "#", "//api.other.test/%s/b", "https:%s/b", "https:/%s/b", "HTTPS://API.OTHER.TEST/%s/b", "https://api.other.test:443/%s/b", "https:\\\\api.other.test\\%s\\b",
		"/%s/\u00c3\u00bc", "/%s/\u00fc", "/%s/%%C3%%BC", "/%s/a b", "/%s/b#f", "/%s/b?q=\u00c3\u00bc#\u00c3\u00bc", "/%s/./x/../b", "/%s/%%2e%%2e/%s/b",
		"", "https://", "http://[", "https://api.other.test:99999/%s/b", "//", "https://exa mple.test/%s/b", "data:text/plain,x", "about:blank", "blob:https://app.example/x", "javascript:0",
		"ftp://api.other.test/%s/b", "ws://api.other.test/%s/b", "mailto:a@b.test", "http://api.other.test/%s/b", "https://api.other.test:22/%s/b", "https://api.other.test:6679/%s/b", "/%s/nowhere", absent,
	}

	schemes = []string{
		"data:,x", "data:text/html,x", "data:text/plain;base64,YQ==", "data:text/plain;base64,Y", "data:x", "about:blank", "about:blank", "about:blank", "about:srcdoc", "about:client", "blob:https://app.example/x", "blob:null/x",
		"ftp://api.other.test/%s/a", "ws://api.other.test/%s/a", "file:///%s/a", "mailto:a@b.test", "javascript:0", "x-y:z", "https://[", "https://", "https://api.other.test:99999/%s/a", "https://exa mple.test/%s/a",
		"https://user:pass@api.other.test/%s/a", "https://user@app.example/%s/a", "https://:@api.other.test/%s/a", "/%s/a", "//api.other.test/%s/a", " https://api.other.test/%s/a\t",
	}

	// ports are those that browsers block, and neighbours that they don't.
	ports = []string{"22", "23", "24", "80", "443", "444", "989", "990", "993", "1719", "2049", "3659", "4045", "4190", "4191", "5060", "5061", "5062", "6000", "6566", "6664", "6665", "6669", "6670", "6679", "6697", "10080", "65535"}

	policies = []string{
		"", "no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin", "origin-when-cross-origin", "strict-origin-when-cross-origin", "unsafe-url",
	}
	policyHeaders = []string{"no-referrer", "origin", "unsafe-url", "same-origin", "strict-origin", "bogus", "origin, bogus", "bogus, unsafe-url", "unsafe-url, no-referrer", "UNSAFE-URL", "", ",", "never", "origin unsafe-url", `"origin"`}

	resourcePolicies = []string{"same-origin", "same-site", "cross-origin", "SAME-ORIGIN", "same-origin, same-origin", "bogus", "", " same-site "}

	cacheModes = []string{"default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached"}

	// responseHeaders are what a response may show and what it must not.
	responseHeaders = [][2]string{
		{"Cache-Control", "no-store"}, {"Content-Language", "de"}, {"Content-Type", "text/plain"}, {"Expires", "0"}, {"Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT"}, {"Pragma", "no-cache"},
		{"X-A", "1"}, {"x-a", "2"}, {"X-B", "\u00e9"}, {"X-C", ""}, {"ETag", `"a"`}, {"Accept", "text/plain"}, {"Vary", "Origin"}, {"Set-Cookie", "a=b"}, {"Set-Cookie2", "a=b"}, {"Authorization", "x"},
		{"Server-Timing", "a"}, {"Content-Disposition", "inline"}, {"WWW-Authenticate", "x"}, {"Timing-Allow-Origin", "*"},
	}
	exposeMembers = []string{"*", "x-a", "X-A", "x-b", "X-C", "etag", "accept", "vary", "set-cookie", "Set-Cookie2", "authorization", "access-control-expose-headers", "x-missing", "x a", "x-a:", `"x-a"`, "\u00e9", "", "**"}

	bodyTexts = []string{"", "hello", "a=b", "a=b&c=d+e", "a=%C3%BC&=x&y", "\u00fc\u20ac", "a=\r\n", "{}"}
	blobTypes = []string{"", "text/plain", "TEXT/PLAIN", "application/json", "text/plain;charset=utf-8", "image/png", "text/\u00fc", "multipart/form-data", "x", "application/x-www-form-urlencoded"}

	digests = []string{
		"sha256-aaaa", "sha256-" + shaOfOK, "sha256-" + shaOfOK + "?x", "sha384-x sha256-" + shaOfOK, "md5-x", "", " ", "sha256", "SHA256-" + shaOfOK, "sha256-aaaa sha256-" + shaOfOK, "sha512-aaaa sha256-" + shaOfOK,
	}
	oddDigests = []string{
		"sha256-" + shaOfOK + "-x", "sha256-" + shaOfOK[:43], "sha256-" + shaOfOK + "=", "sha256-aa=a", "sha384-" + mixedOfOK, "sha256-aaaa?\u00e9", "sha256-aaaa?x\u007f", "sha-256-aaaa", "ed25519-aaaa", "SHA256-aaaa",
		"md5-x\u000bsha256-aaaa", "md5-x\u00a0sha256-aaaa", "sha256-%%", "sha256-" + shaOfOK + " sha512-",
	}
)

// shaOfOK is the SHA-256 of the body "ok", in base64.
const shaOfOK = "Jok2eyBcFs4y7UIAlCuLix4mLfxw2byfvHfElpmk8d8="

// mixedOfOK is the SHA-384 of it, with a letter of base64url.
const mixedOfOK = "xGY5-2SLy7sVzWpRRtIYtTmlK8feFq07VSi1ixAtRoi5HuFeR2Lz+5roxSCgi6m1"

// integrity is integrity metadata, of which some have two items with what
// separates them or does not.
func (m *maker) integrity() string {
	switch m.roll(3) {
	case 0:
		return pick(m, digests...)
	case 1:
		return pick(m, digests...) + pick(m, " ", "\t", "\u000b", "\u00a0") + pick(m, oddDigests...)
	}
	return pick(m, oddDigests...)
}

// allowOrigin are values of Access-Control-Allow-Origin, one of which is picked.
func (m *maker) allowOrigin(requester string) string {
	return pick(m, absent, absent, "*", "null", requester+"/", strings.ToUpper(requester), requester+":443", requester+", "+requester, requester+" https://evil.test", requester+",",
		"*, *", "**", "* ", "", "https://evil.test", "http://app.example", "https://app.example", "https://app.example:8443", "app.example", "//app.example", "https://*.example", "NULL", "Null", `"*"`,
		"*;", requester+"\u00a0", "undefined", "https://app.example.evil.test", "none", "https://sub.app.example")
}

// header is one header line that script sets.
func (m *maker) header() [2]string {
	switch m.roll(12) {
	case 0, 1:
		return [2]string{pick(m, "Accept", "accept", "ACCEPT"), m.value("*/*", "text/html")}
	case 2:
		return [2]string{pick(m, "Accept-Language", "Content-Language", "content-language"), pick(m, append([]string{m.filler()}, languages...)...)}
	case 3, 4:
		return [2]string{pick(m, "Content-Type", "content-type"), pick(m, append([]string{"text/plain;" + m.filler(), m.value("text/plain;", "a/")}, mimeTypes...)...)}
	case 5, 6:
		return [2]string{pick(m, "Range", "range"), pick(m, append([]string{"bytes=" + strings.Repeat("0", m.length()) + "-"}, ranges...)...)}
	case 7:
		return pick(m, hints...)
	case 8:
		return pick(m, forbidden...)
	case 9:
		if m.once(4) {
			return pick(m, badHeaders...)
		}
		fallthrough
	default:
		return pick(m, unsafeHeaders...)
	}
}

// value is a value with a byte in it that is unsafe or nearly so, or one as
// long as a safelisted value may be or nearly so.
func (m *maker) value(starts ...string) string {
	switch m.roll(3) {
	case 0:
		return pick(m, starts...)
	case 1:
		return pick(m, starts...) + pick(m, unsafeBytes...) + "x"
	}
	return m.filler()
}

func (m *maker) filler() string { return strings.Repeat("a", m.length()) }

// length is the length of a value, by preference about 128 bytes.
func (m *maker) length() int { return pick(m, 127, 128, 129, 126, 1, 100, 122, 121, 256) }

// sum are safelisted headers whose values are about 1024 bytes in sum. The
// Accept that the API adds counts for three of them.
func (m *maker) sum() [][2]string {
	var headers [][2]string
	names := pick(m, []string{"Accept"}, []string{"Accept-Language"}, []string{"Content-Language", "Accept-Language"}, []string{"Accept", "Content-Language", "Accept-Language"})
	for left := pick(m, 1019, 1020, 1021, 1022, 1023, 1024, 1025); left > 0; {
		n := min(left, 128)
		headers = append(headers, [2]string{names[len(headers)%len(names)], strings.Repeat("a", n)})
		left -= n
	}
	if m.once(3) {
		i := m.roll(len(headers))
		headers = slices.Insert(headers, i, pick(m, [2]string{"X-A", strings.Repeat("a", 200)}, [2]string{"Accept-Language", strings.Repeat("a", 129)}, [2]string{"Save-Data", "on"}, [2]string{"Cookie", "a"}))
	}
	return headers
}
