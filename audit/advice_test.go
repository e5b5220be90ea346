package audit_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/credentials"
)

// TestAdvice holds that a finding ends in the configuration of the product that
// shows in the server's answers, or that the user has named.
func TestAdvice(t *testing.T) {
	put := audit.Use{URL: "/things", Method: "PUT", Headers: map[string]string{"X-Token": "1"}, Credentials: credentials.Include}
	reading := audit.Use{URL: "/things", Read: []string{"X-Total"}}
	for _, tt := range []struct {
		name    string
		use     audit.Use
		server  string
		handler http.HandlerFunc
		finding audit.FindingID
		product string
		clue    string
		snippet string // is in it
	}{
		{"a body that says it", put, "", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Server", "nginx")
			http.Error(w, "Invalid CORS request", http.StatusForbidden)
		}, "preflight-failed", "Spring", "Invalid CORS request", `setAllowedMethods(List.of("PUT"))`},
		{"credentials", put, "", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Powered-By", "Express")
			w.Header().Set("Access-Control-Allow-Origin", "*")
			w.Header().Set("Access-Control-Allow-Methods", "PUT")
			w.Header().Set("Access-Control-Allow-Headers", "x-token")
		}, "credentials-refused", "Express", "X-Powered-By: Express", `credentials: true`},
		{"an error of nginx", audit.Use{URL: "/things", Method: "POST", Body: "much"}, "", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			w.Write([]byte("<html><center><h1>413 Request Entity Too Large</h1></center><hr><center>nginx/1.24.0</center></html>"))
		}, "request-failed", "nginx", "error page", "client_max_body_size"},
		{"no refusal", reading, "", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Server", "uvicorn")
			w.Header().Set("Vary", "Origin")
			if origin := r.Header.Get("Origin"); origin == "https://app.example" {
				w.Header().Set("Access-Control-Allow-Origin", origin)
			}
			w.Header().Set("X-Total", "5")
		}, "not-exposed", "FastAPI or Starlette", "uvicorn", `expose_headers=["X-Total"]`},
		{"a named one", put, "s3", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusForbidden) }, "preflight-failed", "Amazon S3", "", `"AllowedOrigins": ["https://app.example"]`},
		{"nobody shows", put, "", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Server", "something")
			w.WriteHeader(http.StatusForbidden)
		}, "preflight-failed", "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			intent := &audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{tt.use}}
			report, err := audit.Handler(t.Context(), tt.handler, intent, &audit.Options{Server: tt.server})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range report.Findings {
				if f.ID != tt.finding {
					continue
				}
				switch {
				case tt.product == "" && f.Advice == nil:
				case f.Advice == nil || f.Advice.Product != tt.product || !strings.Contains(f.Advice.Clue, tt.clue) || !strings.Contains(f.Advice.Snippet, tt.snippet) || (tt.clue == "") != (f.Advice.Clue == ""):
					t.Errorf("the advice is %+v, want %s", f.Advice, tt.product)
				case !strings.Contains(f.String(), "In "+tt.product) || !strings.Contains(f.String(), f.Advice.Manual):
					t.Errorf("the finding does not show it:\n%s", f)
				}
				return
			}
			t.Errorf("no %s: %v", tt.finding, report.Findings)
		})
	}
}

// TestAdviceForWhom holds that advice names an origin that the intent allows, also
// where another one got in.
func TestAdviceForWhom(t *testing.T) {
	reflecting := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server", "nginx")
		w.Header().Set("Vary", "Origin")
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		w.Header().Set("Access-Control-Allow-Credentials", "true")
	})
	intent := &audit.Intent{Allow: []string{"https://app.example"}, Refuse: []string{"https://evil.example"}, Uses: []audit.Use{{URL: "/", Credentials: credentials.Include}}}
	report, err := audit.Handler(t.Context(), reflecting, intent, nil)
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for _, f := range report.Findings {
		if f.Advice == nil {
			continue
		}
		shown++
		if strings.Contains(f.Advice.Snippet, "evil") || !strings.Contains(f.Advice.Snippet, "https://app.example") && f.Advice.Snippet != "" {
			t.Errorf("%s: the snippet is\n%s", f.ID, f.Advice.Snippet)
		}
	}
	if shown == 0 {
		t.Error("no finding has advice")
	}
}

func TestUnknownServer(t *testing.T) {
	_, err := audit.Handler(t.Context(), http.NotFoundHandler(), &audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{{URL: "/"}}}, &audit.Options{Server: "ngnix"})
	if err == nil || !strings.Contains(err.Error(), `Options.Server: unknown product "ngnix"; did you mean "nginx"?`) {
		t.Errorf("the error is %v", err)
	}
}
