package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/conformance/browser"
	"github.com/browsercors/browsercors/internal/text"
)

const judgeLong = `Play scenarios in installed browsers, and with the engine under the profile of
the same name, and compare field by field what script saw and what was sent. The
report on standard output says how many scenarios of each family agree in each
browser, shows each kind of disagreement with a minimal scenario, and lists the
known differences, and the scenarios that were not played and why.

The scenarios are those of the files (an array, or one per line; gzipped if the
name ends in .gz; - is standard input) and, with --count, --seed or --family, those
that browsercors generate prints for these flags. Scenarios that depend on timing,
or that differ between two runs, are skipped and listed.

--record plays everything twice and writes into a directory, for each browser, a
file engine.jsonl.gz, and the files left-out.json (the scenarios that were skipped,
and why) and generated.jsonl.gz (the generated scenarios). The directory keeps what
the same version of a browser did with other scenarios.

--replay judges the recordings of a directory and needs no browser. Without other
scenarios it judges those of generated.jsonl.gz.`

// errDisagreement ends a judgement that has already said what differs.
var errDisagreement = errors.New("browser and engine disagree")

// A player plays scenarios: a browser, or what one was recorded to do. See
// [browser.Browser] for what its methods do.
type player interface {
	Engine() string
	Version() string
	Play(ctx context.Context, scenarios []*conformance.Scenario, report func(browser.Result)) error
	Close()
}

// A stage is where players come from.
type stage interface {
	// Has is nil for an engine that can be started, or says what is missing.
	has(engine string) error
	start(ctx context.Context, engine string) (player, error)
}

// installed is the stage of the browsers on this machine.
type installed struct{}

func (installed) has(engine string) error { return browser.Installed(engine) }

func (installed) start(ctx context.Context, engine string) (player, error) {
	return browser.Start(ctx, engine, nil)
}

// judgeCommand is `browsercors judge`.
type judgeCommand struct {
	stdio
	stage    stage
	known    []conformance.Known
	browsers []string
	asked    bool // for these browsers by name
	profile  string
	seed     uint64
	count    int
	families []string
	leftOut  string
	record   string
	replay   string
	html     string
	shrink   time.Duration
	color    colorWhen
}

func newJudgeCommand(std stdio) *cobra.Command {
	return (&judgeCommand{stdio: std, stage: installed{}, known: conformance.KnownDisagreements()}).command()
}

func (c *judgeCommand) command() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "judge [flags] [FILE...]",
		Short: "Play scenarios in installed browsers, and compare them with the engine",
		Long:  judgeLong,
		Annotations: statuses("there are only known differences", "something else differs, or could not be played",
			"an input that is not valid, or a browser of --browser that is not installed"),
		RunE: func(cmd *cobra.Command, files []string) error {
			flags := cmd.Flags()
			c.asked = flags.Changed("browser")
			if !flags.Changed("count") && !flags.Changed("seed") && !flags.Changed("family") {
				c.count = 0
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			context.AfterFunc(ctx, stop) // a second signal ends the process
			err := c.run(ctx, files)
			if err != nil && ctx.Err() != nil {
				return errInterrupted
			}
			return err
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	c.browsers = browser.Engines()
	flags.Var(&enumList{values: &c.browsers, of: browser.Engines()}, "browser", "play in these `browsers`, separated by commas, instead of all that are installed: "+strings.Join(browser.Engines(), ", "))
	flags.Var(enum[string]{&c.profile, profileNames()}, "profile", "compare with this `profile` instead of the browser's own: "+strings.Join(profileNames(), ", "))
	flags.Uint64Var(&c.seed, "seed", 1, "seed of the random `number` generator")
	flags.IntVar(&c.count, "count", 100, "`number` of scenarios to generate, if --count, --seed or --family is given")
	flags.Var(&enumList{values: &c.families, of: conformance.Families()}, "family", "generate scenarios of this `family` only; may be repeated")
	flags.StringVar(&c.leftOut, "left-out", "", "skip the scenarios that this `file` lists, a left-out.json")
	flags.StringVar(&c.record, "record", "", "record what the browsers do in this `directory`")
	flags.StringVar(&c.replay, "replay", "", "judge the recordings of this `directory`")
	flags.StringVar(&c.html, "html", "", "also write the report to this `file`, as one HTML page")
	flags.DurationVar(&c.shrink, "shrink", 2*time.Minute, "how long to look for minimal scenarios, in each browser")
	c.color.add(flags)
	return cmd
}

// run plays, judges and reports.
func (c *judgeCommand) run(ctx context.Context, files []string) error {
	if err := c.check(); err != nil {
		return err
	}
	corpus, err := c.corpus(files)
	if err != nil {
		return err
	}
	var recorded conformance.LeftOut
	if c.replay != "" {
		c.stage = &archive{dir: c.replay}
		if recorded, err = leftOutOf(c.replay); err != nil {
			return err
		}
	} else if c.leftOut != "" {
		if recorded, err = conformance.ReadLeftOut(c.leftOut); err != nil {
			return err
		}
	}
	engines, err := c.engines()
	if err != nil {
		return err
	}
	var trials []*trial
	for _, engine := range engines {
		t, err := c.try(ctx, engine, corpus, recorded[engine])
		if err != nil {
			return err
		}
		trials = append(trials, t)
	}
	r := newReport(corpus, trials)
	if c.record != "" {
		if err := c.write(trials, corpus); err != nil {
			return err
		}
	}
	if c.html != "" {
		if err := writeWhole(c.html, r.html); err != nil {
			return err
		}
	}
	if err := r.print(c.out, c.color.painter(c.out)); err != nil {
		return err
	}
	if !r.Accepted() {
		return errDisagreement
	}
	return nil
}

// check refuses flags that can't be meant, and what would fail after minutes
// of playing.
func (c *judgeCommand) check() error {
	var wrong []error
	if c.shrink < 0 {
		wrong = append(wrong, fmt.Errorf("--shrink: invalid duration %v: it is negative", c.shrink))
	}
	if c.record != "" && c.replay != "" {
		wrong = append(wrong, errors.New("--record and --replay exclude each other"))
	}
	if c.leftOut != "" && c.replay != "" {
		wrong = append(wrong, errors.New("--left-out and --replay exclude each other: a recording has its own list"))
	}
	if c.replay != "" {
		wrong = append(wrong, isDirectory("--replay", c.replay))
	}
	if c.record != "" {
		if err := isDirectory("--record", c.record); !errors.Is(err, fs.ErrNotExist) {
			wrong = append(wrong, err) // it is made when there is something to write
		}
	}
	for _, dir := range []string{c.record, c.replay} {
		if dir != "" {
			_, err := leftOutOf(dir)
			wrong = append(wrong, err)
		}
	}
	if c.html != "" {
		wrong = append(wrong, isDirectory("--html", filepath.Dir(c.html)))
		if info, err := os.Stat(c.html); err == nil && info.IsDir() {
			wrong = append(wrong, fmt.Errorf("--html %s is a directory", c.html))
		}
	}
	return errors.Join(wrong...)
}

// isDirectory is nil for a directory that exists.
func isDirectory(flag, name string) error {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", flag, err)
	case !info.IsDir():
		return fmt.Errorf("%s: %s is not a directory", flag, name)
	}
	return nil
}

