package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/fetch"
)

// The files of a directory of recordings, beside one per browser.
const (
	generatedFile = "generated.jsonl.gz"
	leftOutFile   = "left-out.json"
)

func recordingFile(dir, engine string) string { return filepath.Join(dir, engine+".jsonl.gz") }

// isVersion tells whether a version of a browser is the one that its profile
// follows, as far as the profile's goes: "156" follows 156.0.8078.79.
func isVersion(p *fetch.Profile, version string) bool {
	return p.Version != "" && strings.HasPrefix(version+".", p.Version+".")
}

// sameButPatch tells whether two versions are the same, or differ in the last of four
// numbers only, which counts the patches of a build.
func sameButPatch(a, b string) bool {
	return a == b || strings.Count(a, ".") == 3 && strings.Count(b, ".") == 3 && a[:strings.LastIndexByte(a, '.')] == b[:strings.LastIndexByte(b, '.')]
}

// A leftOut lists the scenarios that are in no recording: browser → id of the
// scenario → reason.
type leftOut map[string]map[string]string

// recordingDirs are a directory of recordings, and those in it, each of which has the
// recordings of one family.
func recordingDirs(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	dirs := []string{dir}
	for _, entry := range entries {
		if entry.IsDir() {
			dirs = append(dirs, filepath.Join(dir, entry.Name()))
		}
	}
	return dirs, nil
}

// leftOutWithin is the lists of a directory of recordings and of those in it, as one.
func leftOutWithin(dir string) (leftOut, error) {
	dirs, err := recordingDirs(dir)
	if err != nil {
		return nil, err
	}
	all := make(leftOut)
	for _, dir := range dirs {
		list, err := leftOutOf(dir)
		if err != nil {
			return nil, err
		}
		for engine, reasons := range list {
			if all[engine] == nil {
				all[engine] = make(map[string]string)
			}
			maps.Copy(all[engine], reasons)
		}
	}
	return all, nil
}

// leftOutOf is the list of a directory of recordings, which may have none.
func leftOutOf(dir string) (leftOut, error) {
	all, err := readLeftOut(filepath.Join(dir, leftOutFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return all, err
}

func readLeftOut(file string) (leftOut, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var l leftOut
	if err := json.Unmarshal(raw, &l); err != nil {
		return nil, fmt.Errorf("%s:%s is not JSON of browser, scenario and reason: %w", file, lineOf(raw, err), err)
	}
	for _, name := range slices.Sorted(maps.Keys(l)) {
		if !slices.Contains(browserNames(), name) {
			return nil, fmt.Errorf("%s: %w", file, unknownWord("browser", name, browserNames()))
		}
		for _, id := range slices.Sorted(maps.Keys(l[name])) {
			if l[name][id] == "" {
				return nil, fmt.Errorf("%s: %s: scenario %.80q has no reason", file, name, id)
			}
		}
	}
	return l, nil
}

// lineOf is where an error of package json is, as " line 3:".
func lineOf(raw []byte, err error) string {
	offset := int64(-1)
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = e.Offset
	} else if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		offset = e.Offset
	}
	if offset < 0 {
		return ""
	}
	return fmt.Sprintf(" line %d:", 1+bytes.Count(raw[:min(offset, int64(len(raw)))], []byte("\n")))
}

// write writes the list whole or not at all.
func (l leftOut) write(file string) error {
	return writeWhole(file, func(w io.Writer) error {
		out := json.NewEncoder(w)
		out.SetEscapeHTML(false)
		out.SetIndent("", "\t")
		return out.Encode(l)
	})
}

// writeScenarios writes scenarios whole or not at all, one per line, compressed
// with gzip. The same scenarios give the same bytes.
func writeScenarios(file string, scenarios []*conformance.Scenario) error {
	return writeWhole(file, func(w io.Writer) error {
		zipped, err := gzip.NewWriterLevel(w, gzip.BestCompression)
		if err != nil {
			return err
		}
		if err := printScenarios(zipped, slices.Values(scenarios)); err != nil {
			return err
		}
		return zipped.Close()
	})
}
