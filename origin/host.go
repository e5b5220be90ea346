package origin

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// hostKind is what a URL's host is.
//
// https://url.spec.whatwg.org/#host-representation
type hostKind uint8

const (
	hostNull hostKind = iota
	hostEmpty
	hostDomain
	hostIPv4
	hostIPv6
	hostOpaque
)

// maxUnicodeHost bounds, in bytes, the hosts that need Punycode, which takes quadratic time.
const maxUnicodeHost = 4096

// parseHost returns the serialized host of input, or the broken rule. Spaces,
// which the Standard forbids, are percent-encoded if they are allowed.
//
// https://url.spec.whatwg.org/#concept-host-parser
func parseHost(input string, isOpaque, spaces bool) (host string, kind hostKind, rule string) {
	if strings.HasPrefix(input, "[") { // 1
		if !strings.HasSuffix(input, "]") {
			return "", hostNull, "IPv6 address without its closing bracket"
		}
		host, rule = parseIPv6(input[1 : len(input)-1])
		return host, hostIPv6, rule
	}
	if isOpaque { // 2
		return parseOpaqueHost(input)
	}
	asciiDomain, rule := domainToASCII(percentDecode(input), spaces) // 5, 6
	if rule != "" {
		return "", hostNull, rule
	}
	if endsInANumber(asciiDomain) { // 8
		host, rule = parseIPv4(asciiDomain)
		return host, hostIPv4, rule
	}
	return asciiDomain, hostDomain, ""
}

// parseOpaqueHost is the opaque-host parser.
//
// https://url.spec.whatwg.org/#concept-opaque-host-parser
func parseOpaqueHost(input string) (host string, kind hostKind, rule string) {
	if input == "" {
		return "", hostEmpty, ""
	}
	if i := forbiddenHost.firstIn(input); i >= 0 {
		return "", hostNull, "host contains " + strconv.QuoteRune(rune(input[i]))
	}
	return percentEncode(input, c0ControlSet), hostOpaque, ""
}

// unicodeToASCII is Unicode ToASCII with the flags that the domain parser sets when beStrict is
// false.
var unicodeToASCII = idna.New(
	idna.MapForLookup(),
	idna.ValidateLabels(true), // turns on what the options below turn off
	idna.BidiRule(),
	idna.CheckHyphens(false),
	idna.CheckJoiners(true),
	idna.StrictDomainName(false),
	idna.Transitional(false),
	idna.VerifyDNSLength(false),
)

// domainToASCII is the domain parser with beStrict false.
//
// https://url.spec.whatwg.org/#concept-domain-to-ascii
func domainToASCII(domain string, spaces bool) (result, rule string) {
	switch {
	case isASCII(domain): // 5
		result = lowerASCII(domain)
	case len(domain) > maxUnicodeHost:
		return "", "host is not ASCII and longer than " + strconv.Itoa(maxUnicodeHost) + " bytes"
	case !utf8.ValidString(domain):
		return "", "host is not UTF-8"
	default: // 6
		var err error
		if result, err = unicodeToASCII.ToASCII(domain); err != nil {
			return "", "host is not a domain by IDNA: " + quote(domain)
		}
	}
	if result == "" { // 7
		return "", "host is empty"
	}
	judged := result
	if spaces {
		judged = strings.ReplaceAll(result, " ", "")
	}
	if i := forbiddenDomain.firstIn(judged); i >= 0 { // 8
		return "", "host contains " + strconv.QuoteRune(rune(judged[i]))
	}
	if len(judged) < len(result) {
		return strings.ReplaceAll(result, " ", "%20"), ""
	}
	return result, ""
}

// endsInANumber says whether input must be an IPv4 address.
//
// https://url.spec.whatwg.org/#ends-in-a-number-checker
func endsInANumber(input string) bool {
	input = strings.TrimSuffix(input, ".")              // 3
	last := input[strings.LastIndexByte(input, '.')+1:] // 4
	if last != "" && strings.Trim(last, digits) == "" { // 5
		return true
	}
	_, ok := parseIPv4Number(last) // 6
	return ok
}

