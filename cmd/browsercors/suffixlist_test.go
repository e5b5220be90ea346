package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFetchPublicSuffixList decides by a file what a site is.
func TestFetchPublicSuffixList(t *testing.T) {
	plain, _ := overBoth(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer(200, "Cookie: "+r.Header.Get("Cookie"), "Access-Control-Allow-Origin: "+r.Header.Get("Origin"), "Access-Control-Allow-Credentials: true")(w, r)
	}))
	address := strings.TrimPrefix(plain.URL, "http://")
	host, port, _ := strings.Cut(address, ":")
	dir := t.TempDir()
	file := func(name, content string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	jar := file("cookies.txt", "api.hosting.example\tFALSE\t/\tFALSE\t0\ta\t1\n")
	args := func(more ...string) []string {
		return append([]string{"fetch", "--profile", "chromium", "--resolve", "api.hosting.example:" + port + ":" + host, "--page", "http://web.hosting.example",
			"--credentials", "include", "-b", jar}, append(more, "http://api.hosting.example:"+port+"/")...)
	}
	if got := browsercors(t, "", args()...); got.out != "Cookie: a=1" {
		t.Errorf("on one site: %q %s", got.out, got.stderr)
	}
	list := file("list.dat", "// hosts of customers\nexample\nhosting.example\n")
	if got := browsercors(t, "", args("--public-suffix-list", list)...); got.out != "Cookie: " {
		t.Errorf("below a public suffix: %q %s", got.out, got.stderr)
	}
	for name, want := range map[string]string{
		filepath.Join(dir, "none"):           "no such file",
		file("page.html", "<!DOCTYPE html>"): `line 1: "<!DOCTYPE" is not a rule of a public suffix list`,
	} {
		got := browsercors(t, "", args("--public-suffix-list", name)...)
		if got.code != exitUsage || !strings.Contains(got.stderr, "--public-suffix-list: ") || !strings.Contains(got.stderr, want) {
			t.Errorf("exit code %d: %s", got.code, got.stderr)
		}
	}
}
