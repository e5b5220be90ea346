package har_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/audit/har"
	"github.com/browsercors/browsercors/fetch"
)

// TestOfAgrees judges the traffic of each play of an audit again: what becomes
// of it is what the audit says.
func TestOfAgrees(t *testing.T) {
	r, err := audit.Handler(t.Context(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		set := func(name, value string) { w.Header().Set(name, value) }
		origin := r.Header.Get("Origin")
		switch r.URL.Path {
		case "/all":
			set("Access-Control-Allow-Origin", "*")
			set("Access-Control-Allow-Headers", "*")
			set("Access-Control-Allow-Methods", "*")
		case "/one":
			set("Access-Control-Allow-Origin", "https://app.example")
			set("Access-Control-Allow-Methods", "PUT")
			set("Access-Control-Max-Age", "600")
		case "/moved":
			set("Access-Control-Allow-Origin", origin)
			set("Location", "/all")
			w.WriteHeader(http.StatusTemporaryRedirect)
		case "/unrouted":
			set("Access-Control-Allow-Origin", "*, \xe9")
			w.WriteHeader(http.StatusMethodNotAllowed)
		}
	}), &audit.Intent{
		Allow: []string{"https://app.example", "https://admin.example"}, Refuse: []string{"null", "http://app.example"},
		Uses: []audit.Use{
			{URL: "/all"}, {URL: "/all", Method: "PUT", Body: "x"}, {URL: "/all", Method: "DELETE", Headers: map[string]string{"Authorization": "Bearer x", "X-Trace": "1"}},
			{URL: "/one"}, {URL: "/one", Method: "PUT", PreflightCached: time.Minute}, {URL: "/one", Method: "PATCH"}, {URL: "/moved"}, {URL: "/unrouted"}, {URL: "/unrouted", Method: "PUT"},
		},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	refused, allowed := 0, 0
	for _, play := range r.Plays {
		if len(play.Exchanges) == 0 || strings.Contains(play.When, "shared cache") {
			continue
		}
		var out bytes.Buffer
		if err := har.Write(&out, har.Of(&audit.Report{Traffic: play.Exchanges}, nil)); err != nil {
			t.Fatal(err)
		}
		h, err := har.Read("", &out)
		if err != nil {
			t.Fatal(err)
		}
		j, err := har.Judge(t.Context(), h, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(j.Verdicts) != 1 {
			t.Errorf("%s from %s %s: %d verdicts", play.Use, play.Origin, play.When, len(j.Verdicts))
			continue
		}
		for _, o := range j.Verdicts[0].Profiles {
			want := "allowed"
			if play.Refusal != "" {
				want = "refused"
			}
			if !strings.Contains(" "+strings.Join(play.Profiles, " ")+" ", " "+o.Profile+" ") {
				continue
			}
			if o.Ruling == "refused" {
				refused++
			} else {
				allowed++
			}
			if o.Ruling != want || !strings.Contains(play.Refusal, o.Reason) {
				t.Errorf("%s from %s %s under %s: %s %s, the audit says %q", play.Use, play.Origin, play.When, o.Profile, o.Ruling, o.Reason, play.Refusal)
			}
		}
	}
	if refused < 20 || allowed < 20 {
		t.Errorf("%d refused and %d allowed, too few to show anything", refused, allowed)
	}
}

func TestOf(t *testing.T) {
	list := func(lines ...string) fetch.HeaderList {
		var l fetch.HeaderList
		for _, line := range lines {
			name, value, _ := strings.Cut(line, ": ")
			l.Append(name, value)
		}
		return l
	}
	r := &audit.Report{Traffic: []audit.Exchange{{
		Method: "POST", URL: "https://api.example/a?x=%20y&z", RequestBody: "{}",
		RequestHeaders: list("Origin: https://app.example", "Authorization: Bearer secret", "Cookie: a=secret; b", "Content-Type: application/json"),
		Status:         302, StatusText: "Found", ResponseHeaders: list("Set-Cookie: c=secret; Path=/; Secure; SameSite=None", "Location: /b", "Content-Length: 7", "X-Name: \xe9"),
		Started: time.Date(2026, time.July, 2, 9, 0, 0, 1e6, time.UTC), Took: 1500 * time.Microsecond,
	}}}
	want := har.Entry{
		Page: "page_1", Started: "2026-07-02T09:00:00.001Z", Time: 1.5, ResourceType: "fetch",
		Request: har.Request{
			Method: "POST", URL: "https://api.example/a?x=%20y&z", Cookies: []har.Cookie{{Name: "a", Value: "redacted"}, {Name: "redacted"}},
			Headers: []har.Field{
				{Name: "Origin", Value: "https://app.example"}, {Name: "Authorization", Value: "Bearer redacted"}, {Name: "Cookie", Value: "a=redacted; redacted"},
				{Name: "Content-Type", Value: "application/json"},
			},
			QueryString: []har.Field{{Name: "x", Value: " y"}, {Name: "z"}},
			HeadersSize: -1, BodySize: 2,
		},
		Response: har.Response{
			Status: 302, StatusText: "Found", Cookies: []har.Cookie{{Name: "c", Value: "redacted", Path: "/", Secure: true, SameSite: "None"}},
			Headers: []har.Field{
				{Name: "Set-Cookie", Value: "c=redacted; Path=/; Secure; SameSite=None"}, {Name: "Location", Value: "/b"}, {Name: "Content-Length", Value: "7"}, {Name: "X-Name", Value: "é"},
			},
			RedirectURL: "/b", HeadersSize: -1, BodySize: 7,
		},
	}
	want.Timings.Wait = 1.5
	want.Request.PostData.MIMEType, want.Request.PostData.Params, want.Request.PostData.Text = "application/json", []har.Field{}, "{}"
	want.Response.Content.Size, want.Response.Content.MIMEType = 7, "x-unknown"
	got := har.Of(r, nil)
	if diff := cmp.Diff(want, got.Log.Entries[0]); diff != "" {
		t.Error(diff)
	}
	if p := got.Log.Pages; len(p) != 1 || p[0].ID != "page_1" || p[0].Title != "https://app.example/" {
		t.Errorf("%+v", p)
	}
	kept := har.Of(r, &har.Options{KeepSecrets: true}).Log.Entries[0]
	for _, f := range []har.Field{kept.Request.Headers[1], kept.Request.Headers[2], kept.Response.Headers[0]} {
		if !strings.Contains(f.Value, "secret") {
			t.Errorf("%+v", f)
		}
	}
	if kept.Request.Cookies[0].Value != "secret" || kept.Response.Cookies[0].Value != "secret" {
		t.Errorf("%+v", kept)
	}
}

// TestOfShowsNoPassword: an archive has no password of a URL, unless it is to
// keep secrets.
func TestOfShowsNoPassword(t *testing.T) {
	const secret = "hunter2"
	address := "https://u:" + secret + "@api.example/?to=https://u:" + secret + "@b.example"
	r := &audit.Report{Traffic: []audit.Exchange{{
		Method: "GET", URL: address, Status: 302,
		RequestHeaders:  fetch.HeaderList{{Name: "Origin", Value: "https://app.example"}, {Name: "X-From", Value: address}},
		ResponseHeaders: fetch.HeaderList{{Name: "Location", Value: address}},
	}}}
	for keep, want := range map[bool]bool{false: false, true: true} {
		raw, err := json.Marshal(har.Of(r, &har.Options{KeepSecrets: keep}))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(raw), secret) != want {
			t.Errorf("secrets kept: %v\n%s", keep, raw)
		}
	}
}
