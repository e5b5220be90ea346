package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/conformance/proof"
	"github.com/browsercors/browsercors/engine"
)

// A page is docs/servers.md.
type page struct {
	servers []server
	rows    [][]row // by server
	proofs  *confirmed
}

// servers are all that is audited.
func servers() []server { return slices.Concat(goPackages(), nodePackages(), webServers()) }

const intro = `# Servers that nobody here wrote

What [audits](../README.md) find in CORS packages and web servers, each in the configurations that people
usually write. The packages are the real ones; the API behind them is one and the same, and so is, for each configuration,
what its writer can be taken to mean by it. All of this page is made by

` + "```sh" + `
cd conformance/servers
npm ci --prefix node     # Node's packages; nginx and Apache are Debian's
go run . -confirm -write ../../docs/servers.md
` + "```" + `

and ` + "`go test`" + ` there fails when it is not what is found. **Seen in** says which browsers have shown a finding: each is turned
into a scenario, which the installed browsers play; they must send the same requests, and let the page have, or refuse
it, the same. A finding is no verdict on a package: most are of a configuration that says something else than is meant, and a
package that refuses such a one is the better for it.

The API has ` + "`GET /items`" + ` (list; pages read ` + "`X-Total-Count`" + `), ` + "`POST /items`" + ` in JSON (create), ` + "`PUT`" + ` with ` + "`Authorization`" + ` (replace),
` + "`PATCH`" + ` (change), ` + "`DELETE`" + ` with ` + "`Authorization`" + ` (delete); a path that isn't there (not found) and one that fails with 500
(failure). Preflights should be kept for ten minutes where the configuration says so.

For vary-missing, a browser is given what a shared cache would have; that the cache had kept it is the audit's word. What no
browser can bring about is not here: answers to origins that none sends (in capitals, or with a ` + "`#`" + `), ` + "`OPTIONS`" + ` that is no
preflight, lists that go to a refused origin besides, a ` + "`Vary`" + ` of answers that no cache keeps (preflights, a 403).
A page that writes ` + "`patch`" + ` in small letters is refused wherever ` + "`PATCH`" + ` is allowed, but that is the page's.
`

// String is the page.
func (p *page) String(ctx context.Context) (string, error) {
	var b strings.Builder
	b.WriteString(intro)
	b.WriteString("\n## Versions\n\n| server | version |\n| --- | --- |\n")
	for i := range p.servers {
		line, err := p.servers[i].versionLine()
		if err != nil {
			return "", err
		}
		b.WriteString(line)
	}
	if len(p.proofs.Browsers) > 0 {
		fmt.Fprintf(&b, "\nBrowsers: %s. They played %s\n", p.proofs.browserNames(), p.proofs.summary())
	}
	b.WriteString("\n" + settingsTable())
	b.WriteString("\n" + atAGlanceHead())
	for i := range p.servers {
		if line := atAGlance(&p.servers[i], p.rows[i]); line != "" {
			b.WriteString(line)
		}
	}
	for i := range p.servers {
		section, err := p.section(ctx, i)
		if err != nil {
			return "", err
		}
		b.WriteString("\n" + section)
	}
	return b.String(), nil
}

func (s *server) versionLine() (string, error) {
	version, err := s.version()
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("| %s | %s |\n", s.name, version), nil
}

// settingsTable are the common settings.
func settingsTable() string {
	var b strings.Builder
	b.WriteString("## Configurations\n\n| configuration | written | meant |\n| --- | --- | --- |\n")
	for _, s := range settings() {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", s.name, s.says, s.means)
	}
	return b.String()
}

