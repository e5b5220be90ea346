package report_test

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/audit/report"
)

// TestHTMLIsTame looks for what the page must not have, whatever a server
// says: script, anything from the network, handlers, elements that the
// template does not have.
func TestHTMLIsTame(t *testing.T) {
	for name, r := range map[string]*audit.Report{"clean": clean(t), "faulty": faulty(t), "hostile": hostile(t), "fixed": fixed()} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := report.Write(&out, "html", r, nil); err != nil {
				t.Fatal(err)
			}
			diagrams, ids, links := 0, make(map[string]bool), []string(nil)
			in := html.NewTokenizer(&out)
			for kind := in.Next(); kind != html.ErrorToken; kind = in.Next() {
				if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
					continue
				}
				token := in.Token()
				switch token.Data {
				case "script", "img", "link", "iframe", "object", "form", "svg":
					t.Errorf("there is a %s", token)
				}
				for _, a := range token.Attr {
					switch {
					case strings.HasPrefix(a.Key, "on"), a.Key == "src", a.Key == "action":
						t.Errorf("there is a %s", token)
					case a.Key == "id":
						if ids[a.Val] {
							t.Errorf("id %s stands twice", a.Val)
						}
						ids[a.Val] = true
					case a.Key == "href" && strings.HasPrefix(a.Val, "#"):
						links = append(links, a.Val[1:])
					case a.Key == "href" && !strings.HasPrefix(a.Val, "https://"):
						t.Errorf("a link to %s", a.Val)
					case a.Key == "class" && a.Val == "diagram":
						diagrams++
					case strings.Contains(a.Val, "ZgotmplZ"):
						t.Errorf("%s", token)
					}
				}
			}
			for _, link := range links {
				if !ids[link] {
					t.Errorf("a link to #%s, which is not there", link)
				}
			}
			if want := len(r.Findings) + len(r.Plays); diagrams != want {
				t.Errorf("%d diagrams, want %d", diagrams, want)
			}
		})
	}
}

// TestSecrets: what is sent in secret is shown in JSON alone, and there if asked.
func TestSecrets(t *testing.T) {
	r := fixed()
	r.Plays[0].Exchanges[0].RequestHeaders = headers("Cookie: sid=secret", "Authorization: Bearer secret")
	r.Plays[0].Exchanges[0].ResponseHeaders = headers("Set-Cookie: sid=secret; Secure", "Set-Cookie: secret")
	for _, keep := range []bool{false, true} {
		for _, format := range report.Formats() {
			var out bytes.Buffer
			if err := report.Write(&out, format, r, &report.Options{KeepSecrets: keep}); err != nil {
				t.Fatal(err)
			}
			if got, want := strings.Contains(out.String(), "secret"), keep && format == "json"; got != want {
				t.Errorf("%s, kept %t: %t, want %t", format, keep, got, want)
			}
		}
	}
}
