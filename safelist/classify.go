package safelist

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/mimetype"
	"github.com/browsercors/browsercors/internal/text"
)

// judgeAt judges the header l[i]. Under JoinRepeated the first header of a safelisted name is judged with the values
// of them all; the others count for nothing. Seen holds the names that came before.
func (r *Rules) judgeAt(l HeaderList, i int, seen *nameSet) (verdict Verdict, offset, size int, counts bool) {
	id, ok := r.lookup(l[i].Name)
	if !ok {
		return unsafeName, 0, 0, true
	}
	if !r.JoinRepeated {
		verdict, offset = judge(r, id, l[i].Value)
		return verdict, offset, len(l[i].Value), true
	}
	if *seen&(1<<id) != 0 {
		return safelisted, 0, 0, false
	}
	*seen |= 1 << id
	var buffer [maxValueLength]byte
	joined := buffer[:0]
	for j := i; j < len(l); j++ {
		if !fold.Equal(l[j].Name, l[i].Name) {
			continue
		}
		if j > i {
			size += len(", ")
		}
		size += len(l[j].Value)
		if size > maxValueLength {
			return valueTooLong, 0, size, true
		}
		if j > i {
			joined = append(joined, ", "...)
		}
		joined = append(joined, l[j].Value...)
	}
	verdict, offset = judge(r, id, joined)
	return verdict, offset, size, true
}

// UnsafeNames returns the CORS-unsafe request-header names: the names of the headers that need a preflight,
// in lower case, sorted, each once. Joined with commas, they are the value of
// Access-Control-Request-Headers.
//
// If there are none, UnsafeNames returns nil and does not allocate.
//
// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
func (r *Rules) UnsafeNames(l HeaderList) []string {
	r = r.orStandard()
	unsafeNames := r.AppendUnsafeNames(nil, l)
	for i, name := range unsafeNames { // 6. In lower case, sorted.
		unsafeNames[i] = fold.Lower(name)
	}
	slices.Sort(unsafeNames)
	if r.RepeatUnsafeNames {
		return unsafeNames
	}
	return slices.Compact(unsafeNames)
}

// AppendUnsafeNames appends to names what [Rules.UnsafeNames] returns, but in the order, spelling and
// repetition of the list. It does not allocate if names has room for them.
//
// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
func (r *Rules) AppendUnsafeNames(names []string, l HeaderList) []string {
	r = r.orStandard()
	var safelistValueSize int // 3. The bytes of values so far.
	var seen nameSet
	for i := range l { // 4. Each header:
		verdict, _, size, counts := r.judgeAt(l, i, &seen)
		switch {
		case !counts:
		case verdict != safelisted:
			names = append(names, l[i].Name) // 4.1. unsafe by itself,
		default:
			safelistValueSize += size // 4.2. or counted,
		}
	}
	if r.isTooMuch(safelistValueSize) { // 5. and too many together are all unsafe.
		seen = 0
		for i := range l {
			if verdict, _, _, counts := r.judgeAt(l, i, &seen); counts && verdict == safelisted {
				names = append(names, l[i].Name)
			}
		}
	}
	return names
}

func (r *Rules) isTooMuch(safelistValueSize int) bool {
	return safelistValueSize > maxTotalLength && !r.IgnoreTotalSize
}

// hasUnsafeNames reports whether a header needs a preflight: whether [Rules.UnsafeNames] would return a
// name. It does not allocate.
//
// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
func (r *Rules) hasUnsafeNames(l HeaderList) bool {
	r = r.orStandard()
	var safelistValueSize int
	var seen nameSet
	for i := range l {
		verdict, _, size, counts := r.judgeAt(l, i, &seen)
		if counts && verdict != safelisted {
			return true
		}
		safelistValueSize += size
	}
	return r.isTooMuch(safelistValueSize)
}

// NeedsPreflight reports whether a cross-origin request in mode "cors" needs a preflight, unless one is
// cached. It needs one if its method is not CORS-safelisted, if one of its headers is not, or if
// usePreflight is true, as it is when script listens to the progress of an upload or streams the body.
//
// Pass the method through [NormalizeMethod] first if it comes from a user. NeedsPreflight does not
// allocate.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch, step 12
func (r *Rules) NeedsPreflight(method string, l HeaderList, usePreflight bool) bool {
	return usePreflight || !IsSafelistedMethod(method) || r.hasUnsafeNames(l)
}

