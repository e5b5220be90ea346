package har_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/audit/har"
)

var update = flag.Bool("update", false, "rewrite testdata")

func read(t testing.TB, file string) *har.HAR {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	h, err := har.Read(file, f)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestJudge has an archive in the manner of each browser, those that a Chromium
// and a Firefox saved of one page, and what is said of them.
func TestJudge(t *testing.T) {
	for _, browser := range []string{"chrome", "chrome-recorded", "firefox", "firefox-recorded", "safari"} {
		t.Run(browser, func(t *testing.T) {
			j, err := har.Judge(t.Context(), read(t, "testdata/"+browser+".har"))
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			if err := j.Text(&got); err != nil {
				t.Fatal(err)
			}
			file := "testdata/" + browser + ".txt"
			if *update {
				if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("is not %s (-update writes it anew):\n%s", file, diff)
			}
		})
	}
}

// TestReadErrors has what is no archive.
func TestReadErrors(t *testing.T) {
	good := `{"log": {"version": "1.2", "entries": [
		{"request": {"method": "GET", "url": "https://a.example/"}, "response": {"status": 200}},
		ENTRY]}}`
	entry := func(s string) string { return strings.Replace(good, "ENTRY", s, 1) }
	for _, tt := range []struct{ name, in, want string }{
		{"empty", "", "har: x.har: is empty"},
		{"blank", " \n", "har: x.har: is empty"},
		{"HTML", "<!DOCTYPE html>", "har: x.har: is not JSON, in line 1: invalid character '<' looking for beginning of value"},
		{"an array", "[]", `har: x.har: is no HTTP Archive: it has no object "log"`},
		{"a number", "7", `har: x.har: is no HTTP Archive: it has no object "log"`},
		{"no log", `{"entries": []}`, `har: x.har: is no HTTP Archive: it has no object "log"`},
		{"no entries", `{"log": {"version": "1.2"}}`, `har: x.har: log: is no HTTP Archive's: it has no list "entries"`},
		{"entries is an object", `{"log": {"entries": {}}}`, "har: x.har: log.entries: is a JSON object where a JSON list is wanted"},
		{"cut off", entry(`{"request": {"method": "GET"}}`)[:80], "har: x.har: log.entries[0].request.url: the file is cut off in line 2, after 80 bytes"},
		{"two", "{} {}", "har: x.har: is not JSON: there is more after its end"},
		{"an entry's type", entry(`7`), "har: x.har: log.entries[1]: is a JSON number where a JSON object is wanted"},
		{"no request", entry(`{}`), "har: x.har: log.entries[1].request: has no method and no URL"},
		{"no method", entry(`{"request": {"url": "https://a.example/"}}`), `har: x.har: log.entries[1].request.method: "" is not a method`},
		{"no URL", entry(`{"request": {"method": "GET", "url": "/x"}}`), `har: x.har: log.entries[1].request.url: `},
		{"status", entry(`{"request": {"method": "GET", "url": "https://a.example/"}, "response": {"status": "200"}}`),
			"har: x.har: log.entries[1].response.status: is a JSON string where a JSON number is wanted"},
		{"header", entry(`{"request": {"method": "GET", "url": "https://a.example/", "headers": [{"name": 7}]}}`),
			"har: x.har: log.entries[1].request.headers.name: is a JSON number where a JSON string is wanted"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := har.Read("x.har", strings.NewReader(tt.in))
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("%v, want %s", err, tt.want)
			}
			if _, ok := errors.AsType[*har.Error](err); !ok {
				t.Errorf("%T", err)
			}
		})
	}
	if _, err := har.ReadUpTo(endless{}, 1<<20); err == nil || err.Error() != "har: is larger than 1 MiB" {
		t.Errorf("endless: %v", err)
	}
}

// endless is a file without end.
type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

// TestReadLoose has what browsers write and the format does not have.
func TestReadLoose(t *testing.T) {
	h, err := har.Read("", strings.NewReader("\ufeff"+`{"log": {"browser": null, "pages": {}, "_x": 1, "entries": [{"time": null, "_initiator": "script", "_resourceType": 7, "timings": [],
		"request": {"method": "GET", "url": "https://a.example/#f", "headersSize": null, "bodySize": 1.5, "_y": {}}, "response": {"status": 0, "_error": null, "cookies": [{"expires": 7, "name": 1}]}}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	if e := h.Log.Entries[0]; e.Request.HeadersSize != -1 || e.Request.BodySize != 1 || e.Initiator != nil || e.Response.Error != "" {
		t.Errorf("%+v", e)
	}
}

// TestCutOff cuts an archive off after every byte.
func TestCutOff(t *testing.T) {
	h := read(t, "testdata/safari.har")
	h.Log.Entries = h.Log.Entries[1:2]
	var out bytes.Buffer
	if err := har.Write(&out, h); err != nil {
		t.Fatal(err)
	}
	whole := bytes.TrimSpace(out.Bytes())
	for n := range whole {
		_, err := har.Read("cut.har", bytes.NewReader(whole[:n]))
		if err == nil {
			t.Fatalf("nothing wrong with %d bytes of %d", n, len(whole))
		}
		if n > 0 && !strings.Contains(err.Error(), "cut.har: ") || n > 0 && !strings.Contains(err.Error(), "the file is cut off") {
			t.Fatalf("%d bytes: %v", n, err)
		}
	}
}

// TestWrite: what is written is read as it was.
func TestWrite(t *testing.T) {
	for _, file := range []string{"testdata/chrome.har", "testdata/chrome-recorded.har", "testdata/firefox.har", "testdata/firefox-recorded.har", "testdata/safari.har"} {
		want := read(t, file)
		var out bytes.Buffer
		if err := har.Write(&out, want); err != nil {
			t.Fatal(err)
		}
		got, err := har.Read("", &out)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", file, diff)
		}
	}
}

func FuzzHAR(f *testing.F) {
	for _, file := range []string{"testdata/chrome.har", "testdata/firefox.har", "testdata/safari.har"} {
		h := read(f, file)
		for i := range h.Log.Entries {
			small := *h
			small.Log.Entries = h.Log.Entries[i:min(i+2, len(h.Log.Entries))]
			raw, err := json.Marshal(small)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(raw)
		}
	}
	f.Add([]byte(`{"log":{"entries":[{"request":{"method":"GET","url":"https://a.example/","headers":[{"name":"Origin","value":"https://b.example"}]},"response":{"status":301,"headers":[{"name":"Location","value":"/"}]}}]}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		h, err := har.Read("fuzz", bytes.NewReader(raw))
		if err != nil {
			if _, ok := errors.AsType[*har.Error](err); !ok || h != nil {
				t.Fatalf("%T %v", err, err)
			}
			return
		}
		j, err := har.Judge(t.Context(), h)
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Text(&bytes.Buffer{}); err != nil {
			t.Fatal(err)
		}
		if err := har.Write(&bytes.Buffer{}, h); err != nil {
			t.Fatal(err)
		}
		seen := 0
		for _, s := range j.Skipped {
			seen += len(s.Entries)
		}
		for _, v := range j.Verdicts {
			if len(v.Profiles) != 4 {
				t.Fatalf("%d profiles", len(v.Profiles))
			}
		}
		if seen+len(j.Verdicts) > j.Entries {
			t.Fatalf("%d skipped and %d judged of %d", seen, len(j.Verdicts), j.Entries)
		}
	})
}