// A corpus is what is played.
type corpus struct {
	scenarios []*conformance.Scenario // files first, in order
	generated []*conformance.Scenario // those of them that were made here
	family    map[string]string       // by id
}

// corpus reads the scenarios and makes those to be made.
func (c *judgeCommand) corpus(files []string) (*corpus, error) {
	made, err := conformance.Generate(c.seed, c.count, c.families...)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 && c.count == 0 && c.replay != "" {
		files = []string{filepath.Join(c.replay, generatedFile)}
	}
	all := &corpus{family: make(map[string]string)}
	from := make(map[string]string) // the file of an id
	add := func(file string, s *conformance.Scenario) error {
		if other, ok := from[s.ID]; ok {
			return &conformance.InputError{File: file, Scenario: fmt.Sprintf("%q", s.ID), Key: "id", Err: fmt.Errorf("is also in %s", other)}
		}
		from[s.ID] = file
		all.scenarios = append(all.scenarios, s)
		all.family[s.ID] = familyOf(s.ID, file)
		return nil
	}
	for _, file := range files {
		scenarios, err := conformance.ReadScenarioFiles(c.in, file)
		if err != nil {
			return nil, err
		}
		for _, s := range scenarios {
			if err := add(file, s); err != nil {
				return nil, err
			}
		}
	}
	for s := range made {
		if err := add("the generated scenarios", s); err != nil {
			return nil, err
		}
		all.generated = append(all.generated, s)
	}
	if len(all.scenarios) == 0 {
		return nil, errors.New("no scenario to judge: name a file, or use --count")
	}
	return all, nil
}

var generatedID = regexp.MustCompile(`^gen-([a-z0-9-]+)-[0-9]+-[0-9]+$`)

// familyOf is the family of a generated scenario, or what its file is about.
func familyOf(id, file string) string {
	if m := generatedID.FindStringSubmatch(id); m != nil && slices.Contains(conformance.Families(), m[1]) {
		return m[1]
	}
	if file == "-" {
		return "standard input"
	}
	name := strings.TrimSuffix(filepath.Base(file), ".gz")
	return strings.TrimSuffix(name, filepath.Ext(name))
}

// engines are the engines to try. One that was asked for and is not there is
// an error; of the others those that are missing are named, and not all may be.
func (c *judgeCommand) engines() ([]string, error) {
	var there, skipped []string
	var missing []error
	for _, engine := range browser.Engines() {
		if !slices.Contains(c.browsers, engine) {
			continue
		}
		if err := c.stage.has(engine); err != nil {
			missing = append(missing, err)
			skipped = append(skipped, fmt.Sprintf("SKIP %s: %s\n", engine, text.Clean(err.Error())))
			continue
		}
		there = append(there, engine)
	}
	if len(there) == 0 || c.asked && len(missing) > 0 {
		return nil, errors.Join(missing...)
	}
	fmt.Fprint(c.err, strings.Join(skipped, ""))
	return there, nil
}
