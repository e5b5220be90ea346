package conformance

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/text"
)

// A Recording is what a browser did with scenarios. It stands in a file named
// after its engine, "chromium.jsonl.gz": a line with engine, version and day,
// then one outcome a line.
type Recording struct {
	Engine   string // "chromium", "firefox" or "webkit"
	Version  string // as the browser gives it
	Recorded string // the day, as in 2026-11-22
	Outcomes []RecordedOutcome

	file string // that it was read from
}

// A RecordedOutcome is the outcome of one scenario.
type RecordedOutcome struct {
	*Outcome
	Console []string // what the browser's own log said about failures of CORS, in order
}

// A RecordingError is a recording that breaks the format, or that can't be
// used as what it is asked for.
type RecordingError struct {
	File string
	Line int // counted from 1, in the uncompressed text; 0 where it is none
	Err  error
}

func (e *RecordingError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("conformance: recording %s: %v", e.File, e.Err)
	}
	return fmt.Sprintf("conformance: recording %s: line %d: %v", e.File, e.Line, e.Err)
}

func (e *RecordingError) Unwrap() error { return e.Err }

const recordingSuffix = ".jsonl.gz"

// recordingHeader is the first line of a recording.
type recordingHeader struct {
	Engine   string `json:"engine"`
	Version  string `json:"version"`
	Recorded string `json:"recorded"`
}

func (h *recordingHeader) check() error {
	switch _, err := time.Parse(time.DateOnly, h.Recorded); {
	case !isEngine(h.Engine):
		return fmt.Errorf("engine %.80q is none of %s", h.Engine, strings.Join(engines(), ", "))
	case h.Version == "":
		return errors.New("version is missing")
	case err != nil:
		return fmt.Errorf("recorded %.80q is no day like 2026-11-22", h.Recorded)
	}
	return nil
}

// engines are the profiles that follow a browser.
func engines() []string {
	var names []string
	for _, p := range engine.All() {
		names = append(names, p.Name)
	}
	return names
}

func isEngine(name string) bool { return slices.Contains(engines(), name) }

// recordedLine is an outcome as it stands in a recording. Engine and version
// are the recording's.
type recordedLine struct {
	ID       string        `json:"id"`
	Steps    []StepOutcome `json:"steps"`
	Requests []Request     `json:"requests"`
	Console  []string      `json:"console,omitempty"`
}

func (l *recordedLine) check() error {
	switch {
	case !idPattern.MatchString(l.ID):
		return fmt.Errorf("id %.80q is not 1 to 63 of a-z, 0-9 and, within, hyphens", l.ID)
	case l.Steps == nil:
		return fmt.Errorf("scenario %q: steps is missing", l.ID)
	case l.Requests == nil:
		return fmt.Errorf("scenario %q: requests is missing", l.ID)
	}
	for i, step := range l.Steps {
		if step.Result != "response" && step.Result != "error" {
			return fmt.Errorf("scenario %q: steps[%d].result %.80q is neither response nor error", l.ID, i, step.Result)
		}
	}
	return nil
}

// ReadRecording reads a recording. Errors are those of package os, and
// [*RecordingError].
func ReadRecording(file string) (*Recording, error) {
	f, err := open(file)
	if err != nil {
		if _, ok := err.(gzipError); ok {
			return nil, &RecordingError{File: file, Err: err}
		}
		return nil, err
	}
	defer f.Close()
	r := &Recording{file: file}
	seen := make(map[string]int)
	in := bufio.NewReader(f)
	for number := 1; ; number++ {
		line, err := in.ReadBytes('\n')
		switch {
		case err == io.EOF && len(line) == 0 && number > 1:
			return r, nil
		case err == io.EOF:
			err = errors.New("is cut off: the line has no end")
		case err == nil && number == 1:
			err = r.readHeader(line)
		case err == nil:
			err = r.readOutcome(line, number, seen)
		}
		if err != nil {
			return nil, &RecordingError{File: file, Line: number, Err: err}
		}
	}
}

func (r *Recording) readHeader(line []byte) error {
	var h recordingHeader
	if err := decodeStrict(line, &h); err != nil {
		return plainError(err)
	}
	if err := h.check(); err != nil {
		return err
	}
	if name, _ := strings.CutSuffix(filepath.Base(r.file), recordingSuffix); name != h.Engine {
		return fmt.Errorf("engine %q is not the file's: %s is for %s", h.Engine, h.Engine+recordingSuffix, h.Engine)
	}
	r.Engine, r.Version, r.Recorded = h.Engine, h.Version, h.Recorded
	return nil
}

func (r *Recording) readOutcome(line []byte, number int, seen map[string]int) error {
	var l recordedLine
	if err := decodeStrict(line, &l); err != nil {
		return plainError(err)
	}
	if err := l.check(); err != nil {
		return err
	}
	if before := seen[l.ID]; before > 0 {
		return fmt.Errorf("scenario %q stands on line %d already", l.ID, before)
	}
	seen[l.ID] = number
	o := &Outcome{ID: l.ID, Engine: r.Engine, Version: r.Version, Steps: l.Steps, Requests: l.Requests}
	r.Outcomes = append(r.Outcomes, RecordedOutcome{Outcome: o, Console: l.Console})
	return nil
}

// plainError is an error of decodeStrict without the names that it has no room
// for.
func plainError(err *InputError) error {
	if err.Key == "" {
		return err.Err
	}
	return fmt.Errorf("key %s %w", err.Key, err.Err)
}

