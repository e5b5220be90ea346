package browser

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/browsercors/browsercors/engine"
)

// Installed returns nil if the programs that [Start] needs for an engine are
// installed. Otherwise it returns the error that Start would: which program is
// missing, and which Debian package has it.
func Installed(engine string) error {
	_, err := launcherOf(engine)
	return err
}

// A launcher knows how one engine is started.
type launcher struct {
	programs map[string]string                           // what must be installed: program → Debian package
	program  string                                      // the browser
	version  int                                         // the field of what it prints when asked for its version
	setUp    func(ctx context.Context, s *session) error // makes what it needs; may be nil
	args     func(s *session) []string

	// split says that a session has its HTTP cache on or off, and is started afresh
	// for scenarios that want the other: see [conformance.Scenario.HTTPCache].
	split bool

	// localNetwork says that the engine has Local Network Access: scenarios about
	// address spaces are played without the proxy.
	localNetwork bool

	console func(line string) (message string, ok bool) // of its console, in a line that it printed; nil: it prints none
	noise   []string                                    // what is in lines that say nothing about why it ended
}

// launchers are those of each engine of [engine.All].
var launchers = map[string]func() *launcher{"chromium": chromium, "firefox": firefox, "webkit": webkit}

// launcherOf is the launcher of an engine.
func launcherOf(name string) (*launcher, error) {
	known, ok := launchers[name]
	if !ok {
		var names []string
		for _, p := range engine.All() {
			names = append(names, p.Name)
		}
		return nil, fmt.Errorf("browser: unknown engine %.40q, want one of %s", name, strings.Join(names, ", "))
	}
	l := known()
	for program, debian := range l.programs {
		if _, err := exec.LookPath(program); err != nil {
			return nil, fmt.Errorf("browser: %s is not installed: no %s; Debian has it in package %s", name, program, debian)
		}
	}
	return l, nil
}

// A session is one run of a browser: its processes, which are one process
// group each, and its directory. Nothing of it survives close.
type session struct {
	dir, proxy string
	version    string
	authority  *authority
	surrounding
	direct *direct // where the servers are without the proxy

	env    []string
	groups []*exec.Cmd
	exited chan struct{} // closed when the browser's first process has
	status error         // of it, then
	log    tail
}

// end says how the browser ended, and the last that it had to say.
func (s *session) end() error {
	return fmt.Errorf("%v: %s", cmp.Or(s.status, errors.New("exit status 0")), s.log.lastLine())
}

// launch starts the browser with a fresh profile on the control page, in its
// surrounding. What its console says it gives to print.
func (l *launcher) launch(ctx context.Context, proxy string, a *authority, around surrounding, direct *direct, print func(message string)) (s *session, err error) {
	dir, err := os.MkdirTemp("", "browsercors-")
	if err != nil {
		return nil, err
	}
	s = &session{dir: dir, proxy: proxy, authority: a, surrounding: around, direct: direct, exited: make(chan struct{})}
	s.log.noise = l.noise
	if l.console != nil {
		s.log.line = func(line string) {
			if message, ok := l.console(line); ok {
				print(message)
			}
		}
	}
	made := s // an error is returned without it
	defer func() {
		if err != nil {
			made.close()
		}
	}()
	for name, sub := range map[string]string{
		"HOME": "home", "TMPDIR": "tmp", "XDG_CONFIG_HOME": "config", "XDG_CACHE_HOME": "cache",
		"XDG_DATA_HOME": "data", "XDG_STATE_HOME": "state", "XDG_RUNTIME_DIR": "run",
	} {
		path := filepath.Join(dir, sub)
		if err := os.Mkdir(path, 0o700); err != nil {
			return nil, err
		}
		s.env = append(s.env, name+"="+path)
	}
	s.env = append(os.Environ(), append(s.env, "NO_AT_BRIDGE=1", "DBUS_SESSION_BUS_ADDRESS=disabled:")...)
	if l.setUp != nil {
		if err := l.setUp(ctx, s); err != nil {
			return nil, err
		}
	}
	if s.version, err = s.readVersion(ctx, l); err != nil {
		return nil, err
	}
	return s, s.browse(l.program, l.args(s)...)
}

// readVersion asks the browser which version it is.
func (s *session) readVersion(ctx context.Context, l *launcher) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, l.program, "--version")
	cmd.Env = s.env
	out, err := cmd.Output()
	fields := strings.Fields(string(out))
	if len(fields) <= l.version {
		return "", fmt.Errorf("browser: %s printed no version: %.100q: %w", l.program, out, errors.Join(err, ctx.Err()))
	}
	return fields[l.version], nil
}

// path is a path in the session's directory.
func (s *session) path(elem ...string) string {
	return filepath.Join(append([]string{s.dir}, elem...)...)
}

// start starts a program as a process group of its own, which inherits files.
func (s *session) start(files []*os.File, program string, args ...string) (*exec.Cmd, error) {
	cmd := exec.Command(program, args...)
	cmd.ExtraFiles = files
	cmd.Env = s.env
	cmd.Dir = s.dir
	cmd.Stdout, cmd.Stderr = &s.log, &s.log
	cmd.WaitDelay = time.Second
	ownGroup(cmd)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s.groups = append(s.groups, cmd)
	return cmd, nil
}

// browse starts the browser itself, the last of the programs.
func (s *session) browse(program string, args ...string) error {
	cmd, err := s.start(nil, program, args...)
	if err != nil {
		return err
	}
	go func() {
		defer close(s.exited)
		s.status = cmd.Wait()
	}()
	return nil
}

// close ends the processes, the last started first, and removes the directory.
func (s *session) close() {
	for i := len(s.groups) - 1; i >= 0; i-- {
		cmd := s.groups[i]
		endGroup(cmd, i == len(s.groups)-1)
		if i == len(s.groups)-1 {
			<-s.exited
		} else {
			_ = cmd.Wait()
		}
	}
	endStragglers(s.dir)
	for range 20 {
		if os.RemoveAll(s.dir) == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// A tail keeps the end of what is written to it.
type tail struct {
	line  func(string) // is told each line; may be nil
	noise []string

	mu    sync.Mutex
	kept  []byte
	begun []byte // a line that has not ended
}

func (t *tail) Write(p []byte) (int, error) {
	const most = 8000
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p...)
	if over := len(t.kept) - most; over > 0 {
		t.kept = t.kept[over:]
	}
	if t.line != nil {
		t.begun = append(t.begun, p...)
		for {
			line, rest, found := bytes.Cut(t.begun, []byte("\n"))
			if !found {
				break
			}
			t.line(string(line))
			t.begun = rest
		}
	}
	return len(p), nil
}

// lastLine is the last line that the browser printed, without noise.
func (t *tail) lastLine() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(string(t.kept)), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if !slices.ContainsFunc(t.noise, func(noise string) bool { return strings.Contains(lines[i], noise) }) && lines[i] != "" {
			return lines[i]
		}
	}
	return "it printed nothing"
}
