package safelist

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
)

// judgeAt judges the header l[i]. Under JoinRepeated the first header of a safelisted name is judged with the values
// of them all; the others count for nothing. Seen holds the names that came before.
func (r *Rules) judgeAt(l HeaderList, i int, seen *nameSet) (verdict Verdict, offset, size int, counts bool) {
	id, ok := r.lookup(l[i].Name)
	if !ok {
		return UnsafeName, 0, 0, true
	}
	if !r.JoinRepeated {
		verdict, offset = judge(r, id, l[i].Value)
		return verdict, offset, len(l[i].Value), true
	}
	if *seen&(1<<id) != 0 {
		return Safelisted, 0, 0, false
	}
	*seen |= 1 << id
	var buffer [MaxValueLength]byte
	joined := buffer[:0]
	for j := i; j < len(l); j++ {
		if !EqualFold(l[j].Name, l[i].Name) {
			continue
		}
		if j > i {
			size += len(", ")
		}
		size += len(l[j].Value)
		if size > MaxValueLength {
			return ValueTooLong, 0, size, true
		}
		if j > i {
			joined = append(joined, ", "...)
		}
		joined = append(joined, l[j].Value...)
	}
	verdict, offset = judge(r, id, joined)
	return verdict, offset, size, true
}

// UnsafeNames returns the CORS-unsafe request-header names of l: byte-lowercased, sorted, each once unless
// RepeatUnsafeNames. Joined with commas they are the value of Access-Control-Request-Headers. When there are none it
// returns nil and has not allocated.
//
// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
func (r *Rules) UnsafeNames(l HeaderList) []string {
	r = r.orStandard()
	unsafeNames := r.AppendUnsafeNames(nil, l)
	for i, name := range unsafeNames { // 6.
		unsafeNames[i] = fold.Lower(name)
	}
	slices.Sort(unsafeNames)
	if r.RepeatUnsafeNames {
		return unsafeNames
	}
	return slices.Compact(unsafeNames)
}

// AppendUnsafeNames appends to names those of [Rules.UnsafeNames] before they are made a sorted-lowercase set: as l
// spells and repeats them. With room in names it does not allocate.
//
// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
func (r *Rules) AppendUnsafeNames(names []string, l HeaderList) []string {
	r = r.orStandard()
	var safelistValueSize int // 3.
	var seen nameSet
	for i := range l { // 4.
		verdict, _, size, counts := r.judgeAt(l, i, &seen)
		switch {
		case !counts:
		case verdict != Safelisted:
			names = append(names, l[i].Name) // 4.1.
		default:
			safelistValueSize += size // 4.2.
		}
	}
	if r.isTooMuch(safelistValueSize) { // 5.
		seen = 0
		for i := range l {
			if verdict, _, _, counts := r.judgeAt(l, i, &seen); counts && verdict == Safelisted {
				names = append(names, l[i].Name)
			}
		}
	}
	return names
}

func (r *Rules) isTooMuch(safelistValueSize int) bool {
	return safelistValueSize > MaxTotalLength && !r.IgnoreTotalSize
}

// HasUnsafeNames reports whether [Rules.UnsafeNames] would return a name. It never allocates.
//
// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
func (r *Rules) HasUnsafeNames(l HeaderList) bool {
	r = r.orStandard()
	var safelistValueSize int
	var seen nameSet
	for i := range l {
		verdict, _, size, counts := r.judgeAt(l, i, &seen)
		if counts && verdict != Safelisted {
			return true
		}
		safelistValueSize += size
	}
	return r.isTooMuch(safelistValueSize)
}

// NeedsPreflight reports whether a cross-origin request in the mode "cors" needs a CORS-preflight request, caches
// apart: if the use-CORS-preflight flag is set, or the method, normalized, is not CORS-safelisted, or there are
// CORS-unsafe request-header names. It never allocates.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch
func (r *Rules) NeedsPreflight(method string, l HeaderList, usePreflight bool) bool {
	return usePreflight || !IsSafelistedMethod(method) || r.HasUnsafeNames(l)
}

// Classification says whether a request is simple or needs a CORS-preflight request, and why.
type Classification struct {
	Preflight        bool            // what [Rules.NeedsPreflight] says
	Method           string          // the request's method, normalized
	MethodSafelisted bool            // it is GET, HEAD or POST
	UsePreflightFlag bool            // the use-CORS-preflight flag: an upload listener, a streaming body
	Headers          []HeaderVerdict // in the list's order
	SafelistedSize   int             // the bytes in the values that are safelisted when judged alone
}

