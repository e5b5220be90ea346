package product_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/internal/cause"
	. "github.com/browsercors/browsercors/internal/product"
	"github.com/browsercors/browsercors/safelist"
)

const page = "https://app.acme.test"

// evidence is what is known of a sample.
func (s *sample) evidence() *cause.Evidence {
	head, body, _ := strings.Cut(s.answer, "\n\n")
	lines := strings.Split(head, "\n")
	status, err := strconv.Atoi(lines[0])
	if err != nil {
		panic(err)
	}
	a := &cause.Answer{Status: status, Body: body}
	for _, line := range lines[1:] {
		name, value, found := strings.Cut(line, ": ")
		if !found {
			panic(s.product + ", " + s.name + ": " + line)
		}
		a.Headers = append(a.Headers, safelist.Header{Name: name, Value: value})
	}
	e := &cause.Evidence{Page: page, Origin: page, Method: "PUT", URL: s.url, Script: true, OnPreflight: s.preflight, Answer: a, Header: "Access-Control-Allow-Origin", Names: []string{"content-type", "x-token"}}
	if e.URL == "" {
		e.URL = "https://api.example/things"
	}
	e.First = e.URL
	if s.first != "" {
		e.First, e.Hops = s.first, 1
	}
	if s.mcp {
		e.Names = []string{"content-type", "mcp-protocol-version"}
	}
	e.Value, _ = a.Headers.Get(e.Header)
	e.Missing = !a.Headers.Contains(e.Header)
	return e
}

// values are those of a request with everything.
func values() Values {
	return Values{Origin: page, Credentialed: true, Preflighted: true, Method: "PUT", Methods: []string{"GET", "PUT"}, Headers: []string{"content-type", "x-token"}, Exposed: []string{"X-Total"}, URL: "https://api.example/things"}
}

// TestSamples holds that each product is the one that is named for the answers
// that it gives, and that no other product shows in them as surely.
func TestSamples(t *testing.T) {
	for _, s := range samples {
		t.Run(s.product+"/"+s.name, func(t *testing.T) {
			if !slices.Contains(Topics(), s.topic) {
				t.Fatalf("there is no topic %q", s.topic)
			}
			c := &Case{Evidence: s.evidence(), Topic: s.topic, Values: values()}
			c.Cause, _ = cause.Of(c.Evidence)
			guess, ok := Advise(c)
			if !ok || guess.Product != s.product {
				t.Fatalf("the guess is %+v (%v), want %s", guess, ok, s.product)
			}
			if guess.Clue == "" || guess.Text == "" || guess.Manual == "" {
				t.Errorf("the guess lacks something: %+v", guess)
			}
			for _, other := range Surely(c) {
				if other != s.product && !slices.Contains(s.beside, other) {
					t.Errorf("%s shows, too", other)
				}
			}
		})
	}
	for _, p := range All() {
		if len(p.Signs) > 0 && !slices.ContainsFunc(samples, func(s sample) bool { return s.product == p.Name }) {
			t.Errorf("there is no sample of %s", p.Name)
		}
	}
}

// TestEverySignShows holds that each sign is seen in a sample.
func TestEverySignShows(t *testing.T) {
	for _, p := range All() {
		for i := range p.Signs {
			shown := slices.ContainsFunc(samples, func(s sample) bool { return s.product == p.Name && p.Signs[i].Shows(s.evidence()) })
			if !shown {
				t.Errorf("%s: sign %d (%+v) shows in no sample", p.Name, i, p.Signs[i])
			}
		}
	}
}

// TestAdvice holds what is true of all texts.
func TestAdvice(t *testing.T) {
	names := make(map[string]string)
	for _, p := range All() {
		t.Run(p.Name, func(t *testing.T) {
			for _, name := range p.Names {
				if name != strings.ToLower(name) || strings.Contains(name, " ") {
					t.Errorf("the name %q can't be typed", name)
				}
				if of := names[name]; of != "" {
					t.Errorf("%s is a name of %s, too", name, of)
				}
				names[name] = p.Name
				if got, ok := ByName(strings.ToUpper(name)); !ok || got != p {
					t.Errorf("ByName(%q) is %v", name, got)
				}
			}
			type subject struct {
				Topic
				status int
			}
			told := make(map[subject]bool)
			for _, a := range p.Advice {
				for _, topic := range a.Topics {
					if told[subject{topic, a.Status}] {
						t.Errorf("there are two texts on %s", topic)
					}
					told[subject{topic, a.Status}] = true
					check(t, p, topic, a.Status)
				}
			}
			if len(told) == 0 || !strings.HasPrefix(p.Manual, "https://") {
				t.Error("there is nothing to tell, or no manual")
			}
		})
	}
}

// check looks at what a product says on a topic, for requests of several kinds.
func check(t *testing.T, p *Product, topic Topic, status int) {
	t.Helper()
	simple := Values{Origin: page, Method: "GET", Methods: []string{"GET"}, URL: "https://api.example/things"}
	for _, v := range []Values{values(), simple} {
		guess, ok := Advise(&Case{Evidence: &cause.Evidence{Answer: &cause.Answer{Status: status}}, Topic: topic, Named: p, Values: v})
		if !ok {
			t.Fatalf("%s: no advice", topic)
		}
		for _, text := range []string{guess.Text, guess.Snippet} {
			if strings.ContainsAny(text, "«»\t\r") || strings.Contains(text, "app.example") || strings.Contains(text, "  \n") {
				t.Errorf("%s: %q", topic, text)
			}
		}
		if !strings.HasSuffix(guess.Text, ".") || strings.ContainsAny(guess.Text, "\n") || !strings.HasPrefix(guess.Manual, "https://") {
			t.Errorf("%s: %+v", topic, guess)
		}
		for line := range strings.Lines(guess.Snippet) {
			if strings.TrimRight(line, " \n") != strings.TrimSuffix(line, "\n") {
				t.Errorf("%s: blanks at the end of %q", topic, line)
			}
		}
	}
}

