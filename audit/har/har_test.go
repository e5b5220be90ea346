package har_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

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
			j, err := har.Judge(t.Context(), read(t, "testdata/"+browser+".har"), nil)
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			if err := har.Formats()["text"](j, &got); err != nil {
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
		{"HTML", "<!DOCTYPE html>", "har: x.har: is not JSON, line 1, byte 1: invalid character '<', want a value"},
		{"JSONP", "onInputData({})", "har: x.har: is not JSON, line 1, byte 1: invalid character 'o', want a value"},
		{"an array", "[]", `har: x.har: not a HAR file: no object "log"`},
		{"a number", "7", `har: x.har: not a HAR file: no object "log"`},
		{"no log", `{"entries": []}`, `har: x.har: not a HAR file: no object "log"`},
		{"log is null", `{"log": null}`, `har: x.har: not a HAR file: no object "log"`},
		{"no entries", `{"log": {"version": "1.2"}}`, `har: x.har: log: not a HAR file: no "entries" array`},
		{"entries is an object", `{"log": {"entries": {}}}`, `har: x.har: log.entries: not a HAR file: "entries" is not an array`},
		{"cut off", entry(`{"request": {"method": "GET"}}`)[:80], "har: x.har: log.entries[0].request.url: the file is truncated: it ends on line 2, after 80 bytes"},
		{"cut off in what is skipped", `{"log": {"_x": [{"y": "z`, "har: x.har: log._x[0].y: the file is truncated: it ends on line 1, after 24 bytes"},
		{"two", "{} {}", "har: x.har: is not JSON, line 1, byte 4: invalid character '{', want the end of the file"},
		{"no comma", entry(`{"request": {} "response": {}}`), "har: x.har: log.entries[1].request: is not JSON, line 3, byte 150: invalid character '\"', want a comma or the object's end"},
		{"a comma at the end", entry(`{"request": {},}`), "har: x.har: log.entries[1].request: is not JSON, line 3, byte 150: invalid character '}', want a key in quotes"},
		{"a key without quotes", `{log: 1}`, "har: x.har: is not JSON, line 1, byte 2: invalid character 'l', want a key in quotes"},
		{"no colon", `{"log" 1}`, "har: x.har: log: is not JSON, line 1, byte 8: invalid character '1', want a colon after the key"},
		{"a control character", entry("{\"x\": \"\n\"}"), "har: x.har: log.entries[1].x: is not JSON, line 4, byte 142: invalid character '\\n'"},
		{"an escape", `{"log": "\x"}`, `har: x.har: log: is not JSON, line 1, byte 11: invalid character 'x', want an escape such as \n`},
		{"a number that is none", `{"log": 1.2.3}`, `har: x.har: log: is not JSON, line 1, byte 9: invalid value "1.2.3"`},
		{"deep", `{"log": {"entries": [` + strings.Repeat("[", 2000), "more than 1000 values are nested"},
		{"not gzip", "\x1f\x8b\xff", "har: x.har: is not a gzip file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := har.Read("x.har", strings.NewReader(tt.in))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%.300v, want %s", err, tt.want)
			}
		})
	}
	if _, err := har.ReadUpTo(endless{' '}, 1<<20, 1<<20); err == nil || err.Error() != "har: is larger than 1 MiB" {
		t.Errorf("endless: %v", err)
	}
	entries := io.MultiReader(strings.NewReader(`{"log": {"entries": [`), &repeated{s: `{"request": {"headers": [{}, {}, {}]}},`})
	if _, err := har.ReadUpTo(entries, 64<<20, 1<<20); err == nil || !strings.Contains(err.Error(), "har: log.entries[7") || !strings.HasSuffix(err.Error(), "the archive is too large: it has more than 1 MiB up to here, bodies not counted") {
		t.Errorf("many entries: %v", err)
	}
	if _, err := har.Read("", iotest.ErrReader(context.Canceled)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// endless is a file without end.
type endless struct{ c byte }

func (e endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = e.c
	}
	return len(b), nil
}

