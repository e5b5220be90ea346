package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// startsWithin is how long a program may take until it serves.
const startsWithin = 30 * time.Second

// A program is one that was started.
type program struct {
	cmd     *exec.Cmd
	stderr  bytes.Buffer
	exited  chan struct{}
	cleanup func()
	ended   bool
}

// startProgram starts a command, which is asked to end when ctx ends, and killed
// if it then doesn't.
func startProgram(cmd *exec.Cmd, cleanup func()) (*program, error) {
	p := &program{cmd: cmd, exited: make(chan struct{}), cleanup: cleanup}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	if cmd.Stderr == nil {
		cmd.Stderr = &p.stderr
	}
	if err := cmd.Start(); err != nil {
		cleanup()
		return nil, err
	}
	go func() {
		_ = cmd.Wait() // how it ended is of no interest
		close(p.exited)
	}()
	return p, nil
}

// stop ends the program and removes what it left.
func (p *program) stop() error {
	if p.ended {
		return nil
	}
	p.ended = true
	defer p.cleanup()
	if err := p.cmd.Cancel(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.exited:
	case <-time.After(5 * time.Second):
		if err := p.cmd.Process.Kill(); err != nil {
			return err
		}
		<-p.exited
	}
	return nil
}

// serves waits until an address takes connections.
func (p *program) serves(ctx context.Context, a address) error {
	ctx, cancel := context.WithTimeout(ctx, startsWithin)
	defer cancel()
	for {
		conn, err := net.Dial(a.network, a.address)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-p.exited:
			return fmt.Errorf("%s ended: %s", p.cmd.Path, strings.TrimSpace(p.stderr.String()))
		case <-ctx.Done():
			return fmt.Errorf("%s does not serve: %w", p.cmd.Path, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// installed is nil for a program that is there.
func installed(name, pkg string) error {
	if _, err := exec.LookPath(name); err != nil {
		return fmt.Errorf("%s is not installed (Debian's package %s)", name, pkg)
	}
	return nil
}

// nodePackages are Node's CORS packages.
func nodePackages() []server {
	byRoute := setting{name: "routes one by one", says: "the list, as a middleware of each route instead of the application", means: meansList, intent: only(uses("")), wish: listWish()}
	signIn := setting{name: "sign-in first", says: "the list, behind the middleware that asks for a sign-in", means: meansList, intent: signedInIntent(), wish: listWish()}
	suffix := setting{name: "suffix in a pattern", says: "`/app\\.example$/`, credentials", means: "this origin, with credentials", intent: justApp(app), wish: patternWish(`app\.example$`)}
	dot := setting{name: "dot in a pattern", says: "`/^https:\\/\\/app.shop.example$/`, credentials", means: "this origin, with credentials", intent: justApp("https://app.shop.example"), wish: patternWish(`^https://app.shop.example$`)}
	var all []server
	for _, p := range []struct {
		title, name, pkg string
		own              []setting
	}{
		{"cors on Express", "cors", "cors", []setting{byRoute, signIn, suffix, dot}},
		{"@fastify/cors", "@fastify/cors", "@fastify/cors", []setting{suffix, dot}},
		{"@koa/cors", "@koa/cors", "@koa/cors", nil},
		{"hono/cors", "hono/cors", "hono", nil},
	} {
		all = append(all, server{name: p.title, external: &external{
			missing: nodeMissing, own: p.own, pinned: true,
			version: func() (string, error) { return nodeVersion(p.pkg) },
			start: func(ctx context.Context, settings []setting) (map[string]address, func() error, error) {
				return startNode(ctx, p.name, settings)
			},
		}})
	}
	return all
}

const nodeDir = "node"

func nodeMissing() error {
	if err := installed("node", "nodejs"); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(nodeDir, "node_modules")); err != nil {
		return errors.New("node_modules is not there: npm ci in conformance/servers/node installs it")
	}
	return nil
}

// nodeVersion is the version of a package that is installed, which must be the
// one that package.json pins.
func nodeVersion(name string) (string, error) {
	var pinned struct{ Dependencies map[string]string }
	if err := readJSON(filepath.Join(nodeDir, "package.json"), &pinned); err != nil {
		return "", err
	}
	var there struct{ Version string }
	if err := readJSON(filepath.Join(nodeDir, "node_modules", filepath.FromSlash(name), "package.json"), &there); err != nil {
		return "", err
	}
	if there.Version != pinned.Dependencies[name] {
		return "", fmt.Errorf("%s %s is installed, and package.json pins %s: npm ci in conformance/servers/node", name, there.Version, pinned.Dependencies[name])
	}
	return there.Version, nil
}

func readJSON(file string, into any) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, into)
}

