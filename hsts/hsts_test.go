package hsts_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/hsts"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

func parse(t *testing.T, url string) *origin.URL {
	t.Helper()
	u, err := origin.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// https://www.rfc-editor.org/rfc/rfc6797#section-6.1
func TestParse(t *testing.T) {
	tests := []struct {
		name, value string
		want        string // "" is an error
	}{
		{"plain", "max-age=600", "10m0s"},
		{"quoted", `max-age="600"`, "10m0s"},
		{"quoted with an escape", `max-age="6\00"`, "10m0s"},
		{"any case", "MAX-AGE=600; INCLUDESUBDOMAINS", "10m0s and below"},
		{"any order", "includeSubDomains;max-age=600", "10m0s and below"},
		{"blanks", " \tmax-age\t= 600 ; includeSubDomains ", "10m0s and below"},
		{"empty directives", ";; max-age=600 ;;", "10m0s"},
		{"unknown directives", `x; preload; y=1; z="a;b\"c"; max-age=600`, "10m0s"},
		{"unknown directive twice", "x; x; max-age=600", "10m0s"},
		{"zero", "max-age=0", "0s"},
		{"leading zeros", "max-age=000600", "10m0s"},
		{"longer than a number can be", "max-age=99999999999999999999999999999999", "876000h0m0s"},
		{"empty", "", ""},
		{"no max-age", "includeSubDomains", ""},
		{"max-age without a value", "max-age", ""},
		{"max-age with an empty value", "max-age=", ""},
		{"max-age with an empty quoted value", `max-age=""`, ""},
		{"not a number", "max-age=x", ""},
		{"negative", "max-age=-1", ""},
		{"signed", "max-age=+1", ""},
		{"fraction", "max-age=1.5", ""},
		{"unit", "max-age=600s", ""},
		{"max-age twice", "max-age=600, max-age=600", ""},
		{"max-age twice, well separated", "max-age=600; max-age=600", ""},
		{"includeSubDomains twice", "max-age=600; includeSubDomains; includeSubDomains", ""},
		{"includeSubDomains with a value", "max-age=600; includeSubDomains=1", ""},
		{"comma", "max-age=600, includeSubDomains", ""},
		{"not a token", "max-age=600; x y", ""},
		{"value without a name", "=1; max-age=600", ""},
		{"quoted name", `"max-age"=600`, ""},
		{"open quote", `max-age="600`, ""},
		{"escaped closing quote", `max-age=600; x="a\"`, ""},
		{"text behind a quoted value", `max-age="600"0`, ""},
		{"empty value of an unknown directive", "max-age=600; x=", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := hsts.Parse(tt.value)
			got := p.MaxAge.String()
			if p.IncludeSubDomains {
				got += " and below"
			}
			if err != nil {
				got = ""
				if p != (hsts.Policy{}) || !strings.HasPrefix(err.Error(), "hsts: ") {
					t.Errorf("%v, %v", p, err)
				}
			}
			if got != tt.want {
				t.Errorf("%q is %q, %v; want %q", tt.value, got, err, tt.want)
			}
		})
	}
}

// preloaded is a preload list: "+" in front of a host covers what is below it.
type preloaded []string

func (p preloaded) Preloaded(host string) (wide, ok bool) {
	for _, h := range p {
		if rest, below := strings.CutPrefix(h, "+"); rest == host {
			return below, true
		}
	}
	return false, false
}

