package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/browsercors/browsercors/internal/text"
)

const manExamples = `  browsercors man fetch | man -l -
  browsercors man --dir /usr/local/share/man/man1`

func newManCommand(std stdio) *cobra.Command {
	dir := ""
	cmd := &cobra.Command{
		Use:   "man [--dir directory] [COMMAND]",
		Short: "Print a manual page",
		Long: "Print the manual page of browsercors, or that of one of its commands, in the format of man(1). It has the " +
			"same content as the help.",
		Example:     manExamples,
		Annotations: statuses("", "", "or a file that can't be written"),
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			return commandNames(cmd.Root()), cobra.ShellCompDirectiveNoFileComp
		},
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 || dir != "" && len(args) > 0 {
				return fmt.Errorf("man takes one command, or --dir for all of them; got %q", strings.Join(args, " "))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			if dir != "" {
				return writeManPages(dir, root)
			}
			if err := unknownCommand(root, args); err != nil {
				return err
			}
			of, _, err := root.Find(args)
			if err != nil {
				return err
			}
			return writeMan(std.out, of)
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "write a page for each command into this `directory`")
	return cmd
}

// manName is the name of the manual page of a command.
func manName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// writeManPages writes the page of each command into a directory.
func writeManPages(dir string, root *cobra.Command) error {
	if err := isDirectory("--dir", dir); err != nil {
		return err
	}
	pages := []*cobra.Command{root}
	for _, g := range listed(root) {
		pages = append(pages, g.items...)
	}
	for _, cmd := range pages {
		write := func(w io.Writer) error { return writeMan(w, cmd) }
		if err := writeWhole(filepath.Join(dir, manName(cmd)+".1"), write); err != nil {
			return err
		}
	}
	return nil
}

// writeMan writes a command's page, with the macros of man(7).
func writeMan(w io.Writer, cmd *cobra.Command) error {
	m := new(manPage)
	m.macro("TH", strings.ToUpper(manName(cmd)), "1", "", "browsercors "+ownVersion(), "User Commands")
	m.macro("SH", "NAME")
	m.text(manName(cmd) + " - " + cmd.Short)
	m.macro("SH", "SYNOPSIS")
	m.bold(usageLine(cmd))
	m.macro("SH", "DESCRIPTION")
	for i, p := range description(cmd) {
		if i > 0 {
			m.macro("PP")
		}
		if isLiteral(p) {
			m.literal(p)
		} else {
			m.text(p)
		}
	}
	for _, g := range listed(cmd) {
		m.macro("SH", strings.ToUpper(g.title))
		for _, c := range g.items {
			m.macro("TP")
			m.bold(c.Name())
			m.text(c.Short)
		}
	}
	m.macro("SH", "OPTIONS")
	for _, g := range flagGroups(cmd) {
		m.macro("SS", g.title)
		for _, f := range g.items {
			names, value, usage := flagText(f)
			m.macro("TP")
			m.option(names, value)
			m.text(usage)
		}
	}
	m.macro("SH", "EXIT STATUS")
	for _, s := range exitStatuses(cmd) {
		m.macro("TP")
		m.bold(s[0])
		m.text(s[1])
	}
	if cmd.Example != "" {
		m.macro("SH", "EXAMPLES")
		m.literal(cmd.Example)
	}
	m.macro("SH", "SEE ALSO")
	m.text(strings.Join(seeAlso(cmd), ", "))
	_, err := io.WriteString(w, m.String())
	return err
}

// seeAlso are the pages that a page refers to: the page of a command to that of its
// parent, the page of the parent to those of its commands.
func seeAlso(cmd *cobra.Command) []string {
	if cmd.HasParent() {
		return []string{manName(cmd.Parent()) + "(1)"}
	}
	var pages []string
	for _, g := range listed(cmd) {
		for _, c := range g.items {
			pages = append(pages, manName(c)+"(1)")
		}
	}
	return pages
}

// A manPage is a text for man(1).
type manPage struct{ strings.Builder }

// roff escapes characters that have a meaning within a line.
var roff = strings.NewReplacer(`\`, `\e`, "-", `\-`, "“", `\(lq`, "”", `\(rq`, "–", `\(en`, "…", "...")

// macro writes a line that is a macro with arguments.
func (m *manPage) macro(name string, arguments ...string) {
	m.WriteString("." + name)
	for _, a := range arguments {
		m.WriteString(` "` + strings.ReplaceAll(roff.Replace(a), `"`, `\(dq`) + `"`)
	}
	m.WriteByte('\n')
}

// text writes a paragraph in lines of the usual width. It escapes a line that would begin
// like a macro.
func (m *manPage) text(s string) {
	for _, line := range text.Lines(s, lineWidth) {
		m.line(roff.Replace(line))
	}
}

func (m *manPage) line(s string) {
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	m.WriteString(s + "\n")
}

func (m *manPage) bold(s string) { m.line(`\fB` + roff.Replace(s) + `\fR`) }

// option writes a flag and the name of its value.
func (m *manPage) option(names, value string) {
	s := `\fB` + roff.Replace(names) + `\fR`
	if value != "" {
		s += ` \fI` + roff.Replace(value) + `\fR`
	}
	m.line(s)
}

// literal writes lines as they are.
func (m *manPage) literal(s string) {
	m.macro("nf")
	for line := range strings.Lines(s) {
		m.line(roff.Replace(strings.TrimSuffix(line, "\n")))
	}
	m.macro("fi")
}
