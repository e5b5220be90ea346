package har_test

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/browsercors/browsercors/audit/har"
)

// judgement is what becomes of an archive: one request that is allowed, one that
// is refused, one that nothing is known of, and one from a server that means harm.
func judgement(t *testing.T) *har.Judgement {
	const nasty = "</td></details><script>alert(1)</script>|``` @everyone\x1b[31m"
	j, err := har.Judge(t.Context(), archive(chrome, nil,
		entry{"GET " + api + "?allowed", []string{app}, "200", []string{lets}, "fetch", ""},
		entry{"GET " + api + "?refused", []string{app}, "200", []string{"Access-Control-Allow-Origin: " + nasty}, "fetch", ""},
		entry{"GET " + api + "?unknown", []string{app}, "0", nil, "fetch", ""}), nil)
	if err != nil {
		t.Fatal(err)
	}
	j.Browser, j.Verdicts[1].Recorded.Error = nasty, nasty
	return j
}

// TestFormats has each format say of each request what becomes of it.
func TestFormats(t *testing.T) {
	for format, want := range map[string][]string{
		"text":     {"✓ allowed in every browser", "✗ refused in every browser: multiple-allow-origin-values", "? not known in every browser"},
		"json":     {`"ruling": "allowed"`, `"reason": "multiple-allow-origin-values"`, `"ruling": "unknown"`},
		"markdown": {"| ✓ | ✓ | ✓ |", "| ✗ | ✗ | ✗ |", "| ? | ? | ? |", "<b>#1</b>", "refused in every browser: multiple-allow-origin-values", "<b>#2</b>"},
		"html": {`<td class="good" data-label="Firefox">✓`, `<td class="bad" data-label="Firefox">✗`, `<td class="soft" data-label="Firefox">?`,
			`<article class="finding breaks" id="entry-1">`, "✗ multiple-allow-origin-values, in every browser", "What to change (server):", `<article class="finding slow" id="entry-2">`},
	} {
		t.Run(format, func(t *testing.T) {
			var out bytes.Buffer
			if err := har.Formats()[format](judgement(t), &out); err != nil {
				t.Fatal(err)
			}
			for _, words := range want {
				if !strings.Contains(out.String(), words) {
					t.Errorf("%q is not in\n%s", words, out.String())
				}
			}
			if format != "json" && strings.Contains(out.String(), "\x1b") {
				t.Errorf("a control character is in\n%s", out.String())
			}
		})
	}
	if n := len(har.Formats()); n != 4 {
		t.Errorf("%d formats", n)
	}
}

// TestFormatsAreTame: what an archive has of elements, mentions and fences is
// text.
func TestFormatsAreTame(t *testing.T) {
	var page, markdown bytes.Buffer
	j := judgement(t)
	if err := har.Formats()["html"](j, &page); err != nil {
		t.Fatal(err)
	}
	in := html.NewTokenizer(&page)
	ids := make(map[string]bool)
	var links []string
	for kind := in.Next(); kind != html.ErrorToken; kind = in.Next() {
		token := in.Token()
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		if token.Data == "script" || token.Data == "img" || token.Data == "link" {
			t.Errorf("there is a %s", token)
		}
		for _, a := range token.Attr {
			switch {
			case a.Key == "id":
				ids[a.Val] = true
			case a.Key == "href" && a.Val[0] == '#':
				links = append(links, a.Val[1:])
			case strings.HasPrefix(a.Key, "on"), a.Key == "src", strings.Contains(a.Val, "ZgotmplZ"):
				t.Errorf("there is a %s", token)
			}
		}
	}
	for _, link := range links {
		if !ids[link] {
			t.Errorf("a link to #%s, which is not there", link)
		}
	}
	if err := har.Formats()["markdown"](j, &markdown); err != nil {
		t.Fatal(err)
	}
	fenced := false
	for line := range strings.Lines(markdown.String()) {
		if strings.HasPrefix(line, "````") {
			fenced = !fenced
		} else if !fenced && (strings.Contains(line, "<script") || strings.Contains(line, "@everyone")) {
			t.Errorf("not escaped: %s", line)
		}
	}
	if fenced {
		t.Errorf("a fence is open at the end of\n%s", markdown.String())
	}
}
