package browser

import (
	"context"
	"fmt"
	"time"

	"github.com/browsercors/browsercors/conformance"
)

// Options are how scenarios are played. Nil is the zero value.
type Options struct {
	InFlight int           // scenarios at a time; 0 is 6, as many as an engine asks one host for at a time
	Timeout  time.Duration // of one scenario, its waits not counted; 0 is 10 s
}

// A Browser is an installed browser that plays scenarios. It is not safe for
// concurrent use. [Browser.Close] it, or its processes and its profile stay.
type Browser struct {
	engine    string
	version   string
	launcher  *launcher
	authority *authority
	board     *board
	proxy     *proxy
	session   *session // nil: to be started
	played    map[string]bool
	ended     chan struct{}
}

// Start starts an engine: chromium, firefox or webkit. An engine that is not
// installed gives a [*NotInstalledError].
func Start(ctx context.Context, engine string, o *Options) (*Browser, error) {
	l, err := launcherOf(engine)
	if err != nil {
		return nil, err
	}
	if o == nil {
		o = new(Options)
	}
	limit, timeout := o.InFlight, o.Timeout
	if limit <= 0 {
		limit = 6
	}
	if timeout <= 0 {
		timeout = 10 * time.Second
	}
	b := &Browser{engine: engine, launcher: l, ended: make(chan struct{})}
	if b.authority, err = newAuthority(); err != nil {
		return nil, err
	}
	b.board = newBoard(limit, timeout, b.ended)
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

// Engine is the engine's name.
func (b *Browser) Engine() string { return b.engine }

// Version is the version that the browser says it has.
func (b *Browser) Version() string { return b.version }

// Close ends the browser. Nothing of it stays, no process and no directory.
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
	if b.session, err = b.launcher.launch(ctx, b.proxy.addr(), b.authority, b.board.print); err != nil {
		return err
	}
	b.version = b.session.version
	timer := time.NewTimer(startLimit)
	defer timer.Stop()
	select {
	case <-b.board.start():
		return nil
	case <-b.session.exited:
		return fmt.Errorf("browser: %s exits at its start: %w", b.engine, b.session.end())
	case <-timer.C:
		return fmt.Errorf("browser: %s loads no page within %v: %s", b.engine, startLimit, b.session.log.lastLine())
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Play plays scenarios and reports each as it is done, in no order. What the browser hung or died on is tried once more
// in a new browser, alone, and then reported as failed. The ids must be unique;
// a browser that has played one of them is started afresh, so that it remembers
// nothing. Ending ctx ends the browser and gives ctx's error.
func (b *Browser) Play(ctx context.Context, scenarios []*conformance.Scenario, report func(Result)) error {
	ids := make(map[string]bool, len(scenarios))
	fresh := b.session != nil
	jobs := make([]*job, 0, len(scenarios))
	for _, s := range scenarios {
		if ids[s.ID] {
			return fmt.Errorf("browser: two scenarios have the id %q", s.ID)
		}
		ids[s.ID] = true
		fresh = fresh && !b.played[s.ID]
		jobs = append(jobs, &job{scenario: s, alone: fragile(s) || forgettable(s) || keepsAlive(s) || asks(s), fragile: fragile(s)})
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
			if r.Outcome != nil {
				r.Outcome.Engine, r.Outcome.Version = b.engine, b.version
			}
			report(r)
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
