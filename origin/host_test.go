package origin_test

import (
	"strings"
	"testing"

	"github.com/browsercors/browsercors/origin"
)

// https://url.spec.whatwg.org/#host-parsing
func TestParseHost(t *testing.T) {
	tests := []struct{ name, input, want string }{ // want is "" for failure
		// The table of examples, isOpaque = false
		{"upper case", "EXAMPLE.COM", "example.com"},
		{"percent-encoded", "example%2Ecom", "example.com"},
		{"IDNA, not transitional", "faß.example", "xn--fa-hia.example"},
		{"zero", "0", "0.0.0.0"},
		{"percent-encoded zero", "%30", "0.0.0.0"},
		{"hexadecimal without digits", "0x", "0.0.0.0"},
		{"hexadecimal", "0xffffffff", "255.255.255.255"},
		{"IPv6", "[0:0::1]", "[::1]"},
		{"IPv6, bracket percent-encoded", "[0:0::1%5D", ""},
		{"IPv6, percent-encoded", "[0:0::%31]", ""},
		{"not octal", "09", ""},
		{"ends in a number", "example.255", ""},
		{"forbidden", "example^example", ""},

		// https://url.spec.whatwg.org/#concept-domain-to-ascii
		{"IDNA by percent-encoding", "b%C3%BCcher.example", "xn--bcher-kva.example"},
		{"full-width", "ｅｘａｍｐｌｅ．ｃｏｍ", "example.com"},
		{"full-width digits", "１２７.0.0.1", "127.0.0.1"},
		{"full-width percent sign", "a％00.example", ""},
		{"symbol", "☕.example", "xn--53h.example"},
		{"ASCII is not judged", "xn--a", "xn--a"},
		{"Punycode is judged beside a name that isn't ASCII", "xn--a.ß", ""},
		{"hyphens", "-é--.example", "xn------bma.example"},
		{"nothing left", "\u00AD", ""},
		{"not UTF-8", "%FF", ""},
		{"replacement character", "\uFFFD.example", ""},
		{"underscore", "a_b.example", "a_b.example"},
		{"trailing dot", "example.com.", "example.com."},
		{"inner empty label", "a..b", "a..b"},
		{"percent sign", "a%25b", ""},
		{"encoded solidus", "a%2Fb", ""},
		{"delete", "a%7Fb", ""},
		{"long", strings.Repeat("a", 5000), strings.Repeat("a", 5000)},
		{"long and not ASCII", strings.Repeat("é", 5000), ""},

		// https://url.spec.whatwg.org/#concept-ipv4-parser
		{"short", "127.1", "127.0.0.1"},
		{"number", "2130706433", "127.0.0.1"},
		{"octal", "0177.0.0.1", "127.0.0.1"},
		{"mixed", "0X7F.1", "127.0.0.1"},
		{"trailing dot, IPv4", "127.0.0.1.", "127.0.0.1"},
		{"two trailing dots", "127.0.0.1..", "127.0.0.1.."},
		{"five parts", "1.2.3.4.5", ""},
		{"too great", "4294967296", ""},
		{"much too great", "99999999999999999999999999", ""},
		{"part too great", "1.256.3.4", ""},
		{"last part too great", "1.2.3.256", ""},
		{"last part of three", "1.2.65535", "1.2.255.255"},
		{"empty part", "1..2", ""},
		{"not a number at all", "-1", "-1"},
		{"sign", "foo.+2", "foo.+2"},
		{"hexadecimal letters", "foo.0xg", "foo.0xg"},

		// https://url.spec.whatwg.org/#concept-ipv6-parser and the serializer
		{"longest run", "[1:0:0:2:0:0:0:3]", "[1:0:0:2::3]"},
		{"first of equal runs", "[1:0:0:2:3:0:0:4]", "[1::2:3:0:0:4]"},
		{"a single zero", "[1:0:2:3:4:5:6:7]", "[1:0:2:3:4:5:6:7]"},
		{"trailing run", "[1:2:3:4:5:6:0:0]", "[1:2:3:4:5:6::]"},
		{"one zero compressed", "[1:2:3:4:5:6:7::]", "[1:2:3:4:5:6:7:0]"},
		{"all zeros", "[::]", "[::]"},
		{"upper case, leading zeros", "[2001:0DB8::0ABC]", "[2001:db8::abc]"},
		{"IPv4 in IPv6", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"},
		{"IPv4 in brackets", "[127.0.0.1]", ""},
		{"IPv4 in IPv6 with zeros", "[::127.0.0.01]", ""},
		{"zone", "[fe80::1%25eth0]", ""},
		{"plain zone", "[fe80::1%eth0]", ""},
		{"nested brackets", "[[::1]]", ""},
		{"nothing", "[]", ""},
		{"unclosed", "[::1", ""},
		{"text behind", "[::1]x", ""},
		{"nine pieces", "[1:2:3:4:5:6:7:8:9]", ""},
		{"eight pieces and a compression", "[1:2:3:4:5:6:7:8::]", ""},
		{"two compressions", "[1::2::3]", ""},
		{"piece too long", "[::10000]", ""},
		{"lone colon", "[:1::2]", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u, err := origin.ParseURL("https://" + tt.input + "/")
			switch {
			case err != nil && tt.want != "":
				t.Error(err)
			case err == nil && u.Host() != tt.want:
				t.Errorf("host %q, want %q", u.Host(), tt.want)
			}
		})
	}
}
