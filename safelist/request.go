package safelist

import (
	"github.com/browsercors/browsercors/internal/byterange"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/headername"
	"github.com/browsercors/browsercors/internal/headervalue"
	"github.com/browsercors/browsercors/internal/mimetype"
)

// The limits of the CORS safelist, in bytes.
const (
	maxValueLength = 128  // of one value
	maxTotalLength = 1024 // of all safelisted values of a request together
)

// A Verdict says whether a request header is a CORS-safelisted request-header and, if not, why. It is one of
//
//	"safelisted"                the header needs no preflight
//	"unsafe-name"               no header of this name is safelisted, whatever its value
//	"value-too-long"            the value has more than 128 bytes
//	"unsafe-byte"               a CORS-unsafe request-header byte in Accept or Content-Type
//	"not-language-byte"         a byte that Accept-Language and Content-Language must not have
//	"unparsable-mime-type"      a Content-Type that is not a MIME type
//	"mime-type-not-safelisted"  a Content-Type that a form cannot send, such as application/json
//	"range-not-safelisted"      a Range that is not one range with a start
//	"hint-not-safelisted"       a client hint's value, under [Rules].SafelistedHints only
//	"total-too-long"            safelisted alone, but all safelisted values together have more than 1024 bytes
//
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
type Verdict string

const (
	safelisted            Verdict = "safelisted"
	unsafeName            Verdict = "unsafe-name"
	valueTooLong          Verdict = "value-too-long"
	unsafeByte            Verdict = "unsafe-byte"
	notLanguageByte       Verdict = "not-language-byte"
	unparsableMIMEType    Verdict = "unparsable-mime-type"
	mimeTypeNotSafelisted Verdict = "mime-type-not-safelisted"
	rangeNotSafelisted    Verdict = "range-not-safelisted"
	hintNotSafelisted     Verdict = "hint-not-safelisted"
	totalTooLong          Verdict = "total-too-long"
)

// Sets of ASCII bytes, one bit a byte.
const (
	// corsUnsafeBytes are those of https://fetch.spec.whatwg.org/#cors-unsafe-request-header-byte.
	corsUnsafeBytes = grammar.Controls&^(1<<'\t') | 1<<'"' | 1<<'(' | 1<<')' | 1<<':' | 1<<'<' | 1<<'>' | 1<<'?' | 1<<'@' |
		1<<'[' | 1<<'\\' | 1<<']' | 1<<'{' | 1<<'}' | 1<<0x7F

	// languageBytes may stand in Accept-Language and Content-Language.
	languageBytes = grammar.Digits | grammar.Uppers | grammar.Lowers | 1<<' ' | 1<<'*' | 1<<',' | 1<<'-' | 1<<'.' | 1<<';' | 1<<'='

	low = 1<<64 - 1
)

func corsUnsafe() grammar.ByteSet {
	return grammar.NewByteSet(corsUnsafeBytes&low, corsUnsafeBytes>>64)
}
func language() grammar.ByteSet { return grammar.NewByteSet(languageBytes&low, languageBytes>>64) }

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
		if fold.Equal(name, n) {
			return nameID(i), true
		}
	}
	return 0, false
}

// requestHeader says whether a header is a CORS-safelisted request-header and if not, why. It looks at one header
// alone, so it never says totalTooLong. It does not allocate.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
func (r *Rules) requestHeader(name, value string) Verdict {
	r = r.orStandard()
	id, ok := r.lookup(name)
	if !ok {
		return unsafeName
	}
	verdict, _ := judge(r, id, value)
	return verdict
}

// IsSafelistedRequestHeader reports whether a header is a CORS-safelisted request-header, one that needs no
// preflight by itself. It does not allocate. [Rules.Classify] tells the reason.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
func (r *Rules) IsSafelistedRequestHeader(name, value string) bool {
	return r.requestHeader(name, value) == safelisted
}

// judge returns the verdict on the value of a name that can be safelisted, and the index of the byte that made it if
// a byte did.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
func judge[T grammar.ByteSeq](r *Rules, id nameID, value T) (verdict Verdict, offset int) {
	if len(value) > maxValueLength { // 1. The value is too long.
		return valueTooLong, 0
	}
	switch id { // 2. By name, what the value may be.
	case nameAccept:
		if i := indexUnsafe(r, value); i >= 0 {
			return unsafeByte, i
		}
	case nameAcceptLanguage, nameContentLanguage:
		for i, allowed := 0, language(); i < len(value); i++ {
			if !allowed.Has(value[i]) {
				return notLanguageByte, i
			}
		}
	case nameContentType:
		return judgeContentType(r, value)
	case nameRange:
		if !byterange.IsSafelisted(r.Range, value) {
			return rangeNotSafelisted, 0
		}
	default:
		if !isSafelistedHint(id, value) {
			return hintNotSafelisted, 0
		}
	}
	return safelisted, 0 // 3. Safelisted.
}