// TestTopics holds that every topic has a product with something to say, and that
// every cause with a topic exists.
func TestTopics(t *testing.T) {
	for _, topic := range Topics() {
		if !slices.ContainsFunc(All(), func(p *Product) bool {
			return slices.ContainsFunc(p.Advice, func(a Advice) bool { return slices.Contains(a.Topics, topic) })
		}) {
			t.Errorf("no product has advice on %s", topic)
		}
	}
}

// byRule are the causes that leave the topic to the rule: a value is wrong.
var byRule = []string{
	"placeholder", "empty", "quoted", "pattern", "invisible", "separator", "list", "no-scheme", "spelling",
	"other-scheme", "other-port", "other-host", "development-origin", "unit",
}

// TestCauses holds that each cause has its topic, or none on purpose.
func TestCauses(t *testing.T) {
	docs, err := os.ReadFile(filepath.Join("..", "..", "docs", "causes.md"))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(docs)) {
		rest, ok := strings.CutPrefix(line, "| `")
		if !ok {
			continue
		}
		id, _, _ := strings.Cut(rest, "`")
		n++
		if _, known := OfCause(id); known == slices.Contains(byRule, id) {
			t.Errorf("%s: has a topic: %v", id, known)
		}
	}
	if n < 40 {
		t.Errorf("docs/causes.md lists %d causes", n)
	}
}

// TestUnusualValues holds that what could mean something else in a configuration
// is not put there.
func TestUnusualValues(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*Values)
		want   string // in the snippet; "" is none
		never  string
	}{
		{"a plain one", func(*Values) {}, `"content-type, x-token"`, "evil"},
		{"an origin with a quotation mark", func(v *Values) { v.Origin = `https://a";evil` }, "", "evil"},
		{"the origin null", func(v *Values) { v.Origin = "null" }, "", "null"},
		{"a long origin", func(v *Values) { v.Origin = "https://" + strings.Repeat("a.", 200) + "example" }, "", "a.a"},
		{"a header name with a variable", func(v *Values) { v.Headers = append(v.Headers, "x-$evil") }, `"content-type, x-token"`, "evil"},
		{"a method with a quotation mark", func(v *Values) { v.Methods = append(v.Methods, "EVIL'") }, `"GET, PUT"`, "EVIL"},
		{"no header names", func(v *Values) { v.Headers = nil }, `"GET, PUT"`, "Allow-Headers"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := values()
			tt.change(&v)
			p, _ := ByName("nginx")
			guess, _ := Advise(&Case{Evidence: new(cause.Evidence), Topic: Rules, Named: p, Values: v})
			if tt.want == "" && guess.Snippet != "" || !strings.Contains(guess.Snippet, tt.want) || strings.Contains(guess.Snippet, tt.never) || guess.Text == "" {
				t.Errorf("the snippet is\n%s\nwant %q in it, and not %q", guess.Snippet, tt.want, tt.never)
			}
		})
	}
}

func TestByName(t *testing.T) {
	for name, want := range map[string]string{"nginx": "nginx", "S3": "Amazon S3", " Spring-Boot ": "Spring", "nginz": "", "": ""} {
		got := ""
		if p, ok := ByName(name); ok {
			got = p.Name
		}
		if got != want {
			t.Errorf("ByName(%q) is %q, want %q", name, got, want)
		}
	}
	if meant, ok := Closest("ngnix"); !ok || meant != "nginx" {
		t.Errorf("ngnix is like %q", meant)
	}
}

func TestHostileAnswers(t *testing.T) {
	long := strings.Repeat("<hr><center>", 1<<16)
	a := &cause.Answer{Status: 403, Body: long}
	for range 1000 {
		a.Headers = append(a.Headers, safelist.Header{Name: "Server", Value: "x\x00\xff" + long[:1000]})
	}
	e := &cause.Evidence{Answer: a, URL: "::", OnPreflight: true}
	for _, topic := range Topics() {
		if guess, ok := Advise(&Case{Evidence: e, Topic: topic, Values: Values{Headers: make([]string, 1<<16)}}); ok {
			t.Errorf("%s: %+v", topic, guess)
		}
	}
	if _, ok := Advise(&Case{Topic: Rules}); ok {
		t.Error("a guess without evidence")
	}
}

// TestMediators holds that what package cause recognises as a product that made
// an answer has its advice here, under the same name.
func TestMediators(t *testing.T) {
	for name, header := range map[string]string{"Cloudflare": "cf-mitigated: challenge", "AWS WAF": "x-amzn-waf-action: captcha", "Vercel": "x-vercel-mitigated: challenge", "ngrok": "ngrok-error-code: ERR_NGROK_6024", "localtunnel": "x-localtunnel-status: x", "GitHub Codespaces or a dev tunnel": "x-tunnel-error: x"} {
		s := sample{product: name, topic: Challenge, answer: "403\nContent-Type: text/html\n" + header}
		c := &Case{Evidence: s.evidence(), Topic: Challenge, Values: values()}
		c.Cause, _ = cause.Of(c.Evidence)
		guess, ok := Advise(c)
		if c.Cause.Product != name || !ok || guess.Product != name {
			t.Errorf("%s: the cause names %q, and the guess is %q", header, c.Cause.Product, guess.Product)
		}
	}
}