func atAGlanceHead() string {
	var b strings.Builder
	b.WriteString("## At a glance\n\nThe worst that was found: **unsafe**, **breaks** what is meant, fragile, slow; – is nothing. *refused*: the package does not\ntake the configuration.\n\n| |")
	for _, s := range settings() {
		fmt.Fprintf(&b, " %s |", s.name)
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --- |", len(settings())) + "\n")
	return b.String()
}

// atAGlance is a server's line, if it has the common settings.
func atAGlance(s *server, rows []row) string {
	if s.external != nil && s.external.noCommon {
		return ""
	}
	line := "| " + s.name + " |"
	for _, r := range rows[:len(settings())] {
		line += " " + r.worst() + " |"
	}
	return line + "\n"
}

func (r *row) worst() string {
	switch {
	case r.refused != "":
		return "*refused*"
	case len(r.report.Findings) == 0:
		return "–"
	}
	switch worst := r.report.Findings[0].Severity; worst {
	case audit.Unsafe, audit.Breaks:
		return "**" + worst.String() + "**"
	default:
		return worst.String()
	}
}

// section is what was found in one server.
func (p *page) section(ctx context.Context, at int) (string, error) {
	s := &p.servers[at]
	var b strings.Builder
	fmt.Fprintf(&b, "## %s\n\n", s.name)
	own := 0
	var nothing []string
	var table strings.Builder
	for _, r := range p.rows[at] {
		if !slices.ContainsFunc(settings(), func(c setting) bool { return c.name == r.setting.name }) {
			fmt.Fprintf(&b, "- %s: %s. Meant: %s.\n", r.setting.name, r.setting.says, r.setting.means)
			own++
		}
		switch {
		case r.refused != "":
			fmt.Fprintf(&table, "| %s | *refused* | | | | “%s” |\n", r.setting.name, cell(r.refused))
			continue
		case len(r.report.Findings) == 0:
			nothing = append(nothing, r.setting.name)
			continue
		}
		lines, err := p.lines(ctx, r)
		if err != nil {
			return "", fmt.Errorf("%s, %s: %w", s.name, r.setting.name, err)
		}
		for _, l := range lines {
			fmt.Fprintf(&table, "| %s | %s (%s) | %s | %s | %s | %s |\n", r.setting.name, l.id, l.severity, l.uses, l.browsers, l.seen, cell(l.problem))
		}
	}
	if own > 0 {
		b.WriteString("\n")
	}
	if table.Len() > 0 {
		b.WriteString("| configuration | finding | uses | in | seen in | |\n| --- | --- | --- | --- | --- | --- |\n" + table.String())
	}
	if len(nothing) > 0 {
		if table.Len() > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "Nothing is found in: %s.\n", strings.Join(nothing, "; "))
	}
	return b.String(), nil
}

// A line is a kind of finding in one configuration.
type line struct {
	id             audit.FindingID
	severity       audit.Severity
	uses, browsers string
	seen, problem  string
}

// lines are the findings of a report, those of one kind in the same browsers in one.
func (p *page) lines(ctx context.Context, r row) ([]line, error) {
	proofs, err := proof.Of(ctx, r.report, r.setting.intent)
	if err != nil {
		return nil, err
	}
	type kind struct {
		audit.Finding
		uses   []string
		proofs []*proof.Proof
	}
	var kinds []*kind
	for n, f := range r.report.Findings {
		i := slices.IndexFunc(kinds, func(k *kind) bool {
			return k.ID == f.ID && k.Severity == f.Severity && slices.Equal(k.Profiles, f.Profiles)
		})
		if i < 0 {
			i = len(kinds)
			kinds = append(kinds, &kind{Finding: f})
		}
		k := kinds[i]
		if !slices.Contains(k.uses, f.Use) {
			k.uses = append(k.uses, f.Use)
		}
		for _, proof := range proofs {
			if proof.Finding == n {
				k.proofs = append(k.proofs, proof)
			}
		}
	}
	var all []line
	for _, k := range kinds {
		l := line{id: k.ID, severity: k.Severity, uses: strings.Join(k.uses, ", "), problem: k.Problem}
		if len(k.uses) == len(r.setting.intent.Uses) && len(k.uses) > 1 {
			l.uses = "all"
		}
		l.browsers = named(k.Profiles)
		l.seen = p.proofs.seen(k.Profiles, k.proofs)
		all = append(all, l)
	}
	return all, nil
}

// named are the browsers of profiles.
func named(profiles []string) string {
	var names []string
	for _, p := range engine.All() {
		if slices.Contains(profiles, p.Name) {
			names = append(names, engine.Title(p.Name))
		}
	}
	switch len(names) {
	case 0:
		return "the Standard alone"
	case len(engine.All()):
		return "all"
	}
	return strings.Join(names, ", ")
}

// cell is text as it stands in a table.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "*", `\*`, "\n", " ", "<", "&lt;").Replace(s)
}