func TestUpgrades(t *testing.T) {
	const page = "http://app.example/"
	tests := []struct {
		name    string
		options hsts.Options
		notes   []string // URL, header
		url     string
		want    bool
	}{
		{"known host", hsts.Options{}, []string{"https://api.test/ max-age=1"}, "http://api.test/x", true},
		{"port", hsts.Options{}, []string{"https://api.test/ max-age=1"}, "http://api.test:8080/", true},
		{"noted from another port", hsts.Options{}, []string{"https://api.test:8443/ max-age=1"}, "http://api.test/", true},
		{"https: stays", hsts.Options{}, []string{"https://api.test/ max-age=1"}, "https://api.test/", false},
		{"ws: is none: fetch makes http: of it", hsts.Options{}, []string{"https://api.test/ max-age=1"}, "ws://api.test/", false},
		{"another host", hsts.Options{}, []string{"https://api.test/ max-age=1"}, "http://other.test/", false},
		{"below, without includeSubDomains", hsts.Options{}, []string{"https://api.test/ max-age=1"}, "http://a.api.test/", false},
		{"below", hsts.Options{}, []string{"https://api.test/ max-age=1;includeSubDomains"}, "http://a.b.api.test/", true},
		{"above", hsts.Options{}, []string{"https://a.api.test/ max-age=1;includeSubDomains"}, "http://api.test/", false},
		{"not by the end of the name", hsts.Options{}, []string{"https://api.test/ max-age=1;includeSubDomains"}, "http://xapi.test/", false},
		{"trailing dot", hsts.Options{}, []string{"https://api.test/ max-age=1"}, "http://api.test./", true},
		{"noted with a trailing dot", hsts.Options{}, []string{"https://api.test./ max-age=1"}, "http://api.test/", true},
		{"top-level domain", hsts.Options{}, []string{"https://test/ max-age=1;includeSubDomains"}, "http://api.test/", true},
		{"over http:", hsts.Options{}, []string{"http://api.test/ max-age=1"}, "http://api.test/", false},
		{"IPv4 address", hsts.Options{}, []string{"https://192.0.2.1/ max-age=1"}, "http://192.0.2.1/", false},
		{"IPv6 address", hsts.Options{}, []string{"https://[2001:db8::1]/ max-age=1"}, "http://[2001:db8::1]/", false},
		{"localhost", hsts.Options{}, []string{"https://localhost/ max-age=1"}, "http://localhost/", false},
		{"below localhost", hsts.Options{}, []string{"https://a.localhost./ max-age=1"}, "http://a.localhost./", false},
		{"taken back", hsts.Options{}, []string{"https://api.test/ max-age=1;includeSubDomains", "https://api.test/ max-age=0"}, "http://api.test/", false},
		{"malformed header changes nothing", hsts.Options{}, []string{"https://api.test/ max-age=1", "https://api.test/ max-age=0, max-age=0"}, "http://api.test/", true},
		{"subdomains taken back", hsts.Options{}, []string{"https://api.test/ max-age=1;includeSubDomains", "https://api.test/ max-age=1"}, "http://a.api.test/", false},
		{"nearer host without subdomains", hsts.Options{}, []string{"https://test/ max-age=1;includeSubDomains", "https://api.test/ max-age=1"}, "http://a.api.test/", true},
		{"never, by the rules", hsts.Options{Rules: rules.HSTS{Upgrade: rules.HSTSNever}, Preloaded: preloaded{"api.test"}}, []string{"https://api.test/ max-age=1"}, "http://api.test/", false},
		{"first party, by the rules", hsts.Options{Rules: rules.HSTS{FirstPartyOnly: true}}, []string{"https://api.app.example/ max-age=1"}, "http://api.app.example/", true},
		{"third party, by the rules", hsts.Options{Rules: rules.HSTS{FirstPartyOnly: true}}, []string{"https://api.test/ max-age=1"}, "http://api.test/", false},
		{"preloaded", hsts.Options{Preloaded: preloaded{"api.test"}}, nil, "http://api.test./", true},
		{"below preloaded", hsts.Options{Preloaded: preloaded{"api.test"}}, nil, "http://a.api.test/", false},
		{"below preloaded with subdomains", hsts.Options{Preloaded: preloaded{"+api.test"}}, nil, "http://a.b.api.test/", true},
		{"known, and preloaded with subdomains", hsts.Options{Preloaded: preloaded{"+api.test"}}, []string{"https://api.test/ max-age=1"}, "http://a.api.test/", true},
		{"none is kept", hsts.Options{MaxHosts: -1}, []string{"https://api.test/ max-age=1"}, "http://api.test/", false},
		{"no byte is kept", hsts.Options{MaxBytes: -1}, []string{"https://api.test/ max-age=1"}, "http://api.test/", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := hsts.New(&tt.options)
			top := parse(t, page).Origin()
			for _, n := range tt.notes {
				url, header, _ := strings.Cut(n, " ")
				_ = s.Note(parse(t, url), top, header)
			}
			if got := s.Upgrades(parse(t, tt.url), top); got != tt.want {
				t.Errorf("%s: %t", tt.url, got)
			}
		})
	}
}

// Under the rules of Firefox a host is known to the pages of the site that learnt of it.
func TestByTopLevelSite(t *testing.T) {
	s := hsts.New(&hsts.Options{Rules: rules.HSTS{ByTopLevelSite: true, FirstPartyOnly: true}})
	own := parse(t, "https://www.api.test/").Origin()
	if err := s.Note(parse(t, "https://api.test/"), own, "max-age=1"); err != nil {
		t.Fatal(err)
	}
	to := parse(t, "http://api.test/")
	if !s.Upgrades(to, own) || !s.Upgrades(to, parse(t, "http://api.test/").Origin()) {
		t.Error("its own site does not know it")
	}
	if s.Upgrades(to, parse(t, "https://app.example/").Origin()) || s.Upgrades(to, origin.NewOpaque()) || s.Upgrades(to, origin.Origin{}) {
		t.Error("others know it")
	}
	if err := s.Note(parse(t, "https://api.test/"), origin.NewOpaque(), "max-age=1"); err == nil {
		t.Error("an opaque page is no site")
	}
}