// A Classification says whether a request needs a preflight, and why.
type Classification struct {
	Preflight        bool            // whether the request needs a preflight
	Method           string          // the method, as it was given
	MethodSafelisted bool            // whether the method is GET, HEAD or POST
	UsePreflightFlag bool            // whether a preflight is forced: the parameter usePreflight
	Headers          []HeaderVerdict // the headers, in order
	SafelistedSize   int             // the length in bytes of the values that are safelisted by themselves
}

// A HeaderVerdict says whether a header is CORS-safelisted, and why. Under rules with JoinRepeated set, one
// HeaderVerdict stands for all headers of a name.
type HeaderVerdict struct {
	Name, Value string
	Verdict     Verdict
	Offset      int // the index in Value of the byte at fault, if Verdict is "unsafe-byte" or "not-language-byte"
}

// Classify is like [Rules.NeedsPreflight], which takes the same parameters, but also returns the reasons,
// header by header.
//
// https://fetch.spec.whatwg.org/#concept-main-fetch, step 12
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
		if r.JoinRepeated && verdict != unsafeName {
			h.Value, _ = l[i:].Get(h.Name)
		}
		if verdict == safelisted {
			c.SafelistedSize += size
		}
		c.Headers = append(c.Headers, HeaderVerdict{h.Name, h.Value, verdict, offset})
	}
	tooMuch := r.isTooMuch(c.SafelistedSize)
	c.Preflight = usePreflight || !c.MethodSafelisted
	for i := range c.Headers {
		v := &c.Headers[i].Verdict
		if tooMuch && *v == safelisted {
			*v = totalTooLong
		}
		c.Preflight = c.Preflight || *v != safelisted
	}
	return c
}

// String returns the verdict and the reasons, one a line. If a header needs a preflight because of its name,
// as Authorization does, its value is not shown.
func (c Classification) String() string {
	if !c.Preflight {
		return fmt.Sprintf("simple: %s with CORS-safelisted headers only", c.Method)
	}
	var b strings.Builder
	b.WriteString("needs a preflight:")
	if c.UsePreflightFlag {
		b.WriteString("\n\ta preflight is forced, by an upload listener or a streaming body")
	}
	if !c.MethodSafelisted {
		fmt.Fprintf(&b, "\n\tmethod %s is not GET, HEAD or POST", quote(c.Method))
	}
	for _, h := range c.Headers {
		switch h.Verdict {
		case safelisted:
		case totalTooLong:
			fmt.Fprintf(&b, "\n\theader %s: the CORS-safelisted values have %d bytes in total, more than %d",
				quote(h.Name), c.SafelistedSize, maxTotalLength)
		default:
			fmt.Fprintf(&b, "\n\theader %s: %s", quote(h.Name), h.Detail())
		}
	}
	return b.String()
}

// Detail returns the reason as part of a sentence, such as "a value of 130 bytes, more than 128".
func (h HeaderVerdict) Detail() string {
	switch h.Verdict {
	case safelisted:
		return "CORS-safelisted"
	case unsafeName:
		return "headers of this name are not CORS-safelisted"
	case valueTooLong:
		return fmt.Sprintf("a value of %d bytes, more than %d", len(h.Value), maxValueLength)
	case unsafeByte:
		return fmt.Sprintf("%s is a CORS-unsafe request-header byte", h.byteAt())
	case notLanguageByte:
		return fmt.Sprintf("%s is not a letter, a digit, a space or one of * , - . ; =", h.byteAt())
	case unparsableMIMEType:
		return fmt.Sprintf("%s is not a MIME type", quote(h.Value))
	case mimeTypeNotSafelisted:
		typ, subtype, _, _ := mimetype.ParseEssence(h.Value)
		return fmt.Sprintf("%q is not a MIME type that a form can send: "+
			"application/x-www-form-urlencoded, multipart/form-data or text/plain", fold.Lower(typ+"/"+subtype))
	case rangeNotSafelisted:
		return fmt.Sprintf("%s is not a single range of bytes with a start", quote(h.Value))
	case hintNotSafelisted:
		return fmt.Sprintf("%s is not a valid value of this client hint", quote(h.Value))
	case totalTooLong:
		return fmt.Sprintf("its %d bytes bring the CORS-safelisted values above %d bytes in total", len(h.Value), maxTotalLength)
	}
	return string(h.Verdict)
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

// quote quotes a value for one line of a message.
func quote(s string) string {
	const limit = 80
	return text.GoQuote(s, limit)
}
