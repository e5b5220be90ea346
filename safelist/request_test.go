package safelist_test

import (
	"strings"
	"testing"

	"github.com/browsercors/browsercors/safelist"
)

// verdict is the verdict on one header.
func verdict(rules *safelist.Rules, name, value string) safelist.Verdict {
	return rules.Classify("GET", list(name, value), false).Headers[0].Verdict
}

// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
func TestVerdict(t *testing.T) {
	const (
		ok        = "safelisted"
		name      = "unsafe-name"
		long      = "value-too-long"
		byteIn    = "unsafe-byte"
		lang      = "not-language-byte"
		unparsed  = "unparsable-mime-type"
		mime      = "mime-type-not-safelisted"
		badRange  = "range-not-safelisted"
		form      = "application/x-www-form-urlencoded"
		fromForms = "multipart/form-data"
	)
	for _, test := range []struct {
		name, header, value string
		want                safelist.Verdict
	}{
		{"accept", "Accept", "text/html,application/xml;q=0.9,*/*;q=0.8", ok},
		{"accept empty", "accept", "", ok},
		{"accept with a tab", "accept", "a\tb", ok},
		{"accept with a high byte", "accept", "\x80\xff", ok},
		{"accept of 128 bytes", "accept", strings.Repeat("a", 128), ok},
		{"accept of 129 bytes", "accept", strings.Repeat("a", 129), long},
		{"length goes before bytes", "accept", strings.Repeat("(", 129), long},
		{"accept with quotes", "ACCEPT", `a;b="c"`, byteIn},
		{"accept with a colon", "accept", "a:b", byteIn},
		{"accept with DEL", "accept", "\x7f", byteIn},
		{"accept with NUL", "accept", "\x00", byteIn},

		{"accept-language", "Accept-Language", "en-GB, *;q=0.5", ok},
		{"accept-language empty", "accept-language", "", ok},
		{"accept-language with a tab", "accept-language", "en\tde", lang},
		{"accept-language with an underscore", "accept-language", "en_GB", lang},
		{"accept-language with a high byte", "accept-language", "\xe4", lang},
		{"content-language", "Content-Language", "de=.;-,* 09azAZ", ok},
		{"content-language with a slash", "content-language", "a/b", lang},

		{"form", "Content-Type", form, ok},
		{"form in upper case", "CONTENT-TYPE", strings.ToUpper(form), ok},
		{"multipart", "content-type", fromForms + "; boundary=----x", ok},
		{"text", "content-type", "text/plain;charset=UTF-8", ok},
		{"blanks around", "content-type", "\t text/plain ; charset=x ", ok},
		{"parameter that does not parse", "content-type", "text/plain;;=;x", ok},
		{"comma in a parameter", "content-type", "text/plain;a=b,application/json", ok},
		{"high byte in a parameter", "content-type", "text/plain;a=\xe4", ok},
		{"json", "content-type", "application/json", mime},
		{"text of another kind", "content-type", "text/plain2", mime},
		{"longer type", "content-type", "xtext/plain", mime},
		{"comma list", "content-type", "text/plain, text/plain", unparsed},
		{"no slash", "content-type", "text", unparsed},
		{"no subtype", "content-type", "text/", unparsed},
		{"no type", "content-type", "/plain", unparsed},
		{"blank before the slash", "content-type", "text /plain", unparsed},
		{"empty", "content-type", "", unparsed},
		{"quotes", "content-type", `text/plain;charset="utf-8"`, byteIn},
		{"newline", "content-type", "text/plain\n", byteIn},
		{"json with an unsafe byte", "content-type", "application/json;a=(", byteIn},
		{"129 bytes", "content-type", "text/plain;" + strings.Repeat("a", 118), long},

		{"range", "Range", "bytes=0-499", ok},
		{"range without end", "range", "bytes=500-", ok},
		{"suffix range", "range", "bytes=-500", badRange},
		{"range beyond 64 bits", "range", "bytes=99999999999999999998-99999999999999999999", ok},
		{"range reversed beyond 64 bits", "range", "bytes=99999999999999999999-99999999999999999998", badRange},
		{"two ranges", "range", "bytes=0-1,2-3", badRange},
		{"range with blanks", "range", "bytes= 0-1", badRange},
		{"range unit in upper case", "range", "Bytes=0-1", badRange},

		{"other name", "X-Requested-With", "XMLHttpRequest", name},
		{"authorization", "Authorization", "", name},
		{"hint", "Save-Data", "on", name},
		{"empty name", "", "", name},
		{"name before length", "X-A", strings.Repeat("a", 129), name},
	} {
		t.Run(test.name, func(t *testing.T) {
			var rules *safelist.Rules
			if got := verdict(rules, test.header, test.value); got != test.want {
				t.Errorf("the verdict on %q, %q is %v, want %v", test.header, test.value, got, test.want)
			}
			if got := verdict(new(safelist.Rules), test.header, test.value); got != test.want {
				t.Errorf("the zero Rules say %v, want %v", got, test.want)
			}
			if got := rules.IsSafelistedRequestHeader(test.header, test.value); got != (test.want == ok) {
				t.Errorf("IsSafelistedRequestHeader(%q, %q) = %v", test.header, test.value, got)
			}
			noCORS := test.want == ok && !strings.EqualFold(test.header, "range")
			if got := rules.IsNoCORSSafelistedRequestHeader(test.header, test.value); got != noCORS {
				t.Errorf("IsNoCORSSafelistedRequestHeader(%q, %q) = %v", test.header, test.value, got)
			}
		})
	}
}

// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte
func TestUnsafeBytes(t *testing.T) {
	var rules *safelist.Rules
	for c := range 256 {
		unsafe := c < 0x20 && c != 0x09 || strings.IndexByte("\"():<>?@[\\]{}\x7f", byte(c)) >= 0
		if got := verdict(rules, "Accept", string([]byte{'a', byte(c)})) == "unsafe-byte"; got != unsafe {
			t.Errorf("byte %#x in Accept: unsafe is %v", c, got)
		}
		fits := '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || strings.IndexByte(" *,-.;=", byte(c)) >= 0
		if got := verdict(rules, "Accept-Language", string([]byte{byte(c)})) == "safelisted"; got != fits {
			t.Errorf("byte %#x in Accept-Language: safelisted is %v", c, got)
		}
	}
}

// https://fetch.spec.whatwg.org/#forbidden-request-header
func TestIsForbiddenRequestHeader(t *testing.T) {
	var rules *safelist.Rules
	for _, name := range strings.Fields(`Accept-Charset accept-encoding Access-Control-Request-Headers
		Access-Control-Request-Method Connection Content-Length Cookie Cookie2 Date DNT Expect Host Keep-Alive Origin
		REFERER Set-Cookie TE Trailer Transfer-Encoding Upgrade Via Proxy- proxy-authorization Sec- SEC-Fetch-Mode`) {
		if !rules.IsForbiddenRequestHeader(name, "") {
			t.Errorf("%s is not forbidden", name)
		}
	}
	for _, name := range strings.Fields(`Accept Authorization User-Agent Range Set-Cookie2 Proxy Sec X-Sec-A
		Access-Control-Request-Private-Network`) {
		if rules.IsForbiddenRequestHeader(name, "TRACE") {
			t.Errorf("%s is forbidden", name)
		}
	}
	for _, name := range []string{"X-HTTP-Method", "x-http-method-override", "X-Method-Override"} {
		for value, want := range map[string]bool{
			"": false, "GET": false, "TRACE": true, "trace": true, " track ": true, "GET,CONNECT": true,
			"GET, PUT": false, "TRACER": false, `"TRACE"`: false, `"a, TRACE, b"`: false, `"a", TRACE`: true,
		} {
			if got := rules.IsForbiddenRequestHeader(name, value); got != want {
				t.Errorf("%s: %s is forbidden: %v", name, value, got)
			}
		}
	}
}