// HeaderVerdict is the verdict on one header. Under [Rules.JoinRepeated] the headers of a name that can be safelisted
// are one.
type HeaderVerdict struct {
	Name, Value string
	Verdict     Verdict
	Offset      int // the index in Value of the byte to blame, for UnsafeByte and NotLanguageByte
}

// Classify says whether a request needs a CORS-preflight request, and why, header by header. Its parameters are those
// of [Rules.NeedsPreflight], which is the one to call when nobody asks for the reasons.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch
func (r *Rules) Classify(method string, l HeaderList, usePreflight bool) Classification {
	r = r.orStandard()
	c := Classification{
		Method:           method,
		MethodSafelisted: IsSafelistedMethod(method),
		UsePreflightFlag: usePreflight,
	}
	var seen nameSet
	for i, h := range l {
		verdict, offset, size, counts := r.judgeAt(l, i, &seen)
		if !counts {
			continue
		}
		if r.JoinRepeated && verdict != UnsafeName {
			h.Value, _ = l[i:].Get(h.Name)
		}
		if verdict == Safelisted {
			c.SafelistedSize += size
		}
		c.Headers = append(c.Headers, HeaderVerdict{h.Name, h.Value, verdict, offset})
	}
	tooMuch := r.isTooMuch(c.SafelistedSize)
	c.Preflight = usePreflight || !c.MethodSafelisted
	for i := range c.Headers {
		v := &c.Headers[i].Verdict
		if tooMuch && *v == Safelisted {
			*v = TotalTooLong
		}
		c.Preflight = c.Preflight || *v != Safelisted
	}
	return c
}

// String returns the verdict and every reason for it, one a line, without an end of line at the end. Values of
// headers whose names alone make them unsafe, such as Authorization, are not in it.
func (c Classification) String() string {
	if !c.Preflight {
		return fmt.Sprintf("simple: %s with CORS-safelisted headers alone", c.Method)
	}
	var b strings.Builder
	b.WriteString("needs a preflight:")
	if c.UsePreflightFlag {
		b.WriteString("\n\tits use-CORS-preflight flag is set, by an upload listener or a streaming body")
	}
	if !c.MethodSafelisted {
		fmt.Fprintf(&b, "\n\tmethod %s is not GET, HEAD or POST", quote(c.Method))
	}
	for _, h := range c.Headers {
		switch h.Verdict {
		case Safelisted:
		case TotalTooLong:
			fmt.Fprintf(&b, "\n\theader %s: the CORS-safelisted values have %d bytes in sum, more than %d",
				quote(h.Name), c.SafelistedSize, MaxTotalLength)
		default:
			fmt.Fprintf(&b, "\n\theader %s: %s", quote(h.Name), h.Detail())
		}
	}
	return b.String()
}

// Detail says what about the header brought the verdict: the offending byte and where it stands, the length, the
// MIME type, the value.
func (h HeaderVerdict) Detail() string {
	switch h.Verdict {
	case Safelisted:
		return "CORS-safelisted"
	case UnsafeName:
		return "no header of this name is CORS-safelisted"
	case ValueTooLong:
		return fmt.Sprintf("a value of %d bytes, more than %d", len(h.Value), MaxValueLength)
	case UnsafeByte:
		return fmt.Sprintf("%s is a CORS-unsafe request-header byte", h.byteAt())
	case NotLanguageByte:
		return fmt.Sprintf("%s is none of letters, digits, spaces and * , - . ; =", h.byteAt())
	case UnparsableMIMEType:
		return fmt.Sprintf("%s is not a MIME type", quote(h.Value))
	case MIMETypeNotSafelisted:
		typ, subtype, _, _ := parseEssence(h.Value)
		return fmt.Sprintf("%q is not a MIME type that a form can send: "+
			"application/x-www-form-urlencoded, multipart/form-data or text/plain", fold.Lower(typ+"/"+subtype))
	case RangeNotSafelisted:
		return fmt.Sprintf("%s is not one range of bytes with a start", quote(h.Value))
	case HintNotSafelisted:
		return fmt.Sprintf("%s is not a value of this client hint", quote(h.Value))
	case TotalTooLong:
		return fmt.Sprintf("with its %d bytes the CORS-safelisted values have more than %d in sum", len(h.Value), MaxTotalLength)
	}
	return h.Verdict.String()
}

func (h HeaderVerdict) byteAt() string {
	if h.Offset < 0 || h.Offset >= len(h.Value) {
		return "a byte"
	}
	c := h.Value[h.Offset]
	name := "byte 0x" + strings.ToUpper(strconv.FormatUint(uint64(c)|0x100, 16)[1:])
	if '!' <= c && c <= '~' {
		name += " (" + string(rune(c)) + ")"
	}
	return name + " at offset " + strconv.Itoa(h.Offset)
}
