package audit_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/credentials"
)

// A policy is CORS middleware as one should write it.
type policy struct {
	origins                          []string // nil is everybody
	credentials                      bool
	methods, headers, expose, maxAge string
}

func (p policy) around(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h, asking := w.Header(), r.Header.Get("Origin")
		switch {
		case p.origins == nil:
			h.Set("Access-Control-Allow-Origin", "*")
		case slices.Contains(p.origins, asking):
			h.Set("Access-Control-Allow-Origin", asking)
			if p.credentials {
				h.Set("Access-Control-Allow-Credentials", "true")
			}
			fallthrough
		default:
			h.Add("Vary", "Origin")
		}
		for name, value := range map[string]string{"Allow-Methods": p.methods, "Allow-Headers": p.headers, "Max-Age": p.maxAge, "Expose-Headers": p.expose} {
			if preflight := r.Method == http.MethodOptions; value != "" && preflight == (name != "Expose-Headers") {
				h.Set("Access-Control-"+name, value)
			}
		}
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next(w, r)
	}
}

// TestGoodServers has servers without a fault, of the kinds that there are:
// there is nothing to find.
func TestGoodServers(t *testing.T) {
	listed := policy{origins: []string{"https://app.example", "https://admin.example"}, credentials: true,
		methods: "PUT, PATCH, DELETE", headers: "Authorization, Content-Type, If-None-Match", expose: "ETag, X-Total", maxAge: "7200"}
	public := policy{methods: "PUT", headers: "Content-Type", maxAge: "86400"}
	ok := func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "{}") }
	get, put := audit.Use{URL: "/x"}, audit.Use{Method: "PUT", URL: "/x/1", Body: "{}", Headers: map[string]string{"Content-Type": "application/json"}}
	loggedIn := audit.Use{URL: "/me", Headers: map[string]string{"Authorization": "Bearer x"}}
	const session = "sid=1; Path=/; Secure; HttpOnly; SameSite=Lax"

	protection := http.NewCrossOriginProtection()
	if err := protection.AddTrustedOrigin("https://app.example"); err != nil {
		t.Fatal(err)
	}
	if err := protection.AddTrustedOrigin("https://admin.example"); err != nil {
		t.Fatal(err)
	}
	routes := http.NewServeMux()
	routes.Handle("/x/", listed.around(ok))
	routes.Handle("/public/", public.around(ok))
	var requests int

	for _, tt := range []struct {
		name   string
		server http.HandlerFunc
		uses   []audit.Use
	}{
		{"list", listed.around(ok), []audit.Use{get, put, loggedIn}},
		{"everybody", public.around(ok), []audit.Use{get, put}},
		{"fetch metadata", listed.around(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Add("Vary", "Sec-Fetch-Site")
			if r.Header.Get("Sec-Fetch-Site") == "cross-site" && !slices.Contains(listed.origins, r.Header.Get("Origin")) {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			ok(w, r)
		}), []audit.Use{get, put}},
		{"cross-origin protection", listed.around(protection.Handler(http.HandlerFunc(ok)).ServeHTTP), []audit.Use{get, put}},
		{"cross-origin protection outside", protection.Handler(listed.around(ok)).ServeHTTP, []audit.Use{get, put}},
		{"strangers get 403", func(w http.ResponseWriter, r *http.Request) {
			if asking := r.Header.Get("Origin"); asking != "" && !slices.Contains(listed.origins, asking) {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			listed.around(ok)(w, r)
		}, []audit.Use{get, put}},
		{"subdomains, too", func(w http.ResponseWriter, r *http.Request) {
			p := listed
			if host, https := strings.CutPrefix(r.Header.Get("Origin"), "https://"); https && strings.HasSuffix(host, ".app.example") {
				p.origins = append(slices.Clone(p.origins), r.Header.Get("Origin"))
			}
			p.around(ok)(w, r)
		}, []audit.Use{get, put}},
		{"behind a CDN", listed.around(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "public, s-maxage=60")
			ok(w, r)
		}), []audit.Use{get}},
		{"immutable", public.around(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			ok(w, r)
		}), []audit.Use{get}},
		{"HEAD", listed.around(ok), []audit.Use{{Method: "HEAD", URL: "/x", Read: []string{"Content-Type", "Content-Length"}}}},
		{"not modified", listed.around(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("ETag", `"7"`)
			if r.Header.Get("If-None-Match") == `"7"` {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			ok(w, r)
		}), []audit.Use{{URL: "/x", Headers: map[string]string{"If-None-Match": `"7"`}, Read: []string{"ETag"}}}},
		{"a slash too few", listed.around(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, "/") {
				http.Redirect(w, r, r.URL.Path+"/", http.StatusTemporaryRedirect)
				return
			}
			ok(w, r)
		}), []audit.Use{get, put}},
		{"401 for all but preflights", listed.around(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") == "" {
				w.Header().Set("WWW-Authenticate", "Bearer")
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			ok(w, r)
		}), []audit.Use{loggedIn}},
		{"by route", routes.ServeHTTP, []audit.Use{{URL: "/x/"}, {Method: "DELETE", URL: "/x/1"}, {URL: "/public/1"}}},
		{"429 after a while", listed.around(func(w http.ResponseWriter, r *http.Request) {
			if requests++; requests > 10 {
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			ok(w, r)
		}), []audit.Use{get, put}},
		{"a stream", listed.around(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			for r.Context().Err() == nil {
				fmt.Fprint(w, "data: tick\n\n")
				http.NewResponseController(w).Flush()
				time.Sleep(time.Millisecond)
			}
		}), []audit.Use{get}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			intent := &audit.Intent{Allow: listed.origins, Uses: tt.uses}
			for _, f := range audited(t, tt.server, intent).Findings {
				t.Error(f)
			}
		})
	}

	t.Run("a session of the site", func(t *testing.T) {
		p := policy{origins: []string{"https://app.shop.example.com"}, credentials: true}
		for _, f := range audited(t, p.around(func(w http.ResponseWriter, r *http.Request) {
			if _, err := r.Cookie("sid"); err != nil {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			w.Header().Set("Set-Cookie", session)
		}), &audit.Intent{Base: "https://api.shop.example.com", Allow: p.origins, Refuse: []string{"null", "http://app.shop.example.com"},
			Uses: []audit.Use{{URL: "/me", Credentials: credentials.Include, Cookies: []string{session}}}}).Findings {
			t.Error(f)
		}
	})
}

// TestRateLimited has a server that has enough of an audit: its 429 says nothing
// of where preflights are answered.
func TestRateLimited(t *testing.T) {
	for limit := range 40 {
		requests := 0
		report := audited(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if requests++; requests > limit+5 {
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			policy{origins: []string{"https://app.example"}}.around(func(http.ResponseWriter, *http.Request) {})(w, r)
		}), &audit.Intent{Allow: []string{"https://app.example"}, Uses: []audit.Use{{URL: "/x"}}})
		for _, f := range report.Findings {
			if f.ID != "error-without-cors" && f.ID != "origin-refused" {
				t.Errorf("after %d requests: %s", limit+5, f)
			}
		}
	}
}