// repeated is a string without end.
type repeated struct {
	s  string
	at int
}

func (r *repeated) Read(b []byte) (int, error) {
	n := copy(b, r.s[r.at:])
	r.at = (r.at + n) % len(r.s)
	return n, nil
}

// TestReadLarge: a body takes no memory, nor does what nobody looks at.
func TestReadLarge(t *testing.T) {
	const size = 16 << 20
	large := func() io.Reader { return io.LimitReader(endless{'a'}, size) }
	file := io.MultiReader(
		strings.NewReader(`{"log": {"entries": [{"_x": "`), large(), strings.NewReader(`", "request": {"method": "GET", "url": "https://a.example/", "headers": [{"name": "x", "value": "`), large(),
		strings.NewReader(`"}]}, "response": {"status": 200, "content": {"text": "`), large(), strings.NewReader(`"}}}]}}`))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	h, err := har.Read("", file)
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if e := h.Log.Entries[0]; len(e.Response.Content.Text) != 8<<10 || len(e.Request.Headers[0].Value) != 1<<20 || e.Response.Status != 200 {
		t.Errorf("%d bytes of the body, %d of the header, status %d", len(e.Response.Content.Text), len(e.Request.Headers[0].Value), e.Response.Status)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 16<<20 {
		t.Errorf("%d MiB allocated for %d MiB", n>>20, 3*size>>20)
	}
}

// TestReadPacked: an archive may be compressed.
func TestReadPacked(t *testing.T) {
	var file bytes.Buffer
	packed := gzip.NewWriter(&file)
	want := read(t, "testdata/chrome.har")
	if err := har.Write(packed, want); err != nil {
		t.Fatal(err)
	}
	packed.Close()
	whole := file.Bytes()
	got, err := har.Read("", bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := har.Read("", bytes.NewReader(whole[:len(whole)/2])); err == nil || !strings.Contains(err.Error(), "the file is truncated") {
		t.Errorf("half of it: %v", err)
	}
}

// TestReadOdd has entries as programs write them that are not what the format
// says: what is judged of each, or why it is skipped.
func TestReadOdd(t *testing.T) {
	const request = `"request": {"method": "GET", "url": "https://api.example/x", "headers": [{"name": "Origin", "value": "https://app.example"}]}`
	const response = `"response": {"status": 200, "headers": [{"name": "Access-Control-Allow-Origin", "value": "*"}]}`
	for _, tt := range []struct{ name, entry, want string }{
		{"as it should be", `{` + request + `, ` + response + `}`, "allowed"},
		{"status -1", `{` + request + `, "response": {"status": -1}}`, "unknown"},
		{"status -2", `{` + request + `, "response": {"status": -2, "headers": null}}`, "unknown"},
		{"status as a word", `{` + request + `, "response": {"status": "error"}}`, "unknown"},
		{"status null", `{` + request + `, "response": {"status": null}}`, "unknown"},
		{"status as text", `{` + request + `, "response": {"status": "200 OK"}}`, "refused"},
		{"status as a fraction", `{` + request + `, "response": {"status": 200.0}}`, "refused"},
		{"status 1e99", `{` + request + `, "response": {"status": 1e99}}`, "unknown"},
		{"no response", `{` + request + `}`, "unknown"},
		{"response null", `{` + request + `, "response": null}`, "unknown"},
		{"headers as an object", `{"request": {"method": "GET", "url": "https://api.example/x", "headers": {"Origin": "https://app.example"}}, "response": {"status": 200, "headers": {"access-control-allow-origin": ["*"]}}}`, "allowed"},
		{"a header's value as a number", `{` + request + `, "response": {"status": 200, "headers": [{"name": "Access-Control-Allow-Origin", "value": "*"}, {"name": "Content-Length", "value": 7}, 8, {"name": null}]}}`, "allowed"},
		{"cookies as an object", `{"request": {"method": "GET", "url": "https://api.example/x", "headers": [{"name": "Origin", "value": "https://app.example"}], "cookies": {"a": "b"}}, ` + response + `}`, "refused"},
		{"timings as text", `{` + request + `, ` + response + `, "timings": "none", "time": "12.5", "cache": null, "startedDateTime": 17}`, "allowed"},
		{"numbers as text", `{` + request + `, "response": {"status": "200", "bodySize": "7", "content": {"size": "x", "text": 7}, "headers": [{"name": "Access-Control-Allow-Origin", "value": "*"}]}}`, "allowed"},
		{"parameters as objects", `{"request": {"method": "POST", "url": "https://api.example/x", "headers": [{"name": "Origin", "value": "https://app.example"}], "postData": {"params": [{"name": "a", "value": {}}]}}, ` + response + `}`, "allowed"},
		{"keys twice", `{"request": 7, ` + request + `, ` + response + `}`, "allowed"},
		{"no method", `{"request": {"url": "https://api.example/x"}, ` + response + `}`, "no method"},
		{"method null", `{"request": {"method": null, "url": "https://api.example/x"}}`, "no method"},
		{"method with a blank", `{"request": {"method": "GET /", "url": "https://api.example/x"}}`, "no method"},
		{"no URL", `{"request": {"method": "GET"}}`, "URL is missing"},
		{"URL with a variable", `{"request": {"method": "GET", "url": "${proto}://api.example/x"}}`, "URL is missing or does not parse"},
		{"URL with braces", `{"request": {"method": "GET", "url": "{{base}}/x"}}`, "URL is missing or does not parse"},
		{"a path as the URL", `{"request": {"method": "GET", "url": "/x"}}`, "URL is missing or does not parse"},
		{"no request", `{` + response + `}`, "no request"},
		{"request is a list", `{"request": [], ` + response + `}`, "no request"},
		{"a number", `7`, "is not an object"},
		{"null", `null`, "is not an object"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h, err := har.Read("", strings.NewReader(`{"log": {"creator": {"name": "WebInspector"}, "entries": [`+tt.entry+`, {`+request+`, `+response+`}]}}`))
			if err != nil {
				t.Fatal(err)
			}
			j, err := har.Judge(t.Context(), h, nil)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, s := range j.Skipped {
				if !slices.Equal(s.Entries, []int{0}) {
					t.Errorf("%+v", s)
				}
				got += s.Reason
			}
			for _, v := range j.Verdicts {
				if v.Entry == 0 {
					got += v.Profiles[1].Ruling
				} else if v.Profiles[1].Ruling != "allowed" {
					t.Errorf("the entry after it is %s", v.Profiles[1].Ruling)
				}
			}
			if !strings.Contains(got, tt.want) || got == "" {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// TestReadLoose has what browsers write and the format does not have.
func TestReadLoose(t *testing.T) {
	h, err := har.Read("", strings.NewReader("\ufeff"+`{"log": {"browser": null, "pages": {}, "_x": 1, "entries": [{"time": null, "_initiator": "script", "_resourceType": 7, "timings": [],
		"request": {"method": "GET", "url": "https://a.example/#f", "headersSize": null, "bodySize": 1.5, "_y": {}}, "response": {"status": 0, "_error": null, "cookies": [{"expires": 7, "name": 1}]}}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	if e := h.Log.Entries[0]; e.Request.HeadersSize != -1 || e.Request.BodySize != 1 || e.Initiator.URL != "" || e.Response.Error != "" {
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
		if n > 0 && !strings.Contains(err.Error(), "cut.har: ") || n > 0 && !strings.Contains(err.Error(), "the file is truncated") {
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
			if h != nil || !strings.HasPrefix(err.Error(), "har: fuzz: ") {
				t.Fatal(err)
			}
			return
		}
		j, err := har.Judge(t.Context(), h, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := har.Formats()["text"](j, &bytes.Buffer{}); err != nil {
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
