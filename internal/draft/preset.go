package draft

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/internal/text"
)

// A preset is a file of two YAML documents: what it is about, and an intent whose uses
// have URLs relative to the one that is checked.
//
//go:embed presets/*.yaml
var presetFiles embed.FS

// A PresetInfo says what a preset is about.
type PresetInfo struct {
	Name  string   `yaml:"-"`
	About string   `yaml:"about"`
	Spec  string   `yaml:"spec"`  // URL of what it is taken from
	Hold  bool     `yaml:"hold"`  // requests that may change something are not sent unless asked for
	Notes []string `yaml:"notes"` // as in a draft

	intent []byte
}

// presetInfo reads a preset.
func presetInfo(name string) (*PresetInfo, error) {
	file, err := presetFiles.ReadFile("presets/" + name + ".yaml")
	if err != nil {
		return nil, err
	}
	about, intent, ok := bytes.Cut(file, []byte("\n---\n"))
	if !ok {
		return nil, fmt.Errorf("%s has one document, want two", name)
	}
	p := &PresetInfo{Name: name, intent: intent}
	in := yaml.NewDecoder(bytes.NewReader(about))
	in.KnownFields(true)
	return p, in.Decode(p)
}

// Presets are the names of all presets, sorted.
func Presets() []string {
	files, err := fs.Glob(presetFiles, "presets/*.yaml")
	if err != nil {
		panic(err) // the pattern is right
	}
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = strings.TrimSuffix(path.Base(f), ".yaml")
	}
	slices.Sort(names)
	return names
}

// AboutPresets says in a line for each preset what it is about.
func AboutPresets() (names, abouts []string) {
	names = Presets()
	for _, name := range names {
		p, err := presetInfo(name)
		if err != nil {
			panic(err) // a test reads all
		}
		abouts = append(abouts, p.About)
	}
	return names, abouts
}

// Preset makes the draft of a preset for a URL.
func Preset(name, url string, allow, refuse []string) (*Draft, error) {
	if !slices.Contains(Presets(), name) {
		return nil, &Error{Err: fmt.Errorf("unknown preset %.40q, want one of %s", name, strings.Join(Presets(), ", "))}
	}
	p, err := presetInfo(name)
	if err != nil {
		return nil, err
	}
	intent, err := audit.ReadIntent(name+".yaml", bytes.NewReader(p.intent))
	if err != nil {
		return nil, err
	}
	intent.Base, intent.Allow, intent.Refuse = url, allow, refuse
	d := &Draft{Intent: *intent, From: "the preset " + name + " (" + p.Spec + ")", Hold: p.Hold, Notes: p.Notes}
	for _, u := range intent.Uses {
		if strings.HasPrefix(u.URL, "?") && strings.Contains(url, "?") {
			d.note("the query of %s is replaced in the use %s", text.GoQuote(text.RedactURL(url), 80), u.Name)
		}
	}
	return d, nil
}
