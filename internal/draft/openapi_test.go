package draft_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/internal/draft"
)

var update = flag.Bool("update", false, "rewrite golden files")

// golden compares a draft with what is in a file, and holds that it can be read back.
func golden(t *testing.T, file string, d *draft.Draft) {
	t.Helper()
	var b strings.Builder
	if err := d.WriteYAML(&b); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s: -update rewrites it\n%s", file, diff)
	}
	sameIntent(t, d, b.String())
}

// sameIntent holds that what is written is read back as it was.
func sameIntent(t *testing.T, d *draft.Draft, written string) {
	t.Helper()
	read, err := audit.ReadIntent("intent.yaml", strings.NewReader(written))
	if err != nil {
		t.Fatalf("%v\n%s", err, written)
	}
	want := d.Intent
	want.Uses = nil
	for _, u := range d.Uses {
		if u.Method == "GET" {
			u.Method = ""
		}
		want.Uses = append(want.Uses, u)
	}
	if diff := cmp.Diff(&want, read); diff != "" {
		t.Errorf("read back:\n%s", diff)
	}
}

func TestOpenAPI(t *testing.T) {
	f, err := os.Open("testdata/shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d, err := draft.OpenAPI("shop.yaml", f, &draft.OpenAPIOptions{Allow: []string{"https://app.example"}})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/shop.intent.yaml", d)
}

// TestOpenAPIForms has the same operation in each version.
func TestOpenAPIForms(t *testing.T) {
	for _, tt := range []struct{ name, document, base, want string }{
		{"3.0, JSON", `{"openapi": "3.0.3", "servers": [{"url": "https://a.example"}], "paths": {"/p": {"get": {}}}}`, "", "GET https://a.example/p"},
		{"3.0, YAML of any name", "openapi: 3.0.3\nservers: [{url: https://a.example}]\npaths: {/p: {get: {}}}\n", "", "GET https://a.example/p"},
		{"a path of the server", `{"openapi": "3.2.0", "servers": [{"url": "https://a.example/v1/"}], "paths": {"/p:q": {"get": {}}}}`, "", "GET https://a.example/v1/p:q"},
		{"another server", `{"openapi": "3.1.0", "servers": [{"url": "https://a.example/v1"}], "paths": {"/p": {"get": {}}}}`, "http://localhost:1", "GET http://localhost:1/v1/p"},
		{"another server and path", `{"openapi": "3.1.0", "servers": [{"url": "https://a.example/v1"}], "paths": {"/p": {"get": {}}}}`, "http://localhost:1/v2", "GET http://localhost:1/v2/p"},
		{"a relative server", `{"openapi": "3.1.0", "servers": [{"url": "/v1"}], "paths": {"/p": {"get": {}}}}`, "http://localhost:1", "GET http://localhost:1/v1/p"},
		{"no server", `{"openapi": "3.1.0", "paths": {"/": {"get": {}}}}`, "http://localhost:1/", "GET http://localhost:1/"},
		{"QUERY", `{"openapi": "3.2.0", "paths": {"/p": {"query": {}}}}`, "https://a.example", "QUERY https://a.example/p"},
		{"2.0", `{"swagger": "2.0", "host": "a.example", "basePath": "/v1", "schemes": ["http", "https"], "paths": {"/p/{id}": {"get": {"parameters": [{"name": "id", "in": "path", "type": "integer", "required": true}]}}}}`, "", "GET https://a.example/v1/p/1"},
		{"2.0, a body", `{"swagger": "2.0", "host": "a.example", "schemes": ["http"], "consumes": ["application/json"], "paths": {"/p": {"post": {"parameters": [{"name": "b", "in": "body", "schema": {"required": ["n"], "properties": {"n": {"type": "integer", "minimum": 3}}}}]}}}}`, "", `POST http://a.example/p Content-Type: application/json {"n":3}`},
		{"2.0, a form", `{"swagger": "2.0", "host": "a.example", "paths": {"/p": {"post": {"parameters": [{"name": "b", "in": "formData", "required": true, "type": "string"}]}}}}`, "", `POST https://a.example/p Content-Type: application/x-www-form-urlencoded b=1`},
		{"2.0, security", `{"swagger": "2.0", "host": "a.example", "security": [{"k": []}], "securityDefinitions": {"k": {"type": "basic"}}, "paths": {"/p": {"get": {}}}}`, "", `GET https://a.example/p Authorization: Basic REPLACE-ME`},
		{"a key in the query", `{"openapi": "3.0.0", "security": [{"k": []}], "components": {"securitySchemes": {"k": {"type": "apiKey", "in": "query", "name": "key"}}}, "paths": {"/p": {"get": {}}}}`, "https://a.example", `GET https://a.example/p?key=REPLACE-ME`},
		{"a reference to a path", `{"openapi": "3.1.0", "paths": {"/p": {"$ref": "#/components/pathItems/P~1q"}}, "components": {"pathItems": {"P/q": {"get": {}}}}}`, "https://a.example", "GET https://a.example/p"},
		{"a schema of itself", `{"openapi": "3.1.0", "paths": {"/p": {"put": {"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/S"}}}}}}}, "components": {"schemas": {"S": {"$ref": "#/components/schemas/S"}}}}`, "https://a.example", "PUT https://a.example/p Content-Type: application/json null"},
		{"a schema elsewhere", `{"openapi": "3.1.0", "paths": {"/p": {"put": {"requestBody": {"content": {"application/json": {"schema": {"$ref": "other.yaml#/S"}}}}}}}}`, "https://a.example", "PUT https://a.example/p Content-Type: application/json null"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, err := draft.OpenAPI("api", strings.NewReader(tt.document), &draft.OpenAPIOptions{Base: tt.base, Allow: []string{"https://app.example"}})
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Check(); err != nil {
				t.Fatal(err)
			}
			r, err := d.Uses[0].Request(d.Base)
			if err != nil {
				t.Fatal(err)
			}
			got := r.Method + " " + r.URL
			for _, h := range r.Headers {
				got += " " + h.Name + ": " + h.Value
			}
			if got += " " + d.Uses[0].Body; strings.TrimSpace(got) != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestOpenAPIWrong(t *testing.T) {
	bomb := "openapi: 3.1.0\nx-a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
	for c := 'b'; c < 'i'; c++ {
		bomb += fmt.Sprintf("x-%c: &%c [%s]\n", c, c, strings.Repeat(fmt.Sprintf("*%c, ", c-1), 10))
	}
	var paths strings.Builder
	for i := range 30_000 {
		fmt.Fprintf(&paths, `"/%d": {"$ref": "#/components/pathItems/P"},`, i)
	}
	many := `{"openapi": "3.1.0", "paths": {` + paths.String() + `"/": {}}, "components": {"pathItems": {"P": {"get": {"parameters": [` + strings.Repeat(`{"$ref": "#/x"},`, 300) + `{}]}}}}, "x": {"name": "a", "in": "query"}}`
	for _, tt := range []struct{ name, document, want string }{
		{"not one", `{"log": {}}`, "api.json:1: not an OpenAPI document: no key openapi or swagger"},
		{"not JSON", `{"openapi": `, "api.json:1: is not JSON: unexpected EOF"},
		{"version", `{"openapi": "4.0.0"}`, `api.json:1: #/openapi: unknown version "4.0.0", want 3.0, 3.1 or 3.2`},
		{"old", `{"swagger": "1.2"}`, `api.json:1: #/swagger: unknown version "1.2", want 2.0`},
		{"no paths", `{"openapi": "3.0.0"}`, "api.json:1: has no paths: nothing to check"},
		{"no operation", `{"openapi": "3.0.0", "paths": {"/p": {"trace": {}}}}`, "api.json:1: #/paths: has no operation that pages can request"},
		{"a cycle", "{\"openapi\": \"3.0.0\",\n\"paths\": {\"/p\": {\"get\": {\"parameters\":\n[{\"$ref\": \"#/components/parameters/A\"}]}}},\n\"components\": {\"parameters\": {\"A\": {\"$ref\": \"#/components/parameters/B\"}, \"B\": {\"$ref\": \"#/components/parameters/A\"}}}}",
			`api.json:3: #/paths/~1p/get/parameters: $ref "#/components/parameters/A" leads back to itself`},
		{"nothing", "{\"openapi\": \"3.0.0\",\n\"paths\": {\"/p\": {\"get\": {\"responses\": {\"200\":\n{\"$ref\": \"#/components/responses/A\"}}}}}}",
			`api.json:3: #/paths/~1p/get/responses/200: $ref "#/components/responses/A": refers to nothing`},
		{"another file", `{"openapi": "3.0.0", "paths": {"/p": {"$ref": "p.yaml"}}}`,
			`api.json:1: #/paths/~1p: $ref "p.yaml": refers to another file; put all into one document first (bundle it)`},
		{"another server", `{"openapi": "3.0.0", "paths": {"/p": {"$ref": "https://evil.example/p.yaml"}}}`,
			`api.json:1: #/paths/~1p: $ref "https://evil.example/p.yaml": refers to another file; put all into one document first (bundle it)`},
		{"security", `{"openapi": "3.0.0", "paths": {"/p": {"get": {"security": [{"k": []}]}}}}`, `api.json:1: #/paths/~1p/get/security: the security scheme "k" is not described`},
		{"aliases that multiply", bomb, "api.json:2: is more than 200 deep or has more than 1048576 parts"},
		{"references that multiply", many, "api.json:1: refers to the same values too often: more than 4194304 have to be looked at"},
		{"too long", `{"openapi": "` + strings.Repeat("3", 33<<20) + `"}`, "api.json: has more than 33554432 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			started := time.Now()
			_, err := draft.OpenAPI("api.json", strings.NewReader(strings.TrimPrefix(tt.document, " ")), &draft.OpenAPIOptions{Base: "https://a.example"})
			if err == nil || err.Error() != "draft: "+tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if took := time.Since(started); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
	for _, tt := range []struct{ name, server, want string }{
		{"relative", "/v1", "the server's URL \"/v1\" is relative, so the document does not name the server: name its URL"},
		{"not HTTP", "ftp://a.example/", "is not an HTTP(S) URL without username and password"},
		{"a secret", "https://me:hunter2@a.example/", "is not an HTTP(S) URL without username and password"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := draft.OpenAPI("api.json", strings.NewReader(`{"openapi": "3.0.0", "servers": [{"url": "`+tt.server+`"}], "paths": {"/p": {"get": {}}}}`), nil)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestOperations(t *testing.T) {
	document := `{"openapi": "3.0.0", "paths": {"/p": {"get": {"operationId": "readP", "tags": ["all"]}, "put": {"tags": ["all"]}}, "/q": {"get": {}}}}`
	for _, tt := range []struct {
		name, want string
		operations []string
	}{
		{"all", "readP: GET /p, PUT /p, GET /q", nil},
		{"id", "readP: GET /p", []string{"readP"}},
		{"tag", "readP: GET /p, PUT /p", []string{"all"}},
		{"path", "readP: GET /p, PUT /p, GET /q", []string{"/p", "/q"}},
		{"method and path", "PUT /p", []string{"PUT /p"}},
		{"unknown", `api:1: has no operation, tag or path "reedP"; did you mean "readP"?`, []string{"reedP"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d, err := draft.OpenAPI("api", strings.NewReader(document), &draft.OpenAPIOptions{Base: "https://a.example", Operations: tt.operations})
			got := ""
			if err != nil {
				got = strings.TrimPrefix(err.Error(), "draft: ")
			} else {
				var names []string
				for _, u := range d.Uses {
					names = append(names, u.Name)
				}
				got = strings.Join(names, ", ")
			}
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// FuzzOpenAPI holds that a draft is a valid intent that is read back as it was, whatever
// the document.
func FuzzOpenAPI(f *testing.F) {
	shop, err := os.ReadFile("testdata/shop.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(shop))
	f.Add(`{"swagger": "2.0", "host": "a.example", "paths": {"/p/{id}": {"post": {"parameters": [{"name": "b", "in": "formData", "required": true}]}}}}`)
	f.Add(`{"openapi": "3.1.0", "security": [[1]], "servers": [{"url": "/", "variables": [1]}], "paths": {"/p": {"put": {"requestBody": {"content": [1]}, "responses": [{}]}, "get": {"responses": {"200": {"headers": [1]}}}}}}`)
	f.Add(`{"openapi": "3.1.0", "paths": {"/p": {"$ref": "#/paths/~1p"}}}`)
	f.Fuzz(func(t *testing.T, document string) {
		d, err := draft.OpenAPI("api", strings.NewReader(document), &draft.OpenAPIOptions{Base: "https://a.example", Allow: []string{"https://app.example"}})
		if err != nil {
			return
		}
		if err := d.Check(); err != nil {
			t.Skip(err) // the document names servers or methods that no intent can
		}
		var b strings.Builder
		if err := d.WriteYAML(&b); err != nil {
			t.Fatal(err)
		}
		sameIntent(t, d, b.String())
	})
}
