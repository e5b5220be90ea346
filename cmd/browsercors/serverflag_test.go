package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestProduct: what is said of a refusal ends in the configuration of the product
// that answered, or that --server names.
func TestProduct(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/spring", answer(403, "Invalid CORS request", "Server: nginx"))
	mux.HandleFunc("/large", answer(413, "<center><h1>413 Request Entity Too Large</h1></center><hr><center>nginx</center>", "Content-Type: text/html"))
	mux.HandleFunc("/silent", answer(200, "{}", "Content-Type: application/json"))
	server := httptest.NewServer(mux)
	defer server.Close()
	for _, tt := range []struct {
		name string
		args []string
		want []string
	}{
		{"by its body", []string{"fetch", "-X", "PUT", server.URL + "/spring"}, []string{"In Spring (a guess, from status 403 with the body “Invalid CORS request”):", `    cors.setAllowedMethods(List.of("PUT"));`, "https://docs.spring.io/"}},
		{"by its page", []string{"fetch", "-d", "much", server.URL + "/large"}, []string{"In nginx (a guess, from the error page, which is nginx's own):", "    client_max_body_size 20m;"}},
		{"by its name", []string{"fetch", "--server", "apache", server.URL + "/silent"}, []string{"In Apache httpd, which you named:", "    Header always merge Vary Origin"}},
		{"in JSON", []string{"fetch", "--format", "json", "-X", "PUT", server.URL + "/spring"}, []string{`"advice":{"product":"Spring","clue":"status 403`, `"manual":"https://`}},
		{"an audit", []string{"check", "--no-probes", "--server", "s3", server.URL + "/silent"}, []string{"In Amazon S3, which you named:", `"AllowedOrigins": ["http://app.example"]`}},
		{"an audit, by its body", []string{"check", "--no-probes", "-X", "PUT", server.URL + "/spring"}, []string{"In Spring (a guess"}},
		{"an archive", []string{"check", "--server", "caddy", "../../audit/har/testdata/chrome.har"}, []string{"In Caddy, which you named:"}},
		{"nobody", []string{"fetch", server.URL + "/silent"}, nil},
		{"a misspelt one", []string{"fetch", "--server", "ngnix", server.URL + "/silent"}, []string{`unknown product "ngnix"; did you mean nginx?`}},
		{"an unknown one", []string{"check", "--server", "qqqqqqqqqq", server.URL + "/silent"}, []string{`unknown product "qqqqqqqqqq" (`, "caddy, "}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := browsercors(t, "", tt.args...)
			shown := got.out + got.stderr
			for _, want := range tt.want {
				if !strings.Contains(shown, want) {
					t.Errorf("%q is not in\n%s", want, shown)
				}
			}
			if tt.want == nil && strings.Contains(shown, "a guess") {
				t.Errorf("a product shows:\n%s", shown)
			}
		})
	}
	for _, command := range []string{"fetch", "check"} {
		if got := browsercors(t, "", "__complete", command, "--server", ""); !strings.Contains(got.out, "\nnginx\n") {
			t.Errorf("%s completes --server with\n%s", command, got.out)
		}
	}
}