// WriteFile writes the recording, the outcomes in the order of their ids, as a
// whole or not at all. The file must bear the engine's name. The same
// recording gives the same bytes.
func (r *Recording) WriteFile(file string) error {
	wrong := func(format string, args ...any) error {
		return &RecordingError{File: file, Err: fmt.Errorf(format, args...)}
	}
	header := recordingHeader{r.Engine, r.Version, r.Recorded}
	if err := header.check(); err != nil {
		return wrong("%w", err)
	}
	if filepath.Base(file) != r.Engine+recordingSuffix {
		return wrong("a recording of %s stands in a file %s", r.Engine, r.Engine+recordingSuffix)
	}
	outcomes := slices.SortedStableFunc(slices.Values(r.Outcomes), func(a, b RecordedOutcome) int { return strings.Compare(a.ID, b.ID) })
	for i, o := range outcomes {
		line := recordedLine{ID: o.ID, Steps: nonNil(o.Steps), Requests: nonNil(o.Requests)}
		if err := line.check(); err != nil {
			return wrong("%w", err)
		}
		if i > 0 && outcomes[i-1].ID == o.ID {
			return wrong("scenario %q has two outcomes", o.ID)
		}
	}
	return writeFile(file, func(w io.Writer) error {
		return writeLines(w, func(write func(any) error) error {
			if err := write(header); err != nil {
				return err
			}
			for _, o := range outcomes {
				if err := write(recordedLine{o.ID, nonNil(o.Steps), nonNil(o.Requests), o.Console}); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// WriteScenarios writes a file of scenarios, one a line, compressed with gzip,
// as a whole or not at all. The same scenarios give the same bytes.
func WriteScenarios(file string, scenarios []*Scenario) error {
	return writeFile(file, func(w io.Writer) error {
		return writeLines(w, func(write func(any) error) error {
			for _, s := range scenarios {
				if err := write(s); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// writeLines writes values as lines of JSON through gzip, without the time.
func writeLines(w io.Writer, values func(write func(any) error) error) error {
	zipped, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriter(zipped)
	err = values(func(v any) error {
		line, err := text.JSON(v)
		if err != nil {
			return err
		}
		_, err = buffered.Write(append(line, '\n'))
		return err
	})
	if err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	return zipped.Close()
}

// nonNil is a list that JSON has as one.
func nonNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// Follows gives an error, a [*RecordingError], unless a profile follows the
// recorded browser: the engine is the profile's, and so is the version as far
// as the profile's goes: "156" follows 156.0.8078.79.
func (r *Recording) Follows(p *fetch.Profile) error {
	switch {
	case p.Name != r.Engine:
		return &RecordingError{File: r.file, Line: 1, Err: fmt.Errorf("a recording of %s does not judge profile %s", r.Engine, p.Name)}
	case p.Version == "" || !strings.HasPrefix(r.Version+".", p.Version+"."):
		return &RecordingError{File: r.file, Line: 1, Err: fmt.Errorf("version %s was recorded, and profile %s follows %.80q", r.Version, p.Name, p.Version)}
	}
	return nil
}

// LeftOut are the scenarios that are in no recording of an engine: engine →
// scenario id → reason.
type LeftOut map[string]map[string]string

// ReadLeftOut reads what [LeftOut.WriteFile] wrote. Errors are those of package
// os, and [*RecordingError].
func ReadLeftOut(file string) (LeftOut, error) {
	f, err := open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	var l LeftOut
	if err := json.Unmarshal(raw, &l); err != nil {
		return nil, &RecordingError{File: file, Line: lineOf(raw, err), Err: fmt.Errorf("is not JSON of engine, scenario and reason: %w", err)}
	}
	if err := l.check(); err != nil {
		return nil, &RecordingError{File: file, Err: err}
	}
	return l, nil
}

// lineOf is the line of an error of package json, if it says where it is.
func lineOf(raw []byte, err error) int {
	var syntax *json.SyntaxError
	var wrongType *json.UnmarshalTypeError
	offset := int64(0)
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &wrongType):
		offset = wrongType.Offset
	default:
		return 0
	}
	return 1 + bytes.Count(raw[:min(offset, int64(len(raw)))], []byte("\n"))
}

func (l LeftOut) check() error {
	for _, engine := range slices.Sorted(maps.Keys(l)) {
		if !isEngine(engine) {
			return fmt.Errorf("engine %.80q is none of %s", engine, strings.Join(engines(), ", "))
		}
		for _, id := range slices.Sorted(maps.Keys(l[engine])) {
			switch {
			case !idPattern.MatchString(id):
				return fmt.Errorf("%s: id %.80q is not 1 to 63 of a-z, 0-9 and, within, hyphens", engine, id)
			case l[engine][id] == "":
				return fmt.Errorf("%s: scenario %q is left out for no reason", engine, id)
			}
		}
	}
	return nil
}

// WriteFile writes the list as a whole or not at all.
func (l LeftOut) WriteFile(file string) error {
	if err := l.check(); err != nil {
		return &RecordingError{File: file, Err: err}
	}
	return writeFile(file, func(w io.Writer) error {
		out := json.NewEncoder(w)
		out.SetEscapeHTML(false)
		out.SetIndent("", "\t")
		return out.Encode(l)
	})
}