// judgeContentType carries out the steps for content-type. The essence is enough: no parameter can make the parser
// fail.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
func judgeContentType[T grammar.ByteSeq](r *Rules, value T) (verdict Verdict, offset int) {
	if i := indexUnsafe(r, value); i >= 0 { // content-type.1.
		return unsafeByte, i
	}
	if i := indexByte(value, ','); r.CommaUnsafe && i >= 0 {
		return unsafeByte, i
	}
	if i := len(value) - 1; r.LastSemicolonUnsafe && i >= 0 && value[i] == ';' && indexByte(value, ';') < i {
		return unsafeByte, i
	}
	if r.TypeEndsAtBlank {
		value = withoutRest(value)
	}
	typ, subtype, _, ok := mimetype.ParseEssence(value) // content-type.2.
	switch {
	case !ok:
		return unparsableMIMEType, 0 // content-type.3.
	case fold.Equal(typ, "application") && fold.Equal(subtype, "x-www-form-urlencoded"),
		fold.Equal(typ, "multipart") && fold.Equal(subtype, "form-data"),
		fold.Equal(typ, "text") && fold.Equal(subtype, "plain"):
		return safelisted, 0
	}
	return mimeTypeNotSafelisted, 0 // content-type.4.
}

// withoutRest returns a Content-Type without what stands between the blank that ends its type and the first semicolon,
// and without the parameters. A value without a semicolon is returned whole.
func withoutRest[T grammar.ByteSeq](value T) T {
	semicolon := indexByte(value, ';')
	if semicolon < 0 {
		return value
	}
	value = grammar.Trim(value[:semicolon], grammar.IsWhitespace)
	for i := range len(value) {
		if grammar.IsTabOrSpace(value[i]) {
			return value[:i]
		}
	}
	return value
}

// indexByte returns the index of the first c in value, or -1.
func indexByte[T grammar.ByteSeq](value T, c byte) int {
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
func indexUnsafe[T grammar.ByteSeq](r *Rules, value T) int {
	for i, unsafe := 0, corsUnsafe(); i < len(value); i++ {
		if unsafe.Has(value[i]) || r.HighBytesUnsafe && value[i] >= 0x80 {
			return i
		}
	}
	return -1
}

// isSafelistedHint reports whether the value will do for a client hint: digits, digits with a fraction, one of the
// effective connection types, or "on".
func isSafelistedHint[T grammar.ByteSeq](id nameID, value T) bool {
	whole := grammar.LeadingDigits(value)
	switch id {
	case nameWidth, nameViewportWidth, nameRTT:
		return whole > 0 && whole == len(value)
	case nameDeviceMemory, nameDownlink, nameDPR:
		if whole == 0 || whole == len(value) {
			return whole > 0
		}
		fraction := grammar.LeadingDigits(value[whole+1:])
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

// IsNoCORSSafelistedRequestHeader reports whether a header is a no-CORS-safelisted request-header, one that
// a request in mode "no-cors" can carry.
//
// https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header
func (r *Rules) IsNoCORSSafelistedRequestHeader(name, value string) bool {
	return headername.IsNoCORSSafelisted(name) && r.IsSafelistedRequestHeader(name, value)
}

// IsForbiddenRequestHeader reports whether a header is a forbidden request-header, one that script cannot
// set. The value matters only for X-HTTP-Method, X-HTTP-Method-Override and X-Method-Override.
//
// https://fetch.spec.whatwg.org/#forbidden-request-header
func (r *Rules) IsForbiddenRequestHeader(name, value string) bool {
	r = r.orStandard()
	if fold.Listed(name, forbiddenRequestHeaderNames[:]) || fold.Listed(name, r.ForbiddenRequestHeaders) { // 1. A forbidden name.
		return true
	}
	for _, prefix := range forbiddenRequestHeaderPrefixes { // 2. A forbidden prefix.
		if fold.HasPrefix(name, prefix) {
			return true
		}
	}
	if !fold.Listed(name, methodOverrideHeaderNames[:]) { // 3. Only headers that override a method are left,
		return false // 4. and others are not forbidden.
	}
	if r.OverrideSplitPlain {
		for method := range headervalue.Plain(value) {
			if IsForbiddenMethod(method) {
				return true
			}
		}
		return false
	}
	for method := range headervalue.Quoted(value) { // 3.1., 3.2. Each method that it names
		if IsForbiddenMethod(method) {
			return true
		}
	}
	return false // 4. must not be forbidden.
}

var (
	forbiddenRequestHeaderNames = [...]string{
		"Accept-Charset", "Accept-Encoding", "Access-Control-Request-Headers", "Access-Control-Request-Method",
		"Connection", "Content-Length", "Cookie", "Cookie2", "Date", "DNT", "Expect", "Host", "Keep-Alive", "Origin",
		"Referer", "Set-Cookie", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Via",
	}
	forbiddenRequestHeaderPrefixes = [...]string{"Proxy-", "Sec-"}
	methodOverrideHeaderNames      = [...]string{"X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override"}
)
