package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/conformance/browser"
	"github.com/browsercors/browsercors/conformance/proof"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
)

const confirmedFile = "testdata/confirmed.json"

// confirmed is what browsers showed of the proofs.
type confirmed struct {
	Browsers map[string]string `json:"browsers"` // versions by engine

	// Shown is "" for a proof that a browser has shown, and else why not: by the
	// id of the scenario, then by engine.
	Shown map[string]map[string]string `json:"shown"`

	// Differ are plays in which the browser and the engine under its profile
	// differ in something that judge compares and that is not known.
	Differ []string `json:"differ,omitempty"`
}

func readConfirmed() (*confirmed, error) {
	c := new(confirmed)
	raw, err := os.ReadFile(confirmedFile)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, c)
	}
	return c, err
}

func (c *confirmed) write() error {
	raw, err := json.MarshalIndent(c, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(confirmedFile, append(raw, '\n'), 0o644)
}

// proofs are those of all rows, each scenario once.
func proofs(ctx context.Context, rows [][]row) ([]*proof.Proof, error) {
	var all []*proof.Proof
	seen := make(map[string]bool)
	for _, rows := range rows {
		for _, r := range rows {
			if r.report == nil {
				continue
			}
			proofs, err := proof.Of(ctx, r.report, r.setting.intent)
			if err != nil {
				return nil, err
			}
			for _, p := range proofs {
				// The same scenario may show findings of several sets of engines.
				if p.Scenario == nil || seen[p.Scenario.ID+strings.Join(p.Profiles, "+")] {
					continue
				}
				seen[p.Scenario.ID+strings.Join(p.Profiles, "+")] = true
				all = append(all, p)
			}
		}
	}
	return all, nil
}

// confirm plays proofs in an installed browser and notes what it shows.
func (c *confirmed) confirm(ctx context.Context, profile *fetch.Profile, proofs []*proof.Proof) error {
	name := profile.Name
	byID := make(map[string]*proof.Proof)
	var play []*conformance.Scenario
	for _, p := range proofs {
		if !slices.Contains(p.Profiles, name) || byID[p.Scenario.ID] != nil {
			continue
		}
		byID[p.Scenario.ID] = p
		why, err := p.Scenario.NotLive(ctx, profile)
		if err != nil {
			return err
		}
		if why != "" {
			c.note(p.Scenario.ID, name, why)
			continue
		}
		play = append(play, p.Scenario)
	}
	b, err := browser.Start(ctx, name)
	if err != nil {
		return err
	}
	defer b.Close()
	c.Browsers[name] = b.Version
	judge := conformance.Engine{Profile: profile}
	var failed error
	err = b.Play(ctx, play, func(s *conformance.Scenario, o *conformance.Outcome, err error) {
		if err != nil {
			c.note(s.ID, name, err.Error())
			return
		}
		c.note(s.ID, name, byID[s.ID].NotShown(o))
		v, err := judge.Judge(ctx, s, o)
		if err != nil {
			failed = errors.Join(failed, err)
		} else if !v.Explained {
			c.Differ = append(c.Differ, fmt.Sprintf("%s, %s: %s", name, s.ID, v.Kind))
		}
	})
	slices.Sort(c.Differ)
	return errors.Join(err, failed)
}

func (c *confirmed) note(id, engine, why string) {
	if c.Shown[id] == nil {
		c.Shown[id] = make(map[string]string)
	}
	c.Shown[id][engine] = why
}

// seen says which of the engines have shown all of the proofs, and why not the
// others.
func (c *confirmed) seen(profiles []string, proofs []*proof.Proof) string {
	var yes, no []string
	for _, p := range engine.All() {
		if !slices.Contains(profiles, p.Name) {
			continue
		}
		if why := c.missing(p.Name, proofs); why != "" {
			if why = "not " + engine.Title(p.Name) + ": " + why; !slices.Contains(no, why) {
				no = append(no, why)
			}
			continue
		}
		yes = append(yes, engine.Title(p.Name))
	}
	switch {
	case len(yes)+len(no) == 0:
		return "–"
	case len(no) == 0 && len(yes) == len(engine.All()):
		return "all"
	case len(yes) == 0 && len(no) > 1: // mostly for the same reason
		reasons := make(map[string]bool)
		for _, n := range no {
			_, why, _ := strings.Cut(n, ": ")
			reasons[why] = true
		}
		if len(reasons) == 1 {
			_, why, _ := strings.Cut(no[0], ": ")
			return "none: " + why
		}
	}
	return strings.Join(append(yes, no...), ", ")
}

// missing is why an engine has not shown all of the proofs that are its own.
func (c *confirmed) missing(engine string, proofs []*proof.Proof) string {
	why, any := "", false
	for _, p := range proofs {
		if !slices.Contains(p.Profiles, engine) {
			continue
		}
		any = true
		if p.Scenario == nil {
			return p.Why
		}
		shown, ok := c.Shown[p.Scenario.ID][engine]
		switch {
		case !ok:
			return "not played yet"
		case shown != "" && why == "":
			why = shown
		}
	}
	if !any {
		return "no proof"
	}
	return why
}

func (c *confirmed) browserNames() string {
	var all []string
	for _, profile := range engine.All() {
		if v, ok := c.Browsers[profile.Name]; ok {
			all = append(all, engine.Title(profile.Name)+" "+v)
		}
	}
	return strings.Join(all, ", ")
}

// summary is how many scenarios there were, and what came of them.
func (c *confirmed) summary() string {
	plays, shown := 0, 0
	for _, by := range c.Shown {
		for _, why := range by {
			plays++
			if why == "" {
				shown++
			}
		}
	}
	line := fmt.Sprintf("%d different scenarios, %d times in all; %d of these show what the audit says.", len(c.Shown), plays, shown)
	switch n := len(c.Differ); n {
	case 0:
		return line + " In all\nof them browser and profile agree in every detail that `browsercors judge` compares."
	default:
		return line + fmt.Sprintf(" In %d\nof them browser and profile differ in a detail that `browsercors judge` compares and does not know.", n)
	}
}
