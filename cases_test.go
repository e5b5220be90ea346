package browsercors_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/audit/har"
	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/element"
	"github.com/browsercors/browsercors/origin"
)

// A realCase is a situation that somebody was in: what a page asked, what the
// server answered, and what product and cause a developer should hear of. The
// cases stand in testdata/cases, one file for each kind.
type realCase struct {
	Name      string            `json:"name"`
	Situation string            `json:"situation"` // in a sentence or two
	Source    string            `json:"source"`    // where it was reported; several with a comma
	Page      string            `json:"page"`      // the page's origin; "" is https://app.example, "null" a sandboxed page's
	Request   caseRequest       `json:"request"`
	Server    []caseRule        `json:"server"`   // the first that fits answers; the last fits all
	Verdict   map[string]string `json:"verdict"`  // by profile, or "all": "allowed", "tainted" if an element works and the page can't read it, or the reason of a refusal
	Cause     string            `json:"cause"`    // of the refusal, in every profile that refuses; "" is the rule alone
	Compared  string            `json:"compared"` // the cause in an audit and its archive, where more preflights tell more
	Finding   string            `json:"finding"`  // of an audit; "" if it is not looked at
	By        string            `json:"by"`       // who has to change something
	Says      []string          `json:"says"`     // that explanation, finding and archive all say
	Unlike    []string          `json:"unlike"`   // that none of them says
	Advises   []string          `json:"advises"`  // that the explanation says besides, for the product that answered
	Notes     []string          `json:"notes"`    // that the notes of an audit say
	Open      string            `json:"open"`     // why the product is not right about it yet; such a case must fail
}

type caseRequest struct {
	Method      string            `json:"method"`
	URL         string            `json:"url"`
	Headers     map[string]string `json:"headers"`
	Body        string            `json:"body"`
	Credentials credentials.Mode  `json:"credentials"`
	Reads       []string          `json:"reads"` // names of response headers

	// Of an element or another API than fetch().
	Element        string               `json:"element"`
	API            string               `json:"api"`
	Type           string               `json:"type"`
	CrossOrigin    string               `json:"crossorigin"`
	Integrity      string               `json:"integrity"`
	Readable       bool                 `json:"readable"`
	EmbedderPolicy fetch.EmbedderPolicy `json:"embedderPolicy"` // of the page
}

// use is the request as a use of an intent.
func (r *caseRequest) use() audit.Use {
	return audit.Use{
		Method: r.Method, URL: r.URL, Headers: r.Headers, Body: r.Body, Credentials: r.Credentials, Read: r.Reads,
		Element: r.Element, API: r.API, Type: r.Type, CrossOrigin: r.CrossOrigin, Integrity: r.Integrity, Readable: r.Readable, EmbedderPolicy: r.EmbedderPolicy,
	}
}

// element is what takes the response, if it is not fetch() or XMLHttpRequest.
func (r *caseRequest) element() fetch.Element {
	return fetch.Element(element.Named(cmp.Or(r.Element, r.API), r.Type))
}

// A caseRule answers the requests that fit: "{origin}" in a value is the request's
// Origin, "{acrh}" its Access-Control-Request-Headers.
type caseRule struct {
	Method  string            `json:"method"`
	Path    string            `json:"path"` // a prefix if it ends in "*"; "" is any
	Has     map[string]string `json:"has"`  // headers that contain a text
	Lacks   []string          `json:"lacks"`
	Status  int               `json:"status"`
	Headers [][2]string       `json:"headers"`
	Body    string            `json:"body"`
}

func (r *caseRule) fits(in *http.Request) bool {
	if r.Method != "" && r.Method != in.Method {
		return false
	}
	if prefix, ok := strings.CutSuffix(r.Path, "*"); r.Path != "" && !(in.URL.Path == r.Path || ok && strings.HasPrefix(in.URL.Path, prefix)) {
		return false
	}
	for name, value := range r.Has {
		if got := in.Header.Get(name); got == "" || !strings.Contains(got, value) {
			return false
		}
	}
	return !slices.ContainsFunc(r.Lacks, func(name string) bool { return in.Header.Get(name) != "" })
}

// ServeHTTP answers as the case's server did.
func (c *realCase) ServeHTTP(w http.ResponseWriter, in *http.Request) {
	for i := range c.Server {
		r := &c.Server[i]
		if !r.fits(in) {
			continue
		}
		fill := strings.NewReplacer("{origin}", in.Header.Get("Origin"), "{acrh}", in.Header.Get("Access-Control-Request-Headers"))
		for _, h := range r.Headers {
			w.Header()[h[0]] = append(w.Header()[h[0]], fill.Replace(h[1]))
		}
		if w.Header()["Content-Type"] == nil {
			w.Header()["Content-Type"] = nil // none is guessed
		}
		w.WriteHeader(max(r.Status, 0) + map[bool]int{true: 200}[r.Status == 0])
		io.WriteString(w, r.Body)
		return
	}
	http.NotFound(w, in)
}

