package conformance

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/internal/text"
)

// A Recording has the outcomes of a browser. Its file is named after the engine,
// "chromium.jsonl.gz", and has a line with engine, version and date, then one line
// per outcome, which names its version if that is another. Outcomes that were recorded before all headers were lack
// [Request.AllHeaders].
type Recording struct {
	Engine   string // "chromium", "firefox" or "webkit"
	Version  string // as the browser says
	Recorded string // the date, such as 2026-11-22
	Outcomes []*Outcome
}

// A recordingError is a recording that breaks the format, or that can't be
// used as what it is asked for.
type recordingError struct {
	File string
	Line int // counted from 1, in the uncompressed text; 0 where it is none
	Err  error
}

func (e *recordingError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("conformance: recording %s: %v", e.File, e.Err)
	}
	return fmt.Sprintf("conformance: recording %s: line %d: %v", e.File, e.Line, e.Err)
}

func (e *recordingError) Unwrap() error { return e.Err }

const recordingSuffix = ".jsonl.gz"

// recordingHeader is the first line of a recording.
type recordingHeader struct {
	Engine    string     `json:"engine"`
	Version   string     `json:"version"`
	Recorded  string     `json:"recorded"`
	Templates []template `json:"templates,omitempty"` // of the requests' header lines
}

func (h *recordingHeader) check() error {
	switch _, err := time.Parse(time.DateOnly, h.Recorded); {
	case !isEngine(h.Engine):
		return fmt.Errorf("unknown engine %.80q, want one of %s", h.Engine, strings.Join(engines(), ", "))
	case h.Version == "":
		return errors.New("version is missing")
	case err != nil:
		return fmt.Errorf("invalid date %.80q, want YYYY-MM-DD", h.Recorded)
	}
	for _, t := range h.Templates {
		if err := t.check(); err != nil {
			return fmt.Errorf("templates: %w", err)
		}
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

// recordedLine is an outcome as it stands in a recording. The engine is the
// recording's, and so is the version if the line has none.
type recordedLine struct {
	ID       string            `json:"id"`
	Version  string            `json:"version,omitempty"`
	Steps    []StepOutcome     `json:"steps"`
	Requests []recordedRequest `json:"requests"`
	Console  []string          `json:"console,omitempty"`
}

// recordedRequest is a request as it stands in a recording: of AllHeaders, it has the
// number of a template.
type recordedRequest struct {
	Method   string      `json:"method"`
	URL      string      `json:"url"`
	Headers  [][2]string `json:"headers"`
	Repeated []string    `json:"repeated,omitempty"`
	Template *int        `json:"template,omitempty"`
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
		if !slices.Contains(stepResults, step.Result) {
			return fmt.Errorf("scenario %q: steps[%d].result %.80q is not one of %s", l.ID, i, step.Result, strings.Join(stepResults, ", "))
		}
	}
	return nil
}

// ReadRecording reads a recording. An error of the format names the file and the
// line.
func ReadRecording(file string) (*Recording, error) {
	f, err := open(file)
	if err != nil {
		if _, ok := err.(gzipError); ok {
			return nil, &recordingError{File: file, Err: err}
		}
		return nil, err
	}
	defer f.Close()
	r := &recordingReader{Recording: new(Recording), seen: make(map[string]int)}
	in := bufio.NewReader(f)
	for number := 1; ; number++ {
		line, err := in.ReadBytes('\n')
		switch {
		case err == io.EOF && len(line) == 0 && number > 1:
			return r.Recording, nil
		case err == io.EOF:
			err = errors.New("is truncated: the line has no end")
		case err == nil && number == 1:
			err = r.readHeader(file, line)
		case err == nil:
			err = r.readOutcome(line, number)
		}
		if err != nil {
			return nil, &recordingError{File: file, Line: number, Err: err}
		}
	}
}

// A recordingReader is a recording that is being read.
type recordingReader struct {
	*Recording
	templates []template
	seen      map[string]int // lines, by id
}

func (r *recordingReader) readHeader(file string, line []byte) error {
	var h recordingHeader
	if err := decodeStrict(line, &h); err != nil {
		return plainError(err)
	}
	if err := h.check(); err != nil {
		return err
	}
	if name, _ := strings.CutSuffix(filepath.Base(file), recordingSuffix); name != h.Engine {
		return fmt.Errorf("engine %q does not match the file name: %s is for %s", h.Engine, h.Engine+recordingSuffix, h.Engine)
	}
	r.Engine, r.Version, r.Recorded, r.templates = h.Engine, h.Version, h.Recorded, h.Templates
	return nil
}

func (r *recordingReader) readOutcome(line []byte, number int) error {
	var l recordedLine
	if err := decodeStrict(line, &l); err != nil {
		return plainError(err)
	}
	if err := l.check(); err != nil {
		return err
	}
	if before := r.seen[l.ID]; before > 0 {
		return fmt.Errorf("scenario %q is already on line %d", l.ID, before)
	}
	r.seen[l.ID] = number
	requests := make([]Request, len(l.Requests))
	for i, recorded := range l.Requests {
		requests[i] = Request{Method: recorded.Method, URL: recorded.URL, Headers: recorded.Headers, Repeated: recorded.Repeated}
		if recorded.Template == nil {
			continue
		}
		t := *recorded.Template
		if t < 0 || t >= len(r.templates) {
			return fmt.Errorf("scenario %q: requests[%d].template %d is not below %d", l.ID, i, t, len(r.templates))
		}
		var err error
		if requests[i].AllHeaders, err = r.templates[t].fill(recorded.Headers); err != nil {
			return fmt.Errorf("scenario %q: requests[%d].template %d: %w", l.ID, i, t, err)
		}
	}
	r.Outcomes = append(r.Outcomes, &Outcome{ID: l.ID, Engine: r.Engine, Version: cmp.Or(l.Version, r.Version), Steps: l.Steps, Requests: requests, Console: l.Console})
	return nil
}

// plainError is an error of decodeStrict without the names that it has no room
// for.
func plainError(err *inputError) error {
	if err.Key == "" {
		return err.Err
	}
	return fmt.Errorf("key %s %w", err.Key, err.Err)
}

// WriteFile writes the recording completely or not at all, with the outcomes sorted
// by id. The file must be named after the engine. The same recording always gives
// the same bytes.
func (r *Recording) WriteFile(file string) error {
	wrong := func(format string, args ...any) error {
		return &recordingError{File: file, Err: fmt.Errorf(format, args...)}
	}
	header := recordingHeader{Engine: r.Engine, Version: r.Version, Recorded: r.Recorded}
	if err := header.check(); err != nil {
		return wrong("%w", err)
	}
	if filepath.Base(file) != r.Engine+recordingSuffix {
		return wrong("a recording of %s must be named %s", r.Engine, r.Engine+recordingSuffix)
	}
	outcomes := slices.SortedStableFunc(slices.Values(r.Outcomes), func(a, b *Outcome) int { return strings.Compare(a.ID, b.ID) })
	lines := make([]recordedLine, len(outcomes))
	numbers := make(map[string]int) // of the templates, by their JSON
	for i, o := range outcomes {
		requests := make([]recordedRequest, len(o.Requests))
		for i := range o.Requests {
			request := &o.Requests[i]
			requests[i] = recordedRequest{Method: request.Method, URL: request.URL, Headers: request.Headers, Repeated: request.Repeated}
			if request.AllHeaders == nil {
				continue
			}
			t := templateOf(request)
			key, err := text.JSON(t)
			if err != nil {
				return wrong("%w", err)
			}
			number, ok := numbers[string(key)]
			if !ok {
				number = len(header.Templates)
				numbers[string(key)] = number
				header.Templates = append(header.Templates, t)
			}
			requests[i].Template = &number
		}
		lines[i] = recordedLine{ID: o.ID, Steps: nonNil(o.Steps), Requests: requests, Console: o.Console}
		if o.Version != r.Version {
			lines[i].Version = o.Version
		}
		if err := lines[i].check(); err != nil {
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
			for _, line := range lines {
				if err := write(line); err != nil {
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
