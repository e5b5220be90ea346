package safelist_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/safelist"
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
			m, err := safelist.ParseMIMEType(test.in)
			if test.want == "" {
				if valueError := new(safelist.ValueError); !errors.As(err, &valueError) || valueError.Value != test.in || m != nil {
					t.Errorf("got %v, %v", m, err)
				}
				return
			}
			if err != nil || m.String() != test.want {
				t.Errorf("got %q, %v; want %q", m, err, test.want)
			}
		})
	}
}

func TestMIMETypeParts(t *testing.T) {
	m, err := safelist.ParseMIMEType(`Text/JavaScript1.5;X=1;charset="utf-8"`)
	want := &safelist.MIMEType{Type: "text", Subtype: "javascript1.5",
		Parameters: []safelist.Parameter{{Name: "x", Value: "1"}, {Name: "charset", Value: "utf-8"}}}
	if diff := cmp.Diff(want, m); diff != "" || err != nil {
		t.Fatalf("%v (-want +got)\n%s", err, diff)
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
		m, err := safelist.ParseMIMEType(in)
		if err != nil || m.IsJavaScript() != want {
			t.Errorf("%s is JavaScript: %v, %v", in, !want, err)
		}
	}
}
