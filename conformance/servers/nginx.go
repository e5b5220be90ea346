package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/credentials"
)

const nginxProgram = "nginx"

// nginxSnippets are what people copy, in this project's words. Each stands in
// a server block; what is to be passed on goes to the API.
func nginxSnippets() []snippet {
	const pass = "proxy_pass http://api;\n"
	const preflight = `add_header Access-Control-Allow-Methods "GET, POST, PUT, PATCH, DELETE" always;
add_header Access-Control-Allow-Headers "Content-Type, Authorization" always;
add_header Access-Control-Expose-Headers "X-Total-Count" always;
add_header Access-Control-Max-Age 600 always;
if ($request_method = OPTIONS) { return 204; }
`
	with := only(uses(credentials.Include))
	return []snippet{
		{setting{name: "wide open", says: "the well-known one with `if ($request_method = OPTIONS)`: `*`, GET, POST and OPTIONS, a list of headers that browsers send anyway, max-age of 20 days; no `always`",
			means: "pages of every origin, without credentials", intent: &audit.Intent{Allow: both, Uses: uses("")}},
			`location / {
	if ($request_method = OPTIONS) {
		add_header Access-Control-Allow-Origin *;
		add_header Access-Control-Allow-Methods "GET, POST, OPTIONS";
		add_header Access-Control-Allow-Headers "DNT,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range";
		add_header Access-Control-Max-Age 1728000;
		return 204;
	}
	if ($request_method = POST) {
		add_header Access-Control-Allow-Origin *;
		add_header Access-Control-Expose-Headers "Content-Length,Content-Range";
	}
	if ($request_method = GET) {
		add_header Access-Control-Allow-Origin *;
		add_header Access-Control-Expose-Headers "Content-Length,Content-Range";
	}
	` + pass + `}`},
		{setting{name: "reflecting", says: "`add_header Access-Control-Allow-Origin $http_origin`, credentials, `always`",
			means: "our pages, with credentials", intent: with},
			`location / {
add_header Access-Control-Allow-Origin $http_origin always;
add_header Access-Control-Allow-Credentials true always;
` + preflight + pass + `}`},
		{setting{name: "pattern without an end", says: "`if ($http_origin ~ \"^https://(app|admin)\\.example\")`, credentials, `Vary`",
			means: "these two origins, with credentials", intent: with},
			`set $cors "";
if ($http_origin ~ "^https://(app|admin)\.example") { set $cors $http_origin; }
location / {
add_header Access-Control-Allow-Origin $cors always;
add_header Access-Control-Allow-Credentials true always;
add_header Vary Origin always;
` + preflight + pass + `}`},
		{setting{name: "without always", says: "one origin from a `map`, `Vary`, credentials, and no `always`",
			means: "these two origins, with credentials", intent: with},
			`location / {
add_header Access-Control-Allow-Origin $listed;
add_header Access-Control-Allow-Credentials true;
add_header Vary Origin;
` + strings.ReplaceAll(preflight, " always", "") + pass + `}`},
		{setting{name: "both in one header", says: "`add_header Access-Control-Allow-Origin \"https://app.example https://admin.example\"`",
			means: "these two origins, without credentials", intent: only(uses(""))},
			`location / {
add_header Access-Control-Allow-Origin "https://app.example https://admin.example" always;
` + preflight + pass + `}`},
		{setting{name: "one more header within", says: "CORS in the server block, and an `add_header` of another kind in the location",
			means: "pages of every origin, without credentials", intent: &audit.Intent{Allow: both, Uses: uses("")}},
			`add_header Access-Control-Allow-Origin * always;
` + preflight + `location / {
add_header X-Frame-Options DENY always;
` + pass + `}`},
		{setting{name: "twice", says: "a `map`, `always`, `Vary`, in front of a service that allows origins itself",
			means: "these two origins, without credentials", intent: only(uses(""))},
			`location / {
add_header Access-Control-Allow-Origin $listed always;
add_header Vary Origin always;
` + preflight + "proxy_pass http://api/allowing/;\n" + `}`},
		{setting{name: "as it should be", says: "a `map` of whole origins, `Vary`, credentials, `always`",
			means: "these two origins, with credentials", intent: with},
			`location / {
add_header Access-Control-Allow-Origin $listed always;
add_header Access-Control-Allow-Credentials true always;
add_header Vary Origin always;
` + preflight + pass + `}`},
	}
}

// startNginx serves each snippet on a socket of its own.
func startNginx(ctx context.Context, _ []setting) (map[string]address, func() error, error) {
	dir, socket, cleanup, err := startAPI()
	if err != nil {
		return nil, nil, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, `daemon off;
master_process off;
pid %[1]s/pid;
error_log stderr;
events {}
http {
	access_log off;
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	upstream api { server unix:%[2]s; }
	map $http_origin $listed {
		default "";
		https://app.example $http_origin;
		https://admin.example $http_origin;
	}
`, dir, socket)
	at := make(map[string]address)
	for i, s := range nginxSnippets() {
		at[s.name] = address{network: "unix", address: filepath.Join(dir, fmt.Sprintf("%d.sock", i))}
		fmt.Fprintf(&b, "server {\nlisten unix:%s;\n%s\n}\n", at[s.name].address, s.config)
	}
	b.WriteString("}\n")
	config := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(config, []byte(b.String()), 0o644); err != nil {
		cleanup()
		return nil, nil, err
	}
	p, err := startProgram(exec.CommandContext(ctx, nginxProgram, "-p", dir, "-e", "stderr", "-c", config), cleanup)
	if err != nil {
		return nil, nil, err
	}
	return at, p.stop, served(ctx, p, at)
}

// served waits until all addresses are served.
func served(ctx context.Context, p *program, at map[string]address) error {
	for _, a := range at {
		if err := p.serves(ctx, a); err != nil {
			p.stop()
			return err
		}
	}
	return nil
}