// RoundTrip lets a page ask the server without a network.
func (c *realCase) RoundTrip(_ context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	in, err := http.NewRequest(r.Method, r.URL.String(), nil)
	if err != nil {
		return nil, err
	}
	for _, h := range r.Headers {
		in.Header.Add(h.Name, h.Value)
	}
	if r.Body != nil {
		r.Body.Close()
	}
	out := &caseWriter{header: make(http.Header)}
	c.ServeHTTP(out, in)
	resp := &fetch.NetworkResponse{Status: out.status, Body: io.NopCloser(&out.body)}
	for _, name := range slices.Sorted(maps.Keys(out.header)) {
		for _, value := range out.header[name] {
			resp.Headers.Append(name, value)
		}
	}
	return resp, nil
}

type caseWriter struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *caseWriter) Header() http.Header         { return w.header }
func (w *caseWriter) WriteHeader(status int)      { w.status = status }
func (w *caseWriter) Write(b []byte) (int, error) { return w.body.Write(b) }

// body is how the body of the answer to a refused request begins.
func (c *realCase) evidence(refusal *fetch.Error) *fetch.Evidence {
	if refusal.Response == nil {
		return nil
	}
	for i := range c.Server {
		r := &c.Server[i]
		if (r.Status == refusal.Response.Status || r.Status == 0 && refusal.Response.Status == 200) && r.Body != "" && (r.Method != "OPTIONS" || refusal.Stage == "preflight") {
			return &fetch.Evidence{Body: []byte(r.Body)}
		}
	}
	return nil
}

func readCases(t *testing.T) map[string][]*realCase {
	t.Helper()
	files, err := filepath.Glob("testdata/cases/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	all := make(map[string][]*realCase)
	names := make(map[string]bool)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var cases []*realCase
		d := json.NewDecoder(bytes.NewReader(raw))
		d.DisallowUnknownFields()
		if err := d.Decode(&cases); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		kind := strings.TrimSuffix(filepath.Base(file), ".json")
		for _, c := range cases {
			if c.Name == "" || c.Situation == "" || len(c.Verdict) == 0 || names[c.Name] {
				t.Errorf("%s: case %q is incomplete, or there twice", file, c.Name)
			}
			names[c.Name] = true
			if c.Page == "" {
				c.Page = "https://app.example"
			}
		}
		all[kind] = cases
	}
	return all
}

// TestCases plays real situations as a page's fetch in every profile, as an audit,
// and as an archive of that audit. All of them name the same cause.
func TestCases(t *testing.T) {
	for kind, cases := range readCases(t) {
		for _, c := range cases {
			t.Run(kind+"/"+c.Name, func(t *testing.T) {
				wrong := c.fetched(t)
				if c.Finding != "" {
					wrong = append(wrong, c.audited(t)...)
				}
				switch {
				case c.Open == "" && len(wrong) > 0:
					t.Errorf("%s\n%s", c.Situation, strings.Join(wrong, "\n"))
				case c.Open != "" && len(wrong) == 0:
					t.Errorf("it is right now; take “open” away: %s", c.Open)
				}
			})
		}
	}
}

// environment is the case's page in a profile. The page "null" is a file.
func (c *realCase) environment(p *fetch.Profile) (*fetch.Environment, error) {
	o := &fetch.Options{Profile: p, Transport: c}
	url := c.Page + "/"
	if c.Page == "null" {
		url = "file:///index.html"
	} else if scheme, _, _ := strings.Cut(c.Page, ":"); scheme != "http" && scheme != "https" {
		schemes, err := origin.NewSchemes(scheme)
		if err != nil {
			return nil, err
		}
		o.Schemes = schemes
	}
	agent, err := fetch.NewAgent(o)
	if err != nil {
		return nil, err
	}
	return agent.Environment(&fetch.EnvironmentOptions{URL: url, EmbedderPolicy: c.Request.EmbedderPolicy})
}

// wants is the verdict of a profile; "" if the case does not look at it.
func (c *realCase) wants(profile string) string {
	if want, ok := c.Verdict[profile]; ok {
		return want
	}
	return c.Verdict["all"]
}

