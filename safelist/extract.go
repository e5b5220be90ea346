package safelist

// ValueError says which value broke which rule. It is the "failure" of the Standard's algorithms.
type ValueError struct {
	Header string // the header's name; "" when the value was given without one
	Value  string // the offending value, or the offending member of it
	Rule   string // the rule that it breaks, as the end of a sentence
}

// Error names the header, the value, shortened when it is long, and the rule.
func (e *ValueError) Error() string { return "safelist: " + e.Detail() }

// Detail returns the text of the error without the package's name, to stand in a sentence.
func (e *ValueError) Detail() string {
	if e.Header == "" {
		return quote(e.Value) + ": " + e.Rule
	}
	return e.Header + ": " + quote(e.Value) + ": " + e.Rule
}

// grammar is the ABNF of a header's value.
type grammar struct {
	header string
	list   bool // #member: a comma-separated list, in which empty members count for nothing
	least  int  // how many members there must be
	member func(string) bool
	rule   string
}

// grammars are the headers whose ABNF is known here.
var grammars = [...]grammar{
	{"Access-Control-Allow-Methods", true, 0, IsMethod, "not a method, which is one HTTP token"},
	{"Access-Control-Allow-Headers", true, 0, IsHeaderName, "not a header name, which is one HTTP token"},
	{"Access-Control-Expose-Headers", true, 0, IsHeaderName, "not a header name, which is one HTTP token"},
	{"Access-Control-Max-Age", false, 1, isDeltaSeconds, "not a number of seconds in digits alone"},
	{"Content-Encoding", true, 0, IsToken, "not a content coding, which is one HTTP token"},
	{"Referrer-Policy", true, 1, isPolicyToken, "not a referrer policy, which is made of letters and hyphens"},
	{"Location", false, 1, func(string) bool { return true }, ""},
}

// The grammars of the headers whose values Fetch and Referrer Policy extract:
//
//	Access-Control-Allow-Methods  = #method
//	Access-Control-Allow-Headers  = #field-name
//	Access-Control-Expose-Headers = #field-name
//	Access-Control-Max-Age        = delta-seconds              ; 1*DIGIT
//	Content-Encoding              = #content-coding            ; token
//	Referrer-Policy               = 1#( policy-token / extension-token )
//	Location                      = URI-reference              ; left to the URL parser
//
// https://fetch.spec.whatwg.org/#http-new-header-syntax
func grammarOf(header string) (*grammar, bool) {
	for i := range grammars {
		if EqualFold(header, grammars[i].header) {
			return &grammars[i], true
		}
	}
	return nil, false
}

func isDeltaSeconds(s string) bool { return s != "" && leadingDigits(s) == len(s) }

func isPolicyToken(s string) bool { return within(s, extensionTokens()) }

// ExtractValues extracts the values of the headers with the name, each by its grammar. They stand in order, as they
// are spelled; present is false when l has no such header. A list may have no members, so that present can come with
// no values.
//
// Access-Control-Allow-Methods, -Allow-Headers and -Expose-Headers, Content-Encoding and Referrer-Policy are lists;
// Access-Control-Max-Age and Location are single values, and two such headers are an error. The value of Location is
// returned unchecked, for the URL parser judges it.
//
// The error is a *[ValueError], and present tells whether l has the header. It is the Standard's "failure", with one
// exception: asking for a header whose grammar is not among those is a mistake in the caller, and always an error.
//
// https://fetch.spec.whatwg.org/#extract-header-list-values
func (l HeaderList) ExtractValues(name string) (values []string, present bool, err error) {
	g, known := grammarOf(name)
	if !known {
		return nil, l.Contains(name), &ValueError{name, "", "a header whose grammar is not known here"}
	}
	for _, h := range l {
		if !EqualFold(h.Name, name) {
			continue
		}
		if present && !g.list { // 2.
			return nil, true, &ValueError{h.Name, h.Value, "a second header where one is allowed"}
		}
		present = true
		if values, err = g.extract(values, h); err != nil {
			return nil, true, err // 4.2.
		}
	}
	return values, present, nil
}

// extract appends the values of h to values.
//
// https://fetch.spec.whatwg.org/#extract-header-values
func (g *grammar) extract(values []string, h Header) ([]string, error) {
	if !g.list {
		if !g.member(h.Value) {
			return nil, &ValueError{h.Name, h.Value, g.rule}
		}
		return append(values, h.Value), nil
	}
	before := len(values)
	for member := range splitPlain(h.Value) {
		switch {
		case member == "":
		case g.member(member):
			values = append(values, member)
		default:
			return nil, &ValueError{h.Name, member, g.rule}
		}
	}
	if len(values)-before < g.least {
		return nil, &ValueError{h.Name, h.Value, "a list without a member"}
	}
	return values, nil
}

// ExtractLength returns the length that the Content-Length headers of l give: ok is false when there is none or it is
// not a number, and the error is a *[ValueError] when they disagree. A length beyond the range of uint64 comes
// back as the largest uint64.
//
// https://fetch.spec.whatwg.org/#content-length-header
func (l HeaderList) ExtractLength() (n uint64, ok bool, err error) {
	value, present := l.Get("Content-Length") // 1.
	if !present {
		return 0, false, nil // 2.
	}
	var candidate string
	first := true
	for v := range splitQuoted(value) { // 4.
		if !first && v != candidate {
			return 0, false, &ValueError{"Content-Length", value, "lengths that differ"}
		}
		candidate, first = v, false
	}
	if !isDeltaSeconds(candidate) {
		return 0, false, nil // 5.
	}
	n, _ = decimal(candidate)
	return n, true, nil // 6.
}

// ExtractMIMEType returns the MIME type that the Content-Type headers of l give: the last that parses and is not
// "*/*", with the charset of an earlier one of the same essence when it has none itself. It is false when there is none.
//
// https://fetch.spec.whatwg.org/#concept-header-extract-mime-type
func (l HeaderList) ExtractMIMEType() (*MIMEType, bool) {
	var charset, essence string
	var hasCharset bool
	var mimeType *MIMEType
	value, present := l.Get("Content-Type") // 4.
	if !present {
		return nil, false // 5.
	}
	for v := range splitQuoted(value) { // 6.
		temporary, err := ParseMIMEType(v)
		if err != nil || temporary.Type == "*" && temporary.Subtype == "*" {
			continue // 6.2.
		}
		mimeType = temporary
		if e := mimeType.Essence(); e != essence { // 6.4.
			charset, hasCharset = mimeType.Parameter("charset")
			essence = e
		} else if _, ok := mimeType.Parameter("charset"); !ok && hasCharset { // 6.5.
			mimeType.Parameters = append(mimeType.Parameters, Parameter{"charset", charset})
		}
	}
	return mimeType, mimeType != nil
}
