// Servers audits CORS packages and web servers that others wrote, and writes
// docs/servers.md. It is a module of its own, so that who uses the library does
// not download them.
//
//	go run . [-confirm] [-scenarios FILE] [-write FILE]
//
// It runs where its go.mod is. Without -write it prints the page.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/conformance/proof"
	"github.com/browsercors/browsercors/engine"
)

func main() {
	var confirm bool
	var scenarios, write string
	flag.BoolVar(&confirm, "confirm", false, "play what was found in the browsers, and keep what they show in "+confirmedFile)
	flag.StringVar(&scenarios, "scenarios", "", "write the scenarios that show what was found to this `file`, for browsercors judge")
	flag.StringVar(&write, "write", "", "write the page to this `file` instead of standard output")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, confirm, scenarios, write); err != nil {
		fmt.Fprintln(os.Stderr, "servers:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, confirm bool, scenarios, write string) error {
	p := &page{servers: servers()}
	var missing []error
	for _, s := range p.servers {
		missing = append(missing, s.missing())
	}
	if err := errors.Join(missing...); err != nil {
		return err
	}
	for _, s := range p.servers {
		rows, err := s.audit(ctx)
		if err != nil {
			return err
		}
		p.rows = append(p.rows, rows)
	}
	proofs, err := proofs(ctx, p.rows)
	if err != nil {
		return err
	}
	if scenarios != "" {
		raw, err := json.Marshal(scenariosOf(proofs))
		if err != nil {
			return err
		}
		if err := os.WriteFile(scenarios, raw, 0o644); err != nil {
			return err
		}
	}
	if p.proofs, err = readConfirmed(); err != nil {
		return err
	}
	if confirm {
		p.proofs = &confirmed{Browsers: make(map[string]string), Shown: make(map[string]map[string]string)}
		for _, profile := range engine.All() {
			if err := p.proofs.confirm(ctx, profile, proofs); err != nil {
				return fmt.Errorf("%s: %w", profile.Name, err)
			}
		}
		if err := p.proofs.write(); err != nil {
			return err
		}
	}
	text, err := p.String(ctx)
	if err != nil {
		return err
	}
	if write == "" {
		_, err = os.Stdout.WriteString(text)
		return err
	}
	return os.WriteFile(write, []byte(text), 0o644)
}

// scenariosOf are the scenarios of proofs, each once, by their ids.
func scenariosOf(proofs []*proof.Proof) []*conformance.Scenario {
	var all []*conformance.Scenario
	for _, p := range proofs {
		if !slices.ContainsFunc(all, func(s *conformance.Scenario) bool { return s.ID == p.Scenario.ID }) {
			all = append(all, p.Scenario)
		}
	}
	slices.SortFunc(all, func(a, b *conformance.Scenario) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return all
}
