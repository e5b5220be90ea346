package mimetype_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/mimetype"
)

var mimeTypes = []struct{ name, in, want string }{
	{"plain", "text/html", "text/html"},
	{"case", "Text/HTML;Charset=GBK", "text/html;charset=GBK"},
	{"whitespace around", "\t\n\r text/html ;a=b \r\n", "text/html;a=b"},
	{"whitespace before a name", "a/b; \n c=d", "a/b;c=d"},
	{"whitespace after a name spoils it", "a/b;c =d", "a/b"},
	{"whitespace before a value stays", "a/b;c= d", `a/b;c=" d"`},
	{"whitespace after a value goes", "a/b;c=d ;e=f", "a/b;c=d;e=f"},
	{"empty parameters", "a/b;;;c=d;", "a/b;c=d"},
	{"name without value", "a/b;c;d=e", "a/b;d=e"},
	{"name without value at the end", "a/b;c", "a/b"},
	{"empty value", "a/b;c=;d=e", "a/b;d=e"},
	{"empty value at the end", "a/b;c=", "a/b"},
	{"blank value", "a/b;c= ;d=e", "a/b;d=e"},
	{"empty quoted value", `a/b;c=""`, `a/b;c=""`},
	{"quoted", `a/b;c="d e"`, `a/b;c="d e"`},
	{"quoted without need", `a/b;c="d"`, "a/b;c=d"},
	{"quoted semicolon", `a/b;c="d;e=f";g=h`, `a/b;c="d;e=f";g=h`},
	{"garbage after quotes", `text/html;charset="shift_jis"iso-2022-jp;a=b`, "text/html;charset=shift_jis;a=b"},
	{"escapes", `a/b;c="\"\\\d"`, `a/b;c="\"\\d"`},
	{"open quotes", `a/b;c="d;e=f`, `a/b;c="d;e=f"`},
	{"open empty quotes", `a/b;c="`, `a/b;c=""`},
	{"backslash at the end", `a/b;c="\`, `a/b;c="\\"`},
	{"blanks in open quotes", `a/b;c="d `, "a/b;c=d"},
	{"quote inside a value", `a/b;c=d"e"`, `a/b;c="d\"e\""`},
	{"first of a name stays", "a/b;c=d;C=e;f=g", "a/b;c=d;f=g"},
	{"a bad value leaves room", "a/b;c=\x01;c=e", "a/b;c=e"},
	{"name that is no token", "a/b;c d=e;f=g", "a/b;f=g"},
	{"name empty", "a/b;=e;f=g", "a/b;f=g"},
	{"equals in a value", "a/b;c=d=e", `a/b;c="d=e"`},
	{"high bytes", "a/b;c=\x80\xff", "a/b;c=\"\x80\xff\""},
	{"tab in a value", "a/b;c=d\te", "a/b;c=\"d\te\""},
	{"DEL in a value", "a/b;c=\x7f", "a/b"},
	{"form feed in a value", "a/b;c=d\f", "a/b"},
	{"wildcard", "*/*", "*/*"},
	{"subtype with a plus", "image/svg+xml", "image/svg+xml"},
	{"empty", "", ""},
	{"blank", " ", ""},
	{"no slash", "text", ""},
	{"slash only", "/", ""},
	{"no type", "/html", ""},
	{"no subtype", "text/", ""},
	{"no subtype but a parameter", "text/;a=b", ""},
	{"blank in the type", "te xt/html", ""},
	{"blank before the slash", "text /html", ""},
	{"blank after the slash", "text/ html", ""},
	{"slash in the subtype", "text/html/x", ""},
	{"comma", "text/html,text/html", ""},
	{"high byte in the type", "t\xe4xt/html", ""},
	{"semicolon before the slash", "text;/html", ""},
	{"form feed is no HTTP whitespace", "\ftext/html", ""},
}

// https://mimesniff.spec.whatwg.org/#parse-a-mime-type and https://mimesniff.spec.whatwg.org/#serialize-a-mime-type
func TestMIMEType(t *testing.T) {
	for _, test := range mimeTypes {
		t.Run(test.name, func(t *testing.T) {
			m, ok := mimetype.Parse(test.in)
			if test.want == "" {
				if ok || m != nil {
					t.Errorf("got %v, %v", m, ok)
				}
				return
			}
			if !ok || m.String() != test.want {
				t.Errorf("got %q, %v; want %q", m, ok, test.want)
			}
		})
	}
}

func TestMIMETypeParts(t *testing.T) {
	m, ok := mimetype.Parse(`Text/JavaScript1.5;X=1;charset="utf-8"`)
	want := &mimetype.Type{Type: "text", Subtype: "javascript1.5",
		Parameters: []mimetype.Parameter{{Name: "x", Value: "1"}, {Name: "charset", Value: "utf-8"}}}
	if diff := cmp.Diff(want, m); diff != "" || !ok {
		t.Fatalf("%v (-want +got)\n%s", ok, diff)
	}
	if got := m.Essence(); got != "text/javascript1.5" {
		t.Errorf("essence %q", got)
	}
	if got, ok := m.Parameter("charset"); got != "utf-8" || !ok {
		t.Errorf("charset %q, %v", got, ok)
	}
	if _, ok := m.Parameter("y"); ok {
		t.Error("has a parameter y")
	}
}

// https://mimesniff.spec.whatwg.org/#javascript-mime-type
func TestIsJavaScript(t *testing.T) {
	for in, want := range map[string]bool{
		"text/javascript": true, "TEXT/JavaScript;charset=x": true, "application/x-ecmascript": true,
		"text/javascript1.0": true, "text/jscript": true, "text/livescript": true, "text/javascript1.6": false,
		"application/json": false, "text/plain": false, "application/livescript": false, "module/javascript": false,
	} {
		m, ok := mimetype.Parse(in)
		if !ok || m.IsJavaScript() != want {
			t.Errorf("%s is JavaScript: %v, %v", in, !want, ok)
		}
	}
}

// The table of https://fetch.spec.whatwg.org/#concept-header-extract-mime-type and the edges around it.
func TestExtractMIMEType(t *testing.T) {
	for _, test := range []struct {
		name    string
		headers list
		want    string
	}{
		{"last wins", list{"Content-Type", "text/plain;charset=gbk, text/html"}, "text/html"},
		{"charset kept for one essence", list{"Content-Type", "text/html;charset=gbk;a=b, text/html;x=y"}, "text/html;x=y;charset=gbk"},
		{"two headers", list{"Content-Type", "text/html;charset=gbk;a=b", "content-type", "text/html;x=y"}, "text/html;x=y;charset=gbk"},
		{"another essence between", list{"Content-Type", "text/html;charset=gbk", "Content-Type", "x/x", "Content-Type", "text/html;x=y"}, "text/html;x=y"},
		{"unparsable last", list{"Content-Type", "text/html", "Content-Type", "cannot-parse"}, "text/html"},
		{"wildcard last", list{"Content-Type", "text/html", "Content-Type", "*/*"}, "text/html"},
		{"empty last", list{"Content-Type", "text/html", "Content-Type", ""}, "text/html"},
		{"wildcard with a parameter", list{"Content-Type", "text/html, */*;charset=gbk"}, "text/html"},
		{"charset of its own", list{"Content-Type", "text/html;charset=a, text/html;charset=b"}, "text/html;charset=b"},
		{"an unparsable one between keeps the charset", list{"Content-Type", "text/html;charset=a, x, text/html"}, "text/html;charset=a"},
		{"only the first charset is remembered", list{"Content-Type", "text/html, text/html;charset=a, text/html"}, "text/html"},
		{"absent", list{"A", "text/html"}, ""},
		{"none parses", list{"Content-Type", "x, */*"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, ok := mimetype.Extract(test.headers)
			got := ""
			if ok {
				got = m.String()
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// list is a header list: names and values in turn.
type list []string

func (l list) Get(name string) (string, bool) {
	var values []string
	for i := 0; i < len(l); i += 2 {
		if fold.Equal(l[i], name) {
			values = append(values, l[i+1])
		}
	}
	return strings.Join(values, ", "), values != nil
}

// What serializes parses back to the same MIME type, and parsing anything twice changes nothing.
func FuzzMIMEType(f *testing.F) {
	for _, test := range mimeTypes {
		f.Add(test.in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		m, ok := mimetype.Parse(in)
		if !ok {
			return
		}
		again, ok := mimetype.Parse(m.String())
		if !ok {
			t.Fatalf("%q serializes to %q, which does not parse", in, m)
		}
		if diff := cmp.Diff(m, again); diff != "" {
			t.Errorf("%q serializes to %q (-first +second)\n%s", in, m, diff)
		}
		if !grammar.IsToken(m.Type) || !grammar.IsToken(m.Subtype) || strings.ContainsAny(m.Essence(), "ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
			t.Errorf("essence %q", m.Essence())
		}
	})
}
