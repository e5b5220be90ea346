package safelist

import (
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/headervalue"
)

// A ValueError says which value of a header breaks which rule.
type ValueError struct {
	Header string // the header's name
	Value  string // the value, or the member of a list, that breaks the rule
	Rule   string // what is wrong with it: "not a header name, which is one HTTP token"
}

// Error returns the message in one line. A long value is shortened.
func (e *ValueError) Error() string {
	return "safelist: " + e.Header + ": " + quote(e.Value) + ": " + e.Rule
}

// abnf is the ABNF of a header's value.
type abnf struct {
	header string
	list   bool // #member: a comma-separated list, in which empty members count for nothing
	least  int  // how many members there must be
	member func(string) bool
	rule   string
}

// grammars are the headers whose ABNF is known here.
var grammars = [...]abnf{
	{"Access-Control-Allow-Methods", true, 0, grammar.IsMethod, "not a method, which is one HTTP token"},
	{"Access-Control-Allow-Headers", true, 0, grammar.IsHeaderName, "not a header name, which is one HTTP token"},
	{"Access-Control-Expose-Headers", true, 0, grammar.IsHeaderName, "not a header name, which is one HTTP token"},
	{"Access-Control-Max-Age", false, 1, isDeltaSeconds, "not a number of seconds in decimal digits"},
	{"Content-Encoding", true, 0, grammar.IsToken[string], "not a content coding, which is one HTTP token"},
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
func grammarOf(header string) (*abnf, bool) {
	for i := range grammars {
		if fold.Equal(header, grammars[i].header) {
			return &grammars[i], true
		}
	}
	return nil, false
}

func isDeltaSeconds(s string) bool { return s != "" && grammar.LeadingDigits(s) == len(s) }

func isPolicyToken(s string) bool { return grammar.Within(s, extensionTokens()) }

// ExtractValues parses the values of all headers with the name by the header's grammar, and returns them
// in order, spelled as they were. present tells whether the list has such a header.
//
// These headers have a grammar here:
//
//   - Access-Control-Allow-Methods, Access-Control-Allow-Headers, Access-Control-Expose-Headers,
//     Content-Encoding and Referrer-Policy are comma-separated lists. Empty members are skipped, so that
//     values can be empty although the header is present.
//   - Access-Control-Max-Age and Location have a single value. A second header is an error. The value of
//     Location is not checked, since the URL parser does that.
//
// The error is a [*ValueError]. It means what the Standard calls failure: the header counts for nothing.
// Asking for any other header is a mistake of the caller and always an error.
//
// https://fetch.spec.whatwg.org/#extract-header-list-values
func (l HeaderList) ExtractValues(name string) (values []string, present bool, err error) {
	g, known := grammarOf(name)
	if !known {
		return nil, l.Contains(name), &ValueError{name, "", "the grammar of this header is not known"}
	}
	for _, h := range l {
		if !fold.Equal(h.Name, name) {
			continue
		}
		if present && !g.list { // 2. A header that takes one value came twice: failure.
			return nil, true, &ValueError{h.Name, h.Value, "a second header of this name, where only one is allowed"}
		}
		present = true
		if values, err = g.extract(values, h); err != nil {
			return nil, true, err // 4.2. A value that does not parse: failure.
		}
	}
	return values, present, nil
}

// extract appends the values of h to values.
//
// https://fetch.spec.whatwg.org/#extract-header-values
func (g *abnf) extract(values []string, h Header) ([]string, error) {
	if !g.list {
		if !g.member(h.Value) {
			return nil, &ValueError{h.Name, h.Value, g.rule}
		}
		return append(values, h.Value), nil
	}
	before := len(values)
	for member := range headervalue.Plain(h.Value) {
		switch {
		case member == "":
		case g.member(member):
			values = append(values, member)
		default:
			return nil, &ValueError{h.Name, member, g.rule}
		}
	}
	if len(values)-before < g.least {
		return nil, &ValueError{h.Name, h.Value, "a list without members"}
	}
	return values, nil
}

// extensionTokenBytes are those of the Referrer Policy Standard's extension-token.
const extensionTokenBytes = grammar.Uppers | grammar.Lowers | 1<<'-'

func extensionTokens() grammar.ByteSet {
	return grammar.NewByteSet(extensionTokenBytes&low, extensionTokenBytes>>64)
}
