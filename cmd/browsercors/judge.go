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
browser. It shows each kind of disagreement with a minimal scenario, and lists the
known differences and the scenarios that were not played. All headers of requests
are compared, and their order; with the profile of another name only those that
browsercors run lists, since the order is that of one browser.

The scenarios are those of the files (an array, or one per line; gzipped if the
name ends in .gz; - is standard input) and, with --count, --seed or --family, those
that browsercors generate prints for these flags. Scenarios that depend on timing,
or that differ between two runs, are skipped and listed.

--record plays everything twice and writes these files into a directory: for each
browser the file engine.jsonl.gz, and for all the files left-out.json (the scenarios
that were skipped, and why) and generated.jsonl.gz (the generated scenarios). It
keeps recordings of other scenarios with the same version of a browser, or
with one that differs in the last of four numbers only.

--replay judges the recordings of a directory, and of the directories in it, and needs
no browser. Without other scenarios it judges those of generated.jsonl.gz.`

// errDisagreement ends a judgement whose report has been printed.
var errDisagreement = errors.New("browser and engine disagree")

// A player plays scenarios. It is a browser, or the recording of one. [browser.Browser]
// documents the methods.
type player interface {
	version() string
	Play(ctx context.Context, scenarios []*conformance.Scenario, report func(*conformance.Scenario, *conformance.Outcome, error)) error
	Close()
}

// A browserPlayer is a browser on this machine.
type browserPlayer struct{ *browser.Browser }

func (p browserPlayer) version() string { return p.Version }

// A stage starts players.
type stage interface {
	// Has returns nil for an engine that can be started; otherwise an error that says what
	// is missing.
	has(engine string) error
	start(ctx context.Context, engine string) (player, error)
}

// installed is the stage of the browsers on this machine.
type installed struct{}

func (installed) has(engine string) error { return browser.Installed(engine) }

func (installed) start(ctx context.Context, engine string) (player, error) {
	b, err := browser.Start(ctx, engine)
	if err != nil {
		return nil, err
	}
	return browserPlayer{b}, nil
}

// judgeCommand is `browsercors judge`.
type judgeCommand struct {
	stdio
	stage    stage
	known    []conformance.Known // nil: those of package conformance
	browsers []string
	asked    bool // the browsers were named
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
	return (&judgeCommand{stdio: std, stage: installed{}}).command()
}

func (c *judgeCommand) command() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "judge [flags] [FILE...]",
		Short: "Play scenarios in installed browsers, and compare them with the engine",
		Long:  judgeLong,
		Annotations: statuses("there are only known differences", "there is an unknown difference, or a scenario could not be played",
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
	c.browsers = browserNames()
	flags.Var(&enumList{values: &c.browsers, of: browserNames()}, "browser", "play in these `browsers`, separated by commas, instead of all that are installed: "+strings.Join(browserNames(), ", "))
	flags.Var(enum[string]{&c.profile, profileNames()}, "profile", "compare with this `profile` instead of the browser's own: "+strings.Join(profileNames(), ", "))
	flags.Uint64Var(&c.seed, "seed", 1, "seed of the random `number` generator")
	flags.IntVar(&c.count, "count", 100, "`number` of scenarios to generate, if --count, --seed or --family is given")
	flags.Var(&enumList{values: &c.families, of: append(conformance.Families(), "all")}, "family", "generate scenarios of this `family` only, or of all; may be repeated")
	flags.StringVar(&c.leftOut, "left-out", "", "skip the scenarios that this `file` lists, a left-out.json; or a directory of recordings, which has such files")
	flags.StringVar(&c.record, "record", "", "record what the browsers do in this `directory`")
	flags.StringVar(&c.replay, "replay", "", "judge the recordings of this `directory`")
	flags.StringVar(&c.html, "html", "", "also write the report to this `file`, as one HTML page")
	flags.DurationVar(&c.shrink, "shrink", 2*time.Minute, "how long to look for minimal scenarios, in each browser")
	c.color.add(flags)
	return cmd
}

// run plays the scenarios, compares the outcomes and writes the report.
func (c *judgeCommand) run(ctx context.Context, files []string) error {
	if err := c.check(); err != nil {
		return err
	}
	corpus, err := c.corpus(files)
	if err != nil {
		return err
	}
	var recorded leftOut
	if c.replay != "" {
		c.stage = &archive{dir: c.replay}
		if recorded, err = leftOutWithin(c.replay); err != nil {
			return err
		}
	} else if c.leftOut != "" {
		read := readLeftOut
		if info, err := os.Stat(c.leftOut); err == nil && info.IsDir() {
			read = leftOutWithin
		}
		if recorded, err = read(c.leftOut); err != nil {
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

// check refuses flags that contradict each other, and files that can't be written, before
// any scenario is played.
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
			wrong = append(wrong, err) // the directory is created later
		}
	}
	if c.record != "" {
		_, err := leftOutOf(c.record)
		wrong = append(wrong, err)
	}
	if c.replay != "" {
		if _, err := leftOutWithin(c.replay); !errors.Is(err, fs.ErrNotExist) {
			wrong = append(wrong, err) // which is said already
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

// isDirectory returns nil for a directory that exists.
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

// browserNames are the names of the browsers' profiles.
func browserNames() []string { return profileNames()[1:] }

// A corpus is the scenarios to play.
type corpus struct {
	scenarios []*conformance.Scenario // files first, in order
	generated []*conformance.Scenario // the generated ones among them
	family    map[string]string       // by id
}

// corpus reads the scenarios of the files, and generates the others.
func (c *judgeCommand) corpus(files []string) (*corpus, error) {
	made, err := conformance.Generate(c.seed, c.count, c.families...)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 && c.count == 0 && c.replay != "" {
		files = generatedWithin(c.replay)
	}
	all := &corpus{family: make(map[string]string)}
	from := make(map[string]string) // the file of an id
	add := func(file string, s *conformance.Scenario) error {
		if other, ok := from[s.ID]; ok {
			return fmt.Errorf("%s: scenario %q: key id: is also in %s", file, s.ID, other)
		}
		from[s.ID] = file
		all.scenarios = append(all.scenarios, s)
		all.family[s.ID] = familyOf(s.ID, file)
		return nil
	}
	for _, file := range files {
		scenarios, err := conformance.ReadScenarios(c.in, file)
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

// generatedFamily is the family of a generated scenario, by its id; "" if it is none.
func generatedFamily(id string) string {
	if m := generatedID.FindStringSubmatch(id); m != nil && slices.Contains(conformance.Families(), m[1]) {
		return m[1]
	}
	return ""
}

// familyOf is the family of a generated scenario, or the topic of the scenario's file.
func familyOf(id, file string) string {
	if family := generatedFamily(id); family != "" {
		return family
	}
	if file == "-" {
		return "standard input"
	}
	name := strings.TrimSuffix(filepath.Base(file), ".gz")
	return strings.TrimSuffix(name, filepath.Ext(name))
}

// engines are the browsers to play in. It is an error if a browser that --browser names is
// missing, or if all are. Other missing browsers are reported.
func (c *judgeCommand) engines() ([]string, error) {
	var there, skipped []string
	var missing []error
	for _, engine := range browserNames() {
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
