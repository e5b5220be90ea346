package safelist

import (
	"slices"
	"strconv"

	"github.com/browsercors/browsercors/internal/fold"
)

// The limits of the CORS safelist, in bytes.
const (
	MaxValueLength = 128  // of one value
	MaxTotalLength = 1024 // of all safelisted values of a request together
)

// Verdict says why a request header is CORS-safelisted or is not.
type Verdict uint8

// UnsafeName comes before every other reason, since no value could mend it.
const (
	Safelisted            Verdict = iota
	UnsafeName                    // no header of this name is safelisted
	ValueTooLong                  // longer than MaxValueLength
	UnsafeByte                    // a CORS-unsafe request-header byte in Accept or Content-Type
	NotLanguageByte               // a byte that has no place in Accept-Language or Content-Language
	UnparsableMIMEType            // a Content-Type that is no MIME type
	MIMETypeNotSafelisted         // a Content-Type that no form can send
	RangeNotSafelisted            // a Range other than one range with a start
	HintNotSafelisted             // a client hint's value; only under Rules.SafelistedHints
	TotalTooLong                  // safelisted alone, but all values together are longer than MaxTotalLength
)

var verdictTexts = [...]string{
	Safelisted:            "CORS-safelisted",
	UnsafeName:            "name not CORS-safelisted",
	ValueTooLong:          "value too long",
	UnsafeByte:            "CORS-unsafe byte",
	NotLanguageByte:       "byte not allowed in a language list",
	UnparsableMIMEType:    "not a MIME type",
	MIMETypeNotSafelisted: "MIME type not CORS-safelisted",
	RangeNotSafelisted:    "range not CORS-safelisted",
	HintNotSafelisted:     "client hint not CORS-safelisted",
	TotalTooLong:          "values too long in sum",
}

// String returns the verdict in words.
func (v Verdict) String() string {
	if int(v) < len(verdictTexts) {
		return verdictTexts[v]
	}
	return "Verdict(" + strconv.Itoa(int(v)) + ")"
}

// nameID numbers the names that can be CORS-safelisted: the Standard's, then the client hints.
type nameID uint8

const (
	nameAccept nameID = iota
	nameAcceptLanguage
	nameContentLanguage
	nameContentType
	nameRange
	nameDeviceMemory
	nameDownlink
	nameDPR
	nameECT
	nameRTT
	nameSaveData
	nameViewportWidth
	nameWidth
	nameIntervention // from here on every value will do
)

const standardNames = int(nameRange) + 1

var safelistedRequestHeaderNames = [...]string{
	nameAccept:          "Accept",
	nameAcceptLanguage:  "Accept-Language",
	nameContentLanguage: "Content-Language",
	nameContentType:     "Content-Type",
	nameRange:           "Range",
	nameDeviceMemory:    "Device-Memory",
	nameDownlink:        "Downlink",
	nameDPR:             "DPR",
	nameECT:             "ECT",
	nameRTT:             "RTT",
	nameSaveData:        "Save-Data",
	nameViewportWidth:   "Viewport-Width",
	nameWidth:           "Width",
	nameIntervention:    "Intervention",
	"Sec-CH-Device-Memory", "Sec-CH-DPR", "Sec-CH-Lang", "Sec-CH-Prefers-Color-Scheme", "Sec-CH-Prefers-Reduced-Motion",
	"Sec-CH-Prefers-Reduced-Transparency", "Sec-CH-UA", "Sec-CH-UA-Arch", "Sec-CH-UA-Bitness",
	"Sec-CH-UA-Form-Factors", "Sec-CH-UA-Full-Version", "Sec-CH-UA-Full-Version-List", "Sec-CH-UA-Mobile",
	"Sec-CH-UA-Model", "Sec-CH-UA-Platform", "Sec-CH-UA-Platform-Version", "Sec-CH-UA-WoW64",
	"Sec-CH-Viewport-Height", "Sec-CH-Viewport-Width", "Sec-CH-Width",
}

// nameSet is a set of nameIDs, one bit each.
type nameSet uint64

func (r *Rules) safelistedNames() []string {
	if r.SafelistedHints {
		return safelistedRequestHeaderNames[:]
	}
	return safelistedRequestHeaderNames[:standardNames]
}

// lookup returns the number of a name that r can find safelisted.
func (r *Rules) lookup(name string) (nameID, bool) {
	for i, n := range r.safelistedNames() {
		if EqualFold(name, n) {
			return nameID(i), true
		}
	}
	return 0, false
}

// RequestHeader says whether a header is a CORS-safelisted request-header and if not, why. It looks at one header
// alone, so it never says [TotalTooLong]. It does not allocate.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
func (r *Rules) RequestHeader(name, value string) Verdict {
	r = r.orStandard()
	id, ok := r.lookup(name)
	if !ok {
		return UnsafeName
	}
	verdict, _ := judge(r, id, value)
	return verdict
}

