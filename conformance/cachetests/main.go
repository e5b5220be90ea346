// Command cachetests plays public tests of HTTP caches with this library's engine, and compares what comes of them
// with what browsers got: the cache-tests of https://cache-tests.fyi, and the tests of fetch/http-cache and
// fetch/api/request/request-cache-* in web-platform-tests. Nothing of either suite is part of this repository.
// docs/cache-tests.md says how to get them, how to run them in browsers, and what came of it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "cachetests:", err)
		os.Exit(1)
	}
}

// errDiffers says that the engine and a browser differ.
var errDiffers = errors.New("the engine differs from a browser")

// options are those of the command line.
type options struct {
	tests, wpt, server, profile, address string
	browsers                             []string
	only, out, collect                   string
	parallel                             int
	all                                  bool
}

func (o *options) parse(args []string, w io.Writer) error {
	flags := flag.NewFlagSet("cachetests", flag.ContinueOnError)
	flags.SetOutput(w)
	flags.StringVar(&o.tests, "tests", "", "play the cache-tests in this `file`, which their npm run export prints")
	flags.StringVar(&o.wpt, "wpt", "", "play the tests in this `directory` of web-platform-tests; needs node")
	flags.StringVar(&o.server, "server", "http://127.0.0.1:8000", "the suite's own server, as an `origin`")
	flags.StringVar(&o.profile, "profile", "standard", "the `browser` to follow: standard, chromium, firefox or webkit")
	flags.StringVar(&o.address, "address", "", "connect to this `IP` address, whatever the host of a URL")
	flags.Func("browser", "compare with the results of a browser, `[name=]file`; may be repeated", func(value string) error {
		o.browsers = append(o.browsers, value)
		return nil
	})
	flags.StringVar(&o.only, "only", "", "play only the tests with these `ids`, separated by commas")
	flags.StringVar(&o.out, "out", "", "write the engine's results to this `file`")
	flags.StringVar(&o.collect, "collect", "", "play nothing: wait for the results that a page in a browser posts, and write them to this `file`")
	flags.IntVar(&o.parallel, "parallel", 25, "play so many tests at a time; web-platform-tests at most 6, because their server drops connections otherwise")
	flags.BoolVar(&o.all, "all", false, "print all tests, not only those with a difference")
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case (o.tests != "") == (o.wpt != "") && o.collect == "":
		return errors.New("want either -tests or -wpt")
	case o.parallel < 1:
		return fmt.Errorf("invalid -parallel %d, want at least 1", o.parallel)
	}
	o.server = strings.TrimSuffix(o.server, "/")
	return nil
}

func run(ctx context.Context, args []string, w io.Writer) error {
	var o options
	if err := o.parse(args, w); err != nil {
		return err
	}
	if o.collect != "" {
		return collect(ctx, o.collect, w)
	}
	profile, err := engine.ByName(o.profile)
	if err != nil {
		return err
	}
	agent, err := fetch.NewAgent(&fetch.Options{Profile: profile, Transport: &transport{o.address}})
	if err != nil {
		return err
	}
	var tests []*test
	var play func(context.Context, *test) outcome
	if o.tests != "" {
		if tests, err = readSuite(o.tests); err != nil {
			return err
		}
		page, err := agent.Page(o.server + "/test-browser.html")
		if err != nil {
			return err
		}
		p := &player{page: page, server: o.server, timeout: requestTimeout, pause: pause}
		play = p.play
	} else {
		s, err := readWPT(ctx, o.wpt)
		if err != nil {
			return err
		}
		tests = s.tests()
		p := &wptPlayer{agent: agent, suite: s, server: o.server, pause: pause}
		play, o.parallel = p.play, min(o.parallel, 6)
	}
	if tests, err = choose(tests, o.only); err != nil {
		return err
	}
	var browsers []column
	for _, value := range o.browsers {
		name, path, named := strings.Cut(value, "=")
		if !named {
			name, path = value, value
		}
		outcomes, err := readOutcomes(path)
		if err != nil {
			return err
		}
		browsers = append(browsers, column{name, outcomes})
	}
	outcomes := playAll(ctx, tests, o.parallel, play)
	if err := ctx.Err(); err != nil {
		return err
	}
	if o.out != "" {
		if err := writeOutcomes(o.out, outcomes); err != nil {
			return err
		}
	}
	if report(w, tests, column{"engine " + o.profile, outcomes}, browsers, o.all) > 0 {
		return errDiffers
	}
	return nil
}

// choose keeps the tests with the given ids, and those that they depend on.
func choose(tests []*test, only string) ([]*test, error) {
	if only == "" {
		return tests, nil
	}
	byID := make(map[string]*test)
	for _, t := range tests {
		byID[t.ID] = t
	}
	wanted := make(map[string]bool)
	var want func(id string)
	want = func(id string) {
		if wanted[id] || byID[id] == nil {
			return
		}
		wanted[id] = true
		for _, dependency := range byID[id].DependsOn {
			want(dependency)
		}
	}
	for _, id := range strings.Split(only, ",") {
		if byID[id] == nil {
			return nil, fmt.Errorf("no test for browsers has the id %q", id)
		}
		want(id)
	}
	var chosen []*test
	for _, t := range tests {
		if wanted[t.ID] {
			chosen = append(chosen, t)
		}
	}
	return chosen, nil
}

// playAll plays tests, some at a time.
func playAll(ctx context.Context, tests []*test, parallel int, play func(context.Context, *test) outcome) map[string]outcome {
	outcomes := make(map[string]outcome)
	var mu sync.Mutex
	var group sync.WaitGroup
	slots := make(chan struct{}, parallel)
	for _, t := range tests {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			o := play(ctx, t)
			mu.Lock()
			defer mu.Unlock()
			outcomes[t.ID] = o
		})
	}
	group.Wait()
	return outcomes
}
