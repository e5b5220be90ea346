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
	// 1. In brackets stands an IPv6 address.
	if strings.HasPrefix(input, "[") {
		if !strings.HasSuffix(input, "]") {
			return "", hostNull, "IPv6 address without its closing bracket"
		}
		host, rule = parseIPv6(input[1 : len(input)-1])
		return host, hostIPv6, rule
	}
	// 2. Schemes that are not special have hosts of any kind.
	if isOpaque {
		return parseOpaqueHost(input)
	}
	// 5, 6. Any other is a domain, which may be percent-encoded.
	asciiDomain, rule := domainToASCII(percentDecode(input), spaces)
	// 7. It must be one.
	if rule != "" {
		return "", hostNull, rule
	}
	// 8. With a number at its end it is an IPv4 address.
	if endsInANumber(asciiDomain) {
		host, rule = parseIPv4(asciiDomain)
		return host, hostIPv4, rule
	}
	// 9. That is the host.
	return asciiDomain, hostDomain, ""
}

// parseOpaqueHost is the opaque-host parser.
//
// https://url.spec.whatwg.org/#concept-opaque-host-parser
func parseOpaqueHost(input string) (host string, kind hostKind, rule string) {
	if input == "" {
		return "", hostEmpty, ""
	}
	// 1. Some characters would end it, or mean something else.
	if i := forbiddenHost.firstIn(input); i >= 0 {
		return "", hostNull, "host contains " + strconv.QuoteRune(rune(input[i]))
	}
	// 4. The rest stays as it is, with controls percent-encoded. Steps 2 and 3 only warn.
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
	// 1 to 3. Nothing is strict here.
	switch {
	// 5. ASCII is only put in lower case.
	case isASCII(domain):
		result = lowerASCII(domain)
	case len(domain) > maxUnicodeHost:
		return "", "host is not ASCII and longer than " + strconv.Itoa(maxUnicodeHost) + " bytes"
	case !utf8.ValidString(domain):
		return "", "host is not UTF-8"
	// 6. Anything else becomes Punycode, if it is a domain.
	default:
		var err error
		if result, err = unicodeToASCII.ToASCII(domain); err != nil {
			return "", "host is not a domain by IDNA: " + quote(domain)
		}
	}
	// 7. Something must be left of it.
	if result == "" {
		return "", "host is empty"
	}
	judged := result
	if spaces {
		judged = strings.ReplaceAll(result, " ", "")
	}
	// 8. Some characters no domain has.
	if i := forbiddenDomain.firstIn(judged); i >= 0 {
		return "", "host contains " + strconv.QuoteRune(rune(judged[i]))
	}
	if len(judged) < len(result) {
		return strings.ReplaceAll(result, " ", "%20"), ""
	}
	// 9. That is the domain.
	return result, ""
}

// endsInANumber says whether input must be an IPv4 address.
//
// https://url.spec.whatwg.org/#ends-in-a-number-checker
func endsInANumber(input string) bool {
	// 2, 3. An empty last part doesn't count.
	input = strings.TrimSuffix(input, ".")
	// 4. The last part decides.
	last := input[strings.LastIndexByte(input, '.')+1:]
	// 5. It has digits only, even too many for a number.
	if last != "" && strings.Trim(last, digits) == "" {
		return true
	}
	// 6, 7. Or it is a number of another base.
	_, ok := parseIPv4Number(last)
	return ok
}

const digits = "0123456789"

// parseIPv4 is the IPv4 parser followed by the IPv4 serializer.
//
// https://url.spec.whatwg.org/#concept-ipv4-parser
func parseIPv4(input string) (host, rule string) {
	const max = 4
	// 1, 2. Its parts stand between full stops; an empty last one doesn't count.
	parts := strings.SplitN(strings.TrimSuffix(input, "."), ".", max+1)
	// 4. There are four at most.
	if len(parts) > max {
		return "", "IPv4 address has more than four parts"
	}
	var ipv4 uint64
	for i, part := range parts {
		// 6. Each is a number.
		n, ok := parseIPv4Number(part)
		if !ok {
			return "", "IPv4 address has a part that is not a number"
		}
		bits := 8
		if i == len(parts)-1 {
			bits = 8 * (max + 1 - len(parts))
		}
		// 8, 9. It must fit into its byte; the last into all the bytes that are left.
		if n >= 1<<bits {
			return "", "IPv4 address has a number out of range"
		}
		// 10 to 14. Together they are the address.
		if i < len(parts)-1 {
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
	// 1. Nothing is not a number.
	if input == "" {
		return 0, false
	}
	// 3. It is decimal,
	radix := uint64(10)
	if len(input) >= 2 && input[0] == '0' {
		if input[1]|0x20 == 'x' {
			// 4. or hexadecimal behind 0x,
			input, radix = input[2:], 16
		} else {
			// 5. or octal behind 0.
			input, radix = input[1:], 8
		}
	}
	// 6 to 8. Every digit must be one of its base; without digits it is 0.
	for i := range len(input) {
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

// ParseHost parses the host of an http: or https: URL and returns it in the form in which a URL holds
// it: a domain in lower-case ASCII, an IPv4 address with four numbers, an IPv6 address in brackets. The
// error is a [*ParseError].
//
// https://url.spec.whatwg.org/#concept-host-parser
func ParseHost(input string) (string, error) {
	host, _, rule := parseHost(input, false, false)
	if rule != "" {
		return "", &ParseError{What: "host", Value: input, Rule: rule}
	}
	return host, nil
}
