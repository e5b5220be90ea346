package browser

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/browsercors/browsercors/conformance"
)

// A Browser is an installed browser that plays scenarios. It is not safe for
// concurrent use. It must be closed, or its processes and its profile are left
// behind.
type Browser struct {
	Version string // as the browser says

	engine    string
	launcher  *launcher
	authority *authority
	board     *board
	proxy     *proxy
	session   *session    // nil: to be started
	direct    *direct     // where the servers are without the proxy; nil: nowhere yet
	around    surrounding // of the session
	played    map[string]bool
	ended     chan struct{}
}

const (
	inFlight = 6                // scenarios at a time, as many as an engine asks one host for
	timeout  = 10 * time.Second // of one scenario, its waits not counted
)

// Start starts an engine: "chromium", "firefox" or "webkit". See [Installed] for
// one whose programs are missing.
func Start(ctx context.Context, engine string) (*Browser, error) {
	l, err := launcherOf(engine)
	if err != nil {
		return nil, err
	}
	b := &Browser{engine: engine, launcher: l, ended: make(chan struct{})}
	if b.authority, err = newAuthority(); err != nil {
		return nil, err
	}
	b.board = newBoard(inFlight, timeout, b.ended)
	b.board.prints = l.console != nil
	b.board.part = func() { b.proxy.closeServers() }
	if b.proxy, err = serveProxy(ctx, b.authority, b.board.answer); err != nil {
		return nil, err
	}
	if err := b.restart(ctx, nil); err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

// Close ends the browser and removes its processes and its directory.
func (b *Browser) Close() {
	b.kill()
	select {
	case <-b.ended:
	default:
		close(b.ended)
	}
	b.proxy.close()
}

func (b *Browser) kill() {
	if b.session != nil {
		b.session.close()
		b.session = nil
	}
}

// restart starts the browser afresh. What was lost with the old one is tried
// once more or has failed.
func (b *Browser) restart(ctx context.Context, lost error) error {
	b.kill()
	b.board.reset(lost)
	b.played = make(map[string]bool)
	if err := ctx.Err(); err != nil {
		return err
	}
	// A busy machine may have a browser die at its start.
	for first := true; ; first = false {
		err := b.launch(ctx)
		if err == nil || !first || ctx.Err() != nil {
			return err
		}
		b.kill()
	}
}

// startLimit is how long a browser may take to ask for work.
const startLimit = time.Minute

// launch starts the browser and waits until it asks for work.
func (b *Browser) launch(ctx context.Context) error {
	var err error
	if b.session, err = b.launcher.launch(ctx, b.proxy.addr(), b.authority, b.around, b.direct, b.board.print); err != nil {
		return err
	}
	b.Version = b.session.version
	timer := time.NewTimer(startLimit)
	defer timer.Stop()
	select {
	case <-b.board.start():
		return nil
	case <-b.session.exited:
		return fmt.Errorf("browser: %s exited while starting: %w", b.engine, b.session.end())
	case <-timer.C:
		return fmt.Errorf("browser: %s did not load a page within %v: %s", b.engine, startLimit, b.session.log.lastLine())
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Play plays scenarios, whose ids must be unique, and reports the outcome of each
// as soon as it is there, or why there is none. A scenario on which the browser
// hung or ended is tried once more, alone in a new browser. A browser that has
// played a scenario with one of the ids is started afresh, so that it remembers
// nothing; so is WebKit between scenarios about the HTTP cache and others, for it
// has one only where it may write to a disk, and one with Local Network Access
// between scenarios about address spaces that need different settings. When ctx ends, Play ends the browser
// and returns ctx's error.
func (b *Browser) Play(ctx context.Context, scenarios []*conformance.Scenario, report func(s *conformance.Scenario, o *conformance.Outcome, err error)) error {
	ids := make(map[string]bool, len(scenarios))
	for _, s := range scenarios {
		if ids[s.ID] {
			return fmt.Errorf("browser: two scenarios have the id %q", s.ID)
		}
		ids[s.ID] = true
	}
	parts, of := b.launcher.inSurroundings(scenarios)
	if i := slices.Index(of, b.around); i > 0 { // the session may go on
		parts[0], parts[i] = parts[i], parts[0]
		of[0], of[i] = of[i], of[0]
	}
	for i, part := range parts {
		if of[i] != b.around {
			b.kill()
			b.around = of[i]
		}
		if b.around.unproxied && b.direct == nil {
			var err error
			if b.direct, err = b.proxy.listenDirect(ctx); err != nil {
				return err
			}
		}
		if err := b.playParts(ctx, part, report); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// playParts plays scenarios in one session: first those of fetch(), whose connections
// serve several requests, then those that have a connection for each.
func (b *Browser) playParts(ctx context.Context, scenarios []*conformance.Scenario, report func(s *conformance.Scenario, o *conformance.Outcome, err error)) error {
	second, first := split(scenarios, func(s *conformance.Scenario) bool { return s.Setting().Framed })
	for _, part := range [...][]*conformance.Scenario{first, second} {
		if len(part) == 0 {
			continue
		}
		b.proxy.closeServers()
		if err := b.play(ctx, part, report); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// play plays scenarios in one session.
func (b *Browser) play(ctx context.Context, scenarios []*conformance.Scenario, report func(s *conformance.Scenario, o *conformance.Outcome, err error)) error {
	fresh := b.session != nil
	jobs := make([]*job, 0, len(scenarios))
	for _, s := range scenarios {
		fresh = fresh && !b.played[s.ID]
		breaks := fragile(s) && (!s.Setting().Framed || overHTTP2(s))
		jobs = append(jobs, &job{scenario: s, alone: breaks || forgettable(s) || keepsAlive(s) || asks(s), fragile: breaks})
	}
	if !fresh {
		if err := b.restart(ctx, nil); err != nil {
			return err
		}
	}
	b.add(jobs)
	left := len(jobs)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for left > 0 {
		var lost error
		select {
		case <-ctx.Done():
			b.kill()
			return ctx.Err()
		case <-b.session.exited:
			lost = fmt.Errorf("%s exited: %w", b.engine, b.session.end())
		case <-tick.C:
			lost = b.board.watch()
		case <-b.board.changed:
		}
		if lost != nil {
			if err := b.restart(ctx, lost); err != nil {
				return err
			}
		}
		results, again, idle := b.board.take()
		for _, r := range results {
			left--
			if r.outcome != nil {
				r.outcome.Engine, r.outcome.Version = b.engine, b.Version
			}
			report(r.scenario, r.outcome, r.err)
		}
		if idle && len(again) > 0 {
			if lost == nil {
				if err := b.restart(ctx, nil); err != nil {
					return err
				}
			}
			for _, j := range again {
				j.alone = true
			}
			b.add(again)
		}
	}
	return nil
}

func (b *Browser) add(jobs []*job) {
	for _, j := range jobs {
		b.played[j.scenario.ID] = true
	}
	b.board.add(jobs)
}

// split are the scenarios of which something is true, and the others.
func split(scenarios []*conformance.Scenario, is func(*conformance.Scenario) bool) (these, others []*conformance.Scenario) {
	for _, s := range scenarios {
		if is(s) {
			these = append(these, s)
		} else {
			others = append(others, s)
		}
	}
	return these, others
}