// A policy ends with its max-age, or with the limit of the rules.
func TestExpiry(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := hsts.New(&hsts.Options{Rules: rules.HSTS{MaxAge: time.Minute}, Now: func() time.Time { return now }})
	for host, age := range map[string]int{"a": 10, "b": 3600} {
		if err := s.Note(parse(t, "https://"+host+".test/"), origin.Origin{}, fmt.Sprint("max-age=", age)); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, step := range []time.Duration{0, 9 * time.Second, time.Second, 49 * time.Second, time.Second} {
		now = now.Add(step)
		got = append(got, fmt.Sprint(s.Upgrades(parse(t, "http://a.test/"), origin.Origin{}), s.Upgrades(parse(t, "http://b.test/"), origin.Origin{}), len(s.Hosts())))
	}
	want := []string{"true true 2", "true true 2", "false true 1", "false true 1", "false false 0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The store holds no more hosts, and no more of one registrable domain, than it may; a server with
// many names displaces only its own.
func TestLimits(t *testing.T) {
	s := hsts.New(&hsts.Options{MaxHosts: 40})
	note := func(host string) {
		t.Helper()
		if err := s.Note(parse(t, "https://"+host+"/"), origin.Origin{}, "max-age=600"); err != nil {
			t.Fatal(err)
		}
	}
	note("kept.test")
	for i := range 1000 {
		note(fmt.Sprintf("a%d.evil.example", i))
	}
	var names []string
	for _, h := range s.Hosts() {
		names = append(names, h.Host)
	}
	if diff := cmp.Diff([]string{"kept.test", "a998.evil.example", "a999.evil.example"}, names); diff != "" {
		t.Error(diff)
	}
	for i := range 38 {
		note(fmt.Sprintf("b%d.test", i))
	}
	note("kept.test") // noted again, it is the last to go
	for i := range 39 {
		note(fmt.Sprintf("c%d.test", i))
	}
	if all := s.Hosts(); len(all) != 40 || all[0].Host != "kept.test" {
		t.Errorf("%d hosts, first %v", len(all), all[0])
	}
	small := hsts.New(&hsts.Options{MaxBytes: 5000})
	for i := range 100 {
		_ = small.Note(parse(t, fmt.Sprintf("https://d%d.test/", i)), origin.Origin{}, "max-age=600")
	}
	if n := len(small.Hosts()); n < 5 || n > 12 {
		t.Errorf("%d hosts in 5000 bytes", n)
	}
}

func TestClear(t *testing.T) {
	s := hsts.New(nil)
	for _, host := range []string{"a.test", "b.test", "c.test"} {
		_ = s.Note(parse(t, "https://"+host+"/"), origin.Origin{}, "max-age=600")
	}
	s.Clear(func(h hsts.Host) bool { return h.Host == "b.test" })
	if s.Upgrades(parse(t, "http://b.test/"), origin.Origin{}) || !s.Upgrades(parse(t, "http://a.test/"), origin.Origin{}) {
		t.Error("not what was asked for")
	}
	s.Clear(nil)
	if len(s.Hosts()) > 0 {
		t.Errorf("%v", s.Hosts())
	}
}

// A nil Store is empty.
func TestNil(t *testing.T) {
	var s *hsts.Store
	if s.Note(parse(t, "https://a.test/"), origin.Origin{}, "max-age=1") == nil || s.Upgrades(parse(t, "http://a.test/"), origin.Origin{}) || s.Hosts() != nil {
		t.Error("it is not empty")
	}
	s.Clear(nil)
	if _, err := s.Load(strings.NewReader("")); err == nil {
		t.Error("it loaded something")
	}
}

func TestConcurrentUse(t *testing.T) {
	s := hsts.New(&hsts.Options{MaxHosts: 30})
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := range 200 {
				host := fmt.Sprintf("h%d.test", (g*7+i)%50)
				_ = s.Note(parse(t, "https://"+host+"/"), origin.Origin{}, fmt.Sprintf("max-age=%d", i%3))
				s.Upgrades(parse(t, "http://"+host+"/"), origin.Origin{})
				if i%50 == 0 {
					s.Clear(func(h hsts.Host) bool { return h.Host == host })
				}
			}
		})
	}
	all.Wait()
	if n := len(s.Hosts()); n > 30 {
		t.Errorf("%d hosts", n)
	}
}

// Look-ups allocate nothing, also for a long name.
func TestUpgradesAllocations(t *testing.T) {
	s := hsts.New(nil)
	_ = s.Note(parse(t, "https://api.test/"), origin.Origin{}, "max-age=600;includeSubDomains")
	u := parse(t, "http://"+strings.Repeat("a.", 100)+"api.test/")
	if n := testing.AllocsPerRun(100, func() {
		if !s.Upgrades(u, origin.Origin{}) {
			t.Error("not upgraded")
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"max-age=600; includeSubDomains", `x="a\"b"; max-age="1"`, "max-age=", `"`, ";=", `a="\`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		p, err := hsts.Parse(value)
		if p.MaxAge < 0 || err != nil && p != (hsts.Policy{}) {
			t.Errorf("%q: %+v, %v", value, p, err)
		}
		// A directive that is not known changes nothing.
		if q, err2 := hsts.Parse("x;" + value); (err2 == nil) != (err == nil) || q != p {
			t.Errorf("%q: %+v, %v; with a directive before it %+v, %v", value, p, err, q, err2)
		}
	})
}
