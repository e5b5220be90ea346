package fetch

import (
	"testing"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// corsCheckCases are exchanges as the CORS check sees them.
func corsCheckCases(tb testing.TB) []corsCheckCase {
	agent, err := NewAgent(nil)
	if err != nil {
		tb.Fatal(err)
	}
	from, err := origin.Parse("https://app.example")
	if err != nil {
		tb.Fatal(err)
	}
	var urls []*origin.URL
	for _, s := range []string{"https://api.test/a", "https://cdn.test/b"} {
		u, err := origin.ParseURL(s)
		if err != nil {
			tb.Fatal(err)
		}
		urls = append(urls, u)
	}
	f := &fetching{agent: agent}
	response := func(allowed string) *response {
		return &response{headers: safelist.HeaderList{
			{Name: "Content-Type", Value: "application/json"},
			{Name: "Access-Control-Allow-Origin", Value: allowed},
			{Name: "Access-Control-Allow-Credentials", Value: "true"},
		}}
	}
	request := func(mode credentials.Mode, urls ...*origin.URL) *request {
		return &request{origin: from, credentials: mode, urlList: urls}
	}
	return []corsCheckCase{
		{"wildcard", f, request(credentials.SameOrigin, urls[0]), response("*"), 0},
		{"origin", f, request(credentials.SameOrigin, urls[0]), response("https://app.example"), 0},
		{"credentials", f, request(credentials.Include, urls[0]), response("https://app.example"), 0},
		{"tainted", f, request(credentials.SameOrigin, urls...), response("null"), 0},
		{"mismatch", f, request(credentials.SameOrigin, urls[0]), response("https://evil.example"), AllowOriginMismatch},
	}
}

type corsCheckCase struct {
	name     string
	fetching *fetching
	request  *request
	response *response
	want     Reason
}

// The CORS check allocates nothing while it passes: a crawler runs it for
// every response.
func TestCORSCheckAllocatesNothing(t *testing.T) {
	for _, c := range corsCheckCases(t) {
		if got, _, _ := c.fetching.corsVerdict(c.request, c.response, c.request.credentials == credentials.Include); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		if c.want != 0 {
			continue // saying what is wrong may cost something
		}
		if n := testing.AllocsPerRun(100, func() { c.fetching.corsVerdict(c.request, c.response, c.request.credentials == credentials.Include) }); n > 0 {
			t.Errorf("%s: %v allocations", c.name, n)
		}
	}
}

func BenchmarkCORSCheck(b *testing.B) {
	for _, c := range corsCheckCases(b) {
		b.Run("response="+c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.fetching.corsVerdict(c.request, c.response, c.request.credentials == credentials.Include)
			}
		})
	}
}
