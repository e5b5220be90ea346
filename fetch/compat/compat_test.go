package compat

import (
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/browsercors/browsercors/fetch"
)

const pageFile = "../../docs/clients.md"

var update = flag.Bool("update", false, "write "+pageFile)

// A use is one thing that a library's user does.
type use struct {
	does string // in the words of the table
	over string // the client or round tripper that the library is given

	// run does it. It fails the test when the library does not behave as it
	// does over net/http, except where refused says so; a refusal of the engine
	// is returned.
	run func(t *testing.T, w *world) error

	refused fetch.Reason // with which run is refused; zero: it works
	note    string       // why, or what to do instead
}

// A library is a module whose client code is tried.
type library struct {
	name string
	path string // of its module; "" is the standard library
	uses []use
}

// libraries are the rows of the table, in its order.
func libraries() []library {
	return []library{
		{"net/http", "", netHTTP()},
		{"resty", "github.com/go-resty/resty/v2", restyUses()},
		{"go-retryablehttp", "github.com/hashicorp/go-retryablehttp", retryableUses()},
		{"colly", "github.com/gocolly/colly/v2", collyUses()},
		{"oauth2", "golang.org/x/oauth2", oauth2Uses()},
		{"go-github", "github.com/google/go-github/v82", githubUses()},
		{"otelhttp", "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp", otelUses()},
		{"httpmock", "github.com/jarcoal/httpmock", mockUses()},
		{"gregjones/httpcache", "github.com/gregjones/httpcache", cacheUses()},
		{"coder/websocket", "github.com/coder/websocket", websocketUses()},
	}
}

func TestMain(m *testing.M) {
	flag.Parse()
	goleak.VerifyTestMain(m)
}

// TestCompatibility runs every use, and holds docs/clients.md to what came of it.
func TestCompatibility(t *testing.T) {
	var table strings.Builder
	for _, lib := range libraries() {
		fmt.Fprintf(&table, "\n## %s\n\n", lib.heading(t))
		table.WriteString("| use | over | result |\n| --- | --- | --- |\n")
		for _, u := range lib.uses {
			result := "works"
			t.Run(lib.name+"/"+u.does, func(t *testing.T) {
				w := newWorld(t)
				err := u.run(t, w)
				refusal, refused := errors.AsType[*fetch.Error](err)
				switch {
				case err != nil && !refused:
					t.Errorf("failed with an error that the engine did not make: %v", err)
				case refused != (u.refused != 0):
					t.Errorf("got %v, want reason %q", err, u.refused)
				case refused && refusal.Reason != u.refused:
					t.Errorf("refused with %v, want reason %q", err, u.refused)
				}
				if refused {
					result = fmt.Sprintf("refused: `%s`", strings.TrimPrefix(refusal.Reason.Error(), "fetch: "))
				}
			})
			if u.note != "" {
				result += ". " + u.note
			}
			fmt.Fprintf(&table, "| %s | %s | %s |\n", u.does, u.over, result)
		}
	}
	if t.Failed() {
		return
	}
	want := intro + table.String()
	if *update {
		if err := os.WriteFile(pageFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(pageFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(got), want); diff != "" {
		t.Errorf("%s has (-), the tests found (+); go test ./... -update in fetch/compat writes it\n%s", pageFile, diff)
	}
}

// heading is the library's name with the version that go.mod requires.
func (l *library) heading(t *testing.T) string {
	if l.path == "" {
		return l.name
	}
	file, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(file)) {
		if fields := strings.Fields(line); len(fields) >= 2 && fields[0] == l.path {
			return l.name + " " + fields[1]
		}
	}
	t.Errorf("go.mod does not require %s", l.path)
	return l.name
}

// ok checks a response and closes its body.
func ok(t *testing.T, resp *http.Response, err error) error {
	t.Helper()
	if err != nil {
		return err
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("status %d, want 200", resp.StatusCode)
	}
	return nil
}