// IsSafelistedRequestHeader reports whether a header is a CORS-safelisted request-header. It does not allocate.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
func (r *Rules) IsSafelistedRequestHeader(name, value string) bool {
	return r.RequestHeader(name, value) == Safelisted
}

// judge returns the verdict on the value of a name that can be safelisted, and the index of the byte that made it if
// a byte did.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
func judge[T byteSeq](r *Rules, id nameID, value T) (verdict Verdict, offset int) {
	if len(value) > MaxValueLength { // 1.
		return ValueTooLong, 0
	}
	switch id { // 2.
	case nameAccept:
		if i := indexUnsafe(r, value); i >= 0 {
			return UnsafeByte, i
		}
	case nameAcceptLanguage, nameContentLanguage:
		for i, allowed := 0, language(); i < len(value); i++ {
			if !allowed.has(value[i]) {
				return NotLanguageByte, i
			}
		}
	case nameContentType:
		return judgeContentType(r, value)
	case nameRange:
		if !isSafelistedRange(r.Range, value) {
			return RangeNotSafelisted, 0
		}
	default:
		if !isSafelistedHint(id, value) {
			return HintNotSafelisted, 0
		}
	}
	return Safelisted, 0 // 3.
}

// judgeContentType carries out the steps for content-type. The essence is enough: no parameter can make the parser
// fail.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
func judgeContentType[T byteSeq](r *Rules, value T) (verdict Verdict, offset int) {
	if i := indexUnsafe(r, value); i >= 0 { // content-type.1.
		return UnsafeByte, i
	}
	if i := indexByte(value, ','); r.CommaUnsafe && i >= 0 {
		return UnsafeByte, i
	}
	if i := len(value) - 1; r.LastSemicolonUnsafe && i >= 0 && value[i] == ';' && indexByte(value, ';') < i {
		return UnsafeByte, i
	}
	if r.TypeEndsAtBlank {
		value = withoutRest(value)
	}
	typ, subtype, _, ok := parseEssence(value) // content-type.2.
	switch {
	case !ok:
		return UnparsableMIMEType, 0 // content-type.3.
	case fold.Equal(typ, "application") && fold.Equal(subtype, "x-www-form-urlencoded"),
		fold.Equal(typ, "multipart") && fold.Equal(subtype, "form-data"),
		fold.Equal(typ, "text") && fold.Equal(subtype, "plain"):
		return Safelisted, 0
	}
	return MIMETypeNotSafelisted, 0 // content-type.4.
}

// withoutRest returns a Content-Type without what stands between the blank that ends its type and the first semicolon,
// and without the parameters. A value without a semicolon is returned whole.
func withoutRest[T byteSeq](value T) T {
	semicolon := indexByte(value, ';')
	if semicolon < 0 {
		return value
	}
	value = trim(value[:semicolon], isHTTPWhitespace)
	for i := range len(value) {
		if isTabOrSpace(value[i]) {
			return value[:i]
		}
	}
	return value
}

// indexByte returns the index of the first c in value, or -1.
func indexByte[T byteSeq](value T, c byte) int {
	for i := range len(value) {
		if value[i] == c {
			return i
		}
	}
	return -1
}

// indexUnsafe returns the index of the first CORS-unsafe request-header byte, or -1.
//
// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte
func indexUnsafe[T byteSeq](r *Rules, value T) int {
	for i, unsafe := 0, corsUnsafe(); i < len(value); i++ {
		if unsafe.has(value[i]) || r.HighBytesUnsafe && value[i] >= 0x80 {
			return i
		}
	}
	return -1
}

// isSafelistedHint reports whether the value will do for a client hint: digits, digits with a fraction, one of the
// effective connection types, or "on".
func isSafelistedHint[T byteSeq](id nameID, value T) bool {
	whole := leadingDigits(value)
	switch id {
	case nameWidth, nameViewportWidth, nameRTT:
		return whole > 0 && whole == len(value)
	case nameDeviceMemory, nameDownlink, nameDPR:
		if whole == 0 || whole == len(value) {
			return whole > 0
		}
		fraction := leadingDigits(value[whole+1:])
		return value[whole] == '.' && fraction > 0 && whole+1+fraction == len(value)
	case nameECT:
		switch string(value) {
		case "slow-2g", "2g", "3g", "4g":
			return true
		}
		return false
	case nameSaveData:
		return fold.Equal(value, "on")
	}
	return true
}

