// Package product knows the products that answer for servers: web servers,
// proxies, frameworks, storage and gateways. It guesses from a response which
// product made it, and tells how to change that product's own configuration so
// that the request is let through. What it says is a guess, and it says what the
// guess rests on.
//
// Each product stands in a file of its own. Every function is safe for concurrent
// use and takes time linear in the response that it looks at.
package product

import (
	"fmt"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/internal/cause"
	"github.com/browsercors/browsercors/internal/text"
)

// A Product is a program or a service that answers requests.
type Product struct {
	Name   string   // as its makers write it
	Names  []string // by which a user can name it, in lower case; the first is the one that is listed
	Role   Role
	Manual string // the address of its own documentation of CORS
	Signs  []Sign // one is enough; the strongest counts; without any it has to be named
	Advice []Advice
}

// A Role is where a product stands on the way from the page to the application.
type Role int

const (
	Application Role = iota // a framework, or a package in it, that makes the answers
	Service                 // a service that makes the answers itself, such as storage
	Guard                   // it asks for a login before anything else answers
	Proxy                   // it passes on what others answer, and makes the errors of the way there
)

// An Advice is what to change in a product.
type Advice struct {
	Topics  []Topic // what it is about
	Status  int     // of the answer; 0 is any
	Text    string  // sentences, the same for every request
	Snippet string  // of the product's configuration; "" if the text says it all. It is a template: see fill
	Manual  string  // the address of the documentation of this; "" is the product's
}

// A Case is a refused request, and what its explanation is about.
type Case struct {
	Evidence *cause.Evidence
	Topic    Topic
	Named    *Product    // by the user; nil has it recognised
	Cause    cause.Cause // the cause behind the refusal, if one is known
	Values
}

// A Guess is a product with what to change in it.
type Guess struct {
	Product string // its name
	Clue    string // what the guess rests on; "" if the user named the product
	Text    string // sentences
	Snippet string // of its configuration, in lines; "" is none
	Manual  string // the address of its documentation
}

// all are the products. Where two show equally in an answer, the first counts.
var all = []*Product{
	// What an application is made of.
	&spring, &django, &fastAPI, &flask, &express, &nestJS, &fastify, &aspNet, &rails, &laravel, &rsCORS, &chiCORS, &ginCORS, &gorilla, &mcp,
	// Services.
	&s3, &r2, &gcs, &azureBlob, &lambdaURL, &appService, &cloudflareWorkers, &cloudRun, &supabase, &vercel, &netlify, &keycloak,
	// What asks for a login.
	&cloudflareAccess, &iap, &oauth2Proxy, &authelia, &authentik, &awsWAF, &devTunnels,
	// What stands before them.
	&ingressNginx, &nginx, &apache, &caddy, &traefik, &envoy, &kong, &haproxy, &iis, &apiGateway, &apim, &alb, &cloudFront, &cloudflare, &akamai, &heroku, &ngrok, &localtunnel,
}

// All returns the products, in the order in which they are asked.
func All() []*Product { return slices.Clone(all) }

// Names are the names of all products by which a user can name them, sorted.
func Names() []string {
	names := make([]string, len(all))
	for i, p := range all {
		names[i] = p.Names[0]
	}
	slices.Sort(names)
	return names
}

// ByName is the product of a name, in any case, or of another name that it is
// known by; false if there is none.
func ByName(name string) (*Product, bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	for _, p := range all {
		if name == strings.ToLower(p.Name) || slices.Contains(p.Names, name) {
			return p, true
		}
	}
	return nil, false
}

// Check tells what is wrong with a name for a product: there is none of it. "" is
// no name, and right.
func Check(name string) error {
	if _, ok := ByName(name); ok || name == "" {
		return nil
	}
	if meant, ok := Closest(name); ok {
		return fmt.Errorf("unknown product %.40q; did you mean %q?", name, meant)
	}
	return fmt.Errorf("unknown product %.40q, want one of %s", name, strings.Join(Names(), ", "))
}

// Closest is the name that a misspelt one was most likely meant to be; false if
// there is none like it.
func Closest(name string) (string, bool) {
	var names []string
	for _, p := range all {
		names = append(names, p.Names...)
	}
	return text.Closest(strings.ToLower(name), names)
}