// startNode serves settings with a package of Node. Its process ends with its
// standard input, and so with this process.
func startNode(ctx context.Context, name string, settings []setting) (map[string]address, func() error, error) {
	type order struct {
		Name    string `json:"name"`
		Variant string `json:"variant"`
		Wish    wish   `json:"wish"`
	}
	var orders []order
	for _, s := range settings {
		orders = append(orders, order{s.name, s.name, s.wish})
	}
	line, err := json.Marshal(map[string]any{"package": name, "settings": orders})
	if err != nil {
		return nil, nil, err
	}
	cmd := exec.CommandContext(ctx, "node", "server.mjs")
	cmd.Dir = nodeDir
	cmd.Env = append(os.Environ(), "NODE_ENV=test")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, nil, err
	}
	reader, stdout := io.Pipe()
	cmd.Stdout = stdout
	p, err := startProgram(cmd, func() { stdin.Close(); reader.Close() })
	if err != nil {
		return nil, nil, err
	}
	go func() { <-p.exited; stdout.Close() }()
	timer := time.AfterFunc(startsWithin, func() { reader.CloseWithError(fmt.Errorf("node does not serve %s within %v", name, startsWithin)) })
	defer timer.Stop()
	var ports map[string]struct {
		Port    int
		Refused string
	}
	_, err = stdin.Write(append(line, '\n'))
	if err == nil {
		var answer []byte
		if answer, err = bufio.NewReader(reader).ReadBytes('\n'); err == nil {
			err = json.Unmarshal(answer, &ports)
		}
	}
	go io.Copy(io.Discard, reader)
	if err != nil {
		return nil, nil, errors.Join(err, p.stop(), errors.New(strings.TrimSpace(p.stderr.String())))
	}
	at := make(map[string]address)
	for name, a := range ports {
		at[name] = address{network: "tcp", address: fmt.Sprintf("127.0.0.1:%d", a.Port), refused: a.Refused}
	}
	return at, p.stop, nil
}

// A snippet is a piece of a web server's configuration, in front of the API.
type snippet struct {
	setting
	config string
}

func settingsOf(snippets []snippet) []setting {
	var all []setting
	for _, s := range snippets {
		all = append(all, s.setting)
	}
	return all
}

// webServers are programs, with what people copy into their configurations.
func webServers() []server {
	return []server{
		{name: "nginx", external: &external{
			missing: func() error { return installed(nginxProgram, "nginx") },
			version: func() (string, error) { return programVersion(nginxProgram, "nginx/") },
			start:   startNginx, own: settingsOf(nginxSnippets()), noCommon: true,
		}},
		{name: "Apache", external: &external{
			missing: func() error { return installed(apacheProgram, "apache2-bin") },
			version: func() (string, error) { return programVersion(apacheProgram, "Apache/") },
			start:   startApache, own: settingsOf(apacheSnippets()), noCommon: true,
		}},
	}
}

// programVersion is what a program says of its version.
func programVersion(program, before string) (string, error) {
	out, err := exec.Command(program, "-v").CombinedOutput()
	if err != nil {
		return "", err
	}
	_, rest, ok := strings.Cut(string(out), before)
	fields := strings.Fields(rest)
	if !ok || len(fields) == 0 {
		return "", fmt.Errorf("%s -v says %.100q", program, out)
	}
	return fields[0], nil
}

// startAPI serves the API without CORS on a socket, in a directory of its own
// that programs of other users can use. Stop removes it with all that is in it.
func startAPI() (dir, socket string, stop func(), err error) {
	if dir, err = os.MkdirTemp("", "servers"); err != nil {
		return "", "", nil, err
	}
	s := &http.Server{Handler: withoutCORS(), ReadHeaderTimeout: 5 * time.Second}
	stop = func() { s.Close(); os.RemoveAll(dir) }
	socket = filepath.Join(dir, "api.sock")
	l, err := net.Listen("unix", socket)
	if err == nil {
		go s.Serve(l)
		err = errors.Join(os.Chmod(dir, 0o755), os.Chmod(socket, 0o777))
	}
	if err != nil {
		stop()
		return "", "", nil, err
	}
	return dir, socket, stop, nil
}

// withoutCORS is the API, and under /allowing the API that allows origins
// itself. It answers OPTIONS as it does other methods that it has no route for.
func withoutCORS() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", api())
	mux.Handle("/allowing/", http.StripPrefix("/allowing", withRSOf(api(), listWish())))
	return mux
}
