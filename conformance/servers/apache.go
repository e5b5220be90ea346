package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/credentials"
)

const (
	apacheProgram = "apache2"
	apacheModules = "/usr/lib/apache2/modules"
)

// apacheSnippets are what people copy, in this project's words. Each stands in
// a virtual host that passes requests on to the API.
func apacheSnippets() []snippet {
	const preflight = `Header always set Access-Control-Allow-Methods "GET, POST, PUT, PATCH, DELETE"
Header always set Access-Control-Allow-Headers "Content-Type, Authorization"
Header always set Access-Control-Expose-Headers "X-Total-Count"
Header always set Access-Control-Max-Age 600
`
	const answered = `RewriteEngine On
RewriteCond %{REQUEST_METHOD} OPTIONS
RewriteRule ^ - [R=204,L]
`
	with := only(uses(credentials.Include))
	return []snippet{
		{setting{name: "one line", says: "`Header set Access-Control-Allow-Origin \"*\"` and nothing else",
			means: "pages of every origin, without credentials", intent: &audit.Intent{Allow: both, Uses: uses("")}},
			`Header set Access-Control-Allow-Origin "*"`},
		{setting{name: "wide open", says: "`Header always set` of `*`, methods and headers, and a rewrite that answers OPTIONS",
			means: "pages of every origin, without credentials", intent: &audit.Intent{Allow: both, Uses: uses("")}},
			`Header always set Access-Control-Allow-Origin "*"
` + preflight + answered},
		{setting{name: "pattern without an end", says: "`SetEnvIf Origin \"^(https://(app|admin)\\.example.*)\" allowed=$1`, credentials, `Vary`",
			means: "these two origins, with credentials", intent: with},
			`SetEnvIf Origin "^(https://(app|admin)\.example.*)" allowed=$1
Header always set Access-Control-Allow-Origin %{allowed}e env=allowed
Header always set Access-Control-Allow-Credentials true
Header always merge Vary Origin
` + preflight + answered},
		{setting{name: "http as well", says: "`SetEnvIf Origin \"^https?://(app|admin)\\.example$\" allowed=$0`, credentials, `Vary`",
			means: "these two origins, with credentials", intent: with},
			`SetEnvIf Origin "^https?://(app|admin)\.example$" allowed=$0
Header always set Access-Control-Allow-Origin %{allowed}e env=allowed
Header always set Access-Control-Allow-Credentials true
Header always merge Vary Origin
` + preflight + answered},
		{setting{name: "set and always set", says: "`Header set` and `Header always set` of the same origin, so that errors have it too",
			means: "pages of every origin, without credentials", intent: &audit.Intent{Allow: both, Uses: uses("")}},
			`Header set Access-Control-Allow-Origin "*"
Header always set Access-Control-Allow-Origin "*"
` + preflight + answered},
		{setting{name: "without always and Vary", says: "`SetEnvIf` with a whole pattern, `Header set`, credentials",
			means: "these two origins, with credentials", intent: with},
			`SetEnvIf Origin "^https://(app|admin)\.example$" allowed=$0
Header set Access-Control-Allow-Origin %{allowed}e env=allowed
Header set Access-Control-Allow-Credentials true
` + strings.ReplaceAll(preflight, " always", "") + answered},
		{setting{name: "as it should be", says: "`SetEnvIf` with a whole pattern, `Header always set`, `Vary`, credentials, a rewrite that answers OPTIONS",
			means: "these two origins, with credentials", intent: with},
			`SetEnvIf Origin "^https://(app|admin)\.example$" allowed=$0
Header always set Access-Control-Allow-Origin %{allowed}e env=allowed
Header always set Access-Control-Allow-Credentials true
Header always merge Vary Origin
` + preflight + answered},
	}
}

// startApache serves each snippet on a port of its own.
func startApache(ctx context.Context, _ []setting) (map[string]address, func() error, error) {
	dir, socket, cleanup, err := startAPI()
	if err != nil {
		return nil, nil, err
	}
	snippets := apacheSnippets()
	ports, err := freePorts(len(snippets))
	if err != nil {
		cleanup()
		return nil, nil, err
	}
	var b strings.Builder
	for _, module := range []string{"mpm_event", "authz_core", "env", "setenvif", "headers", "rewrite", "proxy", "proxy_http"} {
		fmt.Fprintf(&b, "LoadModule %s_module %s/mod_%s.so\n", module, apacheModules, module)
	}
	fmt.Fprintf(&b, `ServerRoot %[1]s
ServerName api.example
DocumentRoot %[1]s
PidFile %[1]s/pid
DefaultRuntimeDir %[1]s
Mutex file:%[1]s
ErrorLog %[1]s/error.log
Timeout 10
<IfModule unixd_module>
User www-data
Group www-data
</IfModule>
`, dir)
	at := make(map[string]address)
	for i, s := range snippets {
		at[s.name] = address{network: "tcp", address: ports[i]}
		fmt.Fprintf(&b, "Listen %s\n<VirtualHost %s>\nProxyPass / unix:%s|http://api.example/\n%s\n</VirtualHost>\n", ports[i], ports[i], socket, s.config)
	}
	config := filepath.Join(dir, "apache.conf")
	if err := os.WriteFile(config, []byte(b.String()), 0o644); err != nil {
		cleanup()
		return nil, nil, err
	}
	p, err := startProgram(exec.CommandContext(ctx, apacheProgram, "-X", "-d", dir, "-f", config), cleanup)
	if err != nil {
		return nil, nil, err
	}
	if err := served(ctx, p, at); err != nil {
		return nil, nil, err
	}
	return at, p.stop, nil
}

// freePorts are addresses on loopback that were free a moment ago.
func freePorts(n int) ([]string, error) {
	var all []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		all = append(all, l.Addr().String())
	}
	return all, nil
}
