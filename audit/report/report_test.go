package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/audit/report"
	"github.com/browsercors/browsercors/credentials"
)

// audited is the report on a server.
func audited(t testing.TB, handler http.HandlerFunc, intent *audit.Intent) *audit.Report {
	t.Helper()
	r, err := audit.Handler(t.Context(), handler, intent, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// header sets headers, "name: value".
func header(w http.ResponseWriter, lines ...string) {
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		w.Header().Set(name, value)
	}
}

// clean is the report on a server that does all right.
func clean(t testing.TB) *audit.Report {
	return audited(t, func(w http.ResponseWriter, r *http.Request) {
		header(w, "Vary: Origin")
		if r.Header.Get("Origin") == "https://app.example" {
			header(w, "Access-Control-Allow-Origin: https://app.example", "Access-Control-Allow-Methods: PUT", "Access-Control-Max-Age: 600")
		}
	}, &audit.Intent{
		Allow: []string{"https://app.example"}, Refuse: []string{"https://evil.example"},
		Uses: []audit.Use{{Name: "read a thing", URL: "/things/1"}, {Name: "put a thing", Method: "PUT", URL: "/things/1", Body: "a thing", PreflightCached: 10 * time.Minute}},
	})
}

// faulty is the report on a server that has something of everything.
func faulty(t testing.TB) *audit.Report {
	return audited(t, func(w http.ResponseWriter, r *http.Request) {
		switch origin := r.Header.Get("Origin"); r.URL.Path {
		case "/list":
			header(w, "Access-Control-Allow-Origin: "+origin)
		case "/me":
			header(w, "Access-Control-Allow-Origin: "+origin, "Access-Control-Allow-Credentials: true", "Vary: Origin", "Set-Cookie: sid=1; Secure")
		case "/slow":
			header(w, "Access-Control-Allow-Origin: *", "Access-Control-Allow-Methods: *", "Access-Control-Max-Age: 300")
		case "/gone":
			http.Redirect(w, r, "/list", http.StatusMovedPermanently)
			header(w)
		default:
			header(w, "Access-Control-Allow-Origin: *")
			if r.Method == http.MethodOptions {
				w.WriteHeader(http.StatusMethodNotAllowed)
			}
		}
	}, &audit.Intent{
		Allow: []string{"https://app.example", "https://admin.example"}, Refuse: []string{"https://evil.example"},
		Uses: []audit.Use{
			{Name: "list things", URL: "/list"},
			{Name: "who am I", URL: "/me", Credentials: credentials.Include, Read: []string{"X-Total"}},
			{Name: "add a thing", Method: "POST", URL: "/add", Body: "{}", Headers: map[string]string{"Content-Type": "application/json", "Authorization": "Bearer secret"}},
			{Name: "remove a thing", Method: "DELETE", URL: "/slow", PreflightCached: 5 * time.Minute},
		},
	})
}

// hostile is the report on a server that means harm to whoever reads it.
func hostile(t testing.TB) *audit.Report {
	const nasty = "</pre></details><script>alert(1)</script>|``` ]]>&amp;\x1b[31m\a \xff\u202e@everyone"
	return audited(t, func(w http.ResponseWriter, r *http.Request) {
		header(w, "Access-Control-Allow-Origin: "+nasty, "Vary: "+strings.Repeat("Very-", 1000)+"Long", "Location: javascript:"+nasty)
		if r.URL.Path == "/moved" {
			w.WriteHeader(http.StatusFound)
		}
	}, &audit.Intent{
		Allow: []string{"https://app.example"},
		Uses: []audit.Use{
			{Name: "</summary>` | <img src=x onerror=alert(1)> \x1b]0;x\a", URL: "/a?</script>|`"},
			{Name: "moved", Method: "PURGE", URL: "/moved"},
		},
	})
}

// TestEscapes looks for what a hostile server would like to slip in.
func TestEscapes(t *testing.T) {
	if err := report.Write(io.Discard, "yaml", fixed(), nil); err == nil || err.Error() != `report: unknown format "yaml", want one of text, html, json, junit, markdown, sarif` {
		t.Errorf("a format that is none: %v", err)
	}
	r := hostile(t)
	r.Base = "https://api.example/\x1b[31m"
	for _, format := range report.Formats() {
		t.Run(format, func(t *testing.T) {
			var out bytes.Buffer
			if err := report.Write(&out, format, r, nil); err != nil {
				t.Fatal(err)
			}
			if !utf8.Valid(out.Bytes()) {
				t.Error("no UTF-8")
			}
			for i, c := range out.String() {
				if !unicode.IsPrint(c) && c != '\n' {
					t.Fatalf("%q at %d: %q", c, i, out.String()[max(0, i-40):i])
				}
			}
			if len(out.String()) > 200<<10 {
				t.Errorf("%d bytes", out.Len())
			}
		})
	}
}

// TestMarkdownSummaries: a summary is HTML, in which a backslash is one, and in
// which GitHub still looks for people to tell.
func TestMarkdownSummaries(t *testing.T) {
	r := fixed()
	r.Findings[0].Use, r.Findings[0].Problem = "*a* <b>", "Sent to @everyone, see #7: x_y."
	var out bytes.Buffer
	if err := report.Write(&out, "markdown", r, nil); err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(out.String(), "<code>wrong-origin-allowed</code> ")
	got, _, _ := strings.Cut(after, "\n")
	if want := "*a* &#60;b&#62;: Sent to @<!-- -->everyone, see #<!-- -->7&#58; x_y.</summary>"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestSummary(t *testing.T) {
	for _, tt := range []struct {
		report *audit.Report
		want   string
	}{
		{fixed(), "4 findings (unsafe: 1, breaks: 1, fragile: 1, slow: 1); 1 of 2 uses works in every browser; 8 requests"},
		{&audit.Report{Uses: []string{"a"}}, "0 findings; 1 of 1 use works in every browser; 0 requests"},
		{&audit.Report{Uses: []string{"a", "b"}, Findings: []audit.Finding{{Severity: audit.Slow}}, Traffic: make([]audit.Exchange, 1)}, "1 finding (slow); 2 of 2 uses work in every browser; 1 request"},
		{&audit.Report{Uses: []string{"a"}, Findings: []audit.Finding{{Severity: audit.Breaks, Use: "a", Profiles: []string{"chromium"}}, {Severity: audit.Breaks}}}, "2 findings (breaks); 0 of 1 use works in every browser; 0 requests"},
	} {
		if got := report.Summary(tt.report); got != tt.want {
			t.Errorf("%s, want %s", got, tt.want)
		}
	}
}

// TestColor: colours change nothing but colours.
func TestColor(t *testing.T) {
	var plain, coloured bytes.Buffer
	if err := report.Write(&plain, "text", faulty(t), nil); err != nil {
		t.Fatal(err)
	}
	if err := report.Write(&coloured, "text", faulty(t), &report.Options{Color: true}); err != nil {
		t.Fatal(err)
	}
	bare := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(coloured.String(), "")
	if bare != plain.String() || bare == coloured.String() {
		t.Errorf("coloured:\n%s", coloured.String())
	}
}

func TestJSON(t *testing.T) {
	var out bytes.Buffer
	if err := report.Write(&out, "json", fixed(), nil); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Version int
		Summary struct {
			Findings                              map[string]int
			Uses, WorkingInEveryBrowser, Requests int
		}
		Report struct{ Findings, Traffic []json.RawMessage }
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	s := got.Summary
	if got.Version != 1 || s.Uses != 2 || s.WorkingInEveryBrowser != 1 || s.Requests != len(got.Report.Traffic) ||
		!maps.Equal(s.Findings, map[string]int{"breaks": 1, "unsafe": 1, "fragile": 1, "slow": 1}) || len(got.Report.Findings) != 4 {
		t.Errorf("%+v", got)
	}
}

// TestJUnit reads it as CI systems do: the counts are those of what is there.
func TestJUnit(t *testing.T) {
	type suite struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Cases    []struct {
			Name    string `xml:"name,attr"`
			Failure *struct {
				Type string `xml:"type,attr"`
				Text string `xml:",chardata"`
			} `xml:"failure"`
			Output string `xml:"system-out"`
		} `xml:"testcase"`
	}
	for _, tt := range []struct {
		name   string
		report *audit.Report
		fails  func(*audit.Finding) bool
		failed int
	}{
		{"clean", clean(t), nil, 0},
		{"hostile", hostile(t), nil, 8},
		{"fixed", fixed(), nil, 8},
		{"fixed, what breaks", fixed(), func(f *audit.Finding) bool { return f.Severity == audit.Breaks }, 4},
		{"faulty, nothing", faulty(t), func(f *audit.Finding) bool { return false }, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			if err := report.Write(&out, "junit", tt.report, &report.Options{Fails: tt.fails}); err != nil {
				t.Fatal(err)
			}
			var got struct {
				Tests    int     `xml:"tests,attr"`
				Failures int     `xml:"failures,attr"`
				Suites   []suite `xml:"testsuite"`
			}
			if err := xml.Unmarshal(out.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			tests, failures, texts := 0, 0, ""
			for _, s := range got.Suites {
				failed := 0
				for _, c := range s.Cases {
					texts += c.Output
					if c.Failure != nil {
						failed++
						texts += c.Failure.Text
					}
				}
				if s.Tests != len(s.Cases) || s.Failures != failed {
					t.Errorf("suite says %d of %d, has %d of %d", s.Failures, s.Tests, failed, len(s.Cases))
				}
				tests, failures = tests+len(s.Cases), failures+failed
			}
			if got.Tests != tests || got.Failures != failures || failures != tt.failed || len(got.Suites) != len(tt.report.Uses) {
				t.Errorf("%d of %d, have %d of %d, want %d", got.Failures, got.Tests, failures, tests, tt.failed)
			}
			for _, f := range tt.report.Findings {
				if n := strings.Count(texts, f.String()); n != 1 {
					t.Errorf("%s stands there %d times, want once", f.ID, n)
				}
				if n := strings.Count(texts, string(f.ID)+" ("+f.Severity.String()+")"); n < len(f.Profiles) {
					t.Errorf("%s is named %d times, want %d", f.ID, n, len(f.Profiles))
				}
			}
		})
	}
}

// TestSARIF holds what the format and GitHub's code scanning ask for.
func TestSARIF(t *testing.T) {
	for name, r := range map[string]*audit.Report{"clean": clean(t), "faulty": faulty(t), "hostile": hostile(t)} {
		for _, file := range []string{"", "cors.json"} {
			t.Run(name+" "+file, func(t *testing.T) { testSARIF(t, r, file) })
		}
	}
}

func testSARIF(t *testing.T, r *audit.Report, file string) {
	var out bytes.Buffer
	if err := report.Write(&out, "sarif", r, &report.Options{File: file, Version: "1.0.0"}); err != nil {
		t.Fatal(err)
	}
	type text struct{ Text string }
	var log struct {
		Schema  string `json:"$schema"`
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct {
					Name  string
					Rules []struct {
						ID                                      string
						ShortDescription, FullDescription, Help text
						DefaultConfiguration                    struct{ Level string }
						Properties                              map[string]any
					}
				}
			}
			Results []struct {
				RuleID    string
				RuleIndex int
				Level     string
				Message   text
				Locations []struct {
					PhysicalLocation *struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine int }
					}
					LogicalLocations []struct{ FullyQualifiedName string }
				}
				PartialFingerprints map[string]string
			}
		}
	}
	if err := json.Unmarshal(out.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || log.Schema == "" || len(log.Runs) != 1 || log.Runs[0].Tool.Driver.Name == "" || log.Runs[0].Results == nil {
		t.Fatalf("%+v", log)
	}
	level := regexp.MustCompile("^(error|warning|note)$")
	rules := log.Runs[0].Tool.Driver.Rules
	ids := make(map[string]bool)
	for _, r := range rules {
		_, security := r.Properties["security-severity"]
		if ids[r.ID] || r.ShortDescription.Text == "" || len(r.ShortDescription.Text) > 1024 || r.FullDescription.Text == "" || r.Help.Text == "" ||
			!level.MatchString(r.DefaultConfiguration.Level) || security != slices.Contains(r.Properties["tags"].([]any), any("security")) {
			t.Errorf("rule %+v", r)
		}
		ids[r.ID] = true
	}
	if len(log.Runs[0].Results) != len(r.Findings) {
		t.Errorf("%d results for %d findings", len(log.Runs[0].Results), len(r.Findings))
	}
	prints := make(map[string]bool)
	for i, got := range log.Runs[0].Results {
		if got.RuleID != string(r.Findings[i].ID) || rules[got.RuleIndex].ID != got.RuleID || !level.MatchString(got.Level) || got.Message.Text == "" || len(got.Locations) != 1 {
			t.Errorf("result %+v", got)
			continue
		}
		at := got.Locations[0]
		if (file != "") != (at.PhysicalLocation != nil) || file != "" && (at.PhysicalLocation.ArtifactLocation.URI != file || at.PhysicalLocation.Region.StartLine < 1) {
			t.Errorf("location %+v", at)
		}
		print := got.PartialFingerprints["primaryLocationLineHash"]
		if print == "" || prints[print] {
			t.Errorf("fingerprint %q", print)
		}
		prints[print] = true
	}
}