// A candidate is a product that shows in an answer.
type candidate struct {
	product *Product
	sign    *Sign
	clue    string
	advice  *Advice
}

// Advise guesses which product has to be changed, and tells how; false if none is
// recognised that has anything to say on the topic.
func Advise(c *Case) (Guess, bool) {
	if c.Topic == "" || c.Evidence == nil && c.Named == nil {
		return Guess{}, false
	}
	if c.Named != nil {
		a := c.Named.on(c.Topic, c.Evidence)
		if a == nil {
			return Guess{}, false
		}
		return c.guess(&candidate{product: c.Named, advice: a}, nil), true
	}
	seen := c.candidates()
	best := -1
	for i := range seen {
		topic := c.Topic
		if seen[i].sign.Topic != "" {
			topic = seen[i].sign.Topic
		}
		if seen[i].advice = seen[i].product.on(topic, c.Evidence); seen[i].advice == nil {
			continue
		}
		if best < 0 || seen[i].before(&seen[best], c.Topic) {
			best = i
		}
	}
	if best < 0 {
		return Guess{}, false
	}
	return c.guess(&seen[best], seen), true
}

// candidates are the products that show. One that a cause names made the answer.
func (c *Case) candidates() (seen []candidate) {
	l := look(c.Evidence)
	for _, p := range all {
		k := candidate{product: p}
		for i := range p.Signs {
			s := &p.Signs[i]
			if k.sign != nil && k.sign.Strength >= s.Strength {
				continue
			}
			if clue, ok := s.shows(l); ok {
				k.sign, k.clue = s, clue
			}
		}
		if c.Cause.Product == p.Name {
			if k.sign, k.clue = &byCause, c.Cause.Sign; strings.Contains(k.clue, ": ") {
				k.clue = "“" + k.clue + "”"
			}
		}
		if k.sign != nil {
			seen = append(seen, k)
		}
	}
	return seen
}

// byCause is the sign of a product that a cause has recognised.
var byCause = Sign{Strength: Sure}

// before tells whether a product is more likely than another to have to be
// changed. Between equals it is the one closest to the application, except where
// the way there is the matter.
func (k *candidate) before(than *candidate, t Topic) bool {
	if t.onTheWay() && (k.product.Role == Proxy) != (than.product.Role == Proxy) && min(k.sign.Strength, than.sign.Strength) < Sure {
		return k.product.Role == Proxy
	}
	if k.sign.Strength != than.sign.Strength {
		return k.sign.Strength > than.sign.Strength
	}
	return k.product.Role < than.product.Role
}

// guess tells what to change in a product that was chosen.
func (c *Case) guess(k *candidate, seen []candidate) Guess {
	g := Guess{Product: k.product.Name, Clue: k.clue, Manual: k.advice.Manual}
	if g.Manual == "" {
		g.Manual = k.product.Manual
	}
	g.Text = k.advice.Text
	g.Snippet = fill(k.advice.Snippet, &c.Values)
	if k.sign == nil {
		return g
	}
	if c.Topic == Doubled {
		var beside []string
		for i := range seen {
			if other := &seen[i]; other.product != k.product {
				beside = append(beside, other.product.Name+" ("+other.clue+")")
			}
		}
		if beside != nil {
			g.Text += " In this answer " + text.List(beside) + " shows as well, which may be what else adds the header."
		}
	} else if k.product.Role == Proxy && k.sign.Strength == Weak && !c.Topic.onTheWay() {
		g.Text += " If an application behind " + k.product.Name + " makes the CORS headers, change them there instead."
	}
	return g
}

// on is a product's advice on a topic, for the answer that there is evidence of,
// if there is any; nil if it has none.
func (p *Product) on(t Topic, e *cause.Evidence) *Advice {
	status := 0
	if e != nil && e.Answer != nil {
		status = e.Answer.Status
	}
	for ; t != ""; t = broader[t] {
		for i := range p.Advice {
			a := &p.Advice[i]
			if slices.Contains(a.Topics, t) && (a.Status == 0 || a.Status == status) {
				return a
			}
		}
	}
	return nil
}
