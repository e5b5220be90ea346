package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/internal/text"
)

// writeJUnit writes a report as a test result, see [Write].
func writeJUnit(w io.Writer, r *audit.Report, o *Options) error {
	o = o.orNone()
	all := junitSuites{Name: text.Clean(r.Base)}
	var total time.Duration
	for _, use := range suites(r) {
		suite := junitSuite{Name: text.Clean(use), File: o.File}
		if at := started(r); !at.IsZero() {
			suite.Timestamp = at.UTC().Format("2006-01-02T15:04:05")
		}
		if suite.Name == "" {
			suite.Name = text.Clean(r.Base)
		}
		var whole time.Duration
		told := make(map[*audit.Finding]string)
		for _, profile := range profiles() {
			took := played(r, use, profile)
			whole += took
			test := junitTest(r, o, use, profile, told)
			test.ClassName, test.Time = suite.Name, seconds(took)
			suite.Tests++
			if test.Failure != nil {
				suite.Failures++
			}
			suite.Cases = append(suite.Cases, test)
		}
		suite.Time = seconds(whole)
		total += whole
		all.Tests += suite.Tests
		all.Failures += suite.Failures
		all.Suites = append(all.Suites, suite)
	}
	all.Time = seconds(total)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	out := xml.NewEncoder(w)
	out.Indent("", "  ")
	if err := out.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name      string      `xml:"name,attr"`
	Tests     int         `xml:"tests,attr"`
	Failures  int         `xml:"failures,attr"`
	Errors    int         `xml:"errors,attr"`
	Skipped   int         `xml:"skipped,attr"`
	Time      string      `xml:"time,attr"`
	Timestamp string      `xml:"timestamp,attr,omitempty"`
	File      string      `xml:"file,attr,omitempty"`
	Cases     []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string        `xml:"name,attr"`
	ClassName string        `xml:"classname,attr"`
	Time      string        `xml:"time,attr"`
	Failure   *junitFailure `xml:"failure"`
	Output    *junitOutput  `xml:"system-out"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"` // the id of the worst finding
	Text    string `xml:",cdata"`
}

type junitOutput struct {
	Text string `xml:",cdata"`
}

// suites are the uses, and "" if a finding is about no use.
func suites(r *audit.Report) []string {
	uses := slices.Clone(r.Uses)
	for _, f := range r.Findings {
		if !slices.Contains(uses, f.Use) {
			uses = append(uses, f.Use)
		}
	}
	return uses
}

// junitTest is what was found of a use under a profile. The first test that has
// a finding tells it, the others of the suite name that test.
func junitTest(r *audit.Report, o *Options, use, profile string, told map[*audit.Finding]string) junitCase {
	test := junitCase{Name: label(profile)}
	tell := func(f *audit.Finding) string {
		if first := told[f]; first != "" {
			return fmt.Sprintf("%s (%s): see the test %q of this use\n", f.ID, f.Severity, first)
		}
		told[f] = test.Name
		return block(f)
	}
	var failed, output []string
	for i := range r.Findings {
		f := &r.Findings[i]
		switch {
		case f.Use != use || !slices.Contains(f.Profiles, profile):
		case o.Fails(f):
			failed = append(failed, tell(f))
			if test.Failure == nil {
				test.Failure = &junitFailure{Message: string(f.ID) + ": " + title(f), Type: string(f.ID)}
			} else if more := string(f.ID); len(failed) == 2 {
				test.Failure.Message += "; also " + more
			} else {
				test.Failure.Message += ", " + more
			}
		default:
			output = append(output, tell(f))
		}
	}
	if test.Failure != nil {
		test.Failure.Text = strings.Join(failed, "\n")
	}
	if output != nil {
		test.Output = &junitOutput{strings.Join(output, "\n")}
	}
	return test
}

// block is a finding as lines.
func block(f *audit.Finding) string { return strings.Join(lines(f), "\n") + "\n" }

// played is how long the requests of a use took under a profile.
func played(r *audit.Report, use, profile string) time.Duration {
	var took time.Duration
	for _, p := range r.Plays {
		if p.Use == use && slices.Contains(p.Profiles, profile) {
			for _, x := range p.Exchanges {
				took += x.Took
			}
		}
	}
	return took
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
