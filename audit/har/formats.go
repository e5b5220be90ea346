package har

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/internal/page"
	"github.com/browsercors/browsercors/internal/text"
)

// Formats returns the ways to write a judgement, by name: "text" for a terminal,
// "json", "markdown" in the dialect of GitHub, and "html", a page without
// scripts or external files. Strings from the archive are shortened and escaped.
func Formats() map[string]func(*Judgement, io.Writer) error {
	return map[string]func(*Judgement, io.Writer) error{
		"text": (*Judgement).text, "json": (*Judgement).json, "markdown": (*Judgement).markdown, "html": (*Judgement).html,
	}
}

// json writes a judgement for programs.
func (j *Judgement) json(w io.Writer) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(j)
}

// marks are the rulings in a table.
var marks = map[string]string{rulingAllowed: "✓", rulingRefused: "✗", rulingUnknown: "?"}

// markdown writes a judgement in the dialect of GitHub: a table of requests and
// browsers, then each request that is not just allowed, folded.
func (j *Judgement) markdown(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "### CORS in what %s recorded\n\n**%s.**\n\n| # | request | from |", text.Markdown(text.Clean(j.recorder())), j.summary())
	for _, p := range engine.All() {
		out.WriteString(" " + engine.Title(p.Name) + " |")
	}
	out.WriteString("\n| --: | --- | --- |" + strings.Repeat(" :-: |", len(engine.All())) + "\n")
	for i := range j.Verdicts {
		v := &j.Verdicts[i]
		fmt.Fprintf(out, "| %d | %s | %s |", v.Entry, text.Markdown(text.Clean(v.Method+" "+v.URL)), text.Markdown(text.Clean(v.Page)))
		for _, o := range v.Profiles[1:] {
			out.WriteString(" " + marks[o.Ruling] + " |")
		}
		out.WriteByte('\n')
	}
	for i := range j.Verdicts {
		v := &j.Verdicts[i]
		if v.plain() {
			continue
		}
		var whole strings.Builder
		v.text(&whole, j.Browser, j.Profile)
		fmt.Fprintf(out, "\n<details><summary><b>#%d</b> %s: %s</summary>\n\n%s\n</details>\n",
			v.Entry, text.InHTML(text.Clean(v.Method+" "+v.URL)), text.InHTML(v.short(j.Profile)), text.CodeBlock(whole.String()))
	}
	if len(j.Skipped) > 0 {
		out.WriteString("\nNot judged:\n\n")
		for _, s := range j.Skipped {
			fmt.Fprintf(out, "- %s\n", text.Markdown(s.text()))
		}
	}
	for _, note := range j.Notes {
		fmt.Fprintf(out, "\n%s.\n", text.Markdown(note))
	}
	return out.Flush()
}

// recorder is the browser that recorded the archive.
func (j *Judgement) recorder() string {
	if j.Browser == "" {
		return "an unknown browser"
	}
	return j.Browser
}

// plain tells of a request about which there is no more to say than that it is
// allowed.
func (v *Verdict) plain() bool {
	return v.Recorded.Cause == "" && len(v.refusals("")) == 0 && len(v.in(rulingUnknown)) == 0 && v.Disagreement == "" && len(v.Notes) == 0
}

// short is what becomes of a request, in a line.
func (v *Verdict) short(profile string) string {
	var all []string
	if id, _ := v.notCORS(); id != "" {
		all = append(all, "not CORS ("+id+")")
	}
	for _, r := range v.refusals(profile) {
		all = append(all, "refused "+browsers(r.In)+": "+r.Reason)
	}
	if names := v.in(rulingAllowed); len(names) > 0 {
		all = append(all, "allowed "+browsers(names))
	}
	if names := v.in(rulingUnknown); len(names) > 0 {
		all = append(all, "not known "+browsers(names))
	}
	return strings.Join(all, "; ")
}

//go:embed judgement.html
var judgementHTML string

var judgementPage = page.Template("judgement", judgementHTML, template.FuncMap{
	"mark": func(r string) string { return marks[r] },
	"class": func(r string) string {
		return map[string]string{rulingAllowed: "good", rulingRefused: "bad", rulingUnknown: "soft"}[r]
	},
	"where": browsers,
	"name":  engine.Title,
})

// html writes a judgement as one page that needs nothing else, neither script
// nor network.
func (j *Judgement) html(w io.Writer) error {
	type verdict struct {
		*Verdict
		Browsers []Outcome // without the Standard's
		Short    string
		Plain    bool
		Other    string // the cause in parentheses and what happened, if that is not CORS
		About    []string
		Refusals []refusal
	}
	page := struct {
		*Judgement
		Recorder string
		Sum      string
		Names    []string
		More     bool // there is one to say more about
		Verdicts []verdict
	}{Judgement: j, Recorder: j.recorder(), Sum: j.summary()}
	for _, p := range engine.All() {
		page.Names = append(page.Names, engine.Title(p.Name))
	}
	for i := range j.Verdicts {
		v := &j.Verdicts[i]
		page.More = page.More || !v.plain()
		other := ""
		if id, problem := v.notCORS(); id != "" {
			other = "(" + id + "): " + problem
		}
		page.Verdicts = append(page.Verdicts, verdict{v, v.Profiles[1:], v.short(j.Profile), v.plain(), other, v.about(j.Browser), v.refusals(j.Profile)})
	}
	return judgementPage.Execute(w, page)
}
