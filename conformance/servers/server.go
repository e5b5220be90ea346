package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/fetch"
)

// A server is a package or a program that does CORS.
type server struct {
	name   string
	module string // of Go, which go.mod has the version of
	own    []ownSetting

	// One of these serves a setting. A panic or an error is how the package
	// refuses it.
	handler func(wish) http.Handler
	listen  func(wish) listener

	external *external // or it is a program
}

// An ownSetting is a configuration that only one server has.
type ownSetting struct {
	name, says, means string
	intent            *audit.Intent
	serve             func() http.Handler
}

// A listener serves what comes from a net.Listener until it is shut down.
type listener struct {
	serve    func(net.Listener) error
	shutdown func() error
}

// An external is a program that serves several settings at once.
type external struct {
	// missing is why the program can't be started here, or nil.
	missing func() error

	// version asks the program, unless it is pinned.
	version func() (string, error)
	pinned  bool

	// start starts it with the settings, and gives the address of each: network
	// and address by the setting's name. What a setting is refused with stands in
	// its place. When ctx ends, so does the program.
	start func(ctx context.Context, settings []setting) (map[string]address, func() error, error)

	own []setting

	noCommon bool // the settings that packages are given are not for it
}

// An address is where a setting is served, or why it isn't.
type address struct {
	network, address string
	refused          string
}

// A row is what came of one setting of one server.
type row struct {
	setting setting
	refused string // the package's own words, if it refuses the setting
	report  *audit.Report
}

// audit audits a server in all its settings.
func (s *server) audit(ctx context.Context) ([]row, error) {
	if s.external != nil {
		return s.auditExternal(ctx)
	}
	var rows []row
	for _, set := range settings() {
		r := row{setting: set}
		var h http.Handler
		var l listener
		r.refused = refusal(func() {
			if s.handler != nil {
				h = s.handler(set.wish)
			} else {
				l = s.listen(set.wish)
			}
		})
		var err error
		switch {
		case r.refused != "":
		case h != nil:
			r.report, err = audit.Handler(ctx, h, set.intent, nil)
		default:
			r.report, err = auditListener(ctx, l, set.intent)
		}
		if err != nil {
			return nil, fmt.Errorf("%s, %s: %w", s.name, set.name, err)
		}
		rows = append(rows, r)
	}
	for _, own := range s.own {
		report, err := audit.Handler(ctx, own.serve(), own.intent, nil)
		if err != nil {
			return nil, fmt.Errorf("%s, %s: %w", s.name, own.name, err)
		}
		rows = append(rows, row{setting: setting{name: own.name, says: own.says, means: own.means, intent: own.intent}, report: report})
	}
	return rows, nil
}

func (s *server) auditExternal(ctx context.Context) ([]row, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var all []setting
	if !s.external.noCommon {
		all = settings()
	}
	all = append(all, s.external.own...)
	at, stop, err := s.external.start(ctx, all)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	defer stop()
	var rows []row
	for _, set := range all {
		a := at[set.name]
		r := row{setting: set, refused: a.refused}
		if r.refused == "" {
			if r.report, err = auditAddress(ctx, a, set.intent); err != nil {
				return nil, fmt.Errorf("%s, %s: %w", s.name, set.name, err)
			}
		}
		rows = append(rows, r)
	}
	return rows, stop()
}

// refusal runs what may panic, and gives what it panicked with in one line.
func refusal(f func()) (said string) {
	defer func() {
		if v := recover(); v != nil {
			said, _, _ = strings.Cut(fmt.Sprint(v), "\n")
		}
	}()
	f()
	return ""
}

func auditListener(ctx context.Context, l listener, intent *audit.Intent) (*audit.Report, error) {
	at, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	served := make(chan error, 1)
	go func() { served <- l.serve(at) }()
	report, err := auditAddress(ctx, address{network: "tcp", address: at.Addr().String()}, intent)
	err = errors.Join(err, l.shutdown(), at.Close())
	select {
	case <-served:
	case <-time.After(10 * time.Second):
		err = errors.Join(err, errors.New("the server does not end"))
	}
	if errors.Is(err, net.ErrClosed) {
		err = nil
	}
	return report, err
}

// auditAddress audits a server on this machine as if it stood behind a proxy
// that has the certificate of the intent's base.
func auditAddress(ctx context.Context, a address, intent *audit.Intent) (*audit.Report, error) {
	dialer := &net.Dialer{Timeout: 5 * time.Second}
	transport := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, a.network, a.address)
		},
		ResponseHeaderTimeout: 5 * time.Second,
		DisableCompression:    true,
	}
	defer transport.CloseIdleConnections()
	plain := roundTrip(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.Host, r.URL.Scheme = r.URL.Host, "http"
		return transport.RoundTrip(r)
	})
	return audit.Server(ctx, &fetch.HTTPTransport{RoundTripper: plain}, intent, nil)
}

// missing is why a server can't be started here, or nil.
func (s *server) missing() error {
	if s.external == nil {
		return nil
	}
	if err := s.external.missing(); err != nil {
		return fmt.Errorf("%s: %w", s.name, err)
	}
	return nil
}

//go:embed go.mod
var goMod string

// version is a server's version: a Go module's from go.mod, a program's as it
// says itself.
func (s *server) version() (string, error) {
	if s.external != nil {
		return s.external.version()
	}
	for line := range strings.Lines(goMod) {
		if fields := strings.Fields(line); len(fields) >= 2 && fields[0] == s.module {
			return strings.TrimPrefix(fields[1], "v"), nil
		}
	}
	return "", fmt.Errorf("go.mod does not require %s", s.module)
}

// pinned tells whether the version is the same on all machines.
func (s *server) pinned() bool { return s.external == nil || s.external.pinned }
