package curl_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/internal/curl"
)

func TestSplit(t *testing.T) {
	tests := []struct {
		name, line string
		want       []string
		rest       string
	}{
		{"words", "curl -i https://a.example/ \n< HTTP", []string{"curl", "-i", "https://a.example/"}, "\n< HTTP"},
		{"quotes", `curl 'a b' "c \"d\" \n" e\ f ''`, []string{"curl", "a b", `c "d" \n`, "e f", ""}, ""},
		{"glued", `curl -H'X-A: 1' --data="x"y`, []string{"curl", "-HX-A: 1", "--data=xy"}, ""},
		{"continued", "curl \\\n  -i \\\r\n  x", []string{"curl", "-i", "x"}, ""},
		{"ANSI-C", `curl $'\u00e9\'\x41\n' x`, []string{"curl", "é'A\n", "x"}, ""},
		{"operators", "curl -s x 2>&1 | jq .", []string{"curl", "-s", "x"}, ""},
		{"cmd", "curl ^\"https://a.example/?a=1^&b=2^\" ^\r\n  -H ^\"X-A: ^\\^\"q^\\^\"^\" ^\n  --data-raw ^\"^{^}^\"\r\nnext", []string{"curl", "https://a.example/?a=1&b=2", "-H", `X-A: "q"`, "--data-raw", "{}"}, "\nnext"},
		{"old cmd", "curl \"https://a.example/\" ^\n  -H \"X-A: 1\"", []string{"curl", "https://a.example/", "-H", "X-A: 1"}, ""},
		{"PowerShell", "curl.exe \"https://a.example/\" `\r\n  -H \"X-A: `\"1`\"\" `\n  -i", []string{"curl.exe", "https://a.example/", "-H", `X-A: "1"`, "-i"}, ""},
		{"open", `curl 'x`, []string{"curl", "x"}, ""},
		{"nothing", "", nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			words, end := curl.Split(tt.line)
			if diff := cmp.Diff(tt.want, words); diff != "" {
				t.Error(diff)
			}
			if rest := tt.line[min(end, len(tt.line)):]; rest != tt.rest {
				t.Errorf("rest %q, want %q", rest, tt.rest)
			}
		})
	}
}

func TestParse(t *testing.T) {
	tests := []struct {
		name, line string
		want       string // method, URLs, headers …
	}{
		{"a preflight", `curl -i -X OPTIONS -H 'Origin: https://a.example' -H "Access-Control-Request-Method: PUT" https://b.example/`,
			"OPTIONS https://b.example/ Origin: https://a.example, Access-Control-Request-Method: PUT"},
		{"JSON", `curl -sS --json '{}' https://b.example/`, "POST https://b.example/ Content-Type: application/json, Accept: application/json body=2"},
		{"a form", `curl -d a=1 -d b=2 -u me:secret -b s=1 --compressed --http2 -k -o /dev/null -w '%{http_code}' https://b.example/`, "POST https://b.example/ body=7 application/x-www-form-urlencoded cookie user"},
		{"files", `curl -H @headers -d @/etc/passwd https://b.example/`, "POST https://b.example/ body=0 application/x-www-form-urlencoded files=headers,/etc/passwd"},
		{"a flag that is not known", `curl --some-new-flag -i https://b.example/`, " https://b.example/"},
		{"several requests", `curl https://b.example/ --next -d x https://c.example/`, " https://b.example/"},
		{"head", `curl -I https://b.example/`, "HEAD https://b.example/"},
		{"a URL by flag", `curl.exe --url https://b.example/ -L`, " https://b.example/ follow"},
		{"not a header", `curl -H 'x y' https://b.example/`, `invalid argument "x y" for "-H, --header" flag: "x": a header is "name: value", or "name;" for an empty value`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			words, _ := curl.Split(tt.line)
			if got := parsed(curl.Parse(words)); got != tt.want {
				t.Errorf("got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func parsed(c *curl.Command, err error) string {
	if err != nil {
		return err.Error()
	}
	var headers []string
	for _, h := range c.Headers() {
		headers = append(headers, h.Name+": "+h.Value)
	}
	got := []string{c.Method(), strings.Join(c.URLs, " ")}
	if headers != nil {
		got = append(got, strings.Join(headers, ", "))
	}
	if body, err := c.Body(); err != nil {
		got = append(got, err.Error())
	} else if body != nil {
		got = append(got, strings.TrimSpace(fmt.Sprintf("body=%d %s", len(body.Bytes), body.ContentType)))
	}
	if c.Cookie != "" {
		got = append(got, "cookie")
	}
	if c.User != "" {
		got = append(got, "user")
	}
	if c.Follow {
		got = append(got, "follow")
	}
	if c.Files != nil {
		got = append(got, "files="+strings.Join(c.Files, ","))
	}
	return strings.Join(got, " ")
}

// FuzzParse: a command line is read in bounded time, and never opens a file.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"curl -i 'x' \\\n-H \"a: b\" $'\\u0041' ^\" `\n", "curl -d @/dev/zero -F a=@/dev/zero -T /dev/zero -H @/dev/zero --next -K x --"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		words, end := curl.Split(s)
		if end > len(s) {
			t.Errorf("%d of %d", end, len(s))
		}
		if c, err := curl.Parse(words); err == nil {
			c.Body()
			c.Headers()
			c.Method()
			for _, u := range c.URLs {
				c.URL(u)
			}
		}
	})
}