const digits = "0123456789"

// parseIPv4 is the IPv4 parser followed by the IPv4 serializer.
//
// https://url.spec.whatwg.org/#concept-ipv4-parser
func parseIPv4(input string) (host, rule string) {
	const max = 4
	parts := strings.SplitN(strings.TrimSuffix(input, "."), ".", max+1) // 1, 2
	if len(parts) > max {                                               // 4
		return "", "IPv4 address has more than four parts"
	}
	var ipv4 uint64
	for i, part := range parts { // 6
		n, ok := parseIPv4Number(part)
		if !ok {
			return "", "IPv4 address has a part that is not a number"
		}
		bits := 8
		if i == len(parts)-1 {
			bits = 8 * (max + 1 - len(parts))
		}
		if n >= 1<<bits { // 8, 9
			return "", "IPv4 address has a number out of range"
		}
		if i < len(parts)-1 { // 13
			n <<= 8 * (max - 1 - i)
		}
		ipv4 += n
	}
	return netip.AddrFrom4([4]byte{byte(ipv4 >> 24), byte(ipv4 >> 16), byte(ipv4 >> 8), byte(ipv4)}).String(), ""
}

// parseIPv4Number is the IPv4 number parser. A number too great for any part comes back cut short,
// but still too great.
//
// https://url.spec.whatwg.org/#ipv4-number-parser
func parseIPv4Number(input string) (n uint64, ok bool) {
	if input == "" { // 1
		return 0, false
	}
	radix := uint64(10) // 3
	if len(input) >= 2 && input[0] == '0' {
		if input[1]|0x20 == 'x' { // 4
			input, radix = input[2:], 16
		} else { // 5
			input, radix = input[1:], 8
		}
	}
	for i := range len(input) { // 6-8
		if !isHex(input[i]) || uint64(unhex(input[i])) >= radix {
			return 0, false
		}
		if n < 1<<40 {
			n = n*radix + uint64(unhex(input[i]))
		}
	}
	return n, true
}

// parseIPv6 is the IPv6 parser followed by the host serializer. The grammar is the one of
// [netip.ParseAddr] without zones.
//
// https://url.spec.whatwg.org/#concept-ipv6-parser
func parseIPv6(input string) (host, rule string) {
	const longest = "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255"
	if len(input) > len(longest) {
		return "", "IPv6 address is too long"
	}
	addr, err := netip.ParseAddr(input)
	if err != nil || !addr.Is6() || addr.Zone() != "" {
		return "", "not an IPv6 address"
	}
	return serializeIPv6(addr.As16()), ""
}

// serializeIPv6 serializes an address in brackets. It differs from [netip.Addr.String] in that an
// embedded IPv4 address isn't written with dots.
//
// https://url.spec.whatwg.org/#concept-ipv6-serializer
func serializeIPv6(address [16]byte) string {
	piece := func(i int) uint64 { return uint64(address[2*i])<<8 | uint64(address[2*i+1]) }
	compress, longest := -1, 1 // the first longest run of zeros, of two at least
	for i := 0; i < 8; i++ {
		run := 0
		for i+run < 8 && piece(i+run) == 0 {
			run++
		}
		if run > longest {
			compress, longest = i, run
		}
		i += run
	}
	out := make([]byte, 1, len("[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]"))
	out[0] = '['
	for i := 0; i < 8; i++ {
		if i == compress {
			if i == 0 {
				out = append(out, ':')
			}
			out = append(out, ':')
			i += longest - 1
			continue
		}
		out = strconv.AppendUint(out, piece(i), 16)
		if i < 7 {
			out = append(out, ':')
		}
	}
	return string(append(out, ']'))
}

// ParseHost is the host parser for the hosts of http: URLs and their like. It returns the host
// serialized, an IPv6 address in brackets. The error is a [*ParseError].
//
// https://url.spec.whatwg.org/#concept-host-parser
func ParseHost(input string) (string, error) {
	host, _, rule := parseHost(input, false, false)
	if rule != "" {
		return "", &ParseError{What: "host", Value: input, Rule: rule}
	}
	return host, nil
}