// IsNoCORSSafelistedRequestHeaderName reports whether name is a no-CORS-safelisted request-header name.
//
// https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header-name
func IsNoCORSSafelistedRequestHeaderName(name string) bool {
	return fold.Listed(name, noCORSSafelistedRequestHeaderNames())
}

// IsNoCORSSafelistedRequestHeader reports whether a header is a no-CORS-safelisted request-header, which a request
// of the mode "no-cors" may carry.
//
// https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header
func (r *Rules) IsNoCORSSafelistedRequestHeader(name, value string) bool {
	return IsNoCORSSafelistedRequestHeaderName(name) && r.IsSafelistedRequestHeader(name, value)
}

// IsPrivilegedNoCORSRequestHeaderName reports whether name is Range, which a no-cors request keeps until a script
// changes its headers.
//
// https://fetch.spec.whatwg.org/#privileged-no-cors-request-header-name
func IsPrivilegedNoCORSRequestHeaderName(name string) bool { return EqualFold(name, "Range") }

// IsNonWildcardRequestHeaderName reports whether name is Authorization, which a `*` in Access-Control-Allow-Headers
// does not cover.
//
// https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
func IsNonWildcardRequestHeaderName(name string) bool { return EqualFold(name, "Authorization") }

// IsRequestBodyHeaderName reports whether name describes a request's body, so that it goes when a redirect drops the
// body.
//
// https://fetch.spec.whatwg.org/#request-body-header-name
func IsRequestBodyHeaderName(name string) bool { return fold.Listed(name, requestBodyHeaderNames[:]) }

// IsForbiddenRequestHeader reports whether a header is a forbidden request-header, which script cannot set. The value
// counts only for X-HTTP-Method, X-HTTP-Method-Override and X-Method-Override.
//
// https://fetch.spec.whatwg.org/#forbidden-request-header
func (r *Rules) IsForbiddenRequestHeader(name, value string) bool {
	r = r.orStandard()
	if fold.Listed(name, forbiddenRequestHeaderNames[:]) || fold.Listed(name, r.ForbiddenRequestHeaders) { // 1.
		return true
	}
	for _, prefix := range forbiddenRequestHeaderPrefixes { // 2.
		if hasPrefixFold(name, prefix) {
			return true
		}
	}
	if !fold.Listed(name, methodOverrideHeaderNames[:]) { // 3.
		return false // 4.
	}
	if r.OverrideSplitPlain {
		for method := range splitPlain(value) {
			if IsForbiddenMethod(method) {
				return true
			}
		}
		return false
	}
	for method := range splitQuoted(value) { // 3.1., 3.2.
		if IsForbiddenMethod(method) {
			return true
		}
	}
	return false // 4.
}

var (
	forbiddenRequestHeaderNames = [...]string{
		"Accept-Charset", "Accept-Encoding", "Access-Control-Request-Headers", "Access-Control-Request-Method",
		"Connection", "Content-Length", "Cookie", "Cookie2", "Date", "DNT", "Expect", "Host", "Keep-Alive", "Origin",
		"Referer", "Set-Cookie", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Via",
	}
	forbiddenRequestHeaderPrefixes = [...]string{"Proxy-", "Sec-"}
	methodOverrideHeaderNames      = [...]string{"X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override"}
	requestBodyHeaderNames         = [...]string{"Content-Encoding", "Content-Language", "Content-Location", "Content-Type"}
)

// The no-CORS safelist is the CORS safelist without Range.
func noCORSSafelistedRequestHeaderNames() []string { return safelistedRequestHeaderNames[:nameRange] }

// SafelistedRequestHeaderNames returns the names that a CORS-safelisted request-header can have, in a slice of the
// caller's own.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
func (r *Rules) SafelistedRequestHeaderNames() []string {
	return slices.Clone(r.orStandard().safelistedNames())
}

// NoCORSSafelistedRequestHeaderNames returns the no-CORS-safelisted request-header names in a slice of the caller's
// own.
//
// https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header-name
func NoCORSSafelistedRequestHeaderNames() []string {
	return slices.Clone(noCORSSafelistedRequestHeaderNames())
}

// ForbiddenRequestHeaderNames returns the names of request headers that are forbidden whatever their value, besides
// those with the prefixes "Proxy-" and "Sec-", in a slice of the caller's own.
//
// https://fetch.spec.whatwg.org/#forbidden-request-header
func (r *Rules) ForbiddenRequestHeaderNames() []string {
	return slices.Concat(forbiddenRequestHeaderNames[:], r.orStandard().ForbiddenRequestHeaders)
}

// RequestBodyHeaderNames returns the request-body-header names in a slice of the caller's own.
//
// https://fetch.spec.whatwg.org/#request-body-header-name
func RequestBodyHeaderNames() []string { return slices.Clone(requestBodyHeaderNames[:]) }
