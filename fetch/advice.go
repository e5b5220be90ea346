package fetch

import (
	"strings"

	"github.com/browsercors/browsercors/internal/cause"
	"github.com/browsercors/browsercors/internal/product"
	"github.com/browsercors/browsercors/internal/text"
)

// An Advice is a change to the configuration of the product that most likely has
// to be changed, such as nginx or Amazon S3. Unless the user has named the
// product, it is a guess. docs/products.md lists the products.
type Advice struct {
	Product string `json:"product"`
	Clue    string `json:"clue,omitempty"`    // what the guess rests on, such as “Server: nginx”; "" if the user named the product
	Text    string `json:"text"`              // sentences
	Snippet string `json:"snippet,omitempty"` // lines of configuration, with what this request needs; "" if the text says it all
	Manual  string `json:"manual,omitempty"`  // the URL of the product's own documentation
}

// Heading says which product the advice is about and what that rests on, such as
// “In nginx (a guess, from “Server: nginx”)”.
func (a *Advice) Heading() string {
	if a.Clue == "" {
		return "In " + a.Product + ", which you named"
	}
	return "In " + a.Product + " (a guess, from " + a.Clue + ")"
}

// String returns the advice as lines of plain text, which are safe to print on a
// terminal. The lines of the snippet are indented and not wrapped.
func (a *Advice) String() string {
	var b strings.Builder
	b.WriteString(a.Heading() + ":\n")
	text.Wrap(&b, "  ", a.Text)
	for line := range strings.Lines(a.Snippet) {
		b.WriteString("    " + strings.TrimSuffix(line, "\n") + "\n")
	}
	if a.Manual != "" {
		b.WriteString("  " + a.Manual + "\n")
	}
	return b.String()
}

// topics are what products can be asked about a refusal, where no cause is known
// behind the rule.
var topics = map[Reason]product.Topic{
	MissingAllowOrigin: product.Origins, MultipleAllowOriginValues: product.Origins, InvalidAllowOriginValue: product.Origins, AllowOriginMismatch: product.Origins,
	WildcardOriginNotAllowed: product.Credentials, InvalidAllowCredentials: product.Credentials,
	PreflightInvalidStatus: product.Preflight,
	InvalidAllowMethods:    product.Methods, MethodDisallowed: product.Methods,
	InvalidAllowHeaders: product.Headers, HeaderDisallowed: product.Headers, AuthorizationNotListed: product.Headers,
}

// advice is what to change in the product that answered; nil if none is known. by
// has to make the change that the explanation names.
func (e *Error) advice(v *cause.Evidence, because cause.Cause, found bool, by string, named string) *Advice {
	topic, ok := product.Topic(""), false
	if found {
		topic, ok = product.OfCause(because.ID)
	}
	if !ok {
		if topic = topics[e.Reason]; by != partyServer || topic == product.Origins && e.originNull() { // which nobody should allow
			return nil
		}
		if topic == product.Origins && e.onPreflight() {
			topic = product.Rules
		}
	}
	c := &product.Case{Evidence: v, Topic: topic, Cause: because, Values: e.values()}
	if p, ok := product.ByName(named); ok {
		c.Named = p
	}
	guess, ok := product.Advise(c)
	if !ok {
		return nil
	}
	a := Advice(guess)
	return &a
}

// values are what this request puts into the configuration of a product.
func (e *Error) values() product.Values {
	v := product.Values{
		Origin: e.Request.Origin, Credentialed: e.credentialed(), Method: e.method(), URL: e.Request.URL,
		Preflighted: e.onPreflight() || e.Preflight != nil || e.preflightNames != nil,
	}
	answer, names := e.Preflight, e.preflightNames
	if e.onPreflight() {
		answer, names = e.Response, e.unsafeNames()
	}
	var listed HeaderList
	if answer != nil {
		listed = answer.Headers
	}
	v.Allow(listed, names)
	return v
}