// fetched plays the case as a page in each profile, and says what is wrong.
func (c *realCase) fetched(t *testing.T) (wrong []string) {
	for _, p := range engine.Profiles() {
		want := c.wants(p.Name)
		if want == "" {
			continue
		}
		page, err := c.environment(p)
		if err != nil {
			t.Fatal(err)
		}
		use := c.Request.use()
		in, err := use.Request(c.Request.URL)
		if err != nil {
			t.Fatal(err)
		}
		got := "allowed"
		resp, err := page.Fetch(t.Context(), in)
		if err == nil {
			resp.Body.Close()
			if !resp.CORSSameOrigin() {
				got = "tainted"
			}
			if refusal := c.Request.element().Receive(resp); refusal != nil {
				err = refusal
			}
		}
		if refusal, ok := errors.AsType[*fetch.Error](err); ok {
			got = refusal.Reason.String()
			x := refusal.ExplainWith(c.evidence(refusal))
			if x.Cause != c.Cause || c.By != "" && x.By != c.By {
				wrong = append(wrong, p.Name+": the cause is "+x.Cause+", by "+x.By+":\n"+x.String())
			}
			wrong = append(wrong, c.lacks(p.Name, x.String(), c.Advises...)...)
		}
		if got != want {
			wrong = append(wrong, p.Name+": "+got+", want "+want)
		}
	}
	return wrong
}

// lacks is what a text should say and does not, or should not and does.
func (c *realCase) lacks(where, said string, advises ...string) (wrong []string) {
	said = strings.Join(strings.Fields(said), " ")
	for _, part := range slices.Concat(c.Says, advises) {
		if !strings.Contains(said, part) {
			wrong = append(wrong, where+" does not say "+part+":\n"+said)
		}
	}
	for _, part := range c.Unlike {
		if strings.Contains(said, part) {
			wrong = append(wrong, where+" says "+part+":\n"+said)
		}
	}
	return wrong
}

// fill puts the body of the server's answer into an entry, as a proxy's archive has
// it.
func (c *realCase) fill(e *har.Entry) {
	in, err := http.NewRequest(e.Request.Method, e.Request.URL, nil)
	if err != nil {
		return
	}
	for _, h := range e.Request.Headers {
		in.Header.Add(h.Name, h.Value)
	}
	out := &caseWriter{header: make(http.Header)}
	c.ServeHTTP(out, in)
	e.Response.Content.Text = out.body.String()
}

// audited plays the case as an audit, and its traffic as an archive.
func (c *realCase) audited(t *testing.T) (wrong []string) {
	intent := &audit.Intent{Base: c.Request.URL, Allow: []string{c.Page}, Uses: []audit.Use{c.Request.use()}}
	report, err := audit.Handler(t.Context(), c, intent, nil)
	if err != nil {
		return []string{"audit: " + err.Error()}
	}
	for _, part := range c.Notes {
		if said := strings.Join(report.Notes, "\n"); !strings.Contains(said, part) {
			wrong = append(wrong, "audit: no note says "+part+": "+said)
		}
	}
	at := slices.IndexFunc(report.Findings, func(f audit.Finding) bool { return string(f.ID) == c.Finding })
	if c.Finding == "none" {
		for _, f := range report.Findings {
			if f.Severity <= audit.Breaks {
				wrong = append(wrong, "audit: "+f.String())
			}
		}
		return wrong
	}
	if at < 0 {
		wrong = append(wrong, "audit: no finding "+c.Finding)
		for _, f := range report.Findings {
			wrong = append(wrong, f.String())
		}
		return wrong
	}
	f := report.Findings[at]
	if c.Compared == "" {
		c.Compared = c.Cause
	}
	if f.Cause != c.Compared {
		wrong = append(wrong, "audit: the cause is "+f.Cause+":\n"+f.String())
	}
	wrong = append(wrong, c.lacks("audit", f.String())...)
	archive := har.Of(report, &har.Options{KeepSecrets: true})
	for i := range archive.Log.Entries {
		c.fill(&archive.Log.Entries[i])
	}
	judgement, err := har.Judge(t.Context(), archive, nil)
	if err != nil {
		return append(wrong, "archive: "+err.Error())
	}
	for _, v := range judgement.Verdicts {
		if v.Page != c.Page || v.Method != max(c.Request.Method, "GET") {
			continue
		}
		for _, o := range v.Profiles {
			// The audit's other preflights are in the archive, too.
			if o.Ruling == "refused" && c.wants(o.Profile) != "" && o.Cause != c.Cause && o.Cause != c.Compared {
				wrong = append(wrong, "archive, "+o.Profile+": the cause is "+o.Cause+": "+o.Summary)
			}
		}
		break
	}
	return wrong
}
